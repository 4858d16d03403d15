"""What each bearer still has to do, by when, and how short: pending duties, overdue ones that can still be made good, and
what cannot be judged until records are handed in. What is left out is counted, with the reason.
"""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import Enum
from typing import TYPE_CHECKING, Any

from duban.compile import Beside, compile_beside
from duban.errors import Issue, UsageError
from duban.model import Status, Verification
from duban.pack.planning import Planning, Urging, load_planning
from duban.planning.seen import Seen, day_of
from duban.report.layout import period as period_text
from duban.sqltext import literal, quote

if TYPE_CHECKING:
    from duban.auditing import Audit
    from duban.pack import Pack
    from duban.pack.obligation import Obligation

_WITHIN = re.compile(r"(\d{1,4})\s*(d|w|天|日|周)?")
_ASIDES = re.compile(r"（(?:本项看不到|仅提示)：(?:[^（）]|（[^（）]*）)*）")
_LEAD = re.compile(r"^(?:\d{4}-\d{2}-\d{2}(?: \d{2}:\d{2})?到期，余-?\d+天|无期限)[，。]?")
_VERDICTS = ("资料显示未达到（待核实）。", "证据不足，不作为问题。")


class Group(str, Enum):
    """The parts of the list, in order; `value` is what a reader is told."""

    PENDING = "即将到期"
    OVERDUE = "已到期，仍可补办（待核实）"
    UNPROVEN = "资料未报齐，请补报（不作为问题）"


@dataclass(frozen=True)
class Item:
    """One duty with something left to do. `due` is a moment (24:00 is the next day's 0:00), `day` the day that it ends.

    `what`: how far it has come, in a sentence; `begins`: the first day of a duty that has not begun; `corrected`: a
    corrected report settles it; `urgent`: the pack's first alert, danger to life.
    """

    group: Group
    fingerprint: str
    obligation: str
    title: str
    clause: str
    jurisdiction: str
    bearer_kind: str
    bearer_title: str
    bearer_id: str
    bearer_name: str
    town: str
    trigger_id: str
    period: str
    required: float | None
    observed: float | None
    short: float | None
    due: datetime
    days_left: int
    what: str
    attainable: bool = True
    enforceable: bool = True
    begins: date | None = None
    verification: str = ""
    corrected: bool = False
    urgent: bool = False

    @property
    def day(self) -> date:
        return day_of(self.due)

    @property
    def at(self) -> str:
        """The due as people say it: the day where it is 24:00, else with the hour."""
        whole = self.due.time() == datetime.min.time()
        return self.day.isoformat() if whole else self.due.strftime("%Y-%m-%d %H:%M")

    @property
    def remark(self) -> str:
        """What must be known besides: advisory, no longer attainable, not begun."""
        told = [] if self.enforceable else ["仅提示"]
        told += [] if self.attainable else ["按期已不可能达到"]
        told += [f"{self.begins:%m-%d}起"] if self.begins is not None else []
        told += ["核对后更正报送"] if self.corrected else []
        told += [self.verification] if self.verification not in ("", Verification.OPEN.value) else []
        return "；".join(told)


@dataclass(frozen=True)
class LeftOut:
    """How many duties are not on the list, and why; `next`: the first due of those that come later."""

    why: str
    count: int
    next: date | None = None


@dataclass(frozen=True)
class Due:
    """The list as of a moment, for the days that `within` counts."""

    as_of: datetime
    until: datetime
    items: tuple[Item, ...]
    left_out: tuple[LeftOut, ...]

    def of(self, group: Group) -> tuple[Item, ...]:
        return tuple(item for item in self.items if item.group is group)


def days_of(text: str) -> int:
    """`7d`, `2w`, `30天` as days. Raises UsageError."""
    found = _WITHIN.fullmatch(text.strip().lower())
    if found is None:
        raise UsageError(f"“{text}”不是天数", [Issue("U013", "请写成 7d（天）或 2w（周）")])
    return int(found[1]) * (7 if found[2] in ("w", "周") else 1)


def due_of(
    audit: Audit, within: int = 7, bearers: Sequence[str] = (), town: str = "", planning: Planning | None = None
) -> Due:
    """What is left to do by the end of the day `within` days after as_of, and what is overdue and can be made good.

    `bearers`: ids or names; `town`: only what belongs to it. Raises UsageError for those that no duty knows.
    """
    words = planning or load_planning(audit.pack)
    until = audit.as_of + timedelta(days=within)
    wanted = _wanted(audit, bearers, town)
    items: list[Item] = []
    left: Counter[str] = Counter()
    later: dict[str, date] = {}
    for row in _rows(audit, wanted):
        group, why = _sorted(audit.pack.obligation(row["obligation"]), row, until, words.due, audit.as_of)
        if group is not None:
            items.append(_item(audit, row, group))
            continue
        left[why] += 1
        if why.startswith("到期在") and row["due"] is not None:
            later[why] = min(later.get(why, date.max), day_of(row["due"]))
    items += _ahead(audit, until, wanted)
    order = list(Group)
    items.sort(key=lambda item: (order.index(item.group), not item.urgent, item.due, not item.enforceable, *_who(item)))
    told = tuple(LeftOut(why, count, later.get(why)) for why, count in sorted(left.items()) if why)
    return Due(audit.as_of, until, tuple(items), told)


