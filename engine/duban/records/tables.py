"""The tables of the record types: raw tables go into them, and what could not be used becomes an issue."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from pathlib import Path

import duckdb

from duban.errors import Issue, Severity
from duban.kinds.base import exists_by
from duban.records import large, problems, unusual
from duban.records.coerce import SQL_TYPES
from duban.records.filling import BARE, ODD, Filling, empty_code, typed
from duban.records.headers import columns_of
from duban.records.raw import RawColumn, RawTable
from duban.records.spellings import UNUSABLE
from duban.sqltext import literal, quote
from duban.vocabulary import JURISDICTION, SUBMITTED_AT, FieldSpec, RecordType

__all__ = [
    "BARE", "ODD", "Filling", "columns_in", "create", "fill", "finish", "known", "last_rows", "refill", "table_name",
    "typed_columns",
]  # fmt: skip


_PLACE = ("_file", "_sheet", "_row")
_ODD_TYPE = "STRUCT(field VARCHAR, text VARCHAR)[]"


def table_name(type_name: str) -> str:
    """The DuckDB table of a record type, as an SQL identifier."""
    return quote(f"raw_{type_name}")


def known(known_by: datetime | None) -> str:
    """SQL: a row was handed in by known_by (None: whenever it was)."""
    if known_by is None:
        return "TRUE"
    bare = f"coalesce({quote(SUBMITTED_AT + BARE)}, FALSE)"
    return f"(submitted_at IS NULL OR {exists_by('submitted_at', bare, literal(known_by))})"


def create(con: duckdb.DuckDBPyConnection, name: str, record_type: RecordType) -> None:
    """Create the empty table of a record type."""
    fields = columns_of(name, record_type)
    columns = [f"{quote(column)} {kind}" for column, kind in columns_in(fields).items() if column != ODD]
    con.execute(f"CREATE OR REPLACE TABLE {table_name(name)} ({', '.join(columns)})")


def columns_in(fields: Mapping[str, FieldSpec]) -> dict[str, str]:
    """The columns of the table of a record type with such fields, and their SQL types."""
    columns = {"_n": "BIGINT", "_file": "VARCHAR", "_sheet": "VARCHAR", "_row": "INTEGER"}
    for field, spec in fields.items():
        columns[field] = SQL_TYPES[spec.type]
        if spec.type == "datetime":
            columns[field + BARE] = "BOOLEAN"
    return {**columns, ODD: _ODD_TYPE}


def finish(con: duckdb.DuckDBPyConnection, name: str) -> None:
    """Drop the scaffolding of a table that was filled, once its last file is in."""
    con.execute(f"ALTER TABLE {table_name(name)} DROP COLUMN IF EXISTS {quote(ODD)}")


def fill(con: duckdb.DuckDBPyConnection, filling: Filling) -> tuple[int, list[Issue]]:
    """Append the rows of a raw table; the number of rows, and an issue per cell that could not be used."""
    target = table_name(filling.name)
    before = _scalar(con, f"SELECT coalesce(max(_n), 0) FROM {target}")
    con.execute(f"ALTER TABLE {target} ADD COLUMN IF NOT EXISTS {quote(ODD)} {_ODD_TYPE}")
    rows_of = typed(con, filling)
    alone = filling.table.large and not before
    written = {*filling.identities, SUBMITTED_AT, SUBMITTED_AT + BARE}
    if not (alone and large.create(con, target, columns_in(filling.fields), rows_of, written)):
        _append(con, target, f"INSERT INTO {target} {rows_of.numbered(before)}")
    # fetchall: a frame cannot be registered as long as a result may still have rows
    counted = con.execute(f"SELECT count(*), count({quote(ODD)}) FROM {target} WHERE _n > {before}").fetchall()
    ((rows, odd_rows),) = counted
    cells = f"unnest({quote(ODD)}, recursive := true)"
    contexts, context = filling.contexts()
    odd = f"(SELECT _n, _row, _file, _sheet, {context} AS context, {cells} FROM {target} WHERE _n > {before}) odd"
    if not odd_rows:
        return rows, []
    unusual.read(con, target, odd, filling.fields, contexts, filling.timezone)
    return rows, _cell_issues(con, filling, odd)


def typed_columns(fields: Mapping[str, FieldSpec], filled: Collection[str]) -> list[str]:
    """The columns in which rows with such filled fields say anything, but for the number and the place of a row."""
    said = {JURISDICTION, *filled, *(name + BARE for name in filled)}
    return [column for column in columns_in(fields) if column in said]


def last_rows(con: duckdb.DuckDBPyConnection, name: str, columns: Sequence[str], rows: int) -> str:
    """SELECT of the rows that were written last, with their place and such columns, in their order."""
    last = _scalar(con, f"SELECT coalesce(max(_n), 0) FROM {table_name(name)}")
    listed = ", ".join(map(quote, (*_PLACE, *columns)))
    return f"SELECT {listed} FROM {table_name(name)} WHERE _n > {last - rows}"


def refill(
    con: duckdb.DuckDBPyConnection, name: str, columns: Sequence[str], files: Sequence[tuple[Path, int]]
) -> None:
    """Append the rows of Parquet files that hold what `last_rows` gave, and so many rows each. Raises duckdb.Error."""
    target, listed = table_name(name), ", ".join(map(quote, (*_PLACE, *columns)))
    before = _scalar(con, f"SELECT coalesce(max(_n), 0) FROM {target}")
    # Which row it is says the file, so that all cores may read.
    offsets = [before + 1, *itertools.accumulate((rows for _, rows in files), initial=before + 1)][1:-1]
    number = f"{literal(offsets)}[CAST(file_index AS BIGINT) + 1] + file_row_number"
    source = f"read_parquet({literal([str(path) for path, _ in files])}, file_row_number = true)"
    _append(con, target, f"INSERT INTO {target} (_n, {listed}) SELECT {number}, {listed} FROM {source}")


def _append(con: duckdb.DuckDBPyConnection, target: str, statement: str) -> None:
    """Run an INSERT; it may be the first to fill a column of a large table."""
    try:
        con.execute(statement)
    except duckdb.BinderException:
        large.widen(con, target)
        con.execute(statement)


def _cell_issues(con: duckdb.DuckDBPyConnection, filling: Filling, odd: str) -> list[Issue]:
    """An issue for each odd cell that stayed without a value: the first of each code, the others as a number."""
    unusable = ", ".join(literal(error) for error in sorted(UNUSABLE))
    kind = f"_file, _sheet, field, text IS NULL, note, text IN ({unusable})"
    said = f"SELECT * FROM {odd} LEFT JOIN {unusual.SPELT} s USING (field, text, context)"
    needed = [name for name, spec in filling.fields.items() if empty_code(filling, name, spec)]
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
        return problems.empty_cell(empty_code(filling, field, spec), place)
    if note:
        return problems.read_as(note, place, spec, text, value)
    return problems.unusable_cell(place, spec, text)


def _scalar(con: duckdb.DuckDBPyConnection, sql: str) -> int:
    return int(con.execute(sql).fetchall()[0][0])
