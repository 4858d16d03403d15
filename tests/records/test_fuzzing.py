"""The corpus of the fuzzer, file by file; and a short run of it, where atheris is there (`make fuzz`: a long one)."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

FUZZING = Path(__file__).with_name("fuzzing")
sys.path.insert(0, str(FUZZING))
from fuzz_readers import CORPUS, TARGETS, Reader  # noqa: E402

# Files that once ended in a traceback, and how they do now.
FOUND = {"zip/nameless-member", "xlsx/unknown-encoding", "xlsx/row-zero"}
RUNS = 600  # some ten seconds of CPU


@pytest.mark.parametrize("target", TARGETS)
def test_the_corpus_is_read(target: str, tmp_path: Path) -> None:
    read = Reader(target, tmp_path)
    for path in sorted((CORPUS / target).iterdir()):
        assert read(path.read_bytes()) == 0, path.name
        read.whole_way(path.read_bytes())


def test_the_corpus_is_small_and_keeps_what_was_found() -> None:
    there = {path.relative_to(CORPUS).as_posix(): path.stat().st_size for path in CORPUS.rglob("*") if path.is_file()}
    assert sum(there.values()) < 300_000
    assert there.keys() >= FOUND


@pytest.mark.skipif(
    importlib.util.find_spec("atheris") is None,
    reason="atheris is not installed: the readers are fuzzed by hypothesis alone (test_fuzz.py)",
)
def test_a_short_run(tmp_path: Path) -> None:
    """The same bytes each time: a seed, and a number of runs."""
    kept = tmp_path / "found"
    kept.mkdir()
    options = [f"-runs={RUNS}", "-seed=20231109", f"-artifact_prefix={tmp_path}/"]
    env = {**os.environ, "TMPDIR": str(tmp_path)}  # libFuzzer ends without tidying up
    command = [sys.executable, str(FUZZING / "fuzz_readers.py"), "all", str(kept), *options]
    # By way of a shell: libFuzzer takes the largest size that its parent ever had for its own.
    command = ["sh", "-c", '"$@"; exit $?', "sh", *command]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False, env=env)
    assert ran.returncode == 0, ran.stdout[-2000:] + ran.stderr[-4000:]
