"""What has been handed in: proven days, whether a duty's data is complete, and the gaps (docs/semantics.md §6)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, time, timedelta
from typing import Any

from duban.compile import sql
from duban.compile.planner import Compiler
from duban.compile.stack import Stack, listed, trigger_of, union
from duban.conditions import Column
from duban.kinds.base import DutyTable, Need, exists_by, period_start, rows_of, step_interval
from duban.model import Step
from duban.pack.names import frame_columns
from duban.pack.obligation import Obligation, handed_in_by
from duban.pack.timing import parse_lag
from duban.scope import Names
from duban.sqltext import literal, quote


def plan_lines(compiler: Compiler) -> None:
    """`manifest/lines`: what each hand-in covers, known by known_by; a hand-in covers no day after it was handed in."""
    received = 'coalesce("received_at$bare", FALSE)'
    known = f"received_at IS NULL AND CAST(covered_through AS TIMESTAMP) < {compiler.known_by_sql}"
    known += f" OR {exists_by('received_at', received, compiler.known_by_sql)}"
    compiler.add(
        "manifest/lines",
        "SELECT jurisdiction, sender, coalesce(subject, sender) AS subject, record_type,\n"
        "  CAST(covered_from AS TIMESTAMP) AS s,\n"
        "  least(CAST(covered_through AS TIMESTAMP), CAST(CAST(received_at AS DATE) AS TIMESTAMP)) + INTERVAL 1 DAY AS e\n"
        f"FROM raw_manifest WHERE sender IS NOT NULL AND record_type IS NOT NULL AND ({known})",
        "hand-ins that count, and the days that they cover",
    )


def proof_of(compiler: Compiler, obligation: Obligation, record: str) -> str:
    """The step that has a type's proven days, `proven/K[/sender]`: by the kind of bearer, and who may hand in for it.

    It has those of each type that was asked for: (jurisdiction, bearer_id, record, s, e), merged spans of days. Added when it is
    first asked for.
    """
    by = handed_in_by(obligation, record, compiler.schema.records[record].handed_in_by)
    name = f"proven/{obligation.bearer}" + (f"/{by}" if by else "")
    records = compiler.proven.setdefault(name, [])
    if record not in records:
        records.append(record)
        proven = Step(name, _proven(compiler, obligation.bearer, by, records), "days on which each type was handed in")
        compiler.steps[:] = [step for step in compiler.steps if step.name != name] + [proven]
    return name


def _proven_of(asked: Iterable[tuple[str, str]]) -> str:
    """SQL of (proof, record, jurisdiction, bearer_id, s, e): what the named steps have of the types, as (step, record type)."""
    records: dict[str, list[str]] = {}
    for proof, record in dict.fromkeys(asked):
        records.setdefault(proof, []).append(record)
    return "({})".format(
        " UNION ALL ".join(
            f"SELECT {literal(proof)} AS proof, record, jurisdiction, bearer_id, s, e FROM {quote(proof)}"
            f" WHERE record IN ({', '.join(map(literal, names))})"
            for proof, names in records.items()
        )
    )


def _proven(compiler: Compiler, kind_name: str, by: str, records: Sequence[str]) -> str:
    """Merged once for all bearers that the same parties hand in for, of which there are far fewer; cut to each bearer's span."""
    handing = senders(compiler, kind_name, by)
    own = "jurisdiction, bearer_id, record"
    return (
        'WITH lines AS (SELECT * RENAME (record_type AS record) FROM "manifest/lines"\n'
        f"  WHERE s < e AND record_type IN ({', '.join(map(literal, records))})),\n"
        "named AS (SELECT jurisdiction, sender AS party FROM lines UNION SELECT jurisdiction, subject FROM lines),\n"
        'held AS MATERIALIZED (SELECT b.piece, b.jurisdiction, b.bearer_id, b."$s", b."$e", list_sort(list(party)) AS parties\n'
        f'  FROM (SELECT piece, jurisdiction, bearer_id, "$s", "$e", unnest(list_distinct({handing})) AS party FROM {quote("bearer/" + kind_name)} b) b\n'
        "  SEMI JOIN named USING (jurisdiction, party) GROUP BY ALL),\n"
        "spans AS (SELECT h.jurisdiction, h.parties, l.record, l.s, l.e\n"
        "  FROM (SELECT *, unnest(parties) AS sender FROM (SELECT DISTINCT jurisdiction, parties FROM held)) h\n"
        "  JOIN lines l ON l.jurisdiction = h.jurisdiction AND l.sender = h.sender AND list_contains(h.parties, l.subject)),\n"
        'cut AS MATERIALIZED (SELECT h.jurisdiction, h.bearer_id, m.record, greatest(h."$s", m.s) AS s, least(h."$e", m.e) AS e\n'
        f"  FROM held h JOIN ({_merged('spans', 'jurisdiction, parties, record')}) m USING (jurisdiction, parties)\n"
        '  WHERE h."$s" < m.e AND m.s < h."$e"),\n'
        "several AS (SELECT jurisdiction, bearer_id FROM held GROUP BY ALL HAVING count(*) > 1)\n"
        f"SELECT {own}, s, e FROM cut ANTI JOIN several USING (jurisdiction, bearer_id)\n"
        f"UNION ALL {_merged('(FROM cut SEMI JOIN several USING (jurisdiction, bearer_id))', own)}"
    )


