"""A county in which everything asked for was done, in time, and written down."""

from __future__ import annotations

import random
from datetime import date, timedelta

from sample_county.basics import day
from sample_county.places import TOWNS, UNATTENDED, Mine, Town, mines
from sample_county.records import BUREAU_LEVEL, LED, SELF, TOWN, County, clock, cured, hazard, inspection, later

SEED = 331

# Two led inspections a month for every mine, the second early enough to stand in the file of the 25th.
LED_DAYS = {11: (("11-11", "11-17"), ("11-18", "11-24")), 12: (("12-01", "12-12"), ("12-13", "12-24"))}
SELF_DAYS = {11: ("11-03", "11-29"), 12: ("12-01", "12-30")}
TOWN_DAYS = {11: ("11-13", "11-24"), 12: ("12-04", "12-22")}

# The bureau's own checks. November: 14 of 45 mines (F23 takes two away); December: 16 of 44.
BUREAU_CHECKS = [
    ("11-07", 16), ("11-13", 1), ("11-14", 16), ("11-15", 21), ("11-16", 24), ("11-17", 33), ("11-18", 9),
    ("11-20", 35), ("11-21", 41), ("11-22", 10), ("11-23", 43), ("11-24", 4), ("11-27", 46), ("11-28", 5),
    ("11-29", 38), ("12-05", 2), ("12-06", 13), ("12-07", 7), ("12-08", 20), ("12-11", 35), ("12-13", 28),
    ("12-14", 31), ("12-15", 22), ("12-18", 34), ("12-19", 39), ("12-20", 42), ("12-21", 45), ("12-22", 11),
    ("12-25", 26), ("12-26", 44), ("12-27", 5), ("12-28", 17), ("01-03", 11), ("01-05", 1),
]  # fmt: skip


def days_between(first: str, last: str) -> list[date]:
    start, end = day(first), day(last)
    return [start + timedelta(n) for n in range((end - start).days + 1)]


def workdays(first: str, last: str) -> list[date]:
    """November and December 2023 have no holiday: Monday to Friday."""
    return [on for on in days_between(first, last) if on.weekday() < 5]


def faultless() -> County:
    """A county in which everything asked for was done and written down."""
    rng = random.Random(SEED)
    county = County(rng, {mine.id: mine for mine in mines(rng)})
    for mine in county.mines.values():
        if mine.number not in UNATTENDED:
            _own_inspections(county, mine)
    for town in TOWNS:
        for month in (11, 12):
            _town_checks(county, town, month)
    for on, number in BUREAU_CHECKS:
        mine = county.mines[f"M{number:02}"]
        county.inspections.append(inspection(county, mine, clock(rng, day(on)), [BUREAU_LEVEL], ["县局执法一队队长"]))
    _clean_hazards(county)
    return county


def _own_inspections(county: County, mine: Mine) -> None:
    """Led by the head twice a month, by the safety deputy three times."""
    rng = county.rng
    for month, spans in LED_DAYS.items():
        for first, last in spans:
            choice = [on for on in days_between(first, last) if mine.open_on(on)]
            if choice:
                on = rng.choice(choice)
                county.inspections.append(inspection(county, mine, clock(rng, on), [LED], [mine.head(on)]))
        choice = [on for on in days_between(*SELF_DAYS[month]) if mine.open_on(on)]
        for _ in range(3 if len(choice) > 14 else 1):
            if choice:
                on = choice.pop(rng.randrange(len(choice)))
                county.inspections.append(inspection(county, mine, clock(rng, on), [SELF], [f"{mine.id}安全副矿长"]))


def _town_checks(county: County, town: Town, month: int) -> None:
    """The centre's team sees one mine a day, each mine once, and goes back to some of them for a 复查."""
    rng = county.rng
    days = workdays(*TOWN_DAYS[month])
    todo = [mine for mine in county.mines.values() if mine.town == town.name and mine.number not in UNATTENDED]
    todo = [mine for mine in todo if any(mine.open_on(on) for on in days)]
    leader = f"{town.short}镇中心主任"
    for mine in todo:
        on = next(on for on in days if mine.open_on(on))
        days.remove(on)
        county.inspections.append(inspection(county, mine, clock(rng, on), [TOWN], [leader]))
        if days and rng.randrange(3) == 0:
            days.pop(0)
    for mine in todo[: len(days)]:
        if rng.randrange(3) == 0 and mine.open_on(days[-1]):
            on = days.pop()
            row = inspection(county, mine, clock(rng, on), [TOWN], [leader], purpose="复查")
            county.inspections.append(row)


def _clean_hazards(county: County) -> None:
    """Major hazards that were cured and accepted in time; one that turned out an ordinary one; one found in January."""
    hazard(county, "ZD04 M46 11-22 镇查 排土场", "排土场下游临时工棚未拆除", "11-23", "11-24 15:10")
    later(county, "ZD04", "12-14 10:30", **cured("12-08", "12-13", "12-14"))
    hazard(county, "ZD05 M31 11-24 镇查 采场东帮", "疑似台阶高度超设计，待测量", "", "11-27 09:40")
    later(county, "ZD05", "12-01 16:20", confirm_result="一般", confirmed_date=day("12-01"))
    hazard(county, "ZD07 M19 11-29 企业自查 采场北帮", "未按设计自上而下分台阶开采", "11-30", "11-30 17:00")
    later(county, "ZD07", "12-21 09:15", **cured("12-15", "12-20", "12-21"))
    hazard(county, "ZD11 M32 12-10 企业自查 排土场", "排土场未按设计留设安全平台", "12-12", "12-12 16:45")
    later(county, "ZD11", "12-28 10:05", **cured("12-22", "12-27", "12-28"))
    hazard(county, "ZD14 M11 01-03 县查 中央水泵房", "主排水泵备用泵不能起动", "01-03", "01-04 09:30")
