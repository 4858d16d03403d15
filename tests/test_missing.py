"""What was not handed in: whom it is asked of, and for which days. Worked out by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import duban

PACK = """
id: asked
number: 1号
title: t
issuer: i
jurisdiction: 某县
windows: {winter: {from: 2023-11-01, to: 2024-01-31}}
bearers:
  enterprise: {record: enterprise, key: enterprise_id, reports_through: town}
"""
RECORDS = """
enterprise:
  title: 企业名册
  key: enterprise_id
  fields:
    enterprise_id: {title: 企业编号}
    town: {title: 所在镇}
    bureau: {title: 县局}
    size: {title: 规模, type: int}
inspection:
  title: 检查记录
  time: day
  references: {enterprise_id: enterprise}
  fields: {enterprise_id: {title: 企业编号}, day: {title: 检查日期, type: date}}
filing:
  title: 报送登记
  time: day
  handed_in_by: bearer.bureau
  references: {enterprise_id: enterprise}
  fields: {enterprise_id: {title: 企业编号}, day: {title: 报送日期, type: date}}
stop:
  title: 停工记录
  key: stop_id
  time: start_at
  references: {enterprise_id: enterprise}
  fields:
    stop_id: {title: 停工编号}
    enterprise_id: {title: 企业编号}
    start_at: {title: 停工时间, type: datetime}
    end_at: {title: 复工时间, type: datetime}
"""
HEAD = "- {id: a, title: t, clause: 一, bearer: enterprise, "
ENTERPRISE = {"enterprise_id": "M01", "town": "甲岭镇", "bureau": "县局", "size": 3}


def missing(
    folder: Path, words: str, as_of: str, types: str = RECORDS, **records: Any
) -> list[tuple[str, str, str, str]]:
    """(record type, sender, first day, last day) of all that is asked for."""
    for name, text in {"pack.yaml": PACK, "records.yaml": types, "obligations/1.yaml": HEAD + words}.items():
        (folder / "asked" / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / "asked" / name).write_text(text, encoding="utf-8")
    with duban.audit({"enterprise": [ENTERPRISE], **records}, folder / "asked", as_of=as_of) as result:
        rows = result.missing.to_dict("records")
    return [
        (row["record_type"], row["sender"], str(row["missing_from"])[:10], str(row["missing_through"])[:10])
        for row in rows
    ]


MONTHLY = "every: month, perform: {record: inspection}}"


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (MONTHLY, ("inspection", "甲岭镇")),  # the town hands in for its mines
        (MONTHLY.replace("inspection", "filing"), ("filing", "县局")),  # the type says who
        ("handed_in_by: {inspection: 集团}, " + MONTHLY, ("inspection", "集团")),  # the obligation says who
        ("handed_in_by: {filing: 集团}, " + MONTHLY.replace("inspection", "filing"), ("filing", "集团")),
        ("each: {record: filing}, within: 5 days, respond: {record: inspection}}", ("filing", "县局")),  # triggers
    ],
)
def test_it_is_asked_of_who_must_hand_it_in(tmp_path: Path, words: str, expected: tuple[str, str]) -> None:
    assert {row[:2] for row in missing(tmp_path, words, "2023-11-30")} == {expected}


def test_only_days_up_to_as_of_are_missing(tmp_path: Path) -> None:
    """A duty that is unproven before its due: the size is not known, so nobody can say whether it applies."""
    words = "applies: size > 5, window: winter, every: once, perform: {record: inspection}}"
    unknown = [{**ENTERPRISE, "size": None}]
    (row,) = missing(tmp_path, words, "2024-01-07", enterprise=unknown)
    assert row == ("inspection", "甲岭镇", "2023-11-01", "2024-01-07")
    (row,) = missing(tmp_path, words, "2024-01-07T12:00", enterprise=unknown)
    assert row == ("inspection", "甲岭镇", "2023-11-01", "2024-01-07")
    (row,) = missing(tmp_path, words, "2024-02-20", enterprise=unknown)
    assert row == ("inspection", "甲岭镇", "2023-11-01", "2024-01-31")


def test_without_an_end_too(tmp_path: Path) -> None:
    """A stop that is still open, on which nothing may be inspected, at an enterprise of unknown size."""
    words = "applies: size > 5, window: winter, each: {record: stop, until: end_at}, forbid: {record: inspection}}"
    stop = {"stop_id": "S1", "enterprise_id": "M01", "start_at": "2023-12-13 18:00:00"}
    line = {"sender": "甲岭镇", "record_type": "stop", "covered_from": "2023-11-01", "covered_through": "2024-01-07"}
    unknown = [{**ENTERPRISE, "size": None}]
    rows = missing(tmp_path, words, "2024-01-07", enterprise=unknown, stop=[stop], manifest=[line])
    assert rows == [("inspection", "甲岭镇", "2023-12-13", "2024-01-07")]


def test_triggers_are_missing_where_they_were_not_handed_in(tmp_path: Path) -> None:
    """Two gaps, each asked for by itself; with a lag, not the days that may still come in time."""
    words = "window: winter, each: {record: stop}, within: 5 days, respond: {record: inspection}}"
    covered = [("2023-11-01", "2023-11-10"), ("2023-11-21", "2023-11-30")]
    lines = [{"sender": "甲岭镇", "record_type": "stop", "covered_from": a, "covered_through": b} for a, b in covered]
    assert missing(tmp_path, words, "2023-12-20", manifest=lines) == [
        ("stop", "甲岭镇", "2023-11-11", "2023-11-20"),
        ("stop", "甲岭镇", "2023-12-01", "2023-12-20"),
    ]
    lagging = RECORDS.replace("title: 停工记录", "title: 停工记录\n  lag: 10 days")
    assert missing(tmp_path, words, "2023-12-20", types=lagging, manifest=lines) == [
        ("stop", "甲岭镇", "2023-11-11", "2023-11-20"),
        ("stop", "甲岭镇", "2023-12-01", "2023-12-10"),
    ]


def test_what_begins_later_is_not_missing(tmp_path: Path) -> None:
    """All days up to as_of were handed in; those that follow are nobody's omission."""
    words = "applies: size > 5, window: winter, every: once, perform: {record: inspection}}"
    line = {
        "sender": "甲岭镇",
        "record_type": "inspection",
        "covered_from": "2023-11-01",
        "covered_through": "2024-01-07",
        "received_at": "2024-01-07",
    }
    unknown = [{**ENTERPRISE, "size": None}]
    assert missing(tmp_path, words, "2024-01-07", enterprise=unknown, manifest=[line]) == []
