"""Proposed visits in the small county: how many, to whom, by whom, in which order, and why. All worked out by hand."""

from __future__ import annotations

import csv
import io
import json
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest
import small_county as county

from duban.auditing import Audit
from duban.calendar import Calendar
from duban.errors import UsageError
from duban.model import Suggestion
from duban.planning.asked import Pace, pace
from duban.planning.week import WeekPlan, plan_week, suggested
from duban.planning.week_files import as_csv, as_json, as_lines, write_book


@pytest.fixture(scope="module")
def plan(small: Audit) -> WeekPlan:
    return plan_week(small)


def whom(found: tuple[Suggestion, ...]) -> list[tuple[str, tuple[str, ...]]]:
    return [(one.target_id, one.parties) for one in found]


BUREAU, FIRST, SECOND = "样县应急管理局", "甲镇中心", "乙镇中心"


def test_one_visit_for_two_duties_is_one_line(plan: WeekPlan) -> None:
    """A2 has the major hazard, overdue; B1 an order and a hazard that are due. Each town goes along with the bureau."""
    assert whom(plan.chosen) == [("A2", (BUREAU, FIRST)), ("B1", (BUREAU, SECOND))]
    first = plan.chosen[0]
    assert [(one.obligation, one.party, one.still) for one in first.reasons] == [
        ("county-share", BUREAU, 1),
        ("town-all", FIRST, 1),
        ("hazard-done", BUREAU, None),
    ]
    assert first.reasons[2].text == "看隐患（h1），已于2024-01-10到期"
    assert plan.rest == ()


def test_the_shut_mine_is_passed_over_and_said(plan: WeekPlan) -> None:
    assert [(one.target_id, one.why) for one in plan.left_out] == [("A3", "无人")]


def test_what_the_order_rests_on_is_shown(plan: WeekPlan) -> None:
    """The visits of the 10th (handed in on the 16th) and of the 19th are not seen."""
    assert plan.chosen[0].facts == (
        ("重大隐患", "1条"), ("到期事项", "1项"), ("县局上次", "2023-12-20（25天前）"), ("分级", "C"),
    )  # fmt: skip
    assert dict(plan.chosen[1].facts)["县局上次"] == "没有记录"


def test_a_record_that_comes_later_changes_the_plan(pack: Path) -> None:
    """Known by the 16th, A2 was visited by the bureau on the 10th: its share is reached, only errands take it out."""
    with county.audited(pack, known_by="2024-01-16", only=county.VISITS) as audit:
        found = plan_week(audit)
        assert {task.call.obligation for task in found.tasks} == {"town-all"}
        assert dict(found.chosen[0].facts)["县局上次"] == "2024-01-10（4天前）"


QUIET = {**county.rows(), "hazard": [], "order": []}  # only the visits that are asked for


def test_without_errands_the_order_decides(pack: Path) -> None:
    """One visit is short for the bureau: B1, where it never was. Each town goes to its one. Two, if it can go twice."""
    with county.audited(pack, records=QUIET, only=county.VISITS) as audit:
        assert whom(plan_week(audit, 2).chosen) == [("B1", (BUREAU, SECOND)), ("A2", (BUREAU, FIRST))]
        assert whom(plan_week(audit).chosen) == [("B1", (BUREAU, SECOND)), ("A2", (FIRST,))]


def test_capacity_bounds_each_party(small: Audit) -> None:
    assert whom(plan_week(small, 1).chosen) == [("A2", (BUREAU, FIRST)), ("B1", (SECOND,))]
    none = plan_week(small, 0)
    assert (none.chosen, [one.target_id for one in none.rest]) == ((), ["A2", "B1"])


def test_a_month_that_begins_is_planned_before_its_duties_exist(pack: Path) -> None:
    """On 31 January, 24:00, all of February is still to come: two for the bureau, all of each town, nothing done."""
    with county.audited(pack, "2024-01-31", records=QUIET, only=county.VISITS) as audit:
        found = plan_week(audit)
        assert [(t.call.bearer_name, t.call.required, t.call.observed, t.call.begins) for t in found.tasks] == [
            (BUREAU, 2, 0, date(2024, 2, 1)),
            (SECOND, 1, 0, date(2024, 2, 1)),
            (FIRST, 2, 0, date(2024, 2, 1)),
        ]
        assert found.tasks[0].call.open == ("A1", "A2", "A3", "B1")


