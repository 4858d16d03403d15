"""What the documents show was run, and what they name is there."""

from __future__ import annotations

import doctest
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click
import pytest
from ruamel.yaml import YAML

from console_pages import check_page, run_page
from duban.auditing import moment_of
from duban.cli import duban
from duban.compile import compile_pack
from duban.compile.judgement import compile_judgement
from duban.compile.leads import compile_leads
from duban.pack import load_pack
from markdown_pages import Table, blocks, code, parts

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.glob("*.md")])
PACKS = sorted(path.parent for path in [*ROOT.glob("rules/*/pack.yaml"), *ROOT.glob("tests/fixtures/*/pack.yaml")])


# ---- commands that a page shows (the README: tests/test_readme.py)


@pytest.mark.skipif(shutil.which("sh") is None, reason="needs a POSIX shell")
@pytest.mark.parametrize("name", ["handing-in.md", "own-rule.md"])
def test_pages_show_what_the_commands_print(name: str, tmp_path: Path) -> None:
    check_page(run_page(DOCS / name, tmp_path))


def shown_commands() -> list[tuple[str, list[str]]]:
    """Every `duban …` that a page shows in a block, as words; with the page."""
    found = []
    for page in PAGES:
        for block in blocks(page, "sh", "console"):
            text = block.text.replace("\\\n", " ")
            lines = [line.removeprefix("$ ") for line in text.splitlines()]
            found += [(page.name, shlex.split(line, comments=True)[1:]) for line in lines if line.startswith("duban ")]
    return found


@pytest.mark.parametrize(
    ("page", "words"), shown_commands(), ids=lambda value: " ".join(value) if isinstance(value, list) else value
)
def test_commands_that_a_page_shows_are_there(page: str, words: list[str]) -> None:
    """The verb, and each option; those of the README and of two pages are run as well."""
    command: click.Command = duban
    context = click.Context(command)
    while isinstance(command, click.Group) and (words or not command.invoke_without_command):
        found = command.get_command(context, words[0])
        assert found is not None, (page, words)
        command, words = found, words[1:]
    known = {name for parameter in command.params for name in (*parameter.opts, *parameter.secondary_opts)}
    asked = {word.partition("=")[0] for word in words if re.fullmatch("--[a-z-]+", word.partition("=")[0])}
    assert asked <= known


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
        "ID": r"[a-z0-9-]+(\+\d+)?",
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
