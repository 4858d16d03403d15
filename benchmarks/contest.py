"""The contest: every contender on every size, what it finds compared with what duban finds, then its time."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from audits import IN_MEMORY, limit_of, median, records_in
from measure import Measured, contender
from workload import OBLIGATIONS, contenders, differences, lines_of_code, missing_packages, module

DUBAN = "duban_audit"
FLOORS = ("duckdb_sql", "polars_lazy")
BY_HAND = (*FLOORS, "pandas_frames")


@dataclass(frozen=True)
class Entry:
    """A contender: what it is called, how many lines it has, which obligations it judges, what its author says."""

    name: str
    title: str
    lines: int
    obligations: tuple[str, ...]
    note: str

    @property
    def whole(self) -> bool:
        return set(self.obligations) == set(OBLIGATIONS)


@dataclass
class Size:
    """One size: its records, findings, each contender's figures, and duban's on the obligations that some contender judges."""

    mines: int
    records: int
    findings: int = 0
    figures: dict[str, Measured] = field(default_factory=dict)
    part: dict[tuple[str, ...], Measured] = field(default_factory=dict)


def entries(chosen: Sequence[str] = ()) -> list[Entry]:
    """The contenders whose packages are there; the others are named on stderr."""
    found = []
    for name in contenders():
        if chosen and name != DUBAN and name not in chosen:
            continue
        if missing := missing_packages(name):
            print(f"{name}: not tried, {', '.join(missing)} not installed (pip install -e '.[bench]')", file=sys.stderr)
            continue
        told = {word: module(name, only=word) for word in ("TITLE", "OBLIGATIONS", "NOTE")}
        lines = 0 if name == DUBAN else lines_of_code(name)
        found.append(
            Entry(name, str(told["TITLE"]), lines, tuple(told["OBLIGATIONS"] or OBLIGATIONS), str(told["NOTE"] or ""))
        )
    return found


def hold(
    sizes: Sequence[int],
    folder_of: Callable[[int], Path],
    rivals: Sequence[Entry],
    runs: int,
    budget: float,
    place: Path,
) -> list[Size]:
    """Each size with the figures of all; what duban found stays in `place` (`findings`)."""
    results: list[Size] = []
    for mines in sorted(sizes):
        folder = folder_of(mines)
        size = Size(mines, records_in(folder))
        repeats = runs if mines <= 100_000 else 1
        for entry in rivals:
            _enter(entry, size, results, folder, place, repeats, budget)
        results.append(size)
    return results


def findings(place: Path, mines: int) -> Path:
    """Where duban's findings of one size lie."""
    return place / f"findings-{mines}.parquet"


def _enter(
    entry: Entry, size: Size, before: Sequence[Size], folder: Path, place: Path, runs: int, budget: float
) -> None:  # fmt: skip
    """Let a contender run; its findings are compared before its figures count."""
    if hopeless := _hopeless(entry, size, before, budget):
        size.figures[entry.name] = Measured(error=hopeless)
        return
    ours = findings(place, size.mines)
    theirs = ours if entry.name == DUBAN else place / "theirs.parquet"
    results = _runs(entry, size, folder, theirs, runs, budget)
    size.figures[entry.name] = median(results)
    if results[-1].error:
        if entry.name == DUBAN or not before:
            raise SystemExit(f"{entry.name} failed at {size.mines:,} mines: {results[-1].error}")
    elif entry.name == DUBAN:
        rows = duckdb.execute(f"SELECT count(*) FROM read_parquet('{ours}')").fetchall()
        size.findings = int(rows[0][0])
    else:
        found = differences(ours, theirs, entry.obligations)
        if found:  # who finds something else is neither slow nor quick
            raise SystemExit(
                f"{entry.name} finds something else than duban at {size.mines:,} mines:\n" + "\n".join(found)
            )
        if not entry.whole and entry.obligations not in size.part:
            part = place / "part.parquet"
            parts = [contender(DUBAN, folder, part, budget * 10, entry.obligations) for _ in range(runs)]
            size.part[entry.obligations] = median(parts)


def _runs(entry: Entry, size: Size, folder: Path, out: Path, runs: int, budget: float) -> list[Measured]:
    """So many runs, or as many as fit: once for what takes long and is no near rival."""
    near = entry.name in (DUBAN, *BY_HAND)
    results: list[Measured] = []
    while len(results) < runs and sum(one.wall for one in results) < (budget if near else budget / 4):
        own = entry.name == DUBAN
        env = {"DUBAN_BENCH_MEMORY": limit_of(size.mines)} if own else {}
        result = contender(entry.name, folder, out, budget * 10 if own else budget, env=env)
        print(f"  {size.mines:>9,} {entry.name:<16} {result.error or f'{result.seconds:.2f} s'}", file=sys.stderr)
        results.append(result)
        if result.error:
            break
    return results


def _hopeless(entry: Entry, size: Size, before: Sequence[Size], budget: float) -> str:
    """Why a contender is not tried at this size: it failed at a smaller one, or took too long even if time only grows with size."""
    if entry.name == DUBAN:
        return ""
    if size.mines > IN_MEMORY and entry.name not in BY_HAND:
        return f"not tried above {IN_MEMORY:,} mines"
    if not before or entry.name not in before[-1].figures:
        return ""
    last = before[-1].figures[entry.name]
    if last.error:
        return (
            last.error
            if last.error.startswith("not tried")
            else f"not tried: {last.error} at {before[-1].mines:,} mines"
        )
    if last.seconds * size.mines / before[-1].mines > budget * 1.5:
        return f"not tried: {last.seconds:.0f} s at {before[-1].mines:,} mines"
    return ""
