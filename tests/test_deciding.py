"""Measures and waivers written down: every mistake at once, registers that only grow, and what an audit makes of it."""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner

import duban
from duban.cli import duban as cli
from duban.deciding import (
    Known,
    Measure,
    add_waiver,
    change,
    check_file,
    moment_of,
    progress,
    read_known,
    read_list,
    take,
    taken,
)
from duban.errors import DataError, UsageError
from duban.judging import judge_audit
from duban.model import Judgement
from duban.pack import load_pack
from duban.report.tables import write

PACK = load_pack("zezhou-2023-331")
MONTHLY, ANSWERED = "head-leads-inspections", "measure-answered"
REGISTER, WAIVERS = "处理决定.csv", "经批准不计入.csv"
NOW = moment_of("2024-01-08T09:00")
FILES = {
    "企业名册.csv": """
企业编号,企业名称,所在镇,生产状态,主要负责人,县监管部门
M01,一矿,甲岭镇,生产,M01矿长,云示县应急管理局
M02,二矿,甲岭镇,生产,M02矿长,云示县应急管理局
""",
    "检查记录.csv": """
检查编号,检查主体,被检查企业编号,检查时间,带队领导
I1,企业主要负责人带队,M01,2023-11-14,M01矿长
I2,企业主要负责人带队,M01,2023-12-04,M01矿长
I3,企业主要负责人带队,M01,2023-12-14,M01矿长
""",
    "报送清单.csv": """
报送单位,所属主体,材料类型,数据起,数据止,收到时间
甲岭镇,,检查记录,2023-11-01,2023-12-31,2024-01-03
""",
}


def judged(records: Path, as_of: str = "2024-01-07", out: Path | None = None) -> Judgement:
    """What follows from the heads' inspections and from the answers; the results go into `out`."""
    with duban.audit(records, PACK, as_of=as_of, obligations=[MONTHLY, ANSWERED], output=out) as audit:
        judgement = judge_audit(audit, switches=False)
        if out is not None:
            write(audit, out, judgement)
        return judgement


