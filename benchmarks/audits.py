"""Whole runs of duban: the command line, all obligations in force, less memory, and a week later.

python benchmarks/audits.py FOLDER AS_OF        # one audit of all obligations with its result files; prints JSON
"""

from __future__ import annotations

import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from measure import Measured, command, contender
from synthetic import add_week, generate
from workload import AS_OF, READS, differences, files

ROOT = Path(__file__).resolve().parents[1]
HERE = Path(__file__).resolve().parent
DUBAN = [sys.executable, "-m", "duban"]
SAMPLE = ["audit", str(ROOT / "data" / "samples"), "--as-of", "2024-01-07", "--quiet"]
MESSY = [
    "audit", str(ROOT / "data" / "samples" / "submissions"), "--as-of", "2024-01-07", "--quiet",
    "--bureau", str(ROOT / "data" / "bureau.yaml"),
]  # fmt: skip
LIMIT_MB, LIMIT = 4096, "4GB"  # what the process may hold, and what duban is told
# Above so many mines duban is told a limit in any case: all in memory they would want more than a usual machine has.
IN_MEMORY, LARGE = 100_000, "8GB"


def median(results: Sequence[Measured]) -> Measured:
    """The median of each figure; the first failure, if there is one."""
    for result in results:
        if result.error:
            return result
    return Measured(
        *(
            statistics.median(getattr(result, name) for result in results)
            for name in ("seconds", "wall", "cpu", "peak_mb", "reading")
        )
    )


def records_in(folder: Path) -> int:
    """How many records a generated folder has, of all types together."""
    paths = [path for record in READS for path in files(folder, record)]
    row = duckdb.execute(f"SELECT sum(num_rows) FROM parquet_file_metadata({paths})").fetchall()
    return int(row[0][0])


@dataclass(frozen=True)
class Whole:
    """The whole process of one command: with an empty cache each time, and with what the run before left in it."""

    name: str
    cold: Measured
    warm: Measured


def command_line(runs: int, budget: float) -> list[Whole]:
    """`--help`, beside Python that loads click alone, and the sample county, with and without the reports for people."""
    rows = []
    command(DUBAN, budget)  # so that not the first of them reads Python from the disk
    for name, words, out in (
        ("Python and click alone", [sys.executable, "-c", "import click"], []),
        ("`duban --help`", [*DUBAN, "--help"], []),
        ("`duban audit data/samples`, result files without reports", [*DUBAN, *SAMPLE, "--no-reports"], ["--out"]),
        ("`duban audit data/samples`, with all reports", [*DUBAN, *SAMPLE], ["--out"]),
        ("the same county as it was handed in (data/samples/submissions; one run), without reports", [*DUBAN, *MESSY, "--no-reports"], ["--out"]),
        ("data/samples/submissions, with all reports (one run)", [*DUBAN, *MESSY], ["--out"]),
    ):  # fmt: skip
        with tempfile.TemporaryDirectory() as folder:
            place = Path(folder)

            def once(cache: str, words: list[str] = words, out: list[str] = out, place: Path = place) -> Measured:
                given = [*words, *([*out, str(place / "out")] if out else [])]
                return command(given, budget, env={"DUBAN_CACHE": str(place / cache)})

            several = 1 if "submissions" in name else runs
            cold = [once(f"cache{number}") for number in range(several)]
            warm = [once("cache0") for _ in range(several)]
        rows.append(Whole(name, median(cold), median(warm)))
    return rows


def limit_of(mines: int) -> str:
    """What duban is told of memory at a size; '' if nothing."""
    return LARGE if mines > IN_MEMORY else ""


@dataclass(frozen=True)
class Limited:
    """The largest county size within a limit of memory."""

    mines: int
    records: int
    free: Measured
    limited: Measured


def within_memory(mines: int, folder: Path, budget: float, known: tuple[Measured, Path] | None = None) -> Limited:
    """The workload with the limit of its size, if any, and with the lesser one; the findings must be the same.

    `known`: the first of them, if it ran already.
    """
    with tempfile.TemporaryDirectory() as place:
        ours, theirs = Path(place) / "free.parquet", Path(place) / "limited.parquet"
        usual = {"DUBAN_BENCH_MEMORY": limit_of(mines)}
        free, ours = known or (contender("duban_audit", folder, ours, budget, env=usual), ours)
        limited = contender("duban_audit", folder, theirs, budget, env={"DUBAN_BENCH_MEMORY": LIMIT})
        if not free.error and not limited.error:
            same("under a limit of memory", ours, theirs)
    return Limited(mines, records_in(folder), free, limited)


@dataclass(frozen=True)
class Again:
    """An audit with an empty cache, the same once more, and with a hundredth of new records; beside one without cache."""

    mines: int
    first: Measured
    unchanged: Measured
    new: Measured
    uncached: Measured


def week_later(mines: int, budget: float) -> Again:
    """What the cache saves: nothing changed, and 1 % new records in files of their own."""
    with tempfile.TemporaryDirectory() as place:
        folder, cache = Path(place) / "records", {"DUBAN_CACHE": str(Path(place) / "cache")}
        ours, theirs = Path(place) / "cached.parquet", Path(place) / "uncached.parquet"
        generate(mines, folder)
        first = contender("duban_audit", folder, ours, budget, env=cache)
        unchanged = contender("duban_audit", folder, ours, budget, env=cache)
        add_week(folder)
        new = contender("duban_audit", folder, ours, budget, env=cache)
        uncached = contender("duban_audit", folder, theirs, budget)
        if not new.error and not uncached.error:
            same("with what was kept", ours, theirs)
    return Again(mines, first, unchanged, new, uncached)


def same(how: str, ours: Path, theirs: Path) -> None:
    """Stop the benchmark if an audit that should be no more than quicker, or smaller, finds something else."""
    found = differences(ours, theirs)
    if found:
        raise SystemExit(f"duban finds something else {how}:\n" + "\n".join(found))


@dataclass(frozen=True)
class Everything:
    """One audit of all obligations in force, from the records to the result files."""

    name: str
    duties: int
    judged: float
    written: float
    measured: Measured


def everything(sizes: Sequence[int], folder_of: Callable[[int], Path], runs: int, budget: float) -> list[Everything]:
    """The sample county and generated ones."""
    named = [("sample county (46 mines)", ROOT / "data" / "samples", "2024-01-07")]
    named += [(f"{size:,} mines", folder_of(size), AS_OF) for size in sizes]
    rows = []
    for name, folder, as_of in named:
        with tempfile.TemporaryDirectory() as place:
            words = [sys.executable, str(HERE / "audits.py"), str(folder), as_of, place]
            results = [command(words, budget, {"DUBAN_CACHE": "off"}) for _ in range(runs)]
            told = Path(place) / "told.json"
            figures = json.loads(told.read_text()) if told.is_file() else {}
        found = median(results)
        rows.append(
            Everything(name, figures.get("duties", 0), figures.get("judged", 0.0), figures.get("written", 0.0), found)
        )
    return rows


def main(records: str, as_of: str, out: str) -> None:
    started = time.perf_counter()
    from duban.auditing import audit
    from duban.report.tables import write

    place = Path(out)
    with audit(records, "zezhou-2023-331", as_of, output=place) as result:
        judged = time.perf_counter() - started
        write(result, place)
        duties = sum(result.counts.values())
    seconds = time.perf_counter() - started
    figures = {"seconds": seconds, "duties": duties, "judged": judged, "written": seconds - judged}
    (place / "told.json").write_text(json.dumps(figures))
    print(json.dumps(figures))


if __name__ == "__main__":
    main(*sys.argv[1:4])
