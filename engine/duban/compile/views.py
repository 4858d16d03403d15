"""Records as seen at (as_of, known_by), rosters as disjoint spans, bearers: docs/semantics.md §2, §4."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from functools import cache

from duban.calendar import Calendar
from duban.compile import sameness
from duban.compile.sql import BEGIN, END, FIRST_DAY, LAST_DAY, end_of
from duban.kinds.base import boolean, exists_by
from duban.model import Step
from duban.pack.pack import Pack
from duban.scope import Names, Row, Schema, key_text
from duban.sqltext import literal, quote
from duban.vocabulary import SUBMITTED_AT, BearerKind, RecordType, Reference


def seen(schema: Schema, name: str, as_of: str, known_by: str, *, apart: bool = False) -> list[Step]:
    """`seen/T`: the newest known version of each record that exists by as_of, and `keys/T/f` for each reference to it, with
    `places/T`: where nothing of T was handed in, nobody can say that a reference points outside.

    Adds $id (record id), $t and $tb (event and whether it is a bare date), $period, $s and $e (span, rosters). A cell that
    refers to something not (yet) seen reads as empty, unless strangers are expected there (`outside: ignore`).
    A type with an identity has $twins and $one, too (`sameness.told`); `apart`: nothing is made one.
    """
    record = schema.records[name]
    known = _known(sameness.raw(schema, name, apart=apart), known_by)
    twinned = record.identity is not None and not apart
    body = _versions(name, record, known, as_of, twinned)
    shown = sameness.told(name, record, body) if twinned else body
    cells = [_pointing(field_name, references, schema) for field_name, references in record.references.items()]
    cells = [cell for cell in cells if cell]
    title = f"{record.title}: newest known versions"
    steps = [Step(f"seen/{name}", shown, title)]
    if cells:
        steps = [Step(f"seen/{name}", f"SELECT v.* REPLACE ({', '.join(cells)})\nFROM ({shown}) v", title)]
    if record.key:
        steps.insert(0, _again(name, record, known))
    if twinned:
        alone = _known(sameness.raw(schema, name, apart=True), known_by)
        asked = _versions(name, record, f"{known} AND {sameness.asked(record)}", as_of, twinned)
        steps[:0] = sameness.steps(schema, name, alone, asked)
    referred = sorted(_referred(schema, name))
    if referred:
        places = f"SELECT coalesce(list(DISTINCT jurisdiction), []) AS places FROM ({_known(quote('raw_' + name), known_by)})"
        steps.append(Step(f"places/{name}", places, f"{record.title}: who handed any in"))
    for key in referred:
        values = f"SELECT DISTINCT jurisdiction, CAST({quote(key)} AS VARCHAR) AS value FROM ({body}) WHERE {quote(key)} IS NOT NULL"
        steps.append(Step(f"keys/{name}/{key}", values, f"{record.title}: what references can point at"))
    return steps


def _pointing(name: str, references: Sequence[Reference], schema: Schema) -> str:
    """A field that refers to something, as SQL: empty where it points at nothing that is there; '' if strangers may stand
    in it. IN rather than a join: a join may build its table of a million records instead of the keys.
    """
    if any(reference.outside == "ignore" for reference in references):
        return ""
    targets, cell = [schema.target(reference) for reference in references], f"v.{quote(name)}"
    there = [
        f"(v.jurisdiction, CAST({cell} AS VARCHAR)) IN (SELECT jurisdiction, value FROM {quote(f'keys/{target}/{key}')})"
        for target, key in targets
    ]
    unlisted = [
        f"NOT list_contains((SELECT places FROM {quote(f'places/{target}')}), v.jurisdiction)" for target, _ in targets
    ]
    cases = [f"WHEN {condition} THEN {cell}" for condition in (*there, *unlisted)]  # the last ones for few rows, if any
    return f"CASE {' '.join(cases)} END AS {quote(name)}"


def _referred(schema: Schema, name: str) -> set[str]:
    """The fields of a record type that others refer to."""
    references = [item for record in schema.records.values() for group in record.references.values() for item in group]
    return {key for target, key in map(schema.target, references) if target == name}


def _known(rows: str, known_by: str) -> str:
    """SQL of the rows that were handed in by known_by."""
    known = f"submitted_at IS NULL OR {exists_by('submitted_at', quote(SUBMITTED_AT + '$bare'), known_by)}"
    return f"SELECT * FROM {rows} WHERE ({known})"


def _versions(name: str, record: RecordType, source: str, as_of: str, twinned: bool) -> str:
    """SQL of the newest of the known rows (`source`), as they look at as_of. `twinned`: keys that are one were made one."""
    keys = [quote(key) for key in record.key]
    if record.key:
        source = _newest(name, source, record, keys, twinned)
    time, bare = _event(record, as_of)
    columns = ['"$n"', _record_id(record) + ' AS "$id"', "_file", "_sheet", "_row", "jurisdiction"]
    columns += [_cell(field_name, spec.type, spec.happened, as_of) for field_name, spec in record.fields.items()]
    columns += ["submitted_at", quote(SUBMITTED_AT + "$bare"), "submitted_by", f'{time} AS "$t"', f'{bare} AS "$tb"']
    period = f"CAST({quote(record.period)} AS DATE)" if record.period else f"CAST({time} AS DATE)"
    start, end = _span(record, record.span.start if record.span else "", record.span.end if record.span else "")
    columns += [f'{period} AS "$period"', f'{start} AS "$s"', f'{end} AS "$e"']
    exists = f"WHERE {time} IS NULL OR {exists_by(time, bare, as_of)}" if record.time else ""
    body = ",\n  ".join(columns)
    source = source.replace("SELECT *", 'SELECT *, _n AS "$n"', 1) if not record.key else source
    return f"SELECT {body}\nFROM ({source})\n{exists}"


def _newest(name: str, source: str, record: RecordType, keys: list[str], twinned: bool) -> str:
    """One row per key: the one handed in last; at one time, of several keys that are one, the greatest. Only keys that come
    twice (`again/T`) are sorted; all others pass. A row with an empty key is its own record: `$o` numbers its equals.
    """
    by = ", ".join(_version_key(record))
    filled = " AND ".join(f"{key} IS NOT NULL" for key in keys)
    content = ", ".join(quote(name) for name in record.fields)
    own = f"{quote(sameness.OWN)} DESC, " if twinned else ""
    order = f"submitted_at DESC NULLS LAST, {own}md5(CAST(row({content}) AS VARCHAR)) DESC"
    twice = f"({filled} AND hash({by}) IN (SELECT h FROM {quote('again/' + name)}))"
    once = source.replace("SELECT *", 'SELECT *, _n AS "$n", 1 AS "$o"', 1)
    sorted_ = source.replace("SELECT *", f'SELECT *, _n AS "$n", {_ordinal(record)} AS "$o"', 1)
    return (
        f"{once} AND {filled} AND NOT coalesce({twice}, FALSE)\nUNION ALL\n"
        f"{sorted_} AND ({twice} OR NOT ({filled}))\n"
        f"QUALIFY NOT ({filled}) OR row_number() OVER (PARTITION BY {by} ORDER BY {order}) = 1"
    )


def _version_key(record: RecordType) -> list[str]:
    """SQL of what tells versions of one record apart from other records."""
    start = [f"coalesce({quote(record.span.start)}, DATE '0001-01-01')"] if record.span else []
    return ["jurisdiction", *(quote(key) for key in record.key), *start]


def _again(name: str, record: RecordType, source: str) -> Step:
    """`again/T`: hashes of the keys that come more than once among the known rows; nearly always none."""
    by = ", ".join(_version_key(record))
    filled = " AND ".join(f"{quote(key)} IS NOT NULL" for key in record.key)
    sql = f"SELECT hash({by}) AS h FROM ({source}) WHERE {filled} GROUP BY h HAVING count(*) > 1"
    return Step(f"again/{name}", sql, f"{record.title}: keys handed in more than once")


def _record_id(record: RecordType) -> str:
    """SQL of the record id: the key; without one, a hash of the content and an ordinal among equals."""
    number = '"$o"' if record.key else _ordinal(record)
    anonymous = f"'#' || left({_hashed(record)}, 12) || CASE WHEN {number} > 1 THEN '-' || {number} ELSE '' END"
    if not record.key:
        return anonymous
    keys = [quote(key) for key in record.key]
    named = key_text(keys)
    if record.span:
        named += f" || '/' || coalesce(CAST(CAST({quote(record.span.start)} AS DATE) AS VARCHAR), '')"
    empty = " OR ".join(f"{key} IS NULL" for key in keys)
    return f"CASE WHEN {empty} THEN {anonymous} ELSE {named} END"


def _hashed(record: RecordType) -> str:
    content = ", ".join(quote(name) for name in record.fields)
    return f"md5(CAST(row(jurisdiction, {content}) AS VARCHAR))"


def _ordinal(record: RecordType) -> str:
    """SQL of a row's number among equals, in the order in which they were handed in; one with a key is alone."""
    empty = " OR ".join(f"{quote(key)} IS NULL" for key in record.key)
    equals = f"CASE WHEN {empty} THEN {_hashed(record)} ELSE CAST(_n AS VARCHAR) END" if empty else _hashed(record)
    return f"row_number() OVER (PARTITION BY {equals} ORDER BY submitted_at NULLS FIRST, _n)"


