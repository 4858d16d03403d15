"""Writing workbooks: one way for all of them, so that they look alike and are the same bytes every time.

XlsxWriter and not openpyxl: it only writes, which is all we need; a text stays a text whatever it begins with, so no
formula can be slipped in; and it asks no clock. What is read back is read by the readers of records.
"""

from __future__ import annotations

import io
import shutil
import tempfile
import unicodedata
import zipfile
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from duban.errors import Issue, UsageError

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

FONT, HEADING_FONT = "仿宋", "黑体"
LINE = 15.0  # points of a line of text
LONGEST_SHEET = 31  # characters of the name of a sheet
TALLEST = 400.0  # Excel's rows end at 409 points
_EPOCH = (1980, 1, 1, 0, 0, 0)
_REQUIRED, _OPTIONAL, _ASIDE = "#FCE4D6", "#E7E6E6", "#DDEBF7"
_ENTRY = "#FFFDF0"
_STYLES: dict[str, dict[str, Any]] = {
    "title": {"bold": True, "font_name": HEADING_FONT, "font_size": 18, "align": "center", "valign": "vcenter"},
    "subtitle": {"bold": True, "font_name": HEADING_FONT, "font_size": 13, "align": "center", "valign": "vcenter"},
    "head": {"font_size": 11, "align": "left", "valign": "vcenter"},
    "note": {"font_size": 10, "align": "left", "valign": "top", "text_wrap": True, "font_color": "#595959"},
    "heading": {"bold": True, "align": "center", "valign": "vcenter", "text_wrap": True, "border": 1},
    "required": {"bold": True, "align": "center", "valign": "vcenter", "text_wrap": True, "border": 1, "bg_color": _REQUIRED},
    "optional": {"bold": True, "align": "center", "valign": "vcenter", "text_wrap": True, "border": 1, "bg_color": _OPTIONAL},
    "aside": {"bold": True, "align": "center", "valign": "vcenter", "text_wrap": True, "border": 1, "bg_color": _ASIDE},
    "cell": {"text_wrap": True, "valign": "vcenter", "border": 1},
    "centred": {"text_wrap": True, "valign": "vcenter", "align": "center", "border": 1},
    "date": {"num_format": "yyyy-mm-dd", "valign": "vcenter", "align": "center", "border": 1},
    "moment": {"num_format": "yyyy-mm-dd hh:mm", "valign": "vcenter", "align": "center", "border": 1},
    "section": {"bold": True, "font_name": HEADING_FONT, "valign": "vcenter", "bg_color": "#DDEBF7", "border": 1},
    "text": {"text_wrap": True, "valign": "vcenter", "border": 1},
    "strong": {"bold": True, "text_wrap": True, "valign": "vcenter", "border": 1},
    "plain": {},
    "bold": {"bold": True},
    "centre": {"align": "center", "valign": "vcenter", "text_wrap": True},
    "caution": {"bold": True, "align": "center", "valign": "vcenter", "font_color": "#C00000"},
    "link": {"font_color": "#1F4E79", "underline": 1, "align": "right", "valign": "vcenter", "bg_color": "#DDEBF7", "border": 1},
    "red": {"align": "center", "valign": "vcenter", "text_wrap": True, "border": 1, "bg_color": "#F8CBAD"},
    "yellow": {"align": "center", "valign": "vcenter", "text_wrap": True, "border": 1, "bg_color": "#FFE699"},
    "blue": {"align": "center", "valign": "vcenter", "text_wrap": True, "border": 1, "bg_color": "#DDEBF7"},
    "no_duty": {"border": 1, "bg_color": "#F2F2F2"},
    "number": {"num_format": "#,##0.######;-#,##0.######;0", "valign": "vcenter", "align": "center", "border": 1},
    "entry": {"text_wrap": True, "valign": "vcenter", "border": 1, "locked": False, "bg_color": _ENTRY},
    "entry_day": {"num_format": "yyyy-mm-dd", "valign": "vcenter", "border": 1, "locked": False, "bg_color": _ENTRY},
    "entry_text": {"text_wrap": True, "valign": "vcenter", "num_format": "@", "locked": False},
    "entry_date": {"num_format": "yyyy-mm-dd", "valign": "vcenter", "align": "center", "locked": False},
    "entry_number": {"num_format": "General", "valign": "vcenter", "align": "center", "locked": False},
}  # fmt: skip
_PROTECTED = {
    "format_cells": True, "format_columns": True, "format_rows": True, "insert_rows": True, "delete_rows": True,
    "sort": True, "autofilter": True,
}  # fmt: skip


