"""Proven days (semantics §6)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from reference.bearers import Bearer
from reference.calendar import period_of
from reference.dues import due_by, due_within, reads_no_field, rolled
from reference.temporal import Span, day_ends, days_touched, intersect
from reference.world import World


def is_assumed(world: World, record_type: str) -> bool:
    """`complete: assumed` on the pack or the type; types without `time` are assumed unless they say otherwise.

    Decided: what the record type says goes before what the pack says.
    """
    kind = world.types[record_type]
    if kind.complete is not None:
        return kind.complete == "assumed"
    return world.pack.get("complete") == "assumed" or kind.time is None


def is_proven(
    world: World, obligation: dict[str, Any], bearer: Bearer, record_type: str, days: Iterable[date] | None
) -> bool:
    """Whether a type is handed in for a bearer for every one of these days (None: days without end)."""
    if is_assumed(world, record_type):
        return True
    if days is None:
        return False
    lines = [
        line
        for line in world.manifest
        if line.record_type == record_type
        and line.jurisdiction == bearer.jurisdiction
        and line.counts_by(world.known_by)
    ]
    for day in days:
        voices = _voices(world, obligation, bearer, record_type, day)
        if not any(line.sender in voices and line.subject in voices and line.covers(day) for line in lines):
            return False
    return True


def _voices(world: World, obligation: dict[str, Any], bearer: Bearer, record_type: str, day: date) -> set[str]:
    """Who may hand in for a bearer on a day.

    Decided: `handed_in_by: bearer.f` reads the row holding that day, as `reports_through` does.
    """
    row = bearer.on(day)
    through = (obligation.get("handed_in_by") or {}).get(record_type) or world.types[record_type].handed_in_by
    if through is None:
        values = {world.field(row, (name,)) for name in bearer.kind.reports_through}
        return {bearer.id} | {v for v in values if v is not None}
    if through.startswith("bearer."):
        said = world.field(row, tuple(through.split(".")[1:]))
        return set() if said is None else {said}
    return {through}


def types_read(obligation: dict[str, Any]) -> set[str]:
    """The record types that the main test reads: of acts and of triggers."""
    types = {obligation["each"]["record"]} if "each" in obligation else set()
    for word in ("perform", "respond", "forbid"):
        if word in obligation:
            types.add(obligation[word]["record"])
    if "cover" in obligation:
        types.add(obligation["cover"]["by"]["record"])
    return types


def days_up_to(live: list[Span], limit: Any) -> list[date] | None:
    """The days that live time touches up to a moment."""
    return days_touched((a, min(b, limit)) for a, b in live)


def is_duty_proven(world: World, obligation: dict[str, Any], bearer: Bearer, frame: Any, live: list[Span]) -> bool:
    """P."""
    if "reconcile" in obligation:
        return _is_reconcile_proven(world, obligation, bearer, frame)
    days = days_up_to(live, frame.due)
    return all(is_proven(world, obligation, bearer, name, days) for name in sorted(types_read(obligation)))


def _is_reconcile_proven(world: World, obligation: dict[str, Any], bearer: Bearer, frame: Any) -> bool:
    """The days of the trigger's period for the trigger's type and the `same` sides, of the one before for the
    `previous` sides: up to due, in the window and in the bearer's existence. `applies` does not cut them."""
    possible = intersect([frame.window], bearer.existence)
    same = days_up_to(intersect([frame.period.span], possible), frame.due)
    before = days_up_to(intersect([frame.period.previous().span], possible), frame.due)
    wanted = [(obligation["each"]["record"], same)]
    for side in obligation["reconcile"].get("with", {}).values():
        wanted.append((side["record"], before if side.get("period", "same") == "previous" else same))
    return all(is_proven(world, obligation, bearer, name, days) for name, days in wanted)


def unproven_trigger_span(
    world: World, obligation: dict[str, Any], bearer: Bearer, applicable: list[Span]
) -> list[Span] | None:
    """Where the bearer was alive in the window before as_of, if the trigger's type is not proven for all of it."""
    record_type = obligation["each"]["record"]
    if is_assumed(world, record_type):
        return None
    window = world.window_of(obligation)
    overlap = intersect(intersect([(window[0], min(window[1], world.as_of))], bearer.existence), applicable)
    if not overlap or is_proven(world, obligation, bearer, record_type, days_touched(overlap)):
        return None
    return overlap


def first_unproven_day(world: World, obligation: dict[str, Any], bearer: Bearer, overlap: list[Span]) -> date:
    """The first day on which a trigger might lie unseen."""
    days = days_touched(overlap)
    assert days is not None
    record_type = obligation["each"]["record"]
    return next(day for day in days if not is_proven(world, obligation, bearer, record_type, [day]))


def blind_due(world: World, obligation: dict[str, Any], bearer: Bearer, day: date) -> datetime:
    """The earliest due of a trigger on the first unproven day, and not before that day would normally be handed in."""
    due = _earliest_due(world, obligation, bearer, day)
    lag = world.types[obligation["each"]["record"]].lag
    return due if lag is None else max(due, day_ends(day + timedelta(days=lag)))


def _earliest_due(world: World, obligation: dict[str, Any], bearer: Bearer, day: date) -> datetime:
    """When a trigger on that day would be due at the earliest; as_of or the window's end if its fields decide that."""
    window = world.window_of(obligation)
    unknown = min(world.as_of, window[1])
    unit = obligation.get("every")
    if "reconcile" in obligation or (obligation.get("respond") or {}).get("direction") == "before":
        return unknown
    period = period_of(day, unit) if unit else None
    if "by" in obligation:
        if not reads_no_field(world, obligation["by"]):
            return unknown
        due = due_by(world, obligation["by"], window, bearer, None, period)
    elif "within" in obligation:
        due = due_within(world, obligation["within"], day)
    elif period is not None:
        return min(period.span[1], window[1])
    else:
        return unknown
    found = rolled(world, obligation, due)
    assert found is not None
    return found
