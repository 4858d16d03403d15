"""Rego by rego-cpp (regopy): a policy over the records of one mine as `input`.

The policy says all five of its duties by itself: absence is an empty comprehension, evidence a sorted set. It judges only duties
that somebody made: calendar and live spans are by hand. In 1.5.2 `min([5, 100])` is 100, so the policy brings its own `sooner` and
`later`. The other seven would be more of the same; they are left out for the work, not because Rego could not.
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
    "major-hazard-rectified",
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
campaign := {at("2023-11-03")}
year_end := {at("2024-01-01")}

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

# 重大隐患12月底前整改到位，或报告并落实五到位
rectified(h) if {{ h.done != null; h.done < now; h.acceptance in {{"合格", null}} }}

extended(h) if {{ h.postponed != null; h.postponed >= year_end }}

excused(h) if {{
	steps := ["excepted", "measure_on", "resp_on", "fund_on", "deadline_on", "plan_on"]
	count([1 | some step in steps; h[step] != null; h[step] < year_end]) == 6
	funded(h)
}}

funded(h) if h.fund == null
funded(h) if {{ h.fund != null; h.fund > 0 }}

settled(h) if {{ h.confirmed != null; rectified(h); h.done < year_end }}
settled(h) if {{ h.confirmed != null; rectified(h); extended(h); h.done <= h.postponed }}
settled(h) if {{ h.confirmed != null; excused(h) }}

open_still(h) if {{ extended(h); h.postponed + day > now }}

of_major(h, mine) := "unproven" if h.confirmed == null
else := "late" if rectified(h)
else := "unproven" if not proven(mine.bureau, "major_hazard", later(h.found, mine.s), year_end)
else := "breached" if not open_still(h)

major contains [h.id, h.mine, of_major(h, mine), count([1 | rectified(h)]) > 0] if {{
	some h in input.major_hazard
	h.confirmed in {{"重大", null}}
	h.found >= campaign
	h.found < year_end
	mine := mines[h.mine]
	mine.e >= year_end
	not settled(h)
}}

# 没有报齐，看不到有没有隐患
blind contains ["hazards-corrected-in-time", mine.id, end] if {{
	some mine in input.mines
	end := unseen(mine, mine.town, "hazard", from, to, 41)
}}

blind contains ["major-hazard-rectified", mine.id, end] if {{
	some mine in input.mines
	end := unseen(mine, mine.bureau, "major_hazard", campaign, year_end, 8)
}}

unseen(mine, who, type, first, last, days) := end if {{
	a := later(mine.s, first)
	a < sooner(mine.e, last)
	known := handed_in_to(who, type, a)
	known < sooner(mine.e, last)
	end := later(last, known + (days * day))
	end <= now
}}

handed_in_to(who, type, a) := x.e if {{ some x in runs[who]; x.type == type; x.s <= a; x.e > a }}
else := a

result := {{"finding": finding, "hazard": hazard, "major": major, "blind": blind}}
"""
ACTS = ("hazard", "major_hazard", "enterprise_meeting", "inspection", "blast")


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
    for hazard, mine, status, done in result["major"]:
        yield of_hazard(county, mine, status, at("2024-01-01"), done, hazard, "major-hazard-rectified")
    for obligation, mine, due in result["blind"]:
        yield of_blind(county, mine, due, obligation)
