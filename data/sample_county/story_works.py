"""The story's lines about the works themselves: slopes and roads, roofs and air, blasts, contractors.

They come after all others: what they write into a hazard or an inspection, they write where the others left it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sample_county.basics import day
from sample_county.records import SELF, County, Record
from sample_county.works import CONTRACTOR_PAPERS, SOUND, contractor_checked, paper, tested


def papers_of(county: County, mine: str, kind: str) -> list[Record]:
    return county.of("document", enterprise_id=mine, kind=kind)


def none_there(county: County, mine: str, kind: str) -> None:
    """The mine enters that it has no such paper, instead of what it entered."""
    (record,) = papers_of(county, mine, kind)
    record.set(exists=False, title="", made_on=None)


def seen(county: County, hazard: str, description: str, category: str, **cells: Any) -> Record:
    """What a check really found: the same hazard, with another text."""
    record = county.one("hazard", hazard)
    record.set(description=description, category=category, **cells)
    return record


def not_passed(record: Record, result: str) -> None:
    """Seen again after the cure, and not closed."""
    (cells,) = [cells for _, cells, _ in record.life if "recheck_result" in cells]
    cells.update(recheck_result=result, closed_date=None)


# --- open pits


def f110(county: County) -> None:
    """M16 says itself that it has no record of watching its slopes and dump. R64: 02-10 P; 02-20 manual."""
    none_there(county, "M16", "边坡监测记录")


def n75(county: County) -> None:
    """M02 says the same, but has the stability of its slopes analysed on 02-03. R64: 02-10 P; 02-20 D."""
    none_there(county, "M02", "边坡监测记录")
    tested(county, county.mines["M02"], "稳", "边坡稳定性分析", day("02-03"), passed=True, conclusion="稳定")


def f111(county: County) -> None:
    """M17: the town found dumping off the design. R65: 11-27 on manual."""
    seen(county, "M17-镇-2311", "未按设计分层排土，局部超高2米", "边坡排土场", location="排土场")


def n76(county: County) -> None:
    """M32's 重大 of December is of its dump, off the design too, but it found that itself (bureau.py). R65: 02-10 M."""


def f112(county: County) -> None:
    """M35: the town found traces of mining at the dump. R66: 12-31 on manual."""
    seen(county, "M35-镇-2312", "坡脚有回采装运痕迹1处", "边坡排土场", location="排土场")


def n77(county: County) -> None:
    """M27: a hazard where ore is won (回采), which is not the dump. R66: 02-10 M."""
    seen(county, "M27-镇-2312", "回采作业点照明灯2盏不亮", "电气", location="采场东帮")


def f113(county: County) -> None:
    """M31: the town found a face without benches. R67: 12-31 on manual."""
    seen(county, "M31-镇-2312", "局部未分台阶，高差约20米", "边坡排土场", location="采场东帮")


def n78(county: County) -> None:
    """M19's 重大 is of benches, but it found, reported and cured that itself (bureau.py). R67: 02-10 M."""


# --- underground


def f114(county: County) -> None:
    """M13 never studied its roofs and goaf. R71: 01-05 P; 02-10 B."""
    county.drop([county.one("drainage_test", "M13-顶")])


def n79(county: County) -> None:
    """M12 did on 10-20, before the campaign in the same quarter. R71: 02-10 manual, not B."""
    county.drop([county.one("drainage_test", "M12-顶")])
    tested(county, county.mines["M12"], "顶", "采空区顶板风险研判", day("2023-10-20"), **SOUND)


def unstable_roof(county: County, mine: str, conclusion: str) -> Record:
    record = county.one("drainage_test", f"{mine}-顶")
    record.set(unstable=True, conclusion=conclusion, follow_up="", follow_up_date=None)
    return record


def f115(county: County) -> None:
    """M25 found an unstable roof and wrote down nothing that it did about it. R72: 01-05 P; 02-10 manual."""
    unstable_roof(county, "M25", "采空区顶板下沉，不稳固")


def n80(county: County) -> None:
    """M09 and M11 found one too: M11 saw to it in four days, M09 on the last day, 01-31. R72: 02-10 M."""
    treated = {"follow_up": "封闭并设监测点", "follow_up_date": day("12-12")}
    unstable_roof(county, "M11", "采空区边缘顶板不稳固").then(day("12-12"), **treated)
    treated = {"follow_up": "撤出人员并支护", "follow_up_date": day("01-31")}
    unstable_roof(county, "M09", "+680m中段顶板不稳固").then(day("01-31"), **treated)


def f116(county: County) -> None:
    """M36's air was found too little, and never tested again. R69: 01-05 P; 02-10 manual."""
    county.one("drainage_test", "M36-风").set(passed=False, conclusion="风量不足")


def n81(county: County) -> None:
    """M10's air was too slow; tested again on 12-15 it is as it should be. R69: 12-08 P; 12-31 M."""
    county.one("drainage_test", "M10-风").set(passed=False, conclusion="风速不足")
    again = {"passed": True, "conclusion": "复测符合要求"}
    tested(county, county.mines["M10"], "风-2", "风速风量风质检测", day("12-15"), **again)


def f117(county: County) -> None:
    """M12: the town found things put down in the way of the second exit. R68: 12-31 on manual."""
    seen(county, "M12-镇-2312", "第二安全出口通道堆放杂物2处", "管理", location="+680m中段")


def n82(county: County) -> None:
    """M10 missed a sign of its exits itself. R68: 02-10 M."""
    seen(county, "M10-自-2312-1", "安全出口指示牌缺失1处", "管理", location="+720m中段")


