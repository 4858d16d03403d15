"""The tables that checks read: `own/T`, the newest rows of the files that are checked; `seen/T`, of all that is there."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from duban.compile import views
from duban.records.tables import table_name
from duban.scope import Schema
from duban.sqltext import literal, quote
from duban.vocabulary import RecordType

if TYPE_CHECKING:
    import duckdb

# A check sees everything that was handed in, also what is said to happen in future.
_ALWAYS = "TIMESTAMP '9999-01-01 00:00:00'"


class Views:
    """Makes the tables when they are asked for: a check of one file needs few of them."""

    def __init__(self, con: duckdb.DuckDBPyConnection, schema: Schema, files: Collection[str]) -> None:
        self.con, self.schema, self.files = con, schema, sorted(files)
        self._made: set[str] = set()
        self._filled: dict[str, bool] = {}

    def filled(self, record: str) -> bool:
        """Whether any row of a record type was handed in."""
        if record not in self._filled:
            self._filled[record] = bool(self.con.execute(f"SELECT 1 FROM {table_name(record)} LIMIT 1").fetchall())
        return self._filled[record]

    def own(self, record: str) -> str:
        """The newest version of each record in the checked files; of versions at one time, all."""
        name = f"own/{record}"
        if name not in self._made:
            self._made.add(name)
            self._create(name, self._own_sql(record))
        return quote(name)

    def all_own(self, record: str) -> str:
        """All rows of the checked files, older versions too, as SQL."""
        return f"({self._rows(record)})"

    def seen(self, record: str) -> str:
        """The newest version of each record, wherever it stands; with the tables that its references lead to."""
        name = f"seen/{record}"
        if name not in self._made:
            self._made.add(name)
            spec = self.schema.records[record]
            for references in spec.references.values():
                for reference in references:
                    if (target := self.schema.target(reference)[0]) and target != record:
                        self.seen(target)
            for step in views.seen(self.schema, record, _ALWAYS, _ALWAYS, apart=True):
                self._create(step.name, step.sql)
            if spec.span is not None:
                step = views.spans(record, spec)
                self._create(step.name, step.sql)
        return quote(name)

    def referred(self, record: str) -> None:
        """Make what a row's references lead to, at any depth."""
        for references in self.schema.records[record].references.values():
            for reference in references:
                if target := self.schema.target(reference)[0]:
                    self.seen(target)

    def _own_sql(self, record: str) -> str:
        spec = self.schema.records[record]
        source = self._rows(record)
        if not spec.key:
            return source
        filled = " AND ".join(f"{quote(key)} IS NOT NULL" for key in spec.key)
        by = ", ".join(["jurisdiction", *map(quote, spec.key), *([quote(spec.span.start)] if spec.span else [])])
        newest = f"rank() OVER (PARTITION BY {by} ORDER BY submitted_at DESC NULLS LAST) = 1"
        return f"{source} QUALIFY NOT ({filled}) OR {newest}"

    def _rows(self, record: str) -> str:
        return (
            f'SELECT *, _n AS "$n", {_event(self.schema.records[record])} AS "$t" FROM {table_name(record)}'
            f" WHERE list_contains({_array(self.files)}, _file)"
        )

    def _create(self, name: str, sql: str) -> None:
        self.con.execute(f"CREATE OR REPLACE TEMP TABLE {quote(name)} AS {sql}")


def _event(spec: RecordType) -> str:
    """The moment at which rosters are looked up for a row."""
    time = spec.time or (spec.span.start if spec.span else "")
    return f"coalesce(CAST({quote(time)} AS TIMESTAMP), {_ALWAYS})" if time else _ALWAYS


def _array(files: list[str]) -> str:
    return f"CAST({literal(files)} AS VARCHAR[])"
