"""丙川镇 in December 2023, of the sample county: its workbook as a clerk fills it in; what must come out, by hand.

What is known on 2023-12-05: five mines (M14…M18), one open hazard (M14-镇-2309, to be closed in spring), and the
form of November: 2 groups, 5 mines, 16 found, 15 fixed, no major, one order (M16).

The clerk fills in the form on 2023-12-25:
- 隐患台账: 样-1 found by the town, fixed and closed; 样-2 found by the mine, due on the 20th, not fixed; 样-3 found
  by the bureau, fixed and closed; 样-4 major, found by the town; 样-7 found on the 26th, after the form.
- 重大隐患档案: 样-4 again, with who supervises it; 样-5, in no ledger, fixed on the 24th, not closed; 样-6, which
  the bureau calls 一般: no major, and in no ledger, so in no list.
- 检查记录: the town at M14 (twice) and M15; M16's own check is none of the town's.
- orders for M16 (which November counted) and M17; fines of 5,000 and 20,000, one stop; 宣传曝光: 无.
- M18 has been stopped for rectification since 12-18, so four mines produce.
"""

from __future__ import annotations

import atexit
import shutil
import tempfile
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl

from duban.auditing import moment_of
from duban.forms.desk import opened
from duban.forms.drawn import write_forms
from duban.forms.known import Known, known
from duban.forms.making import Made, make
from duban.forms.town_pack import write_town_pack
from duban.pack import load_pack
from duban.pack.forms import load_forms

ROOT = Path(__file__).resolve().parents[2]
PACK = load_pack("zezhou-2023-331")
FORMS = load_forms(PACK)
TOWN, MONTH, DAY = "丙川镇", date(2023, 12, 1), date(2023, 12, 5)


def day(text: str) -> datetime:
    return datetime.fromisoformat(f"2023-{text}")


HAZARDS: list[dict[str, Any]] = [
    {
        "隐患编号": "样-1",
        "企业编号": "M14",
        "隐患来源": "镇查",
        "排查日期": day("12-05"),
        "排查人": "丙川镇中心检查员1",
        "隐患部位": "破碎站",
        "隐患描述": "样：护栏缺失",
        "隐患类别": "设备设施",
        "隐患等级": "一般",
        "整改措施": "补装护栏",
        "整改责任人": "M14安全副矿长",
        "责任单位": "M14安全科",
        "整改资金": 800,
        "整改时限": day("12-15"),
        "整改完成时间": day("12-08"),
        "复查人": "丙川镇中心检查员1",
        "复查日期": day("12-09"),
        "复查结果": "合格",
        "销号时间": day("12-09"),
    },
    {
        "隐患编号": "样-2",
        "企业编号": "M15",
        "隐患来源": "企业自查",
        "排查日期": day("12-12"),
        "隐患描述": "样：灭火器过期",
        "隐患等级": "一般",
        "整改措施": "更换灭火器",
        "整改责任人": "M15安全副矿长",
        "整改时限": day("12-20"),
    },
    {
        "隐患编号": "样-3",
        "企业编号": "M16",
        "隐患来源": "县查",
        "排查日期": day("12-14"),
        "隐患描述": "样：警示标志缺失",
        "隐患等级": "一般",
        "整改措施": "补装标志",
        "整改责任人": "M16安全副矿长",
        "整改时限": day("12-22"),
        "整改完成时间": day("12-20"),
        "销号时间": day("12-21"),
    },
    {
        "隐患编号": "样-4",
        "企业编号": "M17",
        "隐患来源": "镇查",
        "排查日期": day("12-20"),
        "隐患部位": "采场",
        "隐患描述": "样：台阶超高",
        "隐患等级": "重大",
        "整改措施": "停用并削坡",
        "整改责任人": "M17矿长",
        "整改时限": day("12-31"),
    },
    {
        "隐患编号": "样-7",
        "企业编号": "M18",
        "隐患来源": "镇查",
        "排查日期": day("12-26"),
        "隐患描述": "样：电缆破损",
        "隐患等级": "一般",
        "整改措施": "更换电缆",
        "整改责任人": "M18安全副矿长",
        "整改时限": day("12-31"),
    },
]
MAJORS: list[dict[str, Any]] = [
    {
        "隐患编号": "样-4",
        "企业编号": "M17",
        "发现日期": day("12-20"),
        "隐患描述": "样：台阶超高",
        "确认结论": "重大",
        "挂牌督办单位": "云示县应急管理局",
    },
    {
        "隐患编号": "样-5",
        "企业编号": "M18",
        "发现日期": day("12-21"),
        "隐患来源": "企业自查",
        "隐患部位": "排土场",
        "隐患描述": "样：排土场裂缝",
        "确认结论": "待确认",
        "整改完成时间": day("12-24"),
    },
    {"隐患编号": "样-6", "企业编号": "M14", "发现日期": day("12-21"), "隐患描述": "样：道路积水", "确认结论": "一般"},
]
CHECKS: list[dict[str, Any]] = [
    {"检查编号": "样检-1", "检查主体": "镇中心", "被检查企业编号": "M14", "检查时间": "2023-12-5 9:30"},
    {"检查编号": "样检-2", "检查主体": "镇中心、专家", "被检查企业编号": "M14", "检查时间": "2023-12-19"},
    {"检查编号": "样检-3", "检查主体": "镇中心", "被检查企业编号": "M15", "检查时间": "2023-12-6 14:00"},
    {"检查编号": "样检-4", "检查主体": "企业自查", "被检查企业编号": "M16", "检查时间": "2023-12-10"},
]
ORDERS: list[dict[str, Any]] = [
    {"文书号": "样责-1", "企业编号": "M16", "下达单位级别": "县", "下达日期": day("12-11")},
    {"文书号": "样责-2", "企业编号": "M17", "下达单位级别": "镇", "下达日期": day("12-20")},
]
PENALTIES: list[dict[str, Any]] = [
    {"决定书文号": "样罚-1", "企业编号": "M17", "决定日期": day("12-22"), "处罚种类": "罚款", "罚款金额": 5000},
    {"决定书文号": "样罚-2", "企业编号": "M16", "决定日期": day("12-23"), "处罚种类": "罚款", "罚款金额": 20000},
    {"决定书文号": "样罚-3", "企业编号": "M17", "决定日期": day("12-24"), "处罚种类": "责令停产停业"},
]

