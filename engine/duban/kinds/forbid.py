"""forbid: something must not happen; one record of it is enough, none proves nothing before the time is over."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from duban.kinds.acts import Acts, owner_of, plan_acts
from duban.kinds.base import RESULT, Ask, LintContext, Need, Planner, Test, rows_of, stack_name, waivers_of
from duban.sqltext import quote


class Forbid(Test):
    """`{record, where, link}`: no such record in the live span."""

    word: ClassVar[str] = "forbid"
    needs_proof: ClassVar[bool] = True

    record: str
    where: str = ""
    link: str = ""

    def problems(self, lint: LintContext) -> None:
        lint.condition("where", self.where, self.record, "bearer", "trigger", "period")
        lint.belongs("record", self.record, self.link, self.where)

    def needs(self, trigger: str) -> tuple[Need, ...]:
        return tuple(Need(record) for record in dict.fromkeys([self.record, *([trigger] if trigger else [])]))

    def evidence_of(self, trigger: str) -> str:
        return self.record

    @classmethod
    def plan_all(cls, asked: Sequence[Ask], planner: Planner, suffix: str) -> list[str]:
        groups: dict[bool, list[Acts]] = {}
        for test, duty in asked:
            assert isinstance(test, Forbid)
            chain, owner = owner_of(planner, duty, test.record, test.link)
            acts = Acts(duty, test.record, test.where, chain, "span", owner=owner)
            groups.setdefault(duty.waivable, []).append(acts)
        return [_plan(group, planner, suffix) for group in groups.values()]


def _plan(asked: list[Acts], planner: Planner, suffix: str) -> str:
    """Add the steps of obligations that share them."""
    duties = [acts.duty for acts in asked]
    name = stack_name([duty.obligation for duty in duties]) + suffix
    rows = rows_of(duties)
    found, loose = plan_acts(planner, asked, name + "/acts")
    covering = waivers_of(duties[0], "CAST(a.t AS DATE)")
    return planner.add(
        name,
        f"SELECT {RESULT} FROM (SELECT d.duty, CAST(0 AS DOUBLE) AS required, CAST(coalesce(h.hits, 0) AS DOUBLE) AS observed,\n"
        "  coalesce(h.hits, 0) = 0 AND coalesce(h.maybe, 0) + coalesce(l.many, 0) = 0 AS timely, CAST(NULL AS TIMESTAMP) AS done_at,\n"
        "  coalesce(h.maybe, 0) + coalesce(l.many, 0) > 0 AS could, FALSE AS could_late, FALSE AS full_ok, coalesce(h.hits > h.waived, FALSE) AS hit,\n"
        "  CASE WHEN h.hits > 0 AND h.hits = h.waived THEN h.waivers ELSE [] END AS waived_by, FALSE AS empty, FALSE AS unclear,\n"
        "  coalesce(h.evidence, []) AS evidence, CAST([] AS VARCHAR[]) AS missed\n"
        f"FROM {rows} d LEFT JOIN (\n"
        "  SELECT duty, count(*) FILTER (ok) AS hits, count(*) FILTER (ok IS NULL) AS maybe, count(*) FILTER (ok AND excuses IS NOT NULL) AS waived,\n"
        "    list_sort(list_distinct(flatten(list(excuses) FILTER (ok AND excuses IS NOT NULL)))) AS waivers,\n"
        "    list(n ORDER BY t, n) FILTER (ok) AS evidence\n"
        f"  FROM (SELECT a.*, {covering} AS excuses FROM {quote(found)} a JOIN {rows} d USING (duty) WHERE a.in_scope)\n"
        f"  GROUP BY duty) h USING (duty) LEFT JOIN {quote(loose)} l USING (duty))",
        "forbid, by duty",
    )
