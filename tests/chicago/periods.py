"""Duties of bearers and periods, in pandas."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from chicago.counting import (
    LOG,
    YEAR,
    Expected,
    Grid,
    Rows,
    all_rows,
    by_hits,
    duties,
    firm,
    judge,
    last_of_day,
    looked_up,
    start_of,
    workdays_after,
)
from chicago.world import DAY, HIGH, World

Who = Callable[[World], Any]


def listed(w: World) -> Any:
    return w.establishment.license


def logged(w: World) -> Any:
    return w.canvass.license


def classes(w: World) -> Any:
    return w.establishment.risk


def city(w: World) -> Any:
    return ["Chicago"]


def periodic(
    who: Who,
    unit: str,
    least: int,
    window: tuple[str, str] = YEAR,
    *,
    bearer: str = "license",
    distinct: str = "",
    chosen: Rows = all_rows,
    only: Callable[[World, pd.DataFrame], pd.Series] | None = None,
) -> Expected:
    """So many canvasses per bearer and period."""

    def compute(w: World) -> pd.DataFrame:
        grid = Grid.of(who(w), window, unit, w.today)
        log = chosen(w.canvass.assign(city="Chicago"))
        n = grid.counted(log, bearer, distinct)
        whole = grid.counted(log, bearer, distinct, whole=True)
        status = judge(n >= least, grid.frame.b <= w.over, maybe=n + grid.nobodys(log, bearer) >= least)
        found = duties(grid.frame, status=status, observed=n, enforceable=grid.firm(n, whole, least))
        if only is None:
            return found
        found.loc[~only(w, found), "status"] = "not_applicable"
        return found.drop(columns=["observed", "enforceable"])

    return compute


def of_class(risk: str) -> Callable[[World, pd.DataFrame], pd.Series]:
    return lambda w, found: found.bearer_id.isin(w.establishment.license[w.establishment.risk == risk])


def failed_in_2013(w: World, found: pd.DataFrame) -> pd.Series:
    return found.bearer_id.isin(w.failed.license[w.failed.day.between(*YEAR)])


def with_pair(canvass: pd.DataFrame) -> pd.DataFrame:
    return canvass.assign(pair=canvass.license + "/" + canvass.risk)


def failed_pairs(w: World) -> Any:
    return with_pair(w.failed).pair


def monthly_by(
    least: int, due_of: Callable[[pd.DataFrame], pd.Series], chosen: Rows = all_rows, expected_day: int = 0
) -> Expected:
    """So many canvasses of the city each month until a day of it; in the rest of the month they are late."""

    def compute(w: World) -> pd.DataFrame:
        log = chosen(w.canvass).sort_values("day")
        rows = Grid.of(["Chicago"], YEAR, "month", w.today).frame
        due, month = due_of(rows), start_of(log.day, "month")
        nth = log[log.groupby(month).cumcount() + 1 == least].day
        day = rows.period_start.map(pd.Series(nth.to_numpy(), index=start_of(nth, "month")))
        status = judge(day <= due, due <= w.over, late=day > due)
        overdue = np.select(
            [status == "late", status == "breached"], [(day - due).dt.days, (w.today - due).dt.days], np.nan
        )
        found = duties(rows, status=status, days_overdue=overdue)
        if expected_day:
            found["past_expected"] = (day_of_month(expected_day)(rows) <= w.over) & ~(day <= due)
        return found

    return compute


def day_of_month(number: int) -> Callable[[pd.DataFrame], pd.Series]:
    return lambda rows: rows.period_start + (number - 1) * DAY


def rolled_day_of_month(number: int) -> Callable[[pd.DataFrame], pd.Series]:
    return lambda rows: workdays_after(day_of_month(number)(rows), 0)


def from_a_day_on(least: int, first: str, due: str, *, but: str = "") -> Expected:
    """So many canvasses from a day on; late afterwards, whenever that is; not for the class `but`."""

    def compute(w: World) -> pd.DataFrame:
        log = w.canvass[w.canvass.day >= first].sort_values("day")
        nth = log.groupby("license").nth(least - 1).set_index("license").day
        rows = w.establishment.rename(columns={"license": "bearer_id"})
        done, last = rows.bearer_id.map(nth), pd.Timestamp(due)
        status = judge(done <= last, last <= w.over, late=done > last)
        return duties(rows, status=np.where(rows.risk == but, "not_applicable", status))

    return compute


def covering(
    who: Who, unit: str, share: float, log_of: Callable[[World], pd.DataFrame], targets_of: Rows = all_rows
) -> Expected:
    """A share of the licences of a class (the bearer's; for the city all that are given) is reached in each period."""

    def compute(w: World) -> pd.DataFrame:
        rows = Grid.of(who(w), YEAR, unit, w.today).frame
        targets = targets_of(w.establishment)
        log = log_of(w).assign(period=lambda found: start_of(found.day, unit))
        reached, loose, needed = [], [], []
        for bearer, period in zip(rows.bearer_id, rows.period_start, strict=True):
            asked = targets.license if bearer == "Chicago" else targets.license[targets.risk == bearer]
            acts = log[log.period == period]
            reached.append(asked.isin(acts.license).sum())
            loose.append(min((acts.license == "").sum(), len(asked) - reached[-1]))
            needed.append(np.ceil(round(len(asked) * share / 100, 6)))
        n, m, required = map(np.array, (reached, loose, needed))
        status = judge(n >= required, rows.b <= w.over, maybe=n + m >= required)
        return duties(rows, observed=n, required=required, status=status)

    return compute


def high_risk(roster: pd.DataFrame) -> pd.DataFrame:
    return roster[roster.risk == HIGH]


def covers_high_risk_now(w: World) -> pd.DataFrame:
    """Of the licences that were of high risk all through a quarter until now, 4 % are canvassed."""
    rows = Grid.of(["Chicago"], LOG, "quarter", w.today).frame
    log = last_of_day(w.canvass)
    needed, reached = [], []
    for a, b in zip(rows.a, rows.b, strict=True):
        at_first = high_risk(log[log.day <= a].drop_duplicates("license", keep="last")).license
        changed = log.license[(log.day > a) & (log.day <= b) & (log.risk != HIGH)]
        targets = at_first[~at_first.isin(changed)]
        needed.append(np.ceil(round(len(targets) * 0.04, 6)))
        reached.append(targets.isin(w.canvass.license[w.canvass.day.between(a, b)]).sum())
    n, required = np.array(reached), np.array(needed)
    return duties(rows, status=judge(n >= required, rows.b <= w.over), observed=n, required=required)


def forbidden(
    who: Who, window: tuple[str, str], hits: Callable[[World], pd.DataFrame], *, once: bool = False
) -> Expected:
    """Not a single such row of the log in a year."""

    def compute(w: World) -> pd.DataFrame:
        grid = Grid.of(who(w), window, "year", w.today)
        n = grid.counted(hits(w), "license")
        found = duties(grid.frame, observed=n, status=by_hits(n, grid.frame.b <= w.over))
        return found.assign(period_start=pd.NaT) if once else found.assign(enforceable=grid.firm(0, 0, 0))

    return compute


def other_class(w: World) -> pd.DataFrame:
    """Canvasses that name another class than the roster."""
    both = w.canvass.merge(w.establishment, on="license", suffixes=("", "_listed"))
    return both[both.risk != both.risk_listed]


def complaints_after_a_failure(w: World) -> pd.DataFrame:
    """Complaints in 2013 about a licence whose last canvass, that day's included, was a failure."""
    rows = Grid.of(w.canvass.license, YEAR, "year", w.today).frame
    complaints = w.visit[(w.visit.inspection_purpose == "Complaint") & w.visit.day.between(*YEAR)].sort_values("day")
    last = pd.merge_asof(complaints, last_of_day(w.canvass), on="day", by="license")
    n = rows.bearer_id.map(last[last.results == "Fail"].license.value_counts()).fillna(0)
    known = rows.bearer_id.map(w.canvass.groupby("license").day.min()) <= rows.b
    return duties(rows, observed=n, status=np.where(known, by_hits(n, rows.b <= w.over), "not_applicable"))


def known_licences(w: World) -> pd.DataFrame:
    """A canvass per quarter of a window, from the first one on."""
    grid = Grid.of(w.canvass.license, ("2013-05-20", "2013-11-10"), "quarter", w.today)
    rows = grid.frame
    n, whole = grid.counted(w.canvass, "license"), grid.counted(w.canvass, "license", whole=True)
    first = rows.bearer_id.map(w.canvass.groupby("license").day.min())
    days = (rows.b - np.maximum(rows.a, first)).dt.days + 1
    status = np.where(days <= 0, "not_applicable", judge(n >= 1, rows.b <= w.over))
    return duties(rows, status=status, observed=n, enforceable=grid.firm(n, whole, 1, days))


def while_of(unit: str, wanted: Callable[[pd.DataFrame], Any], visits_of: Rows, untold: str = "") -> Expected:
    """A visit per period on the days on which a licence's last canvass was as wanted; `untold`: a cell may hide it."""

    def compute(w: World) -> pd.DataFrame:
        grid = Grid.of(w.canvass.license, LOG, unit, w.today)
        rows, key = grid.frame, ["bearer_id", "period_start"]
        held = wanted_days(w.canvass, wanted, rows)

        def found(picked: pd.DataFrame) -> np.ndarray:
            return looked_up(picked.groupby(key).size(), rows[key])

        days = looked_up(held.groupby(key).days.sum(), rows[key])
        visits = visits_of(w.visit)
        acts = held.drop(columns="day").merge(visits[["license", "day"]], on="license")
        n = found(acts[acts.day.between(acts.s, acts.e)])
        whole = grid.counted(visits, "license", whole=True)
        nobodys = visits.day[visits.license == ""]
        maybe = np.any([found(held[(held.s <= day) & (day <= held.e)]) > 0 for day in nobodys], axis=0)
        status = judge(n >= 1, rows.b <= w.over, maybe=maybe)
        if untold:
            status = np.where(found(held[held[untold] == ""]) > 0, "unproven", status)
        status = np.where(days == 0, "not_applicable", status)
        return duties(rows, status=status, observed=n, enforceable=grid.firm(n, whole, 1, days))

    return compute


def wanted_days(canvass: pd.DataFrame, wanted: Callable[[pd.DataFrame], Any], rows: pd.DataFrame) -> pd.DataFrame:
    """The days s … e in each period from a wanted canvass until the next canvass of its licence."""
    spans = last_of_day(canvass)
    spans["until"] = (spans.groupby("license").day.shift(-1) - DAY).fillna(pd.Timestamp(LOG[1]))
    spans = spans[wanted(spans)]
    held = spans.merge(rows, left_on="license", right_on="bearer_id")
    held["s"], held["e"] = np.maximum(held.day, held.a), np.minimum(held.until, held.b)
    held = held[held.s <= held.e]
    return held.assign(days=(held.e - held.s).dt.days + 1)


def of_high_risk(spans: pd.DataFrame) -> pd.Series:
    return spans.risk == HIGH


def perhaps_restaurant(spans: pd.DataFrame) -> pd.Series:
    return spans.facility_type.isin(["Restaurant", ""])


def visits_but(purpose: str) -> Rows:
    return lambda visit: visit[visit.inspection_purpose != purpose]


def visits_for(purpose: str) -> Rows:
    return lambda visit: visit[visit.inspection_purpose == purpose]


def visits_of_a_class(w: World) -> pd.DataFrame:
    """Visits to the establishments of a class: off the roster is nobody's, without a licence might be anybody's."""
    grid = Grid.of(w.establishment.risk, YEAR, "month", w.today)
    n = grid.counted(w.visit.merge(w.establishment, on="license"), "risk")
    nobodys = start_of(w.visit.day[w.visit.license == ""], "month").value_counts()
    maybe = n + grid.frame.period_start.map(nobodys).fillna(0) >= 150
    return duties(grid.frame, observed=n, status=judge(n >= 150, grid.frame.b <= w.over, maybe=maybe))


def restaurants(w: World) -> pd.DataFrame:
    """A canvass whose kind of facility is not told might have been one of a restaurant."""
    grid = Grid.of(w.establishment.license, LOG, "year", w.today)
    told = w.canvass[w.canvass.facility_type == "Restaurant"]
    n, whole = grid.counted(told, "license"), grid.counted(told, "license", whole=True)
    untold = grid.counted(w.canvass[w.canvass.facility_type == ""], "license")
    status = judge(n >= 1, grid.frame.b <= w.over, maybe=n + untold >= 1)
    return duties(grid.frame, status=status, observed=n, enforceable=grid.firm(n, whole, 1))


def kinds_of_facility(w: World) -> pd.DataFrame:
    """Two kinds of facility under one licence; one that is not told might be another."""
    rows, end = pd.DataFrame({"bearer_id": w.canvass.license.unique()}), pd.Timestamp(LOG[1])
    told = w.canvass[w.canvass.facility_type != ""].sort_values("day").drop_duplicates(["license", "facility_type"])
    second = rows.bearer_id.map(told.groupby("license").nth(1).set_index("license").day)
    timely = told[told.day <= end].license.value_counts()
    untold = w.canvass[(w.canvass.facility_type == "") & (w.canvass.day <= end)].license.value_counts()
    possible = sum(rows.bearer_id.map(counts).fillna(0) for counts in (timely, untold))
    status = judge(second <= end, end <= w.over, late=second.notna(), maybe=possible >= 2)
    return duties(rows, status=status, observed=rows.bearer_id.map(told.license.value_counts()).fillna(0))


def licensed_and_seen(w: World) -> pd.DataFrame:
    """Two visits in half a year, for the licences of the log that are on the roster."""
    if w.today < pd.Timestamp("2014-01-01"):
        return duties(pd.DataFrame({"bearer_id": [], "status": []}))
    rows, due = pd.DataFrame({"bearer_id": w.canvass.license.unique()}), pd.Timestamp("2014-06-30")
    rows = rows[rows.bearer_id != ""]
    visits = w.visit[w.visit.day >= "2014-01-01"].sort_values("day")
    second = rows.bearer_id.map(visits.groupby("license").nth(1).set_index("license").day)
    timely = visits[visits.day <= due].license.value_counts()
    maybe = rows.bearer_id.map(timely).fillna(0) + timely.get("", 0) >= 2
    ever = visits.license.value_counts()
    later = rows.bearer_id.map(ever).fillna(0) + ever.get("", 0) >= 2
    status = judge(second <= due, due <= w.over, late=second.notna(), maybe=maybe, later=later)
    return duties(rows, status=np.where(rows.bearer_id.isin(w.establishment.license), status, "not_applicable"))


def week_or_the_next(w: World) -> pd.DataFrame:
    """So many canvasses a week, or more that do not fail until a week later."""
    found = periodic(city, "week", 170, LOG, bearer="city")(w)
    passed = w.canvass[w.canvass.results != "Fail"].day
    good = np.array([passed.between(a, e + 7 * DAY).sum() for a, e in zip(found.a, found.full_end, strict=True)])
    other = ~found.status.isin(["met", "pending"]) & (good >= 260)
    return found.assign(status=found.status.mask(other, "discharged"))


def quarters_after_first_failure(w: World) -> pd.DataFrame:
    """From the first failure on a visit in each quarter of 2013; a visit without a licence might be anybody's."""
    first = w.failed.sort_values(["day", "inspection_id"]).drop_duplicates("license").set_index("license")
    rows = Grid.of(first.index, YEAR, "quarter", w.today).frame
    rows["trigger_id"], rows["opened"] = (rows.bearer_id.map(first[name]) for name in ("inspection_id", "day"))
    rows = rows[rows.opened <= rows.full_end].reset_index(drop=True)
    rows["a"] = rows[["a", "opened"]].max(axis=1)

    def count(pairs: pd.DataFrame, since: str) -> np.ndarray:
        inside = pairs[pairs.day.between(pairs[since], pairs.full_end)]
        return pd.Series(rows.index).map(inside.groupby("row").size()).fillna(0).to_numpy()

    numbered = rows.assign(row=rows.index)
    own = numbered.merge(w.visit[["license", "day"]], left_on="bearer_id", right_on="license")
    nobodys = numbered.merge(w.visit.loc[w.visit.license == "", ["day"]], how="cross")
    n, whole = count(own, "a"), count(own, "period_start")
    status = judge(n >= 1, rows.b <= w.over, maybe=count(nobodys, "a") > 0)
    return duties(rows, status=status, observed=n, enforceable=firm(rows, n, whole, 1))
