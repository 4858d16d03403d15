"""The page of an official document (GB/T 9704-2012) in python-docx: paper, fonts, page numbers, marks, tables.

Each look is a named Chinese paragraph style, so that the bureau can change it in one place in Word or WPS.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from docx import Document
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_ROW_HEIGHT_RULE, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from paper_templates.styles import ALIGNED, STYLES, add_style, clean_part, drop_unused, indent_by, plain_defaults

EPOCH = datetime(2023, 11, 3)  # templates are the same bytes every time
TEXT_WIDTH = 156  # mm between the margins
Cell = str | list[str]


class Paper:
    """One template while it is laid out."""

    def __init__(self, name: str) -> None:
        self.document = Document()
        drop_unused(self.document)
        properties = self.document.core_properties
        properties.title, properties.author, properties.comments = name, "", ""
        properties.created = properties.modified = EPOCH
        properties.last_modified_by, properties.revision = "", 1
        plain_defaults(self.document)
        for style, look in STYLES.items():
            add_style(self.document, style, *look)
        _page(self.document.sections[0])
        self.document.settings.odd_and_even_pages_header_footer = True
        _marks_and_numbers(self.document.sections[0])

    # -- text

    def add(self, style: str, text: str, *, keep: bool = False, right: float = 0, before: float = 0) -> Any:
        paragraph = self.document.add_paragraph(text, style=style)
        paragraph.paragraph_format.keep_with_next = keep
        if right:
            indent_by(paragraph, "right", right)
        if before:
            paragraph.paragraph_format.space_before = Pt(before)
        return paragraph

    def title(self, text: str) -> None:
        self.add("公文标题", text, keep=True).paragraph_format.space_after = Pt(14)

    def text(self, *paragraphs: str) -> None:
        for paragraph in paragraphs:
            self.add("公文正文", paragraph)

    def heading(self, text: str, *, after: float = 0) -> None:
        self.add("公文一级标题", text, keep=True).paragraph_format.space_after = Pt(after)

    def closing(self, *paragraphs: str) -> None:
        """The last words, which stay with the issuer's name: it never stands alone on a page."""
        for paragraph in paragraphs:
            self.add("公文正文", paragraph, keep=True).paragraph_format.keep_together = True

    def note(self, text: str) -> None:
        self.add("文书说明", text, before=6)

    def tag(self, code: str) -> None:
        """A paragraph that only steers: it is not in the paper."""
        self.document.add_paragraph(f"{{%p {code} %}}", style="公文正文")

    def red_head(self) -> None:
        """The red head, printed only where the settings ask for it; otherwise the number stands under the title."""
        self.tag("if 红头")
        head = self.add("红头机关", "{{ 发文机关 }}文件")
        head.runs[0].font.color.rgb = RGBColor(0xE0, 0, 0)
        number = self.add("红头文号", "{{ 文号 }}", before=20)
        _rule(number, "bottom", "E00000", 18)
        number.paragraph_format.space_after = Pt(28)
        self.tag("endif")

    def number(self) -> None:
        """The number below the title, where no red head shows it."""
        self.tag("if not 红头")
        self.add("红头文号", "{{ 文号 }}").paragraph_format.space_after = Pt(10)
        self.tag("endif")

    def signed(self, issuer: str = "{{ 发文机关 }}") -> None:
        """Issuer and a blank date, without a seal; then who gets a copy."""
        self.add("公文落款", issuer, keep=True, right=2, before=28)
        self.add("公文落款", "{{ 某年月日 }}", right=4)

    def copies(self) -> None:
        self.tag("if 抄送")
        paragraph = self.add("公文版记", "抄送：{{ 抄送 }}", before=20)
        _rule(paragraph, "top", "000000", 6)
        self.tag("endif")

    def new_page(self) -> None:
        self.document.add_page_break()
        _shrink(self.document.paragraphs[-1])

    # -- tables

    def form(self, rows: Iterable[Sequence[Cell]], widths: Sequence[float] = (32, 48, 28, 48)) -> None:
        """A form. Two cells are a label and a wide value, four are two of them; one is a band, or a loop's tag."""
        table = self._table(widths)
        for row in rows:
            cells = table.add_row().cells
            _unbroken(table.rows[-1])
            if len(row) == 1:
                merged = cells[0].merge(cells[-1])
                _fill(merged, row[0], "表格分项")
            elif len(row) == 2:
                _fill(cells[0], row[0], "表格标签")
                _fill(cells[1].merge(cells[-1]), row[1], "表格文字")
            else:
                for cell, text, style in zip(cells, row, ("表格标签", "表格文字") * 2, strict=True):
                    _fill(cell, text, style)
        _thin(table)
        self._after_table()

    def grid(
        self,
        widths: Sequence[float],
        head: Sequence[str],
        rows: Iterable[Sequence[Cell]],
        height: float = 0,
        style: str = "表格文字",
    ) -> None:
        """A table with a head that is repeated on each page; its first column is centred."""
        table = self._table(widths)
        cells = table.add_row().cells
        for cell, text in zip(cells, head, strict=True):
            _fill(cell, text, "表格标签")
        _repeated(table.rows[0])
        for row in rows:
            cells = table.add_row().cells
            if len(row) == 1:
                _fill(cells[0].merge(cells[-1]), row[0], "表格文字")
            else:
                for number, (cell, text) in enumerate(zip(cells, row, strict=True)):
                    _fill(cell, text, style if number else "表格数字")
            _unbroken(table.rows[-1])
            if height and len(row) > 1:
                table.rows[-1].height, table.rows[-1].height_rule = Mm(height), WD_ROW_HEIGHT_RULE.AT_LEAST
        _thin(table)
        self._after_table()

    def opinions(self, labels: Sequence[str], height: float = 22) -> None:
        """Boxes for opinions, blank but for the place of the signature."""
        table = self._table((32, TEXT_WIDTH - 32))
        for label in labels:
            row = table.add_row()
            row.height, row.height_rule = Mm(height), WD_ROW_HEIGHT_RULE.AT_LEAST
            _unbroken(row)
            _fill(row.cells[0], label, "表格标签")
            _fill(row.cells[1], "签字：__________　{{ 某年月日 }}", "表格文字")
            row.cells[1].vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.BOTTOM
            row.cells[1].paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.RIGHT
        _thin(table)
        self._after_table()

    def _table(self, widths: Sequence[float]) -> Any:
        table = self.document.add_table(rows=0, cols=len(widths), style="Table Grid")
        table.alignment = WD_TABLE_ALIGNMENT.CENTER
        table.autofit = False
        _padding(table)
        for column, wide in zip(table.columns, widths, strict=True):
            column.width = Mm(wide)
        return table

    def _after_table(self) -> None:
        """Two tables in a row would grow together; Word also wants a paragraph after the last one."""
        _shrink(self.document.add_paragraph(style="表格文字"), 4)

    # -- bytes

    def content(self) -> bytes:
        """The template as a .docx: the same bytes every time."""
        stream = io.BytesIO()
        self.document.save(stream)
        made = io.BytesIO()
        with zipfile.ZipFile(stream) as source, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as target:
            for name in sorted(source.namelist(), key=lambda name: (name != "[Content_Types].xml", name)):
                if name.startswith("docProps/thumbnail"):
                    continue
                content = clean_part(name, source.read(name))
                target.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)
        return made.getvalue()


