"""The text of a notice as sentences: which clause each belongs to, and its number there.

The text is UTF-8 with one paragraph a line, as a word processor saves it. White space counts for nothing: a page that
ends inside a word breaks its paragraph in two.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from duban.errors import Issue, Place, UsageError

FRONT, END = "文首", "文末"
# The numbers of a clause as they stand before it, from 一、 down to (1).
_NUMBERS = [
    re.compile(r"([一二三四五六七八九十]+)、"),
    re.compile(r"(\([一二三四五六七八九十]+\))"),
    re.compile(r"(\d+)[.、](?!\d)"),
    re.compile(r"(\(\d+\))"),
]
_ANNEX = re.compile(r"附件\d*")
# Lines that come after the last clause: whom to call, what is attached, who else gets it.
_AFTER = re.compile(r"(联系人|联系电话|电话|邮箱|电子邮箱|附件\d*|抄送|抄报|印发):|\(?此页无正文|\d{4}年\d+月\d+日$")
_SENTENCE = re.compile(r"[^。；;！!？?]*[。；;！!？?]+[”’』」）)]*|[^。；;！!？?]+")
_ENDS = re.compile(r"[。；;！!？?：:][”’』」）)]*$")
_LABEL = re.compile(r"[^,。;:、“”]{1,8}:")
_NARROW = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}  # ，（）： and the like, one for one
_HEADING = 40  # a numbered line without a full stop, and no longer than that, is a heading


@dataclass(frozen=True)
class Sentence:
    """A sentence, heading line or row of a table: its clause, its number there (from 1), its words without blanks."""

    clause: str
    number: int
    text: str
    line: int

    @property
    def short(self) -> str:
        """Its beginning, to be recognised by."""
        return self.text if len(self.text) <= 20 else self.text[:20] + "…"


@dataclass(frozen=True)
class Notice:
    """The sentences of a notice, in order."""

    name: str
    sentences: tuple[Sentence, ...]

    @cached_property
    def clauses(self) -> dict[str, list[Sentence]]:
        """The sentences of each clause (not those of the clauses below it), in order."""
        found: dict[str, list[Sentence]] = {}
        for sentence in self.sentences:
            found.setdefault(sentence.clause, []).append(sentence)
        return found

    def find(self, clause: str, quote: str) -> list[list[Sentence]]:
        """Where a quotation stands in a clause: for each place the sentences that it touches."""
        own, wanted = self.clauses.get(plain(clause), []), plain(quote)
        text = plain("".join(sentence.text for sentence in own))
        starts = [found.start() for found in re.finditer(f"(?={re.escape(wanted)})", text)] if wanted else []
        return [_touched(own, start, start + len(wanted)) for start in starts]

    def elsewhere(self, quote: str) -> list[str]:
        """The clauses in which a quotation stands."""
        return [clause for clause in self.clauses if self.find(clause, quote)]


def plain(text: str) -> str:
    """A text to be compared: without white space, full-width marks as the narrow ones."""
    return squeezed(text).translate(_NARROW)


def squeezed(text: str) -> str:
    """A text without its white space."""
    return "".join(text.split())


def read_notice(path: Path) -> Notice:
    """The sentences of a text file. Raises UsageError where it cannot be read."""
    try:
        return split_notice(path.read_text(encoding="utf-8-sig"), str(path))
    except UnicodeDecodeError as error:
        hint = "在记事本、WPS 中另存为“文本文件，编码 UTF-8”"
        raise UsageError("读不出通知原文", [Issue("U020", "不是 UTF-8 文本", Place(str(path)), hint)]) from error
    except OSError as error:
        problem = Issue("U020", error.strerror or str(error), Place(str(path)))
        raise UsageError("读不出通知原文", [problem]) from error


def split_notice(text: str, name: str = "") -> Notice:
    """The sentences of a text."""
    splitter = _Splitter()
    for number, line in enumerate(text.splitlines(), start=1):
        if plain(line):
            splitter.read(line, number)
    splitter.close()
    return Notice(name, tuple(splitter.found))


class _Splitter:
    """Reads line by line; knows the clause, and the sentence that a page break may have left open."""

    def __init__(self) -> None:
        self.found: list[Sentence] = []
        self.part = ""  # 附件 and its number, once there
        self.numbers: list[str] = []
        self.after = False
        self.open, self.since = "", 0

    def read(self, line: str, number: int) -> None:
        text, row = plain(line), "\t" in line.strip()
        if self._turns(text) or row:
            self.close()
        complete = row or (not self.open and _alone(text)) or _ENDS.search(text)
        self.since = self.since or number
        pieces = _SENTENCE.findall(self.open + squeezed(line))
        rest = "" if complete else pieces.pop()
        self._keep(pieces, number)
        self.open, self.since = rest, number if rest else 0

    def close(self) -> None:
        """The open sentence ends here."""
        self._keep([self.open] if self.open else [], self.since)
        self.open, self.since = "", 0

    def _turns(self, text: str) -> bool:
        """Whether a line begins a clause, an annex or the end of the notice: from here on it counts."""
        if _ANNEX.fullmatch(text):
            self.close()
            self.part, self.numbers, self.after = text, [], False
            return True
        # What is attached is numbered too: after the last clause only 一、 begins another.
        for level, pattern in enumerate(_NUMBERS[:1] if self.after else _NUMBERS):
            if found := pattern.match(text):
                self.close()
                self.numbers = [*self.numbers[:level], *[""] * (level - len(self.numbers)), found[1]]
                self.after = False
                return True
        if self.numbers and not self.part and _AFTER.match(text):
            self.close()
            self.after = True
        return self.after

    def _keep(self, pieces: list[str], line: int) -> None:
        clause = END if self.after else self.part + "".join(self.numbers) or FRONT
        for index, piece in enumerate(pieces):
            if re.search(r"[^\W\d_]", piece):  # a row that is blank but for its number says nothing
                count = sum(sentence.clause == clause for sentence in self.found)
                self.found.append(Sentence(clause, count + 1, piece, line if index else self.since))


def _alone(text: str) -> bool:
    """Whether a line is complete though it ends in no full stop: a title, a heading, a label with its value."""
    if any(pattern.match(text) for pattern in _NUMBERS):
        return len(text) <= _HEADING and "。" not in text
    return bool(_LABEL.match(text)) or not re.search(r"[。;,、]", text)


def _touched(sentences: list[Sentence], start: int, end: int) -> list[Sentence]:
    """The sentences that a stretch of their joined text touches."""
    found, at = [], 0
    for sentence in sentences:
        if at < end and start < at + len(sentence.text):
            found.append(sentence)
        at += len(sentence.text)
    return found
