"""Markdown that any reader shows and Sphinx builds: escaped text, links between pages, tables, folds.

What a function returns is Markdown already; `text` makes it of anything that came from a pack.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from html import escape
from typing import Any

_SPECIAL = re.compile(r"([\\`*_\[\]<>#~$&{}])")
_BAR = re.compile(r"(?<!\\)\|")


@dataclass(frozen=True)
class Page:
    """One page: its name without suffix (`obligations/form-sent`), its title as plain text, and what stands below.

    `above` is the page that lists it, where it is not in the side bar.
    """

    name: str
    title: str
    lines: list[str] = field(default_factory=list)
    above: tuple[str, str] | None = None

    @property
    def markdown(self) -> str:
        orphan = ["---", "orphan: true", "---", ""] if self.above is not None else []
        back = [f"← {link(text(self.above[1]), self.above[0], self.name)}", ""] if self.above is not None else []
        return "\n".join([*orphan, f"# {text(self.title)}", "", *back, *self.lines]).rstrip() + "\n"


def text(value: Any) -> str:
    """Anything as text: one line, and nothing in it is Markdown."""
    return _SPECIAL.sub(r"\\\1", joined(shown(value)))


def shown(value: Any) -> str:
    """A value as people read it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S}".removesuffix(":00")
    if isinstance(value, date):
        return value.isoformat()
    return "、".join(map(shown, value)) if isinstance(value, (list, tuple)) else str(value)


def joined(words: str) -> str:
    """One line; without the blanks that YAML puts between the folded lines of a Chinese text."""
    single = re.sub(r"[ \t\r\n]+", " ", words.strip())
    return re.sub(r"(?<=[^\x00-\x7f]) (?=[^\x00-\x7f])", "", single)


def code(words: str) -> str:
    """A word of the language."""
    fence = "``" if "`" in words else "`"
    return f"{fence}{joined(words)}{fence}"


def link(label: str, target: str, here: str) -> str:
    """A link from the page `here` to the page `target`; the label is Markdown."""
    return f"[{label}]({posixpath.relpath(f'{target}.md', posixpath.dirname(here) or '.')})"


def anchored(label: str, anchor: str) -> str:
    """A link to an anchor, on whatever page it is; the label is Markdown."""
    return f"[{label}](#{anchor})"


def table(head: Iterable[str], rows: Iterable[Iterable[str]], kind: str = "") -> Iterator[str]:
    """A table of Markdown cells; nothing without rows. `kind` is a class for the style sheet."""
    found = list(rows)
    if not found:
        return
    heads = list(head)
    yield from ["", f'<div class="{kind}">', ""] if kind else [""]
    yield _row(heads)
    yield "|" + "---|" * len(heads)
    yield from map(_row, found)
    yield from ["", "</div>", ""] if kind else [""]


def _row(cells: Iterable[str]) -> str:
    """A bar inside a cell would end it."""
    return "| " + " | ".join(_BAR.sub(r"\\|", cell) for cell in cells) + " |"


def filled(head: Iterable[str], rows: Iterable[Iterable[str]], kind: str = "") -> Iterator[str]:
    """A table without the columns in which nothing stands."""
    heads, found = list(head), [list(row) for row in rows]
    kept = [index for index in range(len(heads)) if any(row[index] for row in found)]
    yield from table([heads[index] for index in kept], ([row[index] for index in kept] for row in found), kind)


def fold(summary: str, lines: Iterable[str], kind: str = "") -> Iterator[str]:
    """What is shown when one asks for it; the summary is plain text. No headings inside: they would end the fold."""
    yield ""
    yield f'<details class="{kind or "fold"}"><summary>{escape(joined(summary))}</summary>'
    yield ""
    yield from lines
    yield ""
    yield "</details>"
    yield ""


def block(words: str, language: str) -> Iterator[str]:
    """A block of code; the fence is longer than any in it."""
    longest = max((len(run) for run in re.findall(r"`{3,}", words)), default=2)
    fence = "`" * (longest + 1)
    yield from ["", fence + language, *words.splitlines(), fence, ""]


def breaks(parts: Iterable[str]) -> str:
    """Several things in one cell, each in a line of its own."""
    return "<br>".join(part for part in parts if part)
