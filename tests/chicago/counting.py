"""What all the pandas computations share: the table of statuses, periods, counts by bearer and period."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from chicago.world import DAY, World

KEY = ["bearer_id", "trigger_id", "period_start"]
YEAR, LOG = ("2013-01-01", "2013-12-31"), ("2011-09-02", "2014-10-31")

Expected = Callable[[World], pd.DataFrame]  # duties: KEY, status, and what else is to be compared
Rows = Callable[[pd.DataFrame], pd.DataFrame]
Flags = Any  # a Series of bool, or one bool


def judge(met: Flags, over: Flags, *, late: Flags = False, maybe: Flags = False, later: Flags = False) -> np.ndarray:
    """The table of docs/semantics.md §8 for data that is taken as complete.

    `maybe`: unknown acts could make it met; `later`: those after the due could make it late (row 10).
    """
    met, over, late, maybe, later = np.broadcast_arrays(met, over, late, maybe, later)
    return np.select([met, ~over, maybe, late, later], ["met", "pending", "unproven", "late", "unproven"], "breached")


def by_hits(n: Any, over: Any) -> np.ndarray:
    """The same for what is forbidden."""
    return np.select([n > 0, ~over], ["breached", "pending"], "met")


def duties(keys: pd.DataFrame, **columns: Any) -> pd.DataFrame:
    """Duties by bearer, trigger and period, whichever `keys` has."""
    blank = {"trigger_id": "", "period_start": pd.NaT}
    return keys.assign(**{name: value for name, value in blank.items() if name not in keys}, **columns)


def looked_up(counts: pd.Series, keys: pd.DataFrame) -> np.ndarray:
    """The counts for rows of keys, 0 where there is none."""
    return counts.reindex(pd.MultiIndex.from_frame(keys), fill_value=0).to_numpy()


def all_rows(log: pd.DataFrame) -> pd.DataFrame:
    return log


def failures(log: pd.DataFrame) -> pd.DataFrame:
    return log[log.results == "Fail"]


def start_of(days: pd.Series, unit: str) -> pd.Series:
    """The first day of each day's period."""
    if unit == "half_year":
        return pd.to_datetime({"year": days.dt.year, "month": np.where(days.dt.month < 7, 1, 7), "day": 1})
    code = {"day": "D", "week": "W-SUN", "month": "M", "quarter": "Q", "year": "Y"}[unit]
    return days.dt.to_period(code).dt.start_time


def end_of(starts: pd.Series, unit: str) -> pd.Series:
    """The last day of each period."""
    months = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}
    if unit in months:
        return starts + pd.DateOffset(months=months[unit]) - DAY
    return starts + (6 * DAY if unit == "week" else 0 * DAY)


@dataclass(frozen=True)
class Grid:
    """Bearers × periods of a window that have begun: each calendar period, and its days a … b in the window."""

    frame: pd.DataFrame
    unit: str

    @classmethod
    def of(cls, bearers: Any, window: tuple[str, str], unit: str, today: pd.Timestamp) -> Grid:
        begin, end = map(pd.Timestamp, window)
        days = pd.Series(pd.date_range(begin, min(end, today)))
        starts = start_of(days, unit).drop_duplicates()
        periods = pd.DataFrame({"period_start": starts, "full_end": end_of(starts, unit)})
        periods["a"], periods["b"] = periods.period_start.clip(lower=begin), periods.full_end.clip(upper=end)
        return cls(pd.DataFrame({"bearer_id": pd.unique(pd.Series(bearers))}).merge(periods, how="cross"), unit)

    def counted(self, log: pd.DataFrame, bearer: str, distinct: str = "", *, whole: bool = False) -> np.ndarray:
        """Rows (different values) of a log per duty: in the window, or in the whole calendar period."""
        if not whole:
            log = log[log.day.between(self.frame.a.min(), self.frame.b.max())]
        grouped = log.groupby([log[bearer], start_of(log.day, self.unit)])
        counts = grouped[distinct].nunique() if distinct else grouped.size()
        return looked_up(counts, self.frame[["bearer_id", "period_start"]])

    def nobodys(self, log: pd.DataFrame, bearer: str) -> np.ndarray:
        """Rows per duty that name nobody, and so might be anybody's."""
        days = log.day[(log[bearer] == "") & log.day.between(self.frame.a.min(), self.frame.b.max())]
        return self.frame.period_start.map(start_of(days, self.unit).value_counts()).fillna(0).to_numpy()

    def firm(self, n: Any, whole: Any, least: Any, days: Any = None) -> Any:
        return firm(self.frame, n, whole, least, days)


def firm(rows: pd.DataFrame, n: Any, whole: Any, least: Any, days: Any = None) -> Any:
    """Not advisory (semantics §5): half of the period is alive, and it is not just the cut that makes it fail."""
    days = (rows.b - rows.a).dt.days + 1 if days is None else days
    full = (rows.full_end - rows.period_start).dt.days + 1
    return (days * 2 >= full) & ~((days < full) & (n < least) & (whole >= least))


def workdays_after(days: pd.Series, number: int) -> pd.Series:
    """The number-th working day after each day; 0: the day itself, or the next working day."""
    from pandas.tseries.holiday import USFederalHolidayCalendar

    off = USFederalHolidayCalendar().holidays("2011-01-01", "2014-12-31").to_numpy().astype("datetime64[D]")
    plain = days.to_numpy().astype("datetime64[D]")
    found = np.busday_offset(plain, number, roll="backward" if number else "forward", holidays=off)
    return pd.Series(found.astype("datetime64[ns]"), index=days.index)


def last_of_day(canvass: pd.DataFrame) -> pd.DataFrame:
    """The canvasses by day; of two of one licence on one day the one with the greater id."""
    rows = canvass.sort_values(["day", "inspection_id"]).drop_duplicates(["license", "day"], keep="last")
    return rows.reset_index(drop=True)
