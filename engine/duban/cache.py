"""A folder for what can be made anew: faster when it is there, never needed, and never of any effect on a result.

$DUBAN_CACHE, or what the platform has for caches; `DUBAN_CACHE=off` does without. It may be deleted at any time, and
is let alone unless it is ours: what lies here may be unpickled, so nobody else may be able to write it. Whatever is
wrong with it (read-only, full, foreign, broken) is a miss and no error.

An entry is a file or a folder KIND/KEY that comes into being whole, by a rename; its key is a hash of all that it
follows from, the program itself among it. What was not used for longest goes first when there is too much.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import os
import pickle
import shutil
import stat
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SETTING, BOUND = "DUBAN_CACHE", "DUBAN_CACHE_SIZE"
OFF = "off"

_TAG = "CACHEDIR.TAG"  # https://bford.info/cachedir: what backups leave out; ours says whose folder it is
_SIGNATURE = "Signature: 8a477f597d28d172789f06886806bc55"
_OURS = f"{_SIGNATURE}\n# This folder is a cache of duban; it can be deleted at any time.\n"
_NEW = ".new-"
_UNITS = {"": 1, "KB": 10**3, "MB": 10**6, "GB": 10**9, "TB": 10**12}
_BOUND = 2 * _UNITS["GB"]
_IN_USE = 3600  # seconds since an entry was used, in which nobody takes it away
_DIGEST = 32  # bytes of a SHA-256


@dataclass(frozen=True)
class Entry:
    """What lies in the cache under one key: bytes, and when it was last used, in seconds since 1970."""

    path: Path
    size: int
    used: float

    @property
    def kind(self) -> str:
        return self.path.parent.name


# ---- where


def folder() -> Path | None:
    """The folder of the cache, which need not exist yet; None where there is none to be used (`whynot` says why)."""
    return _looked()[0]


def whynot() -> str:
    """Why there is no cache to be used; empty where there is one."""
    return _looked()[1]


def _looked() -> tuple[Path | None, str]:
    named = os.environ.get(SETTING, "").strip()
    if named.lower() == OFF:
        return None, f"已关闭（{SETTING}={OFF} 或 --no-cache）"
    try:
        path = (Path(named).expanduser() if named else _usual()).resolve()
        reason = _unfit(path)
    except (OSError, RuntimeError) as error:  # no home; a name that is too long
        return None, str(error)
    return (None, f"{path} {reason}") if reason else (path, "")


def _usual() -> Path:
    """Where the platform keeps caches. Raises RuntimeError where nobody has a home."""
    if sys.platform == "win32":
        local = os.environ.get("LOCALAPPDATA", "")
        return (Path(local) if local else Path.home() / "AppData" / "Local") / "duban" / "Cache"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "duban"
    named = Path(os.environ.get("XDG_CACHE_HOME", ""))
    return (named if named.is_absolute() else Path.home() / ".cache") / "duban"  # a relative one counts as none


def _unfit(path: Path) -> str:
    """Why a folder is no cache of ours, or one that others could have written into."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return ""
    if not stat.S_ISDIR(found.st_mode):
        return "不是文件夹"
    if os.name == "posix":  # elsewhere the folder of a user is guarded by what it lies in
        if found.st_uid != os.geteuid():
            return "属于别的用户"
        if found.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
            return "别的用户可以写入（请 chmod 700）"
    try:
        told = (path / _TAG).read_text(encoding="utf-8", errors="replace").startswith(_SIGNATURE)
    except FileNotFoundError:
        told = False
    return "" if told or not any(path.iterdir()) else "里面是别的东西，不是缓存"


def _made() -> Path | None:
    """The folder, made and marked as ours."""
    path = folder()
    if path is None:
        return None
    path.parent.mkdir(parents=True, exist_ok=True)
    path.mkdir(mode=0o700, exist_ok=True)
    tag = path / _TAG
    if not tag.is_file():
        tag.write_text(_OURS, encoding="utf-8")
    return path if folder() == path else None  # somebody else may have been quicker


# ---- entries


def key(*parts: str | bytes) -> str:
    """A name for what follows from these parts, by this program on this Python."""
    digest = hashlib.sha256()
    for part in (_program(), *parts):
        data = part.encode("utf-8", "surrogatepass") if isinstance(part, str) else part
        digest.update(len(data).to_bytes(8, "big"))
        digest.update(data)
    return digest.hexdigest()


def fetch(kind: str, name: str) -> Path | None:
    """What was stored under a key: a file or folder to be read, and to be taken for a miss if it cannot be."""
    root = folder()
    if root is None:
        return None
    path = root / kind / name
    try:
        path.lstat()
    except OSError:
        return None
    with contextlib.suppress(OSError):  # read-only: it is there all the same
        os.utime(path)
    return path


