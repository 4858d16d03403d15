"""`make bench`: time and memory of audits, of reading and of judging, written to docs/performance.md.

Numbers of mines as arguments; default 10000 100000. The parts run alone: benchmarks/reading.py, benchmarks/judges.py.

Machines are noisy: every figure is the best of three (DUBAN_BENCH_RUNS) in one run, and the command line's own start is measured beside it.
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import judges
import reading
from generate import PER_MINE, generate

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
RUNS = int(os.environ.get("DUBAN_BENCH_RUNS", "3"))


def best(command: list[str]) -> float:
    """Seconds of the fastest of some runs of a command."""
    seconds = []
    for _ in range(RUNS):
        started = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True)
        seconds.append(time.perf_counter() - started)
    return min(seconds)


def measured(records: str, memory: str = "") -> dict[str, object]:
    """The fastest of some measured audits."""
    results = []
    for _ in range(RUNS):
        out = subprocess.run(
            [sys.executable, str(HERE / "measure.py"), records, memory], check=True, capture_output=True, text=True
        )
        results.append(json.loads(out.stdout))
    return min(results, key=lambda result: result["seconds"]["total"])


def row(name: str, result: dict) -> str:
    seconds = result["seconds"]
    parts = " | ".join(f"{seconds[stage]:.2f}" for stage in ("load", "evaluate", "write", "total"))
    return f"| {name} | {sum(result['duties'].values()):,} | {parts} | {result['peak_mb']:,.0f} |"


def limited(name: str, records: str, memory: str) -> str:
    """The row of an audit under a memory limit; one that does not fit says so."""
    try:
        return row(name, measured(records, memory))
    except subprocess.CalledProcessError:
        return f"| {name} | does not fit | | | | | |"


def main(sizes: list[int]) -> None:
    duban = [sys.executable, "-m", "duban"]
    help_seconds = best([*duban, "--help"])
    python_seconds = best([sys.executable, "-c", "import click"])
    sample = best([*duban, "audit", str(ROOT / "data" / "samples"), "--as-of", "2024-01-07", "--quiet"])
    rows = [row("sample county (46 mines)", measured(str(ROOT / "data" / "samples")))]
    with tempfile.TemporaryDirectory() as folder:
        for size in sizes:
            target = Path(folder) / str(size)
            generate(size, target)
            rows.append(row(f"{size:,} mines, {size * PER_MINE:,} inspections", measured(str(target))))
            if size >= 100_000:
                rows.append(limited("the same, memory limit 1.5 GB", str(target), "1.5GB"))
    lines = [
        "# Performance",
        "",
        f"Made by `make bench` ({' '.join(str(size) for size in sizes)}) on {platform.machine()}, {os.cpu_count()} cores, "
        f"Python {platform.python_version()}; best of {RUNS}. Other machines differ, ratios less so.",
        "",
        f"`duban --help`: {help_seconds * 1000:.0f} ms (Python with click alone: {python_seconds * 1000:.0f} ms). "
        f"`duban audit data/samples` as a whole process: {sample:.2f} s.",
        "",
        "All obligations in force, from Parquet (the sample: CSV and XLSX) to the written result files; seconds of one process.",
        "The generated counties hold rosters, inspections and major hazards; the sample has every record type:",
        "",
        "| records | duties | load | evaluate | write | total | peak memory, MB |",
        "|---|---|---|---|---|---|---|",
        *rows,
        "",
        "*load* includes the start of Python, reading, typing and checking every cell, and compiling the rules. *write* includes all",
        "the result files, the leads among them. The generated data is described in `benchmarks/generate.py`.",
        "",
        *reading.section(100, 6_000_000),
        "## Judging",
        "",
        "Both judges on the measures of the notice, bearers with ten findings each, streamed; see `benchmarks/judges.py`:",
        "",
        *judges.table(100_000, 10),
        "",
    ]
    (ROOT / "docs" / "performance.md").write_text("\n".join(lines), encoding="utf-8")
    print("\n".join(lines))


if __name__ == "__main__":
    main([int(size) for size in sys.argv[1:]] or [10_000, 100_000])
