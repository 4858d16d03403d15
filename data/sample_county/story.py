"""The lines of the story, one function each: f13 … a planted fault, n03 … a tempting non-fault.

Each says what is to come of it: P pending, B breached, M met, D discharged, U unproven, n/a not applicable, at a date
23:59. tests/data/first_truth.csv has it in full, worked out by hand.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sample_county.basics import BUREAU, at, day
from sample_county.handins import roster_row
from sample_county.places import MINES_OF
from sample_county.records import BUREAU_LEVEL, CLEAN, LED, SELF, TOWN, County, clock, cured, hazard, inspection, later


def f13_and_n28(county: County) -> None:
    """F13: M05's head led only one inspection in November, on 11-21. 11-27 P short 1; 12-08 B.

    N28: on 12-20, after the reminder, M05 hands in a true check of 11-28, with a photo and the gate log.
    As known by 12-08 it stays B; 12-31 M. No lead: the date lies before the reminder, but there is evidence.
    """
    first, second = county.checks("M05", LED, 11)
    county.move(first, day("11-21"))
    county.move(second, day("11-28"))
    second.update(handed="12-20 16:20", attachments="现场照片2张、门禁记录1页")


def f14(county: County) -> None:
    """M12's head: one inspection in November, none in December. 12-08 B (Nov); 01-05 B for both months."""
    county.remove(county.checks("M12", LED, 11)[1:])
    county.remove(county.checks("M12", LED, 12))


def f15(county: County) -> None:
    """M27 Dec: 12-05 and 12-20, but the leader of the second had left on 12-10. 12-31 P; 01-05 B, hand-over shown."""
    change_head(county, "M27", last_day="12-10", handed="12-13 10:00")
    first, second = county.checks("M27", LED, 12)
    county.move(first, day("12-05"))
    county.move(second, day("12-20"))
    second["leaders"] = first["leaders"] = ["M27矿长甲"]


def f21(county: County) -> None:
    """丁坪 misses M22 in December. 12-31 P; 01-05 B, 3 of 4: M23 is out.

    The bureau was at M22 on 12-15, which is no check of the town's.
    """
    county.remove(county.checks("M22", TOWN, 12))


def f22(county: County) -> None:
    """癸河 checks neither of its two mines in January: nothing to remove, January's records are not in yet. 01-05 P."""


def f23(county: County) -> None:
    """The bureau: 12 mines in November; of 45 it needs 14, of the 43 not deserted 13. 11-27 P; 12-08 B either way."""
    for mine in ("M05", "M38"):
        county.remove(county.checks(mine, BUREAU_LEVEL, 11))


def f24(county: County) -> None:
    """M10: the bureau's order of 11-22 ran to 12-02, re-checked on 12-19 (another obligation; here just a visit)."""
    extra_check(county, "M10", "12-19 09:40", [BUREAU_LEVEL], ["县局执法二队队长"], purpose="复查", team=2)


def f25(county: County) -> None:
    """M09: 安全出口堵塞, found by the bureau 11-18, never cured, never reported. 12-31 P; 01-05 B, red."""
    order = {"county_deadline": day("12-25")}
    hazard(county, "ZD02 M09 11-18 县查 +680m中段", "安全出口被矿石堵塞", "11-18", "11-20 09:00", **order)


def f26(county: County) -> None:
    """M25 claims to have cured on 12-28, the acceptance of 01-04 says 不合格. 12-31 M (待验收); 01-05 B."""
    hazard(county, "ZD06 M25 11-28 企业自查 采空区边缘", "采空区未按设计充填，顶板下沉", "11-30", "11-30 16:30")
    later(county, "ZD06", "12-29 11:00", **cured("12-28"))
    later(county, "ZD06", "01-05 09:10", acceptance_date=day("01-04"), acceptance="不合格")
    extra_check(county, "M25", "01-04 10:00", [BUREAU_LEVEL], ["县局工贸非煤股股长"], purpose="复查", team=2)


def f27(county: County) -> None:
    """M34 reports 12-27 that it cannot; 资金 and 预案 stand empty (until 01-16). 12-31 P; 01-05 B, three of five.

    F31: nobody is named as 挂牌督办单位.
    """
    hazard(county, "ZD10 M34 12-06 镇查 采场北帮", "工作帮坡角大于设计", "12-08", "12-08 15:00", supervise_unit="")
    report = {"exception_reported_date": day("12-27"), "exception_reason": "滑移体方量大，冬季不能施工"}
    three = dict.fromkeys(("five_measure_date", "five_resp_date", "five_deadline_date"), day("12-27"))
    later(county, "ZD10", "12-28 08:40", **report, **three, five_deadline=day("02-05"))


