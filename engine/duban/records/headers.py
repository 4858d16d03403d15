"""Which column of a table is which declared field: by name, Chinese title or alias, forgiving width and blanks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from duban.errors import Issue
from duban.pack.schema import ENVELOPE, JURISDICTION, MANIFEST, FieldSpec, RecordType
from duban.records import problems
from duban.records.raw import RawColumn, RawTable
from duban.records.text import fold, meant


@dataclass(frozen=True)
class Matched:
    """The columns of one raw table by field name, and what was odd about its header row."""

    columns: dict[str, RawColumn]
    issues: tuple[Issue, ...]


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
            issues.append(problems.twice(table.place(1, column.header), fields[field].title, columns[field].header, position))
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
