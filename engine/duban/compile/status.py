"""From test results to statuses: the table of docs/semantics.md §8 as one CASE."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from duban.compile import sql
from duban.compile.live import given_counts, held_at
from duban.compile.planner import Compiler
from duban.compile.proof import plan_proof
from duban.compile.sentence import about
from duban.kinds.base import DutyTable, Need, boolean, waivers_of
from duban.pack.obligation import Given, Obligation, Path
from duban.scope import Names, Row, belonging
from duban.sqltext import literal, quote

BLIND = "/blind/status"


def plan_status(compiler: Compiler, obligation: Obligation, duty: DutyTable, result: str, proof: str) -> list[str]:
    """Add `ID/evidence` and `ID/status`, with everything that a status depends on; returns their names."""
    paths = [
        _plan_path(compiler, obligation, duty, result, path, index) for index, path in enumerate(obligation.otherwise)
    ]
    shown = _plan_evidence(compiler, obligation, duty, result)
    facts = _facts(compiler, obligation, duty, result, proof, paths)
    decided = compiler.add(f"{obligation.id}/status", _status(compiler, obligation, facts), "the first row that fits")
    return [shown, decided]


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
    """`ID/evidence`: the record ids and places behind each duty's number, when the last of it happened and was handed in."""
    record = obligation.test.evidence_of(duty.trigger)
    spec = compiler.pack.records[record]
    moments = ['r."$t"'] if spec.time else []
    moments += [f"CAST(r.{quote(name)} AS TIMESTAMP)" for name, field in spec.fields.items() if field.happened]
    last_act = f"max(greatest({', '.join(moments)}))" if moments else "CAST(NULL AS TIMESTAMP)"
    place = "CASE WHEN _file = '' THEN '第' || _row || '行' ELSE _file || CASE WHEN _sheet = '' THEN '' ELSE '[' || _sheet || ']' END || '#' || _row END"
    return compiler.add(
        f"{obligation.id}/evidence",
        f'SELECT e.duty, list(r."$id" ORDER BY e.pos) AS ids, list({place} ORDER BY e.pos) AS places,\n'
        f"  {last_act} AS last_act, CAST(max(r.submitted_at) AS TIMESTAMP) AS last_received\n"
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
        fails, given_join = _given_fails(obligation.given, f"{obligation.id}/given")
        given = f"coalesce(gv.counted >= gv.enough, FALSE) AS given_holds, {fails} AS given_fails"
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
    concerned, concerned_joins = about(compiler.pack, obligation)
    until = "CAST(w.day_until AS TIMESTAMP) + INTERVAL 1 DAY"
    acting = (
        f" AND ({compiler.as_of_sql} <= {until} OR t.done_at <= {until})"
        if obligation.test.word in ("done", "respond")
        else ""
    )
    day = sql.due_day("d.due")
    waivers = f"coalesce({waivers_of(duty, day, acting)}, t.waived_by)"
    named, named_join = _twins(compiler, obligation, duty)
    return (
        f"SELECT {literal(obligation.id)} AS obligation, d.*, t.* EXCLUDE (duty, waived_by), p.proven, p.through, {given}, {flags},\n"
        f"  {question}'' AS question, {held}'' AS path_title, {remarks}, {waivers} AS waivers, {concerned}, {named}\n"
        f"FROM {quote(duty.name)} d JOIN {quote(result)} t USING (duty) JOIN {quote(proof)} p USING (duty)\n"
        f"{given_join}{joins}\n{remark_joins}{concerned_joins}{named_join}"
    )


def _twins(compiler: Compiler, obligation: Obligation, duty: DutyTable) -> tuple[str, str]:
    """SQL of the column `twins`, and its join: the pairs of the bearer about which nobody has said whether they are one, in
    what the test reads and in the duty's span (or without a time).
    """
    schema, parts = compiler.schema, []
    for record, link in sorted(_read(obligation.test.model_dump())):
        if record in schema.records and schema.records[record].identity is not None:
            row = Row(schema, record, "q")
            chain = belonging(schema, record, duty.bearer, link)
            who = chain.sql(row) if chain is not None else "CAST(NULL AS VARCHAR)"
            parts.append(
                f'SELECT q.jurisdiction, {who} AS who, q."$t" AS t, q."$id" || \'与\' || q."$twins" AS pair\n'
                f'  FROM {quote("seen/" + record)} q {" ".join(row.joins.values())} WHERE q."$twins" IS NOT NULL'
            )
    if not parts:
        return "CAST(NULL AS VARCHAR) AS twins", ""
    pairs = "\n  UNION ALL ".join(parts)
    here = "(x.t IS NULL OR (x.t >= d.a - INTERVAL 1 DAY AND x.t < d.b))"
    shown = "array_to_string(list_sort(list(DISTINCT x.pair))[1:3], '；') || CASE WHEN count(DISTINCT x.pair) > 3 THEN '等' ELSE '' END"
    return "tw.twins", (
        f"\nLEFT JOIN (SELECT d.duty, {shown} AS twins FROM {quote(duty.name)} d JOIN (\n  {pairs}) x\n"
        f"  ON x.jurisdiction = d.jurisdiction AND (x.who IS NULL OR x.who = d.bearer_id) AND {here} GROUP BY d.duty) tw USING (duty)"
    )


def _read(words: Any) -> set[tuple[str, str]]:
    """(record type, link) of every part of a test that reads records."""
    if isinstance(words, Mapping):
        own = {(words["record"], words.get("link", ""))} if isinstance(words.get("record"), str) else set()
        return own.union(*map(_read, words.values()))
    return set().union(*map(_read, words)) if isinstance(words, (list, tuple)) else set()


def _given_fails(given: Given, counts: str) -> tuple[str, str]:
    """SQL: what must be given is certainly not there; and the joins that it needs. `counts` and its `/proof` are steps."""
    few = f"gv.counted + gv.maybe < gv.enough, {given.at_least} > 0"  # no such record at all: fewer than enough
    joins = f"LEFT JOIN {quote(counts)} gv USING (duty)\nJOIN {quote(counts + '/proof')} gp USING (duty)\n"
    return f"coalesce({few}) AND gp.proven", joins


def _own_names(compiler: Compiler, duty: DutyTable) -> Names:
    """What notes, paths and `advisory` read: the trigger's fields where there is one, else the bearer's."""
    own = Row(compiler.schema, duty.trigger, "tr") if duty.trigger else None
    names: Names = compiler.names(duty, own)
    if own is None:
        names.own = names.rows["bearer"]
    return names


def _remarks(compiler: Compiler, obligation: Obligation, duty: DutyTable) -> tuple[str, str]:
    """SQL of the columns `notes`, `marks` and `advised`, and the joins that they need."""
    names = _own_names(compiler, duty)
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
    unsure = f"{weak} OR f.could_late OR (f.doubtful AND NOT f.asking)"
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
        ("len(f.waivers) > 0", "'waived'"),
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


def plan_blind_status(compiler: Compiler, obligation: Obligation, duty: DutyTable, blind: str) -> str:
    """`ID/blind/status`: the duties of bearers whose triggers cannot be known: unproven, unless what must be given is not there."""
    pack = literal(f"{compiler.pack.header.id}|")
    print_of = (
        f"left(sha256({pack} || d.jurisdiction || '|' || {literal(obligation.id + '|')} || d.bearer_id || '||'), 16)"
    )
    names = _own_names(compiler, duty)
    advised = _advised(obligation, names)  # before the joins: it says which are needed
    joins = f"{compiler.bearer_join(duty)}\n{names.joins()}" if obligation.advisory else ""
    given, given_joins = "FALSE", ""
    if obligation.advisory or obligation.given is not None:
        blind = _plan_blind_duty(compiler, obligation, duty, blind)
    if obligation.given is not None:
        own = replace(duty, name=blind)
        counts = compiler.add(
            f"{obligation.id}/blind/given",
            given_counts(compiler, obligation.given, own),
            "whether it is there for them",
        )
        plan_proof(compiler, obligation, own, (Need(obligation.given.record),), f"{counts}/proof")
        given, given_joins = _given_fails(obligation.given, counts)
    return compiler.add(
        obligation.id + BLIND,
        f"SELECT {print_of} AS fingerprint, {literal(obligation.id)} AS obligation, d.jurisdiction, d.bearer_id, i.bearer_name, i.town,\n"
        f"  d.due, d.live_start, d.live_end, {advised} AS advised, {given} AS given_fails\n"
        f"FROM {quote(blind)} d {given_joins}JOIN {quote(f'bearer/{obligation.bearer}/ids')} i\n"
        f"  ON i.jurisdiction = d.jurisdiction AND i.bearer_id = d.bearer_id\n{joins}",
        "duties of bearers whose triggers cannot be known",
    )


def _plan_blind_duty(compiler: Compiler, obligation: Obligation, duty: DutyTable, blind: str) -> str:
    """`ID/blind/duty`: with the columns by which conditions find rows: no trigger, no period, the bearer's row at due."""
    rank = held_at("b.due", "p")
    return compiler.add(
        f"{obligation.id}/blind/duty",
        "SELECT row_number() OVER () AS duty, b.*, CAST(NULL AS BIGINT) AS trig, CAST(NULL AS TIMESTAMP) AS full_a,\n"
        "  CAST(NULL AS TIMESTAMP) AS full_b, h.piece\n"
        f"FROM {quote(blind)} b JOIN (SELECT b.jurisdiction, b.bearer_id, max({rank}).piece AS piece\n"
        f"  FROM {quote(blind)} b JOIN {quote('bearer/' + duty.bearer)} p USING (jurisdiction, bearer_id) GROUP BY ALL) h\n"
        "  USING (jurisdiction, bearer_id)",
        "the same, with the bearer's row",
    )
