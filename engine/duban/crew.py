"""Who runs the steps of a plan: a few workers side by side, each with a connection and a shelf for its tables.

A county's plan is hundreds of small statements. To plan one costs DuckDB more than to run it, and uses one core only:
so steps that do not wait for each other run at the same time. Within one database, statements that create tables would
wait for each other: hence a shelf (an attached database) for each worker, all of them on everybody's path. It lies
where the records lie: in memory, or beside them in the folder of an audit that has a limit. A step for which there is
not enough memory beside the others is taken again when all of them are done.
"""

from __future__ import annotations

import heapq
import json
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from duban import stopwatch
from duban.errors import EvaluationError, Issue, UsageError
from duban.model import Plan, Step
from duban.sqltext import literal, quote
from duban.stopwatch import Stopwatch

if TYPE_CHECKING:
    import duckdb

Progress = Callable[[str], None]
MOST = 4  # more workers hold more tables at a time, and gain little
SHELF = "shelf"  # what the shelves of an audit are called, with a number
RECORDS = "memory"  # the database of the records; DuckDB calls one in memory so, and one in a file after the file
_MORE = "请加大 --memory，或加 --threads 1；--temp 所在的磁盘也要有空间"


class Crew:
    """Runs plans on a connection. What a worker makes is seen from `con` by its bare name.

    Plans on other shelves (`shelf`), run from a cursor of their own, see the records and nothing of each other; but for
    the shelves `behind`, on which they find what they do not make themselves. `before`: a database whose tables are
    seen instead of records of the same name. `in_memory`: the shelves lie there, wherever the records do.
    """

    def __init__(
        self, con: duckdb.DuckDBPyConnection, shelf: str = SHELF, behind: str = "", before: str = "", *,
        in_memory: bool = False,
    ) -> None:  # fmt: skip
        (threads,) = con.execute("SELECT current_setting('threads')").fetchone() or (1,)
        numbers = range(max(1, min(int(threads), MOST)))
        self.con, self.before = con, before
        self.shelves = [f"{shelf}{number}" for number in numbers]
        others = [f"{behind}{number}" for number in numbers] if behind else []
        self.seen = [*self.shelves, *others, *([before] if before else []), RECORDS]
        self.files = {} if in_memory else self._files()
        for name in self.shelves:
            con.execute(f"ATTACH IF NOT EXISTS {self._place(name)}")
        self._see_all(con)

    def _files(self) -> dict[str, Path]:
        """Where each shelf lies: beside the records, if these lie in a file; empty: in memory."""
        query = "SELECT path FROM duckdb_databases() WHERE database_name = $1"
        (path,) = self.con.execute(query, [RECORDS]).fetchone() or (None,)
        return {name: Path(path).with_name(f"{name}.duckdb") for name in self.shelves} if path else {}

    def _place(self, name: str) -> str:
        """SQL of where a shelf is, and its name. Nobody reads a file of it after a crash, so it needs no log."""
        if name not in self.files:
            return f"':memory:' AS {name}"
        return f"{literal(str(self.files[name]))} AS {name} (RECOVERY_MODE no_wal_writes)"

    def _see_all(self, con: duckdb.DuckDBPyConnection) -> None:
        con.execute(f"SET search_path = '{','.join(f'{name}.main' for name in self.seen)}'")

    def leave(self) -> None:
        """Take the shelves away with all that is on them."""
        self.con.execute(f"SET search_path = '{RECORDS}.main'")
        for name in self.shelves:
            self.con.execute(f"DETACH {name}")
            if name in self.files:
                self.files[name].unlink(missing_ok=True)

    def run(self, plan: Plan, *, keep: bool, progress: Progress | None) -> dict[str, float]:
        """Create every table of the plan, and drop those that nobody reads any more unless `keep`.

        Returns the seconds of each step (their sum is more than the time that passed). Raises EvaluationError;
        UsageError if a step does not fit into memory even alone.
        """
        rota = _Rota(plan, keep=keep, progress=progress)
        work = (rota, stopwatch.running())
        threads = [threading.Thread(target=self._work, args=(shelf, *work), daemon=True) for shelf in self.shelves]
        for thread in threads:
            thread.start()
        try:
            for thread in threads:
                thread.join()
        except BaseException:  # Ctrl-C comes here: nobody takes a further step, and the connection may be closed
            rota.stop()
            for thread in threads:
                thread.join()
            raise
        if rota.failed:
            index, error = min(rota.failed, key=lambda failure: failure[0])
            name = f"第 {index + 1} 步“{plan.steps[index].name}”"
            if _lacks_memory(error):
                raise UsageError(f"{name}内存不够", [Issue("U017", str(error).splitlines()[0], hint=_MORE)]) from error
            raise EvaluationError(f"{name}执行失败：{error}") from error
        return rota.seconds

    def _work(self, shelf: str, rota: _Rota, watch: Stopwatch | None) -> None:
        cursor = self.con.cursor()
        try:
            self._see_all(cursor)
            while (taken := rota.take()) is not None:
                index, step = taken
                try:
                    if watch is not None and step.name in watch.asked - watch.profiles.keys():
                        watch.profiles[step.name] = _profile(cursor, step)
                    started = time.perf_counter()
                    made = cursor.execute(f"CREATE TABLE {shelf}.main.{quote(step.name)} AS {step.sql}")
                    seconds = time.perf_counter() - started
                    if watch is not None:
                        watch.ran(step.name, seconds, *made.fetchone() or (0,))
                    for name in rota.done(index, seconds):
                        cursor.execute(f"DROP TABLE {quote(name)}")
                except Exception as error:  # handed to whoever called run(), with the step's name
                    if not (_lacks_memory(error) and rota.postpone(index)):
                        rota.fail(index, error)
        finally:
            cursor.close()


