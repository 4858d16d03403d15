"""Joining records to the duties that they may fulfil: the part that perform, respond, cover and forbid share.

The result has one row per duty and act that counts, or might: `ok` TRUE or NULL (unknown), never FALSE.
"""

from __future__ import annotations

from dataclasses import dataclass

from duban.conditions import Column
from duban.kinds.base import DutyTable, Planner, ScanColumns, Scoping, boolean, exists_by, period_start, split
from duban.scope import Chain, Row, belonging, chain_to
from duban.sqltext import quote


@dataclass(frozen=True)
class Acts:
    """What to look for: rows of `record` with `where`, reached by `chain` from the owner, in the scope of the duty.

    `values` are fields to carry along (columns v0, v1 …); with scoping `named`, the last one names the period.
    """

    record: str
    where: str
    chain: Chain | None
    scoping: Scoping
    values: tuple[str, ...] = ()


def owner_of(planner: Planner, duty: DutyTable, record: str, link: str) -> tuple[Chain | None, str]:
    """How the record belongs to the duty, and the duty's column that it then equals: its trigger, else its bearer."""
    if duty.trigger and link != "none" and record != duty.trigger:  # a trigger cannot answer itself
        key = planner.schema.records[duty.trigger].key
        chain = chain_to(planner.schema, record, duty.trigger, key, link) if key else None
        if chain is not None and (not link or chain_fits(planner, record, chain, duty.trigger)):
            return chain, "d.trigger_key"
    chain = belonging(planner.schema, record, duty.bearer, link)
    return chain, "d.bearer_id" if chain is not None else "''"


def chain_fits(planner: Planner, record: str, chain: Chain, target: str) -> bool:
    """Whether an explicit `link` ends at `target` (and not at the bearer)."""
    current = record
    for name in (*chain.path, *chain.keys):
        references = planner.schema.records[current].references.get(name, ())
        targets = [planner.schema.target(reference)[0] for reference in references]
        if not targets:
            return False
        current = target if target in targets else targets[0]
    return current == target


def plan_acts(planner: Planner, duty: DutyTable, acts: Acts, owners: str, name: str) -> tuple[str, str]:
    """Add the step, and `NAME/loose`: (duty, many, ever), how many rows of nobody might count for each duty: by due, and by now.

    `owners` is a relation with the duty table's columns and `owner`. Rows of nobody are only counted, not paired with every
    duty: a thousand empty cells and a million duties must not meet. Conditions on the duty itself need the pairs, though.
    """
    pure, residual = split(acts.where)
    scan = planner.scan(acts.record, acts.chain, pure, acts.values)
    planner.add(
        f"{name}/loose", _loose_counts(duty, acts, scan, counted=not residual), "rows of nobody that might count"
    )
    halves = [_half(planner, duty, acts, owners, scan, residual, loose=False)]
    halves.append(_half(planner, duty, acts, owners, scan, residual, loose=True))
    if acts.scoping == "named":  # no period named: it might be any
        halves.append(_half(planner, duty, acts, owners, scan, residual, loose=False, unnamed=True))
    return planner.add(name, "\nUNION ALL\n".join(halves), "acts that count, or might, by duty"), f"{name}/loose"