def lines(*texts: str) -> list[str]:
    """A cell of several paragraphs."""
    return list(texts)


def loop(items: str, rows: Iterable[Sequence[Cell]], name: str = "项") -> list[Sequence[Cell]]:
    """Rows that are repeated for each item of a field."""
    return [[f"{{%tr for {name} in {items} %}}"], *rows, ["{%tr endfor %}"]]


def when(condition: str, rows: Iterable[Sequence[Cell]]) -> list[Sequence[Cell]]:
    """Rows that are there only if a field is not empty."""
    return [[f"{{%tr if {condition} %}}"], *rows, ["{%tr endif %}"]]


def _fill(cell: Any, text: Cell, style: str) -> None:
    cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
    for number, line in enumerate([text] if isinstance(text, str) else text):
        paragraph = cell.paragraphs[0] if number == 0 else cell.add_paragraph()
        paragraph.text = line
        paragraph.style = style
    for paragraph in cell.paragraphs[1 + number :]:  # what a merge left behind
        paragraph._p.getparent().remove(paragraph._p)


def _page(section: Any) -> None:
    """A4; 版心 156 × 225 mm, as GB/T 9704 has it."""
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    section.header_distance, section.footer_distance = Mm(20), Mm(25)


def _marks_and_numbers(section: Any) -> None:
    """The marks on every page, and “— 1 —”: right on odd pages, left on even ones, one character in."""
    for header in (section.header, section.even_page_header):
        header.is_linked_to_previous = False
        header.paragraphs[0].text = "{{ 建议稿 }}　　{{ 内部 }}"
        header.paragraphs[0].style = "文书页眉"
    for footer, side in ((section.footer, "right"), (section.even_page_footer, "left")):
        footer.is_linked_to_previous = False
        paragraph = footer.paragraphs[0]
        paragraph.style = "文书页码"
        paragraph.alignment = ALIGNED[side]
        indent_by(paragraph, side, 1, 14)
        paragraph.add_run("— ")
        _field(paragraph, "PAGE")
        paragraph.add_run(" —")


