"""核实单.xlsx: one row for each finding that a person has to look into, with blanks for what is found.

`verifying` hands it out and reads it back. A second sheet, out of sight, holds what was handed out, so that a row which
is altered on the way is noticed.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

from duban.errors import Issue, UsageError
from duban.model import Verified
from duban.records.text import fold
from duban.report.layout import width
from duban.vocabulary import VERIFICATION_TYPE

SHEET, LOG = "核实单", "发出记录"
MARK = "内部资料·未经核实·不得外传"
FORMAT = "duban核实单1"
HEADER = 2  # the row of the headings, as a spreadsheet shows it; above it stands what the sheet rests on

# What is given: heading → width. The first is the key; those of TELLING say which finding it is.
GIVEN = {
    "指纹": 18, "条款": 9, "事项": 24, "责任主体": 18, "所在镇": 8, "期间": 11, "应完成日": 11, "状态": 17, "事实与数据": 46,
    "有利情况": 16, "证据记录号": 18, "来源（文件#行）": 22,
}  # fmt: skip
TELLING = ("指纹", "条款", "事项", "责任主体", "期间", "应完成日")
# What is filled in: field of the record type → width; the heading is the field's title.
FILLED = {"state": 10, "verified_by": 9, "verified_on": 11, "how": 10, "evidence": 20, "statement": 24}
_WORDS = ("by", "on", "how", "evidence", "statement")  # of `Verified`, in the order of FILLED after its state
METHODS = ("现场核查", "调阅原件", "电话核实", "企业说明", "其他")
ABOUT = ("规则包", "截至", "掌握至", "辖区", "时区")  # what `Handout` says, in its order
LOGGED = ("指纹", "辖区", "最早日期", "核对")
_BOXED = {"border": 1, "border_color": "#BFBFBF", "text_wrap": True, "valign": "top"}
_FORMULA = tuple("=+-@\t\r")
_A3 = 8
_LINE, _LOWEST, _HIGHEST = 14.0, 30.0, 409.0  # points: a line of text, and the rows that there can be
_LONGEST = 32_000  # characters; a cell of a spreadsheet holds 32,767


@dataclass(frozen=True)
class Handout:
    """Which audit a sheet comes from, and the jurisdiction and clock of its pack."""

    pack: str
    as_of: str
    known_by: str
    jurisdiction: str
    timezone: str


@dataclass(frozen=True)
class Item:
    """A row: the cells that are given, in the order of GIVEN, and what has been found already.

    `earliest` is the first day on which it can have been verified: that of its due, or its first one.
    """

    given: tuple[str, ...]
    jurisdiction: str
    earliest: date | None
    verified: Verified


def heading(field: str) -> str:
    """The heading of a column to fill in."""
    return VERIFICATION_TYPE.fields[field].title


def check_of(cells: Sequence[str]) -> str:
    """A digest of the cells under TELLING: it stays the same for whatever a spreadsheet program does to blanks."""
    return hashlib.sha256("\x1f".join(fold(_clean(cell)) for cell in cells).encode()).hexdigest()[:16]


def write(items: Sequence[Item], handout: Handout, path: Path) -> None:
    """Write the sheet, whole or not at all. Raises UsageError if the place cannot be written."""
    body = workbook(items, handout)
    part = path.with_name(f".{path.name}.part")
    try:
        part.write_bytes(body)
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        hint = Issue("U010", f"{error.strerror or error}：{path}", hint="若文件正在 Excel 或 WPS 中打开，请先关闭")
        raise UsageError("核实单无法写入", [hint]) from error


def workbook(items: Sequence[Item], handout: Handout) -> bytes:
    """The sheet as the bytes of an xlsx file. XlsxWriter leaves a text a text, whatever it begins with."""
    import xlsxwriter

    stream = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(stream, options) as book:
        page, log = book.add_worksheet(SHEET), book.add_worksheet(LOG)
        _head(page, book, handout)
        _rows(page, book, items)
        _choices(page, HEADER + len(items) - 1)
        _layout(page, HEADER + len(items) - 1)
        _log(log, items, handout)
    return stream.getvalue()


def _head(page: Any, book: Any, handout: Handout) -> None:
    rests_on = f"{MARK}　　核实单　规则包 {handout.pack}　截至 {handout.as_of}　掌握至 {handout.known_by}　　"
    rests_on += "黄色各格由核实人填写；没有核实的留空；请勿改动其他各格"
    page.write_string(0, 0, rests_on, book.add_format({"bold": True, "font_color": "#C00000"}))
    named = book.add_format({**_BOXED, "bold": True, "bg_color": "#E7E6E6", "align": "center", "valign": "vcenter"})
    widths = {**GIVEN, **{heading(field): wide for field, wide in FILLED.items()}}
    for column, (name, wide) in enumerate(widths.items()):
        page.set_column(column, column, wide)
        page.write_string(HEADER - 1, column, name, named)


def _rows(page: Any, book: Any, items: Sequence[Item]) -> None:
    """The findings: what is given is text and locked; what begins like a formula stays text when somebody edits it."""
    given = book.add_format({**_BOXED, "num_format": "@"})
    guarded = book.add_format({**_BOXED, "num_format": "@", "quote_prefix": True})
    blank = {**_BOXED, "bg_color": "#FFF8DC", "locked": False}
    text, day = book.add_format({**blank, "num_format": "@"}), book.add_format({**blank, "num_format": "yyyy-mm-dd"})
    for row, item in enumerate(items, start=HEADER):
        page.set_row(row, _height(item.given))
        for column, value in enumerate(item.given):
            page.write_string(row, column, _clean(value), guarded if value.startswith(_FORMULA) else given)
        looked = item.verified != Verified()
        found = [item.verified.state.value if looked else "", *(getattr(item.verified, word) for word in _WORDS)]
        for column, value in enumerate(found, start=len(GIVEN)):
            style = day if column == len(GIVEN) + _WORDS.index("on") + 1 else text
            if isinstance(value, date):
                page.write_datetime(row, column, value, style)
            elif value:
                page.write_string(row, column, _clean(value), style)
            else:
                page.write_blank(row, column, None, style)


def _height(given: Sequence[str]) -> float:
    """The height that a row of wrapped texts takes: not every program fits rows when it opens a file."""
    lines = max(-(-width(text) // (wide - 3)) for text, wide in zip(given, GIVEN.values(), strict=True))
    return min(max(lines * _LINE + 4, _LOWEST), _HIGHEST)


def _clean(text: str) -> str:
    """The text without control characters, as long as a cell can hold."""
    text = re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f]", "", text)
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "……"


def _choices(page: Any, last: int) -> None:
    """States are these and no others; ways of verifying are proposed."""
    states = VERIFICATION_TYPE.fields["state"].values
    refusal = f"只能填：{'、'.join(states)}；没有核实的请留空"
    for field, values, message in (("state", states, refusal), ("how", METHODS, "")):
        column = len(GIVEN) + list(FILLED).index(field)
        options = {"validate": "list", "source": list(values), "ignore_blank": True, "show_error": bool(message)}
        options |= {"error_title": heading(field), "error_message": message} if message else {}
        page.data_validation(HEADER, column, last, column, options)


def _layout(page: Any, last: int) -> None:
    """What stays in sight, what is locked, and how it prints: the mark on every page."""
    columns = len(GIVEN) + len(FILLED)
    page.freeze_panes(HEADER, 1)
    page.autofilter(HEADER - 1, 0, last, columns - 1)
    page.protect("", {"format_columns": True, "format_rows": True, "autofilter": True})
    page.set_landscape()
    page.set_paper(_A3)
    page.fit_to_pages(1, 0)
    page.repeat_rows(HEADER - 1)
    page.set_header(f"&C{MARK}")
    page.set_footer("&C第 &P 页，共 &N 页")


def _log(page: Any, items: Sequence[Item], handout: Handout) -> None:
    """What was handed out, for reading it back."""
    lines: list[Sequence[str]] = [("格式", FORMAT)]
    lines += list(zip(ABOUT, vars(handout).values(), strict=True))
    lines.append(LOGGED)
    for item in items:
        telling = [cell for name, cell in zip(GIVEN, item.given, strict=True) if name in TELLING]
        earliest = item.earliest.isoformat() if item.earliest else ""
        lines.append((item.given[0], item.jurisdiction, earliest, check_of(telling)))
    for row, line in enumerate(lines):
        for column, text in enumerate(line):
            page.write_string(row, column, text)
    page.protect()
    page.very_hidden()
