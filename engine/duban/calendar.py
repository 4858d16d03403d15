"""The pinned calendar of workdays: which days rest, as the State Council announces them year by year.

Periods and durations are SQL (kinds/base.py, compile/sql.py), since they are reckoned by the million.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from duban.errors import Issue, PackError

_SATURDAY = 5


@dataclass(frozen=True)
class Calendar:
    """A pinned calendar: weekends rest, except make-up workdays; `holidays` rest too.

    Years without an announcement are provisional: only weekends rest there.
    """

    holidays: frozenset[date] = frozenset()
    workdays: frozenset[date] = frozenset()
    sources: Mapping[int, str] = field(default_factory=dict, hash=False)

    @classmethod
    def from_data(cls, data: Mapping[Any, Any]) -> Calendar:
        """A calendar from `{years: {2024: {source: …, holidays: [days], workdays: [days]}}}`; none: weekends only.

        Raises PackError naming everything that is not so.
        """
        days: dict[str, set[date]] = {"holidays": set(), "workdays": set()}
        sources: dict[int, str] = {}
        issues: list[Issue] = []
        for year, entry in (data.get("years") or {}).items():
            if not isinstance(year, int) or not isinstance(entry, Mapping):
                issues.append(Issue("C101", f"日历里的“{year}”应是年份，下含source、holidays、workdays"))
                continue
            sources[year] = str(entry.get("source", ""))
            for key in entry:
                if key not in ("source", "holidays", "workdays"):
                    issues.append(
                        Issue("C102", f"日历{year}年里不认识“{key}”", hint="可用：source、holidays、workdays")
                    )
            for key, found in days.items():
                for item in entry.get(key) or ():
                    try:
                        found.add(_day(item))
                    except ValueError:
                        issues.append(Issue("C103", f"日历{year}年{key}里的“{item}”不是日期", hint="如2024-02-18"))
        both = sorted(days["holidays"] & days["workdays"])
        issues += [Issue("C104", f"日历里{day}既是假日又是工作日") for day in both]
        if issues:
            raise PackError("日历有误", issues)
        return cls(frozenset(days["holidays"]), frozenset(days["workdays"]), sources)

    def provisional(self, year: int) -> bool:
        """Whether the holidays of a year have not been announced (or not been pinned)."""
        return year not in self.sources

    def is_workday(self, day: date) -> bool:
        return day in self.workdays or (day.weekday() < _SATURDAY and day not in self.holidays)


def _day(item: Any) -> date:
    """A day as YAML gives it, as a date or as text. ValueError if it is neither."""
    if isinstance(item, date) and not isinstance(item, datetime):
        return item
    return date.fromisoformat(str(item).strip())
