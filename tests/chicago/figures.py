"""Duties about the tallies, in pandas."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from chicago.counting import LOG, YEAR, Expected, Grid, duties, firm, judge, start_of
from chicago.world import DAY, HIGH, World


def of_the_city(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.assign(bearer_id="Chicago", trigger_id=month_key(rows))


def month_key(rows: pd.DataFrame) -> pd.Series:
    return rows.month.dt.strftime("%Y-%m-%d")


def agreeing(w: World, equal: Callable[[pd.DataFrame], list[pd.Series]]) -> pd.DataFrame:
    """Figures that must be equal; one that is empty makes it unproven, unless another is wrong."""
    rows = w.tally[w.tally.day <= LOG[1]]
    checks = pd.concat([check.astype("boolean") for check in equal(rows)], axis=1)
    right, wrong, empty = checks.sum(axis=1), (~checks).any(axis=1), checks.isna().any(axis=1)
    status = np.select([wrong, empty], ["breached", "unproven"], "met")
    return duties(of_the_city(rows), status=status, observed=right)


def tally_agrees(w: World) -> pd.DataFrame:
    def equal(rows: pd.DataFrame) -> list[pd.Series]:
        logs = {"canvasses": w.canvass, "failures": w.failed}
        return [rows[name] == rows.month.map(start_of(log.day, "month").value_counts()) for name, log in logs.items()]

    return agreeing(w, equal)


def tally_adds_up(w: World) -> pd.DataFrame:
    def equal(rows: pd.DataFrame) -> list[pd.Series]:
        before = rows.month - pd.DateOffset(months=1)
        total = rows.set_index("month").total.reindex(before).set_axis(rows.index)
        total[~before.isin(rows.month)] = 0
        return [rows.total == total + rows.canvasses]

    return agreeing(w, equal)


def quarter_agrees(w: World) -> pd.DataFrame:
    """The tallies of a whole quarter, told with the one that is made in its first month after."""
    rows = w.tally[(w.tally.day <= LOG[1]) & w.tally.day.dt.month.isin([1, 4, 7, 10])]
    quarter = start_of(rows.month, "quarter")
    told = quarter.map(w.tally.groupby(start_of(w.tally.month, "quarter")).canvasses.sum())
    counted = quarter.map(start_of(w.canvass.day, "quarter").value_counts())
    right = (told == counted).astype(int) + (told >= 1500).astype(int)
    return duties(of_the_city(rows), status=np.where(right == 2, "met", "breached"), observed=right)


def tally_sum(w: World) -> pd.DataFrame:
    rows = Grid.of(["Chicago"], LOG, "quarter", w.today).frame
    log = w.tally[w.tally.day <= LOG[1]]
    n = rows.period_start.map(log.groupby(start_of(log.day, "quarter")).canvasses.sum()).fillna(0)
    return duties(rows, observed=n, status=judge(n >= 2200, rows.b <= w.over))


def tally_sum_of_failures(w: World) -> pd.DataFrame:
    """By a day of each half year, if that day is in the window; late in the rest of it."""
    rows = Grid.of(["Chicago"], (LOG[0], "2014-12-31"), "half_year", w.today).frame
    rows["due"] = rows.full_end - 45 * DAY
    rows = rows[rows.due.between(*LOG)]
    log = w.tally.assign(period_start=start_of(w.tally.day, "half_year"), known=w.tally.failures.fillna(0))
    log["running"] = log.groupby("period_start").known.cumsum()
    reached = rows.period_start.map(log[log.running >= 500].groupby("period_start").day.min())
    empty = log[log.failures.isna()].merge(rows, on="period_start")
    maybe = rows.period_start.isin(empty.period_start[empty.day <= empty.due])
    status = judge(reached <= rows.due, rows.due <= w.over, late=reached.notna(), maybe=maybe)
    n = rows.period_start.map(log.groupby("period_start").known.sum()).fillna(0)
    return duties(rows, status=status, observed=n)


def tally_in_time(w: World) -> pd.DataFrame:
    """Within 34 days of the first of its month, and with its failures told."""
    rows = w.tally[w.tally.month.between(*LOG)]
    due, sound = rows.month + 34 * DAY, rows.failures.notna()
    status = judge(sound & (rows.day <= due), due <= w.over, late=sound)
    return duties(of_the_city(rows), status=status)


def as_told(name: str, percent: float, log_of: Callable[[World], pd.DataFrame]) -> Expected:
    """As many rows of a log in the month of each tally as it tells, or a percentage of that."""

    def compute(w: World) -> pd.DataFrame:
        log = log_of(w)
        rows = w.tally.assign(bearer_id=month_key(w.tally))
        required = np.ceil((rows[name].astype("float") * percent / 100).round(6))
        timely, n = (
            rows.month.map(start_of(days, "month").value_counts()).fillna(0)
            for days in (log.day[log.day <= LOG[1]], log.day)
        )
        status = judge(timely >= required, pd.Timestamp(LOG[1]) <= w.over, late=n >= required)
        return duties(rows, observed=n, required=required, status=np.where(required.isna(), "unproven", status))

    return compute


def open_periods(tally: pd.DataFrame, unit: str, today: pd.Timestamp) -> pd.DataFrame:
    """The days a … b of each period of 2013 on which a tally is open: from the first of its month until it is made."""
    rows = tally[["month", "day"]].merge(Grid.of(["Chicago"], YEAR, unit, today).frame, how="cross")
    rows["due"] = rows.b
    rows["a"], rows["b"] = np.maximum(rows.a, rows.month), np.minimum(rows.b, rows.day)
    rows = rows[rows.a <= rows.b].reset_index(drop=True)
    return rows.assign(trigger_id=month_key(rows))


def while_tallied(w: World) -> pd.DataFrame:
    rows = open_periods(w.tally, "week", w.today)
    passed = w.canvass[w.canvass.results != "Fail"].day

    def count(first: pd.Series, last: pd.Series) -> np.ndarray:
        return np.array([passed.between(a, b).sum() for a, b in zip(first, last, strict=True)])

    n, whole = count(rows.a, rows.b), count(rows.period_start, rows.full_end)
    return duties(rows, status=judge(n >= 120, rows.due <= w.over), observed=n, enforceable=firm(rows, n, whole, 120))


def tallied_months_cover(w: World) -> pd.DataFrame:
    rows = open_periods(w.tally[w.tally.total.notna()], "month", w.today)
    targets = w.establishment.license[w.establishment.risk == HIGH]
    log, least = w.canvass[w.canvass.license.isin(targets)], np.ceil(len(targets) * 0.06)

    def reached(first: pd.Series, last: pd.Series) -> np.ndarray:
        return np.array([log.license[log.day.between(a, b)].nunique() for a, b in zip(first, last, strict=True)])

    n, whole = reached(rows.a, rows.b), reached(rows.period_start, rows.full_end)
    status = judge(n >= least, rows.due <= w.over)
    return duties(rows, status=status, observed=n, required=least, enforceable=firm(rows, n, whole, least))
