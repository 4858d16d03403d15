"""Rows that are always taken: a report of a major hazard is never refused, whatever is wrong with it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from duban.check.model import Fault
from duban.check.reading import BROKEN_ROW
from duban.check.views import Views
from duban.conditions import compile_boolean, parse
from duban.errors import Severity
from duban.pack.checks import Circumstances, Protected, row_names

Spot = tuple[str, str, int]  # file, sheet, row


@dataclass
class Protection:
    """The faults, those on protected rows lowered to warnings; `rows`: how many such rows each file holds."""

    faults: list[Fault]
    rows: Counter[str] = field(default_factory=Counter)


def protect(
    views: Views,
    rules: Iterable[Protected],
    at: Circumstances,
    faults: Iterable[Fault],
) -> Protection:
    """Errors on rows that are always taken become warnings that say so.

    A row is protected, too, if nobody can tell because of the very cell that is wrong. A line that fell apart is not:
    nothing of it was received.
    """
    found = Protection(list(faults))
    taken: dict[str, set[Spot]] = {}
    for rule in rules:
        sure, unsure = _rows(views, rule, at)
        found.rows.update(file for file, _, _ in sure)
        asked = {parts[0] for parts in parse(rule.where).names()} if rule.where else set()
        blurred = {_spot(item) for item in found.faults if item.record_type == rule.record and item.field in asked}
        taken.setdefault(rule.record, set()).update(sure | (unsure & blurred))
    whole = {rule.record for rule in rules if not rule.where}
    found.faults = [
        replace(fault, severity=Severity.WARNING, protected=True) if _protected(fault, taken, whole) else fault
        for fault in found.faults
    ]
    return found


def _protected(fault: Fault, taken: dict[str, set[Spot]], whole: set[str]) -> bool:
    if fault.severity is not Severity.ERROR or fault.code == BROKEN_ROW:
        return False
    return _spot(fault) in taken.get(fault.record_type, ()) if fault.where.row else fault.record_type in whole


def _rows(views: Views, rule: Protected, at: Circumstances) -> tuple[set[Spot], set[Spot]]:
    """The rows for which the rule holds, and those for which nobody knows."""
    if not views.filled(rule.record):
        return set(), set()
    names = row_names(views.schema, rule.record, at)
    where = compile_boolean(parse(rule.where), names).sql if rule.where else "TRUE"
    rows = views.rows(
        f"SELECT r._file, r._sheet, r._row, {where} FROM {views.all_own(rule.record)} r {names.joins()}"
        f" WHERE coalesce({where}, TRUE)"
    )
    sure = {(file, sheet, row) for file, sheet, row, holds in rows if holds}
    return sure, {(file, sheet, row) for file, sheet, row, holds in rows if holds is None}


def _spot(fault: Fault) -> Spot:
    return fault.where.file, fault.where.sheet, fault.where.row
