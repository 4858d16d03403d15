"""Typed rows: what SELECT turns a raw table, once its columns are matched, into the columns of its record type."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import duckdb

from duban.records import problems
from duban.records.coerce import Coercion, Source, coerce, family_of, usual_element
from duban.records.context import PLAIN, Context
from duban.records.headers import columns_of
from duban.records.raw import RawColumn, RawTable
from duban.sqltext import literal, quote
from duban.vocabulary import JURISDICTION, MANIFEST, FieldSpec, RecordType

BARE = "$bare"
# Kept until all is read: per row the cells that are empty and should not be (text NULL), or not spelt as usual.
ODD = "$odd"


@dataclass(frozen=True)
class Filling:
    """One raw table on its way into the table of its record type."""

    table: RawTable
    name: str
    record_type: RecordType
    columns: Mapping[str, RawColumn]
    jurisdiction: str
    timezone: str
    members: tuple[tuple[RawTable, Mapping[str, RawColumn]], ...] = ()  # of a pool, in the order of its `_member`s
    places: tuple[str, ...] = ()  # of each member the jurisdiction, where they have several

    def origin(self, file: str, sheet: str) -> tuple[RawTable, Mapping[str, RawColumn]]:
        """The table that a row came from, and which of its columns is which field."""
        for table, columns in self.members:
            if (table.file, table.sheet) == (file, sheet):
                return table, columns
        return self.table, self.columns

    def contexts(self) -> tuple[list[Context], str]:
        """What the tables say about their cells, and the SQL expression of the number of a row's context."""
        found: list[Context] = [PLAIN]
        cases: list[str] = []
        for table in [member for member, _ in self.members] or [self.table]:
            if table.context != PLAIN:
                here = f"_file = {literal(table.file)} AND _sheet = {literal(table.sheet)}"
                cases.append(f"WHEN {here} THEN {len(found)}")
                found.append(table.context)
        return found, f"CASE {' '.join(cases)} ELSE 0 END" if cases else "0"

    @property
    def jurisdiction_sql(self) -> str:
        """Whose a row is that names no jurisdiction."""
        return f"{literal(list(self.places))}[_member]" if self.places else literal(self.jurisdiction)

    @property
    def identities(self) -> set[str]:
        """The fields that tell one row from another, or point at one."""
        return {*self.record_type.key, *self.record_type.references}

    @property
    def fields(self) -> dict[str, FieldSpec]:
        return columns_of(self.name, self.record_type)


@dataclass(frozen=True)
class Typed:
    """The typed rows of a raw table: the SQL of each column that is not empty throughout, over the relation `rows`.

    `constants` are those of them that have one value. `row`: the number of the first row, where the relation does not
    have `_row` itself. `content`: whether a row says anything; '' if each is a row whatever it says. `number`: which of
    the rows it is, where `_row` says that; '' if they must be counted while they pass one by one.
    """

    columns: Mapping[str, str]
    constants: Mapping[str, str]
    rows: str
    row: int | None
    content: str
    number: str = ""

    def numbered(self, before: int) -> str:
        """`(columns) SELECT …`: the rows that count, numbered after `before`."""
        columns = {
            "_n": f"{before} + {self.number or 'row_number() OVER ()'}",
            "_row": "_row",
            **self.constants,
            **self.columns,
        }
        # Rows are counted above the reading: a filter does not sink below the count, so nothing is read twice.
        row = f", row_number() OVER () + {self.row - 1} AS _row" if self.row is not None else ""
        keep = f" WHERE {self.content}" if self.content else ""
        return (
            f"({', '.join(map(quote, columns))}) SELECT {', '.join(columns.values())}"
            f" FROM (SELECT *{row} FROM {self.rows}){keep}"
        )


def typed(con: duckdb.DuckDBPyConnection, filling: Filling) -> Typed:
    """How the raw table of a filling is read."""
    table = filling.table
    fields = {name: spec for name, spec in filling.fields.items() if name in filling.columns}
    cells = [_coercion(con, filling, i, name, spec) for i, (name, spec) in enumerate(fields.items())]
    columns: dict[str, str] = {}
    constants: dict[str, str] = {}
    if filling.members:
        columns["_file"] = f"[{', '.join(literal(member.file) for member, _ in filling.members)}][_member]"
        columns["_sheet"] = f"[{', '.join(literal(member.sheet) for member, _ in filling.members)}][_member]"
    else:
        constants |= {"_file": literal(table.file), "_sheet": literal(table.sheet)}
    if JURISDICTION not in fields:
        (columns if filling.places else constants)[JURISDICTION] = filling.jurisdiction_sql
    for i, (name, cell) in enumerate(zip(fields, cells, strict=True)):
        columns[name] = f"coalesce(v{i}, {filling.jurisdiction_sql})" if name == JURISDICTION else f"v{i}"
        if cell.bare:
            columns[name + BARE] = cell.bare
    columns[ODD] = _odd_sql(filling, fields)
    first = table.row if isinstance(table.row, int) else None
    own = (f", {table.row} AS _row" if first is None else "") + (", _member" if filling.members else "")
    content = " OR ".join(f"v{i} IS NOT NULL OR r{i} IS NOT NULL" for i in range(len(cells))) if table.sparse else ""
    number = "_row - 1" if table.gapless else ""
    return Typed(columns, constants, _levels(cells, own, table.relation), first, content, number)


