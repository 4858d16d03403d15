"""docs/performance.md: tables of what was measured, and whether each target was met, computed from them."""

from __future__ import annotations

import os
import platform
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from audits import IN_MEMORY, LARGE, LIMIT, LIMIT_MB, Again, Everything, Limited, Whole, limit_of
from contest import BY_HAND, DUBAN, FLOORS, Entry, Size
from counties import PER_TOWN
from measure import Measured
from synthetic import PER_COUNTY, PER_MINE
from workload import AS_OF, OBLIGATIONS

PAGE = Path(__file__).resolve().parents[1] / "docs" / "performance.md"
PANDAS = BY_HAND[-1]
ORDER = (
    "Targets", "The workload", "Ratios", "Every contender", "Rules engines, given their time", "The command line", "Where the time goes", "Less memory", "A week later", "Many counties on Spark",
    "Everything that is written", "Reading", "Judging",
)  # fmt: skip
HEAD = """# Performance

Every section is made by `make bench`; its first line says by which command, when, and on which machine. Seconds belong to that
machine; the ratios, measured in one run and as medians of several, are what to look at: they differ less between machines.
*Time* is from the Parquet files to the findings, the imports of a contender apart (what duban loads when it is first used is
not apart); *CPU* and *memory* are of the whole process and whatever it starts, memory at its peak.
"""


def machine() -> str:
    """CPU, cores, memory, system, and the versions that matter."""
    info = Path("/proc/cpuinfo").read_text(encoding="utf-8") if Path("/proc/cpuinfo").is_file() else ""
    model = re.search(r"^model name\s*:\s*(.+)$", info, re.MULTILINE)
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    names = ("duckdb", "polars", "pandas", "pyarrow")
    libraries = ", ".join(f"{name} {found}" for name in names if (found := _version(name)))
    cpu = model.group(1).strip() if model else platform.processor() or platform.machine()
    return f"{cpu}, {os.cpu_count()} cores, {memory:.0f} GB, {platform.system()}, Python {platform.python_version()}, {libraries}"


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


def made_by(arguments: Sequence[str], runs: str) -> str:
    """The line under a heading: how it was made. Where generated counties were kept (`--data FOLDER`) is nobody's business."""
    if "--data" in arguments:
        place = list(arguments).index("--data")
        arguments = [*arguments[:place], *arguments[place + 2 :]]
    commit = subprocess.run(
        ["git", "log", "-1", "--format=%h of %cs"], cwd=PAGE.parent, capture_output=True, text=True, check=False
    ).stdout.strip()
    given = f' ARGS="{" ".join(arguments)}"' if arguments else ""
    return f"`make bench{given}`, {runs}{f', at {commit}' if commit else ''}. {machine()}."


