"""Runs the checks of a pack: a hit is a row that a check does not like."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from duban.check.questions import Question, Questions
from duban.check.shown import shown_sql
from duban.check.twins import Pair, pairs
from duban.check.views import Views
from duban.conditions import parse
from duban.pack.checks import Check, Circumstances, records_of
from duban.pack.lint_checks import FOUND_WORDS, placeholders
from duban.scope import Schema

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
    """One run of the checks over what is loaded. `unchecked`: what could not be compared, because the rest is missing.

    `checks` are those that will be asked for: to plan a statement costs more than to run it, so a record type is asked once
    whether any of them finds anything, and each of them only if it does.
    """

    views: Views
    at: Circumstances
    checks: Sequence[Check] = ()
    unchecked: list[str] = field(default_factory=list)
    unread: frozenset[tuple[str, str]] = frozenset()  # (record type, field) of cells that could not be read
    twins: Callable[[Iterator[Pair]], Iterator[Pair]] = iter
    _pairs: dict[str, list[Pair]] = field(default_factory=dict)
    _idle: dict[str, frozenset[tuple[str, str]]] = field(default_factory=dict)

    def run(self, check: Check) -> Iterator[Hit]:
        """The rows of the checked files that a check finds wrong."""
        for name in records_of(check, self.views.schema):
            if not self.views.filled(name, own=True):
                continue
            if why := self._unfit(check, name):
                self.unchecked.append(f"{check.code} {self.views.schema.records[name].title}：{check.title}（{why}）")
            elif check.twins is not None:
                yield from self._twins(check, name)
            else:
                for question in Questions(self.views, self.at).of(check, name):
                    if not self._in_vain(question):
                        yield from self._found(question)

    def _unfit(self, check: Check, name: str) -> str:
        """Why a check cannot be made: what it compares with was not handed in, or what it counts by could not be read."""
        needed = [side.record for side in check.beside.values()]
        if check.found_in is not None:
            needed.append(check.found_in.to.partition(".")[0])
        lacking = [self.views.schema.records[other].title for other in needed if not self.views.filled(other)]
        if lacking:
            return f"没有“{'”“'.join(dict.fromkeys(lacking))}”，未核对"
        blurred = counts(check) & self.unread
        if not blurred:
            return ""
        other, cell = min(blurred)
        spec = self.views.schema.records[other].field(cell)
        return f"“{self.views.schema.records[other].title}”的“{spec.title if spec else cell}”有读不出的，未核对"

    # --- whether it is worth asking
    def _in_vain(self, question: Question) -> bool:
        """Whether it is known that no row is wrong."""
        if question.twice:
            return not self.views.rows(question.twice)
        if question.record not in self._idle:
            self._idle[question.record] = frozenset(self._finding_nothing(question.record))
        return (question.check.code, question.cell) in self._idle[question.record]

    def _finding_nothing(self, name: str) -> Iterator[tuple[str, str]]:
        """The questions (check, field) about the newest rows of a type that none of them answers, all asked at once."""
        write = Questions(self.views, self.at)
        checks = [
            check
            for check in self.checks
            if name in records_of(check, self.views.schema) and not self._unfit(check, name)
        ]
        asked = [question for check in checks for question in write.of(check, name) if not question.twice]
        if not asked:
            return
        any_row = ", ".join(f"coalesce(bool_or({question.scoped}), FALSE)" for question in asked)
        joins: dict[str, str] = {}
        for question in asked:
            joins |= question.names.own.joins if question.names.own is not None else {}
        newest = self.views.own(name, once=True)
        ((*found,),) = self.views.rows(f"SELECT {any_row} FROM {newest} r {' '.join(joins.values())}")
        yield from ((one.check.code, one.cell) for one, finds in zip(asked, found, strict=True) if not finds)

    # --- asking
    def _found(self, question: Question) -> Iterator[Hit]:
        """The rows that a question finds wrong, each with its message filled in."""
        check, names = question.check, question.names
        wanted, wrong = placeholders(check.says), question.scoped
        columns = [
            question.words[word] if word in FOUND_WORDS[check.kind] else shown_sql(names, word) for word in wanted
        ]
        listed = "".join(f", {column}" for column in columns)
        rows = self.views.rows(
            f"SELECT DISTINCT {_HIT}, {question.pick or 'NULL'} AS pick{listed}"
            f" FROM {question.rows or self.views.own(question.record)} r {names.joins()}"
            f" WHERE {self.views.mine('r._file')} AND {wrong} ORDER BY ALL"
        )
        for n, file, sheet, row, picked, *values in rows:
            message = _filled(check.says, dict(zip(wanted, values, strict=True)))
            yield Hit(check, question.record, n, file, sheet, row, picked or question.cell, message)

    def _twins(self, check: Check, name: str) -> Iterator[Hit]:
        record = self.views.schema.records[name]
        assert check.twins is not None
        assert record.identity is not None
        if name not in self._pairs:  # both kinds are found in one go
            self._pairs[name] = list(pairs(self.views, name, record.identity))
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


def _filled(says: str, words: dict[str, Any]) -> str:
    """The message with its placeholders filled; names with dots are no Python format fields."""
    return re.sub(r"\{([^}]+)\}", lambda found: str(words[found[1]]), says)
