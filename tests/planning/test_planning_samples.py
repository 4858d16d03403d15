"""The sample county on Sunday 7 January 2024, 24:00: what the officer brings along, held against its records by hand.

One audit of the obligations that are looked at here serves all tests.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import openpyxl
import pytest

import duban
from duban.auditing import Audit
from duban.planning.dossier import dossier_of
from duban.planning.due import Group, due_of
from duban.planning.due_sheet import write_town_sheets
from duban.planning.week import WeekPlan, plan_week
from duban.report.desk import bureau_of, notice_of

ROOT = Path(__file__).resolve().parents[2]
OBLIGATIONS = (
    "county-checks-share", "town-covers-all-mines", "county-confined-space-lookback", "town-confined-space-lookback",
    "major-hazard-rectified", "major-hazard-by-own-deadline", "county-rechecks-orders", "head-leads-inspections",
    "town-deputy-visits-weekly", "stage-report-sent", "form-exposures-recounted", "interview-feedback",
)  # fmt: skip


@pytest.fixture(scope="module")
def county() -> Iterator[Audit]:
    records = ROOT / "data" / "samples"
    with duban.audit(records, "zezhou-2023-331", as_of="2024-01-07", obligations=OBLIGATIONS) as result:
        yield result


@pytest.fixture(scope="module")
def week(county: Audit) -> WeekPlan:
    return plan_week(county)


def test_how_far_the_bureau_is(week: WeekPlan) -> None:
    """45 mines, 30 % are 14; M11, M25, M30, M01 were visited from the 3rd to the 5th; 18 workdays from the 8th on."""
    (task,) = [task for task in week.tasks if task.call.obligation == "county-checks-share"]
    assert (task.call.required, task.call.observed, task.call.short) == (14, 4, 10)
    assert (task.pace.week, task.pace.left, task.share) == (5, 18, 3)
    assert not {"M01", "M11", "M25", "M30"} & set(task.call.open)
    assert len(task.call.open) == 41


def test_the_overdue_major_hazards_come_first(week: WeekPlan) -> None:
    """ZD02 at M09, ZD10 at M34 and ZD06 at M25 were to be gone by 31 December; the bureau was longest ago at M09."""
    assert [one.target_id for one in week.chosen[:3]] == ["M09", "M34", "M25"]
    assert [dict(one.facts)["县局上次检查"] for one in week.chosen[:3]] == [
        "2023-11-24（44天前）", "2023-12-29（9天前）", "2024-01-04（3天前）",
    ]  # fmt: skip
    assert all("云示县应急管理局" in one.parties for one in week.chosen[:3])


def test_each_town_has_its_share_of_the_month(week: WeekPlan) -> None:
    """No centre but 丙川镇 has begun: of seven mines in 18 workdays two a week, of five two, of two one."""
    tasks = [task for task in week.tasks if task.call.obligation == "town-covers-all-mines"]
    shares = {task.call.bearer_name: task.share for task in tasks}
    assert (shares["甲岭镇应急管理中心"], shares["己湾镇应急管理中心"], shares["癸河镇应急管理中心"]) == (2, 2, 1)
    left = {one.target_id: one.why for one in week.left_out}
    assert set(left) == {"M23", "M37"}  # shut for long, nobody there


def test_the_coming_week_of_the_deputies(county: Audit) -> None:
    """Ten towns have mines; their deputies' week from the 8th is due on the 14th, though no such duty exists yet."""
    coming = [item for item in due_of(county, 7).of(Group.PENDING) if item.obligation == "town-deputy-visits-weekly"]
    assert len(coming) == 10
    assert {(item.day, item.begins) for item in coming} == {(date(2024, 1, 14), date(2024, 1, 8))}


def test_overdue_and_curable_danger_first(county: Audit) -> None:
    overdue = due_of(county, 7).of(Group.OVERDUE)
    assert [item.trigger_id for item in overdue[:3]] == ["ZD02", "ZD10", "ZD06"]
    assert {item.obligation for item in overdue[3:]} == {"interview-feedback", "form-exposures-recounted"}


def test_a_town_gets_its_own(county: Audit, tmp_path: Path) -> None:
    bureau = bureau_of(county, ROOT / "data" / "bureau.yaml")
    paths = write_town_sheets(due_of(county, 30), bureau, notice_of(county), tmp_path / "4-发各镇")
    assert len(paths) == 12
    towns = [path.parent.name for path in paths]
    for path in paths:
        cells = [str(cell) for row in openpyxl.load_workbook(path).worksheets[0].values for cell in row if cell]
        text = "\n".join(cells)
        for other in towns:
            assert other == path.parent.name or other[:2] not in text
        for word in ("分管领导", "主要领导", "云示县应急管理局", "约谈研究", "违规"):
            assert word not in text


def test_the_page_of_a_mine_with_a_refused_correction(county: Audit) -> None:
    """M25 said on 28 December that ZD06 was done; the bureau found on 4 January that it was not."""
    page = dossier_of(county, "戊塬样25号铁矿")
    tables = {table.title: table for table in page.tables}
    (major,) = tables["未销号重大隐患"].rows
    assert major[0] == "ZD06"
    assert major[5:7] == ("2023-12-28", "不合格")
    assert tables["最近到矿检查（县、镇、集团、专家）"].rows[0][:2] == ("2024-01-04 10:00", "县局")
    assert tables["待核实事项"].rows[0][3] == "待核实"