def _half(
    planner: Planner,
    duty: DutyTable,
    acts: Acts,
    owners: str,
    scan: ScanColumns,
    residual: str,
    *,
    loose: bool,
    unnamed: bool = False,
) -> str:
    """One branch: sound rows joined by key, or loose rows (no owner, no event time) that might belong to anybody."""
    condition, joins = f"s.{scan.condition}", ""
    if residual:
        row = Row(planner.schema, acts.record, "r")
        names = planner.names(duty, row, 's."$t"')
        checked = boolean(residual, names)
        condition = f"({condition} AND {checked.sql})"
        joins = f'JOIN {quote("seen/" + acts.record)} r ON r."$n" = s."$n"\n'
        joins += planner.bearer_join(duty, 's."$t"') + "\n" + names.joins()
    period = _period(duty, acts, scan, unnamed=unnamed, loose=loose)
    scope = "TRUE" if acts.scoping == "named" else in_scope(acts.scoping)
    on_time = exists_by('s."$t"', 's."$tb"', "d.due")
    if loose:
        scope, on_time = (f'(s."$t" IS NULL OR {part})' for part in (scope, on_time))
    if loose or unnamed:
        condition = f"(CASE WHEN {condition} IS FALSE THEN FALSE END)"
    who = "(s.who IS NULL OR s.who = d.owner)" if loose and residual else "s.who = d.owner"
    nobody = "s.who IS NULL" if loose else "FALSE"
    full = "TRUE" if duty.unit and acts.scoping == "period" and not loose else "FALSE"
    values = "".join(f", s.{value} AS v{index}" for index, value in enumerate(scan.values))
    return (
        f'SELECT d.duty, d.owner, s."$n" AS n, s."$t" AS t, coalesce(s."$tb", FALSE) AS tb, {condition} AS ok,\n'
        f"  {scope} AS in_scope, {on_time} AS on_time, {full} AS in_full, {nobody} AS loose{values}\n"
        f"FROM {owners} d JOIN {quote(scan.loose if loose else scan.table)} s\n"
        f"  ON s.jurisdiction = d.jurisdiction AND {who}{period}\n{joins}"
        f"WHERE {condition} IS DISTINCT FROM FALSE AND ({scope} OR {full})"
    )


def _period(duty: DutyTable, acts: Acts, scan: ScanColumns, *, unnamed: bool, loose: bool) -> str:
    """The part of the join that compares periods; equality, so that the database can hash it."""
    if acts.scoping == "named":
        named = f"s.{scan.values[-1]}"
        if unnamed:
            return f" AND {named} IS NULL"
        same = f"{period_start(duty.unit, named)} = CAST(d.full_a AS DATE)"
        return f" AND ({named} IS NULL OR {same})" if loose else f" AND {same}"
    if acts.scoping == "period" and duty.unit and not loose:
        moment = 's."$t"'
        return f" AND {period_start(duty.unit, moment)} = CAST(d.full_a AS DATE)"
    return ""


def in_scope(scoping: Scoping) -> str:
    """SQL: act `s` lies where acts count for duty `d` (semantics.md §1 “in”, §7 scopes)."""
    day_end = 's."$t" + INTERVAL 1 DAY'
    after = f'(CASE WHEN s."$tb" THEN {day_end} > d.live_start ELSE s."$t" >= d.live_start END)'
    if scoping == "open":
        return after
    if scoping == "rest":
        return f'({after} AND s."$t" < greatest(d.full_b, d.due))'
    if scoping == "span":
        inside = '(x.s <= s."$t" AND (CASE WHEN s."$tb" THEN ' + day_end + ' <= x.e ELSE s."$t" < x.e END))'
    else:
        inside = '(s."$t" < x.e AND (CASE WHEN s."$tb" THEN ' + day_end + ' > x.s ELSE s."$t" >= x.s END))'
    hull = inside.replace("x.s", "d.live_start").replace("x.e", "d.live_end")
    some = f"(len(list_filter(d.segs, lambda x: {inside})) > 0)"
    return f"(CASE WHEN len(d.segs) = 1 THEN {hull} ELSE {some} END)"