def _event(record: RecordType, as_of: str) -> tuple[str, str]:
    """SQL of the event's moment and of “it is a bare date”."""
    if record.time:
        spec = record.fields[record.time]
        bare = f"coalesce({quote(record.time + '$bare')}, FALSE)" if spec.type == "datetime" else "TRUE"
        return f"CAST({quote(record.time)} AS TIMESTAMP)", bare
    start = f"CAST({quote(record.span.start)} AS TIMESTAMP)" if record.span else "NULL"
    return f"coalesce({start}, {as_of})", "FALSE"


def _cell(name: str, kind: str, happened: bool, as_of: str) -> str:
    """A field as seen: what happens after as_of has not happened yet."""
    column, mark = quote(name), quote(name + "$bare")
    if not happened:
        return f"{column}, {mark}" if kind == "datetime" else column
    bare = f"coalesce({mark}, FALSE)" if kind == "datetime" else "TRUE"
    there = exists_by(f"CAST({column} AS TIMESTAMP)", bare, as_of)
    shown = f"CASE WHEN {there} THEN {column} END AS {column}"
    return f"{shown}, {mark}" if kind == "datetime" else shown


def _span(record: RecordType, start: str, end: str, prefix: str = "") -> tuple[str, str]:
    """SQL of [start, end): empty is open, a bare end is the end of its day."""
    begin = f"coalesce(CAST({prefix}{quote(start)} AS TIMESTAMP), {BEGIN})" if start else BEGIN
    if not end:
        return begin, END
    bare = prefix + quote(end + "$bare") if record.fields[end].type == "datetime" else "TRUE"
    return begin, f"coalesce({end_of(prefix + quote(end), bare)}, {END})"


