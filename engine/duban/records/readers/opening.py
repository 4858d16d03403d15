"""Opening a workbook that somebody sent: by what it is, not by its name, and no more of it than memory bears."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from duban.records import content
from duban.records.layout import Span
from duban.records.readers.scan import BookScan, SheetScan, TooLargeError, scan

WORKBOOKS = (content.XLSX, content.XLSB, content.XLS, content.ODS)


class UnreadableBookError(Exception):
    """The file is no workbook, is broken or locked, or asks for more room than any hand-in needs."""


@dataclass(frozen=True)
class Sheet:
    """A sheet as found: its rows (as wide as each other, failed formulas as text), merged cells, what else is known."""

    name: str
    rows: list[list[Any]]
    merged: Sequence[Span]
    scan: SheetScan
    visible: bool


@dataclass(frozen=True)
class Book:
    """The sheets of a workbook, in order, hidden ones as well; the year from which it counts days."""

    sheets: tuple[Sheet, ...]
    epoch: int


def open_book(path: Path, kind: str = "", aside: str = "") -> Book:
    """Open a workbook of a kind (found by its content, if not given), without the sheets whose name begins `aside`.

    Raises UnreadableBookError.
    """
    from python_calamine import CalamineError

    try:
        kind = kind or content.kind_of(path)
        if kind not in WORKBOOKS:
            raise UnreadableBookError("不是电子表格")
        known = scan(path, kind)
        return Book(tuple(_sheets(path, kind, known, aside)), known.epoch)
    except TooLargeError as error:
        raise UnreadableBookError(str(error)) from error
    except (CalamineError, OSError, ValueError) as error:
        raise UnreadableBookError(_why(path, error)) from error
    except BaseException as error:  # a panic of the reader is no Exception
        if type(error).__name__ != "PanicException":
            raise
        raise UnreadableBookError("内部结构损坏") from None


def _why(path: Path, error: Exception) -> str:
    """What a clerk can do something about: the reader's own words are for who wrote it."""
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    head = path.read_bytes()[:4096]
    if not head:
        return "是空文件，没有存好"
    if head.startswith((b"PK", b"\xd0\xcf\x11\xe0")):
        return "内容不完整或已损坏，可能没有传完"
    return "内容是文字，不是电子表格" if b"\0" not in head else "内容不是电子表格"


def _sheets(path: Path, kind: str, known: BookScan, aside: str) -> list[Sheet]:
    from python_calamine import CalamineWorkbook, SheetVisibleEnum

    named_right = path.suffix.lower() == f".{kind}"  # calamine believes the name, if there is one
    book = (
        CalamineWorkbook.from_path(str(path))
        if named_right
        else CalamineWorkbook.from_filelike(io.BytesIO(path.read_bytes()))
    )
    found = []
    for about in book.sheets_metadata:
        if aside and about.name.startswith(aside):
            continue
        sheet, more = book.get_sheet_by_name(about.name), known.of(about.name)
        rows = sheet.to_python(skip_empty_area=False)
        for row, column, text in more.cells:
            if 0 <= row < len(rows) and 0 <= column < len(rows[row]):
                rows[row][column] = text
        merged = more.merged if more.merged is not None else sheet.merged_cell_ranges or []
        found.append(Sheet(about.name, rows, merged, more, about.visible == SheetVisibleEnum.Visible))
    return found