# The figures of the month and 累计, by hand: (本期, 累计). 查处劳务派遣 was not filled in: not 0.
FIGURES: dict[str, tuple[float | None, float | None]] = {
    "inspect_groups": (1, 2),  # one this month, two in November: the larger
    "enterprises_checked": (2, 5),  # M14, M15; all five were counted in November
    "gen_found": (2, 18),  # 样-1, 样-2; 16 + 2
    "gen_fixed": (1, 16),  # 样-1; 15 + 1
    "maj_found": (2, 2),  # 样-4, 样-5
    "maj_fixed": (1, 1),  # 样-5
    "ordered_enterprises": (2, 2),  # M16, M17; M16 was counted in November
    "fine_wan": (2.5, 2.5),
    "stopped": (1, 1),
    "exposed": (0, 0),  # 宣传曝光 says 无
    "illegal_subcontract": (0, 0),
    "illegal_dispatch": (None, None),
}
# In the order of their days.
PROBLEMS = ["M14-镇-2309", "样-1", "样-2", "样-3", "样-4", "样-5", "样-7"]


def known_then() -> Known:
    with opened(ROOT / "data" / "samples", PACK, FORMS, moment_of(DAY, PACK)) as desk:
        return known(desk, TOWN, MONTH)


@cache
def kept() -> Path:
    """A folder with the workbook as the town gets it and as it comes back: made once, for it takes seconds."""
    folder = Path(tempfile.mkdtemp(prefix="duban-month-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    shutil.copy(blank(folder / "月报.xlsx"), folder / "填好.xlsx")
    fill(folder / "填好.xlsx")
    return folder


@cache
def made() -> Made:
    """What comes out of it."""
    return make(kept() / "填好.xlsx", PACK, FORMS, DAY)


@cache
def lists() -> Path:
    """The workbook of lists and form that comes out."""
    write_forms(kept() / "三清单和报表.xlsx", PACK, FORMS, made())
    return kept() / "三清单和报表.xlsx"


def blank(path: Path) -> Path:
    """The workbook as the town gets it."""
    write_town_pack(path, PACK, FORMS, known_then(), DAY)
    return path


def fill(path: Path) -> Path:
    """Fill it in, as the clerk does."""
    book = openpyxl.load_workbook(path)
    beside(book["※填表说明"], {"填表人": "丙川镇中心安全员", "填表日期": day("12-25")})
    beside(book["※填表说明"], {"宣传曝光记录": "无"}, 3)
    beside(book["※报表数字"], {"成立督查组": 1, "查处违法分包转包和挂靠资质行为数": 0}, 5)
    roster = book["企业名册"]
    headings = {cell.value: cell.column for cell in roster[1]}
    row = next(row for row in range(2, 10) if roster.cell(row, 1).value == "M18")
    for title, column in headings.items():
        roster.cell(7, column).value = roster.cell(row, column).value
        if title == "止":
            roster.cell(row, column).value = day("12-17")
    roster.cell(7, headings["起"]).value = day("12-18")
    roster.cell(7, headings["生产状态"]).value = "停产整顿"
    tables = {
        "隐患台账": HAZARDS,
        "重大隐患档案": MAJORS,
        "检查记录": CHECKS,
        "责令限期整改指令书": ORDERS,
        "行政处罚台账": PENALTIES,
    }
    for name, rows in tables.items():
        append(book[name], rows)
    book.save(path)
    return path


def beside(sheet: Any, values: dict[str, Any], column: int = 2) -> None:
    """Type values into a column, in the rows that begin with a label."""
    for row in range(1, sheet.max_row + 1):
        if sheet.cell(row, 1).value in values:
            sheet.cell(row, column).value = values[sheet.cell(row, 1).value]


def append(sheet: Any, rows: list[dict[str, Any]]) -> None:
    """Type rows below what is there, by the titles of the columns."""
    headings = {cell.value: cell.column for cell in sheet[1]}
    first = next(row for row in range(2, 3000) if sheet.cell(row, 1).value in (None, ""))
    for offset, row in enumerate(rows):
        for title, value in row.items():
            sheet.cell(first + offset, headings[title]).value = value
