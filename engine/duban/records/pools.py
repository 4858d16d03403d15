"""Many small files of one type and shape become one table: planning a coercion costs more than a hundred rows do.

A county hands in hundreds of small files. Their cells are put side by side as text first, and coerced once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import duckdb

from duban.records.raw import RawColumn, RawTable
from duban.sqltext import quote

SMALL = 4 << 20  # bytes; a larger file is worth a plan of its own


@dataclass
class Pool:
    """The tables that share a record type and the fields that they hold."""

    table: str
    name: str
    fields: tuple[str, ...]
    sparse: bool
    members: list[tuple[RawTable, Mapping[str, RawColumn]]] = field(default_factory=list)

    def raw(self) -> tuple[RawTable, dict[str, RawColumn]]:
        """The pool as one raw table, and which of its columns is which field."""
        columns = {name: RawColumn(name, quote(name)) for name in self.fields}
        return RawTable("", "", tuple(columns.values()), self.table, "_row", sparse=self.sparse), columns


class Pools:
    """All pools of one run."""

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        self.con = con
        self._pools: dict[tuple[str, tuple[str, ...], bool], Pool] = {}

    def __iter__(self) -> Iterator[Pool]:
        return iter(self._pools.values())

    def add(self, name: str, table: RawTable, columns: Mapping[str, RawColumn], size: int) -> bool:
        """Take a table in, if it is small and all text; False if not. Raises duckdb.Error if it cannot be read."""
        if not table.file or size > SMALL or any(column.type != "VARCHAR" for column in columns.values()):
            return False
        key = (name, tuple(sorted(columns)), table.sparse)
        pool = self._pools.get(key)
        if pool is None:
            pool = Pool(quote(f"duban$pool{len(self._pools)}"), *key)
            texts = ", ".join(f"{quote(field_name)} VARCHAR" for field_name in pool.fields)
            self.con.execute(f"CREATE TEMP TABLE {pool.table} (_member INTEGER, _row INTEGER, {texts})")
            self._pools[key] = pool
        row = f"row_number() OVER () + {table.row - 1}" if isinstance(table.row, int) else table.row
        cells = ", ".join(columns[field_name].expression for field_name in pool.fields)
        number = len(pool.members) + 1
        self.con.execute(f"INSERT INTO {pool.table} SELECT {number}, {row}, {cells} FROM {table.relation}")
        pool.members.append((table, columns))
        return True

    def close(self) -> None:
        """Drop the pools' tables."""
        for pool in self:
            self.con.execute(f"DROP TABLE IF EXISTS {pool.table}")
        self._pools.clear()