def _who(item: Item) -> tuple[str, ...]:
    return (
        item.jurisdiction,
        item.town,
        item.bearer_kind,
        item.bearer_id,
        item.obligation,
        item.trigger_id,
        item.period,
    )


# --- which duties
_READ = (
    "fingerprint, obligation, jurisdiction, bearer_kind, bearer_id, bearer_name, town, trigger_id, period_start, period_end, due,"
    " status, enforceable, required, observed, shortfall, days_left, days_overdue, attainable, live_start, message, alert,"
    " verification"
)


def _wanted(audit: Audit, bearers: Sequence[str], town: str) -> str:
    """SQL of the duties of some bearers and of a town."""
    con, parts = audit.connection, []
    known = {str(name): None for pair in con.execute("SELECT DISTINCT bearer_id, bearer_name FROM duties ORDER BY ALL").fetchall() for name in pair if name}  # fmt: skip
    unknown = [name for name in bearers if name not in known]
    if unknown:
        raise UsageError("没有这样的主体", [_unknown("主体", name, known) for name in unknown])
    if bearers:
        parts.append(
            f"(list_contains({literal(list(bearers))}, bearer_id) OR list_contains({literal(list(bearers))}, bearer_name))"
        )
    if town:
        towns = [
            str(name)
            for (name,) in con.execute(
                "SELECT DISTINCT town FROM duties WHERE coalesce(town, '') <> '' ORDER BY 1"
            ).fetchall()
        ]
        if town not in towns:
            raise UsageError("没有这个镇", [_unknown("镇", town, towns)])
        parts.append(f"town = {literal(town)}")
    return " AND ".join(parts) or "TRUE"


def _unknown(what: str, name: str, known: Iterable[str]) -> Issue:
    names = list(known)
    close = difflib.get_close_matches(name, names, n=3, cutoff=0.4) or [one for one in names if name in one][:3]
    hint = f"是否为 {'、'.join(close)}？" if close else f"如 {'、'.join(names[:5])}"
    return Issue("U014", f"没有{what}“{name}”的任何履责项", hint=hint)


def _rows(audit: Audit, wanted: str) -> Iterator[dict[str, Any]]:
    statuses = "('pending', 'breached', 'late', 'manual', 'unproven')"
    cursor = audit.connection.execute(
        f"SELECT {_READ} FROM duties d WHERE status IN {statuses} AND ({wanted}) ORDER BY fingerprint"
    )
    names = [column[0] for column in cursor.description or ()]
    for values in cursor.fetchall():
        yield dict(zip(names, values, strict=True))


def _sorted(
    obligation: Obligation, row: Mapping[str, Any], until: datetime, words: Urging, as_of: datetime
) -> tuple[Group | None, str]:
    """The part of the list that a duty stands in; or None and why it is left out."""
    status, due = Status(row["status"]), row["due"]
    if row["verification"] == Verification.CLEARED.value:
        return None, "已澄清"
    if status is Status.PENDING:
        return _pending(obligation, row, until, as_of)
    if status is Status.UNPROVEN:
        return Group.UNPROVEN, ""
    if status is Status.MANUAL:
        return None, "需人工认定"
    if status is Status.LATE:
        return None, "逾期但已达到"
    if due is not None and can_be_made_good(obligation, row["period_end"], words, as_of):
        return Group.OVERDUE, ""
    return None, "期间已过或已成事实，不能补办（仍在待核实清单）"


def _pending(
    obligation: Obligation, row: Mapping[str, Any], until: datetime, as_of: datetime
) -> tuple[Group | None, str]:
    due = row["due"]
    if obligation.each is not None and not row["trigger_id"]:
        return None, "台账未报到，是否有应办事项还不知道"
    if due is None:
        return None, "没有期限"
    if due > until:
        return None, f"到期在{(until - as_of).days}日以后"
    if obligation.forbid is not None:
        return None, "只须保持、没有要办的（不得有所列情形的）"
    if not row["shortfall"] and row["required"] is not None:
        return None, "已经做到，期满认定"
    return Group.PENDING, ""


def can_be_made_good(obligation: Obligation, period_end: date | None, words: Urging, as_of: datetime) -> bool:
    """Whether an act now would still count, late (semantics.md §7, §8): a period that is over is final."""
    if obligation.id in words.final:
        return False
    if obligation.reconcile is not None:
        return obligation.id in words.corrections
    test = obligation.test
    if test.late == "never" or obligation.before:  # what had to come before is not made good afterwards
        return False
    if not obligation.unit or (obligation.perform is not None and obligation.perform.named_by):
        return True
    return bool(obligation.by) and period_end is not None and as_of.date() <= period_end


