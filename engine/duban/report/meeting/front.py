"""首页: the first screen on one A4 page, in the order of the questions of whoever reads it first."""

from __future__ import annotations

from collections.abc import Sequence, Set
from typing import TYPE_CHECKING

from duban.report.book import Book, across, height, wide
from duban.report.meeting.names import FIRST, SHEET_OF
from duban.report.week import Line, Section, Table, Week

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

# Seven columns, as the table of major hazards has; texts run over all of them.
_WIDTHS = (15.0, 21.0, 17.0, 14.0, 19.0, 11.0, 19.0)
_LAST = len(_WIDTHS) - 1
_CHOICE = 2  # columns for what the leaders decide
_BOX = "□"


def draw(book: Book, week: Week, sheets: Set[str]) -> None:
    """The sheet; beside the title of a section a link to the one of `sheets` that its lines come from."""
    sheet = book.sheet(FIRST)
    for column, room in enumerate(_WIDTHS):
        sheet.set_column(column, column, room)
    head = week.head
    across(sheet, 0, _LAST, head.title, book.style("title"))
    sheet.set_row(0, 32)
    across(sheet, 1, _LAST, f"{head.cut_off}　{head.made_on}", book.style("centre"))
    across(sheet, 2, _LAST, head.label, book.style("caution"))
    row = 3
    for section in week.sections:
        row = _section(book, sheet, row, section, sheets)
    across(sheet, row, _LAST, _foot(week), book.style("note"))
    sheet.set_row(row, height([_foot(week)], [sum(_WIDTHS)]))
    sheet.set_paper(9)
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.5)
    sheet.fit_to_pages(1, 1)
    sheet.center_horizontally()
    sheet.print_area(0, 0, row, _LAST)
    sheet.freeze_panes(3, 0)


def _section(book: Book, sheet: Worksheet, row: int, section: Section, sheets: Set[str]) -> int:
    """Title, lines, table. Returns the next free row."""
    target = SHEET_OF.get(section.key, "")
    if target in sheets:
        sheet.merge_range(row, 0, row, _LAST - 2, section.title, book.style("section"))
        sheet.merge_range(row, _LAST - 1, row, _LAST, "", book.style("link"))
        sheet.write_url(row, _LAST - 1, f"internal:'{target}'!A1", book.style("link"), f"见“{target}”")
    else:
        across(sheet, row, _LAST, section.title, book.style("section"))
    sheet.set_row(row, 20)
    row += 1
    for number, one in enumerate(section.lines, start=1):
        row = _text(book, sheet, row, one, section.choices, number if len(section.lines) > 1 else 0)
    if section.table is not None:
        row = _table(book, sheet, row, section.table)
    return row


def _text(book: Book, sheet: Worksheet, row: int, one: Line, choices: Sequence[str], number: int) -> int:
    """A line over the width; beside one that is to be decided, its choices to tick."""
    text = "".join(part.text for part in one)
    last = _LAST - _CHOICE if choices else _LAST
    shown = f"{number}. {text}" if choices and number else text
    sheet.merge_range(row, 0, row, last, "", book.style("text"))
    parts = _rich(book, one, shown)
    if len(parts) > 3:
        sheet.write_rich_string(row, 0, *parts, book.style("text"))
    else:
        sheet.write_string(row, 0, shown, book.style("strong" if any(part.strong for part in one) else "text"))
    if choices:
        boxes = "　".join(f"{_BOX}{choice}" for choice in choices)
        sheet.merge_range(row, last + 1, row, _LAST, boxes, book.style("centre"))
    sheet.set_row(row, height([shown], [sum(_WIDTHS[: last + 1])]))
    return row + 1


def _rich(book: Book, one: Line, shown: str) -> list[object]:
    """Fragments with their formats, as XlsxWriter takes them; [] where nothing is strong."""
    if not any(part.strong for part in one):
        return []
    lead = shown[: len(shown) - sum(len(part.text) for part in one)]
    found: list[object] = [book.style("plain"), lead] if lead else []
    for part in one:
        if part.text:
            found += [book.style("bold" if part.strong else "plain"), part.text]
    return found


def _table(book: Book, sheet: Worksheet, row: int, table: Table) -> int:
    widths = _WIDTHS[: len(table.columns)]
    for column, title in enumerate(table.columns):
        sheet.write_string(row, column, title, book.style("heading"))
    row += 1
    for cells in table.rows:
        texts = ["".join(part.text for part in cell) for cell in cells]
        for column, text in enumerate(texts):
            sheet.write_string(row, column, text, book.style("cell" if wide(text) > widths[column] - 2 else "centred"))
        sheet.set_row(row, height(texts, widths))
        row += 1
    if table.note:
        across(sheet, row, _LAST, table.note, book.style("note"))
        row += 1
    return row


def _foot(week: Week) -> str:
    head = week.head
    judge = f"　判定器 {head.judge}" if head.judge else ""
    inputs = f"　资料{len(head.inputs)}份（指纹见audit.json）" if head.inputs else ""
    return (
        f"duban {head.version}　规则包 {head.pack}（{head.digest[:8]}）{judge}{inputs}　"
        "各数由所附各表逐项列出：条款、计数、依据的记录和有利情况"
    )
