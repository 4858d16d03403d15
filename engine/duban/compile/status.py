"""From test results to statuses: the table of docs/semantics.md §8 as one CASE, and what a reader is told beside it."""

from __future__ import annotations

from dataclasses import replace

from duban.compile import sql
from duban.compile.live import held_at
from duban.compile.planner import Compiler
from duban.compile.sentence import Wording, blind_message, concerned_joins, message
from duban.kinds.base import DutyTable, boolean
from duban.pack.obligation import Obligation, Path
from duban.scope import Names, Row
from duban.sqltext import literal, quote

# Columns of `ID/judged`, the same for all obligations.
COLUMNS = (
    "fingerprint, obligation, jurisdiction, bearer_kind, bearer_id, bearer_name, town, trigger_id, period_start, period_end, "
    "due, status, enforceable, required, observed, shortfall, days_left, days_overdue, attainable, live_start, live_end, "
    "done_at, message, speaks_for, data_through, evidence, source, kind, ground, basis, alert, elapsed, past_expected"
)


def plan_judgement(
    compiler: Compiler, obligation: Obligation, duty: DutyTable, result: str, proof: str, blind: str
) -> str:
    """Add `ID/judged`; returns its name."""
    paths = [
        _plan_path(compiler, obligation, duty, result, path, index) for index, path in enumerate(obligation.otherwise)
    ]
    shown = _plan_evidence(compiler, obligation, duty, result)
    facts = _facts(compiler, obligation, duty, result, proof, paths)
    decided = compiler.add(f"{obligation.id}/status", _status(compiler, obligation, facts), "the first row that fits")
    body = _judged(compiler, obligation, decided, shown)
    if blind:
        body += f"\nUNION ALL\n{_blind(compiler, obligation, duty, blind)}"
    return compiler.add(f"{obligation.id}/judged", body, "duties, judged")


def _plan_path(compiler: Compiler, obligation: Obligation, duty: DutyTable, result: str, path: Path, index: int) -> str:
    """`ID/otherwise N`: (duty, holds, might, mitigates): the path's condition and test, with its own due.

    Only where the main test is not satisfied: a path matters nowhere else.

    `might`: its test's unknown acts or targets keep us from knowing that it does not hold; then nobody is accused. An empty
    cell in `where` or the due means that the path is not open (no county order, say).
    """
    base = f"{obligation.id}/otherwise {index + 1}"
    names = _own_names(compiler, duty)
    where = boolean(path.where, names).sql
    due = sql.due(compiler.by(path.by), names, "d.full_a", "d.full_b") if path.by else "d.due"
    compiler.add(
        f"{base}/duty",
        f"SELECT d.* REPLACE ({due} AS due), {where} AS chosen FROM {quote(duty.name)} d\n"
        f"SEMI JOIN (SELECT duty FROM {quote(result)} WHERE timely IS DISTINCT FROM TRUE) t ON t.duty = d.duty\n"
        f"{compiler.bearer_join(duty)}\n{names.joins()}",
        f"the path “{path.title}”: where it is open, and until when",
    )
    if not path.tests:
        open_still = f"chosen AND due > {compiler.as_of_sql}" if path.by else "chosen"
        return compiler.add(
            base,
            f"SELECT duty, coalesce({open_still}, FALSE) AS holds, FALSE AS might, FALSE AS mitigates\n"
            f"FROM {quote(base + '/duty')}",
            path.title,
        )
    own = replace(duty, name=f"{base}/duty", unit=obligation.unit, has_by=duty.has_by or bool(path.by))
    result = path.tests[0].plan(own, compiler, f"{base}/test")
    return compiler.add(
        base,
        "SELECT duty, coalesce(d.chosen AND t.timely AND NOT t.empty, FALSE) AS holds,\n"
        "  coalesce(d.chosen AND NOT t.empty AND d.due IS NOT NULL AND coalesce(t.timely OR t.could, TRUE), FALSE) AS might,\n"
        "  coalesce(d.chosen AND NOT t.timely AND t.done_at IS NOT NULL, FALSE) AS mitigates\n"
        f"FROM {quote(base + '/duty')} d JOIN {quote(result)} t USING (duty)",
        path.title,
    )


