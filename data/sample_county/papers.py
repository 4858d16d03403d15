"""What is made of it all afterwards: ledger rows of major hazards, assessments, the monthly form, papers sent in."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from sample_county.basics import BUREAU, MONTHS, Row, at, day, evening, first_of, short_month
from sample_county.places import MINES_OF, TOWNS, Town
from sample_county.records import TOWN, County, Record

LISTS = ("问题清单", "整改清单", "责任清单")
SUMS = ("gen_found", "gen_fixed", "maj_found", "maj_fixed", "ordered_enterprises", "fine_wan", "exposed")


def papers(county: County) -> None:
    """Written from what happened, so after the story has happened; the papers' own faults come later."""
    for hazard in county.of("major_hazard"):
        if hazard.cells["source"] == "企业自查":
            _in_the_ledger(county, hazard)
        _assessments(county, hazard)
    for town in TOWNS:
        _forms(county, town)
        _sent(county, town)


def _in_the_ledger(county: County, hazard: Record) -> None:
    """A major hazard that the mine found itself stands in its own ledger, too, as the mine knows it."""
    cells = hazard.cells
    mine = county.mines[cells["enterprise_id"]]
    record = county.add(
        "hazard", mine.town, cells["found_date"], hazard_id=f"{mine.id}-重-{hazard.key[2:]}", enterprise_id=mine.id,
        source="企业自查", found_date=cells["found_date"], finder=f"{mine.id}技术科长", location=cells["location"],
        description=cells["description"], category="边坡排土场", level="重大", measure="停用并编制治理方案",
        resp_person=mine.head(cells["found_date"]), resp_dept=f"{mine.id}安全科", deadline=day("12-31"),
    )  # fmt: skip
    record.then(cells["report_date"], reported_to="县", reported_date=cells["report_date"])
    if done := cells.get("done_date"):
        record.then(done, done_date=done)
    if accepted := cells.get("acceptance_date"):
        record.then(accepted, rechecker="县局", recheck_date=accepted, recheck_result=cells["acceptance"])
    if closed := cells.get("cancelled_date"):
        record.then(closed, closed_date=closed)


def _assessments(county: County, hazard: Record) -> None:
    """One in each month in which the hazard is confirmed and not cancelled: on the first day, then on the 8th."""
    cells = hazard.cells
    if cells["confirm_result"] != "重大":
        return
    on, closed = cells["confirmed_date"], cells.get("cancelled_date") or day("02-10")
    while on <= closed:
        known = max(evening(on), hazard.life[0][0])  # not before the hazard stands in the archive
        county.add(
            "assessment", BUREAU, known, assessment_id=f"{hazard.key}-评-{short_month(on)}", hazard_id=hazard.key,
            enterprise_id=cells["enterprise_id"], assessed_on=on, org="样安全技术服务机构",
            conclusion="采取措施后能保证安全", signed=True,
        )  # fmt: skip
        following = (on.replace(day=1) + timedelta(32)).replace(day=1)
        on = min(following.replace(day=8), closed - timedelta(1)) if following < closed else closed + timedelta(1)


# --- the monthly form (附件)


def _forms(county: County, town: Town) -> None:
    """Two lines a month, and a row of detail for each major hazard; sums add up, enterprises count once."""
    total: Row = dict.fromkeys(SUMS, 0)
    seen: set[str] = set()
    for month, sent in zip(MONTHS, town.monthly, strict=True):
        majors = _majors(county, town, month)
        checked = _checked(county, town, month)
        seen |= checked
        line = {**_hazard_figures(county, town, month, majors), **_bureau_figures(county, town, month)}
        made = at(sent).date()
        line["exposed"] = _exposed(county, town, month, made)
        total = {name: total[name] + line[name] for name in SUMS}
        for name, figures, mines in (("本期", line, checked), ("累计", total, seen)):
            county.add(
                "stat_report", town.name, made,
                town=town.name, month=f"{first_of(month):%Y-%m}", line=name, made_on=made,
                inspect_groups=2 if town.name in MINES_OF else 1, enterprises_checked=len(mines),
                **{name: figures[name] for name in SUMS},
                stopped=0, illegal_subcontract=0, illegal_dispatch=0,
            )  # fmt: skip
        for serial, hazard in enumerate(majors, 1):
            _detail(county, town, month, serial, made, hazard)


