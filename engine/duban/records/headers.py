"""Which column of a table is which declared field: by name, Chinese title or alias, forgiving width and blanks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from duban.errors import Issue
from duban.records import problems
from duban.records.layout import is_unit
from duban.records.raw import RawColumn, RawTable, letters
from duban.records.text import fold, meant
from duban.vocabulary import ENVELOPE, JURISDICTION, MANIFEST, NUMERIC_TYPES, FieldSpec, RecordType

# Columns that every form has and no record needs. A 序号 is never an id.
_UNUSED = frozenset(("序号", "行次", "行号", "栏次", "no", "no."))
_BRACKET = re.compile(r"(.+?)[(\[]([^()\[\]]*)[)\]]")
_MONEY = ("万元", "元")


@dataclass(frozen=True)
class Matched:
    """The columns of one raw table by field name, and what was odd about its header row."""

    columns: dict[str, RawColumn]
    issues: tuple[Issue, ...]


class Seen:
    """Which fields were handed in, and in which column of which table."""

    def __init__(self) -> None:
        self._fields: dict[str, set[str]] = {}
        self._columns: dict[tuple[str, str, str], dict[str, RawColumn]] = {}

    def add(self, name: str, table: RawTable, columns: Mapping[str, RawColumn]) -> None:
        """Note the matched columns of a table of a record type."""
        self.note(name, table.file, table.sheet, columns)

    def note(self, name: str, file: str, sheet: str, columns: Mapping[str, RawColumn]) -> None:
        """The same, of a table that is known by its place."""
        self._fields.setdefault(name, set()).update(columns)
        self._columns[name, file, sheet] = dict(columns)

    def add_empty(self, name: str, fields: Iterable[str]) -> None:
        """Note that a table without a single row or column was handed in on purpose: it says that there is nothing."""
        self._fields.setdefault(name, set()).update(fields)

    def has(self, name: str, field: str) -> bool:
        return field in self._fields.get(name, ())

    def letters(self, name: str, table: RawTable) -> dict[str, str]:
        """Field → what a spreadsheet program calls its column."""
        columns = self._columns.get((name, table.file, table.sheet), {})
        return {field: column.letter for field, column in columns.items() if column.letter}

    def column(self, name: str, file: str, sheet: str, field: str) -> RawColumn:
        """The column of a field as a file has it; one of the field's name where that is not known."""
        return self._columns.get((name, file, sheet), {}).get(field, RawColumn(field, ""))


def columns_of(name: str, record_type: RecordType) -> dict[str, FieldSpec]:
    """All fields that the table of a record type has, in order: its own, then the envelope of a hand-in."""
    envelope = {JURISDICTION: ENVELOPE[JURISDICTION]} if name == MANIFEST else ENVELOPE
    return {**record_type.fields, **{key: spec for key, spec in envelope.items() if key not in record_type.fields}}


class Headers:
    """The headers of one record type."""

    def __init__(self, name: str, types: Mapping[str, RecordType]) -> None:
        self.name = name
        self.record_type = types[name]
        self.fields = columns_of(name, self.record_type)
        self._own = _by_header(self.fields)
        self._named = dict(reversed([*_by_reference(self.record_type, types)]))

    @property
    def words(self) -> set[str]:
        """Every header that a column may have, folded."""
        return {*self._own, *self._named}

    def find(self, column: RawColumn) -> tuple[str, str]:
        """The field of a column and the unit that its header gives, '' for what there is not."""
        return _found(column, self._own) or _found(column, self._named) or ("", "")

    def knows(self, header: str) -> bool:
        return any(word in self._own or word in self._named for word, _ in readings(header))

    def match(self, table: RawTable, referenced: frozenset[str], told: Mapping[str, str] | None = None) -> Matched:
        """Match the header row of a table to the fields.

        `referenced` are the fields of this type that other types point at. `told`: header → field ('' for none), where
        a mapping file says so.
        """
        columns: dict[str, RawColumn] = {}
        issues: list[Issue] = []
        rest: list[RawColumn] = []
        for position, column in enumerate(table.columns, start=1):
            if not column.header.strip():
                continue
            field, unit = self._told(column, told or {}) or _found(column, self._own) or ("", "")
            place = table.place(table.header, column)
            if not field:
                if told is None or fold(column.header) not in told:
                    rest.append(column)
            elif field in columns:
                if not column.given:
                    title, first = self.fields[field].title, columns[field].header
                    issues.append(problems.twice(place, title, first, position))
            else:
                columns[field] = replace(column, unit=unit if self.fields[field].type in NUMERIC_TYPES else "")
        self._by_names(columns)
        for column in rest:
            if named := _found(column, self._named):
                columns.setdefault(named[0], column)
            else:
                issues += self._unknown(table, column)
        issues.extend(self._missing(table, columns, referenced))
        return Matched(columns, tuple(issues))

    def _told(self, column: RawColumn, told: Mapping[str, str]) -> tuple[str, str] | None:
        """What a mapping file says of a column: it beats what the header says."""
        for name in (column.header, *column.names):
            if (field := told.get(fold(name))) is not None:
                return (field, column.unit or next(readings(name))[1]) if field in self.fields else ("", "")
        return None

    def _by_names(self, columns: dict[str, RawColumn]) -> None:
        """Where a row says by name whom it concerns, and not by key: the name stands in for the key."""
        for field, spec in self.fields.items():
            if spec.names and spec.names not in columns and field in columns:
                columns[spec.names] = columns[field]

    def _unknown(self, table: RawTable, column: RawColumn) -> list[Issue]:
        if column.given or fold(column.header) in _UNUSED:
            return []
        known = [word for name, spec in self.fields.items() for word in (spec.title, *spec.aliases, name)]
        place, title = table.place(table.header, column), self.record_type.title
        return [problems.unknown_column(place, column.header, title, meant(column.header, known))]

    def _missing(
        self, table: RawTable, columns: Mapping[str, RawColumn], referenced: frozenset[str]
    ) -> Iterator[Issue]:
        needed = {*self.record_type.key, self.record_type.time, *referenced} - {"", *ENVELOPE}
        for name, spec in self.fields.items():
            if name not in columns and (spec.required or name in needed):
                free = f"{letters(len(table.columns))}{table.header}" if table.file else ""
                place = replace(table.place(), cell=free)
                yield problems.missing_column(place, spec.title, self.record_type.title, error=spec.required)


