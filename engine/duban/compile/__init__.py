"""Pack + as_of + known_by → a plan of named SQL steps.

Top to bottom: the views of the records, then per obligation frames → live duties → test → proof → status, and at the end one
table of all duties and one of what is missing.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from duban.compile.frames import plan_frames
from duban.compile.live import plan_duties
from duban.compile.planner import Compiler, in_order
from duban.compile.proof import plan_blind, plan_lines, plan_proof
from duban.compile.sql import last_day_end
from duban.compile.status import COLUMNS, plan_judgement
from duban.compile.views import bearers, seen, spans, workdays
from duban.conditions import compile_boolean, parse
from duban.kinds.base import Need
from duban.model import Plan
from duban.pack.names import fixed_columns
from duban.pack.obligation import Obligation, handed_in_by
from duban.pack.pack import Pack
from duban.pack.timing import parse_lag
from duban.scope import Names
from duban.sqltext import literal, quote

RESULT, MISSING = "duties", "missing"


def compile_pack(pack: Pack, as_of: datetime, known_by: datetime, only: Iterable[str] = ()) -> Plan:
    """The plan of a linted pack; `only` limits it to some obligations. Drafts are judged only where they are named."""
    compiler = Compiler(pack, as_of, known_by)
    _plan_views(compiler)
    chosen = set(only)
    obligations = [item for item in pack.obligations if (item.id in chosen if chosen else not item.draft)]
    judged = [_plan_obligation(compiler, obligation) for obligation in obligations]
    for scan in compiler.scans.values():
        compiler.steps += scan.steps()
    gaps = [_plan_missing(compiler, obligation) for obligation in obligations]
    compiler.add(RESULT, _alerted(compiler, judged), "all duties")
    compiler.add(MISSING, _missing(gaps), "what was not handed in, and how many duties wait on it")
    # One obligation after the other, so that its tables can go before the next one's come.
    wanted = [name for pair in zip(judged, gaps, strict=True) for name in pair]
    loose = tuple(f"{scan.name}/loose" for scan in compiler.scans.values())
    return Plan(in_order(compiler.steps, [*wanted, RESULT, MISSING]), RESULT, MISSING, loose)


def _plan_views(compiler: Compiler) -> None:
    pack = compiler.pack
    compiler.steps.append(workdays(pack.calendar))
    for name, record in pack.records.items():
        compiler.steps += seen(compiler.schema, name, compiler.as_of_sql, compiler.known_by_sql)
        if record.span is not None and record.key:
            compiler.steps.append(spans(name, record))
    for kind_name, kind in pack.header.bearers.items():
        compiler.steps += bearers(kind_name, kind, pack)
    approved = f"CAST(approved_on AS TIMESTAMP) < {compiler.known_by_sql}"
    compiler.add("waiver", f"SELECT * FROM raw_waiver WHERE {approved}", "waivers approved by known_by")
    plan_lines(compiler)


def _plan_obligation(compiler: Compiler, obligation: Obligation) -> str:
    """The steps of one obligation; returns the table of its judged duties."""
    compiler.obligation = obligation
    duty = plan_frames(compiler, obligation)
    plan_duties(compiler, obligation, duty)
    result = obligation.test.plan(duty, compiler, f"{obligation.id}/test")
    needs = obligation.test.needs(duty.trigger)
    proof = plan_proof(compiler, obligation, duty, needs, f"{obligation.id}/proof")
    if obligation.given is not None:
        plan_proof(compiler, obligation, duty, (Need(obligation.given.record),), f"{obligation.id}/given/proof")
    blind = plan_blind(compiler, obligation, duty) if duty.trigger and not compiler.pack.assumes(duty.trigger) else ""
    return plan_judgement(compiler, obligation, duty, result, proof, blind)


def _alerted(compiler: Compiler, judged: list[str]) -> str:
    """All judged duties in one table, each with the first alert level whose condition holds."""
    names = Names(compiler.schema, columns=fixed_columns())
    levels = "".join(
        f"WHEN {compile_boolean(parse(alert.where), names).sql} THEN {literal(alert.level)} "
        for alert in compiler.pack.header.alerts
    )
    alert = f"CASE {levels}ELSE '' END" if levels else "alert"
    parts = "\nUNION ALL\n".join(f"SELECT {COLUMNS} FROM {quote(name)}" for name in judged)
    if not parts:
        raise ValueError("a plan needs at least one obligation")
    return f"SELECT d.* REPLACE ({alert} AS alert) FROM (\n{parts}\n) d"


def _plan_missing(compiler: Compiler, obligation: Obligation) -> str:
    """`ID/missing`: (record, jurisdiction, sender, s, e, fingerprint): what each unproven duty waits for.

    Days that are not over yet are not missing.
    """
    newest = (
        f"(SELECT * FROM {quote('bearer/' + obligation.bearer)}\n"
        '  QUALIFY row_number() OVER (PARTITION BY jurisdiction, bearer_id ORDER BY "$s" DESC) = 1)'
    )
    who = f"LEFT JOIN {newest} b ON b.jurisdiction = d.jurisdiction AND b.bearer_id = d.bearer_id"
    records = dict.fromkeys(
        need.record for need in obligation.test.needs(obligation.each.record if obligation.each else "")
    )
    senders = " ".join(f"WHEN {literal(record)} THEN {_sender(compiler, obligation, record)}" for record in records)
    parts = [
        f"SELECT g.record, d.jurisdiction, coalesce(CASE g.record {senders} END, d.bearer_id) AS sender, g.s, g.e, d.fingerprint\n"
        f"FROM {quote(obligation.id + '/proof/gaps')} g JOIN {quote(obligation.id + '/status')} d USING (duty) {who}\n"
        "WHERE d.status = 'unproven'"
    ]
    if obligation.each is not None and not compiler.pack.assumes(obligation.each.record):
        parts.append(_missing_triggers(compiler, obligation, obligation.each.record, who))
    union = "\nUNION ALL\n".join(parts)
    over = f"least(e, {last_day_end(compiler.as_of_sql)})"
    body = f"SELECT * REPLACE ({over} AS e) FROM (\n{union}\n) WHERE s < {over}"
    return compiler.add(f"{obligation.id}/missing", body, "what its unproven duties wait for")


def _missing_triggers(compiler: Compiler, obligation: Obligation, record: str, who: str) -> str:
    """The days on which a trigger might lie, of bearers whose blind duty is due; those that may still be on their way not."""
    lag = compiler.schema.records[record].lag
    until = f"{last_day_end(compiler.as_of_sql)} - INTERVAL ({parse_lag(lag) if lag else 0}) DAY"
    return (
        f"SELECT g.record, d.jurisdiction, coalesce({_sender(compiler, obligation, record)}, d.bearer_id), g.s, least(g.e, {until}), d.bearer_id\n"
        f"FROM {quote(obligation.id + '/blind')} d JOIN {quote(obligation.id + '/blind/asked')} q USING (jurisdiction, bearer_id)\n"
        f"JOIN {quote(obligation.id + '/blind/gaps')} g ON g.duty = q.duty {who} WHERE d.due <= {compiler.as_of_sql}"
    )


def _sender(compiler: Compiler, obligation: Obligation, record: str) -> str:
    """SQL of who should have handed in a record type; `b` is the bearer's newest row. NULL: the bearer itself."""
    by = handed_in_by(obligation, record, compiler.schema.records[record].handed_in_by)
    if by and not by.startswith("bearer."):
        return literal(by)
    kind = compiler.pack.header.bearers[obligation.bearer]
    field_name = by.removeprefix("bearer.") or next(iter(kind.reports_through), "")
    return f"CAST(b.{quote(field_name)} AS VARCHAR)" if field_name else "CAST(NULL AS VARCHAR)"


def _missing(gaps: list[str]) -> str:
    """(record_type, jurisdiction, sender, missing_from, missing_through, duties), over all obligations."""
    union = "\nUNION ALL\n".join(f"SELECT *, {literal(name)} AS obligation FROM {quote(name)}" for name in gaps)
    return (
        "SELECT record AS record_type, jurisdiction, sender, CAST(s AS DATE) AS missing_from,\n"
        "  CAST(e - INTERVAL 1 DAY AS DATE) AS missing_through, count(DISTINCT obligation || fingerprint) AS duties\n"
        f"FROM ({union}) GROUP BY ALL ORDER BY ALL"
    )
