"""References: a value that points at nobody reads as empty, once everything is loaded."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

import duckdb

from duban.errors import Issue, Place
from duban.records import problems
from duban.records.coerce import SQL_TYPES
from duban.records.headers import Seen
from duban.records.tables import known, table_name
from duban.sqltext import quote
from duban.vocabulary import RecordType, Reference


@dataclass(frozen=True)
class _Target:
    """The column that a reference points at; `strict`: a value found nowhere is an issue."""

    type: str
    field: str
    strict: bool


def referenced_fields(types: Mapping[str, RecordType]) -> dict[str, frozenset[str]]:
    """Per record type the fields that some reference points at."""
    found: dict[str, set[str]] = {}
    for record_type in types.values():
        for references in record_type.references.values():
            for target in _targets(types, references):
                found.setdefault(target.type, set()).add(target.field)
    return {name: frozenset(fields) for name, fields in found.items()}


def check(
    con: duckdb.DuckDBPyConnection, types: Mapping[str, RecordType], filled: Collection[str], seen: Seen,
    known_by: datetime | None = None,
) -> list[Issue]:  # fmt: skip
    """Empty every cell whose value is in none of its targets, with an issue each. `filled`: the types that have rows.

    Where a jurisdiction has no row of a strict target (by known_by; None: at all) nobody can say that a value of its is
    wrong, whatever another one handed in; targets with `outside: ignore` are looked at if they are there. All cells are
    found before the first is emptied, so that the order of the types does not matter.
    """
    outside = [
        (name, field, targets)
        for name, record_type in types.items()
        if name in filled
        for field, references in record_type.references.items()
        if (targets := _usable(_targets(types, references), seen))
        and (spec := record_type.field(field)) is not None
        and spec.type != "list"
    ]
    scratch: list[tuple[str, int]] = []  # table, rows
    for number, (name, field, targets) in enumerate(outside):
        found, sql = quote(f"duban$outside{number}"), _outside_sql(types, name, field, targets, known_by)
        ((rows,),) = con.execute(f"CREATE OR REPLACE TEMP TABLE {found} AS {sql}").fetchall()
        scratch.append((found, rows))
    issues: list[Issue] = []
    for (name, field, targets), (found, rows) in zip(outside, scratch, strict=True):
        if not rows:
            con.execute(f"DROP TABLE {found}")
            continue
        issues += _issues(con, types, seen, name, field, targets, found)
        con.execute(
            f"UPDATE {table_name(name)} SET {quote(field)} = NULL FROM {found} o WHERE {table_name(name)}._n = o._n"
        )
        con.execute(f"DROP TABLE {found}")
    return issues


def _targets(types: Mapping[str, RecordType], references: tuple[Reference, ...]) -> list[_Target]:
    """The columns that references name; those that the pack does not declare soundly are lint's to report."""
    found = []
    for reference in references:
        name, _, field = reference.to.partition(".")
        target = types.get(name)
        if target is None:
            continue
        field = field or (target.key[0] if len(target.key) == 1 else "")
        if target.field(field) is not None:
            found.append(_Target(name, field, reference.outside == "issue"))
    return found


def _usable(targets: list[_Target], seen: Seen) -> list[_Target]:
    """The targets to look into, or none if there is nothing to be held to."""
    here = [target for target in targets if seen.has(target.type, target.field)]
    strict = [target for target in targets if target.strict]
    return here if strict and all(target in here for target in strict) else []


def _outside_sql(
    types: Mapping[str, RecordType], name: str, field: str, targets: list[_Target], known_by: datetime | None
) -> str:
    mine = types[name].field(field)
    nowhere = []
    for target in targets:
        theirs = types[target.type].field(target.field)
        left, right = f"t.{quote(field)}", f"x.{quote(target.field)}"
        if mine and theirs and SQL_TYPES[mine.type] != SQL_TYPES[theirs.type]:
            left, right = f"cast({left} AS VARCHAR)", f"cast({right} AS VARCHAR)"
        nowhere.append(
            f"NOT EXISTS (SELECT 1 FROM {table_name(target.type)} x"
            f" WHERE x.jurisdiction = t.jurisdiction AND {right} = {left})"
        )
        if target.strict:
            handed_in = f"SELECT DISTINCT jurisdiction FROM {table_name(target.type)} WHERE {known(known_by)}"
            nowhere.append(f"t.jurisdiction IN ({handed_in})")
    return (
        f"SELECT t._n, t._file, t._sheet, t._row, cast(t.{quote(field)} AS VARCHAR) AS text FROM {table_name(name)} t"
        f" WHERE t.{quote(field)} IS NOT NULL AND {' AND '.join(nowhere)}"
    )


def _issues(
    con: duckdb.DuckDBPyConnection,
    types: Mapping[str, RecordType],
    seen: Seen,
    name: str,
    field: str,
    targets: list[_Target],
    found: str,
) -> list[Issue]:
    spec = types[name].field(field)
    assert spec is not None
    where = "、".join(f"“{types[target.type].title}”" for target in targets)
    rows = con.execute(
        f"SELECT _file, _sheet, _row, text, row_number() OVER w AS place, count(*) OVER (PARTITION BY _file)"
        f" FROM {found} WINDOW w AS (PARTITION BY _file ORDER BY _n)"
        f" QUALIFY place <= {problems.CAP} ORDER BY _file, place"
    ).fetchall()
    issues = []
    for file, sheet, row, text, place, number in rows:
        column = seen.column(name, file, sheet, field)
        cell = f"{column.letter}{row}" if column.letter else ""
        at = Place(file or name, 0, sheet, row, column.header, cell)
        issues.append(problems.outside(at, spec, text, where))
        if place == problems.CAP < number:
            issues.append(problems.more("D306", Place(file=file or name), number - place, error=True))
    return issues
