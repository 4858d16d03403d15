"""What every kind of lead shares: the rows that it looks at, the table that it writes, and the help that it gets.

A kind is a pydantic model (its words) with two methods: `problems` (lint) and `plan` (its SQL). It adds a step with one
row for each group of records, with the columns of `FOUND`. What it does not know it leaves aside: an empty cell is never a
reason to look at anybody. Nothing is joined or grouped across jurisdictions.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Protocol

from duban.conditions import Column, ConditionError, compile_number, parse, unknown_name
from duban.kinds.base import as_one, boolean
from duban.scope import Names as NameScope
from duban.scope import Row, Schema
from duban.sqltext import literal, quote
from duban.vocabulary import Word

# One row for each group of records:
#   jurisdiction  VARCHAR
#   members     STRUCT(record VARCHAR, n BIGINT)[]  the record types and "$n" of the records
#   key         VARCHAR  what tells this group from others of the lead, for the fingerprint; NULL: its records do
#   measured, threshold  DOUBLE  what was found, and against what
#   numbers     VARCHAR  the same in words
#   a, b        DATE     first and last day of the period; NULL: those of the records
FOUND = "jurisdiction, members, key, measured, threshold, numbers, a, b"
NO_PERIOD = "CAST(NULL AS DATE) AS a, CAST(NULL AS DATE) AS b"

Amount = int | float | str  # 3, 0.7, "70%" or param.NAME


class LeadPlanner(Protocol):
    """What a kind may ask of the compiler."""

    schema: Schema
    as_of_sql: str

    def add(self, name: str, sql: str, why: str = "") -> str: ...
    def moment(self, text: str, names: NameScope, period: str = "NULL") -> tuple[str, str]: ...
    def window(self) -> tuple[str, str]: ...
    def first_handed_in(self, record: str) -> str: ...
    def changed(self, record: str, fields: tuple[str, ...]) -> str: ...
    def proven(self, record: str) -> str: ...
    def owner(self, row: Row) -> str: ...


class LeadLint(Protocol):
    """What lint offers a kind."""

    @property
    def schema(self) -> Schema: ...
    def record(self, word: str, record: str) -> bool: ...
    def condition(self, word: str, text: str, record: str, *, period: bool = False) -> None: ...
    def fields(self, word: str, names: Iterable[str], record: str, *, personal: bool = True) -> None: ...
    def moment(self, word: str, text: str, record: str, *, period: bool = False) -> None: ...
    def amount(self, word: str, value: Amount, *, share: bool = False) -> None: ...
    def problem(self, word: str, message: str, hint: str = "") -> None: ...


@dataclass(frozen=True)
class Looked:
    """What a lead looks at: the rows of `record` that meet `where` (its guard), in the lead's window."""

    lead: str
    record: str
    where: str


class Kind(Word):
    """Base of the six kinds. `word` is its name in YAML."""

    word: ClassVar[str]

    @abstractmethod
    def problems(self, lint: LeadLint, record: str) -> None:
        """Lint: report what is wrong with the kind's words."""

    @abstractmethod
    def plan(self, looked: Looked, planner: LeadPlanner, name: str) -> None:
        """Add the step `name` with the columns of `FOUND`."""

    def others(self) -> tuple[str, ...]:
        """Other record types whose rows may stand among the members."""
        return ()


