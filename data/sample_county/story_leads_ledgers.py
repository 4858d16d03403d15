"""The story's leads in the ledgers: hazards, lists, training, tickets, blasts, stops.

l10 … have what the lead of that number is to find, and (K) what looks like it and must not be found. Only cells that
no obligation reads, or values that come to the same for it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sample_county.basics import at, day
from sample_county.records import County, Record

WORKS = ("边坡排土场", "通风", "防治水", "顶板")


def hazard(county: County, number: str, location: str, description: str, category: str) -> Record:
    """The same hazard with another text."""
    record = county.one("hazard", number)
    record.set(location=location, description=description, category=category)
    return record


def cells_with(record: Record, name: str) -> dict[str, Any]:
    """What became known with a cell, the last time it did."""
    return [cells for _, cells, _ in record.life if name in cells][-1]


def dated(record: Record, found: str, deadline: str, done: str, closed: str) -> None:
    """The same hazard on other days; reported as it was."""
    (_, first, _), (_, cured, _), (_, again, _), told = record.life
    first.update(found_date=day(found), deadline=day(deadline))
    cured["done_date"] = day(done)
    again.update(recheck_date=day(closed), closed_date=day(closed))
    record.life = [(day(found), first, None), (day(done), cured, None), (day(closed), again, None), told]


# --- texts and numbers of hazards


def l15(county: County) -> None:
    """M42, M43: one text of their own. K: M16, M01: one text too, but the bureau's."""
    for number in ("M42-自-2312-1", "M43-自-2312-1"):
        text = "靠近运输道路一侧有松动危石约6立方米，坡脚未设警示围栏"
        hazard(county, number, "采场东帮", text, "边坡排土场")
    for number in ("M16-县-2311", "M01-县-2401"):
        text = "高压绝缘手套超期未检，操作票未逐项打钩，模拟图板与实际不符"
        hazard(county, number, "变配电室", text, "电气")


def l18(county: County) -> None:
    """M34: one hazard of 01-04 with three numbers, one of them 庚寨's. K: M35, two."""
    for number in ("M34-自-2401-1", "M34-自-2401-2", "M34-镇-2401"):
        hazard(county, number, "破碎站", "皮带机头轮防护罩缺失", "设备设施")
    for turn in (1, 2):
        dated(county.one("hazard", f"M34-自-2401-{turn}"), "01-04", "01-12", "01-08", "01-09")
        record = hazard(county, f"M35-自-2401-{turn}", "机修车间", "乙炔瓶未直立存放", "其他")
        dated(record, "01-09", "01-17", "01-12", "01-13")


def l26(county: County) -> None:
    """M11 is found again by the bureau (F33). K: M12 by itself."""
    for number in ("M12-自-2311-1", "M12-自-2312-1"):
        hazard(county, number, "中央水泵房", "配电箱未上锁3台", "电气")


def l36(county: County) -> None:
    """M40: three works on slopes, all for nothing. K: M04, one of the three without a figure."""
    for mine, funds, first in (("M40", (0, 0, 0), 2), ("M04", (0, 0, None), 5)):
        numbers = [f"{mine}-自-{number}" for number in ("2311-1", "2311-2", "2312-1")]
        for turn, (number, fund) in enumerate(zip(numbers, funds, strict=True)):
            text = f"浮石未清理，约{first + turn}立方米"
            county.one("hazard", number).set(description=text, category="边坡排土场", fund=fund)
    others = ("自-2312-2", "自-2401-1", "自-2401-2", "镇-2311", "镇-2401")
    for other, metres in zip(others, (2, 4, 5, 6, 7), strict=True):
        record = county.one("hazard", f"M40-{other}")
        if record.cells["category"] in WORKS:
            record.set(description=f"防护栏杆松动{metres}米", category="设备设施")


def l37(county: County) -> None:
    """M24: a blocked exit that it calls 一般. K: M25's goaf is 重大; M10's sign (N82) blocks nothing."""
    hazard(county, "M24-自-2312-1", "副井井口", "副井安全出口堵塞约2米", "设备设施")


# --- dates


def l19(county: County) -> None:
    """M08: seen again before it was cured. K: M09, all on one day."""
    record = county.one("hazard", "M08-自-2311-1")
    cells_with(record, "recheck_date")["recheck_date"] = record.cells["found_date"] + timedelta(1)
    record = county.one("hazard", "M09-自-2311-1")
    done = record.cells["done_date"]
    cells_with(record, "recheck_date").update(recheck_date=done, closed_date=done)


