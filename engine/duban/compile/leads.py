"""Leads: pack + as_of + known_by → a plan of its own, over the same views as the duties'. It judges nobody."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from duban.compile import sql
from duban.compile.common import plan_views
from duban.compile.kept import kept_plan
from duban.compile.planner import Compiler, in_order
from duban.compile.proof import proof_of
from duban.compile.sameness import raw
from duban.conditions import compile_moment
from duban.kinds.base import exists_by, stack_name, step_interval
from duban.leads import FOUND, Lead, Looked
from duban.model import Plan
from duban.pack.obligation import Obligation
from duban.pack.pack import Pack
from duban.scope import Names, Row, Schema, belonging
from duban.sqltext import literal, quote

LEADS = "leads"
# The columns of the table `leads`, in order: one row for each lead and group of records.
COLUMNS = (
    "fingerprint", "lead", "title", "pattern", "clause", "jurisdiction", "bearer_kind", "bearer_ids", "bearer_names", "towns",
    "period_start", "period_end", "records", "places", "many", "measured", "threshold", "numbers", "reasons", "check",
)  # fmt: skip
_PLACE = (
    "CASE WHEN r._file = '' THEN '第' || r._row || '行'"
    " ELSE r._file || CASE WHEN r._sheet = '' THEN '' ELSE '[' || r._sheet || ']' END || '#' || r._row END"
)


def compile_leads(pack: Pack, as_of: datetime, known_by: datetime, only: Iterable[str] = ()) -> Plan:
    """The plan of a pack's leads; `only` limits it to some. The plan of a pack that knows its stamp is kept."""
    chosen = frozenset(only)
    asked = ("leads", str(as_of), str(known_by), *sorted(chosen))
    return kept_plan(pack, *asked, make=lambda: _compiled(Compiler(pack, as_of, known_by), chosen))


def _compiled(compiler: Compiler, chosen: frozenset[str]) -> Plan:
    pack = compiler.pack
    plan_views(compiler)
    leads = [lead for lead in pack.leads if not chosen or lead.id in chosen]
    found = [_plan_lead(compiler, lead) for lead in leads]
    bearers = dict.fromkeys(lead.bearer for lead in leads)
    tables = [_plan_shown(compiler, [lead for lead in leads if lead.bearer == bearer]) for bearer in bearers]
    union = "\nUNION ALL\n".join(f"SELECT * FROM {quote(name)}" for name in tables) or _nothing()
    order = "ORDER BY lead, jurisdiction, period_start, bearer_ids, records"
    compiler.add(LEADS, f"SELECT * FROM (\n{union}\n) {order}", "all leads")
    return Plan(in_order(compiler.steps, [*found, *tables, LEADS]), LEADS, LEADS)


def _nothing() -> str:
    """SQL of the table of a pack without leads."""
    kinds = dict.fromkeys(COLUMNS, "VARCHAR") | {"many": "BIGINT", "measured": "DOUBLE", "threshold": "DOUBLE"}
    kinds |= dict.fromkeys(("bearer_ids", "bearer_names", "towns", "records", "places", "reasons"), "VARCHAR[]")
    kinds |= dict.fromkeys(("period_start", "period_end"), "DATE")
    return f"SELECT {', '.join(f'CAST(NULL AS {kind}) AS {quote(name)}' for name, kind in kinds.items())} WHERE FALSE"


def _plan_lead(compiler: Compiler, lead: Lead) -> str:
    """The steps of one lead; returns the table with the columns of `leads.base.FOUND`."""
    found = f"lead/{lead.id}/found"
    lead.kind.plan(Looked(lead.id, lead.record, lead.where), Bench(compiler, lead), found)
    return found


def _plan_shown(compiler: Compiler, leads: Sequence[Lead]) -> str:
    """The step that shows what leads about one kind of bearer found; returns the table with `COLUMNS`.

    It is the same for all of them, and DuckDB takes longer to plan it than to run it.
    """
    called = stack_name([lead.id for lead in leads])
    return compiler.add(f"lead/{called}", _shown(compiler, leads), "their groups, as reports show them")


