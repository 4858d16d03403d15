"""Records, as seen at as_of with what was known by known_by (semantics §2)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from reference.calendar import Period, period_of
from reference.sameness import Sameness, answers_of
from reference.schema import RecordType
from reference.temporal import END, START, TICK, Span, Temporal, boundary, day_of, exists_by, order_key

Row = dict[str, Any]


@dataclass(eq=False)
class Record:
    """One row as seen; `values` includes the built-in fields."""

    type: RecordType
    jurisdiction: str
    values: Row
    id: str = ""
    alone: bool = True
    """False: nobody knows whether it is a record of its own (§2.7)."""
    own: str = ""
    """The key that it came with, where that became another one (§2.7)."""

    def as_one(self, holds: bool | None) -> bool | None:
        """A condition about the row: what holds of it is unknown if it may be another one."""
        return holds if self.alone or holds is False else None

    @property
    def key(self) -> tuple[Any, ...] | None:
        """None for a type without key, and for a row with an empty key field."""
        values = tuple(self.values.get(name) for name in self.type.key)
        return values if values and all(v is not None for v in values) else None

    @property
    def key_text(self) -> str:
        return "/".join(str(value) for value in self.key or ())

    @property
    def event(self) -> Temporal | None:
        return self.values.get(self.type.time) if self.type.time else None

    @property
    def span(self) -> Span:
        """[from 00:00, to 24:00). An empty start is open too."""
        return span_of(self, *self.type.span) if self.type.span else (START, END)

    def period(self, unit: str) -> Period | None:
        """The field named by `period:`, else the period of the event."""
        value = self.values.get(self.type.period) if self.type.period else self.event
        return None if value is None else period_of(value, unit)


def span_of(record: Record, first: str, last: str) -> Span:
    start, end = record.values.get(first), record.values.get(last)
    return (START if start is None else order_key(start)), (END if end is None else boundary(end))


@dataclass(frozen=True)
class ManifestLine:
    """One hand-in (§6)."""

    jurisdiction: str
    sender: str
    subject: str
    record_type: str
    covered_from: date
    covered_through: date
    received_at: Temporal | None
    file: str | None

    def covers(self, day: date) -> bool:
        """covered_from … min(covered_through, day of received_at)."""
        if self.received_at is not None and day > day_of(self.received_at):
            return False
        return self.covered_from <= day <= self.covered_through

    def counts_by(self, known_by: datetime) -> bool:
        """Decided: "from covered_through on" = as if received on that day as a bare date."""
        return exists_by(self.received_at if self.received_at is not None else self.covered_through, known_by)


def read_manifest(rows: list[Row], jurisdiction: str) -> list[ManifestLine]:
    """Decided: a line without type, sender or covered days says nothing and is dropped."""
    needed = ("sender", "record_type", "covered_from", "covered_through")
    return [
        ManifestLine(
            jurisdiction=row.get("jurisdiction") or jurisdiction,
            sender=row["sender"],
            subject=row.get("subject") or row["sender"],
            record_type=row["record_type"],
            covered_from=day_of(row["covered_from"]),
            covered_through=day_of(row["covered_through"]),
            received_at=row.get("received_at"),
            file=row.get("file"),
        )
        for row in rows
        if all(row.get(name) is not None for name in needed)
    ]


@dataclass
class View:
    """All records as seen."""

    types: dict[str, RecordType]
    as_of: datetime
    by_type: dict[str, list[Record]] = field(default_factory=dict)
    handed_in: frozenset[tuple[str, str]] = frozenset()
    """(record type, jurisdiction) of what was handed in by known_by."""
    _index: dict[tuple[str, str, str, Any], list[Record]] = field(default_factory=lambda: defaultdict(list))

    def rows(self, record_type: str, jurisdiction: str) -> list[Record]:
        return [record for record in self.by_type.get(record_type, []) if record.jurisdiction == jurisdiction]

    def add_to_index(self) -> None:
        """Every field that some reference points at."""
        pointed_at = {(t.type, t.field) for kind in self.types.values() for ts in kind.references.values() for t in ts}
        for name, column in pointed_at:
            for record in self.by_type.get(name, []):
                if record.values.get(column) is not None:
                    self._index[name, column, record.jurisdiction, record.values[column]].append(record)

    def referenced(self, record: Record, name: str) -> Record | None:
        """The row that a reference field names (§3): same jurisdiction and key; with spans the one that holds
        the record's event.

        Decided: an event field that is empty finds no row among spans; as_of stands for its own last instant
        (the day that it ends); if several spans hold the moment the one that started last counts (§4).
        """
        wanted = record.values.get(name)
        for target in record.type.references[name]:
            found = self._index.get((target.type, target.field, record.jurisdiction, wanted), [])
            if not self.types[target.type].span:
                if found:
                    return max(found, key=lambda r: r.id)
                continue
            moment = self._moment_of(record)
            holding = [r for r in found if moment is not None and r.span[0] <= moment < r.span[1]]
            if holding:
                return max(holding, key=lambda r: (r.span[0], r.id))
        return None

    def _moment_of(self, record: Record) -> datetime | None:
        if record.type.time:
            return None if record.event is None else order_key(record.event)
        if record.type.span and record.span[0] > START:
            return record.span[0]
        return self.as_of - TICK

    def is_inside(self, record: Record, name: str) -> bool:
        """Whether a reference names something that exists (or need not)."""
        return any(
            target.outside == "ignore"
            or (target.type, record.jurisdiction) not in self.handed_in  # nothing to compare with
            or self._index.get((target.type, target.field, record.jurisdiction, record.values[name]))
            for target in record.type.references[name]
        )


def see(
    types: dict[str, RecordType],
    rows: dict[str, list[Row]],
    manifest: list[ManifestLine],
    jurisdiction: str,
    as_of: datetime,
    known_by: datetime,
) -> View:
    """Steps 1–6 of §2, in that order."""
    loaded = {
        name: [
            Record(record_type, values["jurisdiction"], values)
            for row in rows.get(name, [])
            for values in [_known_values(record_type, row, manifest, jurisdiction)]
        ]
        for name, record_type in types.items()
    }
    known = [record for records in loaded.values() for record in records if _is_known(record, known_by)]
    handed_in = frozenset((record.type.name, record.jurisdiction) for record in known)
    view = View(types, as_of, handed_in=handed_in)
    sameness = _sameness(types, loaded, rows.get("sameness", []), jurisdiction, known_by)
    for name in types:
        records = [r for r in loaded[name] if _is_known(r, known_by)]
        for record in records:
            _rename(record, sameness)
        records = _newest_versions(records)
        records = [r for r in records if r.event is None or exists_by(r.event, as_of)]
        view.by_type[name] = [_without_future(r, as_of) for r in records]
        _name(view.by_type[name])
        _mark_unsure(view.by_type[name], sameness)
    view.add_to_index()
    _empty_outside_references(view)
    return view


def _sameness(
    types: dict[str, RecordType], loaded: dict[str, list[Record]], answers: list[Row], home: str, known_by: datetime
) -> dict[tuple[str, str], Sameness]:
    """§2.7, by record type and jurisdiction."""
    found = {}
    for name, record_type in types.items():
        if record_type.identity is None:
            continue
        for place in {record.jurisdiction for record in loaded[name]}:
            here = [record for record in loaded[name] if record.jurisdiction == place]
            known = [record for record in here if record.key is not None and _is_known(record, known_by)]
            rows = [record.values for record in known]
            newest = [record.values for record in _newest_versions(known)]
            said = answers_of(answers, (name, record_type.title), place, home, known_by)
            found[name, place] = Sameness(record_type, rows, newest, said)
    return found


def _rename(record: Record, sameness: dict[tuple[str, str], Sameness]) -> None:
    """Keys that are one thing are one key, here and wherever they are referred to."""
    fields = {name: (t.type, t.field) for name, targets in record.type.references.items() for t in targets}
    fields |= {name: (record.type.name, name) for name in record.type.key}
    record.own = record.key_text
    for name, (kind, field_name) in fields.items():
        known = sameness.get((kind, record.jurisdiction))
        if known is not None and field_name == known.key:
            record.values[name] = known.one.get(record.values.get(name), record.values.get(name))


def _mark_unsure(records: list[Record], sameness: dict[tuple[str, str], Sameness]) -> None:
    """Of two records that may be one, the one that was handed in earlier (at one time: the smaller key)."""
    by_key = {(record.jurisdiction, record.key[0]): record for record in records if record.key is not None}
    for (name, place), known in sameness.items():
        for pair in known.open_pairs() if records and records[0].type.name == name else ():
            both = [by_key[place, key] for key in pair if (place, key) in by_key]
            if len(both) == 2:
                min(both, key=lambda record: (_age(record), record.key)).alone = False


def _known_values(record_type: RecordType, row: Row, manifest: list[ManifestLine], jurisdiction: str) -> Row:
    values = dict(row)
    values["jurisdiction"] = row.get("jurisdiction") or jurisdiction
    if values.get("submitted_at") is None:
        values["submitted_at"] = handed_in_at(record_type, values, manifest)
    return values


def handed_in_at(record_type: RecordType, row: Row, manifest: list[ManifestLine]) -> Temporal | None:
    """§2.1: the received_at of the earliest manifest line that fits.

    Decided: "covered days" are the cut ones of §6; the line is of the row's jurisdiction; a row without event day
    fits no line; lines with a blank received_at cannot tell; something must match (file or sender).
    """
    event = row.get(record_type.time) if record_type.time else None
    if event is None:
        return None
    times = [
        line.received_at
        for line in manifest
        if line.record_type == record_type.name
        and line.jurisdiction == row["jurisdiction"]
        and line.received_at is not None
        and _same_source(line, row)
        and line.covers(day_of(event))
    ]
    return min(times, key=order_key) if times else None


def _same_source(line: ManifestLine, row: Row) -> bool:
    file, sender = row.get("file"), row.get("submitted_by")
    if line.file is not None and line.file != file:
        return False
    if sender is not None and line.sender != sender:
        return False
    return sender is not None or line.file is not None


def _is_known(record: Record, known_by: datetime) -> bool:
    submitted = record.values.get("submitted_at")
    return submitted is None or exists_by(submitted, known_by)


def _newest_versions(records: list[Record]) -> list[Record]:
    """§2.3. Decided: bare submitted_at go by order key; ties of one key cannot be settled here (content hash)."""
    newest: dict[Any, Record] = {}
    for number, record in enumerate(records):
        start = record.values.get(record.type.span[0]) if record.type.span else None
        version_of = (number,) if record.key is None else (record.jurisdiction, record.key, start)
        rival = newest.get(version_of)
        if rival is None or (_age(record), record.own) > (_age(rival), rival.own):
            newest[version_of] = record
    return list(newest.values())


def _age(record: Record) -> datetime:
    submitted = record.values.get("submitted_at")
    return START if submitted is None else order_key(submitted)


def _without_future(record: Record, as_of: datetime) -> Record:
    """§2.5: happened fields after as_of read as empty."""
    values = dict(record.values)
    for name in record.type.happened:
        if values.get(name) is not None and not exists_by(values[name], as_of):
            values[name] = None
    return replace(record, values=values)


def _name(records: list[Record]) -> None:
    """Record ids. A row without key gets `#` and an ordinal (the true id is a hash that only the engine knows)."""
    for number, record in enumerate(records):
        record.id = f"#{number:04d}" if record.key is None else "/".join([record.key_text, *_start_day(record)])


def _start_day(record: Record) -> list[str]:
    """A type with `span`: the span's start day, blank if open."""
    if not record.type.span:
        return []
    start = record.values.get(record.type.span[0])
    return ["" if start is None else day_of(start).isoformat()]


def _empty_outside_references(view: View) -> None:
    """§2.6, judged by the rows as seen: a name of something not yet known reads as empty."""
    outside = [
        (record, name)
        for records in view.by_type.values()
        for record in records
        for name in record.type.references
        if record.values.get(name) is not None and not view.is_inside(record, name)
    ]
    for record, name in outside:
        record.values[name] = None
