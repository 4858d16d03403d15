"""Names in conditions, resolved to columns; and the chains of references by which a record belongs to somebody.

A `Row` is one table alias of one record type; reading through a reference adds a LEFT JOIN to it. Tables are those of
the plan: `seen/T` (records as seen) and `span/T` (rosters cut into disjoint spans). docs/semantics.md §3, §4.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from duban.conditions import Column, ConditionError
from duban.sqltext import literal, quote
from duban.vocabulary import ENVELOPE, JURISDICTION, BearerKind, RecordType, Reference


@dataclass(frozen=True)
class Schema:
    """What conditions of one pack can talk about: record types, bearer kinds, parameters (type and value)."""

    records: Mapping[str, RecordType]
    bearers: Mapping[str, BearerKind]
    parameters: Mapping[str, tuple[str, Any]]

    def target(self, reference: Reference) -> tuple[str, str]:
        """The record type and field that a reference points at; ('', '') if it points nowhere."""
        name, _, field_name = reference.to.partition(".")
        record = self.records.get(name)
        if record is None:
            return "", ""
        if not field_name:
            field_name = record.key[0] if len(record.key) == 1 else ""
        return (name, field_name) if field_name and record.field(field_name) else ("", "")

    def is_key(self, record: str, field_name: str) -> bool:
        """Whether the field alone identifies a row (of a roster: at one moment)."""
        return self.records[record].key == (field_name,)


class Row:
    """The fields of one row, and through its references those of others.

    `moment` is the SQL of the time at which rosters are looked up. `joins` collects the LEFT JOINs that are needed.
    """

    def __init__(self, schema: Schema, record: str, alias: str, moment: str = "") -> None:
        self.schema, self.record, self.alias = schema, record, alias
        self.moment = moment or f'{alias}."$t"'
        self.joins: dict[str, str] = {}

    @property
    def type(self) -> RecordType:
        return self.schema.records[self.record]

    def column(self, name: str) -> Column | None:
        """One of the row's own fields."""
        spec = self.type.field(name)
        if spec is None:
            return None
        sql = f"{self.alias}.{quote(name)}"
        bare = f"{self.alias}.{quote(name + '$bare')}" if spec.type == "datetime" else "FALSE"
        return Column(sql, spec.type, bare, spec.values, spec.title, spec.unit)

    def resolve(self, parts: tuple[str, ...]) -> Column | None:
        if len(parts) == 1:
            return self.column(parts[0])
        row = self.follow(parts[0])
        column = row.resolve(parts[1:]) if row is not None else None
        return column

    def follow(self, name: str) -> Row | None:
        """The row that a reference leads to, joined to the query; None if the name is no reference to one row."""
        found = [item for item in self._references() if name in (item[0], item[1])]
        if len(found) != 1:
            if len(found) > 1:
                fields = "、".join(sorted({item[0] for item in found}))
                raise ConditionError(f"`{name}` is referred to by several fields", f"name the field: {fields}")
            return None
        field_name, record, key = found[0]
        alias = f"{self.alias}_{field_name}"
        row = Row(self.schema, record, alias, self.moment)
        row.joins = self.joins  # one query, one set of joins
        if alias not in self.joins:
            spanned = self.schema.records[record].span is not None
            table = quote(f"span/{record}" if spanned else f"seen/{record}")
            held = f' AND {alias}."$s" <= {self.moment} AND {self.moment} < {alias}."$e"' if spanned else ""
            self.joins[alias] = (
                f"LEFT JOIN {table} {alias} ON {alias}.jurisdiction = {self.alias}.jurisdiction "
                f"AND {alias}.{quote(key)} = {self.alias}.{quote(field_name)}{held}"
            )
        return row

    def _references(self) -> list[tuple[str, str, str]]:
        """(field, record type, key) of every reference that leads to one row."""
        found = []
        for name, references in self.type.references.items():
            targets = [self.schema.target(reference) for reference in references]
            found += [(name, *target) for target in targets if target[0] and self.schema.is_key(*target)]
        return found

    def names(self) -> Iterable[str]:
        yield from self.type.fields
        yield from ENVELOPE
        for field_name, record, _ in self._references():
            yield from (f"{field_name}.{name}" for name in self.schema.records[record].fields)


