"""The story's lines about major hazards, and about hazards in confined spaces."""

from __future__ import annotations

from sample_county.basics import Row, at, day
from sample_county.bureau import county_found, cured, later, major
from sample_county.ledgers import found_hazard
from sample_county.records import BUREAU_LEVEL, County
from sample_county.story_mines import extra_check


def f25(county: County) -> None:
    """M09: 安全出口堵塞, found by the bureau 11-18, never cured, never reported. 12-31 P; 01-05 B, red."""
    order: Row = {"county_deadline": day("12-25")}
    major(county, "ZD02 M09 11-18 县查 +680m中段", "安全出口被矿石堵塞", "11-18", "11-20 09:00", **order)


def f26(county: County) -> None:
    """M25 claims to have cured on 12-28, the acceptance of 01-04 says 不合格. 12-31 M (待验收); 01-05 B. Still open."""
    major(county, "ZD06 M25 11-28 企业自查 采空区边缘", "采空区未按设计充填，顶板下沉", "11-30", "11-30 16:30")
    later(county, "ZD06", "12-29 11:00", **cured("12-28"))
    later(county, "ZD06", "01-05 09:10", acceptance_date=day("01-04"), acceptance="不合格")
    extra_check(county, "M25", "01-04 10:00", [BUREAU_LEVEL], ["县局工贸非煤股股长"], team=2)


def f27_and_f31(county: County) -> None:
    """M34 reports 12-27 that it cannot; 资金 and 预案 are blank until 01-16. 12-31 P; 01-05 B, 3 of 5; 02-10 L. Open.

    F31: nobody is named as 挂牌督办单位. R42: 01-05 manual on the bureau.
    """
    text = "工作帮坡角大于设计"
    major(county, "ZD10 M34 12-06 镇查 采场北帮", text, "12-08", "12-08 15:00", supervised=False)
    report = {"exception_reported_date": day("12-27"), "exception_reason": "滑移体方量大，冬季不能施工"}
    three = dict.fromkeys(("five_measure_date", "five_resp_date", "five_deadline_date"), day("12-27"))
    later(county, "ZD10", "12-28 08:40", **report, **three, five_deadline=day("02-05"))
    money = {"five_fund_date": day("01-16"), "five_fund": 520000}
    later(county, "ZD10", "01-17 10:00", **money, five_plan_date=day("01-16"))


def f28(county: County) -> None:
    """M13 graded it 重大 on 11-25 and kept it; the bureau finds it 12-06; cured 12-20, accepted 12-28.

    R101: 12-08 B and a lead, stays B; R33: 12-31 M. The mine's ledger came with the November supplement.
    """
    text = "主要运输巷顶板离层（企业台账11月25日已列重大，未上报）"
    graded: Row = {"own_graded_date": day("11-25")}
    major(county, "ZD09 M13 12-06 县查 +720m中段", text, "12-06", "12-07 09:20", **graded)
    later(county, "ZD09", "12-29 15:30", **cured("12-20", "12-28", "12-29"))
    mine = county.mines["M13"]
    record = found_hazard(county, mine, "重-09", mine.town, "企业自查", day("11-25"))
    record.set(
        level="重大", location="+720m中段", description="主要运输巷顶板离层", category="顶板", deadline=day("12-31")
    )
    record.life = [(day("11-26"), record.cells, None)]  # entered a day later: after the file of the 25th
    record.then(day("12-06"), county_found_date=day("12-06"))
    record.then(day("12-20"), done_date=day("12-20"))


def f29(county: County) -> None:
    """M30 reports 12-05, cures 12-29; the bureau confirms 01-04, accepts 01-05. Before: 疑似, no duty; 01-05 M.

    R102: 12-08 and 12-31 manual, on the bureau.
    """
    major(county, "ZD08 M30 12-04 企业自查 采场东帮", "邻近最终边坡出现张裂缝", "", "12-05 14:50")
    later(county, "ZD08", "12-29 17:20", **cured("12-29"))
    confirmation = {"confirm_result": "重大", "confirmed_date": day("01-04")}
    later(county, "ZD08", "01-05 17:10", **cured("12-29", "01-05"), **confirmation)
    later(county, "ZD08", "01-06 17:30", cancelled_date=day("01-06"))
    extra_check(county, "M30", "01-05 09:00", [BUREAU_LEVEL], ["县局工贸非煤股股长"], team=2)


