"""Workbooks as office programs leave them, byte for byte the same every time: .xlsx and .ods by hand, .xls by xlwt."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from sample_county.forms import OFFICE, RELATION, SPREADSHEET

Span = tuple[int, int, int, int]  # first row, first column, last row, last column; from 0
EPOCHS = {1900: datetime(1899, 12, 30), 1904: datetime(1904, 1, 1)}


@dataclass
class Sheet:
    """Cells are text, numbers, dates or moments; None is an empty cell."""

    name: str
    rows: list[list[Any]]
    merged: list[Span] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)
    hidden: bool = False


def letters(column: int) -> str:
    name = ""
    while column >= 0:
        name, column = chr(ord("A") + column % 26) + name, column // 26 - 1
    return name


def serial(value: date, epoch: int = 1900) -> float:
    """The number that a spreadsheet keeps for a day or moment."""
    moment = value if isinstance(value, datetime) else datetime(value.year, value.month, value.day)
    return (moment - EPOCHS[epoch]).total_seconds() / 86400


def packed(parts: dict[str, str | bytes]) -> bytes:
    """A zip without compression and without a clock."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name, content in parts.items():
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            info.create_system = 3
            archive.writestr(info, content)
    return out.getvalue()


# --- .xlsx

_STATES = {False: "visible", True: "hidden"}
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_STYLES = f"""<styleSheet xmlns="{OFFICE}/spreadsheetml/2006/main"><numFmts count="1">
<numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd\\ hh:mm"/></numFmts>
<fonts count="1"><font/></fonts><fills count="1"><fill/></fills><borders count="1"><border/></borders>
<cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="3"><xf/><xf numFmtId="14" applyNumberFormat="1"/>
<xf numFmtId="164" applyNumberFormat="1"/></cellXfs></styleSheet>"""


def xlsx(sheets: list[Sheet], epoch: int = 1900) -> bytes:
    parts: dict[str, str | bytes] = {}
    numbers = range(1, len(sheets) + 1)
    overrides = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{SPREADSHEET}.worksheet+xml"/>' for n in numbers
    )
    parts["[Content_Types].xml"] = (
        f'{_XML}<Types xmlns="{OFFICE}/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{SPREADSHEET}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{SPREADSHEET}.styles+xml"/>{overrides}</Types>'
    )
    parts["_rels/.rels"] = _relations({"rId1": ("officeDocument", "xl/workbook.xml")})
    listed = "".join(
        f'<sheet name={quoteattr(sheet.name)} sheetId="{n}" r:id="rId{n}" state="{_STATES[sheet.hidden]}"/>'
        for n, sheet in zip(numbers, sheets, strict=True)
    )
    mode = '<workbookPr date1904="1"/>' if epoch == 1904 else ""
    parts["xl/workbook.xml"] = (
        f'{_XML}<workbook xmlns="{OFFICE}/spreadsheetml/2006/main" xmlns:r="{RELATION}">{mode}'
        f"<sheets>{listed}</sheets></workbook>"
    )
    targets = {f"rId{n}": ("worksheet", f"worksheets/sheet{n}.xml") for n in numbers}
    parts["xl/_rels/workbook.xml.rels"] = _relations({**targets, f"rId{len(sheets) + 1}": ("styles", "styles.xml")})
    parts["xl/styles.xml"] = _XML + _STYLES
    for n, sheet in zip(numbers, sheets, strict=True):
        parts[f"xl/worksheets/sheet{n}.xml"] = _XML + _worksheet(sheet, epoch)
    return packed(parts)


def _relations(targets: dict[str, tuple[str, str]]) -> str:
    each = "".join(
        f'<Relationship Id="{name}" Type="{RELATION}/{kind}" Target="{target}"/>'
        for name, (kind, target) in targets.items()
    )
    return f'{_XML}<Relationships xmlns="{OFFICE}/package/2006/relationships">{each}</Relationships>'


