"""Which duties there are: bearer × [trigger] × [period], with nominal span and due (docs/semantics.md §5)."""

from __future__ import annotations

from duban.compile import sql
from duban.compile.planner import Compiler
from duban.compile.sql import blank_cells
from duban.compile.stack import Stack
from duban.conditions import Checked, Column, compile_moment, parse_moment
from duban.kinds.base import as_one, boolean, period_start, stack_name, step_interval
from duban.pack.names import frame_columns
from duban.pack.obligation import Each, Obligation
from duban.pack.timing import By, Duration
from duban.scope import Names, Row, belonging, key_text
from duban.sqltext import literal, quote

# Columns of a frame, in order.
COLUMNS = (
    "jurisdiction, bearer_id, trig, trigger_id, trigger_key, period_start, period_end, full_a, full_b, a, b, due, "
    "open_a, open_b, unknown"
)


def plan_frames(compiler: Compiler, stack: Stack) -> list[str]:
    """Add the steps `ID/trigger` and `ID/frame`; returns the latter, each with the number that `rules` has as `frame`.

    Triggers and frames that are the same for several obligations are made once.
    """
    triggers: dict[str, list[str]] = {}
    for obligation in stack.obligations:
        if obligation.each is not None:
            triggers.setdefault(_triggers(compiler, obligation, obligation.each), []).append(obligation.id)
    called = {name: f"{stack_name(names)}/trigger" for names in triggers.values() for name in names}
    for body, names in triggers.items():
        compiler.add(called[names[0]], body, "records that call for a duty")
    frames: dict[str, list[str]] = {}
    for obligation in stack.obligations:
        builder = _Frames(compiler, obligation, called.get(obligation.id, ""))
        frames.setdefault(builder.body(), []).append(obligation.id)
    found = []
    for body, names in frames.items():
        number = 1 + max((columns.get("frame", 0) for columns in compiler.fixed.values()), default=0)
        for name in names:
            compiler.fixed.setdefault(name, {})["frame"] = number
        columns = f"{number} AS frame, {COLUMNS}"
        why = "nominal span and due of each duty"
        found.append(compiler.add(f"{stack_name(names)}/frame", f"SELECT {columns} FROM (\n{body}\n)", why))
    return found


def _triggers(compiler: Compiler, obligation: Obligation, each: Each) -> str:
    """(trig, trigger_id, trigger_key, jurisdiction, bearer_id, from_a, from_b, bare, until, sure): one row per trigger."""
    schema = compiler.schema
    row = Row(schema, each.record, "g")
    bearer = Row(schema, schema.bearers[obligation.bearer].record, "b", 'g."$t"')
    names = Names(schema, row, {"bearer": bearer}, frame_columns(*compiler.window(obligation)))
    chain = belonging(schema, each.record, obligation.bearer, each.link)
    who = chain.sql(row) if chain is not None else "i.bearer_id"
    condition = boolean(each.where, names)
    where = as_one(condition.sql, schema, each.record, "g")
    twins = "CAST(NULL AS VARCHAR)"
    if schema.records[each.record].identity is not None:
        twins = f'CASE WHEN {condition.sql} THEN g."$twins" END'
    start, start_bare = _moment(each.start, names, 'g."$t"', 'g."$tb"')
    until, until_bare = _moment(each.end, names, "NULL", "FALSE")
    if not each.start and not schema.records[each.record].time:
        span = schema.records[each.record].span
        column = row.column(span.start) if span is not None else None
        assert column is not None  # lint has seen to it
        start, start_bare = column.sql, "TRUE" if column.type == "date" else f"coalesce({column.bare}, FALSE)"
    key = schema.records[each.record].key
    key_sql = key_text(f"g.{quote(part)}" for part in key) if key else 'g."$id"'
    joins = f"JOIN {quote(f'bearer/{obligation.bearer}/ids')} i ON i.jurisdiction = g.jurisdiction AND i.bearer_id = {who}\n"
    if "b." in where:
        joins += (
            f"LEFT JOIN {quote(f'bearer/{obligation.bearer}')} b ON b.jurisdiction = i.jurisdiction AND b.bearer_id = i.bearer_id\n"
            '  AND b."$s" <= g."$t" AND g."$t" < b."$e"\n'
        )
    chosen = (
        "\nQUALIFY row_number() OVER (PARTITION BY jurisdiction, bearer_id ORDER BY from_a NULLS LAST, trigger_id) = 1"
        if each.first
        else ""
    )
    body = (
        f'SELECT g."$n" AS trig, g."$id" AS trigger_id, {key_sql} AS trigger_key, g.jurisdiction, i.bearer_id,\n'
        f"  CAST({start} AS TIMESTAMP) AS from_a, {sql.end_of(start, start_bare)} AS from_b, {start_bare} AS bare,\n"
        f'  CASE WHEN {until} IS NULL THEN {sql.END} ELSE {sql.end_of(until, until_bare)} END AS until, {where} AS sure, g."$period" AS named,\n'
        f'  g."$t" AS event, {blank_cells(condition, row)} AS blank, {twins} AS twins\n'
        f"FROM {quote('seen/' + each.record)} g\n{_ref_joins(row)}\n{joins}{_ref_joins(bearer)}\nWHERE {where} IS DISTINCT FROM FALSE"
    )
    return f"SELECT * FROM ({body}){chosen}"


