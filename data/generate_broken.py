"""Write data/samples/broken: wrong files of 云示县, one fault each; what must be said about each stands in its README.

    python data/generate_broken.py [FOLDER]        # default: data/samples/broken beside this file

The same bytes every time. A file is a sound table with one change; `对照/` holds what it is compared with.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from sample_county.forms import csv_bytes, xlsx_bytes

Cells = list[list[str]]
Change = Callable[[Cells], Cells]
COUNTY = "云示县"


def rows(header: str, *lines: str) -> Cells:
    """A table as it is typed: cells separated by |, every row of 云示县."""
    return [["辖区", *header.split("|")], *([COUNTY, *line.split("|")] for line in lines)]


# --- sound tables
HAZARDS = rows(
    "隐患编号|企业编号|检查编号|隐患来源|排查日期|隐患部位|隐患描述|隐患等级|整改措施|整改资金|整改时限|整改完成时间|复查人|复查日期|复查结果|销号时间",
    "M01-2312-1|M01|J-2312-1|企业自查|2023-12-04|破碎站|皮带机尾轮防护罩缺失|一般|加装防护罩|800|2023-12-10|2023-12-08|M01安全员|2023-12-09|合格|2023-12-09",
    "M02-2312-1|M02|J-2312-2|企业自查|2023-12-05|配电室|绝缘胶垫老化开裂|一般|更换胶垫|300|2023-12-20|||||",
    "镇-2312-1|M02|J-2312-2|镇查|2023-12-06|采场运输道路|转弯处未设置限速标志|一般|增设标志|500|2023-12-25|||||",
)
CHECKS = rows(
    "检查编号|检查主体|企业编号|检查部位|检查时间|检查结束时间|带队领导|检查人员|查出隐患数|检查情况|是否拒绝检查",
    "J-2312-1|企业自查、企业主要负责人带队|M01|破碎站|2023-12-04 09:00|2023-12-04 11:00|M01矿长|M01安全员|1|皮带机尾轮防护罩缺失|否",
    "J-2312-2|镇中心|M02|采场|2023-12-06 14:00|2023-12-06 16:00|甲岭镇中心主任|甲岭镇中心干部1|2|胶垫老化；未设限速标志|否",
    "J-2312-3|县局|M02|采场|2023-12-12 09:00|2023-12-12 11:30|县局执法一队队长|县局执法一队队员1、县局执法一队队员2|0|未发现问题|否",
)
CHECKS[0][3] = "被检查企业编号"
MAJORS = rows(
    "隐患编号|企业编号|发现日期|隐患来源|隐患部位|隐患描述|确认结论|整改完成时间|验收日期|验收意见|措施到位日期|责任到位日期|资金到位日期|时限到位日期|预案到位日期",
    "ZD-91|M02|2023-11-18|县查|采场|工作帮坡角大于设计|重大||||2023-11-20|2023-11-20|2023-11-20|2023-11-20|2023-11-20",
)
FORM = rows(
    "镇|所属月份|行|填表日期|成立督查组|排查企业|一般隐患排查|一般隐患已整改|重大隐患排查|重大隐患已整改|责令限期整改企业数|行政罚款金额|停产整顿数",
    "甲岭镇|2023-12|本期|2023-12-24|1|2|3|1|1|0|1|2.5|0",
    "甲岭镇|2023-12|累计|2023-12-24|1|2|8|5|1|0|1|2.5|0",
)
STOPS = rows(
    "停产编号|企业编号|停产时间|复产时间|停产原因|决定单位",
    "T-1|M01|2023-12-14 08:00|2023-12-16 08:00|恶劣天气|自行",
)
RECHECKS = rows(
    "文书号|指令书文书号|企业编号|复查日期|复查意见", "云应急复〔2023〕1号|云应急责〔2023〕1号|M02|2023-12-20|合格"
)
ORDERS = rows("文书号|企业编号|下达单位级别|下达日期|整改期限", "云应急责〔2023〕2号|M02|县|2023-12-12|2023-12-26")
TRAININGS = rows("培训编号|企业编号|培训日期|培训内容|学时|参训人数|考核合格数", "P-1|M01|2023-12-07|风险辨识|4|30|29")
PUMPS = rows("试验编号|企业编号|试验类别|试验日期|水泵总台数|参试台数", "S-1|M02|联合排水试验|2023-12-08|3|3")
MINES = rows(
    "企业编号|企业名称|所在镇|生产状态|统一社会信用代码|从业人数|主要负责人|起|止",
    "M01|甲岭样01号石料矿|甲岭镇|生产|91350100M000100Y43|31|M01矿长|2017-03-01|",
    "M02|甲岭样02号石料矿|甲岭镇|生产||32|M02矿长|2015-11-01|",
)
HEARD = rows(
    "登记号|报送镇|材料名称|所属月份|发出时间|条数|未对应问题数",
    "甲岭-2312|甲岭镇|问题清单|2023-12|2023-12-24 10:00|3|0",
)

# --- what they are compared with
BESIDE = {
    "企业名册.csv": MINES,
    "镇名册.csv": rows("镇|镇应急管理中心", "甲岭镇|甲岭镇应急管理中心"),
    "检查记录_12月.csv": CHECKS,
    "责令限期整改指令书.csv": rows(
        "文书号|企业编号|下达单位级别|下达日期|整改期限", "云应急责〔2023〕1号|M02|县|2023-12-05|2023-12-19"
    ),
    "隐患台账_11月.csv": rows(
        "隐患编号|企业编号|排查日期|隐患部位|隐患描述|隐患等级|整改时限|报送时间",
        "M01-2311-1|M01|2023-11-20|炸药库|库房门口消防沙箱无沙|一般|2023-12-31|2023-11-25 09:00",
    ),
    "工作报表_11月.csv": rows(
        "镇|所属月份|行|填表日期|排查企业|一般隐患排查",
        "甲岭镇|2023-11|本期|2023-11-24|2|5",
        "甲岭镇|2023-11|累计|2023-11-24|2|5",
    ),
    "重大隐患档案_11月.csv": MAJORS,
    "重大隐患明细_12月.csv": rows(
        "所在镇|所属月份|序号|填表日期|企业名称", "甲岭镇|2023-12|1|2023-12-24|甲岭样02号石料矿"
    ),
}


# --- one change each
def put(row: int, header: str, value: str) -> Change:
    """Another value in one cell; `row` is the spreadsheet's."""

    def change(cells: Cells) -> Cells:
        cells[row - 1][cells[0].index(header)] = value
        return cells

    return change


