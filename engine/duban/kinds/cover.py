"""cover: reach all of a set of targets, or a share of them, with acts in the time given."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from duban.conditions import Checked
from duban.kinds.acts import Acts, plan_acts
from duban.kinds.base import (
    RESULT,
    Amount,
    Ask,
    DutyTable,
    LintContext,
    Need,
    Planner,
    Test,
    alike,
    boolean,
    rows_of,
    stack_name,
)
from duban.kinds.perform import lint_amount
from duban.scope import Row, belonging
from duban.sqltext import quote
from duban.vocabulary import Word


class By(Word):
    """The acts by which a target is covered."""

    record: str
    where: str = ""
    link: str = ""


class Cover(Test):
    """`{targets: bearer kind, where, by: {record, where, link}, at_least: N%}`; semantics.md §7 has the arithmetic.

    Only targets that exist, and meet `where`, throughout the live span are asked for; those missed are named.
    """

    word: ClassVar[str] = "cover"

    targets: str
    where: str = ""
    by: By
    at_least: int | float | str = "100%"

    def problems(self, lint: LintContext) -> None:
        if self.targets not in lint.schema.bearers:
            lint.problem("targets", f"no bearer kind `{self.targets}`", "known: " + ", ".join(lint.schema.bearers))
            return
        lint.condition("where", self.where, lint.schema.bearers[self.targets].record, "bearer")
        lint.condition("by.where", self.by.where, self.by.record, "bearer", "trigger", "period")
        lint.belongs("by.record", self.by.record, self.by.link, "", self.targets)
        lint_amount(lint, self.at_least, targets=True)

    def needs(self, trigger: str) -> tuple[Need, ...]:
        return tuple(Need(record) for record in dict.fromkeys([self.by.record, *([trigger] if trigger else [])]))

    def evidence_of(self, trigger: str) -> str:
        return self.by.record

    @classmethod
    def plan_all(cls, asked: Sequence[Ask], planner: Planner, suffix: str) -> list[str]:
        groups: dict[tuple[str, str, str], list[tuple[Cover, DutyTable]]] = {}
        for test, duty in asked:
            assert isinstance(test, Cover)
            groups.setdefault((test.targets, str(test.at_least), duty.unit), []).append((test, duty))
        return [_plan(group, planner, suffix) for group in groups.values()]

    def acts(self, duty: DutyTable, planner: Planner) -> Acts:
        """The acts by which a duty's targets are covered."""
        chain = belonging(planner.schema, self.by.record, self.targets, self.by.link)
        return Acts(duty, self.by.record, self.by.where, chain, "period", owner="target")

    def asked_for(self, duty: DutyTable, planner: Planner) -> str:
        """SQL of (duty, target, sure): sure FALSE where the condition on the target is unknown for some of the time."""
        row = Row(planner.schema, planner.schema.bearers[self.targets].record, "p", 'p."$s"')
        names = planner.names(duty, row)
        checked = boolean(self.where, names)
        until = f"least(d.live_end, {planner.as_of_sql})"
        overlap = f'epoch(least(p."$e", {until})) - epoch(greatest(p."$s", d.live_start))'
        source = (
            f"FROM {duty.rows} d {planner.bearer_join(duty)}\n"
            f"JOIN {quote('bearer/' + self.targets)} p ON p.jurisdiction = d.jurisdiction\n"
            f'  AND p."$s" < {until} AND p."$e" > d.live_start\n{names.joins()}'
        )
        columns = f'd.duty, p.bearer_id AS target, p."$s" AS s, {overlap} AS held, epoch({until}) - epoch(d.live_start) AS whole'
        parts = [f"SELECT {columns}, TRUE AS sure {source}\nWHERE {checked.sql}"]
        # Unknown can only come from an empty cell: one branch per cell keeps the join above a hash join.
        parts += [
            f"SELECT {columns}, FALSE AS sure {source}\nWHERE {cell} IS NULL AND ({checked.sql}) IS NULL"
            for cell in _cells(checked)
        ]
        pieces = "\nUNION\n".join(parts)  # UNION: the same piece may be unknown for two cells
        return (
            f"SELECT duty, target, coalesce(sum(held) FILTER (sure), 0) >= whole AS sure\nFROM ({pieces})\n"
            "GROUP BY duty, target, whole HAVING sum(held) >= whole"
        )


