"""Who bears duties, when, and what belongs to whom (semantics §4)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise
from typing import Any

from reference.conditions import mentions_bearer, truth
from reference.records import Record, span_of
from reference.schema import RecordType, as_tuple
from reference.temporal import TICK, Span, day_begins, merge
from reference.world import World, reference_field


@dataclass(frozen=True)
class BearerKind:
    name: str
    record: str
    key: tuple[str, ...]
    where: str | None
    first: str | None
    last: str | None
    reports_through: tuple[str, ...]


@dataclass(frozen=True)
class Piece:
    """A stretch of time in which one roster row counts."""

    first: datetime
    last: datetime
    record: Record

    @property
    def span(self) -> Span:
        return self.first, self.last


@dataclass(eq=False)
class Bearer:
    kind: BearerKind
    jurisdiction: str
    id: str
    pieces: list[Piece]

    @property
    def existence(self) -> list[Span]:
        return merge(piece.span for piece in self.pieces)

    @property
    def ended(self) -> datetime:
        """The end of the last existence."""
        return max(piece.last for piece in self.pieces)

    def at(self, moment: datetime | None) -> Record | None:
        """The row that counts at a moment; none: no row (its fields are empty)."""
        if moment is None:
            return None
        return next((p.record for p in self.pieces if p.first <= moment < p.last), None)

    def on(self, day: date) -> Record | None:
        return self.at(day_begins(day))

    def at_due(self, due: datetime) -> Record:
        """§3: the span that holds the moment just before due; none: the latest before it, else the earliest."""
        before = [piece for piece in self.pieces if piece.first <= due - TICK]
        return (before or self.pieces)[-1 if before else 0].record


def read_kind(world: World, name: str) -> BearerKind:
    spec = world.pack["bearers"][name]
    return BearerKind(
        name=name,
        record=spec["record"],
        key=as_tuple(spec["key"]),
        where=spec.get("where"),
        first=spec.get("from"),
        last=spec.get("to"),
        reports_through=as_tuple(spec.get("reports_through")),
    )


def bearers_of(world: World, name: str) -> list[Bearer]:
    """All bearers of a kind, with the stretches on which each of their rows counts."""
    if ("bearers", name) in world.cache:
        return world.cache["bearers", name]
    kind = read_kind(world, name)
    rows: dict[tuple[str, str], list[Piece]] = defaultdict(list)
    for record in world.view.by_type[kind.record]:
        parts = [record.values.get(f) for f in kind.key]
        if any(part is None for part in parts) or truth(kind.where, world.names(record)) is not True:
            continue
        span = span_of(record, kind.first, kind.last) if kind.first and kind.last else record.span
        if span[0] < span[1]:
            rows[record.jurisdiction, "/".join(str(part) for part in parts)].append(Piece(*span, record))
    bearers = [Bearer(kind, place, id_, settle(spans)) for (place, id_), spans in sorted(rows.items())]
    world.cache["bearers", name] = bearers
    return bearers


def settle(spans: list[Piece]) -> list[Piece]:
    """Cut overlapping spans into pieces: the one that started last counts; ties: the greater record id."""
    edges = sorted({edge for piece in spans for edge in piece.span})
    pieces = []
    for first, last in pairwise(edges):
        holding = [p for p in spans if p.first <= first and last <= p.last]
        if holding:
            pieces.append(Piece(first, last, max(holding, key=lambda p: (p.first, p.record.id)).record))
    return pieces


@dataclass(frozen=True)
class Chain:
    """References to follow, then the field(s) to read."""

    steps: tuple[str, ...]
    final: tuple[str, ...]


def find_chain(types: dict[str, RecordType], start: str, goal: str, key: tuple[str, ...]) -> Chain | None:
    """The shortest chain of references from a record type to (record, key); two equally short ones: a lint error.

    Decided: a row of the goal's own record belongs by its own key, even if it also refers to others of its kind.
    """
    if not key:
        return None
    front: list[tuple[str, tuple[str, ...]]] = [(start, ())]
    seen = {start}
    while front:
        found = [chain for name, steps in front for chain in _ends(types[name], steps, goal, key)]
        if len(found) > 1:
            raise ValueError(f"two shortest chains from {start} to {goal}: {found}")
        if found:
            return found[0]
        front = [
            (target.type, (*steps, field))
            for name, steps in front
            for field, targets in types[name].references.items()
            for target in targets
            if target.type not in seen
        ]
        seen |= {name for name, _ in front}
    return None


def _ends(record_type: RecordType, steps: tuple[str, ...], goal: str, key: tuple[str, ...]) -> list[Chain]:
    if record_type.name == goal:
        return [Chain(steps, key)]
    return [
        Chain(steps, (field,))
        for field, targets in record_type.references.items()
        if any((target.type, (target.field,)) == (goal, key) for target in targets)
    ]


def read_link(types: dict[str, RecordType], start: str, link: str) -> tuple[Chain, set[tuple[str, str]]]:
    """`a.b` as a chain, and the (record, field) pairs that its last field stands for."""
    *steps, last = link.split(".")
    record_type, fields = types[start], []
    for step in steps:
        fields.append(reference_field(record_type, step))
        record_type = types[record_type.references[fields[-1]][0].type]
    ends = {(target.type, target.field) for target in record_type.references.get(last, ())}
    return Chain(tuple(fields), (last,)), ends | {(record_type.name, last)}


def follow(world: World, record: Record, chain: Chain) -> str | None:
    """The id at the end of a chain; None: the chain ends in an empty value (the record is loose)."""
    row: Record | None = record
    for step in chain.steps:
        row = world.view.referenced(row, step) if row is not None else None
    values = [row.values.get(name) if row is not None else None for name in chain.final]
    return None if any(v is None for v in values) else "/".join(str(v) for v in values)


def is_nobodys(world: World, record: Record, chain: Chain) -> bool:
    """A given value on the way points outside where strangers are expected (`outside: ignore`): nobody's, not loose."""
    row: Record | None = record
    for step in chain.steps:
        if row is None or row.values.get(step) is None:
            return False
        following = world.view.referenced(row, step)
        if following is None and any(target.outside == "ignore" for target in row.type.references[step]):
            return True
        row = following
    return False


