"""From test results to statuses: the table of docs/semantics.md §8 as one CASE."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from duban.compile import sql
from duban.compile.live import fingerprint, given_need, held_at, ids_of, plan_given
from duban.compile.paths import own_names, plan_paths, taken
from duban.compile.planner import Compiler
from duban.compile.proof import plan_proof
from duban.compile.sentence import about, concerned
from duban.compile.stack import Stack, trigger_of, union, union_alike
from duban.kinds.base import DutyTable, boolean, prefixed, waived_bearer
from duban.pack.obligation import Obligation
from duban.scope import Names, Row, belonging
from duban.sqltext import literal, quote

BLIND = "blind/status"


def plan_status(compiler: Compiler, stack: Stack, results: list[str]) -> list[str]:
    """Add `ID/evidence` and `ID/status`, with everything that a status depends on; returns their names."""
    shown = _plan_evidence(compiler, stack, results)
    sources = _sources(compiler, stack, results)
    facts = _facts(compiler, stack, results, sources)
    return [shown, compiler.add(stack.step("status"), _status(compiler, stack, facts), "the first row that fits")]


def _plan_evidence(compiler: Compiler, stack: Stack, results: list[str]) -> str:
    """`ID/evidence`: the record ids and places behind each duty's number, when the last of it happened and was handed in."""
    types = {item.id: item.test.evidence_of(trigger_of(item)) for item in stack.obligations}
    rows = "\n  UNION ALL ".join(_behind(compiler, record) for record in dict.fromkeys(types.values()))
    place = "CASE WHEN r._file = '' THEN '第' || r._row || '行' ELSE r._file || CASE WHEN r._sheet = '' THEN '' ELSE '[' || r._sheet || ']' END || '#' || r._row END"
    columns = "unnest(evidence) AS n, unnest(range(1, len(evidence) + 1)) AS pos, len(evidence) AS many"
    counted = f"SELECT duty, {columns} FROM {union(results)}"
    ids = f"{literal(stack.obligations[0].id)} AS obligation"
    source, same = f"({counted}) e", ""
    if len(stack.obligations) > 1:
        ids, same = "e.obligation", "r.record = e.record AND "
        source = f'(SELECT e.*, d.obligation, k.evidence_type AS record FROM ({counted}) e JOIN {quote(stack.step("duty"))} d USING (duty)\n  JOIN "rules" k USING (obligation)) e'
    return compiler.add(
        stack.step("evidence"),
        f"WITH behind AS (SELECT {ids}, e.duty, e.pos, e.many, r.id, {place} AS place, r.act, r.submitted_at\n"
        f"FROM {source}\nJOIN (\n  {rows}) r ON {same}r.n = e.n)\n"
        # most duties rest on one record: to gather lists is what costs
        "SELECT obligation, duty, [id] AS ids, [place] AS places, act AS last_act, CAST(submitted_at AS TIMESTAMP) AS last_received\n"
        "FROM behind WHERE many = 1\nUNION ALL\n"
        "SELECT obligation, duty, list_transform(shown, lambda x: x.id), list_transform(shown, lambda x: x.place), last_act, last_received FROM (\n"
        "  SELECT any_value(obligation) AS obligation, duty, list_sort(list({'pos': pos, 'id': id, 'place': place})) AS shown,\n"
        "    max(act) AS last_act, CAST(max(submitted_at) AS TIMESTAMP) AS last_received FROM behind WHERE many > 1 GROUP BY duty)",
        "the rows behind the numbers",
    )


def _behind(compiler: Compiler, record: str) -> str:
    """SQL of (record, n, id, _file, _sheet, _row, act, submitted_at): the rows of a type, with the last moment that each tells of."""
    spec = compiler.pack.records[record]
    moments = ['"$t"'] if spec.time else []
    moments += [f"CAST({quote(name)} AS TIMESTAMP)" for name, field in spec.fields.items() if field.happened]
    act = f"greatest({', '.join(moments)})" if moments else "CAST(NULL AS TIMESTAMP)"
    return f'SELECT {literal(record)} AS record, "$n" AS n, "$id" AS id, _file, _sheet, _row, {act} AS act, submitted_at FROM {quote("seen/" + record)}'


