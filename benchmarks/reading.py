"""Reading what was handed in, beside pandas that reads the same files and checks nothing: rows a second, memory.

    python benchmarks/reading.py [WORKBOOKS [ROWS_OF_THE_CSV]]        # default: 100 workbooks of 1,000 rows, 2,000,000 rows
    make bench ARGS="--only reading"                                  # into docs/performance.md

The workbooks are the inspections of a month with Chinese headers, one sheet each; the CSV is the inspections of a
province under the names of the fields. duban finds the headers, types and checks every cell and keeps the place of each
row, in the database that an audit opens; pandas parses. The floor is DuckDB that puts the CSV into a table as text. Each run is a process of its own, the two take turns, and the fastest of each counts.
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
CSV_READERS = {"duban": "duban", "csv": "pandas.read_csv", "duckdb": "DuckDB, every column as text"}
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


def by_duckdb(folder: Path) -> int:
    """The columns as text, in the order of the rows: the least that a table in DuckDB costs."""
    con = duckdb.connect()
    names = "{" + ", ".join(f"'c{i}': 'VARCHAR'" for i in range(len(HEADERS))) + "}"
    told = f"columns = {names}, auto_detect = false, header = false, skip = 1, delim = ',', quote = '\"', escape = '\"'"
    con.execute(f"CREATE TABLE t AS FROM read_csv('{folder / 'inspection.csv'}', {told})")
    return int(con.execute("SELECT count(*) FROM t").fetchall()[0][0])


def once(reader: str, folder: Path) -> None:
    """One reading in this process; prints rows, seconds, seconds of all cores and peak memory as JSON."""
    started = time.perf_counter()
    ours = {"duban": by_duban, "duckdb": by_duckdb}
    rows = ours[reader](folder) if reader in ours else by_pandas(folder, reader)
    seconds = time.perf_counter() - started
    used = resource.getrusage(resource.RUSAGE_SELF)
    cpu, peak = used.ru_utime + used.ru_stime, used.ru_maxrss / 1024
    print(json.dumps({"rows": rows, "seconds": seconds, "cpu": cpu, "peak_mb": peak}))


def compare(what: str, folder: Path, readers: dict[str, str]) -> list[str]:
    """The rows of the table for one kind of file: each reader's best, and how many times the last one's time it takes."""
    best: dict[str, dict[str, float]] = {}
    for _ in range(RUNS):
        for reader in readers:
            out = subprocess.run(
                [sys.executable, __file__, "--once", reader, str(folder)], check=True, capture_output=True, text=True
            )
            result = json.loads(out.stdout.splitlines()[-1])
            if reader not in best or result["seconds"] < best[reader]["seconds"]:
                best[reader] = result
    if len({result["rows"] for result in best.values()}) != 1:
        raise SystemExit(f"not every reader read the same rows: {best}")
    ours = best["duban"]
    return [
        f"| {what} | {name} | {result['seconds']:.2f} | {result['cpu']:.2f} | {result['rows'] / result['seconds']:,.0f} "
        f"| {result['peak_mb']:,.0f} | {ours['seconds'] / result['seconds']:.2f} | {ours['cpu'] / result['cpu']:.2f} |"
        for reader, name in readers.items()
        for result in [best[reader]]
    ]


def table(workbooks: int, rows: int) -> list[str]:
    """The lines of the table in docs/performance.md."""
    lines = [
        "| files | reader | s | CPU s | rows/s | peak memory, MB | time of duban ÷ its time | CPU of duban ÷ its CPU |",
        "|---|---|---|---|---|---|---|---|",
    ]
    with tempfile.TemporaryDirectory() as books, tempfile.TemporaryDirectory() as text:
        make_workbooks(workbooks, Path(books))
        readers = {"duban": "duban", "openpyxl": "pandas.read_excel", "calamine": "pandas.read_excel, calamine"}
        lines += compare(f"{workbooks} workbooks, {workbooks * ROWS:,} rows", Path(books), readers)
        make_csv(rows, Path(text))
        lines += compare(f"one CSV, {rows:,} rows", Path(text), CSV_READERS)
    return lines


def section(workbooks: int, rows: int) -> list[str]:
    """What stands under the heading in docs/performance.md."""
    return [
        "duban finds the headers, types and checks every cell and keeps each row's place; pandas parses and checks nothing. The time of",
        "duban includes loading its rules. The floor of a CSV is DuckDB that puts it into a table as text:",
        "",
        *table(workbooks, rows),
    ]


if __name__ == "__main__":
    if sys.argv[1:2] == ["--once"]:
        once(sys.argv[2], Path(sys.argv[3]))
    else:
        print("\n".join(table(*([int(size) for size in sys.argv[1:]] or [100, 2_000_000]))))