def _last(month: int) -> date:
    return first_of(month) + timedelta(24)


def _majors(county: County, town: Town, month: int) -> list[Record]:
    """The major hazards found in the month, through the 25th, that the town has sent up, or the bureau found there."""
    found = [
        hazard
        for hazard in county.of("major_hazard")
        if county.mines[hazard.cells["enterprise_id"]].town == town.name
        and first_of(month) <= hazard.cells["found_date"] <= _last(month)
    ]
    return sorted(found, key=lambda hazard: hazard.key)


def _checked(county: County, town: Town, month: int) -> set[str]:
    return {
        row["enterprise_id"]
        for row in county.inspections
        if TOWN in row["levels"]
        and county.mines[row["enterprise_id"]].town == town.name
        and first_of(month) <= row["start_at"].date() <= _last(month)
    }


def _hazard_figures(county: County, town: Town, month: int, majors: list[Record]) -> Row:
    """From the ledgers of the town: found in the month through the 25th, and cured by then."""
    ledger = [record.cells for record in county.of("hazard") if record.keeper == town.name]
    found = [row for row in ledger if row["level"] == "一般" and first_of(month) <= row["found_date"] <= _last(month)]
    major = [hazard.cells for hazard in majors]
    return {
        "gen_found": len(found),
        "gen_fixed": _cured(found, month),
        "maj_found": len(major),
        "maj_fixed": _cured(major, month),
    }


def _cured(rows: list[Row], month: int) -> int:
    return sum(row.get("done_date") is not None and row["done_date"] <= _last(month) for row in rows)


def _bureau_figures(county: County, town: Town, month: int) -> Row:
    """Orders and fines of the month at mines of the town."""

    def of(kind: str, when: str) -> list[Row]:
        rows = [record.cells for record in county.of(kind)]
        rows = [row for row in rows if county.mines[row["enterprise_id"]].town == town.name]
        return [row for row in rows if row[when].month == month]

    fines = sum(row["amount"] for row in of("penalty", "decided_on"))
    orders = {row["enterprise_id"] for row in of("rectify_order", "issued_on")}
    return {"ordered_enterprises": len(orders), "fine_wan": fines / 10000 if fines % 10000 else fines // 10000}


def _exposed(county: County, town: Town, month: int, made: date) -> int:
    """Cases that the town published in the month, as far as it knew them when it made the form."""
    told = [record.cells for record in county.of("publicity", town=town.name, kind="曝光")]
    return sum(row["published_on"].month == month and row["published_on"] <= made for row in told)


def _detail(county: County, town: Town, month: int, serial: int, made: date, hazard: Record) -> None:
    cells = hazard.cells
    listed = cells.get("supervised_date")
    county.add(
        "major_detail", town.name, made, town=town.name, month=f"{first_of(month):%Y-%m}", serial=serial, made_on=made,
        enterprise_name=cells["enterprise_name"],
        supervise_unit=cells["supervise_unit"] if listed and listed <= made else "",
        plan=f"{cells['description']}；已编制整改方案",
    )  # fmt: skip


# --- papers sent to the bureau


def _sent(county: County, town: Town) -> None:
    """The plan, five papers a month, the summary; the lists have as many items as the form counts."""
    submission(county, town, "方案", at("11-08 10:00"))
    for month, moment in zip(MONTHS, town.monthly, strict=True):
        (form,) = county.of("stat_report", town=town.name, month=f"{first_of(month):%Y-%m}", line="本期")
        items = form.cells["gen_found"] + form.cells["maj_found"]
        for kind in ("阶段性进展", *LISTS, "报表"):
            submission(county, town, kind, at(moment), month, items=items if kind in LISTS else None)
    submission(county, town, "总结", at("02-06 10:00"))


def submission(
    county: County, town: Town, kind: str, sent: datetime, month: int = 0, again: str = "", **cells: Any
) -> Record:
    """A paper as the bureau's office registers it: the mailbox does so by itself."""
    number = "-".join(filter(None, (town.short, short_month(first_of(month)) if month else "", kind, again)))
    row = {"items": None, "unmatched": None, **cells}
    return county.add(
        "submission", BUREAU, sent, submission_id=number, town=town.name, kind=kind,
        month=f"{first_of(month):%Y-%m}" if month else "", sent_at=sent,
        received_at=sent, channel="邮箱", **row,
        version=2 if again else 1,
    )  # fmt: skip
