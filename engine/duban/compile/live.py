"""When a duty is alive: its span cut by the bearer's existence, by `applies`, by its trigger; and what must be given.

Adds `ID/duty` (the table that tests read, kinds.base.DutyTable) and `ID/given`. docs/semantics.md §5.
"""

from __future__ import annotations

from duban.compile import sql
from duban.compile.planner import Compiler
from duban.kinds.base import DutyTable, as_one, boolean
from duban.pack.names import frame_columns
from duban.pack.obligation import Given, Obligation
from duban.scope import Names, Row, belonging
from duban.sqltext import literal, quote


def plan_duties(compiler: Compiler, obligation: Obligation, duty: DutyTable) -> None:
    """Add `ID/pieces` (the bearer's spans with `applies`), `ID/duty`, and `ID/given` where the obligation says given."""
    pieces = compiler.add(
        f"{obligation.id}/pieces", _pieces(compiler, obligation), "spans of the bearers, and whether it applies"
    )
    live = compiler.add(f"{obligation.id}/live", _live(obligation, pieces), "live segments of each duty")
    compiler.add(duty.name, _duty(compiler, obligation, duty, live), "duties that exist by now")
    if obligation.given is not None:
        compiler.add(
            f"{obligation.id}/given",
            given_counts(compiler, obligation.given, duty),
            "whether what must be given is there",
        )


def _pieces(compiler: Compiler, obligation: Obligation) -> str:
    row = Row(compiler.schema, compiler.schema.bearers[obligation.bearer].record, "b", 'b."$s"')
    columns = {name: column for name, column in frame_columns(*compiler.window()).items() if name.startswith("window.")}
    names = Names(compiler.schema, row, {}, columns)
    checked = boolean(obligation.applies, names)
    return (
        f'SELECT b.jurisdiction, b.bearer_id, b.piece, b."$s" AS s, b."$e" AS e, {checked.sql} AS applies,\n'
        f'  {sql.blank_cells(checked)} AS blank, max(b."$e") OVER (PARTITION BY b.jurisdiction, b.bearer_id) AS ended,\n'
        "  count(*) OVER (PARTITION BY b.jurisdiction, b.bearer_id) AS pieces\n"
        f"FROM {quote('bearer/' + obligation.bearer)} b\n{names.joins()}"
    )


def _live(obligation: Obligation, pieces: str) -> str:
    """One row per frame: its live segments, merged where they touch; who held the post at due."""
    start = f"greatest(coalesce(f.a, {sql.BEGIN}), f.open_a, p.s)"
    end = f"least(coalesce(f.b, {sql.END}), f.open_b, p.e)"
    overlaps = f"coalesce(f.a, {sql.BEGIN}) < p.e AND p.s < coalesce(f.b, {sql.END})"
    rank = held_at("f.due", "p", "s", "e")
    order = "jurisdiction, bearer_id, trigger_id, period_start"
    alive = "applies IS DISTINCT FROM FALSE AND s < e"
    columns = "piece, ended, applies_blank, segs, live_start, live_end, live_seconds"
    joined = f"FROM frame f JOIN {quote(pieces)} p ON p.jurisdiction = f.jurisdiction AND p.bearer_id = f.bearer_id"
    return (
        f"WITH frame AS (SELECT row_number() OVER (ORDER BY {order}) AS duty, * FROM {quote(obligation.id + '/frame')}),\n"
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


def _duty(compiler: Compiler, obligation: Obligation, duty: DutyTable, live: str) -> str:
    """The frame's columns, the live span, names for reports, the fingerprint, and the expected date."""
    start, end = compiler.window()
    pack = literal(f"{compiler.pack.header.id}|")
    parts = f"d.jurisdiction || '|' || {literal(obligation.id + '|')} || d.bearer_id || '|' || d.trigger_id"
    print_of = f"left(sha256({pack} || {parts} || '|' || coalesce(CAST(d.period_start AS VARCHAR), '')), 16)"
    expected, joins = "CAST(NULL AS TIMESTAMP)", ""
    if obligation.expect_by:
        own = Row(compiler.schema, duty.trigger, "tr") if duty.trigger else None
        names = compiler.names(duty, own)
        if own is None:
            names.own = names.rows["bearer"]
        expected = sql.due(compiler.by(obligation.expect_by), names, "d.full_a", "d.full_b")
        joins = f"{compiler.bearer_join(duty)}\n{names.joins()}"
    return (
        f"SELECT d.*, i.bearer_name, i.town, {print_of} AS fingerprint, {start} AS window_start, {end} AS window_end,\n"
        f"  {expected} AS expected\nFROM {quote(live)} d\n"
        f"JOIN {quote(f'bearer/{obligation.bearer}/ids')} i ON i.jurisdiction = d.jurisdiction AND i.bearer_id = d.bearer_id\n{joins}\n"
        f"WHERE coalesce(d.live_start, d.a, {sql.BEGIN}) < {compiler.as_of_sql}"
    )


def given_counts(compiler: Compiler, given: Given, duty: DutyTable) -> str:
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
        f"  SELECT d.duty, {ok} AS ok FROM {quote(duty.name)} d {compiler.bearer_join(duty)}\n"
        f"  JOIN {owned} r ON r.jurisdiction = d.jurisdiction AND {mine} AND {when}\n  {names.joins()}"
        for mine, when, ok in halves
    )
    return (
        f"SELECT duty, count(*) FILTER (ok) AS counted, count(*) FILTER (ok IS NULL) AS maybe, {given.at_least} AS enough\n"
        f"FROM (\n{parts}\n) GROUP BY duty"
    )