@dataclass
class Source:
    """The rows of a record type under a guard, and what is to be read of each; alias `r`."""

    planner: LeadPlanner
    looked: Looked
    columns: Mapping[str, Column] = field(default_factory=dict)
    row: Row = field(init=False)
    names: NameScope = field(init=False)

    def __post_init__(self) -> None:
        self.row = Row(self.planner.schema, self.looked.record, "r")
        self.names = scope(self.planner.schema, self.row, self.planner.window(), self.columns)

    def select(self, *columns: str, where: str = "TRUE", joins: str = "") -> str:
        """SQL: n, jurisdiction and the columns (SQL over `r`) of each row under the guard."""
        guard = as_one(boolean(self.looked.where, self.names).sql, self.planner.schema, self.looked.record, "r")
        start, end = self.planner.window()
        if start != "NULL":
            guard = f'{guard} AND CAST(r."$t" AS DATE) BETWEEN {start} AND {end}'
        shown = ", ".join(['r."$n" AS n', "r.jurisdiction", *columns])
        return (
            f"SELECT {shown}\nFROM {quote('seen/' + self.looked.record)} r {self.names.joins()} {joins}\n"
            f"WHERE ({guard}) AND ({where})"
        )

    def condition(self, text: str) -> str:
        return boolean(text, self.names).sql

    def together(self, names: Iterable[str]) -> str:
        """SQL of several fields as one list of texts, NULL if one is empty; [] for no field."""
        cells = [as_text(resolve(self.row, name)) for name in names]
        if not cells:
            return "CAST([] AS VARCHAR[])"
        empty = " OR ".join(f"{cell} IS NULL" for cell in cells)
        return f"CASE WHEN NOT ({empty}) THEN [{', '.join(cells)}] END"

    def each(self, names: Iterable[str]) -> str:
        """SQL of the different values that stand in several fields, lists one by one; [''] for no field."""
        columns = [resolve(self.row, name) for name in names]
        if not columns:
            return "['']"
        lists = [
            f"coalesce({column.sql}, [])" if column.type == "list" else f"[{as_text(column)}]" for column in columns
        ]
        joined = lists[0] if len(lists) == 1 else f"list_concat({', '.join(lists)})"
        return f"list_distinct(list_filter({joined}, lambda x: trim(coalesce(x, '')) <> ''))"

    def titles(self, names: Iterable[str]) -> str:
        """The titles of fields, for people: “带队领导”“检查人员”."""
        return titles(self.row, names)


def scope(schema: Schema, row: Row, window: tuple[str, str], columns: Mapping[str, Column] | None = None) -> NameScope:
    """The names that a lead's conditions may use."""
    days = {"window.start": Column(window[0], "date"), "window.end": Column(window[1], "date")}
    return NameScope(schema, row, {}, {**(days if window[0] != "NULL" else {}), **(columns or {})})


def period_columns(start: str = "NULL", end: str = "NULL") -> dict[str, Column]:
    """`period.start|end`: first and last day, as SQL."""
    return {"period.start": Column(start, "date"), "period.end": Column(end, "date")}


def resolve(row: Row, name: str) -> Column:
    """A field, also through references; `date` and `month` are those of the event. Raises ConditionError."""
    column = row.resolve(tuple(name.split(".")))
    if column is None and name in ("date", "month") and row.type.time:
        day = f'CAST({row.alias}."$t" AS DATE)'
        return Column(day if name == "date" else f"date_trunc('month', {day})", "date", "TRUE", label=EVENT[name])
    if column is None:
        raise unknown_name(name, [*row.names(), *EVENT])
    return column


EVENT = {"date": "日期", "month": "月份"}


def as_text(column: Column) -> str:
    """SQL of a value as text; an empty text is none."""
    return f"nullif(trim(CAST({column.sql} AS VARCHAR)), '')"


def titles(row: Row, names: Iterable[str]) -> str:
    return "".join(f"“{resolve(row, name).label or name}”" for name in names)


def amount(schema: Schema, value: Amount) -> float:
    """The number that a threshold holds now; raises ConditionError."""
    if not isinstance(value, str):
        return value
    text = value.strip()
    if text.endswith("%"):
        return amount(schema, _number(text[:-1])) / 100
    if not text.startswith("param."):
        return _number(text)
    compile_number(parse(text), NameScope(schema))
    found: Any = schema.parameters[text.removeprefix("param.")][1]
    return float(found) if isinstance(found, float) else int(found)


def _number(text: str) -> float:
    try:
        return float(text) if "." in text else int(text)
    except ValueError:
        raise ConditionError(f"cannot read the number `{text}`", "write 3, 0.7, 70% or param.NAME") from None


def members(record: str, rows: str = "n") -> str:
    """SQL aggregate: the members of one record type."""
    return f"list(DISTINCT {{'record': {literal(record)}, 'n': {rows}}})"


def shown_number(sql: str) -> str:
    """SQL of a number as people write it: 3, not 3.0."""
    return f"CASE WHEN {sql} = floor({sql}) THEN CAST(CAST({sql} AS BIGINT) AS VARCHAR) ELSE CAST(round({sql}, 3) AS VARCHAR) END"


def shown_share(sql: str) -> str:
    """SQL of a share as a percentage with at most one decimal, cut and not rounded: 69.9% is not 70%."""
    tenths = f"floor({sql} * 1000 + 0.000001) / 10"
    return shown_number(f"({tenths})") + " || '%'"
