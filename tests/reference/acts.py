"""The acts of a duty: what counts, what might, and in which scope (semantics §7)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from reference.bearers import Bearer, belongs
from reference.calendar import period_of
from reference.conditions import Resolve, truth
from reference.frames import Frame, unit_of
from reference.records import Record
from reference.temporal import Span, Temporal, exists_by, inside, not_before, order_key
from reference.world import World


@dataclass(frozen=True)
class Duty:
    """One duty under judgement. An `otherwise` path is judged as the same duty with another due and `by`."""

    world: World
    obligation: dict[str, Any]
    bearer: Bearer
    frame: Frame
    live: list[Span]
    due: datetime
    row: Record | None
    """The bearer's row at the duty's due."""
    has_by: bool

    @property
    def trigger(self) -> Record | None:
        return self.frame.trigger.record if self.frame.trigger else None

    def names(self, own: Record | None, sides: dict[str, Any] | None = None) -> Resolve:
        """Names for a condition that is not about an act."""
        frame = self.frame
        return self.world.names(own, self.row, self.trigger, frame.window, frame.period, sides)

    def act_names(self, record: Record) -> Resolve:
        """Names for the `where` of an act: `bearer.f` is the row at the act's order key.

        Decided: no row holds that moment (or there is no event time): `bearer.f` is empty; there is no fallback.
        """
        row = self.bearer.at(None if record.event is None else order_key(record.event))
        return self.world.names(record, row, self.trigger, self.frame.window, self.frame.period)

    @property
    def subject(self) -> Record | None:
        """Whose fields plain names mean in done, require, notes, otherwise.where."""
        return self.trigger or self.row


@dataclass
class Outcome:
    """What a test says about a duty."""

    required: Any
    observed: Any
    satisfied: bool
    """By due."""
    at: datetime | None = None
    """When it was satisfied, on time or late."""
    could: bool = False
    """Unknown acts could change "not satisfied by due"."""
    could_late: bool = False
    """Late exists, and unknown acts, those after due too, could have satisfied it by now."""
    has_late: bool = False
    evidence: set[str] = field(default_factory=set)
    nothing_asked: bool = False
    """No target, or a percentage that asks for nothing."""
    hits: list[Record] = field(default_factory=list)
    passes_whole: bool = False
    """Would pass counting acts in the whole calendar period."""


@dataclass(frozen=True)
class Act:
    record: Record
    certain: bool
    """False: an unknown act."""
    loose: bool = False

    @property
    def event(self) -> Temporal | None:
        return self.record.event

    @property
    def key(self) -> datetime:
        assert self.event is not None
        return order_key(self.event)

    def on_time(self, due: datetime) -> bool:
        """An act without event time may have been on time."""
        return self.event is None or exists_by(self.event, due)


def acts_of(duty: Duty, spec: dict[str, Any], scope: Any) -> list[Act]:
    """The acts and the unknown acts of a duty within a scope (a function of the record: True, False, None = maybe)."""
    acts = []
    for record in duty.world.view.rows(spec["record"], duty.bearer.jurisdiction):
        where = spec.get("where")
        owned = belongs(duty.world, record, duty.bearer, duty.trigger, spec.get("link"), where)
        if owned is False:
            continue
        holds = record.as_one(truth(where, duty.act_names(record)))
        within = scope(record)
        if holds is False or within is False:
            continue
        certain = owned is True and holds is True and record.event is not None and within is True
        acts.append(Act(record, certain, loose=owned is None))
    return acts


def in_live(live: list[Span], whole_day: bool = False) -> Any:
    """Scope: the event lies in a live segment (forbid: a bare day must lie in it entirely). No event time: always."""

    def scope(record: Record) -> bool:
        return record.event is None or any(inside(record.event, span, whole_day) for span in live)

    return scope


def from_moment(first: datetime) -> Any:
    """Scope: event at or after a moment. No event time: always."""

    def scope(record: Record) -> bool:
        return record.event is None or not_before(record.event, first)

    return scope


def named_period(duty: Duty, name: str) -> Any:
    """Scope: the period that the `for` field names is this one; an empty one: maybe."""
    period = duty.frame.period
    assert period is not None

    def scope(record: Record) -> bool | None:
        value = record.values.get(name)
        return None if value is None else period_of(value, period.unit) == period

    return scope


def scope_of(duty: Duty, spec: dict[str, Any]) -> Any:
    """The scope of perform and respond.

    Decided: "period end" in the second case is the calendar period's.
    """
    period = duty.frame.period
    if period is not None and unit_of(duty.obligation) and not duty.has_by:
        return in_live(duty.live)
    if period is not None and unit_of(duty.obligation):
        if spec.get("for"):
            return named_period(duty, spec["for"])
        return in_live([(duty.live[0][0], max(period.span[1], duty.due))])
    if spec.get("direction") == "before":
        return from_moment(duty.frame.span[0])
    return from_moment(duty.live[0][0])
