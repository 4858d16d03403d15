"""Parts of drawn obligations: conditions, dues, acts, and what every obligation may have."""

from __future__ import annotations

from random import Random
from typing import Any

Draw = Random
Rule = dict[str, Any]

WHERE: dict[str, list[str]] = {
    "inspection": [
        "has(levels, '企业')",
        "has(levels, '镇') and kind <> '复查'",
        "not has(levels, '县')",
        "kind = '日常'",
        "kind is null or kind = '日常'",
        "kind in ('日常', '专项')",
        "kind not in ('复查')",
        "hazards >= 1",
        "hazards between 1 and 2 or kind = '专项'",
        "hazards + 1 > 2",
        "coalesce(hazards, 0) >= 1",
        "enterprise.status = '正常'",
        "enterprise_id.town = 'T1'",
        "start_at <= date '2023-12-15'",
        "start_at > timestamp '2023-11-30 09:30:00'",
        "month(start_at) = 12",
        "days_between(window.start, start_at) >= 10",
        "len(levels) >= 2",
        "contains(team, '一')",
        "starts_with(lower(trim(team)), '二')",
        "hours > 0.5",
        "abs(0 - hours) >= 1.5",
        "start_at >= param.cutoff",
        "has(leaders, '甲')",
    ],
    "hazard": [
        "grade = '重大'",
        "grade <> '一般'",
        "found_date >= date '2023-11-15'",
        "planned",
        "deadline is not null",
    ],
    "assessment": ["result = '合格'", "score >= 60", "result <> '不合格' and score > 40", "hazard.grade = '重大'"],
    "stop": ["cause = '检修'", "end_at is null", "end_at > start_at", "enterprise.status <> '停产'"],
    "detail": ["kind = '罚款'", "amount > 1", "enterprise.town = 'T1'", "day <= param.cutoff"],
    "submission": ["kind = '进展'", "kind <> '总结'", "town.lead is not null", "period is not null"],
    "report": ["line = '累计'", "line = '本期'", "found > 1"],
}
EVENT = {
    "inspection": "start_at",
    "hazard": "found_date",
    "assessment": "done_at",
    "stop": "start_at",
    "detail": "day",
    "submission": "sent_at",
}
DISTINCT = {
    "inspection": ["date", "enterprise_id", "kind"],
    "detail": ["date", "kind"],
    "hazard": ["grade", "date"],
    "assessment": ["date", "result"],
    "submission": ["date", "kind"],
    "stop": ["date", "cause"],
}
ALIKE = {
    ("inspection", "kind"): ["日常", "专项"],
    ("hazard", "grade"): ["重大", "一般"],
    ("assessment", "result"): ["不合格", "合格"],
    ("submission", "kind"): ["进展", "总结"],
}
SUM = {"inspection": ["hazards", "hours"], "detail": ["amount"], "assessment": ["score"]}
APPLIES = {
    "enterprise": ["status <> '停产'", "status = '正常'", "workers >= 5", "town = 'T1' or workers > 5"],
    "town_centre": ["lead is not null", "lead = '甲'", "town_id <> 'T2'"],
    "county": ["quota > 1"],
    "group_post": ["person = '甲'", "person is not null"],
    "team": ["team <> '二队'"],
}
ACTS = {
    "enterprise": ["inspection", "inspection", "detail", "assessment", "hazard", "stop"],
    "town_centre": ["inspection", "submission", "submission", "detail"],
    "county": ["inspection", "submission", "assessment"],
    "group_post": ["inspection"],
    "team": ["inspection"],
}
UNITS = ["day", "week", "month", "month", "month", "quarter", "half_year", "year"]
PERIOD_BY = [
    "period.end + 5 days",
    "period.end - 3 workdays",
    "period.start + 10 days",
    "period.end + 12 hours",
    "period.end",
    "period.start + 1 months",
    "period.start + 2 workdays",
]
DAY_BY = ["day 25", "day 10", "day 31"] * 2 + ["day 25 - 3 days", "day 31 - 2 days", "day 3 - 5 workdays"]
PLAIN_BY = [
    "2023-12-31",
    "2023-12-15",
    "param.cutoff",
    "param.cutoff + 1 months",
    "window.end",
    "window.end - 5 workdays",
    "2023-11-30 + 36 hours",
    "param.cutoff - 1 days",
]
WITHIN = ["24 hours", "36 hours", "3 days", "5 workdays", "1 months", "10 days"]


def often(draw: Draw, n: int, of: int) -> bool:
    """True n times out of `of`; the smallest draw is False."""
    return draw.randrange(of) >= of - n


