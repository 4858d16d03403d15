"""Strategies for whole worlds: a pack, rosters, records, hand-ins, waivers and the two clocks."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

from hypothesis import strategies as st

from reference.drawn_obligations import draw_obligations
from reference.drawn_parts import Draw, Rule, often, one, some
from reference.drawn_words import draw_lag, draw_words
from reference.temporal import boundary, day_it_ends
from reference.vocabulary import (
    DAYS,
    ENTERPRISES,
    HAZARDS,
    HOME,
    LEVELS,
    MONTHS,
    NUMBERS,
    OTHER,
    PERSONS,
    PLACES,
    POSTS,
    RECORDS,
    SENDERS,
    TEAMS,
    TIMES,
    TOWNS,
    pack_yaml,
)

Row = dict[str, Any]
ROSTERS = ["enterprise", "town", "county", "post"]


def types_used(rules: list[Rule]) -> list[str]:
    """The record types (rosters aside) that the obligations read, directly or by reference."""
    found: set[str] = set()

    def walk(node: Any) -> None:
        if isinstance(node, dict):
            if isinstance(node.get("record"), str):
                found.add(node["record"])
            for value in node.values():
                walk(value)
        elif isinstance(node, list):
            for value in node:
                walk(value)

    walk(rules)
    if "assessment" in found:
        found.add("hazard")
    if any(rule["bearer"] == "team" for rule in rules):
        found.add("inspection")
    return [name for name in RECORDS if name in found and name not in ROSTERS]


def a_day(draw: Draw) -> date:
    return one(draw, DAYS)


def perhaps(draw: Draw, value: Any, nulls: int = 1, of: int = 14) -> Any:
    """Empty `nulls` times out of `of`. (The value is drawn by the caller, so that shrinking is simple.)"""
    return None if often(draw, nulls, of) else value


def a_datetime(draw: Draw) -> date | datetime:
    """A bare date, or a moment (often at exactly midnight)."""
    day = a_day(draw)
    return day if often(draw, 1, 3) else datetime.combine(day, one(draw, TIMES))


def draw_field(draw: Draw, record: str, name: str, spec: Row) -> Any:
    """A value of a field, by its name where it refers to something, else by its type."""
    pools: dict[str, list[Any]] = {
        "enterprise_id": ["E1"] * 8 + ["E2"] * 5 + ["E3"] * 3 + ["E9"],
        "hazard_id": ["hazard1", "hazard2", "hazard3"],
        "town": TOWNS,
        "team": TEAMS,
        "lead": PERSONS,
        "person": PERSONS,
        "status": ["正常"] * 8 + ["停产", "停产", "关闭"],
        "grade": ["重大"] * 3 + ["一般"],
        "place": [*PLACES, None],
        "text": [*HAZARDS, None],
        **NUMBERS,
    }
    kind = spec["type"]
    if name in ("levels", "leaders"):
        values = LEVELS if name == "levels" else PERSONS
        return perhaps(draw, some(draw, values, 2))
    if name in pools:
        return perhaps(draw, one(draw, pools[name]), 1, 20)
    if kind == "text":
        return perhaps(draw, one(draw, spec["values"])) if "values" in spec else None
    if kind == "bool":
        return perhaps(draw, one(draw, [False, True]))
    if kind == "month":
        return perhaps(draw, one(draw, MONTHS), 1, 20)
    is_event = name == RECORDS[record].get("time")
    value = a_datetime(draw) if kind == "datetime" else a_day(draw)
    return perhaps(draw, value, 1, 24 if is_event else 4)


def draw_row(draw: Draw, record: str, places: list[str | None]) -> Row:
    row: Row = {"jurisdiction": one(draw, places)}
    for name, spec in RECORDS[record]["fields"].items():
        row[name] = draw_field(draw, record, name, spec) if name != RECORDS[record].get("key") else None
    return row


def hand_in(draw: Draw, row: Row, number: int) -> None:
    """submitted_at and submitted_by. The minute tells the rows apart: two versions never tie."""
    choice = draw.randint(0, 8)
    row["submitted_at"] = row["submitted_by"] = None
    if choice >= 7:
        row["submitted_at"] = a_moment(draw, number)
    if choice in (6, 8):
        row["submitted_by"] = one(draw, SENDERS)


def a_moment(draw: Draw, number: int) -> datetime:
    return datetime.combine(a_day(draw), time(8, number % 60, 0))


def draw_records(draw: Draw, record: str, places: list[str | None]) -> list[Row]:
    """Up to five rows; some handed in again later, some without their key."""
    rows = []
    key = RECORDS[record].get("key")
    for number in range(1, draw.randint(2, 6) + 1):
        row = draw_row(draw, record, places)
        hand_in(draw, row, number)
        rows.append(row)
        if key is None:
            continue
        row[key] = f"{record}{number}" if not often(draw, 1, 20) else None
        if row[key] is None and "text" in row:
            row["text"] = None  # or the reader would make it a key
        if row[key] and often(draw, 1, 6):
            again = {**draw_row(draw, record, places), "jurisdiction": row["jurisdiction"], key: row[key]}
            rows.append({**again, "submitted_at": a_moment(draw, 20 + number), "submitted_by": None})
    return rows


def draw_twins(draw: Draw, rows: list[Row]) -> None:
    """Now and then a hazard that says what another one says, or nearly so, told at another time."""
    for number, row in enumerate(list(rows)):
        if row["hazard_id"] is not None and row["found_date"] is not None and often(draw, 1, 4):
            twin = {**row, "hazard_id": f"hazard{one(draw, [7, 8, 9])}{number}", "text": one(draw, HAZARDS)}
            twin["found_date"] += timedelta(days=one(draw, [0, 0, 0, 2, 4]))
            for name in some(draw, ["done_date", "grade", "planned", "deadline"], 2):
                twin[name] = draw_field(draw, "hazard", name, RECORDS["hazard"]["fields"][name])
            rows.append({**twin, "submitted_at": a_moment(draw, 40 + number), "submitted_by": None})
            if often(draw, 1, 3):
                both = a_moment(draw, 50 + number)  # one list has both: they are two, once it is known
                rows += [{**one_of, "submitted_at": both, "submitted_by": None} for one_of in (row, twin)]


def draw_sameness(draw: Draw, hazards: list[Row], places: list[str | None]) -> list[Row]:
    """Answers, at different times: 是, 否, none, or not signed."""
    keys = sorted({row["hazard_id"] for row in hazards if row["hazard_id"]})
    rows: list[Row] = []
    for day in draw.sample(DAYS, one(draw, [0, 0, 1, 2, 4])) if len(keys) > 1 else ():
        first, second = draw.sample(keys, 2)
        rows.append(
            {
                "jurisdiction": one(draw, places),
                "record": one(draw, ["hazard", "隐患台账"]),
                "first": first,
                "second": second,
                "same": one(draw, [True, True, False, None]),
                "confirmed_by": one(draw, ["安监股"] * 5 + [None]),
                "confirmed_on": day,
            }
        )
    return rows


def draw_spans(draw: Draw) -> list[tuple[date, date | None]]:
    """One or two spans: open or closed, with a gap, adjacent or overlapping."""
    first = date(2023, 1, 1) if often(draw, 3, 4) else a_day(draw)
    if not often(draw, 1, 4):
        return [(first, perhaps(draw, a_day(draw), 5, 6))]
    second = a_day(draw)
    if second == first:
        second += timedelta(days=1)
    end = one(draw, [second - timedelta(days=1), None, *DAYS])
    return [(first, end), (second, perhaps(draw, a_day(draw), 2, 3))]


def draw_rosters(draw: Draw, places: list[str | None]) -> dict[str, list[Row]]:
    rows: dict[str, list[Row]] = {name: [] for name in ROSTERS}
    for place in places:
        for town in TOWNS:
            rows["town"].append(
                {"jurisdiction": place, "town_id": town, "lead": perhaps(draw, one(draw, PERSONS), 1, 5)}
            )
        rows["county"].append({"jurisdiction": place, "code": "C1", "quota": one(draw, NUMBERS["quota"])})
        for number in range(one(draw, [1, 2, 2, 3])):
            rows["enterprise"] += _roster(draw, "enterprise", place, {"enterprise_id": ENTERPRISES[number]})
        for number in range(draw.randint(0, 2)):
            org, post = POSTS[number]
            rows["post"] += _roster(draw, "post", place, {"org_id": org, "post": post})
    if often(draw, 1, 6) and rows["enterprise"]:
        again = {**rows["enterprise"][0], "status": one(draw, ["正常", "停产", None])}
        rows["enterprise"].append({**again, "submitted_at": a_moment(draw, 30)})
    return rows


def _roster(draw: Draw, record: str, place: str | None, key: Row) -> list[Row]:
    rows = []
    for first, last in draw_spans(draw):
        row = draw_row(draw, record, [place])
        rows.append({**row, **key, "valid_from": first, "valid_to": last})
    return rows


def draw_manifest(draw: Draw, types: list[str], places: list[str | None], known_by: Any) -> list[Row]:
    """Per type: everything handed in, nothing, or a few lines with gaps and mixed senders."""
    lines: list[Row] = []
    through = day_it_ends(boundary(known_by))
    for record in types:
        mode = draw.randint(0, 9)
        if mode <= 7:
            lines += [_line(place, s, record, date(2023, 9, 1), through) for place in places for s in SENDERS]
        if mode in (7, 8):
            lines += [_partial_line(draw, record, places) for _ in range(draw.randint(1, 3))]
    return lines


def _line(place: str | None, sender: str, record: str, first: date, last: date) -> Row:
    return {
        "jurisdiction": place,
        "sender": sender,
        "subject": None,
        "record_type": record,
        "covered_from": first,
        "covered_through": last,
        "received_at": None,
        "rows": 0,
        "file": None,
    }


def _partial_line(draw: Draw, record: str, places: list[str | None]) -> Row:
    first, last = sorted([one(draw, [*DAYS, date(2023, 9, 1)]), one(draw, [*DAYS, date(2024, 3, 1)])])
    line = _line(one(draw, places), one(draw, SENDERS), record, first, last)
    line["subject"] = perhaps(draw, one(draw, SENDERS), 1, 2)
    received = one(draw, [*DAYS, date(2024, 3, 1)])
    line["received_at"] = perhaps(draw, one(draw, [received, datetime.combine(received, time(10, 30, 30))]), 1, 3)
    return line


def perhaps_elsewhere(draw: Draw) -> Row:
    """Now and then the jurisdiction; without it the pack's own."""
    return one(draw, [{}, {}, {"jurisdiction": HOME}, {"jurisdiction": OTHER}])


