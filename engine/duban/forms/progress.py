"""The draft of the stage progress as a Word file: the numbers stand in it, what a person must judge is a blank."""

from __future__ import annotations

import io
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from duban.forms.book import staged, timeless
from duban.forms.making import Made
from duban.forms.texts import BLANK, filled_in
from duban.pack.forms import Progress

if TYPE_CHECKING:
    from docx.document import Document

DRAFT = "草稿：数字由台账得出，请核对；划线处请填写"


def write_progress(path: Path, spec: Progress, made: Made) -> None:
    """Write the draft; the same bytes every time."""
    import docx
    from docx.enum.text import WD_ALIGN_PARAGRAPH

    document = docx.Document()
    _style(document)
    title = document.add_paragraph()
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _run(title, filled_in(spec.title, made.slots), "黑体", 18, bold=True)
    mark = document.add_paragraph()
    mark.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _run(mark, f"（{DRAFT}）", "楷体", 12)
    for item in spec.paragraphs:
        paragraph = document.add_paragraph()
        paragraph.paragraph_format.first_line_indent = _points(32)
        if item.heading:
            _run(paragraph, item.heading, "黑体", 16)
        elif item.text:
            _run(paragraph, filled_in(item.text, made.slots), "仿宋", 16)
        else:
            _run(paragraph, f"【请填写：{item.blank}】{BLANK * 4}", "楷体", 16)
    signed = document.add_paragraph()
    signed.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    _run(signed, f"{made.filled.town}应急管理中心\n{_day(made.filled.made_on)}", "仿宋", 16)
    document.core_properties.author = ""
    document.core_properties.created = datetime(
        made.filled.made_on.year, made.filled.made_on.month, made.filled.made_on.day
    )
    stream = io.BytesIO()
    document.save(stream)
    with staged(path) as stage:
        stage.write_bytes(timeless(stream.getvalue()))


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _points(number: float) -> Any:
    from docx.shared import Pt

    return Pt(number)


def _style(document: Document) -> None:
    """Paper and margins of an official paper (GB/T 9704)."""
    from docx.shared import Mm

    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    document.styles["Normal"].paragraph_format.line_spacing = _points(28)
    document.styles["Normal"].paragraph_format.space_after = _points(0)


def _run(paragraph: Any, text: str, font: str, size: float, *, bold: bool = False) -> None:
    from docx.oxml.ns import qn

    run = paragraph.add_run(text)
    run.font.name, run.font.size, run.bold = font, _points(size), bold
    run._element.rPr.rFonts.set(qn("w:eastAsia"), font)
