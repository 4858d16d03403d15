"""Town × obligation, and a sheet for each town."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING

from duban.model import Status, Verification
from duban.report.book import Book, across, height, paper, put
from duban.report.layout import period
from duban.report.meeting import names
from duban.report.week import Shown, Week

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

    from duban.report.meeting import Page

_COUNTY = "县本级"
_KINDS = ("未", "逾", "认", "缺")  # breached, late, manual, unproven: never added up
_WIDTHS = (6.0, 18.0, 34.0, 12.0, 12.0, 56.0, 24.0, 10.0)
_HEADINGS = ("序号", "责任主体", "要求（条款）", "期间", "期限", "资料显示", "有利情况", "核实状态")
_BLOCKS = (
    (Status.BREACHED, "资料显示未达到（待核实）"),
    (Status.LATE, "逾期达到（只作提醒）"),
    (Status.MANUAL, "需人工认定"),
    (Status.UNPROVEN, "证据不足（不作为问题，请补报）"),
)


# --- heat
def heat(week: Week) -> Iterator[Page]:
    """How many duties of each town and obligation are open, each status by itself."""
    if week.heat.towns and week.heat.obligations:
        yield names.HEAT, partial(_draw_heat, week)


def _draw_heat(week: Week, book: Book, name: str) -> None:
    sheet = book.sheet(name)
    rows = [index for index in range(len(week.heat.obligations)) if any(_open(row[index]) for row in week.heat.cells)]
    last = 1 + len(week.heat.towns)
    sheet.set_column(0, 0, 44)
    sheet.set_column(1, 1, 12)
    sheet.set_column(2, last, 9)
    across(sheet, 0, last, "镇×义务：有待处理事项的各项", book.style("title"))
    sheet.set_row(0, 30)
    note = (
        f"{week.head.cut_off}　{week.head.label}　未＝未达到（待核实）　逾＝逾期达到　认＝需人工认定　缺＝证据不足；"
        "各数不相加，镇按固定次序，不作排名；空＝没有这项要求，·＝没有待处理的"
    )
    across(sheet, 1, last, note, book.style("note"))
    sheet.set_row(1, height([note], [56 + 9.0 * len(week.heat.towns)]))
    titles = {one.id: one for one in week.clauses}
    for column, heading in enumerate(["要求", "条款", *(town or _COUNTY for town in week.heat.towns)]):
        sheet.write_string(2, column, heading, book.style("heading"))
    for row, index in enumerate(rows, start=3):
        clause = titles[week.heat.obligations[index]]
        sheet.write_string(row, 0, clause.title, book.style("cell"))
        sheet.write_string(row, 1, clause.clause, book.style("centred"))
        for column, cells in enumerate(week.heat.cells, start=2):
            cell = cells[index]
            put(sheet, row, column, _shown(cell), book.style(_heat_style(cell)))
        sheet.set_row(row, height([clause.title], [44.0]))
    paper(sheet, landscape=True, repeat=(2, 2))
    sheet.print_area(0, 0, 2 + len(rows), last)
    sheet.freeze_panes(3, 2)


def _open(cell: tuple[int, int, int, int] | None) -> bool:
    return cell is not None and any(cell)


def _shown(cell: tuple[int, int, int, int] | None) -> str:
    """`未2 逾1`; in black and white as plain as in colour."""
    if cell is None:
        return ""
    return " ".join(f"{kind}{number}" for kind, number in zip(_KINDS, cell, strict=True) if number) or "·"


def _heat_style(cell: tuple[int, int, int, int] | None) -> str:
    if cell is None:
        return "no_duty"
    breached, late, manual, unproven = cell
    return "red" if breached else "yellow" if late else "blue" if manual or unproven else "centred"


# --- each town
def each(week: Week) -> Iterator[Page]:
    """A sheet for each town that has anything open, and one for the county itself."""
    for town in week.heat.towns:
        own = [one for one in week.findings if one.finding.town == town and _is_open(one)]
        if own:
            yield town or _COUNTY, partial(_draw_town, week, town, own)


def _is_open(one: Shown) -> bool:
    return one.finding.verified.state is not Verification.CLEARED


def _draw_town(week: Week, town: str, own: Sequence[Shown], book: Book, name: str) -> None:
    sheet = book.sheet(name)
    for column, width in enumerate(_WIDTHS):
        sheet.set_column(column, column, width)
    last = len(_WIDTHS) - 1
    across(sheet, 0, last, f"{town or _COUNTY}待核实事项", book.style("title"))
    sheet.set_row(0, 30)
    across(sheet, 1, last, f"{week.head.cut_off}　{week.head.label}", book.style("note"))
    row = 2
    for status, title in _BLOCKS:
        found = [one for one in own if one.finding.status is status]
        if found:
            row = _block(book, sheet, row, f"{title}：{len(found)}项", found)
    paper(sheet, landscape=True)
    sheet.print_area(0, 0, row - 1, last)
    sheet.freeze_panes(2, 2)


def _block(book: Book, sheet: Worksheet, row: int, title: str, found: Sequence[Shown]) -> int:
    """A status: its band, headings, rows. Returns the next free row."""
    across(sheet, row, len(_WIDTHS) - 1, title, book.style("section"))
    sheet.set_row(row, 22)
    row += 1
    for column, heading in enumerate(_HEADINGS):
        sheet.write_string(row, column, heading, book.style("heading"))
    row += 1
    for number, one in enumerate(found, start=1):
        finding = one.finding
        texts = [
            str(number), finding.bearer_name, f"{finding.title}（{finding.clause}）",
            period(finding.period_start, finding.period_end), f"{finding.due:%Y-%m-%d}" if finding.due else "",
            finding.message, finding.speaks_for, finding.verified.state.value,
        ]  # fmt: skip
        for column, text in enumerate(texts):
            sheet.write_string(row, column, text, book.style("cell" if _WIDTHS[column] > 14 else "centred"))
        sheet.set_row(row, height(texts, _WIDTHS))
        row += 1
    return row
