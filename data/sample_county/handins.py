"""Who hands in what, and when: rosters, the files of the towns, the manifest."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sample_county.basics import BUREAU, Row, at, day
from sample_county.places import CITY_RUN, GROUPS, OPENED, TOWNS, Mine, Town
from sample_county.records import BUREAU_LEVEL, LED, SELF, TOWN, County


def roster_row(mine: Mine, head: str) -> Row:
    """A mine as the roster has it from its first day."""
    group = next((key for key, (_, _, members) in GROUPS.items() if mine.number in members), "")
    return {
        "enterprise_id": mine.id, "name": mine.name, "town": mine.town, "mine_type": mine.kind, "mineral": mine.mineral,
        "status": mine.status, "supervision": "市管" if mine.number in CITY_RUN else "县管", "group_id": group,
        "head": head, "legal_person": f"{mine.id}法定代表人", "valid_from": mine.opened, "valid_to": None,
        "submitted_by": BUREAU,
    }  # fmt: skip


def roster(county: County) -> tuple[list[Row], list[Row]]:
    """The roster of 2 November, and what was changed in it since: opened, closed, new heads."""
    first = [
        {**roster_row(mine, mine.heads[0][0]), "submitted_at": at("11-02 15:00")}
        for mine in county.mines.values()
        if mine.number not in OPENED
    ]
    changes = list(county.roster_changes)
    for mine in county.mines.values():
        if mine.number in OPENED:
            changes.append({**roster_row(mine, mine.heads[0][0]), "submitted_at": at("12-11 10:00")})
        if mine.closed:
            changes.append(
                {**roster_row(mine, mine.heads[0][0]), "valid_to": mine.closed, "submitted_at": at("12-19 11:20")}
            )
    return first, sorted(changes, key=lambda row: (row["submitted_at"], row["enterprise_id"], row["valid_from"]))


@dataclass(frozen=True)
class HandIn:
    """One file that somebody handed in: which days it covers, when it arrived."""

    sender: str
    file: str
    first: date
    last: date
    received: datetime
    style: str = "plain"


def hand_ins(town: Town) -> Iterator[HandIn]:
    """The hand-ins of a town in order; the bureau's clerk puts the supplements of all towns into one file.

    戊塬's missing supplement makes its December file begin earlier (N04).
    """
    suffix = "xlsx" if town.style == "workbook" else "csv"
    begin = day("11-01")
    for month, name in enumerate(("2023-11", "2023-12")):
        for label, last, received in (
            ("", f"{11 + month}-25", town.monthly[month]),
            ("补报汇总", ("11-30", "12-31")[month], town.supplement[month]),
        ):
            if received:
                file = (
                    f"inspection_{name}{label}.csv" if label else f"{town.name}/inspection_{town.short}_{name}.{suffix}"
                )
                through = min(day(last), at(received).date())
                yield HandIn(town.name, file, begin, through, at(received), "plain" if label else town.style)
                begin = through + timedelta(1)
    if town.name == "丙川镇":
        yield HandIn(
            town.name, f"{town.name}/inspection_丙川_2024-01.csv", begin, day("01-05"), at("01-05 17:30"), town.style
        )


def numbered(county: County) -> None:
    """Give every inspection its number, in the order of time."""
    serial: dict[str, int] = {}
    for row in sorted(county.inspections, key=lambda row: (row["start_at"], row["enterprise_id"], row["levels"])):
        level = row["levels"][0]
        year = row["start_at"].year
        mine = county.mines[row["enterprise_id"]]
        head = {
            LED: f"{mine.id}-带",
            SELF: f"{mine.id}-自",
            TOWN: f"{mine.town.removesuffix('镇')}检",
            BUREAU_LEVEL: "云应急检",
        }[level]
        head = f"{head}〔{year}〕" if level in (TOWN, BUREAU_LEVEL) else f"{head}-{year}-"
        serial[head] = serial.get(head, 0) + 1
        row["inspection_id"] = f"{head}{serial[head]:03}" + ("号" if "〔" in head else "")


def files(county: County) -> tuple[dict[str, tuple[str, list[Row]]], list[Row]]:
    """The inspection files by name (style, rows), and the manifest."""
    numbered(county)
    rows = sorted(county.inspections, key=lambda row: (row["start_at"], row["inspection_id"]))
    found: dict[str, tuple[str, list[Row]]] = {}
    manifest: list[Row] = []
    bureau = [row for row in rows if BUREAU_LEVEL in row["levels"]]
    found["inspection_县局.csv"] = (
        "bureau",
        [{**row, "submitted_at": entered(row["start_at"]), "submitted_by": BUREAU} for row in bureau],
    )
    manifest += bureau_lines(bureau)
    for town in TOWNS:
        theirs = [
            row
            for row in rows
            if county.mines[row["enterprise_id"]].town == town.name and row["levels"] != [BUREAU_LEVEL]
        ]
        for one in hand_ins(town):
            inside = [row for row in theirs if "handed" not in row and one.first <= row["start_at"].date() <= one.last]
            if inside:
                handed = [{**row, "submitted_at": one.received, "submitted_by": town.name} for row in inside]
                found.setdefault(one.file, (one.style, []))[1].extend(handed)
            manifest += town_lines(county, town, one, inside)
        for row in (row for row in theirs if "handed" in row):
            file = f"{town.name}/inspection_{town.short}_{row['enterprise_id']}补报.csv"
            found[file] = (town.style, [{**row, "submitted_at": at(row["handed"]), "submitted_by": town.name}])
            on = row["start_at"].date()
            manifest.append(line(town.name, row["enterprise_id"], "检查记录", on, on, at(row["handed"]), 1, file))
    return found, sorted(
        manifest, key=lambda row: (row["received_at"], row["sender"], row["record_type"], row["subject"])
    )


def entered(moment: datetime) -> datetime:
    """When the bureau's officer has entered a check: the evening of the next working day."""
    on = moment.date() + timedelta(1)
    while on.weekday() > 4 or on == date(2024, 1, 1):
        on += timedelta(1)
    return datetime.combine(on if on <= day("01-05") else day("01-05"), time(17, 30))


