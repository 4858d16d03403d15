"""All duties in one table: the numbers beside the status, the sentence that a reader is told, and the alert.

One step for all obligations together: to plan such a statement costs DuckDB as much as to run it, a hundred times over.
What is fixed for an obligation comes from the table `rules`.
"""

from __future__ import annotations

from collections.abc import Sequence

from duban.compile import sql
from duban.compile.planner import Compiler
from duban.compile.sentence import blind_message, concerned, message, speaks_for, wording
from duban.compile.stack import Stack, trigger_of
from duban.conditions import compile_boolean, parse
from duban.pack.names import fixed_columns
from duban.pack.obligation import LEGAL, Obligation
from duban.scope import Names
from duban.sqltext import literal, quote
from duban.verification import IS_CLEARED, verified_duties

# Columns of `duties`, in order.
COLUMNS = (
    "fingerprint, obligation, jurisdiction, bearer_kind, bearer_id, bearer_name, town, trigger_id, period_start, period_end, "
    "due, status, enforceable, required, observed, shortfall, days_left, days_overdue, attainable, live_start, live_end, "
    "done_at, message, speaks_for, data_through, evidence, source, last_act, last_received, kind, ground, basis, alert, elapsed, "
    "past_expected, marks, about_kind, about_id, waived_by"
)


def plan_duties_table(compiler: Compiler, stacks: Sequence[Stack], blind: Sequence[str], name: str) -> str:
    """Add the steps `rules` and `name`; `blind` are the tables of blind duties."""
    obligations = [obligation for stack in stacks for obligation in stack.obligations]
    if not obligations:
        raise ValueError("a plan needs at least one obligation")
    compiler.add("rules", _rules(compiler, obligations), "what is fixed for each obligation")
    body = _judged(compiler, stacks)
    if blind:
        body += f"\nUNION ALL BY NAME\n{_blind(compiler, blind)}"
    return compiler.add(name, _alerted(compiler, body), "all duties")


def _rules(compiler: Compiler, obligations: Sequence[Obligation]) -> str:
    """(obligation, bearer_kind, title, … , frame, asks): one row for each obligation."""
    rows = []
    for item in obligations:
        start, end = compiler.pack.window(item)
        rows.append(
            {
                "obligation": item.id,
                "bearer_kind": item.bearer,
                **wording(compiler.pack, item),
                "ground": item.ground,
                "basis": item.basis,
                "alert": item.alert,
                "by_day": item.test.by_day,
                "about_kind": (concerned(compiler.pack, item) or ("", ""))[1],
                "evidence_type": item.test.evidence_of(trigger_of(item)),
                "proof_needed": item.test.needs_proof,
                "always_late": item.test.late == "always",
                "by_person": bool(item.manual),
                "with_by": bool(item.by),
                "while_open": item.test.word in ("done", "respond"),  # a waiver holds only as long as it lasts
                "waivable": item.basis != LEGAL,
                "given": item.given.at_least if item.given is not None else None,
                "window_start": start,
                "window_end": end,
                **compiler.fixed[item.id],
            }
        )
    values = ",\n".join(f"({', '.join(literal(value) for value in row.values())})" for row in rows)
    typed = "CAST(given AS DOUBLE) AS given, CAST(window_start AS DATE) AS window_start, CAST(window_end AS DATE) AS window_end"
    return f"SELECT * REPLACE ({typed}) FROM (VALUES\n{values}) AS v({', '.join(rows[0])})"


def _union(names: Sequence[str]) -> str:
    return "\n  UNION ALL ".join(f"FROM {quote(name)}" for name in names)


