"""Which column is which field, and what is said about the others."""

from __future__ import annotations

from typing import Any

import pytest

from reading import Read, Reading

KINDS = {
    "place": {"title": "地点", "key": "code", "fields": {"code": {"title": "编码"}, "note": {"title": "说明"}}},
    "t": {
        "title": "台账",
        "key": "id",
        "time": "at",
        "references": {"place": "place"},
        "fields": {
            "id": {"title": "编号"},
            "at": {"title": "日期", "type": "date"},
            "place": {"title": "地点编码"},
            "deadline": {"title": "整改时限", "aliases": ["整改期限", "计划完成时间（天）"]},
            "must": {"title": "必填项", "required": True},
            "may": {"title": "备注"},
        },
    },
}
FULL = {
    "id": "1",
    "at": "2023-11-09",
    "place": "p",
    "deadline": "x",
    "must": "y",
    "may": "z",
    "submitted_at": "2023-12-01",
}


def with_headers(read: Read, **headers: str) -> Reading:
    return read({"t": [{headers.get(name, name): value for name, value in FULL.items()}]}, types=KINDS)


@pytest.mark.parametrize(
    "header",
    [
        "deadline",
        "DEADLINE",
        "整改时限",
        "整改期限",
        " 整改\n时限 ",
        "整改\u3000时限",
        "整 改 时 限",
        "计划完成时间(天)",
        "计划完成时间（天）",
    ],
)
def test_a_header_is_recognised(read: Read, header: str) -> None:
    got = with_headers(read, deadline=header)
    assert (got.rows("t", "deadline"), got.codes) == (["x"], [])


@pytest.mark.parametrize("header", ["上报时间", "发送时间", "报送时间", "submitted_at", "Submitted_At"])
def test_the_envelope_is_recognised(read: Read, header: str) -> None:
    got = with_headers(read, submitted_at=header)
    assert (got.rows("t", "submitted_at$bare"), got.codes) == ([True], [])


def test_an_unknown_column_is_named_with_what_was_meant(read: Read) -> None:
    got = with_headers(read, deadline="整改时间", may="完全不同")
    near, far = (issue for issue in got.loaded.issues if issue.code == "D201")
    assert near.hint == "是不是“整改时限”？"
    assert far.hint == "如需使用该列，请在规则包的材料定义中登记"
    assert (near.place.file, near.place.column) == ("t", "整改时间")
    assert got.rows("t", "deadline") == [None]


@pytest.mark.parametrize(
    ("missing", "code"),
    [("must", "D202"), ("id", "D203"), ("at", "D203"), ("place", None), ("deadline", None), ("submitted_at", "D402")],
)
def test_missing_columns(read: Read, missing: str, code: str | None) -> None:
    row = {name: value for name, value in FULL.items() if name != missing}
    got = read({"t": [row]}, types=KINDS)
    assert got.codes == ([code] if code else [])


def test_a_missing_column_that_others_refer_to(read: Read) -> None:
    got = read({"t": [FULL], "place": [{"note": "x"}]}, types=KINDS)
    assert got.codes == ["D203"]
    assert got.rows("t", "place") == ["p"]  # nobody can say that it is wrong


def test_two_columns_for_one_field(read: Read) -> None:
    got = read({"t": [{**FULL, "整改时限": "first?", "整改期限": "third"}]}, types=KINDS)
    assert got.rows("t", "deadline") == ["x"]
    assert got.codes == ["D204", "D204"]
    assert got.loaded.issues[0].message == "“整改时限”列（第8列）与“deadline”列都是“整改时限”，只用前一列"


def test_repeated_headers_of_a_file(read: Read, tmp_path: Any) -> None:
    (tmp_path / "t.csv").write_text("编号,日期,编号,必填项,报送时间\n1,2023-11-09,2,x,2023-12-01\n", encoding="utf-8")
    got = read(tmp_path, types=KINDS)
    assert (got.rows("t", "id"), got.codes) == (["1"], ["D204"])


def test_a_name_beats_a_title_and_a_title_an_alias(read: Read) -> None:
    kinds = {
        "t": {
            "title": "表",
            "fields": {
                "b": {"title": "乙", "aliases": ["甲"]},
                "a": {"title": "甲", "aliases": ["b"]},
                "submitted_at": {"title": "甲", "type": "datetime"},
            },
        }
    }
    got = read({"t": [{"甲": "1", "b": "2", "报送时间": "3"}]}, types=kinds)
    assert got.rows("t", "a", "b") == [("1", "2")]
    assert got.codes == ["D201"]  # the type's own submitted_at has another title


def test_a_column_without_header_is_passed_over(read: Read, tmp_path: Any) -> None:
    (tmp_path / "t.csv").write_text("编号,,日期,必填项,报送时间\n1,x,2023-11-09,x,2023-12-01\n", encoding="utf-8")
    assert read(tmp_path, types=KINDS).codes == []


def test_a_table_without_any_known_column_is_left_out(read: Read, tmp_path: Any) -> None:
    (tmp_path / "t.csv").write_text("甲,乙\n1,2023-11-09\n", encoding="utf-8")
    (tmp_path / "place.csv").write_text("编码,说明\np,x\n", encoding="utf-8")
    got = read(tmp_path, types=KINDS)
    assert (got.codes, got.loaded.unread) == (["D205"], ("t",))
    assert got.rows("t", "id") == []


def test_empty_cells_that_matter(read: Read) -> None:
    rows = [{**FULL, "id": " ", "must": None}, {**FULL, "at": "", "may": None, "place": None}]
    got = read({"t": rows}, types=KINDS)
    found = [(issue.code, issue.place.row, issue.place.column) for issue in got.loaded.issues]
    assert found == [("D304", 1, "id"), ("D303", 1, "must"), ("D305", 2, "at")]


def test_many_issues_of_a_kind_are_summed_up(read: Read) -> None:
    rows = [{**FULL, "id": str(i), "at": "尽快"} for i in range(300)]
    got = read({"t": rows}, types=KINDS)
    bad = [issue for issue in got.loaded.issues if issue.code == "D301"]
    assert [issue.place.row for issue in bad[:200]] == list(range(1, 201))
    assert (len(bad), bad[-1].message) == (201, "另有100处同类问题，未逐条列出")
    assert got.rows("t", "at") == [None] * 300


def test_rows_without_jurisdiction_get_the_given_one(read: Read) -> None:
    got = read({"t": [{**FULL, "辖区": "甲县"}, {**FULL, "辖区": " ", "id": "2"}]}, types=KINDS)
    assert got.rows("t", "jurisdiction") == ["甲县", "泽州县"]