@dataclass(frozen=True)
class _Sources:
    """The steps that say more of some duties; empty where no obligation of the stack has such a thing."""

    paths: str
    remarks: str
    about: str
    twins: str
    given: str


def _sources(compiler: Compiler, stack: Stack, results: list[str]) -> _Sources:
    """Add the steps."""
    by_id = stack.by_id()

    def step(suffix: str, wanted: list[Obligation], build: Callable[[Obligation, DutyTable], str], why: str) -> str:
        if not wanted:
            return ""
        sql_of = union_alike(stack.duties(among=wanted), lambda duty: build(by_id[duty.obligation], duty))
        return compiler.add(stack.step(suffix), sql_of, why)

    return _Sources(
        plan_paths(compiler, stack, results),
        step(
            "remarks",
            [item for item in stack.obligations if item.notes or item.advisory],
            lambda item, duty: _remarks(compiler, item, duty),
            "remarks, and whether it is advisory",
        ),
        step(
            "about",
            [item for item in stack.obligations if concerned(compiler.pack, item)],
            lambda item, duty: about(compiler.pack, item, duty),
            "whom the trigger is about",
        ),
        step(
            "twins",
            [item for item in stack.obligations if _twinned(compiler, item)],
            lambda item, duty: _twins(compiler, item, duty),
            "pairs of which nobody has said whether they are one",
        ),
        stack.step("given") if any(item.given is not None for item in stack.obligations) else "",
    )


_FIXED = "proof_needed, always_late, by_person, with_by"  # columns of `rules` that decide a status


def _facts(compiler: Compiler, stack: Stack, results: list[str], sources: _Sources) -> str:
    """One row per duty with everything that the status depends on."""
    given, joins = "CAST(NULL AS BOOLEAN) AS given_holds, CAST(NULL AS BOOLEAN) AS given_fails", []
    if sources.given:
        given = f"CASE WHEN k.given IS NOT NULL THEN coalesce(gv.counted >= gv.enough, FALSE) END AS given_holds, {_given_fails()} AS given_fails"
        joins += [f"LEFT JOIN {quote(sources.given)} gv USING (duty)"]
        joins += [f"LEFT JOIN {quote(sources.given + '/proof')} gp USING (duty)"]
    flags = ("discharging", "asking", "mitigating", "doubtful")
    paths = ", ".join([*(f"FALSE AS {name}" for name in flags), "'' AS question", "'' AS path_title"])
    if sources.paths:
        paths = ", ".join(f"coalesce(o.{name}, FALSE) AS {name}" for name in flags)
        paths += ", coalesce(o.question, '') AS question, coalesce(o.path_title, '') AS path_title"
        joins.append(f"LEFT JOIN ({taken(sources.paths)}) o USING (duty)")
    remarks = "'' AS notes, CAST([] AS VARCHAR[]) AS marks, FALSE AS advised"
    if sources.remarks:
        remarks = (
            "coalesce(m.notes, '') AS notes, coalesce(m.marks, []) AS marks, coalesce(m.advised, FALSE) AS advised"
        )
        joins.append(f"LEFT JOIN {quote(sources.remarks)} m USING (duty)")
    whom = "CAST(NULL AS VARCHAR) AS about_id, '' AS about"
    if sources.about:
        whom = "ab.about_id, coalesce(ab.about, '') AS about"
        joins.append(f"LEFT JOIN {quote(sources.about)} ab USING (duty)")
    twins = "CAST(NULL AS VARCHAR) AS twins"
    if sources.twins:
        twins = "tw.twins"
        joins.append(f"LEFT JOIN {quote(sources.twins)} tw USING (duty)")
    waivers = "t.waived_by AS waivers"
    if covering := _waivers(stack, results, compiler.as_of_sql):
        waivers = "coalesce(wv.waivers, t.waived_by) AS waivers"
        joins.append(f"LEFT JOIN (\n{covering}) wv USING (duty)")
    below = "\n".join(joins)
    return (
        f"SELECT d.*, t.* EXCLUDE (duty, waived_by), p.proven, p.through, {given}, {paths},\n"
        f"  {remarks}, {waivers}, {whom}, {twins},\n"
        f"  {', '.join(prefixed(_FIXED, 'k'))}\n"
        f"FROM {quote(stack.step('duty'))} d JOIN {union(results)} t USING (duty) JOIN {quote(stack.step('proof'))} p USING (duty)\n"
        f'JOIN "rules" k USING (obligation)\n{below}'
    )


