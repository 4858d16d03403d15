"""Workbooks: every sheet is a raw table of text; the first row that holds anything is the header."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import duckdb

from duban.errors import Issue, Place
from duban.records import problems
from duban.records.cells import Stage, cell_text, transposed
from duban.records.raw import RawColumn, RawTable
from duban.records.readers.error_cells import error_cells
from duban.records.sources import SourceFile
from duban.vocabulary import ASIDE


def read(con: duckdb.DuckDBPyConnection, file: SourceFile, issues: list[Issue]) -> Iterator[RawTable]:
    """The sheets of a workbook that are not empty; a workbook without any is an issue."""
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        workbook = CalamineWorkbook.from_path(str(file.path))
        sheets = [
            (name, workbook.get_sheet_by_name(name).to_python(skip_empty_area=False))
            for name in workbook.sheet_names
            if not name.startswith(ASIDE)
        ]
    except (CalamineError, OSError, ValueError) as error:
        issues.append(problems.unreadable_file(Place(file=file.name), str(error)))
        return
    failed = error_cells(file.path)
    for name, rows in sheets:
        for row, column, text in failed.get(name, ()):
            if row < len(rows) and column < len(rows[row]):
                rows[row][column] = text
    filled = [(name, rows, first) for name, rows in sheets if (first := _first_row(rows)) is not None]
    if not filled:
        issues.append(problems.empty_table(Place(file=file.name)))
    for name, rows, first in filled:
        names = (name, file.stem) if len(filled) == 1 else (name,)
        yield from _sheet(con, file.name, name, names, rows, first)


def _first_row(rows: Sequence[Sequence[Any]]) -> int | None:
    return next((i for i, row in enumerate(rows) if any(cell != "" for cell in row)), None)


def _sheet(
    con: duckdb.DuckDBPyConnection,
    file: str,
    name: str,
    names: tuple[str, ...],
    rows: Sequence[Sequence[Any]],
    first: int,
) -> Iterator[RawTable]:
    headers = [cell_text(cell) or "" for cell in rows[first]]
    stage = Stage(con, len(headers))
    try:
        body = rows[first + 1 :]
        stage.add(range(first + 2, len(rows) + 1), transposed(body, len(headers)))
        columns = tuple(RawColumn(header, f"c{i}") for i, header in enumerate(headers))
        yield RawTable(file, name, columns, stage.relation, "_row", names)
    finally:
        stage.drop()
