"""Running a plan on DuckDB: one embedded database per audit, closed to the outside once the data is in."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from duban.errors import EvaluationError
from duban.model import Plan
from duban.sqltext import quote

if TYPE_CHECKING:
    import duckdb

Progress = Callable[[str], None]


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
    con.execute("SET TimeZone = 'UTC'")
    return con


def close_to_outside(con: duckdb.DuckDBPyConnection, *folders: Path) -> None:
    """From here on no file can be read, and only below `folders` can one be written."""
    allowed = ", ".join("'" + str(folder.resolve()).replace("'", "''") + "'" for folder in folders)
    if allowed:
        con.execute(f"SET allowed_directories = [{allowed}]")
    con.execute("SET enable_external_access = false")
    con.execute("SET lock_configuration = true")


def run(
    con: duckdb.DuckDBPyConnection, plan: Plan, *, keep: bool = False, progress: Progress | None = None
) -> dict[str, float]:
    """Create every table of the plan; returns the seconds that each step took.

    Raises EvaluationError naming the step that failed: then no duty has a status.
    """
    import duckdb

    timings: dict[str, float] = {}
    last_use = {} if keep else _last_use(plan)
    for index, step in enumerate(plan.steps):
        started = time.perf_counter()
        try:
            con.execute(f"CREATE TEMP TABLE {quote(step.name)} AS {step.sql}")
        except duckdb.Error as error:
            raise EvaluationError(f"第 {index + 1} 步“{step.name}”执行失败：{error}") from error
        timings[step.name] = time.perf_counter() - started
        for name in last_use.get(index, ()):  # memory: a table goes when nobody reads it any more
            con.execute(f"DROP TABLE {quote(name)}")
        if progress is not None:
            progress(step.name)
    return timings


@contextmanager
def judged(con: duckdb.DuckDBPyConnection, plan: Plan, progress: Progress | None = None) -> Iterator[None]:
    """The tables of a plan for as long as they are looked at; then the next plan may run on the same records."""
    run(con, plan, progress=progress)
    try:
        yield
    finally:
        for name in (plan.result, plan.missing, *plan.kept):
            con.execute(f"DROP TABLE IF EXISTS {quote(name)}")


def _last_use(plan: Plan) -> dict[int, list[str]]:
    """For each step the tables that no later step reads; the results stay."""
    last: dict[str, int] = {}
    for index, step in enumerate(plan.steps):
        last.update(dict.fromkeys((step.name, *step.reads), index))
    found: dict[int, list[str]] = {}
    for name, index in last.items():
        if name not in (plan.result, plan.missing, *plan.kept):
            found.setdefault(index, []).append(name)
    return found


@contextmanager
def database(limits: Limits) -> Iterator[duckdb.DuckDBPyConnection]:
    """`open_database`, closed at the end."""
    con = open_database(limits)
    try:
        yield con
    finally:
        con.close()
