"""What an audit has to say of its records beside their duties: rows of nobody, days of no calendar, the future."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from duban.errors import Issue, Severity
from duban.kinds.base import exists_by
from duban.model import Plan
from duban.pack import Pack
from duban.sqltext import literal, quote

if TYPE_CHECKING:
    import duckdb

    from duban.records import InputFile


def loose(con: duckdb.DuckDBPyConnection, pack: Pack, plan: Plan) -> list[Issue]:
    """Rows that might be anybody's make every shortfall that they could fill unproven: said once, loudly."""
    found: dict[str, int] = {}
    for name in (name for name in plan.kept if name.endswith("/loose")):
        record = name.split("/")[1]
        rows = con.execute(f'SELECT count(*) FROM {quote(name)} WHERE who IS NULL OR "$t" IS NULL').fetchall()
        found[record] = max(found.get(record, 0), int(rows[0][0]))
    hint = "凡差额可能由这些行补足的义务，一律按证据不足处理；请补全编号和时间"
    return [
        Issue(
            "D600",
            f"“{pack.records[record].title}”有{count}行看不出属于哪个单位，或没有时间",
            hint=hint,
            severity=Severity.WARNING,
        )
        for record, count in found.items()
        if count
    ]


def provisional(con: duckdb.DuckDBPyConnection, pack: Pack) -> list[Issue]:
    """Dues that were counted in workdays of a year whose holidays are not published."""
    counted = [item.id for item in pack.obligations if item.roll or "workday" in f"{item.by}{item.within}"]
    rows = con.execute(
        "SELECT year(due - INTERVAL 1 MICROSECOND) AS y, count(*) FROM duties"
        " WHERE list_contains(?, obligation) AND due IS NOT NULL GROUP BY y ORDER BY y",
        [counted],
    ).fetchall()
    return [
        Issue("D601", f"{year}年放假安排未公布，{count}项期限暂按周末推算", severity=Severity.WARNING)
        for year, count in rows
        if pack.calendar.provisional(int(year))
    ]


def future(con: duckdb.DuckDBPyConnection, pack: Pack, inputs: Iterable[InputFile], as_of: datetime) -> dict[str, int]:
    """Records that happen after as_of: they do not exist yet, but the summary counts them."""
    found = {}
    filled = {item.record_type for item in inputs if item.rows}  # to ask the empty ones takes as long
    for name, record in pack.records.items():
        if record.time and name in filled:
            bare = (
                f"coalesce({quote(record.time + '$bare')}, FALSE)"
                if record.fields[record.time].type == "datetime"
                else "TRUE"
            )
            there = exists_by(f"CAST({quote(record.time)} AS TIMESTAMP)", bare, literal(as_of))
            row = con.execute(f"SELECT count(*) FROM {quote('raw_' + name)} WHERE NOT {there}").fetchone()
            if row and row[0]:
                found[name] = int(row[0])
    return found
