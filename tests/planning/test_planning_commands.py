"""`duban due`, `plan-week`, `dossier`: what they print, write and refuse."""

from __future__ import annotations

import json
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest
import small_county as county
from click.testing import CliRunner, Result

from duban.auditing import Audit
from duban.cli import duban
from duban.errors import UsageError


@pytest.fixture(scope="module")
def places(pack: Path, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The small county as files, and the options that name its pack and the moment."""
    from engine_world import write_tables

    folder = tmp_path_factory.mktemp("records")
    records = {name: lines for name, lines in county.rows().items() if lines}
    write_tables(records, folder)
    return [str(folder), "--rules", str(pack), "--as-of", county.AS_OF]


@pytest.fixture
def judged(small: Audit, monkeypatch: pytest.MonkeyPatch) -> None:
    """The verbs are given the county that is judged already: what they make of it is what is tested."""
    monkeypatch.setattr("duban.auditing.audit", lambda *_: nullcontext(small))


def called(*arguments: Any) -> Result:
    return CliRunner().invoke(duban, [str(part) for part in arguments])


def test_due_reads_and_prints(places: list[str]) -> None:
    shown = called("due", *places, "--bearer", "乙样1号矿")
    assert shown.exit_code == 0
    assert "即将到期：2项" in shown.output


@pytest.mark.usefixtures("judged")
def test_due_writes_a_file(places: list[str], tmp_path: Path) -> None:
    target = tmp_path / "到期.csv"
    written = called("due", *places, "--format", "csv", "--out", target)
    assert (written.exit_code, written.stdout) == (0, "")
    assert target.read_bytes().startswith(b"\xef\xbb\xbf")
    assert called("due", *places, "--format", "ics").stdout_bytes.startswith(b"BEGIN:VCALENDAR")


@pytest.mark.usefixtures("judged")
def test_due_writes_a_workbook_for_each_town(places: list[str], tmp_path: Path) -> None:
    assert called("due", *places, "--format", "xlsx", "--out", tmp_path / "镇").exit_code == 0
    assert sorted(str(path.relative_to(tmp_path / "镇")) for path in (tmp_path / "镇").rglob("*.xlsx")) == [
        "乙镇/催办单.xlsx", "甲镇/催办单.xlsx",
    ]  # fmt: skip


@pytest.mark.usefixtures("judged")
def test_plan_week_prints_and_writes(places: list[str], tmp_path: Path) -> None:
    shown = called("plan-week", *places, "--format", "json", "--capacity", 1)
    assert [one["target_id"] for one in json.loads(shown.output)["chosen"]] == ["A2", "B1"]
    assert called("plan-week", *places, "--format", "xlsx", "--out", tmp_path / "周.xlsx").exit_code == 0
    assert (tmp_path / "周.xlsx").is_file()


@pytest.mark.usefixtures("judged")
def test_dossier_prints_and_writes(places: list[str], tmp_path: Path) -> None:
    assert "甲样2号矿（A2）随车简况" in called("dossier", "A2", *places).output
    assert called("dossier", "A2", *places, "--out", tmp_path / "A2.docx").exit_code == 0
    assert (tmp_path / "A2.docx").read_bytes().startswith(b"PK")


@pytest.mark.parametrize("verb", [["due"], ["plan-week"]])
def test_a_workbook_needs_a_place(verb: list[str], places: list[str]) -> None:
    refused = called(*verb, *places, "--format", "xlsx")
    assert refused.exit_code == 2
    assert "--out" in refused.output


def test_days_that_cannot_be_read_are_refused_before_anything_is_done(places: list[str]) -> None:
    refused = called("due", *places, "--within", "一周")
    assert isinstance(refused.exception, UsageError)


@pytest.mark.usefixtures("judged")
def test_an_unknown_enterprise_is_refused_with_what_is_near(places: list[str]) -> None:
    refused = called("dossier", "甲样2号", *places)
    assert isinstance(refused.exception, UsageError)
    assert "甲样2号矿" in str(refused.exception)


@pytest.mark.parametrize("verb", ["due", "plan-week", "dossier"])
def test_help_is_in_two_languages(verb: str) -> None:
    assert " | " in called(verb, "--help").output
