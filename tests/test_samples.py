"""The sample county against its story: what `tests/data/first_truth.csv` says, worked out by hand, and nothing else.

The table lists every duty of the four first obligations that is neither met nor pending nor not applicable; and of
those that are, the ones that the story names.
"""

from __future__ import annotations

import csv
import sys
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import duban

ROOT = Path(__file__).resolve().parents[1]
SAMPLES = ROOT / "data" / "samples"
TRUTH = ROOT / "tests" / "data" / "first_truth.csv"
QUIET = ("met", "pending", "not_applicable")
View = tuple[str, str, str]  # as_of, known_by, switch

with TRUTH.open(encoding="utf-8", newline="") as text:
    LINES = list(csv.DictReader(text))
VIEWS = sorted({(line["as_of"], line["known_by"], line["switch"]) for line in LINES})


@cache
def audited(view: View) -> tuple[list[dict[str, Any]], tuple[Any, ...]]:
    """The duties of one view as plain rows, and the issues of the data."""
    as_of, known_by, switch = view
    params = {name: value == "true" for name, value in [switch.split("=")]} if switch else {}
    with duban.audit(SAMPLES, "zezhou-2023-331", as_of=as_of, known_by=known_by or None, params=params) as result:
        cursor = result.connection.execute("SELECT * FROM duties")
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()], result.issues


def told(line: dict[str, str]) -> dict[str, str]:
    """A line of the table as it is compared; numbers that it leaves out are not."""
    return {name: line[name] for name in ("status", "enforceable", "observed", "required") if line[name]}


def found(duty: dict[str, Any]) -> dict[str, str]:
    numbers = {name: f"{duty[name]:g}" for name in ("observed", "required") if duty[name] is not None}
    return {"status": duty["status"], "enforceable": str(duty["enforceable"]).lower(), **numbers}


def key_of(duty: dict[str, Any]) -> tuple[str, str, str, str]:
    period = duty["period_start"].strftime("%Y-%m") if duty["period_start"] else ""
    return duty["obligation"], duty["bearer_id"], duty["trigger_id"], period


def lines_of(view: View) -> dict[tuple[str, str, str, str], dict[str, str]]:
    chosen = [line for line in LINES if (line["as_of"], line["known_by"], line["switch"]) == view]
    keys = ("obligation", "bearer", "trigger", "period")
    lines = {tuple(line[name] for name in keys): line for line in chosen}
    assert len(lines) == len(chosen), "a duty stands twice in the table"
    return lines  # type: ignore[return-value]


def test_the_data_is_sound() -> None:
    _, issues = audited(("2024-01-05T23:59", "", ""))
    assert [str(issue) for issue in issues] == []


@pytest.mark.parametrize("view", VIEWS, ids=" ".join)
def test_everything_that_needs_a_look_is_in_the_table(view: View) -> None:
    duties, _ = audited(view)
    loud = {key_of(duty): found(duty) for duty in duties if duty["status"] not in QUIET}
    assert loud == {key: told(line) for key, line in lines_of(view).items() if line["status"] not in QUIET}


@pytest.mark.parametrize("view", VIEWS, ids=" ".join)
def test_the_story_comes_out_line_by_line(view: View) -> None:
    duties = {key_of(duty): found(duty) for duty in audited(view)[0]}
    for key, line in lines_of(view).items():
        expected = told(line)
        assert {name: duties[key].get(name) for name in expected} == expected, (key, line["story"])


