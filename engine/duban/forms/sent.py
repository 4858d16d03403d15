"""The sheets of a workbook that somebody sent, or what is wrong with it."""

from __future__ import annotations

from pathlib import Path

from duban.errors import DataError, Issue, Place
from duban.records.readers.opening import Sheet, UnreadableBookError, open_book


def sheets_of(path: Path) -> tuple[Sheet, ...]:
    """All sheets, in order. Raises DataError if the file cannot be opened, or is too large to be."""
    try:
        return open_book(path).sheets
    except UnreadableBookError as error:
        hint = "请检查文件是否损坏、加密或正被占用"
        raise DataError(f"打不开 {path.name}", [Issue("F100", str(error), Place(path.name), hint)]) from error