def write(sections: Mapping[str, Sequence[str]]) -> None:
    """Put sections in the place of the old ones of their names; those that were not made stay as they are."""
    old: dict[str, str] = {}
    if PAGE.is_file():
        for part in re.split(r"^## ", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
            name, _, body = part.partition("\n")
            old[name] = body.strip("\n")
    new = {name: "\n".join(lines).strip("\n") for name, lines in sections.items()}
    kept = {name: body for name, body in {**old, **new}.items() if name in ORDER}
    parts = [f"## {name}\n\n{kept[name]}\n" for name in ORDER if name in kept]
    PAGE.write_text("\n".join([HEAD, *parts]), encoding="utf-8")


def table(header: str, rows: Sequence[Sequence[str]]) -> list[str]:
    names = header.split(" | ")
    return [f"| {header} |", "|" + "---|" * len(names), *(f"| {' | '.join(row)} |" for row in rows)]


def ratio(one: Measured | None, other: Measured | None) -> float | None:
    """How many times the other's time the first took; None where either was not measured."""
    if one is None or other is None or one.error or other.error or not other.seconds:
        return None
    return one.seconds / other.seconds


def times(value: float | None) -> str:
    return (
        "—"
        if value is None
        else f"{value:,.0f}×"
        if value >= 100
        else f"{value:.2g}×"
        if value < 1
        else f"{value:.1f}×"
    )


def seconds(one: Measured | None) -> str:
    return "—" if one is None or one.error else f"{one.seconds:.2f}" if one.seconds < 100 else f"{one.seconds:,.0f}"


# --- what the contest says


def floor_of(size: Size) -> tuple[str, Measured] | None:
    """The faster of the two programs by hand."""
    there = [(name, size.figures[name]) for name in FLOORS if name in size.figures and not size.figures[name].error]
    return min(there, key=lambda item: item[1].seconds) if there else None


def against(entry: Entry, size: Size) -> float | None:
    """A contender's time in times of duban's on the same obligations."""
    ours = size.figures.get(DUBAN) if entry.whole else size.part.get(entry.obligations)
    return ratio(size.figures.get(entry.name), ours)


def engines(entries: Sequence[Entry]) -> list[Entry]:
    """What is no program over tables: the rules engines and checkers."""
    return [entry for entry in entries if entry.name not in (*BY_HAND, DUBAN)]


def ratios(made: str, entries: Sequence[Entry], sizes: Sequence[Size]) -> list[str]:
    """The section that answers first."""
    titles = {entry.name: entry.title for entry in entries}
    rows = []
    for size in sizes:
        floor, ours = floor_of(size), size.figures[DUBAN]
        best = [(value, entry.title) for entry in engines(entries) if (value := against(entry, size)) is not None]
        quickest = min(best) if best else None
        rows.append(
            (
                f"{size.mines:,}", f"{size.records:,}", f"{size.findings:,}", seconds(ours),
                f"{seconds(floor[1])} ({titles[floor[0]]})" if floor else "—",
                times(ratio(ours, floor[1]) if floor else None), times(ratio(size.figures.get(PANDAS), ours)),
                f"{times(quickest[0])} ({quickest[1]})" if quickest else "—",
                f"{ours.seconds / size.records * 1e6:.2f}", f"{ours.peak_mb:,.0f}",
            )
        )  # fmt: skip
    header = "mines | records | findings | duban, s | floor, s | duban ÷ floor | pandas ÷ duban | quickest rules engine ÷ duban | µs a record | peak memory, MB"
    return [
        made, "", *table(header, rows), "",
        "The *floor* is the faster of two programs written by hand for these twelve obligations and nothing else, in DuckDB's SQL and in polars.",
        "They find the same, evidence included, and may take for granted what duban checks in every run (below). *µs a record* is duban's time",
        "over all records of all types: flat means that twice the records take twice the time. Above "
        f"{IN_MEMORY:,} mines duban is told `--memory {LARGE}`.",
    ]  # fmt: skip


def contest(made: str, entries: Sequence[Entry], sizes: Sequence[Size]) -> list[str]:
    rows, notes = [], []
    for size in sizes:
        for entry in entries:
            found = size.figures.get(entry.name)
            if found is None:
                continue
            judged = "all" if entry.whole else f"{len(entry.obligations)} of {len(OBLIGATIONS)}"
            rows.append(
                (
                    f"{size.mines:,}", entry.title, f"{entry.lines:,}" if entry.lines else "the pack", judged,
                    *((f"— ({found.error})", "", "") if found.error else (seconds(found), f"{found.cpu:.2f}", f"{found.peak_mb:,.0f}")),
                    times(against(entry, size)),
                )
            )  # fmt: skip
    notes = [f"- **{entry.title}** ({', '.join(f'`{name}`' for name in entry.obligations) if not entry.whole else 'all'}): {entry.note}"
             for entry in entries if entry.note]  # fmt: skip
    header = "mines | contender | lines | obligations | s | CPU s | peak memory, MB | its time ÷ duban's"
    return [
        made, "", *table(header, rows), "",
        "*Lines* are those of the program (`benchmarks/contenders/`), without blank lines, comments and docstrings. Before its time counts, every",
        "contender's findings were compared with duban's, row by row in all columns; one that differs stops the benchmark. Who judges some of the",
        "obligations is compared with duban on those alone. Who had no time left (`--budget`), or could not have even if his time only grew with the",
        "size, is not tried: no figure is an extrapolation. A run of a rules engine that takes long is one run. How to add a contender: `benchmarks/workload.py`.", *(["", *notes] if notes else []),
    ]  # fmt: skip


def given_time(made: str, entries: Sequence[Entry], sizes: Sequence[Size]) -> list[str]:
    """The rules engines and checkers once more, each for as long as it takes, within reason."""
    rows = [
        (
            f"{size.mines:,}", entry.title, f"{len(entry.obligations)} of {len(OBLIGATIONS)}", seconds(size.part.get(entry.obligations)),
            f"— ({found.error})" if found.error else seconds(found), times(against(entry, size)),
        )
        for size in sizes
        for entry in engines(entries)
        if (found := size.figures.get(entry.name)) is not None
    ]  # fmt: skip
    return [made, "", *table("mines | contender | obligations | duban on these, s | s | its time ÷ duban's", rows)]


def workload() -> list[str]:
    rows = [(f"`{name}`", what) for name, what in OBLIGATIONS.items()]
    return [
        f"Twelve obligations of the real notice, its pack unchanged, of all kinds of test, as of {AS_OF}:",
        "",
        *table("obligation | test · one duty for each · reads", rows),
        "",
        f"The counties are made up by `benchmarks/counties.py`: {PER_COUNTY} mines each (the smallest sizes: three counties), {PER_TOWN} to a town,",
        f"about {PER_MINE} records a mine, all types together. What goes wrong is in them: acts missing and late, cells empty, rows and whole hand-ins",
        "that came too late or never, records handed in twice, mines that closed, opened, stopped or got a new head. The findings are all",
        "breached, late and unproven duties, with required and observed numbers and the ids of the records counted.",
        "",
        "The programs by hand may take for granted what duban does not: that each cell has its type and an allowed value, references lead",
        "somewhere, rosters have no holes, no two numbers are one hazard. Nor do they keep the file and row of each record, or write the message,",
        "the remark, who was missed, what was not handed in. `benchmarks/workload.py` has the whole list.",
    ]


# --- whole runs


def command_line(made: str, rows: Sequence[Whole]) -> list[str]:
    shown = [
        (row.name, *((f"{one.wall:.2f}", f"{one.cpu:.2f}", f"{one.peak_mb:,.0f}") if not one.error else ("—", one.error, "")), f"{row.warm.wall:.2f}" if not row.warm.error else "—")
        for row in rows
        for one in [row.cold]
    ]  # fmt: skip
    return [
        made, "", *table("whole process | s | CPU s | peak memory, MB | s with the cache of the run before", shown), "",
        "The first three figures are with an empty cache each time.",
    ]  # fmt: skip


def less_memory(made: str, row: Limited) -> list[str]:
    usual = f"`--memory {limit}`" if (limit := limit_of(row.mines)) else "no limit"
    shown = [
        (name, seconds(one), f"{one.peak_mb:,.0f}" if not one.error else f"— ({one.error})")
        for name, one in ((usual, row.free), (f"`--memory {LIMIT}`", row.limited))
    ]
    return [
        made, "", f"The workload at {row.mines:,} mines, {row.records:,} records, to the same findings:", "",
        *table("memory | s | peak memory of the process, MB", shown),
    ]  # fmt: skip


def again(made: str, row: Again) -> list[str]:
    shown = [
        (name, seconds(one), f"{one.reading:.2f}", f"{one.cpu:.2f}", times(ratio(one, row.uncached)))
        for name, one in (
            ("empty cache", row.first),
            ("nothing changed", row.unchanged),
            ("1 % new records, in files of their own", row.new),
            ("the same without the cache", row.uncached),
        )
    ]
    return [
        made, "", f"The workload at {row.mines:,} mines, audited again; with the cache and without the findings are the same:", "",
        *table("audit | s | of which reading, s | CPU s | ÷ without the cache", shown),
    ]  # fmt: skip


def everything(made: str, rows: Sequence[Everything]) -> list[str]:
    shown = [
        (row.name, f"{row.duties:,}", f"{row.judged:.2f}", f"{row.written:.2f}", seconds(row.measured), f"{row.measured.peak_mb:,.0f}")
        if not row.measured.error
        else (row.name, "—", "—", "—", f"— ({row.measured.error})", "—")
        for row in rows
    ]  # fmt: skip
    return [
        made, "", "All obligations in force, not twelve, from the records (the sample: CSV and XLSX) to the result files, the leads among them:", "",
        *table("records | duties | load and judge, s | write, s | total, s | peak memory, MB", shown),
    ]  # fmt: skip


# --- targets


def targets(
    made: str, entries: Sequence[Entry] = (), sizes: Sequence[Size] = (), line: Sequence[Whole] = (), limited: Limited | None = None,
    later: Again | None = None,
) -> list[str]:  # fmt: skip
    """Each target, the figure, hit or missed; what was not measured in this run says so."""
    rows: list[tuple[str, str, str]] = []

    def add(what: str, value: float | None, most: float, shown: str, *, least: bool = False) -> None:
        hit = value is not None and (value >= most if least else value <= most)
        rows.append(
            (
                what,
                shown if value is not None else "—",
                ("hit" if hit else "**missed**") if value is not None else "not measured",
            )
        )

    by_mines = {size.mines: size for size in sizes}
    for mines in (100_000, 1_000_000):
        size = by_mines.get(mines)
        floor = floor_of(size) if size else None
        value = ratio(size.figures[DUBAN], floor[1]) if size and floor else None
        add(f"within 1.5× of the floor at {mines:,} mines", value, 1.5, times(value))
    measured = [
        (size, value) for size in sizes if (value := ratio(size.figures.get(PANDAS), size.figures[DUBAN])) is not None
    ]
    value = measured[-1][1] if measured else None
    add(
        "at least 5× faster than pandas",
        value,
        5,
        f"{times(value)} at {measured[-1][0].mines:,} mines" if measured else "",
        least=True,
    )
    for entry in engines(entries):
        tried = [(size, value) for size in sizes if (value := against(entry, size)) is not None]
        value = tried[-1][1] if tried else None
        shown = f"{times(value)} at {tried[-1][0].mines:,} mines, the most that it did in time" if tried else ""
        add(f"at least 50× faster than {entry.title}", value, 50, shown, least=True)
    costs = [size.figures[DUBAN].seconds / size.records for size in sizes if size.mines >= 10_000]
    value = max(costs[1:]) / costs[0] if len(costs) > 1 else None
    span = [size.mines for size in sizes if size.mines >= 10_000]
    add(
        "cost of a record at most 1.5× that at 10,000 mines",
        value,
        1.5,
        f"{value:.2f}× at the most, up to {span[-1]:,} mines" if value else "",
    )
    big = limited if limited and limited.mines >= 1_000_000 else None
    peak = None if big is None else float("inf") if big.limited.error else big.limited.peak_mb
    add("1,000,000 mines within 4 GB", peak, LIMIT_MB, (big.limited.error or f"{peak:,.0f} MB") if big else "")
    for number, (what, most) in {
        1: ("`duban --help` under 150 ms", 0.15), 2: ("sample county, no reports, under 1 s", 1.0), 3: ("sample county, all reports, under 2.5 s", 2.5),
    }.items():  # fmt: skip
        row = line[number] if len(line) > number else None
        bad = row is not None and bool(row.cold.error)
        value = None if row is None else float("inf") if bad else row.cold.wall
        warm = (
            f" ({row.warm.wall:.2f} s with the cache of the run before)"
            if row and number > 1 and not row.warm.error
            else ""
        )
        add(what, value, most, (row.cold.error if bad else f"{row.cold.wall:.2f} s{warm}") if row else "")
    read = later if later and not later.new.error and later.uncached.reading else None
    add(
        "1 % new records: unchanged Parquet is not read again, and reading takes less",
        read.new.reading / read.uncached.reading if read else None,
        0.9,
        f"{read.new.reading:.2f} s instead of {read.uncached.reading:.2f} s" if read else "",
    )
    return [made, "", *table("target | measured | hit or missed", rows)]


def note_missing(entries: Sequence[Entry]) -> None:
    names = {entry.name for entry in entries}
    for name in BY_HAND:
        if name not in names:
            print(f"without {name} there is no whole table", file=sys.stderr)
