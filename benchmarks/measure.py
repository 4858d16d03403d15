"""One run of one contender in a process of its own: seconds, CPU of all cores, peak memory of the process tree.

python benchmarks/measure.py CONTENDER FOLDER OUT        # runs it here, prints the seconds of `run`
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from workload import python_of

HERE = Path(__file__).resolve().parent
MOST = 0.85  # of the machine's memory


@dataclass(frozen=True)
class Measured:
    """`seconds`: from Parquet to findings, imports apart; `wall`, `cpu`: the whole process with its children; `reading`: of the
    seconds, those that duban says it read records; `error`: why there are no figures."""

    seconds: float = 0.0
    wall: float = 0.0
    cpu: float = 0.0
    peak_mb: float = 0.0
    reading: float = 0.0
    error: str = ""

    def as_dict(self) -> dict[str, object]:
        return asdict(self)


def contender(
    name: str, folder: Path, out: Path, budget: float, only: Sequence[str] = (), env: Mapping[str, str] | None = None
) -> Measured:
    """One run of a contender, stopped when its budget (seconds) is spent; `only`: some obligations, for duban alone."""
    words = [
        python_of(name),
        str(HERE / "measure.py"),
        name,
        str(folder),
        str(out),
        *([",".join(only)] if only else []),
    ]
    return command(words, budget, env={"DUBAN_CACHE": "off", **(env or {})})


def command(words: Sequence[str], budget: float, env: Mapping[str, str] | None = None) -> Measured:
    """One run of a command. If the last line that it prints is JSON with `seconds`, that is what counts; else the wall time.

    `error` says why there are no figures: its budget was spent, or it failed.
    """
    import psutil

    started = time.perf_counter()
    # A group of its own, so that whatever it starts ends with it.
    process = subprocess.Popen(
        words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
        env={**os.environ, **(env or {})},
    )  # fmt: skip
    peak, over, most = [0.0], threading.Event(), psutil.virtual_memory().total * MOST / 2**20

    def watch() -> None:
        try:
            root = psutil.Process(process.pid)
            while not over.wait(0.02):
                peak[0] = max(peak[0], sum(_resident(one) for one in (root, *root.children(recursive=True))))
                if peak[0] > most:  # before the system looks for something to kill
                    os.killpg(process.pid, signal.SIGKILL)
        except (psutil.Error, ProcessLookupError):
            return

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    before = os.times()
    try:
        printed, complaint = process.communicate(timeout=budget)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        return Measured(error=f"more than {budget:.0f} s")
    finally:
        over.set()
        watcher.join()
    after, wall = os.times(), time.perf_counter() - started
    if peak[0] > most:
        return Measured(error=f"more than {most / 1024:.0f} GB")
    if process.returncode:
        return Measured(error=(complaint.strip().splitlines() or [f"exit code {process.returncode}"])[-1][:300])
    cpu = after.children_user - before.children_user + after.children_system - before.children_system
    last = (printed.strip().splitlines() or [""])[-1]
    told = json.loads(last) if last.startswith('{"seconds"') else {}
    peak_mb = max(peak[0], told.get("peak_mb", 0.0))
    return Measured(told.get("seconds", wall), wall, cpu, peak_mb, told.get("reading", 0.0))


def _resident(process: object) -> float:
    import psutil

    try:
        return process.memory_info().rss / 2**20  # type: ignore[attr-defined]
    except psutil.Error:
        return 0.0


def main(name: str, folder: str, out: str, only: str = "") -> None:
    import resource

    sys.path.insert(0, str(HERE))
    from workload import module

    chosen = module(name)
    started = time.perf_counter()
    chosen.run(Path(folder), Path(out), *([only.split(",")] if only else []))  # type: ignore[union-attr]
    seconds = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": seconds, "peak_mb": peak, **getattr(chosen, "TOLD", {})}))


if __name__ == "__main__":
    main(*sys.argv[1:5])