@dataclass
class Bench:
    """Implements what kinds may ask (leads.base.LeadPlanner) for one lead."""

    compiler: Compiler
    lead: Lead
    schema: Schema = field(init=False)
    as_of_sql: str = field(init=False)

    def __post_init__(self) -> None:
        self.schema, self.as_of_sql = self.compiler.schema, self.compiler.as_of_sql

    def add(self, name: str, sql: str, why: str = "") -> str:
        return self.compiler.add(name, sql, why)

    def window(self) -> tuple[str, str]:
        """First and last day of the lead's window as SQL dates; NULL without one."""
        if not self.lead.window:
            return "NULL", "NULL"
        window = self.compiler.pack.header.windows[self.lead.window]
        return literal(self.compiler.pack.day(window.start)), literal(self.compiler.pack.day(window.end))

    def moment(self, text: str, names: Names, period: str = "NULL") -> tuple[str, str]:
        """SQL of a date expression as [start, end): a whole day from its 00:00 to its 24:00, a moment is itself.

        Where hours are asked for and only the day is known, the time shrinks: from its end, or to its beginning.
        """
        by = self.compiler.by(text)
        if by.expression is None:
            last = f"CAST({period} + {step_interval('month')} AS DATE)"
            due = sql.due(by, names, period, last)
            return f"({due} - INTERVAL 1 DAY)", due
        checked = compile_moment(by.expression, names)
        if by.offset is not None and by.offset.unit == "hours":
            exact = sql.shift(checked.sql, checked.bare, by.offset)
            return exact, exact
        if by.offset is None and checked.bare != "TRUE":
            moment, midnight = f"CAST({checked.sql} AS TIMESTAMP)", sql.first_day(checked.sql)
            vague = f"coalesce({checked.bare}, FALSE)"
            return (
                f"(CASE WHEN {vague} THEN {midnight} + INTERVAL 1 DAY ELSE {moment} END)",
                f"(CASE WHEN {vague} THEN {midnight} ELSE {moment} END)",
            )
        day = f"CAST({checked.sql} AS DATE)"
        if by.offset is not None:
            day = sql.shift_day(day, by.offset)
        return f"CAST({day} AS TIMESTAMP)", f"(CAST({day} AS TIMESTAMP) + INTERVAL 1 DAY)"

    def first_handed_in(self, record: str) -> str:
        """`first/T`: (n, handed): when each record was first handed in, in whatever version; only where that is known."""
        spec = self.schema.records[record]
        known = exists_by("q.submitted_at", 'q."submitted_at$bare"', self.compiler.known_by_sql)
        same = [f"q.{quote(key)} = s.{quote(key)}" for key in spec.key]
        if spec.key and spec.span is not None:
            same.append(f"q.{quote(spec.span.start)} IS NOT DISTINCT FROM s.{quote(spec.span.start)}")
        alike = " AND ".join(["q.jurisdiction = s.jurisdiction", *same]) if spec.key else 'q._n = s."$n"'
        at = 'CASE WHEN q."submitted_at$bare" THEN CAST(CAST(q.submitted_at AS DATE) AS TIMESTAMP) ELSE q.submitted_at END'
        return self.add(
            f"first/{record}",
            f'SELECT s."$n" AS n, min({at}) AS handed FROM {quote("seen/" + record)} s JOIN {raw(self.schema, record)} q ON {alike}\n'
            f'WHERE q.submitted_at IS NULL OR {known} GROUP BY s."$n" HAVING count(*) = count(q.submitted_at)',
            "when each record was first handed in",
        )

    def changed(self, record: str, fields: tuple[str, ...]) -> str:
        """`lead/ID/changed`: (n, handed, what): when a version last said otherwise than the one before, of a field that had
        been filled, without 更正. Versions by their own key: two numbers of one thing are no change.
        """
        spec = self.schema.records[record]
        by = ", ".join(quote(key) for key in ("jurisdiction", *spec.key, *([spec.span.start] if spec.span else [])))
        filled = " AND ".join(f"{quote(key)} IS NOT NULL" for key in spec.key)
        known = exists_by("submitted_at", '"submitted_at$bare"', self.compiler.known_by_sql)
        told = ", ".join(
            f"lag({quote(name)}) OVER w AS {quote('before$' + name)}" for name in ("submitted_at", *fields)
        )
        differs = {
            name: f"({quote('before$' + name)} IS NOT NULL AND {quote(name)} IS DISTINCT FROM {quote('before$' + name)})"
            for name in fields
        }
        titles = ", ".join(
            f"CASE WHEN {test} THEN {literal('“' + spec.fields[name].title + '”')} END"
            for name, test in differs.items()
        )
        same = " AND ".join(f"q.{quote(key)} = s.{quote(key)}" for key in ("jurisdiction", *spec.key))
        return self.add(
            f"lead/{self.lead.id}/changed",
            f"WITH versions AS (SELECT *, {told} FROM {quote('raw_' + record)} WHERE {filled} AND {known}\n"
            f"  WINDOW w AS (PARTITION BY {by} ORDER BY submitted_at, _n)),\n"
            f"changes AS (SELECT _n, submitted_at AS handed, array_to_string(list_filter([{titles}], lambda x: x IS NOT NULL), '') AS what\n"
            f'  FROM versions WHERE supersedes IS NULL AND submitted_at > "before$submitted_at" AND ({" OR ".join(differs.values())}))\n'
            "SELECT s.\"$n\" AS n, max(c.handed) AS handed, '改了' || arg_max(c.what, c.handed) || '，报送' AS what\n"
            f'FROM changes c JOIN {raw(self.schema, record)} q ON q._n = c._n JOIN {quote("seen/" + record)} s ON {same} GROUP BY s."$n"',
            "what a later version says otherwise of the past",
        )

    def proven(self, record: str) -> str:
        """SQL of the days on which a record type was handed in for the lead's bearers; '' where all is."""
        if self.compiler.pack.assumes(record):
            return ""
        lead = Obligation(id=self.lead.id, title="", clause="", bearer=self.lead.bearer)
        proven = quote(proof_of(self.compiler, lead, record))
        return f"(SELECT * EXCLUDE (record) FROM {proven} WHERE record = {literal(record)})"

    def owner(self, row: Row) -> str:
        """SQL of the id of the bearer that a record belongs to."""
        return owner(self.compiler, self.lead, row)


