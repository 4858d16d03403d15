"""Packs by name: found, and read anew only if a file of theirs has changed since they were last read and found sound.

To read and lint a pack takes most of a second; it says the same as long as no byte of its files changes.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

from duban import cache
from duban.errors import Issue, PackError, UsageError
from duban.pack.pack import Pack

CALENDARS = "calendars"
_KIND, _BESIDE = "pack", "beside"
T = TypeVar("T")


def rules_folder() -> Path:
    """Where the shipped packs are: inside the installed package, or beside `engine/` in a checkout."""
    here = Path(__file__).resolve().parents[1]
    installed = here / "_rules"
    return installed if installed.is_dir() else here.parents[1] / "rules"


def find_pack(name: str | Path) -> Path:
    """The folder of a pack given by path or by the name of a shipped one; raises UsageError."""
    path = Path(name)
    if (path / "pack.yaml").is_file():
        return path
    shipped = rules_folder() / str(name)
    if (shipped / "pack.yaml").is_file():
        return shipped
    if path.is_dir():
        raise UsageError(f"{path} 不是规则包：其中没有 pack.yaml")
    known = shipped_packs()
    close = difflib.get_close_matches(str(name), known, n=1)
    hint = f"是否为 {close[0]}？" if close else f"随程序提供的规则包：{'、'.join(known) or '无'}"
    raise UsageError(f"找不到规则包“{name}”。{hint}")


def shipped_packs() -> list[str]:
    """The names of the packs that come with duban."""
    folder = rules_folder()
    return sorted(path.parent.name for path in folder.glob("*/pack.yaml"))


def load_pack(name: str | Path, settings: Mapping[str, Any] | None = None) -> Pack:
    """Read, check and lint a pack; `settings` change parameters.

    Raises PackError with every mistake of the pack, UsageError for an unknown pack or parameter.
    """
    folder = find_pack(name)
    stamp = _stamp(folder)
    pack = cache.recall(_KIND, stamp) if stamp else None
    if not isinstance(pack, Pack):
        from duban.pack.load import read_pack  # with all that lint knows

        pack, issues = read_pack(folder)
        if issues or pack is None:
            raise PackError(f"规则包 {name} 有 {len(issues)} 处错误，未作任何判定：", issues)
        if stamp and stamp == _stamp(folder):  # nobody has written a file while it was read
            pack = pack.stamped(stamp)
            cache.remember(_KIND, stamp, pack)
    return pack.with_values(settings) if settings else pack


def kept_beside(pack: Pack, file: str, read: Callable[[], tuple[T, list[Issue]]]) -> T:
    """What a file says that belongs to a pack and is not read with it (weekly.yaml, say): read, and held against the
    pack, anew only if one of them says something else. Raises PackError with every mistake of the file.
    """
    stamp = _stamp_beside(pack, file)
    kept: T | None = cache.recall(_BESIDE, stamp) if stamp else None
    if kept is not None:
        return kept
    found, issues = read()
    if issues:
        raise PackError(f"规则包 {pack.header.id} 的 {file} 有 {len(issues)} 处错误：", issues)
    if stamp and stamp == _stamp_beside(pack, file):
        cache.remember(_BESIDE, stamp, found)
    return found


def _stamp_beside(pack: Pack, file: str) -> str:
    try:
        return cache.key(pack.stamp, file, (pack.folder / file).read_bytes()) if pack.stamp else ""
    except OSError:
        return ""


def _stamp(folder: Path) -> str:
    """A key of all that a pack is read from; '' where nothing can be kept."""
    if cache.folder() is None:
        return ""
    try:
        read = [part for path in _sources(folder) for part in (path.name, path.read_bytes())]
    except OSError:  # the reading will say what is wrong
        return ""
    return cache.key(str(folder), str(folder.resolve()), *read)  # lint compares the name of the folder


def _sources(folder: Path) -> Iterator[Path]:
    """Every file that a pack may be read from, and some more: the calendar is beside it, or one of the shipped."""
    for place in (folder, folder / "obligations", rules_folder() / CALENDARS):
        yield from sorted(place.glob("*.yaml"))
