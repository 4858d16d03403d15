"""What the documents show was run, and what they name is there."""

from __future__ import annotations

import doctest
import json
import os
import re
import shutil
import stat
import subprocess
import sys
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from duban.auditing import moment_of
from duban.compile import compile_pack
from duban.compile.judgement import compile_judgement
from duban.compile.leads import compile_leads
from duban.pack import load_pack
from markdown_pages import Table, blocks, code, parts

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.glob("*.md")])
PACKS = sorted(path.parent for path in [*ROOT.glob("rules/*/pack.yaml"), *ROOT.glob("tests/fixtures/*/pack.yaml")])


# ---- commands that a page shows


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


@pytest.mark.skipif(shutil.which("sh") is None, reason="needs a POSIX shell")
def test_readme_shows_what_the_commands_print(tmp_path: Path) -> None:
    shown = commands(ROOT / "README.md")
    outputs = run_all([text for text, _ in shown], tmp_path)
    assert len(outputs) == len(shown)
    for (text, expected), output in zip(shown, outputs, strict=True):
        fitting = fits("\n".join(expected).strip("\n").splitlines(), output.splitlines())
        assert fitting, f"$ {text}\n{output}"


def test_both_readmes_show_the_same() -> None:
    english, chinese = (
        [(block.kind, block.text) for block in blocks(ROOT / name)] for name in ("README.md", "README.zh.md")
    )
    assert [text for kind, text in chinese if kind in ("console", "python")] == [
        text for kind, text in english if kind in ("console", "python")
    ]
    assert [kind for kind, _ in chinese] == [kind for kind, _ in english]


@pytest.mark.parametrize("block", blocks(ROOT / "README.md", "python"), ids=lambda block: f"line {block.line}")
def test_readme_python(block: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    test = doctest.DocTestParser().get_doctest(block.text, {}, "README.md", "README.md", block.line)
    assert test.examples
    flags = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS
    assert doctest.DocTestRunner(optionflags=flags).run(test).failed == 0


# ---- links


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    for target, anchor in re.findall(r"\]\(([^)\s#]*)#?([^)\s]*)\)", page.read_text(encoding="utf-8")):
        if target.startswith("http"):
            continue
        there = page.parent / target if target else page
        assert there.exists(), target
        assert not anchor or anchor in anchors(there), anchor


def anchors(page: Path) -> set[str]:
    """The headings of a page as links name them."""
    headings = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {heading.lower().replace(" ", "-").replace(".", "") for heading in headings}


# ---- generated pages


def test_generated_pages_are_up_to_date() -> None:
    done = subprocess.run(
        [sys.executable, str(DOCS / "generate.py"), "--check"],
        env={**os.environ, "COLUMNS": "50", "PYTHONPATH": str(ROOT / "engine")},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


def violations(value: Any, schema: dict[str, Any], root: dict[str, Any], where: str) -> Iterator[str]:
    """What a small part of JSON Schema (the part that ours use) finds wrong."""
    if "$ref" in schema:
        yield from violations(value, root["$defs"][schema["$ref"].rpartition("/")[2]], root, where)
    if "anyOf" in schema and all(any(True for _ in violations(value, one, root, where)) for one in schema["anyOf"]):
        yield f"{where}: {value!r} fits nothing of {schema['anyOf']}"
    kinds: dict[str, Any] = {"string": str, "integer": int, "number": (int, float), "boolean": bool, "array": list}
    kinds |= {"object": dict, "null": type(None)}
    if "type" in schema and not isinstance(value, kinds[schema["type"]]):
        yield f"{where}: {value!r} is no {schema['type']}"
        return
    if "enum" in schema and value not in schema["enum"]:
        yield f"{where}: {value!r} is none of {schema['enum']}"
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from violations(item, schema.get("items", {}), root, f"{where}[{index}]")
    if isinstance(value, dict):
        known, others = schema.get("properties", {}), schema.get("additionalProperties", {})
        yield from (f"{where}: {name} is missing" for name in schema.get("required", ()) if name not in value)
        for name, item in value.items():
            if name in known:
                yield from violations(item, known[name], root, f"{where}.{name}")
            elif others is False:
                yield f"{where}: unknown key {name}"
            else:
                yield from violations(item, others, root, f"{where}.{name}")


def as_json(value: Any) -> Any:
    """YAML as an editor sees it: dates are texts."""
    if isinstance(value, dict):
        return {key: as_json(item) for key, item in value.items()}
    if isinstance(value, list):
        return [as_json(item) for item in value]
    return value.isoformat() if isinstance(value, (date, datetime)) else value


@pytest.mark.parametrize("pack", PACKS, ids=lambda pack: pack.name)
def test_schemas_accept_our_packs(pack: Path) -> None:
    files = {"pack": [pack / "pack.yaml"], "records": [pack / "records.yaml"]}
    files["obligations"] = sorted(pack.glob("obligations/*.yaml"))
    files["clauses"] = sorted(pack.glob("clauses.yaml"))
    files["leads"] = sorted(pack.glob("leads.yaml"))
    files["plan"] = sorted(pack.glob("plan.yaml"))
    for what, paths in files.items():
        schema = json.loads((DOCS / "schema" / f"{what}.json").read_text(encoding="utf-8"))
        for path in paths:
            value = as_json(YAML(typ="safe").load(path.read_text(encoding="utf-8")))
            assert list(violations(value, schema, schema, path.name)) == []


# ---- docs/architecture.md


ARCHITECTURE = DOCS / "architecture.md"


def test_architecture_names_the_layers_of_the_contract() -> None:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    listed = re.search(r"^layers = \[\n(.*?)^\]", text, re.MULTILINE | re.DOTALL)
    assert listed is not None
    contract = [line.replace("(", "").replace(")", "") for line in re.findall(r'"(.*)"', listed[1])]
    (block,) = blocks(ARCHITECTURE, "layers")
    shown = [re.split(r" {2,}", line)[0] for line in block.text.splitlines() if not line.startswith(" ")]
    assert shown == contract[1:]  # the first is __main__


def test_architecture_names_files_that_are_there() -> None:
    for name in re.findall(r"`([\w/]+\.py)`", ARCHITECTURE.read_text(encoding="utf-8")):
        assert (ROOT / "engine" / "duban" / name).is_file() or (ROOT / name).is_file(), name


@pytest.mark.parametrize("pack", PACKS, ids=lambda pack: pack.name)
def test_architecture_names_every_step(pack: Path) -> None:
    """Each step of our plans is a row of the table."""
    found = load_pack(pack)
    moment = moment_of("2024-01-07", found)
    (table,) = (part for part in parts(ARCHITECTURE) if isinstance(part, Table) and part.header[0] == "step")
    holes = {
        "ID": "[a-z0-9-]+",
        "T": r"\w+",
        "K": r"\w+(/.+)?",
        "F": r"[\w+]+",
        "N": r"\d+",
        "CHAIN": r"[\w.+]+",
        "…": ".+",
    }
    patterns = []
    for cells in table.rows:
        words = re.split(r"(\bID\b|\bT\b|\bK\b|\bF\b|\bN\b|\bCHAIN\b|…)", code(cells[0])[0])
        patterns.append("".join(holes.get(word, re.escape(word)) for word in words))
    plans = [compiler(found, moment, moment) for compiler in (compile_pack, compile_leads)]
    plans += [compile_judgement(found, moment, moment)] if found.measures.rules else []
    steps = [step for plan in plans for step in plan.steps]
    for step in steps:
        assert any(re.fullmatch(pattern, step.name) for pattern in patterns), step.name
