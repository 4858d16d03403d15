"""done, forbid and reconcile (semantics §7)."""

from __future__ import annotations

from typing import Any

from reference.acts import Duty, Outcome, acts_of, in_live
from reference.bearers import belongs_to_bearer
from reference.conditions import date_value, truth
from reference.frames import unit_of
from reference.records import Record
from reference.temporal import exists_by, order_key


def judge_done(duty: Duty, spec: str, require: str | None) -> Outcome:
    """The date is not empty, exists by as_of, `require` is true; on time for due.

    Decided: observed is 1 as soon as it is done, late or not.
    """
    names = duty.names(duty.subject)
    done = date_value(spec, names)
    holds = done is not None and exists_by(done, duty.world.as_of) and truth(require, names) is True
    return Outcome(
        required=1,
        observed=int(holds),
        satisfied=holds and exists_by(done, duty.due),
        at=order_key(done) if holds else None,
        has_late=True,
        evidence={duty.trigger.id} if duty.trigger else set(),
    )


def judge_forbid(duty: Duty, spec: dict[str, Any]) -> Outcome:
    """Hits and possible hits in live time; whether it is satisfied also needs due and P: see the judgement."""
    acts = acts_of(duty, spec, in_live(duty.live, whole_day=True))
    hits = [act.record for act in acts if act.certain]
    return Outcome(
        required=0,
        observed=len(hits),
        satisfied=not hits and len(hits) == len(acts),
        could=any(not act.certain for act in acts),
        evidence={hit.id for hit in hits},
        hits=hits,
    )


def judge_reconcile(duty: Duty, spec: dict[str, Any]) -> Outcome:
    """All conditions over the trigger and its sides; due and P: see the judgement."""
    sides = {name: _side(duty, side) for name, side in (spec.get("with") or {}).items()}
    results = [truth(condition, duty.names(duty.trigger, sides)) for condition in spec["equal"]]
    return Outcome(
        required=len(results),
        observed=sum(result is True for result in results),
        satisfied=all(result is True for result in results),
        could=None in results and False not in results,
        evidence={duty.trigger.id} if duty.trigger else set(),
    )


def _side(duty: Duty, side: dict[str, Any]) -> Any:
    """What a side's name stands for: a number (count, sum), or a function that reads a field of its one row.

    Decided: a loose row (it might belong to the trigger's bearer) is as unknown as one whose `where` is.
    Decided: the sum of no rows is `absent` if given, else 0.
    """
    rows, doubtful = _side_rows(duty, side)
    if side.get("count"):
        return None if doubtful else len(rows)
    if side.get("sum"):
        summands = [row.values.get(side["sum"]) for row in rows]
        if doubtful or None in summands:
            return None
        return sum(summands) if summands else side.get("absent", 0)

    def read(path: tuple[str, ...]) -> Any:
        if doubtful or len(rows) > 1:
            return None
        return duty.world.field(rows[0], path) if rows else side.get("absent")

    return read


def _side_rows(duty: Duty, side: dict[str, Any]) -> tuple[list[Record], bool]:
    """The rows of a side, and whether there may be others."""
    unit = unit_of(duty.obligation) or "month"
    period = duty.frame.period
    assert period is not None
    wanted = period.previous() if side.get("period", "same") == "previous" else period
    rows, doubtful = [], False
    for record in duty.world.view.rows(side["record"], duty.bearer.jurisdiction):
        where = side.get("where")
        owned = belongs_to_bearer(duty.world, record, duty.bearer, side.get("link"), where)
        holds = record.as_one(truth(where, duty.names(record)))
        its_period = record.period(unit)
        if owned is False or holds is False or (its_period is not None and its_period != wanted):
            continue
        if owned is None or holds is None or its_period is None:
            doubtful = True
        else:
            rows.append(record)
    return rows, doubtful
