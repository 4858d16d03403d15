"""Tables as the towns and the bureau type them, and the bytes of their files."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import date, datetime
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from ruamel.yaml import YAML

from sample_county.basics import COUNTY, Row, words

ROOT = Path(__file__).resolve().parents[2]
RECORD_TYPES: dict[str, Any] = YAML(typ="safe").load(ROOT / "rules" / "zezhou-2023-331" / "records.yaml")
MANIFEST = """
    sender 报送单位  subject 所属主体  record_type 材料类型  covered_from 数据起  covered_through 数据止
    received_at 收到时间  rows 行数  file 文件名"""


def titles() -> dict[str, str]:
    """What the kinds of records are called in the office."""
    return {kind: record["title"] for kind, record in RECORD_TYPES.items()}


def headers(kind: str, rows: list[Row]) -> dict[str, str]:
    """The columns that these rows have, in the order and with the titles of the rules' records.yaml."""
    if kind == "manifest":
        return pairs(MANIFEST)
    fields = {name: record["title"] for name, record in RECORD_TYPES[kind]["fields"].items()}
    fields |= {"submitted_by": "填报单位", "submitted_at": "报送时间"}
    return {name: title for name, title in fields.items() if any(name in row for row in rows)}


def pairs(text: str) -> dict[str, str]:
    """`a 甲  b 乙` → {a: 甲, b: 乙}."""
    listed = words(text)
    return dict(zip(listed[::2], listed[1::2], strict=True))


# style → other headers, and how it writes a moment. 乙溪 and 辛庄 write no 报送时间: the manifest tells it.
STYLES = {
    "plain": ("", "{0:%Y-%m-%d %H:%M}"),
    "bureau": ("inspection_id 文书编号", "{0:%Y-%m-%d %H:%M:%S}"),
    "slashes": (
        "inspection_id 文书编号  levels 检查级别  start_at 检查开始时间  enterprise_id 受检企业编号  submitted_at -",
        "{0.year}/{0.month}/{0.day} {0:%H:%M}",
    ),
    "characters": (
        "site 地点  leaders 带队人  hazards_found 问题数",
        "{0.year}年{0.month}月{0.day}日{0.hour}时{0:%M}分",
    ),
    "dots": ("findings 存在问题  leaders 组长", "{0.year}.{0.month}.{0.day} {0.hour}:{0:%M}"),
    "workbook": ("enterprise_name 受检单位", "{0:%Y-%m-%d %H:%M}"),
}


def table(record: str, rows: list[Row], style: str = "plain") -> list[list[str]]:
    """Header and cells as text; every row says 云示县."""
    renamed, moment = STYLES[style]
    columns = {**headers(record, rows), **pairs(renamed)}
    columns = {name: title for name, title in columns.items() if title != "-"}
    cells = [[COUNTY, *(cell(row.get(name), moment) for name in columns)] for row in rows]
    return [["辖区", *columns.values()], *cells]


def cell(value: Any, moment: str) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list):
        return "、".join(value)
    if isinstance(value, datetime):
        return moment.format(value)
    return value.isoformat() if isinstance(value, date) else str(value)


def csv_bytes(cells: list[list[str]]) -> bytes:
    """CSV as spreadsheet programs write it: UTF-8 with BOM, CR LF."""
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\r\n").writerows(cells)
    return out.getvalue().encode("utf-8-sig")


OFFICE = "http://schemas.openxmlformats.org"
SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml"
RELATION = f"{OFFICE}/officeDocument/2006/relationships"
PARTS = {
    "[Content_Types].xml": f"""<Types xmlns="{OFFICE}/package/2006/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Override PartName="/xl/workbook.xml" ContentType="{SPREADSHEET}.sheet.main+xml"/>
<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{SPREADSHEET}.worksheet+xml"/></Types>""",
    "_rels/.rels": f"""<Relationships xmlns="{OFFICE}/package/2006/relationships">
<Relationship Id="rId1" Type="{RELATION}/officeDocument" Target="xl/workbook.xml"/></Relationships>""",
    "xl/workbook.xml": f"""<workbook xmlns="{OFFICE}/spreadsheetml/2006/main" xmlns:r="{RELATION}">
<sheets><sheet name="检查记录" sheetId="1" r:id="rId1"/></sheets></workbook>""",
    "xl/_rels/workbook.xml.rels": f"""<Relationships xmlns="{OFFICE}/package/2006/relationships">
<Relationship Id="rId1" Type="{RELATION}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>""",
}


def text_cell(text: str) -> str:
    return f'<c t="inlineStr"><is><t>{escape(text)}</t></is></c>'


def xlsx_bytes(cells: list[list[str]]) -> bytes:
    """A one-sheet workbook of texts, byte for byte the same every time (no library writes one without the clock)."""
    rows = "".join(f"<row>{''.join(map(text_cell, row))}</row>\n" for row in cells)
    sheet = f'<worksheet xmlns="{OFFICE}/spreadsheetml/2006/main"><sheetData>\n{rows}</sheetData></worksheet>'
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as book:
        for name, text in {**PARTS, "xl/worksheets/sheet1.xml": sheet}.items():
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            info.create_system = 3  # the same on every system
            book.writestr(info, '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n' + text)
    return out.getvalue()
