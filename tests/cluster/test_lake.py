"""The lake: whose a file is by its path, what is refused, and batches of like size. No Spark, no Java."""

from __future__ import annotations

from pathlib import Path

import pytest

from duban.cluster.lake import Holding, LakeFile, pack_batches, survey
from duban.errors import DataError
from duban.pack import load_pack


@pytest.fixture(scope="module")
def types(rules: Path) -> dict:
    return dict(load_pack(rules).records)


def put(root: Path, *names: str, size: int = 3) -> Path:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x" * size)
    return root


@pytest.mark.parametrize(
    ("name", "record"),
    [
        ("jurisdiction=0571/check.parquet", "check"),
        ("jurisdiction=0571/check_2023-12.parquet", "check"),
        ("jurisdiction=0571/检查.parquet", "check"),  # its title
        ("jurisdiction=0571/check/part-0.parquet", "check"),
        ("check/jurisdiction=0571/part-0.parquet", "check"),
        ("check/jurisdiction=0571/month=2023-12/part-0.parquet", "check"),
        ("jurisdiction=0571/manifest.parquet", "manifest"),
        ("jurisdiction=0571/waiver.parquet", "waiver"),
    ],
)
def test_a_path_says_whose_and_what(tmp_path: Path, types: dict, name: str, record: str) -> None:
    (found,) = survey(str(put(tmp_path, name)), types)
    assert found == Holding("0571", (LakeFile(name, record, 3),))  # the zero stays: a folder's name is text


def test_values_that_spark_escapes_in_paths_are_read_back(tmp_path: Path, types: dict) -> None:
    found = survey(str(put(tmp_path, "jurisdiction=a%2Fb/check.parquet", "jurisdiction=甲县/check.parquet")), types)
    assert [one.jurisdiction for one in found] == ["a/b", "甲县"]


def test_what_spark_and_the_system_leave_beside_is_no_file(tmp_path: Path, types: dict) -> None:
    put(tmp_path, "_SUCCESS", ".hidden", "jurisdiction=1/._SUCCESS.crc", "_duban-1/jurisdiction=2/check.parquet")
    (found,) = survey(str(put(tmp_path, "jurisdiction=1/check.parquet")), types)
    assert [file.name for file in found.files] == ["jurisdiction=1/check.parquet"]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("jurisdiction=1/检查.xlsx", "只读 parquet"),
        ("jurisdiction=1/chekc.parquet", "看不出是哪种台账"),
        ("chekc/jurisdiction=1/part-0.parquet", "看不出是哪种台账"),
        ("check/jurisdiction=1/mine=A/part-0.parquet", "字段 mine 只写在路径里"),
    ],
)
def test_what_cannot_be_read_is_its_jurisdictions_fault_alone(
    tmp_path: Path, types: dict, name: str, said: str
) -> None:
    one, two = survey(str(put(tmp_path, name, "jurisdiction=2/check.parquet")), types)
    assert said in one.fault
    assert name in one.fault
    assert two == Holding("2", (LakeFile("jurisdiction=2/check.parquet", "check", 3),))


@pytest.mark.parametrize(
    "name",
    [
        "check.parquet",
        "waivers.yaml",
        "check/jurisdiction=/part-0.parquet",
        "check/jurisdiction=__HIVE_DEFAULT_PARTITION__/part-0.parquet",
        "jurisdiction=1/jurisdiction=2/check.parquet",
    ],
)
def test_a_file_of_nobody_stops_the_run(tmp_path: Path, types: dict, name: str) -> None:
    with pytest.raises(DataError, match="看不出属于哪个辖区") as error:
        survey(str(put(tmp_path, name, "jurisdiction=1/check.parquet")), types)
    assert name in str(error.value)


def test_a_lake_must_be_there_and_hold_something(tmp_path: Path, types: dict) -> None:
    with pytest.raises(DataError, match="没有 parquet 文件"):
        survey(str(tmp_path), types)
    with pytest.raises(DataError, match="找不到台账"):
        survey(str(tmp_path / "nowhere"), types)
    with pytest.raises(DataError, match="打不开"):
        survey("gopher://somewhere/lake", types)


def county(name: str, size: int) -> Holding:
    return Holding(name, (LakeFile(f"jurisdiction={name}/check.parquet", "check", size),))


def test_batches_are_of_about_as_many_bytes() -> None:
    counties = [county(f"{n:04d}", 1_000 + (n * 7919) % 9_001) for n in range(2_800)]
    batches = pack_batches(counties, workers=8, most=1 << 30)
    sizes = [sum(one.size for one in batch) for batch in batches]
    assert len(batches) == 8
    assert max(sizes) - min(sizes) <= 10_000  # no more than the largest county
    assert sorted(one.jurisdiction for batch in batches for one in batch) == [one.jurisdiction for one in counties]


def test_a_batch_holds_about_what_it_may_and_rounds_are_full() -> None:
    counties = [county(str(n), 100) for n in range(100)]
    sizes = [sum(one.size for one in batch) for batch in pack_batches(counties, workers=4, most=1_000)]
    assert len(sizes) == 12  # 10,000 bytes: three rounds of four
    assert max(sizes) <= 1_000


@pytest.mark.parametrize(("counties", "workers", "batches"), [(1, 8, 1), (3, 8, 3), (9, 2, 2)])
def test_there_are_no_empty_batches(counties: int, workers: int, batches: int) -> None:
    found = pack_batches([county(str(n), 0) for n in range(counties)], workers, 1_000)
    assert len(found) == batches
    assert all(found)


def test_one_huge_county_does_not_wait_for_others() -> None:
    batches = pack_batches([county("huge", 10_000), *(county(str(n), 10) for n in range(10))], 2, 1 << 30)
    assert sorted(len(batch) for batch in batches) == [1, 10]