def test_suggested_is_what_is_proposed(small: Audit, plan: WeekPlan) -> None:
    assert suggested(small) == plan.chosen


@pytest.mark.parametrize(
    ("week", "left", "short", "share"),
    [
        (5, 13, 1, 1),
        (5, 18, 10, 3),
        (5, 18, 7, 2),
        (5, 5, 4, 4),
        (3, 2, 4, 4),
        (0, 5, 4, 0),
        (0, 0, 2, 2),
        (5, 10, 4, 2),
    ],
)
def test_the_share_of_a_week(week: int, left: int, short: int, share: int) -> None:
    """Ten visits over eighteen workdays, five of them this week: 2.8, so three."""
    assert Pace(week, left).share(short) == share


def test_workdays_are_those_of_the_calendar() -> None:
    """15 to 21 January 2024 with Friday the 19th off: four workdays; until the 31st another eight."""
    calendar = Calendar(holidays=frozenset({date(2024, 1, 19)}))
    as_of, until, due = datetime(2024, 1, 15), datetime(2024, 1, 22), datetime(2024, 2, 1)
    assert pace(calendar, as_of, until, due) == Pace(4, 12)
    assert pace(calendar, as_of, until, datetime(2024, 1, 18)) == Pace(3, 3)
    assert pace(calendar, as_of, until, due, begins=date(2024, 1, 17)) == Pace(2, 10)


# ---- other packs


DISTINCT = """
# 一 样例
- id: county-two
  title: 县局每月检查两家
  clause: 一
  bearer: bureau
  window: months
  every: month
  perform: {record: visit, where: "has(levels, '县')", distinct: mine_id, at_least: 2}
"""


def test_a_count_of_distinct_targets_without_plan_yaml(tmp_path: Path) -> None:
    """A1 is counted; any other of the four may be the second. Nothing says in which order, so by id."""
    place = county.folder(tmp_path, plan="", obligations=DISTINCT)
    with county.audited(place) as audit:
        found = plan_week(audit)
        assert found.tasks[0].call.open == ("A2", "A3", "B1")
        assert whom(found.chosen) == [("A2", (BUREAU,))]
        assert [one.target_id for one in found.rest] == ["A3", "B1"]


NONE = """
# 一 样例
- {id: plan-made, title: 制定方案, clause: 四, bearer: mine, window: plans, every: once, perform: {record: plan}}
"""


def test_a_notice_that_asks_for_no_visits(tmp_path: Path) -> None:
    with county.audited(county.folder(tmp_path, plan="", obligations=NONE)) as audit:
        assert suggested(audit) == ()
        with pytest.raises(UsageError):
            plan_week(audit)


# ---- files


def test_the_screen(plan: WeekPlan) -> None:
    lines = list(as_lines(plan))
    assert lines[0] == "一周检查建议（2024-01-15至2024-01-21）　截至2024-01-14"
    assert any(
        line.startswith("  样县应急管理局　2024年1月“县局每月检查一半矿山”：要求2家，已查1家，还差1家")
        for line in lines
    )
    assert "    1. 甲样2号矿（A2，甲镇）　由样县应急管理局、甲镇中心" in lines


def test_the_tables(small: Audit, plan: WeekPlan, tmp_path: Path) -> None:
    later = plan_week(small, 1)
    head, *lines = csv.reader(io.StringIO(as_csv(later)))
    assert head == ["序号", "企业", "编号", "镇", "本周由谁去", "重大隐患", "到期事项", "县局上次", "分级", "为什么"]
    assert [line[2] for line in lines] == ["A2", "B1"]
    assert [one["target_id"] for one in json.loads(as_json(plan))["chosen"]] == ["A2", "B1"]
    path = tmp_path / "周.xlsx"
    write_book(plan, path)
    first = path.read_bytes()
    write_book(plan, path)
    assert path.read_bytes() == first
    sheet = openpyxl.load_workbook(path)["本周建议"]
    assert sheet["B4"].value == "甲样2号矿"
    assert sheet.print_title_rows == "$3:$3"
