"""What a table says about all its cells: from when until when it reports, and how its workbook counts days."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from duban.records.text import narrowed

# So far from the reporting period a day without a year may lie: under a third of a year each way, so that at most
# one year fits, and none where two are nearly as good.
_REACH = timedelta(days=120)

_MONTH = re.compile(r"(?<!\d)(20\d\d)\s*(?:年|[-./_])\s*(\d{1,2})(?!\d)(?!\s*[-./日]\s*\d)")
_COMPACT = re.compile(r"(?<!\d)(20\d\d)(0[1-9]|1[0-2])(?!\d)")

EPOCHS = {1900: date(1899, 12, 30), 1904: date(1904, 1, 1)}


@dataclass(frozen=True)
class Context:
    """`epoch`: 1900 or 1904, the day from which a workbook counts; 0: nobody says. `first`, `last`: the days of the
    reporting period, None if it is not named or named twice.
    """

    epoch: int = 0
    first: date | None = None
    last: date | None = None

    def year_of(self, month: int, day: int, *, happened: bool) -> date | None:
        """The only day of that month and number that can be meant; None if none or more than one can.

        What happened did not happen after the reporting period.
        """
        if self.first is None or self.last is None:
            return None
        latest = self.last if happened else self.last + _REACH
        found = [
            meant
            for year in range(self.first.year - 1, self.last.year + 2)
            if (meant := _day(year, month, day)) is not None and self.first - _REACH <= meant <= latest
        ]
        return found[0] if len(found) == 1 else None

    def is_near(self, day: date, *, happened: bool) -> bool:
        """Whether a day lies about the reporting period; of what happened, not after it."""
        if self.first is None or self.last is None:
            return False
        return self.first - _REACH <= day <= (self.last if happened else self.last + _REACH)


PLAIN = Context()


def context_of(texts: Iterable[str], epoch: int = 0) -> Context:
    """The context that names and titles give: the month, if all that name one name the same."""
    months = {found for text in texts for found in months_in(text)}
    if len(months) != 1:
        return Context(epoch)
    year, month = months.pop()
    return Context(epoch, date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1]))


def months_in(text: str) -> set[tuple[int, int]]:
    """The months that a text names, as (year, month).

    >>> sorted(months_in("甲岭镇2023年11月工作报表")), months_in("样〔2023〕1号")
    ([(2023, 11)], set())
    """
    plain = narrowed(text)
    found = [*_MONTH.findall(plain), *_COMPACT.findall(plain)]
    return {(int(year), int(month)) for year, month in found if 1 <= int(month) <= 12}


def serial_day(text: str, epoch: int) -> date | None:
    """The day of a spreadsheet's serial number, if it lies between 2000 and 2049."""
    if not re.fullmatch(r"\d{5}(?:\.\d+)?", text):
        return None
    day = EPOCHS[epoch or 1900] + timedelta(days=int(float(text)))
    return day if 2000 <= day.year < 2050 else None


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
