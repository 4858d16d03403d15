"""`by`, `within` and `roll` (semantics §5)."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any

from reference.bearers import Bearer
from reference.calendar import AMOUNT, Duration, Period, parse_duration
from reference.conditions import date_value, heads
from reference.records import Record
from reference.temporal import END, Span, Temporal, boundary, day_ends
from reference.world import World

OFFSET = re.compile(rf"^(?P<base>.+?)\s*(?P<sign>[+-])\s*(?P<amount>{AMOUNT})\s*$")
DAY_N = re.compile(r"day\s+\d+")


def due_by(
    world: World, by: Any, window: Span, bearer: Bearer, trigger: Record | None = None, period: Period | None = None
) -> datetime | None:
    """`EXPR ± N unit`, not rolled; None: unknown (an empty cell)."""
    base, amount = _parts(by, world.params)
    start = _base(world, base, window, bearer, trigger, period)
    if start is None:
        return None
    return boundary(start) if amount is None else amount.due_after(start, world.workdays)


def _parts(by: Any, params: dict[str, Any]) -> tuple[str, Duration | None]:
    """`EXPR` and what is added to it, if anything."""
    text = str(by).strip()
    match = OFFSET.match(text)
    if not match:
        return text, None
    amount = parse_duration(match["amount"], params)
    return match["base"], amount.negated() if match["sign"] == "-" else amount


def reads_no_field(world: World, by: Any) -> bool:
    """Whether no field of the trigger or the bearer decides a due."""
    base = _parts(by, world.params)[0]
    return bool(DAY_N.fullmatch(base)) or heads(base) <= {"param", "window", "period"}


def _base(
    world: World, text: str, window: Span, bearer: Bearer, trigger: Record | None, period: Period | None
) -> Temporal | None:
    """Decided: `day N` is of the month in which the period ends; `bearer.f` in a `by` is the row at the end of the
    period (the window), as the due that would choose the row is not there yet."""
    if DAY_N.fullmatch(text):
        assert period is not None
        return _day_of_month(period.last, int(text.split()[1]))
    anchor = period.span[1] if period else window[1]
    row = bearer.at_due(anchor)
    return date_value(text, world.names(trigger or row, row, trigger, window, period))


def _day_of_month(month: date, number: int) -> date:
    """The N-th day of a month, or its last."""
    while True:
        try:
            return month.replace(day=number)
        except ValueError:
            number -= 1


def due_within(world: World, within: str, start: Temporal) -> datetime:
    return parse_duration(within, world.params).due_after(start, world.workdays)


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
