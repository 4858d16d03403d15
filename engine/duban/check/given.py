"""The files that are to be checked, by the names that the reader and its issues call them."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from duban.errors import DataError


@dataclass(frozen=True)
class Given:
    """Files by name: relative to the folder that was given, and as given, by which two of one name are told apart."""

    by_name: dict[str, Path] = field(default_factory=dict)

    def holds(self, name: str) -> bool:
        """Whether a name is one of these files, or of a file inside one of them (a zip)."""
        return name in self.by_name or any(name.startswith(f"{known}/") for known in self.by_name)

    def path(self, name: str) -> Path | None:
        """Where a file lies; None for one inside a zip."""
        return self.by_name.get(name)


def given(paths: Iterable[Path]) -> Given:
    """All files of paths; raises DataError for one that is not there."""
    found = Given()
    for path in paths:
        if not path.exists():
            raise DataError(f"找不到文件：{path}")
        for file in _files(path):
            relative = file.relative_to(path).as_posix() if path.is_dir() else file.name
            found.by_name.setdefault(relative, file)
            found.by_name.setdefault(file.as_posix(), file)
    return found


def _files(path: Path) -> list[Path]:
    if path.is_file():
        return [path]
    return [Path(folder, name) for folder, _, names in os.walk(path) for name in names]


def fingerprint(path: Path) -> tuple[str, int]:
    """SHA-256 and size of a file."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(1 << 20):
            digest.update(block)
    return digest.hexdigest(), path.stat().st_size