def _plan(group: list[tuple[Cover, DutyTable]], planner: Planner, suffix: str) -> str:
    """Add the steps of obligations with as great a share of the same kind of targets; returns the name of the last."""
    duties = [duty for _, duty in group]
    tests = {duty.obligation: test for test, duty in group}
    name = stack_name([duty.obligation for duty in duties]) + suffix
    asked_for = alike(duties, lambda duty: tests[duty.obligation].asked_for(duty, planner))
    targets = planner.add(name + "/targets", "\nUNION ALL\n".join(asked_for), "who is to be covered, by duty")

    def owned(some: Sequence[DutyTable]) -> str:
        # Only asked-for targets take part in the join; loose acts join every target of the duty, so each is counted once.
        return f"(SELECT d.*, g.target FROM {rows_of(some)} d JOIN {quote(targets)} g USING (duty))"

    acts = [test.acts(duty, planner) for test, duty in group]
    found, loose = plan_acts(planner, acts, name + "/acts", owned)
    return planner.add(name, _result(group[0][0], rows_of(duties), targets, found, loose), "cover, by duty")


def _result(test: Cover, rows: str, targets: str, found: str, loose: str) -> str:
    """SQL of `RESULT`; `rows` are the duties."""
    amount = Amount.read(test.at_least)

    def need(base: str) -> str:
        return f"CAST({amount.number} AS DOUBLE)" if amount.percent is None else amount.of(base)

    names = quote(f"bearer/{test.targets}/ids")
    per_target = (
        "SELECT g.duty, g.target, g.sure, any_value(coalesce(nullif(i.bearer_name, ''), g.target)) AS shown,\n"
        "  coalesce(bool_or(a.ok AND a.in_scope), FALSE) AS covered,\n"
        "  coalesce(bool_or(a.ok IS NULL AND a.in_scope AND NOT a.loose), FALSE) AS maybe,\n"
        "  coalesce(bool_or(a.ok AND a.in_full), FALSE) AS in_full\n"
        f"FROM {quote(targets)} g JOIN {rows} d USING (duty) LEFT JOIN {names} i ON i.jurisdiction = d.jurisdiction\n"
        "  AND i.bearer_id = g.target LEFT JOIN acts a ON a.duty = g.duty AND a.owner = g.target\n"
        "GROUP BY g.duty, g.target, g.sure"
    )
    counts = (
        "SELECT duty, count(*) FILTER (sure) AS n, count(*) FILTER (sure AND covered) AS c,\n"
        "  count(*) FILTER (NOT sure) AS n2, count(*) FILTER (NOT sure AND covered) AS c2,\n"
        "  count(*) FILTER (NOT covered) AS open, count(*) FILTER (NOT covered AND maybe) AS q,\n"
        "  count(*) FILTER (sure AND in_full) AS f, count(*) FILTER (NOT sure AND in_full) AS f2,\n"
        "  list(shown ORDER BY target) FILTER (sure AND NOT covered) AS missed\n"
        "FROM per_target GROUP BY duty"
    )
    extra = (
        "SELECT duty, count(DISTINCT n) FILTER (ok IS NULL AND in_scope AND loose) AS l,\n"
        "  list(DISTINCT n) FILTER (ok AND in_scope AND sure) AS evidence\n"
        "FROM (SELECT acts.*, g.sure FROM acts JOIN targets g ON g.duty = acts.duty AND g.target = acts.owner) GROUP BY duty"
    )
    failed = f"k.c + k.c2 + least(coalesce(e.l, 0) + coalesce(z.many, 0) + k.q, k.open) < {need('k.n + k.c2')}"
    timely = f"k.c >= {need('k.n + k.n2 - k.c2')}"
    return (
        f"WITH targets AS (SELECT * FROM {quote(targets)}),\nacts AS (SELECT * FROM {quote(found)}),\n"
        f"per_target AS (\n{per_target}),\ncounts AS (\n{counts}),\nextra AS (\n{extra})\n"
        f"SELECT {RESULT} FROM (SELECT d.duty, {need('coalesce(k.n, 0)')} AS required,\n"
        f"  CAST(coalesce(k.c, 0) AS DOUBLE) AS observed, coalesce({timely}, FALSE) AS timely,\n"
        f"  CAST(NULL AS TIMESTAMP) AS done_at, coalesce(NOT ({failed}), FALSE) AS could, FALSE AS could_late,\n"
        f"  coalesce(k.f >= {need('k.n + k.n2 - k.f2')}, FALSE) AS full_ok, FALSE AS hit, CAST([] AS BIGINT[]) AS waived_by,\n"
        f"  {'TRUE' if amount.percent == 0 else 'k.duty IS NULL'} AS empty, FALSE AS unclear, coalesce(list_sort(e.evidence), []) AS evidence,\n"
        f"  coalesce(k.missed, []) AS missed\nFROM {rows} d LEFT JOIN counts k USING (duty) LEFT JOIN extra e USING (duty)\n"
        f"LEFT JOIN {quote(loose)} z USING (duty))"
    )


def _cells(checked: Checked) -> list[str]:
    """The cells that a condition reads; what is written into the rule is never unknown."""
    known = ("'", "TRUE", "FALSE")
    return list(dict.fromkeys(column.sql for column in checked.columns if not column.sql.startswith(known)))
