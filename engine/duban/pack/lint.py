"""What a pack means, checked: names, types, mixes of words. Every problem of the pack in one run."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from duban.conditions import (
    Condition,
    ConditionError,
    compile_boolean,
    compile_moment,
    compile_number,
    parse,
    parse_moment,
)
from duban.kinds import KINDS
from duban.pack.choices import problems, variants
from duban.pack.names import duty_names, fixed_columns
from duban.pack.obligation import Obligation, Path
from duban.pack.questions import problems as asked_wrongly
from duban.pack.timing import parse_by, parse_duration, parse_lag
from duban.pack.yaml import PathKey
from duban.scope import Chain, Names, Row, Schema, belonging, chain_to
from duban.vocabulary import ENVELOPE, MANIFEST, TEMPORAL_TYPES, BearerKind, RecordType

if TYPE_CHECKING:
    from duban.pack.pack import Pack

_NAME = re.compile(r"[a-z][a-z0-9_]*")
_ID = re.compile(r"[a-z][a-z0-9-]*")
NEEDS_EACH = ("done", "respond", "reconcile")


@dataclass(frozen=True)
class Problem:
    """One mistake: where (`('obligation', index, …)`, `('record', name, …)` or `('pack', …)`), what, and a hint."""

    where: PathKey
    message: str
    hint: str = ""
    code: str = "P100"


def lint(pack: Pack) -> Iterator[Problem]:
    """Every problem of a pack, in the order of its files."""
    yield from _header(pack)
    for name, record in pack.records.items():
        yield from _record(pack.schema, name, record)
    seen: dict[str, int] = {}
    for index, obligation in enumerate(pack.written):
        where: PathKey = ("obligation", index)
        if obligation.id in seen:
            yield Problem((*where, "id"), f"the id `{obligation.id}` is used twice")
        seen[obligation.id] = index
        yield from _obligation(pack, obligation, where)


def _obligation(pack: Pack, obligation: Obligation, where: PathKey) -> Iterator[Problem]:
    """The problems of one obligation, whatever value the parameters take that decide a word of it."""
    for path, error in problems(obligation, pack.header.parameters, pack.schema):
        yield Problem((*where, *path), str(error), error.hint)
    told: set[Problem] = set()
    for chosen, variant in variants(obligation, pack.header.parameters, pack.values, pack.schema):
        found = [problem for problem in ObligationLint(pack, variant, where).run() if problem not in told]
        told |= set(found)
        yield from (replace(one, message=f"{one.message} (with {chosen})") if chosen else one for one in found)


def near(name: str, known: Iterable[str]) -> str:
    """A “did you mean” hint, or the list of what there is."""
    names = list(known)
    close = difflib.get_close_matches(name, names, n=1, cutoff=0.5)
    return f"did you mean `{close[0]}`?" if close else "known: " + ", ".join(names)


# --- pack.yaml and records.yaml --------------------------------------------------------------------------------


def _header(pack: Pack) -> Iterator[Problem]:
    header = pack.header
    if header.id != pack.folder.resolve().name:
        yield Problem(("pack", "id"), f"the pack's id is `{header.id}`, its folder is `{pack.folder.resolve().name}`")
    for name in header.windows:
        try:
            start, end = pack.day(header.windows[name].start), pack.day(header.windows[name].end)
        except ConditionError as error:
            yield Problem(("pack", "windows", name), str(error), error.hint)
            continue
        if start > end:
            yield Problem(("pack", "windows", name), f"the window ends ({end}) before it starts ({start})")
    for name, kind in header.bearers.items():
        yield from _bearer(pack.schema, name, kind)
    for path, wrong in asked_wrongly(pack):
        yield Problem(("pack", "questions", *path), str(wrong), wrong.hint)
    names = Names(pack.schema, columns=fixed_columns())
    for word in ("alerts", "headlines"):
        for index, item in enumerate(getattr(header, word)):
            yield from _condition(item.where, names, ("pack", word, index, "where"))


def _bearer(schema: Schema, name: str, kind: BearerKind) -> Iterator[Problem]:
    where: PathKey = ("pack", "bearers", name)
    record = schema.records.get(kind.record)
    if record is None:
        yield Problem((*where, "record"), f"no record type `{kind.record}`", near(kind.record, schema.records))
        return
    for word, fields in (("key", kind.key), ("name", (kind.name,)), ("town", (kind.town,)), ("from", (kind.start,)),
                         ("to", (kind.end,)), ("reports_through", kind.reports_through)):  # fmt: skip
        for item in fields:
            if item and record.field(item) is None:
                yield Problem((*where, word), f"{kind.record} has no field `{item}`", near(item, record.fields))
    if kind.where:
        yield from _condition(kind.where, Names(schema, Row(schema, kind.record, "r")), (*where, "where"))


def _record(schema: Schema, name: str, record: RecordType) -> Iterator[Problem]:
    where: PathKey = ("record", name)
    if not _NAME.fullmatch(name) or name == MANIFEST:
        yield Problem(where, f"`{name}` cannot name a record type", "small letters, digits and _; `manifest` is taken")
    spans = [record.span.start, record.span.end] if record.span else []
    for word, fields in (("key", record.key), ("time", (record.time,)), ("period", (record.period,)), ("span", spans)):
        for item in fields:
            spec = record.field(item) if item else None
            if item and spec is None:
                yield Problem((*where, word), f"no field `{item}`", near(item, record.fields))
            elif spec is not None and word != "key" and spec.type not in TEMPORAL_TYPES:
                yield Problem((*where, word), f"`{item}` is {spec.type}, a date is needed")
            elif spec is not None and word == "key" and spec.type == "list":
                yield Problem((*where, word), f"`{item}` is a list, which cannot be a key")
    if record.lag:
        yield from _lag(name, record)
    headers: dict[str, str] = {}
    for field_name, spec in record.fields.items():
        at = (*where, "fields", field_name)
        if not _NAME.fullmatch(field_name) or field_name in ENVELOPE:
            yield Problem(
                at, f"`{field_name}` cannot name a field", "small letters, digits and _; the envelope's are taken"
            )
        if spec.values and spec.type not in ("text", "list"):
            yield Problem((*at, "values"), f"allowed values go with text and list, not {spec.type}")
        if spec.happened and spec.type not in TEMPORAL_TYPES:
            yield Problem((*at, "happened"), f"`happened` goes with a date, not {spec.type}")
        for header in {spec.title, *spec.aliases}:
            if header in headers:
                yield Problem(at, f"the header “{header}” also belongs to `{headers[header]}`")
            headers[header] = field_name
    for field_name, references in record.references.items():
        at = (*where, "references", field_name)
        if record.field(field_name) is None:
            yield Problem(at, f"no field `{field_name}`", near(field_name, record.fields))
        for reference in references:
            if schema.target(reference) == ("", ""):
                message = f"`{reference.to}` is no record type with a single key, and no field of one"
                yield Problem(at, message, near(reference.to.split(".")[0], schema.records))
                continue
            target, key = schema.target(reference)
            here, there = record.field(field_name), schema.records[target].field(key)
            if here is not None and there is not None and here.type != there.type:
                yield Problem(
                    at, f"`{field_name}` is {here.type}, {target}.{key} is {there.type}", "declare both alike"
                )


def _lag(name: str, record: RecordType) -> Iterator[Problem]:
    where: PathKey = ("record", name, "lag")
    if not record.time:
        yield Problem(where, f"{name} declares no `time`: there is no day from which to wait")
    try:
        parse_lag(record.lag)
    except ConditionError as error:
        yield Problem(where, str(error), error.hint)


def _condition(text: str, names: Names, where: PathKey) -> Iterator[Problem]:
    try:
        compile_boolean(parse(text), names)
    except ConditionError as error:
        yield Problem(where, str(error), error.hint)


# --- obligations ------------------------------------------------------------------------------------------------------


@dataclass
class ObligationLint:
    """Lint of one obligation; also what its tests ask for help (kinds.base.LintContext)."""

    pack: Pack
    obligation: Obligation
    where: PathKey
    found: list[Problem] = field(default_factory=list)
    inside: PathKey = ()

    @property
    def schema(self) -> Schema:
        return self.pack.schema

    @property
    def bearer(self) -> str:
        return self.obligation.bearer

    @property
    def trigger(self) -> str:
        each = self.obligation.each
        return each.record if each is not None and each.record in self.schema.records else ""

    @property
    def unit(self) -> str:
        return self.obligation.unit

    @property
    def has_by(self) -> bool:
        return bool(self.obligation.by)

    # what a test may ask
    def problem(self, word: str, message: str, hint: str = "") -> None:
        self.found.append(Problem((*self.where, *self.inside, *word.split(".")), message, hint))

    def condition(self, word: str, text: str, record: str, *prefixes: str) -> None:
        if text:
            self._check(word, text, record, prefixes, compile_boolean)

    def number(self, word: str, text: str, record: str) -> None:
        self._check(word, text, record, ("bearer",), compile_number)

    def moment(self, word: str, text: str, record: str) -> None:
        self._check(word, text, record, (), compile_moment)

    def belongs(self, word: str, record: str, link: str, where: str, target: str = "") -> None:
        spec = self.schema.records.get(record)
        if spec is None:
            self.problem(word, f"no record type `{record}`", near(record, self.schema.records))
            return
        if not spec.time and word != "given.record" and not word.startswith("with."):
            self.problem(word, f"{record} declares no `time`: when did it happen?", "add `time: FIELD` in records.yaml")
        try:
            chain = self._chain(record, link, target)
            if chain is not None:
                chain.sql(Row(self.schema, record, "r"))
        except ConditionError as error:
            self.problem(word, str(error), error.hint)
            return
        if chain is None and "bearer." not in where and target == "":
            hint = "declare a reference, write link:, or compare with bearer. in where"
            self.problem(word, f"nothing says whose a {record} is: no chain of references to {self.bearer}", hint)
        elif chain is None and target:
            self.problem(
                word, f"no chain of references from {record} to {target}", "declare a reference or write link:"
            )

    def _chain(self, record: str, link: str, target: str) -> Chain | None:
        if not target and self.trigger and link != "none" and record != self.trigger:
            key = self.schema.records[self.trigger].key
            chain = chain_to(self.schema, record, self.trigger, key, link) if key else None
            if chain is not None:
                return chain
        return belonging(self.schema, record, target or self.bearer, link)

    def _check(
        self, word: str, text: str, record: str, prefixes: Iterable[str],
        compiler: Callable[[Condition, Names], object],
    ) -> None:  # fmt: skip
        if record and record not in self.schema.records:
            return  # said where the record is named
        names = duty_names(self.schema, self.obligation, Row(self.schema, record, "r") if record else None, prefixes)
        try:
            read = parse_moment if compiler is compile_moment else parse
            compiler(read(text), names)
        except ConditionError as error:
            self.problem(word, str(error), error.hint)

    # the obligation itself, top to bottom
    def run(self) -> list[Problem]:
        obligation = self.obligation
        if not _ID.fullmatch(obligation.id):
            self.problem("id", f"`{obligation.id}` cannot be an id", "small letters, digits and -")
        if obligation.bearer not in self.schema.bearers:
            self.problem(
                "bearer", f"no bearer kind `{obligation.bearer}`", near(obligation.bearer, self.schema.bearers)
            )
            return self.found
        roster = self.schema.bearers[obligation.bearer].record
        if roster not in self.schema.records:
            return self.found
        self.condition("applies", obligation.applies, roster)
        self._given()
        self._trigger()
        self._time()
        self._tests()
        self._judgement()
        return self.found

    def _given(self) -> None:
        given = self.obligation.given
        if given is not None:
            self.condition("given.where", given.where, given.record, "bearer")
            self.belongs("given.record", given.record, given.link, given.where)

    def _trigger(self) -> None:
        each = self.obligation.each
        if each is None:
            return
        record = self.schema.records.get(each.record)
        if record is None:
            self.problem("each.record", f"no record type `{each.record}`", near(each.record, self.schema.records))
            return
        self.condition("each.where", each.where, each.record, "bearer")
        self.inside = ("each",)
        try:
            chain = belonging(self.schema, each.record, self.bearer, each.link)
            if chain is None and "bearer." not in each.where:
                self.problem("record", f"nothing says whose a {each.record} is", "declare a reference or write link:")
        except ConditionError as error:
            self.problem("record", str(error), error.hint)
        self.inside = ()
        if not each.start and not record.time and record.span is None:
            self.problem("each.record", f"{each.record} has no time: write `from: FIELD`")
        for word, text in (("each.from", each.start), ("each.until", each.end)):
            if text:
                self.moment(word, text, each.record)

    def _time(self) -> None:
        o = self.obligation
        if isinstance(o.window, str) and o.window and o.window not in self.pack.header.windows:
            self.problem("window", f"no window `{o.window}`", near(o.window, self.pack.header.windows))
        elif not isinstance(o.window, str):
            try:
                self.pack.window(o)
            except ConditionError as error:
                self.problem("window", str(error), error.hint)
        if o.by and o.within:
            self.problem("within", "by and within exclude each other")
        if o.within and o.each is None:
            self.problem("within", "within counts from a trigger: it needs each")
        if o.every == "once" and (o.by or o.each):
            self.problem("every", "`once` stands alone: with by or each it says nothing more")
        if o.every and o.within:
            self.problem("within", "a period is not counted from a trigger: every and within exclude each other")
        if o.every and o.each is None and not o.window and not self.pack.header.windows:
            self.problem("every", "the pack has no windows: from when to when?", "write window: {from: …, to: …}")
        self._due("by", o.by)
        self._due("expect_by", o.expect_by)
        if o.within:
            try:
                parse_duration(o.within, self.schema.parameters)
            except ConditionError as error:
                self.problem("within", str(error), error.hint)
        if o.roll and not (o.by or o.within):
            self.problem("roll", "only a due named by `by` or `within` rolls; a period ends when it ends")
        if o.roll and o.roll != "workday":
            parameter = o.roll.removeprefix("param.")
            if not o.roll.startswith("param.") or self.pack.values.get(parameter) not in ("workday", "none"):
                self.problem(
                    "roll", f"cannot roll to `{o.roll}`", "write workday, or param.NAME that holds workday or none"
                )

    def _due(self, word: str, text: str) -> None:
        if not text:
            return
        try:
            by = parse_by(text, self.schema.parameters)
        except ConditionError as error:
            self.problem(word, str(error), error.hint)
            return
        if by.day and self.unit != "month":
            self.problem(word, "`day N` is a day of a month: it needs `every: month`")
        if by.expression is not None:
            own = self.trigger or self.schema.bearers[self.bearer].record
            self._check(word, by.expression.text, own, ("bearer", "trigger", "period"), compile_moment)

    def _tests(self) -> None:
        o, tests = self.obligation, self.obligation.tests
        if len(tests) != 1:
            words = " and ".join(test.word for test in tests) or "none"
            self.problem("id", f"exactly one test is needed, here: {words}", "one of " + ", ".join(KINDS))
            return
        test = tests[0]
        if o.require and test.word != "done":
            self.problem("require", "require goes with done")
        if test.word in NEEDS_EACH and o.each is None:
            self.problem(test.word, f"{test.word} needs a trigger: write each")
            return
        if test.word in ("perform", "cover") and not (o.every or o.by or o.within):
            self.problem(test.word, f"{test.word} needs a time: write every or by")
        if test.word == "respond" and not (o.within or (o.by and not o.before)):
            self.problem("respond", "respond needs `within: N days`")
        if test.word == "done" and not (o.by or o.within):
            self.problem("done", "done needs a time: write by or within")
        if test.word == "reconcile" and o.within:
            self.problem("within", "reconcile takes by, or is due when its trigger was made")
        self._one(test.word, lambda: test.problems(self))

    def _one(self, word: str, check: Callable[[], None]) -> None:
        self.inside = (*self.inside, word) if word != "done" else self.inside
        try:
            check()
        except ConditionError as error:
            self.problem("", str(error), error.hint)
        self.inside = ()

    def _judgement(self) -> None:
        o, header = self.obligation, self.pack.header
        if o.ground and o.ground not in header.grounds:
            self.problem("ground", f"no ground “{o.ground}” in pack.yaml", near(o.ground, header.grounds))
        if o.handed_in_by:
            for record in o.handed_in_by:
                if record not in self.schema.records:
                    self.problem(
                        f"handed_in_by.{record}", f"no record type `{record}`", near(record, self.schema.records)
                    )
        own = self.trigger or self.schema.bearers[o.bearer].record
        if o.advisory is not None:
            self.condition("advisory.where", o.advisory.where, own, "bearer", "trigger", "period")
        for index, note in enumerate(o.notes):
            self.inside = ("notes", index)
            self.condition("where", note.where, own, "bearer", "trigger", "period")
        for index, path in enumerate(o.otherwise):
            self.inside = ("otherwise", index)
            self._path(path, own)
        self.inside = ()

    def _path(self, path: Path, own: str) -> None:
        inside = self.inside
        self.condition("where", path.where, own, "bearer", "trigger", "period")
        self._due("by", path.by)
        if len(path.tests) > 1:
            self.problem("title", "a path has one test at most")
        elif not path.tests and not path.where:
            self.problem("title", "a path needs a test or `where`")
        for test in path.tests:
            self._one(test.word, lambda test=test: test.problems(self))  # type: ignore[misc]
            self.inside = inside
