"""Doubts: which findings another answer to an open question would change.

The records are judged with the parameters in force, then with each other value of each parameter, one at a time; and
only by the obligations that read it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from duban import cache
from duban.auditing import Desk, Source, open_desk, ready_pack
from duban.compile import compile_pack, statuses_of
from duban.compile.planner import in_order
from duban.crew import SHELF, Progress
from duban.errors import Issue
from duban.evaluate import Limits, judged, left_behind, run
from duban.model import Plan
from duban.pack import Pack
from duban.pack.questions import alternatives, questions, read_by, readers
from duban.sqltext import quote

_BEFORE = "doubts/before"
_KIND = "contested"  # in the cache
_KEPT = (
    "fingerprint, obligation, jurisdiction, bearer_kind, bearer_id, bearer_name, trigger_id, period_start, period_end,"
    " status"
)


@dataclass(frozen=True)
class Change:
    """A duty whose status would be another. An empty status: there would be no such duty, or was none."""

    fingerprint: str
    obligation: str
    jurisdiction: str
    bearer_kind: str
    bearer_id: str
    bearer_name: str
    trigger_id: str
    period_start: date | None
    period_end: date | None
    before: str
    after: str


@dataclass(frozen=True)
class Trial:
    """One other value of one parameter: who reads it, how many duties that made, and which of them would change."""

    parameter: str
    value: Any
    obligations: tuple[str, ...]
    duties: int
    changes: tuple[Change, ...]


@dataclass(frozen=True)
class Doubts:
    """What every trial came to; `pack` holds the values in force."""

    pack: Pack
    as_of: datetime
    known_by: datetime
    trials: tuple[Trial, ...]
    issues: tuple[Issue, ...]


def doubts(
    records: Source,
    pack: str | Path | Pack,
    as_of: date | datetime | str,
    known_by: date | datetime | str | None = None,
    params: Mapping[str, Any] | None = None,
    tries: Iterable[tuple[str, Any]] = (),
    *,
    only: Iterable[str] = (),
    limits: Limits | None = None,
    progress: Progress | None = None,
) -> Doubts:
    """Try every other value that the pack declares, and `tries`: more values, as (parameter, value).

    `only` limits the declared ones to some parameters.

    Raises what `audit` raises; UsageError for a value that its parameter cannot take.
    """
    ready = ready_pack(pack, params)
    wanted = _wanted(ready, set(only), tries)
    desk = open_desk(records, ready, as_of, known_by, limits=limits)
    try:
        in_force = {name: [item for item in readers(ready, name) if not item.draft] for name, _ in wanted}
        reading = {name: tuple(item.id for item in items) for name, items in in_force.items()}
        touched = dict.fromkeys(item for names in reading.values() for item in names)
        if touched:
            plan = compile_pack(desk.pack, desk.as_of, desk.known_by, touched)
            with judged(desk.connection, plan, progress, once=desk.once):
                desk.connection.execute(f"CREATE TEMP TABLE {quote(_BEFORE)} AS SELECT {_KEPT} FROM duties")
        trials = tuple(_trial(desk, name, value, reading[name], progress) for name, value in wanted)
    finally:
        desk.connection.close()
    return Doubts(desk.pack, desk.as_of, desk.known_by, trials, desk.issues)


def _wanted(pack: Pack, only: set[str], tries: Iterable[tuple[str, Any]]) -> list[tuple[str, Any]]:
    """Parameter and value of each trial, in the order of the questions; every value is one that may be set."""
    asked = dict.fromkeys(name for question in questions(pack) for name in question.parameters)
    chosen = [name for name in asked if not only or name in only]
    found = [(name, value) for name in chosen for value in alternatives(pack, name)]
    for name, text in tries:
        value = pack.with_values({name: text}).values[name]
        if (name, value) not in found and value != pack.values[name]:
            found.append((name, value))
    order = [*asked, *(name for name, _ in found if name not in asked)]
    return sorted(found, key=lambda one: order.index(one[0]))


def _trial(desk: Desk, name: str, value: Any, reading: tuple[str, ...], progress: Progress | None) -> Trial:
    """Judge once more, with one value changed."""
    changed = desk.pack.with_values({name: value})
    if not reading:
        return Trial(name, value, (), 0, ())
    plan = compile_pack(changed, desk.as_of, desk.known_by, reading)
    with judged(desk.connection, plan, progress, once=desk.once):
        rows = desk.connection.execute(_CHANGES, [list(reading)]).fetchall()
        total = desk.connection.execute("SELECT count(*) FROM duties").fetchone()
    return Trial(name, value, reading, int(total[0]) if total else 0, tuple(Change(*row) for row in rows))


def contested_under(desk: Desk, accused: Mapping[str, str], plan: Plan | None = None) -> dict[str, tuple[str, ...]]:
    """The accused duties (fingerprint: obligation) that would be none under another reading, with those (`name=value`).

    Every other value of every open question is tried, one at a time, on the obligations that read it. The desk's
    connection is one of its own, so that the tables of the audit stay what they are; `plan` is the audit's, of whose
    views those that are still there are not made again. What came out of the same question about the same records is
    taken from the cache.
    """
    name = _kept_name(desk, accused)
    kept = cache.recall(_KIND, name) if name else None
    if isinstance(kept, dict):
        return kept
    found = _contested(desk, accused, plan)
    if name:
        cache.remember(_KIND, name, found)
    return found


def _kept_name(desk: Desk, accused: Mapping[str, str]) -> str:
    """The key of all that the contested ones follow from; '' where the records or the pack have no name."""
    if desk.once is None or not desk.pack.stamp:
        return ""
    asked = [part for item in sorted(accused.items()) for part in item]
    return cache.key(_KIND, desk.once.follows, desk.pack.stamp, str(desk.as_of), str(desk.known_by), *asked)


def _contested(desk: Desk, accused: Mapping[str, str], plan: Plan | None) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[tuple[int, str]]] = {}
    left = left_behind(desk.connection, plan) if plan is not None else set()
    trials = _readings(desk, set(accused.values()), whole=bool(left))
    there: set[str] = set()
    for one, after in zip(trials, [*trials[1:], None], strict=False):  # of no trial there is no last one
        given = _alike(plan, one.plan) & left if plan is not None else set()
        stay = _alike(one.plan, after.plan) - given if after is not None else set()
        rest = replace(one.plan, kept=(*one.plan.kept, *stay))
        run(desk.connection, rest, shelf="trial", there=there | given, behind=SHELF if left else "")
        breached = "status = 'breached' AND enforceable"
        still = (f"SELECT fingerprint FROM {quote(name)} WHERE {breached}" for name in dict.fromkeys(one.plan.stays))
        stand = {row[0] for row in desk.connection.execute("\nUNION ALL ".join(still)).fetchall()}
        for name in sorted({*one.plan.stays, *there} - stay):
            desk.connection.execute(f"DROP TABLE IF EXISTS {quote(name)}")
        there = stay
        for fingerprint, obligation in accused.items():
            if obligation in one.plan.obligations and fingerprint not in stand:
                found.setdefault(fingerprint, []).append((one.number, one.answer))
    return {fingerprint: tuple(answer for _, answer in sorted(answers)) for fingerprint, answers in found.items()}


@dataclass(frozen=True)
class _Reading:
    """One other answer to an open question, and the plan that judges under it as far as the statuses.

    `number`: its place in the list.
    """

    number: int
    answer: str
    plan: Plan


def _readings(desk: Desk, accused: set[str], *, whole: bool) -> list[_Reading]:
    """Every other answer that touches an accused obligation; those that judge the same ones one after the other.

    `whole`: with all columns of the records, as those have that an audit left behind.
    """
    found: list[_Reading] = []
    parameters = {item.id: read_by(desk.pack, item) for item in desk.pack.written if item.id in accused}
    for number, (name, value) in enumerate(_wanted(desk.pack, set(), ())):
        reading = [item for item, names in parameters.items() if name in names]
        if reading:
            changed = desk.pack.with_values({name: value})
            plan = compile_pack(changed, desk.as_of, desk.known_by, reading, whole=whole)
            first, *others = statuses_of(plan)  # nobody reads a sentence, or asks what is missing
            steps = in_order(plan.steps, [first, *others])
            plan = replace(plan, steps=steps, result=first, missing=first, kept=tuple(others))
            found.append(_Reading(number, f"{name}={value}", plan))
    return sorted(found, key=lambda one: (one.plan.obligations, one.number))


def _alike(one: Plan, other: Plan) -> set[str]:
    """The tables that are the same in two plans, since they and all that they are made from are made alike."""
    made = {step.name: step.sql for step in one.steps}
    alike: set[str] = set()
    for step in other.steps:
        if made.get(step.name) == step.sql and all(name in alike for name in step.reads):
            alike.add(step.name)
    return alike


def _either(column: str) -> str:
    return f"coalesce(b.{column}, a.{column})"


_CHANGES = (
    f"SELECT fingerprint, {', '.join(_either(name) for name in _KEPT.split(', ')[1:-1])},\n"
    "  coalesce(b.status, '') AS before, coalesce(a.status, '') AS after\n"
    f"FROM (SELECT * FROM {quote(_BEFORE)} WHERE list_contains($1, obligation)) b\n"
    f"FULL JOIN (SELECT {_KEPT} FROM duties) a USING (fingerprint)\n"
    "WHERE before <> after ORDER BY 2, 3, 5, 7, 8"
)
