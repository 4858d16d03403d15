"""Days by hand: the campaign's calendar, periods, dues, and the edges of months. The SQL is asked, not a twin of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
from ruamel.yaml import YAML

from duban.calendar import Calendar
from duban.compile.sql import due, due_day, rolled, shift, shift_day
from duban.compile.views import workdays
from duban.conditions import ConditionError
from duban.errors import PackError
from duban.kinds.base import period_start, step_interval
from duban.pack.timing import By, Duration, parse_duration
from duban.sqltext import literal

PINNED = Path(__file__).parents[1] / "rules" / "calendars" / "cn.yaml"


def d(text: str) -> date:
    return date.fromisoformat(text)


def t(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.fixture(scope="module")
def china() -> Calendar:
    return Calendar.from_data(YAML(typ="safe").load(PINNED.read_text(encoding="utf-8")))


@pytest.fixture(scope="module")
def ask(china: Calendar) -> Iterator[Callable[[str], Any]]:
    """The value of a SQL expression, in a database that has the table of workdays."""
    with duckdb.connect() as con:
        con.execute(f"CREATE TABLE calendar AS {workdays(china).sql}")
        yield lambda sql: con.execute(f"SELECT {sql}").fetchall()[0][0]


Ask = Callable[[str], Any]


def moment(text: str) -> str:
    return literal(t(text))


def period(ask: Ask, unit: str, day: str) -> tuple[date, date]:
    """First day of the period that holds a day, and of the next one."""
    first = period_start(unit, moment(day))
    return ask(first), ask(f"CAST({first} + {step_interval(unit)} AS DATE)")


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
    days = [d("2023-10-09") + timedelta(days=number) for number in range((d("2024-02-03") - d("2023-10-09")).days + 1)]
    odd = [str(day) for day in days if china.is_workday(day) != (day.weekday() < 5)]
    assert odd == ["2024-01-01"]


@pytest.mark.parametrize(
    ("year", "workdays"), [(2019, 250), (2020, 249), (2021, 250), (2022, 249), (2023, 249), (2024, 251), (2025, 248)]
)
def test_workdays_of_a_year(ask: Ask, year: int, workdays: int) -> None:
    """Weekdays − holidays on weekdays + worked weekend days, counted by hand from the notices."""
    assert ask(f"count(*) FROM calendar WHERE workday AND year(day) = {year}") == workdays


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
    ("due", "end"),
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
def test_roll(ask: Ask, due: str, end: str) -> None:
    assert ask(rolled(moment(due))) == t(end)


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
def test_add_workdays(ask: Ask, day: str, n: int, expected: str) -> None:
    assert ask(shift_day(literal(d(day)), Duration(n, "workdays"))) == d(expected)


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
def test_period(ask: Ask, unit: str, day: str, start: str, end: str) -> None:
    assert period(ask, unit, day) == (d(start), d(end))


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
def test_previous_period(ask: Ask, unit: str, day: str, start: str, end: str) -> None:
    first = period_start(unit, moment(day))
    assert (ask(f"CAST({first} - {step_interval(unit)} AS DATE)"), ask(first)) == (d(start), d(end))


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
def test_add_months(ask: Ask, day: str, months: int, expected: str) -> None:
    assert ask(shift_day(literal(d(day)), Duration(months, "months"))) == d(expected)


@pytest.mark.parametrize(
    ("first", "n", "expected"),
    [("2023-11-01", 25, "2023-11-25"), ("2023-11-01", 31, "2023-11-30"), ("2024-02-01", 30, "2024-02-29")],
)
def test_day_n_of_month(ask: Ask, first: str, n: int, expected: str) -> None:
    """`by: day N`: the end of that day, or of the month's last."""
    found = due(By(None, n), None, moment(first), f"({moment(first)} + INTERVAL 1 MONTH)")  # type: ignore[arg-type]
    assert ask(found) == t(expected) + timedelta(days=1)


def test_due_day(ask: Ask) -> None:
    assert ask(due_day(moment("2023-11-26T00:00:00"))) == d("2023-11-25")
    assert ask(due_day(moment("2023-11-26T00:00:00.000001"))) == d("2023-11-26")


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
    ],
)
def test_durations(ask: Ask, duration: str, start: str, expected: str) -> None:
    bare = "FALSE" if "T" in start else "TRUE"
    assert ask(shift(moment(start), bare, parse_duration(duration, {}))) == t(expected)


@pytest.mark.parametrize("wrong", ["ten days", "10", "10 weeks", "1.5 days", "days", "-3 days"])
def test_no_duration(wrong: str) -> None:
    with pytest.raises(ConditionError, match="cannot read the duration"):
        parse_duration(wrong, {})


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
