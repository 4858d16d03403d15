"""Workbooks (.xlsx, .xls, .et, .ods): every sheet is a raw table of text, once its layout is found."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from duban.errors import Place
from duban.records import problems
from duban.records.cells import Stage, cell_text, transposed
from duban.records.context import Context, context_of
from duban.records.layout import Label, Layout, Span
from duban.records.raw import WIDEST, RawColumn, RawTable, letters
from duban.records.readers.scan import BookScan, SheetScan, TooLargeError, scan
from duban.records.readers.task import Task

_EXACT = 10**15  # above, a number of a spreadsheet has lost digits
_SHOWN = 12  # rows that a note lists


@dataclass(frozen=True)
class _Sheet:
    """A sheet as found: its rows (as wide as each other), merged cells, and what else is known of it."""

    name: str
    rows: list[list[Any]]
    merged: Sequence[Span]
    scan: SheetScan
    visible: bool


def read(task: Task) -> Iterator[RawTable]:
    """The sheets of a workbook that are not empty; a workbook without any is an issue."""
    place = Place(file=task.file.name)
    try:
        known = scan(task.file.path, task.file.kind)
    except TooLargeError as error:
        task.issues.append(problems.unreadable_file(place, str(error)))
        return
    sheets = _opened(task, known)
    if sheets is None:
        return
    wide = max((len(sheet.rows[0]) for sheet in sheets if sheet.rows), default=0)
    if wide > WIDEST:
        task.issues.append(problems.unreadable_file(place, f"有{wide}列，多于{WIDEST}列"))
        return
    filled = [sheet for sheet in sheets if any(cell != "" for row in sheet.rows for cell in row)]
    if not filled:
        task.issues.append(problems.empty_table(place))
    for sheet in filled:
        names = (sheet.name, task.file.stem) if len(filled) == 1 else (sheet.name,)
        yield from _table(task, sheet, names, known.epoch)


def _opened(task: Task, known: BookScan) -> list[_Sheet] | None:
    """All sheets, or None with an issue if the file cannot be opened."""
    from python_calamine import CalamineError, CalamineWorkbook, SheetVisibleEnum

    found = []
    try:
        path = task.file.path
        named_right = path.suffix.lower() == f".{task.file.kind}"  # calamine believes the name, if there is one
        workbook = (
            CalamineWorkbook.from_path(str(path))
            if named_right
            else CalamineWorkbook.from_filelike(io.BytesIO(path.read_bytes()))
        )
        for about in workbook.sheets_metadata:
            sheet = workbook.get_sheet_by_name(about.name)
            more = known.of(about.name)
            merged = more.merged if more.merged is not None else sheet.merged_cell_ranges or []
            rows = sheet.to_python(skip_empty_area=False)
            found.append(_Sheet(about.name, rows, merged, more, about.visible == SheetVisibleEnum.Visible))
    except (CalamineError, OSError, ValueError) as error:
        task.issues.append(problems.unreadable_file(Place(file=task.file.name), str(error)))
        return None
    except BaseException as error:  # a panic of the reader is no Exception
        if type(error).__name__ != "PanicException":
            raise
        task.issues.append(problems.unreadable_file(Place(file=task.file.name), "内部结构损坏"))
        return None
    for item in found:
        for row, column, text in item.scan.cells:
            if row < len(item.rows) and column < len(item.rows[row]):
                item.rows[row][column] = text
    return found


def _table(task: Task, sheet: _Sheet, names: tuple[str, ...], epoch: int) -> Iterator[RawTable]:
    first = next(i for i, row in enumerate(sheet.rows) if any(cell != "" for cell in row))
    head = _texts(sheet.rows[first])
    second = _texts(sheet.rows[first + 1]) if first + 1 < len(sheet.rows) else []
    if not sheet.merged and task.is_plain(head, second, sheet.name):
        columns = [RawColumn(text, f"c{i}", letter=letters(i)) for i, text in enumerate(head)]
        found = Layout(first, first, tuple(map(Label, head)), _ends(task, sheet, first))
        titles: tuple[str, ...] = ()
    else:
        texts = [_texts(row) for row in sheet.rows]
        found = task.find_layout(texts, sheet.merged, sheet.name)
        columns = [
            RawColumn(label.text, f"c{i}", letter=letters(i), names=label.names, unit=label.unit)
            for i, label in enumerate(found.labels)
        ]
        titles = found.titles
    _say(task, sheet, found)
    context = context_of((*titles, *(value for _, value in found.preface), sheet.name, task.file.name), epoch)
    yield from _staged(task, sheet, names, columns, found, context)


def _ends(task: Task, sheet: _Sheet, first: int) -> dict[int, str]:
    """The rows of a plain table that are no records: totals and notes."""
    return task.not_records([_start(row) for row in sheet.rows], first)


def _start(row: Sequence[Any]) -> list[str]:
    """The first cells of a row that hold text: totals and notes begin there."""
    return [cell if isinstance(cell, str) else "" for cell in row[:4]]


def _staged(
    task: Task, sheet: _Sheet, names: tuple[str, ...], columns: list[RawColumn], found: Layout, context: Context
) -> Iterator[RawTable]:
    kept = [i for i in range(found.last + 1, len(sheet.rows)) if i not in found.skipped and _says(sheet.rows[i])]
    width = len(columns)
    body = [_lossless(sheet.rows[i]) for i in kept]
    filled = _fill_down(sheet, body, kept, found)
    stage = Stage(task.con, width)
    try:
        stage.add([i + 1 for i in kept], transposed(body, width))
        yield RawTable(
            task.file.name, sheet.name, tuple(columns), stage.relation, "_row", names,
            header=found.last + 1, context=context, preface=found.preface, filled=filled,
        )  # fmt: skip
    finally:
        stage.drop()


def _says(row: Sequence[Any]) -> bool:
    return any(cell.strip() if isinstance(cell, str) else cell != "" for cell in row)


def _lossless(row: list[Any]) -> list[Any]:
    """A row whose numbers do not pretend to digits that they have lost: 1.23E+17."""
    return [f"{cell:.5E}" if isinstance(cell, float) and abs(cell) >= _EXACT else cell for cell in row]


def _fill_down(sheet: _Sheet, body: list[list[Any]], kept: list[int], found: Layout) -> dict[int, tuple[int, ...]]:
    """Write what stands in a cell that is merged over several rows into each of them; column → the rows that got it.

    What turns out to be a number is taken back (`given.unfilled`): a count for several rows is nobody's own.
    """
    place = {row: i for i, row in enumerate(kept)}
    filled: dict[int, list[int]] = {}
    for (top, left), (bottom, right) in sheet.merged:
        if top <= found.last or bottom == top or left != right or left >= len(sheet.rows[top]):
            continue
        value = sheet.rows[top][left]
        if value == "":
            continue
        for row in range(top + 1, min(bottom + 1, len(sheet.rows))):
            if row in place:
                body[place[row]][left] = value
                filled.setdefault(left, []).append(row + 1)
    return {column: tuple(rows) for column, rows in filled.items()}


def _say(task: Task, sheet: _Sheet, found: Layout) -> None:
    """What was odd about a sheet, and which of its rows are no records."""
    place = Place(file=task.file.name, sheet=sheet.name)
    if not sheet.visible:
        task.issues.append(problems.hidden_sheet(place))
    rows = [row + 1 for row in sheet.scan.hidden if row > found.last and row < len(sheet.rows)]
    if rows:
        task.issues.append(problems.hidden_rows(place, rows[:_SHOWN], len(rows)))
    if found.skipped:
        task.notes.append(problems.no_records(place, {row + 1: why for row, why in sorted(found.skipped.items())}))


def _texts(row: Sequence[Any]) -> list[str]:
    return [cell if isinstance(cell, str) else cell_text(cell) or "" for cell in row]
