"""GoRules Zen (zen-engine): a decision graph for each obligation, expressions and then a table whose first fitting row is the status.

A decision judges one duty that is handed to it with the records that may concern it. It knows no joins, so which mine, which
roster row and which hand-ins belong to it is by hand, and so is every duty that nobody did anything about: the anti-join.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import zen

from contenders._by_hand import DAY, NOW, County, Row, at, by_mine, counties, of_blind, of_duty, of_hazard, write

TITLE = "GoRules Zen"
PACKAGES = ("zen-engine", "pyarrow")
OBLIGATIONS = (
    "hazards-corrected-in-time",
    "enterprise-special-meeting",
    "head-leads-inspections",
    "no-blasting-in-severe-weather",
    "major-hazard-rectified",
)
BY_HAND = ("_by_hand",)
NOTE = (
    "2.1.3, October 2026. Newest versions, hand-ins merged, calendar, live spans and all joins are by hand; "
    "needs the anti-join by hand"
)

HAZARD, MEETING, LEADS, BLASTING, MAJOR = OBLIGATIONS
BLIND = "blind"
HANDED_IN = {"handed_in": "some(runs, #.s <= ls and #.e >= proof_to)"}
EXPRESSIONS = {
    MEETING: {
        "kept": "filter(acts, #.at >= ls and #.at <= now)",
        "sure": "filter($.kept, #.kinds != null and some(#.kinds, # in ['专题会', '动员部署']))",
        "maybe": "filter($.kept, #.kinds == null)",
        "timely": "some($.sure, #.at <= due)",
        "unknown": "some($.maybe, #.at <= due) or len($.sure) == 0 and len($.maybe) > 0",
        "observed": "len($.sure)",
        **HANDED_IN,
    },
    LEADS: {
        "kept": "filter(acts, #.at >= ls and #.at < le and #.working and '企业主要负责人带队' in #.levels)",
        "sure": "filter($.kept, #.leaders != null and (#.head != null and #.head in #.leaders or #.legal != null and #.legal in #.leaders))",
        "maybe": "filter($.kept, #.leaders == null or #.head == null and not(#.legal != null and #.legal in #.leaders))",
        "timely": "len($.sure) > 1 and min(map($.sure, #.day)) < max(map($.sure, #.day))",
        "observed": "len($.sure) > 0 ? 1 : 0",
        "unknown": "$.observed + len($.maybe) >= 2",
        **HANDED_IN,
    },
    BLASTING: {
        "sure": "filter(acts, #.at >= ls and #.at < le and #.at <= now)",
        "timely": "not(unsure) and len($.sure) == 0 and (due == null or due > now)",
        "unknown": "unsure",
        "observed": "len($.sure)",
        "over": "due != null and due <= now",
        **HANDED_IN,
    },
    HAZARD: {
        "asked": "source in ['企业自查', null] and level in ['一般', null] and found >= from and found < to",
        "end": "deadline == null ? null : deadline + day",
        "done_on": "done != null and done < now and (recheck == null or recheck != '不合格') ? done : null",
        "ls": "max([found, s])",
        "le": "$.end == null ? e : min([$.end, e])",
        "lives": "$.asked and $.ls < $.le and ($.end == null or e >= $.end)",
        "unknown": "source == null or level == null or $.end == null",
        "over": "$.end != null and $.end <= now",
        "done_late": "$.done_on != null and $.end != null and $.done_on >= $.end",
        "open": "$.done_on == null",
        "handed_in": "some(runs, #.s <= $.ls and #.e >= $.le)",
    },
    MAJOR: {
        "ls": "max([found, s])",
        "lives": "confirmed in ['重大', null] and found >= campaign and found < year_end and e >= year_end",
        "unknown": "confirmed == null",
        "rectified": "done != null and done < now and acceptance in ['合格', null]",
        "extended": "postponed != null and postponed >= year_end",
        "in_time": "$.rectified and (done < year_end or $.extended and done <= postponed)",
        "five_places": "all([excepted, measure_on, resp_on, fund_on, deadline_on, plan_on], # != null and # < year_end)",
        "settled": "$.in_time or $.five_places and (fund == null or fund > 0)",
        "open_still": "$.extended and postponed + day > now",
        "handed_in": "some(runs, #.s <= $.ls and #.e >= year_end)",
    },
    BLIND: {
        "a": "max([s, from])",
        "b": "min([e, to])",
        "known": "map(filter(runs, #.s <= $.a and #.e > $.a), #.e)",
        "until": "len($.known) > 0 ? $.known[0] : $.a",
        "end": "max([to, $.until + days * day])",
        "blind": "$.a < $.b and $.until < $.b and $.end <= now",
    },
}
# Inputs of a table, and its rows: what they ask of them, and the status. The first row that fits counts.
TABLES: dict[str, tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]] = {
    MEETING: (
        ("timely", "unknown", "handed_in", "observed"),
        (("true", "", "", "", ""), ("", "true", "", "", "unproven"), ("", "", "false", "", "unproven"), ("", "", "", "> 0", "late"), ("", "", "", "", "breached")),
    ),
    LEADS: (
        ("timely", "unknown", "handed_in"),
        (("true", "", "", ""), ("", "true", "", "unproven"), ("", "", "false", "unproven"), ("", "", "", "breached")),
    ),
    BLASTING: (
        ("unknown", "observed", "over", "handed_in"),
        (("true", "", "", "", "unproven"), ("", "> 0", "", "", "breached"), ("", "", "true", "false", "unproven")),
    ),
    HAZARD: (
        ("lives", "unknown", "over", "done_late", "open", "handed_in"),
        (
            ("false", "", "", "", "", "", ""),
            ("", "true", "", "", "", "", "unproven"),
            ("", "", "true", "true", "", "", "late"),
            ("", "", "true", "", "true", "true", "breached"),
            ("", "", "true", "", "true", "false", "unproven"),
        ),
    ),
    MAJOR: (
        ("lives", "unknown", "settled", "rectified", "handed_in", "open_still"),
        (
            ("false", "", "", "", "", "", ""), ("", "true", "", "", "", "", "unproven"), ("", "", "true", "", "", "", ""),
            ("", "", "", "true", "", "", "late"), ("", "", "", "", "false", "", "unproven"), ("", "", "", "", "", "false", "breached"),
        ),
    ),
    BLIND: (("blind",), (("true", "unproven"),)),
}  # fmt: skip
ACTS = {HAZARD: "hazard", MEETING: "enterprise_meeting", LEADS: "inspection", BLASTING: "blast", MAJOR: "major_hazard"}
FIXED = {
    "now": NOW, "day": DAY, "from": at("2023-11-11"), "to": at("2024-02-01"), "days": 41,
    "campaign": at("2023-11-03"), "year_end": at("2024-01-01"),
}  # fmt: skip
ARCHIVE = {**FIXED, "from": FIXED["campaign"], "to": FIXED["year_end"], "days": 8}


def graph(obligation: str) -> str:
    """The decision as JSON: input, expressions, table, output."""
    inputs, rows = TABLES[obligation]
    expressions = [{"id": key, "key": key, "value": value} for key, value in EXPRESSIONS[obligation].items()]
    table = {
        "hitPolicy": "first",
        "passThrough": True,
        "inputs": [{"id": name, "name": name, "field": name} for name in inputs],
        "outputs": [{"id": "status", "name": "status", "field": "status"}],
        "rules": [
            {"_id": str(number), **dict(zip(inputs, row, strict=False)), "status": f"'{row[-1]}'"}
            for number, row in enumerate(rows)
        ],
    }
    nodes = [
        {"id": "in", "name": "in", "type": "inputNode"},
        {
            "id": "say",
            "name": "say",
            "type": "expressionNode",
            "content": {"expressions": expressions, "passThrough": False},
        },
        {"id": "judge", "name": "judge", "type": "decisionTableNode", "content": table},
        {"id": "out", "name": "out", "type": "outputNode"},
    ]
    ways = (("in", "say"), ("say", "judge"), ("judge", "out"))
    edges = [{"id": f"{a}-{b}", "type": "edge", "sourceId": a, "targetId": b} for a, b in ways]
    return json.dumps({"nodes": nodes, "edges": edges})


def run(folder: Path, out: Path) -> None:
    engine = zen.ZenEngine()
    decisions = {obligation: engine.create_decision(graph(obligation)) for obligation in EXPRESSIONS}
    findings: list[tuple[Any, ...]] = []
    for county in counties(folder, (*ACTS.values(), "weather")):
        for facts in by_mine(county, tuple(ACTS.values())):
            findings += _judged(decisions, county, facts)
    write(out, findings)


def _judged(decisions: dict[str, Any], county: County, facts: dict[str, list[Row]]) -> Iterator[tuple[Any, ...]]:
    mine = facts["mines"][0]
    runs = {name: [run for run in facts["proven"] if run["type"] == name] for name in ACTS.values()}
    _say_who_leads(facts)
    for duty in facts["duties"]:
        name = ACTS[duty["obligation"]]
        said = decisions[duty["obligation"]].evaluate({**FIXED, **duty, "acts": facts[name], "runs": runs[name]})[
            "result"
        ]
        if said.get("status"):
            evidence = [act["id"] for act in said["sure"]]
            yield of_duty(county, duty["id"], said["status"], said["observed"], evidence)
    for row in facts["hazard"]:
        said = decisions[HAZARD].evaluate({**FIXED, "s": mine["s"], "e": mine["e"], **row, "runs": runs["hazard"]})[
            "result"
        ]
        if said.get("status"):
            due = int(said["end"]) if said.get("end") is not None else None
            yield of_hazard(county, mine["id"], said["status"], due, said.get("done_on") is not None, row["id"])
    for row in facts["major_hazard"]:
        known = {**FIXED, "s": mine["s"], "e": mine["e"], **row, "runs": runs["major_hazard"]}
        said = decisions[MAJOR].evaluate(known)["result"]
        if said.get("status"):
            due = FIXED["year_end"]
            yield of_hazard(county, mine["id"], said["status"], due, said["rectified"], row["id"], MAJOR)
    for obligation, fixed in ((HAZARD, FIXED), (MAJOR, ARCHIVE)):
        said = decisions[BLIND].evaluate({**fixed, **mine, "runs": runs[ACTS[obligation]]})["result"]
        if said.get("status"):
            yield of_blind(county, mine["id"], int(said["end"]), obligation)


def _say_who_leads(facts: dict[str, list[Row]]) -> None:
    """The join of inspections with the roster of the day."""
    nobody: Row = {"head": None, "legal": None, "working": False}
    for act in facts["inspection"]:
        span = next((span for span in facts["spans"] if span["s"] <= act["at"] < span["e"]), nobody)
        act.update(day=act["at"] // DAY, head=span["head"], legal=span["legal"], working=span["working"])
