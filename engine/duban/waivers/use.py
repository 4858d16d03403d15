"""After an audit: which duties each waiver covers, and why another covers none. docs/semantics.md §10."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from duban.errors import Issue, Place, Severity
from duban.model import Status, WaiverState, WaiverUse
from duban.pack.obligation import LEGAL
from duban.waivers.reading import Granted, legal

if TYPE_CHECKING:
    import duckdb

EXPIRED = "W006"
_MOST = 3  # dues that one sentence names
# What an expired waiver leaves open: it was for something, and that is judged as it is now.
_OPEN = (Status.BREACHED, Status.LATE, Status.MANUAL, Status.UNPROVEN)
# The duties that a waiver `w` names, whatever their dates.
_NAMED = (
    "duties d JOIN sound_waiver w ON w.fingerprint = d.fingerprint OR (w.jurisdiction = d.jurisdiction"
    " AND w.obligation = d.obligation AND w.bearer = d.bearer_id)"
)


@dataclass(frozen=True)
class _Named:
    """A duty that a waiver names."""

    obligation: str
    basis: str
    kind: str
    status: Status
    due: date | None
    first: date | None  # of its live span

    def lies_in(self, waiver: Granted) -> bool:
        """Whether the waiver has anything to say of it: its due; of what is forbidden any of its days."""
        start, end = waiver.waiver.start, waiver.waiver.end
        if self.kind == "forbid" and self.first is not None and self.due is not None:
            return start <= self.due and self.first <= end
        return self.due is not None and start <= self.due <= end


def uses(
    con: duckdb.DuckDBPyConnection,
    granted: Sequence[Granted],
    as_of: datetime,
    known_by: datetime,
    judged: Collection[str],
) -> tuple[WaiverUse, ...]:
    """Every sound waiver and what became of it; `judged` are the obligations that this audit judged."""
    if not granted:
        return ()
    covered: dict[int, list[str]] = {}
    for number, fingerprint in con.execute(
        "SELECT unnest(waived_by) AS n, fingerprint FROM duties WHERE status = 'waived' ORDER BY ALL"
    ).fetchall():
        covered.setdefault(number, []).append(fingerprint)
    named: dict[int, list[_Named]] = {}
    for number, obligation, basis, kind, status, due, first in con.execute(
        "SELECT w.n, d.obligation, d.basis, d.kind, d.status, CAST(d.due - INTERVAL 1 MICROSECOND AS DATE) AS due,"
        f" CAST(d.live_start AS DATE) FROM {_NAMED} ORDER BY w.n, due NULLS LAST, d.obligation"
    ).fetchall():
        named.setdefault(number, []).append(_Named(obligation, basis, kind, Status(status), due, first))
    return tuple(
        one.use(WaiverState.USED, duties=covered[number])
        if number in covered
        else one.use(*_idle(con, one, named.get(number, []), as_of, known_by, judged))
        for number, one in enumerate(granted)
    )


def _idle(
    con: duckdb.DuckDBPyConnection, one: Granted, named: list[_Named], as_of: datetime, known_by: datetime,
    judged: Collection[str],
) -> tuple[WaiverState, str]:  # fmt: skip
    """What an idle waiver is, and why it covers nothing."""
    waiver = one.waiver
    if any(duty.basis == LEGAL for duty in named):
        return WaiverState.REFUSED, "所指是法定义务，不能批准不计入"
    if datetime.combine(one.known_on, time.min) >= known_by:
        return WaiverState.LATER, f"批准（报送）日期{one.known_on}晚于本次掌握时点，尚不计"
    expired = datetime.combine(waiver.end + timedelta(days=1), time.min) <= as_of
    inside = [duty for duty in named if duty.lies_in(one)]
    told = "、".join(dict.fromkeys(duty.status.chinese for duty in inside))
    if expired and any(duty.status in _OPEN for duty in inside):
        return WaiverState.EXPIRED, f"已于{waiver.end}过期，所指各项按实际情况判定：{told}"
    over = f"，且已于{waiver.end}过期" if expired else ""
    if inside:
        return WaiverState.UNUSED, f"起止日期内的各项为{told}，没有用上{over}"
    if named:
        dues = [str(duty.due) for duty in named if duty.due is not None]
        more = "等" if len(dues) > _MOST else ""
        shown = f"各项期限为{'、'.join(dues[:_MOST])}{more}" if dues else "各项没有期限"
        return WaiverState.UNUSED, f"没有期限在{waiver.start}至{waiver.end}之间的履责项（{shown}）{over}"
    return WaiverState.UNUSED, _nothing(con, one, judged) + over


def _nothing(con: duckdb.DuckDBPyConnection, one: Granted, judged: Collection[str]) -> str:
    """Why no duty is named at all: another obligation, another bearer, another fingerprint."""
    waiver = one.waiver
    if waiver.fingerprint:
        return f"没有指纹为{waiver.fingerprint}的履责项"
    if waiver.obligation not in judged:
        return "本次没有审核这条义务"
    known: dict[str, str] = {}
    for bearer, name in con.execute(
        "SELECT DISTINCT bearer_id, bearer_name FROM duties WHERE obligation = ? AND jurisdiction = ? ORDER BY ALL",
        [waiver.obligation, waiver.jurisdiction],
    ).fetchall():
        known |= {bearer: bearer, **({name: bearer} if name else {})}
    close = difflib.get_close_matches(waiver.bearer, known, n=1)
    hint = f"，是否为“{known[close[0]]}”？" if close else ""
    return f"这条义务没有责任主体“{waiver.bearer}”（须写编号）{hint}"


def warnings(found: Iterable[WaiverUse], places: Sequence[Place]) -> Iterator[Issue]:
    """What must be said aloud of waivers that excuse nothing: one issue for each, at its place."""
    for one, place in zip(found, places, strict=True):
        who = one.fingerprint or f"{one.obligation} {one.bearer}"
        if one.state is WaiverState.REFUSED:
            yield legal(one.obligation or one.fingerprint, place)
        elif one.state is WaiverState.EXPIRED:
            yield Issue(EXPIRED, f"豁免（{who}）{one.why}，不再起作用", place, "确需继续的，请重新报批")
        elif one.state is WaiverState.LATER:
            yield Issue("W005", f"豁免（{who}）{one.why}", place, severity=Severity.WARNING)
        elif one.state is WaiverState.UNUSED:
            hint = "请核对义务、责任主体（编号）和起止日期"
            yield Issue("W007", f"豁免（{who}）未用上：{one.why}", place, hint, Severity.WARNING)