def _merged(spans: str, groups: str) -> str:
    """SQL of (`groups`, s, e): the spans of each group as runs that do not touch."""
    before = "ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING"
    return (
        f"SELECT {groups}, min(s) AS s, max(e) AS e FROM (\n"
        "  SELECT *, sum(CASE WHEN before IS NULL OR s > before THEN 1 ELSE 0 END)\n"
        f"    OVER (PARTITION BY {groups} ORDER BY s, e) AS island\n"
        f"  FROM (SELECT *, max(e) OVER (PARTITION BY {groups} ORDER BY s, e {before}) AS before FROM {spans})\n"
        f") GROUP BY {groups}, island"
    )


def senders(compiler: Compiler, kind_name: str, by: str) -> str:
    """SQL of the list of those whose hand-ins prove a bearer's days; `b` is a span of the bearer."""
    if by.startswith("bearer."):
        return f"[CAST(b.{quote(by.removeprefix('bearer.'))} AS VARCHAR)]"
    if by:
        return f"[{literal(by)}]"
    kind = compiler.schema.bearers[kind_name]
    found = "[b.bearer_id]"
    for field_name in kind.reports_through:
        spec = compiler.schema.records[kind.record].field(field_name)
        listed = spec is not None and spec.type == "list"
        value = f"b.{quote(field_name)}" if listed else f"[CAST(b.{quote(field_name)} AS VARCHAR)]"
        found = f"list_concat({found}, {value})"
    return found


def plan_proof(
    compiler: Compiler, duties: Sequence[DutyTable], needs: Callable[[DutyTable], tuple[Need, ...]], name: str
) -> str:
    """(duty, proven, through): P of each duty, and the last proven day of the type that reaches least far.

    The days asked for stand in `NAME/asked`: (duty, proof, record, jurisdiction, bearer_id, s, e); `proof` is the step of the proven days.
    """
    asked: dict[str, list[tuple[DutyTable, Need]]] = {}  # SQL of the days -> who asks so
    for duty in duties:
        for need in needs_of(compiler, needs(duty)):
            asked.setdefault(_asked(compiler, duty, need), []).append((duty, need))
    table = duties[0].rows if len(duties) == 1 else rows_of(duties)
    if not asked:
        return compiler.add(
            name,
            f"SELECT duty, TRUE AS proven, CAST(NULL AS TIMESTAMP) AS through FROM {table}",
            "all taken as complete",
        )
    proofs = {
        (duty.obligation, need.record): proof_of(compiler, compiler.obligations[duty.obligation], need.record)
        for group in asked.values()
        for duty, need in group
    }
    days = "\nUNION ALL\n".join(_days(days, group, proofs) for days, group in asked.items())
    step = compiler.add(f"{name}/asked", days, "days of each type that must be proven")
    proven = _proven_of((proof, record) for (_, record), proof in proofs.items())
    return compiler.add(
        name,
        f"WITH runs AS (SELECT proof, record, jurisdiction, bearer_id, list({{'s': s, 'e': e}}) AS runs, max(e) AS e\n"
        f"  FROM {proven} GROUP BY ALL)\n"
        f"SELECT d.duty, coalesce(u.covered, TRUE) AS proven, u.through\nFROM {table} d LEFT JOIN (\n"
        "  SELECT q.duty, bool_and(r.runs IS NOT NULL AND list_bool_or(list_transform(r.runs, lambda x: x.s <= q.s AND x.e >= q.e))) AS covered,\n"
        f"    min(r.e) AS through FROM {quote(step)} q LEFT JOIN runs r USING (proof, record, jurisdiction, bearer_id) GROUP BY q.duty\n"
        ") u USING (duty)",
        "is the data complete?",
    )


def _days(days: str, group: list[tuple[DutyTable, Need]], proofs: Mapping[tuple[str, str], str]) -> str:
    """SQL of the days that some obligations ask for, of whatever type; `days` says of `who` which these are."""
    wanted = [(duty.obligation, need.record, proofs[duty.obligation, need.record]) for duty, need in group]
    rows = quote(group[0][0].name)
    who = f"(SELECT d.*, k.record, k.proof FROM {rows} d JOIN {listed(wanted, 'k', 'obligation', 'record', 'proof')} USING (obligation))"
    return days.replace(_WHO, who)


