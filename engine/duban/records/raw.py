"""A raw table: what a reader hands over before anybody knows which column is which field."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from duban.errors import Place
from duban.records.context import PLAIN, Context

WIDEST = 2_000  # columns; no form has more, and each costs a plan its time


@dataclass(frozen=True)
class RawColumn:
    """One column as found: its header ('' if the header cell is empty), its SQL expression and DuckDB type.

    `letter`: what a spreadsheet program calls the column. `names`: other readings of the header, best first (of two
    header rows both together, then the lower one). `unit`: what the header or a row of units says. `given`: the
    header stands above the table ("填报单位：甲岭镇"), the value is the same in every row.
    """

    header: str
    expression: str
    type: str = "VARCHAR"
    letter: str = ""
    names: tuple[str, ...] = ()
    unit: str = ""
    given: bool = False


@dataclass(frozen=True)
class RawTable:
    """One sheet, file or frame, readable by `SELECT … FROM relation`.

    `row` is the SQL expression of the row number that a spreadsheet shows; an int is the number of the first row, the
    others follow in the relation's order. `names`: by which its record type may be found, best first. `label`: what
    a frame is called. `sparse`: rows without any content are not rows. `header`: the row of the header, the last one
    of several. `context`: what the table says about all its cells. `preface`: what stands above it, by header.
    `filled`: by position of a column the rows whose cell was empty and took the text of the merged cell above.
    `large`: so many rows that all cores should read them. `gapless`: `row` counts all rows, from 2 on. `instead`: how
    to read it again, patiently, if DuckDB refuses the relation.
    """

    file: str
    sheet: str
    columns: tuple[RawColumn, ...]
    relation: str
    row: str | int
    names: tuple[str, ...] = ()
    label: str = ""
    sparse: bool = True
    header: int = 1
    context: Context = PLAIN
    preface: tuple[tuple[str, str], ...] = ()
    filled: Mapping[int, tuple[int, ...]] = field(default_factory=dict)
    large: bool = False
    gapless: bool = False
    instead: Callable[[], RawTable | None] | None = field(default=None, compare=False)

    def place(self, row: int = 0, column: RawColumn | None = None) -> Place:
        """Where in this table; a frame without a file is called by its label."""
        file = self.file or self.label
        if column is None:
            return Place(file, 0, self.sheet, row)
        cell = f"{column.letter}{row}" if column.letter and row else ""
        return Place(file, 0, self.sheet, row, column.header, cell)


def letters(position: int) -> str:
    """What a spreadsheet program calls a column, counted from 0.

    >>> letters(0), letters(25), letters(26), letters(701), letters(702)
    ('A', 'Z', 'AA', 'ZZ', 'AAA')
    """
    name = ""
    while position >= 0:
        name = chr(ord("A") + position % 26) + name
        position = position // 26 - 1
    return name