def _plan_evidence(compiler: Compiler, obligation: Obligation, duty: DutyTable, result: str) -> str:
    """`ID/evidence`: the record ids and places behind each duty's number."""
    record = obligation.test.evidence_of(duty.trigger)
    place = "CASE WHEN _file = '' THEN '第' || _row || '行' ELSE _file || CASE WHEN _sheet = '' THEN '' ELSE '[' || _sheet || ']' END || '#' || _row END"
    return compiler.add(
        f"{obligation.id}/evidence",
        f'SELECT e.duty, list(r."$id" ORDER BY e.pos) AS ids, list({place} ORDER BY e.pos) AS places\n'
        f"FROM (SELECT duty, unnest(evidence) AS n, unnest(range(1, len(evidence) + 1)) AS pos FROM {quote(result)}) e\n"
        f'JOIN {quote("seen/" + record)} r ON r."$n" = e.n GROUP BY e.duty',
        f"the {record} rows behind the numbers",
    )


def _facts(
    compiler: Compiler, obligation: Obligation, duty: DutyTable, result: str, proof: str, paths: list[str]
) -> str:
    """One row per duty with everything that the status depends on."""
    given, given_join = "CAST(NULL AS BOOLEAN) AS given_holds, CAST(NULL AS BOOLEAN) AS given_fails", ""
    if obligation.given is not None:
        fails = "coalesce(gv.counted + gv.maybe < gv.enough, TRUE)"
        given = f"coalesce(gv.counted >= gv.enough, FALSE) AS given_holds, {fails} AND gp.proven AS given_fails"
        given_join = f"LEFT JOIN {quote(obligation.id + '/given')} gv USING (duty)\nJOIN {quote(obligation.id + '/given/proof')} gp USING (duty)\n"
        # no such record at all: fewer than enough
        given = given.replace(
            "gv.counted + gv.maybe < gv.enough, TRUE",
            f"gv.counted + gv.maybe < gv.enough, {obligation.given.at_least} > 0",
        )
    free = [index for index, path in enumerate(obligation.otherwise) if not path.manual]
    asked = [index for index, path in enumerate(obligation.otherwise) if path.manual]
    joins = "\n".join(f"LEFT JOIN {quote(name)} o{index} USING (duty)" for index, name in enumerate(paths))
    any_of = {
        "discharging": " OR ".join(f"o{index}.holds" for index in free),
        "asking": " OR ".join(f"o{index}.holds" for index in asked),
        "mitigating": " OR ".join(f"o{index}.mitigates" for index in free),
        "doubtful": " OR ".join(f"o{index}.might" for index in range(len(paths))),
    }
    flags = ", ".join(f"coalesce({text or 'FALSE'}, FALSE) AS {name}" for name, text in any_of.items())
    question = "".join(
        f"CASE WHEN coalesce(o{index}.holds, FALSE) THEN {literal(obligation.otherwise[index].manual + '；')} ELSE '' END || "
        for index in asked
    )
    held = "".join(
        f"CASE WHEN coalesce(o{index}.holds, FALSE) THEN {literal(obligation.otherwise[index].title)} ELSE '' END || "
        for index in free
    )
    remarks, remark_joins = _remarks(compiler, obligation, duty)
    until = "CAST(w.day_until AS TIMESTAMP) + INTERVAL 1 DAY"
    acting = (
        f" AND ({compiler.as_of_sql} <= {until} OR t.done_at <= {until})"
        if obligation.test.word in ("done", "respond")
        else ""
    )
    day = sql.due_day("d.due")
    waiver = (
        f'(SELECT min(w.reason) FROM "waiver" w WHERE (w.fingerprint = d.fingerprint OR (w.obligation = {literal(obligation.id)}\n'
        f"  AND w.bearer = d.bearer_id)) AND w.day_from <= {day} AND {day} <= w.day_until{acting})"
    )
    if obligation.basis == "法定义务":  # what the law itself imposes cannot be waived
        waiver = "CAST(NULL AS VARCHAR)"
    return (
        f"SELECT d.*, t.* EXCLUDE (duty), p.proven, p.through, {given}, {flags},\n"
        f"  {question}'' AS question, {held}'' AS path_title, {remarks}, {waiver} AS waiver\n"
        f"FROM {quote(duty.name)} d JOIN {quote(result)} t USING (duty) JOIN {quote(proof)} p USING (duty)\n"
        f"{given_join}{joins}\n{remark_joins}"
    )


def _own_names(compiler: Compiler, duty: DutyTable) -> Names:
    """What notes, paths and `advisory` read: the trigger's fields where there is one, else the bearer's."""
    own = Row(compiler.schema, duty.trigger, "tr") if duty.trigger else None
    names: Names = compiler.names(duty, own)
    if own is None:
        names.own = names.rows["bearer"]
    return names