def _worksheet(sheet: Sheet, epoch: int) -> str:
    rows = []
    for r, row in enumerate(sheet.rows):
        cells = "".join(_cell(f"{letters(c)}{r + 1}", value, epoch) for c, value in enumerate(row) if value is not None)
        hidden = ' hidden="1"' if r in sheet.hidden_rows else ""
        rows.append(f'<row r="{r + 1}"{hidden}>{cells}</row>\n')
    spans = "".join(f'<mergeCell ref="{letters(b)}{a + 1}:{letters(d)}{c + 1}"/>' for a, b, c, d in sheet.merged)
    merged = f'<mergeCells count="{len(sheet.merged)}">{spans}</mergeCells>' if sheet.merged else ""
    data = f"<sheetData>\n{''.join(rows)}</sheetData>"
    return f'<worksheet xmlns="{OFFICE}/spreadsheetml/2006/main">{data}{merged}</worksheet>'


def _cell(ref: str, value: Any, epoch: int) -> str:
    if isinstance(value, datetime):
        return f'<c r="{ref}" s="2"><v>{serial(value, epoch):.10f}</v></c>'
    if isinstance(value, date):
        return f'<c r="{ref}" s="1"><v>{serial(value, epoch):.0f}</v></c>'
    if isinstance(value, (int, float, Decimal)):
        return f'<c r="{ref}"><v>{value}</v></c>'
    return f'<c r="{ref}" t="inlineStr"><is><t xml:space="preserve">{escape(value)}</t></is></c>'


# --- .ods

_ODS = "urn:oasis:names:tc:opendocument:xmlns"
_NAMES = f'xmlns:office="{_ODS}:office:1.0" xmlns:table="{_ODS}:table:1.0" xmlns:text="{_ODS}:text:1.0"'


def ods(sheets: list[Sheet]) -> bytes:
    tables = "".join(
        f"<table:table table:name={quoteattr(s.name)}>{''.join(_ods_rows(s))}</table:table>" for s in sheets
    )
    body = f"<office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body>"
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    manifest = (
        f'{_XML}<manifest:manifest xmlns:manifest="{_ODS}:manifest:1.0" manifest:version="1.2">'
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/>'
        '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>'
    )
    document = f'{_XML}<office:document-content {_NAMES} office:version="1.2">{body}</office:document-content>'
    return packed({"mimetype": kind, "content.xml": document, "META-INF/manifest.xml": manifest})


def _ods_rows(sheet: Sheet) -> Iterator[str]:
    spans = {(a, b): (c - a + 1, d - b + 1) for a, b, c, d in sheet.merged}
    for r, row in enumerate(sheet.rows):
        hidden = ' table:visibility="collapse"' if r in sheet.hidden_rows else ""
        cells = "".join(_ods_cell(value, spans.get((r, c))) for c, value in enumerate(row))
        yield f"<table:table-row{hidden}>{cells}</table:table-row>\n"


def _ods_cell(value: Any, span: tuple[int, int] | None) -> str:
    spanned = f' table:number-rows-spanned="{span[0]}" table:number-columns-spanned="{span[1]}"' if span else ""
    if value is None:
        return f"<table:table-cell{spanned}/>"
    if isinstance(value, (datetime, date)):
        kind, shown = (
            f'office:value-type="date" office:date-value="{value.isoformat()}"',
            value.isoformat(sep=" ") if isinstance(value, datetime) else value.isoformat(),
        )
    elif isinstance(value, (int, float, Decimal)):
        kind, shown = f'office:value-type="float" office:value="{value}"', str(value)
    else:
        kind, shown = 'office:value-type="string"', escape(value)
    return f"<table:table-cell{spanned} {kind}><text:p>{shown}</text:p></table:table-cell>"


# --- .xls


def xls(sheets: list[Sheet]) -> bytes:
    """By xlwt, which writes neither a clock nor a name."""
    import xlwt

    book = xlwt.Workbook(encoding="utf-8")
    days, moments = xlwt.easyxf(num_format_str="yyyy-mm-dd"), xlwt.easyxf(num_format_str="yyyy-mm-dd hh:mm")
    for sheet in sheets:
        page = book.add_sheet(sheet.name)
        page.visibility = 1 if sheet.hidden else 0
        for r, row in enumerate(sheet.rows):
            page.row(r).hidden = r in sheet.hidden_rows
            for c, value in enumerate(row):
                if value is not None:
                    style = (
                        moments
                        if isinstance(value, datetime)
                        else days
                        if isinstance(value, date)
                        else xlwt.Style.default_style
                    )
                    page.write(r, c, float(value) if isinstance(value, Decimal) else value, style)
        for a, b, c, d in sheet.merged:
            page.merged_ranges.append((a, c, b, d))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
