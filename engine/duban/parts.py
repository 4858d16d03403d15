"""A plan run on some jurisdictions after the others, where all of them at once would not fit into memory.

No step lets one jurisdiction say anything of another (tests/test_union.py): what a plan leaves behind is what it leaves
behind for each part, together. While a part is judged, a database of views stands before the records and shows its rows
alone; what stays is appended beside the records, and all else is gone before the next part.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from duban.crew import RECORDS, Crew, Progress
from duban.model import Plan
from duban.sqltext import literal, quote

if TYPE_CHECKING:
    import duckdb

# Bytes of memory that a plan takes for each record that it is about, with what it still makes of it at a time
# (docs/performance.md, “Less memory”).
BYTES_PER_RECORD = 1000
_SLICE, _SHELF = "slice", "part"
# One part: the jurisdictions from the first to the second, in DuckDB's order.
Part = tuple[str, str]


def parts(con: duckdb.DuckDBPyConnection, room: float) -> list[Part]:
    """The parts of the records that fit into so many bytes each; none if all do.

    A jurisdiction that alone does not fit is a part of its own.
    """
    records = max(room / BYTES_PER_RECORD, 1)
    tables = {table: rows for table, rows in _tables(con) if rows}
    if sum(tables.values()) <= records:
        return []
    each = " UNION ALL ".join(f"SELECT jurisdiction FROM {RECORDS}.main.{quote(table)}" for table in tables)
    counted = con.execute(f"SELECT jurisdiction, count(*) FROM ({each}) GROUP BY ALL ORDER BY ALL").fetchall()
    found = list(_packed(counted, records))
    return found if len(found) > 1 else []


def _tables(con: duckdb.DuckDBPyConnection) -> list[tuple[str, int]]:
    """The tables of records, and about how many rows each has."""
    within = "WHERE database_name = $1 AND starts_with(table_name, 'raw_')"
    return con.execute(f"SELECT table_name, estimated_size FROM duckdb_tables() {within}", [RECORDS]).fetchall()


def _packed(counted: Iterable[tuple[str, int]], most: float) -> Iterator[Part]:
    """Jurisdictions in order, as many together as have no more than so many records."""
    first = last = ""
    held = 0
    for jurisdiction, records in counted:
        if held and held + records > most:
            yield first, last
            held = 0
        if not held:
            first = jurisdiction
        last, held = jurisdiction, held + records
    if held:
        yield first, last


def run(
    con: duckdb.DuckDBPyConnection, plan: Plan, wanted: Iterable[Part], progress: Progress | None = None
) -> dict[str, float]:
    """Run a plan for each part; what stays lies beside the records. Returns the seconds that each step took in all.

    Raises as `Crew.run` does, with nothing left behind.
    """
    seconds, done = Counter[str](), False
    try:
        for number, part in enumerate(wanted):
            with _sliced(con, part) as crew:
                seconds.update(crew.run(plan, keep=False, progress=progress))
                for name in plan.stays:
                    kept = f"{RECORDS}.main.{quote(name)}"
                    how = f"INSERT INTO {kept} BY NAME" if number else f"CREATE TABLE {kept} AS"
                    con.execute(f"{how} FROM {quote(name)}")
        done = True
    finally:
        for name in () if done else plan.stays:
            con.execute(f"DROP TABLE IF EXISTS {RECORDS}.main.{quote(name)}")
    return dict(seconds)


@contextmanager
def _sliced(con: duckdb.DuckDBPyConnection, part: Part) -> Iterator[Crew]:
    """A crew that sees the records of one part alone, and works in memory; whatever it has made is gone afterwards."""
    within = f"jurisdiction BETWEEN {literal(part[0])} AND {literal(part[1])}"
    con.execute(f"ATTACH ':memory:' AS {_SLICE}")
    try:
        for table, _ in _tables(con):
            rows = f"SELECT * FROM {RECORDS}.main.{quote(table)} WHERE {within}"
            con.execute(f"CREATE VIEW {_SLICE}.main.{quote(table)} AS {rows}")
        crew = Crew(con, _SHELF, before=_SLICE)
        try:
            yield crew
        finally:
            crew.leave()
    finally:
        con.execute(f"DETACH {_SLICE}")
