"""The unusual spellings as a function; `test_coerce.py` takes them through the database."""

from __future__ import annotations

import pytest

from duban.errors import Place
from duban.pack import load_pack
from duban.records import problems
from duban.records.spellings import ELEMENT, Spelt, elements, not_allowed, spelt
from duban.vocabulary import FieldSpec


def field(kind: str, *values: str) -> FieldSpec:
    return FieldSpec.model_validate({"title": "项", "type": kind, "values": values})


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        ("int", "１，２００", Spelt("1200")),
        ("int", "3.0", Spelt("3")),
        ("int", "二", Spelt("2")),
        ("decimal", "1,200.50", Spelt("1200.50")),
        ("decimal", "1.2.3", None),
        ("decimal", "99999999999999999", None),
        ("bool", "Ｙｅｓ", Spelt("true")),
        ("bool", "×", Spelt("false")),
        ("bool", "半", None),
        ("date", "2023年11月9日", Spelt("2023-11-09", bare=True)),
        ("date", "2023-11-09 23:30Z", Spelt("2023-11-09 23:30:00+00:00", zoned=True)),
        ("date", "2023-11-09 24:00", Spelt("2023-11-09", bare=True)),
        ("datetime", "20231109", Spelt("2023-11-09 00:00:00", bare=True)),
        ("datetime", "2023.11.9 9点", Spelt("2023-11-09 09:00:00")),
        ("datetime", "2023.11.9 9点整", Spelt("2023-11-09 09:00:00")),
        ("datetime", "2023-11-09 24:00", Spelt("2023-11-09 24:00:00")),
        ("datetime", "2023-11-09 24:01", None),
        ("datetime", "2023-11-09T09:30:15.1234567", Spelt("2023-11-09 09:30:15.1234567")),
        ("datetime", "2023-11-09 09:30 -0130", Spelt("2023-11-09 09:30:00-01:30", zoned=True)),
        ("datetime", "2023-11-09 09:30+8", Spelt("2023-11-09 09:30:00+08:00", zoned=True)),
        ("datetime", "2023-02-29", None),
        ("month", "2023年9月", Spelt("2023-09-01", bare=True)),
        ("month", "202300", None),
        ("text", "#REF!", None),
    ],
)
def test_spelt(kind: str, text: str, expected: Spelt | None) -> None:
    assert spelt(field(kind), text) == expected


def test_of_two_values_that_look_alike_the_first_counts() -> None:
    assert spelt(field("text", "A 类", "a类"), "Ａ类") == Spelt("A 类")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("甲、乙", ["甲", "乙"]),
        (f"甲、乙{ELEMENT} 丙 {ELEMENT}", ["甲、乙", "丙"]),
        (" ，、\n", []),
    ],
)
def test_elements(text: str, expected: list[str]) -> None:
    assert elements(text) == expected


def test_the_element_that_is_not_allowed() -> None:
    assert not_allowed(field("list", "甲", "Ｂ"), "甲、b、丙、丁") == "丙"
    assert not_allowed(field("text", "甲"), "乙、丙") == "乙、丙"


def test_a_level_that_is_none_is_told_why_and_other_words_for_one_are_read() -> None:
    level = load_pack("zezhou-2023-331").records["hazard"].fields["level"]
    means = spelt(level, "重大 隐患")
    assert means is not None
    assert means.value == "重大"
    for wrong in ("较大", "较大隐患"):
        assert spelt(level, wrong) is None
        issue = problems.unusable_cell(Place(row=2, column="隐患等级"), level, wrong)
        assert (issue.code, issue.value) == ("D302", wrong)
        assert "隐患只分一般、重大两级" in issue.hint
        assert issue.hint.endswith("只能填：一般、重大")
