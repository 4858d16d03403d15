"""Running a plan on DuckDB: one embedded database per audit, closed to the outside once the data is in."""

from __future__ import annotations

import re
import shutil
import tempfile
import weakref
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from duban import cache, keeping, parts, stopwatch
from duban.crew import RECORDS, SHELF, Crew, Progress
from duban.errors import Issue, UsageError
from duban.model import Plan
from duban.sqltext import literal, quote

if TYPE_CHECKING:
    import duckdb

_SIZE = re.compile(r"\s*(?P<number>\d+(\.\d+)?)\s*(?P<unit>[KMGT]i?B)\s*", re.IGNORECASE)
_OF_PROCESS, _PYTHON = 0.8, 200e6  # DuckDB's share, and what Python and the rules take


# Nobody reads a database of ours after a crash: a checkpoint would write every large table once more, to save nothing.
_UNSAVED = {"checkpoint_threshold": "1000TB"}
_KIND = "duties"  # in the cache
_MOST = 200_000  # rows, of a few thousand mines; of more nothing is kept, since to write it takes its time


@dataclass(frozen=True)
class Limits:
    """How much of the machine an audit may use; empty values leave DuckDB's defaults (80 % of memory, all cores).

    `memory`: what the process may hold, like "4GB". Then records and tables lie compressed in a file of a folder of their
    own below `temp_folder` (the system's, if empty), of which memory holds what fits; without it they lie in memory, and
    what does not fit is spilled as it is.
    """

    memory: str = ""
    threads: int = 0
    temp_folder: str = ""


def open_database(limits: Limits) -> duckdb.DuckDBPyConnection:
    """An empty database within limits; its folder, if it has one, goes when nobody holds the connection any more.

    Raises UsageError for limits within which none can be.
    """
    import duckdb  # loaded when there is something to evaluate: `duban --help` answers without it

    config: dict[str, str | int] = dict(_UNSAVED)
    if limits.threads:
        config["threads"] = limits.threads
    if limits.temp_folder:
        config["temp_directory"] = limits.temp_folder
    try:
        if limits.memory:
            con = _in_folder(limits.temp_folder, {**config, "memory_limit": _share(limits.memory)})
        else:
            con = duckdb.connect(":memory:", config=config)  # type: ignore[arg-type]
    except (duckdb.Error, OSError) as error:
        raise UsageError("数据库无法按所给限制启动", [Issue("U017", str(error))]) from None
    con.execute("SET GLOBAL TimeZone = 'UTC'")
    return con


def _share(memory: str) -> str:
    """What DuckDB may hold of the memory of the process: it counts neither Python nor all that its threads work with."""
    if not _SIZE.fullmatch(memory):
        raise UsageError("内存上限看不懂", [Issue("U017", f"“{memory}”不是大小", hint="请写成 4GB、512MB 这样")])
    size = _bytes(memory)
    return f"{max(size * _OF_PROCESS - _PYTHON, size / 4) / 1e6:.0f}MB"


def _bytes(size: str) -> float:
    """“4GB” or “3.7 GiB” as a number."""
    found = _SIZE.fullmatch(size)
    assert found is not None
    power = "KMGT".index(found["unit"][0].upper()) + 1
    unit = 1024 if "i" in found["unit"].lower() else 1000
    return float(found["number"]) * float(unit**power)


def _in_folder(below: str, config: dict[str, str | int]) -> duckdb.DuckDBPyConnection:
    """A database in a file, with the room for what is spilled beside it."""
    import duckdb

    if below:
        Path(below).mkdir(parents=True, exist_ok=True)
    folder = tempfile.mkdtemp(prefix="duban-", dir=below or None)
    try:
        con = duckdb.connect(f"{folder}/{RECORDS}.duckdb", config={**config, "temp_directory": folder})
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    weakref.finalize(con, shutil.rmtree, folder, ignore_errors=True)
    return con


def close_to_outside(con: duckdb.DuckDBPyConnection, *folders: Path) -> None:
    """From here on no file can be read, and only below `folders` can one be written, or where the database itself is."""
    query = "SELECT path FROM duckdb_databases() WHERE database_name = $1"
    (path,) = con.execute(query, [RECORDS]).fetchone() or (None,)
    own = [Path(path).parent] if path else []
    allowed = ", ".join(literal(str(folder.resolve())) for folder in [*folders, *own])
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

    def after(self, plan: Plan) -> Once:
        """For plans that read what this one has left behind, beside the records."""
        return replace(self, follows=self.name(plan))


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
    shelf: str = SHELF,
    once: Once | None = None,
    there: Collection[str] = (),
    behind: str = "",
    lasting: Collection[str] = (),
    in_parts: bool = False,
) -> dict[str, float]:
    """Create every table of the plan (on the named shelves); returns the seconds that each step took.

    `once`: what the same plan left behind on the same records is taken from the cache, in no time. It is for plans that
    read records alone (and what its `follows` stands for), and not for `keep`. `there`: tables that another plan has
    made and left alike (on the shelves `behind`, if not on its own); they are not made again, and stay. `lasting`: tables
    that shall stay for other plans, beside those that the plan itself leaves behind. `in_parts`: where the records are too
    many for the memory, some jurisdictions after the others; for a plan of which all tables that stay name a jurisdiction,
    and not for `keep`. Raises EvaluationError naming the step that failed, UsageError if it had too little memory: then no
    duty has a status.
    """
    if in_parts and not keep and not parts.fits(con, _room(con), len(plan.obligations)):
        return _in_parts(con, plan, shelf, progress)
    crew = Crew(con, shelf, behind)
    rest = _rest(plan, there, lasting)
    watch = stopwatch.running()
    if keep or (watch is not None and watch.asked):  # a step that is to be profiled has to run
        once = None
    if once and keeping.restore(con, _KIND, once.name(plan), once.scratch, crew.shelves[0]) is not None:
        return {}
    try:
        seconds = crew.run(rest, keep=keep, progress=progress)
    except UsageError:  # more than was thought
        if keep or not in_parts:
            raise
        crew.leave()
        return _in_parts(con, plan, shelf, progress)
    if once:
        _keep(con, plan, once)
    return seconds


