"""Rows under two keys that are, or may be, one: what is found on reading, and what is wrong with the answers."""

from __future__ import annotations

from typing import Any

import pytest

from duban.records import twins
from duban.records.twins import TABLE
from duban.vocabulary import SAMENESS_TYPE
from reading import Read

HAZARD = {
    "title": "隐患台账",
    "key": "hazard_id",
    "identity": {"owner": "mine", "day": "found", "place": "place", "text": "text"},
    "fields": {
        "hazard_id": {"title": "隐患编号"},
        "mine": {"title": "企业"},
        "found": {"title": "排查日期", "type": "date"},
        "place": {"title": "部位"},
        "text": {"title": "描述"},
    },
}
TYPES = {"hazard": HAZARD, "sameness": SAMENESS_TYPE.model_dump(by_alias=True)}
MINE = {"mine": "M1", "found": "2023-12-04", "place": "破碎站", "text": "皮带机尾轮防护罩缺失"}
NOVEMBER = {**MINE, "hazard_id": "1", "submitted_at": "2023-11-25", "submitted_by": "甲岭镇"}
DECEMBER = {**MINE, "hazard_id": "7", "submitted_at": "2023-12-25", "submitted_by": "甲岭镇"}
SIGNED = {"record": "隐患台账", "confirmed_by": "安监股", "confirmed_on": "2023-12-28"}


def found(read: Read, *hazards: dict[str, Any], answers: tuple[dict[str, Any], ...] = ()) -> Any:
    return read({"hazard": list(hazards), **({"sameness": list(answers)} if answers else {})}, types=TYPES)


def pairs(reading: Any) -> list[tuple[str, str, bool]]:
    rows = f"{TABLE} t JOIN raw_hazard x ON x._n = t.a JOIN raw_hazard y ON y._n = t.b"
    return sorted(reading.con.execute(f"SELECT x.hazard_id, y.hazard_id, t.equal FROM {rows}").fetchall())


@pytest.fixture(params=[True, False], ids=["of few rows", "of many rows"], autouse=True)
def few(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything holds for a large table, too, where only keys that have another one near are looked at."""
    if not request.param:
        monkeypatch.setattr(twins, "_MANY", 0)


@pytest.mark.parametrize(
    ("changed", "equal"),
    [
        ({}, True),
        ({"text": "（1）皮带机 尾轮防护罩缺失。"}, True),
        ({"submitted_at": "2023-11-25", "submitted_by": "县局"}, True),  # a joint check, told by both on one day
        ({"found": "2023-12-07"}, False),
        ({"found": "2023-12-08"}, None),
        ({"place": "破碎站一层"}, False),
        ({"place": ""}, False),
        ({"place": "配电室"}, None),
        ({"text": "皮带机尾轮的防护罩缺失"}, False),
        ({"text": "绝缘垫破损"}, None),
        ({"mine": "M2"}, None),
        ({"mine": ""}, None),
        ({"submitted_at": "2023-11-25"}, None),  # one hand-in: whoever wrote both means two
    ],
)
def test_what_is_one_and_what_may_be(changed: dict[str, str], equal: bool | None, read: Read) -> None:
    assert pairs(found(read, NOVEMBER, {**DECEMBER, **changed})) == ([] if equal is None else [("1", "7", equal)])


def test_what_a_hand_in_tells_apart_does_not_become_one_through_a_third(read: Read) -> None:
    """The mine lists two alike; the town's one row may be either: nobody can say which."""
    both = [{**NOVEMBER, "hazard_id": "1"}, {**NOVEMBER, "hazard_id": "2"}]
    assert pairs(found(read, *both, DECEMBER)) == [("1", "7", False), ("2", "7", False)]


def test_near_by_way_of_others(read: Read) -> None:
    """Between two that may be one lie others of the same mine, told in between, and a third that is too far away."""
    between = {**NOVEMBER, "text": "绝缘垫破损", "hazard_id": "3", "found": "2023-12-05"}
    far = {**DECEMBER, "hazard_id": "9", "found": "2023-12-20"}
    late = {**DECEMBER, "found": "2023-12-07"}
    assert pairs(found(read, NOVEMBER, between, far, late)) == [("1", "7", False)]


def test_equal_rows_are_one_with_a_warning_unless_somebody_says_no(read: Read) -> None:
    issue = found(read, NOVEMBER, DECEMBER).only("D406")
    assert issue.message == "第2行“7”与第1行“1”编号不同，主体、日期、部位、内容都相同，按同一条计"
    no = {**SIGNED, "first": "7", "second": "1", "same": "否"}
    assert found(read, NOVEMBER, DECEMBER, answers=(no,)).codes == []


def test_an_answer_that_nobody_signed(read: Read) -> None:
    unsigned = {"record": "隐患台账", "first": "1", "second": "7", "same": "是", "confirmed_on": "2023-12-28"}
    assert found(read, NOVEMBER, answers=(unsigned,)).only("D407").place.row == 1


def test_answers_that_contradict_each_other(read: Read) -> None:
    said = [("1", "2", "是"), ("2", "3", "是"), ("3", "1", "否")]
    answers = tuple({**SIGNED, "first": one, "second": other, "same": same} for one, other, same in said)
    assert found(read, NOVEMBER, answers=answers).only("D408").place.row == 3
    changed = {**SIGNED, "first": "1", "second": "3", "same": "是", "confirmed_on": "2023-12-29"}
    assert found(read, NOVEMBER, answers=(*answers, changed)).codes == []  # the last answer counts
