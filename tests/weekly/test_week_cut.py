"""Who sees what of a week: what is not theirs is not in the data at all."""

from __future__ import annotations

import json
from dataclasses import asdict

import pytest

from duban.report.week import Audience, Week
from duban.weekly import for_audience
from weekly_world import week


def text(cut: Week) -> str:
    return json.dumps(asdict(cut), ensure_ascii=False, default=str)


def test_the_section_sees_all() -> None:
    cut = for_audience(week(), Audience.SECTION)
    assert (len(cut.findings), len(cut.proposed), len(cut.anomalies)) == (6, 1, 1)


def test_leaders_see_no_anomalies_and_of_town_leaders_only_how_many() -> None:
    cut = for_audience(week(), Audience.LEADERS)
    kinds = [one.finding.bearer_kind for one in cut.findings]
    assert "town_deputy" not in kinds
    assert "county" in kinds  # the bureau's own shortfall is theirs to mend
    assert cut.anomalies == ()
    assert "town-deputy-visits-weekly" not in cut.heat.obligations  # nor town by town
    assert "镇领导1" in text(cut)  # the count on the first screen stays …
    assert f"{3:016x}" not in text(cut)  # … and points at nothing that is not there


def test_the_committee_sees_leaders_by_post_and_the_bureau_itself() -> None:
    cut = for_audience(week(), Audience.COMMITTEE)
    assert {one.finding.bearer_kind for one in cut.findings} == {"town_deputy", "county"}
    assert "样09号铁矿" not in text(cut)
    assert (cut.majors, cut.anomalies, cut.proposed) == ((), (), ())
    assert cut.heat.obligations == ("town-deputy-visits-weekly", "county-checks-share")


def test_a_town_sees_its_own_mines_and_nothing_else() -> None:
    cut = for_audience(week(), Audience.TOWN, "甲岭镇")
    said = text(cut)
    assert [one.finding.bearer_name for one in cut.findings] == ["甲岭样01号石料矿", "甲岭样05号石料矿"]
    for other in ("乙溪", "丙川", "分管领导", "党政办", "县局/", "约谈", "隐患整治不彻底", "自查自改不认真"):
        assert other not in said, other
    assert [gap.sender for gap in cut.gaps] == ["甲岭镇"]
    assert [reading.name for reading in cut.readings] == ["campaign_start"]
    assert [funnel.town for funnel in cut.funnels] == ["甲岭镇"]
    assert cut.heat.towns == ("甲岭镇",)
    assert [one.name for one in cut.head.inputs] == ["甲岭镇/inspection_2023-12.csv"]


def test_a_town_s_first_screen_is_made_of_what_is_left() -> None:
    cut = for_audience(week(), Audience.TOWN, "乙溪镇")
    shown = {section.key: "".join(part.text for line in section.lines for part in line) for section in cut.sections}
    # Of 乙溪镇 only the overdue hazard; the deputy's visits go to the committee.
    assert shown["verify"] == "资料显示未达到（待核实）1项：乙溪样09号铁矿。"
    assert shown["majors"] == "在册1条，未销号1条。"
    assert shown["gaps"] == "没有因未报送而不能判断的事项。"
    assert cut.findings[0].finding.source == ("",)  # the bureau's own file is not named


def test_a_town_without_a_name_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="name"):
        for_audience(week(), Audience.TOWN)
