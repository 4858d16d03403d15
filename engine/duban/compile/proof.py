"""What has been handed in: proven days, whether a duty's data is complete, and the gaps (docs/semantics.md §6)."""

from __future__ import annotations

from duban.compile import sql
from duban.compile.planner import Compiler
from duban.conditions import Column
from duban.kinds.base import DutyTable, Need, exists_by, period_start, step_interval
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


def plan_proven(compiler: Compiler, obligation: Obligation, record: str) -> str:
    """SQL of (jurisdiction, bearer_id, s, e): the days on which a type was handed in for each bearer, as merged spans.

    They come from the step `proven/K[/sender]`, which has those of every type for the bearers of kind K.
    """
    name = compiler.add_once(proof_of(compiler, obligation, record), lambda: _proven(compiler, obligation, record))
    return f"(SELECT * EXCLUDE (record) FROM {quote(name)} WHERE record = {literal(record)})"


def proof_of(compiler: Compiler, obligation: Obligation, record: str) -> str:
    """The step that has a type's proven days: by the kind of bearer, and who may hand in for it."""
    by = handed_in_by(obligation, record, compiler.schema.records[record].handed_in_by)
    return f"proven/{obligation.bearer}" + (f"/{by}" if by else "")


def _proven(compiler: Compiler, obligation: Obligation, record: str) -> str:
    handing = senders(
        compiler, obligation.bearer, handed_in_by(obligation, record, compiler.schema.records[record].handed_in_by)
    )
    groups = "jurisdiction, bearer_id, record"
    before = "ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING"
    spans = (
        f'SELECT b.jurisdiction, b.bearer_id, l.record_type AS record, greatest(b."$s", l.s) AS s, least(b."$e", l.e) AS e\n'
        f"FROM (SELECT *, {handing} AS senders FROM {quote('bearer/' + obligation.bearer)} b) b, unnest(list_distinct(b.senders)) AS u(sender)\n"
        'JOIN "manifest/lines" l ON l.jurisdiction = b.jurisdiction AND l.sender = u.sender AND list_contains(b.senders, l.subject)\n'
        'WHERE b."$s" < l.e AND l.s < b."$e"'
    )
    return (
        f"WITH spans AS ({spans}),\n"
        f"marked AS (SELECT *, max(e) OVER (PARTITION BY {groups} ORDER BY s, e {before}) AS before FROM spans WHERE s < e),\n"
        "islands AS (SELECT *, sum(CASE WHEN before IS NULL OR s > before THEN 1 ELSE 0 END)\n"
        f"  OVER (PARTITION BY {groups} ORDER BY s, e) AS island FROM marked)\n"
        f"SELECT {groups}, min(s) AS s, max(e) AS e FROM islands GROUP BY {groups}, island"
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


def plan_proof(compiler: Compiler, obligation: Obligation, duty: DutyTable, needs: tuple[Need, ...], name: str) -> str:
    """(duty, proven, through): P of each duty, and the last proven day of the type that reaches least far.

    The days asked for stand in `NAME/N`, one step for each of `open_needs`.
    """
    open_needs = needs_of(compiler, needs)
    if not open_needs:
        return compiler.add(
            name,
            f"SELECT duty, TRUE AS proven, CAST(NULL AS TIMESTAMP) AS through FROM {quote(duty.name)}",
            "all taken as complete",
        )
    parts = []
    for index, need in enumerate(open_needs):
        proven = plan_proven(compiler, obligation, need.record)
        asked = compiler.add(
            f"{name}/{index}", _asked(compiler, duty, need), f"days of {need.record} that must be proven"
        )
        parts.append(
            f"SELECT q.duty, bool_and(p.s IS NOT NULL) AS covered, max(last.e) AS through FROM {quote(asked)} q\n"
            f"LEFT JOIN {proven} p ON p.jurisdiction = q.jurisdiction AND p.bearer_id = q.bearer_id AND p.s <= q.s AND p.e >= q.e\n"
            f"LEFT JOIN (SELECT jurisdiction, bearer_id, max(e) AS e FROM {proven} GROUP BY ALL) last\n"
            "  ON last.jurisdiction = q.jurisdiction AND last.bearer_id = q.bearer_id GROUP BY q.duty"
        )
    union = "\nUNION ALL\n".join(parts)
    return compiler.add(
        name,
        f"SELECT d.duty, coalesce(bool_and(u.covered), TRUE) AS proven, min(u.through) AS through\n"
        f"FROM {quote(duty.name)} d LEFT JOIN ({union}) u USING (duty) GROUP BY d.duty",
        "is the data complete?",
    )


def needs_of(compiler: Compiler, needs: tuple[Need, ...]) -> list[Need]:
    """The needs that hand-ins must prove, in order: those of types that are not taken as complete."""
    return [need for need in needs if not compiler.pack.assumes(need.record)]


def _asked(compiler: Compiler, duty: DutyTable, need: Need) -> str:
    """(duty, jurisdiction, bearer_id, s, e): whole days that must be proven."""
    if need.period:
        return _asked_of_period(compiler, duty, need)
    until = "least(seg.e, d.due)"
    return (
        f"SELECT d.duty, d.jurisdiction, d.bearer_id, {sql.first_day('seg.s')} AS s, {sql.last_day_end(until)} AS e\n"
        f"FROM (SELECT duty, jurisdiction, bearer_id, due, unnest(segs) AS seg FROM {quote(duty.name)}) d WHERE seg.s < {until}"
    )


def _asked_of_period(compiler: Compiler, duty: DutyTable, need: Need) -> str:
    """The days of the period (or of the one before) up to due, as far as the window and the bearer's existence reach."""
    a, b = "d.full_a", "d.full_b"
    if need.period == "previous":
        a, b = f"(d.full_a - {step_interval(duty.unit)})", "d.full_a"
    window_a, window_b = compiler.day_span()
    s, e = f'greatest({a}, {window_a}, p."$s")', f'least({b}, d.due, {window_b}, p."$e")'
    return (
        f"SELECT duty, jurisdiction, bearer_id, {sql.first_day('s')} AS s, {sql.last_day_end('e')} AS e\n"
        f"FROM (SELECT d.duty, d.jurisdiction, d.bearer_id, {s} AS s, {e} AS e FROM {quote(duty.name)} d\n"
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
        f"SELECT {keys}, g.s, g.e FROM (\n"
        f"  SELECT {own}, q.e AS stop, unnest(list_concat([{{'lo': q.s, 'hi': coalesce(min(p.s), q.e)}}],\n"
        "    list({'lo': p.e, 'hi': p.following} ORDER BY p.s) FILTER (p.s IS NOT NULL))) AS hole\n"
        f"  FROM ({asked}) q LEFT JOIN (SELECT *, {following} AS following FROM ({proven}))\n"
        f"    p ON {same} AND p.e > q.s AND p.s < q.e GROUP BY {own}, q.s, q.e\n"
        "), LATERAL (SELECT hole.lo AS s, least(hole.hi, stop) AS e) g WHERE g.s < g.e"
    )


def plan_blind(compiler: Compiler, obligation: Obligation, duty: DutyTable) -> str:
    """`ID/blind`: bearers whose triggers cannot be known, because the trigger's type was not handed in throughout.

    Such a duty waits like any other: due when a trigger on the first unproven day would be, at the earliest; and not before
    that day would normally have been handed in (`lag`).
    """
    proven = plan_proven(compiler, obligation, duty.trigger)
    window_a, window_b = compiler.day_span()
    until = f"least({window_b}, {compiler.as_of_sql})"
    alive = (
        f"SELECT jurisdiction, bearer_id, greatest(s, {window_a}) AS live_start, least(e, {until}) AS live_end\n"
        f"FROM {quote(obligation.id + '/pieces')} WHERE applies IS DISTINCT FROM FALSE AND s < {until} AND e > {window_a}"
    )
    days = f"{sql.first_day('live_start')} AS s, {sql.last_day_end('live_end')} AS e"
    asked = compiler.add(
        f"{obligation.id}/blind/asked",
        f"SELECT row_number() OVER () AS duty, *, {days} FROM ({alive}) WHERE live_start < live_end",
        "days on which a trigger might lie",
    )
    holes = gaps(f"FROM {quote(asked)}", f"FROM {proven}")
    missing = compiler.add(f"{obligation.id}/blind/gaps", holes, "days of them that were not handed in")
    first = (
        "SELECT q.jurisdiction, q.bearer_id, min(q.live_start) AS live_start, max(q.live_end) AS live_end, min(g.s) AS s, max(g.e) AS e,\n"
        "  list(DISTINCT {'s': q.live_start, 'e': q.live_end}) AS segs\n"
        f"FROM {quote(asked)} q LEFT JOIN {quote(missing)} g USING (duty) GROUP BY q.jurisdiction, q.bearer_id HAVING count(g.s) > 0"
    )
    unrolled = _earliest_due(compiler, obligation, until)
    rolls = compiler.rolls(obligation) and unrolled != until
    rolled = sql.rolled("d.unrolled") if rolls else "d.unrolled"
    lag = compiler.schema.records[duty.trigger].lag
    if lag:  # the first such day may still be on its way
        rolled = f"greatest({rolled}, d.s + INTERVAL ({parse_lag(lag) + 1}) DAY)"
    return compiler.add(
        f"{obligation.id}/blind",
        f"SELECT d.*, {rolled} AS due FROM (SELECT q.*, {unrolled} AS unrolled FROM ({first}) q) d",
        "bearers whose triggers were not handed in",
    )


def _earliest_due(compiler: Compiler, obligation: Obligation, otherwise: str) -> str:
    """SQL of the due that a trigger on the day `q.s` would have; `otherwise` where its own fields decide that."""
    unit, by = obligation.unit, compiler.by(obligation.by) if obligation.by else None
    period = f"CAST({period_start(unit, 'q.s')} AS TIMESTAMP)" if unit else "q.s"
    following = f"({period} + {step_interval(unit)})" if unit else "q.s"
    if obligation.reconcile is not None or obligation.before:
        return otherwise
    if by is not None:
        named = {parts[0] for parts in by.expression.names()} if by.expression is not None else set()
        if named - {"param", "window", "period"}:
            return otherwise
        columns = frame_columns(*compiler.window())
        columns["period.start"] = Column(f"CAST({period} AS DATE)", "date")
        columns["period.end"] = Column(f"CAST({following} - INTERVAL 1 DAY AS DATE)", "date")
        return sql.due(by, Names(compiler.schema, columns=columns), period, following)
    if obligation.within:
        return sql.shift("CAST(q.s AS DATE)", "TRUE", compiler.duration(obligation.within))
    return f"least({following}, {compiler.day_span()[1]})" if unit else otherwise
