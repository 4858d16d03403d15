"""What was not handed in: the days that unproven duties wait for, by who should have sent them."""

from __future__ import annotations

from collections.abc import Sequence

from duban.compile.planner import Compiler
from duban.compile.proof import gaps, needs_of, proof_of
from duban.compile.sql import last_day_end
from duban.compile.stack import Stack, trigger_of
from duban.pack.obligation import Obligation, handed_in_by
from duban.sqltext import literal, quote

# Whose days a gap lies in (`proof` is the step that has its proven days), and the duty that waits for them.
WHO = "proof, record, jurisdiction, bearer_id"
GAP = f"{WHO}, waiting"


def plan_missing(compiler: Compiler, stacks: Sequence[Stack], name: str) -> str:
    """Add the step `name`: (record_type, jurisdiction, sender, missing_from, missing_through, duties), over all obligations.

    Days that are not over yet are not missing.
    """
    asked = [_asked(stack) for stack in stacks if _waiting(compiler, stack)]
    found = [_triggers(compiler, stack) for stack in stacks if blind_of(compiler, stack)]
    needed = dict.fromkeys(
        key for stack in stacks for obligation in stack.obligations for key in _proofs(compiler, obligation)
    )
    steps = dict.fromkeys(proof for proof, _, _ in needed)
    proven = " UNION ALL ".join(f"SELECT {literal(proof)} AS proof, * FROM {quote(proof)}" for proof in steps)
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


def blind_of(compiler: Compiler, stack: Stack) -> list[Obligation]:
    """The obligations whose triggers may not have been handed in."""
    return [item for item in stack.obligations if _blind(compiler, item)]


def _blind(compiler: Compiler, obligation: Obligation) -> bool:
    return bool(trigger_of(obligation)) and not compiler.pack.assumes(trigger_of(obligation))


def _waiting(compiler: Compiler, stack: Stack) -> bool:
    """Whether anything that its tests read must be proven."""
    return any(needs_of(compiler, item.test.needs(trigger_of(item))) for item in stack.obligations)


def _proofs(compiler: Compiler, obligation: Obligation) -> list[tuple[str, str, str]]:
    """(step of the proven days, kind of bearer, who hands in) of every type whose hand-ins it waits for."""
    records = [need.record for need in needs_of(compiler, obligation.test.needs(trigger_of(obligation)))]
    records += [trigger_of(obligation)] if _blind(compiler, obligation) else []
    return [
        (
            proof_of(compiler, obligation, record),
            obligation.bearer,
            handed_in_by(obligation, record, compiler.schema.records[record].handed_in_by),
        )
        for record in records
    ]


def _asked(stack: Stack) -> str:
    """SQL of (`GAP`, s, e): the days that unproven duties ask for."""
    return (
        "SELECT q.proof, q.record, q.jurisdiction, q.bearer_id, d.obligation || d.fingerprint AS waiting, q.s, q.e\n"
        f"  FROM {quote(stack.step('proof/asked'))} q JOIN {quote(stack.step('status'))} d USING (duty) WHERE d.status = 'unproven'"
    )


def _triggers(compiler: Compiler, stack: Stack) -> str:
    """The days on which a trigger might lie, of bearers whose blind duty is due; those that may still be on their way not."""
    until = f"{last_day_end(compiler.as_of_sql)} - INTERVAL 1 DAY * coalesce(q.lag, 0)"
    return (
        "SELECT q.proof, q.record, d.jurisdiction, d.bearer_id, d.obligation || d.bearer_id AS waiting, g.s,\n"
        f"  least(g.e, {until}) AS e FROM {quote(stack.step('blind/status'))} d\n"
        f"  JOIN {quote(stack.step('blind/asked'))} q USING (obligation, jurisdiction, bearer_id)\n"
        f"  JOIN {quote(stack.step('blind/gaps'))} g ON g.duty = q.duty WHERE d.due <= {compiler.as_of_sql} AND NOT d.given_fails"
    )


def _sender(compiler: Compiler, proof: str, kind_name: str, by: str) -> str:
    """SQL of (proof, jurisdiction, bearer_id, sender): who should have handed in, by each bearer's newest row."""
    newest = 'QUALIFY row_number() OVER (PARTITION BY jurisdiction, bearer_id ORDER BY "$s" DESC) = 1'
    field_name = by.removeprefix("bearer.") or next(iter(compiler.pack.header.bearers[kind_name].reports_through), "")
    sender = f"CAST({quote(field_name)} AS VARCHAR)" if field_name else "CAST(NULL AS VARCHAR)"
    if by and not by.startswith("bearer."):
        sender = literal(by)
    return f"SELECT {literal(proof)} AS proof, jurisdiction, bearer_id, {sender} AS sender FROM {quote('bearer/' + kind_name)} {newest}"
