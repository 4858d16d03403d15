"""What is known of the row that a fault is about: its key, for fingerprints that hold when rows move."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from duban.check.model import Fault
from duban.records.tables import table_name
from duban.scope import Schema
from duban.sqltext import quote

if TYPE_CHECKING:
    import duckdb

Spot = tuple[str, str, int]  # file, sheet, row


def with_keys(con: duckdb.DuckDBPyConnection, schema: Schema, faults: Iterable[Fault]) -> list[Fault]:
    """Faults with the key of their row; a row whose key is empty goes by a hash of what it says."""
    listed = list(faults)
    known: dict[str, dict[Spot, str]] = {}
    for name in {fault.record_type for fault in listed if fault.where.row and fault.record_type in schema.records}:
        known[name] = _keys(con, schema, name, {_spot(fault) for fault in listed if fault.record_type == name})
    return [replace(fault, record=known.get(fault.record_type, {}).get(_spot(fault), "")) for fault in listed]


def fingerprinted(pack: str, faults: Iterable[Fault]) -> list[Fault]:
    """Faults with a fingerprint that holds when rows move: what is wrong, with which record, in which field.

    A fault of a whole file goes by the file's name. Equal ones are numbered.
    """
    seen: Counter[str] = Counter()
    found = []
    for fault in faults:
        about = fault.record or fault.where.file
        text = "\0".join((pack, fault.code, fault.record_type, about, fault.field or fault.where.column, fault.value))
        digest = hashlib.sha256(text.encode()).hexdigest()[:16]
        seen[digest] += 1
        found.append(replace(fault, fingerprint=digest if seen[digest] == 1 else f"{digest}-{seen[digest]}"))
    return found


def _spot(fault: Fault) -> Spot:
    return fault.where.file, fault.where.sheet, fault.where.row


def _keys(con: duckdb.DuckDBPyConnection, schema: Schema, name: str, spots: set[Spot]) -> dict[Spot, str]:
    record = schema.records[name]
    content = ", ".join(quote(field) for field in record.fields)
    hashed = f"'#' || left(md5(CAST(row(jurisdiction, {content}) AS VARCHAR)), 12)"
    key = " || '/' || ".join(f"CAST({quote(part)} AS VARCHAR)" for part in record.key) or "NULL"
    rows = con.execute(
        f"SELECT _file, _sheet, _row, coalesce({key}, {hashed}) FROM {table_name(name)} r"
        f" WHERE {_among('r')}", _listed(spots)
    ).fetchall()  # fmt: skip
    return {(file, sheet, row): text for file, sheet, row, text in rows}


def _among(alias: str) -> str:
    spots = "SELECT unnest($1::VARCHAR[]), unnest($2::VARCHAR[]), unnest($3::INTEGER[])"
    return f"({alias}._file, {alias}._sheet, {alias}._row) IN ({spots})"


def _listed(spots: set[Spot]) -> list[list[object]]:
    ordered = sorted(spots)
    return [[spot[index] for spot in ordered] for index in range(3)]
