"""The record types that every pack has: they come in like any other, and a row without 报送时间 has its own day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from duban.model import Verification
from duban.vocabulary import BUILT_IN, MANIFEST_TYPE, OWN_DAY, VERIFICATION_TYPE
from reading import Read

TYPES = {name: kind.model_dump(by_alias=True) for name, kind in BUILT_IN.items()}
WHEN = ("finding", "state", "submitted_at", "submitted_at$bare")
OWN = ("f1", "已澄清", datetime(2024, 1, 10), True)


def test_the_states_are_those_of_the_model_but_the_one_that_is_no_row() -> None:
    states = [state.value for state in Verification if state is not Verification.OPEN]
    assert list(VERIFICATION_TYPE.fields["state"].values) == states


def test_nothing_has_to_be_proven_by_them() -> None:
    assert all(kind.is_roster for kind in BUILT_IN.values())
    assert set(OWN_DAY) == set(BUILT_IN)
    titles = [kind.title for kind in (MANIFEST_TYPE, *BUILT_IN.values())]
    assert titles == ["报送清单", "核实结果", "处理决定", "经批准不计入", "同一认定"]


def test_a_csv_by_titles_and_aliases_with_and_without_a_hand_in_time(read: Read, folder: Callable[..., Path]) -> None:
    text = (
        "指纹,核实结论,核实人,核实日期,核实方式,佐证材料,企业陈述,报送时间\n"
        "f1,已澄清,张三,2024-1-10,调阅原件,检查记录12号,漏报,\n"
        "f2,已核实,张三,2024年1月11日,现场核查,,,2024-1-12 9:30\n"
    )
    found = read(folder(核实结果_1月_csv=text), types=TYPES)
    assert found.rows("verification", *WHEN) == [OWN, ("f2", "已核实", datetime(2024, 1, 12, 9, 30), False)]
    assert found.rows("verification", "verified_on", "how", "evidence", "statement") == [
        (date(2024, 1, 10), "调阅原件", "检查记录12号", "漏报"),
        (date(2024, 1, 11), "现场核查", None, None),
    ]
    assert found.loaded.issues == ()


def test_a_workbook(read: Read, tmp_path: Path) -> None:
    workbook = openpyxl.Workbook()
    workbook.active.title = "核实结果"
    workbook.active.append(["指纹", "核实结果", "核实人", "核实日期"])
    workbook.active.append(["f1", "已澄清", "张三", datetime(2024, 1, 10)])
    workbook.save(tmp_path / "一月.xlsx")
    assert read(tmp_path, types=TYPES).rows("verification", *WHEN) == [OWN]


@pytest.mark.parametrize("frame", [list, pd.DataFrame], ids=["rows", "DataFrame"])
def test_frames(read: Read, frame: Callable[..., object]) -> None:
    row = {"finding": "f1", "state": "已澄清", "verified_by": "张三", "verified_on": "2024-01-10"}
    made = {"decision_id": "J1", "bearer_id": "M01", "measure": "警示约谈", "outcome": "不予采纳", "findings": "f1、f2"}
    decision = {**made, "decided_on": date(2024, 1, 15), "reason": "首次，已整改"}
    found = read({"verification": frame([row]), "处理决定": frame([decision])}, types=TYPES)
    assert found.rows("verification", *WHEN) == [OWN]
    assert found.rows("decision", "findings", "submitted_at", "submitted_at$bare") == [
        (["f1", "f2"], datetime(2024, 1, 15), True)
    ]


def test_a_state_that_is_none_is_an_issue_at_its_cell(read: Read, folder: Callable[..., Path]) -> None:
    found = read(folder(核实结果_csv="指纹,核实结果,核实人,核实日期\nf1,属实,张三,2024-1-10\n"), types=TYPES)
    assert found.rows("verification", "state") == [None]
    (issue,) = found.loaded.issues
    assert (issue.code, issue.place.row, issue.place.column, issue.value) == ("D302", 2, "核实结果", "属实")
    assert issue.hint == "只能填：已核实、已澄清、部分属实、无法核实"


def test_two_results_of_one_moment_are_a_conflict(read: Read, folder: Callable[..., Path]) -> None:
    rows = "f1,已核实,张三,2024-1-10\nf1,已澄清,李四,2024-1-10\n"
    found = read(folder(核实结果_csv="指纹,核实结果,核实人,核实日期\n" + rows), types=TYPES)
    assert [issue.code for issue in found.loaded.issues] == ["D401"]
