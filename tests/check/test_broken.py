"""Every broken sample gets the one message that its README says, and no other."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from duban.check import Asked, Report, check
from duban.check.formats.text import sentence
from duban.pack import Pack, load_pack
from markdown_pages import Table, parts

ROOT = Path(__file__).parents[2]
BROKEN = ROOT / "data" / "samples" / "broken"
NOW = datetime(2023, 12, 25, 10)
SENDERS = {"检查记录_69填报单位不符.csv": "甲岭镇应急管理中心"}
(EXPECTED,) = (part.rows for part in parts(BROKEN / "README.md") if isinstance(part, Table))


@pytest.fixture(scope="module")
def pack() -> Pack:
    return load_pack("zezhou-2023-331")


def checked(pack: Pack, name: str) -> Report:
    return check(Asked([BROKEN / name], NOW, [BROKEN / "对照"], SENDERS.get(name, ""), "2023-12"), pack)


@pytest.mark.parametrize(("name", "cell", "grade", "code", "message"), EXPECTED, ids=lambda cell: cell[:24])
def test_the_one_fault_is_told(name: str, cell: str, grade: str, code: str, message: str, pack: Pack) -> None:
    (fault,) = checked(pack, name).faults
    shown = "照收" if fault.protected else fault.grade
    assert (fault.where.cell, shown, fault.code) == (cell, grade, code)
    assert re.fullmatch(".+".join(map(re.escape, message.split("…"))), sentence(fault)), sentence(fault)


def test_every_file_is_in_the_table() -> None:
    there = {path.name for path in BROKEN.iterdir() if path.is_file() and path.name != "README.md"}
    assert there == {row[0] for row in EXPECTED}
    assert len(there) >= 40


def test_what_they_are_compared_with_is_sound(pack: Pack) -> None:
    assert check(Asked([BROKEN / "对照"], NOW), pack).faults == ()


@pytest.fixture
def made() -> Iterator[dict[str, bytes]]:
    sys.path.insert(0, str(ROOT / "data"))
    try:
        from generate_broken import broken

        yield broken()
    finally:
        sys.path.remove(str(ROOT / "data"))


def test_the_files_are_what_the_generator_makes(made: dict[str, bytes]) -> None:
    there = {
        path.relative_to(BROKEN).as_posix(): path.read_bytes()
        for path in BROKEN.rglob("*")
        if path.is_file() and path.name != "README.md"
    }
    assert there == made, "run: python data/generate_broken.py"
