"""Which table of the county comes in which shape. Each function makes one file; its docstring says what is odd."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from sample_county.messy.columns import as_parquet
from sample_county.messy.forms import (
    Form,
    Table,
    Writer,
    chinese,
    drawn,
    mixed,
    separated,
    slashed,
    text,
    ticked,
    typed,
    wide,
    yearless,
)
from sample_county.messy.office import Sheet, ods, serial, xls, xlsx

Shape = Callable[[Table], bytes]


# --- as text


def delimited(sheet: Sheet, encoding: str, mark: str = ",", end: str = "\r\n") -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=mark, lineterminator=end).writerows(
        ["" if cell is None else cell for cell in row] for row in sheet.rows
    )
    return out.getvalue().encode(encoding)


def as_text(encoding: str, mark: str = ",", end: str = "\r\n", write: Writer = text) -> Shape:
    """A plain table of text."""
    return lambda table: delimited(drawn(table, "", Form(write=write)), encoding, mark, end)


def form_as_csv(table: Table) -> bytes:
    """A form saved as CSV: title, who filled it in, an ordinal, a total, notes."""
    form = Form(
        title="云示县集团领导到下属企业检查情况统计表",
        preface=[["辖区：云示县", "填表人：综合科科员"]],
        total=True,
        notes=["注：本表由各集团按月报送。", "审核人：综合科科长    联系电话：略"],
        ordinal=True,
        write=text,
    )
    return delimited(drawn(table.without("jurisdiction"), "", form), "utf-8-sig")


# --- as workbooks


def roster(table: Table) -> bytes:
    """.xls with a title and true dates."""
    form = Form(title="云示县非煤矿山企业名册", preface=[["辖区：云示县", "截至2023年11月2日"]], ordinal=True)
    return xls([drawn(table.without("jurisdiction"), "企业名册", form)])


def merged_keys(table: Table) -> bytes:
    """.xlsx in which the number of the mine stands once for all its units."""
    return xlsx(
        [drawn(table, "作业单元清单", Form(title="作业单元（部位）清单", merge=["jurisdiction", "enterprise_id"]))]
    )


def mixed_dates(table: Table) -> bytes:
    """.xlsx: title, ordinal, eight ways to write a moment in one column, a signature row."""
    form = Form(
        title="甲岭镇非煤矿山检查情况月报表",
        preface=[["辖区：云示县", "报送单位：甲岭镇"]],
        ordinal=True,
        notes=["审核人：甲岭镇中心主任　　填表人：甲岭镇中心科员"],
        write=mixed,
    )
    return xlsx([drawn(table.without("jurisdiction", "submitted_by"), "检查记录", form)])


def broken_headers(table: Table) -> bytes:
    """GB18030, headers with line breaks, stars and remarks, semicolons."""
    table = table.renamed(
        inspection_id="*文书\n编号",
        levels="检查级别",
        start_at="检查开始时间：",
        enterprise_id="受检企业编号（必填）",
        hazards_found="问题数（项）",
    )
    return delimited(drawn(table, "", Form(write=mixed_text)), "gb18030", ";", "\n")


def mixed_text(value: Any, number: int) -> Any:
    return mixed(value, number // 8 * 8 + number % 7)


def et_merged(table: Table) -> bytes:
    """.et (a BIFF workbook): the town and the mine merged over their rows, a two-row header."""
    table = table.ordered("enterprise_id", "inspection_id")
    groups = {"检查时间": "检查", "检查结束时间": "检查"}
    merge = ["submitted_by", "enterprise_id", "enterprise_name"]
    form = Form(title="丙川镇检查台账", groups=groups, merge=merge, blank=9)
    return xls([drawn(table, "检查记录", form)])


def open_document(table: Table) -> bytes:
    """.ods with a title and full-width characters."""
    return ods([drawn(table, "检查记录", Form(title="戊塬镇检查情况", write=wide))])


def serials_1904(table: Table) -> bytes:
    """.xlsx that counts days from 1904, and shows them as bare numbers."""

    def bare(value: Any, number: int) -> Any:
        return serial(value, 1904) if hasattr(value, "year") else typed(value, number)

    return xlsx([drawn(table, "检查记录", Form(write=bare))], epoch=1904)


def without_years(table: Table) -> bytes:
    """.xlsx whose title names the month; the days have no year."""
    month = min(row["start_at"] for row in table.rows)
    form = Form(title=f"辛庄镇{month.year}年{month.month}月检查情况", write=yearless)
    return xlsx([drawn(table, "检查记录", form)])


def hidden_parts(table: Table) -> bytes:
    """.xlsx with hidden rows, an explaining sheet, and the header printed again on every page."""
    sheet = drawn(table, "现场检查记录", Form(title="现场检查记录登记表", again=20, write=separated))
    sheet.hidden_rows = {5, 6, 17}
    return xlsx([sheet, Sheet("填表说明", [["一、请如实填写。"], ["二、联合检查只填一条。"]])])


def by_headers(table: Table) -> bytes:
    """.xlsx with names that say nothing: what it is can be seen from the headers only."""
    return xlsx([drawn(table, "Sheet1", Form(write=separated)), Sheet("Sheet2", []), Sheet("Sheet3", [])])


def two_rows_and_names(table: Table) -> bytes:
    """.xlsx: two header rows, 万元 where the record keeps 元, mines by name, no cell left empty, one sheet hidden."""
    table = replace(table, rows=[_named(_in_wan(row, "fund")) for row in table.rows])
    table = table.renamed(enterprise_id="企业名称", fund="整改资金（万元）")
    groups = {
        "整改措施": "整改",
        "整改时限": "整改",
        "整改资金（万元）": "整改",
        "复查日期": "复查",
        "复查结果": "复查",
    }
    table = replace(
        table,
        columns={
            **{k: v for k, v in table.columns.items() if v not in groups},
            **{k: v for k, v in table.columns.items() if v in groups},
        },
    )
    form = Form(title="云示县非煤矿山隐患排查治理台账", groups=groups, write=slashed)
    sheets = [drawn(part, f"{value}", form) for value, part in table.split("level_name").items()]
    return xlsx(sheets)


def _in_wan(row: dict[str, Any], name: str) -> dict[str, Any]:
    value = row.get(name)
    return row if value is None else {**row, name: f"{value / 10000:.4f}".rstrip("0").rstrip(".")}


NAMES: dict[str, str] = {}  # number of a mine → its name, filled in by `submissions`


def _named(row: dict[str, Any]) -> dict[str, Any]:
    """The row with the mine's name for its number, now and then with brackets and blanks of its own."""
    name = NAMES.get(row["enterprise_id"], row["enterprise_id"])
    return {**row, "enterprise_id": name, "level_name": "隐患台账"}


