"""What the checks of a pack ask of the rows of one record type, as SQL: which rows are wrong, and what is said of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from duban.check.shown import shown_sql
from duban.check.views import Views
from duban.conditions import Column, compile_boolean, parse
from duban.pack.checks import ANY, Check, Circumstances, Side, row_names, side_names
from duban.records.tables import table_name
from duban.scope import Names, Row
from duban.sqltext import literal, quote
from duban.vocabulary import NUMERIC_TYPES, SUPERSEDES, RecordType


@dataclass(frozen=True)
class Question:
    """What a check asks of a row `r`: whether it is `wrong` (SQL), and then `words` (SQL) for its message.

    `cell`: the field to look at; `pick`: SQL of it, where it depends on the row. The rows are the newest versions
    (Views.own), or `rows` (SQL), each with what the one before says under the same key: then none is wrong unless there are
    two with one key, which is what `twice` (SQL) looks for.
    """

    check: Check
    record: str
    names: Names
    wrong: str
    cell: str
    words: dict[str, str] = field(default_factory=dict)
    pick: str = ""
    rows: str = ""
    twice: str = ""

    @property
    def scoped(self) -> str:
        """SQL of whether a row is wrong, and one that the check is about."""
        where = compile_boolean(parse(self.check.where), self.names).sql if self.check.where else "TRUE"
        return f"coalesce({where}, FALSE) AND coalesce({self.wrong}, FALSE)"


class Questions:
    """Writes them; what they look into besides is made by `views`."""

    def __init__(self, views: Views, at: Circumstances) -> None:
        self.views, self.schema, self.at = views, views.schema, at

    def of(self, check: Check, name: str) -> Iterator[Question]:
        """What a check asks of a record type; of pairs (`twins`) it asks nothing here."""
        kinds: dict[str, Callable[[Check, str], Iterator[Question]]] = {
            "must": self._must,
            "text": self._text,
            "found_in": self._found_in,
            "events": self._events,
            "numbers": self._numbers,
            "same": self._same,
            "unchanged": self._unchanged,
        }
        if check.kind in kinds:
            yield from kinds[check.kind](check, name)

    # --- one method for each kind
    def _must(self, check: Check, name: str) -> Iterator[Question]:
        names = self._names(check, name)
        must = compile_boolean(parse(check.must or ""), names).sql
        empty = {field: f"r.{quote(field)} IS NULL" for field in check.cells}
        words = {"missing": _titles(self.schema.records[name], empty)}
        yield Question(check, name, names, f"NOT ({must})", check.cell, words, _first(empty))

    def _text(self, check: Check, name: str) -> Iterator[Question]:
        assert check.text is not None
        cell = f"r.{quote(check.text.field)}"
        bare = f"regexp_replace({cell}, '[\\s\\p{{P}}]', '', 'g')"
        empty = ", ".join(literal(word) for word in check.text.empty_words)
        wrong = f"length({bare}) < {check.text.at_least}" + (f" OR {bare} IN ({empty})" if empty else "")
        words = {"length": f"CAST(length({bare}) AS VARCHAR)"}
        yield Question(check, name, self._names(check, name), wrong, check.cell or check.text.field, words)

    def _found_in(self, check: Check, name: str) -> Iterator[Question]:
        assert check.found_in is not None
        other, _, there = check.found_in.to.partition(".")
        cell = f"r.{quote(check.found_in.field)}"
        wrong = (
            f"{cell} IS NOT NULL AND NOT EXISTS (SELECT 1 FROM {self.views.seen(other)} o"
            f" WHERE o.jurisdiction = r.jurisdiction AND CAST(o.{quote(there)} AS VARCHAR) = CAST({cell} AS VARCHAR))"
        )
        yield Question(check, name, self._names(check, name), wrong, check.cell or check.found_in.field)

    def _events(self, check: Check, name: str) -> Iterator[Question]:
        events, record = check.events, self.schema.records[name]
        assert events is not None
        if name in events.apart or not record.time:
            return
        names, today = self._names(check, name), self.at.today
        early, ahead = f"早于{events.start}", f"还没有到（今天{today}），还没有发生的事不填"
        for name_of in dict.fromkeys([record.time, *(f for f, spec in record.fields.items() if spec.happened)]):
            spec = record.fields[name_of]
            if spec.type not in ("date", "datetime"):
                continue
            day = f"CAST(r.{quote(name_of)} AS DATE)"
            before = f"{day} < {literal(events.start)}"
            words = {
                "title": literal(spec.title),
                "value": f"CAST({day} AS VARCHAR)",
                "limit": f"CASE WHEN {before} THEN {literal(early)} ELSE {literal(ahead)} END",
            }
            wrong = f"{before} OR {day} > ({literal(today)} + {events.tolerance})"
            yield Question(check, name, names, wrong, name_of, words)

    def _numbers(self, check: Check, name: str) -> Iterator[Question]:
        numbers, record = check.numbers, self.schema.records[name]
        assert numbers is not None
        if name in numbers.apart:
            return
        names = self._names(check, name)
        for name_of, spec in record.fields.items():
            if spec.type in NUMERIC_TYPES:
                words = {"title": literal(spec.title), "value": shown_sql(names, name_of)}
                yield Question(check, name, names, f"r.{quote(name_of)} < {numbers.at_least}", name_of, words)

    def _same(self, check: Check, name: str) -> Iterator[Question]:
        """Rows that agree in the fields, and differ from the first of them."""
        same, record = check.same, self.schema.records[name]
        assert same is not None
        keys = same.fields or (*record.key, *([record.span.start] if record.key and record.span else []))
        if not keys:
            return
        fields = [quote(item) for item in keys]
        alike = [item for item in record.fields if item not in keys] if same.alike == (ANY,) else list(same.alike)
        by = ", ".join(["jurisdiction", *fields, *(["_file", "submitted_at"] if same.within == "file" else [])])
        filled = " AND ".join(f"{quote(item)} IS NOT NULL" for item in same.fields or record.key)
        columns = [f"first_value({quote(item)}) OVER w AS {quote('first$' + item)}" for item in ("_n", *_PLACE, *alike)]
        differ = " OR ".join(f"r.{quote(item)} IS DISTINCT FROM r.{quote('first$' + item)}" for item in alike)
        words = {"other": _other(), "differs": _differing(record, alike)}
        wrong = 'r._n <> r."first$_n"' + (f" AND ({differ})" if differ else "")
        yield Question(
            check, name, self._names(check, name), wrong, check.cell or keys[0], words,
            rows=_rows(record, name, columns, filled, by), twice=_twice(name, filled, by),
        )  # fmt: skip

    def _unchanged(self, check: Check, name: str) -> Iterator[Question]:
        """Versions that say something else about the past than the one before, without 更正."""
        record, fields = self.schema.records[name], list(check.unchanged.fields if check.unchanged else ())
        keys = [quote(key) for key in record.key]
        by = ", ".join(["jurisdiction", *keys, *([quote(record.span.start)] if record.span else [])])
        filled = " AND ".join(f"{key} IS NOT NULL" for key in keys)
        columns = [
            f"lag({quote(item)}) OVER w AS {quote('first$' + item)}" for item in (*_PLACE, "submitted_at", *fields)
        ]
        changed = " OR ".join(f"({differs})" for differs in _changed(fields).values())
        later = 'r.submitted_at > r."first$submitted_at"'
        words = {"other": _other(), "differs": _before_and_now(record, fields)}
        wrong = f"r.{quote(SUPERSEDES)} IS NULL AND coalesce({later}, FALSE) AND ({changed})"
        yield Question(
            check, name, self._names(check, name), wrong, check.cell or fields[0], words, _first(_changed(fields)),
            _rows(record, name, columns, filled, by), _twice(name, filled, by),
        )  # fmt: skip

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


_PLACE = ("_file", "_row")  # where the row before stands


def _rows(record: RecordType, name: str, columns: Iterable[str], filled: str, by: str) -> str:
    """All rows that have a key, with columns of those before them that have the same one."""
    window = f"WINDOW w AS (PARTITION BY {by} ORDER BY submitted_at NULLS FIRST, _n)"
    source = f"SELECT *, {', '.join(columns)} FROM {table_name(name)} WHERE {filled} {window}"
    return f'(SELECT *, {_moment(record)} AS "$t" FROM ({source}))'


def _twice(name: str, filled: str, by: str) -> str:
    """A row, if there is a key that comes twice."""
    return f"SELECT 1 FROM {table_name(name)} WHERE {filled} GROUP BY {by} HAVING count(*) > 1 LIMIT 1"


def _moment(record: RecordType) -> str:
    time = record.time or (record.span.start if record.span else "")
    return f"CAST({quote(time)} AS TIMESTAMP)" if time else "TIMESTAMP '9999-01-01'"


def _other() -> str:
    """SQL: where the row before stands, short if in the same file."""
    file, row = 'r."first$_file"', 'r."first$_row"'
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
    specs = {item: record.field(item) for item in tests}
    titles = {item: spec.title if spec is not None else item for item, spec in specs.items()}
    found = [f"CASE WHEN {test} THEN {literal(f'“{titles[item]}”')} END" for item, test in tests.items()]
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


def _differing(record: RecordType, fields: list[str]) -> str:
    """SQL: which fields differ from the row before, by their titles."""
    tests = {item: f"r.{quote(item)} IS DISTINCT FROM r.{quote('first$' + item)}" for item in fields}
    return _titles(record, tests)
