"""Parquet: typed columns, read by DuckDB itself."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb

from duban.errors import Place
from duban.records import problems
from duban.records.pools import SMALL
from duban.records.raw import RawColumn, RawTable
from duban.records.readers.task import Task
from duban.sqltext import literal, quote


def read(task: Task) -> Iterator[RawTable]:
    """The one table of a parquet file."""
    con, file, issues = task.con, task.file, task.issues
    relation = f"read_parquet({literal(str(file.path))}, file_row_number = true)"
    try:
        described = con.execute(f"DESCRIBE SELECT * EXCLUDE (file_row_number) FROM {relation}").fetchall()
    except duckdb.Error as error:
        issues.append(problems.unreadable_file(Place(file=file.name), str(error).splitlines()[0]))
        return
    columns = tuple(RawColumn(name, quote(name), kind) for name, kind, *_ in described)
    large = file.path.stat().st_size > SMALL
    yield RawTable(file.name, "", columns, relation, "file_row_number + 2", (file.stem,), sparse=False, large=large)
