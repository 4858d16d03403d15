"""The reference evaluator, word by word: coalesce, durations from parameters, conditional advisory, lag. By hand."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

from reference.by_hand import enterprise, hazard, inspection, judge, line, statuses
from reference.calendar import parse_duration
from reference.conditions import date_value

Row = dict[str, Any]
FOUND = date(2023, 11, 10)


def int_parameter(name: str, value: int) -> Row:
    return {name: {"type": "int", "default": value, "why": "测试"}}


def text_parameter(name: str, value: str, *others: str) -> Row:
    return {name: {"type": "text", "default": value, "values": [value, *others], "why": "测试"}}


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("coalesce(empty, day_, at_)", date(2023, 11, 5)),
        ("coalesce(at_, day_)", datetime(2023, 11, 20, 9)),
        ("coalesce(empty, empty)", None),
        ("coalesce(empty, date '2023-12-31')", date(2023, 12, 31)),
        ("coalesce(empty, timestamp '2023-12-31 12:00')", datetime(2023, 12, 31, 12)),
        ("latest(coalesce(empty, day_), date '2023-11-06')", date(2023, 11, 6)),
        ("earliest(coalesce(empty, day_), date '2023-11-06')", date(2023, 11, 5)),
        ("coalesce(latest(day_, empty), at_)", datetime(2023, 11, 20, 9)),
        ("2023-12-31 12:30", datetime(2023, 12, 31, 12, 30)),
    ],
)
def test_date_expressions(text: str, want: Any) -> None:
    values = {"empty": None, "day_": date(2023, 11, 5), "at_": datetime(2023, 11, 20, 9)}
    found = date_value(text, lambda path: values[path[0]])
    assert (found, type(found)) == (want, type(want))


def hazard_due(by: str, **fields: Any) -> datetime | None:
    rule = {"bearer": "enterprise", "each": {"record": "hazard"}, "by": by, "done": "done_date"}
    (duty,) = judge(rule, {"enterprise": [enterprise()], "hazard": [hazard("H", FOUND, **fields)]})
    return duty["due"]


def test_the_first_of_coalesce_that_is_not_empty_is_the_due() -> None:
    by = "coalesce(deadline, cancelled, found_date)"
    assert hazard_due(by, deadline=date(2023, 12, 1), cancelled=date(2023, 11, 20)) == datetime(2023, 12, 2)
    assert hazard_due(by, cancelled=date(2023, 11, 20)) == datetime(2023, 11, 21)
    assert hazard_due(by) == datetime(2023, 11, 11)
    assert hazard_due(f"{by} + 5 days") == datetime(2023, 11, 16)
    assert hazard_due("latest(coalesce(deadline, found_date), date '2023-11-20') - 1 days") == datetime(2023, 11, 20)
    assert hazard_due("coalesce(deadline, cancelled)") is None  # both empty: unknown


def test_coalesce_is_bare_exactly_if_what_it_chose_is() -> None:
    rule = {"bearer": "enterprise", "each": {"record": "stop"}, "respond": {"record": "inspection"}}
    for end_at, start_at, exact, a_day_later in [
        (datetime(2023, 11, 12, 9), date(2023, 11, 10), datetime(2023, 11, 12, 9), datetime(2023, 11, 13, 9)),
        (date(2023, 11, 12), datetime(2023, 11, 10, 9), datetime(2023, 11, 13), datetime(2023, 11, 14)),
        (None, date(2023, 11, 10), datetime(2023, 11, 11), datetime(2023, 11, 12)),
    ]:
        stop = {"stop_id": "S", "enterprise_id": "E1", "start_at": start_at, "end_at": end_at}
        rows = {"enterprise": [enterprise()], "stop": [stop]}
        assert judge({**rule, "by": "coalesce(end_at, start_at)"}, rows)[0]["due"] == exact
        assert judge({**rule, "by": "coalesce(end_at, start_at) + 24 hours"}, rows)[0]["due"] == a_day_later


def test_coalesce_in_done_from_and_until() -> None:
    rule = {"bearer": "enterprise", "each": {"record": "hazard"}, "by": "2023-12-01"}
    rows = {"enterprise": [enterprise()], "hazard": [hazard("H", FOUND, accepted_on=date(2023, 12, 1))]}
    done = {**rule, "done": "coalesce(done_date, accepted_on)"}
    assert statuses(judge(done, rows)) == ["met"]
    rows["hazard"][0]["done_date"] = date(2023, 12, 2)
    assert statuses(judge(done, rows)) == ["late"]  # the first that is there, not the best
    assert statuses(judge(done, rows, date(2023, 12, 1))) == ["met"]  # 2 December has not happened yet
    path = {**rule, "done": "reported_on", "otherwise": [{"title": "已办", "done": done["done"], "by": "2023-12-02"}]}
    assert statuses(judge(path, rows)) == ["discharged"]
    each = {
        "record": "hazard",
        "from": "coalesce(deadline, found_date)",
        "until": "coalesce(cancelled, date '2023-11-20')",
    }
    open_ = {"bearer": "enterprise", "each": each, "forbid": {"record": "detail"}}
    (duty,) = judge(open_, rows)
    assert (duty["live_start"], duty["live_end"]) == (datetime(2023, 11, 10), datetime(2023, 11, 21))


def test_durations_from_parameters() -> None:
    rule = {"bearer": "enterprise", "each": {"record": "stop"}, "respond": {"record": "inspection"}}

    def due(number: int, start_at: Any, unit: str) -> datetime | None:
        stop = {"stop_id": "S", "enterprise_id": "E1", "start_at": start_at}
        rows = {"enterprise": [enterprise()], "stop": [stop]}
        within = {**rule, "within": f"param.wait {unit}"}
        (duty,) = judge(within, rows, parameters=int_parameter("wait", number))
        return duty["due"]

    saturday = date(2023, 11, 11)
    assert due(3, saturday, "days") == datetime(2023, 11, 15)
    assert due(2, saturday, "workdays") == datetime(2023, 11, 15)  # Monday and Tuesday
    assert due(0, saturday, "days") == due(0, saturday, "months") == datetime(2023, 11, 12)
    assert due(0, saturday, "workdays") == datetime(2023, 11, 12)  # 0 working days: the same day, a day off or not
    assert due(0, saturday, "hours") == datetime(2023, 11, 12)  # bare: from the end of its day
    assert due(0, datetime(2023, 11, 11, 9), "days") == datetime(2023, 11, 12)
    assert due(0, datetime(2023, 11, 11, 9), "hours") == datetime(2023, 11, 11, 9)
    with pytest.raises(ValueError, match="no duration"):
        due(-1, saturday, "days")
    with pytest.raises(ValueError, match="no duration"):
        parse_duration("param.waitdays", {"wait": 1})


def test_parameters_in_by() -> None:
    rows = {"enterprise": [enterprise()]}
    rule: Row = {"bearer": "enterprise", "window": "autumn", "perform": {"record": "inspection"}}

    def dues(number: int, **frame: Any) -> list[datetime]:
        return [duty["due"] for duty in judge({**rule, **frame}, rows, params={"quota": number})]

    assert dues(1, by="2023-11-09 - param.quota days") == [datetime(2023, 11, 9)]
    assert dues(0, by="2023-11-09 - param.quota days") == [datetime(2023, 11, 10)]
    # autumn: 3 November to 31 December
    assert dues(3, every="month", by="day 25 - param.quota days") == [datetime(2023, 11, 23), datetime(2023, 12, 23)]
    assert dues(3, every="month", by="day 31 - 3 days") == [datetime(2023, 11, 28), datetime(2023, 12, 29)]
    assert dues(3, every="month", by="day 5 - param.quota days") == [datetime(2023, 12, 3)]  # 2 November: before it
    assert dues(2, by="param.cutoff + param.quota workdays") == [datetime(2023, 12, 20)]  # the 15th is a Friday


def test_parameters_in_a_paths_due_and_before() -> None:
    rule = {"bearer": "enterprise", "each": {"record": "hazard"}, "by": "deadline", "done": "done_date"}
    path = {"title": "已报告", "by": "deadline + param.quota days", "done": "reported_on"}
    fields = {"deadline": date(2023, 11, 20), "reported_on": date(2023, 11, 22)}
    rows = {"enterprise": [enterprise()], "hazard": [hazard("H", FOUND, **fields)]}
    for number, status in [(2, "discharged"), (1, "breached")]:
        assert statuses(judge({**rule, "otherwise": [path]}, rows, params={"quota": number})) == [status]
    before = {"record": "inspection", "direction": "before"}
    ahead = {"bearer": "enterprise", "each": {"record": "stop"}, "within": "param.quota hours", "respond": before}
    rows["stop"] = [{"stop_id": "S", "enterprise_id": "E1", "start_at": datetime(2023, 11, 10, 9)}]
    rows["inspection"] = [inspection("1", datetime(2023, 11, 10, 7))]
    for number, status in [(2, "met"), (1, "breached")]:
        assert statuses(judge(ahead, rows, params={"quota": number})) == [status]


def test_conditional_advisory() -> None:
    def enforceable(where: str, **more: Any) -> bool:
        rule = {"bearer": "enterprise", "by": "2023-12-31", "perform": {"record": "inspection"}, **more}
        duty = judge({**rule, "advisory": {"where": where, "why": "提示"}}, rows)[0]
        return bool(duty["enforceable"])

    rows = {
        "enterprise": [enterprise(last=date(2023, 11, 30), workers=4), enterprise(first=date(2023, 12, 1))],
        "hazard": [hazard("H", FOUND, planned=True)],
    }
    assert not enforceable("status = '正常'")
    assert enforceable("status = '停产'")
    assert not enforceable("workers > 5")  # the row at due says nothing of workers: unknown, in the bearer's favour
    assert enforceable("workers is not null")
    assert not enforceable("bearer.workers is null and window.end >= date '2023-12-31' and param.quota = 2")
    each = {"record": "hazard"}
    assert not enforceable("planned and trigger.grade = '重大' and bearer.status = '正常'", each=each)
    assert enforceable("grade = '一般'", each=each)
    monthly = {"every": "month", "by": "period.end", "window": "autumn"}
    assert not enforceable("period.start = date '2023-11-01' and period.end < date '2023-12-01'", **monthly)
    assert enforceable("period.start = date '2023-12-01'", **monthly)


RECTIFY = {
    "bearer": "enterprise",
    "window": "campaign",
    "each": {"record": "hazard"},
    "within": "5 days",
    "done": "done_date",
}


def test_lag_moves_the_due_of_duties_whose_triggers_are_not_handed_in() -> None:
    received = date(2023, 11, 20)
    rows = {"enterprise": [enterprise()], "manifest": [line("hazard", received_at=received)]}

    def blind(as_of: Any, lag: str | None = None, **more: Any) -> tuple[str, datetime]:
        types = {} if lag is None else {"hazard": {"lag": lag}}
        (duty,) = judge({**RECTIFY, **more}, rows, as_of, types=types)
        return duty["status"], duty["due"]

    # handed in up to 20 November: the 21st is the first unproven day
    assert blind("2023-11-25") == ("pending", datetime(2023, 11, 27))  # 21 + 5 days
    assert blind("2023-11-26") == ("unproven", datetime(2023, 11, 27))
    assert blind("2023-11-26", "3 days") == ("unproven", datetime(2023, 11, 27))  # the later of the two
    assert blind("2023-11-26", "31 days") == ("pending", datetime(2023, 12, 23))
    assert blind("2023-12-21", "31 days") == ("pending", datetime(2023, 12, 23))
    assert blind("2023-12-22", "31 days") == ("unproven", datetime(2023, 12, 23))
    # without a due of its own: min(as_of, window end), so that without lag it is unproven at once
    assert blind("2023-11-22", within=None, by="deadline") == ("unproven", datetime(2023, 11, 23))
    assert blind("2023-11-22", "2 days", within=None, by="deadline") == ("pending", datetime(2023, 11, 24))
    fixed, field = "coalesce(param.cutoff, date '2023-12-31')", "coalesce(deadline, date '2023-12-31')"
    assert blind("2023-11-22", within=None, by=fixed) == ("pending", datetime(2023, 12, 16))
    assert blind("2023-11-22", within=None, by=field) == ("unproven", datetime(2023, 11, 23))  # reads a field


def test_lag_moves_no_other_duty() -> None:
    rows = {
        "enterprise": [enterprise()],
        "hazard": [hazard("H", FOUND)],
        "manifest": [line("hazard", received_at=FOUND)],
    }
    for lag in ({}, {"hazard": {"lag": "30 days"}}):
        duty, *_ = judge(RECTIFY, rows, "2023-11-20", types=lag)
        assert (duty["trigger_id"], duty["status"]) == ("H", "unproven")
        assert duty["due"] == datetime(2023, 11, 16)


def test_no_target_and_nothing_required_come_after_the_unknown() -> None:
    cover = {"targets": "enterprise", "where": "town = bearer.town_id", "by": {"record": "inspection"}}
    rule = {"bearer": "town_centre", "by": "2023-12-31", "cover": cover}
    rows: dict[str, list[Row]] = {"town": [{"town_id": "T1", "lead": None}], "enterprise": []}
    assert statuses(judge(rule, rows)) == ["not_applicable"]  # no target
    assert statuses(judge({**rule, "applies": "lead = '甲'"}, rows)) == ["unproven"]
    assert statuses(judge({**rule, "applies": "lead is not null"}, rows)) == ["not_applicable"]  # no live segment
    given = {"record": "inspection", "where": "has(levels, '镇')", "link": "enterprise_id.town"}
    rows["inspection"] = [inspection("1", FOUND, levels=None, enterprise_id=None)]
    assert statuses(judge({**rule, "given": given}, rows)) == ["unproven"]  # one that might be
    share = {"record": "inspection", "at_least": "50% of bearer.workers"}
    count = {"bearer": "enterprise", "by": "2023-12-31", "applies": "status <> '停产'", "perform": share}
    for workers, status, want in [
        (0, "正常", "not_applicable"),
        (0, None, "unproven"),
        (None, "正常", "unproven"),  # required is unknown
        (0, "停产", "not_applicable"),
    ]:
        assert statuses(judge(count, {"enterprise": [enterprise(workers=workers, status=status)]})) == [want]


def test_the_unit_and_what_is_distinct_from_parameters() -> None:
    acts = [
        inspection("1", datetime(2023, 11, 5, 9), kind="日常"),
        inspection("2", datetime(2023, 11, 5, 15), kind="复查"),
    ]
    rows = {"enterprise": [enterprise()], "inspection": acts}
    test = {"record": "inspection", "distinct": "param.per", "at_least": 2}
    rule = {"bearer": "enterprise", "window": "autumn", "every": "param.unit", "perform": test}
    words = text_parameter("per", "date", "kind") | text_parameter("unit", "month", "once")
    assert statuses(judge(rule, rows, parameters=words)) == ["breached", "breached"]
    assert statuses(judge(rule, rows, parameters=words, params={"per": "kind"})) == ["met", "breached"]
    (once,) = judge(rule, rows, parameters=words, params={"per": "kind", "unit": "once"})
    assert (once["status"], once["period_start"]) == ("met", None)
    path = {"title": "另行", "perform": {**test, "at_least": 1}}
    other = {**rule, "perform": {"record": "detail"}, "otherwise": [path]}
    assert statuses(judge(other, rows, parameters=words)) == ["discharged", "breached"]


def counted_by(day: date, record: str = "inspection", **words: Any) -> Row:
    return {"bearer": "enterprise", "by": day.isoformat(), "perform": {"record": record, **words}}


def test_an_empty_cell_after_the_due_does_not_turn_late_into_breached() -> None:
    rule = counted_by(date(2023, 12, 15), where="kind = '日常'", at_least=2)
    one = inspection("I1", datetime(2023, 12, 1, 9), kind="日常")

    def judged(*more: Row) -> list[str]:
        return statuses(judge(rule, {"enterprise": [enterprise()], "inspection": [one, *more]}))

    assert judged(inspection("I2", datetime(2023, 12, 20, 9), kind="日常")) == ["late"]
    assert judged(inspection("I2", datetime(2023, 12, 20, 9))) == ["unproven"]
    assert judged(inspection("I2", datetime(2023, 12, 20, 9), kind="日常", enterprise_id=None)) == ["unproven"]
    assert judged(inspection("I2", datetime(2023, 12, 20, 9), kind="专项")) == ["breached"]
    # two late ones, and one that nobody can read: late is certain
    late = [inspection(name, datetime(2023, 12, 20, 9), kind="日常") for name in ("I2", "I3")]
    assert judged(*late, inspection("I4", datetime(2023, 12, 21, 9))) == ["late"]


def test_values_alike_count_as_one() -> None:
    rule = counted_by(date(2023, 12, 15), distinct="kind", alike=["日常", "专项"], at_least=2)

    def judged(*kinds: str | None) -> tuple[str, int]:
        days = enumerate(kinds, start=1)
        acts = [inspection(f"I{day}", datetime(2023, 12, day, 9), kind=kind) for day, kind in days]
        (duty,) = judge(rule, {"enterprise": [enterprise()], "inspection": acts})
        return duty["status"], duty["observed"]

    assert judged("日常", "专项") == ("breached", 1)
    assert judged("日常", "复查") == judged("专项", "日常", "复查") == ("met", 2)
    assert judged("专项", None) == ("unproven", 1)


def test_a_blind_duty_asks_what_must_be_given() -> None:
    """No hazard was handed in. Who has no such record does not wait for one; who may have one does."""
    rule = {"bearer": "town_centre", "each": {"record": "hazard", "link": "enterprise_id.town"}, "done": "done_date"}
    rule |= {"given": {"record": "enterprise", "where": "status = '正常'"}, "by": "2023-12-15"}
    rows = {
        "town": [{"town_id": "T1"}, {"town_id": "T2"}, {"town_id": "T3"}, {"town_id": "T4"}],
        "enterprise": [
            enterprise("E1", town="T1"),
            enterprise("E2", town="T2", status="停产"),
            enterprise("E3", town="T3", status=None),
            enterprise("E4", town="T4", last=date(2023, 10, 31)),
        ],
        "manifest": [],
    }
    assert statuses(judge(rule, rows)) == ["unproven", "not_applicable", "unproven", "not_applicable"]
    assert statuses(judge(rule, rows, "2023-11-20")) == ["pending", "not_applicable", "pending", "not_applicable"]
