"""Rego by rego-cpp (regopy): a policy over the records of one mine as `input`.

The policy says all four of its duties by itself: absence is an empty comprehension, evidence a sorted set. It judges only duties
that somebody made: calendar and live spans are by hand. In 1.5.2 `min([5, 100])` is 100, so the policy brings its own `sooner` and
`later`. The other eight would be more of the same; they are left out for the work, not because Rego could not.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from regopy import Interpreter

from contenders._by_hand import DAY, NOW, County, at, by_mine, counties, of_blind, of_duty, of_hazard, write

TITLE = "Rego (regopy)"
PACKAGES = ("regopy", "pyarrow")
OBLIGATIONS = (
    "hazards-corrected-in-time",
    "enterprise-special-meeting",
    "head-leads-inspections",
    "no-blasting-in-severe-weather",
)
BY_HAND = ("_by_hand",)
NOTE = (
    "1.5.2, July 2026. Newest versions, hand-ins merged, calendar and live spans are by hand; absence is an empty comprehension over duties "
    "(roster × period) that are made by hand; one query for each mine, since a county in one query is quadratic; `min` and `max` compare numbers as text, so the policy brings its own"
)

POLICY = f"""
package duban
import rego.v1

now := {NOW}
from := {at("2023-11-11")}
to := {at("2024-02-01")}
day := {DAY}

meetings[x.mine] contains x if some x in input.enterprise_meeting
inspections[x.mine] contains x if {{ some x in input.inspection; "企业主要负责人带队" in x.levels }}
blasts[x.mine] contains x if some x in input.blast
spans[x.mine] contains x if some x in input.spans
runs[x.who] contains x if some x in input.proven

later(a, b) := a if a >= b
else := b

sooner(a, b) := a if a <= b
else := b

proven(who, type, s, e) if {{ some x in runs[who]; x.type == type; x.s <= s; x.e >= e }}

# 召开专题会议
kind(meeting) := "sure" if {{ some k in meeting.kinds; k in {{"专题会", "动员部署"}} }}
kind(meeting) := "unsure" if meeting.kinds == null

finding contains [d.id, status, count(sure), ids(sure)] if {{
	some d in input.duties
	d.obligation == "enterprise-special-meeting"
	sure := {{[x.at, x.id] | some x in meetings[d.mine]; x.at >= d.ls; x.at <= now; kind(x) == "sure"}}
	unsure := {{x.at | some x in meetings[d.mine]; x.at >= d.ls; x.at <= now; kind(x) == "unsure"}}
	count({{x | some x in sure; x[0] <= d.due}}) == 0
	status := once(d, sure, unsure)
}}

once(d, sure, unsure) := "unproven" if {{ some u in unsure; u <= d.due }}
else := "unproven" if {{ count(sure) == 0; count(unsure) > 0 }}
else := "unproven" if not proven(d.town, "enterprise_meeting", d.ls, d.proof_to)
else := "late" if count(sure) > 0
else := "breached"

ids(acts) := [x[1] | some x in acts]

# 主要负责人带队检查
acts(d) := {{[x.at, x.id, leads(x, span)] |
	some x in inspections[d.mine]
	x.at >= d.ls
	x.at < d.le
	some span in spans[d.mine]
	span.working
	x.at >= span.s
	x.at < span.e
}}

leads(x, span) := "yes" if {{ span.head != null; span.head in x.leaders }}
else := "yes" if {{ span.legal != null; span.legal in x.leaders }}
else := "unknown" if span.head == null
else := "unknown" if x.leaders == null
else := "no"

finding contains [d.id, status, count(days), ids(led)] if {{
	some d in input.duties
	d.obligation == "head-leads-inspections"
	all := acts(d)
	led := {{x | some x in all; x[2] == "yes"}}
	days := {{floor(x[0] / day) | some x in led}}
	count(days) < 2
	status := twice(d, count(days) + count({{x | some x in all; x[2] == "unknown"}}))
}}

twice(d, at_most) := "unproven" if at_most >= 2
else := "unproven" if not proven(d.town, "inspection", d.ls, d.proof_to)
else := "breached"

# 恶劣天气不爆破
finding contains [d.id, status, count(fired), ids(fired)] if {{
	some d in input.duties
	d.obligation == "no-blasting-in-severe-weather"
	fired := {{[x.at, x.id] | some x in blasts[d.mine]; x.at >= d.ls; x.at < d.le; x.at <= now}}
	status := never(d, fired)
}}

never(d, fired) := "unproven" if d.unsure
else := "breached" if count(fired) > 0
else := "unproven" if {{ d.due != null; d.due <= now; not proven(d.town, "blast", d.ls, d.proof_to) }}

# 一般隐患按时限整改
mines[x.id] := x if some x in input.mines

due(h) := null if h.deadline == null
else := h.deadline + day

done(h) := h.done if {{ h.done != null; h.done < now; h.recheck != "不合格" }}
else := null

lives(mine, h, end) if {{ end == null; later(h.found, mine.s) < mine.e }}
lives(mine, h, end) if {{ end != null; mine.e >= end; later(h.found, mine.s) < sooner(end, mine.e) }}

corrected(h, mine, end, did) := "unproven" if h.source == null
else := "unproven" if h.level == null
else := "unproven" if end == null
else := "late" if {{ end <= now; did != null; did >= end }}
else := "breached" if {{ end <= now; did == null; proven(mine.town, "hazard", later(h.found, mine.s), sooner(end, mine.e)) }}
else := "unproven" if {{ end <= now; did == null }}

hazard contains [h.id, h.mine, end, corrected(h, mine, end, did), did != null] if {{
	some h in input.hazard
	h.source in {{"企业自查", null}}
	h.level in {{"一般", null}}
	h.found >= from
	h.found < to
	mine := mines[h.mine]
	end := due(h)
	did := done(h)
	lives(mine, h, end)
}}

blind contains [mine.id, end] if {{
	some mine in input.mines
	a := later(mine.s, from)
	a < sooner(mine.e, to)
	known := handed_in_to(mine.town, a)
	known < sooner(mine.e, to)
	end := later(to, known + (41 * day))
	end <= now
}}

handed_in_to(who, a) := x.e if {{ some x in runs[who]; x.type == "hazard"; x.s <= a; x.e > a }}
else := a

result := {{"finding": finding, "hazard": hazard, "blind": blind}}
"""
ACTS = ("hazard", "enterprise_meeting", "inspection", "blast")


def run(folder: Path, out: Path) -> None:
    rego = Interpreter()
    rego.add_module("duban", POLICY)
    policy = rego.build("data.duban.result")
    findings = []
    for county in counties(folder, (*ACTS, "weather")):
        for facts in by_mine(county, ACTS):
            rego.set_input_term(json.dumps(facts, ensure_ascii=False))
            result = json.loads(str(rego.query_bundle(policy)))["expressions"][0]
            findings += _findings(county, result)
    write(out, findings)


def _findings(county: County, result: dict[str, list[list[Any]]]) -> Iterator[tuple[Any, ...]]:
    for number, status, observed, evidence in result["finding"]:
        yield of_duty(county, number, status, observed, evidence)
    for hazard, mine, due, status, done in result["hazard"]:
        yield of_hazard(county, mine, status, due, done, hazard)
    for mine, due in result["blind"]:
        yield of_blind(county, mine, due)
