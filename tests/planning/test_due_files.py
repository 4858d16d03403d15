"""The files of what is due: text, CSV, JSON, the calendar, a workbook for each town."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from datetime import date, datetime, timezone
from pathlib import Path

import openpyxl
import pytest
import small_county as county
from icalendar import Calendar

from duban.auditing import Audit
from duban.errors import UsageError
from duban.planning.due import Due, Group, due_of
from duban.planning.due_calendar import as_ics
from duban.planning.due_files import COLUMNS, as_csv, as_json, as_lines
from duban.planning.due_sheet import town_items, write_town_sheets
from duban.report.desk import bureau_of, notice_of


@pytest.fixture(scope="module")
def due(small: Audit) -> Due:
    return due_of(small, 7)


def test_the_screen_says_the_same_once(due: Due) -> None:
    lines = list(as_lines(due))
    assert lines[0] == "截至2024年1月14日24时，看到2024年1月21日24时"
    assert "    乙样1号矿、甲样1号矿、甲样2号矿（3个）　企业每周自查（2024-01-15至2024-01-21）　[四]　01-15起" in lines
    assert "  2024-01-10　已过4天" in lines
    assert lines[-1].strip() == "逾期但已达到：1项"


def test_csv_has_a_line_for_each_item(due: Due) -> None:
    head, *lines = csv.reader(io.StringIO(as_csv(due)))
    assert head == list(COLUMNS.values())
    assert len(lines) == len(due.items) == 13
    first = dict(zip(head, lines[0], strict=True))
    assert (first["主体"], first["期限"], first["剩余天数"], first["还差"]) == ("乙样1号矿", "2024-01-17", "3", "1")


def test_a_cell_is_no_formula(pack: Path) -> None:
    records = county.rows()
    records["mine"][3]["name"] = "=1+1"
    with county.audited(pack, records=records, only=["plan-made"]) as audit:
        assert "'=1+1" in as_csv(due_of(audit, 7, ["B1"]))


def test_json_holds_what_csv_does_and_what_was_left_out(due: Due) -> None:
    found = json.loads(as_json(due))
    assert found["as_of"] == "2024-01-15T00:00:00"
    assert [item["group"] for item in found["items"]].count("overdue") == 5
    assert {one["why"]: one["next"] for one in found["left_out"]}["到期在7日以后"] == "2024-01-25"


# ---- the calendar


@pytest.fixture(scope="module")
def ics(due: Due) -> bytes:
    return as_ics(due, "到期提示", "Asia/Shanghai")


def test_a_due_at_24_is_an_event_of_that_day(due: Due, ics: bytes) -> None:
    calendar = Calendar.from_ical(ics)
    (hazard,) = [item for item in due.items if item.trigger_id == "h2"]
    (event,) = [one for one in calendar.walk("VEVENT") if one["UID"] == f"{hazard.fingerprint}@duban"]
    assert (event["DTSTART"].dt, event["DTEND"].dt) == (date(2024, 1, 17), date(2024, 1, 18))
    assert event["DTSTART"].params["VALUE"] == "DATE"
    (todo,) = [one for one in calendar.walk("VTODO") if one["UID"] == f"{hazard.fingerprint}-todo@duban"]
    assert todo["DUE"].dt == date(2024, 1, 17)
    (alarm,) = event.walk("VALARM")
    assert (alarm["TRIGGER"].dt.days, alarm["TRIGGER"].params["RELATED"]) == (-1, "START")


def test_the_calendar_is_as_rfc_5545_has_it(due: Due, ics: bytes) -> None:
    """One event and one to-do for each item; CRLF; lines of 75 octets; what the standard demands is there, once."""
    calendar = Calendar.from_ical(ics)
    assert len(calendar.walk("VEVENT")) == len(calendar.walk("VTODO")) == len(due.items)
    uids = [one["UID"] for one in calendar.walk() if "UID" in one]
    assert len(uids) == len(set(uids))
    assert all(isinstance(one["DTSTAMP"].dt, datetime) for name in ("VEVENT", "VTODO") for one in calendar.walk(name))
    assert ics.startswith(b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n")
    assert b"PRODID:" in ics
    assert ics.count(b"\n") == ics.count(b"\r\n")
    assert max(len(line) for line in ics.split(b"\r\n")) <= 75
    assert [part.errors for part in calendar.walk() if part.errors] == []


def test_the_calendar_is_the_same_bytes_each_time(due: Due, ics: bytes) -> None:
    assert as_ics(due, "到期提示", "Asia/Shanghai") == ics
    stamps = {one["DTSTAMP"].dt for one in Calendar.from_ical(ics).walk("VEVENT")}
    assert stamps == {datetime(2024, 1, 14, 16, tzinfo=timezone.utc)}  # as_of: 0:00 of the 15th in Shanghai


def test_a_due_with_an_hour_is_a_moment(due: Due) -> None:
    item = replace(due.items[0], due=datetime(2024, 1, 17, 9, 30))
    event = Calendar.from_ical(as_ics(replace(due, items=(item,)), "", "Asia/Shanghai")).walk("VEVENT")[0]
    assert event["DTSTART"].dt == datetime(2024, 1, 17, 1, 30, tzinfo=timezone.utc)


# ---- the workbooks


def text_of(path: Path) -> str:
    book = openpyxl.load_workbook(path)
    return "\n".join(str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row if cell)


@pytest.fixture(scope="module")
def sheets(small: Audit, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("towns") / "out"
    paths = write_town_sheets(due_of(small, 30), bureau_of(small, None), notice_of(small), folder)
    return {path.parent.name: path for path in paths}


def test_a_town_is_told_of_its_own_and_nobody_else(sheets: dict[str, Path]) -> None:
    assert set(sheets) == {"甲镇", "乙镇"}
    first, second = text_of(sheets["甲镇"]), text_of(sheets["乙镇"])
    assert "甲样2号矿" in first
    assert "乙样1号矿" in second
    for other in ("乙", "B1", "县局每月", "应急管理局》"):
        assert other not in first
    for other in ("甲", "期满十日内复查", "县局每月"):
        assert other not in second


def test_the_words_are_polite_and_telephones_masked(sheets: dict[str, Path]) -> None:
    for path in sheets.values():
        text = text_of(path)
        assert "提示" in text
        for word in ("违规", "违法", "追责", "处罚", "约谈", "未达到", county.PHONE):
            assert word not in text


def test_the_sheet_is_ready_to_be_printed(sheets: dict[str, Path]) -> None:
    sheet = openpyxl.load_workbook(sheets["甲镇"]).worksheets[0]
    assert (sheet.page_setup.paperSize, sheet.page_setup.orientation) == ("9", "landscape") or (
        sheet.page_setup.paperSize, sheet.page_setup.orientation,
    ) == (9, "landscape")  # fmt: skip
    assert sheet.print_title_rows == "$5:$5"
    assert sheet.freeze_panes == "A6"
    assert sheet.page_setup.fitToHeight == 0
    assert "$A$1" in sheet.print_area


def test_who_goes_to_the_committee_is_in_no_town(small: Audit, due: Due) -> None:
    bureau = bureau_of(small, None).model_copy(update={"to_committee": ("centre",)})
    kinds = {item.bearer_kind for items in town_items(due, bureau).values() for item in items}
    assert kinds == {"mine"}


def test_two_counties_with_a_town_of_one_name_are_told_apart(small: Audit, due: Due) -> None:
    other = tuple(replace(item, jurisdiction="另县") for item in due.items)
    both = replace(due, items=(*due.items, *other))
    assert set(town_items(both, bureau_of(small, None))) == {"样县甲镇", "样县乙镇", "另县甲镇", "另县乙镇"}


def test_nothing_is_written_over(small: Audit, due: Due, tmp_path: Path) -> None:
    (tmp_path / "已填.xlsx").write_text("")
    with pytest.raises(UsageError):
        write_town_sheets(due, bureau_of(small, None), notice_of(small), tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["已填.xlsx"]


def test_the_parts_are_all_named() -> None:
    from duban.planning.due_sheet import PARTS

    assert set(PARTS) == set(Group)
