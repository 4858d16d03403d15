"""Python values as the text that `coerce` reads: for spreadsheets and rows, whose columns mix types."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import duckdb

from duban.records.spellings import ELEMENT

_CHUNK = 50_000
_STAGE = '"duban$stage"'


def cell_text(value: Any) -> str | None:
    """One value as text; None if there is nothing (None, NaN, NaT). A bare date stays a bare date.

    >>> cell_text(3.0), cell_text(date(2023, 11, 9)), cell_text(float("nan"))
    ('3', '2023-11-09', None)
    """
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return None if value != value else _float_text(value)
    if isinstance(value, Decimal):
        return None if value.is_nan() else format(value, "f")
    if type(value).__name__ in ("NaTType", "NAType"):
        return None
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (list, tuple, set, frozenset)):
        items = sorted(value) if isinstance(value, (set, frozenset)) else value
        return "".join(f"{text}{ELEMENT}" for text in map(cell_text, items) if text is not None)
    if hasattr(value, "tolist"):  # an array or scalar of numpy
        return cell_text(value.tolist())
    return str(value)


def column_texts(values: Sequence[Any]) -> list[str | None]:
    """A column as text; a column of nothing but text is passed on as it is."""
    return list(values) if set(map(type, values)) <= {str, type(None)} else [cell_text(value) for value in values]


def _float_text(value: float) -> str:
    return str(int(value)) if value.is_integer() else format(Decimal(repr(value)), "f")


class Stage:
    """A temporary table of text columns `c0`, `c1`, … and `_row`, for readers that meet cells one by one."""

    relation = _STAGE

    def __init__(self, con: duckdb.DuckDBPyConnection, width: int) -> None:
        self._con = con
        self._width = width
        columns = "".join(f", c{i} VARCHAR" for i in range(width))
        con.execute(f"CREATE OR REPLACE TEMP TABLE {_STAGE} (_row INTEGER{columns})")

    def add(self, rows: Sequence[int], columns: Sequence[Sequence[Any]]) -> None:
        """Append rows given as columns of equal length."""
        slots = ", ".join(f"unnest(${i + 2}::VARCHAR[])" for i in range(self._width))
        for start in range(0, len(rows), _CHUNK):
            part = slice(start, start + _CHUNK)
            texts = [column_texts(column[part]) for column in columns]
            self._con.execute(
                f"INSERT INTO {_STAGE} SELECT unnest($1::INTEGER[]){', ' + slots if slots else ''}",
                [list(rows[part]), *texts],
            )

    def drop(self) -> None:
        self._con.execute(f"DROP TABLE IF EXISTS {_STAGE}")


def transposed(rows: Iterable[Sequence[Any]], width: int) -> list[list[Any]]:
    """Rows as columns; rows must have `width` cells each."""
    columns = [list(column) for column in zip(*rows, strict=True)]
    return columns or [[] for _ in range(width)]
