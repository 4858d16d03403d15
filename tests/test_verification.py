"""What a person found about a finding, in every output: which results count, when they are known, what they change."""

from __future__ import annotations

import csv
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import duban
from duban.cli import duban as cli
from duban.judging import judge_audit
from duban.model import Status, Verification
from duban.pack import load_pack
from duban.report.screen import screen
from duban.report.tables import write
from duban.verification import COLUMNS, told, verified_of

PACK, ONLY = load_pack("zezhou-2023-331"), "head-leads-inspections"
AS_OF = "2024-01-07"
HEADER = "指纹,核实结果,核实人,核实日期,核实方式,佐证,情况说明,报送时间\n"
FILES = {
    "企业名册.csv": """
企业编号,企业名称,所在镇,生产状态,主要负责人
M01,一矿,甲岭镇,生产,M01矿长
M02,二矿,甲岭镇,生产,M02矿长
""",
    "检查记录.csv": """
检查编号,检查主体,被检查企业编号,检查时间,带队领导
I1,企业主要负责人带队,M01,2023-11-14,M01矿长
""",
    "报送清单.csv": """
报送单位,所属主体,材料类型,数据起,数据止,收到时间
甲岭镇,,检查记录,2023-11-01,2023-12-31,2024-01-03
""",
}


@pytest.fixture
def records(tmp_path: Path) -> Path:
    """Two mines whose heads led too few inspections in November and December: four findings."""
    folder = tmp_path / "records"
    folder.mkdir()
    for name, text in FILES.items():
        (folder / name).write_text(text.lstrip("\n"), encoding="utf-8")
    return folder


def judged(records: Path, **words: Any) -> duban.Audit:
    return duban.audit(records, PACK, **{"as_of": AS_OF, "obligations": [ONLY], **words})


def duty(audit: duban.Audit, bearer: str = "M01", month: int = 11) -> dict[str, Any]:
    cursor = audit.connection.execute(
        "SELECT * FROM duties WHERE bearer_id = ? AND month(period_start) = ?", [bearer, month]
    )
    names = [column[0] for column in cursor.description]
    return dict(zip(names, cursor.fetchone() or (), strict=True))


def found(records: Path, rows: str, **words: Any) -> tuple[dict[str, Any], list[str]]:
    """The duty of M01 in November with results about it (`F` is its fingerprint), and the codes of issues of D6xx."""
    with judged(records) as before:
        fingerprint = duty(before)["fingerprint"]
    (records / "核实结果.csv").write_text(HEADER + rows.replace("F", fingerprint), encoding="utf-8")
    with judged(records, **words) as audit:
        return duty(audit), [issue.code for issue in audit.issues if issue.code.startswith("D6")]


CLEARED = "F,已澄清,张三,2024-01-10,调阅原件,检查记录12号,镇里漏报,\n"


def test_without_a_result_a_finding_is_to_be_verified_and_nothing_else_is(records: Path) -> None:
    with judged(records) as audit:
        rows = audit.connection.execute("SELECT DISTINCT status, verification FROM duties ORDER BY ALL").fetchall()
        assert [row for row in rows if row[1]] == [("breached", "待核实")]
        assert {row[0] for row in rows} > {"breached"}
        assert [duty(audit)[name] for name in list(COLUMNS)[1:]] == [None] * 5
        assert told(verified_of(duty(audit))) == "待核实"


def test_a_cleared_finding_is_still_breached_by_the_records(records: Path) -> None:
    one, codes = found(records, CLEARED, known_by="2024-01-10")
    assert (one["status"], one["verification"], one["alert"]) == ("breached", "已澄清", "")
    assert told(verified_of(one)) == "已澄清（张三，2024-01-10，调阅原件）。佐证：检查记录12号。情况说明：镇里漏报"
    assert verified_of(one).on == date(2024, 1, 10)
    assert codes == []


REPLAYS = {  # known_by → what was known then of: 已核实 on the 9th, changed on the 12th at 9:30
    "2024-01-07": "待核实",
    "2024-01-08": "待核实",
    "2024-01-09": "已核实",
    "2024-01-12T09:29": "已核实",
    "2024-01-12T09:30": "已澄清",
    "2024-02-01": "已澄清",
}


@pytest.mark.parametrize(("known_by", "state"), REPLAYS.items())
def test_known_by_replays(known_by: str, state: str, records: Path) -> None:
    rows = "F,已核实,张三,2024-01-09,现场核查,,,\n" + CLEARED.replace(",\n", ",2024-01-12 09:30\n")
    one, _ = found(records, rows, known_by=known_by)
    assert (one["status"], one["verification"]) == ("breached", state)


