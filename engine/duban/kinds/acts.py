"""Joining records to the duties that they may fulfil: the part that perform, respond, cover and forbid share.

The result has one row per duty and act that counts, or might: `ok` TRUE or NULL (unknown), never FALSE.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from duban.conditions import Column
from duban.kinds.base import DutyTable, Planner, ScanColumns, Scoping, boolean, exists_by, period_start, rows_of, split
from duban.scope import Chain, Row, belonging, chain_to
from duban.sqltext import literal, quote


@dataclass(frozen=True)
class Acts:
    """What one obligation looks for: rows of `record` with `where`, reached by `chain` from `owner` (a column of the duty),
    in the scope of the duty.

    `values` are fields to carry along (columns v0, v1 …); with scoping `named`, the last one names the period.
    """

    duty: DutyTable
    record: str
    where: str
    chain: Chain | None
    scoping: Scoping
    values: tuple[str, ...] = ()
    owner: str = "bearer_id"

    @property
    def residual(self) -> str:
        """The part of the condition that needs the duty itself."""
        return split(self.where)[1]


def owner_of(planner: Planner, duty: DutyTable, record: str, link: str) -> tuple[Chain | None, str]:
    """How the record belongs to the duty, and the duty's column that it then equals: its trigger, else its bearer."""
    if duty.trigger and link != "none" and record != duty.trigger:  # a trigger cannot answer itself
        key = planner.schema.records[duty.trigger].key
        chain = chain_to(planner.schema, record, duty.trigger, key, link) if key else None
        if chain is not None and (not link or chain_fits(planner, record, chain, duty.trigger)):
            return chain, "trigger_key"
    chain = belonging(planner.schema, record, duty.bearer, link)
    return chain, "bearer_id" if chain is not None else "''"


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


def plan_acts(
    planner: Planner, asked: Sequence[Acts], name: str, rows: Callable[[Sequence[DutyTable]], str] = rows_of
) -> tuple[str, str]:
    """Add the step, and `NAME/loose`: (duty, many, ever), how many rows of nobody might count for each duty: by due, and by now.

    `asked` are alike in scoping, unit, and the types of their values. `rows`: SQL of a relation with the duties' columns and
    that by which they own acts. Rows of nobody are only counted, not paired with every duty: a thousand empty cells and a
    million duties must not meet. Conditions on the duty itself need the pairs, though.
    """
    plain = [acts for acts in asked if not acts.residual]
    parts = [[acts] for acts in asked if acts.residual]
    if plain:
        parts.insert(0, plain)
    branches = [_branch(planner, part, rows) for part in parts]
    loose = _loose_counts(_Hits(planner, plain)) if plain else _NONE.format(rows_of([asked[0].duty]))
    planner.add(f"{name}/loose", loose, "rows of nobody that might count")
    return planner.add(name, "\nUNION ALL\n".join(branches), "acts that count, or might, by duty"), f"{name}/loose"


_NONE = "SELECT duty, 0 AS many, 0 AS ever FROM {} WHERE FALSE"


class _Hits:
    """The scans' rows that some obligations ask for: `asks` numbers the conditions, so that rows and duties meet by equality."""

    def __init__(self, planner: Planner, asked: Sequence[Acts]) -> None:
        self.asked = asked
        found = [planner.scan(one.duty, one.record, one.chain, split(one.where)[0], one.values) for one in asked]
        self.scans: list[ScanColumns] = list(dict.fromkeys(found))
        self.numbers = [self.scans.index(scan) for scan in found]
        self.many = len(self.scans) > 1
        self.by = "asks, " if self.many else ""

    def rows(self, columns: str, *, loose: bool, also: str = "") -> str:
        """SQL: these columns of the rows that meet a condition, or might; `ok` and v0, v1 … are among what can be named."""
        return "\n  UNION ALL ".join(
            f"SELECT {f'{number} AS asks, ' if self.many else ''}{columns} FROM (SELECT *, {scan.condition} AS ok{scan.carried()}"
            f" FROM {quote(scan.loose if loose else scan.table)}) WHERE ok IS DISTINCT FROM FALSE{also}"
            for number, scan in enumerate(self.scans)
        )

    def asking(self, rows: Callable[[Sequence[DutyTable]], str]) -> str:
        """SQL of duties with `owner`, and with `asks` where there is more than one condition."""
        relation = rows([one.duty for one in self.asked])
        owners = list(dict.fromkeys(one.owner for one in self.asked))
        if not self.many and len(owners) == 1:
            return f"(SELECT *, {owners[0]} AS owner FROM {relation})"
        owns = ", ".join(
            f"({literal(one.duty.obligation)}, {number}, {owners.index(one.owner)})"
            for one, number in zip(self.asked, self.numbers, strict=True)
        )
        owner = (
            "CASE k.owns" + "".join(f" WHEN {number} THEN {column}" for number, column in enumerate(owners)) + " END"
        )
        asks = "k.asks, " if self.many else ""
        return f"(SELECT d.*, {asks}{owner} AS owner FROM {relation} d JOIN (VALUES {owns}) k(obligation, asks, owns) USING (obligation))"


