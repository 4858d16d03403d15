"""Duties that a record calls into being, in pandas: mostly what has to follow a failed canvass."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from chicago.counting import LOG, YEAR, Expected, by_hits, duties, judge, workdays_after
from chicago.world import DAY, LOW, World


def fourteen_days(days: pd.Series) -> pd.Series:
    return days + 14 * DAY


def a_month(days: pd.Series) -> pd.Series:
    return days + pd.DateOffset(months=1)


def ten_workdays(days: pd.Series) -> pd.Series:
    return workdays_after(days, 10)


def eight_days_rolled(days: pd.Series) -> pd.Series:
    return workdays_after(days + 8 * DAY, 0)


def all_failures(w: World) -> pd.DataFrame:
    return w.failed


def first_failures(w: World) -> pd.DataFrame:
    """The first failure of each licence; of two on one day the one with the smaller id, as text."""
    return w.failed.sort_values(["day", "inspection_id"]).drop_duplicates("license")


def answered(
    due_of: Callable[[pd.Series], pd.Series] = fourteen_days,
    *,
    triggers: Callable[[World], pd.DataFrame] = all_failures,
    window: tuple[str, str] = LOG,
    tolerance: pd.Timedelta | None = None,
) -> Expected:
    """Each trigger is followed by a re-inspection for the same licence; one without a licence might have been it."""

    def compute(w: World) -> pd.DataFrame:
        rows = triggers(w)
        rows = rows[rows.day.between(*window) & (rows.license != "")].sort_values("day", ignore_index=True)
        rows["due"] = due_of(rows.day)
        again = w.seen_again[["license", "day"]].sort_values("day")
        again["done"] = again.day
        done = pd.merge_asof(rows, again, on="day", by="license", direction="forward", tolerance=tolerance).done
        nobodys = w.seen_again.day[w.seen_again.license == ""]
        maybe = np.any([(rows.day <= day) & (day <= rows.due) for day in nobodys], axis=0)
        last = rows.day + tolerance if tolerance is not None else w.over
        later = np.any([(rows.due < day) & (day <= last) for day in nobodys], axis=0)
        status = judge(done <= rows.due, rows.due <= w.over, late=done.notna(), maybe=maybe, later=later)
        overdue = np.where(status == "late", (done - rows.due).dt.days, (w.today - rows.due).dt.days)
        overdue = np.where(np.isin(status, ["late", "breached", "unproven"]), overdue, np.nan)
        return duties(named(rows), status=status, days_overdue=overdue)

    return compute


def named(rows: pd.DataFrame) -> pd.DataFrame:
    """Duties of triggers: whose they are, and which trigger it is."""
    return rows.rename(columns={"license": "bearer_id", "inspection_id": "trigger_id"})


def within_log(rows: pd.DataFrame) -> pd.DataFrame:
    return rows[rows.day.between(*LOG)].reset_index(drop=True)


def paired(rows: pd.DataFrame, acts: pd.DataFrame) -> pd.DataFrame:
    """Each trigger with each act of its licence (`act`: its day)."""
    return rows.merge(acts[["license", "day"]].rename(columns={"day": "act"}), on="license")


def other_failures(w: World) -> pd.DataFrame:
    """Failures that were none of restaurants; where that is not told, nobody knows."""
    found = answered(triggers=lambda w: w.failed[w.failed.facility_type != "Restaurant"])(w)
    found["status"] = found.status.mask(found.facility_type == "", "unproven")
    return found.drop(columns="days_overdue")


def seen_somehow(w: World) -> pd.DataFrame:
    """A visit after a complaint within thirty days will do; of low risk, a person looks."""
    found = answered()(w)
    rows = found.rename(columns={"bearer_id": "license"})
    pairs = paired(rows, w.visit[w.visit.inspection_purpose.str.startswith("Complaint")])
    other = found.trigger_id.isin(pairs[pairs.act.between(pairs.day, pairs.day + 30 * DAY)].trigger_id)
    status = found.status.mask(~found.status.isin(["met", "pending"]) & other, "discharged")
    status = status.mask((status == "breached") & (found.risk == LOW), "manual")
    return found.assign(status=status).drop(columns="days_overdue")


def looked_at(w: World) -> pd.DataFrame:
    """Whatever was not done in time, a person looks."""
    found = answered(window=("2014-01-01", "2014-12-31"))(w)
    return found.assign(status=found.status.mask(found.status.isin(["late", "breached"]), "manual"))


def no_complaint_after_failure(w: World) -> pd.DataFrame:
    rows = within_log(w.failed)
    pairs = paired(rows, w.visit[w.visit.inspection_purpose.isin(["Complaint", "Short Form Complaint"])])
    hits = pairs[pairs.act.between(pairs.day, pairs.day + 30 * DAY)].groupby("inspection_id").size()
    n = rows.inspection_id.map(hits).fillna(0)
    return duties(named(rows), observed=n, status=by_hits(n, rows.day + 30 * DAY <= w.over))


def heralded(*, before_only: bool) -> Expected:
    """A complaint in the sixty days before each failure; else any later one makes it late."""

    def compute(w: World) -> pd.DataFrame:
        rows = within_log(w.failed)
        pairs = paired(rows, w.visit[w.visit.inspection_purpose.str.lower().str.contains("complaint")])
        pairs = pairs[pairs.act >= pairs.day - 60 * DAY]
        timely = pairs[pairs.act < pairs.day if before_only else pairs.act <= pairs.day]
        after = pairs[(pairs.act > pairs.day) & (not before_only)]
        met, late = (rows.inspection_id.isin(found.inspection_id) for found in (timely, after))
        return duties(named(rows), status=judge(met, rows.day <= w.over, late=late))

    return compute


def two_days_of_visits(w: World) -> pd.DataFrame:
    """Visits on two days after the failure, within ninety days."""
    rows = within_log(w.failed[w.failed.license != ""])
    due = rows.day + 90 * DAY
    pairs = paired(rows, w.visit)
    pairs = pairs[pairs.act > pairs.day].drop_duplicates(["inspection_id", "act"]).sort_values("act")
    second = rows.inspection_id.map(pairs.groupby("inspection_id").nth(1).set_index("inspection_id").act)
    timely = pairs[pairs.act <= pairs.day + 90 * DAY].groupby("inspection_id").size()
    unknown = sum(((rows.day < day) & (day <= due)).astype(int) for day in w.visit.day[w.visit.license == ""])
    maybe = rows.inspection_id.map(timely).fillna(0) + unknown >= 2
    ever = rows.inspection_id.map(pairs.groupby("inspection_id").size()).fillna(0)
    later = ever + sum((rows.day < day).astype(int) for day in w.visit.day[w.visit.license == ""]) >= 2
    status = judge(second <= due, due <= w.over, late=second.notna(), maybe=maybe, later=later)
    return duties(named(rows), status=status)


def canvassed_again(w: World) -> pd.DataFrame:
    """Another canvass that does not fail, within two months."""
    rows = within_log(w.failed)
    due = rows.day + pd.DateOffset(months=2)
    pairs = paired(rows, w.canvass[w.canvass.results != "Fail"])
    done = rows.inspection_id.map(pairs[pairs.act >= pairs.day].groupby("inspection_id").act.min())
    return duties(named(rows), status=judge(done <= due, due <= w.over, late=done.notna()))


def complaint_answered(w: World) -> pd.DataFrame:
    """A canvass in the establishment's class after each complaint, within a month and until a working day."""
    complaints = w.visit[(w.visit.inspection_purpose == "Complaint") & w.visit.day.between(*YEAR)]
    rows = complaints.merge(w.establishment, on="license").reset_index(names="row")
    rows["due"] = workdays_after(a_month(rows.day), 0)
    acts = rows.merge(w.canvass[["license", "risk", "day"]], on=["license", "risk"], suffixes=("", "_act"))
    done = rows.row.map(acts[acts.day_act > acts.day].groupby("row").day_act.min())
    status = judge(done <= rows.due, rows.due <= w.over, late=done.notna())
    return by_due(duties(rows.rename(columns={"license": "bearer_id"}), status=status))


def by_due(frame: pd.DataFrame) -> pd.DataFrame:
    """Triggers without an id of their own: told apart by due, then by status."""
    rows = frame.sort_values(["bearer_id", "due", "status"])
    number = rows.groupby(["bearer_id", "due"]).cumcount().astype(str)
    return rows.assign(trigger_id=rows.due.dt.strftime("%Y-%m-%d/") + number)