def _waivers(stack: Stack, results: list[str], as_of: str) -> str:
    """SQL of (duty, waivers): the numbers of the waivers that cover a duty, where any does; '' if none can be waived.

    Joined from the waivers' side: they are few.
    """
    if not any(duty.waivable for duty in stack.duties()):
        return ""
    until = "CAST(w.day_until AS TIMESTAMP) + INTERVAL 1 DAY"
    acting = f"(NOT k.while_open OR {as_of} <= {until} OR t.done_at <= {until})"
    duty, due_day = quote(stack.step("duty")), sql.due_day("w.due")
    columns = "SELECT d.duty, d.due, d.obligation, w.n, w.day_from, w.day_until"
    return (
        f'SELECT w.duty, list(w.n ORDER BY w.n) AS waivers FROM (\n  {columns} FROM {duty} d JOIN "waiver" w ON w.fingerprint = d.fingerprint\n'
        f'  UNION {columns} FROM {duty} d JOIN "waiver" w ON {waived_bearer("w", "d")}) w\n'
        f'JOIN "rules" k USING (obligation) JOIN {union(results)} t USING (duty)\n'
        f"WHERE k.waivable AND w.day_from <= {due_day} AND {due_day} <= w.day_until AND {acting} GROUP BY w.duty"
    )


def _twinned(compiler: Compiler, obligation: Obligation) -> list[tuple[str, str]]:
    """(record type, link) of what its test reads and can come under two keys."""
    records = compiler.schema.records
    read = sorted(_read(obligation.test.model_dump()))
    return [(name, link) for name, link in read if name in records and records[name].identity is not None]


def _twins(compiler: Compiler, obligation: Obligation, duty: DutyTable) -> str:
    """SQL of (duty, twins): the pairs of the bearer about which nobody has said whether they are one, in what the test
    reads and in the duty's span (or without a time).
    """
    schema, parts = compiler.schema, []
    for record, link in _twinned(compiler, obligation):
        row = Row(schema, record, "q")
        chain = belonging(schema, record, duty.bearer, link)
        who = chain.sql(row) if chain is not None else "CAST(NULL AS VARCHAR)"
        parts.append(
            f'SELECT q.jurisdiction, {who} AS who, q."$t" AS t, q."$id" || \'与\' || q."$twins" AS pair\n'
            f'  FROM {quote("seen/" + record)} q {" ".join(row.joins.values())} WHERE q."$twins" IS NOT NULL'
        )
    pairs = "\n  UNION ALL ".join(parts)
    here = "(x.t IS NULL OR (x.t >= d.a - INTERVAL 1 DAY AND x.t < d.b))"
    shown = "array_to_string(list_sort(list(DISTINCT x.pair))[1:3], '；') || CASE WHEN count(DISTINCT x.pair) > 3 THEN '等' ELSE '' END"
    return (
        f"SELECT d.duty, {shown} AS twins FROM {duty.rows} d JOIN (\n  {pairs}) x\n"
        f"  ON x.jurisdiction = d.jurisdiction AND (x.who IS NULL OR x.who = d.bearer_id) AND {here} GROUP BY d.duty"
    )


