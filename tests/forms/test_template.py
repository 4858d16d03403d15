"""Templates: an empty one reads as nothing, one with a row reads that row, of any record type, without an issue."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pytest

from duban.errors import UsageError
from duban.forms.fields import LAST_ROW
from duban.forms.template import KEY, chosen_types, write_template
from duban.pack import load_pack, shipped_packs
from duban.records import Loaded, load
from duban.report.book import sheet_name
from duban.vocabulary import FieldSpec

DAY = date(2024, 1, 2)
PACKS = {name: load_pack(name) for name in shipped_packs()}
PACK = PACKS["zezhou-2023-331"]
CREDIT_CODE = "91350100M000100Y43"  # the example of GB 32100 itself
# A cell of each type as a clerk types it into the template, and as it must come out.
TYPED: dict[str, tuple[Any, Any]] = {
    "text": ("样字", "样字"),
    "int": (3, 3),
    "decimal": (1.5, 1.5),
    "bool": ("是", True),
    "date": (datetime(2024, 1, 20), date(2024, 1, 20)),
    "datetime": ("2024-1-20 9:30", datetime(2024, 1, 20, 9, 30)),
    "month": ("2024-01", date(2024, 1, 1)),
    "list": ("样甲、样乙", ["样甲", "样乙"]),
}


def typed(spec: FieldSpec) -> tuple[Any, Any]:
    """What is typed into a field, and what it must read as: an allowed value where there are some."""
    if spec.title == "统一社会信用代码":
        return CREDIT_CODE, CREDIT_CODE
    if spec.values:
        return spec.values[0], [spec.values[0]] if spec.type == "list" else spec.values[0]
    return TYPED[spec.type]


def read(path: Path, pack: Any = PACK) -> tuple[Loaded, duckdb.DuckDBPyConnection]:
    con = duckdb.connect()
    return load(con, pack.records, path, jurisdiction="云示县", timezone="Asia/Shanghai"), con


def named(pack: Any) -> dict[str, Any]:
    return dict(pack.records)


@pytest.mark.parametrize("pack", PACKS.values(), ids=PACKS)
def test_an_empty_template_reads_as_nothing(pack: Any, tmp_path: Path) -> None:
    path = tmp_path / "台账模板.xlsx"
    write_template(path, pack, named(pack), DAY)
    loaded, _ = read(path, pack)
    assert loaded.issues == ()
    assert {item.record_type for item in loaded.inputs} == set(pack.records)
    assert sum(loaded.counts.values()) == 0


@pytest.mark.parametrize("pack", PACKS.values(), ids=PACKS)
def test_a_row_in_each_sheet_reads_back_as_it_was_typed(pack: Any, tmp_path: Path) -> None:
    path = tmp_path / "台账模板.xlsx"
    write_template(path, pack, named(pack), DAY)
    book = openpyxl.load_workbook(path)
    for record in pack.records.values():
        sheet = book[sheet_name(record.title)]
        specs = {spec.title: spec for spec in record.fields.values()}
        for column, cell in enumerate(sheet[1], start=1):
            spec = specs.get(cell.value)
            value = (
                typed(spec)[0]
                if spec is not None
                else {"填报单位": "甲岭镇", "报送时间": "2024-1-25 10:00"}[cell.value]
            )
            sheet.cell(2, column).value = value
    book.save(path)
    loaded, con = read(path, pack)
    assert [str(issue) for issue in loaded.issues] == []
    for name, record in pack.records.items():
        columns = ", ".join(f'"{field}"' for field in record.fields)
        rows = con.execute(f"SELECT {columns} FROM raw_{name}").fetchall()
        assert len(rows) == 1, name
        got = dict(zip(record.fields, rows[0], strict=True))
        wanted = {field: typed(spec)[1] for field, spec in record.fields.items()}
        assert {field: float(v) if record.fields[field].type == "decimal" else v for field, v in got.items()} == wanted


def test_the_sheet_helps_while_one_types(tmp_path: Path) -> None:
    """隐患台账: a drop-down for 隐患等级, dates for 整改时限, numbers for 整改资金; only the header is locked."""
    path = tmp_path / "台账模板.xlsx"
    write_template(
        path, PACK, chosen_types(PACK, ["隐患台账"]), DAY, "甲岭镇", {"enterprise.enterprise_id": ["M01", "M02"]}
    )
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == [KEY, "隐患台账", "※选项"]
    assert book["※选项"].sheet_state == "hidden"
    sheet = book["隐患台账"]
    column = {cell.value: cell.column_letter for cell in sheet[1]}
    rules = {str(rule.sqref).split(":")[0]: rule for rule in sheet.data_validations.dataValidation}
    level = rules[f"{column['隐患等级']}2"]
    assert (level.type, level.showErrorMessage) == ("list", True)
    assert values(book, level.formula1) == ["一般", "重大"]
    assert values(book, rules[f"{column['企业编号']}2"].formula1) == ["M01", "M02"]
    assert str(rules[f"{column['整改时限']}2"].sqref).endswith(f"{LAST_ROW + 1}")
    assert [rules[f"{column[name]}2"].type for name in ("整改时限", "整改资金")] == ["date", "decimal"]
    assert "元" in rules[f"{column['整改资金']}2"].prompt
    assert sheet.protection.sheet
    assert sheet["A1"].protection.locked
    assert not sheet.column_dimensions["A"].protection.locked
    assert sheet.column_dimensions[column["整改时限"]].number_format == "yyyy-mm-dd"
    assert sheet.freeze_panes == "B2"
    assert "必填" in sheet["A1"].comment.text


def values(book: Any, formula: str) -> list[str]:
    sheet, _, cells = formula.removeprefix("=").replace("$", "").rpartition("!")
    return [row[0].value for row in book[sheet.strip("'")][cells]]


def test_the_key_says_what_the_pack_says(tmp_path: Path) -> None:
    path = tmp_path / "台账模板.xlsx"
    write_template(path, PACK, chosen_types(PACK, ["stop"]), DAY, "甲岭镇")
    rows = [[cell.value for cell in row] for row in openpyxl.load_workbook(path)[KEY].iter_rows()]
    assert ["停产记录", "停产时间", "是", "日期时间"] in [row[:4] for row in rows]
    row = next(row for row in rows if row[1] == "是否切断动力电源")
    assert row[2] is None
    assert row[6] == "填“是”或“否”；排水、通风等保安负荷不在其内"
    assert any("甲岭镇" in str(row[0]) for row in rows)


def test_the_same_bytes_every_time(tmp_path: Path) -> None:
    for name in ("a.xlsx", "b.xlsx"):
        write_template(tmp_path / name, PACK, chosen_types(PACK, ["隐患台账", "检查记录"]), DAY)
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


def test_unknown_types_are_all_named_with_what_is_near() -> None:
    with pytest.raises(UsageError) as caught:
        chosen_types(PACK, ["隐患台帐", "检查记录", "没有这种"])
    assert [issue.message for issue in caught.value.issues] == ["没有名为“隐患台帐”的台账", "没有名为“没有这种”的台账"]
    assert "隐患台账" in caught.value.issues[0].hint
