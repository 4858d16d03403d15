"""A town's workbook: what is filled in beforehand, and what comes out of the filled one. By hand: month.py."""

from __future__ import annotations

import shutil
import zipfile
from datetime import date, datetime
from pathlib import Path
from typing import Any

import month
import openpyxl
import pytest
from month import FIGURES, PROBLEMS

from duban.auditing import moment_of
from duban.errors import DataError, UsageError
from duban.forms.desk import opened
from duban.forms.drawn import write_forms
from duban.forms.known import known
from duban.forms.making import Made, make
from duban.forms.town_pack import write_town_pack


@pytest.fixture
def kept() -> Path:
    return month.kept()


@pytest.fixture
def made() -> Made:
    return month.made()


def sheet_rows(path: Path, sheet: str) -> list[dict[str, Any]]:
    """The rows of a sheet that hold anything, by the titles of its columns."""
    rows = list(openpyxl.load_workbook(path)[sheet].iter_rows(values_only=True))
    filled = [row for row in rows[1:] if any(cell not in (None, "") for cell in row)]
    return [dict(zip(rows[0], row, strict=True)) for row in filled]


# ---- what the town gets


def test_the_mines_of_the_town_with_their_state(kept: Path) -> None:
    rows = sheet_rows(kept / "月报.xlsx", "企业名册")
    assert [(row["企业编号"], row["生产状态"]) for row in rows] == [(f"M{number}", "生产") for number in range(14, 19)]


def test_open_hazards_are_carried_forward_and_closed_ones_are_not(kept: Path) -> None:
    (row,) = sheet_rows(kept / "月报.xlsx", "隐患台账")
    assert (row["隐患编号"], row["整改时限"], row["整改完成时间"]) == ("M14-镇-2309", datetime(2024, 4, 30), None)
    assert sheet_rows(kept / "月报.xlsx", "重大隐患档案") == []


def test_posts_and_the_figures_so_far(kept: Path) -> None:
    posts = sheet_rows(kept / "月报.xlsx", "※责任岗位")
    assert [row["企业编号"] for row in posts] == ["M14", "M15", "M16", "M17", "M18"]
    told = ("丙川镇应急管理中心主任", "县局工贸非煤股", "丙川镇分管领导")
    assert {(row["镇监管责任人"], row["县监管责任人（股室）"], row["督办领导"]) for row in posts} == {told}
    figures = {row["栏目"]: row for row in sheet_rows(kept / "月报.xlsx", "※报表数字")}
    assert [row["上期累计"] for row in figures.values()] == [2, 5, 16, 15, 0, 0, 1, 0, 0, 0, 0, 0]
    assert figures["责令限期整改企业数"]["已计入的编号"] == "M16"
    # 丙川 counted M16-县-2311, which the bureau found: told, not changed.
    assert figures["一般隐患排查"]["说明"].startswith("上月报16，按现在掌握的台账重数为15")


def test_of_the_first_month_there_is_nothing_before() -> None:
    with opened(month.ROOT / "data" / "samples", month.PACK, month.FORMS, moment_of("2023-11-05", month.PACK)) as desk:
        found = known(desk, "丙川镇", date(2023, 11, 1))
        assert {before.total for before in found.before.values()} == {0}
        later = known(desk, "丙川镇", date(2024, 1, 1))
        assert {before.total for before in later.before.values()} == {None}
        with pytest.raises(UsageError, match="名册里没有“丙山镇”"):
            known(desk, "丙山镇", date(2023, 11, 1))


def test_a_town_without_a_mine_gets_a_workbook_too(tmp_path: Path) -> None:
    with opened(month.ROOT / "data" / "samples", month.PACK, month.FORMS, moment_of("2023-12-05", month.PACK)) as desk:
        found = known(desk, "子丑镇", date(2023, 12, 1))
    assert (found.mines, found.posts) == ([], {})
    assert found.before["inspect_groups"].total == 1


# ---- what comes out


def test_figures_are_those_worked_out_by_hand(made: Made) -> None:
    assert {name: (value.current, value.total) for name, value in made.values.items()} == FIGURES


def test_each_problem_once_in_the_order_of_days(made: Made) -> None:
    assert [row["hazard_id"] for row in made.problems] == PROBLEMS
    major = next(row for row in made.problems if row["hazard_id"] == "样-4")
    assert (major["measure"], major["supervise_unit"]) == ("停用并削坡", "云示县应急管理局")
    only = next(row for row in made.problems if row["hazard_id"] == "样-5")
    assert (only["level"], only["done_date"], only["deadline"]) == ("重大", date(2023, 12, 24), None)


def test_details_are_the_majors_of_the_month(made: Made) -> None:
    assert [row["hazard_id"] for row in made.tables["stat_form", 1]] == ["样-4", "样-5"]


def test_numbers_of_the_draft(made: Made) -> None:
    """Open on the 25th: M14-镇-2309, 样-2, 样-4, 样-5; overdue: 样-2; no deadline: 样-5; M18 does not produce."""
    wanted = {"mines": 5, "mines_producing": 4, "open": 4, "open_major": 2, "overdue": 1, "undated": 1}
    assert {name: made.slots[name] for name in wanted} == wanted


def test_what_was_not_filled_in_is_told_and_nothing_else(made: Made) -> None:
    assert [(issue.code, issue.place.sheet) for issue in made.issues] == [("F105", "※报表数字")]
    assert "查处劳务派遣用工违法行为数" in made.issues[0].message


def edited(kept: Path, path: Path, change: Any) -> Made:
    """What comes out of the filled workbook after a change."""
    book = openpyxl.load_workbook(kept / "填好.xlsx")
    change(book)
    book.save(path)
    return make(path, month.PACK, month.FORMS, month.DAY)


