"""The files as they were handed in: inspections, all other records as their versions, and the manifest."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from functools import cache

from sample_county.basics import BUREAU, Row, at, day, evening, next_workday
from sample_county.forms import titles
from sample_county.places import GROUPS, SILENT_GROUPS, TOWNS, Town
from sample_county.posts import group_of
from sample_county.records import (
    BUREAU_LEVEL,
    DEPUTY,
    GROUP,
    LED,
    PRINCIPAL,
    SELF,
    TOWN,
    County,
    Record,
)
from sample_county.schedule import (
    FORM_KINDS,
    NIL_RETURNS,
    REGISTERS,
    TOWN_KINDS,
    HandIn,
    bureau_hand_ins,
    group_hand_ins,
    office_hand_ins,
    town_hand_ins,
)

Files = dict[str, tuple[str, list[Row]]]  # by name: the style, the rows


def line(sender: str, subject: str, kind: str, one: HandIn, rows: int, file: str = "") -> Row:
    return {
        "sender": sender, "subject": subject, "record_type": titles()[kind], "covered_from": one.first,
        "covered_through": one.last, "received_at": one.received, "rows": rows,
        "file": (one.file or file) if rows else "",
    }  # fmt: skip


# --- inspections


def numbered(county: County) -> None:
    """Give every inspection its number, in the order of time; and tell it to what was found in it."""
    serial: dict[str, int] = {}
    for row in sorted(county.inspections, key=lambda row: (row["start_at"], row["enterprise_id"], row["levels"])):
        level, year, mine = row["levels"][0], row["start_at"].year, county.mines[row["enterprise_id"]]
        short = mine.town.removesuffix("镇")
        head = {
            LED: f"{mine.id}-带-{year}-",
            SELF: f"{mine.id}-自-{year}-",
            TOWN: f"{short}检〔{year}〕",
            PRINCIPAL: f"{short}督〔{year}〕",
            DEPUTY: f"{short}督〔{year}〕",
            GROUP: f"{group_of(mine)}检〔{year}〕",
            BUREAU_LEVEL: f"云应急检〔{year}〕",
        }[level]
        serial[head] = serial.get(head, 0) + 1
        row["inspection_id"] = f"{head}{serial[head]:03}" + ("号" if "〔" in head else "")
    for record in county.records:
        if record.check is not None:
            record.set(inspection_id=record.check["inspection_id"])


def inspections(county: County) -> tuple[Files, list[Row]]:
    """The inspection files, and their lines of the manifest."""
    rows = sorted(county.inspections, key=lambda row: (row["start_at"], row["inspection_id"]))
    files: Files = {}
    manifest: list[Row] = []
    for sender, hand_ins, theirs in _senders(county, rows):
        for one in hand_ins:
            inside = [row for row in theirs if "handed" not in row and one.covers(row["start_at"])]
            handed = [{**row, "submitted_at": _entered(one, row), "submitted_by": sender} for row in inside]
            if handed:
                files.setdefault(one.file, (one.style, []))[1].extend(handed)
            town = next((town for town in TOWNS if town.name == sender), None)
            manifest += (
                _town_lines(county, town, one, inside)
                if town
                else [line(sender, sender, "inspection", one, len(inside))]
            )
    for row in (row for row in rows if "handed" in row):
        _late(county, row, files, manifest)
    return files, manifest


def _senders(county: County, rows: list[Row]) -> Iterator[tuple[str, Iterable[HandIn], list[Row]]]:
    """Who hands in inspections, when, and which. A group that sends nothing leaves its visits to the mines' ledgers."""

    def of(levels: set[str]) -> list[Row]:
        return [row for row in rows if levels & set(row["levels"])]

    def town_of_row(row: Row) -> str:
        return county.mines[row["enterprise_id"]].town

    yield BUREAU, bureau_hand_ins("inspection"), of({BUREAU_LEVEL})
    silent = [row for row in of({GROUP}) if group_of(county.mines[row["enterprise_id"]]) in SILENT_GROUPS]
    for town in TOWNS:
        theirs = [row for row in [*of({LED, SELF, TOWN}), *silent] if town_of_row(row) == town.name]
        theirs.sort(key=lambda row: (row["start_at"], row["inspection_id"]))
        yield town.name, town_hand_ins(town, "inspection"), theirs
        visits = [row for row in of({PRINCIPAL, DEPUTY}) if town_of_row(row) == town.name]
        yield town.office, office_hand_ins(town), visits
    for group, (name, _, _) in GROUPS.items():
        if group not in SILENT_GROUPS:
            visits = [row for row in of({GROUP}) if group_of(county.mines[row["enterprise_id"]]) == group]
            yield name, group_hand_ins(group), visits


def _entered(one: HandIn, row: Row) -> datetime:
    """The bureau's officers enter a check in the evening of the next working day, but all by the evening of 01-05."""
    if one.sender != BUREAU:
        return one.received
    on, limit = next_workday(row["start_at"].date()), day("01-05")
    return evening(min(on, limit) if row["start_at"].date() <= limit else on)


