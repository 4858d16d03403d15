"""The workbook for the meeting: which sheets an edition has, what stands in them, and that no text is a formula."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from duban.model import Verification, Verified
from duban.report.meeting import write_workbook
from duban.report.week import Audience, Week
from duban.weekly import for_audience
from papers_world import finding
from weekly_world import shown, week


def book(one: Week, folder: Path) -> Any:
    path = folder / "表.xlsx"
    write_workbook(one, path)
    return openpyxl.load_workbook(path)


def column(sheet: Any, heading: str) -> list[Any]:
    """The values below a heading of the third row."""
    (index,) = (cell.column for cell in sheet[3] if cell.value == heading)
    return [row[index - 1].value for row in sheet.iter_rows(min_row=4)]


def test_each_status_has_a_sheet_and_they_are_never_added_up(tmp_path: Path) -> None:
    # Of the six: overdue hazard, short month, a deputy, the bureau are breached; a centre is late; one is unproven.
    found = book(week(), tmp_path)
    assert sorted(column(found["未达到（待核实）"], "责任主体")) == [
        "乙溪样09号铁矿", "乙溪镇分管领导", "云示县应急管理局", "甲岭样01号石料矿",
    ]  # fmt: skip
    assert column(found["逾期达到"], "责任主体") == ["丙川镇应急管理中心"]
    assert column(found["证据不足"], "责任主体") == ["甲岭样05号石料矿"]
    assert found["未达到（待核实）"]["A1"].value == "疑似未达要求事项清单（待核实）"
    assert "需人工认定" not in found.sheetnames


@pytest.mark.parametrize(
    ("audience", "town", "has", "has_not"),
    [
        (Audience.SECTION, "", {"首页", "拟提请约谈研究", "镇×义务", "图表", "甲岭镇", "数据异常待核对"}, set()),
        (Audience.LEADERS, "", {"首页", "拟提请约谈研究", "镇×义务", "图表"}, {"数据异常待核对", "甲岭镇"}),
        (Audience.COMMITTEE, "", {"首页"}, {"数据异常待核对", "图表", "重大隐患"}),
        (Audience.TOWN, "甲岭镇", {"首页"}, {"数据异常待核对", "拟提请约谈研究", "镇×义务", "图表", "乙溪镇"}),
    ],
    ids=["section", "leaders", "committee", "town"],
)  # fmt: skip
def test_the_sheets_of_an_edition(
    audience: Audience, town: str, has: set[str], has_not: set[str], tmp_path: Path
) -> None:
    names = set(book(for_audience(week(), audience, town), tmp_path).sheetnames)
    assert has <= names
    assert not has_not & names


def test_the_first_sheet_is_one_page_in_the_order_of_the_sections(tmp_path: Path) -> None:
    one = week()
    sheet = book(one, tmp_path)["首页"]
    assert sheet.page_setup.paperSize == 9
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert {sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight} <= {None, 1}  # nothing said: one
    titles = [section.title for section in one.sections]
    assert [row[0].value for row in sheet.iter_rows() if row[0].value in titles] == titles
    assert one.head.label == sheet["A3"].value


def test_lists_are_made_for_paper(tmp_path: Path) -> None:
    sheet = book(week(), tmp_path)["未达到（待核实）"]
    assert sheet.freeze_panes == "C4"
    assert sheet.print_title_rows == "$3:$3"
    assert sheet.print_area.endswith("$N$7")  # four findings; fingerprints and files stand beside the page
    assert sheet.auto_filter.ref


def test_what_is_cleared_stands_apart(tmp_path: Path) -> None:
    cleared = replace(finding(1), verified=Verified(Verification.CLEARED, "张三"))
    found = book(week([cleared, finding(2)]), tmp_path)
    assert len(column(found["未达到（待核实）"], "责任主体")) == 1
    assert column(found["已澄清"], "核实状态") == ["已澄清"]


def test_no_text_is_a_formula_or_a_link(tmp_path: Path) -> None:
    hostile = '=HYPERLINK("http://example.invalid","x")'
    one = replace(week(), findings=(shown(replace(finding(1), message=hostile, bearer_name="+1", speaks_for="@x")),))
    for sheet in book(one, tmp_path):
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type != "f"
                assert cell.hyperlink is None or cell.hyperlink.location


def test_the_same_week_makes_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        write_workbook(week(), tmp_path / f"{name}.xlsx")
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


def test_a_week_without_findings_says_so(tmp_path: Path) -> None:
    sheet = book(week([]), tmp_path)["未达到（待核实）"]
    assert sheet["A4"].value == "无"
