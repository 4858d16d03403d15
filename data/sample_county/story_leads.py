"""The story's leads: what is odd in the records and may have an innocent reason (rules: leads.yaml), one line a lead.

L1–L3 are in story_county.py. l04 … have what the lead of that number is to find, and (K) what looks like it and must
not be found; L11, L16, L21–L23, L26 and L39 are there already (F15, 甲岭, F28, F39, F40, F33, F46). The tables of
truth in tests/data have what comes of it. No duty changes by any of it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from sample_county.basics import BUREAU, day
from sample_county.ledgers import corrected, reported
from sample_county.old_hazards import old_hazard
from sample_county.records import County, Record
from sample_county.story_forms import counted
from sample_county.story_leads_checks import AT_WORK, LEADS_OF_CHECKS
from sample_county.story_leads_ledgers import LEADS_OF_LEDGERS

# --- August 2023: before every window and every form


def own(county: County, number: str, text: str, found: str, done: str) -> Record:
    """A hazard of August that a mine found itself and cured; `text`: where, what, of which kind."""
    mine = county.mines[number[:3]]
    location, description, category = text.split()
    on, cured = day(f"2023-{found}"), day(f"2023-{done}")
    record = old_hazard(
        county, mine.id, number[4:], mine.town, f"2023-{found}", source="企业自查", finder=f"{mine.id}安全员1",
        location=location, description=description, category=category, measure="立即组织整改",
        resp_person=f"{mine.id}安全副矿长", resp_dept=f"{mine.id}安全科", fund=200, deadline=on + timedelta(8),
    )  # fmt: skip
    corrected(record, cured, cured + timedelta(1), f"{mine.id}安全副矿长")
    reported(record, day("2023-08-25"))
    return record


def outside(county: County, number: str, text: str, found: str) -> Record:
    """What the bureau or the city (市) found at a mine, and nobody cured in the winter."""
    mine = number[:3]
    location, description, category = text.split()
    by_city = "-市-" in number
    return old_hazard(
        county, mine, number[4:], BUREAU, found, source="市省查" if by_city else "县查",
        finder="市局执法人员1" if by_city else "县局执法一队队员1",
        location=location, description=description, category=category, measure="春季改造，冬季专人巡查",
        resp_person=f"{mine}安全副矿长", resp_dept=f"{mine}安全科", fund=20000, deadline=day("2024-04-30"),
    )  # fmt: skip


def l31(county: County) -> None:
    """M19: three found from outside in August, none by itself. K: M21, one by itself."""
    for mine in ("M19", "M21"):
        outside(county, f"{mine}-县-2308-1", "破碎站 除尘设施能力不足 设备设施", "2023-08-22")
        outside(county, f"{mine}-县-2308-2", "变配电室 变压器围栏偏低 电气", "2023-08-22")
        outside(county, f"{mine}-市-2308", "采场北帮 截水沟断面偏小 边坡排土场", "2023-08-24")
    own(county, "M21-自-2308", "机修车间 砂轮机无防护罩 设备设施", "08-18", "08-21")


def l32(county: County) -> None:
    """M20: all five of papers and signs, while the bureau found a slope. K: M22, four of five."""
    papers = (
        ("培训档案缺2人签字", "08-07", "08-10"), ("交接班记录缺1次", "08-09", "08-12"),
        ("警示标志褪色2处", "08-14", "08-17"), ("岗位卡未张贴1处", "08-16", "08-19"),
    )  # fmt: skip
    for mine, last in (("M20", "检修台账缺1页 管理"), ("M22", "配电箱门锁损坏 电气")):
        for turn, (text, found, done) in enumerate(papers, 1):
            own(county, f"{mine}-自-2308-{turn}", f"办公区 {text} 管理", found, done)
        own(county, f"{mine}-自-2308-5", f"办公区 {last}", "08-21", "08-24")
        outside(county, f"{mine}-县-2308", "采场东帮 台阶坡面有松石 边坡排土场", "2023-08-23")


def l35(county: County) -> None:
    """M31: all five cured on the day. K: M32, one of them a day later, and one more that does not count."""
    texts = (
        ("护栏立柱松动 设备设施", "08-08"), ("开关箱无编号 电气", "08-10"), ("灭火器移位 消防", "08-15"),
        ("车挡破损 运输", "08-17"), ("皮带防护网缺失 设备设施", "08-22"),
    )  # fmt: skip
    for mine, last in (("M31", "08-22"), ("M32", "08-23")):
        for turn, (text, found) in enumerate(texts, 1):
            done = last if turn == len(texts) else found
            own(county, f"{mine}-自-2308-{turn}", f"破碎站 {text}", found, done)
    own(county, "M32-自-2308-6", "破碎站 未戴防护眼镜1人 作业行为", "08-09", "08-09")


# --- the form


def l17(county: County) -> None:
    """What the bureau found at M36 in January, which 庚寨 counts."""
    texts = ("风机房 消音器破损 设备设施", "副井绞车房 深度指示器刻度不清 设备设施", "井口调度室 备用电源时长不足 电气")
    for number, text in enumerate(texts, 1):
        outside(county, f"M36-县-2401-{number}", text, "2024-01-23")


def l17_form(county: County) -> None:
    """January: 12 found and 9 cured in three towns. K: in November 己湾 and 戊塬 alone have the same."""
    counted(county, "丙川", "2024-01", ("2024-01",), "gen_fixed", -3)
    counted(county, "丁坪", "2024-01", ("2024-01",), "gen_fixed", -3)
    counted(county, "庚寨", "2024-01", ("2024-01",), "gen_found", 3)
    counted(county, "己湾", "2023-11", ("2023-11", "2023-12", "2024-01"), "gen_fixed", -2)


def k16_form(county: County) -> None:
    """L16: 甲岭 has the same figures in three months as it is. K: 乙溪 only in two."""
    counted(county, "乙溪", "2023-11", ("2023-11", "2023-12", "2024-01"), "gen_fixed", -1)


# --- no lead by accident


def nobody_at_work(county: County) -> None:
    """Who is seen at a mine in its stop is there to watch, but at M07 (L30)."""
    for stop in county.of("stop"):
        cells = stop.cells
        for row in county.inspections:
            overlaps = row["end_at"] and row["start_at"] < cells["end_at"] and row["end_at"] > cells["start_at"]
            if overlaps and row["enterprise_id"] == cells["enterprise_id"] and row["findings"] != AT_WORK:
                row["findings"] = row["findings"].replace("作业人员", "值守人员")


STORY_OF_LEADS: list[Callable[[County], None]] = [*LEADS_OF_CHECKS, *LEADS_OF_LEDGERS, l17, l31, l32, l35]
KEPT_APART: list[Callable[[County], None]] = [nobody_at_work]  # when all else is written
FORMS_OF_LEADS: list[Callable[[County], None]] = [k16_form, l17_form]
