"""The page for the car as text and as a Word file: one A4 page, whatever is known. What does not fit is counted, not shown."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from duban.planning.dossier import Page, Table
from duban.planning.seen import day_of
from duban.report.book import staged, timeless, wide
from duban.report.papers.words import INTERNAL, moment_text, shown

if TYPE_CHECKING:
    from docx.document import Document
    from docx.table import Table as DocxTable

FONT, HEADING_FONT = "仿宋", "黑体"
SIZE, SMALL, LARGE = 9.5, 9, 16  # points
ACROSS = 112  # columns of half-width characters of that size across the page, borders and padding taken off
LINES = 54  # lines of a page below its title
CELL_LINES = 3  # of one cell: more is cut
FACTS = 4  # labelled values in a row
CUT = "…"


def fitted(page: Page) -> Page:
    """The page with cells cut to a few lines, and with so many rows as one sheet holds: long tables give way first."""
    tables = [replace(table, rows=tuple(_cut(table, row) for row in table.rows)) for table in page.tables]
    facts = _fact_lines(page)
    while facts + sum(map(_height, tables)) > LINES:
        index = max(range(len(tables)), key=lambda number: (len(tables[number].rows), number))
        if len(tables[index].rows) <= 1:
            break
        tables[index] = replace(tables[index], rows=tables[index].rows[:-1])
    return replace(page, tables=tuple(tables))


def _room(table: Table) -> list[int]:
    """Columns of text that each cell of a row has in a line."""
    total = sum(width for _, width in table.columns)
    return [max(ACROSS * width // total - 3, 4) for _, width in table.columns]


def _cut(table: Table, row: Sequence[str]) -> tuple[str, ...]:
    return tuple(
        _clipped(" ".join(shown(text).split()), room * CELL_LINES) for text, room in zip(row, _room(table), strict=True)
    )


def _clipped(text: str, room: int) -> str:
    """A text of at most so many columns."""
    if wide(text) <= room:
        return text
    kept = ""
    for char in text:
        if wide(kept + char) > room - 2:
            break
        kept += char
    return kept + CUT


def _height(table: Table) -> int:
    """Lines that a table takes: its title, its headings, its rows."""
    if not table.rows:
        return 1
    room = _room(table)
    rows = sum(max(1, *(-(-wide(text) // space) for text, space in zip(row, room, strict=True))) for row in table.rows)
    headings = any(title for title, _ in table.columns)
    return rows + 1 + headings


def _fact_lines(page: Page) -> int:
    return -(-len(page.facts) // FACTS) + sum(wide(value) > ACROSS // FACTS - 14 for _, value in page.facts)


def _title(table: Table) -> str:
    more = table.total - len(table.rows)
    return f"{table.title}（共{table.total}条，另有{more}条）" if more > 0 else table.title


# --- text
def as_lines(page: Page) -> Iterator[str]:
    """The page for a screen, with the same rows."""
    page = fitted(page)
    yield f"{page.name}（{page.bearer_id}）{page.title}　截至{day_of(page.as_of)}"
    yield INTERNAL
    yield ""
    for start in range(0, len(page.facts), FACTS):
        yield "　".join(shown(f"{title}：{value}") for title, value in page.facts[start : start + FACTS])
    for table in page.tables:
        yield ""
        yield f"【{_title(table)}】" + ("" if table.rows else table.empty)
        for row in table.rows:
            if not any(title for title, _ in table.columns):
                yield f"  · {'：'.join(row)}"
                continue
            named = [
                f"{title}：{text}" if title else text
                for (title, _), text in zip(table.columns, row, strict=True)
                if text
            ]
            yield "  · " + "　".join(named)


# --- Word
def write_page(page: Page, path: Path) -> None:
    """Write the page as .docx. Raises UsageError if it cannot be written; then nothing has changed."""
    data = as_docx(page)
    with staged(path) as stage:
        stage.write_bytes(data)


def as_docx(page: Page) -> bytes:
    """The Word file; the same bytes for the same page."""
    import docx

    page = fitted(page)
    document = docx.Document()
    _sheet(document, page)
    _heading(document, page)
    _facts(document, page)
    for table in page.tables:
        _table(document, table)
    out = io.BytesIO()
    document.save(out)
    return timeless(out.getvalue())


def _sheet(document: Document, page: Page) -> None:
    """A4 with narrow margins, one font, and who may see it in the footer."""
    from docx.oxml.ns import qn
    from docx.shared import Cm, Pt

    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(1.5)
    section.top_margin, section.bottom_margin = Cm(1.1), Cm(1.0)
    section.header_distance, section.footer_distance = Cm(0.5), Cm(0.5)
    style = document.styles["Normal"]
    style.font.name, style.font.size = FONT, Pt(SIZE)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), FONT)
    style.paragraph_format.space_after = style.paragraph_format.space_before = Pt(0)
    style.paragraph_format.line_spacing = 1.0
    footer = section.footer.paragraphs[0]
    _run(footer, INTERNAL, SMALL)
    core = document.core_properties
    core.title, core.author, core.created, core.modified = f"{page.name}{page.title}", "duban", page.as_of, page.as_of


def _heading(document: Document, page: Page) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH

    line = document.add_paragraph()
    line.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _run(line, shown(f"{page.name}{page.title}"), LARGE, HEADING_FONT)
    line = document.add_paragraph()
    line.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _run(
        line,
        f"编号{page.bearer_id}　资料截至{moment_text(page.as_of, hour=True)}　由台账比对形成，各事项均待现场核实",
        SMALL,
    )


def _facts(document: Document, page: Page) -> None:
    """Labelled values, several in a row."""
    rows = [page.facts[start : start + FACTS] for start in range(0, len(page.facts), FACTS)]
    if not rows:
        return
    table = _grid(document, len(rows), [1] * FACTS)
    for cells, facts in zip(table.rows, rows, strict=True):
        for place, (title, value) in zip(cells.cells, facts, strict=False):
            paragraph = place.paragraphs[0]
            _run(paragraph, f"{title}：", SIZE, bold=True)
            _run(paragraph, shown(value), SIZE)


def _table(document: Document, table: Table) -> None:
    from docx.shared import Pt

    line = document.add_paragraph()
    line.paragraph_format.space_before = Pt(3)
    line.paragraph_format.keep_with_next = True
    _run(line, _title(table), SIZE + 0.5, HEADING_FONT)
    if not table.rows:
        _run(line, f"：{table.empty}", SIZE)
        return
    headings = [title for title, _ in table.columns]
    if not any(headings):
        for number, row in enumerate(table.rows, 1):
            _run(document.add_paragraph(), f"{number}. {'：'.join(row)}", SIZE)
        return
    grid = _grid(document, len(table.rows) + 1, [width for _, width in table.columns])
    for place, title in zip(grid.rows[0].cells, headings, strict=True):
        _run(place.paragraphs[0], title, SMALL, bold=True)
    for cells, row in zip(grid.rows[1:], table.rows, strict=True):
        for place, text in zip(cells.cells, row, strict=True):
            _run(place.paragraphs[0], text, SMALL)


def _grid(document: Document, rows: int, widths: Sequence[int]) -> DocxTable:
    """An empty table across the page, its columns in these proportions."""
    from docx.shared import Cm

    table: DocxTable = document.add_table(rows, len(widths), style="Table Grid")
    table.autofit = False
    total = sum(widths)
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Cm(18 * width / total)
        for place in column.cells:
            place.width = Cm(18 * width / total)
    return table


def _run(paragraph: Any, text: str, size: float, font: str = FONT, *, bold: bool = False) -> None:
    from docx.oxml.ns import qn
    from docx.shared import Pt

    run = paragraph.add_run(text)
    run.font.size, run.font.name, run.font.bold = Pt(size), font, bold
    run._element.rPr.rFonts.set(qn("w:eastAsia"), font)
