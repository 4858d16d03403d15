"""done: a date on the trigger itself says that, and when, it was dealt with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Literal

from duban.conditions import compile_moment, parse_moment
from duban.kinds.base import (
    RESULT,
    Ask,
    DutyTable,
    LintContext,
    Need,
    Planner,
    Test,
    alike,
    boolean,
    exists_by,
    stack_name,
)
from duban.scope import Row
from duban.sqltext import quote


class Done(Test):
    """`done: a date of the trigger`, with `require`: a condition that must be true as well.

    Late needs no proof here: the date stands on the trigger.
    """

    word: ClassVar[str] = "done"
    late: ClassVar[Literal["always", "proven", "never"]] = "always"

    done: str
    require: str = ""

    def problems(self, lint: LintContext) -> None:
        if not lint.trigger:
            lint.problem("done", "done reads a date of the trigger: it needs each")
            return
        lint.condition("require", self.require, lint.trigger, "bearer", "period")
        lint.moment("done", self.done, lint.trigger)

    def needs(self, trigger: str) -> tuple[Need, ...]:
        return (Need(trigger),)

    def evidence_of(self, trigger: str) -> str:
        return trigger

    @classmethod
    def plan_all(cls, asked: Sequence[Ask], planner: Planner, suffix: str) -> list[str]:
        tests = {duty.obligation: test for test, duty in asked if isinstance(test, Done)}
        shared = alike([duty for _, duty in asked], lambda duty: tests[duty.obligation]._sql(duty, planner))
        return [
            planner.add(stack_name([duty.obligation for duty in duties]) + suffix, sql, "done, by duty")
            for sql, duties in shared.items()
        ]

    def _sql(self, duty: DutyTable, planner: Planner) -> str:
        row = Row(planner.schema, duty.trigger, "g")
        names = planner.names(duty, row)
        when = compile_moment(parse_moment(self.done), names)
        require = boolean(self.require, names)
        there = f"coalesce(done_at IS NOT NULL AND {exists_by('done_at', 'bare', planner.as_of_sql)} AND holds, FALSE)"
        on_time = exists_by("done_at", "bare", "due")
        return (
            f"SELECT {RESULT} FROM (SELECT duty, CAST(1 AS DOUBLE) AS required, CAST(there AS DOUBLE) AS observed,\n"
            f"  there AND {on_time} AS timely, CASE WHEN there THEN done_at END AS done_at, FALSE AS could, FALSE AS could_late, FALSE AS full_ok,\n"
            "  FALSE AS hit, CAST([] AS BIGINT[]) AS waived_by, FALSE AS empty, FALSE AS unclear, [trig] AS evidence, CAST([] AS VARCHAR[]) AS missed\n"
            f"FROM (SELECT *, {there} AS there FROM (SELECT d.duty, d.due, d.trig, CAST({when.sql} AS TIMESTAMP) AS done_at,\n"
            f"    coalesce({when.bare}, FALSE) AS bare, coalesce({require.sql}, FALSE) AS holds\n"
            f'  FROM {duty.rows} d JOIN {quote("seen/" + duty.trigger)} g ON g."$n" = d.trig\n'
            f"  {planner.bearer_join(duty)}\n  {names.joins()})))"
        )