def proposed(judgement: Judgement, bearer: str = "M01") -> dict[str, str]:
    """Measure → tier, of a bearer."""
    return {one.measure: one.tier.value for one in judgement.candidates if one.bearer_id == bearer}


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One audit of two mines: M01 is one inspection short in November, M02 has none in two months."""
    folder = tmp_path_factory.mktemp("results")
    judged(filled(tmp_path_factory.mktemp("records")), out=folder)
    return folder


@pytest.fixture(scope="module")
def known(results: Path) -> Known:
    return read_known(results)


def filled(folder: Path) -> Path:
    for name, text in FILES.items():
        (folder / name).write_text(text.lstrip("\n"), encoding="utf-8")
    return folder


@pytest.fixture
def records(tmp_path: Path) -> Path:
    folder = tmp_path / "records"
    folder.mkdir()
    return filled(folder)


def letter(**words: Any) -> Measure:
    usual = {"measure": "提醒函", "bearer": "M01", "decided_on": "2024-01-08", "due": "2024-01-15", "doc_no": "函1号"}
    return Measure(**{**usual, **words})


def breached(known: Known, bearer: str) -> list[str]:
    """The fingerprints of what a bearer has not done."""
    return [name for name, row in known.duties.items() if (row["bearer_id"], row["status"]) == (bearer, "breached")]


def codes(call: Callable[[], object]) -> list[str]:
    with pytest.raises(DataError) as caught:
        call()
    return [issue.code for issue in caught.value.issues]


# ---- measures


def test_a_measure_is_about_what_the_audit_proposes_it_for(known: Known, records: Path) -> None:
    rows, same = take([letter(bearer="一矿")], records, known, NOW)
    finding = next(
        name for name, row in known.duties.items() if row["bearer_id"] == "M01" and row["status"] == "breached"
    )
    (row,) = rows
    assert (row["bearer_kind"], row["bearer_id"], row["findings"], row["decision_id"]) == (
        "enterprise", "M01", finding, "函1号",
    )  # fmt: skip
    assert same == 0
    assert take([letter()], records, known, NOW) == ([], 1)  # the same again is there already
    assert len(taken(records, PACK)) == 1


WRONG = [
    ({"measure": "提醒含"}, ["M001"]),
    ({"bearer": "三矿"}, ["M002"]),
    ({"measure": "挂牌督办"}, ["M004"]),  # not proposed, and no findings named
    ({"findings": ("0" * 16,)}, ["M005"]),
    ({"decided_on": ""}, ["M009"]),
    ({"decided_on": "八号"}, ["M008"]),
    ({"decided_on": "2024-01-09"}, ["M009"]),  # to come
    ({"due": "2024-01-07"}, ["M009"]),  # before it was decided
    ({"recheck_result": "合格"}, ["M009"]),
    ({"rechecked_on": "2024-01-08", "recheck_result": "还行"}, ["M009"]),
    ({"turned_down": True, "due": ""}, ["M009"]),  # without a reason
    ({"turned_down": True, "reason": "首次"}, ["M009"]),  # nobody answers what was not sent
    (
        {"measure": "提醒含", "bearer": "三矿", "findings": ("x",), "decided_on": "八号"},
        ["M001", "M002", "M005", "M008"],
    ),
]


@pytest.mark.parametrize(("words", "expected"), WRONG)
def test_every_mistake_in_one_run_and_nothing_written(
    words: dict[str, Any], expected: list[str], known: Known, records: Path
) -> None:
    assert codes(lambda: take([letter(), letter(**words)], records, known, NOW)) == expected
    assert not (records / REGISTER).exists()


def test_a_finding_of_somebody_else_or_one_that_is_met(known: Known, records: Path) -> None:
    others = breached(known, "M02")
    met = [name for name, row in known.duties.items() if row["status"] == "met"]
    assert codes(lambda: take([letter(findings=(others[0], met[0]))], records, known, NOW)) == ["M007", "M006"]


def test_what_comes_of_it_is_a_new_version_and_the_old_one_stays(known: Known, records: Path) -> None:
    take([letter()], records, known, NOW)
    before = (records / REGISTER).read_bytes()
    later = moment_of("2024-01-20T10:00")
    row = change("函1号", {"answered_on": "2024年1月14日"}, records, PACK, later)
    assert (row["answered_on"], progress(row, date(2024, 1, 20))) == ("2024-01-14", "已反馈，待复核")
    assert (records / REGISTER).read_bytes().startswith(before)
    row = change("函1号", {"rechecked_on": "2024-01-20", "recheck_result": "合格"}, records, PACK, later)
    assert row["submitted_at"] == "2024-01-20 10:00:01"  # twice in one moment
    (now,) = taken(records, PACK)
    assert (now["answered_on"], progress(now, date(2024, 1, 20))) == ("2024-01-14", "已复核合格")
    for number, words, expected in (
        ("函2号", {"done_on": "2024-01-20"}, ["M011"]),
        ("函1号", {}, ["M013"]),
        ("函1号", {"answered_on": "2024-01-14"}, ["M013"]),  # no change
        ("函1号", {"answered_on": "2024-01-01"}, ["M009"]),  # before it was sent
        ("函1号", {"done_on": "明天"}, ["M008", "M013"]),
    ):
        assert codes(lambda n=number, w=words: change(n, w, records, PACK, later)) == expected  # type: ignore[misc]
    assert "M012" in codes(lambda: change("函1号", {"done_on": "2024-01-08"}, records, PACK, NOW))  # a version is newer


STAGES = [
    ({}, "已采取"),
    ({"outcome": "不予采纳"}, "不予采纳"),
    ({"due": "2024-01-10"}, "待反馈"),  # the day itself
    ({"due": "2024-01-09"}, "逾期未反馈"),
    ({"due": "2024-01-09", "answered_on": "2024-01-10"}, "已反馈，待复核"),
    ({"done_on": "2024-01-10"}, "已办结"),
]


@pytest.mark.parametrize(("words", "stage"), STAGES)
def test_how_far_a_measure_is(words: dict[str, str], stage: str) -> None:
    names = ("outcome", "due", "answered_on", "rechecked_on", "recheck_result", "done_on")
    assert progress({**dict.fromkeys(names, ""), **words}, date(2024, 1, 10)) == stage


def test_it_is_proposed_once_and_an_overdue_answer_is_a_finding(known: Known, records: Path) -> None:
    second = "建议先核实、提醒"
    assert proposed(judged(records)) == {"警示约谈": second, "提醒函": second}
    take([letter()], records, known, NOW)
    with duban.audit(records, PACK, as_of="2024-01-15T23:59", obligations=[ANSWERED]) as audit:
        assert audit.frame("TRUE")["status"].tolist() == ["pending"]
    after = judged(records, "2024-01-15")
    assert proposed(after) == {"警示约谈": second}  # no second letter; and the interview is still to be decided on
    (one,) = [one for one in after.candidates if one.bearer_id == "M01"]
    assert {finding.obligation for finding in one.findings} == {MONTHLY, ANSWERED}
    assert {finding.taken for finding in one.findings if finding.obligation == MONTHLY} == {("提醒函",)}
    assert "2024-01-08 提醒函（函1号）" in one.earlier
    (known_of,) = after.taken
    assert (known_of.id, known_of.bearer_id, known_of.on, known_of.due) == (
        "函1号", "M01", date(2024, 1, 8), date(2024, 1, 15),
    )  # fmt: skip
    assert any("到期已46日（满30日）仍没有处理决定" in text for text in one.to_verify)  # 11-30 to 01-15


def test_a_proposal_that_was_turned_down_is_not_made_again(known: Known, records: Path) -> None:
    take([letter(measure="警示约谈", turned_down=True, reason="首次，已补查", due="", doc_no="")], records, known, NOW)
    assert proposed(judged(records, "2024-01-14")) == {}
    assert taken(records, PACK)[0]["decision_id"] == "CS20240108-01"


# ---- the list that was handed back


def handed_back(results: Path, folder: Path, words: dict[str, str]) -> Path:
    """The list with a decision for each bearer's name."""
    book = openpyxl.load_workbook(results / "拟提请约谈研究名单.xlsx")
    page = book.active
    titles = [cell.value for cell in page[3]]
    for row in page.iter_rows(min_row=4):
        name = str(row[titles.index("单位")].value).split("\n")[0]
        if name in words and str(row[0].value).isdigit():
            row[titles.index("采纳与否及理由")].value = words[name]
    book.save(folder / "批回.xlsx")
    return folder / "批回.xlsx"


