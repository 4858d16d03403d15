"""What weekly.yaml means, checked: record types, kinds of bearers, obligations, conditions, the slots of its texts."""

from __future__ import annotations

import string
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from duban.conditions import Column, ConditionError, compile_boolean, parse
from duban.kinds import Cover
from duban.model import Tier
from duban.pack.names import fixed_columns
from duban.pack.problem import Problem, near
from duban.pack.weekly import Majors, Running, Weekly, duty_columns
from duban.pack.yaml import PathKey
from duban.scope import Names, Row, belonging

if TYPE_CHECKING:
    from duban.pack.pack import Pack

CHECKS_SLOTS = ("month", "done", "total", "needed", "short", "days")


def lint_weekly(pack: Pack, weekly: Weekly) -> Iterator[Problem]:
    """Every problem of weekly.yaml; `where` is the path in the file."""
    lint = _Lint(pack, weekly)
    yield from _slots(weekly.title, ("title", "issue"), ("title",))
    if weekly.numbered_from:
        try:
            pack.day(weekly.numbered_from)
        except ConditionError as error:
            yield Problem(("numbered_from",), str(error), error.hint)
    if (accidents := weekly.accidents) is not None:
        yield from lint.condition(accidents.record, accidents.where, ("accidents",))
        yield from _slots(accidents.said, ("count",), ("accidents", "said"))
    if weekly.running is not None:
        yield from lint.running(weekly.running)
    if weekly.majors is not None:
        yield from lint.majors(weekly.majors)
    yield from lint.checks()
    yield from lint.sent()
    for index, group in enumerate(weekly.groups):
        for name in group.bearers:
            yield from lint.bearer(name, ("groups", index, "bearers"))
    yield from lint.decisions()
    if weekly.feedback:
        yield from lint.obligation(weekly.feedback, ("feedback",))
    for index, through in enumerate(weekly.data):
        for name in through.records:
            yield from lint.record(name, ("data", index, "records"))
    for index, funnel in enumerate(weekly.funnels):
        at: PathKey = ("funnels", index)
        yield from lint.condition(funnel.record, funnel.where, at)
        yield from lint.belongs(funnel.record, funnel.bearer, at)
        for number, stage in enumerate(funnel.stages):
            yield from lint.condition(funnel.record, stage.where, (*at, "stages", number), "where")


