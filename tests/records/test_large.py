"""Large tables: read by all cores, and by short cuts; cell by cell the same as the ordinary way."""

from __future__ import annotations

import csv
import io
import tempfile
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from duban.records import coerce, large, load, pools
from duban.records.readers import delimited
from duban.records.text import trimmed, trimmed_sql
from duban.vocabulary import FieldSpec, RecordType
from reading import COUNTY, Read

KIND = RecordType.model_validate(
    {
        "title": "检查记录",
        "key": "id",
        "time": "at",
        "fields": {
            "id": {"title": "编号"},
            "at": {"title": "时间", "type": "datetime"},
            "day": {"title": "日期", "type": "date", "required": True},
            "month": {"title": "月份", "type": "month"},
            "number": {"title": "数", "type": "int"},
            "money": {"title": "金额", "type": "decimal"},
            "done": {"title": "完成", "type": "bool"},
            "people": {"title": "人员", "type": "list"},
            "levels": {"title": "级别", "type": "list", "values": ["县局", "镇中心", "县局、镇中心", " 市"]},
            "result": {"title": "结果", "values": ["合格", "限期 整改", "空"]},
            "text": {"title": "说明"},
        },
    }
)
FIELDS = list(KIND.fields)
USUAL = {
    "id": ["J1", "1.2E+17", "5E+3", "3E", "01"],
    "at": ["2023-11-09 08:30:00", "2023-11-09", "2023/1/9 8:05", "2023-11-09 08:30:00.5", "2023-11-09T08:30:00",
           "2023-02-30 08:00:00", "1799-12-31 00:00:00", "1800-01-01 00:00:00", "12023-01-01 00:00:00", "infinity",
           "2023-11-09 24:00:00", "2023-11-09 8:30:00 ", "2000-01-01 (BC) 00:00:00", "2023-11-09 08:30:00Z"],
    "day": ["2023-11-09", "2023-1-9", "2023/11/09", "2023-13-01", "1799-12-31", "infinity", "2000-01-01 (BC)", "epoch"],
    "month": ["2023-11", "2023-11-01", "2023年11月"],
    "number": ["0", "-0", "3", "-3", "+3", "03", "1e3", "9" * 18, "-" + "9" * 18, "9" * 19, "3.0", "1_000", "0x10"],
    "money": ["1.5", "3", "-0.25", "1.23456", "1e2", "1,200"],
    "done": ["是", "否", "√", "0", "TRUE"],
    "people": ["甲", "甲、乙", "甲，乙", "、甲", "甲、、乙", "甲等3人", "无", "\v甲", "甲\v", "甲\x1f乙\x1f", "#N/A"],
    "levels": ["县局", "县局、镇中心", "镇中心、县局", "市", " 市", "县 局", "省"],
    "result": ["合格", "限期 整改", "限期整改", "空", "不合格"],
    "text": ["甲", "#REF!", "#1机组", "Z~", "z", "0\u200b", "'0", "\\", "Ａ"],
}  # fmt: skip
ANY = ["", " ", "\t", "\u3000", "—", "--", "空", "空白", "/", "'", "''", "'2023-11-09", " 3 ", "3\xa0", "无", "#N/A"]
DRAWN = st.text(st.sampled_from("0123459-/:. T+eE、，甲空#'—\u3000\v"), max_size=20)
ROW = st.tuples(*(st.sampled_from([*USUAL[field], *ANY]) | DRAWN for field in FIELDS))


def text_of(rows: list[Any]) -> bytes:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([[KIND.fields[field].title for field in FIELDS], *rows])
    return out.getvalue().encode()


def found(content: bytes) -> tuple[list[Any], list[str]]:
    """All columns of all rows, and the issues, of one file."""
    with tempfile.TemporaryDirectory() as folder, duckdb.connect() as con:
        (Path(folder) / "t.csv").write_bytes(content)
        loaded = load(con, {"t": KIND}, folder, jurisdiction=COUNTY, timezone="Asia/Shanghai")
        names = sorted(row[0] for row in con.execute("DESCRIBE raw_t").fetchall())
        listed = ", ".join(f'"{name}"' for name in names)
        return con.execute(f"SELECT {listed} FROM raw_t ORDER BY _n").fetchall(), [str(i) for i in loaded.issues]


def by_all_cores(content: bytes) -> tuple[list[Any], list[str]]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pools, "SMALL", -1)
        patch.setattr(delimited, "LARGE", -1)
        return found(content)


