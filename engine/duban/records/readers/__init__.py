"""Readers: one file per kind of source, an explicit registry by suffix. A new format is a new line here.

A file reader is a generator: it yields the raw tables of one file, one at a time, and tidies up after each; what it
cannot read it appends to `issues`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import duckdb

from duban.errors import Issue
from duban.records.raw import RawTable
from duban.records.readers import delimited, parquet, workbook
from duban.records.sources import SourceFile

FileReader = Callable[[duckdb.DuckDBPyConnection, SourceFile, "list[Issue]"], Iterator[RawTable]]

READERS: dict[str, FileReader] = {
    ".csv": delimited.read,
    ".xlsx": workbook.read,
    ".parquet": parquet.read,
}
SUFFIXES = frozenset(READERS)


def read_file(con: duckdb.DuckDBPyConnection, file: SourceFile, issues: list[Issue]) -> Iterator[RawTable]:
    """The raw tables of a file, by the reader of its suffix."""
    return READERS[file.path.suffix.lower()](con, file, issues)
