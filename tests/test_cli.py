"""The command line: exit codes, one clear message for each mistake, and results written whole or not at all."""

from __future__ import annotations

import csv
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from io import StringIO
from pathlib import Path

import pytest

import duban
from duban import cli
from duban.commands.options import last_sunday
from duban.pack import find_pack
from duban.report import tables
from duban.report.results import DATA, data_of

FILES = {
    "企业名册.csv": """
企业编号,企业名称,所在镇,县监管部门,生产状态,主要负责人
M01,一矿,甲岭镇,云示县应急管理局,生产,M01矿长
M02,二矿,甲岭镇,云示县应急管理局,生产,M02矿长
""",
    "检查记录.csv": """
检查编号,检查主体,被检查企业编号,检查时间,带队领导
I1,企业主要负责人带队,M01,2023-11-14,M01矿长
I2,企业主要负责人带队,M01,2023-11-28 09:30,M01矿长
I3,企业主要负责人带队,M02,2023-11-21,M02矿长
""",
    "重大隐患档案.csv": """
隐患编号,企业编号,发现日期,确认结论,整改完成时间
H1,M02,2023-11-20,重大,2023-12-20
H2,M02,2023-11-20,重大,
""",
    "报送清单.csv": """
报送单位,所属主体,材料类型,数据起,数据止,收到时间
甲岭镇,,检查记录,2023-11-01,2023-12-31,2024-01-03
云示县应急管理局,,重大隐患档案,2023-01-01,2024-01-05,2024-01-05
""",
}
OUTPUT = [
    "audit.json", "duties.parquet", "interviews.csv", "issues.csv", "judgement.json", "leads.csv", "manual.csv",
    "missing.csv", "unproven.csv", "violations.csv", "waived.csv", "waivers.csv", "拟提请约谈研究名单.xlsx",
]  # fmt: skip

# To plan the whole notice takes ten seconds: what a command does with its results shows on one or two obligations, too.
HEADS = ("--obligation", "head-leads-inspections")
HAZARDS = ("--obligation", "major-hazard-rectified")

