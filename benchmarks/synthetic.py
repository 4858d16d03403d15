"""Counties by the thousand: plausible records of every type that the workload reads, as Parquet, made by DuckDB.

    python benchmarks/synthetic.py MINES FOLDER [MINES_PER_COUNTY]

A county has 500 mines in towns of ten, and each mine about 60 records from November to January, all types together. Ids
and names of towns start anew in every county. What goes wrong, does so at a fixed rate (`faults` times that rate, if asked
for): acts missing or late, cells empty, rows and whole hand-ins that came too late or never. Each chunk of 100,000 mines is
a file of its own, written as a stream: memory does not grow with the size. The same size, the same data.
"""

from __future__ import annotations

import sys
from pathlib import Path

import duckdb

from counties import Counties

PER_COUNTY, PER_CHUNK = 500, 100_000
PER_MINE = 60  # records, about
THINNED = {"inspection": "inspection_id", "hazard": "hazard_id", "unit_check": "inspection_id", "blast": "blast_no"}


def per_county(mines: int) -> int:
    """Mines of a county; the smallest sizes have three counties, too."""
    return max(1, min(PER_COUNTY, -(-mines // 3)))


def generate(
    mines: int, folder: Path, county: int = 0, faults: float = 1.0, thin: int = 1, chunk: int = 0
) -> None:  # fmt: skip
    """Write one file for each record type (and for each chunk of mines) and the manifest.

    `county`: mines of each; `thin`: of what mines keep, and of inspections, only one record in so many.
    """
    folder.mkdir(parents=True, exist_ok=True)
    county = county or per_county(mines)
    step = max(county, (chunk or PER_CHUNK) // county * county)
    con = duckdb.connect()
    for number, first in enumerate(range(0, mines, step)):
        last = min(first + step, mines)
        suffix = f"_{number:03}" if mines > step else ""
        for name, sql in Counties(first, last, county, faults).tables().items():
            target = folder / f"{name}{suffix}.parquet"
            if thin > 1 and name in THINNED:
                sql = f"SELECT * FROM ({sql}) WHERE hash(jurisdiction, {THINNED[name]}) % {thin} = 0"
            con.execute(f"COPY ({sql}) TO '{target}' (FORMAT parquet, COMPRESSION zstd)")


def add_week(folder: Path) -> None:
    """One more file of each of the larger types: a hundredth of their records once more, under new numbers, a week later."""
    con = duckdb.connect()
    for record, key, day in (
        ("inspection", "inspection_id", "start_at"),
        ("hazard", "hazard_id", "found_date"),
        ("unit_check", "inspection_id", "checked_on"),
        ("blast", "blast_no", "fired_at"),
    ):
        files = [str(path) for path in (*folder.glob(f"{record}.parquet"), *folder.glob(f"{record}_[0-9]*.parquet"))]
        later = f"CAST({day} + INTERVAL 7 DAY AS {'TIMESTAMP' if day.endswith('_at') else 'DATE'}) AS {day}"
        rows = (
            f"SELECT * REPLACE ({key} || 'w' AS {key}, {later}) FROM read_parquet({files}) WHERE hash({key}) % 100 = 0"
        )
        con.execute(f"COPY ({rows}) TO '{folder / f'{record}_900.parquet'}' (FORMAT parquet, COMPRESSION zstd)")


if __name__ == "__main__":
    generate(int(sys.argv[1]), Path(sys.argv[2]), *map(int, sys.argv[3:4]))
