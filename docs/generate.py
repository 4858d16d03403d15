"""Writes the generated parts of docs/: cli.md, catalogue.md and schema/*.json.

`python docs/generate.py` writes them; with `--check` it names those that are stale, and exits with 1 if there are any.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import click

from duban.catalogue import summary
from duban.cli import duban
from duban.pack import load_pack, shipped_packs
from duban.pack.jsonschema import document

DOCS = Path(__file__).parent
WIDTH = 100
SCHEMAS = ("pack", "records", "obligations", "leads", "measures", "checks", "clauses", "forms", "plan", "weekly")
GENERATED = "<!-- Written by `make docs`. Do not edit. -->"


def main(arguments: list[str]) -> int:
    wanted = {DOCS / name: text for name, text in pages()}
    stale = [path for path, text in wanted.items() if not path.is_file() or path.read_text(encoding="utf-8") != text]
    stale += [path for path in (DOCS / "schema").glob("*.json") if path not in wanted]
    if arguments == ["--check"]:
        for path in stale:
            print(f"{path.relative_to(DOCS.parent).as_posix()} is stale: run `make docs`", file=sys.stderr)
        return 1 if stale else 0
    for path in stale:
        if path not in wanted:
            path.unlink()
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(wanted[path], encoding="utf-8", newline="\n")
        print(f"wrote {path.relative_to(DOCS.parent).as_posix()}")
    return 0


def pages() -> Iterator[tuple[str, str]]:
    """Every generated page: its name below docs/, and its text."""
    yield "cli.md", text_of(cli())
    yield "catalogue.md", text_of(catalogue())
    for what in SCHEMAS:
        yield f"schema/{what}.json", json.dumps(document(what), ensure_ascii=False, indent=2) + "\n"


def text_of(lines: Iterator[str]) -> str:
    return "\n".join(lines) + "\n"


# ---- cli.md


def cli() -> Iterator[str]:
    yield "# The command line"
    yield ""
    yield GENERATED
    yield ""
    yield "Exit codes: 0 clean · 1 findings at or above `--fail-on`, or a case that failed ·"
    yield "2 bad usage, rules or data · 3 a bug of ours."
    yield from verb(duban, "duban", None)


def verb(command: click.Command, name: str, parent: click.Context | None) -> Iterator[str]:
    """One verb and its sub-verbs, as `--help` prints them on a terminal of fixed width."""
    context = command.make_context(name, [], parent=parent, resilient_parsing=True, terminal_width=WIDTH)
    yield f"\n## {context.command_path}\n"
    yield "```"
    yield "\n".join(line.rstrip() for line in command.get_help(context).splitlines())
    yield "```"
    if isinstance(command, click.Group):
        for child in command.list_commands(context):
            found = command.get_command(context, child)
            assert found is not None
            yield from verb(found, child, context)


# ---- catalogue.md


def catalogue() -> Iterator[str]:
    yield "# 义务目录"
    yield ""
    yield GENERATED
    yield ""
    yield "每份通知有哪些义务，各由什么落实。一项义务一页、可搜索的全目录（原文、怎么计、看什么资料、为什么这样读、"
    yield "案例、规则写法、查询）：`make site`，或 `duban rules site 规则包`。"
    for name in shipped_packs():
        yield from summary.lines(load_pack(name), f"../rules/{name}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
