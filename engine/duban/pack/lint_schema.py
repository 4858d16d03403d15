"""What pack.yaml and records.yaml mean, checked: windows, bearers, questions; keys, times, headers, references."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from duban.conditions import ConditionError, compile_boolean, parse
from duban.pack.names import fixed_columns
from duban.pack.problem import Problem, near
from duban.pack.questions import problems as asked_wrongly
from duban.pack.timing import parse_lag
from duban.pack.yaml import PathKey
from duban.scope import Names, Row, Schema
from duban.vocabulary import (
    BUILT_IN,
    ENVELOPE,
    MANIFEST,
    MANIFEST_TYPE,
    TEMPORAL_TYPES,
    BearerKind,
    FieldSpec,
    Identity,
    RecordType,
)

if TYPE_CHECKING:
    from duban.pack.pack import Pack

_NAME = re.compile(r"[a-z][a-z0-9_]*")
_TAKEN = {MANIFEST: MANIFEST_TYPE, **BUILT_IN}


def lint_header(pack: Pack) -> Iterator[Problem]:
    header = pack.header
    if header.id != pack.folder.resolve().name:
        yield Problem(("pack", "id"), f"the pack's id is `{header.id}`, its folder is `{pack.folder.resolve().name}`")
    for name in header.windows:
        try:
            start, end = pack.day(header.windows[name].start), pack.day(header.windows[name].end)
        except ConditionError as error:
            yield Problem(("pack", "windows", name), str(error), error.hint)
            continue
        if start > end:
            yield Problem(("pack", "windows", name), f"the window ends ({end}) before it starts ({start})")
    for name, kind in header.bearers.items():
        yield from _bearer(pack.schema, name, kind)
    for path, wrong in asked_wrongly(pack):
        yield Problem(("pack", "questions", *path), str(wrong), wrong.hint)
    names = Names(pack.schema, columns=fixed_columns())
    for word in ("alerts", "headlines"):
        for index, item in enumerate(getattr(header, word)):
            yield from _condition(item.where, names, ("pack", word, index, "where"))


def _bearer(schema: Schema, name: str, kind: BearerKind) -> Iterator[Problem]:
    where: PathKey = ("pack", "bearers", name)
    record = schema.records.get(kind.record)
    if record is None:
        yield Problem((*where, "record"), f"no record type `{kind.record}`", near(kind.record, schema.records))
        return
    for word, fields in (("key", kind.key), ("name", (kind.name,)), ("town", (kind.town,)), ("from", (kind.start,)),
                         ("to", (kind.end,)), ("reports_through", kind.reports_through)):  # fmt: skip
        for item in fields:
            if item and record.field(item) is None:
                yield Problem((*where, word), f"{kind.record} has no field `{item}`", near(item, record.fields))
    if kind.where:
        yield from _condition(kind.where, Names(schema, Row(schema, kind.record, "r")), (*where, "where"))


def lint_record(schema: Schema, name: str, record: RecordType) -> Iterator[Problem]:
    where: PathKey = ("record", name)
    if not _NAME.fullmatch(name):
        yield Problem(where, f"`{name}` cannot name a record type", "small letters, digits and _")
    if name in _TAKEN:
        yield Problem(where, f"`{name}` is built in: every pack has it", "use it as it is, or choose another name")
        return
    for word, text in [("title", record.title), *(("aliases", text) for text in record.aliases)]:
        for taken, other in _TAKEN.items():
            if text in (taken, other.title):
                yield Problem((*where, word), f"“{text}” names the built-in record type `{taken}`", "choose another")
    spans = [record.span.start, record.span.end] if record.span else []
    for word, fields in (("key", record.key), ("time", (record.time,)), ("period", (record.period,)), ("span", spans)):
        for item in fields:
            spec = record.field(item) if item else None
            if item and spec is None:
                yield Problem((*where, word), f"no field `{item}`", near(item, record.fields))
            elif spec is not None and word != "key" and spec.type not in TEMPORAL_TYPES:
                yield Problem((*where, word), f"`{item}` is {spec.type}, a date is needed")
            elif spec is not None and word == "key" and spec.type == "list":
                yield Problem((*where, word), f"`{item}` is a list, which cannot be a key")
    if record.lag:
        yield from _lag(name, record)
    yield from _names(name, record)
    headers: dict[str, str] = {}
    for field_name, spec in record.fields.items():
        at = (*where, "fields", field_name)
        if not _NAME.fullmatch(field_name) or field_name in ENVELOPE:
            yield Problem(
                at, f"`{field_name}` cannot name a field", "small letters, digits and _; the envelope's are taken"
            )
        if spec.values and spec.type not in ("text", "list"):
            yield Problem((*at, "values"), f"allowed values go with text and list, not {spec.type}")
        yield from _spellings(at, spec)
        if spec.happened and spec.type not in TEMPORAL_TYPES:
            yield Problem((*at, "happened"), f"`happened` goes with a date, not {spec.type}")
        for header in {spec.title, *spec.aliases}:
            if header in headers:
                yield Problem(at, f"the header “{header}” also belongs to `{headers[header]}`")
            headers[header] = field_name
    for field_name, references in record.references.items():
        at = (*where, "references", field_name)
        if record.field(field_name) is None:
            yield Problem(at, f"no field `{field_name}`", near(field_name, record.fields))
        for reference in references:
            if schema.target(reference) == ("", ""):
                message = f"`{reference.to}` is no record type with a single key, and no field of one"
                yield Problem(at, message, near(reference.to.split(".")[0], schema.records))
                continue
            target, key = schema.target(reference)
            here, there = record.field(field_name), schema.records[target].field(key)
            if here is not None and there is not None and here.type != there.type:
                yield Problem(
                    at, f"`{field_name}` is {here.type}, {target}.{key} is {there.type}", "declare both alike"
                )


def _spellings(at: PathKey, spec: FieldSpec) -> Iterator[Problem]:
    """Other words for allowed values lead to one; what is refused is not allowed at the same time."""
    for text, value in spec.also.items():
        if value not in spec.values:
            yield Problem((*at, "also", text), f"“{value}” is not among the allowed values", near(value, spec.values))
    for word, texts in (("also", spec.also), ("refused", spec.refused)):
        for text in texts:
            if text in spec.values or (word == "refused" and text in spec.also):
                yield Problem((*at, word, text), f"“{text}” is allowed as it stands", "leave it out")
    if (spec.also or spec.refused) and not spec.values:
        yield Problem(at, "`also` and `refused` go with allowed `values`")


def _names(name: str, record: RecordType) -> Iterator[Problem]:
    """The words by which a row goes besides its key, and those that stand in for a key."""
    where: PathKey = ("record", name)
    if record.identity and (len(record.key) != 1 or record.field(record.key[0]).type != "text"):  # type: ignore[union-attr]
        yield Problem((*where, "identity"), f"{name} has no single key of type text that could be made up for")
    if record.identity is not None:
        yield from _identity(name, record, record.identity)
    if record.named_by and len(record.key) != 1:
        yield Problem((*where, "named_by"), f"{name} has no single key that a name could stand for")
    for item in record.named_by:
        spec = record.field(item)
        if spec is None:
            yield Problem((*where, "named_by"), f"no field `{item}`", near(item, record.fields))
        elif spec.type not in ("text", "list"):
            yield Problem((*where, "named_by"), f"`{item}` is {spec.type}, a text or list is needed")
    for field_name, spec in record.fields.items():
        at = (*where, "fields", field_name)
        if spec.names and spec.names not in record.references:
            yield Problem((*at, "names"), f"`{spec.names}` is no reference", near(spec.names, record.references))
        if (spec.names or spec.format) and spec.type != "text":
            yield Problem(at, f"`names` and `format` go with text, not {spec.type}")


def _identity(name: str, record: RecordType, identity: Identity) -> Iterator[Problem]:
    """What makes two rows one: fields that are there, a day that is a day, a text that is a text."""
    where: PathKey = ("record", name, "identity")
    kinds = {"day": (identity.day, ("date",)), "place": (identity.place, ("text",)), "text": (identity.text, ("text",))}
    for item in identity.fields:
        if record.field(item) is None:
            yield Problem(where, f"no field `{item}`", near(item, record.fields))
    for word, (item, types) in kinds.items():
        spec = record.field(item) if item else None
        if spec is not None and spec.type not in types:
            yield Problem((*where, word), f"`{item}` is {spec.type}, a {types[0]} is needed")


def _lag(name: str, record: RecordType) -> Iterator[Problem]:
    where: PathKey = ("record", name, "lag")
    if not record.time:
        yield Problem(where, f"{name} declares no `time`: there is no day from which to wait")
    try:
        parse_lag(record.lag)
    except ConditionError as error:
        yield Problem(where, str(error), error.hint)


def _condition(text: str, names: Names, where: PathKey) -> Iterator[Problem]:
    try:
        compile_boolean(parse(text), names)
    except ConditionError as error:
        yield Problem(where, str(error), error.hint)
