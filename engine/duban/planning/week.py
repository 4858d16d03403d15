"""Proposed visits for the coming week: for each party as many as its duties need, the most pressing first.

A mine that serves two duties (a joint check) comes once, with both reasons. Nothing is decided here: it is a proposal.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from duban.compile import NOTHING, Beside
from duban.errors import Issue, UsageError
from duban.model import Reason, Suggestion
from duban.pack.planning import OrderKey, Planning, Week, load_planning, week_of
from duban.planning.asked import Asked, Call, Chore, Key, Pace, asked, kinds_of, pace, parts_of, served_by
from duban.planning.seen import Line, Seen, day_of, seeing, tables_of

if TYPE_CHECKING:
    from duban.auditing import Audit

Bearer = tuple[str, str, str]  # jurisdiction, kind, id
NEVER = "没有记录"
DAYS = 7


@dataclass(frozen=True)
class Task:
    """What a party has before it: one of its calls, and how many visits of this week keep it on its way."""

    call: Call
    pace: Pace

    @property
    def share(self) -> int:
        return self.pace.share(self.call.short)


@dataclass(frozen=True)
class Left:
    """A target that nobody is sent to, and why."""

    jurisdiction: str
    target_id: str
    name: str
    why: str


@dataclass(frozen=True)
class WeekPlan:
    """The proposals from the day after as_of through `until`; `rest` would count as well; `left_out` are passed over."""

    as_of: datetime
    until: datetime
    tasks: tuple[Task, ...]
    chosen: tuple[Suggestion, ...]
    rest: tuple[Suggestion, ...]
    left_out: tuple[Left, ...]
    capacity: int | None = None


def suggested(
    audit: Audit, capacity: int | None = None, days: int = DAYS, seen: Seen | None = None
) -> tuple[Suggestion, ...]:
    """The visits that are proposed for the coming days, in order: what a report calls 本周建议检查. None without duties."""
    planning = load_planning(audit.pack)
    week = week_of(audit.pack, planning)
    if week is None:
        return ()
    asked = (planning.model_dump_json(), str(capacity), str(days))
    return audit.again("visits", *asked, make=lambda: plan_week(audit, capacity, days, planning, seen).chosen)


def visits_read(audit: Audit, week: Week | None = None) -> Beside:
    """What is read beside the duties to propose visits; nothing, where nobody is visited."""
    week = week or week_of(audit.pack, load_planning(audit.pack))
    if week is None:
        return NOTHING
    served = served_by(audit, week)
    records = [week.visit, *(key.record for key in week.order if key.record)]
    tables = tables_of(audit.pack, records, kinds_of(week))
    return Beside((*tables, *parts_of(served)), tuple(item.id for item in served))


def plan_week(
    audit: Audit, capacity: int | None = None, days: int = DAYS, planning: Planning | None = None,
    seen: Seen | None = None,
) -> WeekPlan:  # fmt: skip
    """Propose visits. `capacity`: so many for each party (bureau, town centre), instead of what their duties need a week.

    `seen`: where the tables of `visits_read` are already. Raises UsageError where no duty of the pack asks for visits.
    """
    words = planning or load_planning(audit.pack)
    week = week_of(audit.pack, words)
    if week is None:
        hint = Issue("U015", "没有要求对一批对象逐个或按比例检查的义务", hint="在 plan.yaml 的 week 里写明也可以")
        raise UsageError(f"规则包 {audit.pack.header.id} 排不出检查建议", [hint])
    until = audit.as_of + timedelta(days=days)
    with nullcontext(seen) if seen is not None else seeing(audit, visits_read(audit, week)) as seen:
        found = asked(audit, seen, week, words, until)
        board = _board(audit, seen, week, found)
    kinds = [party.bearer for party in week.parties]
    calls = sorted(
        found.calls, key=lambda call: (kinds.index(call.bearer_kind), call.bearer, call.due, call.obligation)
    )
    tasks = [Task(call, pace(audit.pack.calendar, audit.as_of, until, call.due, call.begins)) for call in calls]
    picked: dict[Key, list[Bearer]] = {}
    for bearer in board.bearers(week, tasks):
        own = [task for task in tasks if task.call.bearer == bearer]
        for target in board.pick(bearer, own, capacity, picked):
            picked.setdefault(target, []).append(bearer)
    order = board.order()
    chosen = tuple(board.suggestion(target, picked[target], tasks) for target in order if target in picked)
    rest = tuple(board.suggestion(target, (), tasks) for target in order if target not in picked)
    return WeekPlan(audit.as_of, until, tuple(tasks), chosen, rest, tuple(board.left_out), capacity)


# --- what is known of the targets
@dataclass
class Board:
    """The targets that anything asks for, what is known of each, and what asks."""

    week: Week
    roster: dict[Key, Line]
    parties: dict[str, list[Line]]
    calls: dict[Key, list[Call]] = field(default_factory=dict)
    chores: dict[Key, list[Chore]] = field(default_factory=dict)
    ranks: dict[Key, tuple[Any, ...]] = field(default_factory=dict)
    facts: dict[Key, tuple[tuple[str, str], ...]] = field(default_factory=dict)
    left_out: list[Left] = field(default_factory=list)

    def order(self, targets: Iterable[Key] | None = None) -> list[Key]:
        """Targets as the keys of plan.yaml rank them, then by jurisdiction and id."""
        return sorted(self.ranks if targets is None else targets, key=lambda key: (self.ranks[key], key))

    def bearers(self, week: Week, tasks: Iterable[Task]) -> list[Bearer]:
        """Who goes, party by party in the order of plan.yaml: whoever has a call or a chore."""
        kinds = [party.bearer for party in week.parties]
        found = {task.call.bearer for task in tasks}
        found |= {who for chores in self.chores.values() for chore in chores if (who := self.goes(chore)) is not None}
        return sorted(found, key=lambda who: (kinds.index(who[1]), who))

    def goes(self, chore: Chore) -> Bearer | None:
        """Whose chore it is: its own bearer's, or the party's of the target's town, or the only one there is."""
        if chore.party_id:
            return chore.jurisdiction, chore.party_kind, chore.party_id
        target = self.roster.get((chore.jurisdiction, chore.target))
        mine = [line for line in self.parties[chore.party_kind] if line["jurisdiction"] == chore.jurisdiction]
        local = [line for line in mine if target and line["town"] and line["town"] == target["town"]]
        found = local or [line for line in mine if not line["town"]]
        return (chore.jurisdiction, chore.party_kind, found[0]["who"]) if len(found) == 1 else None

    def pick(
        self, bearer: Bearer, tasks: list[Task], capacity: int | None, picked: Mapping[Key, list[Bearer]]
    ) -> list[Key]:
        """The targets that one party goes to. Where others go already comes first: a joint check saves the mine a second."""
        pressing = self._chores_of(bearer, pressing=True)
        pool = {(task.call.jurisdiction, target) for task in tasks for target in task.call.open} & self.ranks.keys()
        ordered = self.order(pool | pressing)
        if capacity is not None:
            return sorted(ordered, key=lambda key: (key not in pressing, ordered.index(key)))[:capacity]
        found = set(pressing)
        for task in sorted(
            tasks, key=lambda task: len(task.call.open)
        ):  # the narrow ones first: their visits serve the wide
            mine = [key for key in ordered if key[0] == task.call.jurisdiction and key[1] in task.call.open]
            mine.sort(key=lambda key: (key not in found, key not in picked))
            found.update(mine[: task.share])
        return [key for key in ordered if key in found]

    def _chores_of(self, bearer: Bearer, *, pressing: bool) -> set[Key]:
        return {
            key for key, chores in self.chores.items() if key in self.ranks
            for chore in chores if (chore.pressing or not pressing) and self.goes(chore) == bearer
        }  # fmt: skip

    def suggestion(self, key: Key, parties: Iterable[Bearer], tasks: Iterable[Task]) -> Suggestion:
        names = {
            (line["jurisdiction"], kind, line["who"]): line["name"] or line["who"]
            for kind, lines in self.parties.items()
            for line in lines
        }
        line = self.roster[key]
        reasons = [
            _call_reason(task.call) for task in tasks if task.call.jurisdiction == key[0] and key[1] in task.call.open
        ]
        for chore in self.chores.get(key, ()):
            who = self.goes(chore)
            reasons.append(_chore_reason(chore, names.get(who, "") if who is not None else ""))
        return Suggestion(
            jurisdiction=key[0],
            target_kind=self.week.targets,
            target_id=key[1],
            name=line["name"] or key[1],
            town=line["town"] or "",
            parties=tuple(names.get(who, who[2]) for who in parties),
            reasons=tuple(reasons),
            facts=self.facts[key],
        )


