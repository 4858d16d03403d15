"""perform: do something at least so often (or for so much) in the time given. respond: answer a trigger once."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

from pydantic import Field

from duban.kinds.acts import Acts, event_day, owner_of, plan_acts
from duban.kinds.base import (
    RESULT,
    Amount,
    Ask,
    DutyTable,
    LintContext,
    Need,
    Planner,
    Scoping,
    Test,
    alike,
    required_sql,
    rows_of,
    stack_name,
)
from duban.scope import Row
from duban.sqltext import literal, quote
from duban.vocabulary import NUMERIC_TYPES, TEMPORAL_TYPES, Names


class Perform(Test):
    """`{record, where, distinct: f | sum: f, alike, at_least: N | N% of bearer.f | param.x, for: field, link}`.

    Counts rows (distinct values of a field, or its sum). `alike` are values that count as one. `for` names the field that says
    which period an act belongs to.
    """

    word: ClassVar[str] = "perform"
    late: ClassVar[Literal["always", "proven", "never"]] = "proven"

    record: str
    where: str = ""
    distinct: str = ""
    alike: Names = ()
    sum: str = ""
    at_least: int | float | str = 1
    named_by: str = Field(default="", alias="for")
    link: str = ""

    @property
    def by_day(self) -> bool:
        return self.distinct == "date"

    def problems(self, lint: LintContext) -> None:
        lint.condition("where", self.where, self.record, "bearer", "trigger", "period")
        lint.belongs("record", self.record, self.link, self.where)
        lint_amount(lint, self.at_least, targets=False)
        if self.distinct and self.sum:
            lint.problem("sum", "distinct and sum exclude each other")
        lint_value(lint, "distinct", self.record, self.distinct)
        lint_alike(lint, self.record, self.distinct, self.alike)
        lint_value(lint, "sum", self.record, self.sum)
        lint_value(lint, "for", self.record, self.named_by)
        if self.named_by and not (lint.unit and lint.has_by):
            lint.problem("for", "for names a period: it goes with every and by")

    def needs(self, trigger: str) -> tuple[Need, ...]:
        return tuple(Need(record) for record in dict.fromkeys([self.record, *([trigger] if trigger else [])]))

    def evidence_of(self, trigger: str) -> str:
        return self.record

    @classmethod
    def plan_all(cls, asked: Sequence[Ask], planner: Planner, suffix: str) -> list[str]:
        groups: dict[Hashable, list[_Asked]] = {}
        for test, duty in asked:
            assert isinstance(test, Perform)
            one = _Asked.of(test, duty, planner)
            groups.setdefault(one.shape(planner), []).append(one)
        return [_Plan(group, planner, suffix).result() for group in groups.values()]


@dataclass(frozen=True)
class _Asked:
    """What one obligation asks for, and where its acts are found."""

    test: Perform
    acts: Acts

    @classmethod
    def of(cls, test: Perform, duty: DutyTable, planner: Planner) -> _Asked:
        chain, owner = owner_of(planner, duty, test.record, test.link)
        scoping: Scoping = "named" if test.named_by else scoping_of(duty)
        values = tuple(value for value in (test.distinct or test.sum, test.named_by) if value)
        return cls(test, Acts(duty, test.record, test.where, chain, scoping, values, owner))

    def shape(self, planner: Planner) -> Hashable:
        """Obligations that are equal in this are counted by one statement."""
        test, acts = self.test, self.acts
        row = Row(planner.schema, acts.record, "r")
        types = tuple(column.type if column else "" for column in (event_day(row, value) for value in acts.values))
        counted = "sum" if test.sum else "distinct" if test.distinct else "rows"
        return (acts.scoping, acts.duty.unit, counted, tuple(test.alike), types)


class _Plan:
    """The steps of obligations of one shape."""

    def __init__(self, asked: list[_Asked], planner: Planner, suffix: str) -> None:
        self.asked, self.planner, self.test = asked, planner, asked[0].test
        self.duties = [one.acts.duty for one in asked]
        self.name = stack_name([duty.obligation for duty in self.duties]) + suffix

    def result(self) -> str:
        """Add the steps; returns the name of the last."""
        found, loose = plan_acts(self.planner, [one.acts for one in self.asked], self.name + "/acts")
        wanted = self.planner.add(self.name + "/required", self._wanted(), "how much each duty asks for")
        moments = ""
        if self.asked[0].acts.scoping != "period":  # a period knows no late: only there does the moment matter
            reached = self._reached(found, wanted)
            moments = self.planner.add(self.name + "/reached", reached, "when enough had been done")
        return self.planner.add(self.name, self._counted(found, loose, wanted, moments), "perform, by duty")

    def _wanted(self) -> str:
        """SQL of (duty, required, empty)."""
        fixed = {one.acts.duty.obligation: Amount.read(one.test.at_least).number for one in self.asked}
        plain = [duty for duty in self.duties if fixed[duty.obligation] is not None]
        parts = []
        if plain:
            numbers = sorted({str(fixed[duty.obligation]) for duty in plain})
            required = f"CAST({numbers[0]} AS DOUBLE)"
            if len(numbers) > 1:
                whens = "".join(f" WHEN {literal(duty.obligation)} THEN {fixed[duty.obligation]}" for duty in plain)
                required = f"CAST(CASE obligation{whens} END AS DOUBLE)"
            parts.append(f"SELECT duty, {required} AS required, FALSE AS empty FROM {rows_of(plain)}")
        tests = {one.acts.duty.obligation: one.test for one in self.asked}
        others = [duty for duty in self.duties if fixed[duty.obligation] is None]
        parts += alike(others, lambda duty: self._read(tests[duty.obligation], duty))
        return "\nUNION ALL\n".join(parts)

    def _read(self, test: Perform, duty: DutyTable) -> str:
        """SQL of (duty, required, empty) where the number stands in a row, or is a parameter."""
        amount = Amount.read(test.at_least)
        names = self.planner.names(duty, None)
        required = required_sql(amount, names, bool(test.sum))
        empty = f"coalesce({required} = 0, FALSE)" if amount.percent is not None else "FALSE"
        return (
            f"SELECT d.duty, {required} AS required, {empty} AS empty FROM {duty.rows} d\n"
            f"{self.planner.bearer_join(duty)}\n{names.joins()}"
        )

    def _reached(self, found: str, wanted: str) -> str:
        """For each duty the moment of the act that completes the number."""
        if self.test.distinct:
            steps = f"SELECT duty, min(t) AS t, 1 AS amount FROM {quote(found)} WHERE ok AND in_scope AND v0 IS NOT NULL GROUP BY duty, {self._value()}"
        else:
            amount = "v0" if self.test.sum else "1"
            steps = f"SELECT duty, t, {amount} AS amount FROM {quote(found)} WHERE ok AND in_scope"
        return (
            "SELECT r.duty, min(r.t) AS done_at FROM (\n"
            f"  SELECT duty, t, sum(amount) OVER (PARTITION BY duty ORDER BY t) AS total FROM ({steps})\n"
            f") r JOIN {quote(wanted)} w USING (duty) WHERE r.total >= w.required GROUP BY r.duty"
        )

    def _value(self) -> str:
        """SQL of the value that is told apart: the first of `alike` stands for all of them."""
        same = self.test.alike
        if not same:
            return "v0"
        return f"CASE WHEN v0 IN ({', '.join(map(literal, same))}) THEN {literal(same[0])} ELSE v0 END"

    def _counted(self, found: str, loose: str, wanted: str, moments: str) -> str:
        by_value, by_sum = bool(self.test.distinct), bool(self.test.sum)

        def total(condition: str) -> str:
            if by_sum:
                return f"coalesce(sum(v0) FILTER ({condition}), 0)"
            return f"count({f'DISTINCT {self._value()}' if by_value else '*'}) FILTER ({condition})"

        counted = "ok AND in_scope" + (" AND v0 IS NOT NULL" if by_value or by_sum else "")
        unknown = "ok IS NULL OR v0 IS NULL" if by_value or by_sum else "ok IS NULL"
        maybe = f"count(*) FILTER (({unknown}) AND in_scope"
        done_at = "m.done_at" if moments else "CAST(NULL AS TIMESTAMP)"
        reached = f" LEFT JOIN {quote(moments)} m USING (duty)" if moments else ""
        could = self._could("a.timely", "coalesce(a.maybe, 0) + coalesce(l.many, 0)")
        later = self._could("a.observed", "coalesce(a.maybe_late, 0) + coalesce(l.ever, 0)") if moments else "FALSE"
        return (
            f"SELECT {RESULT} FROM (SELECT w.duty, w.required, coalesce(CAST(a.observed AS DOUBLE), 0) AS observed,\n"
            f"  coalesce(a.timely, 0) >= w.required AS timely, {done_at} AS done_at, coalesce("
            f"{could}, FALSE) AS could,\n  coalesce({later}, FALSE) AS could_late,\n"
            "  coalesce(a.in_full, 0) >= w.required AS full_ok, FALSE AS hit, CAST([] AS BIGINT[]) AS waived_by, w.empty,\n"
            "  w.required IS NULL AS unclear, coalesce(a.evidence, []) AS evidence, CAST([] AS VARCHAR[]) AS missed\n"
            f"FROM {quote(wanted)} w LEFT JOIN (\n"
            f"  SELECT duty, {total('ok AND in_scope')} AS observed, {total('ok AND in_scope AND on_time')} AS timely,\n"
            f"    {maybe} AND on_time) AS maybe, {maybe}) AS maybe_late, {total('ok AND in_full')} AS in_full,\n"
            f"    list(n ORDER BY t, n) FILTER ({counted}) AS evidence\n"
            f"  FROM {quote(found)} GROUP BY duty\n"
            f") a USING (duty) LEFT JOIN {quote(loose)} l USING (duty){reached})"
        )

    def _could(self, certain: str, unknown: str) -> str:
        """SQL: with these unknown acts there might have been enough; a sum might be anything."""
        return f"{unknown} > 0" if self.test.sum else f"coalesce({certain}, 0) + {unknown} >= w.required"


class Respond(Test):
    """`{record, where, direction: after|before, link}`: one act after the trigger (within), or in the time before it."""

    word: ClassVar[str] = "respond"
    late: ClassVar[Literal["always", "proven", "never"]] = "proven"

    record: str
    where: str = ""
    direction: Literal["after", "before"] = "after"
    link: str = ""

    def counted(self) -> Perform:
        """The same as something to be counted."""
        return Perform(record=self.record, where=self.where, link=self.link)

    def problems(self, lint: LintContext) -> None:
        self.counted().problems(lint)

    def needs(self, trigger: str) -> tuple[Need, ...]:
        return self.counted().needs(trigger)

    def evidence_of(self, trigger: str) -> str:
        return self.record

    @classmethod
    def plan_all(cls, asked: Sequence[Ask], planner: Planner, suffix: str) -> list[str]:
        counted: list[Ask] = [(test.counted(), duty) for test, duty in asked if isinstance(test, Respond)]
        return Perform.plan_all(counted, planner, suffix)


def scoping_of(duty: DutyTable) -> Scoping:
    """Where acts count: in the period; in its rest, where a day is named inside it; else from the first live moment on."""
    if duty.unit:
        return "rest" if duty.has_by else "period"
    return "open"


def lint_amount(lint: LintContext, value: int | float | str, *, targets: bool) -> None:
    """Check `at_least`."""
    amount = Amount.read(value)
    if amount.number is not None and amount.number < 0:
        lint.problem("at_least", "at_least cannot be negative")
    if amount.percent is not None and not targets and not amount.base:
        lint.problem("at_least", "a percentage of what?", "write `100% of bearer.FIELD`")
    if amount.percent is not None and targets and (amount.base or amount.percent > 100):
        lint.problem("at_least", "cover takes a percentage of its targets, up to 100%")
    for text in (amount.base, amount.expression):
        if text:
            lint.number("at_least", text, "")


def lint_value(lint: LintContext, word: str, record: str, name: str) -> None:
    """Check a field that is counted, added up, or names a period."""
    spec = lint.schema.records[record].field(name) if name and record in lint.schema.records else None
    if not name or record not in lint.schema.records or (word == "distinct" and name == "date"):
        return
    if spec is None:
        lint.problem(word, f"{record} has no field `{name}`", "known: " + ", ".join(lint.schema.records[record].fields))
    elif word == "sum" and spec.type not in NUMERIC_TYPES:
        lint.problem(word, f"`{name}` is no number")
    elif word == "for" and spec.type not in TEMPORAL_TYPES:
        lint.problem(word, f"`{name}` is no date or month")
    elif spec.type == "list":
        lint.problem(word, f"`{name}` is a list")


def lint_alike(lint: LintContext, record: str, distinct: str, alike: tuple[str, ...]) -> None:
    """Check values that count as one: values that the counted field can have."""
    if not alike:
        return
    if not distinct:
        lint.problem("alike", "`alike` goes with `distinct`: values of that field that count as one")
    elif len(set(alike)) < 2:
        lint.problem("alike", "one value alone is like no other", "write two or more")
    spec = lint.schema.records[record].field(distinct) if record in lint.schema.records else None
    if distinct == "date" or (spec is not None and spec.type != "text"):
        lint.problem("alike", f"`{distinct}` is no text")
    for value in alike:
        if spec is not None and spec.values and value not in spec.values:
            lint.problem("alike", f"'{value}' is none of the allowed values of `{distinct}`: {'、'.join(spec.values)}")
