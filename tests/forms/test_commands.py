"""`duban template`, `town-pack`, `lists`: what they write, what they say, and how they end."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import month
import openpyxl
import pytest
from click.testing import CliRunner, Result

from duban.cli import duban as cli
from duban.errors import DubanError

SAMPLES = month.ROOT / "data" / "samples"


@pytest.fixture
def kept() -> Path:
    return month.kept()


@pytest.fixture
def lists() -> Path:
    return month.lists()


def run(*arguments: object) -> Result:
    return CliRunner().invoke(cli, [str(argument) for argument in arguments])


def said(result: Result) -> str:
    return (
        result.output if result.exception is None or isinstance(result.exception, SystemExit) else str(result.exception)
    )


def test_a_template_of_some_records_for_a_town(tmp_path: Path) -> None:
    out = tmp_path / "模板.xlsx"
    result = run("template", "隐患台账", "inspection", "--town", "丙川镇", "--records", SAMPLES, "--out", out)
    assert (result.exit_code, "写出2类台账的模板" in result.output) == (0, True)
    book = openpyxl.load_workbook(out)
    assert book.sheetnames == ["※填表说明", "隐患台账", "检查记录", "※选项"]
    choices = {cell.value for row in book["※选项"].iter_rows() for cell in row}
    assert "M14" in choices
    assert "M01" not in choices  # a mine of another town


def test_nothing_filled_in_is_overwritten_unasked(tmp_path: Path) -> None:
    out = tmp_path / "模板.xlsx"
    out.write_text("已经填了一半", encoding="utf-8")
    result = run("template", "stop", "--out", out)
    assert isinstance(result.exception, DubanError)
    assert "U011" in said(result)
    assert out.read_text(encoding="utf-8") == "已经填了一半"
    assert run("template", "stop", "--out", out, "--force").exit_code == 0


def test_from_the_records_to_the_lists(tmp_path: Path) -> None:
    """A town's workbook, not filled in: the lists come out, every figure that is not known is told, none is 0."""
    pack = tmp_path / "月报.xlsx"
    result = run("town-pack", "丙川镇", SAMPLES, "--period", "2023-12", "--as-of", "2023-12-05", "--out", pack)
    assert result.exit_code == 0, said(result)
    assert "丙川镇2023年12月：矿山5家，已填好隐患台账1行" in result.output
    assert "“一般隐患排查”上月报16，按现在掌握的台账重数为15" in result.output
    result = run("lists", pack, "--out", tmp_path / "结果")
    assert result.exit_code == 0, said(result)
    names = sorted(path.name for path in (tmp_path / "结果").iterdir())
    assert names == ["丙川镇_2023-12_三清单和报表.xlsx", "丙川镇_2023-12_阶段性进展（草稿）.docx"]
    form = openpyxl.load_workbook(tmp_path / "结果" / names[0])["工作报表 2023-12"]
    # the one hazard in 隐患台账 is carried forward: of December there is none, and nobody says 无
    assert [cell.value for cell in form[6]][1:] == [None] * 12
    assert [cell.value for cell in form[7]][1:] == [None] * 12


def test_the_lists_of_a_filled_workbook_pass_their_own_check(kept: Path, tmp_path: Path) -> None:
    assert run("lists", kept / "填好.xlsx", "--out", tmp_path).exit_code == 0
    result = run("lists", "--check", tmp_path)
    assert result.exit_code == 0, said(result)
    assert "丙川镇2023年12月：问题清单里没有整改或责任对应行的0条" in result.output
    assert "不符" not in result.output


def test_a_problem_without_an_answer_ends_with_1(lists: Path, tmp_path: Path) -> None:
    shutil.copy(lists, tmp_path / "清单.xlsx")
    book = openpyxl.load_workbook(tmp_path / "清单.xlsx")
    book["责任清单 2023-12"].delete_rows(5)
    book.save(tmp_path / "清单.xlsx")
    result = run("lists", "--check", tmp_path / "清单.xlsx")
    assert result.exit_code == 1
    assert "“样-1”在“责任清单”里没有对应的行" in said(result)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("template", "隐患台帐"), "没有名为“隐患台帐”的台账"),
        (("town-pack", "丙山镇", SAMPLES, "--period", "2023-12"), "名册里没有“丙山镇”"),
        (("lists", SAMPLES / "town.csv"), "打不开 town.csv"),
        (("lists", "--check", SAMPLES / "庚寨镇"), "没有找到通知所附的表"),
    ],
    ids=["no such record", "no such town", "no workbook", "no form"],
)
def test_what_makes_no_sense_is_said_and_nothing_is_written(
    arguments: tuple[object, ...], message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = run(*arguments)
    assert isinstance(result.exception, DubanError)
    assert message in said(result)
    assert list(tmp_path.iterdir()) == []


def test_a_period_is_a_month() -> None:
    result = run("town-pack", "丙川镇", SAMPLES, "--period", "2023年12月")
    assert result.exit_code == 2
    assert "应如 2024-01" in result.output


@pytest.mark.parametrize("verb", ["template", "town-pack", "lists"])
def test_help_loads_nothing_heavy(verb: str) -> None:
    heavy = {"duckdb", "pydantic", "xlsxwriter", "docx", "python_calamine", "sqlglot"}
    script = "import sys\nfrom duban.cli import main\ntry:\n    main()\nfinally:\n    print('LOADED', *sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", script, verb, "--help"], capture_output=True, encoding="utf-8", check=False
    )
    assert done.returncode == 0, done.stderr
    assert not heavy & set(done.stdout.partition("LOADED")[2].split())