def _remarks(compiler: Compiler, obligation: Obligation, duty: DutyTable) -> tuple[str, str]:
    """SQL of the columns `notes` and `advised`, and the joins that they need."""
    names = _own_names(compiler, duty)
    texts = [
        f"CASE WHEN {boolean(note.where, names).sql} THEN {literal(note.text + '；')} ELSE '' END"
        for note in obligation.notes
    ]
    columns = f"{' || '.join(texts) or literal('')} AS notes, {_advised(obligation, names)} AS advised"
    needed = obligation.notes or obligation.advisory
    return columns, f"{compiler.bearer_join(duty)}\n{names.joins()}" if needed else ""


def _advised(obligation: Obligation, names: Names) -> str:
    """SQL: the obligation says that the duty is advisory; unknown in the bearer's favour."""
    if obligation.advisory is None:
        return "FALSE"
    return f"(({boolean(obligation.advisory.where, names).sql}) IS DISTINCT FROM FALSE)"


def _status(compiler: Compiler, obligation: Obligation, facts: str) -> str:
    """The facts (a query) with `status` and `enforceable`; each WHEN is one row of semantics.md §8."""
    test, over = obligation.test, f"f.due <= {compiler.as_of_sql}"
    given = obligation.given is not None
    met = f"f.timely AND {over} AND f.proven" if test.needs_proof else "f.timely"
    weak = "f.could OR NOT f.proven"
    unsure = f"{weak} OR (f.doubtful AND NOT f.asking)"
    late = "'late'" if test.late == "always" else f"CASE WHEN {weak} THEN 'unproven' ELSE 'late' END"
    rows = [
        (
            f"f.live_start IS NULL{' OR f.given_fails' if given else ''} OR f.ended < f.due",
            "'not_applicable'",
        ),
        (
            f"f.unknown IS NOT NULL OR f.applies_blank IS NOT NULL OR f.unclear{' OR NOT f.given_holds' if given else ''}",
            "'unproven'",
        ),
        ("f.empty", "'not_applicable'"),
        ("f.hit", "'breached'"),
        (met, "'met'"),
        (f"{over} AND f.discharging", "'discharged'"),
        ("f.waiver IS NOT NULL OR f.waived_hit", "'waived'"),
        (f"{compiler.as_of_sql} < f.due", "'pending'"),
        ("f.done_at IS NOT NULL", late),
        (unsure, "'unproven'"),
    ]
    first = (
        "CASE\n" + "\n".join(f"    WHEN {when} THEN {status}" for when, status in rows) + "\n    ELSE 'breached' END"
    )
    person = "r.found IN ('late', 'breached')" if obligation.manual else "r.found = 'breached' AND r.asking"
    seconds = "epoch(r.full_b) - epoch(r.full_a)"
    short = f"r.live_seconds * 2 < {seconds}"
    if not obligation.by:
        short += f" OR (r.live_seconds < {seconds} AND NOT r.timely AND r.full_ok)"
    enforceable = f"NOT r.advised AND NOT coalesce(r.period_start IS NOT NULL AND ({short}), FALSE)"
    return (
        f"SELECT r.*, CASE WHEN {person} THEN 'manual' ELSE r.found END AS status, {enforceable} AS enforceable\n"
        f"FROM (SELECT f.*, {first} AS found\nFROM (\n{facts}\n) f) r"
    )


