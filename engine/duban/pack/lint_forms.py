"""What forms.yaml means, checked: record types, fields, conditions, the slots of its texts."""

from __future__ import annotations

import string
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from duban.conditions import Column, ConditionError, compile_boolean, parse
from duban.pack.forms import CONTENTS, Form, FormColumn, Forms, Part
from duban.pack.problem import Problem, near
from duban.pack.yaml import PathKey
from duban.scope import Names, Row, chain_to
from duban.vocabulary import NUMERIC_TYPES, TEMPORAL_TYPES, RecordType

if TYPE_CHECKING:
    from duban.pack.pack import Pack

# What conditions of forms may name besides the fields of their record.
PERIOD = {"period.start": Column("NULL", "date"), "period.end": Column("NULL", "date")}
# What the texts of the draft may name besides its numbers and the figures (NAME and NAME_total).
SLOTS = ("town", "month_text", "through_text")
TITLE_SLOTS = ("jurisdiction", "town", "month_text")
SHEET_LENGTH = 31  # characters, of a sheet's name in Excel


def lint_forms(pack: Pack, forms: Forms) -> Iterator[Problem]:
    """Every problem of forms.yaml; `where` is the path in the file."""
    lint = _Lint(pack, forms)
    yield from lint.problems()
    yield from lint.figures()
    yield from lint.posts()
    yield from lint.town_pack()
    yield from lint.progress()
    sheets: dict[str, str] = {}
    for name, form in forms.forms.items():
        where: PathKey = ("forms", name)
        if form.sheet in sheets:
            yield Problem((*where, "sheet"), f"`{sheets[form.sheet]}` has a sheet of that name, too")
        sheets[form.sheet] = name
        yield from lint.form(form, where)