# --- one line
def _item(audit: Audit, row: Mapping[str, Any], group: Group) -> Item:
    obligation = audit.pack.obligation(row["obligation"])
    due: datetime = row["due"] or audit.as_of
    left = row["days_left"] if group is Group.PENDING else -(row["days_overdue"] or 0)
    return Item(
        group=group,
        title=obligation.title,
        clause=obligation.clause,
        bearer_title=audit.pack.header.bearers[row["bearer_kind"]].title,
        bearer_name=row["bearer_name"] or row["bearer_id"],
        town=row["town"] or "",
        trigger_id=row["trigger_id"] or "",
        period=period_text(row["period_start"], row["period_end"]) if obligation.unit else "",
        short=row["shortfall"],
        due=due,
        days_left=int(left or 0),
        what=said(row["message"], obligation.title),
        attainable=row["attainable"] is not False,
        verification=row["verification"] or "",
        corrected=group is Group.OVERDUE and obligation.reconcile is not None,
        urgent=group is Group.OVERDUE and row["alert"] == next((one.level for one in audit.pack.header.alerts), None),
        **{name: row[name] for name in _COPIED},
    )


_COPIED = (
    "fingerprint",
    "obligation",
    "jurisdiction",
    "bearer_kind",
    "bearer_id",
    "required",
    "observed",
    "enforceable",
)


def said(message: str, title: str) -> str:
    """What a duty's sentence says of how far it has come: without who, the due, the verdict and what cannot be seen."""
    text = message.split(f"“{title}”：", 1)[-1]
    text = _LEAD.sub("", _ASIDES.sub("", text))
    for verdict in _VERDICTS:
        text = text.replace(verdict, "")
    return text.strip("。 ").replace("。（", "（")


# --- what has not begun
def _ahead(audit: Audit, until: datetime, wanted: str) -> list[Item]:
    """Duties whose period begins after as_of and is over by `until`: nothing is known of them yet, but that they come.

    Only those that no record calls for. The duty on the day after as_of begins at 0:00, which is as_of itself.
    """
    days = days_ahead(audit.as_of, until)
    judged = set(audit.plan.obligations)
    coming = [item.id for item in audit.pack.obligations if item.id in judged and comes(audit.pack, item, days)]
    if not coming:
        return []
    tables = tuple(f"{name}/status" for name in coming)  # of what has not begun there is no more to say than that
    statuses = " UNION ALL ".join(f"SELECT {_COMES} FROM {quote(name)}" for name in tables)
    with audit.beside(compile_beside(audit.pack, until, audit.known_by, Beside(tables, tuple(coming))), "ahead") as con:
        rows = Seen(con, audit.pack, until).lines(
            f"FROM ({statuses}) WHERE live_start >= {literal(audit.as_of)} AND due <= {literal(until)}\n"
            f"  AND status NOT IN ('not_applicable', 'waived') AND ({wanted}) ORDER BY fingerprint"
        )
    return [_coming(audit, row) for row in rows]


_COMES = (
    "fingerprint, obligation, jurisdiction, bearer_id, bearer_name, town, trigger_id, period_start, period_end, due, live_start,"
    " status, enforceable, required"
)


def days_ahead(as_of: datetime, until: datetime) -> list[date]:
    """The days after as_of up to a moment; the first is as_of's own where that is 0:00."""
    return [(as_of + timedelta(days=number)).date() for number in range((until - as_of).days)]


def comes(pack: Pack, item: Obligation, days: Sequence[date]) -> bool:
    """Whether an obligation makes duties by the calendar alone, with something to do, and one may begin on these days."""
    if not item.unit or item.each is not None or item.forbid is not None:
        return False
    start, _ = pack.window(item)
    return any(day == start or begins(item.unit, day) for day in days)


def begins(unit: str, day: date) -> bool:
    """Whether a calendar period of that unit begins on a day."""
    if unit in ("day", "week"):
        return unit == "day" or day.isoweekday() == 1
    months = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}[unit]
    return day.day == 1 and (day.month - 1) % months == 0


def _coming(audit: Audit, row: Mapping[str, Any]) -> Item:
    """A duty of the days to come: nothing is done for it, whatever a record that is dated ahead says."""
    unsaid = {
        "observed": 0.0,
        "shortfall": row["required"],
        "attainable": True,
        "days_left": 0,
        "message": "",
        "verification": "",
    }
    kind = audit.pack.obligation(row["obligation"]).bearer
    found = _item(audit, {**row, **unsaid, "bearer_kind": kind}, Group.PENDING)
    left = (found.day - day_of(audit.as_of)).days
    begins = row["live_start"].date()
    required = "" if found.required is None else f"要求{found.required:g}"
    return replace(found, days_left=left, what=required or "尚未开始", begins=begins)
