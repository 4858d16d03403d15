"""Chinese and Latin text side by side on a terminal: widths, tables, lists that are cut, periods."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from datetime import date, timedelta


def width(text: str) -> int:
    """Columns that a text takes on a terminal: East Asian wide characters take two."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def aligned(table: Sequence[Sequence[str]], left: int = 2) -> Iterator[str]:
    """Rows of texts as lines with aligned columns; the first `left` ones left, the rest right."""
    widths = [max(width(row[index]) for row in table) for index in range(len(table[0]))]
    for row in table:
        cells = []
        for index, (cell, wide) in enumerate(zip(row, widths, strict=True)):
            pad = " " * (wide - width(cell))
            cells.append(cell + pad if index < left else pad + cell)
        yield "  ".join(cells).rstrip()


def some(names: Sequence[str], most: int = 6) -> str:
    """`甲、乙、丙等9个`: the first few of a list, and how many there are."""
    text = "、".join(names[:most])
    return f"{text}等{len(names)}个" if len(names) > most else text


def period(start: date | None, end: date | None) -> str:
    """A period in words: 2023年12月, or its first and last day; '' for none."""
    if start is None or end is None:
        return ""
    if start.day == 1 and (end + timedelta(days=1)).day == 1 and start.month == end.month:
        return f"{start.year}年{start.month}月"
    return f"{start}至{end}"
