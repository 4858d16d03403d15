"""The model of a row and the vectorised reader agree on every cell: what is refused, why, and what it means."""

from __future__ import annotations

from typing import Any

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from duban.check.models import refused, row_model
from duban.records import load
from duban.records.spelt import AND_OTHERS, INFERRED_YEAR, OTHER_UNIT, SERIAL
from duban.vocabulary import RecordType

KIND = RecordType.model_validate(
    {
        "title": "样表",
        "key": "id",
        "time": "day",
        "fields": {
            "id": {"title": "编号", "required": True},
            "day": {"title": "日期", "aliases": ["发生日期"], "type": "date"},
            "at": {"title": "时间", "type": "datetime"},
            "month": {"title": "月份", "type": "month"},
            "number": {"title": "数", "type": "int"},
            "amount": {"title": "金额", "type": "decimal"},
            "yes": {"title": "是否", "type": "bool"},
            "levels": {"title": "主体", "type": "list", "values": ["县局", "镇中心", "企业自查"]},
            "people": {"title": "人员", "type": "list"},
            "grade": {"title": "等级", "values": ["一般", "重大"]},
            "text": {"title": "描述"},
            "who": {"title": "单位", "required": True},
        },
    }
)
FIELDS = [name for name in KIND.fields if name != "id"]

# As clerks write: right, nearly right and wrong, for all types.
WRITTEN = [
    "", " ", "　", "2023-11-9", "2023/11/9", "2023.11.9", "2023年11月9日", "20231109", "２０２３．１１．９",
    "2023-02-30", "2023-11-9 09:30", "2023-11-09T24:00", "2023-11-09 09:30:15.5", "2023-11-09 09:30+08:00",
    "2023-11-09 9时5分", "尽快", "11月9日", "11.9", "2023-11", "2023年11月", "2023.11", "3", "-3", "3.0", "3.5",
    "1,234", "１２", "3项", "0.12345", "1e3", "是", "否", "√", "×", "有", "无", "不详", "true", "县局",
    "县局、镇中心", "县局；企业 自查", "县里", "县局、县里", "、", "一般", "重大", "特大", "一 般", "#REF!", "#N/A",
    "甲、乙", "甲 乙", "样01号石料矿", " 前后空格 ", "99999999999999999999", "/", "—", "空", "空白", "'123",
    "'2023-11-9", "1.23E+17", "11月上旬", "3万元", "约3万", "叁", "三项", "≥2", "45000", "甲等3人", "已完成",
    "整改中", "合格", "0",
]  # fmt: skip
TEXTS = st.sampled_from(WRITTEN) | st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12)
ROWS = st.lists(st.fixed_dictionaries(dict.fromkeys(FIELDS, TEXTS)), min_size=10, max_size=25)
MODEL = row_model("sample", KIND)


READ_AS = frozenset((INFERRED_YEAR, SERIAL, OTHER_UNIT, AND_OTHERS))  # taken, with a remark


def read(rows: list[dict[str, Any]]) -> tuple[list[dict[str, Any]], dict[tuple[int, str], str]]:
    """What the reader makes of rows: their values, and the codes of the cells that it does not take."""
    with duckdb.connect() as con:
        loaded = load(con, {"sample": KIND}, {"sample": rows}, jurisdiction="云示县", timezone="Asia/Shanghai")
        names = list(KIND.fields)
        columns = ", ".join(f'"{name}"' for name in names)
        found = con.execute(f"SELECT {columns} FROM raw_sample ORDER BY _n").fetchall()
    codes = {
        (issue.place.row - 1, issue.place.column): issue.code
        for issue in loaded.issues
        if issue.code.startswith("D3") and issue.code not in READ_AS
    }
    return [dict(zip(names, row, strict=True)) for row in found], codes


@given(ROWS)
def test_model_and_reader_agree(rows: list[dict[str, Any]]) -> None:
    rows = [{"id": f"R{number}", **row} for number, row in enumerate(rows)]
    values, codes = read(rows)
    for number, (row, value) in enumerate(zip(rows, values, strict=True)):
        faults = refused(MODEL, row)
        told = {name: code for (at, name), code in codes.items() if at == number}
        assert {name: code for name, (code, _) in faults.items()} == told, row
        sound = MODEL.model_validate({**row, **{name: GOOD.get(name) for name in faults}})
        taken = sound.model_dump()
        assert {name: taken[name] for name in KIND.fields if name not in faults} == {
            name: value[name] for name in KIND.fields if name not in faults
        }, row


GOOD = {"day": "2023-11-09", "who": "甲岭镇"}


@pytest.mark.parametrize("field", FIELDS)
def test_what_clerks_write(field: str) -> None:
    """Every one of these texts in every type of field, so that the draw above cannot miss one."""
    rows = [{"id": f"R{number}", **GOOD, field: text} for number, text in enumerate(WRITTEN)]
    values, codes = read(rows)
    for number, row in enumerate(rows):
        fault = refused(MODEL, row).get(field)
        assert (fault[0] if fault else None) == codes.get((number, field)), row
        if fault is None:
            assert MODEL.model_validate(row).model_dump()[field] == values[number][field], row


def test_the_message_says_what_to_write() -> None:
    found = refused(MODEL, {"id": "R", "day": "尽快", "at": "月初", "grade": "特大", "who": "", "number": "若干"})
    assert found == {
        "day": ("D301", "请填日期，如2024-1-20"),
        "at": ("D309", "只写到月份，不知是哪一天，请写到日，如2024-1-20"),
        "grade": ("D302", "只能填：一般、重大"),
        "who": ("D303", "没有填写，请补填"),
        "number": ("D301", "请只填整数，如3，不带单位"),
    }


def test_headers_serve_as_well_as_names() -> None:
    row = MODEL.model_validate({"编号": "R", "发生日期": "2023-11-9", " 单 位 ": "甲岭镇", "别的列": "x"})
    assert (row.model_dump()["id"], str(row.model_dump()["day"]), row.model_dump()["who"]) == (
        "R",
        "2023-11-09",
        "甲岭镇",
    )


def test_the_model_describes_a_form() -> None:
    described = MODEL.model_json_schema()["properties"]
    assert described["grade"]["title"] == "等级"
    assert "重大" in described["grade"]["description"]