def owner(compiler: Compiler, lead: Lead, row: Row) -> str:
    """SQL of the bearer's id; of another record type than the lead's own, where references lead to one."""
    link = lead.link if row.record == lead.record else ""
    chain = belonging(compiler.schema, row.record, lead.bearer, link)
    return chain.sql(row) if chain is not None else "CAST(NULL AS VARCHAR)"


def _shown(compiler: Compiler, leads: Sequence[Lead]) -> str:
    """SQL with `COLUMNS`: the records of each group by id and place, and whose they are."""
    bearer = leads[0].bearer
    found = "\n  UNION ALL ".join(
        f"SELECT {literal(lead.id)} AS lead, {FOUND} FROM {quote(f'lead/{lead.id}/found')}" for lead in leads
    )
    texts = ",\n  ".join(
        f"({', '.join(map(literal, (lead.id, lead.title, '、'.join(lead.pattern), lead.clause, list(lead.reasons), lead.check)))})"
        for lead in leads
    )
    print_of = (
        f"left(sha256({literal(compiler.pack.header.id + '|')} || f.jurisdiction || '|lead/' || f.lead || '|'\n"
        "    || coalesce(f.key, array_to_string(list_sort(a.marks), '|'))), 16)"
    )
    return (
        f"WITH f AS (SELECT *, row_number() OVER () AS g FROM ({found})),\n"
        "m AS (SELECT g, lead, jurisdiction, unnest(members) AS x FROM f),\n"
        f"r AS (\n  {_members(compiler, leads)}\n),\n"
        "a AS (SELECT g, count(*) AS many, list(record || ':' || id) AS marks, list(id ORDER BY t, record, id) AS records,\n"
        "  list(place ORDER BY t, record, id) AS places, list_sort(list(DISTINCT who) FILTER (who IS NOT NULL)) AS bearer_ids,\n"
        "  list_sort(list(DISTINCT bearer_name) FILTER (bearer_name <> '')) AS bearer_names,\n"
        "  list_sort(list(DISTINCT town) FILTER (town <> '')) AS towns, min(CAST(t AS DATE)) AS a, max(CAST(t AS DATE)) AS b\n"
        "  FROM r GROUP BY g)\n"
        f"SELECT {print_of} AS fingerprint, f.lead, t.title, t.pattern, t.clause, f.jurisdiction, {literal(bearer)} AS bearer_kind,\n"
        "  coalesce(a.bearer_ids, []) AS bearer_ids, coalesce(a.bearer_names, []) AS bearer_names, coalesce(a.towns, []) AS towns,\n"
        "  coalesce(f.a, a.a) AS period_start, coalesce(f.b, a.b) AS period_end, a.records, a.places, a.many, f.measured, f.threshold,\n"
        '  f.numbers, t.reasons, t."check"\n'
        f'FROM f JOIN a USING (g) JOIN (VALUES {texts}) AS t(lead, title, pattern, clause, reasons, "check") USING (lead)'
    )


def _members(compiler: Compiler, leads: Sequence[Lead]) -> str:
    """SQL of the members of all groups: id, place, time, and the bearer as the roster names it.

    One branch for each record type and each way from it to the bearer: a lead may name the reference (`link`).
    """
    branches: dict[tuple[str, str], list[Lead]] = {}
    for lead in leads:
        for record in dict.fromkeys((lead.record, *lead.kind.others())):
            branches.setdefault((record, lead.link if record == lead.record else ""), []).append(lead)
    return "\n  UNION ALL\n  ".join(_branch(compiler, record, own) for (record, _), own in branches.items())


def _branch(compiler: Compiler, record: str, leads: Sequence[Lead]) -> str:
    """SQL of the members of one record type in the groups of leads that go the same way from it to the bearer."""
    row = Row(compiler.schema, record, "r")
    who = owner(compiler, leads[0], row)
    joins = "\n    ".join(row.joins.values())
    ids = literal([lead.id for lead in leads])
    return (
        f'SELECT m.g, {literal(record)} AS record, r."$id" AS id, {_PLACE} AS place, r."$t" AS t, {who} AS who,\n'
        f"    coalesce(nullif(i.bearer_name, ''), {who}) AS bearer_name, i.town\n"
        f'    FROM m JOIN {quote("seen/" + record)} r ON m.x.record = {literal(record)} AND r."$n" = m.x.n AND list_contains({ids}, m.lead)\n    {joins}\n'
        f"    LEFT JOIN {quote(f'bearer/{leads[0].bearer}/ids')} i ON i.jurisdiction = m.jurisdiction AND i.bearer_id = {who}"
    )
