"""Running a plan on DuckDB: one embedded database per audit, closed to the outside once the data is in."""

from __future__ import annotations

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
_MOST = 1_000_000  # duties; of more the tables are not kept


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


def run(
    con: duckdb.DuckDBPyConnection,
    plan: Plan,
    *,
    keep: bool = False,
    progress: Progress | None = None,
    shelf: str = "shelf",
) -> dict[str, float]:
    """Create every table of the plan (on the named shelves); returns the seconds that each step took.

    Raises EvaluationError naming the step that failed: then no duty has a status.
    """
    return Crew(con, shelf).run(plan, keep=keep, progress=progress)


def run_once(
    con: duckdb.DuckDBPyConnection, plan: Plan, follows: str, scratch: Path, progress: Progress | None = None
) -> dict[str, float]:
    """As `run`, unless the same plan has run on the same records: then its tables come from the cache, and no step took
    any time. `follows`: a hash of the records; `scratch`: a folder that the connection may use.
    """
    name = cache.key(_KIND, follows, *(part for step in plan.steps for part in (step.name, step.sql)), *plan.stays)
    if keeping.restore(con, _KIND, name, scratch) is not None:
        Crew(con)  # what else is asked of the tables asks by way of its shelves
        return {}
    seconds = run(con, plan, progress=progress)
    (rows,) = con.execute(f"SELECT count(*) FROM {quote(plan.result)}").fetchone() or (0,)
    if rows <= _MOST:
        keeping.keep(con, _KIND, name, {table: f"FROM {quote(table)}" for table in plan.stays}, "", scratch)
    return seconds


@contextmanager
def judged(
    con: duckdb.DuckDBPyConnection, plan: Plan, progress: Progress | None = None, shelf: str = "shelf"
) -> Iterator[None]:
    """The tables of a plan for as long as they are looked at; then the next plan may run on the same records."""
    run(con, plan, progress=progress, shelf=shelf)
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
