"""When a duty is alive: its span cut by the bearer's existence, by `applies`, by its trigger; and what must be given.

Adds `ID/duty` (the table that tests read, kinds.base.DutyTable) and `ID/given`. docs/semantics.md §5.
"""

from __future__ import annotations

from duban.compile import sql
from duban.compile.planner import Compiler
from duban.compile.stack import Stack, union, union_alike
from duban.kinds.base import DutyTable, Need, as_one, boolean, stack_name
from duban.pack.names import frame_columns
from duban.pack.obligation import Given, Obligation
from duban.scope import Names, Row, belonging
from duban.sqltext import literal, quote


def plan_duties(compiler: Compiler, stack: Stack, frames: list[str]) -> list[str]:
    """Add `ID/pieces` (the bearers' spans with `applies`), `ID/live`, `ID/duty`, and `ID/given` where an obligation says given.

    Returns the tables of pieces.
    """
    kinds: dict[str, list[Obligation]] = {}
    for obligation in stack.obligations:
        kinds.setdefault(obligation.bearer, []).append(obligation)
    pieces = []
    for kind, obligations in kinds.items():
        name = stack_name([item.id for item in obligations]) + "/pieces"
        pieces.append(
            compiler.add(name, _pieces(compiler, kind, obligations), "spans of the bearers, and whether it applies")
        )
    live = compiler.add(stack.step("live"), _live(frames, pieces), "live segments of each duty")
    compiler.add(stack.step("duty"), _duty(compiler, stack, live), "duties that exist by now")
    given = [item for item in stack.obligations if item.given is not None]
    if given:
        counts = plan_given(compiler, stack.duties(among=given))
        compiler.add(stack.step("given"), counts, "whether what must be given is there")
    return pieces


def _pieces(compiler: Compiler, kind: str, obligations: list[Obligation]) -> str:
    """(asks, jurisdiction, bearer_id, piece, s, e, applies, blank, ended, pieces): each span, once for each `applies` that is asked.

    `asks` is the number that `rules` has for the obligation.
    """
    row = Row(compiler.schema, compiler.schema.bearers[kind].record, "b", 'b."$s"')
    joins, asked = "", dict[tuple[str, str], int]()
    first = 1 + max((columns.get("asks", 0) for columns in compiler.fixed.values()), default=0)
    for obligation in obligations:
        columns = frame_columns(*compiler.window(obligation))
        columns = {name: column for name, column in columns.items() if name.startswith("window.")}
        names = Names(compiler.schema, row, {}, columns)
        checked = boolean(obligation.applies, names)
        pair = (checked.sql, sql.blank_cells(checked))
        compiler.fixed[obligation.id]["asks"] = asked.setdefault(pair, first + len(asked))
        joins = names.joins()
    body = f"FROM {quote('bearer/' + kind)} b\n{joins}"
    own = (
        'b.jurisdiction, b.bearer_id, b.piece, b."$s" AS s, b."$e" AS e, max(b."$e") OVER (PARTITION BY b.jurisdiction, b.bearer_id) AS ended,\n'
        "  count(*) OVER (PARTITION BY b.jurisdiction, b.bearer_id) AS pieces"
    )
    if len(asked) == 1:
        ((applies, blank),) = asked
        return f"SELECT {first} AS asks, {own},\n  {applies} AS applies, {blank} AS blank\n{body}"
    answers = ",\n  ".join(
        f"{applies} AS a{number}, {blank} AS b{number}" for (applies, blank), number in asked.items()
    )
    plain = "jurisdiction, bearer_id, piece, s, e, ended, pieces"
    each = "\nUNION ALL ".join(
        f"SELECT {number} AS asks, {plain}, a{number} AS applies, b{number} AS blank FROM held"
        for number in asked.values()
    )
    return f"WITH held AS (SELECT {own},\n  {answers}\n{body})\n{each}"