def readings(header: str) -> Iterator[tuple[str, str]]:
    """A header as it may be declared, each with the unit that is left over: as it stands, then without what is added.

    >>> list(readings("*整改资金（万元）："))
    [('整改资金(万元)', ''), ('整改资金', '万元')]
    """
    word = fold(header).strip("*:")
    yield word, ""
    found = _BRACKET.fullmatch(word)
    if found:
        yield found[1].strip("*:"), found[2] if is_unit(found[2]) else ""
    for unit in _MONEY:
        if word.endswith(unit) and len(word) > len(unit) + 1:
            yield word.removesuffix(unit).rstrip(","), unit
            return


def _found(column: RawColumn, words: Mapping[str, str]) -> tuple[str, str] | None:
    """The field of a column by one dictionary of headers, and the unit that the header gives."""
    for name in column.names or (column.header,):
        for word, unit in readings(name):
            if field := words.get(word):
                return field, column.unit or unit
    return None


class TypeHeaders:
    """The headers of all record types: which type a table is of, if its names do not say."""

    def __init__(self, types: Mapping[str, RecordType]) -> None:
        self._types = types
        self._of: dict[str, Headers] = {}

    def of(self, name: str) -> Headers:
        """The headers of one record type."""
        if name not in self._of:
            self._of[name] = Headers(name, self._types)
        return self._of[name]

    def known(self, header: str) -> bool:
        """Whether some record type has such a header."""
        return any(word in self._words for word, _ in readings(header))

    @cached_property
    def _words(self) -> frozenset[str]:
        return frozenset(word for name in self._types for word in self.of(name).words)

    @cached_property
    def values(self) -> frozenset[str]:
        """Every allowed value of every field, folded."""
        return frozenset(fold(v) for kind in self._types.values() for spec in kind.fields.values() for v in spec.values)

    def guess(self, columns: Iterable[RawColumn]) -> list[str]:
        """The types that a table's columns fit best: one if there is no doubt, none if no type fits.

        A type fits if it knows at least three fifths of the columns, and among them its key or its time.
        """
        named = [column for column in columns if column.header.strip() and fold(column.header) not in _UNUSED]
        scores: dict[str, int] = {}
        for name, record_type in self._types.items():
            found = {self.of(name).find(column)[0] for column in named} - {""}
            own = {field for field in found if field in record_type.fields}
            telling = {*record_type.key, record_type.time}
            if len(own) >= 2 and len(found) * 5 >= len(named) * 3 and own & telling:
                scores[name] = 2 * len(own) + len(own & telling)
        best = max(scores.values(), default=0)
        return [name for name, score in scores.items() if score == best]


def _by_header(fields: Mapping[str, FieldSpec]) -> dict[str, str]:
    """Folded header → field. A name beats a title, a title beats an alias; then the field declared first."""
    found: dict[str, str] = {}
    for headers in (
        {name: (name,) for name in fields},
        {name: (spec.title,) for name, spec in fields.items()},
        {name: spec.aliases for name, spec in fields.items()},
    ):
        for name, words in headers.items():
            for word in words:
                found.setdefault(fold(word), name)
    return found


def _by_reference(record_type: RecordType, types: Mapping[str, RecordType]) -> Iterator[tuple[str, str]]:
    """Headers under which a row says by another name what it refers to: 企业名称 for an enterprise's number."""
    for field, references in record_type.references.items():
        for reference in references:
            target = types.get(reference.to.partition(".")[0])
            for name in target.named_by if target else ():
                if (spec := target.field(name) if target else None) is not None:
                    for word in (spec.title, *spec.aliases):
                        yield fold(word), field