def monthly_forms(table: Table) -> bytes:
    """.xlsx, a sheet for each month: the form of the notice's annex, two header rows, units, 本期 and 累计."""
    sheets = []
    for month, part in table.split("month").items():
        groups = {title: title[:4] for title in part.columns.values() if title[:4] in ("一般隐患", "重大隐患")}
        shown = f"{month:%Y年%m月}" if hasattr(month, "year") else str(month)
        form = Form(
            title="非煤矿山百日攻坚行动工作报表",
            preface=[[f"所属月份：{shown}", "辖区：云示县"]],
            groups=groups,
            units=True,
            merge=["town"],
            notes=["说明：累计为行动开始以来的合计。", "填表人：样（略）　　负责人：样（略）"],
        )
        sheets.append(drawn(part.without("month", "jurisdiction"), shown.replace("年", "-").replace("月", ""), form))
    return xlsx(sheets)


def sheet_per_mine(table: Table) -> bytes:
    """.xlsx, a sheet for each mine, whose name is the sheet's; counts in words."""
    form = Form(title="全员培训登记表", write=chinese)
    parts = table.split("enterprise_id")
    return xlsx([drawn(part.without("enterprise_id"), NAMES[mine], form) for mine, part in parts.items()])


def subtotals(table: Table) -> bytes:
    """.xls: a subtotal after each mine, a total, mines merged."""
    table = table.ordered("enterprise_id")
    form = Form(title="三违查处台账", subtotals="enterprise_id", total=True, numbers=True)
    return xls([drawn(table, "三违台账", form)])


def renamed_for_mapping(table: Table) -> bytes:
    """.xlsx with headers of its own making: a mapping file says what they are."""
    table = table.renamed(
        hazard_id="档号", enterprise_id="矿", found_date="哪天发现的", done_date="啥时改完", description="说的啥"
    )
    return xlsx([drawn(table, "督查股", Form(title="重大隐患盯办表（督查股自用）"))])


