"""A plan holds the columns that its steps name, and all where somebody takes all."""

from __future__ import annotations

import pytest

from duban.auditing import moment_of
from duban.compile import compile_pack
from duban.compile.lean import lean
from duban.model import Step
from duban.pack import Pack, load_pack

HEADS = "head-leads-inspections"


@pytest.fixture(scope="module")
def pack() -> Pack:
    return load_pack("zezhou-2023-331")


def test_a_plan_reads_the_columns_that_it_names(pack: Pack) -> None:
    """`seen/inspection` has what the conditions name; not the contract, nor when it ended."""
    moment = moment_of("2024-01-07", pack)
    names = {}
    for whole in (False, True):
        plan = compile_pack(pack, moment, moment, [HEADS], whole=whole)
        (names[whole],) = [step.sql for step in plan.steps if step.name == "seen/inspection"]
    assert names[False].endswith(f"FROM (\n{names[True]}\n)")
    left_out = names[False].partition(" FROM ")[0]
    assert '"contract_id"' in left_out
    assert '"end_at$bare"' in left_out
    assert not any(f'"{name}"' in left_out for name in ("levels", "leaders", "enterprise_id"))


@pytest.mark.parametrize(
    ("reader", "kept"),
    [
        ('SELECT r.levels FROM "seen/inspection" r', False),
        ('SELECT r.* FROM "seen/inspection" r', True),
        ('SELECT * FROM "seen/inspection"', True),
        ('SELECT *, 1 AS one FROM other JOIN "seen/inspection" r ON TRUE', True),
        ('SELECT count(*) FROM "seen/inspection"', False),
        ('SELECT * FROM (SELECT r.levels FROM "seen/inspection" r)', False),
        ('SELECT 1 FROM (SELECT DISTINCT * FROM "seen/inspection")', True),
        ('SELECT r.contract_id FROM "seen/inspection" AS r', True),
    ],
)
def test_who_takes_all_columns_gets_them(pack: Pack, reader: str, kept: bool) -> None:
    seen = Step("seen/inspection", "SELECT 1")
    (first, _) = lean((seen, Step("x", reader, reads=("seen/inspection",))), pack, ())
    assert ('"contract_id"' not in first.sql) is kept
    assert lean((seen, Step("x", reader, reads=("seen/inspection",))), pack, ("seen/inspection",))[0] == seen
