"""Rows that contradict each other: one key, one hand-in time, two contents."""

from __future__ import annotations

from collections.abc import Mapping

import duckdb

from duban.errors import Issue, Place
from duban.records import problems
from duban.records.tables import table_name
from duban.sqltext import quote
from duban.vocabulary import RecordType

_MANY = 100_000  # rows


def check(con: duckdb.DuckDBPyConnection, types: Mapping[str, RecordType]) -> list[Issue]:
    """A warning for every row that says something else than an earlier one of the same key and hand-in time."""
    return [
        issue for name, record_type in types.items() if record_type.key for issue in _conflicts(con, name, record_type)
    ]


def _ascends(con: duckdb.DuckDBPyConnection, table: str, part: str) -> bool:
    """Whether a large table has its rows in the order of a key, none twice: a tenth of the cost of all hashes."""
    ((rows,),) = con.execute(f"SELECT count(*) FROM {table}").fetchall()
    if rows < _MANY:
        return False
    pairs = f"SELECT {part} > lag({part}) OVER () AS ascends FROM {table} WHERE {part} IS NOT NULL"
    return bool(con.execute(f"SELECT bool_and(ascends) FROM ({pairs})").fetchall()[0][0])


def _conflicts(con: duckdb.DuckDBPyConnection, name: str, record_type: RecordType) -> list[Issue]:
    table = table_name(name)
    parts = [quote(field) for field in record_type.key]
    start = [quote(record_type.span.start)] if record_type.span else []
    if _ascends(con, table, parts[0]):
        return []
    same = ", ".join(dict.fromkeys(["jurisdiction", *parts, *start, "submitted_at"]))
    keyed = " AND ".join(f"{part} IS NOT NULL" for part in parts)
    content = "hash(" + ", ".join(quote(field) for field in record_type.fields) + ")"
    # A hash finds the few candidates among millions of rows in little memory; only they are compared in full.
    repeated = f"SELECT hash({same}) FROM {table} WHERE {keyed} GROUP BY 1 HAVING count(*) > 1"
    if not con.execute(f"SELECT count(*) FROM ({repeated})").fetchall()[0][0]:
        return []
    text = " || '/' || ".join(f"cast({part} AS VARCHAR)" for part in parts)
    rows = con.execute(
        f"SELECT _file, _sheet, _row, {text}, first_file, first_row FROM (SELECT *, {content} AS content,"
        f" first_value({content}) OVER w AS first_content, first_value(_file) OVER w AS first_file,"
        f" first_value(_row) OVER w AS first_row FROM {table} WHERE {keyed} AND hash({same}) IN ({repeated})"
        f" WINDOW w AS (PARTITION BY {same} ORDER BY _n)) WHERE content <> first_content ORDER BY _n"
    ).fetchall()
    issues = []
    for file, sheet, row, key, first_file, first_row in rows[: problems.CAP]:
        other = f"第{first_row}行" if first_file == file else f"“{first_file}”第{first_row}行"
        issues.append(problems.conflicting_versions(Place(file or name, 0, sheet, row), other, key))
    if len(rows) > problems.CAP:
        issues.append(problems.more("D401", Place(file=name), len(rows) - problems.CAP, error=False))
    return issues