def _read(words: Any) -> set[tuple[str, str]]:
    """(record type, link) of every part of a test that reads records."""
    if isinstance(words, Mapping):
        own = {(words["record"], words.get("link", ""))} if isinstance(words.get("record"), str) else set()
        return own.union(*map(_read, words.values()))
    return set().union(*map(_read, words)) if isinstance(words, (list, tuple)) else set()


def _given_fails() -> str:
    """SQL: what must be given is certainly not there; `gv` and `gp` are rows of a step `given` and of its `/proof`."""
    # no such record at all: fewer than enough
    few = "coalesce(gv.counted + gv.maybe < gv.enough, k.given > 0)"
    return f"CASE WHEN k.given IS NOT NULL THEN {few} AND gp.proven END"


def _remarks(compiler: Compiler, obligation: Obligation, duty: DutyTable) -> str:
    """SQL of (duty, notes, marks, advised)."""
    names = own_names(compiler, duty)
    texts = [
        f"CASE WHEN {boolean(note.where, names).sql} THEN {literal(note.text + '；')} ELSE '' END"
        for note in obligation.notes
    ]
    marks = ", ".join(
        f"CASE WHEN {boolean(note.where, names).sql} THEN {literal(note.mark)} END"
        for note in obligation.notes
        if note.mark
    )
    marked = f"list_distinct([{marks}])" if marks else "CAST([] AS VARCHAR[])"  # distinct leaves out what is NULL
    columns = (
        f"{' || '.join(texts) or literal('')} AS notes, {marked} AS marks, {_advised(obligation, names)} AS advised"
    )
    return f"SELECT d.duty, {columns}\nFROM {duty.rows} d {compiler.bearer_join(duty)}\n{names.joins()}"


def _advised(obligation: Obligation, names: Names) -> str:
    """SQL: the obligation says that the duty is advisory; unknown in the bearer's favour."""
    if obligation.advisory is None:
        return "FALSE"
    return f"(({boolean(obligation.advisory.where, names).sql}) IS DISTINCT FROM FALSE)"


def _status(compiler: Compiler, stack: Stack, facts: str) -> str:
    """The facts (a query) with `status` and `enforceable`; each WHEN is one row of semantics.md §8."""
    over = f"f.due <= {compiler.as_of_sql}"
    weak = "f.could OR NOT f.proven"
    unsure = f"{weak} OR f.could_late OR (f.doubtful AND NOT f.asking)"
    rows = [
        ("f.live_start IS NULL OR f.given_fails OR f.ended < f.due", "'not_applicable'"),
        (
            "f.unknown IS NOT NULL OR f.applies_blank IS NOT NULL OR f.unclear OR NOT coalesce(f.given_holds, TRUE)",
            "'unproven'",
        ),
        ("f.empty", "'not_applicable'"),
        ("f.hit", "'breached'"),
        (f"f.timely AND (NOT f.proof_needed OR ({over} AND f.proven))", "'met'"),
        (f"{over} AND f.discharging", "'discharged'"),
        ("len(f.waivers) > 0", "'waived'"),
        (f"{compiler.as_of_sql} < f.due", "'pending'"),
        ("f.done_at IS NOT NULL", f"CASE WHEN NOT f.always_late AND ({weak}) THEN 'unproven' ELSE 'late' END"),
        (unsure, "'unproven'"),
    ]
    first = (
        "CASE\n" + "\n".join(f"    WHEN {when} THEN {status}" for when, status in rows) + "\n    ELSE 'breached' END"
    )
    person = "CASE WHEN r.by_person THEN r.found IN ('late', 'breached') ELSE r.found = 'breached' AND r.asking END"
    seconds = "epoch(r.full_b) - epoch(r.full_a)"
    short = f"r.live_seconds * 2 < {seconds} OR (NOT r.with_by AND r.live_seconds < {seconds} AND NOT r.timely AND r.full_ok)"
    enforceable = f"NOT r.advised AND NOT coalesce(r.period_start IS NOT NULL AND ({short}), FALSE)"
    return (
        f"SELECT r.* EXCLUDE ({_FIXED}), CASE WHEN {person} THEN 'manual' ELSE r.found END AS status, {enforceable} AS enforceable\n"
        f"FROM (SELECT f.*, {first} AS found\nFROM (\n{facts}\n) f) r"
    )


