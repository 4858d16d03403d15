"""Where the tables of a drawn form begin: the rows of its headings, and which column of a grid is which of its own."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from duban.pack.forms import Form, FormColumn, Forms, Part
from duban.records.text import fold
from duban.vocabulary import RecordType

_ENOUGH = 0.6  # of the columns of a table, to take a row for its header


@dataclass(frozen=True)
class Header:
    """Where a table begins: form and part, the rows of its header, and which column of the grid is which of its own."""

    form: str
    index: int
    row: int
    deep: int
    columns: Mapping[int, FormColumn]

    @property
    def first(self) -> int:
        """The row below the header."""
        return self.row + self.deep


def headers_of(texts: list[list[str]], sheet: str, forms: Forms, records: Mapping[str, RecordType]) -> Iterator[Header]:
    """Every header of a form, from the top: the row that has most of a table's headings, below the form's title."""
    row, current = 0, ""
    while row < len(texts):
        found = _header_at(texts, row, sheet, forms, records, current)
        if found is not None:
            current = found.form
            yield found
            row = found.first
        else:
            row += 1


def _header_at(
    texts: list[list[str]], row: int, sheet: str, forms: Forms, records: Mapping[str, RecordType], current: str
) -> Header | None:
    best: tuple[float, Header] | None = None
    filled = [cell for cell in texts[row] if cell]
    if len(filled) < 2:
        return None
    for name, form in forms.forms.items():
        if name != current and not _titled(form, sheet, texts[:row]):
            continue
        for index, part in enumerate(form.parts):
            for deep in (2, 1) if part.deep else (1,):
                columns = _columns(texts, row, deep, part)
                score = len(columns) / len(part.columns)
                if score < _ENOUGH or len(columns) < 2 or _is_table(texts[row], part, records):
                    continue
                if best is None or score > best[0]:
                    best = score, Header(name, index, row, deep, columns)
    return best[1] if best is not None else None


def _titled(form: Form, sheet: str, above: list[list[str]]) -> bool:
    """Whether the name of the sheet, or a cell above, calls the form by its name."""
    called = fold(form.sheet)
    return called in fold(sheet) or any(called in fold(cell) for row in above for cell in row if cell)


def _is_table(row: list[str], part: Part, records: Mapping[str, RecordType]) -> bool:
    """Whether a row is the header of the record type as it is declared: then it is no form, though it is called so."""
    record = records[part.record]
    drawn = {fold(word) for column in part.columns for word in (column.heading, *column.title, *column.aliases)}
    own = {
        fold(word)
        for name, spec in record.fields.items()
        if name in record.key or spec.required
        for word in (name, spec.title, *spec.aliases)
    }
    return bool({_heading(cell) for cell in row if cell} & (own - drawn))


def _columns(texts: list[list[str]], row: int, deep: int, part: Part) -> dict[int, FormColumn]:
    """Column of the grid → column of the form, by headings; the first that fits counts."""
    known: dict[str, FormColumn] = {}
    for column in part.columns:
        for word in (column.heading, *column.aliases):
            known.setdefault(_heading(word), column)
    found: dict[int, FormColumn] = {}
    for position, heading in enumerate(_headings(texts, row, deep)):
        meant = known.get(heading) if heading else None
        if meant is not None and meant not in found.values():
            found[position] = meant
    return found


def _headings(texts: list[list[str]], row: int, deep: int) -> list[str]:
    """The headings of a header; under a common one, that and its own."""
    if deep == 1 or row + 1 >= len(texts):
        return [_heading(cell) for cell in texts[row]]
    upper, lower, group, found = texts[row], texts[row + 1], "", []
    for position in range(max(len(upper), len(lower))):
        above = upper[position] if position < len(upper) else ""
        below = lower[position] if position < len(lower) else ""
        if above:
            group = above if below else ""
        found.append(_heading(above + below if above else group + below))
    return found


def _heading(text: str) -> str:
    """A heading as it is compared: without a unit in brackets at its end."""
    return re.sub(r"\((个|家|项|万|万元|元|人|条|次)\)$", "", fold(text))