_WHO = "$who"


def needs_of(compiler: Compiler, needs: tuple[Need, ...]) -> list[Need]:
    """The needs that hand-ins must prove, in order: those of types that are not taken as complete."""
    return [need for need in needs if not compiler.pack.assumes(need.record)]


def _asked(compiler: Compiler, duty: DutyTable, need: Need) -> str:
    """SQL of whole days that must be proven, out of the relation `$who`: duties, with the record type."""
    if need.period:
        return _asked_of_period(compiler, duty, need)
    until = "least(seg.e, due)"
    return (
        f"SELECT duty, proof, record, jurisdiction, bearer_id, {sql.first_day('seg.s')} AS s, {sql.last_day_end(until)} AS e\n"
        f"FROM (SELECT duty, proof, record, jurisdiction, bearer_id, due, unnest(segs) AS seg FROM {_WHO}) WHERE seg.s < {until}"
    )


def _asked_of_period(compiler: Compiler, duty: DutyTable, need: Need) -> str:
    """The days of the period (or of the one before) up to due, as far as the window and the bearer's existence reach."""
    a, b = "d.full_a", "d.full_b"
    if need.period == "previous":
        a, b = f"(d.full_a - {step_interval(duty.unit)})", "d.full_a"
    window_a, window_b = compiler.day_span(compiler.obligations[duty.obligation])
    s, e = f'greatest({a}, {window_a}, p."$s")', f'least({b}, d.due, {window_b}, p."$e")'
    return (
        f"SELECT duty, proof, record, jurisdiction, bearer_id, {sql.first_day('s')} AS s, {sql.last_day_end('e')} AS e\n"
        f"FROM (SELECT d.duty, d.proof, d.record, d.jurisdiction, d.bearer_id, {s} AS s, {e} AS e FROM {_WHO} d\n"
        f"  JOIN {quote('bearer/' + duty.bearer)} p ON p.jurisdiction = d.jurisdiction AND p.bearer_id = d.bearer_id\n"
        "  WHERE d.full_a IS NOT NULL) WHERE s < e"
    )


def gaps(asked: str, proven: str, keys: str = "duty", who: str = "jurisdiction, bearer_id") -> str:
    """SQL of (`keys`, s, e): what is left of the asked days between the proven ones.

    `asked` (with `keys`) and `proven` are queries with s, e and the columns `who` that tell whose days they are.
    """
    same = " AND ".join(f"p.{column} = q.{column}" for column in who.split(", "))
    own = ", ".join(f"q.{key}" for key in keys.split(", "))
    following = f"coalesce(lead(s) OVER (PARTITION BY {who} ORDER BY s), {sql.END})"
    return (
        f"SELECT {keys}, g.s, g.e FROM (WITH runs AS MATERIALIZED ({proven}),\n"
        f"  holed AS MATERIALIZED (SELECT q.* FROM ({asked}) q ANTI JOIN runs p ON {same} AND p.s <= q.s AND p.e >= q.e),\n"
        f"  near AS (SELECT *, {following} AS following FROM (FROM runs SEMI JOIN holed USING ({who})))\n"
        f"  SELECT {own}, q.e AS stop, unnest(list_concat([{{'lo': q.s, 'hi': coalesce(min(p.s), q.e)}}],\n"
        "    list({'lo': p.e, 'hi': p.following} ORDER BY p.s) FILTER (p.s IS NOT NULL))) AS hole\n"
        f"  FROM holed q LEFT JOIN near p ON {same} AND p.e > q.s AND p.s < q.e GROUP BY {own}, q.s, q.e\n"
        "), LATERAL (SELECT hole.lo AS s, least(hole.hi, stop) AS e) g WHERE g.s < g.e"
    )