class _Lint:
    """The checks of one file, over the pack that it belongs to."""

    def __init__(self, pack: Pack, weekly: Weekly) -> None:
        self.pack, self.weekly, self.schema = pack, weekly, pack.schema

    # --- parts of the file
    def running(self, running: Running) -> Iterator[Problem]:
        at: PathKey = ("running",)
        yield from self.bearer(running.bearer, (*at, "bearer"))
        kind = self.pack.header.bearers.get(running.bearer)
        if kind is None:
            return
        conditions = [((*at, "where"), running.where)]
        for index, group in enumerate(running.groups):
            conditions.append(((*at, "groups", index, "where"), group.where))
            conditions += [
                ((*at, "groups", index, "parts", n, "where"), part.where) for n, part in enumerate(group.parts)
            ]
        for index, turned in enumerate(running.turned):
            conditions += [((*at, "turned", index, word), getattr(turned, word)) for word in ("before", "after")]
            if turned.proof is not None:
                place: PathKey = (*at, "turned", index, "proof")
                yield from self.condition(turned.proof.record, turned.proof.where, place)
                yield from self.belongs(turned.proof.record, running.bearer, place)
        for where, text in conditions:
            yield from self.condition(kind.record, text, where[:-1], str(where[-1]))

    def majors(self, majors: Majors) -> Iterator[Problem]:
        at: PathKey = ("majors",)
        yield from self.condition(majors.record, majors.where, at)
        yield from self.condition(majors.record, majors.since, at, "since")
        yield from self.belongs(majors.record, majors.bearer, at)
        for name in majors.obligations:
            yield from self.obligation(name, (*at, "obligations"))
            found = next((item for item in self.pack.written if item.id == name), None)
            if found is not None and (found.each is None or found.each.record != majors.record):
                yield Problem((*at, "obligations"), f"`{name}` is not about each {majors.record}")
        record = self.pack.records.get(majors.record)
        fields = record.fields if record is not None else {}
        for word in ("found", "supervised"):
            name = getattr(majors, word)
            if name and record is not None and record.field(name) is None:
                yield Problem((*at, word), f"{majors.record} has no field `{name}`", near(name, fields))
        yield from _slots(majors.hazard, fields, (*at, "hazard"))
        yield from _slots(majors.said, ("count", "names"), (*at, "said"))
        yield from _slots(majors.none, (), (*at, "none"))
        for index, state in enumerate(majors.states):
            yield from self.condition(majors.record, state.where, (*at, "states", index), "where", duty_columns())
        if (keeper := majors.keeper) is not None:
            yield from self.condition(keeper.record, keeper.where, (*at, "keeper"))
            yield from self.field(keeper.record, keeper.post, (*at, "keeper", "post"))
            yield from self.belongs(keeper.record, majors.bearer, (*at, "keeper"))
        if (visited := majors.visited) is not None:
            yield from self.condition(visited.record, visited.where, (*at, "visited"))
            yield from self.belongs(visited.record, majors.bearer, (*at, "visited"))
            for index, part in enumerate(visited.by):
                yield from self.condition(visited.record, part.where, (*at, "visited", "by", index), "where")

    def checks(self) -> Iterator[Problem]:
        if (checks := self.weekly.checks) is None:
            return
        for word in ("quota", "coverage"):
            name = getattr(checks, word)
            if not name:
                continue
            yield from self.obligation(name, ("checks", word))
            found = next((item for item in self.pack.written if item.id == name), None)
            if found is not None and not isinstance(found.test, Cover):
                yield Problem(("checks", word), f"`{name}` covers nothing: its test is not `cover`")
        for word in ("said", "shortfall"):
            yield from _slots(getattr(checks, word), CHECKS_SLOTS, ("checks", word))

    def sent(self) -> Iterator[Problem]:
        if (sent := self.weekly.sent) is None:
            return
        for name in sent.obligations:
            yield from self.obligation(name, ("sent", "obligations"))
        if (returned := sent.returned) is not None:
            at: PathKey = ("sent", "returned")
            yield from self.condition(returned.record, returned.where, at)
            for name in returned.by:
                yield from self.field(returned.record, name, (*at, "by"))

    def decisions(self) -> Iterator[Problem]:
        for index, one in enumerate(self.weekly.decisions):
            at: PathKey = ("decisions", index)
            if sum((one.majors, bool(one.duties), bool(one.measure))) != 1:
                yield Problem(at, "a decision is about `majors`, `duties` or a `measure`: write one of them")
            if one.majors and self.weekly.majors is None:
                yield Problem((*at, "majors"), "there is no `majors` in this file")
            if one.duties:
                yield from _checked(one.duties, Names(self.schema, columns=fixed_columns()), (*at, "duties"))
            measures = self.pack.measures.measures
            if one.measure and one.measure not in measures:
                yield Problem((*at, "measure"), f"no measure “{one.measure}”", near(one.measure, measures))
            tiers = [tier.value for tier in Tier]
            if one.tier and one.tier not in tiers:
                yield Problem((*at, "tier"), f"no tier “{one.tier}”", near(one.tier, tiers))
            slots = ("count", "bearers") if one.measure else ("bearer", "hazard", "days", "period", "numbers")
            yield from _slots(one.text, slots, (*at, "text"))

    # --- single words
    def record(self, name: str, where: PathKey) -> Iterator[Problem]:
        if name not in self.pack.records:
            yield Problem(where, f"no record type `{name}`", near(name, self.pack.records))

    def bearer(self, name: str, where: PathKey) -> Iterator[Problem]:
        if name not in self.pack.header.bearers:
            yield Problem(where, f"no bearer kind `{name}`", near(name, self.pack.header.bearers))

    def obligation(self, name: str, where: PathKey) -> Iterator[Problem]:
        known = [item.id for item in self.pack.written]
        if name not in known:
            yield Problem(where, f"no obligation `{name}`", near(name, known))

    def field(self, record: str, name: str, where: PathKey) -> Iterator[Problem]:
        spec = self.pack.records.get(record)
        if spec is not None and spec.field(name) is None:
            yield Problem(where, f"{record} has no field `{name}`", near(name, spec.fields))
        if spec is not None and (found := spec.field(name)) is not None and found.personal:
            yield Problem(where, f"`{name}` is personal: a report names posts, no persons")

    def condition(
        self, record: str, text: str, at: PathKey, word: str = "where", more: Mapping[str, Column] | None = None
    ) -> Iterator[Problem]:
        """A condition over the rows of a record type, and the type itself."""
        if record not in self.pack.records:
            yield from self.record(record, (*at, "record"))
        elif text:
            names = Names(self.schema, Row(self.schema, record, "r"), {}, more or {})
            yield from _checked(text, names, (*at, word))

    def belongs(self, record: str, bearer: str, at: PathKey) -> Iterator[Problem]:
        if record not in self.pack.records:
            return
        if bearer not in self.pack.header.bearers:
            yield from self.bearer(bearer, (*at, "bearer"))
            return
        try:
            if belonging(self.schema, record, bearer) is None:
                yield Problem((*at, "record"), f"nothing says whose a {record} is", "declare a reference")
        except ConditionError as error:
            yield Problem((*at, "record"), str(error), error.hint)


def _checked(text: str, names: Names, where: PathKey) -> Iterator[Problem]:
    try:
        compile_boolean(parse(text), names)
    except ConditionError as error:
        yield Problem(where, str(error), error.hint)


def _slots(text: str, known: Iterable[str], where: PathKey) -> Iterator[Problem]:
    """The {names} of a text."""
    try:
        names = [name for _, name, _, _ in string.Formatter().parse(text) if name is not None]
    except ValueError as error:
        yield Problem(where, f"`{text}`: {error}", "write {NAME}; a brace itself is {{ or }}")
        return
    for name in names:
        if name not in known:
            yield Problem(where, f"no `{{{name}}}` here", near(name, known))
