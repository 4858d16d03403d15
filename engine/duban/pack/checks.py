"""The shape of checks.yaml: what a hand-in must satisfy before it is taken, as data; and the names its conditions use.

A check is about the newest rows of one record type (`own`, alias `r`) in the files that are checked. Exactly one of
`KINDS` says what must hold. What cannot be known, because a cell is empty or another table was not handed in, is
never an issue of a check.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from pydantic import Field

from duban.conditions import Column
from duban.errors import Severity
from duban.scope import Names as Scope
from duban.scope import Row, Schema
from duban.sqltext import literal
from duban.vocabulary import Listed, Names, Word

FILE = "checks.yaml"
KINDS = ("must", "same", "found_in", "text", "events", "numbers", "unchanged", "twins")
ANY = "*"  # of record types, or of the fields of one

Rows = dict[str, Any] | list[dict[str, Any]]


class Side(Word):
    """Other records beside a row: the newest of a type for which `on` holds (their fields bare, the row's by `row.`).

    Their number, or with `sum` the sum of a field, or with `distinct` the number of its different values.
    """

    record: str
    on: str
    sum: str = ""
    distinct: str = ""


class Same(Word):
    """Rows that agree in `fields` (none: the key) must agree in `alike` (`*`: in all), too.

    `within`: one file and one hand-in, or all that is there.
    """

    fields: Names = ()
    alike: Names = ()
    within: Literal["file", "all"] = "file"


class FoundIn(Word):
    """The value of a field stands in `record.field`, if any row of that type was handed in."""

    field: str
    to: str


class Text(Word):
    """A text says something: at least so many characters, and more than words that could stand for anything."""

    field: str
    at_least: int = 0
    empty_words: Names = ()


class Events(Word):
    """What happened lies between two days (its `time` and all fields marked `happened`), but for some types."""

    start: date = Field(alias="from")
    tolerance: int = 1  # days after the day of the check
    apart: Names = ()


class Numbers(Word):
    """Every number of a record is at least so much, but for some types."""

    at_least: int = 0
    apart: Names = ()


class Unchanged(Word):
    """What a version said about the past, a later version of the same key repeats, unless it says 更正."""

    fields: Names


class Twins(Word):
    """One thing, recorded under two keys: equal in what its record type calls its `identity`, or nearly so."""

    certain: bool = True


class Example(Word):
    """A row (or rows) of the check's record that it finds, and that it does not; `beside`: other records.

    `finds`: the texts of the wrong example's issues, if their number is not 1 or their wording is worth a test.
    """

    wrong: Rows
    right: Rows
    beside: dict[str, list[dict[str, Any]]] = {}
    today: date | None = None
    period: str = ""
    sender: str = ""
    finds: Names = ()


class Check(Word):
    """One check: a code that stays (E: to be corrected, W: to be looked at), what it is called, what a clerk does."""

    code: str
    title: str
    record: Names
    cell: str = ""
    cells: Names = ()  # of a `must`: the first of them that is empty is the cell to look at; {missing} names all
    where: str = ""
    beside: dict[str, Side] = Field(default={}, alias="with")
    must: str | None = None
    same: Same | None = None
    found_in: FoundIn | None = None
    text: Text | None = None
    events: Events | None = None
    numbers: Numbers | None = None
    unchanged: Unchanged | None = None
    twins: Twins | None = None
    says: str
    hint: str
    why: str = ""
    example: Example

    @property
    def kind(self) -> str:
        """The word that says what must hold; '' if there is none or more than one."""
        written = [word for word in KINDS if getattr(self, word) is not None]
        return written[0] if len(written) == 1 else ""

    @property
    def severity(self) -> Severity:
        return Severity.ERROR if self.code.startswith("E") else Severity.WARNING


class Protected(Word):
    """Rows that are always taken: their errors are pointed out and never a reason to refuse the report."""

    record: str
    where: str = ""
    why: str


class ChecksFile(Word):
    """checks.yaml. `severities`: how bad a problem of reading is here (D301 … of the reader)."""

    severities: dict[str, Literal["error", "warning"]] = {}
    never_refused: Listed[Protected] = ()
    checks: Listed[Check] = ()


@dataclass(frozen=True)
class Circumstances:
    """When, for which month and for whom a check is made; empty where nobody said so."""

    today: date
    period_start: date | None = None
    period_end: date | None = None
    sender: str = ""

    def columns(self) -> dict[str, Column]:
        """`check.today`, `.period` (a month), `.period_start`, `.period_end`, `.sender` for conditions."""
        typed = "CAST({} AS {})"
        return {
            "check.today": Column(literal(self.today), "date"),
            "check.period": Column(typed.format(literal(self.period_start), "DATE"), "month"),
            "check.period_start": Column(typed.format(literal(self.period_start), "DATE"), "date"),
            "check.period_end": Column(typed.format(literal(self.period_end), "DATE"), "date"),
            "check.sender": Column(typed.format(literal(self.sender or None), "VARCHAR"), "text"),
        }


def row_names(
    schema: Schema, record: str, at: Circumstances, sides: Mapping[str, Column] | None = None, alias: str = "r"
) -> Scope:
    """What a condition over one row may name: its fields, through references those of others, `check.…`, `param.…`."""
    return Scope(schema, Row(schema, record, alias), {}, {**at.columns(), **(sides or {})})


def side_names(schema: Schema, side: Side, row: Row, at: Circumstances, alias: str) -> Scope:
    """What `on` of a side may name: the other record's fields bare, the row's own by `row.`."""
    return Scope(schema, Row(schema, side.record, alias), {"row": row}, at.columns())


def records_of(check: Check, schema: Schema) -> tuple[str, ...]:
    """The record types that a check is about; `*`: every one."""
    return tuple(schema.records) if check.record == (ANY,) else check.record
