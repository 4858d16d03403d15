"""The first screen from records: what is counted, what is said where nothing was handed in. Worked out by hand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest

import duban
from duban.auditing import Audit
from duban.judging import findings_of, judge_audit
from duban.model import Course, Life, Past, Point
from duban.pack.weekly import load_weekly
from duban.report.week import Suggested, Swing, Week
from duban.weekly import field, week_of
from duban.weekly.facts import Facts
from duban.weekly.found import plain_findings
from duban.weekly.material import Material
from duban.weekly.text import plain
from papers_world import bureau

# 2024-01-07, a Sunday; the week is 1 to 7 January.
ROSTER = [
    {"enterprise_id": "M1", "name": "甲岭样01号石料矿", "town": "甲岭镇", "status": "生产"},
    {"enterprise_id": "M2", "name": "甲岭样02号石料矿", "town": "甲岭镇", "status": "季节性停产", "valid_to": date(2024, 1, 3)},
    {"enterprise_id": "M2", "name": "甲岭样02号石料矿", "town": "甲岭镇", "status": "生产", "valid_from": date(2024, 1, 4)},
    {"enterprise_id": "M3", "name": "乙溪样03号铁矿", "town": "乙溪镇", "status": "长期停产(无人作业)"},
    {"enterprise_id": "M4", "name": "乙溪样04号铁矿", "town": "乙溪镇", "status": None},
]  # fmt: skip
TOWNS = [{"town": town, "centre": f"{town}应急管理中心"} for town in ("甲岭镇", "乙溪镇")]


def major(number: int, mine: str, **changes: Any) -> dict[str, Any]:
    base = {
        "hazard_id": f"ZD{number}",
        "enterprise_id": mine,
        "found_date": date(2023, 11, 20),
        "confirm_result": "重大",
    }
    return {**base, "location": "北帮", "description": "危岩", "confirmed_date": date(2023, 11, 21), **changes}


RECORDS: dict[str, list[dict[str, Any]]] = {
    "enterprise": ROSTER,
    "town": TOWNS,
    "county": [{"name": "县局"}],
    "major_hazard": [
        major(1, "M1"),  # overdue since 31 December
        major(2, "M1", exception_reported_date=date(2023, 12, 28)),  # reported, the five are not in place
        major(3, "M2", done_date=date(2023, 12, 30)),  # done, not accepted
        major(4, "M3", done_date=date(2023, 12, 1), acceptance="合格", cancelled_date=date(2023, 12, 20)),
        major(5, "M4", found_date=date(2023, 10, 1), county_deadline=date(2024, 1, 31)),  # before the campaign
        major(6, "M4", confirm_result="待确认"),  # only suspected: not counted
    ],
    "inspection": [
        {"inspection_id": "J1", "levels": ["县局"], "enterprise_id": "M1", "start_at": datetime(2024, 1, 3, 9), "purpose": "百日攻坚"},
        {"inspection_id": "J2", "levels": ["镇中心"], "enterprise_id": "M1", "start_at": datetime(2023, 12, 5, 9), "purpose": "百日攻坚"},
    ],
    "submission": [
        {"submission_id": "S1", "town": "甲岭镇", "kind": "问题清单", "month": date(2023, 12, 1), "sent_at": datetime(2023, 12, 20), "unmatched": 2},
        {"submission_id": "S2", "town": "甲岭镇", "kind": "问题清单", "month": date(2023, 12, 1), "sent_at": datetime(2023, 12, 22), "unmatched": 0},
        {"submission_id": "S3", "town": "乙溪镇", "kind": "整改清单", "month": date(2023, 12, 1), "sent_at": datetime(2023, 12, 20), "unmatched": 1},
        {"submission_id": "S4", "town": "甲岭镇", "kind": "阶段性进展", "month": date(2023, 12, 1), "sent_at": datetime(2023, 12, 24)},
    ],
}  # fmt: skip
JUDGED = (
    "major-hazard-rectified",
    "major-hazard-by-own-deadline",
    "county-checks-share",
    "town-covers-all-mines",
    "stage-report-sent",
)


def audited(records: dict[str, Any]) -> Audit:
    return duban.audit(
        {**records, "manifest": []}, "zezhou-2023-331", as_of="2024-01-07", obligations=JUDGED, waivers=[]
    )


@pytest.fixture(scope="module")
def audit() -> Iterator[Audit]:
    with audited(RECORDS) as result:
        yield result


def made(result: Audit, past: Past | None = None, **more: Any) -> Week:
    judgement = judge_audit(result, "plain", switches=False)
    return week_of(result, judgement, findings_of(result), bureau(), past, **more)


@pytest.fixture(scope="module")
def week(audit: Audit) -> Week:
    return made(audit)


def said(week: Week, key: str) -> str:
    (section,) = (one for one in week.sections if one.key == key)
    return "\n".join("".join(part.text for part in line) for line in section.lines)


def test_heading(week: Week) -> None:
    # 3 November 2023 is a Friday: week 1 ends on the 5th, and 7 January is the tenth Sunday.
    assert week.head.title == "非煤矿山行业安全生产“百日攻坚”冬季行动周调度表（第10期）"
    assert (week.head.cut_off, week.head.made_on) == ("数据截至2024年1月7日24时", "编制：1月8日（周一）")


def test_what_nobody_handed_in_is_not_zero(week: Week) -> None:
    assert said(week, "sentence").startswith("本周事故、险情未报（没有单位报过本周的情况）。")


def test_workdays_and_the_share(week: Week) -> None:
    # 30 % of 4 is 1.2, so 2; from 8 to 31 January there are 5+5+5+3 workdays.
    assert said(week, "sentence").endswith("县局1月检查1/4家，距30%（2家）还差1家，余18个工作日。")
    assert "1月1/4。" in said(week, "checks")


def test_the_roster_by_sorts(week: Week) -> None:
    assert said(week, "running") == (
        "名册4家：在产2｜基建0｜停产0｜停产整顿0｜长期停产1（无人1）｜状态未报1。"
        "本周停产→复产1家（甲岭样02号石料矿），复产验收手续：未见（甲岭样02号石料矿）。"
    )


def test_nothing_is_breached_where_nothing_was_handed_in(week: Week) -> None:
    """Without a manifest every duty is unproven: the archive still says how each hazard stands."""
    assert said(week, "majors") == "行动以来4条：已销号1｜未整改2（情况不明2）｜待验收1；另行动前遗留1条。"
    assert "证据不足" in said(week, "verify")
    # ZD1 and ZD2 are over and unproven (ZD3 is done in time, ZD5 is not due): “none is overdue” would be a claim.
    assert "重大隐患2条证据不足，是否逾期不明。" in said(week, "sentence")
    assert "没有逾期" not in said(week, "sentence")


def test_an_archive_that_nobody_handed_in_is_not_an_empty_one(audit: Audit) -> None:
    nothing = Facts({}, [], [], [], [])
    material = Material(audit, load_weekly(audit.pack), nothing, (), (), (), (), (), Past(), (), None)
    assert plain(next(field.archive(material))) == "重大隐患档案未报。"
    assert "重大隐患档案未报，是否逾期不明。" in plain(next(field.sentence(material)))


def test_findings_without_measures_are_the_same_findings(audit: Audit) -> None:
    judge_audit(audit, "plain", switches=False)
    assert {one.fingerprint for one in plain_findings(audit)} == {one.fingerprint for one in findings_of(audit)}


def test_papers_sent_back_are_settled_by_a_newer_version(week: Week) -> None:
    assert "退改未结1" in said(week, "sent")


def test_a_first_audit_compares_with_nothing(week: Week) -> None:
    (section,) = (one for one in week.sections if one.key == "verify")
    assert section.title == "七、待核实事项（首次审核，无上周对比）"
    assert week.first


def test_numbers_say_what_they_rest_on(week: Week) -> None:
    (section,) = (one for one in week.sections if one.key == "running")
    counted = next(part for line in section.lines for part in line if part.text == "在产2")
    assert len(counted.places) == 2


def test_suggestions_and_other_readings(audit: Audit) -> None:
    week = made(audit, suggested=[Suggested("M1", "甲岭样01号石料矿", "甲岭镇", "重大隐患逾期")], swing=Swing(1, 2))
    assert "本周建议检查：甲岭样01号石料矿。" in said(week, "checks")
    assert "名单变化：＋1／－2" in said(week, "data")


def test_with_everything_handed_in(audit: Audit) -> None:
    """The same records, all of them complete: what is short is breached."""
    whole = [
        {"sender": sender, "subject": sender, "record_type": kind, "covered_from": date(2023, 1, 1), "covered_through": date(2024, 1, 7), "received_at": datetime(2024, 1, 7, 18)}
        for sender, kind in [("县局", "major_hazard"), ("甲岭镇应急管理中心", "inspection"), ("县局", "inspection"), ("县局", "submission"), ("县局", "accident")]
    ]  # fmt: skip
    roster = [{**row, "bureau": "县局"} for row in ROSTER]
    towns = [{**row, "bureau": "县局"} for row in TOWNS]
    records = {**RECORDS, "enterprise": roster, "town": towns, "manifest": whole}
    with duban.audit(records, "zezhou-2023-331", as_of="2024-01-07", obligations=JUDGED, waivers=[]) as result:
        first = made(result)
        rectified = [one for one in first.findings if one.finding.obligation == "major-hazard-rectified"]
        lives = (
            Life(rectified[0].finding.fingerprint, Course.NEW, date(2024, 1, 7), 1),
            Life(rectified[1].finding.fingerprint, Course.PERSISTING, date(2023, 12, 31), 2),
        )
        trend = (Point(datetime(2024, 1, 1), 1, 0, 0, 0, 0),)
        later = made(result, Past(datetime(2024, 1, 1), lives, trend))
    assert said(first, "sentence").startswith(
        "本周接报事故、险情0起。重大隐患逾期未整改1条（甲岭样01号石料矿），请局领导今日定措施。"
    )
    assert said(first, "majors").startswith(
        "行动以来4条：已销号1｜未整改2（逾期1、五到位缺项1）｜待验收1；另行动前遗留1条。"
    )
    # 甲岭's centre covered M1 but not M2 in December. In 乙溪 M3 needs no check, whether M4 does is not known (its status
    # is empty), and nobody handed in for the centre.
    assert "镇全覆盖（12月）：1/2，缺：甲岭镇甲岭样02号石料矿；1家是否应计不明；1镇证据不足。" in said(first, "checks")
    assert said(first, "verify").startswith("企业2｜镇应急管理中心")
    assert said(later, "verify").startswith("企业2（新增1）｜")
    assert not later.first
    assert replace(later, trend=()).trend == ()
