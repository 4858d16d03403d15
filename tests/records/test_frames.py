"""What a program hands over: lists of rows, DataFrames, Arrow tables, and parquet files with their types."""

from __future__ import annotations

import subprocess
import sys
from datetime import date, datetime, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from duban.errors import DataError
from reading import Read

pa = pytest.importorskip("pyarrow")
pq = pytest.importorskip("pyarrow.parquet")

ALL = {
    "t": {
        "title": "表",
        "fields": {
            "text": {"title": "文"},
            "n": {"title": "数", "type": "int"},
            "x": {"title": "额", "type": "decimal"},
            "b": {"title": "否", "type": "bool"},
            "d": {"title": "日", "type": "date"},
            "at": {"title": "时", "type": "datetime"},
            "m": {"title": "月", "type": "month"},
            "l": {"title": "单", "type": "list"},
        },
    }
}
FIELDS = ("text", "n", "x", "b", "d", "at", "at$bare", "m", "l")
M = datetime

ROWS: list[dict[str, Any]] = [
    {
        "text": "甲",
        "n": 1,
        "x": Decimal("1.5"),
        "b": True,
        "d": date(2023, 11, 9),
        "at": M(2023, 11, 9, 9, 30),
        "m": date(2023, 11, 9),
        "l": ["a", "b"],
    },
    {"text": None, "n": None, "x": None, "b": None, "d": None, "at": None, "m": None, "l": None},
]
EXPECTED = [
    ("甲", 1, Decimal("1.5"), True, date(2023, 11, 9), M(2023, 11, 9, 9, 30), False, date(2023, 11, 1), ["a", "b"]),
    (None,) * 9,
]


def as_arrow() -> Any:
    return pa.Table.from_pylist(ROWS)


def as_pandas() -> pd.DataFrame:
    return as_arrow().to_pandas()


@pytest.mark.parametrize("frame", [list(ROWS), as_arrow(), as_pandas()], ids=["rows", "arrow", "pandas"])
def test_frames_of_every_kind_agree(read: Read, frame: Any) -> None:
    got = read({"t": frame}, types=ALL)
    assert got.rows("t", *FIELDS) == EXPECTED
    assert got.rows("t", "_n", "_file", "_sheet", "_row") == [(1, "", "", 1), (2, "", "", 2)]
    assert got.codes == []


def test_parquet_keeps_types(read: Read, tmp_path: Path) -> None:
    pq.write_table(as_arrow(), tmp_path / "t-1.parquet")
    got = read(tmp_path, types=ALL)
    assert got.rows("t", *FIELDS) == EXPECTED
    assert got.rows("t", "_file", "_row") == [("t-1.parquet", 2), ("t-1.parquet", 3)]
    assert got.codes == []


def test_a_broken_parquet_file_is_an_issue(read: Read, tmp_path: Path) -> None:
    (tmp_path / "t.parquet").write_bytes(b"PAR1 nothing")
    (tmp_path / "manifest.csv").write_text("报送单位,材料类型,数据起,数据止\n", encoding="utf-8")
    got = read(tmp_path, types=ALL)
    assert (got.codes, got.loaded.unread) == (["D103"], ("t",))


def arrow(field: str, values: list[Any], kind: Any) -> Any:
    return pa.table({field: pa.array(values, kind)})


TYPED = [
    ("n", [1, None], pa.int8(), [1, None], []),
    ("n", [2**63], pa.uint64(), [None], ["D301"]),
    ("n", [1.0, 2.5, float("nan"), None], pa.float64(), [1, None, None, None], ["D301"]),
    ("n", [Decimal("3.0"), Decimal("2.5")], pa.decimal128(5, 1), [3, None], ["D301"]),
    ("n", ["1,200", "x"], pa.string(), [1200, None], ["D301"]),
    ("n", [True], pa.bool_(), [None], ["D301"]),
    ("x", [1, 2], pa.int32(), [Decimal(1), Decimal(2)], []),
    ("x", [1.25, float("nan")], pa.float64(), [Decimal("1.25"), None], []),
    ("x", [float("inf")], pa.float64(), [None], ["D301"]),
    ("text", [1.0, 1.5, None], pa.float64(), ["1", "1.5", None], []),
    ("text", [7], pa.int64(), ["7"], []),
    ("text", ["甲", "乙", "甲", None], pa.dictionary(pa.int8(), pa.string()), ["甲", "乙", "甲", None], []),
    ("text", [" 甲 ", ""], pa.large_string(), ["甲", None], []),
    ("b", [1, 0, 2], pa.int64(), [True, False, None], ["D301"]),
    ("b", ["是", "×"], pa.string(), [True, False], []),
    ("d", [M(2023, 11, 9, 23), None], pa.timestamp("ns"), [date(2023, 11, 9), None], []),
    ("d", [M(2023, 11, 9, 20, tzinfo=timezone.utc)], pa.timestamp("us", "UTC"), [date(2023, 11, 10)], []),
    ("d", [20231109], pa.int64(), [date(2023, 11, 9)], []),
    ("m", [M(2023, 12, 25)], pa.timestamp("s"), [date(2023, 12, 1)], []),
    ("l", [["a", " b ", None, ""], [], None], pa.list_(pa.string()), [["a", "b"], None, None], []),
    ("l", ["a、b"], pa.string(), [["a", "b"]], []),
    ("text", [["a", "b"]], pa.list_(pa.string()), ["a、b"], []),
]


@pytest.mark.parametrize(("field", "values", "kind", "expected", "codes"), TYPED)
def test_typed_columns(
    read: Read, field: str, values: list[Any], kind: Any, expected: list[Any], codes: list[str]
) -> None:
    got = read({"t": arrow(field, values, kind)}, types=ALL)
    assert got.rows("t", field) == expected
    assert got.codes == codes


