"""The rosters: who and what there is in the county. Persons appear only as posts."""

from __future__ import annotations

from datetime import date

from sample_county.basics import BUREAU, Row, at, day
from sample_county.places import (
    CITY_RUN,
    GRADE_A,
    GROUP_POSTS,
    GROUPS,
    ONE_PERSON,
    OPENED,
    TOWNS,
    WITHOUT_SECRETARY,
    Mine,
    Town,
)
from sample_county.records import County

FIRST = at("11-02 15:00")  # the bureau's rosters before the campaign
SINCE = day("2021-01-01")


def group_of(mine: Mine) -> str:
    return next((key for key, (_, _, members) in GROUPS.items() if mine.number in members), "")


def roster_row(mine: Mine, head: str) -> Row:
    """A mine as the roster has it from its first day."""
    return {
        "enterprise_id": mine.id, "name": mine.name, "town": mine.town, "mine_type": mine.kind, "mineral": mine.mineral,
        "status": mine.status, "supervision": "市管" if mine.number in CITY_RUN else "县管",
        "supervise_grade": "A" if mine.number in GRADE_A else None,
        "group_id": group_of(mine), "bureau": BUREAU, "employees": mine.employees, "unit_count": len(mine.units),
        "confined_space": mine.underground, "pump_count": 4 if mine.underground else 0,
        "head": head, "head_from": None, "legal_person": f"{mine.id}法定代表人",
        "valid_from": mine.opened, "valid_to": None, "submitted_by": BUREAU,
    }  # fmt: skip


def enterprises(county: County) -> tuple[list[Row], list[Row]]:
    """The roster of 2 November, and what was changed in it since: opened, closed, new heads."""
    rows = [(mine, roster_row(mine, mine.heads[0][0])) for mine in county.mines.values()]
    first = [{**row, "submitted_at": FIRST} for mine, row in rows if mine.number not in OPENED]
    changes = list(county.roster_changes)
    changes += [{**row, "submitted_at": at("12-11 10:00")} for mine, row in rows if mine.number in OPENED]
    closed = [(mine, row) for mine, row in rows if mine.closed]
    changes += [{**row, "valid_to": mine.closed, "submitted_at": at("12-19 11:20")} for mine, row in closed]
    return first, sorted(changes, key=lambda row: (row["submitted_at"], row["enterprise_id"], row["valid_from"]))


def work_units(county: County) -> list[Row]:
    return [
        {
            "unit_id": f"{mine.id}-U{number}",
            "enterprise_id": mine.id,
            "name": name,
            "kind": "部位",
            "submitted_by": BUREAU,
            "submitted_at": at("12-11 10:00") if mine.number in OPENED else FIRST,
        }
        for mine in county.mines.values()
        for number, name in enumerate(mine.units, 1)
    ]


def towns() -> list[Row]:
    return [{"town": town.name, "centre": town.centre, "office": town.office, "bureau": BUREAU} for town in TOWNS]


def leaders_row(town: Town) -> Row:
    """The leaders of a town since long; whoever leaves gets a row that says until when."""
    return {
        "town": town.name, "principals": f"{town.name}主要领导", "deputies": f"{town.name}分管领导",
        "office": town.office, "secretary": f"{town.name}党委书记", "mayor": f"{town.name}镇长",
        "deputy": f"{town.name}副镇长", "valid_from": SINCE, "valid_to": None,
        "submitted_by": BUREAU, "submitted_at": FIRST,
    }  # fmt: skip


def town_leaders(county: County) -> list[Row]:
    return [*map(leaders_row, TOWNS), *county.leader_changes]


def groups() -> list[Row]:
    return [{"group_id": key, "name": name, "seat": seat} for key, (name, seat, _) in GROUPS.items()]


def post_holder(group: str, post: str) -> str:
    """Who holds a post of a group; empty where the group has no such post."""
    if post == "党委书记" and group in WITHOUT_SECRETARY:
        return ""
    if post == "党委书记" and group in ONE_PERSON:
        return f"{group}董事长"
    return f"{group}{post}"


def group_posts() -> list[Row]:
    return [
        {
            "group_id": group, "group_name": name, "post": post, "shown": f"{name}{post}",
            "holding": "在任" if post_holder(group, post) else "未设", "person": post_holder(group, post),
            "valid_from": SINCE, "valid_to": None, "submitted_by": BUREAU, "submitted_at": FIRST,
        }
        for group, (name, _, _) in GROUPS.items()
        for post in GROUP_POSTS
    ]  # fmt: skip


def deputy_replaced(county: County, town: Town, first: date, last: date, acting: str) -> None:
    """An acting deputy for some days: three rows instead of one, known on the morning of the first day."""
    told = {"submitted_at": at(f"{first:%m-%d} 09:00")}
    row = {**leaders_row(town), **told}
    county.leader_changes += [
        {**row, "valid_to": date.fromordinal(first.toordinal() - 1)},
        {**row, "deputy": acting, "valid_from": first, "valid_to": last},
        {**row, "valid_from": date.fromordinal(last.toordinal() + 1)},
    ]
