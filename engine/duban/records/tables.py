"""Typed rows: a raw table, once its columns are matched, goes into `raw_<type>` by one statement."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import duckdb

from duban.errors import Issue, Severity
from duban.records import problems, unusual
from duban.records.coerce import SQL_TYPES, Coercion, Source, absent, coerce, family_of
from duban.records.context import PLAIN, Context
from duban.records.headers import columns_of
from duban.records.raw import RawColumn, RawTable
from duban.records.spellings import UNUSABLE
from duban.sqltext import literal, quote
from duban.vocabulary import JURISDICTION, MANIFEST, FieldSpec, RecordType

BARE = "$bare"
# Kept until `finish`: per row the cells that are empty and should not be (text NULL), or not spelt as usual.
ODD = "$odd"


def table_name(type_name: str) -> str:
    """The DuckDB table of a record type, as an SQL identifier."""
    return quote(f"raw_{type_name}")


def create(con: duckdb.DuckDBPyConnection, name: str, record_type: RecordType) -> None:
    """Create the empty table of a record type."""
    columns = ['"_n" BIGINT', '"_file" VARCHAR', '"_sheet" VARCHAR', '"_row" INTEGER']
    for field, spec in columns_of(name, record_type).items():
        columns.append(f"{quote(field)} {SQL_TYPES[spec.type]}")
        if spec.type == "datetime":
            columns.append(f"{quote(field + BARE)} BOOLEAN")
    con.execute(f"CREATE OR REPLACE TABLE {table_name(name)} ({', '.join(columns)})")


def finish(con: duckdb.DuckDBPyConnection, name: str) -> None:
    """Drop the scaffolding of a table that was filled, once its last file is in."""
    con.execute(f"ALTER TABLE {table_name(name)} DROP COLUMN IF EXISTS {quote(ODD)}")


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
    def identities(self) -> set[str]:
        """The fields that tell one row from another, or point at one."""
        return {*self.record_type.key, *self.record_type.references}

    @property
    def fields(self) -> dict[str, FieldSpec]:
        return columns_of(self.name, self.record_type)


def fill(con: duckdb.DuckDBPyConnection, filling: Filling) -> tuple[int, list[Issue]]:
    """Append the rows of a raw table; the number of rows, and an issue per cell that could not be used."""
    target = table_name(filling.name)
    before = _scalar(con, f"SELECT coalesce(max(_n), 0) FROM {target}")
    con.execute(f"ALTER TABLE {target} ADD COLUMN IF NOT EXISTS {quote(ODD)} STRUCT(field VARCHAR, text VARCHAR)[]")
    con.execute(f"INSERT INTO {target} {insert_sql(con, filling, before)}")
    rows = _scalar(con, f"SELECT count(*) FROM {target} WHERE _n > {before}")
    cells = f"unnest({quote(ODD)}, recursive := true)"
    contexts, context = filling.contexts()
    odd = f"(SELECT _n, _row, _file, _sheet, {context} AS context, {cells} FROM {target} WHERE _n > {before}) odd"
    if not _scalar(con, f"SELECT count({quote(ODD)}) FROM {target} WHERE _n > {before}"):
        return rows, []
    unusual.read(con, target, odd, filling.fields, contexts, filling.timezone)
    return rows, _cell_issues(con, filling, odd)


def insert_sql(con: duckdb.DuckDBPyConnection, filling: Filling, before: int) -> str:
    """The SELECT that turns a raw table into typed rows, numbered after `before`."""
    table, fields, identities = filling.table, filling.fields, filling.identities
    cells: list[Coercion] = []
    for number, (name, spec) in enumerate(fields.items()):
        column = filling.columns.get(name)
        if column is None:
            cells.append(absent(spec))
        else:
            midnights = _only_midnights(con, table, column, spec)
            source = Source(column.expression, column.type, midnights, name in identities)
            cells.append(coerce(spec, number, source, filling.timezone))
    raw = ", ".join(f"{cell.raw} AS r{i}" for i, cell in enumerate(cells))
    value = ", ".join(f"{cell.value} AS v{i}" for i, cell in enumerate(cells))
    filled = " OR ".join(f"r{i} IS NOT NULL" for i, name in enumerate(fields) if name in filling.columns)
    keep = f" WHERE {filled}" if table.sparse and filled else ""
    # Rows are counted above the trimming: a filter does not sink below the count, so nothing is trimmed twice.
    rows = (
        f"(SELECT *, row_number() OVER () + {table.row - 1} AS _row FROM (SELECT {raw} FROM {table.relation}))"
        if isinstance(table.row, int)
        else f"(SELECT {table.row} AS _row, {'_member, ' if filling.members else ''}{raw} FROM {table.relation})"
    )
    file, sheet = literal(table.file), literal(table.sheet)
    if filling.members:
        file = f"[{', '.join(literal(member.file) for member, _ in filling.members)}][_member]"
        sheet = f"[{', '.join(literal(member.sheet) for member, _ in filling.members)}][_member]"
    last = [f"{before} + row_number() OVER ()", file, sheet, "_row"]
    for i, (name, cell) in enumerate(zip(fields, cells, strict=True)):
        last.append(f"coalesce(v{i}, {literal(filling.jurisdiction)})" if name == JURISDICTION else f"v{i}")
        if cell.bare:
            last.append(cell.bare)
    last.append(_odd_sql(filling))
    return f"SELECT {', '.join(last)} FROM (SELECT *, {value} FROM {rows}{keep})"


def _odd_sql(filling: Filling) -> str:
    """Per row the list of its odd cells, NULL where there are none."""
    found: list[tuple[str, str]] = []
    for i, (name, spec) in enumerate(filling.fields.items()):
        if name in filling.columns:
            found.append((f"r{i} IS NOT NULL AND v{i} IS NULL", f"{{'field': {literal(name)}, 'text': r{i}::VARCHAR}}"))
            if _empty_code(filling, name, spec):
                found.append((f"r{i} IS NULL", f"{{'field': {literal(name)}, 'text': NULL}}"))
    if not found:
        return "NULL"
    each = ", ".join(f"CASE WHEN {condition} THEN {cell} END" for condition, cell in found)
    return (
        f"CASE WHEN {' OR '.join(f'({condition})' for condition, _ in found)}"
        f" THEN list_filter([{each}], lambda x: x IS NOT NULL) END"
    )


def _empty_code(filling: Filling, name: str, spec: FieldSpec) -> str:
    """The issue that an empty cell of a field raises, '' for none. The manifest checks its own lines."""
    if filling.name == MANIFEST:
        return ""
    if name in filling.record_type.key:
        return problems.EMPTY_KEY
    if name == filling.record_type.time:
        return problems.EMPTY_TIME
    return problems.EMPTY if spec.required else ""


def _cell_issues(con: duckdb.DuckDBPyConnection, filling: Filling, odd: str) -> list[Issue]:
    """An issue for each odd cell that stayed without a value: the first of each code, the others as a number."""
    unusable = ", ".join(literal(error) for error in sorted(UNUSABLE))
    kind = f"_file, _sheet, field, text IS NULL, note, text IN ({unusable})"
    said = f"SELECT * FROM {odd} LEFT JOIN {unusual.SPELT} s USING (field, text, context)"
    needed = [name for name, spec in filling.fields.items() if _empty_code(filling, name, spec)]
    rows = con.execute(
        f"SELECT _file, _sheet, _row, field, CASE WHEN NOT coalesce(blank, false) THEN text END AS text,"
        f" coalesce(note, '') AS note, value, count(*) OVER (PARTITION BY {kind}) FROM ({said})"
        f" WHERE value IS NULL OR note <> '' OR (blank AND list_contains({literal(needed)}, field))"
        f" QUALIFY row_number() OVER (PARTITION BY {kind} ORDER BY _n) <= {problems.CAP} ORDER BY _n, field"
    ).fetchall()
    issues: list[Issue] = []
    listed: dict[tuple[str, str, str], int] = {}
    numbers: dict[tuple[str, str, str], dict[tuple[str, bool, bool], int]] = {}
    for file, sheet, row, field, text, note, value, number in rows:
        issue = _cell_issue(filling, filling.origin(file, sheet), row, field, text, note, value)
        key = (issue.code, file, sheet)
        numbers.setdefault(key, {})[field, text is None, text in UNUSABLE] = number
        listed[key] = listed.get(key, 0) + 1
        if listed[key] <= problems.CAP:
            issues.append(issue)
    for (code, file, sheet), by_kind in sorted(numbers.items()):
        if (rest := sum(by_kind.values()) - problems.CAP) > 0:
            severity = next(issue.severity for issue in issues if issue.code == code)
            place = filling.origin(file, sheet)[0].place()
            issues.append(problems.more(code, place, rest, error=severity is Severity.ERROR))
    return issues


def _cell_issue(
    filling: Filling,
    origin: tuple[RawTable, Mapping[str, RawColumn]],
    row: int,
    field: str,
    text: str | None,
    note: str,
    value: str,
) -> Issue:
    spec, (table, columns) = filling.fields[field], origin
    place = table.place(row, columns[field])
    if text is None:
        return problems.empty_cell(_empty_code(filling, field, spec), place)
    if note:
        return problems.read_as(note, place, spec, text, value)
    return problems.unusable_cell(place, spec, text)


def _only_midnights(con: duckdb.DuckDBPyConnection, table: RawTable, column: RawColumn, spec: FieldSpec) -> bool:
    """Whether a column of timestamps in a `datetime` field holds nothing but midnights: then they are bare dates."""
    if spec.type != "datetime" or family_of(column.type) != "moment":
        return False
    test = f"bool_and({column.expression} = date_trunc('day', {column.expression}))"
    return bool(con.execute(f"SELECT {test} FROM {table.relation}").fetchall()[0][0])


def _scalar(con: duckdb.DuckDBPyConnection, sql: str) -> int:
    return int(con.execute(sql).fetchall()[0][0])
