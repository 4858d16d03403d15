"""Names and dates that everything uses."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

COUNTY = "云示县"
BUREAU = "云示县应急管理局"
WEATHER_OFFICE = "云示县气象台"

Row = dict[str, Any]

HOLIDAYS = {date(2024, 1, 1), date(2024, 2, 12)}  # those of the winter on which somebody would hand in
MONTHS = (11, 12, 1)  # the months of the campaign; of February only ten days


def day(text: str) -> date:
    """`11-21` → 21 November 2023, `01-04` → 4 January 2024: the winter has no month twice. Other years in full."""
    if len(text) == 10:
        return date.fromisoformat(text)
    month, number = map(int, text.split("-"))
    return date(2023 if month > 2 else 2024, month, number)


def at(text: str) -> datetime:
    """`11-21 09:30` → that moment."""
    on, clock = text.split()
    return datetime.combine(day(on), time.fromisoformat(clock))


def on_at(on: date, clock: str) -> datetime:
    return datetime.combine(on, time.fromisoformat(clock))


def evening(on: date) -> datetime:
    """When the bureau's clerk has entered what happened on a day."""
    return datetime.combine(on, time(17, 30))


def next_workday(on: date) -> date:
    on += timedelta(1)
    while on.weekday() > 4 or on in HOLIDAYS:
        on += timedelta(1)
    return on


def days_between(first: str, last: str) -> list[date]:
    start, end = day(first), day(last)
    return [start + timedelta(n) for n in range((end - start).days + 1)]


def workdays(first: str, last: str) -> list[date]:
    return [on for on in days_between(first, last) if on.weekday() < 5 and on not in HOLIDAYS]


def first_of(month: int) -> date:
    return date(2023 if month > 2 else 2024, month, 1)


def short_month(on: date) -> str:
    """`2311`, as the numbers of papers have it."""
    return f"{on:%y%m}"


def words(text: str) -> list[str]:
    return text.split()
