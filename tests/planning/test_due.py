"""What is due in the small county: which duties, in which part, why the others are left out. Worked out by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest
import small_county as county

from duban.auditing import Audit
from duban.errors import UsageError
from duban.pack.planning import Urging
from duban.planning.due import Due, Group, begins, can_be_made_good, days_of, due_of, said


@pytest.fixture(scope="module")
def week(small: Audit) -> Due:
    return due_of(small, 7)


def listed(due: Due, group: Group) -> list[tuple[str, str, str, str]]:
    return [(item.obligation, item.bearer_id, item.trigger_id, item.at) for item in due.of(group)]


def test_pending_are_those_due_in_time_and_the_weeks_that_begin(week: Due) -> None:
    assert listed(week, Group.PENDING) == [
        ("hazard-done", "B1", "h2", "2024-01-17"),
        ("order-rechecked", "样县", "o1", "2024-01-18"),  # the 8th and 10 days
        ("checks-weekly", "B1", "", "2024-01-21"),
        ("checks-weekly", "A1", "", "2024-01-21"),
        ("checks-weekly", "A2", "", "2024-01-21"),
    ]


def test_the_day_of_a_due_is_within(small: Audit) -> None:
    """The 17th, 24:00 is three days after the 14th, 24:00: in `3d`, not in `2d`."""
    assert [item.trigger_id for item in due_of(small, 3).of(Group.PENDING)] == ["h2"]
    assert due_of(small, 2).of(Group.PENDING) == ()
    (item,) = due_of(small, 3).of(Group.PENDING)
    assert (item.day, item.due, item.days_left) == (date(2024, 1, 17), datetime(2024, 1, 18), 3)


def test_overdue_are_those_that_can_still_be_made_good_danger_first(week: Due) -> None:
    assert listed(week, Group.OVERDUE) == [
        ("hazard-done", "A2", "h1", "2024-01-10"),
        ("report-sent", "乙镇", "", "2023-12-25"),
        ("report-agrees", "甲镇", "甲镇/2023-12-01", "2023-12-25"),
        ("plan-made", "B1", "", "2024-01-10"),
        ("plan-made", "A2", "", "2024-01-10"),
    ]


def test_a_figure_is_to_be_corrected_and_says_so(week: Due) -> None:
    (item,) = [one for one in week.items if one.obligation == "report-agrees"]
    assert item.remark == "核对后更正报送"


def test_what_can_no_longer_be_reached_and_what_is_advisory_say_so(small: Audit) -> None:
    item = due_of(small, 3).items[0]
    assert item.remark == ""
    assert replace(item, attainable=False).remark == "按期已不可能达到"
    assert replace(item, enforceable=False, attainable=False).remark == "仅提示；按期已不可能达到"


def test_five_days_cannot_hold_six_visits(tmp_path: Path) -> None:
    """As of the 26th five days of January are left, and one date counts once."""
    item = "- {id: six-days, title: 每月六天自查, clause: 四, bearer: mine, applies: status <> '停用', window: months, every: month, perform: {record: visit, where: \"has(levels, '企')\", distinct: date, at_least: 6}}"  # noqa: E501
    with county.audited(county.folder(tmp_path, plan="", obligations=item), "2024-01-26") as audit:
        items = {item.bearer_id: item for item in due_of(audit, 7).of(Group.PENDING)}
        assert (items["A1"].short, items["A1"].attainable, items["A1"].remark) == (6, False, "按期已不可能达到")
        assert (items["B1"].short, items["B1"].attainable) == (4, True)  # the 5th and the 9th are there


def test_what_was_not_handed_in_stands_apart(week: Due) -> None:
    assert [item.bearer_id for item in week.of(Group.UNPROVEN)] == ["B1", "A1", "A2"]


def test_what_is_left_out_is_counted_with_the_reason(week: Due) -> None:
    """Later: the share, two towns, two reports, h3. Final: four weeks of A1 and A2, and one figure that is a fact."""
    assert {one.why: (one.count, one.next) for one in week.left_out} == {
        "到期在7日以后": (6, date(2024, 1, 25)),
        "只须保持、没有要办的（不得有所列情形的）": (3, None),
        "期间已过或已成事实，不能补办（仍在待核实清单）": (5, None),
        "逾期但已达到": (1, None),
    }


def test_how_short_it_is(small: Audit) -> None:
    (share,) = [item for item in due_of(small, 30).items if item.obligation == "county-share"]
    assert (share.required, share.observed, share.short) == (2, 1, 1)
    assert share.what == "要求2，查到1，差1；未覆盖：甲样2号矿、甲样3号矿、乙样1号矿"


def test_a_coming_week_knows_nothing_of_visits_that_are_dated_ahead(pack: Path) -> None:
    records = county.rows()
    records["visit"].append(county.visit("v7", "B1", "2024-01-16 09:00", "企"))
    with county.audited(pack, records=records, only=["checks-weekly", "hazard-done"]) as audit:
        (week,) = due_of(audit, 7, ["B1"]).of(Group.PENDING)[1:]
        assert (week.obligation, week.observed, week.short, week.begins) == ("checks-weekly", 0, 1, date(2024, 1, 15))


def test_bearers_by_id_or_name_and_towns(small: Audit) -> None:
    by_id = due_of(small, 7, ["B1"])
    assert {item.bearer_id for item in by_id.items} == {"B1"}
    assert due_of(small, 7, ["乙样1号矿"]).items == by_id.items
    both = due_of(small, 7, ["B1", "甲镇中心"])
    assert {item.bearer_name for item in both.items} == {"乙样1号矿", "甲镇中心"}
    assert {item.town for item in due_of(small, 7, town="乙镇").items} == {"乙镇"}


@pytest.mark.parametrize(("bearers", "town", "said_of"), [(["乙样1"], "", "乙样1号矿"), ([], "乙", "乙镇")])
def test_an_unknown_bearer_or_town_is_an_error_with_what_is_near(
    small: Audit, bearers: list[str], town: str, said_of: str
) -> None:
    with pytest.raises(UsageError) as caught:
        due_of(small, 7, bearers, town)
    assert f"是否为 {said_of}" in str(caught.value)


def test_cleared_is_left_out_and_confirmed_is_said(week: Due, pack: Path) -> None:
    prints = {item.obligation + item.bearer_id: item.fingerprint for item in week.of(Group.OVERDUE)}
    records = county.rows()
    found = {"verified_by": "核实员", "verified_on": date(2024, 1, 14), "how": "现场", "evidence": "照片"}
    records["verification"] = [
        {"finding": prints["plan-madeA2"], "state": "已澄清", **found},
        {"finding": prints["hazard-doneA2"], "state": "已核实", **found},
    ]
    with county.audited(pack, records=records, only=["hazard-done", "plan-made"]) as audit:
        due = due_of(audit, 7)
        assert ("plan-made", "A2") not in [(item.obligation, item.bearer_id) for item in due.items]
        assert {one.why: one.count for one in due.left_out}["已澄清"] == 1
        assert due.of(Group.OVERDUE)[0].remark == "已核实"


@pytest.mark.parametrize(("text", "days"), [("7d", 7), ("2w", 14), ("30", 30), ("3天", 3), ("1周", 7), ("0d", 0)])
def test_days_are_read(text: str, days: int) -> None:
    assert days_of(text) == days


@pytest.mark.parametrize("text", ["", "7m", "-1d", "一周", "d"])
def test_what_is_no_number_of_days_is_an_error(text: str) -> None:
    with pytest.raises(UsageError):
        days_of(text)


@pytest.mark.parametrize(
    ("obligation", "period_end", "good"),
    [
        ("hazard-done", None, True),  # done: late counts always
        ("plan-made", None, True),  # once
        ("report-sent", date(2023, 12, 31), True),  # for its month, whenever it comes
        ("checks-weekly", date(2024, 1, 7), False),  # a period that is over is final
        ("county-share", date(2024, 1, 31), False),
        ("none-unnamed", None, False),  # forbid
        ("report-agrees", None, True),  # a corrected report
        ("report-counts", None, False),  # a fact
    ],
)
def test_what_can_be_made_good(small: Audit, obligation: str, period_end: date | None, good: bool) -> None:
    words = Urging(corrections=("report-agrees",))
    assert can_be_made_good(small.pack.obligation(obligation), period_end, words, small.as_of) is good


def test_what_had_to_come_before_cannot_come_afterwards(small: Audit) -> None:
    item = small.pack.obligation("order-rechecked")
    assert item.respond is not None
    assert can_be_made_good(item, None, Urging(), small.as_of)
    earlier = item.model_copy(update={"respond": item.respond.model_copy(update={"direction": "before"})})
    assert not can_be_made_good(earlier, None, Urging(), small.as_of)


def test_what_the_pack_calls_final_is_final(small: Audit) -> None:
    item = small.pack.obligation("hazard-done")
    assert not can_be_made_good(item, None, Urging(final=("hazard-done",)), small.as_of)


@pytest.mark.parametrize(
    ("unit", "day", "does"),
    [
        ("day", date(2024, 1, 3), True),
        ("week", date(2024, 1, 1), True),  # a Monday
        ("week", date(2024, 1, 7), False),
        ("month", date(2024, 2, 1), True),
        ("month", date(2024, 2, 2), False),
        ("quarter", date(2024, 4, 1), True),
        ("quarter", date(2024, 5, 1), False),
        ("half_year", date(2024, 7, 1), True),
        ("half_year", date(2024, 4, 1), False),
        ("year", date(2024, 1, 1), True),
        ("year", date(2024, 7, 1), False),
    ],
)
def test_periods_begin(unit: str, day: date, does: bool) -> None:
    assert begins(unit, day) is does


@pytest.mark.parametrize(
    ("message", "text"),
    [
        ("甲矿1月“检查”：2024-01-31到期，余17天，要求2，查到1，差1。（本项看不到：甲（乙）丙）", "要求2，查到1，差1"),
        ("甲矿“检查”：差1；数据截至2日。资料显示未达到（待核实）。（自报）（仅提示：甲）", "差1；数据截至2日（自报）"),
        ("甲矿“检查”：所需资料未报送齐。证据不足，不作为问题。", "所需资料未报送齐"),
        ("甲矿“检查”：2024-01-31到期，余6天。", ""),
        ("甲矿“检查”：无期限，要求1，查到0，差1。", "要求1，查到0，差1"),
    ],
)  # fmt: skip
def test_the_sentence_without_who_and_verdict(message: str, text: str) -> None:
    assert said(message, "检查") == text
