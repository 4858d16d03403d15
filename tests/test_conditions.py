"""The checker of conditions: what it accepts and what that is on a row; what it refuses, and with which words."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import duckdb
import pytest

from duban.conditions import Column, ConditionError, compile_boolean, compile_moment, compile_number, parse
from duban.sqltext import literal

# One row: a name, its type, its value in SQL, and for a datetime whether it holds a bare date.
ROW: dict[str, tuple[str, str, str]] = {
    "n": ("int", "3", ""),
    "cost": ("decimal", "CAST(2.5 AS DECIMAL(18,4))", ""),
    "no_number": ("int", "CAST(NULL AS BIGINT)", ""),
    "text": ("text", "'石料矿'", ""),
    "no_text": ("text", "CAST(NULL AS VARCHAR)", ""),
    "status": ("text", "'生产'", ""),
    "yes": ("bool", "TRUE", ""),
    "no_bool": ("bool", "CAST(NULL AS BOOLEAN)", ""),
    "day": ("date", "DATE '2023-12-31'", ""),
    "no_day": ("date", "CAST(NULL AS DATE)", ""),
    "at": ("datetime", "TIMESTAMP '2023-12-31 09:30:00'", "FALSE"),
    "bare": ("datetime", "TIMESTAMP '2023-12-31 00:00:00'", "TRUE"),
    "no_at": ("datetime", "CAST(NULL AS TIMESTAMP)", "CAST(NULL AS BOOLEAN)"),
    "month": ("month", "DATE '2023-12-01'", ""),
    "levels": ("list", "['镇', '县']", ""),
    "empty": ("list", "CAST([] AS VARCHAR[])", ""),
    "no_list": ("list", "CAST(NULL AS VARCHAR[])", ""),
    "town.name": ("text", "'甲岭镇'", ""),
}
ALLOWED = {"status": ("生产", "停产"), "levels": ("镇", "县", "企业")}


class RowScope:
    """The row as a scope."""

    def resolve(self, parts: tuple[str, ...]) -> Column | None:
        name = ".".join(parts)
        if name not in ROW:
            return None
        kind, _, bare = ROW[name]
        return Column(f'"{name}"', kind, f'"{name}$bare"' if bare else "FALSE", ALLOWED.get(name, ()), name)

    def names(self) -> Iterable[str]:
        return ROW


def value(sql: str) -> Any:
    columns = [f'{text} AS "{name}"' for name, (_, text, _) in ROW.items()]
    columns += [f'{bare} AS "{name}$bare"' for name, (_, _, bare) in ROW.items() if bare]
    (row,) = duckdb.execute(f"SELECT {sql} FROM (SELECT {', '.join(columns)})").fetchall()
    assert row is not None
    return row[0]


def check(text: str) -> Any:
    return value(compile_boolean(parse(text), RowScope()).sql)


TRUE = [
    # comparisons
    "n = 3", "n <> 4", "n != 4", "n < 4", "n <= 3", "n > 2", "n >= 3", "3 = n", "cost = 2.5", "n > cost",
    "n between 3 and 3", "not n between 4 and 5", "n in (1, 2, 3)", "n not in (1, 2)", "text in ('石料矿')",
    "status = '生产'", "'生产' = status", "status in ('生产', '停产')", "town.name = '甲岭镇'", "yes", "yes = true",
    "no_text is null", "not (text is null)", "text is not null", "no_list is null", "empty is not null",
    # logic: what is known decides
    "n = 3 or no_number = 1", "not (n = 4 and no_number = 1)", "true or false", "not false", "((n = 3))",
    # a day and a moment are compared as days; two moments to the second
    "at <= day", "at = day", "at >= day", "at <= date '2023-12-31'", "not at < date '2023-12-31'",
    "at between date '2023-12-01' and date '2023-12-31'", "at > timestamp '2023-12-31 09:29:59'",
    "at = timestamp '2023-12-31 09:30'", "day = timestamp '2023-12-31 23:59:59'",
    # a bare date in a column of moments is a day
    "bare = at", "bare <= at", "bare >= at", "bare = timestamp '2023-12-31 18:00'", "bare = day",
    "month = date '2023-12-01'", "month < day",
    # arithmetic
    "n + 1 = 4", "n - 1 * 2 = 1", "(n - 1) * 2 = 4", "n / 2 = 1.5", "-n = 0 - 3", "0.1 + 0.2 = 0.3",
    # functions
    "has(levels, '镇')", "not has(levels, '企业')", "not has(empty, '镇')", "len(levels) = 2", "len(empty) = 0",
    "coalesce(no_number, n) = 3", "coalesce(no_text, no_text, 'x') = 'x'", "coalesce(no_at, day) = day",
    "abs(-2) = 2", "round(2.5) = 3", "round(cost) = 3", "lower('AB') = 'ab'", "trim(' x ') = 'x'",
    "contains(text, '料')", "starts_with(text, '石')", "year(day) = 2023", "month(at) = 12", "day(day) = 31",
    "days_between(day, date '2024-01-02') = 2", "days_between(date '2024-01-02', day) = -2",
    "days_between(at, day) = 0",
    "latest(day, date '2023-01-01') = day", "earliest(day, at) = day", "latest(at, timestamp '2023-12-31 10:00') > at",
    "latest(day, no_day) is null", "earliest(no_day, day) is null",
    # capital letters, comments
    "n = 3 OR n = 4", "n = 3 AND NOT n = 4", "n = 3 /* three */", "n = 3 -- and",
]  # fmt: skip
FALSE = [
    "n = 4", "n not in (1, 3)", "not (n = 3)", "text is null", "no_number = 1 and n = 4", "status = '停产'",
    "at > day", "at < day", "bare <> day", "at > timestamp '2023-12-31 09:30'", "contains(text, 'x')", "false",
    "starts_with(text, '料')",
]  # fmt: skip
UNKNOWN = [
    # NULL <> 'x' is neither true nor false
    "no_text = 'x'", "no_text <> 'x'", "not (no_text = 'x')", "no_number > 1", "no_number in (1, 2)",
    "n in (1, no_number)",
    "no_day <= day", "no_at <= day", "no_at > at", "no_bool", "not no_bool", "no_number = no_number",
    "n = 3 and no_number = 1", "n = 4 or no_number = 1", "has(no_list, '镇')", "len(no_list) = 0",
    "no_number + 1 = 2", "n / 0 = 1", "year(no_day) = 2023", "days_between(day, no_day) > 0",
    "latest(day, no_day) = day", "contains(no_text, 'x')",
]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "expected"),
    [*((text, True) for text in TRUE), *((text, False) for text in FALSE), *((text, None) for text in UNKNOWN)],
)
def test_value(text: str, expected: bool | None) -> None:
    assert check(text) is expected


REFUSED = [
    # wrong types
    ("n = 'abc'", "compares a number with a text"),
    ("text = 3", "compares a text with a number"),
    ("text > 'a'", "does not work on a text"),
    ("yes > false", "does not work on true or false"),
    ("day = '2023-12-31'", "compares a date with a text"),
    ("day = 20231231", "compares a date with a number"),
    ("levels = '镇'", "compares a list with a text"),
    ("levels = levels", "does not work on a list"),
    ("n in (1, 'a')", "compares a number with a text"),
    ("n between 1 and 'a'", "compares a number with a text"),
    ("text + 1 = 2", "is a text, a number is needed"),
    ("day + 1 > day", "is a date, a number is needed"),
    ("n and yes", "is a number, true or false is needed"),
    ("not n", "is a number, true or false is needed"),
    ("has(text, 'x')", "is a text, a list is needed"),
    ("has(levels, 1)", "is a number, a text is needed"),
    ("year(text) = 2023", "is a text, a date or moment is needed"),
    ("coalesce(n, 'x') = 1", "mixes types"),
    ("latest(day, n) = day", "is a number, a date or moment is needed"),
    # the whole must be true or false
    ("n", "is a number, a condition must be true or false"),
    ("text", "is a text, a condition must be true or false"),
    ("n + 1", "is a number"),
    ("day", "is a date"),
    # null
    ("n = null", "compare with null by `is null`"),
    ("null", "compare with null by `is null`"),
    ("n is 3", "only `is null` and `is not null` are allowed"),
    # literals that are none
    ("day = date '2023-13-45'", "'2023-13-45' is no date"),
    ("day = date '2023-02-29'", "'2023-02-29' is no date"),
    ("at = timestamp 'noon'", "'noon' is no timestamp"),
    ("n = 1e3", "`1e3` is not a plain number"),
    ("cast(text as date) = day", "only date '2023-12-31'"),
    ("text::int = 3", "only date '2023-12-31'"),
    # allowed values
    ("status = '停业'", "'停业' is none of the allowed values: 生产、停产"),
    ("status in ('生产', '停业')", "'停业' is none of the allowed values"),
    ("has(levels, '省')", "'省' is none of the allowed values"),
    # arguments
    ("has(levels) = true", "has takes 2 value(s), got 1"),
    ("len(levels, 1) = 2", ""),
    ("abs() = 1", ""),
    # what the database could do, and a pack must not
    ("getenv('HOME') = 'x'", "unknown function `getenv`"),
    ("n = (select 1)", ""),
    ("n in (select 1)", "`in` needs a list of values"),
    ("exists (select 1)", ""),
    ("read_csv('x') = 'x'", "unknown function"),
    ("current_date = day", ""),
    ("now() > at", ""),
    ("random() < 1", ""),
    ("text like '石%'", "is not part of the language"),
    ("regexp_matches(text, '石')", ""),
    ("text || 'x' = 'x'", ""),
    ("day + interval 1 day > day", ""),
    ("case when yes then true else false end", ""),
    ("count(*) > 1", ""),
    ("sum(n) over () > 1", ""),
    ("n = ?", ""),
    ("n = $1", ""),
    ("levels[1] = '镇'", ""),
    ("list_filter(levels, x -> true) is null", ""),
    ("n = 3; drop table x", "must be one expression"),
    ("n % 2 = 1", ""),
    ("", "an empty condition"),
    ("   ", "an empty condition"),
    ("n =", "cannot read"),
    ("n = 3)", "cannot read"),
    ("has(levels, '镇'", "cannot read"),
    ("*", ""),
]


@pytest.mark.parametrize(("text", "message"), REFUSED)
def test_refused(text: str, message: str) -> None:
    with pytest.raises(ConditionError) as caught:
        compile_boolean(parse(text), RowScope())
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


HINTS = [
    ("nn = 3", "unknown name `nn`", "did you mean n?"),
    ("staus = '生产'", "unknown name `staus`", "did you mean status"),
    ("town.nam = 'x'", "unknown name `town.nam`", "did you mean town.name?"),
    ("quite_another = 1", "unknown name `quite_another`", " … and 6 more"),
    ("status = '生产中'", "none of the allowed values", "did you mean '生产'?"),
    ("has(levels, '县局')", "none of the allowed values", "did you mean '县'?"),
    ("day = '2023-12-31'", "compares a date with a text", "write date '2023-12-31'"),
    ("hass(levels, '镇')", "unknown function `hass`", "did you mean has?"),
    ("frobnicate(n) = 1", "unknown function `frobnicate`", "allowed: abs, coalesce"),
    ("text like 'x'", "is not part of the language", "allowed: and or not"),
]


@pytest.mark.parametrize(("text", "message", "hint"), HINTS)
def test_hint(text: str, message: str, hint: str) -> None:
    with pytest.raises(ConditionError) as caught:
        compile_boolean(parse(text), RowScope())
    assert message in str(caught.value)
    assert hint in caught.value.hint


MOMENTS = [
    ("day", "2023-12-31 00:00:00", True),
    ("at", "2023-12-31 09:30:00", False),
    ("bare", "2023-12-31 00:00:00", True),
    ("month", "2023-12-01 00:00:00", True),
    ("date '2023-12-31'", "2023-12-31 00:00:00", True),
    ("timestamp '2023-12-31 09:30'", "2023-12-31 09:30:00", False),
    ("latest(at, day)", "2023-12-31 09:30:00", False),
    ("earliest(at, day)", "2023-12-31 00:00:00", True),
    ("coalesce(no_at, day)", "2023-12-31 00:00:00", True),
    ("coalesce(at, day)", "2023-12-31 09:30:00", False),
]


@pytest.mark.parametrize(("text", "moment", "bare"), MOMENTS)
def test_moment(text: str, moment: str, bare: bool) -> None:
    """A date expression knows whether its value is a whole day."""
    checked = compile_moment(parse(text), RowScope())
    assert str(value(f"CAST({checked.sql} AS TIMESTAMP)")) == moment
    assert value(checked.bare) is bare


@pytest.mark.parametrize(
    ("text", "compiler"), [("n", compile_moment), ("yes", compile_moment), ("day", compile_number)]
)
def test_wrong_kind_of_expression(text: str, compiler: Any) -> None:
    with pytest.raises(ConditionError, match="is needed"):
        compiler(parse(text), RowScope())


def test_conjuncts_and_names() -> None:
    condition = parse("n = 3 and (status = '生产' or yes) and (town.name = 'x' and bearer.town = 'y')")
    assert [len(part.names()) for part in condition.conjuncts()] == [1, 2, 1, 1]
    assert ("bearer", "town") in condition.names()
    assert condition.mentions("bearer")
    assert not condition.mentions("trigger", "status")


@pytest.mark.parametrize(
    ("python", "sql"),
    [(None, "NULL"), (True, "TRUE"), (3, "3"), ("it's", "'it''s'"), (["a", "b'c"], "['a', 'b''c']")],
)
def test_literal(python: Any, sql: str) -> None:
    assert literal(python) == sql
