"""Joining records to the duties that they may fulfil: the part that perform, respond, cover and forbid share.

The result has one row per duty and act that counts, or might: `ok` TRUE or NULL (unknown), never FALSE.
"""

from __future__ import annotations

from dataclasses import dataclass

from duban.conditions import Column, quote
from duban.kinds.base import DutyTable, Planner, ScanColumns, Scoping, boolean, exists_by, period_start, split
from duban.scope import Chain, Row, belonging, chain_to


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
    if duty.trigger and link != "none":
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


def plan_acts(planner: Planner, duty: DutyTable, acts: Acts, owners: str, name: str) -> str:
    """Add the step; `owners` is a relation with the duty table's columns and `owner`."""
    pure, residual = split(acts.where)
    scan = planner.scan(acts.record, acts.chain, pure, acts.values)
    halves = [_half(planner, duty, acts, owners, scan, residual, loose=False)]
    halves.append(_half(planner, duty, acts, owners, scan, residual, loose=True))
    if acts.scoping == "named":  # no period named: it might be any
        halves.append(_half(planner, duty, acts, owners, scan, residual, loose=False, unnamed=True))
    return planner.add(name, "\nUNION ALL\n".join(halves), "acts that count, or might, by duty")


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
    who = "(s.who IS NULL OR s.who = d.owner)" if loose else "s.who = d.owner"
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
        same = f"{period_start(duty.unit, named)} = d.period_start"
        return f" AND ({named} IS NULL OR {same})" if loose else f" AND {same}"
    if acts.scoping == "period" and duty.unit and not loose:
        moment = 's."$t"'
        return f" AND {period_start(duty.unit, moment)} = d.period_start"
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


def event_day(record_row: Row, name: str) -> Column | None:
    """A field to tell acts apart by; `date` is the day of the event unless the record has a field of that name."""
    column = record_row.column(name)
    if column is None and name == "date":
        return Column(f'CAST({record_row.alias}."$t" AS DATE)', "date", "TRUE")
    return column
