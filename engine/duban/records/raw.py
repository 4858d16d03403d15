"""A raw table: what a reader hands over before anybody knows which column is which field."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from duban.errors import Place


@dataclass(frozen=True)
class RawColumn:
    """One column as found: its header ('' if the header cell is empty), its SQL expression and DuckDB type."""

    header: str
    expression: str
    type: str = "VARCHAR"


@dataclass(frozen=True)
class RawTable:
    """One sheet, file or frame, readable by `SELECT … FROM relation`.

    `row` is the SQL expression of the row number that a spreadsheet shows; an int is the number of the first row, the
    others follow in the relation's order. `names`: by which its record type may be found, best first. `label`: what
    a frame is called. `sparse`: rows without any content are not rows. `instead`: how to read it again, patiently, if
    DuckDB refuses the relation.
    """

    file: str
    sheet: str
    columns: tuple[RawColumn, ...]
    relation: str
    row: str | int
    names: tuple[str, ...] = ()
    label: str = ""
    sparse: bool = True
    instead: Callable[[], RawTable | None] | None = field(default=None, compare=False)

    def place(self, row: int = 0, column: str = "") -> Place:
        """Where in this table; a frame without a file is called by its label."""
        return Place(file=self.file or self.label, sheet=self.sheet, row=row, column=column)
