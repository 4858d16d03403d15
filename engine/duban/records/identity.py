"""Rows without a key, of a type that says what makes two of its rows the same: 企业、日期、部位、内容.

A serial number (序号) is no key: it starts anew every month and in every town. So that a hazard without a number is
still one hazard over months and senders, its key is made of what it says, normalised. Only equals meet; what is nearly
equal is a question for a person (`duban check --confirm`).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from typing import Any

import duckdb

from duban.errors import Issue
from duban.records import problems
from duban.records.tables import table_name
from duban.records.text import fold
from duban.sqltext import quote
from duban.vocabulary import RecordType

_CIRCLED = re.compile(r"^\s*[①-⑳㈠-㈩⑴-⑽]+")
_ORDINAL = re.compile(r"^(?:[(\[]?(?:\d{1,3}|[一二三四五六七八九十]{1,3})[)\].、,:]+)+")
_MARKS = re.compile(r"[^\w]|_")
_CHUNK = 50_000


def normalised(text: str) -> str:
    """A text without width, case, blanks, punctuation and a number in front.

    >>> normalised("（1）破碎站 护栏缺失。"), normalised("破碎站护栏缺失")
    ('破碎站护栏缺失', '破碎站护栏缺失')
    """
    return _MARKS.sub("", _ORDINAL.sub("", fold(_CIRCLED.sub("", text))))


def fill(con: duckdb.DuckDBPyConnection, types: Mapping[str, RecordType], issues: Iterable[Issue]) -> list[Issue]:
    """Give rows without a key the key that they make; the issues, with what was said about their empty keys put right.

    A row that lacks a part of its identity stays without a key.
    """
    filled: set[tuple[str, str, int]] = set()
    for name, record_type in types.items():
        if record_type.identity:
            filled |= _fill(con, name, record_type)
    return [
        problems.identified(issue)
        if issue.code == problems.EMPTY_KEY and (issue.place.file, issue.place.sheet, issue.place.row) in filled
        else issue
        for issue in issues
    ]


def _fill(con: duckdb.DuckDBPyConnection, name: str, record_type: RecordType) -> set[tuple[str, str, int]]:
    table, key = table_name(name), quote(record_type.key[0])
    assert record_type.identity is not None
    fields = record_type.identity.fields
    parts = [quote(field) for field in fields]
    known = " AND ".join(f"{part} IS NOT NULL" for part in parts)
    rows = con.execute(
        f"SELECT _n, _file, _sheet, _row, {', '.join(parts)} FROM {table} WHERE {key} IS NULL AND {known} ORDER BY _n"
    ).fetchall()
    texts = [record_type.fields[field].type == "text" for field in fields]
    made = [(row[0], _key(row[4:], texts)) for row in rows]
    for start in range(0, len(made), _CHUNK):
        columns = [list(column) for column in zip(*made[start : start + _CHUNK], strict=True)]
        con.execute(
            f"UPDATE {table} SET {key} = m.made"
            f" FROM (SELECT unnest($1::BIGINT[]) AS n, unnest($2::VARCHAR[]) AS made) m WHERE {table}._n = m.n",
            columns,
        )
    return {(file or name, sheet, row) for _, file, sheet, row, *_ in rows}


def _key(values: tuple[Any, ...], texts: list[bool]) -> str:
    """Whose and when as it stands, and a short hash of all, so that a reader knows what it is about."""
    said = [normalised(str(value)) if text else str(value) for value, text in zip(values, texts, strict=True)]
    digest = hashlib.sha256("\0".join(said).encode()).hexdigest()[:8]
    plain = [str(value) for value, text in zip(values[1:], texts[1:], strict=True) if not text]
    return "/".join([str(values[0]), *plain, digest])
