"""A pack that is kept: as if it had been read, and read again as soon as a file of it says something else."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from duban import cache
from duban.compile import compile_pack
from duban.errors import Issue, PackError
from duban.pack import Pack, load_pack
from duban.pack import load as reading
from duban.pack.yaml import kept_yaml, read_yaml

PACK = Path(__file__).parents[1] / "fixtures" / "chicago-2013"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A pack of its own, and an empty cache."""
    monkeypatch.setenv(cache.SETTING, str(tmp_path / "kept"))
    return Path(shutil.copytree(PACK, tmp_path / "here" / PACK.name))


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The folders that were read, one entry each time."""
    folders: list[Path] = []
    real = reading.read_pack

    def counted(folder: Path) -> object:
        folders.append(folder)
        return real(folder)

    monkeypatch.setattr(reading, "read_pack", counted)
    return folders


def same(one: Pack, other: Pack) -> bool:
    return (one, one.digest, list(one.own_records)) == (other, other.digest, list(other.own_records))


def test_a_kept_pack_is_the_one_that_was_read(folder: Path, read: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    first, again = load_pack(folder), load_pack(folder)
    assert read == [folder]
    monkeypatch.setenv(cache.SETTING, cache.OFF)
    anew = load_pack(folder)
    assert same(first, again)
    assert same(again, anew)
    assert (anew.stamp, first.stamp == again.stamp != "") == ("", True)


def test_another_content_or_place_is_read(folder: Path, read: list[Path]) -> None:
    before = load_pack(folder)
    header = folder / "pack.yaml"
    header.write_text(header.read_text(encoding="utf-8") + "\n# a word\n", encoding="utf-8")
    changed = load_pack(folder)
    folder.parent.rename(folder.parent.with_name("there"))
    moved = load_pack(folder.parents[1] / "there" / PACK.name)
    assert len(read) == 3
    assert len({before.stamp, changed.stamp, moved.stamp}) == 3
    assert moved.folder.parent.name == "there"


def test_a_broken_pack_is_not_kept(folder: Path, read: list[Path]) -> None:
    header = folder / "pack.yaml"
    header.write_text(header.read_text(encoding="utf-8") + "\nno-such-word: 1\n", encoding="utf-8")
    for _ in range(2):
        with pytest.raises(PackError):
            load_pack(folder)
    assert len(read) == 2


def test_a_broken_entry_is_read_again(folder: Path, read: list[Path]) -> None:
    before = load_pack(folder)
    (entry,) = (entry for entry in cache.entries() if entry.kind == "pack")
    entry.path.write_bytes(entry.path.read_bytes()[:-9])
    assert same(load_pack(folder), before)
    assert len(read) == 2


def test_a_kept_plan_is_the_one_that_was_compiled(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pack, moment = load_pack(folder), datetime(2013, 7, 1)
    (one, *_) = (item.id for item in pack.obligations)
    asked = ((moment, ()), (datetime(2013, 8, 1), ()), (moment, (one,)))
    kept = [compile_pack(pack, at, at, only) for _ in range(2) for at, only in asked]
    assert len([entry for entry in cache.entries() if entry.kind == "plan"]) == 3
    monkeypatch.setenv(cache.SETTING, cache.OFF)
    assert kept == 2 * [compile_pack(load_pack(folder), at, at, only) for at, only in asked]


def test_a_value_has_a_stamp_of_its_own_and_an_altered_pack_none(folder: Path) -> None:
    pack = load_pack(folder)
    name = next(name for name, spec in pack.header.parameters.items() if spec.type == "int")
    other = pack.with_values({name: pack.values[name] + 1})
    assert len({pack.stamp, other.stamp, ""}) == 3
    assert other.stamp == pack.with_values({name: pack.values[name] + 1}).stamp
    assert replace(pack, records={}).stamp == ""


def test_a_kept_text_is_the_one_that_was_parsed(folder: Path) -> None:
    path = folder / "records.yaml"
    first, again = kept_yaml(path, "records.yaml"), kept_yaml(path, "records.yaml")
    assert first == again == read_yaml(path, "records.yaml")
    again.issues.append(Issue("P001", "of this reading alone"))
    assert kept_yaml(path, "records.yaml").issues == []
    path.write_text("a: 1\na: 2\n", encoding="utf-8")
    assert [kept_yaml(path, "records.yaml").issues != [] for _ in range(2)] == [True, True]
    assert kept_yaml(folder / "none.yaml", "none.yaml").issues != []