def _coercion(con: duckdb.DuckDBPyConnection, filling: Filling, i: int, name: str, spec: FieldSpec) -> Coercion:
    column = filling.columns[name]
    midnights = _only_midnights(con, filling.table, column, spec)
    usual = _only_usual_lists(con, filling.table, column, spec)
    source = Source(column.expression, column.type, midnights, name in filling.identities, usual)
    return coerce(spec, i, source, filling.timezone)


def _levels(cells: list[Coercion], own: str, relation: str) -> str:
    """The steps of all cells, each a SELECT over the one before. `own`: what else the relation gives."""
    levels = [
        [f"{cell.source} AS s{i}" for i, cell in enumerate(cells)],
        [f"{cell.fast} AS f{i}" for i, cell in enumerate(cells) if cell.fast],
        [f"{cell.raw} AS r{i}" for i, cell in enumerate(cells)],
        [f"{cell.value} AS v{i}" for i, cell in enumerate(cells)],
    ]
    rows = f"(SELECT {', '.join(levels[0])}{own} FROM {relation})"
    for level in levels[1:]:
        if level:
            rows = f"(SELECT *, {', '.join(level)} FROM {rows})"
    return rows


def _odd_sql(filling: Filling, fields: Mapping[str, FieldSpec]) -> str:
    """Per row the list of its odd cells, NULL where there are none."""
    found: list[tuple[str, str]] = []
    for i, (name, spec) in enumerate(fields.items()):
        found.append((f"v{i} IS NULL AND r{i} IS NOT NULL", f"{{'field': {literal(name)}, 'text': r{i}::VARCHAR}}"))
        if empty_code(filling, name, spec):
            found.append((f"v{i} IS NULL AND r{i} IS NULL", f"{{'field': {literal(name)}, 'text': NULL}}"))
    if not found:
        return "NULL"
    each = ", ".join(f"CASE WHEN {condition} THEN {cell} END" for condition, cell in found)
    return (
        f"CASE WHEN {' OR '.join(f'({condition})' for condition, _ in found)}"
        f" THEN list_filter([{each}], lambda x: x IS NOT NULL) END"
    )


def empty_code(filling: Filling, name: str, spec: FieldSpec) -> str:
    """The issue that an empty cell of a field raises, '' for none. The manifest checks its own lines."""
    if filling.name == MANIFEST:
        return ""
    if name in filling.record_type.key:
        return problems.EMPTY_KEY
    if name == filling.record_type.time:
        return problems.EMPTY_TIME
    return problems.EMPTY if spec.required else ""


def _only_midnights(con: duckdb.DuckDBPyConnection, table: RawTable, column: RawColumn, spec: FieldSpec) -> bool:
    """Whether a column of timestamps in a `datetime` field holds nothing but midnights: then they are bare dates."""
    if spec.type != "datetime" or family_of(column.type) != "moment":
        return False
    test = f"bool_and({column.expression} = date_trunc('day', {column.expression}))"
    return bool(con.execute(f"SELECT {test} FROM {table.relation}").fetchall()[0][0])


def _only_usual_lists(con: duckdb.DuckDBPyConnection, table: RawTable, column: RawColumn, spec: FieldSpec) -> bool:
    """Whether a column of lists of a large table holds no list that is empty or has an element to be looked at."""
    if not table.large or spec.type != "list" or column.type != "VARCHAR[]":
        return False
    filled = f"SELECT bool_and(len({column.expression}) > 0) FROM {table.relation}"
    usual = (
        f"SELECT bool_and({usual_element(spec, 'element')})"
        f" FROM (SELECT DISTINCT unnest({column.expression}) AS element FROM {table.relation})"
    )
    return bool(con.execute(f"SELECT ({filled}) AND ({usual})").fetchall()[0][0])
