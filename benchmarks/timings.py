"""Where the time of duban goes: its stages, and the kinds of steps of its plan; on the sample county, and on many mines.

python benchmarks/timings.py FOLDER        # the workload on generated counties; prints JSON
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from audits import DUBAN, SAMPLE
from workload import AS_OF, OBLIGATIONS, PACK

MOST = 12  # kinds of steps that are shown
STAGES = {
    "启动": "start, imports",
    "读规则包": "the pack: read, check",
    "读资料": "records: read, type, compare",
    "编译": "compile the plan",
    "推算": "run the plan",
    "判断": "the judge, with other readings",
    "载入报告程序": "load what writes reports",
    "写出数据": "result files, leads",
    "入库": "the store",
}


@dataclass(frozen=True)
class Timed:
    """One run: each stage with its seconds by the clock and of all cores; each kind of steps with seconds and how many ran."""

    title: str
    stages: tuple[tuple[str, float, float], ...]
    kinds: tuple[tuple[str, float, int], ...]


def of(title: str, told: Mapping[str, Any]) -> Timed:
    """Out of what a stopwatch of duban tells."""
    stages = tuple((STAGES.get(name, name), part["wall"], part["cpu"]) for name, part in told["stages"].items())
    kinds = tuple((kind["name"], kind["wall"], kind["times"]) for kind in told["kinds"][:MOST])
    return Timed(title, stages, kinds)


def sample() -> Timed:
    """The sample county as a process, without reports and without a cache."""
    with tempfile.TemporaryDirectory() as out:
        words = [*DUBAN, *SAMPLE, "--no-reports", "--no-cache", "--timings", "--out", out]
        subprocess.run(words, check=True, capture_output=True)
        account = next(Path(out).rglob("audit.json"))
        told = json.loads(account.read_text(encoding="utf-8"))["timings"]
    return of("sample county (46 mines), all obligations, without reports and cache", told)


def generated(mines: int, folder: Path) -> Timed:
    """The workload on so many mines."""
    done = subprocess.run([sys.executable, __file__, str(folder)], check=True, capture_output=True, text=True)
    return of(f"{mines:,} mines, {len(OBLIGATIONS)} obligations", json.loads(done.stdout.splitlines()[-1]))


def section(made: str, found: Sequence[Timed]) -> list[str]:
    lines = [made, ""]
    for one in found:
        lines += [f"**{one.title}**", "", "| stage | s | CPU s |", "|---|---|---|"]
        lines += [f"| {name} | {wall:.2f} | {cpu:.2f} |" for name, wall, cpu in one.stages]
        lines += ["", "| steps of the plan | s of all workers | steps |", "|---|---|---|"]
        lines += [f"| `{name}` | {wall:.2f} | {times} |" for name, wall, times in one.kinds] + [""]
    return [*lines, *LEFT]


# What is to be done about it, as far as is known. No figures: those are in the tables above.
LEFT = """\
On a county nearly all of it is DuckDB planning statements, each in less than a hundredth of a second and hardly any of that for its
rows: obligations share what they can (`compile/stack.py`), and what is left are the tests with their acts, the records as seen, and the
frames, which differ from obligation to obligation. Then come the imports, the rules, and one reading for each of some forty small tables.
What has not changed since the run before costs none of that: it is in the cache.

On many mines each duty passes through five tables: `live`, `duty`, `status`, `evidence`, `duties`, of some forty columns, with a
fingerprint, a sentence, and the ids and places of the records behind it, whether or not it is met; the floor writes findings alone, and
none of that but the ids. Reading types and compares every cell, which the floor takes for granted. To write sentences and evidence
for findings alone would save a part of that; but a duty that is met is shown with its records, too.
""".splitlines()


def main(folder: str) -> None:
    from duban.auditing import audit
    from duban.stopwatch import Stopwatch

    watch = Stopwatch()
    with watch.running(), audit(folder, PACK, AS_OF, obligations=OBLIGATIONS) as found:
        found.connection.execute("SELECT count(*) FROM duties").fetchall()
    print(json.dumps(watch.told()))


if __name__ == "__main__":
    main(*sys.argv[1:2])
