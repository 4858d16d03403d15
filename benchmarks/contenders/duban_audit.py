"""duban: the pack as it is."""

from __future__ import annotations

from pathlib import Path

import duban

PACKAGES = ()
TITLE = "duban"


def run(folder: Path, out: Path) -> None:
    from workload import AS_OF, FINDINGS, OBLIGATIONS, PACK, STATUSES

    with duban.audit(folder, PACK, AS_OF, obligations=OBLIGATIONS, output=out.parent) as audit:
        audit.connection.execute(
            f"COPY (SELECT {', '.join(FINDINGS)} FROM duties WHERE status IN {STATUSES}) TO '{out}' (FORMAT parquet)"
        )
