"""What the store knows when a report is written: the audits before, the life of each finding, the trend."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from duban.history.life import LOOKED_AT, Moment, Standing, life_of
from duban.history.snapshots import Snapshot, moment_of, standings_of
from duban.history.store import Store
from duban.history.tables import AUDITS
from duban.model import Life, Past, Point

_TREND = ("breached", "late", "manual", "unproven", "candidates")


@dataclass(frozen=True)
class Kept:
    """An audit of the store, without its duties."""

    number: int
    id: str
    jurisdiction: str
    pack: str
    recorded_at: datetime
    moment: Moment
    counts: Mapping[str, int]
    judge: str

    @property
    def point(self) -> Point:
        return point_of(self.moment.as_of, self.counts)


def audits_of(con: Connection, jurisdiction: str = "", pack: str = "") -> list[Kept]:
    """All audits of a jurisdiction and a pack ('': of all), by as_of; of one as_of the one recorded last comes last."""
    query = select(AUDITS).order_by(
        AUDITS.c.jurisdiction, AUDITS.c.pack, AUDITS.c.as_of, AUDITS.c.recorded_at, AUDITS.c.number
    )
    if jurisdiction:
        query = query.where(AUDITS.c.jurisdiction == jurisdiction)
    if pack:
        query = query.where(AUDITS.c.pack == pack)
    return [_kept(row) for row in con.execute(query)]


def _kept(row: Row[Any]) -> Kept:
    moment = moment_of(row.manifest)
    return Kept(row.number, row.id, row.jurisdiction, row.pack, row.recorded_at, moment, row.counts, row.judge)


def series_of(audits: Iterable[Kept], until: datetime | None = None) -> list[Kept]:
    """One audit for each as_of, in order of time: the one that was recorded last. `until`: only those before."""
    newest = {one.moment.as_of: one for one in audits}
    return [newest[as_of] for as_of in sorted(newest) if until is None or as_of < until]


def past_of_snapshot(store: Store, now: Snapshot, counts: Mapping[str, int]) -> Past:
    """What was before an audit of the same jurisdiction and pack; `counts` are its own, for the last point of the trend."""
    with store.reading() as con:
        earlier = series_of(audits_of(con, now.manifest["jurisdiction"], now.manifest["pack"]), until=now.moment.as_of)
        lives = lives_of(con, earlier, now)
    trend = (*(one.point for one in earlier), point_of(now.moment.as_of, counts))
    return Past(earlier[-1].moment.as_of if earlier else None, tuple(lives), trend)


def lives_of(con: Connection, earlier: Sequence[Kept], now: Snapshot) -> list[Life]:
    """The lives of an audit's findings, and of those of the audit before that are none any more; by fingerprint."""
    known = standings_of(con, [one.number for one in earlier], sorted(LOOKED_AT))
    if earlier:  # how the others stood tells why a finding is new
        known |= standings_of(con, [earlier[-1].number])
    names = {name for name, one in now.standings.items() if one.status in LOOKED_AT}
    if earlier:
        names |= {name for name, one in known[earlier[-1].number].items() if one.looked_at}
    moments = [(one.moment, known[one.number]) for one in earlier] + [(now.moment, now.standings)]
    return lives_over(moments, names)


def lives_over(moments: Sequence[tuple[Moment, Mapping[str, Standing]]], names: Iterable[str]) -> list[Life]:
    """The lives of some duties over audits in order of time."""
    found = (life_of([(moment, standings.get(name)) for moment, standings in moments]) for name in sorted(names))
    return [one for one in found if one is not None]


def point_of(as_of: datetime, counts: Mapping[str, int]) -> Point:
    """A point of the trend."""
    breached, late, manual, unproven, candidates = (counts.get(name, 0) for name in _TREND)
    return Point(as_of, breached, late, manual, unproven, candidates)