def draw_waivers(draw: Draw, rules: list[Rule]) -> list[Row]:
    bearers = {
        "enterprise": ENTERPRISES,
        "town_centre": TOWNS,
        "county": [HOME, OTHER],
        "group_post": ["/".join(post) for post in POSTS],
        "team": TEAMS,
    }
    waivers = []
    for _ in range(one(draw, [0, 0, 1, 2])):
        chosen = one(draw, rules)
        first, last = sorted([a_day(draw), one(draw, [date(2024, 1, 31), *DAYS])])
        waivers.append(
            {
                "obligation": chosen["id"],
                "bearer": one(draw, bearers[chosen["bearer"]]),
                **perhaps_elsewhere(draw),
                "reason": "停产检修",
                "approved_by": "县局",
                "approved_on": one(draw, [date(2023, 11, 1), *DAYS]).isoformat(),
                "from": first.isoformat(),
                "until": last.isoformat(),
            }
        )
    return waivers


def draw_types(draw: Draw) -> Row:
    """records.yaml; now and then a type that is always complete, or handed in by one office."""
    types = {name: dict(spec) for name, spec in RECORDS.items()}
    if often(draw, 1, 8):
        types[one(draw, ["inspection", "hazard", "detail"])]["complete"] = "assumed"
    if often(draw, 1, 8):
        types[one(draw, ["inspection", "hazard", "stop"])]["handed_in_by"] = one(draw, TOWNS)
    return types


