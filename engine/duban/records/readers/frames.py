"""Frames: lists of rows, pandas DataFrames and Arrow tables that a program hands over, by record type."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from typing import Any

import duckdb

from duban.errors import DataError
from duban.records.cells import Stage, column_texts
from duban.records.coerce import STAGED
from duban.records.raw import RawColumn, RawTable
from duban.sqltext import quote

_VIEW = "duban$frame"


def frames_of(given: Any) -> list[Any]:
    """What was given for one record type as a list of frames: one frame, or several of any kind."""
    if isinstance(given, (list, tuple)):
        rows = [item for item in given if isinstance(item, Mapping)]
        others = [item for item in given if not isinstance(item, Mapping)]
        return [*([rows] if rows or not others else []), *others]
    return [given]


def read(con: duckdb.DuckDBPyConnection, label: str, frame: Any) -> Iterator[RawTable]:
    """The one table of a frame. Its rows count from 1.

    Raises DataError if it is no frame at all.
    """
    kind = type(frame).__module__.partition(".")[0]
    if isinstance(frame, list):
        yield from _rows(con, label, frame)
    elif kind == "pandas" and hasattr(frame, "dtypes"):
        yield from _registered(con, label, _plain(frame))
    elif kind == "pyarrow":
        yield from _registered(con, label, frame)
    else:
        raise DataError(f"“{label}”既不是行的列表，也不是DataFrame或Arrow表，而是{type(frame).__name__}")


def _rows(con: duckdb.DuckDBPyConnection, label: str, rows: list[Any]) -> Iterator[RawTable]:
    for position, row in enumerate(rows, start=1):
        if not isinstance(row, Mapping):
            raise DataError(f"“{label}”第{position}项不是一行记录（字典），而是{type(row).__name__}")
    headers = list(dict.fromkeys(key for row in rows for key in row))
    stage = Stage(con, len(headers))
    try:
        stage.add(range(1, len(rows) + 1), [[row.get(header) for row in rows] for header in headers])
        columns = tuple(RawColumn(str(header), f"c{i}", STAGED) for i, header in enumerate(headers))
        yield RawTable("", "", columns, stage.relation, "_row", label=label, sparse=False)
    finally:
        stage.drop()


def _registered(con: duckdb.DuckDBPyConnection, label: str, frame: Any) -> Iterator[RawTable]:
    if not len(frame.columns):
        yield RawTable("", "", (), "", 1, label=label, sparse=False)
        return
    try:
        con.register(_VIEW, frame)
        described = con.execute(f"DESCRIBE SELECT * FROM {quote(_VIEW)}").fetchall()
    except duckdb.Error as error:
        raise DataError(f"“{label}”的表读不出：{str(error).splitlines()[0]}") from error
    try:
        columns = tuple(RawColumn(name, quote(name), kind) for name, kind, *_ in described)
        yield RawTable("", "", columns, quote(_VIEW), 1, label=label, sparse=False)
    finally:
        with contextlib.suppress(duckdb.Error):
            con.unregister(_VIEW)


def _plain(frame: Any) -> Any:
    """The DataFrame with columns of mixed Python objects as text: DuckDB would guess their type from a sample."""
    plain = frame.reset_index(drop=True)
    plain.columns = [str(name) for name in frame.columns]
    for position, dtype in enumerate(frame.dtypes):
        if str(dtype) == "object" or str(dtype).startswith(("period", "timedelta", "interval")):
            plain.isetitem(position, column_texts(frame.iloc[:, position].tolist()))
    return plain
