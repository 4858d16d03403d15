"""What must hold for any evaluator: each property takes one, a drawn world and a source of chance.

An evaluator maps a world to its duties (dicts as of `reference.evaluate`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import date
from random import Random
from typing import Any

from reference.drawn_obligations import perform_period, perform_period_by, perform_plain
from reference.records import ManifestLine, handed_in_at, read_manifest
from reference.schema import read_types
from reference.strategies import Row, draw_row, draw_uneven, draw_world, of_county
from reference.temporal import boundary, exists_by, to_temporal
from reference.vocabulary import DAYS, HOME, RECORDS

Evaluate = Callable[[Row], list[Row]]
LATER = date(2024, 3, 20)
FIELDS = ("status", "enforceable", "required", "observed", "shortfall", "due", "live_start", "live_end")


def key_of(duty: Row) -> tuple[Any, ...]:
    """Obligation, jurisdiction, bearer, trigger, period; the hash of a trigger without key is left out."""
    trigger = "#" if str(duty["trigger_id"]).startswith("#") else duty["trigger_id"]
    return duty["obligation"], duty["jurisdiction"], duty["bearer_id"], trigger, duty["period_start"]


def evidence_of(duty: Row) -> list[str]:
    return sorted("#" if id_.startswith("#") else id_ for id_ in duty["evidence"])


def by_key(duties: list[Row]) -> dict[tuple[Any, ...], list[Row]]:
    found: dict[tuple[Any, ...], list[Row]] = defaultdict(list)
    for duty in duties:
        found[key_of(duty)].append(duty)
    return found


def summary(duties: list[Row]) -> list[str]:
    """Everything that may not depend on order or packaging, as sorted text."""
    lines = [(key_of(d), [(f, str(d[f])) for f in FIELDS], evidence_of(d)) for d in duties]
    return sorted(map(repr, lines))


def check_order_changes_nothing(evaluate: Evaluate, world: Row, chance: Random) -> None:
    """Rows in any order."""
    rows = {name: chance.sample(some, len(some)) for name, some in world["rows"].items()}
    assert summary(evaluate({**world, "rows": rows})) == summary(evaluate(world))


def check_never_back_to_pending(evaluate: Evaluate, world: Row, chance: Random) -> None:
    """known_by fixed: a later as_of never leads from a judgement after due back to pending."""
    first, last = sorted([chance.choice(DAYS), chance.choice([LATER, *DAYS])])
    clock = {**world, "known_by": LATER}
    before = by_key(evaluate({**clock, "as_of": first}))
    for key, duties in by_key(evaluate({**clock, "as_of": last})).items():
        if len(duties) == 1 == len(before[key]) and duties[0]["status"] == "pending":
            assert before[key][0]["status"] not in ("breached", "late", "discharged", "manual"), key


BETTER = {
    "breached": {"late", "unproven", "discharged", "manual", "met"},
    "manual": {"unproven", "discharged", "met"},
    "late": {"unproven", "discharged", "met"},
    "unproven": {"discharged", "met"},
    "pending": {"met"},
    "waived": {"met", "discharged"},
    "discharged": {"met"},
    "not_applicable": set[str](),
    "met": set[str](),
}


def check_an_act_never_harms(evaluate: Evaluate, _: Row, chance: Random) -> None:
    """One more act (true, unknown or irrelevant) never lowers a perform duty."""
    world = draw_world(chance, [perform_period, perform_plain, perform_period_by], at_most=1)
    (rule,) = world["pack"]["obligations"]
    rule.pop("given", None)
    record = rule["perform"]["record"]
    if rule["bearer"] == "team":
        return
    act = {**draw_row(chance, record, [None]), "submitted_at": None, "submitted_by": None}
    if key := RECORDS[record].get("key"):
        act[key] = "one more"
    more = {**world, "rows": {**world["rows"], record: [*world["rows"][record], act]}}
    before, after = by_key(evaluate(world)), by_key(evaluate(more))
    assert before.keys() == after.keys()
    for key, duties in after.items():
        old, new = before[key][0]["status"], duties[0]["status"]
        allowed = new == old or new in BETTER[old] or (old == "unproven" and _was_missed(evaluate, world, duties[0]))
        assert allowed, (key, old, new, act)


def _was_missed(evaluate: Evaluate, world: Row, duty: Row) -> bool:
    """Whether a late act makes definite what was only uncertain between late and breached (§8, 9 and 10): as of its
    due, with all that is known now, the duty had certainly not been done. (One that begins later is not there yet.)
    """
    if duty["status"] not in ("late", "manual"):
        return False
    at_due = by_key(evaluate({**world, "as_of": duty["due"]}))
    return all(old["status"] in ("breached", "manual") for old in at_due[key_of(duty)])


def check_jurisdictions_are_independent(evaluate: Evaluate, world: Row, chance: Random) -> None:
    """audit(A ∪ B) = audit(A) ∪ audit(B), whatever either of them lacks."""
    rows = draw_uneven(chance, world["rows"])
    apart = [duty for home in (True, False) for duty in evaluate({**world, "rows": of_county(rows, home=home)})]
    assert summary(apart) == summary(evaluate({**world, "rows": rows}))


def check_replay(evaluate: Evaluate, world: Row, _: Random) -> None:
    """What was known by a moment, evaluated with all of it known, is the evaluation with that known_by."""
    limit = boundary(to_temporal(world["known_by"]))
    lines = read_manifest(world["rows"]["manifest"], HOME)
    types = read_types(RECORDS)
    rows: dict[str, list[Row]] = {
        name: [row for row in some if _is_known(row, types[name], lines, limit)]
        for name, some in world["rows"].items()
        if name in types
    }
    rows["manifest"] = [row for row in world["rows"]["manifest"] if read_manifest([row], HOME)[0].counts_by(limit)]
    rows["sameness"] = [row for row in world["rows"].get("sameness", []) if _is_answered(row, limit)]
    waivers = [w for w in world["waivers"] if exists_by(to_temporal(w["approved_on"]), limit)]
    replayed = {**world, "rows": rows, "waivers": waivers, "known_by": date(2030, 1, 1)}
    assert summary(evaluate(replayed)) == summary(evaluate(world))


def _is_known(row: Row, record_type: Any, lines: list[ManifestLine], limit: Any) -> bool:
    values = {**row, "jurisdiction": row.get("jurisdiction") or HOME}
    submitted = values.get("submitted_at") or handed_in_at(record_type, values, lines)
    return submitted is None or exists_by(submitted, limit)


def _is_answered(row: Row, limit: Any) -> bool:
    """A row of `sameness` counts from 报送时间, else from 确认日期."""
    answered = row.get("submitted_at") or row["confirmed_on"]
    return answered is None or exists_by(answered, limit)


ALL = [
    check_order_changes_nothing,
    check_never_back_to_pending,
    check_an_act_never_harms,
    check_jurisdictions_are_independent,
    check_replay,
]
