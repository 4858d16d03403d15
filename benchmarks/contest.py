"""The contest: every contender on every size, what it finds compared with what duban finds, then its time."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from audits import median, records_in
from measure import Measured, contender
from workload import OBLIGATIONS, contenders, differences, lines_of_code, missing_packages, module

DUBAN = "duban_audit"


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
    sizes: Sequence[int], folder_of: Callable[[int], Path], rivals: Sequence[Entry], runs: int, budget: float
) -> list[Size]:
    """Each size with the figures of all; a contender whose budget was spent on one size does not try a larger one."""
    results, spent = [], dict[str, str]()
    for mines in sorted(sizes):
        folder = folder_of(mines)
        size = Size(mines, records_in(folder))
        repeats = runs if mines <= 100_000 else 1
        with tempfile.TemporaryDirectory() as place:
            _size(size, folder, Path(place), rivals, repeats, budget, spent)
        results.append(size)
    return results


def _size(
    size: Size, folder: Path, place: Path, rivals: Sequence[Entry], runs: int, budget: float, spent: dict[str, str]
) -> None:
    ours = place / "ours.parquet"
    for entry in rivals:
        if reason := spent.get(entry.name):
            size.figures[entry.name] = Measured(error=reason)
            continue
        allowed = budget if entry.name != DUBAN else budget * 10
        theirs = ours if entry.name == DUBAN else place / f"{entry.name}.parquet"
        results = []
        for _ in range(runs):
            result = contender(entry.name, folder, theirs, allowed)
            print(f"  {size.mines:>9,} {entry.name:<16} {result.error or f'{result.seconds:.2f} s'}", file=sys.stderr)
            results.append(result)
            if result.error:
                if not result.error.startswith("more than"):
                    raise SystemExit(f"{entry.name} failed at {size.mines:,} mines: {result.error}")
                spent[entry.name] = f"{result.error} at {size.mines:,} mines"
                break
            if sum(one.wall for one in results) > budget:
                break
        size.figures[entry.name] = median(results)
        if entry.name == DUBAN:
            if results[-1].error:
                raise SystemExit(f"duban failed at {size.mines:,} mines: {results[-1].error}")
            rows = duckdb.execute(f"SELECT count(*) FROM read_parquet('{ours}')").fetchall()
            size.findings = int(rows[0][0])
        elif not results[-1].error:
            _agree(entry, ours, theirs, size.mines)
            if not entry.whole and entry.obligations not in size.part:
                parts = [
                    contender(DUBAN, folder, place / "part.parquet", allowed, entry.obligations) for _ in range(runs)
                ]
                size.part[entry.obligations] = median(parts)


def _agree(entry: Entry, ours: Path, theirs: Path, mines: int) -> None:
    """A contender that finds something else is not slow or quick: the benchmark stops."""
    found = differences(ours, theirs, entry.obligations)
    if found:
        raise SystemExit(f"{entry.name} finds something else than duban at {mines:,} mines:\n" + "\n".join(found))
