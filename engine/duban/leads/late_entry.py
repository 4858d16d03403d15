"""late_entry: a record of something long past, first handed in after a moment by which it should have been there; or what
it says of the past, changed after that moment without 更正.
"""

from __future__ import annotations

from typing import ClassVar

from duban.kinds.base import period_start, step_interval
from duban.leads.base import (
    FOUND,
    NO_PERIOD,
    Amount,
    Kind,
    LeadLint,
    LeadPlanner,
    Looked,
    Source,
    amount,
    period_columns,
)
from duban.sqltext import literal, quote
from duban.vocabulary import Names, Unit


class LateEntry(Kind):
    """`{moment, every, changed, without, batch}`: the event lies before the moment, its first hand-in (or change) after it."""

    word: ClassVar[str] = "late_entry"

    moment: str
    every: Unit = "month"
    changed: Names = ()
    without: Names = ()
    batch: Amount = 0

    def problems(self, lint: LeadLint, record: str) -> None:
        lint.moment("moment", self.moment, record, period=True)
        lint.fields("without", self.without, record)
        lint.fields("changed", self.changed, record)
        lint.amount("batch", self.batch)
        if self.changed and not lint.schema.records[record].key:
            lint.problem("changed", f"{record} has no key: nothing says what is a version of what")
        if not lint.schema.records[record].time:
            lint.problem(
                "moment", f"{record} declares no `time`: when did it happen?", "add `time: FIELD` in records.yaml"
            )

    def plan(self, looked: Looked, planner: LeadPlanner, name: str) -> None:
        start = period_start(self.every, 'r."$t"')
        end = f"CAST({start} + {step_interval(self.every)} - INTERVAL 1 DAY AS DATE)"
        source = Source(planner, looked, period_columns(start, end))
        _, moment = planner.moment(self.moment, source.names, start)
        first = planner.changed(looked.record, self.changed) if self.changed else planner.first_handed_in(looked.record)
        empty = (
            " AND ".join(f"({cell})" for cell in [f"len({source.each([field])}) = 0" for field in self.without])
            or "TRUE"
        )
        rows = source.select(
            f"{moment} AS moment",
            "h.handed AS handed",
            "h.what AS what" if self.changed else "'首次报送' AS what",
            "r.submitted_by AS sender",
            where=f'r."$t" < {moment} AND h.handed > {moment} AND {empty}',
            joins=f'JOIN {quote(first)} h ON h.n = r."$n"',
        )
        batch = amount(planner.schema, self.batch)
        alone = f"\nQUALIFY count(*) OVER (PARTITION BY jurisdiction, sender, handed) < {batch}" if batch else ""
        without = literal(f"，无{source.titles(self.without)}") if self.without else "''"
        last = "strftime(moment - INTERVAL 1 MICROSECOND, '%Y-%m-%d')"
        numbers = (
            f"what || strftime(handed, '%Y-%m-%d %H:%M') || '，晚于' || {last} || '，超过' || days || '天' || {without}"
        )
        planner.add(
            name,
            f"SELECT {FOUND} FROM (SELECT jurisdiction, [{{'record': {literal(looked.record)}, 'n': n}}] AS members,\n"
            f"  CAST(NULL AS VARCHAR) AS key, CAST(days AS DOUBLE) AS measured, CAST(0 AS DOUBLE) AS threshold, {numbers} AS numbers, {NO_PERIOD}\n"
            f"FROM (SELECT *, date_diff('day', moment - INTERVAL 1 MICROSECOND, handed) AS days FROM (\n{rows}\n){alone}))",
            "records handed in after their time",
        )
