"""`by`, `within` and `roll` (semantics §5)."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any

from reference.bearers import Bearer
from reference.calendar import Period, parse_duration
from reference.conditions import value
from reference.records import Record
from reference.temporal import END, Span, Temporal, boundary, day_ends, to_temporal
from reference.world import World

OFFSET = re.compile(r"^(?P<base>.+?)\s*(?P<sign>[+-])\s*(?P<amount>\d+\s*(hour|day|workday|month)s?)\s*$")
ISO = re.compile(r"^\d{4}-\d{2}-\d{2}([ T][\d:.]+)?$")


def due_by(
    world: World, by: Any, window: Span, bearer: Bearer, trigger: Record | None = None, period: Period | None = None
) -> datetime | None:
    """`EXPR ± N unit`, not rolled; None: unknown (an empty cell)."""
    text = str(by).strip()
    match = OFFSET.match(text)
    base = match["base"] if match else text
    start = _base(world, base, window, bearer, trigger, period)
    if start is None:
        return None
    if not match:
        return boundary(start)
    amount = parse_duration(match["amount"])
    return (amount.negated() if match["sign"] == "-" else amount).due_after(start, world.workdays)


def _base(
    world: World, text: str, window: Span, bearer: Bearer, trigger: Record | None, period: Period | None
) -> Temporal | None:
    """Decided: `day N` is of the month in which the period ends; `bearer.f` in a `by` is the row at the end of the
    period (the window), as the due that would choose the row is not there yet."""
    if ISO.match(text):
        return to_temporal(text)
    if re.fullmatch(r"day\s+\d+", text):
        assert period is not None
        return _day_of_month(period.last, int(text.split()[1]))
    anchor = period.span[1] if period else window[1]
    row = bearer.at_due(anchor)
    return value(text, world.names(trigger or row, row, trigger, window, period))


def _day_of_month(month: date, number: int) -> date:
    """The N-th day of a month, or its last."""
    while True:
        try:
            return month.replace(day=number)
        except ValueError:
            number -= 1


def due_within(world: World, within: str, start: Temporal) -> datetime:
    return parse_duration(within).due_after(start, world.workdays)


def rolled(world: World, obligation: dict[str, Any], due: datetime | None) -> datetime | None:
    """`roll: workday` (or a parameter that says so). Decided: only a due made by `by` or `within` is rolled."""
    roll = obligation.get("roll")
    if isinstance(roll, str) and roll.startswith("param."):
        roll = world.params[roll[len("param.") :]]
    if due is None or due == END or roll != "workday":
        return due
    return world.workdays.roll(due)


def end_of_event_day(event: Temporal | None) -> datetime | None:
    return None if event is None else day_ends(event.date() if isinstance(event, datetime) else event)
