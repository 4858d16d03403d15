"""What a week is made of, read from the tables of an audit: rows as plain dicts, named as in compile/weekly.py."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from duban.auditing import Audit
from duban.compile import NOTHING, Beside, compile_beside, joined
from duban.compile.weekly import MOST, PREFIX, compile_weekly
from duban.model import Plan
from duban.pack.weekly import Weekly
from duban.sqltext import quote
from duban.verification import IS_CLEARED, IS_OPEN

if TYPE_CHECKING:
    import duckdb

Row = dict[str, Any]


@dataclass(frozen=True)
class Facts:
    """`tables` by name without the prefix; `checks` one row for each period of the share and of a town's coverage."""

    tables: Mapping[str, list[Row]]
    checks: list[Row]
    tallies: list[Row]
    due: list[Row]
    sent: list[Row]

    def rows(self, name: str) -> list[Row]:
        """The rows of a part; none where the pack does not ask for it."""
        return self.tables.get(name, [])


def facts_plan(audit: Audit, weekly: Weekly, apart: tuple[str, ...], also: Beside = NOTHING) -> Plan:
    """What the week reads beside the duties, and what others want to read there, as one plan."""
    plan = compile_weekly(audit.pack, weekly, audit.as_of, audit.known_by, apart)
    wanted = _checks_read(audit, weekly) | also
    return joined(compile_beside(audit.pack, audit.as_of, audit.known_by, wanted), plan) if wanted.tables else plan


def facts_of(
    audit: Audit, weekly: Weekly, apart: tuple[str, ...], seen: duckdb.DuckDBPyConnection | None = None
) -> Facts:
    """Run what is asked on the audit's records, and read it. No table of the audit is changed.

    `seen`: where the tables of `facts_plan` are already.
    """
    with nullcontext(seen) if seen is not None else audit.beside(facts_plan(audit, weekly, apart)) as con:
        own = [str(name) for (name,) in con.execute(_OWN).fetchall()]
        tables = {name.removeprefix(PREFIX): rows(con, f"SELECT * FROM {quote(name)}") for name in own}
        checks = [row for name in _checked(audit, weekly) for row in rows(con, _reached(audit, name), [name])]
    return Facts(tables, checks, _tallies(audit), _due(audit), _sent(audit, weekly))


_OWN = f"SELECT DISTINCT table_name FROM duckdb_tables() WHERE starts_with(table_name, '{PREFIX}') ORDER BY 1"


def rows(con: Any, sql: str, values: list[Any] | None = None) -> list[Row]:
    """The rows of a query."""
    cursor = con.execute(sql, values or [])
    names = [column[0] for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


# --- each period of the share and of each town's coverage: how many there are, how many were reached, who was not
def _checked(audit: Audit, weekly: Weekly) -> list[str]:
    """The two obligations that ask for it, as far as they were judged."""
    checks = weekly.checks
    return (
        [] if checks is None else [name for name in (checks.quota, checks.coverage) if name in audit.plan.obligations]
    )


def _checks_read(audit: Audit, weekly: Weekly) -> Beside:
    """The duties hold what was asked for (14), not of how many (45): so it takes the tables of their tests."""
    names = _checked(audit, weekly)
    tables = [f"{name}/{table}" for name in names for table in ("test/targets", "test/acts", "duty")]
    return Beside((*tables, *(f"bearer/{_targets(audit, name)}/ids" for name in names)), tuple(names))


def _targets(audit: Audit, name: str) -> str:
    test = audit.pack.obligation(name).cover
    assert test is not None  # lint has seen to it
    return test.targets


def _reached(audit: Audit, name: str) -> str:
    targets, acts, duty = (quote(f"{name}/{table}") for table in ("test/targets", "test/acts", "duty"))
    ids = quote(f"bearer/{_targets(audit, name)}/ids")
    reached = f"EXISTS (SELECT 1 FROM {acts} a WHERE a.duty = g.duty AND a.owner = g.target AND a.ok AND a.in_scope)"
    return (
        "SELECT y.obligation, y.fingerprint, y.bearer_name, y.town, y.period_start, y.period_end, y.due, y.status, y.enforceable,\n"
        f"  y.required, y.observed, y.days_left, y.verification, y.source[1:{MOST}] AS places,\n"
        "  coalesce(t.total, 0) AS total, coalesce(t.reached, 0) AS reached, t.missed, coalesce(t.unsure, 0) AS unsure\n"
        "FROM duties y LEFT JOIN (\n"
        "  SELECT g.fingerprint, g.jurisdiction, count(*) FILTER (g.sure) AS total, count(*) FILTER (g.sure AND g.reached) AS reached,\n"
        "    list(g.name ORDER BY g.target) FILTER (g.sure AND NOT g.reached) AS missed, count(*) FILTER (NOT g.sure) AS unsure\n"
        f"  FROM (SELECT d.fingerprint, d.jurisdiction, g.target, g.sure, coalesce(nullif(i.bearer_name, ''), g.target) AS name, {reached} AS reached\n"
        f"    FROM {targets} g JOIN {duty} d USING (duty) LEFT JOIN {ids} i ON i.jurisdiction = d.jurisdiction AND i.bearer_id = g.target) g\n"
        "  GROUP BY ALL) t USING (jurisdiction, fingerprint)\n"
        "WHERE y.obligation = ? ORDER BY y.period_start, y.town, y.bearer_id"
    )


def _tallies(audit: Audit) -> list[Row]:
    return rows(
        audit.connection,
        f"SELECT coalesce(town, '') AS town, bearer_kind, obligation, status, enforceable, {IS_CLEARED} AS cleared, count(*) AS count\n"
        "FROM duties d GROUP BY ALL ORDER BY ALL",
    )


def _due(audit: Audit, days: int = 7) -> list[Row]:
    """What ends within the days ahead and is not done."""
    return rows(
        audit.connection,
        "SELECT fingerprint, obligation, bearer_kind, bearer_name, coalesce(town, '') AS town, due, required, observed, shortfall\n"
        f"FROM duties d WHERE status = 'pending' AND enforceable AND days_left <= {days} AND coalesce(shortfall, 1) > 0\n"
        "ORDER BY due, obligation, town, bearer_id, fingerprint",
    )


def _sent(audit: Audit, weekly: Weekly) -> list[Row]:
    """The duties about papers to be sent in."""
    if weekly.sent is None:
        return []
    return rows(
        audit.connection,
        "SELECT fingerprint, obligation, bearer_name, coalesce(town, '') AS town, due, status, period_start\n"
        f"FROM duties d WHERE list_contains(?, obligation) AND due IS NOT NULL AND status <> 'not_applicable' AND {IS_OPEN}\n"
        "ORDER BY due, town, obligation, fingerprint",
        [list(weekly.sent.obligations)],
    )