def store(kind: str, name: str, write: Callable[[Path], object]) -> Path | None:
    """Have `write` make a file or a folder at a path of its own, and keep it under a key; None if that cannot be.

    An entry that is there already stays. Whatever `write` raises means only that nothing is kept.
    """
    scratch: Path | None = None
    try:
        root = _made()
        if root is None:
            return None
        scratch = Path(tempfile.mkdtemp(prefix=_NEW, dir=root))  # mode 0700
        made, path = scratch / "made", root / kind / name
        write(made)
        size = _size(made)
        if size > bound():
            return None
        path.parent.mkdir(mode=0o700, exist_ok=True)
        if not path.exists():
            made.replace(path)
        os.utime(path)
        _grown(root, path, size)
        return path
    except Exception:
        return fetch(kind, name)  # a folder that another process has put there in the meantime
    finally:
        if scratch is not None:
            shutil.rmtree(scratch, ignore_errors=True)


def drop(kind: str, name: str) -> None:
    """Take away an entry that turned out to be broken."""
    root = folder()
    if root is not None:
        _remove(root / kind / name)


def recall(kind: str, name: str) -> Any:
    """A value that was remembered under a key, or None."""
    path = fetch(kind, name)
    if path is None:
        return None
    try:
        data = memoryview(path.read_bytes())
        if bytes(data[:_DIGEST]) == hashlib.sha256(data[_DIGEST:]).digest():  # a flipped bit may unpickle well
            return pickle.loads(data[_DIGEST:])
    except Exception:  # a pickle that is not one raises whatever it likes
        pass
    drop(kind, name)
    return None


def remember(kind: str, name: str, value: object) -> None:
    """Keep a value under a key, if it can be pickled."""

    def write(path: Path) -> None:
        data = pickle.dumps(value, protocol=pickle.HIGHEST_PROTOCOL)
        path.write_bytes(hashlib.sha256(data).digest() + data)

    store(kind, name, write)


@functools.cache
def _program() -> bytes:
    """What stands for the program in a key: its source, the Python that runs it, and the libraries that are there."""
    python = f"{sys.implementation.cache_tag}\n{sys.version}\n{sys.platform}\n{sorted(_libraries())}"
    digest = hashlib.sha256(python.encode("utf-8", "surrogateescape"))
    top = Path(__file__).parent
    for here, folders, files in os.walk(top):
        folders.sort()
        for name in sorted(files):
            if name.endswith(".py"):
                path = f"{here}{os.sep}{name}"
                with open(path, "rb") as stream:  # noqa: PTH123 (hundreds of files in a few milliseconds)
                    digest.update(f"\n{path[len(str(top)) :]}\n".encode() + stream.read())
    return digest.digest()


def _libraries() -> Iterator[str]:
    """Name and version of each, as the folder is called that tells of it."""
    for place in sys.path:
        with contextlib.suppress(OSError):  # a zip file, or nothing
            yield from (path.name for path in Path(place or ".").glob("*.dist-info"))


# ---- how much there is


def bound() -> int:
    """How many bytes the cache may hold: $DUBAN_CACHE_SIZE, as in 500MB or 10GB; else 2 GB."""
    text = os.environ.get(BOUND, "").strip().upper()
    number = text.rstrip("KMGTB")
    try:
        return int(float(number) * _UNITS[text[len(number) :]]) if text else _BOUND
    except (KeyError, ValueError, OverflowError):
        return _BOUND


def entries() -> list[Entry]:
    """What lies in the cache, the longest unused first."""
    root = folder()
    return sorted(_entries(root), key=lambda entry: entry.used) if root is not None else []


def clear() -> None:
    """Delete all that lies in the cache; raises OSError for what cannot be deleted."""
    root = folder()
    if root is not None and root.exists():
        shutil.rmtree(root)


def _entries(root: Path) -> Iterator[Entry]:
    try:
        kinds = [path for path in root.iterdir() if path.is_dir() and not path.name.startswith(_NEW)]
        for path in (path for kind in kinds for path in kind.iterdir()):
            try:
                yield Entry(path, _size(path), path.lstat().st_mtime)
            except OSError:  # another process has just taken it away
                continue
    except OSError:
        return


def _size(path: Path) -> int:
    if not path.is_dir():
        return path.lstat().st_size
    return sum(part.lstat().st_size for part in path.rglob("*"))


_grown_by: dict[Path, int] = {}  # what this process has stored since it last looked whether that is too much


def _grown(root: Path, newest: Path, size: int) -> None:
    """Look whether there is too much: at the first entry of a process, and then for every twentieth of the bound."""
    first = root not in _grown_by
    _grown_by[root] = _grown_by.get(root, 0) + size
    if first or _grown_by[root] * 20 > bound():
        _grown_by[root] = 0
        _prune(root, newest)


def _prune(root: Path, newest: Path) -> None:
    """Take away what was not used for longest, until the rest is within the bound; and what broken-off runs left.

    The clock is the file system's: no entry is younger than the newest.
    """
    now = newest.lstat().st_mtime
    for left in root.glob(f"{_NEW}*"):
        if now - left.lstat().st_mtime > 24 * _IN_USE:
            _remove(left)
    found = sorted(_entries(root), key=lambda entry: entry.used)
    over = sum(entry.size for entry in found) - bound()
    for entry in found:
        if over <= 0:
            return
        if entry.path != newest and now - entry.used > _IN_USE:
            _remove(entry.path)
            over -= entry.size


def _remove(path: Path) -> None:
    try:
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink()
    except OSError:
        pass
