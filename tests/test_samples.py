"""The sample county against its story: tests/data/truth.csv, written from the story by hand, and nothing else.

truth.csv has every duty that is not met, pending or not applicable, at seven dates and three other views; and of those
that are, the ones that the story names. counts.csv has the number of duties of each obligation and status at each date,
with the sum behind it.
"""

from __future__ import annotations

import csv
import sys
from collections import Counter
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import pytest

import duban
from duban.auditing import Desk, moment_of, open_desk, ready_pack
from duban.compile import compile_pack
from duban.evaluate import judged

ROOT = Path(__file__).resolve().parents[1]
SAMPLES = ROOT / "data" / "samples"
DATA = ROOT / "tests" / "data"
QUIET = ("met", "pending", "not_applicable")
View = tuple[str, str, str]  # as_of, known_by, switch
Key = tuple[str, str, str, str]  # obligation, bearer, trigger, period


def table(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8-sig", newline="") as text:
        return list(csv.DictReader(text))


TRUTH = table("truth.csv")
COUNTS = table("counts.csv")
VIEWS = sorted({(line["as_of"], line["known_by"], line["switch"]) for line in TRUTH})
DATES = sorted({line["as_of"] for line in COUNTS})


@cache
def desk() -> Desk:
    """The records, read once for all views; the view with which they are opened decides nothing."""
    return open_desk(SAMPLES, ready_pack("zezhou-2023-331", None), DATES[-1])


@cache
def audited(view: View) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The duties of one view and what is missing in it, as plain rows."""
    as_of, known_by, switch = view
    params = {name: value == "true" for name, value in [switch.split("=")]} if switch else {}
    pack, con = desk().pack.with_values(params), desk().connection
    plan = compile_pack(pack, moment_of(as_of, pack), moment_of(known_by or as_of, pack))
    with judged(con, plan):
        return rows_of(con, plan.result), rows_of(con, plan.missing)


def rows_of(con: duckdb.DuckDBPyConnection, table: str) -> list[dict[str, Any]]:
    cursor = con.execute(f"SELECT * FROM {table}")
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def told(line: dict[str, str]) -> dict[str, str]:
    """A line of the table as it is compared; numbers that it leaves out are not."""
    return {name: line[name] for name in ("status", "enforceable", "observed", "required") if line[name]}


def found(duty: dict[str, Any]) -> dict[str, str]:
    numbers = {name: f"{duty[name]:g}" for name in ("observed", "required") if duty[name] is not None}
    return {"status": duty["status"], "enforceable": str(duty["enforceable"]).lower(), **numbers}


def period_of(start: date | None, end: date | None) -> str:
    """2023-12 for a month, 2023-H2 for a half-year, the first day of a week or day."""
    if start is None or end is None:
        return ""
    days = (end - start).days + 1
    if days < 28:
        return start.isoformat()
    return f"{start:%Y-%m}" if days < 32 else f"{start.year}-H{1 + start.month // 7}"


def key_of(duty: dict[str, Any]) -> Key:
    return (
        duty["obligation"],
        duty["bearer_id"],
        duty["trigger_id"],
        period_of(duty["period_start"], duty["period_end"]),
    )


def lines_of(view: View) -> dict[Key, dict[str, str]]:
    chosen = [line for line in TRUTH if (line["as_of"], line["known_by"], line["switch"]) == view]
    lines = {(line["obligation"], line["bearer"], line["trigger"], line["period"]): line for line in chosen}
    assert len(lines) == len(chosen), "a duty stands twice in the table"
    return lines


def test_the_data_is_sound() -> None:
    """And an audit, which opens the records for itself, has the duties that the views below are held to."""
    view = ("2024-02-20T23:59", "", "")
    with duban.audit(SAMPLES, "zezhou-2023-331", as_of=view[0]) as result:
        assert [str(issue) for issue in result.issues] == []
        assert sorted(map(repr, rows_of(result.connection, "duties"))) == sorted(map(repr, audited(view)[0]))


@pytest.mark.parametrize("view", VIEWS, ids=" ".join)
def test_everything_that_needs_a_look_is_in_the_table(view: View) -> None:
    duties, _ = audited(view)
    loud = {key_of(duty): found(duty) for duty in duties if duty["status"] not in QUIET}
    expected = {key: told(line) for key, line in lines_of(view).items() if line["status"] not in QUIET}
    assert sorted(expected.keys() - loud.keys()) == [], "in the table, and not found"
    assert sorted(loud.keys() - expected.keys()) == [], "found, and not in the table"
    for key, values in expected.items():
        assert {name: loud[key].get(name) for name in values} == values, (key, lines_of(view)[key]["story"])


@pytest.mark.parametrize("view", VIEWS, ids=" ".join)
def test_the_story_comes_out_line_by_line(view: View) -> None:
    duties = {key_of(duty): found(duty) for duty in audited(view)[0]}
    for key, line in lines_of(view).items():
        expected = told(line)
        assert key in duties, (key, line["story"])
        assert {name: duties[key].get(name) for name in expected} == expected, (key, line["story"])


@pytest.mark.parametrize("as_of", DATES)
def test_the_number_of_duties(as_of: str) -> None:
    duties, _ = audited((as_of, "", ""))
    expected = {(line["obligation"], line["status"]): int(line["count"]) for line in COUNTS if line["as_of"] == as_of}
    assert Counter((duty["obligation"], duty["status"]) for duty in duties) == Counter(expected)
    assert {duty["jurisdiction"] for duty in duties} == {"云示县"}


# What a reader must be told: names, reasons, what speaks for the bearer. View, duty, and the words.
SAID = [
    ("2024-01-05T23:59", ("head-leads-inspections", "M27", "", "2023-12"), "主要负责人有变更"),  # F15
    ("2024-01-05T23:59", ("town-covers-all-mines", "丁坪镇", "", "2023-12"), "丁坪样22号石料矿"),  # F21
    ("2024-01-05T23:59", ("town-covers-all-mines", "辛庄镇", "", "2023-12"), "辛庄样40号石料矿"),  # N30
    ("2024-01-05T23:59", ("major-hazard-rectified", "M25", "ZD06", ""), "验收不合格"),  # F26
    ("2024-01-05T23:59", ("major-hazard-rectified", "M34", "ZD10", ""), "资金未到位；预案未到位"),  # F27
    ("2024-01-05T23:59", ("major-hazard-rectified", "M02", "ZD03", ""), "五到位"),  # N14
    ("2024-01-05T23:59", ("major-hazard-rectified", "M17", "ZD13", ""), "请补特殊原因报告手续"),  # N15
    ("2024-01-05T23:59", ("major-hazard-rectified", "M35", "ZD12", ""), "待验收"),  # N16
    ("2024-02-10T23:59", ("group-covers-subsidiaries", "G5", "", ""), "辛庄样38号石料矿"),  # F17
    ("2024-02-10T23:59", ("self-inspection-covers-units", "M16", "", ""), "排土场"),  # F18
    ("2023-12-31T23:59", ("head-signs-hazard-list", "M21", "M21-清单-2312", ""), "未见书面授权"),  # F19
    ("2024-02-10T23:59", ("form-fines-recounted", "甲岭镇", "甲岭镇/2024-01-01/本期", ""), "疑似按元填入万元栏"),  # F09
    ("2024-02-10T23:59", ("confined-space-repeat", "云示县", "M11-县-2401", ""), "法制机构"),  # F33
    ("2024-02-10T23:59", ("confined-space-repeat", "云示县", "M11-县-2401", ""), "乙溪样11号铁矿"),  # F33: whose it is
    ("2024-02-20T23:59", ("town-reports-a-major", "壬店镇", "", ""), "只作提醒"),  # N23
]


@pytest.mark.parametrize(("as_of", "key", "words"), SAID)
def test_what_a_reader_is_told(as_of: str, key: Key, words: str) -> None:
    (duty,) = [duty for duty in audited((as_of, "", ""))[0] if key_of(duty) == key]
    assert words in duty["message"] + duty["speaks_for"]


@pytest.mark.parametrize("as_of", DATES)
def test_nobody_is_called_an_offender(as_of: str) -> None:
    """domain: “资料显示未达到…（待核实）”; no person is named, a post is."""
    for duty in audited((as_of, "", ""))[0]:
        text = duty["message"] + duty["speaks_for"]
        assert not [word for word in ("违规", "违法", "处罚金额", "应列入") if word in text], text
        assert duty["status"] != "breached" or "资料显示未达到（待核实）" in text, text


def test_only_what_is_missing_is_asked_for() -> None:
    """12-08: of what should have come by now only 戊塬's last five days of November, on which five duties wait."""
    _, rows = audited(("2023-12-08T23:59", "", ""))
    (row,) = [row for row in rows if row["record_type"] == "inspection" and row["sender"] == "戊塬镇"]
    assert row["duties"] == 5
    assert (str(row["missing_from"])[:10], str(row["missing_through"])[:10]) == ("2023-11-26", "2023-11-30")


# --- the generator


@pytest.fixture(scope="module")
def made() -> dict[str, bytes]:
    sys.path.insert(0, str(ROOT / "data"))
    try:
        from generate_samples import samples
    finally:
        sys.path.pop(0)
    return samples()  # type: ignore[no-any-return]


def test_the_samples_are_what_the_generator_makes(made: dict[str, bytes]) -> None:
    there = {
        path.relative_to(SAMPLES).as_posix(): path.read_bytes()
        for path in SAMPLES.rglob("*")
        if path.suffix in (".csv", ".xlsx") and path.relative_to(SAMPLES).parts[0] not in ("submissions", "broken")
    }
    assert sorted(there) == sorted(made)
    assert [name for name in made if made[name] != there[name]] == [], "run: python data/generate_samples.py"


def test_the_generator_makes_the_same_bytes_twice(made: dict[str, bytes]) -> None:
    from generate_samples import samples  # imported before, by the fixture

    assert samples() == made


def test_nobody_is_at_two_mines_at_once_but_in_the_story() -> None:
    """Only L1: an inspector at M35 and M36 on 12-19. Whatever else overlapped would be an accident of the generator."""
    rows = (
        desk()
        .connection.execute(
            "WITH p AS (SELECT DISTINCT unnest(list_concat(leaders, inspectors)) AS who, enterprise_id, start_at,"
            " end_at FROM raw_inspection) SELECT a.who, a.enterprise_id, b.enterprise_id FROM p a JOIN p b USING (who)"
            " WHERE a.enterprise_id < b.enterprise_id AND a.start_at < b.end_at AND b.start_at < a.end_at ORDER BY ALL"
        )
        .fetchall()
    )
    assert rows == [("庚寨镇中心主任", "M35", "M36"), ("庚寨镇中心检查员2", "M35", "M36")]