def _branch(planner: Planner, asked: Sequence[Acts], rows: Callable[[Sequence[DutyTable]], str]) -> str:
    """SQL of the acts of obligations that need nothing of the duty but whose it is and when, or of one that does."""
    hits, first = _Hits(planner, asked), asked[0]
    owners = hits.asking(rows)
    halves = [_pairs(hits, owners, loose=False), _pairs(hits, owners, loose=True)]
    if first.scoping == "named":  # no period named: it might be any
        halves.append(_pairs(hits, owners, loose=False, unnamed=True))
    pairs = "\n  UNION ALL ".join(halves)
    condition, joins = "d.met", ""
    if first.residual:
        row = Row(planner.schema, first.record, "r")
        names = planner.names(first.duty, row, 'd."$t"')
        checked = boolean(first.residual, names)
        condition = f"(d.met AND {checked.sql})"
        joins = f'JOIN {quote("seen/" + first.record)} r ON r."$n" = d."$n"\n'
        joins += planner.bearer_join(first.duty, 'd."$t"') + "\n" + names.joins()
    ok = f"CASE WHEN NOT d.vague THEN {condition} WHEN {condition} IS FALSE THEN FALSE END"
    scope = "TRUE" if first.scoping == "named" else f'(d."$t" IS NULL OR {in_scope(first.scoping)})'
    timely = exists_by('d."$t"', 'd."$tb"', "d.due")
    on_time = f'(d."$t" IS NULL OR {timely})'
    full = "NOT d.vague" if first.duty.unit and first.scoping == "period" else "FALSE"
    values = "".join(f", v{index}" for index in range(len(first.values)))
    return (
        f"SELECT duty, owner, n, t, tb, ok, in_scope, on_time, in_full, loose{values} FROM (\n"
        f'SELECT d.duty, d.owner, d."$n" AS n, d."$t" AS t, coalesce(d."$tb", FALSE) AS tb, {ok} AS ok,\n'
        f"  {scope} AS in_scope, {on_time} AS on_time, {full} AS in_full, d.who IS NULL AS loose{values.replace(', v', ', d.v')}\n"
        f"FROM (\n  {pairs}) d\n{joins}) WHERE ok IS DISTINCT FROM FALSE AND (in_scope OR in_full)"
    )


def _pairs(hits: _Hits, owners: str, *, loose: bool, unnamed: bool = False) -> str:
    """SQL of duties with rows: sound ones joined by key, or loose ones (no owner, no event time) that might belong to anybody.

    `vague`: the row counts for this duty only if something is not as it looks.
    """
    acts = hits.asked[0]
    carried = [f"v{index}" for index in range(len(acts.values))]
    columns = ", ".join(['jurisdiction, who, "$n", "$t", "$tb", ok AS met', *carried])
    who = "(s.who IS NULL OR s.who = d.owner)" if loose and acts.residual else "s.who = d.owner"
    asks = "s.asks = d.asks AND " if hits.many else ""
    left = "asks, jurisdiction" if hits.many else "jurisdiction"
    vague = "TRUE" if loose or unnamed else "FALSE"
    return (
        f"SELECT d.*, s.* EXCLUDE ({left}), {vague} AS vague FROM {owners} d JOIN (\n  {hits.rows(columns, loose=loose)}) s\n"
        f"  ON {asks}s.jurisdiction = d.jurisdiction AND {who}{_period(acts, unnamed=unnamed, loose=loose)}"
    )


def _period(acts: Acts, *, unnamed: bool, loose: bool) -> str:
    """The part of the join that compares periods; equality, so that the database can hash it."""
    unit = acts.duty.unit
    if acts.scoping == "named":
        named = f"s.v{len(acts.values) - 1}"
        if unnamed:
            return f" AND {named} IS NULL"
        same = f"{period_start(unit, named)} = CAST(d.full_a AS DATE)"
        return f" AND ({named} IS NULL OR {same})" if loose else f" AND {same}"
    if acts.scoping == "period" and unit and not loose:
        moment = 's."$t"'
        return f" AND {period_start(unit, moment)} = CAST(d.full_a AS DATE)"
    return ""


