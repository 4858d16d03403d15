"""Runs the checks of a pack: each is one SQL statement per record type, and a hit is a row that it does not like."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from duban.check.shown import shown_sql
from duban.check.twins import Pair, pairs
from duban.check.views import Views
from duban.conditions import Column, compile_boolean, parse
from duban.pack.checks import ANY, Check, Circumstances, Side, records_of, row_names, side_names
from duban.pack.lint_checks import FOUND_WORDS, placeholders
from duban.records.tables import table_name
from duban.scope import Names, Row, Schema
from duban.sqltext import literal, quote
from duban.vocabulary import NUMERIC_TYPES, SUPERSEDES, RecordType

if TYPE_CHECKING:
    import duckdb

CAP = 200  # of one check in one file, as the reader does
_HIT = "r._n, r._file, r._sheet, r._row"


@dataclass(frozen=True)
class Hit:
    """A row that a check finds wrong, the field to look at, and what the check says about it."""

    check: Check
    record_type: str
    n: int
    file: str
    sheet: str
    row: int
    field: str
    message: str


def reads(check: Check, schema: Schema) -> frozenset[str]:
    """The fields of its own row that a check looks at: where one of them could not be read, it says nothing."""
    found = {parts[0] for text in (check.must, check.where) if text for parts in parse(text).names()} | {
        check.cell,
        *check.cells,
    }
    for side in check.beside.values():
        found |= {parts[1] for parts in parse(side.on).names() if parts[0] == "row"}
    for kind in (check.same, check.unchanged):
        found |= set(kind.fields) if kind is not None else set()
    for name in records_of(check, schema) if check.twins is not None else ():
        identity = schema.records[name].identity
        found |= set(identity.fields) if identity is not None else set()
    return frozenset(found)


def counts(check: Check) -> frozenset[tuple[str, str]]:
    """The fields of other records, as (record type, field), that a check counts by."""
    found: set[tuple[str, str]] = set()
    for side in check.beside.values():
        names = [parts[0] for parts in parse(side.on).names() if parts[0] not in ("row", "check", "param")]
        found |= {(side.record, name) for name in (*names, side.sum, side.distinct) if name}
    return frozenset(found)


@dataclass
class Rules:
    """One run of the checks over what is loaded. `unchecked`: what could not be compared, because the rest is missing."""

    con: duckdb.DuckDBPyConnection
    schema: Schema
    at: Circumstances
    views: Views
    unchecked: list[str] = field(default_factory=list)
    unread: frozenset[tuple[str, str]] = frozenset()  # (record type, field) of cells that could not be read
    twins: Callable[[Iterator[Pair]], Iterator[Pair]] = iter
    _pairs: dict[str, list[Pair]] = field(default_factory=dict)

    def run(self, check: Check) -> Iterator[Hit]:
        """The rows of the checked files that a check finds wrong."""
        for name in records_of(check, self.schema):
            if self._any_own(name) and not self._lacking(check, name) and not self._blurred(check, name):
                yield from getattr(self, f"_{check.kind}")(check, name)

    def _any_own(self, name: str) -> bool:
        return self.views.filled(name) and bool(
            self.con.execute(f"SELECT 1 FROM {self.views.own(name)} LIMIT 1").fetchall()
        )

    def _lacking(self, check: Check, name: str) -> bool:
        """Whether a table that the check compares with was not handed in; then it says so."""
        needed = [side.record for side in check.beside.values()]
        if check.found_in is not None:
            needed.append(check.found_in.to.partition(".")[0])
        lacking = [self.schema.records[other].title for other in needed if not self.views.filled(other)]
        if lacking:
            title = self.schema.records[name].title
            self.unchecked.append(
                f"{check.code} {title}：{check.title}（没有“{'”“'.join(dict.fromkeys(lacking))}”，未核对）"
            )
        return bool(lacking)

    def _blurred(self, check: Check, name: str) -> bool:
        """Whether cells that the check counts by could not be read: then no number is worth comparing."""
        blurred = counts(check) & self.unread
        if blurred:
            other, cell = min(blurred)
            spec = self.schema.records[other].field(cell)
            why = f"“{self.schema.records[other].title}”的“{spec.title if spec else cell}”有读不出的，未核对"
            self.unchecked.append(f"{check.code} {self.schema.records[name].title}：{check.title}（{why}）")
        return bool(blurred)

    # --- one method for each kind
    def _must(self, check: Check, name: str) -> Iterator[Hit]:
        names = self._names(check, name)
        must = compile_boolean(parse(check.must or ""), names).sql
        record = self.schema.records[name]
        empty = {field: f"r.{quote(field)} IS NULL" for field in check.cells}
        words = {"missing": _titles(record, empty)}
        yield from self._found(check, name, names, f"NOT ({must})", words, check.cell, pick=_first(empty))

    def _text(self, check: Check, name: str) -> Iterator[Hit]:
        assert check.text is not None
        cell = f"r.{quote(check.text.field)}"
        bare = f"regexp_replace({cell}, '[\\s\\p{{P}}]', '', 'g')"
        empty = ", ".join(literal(word) for word in check.text.empty_words)
        wrong = f"length({bare}) < {check.text.at_least}" + (f" OR {bare} IN ({empty})" if empty else "")
        words = {"length": f"CAST(length({bare}) AS VARCHAR)"}
        yield from self._found(check, name, self._names(check, name), wrong, words, check.cell or check.text.field)

    def _found_in(self, check: Check, name: str) -> Iterator[Hit]:
        assert check.found_in is not None
        other, _, there = check.found_in.to.partition(".")
        cell = f"r.{quote(check.found_in.field)}"
        wrong = (
            f"{cell} IS NOT NULL AND NOT EXISTS (SELECT 1 FROM {self.views.seen(other)} o"
            f" WHERE o.jurisdiction = r.jurisdiction AND CAST(o.{quote(there)} AS VARCHAR) = CAST({cell} AS VARCHAR))"
        )
        yield from self._found(check, name, self._names(check, name), wrong, {}, check.cell or check.found_in.field)

    def _events(self, check: Check, name: str) -> Iterator[Hit]:
        events, record = check.events, self.schema.records[name]
        assert events is not None
        if name in events.apart or not record.time:
            return
        fields = {record.time: record.fields[record.time]} | {f: s for f, s in record.fields.items() if s.happened}
        for name_of, spec in fields.items():
            if spec.type not in ("date", "datetime"):
                continue
            day = f"CAST(r.{quote(name_of)} AS DATE)"
            last = f"({literal(self.at.today)} + {events.tolerance})"
            words = {
                "title": literal(spec.title),
                "value": f"CAST({day} AS VARCHAR)",
                "limit": f"CASE WHEN {day} < {literal(events.start)} THEN {literal(f'早于{events.start}')} ELSE {literal(f'还没有到（今天{self.at.today}），还没有发生的事不填')} END",
            }
            wrong = f"{day} < {literal(events.start)} OR {day} > {last}"
            yield from self._found(check, name, self._names(check, name), wrong, words, name_of)

    def _numbers(self, check: Check, name: str) -> Iterator[Hit]:
        numbers, record = check.numbers, self.schema.records[name]
        assert numbers is not None
        for name_of, spec in record.fields.items() if name not in numbers.apart else ():
            if spec.type in NUMERIC_TYPES:
                names = self._names(check, name)
                words = {"title": literal(spec.title), "value": shown_sql(names, name_of)}
                wrong = f"r.{quote(name_of)} < {numbers.at_least}"
                yield from self._found(check, name, names, wrong, words, name_of)

    def _same(self, check: Check, name: str) -> Iterator[Hit]:
        """Rows that agree in the fields, and differ from the first of them."""
        same, record = check.same, self.schema.records[name]
        assert same is not None
        keys = same.fields or (*record.key, *([record.span.start] if record.key and record.span else []))
        if not keys:
            return
        fields = [quote(item) for item in keys]
        alike = [item for item in record.fields if item not in keys] if same.alike == (ANY,) else list(same.alike)
        group = ["jurisdiction", *fields, *(["_file", "submitted_at"] if same.within == "file" else [])]
        filled = " AND ".join(f"{quote(item)} IS NOT NULL" for item in same.fields or record.key)
        first = "WINDOW w AS (PARTITION BY {} ORDER BY submitted_at NULLS FIRST, _n)".format(", ".join(group))
        columns = [f"first_value({column}) OVER w AS {quote('first$' + column)}" for column in ("_n", "_file", "_row")]
        columns += [f"first_value({quote(item)}) OVER w AS {quote('first$' + item)}" for item in alike]
        source = f"(SELECT *, {', '.join(columns)} FROM {table_name(name)} WHERE {filled} {first})"
        differ = " OR ".join(f"r.{quote(item)} IS DISTINCT FROM r.{quote('first$' + item)}" for item in alike)
        words = {
            "other": _other('r."first$_file"', 'r."first$_row"'),
            "differs": _differing(record, alike, lambda item: f"r.{quote('first$' + item)}"),
        }
        wrong = 'r._n <> r."first$_n"' + (f" AND ({differ})" if differ else "")
        yield from self._found(check, name, self._names(check, name), wrong, words, check.cell or keys[0], source)

    def _unchanged(self, check: Check, name: str) -> Iterator[Hit]:
        """Versions that say something else about the past than the one before, without 更正."""
        record, fields = self.schema.records[name], list(check.unchanged.fields if check.unchanged else ())
        keys = [quote(key) for key in record.key]
        by = ", ".join(["jurisdiction", *keys, *([quote(record.span.start)] if record.span else [])])
        filled = " AND ".join(f"{key} IS NOT NULL" for key in keys)
        columns = [
            f"lag({quote(item)}) OVER w AS {quote('first$' + item)}"
            for item in ("_file", "_row", "submitted_at", *fields)
        ]
        window = f"WINDOW w AS (PARTITION BY {by} ORDER BY submitted_at NULLS FIRST, _n)"
        source = f"(SELECT *, {', '.join(columns)} FROM {table_name(name)} WHERE {filled} {window})"
        changed = " OR ".join(f"({differs})" for differs in _changed(fields).values())
        later = 'r.submitted_at > r."first$submitted_at"'
        words = {
            "other": _other('r."first$_file"', 'r."first$_row"'),
            "differs": _before_and_now(record, fields),
        }
        wrong = f"r.{quote(SUPERSEDES)} IS NULL AND coalesce({later}, FALSE) AND ({changed})"
        names, pick = self._names(check, name), _first(_changed(fields))
        yield from self._found(check, name, names, wrong, words, check.cell or fields[0], source, pick)

    def _twins(self, check: Check, name: str) -> Iterator[Hit]:
        record = self.schema.records[name]
        assert check.twins is not None
        assert record.identity is not None
        if name not in self._pairs:  # both kinds are found in one go
            self._pairs[name] = list(pairs(self.con, record, self.views.seen(name), record.identity))
        for pair in self.twins(iter(self._pairs[name])):
            mine = [member for member in (pair.later, pair.earlier) if member.file in self.views.files]
            if pair.certain == check.twins.certain and mine:
                at, other = mine[0], pair.earlier if mine[0] is pair.later else pair.later
                words = {"other": other.shown(at.file), "similarity": f"{pair.similarity:.0%}"}
                yield Hit(
                    check,
                    name,
                    at.n,
                    at.file,
                    at.sheet,
                    at.row,
                    check.cell or record.identity.text,
                    _filled(check.says, words),
                )

    # --- what they share
    def _names(self, check: Check, name: str) -> Names:
        names = row_names(self.schema, name, self.at)
        assert names.own is not None
        sides = {side: self._side(spec, names.own, f"o{i}") for i, (side, spec) in enumerate(check.beside.items())}
        names.columns = {**names.columns, **sides}
        return names

    def _side(self, side: Side, row: Row, alias: str) -> Column:
        """A scalar subquery: the count, sum or number of distinct values of the other records that belong here."""
        seen = self.views.seen(side.record)
        names = side_names(self.schema, side, row, self.at, alias)
        on = compile_boolean(parse(side.on), names).sql
        own = names.own
        assert own is not None
        value = "count(*)"
        if side.sum:
            value = f"coalesce(sum({alias}.{quote(side.sum)}), 0)"
        elif side.distinct:
            value = f"count(DISTINCT {alias}.{quote(side.distinct)})"
        joins = " ".join(own.joins.values())
        among = f"{alias}.jurisdiction = r.jurisdiction AND ({on})"
        mine = [names.resolve(parts) for parts in parse(side.on).names() if parts[0] == "row"]
        known = " AND ".join(f"{column.sql} IS NOT NULL" for column in mine if column is not None) or "TRUE"
        return Column(
            f"CASE WHEN {known} THEN (SELECT {value} FROM {seen} {alias} {joins} WHERE {among}) END", "decimal"
        )

    def _found(
        self,
        check: Check,
        name: str,
        names: Names,
        wrong: str,
        words: dict[str, str],
        cell: str,
        source: str = "",
        pick: str = "",
    ) -> Iterator[Hit]:
        """The rows for which `wrong` (SQL) is true, in the check's scope, with its message filled in.

        `pick`: SQL of the field to look at, where it depends on the row; `cell` where that says nothing.
        """
        where = compile_boolean(parse(check.where), names).sql if check.where else "TRUE"
        wanted = placeholders(check.says)
        columns = [words[word] if word in FOUND_WORDS[check.kind] else shown_sql(names, word) for word in wanted]
        self.views.referred(name)
        if source:
            source = f'(SELECT *, {_moment(self.schema.records[name])} AS "$t" FROM {source})'
        table = source or self.views.own(name)
        listed = "".join(f", {column}" for column in columns)
        mine = f"list_contains(CAST({literal(self.views.files)} AS VARCHAR[]), r._file)"
        rows = self.con.execute(
            f"SELECT DISTINCT {_HIT}, {pick or 'NULL'} AS pick{listed} FROM {table} r {names.joins()}"
            f" WHERE {mine} AND coalesce({where}, FALSE) AND coalesce({wrong}, FALSE) ORDER BY ALL"
        ).fetchall()
        for n, file, sheet, row, picked, *values in rows:
            message = _filled(check.says, dict(zip(wanted, values, strict=True)))
            yield Hit(check, name, n, file, sheet, row, picked or cell, message)


def _moment(record: RecordType) -> str:
    time = record.time or (record.span.start if record.span else "")
    return f"CAST({quote(time)} AS TIMESTAMP)" if time else "TIMESTAMP '9999-01-01'"


def _filled(says: str, words: dict[str, Any]) -> str:
    """The message with its placeholders filled; names with dots are no Python format fields."""
    return re.sub(r"\{([^}]+)\}", lambda found: str(words[found[1]]), says)


def _other(file: str, row: str) -> str:
    """SQL: where the other row stands, short if in the same file."""
    return f"CASE WHEN {file} = r._file THEN '第' || {row} || '行' ELSE '“' || {file} || '”第' || {row} || '行' END"


def _changed(fields: Iterable[str]) -> dict[str, str]:
    """Field → SQL of whether it says something else than in the version before (`first$…`), which said something."""
    return {
        item: f"r.{quote('first$' + item)} IS NOT NULL AND r.{quote(item)} IS DISTINCT FROM r.{quote('first$' + item)}"
        for item in fields
    }


def _first(tests: dict[str, str]) -> str:
    """SQL: the first of the fields whose test holds."""
    cases = " ".join(f"WHEN {test} THEN {literal(field)}" for field, test in tests.items())
    return f"CASE {cases} END" if cases else ""


def _titles(record: RecordType, tests: dict[str, str]) -> str:
    """SQL: the titles of the fields whose tests hold."""
    found = [f"CASE WHEN {test} THEN {literal(f'“{record.fields[field].title}”')} END" for field, test in tests.items()]
    return f"array_to_string(list_filter([{', '.join(found)}], lambda x: x IS NOT NULL), '、')" if found else "''"


def _before_and_now(record: RecordType, fields: list[str]) -> str:
    """SQL: `“排查日期”上次2023-11-20，这次2023-11-27`, of each field that changed; names of people are left out."""
    found = []
    for item, test in _changed(fields).items():
        spec = record.fields[item]
        old, new = (f"coalesce(CAST(r.{quote(prefix + item)} AS VARCHAR), '空')" for prefix in ("first$", ""))
        said = literal(f"“{spec.title}”") + ("" if spec.personal else f" || '上次' || {old} || '，这次' || {new}")
        found.append(f"CASE WHEN {test} THEN {said} END")
    return f"array_to_string(list_filter([{', '.join(found)}], lambda x: x IS NOT NULL), '；')"


def _differing(record: RecordType, fields: list[str], other: Any) -> str:
    """SQL: which fields differ, by their titles."""
    found = []
    for item in fields:
        spec = record.field(item)
        test = f"r.{quote(item)} IS DISTINCT FROM {other(item)}"
        found.append(f"CASE WHEN {test} THEN {literal(f'“{spec.title if spec else item}”')} END")
    return f"array_to_string(list_filter([{', '.join(found)}], lambda x: x IS NOT NULL), '、')" if found else "''"
