"""What checks.yaml means, checked: codes, names, types, what a message may say; and that each check has its example."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from string import Formatter
from typing import TYPE_CHECKING

from duban.conditions import Column, ConditionError, compile_boolean, parse
from duban.pack.checks import (
    ANY,
    KINDS,
    Check,
    ChecksFile,
    Circumstances,
    Side,
    records_of,
    row_names,
    side_names,
)
from duban.pack.problem import Problem, near
from duban.pack.yaml import PathKey
from duban.scope import Names, Schema
from duban.vocabulary import ENVELOPE, NUMERIC_TYPES, RecordType

if TYPE_CHECKING:
    from duban.pack.pack import Pack

_CODE = re.compile(r"[EW]\d{3}")
_READER = re.compile(r"D\d{3}")
_NOWHERE = Circumstances(date(2000, 1, 1))


def lint_checks(pack: Pack) -> Iterator[Problem]:
    """Every problem of checks.yaml; `where` is the path in it."""
    file: ChecksFile = pack.checks
    for code in file.severities:
        if not _READER.fullmatch(code):
            yield Problem(("severities", code), f"`{code}` is no code of the reader", "write D301 …")
    for index, rule in enumerate(file.never_refused):
        lint = CheckLint(pack.schema, ("never_refused", index))
        if lint.record("record", rule.record) and rule.where:
            lint.condition("where", rule.where, row_names(pack.schema, rule.record, _NOWHERE))
        yield from lint.found
    seen: set[str] = set()
    for index, check in enumerate(file.checks):
        if check.code in seen:
            yield Problem(("checks", index, "code"), f"the code {check.code} is used twice")
        seen.add(check.code)
        lint = CheckLint(pack.schema, ("checks", index))
        lint.run(check)
        yield from lint.found


@dataclass
class CheckLint:
    """The lint of one check."""

    schema: Schema
    where: PathKey
    found: list[Problem] = field(default_factory=list)

    def run(self, check: Check) -> None:
        if not _CODE.fullmatch(check.code):
            self.problem("code", f"`{check.code}` is no code", "E001 … for an error, W001 … for a warning")
        for word in ("title", "says", "hint"):
            if not getattr(check, word).strip():
                self.problem(word, f"`{word}` is empty", "say it as a clerk would")
        if not check.kind:
            written = [word for word in KINDS if getattr(check, word) is not None]
            self.problem(
                "code", f"exactly one test is needed, here: {' and '.join(written) or 'none'}", ", ".join(KINDS)
            )
            return
        if check.record == (ANY,) and check.kind not in ("must", "same", "events", "numbers"):
            self.problem("record", f"`*` does not go with {check.kind}", "name the record types")
            return
        for name in check.record if check.record != (ANY,) else ():
            if not self.record("record", name):
                return
        for name in records_of(check, self.schema):
            self._about(check, name)
        self._example(check)

    def _about(self, check: Check, name: str) -> None:
        """The words of a check as they read for one of its record types."""
        record = self.schema.records[name]
        sides = {side: self._side(check, side, spec, name) for side, spec in check.beside.items()}
        names = row_names(self.schema, name, _NOWHERE, sides)
        if check.where:
            self.condition("where", check.where, names)
        if check.cell:
            self.fields("cell", (check.cell,), record)
        self.fields("cells", check.cells, record)
        if check.must is not None:
            self.condition("must", check.must, names)
        elif check.same is not None:
            self.fields("same.fields", check.same.fields, record)
            self.fields("same.alike", (item for item in check.same.alike if item != ANY), record)
            if not check.same.fields and not record.key and check.record != (ANY,):
                self.problem("same", f"{name} has no key", "name the fields")
        elif check.found_in is not None:
            self.fields("found_in.field", (check.found_in.field,), record)
            self._target(check.found_in.to)
        elif check.text is not None:
            self.fields("text.field", (check.text.field,), record)
        elif check.events is not None:
            for other in check.events.apart:
                self.record("events.apart", other)
        elif check.numbers is not None:
            for other in check.numbers.apart:
                self.record("numbers.apart", other)
        else:
            self._versions(check, record, name)
        self._says(check, names)

    def _versions(self, check: Check, record: RecordType, name: str) -> None:
        if not record.key:
            self.problem("record", f"{name} has no key: nothing says what is a version of what")
        if check.unchanged is not None:
            self.fields("unchanged.fields", check.unchanged.fields, record)
        if check.twins is not None and record.identity is None:
            self.problem("record", f"{name} has no identity: nothing says what makes two rows one")

    def _side(self, check: Check, name: str, side: Side, record: str) -> Column:
        word = f"with.{name}"
        if self.record(f"{word}.record", side.record):
            own = row_names(self.schema, record, _NOWHERE).own
            assert own is not None
            self.condition(f"{word}.on", side.on, side_names(self.schema, side, own, _NOWHERE, "o"))
            other = self.schema.records[side.record]
            self.fields(f"{word}.sum", filter(None, (side.sum,)), other)
            self.fields(f"{word}.distinct", filter(None, (side.distinct,)), other)
            spec = other.field(side.sum) if side.sum else None
            if spec is not None and spec.type not in NUMERIC_TYPES:
                self.problem(f"{word}.sum", f"`{side.sum}` is {spec.type}, a number is needed")
        if side.sum and side.distinct:
            self.problem(word, "`sum` and `distinct` exclude each other")
        return Column("1", "decimal")

    def _target(self, to: str) -> None:
        name, _, field_name = to.partition(".")
        if self.record("found_in.to", name):
            self.fields("found_in.to", (field_name,), self.schema.records[name])

    def _says(self, check: Check, names: Names) -> None:
        for word in placeholders(check.says):
            try:
                known = word in FOUND_WORDS[check.kind] or names.resolve(tuple(word.split("."))) is not None
            except ConditionError:
                known = False
            if not known:
                self.problem(
                    "says", f"`{{{word}}}` is no name here", near(word, [*FOUND_WORDS[check.kind], *names.names()])
                )

    def _example(self, check: Check) -> None:
        record = self.schema.records[records_of(check, self.schema)[0]]
        for word in ("wrong", "right"):
            rows = getattr(check.example, word)
            for row in rows if isinstance(rows, list) else [rows]:
                for name in row:
                    if record.field(name) is None and check.record != (ANY,):
                        self.problem(f"example.{word}", f"no field `{name}`", near(name, [*record.fields, *ENVELOPE]))
        for name in check.example.beside:
            self.record(f"example.beside.{name}", name)

    # what all of them need
    def problem(self, word: str, message: str, hint: str = "") -> None:
        found = Problem((*self.where, *word.split(".")), message, hint)
        if found not in self.found:
            self.found.append(found)

    def record(self, word: str, name: str) -> bool:
        if name in self.schema.records:
            return True
        self.problem(word, f"no record type `{name}`", near(name, self.schema.records))
        return False

    def fields(self, word: str, names: Iterable[str], record: RecordType) -> None:
        for name in names:
            if record.field(name) is None:
                self.problem(word, f"no field `{name}`", near(name, [*record.fields, *ENVELOPE]))

    def condition(self, word: str, text: str, names: Names) -> None:
        try:
            compile_boolean(parse(text), names)
        except ConditionError as error:
            self.problem(word, str(error), error.hint)


# What a message may say besides the names of a condition: what the kind has found.
FOUND_WORDS: dict[str, tuple[str, ...]] = {
    "must": ("missing",),
    "same": ("other", "differs"),
    "found_in": (),
    "text": ("length",),
    "events": ("title", "value", "limit"),
    "numbers": ("title", "value"),
    "unchanged": ("other", "differs"),
    "twins": ("other", "similarity"),
}


def placeholders(text: str) -> list[str]:
    """The names in `{…}` of a message."""
    return [name for _, name, _, _ in Formatter().parse(text) if name]
