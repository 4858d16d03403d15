"""A hazard without a number is one hazard over months and senders; 序号 is never its number."""

from __future__ import annotations

import pytest

from reading import Read

TYPES = {
    "hazard": {
        "title": "隐患台账",
        "key": "hazard_id",
        "time": "found",
        "identity": {"owner": "mine", "day": "found", "place": "place", "text": "text"},
        "fields": {
            "hazard_id": {"title": "隐患编号"},
            "mine": {"title": "企业"},
            "found": {"title": "排查日期", "type": "date"},
            "place": {"title": "部位"},
            "text": {"title": "描述"},
        },
    }
}
ONE = {"mine": "M1", "found": "2023-12-04", "place": "破碎站", "text": "护栏缺失"}


@pytest.mark.parametrize(
    ("changed", "same"),
    [
        ({"text": "（1）护栏 缺失。"}, True),
        ({"text": "3、护栏缺失", "place": "破碎 站"}, True),
        ({"found": "2023年12月4日"}, True),
        ({"序号": "7"}, True),
        ({"text": "护栏缺损"}, False),
        ({"found": "2023-12-05"}, False),
        ({"mine": "M2"}, False),
        ({"place": "配电室"}, False),
    ],
)
def test_what_makes_two_rows_one(changed: dict[str, str], same: bool, read: Read) -> None:
    first, second = read({"hazard": [ONE, {**ONE, **changed}]}, types=TYPES).rows("hazard", "hazard_id")
    assert (first == second) == same
    assert first.startswith("M1/2023-12-04/")


def test_a_number_that_is_there_stays(read: Read) -> None:
    rows = [{**ONE, "hazard_id": "H1"}, ONE]
    assert read({"hazard": rows}, types=TYPES).rows("hazard", "hazard_id")[0] == "H1"


@pytest.mark.parametrize("lacking", ["mine", "found", "place", "text"])
def test_a_row_that_lacks_a_part_has_no_key(lacking: str, read: Read) -> None:
    rows = [{**ONE, "hazard_id": "H1"}, {**ONE, lacking: ""}]
    assert read({"hazard": rows}, types=TYPES).rows("hazard", "hazard_id") == ["H1", None]


def test_the_issue_says_how_it_is_known(read: Read) -> None:
    found = read({"hazard": [{**ONE, "hazard_id": "H1"}, {**ONE, "hazard_id": ""}]}, types=TYPES)
    assert found.only("D304").message == "第2行“hazard_id”没有填写，暂按其他各项的内容认定是哪一条"
