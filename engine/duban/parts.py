"""A plan run on some jurisdictions after the others, where all of them at once would not fit into memory.

No step lets one jurisdiction say anything of another (tests/test_union.py): what a plan leaves behind is what it leaves
behind for each part, together. While a part is judged, a database of views stands before the records and shows its rows
alone; what stays is appended beside the records, and all else is gone before the next part.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from duban.crew import RECORDS, Crew, Progress
from duban.errors import UsageError
from duban.model import Plan
from duban.sqltext import literal, quote

if TYPE_CHECKING:
    import duckdb

# Bytes of memory that a plan takes for each record that it is about, and for each obligation that it holds the record
# to (docs/performance.md, “Less memory”). A part that takes more is halved.
PER_RECORD, PER_OBLIGATION = 800, 20
_SLICE, _SHELF = "slice", "part"
# Jurisdictions in DuckDB's order, each with the number of its records.
Part = tuple[tuple[str, int], ...]


def parts(con: duckdb.DuckDBPyConnection, room: float, obligations: int) -> list[Part]:
    """The parts of the records that fit into so many bytes each, if as many obligations are judged; at least one.

    A jurisdiction that alone does not fit is a part of its own.
    """
    each = " UNION ALL ".join(
        f"SELECT jurisdiction FROM {RECORDS}.main.{quote(table)}" for table, rows in _tables(con) if rows
    )
    if not each:
        return []
    counted = con.execute(f"SELECT jurisdiction, count(*) FROM ({each}) GROUP BY ALL ORDER BY ALL").fetchall()
    return list(_packed(counted, room / (PER_RECORD + PER_OBLIGATION * obligations)))


def fits(con: duckdb.DuckDBPyConnection, room: float, obligations: int) -> bool:
    """Whether all records are likely to fit into so many bytes at once."""
    return sum(rows for _, rows in _tables(con)) * (PER_RECORD + PER_OBLIGATION * obligations) <= room


def _tables(con: duckdb.DuckDBPyConnection) -> list[tuple[str, int]]:
    """The tables of records, and about how many rows each has."""
    within = "WHERE database_name = $1 AND starts_with(table_name, 'raw_')"
    return con.execute(f"SELECT table_name, estimated_size FROM duckdb_tables() {within}", [RECORDS]).fetchall()


def _packed(counted: Iterable[tuple[str, int]], most: float) -> Iterator[Part]:
    """Jurisdictions in order, as many together as have no more than so many records."""
    held: list[tuple[str, int]] = []
    for one in counted:
        if held and sum(records for _, records in held) + one[1] > most:
            yield tuple(held)
            held = []
        held.append(one)
    if held:
        yield tuple(held)


def run(
    con: duckdb.DuckDBPyConnection, plan: Plan, wanted: Sequence[Part], progress: Progress | None = None
) -> dict[str, float]:
    """Run a plan for each part; what stays lies beside the records. Returns the seconds that each step took in all.

    Raises as `Crew.run` does, with nothing left behind: UsageError only if one jurisdiction alone is too much.
    """
    seconds, made = Counter[str](), False
    waiting = [(part, True) for part in reversed(wanted)]
    try:
        while waiting:
            part, in_memory = waiting.pop()
            try:
                with _sliced(con, part, in_memory=in_memory) as crew:
                    seconds.update(crew.run(plan, keep=False, progress=progress))
                    for name in plan.stays:
                        kept = f"{RECORDS}.main.{quote(name)}"
                        how = f"INSERT INTO {kept} BY NAME" if made else f"CREATE TABLE {kept} AS"
                        con.execute(f"{how} FROM {quote(name)}")
                    made = True
            except UsageError:
                if len(part) > 1:
                    waiting += [(half, True) for half in reversed(halves(part))]
                elif in_memory:
                    waiting.append((part, False))
                else:
                    raise
    except BaseException:
        for name in plan.stays:
            con.execute(f"DROP TABLE IF EXISTS {RECORDS}.main.{quote(name)}")
        raise
    return dict(seconds)


def halves(part: Part) -> tuple[Part, Part]:
    """A part of several jurisdictions as two, of about as many records."""
    half, held = sum(records for _, records in part) / 2, 0
    for number, (_, records) in enumerate(part[:-1], 1):
        held += records
        if held >= half or number == len(part) - 1:
            return part[:number], part[number:]
    raise ValueError("one jurisdiction cannot be halved")


@contextmanager
def _sliced(con: duckdb.DuckDBPyConnection, part: Part, *, in_memory: bool) -> Iterator[Crew]:
    """A crew that sees the records of one part alone, works in memory or where the records lie, and leaves nothing."""
    within = f"jurisdiction BETWEEN {literal(part[0][0])} AND {literal(part[-1][0])}"
    con.execute(f"ATTACH ':memory:' AS {_SLICE}")
    try:
        for table, _ in _tables(con):
            rows = f"SELECT * FROM {RECORDS}.main.{quote(table)} WHERE {within}"
            con.execute(f"CREATE VIEW {_SLICE}.main.{quote(table)} AS {rows}")
        crew = Crew(con, _SHELF, before=_SLICE, in_memory=in_memory)
        try:
            yield crew
        finally:
            crew.leave()
    finally:
        con.execute(f"DETACH {_SLICE}")
