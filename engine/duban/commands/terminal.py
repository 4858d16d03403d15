"""Lines for a person: on a terminal folded to its width and coloured, elsewhere (a file, a pipe) as they are.

rich knows the width of the terminal, how wide a character is, and NO_COLOR; where Chinese may be broken is said here.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from rich.status import Status
    from rich.text import Text

_HANG = 2  # further lines of a folded one stand further in by so much
# What is never torn: a word, number, path or fingerprint; a bracket and what follows it; a character, the point
# after it, and the space after that.
_PIECES = re.compile(r"[（“《〔「\[(]*(?:[!-'*-Z\\^-~]+|.)[，。、；：？！）”》〕」…\])]* *", re.DOTALL)
_STYLES = {
    r"(\[红\])": "bold red",
    r"(\[黄\])": "yellow",
    r"(\[蓝\])": "cyan",
    r"(\b[0-9a-f]{16}\b)": "dim",
    r"(注意：)": "yellow",
}


def show(lines: Iterable[str]) -> None:
    """Print lines on the standard output."""
    if not sys.stdout.isatty():
        for line in lines:
            click.echo(line)
        return
    from rich.console import Console  # loaded where a person looks: it takes longer than click.echo

    console = Console(highlight=False)
    for line in lines:
        for piece in folded(line, console.width):
            console.print(piece, soft_wrap=True)


def folded(line: str, width: int) -> Iterator[Text]:
    """A line as coloured lines of at most `width` columns; further ones hang a little further in than the first."""
    from rich.cells import cell_len

    text = _coloured(line)
    indent = len(line) - len(line.lstrip(" 　"))
    hang = " " * (cell_len(line[:indent]) + _HANG)
    if cell_len(hang) > width // 2:
        hang = ""
    cuts, used, start = [], cell_len(line[:indent]), indent
    for found in _PIECES.finditer(line, indent):
        if used + cell_len(found[0].rstrip()) > width and found.start() > start:
            cuts.append(found.start())
            start, used = found.start(), len(hang)
        used += cell_len(found[0])
    first, *others = text.divide(cuts)
    yield first
    for other in others:
        other.rstrip()
        other.pad_left(len(hang))
        yield other


def _coloured(line: str) -> Text:
    from rich.text import Text

    text = Text(line)
    for pattern, style in _STYLES.items():
        text.highlight_regex(pattern, style)
    if line[:1] not in ("", " ", "　") and "：" in line:  # what a block begins with
        text.stylize("bold", 0, line.index("：") + 1)
    return text


class Stages:
    """Which stage a command is in, and how far: one line that is written anew, and gone at the end."""

    def __init__(self, *, on: bool) -> None:
        self.on = on
        self._status: Status | None = None

    def __enter__(self) -> Stages:
        return self

    def __exit__(self, *_: object) -> None:
        self.stage("")

    def stage(self, title: str, detail: str = "") -> None:
        """Begin a stage, or say where in it the command is; '' ends the display."""
        if not self.on:
            return
        from rich.console import Console
        from rich.text import Text

        shown = Text(f"{title}　{detail}" if detail else title)
        if self._status is None and title:
            self._status = Console(stderr=True).status(shown)
            self._status.start()
        elif self._status is not None and title:
            self._status.update(shown)
        elif self._status is not None:
            self._status.stop()
            self._status = None
