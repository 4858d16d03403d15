"""Typed rows: a raw table, once its columns are matched, goes into `raw_<type>` by one statement."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import duckdb

from duban.errors import Issue
from duban.pack.schema import JURISDICTION, MANIFEST, FieldSpec, RecordType
from duban.records import problems
from duban.records.coerce import SQL_TYPES, Coercion, absent, coerce, family_of, is_error
from duban.records.headers import columns_of
from duban.records.raw import RawColumn, RawTable
from duban.records.text import literal, quoted

BARE = "$bare"
_PROBLEMS = "$problems"  # kept until `finish`: what was wrong with the cells of a row


def table_name(type_name: str) -> str:
    """The DuckDB table of a record type, as an SQL identifier."""
    return quoted(f"raw_{type_name}")


def create(con: duckdb.DuckDBPyConnection, name: str, record_type: RecordType) -> None:
    """Create the empty table of a record type."""
    columns = ['"_n" BIGINT', '"_file" VARCHAR', '"_sheet" VARCHAR', '"_row" INTEGER']
    for field, spec in columns_of(name, record_type).items():
        columns.append(f"{quoted(field)} {SQL_TYPES[spec.type]}")
        if spec.type == "datetime":
            columns.append(f"{quoted(field + BARE)} BOOLEAN")
    columns.append(f"{quoted(_PROBLEMS)} STRUCT(code VARCHAR, field VARCHAR, text VARCHAR)[]")
    con.execute(f"CREATE OR REPLACE TABLE {table_name(name)} ({', '.join(columns)})")


def finish(con: duckdb.DuckDBPyConnection, name: str) -> None:
    """Drop the scaffolding of a table, once its last file is in."""
    con.execute(f"ALTER TABLE {table_name(name)} DROP COLUMN {quoted(_PROBLEMS)}")


@dataclass(frozen=True)
class Filling:
    """One raw table on its way into the table of its record type."""

    table: RawTable
    name: str
    record_type: RecordType
    columns: Mapping[str, RawColumn]
    jurisdiction: str
    timezone: str

    @property
    def fields(self) -> dict[str, FieldSpec]:
        return columns_of(self.name, self.record_type)


def fill(con: duckdb.DuckDBPyConnection, filling: Filling) -> tuple[int, list[Issue]]:
    """Append the rows of a raw table; the number of rows, and an issue per cell that could not be used."""
    target = table_name(filling.name)
    before = _scalar(con, f"SELECT coalesce(max(_n), 0) FROM {target}")
    con.execute(f"INSERT INTO {target} {insert_sql(con, filling, before)}")
    rows = _scalar(con, f"SELECT count(*) FROM {target} WHERE _n > {before}")
    return rows, _cell_issues(con, filling, before)


def insert_sql(con: duckdb.DuckDBPyConnection, filling: Filling, before: int) -> str:
    """The SELECT that turns a raw table into typed rows, numbered after `before`."""
    table, fields = filling.table, filling.fields
    steps: dict[str, Coercion] = {}
    for number, (name, spec) in enumerate(fields.items()):
        column = filling.columns.get(name)
        steps[name] = (
            absent(spec)
            if column is None
            else coerce(
                spec, number, column.expression, column.type, filling.timezone, _only_midnights(con, table, column, spec)
            )
        )
    cells = list(steps.values())
    raw = ", ".join(f"{cell.raw} AS r{i}" for i, cell in enumerate(cells))
    fast = ", ".join(f"{cell.fast} AS f{i}" for i, cell in enumerate(cells))
    parts = ", ".join(f"{cell.parts} AS p{i}" for i, cell in enumerate(cells))
    value = ", ".join(f"{cell.value} AS v{i}" for i, cell in enumerate(cells))
    filled = " OR ".join(f"r{i} IS NOT NULL" for i, name in enumerate(fields) if name in filling.columns)
    keep = f" WHERE {filled}" if table.sparse and filled else ""
    last = [
        f"{before} + row_number() OVER ()",
        literal(table.file),
        literal(table.sheet),
        "_row",
    ]
    for i, (name, cell) in enumerate(zip(fields, cells, strict=True)):
        last.append(f"coalesce(v{i}, {literal(filling.jurisdiction)})" if name == JURISDICTION else f"v{i}")
        if cell.bare:
            last.append(cell.bare)
    last.append(_problems_sql(filling))
    return (
        f"SELECT {', '.join(last)} FROM (SELECT *, {value} FROM (SELECT *, {parts} FROM (SELECT *, {fast} FROM "
        f"(SELECT {table.row} AS _row, {raw} FROM {table.relation}){keep})))"
    )


def _problems_sql(filling: Filling) -> str:
    """Per row: a list of what is wrong with its cells, NULL where nothing is."""
    record_type = filling.record_type
    found: list[tuple[str, str]] = []
    for i, (name, spec) in enumerate(filling.fields.items()):
        column = filling.columns.get(name)
        if column is None:
            continue
        broken = is_error(f"cast(r{i} AS VARCHAR)")
        code = problems.NOT_ALLOWED if spec.values and spec.type in ("text", "list") else problems.UNREADABLE
        text = f"left(cast(r{i} AS VARCHAR), 60)"
        if family_of(column.type) == "text" or code == problems.NOT_ALLOWED:
            which = f"CASE WHEN {broken} THEN {literal(problems.BROKEN)} ELSE {literal(code)} END"
            if spec.type == "list" and spec.values:
                text = f"left(coalesce(f{i}[list_position(p{i}, NULL)], cast(r{i} AS VARCHAR)), 60)"
        else:
            which = literal(code)
        found.append((f"r{i} IS NOT NULL AND v{i} IS NULL", _problem(which, name, text)))
        empty = (
            "" if filling.name == MANIFEST
            else problems.EMPTY_KEY if name in record_type.key
            else problems.EMPTY_TIME if name == record_type.time
            else problems.EMPTY if spec.required
            else ""
        )  # fmt: skip
        if empty:
            found.append((f"r{i} IS NULL", _problem(literal(empty), name, "''")))
    if not found:
        return "NULL"
    each = ", ".join(f"CASE WHEN {condition} THEN {problem} END" for condition, problem in found)
    return (
        f"CASE WHEN {' OR '.join(f'({condition})' for condition, _ in found)}"
        f" THEN list_filter([{each}], lambda x: x IS NOT NULL) END"
    )


def _problem(code: str, field: str, text: str) -> str:
    return f"{{'code': {code}, 'field': {literal(field)}, 'text': {text}}}"


def _cell_issues(con: duckdb.DuckDBPyConnection, filling: Filling, before: int) -> list[Issue]:
    """The issues of the rows after `before`: the first of each code one by one, the others as a number."""
    source = (
        f"(SELECT _n, _row, unnest({quoted(_PROBLEMS)}) AS p FROM {table_name(filling.name)}"
        f" WHERE _n > {before} AND {quoted(_PROBLEMS)} IS NOT NULL)"
    )
    rows = con.execute(
        f"SELECT _row, p.code, p.field, p.text, row_number() OVER (PARTITION BY p.code ORDER BY _n) AS place,"
        f" count(*) OVER (PARTITION BY p.code) AS number FROM {source} QUALIFY place <= {problems.CAP} ORDER BY _n, p.field"
    ).fetchall()
    issues = [_cell_issue(filling, row, code, field, text) for row, code, field, text, _, _ in rows]
    for code, number in sorted({code: number for _, code, _, _, _, number in rows}.items()):
        if number > problems.CAP:
            error = code not in (problems.EMPTY, problems.EMPTY_KEY, problems.EMPTY_TIME)
            issues.append(problems.more(code, filling.table.place(), number - problems.CAP, error=error))
    return issues


def _cell_issue(filling: Filling, row: int, code: str, field: str, text: str) -> Issue:
    spec, column = filling.fields[field], filling.columns[field]
    shown = "（个人信息，略）" if spec.personal and text else text
    return problems.cell(code, filling.table.place(row, column.header), spec.type, shown, spec.values)


def _only_midnights(
    con: duckdb.DuckDBPyConnection, table: RawTable, column: RawColumn, spec: FieldSpec
) -> bool:
    """Whether a column of timestamps in a `datetime` field holds nothing but midnights: then they are bare dates."""
    if spec.type != "datetime" or family_of(column.type) != "moment":
        return False
    test = f"bool_and({column.expression} = date_trunc('day', {column.expression}))"
    return bool(con.execute(f"SELECT {test} FROM {table.relation}").fetchall()[0][0])


def _scalar(con: duckdb.DuckDBPyConnection, sql: str) -> int:
    return int(con.execute(sql).fetchall()[0][0])
