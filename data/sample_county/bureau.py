"""What the bureau keeps: the archive of major hazards, orders, penalties, interviews; and the weather warnings."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sample_county.basics import BUREAU, WEATHER_OFFICE, Row, at, day, evening
from sample_county.ledgers import corrected, found_hazard
from sample_county.places import TOWNS
from sample_county.records import County, Record

REPORTED_BY_TOWN = ("企业自查", "镇查")


def bureau_work(county: County) -> None:
    _clean_majors(county)
    for mine, found, done, rechecked in (
        ("M16", "11-07", "11-15", "11-24"),
        ("M22", "12-15", "12-23", "01-02"),
        ("M01", "01-05", "01-13", "01-19"),
    ):
        county_found(county, mine, found, done, rechecked)
    _order(county, "M16", "11-07", "11-17", "11-24", ("2023〕1", "2023〕1"))
    _order(county, "M10", "11-22", "12-02", "12-11", ("2023〕2", "2023〕2"))
    _order(county, "M22", "12-15", "12-25", "01-02", ("2023〕3", "2024〕1"))
    _penalty(county, "云应急罚〔2023〕1号", "M21", "12-14", 20000)
    _penalty(county, "云应急罚〔2024〕1号", "M03", "01-10", 5000)
    _interview(county, "云应急约〔2023〕1号", "M21", "11-20", "11-30", "11-29")
    _interview(county, "云应急约〔2023〕2号", "M14", "12-12", "12-22", "12-20")


# --- the archive of major hazards


def major(
    county: County, heading: str, text: str, confirmed: str, handed: str, *, supervised: bool = True, **more: Any
) -> Record:
    """A hazard as first handed in; `heading`: its number, mine, day found, by whom, where. Not confirmed: 疑似.

    Three days after the confirmation the bureau lists it for supervision (挂牌督办).
    """
    number, mine, found, source, place = heading.split()
    known = at(handed)
    told = known.date() if source in REPORTED_BY_TOWN else None
    record = county.add(
        "major_hazard", BUREAU, known, hazard_id=number, enterprise_id=mine, enterprise_name=county.mines[mine].name,
        found_date=day(found), source=source, location=place, description=text,
        confirm_result="重大" if confirmed else "待确认", confirmed_date=day(confirmed) if confirmed else None,
        report_date=told if source == "企业自查" else None, town_report_date=told, **more,
    )  # fmt: skip
    if confirmed and supervised:
        listed = day(confirmed) + timedelta(3)
        record.then(
            evening(listed), supervise_unit=BUREAU, supervised_date=listed, supervise_doc=f"云应急督〔{number}〕"
        )
    return record


def later(county: County, number: str, handed: str, **more: Any) -> None:
    """The same hazard reported again, with what has become of it."""
    county.one("major_hazard", number).then(at(handed), **more)


def cured(done: str, accepted: str = "", closed: str = "") -> Row:
    """The cells of a hazard that its mine says it has cured, and perhaps the bureau has accepted."""
    cells: Row = {"done_date": day(done), "acceptance_applied_date": day(done)}
    if accepted:
        cells.update(acceptance_date=day(accepted), acceptance="合格")
    if closed:
        cells["cancelled_date"] = day(closed)
    return cells


def _clean_majors(county: County) -> None:
    """Major hazards that were cured and accepted in time; one that turned out an ordinary one; one found in January."""
    major(county, "ZD04 M46 11-22 镇查 排土场", "排土场下游临时工棚未拆除", "11-23", "11-24 15:10")
    later(county, "ZD04", "12-14 10:30", **cured("12-08", "12-13", "12-14"))
    major(county, "ZD05 M31 11-24 镇查 采场东帮", "疑似台阶高度超设计，待测量", "", "11-27 09:40")
    later(county, "ZD05", "12-01 16:20", confirm_result="一般", confirmed_date=day("12-01"))
    major(county, "ZD07 M19 11-29 企业自查 采场北帮", "未按设计自上而下分台阶开采", "11-30", "11-30 17:00")
    later(county, "ZD07", "12-21 09:15", **cured("12-15", "12-20", "12-21"))
    major(county, "ZD11 M32 12-10 企业自查 排土场", "排土场未按设计留设安全平台", "12-12", "12-12 16:45")
    later(county, "ZD11", "12-28 10:05", **cured("12-22", "12-27", "12-28"))
    order: Row = {"county_deadline": day("02-05")}
    major(county, "ZD14 M11 01-03 镇查 中央水泵房", "主排水泵备用泵不能起动", "01-03", "01-04 09:30", **order)
    later(county, "ZD14", "01-31 17:30", **cured("01-30"))
    later(county, "ZD14", "02-03 10:00", **cured("01-30", "02-02", "02-03"))


# --- what it found, ordered, fined


def county_found(county: County, mine: str, found: str, done: str, rechecked: str) -> Record:
    """A hazard that the bureau found, in its own register."""
    on = day(found)
    record = found_hazard(county, county.mines[mine], f"县-{on:%y%m}", BUREAU, "县查", on)
    corrected(record, day(done), day(rechecked), "县局执法一队队员1")
    return record


def _order(county: County, mine: str, issued: str, deadline: str, rechecked: str, numbers: tuple[str, str]) -> None:
    """An order to correct, and its re-check within ten days of the deadline."""
    order, recheck = f"云应急责改〔{numbers[0]}号", f"云应急复查〔{numbers[1]}号"
    county.add(
        "rectify_order", BUREAU, day(issued), doc_no=order, enterprise_id=mine, issued_by="县", issued_on=day(issued),
        deadline=day(deadline), applied_on=None, items=3,
    )  # fmt: skip
    county.add(
        "recheck", BUREAU, day(rechecked),
        doc_no=recheck, order_no=order, enterprise_id=mine, rechecked_on=day(rechecked), opinion="合格",
    )  # fmt: skip


def _penalty(county: County, number: str, mine: str, decided: str, amount: int) -> None:
    on = day(decided)
    cells = {"enterprise_id": mine, "decided_on": on, "kind": "罚款", "amount": amount, "hazard_id": ""}
    cells["list_reviewed_on"] = on  # on the same day, whether it belongs on the list
    county.add("penalty", BUREAU, on, doc_no=number, **cells)


def _interview(county: County, number: str, mine: str, held: str, due: str, feedback: str) -> None:
    record = county.add(
        "interview", BUREAU, day(held), interview_id=number, enterprise_id=mine, held_on=day(held),
        cause="自查自改不认真", feedback_due=day(due), feedback_date=None,
    )  # fmt: skip
    record.then(day(feedback), feedback_date=day(feedback))


# --- weather


def warning(county: County, number: str, kind: str, colour: str, towns: list[str], issued: str, lifted: str) -> None:
    """A warning as issued; that it was lifted is known when it is."""
    record = county.add(
        "weather", WEATHER_OFFICE, at(issued),
        warning_id=number, kind=kind, colour=colour, towns=towns, issued_at=at(issued), lifted_at=None,
    )  # fmt: skip
    record.then(at(lifted), lifted_at=at(lifted))


ALL_TOWNS = [town.name for town in TOWNS]