def _keep(con: duckdb.DuckDBPyConnection, plan: Plan, once: Once) -> None:
    """Keep what a plan has left behind, if it is not much."""
    tables = {table: f"FROM {quote(table)}" for table in plan.stays}
    rows = [con.execute(f"SELECT count(*) {table}").fetchall()[0][0] for table in tables.values()]
    if sum(rows) <= _MOST:
        keeping.keep(con, _KIND, once.name(plan), tables, "", once.scratch, large=sum(rows) > keeping.MANY)


def _in_parts(
    con: duckdb.DuckDBPyConnection, plan: Plan, shelf: str, progress: Progress | None
) -> dict[str, float]:  # fmt: skip
    """Some jurisdictions after the others; several in any case, if there are several."""
    found = parts.parts(con, _room(con), len(plan.obligations))
    if len(found) == 1 and len(found[0]) > 1:
        found = list(parts.halves(found[0]))
    try:
        return parts.run(con, plan, found, progress)
    finally:
        Crew(con, shelf)


def _room(con: duckdb.DuckDBPyConnection) -> float:
    """The bytes of memory that a plan may take: what the records leave of the limit, if they lie in memory, too."""
    ((limit, used),) = con.execute(
        "SELECT current_setting('memory_limit'), (SELECT sum(memory_usage_bytes) FROM duckdb_memory())"
    ).fetchall()
    ((path,),) = con.execute("SELECT path FROM duckdb_databases() WHERE database_name = $1", [RECORDS]).fetchall()
    return _bytes(limit) - (0 if path else int(used))


def _rest(plan: Plan, there: Collection[str], lasting: Collection[str]) -> Plan:
    """What of a plan is still to be made."""
    steps = tuple(step for step in plan.steps if step.name not in there)
    return replace(plan, steps=steps, kept=(*plan.kept, *there, *lasting))


def left_behind(con: duckdb.DuckDBPyConnection, plan: Plan) -> set[str]:
    """The views of a plan that lie on the shelves of its audit still."""
    rows = con.execute(
        "SELECT table_name FROM duckdb_tables() WHERE starts_with(database_name, $1)", [SHELF]
    ).fetchall()
    return {str(name) for (name,) in rows} & set(plan.views)


def complete(
    con: duckdb.DuckDBPyConnection, result: str, planned: Callable[[], Plan], once: Once | None = None
) -> None:
    """Run what of a plan is not there yet, beside what other plans have left on a connection; nothing if its result is."""
    rows = con.execute("SELECT table_name FROM duckdb_tables()").fetchall()
    there = {str(name) for (name,) in rows}
    if result not in there:
        run(con, planned(), once=once, there=there)


@contextmanager
def judged(
    con: duckdb.DuckDBPyConnection, plan: Plan, progress: Progress | None = None, shelf: str = SHELF,
    once: Once | None = None, there: Collection[str] = (), behind: str = "",
) -> Iterator[None]:  # fmt: skip
    """The tables of a plan for as long as they are looked at; then the next plan may run on the same records."""
    run(con, plan, progress=progress, shelf=shelf, once=once, there=there, behind=behind)
    try:
        yield
    finally:
        for name in plan.stays:  # of what was there, no more than the cache has brought
            own = f"{shelf}0.main." if name in there else ""
            con.execute(f"DROP TABLE IF EXISTS {own}{quote(name)}")


@contextmanager
def beside(
    con: duckdb.DuckDBPyConnection, plan: Plan, first: Plan, shelf: str, once: Once | None
) -> Iterator[duckdb.DuckDBPyConnection]:
    """The tables of a plan for as long as they are looked at, on a connection of its own that sees those of `first`, which
    has run on `con`, behind them. Views that it has left there are not made again.
    """
    made = {step.name: step.sql for step in first.steps}
    there = {step.name for step in plan.steps if made.get(step.name) == step.sql} & left_behind(con, first)
    cursor = con.cursor()
    try:
        with judged(cursor, plan, shelf=shelf, once=once, there=there, behind=SHELF):
            yield cursor
    finally:
        cursor.close()


@contextmanager
def database(limits: Limits) -> Iterator[duckdb.DuckDBPyConnection]:
    """`open_database`, closed at the end."""
    con = open_database(limits)
    try:
        yield con
    finally:
        con.close()
