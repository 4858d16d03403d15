"""The small languages of time: `by` expressions (`deadline + 10 days`, `day 25`) and durations (`24 hours`)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Literal

from duban.conditions import Condition, ConditionError, parse

DurationUnit = Literal["hours", "days", "workdays", "months"]
_DURATION = r"(?P<n>\d+)\s*(?P<unit>hours?|days?|workdays?|months?)"
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


def parse_duration(text: str) -> Duration:
    """Read `10 days`; raises ConditionError."""
    match = re.fullmatch(_DURATION, text.strip())
    if match is None:
        raise ConditionError(f"cannot read the duration `{text}`", "write N hours, N days, N workdays or N months")
    return Duration(int(match["n"]), _unit(match["unit"]))


def parse_by(text: str) -> By:
    """Read a `by`; raises ConditionError."""
    text, offset = text.strip(), None
    match = _OFFSET.fullmatch(text)
    if match is not None:
        number = int(match["n"]) * (1 if match["sign"] == "+" else -1)
        text, offset = match["head"].strip(), Duration(number, _unit(match["unit"]))
    numbered = re.fullmatch(r"day\s+(\d+)", text)
    if numbered is not None:
        day = int(numbered[1])
        if not 1 <= day <= 31:
            raise ConditionError(f"`{text}`: a month has days 1 to 31")
        return By(None, day, offset)
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        try:
            date.fromisoformat(text)
        except ValueError:
            raise ConditionError(f"`{text}` is no date") from None
        text = f"date '{text}'"
    return By(parse(text), 0, offset)


def _unit(word: str) -> DurationUnit:
    units: dict[str, DurationUnit] = {"hour": "hours", "day": "days", "workday": "workdays", "month": "months"}
    return units[word.rstrip("s")]