def renamed(old: str, new: str) -> Change:
    def change(cells: Cells) -> Cells:
        cells[0][cells[0].index(old)] = new
        return cells

    return change


def without(header: str) -> Change:
    def change(cells: Cells) -> Cells:
        index = cells[0].index(header)
        return [[*row[:index], *row[index + 1 :]] for row in cells]

    return change


def column(header: str, *values: str) -> Change:
    """One more column at the end."""
    return lambda cells: [[*row, value] for row, value in zip(cells, (header, *values), strict=True)]


def row(*pairs: str) -> Change:
    """One more row: the last one, but for these headers and values."""

    def change(cells: Cells) -> Cells:
        added = list(cells[-1])
        for header, value in zip(pairs[::2], pairs[1::2], strict=True):
            added[cells[0].index(header)] = value
        return [*cells, added]

    return change


def then(*changes: Change) -> Change:
    """What belongs to one fault."""

    def change(cells: Cells) -> Cells:
        for each in changes:
            cells = each(cells)
        return cells

    return change


NOTHING = then()
BROKEN: dict[str, tuple[Cells, Change]] = {
    # the header
    "隐患台账_11缺排查日期列.csv": (HAZARDS, without("排查日期")),
    "隐患台账_12列名写错.csv": (HAZARDS, renamed("整改措施", "整改措失")),
    "隐患台账_13两列都是整改时限.csv": (HAZARDS, column("整改期限", "2023-12-11", "2023-12-21", "2023-12-26")),
    "隐患台账_15缺隐患编号列.csv": (HAZARDS, without("隐患编号")),
    # cells
    "隐患台账_16整改时限写尽快.csv": (HAZARDS, put(3, "整改时限", "尽快")),
    "隐患台账_17没有这一天.csv": (HAZARDS, put(3, "排查日期", "2023-02-30")),
    "隐患台账_18整改资金写待定.csv": (HAZARDS, put(4, "整改资金", "待定")),
    "隐患台账_19隐患等级写特大.csv": (HAZARDS, put(4, "隐患等级", "特大")),
    "检查记录_20检查时间写月初.csv": (CHECKS, put(2, "检查时间", "月初")),
    "检查记录_21隐患数写若干.csv": (CHECKS, put(3, "查出隐患数", "若干")),
    "检查记录_22拒绝检查写不详.csv": (CHECKS, put(4, "是否拒绝检查", "不详")),
    "检查记录_23检查主体写县里.csv": (CHECKS, put(3, "检查主体", "镇中心、县里")),
    "工作报表_24所属月份写四季度.csv": (FORM, put(2, "所属月份", "四季度")),
    "隐患台账_25企业编号空着.csv": (HAZARDS, put(3, "企业编号", "")),
    "隐患台账_26隐患编号空着.csv": (HAZARDS, put(3, "隐患编号", "")),
    "检查记录_27检查时间空着.csv": (CHECKS, then(put(3, "检查时间", ""), put(3, "检查结束时间", ""))),
    "隐患台账_28企业不在名册.csv": (HAZARDS, put(3, "企业编号", "M99")),
    "隐患台账_29公式出错.csv": (HAZARDS, put(4, "整改资金", "#REF!")),
    "检查记录_30报错公式的表.xlsx": (CHECKS, put(2, "检查结束时间", "#VALUE!")),
    # dates
    "检查记录_31年份多写.csv": (CHECKS, then(put(2, "检查时间", "2032-12-04 09:00"), put(2, "检查结束时间", ""))),
    "隐患台账_32年份少写.csv": (HAZARDS, put(3, "排查日期", "2022-12-05")),
    "隐患台账_33时限早于排查.csv": (HAZARDS, put(3, "整改时限", "2023-11-20")),
    "隐患台账_34完成早于排查.csv": (HAZARDS, put(4, "整改完成时间", "2023-11-30")),
    "隐患台账_35复查早于完成.csv": (HAZARDS, put(2, "复查日期", "2023-12-07")),
    "隐患台账_36销号早于复查.csv": (HAZARDS, put(2, "销号时间", "2023-12-08")),
    "重大隐患档案_37完成早于发现.csv": (MAJORS, put(2, "整改完成时间", "2023-11-08")),
    "检查记录_38结束早于开始.xlsx": (CHECKS, put(4, "检查结束时间", "2023-12-12 08:30")),
    "停产记录_39复产早于停产.csv": (STOPS, put(2, "复产时间", "2023-12-13 08:00")),
    "整改复查意见书_40复查早于指令.csv": (RECHECKS, put(2, "复查日期", "2023-12-02")),
    "责令限期整改指令书_41期限早于下达.csv": (ORDERS, put(2, "整改期限", "2023-02-26")),
    "工作报表_42月份不是本期.csv": (
        FORM,
        then(put(2, "所属月份", "2023-10"), put(3, "所属月份", "2023-10"), lambda cells: [cells[0], cells[2]]),
    ),
    "检查记录_43日期不在本期.csv": (CHECKS, then(put(4, "检查时间", "2023-11-29 09:00"), put(4, "检查结束时间", ""))),
    # numbers of records
    "隐患台账_44同号两样.csv": (HAZARDS, row("隐患描述", "转弯处未设置反光镜和限速标志牌")),
    "隐患台账_45改了上月的日期.csv": (
        HAZARDS,
        then(
            column("报送时间", *["2023-12-25 09:00"] * 3),
            row(
                "隐患编号",
                "M01-2311-1",
                "企业编号",
                "M01",
                "检查编号",
                "",
                "隐患来源",
                "企业自查",
                "排查日期",
                "2023-11-27",
                "隐患部位",
                "炸药库",
                "隐患描述",
                "库房门口消防沙箱无沙",
                "整改时限",
                "2023-12-31",
            ),
        ),
    ),
    "隐患台账_46一个隐患两个编号.csv": (
        HAZARDS,
        row("隐患编号", "M02-2312-9", "隐患来源", "企业自查", "隐患描述", "（1）转弯处未设置限速标志。"),
    ),
    "隐患台账_47疑似同一隐患.csv": (
        HAZARDS,
        row(
            "隐患编号",
            "M02-2312-9",
            "隐患来源",
            "企业自查",
            "排查日期",
            "2023-12-07",
            "隐患描述",
            "转弯处没有设置限速标志",
        ),
    ),
    "隐患台账_48检查编号查不到.csv": (HAZARDS, put(2, "检查编号", "J-2312-7")),
    "隐患台账_49重复隐患编号查不到.csv": (HAZARDS, column("重复隐患编号", "", "", "镇-2309-4")),
    "企业名册_50信用代码错一位.csv": (MINES, put(2, "统一社会信用代码", "91350100M000100Y44")),
    # figures
    "企业名册_51人数为负.csv": (MINES, put(3, "从业人数", "-32")),
    "工作报表_52整改多于排查.csv": (FORM, put(2, "一般隐患已整改", "4")),
    "工作报表_53重大整改多于排查.csv": (FORM, put(3, "重大隐患已整改", "2")),
    "工作报表_54责令多于排查企业.csv": (FORM, put(2, "责令限期整改企业数", "3")),
    "工作报表_55罚款填成元.csv": (FORM, put(2, "行政罚款金额", "25000")),
    "工作报表_56累计对不上.csv": (FORM, put(3, "一般隐患排查", "9")),
    "工作报表_57重大数与明细不符.csv": (FORM, put(2, "重大隐患排查", "2")),
    "专项试验记录_58参试多于总台数.csv": (PUMPS, put(2, "参试台数", "4")),
    "培训记录_59合格多于参训.csv": (TRAININGS, put(2, "考核合格数", "31")),
    "检查记录_60有隐患没写情况.csv": (CHECKS, put(3, "检查情况", "")),
    "报送登记_61三清单对不上.csv": (HEARD, put(2, "未对应问题数", "2")),
    # what is missing
    "隐患台账_62没有时限.csv": (HAZARDS, put(3, "整改时限", "")),
    "隐患台账_63没复查就销号.csv": (HAZARDS, then(*(put(2, name, "") for name in ("复查人", "复查日期", "复查结果")))),
    "重大隐患档案_64五到位没填全.csv": (MAJORS, put(2, "预案到位日期", "")),
    "隐患台账_65描述太短.csv": (HAZARDS, put(3, "隐患描述", "胶垫老化")),
    "隐患台账_66描述是套话.csv": (HAZARDS, put(3, "隐患描述", "现场管理不到位")),
    "检查记录_67执法只有一人.csv": (CHECKS, put(4, "检查人员", "县局执法一队队员1")),
    "检查记录_68带队人不在名册.csv": (CHECKS, put(2, "带队领导", "M01安全副矿长")),
    "检查记录_69填报单位不符.csv": (
        CHECKS,
        column("填报单位", "甲岭镇应急管理中心", "甲岭镇应急管理中心", "乙溪镇应急管理中心"),
    ),
    "检查记录_70拒绝检查无佐证.csv": (CHECKS, put(4, "是否拒绝检查", "是")),
    "隐患台账_71重大未进档案.csv": (HAZARDS, put(4, "隐患等级", "重大")),
}


