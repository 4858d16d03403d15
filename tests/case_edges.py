"""Which edges the cases of an obligation show from both sides: computed from the case files as written, never declared.

An edge is where one step changes the outcome. Three are looked for, each by what a case says by hand:

- *clock*: a duty judged at the very moment of its due, and one judged in the day before that;
- *day*: an event (of an act, of the trigger, or the date that `done` reads) on the first or last day of the window, on
  the first day of the period or on the day of the due; and one on the day just outside;
- *count*: of more than one thing asked, as many as were asked, and one less.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from duban.auditing import moment_of
from duban.cases import Case, CaseFile, Expected, case_files, merged, read_cases
from duban.kinds import Done
from duban.pack import Pack
from duban.pack.obligation import Obligation
from duban.pack.yaml import read_yaml
from reference.calendar import period_of

Side = tuple[str, date | None, bool]
"""The kind of edge, its inner day (day only), and whether this is the inner side."""

DAY = timedelta(days=1)


def edges_shown(pack: Pack) -> dict[str, set[str]]:
    """For each obligation the kinds of edges that its cases show from both sides."""
    sides: dict[str, set[Side]] = {obligation.id: set() for obligation in pack.obligations}
    for path in case_files(pack):
        file = read_cases(read_yaml(path, str(path)), CaseFile)
        for case in file.cases:
            rows = merged(file.records, case.records)
            for duty in case.expect:
                sides[file.obligation] |= set(_sides(pack, pack.obligation(file.obligation), case, rows, duty))
    return {id: {kind for kind, day, inner in seen if (kind, day, not inner) in seen} for id, seen in sides.items()}


def _sides(pack: Pack, obligation: Obligation, case: Case, rows: Any, duty: Expected) -> Iterator[Side]:
    due = _due(pack, obligation, duty)
    until = moment_of(case.as_of, pack)
    if due is not None and due - DAY <= until <= due:
        yield "clock", None, until == due
    if duty.required is not None and duty.observed is not None and duty.required > 1:
        missing = duty.required - duty.observed
        yield from [("count", None, missing == 0)] if missing in (0, 1) else []
    days = set(_days_of_events(pack, obligation, rows))
    for inner, outer in _day_edges(pack, obligation, duty, due):
        if inner in days:
            yield "day", inner, True
        if outer in days:
            yield "day", inner, False


def _due(pack: Pack, obligation: Obligation, duty: Expected) -> datetime | None:
    """The due that the case asserts; without one, the end of the period or window where nothing else can be the due."""
    if duty.due is not None:
        return moment_of(duty.due, pack)
    if obligation.by or obligation.within or obligation.each is not None:
        return None
    _, last = pack.window(obligation)
    ends = [last] if last is not None else []
    if obligation.unit and duty.period is not None:
        ends.append(period_of(_first_day(duty.period), obligation.unit).last)
    return moment_of(min(ends), pack) if ends else None


def _day_edges(pack: Pack, obligation: Obligation, duty: Expected, due: datetime | None) -> Iterator[tuple[date, date]]:
    """(inner day, the day just outside)."""
    first, last = pack.window(obligation)
    begins = [first] if first is not None else []
    begins += [_first_day(duty.period)] if duty.period is not None else []
    ends = [last] if last is not None else []
    ends += [(due - timedelta(microseconds=1)).date()] if due is not None else []
    yield from ((day, day - DAY) for day in begins)
    yield from ((day, day + DAY) for day in ends)


def _days_of_events(pack: Pack, obligation: Obligation, rows: Any) -> Iterator[date]:
    """When the acts and the triggers of a case happened, and what `from`, `until` and `done` read of the triggers."""
    each, test = obligation.each, obligation.test
    names = set()
    if each is not None:
        expressions = [each.start, each.end, test.done if isinstance(test, Done) else ""]
        names = {name for text in expressions for name in re.findall(r"\w+", text)}
    trigger = each.record if each is not None else ""
    for record in {trigger, test.evidence_of(trigger)} - {""}:
        wanted = {pack.records[record].time} | (names if record == trigger else set())
        for row in rows.get(record, []):
            days = (_day(row.get(name)) for name in wanted)
            yield from (day for day in days if day is not None)


def _day(value: Any) -> date | None:
    """The day of a cell as YAML reads it."""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            return None
    return value.date() if isinstance(value, datetime) else value if isinstance(value, date) else None


def _first_day(period: date | str) -> date:
    """`2023-12` stands for the month that begins then."""
    return period if isinstance(period, date) else date.fromisoformat(period if len(period) > 7 else period + "-01")
