"""The manifest: its lines made sound, and rows without a hand-in time dated by the line that announced them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import duckdb

from duban.errors import Issue, Place
from duban.records import problems
from duban.records.sources import TypeNames
from duban.records.tables import BARE, table_name
from duban.sqltext import literal, quote
from duban.vocabulary import MANIFEST, MANIFEST_TYPE, SUBMITTED_AT, RecordType

_NEEDED = [name for name, spec in MANIFEST_TYPE.fields.items() if spec.required]
_TABLE = table_name(MANIFEST)


def check(con: duckdb.DuckDBPyConnection, names: TypeNames) -> list[Issue]:
    """Name record types as the pack does, and take out the lines that prove nothing, each with an issue."""
    issues: list[Issue] = _unconfirmed(con)
    issues += _take_out(con, " OR ".join(f"{name} IS NULL" for name in _NEEDED), "D503", _says_what_is_missing)
    issues += _take_out(con, "covered_through < covered_from", "D502", _says_order)
    written = [row[0] for row in con.execute(f"SELECT DISTINCT record_type FROM {_TABLE}").fetchall()]
    known = {text: names.exact(text) for text in written}
    for text, name in known.items():
        if name and name != text:
            con.execute(f"UPDATE {_TABLE} SET record_type = $1 WHERE record_type = $2", [name, text])
    unknown = ", ".join(literal(text) for text, name in known.items() if not name)
    if unknown:
        issues += _take_out(con, f"record_type IN ({unknown})", "D501", _says_unknown(names))
    return issues


def _unconfirmed(con: duckdb.DuckDBPyConnection) -> list[Issue]:
    """Lines of a draft (`duban intake`) that nobody has confirmed prove nothing; one warning a file says how many."""
    rows = con.execute(
        f"SELECT _file, count(*) FROM {_TABLE} WHERE confirmed = FALSE GROUP BY _file ORDER BY _file"
    ).fetchall()
    con.execute(f"DELETE FROM {_TABLE} WHERE confirmed = FALSE")
    return [problems.unconfirmed(Place(file=file or MANIFEST), number) for file, number in rows]


def _take_out(
    con: duckdb.DuckDBPyConnection, condition: str, code: str, says: Callable[[dict[str, Any]], tuple[str, str]]
) -> list[Issue]:
    cursor = con.execute(f"SELECT * FROM {_TABLE} WHERE {condition} ORDER BY _n")
    columns = [column[0] for column in cursor.description or ()]
    lines = [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]
    if not lines:
        return []
    con.execute(f"DELETE FROM {_TABLE} WHERE {condition}")
    issues = [
        problems.manifest_line(code, Place(line["_file"] or MANIFEST, 0, line["_sheet"], line["_row"]), *says(line))
        for line in lines[: problems.CAP]
    ]
    if len(lines) > problems.CAP:
        issues.append(problems.more(code, Place(file=MANIFEST), len(lines) - problems.CAP, error=True))
    return issues


def _says_what_is_missing(line: dict[str, Any]) -> tuple[str, str]:
    missing = "、".join(f"“{MANIFEST_TYPE.fields[name].title}”" for name in _NEEDED if line[name] is None)
    return f"缺少{missing}", "请补填"


def _says_order(line: dict[str, Any]) -> tuple[str, str]:
    return f"数据止（{line['covered_through']}）早于数据起（{line['covered_from']}）", "请核对起止日期"


def _says_unknown(names: TypeNames) -> Callable[[dict[str, Any]], tuple[str, str]]:
    def says(line: dict[str, Any]) -> tuple[str, str]:
        near = names.near(line["record_type"])
        hint = f"是不是“{near}”？" if near else ""
        return f"的材料类型“{line['record_type']}”不认识", f"{hint}可填：{'、'.join(names.known())}"

    return says


def date_rows(con: duckdb.DuckDBPyConnection, name: str, record_type: RecordType) -> None:
    """Give rows without `submitted_at` the `received_at` of the earliest manifest line that covers them.

    A line covers a row if the types and jurisdictions agree, its days hold the row's event, its `file` (if given) is
    the row's and its sender is the row's `submitted_by` (if given); one of the last two must be given.
    (docs/semantics.md §2.1)
    """
    own = record_type.fields.get(SUBMITTED_AT)
    if own is not None and own.type != "datetime":
        return
    table, bare = table_name(name), quote("submitted_at" + BARE)
    if not con.execute(f"SELECT 1 FROM {table} WHERE submitted_at IS NULL LIMIT 1").fetchall():
        return  # most tables say themselves when they were handed in
    lines, filed = _lines(con, name)
    if not lines:
        return
    _thin_lines(con, name, filed=bool(filed))
    day = f"cast({quote(record_type.time)} AS DATE)"
    branches = [_by("sender", "file IS NULL")] if filed < lines else []
    if filed:
        branches += [_by("file", "file IS NOT NULL", "r.sender IS NULL"), _by("file, sender", "file IS NOT NULL")]
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE {_DATED} AS WITH r AS (SELECT _n, jurisdiction, submitted_by AS sender,"
        f" _file AS file, {day} AS day FROM {table} WHERE submitted_at IS NULL)"
        f" SELECT _n, min(rank) AS rank FROM ({' UNION ALL '.join(branches)}) GROUP BY _n"
    )
    con.execute(
        f"UPDATE {table} SET submitted_at = l.moment, {bare} = l.bare FROM {_DATED} d"
        f" JOIN (SELECT DISTINCT rank, moment, bare FROM {_LINES}) l USING (rank) WHERE {table}._n = d._n"
    )
    con.execute(f"DROP TABLE {_DATED}")
    con.execute(f"DROP TABLE {_LINES}")


_LINES, _DATED = quote("duban$lines"), quote("duban$dated")


def _lines(con: duckdb.DuckDBPyConnection, name: str) -> tuple[int, int]:
    """How many lines may date the rows of a type, and how many of them name a file: a county has few that do."""
    ((lines, filed),) = con.execute(
        f"SELECT count(*), count(file) FROM {_TABLE} WHERE record_type = {literal(name)} AND received_at IS NOT NULL"
    ).fetchall()
    return lines, filed


def _thin_lines(con: duckdb.DuckDBPyConnection, name: str, *, filed: bool) -> None:
    """The lines of a type that can date its rows, by the names that its files go by (`filed`: if they name any).

    A line may write a file with its folder or without. `rank` orders the moments: of a bare date and a moment at its
    midnight the bare date is the later one.
    """
    table = table_name(name)
    joined = f" LEFT JOIN files f ON {_file_key('l.file')} = f.key" if filed else ""
    files = (
        f" WITH here AS (SELECT DISTINCT _file FROM {table}),"
        f" rel AS (SELECT _file, {_file_key('_file')} AS key FROM here WHERE _file <> ''),"
        f" files AS (FROM rel UNION SELECT _file, regexp_replace(key, '^.*/', '') FROM rel)"
    )
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE {_LINES} AS{files if filed else ''}"
        f" SELECT l.jurisdiction, l.sender, {'f._file' if filed else 'CAST(NULL AS VARCHAR)'} AS file,"
        f" l.covered_from, l.covered_through,"
        f" l.received_at AS moment, l.{quote('received_at' + BARE)} AS bare,"
        f" dense_rank() OVER (ORDER BY moment, bare) AS rank"
        f" FROM {_TABLE} l{joined}"
        f" WHERE l.record_type = {literal(name)} AND l.received_at IS NOT NULL"
        + (" AND (l.file IS NULL OR f._file IS NOT NULL)" if filed else "")
    )


def _by(fields: str, lines: str, rows: str = "true") -> str:
    """Rows with the earliest of the lines that agree on the given fields and cover the day.

    Lines are first thinned to one per span of days, so that a hundred thousand lines about one file stay cheap.
    """
    keys = f"jurisdiction, {fields}"
    return (
        f"SELECT r._n, l.rank FROM r JOIN (SELECT {keys}, covered_from, covered_through, min(rank) AS rank"
        f" FROM {_LINES} WHERE {lines} GROUP BY ALL) l USING ({keys})"
        f" WHERE r.day BETWEEN l.covered_from AND l.covered_through AND {rows}"
    )


def date_by_own_day(con: duckdb.DuckDBPyConnection, name: str, field: str) -> None:
    """Give rows without `submitted_at` the day that they name themselves, as a bare date."""
    bare = quote(SUBMITTED_AT + BARE)
    con.execute(
        f"UPDATE {table_name(name)} SET submitted_at = CAST({quote(field)} AS TIMESTAMP), {bare} = TRUE"
        f" WHERE submitted_at IS NULL AND {quote(field)} IS NOT NULL"
    )


def undated(con: duckdb.DuckDBPyConnection, name: str, record_type: RecordType) -> list[Issue]:
    """One warning per file with the number of its rows whose hand-in time is not to be had."""
    rows = con.execute(
        f"SELECT _file, count(*) FROM {table_name(name)} WHERE submitted_at IS NULL GROUP BY _file ORDER BY _file"
    ).fetchall()
    return [problems.undated(Place(file=file or name), number, record_type.title) for file, number in rows]


def _file_key(expression: str) -> str:
    """A file name as manifests write it: whatever slashes and case; NULL if empty."""
    return f"nullif(lower(replace({expression}, '\\', '/')), '')"
