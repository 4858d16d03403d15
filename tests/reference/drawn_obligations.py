"""Strategies for obligations: every kind of frame and test, each part drawn; always a valid rule."""

from __future__ import annotations

from typing import Any

from reference.drawn_parts import (
    ACTS,
    APPLIES,
    DAY_BY,
    PERIOD_BY,
    PLAIN_BY,
    UNITS,
    WHERE,
    WITHIN,
    Draw,
    Rule,
    act,
    draw_roll,
    often,
    one,
    perform,
    rule,
    some,
)
from reference.vocabulary import TOWNS


def perform_period(draw: Draw) -> Rule:
    bearer = one(draw, ["enterprise", "enterprise", "town_centre", "county", "group_post", "team"])
    record = one(draw, ACTS[bearer])
    return rule(draw, bearer, every=one(draw, UNITS), **perform(draw, bearer, record, period=True))


def perform_period_by(draw: Draw) -> Rule:
    bearer = one(draw, ["town_centre", "town_centre", "enterprise"])
    record = "submission" if bearer == "town_centre" else one(draw, ACTS[bearer])
    unit = one(draw, ["month", "month", "quarter", "week"])
    by = one(draw, PERIOD_BY + (DAY_BY if unit == "month" else []))
    test = perform(draw, bearer, record, period=True)
    if record == "submission" and unit != "week" and often(draw, 2, 3):
        test["perform"]["for"] = "period"
    return rule(draw, bearer, every=unit, by=by, **draw_roll(draw), **test)


def perform_plain(draw: Draw) -> Rule:
    """once, or by; perhaps with an `otherwise` path."""
    bearer = one(draw, ["enterprise", "town_centre", "county", "group_post", "team"])
    frame = {"every": "once"} if often(draw, 1, 2) else {"by": one(draw, PLAIN_BY), **draw_roll(draw)}
    result = rule(draw, bearer, **frame, **perform(draw, bearer, one(draw, ACTS[bearer])))
    if bearer == "enterprise" and often(draw, 1, 3):
        result["otherwise"] = [
            one(
                draw,
                [
                    {"title": "停产", "where": "status = '停产'"},
                    {"title": "另行认定", "where": "workers < 5", "manual": "请核"},
                    {"title": "明细代替", "perform": {"record": "detail", "at_least": 1}},
                ],
            )
        ]
    return result


def cover(draw: Draw) -> Rule:
    bearer = one(draw, ["town_centre", "county"])
    mine = "town = bearer.town_id" if bearer == "town_centre" else "workers is not null"
    pool: list[str | None] = [mine, mine, f"{mine} and status <> '停产'", "status = '正常'", "workers > 5"]
    where = one(draw, pool if bearer == "town_centre" else [None, *pool])
    record = one(draw, ["inspection", "inspection", "detail", "assessment"])
    by = {"record": record}
    condition = one(draw, [None, *WHERE[record]])
    spec: Rule = {"targets": "enterprise", **({"where": where} if where else {})}
    spec["by"] = {**by, **({"where": condition} if condition else {})}
    spec["at_least"] = one(draw, ["100%", "100%", "50%", "33.4%", 1, 2])
    frame: Rule = one(draw, [{"every": "month"}, {"every": "quarter"}, {"every": "week"}, {"every": "once"}, {}])
    result = rule(draw, bearer, **(frame or {"by": one(draw, PLAIN_BY)}), cover=spec)
    if often(draw, 1, 3):
        result["applies"] = one(draw, APPLIES[bearer])
    return result


def each_hazard(draw: Draw) -> Rule:
    result: Rule = {"record": "hazard"}
    where = one(draw, [None, None, "grade = '重大'", "found_date between param.start and date '2023-12-31'"])
    if where:
        result["where"] = where
    if often(draw, 1, 6):
        result["first"] = True
    if often(draw, 1, 4):
        result["until"] = "cancelled"
    if often(draw, 1, 6):
        result["from"] = "deadline"
    return result


