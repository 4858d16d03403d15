"""The small languages of time: `by` expressions (`deadline + 10 days`, `day 25`) and durations (`24 hours`).

The number of a duration may be a parameter (`param.recheck_days days`); whoever parses hands in those in force.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from duban.conditions import Condition, ConditionError, parse_moment, unknown_name

DurationUnit = Literal["hours", "days", "workdays", "months"]
Parameters = Mapping[str, tuple[str, Any]]  # as in scope.Schema: type and value in force
_DURATION = r"((?P<n>\d+)\s*|param\.(?P<name>\w+)\s+)(?P<unit>hours?|days?|workdays?|months?)"
_OFFSET = re.compile(rf"(?P<head>.+?)\s*(?P<sign>[+-])\s*{_DURATION}", re.DOTALL)


@dataclass(frozen=True)
class Duration:
    """So many hours, days, workdays or months; negative for “before”."""

    n: int
    unit: DurationUnit


@dataclass(frozen=True)
class By:
    """A due: a date expression, or day `day` of the period; then an optional duration."""

    expression: Condition | None
    day: int = 0
    offset: Duration | None = None

    @property
    def reach_days(self) -> int:
        """How many days at most the offset moves a due out of its period."""
        if self.offset is None:
            return 0
        days = {"hours": 1 / 24, "days": 1, "workdays": 3, "months": 31}
        return int(abs(self.offset.n) * days[self.offset.unit]) + 15


def parse_duration(text: str, parameters: Parameters) -> Duration:
    """Read `10 days` or `param.x days`; raises ConditionError."""
    match = re.fullmatch(_DURATION, text.strip())
    if match is None:
        raise ConditionError(
            f"cannot read the duration `{text}`",
            "write N hours, N days, N workdays or N months; N is a number or param.NAME",
        )
    return Duration(_number(match, parameters), _unit(match["unit"]))


def parse_by(text: str, parameters: Parameters) -> By:
    """Read a `by`; raises ConditionError."""
    text, offset = text.strip(), None
    match = _OFFSET.fullmatch(text)
    if match is not None:
        number = _number(match, parameters) * (1 if match["sign"] == "+" else -1)
        text, offset = match["head"].strip(), Duration(number, _unit(match["unit"]))
    numbered = re.fullmatch(r"day\s+(\d+)", text)
    if numbered is not None:
        day = int(numbered[1])
        if not 1 <= day <= 31:
            raise ConditionError(f"`{text}`: a month has days 1 to 31")
        return By(None, day, offset)
    return By(parse_moment(text), 0, offset)


def parse_lag(text: str) -> int:
    """Read a record type's `lag: N days`; raises ConditionError."""
    match = re.fullmatch(r"(\d+)\s*days?", text.strip())
    if match is None:
        raise ConditionError(f"cannot read the lag `{text}`", "write N days")
    return int(match[1])


def duration_parameter(text: str) -> str:
    """The parameter that is the number of a duration, or of the offset of a `by`; '' without one."""
    match = re.fullmatch(_DURATION, text.strip()) or _OFFSET.fullmatch(text.strip())
    return (match["name"] or "") if match is not None else ""


def _number(match: re.Match[str], parameters: Parameters) -> int:
    """The number of a duration: written, or the value of an int parameter that is not negative."""
    name = match["name"]
    if name is None:
        return int(match["n"])
    if name not in parameters:
        raise unknown_name(f"param.{name}", (f"param.{known}" for known in parameters))
    kind, value = parameters[name]
    if kind != "int":
        raise ConditionError(f"`param.{name}` is {kind}: so many {match['unit']} need an int", "declare it `type: int`")
    number = value if isinstance(value, int) else 0  # no int: said where the parameter is declared
    if number < 0:
        raise ConditionError(f"`param.{name}` is {value}: a duration cannot be negative", "write the sign before it")
    return number


def _unit(word: str) -> DurationUnit:
    units: dict[str, DurationUnit] = {"hour": "hours", "day": "days", "workday": "workdays", "month": "months"}
    return units[word.rstrip("s")]