def belongs_to_bearer(
    world: World, record: Record, bearer: Bearer, link: str | None = None, where: str | None = None
) -> bool | None:
    """True, False, or None: loose, it might belong to anybody in the jurisdiction."""
    if record.jurisdiction != bearer.jurisdiction:
        return False
    if bearer.kind.key == ("jurisdiction",) or link == "none":
        return True
    chain = _chain(world, record.type.name, bearer.kind.record, bearer.kind.key, link)
    if chain is None:
        if not mentions_bearer(where):
            raise ValueError(f"{record.type.name} does not lead to {bearer.kind.name}")
        return True
    end = follow(world, record, chain)
    if end is None:
        return False if is_nobodys(world, record, chain) else None
    return end == bearer.id


def belongs_to_trigger(world: World, record: Record, trigger: Record, link: str | None) -> bool | str | None:
    """As above for a trigger; "no chain" if it is the bearer that decides.

    Decided: a `link` decides by the trigger if its last field points at the trigger's record, else by the bearer.
    """
    goal = trigger.type
    if record.type.name == goal.name:  # a trigger cannot answer itself: its bearer's chain decides
        return "no chain"
    if link is not None:
        if link == "none" or len(goal.key) != 1:
            return "no chain"
        chain, ends = read_link(world.types, record.type.name, link)
        if (goal.name, goal.key[0]) not in ends:
            return "no chain"
    else:
        found = _chain(world, record.type.name, goal.name, goal.key, None)
        if found is None:
            return "no chain"
        chain = found
    if record.jurisdiction != trigger.jurisdiction:
        return False
    end = follow(world, record, chain)
    return None if end is None else end == trigger.key_text


def _chain(world: World, start: str, goal: str, key: tuple[str, ...], link: str | None) -> Chain | None:
    if link is not None:
        return read_link(world.types, start, link)[0]
    memo = ("chain", start, goal, key)
    if memo not in world.cache:
        world.cache[memo] = find_chain(world.types, start, goal, key)
    return world.cache[memo]


def belongs(
    world: World, record: Record, bearer: Bearer, trigger: Record | None, link: str | None, where: str | None
) -> bool | None:
    """Whether a record belongs to a duty: to its trigger if a chain leads there, else to its bearer."""
    if trigger is not None:
        answer: Any = belongs_to_trigger(world, record, trigger, link)
        if answer != "no chain":
            return answer
    return belongs_to_bearer(world, record, bearer, link, where)