def spans(name: str, record: RecordType) -> Step:
    """`span/T`: a roster's rows cut so that at most one holds at any moment, for references to it."""
    source = f"SELECT *, {key_text(quote(key) for key in record.key)} AS bearer_id FROM {quote('seen/' + name)}"
    return Step(f"span/{name}", disjoint(source), f"{record.title}: one row per moment")


def bearers(kind_name: str, kind: BearerKind, pack: Pack) -> list[Step]:
    """`bearer/K`: who can bear duties, as disjoint spans; `bearer/K/ids`: each once, with its name and town."""
    record = pack.records[kind.record]
    row = Row(pack.schema, kind.record, "r")
    names = Names(pack.schema, row)
    where = boolean(kind.where, names).sql
    joins = names.joins()
    start, end = 'r."$s"', 'r."$e"'
    if kind.start or kind.end:
        start, end = _span(record, kind.start, kind.end, "r.")
    source = (
        f'SELECT r.* REPLACE ({start} AS "$s", {end} AS "$e"), {key_text("r." + quote(key) for key in kind.key)} AS bearer_id\n'
        f"FROM {quote('seen/' + kind.record)} r {joins} WHERE {where}"
    )
    table = f"bearer/{kind_name}"
    text = {
        word: f"CAST({quote(name)} AS VARCHAR)" if name else "''"
        for word, name in (("name", kind.name), ("town", kind.town))
    }
    ids = (
        f"SELECT jurisdiction, bearer_id, arg_max(coalesce({text['name']}, ''), \"$s\") AS bearer_name,\n"
        f'  arg_max(coalesce({text["town"]}, \'\'), "$s") AS town, max("$e") AS ended\n'
        f"FROM {quote(table)} GROUP BY jurisdiction, bearer_id"
    )
    numbered = f"SELECT *, row_number() OVER () AS piece FROM ({disjoint(source)})"
    title = kind.title or kind_name
    return [
        Step(table, numbered, f"{title}: who exists, from when until when"),
        Step(f"{table}/ids", ids, f"{title}: each once"),
    ]


