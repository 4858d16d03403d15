"""The audit that is run again: a hundred weekly files of which one is new, and the sample county. Prints a table.

`python benchmarks/again.py [MINES]`, 10000 by default. CPU seconds of reading and of judging, megabytes that the process
read, and how many of the files it opened: without the cache, with an empty one, after one more week, and once more.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import duckdb

from generate import generate

ROOT = Path(__file__).resolve().parent.parent
WEEKS = 100
MEASURE = """
import json, os, sys, time
folder, opened = sys.argv[1], set()
sys.addaudithook(lambda event, args: event == "open" and str(args[0]).startswith(folder) and opened.add(args[0]))
read = lambda: int(open("/proc/self/io").readline().split()[1]) if os.path.exists("/proc/self/io") else 0
from duban.auditing import audit_desk, open_desk, ready_pack
pack = ready_pack("zezhou-2023-331", None)
start, before = time.process_time(), read()
desk = open_desk(folder, pack, "2024-01-07")
loaded, after = time.process_time(), read()
with audit_desk(desk) as audit:
    duties = sum(audit.counts.values())
print(json.dumps([loaded - start, time.process_time() - loaded, (after - before) / 1e6, len(opened), duties]))
"""


def split(folder: Path) -> Path:
    """The inspections of a county by week; the last week, which is moved beside the folder."""
    whole = folder / "inspection.parquet"
    with duckdb.connect() as con:
        order = "ORDER BY start_at, inspection_id"
        con.execute(f"CREATE TABLE t AS SELECT *, ntile({WEEKS}) OVER ({order}) AS week FROM '{whole}'")
        for week in range(1, WEEKS + 1):
            rows = f"SELECT * EXCLUDE week FROM t WHERE week = {week} {order}"
            con.execute(f"COPY ({rows}) TO '{folder / f'inspection-{week:03}.parquet'}' (FORMAT parquet)")
    whole.unlink()
    last = folder.with_name("new.parquet")
    shutil.move(folder / f"inspection-{WEEKS:03}.parquet", last)
    return last


def measured(folder: Path, cache: str) -> list[float]:
    """One audit in a process of its own."""
    env = {**os.environ, "DUBAN_CACHE": cache, "PYTHONPATH": str(ROOT / "engine")}
    done = subprocess.run([sys.executable, "-c", MEASURE, str(folder)], env=env, check=True, capture_output=True)
    # The last line: DuckDB takes `python -c` for a person, and shows him how far a long statement is.
    found: list[float] = json.loads(done.stdout.splitlines()[-1])
    return found


def row(what: str, how: str, folder: Path, cache: str) -> None:
    read, judged, size, opened, duties = measured(folder, cache)
    files = sum(path.is_file() for path in folder.rglob("*"))
    print(
        f"| {what} | {how} | {read:.2f} | {judged:.2f} | {size:.1f} | {opened:.0f} of {files} | {duties:,.0f} |",
        flush=True,
    )


def main(mines: int) -> None:
    print(
        "| records | cache | read, CPU s | judge, CPU s | MB read | files opened | duties |\n|---|---|---|---|---|---|---|"
    )
    with tempfile.TemporaryDirectory(prefix="duban-again-") as scratch:
        county, cache = Path(scratch, "county"), str(Path(scratch, "cache"))
        generate(mines, county)
        new, what = split(county), f"{mines:,} mines, {WEEKS} weekly files"
        row(f"{what} less one", "empty", county, cache)
        shutil.move(new, county / f"inspection-{WEEKS:03}.parquet")
        row(what, "off", county, "off")
        row(what, "without the last week", county, cache)
        row(what, "of all", county, cache)
        sample = ROOT / "data" / "samples"
        for how, place in (("off", "off"), ("empty", cache), ("of all", cache)):
            row("sample county", how, sample, place)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