def _judged(compiler: Compiler, obligation: Obligation, decided: str, shown: str) -> str:
    as_of = compiler.as_of_sql
    today = sql.due_day(as_of)
    wording = Wording.of(compiler.pack, obligation)
    left = f"CASE WHEN s.status = 'pending' AND s.due < {sql.END} THEN CAST(date_diff('day', {today}, {sql.due_day('s.due')}) AS INTEGER) END"
    overdue = (
        f"CASE WHEN s.status = 'late' OR (s.status = 'manual' AND s.done_at IS NOT NULL) THEN date_diff('day', {sql.due_day('s.due')}, CAST(s.done_at AS DATE))\n"
        f"    WHEN s.status IN ('breached', 'manual', 'unproven') AND s.due <= {as_of} THEN date_diff('day', {sql.due_day('s.due')}, {today}) END"
    )
    shortfall = "greatest(s.required - s.observed, 0)"
    last = "least(s.live_end, s.due)"
    days = f"date_diff('day', CAST({as_of} AS DATE), {sql.due_day(last)}) + 1"
    attainable = f"{last} > {as_of}" + (f" AND {shortfall} <= {days}" if obligation.test.by_day else "")
    return (
        f"SELECT {COLUMNS} FROM (SELECT s.fingerprint, {literal(obligation.id)} AS obligation, s.jurisdiction,\n"
        f"  {literal(obligation.bearer)} AS bearer_kind, s.bearer_id, s.bearer_name, s.town, s.trigger_id, s.period_start, s.period_end,\n"
        f"  nullif(s.due, {sql.END}) AS due, s.status, s.enforceable, s.required, s.observed, {shortfall} AS shortfall,\n"
        f"  {left} AS days_left, CAST({overdue} AS INTEGER) AS days_overdue,\n"
        f"  CASE WHEN s.status = 'pending' THEN coalesce({attainable}, FALSE) END AS attainable, s.live_start, s.live_end, s.done_at,\n"
        f"  {message(wording, as_of)} AS message, {wording.speaks_for} AS speaks_for,\n"
        "  CAST(s.through - INTERVAL 1 DAY AS DATE) AS data_through,\n"
        "  coalesce(e.ids, []) AS evidence, coalesce(e.places, []) AS source, "
        f"{literal(obligation.test.word)} AS kind, {literal(obligation.ground)} AS ground, {literal(obligation.basis)} AS basis,\n"
        f"  {literal(obligation.alert)} AS alert,\n"
        f"  CASE WHEN s.due < {sql.END} THEN (epoch({as_of}) - epoch(s.live_start)) / nullif(epoch(s.due) - epoch(s.live_start), 0) END AS elapsed,\n"
        f"  coalesce(s.expected <= {as_of} AND NOT s.timely, FALSE) AS past_expected\n"
        f"FROM {quote(decided)} s LEFT JOIN {quote(shown)} e USING (duty){concerned_joins(compiler.pack, obligation)})"
    )


def _blind(compiler: Compiler, obligation: Obligation, duty: DutyTable, blind: str) -> str:
    """The unproven duties of bearers whose triggers cannot be known."""
    pack = literal(f"{compiler.pack.header.id}|")
    print_of = (
        f"left(sha256({pack} || d.jurisdiction || '|' || {literal(obligation.id + '|')} || d.bearer_id || '||'), 16)"
    )
    names = _own_names(compiler, duty)
    advised = _advised(obligation, names)
    joins = f"{compiler.bearer_join(duty)}\n{names.joins()}" if obligation.advisory else ""
    wording = Wording.of(compiler.pack, obligation)
    return (
        f"SELECT {print_of}, {literal(obligation.id)}, d.jurisdiction, {literal(obligation.bearer)}, d.bearer_id, i.bearer_name, i.town,\n"
        f"  '', CAST(NULL AS DATE), CAST(NULL AS DATE), d.due, CASE WHEN {compiler.as_of_sql} < d.due THEN 'pending' ELSE 'unproven' END, "
        f"NOT {advised}, CAST(NULL AS DOUBLE), CAST(NULL AS DOUBLE), CAST(NULL AS DOUBLE),\n"
        "  CAST(NULL AS INTEGER), CAST(NULL AS INTEGER), CAST(NULL AS BOOLEAN), d.live_start, d.live_end, CAST(NULL AS TIMESTAMP),\n"
        f"  {blind_message(wording, compiler.as_of_sql, advised)}, '', CAST(NULL AS DATE), [], [], {literal(obligation.test.word)},\n"
        f"  {literal(obligation.ground)}, {literal(obligation.basis)}, {literal(obligation.alert)}, CAST(NULL AS DOUBLE), FALSE\n"
        f"FROM {_without_trigger(duty, blind) if obligation.advisory else quote(blind)} d JOIN {quote(f'bearer/{obligation.bearer}/ids')} i\n"
        f"  ON i.jurisdiction = d.jurisdiction AND i.bearer_id = d.bearer_id\n{joins}"
    )


def _without_trigger(duty: DutyTable, blind: str) -> str:
    """The blind duties with the columns by which conditions find rows: no trigger, no period, the bearer's row at due."""
    rank = held_at("b.due", "p")
    return (
        "(SELECT b.*, CAST(NULL AS BIGINT) AS trig, CAST(NULL AS TIMESTAMP) AS full_a, CAST(NULL AS TIMESTAMP) AS full_b, h.piece\n"
        f"FROM {quote(blind)} b JOIN (SELECT b.jurisdiction, b.bearer_id, max({rank}).piece AS piece\n"
        f"  FROM {quote(blind)} b JOIN {quote('bearer/' + duty.bearer)} p USING (jurisdiction, bearer_id) GROUP BY ALL) h\n"
        "  USING (jurisdiction, bearer_id))"
    )
