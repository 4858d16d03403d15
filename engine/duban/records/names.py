"""Rows that say by name whom they concern: 企业名称, a former name or a credit code in place of the number.

Only what equals a name of the roster counts, apart from width, blanks and 有限责任公司 for 有限公司. Nobody is found by
likeness; a name of two is nobody's.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

import duckdb

from duban.errors import Issue, Place
from duban.records import problems
from duban.records.headers import Seen
from duban.records.tables import table_name
from duban.records.text import narrow
from duban.sqltext import literal, quote
from duban.vocabulary import RecordType


@dataclass(frozen=True)
class _Link:
    """A field that points at rows which have names, too."""

    name: str
    field: str
    target: str
    key: str


def resolve(
    con: duckdb.DuckDBPyConnection, types: Mapping[str, RecordType], filled: Collection[str], seen: Seen
) -> list[Issue]:
    """Put the key in place of every name of the target; an issue for each distinct name and table."""
    links = [link for link in _links(types) if link.name in filled and link.target in filled]
    issues: list[Issue] = []
    names: dict[str, dict[tuple[str, str], set[str]]] = {}
    for link, jurisdiction, text in _strangers(con, links):
        if link.target not in names:
            names[link.target] = _names(con, types[link.target], link)
        keys = names[link.target].get((jurisdiction, called(text)), set())
        if keys:
            issues += _put(con, types, seen, link, jurisdiction, text, sorted(keys))
    return issues


def called(name: str) -> str:
    """The form in which names are compared.

    >>> called("样 一 矿业有限责任公司（云示）")
    '样一矿业有限公司(云示)'
    """
    return narrow(name).replace("有限责任公司", "有限公司")


def _links(types: Mapping[str, RecordType]) -> Iterator[_Link]:
    for name, record_type in types.items():
        for field, references in record_type.references.items():
            target = types.get(references[0].to) if len(references) == 1 else None
            spec = record_type.field(field)
            if target and target.named_by and len(target.key) == 1 and spec and spec.type == "text":
                yield _Link(name, field, references[0].to, target.key[0])


def _strangers(con: duckdb.DuckDBPyConnection, links: list[_Link]) -> Iterator[tuple[_Link, str, str]]:
    """The values that are no key of their target, each once for each jurisdiction."""
    asked = [
        f"SELECT DISTINCT {number} AS link, t.jurisdiction, t.{quote(link.field)} AS text"
        f" FROM {table_name(link.name)} t ANTI JOIN {table_name(link.target)} x"
        f" ON x.jurisdiction = t.jurisdiction AND x.{quote(link.key)} = t.{quote(link.field)}"
        f" WHERE t.{quote(link.field)} IS NOT NULL"
        for number, link in enumerate(links)
    ]
    if asked:
        for number, jurisdiction, text in con.execute(f"{' UNION ALL '.join(asked)} ORDER BY ALL").fetchall():
            yield links[number], jurisdiction, text


def _names(con: duckdb.DuckDBPyConnection, target: RecordType, link: _Link) -> dict[tuple[str, str], set[str]]:
    """(jurisdiction, name as compared) → the keys of those called so."""
    found: dict[tuple[str, str], set[str]] = {}
    for field in target.named_by:
        spec = target.field(field)
        value = quote(field) if spec and spec.type != "list" else f"unnest({quote(field)})"
        rows = con.execute(
            f"SELECT DISTINCT jurisdiction, {quote(link.key)}, {value} FROM {table_name(link.target)}"
            f" WHERE {quote(field)} IS NOT NULL AND {quote(link.key)} IS NOT NULL"
        ).fetchall()
        for jurisdiction, key, name in rows:
            found.setdefault((jurisdiction, called(name)), set()).add(key)
    return found


def _put(
    con: duckdb.DuckDBPyConnection,
    types: Mapping[str, RecordType],
    seen: Seen,
    link: _Link,
    jurisdiction: str,
    text: str,
    keys: list[str],
) -> Iterator[Issue]:
    """Write the one key, or nothing if there are several; an issue for the first row of each table."""
    where = f"jurisdiction = {literal(jurisdiction)} AND {quote(link.field)} = {literal(text)}"
    table, title = table_name(link.name), types[link.target].title
    rows = con.execute(
        f"SELECT _file, _sheet, min(_row) FROM {table} WHERE {where} GROUP BY ALL ORDER BY ALL"
    ).fetchall()
    value = literal(keys[0]) if len(keys) == 1 else "NULL"
    con.execute(f"UPDATE {table} SET {quote(link.field)} = {value} WHERE {where}")
    for file, sheet, row in rows:
        column = seen.column(link.name, file, sheet, link.field)
        cell = f"{column.letter}{row}" if column.letter else ""
        place = Place(file or link.name, 0, sheet, row, column.header, cell)
        if len(keys) == 1:
            yield problems.known_as(place, text, keys[0], title)
        else:
            yield problems.two_known_as(place, text, keys, title)
