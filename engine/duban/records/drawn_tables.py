"""Forms as a notice draws them among what was handed in: their figures and details become records like any others.

The lists of problems are extracts of the ledger. Read as records they would be taken for a newer version of a hazard,
and empty all that a list does not show; so they are passed over here, and held against each other by `duban lists`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import duckdb

from duban.errors import Issue
from duban.pack.forms import Forms
from duban.records import problems
from duban.records.cells import Stage, transposed
from duban.records.drawn import DrawnPart, read_grid
from duban.records.layout import Span
from duban.records.raw import RawColumn, RawTable
from duban.vocabulary import RecordType


@dataclass(frozen=True)
class DrawnForms:
    """The forms of a pack, read when a sheet may be one; `types`: the record types of their rows. `parts`: all that was
    found so far, for whoever holds them against each other.
    """

    forms: Callable[[], Forms]
    types: Mapping[str, RecordType]
    parts: list[DrawnPart] = field(default_factory=list)

    def find(
        self, file: str, sheet: str, rows: Sequence[Sequence[Any]], merged: Collection[Span]
    ) -> tuple[list[DrawnPart], list[Issue]]:
        """The tables of a sheet that is a form; none if it is not."""
        forms = self.forms()
        return read_grid(file, sheet, rows, forms, self.types, first_cells(merged)) if forms.forms else ([], [])

    def tables(
        self, con: duckdb.DuckDBPyConnection, parts: Sequence[DrawnPart], notes: list[Issue]
    ) -> Iterator[RawTable]:
        """Each table as a raw one; the rows keep the numbers that they have on the sheet."""
        listed = self.forms().problems
        self.parts.extend(parts)
        for part in parts:
            if listed is not None and part.record == listed.record:
                notes.append(problems.list_of_problems(part.place(), self.forms().forms[part.form].sheet))
            else:
                yield from _staged(con, part, self.types[part.record])


def first_cells(areas: Collection[Span]) -> dict[tuple[int, int], tuple[int, int]]:
    """Every cell of the merged areas of a sheet, with the first of its area."""
    return {
        (row, column): (top, left)
        for (top, left), (bottom, right) in areas
        for row in range(top, min(bottom, top + 5000) + 1)
        for column in range(left, min(right, left + 200) + 1)
    }


def _staged(con: duckdb.DuckDBPyConnection, part: DrawnPart, record: RecordType) -> Iterator[RawTable]:
    there = {field for row in part.rows for field in row.values}
    fields = [name for name, spec in record.fields.items() if name in there or spec.required or name in part.fields]
    letters = {field: cell.rstrip("0123456789") for row in part.rows for field, cell in row.cells.items()}
    columns = tuple(
        RawColumn(record.fields[name].title, f"c{i}", letter=letters.get(name, "")) for i, name in enumerate(fields)
    )
    stage = Stage(con, len(fields))
    try:
        body = [[row.values.get(name) for name in fields] for row in part.rows]
        stage.add([row.row for row in part.rows], transposed(body, len(fields)))
        yield RawTable(part.file, part.sheet, columns, stage.relation, "_row", (record.title,), sparse=False)
    finally:
        stage.drop()
