"""Both judges on the measures of the notice: bearers a second, conclusions a second, memory.

    python benchmarks/judges.py [BEARERS [FINDINGS]]        # default: 100000 bearers with 10 findings each

The bearers are made one after the other and forgotten, as an audit streams them. Each judge runs in a process of its own.
"""

from __future__ import annotations

import random
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

from duban.judge import Case, compile_program, conclusions_of, open_judge
from duban.pack import Pack, load_pack

NOTICE = "zezhou-2023-331"
MONTHS = (("2023-11-01", "2023-11-30"), ("2023-12-01", "2023-12-31"), ("2024-01-01", "2024-01-31"))


def bearers(pack: Pack, many: int, findings: int) -> Iterator[Case]:
    """Enterprises with findings of any obligation and status; one in ten was called in before."""
    rng = random.Random(331)
    own = [item for item in pack.obligations if item.bearer == "enterprise"]
    for number in range(many):
        facts: dict[str, list[dict[str, Any]]] = {"finding": [], "past": []}
        for index in range(findings):
            obligation, (start, end) = rng.choice(own), rng.choice(MONTHS)
            facts["finding"].append(
                {
                    "id": f"{index}", "fingerprint": f"{number}-{index}", "obligation": obligation.id,
                    "status": rng.choice(("breached", "breached", "late", "unproven", "manual")),
                    "enforceable": rng.random() < 0.9, "ground": obligation.ground, "basis": obligation.basis,
                    "kind": obligation.test.word, "bearer_kind": "enterprise", "verification": "待核实",
                    "observed": rng.choice((0, 1)), "required": 2, "period_start": start, "period_end": end,
                    "marks": ["refuted"] if rng.random() < 0.05 else [], "contested": False, "settled": "",
                }
            )  # fmt: skip
        if rng.random() < 0.1:
            facts["past"].append(
                {"id": "1", "measure": "警示约谈", "outcome": "采纳", "on": "2023-12-12", "days_ago": 26}
            )
        yield Case("某县", "enterprise", f"M{number}", facts)


def run(engine: str, many: int, findings: int) -> None:
    """One judge over all bearers; prints one row of the table."""
    pack = load_pack(NOTICE)
    judge = open_judge(compile_program(pack), engine)
    made = sum(1 for _ in bearers(pack, min(many, 2000), findings))  # what the making itself costs
    started = time.perf_counter()
    for _ in bearers(pack, made, findings):
        pass
    making = (time.perf_counter() - started) / made
    started, conclusions = time.perf_counter(), 0
    for case in bearers(pack, many, findings):
        conclusions += len(conclusions_of(judge, case))
    seconds = time.perf_counter() - started - making * many
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"| {judge.name} | {many:,} | {many * findings:,} | {conclusions:,} | {seconds:.1f} | {many * findings / seconds:,.0f}"
        f" | {conclusions / seconds:,.0f} | {memory:.0f} |",
        flush=True,
    )


def table(many: int, findings: int) -> list[str]:
    """The lines of the table in docs/performance.md: a tenth of the bearers, then all of them."""
    lines = [
        "| judge | bearers | findings | conclusions | s | findings/s | conclusions/s | peak memory, MB |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for share in (10, 1):
        for engine in ("plain", "durable-rules"):
            command = [sys.executable, __file__, engine, str(many // share), str(findings)]
            lines.append(subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip())
    return lines


if __name__ == "__main__":
    if len(sys.argv) > 3:
        run(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
    else:
        bearers_of_all, each = [*map(int, sys.argv[1:]), *(100_000, 10)[len(sys.argv) - 1 :]]
        print("\n".join(table(bearers_of_all, each)))