def test_the_list_is_read_back(results: Path, known: Known, records: Path, tmp_path: Path) -> None:
    path = handed_back(results, tmp_path, {"一矿": "不予约谈：首次，已补查", "二矿": "采纳"})
    found, undecided = read_list(path, results, "2024-01-08")
    assert undecided == 0
    rows, _ = take(found, records, known, NOW)
    told = {(row["bearer_id"], row["measure"], row["outcome"], row["reason"]) for row in rows}
    assert told == {("M01", "警示约谈", "不予采纳", "首次，已补查"), ("M02", "警示约谈", "采纳", "")}
    assert [len(row["findings"].split("、")) for row in sorted(rows, key=lambda row: row["bearer_id"])] == [1, 2]


def test_undecided_lines_stay_and_unreadable_ones_stop_it(results: Path, tmp_path: Path) -> None:
    assert read_list(handed_back(results, tmp_path, {"一矿": "再核"}), results, "2024-01-08") == ([], 2)
    path = handed_back(results, tmp_path, {"一矿": "同意", "二矿": "OK"})
    assert codes(lambda: read_list(path, results, "2024-01-08")) == ["M021", "M021"]
    with pytest.raises(UsageError):
        read_list(path, tmp_path, "2024-01-08")
    assert codes(lambda: read_list(tmp_path / "无.xlsx", results, "2024-01-08")) == ["M022"]
    openpyxl.Workbook().save(tmp_path / "空.xlsx")
    assert codes(lambda: read_list(tmp_path / "空.xlsx", results, "2024-01-08")) == ["M023"]


def test_a_list_of_another_audit_is_refused(results: Path, tmp_path: Path) -> None:
    path = handed_back(results, tmp_path, {"一矿": "采纳"})
    with (results / "interviews.csv").open(encoding="utf-8-sig", newline="") as text:
        rows = list(csv.DictReader(text))
    with (tmp_path / "interviews.csv").open("w", encoding="utf-8-sig", newline="") as out:
        writer = csv.DictWriter(out, rows[0])
        writer.writeheader()
        writer.writerows({**row, "bearer_name": "别的矿"} for row in rows)
    assert codes(lambda: read_list(path, tmp_path, "2024-01-08")) == ["M020", "M020"]


# ---- waivers


def test_a_waiver_is_added_and_excuses(known: Known, records: Path) -> None:
    row = {
        "obligation": MONTHLY,
        "bearer": "M01",
        "reason": "=雪",
        "approved_by": "局长",
        "approved_on": "2024年1月5日",
    }
    add_waiver({**row, "valid_from": "2023-11-30", "valid_until": "2023-11-30"}, records, known, NOW)
    with duban.audit(records, PACK, as_of="2024-01-14", obligations=[MONTHLY]) as audit:
        assert [one.state.value for one in audit.waivers] == ["已使用"]
        assert audit.waivers[0].reason == "=雪"
    again = {**row, "valid_from": "2023-11-30", "valid_until": "2023-11-30"}
    assert codes(lambda: add_waiver(again, records, known, NOW)) == ["W011"]


