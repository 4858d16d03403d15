"""The ready-made pieces for CI run here as far as they can: their scripts, on a file with faults and on a sound one."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from checking import SOUND
from ruamel.yaml import YAML

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.skipif(shutil.which("bash") is None, reason="needs bash")


def yaml(name: str) -> dict[str, object]:
    return YAML(typ="safe").load((ROOT / name).read_text(encoding="utf-8"))  # type: ignore[no-any-return]


@pytest.fixture
def shell(hazards: Path) -> object:
    """Runs a bash script beside the ledger, with `duban` on the path: exit code and what it printed."""
    tools = hazards.parent / ".tools"
    tools.mkdir()
    tool = tools / "duban"
    tool.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m duban "$@"\n', encoding="utf-8")
    tool.chmod(0o755)
    path = os.pathsep.join([str(ROOT / "engine"), *filter(None, [os.environ.get("PYTHONPATH")])])

    def run(script: str, **variables: str) -> tuple[int, str]:
        known = {**os.environ, "PATH": f"{tools}{os.pathsep}{os.environ['PATH']}", "PYTHONPATH": path, **variables}
        done = subprocess.run(
            ["bash", "-e", "-c", script],
            cwd=hazards.parent,
            env=known,
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
        return done.returncode, done.stdout + done.stderr

    return run


def test_the_action_annotates_and_fails(shell: object, hazards: Path) -> None:
    sound = hazards.with_name("隐患台账 好.csv")
    sound.write_text(SOUND, encoding="utf-8-sig")
    script = f'bash "{ROOT}/ci/check.sh"'
    common = {"DUBAN_WITH": "  beside\n\n", "DUBAN_RULES": "zezhou-2023-331", "DUBAN_SARIF": "r.sarif"}
    code, printed = shell(script, DUBAN_FILES=f"\n{hazards.name}\n{sound.name}\n", **common)
    assert code == 1, printed
    assert "::error file=隐患台账.csv," in printed
    assert json.loads((hazards.parent / "r.sarif").read_text("utf-8"))["version"] == "2.1.0"
    code, printed = shell(script, DUBAN_FILES=sound.name, **common)
    assert code == 0, printed
    assert shell(script, DUBAN_FILES="$(touch evil); `touch evil`", **common)[0] == 2
    assert not (hazards.parent / "evil").exists()


def test_the_action_passes_every_input_on() -> None:
    action = yaml("action.yml")
    *_, last = action["runs"]["steps"]
    script = (ROOT / "ci" / "check.sh").read_text(encoding="utf-8")
    assert all(name in script for name in last["env"])
    passed = {text.split("inputs.")[1].split()[0] for text in last["env"].values()}
    assert passed == set(action["inputs"]) - {"python-version"}
    assert "inputs." not in last["run"]


@pytest.mark.parametrize(("sound", "code"), [(False, 1), (True, 0)])
def test_the_gitlab_job(sound: bool, code: int, shell: object, hazards: Path) -> None:
    if sound:
        hazards.write_text(SOUND, encoding="utf-8-sig")
    job = yaml("ci/gitlab.yml")["duban-check"]
    variables = {**job["variables"], "DUBAN_FILES": hazards.name, "DUBAN_WITH": "beside"}
    found, printed = shell("\n".join(job["script"]), **variables)
    assert found == code, printed
    quality = json.loads((hazards.parent / job["artifacts"]["reports"]["codequality"]).read_text("utf-8"))
    assert len(quality) == (0 if sound else 3)
    assert (hazards.parent / job["artifacts"]["reports"]["junit"]).is_file()


def test_the_pre_commit_hook(shell: object, hazards: Path) -> None:
    (hook,) = YAML(typ="safe").load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    code, printed = shell(f"{hook['entry']} --with beside {hazards.name}")
    assert code == 1
    assert "请填日期" in printed
