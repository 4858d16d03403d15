"""A county in which everything asked for was done, in time, and written down. Here: who saw which mine."""

from __future__ import annotations

import random
from datetime import date, timedelta

from sample_county.basics import MONTHS, day, days_between, on_at, workdays
from sample_county.bureau import bureau_work
from sample_county.conduct import conduct
from sample_county.ledgers import ledgers
from sample_county.old_hazards import old_hazards
from sample_county.places import GROUP_POSTS, GROUPS, TOWNS, Mine, Town, mines
from sample_county.posts import post_holder
from sample_county.records import (
    BUREAU_LEVEL,
    DEPUTY,
    GROUP,
    LED,
    PRINCIPAL,
    SELF,
    TOWN,
    County,
    clock,
    inspection,
    town_of,
)
from sample_county.standing import standing
from sample_county.towns import meetings_and_publicity
from sample_county.works import works

SEED = 331

# Two led inspections a month for every mine, the second early enough to stand in the file of the 25th.
LED_DAYS = {
    11: (("11-11", "11-17"), ("11-18", "11-24")),
    12: (("12-01", "12-12"), ("12-13", "12-24")),
    1: (("01-02", "01-12"), ("01-13", "01-24")),
}
# Three by the deputy, none on the 25th, when the files are sent. Those in the middle see the units, M45's in December
# all of them (ledgers.py).
SELF_DAYS = {
    11: (("11-03", "11-12"), ("11-13", "11-24"), ("11-26", "11-29")),
    12: (("12-01", "12-11"), ("12-12", "12-20"), ("12-26", "12-30")),
    1: (("01-02", "01-12"), ("01-13", "01-24"), ("01-26", "01-30")),
}
TOWN_DAYS = {11: ("11-13", "11-24"), 12: ("12-04", "12-22"), 1: ("01-04", "01-24")}

# The bureau's own checks. November: 14 of 45 mines (F23 takes two away); December: 16 of 44; January: 13 of 45 (N11).
BUREAU_CHECKS = [
    ("11-07", 16), ("11-13", 1), ("11-14", 16), ("11-15", 21), ("11-16", 24), ("11-17", 33), ("11-18", 9),
    ("11-20", 35), ("11-21", 41), ("11-22", 10), ("11-23", 43), ("11-24", 4), ("11-27", 46), ("11-28", 5),
    ("11-29", 38), ("12-05", 2), ("12-06", 13), ("12-07", 7), ("12-08", 20), ("12-11", 35), ("12-13", 28),
    ("12-14", 31), ("12-15", 22), ("12-18", 34), ("12-19", 39), ("12-20", 42), ("12-21", 45), ("12-22", 11),
    ("12-25", 26), ("12-26", 44), ("12-27", 5), ("12-28", 17), ("01-03", 11), ("01-05", 1), ("01-08", 6),
    ("01-10", 9), ("01-11", 15), ("01-15", 19), ("01-16", 17), ("01-17", 34), ("01-18", 27), ("01-22", 40),
    ("01-24", 43),
]  # fmt: skip

# 有限空间回头看 by the second teams of the centres. M26 has none (F48).
LOOKBACKS = [
    ("12-11", 8), ("12-12", 9), ("12-13", 10), ("12-14", 11), ("12-15", 12), ("12-18", 13), ("12-12", 24),
    ("12-13", 25), ("12-15", 36),
]  # fmt: skip

# The first days on which the holders of the three posts of a group visit, one a day.
GROUP_DAYS = {11: ("11-13", "11-20"), 12: ("12-05", "12-18"), 1: ("01-09", "01-16")}
PRINCIPAL_DAYS = ("11-14", "12-12", "01-09", "02-06")
DEPUTY_DAYS = ("11-03", *(f"{on:%m-%d}" for on in days_between("11-08", "01-31")[::7]))