WRONG = {
    "no such state": "F,属实,张三,2024-01-10,现场核查,,,\n",
    "no state": "F,,张三,2024-01-10,现场核查,,,\n",
    "nobody": "F,已核实,,2024-01-10,现场核查,,,\n",
    "no day": "F,已核实,张三,,现场核查,,,\n",
    "no such day": "F,已核实,张三,1月10日,现场核查,,,\n",
    "cleared on nothing": "F,已澄清,张三,2024-01-10,现场核查,,,\n",
    "a sound one before it": CLEARED + "F,属实,张三,2024-01-10,现场核查,,,2024-01-11\n",
    "two of one moment": CLEARED + "F,已核实,李四,2024-01-10,现场核查,,,\n",
}


@pytest.mark.parametrize("rows", WRONG.values(), ids=WRONG)
def test_a_result_that_cannot_be_used_is_an_issue_and_counts_for_nothing(rows: str, records: Path) -> None:
    one, codes = found(records, rows, known_by="2024-01-12")
    assert (one["status"], one["verification"], one["verified_by"]) == ("breached", "待核实", None)
    assert codes == ["D602"]


RIGHT = {
    "cleared by evidence": ("F,已澄清,张三,2024-01-10,,检查记录12号,,\n", "已澄清"),
    "cleared by a statement": ("F,已澄清,张三,2024-01-10,,,停产,\n", "已澄清"),
    "the same twice": (CLEARED * 2, "已澄清"),
    "a wrong one before it": ("F,属实,张三,2024-01-09,,,,\n" + CLEARED, "已澄清"),
    "a later one is not known yet": (CLEARED + "F,已核实,李四,2024-01-15,,,,\n", "已澄清"),
    "partly": ("F,部分属实,张三,2024-01-10,,,,\n", "部分属实"),
}


@pytest.mark.parametrize(("rows", "state"), RIGHT.values(), ids=RIGHT)
def test_a_result_that_counts(rows: str, state: str, records: Path) -> None:
    one, codes = found(records, rows, known_by="2024-01-12")
    assert (one["verification"], codes) == (state, [])


def test_an_unknown_fingerprint_is_a_warning_where_all_was_judged(records: Path) -> None:
    with judged(records) as audit:
        known = duty(audit)["fingerprint"]
    rows = f"gone,已核实,张三,2024-01-06,,,,\n{known},已核实,张三,2024-01-06,,,,\nolder,已核实,张三,2024-01-06,,,,\n"
    (records / "核实结果.csv").write_text(HEADER + rows, encoding="utf-8")
    with judged(records) as audit:
        assert not [issue for issue in audit.issues if issue.code == "D603"]
    with judged(records, obligations=[]) as audit:
        (issue,) = (issue for issue in audit.issues if issue.code == "D603")
    assert issue.severity.value == "warning"
    assert issue.place.file == "核实结果.csv"
    assert issue.message == "核实结果有2行的指纹不在本次履责项中：第2行 gone、第4行 older"


def test_a_result_of_another_jurisdiction_is_not_ours(records: Path) -> None:
    with judged(records) as audit:
        fingerprint = duty(audit)["fingerprint"]
    row = {"finding": fingerprint, "state": "已核实", "verified_by": "张三", "verified_on": "2024-01-06"}
    with (records / "企业名册.csv").open(encoding="utf-8", newline="") as text:
        frames = {"enterprise": list(csv.DictReader(text))}
    frames["verification"] = [row, {**row, "jurisdiction": "别县", "state": "无法核实"}]
    with duban.audit(frames, PACK, as_of=AS_OF, obligations=[ONLY]) as audit:
        count = "SELECT count(*), count(DISTINCT fingerprint) FROM duties"
        assert len(set(audit.connection.execute(count).fetchone() or ())) == 1
        assert duty(audit)["verification"] == "已核实"


# ---- the outputs


@pytest.fixture
def verified(records: Path) -> Path:
    """M01 was cleared in November, M02 was confirmed in December; the other two nobody has looked at."""
    with judged(records) as audit:
        first, second = duty(audit)["fingerprint"], duty(audit, "M02", 12)["fingerprint"]
    rows = CLEARED.replace("F", first) + f"{second},已核实,李四,2024-01-09,现场核查,,,\n"
    (records / "核实结果.csv").write_text(HEADER + rows, encoding="utf-8")
    return records


