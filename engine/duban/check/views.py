"""The tables that checks read: `own/T`, the newest rows of the files that are checked; `seen/T`, of all that is there."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from functools import cached_property
from typing import TYPE_CHECKING, Any

from duban.compile import views
from duban.compile.planner import in_order
from duban.model import Step
from duban.records.tables import table_name
from duban.scope import Schema
from duban.sqltext import literal, quote
from duban.vocabulary import RecordType

if TYPE_CHECKING:
    import duckdb

# A check sees everything that was handed in, also what is said to happen in future.
_ALWAYS = "TIMESTAMP '9999-01-01 00:00:00'"
_TABLE = re.compile(r'"((?:own|seen|span)/[^"]+)"')


class Views:
    """Makes the tables when a query reads them: a check of one file needs few of them.

    `files` are those that are checked; `alone`: there are rows of no other.
    """

    def __init__(
        self, con: duckdb.DuckDBPyConnection, schema: Schema, files: Collection[str], *, alone: bool = False
    ) -> None:
        self.con, self.schema, self.files, self.alone = con, schema, sorted(files), alone
        self._made: set[str] = set()
        self._any: dict[tuple[str, bool], bool] = {}

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """The rows of a query, once the tables are there that it names: `own/T`, `seen/T`, `span/T`."""
        wanted = set(_TABLE.findall(sql)) - self._made
        for step in in_order(self._steps, sorted(wanted)) if wanted else ():
            if step.name not in self._made:
                self.con.execute(f"CREATE OR REPLACE TEMP TABLE {quote(step.name)} AS {step.sql}")
                self._made.add(step.name)
        return self.con.execute(sql).fetchall()

    def filled(self, record: str, *, own: bool = False) -> bool:
        """Whether any row of a record type was handed in; `own`: in the checked files."""
        if (record, own) not in self._any:
            where = f" WHERE {self.mine('_file')}" if own else ""
            self._any[record, own] = bool(self.rows(f"SELECT 1 FROM {table_name(record)}{where} LIMIT 1"))
        return self._any[record, own]

    def mine(self, column: str) -> str:
        """SQL of whether a column names a checked file."""
        return "TRUE" if self.alone else f"list_contains(CAST({literal(self.files)} AS VARCHAR[]), {column})"

    def own(self, record: str, *, once: bool = False) -> str:
        """The newest version of each record in the checked files; of versions at one time, all. `once`: who reads them but
        once needs no table of them.
        """
        return f"({self._newest(record)})" if once else quote(f"own/{record}")

    def all_own(self, record: str) -> str:
        """All rows of the checked files, older versions too, as SQL."""
        return f"({self._all(record)})"

    def seen(self, record: str) -> str:
        """The newest version of each record, wherever it stands."""
        return quote(f"seen/{record}")

    @cached_property
    def _steps(self) -> list[Step]:
        return [step for name, spec in self.schema.records.items() for step in self._of(name, spec)]

    def _of(self, name: str, spec: RecordType) -> Iterator[Step]:
        yield Step(f"own/{name}", self._newest(name), f"{spec.title}: newest checked rows")
        yield from views.seen(self.schema, name, _ALWAYS, _ALWAYS, apart=True)
        if spec.span is not None:
            yield views.spans(name, spec)

    def _newest(self, record: str) -> str:
        spec, source = self.schema.records[record], self._all(record)
        if not spec.key:
            return source
        filled = " AND ".join(f"{quote(key)} IS NOT NULL" for key in spec.key)
        by = ", ".join(["jurisdiction", *map(quote, spec.key), *([quote(spec.span.start)] if spec.span else [])])
        newest = f"rank() OVER (PARTITION BY {by} ORDER BY submitted_at DESC NULLS LAST) = 1"
        return f"{source} QUALIFY NOT ({filled}) OR {newest}"

    def _all(self, record: str) -> str:
        return (
            f'SELECT *, _n AS "$n", {_event(self.schema.records[record])} AS "$t" FROM {table_name(record)}'
            f" WHERE {self.mine('_file')}"
        )


def _event(spec: RecordType) -> str:
    """The moment at which rosters are looked up for a row."""
    time = spec.time or (spec.span.start if spec.span else "")
    return f"coalesce(CAST({quote(time)} AS TIMESTAMP), {_ALWAYS})" if time else _ALWAYS
