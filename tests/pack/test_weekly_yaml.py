"""weekly.yaml: ours is sound, and every kind of mistake is told with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from duban.errors import PackError
from duban.pack import load_pack
from duban.pack.weekly import FILE, Weekly, load_weekly, read_weekly

PACK = load_pack("zezhou-2023-331")


def test_ours_is_sound() -> None:
    found = read_weekly(PACK.folder, PACK)
    assert [str(issue) for issue in found.issues] == []
    assert found.weekly.majors is not None


def test_a_pack_may_have_none(tmp_path: Path) -> None:
    assert read_weekly(tmp_path, PACK).weekly == Weekly()


MAJORS = (
    "{record: major_hazard, bearer: enterprise, since: found_date is not null, obligations: major-hazard-rectified, "
    'hazard: "{location}", found: found_date, said: "{count}", none: 无, states: [{title: 其他}]'
)
MISTAKES = {
    'title: "{tilte}"': "no `{tilte}` here",
    "titel: x": "unknown key `titel`",
    "numbered_from: param.nowhere": "is no date",
    "accidents: {record: acident, title: 事故, said: x}": "no record type `acident`",
    'accidents: {record: accident, title: 事故, said: "{coutn}"}': "no `{coutn}` here",
    "running: {bearer: mine, title: 名册, groups: []}": "no bearer kind `mine`",
    "running: {bearer: enterprise, title: 名册, groups: {title: 在产, where: status = '在产'}}": "在产",
    "majors: " + MAJORS + "}": "",
    "majors: " + MAJORS.replace("found: found_date", "found: found_on") + "}": "no field `found_on`",
    "majors: " + MAJORS.replace("major-hazard-rectified", "county-checks-share") + "}": "is not about each major_hazard",
    "majors: " + MAJORS.replace("{title: 其他}", "{title: 其他, where: duty.state = 'late'}") + "}": "duty.state",
    "majors: " + MAJORS + ", keeper: {record: supervisor, post: person}}": "is personal",
    'checks: {quota: head-leads-inspections, said: "{done}"}': "its test is not `cover`",
    "sent: {obligations: stage-report}": "no obligation `stage-report`",
    "sent: {obligations: stage-report-sent, returned: {record: submission, by: place, where: unmatched > 0}}": "no field `place`",
    "groups: {title: 企业, bearers: firm}": "no bearer kind `firm`",
    "decisions: {text: x}": "write one of them",
    "decisions: {measure: 约谈, text: x}": "no measure “约谈”",
    'decisions: {duties: status = "breached", text: "{count}"}': "no `{count}` here",
    "feedback: interview": "no obligation `interview`",
    "data: {title: 企业数据, records: hazards}": "no record type `hazards`",
    "funnels: {title: 隐患, record: hazard, bearer: county, stages: {title: 查出, where: level = '严重'}}": "严重",
}  # fmt: skip


@pytest.mark.parametrize(("text", "message"), MISTAKES.items(), ids=list(MISTAKES))
def test_mistakes(text: str, message: str, tmp_path: Path) -> None:
    (tmp_path / FILE).write_text(text + "\n", encoding="utf-8")
    told = [str(issue) for issue in read_weekly(tmp_path, PACK).issues]
    if message:
        assert any(message in one and f"{FILE}:1" in one for one in told), told
    else:
        assert told == []


def test_a_report_is_not_made_of_mistakes(tmp_path: Path) -> None:
    from dataclasses import replace

    (tmp_path / FILE).write_text("feedback: nothing\n", encoding="utf-8")
    with pytest.raises(PackError, match="1 处错误"):
        load_weekly(replace(PACK, folder=tmp_path))
