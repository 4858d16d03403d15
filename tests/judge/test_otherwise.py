"""Reading every open question the other way: who would come onto the list, and who would leave it."""

from __future__ import annotations

from pathlib import Path

import pytest

import duban
from duban.judging import judge_audit
from duban.judging.otherwise import swing_of
from duban.report.week import Swing

PACK = {
    "pack.yaml": """
id: swing
number: 一号
title: 通知
issuer: 县局
jurisdiction: 某县
complete: assumed
windows: {month: {from: 2023-12-01, to: 2023-12-31}}
parameters:
  needed: {type: int, default: 2, values: [1, 2], why: 待局确认}
  shut_too: {type: bool, default: false, why: 待局确认}
questions:
  - {ask: 检查几次, clause: 一, parameters: needed}
  - {ask: 停产的算不算, clause: 一, parameters: shut_too}
bearers: {mine: {title: 企业, record: mine, key: mine, name: mine, reports_through: mine}}
grounds: [不认真]
""",
    "records.yaml": """
mine: {title: 名册, key: mine, fields: {mine: {title: 企业}, shut: {title: 停产, type: bool}}}
check: {title: 检查, key: id, time: on, references: {mine: mine}, fields: {id: {title: 编号}, mine: {title: 企业}, on: {title: 日期, type: date}}}
""",
    "measures.yaml": """
measures: {约谈: {rung: 1, nature: 监督, listed: true}}
bearers: {mine: {post: 负责人, convener: 县局}}
rules:
  - {id: short, title: 次数不足, for: mine, when: {finding: status = 'breached'}, then: {ground: 不认真, tier: 建议优先研究}}
  - {id: talk, title: 情形成立, for: mine, when: {conclusion: ground = '不认真'}, then: {measure: 约谈}}
""",
    "obligations/1.yaml": """
- id: checks
  title: 每月检查
  clause: 一
  bearer: mine
  applies: not shut or param.shut_too
  window: month
  every: month
  perform: {record: check, at_least: param.needed}
  ground: 不认真
""",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = tmp_path_factory.mktemp("swing")
    for name, text in PACK.items():
        path = found / "swing" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    records = found / "records"
    records.mkdir()
    # As it is read, A (1 of 2) and C (none) are on the list. Otherwise one check is enough, and the shut mine D counts.
    (records / "mine.csv").write_text("企业,停产\nA,否\nB,否\nC,否\nD,是\n", encoding="utf-8")
    (records / "check.csv").write_text(
        "编号,企业,日期\n1,A,2023-12-05\n2,B,2023-12-05\n3,B,2023-12-06\n", encoding="utf-8"
    )
    return found


def test_who_comes_and_who_leaves(folder: Path) -> None:
    with duban.audit([folder / "records"], folder / "swing", as_of="2024-01-07") as audit:
        judgement = judge_audit(audit, "plain")
        assert {one.bearer_id for one in judgement.candidates} == {"A", "C"}
        assert swing_of(audit, judgement, "plain") == Swing(plus=1, minus=1)  # D comes, A leaves


def test_records_that_are_no_files_cannot_be_read_again(folder: Path) -> None:
    with duban.audit({"mine": [{"mine": "A", "shut": False}]}, folder / "swing", as_of="2024-01-07") as audit:
        assert swing_of(audit, judge_audit(audit, "plain"), "plain") is None