MAPPING = """\
# 督查股自用的重大隐患表：表头是自己起的，写在这里以后都认得。
files: [重大隐患盯办.xlsx]
tables:
  - record: major_hazard
    columns:
      档号: hazard_id
      矿: enterprise_id
      哪天发现的: found_date
      啥时改完: done_date
      说的啥: description
"""


def fines_in_wan(table: Table) -> bytes:
    """.xls, amounts under 罚款金额（万元）."""
    table = replace(table, rows=[_in_wan(row, "amount") for row in table.rows])
    return xls([drawn(table.renamed(amount="罚款金额（万元）"), "行政处罚", Form(title="行政处罚登记表"))])


def many_sheets(tables: Iterable[tuple[str, Table]]) -> bytes:
    """.xlsx with a sheet for each roster."""
    return xlsx([drawn(table, name, Form()) for name, table in tables])


PLAIN_TSV = as_text("utf-8", "\t", "\n")
GBK = as_text("gb18030")
UTF16 = as_text("utf-16")
TICKED = as_text("utf-8", write=ticked)
WORDS = as_text("utf-8-sig", write=chinese)
EMPTY_MARKED = as_text("utf-8-sig", write=slashed)


def xlsx_plain(table: Table) -> bytes:
    """.xlsx, typed cells (whatever its name says)."""
    return xlsx([drawn(table, "检查记录", Form(write=typed))])


# old name → new name, shape
FILES: dict[str, tuple[str, Shape]] = {
    "enterprise.csv": ("名册/企业名册（2023年11月2日）.xls", roster),
    "enterprise_变更.csv": ("名册/企业名册变更.csv", GBK),
    "work_unit.csv": ("名册/作业单元清单.xlsx", merged_keys),
    "inspection_县局.csv": ("县局/现场检查记录.xlsx", hidden_parts),
    "inspection_集团.csv": ("县局/检查记录_集团.csv", form_as_csv),
    "inspection_镇领导督导.csv": ("县局/新建 Microsoft Excel 工作表.xlsx", by_headers),
    "hazard.csv": ("县局/汇总（最终版2）.xlsx", two_rows_and_names),
    "stat_report.csv": ("县局/附件报表.xlsx", monthly_forms),
    "training.csv": ("县局/培训记录.xlsx", sheet_per_mine),
    "violation.csv": ("县局/三违台账.xls", subtotals),
    "major_hazard.csv": ("督查股/重大隐患盯办.xlsx", renamed_for_mapping),
    "penalty.csv": ("县局/penalty.xls", fines_in_wan),
    "document.csv": ("县局/document.csv", TICKED),
    "supplies.csv": ("县局/supplies.csv", TICKED),
    "hazard_list.csv": ("县局/问题隐患清单.csv", WORDS),
    "unit_check.csv": ("县局/自查覆盖台账.tsv", PLAIN_TSV),
    "drill.csv": ("县局/应急演练记录.csv", WORDS),
    "contractor.csv": ("县局/contractor.csv", EMPTY_MARKED),
    "town_meeting.csv": ("县局/town_meeting.csv", UTF16),
    "publicity.csv": ("县局/publicity.xls", PLAIN_TSV),
    "submission.csv": ("县局/submission.tsv", PLAIN_TSV),
    "production_status.csv": ("县局/生产状态日报.parquet", as_parquet),
}
TOWNS: dict[str, tuple[str, Shape]] = {
    "甲岭": ("检查记录_{}.xlsx", mixed_dates),
    "乙溪": ("检查记录_{}.csv", broken_headers),
    "丙川": ("检查记录_{}.et", et_merged),
    "丁坪": ("检查记录_{}.xlsx", by_headers),
    "戊塬": ("检查记录_{}.ods", open_document),
    "己湾": ("检查记录_{}.xlsx", serials_1904),
    "庚寨": ("检查记录_{}.xls", xlsx_plain),
    "辛庄": ("检查记录_{}.xlsx", without_years),
    "壬店": ("检查记录_{}.xls", PLAIN_TSV),
    "癸河": ("检查记录_{}.csv", UTF16),
}
ROSTERS = {
    "镇名册": "town.csv",
    "镇领导名册": "town_leaders.csv",
    "县局": "county.csv",
    "集团名册": "group.csv",
    "集团任职名册": "group_post.csv",
}
# Tables that come in zips: of one sort, and a zip in a zip.
OPENCAST = ("blast.csv", "stop.csv", "leader_duty.csv")
LATE = ("inspection_2023-11补报汇总.csv", "inspection_2023-12补报汇总.csv", "inspection_2024-01补报汇总.csv")
