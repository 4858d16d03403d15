"""The clerk's own file back, with the wrong cells coloured and commented.

A workbook is opened and kept as it is; what openpyxl cannot open (.xls, .et, .ods, .csv) comes back as a workbook with the
same cells in the same places. Of a row of which only the row
is known, the whole row is coloured; a column that is missing is asked for in the first free cell of the header. A sheet
核对结果 in front lists everything, also what has no place.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from duban.check.confirm import plain
from duban.check.formats.text import receipt_lines, sentence
from duban.check.model import Fault, Report, by_place
from duban.errors import Severity
from duban.records.cells import cell_text

SUFFIX = "_批注"
_LIST = "核对结果"
_COLOURS = {Severity.ERROR: "FFFFC7CE", Severity.WARNING: "FFFFEB9C"}
_TEXT = frozenset((".csv", ".tsv", ".txt"))
_ILLEGAL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_KEPT = frozenset((".xlsx", ".xlsm"))


def write(report: Report, path: Path, name: str, target: Path) -> None:
    """Write one annotated workbook. `name`: what the report calls the file at `path`."""
    book = _opened(path)
    faults = [fault for fault in by_place(report.open) if fault.where.file == name]
    places: dict[tuple[str, str, int], list[Fault]] = {}
    for fault in faults:
        where = fault.where
        if where.cell or where.row:
            places.setdefault((where.sheet, where.cell, 0 if where.cell else where.row), []).append(fault)
    for (title, cell, row), told in places.items():
        sheet = book[title if title in book.sheetnames else book.sheetnames[0]]
        if cell:
            _mark(sheet, cell, told)
        else:
            _mark_row(sheet, row, told)
    _list(book, report, faults)
    target.parent.mkdir(parents=True, exist_ok=True)
    content = io.BytesIO()
    book.save(content)
    target.write_bytes(content.getvalue())


def _opened(path: Path) -> Any:
    """The workbook itself, or a new one with the cells of the file."""
    from openpyxl import Workbook, load_workbook

    if path.suffix.lower() in _KEPT:
        try:
            return load_workbook(path, keep_vba=path.suffix.lower() == ".xlsm", keep_links=False)
        except Exception:  # not a workbook that openpyxl understands: its cells are still to be had
            pass
    book = Workbook()
    if book.active is not None:
        book.remove(book.active)
    for title, rows in _tables(path):
        sheet = book.create_sheet(_title(title))
        for row in rows:
            sheet.append([_value(cell) for cell in row])
    if not book.sheetnames:
        book.create_sheet("Sheet1")
    return book


def _tables(path: Path) -> Iterable[tuple[str, Sequence[Sequence[Any]]]]:
    if path.suffix.lower() in _TEXT:
        import csv

        text = _decoded(path.read_bytes())
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text.partition("\n")[0])))
        return [(path.stem, rows)]
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(path.read_bytes()))
        return [(name, book.get_sheet_by_name(name).to_python(skip_empty_area=False)) for name in book.sheet_names]
    except (CalamineError, OSError, ValueError):
        return []


def _mark_row(sheet: Any, row: int, faults: Sequence[Fault]) -> None:
    """Colour all that stands in a row; what is wrong is said in its first cell with something in it."""
    filled = [cell.coordinate for cell in sheet[row] if cell.value not in (None, "")] or [f"A{row}"]
    _mark(sheet, filled[0], faults)
    for cell in filled[1:]:
        _colour(sheet, cell, faults)


def _colour(sheet: Any, cell: str, faults: Sequence[Fault]) -> Any:
    """Colour a cell by the worst of some faults, where it is not red already; of merged cells the first one."""
    from openpyxl.cell.cell import MergedCell
    from openpyxl.styles import PatternFill

    here: Any = sheet[cell]
    if isinstance(here, MergedCell):
        merged = next(area for area in sheet.merged_cells.ranges if cell in area)
        here = sheet.cell(merged.min_row, merged.min_col)
    worst = Severity.ERROR if any(fault.severity is Severity.ERROR for fault in faults) else Severity.WARNING
    if here.fill.fgColor.rgb != _COLOURS[Severity.ERROR]:
        here.fill = PatternFill("solid", fgColor=_COLOURS[worst])
    return here


def _mark(sheet: Any, cell: str, faults: Sequence[Fault]) -> None:
    """Colour a cell, and say what is wrong with it."""
    from openpyxl.comments import Comment

    here = _colour(sheet, cell, faults)
    text = "\n".join(f"【{fault.grade}】{sentence(fault)}" for fault in faults)
    if here.comment is not None and here.comment.text:
        text = f"{here.comment.text}\n{text}"
    comment = Comment(text, "duban")
    comment.width, comment.height = 320, 40 + 20 * (len(text) // 22 + text.count("\n") + 1)
    here.comment = comment


def _list(book: Any, report: Report, faults: Sequence[Fault]) -> None:
    """The sheet in front: every fault with a link to its cell, and the receipt."""
    from openpyxl.styles import Font, PatternFill
    from openpyxl.worksheet.hyperlink import Hyperlink

    title = _LIST
    while title in book.sheetnames:
        title += "_"
    sheet = book.create_sheet(title, 0)
    sheet.append(["工作表", "单元格", "级别", "代码", "问题和改法"])
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for fault in faults:
        where = fault.where
        sheet.append(
            [
                where.sheet,
                where.cell or (f"第{where.row}行" if where.row else ""),
                fault.grade,
                fault.code,
                plain(sentence(fault)),
            ]
        )
        last = sheet.max_row
        sheet.cell(last, 3).fill = PatternFill("solid", fgColor=_COLOURS[fault.severity])
        name = where.sheet if where.sheet in book.sheetnames else book.sheetnames[1]
        if where.cell or where.row:
            inside = "'{}'!{}".format(name.replace("'", "''"), where.cell or f"{where.row}:{where.row}")
            sheet.cell(last, 2).hyperlink = Hyperlink(ref=f"B{last}", location=inside)
    if not faults:
        sheet.append(["", "", "", "", "未发现问题"])
    sheet.append([])
    for line in receipt_lines(report):
        sheet.append([plain(line.strip())])
    for column, width in zip("ABCDE", (16, 10, 8, 8, 90), strict=True):
        sheet.column_dimensions[column].width = width
    sheet.freeze_panes = "A2"
    book.active = 0


def _value(cell: Any) -> str:
    """A cell as text: a formula of somebody else's file is not run."""
    return plain(_ILLEGAL.sub("", cell_text(cell) or "")) if cell != "" else ""


def _title(name: str) -> str:
    return re.sub(r"[\[\]:*?/\\]", "_", name)[:31] or "Sheet1"


def _decoded(content: bytes) -> str:
    """Text of a CSV file: UTF-8 with or without BOM, else GB18030."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("gb18030", errors="replace")


def _delimiter(line: str) -> str:
    """The separator that a line uses most; a comma if none."""
    best = max(",\t;|", key=lambda mark: (line.count(mark), mark == ","))
    return best if best in line else ","