def _call_reason(call: Call) -> Reason:
    share = "" if call.must else f"要求{call.required}家，已查{call.observed}家，"
    period = f"{call.period}" if call.period else ""
    text = f"{call.title}（{period}{'，' if period else ''}{call.clause}）：{share}还差{call.short}家，本家未查"
    return Reason(call.obligation, call.bearer_name, text, day_of(call.due), call.short)


def _chore_reason(chore: Chore, party: str) -> Reason:
    when = (
        ""
        if chore.due is None
        else f"，{'已于' if chore.overdue else ''}{chore.due}{'到期' if chore.overdue else '前'}"
    )
    about = f"（{chore.about}）" if chore.about else ""
    return Reason(chore.obligation, party, f"{chore.why}{about}{when}", chore.due)


def _board(audit: Audit, seen: Seen, week: Week, found: Asked) -> Board:
    """Ask the records what the order rests on."""
    shows = [key.field for key in week.order if key.field]
    roster = {_key(line): line for line in seen.roster(week.targets, "", shows)}
    board = Board(week, roster, {party.bearer: seen.roster(party.bearer) for party in week.parties})
    for call in found.calls:
        for target in call.open:
            board.calls.setdefault((call.jurisdiction, target), []).append(call)
    for chore in found.chores:
        board.chores.setdefault((chore.jurisdiction, chore.target), []).append(chore)
    passed = _passed_over(seen, week)
    wanted = {key for key in (*board.calls, *board.chores) if key in roster and not roster[key]["ended"]}
    board.left_out = [Left(*key, roster[key]["name"] or key[1], passed[key]) for key in sorted(wanted & passed.keys())]
    columns = [_column(audit, seen, week, key, board) for key in week.order]
    for key in sorted(wanted - passed.keys()):
        board.ranks[key] = tuple(rank(key)[0] for rank in columns)
        board.facts[key] = tuple((spec.title, rank(key)[1]) for spec, rank in zip(week.order, columns, strict=True))
    return board


