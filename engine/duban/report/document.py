"""Word files: one way for those that are written here, in the layout of an official paper (GB/T 9704), the same bytes
every time. Papers that are filled into templates are made in report/papers.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from duban.report.book import staged, timeless

if TYPE_CHECKING:
    from docx.document import Document as Docx

BLANK = "____"
_BODY, _INDENT, _LEADING = 16, 32, 28  # points: three-size type, two characters, distance of lines


class Document:
    """A paper that is being written, from top to bottom."""

    def __init__(self) -> None:
        import docx

        self._docx: Docx = docx.Document()
        self._lay_out()

    def title(self, text: str, mark: str = "") -> None:
        """The title in the middle, below it what the paper is (a draft, say)."""
        self._middle(text, "黑体", 18, bold=True)
        if mark:
            self._middle(mark, "楷体", 12)

    def header(self, text: str) -> None:
        """What stands above every page."""
        from docx.enum.text import WD_ALIGN_PARAGRAPH

        paragraph = self._docx.sections[0].header.paragraphs[0]
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        _run(paragraph, text, "黑体", 9)

    def heading(self, text: str) -> None:
        self._paragraph(text, "黑体")

    def text(self, text: str) -> None:
        self._paragraph(text, "仿宋")

    def blank(self, what: str) -> None:
        """What a person must write."""
        self._paragraph(f"【请填写：{what}】{BLANK * 4}", "楷体")

    def table(self, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """A table with lines; its first row again on each page."""
        from docx.oxml import OxmlElement

        table = self._docx.add_table(rows=0, cols=len(columns), style="Table Grid")
        for number, texts in enumerate([columns, *rows]):
            row = table.add_row()
            kept = row._tr.get_or_add_trPr()
            kept.append(OxmlElement("w:cantSplit"))
            if not number:
                kept.append(OxmlElement("w:tblHeader"))
            for cell, text in zip(row.cells, texts, strict=True):
                paragraph = cell.paragraphs[0]
                paragraph.paragraph_format.line_spacing = _points(16)
                _run(paragraph, text, "黑体" if not number else "仿宋", 10.5)

    def signed(self, *lines: str) -> None:
        """Who and when, on the right."""
        from docx.enum.text import WD_ALIGN_PARAGRAPH

        paragraph = self._docx.add_paragraph()
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        _run(paragraph, "\n".join(lines), "仿宋", _BODY)

    def save(self, path: Path, day: date) -> None:
        """Write it; raises UsageError if that cannot be done, and then nothing has changed."""
        self._docx.core_properties.author = ""
        self._docx.core_properties.created = datetime(day.year, day.month, day.day)
        stream = io.BytesIO()
        self._docx.save(stream)
        with staged(path) as stage:
            stage.write_bytes(timeless(stream.getvalue()))

    def _lay_out(self) -> None:
        from docx.shared import Mm

        section = self._docx.sections[0]
        section.page_width, section.page_height = Mm(210), Mm(297)
        section.top_margin, section.bottom_margin = Mm(37), Mm(35)
        section.left_margin, section.right_margin = Mm(28), Mm(26)
        normal = self._docx.styles["Normal"].paragraph_format
        normal.line_spacing, normal.space_after = _points(_LEADING), _points(0)

    def _middle(self, text: str, font: str, size: float, *, bold: bool = False) -> None:
        from docx.enum.text import WD_ALIGN_PARAGRAPH

        paragraph = self._docx.add_paragraph()
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        _run(paragraph, text, font, size, bold=bold)

    def _paragraph(self, text: str, font: str) -> None:
        paragraph = self._docx.add_paragraph()
        paragraph.paragraph_format.first_line_indent = _points(_INDENT)
        _run(paragraph, text, font, _BODY)


def _points(number: float) -> Any:
    from docx.shared import Pt

    return Pt(number)


def _run(paragraph: Any, text: str, font: str, size: float, *, bold: bool = False) -> None:
    from docx.oxml.ns import qn

    run = paragraph.add_run(text)
    run.font.name, run.font.size, run.bold = font, _points(size), bold
    run._element.rPr.rFonts.set(qn("w:eastAsia"), font)
