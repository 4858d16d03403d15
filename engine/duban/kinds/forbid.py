"""forbid: something must not happen; one record of it is enough, none proves nothing before the time is over."""

from __future__ import annotations

from typing import ClassVar

from duban.kinds.acts import Acts, owner_of, plan_acts
from duban.kinds.base import RESULT, DutyTable, LintContext, Need, Planner, Test, waivers_of
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

    def plan(self, duty: DutyTable, planner: Planner, name: str) -> str:
        chain, owner = owner_of(planner, duty, self.record, self.link)
        acts = Acts(self.record, self.where, chain, "span")
        owners = f"(SELECT *, {owner.replace('d.', '')} AS owner FROM {quote(duty.name)})"
        found, loose = plan_acts(planner, duty, acts, owners, name + "/acts")
        covering = waivers_of(duty, "CAST(a.t AS DATE)")
        return planner.add(
            name,
            f"SELECT {RESULT} FROM (SELECT d.duty, CAST(0 AS DOUBLE) AS required, CAST(coalesce(h.hits, 0) AS DOUBLE) AS observed,\n"
            "  coalesce(h.hits, 0) = 0 AND coalesce(h.maybe, 0) + coalesce(l.many, 0) = 0 AS timely, CAST(NULL AS TIMESTAMP) AS done_at,\n"
            "  coalesce(h.maybe, 0) + coalesce(l.many, 0) > 0 AS could, FALSE AS could_late, FALSE AS full_ok, coalesce(h.hits > h.waived, FALSE) AS hit,\n"
            "  CASE WHEN h.hits > 0 AND h.hits = h.waived THEN h.waivers ELSE [] END AS waived_by, FALSE AS empty, FALSE AS unclear,\n"
            "  coalesce(h.evidence, []) AS evidence, CAST([] AS VARCHAR[]) AS missed\n"
            f"FROM {quote(duty.name)} d LEFT JOIN (\n"
            "  SELECT duty, count(*) FILTER (ok) AS hits, count(*) FILTER (ok IS NULL) AS maybe, count(*) FILTER (ok AND excuses IS NOT NULL) AS waived,\n"
            "    list_sort(list_distinct(flatten(list(excuses) FILTER (ok AND excuses IS NOT NULL)))) AS waivers,\n"
            "    list(n ORDER BY t, n) FILTER (ok) AS evidence\n"
            f"  FROM (SELECT a.*, {covering} AS excuses FROM {quote(found)} a JOIN {quote(duty.name)} d USING (duty) WHERE a.in_scope)\n"
            f"  GROUP BY duty) h USING (duty) LEFT JOIN {quote(loose)} l USING (duty))",
            "forbid, by duty",
        )