def _profile(cursor: duckdb.DuckDBPyConnection, step: Step) -> dict[str, Any]:
    """How DuckDB executes a step: its operators with their rows and seconds. It runs once more for that."""
    ((_, text),) = cursor.execute(f"EXPLAIN (ANALYZE, FORMAT json) {step.sql}").fetchall()
    found: dict[str, Any] = json.loads(text)
    return found


def _lacks_memory(error: Exception) -> bool:
    import duckdb  # here already, if a step of its failed

    return isinstance(error, duckdb.OutOfMemoryException)


def beside(con: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """Another connection that sees the same tables: one connection reads one result at a time."""
    (path,) = con.execute("SELECT current_setting('search_path')").fetchone() or ("",)
    cursor = con.cursor()
    cursor.execute(f"SET search_path = '{path}'")
    return cursor


class _Rota:
    """Which step is next: the first in the plan's order of those whose tables are there."""

    def __init__(self, plan: Plan, *, keep: bool, progress: Progress | None) -> None:
        number = {step.name: index for index, step in enumerate(plan.steps)}
        needs = [{number[name] for name in step.reads if name in number} for step in plan.steps]
        self.plan, self.progress = plan, progress
        self.readers: list[list[int]] = [[] for _ in plan.steps]
        for index, needed in enumerate(needs):
            for other in needed:
                self.readers[other].append(index)
        self.waits = [len(needed) for needed in needs]
        self.unread = [len(readers) for readers in self.readers]  # steps that have still to read its table
        self.needs = needs
        self.stays = set(plan.stays) if not keep else set(number)
        self.ready = [index for index, waits in enumerate(self.waits) if not waits]  # in order, hence a heap
        self.left = len(plan.steps)
        self.seconds: dict[str, float] = {}
        self.failed: list[tuple[int, Exception]] = []
        self.stopped = False
        self.running = 0
        self.alone: list[int] = []  # steps that found too little memory beside others
        self.changed = threading.Condition()

    def take(self) -> tuple[int, Step] | None:
        """The next step, as soon as there is one; None: there is nothing left to do."""
        with self.changed:
            while not self._may_start() and self.left and not self.stopped:
                self.changed.wait()
            if self.stopped or not self.left:
                return None
            index = self.alone[-1] if self.alone else heapq.heappop(self.ready)
            self.running += 1
            return index, self.plan.steps[index]

    def _may_start(self) -> bool:
        """Whether there is a step to take; one that needs all the memory waits for the others, and they for it."""
        return not self.running if self.alone else bool(self.ready)

    def postpone(self, index: int) -> bool:
        """Whether a step that found too little memory may be taken again, alone; not if it was alone."""
        with self.changed:
            if self.running == 1 and index in self.alone:
                return False
            self.running -= 1
            if index not in self.alone:
                self.alone.append(index)
            self.changed.notify_all()
            return True

    def done(self, index: int, seconds: float) -> list[str]:
        """A step's table is there; returns the tables that nobody reads any more."""
        step = self.plan.steps[index]
        with self.changed:
            self.left -= 1
            self.running -= 1
            if index in self.alone:
                self.alone.remove(index)
            self.seconds[step.name] = seconds
            for reader in self.readers[index]:
                self.waits[reader] -= 1
                if not self.waits[reader]:
                    heapq.heappush(self.ready, reader)
            for needed in self.needs[index]:
                self.unread[needed] -= 1
            if self.progress is not None:
                self.progress(step.name)
            self.changed.notify_all()
            over = [number for number in (*self.needs[index], index) if not self.unread[number]]
            return [name for name in (self.plan.steps[number].name for number in over) if name not in self.stays]

    def fail(self, index: int, error: Exception) -> None:
        with self.changed:
            self.failed.append((index, error))
            self.running -= 1
            self.stopped = True
            self.changed.notify_all()

    def stop(self) -> None:
        """Let nobody take a further step."""
        with self.changed:
            self.stopped = True
            self.changed.notify_all()
