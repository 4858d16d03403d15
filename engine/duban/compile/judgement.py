"""What the judge is told: pack + as_of + known_by → a plan over the duties that were judged, and the same views.

It runs after the plan of the duties, on the same connection, and changes none of its tables.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from duban.compile import sql
from duban.compile.common import plan_views
from duban.compile.kept import kept_plan
from duban.compile.live import held_at
from duban.compile.planner import Compiler, in_order
from duban.kinds.base import boolean
from duban.model import Plan
from duban.pack.measures import Exculpation, History
from duban.pack.names import frame_columns
from duban.pack.pack import Pack
from duban.scope import Names, Row, belonging
from duban.sqltext import literal, quote

FINDINGS, PAST, SPEAKS = "judgement/findings", "judgement/past", "judgement/speaks"
# What a person must look at; the judge is told nothing of the rest.
LOUD = "status IN ('breached', 'late', 'manual', 'unproven')"


def compile_judgement(pack: Pack, as_of: datetime, known_by: datetime) -> Plan:
    """The plan of what `judging` reads; its tables `FINDINGS`, `PAST` and `SPEAKS` stay. That of a pack that knows its stamp is kept."""
    asked = ("judgement", str(as_of), str(known_by))
    return kept_plan(pack, *asked, make=lambda: _compiled(Compiler(pack, as_of, known_by)))


def _compiled(compiler: Compiler) -> Plan:
    plan_views(compiler)
    kinds = list(compiler.pack.measures.bearers)
    for kind in kinds:
        compiler.add(
            f"judgement/held/{kind}", _held(compiler, kind), "findings of a kind of bearer, with the span at due"
        )
    held = "\n  UNION ALL ".join(
        f"SELECT * EXCLUDE (piece, trig, full_a, full_b) FROM {quote(f'judgement/held/{kind}')}" for kind in kinds
    )
    compiler.add(
        FINDINGS,
        f"SELECT * FROM ({held}) ORDER BY jurisdiction, bearer_kind, bearer_id, fingerprint",
        "findings, bearer by bearer",
    )
    compiler.add(PAST, _union(_past(compiler), _NO_PAST), "what was done before")
    compiler.add(SPEAKS, _union(_speaks(compiler), _NOTHING_SPEAKS), "what speaks for a bearer")
    return Plan(in_order(compiler.steps, [FINDINGS, PAST, SPEAKS]), FINDINGS, PAST, (SPEAKS,))


def _union(parts: Iterator[str], nothing: str) -> str:
    return "\nUNION ALL\n".join(parts) or nothing


def _held(compiler: Compiler, kind: str) -> str:
    """The findings of one kind of bearer: the duty's columns, who held the post at due, the official number.

    It is a duty table (kinds.base.DutyTable) as far as conditions read it: its period is the live span.
    """
    office = compiler.pack.measures.bearers[kind]
    person = f"CAST(b.{quote(office.person)} AS VARCHAR)" if office.person else "CAST(NULL AS VARCHAR)"
    code = f"CAST(b.{quote(office.code)} AS VARCHAR)" if office.code else "CAST(NULL AS VARCHAR)"
    together = f"CAST(b.{quote(office.together)} AS VARCHAR)" if office.together else "CAST(NULL AS VARCHAR)"
    due = f"coalesce(d.due, {sql.END})"
    rank = held_at(due, "p")
    at_due = (
        f"SELECT d.fingerprint, d.jurisdiction, max({rank}).piece AS piece FROM duties d JOIN {quote('bearer/' + kind)} p\n"
        f"  ON p.jurisdiction = d.jurisdiction AND p.bearer_id = d.bearer_id WHERE d.bearer_kind = {literal(kind)} AND d.{LOUD} GROUP BY ALL"
    )
    return (
        f"SELECT d.*, {person} AS person, {code} AS code, {together} AS together, h.piece, CAST(NULL AS BIGINT) AS trig, d.live_start AS full_a, d.live_end AS full_b\n"
        f'FROM "duties" d JOIN ({at_due}) h ON h.fingerprint = d.fingerprint AND h.jurisdiction = d.jurisdiction\n'
        f"LEFT JOIN {quote('bearer/' + kind)} b ON b.piece = h.piece"
    )


# --- what was done before

_NO_PAST = (
    "SELECT '' AS jurisdiction, '' AS bearer_kind, '' AS bearer_id, '' AS id, '' AS measure, '' AS outcome, DATE '2000-01-01' AS \"on\","
    " CAST([] AS VARCHAR[]) AS findings, '' AS reason, '' AS doc_no, NULL::DATE AS due, NULL::DATE AS answered_on,"
    " NULL::DATE AS rechecked_on, NULL::DATE AS done_on WHERE FALSE"
)


def _past(compiler: Compiler) -> Iterator[str]:
    for history in compiler.pack.measures.history:
        yield _of_records(compiler, history)
    if "decision" in compiler.schema.records:
        yield (
            'SELECT jurisdiction, bearer_kind, bearer_id, "$id" AS id, measure, outcome, CAST(coalesce(held_on, decided_on) AS DATE) AS "on",\n'
            "  coalesce(findings, []) AS findings, coalesce(reason, '') AS reason, coalesce(doc_no, '') AS doc_no,\n"
            "  due, answered_on, rechecked_on, done_on\n"
            f"FROM {quote('seen/decision')} WHERE bearer_kind IS NOT NULL AND bearer_id IS NOT NULL AND measure IS NOT NULL AND decided_on IS NOT NULL"
        )


def _of_records(compiler: Compiler, history: History) -> str:
    """What records say was done; not what a decision says more of (the findings that it was about) under its number."""
    row = Row(compiler.schema, history.record, "r")
    chain = belonging(compiler.schema, history.record, history.bearer, history.link)
    assert chain is not None  # lint has seen to it
    who, names = chain.sql(row), Names(compiler.schema, row)
    where = boolean(history.where, names).sql
    days = ", ".join(
        f"{f'CAST(r.{quote(name)} AS DATE)' if name else 'NULL::DATE'} AS {word}"
        for word, name in (
            ("due", history.due),
            ("answered_on", history.answered_on),
            ("rechecked_on", history.rechecked_on),
            ("done_on", ""),
        )
    )
    key = compiler.schema.records[history.record].key
    own = (
        f" AND NOT EXISTS (SELECT 1 FROM {quote('seen/decision')} o WHERE o.jurisdiction = r.jurisdiction AND o.measure = {literal(history.measure)}\n"
        f"  AND o.doc_no = CAST(r.{quote(key[0])} AS VARCHAR) AND o.bearer_kind IS NOT NULL AND o.bearer_id IS NOT NULL AND o.decided_on IS NOT NULL)"
        if len(key) == 1
        else ""
    )
    return (
        f'SELECT r.jurisdiction, {literal(history.bearer)} AS bearer_kind, {who} AS bearer_id, r."$id" AS id,\n'
        f"  {literal(history.measure)} AS measure, '采纳' AS outcome, CAST(r.{quote(history.on)} AS DATE) AS \"on\", CAST([] AS VARCHAR[]) AS findings, '' AS reason,\n"
        f"  '' AS doc_no, {days}\n"
        f"FROM {quote('seen/' + history.record)} r\n{names.joins()}\nWHERE ({where}) AND {who} IS NOT NULL AND r.{quote(history.on)} IS NOT NULL{own}"
    )


# --- what speaks for a bearer

_NOTHING_SPEAKS = (
    "SELECT '' AS fingerprint, '' AS jurisdiction, '' AS bearer_kind, '' AS bearer_id, '' AS id, '' AS title,"
    " CAST([] AS VARCHAR[]) AS records WHERE FALSE"
)


def _speaks(compiler: Compiler) -> Iterator[str]:
    for item in compiler.pack.measures.exculpations:
        for kind in item.bearers:
            if kind in compiler.pack.measures.bearers:
                yield _of_record(compiler, item, kind) if item.record else _of_roster(compiler, item, kind)


def _shown(item: Exculpation, kind: str, records: str) -> str:
    return (
        f"SELECT d.fingerprint, d.jurisdiction, {literal(kind)} AS bearer_kind, d.bearer_id, {literal(item.id)} AS id,\n"
        f"  {literal(item.title)} AS title, {records} AS records FROM {quote(f'judgement/held/{kind}')} d\n"
    )


def _of_record(compiler: Compiler, item: Exculpation, kind: str) -> str:
    """Records of the bearer that meet the condition: the duty's own trigger; or inside the duty's live span, unless the condition
    speaks of `period.`.
    """
    row, bearer = (
        Row(compiler.schema, item.record, "r"),
        Row(compiler.schema, compiler.schema.bearers[kind].record, "b"),
    )
    chain = belonging(compiler.schema, item.record, kind, item.link)
    mine = f"{chain.sql(row)} = d.bearer_id" if chain is not None else "TRUE"  # `where` says whose it is
    names = Names(compiler.schema, row, {"bearer": bearer}, frame_columns())
    where = boolean(item.where, names).sql
    inside = (
        f'r."$id" = d.trigger_id AND list_contains({literal(_triggered_by(compiler, item.record))}, d.obligation)'
        if item.by == "trigger"
        else "TRUE"
        if "period." in item.where
        else 'r."$t" < greatest(d.live_end, d.due) AND r."$t" + INTERVAL 1 DAY > d.live_start'
    )
    return (
        f"{_shown(item, kind, 'list_sort(list(DISTINCT r.' + quote('$id') + '))')}"
        f"LEFT JOIN {quote('bearer/' + kind)} b ON b.piece = d.piece\n"
        f"JOIN {quote('seen/' + item.record)} r ON r.jurisdiction = d.jurisdiction\n{names.joins()}\n"
        f"WHERE {mine} AND {inside} AND ({where}) GROUP BY ALL"
    )


def _triggered_by(compiler: Compiler, record: str) -> list[str]:
    """The obligations whose duties are called into being by a record type."""
    return [one.id for one in compiler.pack.obligations if one.each is not None and one.each.record == record]


def _of_roster(compiler: Compiler, item: Exculpation, kind: str) -> str:
    """Rows of the bearer's roster that hold during the duty's live span and meet the condition."""
    row = Row(compiler.schema, compiler.schema.bearers[kind].record, "p", 'p."$s"')
    names = Names(compiler.schema, row, {"bearer": row}, frame_columns())
    where = boolean(item.where, names).sql
    return (
        f"{_shown(item, kind, 'CAST([] AS VARCHAR[])')}JOIN {quote('bearer/' + kind)} p ON p.jurisdiction = d.jurisdiction AND p.bearer_id = d.bearer_id\n"
        f'  AND p."$s" < greatest(d.live_end, d.due) AND p."$e" > d.live_start\n{names.joins()}\nWHERE ({where}) GROUP BY ALL'
    )