def _loose_counts(duty: DutyTable, acts: Acts, scan: ScanColumns, *, counted: bool) -> str:
    """(duty, many, ever): running counts by time and ASOF joins, so that the cost is rows + duties."""
    table = quote(duty.name)
    if not counted:
        return f"SELECT duty, 0 AS many, 0 AS ever FROM {table} WHERE FALSE"
    rows = f'SELECT jurisdiction, "$t" AS t, coalesce("$tb", FALSE) AS tb{{}} FROM {quote(scan.loose)} WHERE who IS NULL AND {scan.condition} IS DISTINCT FROM FALSE'
    if acts.scoping == "named":
        named = rows.format(f", {period_start(duty.unit, scan.values[-1])} AS named")
        timely = f"(r.t IS NULL OR {exists_by('r.t', 'r.tb', 'd.due')})"
        pairs = f"SELECT d.duty, {timely} AS timely FROM {table} d JOIN ({named}) r ON r.jurisdiction = d.jurisdiction"
        return (
            f"SELECT duty, count(*) FILTER (timely) AS many, count(*) AS ever FROM (\n  {pairs} AND r.named = CAST(d.full_a AS DATE)\n"
            f"  UNION ALL {pairs} AND r.named IS NULL) GROUP BY duty"
        )
    source, starts, ends = _loose_bounds(acts.scoping)
    day, tick = "INTERVAL 1 DAY", "INTERVAL 1 MICROSECOND"
    whole = acts.scoping == "span"
    bounds = (
        f"SELECT duty, jurisdiction, FALSE AS tb, {starts} AS lo, {ends if whole else f'least({ends}, due + {tick})'} AS hi, {ends} AS stop FROM spans\nUNION ALL\n"
        f"SELECT duty, jurisdiction, TRUE, {starts if whole else f'{starts} - {day} + {tick}'}, "
        f"{f'{ends} - {day} + {tick}' if whole else f'least({ends}, due)'}, {ends} FROM spans"
    )
    late = acts.scoping in ("open", "rest")  # where an act after due still counts as late
    ever = "greatest(coalesce(x.upto, 0) - coalesce(l.upto, 0), 0)" if late else "0"
    reach = "ASOF LEFT JOIN timed {0} ON {0}.jurisdiction = b.jurisdiction AND {0}.tb = b.tb AND {0}.t < b.{1}"
    return (
        f"WITH rows AS ({rows.format('')}),\n"
        "timed AS (SELECT jurisdiction, tb, t, sum(many) OVER (PARTITION BY jurisdiction, tb ORDER BY t) AS upto\n"
        "  FROM (SELECT jurisdiction, tb, t, count(*) AS many FROM rows WHERE t IS NOT NULL GROUP BY ALL)),\n"
        f"spans AS (SELECT duty, jurisdiction, due, {source} FROM {table} WHERE jurisdiction IN (SELECT jurisdiction FROM rows) AND live_start IS NOT NULL),\n"
        f"bounds AS ({bounds}),\n"
        f"counts AS (SELECT b.duty, greatest(coalesce(h.upto, 0) - coalesce(l.upto, 0), 0) AS many, {ever} AS ever FROM bounds b\n"
        f"  {reach.format('h', 'hi')}\n  {reach.format('l', 'lo')}\n  {reach.format('x', 'stop') if late else ''}\n"
        f"  UNION ALL SELECT d.duty, u.many, u.many FROM {table} d JOIN (SELECT jurisdiction, count(*) AS many FROM rows WHERE t IS NULL GROUP BY ALL) u USING (jurisdiction))\n"
        "SELECT duty, CAST(sum(many) AS BIGINT) AS many, CAST(sum(ever) AS BIGINT) AS ever FROM counts GROUP BY duty HAVING sum(many + ever) > 0"
    )


def _loose_bounds(scoping: Scoping) -> tuple[str, str, str]:
    """What to read of a duty, and where its acts may lie: the same as `in_scope`, as bounds."""
    if scoping == "open":
        return "live_start", "live_start", "TIMESTAMP '9999-12-31 00:00:00'"
    if scoping == "rest":
        return "live_start, full_b", "live_start", "greatest(full_b, due)"
    return "unnest(segs) AS x", "x.s", "x.e"


def event_day(record_row: Row, name: str) -> Column | None:
    """A field to tell acts apart by; `date` is the day of the event unless the record has a field of that name."""
    column = record_row.column(name)
    if column is None and name == "date":
        return Column(f'CAST({record_row.alias}."$t" AS DATE)', "date", "TRUE")
    return column