Result = tuple[int, str, str]
Run = Callable[..., Result]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a command line in this process: exit code, what it printed, and its errors."""

    def call(*arguments: object) -> Result:
        monkeypatch.setattr(sys, "argv", ["duban", *map(str, arguments)])
        with pytest.raises(SystemExit) as caught:
            cli.main()
        printed = capsys.readouterr()
        assert isinstance(caught.value.code, int)
        return caught.value.code, printed.out, printed.err

    return call


@pytest.fixture
def records(tmp_path: Path) -> Path:
    """A county of two mines: M01 has all, M02 lacks one inspection in November and has an open hazard."""
    folder = tmp_path / "records"
    folder.mkdir()
    for name, text in FILES.items():
        (folder / name).write_text(text.lstrip("\n"), encoding="utf-8")
    return folder


def findings(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(path.read_text(encoding="utf-8-sig"))))


# ---- what it does


def test_audit_writes_its_files(run: Run, records: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    code, printed, errors = run("audit", records, "--as-of", "2024-01-05", "--out", out)
    assert (code, errors) == (0, "")
    assert sorted(path.name for path in out.iterdir()) == ["2024-01-05", "duban.db"]
    assert sorted(path.name for path in (out / "2024-01-05" / DATA).iterdir()) == OUTPUT
    assert (data_of(out) / "violations.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    rows = findings(data_of(out) / "violations.csv")
    assert tuple(rows[0]) == tables.COLUMNS
    found = {(row["obligation"], row["bearer_id"], row["trigger_id"], row["period_start"]): row for row in rows}
    assert set(found) == {
        ("head-leads-inspections", "M01", "", "2023-12-01"),
        ("head-leads-inspections", "M02", "", "2023-11-01"),
        ("head-leads-inspections", "M02", "", "2023-12-01"),
        ("major-hazard-rectified", "M02", "H2", ""),
    }
    first = found["head-leads-inspections", "M02", "", "2023-11-01"]
    expected = {
        "status": "breached",
        "required": "2",
        "observed": "1",
        "shortfall": "1",
        "evidence": "I3",
        "source": "检查记录.csv#4",
        "due": "2023-11-30",
        "verification": "待核实",
        "as_of": "2024-01-05",
        "known_by": "2024-01-05",
    }
    assert {name: first[name] for name in expected} == expected
    assert first["fingerprint"] in printed


def test_what_was_not_handed_in_by_known_by_accuses_nobody(run: Run, records: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    code, _, _ = run("audit", records, "--as-of", "2024-01-05", "--known-by", "2024-01-02", "--out", out)
    assert code == 0
    assert findings(data_of(out) / "violations.csv") == []
    assert {row["bearer_id"] for row in findings(data_of(out) / "unproven.csv")} == {"M01", "M02"}
    assert json.loads((data_of(out) / "audit.json").read_text(encoding="utf-8"))["known_by"] == "2024-01-02"


def test_explain_names_every_record(run: Run, records: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    run("audit", records, "--as-of", "2024-01-05", "--out", out, *HEADS, *HAZARDS)
    (finding,) = (
        row
        for row in findings(data_of(out) / "violations.csv")
        if row["obligation"] == "head-leads-inspections" and row["period_start"] == "2023-11-01"
    )
    code, printed, errors = run("explain", finding["fingerprint"], "--out", out)
    assert (code, errors) == (0, "")
    for part in ("三(二)", "每月至少带队检查2次", "✓ I3", "检查记录.csv#4", finding["message"]):
        assert part in printed
    assert "I1" not in printed  # another mine's


def test_explain_says_why_a_record_does_not_count(run: Run, records: Path, tmp_path: Path) -> None:
    more = (
        "I4,企业自查,M02,2023-11-22,M02矿长\nI5,企业主要负责人带队,M02,2023-11-05,M02矿长\n"
        "I6,企业主要负责人带队,M02,2023-11-23,\nI7,企业主要负责人带队,,2023-11-23,M02矿长\n"
    )
    path = records / "检查记录.csv"
    path.write_text(path.read_text(encoding="utf-8") + more, encoding="utf-8")
    out = tmp_path / "out"
    run("audit", records, "--as-of", "2024-01-05", "--out", out, *HEADS, *HAZARDS)
    (finding,) = (row for row in findings(data_of(out) / "unproven.csv") if row["period_start"] == "2023-11-01")
    _, printed, _ = run("explain", finding["fingerprint"], "--out", out)
    reasons = dict(re.findall(r"^  · (I\d)　.*csv#\d+[^　]*　(.*)$", printed, re.MULTILINE))
    assert "不符合条件" in reasons["I4"]
    assert "不在计算的时间范围内" in reasons["I5"]
    assert "条件无法判断" in reasons["I6"]
    assert "所属单位为空" in reasons["I7"]


@pytest.mark.parametrize(("fail_on", "code"), [("never", 0), ("breached", 1), ("late", 1), ("unproven", 1)])
def test_fail_on(run: Run, records: Path, fail_on: str, code: int) -> None:
    assert run("audit", records, "--as-of", "2024-01-05", "--fail-on", fail_on, "--quiet", *HEADS, *HAZARDS) == (
        code,
        "",
        "",
    )


def test_fail_on_is_about_what_is_shown(run: Run, records: Path) -> None:
    """M01 has no breach in November, and December is not over."""
    dates = ("--as-of", "2023-12-05", "--known-by", "2024-01-05")
    arguments = ("audit", records, *dates, "--fail-on", "breached", "--quiet")
    both = (*arguments, *HEADS, *HAZARDS)
    assert run(*both, "--bearer", "M01")[0] == 0
    assert run(*both, "--bearer", "M02")[0] == 1
    assert run(*both, "--bearer", "二矿")[0] == 1
    assert run(*arguments, *HAZARDS)[0] == 0


def test_formats(run: Run, records: Path) -> None:
    arguments = ("audit", records, "--as-of", "2024-01-05", *HEADS, *HAZARDS)
    _, as_json, _ = run(*arguments, "--format", "json")
    _, as_csv, _ = run(*arguments, "--format", "csv")
    parsed = json.loads(as_json)
    rows = list(csv.DictReader(StringIO(as_csv)))
    assert {row["obligation"] for row in rows} == {HEADS[1], HAZARDS[1]}
    assert [row["fingerprint"] for row in rows] == [row["fingerprint"] for row in parsed["violations"]]
    assert parsed["duties"]["breached"] == len(rows)


def test_set_changes_a_reading(run: Run, records: Path) -> None:
    """12-31 was a Sunday, before a holiday: rolled, H2 has until 2 January."""
    given = ("audit", records, "--as-of", "2024-01-01", "--known-by", "2024-01-05", *HAZARDS)
    assert "（重大隐患档案 H2）" in run(*given)[1]
    _, printed, _ = run(*given, "--set", "roll_physical=workday")
    assert "roll_physical=workday（默认 none）" in printed
    assert "（重大隐患档案 H2）" not in printed


def test_set_does_not_turn_a_window_round(run: Run, records: Path) -> None:
    code, _, errors = run("audit", records, "--as-of", "2024-01-05", "--set", "campaign_start=2023-11-25")
    assert code == 2
    assert "mobilisation" in errors


@pytest.mark.parametrize("verb", ["lint", "list", "schema"])
def test_rules(run: Run, verb: str) -> None:
    code, printed, errors = run("rules", verb)
    assert (code, errors) == (0, "")
    assert printed


CASES = """
obligation: head-leads-inspections
cases:
  - name: nobody was there
    why: 三(二)
    as_of: 2023-11-30
    records: {enterprise: [{enterprise_id: M01, status: 生产, head: M01矿长}]}
    expect: [{bearer: M01, period: 2023-11, status: breached}]
