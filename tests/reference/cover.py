"""cover (semantics §7)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from reference.acts import Act, Duty, Outcome, in_live
from reference.bearers import Bearer, bearers_of, belongs_to_bearer
from reference.conditions import all_of, truth
from reference.counting import read_required
from reference.frames import unit_of
from reference.records import Record


@dataclass
class Coverage:
    """Sets of target ids, and how many unknown acts are loose."""

    asked: set[str]
    unknown: set[str]
    covered: set[str]
    possible: set[str]
    """Possibly covered by their own unknown acts."""
    loose: int
    evidence: set[str]

    def judge(self, required: Any) -> tuple[bool, bool]:
        """(satisfied, could become so): c ≥ need(n + n' − c'); c + c' + m ≥ need(n + c')."""
        n, c = len(self.asked), len(self.asked & self.covered)
        n_, c_ = len(self.unknown), len(self.unknown & self.covered)
        open_targets = (self.asked | self.unknown) - self.covered
        m = min(self.loose + len(open_targets & self.possible), len(open_targets))
        satisfied = c >= required.of(n + n_ - c_)
        return satisfied, not satisfied and c + c_ + m >= required.of(n + c_)


def judge_cover(duty: Duty, spec: dict[str, Any]) -> Outcome:
    """Decided: no target in T but some in U is not "nothing asked", though need(0) = 0; 0% is, and no target at all.

    Decided: an act must belong to the target; it need not belong to the bearer (`by.where` may say so).
    """
    required = read_required(duty, spec.get("at_least", "100%"))
    targets, unknown = _targets(duty, spec)
    coverage = _cover(duty, spec["by"], targets, unknown, duty.live)
    satisfied, could = coverage.judge(required)
    return Outcome(
        required=required.of(len(targets)),
        observed=len(coverage.asked & coverage.covered),
        satisfied=satisfied,
        could=could,
        evidence=coverage.evidence,
        nothing_asked=not (targets or unknown) or required.percentage == 0,
        passes_whole=not satisfied and _passes_whole(duty, spec["by"], targets, unknown, required),
    )


def _targets(duty: Duty, spec: dict[str, Any]) -> tuple[list[Bearer], list[Bearer]]:
    """T and U: those that exist throughout live time cut at as_of, by `where` on every row of theirs in it."""
    first, last = duty.live[0][0], min(duty.live[-1][1], duty.world.as_of)
    asked, unknown = [], []
    for target in bearers_of(duty.world, spec["targets"]):
        if target.jurisdiction != duty.bearer.jurisdiction or not _exists_throughout(target, first, last):
            continue
        holds = all_of([truth(spec.get("where"), duty.names(row)) for row in _rows_between(target, first, last)])
        if holds is not False:
            (asked if holds else unknown).append(target)
    return asked, unknown


def _exists_throughout(target: Bearer, first: datetime, last: datetime) -> bool:
    return any(a <= first and last <= b for a, b in target.existence)


def _rows_between(target: Bearer, first: datetime, last: datetime) -> list[Record]:
    return [piece.record for piece in target.pieces if piece.first < last and piece.last > first]


def _cover(duty: Duty, by: dict[str, Any], targets: list[Bearer], unknown: list[Bearer], spans: list[Any]) -> Coverage:
    coverage = Coverage({t.id for t in targets}, {t.id for t in unknown}, set(), set(), 0, set())
    scope = in_live(spans)
    for record in duty.world.view.rows(by["record"], duty.bearer.jurisdiction):
        holds = truth(by.get("where"), duty.act_names(record))
        if holds is False or not scope(record):
            continue
        act = Act(record, certain=holds is True and record.event is not None)
        _credit(coverage, duty, by, act, [*targets, *unknown])
    return coverage


def _credit(coverage: Coverage, duty: Duty, by: dict[str, Any], act: Act, targets: list[Bearer]) -> None:
    """An act covers the target that it belongs to; an unknown one possibly does; a loose one may cover any."""
    owners = {t.id: belongs_to_bearer(duty.world, act.record, t, by.get("link"), by.get("where")) for t in targets}
    if any(owned is None for owned in owners.values()):
        coverage.loose += 1
        return
    mine = {id_ for id_, owned in owners.items() if owned}
    if act.certain:
        coverage.covered |= mine
        if mine & coverage.asked:
            coverage.evidence.add(act.record.id)
    else:
        coverage.possible |= mine


def _passes_whole(duty: Duty, by: dict[str, Any], targets: list[Bearer], unknown: list[Bearer], required: Any) -> bool:
    period = duty.frame.period
    if period is None or not unit_of(duty.obligation) or duty.has_by or duty.live == [period.span]:
        return False
    return _cover(duty, by, targets, unknown, [period.span]).judge(required)[0]