def one(draw: Draw, values: list[Any]) -> Any:
    return draw.choice(values)


def some(draw: Draw, values: list[Any], at_most: int) -> list[Any]:
    """One to `at_most` different values."""
    return draw.sample(values, draw.randint(1, at_most))


def rule(draw: Draw, bearer: str, **parts: Any) -> Rule:
    """The parts that every obligation may have, and the given ones."""
    result: Rule = {"bearer": bearer, **parts}
    if often(draw, 1, 4):
        result["applies"] = one(draw, APPLIES[bearer])
    if often(draw, 2, 3):
        result["window"] = one(draw, ["campaign", "autumn", "winter", {"from": "2023-11-10", "to": "2024-01-05"}])
    if often(draw, 1, 10):
        result["advisory"] = "仅供参考"
    if often(draw, 1, 8):
        result["manual"] = "请人工认定"
    if often(draw, 1, 8) and bearer in ("enterprise", "town_centre", "county"):
        result["given"] = draw_given(draw, bearer)
    return result


def draw_given(draw: Draw, bearer: str) -> Rule:
    choices: list[Rule] = [{"record": "hazard", "where": "grade = '重大'"}, {"record": "inspection", "at_least": 2}]
    if bearer != "enterprise":
        choices += [{"record": "enterprise", "where": "status = '正常'"}, {"record": "enterprise", "at_least": 2}]
    else:
        choices += [{"record": "detail", "at_least": 1}, {"record": "enterprise", "where": "workers > 5"}]
    return one(draw, choices)


LINKS = {
    ("enterprise", "inspection"): "enterprise_id",
    ("enterprise", "assessment"): "hazard_id.enterprise_id",
    ("town_centre", "inspection"): "enterprise_id.town",
    ("town_centre", "detail"): "enterprise.town",
}


def draw_where(draw: Draw, record: str, bearer: str, trigger: str | None = None, period: bool = False) -> str | None:
    """A condition over a record; the post's must name its bearer, as nothing else ties the act to it."""
    if bearer == "group_post":
        return one(draw, ["has(leaders, bearer.person)", "enterprise.town = bearer.org_id and has(levels, '镇')"])
    pool: list[str | None] = [None] * 8 + WHERE[record]
    if bearer == "enterprise":
        pool += ["bearer.status = '正常'", "bearer.workers > 5"]
    if bearer == "town_centre":
        pool += ["bearer.lead = '甲'"]
    if period and record in EVENT:
        pool += [f"{EVENT[record]} >= period.start and {EVENT[record]} <= period.end"]
    if trigger == "hazard":
        pool += ["trigger.grade = '重大'", f"days_between(trigger.found_date, {EVENT[record]}) <= 20"]
    if trigger == "stop":
        pool += ["trigger.end_at is null", f"{EVENT[record]} >= trigger.start_at"]
    return one(draw, pool)


def act(draw: Draw, bearer: str, record: str, trigger: str | None = None, period: bool = False) -> Rule:
    """{record, where}: without the empty ones."""
    where = draw_where(draw, record, bearer, trigger, period)
    result: Rule = {"record": record, **({"where": where} if where else {})}
    if bearer == "group_post" and where and often(draw, 1, 2):
        result["link"] = "none"
    if trigger is None and (bearer, record) in LINKS and often(draw, 1, 6):
        result["link"] = LINKS[bearer, record]
    return result


def perform(draw: Draw, bearer: str, record: str, trigger: str | None = None, period: bool = False) -> Rule:
    spec = act(draw, bearer, record, trigger, period)
    share = {"enterprise": "bearer.workers", "county": "bearer.quota"}.get(bearer)
    amounts: list[Any] = [1, 1, 1, 1, 2, 2, 3, "param.quota"]
    measure = one(draw, ["count", "count", "distinct", "sum"])
    if measure == "distinct":
        spec["distinct"] = one(draw, DISTINCT[record])
        if (record, spec["distinct"]) in ALIKE and often(draw, 1, 3):
            spec["alike"] = ALIKE[record, spec["distinct"]]
    if measure == "sum" and record in SUM:
        spec["sum"] = one(draw, SUM[record])
        amounts += [5, 60]
    if share:
        amounts += [f"30% of {share}", f"12.5% of {share}", f"50% of {share}"]
    spec["at_least"] = one(draw, amounts)
    return {"perform": spec}


def draw_roll(draw: Draw) -> Rule:
    return {"roll": "workday"} if often(draw, 1, 3) else {}