def _field(paragraph: Any, code: str) -> None:
    for kind in ("begin", "code", "separate", "text", "end"):
        run = paragraph.add_run("1" if kind == "text" else "")
        if kind == "code":
            element = OxmlElement("w:instrText")
            element.text = f" {code} "
            run._r.append(element)
        elif kind != "text":
            element = OxmlElement("w:fldChar")
            element.set(qn("w:fldCharType"), kind)
            run._r.append(element)


def _rule(paragraph: Any, side: str, colour: str, size: int) -> None:
    """A line above or below a paragraph; `size` in eighths of a point."""
    borders = OxmlElement("w:pBdr")
    line = OxmlElement(f"w:{side}")
    for name, value in (("val", "single"), ("sz", str(size)), ("space", "4"), ("color", colour)):
        line.set(qn(f"w:{name}"), value)
    borders.append(line)
    properties = paragraph._p.get_or_add_pPr()
    properties.insert_element_before(borders, "w:shd", "w:tabs", "w:spacing", "w:ind", "w:jc", "w:rPr")


def _shrink(paragraph: Any, points: float = 1) -> None:
    """An empty paragraph that takes hardly any room."""
    layout = paragraph.paragraph_format
    layout.line_spacing_rule, layout.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(points)
    layout.space_before = layout.space_after = Pt(0)


def _padding(table: Any) -> None:
    """Little room left and right, since columns are narrow; some above and below, since lines are exact."""
    margins = OxmlElement("w:tblCellMar")
    for side, room in (("top", 0.7), ("left", 1.2), ("bottom", 0.7), ("right", 1.2)):
        margin = OxmlElement(f"w:{side}")
        margin.set(qn("w:w"), str(Mm(room).twips))
        margin.set(qn("w:type"), "dxa")
        margins.append(margin)
    table._tbl.tblPr.insert_element_before(margins, "w:tblLook", "w:tblCaption", "w:tblDescription")


def _repeated(row: Any) -> None:
    properties = row._tr.get_or_add_trPr()
    properties.append(OxmlElement("w:tblHeader"))


def _unbroken(row: Any) -> None:
    """Short rows stay on one page."""
    properties = row._tr.get_or_add_trPr()
    properties.append(OxmlElement("w:cantSplit"))


def _thin(table: Any) -> None:
    """Widths on every cell, since not every program reads those of columns."""
    widths = [column.width for column in table.columns]
    for row in table.rows:
        at = 0
        for cell in row._tr.tc_lst:
            cell.width = sum(widths[at : at + cell.grid_span], Mm(0))
            at += cell.grid_span
