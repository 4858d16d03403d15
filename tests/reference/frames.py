"""The frames of an obligation for one bearer: nominal span, due, period, trigger (semantics §5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from reference.bearers import Bearer, belongs_to_bearer
from reference.calendar import Period, parse_duration, periods_between
from reference.conditions import date_value, truth
from reference.dues import due_by, due_within, end_of_event_day, rolled
from reference.records import Record
from reference.temporal import END, START, Span, Temporal, boundary, day_it_ends, inside, order_key
from reference.world import World

MARGIN = timedelta(days=70)  # a period may lie so far outside the window in which its due falls


@dataclass(frozen=True)
class Trigger:
    record: Record
    certain: bool
    start: Temporal | None
    until: datetime

    @property
    def open(self) -> Span:
        """[from, until); since ever if `from` is unknown."""
        return (START if self.start is None else order_key(self.start)), self.until


@dataclass(frozen=True)
class Frame:
    window: Span
    span: Span
    due: datetime | None
    """None: unknown. END: open, no due yet."""
    period: Period | None = None
    trigger: Trigger | None = None
    start_known: bool = True


def unit_of(obligation: dict[str, Any]) -> str | None:
    """The period unit; `once` is none."""
    every = obligation.get("every")
    return None if every == "once" else every


def is_before(obligation: dict[str, Any]) -> bool:
    return (obligation.get("respond") or {}).get("direction", "after") == "before"


def frames_of(world: World, obligation: dict[str, Any], bearer: Bearer) -> list[Frame]:
    window = world.window_of(obligation)
    if "each" not in obligation:
        return _plain_frames(world, obligation, bearer, window)
    return [
        frame
        for trigger in triggers_of(world, obligation, bearer)
        if _starts_inside(trigger, obligation, window)
        for frame in _trigger_frames(world, obligation, bearer, window, trigger)
    ]


def _plain_frames(world: World, obligation: dict[str, Any], bearer: Bearer, window: Span) -> list[Frame]:
    """The rows of the table without `each`."""
    by, unit = obligation.get("by"), unit_of(obligation)
    if unit is None and by is None:
        return [Frame(window, window, window[1])]
    if unit is None:
        due = rolled(world, obligation, due_by(world, by, window, bearer))
        return [Frame(window, (window[0], END if due is None else due), due)]
    frames = []
    for period in _periods(window, unit, MARGIN if by is not None else timedelta(0)):
        first, last = max(period.span[0], window[0]), min(period.span[1], window[1])
        if by is None:
            if first < last:
                frames.append(Frame(window, (first, last), last, period))
            continue
        due = due_by(world, by, window, bearer, period=period)
        if due is None or _due_inside(due, window):
            due = rolled(world, obligation, due)
            frames.append(Frame(window, (first, max(last, due or last)), due, period))
    return frames


def _periods(window: Span, unit: str, margin: timedelta) -> list[Period]:
    first, last = window[0] - margin, window[1] + margin
    return periods_between(first.date(), day_it_ends(last), unit) if first < last else []


def _due_inside(due: datetime, window: Span) -> bool:
    """Decided: by the day of the due (24:00 belongs to the day that it ends), so the window's last day is in."""
    return window[0] < due <= window[1]


def triggers_of(world: World, obligation: dict[str, Any], bearer: Bearer) -> list[Trigger]:
    """The rows of `each.record` that belong to the bearer, `where` true or unknown.

    Decided: `first` chooses before the window does, by order key; an empty `from` comes last.
    `bearer.f` in `each.where` reads the row at the trigger's order key (without `time`: decided: its span's start).
    """
    each = obligation["each"]
    triggers = []
    for record in world.view.rows(each["record"], bearer.jurisdiction):
        where = each.get("where")
        if belongs_to_bearer(world, record, bearer, each.get("link"), where) is not True:
            continue
        start = _from(world, each, record)
        row = bearer.at(_order_key_of(record))
        holds = record.as_one(truth(where, world.names(record, row, record, world.window_of(obligation))))
        if holds is not False:
            triggers.append(Trigger(record, holds is True, start, _until(world, each, record)))
    if each.get("first"):
        triggers.sort(key=lambda t: (END if t.start is None else order_key(t.start), t.record.id))
        triggers = triggers[:1]
    return triggers


