"""Bytes that nobody meant: whatever a file holds, reading it ends with tables and issues, never with a traceback.

Sound files of each kind with some bytes changed, cut, or put twice; and bytes of no kind at all.
`HYPOTHESIS_PROFILE=thorough` goes on for long; what once failed stands here as an example.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import duckdb
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from test_hostile import GOOD, xlsx, zipped

from duban.errors import DataError
from duban.records import load
from duban.vocabulary import RecordType
from reading import COUNTY, TYPES

ROOT = Path(__file__).parents[2]
OFFICE = ROOT / "data" / "samples" / "submissions" / "县局"
KINDS = {name: RecordType.model_validate(kind) for name, kind in TYPES.items()}
SEEDS = {
    "inspection.csv": GOOD.encode(),
    "inspection.tsv": GOOD.replace(",", "\t").encode("gb18030"),
    "inspection.xlsx": xlsx(),
    "inspection.xls": (OFFICE / "publicity.xls").read_bytes(),
    "bundle.zip": zipped(**{"inspection.csv": GOOD}),
    "表头对应_样.yaml": "文件: inspection.csv\n表头行: 1\n".encode(),
}
NAMES = st.sampled_from(sorted(SEEDS))


def read(name: str, content: bytes) -> None:
    """Read a file beside a sound one; a file that says nothing usable is an issue, and the sound one is read."""
    with tempfile.TemporaryDirectory() as folder, duckdb.connect() as con:
        (Path(folder) / "enterprise.csv").write_text("企业编号\ne1\n", encoding="utf-8")
        (Path(folder) / name).write_bytes(content)
        try:
            loaded = load(con, KINDS, folder, jurisdiction=COUNTY, timezone="Asia/Shanghai")
        except DataError:  # says what is wrong: of a mapping file that nobody can follow
            return
        assert loaded.counts["enterprise"] == 1
        assert all(issue.message for issue in loaded.issues)


@example("inspection.xlsx", [(0.5, 0)])  # a part that does not unpack
@given(NAMES, st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), max_size=12))
def test_changed_bytes(name: str, changes: list[tuple[float, int]]) -> None:
    content = bytearray(SEEDS[name])
    for share, byte in changes:
        content[int(share * len(content))] = byte
    read(name, bytes(content))


@given(NAMES, st.floats(0, 1), st.floats(0, 1))
def test_cut_or_doubled(name: str, start: float, end: float) -> None:
    content = SEEDS[name]
    first, last = sorted((int(start * len(content)), int(end * len(content))))
    read(name, content[:first] + content[last:])
    read(name, content[:last] + content[first:])


@given(NAMES, st.binary(max_size=400))
@example("inspection.xlsx", b"PK\x03\x04")
@example("inspection.csv", b'"\x00\xff\xfe')
def test_bytes_of_no_kind(name: str, content: bytes) -> None:
    read(name, content)


@pytest.mark.parametrize("name", sorted(SEEDS))
def test_the_seeds_are_sound(name: str) -> None:
    read(name, SEEDS[name])
