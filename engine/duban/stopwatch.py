"""Where the time of a run goes: stages within stages, and the steps of its plans. `duban audit --timings`.

The code that does the work names its stages with `timed`; while no watch runs that costs a look-up. A watch is of the
thread that started it: the workers of a crew are told of it.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_running: ContextVar[Stopwatch | None] = ContextVar("duban.stopwatch", default=None)
_KEPT = 100  # steps that audit.json names
# What the names of steps begin with that are of no single obligation; all others begin with its id.
_SHARED = {
    *("again", "bearer", "judgement", "keys", "lead", "manifest", "places", "proven"),
    *("same", "scan", "seen", "span", "twins", "unsure", "weekly"),
}
_NOTHING: AbstractContextManager[None] = nullcontext()


@dataclass
class Part:
    """A stage: seconds by the clock, seconds of all processors, how many rows, and the stages within it by name."""

    wall: float = 0.0
    cpu: float = 0.0
    rows: int | None = None
    parts: dict[str, Part] = field(default_factory=dict)

    def told(self) -> dict[str, Any]:
        """As plain data: seconds to the millisecond, what there is none of left out."""
        rows = {"rows": self.rows} if self.rows is not None else {}
        parts = {"parts": {name: part.told() for name, part in self.parts.items()}} if self.parts else {}
        return {"wall": round(self.wall, 3), "cpu": round(self.cpu, 3), **rows, **parts}


@dataclass
class Ran:
    """A step of a plan: seconds by the clock, rows the first time, how often it ran (for another reading, say)."""

    wall: float
    rows: int
    times: int = 1


@dataclass
class Stopwatch:
    """One run. Steps run side by side, so their seconds add up to more than the time that passed. `asked`: the steps
    whose execution is to be profiled, and `profiles` what DuckDB says of them.
    """

    asked: frozenset[str] = frozenset()
    whole: Part = field(default_factory=Part)
    steps: dict[str, Ran] = field(default_factory=dict)
    profiles: dict[str, dict[str, Any]] = field(default_factory=dict)
    _open: list[Part] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @contextmanager
    def stage(self, name: str) -> Iterator[Part]:
        """Time what is inside as a part of the stage that is open; one that comes again is added to."""
        part = self._open[-1].parts.setdefault(name, Part())
        self._open.append(part)
        wall, cpu = time.perf_counter(), time.process_time()
        try:
            yield part
        finally:
            part.wall += time.perf_counter() - wall
            part.cpu += time.process_time() - cpu
            self._open.pop()

    @contextmanager
    def running(self) -> Iterator[Stopwatch]:
        """Make it the watch of this thread; what the process did before is a stage of its own (启动)."""
        begun, spent = since_launch(), time.process_time()
        self.whole.parts["启动"] = Part(begun, spent)
        wall, token = time.perf_counter(), _running.set(self)
        self._open.append(self.whole)
        try:
            yield self
        finally:
            self._open.pop()
            _running.reset(token)
            self.whole.wall, self.whole.cpu = begun + time.perf_counter() - wall, time.process_time()

    def ran(self, step: str, seconds: float, rows: int) -> None:
        """A worker has run a step."""
        with self._lock:
            before = self.steps.get(step)
            if before is None:
                self.steps[step] = Ran(seconds, rows)
            else:
                self.steps[step] = Ran(before.wall + seconds, before.rows, before.times + 1)

    def kinds(self) -> dict[str, Ran]:
        """The steps by kind, the slowest first: `ID/frame` are the frames of all obligations, say."""
        found: dict[str, Ran] = {}
        for name, ran in self.steps.items():
            kind = kind_of(name)
            one = found.get(kind, Ran(0.0, 0, 0))
            found[kind] = Ran(one.wall + ran.wall, one.rows + ran.rows, one.times + ran.times)
        return dict(sorted(found.items(), key=_slowest))

    def slowest(self, most: int) -> dict[str, Ran]:
        return dict(sorted(self.steps.items(), key=_slowest)[:most])

    def told(self) -> dict[str, Any]:
        """What audit.json keeps: the stages, the kinds of steps, and the slowest steps."""
        tables = {"kinds": self.kinds(), "steps": self.slowest(_KEPT)}
        return {
            "stages": self.whole.told()["parts"],
            **{
                word: [{"name": name, **vars(ran), "wall": round(ran.wall, 4)} for name, ran in table.items()]
                for word, table in tables.items()
            },
        }


def kind_of(step: str) -> str:
    """The kind of a step, by its name.

    >>> kind_of("head-leads-inspections/proof/0"), kind_of("seen/hazard"), kind_of("duties")
    ('ID/proof', 'seen', 'duties')
    """
    first, *rest = step.split("/")
    return f"ID/{rest[0].split()[0]}" if rest and first not in _SHARED else first


def _slowest(item: tuple[str, Ran]) -> tuple[float, str]:
    return -item[1].wall, item[0]


def timed(name: str) -> AbstractContextManager[Part | None]:
    """A stage of the watch that runs; without one nothing happens."""
    watch = _running.get()
    return watch.stage(name) if watch is not None else _NOTHING


def running() -> Stopwatch | None:
    """The watch of this thread."""
    return _running.get()


def count_rows(part: Part | None, counts: Iterable[tuple[str, int]]) -> None:
    """Say how many rows the stages within a stage were about."""
    for name, rows in counts if part is not None else ():
        if rows and part is not None:
            part.parts.setdefault(name, Part()).rows = rows


def since_launch() -> float:
    """Seconds since the process began; where the system does not tell, those that it has computed."""
    try:
        ticks = int(Path("/proc/self/stat").read_text().rpartition(")")[2].split()[19])
        return time.clock_gettime(time.CLOCK_BOOTTIME) - ticks / os.sysconf("SC_CLK_TCK")
    except (OSError, AttributeError, ValueError):
        return time.process_time()
