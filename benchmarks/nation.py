"""The paper estimate for the nation, from the figures that spark.py measured: cores, hours, cost.

    python benchmarks/nation.py
    python benchmarks/nation.py --enterprises 8000000 --records 250 --price 0.5 --share 0.5

    core-hours = enterprises × records of each ÷ records per core-second ÷ 3600 ÷ share of the cores' time that is used
    hours      = core-hours ÷ cores, and at least those of the largest county alone, on one core

Records per core-second: of the dense run on Spark (all obligations in force and the judgement, sixty records a mine), by the
CPU time of all its processes, start included. It counts high: an enterprise with more records has no more duties.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

FIGURES = Path(__file__).resolve().parent / "spark.json"
CORES = (32, 128, 512)


def estimate(
    enterprises: int = 5_000_000, records: int = 400, counties: int = 2_800, share: float = 0.6, price: float = 0.35,
    largest: int = 10,
) -> list[str]:  # fmt: skip
    """Markdown: the assumptions, then a row for each number of cores. `largest`: the largest county ÷ the average one."""
    dense = [one for one in json.loads(FIGURES.read_text(encoding="utf-8")) if one["name"].startswith("Spark")][-1]
    speed = dense["records"] / dense["cpu"]
    total = enterprises * records
    core_hours = total / speed / 3600 / share
    longest = total / counties * largest / speed / 3600
    memory = dense["peak_mb"] / 1024
    lines = [
        f"{counties:,} counties, {enterprises:,} enterprises of {records:,} records: {total / 1e9:.1f} billion records. Measured:",
        f"{speed:,.0f} records per core-second ({dense['records']:,} records of {dense['counties']} counties). Taken: {share:.0%} of the cores'",
        f"time is used, {price:.2f} yuan for a core-hour, the largest county is {largest} times the average. In all {core_hours:,.0f} core-hours,",
        f"{core_hours * price:,.0f} yuan for each audit of the nation.",
        "",
        "| cores | hours | tasks at a time | memory at a time, GB |",
        "|---|---|---|---|",
    ]
    for cores in CORES:
        lines.append(f"| {cores} | {max(core_hours / cores, longest):.1f} | {cores} | {cores * memory:,.0f} |")
    return lines


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="the paper estimate for the nation")
    for name, kind, default in (
        ("enterprises", int, 5_000_000), ("records", int, 400), ("counties", int, 2_800), ("share", float, 0.6),
        ("price", float, 0.35), ("largest", int, 10),
    ):  # fmt: skip
        parser.add_argument(f"--{name}", type=kind, default=default)
    print("\n".join(estimate(**vars(parser.parse_args()))))