def f28(county: County) -> None:
    """M13 graded it 重大 on 11-25 and kept it; the bureau finds it 12-06; cured 12-20, accepted 12-28. R33: 12-31 M."""
    text = "主要运输巷顶板离层（企业台账11月25日已列重大，未上报）"
    hazard(county, "ZD09 M13 12-06 县查 +720m中段", text, "12-06", "12-07 09:20")
    later(county, "ZD09", "12-29 15:30", **cured("12-20", "12-28", "12-29"))


def f29(county: County) -> None:
    """M30 reports 12-05, cures 12-29; the bureau confirms 01-04, accepts 01-05. Before: 疑似, no duty; 01-05 M."""
    hazard(county, "ZD08 M30 12-04 企业自查 采场东帮", "邻近最终边坡出现张裂缝", "", "12-05 14:50")
    later(county, "ZD08", "12-29 17:20", **cured("12-29"))
    confirmation = {"confirm_result": "重大", "confirmed_date": day("01-04")}
    later(county, "ZD08", "01-05 17:10", **cured("12-29", "01-05"), **confirmation)
    extra_check(county, "M30", "01-05 09:00", [BUREAU_LEVEL], ["县局工贸非煤股股长"], purpose="复查", team=2)


def n03(county: County) -> None:
    """M26 Dec: 12-05 and 12-28, the latter in the file of 01-04. 12-31 P; 01-05 M."""
    first, second = county.checks("M26", LED, 12)
    county.move(first, day("12-05"))
    county.move(second, day("12-28"))


def n04(county: County) -> None:
    """戊塬 sends no Nov supplement; M24–28 led once by 11-25, once after: in the December file. 12-08 U; 12-31 M."""
    for number, on in zip(MINES_OF["戊塬镇"], ("11-27", "11-28", "11-29", "11-30", "11-26"), strict=True):
        county.move(county.checks(f"M{number}", LED, 11)[1], day(on))


def n08(county: County) -> None:
    """M18 closes 12-18: one led inspection in December, no check of the town's. n/a, and no finding on the town."""
    county.remove(county.checks("M18", TOWN, 12))
    county.remove(county.checks("M18", LED, 12)[1:])


def n09(county: County) -> None:
    """M45 opens 12-11: in nobody's coverage, neither of November nor of December. n/a."""
    county.remove(county.checks("M45", TOWN, 12))


def n10(county: County) -> None:
    """M23, M37: nobody there, nothing written down (in the faultless county too). n/a; by the literal switch manual."""


def n12(county: County) -> None:
    """A joint check of bureau and town at M14 on 12-12, signed by both: one record, in both files, counts for both."""
    (own,) = [row for row in county.checks("M14", TOWN, 12) if row["purpose"] != "复查"]
    county.move(own, day("12-12"))
    own.update(levels=[BUREAU_LEVEL, TOWN], org=f"{BUREAU}、丙川镇应急管理中心", mode="联合执法")
    own["leaders"] = ["县局执法一队队长", "丙川镇中心主任"]
    own["inspectors"] = ["县局执法一队队员1", "县局执法一队队员2", "丙川镇中心检查员1"]


def n13(county: County) -> None:
    """M20's head changes on 12-15: the old one led 12-06, the new one 12-22. M."""
    change_head(county, "M20", last_day="12-14", handed="12-18 09:30")
    first, second = county.checks("M20", LED, 12)
    county.move(first, day("12-06"))
    county.move(second, day("12-22"))
    first["leaders"], second["leaders"] = ["M20矿长甲"], ["M20矿长乙"]


def n14(county: County) -> None:
    """M02: 重大 of 11-20, reported 12-25, all five by 12-29. 12-31 P; 01-05 D."""
    hazard(county, "ZD03 M02 11-20 企业自查 采场北帮", "高陡边坡未做稳定性分析", "11-22", "11-22 15:40")
    report = {"exception_reported_date": day("12-25"), "exception_reason": "勘察单位冬季不能进场"}
    later(county, "ZD03", "12-25 17:30", **report, five_measure_date=day("12-25"), five_resp_date=day("12-25"))
    money = {"five_fund_date": day("12-29"), "five_fund": 360000}
    until = {"five_deadline_date": day("12-26"), "five_deadline": day("02-10")}
    later(county, "ZD03", "12-29 16:00", **money, **until, five_plan_date=day("12-28"))


def n15(county: County) -> None:
    """M17: 重大 of 12-20, the bureau's order runs to 01-20. 12-31 P; 01-05 manual: 请补特殊原因报告手续."""
    order = {"county_deadline": day("01-20")}
    hazard(county, "ZD13 M17 12-20 镇查 运输道路弯道", "运输道路坡度大于设计10%以上", "12-21", "12-22 10:20", **order)