# How many duties there are, worked out by hand.
#
# R16: every mine on the roster × every month begun, with those not applicable. M45 is on the roster from 12-11 on, M18
#      until 12-18 (and stays a bearer). 11-27: 45 mines × 1. 12-08: 45 × 2. 12-31: 46 × 2. 01-05 and 01-07: 46 × 3.
#        Nov  n/a M23, M37 (nobody there), and M45 once it is known (not yet open)
#        Dec  n/a M23, M37, and M18 once it is known (closed)
#        Jan  n/a M23, M37, M18
#      11-27: 7 pending (M05, M12, M24–28 have led once), 36 met, 2 n/a.
#      12-08: Nov 2 breached (M05, M12), 5 unproven (M24–28), 36 met, 2 n/a; Dec nothing handed in: 43 pending, 2 n/a.
#      12-31: Nov 1 breached (M12), 42 met, 3 n/a; Dec 3 pending (M12, M26, M27), 40 met, 3 n/a.
#      01-05: Nov as before; Dec 2 breached (M12, M27), 41 met, 3 n/a; Jan 43 pending, 3 n/a.
# R21: 12 towns × every month begun; 子丑 and 寅卯 have no mine. 11-27: 壬店 pending, 9 met. 12-08: 10 met;
#      Dec 10 pending. 12-31: Dec 3 pending (丁坪, 己湾, 辛庄), 7 met. 01-05: Dec 1 breached, 1 manual, 8 met; Jan 10
#      pending.
# R22: 1 bureau × every month begun.
# R33: one per confirmed 重大 found 11-03 … 12-31 and known: 11-27 3 (ZD02–04), 12-08 7 (+ ZD06, 07, 09, 10), 12-31 10
#      (+ ZD11–13), 01-05 11 (+ ZD08, confirmed 01-04). ZD01 is too early, ZD14 too late, ZD05 proved 一般.
#      And one per mine whose hazards of the last days are not handed in yet, pending: 45 on 11-27 (since the 26th),
#      45 on 12-08 (since 12-01), 45 on 12-31 (since the 26th; M18 is closed and complete), none on 01-05.
#      12-31: 5 met (M13, M19, M25, M32, M46). 01-05: 6 met (M13, M19, M30, M32, M35, M46), 3 breached, 1 discharged,
#      1 manual.
R16, R21, R22, R33 = "head-leads-inspections", "town-covers-all-mines", "county-checks-share", "major-hazard-rectified"
COUNTS = {
    "2023-11-27T23:59": {
        R16: {"met": 36, "pending": 7, "not_applicable": 2},
        R21: {"met": 9, "pending": 1, "not_applicable": 2},
        R22: {"pending": 1},
        R33: {"pending": 3 + 45},
    },
    "2023-12-08T23:59": {
        R16: {"breached": 2, "unproven": 5, "met": 36, "pending": 43, "not_applicable": 2 + 2},
        R21: {"met": 10, "pending": 10, "not_applicable": 2 + 2},
        R22: {"breached": 1, "pending": 1},
        R33: {"pending": 7 + 45},
    },
    "2023-12-31T23:59": {
        R16: {"breached": 1, "met": 42 + 40, "pending": 3, "not_applicable": 3 + 3},
        R21: {"met": 10 + 7, "pending": 3, "not_applicable": 2 + 2},
        R22: {"breached": 1, "met": 1},
        R33: {"met": 5, "pending": 5 + 45},
    },
    "2024-01-05T23:59": {
        R16: {"breached": 1 + 2, "met": 42 + 41, "pending": 43, "not_applicable": 3 + 3 + 3},
        R21: {"breached": 1, "manual": 1, "met": 10 + 8, "pending": 10, "not_applicable": 2 + 2 + 2},
        R22: {"breached": 1, "met": 1, "pending": 1},
        R33: {"breached": 3, "discharged": 1, "manual": 1, "met": 6},
    },
}
COUNTS["2024-01-07"] = COUNTS["2024-01-05T23:59"]  # `make audit`: a Sunday later nothing has changed


@pytest.mark.parametrize("as_of", COUNTS)
def test_the_number_of_duties(as_of: str) -> None:
    duties, _ = audited((as_of, "", ""))
    counted = Counter((duty["obligation"], duty["status"]) for duty in duties)
    assert {name: {s: n for (o, s), n in counted.items() if o == name} for name in COUNTS[as_of]} == COUNTS[as_of]
    assert {duty["jurisdiction"] for duty in duties} == {"云示县"}


def test_what_is_said_of_the_hard_ones() -> None:
    """The sentences carry what the story promises: names, hand-over, refutation, what is still open."""
    said = {key_of(duty): duty["message"] + duty["speaks_for"] for duty in audited(("2024-01-05T23:59", "", ""))[0]}
    assert "主要负责人有变更" in said[R16, "M27", "", "2023-12"]  # F15
    assert "丁坪样22号石料矿" in said[R21, "丁坪镇", "", "2023-12"]  # F21
    assert "辛庄样40号石料矿" in said[R21, "辛庄镇", "", "2023-12"]  # N30
    assert "验收不合格" in said[R33, "M25", "ZD06", ""]  # F26
    assert "资金未到位；预案未到位" in said[R33, "M34", "ZD10", ""]  # F27
    assert "五到位" in said[R33, "M02", "ZD03", ""]  # N14
    assert "请补特殊原因报告手续" in said[R33, "M17", "ZD13", ""]  # N15
    assert "待验收" in said[R33, "M35", "ZD12", ""]  # N16
    assert not [text for text in said.values() if "违规" in text or "违法" in text]


def test_only_what_is_missing_is_asked_for() -> None:
    """12-08: 戊塬's last five days of November, on which five duties wait."""
    with duban.audit(SAMPLES, "zezhou-2023-331", as_of="2023-12-08T23:59") as result:
        (row,) = result.missing.to_dict("records")
    assert (row["record_type"], row["sender"], row["duties"]) == ("inspection", "戊塬镇", 5)
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
        if path.suffix in (".csv", ".xlsx")
    }
    assert sorted(there) == sorted(made)
    assert [name for name in made if made[name] != there[name]] == [], "run: python data/generate_samples.py"


def test_the_generator_makes_the_same_bytes_twice(made: dict[str, bytes]) -> None:
    from generate_samples import samples  # imported before, by the fixture

    assert samples() == made


def test_nobody_is_at_two_mines_at_once_but_in_the_story() -> None:
    """Only L1: an inspector at M35 and M36 on 12-19. Whatever else overlapped would be an accident of the generator."""
    with duban.audit(SAMPLES, "zezhou-2023-331", as_of="2024-01-07") as result:
        rows = result.connection.execute(
            "WITH p AS (SELECT DISTINCT unnest(list_concat(leaders, inspectors)) AS who, enterprise_id, start_at,"
            " end_at FROM raw_inspection) SELECT a.who, a.enterprise_id, b.enterprise_id FROM p a JOIN p b USING (who)"
            " WHERE a.enterprise_id < b.enterprise_id AND a.start_at < b.end_at AND b.start_at < a.end_at ORDER BY ALL"
        ).fetchall()
    assert rows == [("庚寨镇中心主任", "M35", "M36"), ("庚寨镇中心检查员2", "M35", "M36")]
