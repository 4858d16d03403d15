"""Values that no cell of a row gives: they stand above the table, in its sheet's name, in merged cells."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from duban.errors import Issue
from duban.records import problems
from duban.records.coerce import under_unit
from duban.records.context import months_in
from duban.records.headers import Headers
from duban.records.raw import RawColumn, RawTable
from duban.sqltext import literal
from duban.vocabulary import ENVELOPE, NUMERIC_TYPES, FieldSpec

_EXPLAINS = re.compile(r"说明|须知|字典|代码|选项|封面|目录")
_GENERIC = re.compile(r"(?:sheet|表|工作表)?\s*[\d()（）月]*", re.IGNORECASE)
SHEET_NAME = "（工作表名）"


def explains(sheet: str) -> bool:
    """Whether a sheet's name says that it explains a form: 填表说明."""
    return bool(_EXPLAINS.search(sheet))


def with_given(table: RawTable, headers: Headers) -> RawTable:
    """The table with a column for each known word around it, and for its sheet's name if no column says whose it is.

    A person named around a table, or a telephone, is of who filled it in, not of every row.
    """
    found = {headers.find(column)[0] for column in table.columns} - {""}
    columns = list(table.columns)
    for word, value in table.preface:
        column = RawColumn(word, literal(value), given=True)
        field = headers.find(column)[0]
        if field and field not in found and not headers.fields[field].personal:
            found.add(field)
            columns.append(column)
    if (field := _whose(headers, found)) and _may_name(table.sheet):
        columns.append(RawColumn(SHEET_NAME, literal(table.sheet), names=(field,), given=True))
    return replace(table, columns=tuple(columns)) if len(columns) > len(table.columns) else table


def _whose(headers: Headers, found: set[str]) -> str:
    """The reference that a sheet's name may stand for: the only one that no column holds; '' if there is none."""
    spare = {spec.names for name, spec in headers.fields.items() if spec.names and name in found}
    missing = [
        field
        for field, spec in headers.fields.items()
        if field in headers.record_type.references and field not in found | spare | set(ENVELOPE) and spec.required
    ]
    return missing[0] if len(missing) == 1 else ""


def _may_name(sheet: str) -> bool:
    return bool(sheet) and not _GENERIC.fullmatch(sheet) and not months_in(sheet)


def as_read(
    table: RawTable, columns: Mapping[str, RawColumn], fields: Mapping[str, FieldSpec]
) -> tuple[dict[str, RawColumn], list[Issue]]:
    """The columns of a table with their units, without numbers that merged cells lent to other rows; and a warning for
    each column whose merged cells were filled.
    """
    read: dict[str, RawColumn] = {}
    issues: list[Issue] = []
    position = {column.expression: i for i, column in enumerate(table.columns)}
    warned: set[str] = set()
    for field, column in columns.items():
        rows = table.filled.get(position.get(column.expression, -1), ())
        if rows and fields[field].type in NUMERIC_TYPES:
            unfilled = f"CASE WHEN NOT list_contains({literal(list(rows))}, _row) THEN {column.expression} END"
            column = replace(column, expression=unfilled)
        elif rows and column.expression not in warned:
            warned.add(column.expression)
            issues.append(problems.filled_down(table.place(rows[0], column), len(rows)))
        read[field] = under_unit(column, fields[field])
    return read, issues
