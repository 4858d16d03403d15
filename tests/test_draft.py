"""An obligation that is a draft: linted, its cases run, judged only where it is named."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import duban
from duban.cases import run_cases
from duban.pack import Pack, load_pack

RULES = Path(__file__).parents[1] / "rules"
ROSTER = {"enterprise": [{"enterprise_id": "M01", "name": "甲岭样01号石料矿", "town": "甲岭镇", "status": "生产"}]}
DRAFT = "hazard-list-made"


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Pack:
    """The notice's pack, with one of its obligations not in force yet."""
    folder = shutil.copytree(RULES, tmp_path_factory.mktemp("rules") / "rules") / "zezhou-2023-331"
    path = folder / "obligations" / "3-2-self-inspection.yaml"
    written = path.read_text(encoding="utf-8")
    path.write_text(written.replace(f"- id: {DRAFT}\n", f"- id: {DRAFT}\n  draft: 待定\n"), encoding="utf-8")
    return load_pack(folder)


def judged(pack: Pack, *names: str) -> set[str]:
    with duban.audit(ROSTER, pack, as_of="2024-01-31", obligations=names) as result:
        return {row[0] for row in result.connection.execute("SELECT DISTINCT obligation FROM duties").fetchall()}


def test_an_audit_leaves_drafts_out(pack: Pack) -> None:
    assert [item.id for item in pack.obligations if item.draft] == [DRAFT]
    found = judged(pack)
    assert DRAFT not in found
    assert "enterprise-plan-made" in found


def test_a_draft_that_is_named_is_judged(pack: Pack) -> None:
    assert judged(pack, DRAFT, "enterprise-plan-made") == {DRAFT, "enterprise-plan-made"}


def test_the_cases_of_a_draft_run(pack: Pack) -> None:
    outcomes = list(run_cases(pack, DRAFT))
    assert outcomes
    assert all(outcome.passed for outcome in outcomes)


def test_the_notice_has_no_draft_left() -> None:
    """What is written down of it is judged."""
    assert [item.id for item in load_pack(RULES / "zezhou-2023-331").obligations if item.draft] == []
