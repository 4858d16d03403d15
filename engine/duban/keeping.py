"""Tables in an entry of the cache: a database file of DuckDB, which checks every block that it reads.

With the tables goes a text (JSON) that says whatever else there is to know, in the same file, under the same checks.
Nothing in an entry is ever run. Whatever is wrong with one means that it is not there, and is taken away.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from duban import cache
from duban.sqltext import literal, quote

if TYPE_CHECKING:
    import duckdb

_BASE = quote("duban$kept")
_TOLD = quote("duban$told")
# Bytes of a block. Most tables of a county hold a few rows; where there are many, larger blocks are written faster.
_SMALL, _LARGE = 16_384, 262_144
MANY = 100_000  # rows


def keep(
    con: duckdb.DuckDBPyConnection, kind: str, name: str, tables: Mapping[str, str] | None, told: str,
    scratch: Path | None = None, *, large: bool = False,
) -> None:  # fmt: skip
    """Keep tables (name → SELECT; None: all of the database) and a text under a key, if that can be.

    `large`: there are many rows. `scratch`: the folder in which a connection may write that is closed to the outside.
    """

    def write(path: Path) -> None:
        made = path if scratch is None else scratch / f"made-{name}"
        try:
            con.execute(f"ATTACH {literal(str(made))} AS {_BASE} (BLOCK_SIZE {_LARGE if large else _SMALL})")
            try:
                if tables is None:
                    con.execute(f"COPY FROM DATABASE memory TO {_BASE}")
                for table, sql in (tables or {}).items():
                    con.execute(f"CREATE TABLE {_BASE}.main.{quote(table)} AS {sql}")
                con.execute(f"CREATE TABLE {_BASE}.main.{_TOLD} AS SELECT $1::VARCHAR AS told", [told])
            finally:
                con.execute(f"DETACH {_BASE}")
            if made != path:
                shutil.move(made, path)
        finally:
            if made != path:
                made.unlink(missing_ok=True)

    cache.store(kind, name, write)


@contextmanager
def opened(
    con: duckdb.DuckDBPyConnection, kind: str, name: str, scratch: Path | None = None
) -> Iterator[tuple[str, str] | None]:
    """What is kept under a key: the schema in which the tables lie, and the text; None if there is nothing.

    Raises duckdb.Error when a table turns out to be broken; the entry is gone then. `scratch` as for `keep`.
    """
    path = cache.fetch(kind, name)
    if path is None:
        yield None
        return
    told = _attached(con, path, scratch)
    if told is None:
        cache.drop(kind, name)
        yield None
        return
    try:
        yield f"{_BASE}.main", told
    except Exception:
        cache.drop(kind, name)
        raise
    finally:
        con.execute(f"DETACH {_BASE}")


def restore(
    con: duckdb.DuckDBPyConnection, kind: str, name: str, scratch: Path | None = None, into: str = "memory"
) -> str | None:
    """Bring all tables that are kept under a key into a database; the text. None, with nothing done, if that fails."""
    try:
        with opened(con, kind, name, scratch) as found:
            if found is None:
                return None
            con.execute(f"COPY FROM DATABASE {_BASE} TO {into}")
            con.execute(f"DROP TABLE {into}.main.{_TOLD}")
            return found[1]
    except Exception:  # a block whose sum is wrong, a file that ends too soon, a table of another DuckDB
        return None


def _attached(con: duckdb.DuckDBPyConnection, path: Path, scratch: Path | None) -> str | None:
    """Attach a file, to be read only; its text, or None with nothing attached."""
    import duckdb

    try:
        if scratch is not None:
            path = Path(shutil.copyfile(path, scratch / f"read-{path.name}"))
        con.execute(f"ATTACH {literal(str(path))} AS {_BASE} (READ_ONLY)")
    except (duckdb.Error, OSError):
        return None
    try:
        rows = con.execute(f"SELECT told FROM {_BASE}.main.{_TOLD}").fetchall()
        return str(rows[0][0])
    except (duckdb.Error, IndexError):
        with suppress(duckdb.Error):
            con.execute(f"DETACH {_BASE}")
        return None
