"""Cells that are not spelt as usual: each distinct text is read once, and what it means goes into the rows."""

from __future__ import annotations

from collections.abc import Mapping

import duckdb

from duban.records.coerce import SQL_TYPES
from duban.records.spellings import ELEMENT, spelt
from duban.sqltext import literal, quote
from duban.vocabulary import FieldSpec

# The texts that could be read: field, text, value (see `spellings.Spelt`), bare, zoned.
SPELT = quote("duban$spelt")
_CHUNK = 50_000


def read(con: duckdb.DuckDBPyConnection, table: str, odd: str, fields: Mapping[str, FieldSpec], timezone: str) -> None:
    """Write the values of those odd cells of a table that mean something.

    `odd` is the SQL of a relation called so: _n, field, text (NULL for an empty cell).
    """
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE {SPELT}"
        " (field VARCHAR, text VARCHAR, value VARCHAR, bare BOOLEAN, zoned BOOLEAN)"
    )
    texts = con.execute(f"SELECT DISTINCT field, text FROM {odd} WHERE text IS NOT NULL").fetchall()
    found = [
        (field, text, means.value, means.bare, means.zoned)
        for field, text in texts
        if (means := spelt(fields[field], text)) is not None
    ]
    for start in range(0, len(found), _CHUNK):
        columns = [list(column) for column in zip(*found[start : start + _CHUNK], strict=True)]
        con.execute(
            f"INSERT INTO {SPELT} SELECT unnest($1::VARCHAR[]), unnest($2::VARCHAR[]), unnest($3::VARCHAR[]),"
            f" unnest($4::BOOLEAN[]), unnest($5::BOOLEAN[])",
            columns,
        )
    for field in dict.fromkeys(row[0] for row in found):
        spec = fields[field]
        changes = [f"{quote(field)} = {_value(spec, timezone)}"]
        if spec.type == "datetime":
            changes.append(f"{quote(field + '$bare')} = s.bare")
        con.execute(
            f"UPDATE {table} SET {', '.join(changes)} FROM {odd} JOIN {SPELT} s USING (field, text)"
            f" WHERE field = {literal(field)} AND {table}._n = odd._n"
        )


def _value(spec: FieldSpec, timezone: str) -> str:
    """SQL: the value of a spelt text `s` as the field's type."""
    if spec.type == "list":
        return f"string_split(s.value, {literal(ELEMENT)})"
    if spec.type not in ("date", "datetime", "month"):
        return f"CAST(s.value AS {SQL_TYPES[spec.type]})"
    zoned = f"timezone({literal(timezone)}, CAST(s.value AS TIMESTAMPTZ))"
    moment = f"CASE WHEN s.zoned THEN {zoned} ELSE CAST(s.value AS TIMESTAMP) END"
    if spec.type == "month":
        moment = f"date_trunc('month', {moment})"
    return f"CAST({moment} AS {SQL_TYPES[spec.type]})"
