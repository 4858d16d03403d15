"""The life of a finding: what became of it from one audit to the next, since when, and whether conduct or data changed.

A finding is a duty that a person must look at: breached, manual, late or unproven, and not cleared. It is *open* as long
as it is breached or manual. Statuses alone do not say whose doing a change is: a breached duty that is met a month later was
never cured, since periods are final: its acts lie before its due. So a change counts as late data (资料后到) where the
act that makes it, or the due that decides it, lies before the audit before, and no record of it was in hand then.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from duban.model import Course, Life, Status, Verification

OPEN = frozenset({"breached", "manual"})
LOOKED_AT = OPEN | {"late", "unproven"}
_CLEARABLE = OPEN | {"late"}
_CLOSED = {"met": Course.CURED, "discharged": Course.CURED, "late": Course.CURED, "waived": Course.WAIVED}


@dataclass(frozen=True)
class Standing:
    """How one duty stood in one audit. `last_act`: the last that happened, `received`: the last that was handed in, of the
    records behind its number; `done_at`: when it was satisfied, where that is one moment.
    """

    fingerprint: str
    obligation: str
    kind: str
    status: str
    verification: str = ""
    due: datetime | None = None
    done_at: datetime | None = None
    last_act: datetime | None = None
    received: datetime | None = None

    @property
    def cleared(self) -> bool:
        """Whether a person has cleared it (已澄清): by the records it is a finding still."""
        return self.verification == Verification.CLEARED.value and self.status in _CLEARABLE

    @property
    def looked_at(self) -> bool:
        """Whether it is a finding."""
        return self.status in LOOKED_AT and not self.cleared

    @property
    def open(self) -> bool:
        """Whether it accuses somebody, now."""
        return self.status in OPEN and not self.cleared


@dataclass(frozen=True)
class Moment:
    """An audit in a series: what it looked at, and by which rules (any text that changes with them)."""

    as_of: datetime
    known_by: datetime
    rules: str = ""

    @property
    def day(self) -> date:
        """The day that it stands for: 24:00 of a day is that day."""
        return day_of(self.as_of)


def day_of(moment: datetime) -> date:
    """The day of a moment; midnight ends a day."""
    return (moment - timedelta(microseconds=1)).date()


def course_of(was: Standing | None, now: Standing | None) -> Course | None:
    """What became of a duty between two audits; None: it is no finding, and was none (or was cleared before)."""
    if now is not None and now.cleared:
        return None if was is not None and was.cleared else Course.CLEARED
    if now is not None and now.looked_at:
        if now.open:
            return Course.PERSISTING if was is not None and was.open else Course.NEW
        if now.status == "late" and was is not None and was.open:
            return Course.CURED
        same = was is not None and was.looked_at and (now.status == "unproven" or was.status == "late")
        return Course.PERSISTING if same else Course.NEW
    if was is None or not was.looked_at:
        return None
    return _CLOSED.get(now.status, Course.GONE) if now is not None else Course.GONE


def life_of(series: Sequence[tuple[Moment, Standing | None]]) -> Life | None:
    """The life of one duty over the audits of a series, in order of time; None if it is no finding, and was none before."""
    start, closed, ended = None, None, ""
    was: Standing | None = None
    before: Moment | None = None
    life: Life | None = None
    for moment, now in series:
        course = course_of(was, now)
        recurs = ended if course is Course.NEW else ""
        if course is Course.NEW or (course is not None and start is None):
            start, closed, ended = moment.day, None, ""
        if now is not None and now.looked_at and now.status != "late":
            closed = None
        elif closed is None:
            closed = moment.day
        life = None
        if course is not None and start is not None:
            life = _told(course, before, moment, was, now, start, (closed or moment.day) - start, recurs)
        if course in (Course.CURED, Course.CLEARED, Course.WAIVED, Course.GONE):
            ended = f"曾于{moment.day}“{course.value}”，现再次出现"
        was, before = now, moment
    return life


def _told(
    course: Course, before: Moment | None, moment: Moment, was: Standing | None, now: Standing | None, start: date,
    open_for: timedelta, recurs: str,
) -> Life:  # fmt: skip
    standing = now or was
    assert standing is not None  # a course needs either
    late = before is not None and is_late_data(before, moment, was, now)
    why = "；".join(filter(None, (recurs, _why(course, before, moment, was, now, late))))
    status, before_status = (one.status if one is not None else "" for one in (now, was))
    return Life(standing.fingerprint, course, start, open_for.days // 7, status, before_status, why, late)


# ---- whose doing it was


def is_late_data(before: Moment, moment: Moment, was: Standing | None, now: Standing | None) -> bool:
    """Whether a change rests on records that came after the audit before, on what lies before its as_of."""
    if course_of(was, now) in (None, Course.CLEARED) or (
        was is not None and now is not None and was.status == now.status
    ):
        return False
    if now is None or now.status == "not_applicable" or _is_taken_back(now):
        # What called for it, or the hit, was taken back by a correction, unless the rules were changed, or something happened since.
        since = now is not None and now.last_act is not None and now.last_act > before.as_of
        return moment.rules == before.rules and was is not None and was.status != "unproven" and not since
    if now.status in ("pending", "waived"):
        return False  # somebody set another date, or approved
    known_then = now.received is not None and now.received <= before.known_by
    if known_then and (was is None or was.status != "unproven"):
        return False  # nothing new came in: the rules or a roster changed, or time went on
    if moment.rules != before.rules and now.received is None:
        return False  # no record shows that it was the data
    decided = _decided(was, now)
    return decided is not None and decided <= before.as_of


def _is_taken_back(now: Standing) -> bool:
    """A forbidden thing is a finding before its due; it is none any more only if its record says something else now."""
    return now.kind == "forbid" and now.status == "pending"


def _decided(was: Standing | None, now: Standing) -> datetime | None:
    """The moment by which it was settled, in the world, that a duty has its status."""
    if now.status in ("met", "late", "discharged"):
        if now.kind == "forbid":
            return None if was is None else datetime.min  # a hit that is a hit no more: a correction, whenever it came
        return now.done_at or now.last_act or now.due
    if now.kind == "forbid":
        return now.last_act
    if now.status in OPEN and was is not None and was.status in ("met", "late", "discharged", "waived"):
        return max(filter(None, (now.due, now.last_act)), default=None)
    return now.due


def _why(
    course: Course, before: Moment | None, moment: Moment, was: Standing | None, now: Standing | None, late: bool
) -> str:
    """One short reason, '' where the course says it all."""
    if late and before is not None:
        return _late_words(before, now)
    changed = before is not None and moment.rules != before.rules
    rules = "规则或口径已改" if changed else ""
    if course is Course.GONE:
        return rules or _gone_words(now)
    if course is Course.CURED and now is not None:
        done = f"，{now.done_at:%Y-%m-%d}办结" if now.status == "late" and now.done_at else ""
        return Status(now.status).chinese + done
    if course is Course.NEW and before is not None:
        status = was.status if was is not None else ""
        known = {"": rules or "新产生", "pending": "已到期", "unproven": "上次证据不足", "waived": "批准不计入已到期"}
        return known.get(status) or "，".join(filter(None, (f"上次{Status(status).chinese}", rules)))
    if course is Course.PERSISTING and was is not None and now is not None and was.status != now.status:
        return f"上次{Status(was.status).chinese}"
    return ""


def _late_words(before: Moment, now: Standing | None) -> str:
    if now is None or now.status == "not_applicable" or _is_taken_back(now):
        return "资料后到：原记录已更正，不再成立"
    came = f"{now.received:%Y-%m-%d}报送的" if now.received is not None and now.received > before.known_by else "后报的"
    return f"资料后到：{came}资料，所载为{before.day}及以前的事"


def _gone_words(now: Standing | None) -> str:
    if now is None:
        return "资料中已没有这一履责项"
    return {"not_applicable": "不再适用", "pending": "期限已改，未到期"}.get(now.status, "")
