"""A reference evaluator: the meaning of a rule pack in plain Python, written from docs/semantics.md alone.

Slow and obviously right; the property tests hold the engine to it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from reference.acts import Duty
from reference.bearers import Bearer, bearers_of
from reference.calendar import Workdays
from reference.frames import Frame, frames_of
from reference.holidays import CN
from reference.judgement import applicable_spans, given_holds, judge_frame, says_advisory
from reference.proof import blind_due, first_unproven_day, unproven_trigger_span
from reference.records import Row, read_manifest, see
from reference.schema import read_types
from reference.temporal import END, START, Span, boundary, to_temporal
from reference.world import World, read_params, rules_in_force

__all__ = ["evaluate", "evaluate_world"]


def evaluate(
    pack: dict[str, Any],
    rows: dict[str, list[Row]],
    as_of: date | datetime | str,
    known_by: date | datetime | str | None = None,
    params: dict[str, Any] | None = None,
    waivers: Iterable[dict[str, Any]] = (),
    calendar: dict[str, frozenset[date]] = CN,
) -> list[dict[str, Any]]:
    """All duties of a world that exist at as_of, one dict each.

    pack: {"pack": pack.yaml, "records": records.yaml, "obligations": [...]} as loaded. known_by None: all is known.
    """
    world = build_world(pack, rows, as_of, known_by, params, waivers, calendar)
    duties: list[dict[str, Any]] = []
    for obligation in rules_in_force(pack["obligations"], world.params):
        for bearer in bearers_of(world, obligation["bearer"]):
            found = [judge_frame(world, obligation, bearer, frame) for frame in frames_of(world, obligation, bearer)]
            found.append(_unproven_trigger(world, obligation, bearer))
            duties += [finish(duty) for duty in found if duty is not None]
    return duties


def evaluate_world(world: dict[str, Any]) -> list[dict[str, Any]]:
    """The same for a drawn world."""
    clocks = world["as_of"], world["known_by"]
    return evaluate(world["pack"], world["rows"], *clocks, world["params"], world["waivers"])


def build_world(
    pack: dict[str, Any],
    rows: dict[str, list[Row]],
    as_of: Any,
    known_by: Any,
    params: dict[str, Any] | None,
    waivers: Iterable[dict[str, Any]],
    calendar: dict[str, frozenset[date]],
) -> World:
    home = pack["pack"]["jurisdiction"]
    limit = boundary(to_temporal(as_of))
    known = END if known_by is None else boundary(to_temporal(known_by))
    types = read_types(pack["records"])
    manifest = read_manifest(rows.get("manifest", []), home)
    return World(
        pack=pack["pack"],
        types=types,
        view=see(types, rows, manifest, home, limit, known),
        manifest=manifest,
        params=read_params(pack["pack"], params),
        as_of=limit,
        known_by=known,
        workdays=Workdays(calendar["holidays"], calendar["makeup"]),
        waivers=list(waivers),
    )


def _unproven_trigger(world: World, obligation: dict[str, Any], bearer: Bearer) -> dict[str, Any] | None:
    """§6: one extra duty if the triggers of a bearer are not all handed in."""
    if "each" not in obligation:
        return None
    applicable = [span for span, _ in applicable_spans(world, obligation, bearer)]
    overlap = unproven_trigger_span(world, obligation, bearer, applicable)
    if overlap is None:
        return None
    due = blind_due(world, obligation, bearer, first_unproven_day(world, obligation, bearer, overlap))
    return {
        "obligation": obligation["id"],
        "jurisdiction": bearer.jurisdiction,
        "bearer_id": bearer.id,
        "trigger_id": "",
        "period_start": None,
        "status": _blind_status(world, obligation, bearer, overlap, due),
        "row": "trigger type",
        "required": None,
        "observed": None,
        "due": due,
        "live": overlap,
        "start_known": True,
        "evidence": set(),
        "enforceable": not _is_advisory(world, obligation, bearer, due),
    }


def _blind_status(world: World, obligation: dict[str, Any], bearer: Bearer, overlap: list[Span], due: datetime) -> str:
    """`given` over the overlap, then the clock."""
    frame = Frame(world.window_of(obligation), (overlap[0][0], overlap[-1][1]), due)
    duty = Duty(world, obligation, bearer, frame, overlap, due, bearer.at_due(due), has_by=False)
    if given_holds(duty) is False:
        return "not_applicable"
    return "pending" if world.as_of < due else "unproven"


def _is_advisory(world: World, obligation: dict[str, Any], bearer: Bearer, due: datetime) -> bool:
    """Decided: plain names are the trigger's, of which nothing is known; `bearer.f` is the row at due."""
    names = world.names(None, bearer.at_due(due), None, world.window_of(obligation))
    return says_advisory(obligation, names)


def finish(duty: dict[str, Any]) -> dict[str, Any]:
    """Shortfall, and the open ends of time as None."""
    live: list[Span] = duty.pop("live")
    required, observed = duty["required"], duty["observed"]
    shortfall = None if required is None or observed is None else max(required - observed, 0)
    return {
        **duty,
        "required": _plain(required),
        "observed": _plain(observed),
        "shortfall": _plain(shortfall),
        "due": None if duty["due"] == END else duty["due"],
        "live_start": None if not live or live[0][0] == START else live[0][0],
        "live_end": None if not live or live[-1][1] == END else live[-1][1],
        "segments": live,
    }


def _plain(number: Any) -> Any:
    if isinstance(number, Fraction):
        return int(number) if number.denominator == 1 else float(number)
    return number