DONE = ["done_date", "done_date", "latest(done_date, accepted_on)", "earliest(done_date, reported_on)"]
RESPOND_BY = ["2023-12-31", "param.cutoff + 5 days"]
HAZARD_BY = [
    "deadline",
    "2023-12-31",
    "param.cutoff",
    "found_date + 10 days",
    "deadline + 3 workdays",
    "deadline - 2 days",
]
PATHS: list[Rule] = [
    {"title": "已报告", "by": "2023-12-31", "done": "reported_on", "require": "planned"},
    {"title": "已报告", "done": "reported_on"},
    {"title": "已销号", "where": "cancelled is not null"},
    {"title": "另定限期", "where": "deadline > date '2023-12-15'", "manual": "请补手续"},
    {"title": "评估代替", "perform": {"record": "assessment", "where": "result = '合格'", "at_least": 1}},
    {"title": "评估代替", "by": "found_date + 20 days", "perform": {"record": "assessment", "at_least": 1}},
    {"title": "有预案", "where": "planned", "manual": "请核", "done": "reported_on"},
    {"title": "有预案且已检查", "where": "planned", "respond": {"record": "inspection"}},
]


def done(draw: Draw) -> Rule:
    bearer = one(draw, ["enterprise", "enterprise", "town_centre", "county"])
    due = {"by": one(draw, HAZARD_BY)} if often(draw, 3, 4) else {"within": one(draw, WITHIN)}
    result = rule(draw, bearer, each=each_hazard(draw), **due, **draw_roll(draw))
    result["done"] = one(
        draw, ["done_date", "done_date", "latest(done_date, accepted_on)", "earliest(done_date, reported_on)"]
    )
    require = one(draw, [None, "acceptance = '合格'", "acceptance is null or acceptance = '合格'", "planned"])
    if require:
        result["require"] = require
    if often(draw, 1, 2):
        result["otherwise"] = [one(draw, PATHS) for _ in range(one(draw, [1, 2]))]
    if often(draw, 1, 3):
        result["notes"] = [{"where": "done_date is not null and acceptance is null", "text": "待验收"}]
    return result


def respond(draw: Draw) -> Rule:
    bearer = one(draw, ["enterprise", "enterprise", "town_centre"])
    trigger = one(draw, ["hazard", "stop"])
    record = one(draw, ["assessment", "inspection"] if trigger == "hazard" else ["inspection", "detail"])
    due = {"within": one(draw, WITHIN)} if often(draw, 3, 4) else {"by": one(draw, RESPOND_BY)}
    return rule(
        draw,
        bearer,
        each=each_hazard(draw) if trigger == "hazard" else each_stop(draw),
        respond=act(draw, bearer, record, trigger),
        **due,
        **draw_roll(draw),
    )


def each_stop(draw: Draw) -> Rule:
    result: Rule = {"record": "stop"}
    if often(draw, 1, 3):
        result["where"] = one(draw, ["cause = '检修'", "end_at is null or end_at > start_at"])
    if often(draw, 1, 2):
        result["until"] = "end_at"
    return result


def respond_before(draw: Draw) -> Rule:
    spec = act(draw, "enterprise", one(draw, ["inspection", "detail"]), "stop")
    return rule(
        draw,
        "enterprise",
        each=each_stop(draw),
        within=one(draw, WITHIN),
        respond={**spec, "direction": "before"},
    )


def forbid(draw: Draw) -> Rule:
    bearer = one(draw, ["enterprise", "town_centre"])
    record = one(draw, ["detail", "inspection", "stop"])
    frames: list[Rule] = [{"every": one(draw, UNITS)}, {"every": "once"}, {"by": one(draw, PLAIN_BY)}, {"each": 1}]
    frame = one(draw, frames)
    trigger = None
    if "each" in frame:
        trigger = one(draw, ["hazard", "stop"]) if record == "inspection" else "hazard"
        frame = {"each": each_hazard(draw) if trigger == "hazard" else each_stop(draw)}
        if often(draw, 1, 2):
            frame["within"] = one(draw, WITHIN)
    period = frame.get("every", "once") != "once"
    return rule(draw, bearer, **frame, forbid=act(draw, bearer, record, trigger, period))


