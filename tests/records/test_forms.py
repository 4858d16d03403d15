"""Forms, drawn and read: forms.yaml, a case for each thing that clerks draw around a table."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.utils import range_boundaries
from reading import Read
from ruamel.yaml import YAML

CASES = YAML(typ="safe").load(Path(__file__).with_name("forms.yaml").read_text(encoding="utf-8"))

TYPES: dict[str, Any] = {
    "mine": {
        "title": "名册",
        "key": "mine",
        "named_by": ["name", "former", "uscc"],
        "fields": {
            "mine": {"title": "企业编号"},
            "name": {"title": "企业名称"},
            "former": {"title": "曾用名", "type": "list"},
            "uscc": {"title": "信用代码", "format": "uscc"},
        },
    },
    "hazard": {
        "title": "台账",
        "key": "id",
        "time": "found",
        "references": {"mine": "mine"},
        "fields": {
            "id": {"title": "隐患编号"},
            "mine": {"title": "企业编号", "required": True},
            "found": {"title": "排查日期", "type": "date"},
            "site": {"title": "隐患部位"},
            "fund": {"title": "整改资金", "type": "decimal", "unit": "元"},
            "people": {"title": "人数", "type": "int", "unit": "人"},
        },
    },
    "report": {
        "title": "报表",
        "fields": {
            "town": {"title": "镇"},
            "line": {"title": "行", "values": ["本期", "累计"]},
            **{
                f"{name}_{what}": {"title": f"{title}{word}", "type": "int", "unit": "项"}
                for name, title in (("gen", "一般隐患"), ("maj", "重大隐患"))
                for what, word in (("found", "排查"), ("fixed", "已整改"))
            },
        },
    },
}
ROSTER = """企业编号,企业名称,曾用名,信用代码
M1,样一矿,老样矿、样矿,91350100M000100Y43
M2,样二(云示)矿业有限公司,样矿,
"""
# Columns and times that a case leaves out are not what it is about.
BESIDE = {"D202", "D203", "D303", "D304", "D305", "D402"}


def workbook(path: Path, case: dict[str, Any]) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = case.get("sheet", "Sheet1")
    for row in case["cells"]:
        sheet.append(row)
    for cell in (cell for cells in sheet.iter_rows() for cell in cells if cell.value == "#REF!"):
        cell.data_type = "e"
    for merged in case.get("merged", ()):
        sheet.merge_cells(merged)
        assert range_boundaries(merged)
    for row in case.get("hidden", ()):
        sheet.row_dimensions[row].hidden = True
    book.save(path)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["why"])
def test_a_form(case: dict[str, Any], read: Read, tmp_path: Path) -> None:
    path = tmp_path / case["file"]
    if path.suffix == ".csv":
        with path.open("w", encoding="utf-8-sig", newline="") as out:
            csv.writer(out).writerows(case["cells"])
    else:
        workbook(path, case)
    (tmp_path / "名册.csv").write_text(ROSTER, encoding="utf-8")
    got = read(tmp_path, types=TYPES)
    name = case.get("type", "hazard")
    found = got.rows(name, *case["fields"])
    rows = [(value,) for value in found] if len(case["fields"]) == 1 else found
    assert [[shown(value) for value in row] for row in rows] == [
        [shown(value) for value in row] for row in case["rows"]
    ]
    assert sorted(set(got.codes) - BESIDE) == sorted(set(case.get("codes", [])))
    assert sum(code not in BESIDE for code in got.codes) == len(case.get("codes", []))
    assert [note.code for note in got.loaded.notes] == case.get("notes", [])


def shown(value: Any) -> str:
    return "" if value is None else f"{value:g}" if isinstance(value, float) else str(value).removesuffix(".0000")
