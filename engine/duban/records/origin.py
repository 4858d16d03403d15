"""Where a value came from: the cell of a field of a record, and the hash of its file.

A record keeps its file, sheet and row; what was read keeps the column of each field. Both together are the cell.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import NamedTuple, Protocol

SHORT = 12  # digits of a hash that a person compares


class Input(Protocol):
    """What must be known of a table that was read; `InputFile` is one."""

    @property
    def name(self) -> str: ...
    @property
    def sha256(self) -> str: ...
    @property
    def sheet(self) -> str: ...
    @property
    def record_type(self) -> str: ...
    @property
    def columns(self) -> Mapping[str, str]: ...


class Spot(NamedTuple):
    """The row of a record. Reports call it `file[sheet]#row`."""

    file: str
    sheet: str
    row: int

    def __str__(self) -> str:
        return f"{self.file}{f'[{self.sheet}]' if self.sheet else ''}#{self.row}"


def cell_of(inputs: Iterable[Input], file: str, row: int, field: str, sheet: str = "", record: str = "") -> str:
    """The cell of a field, as in `H7`; '' where the file has no such column or no such names.

    `record`: the record type, where one sheet holds several (the form of the notice does).
    """
    for item in inputs:
        if (item.name, item.sheet) == (file, sheet) and record in ("", item.record_type) and field in item.columns:
            return f"{item.columns[field]}{row}"
    return ""


class Origins:
    """The cells and hashes of all that was read, by the places that reports name."""

    def __init__(self, inputs: Iterable[Input]) -> None:
        self.inputs = tuple(inputs)

    @cached_property
    def _tables(self) -> dict[str, list[Input]]:
        """The tables by `file[sheet]`: a name may hold brackets itself, so nothing is taken apart."""
        found: dict[str, list[Input]] = {}
        for item in self.inputs:
            if item.name:
                found.setdefault(str(Spot(item.name, item.sheet, 0)).removesuffix("#0"), []).append(item)
        return found

    def cells(self, place: str, record: str, fields: Mapping[str, str]) -> str:
        """`完成日期=H7 整改时限=L7`: the cells of these fields (name → title) of the record at `file[sheet]#row`."""
        where, _, row = place.rpartition("#")
        tables = self._tables.get(where, ())
        named = (
            (title, cell_of(tables, tables[0].name, int(row), field, tables[0].sheet, record))
            for field, title in fields.items()
            if tables
        )
        return " ".join(f"{title}={cell}" for title, cell in named if cell)

    def hashes(self, places: Iterable[str]) -> dict[str, str]:
        """File → the first digits of its SHA-256, of the files in which these records stand, each once."""
        tables = (self._tables.get(place.rpartition("#")[0]) for place in places)
        return {found[0].name: found[0].sha256[:SHORT] for found in tables if found}
