"""A list as a sheet: title, a note, headings that stay in sight and on every page, rows as high as their texts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from duban.report.book import Book, across, height, paper, put

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

T = TypeVar("T")
HEADER = 2  # row of the headings, below title and note
_STYLE = {date: "date", datetime: "moment", int: "number", float: "number"}


@dataclass(frozen=True)
class Column(Generic[T]):
    """A heading, its width in characters, and what stands there. `aside`: for programs, not on paper."""

    heading: str
    width: float
    value: Callable[[T], Any]
    aside: bool = False


def draw_table(
    book: Book, name: str, title: str, note: str, columns: Sequence[Column[T]], rows: Sequence[T], *, a3: bool = False
) -> Worksheet:
    """A sheet with a numbered row for each item, on A4 or A3. Columns that are `aside` must be the last ones."""
    sheet = book.sheet(name)
    shown = sum(not column.aside for column in columns)
    widths = [6.0, *(column.width for column in columns)]
    for index, width in enumerate(widths):
        sheet.set_column(index, index, width)
    across(sheet, 0, shown, title, book.style("title"))
    sheet.set_row(0, 30)
    across(sheet, 1, shown, note, book.style("note"))
    sheet.set_row(1, height([note], [sum(widths[: shown + 1])]))
    for index, heading in enumerate(["序号", *(column.heading for column in columns)]):
        sheet.write_string(HEADER, index, heading, book.style("aside" if index > shown else "heading"))
    sheet.set_row(HEADER, 30)
    for number, row in enumerate(rows, start=1):
        values = [number, *(column.value(row) for column in columns)]
        for index, value in enumerate(values):
            put(sheet, HEADER + number, index, value, book.style(_style(value, widths[index])))
        texts = ["" if value is None else str(value) for value in values[: shown + 1]]
        sheet.set_row(HEADER + number, height(texts, widths))
    last = HEADER + max(len(rows), 1)
    if rows:
        sheet.autofilter(HEADER, 0, last, len(columns))
    else:
        across(sheet, last, shown, "无", book.style("centred"))
    paper(sheet, landscape=True, repeat=(HEADER, HEADER))
    if a3:
        sheet.set_paper(8)
    sheet.print_area(0, 0, last, shown)
    sheet.freeze_panes(HEADER + 1, 2)
    return sheet


def _style(value: Any, width: float) -> str:
    found = _STYLE.get(type(value))
    return found or ("centred" if width <= 10 else "cell")
