"""Which column of a table is which declared field: by name, Chinese title or alias, forgiving width and blanks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from duban.errors import Issue
from duban.records import problems
from duban.records.raw import RawColumn, RawTable
from duban.records.text import fold, meant
from duban.vocabulary import ENVELOPE, JURISDICTION, MANIFEST, FieldSpec, RecordType


@dataclass(frozen=True)
class Matched:
    """The columns of one raw table by field name, and what was odd about its header row."""

    columns: dict[str, RawColumn]
    issues: tuple[Issue, ...]


class Seen:
    """Which fields were handed in, and under which header in which table."""

    def __init__(self) -> None:
        self._fields: dict[str, set[str]] = {}
        self._headers: dict[tuple[str, str, str, str], str] = {}

    def add(self, name: str, table: RawTable, columns: Mapping[str, RawColumn]) -> None:
        """Note the matched columns of a table of a record type."""
        self._fields.setdefault(name, set()).update(columns)
        for field, column in columns.items():
            self._headers[name, table.file, table.sheet, field] = column.header

    def add_empty(self, name: str, fields: Iterable[str]) -> None:
        """Note that a table without a single row or column was handed in on purpose: it says that there is nothing."""
        self._fields.setdefault(name, set()).update(fields)

    def has(self, name: str, field: str) -> bool:
        return field in self._fields.get(name, ())

    def header(self, name: str, file: str, sheet: str, field: str) -> str:
        """The header of a field as a file has it; the field's name where that is not known."""
        return self._headers.get((name, file, sheet, field), field)


def columns_of(name: str, record_type: RecordType) -> dict[str, FieldSpec]:
    """All fields that the table of a record type has, in order: its own, then the envelope of a hand-in."""
    envelope = {JURISDICTION: ENVELOPE[JURISDICTION]} if name == MANIFEST else ENVELOPE
    return {**record_type.fields, **{key: spec for key, spec in envelope.items() if key not in record_type.fields}}


def match(table: RawTable, name: str, record_type: RecordType, referenced: frozenset[str]) -> Matched:
    """Match the header row of a table to the fields of a record type.

    `referenced` are the fields of this type that other types point at.
    """
    fields = columns_of(name, record_type)
    by_header = _by_header(fields)
    columns: dict[str, RawColumn] = {}
    issues: list[Issue] = []
    for position, column in enumerate(table.columns, start=1):
        if not column.header.strip():
            continue
        field = by_header.get(fold(column.header))
        if field is None:
            issues.append(_unknown(table, column, record_type, fields))
        elif field in columns:
            place, first = table.place(1, column.header), columns[field].header
            issues.append(problems.twice(place, fields[field].title, first, position))
        else:
            columns[field] = column
    issues.extend(_missing(table, record_type, fields, columns, referenced))
    return Matched(columns, tuple(issues))


def _by_header(fields: Mapping[str, FieldSpec]) -> dict[str, str]:
    """Folded header → field. A name beats a title, a title beats an alias; then the field declared first."""
    found: dict[str, str] = {}
    for headers in (
        {name: (name,) for name in fields},
        {name: (spec.title,) for name, spec in fields.items()},
        {name: spec.aliases for name, spec in fields.items()},
    ):
        for name, words in headers.items():
            for word in words:
                found.setdefault(fold(word), name)
    return found


def _unknown(table: RawTable, column: RawColumn, record_type: RecordType, fields: Mapping[str, FieldSpec]) -> Issue:
    known = [word for name, spec in fields.items() for word in (spec.title, *spec.aliases, name)]
    return problems.unknown_column(
        table.place(1, column.header), column.header, record_type.title, meant(column.header, known)
    )


def _missing(
    table: RawTable,
    record_type: RecordType,
    fields: Mapping[str, FieldSpec],
    columns: Mapping[str, RawColumn],
    referenced: frozenset[str],
) -> list[Issue]:
    needed = {*record_type.key, record_type.time, *referenced} - {"", *ENVELOPE}
    found = []
    for name, spec in fields.items():
        if name in columns:
            continue
        if spec.required:
            found.append(problems.missing_column(table.place(), spec.title, record_type.title, error=True))
        elif name in needed:
            found.append(problems.missing_column(table.place(), spec.title, record_type.title, error=False))
    return found
