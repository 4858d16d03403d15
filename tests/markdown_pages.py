"""Reading our own Markdown: fenced blocks and tables, each with its line and the heading that it stands under."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

_FENCE = re.compile(r"```(.*)")
_HEADING = re.compile(r"#+ (.*)")


@dataclass(frozen=True)
class Block:
    """A fenced block: ```` ```yaml case ```` has the kind `yaml case`."""

    kind: str
    text: str
    heading: str
    line: int


@dataclass(frozen=True)
class Table:
    """A table: its header cells, and its rows as cells."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    heading: str
    line: int


def parts(path: Path) -> list[Block | Table]:
    """The blocks and tables of a page, in order."""
    found: list[Block | Table] = []
    heading, lines, at = "", path.read_text(encoding="utf-8").splitlines(), 0
    while at < len(lines):
        start = at
        if match := _FENCE.match(lines[at]):
            at = lines.index("```", at + 1)
            found.append(Block(match[1].strip(), "\n".join(lines[start + 1 : at]) + "\n", heading, start + 1))
        elif lines[at].startswith("|"):
            while at + 1 < len(lines) and lines[at + 1].startswith("|"):
                at += 1
            rows = [tuple(cell.strip() for cell in line.strip("|").split("|")) for line in lines[start : at + 1]]
            found.append(Table(rows[0], tuple(rows[2:]), heading, start + 1))
        elif match := _HEADING.match(lines[at]):
            heading = match[1]
        at += 1
    return found


def blocks(path: Path, *kinds: str) -> list[Block]:
    """The fenced blocks whose kind begins with one of these words (`yaml case`)."""
    return [part for part in parts(path) if isinstance(part, Block) and part.kind.startswith(kinds)]


def code(cell: str) -> list[str]:
    """What stands in backticks."""
    return re.findall(r"`([^`]+)`", cell)
