"""Cells by hand: what each field type accepts, as text and as typed values."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest

from reading import Read

UNREADABLE = object()

D, M = date, datetime

CASES: dict[str, list[tuple[Any, Any]]] = {
    "text": [
        ("甲矿", "甲矿"),
        (" \u3000甲 矿\xa0\n", "甲 矿"),
        ("ＡＢ１", "ＡＢ１"),
        ("", None),
        ("  ", None),
        (None, None),
        (3, "3"),
        (3.0, "3"),
        (0.00001, "0.00001"),
        (1.23e17, "123000000000000000"),
        (True, "true"),
        (Decimal("1.50"), "1.50"),
        (D(2023, 11, 9), "2023-11-09"),
        (float("nan"), None),
        ("#REF!", UNREADABLE),
        ("#1机组", "#1机组"),
    ],
    "int": [
        ("3", 3),
        (" 3 ", 3),
        ("-3", -3),
        ("+3", 3),
        ("3.0", 3),
        ("3.", 3),
        ("1,200", 1200),
        ("1,200,300", 1200300),
        ("１２", 12),
        ("１，２００", 1200),
        (3, 3),
        (3.0, 3),
        (Decimal("3.00"), 3),
        ("2.5", UNREADABLE),
        (2.5, UNREADABLE),
        ("1,20", UNREADABLE),
        ("3项", 3),
        ("约3项", UNREADABLE),
        ("1e3", UNREADABLE),
        ("0x10", UNREADABLE),
        ("9" * 30, UNREADABLE),
        ("#DIV/0!", UNREADABLE),
    ],
    "decimal": [
        ("1.5", Decimal("1.5")),
        ("-0.25", Decimal("-0.25")),
        (".5", Decimal("0.5")),
        ("1,200.5", Decimal("1200.5")),
        ("１．５", Decimal("1.5")),
        ("3", Decimal("3")),
        (0.1, Decimal("0.1")),
        (7, Decimal("7")),
        ("0.5万", UNREADABLE),
        ("约3", UNREADABLE),
        ("30%", UNREADABLE),
        ("1e3", UNREADABLE),
        ("9" * 30, UNREADABLE),
    ],
    "bool": [
        *(
            (text, True)
            for text in ("是", "√", "✓", "有", "已", "true", "TRUE", "Yes", "y", "1", "Ｙ", " 是 ", True, 1)
        ),
        *((text, False) for text in ("否", "×", "无", "未", "false", "No", "N", "0", "０", False, 0)),
        ("部分", UNREADABLE),
        ("2", UNREADABLE),
        ("已完成", True),
    ],
    "date": [
        ("2023-11-09", D(2023, 11, 9)),
        ("2023-11-9", D(2023, 11, 9)),
        ("2023/11/9", D(2023, 11, 9)),
        ("2023.11.9", D(2023, 11, 9)),
        ("20231109", D(2023, 11, 9)),
        ("2023年11月9日", D(2023, 11, 9)),
        ("2023年11月9", D(2023, 11, 9)),
        ("２０２３．１１．９", D(2023, 11, 9)),
        ("2023 - 11 - 9", D(2023, 11, 9)),
        ("2023-11-09 23:59", D(2023, 11, 9)),
        ("2023-11-09 24:00", D(2023, 11, 9)),  # cut to the day that it ends
        ("2023-11-09T20:00Z", D(2023, 11, 10)),  # 04:00 of the next day in Shanghai
        (D(2023, 11, 9), D(2023, 11, 9)),
        (M(2023, 11, 9, 23, 59), D(2023, 11, 9)),
        (M(2023, 11, 9), D(2023, 11, 9)),
        ("2023-02-30", UNREADABLE),
        ("2023/2/30", UNREADABLE),
        ("20230230", UNREADABLE),
        ("2023-13-01", UNREADABLE),
        ("0023-11-09", UNREADABLE),
        ("11月9日", UNREADABLE),
        ("2023.11", UNREADABLE),
        ("尽快", UNREADABLE),
        ("长期", UNREADABLE),
        ("/", None),
        ("infinity", UNREADABLE),
        ("2023-11-09 25:00", UNREADABLE),
    ],
    "datetime": [
        ("2023-11-09", (M(2023, 11, 9), True)),
        ("2023年11月9日", (M(2023, 11, 9), True)),
        ("20231109", (M(2023, 11, 9), True)),
        (D(2023, 11, 9), (M(2023, 11, 9), True)),
        ("2023-11-09 00:00", (M(2023, 11, 9), False)),
        (M(2023, 11, 9), (M(2023, 11, 9), False)),
        ("2023-11-09 09:30", (M(2023, 11, 9, 9, 30), False)),
        ("2023-11-9 9:05", (M(2023, 11, 9, 9, 5), False)),
        ("2023/11/9 9:30:15", (M(2023, 11, 9, 9, 30, 15), False)),
        ("2023-11-09T09:30:15.250", (M(2023, 11, 9, 9, 30, 15, 250000), False)),
        ("2023年11月9日 9时30分", (M(2023, 11, 9, 9, 30), False)),
        ("2023年11月9日9时30分15秒", (M(2023, 11, 9, 9, 30, 15), False)),
        ("2023年11月9日9时", (M(2023, 11, 9, 9), False)),
        ("2023.11.9　９：３０", (M(2023, 11, 9, 9, 30), False)),
        ("2023-11-09 24:00", (M(2023, 11, 10), False)),
        ("2023-11-09T01:30:00Z", (M(2023, 11, 9, 9, 30), False)),
        ("2023-11-09 09:30+08:00", (M(2023, 11, 9, 9, 30), False)),
        ("2023-11-09 09:30:00+0800", (M(2023, 11, 9, 9, 30), False)),
        ("2023-11-09 09:30:00.5 -01", (M(2023, 11, 9, 18, 30, 0, 500000), False)),
        (M(2023, 11, 9, 1, 30, tzinfo=timezone.utc), (M(2023, 11, 9, 9, 30), False)),
        (M(2023, 11, 9, 9, 30, tzinfo=timezone(timedelta(hours=8))), (M(2023, 11, 9, 9, 30), False)),
        ("2023-11-09 09:60", UNREADABLE),
        ("2023-02-30 09:30", UNREADABLE),
        ("2023-11-09 下午", UNREADABLE),
        ("09:30", UNREADABLE),
        ("2023-11-09Z", UNREADABLE),
    ],
    "month": [
        ("2023-12", D(2023, 12, 1)),
        ("2023/12", D(2023, 12, 1)),
        ("2023.12", D(2023, 12, 1)),
        ("2023年12月", D(2023, 12, 1)),
        ("2023年1月", D(2023, 1, 1)),
        ("202312", D(2023, 12, 1)),
        ("２０２３－１２", D(2023, 12, 1)),
        ("2023-12-25", D(2023, 12, 1)),
        ("2023年12月25日", D(2023, 12, 1)),
        (D(2023, 12, 25), D(2023, 12, 1)),
        (M(2023, 12, 25, 9), D(2023, 12, 1)),
        ("2023-13", UNREADABLE),
        ("12月", UNREADABLE),
    ],
    "list": [
        ("甲", ["甲"]),
        ("甲、乙", ["甲", "乙"]),
        ("甲；乙;丙，丁,戊|己\n庚", ["甲", "乙", "丙", "丁", "戊", "己", "庚"]),
        (" 甲 、、\u3000乙，", ["甲", "乙"]),
        (["甲", " 乙 ", None, ""], ["甲", "乙"]),
        (["甲、乙", "丙"], ["甲、乙", "丙"]),  # what came as a list is not split again
        (("甲",), ["甲"]),
        ({"乙", "甲"}, ["乙", "甲"]),
        ("", None),
        ([], None),
        ("、", UNREADABLE),
        ("甲、#REF!", UNREADABLE),
        (3, ["3"]),
    ],
}


@pytest.mark.parametrize(
    ("kind", "written", "expected"),
    [(kind, written, expected) for kind, cases in CASES.items() for written, expected in cases],
)
def test_cell(read: Read, kind: str, written: Any, expected: Any) -> None:
    types = {"t": {"title": "表", "fields": {"x": {"title": "项", "type": kind}}}}
    got = read({"t": [{"x": written}]}, types=types)
    fields = ("x", "x$bare") if kind == "datetime" else ("x",)
    (value,) = got.rows("t", *fields)
    if expected is UNREADABLE:
        assert value in (None, (None, None))
        assert got.codes in (["D301"], ["D307"], ["D309"], ["D310"], ["D314"])
    else:
        assert value == expected
        assert got.codes == []


ALLOWED = [
    ("text", "合格", "合格"),
    ("text", " 合格 ", "合格"),
    ("text", "限期整改（一般）", "限期整改（一般）"),
    ("text", "限期整改(一般)", "限期整改（一般）"),
    ("text", "限期 整改(一般)", "限期整改（一般）"),
    ("text", "ａ类", "A类"),
    ("text", "不合格", UNREADABLE),
    ("list", "合格、Ａ类", ["合格", "A类"]),
    ("list", ["合格"], ["合格"]),
    ("list", "合格、其他", UNREADABLE),
]


@pytest.mark.parametrize(("kind", "written", "expected"), ALLOWED)
def test_allowed_values(read: Read, kind: str, written: Any, expected: Any) -> None:
    field = {"title": "结果", "type": kind, "values": ["合格", "限期整改（一般）", "A类"]}
    got = read({"t": [{"x": written}]}, types={"t": {"title": "表", "fields": {"x": field}}})
    if expected is UNREADABLE:
        assert (got.rows("t", "x"), got.codes) == ([None], ["D302"])
    else:
        assert (got.rows("t", "x"), got.codes) == ([expected], [])


def test_an_unknown_element_of_a_list_is_named(read: Read) -> None:
    types = {"t": {"title": "表", "fields": {"x": {"title": "级别", "type": "list", "values": ["县局", "镇中心"]}}}}
    got = read({"t": [{"级别": "县局、省厅"}]}, types=types)
    issue = got.only("D302")
    assert (issue.value, issue.hint) == ("省厅", "只能填：县局、镇中心")


def test_the_message_says_where_and_what_to_write(read: Read) -> None:
    got = read(
        {"inspection": [{"整改时限": "尽快", "检查编号": "1", "检查时间": "2023-11-09", "报送时间": "2023-12-01"}]}
    )
    issue = got.only("D301")
    assert issue.message == "第1行“整改时限”写的是“尽快”，不是日期，按空白处理"
    assert issue.hint == "请填日期，如2024-1-20"
    assert (issue.place.file, issue.place.row, issue.place.column) == ("inspection", 1, "整改时限")


def test_personal_values_stay_out_of_messages(read: Read) -> None:
    got = read({"inspection": [{"电话": "138-0000", "inspection_id": "1", "start_at": "2023-11-09"}]})
    issue = got.only("D301")
    assert "138" not in issue.message + issue.value


def test_a_long_value_is_shown_shortened(read: Read) -> None:
    got = read({"major_hazard": [{"found_date": "长" * 500}]})
    assert len(got.only("D301").value) == 60


def test_a_quote_in_names_and_values_is_no_sql(read: Read) -> None:
    types = {"o'b\"x": {"title": "表'", "fields": {"a\"'b": {"title": "项'\"", "values": ["甲'", '乙"', "Ａ'"]}}}}
    got = read({"o'b\"x": [{"项'\"": "甲'"}, {"项'\"": "a＇"}, {"项'\"": "丙'"}]}, types=types, jurisdiction="县'")
    assert got.con.execute('SELECT * EXCLUDE (_n, _file, _sheet, _row) FROM "raw_o\'b""x" ORDER BY _n').fetchall()[0][
        :2
    ] == (
        "甲'",
        "县'",
    )
    assert got.codes == ["D302"]
