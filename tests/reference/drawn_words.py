"""Words that go with many kinds of obligation, put into drawn ones: coalesce, parameters, conditional advisory, lag."""

from __future__ import annotations

import re
from copy import deepcopy
from typing import Any

from reference.drawn_parts import APPLIES, DISTINCT, UNITS, WHERE, Draw, Rule, often, one

Parameters = dict[str, dict[str, Any]]

BY: dict[str | None, list[str]] = {
    "hazard": [
        "coalesce(deadline, cancelled)",
        "coalesce(deadline, cancelled, found_date) + 5 days",
        "coalesce(cancelled, date '2023-12-15') - 3 workdays",
        "latest(coalesce(deadline, cancelled), param.cutoff)",
        "coalesce(earliest(deadline, cancelled), window.end)",
        "coalesce(param.cutoff, date '2023-12-31') + 36 hours",
    ],
    "stop": [
        "coalesce(end_at, start_at)",
        "coalesce(end_at, start_at) + 12 hours",
        "coalesce(end_at, timestamp '2023-12-20 12:00') + 2 workdays",
        "coalesce(end_at, param.cutoff)",
    ],
    None: [
        "coalesce(param.cutoff, window.end) + 1 days",
        "latest(coalesce(window.end, date '2023-12-31'), param.cutoff)",
    ],
}
DONE = ["coalesce(done_date, accepted_on)", "latest(coalesce(done_date, reported_on), accepted_on)"]
FROM = {"hazard": ["coalesce(deadline, found_date)"], "stop": ["coalesce(start_at, end_at)"]}
UNTIL = {
    "hazard": ["coalesce(cancelled, deadline)", "coalesce(cancelled, date '2023-12-20')"],
    "stop": ["coalesce(end_at, param.cutoff)", "coalesce(end_at, timestamp '2023-12-20 12:00')"],
}
DURATION = re.compile(r"(?<!day )\b(\d+) (?=(hours|days|workdays|months)$)")


def draw_words(draw: Draw, drawn: list[Rule]) -> tuple[list[Rule], Parameters, dict[str, Any]]:
    """The rules with more words, the parameters that they now need, and those that are set."""
    rules = deepcopy(drawn)
    parameters: Parameters = {}
    given: dict[str, Any] = {}
    for rule in rules:
        if often(draw, 1, 3):
            _coalesce(draw, rule)
        if often(draw, 1, 4):
            rule["advisory"] = {"where": one(draw, _advisory(rule)), "why": "仅供参考"}
        for name, (spec, value) in _parameters(draw, rule).items():
            parameters[name] = spec
            if spec["default"] != value:
                given[name] = value
    return rules, parameters, given


def _trigger(rule: Rule) -> str | None:
    found: str | None = rule["each"]["record"] if "each" in rule else None
    return found


def _has_unit(rule: Rule) -> bool:
    return bool(rule.get("every", "once") != "once")


def _coalesce(draw: Draw, rule: Rule) -> None:
    trigger = _trigger(rule)
    if "by" in rule and not _has_unit(rule) and "reconcile" not in rule:
        own = ["coalesce(valid_to, window.end) - 2 days"] if rule["bearer"] == "enterprise" and not trigger else []
        rule["by"] = one(draw, BY.get(trigger, BY[None]) + own)
    if "done" in rule:
        rule["done"] = one(draw, DONE)
    if trigger in FROM and often(draw, 1, 3):
        rule["each"]["from"] = one(draw, FROM[trigger])
    if trigger in UNTIL and often(draw, 1, 2):
        rule["each"]["until"] = one(draw, UNTIL[trigger])
    for path in rule.get("otherwise", []) if trigger == "hazard" else []:
        if "done" in path:
            path |= {"done": "coalesce(reported_on, accepted_on)"}
        if any(word in path for word in ("done", "perform", "respond")):
            path["by"] = one(draw, BY["hazard"])


def _advisory(rule: Rule) -> list[str]:
    """Conditions on the trigger, where there is one, or on the bearer; on the window and the period."""
    trigger, bearer = _trigger(rule), rule["bearer"]
    pool = ["window.end > date '2024-01-10'", "window.start >= param.start"]
    if trigger is None:
        pool += APPLIES[bearer]
    elif trigger == "enterprise":
        pool += APPLIES["enterprise"]
    else:
        pool += WHERE[trigger]
    if bearer == "enterprise":
        pool += ["bearer.workers > 5", "bearer.status = '停产' or bearer.workers < 5"]
    if trigger == "hazard":
        pool += ["trigger.grade = '一般'", "days_between(trigger.found_date, window.end) < 30"]
    if _has_unit(rule):
        pool += ["period.start >= date '2023-12-01'", "period.end <= param.cutoff"]
    return pool


def _parameters(draw: Draw, rule: Rule) -> dict[str, tuple[dict[str, Any], Any]]:
    """What a rule says as a parameter instead: name → (its declaration, the value in force)."""
    found: dict[str, tuple[dict[str, Any], Any]] = {}
    places = [(rule, "within"), (rule, "by"), *((path, "by") for path in rule.get("otherwise", []))]
    for number, (place, word) in enumerate(places):
        match = DURATION.search(str(place.get(word)))
        if match and often(draw, 1, 4):
            name = f"{rule['id']}_n{number}"
            place[word] = DURATION.sub(f"param.{name} ", place[word])
            value = 0 if often(draw, 1, 4) else int(match[1])
            found[name] = _declared("int", one(draw, [value, 2])), value
    if "every" in rule and often(draw, 1, 6):
        found[f"{rule['id']}_every"] = _choice(draw, rule["every"], _units_for(rule))
        rule["every"] = f"param.{rule['id']}_every"
    test = rule.get("perform", {})
    if "distinct" in test and "alike" not in test and often(draw, 1, 3):
        found[f"{rule['id']}_per"] = _choice(draw, test["distinct"], DISTINCT[test["record"]])
        test["distinct"] = f"param.{rule['id']}_per"
    return found


def _units_for(rule: Rule) -> list[str]:
    """What `every` might be instead: the rule must make sense with any of them."""
    if str(rule.get("by")).startswith("day "):
        return ["month"]
    if "for" in rule.get("perform", {}):
        return ["month", "quarter"]
    return [*UNITS, *([] if "by" in rule or "each" in rule else ["once"])]


def _declared(kind: str, default: Any) -> dict[str, Any]:
    return {"type": kind, "default": default, "why": "测试"}


def _choice(draw: Draw, value: str, others: list[str]) -> tuple[dict[str, Any], str]:
    """A text parameter that may be this value or another one; which of them is the default is drawn."""
    values = list(dict.fromkeys([value, one(draw, others)]))
    return {**_declared("text", one(draw, values)), "values": values}, value


def draw_lag(draw: Draw, types: dict[str, dict[str, Any]]) -> None:
    """Now and then a type whose days are handed in some days later."""
    for name in ("hazard", "stop", "report"):
        if often(draw, 1, 3):
            types[name]["lag"] = f"{one(draw, [0, 1, 5, 30, 60, 90])} days"