def _key(line: Line) -> Key:
    return line["jurisdiction"], line["who"]


def _passed_over(seen: Seen, week: Week) -> dict[Key, str]:
    found: dict[Key, str] = {}
    for left in week.leave_out:
        for line in seen.roster(week.targets, left.where):
            if line["met"]:
                found.setdefault(_key(line), left.why)
    return found


Rank = Callable[[Key], tuple[Any, str]]  # what a target is sorted by, and what is shown of it


def _column(audit: Audit, seen: Seen, week: Week, key: OrderKey, board: Board) -> Rank:
    """How one key of the order ranks a target, the first first."""
    if key.record:
        counts: dict[Key, int] = {}
        for line in seen.belonging(key.record, week.targets, key.where):
            counts[_key(line)] = counts.get(_key(line), 0) + 1
        return lambda target: (-counts.get(target, 0), f"{counts.get(target, 0)}条")
    if key.errands:

        def errands(target: Key) -> tuple[Any, str]:
            number = sum(chore.pressing for chore in board.chores.get(target, ()))
            return -number, f"{number}项"

        return errands
    if key.last:
        return _last(audit, seen, week, key)
    order = {value: index for index, value in enumerate(key.values)}

    def value_of(target: Key) -> tuple[Any, str]:
        value = board.roster[target].get(key.field)
        return order.get(str(value), len(order)), "" if value is None else str(value)

    return value_of


def _last(audit: Audit, seen: Seen, week: Week, key: OrderKey) -> Rank:
    """Days since a party's last visit: never before all, then the longest ago."""
    (party,) = [party for party in week.parties if party.bearer == key.last]
    last: dict[Key, date] = {}
    for line in seen.belonging(week.visit, week.targets, party.where):
        if line["at"] is not None:
            last[_key(line)] = max(last.get(_key(line), date.min), line["at"].date())
    today = day_of(audit.as_of)

    def rank(target: Key) -> tuple[Any, str]:
        day = last.get(target)
        return (date.min, NEVER) if day is None else (day, f"{day}（{(today - day).days}天前）")

    return rank
