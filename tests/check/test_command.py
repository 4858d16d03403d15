"""`duban check`: exit codes, where it writes, and that nothing of a clerk's is overwritten."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from checking import SOUND

from duban import cli

Result = tuple[int, str, str]
Run = Callable[..., Result]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], hazards: Path) -> Run:
    """Runs `duban check` on the ledger of `hazards`, beside its roster, in its folder."""
    monkeypatch.chdir(hazards.parent)

    def call(*arguments: object, file: object = "隐患台账.csv") -> Result:
        fixed = ("duban", "check", file, "--with", "beside", "--now", "2023-12-25T10:00")
        monkeypatch.setattr(sys, "argv", [*map(str, fixed), *map(str, arguments)])
        with pytest.raises(SystemExit) as caught:
            cli.main()
        printed = capsys.readouterr()
        assert isinstance(caught.value.code, int)
        return caught.value.code, printed.out, printed.err

    return call


WARNS = SOUND + "H4,M2,企业自查,2023-12-07,采场,边坡坡脚浮石未清理,一般,,\n"


@pytest.mark.parametrize(
    ("text", "fail_on", "code"),
    [
        (SOUND, "error", 0),
        (SOUND, "warning", 0),
        (WARNS, "error", 0),
        (WARNS, "warning", 1),
        (WARNS.replace("2023-12-07", "某日"), "error", 1),
    ],
)
def test_exit_codes(text: str, fail_on: str, code: int, run: Run, hazards: Path) -> None:
    hazards.write_text(text, encoding="utf-8-sig")
    assert run("--fail-on", fail_on)[0] == code


def test_what_cannot_be_opened_is_2_in_every_format(run: Run, hazards: Path) -> None:
    broken = hazards.with_name("检查记录.xlsx")
    broken.write_bytes(b"PK\x03\x04 not a workbook")
    for style in ("text", "json", "junit", "sarif", "github", "gitlab", "csv"):
        code, printed, _ = run("--format", style, file="检查记录.xlsx")
        assert (code, "D103" in printed) == (2, True), style


@pytest.mark.parametrize(
    "wrong",
    [
        ("--period", "十二月"),
        ("--format", "pdf"),
        ("--baseline", "没有.yaml"),
        ("--now", "明天"),
        ("--accept", "b.yaml"),
        ("--accept", "b.yaml", "--accept-until", "明年", "--accept-why", "旧账", "--accept-by", "股室负责人"),
        ("--with", "没有"),
    ],
)
def test_usage_is_2(wrong: tuple[str, ...], run: Run) -> None:
    code, printed, errors = run(*wrong)
    assert (code, printed) == (2, "")
    assert errors


def test_a_file_that_is_not_there_is_2(run: Run) -> None:
    assert run(file="没有.csv")[0] == 2


def test_out_writes_the_report_and_keeps_what_is_there(run: Run, tmp_path: Path) -> None:
    code, printed, _ = run("--format", "json", "--out", "结果/r.json")
    assert (code, printed) == (1, "")
    first = (tmp_path / "结果" / "r.json").read_text("utf-8")
    assert json.loads(first)["errors"] == 2
    assert run("--format", "json", "--out", "结果/r.json")[0] == 2
    assert run("--format", "json", "--out", "结果/r.json", "--force")[0] == 1


def test_xlsx_gives_the_file_back_beside_and_never_over_it(run: Run, hazards: Path, tmp_path: Path) -> None:
    before = hazards.read_bytes()
    code, printed, _ = run("--format", "xlsx", "--out", "退回")
    assert code == 1
    assert (tmp_path / "退回" / "隐患台账_批注.xlsx").is_file()
    assert "报送回执" in printed
    assert hazards.read_bytes() == before
    assert run("--format", "xlsx", "--out", "退回")[0] == 2


def test_accept_writes_a_baseline_that_makes_it_clean(run: Run) -> None:
    said = ("--accept-until", "2024-03-31", "--accept-why", "旧账", "--accept-by", "股室负责人")
    code, _, errors = run("--accept", "基线.yaml", *said)
    assert code == 1
    assert "3条" in errors
    code, printed, _ = run("--baseline", "基线.yaml", "--fail-on", "warning")
    assert code == 0
    assert "另有3处按基线接受" in printed


def test_the_receipt_names_file_hash_and_first_receipt(run: Run, hazards: Path) -> None:
    import hashlib

    _, printed, _ = run("--as", "甲岭镇", "--period", "2023-12", "--log", "日志.jsonl")
    assert hashlib.sha256(hazards.read_bytes()).hexdigest() in printed
    assert "首次收到：2023-12-25 10:00（是否按时以首次收到为准）" in printed
    assert "报送单位：甲岭镇　期间：2023-12" in printed
