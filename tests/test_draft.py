"""An obligation that is a draft: linted, its cases run, judged only where it is named."""

from __future__ import annotations

from pathlib import Path

import duban
from duban.cases import run_cases
from duban.pack import load_pack

RULES = Path(__file__).parents[1] / "rules"
PACK = load_pack(RULES / "zezhou-2023-331")
ROSTER = {"enterprise": [{"enterprise_id": "M01", "name": "甲岭样01号石料矿", "town": "甲岭镇", "status": "生产"}]}
DRAFTS = {item.id for item in PACK.obligations if item.draft}


def judged(*names: str) -> set[str]:
    with duban.audit(ROSTER, PACK, as_of="2024-01-31", obligations=names) as result:
        return {row[0] for row in result.connection.execute("SELECT DISTINCT obligation FROM duties").fetchall()}


def test_an_audit_leaves_drafts_out() -> None:
    assert DRAFTS
    assert not judged() & DRAFTS


def test_a_draft_that_is_named_is_judged() -> None:
    assert judged("hazard-list-made", "enterprise-plan-made") == {"hazard-list-made", "enterprise-plan-made"}
    assert "hazard-list-made" in DRAFTS


def test_the_cases_of_a_draft_run() -> None:
    outcomes = list(run_cases(PACK, "hazard-list-made"))
    assert outcomes
    assert all(outcome.passed for outcome in outcomes)
