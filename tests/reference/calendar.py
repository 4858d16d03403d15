"""Periods, working days and durations (semantics §5)."""

from __future__ import annotations

import calendar as months
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from reference.temporal import Span, Temporal, boundary, day_begins, day_ends, day_it_ends, day_of

UNITS = ("day", "week", "month", "quarter", "half_year", "year")
MONTHS_IN = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}


@dataclass(frozen=True, order=True)
class Period:
    """A calendar period; `last` is its last day."""

    first: date
    last: date
    unit: str

    @property
    def span(self) -> Span:
        return day_begins(self.first), day_ends(self.last)

    def next(self) -> Period:
        return period_of(self.last + timedelta(days=1), self.unit)

    def previous(self) -> Period:
        return period_of(self.first - timedelta(days=1), self.unit)


def period_of(value: Temporal, unit: str) -> Period:
    """The period of a unit that holds a day. Weeks begin on Monday."""
    day = day_of(value)
    if unit == "day":
        return Period(day, day, unit)
    if unit == "week":
        monday = day - timedelta(days=day.weekday())
        return Period(monday, monday + timedelta(days=6), unit)
    size = MONTHS_IN[unit]
    first = date(day.year, (day.month - 1) // size * size + 1, 1)
    return Period(first, add_months(first, size) - timedelta(days=1), unit)


def periods_between(first: date, last: date, unit: str) -> list[Period]:
    """All periods that touch a day of first … last."""
    result = [period_of(first, unit)]
    while result[-1].last < last:
        result.append(result[-1].next())
    return result


def add_months(day: date, count: int) -> date:
    """The same day number in another month, or that month's last day."""
    index = day.year * 12 + day.month - 1 + count
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, months.monthrange(year, month + 1)[1]))


@dataclass(frozen=True)
class Workdays:
    """Working days: Monday to Friday, but for days off and make-up days."""

    holidays: frozenset[date] = frozenset()
    makeup: frozenset[date] = frozenset()

    def is_workday(self, day: date) -> bool:
        if day in self.makeup:
            return True
        return day.weekday() < 5 and day not in self.holidays

    def add(self, day: date, count: int) -> date:
        """The N-th working day after (before, if negative) a day, which itself does not count."""
        step = timedelta(days=1 if count > 0 else -1)
        left = abs(count)
        while left:
            day += step
            left -= self.is_workday(day)
        return day

    def roll(self, due: datetime) -> datetime:
        """If the day of a due is no working day: the end of the next one."""
        day = day_it_ends(due)
        if self.is_workday(day):
            return due
        return day_ends(self.add(day, 1))


@dataclass(frozen=True)
class Duration:
    """`N hours|days|workdays|months`; negative in `EXPR - N unit`."""

    count: int
    unit: str

    def negated(self) -> Duration:
        return Duration(-self.count, self.unit)

    def move_day(self, day: date, workdays: Workdays) -> date:
        if self.unit == "days":
            return day + timedelta(days=self.count)
        if self.unit == "months":
            return add_months(day, self.count)
        return workdays.add(day, self.count)

    def due_after(self, value: Temporal, workdays: Workdays) -> datetime:
        """§5: hours are added to the moment (bare: the end of its day); the others to the day, to the end of it.

        Decided: the day of a moment at exactly 00:00 is the day that it begins (it is an event here, not a due).
        """
        if self.unit == "hours":
            return boundary(value) + timedelta(hours=self.count)
        return day_ends(self.move_day(day_of(value), workdays))

    def start_before(self, value: Temporal, workdays: Workdays) -> datetime:
        """The beginning of `[t - within, t)` of `respond before`.

        Decided: hours count back from the moment (bare: from 00:00 of its day, the earliest, the bearer's favour);
        the others give the beginning of the day so many before t's day (a window starts with its day's beginning).
        """
        if self.unit == "hours":
            return (value if isinstance(value, datetime) else day_begins(value)) - timedelta(hours=self.count)
        return day_begins(self.negated().move_day(day_of(value), workdays))


AMOUNT = r"(?:\d+\s*|param\.\w+\s+)(?:hour|day|workday|month)s?"


def parse_duration(text: str, params: Mapping[str, Any] | None = None) -> Duration:
    """`3 days`, or `param.x days` with a parameter that is a number, 0 or more."""
    match = re.fullmatch(r"\s*(?:(\d+)\s*|param\.(\w+)\s+)(hour|day|workday|month)s?\s*", str(text))
    if not match:
        raise ValueError(f"no duration: {text}")
    count = int(match[1] or (params or {})[match[2]])
    if count < 0:
        raise ValueError(f"{text} is {count}: no duration")
    return Duration(count, match[3] + "s")