def _judged(compiler: Compiler, stacks: Sequence[Stack]) -> str:
    as_of = compiler.as_of_sql
    today, due_day = sql.due_day(as_of), sql.due_day("s.due")
    left = f"CASE WHEN s.status = 'pending' AND s.due < {sql.END} THEN CAST(date_diff('day', {today}, {due_day}) AS INTEGER) END"
    overdue = (
        f"CASE WHEN s.status = 'late' OR (s.status = 'manual' AND s.done_at IS NOT NULL) THEN date_diff('day', {due_day}, CAST(s.done_at AS DATE))\n"
        f"    WHEN s.status IN ('breached', 'manual', 'unproven') AND s.due <= {as_of} THEN date_diff('day', {due_day}, {today}) END"
    )
    shortfall = "greatest(s.required - s.observed, 0)"
    last = "least(s.live_end, s.due)"
    days = f"date_diff('day', CAST({as_of} AS DATE), {sql.due_day(last)}) + 1"
    attainable = f"{last} > {as_of} AND (NOT r.by_day OR {shortfall} <= {days})"
    share = f"(epoch({as_of}) - epoch(s.live_start)) / nullif(epoch(s.due) - epoch(s.live_start), 0)"
    statuses = _union([stack.step("status") for stack in stacks])
    evidence = _union([stack.step("evidence") for stack in stacks])
    return (
        f"SELECT {COLUMNS} FROM (SELECT s.fingerprint, s.obligation, s.jurisdiction, r.bearer_kind, s.bearer_id, s.bearer_name, s.town,\n"
        f"  s.trigger_id, s.period_start, s.period_end, nullif(s.due, {sql.END}) AS due, s.status, s.enforceable, s.required, s.observed,\n"
        f"  {shortfall} AS shortfall, {left} AS days_left, CAST({overdue} AS INTEGER) AS days_overdue,\n"
        f"  CASE WHEN s.status = 'pending' THEN coalesce({attainable}, FALSE) END AS attainable, s.live_start, s.live_end, s.done_at,\n"
        f"  {message(as_of)} AS message, {speaks_for()} AS speaks_for, CAST(s.through - INTERVAL 1 DAY AS DATE) AS data_through,\n"
        "  coalesce(e.ids, []) AS evidence, coalesce(e.places, []) AS source, e.last_act, e.last_received,\n  r.kind, r.ground, r.basis, r.alert,\n"
        f"  CASE WHEN s.due < {sql.END} THEN {share} END AS elapsed, coalesce(s.expected <= {as_of} AND NOT s.timely, FALSE) AS past_expected,\n"
        "  list_sort(s.marks) AS marks, r.about_kind, s.about_id,\n"
        "  CASE WHEN s.status = 'waived' THEN s.waivers ELSE [] END AS waived_by\n"
        f'FROM ({statuses}) s JOIN "rules" r USING (obligation)\nLEFT JOIN ({evidence}) e USING (obligation, duty)\n'
        'LEFT JOIN "waiver" w ON w.n = s.waivers[1])'
    )


def _blind(compiler: Compiler, blind: Sequence[str]) -> str:
    """The duties of bearers whose triggers cannot be known; the columns that are not named are empty."""
    as_of = compiler.as_of_sql
    return (
        "SELECT s.fingerprint, s.obligation, s.jurisdiction, r.bearer_kind, s.bearer_id, s.bearer_name, s.town, '' AS trigger_id,\n"
        f"  s.due, CASE WHEN s.given_fails THEN 'not_applicable' WHEN {as_of} < s.due THEN 'pending' ELSE 'unproven' END AS status, NOT s.advised AS enforceable,\n"
        f"  s.live_start, s.live_end, {blind_message(as_of)} AS message, '' AS speaks_for, [] AS evidence, [] AS source,\n"
        "  r.kind, r.ground, r.basis, r.alert, FALSE AS past_expected, [] AS marks, '' AS about_kind, [] AS waived_by\n"
        f'FROM ({_union(blind)}) s JOIN "rules" r USING (obligation)'
    )


def _alerted(compiler: Compiler, body: str) -> str:
    """Judged duties with what was found about each, and the first alert level whose condition holds: none once it is cleared."""
    names = Names(compiler.schema, columns=fixed_columns())
    levels = "".join(
        f"WHEN {compile_boolean(parse(alert.where), names).sql} THEN {literal(alert.level)} "
        for alert in compiler.pack.header.alerts
    )
    rest = "''" if levels else "alert"
    alert = f"CASE WHEN {IS_CLEARED} THEN '' {levels}ELSE {rest} END"
    return f"SELECT d.* REPLACE ({alert} AS alert) FROM (\n{verified_duties(body)}\n) d"