class _Lint:
    """The checks of one file, over the record types of its pack."""

    def __init__(self, pack: Pack, forms: Forms) -> None:
        self.pack, self.forms, self.schema = pack, forms, pack.schema

    # --- forms
    def form(self, form: Form, where: PathKey) -> Iterator[Problem]:
        if len(form.sheet) > SHEET_LENGTH - len(" 2024-01"):
            yield Problem((*where, "sheet"), "the name is too long for a sheet", "23 characters, as the month is added")
        yield from _slots(form.title, TITLE_SLOTS, (*where, "title"))
        first = self.pack.records.get(form.parts[0].record) if form.parts else None
        for index, cell in enumerate(form.head):
            figures = self.forms.figures
            known = {figures.town, figures.made_on} if figures is not None else set()
            if cell.field and cell.field not in known and (first is None or first.field(cell.field) is None):
                message = f"`{cell.field}` is no field of the form"
                yield Problem(
                    (*where, "head", index, "field"), message, near(cell.field, first.fields if first else ())
                )
        for index, part in enumerate(form.parts):
            yield from self.part(part, (*where, "parts", index))

    def part(self, part: Part, where: PathKey) -> Iterator[Problem]:
        record = self.pack.records.get(part.record)
        if record is None:
            yield Problem((*where, "record"), f"no record type `{part.record}`", near(part.record, self.pack.records))
            return
        headings: set[str] = set()
        for index, column in enumerate(part.columns):
            at = (*where, "columns", index)
            yield from self.column(part, record, column, at)
            if column.heading in headings:
                yield Problem((*at, "title"), f"the heading {column.heading} stands here twice")
            headings.add(column.heading)
        for index, line in enumerate(part.lines):
            yield from _fixed(record, line.sets, (*where, "lines", index, "set"))
        figures = self.forms.figures.fields if self.forms.figures is not None else {}
        if part.details and part.details not in figures:
            yield Problem((*where, "details"), f"no figure `{part.details}`", near(part.details, figures))
        if part.rows.where:
            yield from self.condition(self._main(), part.rows.where, (*where, "rows", "where"))
        for name, text in part.rows.values.items():
            if record.field(name) is None:
                yield Problem((*where, "rows", "values", name), f"no field `{name}`", near(name, record.fields))
            yield from _slots(text, self._problem_fields(), (*where, "rows", "values", name))

    def column(self, part: Part, record: RecordType, column: FormColumn, at: PathKey) -> Iterator[Problem]:
        contents = [word for word in CONTENTS if getattr(column, word)]
        if len(contents) > 1 or (not contents and not part.lines and not column.serial):
            yield Problem(at, f"a column has one of {', '.join(CONTENTS)}", f"it has {', '.join(contents) or 'none'}")
        if column.field and record.field(column.field) is None:
            yield Problem((*at, "field"), f"no field `{column.field}`", near(column.field, record.fields))
        if column.shows and Row(self.schema, part.record, "r").resolve(tuple(column.shows.split("."))) is None:
            yield Problem((*at, "shows"), f"`{column.shows}` leads nowhere from {part.record}")
        if column.post and column.post not in self.forms.posts:
            yield Problem((*at, "post"), f"no post `{column.post}`", near(column.post, self.forms.posts))
        if len(column.title) > 2:
            yield Problem((*at, "title"), "a heading has at most two rows")

    # --- the rest of the file
    def problems(self) -> Iterator[Problem]:
        found = self.forms.problems
        if found is None:
            return
        main = self.pack.records.get(found.record)
        if main is None:
            yield Problem(
                ("problems", "record"), f"no record type `{found.record}`", near(found.record, self.pack.records)
            )
            return
        if found.alike is not None:
            yield from self.condition(found.record, found.alike.where, ("problems", "alike", "where"))
        for word in (found.key, *found.same, *(found.alike.fields if found.alike is not None else ())):
            if main.field(word) is None:
                yield Problem(("problems",), f"no field `{word}` in {found.record}", near(word, main.fields))
        for index, source in enumerate(found.also):
            where: PathKey = ("problems", "also", index)
            other = self.pack.records.get(source.record)
            if other is None:
                yield Problem((*where, "record"), f"no record type `{source.record}`")
                continue
            yield from self.condition(source.record, source.where, (*where, "where"))
            yield from _fixed(main, source.sets, (*where, "set"))
            for mine, theirs in source.fields.items():
                if main.field(mine) is None or other.field(theirs) is None:
                    yield Problem((*where, "fields", mine), f"no field `{mine}` or `{theirs}`")

    def figures(self) -> Iterator[Problem]:
        found = self.forms.figures
        if found is None:
            return
        record = self.pack.records.get(found.record)
        if record is None:
            yield Problem(
                ("figures", "record"), f"no record type `{found.record}`", near(found.record, self.pack.records)
            )
            return
        for word in (found.town, found.made_on, found.line):
            if record.field(word) is None:
                yield Problem(("figures",), f"no field `{word}` in {found.record}", near(word, record.fields))
        if not record.period:
            yield Problem(("figures", "record"), f"{found.record} has no `period`", "declare which field is the month")
        for name, figure in found.fields.items():
            where: PathKey = ("figures", "fields", name)
            spec = record.field(name)
            if spec is None or spec.type not in NUMERIC_TYPES:
                yield Problem(where, f"`{name}` is no number of {found.record}", near(name, record.fields))
            if (figure.count is None) == (not figure.ask):
                yield Problem(where, "a figure has either `count` or `ask`")
            if figure.count is not None:
                yield from self._count(figure.count.model_dump(by_alias=True), (*where, "count"))
            if figure.at_most and figure.at_most not in found.fields:
                yield Problem((*where, "at_most"), f"no figure `{figure.at_most}`", near(figure.at_most, found.fields))
            if figure.cumulative == "distinct" and (figure.count is None or not figure.count.distinct):
                yield Problem((*where, "cumulative"), "`distinct` needs a count of distinct values")
        drawn = {column.field for _, _, part in self.forms.parts() if part.lines for column in part.columns}
        for name in sorted(drawn - {"", *found.fields}):
            yield Problem(("figures", "fields"), f"nothing says how `{name}` comes about", "add it, with count or ask")

    def _count(self, count: dict[str, str], where: PathKey) -> Iterator[Problem]:
        record = self.pack.records.get(count["record"])
        if record is None:
            yield Problem((*where, "record"), f"no record type `{count['record']}`")
            return
        yield from self.condition(count["record"], count["where"], (*where, "where"))
        kinds = {"on": TEMPORAL_TYPES, "sum": NUMERIC_TYPES, "distinct": None}
        for word, types in kinds.items():
            spec = record.field(count[word]) if count[word] else None
            if count[word] and (spec is None or (types and spec.type not in types)):
                message = f"`{count[word]}` is no such field of {count['record']}"
                yield Problem((*where, word), message, near(count[word], record.fields))
        if town_chain(self.pack, self.forms, count["record"]) is None:
            yield Problem((*where, "record"), f"nothing leads from {count['record']} to the town")

    def posts(self) -> Iterator[Problem]:
        for name, post in self.forms.posts.items():
            for index, source in enumerate(post.sources):
                where: PathKey = ("posts", name, "sources", index)
                record = self.pack.records.get(source.record)
                if not source.record:
                    continue
                if record is None or record.field(source.field) is None:
                    yield Problem(where, f"no field `{source.field}` of a record type `{source.record}`")
                    continue
                yield from self.condition(source.record, source.where, (*where, "where"))

    def town_pack(self) -> Iterator[Problem]:
        found = self.forms.town_pack
        if found is None:
            return
        if self.forms.figures is None or self.forms.problems is None:
            yield Problem(("town_pack",), "a town's workbook needs `figures` and `problems`")
        if found.roster not in self.pack.records:
            yield Problem(
                ("town_pack", "roster"), f"no record type `{found.roster}`", near(found.roster, self.pack.records)
            )
        for index, sheet in enumerate(found.sheets):
            where: PathKey = ("town_pack", "sheets", index)
            record = self.pack.records.get(sheet.record)
            if record is None:
                yield Problem(
                    (*where, "record"), f"no record type `{sheet.record}`", near(sheet.record, self.pack.records)
                )
                continue
            yield from self.condition(sheet.record, sheet.carry, (*where, "carry"))
            for name in sheet.hide:
                if record.field(name) is None or name in record.key or record.fields[name].required:
                    yield Problem(
                        (*where, "hide"), f"`{name}` cannot be hidden", "it must be there, and not be required"
                    )

    def progress(self) -> Iterator[Problem]:
        found = self.forms.progress
        if found is None:
            return
        figures = list(self.forms.figures.fields) if self.forms.figures is not None else []
        slots = [*SLOTS, *found.numbers, *figures, *(f"{name}_total" for name in figures)]
        for name, number in found.numbers.items():
            where: PathKey = ("progress", "numbers", name)
            if number.record not in self.pack.records:
                yield Problem(
                    (*where, "record"), f"no record type `{number.record}`", near(number.record, self.pack.records)
                )
            yield from self.condition(number.record, number.where, (*where, "where"))
        yield from _slots(found.title, slots, ("progress", "title"))
        for index, paragraph in enumerate(found.paragraphs):
            yield from _slots(paragraph.text, slots, ("progress", "paragraphs", index, "text"))

    # --- helpers
    def condition(self, record: str, text: str, where: PathKey) -> Iterator[Problem]:
        if not text or record not in self.pack.records:
            return
        try:
            compile_boolean(parse(text), Names(self.schema, Row(self.schema, record, "r"), columns=PERIOD))
        except ConditionError as error:
            yield Problem(where, str(error), error.hint)

    def _main(self) -> str:
        return self.forms.problems.record if self.forms.problems is not None else ""

    def _problem_fields(self) -> set[str]:
        """The names that a problem's texts may use: of the main type and the others, and of what they refer to."""
        found: set[str] = set()
        if self.forms.problems is not None:
            for name in (self.forms.problems.record, *(source.record for source in self.forms.problems.also)):
                if name in self.pack.records:
                    found |= set(Row(self.schema, name, "r").names())
        return found


