"""Days: periods, durations, and the pinned calendar of workdays. Pure arithmetic; docs/semantics.md §1 and §5.

A `date` stands for a whole day, a `datetime` for a moment of the wall clock; the end of a day is the next midnight.
"""

from __future__ import annotations

import calendar as _months
import re
from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any, Literal, get_args

from duban.errors import Issue, PackError

Unit = Literal["day", "week", "month", "quarter", "half_year", "year"]
DurationUnit = Literal["hours", "days", "workdays", "months"]

_ONE_DAY = timedelta(days=1)
_MONTHS_PER: dict[str, int] = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}
_SATURDAY = 5


# ---- periods


def period_start(unit: Unit, day: date) -> date:
    """The first day of the period that holds a day; weeks start on Monday (GB/T 7408).

    >>> period_start("week", date(2023, 11, 11)), period_start("quarter", date(2023, 11, 11))
    (datetime.date(2023, 11, 6), datetime.date(2023, 10, 1))
    """
    if unit == "day":
        return day
    if unit == "week":
        return day - timedelta(days=day.weekday())
    months = _MONTHS_PER[unit]
    return date(day.year, (day.month - 1) // months * months + 1, 1)


def period_end(unit: Unit, day: date) -> date:
    """The first day of the next period: the period that holds `day` ends as that day begins."""
    start = period_start(unit, day)
    if unit in _MONTHS_PER:
        return add_months(start, _MONTHS_PER[unit])
    return start + (_ONE_DAY if unit == "day" else 7 * _ONE_DAY)


def previous_period(unit: Unit, day: date) -> tuple[date, date]:
    """Start and (exclusive) end of the period before the one that holds a day."""
    end = period_start(unit, day)
    return period_start(unit, end - _ONE_DAY), end


def periods_overlapping(unit: Unit, start: date, end: date) -> list[tuple[date, date]]:
    """The periods that share a day with [start, end), in order, each whole as [its start, its end).

    >>> [str(first) for first, _ in periods_overlapping("month", date(2023, 11, 11), date(2024, 2, 1))]
    ['2023-11-01', '2023-12-01', '2024-01-01']
    """
    found = []
    while start < end:
        following = period_end(unit, start)
        found.append((period_start(unit, start), following))
        start = following
    return found


# ---- months


def add_months(day: date, months: int) -> date:
    """The same day number so many months on, or the last day of that month if it has none (民法典 202).

    >>> add_months(date(2024, 1, 31), 1)
    datetime.date(2024, 2, 29)
    """
    index = day.year * 12 + day.month - 1 + months
    year, month = index // 12, index % 12 + 1
    return date(year, month, min(day.day, _months.monthrange(year, month)[1]))


def day_n_of_month(period: date, n: int) -> date:
    """Day `n` of the month in which a period starts; past its end: its last day.

    >>> day_n_of_month(date(2023, 11, 1), 31)
    datetime.date(2023, 11, 30)
    """
    return period.replace(day=min(n, _months.monthrange(period.year, period.month)[1]))


# ---- moments


def end_of(day: date) -> datetime:
    """24:00 of a day."""
    return datetime.combine(day + _ONE_DAY, time())


def day_of_due(due: datetime) -> date:
    """The day on which a due lies; an exact midnight belongs to the day that it ends."""
    return (due - timedelta(microseconds=1)).date()


# ---- workdays


@dataclass(frozen=True)
class Calendar:
    """A pinned calendar: weekends rest, except make-up workdays; `holidays` rest too.

    Years without an announcement are provisional: only weekends rest there.
    """

    holidays: frozenset[date] = frozenset()
    workdays: frozenset[date] = frozenset()
    sources: Mapping[int, str] = field(default_factory=dict)

    @classmethod
    def from_data(cls, data: Mapping[Any, Any]) -> Calendar:
        """A calendar from `{years: {2024: {source: …, holidays: [days], workdays: [days]}}}`; none: weekends only.

        Raises PackError naming everything that is not so.
        """
        days: dict[str, set[date]] = {"holidays": set(), "workdays": set()}
        sources: dict[int, str] = {}
        issues: list[Issue] = []
        for year, entry in (data.get("years") or {}).items():
            if not isinstance(year, int) or not isinstance(entry, Mapping):
                issues.append(Issue("C101", f"日历里的“{year}”应是年份，下含source、holidays、workdays"))
                continue
            sources[year] = str(entry.get("source", ""))
            for key in entry:
                if key not in ("source", "holidays", "workdays"):
                    issues.append(
                        Issue("C102", f"日历{year}年里不认识“{key}”", hint="可用：source、holidays、workdays")
                    )
            for key, found in days.items():
                for item in entry.get(key) or ():
                    try:
                        found.add(_day(item))
                    except ValueError:
                        issues.append(Issue("C103", f"日历{year}年{key}里的“{item}”不是日期", hint="如2024-02-18"))
        both = sorted(days["holidays"] & days["workdays"])
        issues += [Issue("C104", f"日历里{day}既是假日又是工作日") for day in both]
        if issues:
            raise PackError("日历有误", issues)
        return cls(frozenset(days["holidays"]), frozenset(days["workdays"]), sources)

    def provisional(self, year: int) -> bool:
        """Whether the holidays of a year have not been announced (or not been pinned)."""
        return year not in self.sources

    def is_workday(self, day: date) -> bool:
        return day in self.workdays or (day.weekday() < _SATURDAY and day not in self.holidays)

    def next_workday(self, day: date) -> date:
        """The day itself if it is a workday, else the first one after it."""
        while not self.is_workday(day):
            day += _ONE_DAY
        return day

    def add_workdays(self, day: date, n: int) -> date:
        """The n-th workday after a day (before it, if n is negative); the day itself never counts."""
        step = _ONE_DAY if n > 0 else -_ONE_DAY
        for _ in range(abs(n)):
            day += step
            while not self.is_workday(day):
                day += step
        return day

    def roll(self, due: datetime) -> datetime:
        """A due as it is if its day is a workday, else the end of the next workday."""
        day = day_of_due(due)
        return due if self.is_workday(day) else end_of(self.next_workday(day))

    def workday_rows(self, first: date, last: date) -> list[tuple[date, bool, date, int]]:
        """For each day from first to last: (day, is workday, next workday or itself, workdays from first through it).

        The n-th workday after a day is the workday whose number is that day's number plus n.
        """
        days = [first + timedelta(days=i) for i in range((last - first).days + 1)]
        work = [day for day in days if self.is_workday(day)]
        after = self.next_workday(last + _ONE_DAY)
        rows = []
        number = 0
        for day in days:
            working = number < len(work) and work[number] == day
            number += working
            upcoming = bisect_left(work, day)
            rows.append((day, working, work[upcoming] if upcoming < len(work) else after, number))
        return rows


def _day(item: Any) -> date:
    """A day as YAML gives it, as a date or as text. ValueError if it is neither."""
    if isinstance(item, date) and not isinstance(item, datetime):
        return item
    return date.fromisoformat(str(item).strip())


# ---- durations

_DURATION = re.compile(r"\s*([+-]?\d+)\s*(hour|day|workday|month)s?\s*", re.ASCII)


@dataclass(frozen=True)
class Duration:
    """`10 days`: a number of hours, days, workdays or months; the starting day is not counted."""

    n: int
    unit: DurationUnit

    def __str__(self) -> str:
        return f"{self.n} {self.unit}"

    def __neg__(self) -> Duration:
        return Duration(-self.n, self.unit)

    def add_to(self, value: date | datetime, calendar: Calendar | None = None) -> datetime:
        """The moment so long after a moment, or after a whole day.

        Hours are exact, and count from the end of a whole day. All other units are added to the day, and run to the
        end (24:00) of the day that they lead to.
        """
        if self.unit == "hours":
            start = value if isinstance(value, datetime) else end_of(value)
            return start + timedelta(hours=self.n)
        day = value.date() if isinstance(value, datetime) else value
        return end_of(self.add_to_day(day, calendar))

    def add_to_day(self, day: date, calendar: Calendar | None = None) -> date:
        """The day to which days, workdays or months lead. ValueError for hours."""
        if self.unit == "days":
            return day + timedelta(days=self.n)
        if self.unit == "months":
            return add_months(day, self.n)
        if self.unit == "workdays":
            return (calendar or Calendar()).add_workdays(day, self.n)
        raise ValueError("hours lead to a moment, not to a day")


def parse_duration(text: str) -> Duration:
    """`10 days`, `1 month`, `-3 workdays`. Raises ValueError with a Chinese sentence if it is nothing like it.

    >>> parse_duration("10 days")
    Duration(n=10, unit='days')
    """
    found = _DURATION.fullmatch(text)
    if found is None:
        known = "、".join(get_args(DurationUnit))
        raise ValueError(f"“{text}”不是时长，应是数字加单位（{known}），如10 days")
    unit: Any = found[2] + "s"
    return Duration(int(found[1]), unit)
