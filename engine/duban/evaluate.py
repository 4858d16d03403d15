"""Running a plan on DuckDB: one embedded database per audit, closed to the outside once the data is in."""

from __future__ import annotations

import shutil
import tempfile
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from duban import cache, keeping
from duban.crew import Crew, Progress
from duban.errors import EvaluationError
from duban.model import Plan
from duban.sqltext import quote

if TYPE_CHECKING:
    import duckdb


_KIND = "duties"  # in the cache
_MOST = 200_000  # rows, of a few thousand mines; of more nothing is kept, since to write it takes its time


@dataclass(frozen=True)
class Limits:
    """How much of the machine an audit may use; empty values leave DuckDB's defaults (80 % of memory, all cores)."""

    memory: str = ""
    threads: int = 0
    temp_folder: str = ""


def open_database(limits: Limits) -> duckdb.DuckDBPyConnection:
    """An empty in-memory database within limits."""
    import duckdb  # loaded when there is something to evaluate: `duban --help` answers without it

    config: dict[str, str | int] = {}
    if limits.memory:
        config["memory_limit"] = limits.memory
    if limits.threads:
        config["threads"] = limits.threads
    if limits.temp_folder:
        config["temp_directory"] = limits.temp_folder
    try:
        con = duckdb.connect(":memory:", config=config)  # type: ignore[arg-type]
    except duckdb.Error as error:
        raise EvaluationError(f"数据库无法按所给限制启动：{error}") from None
    con.execute("SET GLOBAL TimeZone = 'UTC'")
    return con


def close_to_outside(con: duckdb.DuckDBPyConnection, *folders: Path) -> None:
    """From here on no file can be read, and only below `folders` can one be written."""
    allowed = ", ".join("'" + str(folder.resolve()).replace("'", "''") + "'" for folder in folders)
    if allowed:
        con.execute(f"SET allowed_directories = [{allowed}]")
    con.execute("SET enable_external_access = false")
    con.execute("SET lock_configuration = true")


@dataclass(frozen=True)
class Once:
    """What lets a plan that has run before on the same records be found again in the cache.

    `follows`: a hash of all that the records follow from. `scratch`: the one folder by way of which tables may leave a
    database that is closed to the outside.
    """

    follows: str
    scratch: Path

    def name(self, plan: Plan) -> str:
        """The key of what a plan leaves behind."""
        steps = (part for step in plan.steps for part in (step.name, step.sql))
        return cache.key(_KIND, self.follows, *steps, "", *plan.stays)


def once(con: duckdb.DuckDBPyConnection, follows: str) -> Once:
    """For a connection that is not closed to the outside yet; the folder is there as long as the connection is."""
    scratch = tempfile.mkdtemp(prefix="duban-")
    weakref.finalize(con, shutil.rmtree, scratch, ignore_errors=True)
    return Once(follows, Path(scratch))


def run(
    con: duckdb.DuckDBPyConnection,
    plan: Plan,
    *,
    keep: bool = False,
    progress: Progress | None = None,
    shelf: str = "shelf",
    once: Once | None = None,
) -> dict[str, float]:
    """Create every table of the plan (on the named shelves); returns the seconds that each step took.

    `once`: what the same plan left behind on the same records is taken from the cache, in no time. It is for plans that
    read records alone, and not for `keep`. Raises EvaluationError naming the step that failed: then no duty has a status.
    """
    crew = Crew(con, shelf)
    if once is None or keep:
        return crew.run(plan, keep=keep, progress=progress)
    name = once.name(plan)
    if keeping.restore(con, _KIND, name, once.scratch, crew.shelves[0]) is not None:
        return {}
    seconds = crew.run(plan, keep=False, progress=progress)
    rows = [con.execute(f"SELECT count(*) FROM {quote(table)}").fetchall()[0][0] for table in plan.stays]
    if sum(rows) <= _MOST:
        tables = {table: f"FROM {quote(table)}" for table in plan.stays}
        keeping.keep(con, _KIND, name, tables, "", once.scratch, large=sum(rows) > keeping.MANY)
    return seconds


@contextmanager
def judged(
    con: duckdb.DuckDBPyConnection, plan: Plan, progress: Progress | None = None, shelf: str = "shelf",
    once: Once | None = None,
) -> Iterator[None]:  # fmt: skip
    """The tables of a plan for as long as they are looked at; then the next plan may run on the same records."""
    run(con, plan, progress=progress, shelf=shelf, once=once)
    try:
        yield
    finally:
        for name in plan.stays:
            con.execute(f"DROP TABLE IF EXISTS {quote(name)}")


@contextmanager
def database(limits: Limits) -> Iterator[duckdb.DuckDBPyConnection]:
    """`open_database`, closed at the end."""
    con = open_database(limits)
    try:
        yield con
    finally:
        con.close()
