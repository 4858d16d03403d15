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

# Columns of one value are small however many rows they have, so a file of no size could fill the memory. Hand-ins of a
# whole province, which differ in little but the sender, came to one row in a byte.
_FEW, _PACKED = 1_000_000, 16


def read(task: Task) -> Iterator[RawTable]:
    """The one table of a parquet file."""
    con, file, issues = task.con, task.file, task.issues
    relation = f"read_parquet({literal(str(file.path))}, file_row_number = true)"
    try:
        described = con.execute(f"DESCRIBE SELECT * EXCLUDE (file_row_number) FROM {relation}").fetchall()
    except duckdb.Error as error:
        reason = "有密码或内容已损坏" if "encrypt" in str(error).lower() else "内容不完整或已损坏，可能没有传完"
        issues.append(problems.unreadable_file(Place(file=file.name), reason))
        return
    rows = con.execute(f"SELECT count(*) FROM {relation}").fetchall()[0][0]
    if rows > _FEW and rows > _PACKED * file.path.stat().st_size:
        issues.append(problems.unreadable_file(Place(file=file.name), f"有{rows}行，远多于文件的字节"))
        return
    columns = tuple(RawColumn(name, quote(name), kind) for name, kind, *_ in described)
    large = file.path.stat().st_size > SMALL
    row, names = "file_row_number + 2", (file.stem,)
    yield RawTable(file.name, "", columns, relation, row, names, sparse=False, large=large, gapless=True)
