"""The first large table of a record type: written by all cores at once, and numbered after that.

An ordinary INSERT counts rows while they pass, so that they pass one by one, and writes every column, though a large
table fills a few of forty. Here the filled columns become the table, in the order of the file; constants and the
numbers are added to it, which costs next to nothing; the others take no room until something is to be written there.
A Parquet file knows the number of each of its rows, so that those of a second one go in by all cores, too.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping

import duckdb

from duban.records.filling import Typed
from duban.sqltext import quote

_PASSES = ("PROJECTION", "FILTER")
_BLANK = "$blank"
_COUNT = quote("duban$count")


def create(
    con: duckdb.DuckDBPyConnection, target: str, columns: Mapping[str, str], typed: Typed, written: Collection[str]
) -> bool:
    """Create `target` anew with the typed rows; `columns`: all that it has, and their types, in any order; those
    `written` by others when all is read have room for that.

    False, with nothing done, if the rows would not keep their order. Raises duckdb.Error with `target` as it was, if
    they cannot be read.
    """
    filled = dict(typed.columns)
    if typed.row is None:
        filled["_row"] = "_row"
    if typed.number:
        filled["_n"] = typed.number
    if typed.content:
        filled[_BLANK] = f"NOT ({typed.content})"
    rows = f"SELECT {', '.join(filled.values())} FROM {typed.rows}"
    if not typed.number and not _keeps_order(con, rows):
        return False
    kinds = {**columns, _BLANK: "BOOLEAN"}
    added = {name: kinds[name] for name in columns if name in {*typed.constants, *written} - filled.keys()}
    spared = [name for name in columns if name not in (*filled, *added, "_n", "_row")]
    parts = [f"{quote(name)} {kinds[name]}" for name in filled]
    parts += [f"{quote(name)} {kinds[name]} GENERATED ALWAYS AS (CAST(NULL AS {kinds[name]}))" for name in spared]
    con.execute("BEGIN")
    try:
        con.execute(f"CREATE OR REPLACE TABLE {target} ({', '.join(parts)})")
        con.execute(f"INSERT INTO {target} ({', '.join(map(quote, filled))}) {rows}")
    except duckdb.Error:
        con.execute("ROLLBACK")
        raise
    con.execute("COMMIT")
    if not typed.number:
        _count(con, target, "_n", 1)
    if typed.row is not None:
        con.execute(f"ALTER TABLE {target} ADD COLUMN _row INTEGER")
        con.execute(f"ALTER TABLE {target} ALTER COLUMN _row SET DATA TYPE INTEGER USING (_n + {typed.row - 1})")
    if typed.content:
        _drop_blank(con, target)
    for name, kind in added.items():
        constant = typed.constants.get(name, "NULL")
        con.execute(f"ALTER TABLE {target} ADD COLUMN {quote(name)} {kind} DEFAULT {constant}")
        con.execute(f"ALTER TABLE {target} ALTER COLUMN {quote(name)} DROP DEFAULT")
    return True


def widen(con: duckdb.DuckDBPyConnection, target: str) -> None:
    """Give all columns of a table room to be written."""
    con.execute(f"CREATE OR REPLACE TABLE {target} AS SELECT * FROM {target}")


def _keeps_order(con: duckdb.DuckDBPyConnection, rows: str) -> bool:
    """Whether DuckDB writes what a SELECT finds in the order in which it stands in the file, on however many cores.

    It does (`preserve_insertion_order`) if the rows only pass through. A join in the plan, which a DuckDB to come may
    make of any expression, would mix them, and each row would get another's number.
    """
    (plan,) = json.loads(con.execute(f"EXPLAIN (FORMAT json) {rows}").fetchall()[0][1])
    while plan["children"]:
        if plan["name"].strip() not in _PASSES or len(plan["children"]) > 1:
            return False
        (plan,) = plan["children"]
    return True


def _count(con: duckdb.DuckDBPyConnection, target: str, column: str, first: int) -> None:
    """Add a column that counts the rows."""
    con.execute(f"CREATE OR REPLACE TEMP SEQUENCE {_COUNT} START {first}")
    con.execute(f"ALTER TABLE {target} ADD COLUMN {column} BIGINT DEFAULT nextval('temp.{_COUNT}')")
    con.execute(f"ALTER TABLE {target} ALTER COLUMN {column} DROP DEFAULT")
    con.execute(f"DROP SEQUENCE temp.{_COUNT}")


def _drop_blank(con: duckdb.DuckDBPyConnection, target: str) -> None:
    """Take out the rows without content; those that stay keep their `_row` and are counted anew."""
    found = con.execute(f"SELECT 1 FROM {target} WHERE {quote(_BLANK)} LIMIT 1").fetchall()
    if found:
        con.execute(f"DELETE FROM {target} WHERE {quote(_BLANK)}")
        con.execute(
            f"UPDATE {target} SET _n = c.counted FROM"
            f" (SELECT _n AS n, row_number() OVER (ORDER BY _n) AS counted FROM {target}) c WHERE {target}._n = c.n"
        )
    con.execute(f"ALTER TABLE {target} DROP COLUMN {quote(_BLANK)}")
