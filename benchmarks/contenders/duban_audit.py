"""duban: the pack as it is."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import duban
from duban.evaluate import Limits
from duban.stopwatch import Stopwatch
from workload import AS_OF, FINDINGS, OBLIGATIONS, PACK, STATUSES

TITLE = "duban"
PACKAGES = ()
TOLD: dict[str, float] = {}  # of the last run: how many seconds it read records


def run(folder: Path, out: Path, obligations: Sequence[str] = tuple(OBLIGATIONS)) -> None:
    limits = Limits(os.environ.get("DUBAN_BENCH_MEMORY", ""), temp_folder=str(out.parent))
    watch = Stopwatch()
    with (
        watch.running(),
        duban.audit(folder, PACK, AS_OF, obligations=obligations, limits=limits, output=out.parent) as audit,
    ):
        columns = ", ".join(FINDINGS)
        audit.connection.execute(
            f"COPY (SELECT {columns} FROM duties WHERE status IN {STATUSES}) TO '{out}' (FORMAT parquet)"
        )
    TOLD["reading"] = watch.whole.parts["读资料"].wall
