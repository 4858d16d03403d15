"""Days by hand: domain.md §3.3 and §3.4, and the edges of months."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from duban.calendar import (
    Calendar,
    Duration,
    add_months,
    day_n_of_month,
    day_of_due,
    end_of,
    parse_duration,
    period_end,
    period_start,
    periods_overlapping,
    previous_period,
)
from duban.errors import PackError

PINNED = Path(__file__).parents[1] / "rules" / "calendars" / "cn.yaml"


def d(text: str) -> date:
    return date.fromisoformat(text)


def t(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.fixture(scope="module")
def china() -> Calendar:
    return Calendar.from_data(YAML(typ="safe").load(PINNED.read_text(encoding="utf-8")))


# ---- the pinned calendar

FACTS = [
    ("2023-11-09", True),  # Thursday: the towns' plans are due
    ("2023-11-10", True),
    ("2023-11-11", False),  # Saturday: phases 2 and 3 start
    ("2023-11-25", False),  # Saturday, no holiday: a weekly rest day
    ("2023-11-27", True),
    ("2023-12-25", True),
    ("2023-12-30", False),
    ("2023-12-31", False),
    ("2024-01-01", False),  # New Year, joined to the weekend
    ("2024-01-02", True),
    ("2024-01-25", True),
    ("2024-01-31", True),
    ("2024-02-04", True),  # Sunday, worked for the Spring Festival
    ("2024-02-06", True),
    ("2024-02-09", True),  # the eve: legally a working day
    ("2024-02-10", False),
    ("2024-02-16", False),  # Friday inside the Spring Festival
    ("2024-02-17", False),
    ("2024-02-18", True),  # Sunday, worked
]


@pytest.mark.parametrize(("day", "works"), FACTS)
def test_facts_of_the_campaign(china: Calendar, day: str, works: bool) -> None:
    assert china.is_workday(d(day)) is works


def test_no_other_adjusted_day_in_the_campaign(china: Calendar) -> None:
    days = [row[0] for row in china.workday_rows(d("2023-10-09"), d("2024-02-03"))]
    odd = [str(day) for day in days if china.is_workday(day) != (day.weekday() < 5)]
    assert odd == ["2024-01-01"]


@pytest.mark.parametrize(
    ("year", "workdays"), [(2019, 250), (2020, 249), (2021, 250), (2022, 249), (2023, 249), (2024, 251), (2025, 248)]
)
def test_workdays_of_a_year(china: Calendar, year: int, workdays: int) -> None:
    """Weekdays − holidays on weekdays + worked weekend days, counted by hand from the notices."""
    assert china.workday_rows(date(year, 1, 1), date(year, 12, 31))[-1][3] == workdays


def test_pinned_entries_are_not_idle(china: Calendar) -> None:
    """A make-up workday lies on a weekend, and every pinned year says which notice it comes from."""
    assert all(day.weekday() >= 5 for day in china.workdays)
    assert all(china.sources.values())
    assert sorted(china.sources) == list(range(2019, 2027))


def test_unpublished_year_is_provisional_and_goes_by_weekends(china: Calendar) -> None:
    assert china.provisional(2031)
    assert not china.provisional(2024)
    assert not china.is_workday(d("2031-03-01"))
    assert china.is_workday(d("2031-10-01"))  # Wednesday: nobody has announced it
    assert Calendar().provisional(2024)


# ---- rolling and counting workdays


@pytest.mark.parametrize(
    ("due", "rolled"),
    [
        ("2023-11-26", "2023-11-28"),  # the end of Saturday the 25th becomes the end of Monday the 27th
        ("2023-11-25T12:00", "2023-11-28"),
        ("2023-11-25", "2023-11-25"),  # the end of Friday the 24th stays
        ("2023-12-26", "2023-12-26"),
        ("2024-02-05", "2024-02-05"),  # the end of the worked Sunday stays
        ("2024-02-11", "2024-02-19"),  # the first day of the Spring Festival: on to the worked Sunday
        ("2024-01-01", "2024-01-03"),  # 31 December: past New Year's Day
    ],
)
def test_roll(china: Calendar, due: str, rolled: str) -> None:
    assert china.roll(t(due)) == t(rolled)


@pytest.mark.parametrize(
    ("day", "n", "expected"),
    [
        ("2023-11-24", 1, "2023-11-27"),
        ("2023-11-25", 1, "2023-11-27"),
        ("2024-02-02", 1, "2024-02-04"),
        ("2024-02-09", 1, "2024-02-18"),
        ("2024-02-06", 5, "2024-02-19"),
        ("2024-02-18", -1, "2024-02-09"),
        ("2024-02-17", -2, "2024-02-08"),
        ("2024-02-17", 0, "2024-02-17"),
    ],
)
def test_add_workdays(china: Calendar, day: str, n: int, expected: str) -> None:
    assert china.add_workdays(d(day), n) == d(expected)


def test_workday_rows(china: Calendar) -> None:
    rows = china.workday_rows(d("2024-02-08"), d("2024-02-11"))
    assert rows == [
        (d("2024-02-08"), True, d("2024-02-08"), 1),
        (d("2024-02-09"), True, d("2024-02-09"), 2),
        (d("2024-02-10"), False, d("2024-02-18"), 2),
        (d("2024-02-11"), False, d("2024-02-18"), 2),
    ]
    assert china.workday_rows(d("2024-02-11"), d("2024-02-10")) == []


def test_workday_numbers_agree_with_counting(china: Calendar) -> None:
    rows = china.workday_rows(d("2024-01-25"), d("2024-03-10"))
    by_number = {number: day for day, works, _, number in rows if works}
    for day, _, upcoming, number in rows[:20]:
        assert upcoming == china.next_workday(day)
        assert by_number[number + 3] == china.add_workdays(day, 3)


# ---- periods (2024 is a leap year; 2023-11-11 is a Saturday)

PERIODS = [
    ("day", "2023-11-11", "2023-11-11", "2023-11-12"),
    ("week", "2023-11-11", "2023-11-06", "2023-11-13"),
    ("week", "2023-11-06", "2023-11-06", "2023-11-13"),
    ("week", "2024-01-01", "2024-01-01", "2024-01-08"),
    ("week", "2023-12-31", "2023-12-25", "2024-01-01"),
    ("month", "2024-02-29", "2024-02-01", "2024-03-01"),
    ("month", "2023-12-31", "2023-12-01", "2024-01-01"),
    ("quarter", "2023-11-11", "2023-10-01", "2024-01-01"),
    ("quarter", "2024-03-31", "2024-01-01", "2024-04-01"),
    ("half_year", "2024-06-30", "2024-01-01", "2024-07-01"),
    ("half_year", "2024-07-01", "2024-07-01", "2025-01-01"),
    ("year", "2024-02-29", "2024-01-01", "2025-01-01"),
]


@pytest.mark.parametrize(("unit", "day", "start", "end"), PERIODS)
def test_period(unit: str, day: str, start: str, end: str) -> None:
    assert (period_start(unit, d(day)), period_end(unit, d(day))) == (d(start), d(end))


@pytest.mark.parametrize(
    ("unit", "first", "end", "starts"),
    [
        # phases 2 and 3: 2023-11-11 … 2024-01-31
        ("month", "2023-11-11", "2024-02-01", ["2023-11-01", "2023-12-01", "2024-01-01"]),
        # the campaign: 2023-11-03 … 2024-02-10
        ("month", "2023-11-03", "2024-02-11", ["2023-11-01", "2023-12-01", "2024-01-01", "2024-02-01"]),
        ("half_year", "2023-11-03", "2024-02-11", ["2023-07-01", "2024-01-01"]),
        ("week", "2024-01-29", "2024-02-11", ["2024-01-29", "2024-02-05"]),
        ("day", "2023-12-31", "2024-01-02", ["2023-12-31", "2024-01-01"]),
        ("month", "2023-11-01", "2023-12-01", ["2023-11-01"]),  # the end is not inside
        ("month", "2023-11-11", "2023-11-11", []),
    ],
)
def test_periods_overlapping(unit: str, first: str, end: str, starts: list[str]) -> None:
    found = periods_overlapping(unit, d(first), d(end))
    assert [str(start) for start, _ in found] == starts
    assert all(period_end(unit, start) == stop for start, stop in found)


def test_the_campaign_has_fifteen_weeks() -> None:
    """From Friday 2023-11-03 to Saturday 2024-02-10: 13 whole weeks between two cut ones."""
    weeks = periods_overlapping("week", d("2023-11-03"), d("2024-02-11"))
    assert (len(weeks), str(weeks[0][0]), str(weeks[-1][0])) == (15, "2023-10-30", "2024-02-05")


@pytest.mark.parametrize(
    ("unit", "day", "start", "end"),
    [
        ("day", "2024-03-01", "2024-02-29", "2024-03-01"),
        ("week", "2024-01-03", "2023-12-25", "2024-01-01"),
        ("month", "2024-01-31", "2023-12-01", "2024-01-01"),
        ("quarter", "2024-01-31", "2023-10-01", "2024-01-01"),
        ("half_year", "2024-01-31", "2023-07-01", "2024-01-01"),
        ("year", "2024-01-31", "2023-01-01", "2024-01-01"),
    ],
)
def test_previous_period(unit: str, day: str, start: str, end: str) -> None:
    assert previous_period(unit, d(day)) == (d(start), d(end))


# ---- months and durations


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        ("2024-01-31", 1, "2024-02-29"),
        ("2023-01-31", 1, "2023-02-28"),
        ("2023-12-31", 2, "2024-02-29"),
        ("2024-02-29", 12, "2025-02-28"),
        ("2024-03-31", -1, "2024-02-29"),
        ("2024-01-15", -1, "2023-12-15"),
        ("2023-11-30", 3, "2024-02-29"),
        ("2023-11-30", 0, "2023-11-30"),
    ],
)
def test_add_months(day: str, months: int, expected: str) -> None:
    assert add_months(d(day), months) == d(expected)


@pytest.mark.parametrize(
    ("period", "n", "expected"),
    [("2023-11-01", 25, "2023-11-25"), ("2023-11-01", 31, "2023-11-30"), ("2024-02-01", 30, "2024-02-29")],
)
def test_day_n_of_month(period: str, n: int, expected: str) -> None:
    assert day_n_of_month(d(period), n) == d(expected)


def test_day_of_due() -> None:
    assert day_of_due(t("2023-11-26T00:00")) == d("2023-11-25")
    assert day_of_due(t("2023-11-26T00:00:00.000001")) == d("2023-11-26")
    assert end_of(d("2023-12-31")) == t("2024-01-01")


@pytest.mark.parametrize(
    ("duration", "start", "expected"),
    [
        ("24 hours", "2023-11-09T09:30", "2023-11-10T09:30"),
        ("2 hours", "2023-11-09", "2023-11-10T02:00"),  # a bare date: from its end
        ("10 days", "2023-11-09", "2023-11-20"),  # the end of the 19th
        ("10 days", "2023-11-09T23:59", "2023-11-20"),
        ("0 days", "2023-11-09", "2023-11-10"),
        ("1 month", "2024-01-31", "2024-03-01"),
        ("3 workdays", "2024-02-08T09:00", "2024-02-20"),  # 9, 18, 19 February
        ("-3 days", "2024-03-01", "2024-02-28"),
        ("-1 workday", "2024-02-18", "2024-02-10"),
    ],
)
def test_durations(china: Calendar, duration: str, start: str, expected: str) -> None:
    value = t(start) if "T" in start else d(start)
    assert parse_duration(duration).add_to(value, china) == t(expected)


def test_duration_reads_and_writes() -> None:
    assert str(parse_duration(" 10 days ")) == "10 days"
    assert -Duration(3, "months") == parse_duration("-3 months")
    for wrong in ("ten days", "10", "10 weeks", "1.5 days", "days"):
        with pytest.raises(ValueError, match="不是时长"):
            parse_duration(wrong)
    with pytest.raises(ValueError, match="moment"):
        Duration(1, "hours").add_to_day(d("2024-01-01"))


# ---- a calendar with mistakes


def test_every_mistake_of_a_calendar_is_named() -> None:
    years = {
        2024: {"holidays": ["2024-02-30", "soon", date(2024, 5, 1)], "workdays": ["2024-05-01"]},
        "2025": {},
        2026: {"sauce": "x"},
    }
    with pytest.raises(PackError) as caught:
        Calendar.from_data({"years": years})
    assert [issue.code for issue in caught.value.issues] == ["C103", "C103", "C101", "C102", "C104"]


def test_without_years_only_weekends_rest() -> None:
    calendar = Calendar.from_data({})
    assert not calendar.is_workday(d("2024-02-04"))
    assert calendar.is_workday(d("2024-02-12"))
