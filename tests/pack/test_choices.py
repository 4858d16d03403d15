"""Parameters that decide a word or a number of the rules: what is in force, and which settings are refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from duban.errors import UsageError
from duban.pack import Pack, load_pack

FILES = {
    "pack.yaml": """
id: chosen
number: 1号
title: t
issuer: i
jurisdiction: 某县
windows: {december: {from: 2023-12-01, to: 2023-12-31}}
parameters:
  often: {type: text, default: month, values: [month, once], why: w}
  apart: {type: text, default: date, values: [date, team], why: w}
  days: {type: int, default: 3, why: w}
  other: {type: int, default: 3, why: w}
bearers:
  enterprise: {record: enterprise, key: enterprise_id}
""",
    "records.yaml": """
enterprise:
  title: 企业名册
  key: enterprise_id
  fields: {enterprise_id: {title: 企业编号}}
inspection:
  title: 检查记录
  time: day
  references: {enterprise_id: enterprise}
  fields:
    enterprise_id: {title: 企业编号}
    day: {title: 检查日期, type: date}
    team: {title: 检查组}
""",
    "obligations/1.yaml": """
- id: both
  title: t
  clause: 一
  bearer: enterprise
  every: param.often
  perform: {record: inspection, distinct: param.apart}
  otherwise:
    - title: o
      by: window.end + param.days days
      perform: {record: inspection, distinct: param.apart}
- id: neither
  title: t
  clause: 一
  bearer: enterprise
  every: week
  perform: {record: inspection, distinct: team}
""",
}


@pytest.fixture
def pack(tmp_path: Path) -> Pack:
    for name, text in FILES.items():
        path = tmp_path / "chosen" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return load_pack(tmp_path / "chosen")


def words(pack: Pack, name: str) -> list[Any]:
    obligation = pack.obligation(name)
    tests = [obligation.perform, *(path.perform for path in obligation.otherwise)]
    return [obligation.every, *(test.distinct for test in tests if test is not None)]


def test_the_value_stands_where_the_parameter_stood(pack: Pack) -> None:
    assert words(pack, "both") == ["month", "date", "date"]
    assert words(pack, "neither") == ["week", "team"]
    assert pack.obligation("both").unit == "month"


def test_a_setting_changes_it_and_nothing_else(pack: Pack) -> None:
    changed = pack.with_values({"often": "once", "apart": "team"})
    assert words(changed, "both") == ["once", "team", "team"]
    assert words(changed, "neither") == ["week", "team"]
    assert changed.obligation("both").unit == ""
    assert words(pack, "both") == ["month", "date", "date"]
    assert words(changed.with_values({"often": "month"}), "both") == ["month", "team", "team"]


def test_what_was_written_stays(pack: Pack) -> None:
    written = pack.with_values({"often": "once"}).written[0]
    assert written.every == "param.often"
    assert "param.apart" in written.model_dump_json()


@pytest.mark.parametrize(
    ("settings", "message"),
    [({"often": "week"}, "只能取：month、once"), ({"days": -1}, "是时长，不能为负"), ({"days": "many"}, "应为 int")],
)
def test_settings_that_do_not_fit(pack: Pack, settings: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        pack.with_values(settings)


def test_only_durations_cannot_be_negative(pack: Pack) -> None:
    assert pack.with_values({"other": -1, "days": 0}).values["other"] == -1
