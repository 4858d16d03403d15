"""What plan.yaml means, checked: bearers, obligations, record types, fields, conditions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from duban.conditions import ConditionError, compile_boolean, parse
from duban.kinds import Reconcile
from duban.pack.planning import Dossier, OrderKey, Planning, Section, Week, serving
from duban.pack.problem import Problem, near
from duban.pack.yaml import PathKey
from duban.scope import Names, Row, belonging

if TYPE_CHECKING:
    from duban.pack.pack import Pack


def lint_planning(pack: Pack, planning: Planning) -> Iterator[Problem]:
    """Every problem of plan.yaml; `where` is the path in the file."""
    lint = _Lint(pack)
    yield from lint.named(planning.due.corrections, ("due", "corrections"))
    yield from lint.named(planning.due.final, ("due", "final"))
    for name in planning.due.corrections:
        item = lint.obligations.get(name)
        if item is not None and not isinstance(item.test, Reconcile):
            hint = "only what compares figures is put right by a corrected report"
            yield Problem(("due", "corrections"), f"`{name}` is no reconcile", hint)
    if planning.week is not None:
        yield from lint.week(planning.week)
    if planning.dossier is not None:
        yield from lint.dossier(planning.dossier)


class _Lint:
    """The checks of one file, over the words of its pack."""

    def __init__(self, pack: Pack) -> None:
        self.pack, self.schema = pack, pack.schema
        self.obligations = {item.id: item for item in pack.obligations}

    # --- the week
    def week(self, week: Week) -> Iterator[Problem]:
        if not self._bearer(week.targets):
            yield self._no_bearer(week.targets, ("week", "targets"))
            return
        yield from self.belongs(week.visit, week.targets, ("week", "visit"))
        parties = [party.bearer for party in week.parties]
        for index, party in enumerate(week.parties):
            where: PathKey = ("week", "parties", index)
            if not self._bearer(party.bearer):
                yield self._no_bearer(party.bearer, (*where, "bearer"))
            yield from self.condition(week.visit, party.where, (*where, "where"))
        for index, errand in enumerate(week.errands):
            where = ("week", "errands", index)
            yield from self.named(errand.obligations, (*where, "obligations"))
            if errand.by and errand.by not in parties:
                yield Problem((*where, "by"), f"no party `{errand.by}`", near(errand.by, parties))
            for name in errand.obligations:
                bearer = self.obligations[name].bearer if name in self.obligations else errand.by
                if not errand.by and bearer not in parties:
                    yield Problem(
                        where, f"`{name}` is borne by none of the parties", "say `by:` whom it is looked into"
                    )
        for index, key in enumerate(week.order):
            yield from self.key(week, key, ("week", "order", index))
        for index, left in enumerate(week.leave_out):
            record = self.pack.header.bearers[week.targets].record
            yield from self.condition(record, left.where, ("week", "leave_out", index, "where"))
        if not serving(self.pack, week):
            yield Problem(("week", "targets"), f"no duty of a party asks for `{week.visit}` of `{week.targets}`")

    def key(self, week: Week, key: OrderKey, where: PathKey) -> Iterator[Problem]:
        if len(key.forms) != 1:
            written = ", ".join(key.forms) or "none"
            yield Problem(where, "a key is one of `record`, `errands`, `last`, `field`", f"it has {written}")
            return
        if key.record:
            yield from self.belongs(key.record, week.targets, (*where, "record"))
            yield from self.condition(key.record, key.where, (*where, "where"))
        parties = [party.bearer for party in week.parties]
        if key.last and key.last not in parties:
            yield Problem((*where, "last"), f"no party `{key.last}`", near(key.last, parties))
        if key.field:
            record = self.pack.header.bearers[week.targets].record
            yield from self.path(record, key.field, (*where, "field"))

    # --- the page
    def dossier(self, page: Dossier) -> Iterator[Problem]:
        if not self._bearer(page.bearer):
            yield self._no_bearer(page.bearer, ("dossier", "bearer"))
            return
        roster = self.pack.header.bearers[page.bearer].record
        for index, shown in enumerate(page.head):
            where: PathKey = ("dossier", "head", index)
            if shown.record:
                yield from self.belongs(shown.record, page.bearer, (*where, "record"))
                yield from self.condition(shown.record, shown.where, (*where, "where"))
            yield from self.path(shown.record or roster, shown.field, (*where, "field"))
        for index, section in enumerate(page.sections):
            yield from self.section(page, section, ("dossier", "sections", index))
        for index, look in enumerate(page.look):
            where = ("dossier", "look", index)
            if look.record:
                yield from self.belongs(look.record, page.bearer, (*where, "record"))
            yield from self.condition(look.record or roster, look.where, (*where, "where"))

    def section(self, page: Dossier, section: Section, where: PathKey) -> Iterator[Problem]:
        if bool(section.record) == (section.content is not None):
            yield Problem(where, "a section has either `record` or `content`")
        yield from self.named(section.obligations, (*where, "obligations"))
        if not section.record:
            return
        yield from self.belongs(section.record, page.bearer, (*where, "record"))
        yield from self.condition(section.record, section.where, (*where, "where"))
        if not section.columns:
            yield Problem(where, "a section of records names its `columns`")
        for index, column in enumerate(section.columns):
            yield from self.path(section.record, column.field, (*where, "columns", index, "field"))
        if section.sort:
            yield from self.path(section.record, section.sort, (*where, "sort"))

    # --- helpers
    def _bearer(self, name: str) -> bool:
        return name in self.pack.header.bearers and self.pack.header.bearers[name].record in self.pack.records

    def _no_bearer(self, name: str, where: PathKey) -> Problem:
        return Problem(where, f"no bearer kind `{name}`", near(name, self.pack.header.bearers))

    def named(self, names: Iterable[str], where: PathKey) -> Iterator[Problem]:
        for name in names:
            if name not in self.obligations:
                yield Problem(where, f"no obligation `{name}`", near(name, self.obligations))

    def belongs(self, record: str, bearer: str, where: PathKey) -> Iterator[Problem]:
        if record not in self.pack.records:
            yield Problem(where, f"no record type `{record}`", near(record, self.pack.records))
            return
        try:
            if belonging(self.schema, record, bearer) is None:
                yield Problem(where, f"nothing leads from {record} to {bearer}")
        except ConditionError as error:
            yield Problem(where, str(error), error.hint)

    def condition(self, record: str, text: str, where: PathKey) -> Iterator[Problem]:
        if not text or record not in self.pack.records:
            return
        try:
            compile_boolean(parse(text), Names(self.schema, Row(self.schema, record, "r")))
        except ConditionError as error:
            yield Problem(where, str(error), error.hint)

    def path(self, record: str, text: str, where: PathKey) -> Iterator[Problem]:
        if record not in self.pack.records:
            return
        row = Row(self.schema, record, "r")
        try:
            column = row.resolve(tuple(text.split(".")))
        except ConditionError as error:
            yield Problem(where, str(error), error.hint)
            return
        if column is None:
            yield Problem(where, f"`{text}` leads nowhere from {record}", near(text, row.names()))
