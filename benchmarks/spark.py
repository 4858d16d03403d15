"""Counties by the thousand on Spark (`duban audit --spark`), beside one process that reads the same records.

    python benchmarks/spark.py                    2,800 counties of 200 mines; needs PySpark and Java 17
    python benchmarks/spark.py 280 100            so many counties, so many mines in each
    python benchmarks/spark.py --write            and keep the figures in benchmarks/spark.json, which nation.py reads

Correctness first: both must find the same duties, by fingerprint, status and figures, or no time is printed. Both are whole
processes, from Parquet on the disk to Parquet on the disk; the start of Python and of Java is in the time.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import duckdb

import synthetic

HERE = Path(__file__).resolve().parent
FIGURES = HERE / "spark.json"
AS_OF, PACK = "2024-01-07", "zezhou-2023-331"
CORES = 2
# Duties of mines, towns and the county: counted acts, cover, shares, deadlines. The judgement of measures wants all of them.
OBLIGATIONS = (
    "head-leads-inspections", "self-inspection-covers-units", "hazards-corrected-in-time", "town-covers-all-mines",
    "county-checks-share", "town-checks-by-surprise", "county-checks-by-surprise", "major-hazard-rectified",
    "major-hazard-by-own-deadline", "open-majors-assessed", "town-verifies-corrected", "county-verifies-corrected",
)  # fmt: skip
SAME = "count(*), bit_xor(hash(fingerprint, jurisdiction, status, required, observed, message)), count(DISTINCT jurisdiction)"


@dataclass(frozen=True)
class Figure:
    """One contender on one lake: wall seconds, CPU seconds of all its processes, the peak of the largest in MB."""

    name: str
    counties: int
    mines: int
    records: int
    duties: int
    obligations: int
    seconds: float
    cpu: float
    peak_mb: float


def lake(counties: int, mines: int, each: int, folder: Path) -> tuple[Path, Path, int]:
    """The same records twice: one file for each record type, and a lake; and their number."""
    flat, root = folder / "flat", folder / "lake"
    total = counties * mines
    # one file of each type: its name is the type's
    synthetic.generate(total, flat, county=mines, thin=max(1, synthetic.PER_MINE // each), chunk=total)
    con, rows = duckdb.connect(), 0
    # So many files are written at a time; more partitions than this would come in splinters.
    con.execute("SET partitioned_write_max_open_files = 4000")
    for file in sorted(flat.glob("*.parquet")):
        (root / file.stem).mkdir(parents=True)
        rows += con.execute(f"SELECT count(*) FROM '{file}'").fetchone()[0]
        con.execute(
            f"COPY (FROM '{file}' ORDER BY jurisdiction) TO '{root / file.stem}' (FORMAT parquet, PARTITION_BY (jurisdiction), WRITE_PARTITION_COLUMNS true, OVERWRITE_OR_IGNORE true)"
        )
    return flat, root, rows


_ALONE = """
import sys
from duban.auditing import audit
from duban.evaluate import Limits
from duban.judging import judge_audit
records, out, *obligations = sys.argv[1:]
with audit([records], {pack!r}, {as_of!r}, obligations=obligations, output=__import__("pathlib").Path(out), limits=Limits("8GB", {cores}, out)) as found:
    if not obligations:
        judge_audit(found)
    found.connection.execute(f"COPY duties TO '{{out}}/duties.parquet' (FORMAT parquet, COMPRESSION zstd)")
