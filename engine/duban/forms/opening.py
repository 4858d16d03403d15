"""Opening a workbook that somebody sent: what kind it is by its content, and no more of it than memory bears."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from duban.errors import DataError, Issue, Place
from duban.records import content
from duban.records.layout import Span
from duban.records.readers.scan import TooLargeError, scan

WORKBOOKS = (content.XLSX, content.XLS, content.ODS)


@dataclass(frozen=True)
class Sheet:
    """A sheet as it stands: its cells, and its merged areas where the format says them."""

    name: str
    grid: list[list[Any]]
    merged: list[Span]


def open_book(path: Path) -> list[Sheet]:
    """The sheets of a workbook, in order. Raises DataError if it cannot be opened, or is too large to be."""
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        kind = content.kind_of(path)
        if kind not in WORKBOOKS:
            raise _unreadable(path, "不是电子表格")
        scan(path, kind)
        named_right = path.suffix.lower() == f".{kind}"
        book = (
            CalamineWorkbook.from_path(str(path))
            if named_right
            else CalamineWorkbook.from_filelike(io.BytesIO(path.read_bytes()))
        )
        sheets = [book.get_sheet_by_name(name) for name in book.sheet_names]
        return [
            Sheet(sheet.name, sheet.to_python(skip_empty_area=False), sheet.merged_cell_ranges or [])
            for sheet in sheets
        ]
    except (CalamineError, TooLargeError, OSError, ValueError) as error:
        raise _unreadable(path, str(error)) from error
    except BaseException as error:  # a panic of the reader is no Exception
        if type(error).__name__ != "PanicException":
            raise
        raise _unreadable(path, "内部结构损坏") from None


def _unreadable(path: Path, why: str) -> DataError:
    hint = "请检查文件是否损坏、加密或正被占用"
    return DataError(f"打不开 {path.name}", [Issue("F100", why, Place(path.name), hint)])