def f33(county: County) -> None:
    """M11: a hazard of the sump (有限空间) passed on 11-16, again on 12-13, again on 01-11. 02-10 提请法制研究."""
    before = ""
    for found, done, seen in (("11-06", "11-14", "11-16"), ("12-13", "12-20", "12-22"), ("01-11", "01-18", "01-20")):
        record = county_found(county, "M11", found, done, seen)
        text = "水仓清淤未执行先通风、再检测、后作业"
        record.set(location="水仓", category="有限空间", description=text, repeat_of=before)
        before = record.key


def f46(county: County) -> None:
    """辛庄's only major hazard, sent up 02-09, rejected 02-18. R103: 02-10 P; 02-20 报而未认, a reminder."""
    text = "疑似边坡角大于设计，待测量"
    record = major(county, "ZD15 M39 02-05 镇查 采场东帮", text, "", "02-09 16:00")
    record.then(at("02-18 15:00"), confirm_result="不成立")


def n14(county: County) -> None:
    """M02: 重大 of 11-20, reported 12-25, all five by 12-29, done 02-05. 12-31 P; 01-05 D; 02-10 D, closed."""
    major(county, "ZD03 M02 11-20 企业自查 采场北帮", "高陡边坡未做稳定性分析", "11-22", "11-22 15:40")
    report = {"exception_reported_date": day("12-25"), "exception_reason": "勘察单位冬季不能进场"}
    later(county, "ZD03", "12-25 17:30", **report, five_measure_date=day("12-25"), five_resp_date=day("12-25"))
    money = {"five_fund_date": day("12-29"), "five_fund": 360000}
    until = {"five_deadline_date": day("12-26"), "five_deadline": day("02-10")}
    later(county, "ZD03", "12-29 16:00", **money, **until, five_plan_date=day("12-28"))
    later(county, "ZD03", "02-06 11:00", **cured("02-05"))
    later(county, "ZD03", "02-09 17:00", **cured("02-05", "02-08", "02-09"))


def n15(county: County) -> None:
    """M17: 重大 of 12-20, county order to 01-20, done 01-18. 12-31 P; 01-05 manual: 请补特殊原因报告手续; 02-10 D."""
    order: Row = {"county_deadline": day("01-20")}
    major(county, "ZD13 M17 12-20 镇查 运输道路弯道", "运输道路坡度大于设计10%以上", "12-21", "12-22 10:20", **order)
    later(county, "ZD13", "01-19 10:00", **cured("01-18"))
    later(county, "ZD13", "01-23 11:00", **cured("01-18", "01-22", "01-23"))


def n16(county: County) -> None:
    """M35: done 12-30, known with the supplement of 01-04, accepted 01-09. 12-31 P; 01-05 M (待验收); 02-10 M."""
    major(county, "ZD12 M35 12-11 县查 排土场", "排土场坡脚被采动，未采取措施", "12-11", "12-13 09:00")
    later(county, "ZD12", "01-04 16:40", **cured("12-30"))
    later(county, "ZD12", "01-09 17:30", **cured("12-30", "01-09"))
    later(county, "ZD12", "01-10 17:30", cancelled_date=day("01-10"))


def n17(county: County) -> None:
    """M43: 重大 found 10-12, own deadline 01-31, done 01-25: before the campaign, not of R33. Own deadline: 02-10 M."""
    order: Row = {"county_deadline": day("01-31")}
    text = "破碎站上方高边坡危岩未处理"
    major(county, "ZD01 M43 10-12 镇查 破碎站", text, "10-16", "10-16 11:00", **order)
    later(county, "ZD01", "01-26 10:00", **cured("01-25"))
    later(county, "ZD01", "01-30 16:00", **cured("01-25", "01-29", "01-30"))


# --- what was made of it


def f30(county: County) -> None:
    """No assessment of M09's hazard in December. R36: 01-05 a reminder to the bureau."""
    county.drop([county.one("assessment", "ZD02-评-2312")])


def f32(county: County) -> None:
    """M25's assessment of 01-06 says 不能保证安全; no order, nobody out by 02-05. R37: 02-10 B on the bureau, red."""
    record = county.one("assessment", "ZD06-评-2401")
    changed = {"assessed_on": day("01-06"), "conclusion": "不能保证安全"}
    record.life = [(day("01-06"), {**record.cells, **changed}, None)]
