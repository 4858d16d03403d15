"""Where a field stands in a clerk's own file: the header as it is written there, and the address of a cell."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from duban.records.cells import cell_text
from duban.records.text import fold

_TOP = 30  # rows in which a header is looked for
_TEXT = frozenset((".csv", ".tsv", ".txt"))


@dataclass(frozen=True)
class Columns:
    """The columns of one sheet: by field (number from 0, and header as written), and by folded header."""

    by_field: dict[str, tuple[int, str]] = field(default_factory=dict)
    by_header: dict[str, int] = field(default_factory=dict)

    def address(self, row: int, name: str, header: str) -> str:
        """`G7`; '' if it is not known where the field stands."""
        found = self.by_header.get(fold(header)) if header else None
        if found is None:
            found = self.by_field.get(name, (None, ""))[0]
        return f"{letters(found)}{row}" if found is not None and row else ""


def columns_of(path: Path, sheet: str, known: Mapping[str, str]) -> Columns:
    """Find the header row of a sheet: of the first rows the one with most known headers. Nothing found: no columns."""
    try:
        rows = _text_rows(path) if path.suffix.lower() in _TEXT else _sheet_rows(path, sheet)
    except Exception:  # a file that the reader could read, but this quick look cannot: addresses are a courtesy
        return Columns()
    best = max(rows, key=lambda row: sum(fold(cell) in known for cell in row), default=[])
    if not any(fold(cell) in known for cell in best):
        return Columns()
    found = Columns()
    for index, header in enumerate(best):
        if not header.strip():
            continue
        found.by_header.setdefault(fold(header), index)
        if (name := known.get(fold(header))) is not None:
            found.by_field.setdefault(name, (index, header))
    return found


def letters(index: int) -> str:
    """Column 0 is A, 26 is AA.

    >>> letters(0), letters(25), letters(26)
    ('A', 'Z', 'AA')
    """
    text = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        text = chr(ord("A") + rest) + text
    return text


def _sheet_rows(path: Path, sheet: str) -> list[list[str]]:
    from python_calamine import CalamineWorkbook

    with path.open("rb") as stream:
        book = CalamineWorkbook.from_filelike(io.BytesIO(stream.read()))
    cells = book.get_sheet_by_name(sheet).to_python(skip_empty_area=False, nrows=_TOP)
    return [[cell_text(cell) or "" for cell in row] for row in cells]


def _text_rows(path: Path) -> list[list[str]]:
    with path.open("rb") as stream:
        text = decoded(stream.read(1 << 20))
    lines = text.splitlines()[:_TOP]
    return list(csv.reader(lines, delimiter=delimiter(lines[0] if lines else "")))


def decoded(content: bytes) -> str:
    """Text of a CSV file: UTF-8 with or without BOM, else GB18030."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if error.start > len(content) - 4:  # cut in the middle of a character
            return content.decode("utf-8-sig", errors="replace")
        return content.decode("gb18030", errors="replace")


def delimiter(line: str) -> str:
    """The separator that a line uses most; a comma if none."""
    best = max(",\t;|", key=lambda mark: (line.count(mark), mark == ","))
    return best if best in line else ","