def without_short_cuts(content: bytes) -> tuple[list[Any], list[str]]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(coerce, "_fast", lambda *_: ("", ""))
        return found(content)


@given(st.lists(ROW, min_size=1, max_size=30))
def test_short_cuts_change_nothing(rows: list[Any]) -> None:
    content = text_of(rows)
    assert by_all_cores(content) == without_short_cuts(content)


def test_all_ways_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each cell once: pooled with other small files; alone, row by row; alone, by all cores; and without short cuts."""
    columns = [[*USUAL[field], *ANY] for field in FIELDS]
    content = text_of([[column[i % len(column)] for column in columns] for i in range(max(map(len, columns)))])
    pooled = found(content)
    assert without_short_cuts(content) == pooled
    assert by_all_cores(content) == pooled
    monkeypatch.setattr(pools, "SMALL", -1)
    assert found(content) == pooled
    monkeypatch.setattr(large, "_PASSES", ())
    assert by_all_cores(content) == pooled


TEXTS = st.text(st.sampled_from(" \t\v\u3000\xa0\ufeff\u200b'/／\\-—－空白甲Zz~0#[{"), max_size=4)


@given(st.lists(TEXTS, min_size=1, max_size=30))
def test_trimming(texts: list[str]) -> None:
    with duckdb.connect() as con:
        rows = con.execute(f"SELECT {trimmed_sql('t')} FROM (SELECT unnest($1::VARCHAR[]) AS t)", [texts]).fetchall()
    assert [row[0] or "" for row in rows] == [trimmed(text) for text in texts]


LISTS = {
    "people": [["甲"], ["甲", "乙"], ["甲", "甲"], ["甲等3人"], ["无"], ["甲、乙"], ["甲 "],
               ["", "甲"], ["甲", None], ["-"], [], None],
    "levels": [["县局"], ["镇中心", "县局"], ["县局、镇中心"], ["市"], ["县 局"], ["省", "县局"],
               [None], [], None],
}  # fmt: skip


@pytest.mark.parametrize("odd", [True, False], ids=["one odd list", "usual lists alone"])
@pytest.mark.parametrize("field", LISTS)
def test_lists_of_parquet_are_looked_at_by_element(field: str, odd: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each list alone in a large file, or beside a usual one: as in a small file, where every list is looked at."""
    lists = [[["甲" if field == "people" else "县局"], one] if odd else [one] for one in LISTS[field]]
    small = [from_parquet(field, cells) for cells in lists]
    monkeypatch.setattr(pools, "SMALL", -1)
    assert [from_parquet(field, cells) for cells in lists] == small


def from_parquet(field: str, cells: list[Any]) -> tuple[list[Any], list[str]]:
    with tempfile.TemporaryDirectory() as folder, duckdb.connect() as con:
        texts = f"SELECT 'J' AS id, DATE '2023-11-09' AS day, unnest($1::VARCHAR[][]) AS {field}"
        con.execute(f"COPY ({texts}) TO '{folder}/t.parquet' (FORMAT parquet)", [cells])
        loaded = load(con, {"t": KIND}, folder, jurisdiction=COUNTY, timezone="Asia/Shanghai")
        rows = con.execute(f"SELECT _n, _row, {field} FROM raw_t ORDER BY _n").fetchall()
        return rows, [str(issue) for issue in loaded.issues]


def test_a_usual_list_is_its_own_value(con: duckdb.DuckDBPyConnection) -> None:
    """Only elements that need neither trimming, nor splitting, nor looking up, and none that is not there."""
    people = dict.fromkeys(["甲 乙", "甲、乙", "无", "甲 ", "/", ""], False) | {"甲": True}
    levels = {"县局": True, "镇中心": True, "市": False, "省": False}
    for spec, elements in ((KIND.fields["people"], people), (KIND.fields["levels"], levels)):
        for text, usual in elements.items():
            found = con.execute(f"SELECT {coerce.usual_element(spec, '$1')}", [text]).fetchone()
            assert found == (usual,), text
        assert con.execute(f"SELECT {coerce.usual_element(spec, 'NULL::VARCHAR')}").fetchone() == (False,)


@pytest.fixture
def unpooled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pools, "SMALL", -1)
    monkeypatch.setattr(delimited, "LARGE", -1)


