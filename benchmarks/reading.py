"""Reading what was handed in, beside pandas that reads the same files and checks nothing: rows a second, memory.

    python benchmarks/reading.py [WORKBOOKS [ROWS_OF_THE_CSV]]        # default: 100 workbooks of 1,000 rows, 6,000,000 rows

The workbooks are the inspections of a month with Chinese headers, one sheet each; the CSV is the inspections of a
province under the names of the fields. duban finds the headers, types and checks every cell and keeps the place of each
row, in the database that an audit opens; pandas parses. Each run is a process of its own, the two take turns, and the fastest of each counts.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import duckdb

ROWS = 1_000
RUNS = int(os.environ.get("DUBAN_BENCH_RUNS", "3"))
HEADERS = ("检查编号", "被检查企业编号", "检查时间", "检查主体", "带队领导", "检查方式", "查出隐患数", "报送时间")
DRAWN = """
    SELECT printf('J%09d', i) AS inspection_id, printf('M%07d', hash(i) % 10000) AS enterprise_id,
      TIMESTAMP '2023-11-11 08:00:00' + INTERVAL (CAST(hash(i * 7) % 72000 AS INTEGER)) MINUTE AS start_at,
      ['企业自查', '镇中心', '县局', '企业主要负责人带队'][1 + CAST(hash(i * 11) % 4 AS INTEGER)] AS levels,
      ['矿长', '安全科长', '检查员1、检查员2'][1 + CAST(hash(i * 13) % 3 AS INTEGER)] AS leaders,
      ['日常', '四不两直'][1 + CAST(hash(i * 17) % 2 AS INTEGER)] AS mode,
      CAST(hash(i * 19) % 6 AS INTEGER) AS hazards_found, start_at + INTERVAL 2 DAY AS submitted_at"""


def make_workbooks(many: int, folder: Path) -> None:
    """So many workbooks, each with the header and 1,000 rows."""
    import openpyxl

    for number in range(many):
        book = openpyxl.Workbook(write_only=True)
        sheet = book.create_sheet("检查记录")
        sheet.append(HEADERS)
        for row in duckdb.sql(f"{DRAWN} FROM range({number * ROWS}, {(number + 1) * ROWS}) t(i)").fetchall():
            sheet.append(row)
        book.save(folder / f"inspection_{number:03}.xlsx")


def make_csv(rows: int, folder: Path) -> None:
    """One CSV of so many rows."""
    duckdb.sql(f"COPY ({DRAWN} FROM range({rows}) t(i)) TO '{folder / 'inspection.csv'}' (HEADER)")


def by_duban(folder: Path) -> int:
    from duban.evaluate import Limits, database
    from duban.pack import load_pack
    from duban.records.load import load

    types = load_pack("zezhou-2023-331").records
    with tempfile.TemporaryDirectory() as spill, database(Limits(temp_folder=spill)) as con:
        loaded = load(con, types, folder, jurisdiction="样县", timezone="Asia/Shanghai")
        wrong = [issue for issue in loaded.issues if issue.place and issue.place.row]
        assert not wrong, wrong[:3]
        return loaded.counts["inspection"]


def by_pandas(folder: Path, engine: str) -> int:
    import pandas as pd

    files = sorted(folder.iterdir())
    frames = [pd.read_csv(file) if engine == "csv" else pd.read_excel(file, engine=engine) for file in files]
    return len(pd.concat(frames))


def once(reader: str, folder: Path) -> None:
    """One reading in this process; prints rows, seconds and peak memory as JSON."""
    started = time.perf_counter()
    rows = by_duban(folder) if reader == "duban" else by_pandas(folder, reader)
    seconds = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"rows": rows, "seconds": seconds, "peak_mb": peak}))


def compare(what: str, folder: Path, readers: dict[str, str]) -> list[str]:
    """The rows of the table for one kind of file: each reader's best, and how many times the last one's time it takes."""
    best: dict[str, dict[str, float]] = {}
    for _ in range(RUNS):
        for reader in readers:
            out = subprocess.run(
                [sys.executable, __file__, "--once", reader, str(folder)], check=True, capture_output=True, text=True
            )
            result = json.loads(out.stdout)
            if reader not in best or result["seconds"] < best[reader]["seconds"]:
                best[reader] = result
    if len({result["rows"] for result in best.values()}) != 1:
        raise SystemExit(f"not every reader read the same rows: {best}")
    ours = best["duban"]["seconds"]
    return [
        f"| {what} | {name} | {result['seconds']:.2f} | {result['rows'] / result['seconds']:,.0f} | {result['peak_mb']:,.0f} "
        f"| {ours / result['seconds']:.2f} |"
        for reader, name in readers.items()
        for result in [best[reader]]
    ]


def table(workbooks: int, rows: int) -> list[str]:
    """The lines of the table in docs/performance.md."""
    lines = [
        "| files | reader | s | rows/s | peak memory, MB | time of duban ÷ its time |",
        "|---|---|---|---|---|---|",
    ]
    with tempfile.TemporaryDirectory() as books, tempfile.TemporaryDirectory() as text:
        make_workbooks(workbooks, Path(books))
        readers = {"duban": "duban", "openpyxl": "pandas.read_excel", "calamine": "pandas.read_excel, calamine"}
        lines += compare(f"{workbooks} workbooks, {workbooks * ROWS:,} rows", Path(books), readers)
        make_csv(rows, Path(text))
        lines += compare(f"one CSV, {rows:,} rows", Path(text), {"duban": "duban", "csv": "pandas.read_csv"})
    return lines


if __name__ == "__main__":
    if sys.argv[1:2] == ["--once"]:
        once(sys.argv[2], Path(sys.argv[3]))
    else:
        sizes = [int(size) for size in sys.argv[1:]]
        print("\n".join(table(*(sizes or [100, 6_000_000]))))