@pytest.mark.parametrize(
    ("values", "kind", "expected"),
    [
        ([date(2023, 11, 9), None], pa.date32(), [(M(2023, 11, 9), True), (None, None)]),
        (
            [M(2023, 11, 9), M(2023, 11, 10), None],
            pa.timestamp("us"),
            [(M(2023, 11, 9), True), (M(2023, 11, 10), True), (None, None)],
        ),
        (
            [M(2023, 11, 9), M(2023, 11, 9, 1)],
            pa.timestamp("us"),
            [(M(2023, 11, 9), False), (M(2023, 11, 9, 1), False)],
        ),
        ([M(2023, 11, 9, 1, 30, tzinfo=timezone.utc)], pa.timestamp("us", "UTC"), [(M(2023, 11, 9, 9, 30), False)]),
        ([M(2023, 11, 8, 16, tzinfo=timezone.utc)], pa.timestamp("us", "UTC"), [(M(2023, 11, 9), False)]),
        ([None, None], pa.timestamp("us"), [(None, None), (None, None)]),
    ],
)
def test_midnights(read: Read, values: list[Any], kind: Any, expected: list[Any]) -> None:
    """A column of nothing but midnights holds days; one that shows the hour anywhere, or an offset, holds moments."""
    assert read({"t": arrow("at", values, kind)}, types=ALL).rows("t", "at", "at$bare") == expected


def test_pandas_columns_of_mixed_objects(read: Read) -> None:
    frame = pd.DataFrame(
        {
            "at": [date(2023, 11, 9), M(2023, 11, 9), "2023-11-09 9:30", None, pd.NaT],
            "text": ["a", 3, 2.5, float("nan"), pd.NA],
            "l": [["a"], "b、c", None, np.array(["d"]), ()],
            "n": pd.array([1, None, 3, 4, 5], dtype="Int64"),
            "m": pd.period_range("2023-11", periods=5, freq="M"),
        },
        index=[5, 6, 7, 8, 9],
    )
    got = read({"t": frame}, types=ALL)
    midnight = M(2023, 11, 9)
    assert got.rows("t", "at", "at$bare") == [
        (midnight, True),
        (midnight, False),
        (M(2023, 11, 9, 9, 30), False),
        (None, None),
        (None, None),
    ]
    assert got.rows("t", "text") == ["a", "3", "2.5", None, None]
    assert got.rows("t", "l") == [["a"], ["b", "c"], None, ["d"], None]
    assert got.rows("t", "n") == [1, None, 3, 4, 5]
    assert got.rows("t", "m")[1] == date(2023, 12, 1)
    assert got.rows("t", "_row") == [1, 2, 3, 4, 5]


def test_pandas_strings_and_categories(read: Read) -> None:
    frame = pd.DataFrame({"文": pd.Series(["甲", None], dtype="string"), "单": pd.Categorical(["a、b", None])})
    got = read({"t": frame}, types=ALL)
    assert got.rows("t", "text", "l") == [("甲", ["a", "b"]), (None, None)]


def test_rows_with_different_keys(read: Read) -> None:
    got = read({"t": [{"n": 1}, {}, {"数": 2, "text": "x"}, {"n": None, "text": "y"}]}, types=ALL)
    assert got.rows("t", "n", "text") == [(1, None), (None, None), (None, "x"), (None, "y")]
    assert got.codes == ["D204"]


def test_several_frames_of_one_type(read: Read) -> None:
    got = read({"t": [[{"n": 1}, {"n": 2}], pd.DataFrame({"n": [3]}), arrow("n", [4], pa.int64())]}, types=ALL)
    assert got.rows("t", "_n", "_row", "n") == [(1, 1, 1), (2, 2, 2), (3, 1, 3), (4, 1, 4)]
    assert [item.rows for item in got.loaded.inputs] == [2, 1, 1]


@pytest.mark.parametrize(
    "frame", [[], pd.DataFrame(), pd.DataFrame({"n": []}), pa.table({"n": pa.array([], pa.int64())})]
)
def test_empty_frames(read: Read, frame: Any) -> None:
    got = read({"t": frame}, types=ALL)
    assert (got.rows("t", "n"), got.codes) == ([], [])


@pytest.mark.parametrize("frame", ["some/path.csv", 7, [1, 2], [{"n": 1}, "x"], None])
def test_what_is_no_frame_is_an_error(read: Read, frame: Any) -> None:
    with pytest.raises(DataError, match="t"):
        read({"t": frame}, types=ALL)


def test_many_rows_come_in_parts(read: Read) -> None:
    got = read({"t": [{"n": i} for i in range(120_000)]}, types=ALL)
    assert got.con.execute("SELECT count(*), sum(n), max(_row) FROM raw_t WHERE _n = n + 1").fetchone() == (
        120_000,
        119_999 * 60_000,
        120_000,
    )


def test_heavy_libraries_stay_out_unless_given(tmp_path: Path) -> None:
    """Reading CSV and rows imports neither pandas nor pyarrow nor the spreadsheet reader."""
    (tmp_path / "t.csv").write_text("文\n甲\n", encoding="utf-8")
    code = """
import sys, duckdb
from duban.records import load
from duban.vocabulary import RecordType
types = {"t": RecordType.model_validate({"title": "表", "fields": {"text": {"title": "文"}}})}
for source in (sys.argv[1], {"t": [{"text": "甲"}]}):
    with duckdb.connect() as con:
        load(con, types, source, jurisdiction="县", timezone="Asia/Shanghai")
print([name for name in ("pandas", "pyarrow", "numpy", "python_calamine") if name in sys.modules])
"""
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
