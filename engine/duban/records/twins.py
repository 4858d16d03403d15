"""Rows under two keys that are, or may be, one: told in two months, or by two senders, each with numbers of its own.

They are found once, as the records are read, among what was known, and laid down as pairs of rows; which of them are
one is a question for the plan (`compile/sameness.py`), which knows what had been answered when. Who writes both keys in
one hand-in tells them apart: a mine that lists two fences means two.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, TypeVar

import duckdb

from duban.records.identity import normalised
from duban.records.tables import known, table_name
from duban.sqltext import literal, quote
from duban.vocabulary import Identity, RecordType

TABLE = "found_twins"
_MANY = 100_000  # rows
Item = TypeVar("Item")


@dataclass(frozen=True)
class Said:
    """What a row says of where and what."""

    place: str
    text: str

    @cached_property
    def plain(self) -> tuple[str, str]:
        """Both, normalised."""
        return normalised(self.place), normalised(self.text)


def likeness(one: Said, other: Said, days: int, rule: Identity) -> tuple[float, bool] | None:
    """How alike two records of one owner are, `days` apart (0–1), and whether they are equal; None: they are two."""
    (here, first), (there, second) = one.plain, other.plain
    if days == 0 and (here, first) == (there, second):
        return 1.0, True
    if days > rule.days or not (not here or not there or here in there or there in here):
        return None
    from rapidfuzz.distance import Indel

    similarity = Indel.normalized_similarity(first, second, score_cutoff=rule.alike)
    return (similarity, False) if similarity >= rule.alike else None


def find(con: duckdb.DuckDBPyConnection, types: Mapping[str, RecordType], known_by: datetime | None = None) -> None:
    """Make the table of pairs (record, a, b, equal), `a` and `b` row numbers. Rows handed in after known_by are not
    looked at: what one of them tells apart was not told apart before.

    `equal`: one for certain, unless somebody says otherwise. Of equal rows that would make one of what a hand-in tells
    apart, none is: they only may be.
    """
    con.execute(f"CREATE OR REPLACE TABLE {TABLE} (record VARCHAR, a BIGINT, b BIGINT, equal BOOLEAN)")
    for name, record_type in types.items():
        if record_type.identity is not None:
            near = _near(con, name, record_type, record_type.identity)
            told = _told(name, record_type, record_type.identity, known_by, near)
            _find(con, told, name, record_type.identity)
    con.execute("DROP TABLE IF EXISTS near")


def _near(con: duckdb.DuckDBPyConnection, name: str, record_type: RecordType, rule: Identity) -> str:
    """SQL condition on the rows of a type: that the key may have a twin; all may, in a table that is not large.

    Somebody who has two keys within some days has two that follow one another by day within as many. To find these by
    one sort costs a fraction of what is told of every key, and nearly nobody has any.
    """
    table, key = table_name(name), quote(record_type.key[0])
    ((rows,),) = con.execute(f"SELECT count(*) FROM {table}").fetchall()
    if rows < _MANY:
        return "TRUE"
    told = (
        f"SELECT jurisdiction, {_owner(rule)} AS owner, {key} AS key, CAST({quote(rule.day)} AS DATE) AS day"
        f" FROM {table} WHERE {key} IS NOT NULL"
    )
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE near AS WITH rows AS ({told}),\n"
        "pairs AS (SELECT jurisdiction, owner, key <> lag(key) OVER w AS two, day - lag(day) OVER w AS apart\n"
        "  FROM rows WHERE owner IS NOT NULL AND day IS NOT NULL\n"
        "  WINDOW w AS (PARTITION BY jurisdiction, owner ORDER BY day)),\n"
        f"owners AS (SELECT DISTINCT jurisdiction, owner FROM pairs WHERE two AND apart <= {rule.days})\n"
        "SELECT DISTINCT jurisdiction, key FROM rows SEMI JOIN owners USING (jurisdiction, owner)"
    )
    return f"(jurisdiction, {key}) IN (SELECT jurisdiction, key FROM near)"


def _owner(rule: Identity) -> str:
    """SQL of whose a row is, as one text."""
    return " || '/' || ".join(f"CAST({quote(field)} AS VARCHAR)" for field in rule.owner)


def _find(con: duckdb.DuckDBPyConnection, told: str, name: str, rule: Identity) -> None:
    con.execute(f"CREATE OR REPLACE TEMP TABLE told AS {told}")
    found = list(_alike(con, rule))
    certain = _certain(con, {(one, other) for one, other, equal in found if equal}) if found else set()
    if found:
        sure = [equal and (one, other) in certain for one, other, equal in found]
        con.execute(
            f"INSERT INTO {TABLE} SELECT $1, n, unnest(y.rows), equal FROM (SELECT unnest(x.rows) AS n, p.b, p.equal\n"
            "  FROM (SELECT unnest($2::BIGINT[]) AS a, unnest($3::BIGINT[]) AS b, unnest($4::BOOLEAN[]) AS equal) p\n"
            "  JOIN told x ON x.id = p.a) p JOIN told y ON y.id = p.b",
            [name, [one for one, _, _ in found], [other for _, other, _ in found], sure],
        )
    con.execute("DROP TABLE told")


def _told(name: str, record_type: RecordType, rule: Identity, known_by: datetime | None, near: str) -> str:
    """SQL: what each key was told to be by known_by, once for each wording; and the hand-ins in which the key came."""
    key, place = quote(record_type.key[0]), quote(rule.place) if rule.place else "''"
    wording = "jurisdiction, owner, key, day, place, text"
    came = "hash(coalesce(submitted_by, ''), submitted_at, CASE WHEN submitted_at IS NULL THEN _file END)"
    return (
        f"SELECT row_number() OVER (ORDER BY min(_n)) AS id, {wording}, list(_n) AS rows,\n"
        "  any_value(hand_ins) AS hand_ins\n"
        f"FROM (SELECT _n, jurisdiction, {_owner(rule)} AS owner, {key} AS key,\n"
        f"    CAST({quote(rule.day)} AS DATE) AS day, coalesce({place}, '') AS place, {quote(rule.text)} AS text,\n"
        f"    list({came}) OVER (PARTITION BY jurisdiction, {key}) AS hand_ins\n"
        f"  FROM {table_name(name)} WHERE {key} IS NOT NULL AND {known(known_by)} AND {near})\n"
        f"WHERE owner IS NOT NULL AND day IS NOT NULL AND text IS NOT NULL GROUP BY {wording}"
    )


def _alike(con: duckdb.DuckDBPyConnection, rule: Identity) -> Iterator[tuple[int, int, bool]]:
    """The wordings (by id) that are, or may be, of one thing. Equal days meet, so that nothing is crossed."""
    rows = con.execute(
        "SELECT a.id, b.id, abs(a.day - b.day), a.place, a.text, b.place, b.text\n"
        f"FROM (SELECT *, unnest(range(-{rule.days}, {rule.days} + 1)) AS off FROM told) a JOIN told b\n"
        "  ON b.jurisdiction = a.jurisdiction AND b.owner = a.owner AND b.day = a.day + CAST(a.off AS INTEGER)\n"
        "WHERE a.key < b.key AND NOT list_has_any(a.hand_ins, b.hand_ins) ORDER BY ALL"
    )
    while batch := rows.fetchmany(10_000):
        for one, other, days, *said in batch:
            found = likeness(Said(said[0], said[1]), Said(said[2], said[3]), days, rule)
            if found is not None:
                yield one, other, found[1]


def _certain(con: duckdb.DuckDBPyConnection, equal: set[tuple[int, int]]) -> set[tuple[int, int]]:
    """The equal pairs but for those by way of which two keys of one hand-in would become one."""
    groups = joined(equal)
    ids = sorted({item for pair in equal for item in pair})
    rows = con.execute(
        f"SELECT id, key, hand_ins FROM told WHERE list_contains({literal(ids)}::BIGINT[], id)"
    ).fetchall()
    came: dict[tuple[int, Any], set[str]] = {}
    for number, key, hand_ins in rows:
        for hand_in in hand_ins:
            came.setdefault((groups[number], hand_in), set()).add(key)
    apart = {group for (group, _), keys in came.items() if len(keys) > 1}
    return {pair for pair in equal if groups[pair[0]] not in apart}


def joined(pairs: Iterable[tuple[Item, Item]]) -> dict[Item, Item]:
    """Which group each member of some pairs belongs to, named by its smallest member."""
    group: dict[Item, Item] = {}

    def top(item: Item) -> Item:
        while group.setdefault(item, item) != item:
            item = group[item]
        return item

    for one, other in pairs:
        first, second = sorted((top(one), top(other)))  # type: ignore[type-var]
        group[second] = first
    return {item: top(item) for item in group}
