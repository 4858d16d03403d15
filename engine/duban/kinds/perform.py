"""perform: do something at least so often (or for so much) in the time given. respond: answer a trigger once."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from duban.kinds.acts import Acts, owner_of, plan_acts
from duban.kinds.base import RESULT, Amount, DutyTable, LintContext, Need, Planner, Scoping, Test, required_sql
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

    def plan(self, duty: DutyTable, planner: Planner, name: str) -> str:
        chain, owner = owner_of(planner, duty, self.record, self.link)
        scoping: Scoping = "named" if self.named_by else scoping_of(duty)
        values = tuple(value for value in (self.distinct or self.sum, self.named_by) if value)
        acts = Acts(self.record, self.where, chain, scoping, values)
        owners = f"(SELECT *, {owner.replace('d.', '')} AS owner FROM {quote(duty.name)})"
        found, loose = plan_acts(planner, duty, acts, owners, name + "/acts")
        exact = bool(self.sum)
        amount = Amount.read(self.at_least)
        names = planner.names(duty, None)
        required = required_sql(amount, names, exact)
        empty = f"coalesce({required} = 0, FALSE)" if amount.percent is not None else "FALSE"
        wanted = planner.add(
            name + "/required",
            f"SELECT d.duty, {required} AS required, {empty} AS empty FROM {quote(duty.name)} d\n"
            f"{planner.bearer_join(duty)}\n{names.joins()}",
            "how much each duty asks for",
        )
        moments = ""
        if scoping != "period":  # a period knows no late: only there does the moment matter
            moments = planner.add(name + "/reached", self._reached(found, wanted), "when enough had been done")
        return planner.add(name, self._result(found, loose, wanted, moments), "perform, by duty")

    def _reached(self, found: str, wanted: str) -> str:
        """For each duty the moment of the act that completes the number."""
        if self.distinct:
            steps = f"SELECT duty, min(t) AS t, 1 AS amount FROM {quote(found)} WHERE ok AND in_scope AND v0 IS NOT NULL GROUP BY duty, {self._value()}"
        else:
            amount = "v0" if self.sum else "1"
            steps = f"SELECT duty, t, {amount} AS amount FROM {quote(found)} WHERE ok AND in_scope"
        return (
            "SELECT r.duty, min(r.t) AS done_at FROM (\n"
            f"  SELECT duty, t, sum(amount) OVER (PARTITION BY duty ORDER BY t) AS total FROM ({steps})\n"
            f") r JOIN {quote(wanted)} w USING (duty) WHERE r.total >= w.required GROUP BY r.duty"
        )

    def _value(self) -> str:
        """SQL of the value that is told apart: the first of `alike` stands for all of them."""
        if not self.alike:
            return "v0"
        return f"CASE WHEN v0 IN ({', '.join(map(literal, self.alike))}) THEN {literal(self.alike[0])} ELSE v0 END"

    def _result(self, found: str, loose: str, wanted: str, moments: str) -> str:
        def total(condition: str) -> str:
            if self.sum:
                return f"coalesce(sum(v0) FILTER ({condition}), 0)"
            return f"count({f'DISTINCT {self._value()}' if self.distinct else '*'}) FILTER ({condition})"

        counted = "ok AND in_scope" + (" AND v0 IS NOT NULL" if self.distinct or self.sum else "")
        unknown = "ok IS NULL OR v0 IS NULL" if self.distinct or self.sum else "ok IS NULL"
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
        return f"{unknown} > 0" if self.sum else f"coalesce({certain}, 0) + {unknown} >= w.required"


class Respond(Test):
    """`{record, where, direction: after|before, link}`: one act after the trigger (within), or in the time before it."""

    word: ClassVar[str] = "respond"
    late: ClassVar[Literal["always", "proven", "never"]] = "proven"

    record: str
    where: str = ""
    direction: Literal["after", "before"] = "after"
    link: str = ""

    def _perform(self) -> Perform:
        return Perform(record=self.record, where=self.where, link=self.link)

    def problems(self, lint: LintContext) -> None:
        self._perform().problems(lint)

    def needs(self, trigger: str) -> tuple[Need, ...]:
        return self._perform().needs(trigger)

    def evidence_of(self, trigger: str) -> str:
        return self.record

    def plan(self, duty: DutyTable, planner: Planner, name: str) -> str:
        return self._perform().plan(duty, planner, name)


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