def town_chain(pack: Pack, forms: Forms, record: str) -> str | None:
    """The chain of references from a record type to the town's name (`enterprise_id.town`); None if there is none."""
    if forms.figures is None or forms.figures.record not in pack.records:
        return None
    references = pack.records[forms.figures.record].references.get(forms.figures.town, ())
    for reference in references:
        target, key = pack.schema.target(reference)
        if target:
            try:
                chain = chain_to(pack.schema, record, target, (key,))
            except ConditionError:
                return None
            return str(chain) if chain is not None else None
    return None


def _fixed(record: RecordType, sets: dict[str, str], where: PathKey) -> Iterator[Problem]:
    for name, value in sets.items():
        spec = record.field(name)
        if spec is None:
            yield Problem((*where, name), f"no field `{name}`", near(name, record.fields))
        elif spec.values and value not in spec.values:
            yield Problem((*where, name), f"“{value}” is no value of `{name}`", near(value, spec.values))


def _slots(text: str, known: Iterable[str], where: PathKey) -> Iterator[Problem]:
    names = list(known)
    try:
        slots = [slot for _, slot, _, _ in string.Formatter().parse(text) if slot is not None]
    except ValueError as error:
        yield Problem(where, f"the braces do not fit: {error}")
        return
    for slot in slots:
        if slot not in names:
            yield Problem(where, f"nothing is called `{slot}` here", near(slot, names))
