"""Simple workbooks: sheets, typed cells, failed formulas."""

from __future__ import annotations

from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from reading import Read

HEAD = ["检查编号", "检查时间", "隐患数", "报送时间"]


def book(path: Path, **sheets: list[list[Any]]) -> Path:
    workbook = openpyxl.Workbook()
    workbook.remove(workbook.active)
    for name, rows in sheets.items():
        sheet = workbook.create_sheet(name)
        for row in rows:
            sheet.append(row)
        for cells in sheet.iter_rows():
            for cell in cells:
                if cell.value in ("#REF!", "#N/A"):
                    cell.data_type = "e"
    workbook.save(path)
    return path


def test_typed_cells(read: Read, tmp_path: Path) -> None:
    rows = [
        HEAD,
        ["a", datetime(2023, 11, 9, 9, 30), 3, date(2023, 12, 1)],
        [7, date(2023, 11, 9), "1,200", "2023-12-01 08:00"],
        [None, None, None, None],
        [8.5, "2023年11月9日", 4.0, date(2023, 12, 1)],
    ]
    got = read(book(tmp_path / "inspection.xlsx", 检查记录=rows))
    assert got.rows("inspection", "_sheet", "_row", "inspection_id", "start_at", "start_at$bare", "hazards") == [
        ("检查记录", 2, "a", datetime(2023, 11, 9, 9, 30), False, 3),
        ("检查记录", 3, "7", datetime(2023, 11, 9), True, 1200),
        ("检查记录", 5, "8.5", datetime(2023, 11, 9), True, 4),
    ]
    assert got.rows("inspection", "submitted_at$bare") == [True, False, True]


def test_sheets_by_name_and_the_rest_left_out(read: Read, tmp_path: Path) -> None:
    book(
        tmp_path / "甲岭镇.xlsx",
        检查记录_甲岭=[HEAD, ["a", "2023-11-09", 1, "2023-12-01"]],
        企业名册=[["企业编号"], ["e1"]],
        填表说明=[["请如实填写"]],
        Sheet4=[],
    )
    got = read(tmp_path)
    assert (got.rows("inspection", "inspection_id"), got.rows("enterprise", "enterprise_id")) == (["a"], ["e1"])
    (note,) = got.loaded.notes
    assert (note.code, note.place.file, note.place.sheet) == ("D118", "甲岭镇.xlsx", "填表说明")
    assert [(item.sheet, item.record_type, item.rows) for item in got.loaded.inputs] == [
        ("检查记录_甲岭", "inspection", 1),
        ("企业名册", "enterprise", 1),
        ("填表说明", "", 0),
    ]


def test_a_single_sheet_may_go_by_the_file_name(read: Read, tmp_path: Path) -> None:
    rows = [HEAD, ["a", "2023-11-09", 1, "2023-12-01"]]
    got = read(book(tmp_path / "现场检查记录-12月.xlsx", Sheet1=rows, Sheet2=[]))
    assert got.rows("inspection", "inspection_id") == ["a"]


def test_the_sheet_name_beats_the_file_name(read: Read, tmp_path: Path) -> None:
    got = read(book(tmp_path / "检查记录.xlsx", 企业名册=[["企业编号"], ["e1"]]))
    assert got.rows("enterprise", "enterprise_id") == ["e1"]


def test_the_first_row_that_holds_anything_is_the_header(read: Read, tmp_path: Path) -> None:
    rows = [[None], [None], HEAD, ["a", "2023-11-09", 1, "2023-12-01"]]
    got = read(book(tmp_path / "inspection.xlsx", 检查记录=rows))
    assert got.rows("inspection", "_row", "inspection_id") == [(4, "a")]


def test_failed_formulas_are_said_and_empty(read: Read, tmp_path: Path) -> None:
    rows = [HEAD, ["a", "2023-11-09", "#REF!", "2023-12-01"], ["#N/A", "2023-11-09", 1, "2023-12-01"]]
    got = read(book(tmp_path / "inspection.xlsx", 检查记录=rows))
    assert got.rows("inspection", "inspection_id", "hazards") == [("a", None), (None, 1)]
    failed = [(i.place.sheet, i.place.row, i.place.column, i.value) for i in got.loaded.issues if i.code == "D307"]
    assert failed == [("检查记录", 2, "隐患数", "#REF!"), ("检查记录", 3, "检查编号", "#N/A")]


def test_times_without_a_date_are_unreadable(read: Read, tmp_path: Path) -> None:
    rows = [HEAD, ["a", time(9, 30), 1, "2023-12-01"]]
    got = read(book(tmp_path / "inspection.xlsx", 检查记录=rows))
    assert (got.rows("inspection", "start_at"), got.codes) == ([None], ["D301"])


@pytest.mark.parametrize("content", [b"", b"not a workbook", b"PK\x03\x04 cut off"])
def test_a_broken_workbook_is_an_issue(read: Read, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "inspection.xlsx").write_bytes(content)
    (tmp_path / "enterprise.csv").write_text("企业编号\ne1\n", encoding="utf-8")
    got = read(tmp_path)
    assert got.codes == ["D103"]
    assert got.loaded.unread == ("inspection",)


def test_a_workbook_of_empty_sheets(read: Read, tmp_path: Path) -> None:
    book(tmp_path / "inspection.xlsx", Sheet1=[], Sheet2=[])
    (tmp_path / "enterprise.csv").write_text("企业编号\ne1\n", encoding="utf-8")
    assert read(tmp_path).codes == ["D105"]
