"""The cache: whatever happens to its folder is a miss, never an error, and never another result."""

from __future__ import annotations

import os
import pickle
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from duban import cache
from duban.cli import duban

POSIX = pytest.mark.skipif(os.name != "posix", reason="owners and modes are POSIX's")
NAME = cache.key("a", "b")


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache that is not there yet."""
    path = tmp_path / "kept"
    monkeypatch.setenv(cache.SETTING, str(path))
    monkeypatch.delenv(cache.BOUND, raising=False)
    return path


def text(content: str) -> Callable[[Path], object]:
    return lambda path: path.write_text(content, encoding="utf-8")


def test_what_was_stored_is_fetched(root: Path) -> None:
    assert cache.fetch("pack", NAME) is None
    assert not root.exists()  # to look makes nothing
    path = cache.store("pack", NAME, text("甲岭镇"))
    assert path is not None
    assert path == root / "pack" / NAME == cache.fetch("pack", NAME)
    assert path.read_text(encoding="utf-8") == "甲岭镇"
    assert cache.fetch("pack", cache.key("a", "c")) is None
    assert cache.fetch("records", NAME) is None
    assert sorted(item.name for item in root.iterdir()) == ["CACHEDIR.TAG", "pack"]  # nothing half-made is left


def test_an_entry_may_be_a_folder_and_the_first_one_stays(root: Path) -> None:
    def folder(path: Path) -> None:
        path.mkdir()
        (path / "part.txt").write_text("1", encoding="utf-8")

    assert cache.store("records", NAME, folder) == cache.store("records", NAME, text("another"))
    assert (root / "records" / NAME / "part.txt").read_text(encoding="utf-8") == "1"
    assert [(entry.kind, entry.size) for entry in cache.entries()] == [("records", 1)]


def test_keys_tell_parts_apart() -> None:
    assert len({cache.key("ab", "c"), cache.key("a", "bc"), cache.key("abc"), cache.key("ab", "c", "")}) == 4
    assert cache.key("ab") == cache.key(b"ab")


def test_a_value_is_remembered(root: Path) -> None:
    cache.remember("pack", NAME, {"镇": ("甲岭镇", None)})
    assert cache.recall("pack", NAME) == {"镇": ("甲岭镇", None)}
    cache.remember("pack", cache.key("f"), lambda: None)  # cannot be pickled
    assert cache.recall("pack", cache.key("f")) is None


@pytest.mark.parametrize("harm", ["flipped", "cut", "emptied", "a folder", "a pickle of somebody's"])
def test_a_broken_value_is_a_miss_and_goes(root: Path, harm: str) -> None:
    cache.remember("pack", NAME, "甲岭镇")
    path = root / "pack" / NAME
    data = path.read_bytes()
    path.unlink()
    if harm == "a folder":
        path.mkdir()
    else:
        flipped = data[:-6] + bytes([data[-6] ^ 1]) + data[-5:]
        harmed = {"flipped": flipped, "cut": data[:-3], "emptied": b"", "a pickle of somebody's": pickle.dumps("乙")}
        path.write_bytes(harmed[harm])
    assert cache.recall("pack", NAME) is None
    assert not path.exists()
    cache.remember("pack", NAME, "甲岭镇")
    assert cache.recall("pack", NAME) == "甲岭镇"


def test_what_fails_to_write_leaves_nothing(root: Path) -> None:
    def fail(path: Path) -> None:
        path.write_text("half", encoding="utf-8")
        raise OSError("disk full")

    assert cache.store("pack", NAME, fail) is None
    assert cache.entries() == []
    assert [item.name for item in root.iterdir()] == ["CACHEDIR.TAG"]


def test_an_interrupted_write_leaves_nothing(root: Path) -> None:
    def interrupt(path: Path) -> None:
        path.write_text("half", encoding="utf-8")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        cache.store("pack", NAME, interrupt)
    assert [item.name for item in root.iterdir()] == ["CACHEDIR.TAG"]


@POSIX
@pytest.mark.parametrize("mode", [0o770, 0o707, 0o777])
def test_a_folder_that_others_can_write_is_not_used(root: Path, mode: int) -> None:
    cache.remember("pack", NAME, "甲岭镇")
    root.chmod(mode)
    assert cache.folder() is None
    assert cache.recall("pack", NAME) is None
    assert cache.store("pack", NAME, text("")) is None
    assert "别的用户可以写入" in cache.whynot()
    root.chmod(0o700)
    assert cache.recall("pack", NAME) == "甲岭镇"


@POSIX
def test_a_folder_of_another_user_is_not_used(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache.remember("pack", NAME, "甲岭镇")
    monkeypatch.setattr(os, "geteuid", lambda: root.stat().st_uid + 1)
    assert cache.recall("pack", NAME) is None
    assert "属于别的用户" in cache.whynot()


@POSIX
def test_it_is_made_for_its_owner_alone(root: Path) -> None:
    path = cache.store("pack", NAME, text(""))
    assert path is not None
    assert [stat.st_mode & 0o777 for stat in (root.stat(), path.parent.stat())] == [0o700, 0o700]


def test_a_folder_of_something_else_is_neither_used_nor_cleared(root: Path) -> None:
    root.mkdir(mode=0o700)
    (root / "台账.csv").write_text("1", encoding="utf-8")
    assert cache.store("pack", NAME, text("")) is None
    assert "不是缓存" in cache.whynot()
    cache.clear()
    assert [item.name for item in root.iterdir()] == ["台账.csv"]


def test_a_folder_that_cannot_be_made_is_no_cache(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    for place in ("file", "file/below", "x" * 5000):
        monkeypatch.setenv(cache.SETTING, str(tmp_path / place))
        assert cache.store("pack", NAME, text("")) is None
        assert cache.recall("pack", NAME) is None


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root writes everywhere")
def test_a_read_only_cache_is_read(root: Path) -> None:
    cache.remember("pack", NAME, "甲岭镇")
    for path in (root / "pack", root):
        path.chmod(0o500)
    try:
        assert cache.recall("pack", NAME) == "甲岭镇"
        assert cache.store("pack", cache.key("new"), text("")) is None
    finally:
        for path in (root, root / "pack"):
            path.chmod(0o700)


def test_where_it_is(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv(cache.SETTING, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    monkeypatch.setattr(sys, "platform", "linux")
    assert cache.folder() == tmp_path / "xdg" / "duban"
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")  # the specification has it ignored
    assert cache.folder() == tmp_path / ".cache" / "duban"
    monkeypatch.setattr(sys, "platform", "darwin")
    assert cache.folder() == tmp_path / "Library" / "Caches" / "duban"
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "Local"))
    assert cache.folder() == tmp_path / "Local" / "duban" / "Cache"


def test_off_is_off(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache.remember("pack", NAME, "甲岭镇")
    monkeypatch.setenv(cache.SETTING, "OFF")
    assert cache.recall("pack", NAME) is None
    assert cache.store("pack", NAME, text("")) is None
    assert "已关闭" in cache.whynot()


# ---- how much there is


@pytest.mark.parametrize(
    ("said", "bytes_"),
    [("500MB", 500_000_000), ("1.5gb", 1_500_000_000), ("12", 12), ("", 2 * 10**9), ("lots", 2 * 10**9)],
)
def test_the_bound(monkeypatch: pytest.MonkeyPatch, said: str, bytes_: int) -> None:
    monkeypatch.setenv(cache.BOUND, said)
    assert cache.bound() == bytes_


def test_the_longest_unused_goes_first(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Four entries of 10 bytes in 25: two may stay, of those that nobody uses."""
    names = [cache.key(str(number)) for number in range(4)]
    for name in names[:3]:
        path = cache.store("pack", name, text("0123456789"))
        assert path is not None
        hours = {names[0]: 5, names[1]: 9, names[2]: 7}[name]
        used = path.stat().st_mtime - hours * 3600
        os.utime(path, (used, used))
    assert cache.fetch("pack", names[1]) is not None  # of the nine hours: used just now
    monkeypatch.setenv(cache.BOUND, "25")
    cache.store("pack", names[3], text("0123456789"))
    assert sorted(entry.path.name for entry in cache.entries()) == sorted([names[1], names[3]])


