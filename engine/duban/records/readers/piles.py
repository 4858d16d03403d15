"""Piles: many files of one record type and one shape, read by whoever knows where they lie, as one Arrow table.

To plan the reading of a table costs as much for ten rows as for a million: so the files of many jurisdictions are read
at once.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import duckdb

from duban.records.raw import RawColumn, RawTable
from duban.sqltext import quote

if TYPE_CHECKING:
    import pyarrow as pa

MEMBER, ROW = "_member", "_row"
_VIEW = "duban$pile"


@dataclass(frozen=True)
class PileFile:
    """One file of a pile: as reports call it, the hash of its bytes, their number, its rows, and whose it is."""

    name: str
    sha256: str
    size: int
    rows: int
    jurisdiction: str


@dataclass(frozen=True)
class Pile:
    """The rows of some files, one after the other, with the columns `_member` (which file, from 1) and `_row` besides.

    All files have the same columns of the same types, and of each column of timestamps all hold nothing but midnights
    or none does: what is decided for a file as a whole is decided for all of them.
    """

    table: pa.Table
    files: tuple[PileFile, ...]


@contextmanager
def opened(con: duckdb.DuckDBPyConnection, pile: Pile) -> Iterator[RawTable]:
    """The pile as one raw table, called by its first file. Raises duckdb.Error if its types are none of DuckDB's."""
    con.register(_VIEW, pile.table)
    try:
        described = con.execute(f"DESCRIBE SELECT * FROM {quote(_VIEW)}").fetchall()
        columns = tuple(RawColumn(name, quote(name), kind) for name, kind, *_ in described if name not in (MEMBER, ROW))
        yield RawTable(pile.files[0].name, "", columns, quote(_VIEW), ROW, sparse=False)
    finally:
        with contextlib.suppress(duckdb.Error):
            con.unregister(_VIEW)
