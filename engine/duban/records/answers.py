"""What is wrong with the answers to 同一认定, and which rows are taken for one without any."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import duckdb

from duban.errors import Issue, Place
from duban.records import problems
from duban.records.tables import table_name
from duban.records.twins import TABLE, joined
from duban.sqltext import literal, quote
from duban.vocabulary import SAMENESS, RecordType

_ANSWERS = table_name(SAMENESS)


def check(con: duckdb.DuckDBPyConnection, types: Mapping[str, RecordType]) -> Iterator[Issue]:
    """Answers that nobody signed, or that contradict each other; equal rows that are counted as one."""
    if SAMENESS in types:
        yield from _answers(con)
    for name, record_type in types.items():
        if record_type.identity is not None:
            yield from _equal(con, name, record_type, answered=SAMENESS in types)


def _answers(con: duckdb.DuckDBPyConnection) -> Iterator[Issue]:
    said: dict[tuple[str, str, str, str], tuple[bool, Place]] = {}
    rows = con.execute(
        "SELECT jurisdiction, record, least(first, second), greatest(first, second), same, confirmed_by, confirmed_on,"
        f" _file, _sheet, _row FROM {_ANSWERS} WHERE same IS NOT NULL ORDER BY submitted_at NULLS FIRST, _n"
    ).fetchall()
    for where, record, one, other, same, by, on, file, sheet, row in rows:
        place = Place(file or SAMENESS, 0, sheet, row)
        if by is None or on is None:
            yield problems.unsigned(place)
        else:
            said[where, record, one, other] = same, place
    groups = joined(((w, r, a), (w, r, b)) for (w, r, a, b), (same, _) in said.items() if same)
    for (where, record, one, other), (same, place) in said.items():
        first, second = groups.get((where, record, one)), groups.get((where, record, other))
        if not same and first is not None and first == second:
            yield problems.contradicted(place, one, other)


def _equal(con: duckdb.DuckDBPyConnection, name: str, record_type: RecordType, *, answered: bool) -> Iterator[Issue]:
    key, names = quote(record_type.key[0]), literal([name, record_type.title, *record_type.aliases])
    one, other = f"x.{key}", f"y.{key}"
    apart = (
        f" AND NOT EXISTS (SELECT 1 FROM {_ANSWERS} s WHERE s.same IS FALSE AND s.jurisdiction = x.jurisdiction"
        f" AND list_contains({names}, s.record)"
        f" AND least(s.first, s.second) = least({one}, {other})"
        f" AND greatest(s.first, s.second) = greatest({one}, {other}))"
    )
    rows = con.execute(
        f"SELECT y._file, y._sheet, y._row, {other}, x._file, x._row, {one} FROM {TABLE} t"
        f" JOIN {table_name(name)} x ON x._n = least(t.a, t.b) JOIN {table_name(name)} y ON y._n = greatest(t.a, t.b)"
        f" WHERE t.record = {literal(name)} AND t.equal{apart if answered else ''}"
        f" QUALIFY row_number() OVER (PARTITION BY x.jurisdiction, {one}, {other} ORDER BY x._n, y._n) = 1"
        " ORDER BY y._n, x._n"
    ).fetchall()
    for file, sheet, row, own, other_file, other_row, other in rows[: problems.CAP]:
        at = f"第{other_row}行" if other_file == file else f"“{other_file}”第{other_row}行"
        yield problems.taken_for_one(Place(file or name, 0, sheet, row), own, f"{at}“{other}”")
    if len(rows) > problems.CAP:
        yield problems.more(problems.ONE, Place(file=name), len(rows) - problems.CAP, error=False)
