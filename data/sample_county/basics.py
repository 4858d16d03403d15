"""Names and dates that everything uses."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

COUNTY = "云示县"
BUREAU = "云示县应急管理局"

Row = dict[str, Any]


def day(text: str) -> date:
    """`11-21` → 21 November 2023, `01-04` → 4 January 2024: the campaign has no month twice."""
    month, number = map(int, text.split("-"))
    return date(2023 if month > 2 else 2024, month, number)


def at(text: str) -> datetime:
    """`11-21 09:30` → that moment."""
    on, clock = text.split()
    return datetime.combine(day(on), time.fromisoformat(clock))


def words(text: str) -> list[str]:
    return text.split()
