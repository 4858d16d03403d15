"""The commands that a page of ours shows in its console blocks: run as they stand, and compared with what it shows."""

from __future__ import annotations

import os
import re
import shutil
import stat
import subprocess
import sys
from pathlib import Path

from markdown_pages import blocks

ROOT = Path(__file__).parents[1]


def commands(page: Path) -> list[tuple[str, list[str]]]:
    """The `$ …` lines of a page's console blocks, each with the output that is shown below it.

    A YAML block between them whose first line is `# PATH` is saved there at its place in the story.
    """
    found: list[tuple[str, list[str]]] = []
    for block in blocks(page, "console", "yaml"):
        if block.kind == "yaml":
            path = block.text.splitlines()[0].removeprefix("# ")
            found.append((f"cat > {path} << 'END'\n{block.text}\nEND", []))
            continue
        for line in block.text.splitlines():
            if line.startswith("$ "):
                found.append((line[2:], []))
            else:
                found[-1][1].append(line)
    return found


def run_page(page: Path, folder: Path) -> list[tuple[str, list[str], str]]:
    """Each command of a page, what the page shows below it, and what it printed."""
    shown = commands(page)
    outputs = run_all([text for text, _ in shown], folder)
    assert len(outputs) == len(shown)
    return [(text, expected, output) for (text, expected), output in zip(shown, outputs, strict=True)]


def check_page(ran: list[tuple[str, list[str], str]]) -> None:
    """What the commands of a page printed is what it shows."""
    for text, expected, output in ran:
        fitting = fits("\n".join(expected).strip("\n").splitlines(), output.splitlines())
        assert fitting, f"$ {text}\n{output}"


def run_all(texts: list[str], folder: Path) -> list[str]:
    """The output of each command, run one after the other in one shell, in a folder that holds data/ and rules/."""
    for name in ("data", "rules"):
        shutil.copytree(ROOT / name, folder / name)
    sample = re.search(r"^SAMPLE \?= (.*)$", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert sample is not None
    tools = folder / ".tools"
    tools.mkdir()
    tool(tools / "duban", f'exec "{sys.executable}" -m duban "$@"')
    tool(tools / "python", f'exec "{sys.executable}" "$@"')
    tool(tools / "make", f'[ "$1" = audit ] && exec duban audit {sample[1]}')
    mark = "=== end of a command ==="
    script = "\n".join(f"( exit $code )\n{text}\ncode=$?\necho '{mark}'" for text in texts)
    environment = {**os.environ, "PATH": f"{tools}{os.pathsep}{os.environ['PATH']}", "COLUMNS": "80"}
    environment["PYTHONPATH"] = os.pathsep.join([str(ROOT / "engine"), *filter(None, [os.environ.get("PYTHONPATH")])])
    done = subprocess.run(
        ["sh", "-c", f"code=0\n{script}"],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        check=False,
    )
    return [output.strip("\n") for output in done.stdout.split(mark)[:-1]]


def tool(path: Path, line: str) -> None:
    path.write_text(f"#!/bin/sh\n{line}\n", encoding="utf-8")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)


def fits(shown: list[str], output: list[str]) -> bool:
    """Whether the output is what is shown; a line `…` stands for any number of lines, `…` in a line for any text."""
    if not shown:
        return not output
    if shown[0] == "…":
        return any(fits(shown[1:], output[start:]) for start in range(len(output) + 1))
    pattern = ".*".join(map(re.escape, shown[0].rstrip().split("…")))
    return bool(output) and re.fullmatch(pattern, output[0].rstrip()) is not None and fits(shown[1:], output[1:])