def disjoint(source: str) -> str:
    """SQL that cuts overlapping spans of one bearer: at each moment the one that started last counts."""
    owner = "jurisdiction, bearer_id"
    running = f'OVER (PARTITION BY {owner} ORDER BY "$s" ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)'
    return (
        f'WITH rows AS (SELECT * FROM ({source}) WHERE bearer_id IS NOT NULL AND "$s" < "$e"),\n'
        f'clash AS (SELECT DISTINCT {owner} FROM (SELECT {owner}, "$s" < max("$e") {running} AS over FROM rows) WHERE over),\n'
        f'points AS (SELECT {owner}, "$s" AS p FROM rows SEMI JOIN clash USING ({owner})\n'
        f'  UNION SELECT {owner}, "$e" FROM rows SEMI JOIN clash USING ({owner})),\n'
        f"cuts AS (SELECT {owner}, p AS s, lead(p) OVER (PARTITION BY {owner} ORDER BY p) AS e FROM points)\n"
        f"SELECT rows.* FROM rows ANTI JOIN clash USING ({owner})\nUNION ALL\n"
        f'SELECT r.* REPLACE (c.s AS "$s", c.e AS "$e") FROM cuts c JOIN rows r\n'
        f'  ON r.jurisdiction = c.jurisdiction AND r.bearer_id = c.bearer_id AND r."$s" <= c.s AND r."$e" >= c.e\n'
        f'QUALIFY row_number() OVER (PARTITION BY c.jurisdiction, c.bearer_id, c.s ORDER BY r."$s" DESC, r."$id" DESC) = 1'
    )


@cache
def _flags(calendar: Calendar) -> str:
    """A `1` for every workday, a `0` for every day off."""
    days = (LAST_DAY - FIRST_DAY).days + 1
    return "".join("1" if calendar.is_workday(FIRST_DAY + timedelta(days=number)) else "0" for number in range(days))


def workdays(calendar: Calendar) -> Step:
    """`calendar`: every day with whether it is a workday, its number among workdays, and the next workday."""
    days, flags = (LAST_DAY - FIRST_DAY).days + 1, _flags(calendar)
    day = f"CAST({literal(FIRST_DAY)} + INTERVAL (number) DAY AS DATE)"
    following = "OVER (ORDER BY day ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING)"
    return Step(
        "calendar",
        "SELECT day, workday, sum(CAST(workday AS INTEGER)) OVER (ORDER BY day) AS nth,\n"
        f"  min(CASE WHEN workday THEN day END) {following} AS next_workday\n"
        f"FROM (SELECT {day} AS day, substr('{flags}', CAST(number + 1 AS BIGINT), 1) = '1' AS workday FROM range({days}) t(number))",
        "workdays of the pinned calendar; unpublished years by weekends",
    )