def test_counts(verified: Path) -> None:
    with judged(verified, known_by="2024-01-10") as audit:
        assert (audit.counts[Status.BREACHED], audit.cleared[Status.BREACHED]) == (4, 1)
        assert sorted(audit.violations["verification"]) == ["已核实", "已澄清", "待核实", "待核实"]
    with judged(verified) as audit:
        assert sum(audit.cleared.values()) == 0


def test_the_screen_shows_what_was_cleared_apart(verified: Path) -> None:
    with judged(verified, known_by="2024-01-10") as audit:
        lines = list(screen(audit))
        first, second = duty(audit)["fingerprint"], duty(audit, "M02", 12)["fingerprint"]
    assert "待核实事项：3项，另有逾期达到0项（只作提醒，不计入）；其中已核实1项" in lines
    assert "已澄清1项（按资料未达到，经核实不作为问题，不在以上各项之内）" in lines
    (cleared,) = (line for line in lines if first in line)
    assert cleared == (
        f"  {first} 一矿 2023年11月“企业主要负责人每月带队检查不少于2次”："
        "已澄清（张三，2024-01-10，调阅原件）。佐证：检查记录12号。情况说明：镇里漏报"
    )
    assert all("（已核实）" in line for line in lines if second in line)
    (row,) = (line for line in lines if line.startswith("  企业 "))
    assert row.split()[1] == "3"


def test_the_files_hold_what_was_found(verified: Path, tmp_path: Path) -> None:
    with judged(verified, known_by="2024-01-10", output=tmp_path) as audit:
        write(audit, tmp_path / "out")
        first = duty(audit)["fingerprint"]
        cursor = audit.connection.execute(f"SELECT {', '.join(COLUMNS)} FROM duties WHERE verification <> ''")
        names = [column[0] for column in cursor.description]
    assert names == ["verification", "verified_by", "verified_on", "verified_how", "verified_evidence", "statement"]
    with (tmp_path / "out" / "violations.csv").open(encoding="utf-8-sig", newline="") as text:
        states = {row["fingerprint"]: row["verification"] for row in csv.DictReader(text)}
    assert states[first] == Verification.CLEARED
    assert sorted(states.values()) == ["已核实", "已澄清", "待核实", "待核实"]
    summary = json.loads((tmp_path / "out" / "audit.json").read_text(encoding="utf-8"))
    assert (summary["duties"]["breached"], summary["cleared"]) == (4, {"breached": 1})
    said = CliRunner().invoke(cli, ["explain", first, "--out", str(tmp_path / "out")]).output
    assert said.startswith(f"{first}　未达到（已澄清）\n")
    assert "核实：已澄清（张三，2024-01-10，调阅原件）。佐证：检查记录12号。情况说明：镇里漏报" in said


def test_fail_on_passes_over_what_was_cleared(verified: Path) -> None:
    words = ["audit", str(verified), "--as-of", AS_OF, "--obligation", ONLY, "--fail-on", "breached", "--quiet"]
    assert CliRunner().invoke(cli, [*words, "--known-by", "2024-01-10"]).exit_code == 1
    path = verified / "核实结果.csv"
    with judged(verified) as audit:
        others = [duty(audit, "M01", 12), duty(audit, "M02", 11), duty(audit, "M02", 12)]
    more = "".join(f"{one['fingerprint']},已澄清,张三,2024-01-10,,,停产,\n" for one in others)
    path.write_text(path.read_text(encoding="utf-8") + more, encoding="utf-8")
    assert CliRunner().invoke(cli, [*words, "--known-by", "2024-01-10"]).exit_code == 0
    assert CliRunner().invoke(cli, words).exit_code == 1


def test_a_candidate_whose_findings_were_cleared_is_none(records: Path) -> None:
    """Both mines are short in two months; M01 is cleared of both, which is known from the 10th on."""
    with judged(records) as audit:
        mine = [duty(audit, "M01", month)["fingerprint"] for month in (11, 12)]
    (records / "核实结果.csv").write_text(HEADER + "".join(CLEARED.replace("F", one) for one in mine), encoding="utf-8")
    for known_by, expected in {"2024-01-09": {"M01", "M02"}, "2024-01-10": {"M02"}}.items():
        with judged(records, known_by=known_by) as audit:
            found = judge_audit(audit, "plain", switches=False)
        assert {candidate.bearer_id for candidate in found.candidates} == expected
