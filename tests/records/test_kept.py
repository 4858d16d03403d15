"""What reading found is kept: the second time nothing is opened, and nothing is different."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from duban import cache
from duban.pack import load_pack
from duban.pack.forms import forms_digest, forms_of
from duban.records import Loaded, contents, kept, load
from duban.records import load as package
from duban.records.drawn import DrawnPart, DrawnRow
from duban.vocabulary import RecordType
from reading import COUNTY, TYPES

ROOT = Path(__file__).parents[2]
KINDS = {name: RecordType.model_validate(kind) for name, kind in TYPES.items()}
Everything = tuple[Loaded, dict[str, list[Any]]]


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DUBAN_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """The files of a test are too new to be trusted; here they are not."""
    monkeypatch.setattr(contents, "_SETTLED", 0)


@pytest.fixture
def records(tmp_path: Path) -> Path:
    """Two weeks of inspections as Parquet with faults in them, a small ledger as text, a table of nobody knows what."""
    folder = tmp_path / "records"
    folder.mkdir()
    for week in (1, 2):
        write_week(folder, week)
    (folder / "企业名册.csv").write_text("企业编号,企业名称,起\nM1,甲,2023-01-01\nM2,乙,元旦\n", encoding="utf-8")
    (folder / "别的.csv").write_text("颜色\n红\n", encoding="utf-8")
    return folder


def write_week(folder: Path, week: int, phone: str = "1") -> None:
    """Three inspections: one of a mine that is not there, one at no time, one with a time that is spelt oddly."""
    rows = [
        (f"J{week}1", "M1", "2023-11-09 08:30", ["县局"], phone),
        (f"J{week}2", "M9", "", ["镇中心"], "x"),
        (f"J{week}3", "M2", "2023年11月9日", ["县里"], None),
    ]
    with duckdb.connect() as con:
        columns = "检查编号 VARCHAR, 被检查单位 VARCHAR, 检查时间 VARCHAR, 检查级别 VARCHAR[], 电话 VARCHAR"
        con.execute(f"CREATE TABLE w ({columns})")
        con.executemany("INSERT INTO w VALUES (?, ?, ?, ?, ?)", rows)
        con.execute(f"COPY w TO '{folder / f'检查记录-{week}.parquet'}' (FORMAT parquet)")


def everything(source: Path | list[Path], follows: str | None = "", **changed: Any) -> Everything:
    """What a load returns, and all that it leaves in the database."""
    settings = {"jurisdiction": COUNTY, "timezone": "Asia/Shanghai", **changed}
    kinds = settings.pop("kinds", KINDS)
    with duckdb.connect(":memory:") as con:
        loaded = load(con, kinds, source, follows=follows, **settings)
        names = con.execute("SELECT table_name FROM duckdb_tables() WHERE NOT temporary ORDER BY 1").fetchall()
        tables = {name: con.execute(f'FROM "{name}"').fetchall() for (name,) in names}
        columns = {f"{name}: columns": con.execute(f'DESCRIBE "{name}"').fetchall() for (name,) in names}
    return replace(loaded, follows=""), tables | columns


def entries(kind: str) -> list[Path]:
    return sorted(entry.path for entry in cache.entries() if entry.kind == kind)


def forget(kind: str) -> None:
    for path in entries(kind):
        cache.drop(kind, path.name)


def forbid_opening(monkeypatch: pytest.MonkeyPatch, *names: str) -> None:
    """Files of these names (all, if none is given) may not be looked into."""

    def guard(function: Callable[..., Any], path_of: Callable[[Any], Path]) -> Callable[..., Any]:
        def guarded(first: Any, *rest: Any) -> Any:
            path = path_of(first)
            assert path.name not in (names or [path.name]), f"{path.name} was opened"
            return function(first, *rest)

        return guarded

    module = sys.modules["duban.records.load"]
    monkeypatch.setattr(contents, "_hashed", guard(contents._hashed, lambda path: path))
    monkeypatch.setattr(contents.content, "kind_of", guard(contents.content.kind_of, lambda path: path))
    monkeypatch.setattr(module, "read_file", guard(module.read_file, lambda task: task.file.path))


def test_a_second_run_opens_nothing_and_finds_the_same(
    records: Path, settled: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = everything(records, None)
    assert everything(records) == plain
    forbid_opening(monkeypatch)
    assert everything(records) == plain
    assert plain[0].issues
    assert plain[0].notes == ()


def test_a_new_week_is_read_alone(records: Path, settled: None, monkeypatch: pytest.MonkeyPatch) -> None:
    everything(records)
    write_week(records, 0)
    write_week(records, 3)
    plain = everything(records, None)
    forbid_opening(monkeypatch, "检查记录-1.parquet", "检查记录-2.parquet")
    assert everything(records) == plain
    assert len(entries("file")) == 4


def test_a_changed_week_is_read_alone(records: Path, settled: None, monkeypatch: pytest.MonkeyPatch) -> None:
    everything(records)
    write_week(records, 1, phone="2")
    plain = everything(records, None)
    forbid_opening(monkeypatch, "检查记录-2.parquet")
    assert everything(records) == plain


def test_a_file_that_is_gone_leaves_no_rows(records: Path) -> None:
    everything(records)
    (records / "检查记录-1.parquet").unlink()
    found = everything(records)
    assert found == everything(records, None)
    assert found[0].counts["inspection"] == 3


def test_rows_come_back_behind_a_large_table_that_left_out_columns(
    records: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    everything(records)
    write_week(records, 0)
    monkeypatch.setattr("duban.records.readers.parquet.SMALL", 0)  # the first table of a type is written as a large one
    assert everything(records) == everything(records, None)


def test_the_same_size_and_time_are_not_the_same_file(records: Path, settled: None) -> None:
    everything(records)
    path = records / "企业名册.csv"
    before = path.stat()
    path.write_bytes(path.read_bytes().replace("M2,乙".encode(), "M3,乙".encode()))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert path.stat().st_size == before.st_size
    assert everything(records) == everything(records, None)


def test_a_file_too_new_to_be_trusted_is_read_again(records: Path) -> None:
    everything(records)
    known = contents.Contents([records])
    assert known._known == {}


def test_a_file_that_changes_while_it_is_read_is_not_kept(
    records: Path, settled: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = sys.modules["duban.records.load"]
    read_file = module.read_file

    def read(task: Any) -> Any:
        if task.file.name == "检查记录-1.parquet":
            write_week(records, 1, phone="77")
        return read_file(task)

    with monkeypatch.context() as patched:
        patched.setattr(module, "read_file", read)
        everything(records)
    assert entries("records") == []
    assert everything(records) == everything(records, None)


@pytest.mark.parametrize("kind", ["records", "file"])
@pytest.mark.parametrize("harm", ["flipped", "cut", "empty", "text"])
def test_a_broken_entry_is_none(records: Path, kind: str, harm: str) -> None:
    plain = everything(records)
    if kind == "file":
        forget("records")
    for entry in (part for path in entries(kind) for part in (path, *path.glob("*")) if part.is_file()):
        data = entry.read_bytes()
        half = len(data) // 2
        entry.write_bytes(
            {
                # The whole middle, since a block that nobody uses may hold anything.
                "flipped": data[: half // 2] + bytes(byte ^ 255 for byte in data[half // 2 : half]) + data[half:],
                "cut": data[:half],
                "empty": b"",
                "text": b"M1,2023-11-09\n" * 2000,
            }[harm]
        )
    assert everything(records) == plain
    assert everything(records) == plain


def test_a_cache_that_cannot_be_written_is_none(records: Path, own_cache: Path) -> None:
    plain = everything(records, None)
    own_cache.write_text("no folder")
    assert everything(records) == plain
    own_cache.unlink()
    for kind in ("records", "file", "contents"):
        assert everything(records) == plain
        cache.clear()
        own_cache.mkdir(mode=0o700)
        (own_cache / "CACHEDIR.TAG").write_text(cache._OURS)
        (own_cache / kind).write_text("no folder either")
        assert everything(records) == plain
        assert everything(records) == plain


def test_what_is_read_differently_is_another_entry(records: Path) -> None:
    changed: list[dict[str, Any]] = [
        {"jurisdiction": "别县"},
        {"timezone": "UTC"},
        {"known_by": datetime(2023, 11, 9)},
        {"kinds": {**KINDS, "inspection": KINDS["inspection"].model_copy(update={"aliases": ("执法记录",)})}},
        {"follows": "other forms"},
    ]
    everything(records)
    before = len(entries("records"))
    for settings in changed:
        assert everything(records, **settings) == everything(records, **{**settings, "follows": None})
    assert len(entries("records")) == before + len(changed)


def test_a_mapping_file_is_part_of_what_a_file_says(records: Path) -> None:
    everything(records)
    mapping = "files: [检查记录-*.parquet]\ntables: [{record: inspection, columns: {电话: '', 检查时间: deadline}}]\n"
    (records / "表头对应.yaml").write_text(mapping, encoding="utf-8")
    found = everything(records)
    assert found == everything(records, None)
    assert [row[-1] for row in found[1]["raw_inspection"]] == [None] * 6
    (records / "表头对应.yaml").write_text(mapping.replace("deadline", "''"), encoding="utf-8")
    assert everything(records) == everything(records, None)


def test_two_processes_at_once(records: Path, tmp_path: Path) -> None:
    script = tmp_path / "read.py"
    script.write_text(
        f"import sys; sys.path.insert(0, {str(Path(__file__).parent)!r})\n"
        "from pathlib import Path\nfrom test_kept import everything\n"
        f"print(hash(repr(everything(Path({str(records)!r})))))\n",
        encoding="utf-8",
    )
    env = {**os.environ, "PYTHONHASHSEED": "0", "PYTHONPATH": os.pathsep.join(sys.path)}
    both = [subprocess.Popen([sys.executable, script], env=env, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    first, second = (process.communicate(timeout=60)[0] for process in both)
    assert first
    assert first == second
    assert everything(records) == everything(records, None)


def test_values_of_drawn_forms_come_back_as_they_were() -> None:
    values = {
        "day": date(2023, 11, 1), "at": datetime(2023, 11, 9, 8, 30), "text": "2023-11-01", "list": ["甲", "乙"],
        "int": 3, "float": 1.0, "bool": True, "none": None,
    }  # fmt: skip
    row = DrawnRow(7, values, {"day": "C7"}, {"post:甲": "乙"})
    head, month = {"甲": "乙"}, date(2023, 11, 1)
    part = DrawnPart("form", 0, "report", "f.xlsx", "表", head, month, (row,), False, ("丙",), ("day",))
    loaded = Loaded((), (), {"report": 1}, drawn=(part,))
    again = kept._loaded(kept._told(loaded))
    assert again == loaded
    assert {name: type(value) for name, value in again.drawn[0].rows[0].values.items()} == {
        name: type(value) for name, value in values.items()
    }


def test_frames_are_not_kept() -> None:
    with duckdb.connect() as con:
        package(con, KINDS, {"enterprise": [{"enterprise_id": "M1"}]}, jurisdiction=COUNTY, timezone="UTC", follows="")
    assert cache.entries() == []


def test_every_broken_file_of_the_samples() -> None:
    pack = load_pack("zezhou-2023-331")
    settings = {"kinds": pack.records, "forms": forms_of(pack), "jurisdiction": pack.header.jurisdiction}
    broken = ROOT / "data" / "samples" / "broken"
    plain = everything(broken, None, **settings)
    assert len(plain[0].issues) > 50
    assert everything(broken, forms_digest(pack), **settings) == plain
    assert everything(broken, forms_digest(pack), **settings) == plain


def test_rows_that_vanish_are_read_from_their_file(records: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = everything(records)
    forget("records")
    gone = [Path("/nowhere/t0.parquet")]
    with monkeypatch.context() as patched:
        checked = kept._checked
        patched.setattr(kept, "_checked", lambda path: (checked(path)[0], gone))
        assert everything(records) == plain
    assert everything(records) == plain