def _ref_joins(row: Row) -> str:
    return "\n".join(row.joins.values())


def _moment(text: str, names: Names, default: str, default_bare: str) -> tuple[str, str]:
    if not text:
        return default, default_bare
    checked: Checked = compile_moment(parse_moment(text), names)
    bare = checked.bare if checked.bare in ("TRUE", "FALSE") else f"coalesce({checked.bare}, FALSE)"
    return checked.sql, bare


def _unknown(what: str, cells: str = "''") -> str:
    """SQL: what is not known, and the empty cells that it would be read from."""
    text = literal(f"{what}为空或无法识别")
    return text if cells == "''" else f"{text} || CASE WHEN {cells} = '' THEN '' ELSE '（' || {cells} || '）' END"


class _Frames:
    """The six ways in which spans and dues arise; each method is one of them and returns SQL with `COLUMNS`."""

    def __init__(self, compiler: Compiler, obligation: Obligation, trigger: str) -> None:
        self.compiler, self.obligation = compiler, obligation
        self.window_a, self.window_b = compiler.day_span(obligation)
        self.ids = quote(f"bearer/{obligation.bearer}/ids")
        self.trigger = quote(trigger)
        self.by = compiler.by(obligation.by) if obligation.by else None

    def body(self) -> str:
        """The SQL of all columns but the number."""
        obligation = self.obligation
        if obligation.reconcile is not None:
            return self.reported()
        if obligation.each is not None:
            return self.trigger_periods() if obligation.unit else self.triggers()
        return self.periods() if obligation.unit else self.single()

    # --- without a trigger
    def single(self) -> str:
        """`once`, or a `by` alone: one duty per bearer."""
        source = f"SELECT i.jurisdiction, i.bearer_id FROM {self.ids} i"
        if self.by is None:
            return self._shaped(source, a=self.window_a, b=self.window_b, due=self.window_b)
        return self._with_due(source, self.by, self.window_a, period="")

    def periods(self) -> str:
        """Every period that overlaps the window; with `by`, every one whose unrolled due lies in it."""
        source = (
            f"SELECT i.jurisdiction, i.bearer_id, p.full_a, p.full_b FROM {self.ids} i CROSS JOIN ({self._grid()}) p"
        )
        a, b = f"greatest(full_a, {self.window_a})", f"least(full_b, {self.window_b})"
        if self.by is None:
            return self._shaped(source, a=a, b=b, due=b, period=True)
        return self._with_due(source, self.by, a, period=b)

    def _grid(self) -> str:
        unit = self.obligation.unit
        # a due may lie outside its period: with `by`, look as far around the window as it can
        reach = f"INTERVAL ({self.by.reach_days if self.by is not None else 0}) DAY"
        first = period_start(unit, f"({self.window_a} - {reach})")
        last = f"least({self.window_b}, {self.compiler.as_of_sql} + {step_interval(unit)}) + {reach}"
        series = f"SELECT CAST(unnest(generate_series(CAST({first} AS TIMESTAMP), {last}, {step_interval(unit)})) AS TIMESTAMP) AS full_a"
        return f"SELECT full_a, full_a + {step_interval(unit)} AS full_b FROM ({series}) WHERE full_a < {self.window_b} + {reach}"

    # --- with a trigger
    def triggers(self) -> str:
        """One duty per trigger: by its own dates, within so long of it, or for as long as it is open."""
        o = self.obligation
        source = f"SELECT t.* FROM {self.trigger} t WHERE {self._in_window()}"
        if o.before:
            back = self.compiler.duration(o.within)
            a = f"CASE WHEN bare THEN {sql.before('from_a', 'TRUE', back)} ELSE {sql.before('from_a', 'FALSE', back)} END"
            return self._shaped(source, a=a, b="from_b", due="from_b", open_span=False)
        if o.within:
            span: Duration = self.compiler.duration(o.within)
            moment = "from_b" if span.unit == "hours" else "from_a"
            due = sql.shift(moment, "FALSE" if span.unit == "hours" else "TRUE", span)
            rolled = f"SELECT *, {self._roll()} AS rolled FROM (SELECT *, {due} AS unrolled FROM ({source})) d"
            return self._shaped(rolled, a="from_a", b="rolled", due="rolled")
        if self.by is not None:
            return self._with_due(source, self.by, "from_a", period="")
        return self._shaped(source, a="from_a", b="until", due="until")

    def trigger_periods(self) -> str:
        """One duty per trigger and period in which it is open."""
        unit = self.obligation.unit
        first = f"CAST({period_start(unit, f'greatest(from_a, {self.window_a})')} AS TIMESTAMP)"
        last = f"least(until, {self.window_b}, {self.compiler.as_of_sql} + {step_interval(unit)})"
        open_periods = (
            f"SELECT t.*, CAST(unnest(CASE WHEN from_a IS NULL THEN [CAST(NULL AS TIMESTAMP)]\n"
            f"  ELSE generate_series({first}, {last}, {step_interval(unit)}) END) AS TIMESTAMP) AS full_a FROM {self.trigger} t"
        )
        source = f"SELECT *, full_a + {step_interval(unit)} AS full_b FROM ({open_periods})"
        a = f"greatest(full_a, {self.window_a}, from_a)"
        cap = f"least(full_b, {self.window_b})"
        source = f"SELECT * FROM ({source}) WHERE from_a IS NULL OR {a} < least({cap}, until)"
        if self.by is None:
            return self._shaped(source, a=a, b=f"least({cap}, until)", due=cap, period=True)
        return self._with_due(source, self.by, a, period=f"least({cap}, until)", stretched=False)

    def reported(self) -> str:
        """A figure that was handed in: its own period, due when it was made (or `by`)."""
        unit = self.obligation.unit or "month"
        first = f"CAST({period_start(unit, 'named')} AS TIMESTAMP)"
        source = f"SELECT t.*, {first} AS full_a, {first} + {step_interval(unit)} AS full_b FROM {self.trigger} t WHERE {self._in_window()}"
        if self.by is not None:
            return self._with_due(source, self.by, "full_a", period="full_b", key=False, open_span=False)
        due = "CAST(CAST(event AS DATE) AS TIMESTAMP) + INTERVAL 1 DAY"
        return self._shaped(source, a="full_a", b="full_b", due=due, open_span=False, calendar=True)

    def _in_window(self) -> str:
        return f"(t.from_a IS NULL OR (t.from_a >= {self.window_a} AND t.from_a < {self.window_b}))"

    # --- the common shape
    def _with_due(
        self,
        source: str,
        by: By,
        a: str,
        *,
        period: str,
        key: bool = True,
        open_span: bool = True,
        stretched: bool = True,
    ) -> str:
        """Frames whose due is an expression; `period` is the SQL end of the nominal span ('' : the due itself)."""
        names, rows = self._due_names()
        due = sql.due(by, names, "q.full_a", "q.full_b")
        blank = self._blank(by, names)
        read = f"{due} {blank} {names.joins()}"
        joins = "\n".join([*(join for alias, join in rows.items() if f"{alias}." in read), names.joins()])
        inner = f"SELECT q.*, {due} AS unrolled, {blank} AS due_blank FROM ({source}) q\n{joins}"
        rolled = self._roll()
        body = f"SELECT *, {rolled} AS rolled FROM ({inner}) d"
        if period and key:
            body = f"SELECT * FROM ({body}) WHERE unrolled IS NULL OR (unrolled > {self.window_a} AND unrolled <= {self.window_b})"
        end = f"greatest({period}, rolled)" if period and key and stretched else (period or "rolled")
        return self._shaped(
            body,
            a=a,
            b=end,
            due="rolled",
            period=bool(period) and key,
            open_span=open_span,
            calendar=bool(period),
            blank="due_blank",
        )

    def _blank(self, by: By, names: Names) -> str:
        """SQL of the empty cells that keep a due from being known."""
        return blank_cells(compile_moment(by.expression, names)) if by.expression is not None else "''"

    def _roll(self) -> str:
        return sql.rolled("d.unrolled") if self.compiler.rolls(self.obligation) else "d.unrolled"

    def _due_names(self) -> tuple[Names, dict[str, str]]:
        """The names that a due may read, and the join of each row: the trigger's fields (g), or the bearer's newest row (b)."""
        schema, o = self.compiler.schema, self.obligation
        bearer = Row(schema, schema.bearers[o.bearer].record, "b", self.compiler.as_of_sql)
        columns = frame_columns(*self.compiler.window(self.obligation))
        columns["period.start"] = Column("CAST(q.full_a AS DATE)", "date")
        columns["period.end"] = Column("CAST(q.full_b - INTERVAL 1 DAY AS DATE)", "date")
        newest = (
            f"LEFT JOIN (SELECT * FROM {quote('bearer/' + o.bearer)} QUALIFY row_number() OVER (PARTITION BY jurisdiction, bearer_id\n"
            '  ORDER BY "$s" DESC) = 1) b ON b.jurisdiction = q.jurisdiction AND b.bearer_id = q.bearer_id'
        )
        if not o.each:
            return Names(schema, bearer, {"bearer": bearer}, columns), {"b": newest}
        own = Row(schema, o.each.record, "g")
        trigger = f'LEFT JOIN {quote("seen/" + o.each.record)} g ON g."$n" = q.trig'
        return Names(schema, own, {"bearer": bearer, "trigger": own}, columns), {"g": trigger, "b": newest}

    def _shaped(
        self,
        source: str,
        *,
        a: str,
        b: str,
        due: str,
        period: bool = False,
        open_span: bool = True,
        calendar: bool = False,
        blank: str = "''",
    ) -> str:
        """SQL with `COLUMNS` from a source that has jurisdiction, bearer_id and what the expressions name."""
        has_trigger = self.obligation.each is not None
        trigger = (
            "trig, trigger_id, trigger_key"
            if has_trigger
            else "CAST(NULL AS BIGINT) AS trig, '' AS trigger_id, '' AS trigger_key"
        )
        full = (
            "full_a, full_b"
            if period or calendar
            else "CAST(NULL AS TIMESTAMP) AS full_a, CAST(NULL AS TIMESTAMP) AS full_b"
        )
        days = (
            "CAST(full_a AS DATE) AS period_start, CAST(full_b - INTERVAL 1 DAY AS DATE) AS period_end"
            if period
            else "CAST(NULL AS DATE) AS period_start, CAST(NULL AS DATE) AS period_end"
        )
        opened = (
            "from_a AS open_a, until AS open_b"
            if has_trigger and open_span
            else f"{sql.BEGIN} AS open_a, {sql.END} AS open_b"
        )
        no_due = f"WHEN {due} IS NULL THEN {_unknown('应完成时间', blank)}"
        unknown = f"CASE {no_due} END"
        if has_trigger:
            open_pair = "WHEN sure IS NULL AND twins IS NOT NULL THEN '与“' || twins || '”是否同一条，待确认'"
            no_trigger = f"{open_pair} WHEN sure IS NULL THEN {_unknown('触发条件', 'blank')}"
            begun, no_start = "from_a", f"WHEN from_a IS NULL THEN {_unknown('起算时间')}"
            if self.obligation.reconcile is not None:
                begun, no_start = "full_a", f"{no_start} WHEN full_a IS NULL THEN {_unknown('所属期间')}"
            unknown = f"CASE {no_trigger} {no_start} {no_due} END"
            # begun nobody knows when: it might be any day of the window
            a = f"CASE WHEN {begun} IS NULL THEN {self.window_a} ELSE {a} END"
            b = f"CASE WHEN {begun} IS NULL THEN {self.window_b} ELSE {b} END"
        return (
            f"SELECT jurisdiction, bearer_id, {trigger}, {days}, {full},\n"
            f"  {a} AS a, {b} AS b, {due} AS due, {opened}, {unknown} AS unknown\nFROM ({source})"
        )
