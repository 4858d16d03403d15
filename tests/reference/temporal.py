"""Moments, bare dates and spans (semantics §1).

A bare date (or a bare `datetime` cell, or a month) is a `datetime.date`; a moment is a naive `datetime.datetime`.
A span is a pair of moments `[a, b)`; START and END stand for "since ever" and "open".
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

Temporal = date | datetime
Span = tuple[datetime, datetime]

START = datetime.min
END = datetime.max
TICK = timedelta(microseconds=1)


def is_bare(value: Temporal) -> bool:
    """A whole day, not a moment."""
    return not isinstance(value, datetime)


def day_of(value: Temporal) -> date:
    """The calendar day of an event (a moment at 00:00 belongs to the day that it begins)."""
    return value.date() if isinstance(value, datetime) else value


def day_begins(value: date) -> datetime:
    """00:00 of a day."""
    return datetime(value.year, value.month, value.day)


def day_ends(value: date) -> datetime:
    """24:00 of a day."""
    return day_begins(value) + timedelta(days=1) if value < date.max else END


def boundary(value: Temporal) -> datetime:
    """A value as a boundary: as_of, known_by, due, `to`, `until`. A bare date is its end."""
    return value if isinstance(value, datetime) else day_ends(value)


def order_key(value: Temporal) -> datetime:
    """When an event is taken to have happened: a bare one at the beginning of its day. Also: a value as a start."""
    return value if isinstance(value, datetime) else day_begins(value)


def exists_by(value: Temporal, limit: datetime) -> bool:
    """`t <= b`; bare: `d 00:00 < b`. The same test tells whether an act is on time."""
    return day_begins(value) < limit if is_bare(value) else value <= limit


def inside(value: Temporal, span: Span, whole_day: bool = False) -> bool:
    """Whether an event is in `[a, b)`. `whole_day` (forbid): a bare day must lie in it entirely."""
    first, last = span
    if isinstance(value, datetime):
        return first <= value < last
    if whole_day:
        return first <= day_begins(value) and day_ends(value) <= last
    return day_begins(value) < last and day_ends(value) > first


def not_before(value: Temporal, first: datetime) -> bool:
    """An event at or after a moment (bare: the day's end is after it)."""
    return day_ends(value) > first if is_bare(value) else value >= first


def day_it_ends(limit: datetime) -> date:
    """The day of a boundary: an exact midnight belongs to the day that it ends."""
    return (limit - TICK).date() if limit > START else date.min


def merge(spans: Iterable[Span]) -> list[Span]:
    """The union of spans as sorted, disjoint, non-adjacent ones; empty spans vanish."""
    result: list[Span] = []
    for first, last in sorted(span for span in spans if span[0] < span[1]):
        if result and first <= result[-1][1]:
            result[-1] = (result[-1][0], max(last, result[-1][1]))
        else:
            result.append((first, last))
    return result


def intersect(left: Iterable[Span], right: Iterable[Span]) -> list[Span]:
    """The moments in both sets."""
    others = list(right)
    return merge((max(a, c), min(b, d)) for a, b in left for c, d in others)


def days_touched(spans: Iterable[Span]) -> list[date] | None:
    """Every day that the spans touch; None if there is no end to them."""
    days: set[date] = set()
    for first, last in spans:
        if first >= last:
            continue
        if first == START or last == END:
            return None
        day, final = first.date(), day_it_ends(last)
        while day <= final:
            days.add(day)
            day += timedelta(days=1)
    return sorted(days)


def to_temporal(value: object) -> Temporal:
    """A date of the YAML: a date, a datetime or an ISO string."""
    if isinstance(value, date):
        return value
    text = str(value).strip()
    return date.fromisoformat(text) if len(text) == 10 else datetime.fromisoformat(text)
