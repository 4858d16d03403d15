"""The examples of a pack's checks, run: what is wrong must be found, what is right must not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from itertools import chain
from typing import Any

from duban.cases import Outcome
from duban.check.rules import Rules
from duban.check.run import month
from duban.check.views import Views
from duban.errors import DubanError, Place, Severity
from duban.evaluate import Limits, database
from duban.pack import Pack
from duban.pack.checks import ANY, FILE, Check, Circumstances, Example, records_of
from duban.pack.yaml import read_yaml
from duban.records import load

# Examples are rows with the few columns that matter.
_PARTIAL = frozenset(("D202", "D203", "D303", "D304", "D305", "D306", "D402"))


def run_check_examples(pack: Pack, code: str = "") -> Iterator[Outcome]:
    """The examples of a pack's checks (of one)."""
    path = pack.folder / FILE
    if not pack.checks.checks:
        return
    document = read_yaml(path, str(path))
    for index, check in enumerate(pack.checks.checks):
        if not code or check.code == code:
            place = document.place(("checks", index, "example"))
            for word in ("wrong", "right"):
                yield Outcome(check.code, word, place, tuple(_differences(pack, check, word, place)))


def _differences(pack: Pack, check: Check, word: str, place: Place) -> Iterator[str]:
    rows = getattr(check.example, word)
    listed = rows if isinstance(rows, list) else [rows]
    try:
        found = list(_found(pack, check, listed))
    except DubanError as error:
        yield str(error)
        return
    if word == "right":
        yield from (f"found, though right: {message}" for message in found)
    elif not found:
        yield "not found, though wrong"
    elif check.example.finds and sorted(found) != sorted(check.example.finds):
        yield f"says {'; '.join(found)}, expected {'; '.join(check.example.finds)}"


def _found(pack: Pack, check: Check, rows: list[dict[str, Any]]) -> Iterator[str]:
    """What the check says about rows of its record type; of any type, the first with all the fields."""
    name = _type_of(pack, check, rows)
    records = {key: list(beside) for key, beside in check.example.beside.items()}
    records.setdefault(name, []).extend(rows)
    header = pack.header
    with database(Limits()) as con:
        types = {key: pack.records[key] for key in _needed(pack, check, [name, *records])}
        loaded = load(con, types, records, jurisdiction=header.jurisdiction, timezone=header.timezone)
        schema = replace(pack.schema, records=types)
        for issue in loaded.issues:
            if issue.severity is Severity.ERROR and issue.code not in _PARTIAL:
                raise DubanError("the example cannot be read", [issue])
        run = Rules(Views(con, schema, [""]), _circumstances(check.example), [check])
        yield from (hit.message for hit in run.run(check))


def _needed(pack: Pack, check: Check, names: Iterable[str]) -> list[str]:
    """These record types, what the check compares with, and all that their references lead to."""
    waiting = [
        *names,
        *(check.record if check.record != (ANY,) else ()),
        *(side.record for side in check.beside.values()),
    ]
    if check.found_in is not None:
        waiting.append(check.found_in.to.partition(".")[0])
    found: dict[str, None] = {}
    while waiting:
        name = waiting.pop()
        if name not in found:
            found[name] = None
            references = chain(*pack.records[name].references.values())
            waiting += [target for item in references if (target := pack.schema.target(item)[0])]
    return [name for name in pack.records if name in found]


def _type_of(pack: Pack, check: Check, rows: list[dict[str, Any]]) -> str:
    fields = {key for row in rows for key in row}
    for name in records_of(check, pack.schema):
        if all(pack.records[name].field(key) for key in fields):
            return name
    return records_of(check, pack.schema)[0]


def _circumstances(example: Example) -> Circumstances:
    start, end = month(example.period) if example.period else (None, None)
    return Circumstances(example.today or date(2024, 3, 1), start, end, example.sender)