def _town_lines(county: County, town: Town, one: HandIn, rows: list[Row]) -> Iterator[Row]:
    """The centre's own checks in one line; then one for the ledger of each mine."""
    own = sum(TOWN in row["levels"] for row in rows)
    yield line(town.name, town.centre, "inspection", one, own)
    for mine in county.mines.values():
        if mine.town == town.name and mine.opened <= one.last and (mine.closed is None or mine.closed >= one.first):
            number = sum(row["enterprise_id"] == mine.id and TOWN not in row["levels"] for row in rows)
            yield line(town.name, mine.id, "inspection", one, number)


def _late(county: County, row: Row, files: Files, manifest: list[Row]) -> None:
    """A single check, handed in after its time (N28)."""
    town = next(town for town in TOWNS if town.name == county.mines[row["enterprise_id"]].town)
    file = f"{town.name}/inspection_{town.short}_{row['enterprise_id']}补报.csv"
    on, received = row["start_at"].date(), at(row["handed"])
    files[file] = (town.style, [{**row, "submitted_at": received, "submitted_by": town.name}])
    one = HandIn(town.name, on, on, received, file, town.style)
    manifest.append(line(town.name, row["enterprise_id"], "inspection", one, 1))


# --- everything else


@cache
def hand_ins_of(keeper: str, kind: str) -> tuple[HandIn, ...]:
    """By what a keeper's records of a kind are handed in; nothing: as it happens."""
    for town in TOWNS:
        if keeper == town.name:
            return tuple(town_hand_ins(town, kind))
        if keeper == town.office:
            return tuple(office_hand_ins(town))
    return ()


def known(record: Record, on: date, handed: datetime | None) -> datetime | None:
    """When a day of a record's life was handed in; None: never."""
    if handed:
        return handed
    hand_ins = hand_ins_of(record.keeper, record.kind)
    if not hand_ins:
        return on if isinstance(on, datetime) else evening(on)
    return next((one.received for one in hand_ins if one.covers(on)), None)


def versions(record: Record) -> list[Row]:
    """The record as handed in, again whenever something new was known, each time in full."""
    names = dict.fromkeys(record.cells)
    told: dict[datetime, Row] = {}
    for on, cells, handed in record.life:
        if moment := known(record, on, handed):
            told.setdefault(moment, {}).update(cells)
    rows: list[Row] = []
    row: Row = dict(names)
    for moment in sorted(told):
        row = {**row, **told[moment]}
        rows.append({**row, "submitted_by": record.keeper, "submitted_at": moment})
    return rows


def records(county: County) -> tuple[dict[str, list[Row]], list[Row]]:
    """The rows of every kind but inspections, and their lines of the manifest."""
    tables: dict[str, list[Row]] = {}
    for record in county.records:
        tables.setdefault(record.kind, []).extend(versions(record))
    for rows in tables.values():
        rows.sort(key=lambda row: row["submitted_at"])  # stable: within a hand-in as they were made
    manifest: list[Row] = []
    for town in TOWNS:
        for kind in (*TOWN_KINDS, *FORM_KINDS):
            manifest += _lines(town.name, kind, tables, town_hand_ins(town, kind))
        manifest += _lines(town.office, "town_meeting", tables, office_hand_ins(town))
    for kind in REGISTERS:
        manifest += _lines(BUREAU, kind, tables, bureau_hand_ins(kind), whole=True)
    manifest += _corrections(county)
    for sender, subject, kind, first, last, received in NIL_RETURNS:
        manifest.append(line(sender, subject, kind, HandIn(sender, day(first), day(last), at(received)), 0))
    return tables, manifest


def _lines(
    sender: str, kind: str, tables: dict[str, list[Row]], hand_ins: Iterable[HandIn], *, whole: bool = False
) -> Iterator[Row]:
    """One line per hand-in, with its number of rows; of a register handed in `whole`, with all so far."""
    theirs = [row for row in tables.get(kind, []) if row["submitted_by"] == sender]
    for one in hand_ins:
        number = sum(
            row["submitted_at"] <= one.received if whole else row["submitted_at"] == one.received for row in theirs
        )
        yield line(sender, sender, kind, HandIn(one.sender, one.first, one.last, one.received), number, f"{kind}.csv")


def _corrections(county: County) -> Iterator[Row]:
    """What was handed in beside the usual returns."""
    lines: dict[tuple[str, str, date, datetime], int] = {}
    for record in county.records:
        for on, _, handed in record.life:
            if handed:
                key = (record.keeper, record.kind, on, handed)
                lines[key] = lines.get(key, 0) + 1
    for (sender, kind, on, handed), number in lines.items():
        yield line(sender, sender, kind, HandIn(sender, on, on, handed), number, f"{kind}.csv")
