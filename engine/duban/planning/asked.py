"""Which duties ask for visits in the coming week, and of whom: read from the duties of an audit and the tables of its tests."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from duban.calendar import Calendar
from duban.kinds import Cover
from duban.model import Status, Verification
from duban.pack.planning import Errand, Planning, Week, serving
from duban.planning.due import can_be_made_good, comes, days_ahead
from duban.planning.seen import Seen, beside, day_of
from duban.report.layout import period as period_text
from duban.sqltext import literal, quote

if TYPE_CHECKING:
    from duban.auditing import Audit
    from duban.pack.obligation import Obligation

Key = tuple[str, str]  # jurisdiction, id


@dataclass(frozen=True)
class Call:
    """A duty that asks for visits: how many, how many there were, and the targets that it would still count.

    `must`: each of them (a town's all); else any `short` of them will do (30 %).
    """

    obligation: str
    title: str
    clause: str
    jurisdiction: str
    bearer_kind: str
    bearer_id: str
    bearer_name: str
    period: str
    due: datetime
    required: int
    observed: int
    open: tuple[str, ...]
    begins: date | None = None

    @property
    def short(self) -> int:
        return max(self.required - self.observed, 0)

    @property
    def must(self) -> bool:
        return self.short >= len(self.open)

    @property
    def bearer(self) -> tuple[str, str, str]:
        return self.jurisdiction, self.bearer_kind, self.bearer_id


@dataclass(frozen=True)
class Chore:
    """A duty that a visit to a target would settle besides: a re-check that is due, a hazard to look at.

    `pressing`: overdue, or due by the end of the week.
    """

    obligation: str
    why: str
    jurisdiction: str
    target: str
    party_kind: str
    party_id: str  # '' where the party is found by its town
    due: date | None
    overdue: bool
    pressing: bool
    about: str


@dataclass(frozen=True)
class Pace:
    """How many visits of a week keep a duty on its way: evenly over the workdays that are left."""

    week: int
    left: int

    def share(self, number: int) -> int:
        """Visits of this week, rounded up; all of them where no workday is left after it."""
        return number if self.left <= self.week else -(-number * self.week // self.left)


@dataclass
class Asked:
    """All that asks for visits, and who may go."""

    calls: list[Call] = field(default_factory=list)
    chores: list[Chore] = field(default_factory=list)


def asked(audit: Audit, seen: Seen, week: Week, planning: Planning, until: datetime) -> Asked:
    """The calls and chores as of an audit for the days up to `until`."""
    served = served_by(audit, week)
    calls = [call for item in served for call in _calls(audit, seen, week, item)]
    # A period that begins within the week has no duty yet; whom it will ask for is known already.
    days = days_ahead(audit.as_of, until)
    coming = [item for item in served if comes(audit.pack, item, days)]
    if coming:
        names, parts = [item.id for item in coming], parts_of(coming)
        with beside(audit, [week.visit], kinds_of(week), names, parts, moment=until, shelf="ahead") as ahead:
            calls += [call for item in coming for call in _calls(audit, ahead, week, item, coming=True)]
    return Asked(calls, list(_chores(audit, week, planning, until)))


def served_by(audit: Audit, week: Week) -> list[Obligation]:
    """The obligations of an audit that visits of the week serve."""
    return [item for item in serving(audit.pack, week) if item.id in audit.plan.obligations]


def kinds_of(week: Week) -> list[str]:
    """The bearer kinds that visit or are visited."""
    return list(dict.fromkeys([week.targets, *(party.bearer for party in week.parties)]))


def parts_of(served: Sequence[Obligation]) -> list[str]:
    """The tables of the tests that say who is asked for and who was reached."""
    parts = [name for item in served for name in (f"{item.id}/duty", f"{item.id}/test/acts")]
    return parts + [f"{item.id}/test/targets" for item in served if isinstance(item.test, Cover)]


def _calls(audit: Audit, seen: Seen, week: Week, item: Obligation, *, coming: bool = False) -> Iterator[Call]:
    """The duties of one obligation that are not met, with whom they would still count; `coming`: that have not begun."""
    begun = f"u.live_start >= {literal(audit.as_of)}" if coming else "u.status = 'pending'"
    acts = "TRUE" if not coming else "FALSE"
    rows = seen.lines(
        f"SELECT u.*, list(o.target ORDER BY o.target) AS open FROM duties u JOIN ({_open(week, item, acts)}) o USING (fingerprint)\n"
        f"WHERE u.obligation = {literal(item.id)} AND {begun} AND u.status <> 'not_applicable' AND u.due > {literal(audit.as_of)}\n"
        "GROUP BY ALL ORDER BY u.fingerprint"
    )
    for row in rows:
        observed = 0 if coming else int(row["observed"] or 0)
        if int(row["required"] or 0) <= observed:
            continue
        yield Call(
            obligation=item.id,
            title=item.title,
            clause=item.clause,
            jurisdiction=row["jurisdiction"],
            bearer_kind=row["bearer_kind"],
            bearer_id=row["bearer_id"],
            bearer_name=row["bearer_name"] or row["bearer_id"],
            period=period_text(row["period_start"], row["period_end"]) if item.unit else "",
            due=row["due"],
            required=int(row["required"]),
            observed=observed,
            open=tuple(row["open"]),
            begins=row["live_start"].date() if coming else None,
        )


def _open(week: Week, item: Obligation, acts: str) -> str:
    """SQL of (fingerprint, target): whom each duty would still count. `acts`: whether any act counts at all."""
    duty, reached = quote(f"{item.id}/duty"), quote(f"{item.id}/test/acts")
    if isinstance(item.test, Cover):
        done = f"EXISTS (SELECT 1 FROM {reached} a WHERE {acts} AND a.duty = g.duty AND a.owner = g.target AND a.ok AND a.in_scope)"
        return f"SELECT d.fingerprint, g.target FROM {quote(f'{item.id}/test/targets')} g JOIN {duty} d USING (duty) WHERE NOT {done}"
    # Distinct ones are counted: any target that there is, in the bearer's own town where it has one.
    done = f"EXISTS (SELECT 1 FROM {reached} a WHERE {acts} AND a.duty = d.duty AND CAST(a.v0 AS VARCHAR) = t.bearer_id AND a.ok AND a.in_scope)"
    return (
        f"SELECT d.fingerprint, t.bearer_id AS target FROM {duty} d JOIN {quote(f'bearer/{week.targets}/ids')} t USING (jurisdiction)\n"
        f"JOIN {quote(f'bearer/{item.bearer}/ids')} b ON b.jurisdiction = d.jurisdiction AND b.bearer_id = d.bearer_id\n"
        f"WHERE t.ended > d.live_start AND (b.town = '' OR b.town IS NULL OR t.town = b.town) AND NOT {done}"
    )


# --- what may be settled on the way
def _chores(audit: Audit, week: Week, planning: Planning, until: datetime) -> Iterator[Chore]:
    parties = {party.bearer for party in week.parties}
    errands = {name: errand for errand in week.errands for name in errand.obligations}
    rows = audit.connection.execute(
        "SELECT obligation, jurisdiction, bearer_kind, bearer_id, trigger_id, due, status, period_end, about_kind, about_id, verification\n"
        f"FROM duties WHERE list_contains({literal(list(errands))}, obligation) AND status IN ('pending', 'breached')\n"
        "  AND due IS NOT NULL ORDER BY due, fingerprint"
    )
    names = [column[0] for column in rows.description or ()]
    for values in rows.fetchall():
        row = dict(zip(names, values, strict=True))
        item = audit.pack.obligation(row["obligation"])
        if item.each is not None and not row["trigger_id"]:
            continue
        overdue = row["status"] == Status.BREACHED.value
        lost = overdue and not can_be_made_good(item, row["period_end"], planning.due, audit.as_of)
        if lost or row["verification"] == Verification.CLEARED.value:
            continue
        yield from _chore(week, errands[item.id], row, parties, until)


def _chore(week: Week, errand: Errand, row: Mapping[str, Any], parties: set[str], until: datetime) -> Iterator[Chore]:
    own = row["bearer_kind"] == week.targets
    target = row["bearer_id"] if own else row["about_id"] if row["about_kind"] == week.targets else None
    kind = errand.by or row["bearer_kind"]
    if target is None or kind not in parties:
        return
    overdue = row["status"] == Status.BREACHED.value
    yield Chore(
        obligation=row["obligation"],
        why=errand.why,
        jurisdiction=row["jurisdiction"],
        target=target,
        party_kind=kind,
        party_id="" if kind != row["bearer_kind"] else row["bearer_id"],
        due=day_of(row["due"]),
        overdue=overdue,
        pressing=overdue or row["due"] <= until,
        about=row["trigger_id"] or "",
    )


# --- pace
def pace(calendar: Calendar, as_of: datetime, until: datetime, due: datetime, begins: date | None = None) -> Pace:
    """The workdays of the week up to a due, and all that are left until then."""
    first = max(
        as_of.date() if as_of.time() == datetime.min.time() else as_of.date() + timedelta(days=1), begins or date.min
    )
    last, end = day_of(due), day_of(until)
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    work = [day for day in days if calendar.is_workday(day)]
    return Pace(sum(day <= end for day in work), len(work))