"""


def measured(command: list[str]) -> tuple[float, float, float]:
    """Wall seconds, CPU seconds and peak megabytes of a command, by a process that measures nothing else."""
    environment = {**os.environ, "DUBAN_CACHE": "off"}
    done = subprocess.run(
        [sys.executable, __file__, "--measure", *command], capture_output=True, text=True, env=environment
    )
    if done.returncode:
        raise SystemExit(done.stderr[-2_000:])
    seconds, cpu, peak = json.loads(done.stdout.splitlines()[-1])
    return seconds, cpu, peak


def measure(command: list[str]) -> None:
    """Run a command and all that it leaves behind: Spark's Java outlives whoever started it, and its CPU time counts.

    What a process used whose parent waits for nobody (a worker of Spark) is nowhere but in itself: all are looked at five
    times a second while they live.
    """
    reaper = 36  # PR_SET_CHILD_SUBREAPER
    ctypes.CDLL(None).prctl(reaper, 1)  # orphans become ours (Linux)
    seen: dict[tuple[int, float], float] = {}
    over = threading.Event()
    watcher = threading.Thread(target=_watch, args=(seen, over), daemon=True)
    watcher.start()
    started = time.perf_counter()
    code = subprocess.run(command, stdout=sys.stderr).returncode
    seconds = time.perf_counter() - started
    with contextlib.suppress(ChildProcessError):
        while True:
            os.wait()
    over.set()
    watcher.join()
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = max(used.ru_utime + used.ru_stime, sum(seen.values()))
    print(json.dumps([seconds, cpu, used.ru_maxrss / 1024]))
    sys.exit(code)


def _watch(seen: dict[tuple[int, float], float], over: threading.Event) -> None:
    """Note of each process below this one, by pid and start, the CPU seconds that it had used when it was last seen."""
    import psutil

    me = psutil.Process()
    while not over.wait(0.2):
        for process in me.children(recursive=True):
            with contextlib.suppress(psutil.Error):
                times = process.cpu_times()
                seen[process.pid, process.create_time()] = times.user + times.system


def compared(counties: int, mines: int, each: int, obligations: tuple[str, ...]) -> list[Figure]:
    """One process and Spark over the same records."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        flat, root, rows = lake(counties, mines, each, folder)
        (folder / "alone").mkdir()
        script = _ALONE.format(pack=PACK, as_of=AS_OF, cores=CORES)
        alone = measured([sys.executable, "-c", script, str(flat), str(folder / "alone"), *obligations])
        words = [word for one in obligations for word in ("--obligation", one)]
        out = folder / "spark"
        spark = measured(
            [sys.executable, "-m", "duban", "audit", str(root), "--spark", f"local[{CORES}]", "--out", str(out),
             "--as-of", AS_OF, "--memory", "4GB", "--quiet", *words]
        )  # fmt: skip
        found = [duckdb.sql(f"SELECT {SAME} FROM '{files}'").fetchall()[0]
                 for files in (folder / "alone" / "duties.parquet", f"{out}/*/*/duties/*.parquet")]  # fmt: skip
    if found[0] != found[1] or found[0][2] != counties:
        raise SystemExit(f"not the same duties: one process {found[0]}, Spark {found[1]}")
    told = (counties, counties * mines, rows, found[0][0], len(obligations))
    return [Figure("one process", *told, *alone), Figure(f"Spark, local[{CORES}]", *told, *spark)]


def table(figures: list[Figure]) -> list[str]:
    """The rows of a Markdown table."""
    return [
        "| | counties | mines | records | obligations | duties | s | mines/s | CPU s | peak of the largest process, MB |",
        "|---|---|---|---|---|---|---|---|---|---|",
        *(
            f"| {one.name} | {one.counties:,} | {one.mines:,} | {one.records:,} | {one.obligations or 'all'} | {one.duties:,} "
            f"| {one.seconds:.1f} | {one.mines / one.seconds:,.0f} | {one.cpu:.0f} | {one.peak_mb:,.0f} |"
            for one in figures
        ),
    ]


def figures(counties: int = 2_800, mines: int = 200) -> list[Figure]:
    """Thin: all counties, ten records a mine, a few obligations. Dense: some, sixty records a mine, all that is in force.

    33.6 million records under all obligations are 31 million duties, a quarter of an hour for two cores: the dense lake
    has a fiftieth of the counties, and its figures per mine are what nation.py counts with.
    """
    return [*compared(counties, mines, 10, OBLIGATIONS), *compared(max(2, counties // 50), mines, 60, ())]


def keep(found: list[Figure]) -> None:
    """For nation.py."""
    FIGURES.write_text(json.dumps([asdict(one) for one in found], indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--measure"]:
        measure(sys.argv[2:])
    sizes = [int(word) for word in sys.argv[1:] if not word.startswith("-")]
    found = figures(*sizes)
    print("\n".join(table(found)))
    if "--write" in sys.argv:
        keep(found)
