"""The intake log (收件日志): what was handed in when, one JSON object a line, only ever appended.

Each line carries the SHA-256 of the line before it, so that a line that was changed or taken out shows. Whether a
hand-in was in time is decided by its first receipt, even if it was returned to be corrected: the first line of the same
sender, period and record types.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import IO

from duban.errors import Issue, Place, UsageError

START = "0" * 64


@dataclass(frozen=True)
class Entry:
    """One file of one hand-in. `kinds`: the record types in it, sorted; `period`: the month, '' if none was said."""

    received_at: str
    sender: str
    period: str
    file: str
    sha256: str
    size: int
    kinds: tuple[str, ...]
    rows: int
    verdict: str
    errors: int
    warnings: int
    before: str = ""

    def same_hand_in(self, other: Entry) -> bool:
        """Whether two files are one hand-in, before and after correction; without a sender, the same file."""
        if not self.sender or not self.kinds:
            return self.sha256 == other.sha256
        return (self.sender, self.period, self.kinds) == (other.sender, other.period, other.kinds) or (
            self.sender == other.sender and self.sha256 == other.sha256
        )


def read(path: Path) -> list[Entry]:
    """The lines of a log, '' and a missing file give none; raises UsageError where the chain is broken."""
    if not path.is_file():
        return []
    entries: list[Entry] = []
    before = START
    for number, line in enumerate(path.read_bytes().splitlines(), start=1):
        try:
            value = json.loads(line)
            entry = Entry(**{**value, "kinds": tuple(value["kinds"])})
            datetime.fromisoformat(entry.received_at)
        except (ValueError, TypeError, KeyError):
            raise _broken(path, number, "读不出") from None
        if entry.before != before:
            raise _broken(path, number, "与前一行对不上：日志被改动过，或有行被删去")
        entries.append(entry)
        before = hashlib.sha256(line).hexdigest()
    return entries


def append(path: Path, entries: Iterable[Entry]) -> list[Entry]:
    """Append lines under a lock; returns all lines before them. Raises UsageError, and writes nothing, on a broken log."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab") as stream, _locked(stream):
        known = read(path)
        content = path.read_bytes()
        before = hashlib.sha256(content.splitlines()[-1]).hexdigest() if content else START
        lines = b"\n" if content and not content.endswith(b"\n") else b""
        for entry in entries:
            value = {**asdict(entry), "before": before}
            line = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
            before = hashlib.sha256(line).hexdigest()
            lines += line + b"\n"
        stream.write(lines)
        stream.flush()
        os.fsync(stream.fileno())
    return known


def first_received(known: Iterable[Entry], entry: Entry) -> tuple[datetime | None, int, bool]:
    """When this hand-in came first, how often it came before, and whether it replaces one that was already complete.

    A version that replaces a returned one is what was asked for.
    """
    earlier = [item for item in known if item.same_hand_in(entry)]
    if not earlier:
        return None, 0, False
    first = min(datetime.fromisoformat(item.received_at) for item in earlier)
    last = earlier[-1]
    return first, len(earlier), last.sha256 != entry.sha256 and last.verdict == "complete"


def _broken(path: Path, line: int, what: str) -> UsageError:
    hint = "日志只能追加。请从备份恢复原文件，再重新登记"
    return UsageError("收件日志不可用，没有登记", [Issue("U022", f"第{line}行{what}", Place(str(path), line), hint)])


@contextmanager
def _locked(stream: IO[bytes]) -> Iterator[None]:
    """One writer at a time, where the system can lock."""
    try:
        import fcntl
    except ImportError:  # Windows: appends of one process after the other are as good as it gets
        yield
        return
    fcntl.flock(stream, fcntl.LOCK_EX)
    try:
        yield
    finally:
        fcntl.flock(stream, fcntl.LOCK_UN)
