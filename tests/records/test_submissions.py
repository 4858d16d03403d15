"""data/samples/submissions: read, the messy files are the same tables as the clean ones."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from duban.errors import Severity
from duban.pack import Pack, load_pack
from duban.records import Loaded, load
from duban.vocabulary import MANIFEST

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ROOT / "data" / "samples"
SUBMISSIONS = SAMPLES / "submissions"
# Where they stand; and the manifest names the files.
ELSEWHERE = {"_n", "_file", "_sheet", "_row"}


@pytest.fixture(scope="module")
def pack() -> Pack:
    return load_pack("zezhou-2023-331")


def loaded(pack: Pack, folder: Path) -> tuple[duckdb.DuckDBPyConnection, Loaded]:
    con = duckdb.connect()
    header = pack.header
    return con, load(con, pack.records, folder, jurisdiction=header.jurisdiction, timezone=header.timezone)


@pytest.fixture(scope="module")
def both(pack: Pack) -> Iterator[dict[str, tuple[duckdb.DuckDBPyConnection, Loaded]]]:
    found = {"clean": loaded(pack, SAMPLES), "messy": loaded(pack, SUBMISSIONS)}
    yield found
    for con, _ in found.values():
        con.close()


def rows(con: duckdb.DuckDBPyConnection, name: str) -> Counter[str]:
    described = [column for column, *_ in con.execute(f'DESCRIBE "raw_{name}"').fetchall()]
    left_out = ELSEWHERE | ({"file"} if name == MANIFEST else set())
    columns = ", ".join(f'"{column}"' for column in described if column not in left_out)
    return Counter(map(str, con.execute(f'SELECT {columns} FROM "raw_{name}"').fetchall()))


def test_the_tables_are_the_same(both: Any, pack: Pack) -> None:
    clean, messy = both["clean"][0], both["messy"][0]
    for name in (*pack.records, MANIFEST):
        here, there = rows(clean, name), rows(messy, name)
        assert (here - there, there - here) == (Counter(), Counter()), name
    assert both["clean"][1].counts == both["messy"][1].counts


def test_nothing_of_it_is_wrong_and_all_that_was_taken_otherwise_is_said(both: Any) -> None:
    issues = both["messy"][1].issues
    assert [str(issue) for issue in issues if issue.severity is Severity.ERROR] == []
    assert {issue.code for issue in issues} == {"D104", "D111", "D321", "D325", "D326"}
    assert {note.code for note in both["messy"][1].notes} == {"D116", "D117", "D118"}


def test_every_file_is_read_but_those_that_office_programs_left(both: Any) -> None:
    """The mapping file among them: another one would give other records, so that its hash stands with the inputs."""
    there = {path.relative_to(SUBMISSIONS).as_posix() for path in SUBMISSIONS.rglob("*") if path.is_file()}
    beside = {name for name in there if name.endswith("README.md") or "~" in name}
    assert len(beside) == 3
    inputs = both["messy"][1].inputs
    assert {
        item.name.partition(".zip/")[0] + (".zip" if ".zip/" in item.name else "") for item in inputs
    } == there - beside


def test_the_cell_of_every_value_is_known(both: Any) -> None:
    inputs = {(item.name, item.sheet): item for item in both["messy"][1].inputs}
    ledger = inputs["县局/汇总（最终版2）.xlsx", "隐患台账"]
    assert (ledger.columns["hazard_id"], ledger.columns["enterprise_id"]) == ("B", "C")
    assert len(ledger.sha256) == 64


@pytest.fixture(scope="module")
def made() -> Any:
    pytest.importorskip("xlwt")
    pytest.importorskip("pyarrow")
    sys.path.insert(0, str(ROOT / "data"))
    try:
        from generate_submissions import submissions
    finally:
        sys.path.pop(0)
    return submissions


def test_the_submissions_are_what_the_generator_makes(made: Any) -> None:
    there = {
        path.relative_to(SUBMISSIONS).as_posix(): path.read_bytes()
        for path in SUBMISSIONS.rglob("*")
        if path.is_file() and path.name != "README.md"
    }
    files = made()
    assert sorted(there) == sorted(files)
    assert [name for name in files if not same(name, files[name], there[name])] == [], (
        "run: python data/generate_submissions.py"
    )


def same(name: str, made: bytes, there: bytes) -> bool:
    """The same bytes; of columns the same table: the bytes are those of one version of pyarrow."""
    if not name.endswith(".parquet"):
        return made == there
    from pyarrow import BufferReader, parquet

    one, other = (parquet.read_table(BufferReader(content)) for content in (made, there))
    return bool(one.equals(other))
