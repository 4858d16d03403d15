"""The workbook for the meeting: the first screen as 首页, then lists, towns, charts. It takes a `Week` and adds no number.

What an edition holds is decided by how the week was cut (weekly.for_audience): a sheet in which nothing would stand is
not there at all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from duban.report.book import Book, sheet_name, written
from duban.report.meeting import charts, front, lists, towns
from duban.report.meeting.names import FIRST
from duban.report.week import Audience, Week

Page = tuple[str, Callable[[Book, str], None]]  # the name of a sheet, and what draws it


def write_workbook(week: Week, path: Path, forms: Sequence[Page] = ()) -> None:
    """Write the workbook of an edition; `forms` are further sheets (the annex form, say), after those of the towns.

    Raises UsageError if it cannot be written.
    """
    pages: dict[str, Callable[[Book, str], None]] = {}
    for title, draw in _pages(week, forms):
        pages[sheet_name(title, [FIRST, *pages])] = draw  # a town may be called anything
    with written(path, week.head.title, week.head.as_of.date()) as book:
        front.draw(book, week, {*pages})
        for name, draw in pages.items():
            draw(book, name)
        for sheet in book.book.worksheets():  # on every page, however they are printed or taken apart
            sheet.set_header(f"&C{week.head.label}")


def _pages(week: Week, forms: Sequence[Page]) -> Iterator[Page]:
    inside = week.head.audience in (Audience.SECTION, Audience.LEADERS)
    yield from lists.findings(week)
    yield from lists.proposed(week)
    yield from lists.majors(week)
    if inside:
        yield from towns.heat(week)
        yield from charts.pages(week)
    if week.head.audience is Audience.SECTION:
        yield from towns.each(week)
    yield from forms
    yield from lists.due(week)
    yield from lists.gaps(week)
    yield from lists.anomalies(week)
    yield from lists.readings(week)


__all__ = ["Page", "write_workbook"]
