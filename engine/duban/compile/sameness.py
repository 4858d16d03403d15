"""Records under two keys that are one, or may be: what was answered, what is equal, and what is open. docs/semantics.md §2.

A type that declares an `identity` has three steps. `twins/T`: pairs of keys, and whether they are one (NULL: nobody has
said). `same/T`: the one key by which several go. `unsure/T`: the records that may be another one that was handed in later.
"""

from __future__ import annotations

from duban.model import Step
from duban.records.twins import TABLE
from duban.scope import Schema
from duban.sqltext import literal, quote
from duban.vocabulary import SAMENESS, RecordType

OWN = "$own"


def raw(schema: Schema, name: str, *, apart: bool = False) -> str:
    """SQL of the rows of a type as they were handed in, but that keys which are one thing are one key, here and wherever
    they are referred to; `$own` is the key that a row of a type with an identity came with. `apart`: each by that key.
    """
    table, record = quote("raw_" + name), schema.records[name]
    cells, joins = [], []
    for number, (field_name, other) in enumerate([] if apart else _renamed(schema, name, record)):
        cell = f"r.{quote(field_name)}"
        cells.append(f"coalesce(s{number}.one, {cell}) AS {quote(field_name)}")
        joins.append(
            f"LEFT JOIN {quote('same/' + other)} s{number} ON s{number}.jurisdiction = r.jurisdiction AND s{number}.key = {cell}"
        )
    if not cells:
        return table
    own = f", r.{quote(record.key[0])} AS {quote(OWN)}" if record.identity is not None else ""
    return f"(SELECT r.* REPLACE ({', '.join(cells)}){own} FROM {table} r {' '.join(joins)})"


def _renamed(schema: Schema, name: str, record: RecordType) -> list[tuple[str, str]]:
    """(field, record type): the fields that hold a key of a type with an identity, the own one among them."""
    found = [(record.key[0], name)] if record.identity is not None else []
    for field_name, references in record.references.items():
        for other, key in map(schema.target, references):
            spec = schema.records.get(other)
            if spec is not None and spec.identity is not None and (key,) == spec.key:
                found.append((field_name, other))
    return list(dict(found).items())


def steps(schema: Schema, name: str, known: str, body: str) -> list[Step]:
    """The three steps of a type. `known`: SQL of its rows, by their own keys, as known; `body`: of its records as seen, of
    which only those count whose keys are `asked`.
    """
    record = schema.records[name]
    return [
        Step(f"twins/{name}", _twins(name, record, known), f"{record.title}: keys that are, or may be, of one"),
        Step(f"same/{name}", _same(name), f"{record.title}: the one key of several"),
        Step(f"unsure/{name}", _unsure(name, record, body), f"{record.title}: records that may be another one"),
    ]


def _twins(name: str, record: RecordType, known: str) -> str:
    """(jurisdiction, a, b, same). What was answered goes before what is equal; the last answer counts, if it is signed."""
    key = f"k.{quote(record.key[0])}"
    names = literal([name, record.title, *record.aliases])
    content = ", ".join(quote(field_name) for field_name in record.fields)
    order = f"submitted_at DESC NULLS LAST, md5(CAST(row({content}) AS VARCHAR)) DESC"
    return (
        "WITH told AS (SELECT jurisdiction, least(first, second) AS a, greatest(first, second) AS b,\n"
        "    CASE WHEN confirmed_by IS NOT NULL AND confirmed_on IS NOT NULL THEN same END AS same\n"
        f"  FROM {quote('seen/' + SAMENESS)} WHERE list_contains({names}, record) AND first <> second\n"
        "  QUALIFY row_number() OVER (PARTITION BY jurisdiction, a, b ORDER BY submitted_at DESC NULLS LAST, same DESC NULLS LAST) = 1),\n"
        f"mentioned AS (SELECT a AS n FROM {TABLE} WHERE record = {literal(name)} UNION SELECT b FROM {TABLE} WHERE record = {literal(name)}),\n"
        f"rows AS (SELECT k.jurisdiction, {key} AS key, k._n AS n, row_number() OVER (PARTITION BY k.jurisdiction, {key} ORDER BY {order}) AS age\n"
        f"  FROM ({known}) k WHERE coalesce((k.jurisdiction, {key}) IN (SELECT jurisdiction, a FROM told UNION SELECT jurisdiction, b FROM told\n"
        f"    UNION SELECT m.jurisdiction, m.{quote(record.key[0])} FROM {quote('raw_' + name)} m JOIN mentioned ON mentioned.n = m._n), FALSE)),\n"
        "newest AS (SELECT * FROM rows WHERE age = 1),\n"
        "found AS (SELECT x.jurisdiction, least(x.key, y.key) AS a, greatest(x.key, y.key) AS b, bool_or(t.equal) AS equal\n"
        f"  FROM {TABLE} t JOIN newest x ON x.n = t.a JOIN newest y ON y.n = t.b WHERE t.record = {literal(name)} GROUP BY ALL)\n"
        "SELECT jurisdiction, a, b, coalesce(told.same, CASE WHEN found.equal THEN TRUE END) AS same\n"
        "FROM (SELECT * FROM told SEMI JOIN newest x ON x.jurisdiction = told.jurisdiction AND x.key = told.a\n"
        "  SEMI JOIN newest y ON y.jurisdiction = told.jurisdiction AND y.key = told.b) told FULL JOIN found USING (jurisdiction, a, b)"
    )


