"""图表: the trend over the weeks, findings by kind of bearer, and how far hazards have come. Drawn by the spreadsheet
program from the numbers beside them, so that they can be checked and taken into a presentation.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from duban.model import Status
from duban.report.book import Book, across, paper, put
from duban.report.meeting import names
from duban.report.week import Week

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

    from duban.report.meeting import Page

_COLORS = ("#C00000", "#BF8F00", "#2F5597", "#7F7F7F", "#548235")
_ONE = "#2F5597"
_TALL = 16  # rows that a chart takes
_OPEN = ((Status.BREACHED, "未达到（待核实）"), (Status.LATE, "逾期达到"), (Status.MANUAL, "需人工认定"), (Status.UNPROVEN, "证据不足"))  # fmt: skip


def pages(week: Week) -> Iterator[Page]:
    """One sheet with all charts."""
    yield names.CHARTS, partial(_draw, week)


def _draw(week: Week, book: Book, name: str) -> None:
    sheet = book.sheet(name)
    sheet.set_column(0, 0, 22)
    sheet.set_column(1, 12, 11)
    across(sheet, 0, 12, "图表", book.style("title"))
    row = 2
    row = _chart(
        book,
        sheet,
        row,
        "待核实事项（按责任主体，各数不相加）",
        "column",
        ["责任主体", *(title for _, title in _OPEN)],
        _by_kind(week),
    )
    for funnel in (one for one in week.funnels if not one.town):
        rows = [[stage.title, stage.count] for stage in funnel.stages]
        row = _chart(book, sheet, row, f"{funnel.title}整改", "bar", ["环节", "条"], rows)
    if len(week.trend) > 1:
        rows = [
            [f"{point.as_of:%m-%d}", point.breached, point.late, point.manual, point.unproven, point.candidates]
            for point in week.trend
        ]
        heads = ["截至", *(title for _, title in _OPEN), "拟提请研究"]
        row = _chart(book, sheet, row, "各周走势（各数不相加）", "line", heads, rows)
    paper(sheet, landscape=False)
    sheet.print_area(0, 0, row, 12)


def _by_kind(week: Week) -> list[list[Any]]:
    """Open duties by kind of bearer: one number for each status."""
    titles = {one.bearer_kind: one.kind for one in week.clauses}
    found = []
    for kind, title in titles.items():
        counts = [
            sum(one.count for one in week.tallies if one.bearer_kind == kind and one.status == status.value and not one.cleared)
            for status, _ in _OPEN
        ]  # fmt: skip
        if any(counts):
            found.append([title, *counts])
    return found


def _chart(
    book: Book, sheet: Worksheet, row: int, title: str, kind: str, heads: Sequence[str], rows: Sequence[Sequence[Any]]
) -> int:
    """The numbers as a table, the chart to the right of it. Returns the next free row."""
    across(sheet, row, 12, title, book.style("section"))
    row += 1
    for column, head in enumerate(heads):
        sheet.write_string(row, column, head, book.style("heading"))
    sheet.set_row(row, 32)
    for offset, values in enumerate(rows, start=1):
        for column, value in enumerate(values):
            put(sheet, row + offset, column, value, book.style("centred"))
    if rows:
        chart = book.book.add_chart({"type": kind})
        for column in range(1, len(heads)):
            color = _COLORS[(column - 1) % len(_COLORS)] if len(heads) > 2 else _ONE
            chart.add_series({
                "name": [sheet.get_name(), row, column],
                "categories": [sheet.get_name(), row + 1, 0, row + len(rows), 0],
                "values": [sheet.get_name(), row + 1, column, row + len(rows), column],
                "data_labels": {"value": kind != "line"},
                "fill": {"color": color}, "line": {"color": color},
            })  # fmt: skip
        chart.set_title({"name": title, "name_font": {"size": 12}})
        chart.set_legend({"position": "bottom"} if len(heads) > 2 else {"none": True})
        chart.set_y_axis({"reverse": True, "major_gridlines": {"visible": False}} if kind == "bar" else {"min": 0})
        chart.set_size({"width": 560, "height": 300})
        sheet.insert_chart(row, len(heads), chart, {"x_offset": 10, "y_offset": 4, "description": title})
    return row + max(len(rows) + 2, _TALL)