class Book:
    """A workbook that is being written, and its formats by name."""

    def __init__(self, book: Workbook) -> None:
        self.book = book
        self._formats: dict[str, Format] = {}

    def style(self, name: str) -> Format:
        """A format; each is made once."""
        if name not in self._formats:
            self._formats[name] = self.book.add_format({"font_name": FONT, "font_size": 11, **_STYLES[name]})
        return self._formats[name]

    def sheet(self, name: str, *, protect: bool = False) -> Worksheet:
        """A new sheet. Protected without a password: it keeps headers from being overwritten, and nothing secret."""
        sheet = self.book.add_worksheet(name)
        if protect:
            sheet.protect("", _PROTECTED)
        return sheet


@contextmanager
def written(path: Path, title: str, day: date) -> Iterator[Book]:
    """A new workbook, exchanged for the old one when it is whole.

    Raises UsageError if it cannot be written (it is open in a spreadsheet program, say); then nothing has changed.
    """
    import xlsxwriter

    # In memory: else each sheet is a file of its own first, and a run has hundreds of them.
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
    with staged(path) as stage:
        book = xlsxwriter.Workbook(str(stage), options)
        book.set_properties({"title": title, "created": datetime(day.year, day.month, day.day)})
        yield Book(book)
        book.close()


@contextmanager
def staged(path: Path) -> Iterator[Path]:
    """A place to write a file, moved to `path` at the end. Raises UsageError where that cannot be done."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix=".duban-", dir=path.parent))
    except OSError as error:
        raise _unwritable(path, error) from error
    try:
        stage = folder / path.name
        yield stage
        try:
            stage.replace(path)
        except OSError as error:
            raise _unwritable(path, error) from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _unwritable(path: Path, error: OSError) -> UsageError:
    hint = "若文件正在 Excel 或 WPS 中打开，请先关闭"
    return UsageError(f"无法写入 {path}，原有文件未改动", [Issue("U010", str(error.strerror or error), hint=hint)])


def sheet_name(title: str, taken: Collection[str] = ()) -> str:
    """A title as the name of a sheet: 31 characters, none of those that Excel forbids there, and of nobody in `taken`."""
    name = "".join("·" if char in "[]:*?/\\'" else char for char in title)[:LONGEST_SHEET]
    used = {one.casefold() for one in taken}
    ends = ("", *(f"-{number}" for number in range(2, len(used) + 3)))
    return next(fit for end in ends if (fit := name[: LONGEST_SHEET - len(end)] + end).casefold() not in used)


def put(sheet: Worksheet, row: int, column: int, value: Any, format_: Format) -> None:
    """A value as a cell of its kind: a text never becomes a number or a formula, a bare day never a moment."""
    if value is None or value == "":
        sheet.write_blank(row, column, None, format_)
    elif isinstance(value, bool):
        sheet.write_string(row, column, "是" if value else "否", format_)
    elif isinstance(value, (int, float, Decimal)):
        sheet.write_number(row, column, float(value), format_)
    elif isinstance(value, date) and not isinstance(value, datetime):
        sheet.write_datetime(row, column, datetime(value.year, value.month, value.day), format_)
    else:
        sheet.write_string(row, column, str(value), format_)


def across(sheet: Worksheet, row: int, last: int, text: str, format_: Format) -> None:
    """A text over all columns of a row, up to `last`."""
    if last > 0:
        sheet.merge_range(row, 0, row, last, "", format_)
    sheet.write_string(row, 0, text, format_)


class _Columns(dict[str, int]):
    """The columns of a character, looked up once each: a book asks for a hundred thousand, of a few thousand kinds."""

    def __missing__(self, char: str) -> int:
        self[char] = 2 if unicodedata.east_asian_width(char) in "WFA" else 1
        return self[char]


_COLUMNS = _Columns()


def wide(text: str) -> int:
    """Columns of a text: East Asian wide characters take two."""
    return sum(map(_COLUMNS.__getitem__, text))


def height(texts: Sequence[str], widths: Sequence[float]) -> float:
    """The height of a row of wrapped texts: not every program fits rows when it opens a file."""
    lines = 1
    for text, room in zip(texts, widths, strict=False):
        space = max(int(room) - 1, 2)
        lines = max(lines, sum(max(1, -(-wide(line) // space)) for line in text.split("\n")))
    return min(lines * LINE + 6, TALLEST)


def paper(sheet: Worksheet, *, landscape: bool, repeat: tuple[int, int] | None = None) -> None:
    """A4, as wide as the page, with page numbers."""
    sheet.set_paper(9)
    if landscape:
        sheet.set_landscape()
    sheet.set_margins(left=0.5, right=0.5, top=0.7, bottom=0.7)
    sheet.fit_to_pages(1, 0)
    sheet.set_footer("&C第 &P 页，共 &N 页")
    if repeat is not None:
        sheet.repeat_rows(*repeat)


def timeless(content: bytes) -> bytes:
    """The same package (.docx) with no times in it."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(zipfile.ZipInfo(name, _EPOCH), old.read(name), zipfile.ZIP_DEFLATED)
    return stream.getvalue()
