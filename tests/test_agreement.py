"""The engine against the reference, duty by duty; and properties of the engine.

Mismatches are made small by hand (`shrink`): worlds come from seeds. A mismatch names the obligation, the rows that
are left, and both duties.
"""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from engine_world import engine_duties, write_tables, yaml_text
from reference import evaluate_world, properties
from reference.by_hand import enterprise, hazard
from reference.drawn_obligations import TEMPLATES
from reference.properties import by_key, evidence_of, summary
from reference.shrinking import shrink
from reference.strategies import worlds
from reference.vocabulary import RECORDS, pack_yaml
from reference.world import read_params, rules_in_force

Row = dict[str, Any]
NO_SHRINK = settings(phases=[Phase.explicit, Phase.reuse, Phase.generate])
SMALLER_AT_MOST = 400  # evaluations spent on making a mismatch small


def difference(world: Row) -> str | None:
    """The first disagreement between the engine and the reference; None if there is none."""
    ours = by_key([_comparable(duty, world) for duty in evaluate_world(world)])
    try:
        theirs = by_key([_comparable(duty, world) for duty in engine_duties(world)])
    except Exception as error:
        return f"the engine failed: {type(error).__name__}: {error}"
    for key in sorted(ours.keys() | theirs.keys(), key=repr):
        left, right = (sorted(duties.get(key, []), key=_order) for duties in (ours, theirs))
        if len(left) != len(right):
            return _tell(f"{len(left)} duties of the reference, {len(right)} of the engine", key, left, right)
        for mine, its in zip(left, right, strict=True):
            wrong = [name for name in _compared(mine) if not _same(mine, its, name)]
            if wrong:
                return _tell(f"they differ in {', '.join(wrong)}", key, [mine], [its])
    return None


def _comparable(duty: Row, world: Row) -> Row:
    """Only obligations with a period unit (reconcile aside) have a period in their key."""
    rule = _rule(duty, world)
    has_period = rule.get("every", "once") != "once" and "reconcile" not in rule
    return {**duty, "period_start": duty["period_start"] if has_period else None}


def _rule(duty: Row, world: Row) -> Row:
    pack = world["pack"]
    rules = rules_in_force(pack["obligations"], read_params(pack["pack"], world["params"]))
    return next(rule for rule in rules if rule["id"] == duty["obligation"])


def _compared(duty: Row) -> list[str]:
    """What is compared: of duties that rows 1 and 2 of §8 settle, the counts are not (they need not be computed)."""
    names = ["status"]
    if duty["start_known"]:
        names += ["due", "live_start", "live_end"]
    if duty["row"].split()[0] in ("1", "2"):
        return names
    if duty["row"] == "trigger type":
        return [*names, "enforceable"]
    return [*names, "enforceable", "required", "observed", "shortfall", "evidence"]


def _same(mine: Row, its: Row, name: str) -> bool:
    left, right = mine[name], its[name]
    if name == "evidence":
        return evidence_of(mine) == evidence_of(its)
    if name in ("required", "observed", "shortfall") and left is not None and right is not None:
        return abs(float(left) - float(right)) < 1e-9
    return bool(left == right)


def _order(duty: Row) -> str:
    return repr((duty["status"], duty["due"], sorted(duty["evidence"])))


def _tell(what: str, key: Any, mine: list[Row], its: list[Row]) -> str:
    shown = [f"{what}: {key}", "reference:", *map(_line, mine), "engine:", *map(_line, its)]
    return "\n".join(shown)


def _line(duty: Row) -> str:
    return "  " + ", ".join(f"{name}={value}" for name, value in duty.items() if name != "segments")


def describe(world: Row) -> str:
    """A small world to read: its obligations as YAML and its rows without empty cells."""
    lines = [yaml_text(world["pack"]).split("\x00")[2]]
    lines += [f"{name}: {world[name]}" for name in ("as_of", "known_by", "params", "waivers", "seed")]
    spec = world["pack"]["pack"]
    lines.append(f"complete: {spec['complete']}, quota: {spec['parameters']['quota']['default']}, ")
    lines.append(f"enterprise where: {spec['bearers']['enterprise'].get('where')}")
    for name, rows in world["rows"].items():
        for row in rows:
            lines.append(f"{name}: " + ", ".join(f"{k}={v!s}" for k, v in row.items() if v is not None))
    return "\n".join(lines)


def assert_agreement(world: Row) -> None:
    found = difference(world)
    if found is None:
        return
    left = [SMALLER_AT_MOST]

    def fails(candidate: Row) -> bool:
        left[0] -= 1
        if left[0] < 0:
            return False
        again = difference(candidate)
        return again is not None and again.startswith("the engine failed") == found.startswith("the engine failed")

    small = shrink(world, fails)
    pytest.fail(f"{difference(small)}\n\n{describe(small)}", pytrace=False)


