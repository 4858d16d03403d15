"""The small languages of time: what they read, and what comes of it on the calendar; worked out by hand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import duckdb
import pytest
from ruamel.yaml import YAML

from duban.calendar import Calendar
from duban.compile.sql import due
from duban.compile.views import workdays
from duban.conditions import Column, ConditionError, compile_moment, parse_moment
from duban.pack.timing import By, Duration, duration_parameter, parse_by, parse_duration, parse_lag
from duban.scope import Names, Schema

PINNED = Path(__file__).parents[2] / "rules" / "calendars" / "cn.yaml"
PARAMETERS = {
    "few": ("int", 3),
    "none": ("int", 0),
    "less": ("int", -1),
    "name": ("text", "x"),
    "half": ("decimal", 0.5),
}
CELLS = {
    "day": Column("DATE '2023-11-08'", "date"),
    "no_day": Column("CAST(NULL AS DATE)", "date"),
    "at": Column("TIMESTAMP '2023-11-10 09:30:00'", "datetime", "FALSE"),
    "bare": Column("TIMESTAMP '2023-11-09 00:00:00'", "datetime", "TRUE"),
    "no_at": Column("CAST(NULL AS TIMESTAMP)", "datetime", "CAST(NULL AS BOOLEAN)"),
    "month": Column("DATE '2023-11-01'", "month"),
}
NAMES = Names(Schema({}, {}, PARAMETERS), columns=CELLS)


@pytest.fixture(scope="module")
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    """A database that has the table of workdays."""
    china = Calendar.from_data(YAML(typ="safe").load(PINNED.read_text(encoding="utf-8")))
    with duckdb.connect() as con:
        con.execute(f"CREATE TABLE calendar AS {workdays(china).sql}")
        yield con


# ---- date expressions


@pytest.mark.parametrize(
    ("text", "moment", "bare"),
    [
        ("2023-11-08", "2023-11-08", True),
        ("2023-11-08 09:30", "2023-11-08 09:30", False),
        ("2023-11-08T09:30:00", "2023-11-08 09:30", False),
        ("coalesce(no_day, at)", "2023-11-10 09:30", False),
        ("coalesce(day, at)", "2023-11-08", True),
        ("coalesce(at, day)", "2023-11-10 09:30", False),
        ("coalesce(no_at, bare)", "2023-11-09", True),
        ("coalesce(no_at, no_day, 2023-12-31)", "2023-12-31", True),
        ("coalesce(no_at, no_day)", None, None),
        ("coalesce(no_day, month)", "2023-11-01", True),
        ("coalesce(no_day, timestamp '2023-12-31 12:00')", "2023-12-31 12:00", False),
        ("latest(coalesce(no_day, day), bare)", "2023-11-09", True),
        ("latest(coalesce(no_day, day), at)", "2023-11-10 09:30", False),
        ("earliest(coalesce(at, no_at), day)", "2023-11-08", True),
        ("coalesce(latest(day, no_at), at)", "2023-11-10 09:30", False),
        ("coalesce(latest(day, at), no_at)", "2023-11-10 09:30", False),
    ],
)
def test_a_date_expression_is_bare_if_what_it_chose_is(
    con: duckdb.DuckDBPyConnection, text: str, moment: str | None, bare: bool | None
) -> None:
    checked = compile_moment(parse_moment(text), NAMES)
    found = con.execute(f"SELECT CAST({checked.sql} AS TIMESTAMP), {checked.bare}").fetchall()[0]
    if moment is None:
        assert found[0] is None
    else:
        assert found == (datetime.fromisoformat(moment), bare)


def test_what_stands_in_quotes_stays() -> None:
    assert "'2023-11-08'" in parse_moment("timestamp '2023-11-08 09:30'").tree.sql().replace(" 09:30", "")
    with pytest.raises(ConditionError, match="`2023-13-45` is no date"):
        parse_moment("coalesce(day, 2023-13-45)")


# ---- dues


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        ("day - param.few days", "2023-11-06"),  # the end of the 5th
        ("day + param.few workdays", "2023-11-14"),  # 9, 10 and 13 November
        ("day + param.few months", "2024-02-09"),
        ("at + param.few hours", "2023-11-10 12:30"),
        ("day + 0 days", "2023-11-09"),
        ("day - param.none days", "2023-11-09"),
        ("2023-11-11 + param.none workdays", "2023-11-12"),  # a Saturday stays one
        ("day + param.none months", "2023-11-09"),
        ("at + param.none hours", "2023-11-10 09:30"),
        ("day + param.none hours", "2023-11-09"),
        ("at + param.none days", "2023-11-11"),  # the end of that day
        ("coalesce(no_day, at) + 1 day", "2023-11-12"),
        ("2023-11-09 - param.few days", "2023-11-07"),
        ("day 25 - 3 days", "2023-11-23"),
        ("day 25 - param.few days", "2023-11-23"),
        ("day 25 - param.none days", "2023-11-26"),
        ("day 31 - param.few days", "2023-11-28"),  # November has 30 days
        ("day 1 - param.few days", "2023-10-30"),
        ("day 10 - param.few workdays", "2023-11-08"),  # 9, 8, 7 November
    ],
)
def test_dues(con: duckdb.DuckDBPyConnection, by: str, expected: str) -> None:
    found = due(parse_by(by, PARAMETERS), NAMES, "TIMESTAMP '2023-11-01 00:00:00'", "TIMESTAMP '2023-12-01 00:00:00'")
    assert con.execute(f"SELECT CAST({found} AS TIMESTAMP)").fetchall()[0][0] == datetime.fromisoformat(expected)


@pytest.mark.parametrize(
    ("text", "duration"),
    [
        ("10 days", Duration(10, "days")),
        ("1 workday", Duration(1, "workdays")),
        ("param.few days", Duration(3, "days")),
        ("param.none   hour", Duration(0, "hours")),
    ],
)
def test_durations(text: str, duration: Duration) -> None:
    assert parse_duration(text, PARAMETERS) == duration


def test_how_far_a_due_lies_from_its_period() -> None:
    assert parse_by("day 25 - param.few months", PARAMETERS).reach_days == 3 * 31 + 15
    assert parse_by("day 25", PARAMETERS) == By(None, 25)


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("param.fwe days", "unknown name `param.fwe`", "did you mean param.few"),
        ("param.name days", "`param.name` is text: so many days need an int", "type: int"),
        ("param.half months", "`param.half` is decimal", "type: int"),
        ("param.less hours", "`param.less` is -1: a duration cannot be negative", "sign"),
        ("param.fewdays", "cannot read the duration", "param.NAME"),
        ("few days", "cannot read the duration", "param.NAME"),
    ],
)
def test_no_durations(text: str, message: str, hint: str) -> None:
    with pytest.raises(ConditionError) as caught:
        parse_duration(text, PARAMETERS)
    assert message in str(caught.value)
    assert hint in caught.value.hint


def test_the_parameter_of_a_duration() -> None:
    texts = ["param.few days", "deadline - param.few workdays", "day 25 + param.few days"]
    assert [duration_parameter(text) for text in texts] == ["few"] * 3
    assert [duration_parameter(text) for text in ("", "10 days", "param.few", "day 25 - 3 days")] == [""] * 4


def test_lag() -> None:
    assert (parse_lag("34 days"), parse_lag("1 day"), parse_lag("0 days")) == (34, 1, 0)
    for wrong in ("5", "2 weeks", "5 workdays", "param.few days", "-1 days"):
        with pytest.raises(ConditionError, match="cannot read the lag"):
            parse_lag(wrong)