def _order_key_of(record: Record) -> datetime | None:
    if record.type.time:
        return None if record.event is None else order_key(record.event)
    return record.span[0]


def _from(world: World, each: dict[str, Any], record: Record) -> Temporal | None:
    if each.get("from") is not None:
        return date_value(each["from"], world.names(record, None, record))
    if record.type.time:
        return record.event
    return record.values.get(record.type.span[0]) if record.type.span else None


def _until(world: World, each: dict[str, Any], record: Record) -> datetime:
    until = None if each.get("until") is None else date_value(each["until"], world.names(record, None, record))
    return END if until is None else boundary(until)


def _starts_inside(trigger: Trigger, obligation: dict[str, Any], window: Span) -> bool:
    """The trigger's `from` lies in the window. With `every` any overlap of [from, until) will do (not reconcile)."""
    if trigger.start is None or (unit_of(obligation) and "reconcile" not in obligation):
        return True
    return inside(trigger.start, window)


def _trigger_frames(
    world: World, obligation: dict[str, Any], bearer: Bearer, window: Span, trigger: Trigger
) -> list[Frame]:
    """The rows of the table with `each`."""
    if "reconcile" in obligation:
        return [_reconcile_frame(world, obligation, bearer, window, trigger)]
    if trigger.start is None:
        return [_frame_without_start(world, obligation, bearer, window, trigger)]
    if unit_of(obligation):
        return _trigger_periods(world, obligation, bearer, window, trigger)
    if is_before(obligation):
        first = parse_duration(obligation["within"], world.params).start_before(trigger.start, world.workdays)
        due = boundary(trigger.start)
        return [Frame(window, (first, due), due, trigger=trigger)]
    due = _trigger_due(world, obligation, bearer, window, trigger)
    return [Frame(window, (order_key(trigger.start), END if due is None else due), due, trigger=trigger)]


def _trigger_due(
    world: World, obligation: dict[str, Any], bearer: Bearer, window: Span, trigger: Trigger
) -> datetime | None:
    if obligation.get("by") is not None:
        return rolled(world, obligation, due_by(world, obligation["by"], window, bearer, trigger.record))
    if obligation.get("within") is not None:
        if trigger.start is None:
            return None
        return rolled(world, obligation, due_within(world, obligation["within"], trigger.start))
    return trigger.until


def _frame_without_start(
    world: World, obligation: dict[str, Any], bearer: Bearer, window: Span, trigger: Trigger
) -> Frame:
    """Decided: an empty `from` makes one duty (no period), spanning the window; it will be unproven."""
    due = None if unit_of(obligation) else _trigger_due(world, obligation, bearer, window, trigger)
    return Frame(window, window, due, trigger=trigger, start_known=False)


def _trigger_periods(
    world: World, obligation: dict[str, Any], bearer: Bearer, window: Span, trigger: Trigger
) -> list[Frame]:
    """One duty per period that overlaps window ∩ [from, until); with `by` those whose unrolled due is in the window."""
    open_from, open_until = trigger.open
    first, last = max(window[0], open_from), min(window[1], open_until)
    frames = []
    for period in _periods((first, min(last, max(world.as_of, first))), obligation["every"], timedelta(0)):
        span = max(first, period.span[0]), min(last, period.span[1])
        if span[0] >= span[1]:
            continue
        due: datetime | None = min(period.span[1], window[1])
        if obligation.get("by") is not None:
            due = due_by(world, obligation["by"], window, bearer, trigger.record, period)
            if due is not None and not _due_inside(due, window):
                continue
            due = rolled(world, obligation, due)
        frames.append(Frame(window, span, due, period, trigger))
    return frames


def _reconcile_frame(world: World, obligation: dict[str, Any], bearer: Bearer, window: Span, trigger: Trigger) -> Frame:
    """Span = the trigger's period, due = `by` or the end of the day of its event.

    Decided: like other triggers, its `from` must lie in the window; without period it is an unknown trigger.
    """
    period = trigger.record.period(unit_of(obligation) or "month")
    if obligation.get("by") is not None:
        due = rolled(world, obligation, due_by(world, obligation["by"], window, bearer, trigger.record, period))
    else:
        due = end_of_event_day(trigger.record.event)
    known = period is not None and trigger.start is not None
    return Frame(window, period.span if period else window, due, period, trigger, start_known=known)