def test_a_waiver_is_of_the_jurisdiction_that_has_the_duty(known: Known, records: Path) -> None:
    """The pack's own is another county's; where two counties have such a duty, a fingerprint says which."""
    row = {"obligation": MONTHLY, "bearer": "M01", "reason": "雪", "approved_by": "局长", "approved_on": "2024-01-05"}
    row |= {"valid_from": "2023-11-30", "valid_until": "2023-11-30"}
    there = {name: {**duty, "jurisdiction": "云示县"} for name, duty in known.duties.items()}
    both = replace(known, duties={**known.duties, **{f"{name}-2": duty for name, duty in there.items()}})
    assert codes(lambda: add_waiver(row, records, both, NOW)) == ["W012"]
    assert add_waiver(row, records, replace(known, duties=there), NOW)["jurisdiction"] == "云示县"
    assert add_waiver(row, records, known, NOW)["jurisdiction"] == ""


def test_every_mistake_of_a_waiver(known: Known, records: Path) -> None:
    row = {"obligation": MONTHLY, "bearer": "一矿", "reason": "", "approved_by": "局长", "approved_on": "2024-01-05"}
    assert codes(lambda: add_waiver(row, records, known, NOW)) == ["W002", "W002", "W002", "W009"]
    legal = {
        **row,
        "obligation": "all-staff-trained",
        "reason": "雪",
        "valid_from": "2024-01-01",
        "valid_until": "2024-01-31",
    }
    assert codes(lambda: add_waiver(legal, records, known, NOW)) == ["W004"]
    late = {**legal, "obligation": MONTHLY, "bearer": "M1", "approved_on": "2024-01-09"}
    assert codes(lambda: add_waiver(late, records, known, NOW)) == ["W009", "W005"]
    assert not (records / WAIVERS).exists()


def test_a_file_is_checked_before_it_is_handed_in(known: Known, tmp_path: Path) -> None:
    sheet = tmp_path / WAIVERS
    sheet.write_text(
        f"义务,责任主体,理由,批准人,批准日期,起,止\n{MONTHLY},M01,雪,局长,2024-01-05,2023-11-30,2023-11-30\n"
        f"{MONTHLY},M1,雪,局长,2024-01-05,2023-11-30,2023-11-30\n",
        encoding="utf-8",
    )
    assert check_file(sheet, PACK).issues == ()
    (issue,) = check_file(sheet, PACK, known).issues
    assert (issue.code, issue.place.row, issue.hint) == ("W009", 3, "是否为“M01”？")
    yaml = tmp_path / "waivers.yaml"
    yaml.write_text("- fingerprint: f\n  reason: 雪\n  approved_by: 局长\n", encoding="utf-8")
    assert [issue.code for issue in check_file(yaml, PACK).issues] == ["W002"] * 3


# ---- the command line


def test_the_commands(results: Path, records: Path) -> None:
    def run(*words: object) -> tuple[int, str]:
        done = CliRunner().invoke(cli, [str(word) for word in words])
        if isinstance(done.exception, DataError):
            return 2, str(done.exception)
        return done.exit_code, done.output

    into, out, at = ("--into", records), ("--out", results), ("--as-of", "2024-01-08T09:00")
    assert run("measure", "list", *into) == (0, "没有登记过措施。\n")
    code, said = run(
        "measure", "add", "提醒函", "--bearer", "M01", "--on", "2024-01-08", "--due", "2024-01-15", *into, *out, *at
    )
    assert (code, "CS20240108-01：M01 提醒函（采纳），所涉事项1项" in said) == (0, True)
    code, said = run("measure", "add", "提醒函", "--bearer", "M9", *into, *out, *at)
    assert (code, "M002" in said, "M009" in said) == (2, True, True)
    code, said = run("measure", "list", *into, "--as-of", "2024-01-16")
    assert "逾期未反馈" in said
    code, said = run(
        "measure", "update", "CS20240108-01", "--answered-on", "2024-01-16", *into, "--as-of", "2024-01-16"
    )
    assert "已反馈，待复核" in said
    book = handed_back(results, records.parent, {"二矿": "采纳"})
    code, said = run("measure", "read", book, "--on", "2024-01-08", *into, *out, *at)
    assert "新增1项" in said
    assert "未决定的（空白、再核）1行" in said
    days = ("--on", "2024-01-05", "--from", "2023-11-30", "--until", "2023-11-30")
    code, said = run(
        "waiver",
        "add",
        "--obligation",
        MONTHLY,
        "--bearer",
        "M01",
        "--reason",
        "雪",
        "--by",
        "局长",
        *days,
        *into,
        *out,
        *at,
    )
    assert code == 0, said
    code, said = run("waiver", "check", records / WAIVERS, *out)
    assert "1份批准，未发现错误" in said
    assert run("waiver", "list", results) == (0, "没有批准不计入的。\n")