# --- blasts


def f118(county: County) -> None:
    """M34: near its final slope on 12-19, without controlled blasting. R75: 12-31 on B."""
    county.one("blast", "M34-爆-1219").set(near_final_slope=True)


def n83(county: County) -> None:
    """M40: as it should be, but the map is in the log only from 12-28. R75: 12-31 U; 01-05 M."""
    record = county.one("blast", "M40-爆-1219")
    record.set(near_final_slope=True, controlled_blasting=True, alert_map=None)
    record.then(day("12-28"), alert_map=True)


def f119(county: County) -> None:
    """M22: no signs at the blast of 12-19. R76: 12-31 on B."""
    county.one("blast", "M22-爆-1219").set(signs_set=False)


def n84(county: County) -> None:
    """M04: a slip of the pen about 11-21, put right in the supplement. R76: 11-27 B; 12-08 M."""
    record = county.one("blast", "M04-爆-1121")
    record.set(alert_points_set=False)
    record.then(day("11-30"), alert_points_set=True)


# --- haulage


def f120(county: County) -> None:
    """M21 says nothing of measuring its roads. R78: 02-10 P; 02-20 manual."""
    county.drop(papers_of(county, "M21", "运输道路测量"))


def n85(county: County) -> None:
    """M17, whose road was too steep (N15), measured it on 02-09, known with the last return. R78: 02-10 P; 02-20 M."""
    county.drop(papers_of(county, "M17", "运输道路测量"))
    paper(county, county.mines["M17"], "运输道路测量", day("02-09"))


def f121(county: County) -> None:
    """M43 says itself that it has not checked its trucks against the design. R79: 02-10 P; 02-20 manual."""
    none_there(county, "M43", "运输设备核对")


def n86(county: County) -> None:
    """M32, under construction, had none in November, and has one on 02-05. R79: 01-05 P; 02-10 M."""
    none_there(county, "M32", "运输设备核对")
    paper(county, county.mines["M32"], "运输设备核对", day("02-05"))


# --- contractors


def f122_f123_and_f126(county: County) -> None:
    """M28 has none of the three papers about its contractor. R82, R83, R88: 02-10 P; 02-20 manual."""
    for kind in CONTRACTOR_PAPERS:
        paper(county, county.mines["M28"], kind, day("11-06"), exists=False)


def n87(county: County) -> None:
    """M07: a paper older than its contractor (11-20) does not count, the same entered on 12-20 does. R82: 12-31 M."""
    mine = county.mines["M07"]
    first = paper(county, mine, "外包纳入体系文件", day("11-06"))
    paper(county, mine, "外包纳入体系文件", day("12-20")).set(made_on=first.cells["made_on"])
    for kind in CONTRACTOR_PAPERS[1:]:
        paper(county, mine, kind, day("12-05"))


def n88(county: County) -> None:
    """M35 had nothing to show of coordinating in November, and has on 12-20. R83: 12-08 P; 12-31 M."""
    none_there(county, "M35", "外包统一协调文件")
    paper(county, county.mines["M35"], "外包统一协调文件", day("12-20"))


def n91(county: County) -> None:
    """M24 enters its list of duties on the last day of all. R88: 02-10 P; 02-20 M."""
    county.drop(papers_of(county, "M24", "外包职责清单"))
    paper(county, county.mines["M24"], "外包职责清单", day("02-10"))


def contractors_checked(county: County) -> None:
    """M07's contractor came on 11-20 and M28's left on 01-12: seen while they were there. R84: M, advisory."""
    for mine, which in (("M07", (2, 1, 1)), ("M28", (1, 1, 0))):
        for month, number in zip((11, 12, 1), which, strict=True):
            contractor_checked(county, mine, month, number)


def f124(county: County) -> None:
    """M24 never looked at its contractor in December. R84: 12-31 P; 01-05 manual."""
    county.checks("M24", SELF, 12)[1]["contract_id"] = ""


def n89(county: County) -> None:
    """M35 did on 12-30, known with the supplement. R84: 12-31 P; 01-05 M."""
    county.checks("M35", SELF, 12)[1]["contract_id"] = ""
    contractor_checked(county, "M35", 12, 2)


def contractors_mend(county: County) -> None:
    """What the towns found with the contractors of M01, M28 and M07 was cured in time. R85: M."""
    seen(county, "M01-镇-2311", "外包单位作业人员1人未系安全带", "外包")
    seen(county, "M28-镇-2312", "外包单位特种作业证到期未复审7人", "外包")
    seen(county, "M07-镇-2401", "外包单位防护栏杆松动4米", "外包")


def f125(county: County) -> None:
    """M24's contractor says that it is cured; seen again, it was not. R85: 12-31 on B."""
    not_passed(seen(county, "M24-镇-2312", "外包队掘进工作面支护滞后3架", "外包"), "不合格")


def n90(county: County) -> None:
    """M35's is cured in part: for a person to look at. R85: 02-10 M, with a note."""
    not_passed(seen(county, "M35-镇-2401", "外包单位电缆接头裸露9处", "外包"), "部分合格")


STORY_OF_WORKS: list[Callable[[County], None]] = [
    f110, f111, f112, f113, f114, f115, f116, f117, f118, f119, f120, f121, f122_f123_and_f126, f124, f125,
    n75, n76, n77, n78, n79, n80, n81, n82, n83, n84, n85, n86, n87, n88, n89, n90, n91,
    contractors_checked, contractors_mend,
]  # fmt: skip