def l20_and_k21(county: County) -> None:
    """ZD04: accepted before it was cured. K: ZD14, on the day. K21: ZD12, graded on the day the bureau found it."""
    cells_with(county.one("major_hazard", "ZD04"), "acceptance_date")["acceptance_date"] = day("12-07")
    cells_with(county.one("major_hazard", "ZD14"), "acceptance_date")["acceptance_date"] = day("01-30")
    county.one("major_hazard", "ZD12").set(own_graded_date=day("12-11"))


def l24(county: County) -> None:
    """M10's list of December is signed two days before it was made. K: the others on the day, M12's too."""
    county.one("hazard_list", "M10-清单-2312").set(signed_date=day("12-21"))


def l38(county: County) -> None:
    """M09 trained 41 of 39. K: M45, 75 of 75."""
    county.one("training", "M09-训-2").set(trainees=41, exam_pass=41)


# --- tickets, blasts, stops


def l10(county: County) -> None:
    """M06: all three shifts of 12-14 by one. K: M07, one of the three by another."""
    for mine, evening_by in (("M06", "安全副矿长"), ("M07", "技术科长")):
        for shift, clock, who in (("夜", "00:30", "安全副矿长"), ("中", "16:30", evening_by)):
            moment = at(f"12-14 {clock}")
            county.add(
                "leader_duty", "甲岭镇", moment, duty_id=f"{mine}-值-1214{shift}", enterprise_id=mine,
                on_duty_at=moment, shift=shift, leader=f"{mine}{who}", patrol="正常",
            )  # fmt: skip


def k22_and_k23(county: County) -> None:
    """Like F39 and F40, but in order: M09's ticket is approved as the work begins, M16's blast designed on its day."""
    county.one("hot_work", "M09-火-1215").set(approved_at=at("12-15 09:00"), gas_test_at=at("12-15 09:00"))
    county.one("blast", "M16-爆-0109").set(design_date=day("01-09"))


def l27(county: County) -> None:
    """M04 fires in its stop. K: M02 at the moment at which its stop ends."""
    for mine, fired, designed in (("M04", "12-16 11:30", "12-13"), ("M02", "12-15 08:00", "12-12")):
        record, moment = county.one("blast", f"{mine}-爆-1219"), at(fired)
        number, on = f"{mine}-爆-{moment:%m%d}", moment.date()
        design = {"design_no": f"{mine}设-{moment:%m%d}", "design_date": day(designed)}
        record.life = [(on, {**record.cells, "blast_no": number, "fired_at": moment, **design}, None)]


def l28(county: County) -> None:
    """M06: an output on 12-14, which lies whole in its stop. K: M07, none on that day."""
    figures = {"M06": (310, 180, 120, 260, 320), "M07": (290, 150, 0, 240, 300)}
    for mine, outputs in figures.items():
        for number, output in enumerate(outputs, 12):
            on = day(f"12-{number}")
            county.add(
                "production_status", "甲岭镇", on, enterprise_id=mine, day=on,
                status="生产" if output else "停产", output=output,
            )  # fmt: skip


def l29(county: County) -> None:
    """M36: hot work in its stop (N18). K: M26, whose stop was for that work."""
    record, on = county.one("hot_work", "M36-火-1215"), day("12-14")
    clocks = {"approved_at": "09:00", "gas_test_at": "09:40", "start_at": "10:00", "end_at": "12:00"}
    times = {name: at(f"12-14 {clock}") for name, clock in clocks.items()}
    record.life = [(on, {**record.cells, "ticket_no": "M36-火-1214", **times}, None)]
    begun, over = at("12-15 08:30"), at("12-15 11:30")
    record = county.add(
        "stop", "戊塬镇", begun, stop_id="M26-停-1215", enterprise_id="M26", start_at=begun, end_at=None, reason="检修",
        ordered_by="自行", alert_area=True, power_cut=False, slope_cleared=None,
    )  # fmt: skip
    record.then(over, end_at=over)


LEADS_OF_LEDGERS: list[Callable[[County], None]] = [
    l10, l15, l18, l19, l20_and_k21, l24, l26, l27, l28, l29, l36, l37, l38, k22_and_k23,
]  # fmt: skip
