"""The cells that decided: of each record behind a duty, the fields that the obligation's test reads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from duban import cache
from duban.conditions import Condition, parse, parse_moment
from duban.kinds import Cover, Done, Forbid, Perform, Reconcile, Respond
from duban.pack.obligation import Obligation
from duban.pack.pack import Pack
from duban.records import InputFile
from duban.records.origin import Input, Origins
from duban.vocabulary import RecordType

_KIND = "reads"  # in the cache


@dataclass(frozen=True)
class Reads:
    """The record type behind the duties of an obligation, and its fields that decide: name → title."""

    record: str
    fields: Mapping[str, str]


def reads(pack: Pack, obligation: Obligation) -> Reads:
    """What an obligation reads of the records that `evidence` names, in the order of the record's fields."""
    trigger = obligation.each.record if obligation.each else ""
    record = obligation.test.evidence_of(trigger)
    spec = pack.records[record]
    found = {name for text in _of_test(obligation) for name in _names(text, spec, own=True)}
    if isinstance(obligation.test, (Cover, Perform, Respond, Forbid)):
        found |= {spec.time}  # a name, and no condition: `on` is a word of SQL
    if record == trigger and obligation.each is not None:
        each = obligation.each
        moments = [parse_moment(text) for text in (each.start, each.end) if text]
        found |= {name for text in (*_conditions(each.where), *moments) for name in _names(text, spec, own=True)}
        due = [parse_moment(obligation.by)] if obligation.by else []
        found |= {name for text in due for name in _names(text, spec, own=False)}
        found |= {spec.time} if obligation.within else set()
    return Reads(record, {name: field.title for name, field in spec.fields.items() if name in found})


def all_reads(pack: Pack) -> dict[str, Reads]:
    """What every obligation reads, by its id; of a pack that knows its stamp it is kept, since it parses every condition."""
    name = cache.key(_KIND, pack.stamp) if pack.stamp else ""
    kept = cache.recall(_KIND, name) if name else None
    if isinstance(kept, dict):
        return kept
    found = {one.id: reads(pack, one) for one in pack.obligations}
    if name:
        cache.remember(_KIND, name, found)
    return found


def _of_test(obligation: Obligation) -> Iterator[Condition]:
    """What the test says of the record's own row."""
    test = obligation.test
    if isinstance(test, Done):
        yield parse_moment(test.done)
        yield from _conditions(test.require)
    elif isinstance(test, Reconcile):
        yield from _conditions(*test.equal)
    elif isinstance(test, Cover):
        yield from _conditions(test.by.where)
    elif isinstance(test, (Perform, Respond, Forbid)):
        yield from _conditions(test.where)
    if isinstance(test, Perform):
        yield from _conditions("" if test.distinct == "date" else test.distinct, test.sum, test.named_by)


def _conditions(*texts: str) -> Iterator[Condition]:
    yield from (parse(text) for text in texts if text)


def _names(condition: Condition, spec: RecordType, *, own: bool) -> Iterator[str]:
    """The record's own fields in a condition; a field of another record is reached by the reference that leads there.

    `own`: bare names are the record's; else only those behind `trigger.`.
    """
    for name in condition.names():
        parts = name[1:] if name[0] == "trigger" else name if own else ()
        if parts and parts[0] in spec.fields:
            yield parts[0]
        elif len(parts) > 1:
            leading = [
                field
                for field, references in spec.references.items()
                if any(reference.to.partition(".")[0] == parts[0] for reference in references)
            ]
            yield from leading if len(leading) == 1 else ()


class Deciding:
    """The cells of the records behind duties: made from an audit, or from what its audit.json says."""

    def __init__(self, inputs: Iterable[Input], read: Mapping[str, Reads]) -> None:
        self.origins, self.read = Origins(inputs), read

    def at(self, obligation: str, place: str) -> str:
        """`丁坪镇/12月.xlsx[隐患]#7 完成日期=H7`."""
        found = self.read.get(obligation)
        cells = self.origins.cells(place, found.record, found.fields) if found else ""
        return f"{place} {cells}" if cells else place

    def all(self, obligation: str, places: Iterable[str]) -> tuple[str, ...]:
        return tuple(self.at(obligation, place) for place in places)


def deciding(pack: Pack, inputs: Iterable[Input]) -> Deciding:
    """Of an audit that is at hand."""
    return Deciding(inputs, all_reads(pack))


def written(pack: Pack) -> dict[str, Any]:
    """What audit.json keeps, so that the cells can be told without the rules."""
    return {name: {"record": one.record, "fields": dict(one.fields)} for name, one in all_reads(pack).items()}


def read_back(settings: Mapping[str, Any]) -> Deciding:
    """Of an earlier audit, by its audit.json; without cells where an older version wrote it."""
    inputs = [
        InputFile(
            item["name"], item.get("sha256", ""), item.get("size", 0), item.get("sheet", ""),
            item.get("record_type", ""), item.get("rows", 0), item.get("columns", {}),
        )
        for item in settings["inputs"]
        if "name" in item
    ]  # fmt: skip
    read = {name: Reads(one["record"], one["fields"]) for name, one in settings.get("reads", {}).items()}
    return Deciding(inputs, read)


def hash_lines(origins: Origins, places: Iterable[str]) -> Iterator[str]:
    """`丁坪镇/12月.xlsx（SHA-256：1a2b3c4d5e6f…）`, each file once."""
    for file, digest in origins.hashes(places).items():
        yield f"{file}（SHA-256：{digest}…）"
