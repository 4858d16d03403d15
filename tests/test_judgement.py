"""Measures: the candidates of the sample county against its story, and what may never become of anybody.

tests/data/truth-measures.csv was worked out by hand from truth.csv, measures.yaml and the interviews of the sample: one
line for each bearer and measure, at five dates. The cases of the rules stand in the pack (test_packs.py runs them).
"""

from __future__ import annotations

import csv
import re
import shutil
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

import duban
from duban.judging import judge_audit
from duban.measure_cases import covered
from duban.model import Candidate
from duban.pack import load_pack
from duban.pack.measures import PATTERNS, scopes

ROOT = Path(__file__).parents[1]
SAMPLES = ROOT / "data" / "samples"
PACK = "zezhou-2023-331"
FIRST, SECOND = "建议优先研究", "建议先核实、提醒"
INTERVIEW, WORK_REMINDER = "警示约谈", "工作提醒"

with (ROOT / "tests" / "data" / "truth-measures.csv").open(encoding="utf-8-sig", newline="") as text:
    TRUTH = list(csv.DictReader(text))
DATES = sorted({line["as_of"] for line in TRUTH})
END = "2024-02-20T23:59"
Row = tuple[str, ...]


def proposed(
    as_of: str, records: Path = SAMPLES, obligations: tuple[str, ...] = (), **params: str
) -> tuple[Candidate, ...]:
    with duban.audit(records, PACK, as_of=as_of, params=params, obligations=obligations) as audit:
        return judge_audit(audit).candidates


@cache
def candidates(as_of: str) -> tuple[Candidate, ...]:
    return proposed(as_of)


def told(line: dict[str, str]) -> Row:
    return tuple(line[name] for name in ("bearer_kind", "bearer", "measure", "tier", "grounds", "rules"))


def found(one: Candidate) -> Row:
    grounds, rules = sorted(one.grounds), sorted({item.rule for item in one.conclusions})
    return (
        one.bearer_kind,
        "、".join((one.bearer_id, *one.also)),
        one.measure,
        one.tier.value,
        "、".join(grounds),
        "、".join(rules),
    )


def test_every_rule_has_a_case_where_it_holds_and_one_where_it_does_not() -> None:
    pack = load_pack(PACK)
    rules = {rule.id for rule in pack.measures.rules}
    there, absent = covered(pack)
    assert rules - there == set()
    assert rules - absent == set()


@pytest.mark.parametrize("as_of", DATES)
def test_the_candidates_are_those_of_the_story(as_of: str) -> None:
    expected = {told(line) for line in TRUTH if line["as_of"] == as_of}
    rows = {found(one) for one in candidates(as_of)}
    assert sorted(rows - expected) == []
    assert sorted(expected - rows) == []
    assert len(candidates(as_of)) == len(rows)  # a bearer has one line for each measure


@pytest.mark.parametrize("as_of", DATES)
def test_officials_are_reminded_and_never_interviewed(as_of: str) -> None:
    for one in candidates(as_of):
        if one.bearer_kind in ("county", "town", "town_principals", "town_deputy"):
            assert (one.measure, one.tier.value, one.convener) == (WORK_REMINDER, SECOND, "县安委办")
            assert one.addressee.person == ""  # by post, not by name


def test_who_would_convene() -> None:
    kinds = {(one.bearer_kind, one.convener) for one in candidates(END) if one.measure == INTERVIEW}
    assert kinds == {
        ("enterprise", "县应急管理局"),
        ("group", "县应急管理局"),
        ("group_post", "县应急管理局"),
        ("town_centre", "县安委办"),
    }


def test_a_county_may_have_its_bureau_interview_the_town_centres() -> None:
    only = ("town-covers-all-mines",)
    listed = proposed("2024-02-10T23:59", obligations=only, town_centre_convener="县应急管理局")
    assert {one.convener for one in listed if one.measure == INTERVIEW} == {"县应急管理局"}