def _live(frames: list[str], pieces: list[str]) -> str:
    """One row per duty: its frame with its live segments, merged where they touch; who held the post at due."""
    start = f"greatest(coalesce(f.a, {sql.BEGIN}), f.open_a, p.s)"
    end = f"least(coalesce(f.b, {sql.END}), f.open_b, p.e)"
    overlaps = f"coalesce(f.a, {sql.BEGIN}) < p.e AND p.s < coalesce(f.b, {sql.END})"
    rank = held_at("f.due", "p", "s", "e")
    alive = "applies IS DISTINCT FROM FALSE AND s < e"
    columns = "piece, ended, applies_blank, segs, live_start, live_end, live_seconds"
    joined = (
        "FROM frame f JOIN piece p ON p.asks = f.asks AND p.jurisdiction = f.jurisdiction AND p.bearer_id = f.bearer_id"
    )
    return (
        f"WITH frame AS (SELECT row_number() OVER () AS duty, r.obligation, r.asks, f.* EXCLUDE (frame)\n"
        f'  FROM {union(frames)} f JOIN "rules" r USING (frame)),\n'
        f"piece AS (FROM {union(pieces)}),\n"
        # nearly every bearer has one span: nothing to merge
        f"simple AS (SELECT f.*, p.piece, p.ended, CASE WHEN {overlaps} AND p.applies IS NULL THEN p.blank END AS applies_blank,\n"
        f"    p.applies, {start} AS s, {end} AS e {joined} AND p.pieces = 1),\n"
        f"cut AS (SELECT f.duty, p.piece, p.applies, p.blank, p.ended, {rank} AS rank, {overlaps} AS touches,\n"
        f"    {start} AS s, {end} AS e {joined} AND p.pieces > 1),\n"
        f"alive AS (SELECT duty, s, e FROM cut WHERE {alive}),\n"
        "islands AS (SELECT duty, s, e, sum(CASE WHEN s > before THEN 1 ELSE 0 END) OVER (PARTITION BY duty ORDER BY s) AS island\n"
        "  FROM (SELECT *, coalesce(lag(e) OVER (PARTITION BY duty ORDER BY s), s) AS before FROM alive)),\n"
        "merged AS (SELECT duty, min(s) AS s, max(e) AS e FROM islands GROUP BY duty, island),\n"
        "segments AS (SELECT duty, list({'s': s, 'e': e} ORDER BY s) AS segs, min(s) AS live_start, max(e) AS live_end,\n"
        "  sum(epoch(e) - epoch(s)) AS live_seconds FROM merged GROUP BY duty),\n"
        "holders AS (SELECT duty, max(rank).piece AS piece, max(ended) AS ended,\n"
        "  max(blank) FILTER (touches AND applies IS NULL) AS applies_blank FROM cut GROUP BY duty)\n"
        f"SELECT * EXCLUDE ({columns}, applies, s, e), {columns} FROM (\n"
        f"  SELECT *, CASE WHEN {alive} THEN [{{'s': s, 'e': e}}] ELSE [] END AS segs, CASE WHEN {alive} THEN s END AS live_start,\n"
        f"    CASE WHEN {alive} THEN e END AS live_end, CASE WHEN {alive} THEN epoch(e) - epoch(s) ELSE 0 END AS live_seconds FROM simple)\n"
        "UNION ALL\n"
        "SELECT f.*, h.piece, h.ended, h.applies_blank, coalesce(g.segs, []) AS segs, g.live_start, g.live_end,\n"
        "  coalesce(g.live_seconds, 0) AS live_seconds\n"
        "FROM frame f JOIN holders h USING (duty) LEFT JOIN segments g USING (duty)"
    )


def held_at(due: str, piece: str, start: str = '"$s"', end: str = '"$e"') -> str:
    """SQL of a struct whose greatest, over a bearer's spans, has the `piece` that counts at a due (semantics.md §3)."""
    s, e = f"{piece}.{start}", f"{piece}.{end}"
    return (
        f"{{'held': CASE WHEN {s} < {due} AND {due} <= {e} THEN 2 WHEN {e} < {due} THEN 1 ELSE 0 END,\n"
        f"   'near': CASE WHEN {e} < {due} THEN epoch({e}) ELSE -epoch({s}) END, 'piece': {piece}.piece}}"
    )


def _duty(compiler: Compiler, stack: Stack, live: str) -> str:
    """The frame's columns, the live span, names for reports, the fingerprint, and the expected date."""
    expecting = [item for item in stack.obligations if item.expect_by]
    expected, joins = "CAST(NULL AS TIMESTAMP)", ""
    if expecting:
        by_id = stack.by_id()
        moments = union_alike(
            stack.duties("live", expecting), lambda duty: _expected(compiler, by_id[duty.obligation], duty)
        )
        expected, joins = "x.expected", f"LEFT JOIN (\n{moments}\n) x USING (duty)\n"
    return (
        f"SELECT d.* EXCLUDE (asks), i.bearer_name, i.town, {fingerprint(compiler, 'd.trigger_id', 'd.period_start')} AS fingerprint,\n"
        f'  r.window_start, r.window_end, {expected} AS expected\nFROM {quote(live)} d JOIN "rules" r USING (obligation)\n'
        f"JOIN {ids_of(stack)} i ON i.kind = r.bearer_kind AND i.jurisdiction = d.jurisdiction AND i.bearer_id = d.bearer_id\n{joins}"
        f"WHERE coalesce(d.live_start, d.a, {sql.BEGIN}) < {compiler.as_of_sql}"
    )


