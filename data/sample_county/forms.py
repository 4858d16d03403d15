"""Tables as the towns and the bureau type them, and the bytes of their files."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import date, datetime
from typing import Any
from xml.sax.saxutils import escape

from sample_county.basics import COUNTY, Row, words

# Chinese headers, as in the forms; towns call some columns differently.
HEADERS = {
    "inspection": """
        inspection_id 检查编号  levels 检查主体  org 检查单位  enterprise_id 被检查企业编号  enterprise_name 被检查企业
        site 检查部位  start_at 检查时间  end_at 检查结束时间  leaders 带队领导  inspectors 检查人员  mode 检查方式
        purpose 检查类别  hazards_found 查出隐患数  findings 检查情况  attachments 附件
        submitted_by 填报单位  submitted_at 报送时间""",
    "enterprise": """
        enterprise_id 企业编号  name 企业名称  town 所在镇  mine_type 矿山类型  mineral 矿种  status 生产状态
        supervision 监管层级  group_id 上级集团  head 主要负责人  head_from 主要负责人任职起  legal_person 法定代表人
        valid_from 起  valid_to 止  submitted_by 填报单位  submitted_at 报送时间""",
    "major_hazard": """
        hazard_id 隐患编号  enterprise_id 企业编号  enterprise_name 企业名称  found_date 发现日期  source 隐患来源
        location 隐患部位  description 隐患描述  confirm_result 确认结论  confirmed_date 确认日期
        county_deadline 县局限期  done_date 整改完成时间  acceptance_applied_date 申请验收日期
        acceptance_date 验收日期  acceptance 验收意见  cancelled_date 销号时间
        exception_reported_date 特殊原因报告日期  exception_reason 特殊原因  five_measure_date 措施到位日期
        five_resp_date 责任到位日期  five_fund_date 资金到位日期  five_fund 整改资金  five_deadline_date 时限到位日期
        five_deadline 新定整改时限  five_plan_date 预案到位日期  supervise_unit 挂牌督办单位
        submitted_by 填报单位  submitted_at 报送时间""",
    "manifest": """
        sender 报送单位  subject 所属主体  record_type 材料类型  covered_from 数据起  covered_through 数据止
        received_at 收到时间  rows 行数  file 文件名""",
    "town": "town 镇  centre 镇应急管理中心",
    "county": "name 单位名称",
    "group": "group_id 集团编号  name 集团名称  seat 注册地",
}


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
    columns = {**pairs(HEADERS[record]), **pairs(renamed)}
    columns = {name: title for name, title in columns.items() if title != "-"}
    cells = [[COUNTY, *(cell(row.get(name), moment) for name in columns)] for row in rows]
    return [["辖区", *columns.values()], *cells]


def cell(value: Any, moment: str) -> str:
    if value is None:
        return ""
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