def _same(name: str) -> str:
    """(jurisdiction, key, one): what is one with one is one, under the first of its keys. Where two of them are said to be
    two, somebody has contradicted himself, and nothing of it is one.
    """
    twins = quote(f"twins/{name}")
    return (
        f"WITH RECURSIVE edges AS (SELECT jurisdiction, a, b FROM {twins} WHERE same UNION SELECT jurisdiction, b, a FROM {twins} WHERE same),\n"
        "reach AS (SELECT jurisdiction, a AS key, b AS other FROM edges\n"
        "  UNION SELECT r.jurisdiction, r.key, e.b FROM reach r JOIN edges e ON e.jurisdiction = r.jurisdiction AND e.a = r.other),\n"
        "groups AS (SELECT jurisdiction, key, min(other) AS one FROM reach GROUP BY jurisdiction, key),\n"  # a key reaches itself
        f"torn AS (SELECT t.jurisdiction, x.one FROM {twins} t JOIN groups x ON x.jurisdiction = t.jurisdiction AND x.key = t.a\n"
        "  JOIN groups y ON y.jurisdiction = t.jurisdiction AND y.key = t.b AND y.one = x.one WHERE t.same IS FALSE)\n"
        "SELECT jurisdiction, key, one FROM groups ANTI JOIN torn USING (jurisdiction, one)"
    )


def asked(record: RecordType) -> str:
    """SQL condition on rows: their key is one of `open`. With coalesce, since DuckDB may build the table of a plain IN from the
    rows, of which there may be millions.
    """
    key = quote(record.key[0])
    return f"coalesce((jurisdiction, {key}) IN (SELECT jurisdiction, a FROM open UNION SELECT jurisdiction, b FROM open), FALSE)"


def _unsure(name: str, record: RecordType, body: str) -> str:
    """(jurisdiction, key, others): a record that may be one with others that were handed in later; these stand for it."""
    twins, same, key = quote(f"twins/{name}"), quote(f"same/{name}"), quote(record.key[0])
    return (
        f"WITH pairs AS (SELECT t.jurisdiction, least(coalesce(x.one, t.a), coalesce(y.one, t.b)) AS a,\n"
        f"    greatest(coalesce(x.one, t.a), coalesce(y.one, t.b)) AS b, t.same FROM {twins} t\n"
        f"  LEFT JOIN {same} x ON x.jurisdiction = t.jurisdiction AND x.key = t.a\n"
        f"  LEFT JOIN {same} y ON y.jurisdiction = t.jurisdiction AND y.key = t.b),\n"
        "open AS (SELECT DISTINCT jurisdiction, a, b FROM pairs WHERE a <> b AND same IS NOT FALSE\n"
        "  EXCEPT SELECT jurisdiction, a, b FROM pairs WHERE same IS FALSE),\n"
        f'here AS (SELECT jurisdiction, {key} AS key, "$id" AS id, submitted_at AS at FROM ({body})),\n'
        "met AS (SELECT o.jurisdiction, x.key AS a, x.id AS a_id, y.key AS b, y.id AS b_id,\n"
        "    coalesce(x.at, TIMESTAMP '0001-01-01') < coalesce(y.at, TIMESTAMP '0001-01-01')\n"
        "      OR (x.at IS NOT DISTINCT FROM y.at AND x.key < y.key) AS older\n"
        "  FROM open o JOIN here x ON x.jurisdiction = o.jurisdiction AND x.key = o.a JOIN here y ON y.jurisdiction = o.jurisdiction AND y.key = o.b)\n"
        "SELECT jurisdiction, CASE WHEN older THEN a ELSE b END AS key,\n"
        "  string_agg(CASE WHEN older THEN b_id ELSE a_id END, '、' ORDER BY CASE WHEN older THEN b_id ELSE a_id END) AS others\n"
        "FROM met GROUP BY 1, 2"
    )


def told(name: str, record: RecordType, body: str) -> str:
    """SQL of the records as seen with `$twins` (the ids of others that each may be one with) and `$one`: TRUE, or NULL where
    nobody knows whether it is a record of its own.
    """
    key = quote(record.key[0])
    return (
        f'SELECT v.*, u.others AS "$twins", CASE WHEN u.others IS NULL THEN TRUE END AS "$one"\nFROM ({body}) v\n'
        f"LEFT JOIN {quote('unsure/' + name)} u ON u.jurisdiction = v.jurisdiction AND u.key = v.{key}"
    )