def draw_clock(draw: Draw) -> date | datetime:
    """as_of: mostly late, often exactly at a due, bare or a moment."""
    day = one(draw, [date(2024, 2, 20)] * 24 + [date(2023, 12, 31), date(2023, 11, 30), date(2023, 12, 15)] * 3 + DAYS)
    return day if often(draw, 2, 3) else datetime.combine(day, one(draw, TIMES))


def of_county(rows: dict[str, list[Row]], *, home: bool) -> dict[str, list[Row]]:
    """The rows of one of the two counties; a type of which it handed in nothing is not there."""
    mine = {
        name: [row for row in all_rows if ((row.get("jurisdiction") or HOME) == HOME) == home]
        for name, all_rows in rows.items()
    }
    return {name: left for name, left in mine.items() if left}


def draw_uneven(draw: Draw, rows: dict[str, list[Row]]) -> dict[str, list[Row]]:
    """Two counties out of one. The other has the same rows under the same keys, some of them, or none of a type; either
    may lack whole types, rosters and hand-ins among them; some rows lose their key, and some come twice.
    """
    found: dict[str, list[Row]] = {}
    for name, all_rows in rows.items():
        here = [{**row, "jurisdiction": None} for row in all_rows if (row.get("jurisdiction") or HOME) == HOME]
        key = RECORDS[name].get("key") if name in RECORDS and name not in ROSTERS else None
        for row in here if key else ():
            if often(draw, 1, 6):
                row[key] = None
                row |= {"text": None} if "text" in row else {}  # or the reader would make it a key
        here += [dict(row) for row in here if often(draw, 1, 10)]
        there = [{**row, "jurisdiction": OTHER} for row in here]
        there = draw.sample(there, one(draw, [0, len(there) // 2, len(there), len(there)]))
        found[name] = there + ([] if often(draw, 1, 7) else here)
    return found


def draw_world(draw: Draw, templates: list[Any] | None = None, at_most: int = 3) -> Row:
    """{"pack", "rows", "as_of", "known_by", "params", "waivers"}."""
    rules = draw_obligations(draw, templates, at_most)
    types = types_used(rules)
    places: list[str | None] = [None, OTHER] if often(draw, 1, 4) else [None]
    as_of = draw_clock(draw)
    known_by = one(draw, [as_of] * 4 + [date(2024, 3, 10)] * 3 + [a_day(draw)])
    rows: dict[str, list[Row]] = draw_rosters(draw, places)
    for record in types:
        rows[record] = draw_records(draw, record, places)
    if "hazard" in types:
        draw_twins(draw, rows["hazard"])
        rows["sameness"] = draw_sameness(draw, rows["hazard"], places)
    complete = one(draw, ["declared", "declared", "declared", "assumed"])
    rows["manifest"] = draw_manifest(draw, types, places, known_by) if complete == "declared" else []
    where = one(draw, [None, None, None, "status <> '关闭'"])
    pack = pack_yaml(complete, one(draw, [1, 2]), where)
    records = draw_types(draw)
    given = one(draw, [{}] * 8 + [{"quota": 2}, {"cutoff": "2023-12-20"}])
    waivers = draw_waivers(draw, rules)
    if often(draw, 1, 4):
        rows = draw_uneven(draw, rows)
    rules, parameters, chosen = draw_words(draw, rules)
    draw_lag(draw, records)
    pack["parameters"] |= parameters
    return {
        "pack": {"pack": pack, "records": records, "obligations": rules},
        "rows": rows,
        "as_of": as_of,
        "known_by": known_by,
        "params": {**given, **chosen},
        "waivers": waivers,
    }


def worlds(templates: list[Any] | None = None, at_most: int = 3) -> st.SearchStrategy[Row]:
    """Worlds from a seed: evenly spread (hypothesis's own choices cluster), not shrunk: shrinking.py does that."""
    return st.integers(0, 2**40).map(lambda seed: {"seed": seed, **draw_world(Random(seed), templates, at_most)})