def test_what_is_in_use_stays_and_what_is_too_large_is_not_kept(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache.store("pack", NAME, text("0123456789"))
    monkeypatch.setenv(cache.BOUND, "15")
    assert cache.store("pack", cache.key("large"), text("0" * 16)) is None
    assert cache.store("pack", cache.key("small"), text("0" * 10)) is not None  # over, but for an hour at most
    assert cache.fetch("pack", NAME) is not None


def test_what_a_broken_off_run_left_goes(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache.store("pack", NAME, text(""))
    monkeypatch.setattr(cache, "_grown_by", {})  # as another process begins
    left = root / ".new-left"
    left.mkdir()
    young = root / ".new-young"
    young.mkdir()
    os.utime(left, (1, 1))
    cache.store("pack", cache.key("next"), text(""))
    assert (left.exists(), young.exists()) == (False, True)


# ---- the verb


def test_the_verb_shows_and_clears(root: Path) -> None:
    cache.store("pack", NAME, text("0123456789"))
    shown = CliRunner().invoke(duban, ["cache", "show"]).output
    assert shown.splitlines() == [f"缓存在 {root}，1项，10B，上限2.0GB（DUBAN_CACHE_SIZE 可改）。", "  pack：1项，10B"]
    assert CliRunner().invoke(duban, ["cache", "clear"]).output == f"已删除 {root}，1项，10B。\n"
    assert not root.exists()


def test_no_cache_is_for_one_command(root: Path) -> None:
    result = CliRunner().invoke(duban, ["--no-cache", "cache", "show"])
    assert result.output == "没有缓存：已关闭（DUBAN_CACHE=off 或 --no-cache）\n"
    assert os.environ[cache.SETTING] == str(root)
