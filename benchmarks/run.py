"""`make bench`: duban beside what else people would use, written to docs/performance.md.

    make bench                                             # all of it: some twelve minutes on two cores
    make bench ARGS="--sizes 46,1000,10000 --runs 1"
    make bench ARGS="--only contest --contenders duckdb_sql,polars_lazy"

Sections that are not made stay on the page as they were.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import audits
import contest
import judges
import reading
import report
import timings
from synthetic import generate

SECTIONS = ("contest", "engines", "line", "timings", "memory", "again", "spark", "everything", "reading", "judging")
PATIENCE = 7  # budgets that a rules engine may take for itself


class Folders:
    """Generated counties by size; each is made when it is first asked for, whole or not at all."""

    def __init__(self, place: Path) -> None:
        self.place = place

    def __call__(self, mines: int) -> Path:
        folder = self.place / str(mines)
        if not folder.is_dir():
            half = self.place / f"{mines}-half"
            shutil.rmtree(half, ignore_errors=True)
            generate(mines, half)
            half.rename(folder)
        return folder


def sections(
    given: argparse.Namespace, words: Sequence[str], folder_of: Folders, place: Path
) -> Mapping[str, Sequence[str]]:
    """Heading → lines, of what was asked for; what the contenders find lies in `place`."""
    runs, budget, sizes = given.runs, given.budget, sorted(given.sizes)
    made = report.made_by(words, f"medians of {runs} (above 100,000 mines: one run)")
    page: dict[str, Sequence[str]] = {"The workload": report.workload()}
    known: dict[str, object] = {}
    unlimited = None
    if "contest" in given.only:
        rivals = contest.entries(given.contenders)
        report.note_missing(rivals)
        results = contest.hold(sizes, folder_of, rivals, runs, budget, place)
        unlimited = results[-1].figures[contest.DUBAN], contest.findings(place, sizes[-1])
        known |= {"entries": rivals, "sizes": results}
        page |= {
            "Ratios": report.ratios(made, rivals, results),
            "Every contender": report.contest(made, rivals, results),
        }
    if "engines" in given.only:
        patient = [entry for entry in contest.entries(given.contenders) if entry.name not in contest.BY_HAND]
        some = [size for size in sizes if 1_000 <= size <= audits.IN_MEMORY]
        found = contest.hold(some, folder_of, patient, 1, budget * PATIENCE, place)
        page["Rules engines, given their time"] = report.given_time(report.made_by(words, "one run"), patient, found)
    if "line" in given.only:
        known["line"] = line = audits.command_line(runs, budget)
        page["The command line"] = report.command_line(made, line)
    if "timings" in given.only:
        mines = max(size for size in sizes if size <= audits.IN_MEMORY)
        runs_of = [timings.sample(), timings.generated(mines, folder_of(mines))]
        page["Where the time goes"] = timings.section(report.made_by(words, "one run"), runs_of)
    if "memory" in given.only:
        known["limited"] = limited = audits.within_memory(sizes[-1], folder_of(sizes[-1]), budget * 10, unlimited)
        page["Less memory"] = report.less_memory(report.made_by(words, "one run"), limited)
    if "again" in given.only:
        known["later"] = later = audits.week_later(min(100_000, sizes[-1]), budget * 10)
        page["A week later"] = report.again(report.made_by(words, "one run"), later)
    if "spark" in given.only and (lines := on_spark()):
        page["Many counties on Spark"] = [report.made_by(words, "one run"), "", *lines]
    if "everything" in given.only:
        few = [size for size in sizes if 10_000 <= size <= 100_000]
        page["Everything that is written"] = report.everything(
            report.made_by(words, "one run"), audits.everything(few, folder_of, 1, budget * 10)
        )
    if "reading" in given.only:
        page["Reading"] = [report.made_by(words, f"the best of {reading.RUNS}"), "", *reading.section(100, 2_000_000)]
    if "judging" in given.only:
        page["Judging"] = [
            report.made_by(words, "one run"), "",
            "Both judges on the measures of the notice, bearers with ten findings each, streamed; see `benchmarks/judges.py`:", "",
            *judges.table(20_000, 10),
        ]  # fmt: skip
    if set(known) >= {"sizes", "line"}:
        page["Targets"] = report.targets(made, **known)  # type: ignore[arg-type]
    return page


def on_spark() -> list[str]:
    """The table of the module that measures a lake on Spark, where it and PySpark are there: 2,800 counties of 200 mines."""
    try:
        import pyspark  # noqa: F401

        import spark
    except ModuleNotFoundError as missing:
        print(f"no section on Spark: {missing}", file=sys.stderr)
        return []
    found = spark.figures()
    spark.keep(found)
    return list(spark.table(found))


def numbers(text: str) -> list[int]:
    return [int(part) for part in text.split(",")]


def names(text: str) -> list[str]:
    return [part for part in text.split(",") if part]


def chosen(text: str) -> list[str]:
    unknown = set(names(text)) - set(SECTIONS)
    if unknown:
        raise argparse.ArgumentTypeError(f"no section {', '.join(sorted(unknown))}; there are: {', '.join(SECTIONS)}")
    return names(text)


def main(words: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(
        prog="make bench", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--sizes", type=numbers, default=[46, 1_000, 10_000, 100_000, 1_000_000], help="mines, with commas"
    )
    parser.add_argument("--runs", type=int, default=3, help="runs of each; above 100,000 mines it is one")
    parser.add_argument(
        "--budget", type=float, default=120, help="seconds that one run of a contender may take (duban: ten times that)"
    )
    parser.add_argument("--only", type=chosen, default=list(SECTIONS), help="sections: " + ", ".join(SECTIONS))
    parser.add_argument(
        "--contenders", type=names, default=[], help="some contenders, beside duban; default: all that are installed"
    )
    parser.add_argument(
        "--data", type=Path, help="a folder in which generated counties are kept for the next time; default: none"
    )
    given = parser.parse_args(words)
    with tempfile.TemporaryDirectory(prefix="duban-bench-") as place:
        data = given.data or Path(place) / "data"
        data.mkdir(parents=True, exist_ok=True)
        page = sections(given, words, Folders(data), Path(place))
    report.write(page)
    print(report.PAGE.read_text(encoding="utf-8"))


if __name__ == "__main__":
    main(sys.argv[1:])