def in_scope(scoping: Scoping) -> str:
    """SQL: the act of a pair `d` lies where acts count for its duty (semantics.md §1 “in”, §7 scopes)."""
    day_end = 'd."$t" + INTERVAL 1 DAY'
    after = f'(CASE WHEN d."$tb" THEN {day_end} > d.live_start ELSE d."$t" >= d.live_start END)'
    if scoping == "open":
        return after
    if scoping == "rest":
        return f'({after} AND d."$t" < greatest(d.full_b, d.due))'
    if scoping == "span":
        inside = '(x.s <= d."$t" AND (CASE WHEN d."$tb" THEN ' + day_end + ' <= x.e ELSE d."$t" < x.e END))'
    else:
        inside = '(d."$t" < x.e AND (CASE WHEN d."$tb" THEN ' + day_end + ' > x.s ELSE d."$t" >= x.s END))'
    hull = inside.replace("x.s", "d.live_start").replace("x.e", "d.live_end")
    some = f"(len(list_filter(d.segs, lambda x: {inside})) > 0)"
    return f"(CASE WHEN len(d.segs) = 1 THEN {hull} ELSE {some} END)"


def _loose_counts(hits: _Hits) -> str:
    """(duty, many, ever): running counts by time and ASOF joins, so that the cost is rows + duties."""
    acts, by = hits.asked[0], hits.by
    table = rows_of([one.duty for one in hits.asked])
    if hits.many:
        asks = ", ".join(
            f"({literal(one.duty.obligation)}, {n})" for one, n in zip(hits.asked, hits.numbers, strict=True)
        )
        table = f"(SELECT d.*, k.asks FROM {table} d JOIN (VALUES {asks}) k(obligation, asks) USING (obligation))"
    columns = 'jurisdiction, "$t" AS t, coalesce("$tb", FALSE) AS tb'
    nobody = " AND who IS NULL"
    if acts.scoping == "named":
        named = f"{columns}, {period_start(acts.duty.unit, f'v{len(acts.values) - 1}')} AS named"
        timely = f"(r.t IS NULL OR {exists_by('r.t', 'r.tb', 'd.due')})"
        same = "r.asks = d.asks AND " if by else ""
        pairs = f"SELECT d.duty, {timely} AS timely FROM {table} d JOIN rows r ON {same}r.jurisdiction = d.jurisdiction"
        return (
            f"WITH rows AS ({hits.rows(named, loose=True, also=nobody)})\n"
            f"SELECT duty, count(*) FILTER (timely) AS many, count(*) AS ever FROM (\n  {pairs} AND r.named = CAST(d.full_a AS DATE)\n"
            f"  UNION ALL {pairs} AND r.named IS NULL) GROUP BY duty"
        )
    source, starts, ends = _loose_bounds(acts.scoping)
    day, tick = "INTERVAL 1 DAY", "INTERVAL 1 MICROSECOND"
    whole = acts.scoping == "span"
    own = f"duty, {by}jurisdiction"
    bounds = (
        f"SELECT {own}, FALSE AS tb, {starts} AS lo, {ends if whole else f'least({ends}, due + {tick})'} AS hi, {ends} AS stop FROM spans\nUNION ALL\n"
        f"SELECT {own}, TRUE, {starts if whole else f'{starts} - {day} + {tick}'}, "
        f"{f'{ends} - {day} + {tick}' if whole else f'least({ends}, due)'}, {ends} FROM spans"
    )
    late = acts.scoping in ("open", "rest")  # where an act after due still counts as late
    ever = "greatest(coalesce(x.upto, 0) - coalesce(l.upto, 0), 0)" if late else "0"
    same = "{0}.asks = b.asks AND " if by else ""
    reach = f"ASOF LEFT JOIN timed {{0}} ON {same}{{0}}.jurisdiction = b.jurisdiction AND {{0}}.tb = b.tb AND {{0}}.t < b.{{1}}"
    return (
        f"WITH rows AS ({hits.rows(columns, loose=True, also=nobody)}),\n"
        f"timed AS (SELECT {by}jurisdiction, tb, t, sum(many) OVER (PARTITION BY {by}jurisdiction, tb ORDER BY t) AS upto\n"
        f"  FROM (SELECT {by}jurisdiction, tb, t, count(*) AS many FROM rows WHERE t IS NOT NULL GROUP BY ALL)),\n"
        f"spans AS (SELECT {own}, due, {source} FROM {table} WHERE jurisdiction IN (SELECT jurisdiction FROM rows) AND live_start IS NOT NULL),\n"
        f"bounds AS ({bounds}),\n"
        f"counts AS (SELECT b.duty, greatest(coalesce(h.upto, 0) - coalesce(l.upto, 0), 0) AS many, {ever} AS ever FROM bounds b\n"
        f"  {reach.format('h', 'hi')}\n  {reach.format('l', 'lo')}\n  {reach.format('x', 'stop') if late else ''}\n"
        f"  UNION ALL SELECT d.duty, u.many, u.many FROM {table} d JOIN (SELECT {by}jurisdiction, count(*) AS many FROM rows WHERE t IS NULL GROUP BY ALL) u USING ({by}jurisdiction))\n"
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