EQUAL = [
    "found = previous.found + current.found",
    "fixed <= found",
    "current.found <= found",
    "total <= trigger.found",
    "files >= 1",
    "previous.found <= found",
    "files <= current.found",
    "found >= param.quota",
]


def reconcile(draw: Draw) -> Rule:
    bearer = one(draw, ["town_centre", "town_centre", "county"])
    sides: Rule = {
        "current": {"record": "report", "where": "line = '本期'", "period": "same"},
        "previous": {"record": "report", "where": "line = '累计'", "period": "previous"},
        "total": {"record": "report", "where": "line = '本期'", "period": "same", "sum": "found"},
        "files": {"record": "submission", "where": "kind = '进展'", "period": "same", "count": True},
    }
    if often(draw, 2, 3):
        sides["previous"]["absent"] = 0
    equal = some(draw, EQUAL, 2)
    used = {name: side for name, side in sides.items() if any(name in condition for condition in equal)}
    frame: Rule = one(draw, [{}, {}, {"every": "month"}, {"every": "quarter"}])
    by = one(draw, [None, None, "reported_on + 5 days", "period.end + 10 days", "2023-12-31"])
    each = {"record": "report", "where": "line = '累计'"}
    spec = {"equal": equal, **({"with": used} if used else {})}
    return rule(draw, bearer, each=each, **frame, **({"by": by} if by else {}), reconcile=spec)


def trigger_periods(draw: Draw) -> Rule:
    """One duty per trigger and period in which it is open."""
    bearer = one(draw, ["enterprise", "enterprise", "town_centre"])
    trigger = one(draw, ["hazard", "stop"])
    record = one(draw, ["assessment", "inspection"] if trigger == "hazard" else ["inspection", "detail"])
    each = each_hazard(draw) if trigger == "hazard" else each_stop(draw)
    unit = one(draw, ["month", "month", "week", "day", "quarter"])
    by: Rule = {}
    if often(draw, 1, 3) and unit != "day":
        by = {"by": one(draw, PERIOD_BY), **draw_roll(draw)}
    return rule(draw, bearer, each=each, every=unit, **by, **perform(draw, bearer, record, trigger, period=True))


def perform_trigger(draw: Draw) -> Rule:
    trigger = one(draw, ["stop", "hazard", "enterprise"])
    each: Rule = {"record": "enterprise", **({"first": True} if often(draw, 1, 2) else {})}
    if trigger == "hazard":
        each = each_hazard(draw)
    if trigger == "stop":
        each = each_stop(draw)
    record = one(draw, ["inspection", "detail"])
    due = {"within": one(draw, WITHIN)} if often(draw, 1, 2) else {"by": one(draw, ["2023-12-31", "param.cutoff"])}
    return rule(draw, "enterprise", each=each, **due, **draw_roll(draw), **perform(draw, "enterprise", record, trigger))


TEMPLATES = [
    perform_period,
    perform_period,
    perform_period_by,
    perform_plain,
    cover,
    cover,
    done,
    done,
    respond,
    respond_before,
    forbid,
    reconcile,
    trigger_periods,
    perform_trigger,
]


def draw_obligations(draw: Draw, templates: list[Any] | None = None, at_most: int = 3) -> list[Rule]:
    """One to three obligations."""
    count = one(draw, [1, 1, 2, at_most])
    rules = [one(draw, templates or TEMPLATES)(draw) for _ in range(min(count, at_most))]
    return [_named(draw, f"o{number}", found) for number, found in enumerate(rules, start=1)]


def _named(draw: Draw, name: str, found: Rule) -> Rule:
    record = next((found[w]["record"] for w in ("perform", "respond", "forbid") if w in found), None)
    if record and often(draw, 1, 8):
        voices = [*TOWNS, *(["bearer.town"] if found["bearer"] == "enterprise" else [])]
        found["handed_in_by"] = {record: one(draw, voices)}
    return {"id": name, "title": f"规则{name}", "clause": "一", "quote": "应当", "ground": "不认真", **found}
