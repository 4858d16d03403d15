"""Cells that are not spelt as usual: each distinct text is read once, and what it means goes into the rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import duckdb

from duban.records.coerce import SQL_TYPES
from duban.records.context import Context
from duban.records.spellings import ELEMENT, spelt
from duban.sqltext import literal, quote
from duban.vocabulary import FieldSpec

# The texts that could be read: field, text, number of the context, and what `Spelt` has.
SPELT = quote("duban$spelt")
_CHUNK = 50_000


def read(
    con: duckdb.DuckDBPyConnection,
    table: str,
    odd: str,
    fields: Mapping[str, FieldSpec],
    contexts: Sequence[Context],
    timezone: str,
) -> None:
    """Write the values of those odd cells of a table that mean something.

    `odd` is the SQL of a relation called so: _n, field, text (NULL for an empty cell), context (a number: which of
    `contexts` holds for it).
    """
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE {SPELT}"
        " (field VARCHAR, text VARCHAR, context INTEGER,"
        " value VARCHAR, bare BOOLEAN, zoned BOOLEAN, note VARCHAR, blank BOOLEAN)"
    )
    texts = con.execute(f"SELECT DISTINCT field, text, context FROM {odd} WHERE text IS NOT NULL").fetchall()
    found = [
        (field, text, context, means.value, means.bare, means.zoned, means.note, means.blank)
        for field, text, context in texts
        if (means := spelt(fields[field], text, contexts[context])) is not None
    ]
    for start in range(0, len(found), _CHUNK):
        columns = [list(column) for column in zip(*found[start : start + _CHUNK], strict=True)]
        con.execute(
            f"INSERT INTO {SPELT} SELECT unnest($1::VARCHAR[]), unnest($2::VARCHAR[]), unnest($3::INTEGER[]),"
            f" unnest($4::VARCHAR[]), unnest($5::BOOLEAN[]), unnest($6::BOOLEAN[]), unnest($7::VARCHAR[]),"
            f" unnest($8::BOOLEAN[])",
            columns,
        )
    for field in dict.fromkeys(row[0] for row in found):
        spec = fields[field]
        changes = [f"{quote(field)} = {_value(spec, timezone)}"]
        if spec.type == "datetime":
            changes.append(f"{quote(field + '$bare')} = s.bare")
        con.execute(
            f"UPDATE {table} SET {', '.join(changes)} FROM {odd} JOIN {SPELT} s USING (field, text, context)"
            f" WHERE NOT s.blank AND field = {literal(field)} AND {table}._n = odd._n"
        )


def _value(spec: FieldSpec, timezone: str) -> str:
    """SQL: the value of a spelt text `s` as the field's type."""
    if spec.type == "list":
        return f"CASE WHEN s.value = '' THEN [] ELSE string_split(s.value, {literal(ELEMENT)}) END"
    if spec.type not in ("date", "datetime", "month"):
        return f"CAST(s.value AS {SQL_TYPES[spec.type]})"
    zoned = f"timezone({literal(timezone)}, CAST(s.value AS TIMESTAMPTZ))"
    moment = f"CASE WHEN s.zoned THEN {zoned} ELSE CAST(s.value AS TIMESTAMP) END"
    if spec.type == "month":
        moment = f"date_trunc('month', {moment})"
    return f"CAST({moment} AS {SQL_TYPES[spec.type]})"
