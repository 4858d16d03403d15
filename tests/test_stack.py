"""Obligations that share steps: the same duties as each by itself, and one step for what is alike."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

import duban
from duban.kinds.base import DutyTable, alike, stack_name
from engine_world import pack_folder, rows_of, yaml_text
from reference.strategies import draw_world

Row = dict[str, Any]


def judged(world: Row, *, apart: bool) -> tuple[list[str], list[str], set[str]]:
    """All columns of the duties and of what is missing, and the names of the steps; what is kept is not shared."""
    audit = duban.audit(
        world["rows"],
        pack_folder(yaml_text(world["pack"])),
        as_of=world["as_of"],
        known_by=world["known_by"],
        params=world["params"],
        waivers=world["waivers"] or None,
        keep=apart,
    )
    missing = audit.connection.execute(f"SELECT * FROM {audit.plan.missing}").fetchall()
    duties = sorted(map(repr, rows_of(audit.duties)))
    return duties, sorted(map(repr, missing)), {step.name for step in audit.plan.steps}


@pytest.mark.parametrize("seed", [7, 8, 9])
def test_together_is_as_each_alone(seed: int) -> None:
    """A dozen obligations: enough for several of one kind, period and paths."""
    world = draw_world(Random(seed), None, 12)
    shared, alone = judged(world, apart=False), judged(world, apart=True)
    assert shared[:2] == alone[:2]
    ids = {item["id"] for item in world["pack"]["obligations"]}
    assert {f"{name}/status" for name in ids} <= alone[2]
    assert f"{stack_name([item['id'] for item in world['pack']['obligations']])}/status" in shared[2]
    assert len(shared[2]) < len(alone[2]) or len(ids) == 1


@pytest.mark.parametrize(("ids", "name"), [(["a"], "a"), (["a", "b"], "a+1"), (["b", "c", "a"], "b+2")])
def test_a_stack_is_called_by_its_first(ids: list[str], name: str) -> None:
    assert stack_name(ids) == name


def test_alike_is_what_differs_only_in_whose_duties_it_reads() -> None:
    """Two mines' obligations with one text, and a county's with another; each group reads its own duties alone."""
    duties = [
        DutyTable("a+2/duty", name, kind, shared=True) for name, kind in [("a", "mine"), ("b", "county"), ("c", "mine")]
    ]
    found = alike(duties, lambda duty: f"SELECT '{duty.bearer}' FROM {duty.rows}")
    rows = '(SELECT * FROM "a+2/duty" WHERE obligation IN ({}))'
    first, second = rows.format("'a', 'c'"), rows.format("'b'")
    assert {sql: [duty.obligation for duty in group] for sql, group in found.items()} == {
        f"SELECT 'mine' FROM {first}": ["a", "c"],
        f"SELECT 'county' FROM {second}": ["b"],
    }
