"""The annex form of the county: the towns' figures added up, in the layout of the notice; below it, who is missing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest

import duban
from duban.auditing import Audit
from duban.forms.county import annexes
from duban.report.book import written


def figures(town: str, line: str, month: str, found: int, fixed: int, fine: float | None) -> dict[str, Any]:
    day = f"{month[:7]}-25"
    return {
        "town": town, "month": month, "line": line, "made_on": day, "submitted_at": day, "inspect_groups": 1,
        "gen_found": found, "gen_fixed": fixed, "maj_found": 1 if town == "甲岭镇" else 0, "fine_wan": fine,
    }  # fmt: skip


RECORDS: dict[str, list[dict[str, Any]]] = {
    "town": [{"town": town} for town in ("甲岭镇", "乙溪镇", "丙川镇")],
    "stat_report": [
        figures("甲岭镇", "本期", "2023-11-01", 9, 9, 1.0),
        figures("甲岭镇", "累计", "2023-11-01", 9, 9, 1.0),
        figures("甲岭镇", "本期", "2023-12-01", 5, 4, 0.5),
        figures("甲岭镇", "累计", "2023-12-01", 14, 13, 1.5),
        figures("乙溪镇", "本期", "2023-12-01", 7, 6, None),
        figures("乙溪镇", "累计", "2023-12-01", 7, 6, None),
    ],
    "major_detail": [
        {
            "town": "甲岭镇", "month": "2023-12-01", "serial": 1, "made_on": "2023-12-25",
            "enterprise_name": "甲岭样01号石料矿", "supervise_unit": "云示县应急管理局", "plan": "样：边坡；整改中",
            "submitted_at": "2023-12-25",
        }
    ],
}  # fmt: skip


@pytest.fixture(scope="module")
def audit() -> Iterator[Audit]:
    obligations = ["form-fines-recounted"]
    with duban.audit(RECORDS, "zezhou-2023-331", as_of="2024-01-07", obligations=obligations) as result:
        yield result


def drawn(audit: Audit, path: Path, town: str = "") -> list[list[Any]]:
    name, draw = annexes(audit, "云示县应急管理局", [town] if town else [])[town]
    assert name == "工作报表 2023-12"
    with written(path, "", audit.as_of.date()) as book:
        draw(book, name)
    return [[cell.value for cell in row] for row in openpyxl.load_workbook(path)[name].iter_rows()]


def test_the_newest_month_of_all_towns(audit: Audit, tmp_path: Path) -> None:
    rows = drawn(audit, tmp_path / "a.xlsx")
    lines = {row[0]: row for row in rows if row[0] in ("非煤矿山", "累计")}
    # Found 5 + 7, fixed 4 + 6; fines 0.5 of the one town that states any; 累计 14 + 7 and 13 + 6.
    assert lines["非煤矿山"][3:5] == [12, 10]
    assert lines["累计"][3:5] == [21, 19]
    assert lines["非煤矿山"][8] == 0.5
    assert rows[1][0] == "填报单位：云示县应急管理局"
    assert any(row[0] == "注：各镇报表之和；没有报表的镇：丙川镇" for row in rows)
    assert any("甲岭样01号石料矿" in row and "样：边坡；整改中" in row for row in rows)


def test_one_town_as_it_reported(audit: Audit, tmp_path: Path) -> None:
    rows = drawn(audit, tmp_path / "b.xlsx", "乙溪镇")
    lines = {row[0]: row for row in rows if row[0] in ("非煤矿山", "累计")}
    assert lines["非煤矿山"][3:5] == [7, 6]
    assert lines["非煤矿山"][8] is None
    assert rows[1][0] == "填报单位：乙溪镇应急管理中心"
    assert not any("甲岭样01号石料矿" in row for row in rows)


def test_no_table_of_the_audit_is_lost(audit: Audit, tmp_path: Path) -> None:
    before = audit.connection.execute("SELECT table_name FROM duckdb_tables() ORDER BY ALL").fetchall()
    drawn(audit, tmp_path / "c.xlsx")
    assert audit.connection.execute("SELECT table_name FROM duckdb_tables() ORDER BY ALL").fetchall() == before


def test_a_town_without_a_form(audit: Audit) -> None:
    assert set(annexes(audit, "", ["甲岭镇", "丙川镇"])) == {"", "甲岭镇"}