def test_no_group_from_outside_is_a_candidate() -> None:
    assert not [one for one in candidates(END) if one.bearer_id.split("/")[0] in ("G2", "G4")]


def test_leads_are_no_facts() -> None:
    pack = load_pack(PACK)
    leads, obligations = {lead.id for lead in pack.leads}, {item.id for item in pack.obligations}
    assert not any("lead" in kind for kind in PATTERNS)
    assert not leads & set(scopes(pack)["finding"].fields["obligation"].values)
    assert {finding.obligation for one in candidates(END) for finding in one.findings} <= obligations
    assert not [one for one in candidates(END) if one.bearer_id in ("M35", "M38")]  # L1, L3: nothing but leads


def test_fines_are_nobodys_fault_and_no_amount_is_named() -> None:
    """Neither the form that is out by ten thousand (F09), nor the mines that were fined (M03, M21).

    Only the sentence of the finding itself, which asks the town to look at its form, shows the two figures.
    """
    for one in candidates(END):
        names = {finding.obligation for finding in one.findings}
        assert one.measure == "提醒" or not names & {"form-fines-recounted", "penalised-reviewed-for-list"}
        texts = [
            one.nature, *one.procedure, *one.speaks_for, *one.to_verify, *one.earlier,
            *(item.title for item in one.conclusions),
            *(item.message for item in one.findings if item.obligation != "form-fines-recounted"),
        ]  # fmt: skip
        assert not re.search(r"\d\s*万?元", "；".join(texts)), found(one)


def test_what_hangs_on_a_reading_is_of_the_second_tier(tmp_path: Path) -> None:
    """M12 (F14), had its head been down twice in December: whether that is leading a check is an open question."""
    records = tmp_path / "samples"
    shutil.copytree(SAMPLES, records)
    with (records / "leader_duty.csv").open("a", encoding="utf-8", newline="") as out:
        for day in ("06", "20"):
            out.write(f"云示县,M12-值-12{day},M12,2023-12-{day} 09:00,早,M12矿长,正常,乙溪镇,2023-12-25 10:10\n")
    listed = proposed("2024-01-05T23:59", records, obligations=("head-leads-inspections",))
    mine = [one for one in listed if one.bearer_id == "M12"]
    assert {found(one)[2:4] for one in mine} == {(INTERVIEW, SECOND), ("提醒函", SECOND)}
    readings = {finding.period_start.month: finding.contested for finding in mine[0].findings}  # type: ignore[union-attr]
    assert readings == {11: (), 12: ("duty_counts_as_led=True",)}
    assert any("duty_counts_as_led" in text for text in mine[0].to_verify)


def test_what_speaks_for_one_hazard_speaks_for_no_other() -> None:
    """Two hazards of one mine: only the first was reported as an exception (and that not in full)."""
    hazard = {"enterprise_id": "M01", "found_date": "2023-11-20", "confirm_result": "重大", "done_date": ""}
    rows = {
        "enterprise": [{"enterprise_id": "M01", "name": "一矿", "town": "甲岭镇", "status": "生产"}],
        "major_hazard": [
            {**hazard, "hazard_id": "Z1", "exception_reported_date": "2023-12-20", "county_deadline": ""},
            {**hazard, "hazard_id": "Z2", "exception_reported_date": "", "county_deadline": ""},
        ],
    }
    pack = load_pack(PACK)
    assumed = replace(pack, header=pack.header.model_copy(update={"complete": "assumed"}))
    with duban.audit(rows, assumed, as_of="2024-01-05", obligations=["major-hazard-rectified"]) as audit:
        judge_audit(audit, switches=False)
        speaks = audit.connection.execute(
            'SELECT d.trigger_id, s.id, s.records FROM "judgement/speaks" s JOIN duties d USING (fingerprint)'
            " ORDER BY ALL"
        ).fetchall()
        assert audit.frame("status = 'breached'")["trigger_id"].tolist() == ["Z1", "Z2"]
    assert speaks == [("Z1", "exception-reported", ["Z1"])]