def test_order_on_many_cores(read: Read, tmp_path: Path) -> None:
    """More rows than one core writes at once, of fields that DuckDB would look up by a join."""
    rows = 300_000
    lines = [f"J{i},县局,合格,2023-11-09 08:00:00\n" for i in range(rows)]
    (tmp_path / "inspection.csv").write_text("检查编号,检查级别,处理结果,检查时间\n" + "".join(lines), encoding="utf-8")
    got = read(tmp_path)
    right = "sum(CAST(_n = _row - 1 AND inspection_id = 'J' || (_n - 1) AND levels = ['县局'] AS INTEGER))"
    assert got.con.execute(f"SELECT count(*), {right} FROM raw_inspection").fetchone() == (rows, rows)


def test_the_short_cuts_keep_the_order(con: duckdb.DuckDBPyConnection) -> None:
    """No expression of a field becomes a join: then a large table would be written the slow way."""
    for kind in ("text", "int", "decimal", "bool", "date", "datetime", "month", "list"):
        values = [f"v{i}" for i in range(20)] if kind in ("text", "list") else []
        cell = coerce.coerce(FieldSpec(title="t", type=kind, values=values), 0, coerce.Source("t", "VARCHAR"), "UTC")
        con.execute("CREATE OR REPLACE TABLE texts AS SELECT 'v' || i AS t FROM range(100) r(i)")
        steps = f"(SELECT *, {cell.fast or 'NULL'} AS f0 FROM (SELECT t AS s0 FROM texts))"
        rows = f"SELECT {cell.value} AS v0 FROM (SELECT *, {cell.raw} AS r0 FROM {steps})"
        assert large._keeps_order(con, rows), kind


def test_a_join_does_not_keep_the_order(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("CREATE TABLE texts AS SELECT i FROM range(100) r(i)")
    assert not large._keeps_order(con, "SELECT i FROM texts WHERE i IN (SELECT i FROM texts)")


@pytest.mark.usefixtures("unpooled")
def test_rows_without_content_are_counted_and_left_out(read: Read, tmp_path: Path) -> None:
    (tmp_path / "inspection.csv").write_text(
        "检查编号,检查时间\n,\na,2023-11-09\n , \nb,2023-11-10\n", encoding="utf-8"
    )
    assert read(tmp_path).rows("inspection", "_n", "_row", "inspection_id") == [(1, 3, "a"), (2, 5, "b")]


@pytest.mark.usefixtures("unpooled")
def test_a_second_file_follows(read: Read, tmp_path: Path) -> None:
    (tmp_path / "inspection_1.csv").write_text("检查编号,检查时间\na,2023-11-09\nb,2023-11-10\n", encoding="utf-8")
    (tmp_path / "inspection_2.csv").write_text("检查时间,处理结果,检查编号\n2023-11-11,合格,c\n", encoding="utf-8")
    assert read(tmp_path).rows("inspection", "_n", "_file", "_row", "inspection_id", "result", "jurisdiction") == [
        (1, "inspection_1.csv", 2, "a", None, COUNTY),
        (2, "inspection_1.csv", 3, "b", None, COUNTY),
        (3, "inspection_2.csv", 2, "c", "合格", COUNTY),
    ]


@pytest.mark.usefixtures("unpooled")
def test_a_broken_row_costs_only_itself(read: Read, tmp_path: Path) -> None:
    (tmp_path / "inspection.csv").write_text("检查编号,检查时间\na,2023-11-09\nb\nc,2023-11-10\n", encoding="utf-8")
    got = read(tmp_path)
    assert "D106" in got.codes
    assert got.rows("inspection", "_row", "inspection_id") == [(2, "a"), (3, "b"), (4, "c")]


@pytest.mark.parametrize("small", [-1, 1 << 20], ids=["by all cores", "one by one"])
def test_rows_of_several_parquet_files_are_numbered_on(
    small: int, read: Read, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A row without content is one in Parquet, where nobody left a line empty."""
    monkeypatch.setattr(pools, "SMALL", small)
    for number, rows in enumerate(["('a', '合格'), ('b', NULL)", "(NULL, NULL), ('c', '合格')"]):
        target = tmp_path / f"inspection_{number}.parquet"
        with duckdb.connect() as con:
            con.sql(f"SELECT * FROM (VALUES {rows}) v(inspection_id, result)").write_parquet(str(target))
    assert read(tmp_path).rows("inspection", "_n", "_file", "_row", "inspection_id", "result") == [
        (1, "inspection_0.parquet", 2, "a", "合格"),
        (2, "inspection_0.parquet", 3, "b", None),
        (3, "inspection_1.parquet", 2, None, None),
        (4, "inspection_1.parquet", 3, "c", "合格"),
    ]
