"""The rules on their way to the workers: a pack as bytes, so that a worker needs nothing but duban itself."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from duban.errors import EvaluationError
from duban.pack import Pack, load_pack
from duban.pack.kept import rules_folder
from duban.pack.pack import pack_files


@dataclass(frozen=True)
class Shipped:
    """The files of a pack (path, bytes) with its calendar, the changed parameters, and the digest of both."""

    name: str
    files: tuple[tuple[str, bytes], ...]
    settings: tuple[tuple[str, Any], ...]
    digest: str


def ship(pack: Pack, settings: Mapping[str, Any]) -> Shipped:
    """A pack as it stands in memory: `settings` are those that it was loaded with."""
    found = {path.relative_to(pack.folder).as_posix(): path.read_bytes() for path in pack_files(pack.folder)}
    if calendar := pack.header.calendar:
        name = f"{calendar}.yaml"
        places = (pack.folder / name, rules_folder() / "calendars" / name)
        found[name] = next(path for path in places if path.is_file()).read_bytes()
    return Shipped(pack.header.id, tuple(found.items()), tuple(settings.items()), pack.digest)


@lru_cache(maxsize=4)
def unpacked(shipped: Shipped) -> Pack:
    """The pack again, read and checked; a worker that judges several batches does it once.

    Raises EvaluationError if it is not the pack that was sent.
    """
    with tempfile.TemporaryDirectory(prefix="duban-") as scratch:
        folder = Path(scratch) / shipped.name
        for name, content in shipped.files:
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        pack = load_pack(folder, dict(shipped.settings))
        if pack.digest != shipped.digest:
            raise EvaluationError("规则包送到执行机后内容不符")
    return pack
