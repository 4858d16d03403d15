"""perform and respond (semantics §7)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import ceil
from typing import Any

from reference.acts import Act, Duty, Outcome, acts_of, in_live, scope_of
from reference.frames import unit_of
from reference.temporal import day_of


@dataclass(frozen=True)
class Required:
    """N; N%; N% of bearer.f; param.x. `number` None: unknown."""

    number: Any
    percentage: Fraction | None = None

    def of(self, total: int) -> Any:
        """need(x) of cover."""
        return ceil(self.percentage * total / 100) if self.percentage is not None else self.number


def read_required(duty: Duty, raw: Any, exact: bool = False) -> Required:
    if isinstance(raw, str) and raw.startswith("param."):
        raw = duty.world.params[raw[len("param.") :]]
    match = re.fullmatch(r"\s*([\d.]+)\s*%\s*(?:of\s+bearer\.(\w+))?\s*", str(raw))
    if not match:
        return Required(raw if isinstance(raw, (int, Decimal)) else Decimal(str(raw)))
    percentage = Fraction(match[1])
    if match[2] is None:
        return Required(None, percentage)
    base = duty.world.field(duty.row, (match[2],))
    if base is None:
        return Required(None)
    share = percentage * Fraction(str(base)) / 100
    return Required(share if exact else ceil(share), percentage)


@dataclass(frozen=True)
class Measure:
    """How acts are measured: their number, their distinct values (those alike as one), or a sum."""

    distinct: str | None = None
    sum: str | None = None
    alike: tuple[str, ...] = ()

    def value(self, act: Act) -> Any:
        """The distinct value or the summand; None: empty."""
        name = self.distinct or self.sum
        if name == "date" and self.distinct and "date" not in act.record.type.fields:
            return None if act.event is None else day_of(act.event)
        value = act.record.values.get(name)
        return self.alike[0] if value in self.alike else value

    def counts(self, act: Act) -> bool:
        """A true act whose distinct value or summand is empty is an unknown act."""
        return act.certain and (not (self.distinct or self.sum) or self.value(act) is not None)

    def total(self, acts: list[Act]) -> Any:
        counted = [act for act in acts if self.counts(act)]
        if self.sum:
            return sum((Fraction(str(self.value(act))) for act in counted), Fraction(0))
        return len({self.value(act) for act in counted}) if self.distinct else len(counted)

    def could_reach(self, acts: list[Act], required: Any) -> bool:
        """Whether the unknown ones among these acts could bring them to `required`."""
        unknown = [act for act in acts if not self.counts(act)]
        if self.sum:
            return bool(unknown)
        return self.total(acts) + len(unknown) >= required


def judge_perform(duty: Duty, spec: dict[str, Any]) -> Outcome:
    """Satisfied by due: the on-time acts reach `required`; observed: all acts in scope up to as_of.

    Decided: for a sum only unknown acts that may be on time could change it. Evidence: the acts that count.
    """
    measure = Measure(spec.get("distinct"), spec.get("sum"), tuple(spec.get("alike", ())))
    required = read_required(duty, spec.get("at_least", 1), exact=bool(spec.get("sum")))
    if required.number is None:
        return Outcome(None, None, satisfied=False)
    acts = acts_of(duty, spec, scope_of(duty, spec))
    on_time = [act for act in acts if act.on_time(duty.due)]
    satisfied = measure.total(on_time) >= required.number
    return Outcome(
        required=required.number,
        observed=measure.total(acts),
        satisfied=satisfied,
        at=_satisfied_at(acts, measure, required.number),
        could=measure.could_reach(on_time, required.number),
        could_late=_has_late(duty, spec) and measure.could_reach(acts, required.number),
        has_late=_has_late(duty, spec),
        evidence={act.record.id for act in acts if measure.counts(act)},
        nothing_asked=required.percentage is not None and required.number == 0,
        passes_whole=not satisfied and _passes_whole(duty, spec, measure, required.number),
    )


def judge_respond(duty: Duty, spec: dict[str, Any]) -> Outcome:
    return judge_perform(duty, {**spec, "at_least": 1})


def _satisfied_at(acts: list[Act], measure: Measure, required: Any) -> Any:
    """The order key of the act that first brings the count to `required`."""
    counted = sorted((act for act in acts if measure.counts(act)), key=lambda act: act.key)
    for number in range(1, len(counted) + 1):
        if measure.total(counted[:number]) >= required:
            return counted[number - 1].key
    return None


def _has_late(duty: Duty, spec: dict[str, Any]) -> bool:
    """once, by, within, before. Not: a period without `by`, nor a trigger that stays open until `until`."""
    obligation = duty.obligation
    return (
        obligation.get("every") == "once"
        or duty.has_by
        or obligation.get("within") is not None
        or spec.get("direction") == "before"
    )


def _passes_whole(duty: Duty, spec: dict[str, Any], measure: Measure, required: Any) -> bool:
    period = duty.frame.period
    if period is None or not unit_of(duty.obligation) or duty.has_by or duty.live == [period.span]:
        return False
    return measure.total(acts_of(duty, spec, in_live([period.span]))) >= required