@pytest.mark.parametrize("template", sorted(set(TEMPLATES), key=lambda t: t.__name__), ids=lambda t: t.__name__)
@NO_SHRINK
@given(data=st.data())
def test_engine_agrees_with_the_reference(template: Any, data: st.DataObject) -> None:
    """One obligation at a time, each kind by itself."""
    assert_agreement(data.draw(worlds([template], at_most=1)))


@NO_SHRINK
@given(world=worlds())
def test_engine_agrees_with_the_reference_on_whole_packs(world: Row) -> None:
    """Several obligations fused in one plan."""
    assert_agreement(world)


def hazards_of_e1(hazards: list[Row], sameness: list[Row], as_of: date) -> Row:
    """A world with one enterprise, which has to rectify its hazards."""
    rule = {"id": "o", "title": "整改", "clause": "一", "quote": "应当", "ground": "不认真", "bearer": "enterprise"}
    rule |= {"window": "campaign", "each": {"record": "hazard"}, "by": "deadline", "done": "done_date"}
    return {
        "pack": {"pack": pack_yaml("assumed", 2), "records": RECORDS, "obligations": [rule]},
        "rows": {"enterprise": [enterprise()], "hazard": hazards, "sameness": sameness, "manifest": []},
        "as_of": as_of,
        "known_by": as_of,
        "params": {},
        "waivers": [],
    }


@pytest.mark.parametrize(
    ("mine", "last", "counts"),
    [
        ("H3", None, True),
        ("H2", None, False),  # at one time the greater key counts, and H3 is a stranger's
        ("H2", "H2", True),
        ("H3", "H2", False),
    ],
)
def test_which_of_two_rows_that_are_one_counts(mine: str, last: str | None, counts: bool) -> None:
    """Two hazards, one of them of E1, the other of nobody on the roster; somebody said that they are one."""
    answer = {"record": "hazard", "first": "H2", "second": "H3", "same": True, "confirmed_by": "安监股"}
    found = [hazard(key, date(2023, 11, 10), enterprise_id="E1" if key == mine else "E9") for key in ("H2", "H3")]
    if last is not None:
        found = [{**row, "submitted_at": datetime(2024, 1, 5 if row["hazard_id"] == last else 4)} for row in found]
    world = hazards_of_e1(found, [{**answer, "confirmed_on": date(2023, 12, 29)}], date(2024, 2, 20))
    assert difference(world) is None
    duties = [(duty["bearer_id"], duty["trigger_id"]) for duty in engine_duties(world)]
    assert duties == ([("E1", "H2")] if counts else [])  # under the first of the keys, whichever row counts


@pytest.mark.parametrize(("as_of", "triggers"), [(date(2023, 12, 31), ["H1"]), (date(2024, 1, 31), ["H1", "H2"])])
def test_what_a_later_hand_in_tells_apart_was_one_before(as_of: date, triggers: list[str]) -> None:
    """November's hazard comes again in December under another number; in January one list has both."""
    said = {"enterprise_id": "E1", "place": "破碎站", "text": "护栏缺失", "deadline": date(2023, 12, 20)}
    told = [("H1", datetime(2023, 11, 25)), ("H2", datetime(2023, 12, 25))]
    told += [(key, datetime(2024, 1, 25)) for key in ("H1", "H2")]
    world = hazards_of_e1(
        [{**hazard(key, date(2023, 11, 10), **said), "submitted_at": at} for key, at in told], [], as_of
    )
    assert difference(world) is None
    assert sorted(duty["trigger_id"] for duty in engine_duties(world)) == triggers
    properties.check_replay(engine_duties, world, Random(0))


# Of the engine test_union.py asks more: every column of its tables.
ASKED = [check for check in properties.ALL if check is not properties.check_jurisdictions_are_independent]


@pytest.mark.parametrize("check", ASKED)
@NO_SHRINK
@given(world=worlds(), seed=st.integers(0, 2**32))
def test_property(check: Any, world: Row, seed: int) -> None:
    check(engine_duties, world, Random(seed))


@settings(NO_SHRINK, max_examples=20)
@given(world=worlds())
def test_files_say_the_same_as_tables(tmp_path_factory: pytest.TempPathFactory, world: Row) -> None:
    """The rows of each type split over two files. (Two files are two hand-ins: no twins.)"""
    for row in world["rows"].get("hazard", []):
        row["text"] = None
    folder: Path = write_tables(world["rows"], tmp_path_factory.mktemp("files"))
    assert summary(engine_duties(world, records=folder)) == summary(engine_duties(world))