def plan_blind_status(compiler: Compiler, stack: Stack, blind: list[Obligation], pieces: list[str]) -> str:
    """`ID/blind/status`: the duties of bearers whose triggers cannot be known: unproven, unless what must be given is not there."""
    by_id, source, joins = stack.by_id(), stack.step("blind"), ""
    given = [item for item in blind if item.given is not None]
    advised = [item for item in blind if item.advisory is not None]
    if given or advised:
        source = _plan_blind_duty(compiler, stack, pieces)
    fails, hint = "FALSE", "FALSE"
    if given:
        duties = stack.duties("blind/duty", given)
        counts = compiler.add(stack.step("blind/given"), plan_given(compiler, duties), "whether it is there for them")
        plan_proof(compiler, duties, lambda duty: given_need(by_id[duty.obligation]), f"{counts}/proof")
        fails = f"coalesce({_given_fails()}, FALSE)"
        joins += f"\nLEFT JOIN {quote(counts)} gv USING (duty) LEFT JOIN {quote(counts + '/proof')} gp USING (duty)"
    if advised:
        hints = union_alike(
            stack.duties("blind/duty", advised), lambda duty: _hint(compiler, by_id[duty.obligation], duty)
        )
        hint = "coalesce(h.advised, FALSE)"
        joins += f"\nLEFT JOIN (\n{hints}\n) h USING (duty)"
    return compiler.add(
        stack.step(BLIND),
        f"SELECT {fingerprint(compiler)} AS fingerprint, d.obligation, d.jurisdiction, d.bearer_id, i.bearer_name, i.town,\n"
        f"  d.due, d.live_start, d.live_end, {hint} AS advised, {fails} AS given_fails\n"
        f'FROM {quote(source)} d JOIN "rules" k USING (obligation) JOIN {ids_of(stack)} i\n'
        f"  ON i.kind = k.bearer_kind AND i.jurisdiction = d.jurisdiction AND i.bearer_id = d.bearer_id{joins}",
        "duties of bearers whose triggers cannot be known",
    )


def _hint(compiler: Compiler, obligation: Obligation, duty: DutyTable) -> str:
    """SQL of (duty, advised)."""
    names = own_names(compiler, duty)
    advised = _advised(obligation, names)  # before the joins: it says which are needed
    return f"SELECT d.duty, {advised} AS advised FROM {duty.rows} d {compiler.bearer_join(duty)}\n{names.joins()}"


def _plan_blind_duty(compiler: Compiler, stack: Stack, pieces: list[str]) -> str:
    """`ID/blind/duty`: with the columns by which conditions find rows: no trigger, no period, the bearer's row at due."""
    rank, blind = held_at("b.due", "p", "s", "e"), quote(stack.step("blind"))
    return compiler.add(
        stack.step("blind/duty"),
        "SELECT row_number() OVER () AS duty, b.*, CAST(NULL AS BIGINT) AS trig, CAST(NULL AS TIMESTAMP) AS full_a,\n"
        "  CAST(NULL AS TIMESTAMP) AS full_b, h.piece\n"
        f"FROM {blind} b JOIN (SELECT b.obligation, b.jurisdiction, b.bearer_id, max({rank}).piece AS piece\n"
        f'  FROM {blind} b JOIN "rules" k USING (obligation) JOIN {union(pieces)} p\n'
        "  ON p.asks = k.asks AND p.jurisdiction = b.jurisdiction AND p.bearer_id = b.bearer_id GROUP BY ALL) h\n"
        "  USING (obligation, jurisdiction, bearer_id)",
        "the same, with the bearer's row",
    )
