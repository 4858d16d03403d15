"""What a file holds, by a hash of its bytes; and what it is, by its first. Of a file left alone since, from memory.

As git does: size, inode and times to the nanosecond stand for the content, if they lay well in the past when the bytes
were read. Whoever writes later leaves another time; a file so new that its next change might bear the same time is read
again.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from duban import cache
from duban.records import content

_KIND = "contents"
_SETTLED = 2_000_000_000  # nanoseconds: the coarsest clock of a file system (FAT) has two seconds

Mark = tuple[int, int, int, int, int]


@dataclass(frozen=True)
class _Held:
    mark: Mark
    kind: str | None = None
    sha256: str = ""


class Contents:
    """The contents of the files below some folders, as far as anybody asks for them."""

    def __init__(self, sources: Iterable[Path] = ()) -> None:
        self._name = cache.key(_KIND, *(os.path.realpath(path) for path in sources))
        found = cache.recall(_KIND, self._name)
        self._known = _read(found)
        self._before = dict(self._known)

    def sha256(self, path: Path) -> tuple[str, int]:
        """SHA-256 and size. Raises OSError."""
        now, mark, held = self._held(path)
        if not held.sha256:
            held = self._note(path, now, replace(held, sha256=_hashed(path)))
        return held.sha256, mark[0]

    def kind(self, path: Path) -> str:
        """See `content.kind_of`. Raises OSError."""
        now, _, held = self._held(path)
        if held.kind is None:
            held = self._note(path, now, replace(held, kind=content.kind_of(path)))
        assert held.kind is not None
        return held.kind

    def remember(self) -> None:
        """Keep what is known for the next run."""
        if self._known != self._before:
            plain = {path: (held.mark, held.kind, held.sha256) for path, held in self._known.items()}
            cache.drop(_KIND, self._name)
            cache.remember(_KIND, self._name, plain)

    def _held(self, path: Path) -> tuple[int, Mark, _Held]:
        """The time, how the file stands at it, and what is known of it so."""
        now = time.time_ns()  # that of the machine whose files they are; no record is dated by it
        mark = _mark(path)
        held = self._known.get(str(path))
        return now, mark, held if held is not None and held.mark == mark else _Held(mark)

    def _note(self, path: Path, now: int, held: _Held) -> _Held:
        """Remember what was read since `now`, if the file has not changed meanwhile and can no longer change unseen."""
        if _mark(path) == held.mark and max(held.mark[1:3]) < now - _SETTLED:
            self._known[str(path)] = held
        else:
            self._known.pop(str(path), None)
        return held


def _read(found: object) -> dict[str, _Held]:
    if not isinstance(found, dict):
        return {}
    return {path: _Held(mark, kind, sha) for path, (mark, kind, sha) in found.items()}


def _mark(path: Path) -> Mark:
    found = path.stat()
    return found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino, found.st_dev


def _hashed(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()