@dataclass
class Names:
    """A scope: one row whose fields are named bare, others behind a prefix, fixed columns, and the parameters."""

    schema: Schema
    own: Row | None = None
    rows: Mapping[str, Row] = field(default_factory=dict)
    columns: Mapping[str, Column] = field(default_factory=dict)

    def resolve(self, parts: tuple[str, ...]) -> Column | None:
        joined = ".".join(parts)
        if joined in self.columns:
            return self.columns[joined]
        if len(parts) > 1 and parts[0] == "param":
            kind, value = self.schema.parameters.get(parts[1], ("", None)) if len(parts) == 2 else ("", None)
            return Column(literal(value), kind) if kind else None
        if len(parts) > 1 and parts[0] in self.rows:
            return self.rows[parts[0]].resolve(parts[1:])
        return self.own.resolve(parts) if self.own is not None else None

    def names(self) -> Iterable[str]:
        if self.own is not None:
            yield from self.own.names()
        for prefix, row in self.rows.items():
            yield from (f"{prefix}.{name}" for name in row.names())
        yield from self.columns
        yield from (f"param.{name}" for name in self.schema.parameters)

    def joins(self) -> str:
        """The LEFT JOINs that the names resolved so far need."""
        found: dict[str, str] = {}
        for row in [self.own, *self.rows.values()]:
            found.update(row.joins if row is not None else {})
        return "\n".join(found.values())


@dataclass(frozen=True)
class Chain:
    """How a record reaches a key: fields followed through references, then the field(s) that hold the key."""

    path: tuple[str, ...]
    keys: tuple[str, ...]

    def __str__(self) -> str:
        return ".".join((*self.path, "+".join(self.keys)))

    def nobody(self, row: Row) -> str:
        """SQL: a given value points outside, where `outside: ignore` expects strangers: the record is nobody's."""
        found, current = [], row
        for name in self.path:
            references = current.type.references.get(name, ())
            following = current.follow(name)
            cell = current.column(name)
            if following is None or cell is None:
                break
            if any(reference.outside == "ignore" for reference in references):
                found.append(f'({cell.sql} IS NOT NULL AND {following.alias}."$n" IS NULL)')
            current = following
        return " OR ".join(found) or "FALSE"

    def sql(self, row: Row) -> str:
        """The key as text, parts joined by `/`; NULL when a part is empty."""
        columns = [row.resolve((*self.path, key)) for key in self.keys]
        if any(column is None for column in columns):
            raise ConditionError(f"`{self}` leads nowhere from {row.record}")
        return key_text([column.sql for column in columns if column is not None])


def key_text(columns: Iterable[str]) -> str:
    """SQL of a composite key as one text: NULL if a part is NULL."""
    return " || '/' || ".join(f"CAST({column} AS VARCHAR)" for column in columns)


def chains(schema: Schema, record: str, target: str, keys: tuple[str, ...]) -> list[Chain]:
    """The shortest chains from a record type to `target`'s key; none: it does not belong; several: ambiguous."""
    if keys == (JURISDICTION,):
        return [Chain((), keys)]
    if record == target:
        return [Chain((), keys)]
    front: list[tuple[str, tuple[str, ...]]] = [(record, ())]
    visited = {record}
    while front:
        found: list[Chain] = []
        following: list[tuple[str, tuple[str, ...]]] = []
        for current, path in front:
            if current == target:  # reached by its own key: the wanted field stands in that row
                found.append(Chain(path, keys))
            for name, references in schema.records[current].references.items():
                for reference in references:
                    to, key = schema.target(reference)
                    if to == target and (key,) == keys:
                        found.append(Chain(path, (name,)))
                    elif to and schema.is_key(to, key) and to not in visited:
                        following.append((to, (*path, name)))
        if found:
            return found
        visited |= {item[0] for item in following}
        front = following
    return []


def chain_to(schema: Schema, record: str, target: str, keys: tuple[str, ...], link: str = "") -> Chain | None:
    """The chain to use; None when there is none or `link: none`. Raises ConditionError when two are equally short."""
    if link == "none":
        return None
    if link:
        *path, last = link.split(".")
        return Chain(tuple(path), (last,))
    found = chains(schema, record, target, keys)
    if len(found) > 1:
        choices = " or ".join(f"link: {chain}" for chain in found)
        raise ConditionError(f"{record} leads to {target} in {len(found)} equally short ways", f"write {choices}")
    return found[0] if found else None


def belonging(schema: Schema, record: str, kind: str, link: str = "") -> Chain | None:
    """The chain from a record type to a bearer kind."""
    bearer = schema.bearers[kind]
    return chain_to(schema, record, bearer.record, bearer.key, link)