def faultless() -> County:
    """A county in which everything asked for was done and written down."""
    rng = random.Random(SEED)
    county = County(rng, {mine.id: mine for mine in mines(rng)})
    for mine in county.mines.values():
        if mine.active:
            _own_inspections(county, mine)
    for town in TOWNS:
        for month in MONTHS:
            _town_checks(county, town, month)
        _leaders_visits(county, town)
    for on, number in BUREAU_CHECKS:
        mine = county.mines[f"M{number:02}"]
        county.inspections.append(inspection(county, mine, clock(rng, day(on)), [BUREAU_LEVEL], ["县局执法一队队长"]))
    for on, number in LOOKBACKS:
        _lookback(county, county.mines[f"M{number:02}"], day(on))
    for group in GROUPS:
        _group_visits(county, group)
    ledgers(county)
    standing(county)
    old_hazards(county)
    meetings_and_publicity(county)
    bureau_work(county)
    works(county)
    conduct(county)
    return county


def _own_inspections(county: County, mine: Mine) -> None:
    """Led by the head twice a month, by the safety deputy three times."""
    rng = county.rng
    for month in MONTHS:
        for level, spans in ((LED, LED_DAYS[month]), (SELF, SELF_DAYS[month])):
            for first, last in spans:
                choice = [on for on in days_between(first, last) if mine.open_on(on)]
                if choice:
                    on = rng.choice(choice)
                    leader = mine.head(on) if level == LED else f"{mine.id}安全副矿长"
                    county.inspections.append(inspection(county, mine, clock(rng, on), [level], [leader]))


def _town_checks(county: County, town: Town, month: int) -> None:
    """The centre's team sees one mine a day, each mine once, and goes back to some of them for a 复查."""
    rng = county.rng
    days = workdays(*TOWN_DAYS[month])
    todo = [mine for mine in county.mines.values() if mine.town == town.name and mine.active]
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


def _lookback(county: County, mine: Mine, on: date) -> None:
    leader = f"{mine.town}中心副主任"
    start = clock(county.rng, on)
    county.inspections.append(inspection(county, mine, start, [TOWN], [leader], purpose="有限空间回头看", team=2))


def _group_visits(county: County, group: str) -> None:
    """Every post holder twice a month, at the mines of the group in turn; G5 leaves M38 out in any case (F17)."""
    name, _, numbers = GROUPS[group]
    members = [county.mines[f"M{number:02}"] for number in numbers if number != 38]
    persons = dict.fromkeys(filter(None, (post_holder(group, post) for post in GROUP_POSTS)))
    turn = 0
    for month in MONTHS:
        for begin in GROUP_DAYS[month]:
            for place, person in enumerate(persons):
                start = clock(county.rng, day(begin) + timedelta(place))
                mine, company = members[turn % len(members)], [f"{group}安全部员{place + 1}"]
                row = inspection(county, mine, start, [GROUP], [person], org=name, with_them=company)
                county.inspections.append(row)
                turn += 1


def _leaders_visits(county: County, town: Town) -> None:
    """Secretary and mayor in turn once a month, the deputy every week; nobody in the week of the Spring Festival."""
    own = [mine for mine in county.mines.values() if town_of(mine) == town and mine.active]
    principals = [f"{town.name}党委书记", f"{town.name}镇长"]
    visits = [(on, PRINCIPAL, principals[turn % 2]) for turn, on in enumerate(PRINCIPAL_DAYS)]
    visits += [(on, DEPUTY, f"{town.name}副镇长") for on in DEPUTY_DAYS]
    for turn, (on, level, person) in enumerate(visits):
        there = [mine for mine in own if mine.open_on(day(on))]
        if there:
            company = [f"{town.name}党政办干事{1 if level == PRINCIPAL else 2}"]
            start = on_at(day(on), ("09:00", "10:10", "14:30")[turn % 3])
            mine = there[turn % len(there)]
            row = inspection(county, mine, start, [level], [person], org=town.office, with_them=company)
            county.inspections.append(row)