def _expected(compiler: Compiler, obligation: Obligation, duty: DutyTable) -> str:
    """SQL of (duty, expected): the day whose passing raises the alert."""
    own = Row(compiler.schema, duty.trigger, "tr") if duty.trigger else None
    names = compiler.names(duty, own)
    if own is None:
        names.own = names.rows["bearer"]
    moment = sql.due(compiler.by(obligation.expect_by), names, "d.full_a", "d.full_b")
    return f"SELECT d.duty, {moment} AS expected FROM {duty.rows} d {compiler.bearer_join(duty)}\n{names.joins()}"


def fingerprint(compiler: Compiler, trigger: str = "", period: str = "") -> str:
    """SQL of the fingerprint of a duty `d`: pack, jurisdiction, obligation, bearer, trigger, period."""
    pack = literal(f"{compiler.pack.header.id}|")
    ending = f"{trigger}, '|', CAST({period} AS VARCHAR)" if trigger else "'|'"
    # concat at once: a chain of || would write every part of it anew
    return f"left(sha256(concat({pack}, d.jurisdiction, '|', d.obligation, '|', d.bearer_id, '|', {ending})), 16)"


def ids_of(stack: Stack) -> str:
    """SQL of (kind, jurisdiction, bearer_id, bearer_name, town): all who can bear duties of the stack."""
    kinds = dict.fromkeys(item.bearer for item in stack.obligations)
    columns = "jurisdiction, bearer_id, bearer_name, town"
    return "({})".format(
        " UNION ALL ".join(
            f"SELECT {literal(kind)} AS kind, {columns} FROM {quote(f'bearer/{kind}/ids')}" for kind in kinds
        )
    )


def given_need(obligation: Obligation) -> tuple[Need, ...]:
    """Whose hand-ins decide whether what must be given is there."""
    return (Need(obligation.given.record),) if obligation.given is not None else ()


def plan_given(compiler: Compiler, duties: list[DutyTable]) -> str:
    """SQL of `_counted`, for the duties of obligations that say given."""

    def counts(duty: DutyTable) -> str:
        given = compiler.obligations[duty.obligation].given
        assert given is not None
        return _counted(compiler, given, duty)

    return union_alike(duties, counts)


def _counted(compiler: Compiler, given: Given, duty: DutyTable) -> str:
    """SQL of (duty, counted, maybe, enough): how many such records the bearer has in the live span, and how many it might have."""
    schema = compiler.schema
    record = schema.records[given.record]
    chain = belonging(schema, given.record, duty.bearer, given.link)
    inner = Row(schema, given.record, "q")
    who = chain.sql(inner) if chain is not None else "NULL"
    owned = f'(SELECT q.*, {who} AS "$who" FROM {quote("seen/" + given.record)} q {" ".join(inner.joins.values())})'
    row = Row(schema, given.record, "r")
    names = compiler.names(duty, row)
    where = as_one(boolean(given.where, names).sql, schema, given.record, "r")
    inside = 'r."$s" < r."$e" AND r."$s" < d.live_end AND r."$e" > d.live_start'
    nowhen = "FALSE"
    if record.time:
        day_end = 'r."$t" + INTERVAL 1 DAY'
        inside = (
            f'(r."$t" < d.live_end AND CASE WHEN r."$tb" THEN {day_end} > d.live_start ELSE r."$t" >= d.live_start END)'
        )
        nowhen = 'r."$t" IS NULL'
    unknown = f"(CASE WHEN ({where}) IS FALSE THEN FALSE END)"
    if chain is None:
        halves = [("TRUE", f"NOT ({nowhen}) AND {inside}", f"({where})"), ("TRUE", nowhen, unknown)]
    else:  # sound rows by equality, which a database can hash; the few that are nobody's, or at no known time, apart
        mine, nobody = 'r."$who" = d.bearer_id', 'r."$who" IS NULL'
        halves = [
            (mine, f"NOT ({nowhen}) AND {inside}", f"({where})"),
            (mine, nowhen, unknown),
            (nobody, f"({nowhen} OR {inside})", unknown),
        ]
    parts = "\n  UNION ALL\n".join(
        f"  SELECT d.duty, {ok} AS ok FROM {duty.rows} d {compiler.bearer_join(duty)}\n"
        f"  JOIN {owned} r ON r.jurisdiction = d.jurisdiction AND {mine} AND {when}\n  {names.joins()}"
        for mine, when, ok in halves
    )
    return (
        f"SELECT duty, count(*) FILTER (ok) AS counted, count(*) FILTER (ok IS NULL) AS maybe, {given.at_least} AS enough\n"
        f"FROM (\n{parts}\n) GROUP BY duty"
    )