def test_an_empty_sheet_is_no_zero_unless_it_says_so(kept: Path, tmp_path: Path) -> None:
    def change(book: Any) -> None:
        month.beside(book["※填表说明"], {"宣传曝光记录": None}, 3)
        book["行政处罚台账"].delete_rows(2, 10)

    made = edited(kept, tmp_path / "a.xlsx", change)
    assert (made.values["exposed"].current, made.values["exposed"].total) == (None, None)
    assert made.values["fine_wan"].current is None
    assert made.values["stopped"].current is None
    assert [issue.code for issue in made.issues].count("F121") == 3


@pytest.mark.parametrize(("says", "written", "codes"), [("无", ["无"] * 4, set()), (None, [None] * 4, {"F122"})])
def test_a_town_without_a_problem_says_so_or_nothing_does(
    says: str | None, written: list[str | None], codes: set[str], tmp_path: Path
) -> None:
    """子丑镇 has no mine. 无 in lists and details stands for what the town says, never for an empty workbook."""
    with opened(month.ROOT / "data" / "samples", month.PACK, month.FORMS, moment_of("2023-12-05", month.PACK)) as desk:
        found = known(desk, "子丑镇", date(2023, 12, 1))
    write_town_pack(tmp_path / "月报.xlsx", month.PACK, month.FORMS, found, month.DAY)
    book = openpyxl.load_workbook(tmp_path / "月报.xlsx")
    month.beside(book["※填表说明"], {"隐患台账": says}, 3)
    book.save(tmp_path / "月报.xlsx")
    made = make(tmp_path / "月报.xlsx", month.PACK, month.FORMS, month.DAY)
    write_forms(tmp_path / "清单.xlsx", month.PACK, month.FORMS, made)
    lists = openpyxl.load_workbook(tmp_path / "清单.xlsx")
    sheets = [lists[f"{name} 2023-12"] for name in ("问题清单", "整改清单", "责任清单")]
    assert [*(sheet["B4"].value for sheet in sheets), lists["工作报表 2023-12"]["B11"].value] == written
    assert {issue.code for issue in made.issues} & {"F122"} == codes


def test_strangers_nobodys_and_the_doubtful_are_told(kept: Path, tmp_path: Path) -> None:
    """A hazard of a mine that is not the town's; a major at the same place under two numbers; 整改时限 尽快."""

    def change(book: Any) -> None:
        month.append(
            book["隐患台账"],
            [
                {
                    "隐患编号": "样-8",
                    "企业编号": "M99",
                    "排查日期": month.day("12-06"),
                    "隐患等级": "一般",
                    "整改时限": "尽快",
                },
                {
                    "隐患编号": "样-9",
                    "企业编号": "M17",
                    "排查日期": month.day("12-22"),
                    "隐患等级": "重大",
                    "隐患部位": "采场",
                },
            ],
        )

    made = edited(kept, tmp_path / "a.xlsx", change)
    codes = {issue.code: issue for issue in made.issues}
    assert "样-8" in codes["F112"].message
    assert "样-4、样-9" in codes["F111"].message
    assert codes["D301"].value == "尽快"
    assert "样-8" in [row["hazard_id"] for row in made.problems]  # nothing is lost
    assert made.values["gen_found"].current == 2  # and nobody knows whose it is


def test_a_figure_before_that_does_not_agree_leaves_the_sum_to_a_person(kept: Path, tmp_path: Path) -> None:
    """November reported 4 mines, M14…M18 are five: 累计 of distinct ones lies between 4 and 6 (4 + 2)."""
    made = edited(kept, tmp_path / "a.xlsx", lambda book: month.beside(book["※报表数字"], {"排查企业": 4}, 3))
    assert (made.values["enterprises_checked"].current, made.values["enterprises_checked"].total) == (2, None)
    assert any("累计在4和6之间" in issue.message for issue in made.issues)


def test_what_is_typed_wrong_beside_the_records_is_told(kept: Path, tmp_path: Path) -> None:
    def change(book: Any) -> None:
        month.beside(book["※填表说明"], {"填表日期": "月底"})
        month.beside(book["※报表数字"], {"成立督查组": "几个"}, 5)

    made = edited(kept, tmp_path / "a.xlsx", change)
    told = {issue.code: issue for issue in made.issues}
    assert (told["F104"].value, told["F106"].value) == ("月底", "几个")
    assert made.filled.made_on == month.DAY


def test_another_workbook_is_none(tmp_path: Path) -> None:
    openpyxl.Workbook().save(tmp_path / "别的.xlsx")
    (tmp_path / "坏的.xlsx").write_bytes(b"PK\x03\x04")
    with pytest.raises(DataError, match="不是镇月报工作簿"):
        make(tmp_path / "别的.xlsx", month.PACK, month.FORMS, month.DAY)
    with pytest.raises(DataError, match="打不开"):
        make(tmp_path / "坏的.xlsx", month.PACK, month.FORMS, month.DAY)


def test_a_workbook_that_would_fill_the_memory_is_not_opened(tmp_path: Path) -> None:
    """A part that unpacks to 300 MB of zeros; and the same workbook under another name opens by its content."""
    month_book = month.kept() / "填好.xlsx"
    with zipfile.ZipFile(month_book) as old, zipfile.ZipFile(tmp_path / "大.xlsx", "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, old.read(name))
        with new.open("xl/worksheets/sheet99.xml", "w", force_zip64=True) as part:
            for _ in range(300):
                part.write(bytes(1 << 20))
    with pytest.raises(DataError, match="打不开"):
        make(tmp_path / "大.xlsx", month.PACK, month.FORMS, month.DAY)
    shutil.copy(month_book, tmp_path / "月报.xls")
    assert make(tmp_path / "月报.xls", month.PACK, month.FORMS, month.DAY).values == month.made().values