def broken() -> dict[str, bytes]:
    """Every wrong file, and what they are compared with, by name."""
    made = {f"对照/{name}": csv_bytes(cells) for name, cells in BESIDE.items()}
    for name, (base, change) in BROKEN.items():
        cells = change([list(line) for line in base])
        made[name] = xlsx_bytes(cells) if name.endswith(".xlsx") else csv_bytes(cells)
    return made | damaged()


def damaged() -> dict[str, bytes]:
    """Files that are wrong before anybody looks at their cells."""
    hazards = csv_bytes(HAZARDS)
    lines = hazards.split(b"\r\n")
    quoted = b'"'.join(lines[2].split("绝缘".encode(), 1))
    return {
        "检查记录_01不是工作簿.xlsx": "这不是电子表格\r\n".encode(),
        "检查记录_02没有传完.xlsx": xlsx_bytes(CHECKS)[:600],
        "来文_03认不出材料.csv": csv_bytes(rows("甲|乙|丙", "一|二|三")),
        "检查记录_04空表.csv": b"",
        "检查记录_05文字文件.docx": "检查情况说明".encode(),
        "隐患台账_06GBK编码.csv": hazards.decode("utf-8-sig").encode("gb18030"),
        "隐患台账_07引号不成对.csv": b"\r\n".join([*lines[:2], quoted, *lines[3:]]),
        "隐患台账_08多出一格.csv": b"\r\n".join([*lines[:3], lines[3] + ",多出的".encode(), *lines[4:]]),
        "隐患台账_09少了一格.csv": b"\r\n".join([*lines[:3], lines[3].rsplit(b",", 1)[0], *lines[4:]]),
        "隐患台账_10有空字节.csv": hazards.replace("加装".encode(), "加\0装".encode()),
        "隐患台账_14没有一列认得.csv": csv_bytes([["甲", "乙"], ["一", "二"]]),
    }


def main(folder: Path) -> None:
    """Write the files; one of an earlier run that is no longer made is removed."""
    made = broken()
    for old in sorted(folder.rglob("*")):
        if old.is_file() and old.name != "README.md" and old.relative_to(folder).as_posix() not in made:
            old.unlink()
    for name, content in made.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parent / "samples" / "broken")
