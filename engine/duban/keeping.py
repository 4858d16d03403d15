"""Tables in an entry of the cache: a database file of DuckDB, which checks every block that it reads.

With the tables goes a text (JSON) that says whatever else there is to know, in the same file, under the same checks.
Nothing in an entry is ever run. Whatever is wrong with one means that it is not there, and is taken away.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
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


def restore(
    con: duckdb.DuckDBPyConnection, kind: str, name: str, scratch: Path | None = None, into: str = "memory"
) -> str | None:
    """Bring all tables that are kept under a key into a database; the text. None, with nothing done, if that fails.

    `scratch` as for `keep`.
    """
    path = cache.fetch(kind, name)
    if path is None:
        return None
    read = path if scratch is None else scratch / f"read-{name}"
    try:
        if read != path:
            shutil.copyfile(path, read)
        return _copied(con, read, into)
    except Exception:  # a block whose sum is wrong, a file that ends too soon, a table of another DuckDB, no text
        cache.drop(kind, name)
        return None
    finally:
        if read != path:
            read.unlink(missing_ok=True)


def _copied(con: duckdb.DuckDBPyConnection, path: Path, into: str) -> str:
    """Copy all tables of a file into a database, or none; the text."""
    con.execute(f"ATTACH {literal(str(path))} AS {_BASE} (READ_ONLY)")
    try:
        ((told,),) = con.execute(f"SELECT told FROM {_BASE}.main.{_TOLD}").fetchall()
        con.execute(f"COPY FROM DATABASE {_BASE} TO {into}")
        con.execute(f"DROP TABLE {into}.main.{_TOLD}")
        return str(told)
    finally:
        con.execute(f"DETACH {_BASE}")
