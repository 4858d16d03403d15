"""Doubts: which findings another answer would change. The small county's expectations are worked out by hand."""

from __future__ import annotations

import csv
import json
from datetime import date, datetime
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from duban.auditing import Desk, audit
from duban.cli import duban as cli
from duban.doubts import Doubts, contested_under, doubts
from duban.errors import UsageError
from duban.evaluate import left_behind
from duban.pack import Pack, load_pack
from duban.pack.questions import alternatives, measures_reading, questions, readers
from duban.report import doubts as report
from test_samples import QUIET, lines_of, period_of

ROOT = Path(__file__).resolve().parents[1]
ZEZHOU = load_pack("zezhou-2023-331")

PACK = {
    "pack.yaml": """
id: small
number: 某应急发〔2023〕9号
title: 小行动
issuer: 某县应急管理局
jurisdiction: 某县
complete: assumed
windows:
  action: {from: param.start, to: 2023-12-31}
parameters:
  start: {type: date, default: 2023-12-01, why: 待局确认}
  needed: {type: int, default: 2, values: [1, 2, 3], title: 每月几次, clause: 三, why: 待局确认}
  strict: {type: bool, default: false, why: 待局确认}
  often: {type: text, default: month, values: [month, once], why: 待局确认}
  share: {type: decimal, default: 0.5, why: 只有线索用, for_leads: true}
questions:
  - {ask: 几次才够, clause: 三, parameters: needed}
  - {ask: 哪天开始, parameters: [start]}
  - {ask: 约谈后几日内反馈, why: 以纪要为准, obligations: visited}
bearers:
  mine: {record: mine, key: mine_id, name: name}
  open_mine: {record: mine, key: mine_id, where: not param.strict or kind = '露天'}
""",
    "records.yaml": """
mine:
  title: 企业名册
  key: mine_id
  fields: {mine_id: {title: 企业编号}, name: {title: 企业名称}, kind: {title: 类型, values: [露天, 地下]}}
visit:
  title: 检查记录
  key: visit_id
  time: held_at
  references: {mine_id: mine}
  fields:
    visit_id: {title: 检查编号}
    mine_id: {title: 企业编号}
    held_at: {title: 检查时间, type: datetime}
""",
    "obligations/1.yaml": """
- id: visited
  title: 每月检查若干次
  clause: 三
  bearer: mine
  window: action
  every: month
  perform: {record: visit, at_least: param.needed}
- id: looked-at
  title: 露天矿按局定的周期检查
  clause: 四
  bearer: open_mine
  window: {from: 2023-11-01, to: 2023-12-31}
  every: param.often
  perform: {record: visit, at_least: 1}
""",
}
# M01: two visits in December, M02: one (on 12-03), M03: one in November. M02 is underground.
RECORDS: dict[str, Any] = {
    "mine": [
        {"mine_id": "M01", "name": "一矿", "kind": "露天"},
        {"mine_id": "M02", "name": "=二矿", "kind": "地下"},
        {"mine_id": "M03", "name": "三矿", "kind": "露天"},
    ],
    "visit": [
        {"visit_id": "V1", "mine_id": "M01", "held_at": "2023-12-05 09:00"},
        {"visit_id": "V2", "mine_id": "M01", "held_at": "2023-12-06 09:00"},
        {"visit_id": "V3", "mine_id": "M02", "held_at": "2023-12-03 09:00"},
        {"visit_id": "V4", "mine_id": "M03", "held_at": "2023-11-20 09:00"},
    ],
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("packs") / "small"
    (place / "obligations").mkdir(parents=True)
    for name, text in PACK.items():
        (place / name).write_text(text, encoding="utf-8")
    return place


@pytest.fixture(scope="module")
def small(folder: Path) -> Pack:
    return load_pack(folder)


@pytest.fixture(scope="module")
def found(small: Pack) -> Doubts:
    tries = [("needed", "4"), ("start", "2023-12-04"), ("start", date(2023, 11, 1)), ("share", "0.7")]
    with pytest.raises(UsageError, match="needed 只能取：1、2、3"):
        doubts(RECORDS, small, "2023-12-31", tries=tries)
    return doubts(RECORDS, small, "2023-12-31", tries=tries[1:])


def told(found: Doubts) -> dict[tuple[str, str], set[tuple[str, str, str, str, str]]]:
    """(parameter, value) → obligation, bearer, first day of the period, before and after of each change."""
    return {
        (one.parameter, str(one.value)): {
            (change.obligation, change.bearer_id, str(change.period_start), change.before, change.after)
            for change in one.changes
        }
        for one in found.trials
    }


def test_each_other_value_is_tried_once_in_the_order_of_the_questions(found: Doubts) -> None:
    tried = [(one.parameter, str(one.value)) for one in found.trials]
    assert tried == [
        ("needed", "1"), ("needed", "3"), ("start", "2023-12-04"), ("start", "2023-11-01"), ("strict", "True"),
        ("often", "once"), ("share", "0.7"),
    ]  # fmt: skip


def test_what_would_change(found: Doubts) -> None:
    changes = told(found)
    december = ("visited", "2023-12-01")
    # In force, two are needed: M01 has two, M02 one, M03 none.
    assert changes["needed", "1"] == {(december[0], "M02", december[1], "breached", "met")}
    assert changes["needed", "3"] == {(december[0], "M01", december[1], "met", "breached")}
    # From 12-04 on: M02's visit of 12-03 counts no more, but one was too few before. Nothing changes.
    assert changes["start", "2023-12-04"] == set()
    # From November on: three duties more, all short (M03 made one visit).
    november = {("visited", mine, "2023-11-01", "", "breached") for mine in ("M01", "M02", "M03")}
    assert changes["start", "2023-11-01"] == november
    # Only open pits: the duties of M02, short in November and met in December, are none.
    assert changes["strict", "True"] == {
        ("looked-at", "M02", "2023-11-01", "breached", ""),
        ("looked-at", "M02", "2023-12-01", "met", ""),
    }
    # Once: each mine has been visited, so two duties of a month give way to one that is met.
    assert changes["often", "once"] == {
        ("looked-at", "M01", "2023-11-01", "breached", ""),
        ("looked-at", "M01", "2023-12-01", "met", ""),
        ("looked-at", "M02", "2023-11-01", "breached", ""),
        ("looked-at", "M02", "2023-12-01", "met", ""),
        ("looked-at", "M03", "2023-11-01", "met", ""),
        ("looked-at", "M03", "2023-12-01", "breached", ""),
        *(("looked-at", mine, "None", "", "met") for mine in ("M01", "M02", "M03")),
    }
    assert changes["share", "0.7"] == set()


def test_what_would_be_no_finding_under_another_reading(small: Pack) -> None:
    """Each other reading is judged with what the one before has left of the same tables."""
    with audit(RECORDS, small, "2023-12-31") as result:
        rows = result.connection.execute(
            "SELECT fingerprint, obligation, bearer_id, month(period_start) FROM duties WHERE status = 'breached'"
        ).fetchall()
        desk = Desk(result.connection.cursor(), small, result.as_of, result.known_by, (), ())
        accused = {fingerprint: obligation for fingerprint, obligation, *_ in rows}
        found = contested_under(desk, accused)
        again = contested_under(desk, accused)
        assert contested_under(desk, {rows[0][0]: "read-by-no-parameter"}) == {}
        views = left_behind(result.connection, result.plan)
        with_views = contested_under(desk, accused, result.plan)
        assert with_views == found
        assert {"seen/visit", "bearer/mine"} <= views == left_behind(result.connection, result.plan)
        desk.connection.close()
        left = result.connection.execute("SELECT count(*) FROM duties WHERE status = 'breached'").fetchone()
    assert {(obligation, bearer, month): found.get(fingerprint) for fingerprint, obligation, bearer, month in rows} == {
        ("visited", "M02", 12): ("needed=1",),
        ("visited", "M03", 12): None,
        ("looked-at", "M01", 11): ("often=once",),
        ("looked-at", "M02", 11): ("strict=True", "often=once"),
        ("looked-at", "M03", 12): ("often=once",),
    }
    assert (again, left) == (found, (5,))


def test_only_who_reads_a_parameter_is_judged_again(small: Pack, found: Doubts) -> None:
    reading = {name: [item.id for item in readers(small, name)] for name in small.header.parameters}
    assert reading == {
        "start": ["visited"],  # its window
        "needed": ["visited"],  # its number
        "strict": ["looked-at"],  # its bearers
        "often": ["looked-at"],  # its period
        "share": [],
    }
    duties = {(one.parameter, str(one.value)): (one.obligations, one.duties) for one in found.trials}
    assert duties["needed", "1"] == (("visited",), 3)
    assert duties["start", "2023-11-01"] == (("visited",), 6)
    assert duties["strict", "True"] == (("looked-at",), 4)
    assert duties["share", "0.7"] == ((), 0)


def test_the_other_values_are_those_that_are_not_in_force(small: Pack) -> None:
    assert alternatives(small, "needed") == [1, 3]
    assert alternatives(small.with_values({"needed": 3}), "needed") == [2, 1]
    assert alternatives(small, "strict") == [True]
    assert alternatives(small, "start") == []  # any day
    again = doubts(RECORDS, small, "2023-12-31", params={"needed": 3, "strict": True}, only=["needed", "strict"])
    assert told(again) == {
        ("needed", "2"): {("visited", "M01", "2023-12-01", "breached", "met")},
        ("needed", "1"): {("visited", mine, "2023-12-01", "breached", "met") for mine in ("M01", "M02")},
        ("strict", "False"): {
            ("looked-at", "M02", "2023-11-01", "", "breached"),
            ("looked-at", "M02", "2023-12-01", "", "met"),
        },
    }


def test_an_earlier_moment_has_other_doubts(small: Pack) -> None:
    """On 4 December nothing is due; with one visit needed M02 would have done."""
    early = doubts(RECORDS, small, "2023-12-04", only=["needed"])
    met = {("visited", "M02", "2023-12-01", "pending", "met")}
    assert told(early) == {("needed", "1"): met, ("needed", "3"): set()}
    assert (early.as_of, early.known_by) == (datetime(2023, 12, 5), datetime(2023, 12, 5))


@pytest.mark.parametrize(
    ("tries", "message"),
    [
        (("start", "2024-03-01"), "晚于止"),
        (("needed", "two"), "应为 int"),
        (("neded", "1"), "没有名为“neded”的参数"),
    ],
)
def test_a_value_that_cannot_be_is_refused_before_anything_is_read(small: Pack, tries: Any, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        doubts("/nowhere", small, "2023-12-31", tries=[tries])


# ---- the notice


def test_every_question_of_the_bureau_has_a_switch_or_says_why_not() -> None:
    """The twelve questions that only the bureau can answer, in order."""
    asked = ZEZHOU.header.questions
    assert len(asked) == 12
    assert [index for index, one in enumerate(asked, 1) if not one.parameters] == [7, 12]
    assert all(one.why and one.obligations for one in asked if not one.parameters)


def test_every_parameter_is_asked_about_and_read() -> None:
    asked = [name for question in questions(ZEZHOU) for name in question.parameters]
    wanted = [name for name, spec in ZEZHOU.header.parameters.items() if not spec.for_leads]
    assert sorted(asked) == sorted(wanted)
    assert [name for name in asked if not readers(ZEZHOU, name) and not measures_reading(ZEZHOU, name)] == []


def test_a_parameter_of_the_measures_is_told_with_who_reads_it() -> None:
    assert measures_reading(ZEZHOU, "interview_in_a_row") == ["short-in-a-row"]
    assert measures_reading(ZEZHOU, "town_centre_convener") == ["town_centre"]
    told = "\n".join(report.text(ZEZHOU))
    assert "措施建议用到：short-in-a-row" in told


AS_OF = "2024-01-05T23:59"


def test_the_sample_county_says_what_the_table_of_truth_says() -> None:
    """N10: read by the letter, the mines without anybody in them count, and a person must decide.

    What is new or other in the table's view with the switch, against its view without.
    """
    before, after = (
        {key: line["status"] for key, line in lines_of((AS_OF, "", switch)).items() if line["status"] not in QUIET}
        for switch in ("", "count_long_stopped=true")
    )
    expected = {key: status for key, status in after.items() if before.get(key) != status}
    assert set(before) <= set(after)
    assert len([key for key in expected if key[1] in ("M23", "M37")]) == 14  # seven duties of each are over
    (trial,) = doubts(ROOT / "data" / "samples", ZEZHOU, AS_OF, only=["count_long_stopped"]).trials
    found = {
        (one.obligation, one.bearer_id, one.trigger_id, period_of(one.period_start, one.period_end)): one
        for one in trial.changes
    }
    assert {key: one.after for key, one in found.items() if one.after not in QUIET} == expected
    # The mines' duties did not apply; the towns had covered their other mines.
    assert {one.before for key, one in found.items() if key[1] in ("M23", "M37")} == {"not_applicable"}
    assert {one.before for key, one in found.items() if key[1] not in ("M23", "M37")} == {"met"}


# ---- on the screen


def run(*arguments: Any) -> str:
    result = CliRunner().invoke(cli, ["rules", "doubts", *map(str, arguments)])
    assert result.exit_code == 0, result.output
    return result.output


@pytest.fixture(scope="module")
def records(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("records")
    titles = {"mine": "企业编号,企业名称,类型", "visit": "检查编号,企业编号,检查时间"}
    names = {"mine": "企业名册.csv", "visit": "检查记录.csv"}
    for kind, rows in RECORDS.items():
        lines = [titles[kind], *(",".join(row.values()) for row in rows)]
        (folder / names[kind]).write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


def test_without_data_it_lists_the_questions(folder: Path) -> None:
    printed = run("--rules", folder, "--set", "needed=3")
    assert "只有某县应急管理局能答复的问题3个，其他口径2个" in printed
    assert "\n1. 几次才够（三）\n   needed=3（默认 2）　每月几次\n     理由：待局确认\n     其他取值：2、1\n" in printed
    assert "     1项义务用到：visited\n" in printed
    assert "其他取值：没有列出，可用 --try start=值 试算" in printed
    assert "\n3. 约谈后几日内反馈\n   以纪要为准\n   涉及：visited\n" in printed
    assert "share" not in printed  # no finding depends on it
    assert "改为" not in printed


def test_with_data_it_says_what_would_change(folder: Path, records: Path) -> None:
    printed = run(records, "--rules", folder, "--as-of", "2023-12-31", "--try", "start=2023-12-04")
    assert "     改为 1：1项有变化（共判断3项）\n       visited：未达到→已达到 1项（=二矿 2023-12-01）\n" in printed
    assert "     改为 2023-12-04：不变（共判断3项）\n" in printed
    assert "looked-at：未达到→无此项 1项" in printed
    assert "\n小结\n  换一种取值，结论会变（3个）：needed、strict、often\n  试过的取值都不变（1个）：start\n" in printed


def test_csv_and_json(folder: Path, records: Path) -> None:
    given = (records, "--rules", folder, "--as-of", "2023-12-31")
    rows = list(csv.DictReader(StringIO(run(*given, "--format", "csv"))))
    assert len(rows) == 1 + 1 + 2 + 9
    first = [rows[0][name] for name in ("parameter", "value", "bearer_id", "bearer_name", "before", "after")]
    assert first == ["needed", "1", "M02", "'=二矿", "breached", "met"]  # no cell is a formula
    told = json.loads(run(*given, "--format", "json"))
    assert told["as_of"] == "2023-12-31"
    (needed,) = told["questions"][0]["parameters"]
    assert (needed["value"], needed["alternatives"], needed["obligations"]) == ("2", ["1", "3"], ["visited"])
    assert [(one["value"], one["duties"], len(one["changes"])) for one in needed["trials"]] == [
        ("1", 3, 1),
        ("3", 3, 1),
    ]
    listed = list(csv.DictReader(StringIO(run("--rules", folder, "--format", "csv"))))
    assert [(one["question"], one["parameter"], one["alternatives"]) for one in listed] == [
        ("几次才够", "needed", "1；3"),
        ("哪天开始", "start", ""),
        ("约谈后几日内反馈", "", ""),
        ("strict", "strict", "true"),
        ("often", "often", "once"),
    ]
    assert "trials" not in json.loads(run("--rules", folder, "--format", "json"))["questions"][0]["parameters"][0]


def test_trying_needs_records(folder: Path) -> None:
    result = CliRunner().invoke(cli, ["rules", "doubts", "--rules", str(folder), "--try", "needed=1"])
    assert (result.exit_code, "要与台账一起用" in result.output) == (2, True)