def line(
    sender: str, subject: str, record: str, first: date, last: date, received: datetime, rows: int, file: str
) -> Row:
    return {
        "sender": sender, "subject": subject, "record_type": record, "covered_from": first, "covered_through": last,
        "received_at": received, "rows": rows, "file": file if rows else "",
    }  # fmt: skip


def bureau_lines(rows: list[Row]) -> Iterator[Row]:
    """The bureau says every few weeks how far its own register is complete."""
    begin = day("11-01")
    for last, received in (
        ("11-26", "11-27 18:00"),
        ("11-30", "12-01 18:00"),
        ("12-24", "12-25 18:00"),
        ("12-31", "01-02 18:00"),
        ("01-04", "01-05 18:00"),
    ):
        number = sum(begin <= row["start_at"].date() <= day(last) for row in rows)
        yield line(BUREAU, BUREAU, "检查记录", begin, day(last), at(received), number, "inspection_县局.csv")
        begin = day(last) + timedelta(1)


def _reported(row: Row, mine: Mine, one: HandIn) -> bool:
    return bool(row["enterprise_id"] == mine.id and one.first <= row["found_date"] <= one.last)


def town_lines(county: County, town: Town, one: HandIn, rows: list[Row]) -> Iterator[Row]:
    """The centre's own checks in one line; then per mine one for its ledger, one for its major hazards (mostly 0)."""
    own = sum(TOWN in row["levels"] for row in rows)
    yield line(town.name, town.centre, "检查记录", one.first, one.last, one.received, own, one.file)
    for mine in county.mines.values():
        if mine.town == town.name and mine.opened <= one.last and (mine.closed is None or mine.closed >= one.first):
            number = sum(row["enterprise_id"] == mine.id and TOWN not in row["levels"] for row in rows)
            yield line(town.name, mine.id, "检查记录", one.first, one.last, one.received, number, one.file)
            number = len({row["hazard_id"] for row in county.hazards if _reported(row, mine, one)})
            yield line(town.name, mine.id, "重大隐患档案", one.first, one.last, one.received, number, "")