def n16(county: County) -> None:
    """M35: done 12-30, known with the supplement of 01-04, acceptance only 01-09. 12-31 P; 01-05 M (待验收)."""
    hazard(county, "ZD12 M35 12-11 县查 排土场", "排土场坡脚被采动，未采取措施", "12-11", "12-13 09:00")
    later(county, "ZD12", "01-04 16:40", **cured("12-30"))


def n17(county: County) -> None:
    """M43: 重大 found 10-12, own deadline 01-31: before the campaign, not of R33."""
    order = {"county_deadline": day("01-31")}
    hazard(county, "ZD01 M43 10-12 镇查 破碎站", "破碎站上方高边坡危岩未处理", "10-16", "10-16 11:00", **order)


def n25(county: County) -> None:
    """M39 reports no hazard, with two led inspections and a check of the town's. M: finding nothing is no fault."""
    for row in county.inspections:
        if row["enterprise_id"] == "M39":
            row.update(hazards_found=0, findings=CLEAN)


def n30(county: County) -> None:
    """M40 in December: only a 复查 of the town's and one of the bureau's. R21 of 辛庄: 12-31 P; 01-05 manual, not B."""
    county.remove(county.checks("M40", TOWN, 12)[1:])
    (own,) = county.checks("M40", TOWN, 12)
    own["purpose"] = "复查"
    extra_check(county, "M40", "12-19 14:30", [BUREAU_LEVEL], ["县局执法二队队长"], purpose="复查", team=2)


def leads(county: County) -> None:
    """L1 one inspector at two mines at once; L2 equal texts at M01–03; L3 a photo used twice at M38. No findings."""
    for mine, start, minutes in (("M35", "12-19 09:00", 90), ("M36", "12-19 10:00", 60)):
        county.remove([next(row for row in county.checks(mine, TOWN, 12) if row["purpose"] != "复查")])
        again = inspection(county, county.mines[mine], at(start), [TOWN], ["庚寨镇中心主任"], minutes=minutes)
        county.inspections.append({**again, "inspectors": ["庚寨镇中心检查员2"]})
    texts = "采场边坡局部有浮石；运输道路限速标志不清；配电室灭火器未按月点检"
    for mine in ("M01", "M02", "M03"):
        county.checks(mine, SELF, 12)[0].update(hazards_found=3, findings=texts)
    for month in (11, 12):
        county.checks("M38", SELF, month)[0]["attachments"] = "IMG_38_0117.jpg"


def busy_towns(county: County) -> None:
    """No fault: 壬店 sees its last mine on 11-28, 己湾 on 12-27: in the supplements, complete all the same."""
    for mine, month, on in (("M43", 11, "11-28"), ("M33", 12, "12-27")):
        rows = county.checks(mine, TOWN, month)
        county.remove(rows[1:])
        rows[0]["purpose"] = "百日攻坚"
        county.move(rows[0], day(on))


def january(county: County) -> None:
    """丙川 keeps its register on line: its first days of January are in on 01-05."""
    for number, on in ((14, "01-02"), (15, "01-03"), (16, "01-04")):
        mine = county.mines[f"M{number}"]
        county.inspections.append(inspection(county, mine, clock(county.rng, day(on)), [LED], [mine.head(day(on))]))
    county.inspections.append(inspection(county, county.mines["M14"], at("01-04 14:20"), [TOWN], ["丙川镇中心主任"]))


STORY: list[Callable[[County], None]] = [
    f13_and_n28, f14, f15, f21, f22, f23, f24, f25, f26, f27, f28, f29,
    n03, n04, n08, n09, n10, n12, n13, n14, n15, n16, n17, n25, n30, leads, busy_towns, january,
]  # fmt: skip


def change_head(county: County, mine_id: str, last_day: str, handed: str) -> None:
    """A new head from the day after; the roster is corrected on `handed`."""
    mine = county.mines[mine_id]
    since = day(last_day) + timedelta(1)
    mine.heads = [(f"{mine_id}矿长甲", mine.opened), (f"{mine_id}矿长乙", since)]
    for row in county.inspections:
        if row["enterprise_id"] == mine_id and LED in row["levels"]:
            row["leaders"] = [mine.head(row["start_at"].date())]
    county.roster_changes.append(
        {**roster_row(mine, mine.heads[0][0]), "valid_to": day(last_day), "submitted_at": at(handed)}
    )
    new = {**roster_row(mine, mine.heads[1][0]), "head_from": since, "valid_from": since, "submitted_at": at(handed)}
    county.roster_changes.append(new)


def extra_check(county: County, mine: str, start: str, levels: list[str], leaders: list[str], **more: Any) -> None:
    county.inspections.append(inspection(county, county.mines[mine], at(start), levels, leaders, **more))
