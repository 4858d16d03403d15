"""Live time, `given`, and the judgement: the first row that fits (semantics §5 end, §8)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from reference.acts import Duty, Outcome
from reference.bearers import Bearer, belongs_to_bearer
from reference.conditions import Resolve, truth
from reference.counting import judge_perform, judge_respond
from reference.cover import judge_cover
from reference.dues import due_by
from reference.frames import Frame, is_before, unit_of
from reference.other_tests import judge_done, judge_forbid, judge_reconcile
from reference.proof import days_up_to, is_duty_proven, is_proven
from reference.temporal import END, Span, boundary, day_it_ends, day_of, exists_by, inside, intersect, to_temporal
from reference.world import World

WORDS = ("perform", "cover", "done", "respond", "forbid", "reconcile")


def applicable_spans(world: World, obligation: dict[str, Any], bearer: Bearer) -> list[tuple[Span, bool | None]]:
    """The stretches on which `applies` is not false, with its value."""
    window = world.window_of(obligation)
    spans = []
    for piece in bearer.pieces:
        holds = truth(obligation.get("applies"), world.names(piece.record, piece.record, window=window))
        if holds is not False:
            spans.append((piece.span, holds))
    return spans


def live_span(obligation: dict[str, Any], frame: Frame, applicable: list[tuple[Span, bool | None]]) -> list[Span]:
    """span ∩ existence ∩ applies not false (∩ the trigger's open time)."""
    live = intersect([frame.span], [span for span, _ in applicable])
    if frame.trigger and not is_before(obligation) and "reconcile" not in obligation:
        live = intersect(live, [frame.trigger.open])
    return live


@dataclass(frozen=True)
class Judgement:
    status: str
    row: str
    """Which row of §8 fitted: for debugging."""
    outcome: Outcome | None = None


def judge_frame(world: World, obligation: dict[str, Any], bearer: Bearer, frame: Frame) -> dict[str, Any] | None:
    """One duty; None if it does not exist yet at as_of."""
    applicable = applicable_spans(world, obligation, bearer)
    live = live_span(obligation, frame, applicable)
    begins = live[0][0] if live else frame.span[0]
    if not begins < world.as_of:
        return None
    due = END if frame.due is None else frame.due
    has_by = obligation.get("by") is not None
    duty = Duty(world, obligation, bearer, frame, live, due, bearer.at_due(due), has_by)
    judgement = judge(duty, _is_applies_unknown(frame, applicable))
    return {
        **_result(duty, judgement),
        "enforceable": _is_enforceable(duty, judgement.outcome),
    }


def _is_applies_unknown(frame: Frame, applicable: list[tuple[Span, bool | None]]) -> bool:
    """Row 2: unknown on some span that overlaps the duty's (nominal) span."""
    return bool(intersect([frame.span], [span for span, holds in applicable if holds is None]))


def judge(duty: Duty, applies_unknown: bool) -> Judgement:
    """§8, top to bottom."""
    if not duty.live:
        return Judgement("not_applicable", "1 no live time")
    given = given_holds(duty)
    if given is False:
        return Judgement("not_applicable", "1 given fails")
    due_known = duty.frame.due is not None
    outcome = run_test(duty, duty.obligation) if due_known and duty.frame.start_known else None
    if due_known and duty.bearer.ended < duty.due:
        return Judgement("not_applicable", "1 bearer ended", outcome)
    trigger = duty.frame.trigger
    if applies_unknown or given is None or outcome is None or outcome.required is None:
        return Judgement("unproven", "2 unknown", outcome)
    if trigger and not trigger.certain:
        return Judgement("unproven", "2 trigger unknown", outcome)
    if outcome.nothing_asked:
        return Judgement("not_applicable", "3 nothing asked", outcome)
    main = _judge_known(duty, outcome)
    return replace(main, status=_manual(duty, main), outcome=outcome)


def _judge_known(duty: Duty, outcome: Outcome) -> Judgement:
    """Rows 4 to 10."""
    world, due, over = duty.world, duty.due, duty.due <= duty.world.as_of
    if any(not _is_excused(duty, day_of(hit.event)) for hit in outcome.hits if hit.event is not None):
        return Judgement("breached", "4 hit")
    if _is_satisfied(duty, duty.obligation, outcome):
        return Judgement("met", "5")
    if over and any(not path.get("manual") and path_holds(duty, path) for path in _paths(duty)):
        return Judgement("discharged", "6")
    if _is_waived(duty, outcome):
        return Judgement("waived", "7")
    if world.as_of < due:
        return Judgement("pending", "8")
    unsure = outcome.could or not _proven(duty)
    if outcome.at is not None and outcome.has_late:
        if "done" in duty.obligation or not unsure:
            return Judgement("late", "9")
        return Judgement("unproven", "9")
    asked = any(path.get("manual") and path_holds(duty, path) for path in _paths(duty))
    doubtful = not asked and any(path_might_hold(duty, path) for path in _paths(duty))
    return Judgement("unproven" if unsure or outcome.could_late or doubtful else "breached", "10")


def _manual(duty: Duty, judgement: Judgement) -> str:
    """`manual` on the obligation turns late and breached into manual, one on a path that holds turns breached."""
    if duty.obligation.get("manual") and judgement.status in ("late", "breached"):
        return "manual"
    if judgement.status == "breached" and any(p.get("manual") and path_holds(duty, p) for p in _paths(duty)):
        return "manual"
    return judgement.status


def run_test(duty: Duty, test: dict[str, Any]) -> Outcome:
    """The one test of an obligation (or of an `otherwise` path)."""
    word = next(word for word in WORDS if word in test)
    if word == "done":
        return judge_done(duty, test["done"], test.get("require"))
    judges = {
        "perform": judge_perform,
        "respond": judge_respond,
        "cover": judge_cover,
        "forbid": judge_forbid,
        "reconcile": judge_reconcile,
    }
    return judges[word](duty, test[word])


def _is_satisfied(duty: Duty, test: dict[str, Any], outcome: Outcome) -> bool:
    """By due. forbid and reconcile also need due ≤ as_of and P."""
    if "forbid" in test or "reconcile" in test:
        return outcome.satisfied and duty.due <= duty.world.as_of and _proven(duty)
    return outcome.satisfied


def _proven(duty: Duty) -> bool:
    return is_duty_proven(duty.world, duty.obligation, duty.bearer, duty.frame, duty.live)


def _paths(duty: Duty) -> list[dict[str, Any]]:
    return duty.obligation.get("otherwise") or []


def path_holds(duty: Duty, path: dict[str, Any]) -> bool:
    """`where` is true and the path's own test, if any, is satisfied by its own due (default the duty's).

    Decided: `roll` does not move a path's own `by`; an unknown due of its own holds nothing.
    """
    if truth(path.get("where"), duty.names(duty.subject)) is not True:
        return False
    due: datetime | None = duty.due
    if path.get("by") is not None:
        frame = duty.frame
        due = due_by(duty.world, path["by"], frame.window, duty.bearer, duty.trigger, frame.period)
    if not any(word in path for word in WORDS):  # only asks a person, while its own due is not over
        return path.get("by") is None or (due is not None and duty.world.as_of < due)
    if due is None:
        return False
    own = replace(duty, due=due, has_by=duty.has_by or path.get("by") is not None)
    outcome = run_test(own, path)
    return outcome.required is not None and _is_satisfied(own, path, outcome)


def path_might_hold(duty: Duty, path: dict[str, Any]) -> bool:
    """The path is open, and unknown acts or targets keep us from knowing that its test does not hold."""
    if truth(path.get("where"), duty.names(duty.subject)) is not True or not any(word in path for word in WORDS):
        return False
    due: datetime | None = duty.due
    if path.get("by") is not None:
        frame = duty.frame
        due = due_by(duty.world, path["by"], frame.window, duty.bearer, duty.trigger, frame.period)
    if due is None:
        return False
    own = replace(duty, due=due, has_by=duty.has_by or path.get("by") is not None)
    outcome = run_test(own, path)
    if outcome.nothing_asked:
        return False
    return outcome.required is None or outcome.could or _is_satisfied(own, path, outcome)


def _waivers(duty: Duty) -> list[dict[str, Any]]:
    """Waivers of this obligation and bearer, approved by known_by.

    Decided: an empty `from` or `until` is open; one that the law imposes (`basis: 法定义务`) is never waived (design).
    """
    if duty.obligation.get("basis") == "法定义务":
        return []
    return [
        waiver
        for waiver in duty.world.waivers
        if waiver.get("jurisdiction", duty.world.pack["jurisdiction"]) == duty.bearer.jurisdiction
        and waiver.get("obligation") == duty.obligation["id"]
        and waiver.get("bearer") == duty.bearer.id
        and waiver.get("approved_on") is not None
        and exists_by(to_temporal(waiver["approved_on"]), duty.world.known_by)
    ]


def _covers(waiver: dict[str, Any], day: date) -> bool:
    first, last = waiver.get("from"), waiver.get("until")
    return (first is None or day_of(to_temporal(first)) <= day) and (last is None or day <= day_of(to_temporal(last)))


def _is_excused(duty: Duty, day: date) -> bool:
    return any(_covers(waiver, day) for waiver in _waivers(duty))


def _is_waived(duty: Duty, outcome: Outcome) -> bool:
    """Row 7. For done and respond a waiver only holds while as_of ≤ until, or if it was satisfied by then.

    forbid: also if there are hits and each is on a waived day (other hits have been dealt with in row 4).
    """
    if outcome.hits:
        return True
    for waiver in _waivers(duty):
        if duty.due == END or not _covers(waiver, day_it_ends(duty.due)):
            continue
        until = END if waiver.get("until") is None else boundary(to_temporal(waiver["until"]))
        passing = "done" in duty.obligation or "respond" in duty.obligation
        if not passing or duty.world.as_of <= until or (outcome.at is not None and outcome.at <= until):
            return True
    return False


def given_holds(duty: Duty) -> bool | None:
    """Whether the records that the duty presupposes exist."""
    given = duty.obligation.get("given")
    if not given:
        return True
    first, last = duty.live[0][0], duty.live[-1][1]
    count = unknown = 0
    for record in duty.world.view.rows(given["record"], duty.bearer.jurisdiction):
        where = given.get("where")
        owned = belongs_to_bearer(duty.world, record, duty.bearer, given.get("link"), where)
        holds = record.as_one(truth(where, duty.names(record)))
        if owned is False or holds is False or not _is_given_inside(record, (first, last)):
            continue
        certain = owned is True and holds is True and (record.event is not None or not record.type.time)
        count, unknown = count + certain, unknown + (not certain)
    at_least = given.get("at_least", 1)
    if count >= at_least:
        return True
    days = days_up_to(duty.live, duty.due)
    rostered = duty.world.types[given["record"]].time is None
    proven = rostered or is_proven(duty.world, duty.obligation, duty.bearer, given["record"], days)
    return False if count + unknown < at_least and proven else None


def _is_given_inside(record: Any, span: Span) -> bool:
    """An event in [first, last live moment); no event time: maybe; a row without `time`: its span overlaps it."""
    if record.type.time:
        return record.event is None or inside(record.event, span)
    return bool(intersect([record.span], [span]))


def says_advisory(obligation: dict[str, Any], names: Resolve) -> bool:
    """`advisory`: a text (always), or a condition that is true or unknown."""
    said = obligation.get("advisory")
    return truth(said["where"], names) is not False if isinstance(said, dict) else bool(said)


def _is_enforceable(duty: Duty, outcome: Outcome | None) -> bool:
    """§5 Advisory."""
    if says_advisory(duty.obligation, duty.names(duty.subject)):
        return False
    period = duty.frame.period
    if period is not None and unit_of(duty.obligation):
        whole = period.span[1] - period.span[0]
        if sum(((b - a) for a, b in duty.live), start=whole - whole) * 2 < whole:
            return False
    return not (outcome and outcome.passes_whole)


def _result(duty: Duty, judgement: Judgement) -> dict[str, Any]:
    outcome, frame = judgement.outcome, duty.frame
    return {
        "obligation": duty.obligation["id"],
        "jurisdiction": duty.bearer.jurisdiction,
        "bearer_id": duty.bearer.id,
        "trigger_id": duty.trigger.id if duty.trigger else "",
        "period_start": frame.period.first if frame.period and unit_of(duty.obligation) else None,
        "status": judgement.status,
        "row": judgement.row,
        "required": outcome.required if outcome else None,
        "observed": outcome.observed if outcome else None,
        "due": frame.due,
        "live": duty.live,
        "start_known": frame.start_known,
        "evidence": outcome.evidence if outcome else set(),
    }
