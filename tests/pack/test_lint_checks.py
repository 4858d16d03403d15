"""Every mistake of a checks.yaml in one run, each with its line; and the checks of the shipped packs."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from duban.check_cases import run_check_examples
from duban.pack import load_pack, shipped_packs
from duban.pack.checks import KINDS
from duban.pack.load import read_pack

PACK = """
id: wrong
number: 某〔2023〕1号
title: 样
issuer: 某局
jurisdiction: 某县
bearers:
  mine: {record: mine, key: id}
"""
RECORDS = """
mine:
  title: 矿
  key: id
  fields:
    id: {title: 编号}
hazard:
  title: 隐患
  key: hazard_id
  time: found
  references: {mine: mine}
  fields:
    hazard_id: {title: 隐患编号}
    mine: {title: 矿}
    found: {title: 发现, type: date}
    due: {title: 期限, type: date}
    level: {title: 等级, values: [一般, 重大]}
    note: {title: 备注}
loose:
  title: 无号
  fields:
    note: {title: 备注}
"""
# A comment `#! …` says what lint must say about the line before it.
WRONG = """
severities:
  X301: error
  #! no code of the reader
never_refused:
- record: hazrad
  #! did you mean `hazard`
  why: 样
- record: hazard
  where: level = '特大'
  #! none of the allowed values
  why: 样
checks:
- code: F1
  #! no code
  title: 样
  record: hazard
  must: due >= found
  says: 样
  hint: 样
  example: {wrong: {}, right: {}}
- code: E002
  #! exactly one test is needed, here: must and text
  title: 样
  record: hazard
  must: due >= found
  text: {field: note}
  says: 样
  hint: 样
  example: {wrong: {}, right: {}}
- code: E003
  title: 样
  record: hazard
  cell: dew
  #! no field `dew`
  must: due >= fund
  #! unknown name `fund`
  says: 见{duee}
  #! `{duee}` is no name here
  hint: ''
  #! `hint` is empty
  example:
    wrong: {dueue: 2023-01-01}
    #! no field `dueue`
    right: {}
- code: E003
  #! used twice
  title: 样
  record: hazard
  with:
    side: {record: mine, on: id = row.mien, sum: id}
    #! unknown name `row.mien`
    #! a number is needed
  must: side = 1
  says: 样
  hint: 样
  example: {wrong: {}, right: {}}
- code: E005
  title: 样
  record: '*'
  #! `*` does not go with text
  text: {field: note}
  says: 样
  hint: 样
  example: {wrong: {}, right: {}}
- code: E006
  title: 样
  record: loose
  unchanged: {fields: note}
  #! loose has no key
  says: 样
  hint: 样
  example: {wrong: {}, right: {}}
- code: E007
  title: 样
  record: hazard
  found_in: {field: nota, to: mine.idd}
  #! no field `nota`
  #! no field `idd`
  says: 样
  hint: 样
  example: {wrong: {}, right: {}, beside: {mines: []}}
  #! no record type `mines`
- code: E008
  title: 样
  record: hazard
  twins: {certain: true}
  #! has no identity
  says: 样
  hint: 样
  example: {wrong: {}, right: {}}
- code: E009
  title: 样
  record: '*'
  events: {from: 2023-01-01, apart: nobody}
  #! no record type `nobody`
  says: 样
  hint: 样
  example: {wrong: {}, right: {}}
"""


def wanted() -> list[tuple[int, str]]:
    found, line = [], 0
    for number, text in enumerate(WRONG.splitlines(), start=1):
        if (said := re.match(r"\s*#! (.*)", text)) is not None:
            found.append((line, said[1]))
        else:
            line = number
    return found


def pack(folder: Path, checks: str) -> Path:
    (folder / "obligations").mkdir(parents=True)
    for name, text in {"pack.yaml": PACK, "records.yaml": RECORDS, "checks.yaml": checks}.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def test_every_mistake_in_one_run(tmp_path: Path) -> None:
    _, issues = read_pack(pack(tmp_path / "wrong", WRONG))
    expected = wanted()
    left = []
    for issue in issues:
        hit = next((item for item in expected if item[1] in f"{issue.message} {issue.hint}"), None)
        if hit is None or abs(issue.place.line - hit[0]) > 6 or not issue.place.file.endswith("checks.yaml"):
            left.append(str(issue))
        else:
            expected.remove(hit)
    assert (expected, left) == ([], [])


@pytest.mark.parametrize("text", ["- 3\n", "checks: 3\n", "checks: [", "cheks: []\n", "checks:\n- {code: E1}\n"])
def test_a_broken_file_is_an_issue_and_no_traceback(text: str, tmp_path: Path) -> None:
    _, issues = read_pack(pack(tmp_path / "wrong", text))
    assert issues


def test_the_file_is_optional(tmp_path: Path) -> None:
    found, issues = read_pack(pack(tmp_path / "wrong", ""))
    assert (issues, found is not None and found.checks.checks) == ([], ())


@pytest.mark.parametrize("name", shipped_packs())
def test_examples_of_shipped_packs(name: str) -> None:
    found = load_pack(name)
    assert [outcome for outcome in run_check_examples(found) if outcome.differences] == []
    assert {check.kind for check in found.checks.checks} == set(KINDS)
