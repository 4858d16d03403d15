"""What a person sees at a terminal: folded to its width, Chinese widths right; elsewhere the lines as they are."""

from __future__ import annotations

import codecs
import os
import pty
import subprocess
import sys

import pytest
from rich.cells import cell_len

from duban import cli  # registers nothing until main() runs
from duban.commands.terminal import Stages, folded

LONG = (
    "  0d81914baa2c7a99 [红]乙溪样09号铁矿（重大隐患档案 ZD02）“专项期间发现的重大隐患12月底前整改到位”："
    "应于2023-12-31前完成。"
)


def plain(line: str, width: int) -> list[str]:
    return [text.plain for text in folded(line, width)]


@pytest.mark.parametrize("width", [40, 60, 80])
def test_no_line_is_wider_and_nothing_is_lost(width: int) -> None:
    lines = plain(LONG, width)
    assert len(lines) > 1
    assert all(cell_len(line) <= width for line in lines)
    assert all(line.startswith("    ") for line in lines[1:])
    assert "".join(line.strip() for line in lines).replace(" ", "") == LONG.replace(" ", "")


@pytest.mark.parametrize(
    ("line", "width", "expected"),
    [
        ("甲乙丙丁", 8, ["甲乙丙丁"]),
        ("甲乙丙丁戊", 8, ["甲乙丙丁", "  戊"]),
        ("甲乙丙丁，戊", 8, ["甲乙丙", "  丁，戊"]),  # no line begins with a comma
        ("甲乙丙“丁戊”", 8, ["甲乙丙", "  “丁戊”"]),  # none ends with an opening mark
        ("  甲 2023-12-31 乙", 14, ["  甲", "    2023-12-31", "    乙"]),
        ("", 8, [""]),
        ("abcdefghijklmnop", 8, ["abcdefghijklmnop"]),  # a fingerprint is never torn
    ],
)
def test_where_it_is_broken(line: str, width: int, expected: list[str]) -> None:
    assert [text.rstrip() for text in plain(line, width)] == expected


def test_colours() -> None:
    (line,) = folded("注意：[红]甲矿", 80)
    assert {(span.start, span.end, str(span.style)) for span in line.spans} == {
        (0, 3, "yellow"), (0, 3, "bold"), (3, 6, "bold red"),
    }  # fmt: skip


SHOW = "from duban.commands.terminal import show; show(['标题：甲', '  [红]乙溪样09号铁矿'])"


def at_terminal(code: str = SHOW, **environment: str) -> bytes:
    """What a process prints on a terminal of 80 columns."""
    master, slave = pty.openpty()
    settings = {"COLUMNS": "80", "TERM": "xterm-256color", "PYTHONIOENCODING": "utf-8", **environment}
    kept = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "FORCE_COLOR")}
    command = [sys.executable, "-c", code]
    subprocess.run(command, stdout=slave, stderr=slave, stdin=slave, env={**kept, **settings}, check=True)
    os.close(slave)
    printed = b""
    try:
        while part := os.read(master, 4096):
            printed += part
    except OSError:  # Linux: the other end is closed
        pass
    os.close(master)
    return printed.replace(b"\r\n", b"\n")


@pytest.mark.skipif(sys.platform == "win32", reason="no pty")
def test_colour_at_a_terminal_and_none_if_it_is_not_wanted() -> None:
    text = "标题：甲\n  [红]乙溪样09号铁矿\n".encode()
    assert b"\x1b[1;31m" in at_terminal()
    assert at_terminal(NO_COLOR="1").replace(b"\x1b[1m", b"").replace(b"\x1b[0m", b"") == text


def test_plain_in_a_pipe() -> None:
    done = subprocess.run([sys.executable, "-X", "utf8", "-c", SHOW], capture_output=True, check=True)
    assert done.stdout.decode("utf-8").splitlines() == ["标题：甲", "  [红]乙溪样09号铁矿"]


def test_a_gbk_console_shows_similar_signs() -> None:
    codecs.register_error("duban", cli._similar)
    assert "✓ 甲 ✗ 😀".encode("gbk", errors="duban").decode("gbk") == "√ 甲 × ?"


STAGES = """
import time
from duban.commands.terminal import Stages
with Stages(on=True) as stages:
    stages.stage("读取台账")
    time.sleep(0.3)
    stages.stage("审核", "[red]step")
    time.sleep(0.3)
print("done")
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no pty")
def test_stages_are_one_line_that_is_gone_at_the_end() -> None:
    printed = at_terminal(STAGES).decode("utf-8")
    assert "读取台账" in printed
    assert "审核　[red]step" in printed  # the name of a step is text, never a style
    assert printed.rindex("\x1b[2K") < printed.rindex("done")  # the line is wiped before anything else is said


def test_nobody_looks_and_nothing_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    with Stages(on=False) as stages:
        stages.stage("读取台账")
    assert capsys.readouterr() == ("", "")