"""


@pytest.mark.parametrize(
    ("cases", "code", "message"),
    [
        (CASES, 0, "案例 1 个，通过 1，未通过 0"),
        (CASES.replace("breached", "met"), 1, "status is breached, expected met"),
        (CASES.replace("bearer: M01", "bearer: M02"), 1, "not expected, but breached"),
        (CASES.replace("nobody", "[nobody"), 2, "not YAML"),
        (CASES.replace("expect:", "expected:"), 2, "expect"),
        ("", 2, "案例"),
    ],
)
def test_rules_test(run: Run, tmp_path: Path, cases: str, code: int, message: str) -> None:
    pack = shutil.copytree(find_pack("zezhou-2023-331"), tmp_path / "zezhou-2023-331")
    for path in [*(pack / "cases").iterdir(), pack / "checks.yaml"]:  # which has examples of its own
        path.unlink()
    if cases:
        (pack / "cases" / "one.yaml").write_text(cases, encoding="utf-8")
    found, printed, errors = run("rules", "test", pack)
    assert (found, "Traceback" in errors) == (code, False)
    assert message in printed + errors


def test_rules_show_and_sql(run: Run) -> None:
    _, printed, _ = run("rules", "show", "head-leads-inspections")
    assert "三(二)" in printed
    assert "- id: head-leads-inspections" in printed
    _, printed, _ = run("rules", "sql", "head-leads-inspections")
    assert "-- head-leads-inspections/status" in printed


def test_default_as_of_is_the_last_completed_sunday() -> None:
    assert last_sunday(date(2024, 1, 8)) == date(2024, 1, 7)  # a Monday
    assert last_sunday(date(2024, 1, 7)) == date(2023, 12, 31)  # a Sunday is not over
    assert last_sunday(date(2024, 1, 13)) == date(2024, 1, 7)


# ---- what it refuses

NOWHERE = "/nowhere/at/all"
REFUSED = [
    ([], 2, "Usage"),
    (["audti"], 2, "No such command"),
    (["audit"], 2, "Missing argument"),
    (["audit", "{records}", "--asof", "2024-01-05"], 2, "No such option"),
    (["audit", "{records}", "--as-of", "yesterday"], 2, "时点“yesterday”无法识别"),
    (["audit", "{records}", "--as-of", "2024-02-30"], 2, "无法识别"),
    (["audit", "{records}", "--rules", "zezhou-2023-313"], 2, "是否为 zezhou-2023-331？"),
    (["audit", "{records}", "--rules", "{records}"], 2, "其中没有 pack.yaml"),
    (["audit", "{records}", "--set", "campaign_start"], 2, "名称=值"),
    (["audit", "{records}", "--set", "campain_start=2023-11-01"], 2, "没有名为“campain_start”的参数"),
    (["audit", "{records}", "--set", "campaign_start=soon"], 2, "应为 date"),
    (["audit", "{records}", "--obligation", "head-leads"], 2, "head-leads-inspections"),
    (["audit", "{records}", "--bearer", "M99", *HEADS], 2, "M99"),
    (["audit", "{records}", "--fail-on", "always"], 2, "always"),
    (["audit", "{records}", "--threads", "0"], 2, "0"),
    (["audit", NOWHERE], 2, "找不到台账"),
    (["audit", "{empty}"], 2, "没有可以读取的台账"),
    (["audit", "{broken}"], 2, "没有一张表能读入"),
    (["explain", "0123456789abcdef", "--out", "{empty}"], 2, "没有审核结果"),
    (["rules", "lint", "{wrong}"], 2, "处错误"),
    (["rules", "show", "nothing-like-it"], 2, "没有义务“nothing-like-it”"),
    (["rules", "sql", "head-leads-inspection"], 2, "是否为 head-leads-inspections"),
    (["rules", "test", "{wrong}"], 2, "pack.yaml:"),
    (["rules", "schema", "packs"], 2, "packs"),
]


@pytest.mark.parametrize(("arguments", "code", "message"), REFUSED, ids=[" ".join(item[0]) for item in REFUSED])
def test_refused(arguments: list[str], code: int, message: str, run: Run, records: Path, tmp_path: Path) -> None:
    folders = {
        "records": records,
        "empty": tmp_path / "empty",
        "broken": tmp_path / "broken",
        "wrong": tmp_path / "wrong",
    }
    folders["empty"].mkdir()
    folders["broken"].mkdir()
    (folders["broken"] / "检查记录.xlsx").write_bytes(b"this is no spreadsheet")
    folders["wrong"].mkdir()
    (folders["wrong"] / "pack.yaml").write_text(
        "id: wrong\nnumber: x\ntitle: t\nissuer: i\njurisdiction: j\nbearers: {}\ncolour: red\n", encoding="utf-8"
    )
    out = tmp_path / "out"
    filled = [str(folders.get(item.strip("{}"), item)) for item in arguments]
    if filled[:1] == ["audit"]:
        filled += ["--out", str(out)]
    found, printed, errors = run(*filled)
    assert found == code
    assert message in errors + printed
    assert "Traceback" not in errors
    assert not out.exists()


def test_a_broken_file_beside_sound_ones_is_left_out_and_named(run: Run, records: Path, tmp_path: Path) -> None:
    (records / "镇名册.xlsx").write_bytes(b"this is no spreadsheet")
    (records / "notes.docx").write_bytes(b"x")
    out = tmp_path / "out"
    assert run("audit", records, "--as-of", "2024-01-05", "--out", out, "--quiet", *HEADS) == (0, "", "")
    issues = findings(data_of(out) / "issues.csv")
    assert {"镇名册.xlsx", "notes.docx"} <= {row["file"] for row in issues}


def test_each_run_has_a_folder_of_its_own(run: Run, records: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    for _ in range(2):
        run("audit", records, "--as-of", "2023-12-05", "--out", out, "--quiet", *HEADS)
    run("audit", records, "--as-of", "2023-12-05 09:30", "--out", out, "--quiet", *HEADS)
    names = ["2023-12-05", "2023-12-05-2", "2023-12-05_093000"]
    assert sorted(path.name for path in out.iterdir()) == names
    first, second = ((out / name / DATA / "violations.csv").read_bytes() for name in names[:2])
    assert first == second


def test_the_latest_run_is_explained(run: Run, records: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    for day in ("2024-01-05", "2023-12-05"):
        run("audit", records, "--as-of", day, "--out", out, "--quiet", *HEADS)
    assert data_of(out) == data_of(out / "2023-12-05") == data_of(out / "2023-12-05" / DATA)


def test_results_are_there_whole_or_not_at_all(run: Run, records: Path, tmp_path: Path) -> None:
    blocked = tmp_path / "blocked"
    blocked.write_text("a file where the folder should be", encoding="utf-8")
    code, printed, errors = run("audit", records, "--as-of", "2024-01-05", "--out", blocked, *HEADS, *HAZARDS)
    assert code == 2
    assert "Traceback" not in errors
    assert printed == ""
    assert blocked.read_text(encoding="utf-8") == "a file where the folder should be"


@pytest.mark.parametrize("before", [False, True], ids=["first run", "another run is there"])
def test_a_failure_while_writing_leaves_nothing(
    before: bool, run: Run, records: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "new" / "out"
    if before:
        run("audit", records, "--as-of", "2023-12-05", "--out", out, "--quiet", *HEADS)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(tables, "_parquet", full)
    code, _, errors = run("audit", records, "--as-of", "2024-01-05", "--out", out, "--quiet", *HEADS, *HAZARDS)
    assert code == 2
    assert "No space left" in errors
    assert "原有文件未改动" in errors
    if before:
        assert [path.name for path in out.iterdir()] == ["2023-12-05"]
    else:
        assert not out.parent.exists()


def test_a_bug_of_ours_is_exit_3_in_one_line(run: Run, records: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from duban import auditing

    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("division by zero")

    monkeypatch.setattr(auditing, "audit", broken)
    monkeypatch.delenv("DUBAN_DEBUG", raising=False)
    code, _, errors = run("audit", records, "--as-of", "2024-01-05")
    assert code == 3
    assert "division by zero" in errors
    assert "Traceback" not in errors


# ---- quick to answer

HEAVY = {"duckdb", "pandas", "pydantic", "numpy", "pyarrow", "sqlglot", "ruamel.yaml", "python_calamine", "sqlalchemy"}
LIGHT = [["--help"], ["--version"], ["audit", "--help"], ["rules", "--help"], ["explain", "-h"], ["diff", "-h"]]


def python(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *arguments], capture_output=True, encoding="utf-8", check=False)


@pytest.mark.parametrize("arguments", LIGHT, ids=" ".join)
def test_help_loads_nothing_heavy(arguments: list[str]) -> None:
    script = (
        "import sys\nsys.argv = ['duban', *sys.argv[1:]]\nfrom duban.cli import main\n"
        "try:\n    main()\nfinally:\n    print('LOADED', *sys.modules)"
    )
    done = python("-c", script, *arguments)
    assert done.returncode == 0, done.stderr
    assert not HEAVY & set(done.stdout.partition("LOADED")[2].split())


def test_importing_the_package_loads_nothing_heavy() -> None:
    done = python("-c", "import duban, sys; print(*sys.modules)")
    assert not HEAVY & set(done.stdout.split())


def test_the_module_is_a_command() -> None:
    done = python("-m", "duban", "--version")
    assert (done.returncode, done.stdout.strip(), done.stderr) == (0, duban.__version__, "")
