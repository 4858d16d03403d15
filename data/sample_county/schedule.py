"""Who hands in which kind of record when, and which days that covers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sample_county.basics import BUREAU, MONTHS, at, day, first_of, on_at
from sample_county.places import GROUPS, SILENT_GROUPS, Town

# What mines and centres keep and the town hands in, a line for each kind; inspections have lines of their own.
TOWN_KINDS = (
    "hazard", "hazard_list", "enterprise_meeting", "enterprise_plan", "training", "drill", "stop", "leader_duty",
    "drainage_test", "hot_work", "blast", "contractor", "unit_check", "document", "supplies", "violation",
    "production_status", "town_document", "town_meeting", "publicity",
)  # fmt: skip
FORM_KINDS = ("stat_report", "major_detail")
# In the return after the campaign, too.
FINAL_KINDS = ("document", "supplies", "town_document", "town_meeting", "publicity")
# What came with the first return of 8 November, and since when it covers.
FIRST_KINDS = {
    "drill": "2023-01-01", "contractor": "2023-01-01", "drainage_test": "2023-10-01", "hazard": "2023-01-01",
    "document": "2023-01-01", "supplies": "2023-01-01",
}  # fmt: skip
FIRST_RETURN, SUMMARY, FINAL_RETURN = at("11-08 16:00"), at("02-06 10:00"), at("02-19 15:00")

# Beside the usual returns, and without a row: sender, subject, kind, days, when. G5 has no file of an inspection team
# (F51); 癸河's centre has checked nothing more (F57).
NIL_RETURNS = (
    ("样五矿产集团", "样五矿产集团", "document", "2023-11-01", "02-10", "02-18 10:00"),
    ("癸河镇", "癸河镇应急管理中心", "inspection", "02-06", "02-18", "02-19 15:00"),
)
GROUP_RETURNS = (
    ("2023-11-01", "2023-11-30", "12-05 10:00"),
    ("2023-12-01", "2023-12-31", "01-04 10:00"),
    ("2024-01-01", "2024-01-31", "02-06 10:00"),
)

REGISTERS = (
    "major_hazard", "assessment", "stop_order", "rectify_order", "recheck", "penalty", "interview", "submission",
    "hazard", "county_document",
)  # fmt: skip
REGISTER_DAYS = ("11-09", "11-27", "12-08", "12-31", "01-05", "01-07", "02-10", "02-20")
BUREAU_CHECKS_KNOWN = (
    ("11-01", "11-26", "11-27 18:00"),
    ("11-27", "11-30", "12-01 18:00"),
    ("12-01", "12-24", "12-25 18:00"),
    ("12-25", "12-31", "01-02 18:00"),
    ("01-01", "01-04", "01-05 18:00"),
    ("01-05", "01-24", "01-25 18:00"),
    ("01-25", "01-31", "02-01 18:00"),
    ("02-01", "02-19", "02-20 18:00"),
)


@dataclass(frozen=True)
class HandIn:
    """Something handed in: which days it covers, when it arrived; of inspections, in which file."""

    sender: str
    first: date
    last: date
    received: datetime
    file: str = ""
    style: str = "plain"

    def covers(self, on: date) -> bool:
        on = on.date() if isinstance(on, datetime) else on
        return self.first <= on <= self.last


def town_returns(town: Town) -> Iterator[tuple[str, str, date, datetime]]:
    """Month, label, last day covered and time of every return; 戊塬 has no November supplement (N04)."""
    for month, monthly in zip(MONTHS, town.monthly, strict=True):
        name = f"{first_of(month):%Y-%m}"
        yield name, "", first_of(month) + timedelta(24), at(monthly)
        if month == 1:
            yield name, "补报汇总", day("02-05"), SUMMARY
        elif supplement := town.supplement[month - 11]:
            yield name, "补报汇总", day(("11-30", "12-31")[month - 11]), at(supplement)


def town_hand_ins(town: Town, kind: str) -> Iterator[HandIn]:
    """The hand-ins of a town for one kind, in order, without a gap but at the end."""
    begin = day("11-01")
    if kind in FIRST_KINDS:
        yield HandIn(town.name, day(FIRST_KINDS[kind]), day("11-07"), FIRST_RETURN)
        begin = day("11-08")
    for name, label, last, received in town_returns(town):
        if kind in FORM_KINDS:
            if label and received != SUMMARY:
                continue
            last = last if label else received.date()
        through = min(last, received.date())
        if kind == "inspection" and town.name == "丙川镇" and name == "2024-01" and not label:
            # 丙川 keeps its register on line
            yield _inspections(town, name, "", begin, day("01-05"), at("01-05 17:30"))
            begin = day("01-06")
        if kind == "inspection":
            yield _inspections(town, name, label, begin, through, received)
        else:
            yield HandIn(town.name, begin, through, received)
        begin = through + timedelta(1)
    if kind in FINAL_KINDS:
        yield HandIn(town.name, begin, day("02-18"), FINAL_RETURN)


def _inspections(town: Town, name: str, label: str, first: date, last: date, received: datetime) -> HandIn:
    """The bureau's clerk puts the supplements of all towns into one file."""
    if label:
        return HandIn(town.name, first, last, received, f"inspection_{name}{label}.csv")
    suffix = "xlsx" if town.style == "workbook" else "csv"
    file = f"{town.name}/inspection_{town.short}_{name}.{suffix}"
    return HandIn(town.name, first, last, received, file, town.style)


def office_hand_ins(town: Town) -> Iterator[HandIn]:
    """Every Monday through the Sunday before; not on a holiday: 01-02, and one for two weeks on 02-19."""
    begin, monday = day("11-03"), day("11-06")
    while monday <= day("02-19"):
        if monday != day("02-12"):
            received = on_at(day("01-02") if monday == day("01-01") else monday, "09:00")
            yield HandIn(town.office, begin, monday - timedelta(1), received, "inspection_镇领导督导.csv")
            begin = monday
        monday += timedelta(7)


def group_hand_ins(group: str) -> Iterator[HandIn]:
    if group not in SILENT_GROUPS:
        for first, last, received in GROUP_RETURNS:
            yield HandIn(GROUPS[group][0], day(first), day(last), at(received), "inspection_集团.csv")


def bureau_hand_ins(kind: str) -> Iterator[HandIn]:
    """The bureau's inspections as they are complete; its registers in whole, on the days on which it was asked."""
    if kind == "inspection":
        for first, last, received in BUREAU_CHECKS_KNOWN:
            yield HandIn(BUREAU, day(first), day(last), at(received), "inspection_县局.csv", "bureau")
    else:
        for on in REGISTER_DAYS:
            yield HandIn(BUREAU, day("2023-01-01"), day(on), on_at(day(on), "20:00"))
