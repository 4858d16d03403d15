"""Every join, grouping, window and subquery of the real plans carries the jurisdiction, or a key unique over all.

The property test (test_union.py) would find a breach if it drew the world that shows it; this one reads the SQL.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

import sqlglot
from sqlglot import exp

from duban.compile import compile_pack
from duban.compile.judgement import compile_judgement
from duban.compile.leads import compile_leads
from duban.pack import load_pack

PACK = "zezhou-2023-331"
NOW = datetime(2024, 1, 8)
# Numbers of rows, spans, duties, groups and texts are each given once over all jurisdictions; `h` is a hash that has
# the jurisdiction in it, `a`, `b` and `root` are numbers of texts, `_n` those of rows.
KEYS = {"jurisdiction", "piece", "duty", "$n", "_n", "n", "trig", "g", "fingerprint", "id", "h", "a", "b", "root"}
OF_ALL = {"calendar", "rules"}  # tables that are about no jurisdiction


def steps() -> Iterator[tuple[str, str]]:
    """The steps of the plans, of those that differ only in names and values the first."""
    pack, seen = load_pack(PACK), set()
    for plan in (compile_pack(pack, NOW, NOW), compile_leads(pack, NOW, NOW), compile_judgement(pack, NOW, NOW)):
        for step in plan.steps:
            shape = re.sub(r"'[^']*'|\"[^\"$]+\"", "?", step.sql)
            if shape not in seen:
                seen.add(shape)
                yield step.name, step.sql


def carries(nodes: list[exp.Expression]) -> bool:
    return any(column.name in KEYS for node in nodes for column in node.find_all(exp.Column))


def tables(node: exp.Expression) -> set[str]:
    return {table.name for table in node.find_all(exp.Table)} - OF_ALL


def equals(node: exp.Expression) -> bool:
    """A condition has an equality of such a key."""
    return any(
        isinstance(side, exp.Column) and side.name in KEYS
        for equal in node.find_all(exp.EQ)
        for side in (equal.left, equal.right)
    )


def is_joined_well(join: exp.Join) -> bool:
    if using := join.args.get("using"):
        return bool({name.name for name in using} & KEYS) or not tables(join.this)
    on = join.args.get("on")
    return (on is not None and equals(on)) or not tables(join.this)


def is_grouped_well(group: exp.Group) -> bool:
    select = group.parent
    assert isinstance(select, exp.Select)
    if group.args.get("all"):
        return carries([one for one in select.expressions if not one.find(exp.AggFunc)])
    by = [select.expressions[int(one.name) - 1] if isinstance(one, exp.Literal) else one for one in group.expressions]
    return carries(by)


def is_windowed_well(window: exp.Window) -> bool:
    """A row's number over all tells it apart, and nothing else."""
    if window.args.get("alias"):
        named = window.find_ancestor(exp.Select).args["windows"]
        return all(carries(one.args["partition_by"]) for one in named)
    return isinstance(window.this, exp.RowNumber) or carries(window.args.get("partition_by") or [])


def is_asked_well(query: exp.Expression) -> bool:
    """A subquery in a condition or a value: of the row's own jurisdiction, or tuples with it, or the places as such."""
    select = query.find(exp.Select)
    assert select is not None
    where = select.args.get("where")
    return (
        not tables(query)
        or (where is not None and equals(where))
        or carries(select.expressions)
        or all(table.startswith("places/") for table in tables(query))
    )


def faults(tree: exp.Expression) -> Iterator[exp.Expression]:
    yield from (join for join in tree.find_all(exp.Join) if not is_joined_well(join))
    yield from (group for group in tree.find_all(exp.Group) if not is_grouped_well(group))
    yield from (window for window in tree.find_all(exp.Window) if not is_windowed_well(window))
    asked = [one.args.get("query") or one.this for one in tree.find_all(exp.In, exp.Exists)]
    asked += [one for one in tree.find_all(exp.Subquery) if not isinstance(one.parent, (exp.From, exp.Join, exp.In))]
    yield from (query for query in asked if isinstance(query, exp.Query) and not is_asked_well(query))


def test_the_jurisdiction_is_part_of_every_join_and_group() -> None:
    found = [
        f"{name}: {fault.sql('duckdb')[:300]}"
        for name, sql in steps()
        if name not in OF_ALL
        for fault in faults(sqlglot.parse_one(sql, dialect="duckdb"))
    ]
    assert found == []


def test_a_breach_is_found() -> None:
    for sql in (
        "SELECT * FROM x JOIN y ON x.k = y.k",
        "SELECT * FROM x, y",
        "SELECT count(*) FROM x GROUP BY k",
        "SELECT k, count(*) FROM x GROUP BY ALL",
        "SELECT max(t) OVER (PARTITION BY k) FROM x",
        "SELECT * FROM x WHERE NOT EXISTS (SELECT 1 FROM y)",
        "SELECT * FROM x WHERE k IN (SELECT k FROM y)",
        "SELECT (SELECT max(t) FROM y) FROM x",
    ):
        assert list(faults(sqlglot.parse_one(sql, dialect="duckdb"))), sql