def plan_blind(compiler: Compiler, stack: Stack, blind: Sequence[Obligation], pieces: Sequence[str]) -> str:
    """`ID/blind`: bearers whose triggers cannot be known, because the trigger's type was not handed in throughout.

    Such a duty waits like any other: due when a trigger on the first unproven day would be, at the earliest; and not before
    that day would normally have been handed in (`lag`).
    """
    asking = [_asking(compiler, obligation) for obligation in blind]
    known = listed([list(row.values()) for row in asking], "k", *asking[0])
    until = f"least(k.window_b, {compiler.as_of_sql})"
    alive = (
        f"SELECT k.obligation, k.record, k.proof, k.lag, k.until, jurisdiction, bearer_id, greatest(p.s, k.window_a) AS live_start,\n"
        f"  least(p.e, k.until) AS live_end FROM {union(pieces)} p JOIN (SELECT k.*, {until} AS until FROM {known}) k USING (asks)\n"
        "WHERE p.applies IS DISTINCT FROM FALSE AND p.s < k.until AND p.e > k.window_a"
    )
    days = f"{sql.first_day('live_start')} AS s, {sql.last_day_end('live_end')} AS e"
    asked = compiler.add(
        stack.step("blind/asked"),
        f"SELECT row_number() OVER () AS duty, *, {days} FROM (\n{alive}\n) WHERE live_start < live_end",
        "days on which a trigger might lie",
    )
    proven = _proven_of((row["proof"], row["record"]) for row in asking)
    holes = gaps(f"FROM {quote(asked)}", f"FROM {proven}", who="proof, record, jurisdiction, bearer_id")
    missing = compiler.add(stack.step("blind/gaps"), holes, "days of them that were not handed in")
    first = (
        "SELECT q.obligation, q.lag, q.until, q.jurisdiction, q.bearer_id, min(q.live_start) AS live_start, max(q.live_end) AS live_end,\n"
        "  min(g.s) AS s, max(g.e) AS e, list(DISTINCT {'s': q.live_start, 'e': q.live_end}) AS segs\n"
        f"FROM {quote(asked)} q LEFT JOIN {quote(missing)} g USING (duty) GROUP BY ALL HAVING count(g.s) > 0"
    )
    dues = {item.id: _earliest_due(compiler, item, "d.until") for item in blind}
    rolls = {item.id for item in blind if compiler.rolls(item) and dues[item.id] != "d.until"}
    rolled = _cases({name: sql.rolled("d.unrolled") if name in rolls else "d.unrolled" for name in dues})
    lag = "coalesce(d.s + INTERVAL 1 DAY * (d.lag + 1), d.rolled)"  # the first such day may still be on its way
    return compiler.add(
        stack.step("blind"),
        f"SELECT d.* EXCLUDE (lag, until, unrolled, rolled), greatest(d.rolled, {lag}) AS due FROM (SELECT d.*, {rolled} AS rolled\n"
        f"FROM (SELECT d.*, {_cases(dues)} AS unrolled FROM ({first}) d) d) d",
        "bearers whose triggers were not handed in",
    )


def _asking(compiler: Compiler, obligation: Obligation) -> dict[str, Any]:
    """What is fixed for the blind duties of an obligation."""
    record = trigger_of(obligation)
    lag = compiler.schema.records[record].lag
    start, end = compiler.pack.window(obligation)
    return {
        "obligation": obligation.id,
        "asks": compiler.fixed[obligation.id]["asks"],
        "record": record,
        "proof": proof_of(compiler, obligation, record),
        "lag": parse_lag(lag) if lag else None,
        "window_a": datetime.combine(start, time.min) if start else datetime.min,
        "window_b": datetime.combine(end, time.min) + timedelta(days=1) if end else datetime(9999, 12, 31),
    }


def _cases(texts: Mapping[str, str]) -> str:
    """SQL on a row `d` that is another for some obligations."""
    groups: dict[str, list[str]] = {}
    for name, text in texts.items():
        groups.setdefault(text, []).append(name)
    if len(groups) == 1:
        return next(iter(groups))
    whens = "".join(
        f"\n  WHEN d.obligation IN ({', '.join(map(literal, names))}) THEN {text}" for text, names in groups.items()
    )
    return f"CASE{whens} END"


def _earliest_due(compiler: Compiler, obligation: Obligation, otherwise: str) -> str:
    """SQL of the due that a trigger on the day `d.s` would have; `otherwise` where its own fields decide that."""
    unit, by = obligation.unit, compiler.by(obligation.by) if obligation.by else None
    period = f"CAST({period_start(unit, 'd.s')} AS TIMESTAMP)" if unit else "d.s"
    following = f"({period} + {step_interval(unit)})" if unit else "d.s"
    if obligation.reconcile is not None or obligation.before:
        return otherwise
    if by is not None:
        named = {parts[0] for parts in by.expression.names()} if by.expression is not None else set()
        if named - {"param", "window", "period"}:
            return otherwise
        columns = frame_columns(*compiler.window(obligation))
        columns["period.start"] = Column(f"CAST({period} AS DATE)", "date")
        columns["period.end"] = Column(f"CAST({following} - INTERVAL 1 DAY AS DATE)", "date")
        return sql.due(by, Names(compiler.schema, columns=columns), period, following)
    if obligation.within:
        return sql.shift("CAST(d.s AS DATE)", "TRUE", compiler.duration(obligation.within))
    return f"least({following}, {compiler.day_span(obligation)[1]})" if unit else otherwise
