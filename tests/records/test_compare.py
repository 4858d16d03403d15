"""Rows against each other: references, and versions that contradict."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from duban.records import versions
from reading import Read


def kinds(**references: Any) -> dict[str, Any]:
    return {
        "mine": {"title": "矿山", "key": "id", "fields": {"id": {"title": "编号"}}},
        "town": {"title": "镇", "key": "name", "fields": {"name": {"title": "镇名"}}},
        "visit": {
            "title": "走访",
            "references": references,
            "fields": {"who": {"title": "谁"}, "no": {"title": "号", "type": "int"}},
        },
    }


MINE, TOWN = {"mine": [{"id": "m1"}, {"id": "7"}]}, {"town": [{"name": "甲镇"}]}
BOTH = {"mine": [*MINE["mine"], {"id": "m9", "jurisdiction": "乙县"}]}
IGNORED = {"to": "town", "outside": "ignore"}

OUTSIDE: list[tuple[str, dict[str, Any], dict[str, Any], dict[str, Any], bool]] = [
    ("inside", {"who": "mine"}, MINE, {"who": "m1"}, True),
    ("outside", {"who": "mine"}, MINE, {"who": "m2"}, False),
    ("empty", {"who": "mine"}, MINE, {"who": None}, True),
    ("a field of a type", {"who": "mine.id"}, MINE, {"who": "m2"}, False),
    ("nothing handed in", {"who": "mine"}, {}, {"who": "m2"}, True),
    ("handed in without rows", {"who": "mine"}, {"mine": []}, {"who": "m2"}, True),  # nobody says whose it is
    ("handed in without the field", {"who": "mine"}, {"mine": [{"x": 1}]}, {"who": "m2"}, True),
    ("ignored", {"who": IGNORED}, TOWN, {"who": "m2"}, True),
    ("in the second of two", {"who": ["mine", "town"]}, {**MINE, **TOWN}, {"who": "甲镇"}, True),
    ("in neither of two", {"who": ["mine", "town"]}, {**MINE, **TOWN}, {"who": "乙镇"}, False),
    ("one of two not handed in", {"who": ["mine", "town"]}, MINE, {"who": "乙镇"}, True),
    ("in the ignored one of two", {"who": ["mine", IGNORED]}, {**MINE, **TOWN}, {"who": "甲镇"}, True),
    ("in neither, one ignored", {"who": ["mine", IGNORED]}, {**MINE, **TOWN}, {"who": "x"}, False),
    ("the ignored one not handed in", {"who": ["mine", IGNORED]}, MINE, {"who": "x"}, False),
    ("another county's alone", {"who": "mine"}, MINE, {"who": "m1", "jurisdiction": "乙县"}, True),
    ("another county's, too", {"who": "mine"}, BOTH, {"who": "m1", "jurisdiction": "乙县"}, False),
    (
        "one of two in another county",
        {"who": ["mine", "town"]},
        {**BOTH, **TOWN},
        {"who": "x", "jurisdiction": "乙县"},
        True,
    ),
    ("a number for a text key", {"no": "mine"}, MINE, {"no": 7}, True),
    ("a number outside", {"no": "mine"}, MINE, {"no": 8}, False),
    ("the envelope", {"submitted_by": "town"}, TOWN, {"who": "x", "submitted_by": "甲镇"}, True),
    ("the envelope, outside", {"submitted_by": "town"}, TOWN, {"who": "x", "submitted_by": "乙镇"}, False),
    ("no such type", {"who": "nothing"}, MINE, {"who": "x"}, True),
    ("no such field", {"who": "mine.nothing"}, MINE, {"who": "x"}, True),
]


@pytest.mark.parametrize(
    ("references", "targets", "row", "inside"), [case[1:] for case in OUTSIDE], ids=[case[0] for case in OUTSIDE]
)
def test_references(
    read: Read, references: dict[str, Any], targets: dict[str, Any], row: dict[str, Any], inside: bool
) -> None:
    got = read({"visit": [row], **targets}, types=kinds(**references))
    (field,) = references
    assert got.codes.count("D306") == (not inside)
    assert got.rows("visit", field) == [row[field] if inside else None]


def test_the_message_of_a_reference(read: Read, tmp_path: Path) -> None:
    (tmp_path / "visit.csv").write_text("谁\nm1\nm2\n", encoding="utf-8")
    (tmp_path / "mine.csv").write_text("编号\nm1\n", encoding="utf-8")
    issue = read(tmp_path, types=kinds(who=["mine"])).only("D306")
    assert issue.message == "第3行“谁”写的是“m2”，“矿山”中没有，按空白处理"
    assert (issue.place.file, issue.place.row, issue.place.column, issue.value) == ("visit.csv", 3, "谁", "m2")


def test_chains_are_judged_before_any_cell_is_emptied(read: Read) -> None:
    types = {
        "a": {"title": "甲", "key": "id", "references": {"id": "b"}, "fields": {"id": {"title": "号"}}},
        "b": {"title": "乙", "key": "id", "references": {"id": "c"}, "fields": {"id": {"title": "号"}}},
        "c": {"title": "丙", "key": "id", "fields": {"id": {"title": "号"}}},
    }
    got = read({"a": [{"id": "1"}], "b": [{"id": "1"}], "c": [{"id": "2"}]}, types=types)
    assert (got.rows("a", "id"), got.rows("b", "id"), got.codes) == (["1"], [None], ["D306"])


def test_many_values_outside_are_summed_up(read: Read) -> None:
    got = read({"visit": [{"who": f"x{i}"} for i in range(250)], **MINE}, types=kinds(who="mine"))
    assert got.codes.count("D306") == 201
    assert got.loaded.issues[-1].message == "另有50处同类问题，未逐条列出"
    assert got.rows("visit", "who") == [None] * 250


# ---- versions

KEYED = {
    "t": {
        "title": "表",
        "key": "id",
        "fields": {"id": {"title": "号"}, "x": {"title": "值"}, "l": {"title": "单", "type": "list"}},
    },
    "post": {
        "title": "任职",
        "key": ["org", "post"],
        "span": {"from": "since", "to": "until"},
        "fields": {
            "org": {"title": "单位"},
            "post": {"title": "职务"},
            "since": {"title": "起", "type": "date"},
            "until": {"title": "止", "type": "date"},
        },
    },
}
VERSIONS: list[tuple[str, str, list[dict[str, Any]], list[int]]] = [
    ("the same twice", "t", [{"id": "1", "x": "a"}, {"id": "1", "x": "a"}], []),
    ("two contents", "t", [{"id": "1", "x": "a"}, {"id": "1", "x": "b"}], [2]),
    ("one is empty", "t", [{"id": "1", "x": "a"}, {"id": "1"}], [2]),
    ("two lists", "t", [{"id": "1", "l": "a、b"}, {"id": "1", "l": "a,c"}], [2]),
    ("the same list, written differently", "t", [{"id": "1", "l": "a、b"}, {"id": "1", "l": "a,b"}], []),
    ("a third like the first", "t", [{"id": "1", "x": "a"}, {"id": "1", "x": "b"}, {"id": "1", "x": "a"}], [2]),
    (
        "handed in at other times",
        "t",
        [{"id": "1", "x": "a", "报送时间": "2023-12-01"}, {"id": "1", "x": "b", "报送时间": "2024-01-01"}],
        [],
    ),
    (
        "handed in at one time",
        "t",
        [{"id": "1", "x": "a", "报送时间": "2023-12-01"}, {"id": "1", "x": "b", "报送时间": "2023/12/1"}],
        [2],
    ),
    (
        "by different units",
        "t",
        [{"id": "1", "x": "a", "填报单位": "甲"}, {"id": "1", "x": "b", "填报单位": "乙"}],
        [2],
    ),
    ("other counties", "t", [{"id": "1", "x": "a"}, {"id": "1", "x": "b", "辖区": "乙县"}], []),
    ("no key", "t", [{"x": "a"}, {"x": "b"}], []),
    (
        "two spans",
        "post",
        [{"org": "a", "post": "b", "since": "2023-01-01"}, {"org": "a", "post": "b", "since": "2024-01-01"}],
        [],
    ),
    (
        "one span, two ends",
        "post",
        [
            {"org": "a", "post": "b", "since": "2023-01-01", "until": "2023-12-31"},
            {"org": "a", "post": "b", "since": "2023-01-01", "until": "2024-12-31"},
        ],
        [2],
    ),
]


@pytest.mark.parametrize(
    ("name", "rows", "expected"), [case[1:] for case in VERSIONS], ids=[case[0] for case in VERSIONS]
)
def test_versions(read: Read, name: str, rows: list[dict[str, Any]], expected: list[int]) -> None:
    got = read({name: rows}, types=KEYED)
    assert [issue.place.row for issue in got.loaded.issues if issue.code == "D401"] == expected


@pytest.mark.parametrize(("keys", "expected"), [("123", []), ("1223", [3]), ("1321", [4])])
def test_versions_in_a_large_table(read: Read, monkeypatch: pytest.MonkeyPatch, keys: str, expected: list[int]) -> None:
    """Keys that ascend are not looked at any closer; all others are."""
    monkeypatch.setattr(versions, "_MANY", 1)
    got = read({"t": [{"id": key, "x": str(i)} for i, key in enumerate(keys)]}, types=KEYED)
    assert [issue.place.row for issue in got.loaded.issues if issue.code == "D401"] == expected


def test_the_message_of_a_contradiction(read: Read, tmp_path: Path) -> None:
    (tmp_path / "t-1.csv").write_text("号,值\n1,a\n", encoding="utf-8")
    (tmp_path / "t-2.csv").write_text("号,值\n0,x\n1,b\n", encoding="utf-8")
    issue = read(tmp_path, types=KEYED).only("D401")
    assert issue.message == "第3行与“t-1.csv”第2行编号相同（1）、报送时间相同，内容却不同，只按其中一条计"
    assert issue.place.file == "t-2.csv"
