"""What was not handed in: the days that unproven duties wait for, by who should have sent them."""

from __future__ import annotations

from collections.abc import Sequence

from duban.compile.planner import Compiler
from duban.compile.proof import gaps, needs_of, proof_of
from duban.compile.sql import last_day_end
from duban.pack.obligation import Obligation, handed_in_by
from duban.pack.timing import parse_lag
from duban.sqltext import literal, quote

# Whose days a gap lies in (`proof` is the step that has its proven days), and the duty that waits for them.
WHO = "proof, record, jurisdiction, bearer_id"
GAP = f"{WHO}, waiting"


def plan_missing(compiler: Compiler, obligations: Sequence[Obligation], name: str) -> str:
    """Add the step `name`: (record_type, jurisdiction, sender, missing_from, missing_through, duties), over all obligations.

    Days that are not over yet are not missing.
    """
    asked = [part for obligation in obligations for part in _asked(compiler, obligation)]
    found = [_triggers(compiler, obligation) for obligation in obligations if _blind(compiler, obligation)]
    needed = dict.fromkeys(key for obligation in obligations for key in _proofs(compiler, obligation))
    proven = " UNION ALL ".join(f"SELECT {literal(proof)} AS proof, * FROM {quote(proof)}" for proof, _, _ in needed)
    if asked:
        days = "\n  UNION ALL ".join(asked)
        found.append(gaps(days, proven, GAP, WHO))
    if not found:
        nothing = "SELECT '' AS record_type, '' AS jurisdiction, '' AS sender, DATE '2000-01-01' AS missing_from, DATE '2000-01-01' AS missing_through, 0 AS duties"
        return compiler.add(name, f"{nothing} WHERE FALSE", "everything is taken as complete")
    senders = "\n  UNION ALL ".join(_sender(compiler, *key) for key in needed)
    over = f"least(g.e, {last_day_end(compiler.as_of_sql)})"
    union = "\n  UNION ALL ".join(found)
    return compiler.add(
        name,
        "SELECT g.record AS record_type, g.jurisdiction, coalesce(w.sender, g.bearer_id) AS sender, CAST(g.s AS DATE) AS missing_from,\n"
        f"  CAST({over} - INTERVAL 1 DAY AS DATE) AS missing_through, count(DISTINCT g.waiting) AS duties\n"
        f"FROM ({union}) g LEFT JOIN ({senders}) w USING (proof, jurisdiction, bearer_id)\n"
        f"WHERE g.s < {over} GROUP BY ALL ORDER BY ALL",
        "what was not handed in, and how many duties wait on it",
    )


def _trigger(obligation: Obligation) -> str:
    return obligation.each.record if obligation.each is not None else ""


def _blind(compiler: Compiler, obligation: Obligation) -> bool:
    return bool(_trigger(obligation)) and not compiler.pack.assumes(_trigger(obligation))


def _proofs(compiler: Compiler, obligation: Obligation) -> list[tuple[str, str, str]]:
    """(step of the proven days, kind of bearer, who hands in) of every type whose hand-ins it waits for."""
    records = [need.record for need in needs_of(compiler, obligation.test.needs(_trigger(obligation)))]
    records += [_trigger(obligation)] if _blind(compiler, obligation) else []
    return [
        (
            proof_of(compiler, obligation, record),
            obligation.bearer,
            handed_in_by(obligation, record, compiler.schema.records[record].handed_in_by),
        )
        for record in records
    ]


def _asked(compiler: Compiler, obligation: Obligation) -> list[str]:
    """SQL of (`GAP`, s, e): the days that its unproven duties ask for, one query for each record type."""
    needs = needs_of(compiler, obligation.test.needs(_trigger(obligation)))
    return [
        f"SELECT {literal(proof_of(compiler, obligation, need.record))} AS proof, {literal(need.record)} AS record, q.jurisdiction, q.bearer_id,\n"
        f"  {literal(obligation.id)} || d.fingerprint AS waiting, q.s, q.e FROM {quote(f'{obligation.id}/proof/{index}')} q\n"
        f"  JOIN {quote(obligation.id + '/status')} d USING (duty) WHERE d.status = 'unproven'"
        for index, need in enumerate(needs)
    ]


def _triggers(compiler: Compiler, obligation: Obligation) -> str:
    """The days on which a trigger might lie, of bearers whose blind duty is due; those that may still be on their way not."""
    record = _trigger(obligation)
    lag = compiler.schema.records[record].lag
    until = f"{last_day_end(compiler.as_of_sql)} - INTERVAL ({parse_lag(lag) if lag else 0}) DAY"
    return (
        f"SELECT {literal(proof_of(compiler, obligation, record))} AS proof, {literal(record)} AS record, d.jurisdiction, d.bearer_id,\n"
        f"  {literal(obligation.id)} || d.bearer_id AS waiting, g.s, least(g.e, {until}) AS e FROM {quote(obligation.id + '/blind/status')} d\n"
        f"  JOIN {quote(obligation.id + '/blind/asked')} q USING (jurisdiction, bearer_id)\n"
        f"  JOIN {quote(obligation.id + '/blind/gaps')} g ON g.duty = q.duty WHERE d.due <= {compiler.as_of_sql} AND NOT d.given_fails"
    )


def _sender(compiler: Compiler, proof: str, kind_name: str, by: str) -> str:
    """SQL of (proof, jurisdiction, bearer_id, sender): who should have handed in, by each bearer's newest row."""
    newest = 'QUALIFY row_number() OVER (PARTITION BY jurisdiction, bearer_id ORDER BY "$s" DESC) = 1'
    field_name = by.removeprefix("bearer.") or next(iter(compiler.pack.header.bearers[kind_name].reports_through), "")
    sender = f"CAST({quote(field_name)} AS VARCHAR)" if field_name else "CAST(NULL AS VARCHAR)"
    if by and not by.startswith("bearer."):
        sender = literal(by)
    return f"SELECT {literal(proof)} AS proof, jurisdiction, bearer_id, {sender} AS sender FROM {quote('bearer/' + kind_name)} {newest}"
