"""What a reader is given: the file, where its rows go, and who knows what headers look like."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

import duckdb

from duban.errors import Issue
from duban.records import layout
from duban.records.headers import TypeHeaders
from duban.records.layout import Layout
from duban.records.mapping import Mappings
from duban.records.sources import SourceFile, TypeNames
from duban.records.text import fold


@dataclass
class Task:
    """One file to be read. `notes`: how it was read, where nobody has to do anything about it."""

    con: duckdb.DuckDBPyConnection
    file: SourceFile
    issues: list[Issue]
    names: TypeNames
    headers: TypeHeaders
    mappings: Mappings = field(default_factory=Mappings)
    notes: list[Issue] = field(default_factory=list)

    def header_row(self, sheet: str) -> int:
        """The row of the header, where a mapping file says so."""
        table = self.mappings.of(self.file.name, sheet)
        return table.header if table else 0

    def is_plain(self, header: Sequence[str], second: Sequence[str], sheet: str) -> bool:
        """Whether a sheet's first row is its header, and nothing else needs to be looked for."""
        return not self.header_row(sheet) and layout.is_plain(header, second, self.headers.known)

    def find_layout(self, rows: Sequence[Sequence[str]], merged: Collection[layout.Span], sheet: str) -> Layout:
        """Where the table of a sheet is."""
        name = next(filter(None, map(self.names.starting, (sheet, self.file.stem))), "")
        kind = self.headers.of(name).record_type if name else None
        values = {fold(v) for spec in kind.fields.values() for v in spec.values} if kind else self.headers.values
        known = self.headers.of(name).knows if name else self.headers.known
        return layout.find(rows, list(merged), known, values, self.header_row(sheet))

    def not_records(self, starts: Sequence[Sequence[str]], header: int) -> dict[int, str]:
        """Rows below a plain header that are totals or notes, by the first cells of each row."""
        found = {}
        for index, cells in enumerate(starts):
            if index > header and (kind := layout.end_of(cells, self.headers.values)):
                found[index] = kind
        return found
