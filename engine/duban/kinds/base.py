"""What every test of the language shares: the duty table it reads, the result table it writes, and the help it gets.

A test is a pydantic model (its words) with three methods: `problems` (lint), `needs` (whose hand-ins decide), and
`plan` (its SQL). It reads a duty table and adds a step with one row per duty and the columns of `RESULT`.
"""

from __future__ import annotations

import re
from abc import abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import ClassVar, Literal, Protocol

from duban.conditions import Checked, ConditionError, compile_boolean, compile_number, parse
from duban.scope import Chain, Names, Row, Schema
from duban.sqltext import literal, quote
from duban.vocabulary import Word

# One row per duty, whatever the test:
#   required, observed  DOUBLE   the numbers a person is shown
#   timely     BOOLEAN  satisfied by due
#   done_at    TIMESTAMP  when it was satisfied, in time or late; NULL: never
#   could      BOOLEAN  unknown acts could change a "not satisfied"
#   could_late BOOLEAN  unknown acts, those after due too, could have satisfied it by now
#   full_ok    BOOLEAN  would pass counting acts of the whole calendar period
#   hit        BOOLEAN  forbid: an act on a day that no waiver covers
#   waived_by  BIGINT[] forbid: the waivers that cover its acts, if there are acts and each is covered
#   empty      BOOLEAN  there is nothing to be done: no target, a percentage of nothing
#   unclear    BOOLEAN  required is unknown
#   evidence   BIGINT[] "$n" of the records counted, of type `evidence_of`
#   missed     VARCHAR[] cover: the names of targets not covered; reconcile: the figures that do not agree
RESULT = "duty, required, observed, timely, done_at, could, could_late, full_ok, hit, waived_by, empty, unclear, evidence, missed"

Scoping = Literal["period", "named", "rest", "open", "span"]


@dataclass(frozen=True)
class DutyTable:
    """The duties of one obligation before they are judged: the table that has them, and what kind of duties they are.

    Columns: duty (a number that no other row of the table has), obligation, jurisdiction, bearer_id, piece, trig, trigger_id,
    period_start, period_end, full_a, full_b, a, b, due, live_start, live_end, segs, live_seconds, opened, fingerprint, …
    (`compile/frames.py`, `compile/live.py`).
    """

    name: str
    obligation: str
    bearer: str
    trigger: str = ""
    unit: str = ""  # period unit, '' for none and for once
    has_by: bool = False
    before: bool = False
    waivable: bool = True  # a duty that the law itself imposes is not
    shared: bool = False  # the table has duties of other obligations, too

    @property
    def rows(self) -> str:
        """SQL of a relation of its rows."""
        return rows_of([self])


Ask = tuple["Test", DutyTable]


def rows_of(duties: Sequence[DutyTable]) -> str:
    """SQL of a relation of the duties of some obligations that stand in one table."""
    table = quote(duties[0].name)
    if not duties[0].shared:
        return table
    return f"(SELECT * FROM {table} WHERE obligation IN ({', '.join(literal(duty.obligation) for duty in duties)}))"


def stack_name(obligations: Sequence[str]) -> str:
    """What the steps of some obligations are called together: by the first, and how many more."""
    return obligations[0] + (f"+{len(obligations) - 1}" if len(obligations) > 1 else "")


def alike(duties: Iterable[DutyTable], build: Callable[[DutyTable], str]) -> dict[str, list[DutyTable]]:
    """The duties by SQL: those for which `build` writes the same, but for whose rows it reads, are asked together."""
    found: dict[str, list[DutyTable]] = {}
    for duty in duties:
        found.setdefault(build(replace(duty, name=_WHOSE, shared=False)), []).append(duty)
    return {sql.replace(quote(_WHOSE), rows_of(group)): group for sql, group in found.items()}


_WHOSE = "$duties"  # stands for the table in a text that is compared


def waivers_of(duty: DutyTable, day: str) -> str:
    """SQL: the numbers of the waivers in force that cover a day of a duty `d`, NULL for none."""
    if not duty.waivable:
        return "CAST(NULL AS BIGINT[])"
    return (
        f'(SELECT list(w.n ORDER BY w.n) FROM "waiver" w WHERE (w.fingerprint = d.fingerprint OR ({waived_bearer("w", "d")}))\n'
        f"  AND w.day_from <= {day} AND {day} <= w.day_until)"
    )


def waived_bearer(waiver: str, duty: str) -> str:
    """SQL: a waiver is one of all duties of a bearer under an obligation, such as this duty."""
    pairs = (("jurisdiction", "jurisdiction"), ("obligation", "obligation"), ("bearer", "bearer_id"))
    return " AND ".join(f"{waiver}.{own} = {duty}.{other}" for own, other in pairs)


class Planner(Protocol):
    """What a test may ask of the compiler."""

    schema: Schema
    as_of_sql: str

    def add(self, name: str, sql: str, why: str = "") -> str: ...
    def scan(
        self, duty: DutyTable, record: str, chain: Chain | None, where: str, values: tuple[str, ...]
    ) -> ScanColumns: ...
    def names(self, duty: DutyTable, own: Row | None, moment: str = "") -> Names: ...
    def bearer_join(self, duty: DutyTable, moment: str = "") -> str: ...


@dataclass(frozen=True)
class ScanColumns:
    """Where a shared scan holds what one test asked of it."""

    table: str
    loose: str
    condition: str
    values: tuple[str, ...]

    def carried(self) -> str:
        """SQL: its values as v0, v1 …, behind other columns."""
        return "".join(f", {value} AS v{index}" for index, value in enumerate(self.values))


@dataclass(frozen=True)
class Need:
    """Hand-ins that decide: a record type, over the live span, or (reconcile) over a whole period."""

    record: str
    period: Literal["", "same", "previous"] = ""


class LintContext(Protocol):
    """What lint offers a test: check a condition in the scope of one place and report problems there."""

    @property
    def schema(self) -> Schema: ...
    @property
    def bearer(self) -> str: ...
    @property
    def trigger(self) -> str: ...
    @property
    def unit(self) -> str: ...
    @property
    def has_by(self) -> bool: ...
    def condition(self, word: str, text: str, record: str, *prefixes: str) -> None: ...
    def belongs(self, word: str, record: str, link: str, where: str, target: str = "") -> None: ...
    def number(self, word: str, text: str, record: str) -> None: ...
    def moment(self, word: str, text: str, record: str) -> None: ...
    def problem(self, word: str, message: str, hint: str = "") -> None: ...


class Test(Word):
    """Base of the six tests. `word` is its name in YAML; `late` whether it can be satisfied after due at all."""

    __test__: ClassVar[bool] = False  # not a pytest class
    word: ClassVar[str]
    late: ClassVar[Literal["always", "proven", "never"]] = "never"
    needs_proof: ClassVar[bool] = False  # met only when due is over and the data complete

    @property
    def by_day(self) -> bool:
        """Whether at most one act a day counts: then few days left can make a duty unattainable."""
        return False

    @abstractmethod
    def problems(self, lint: LintContext) -> None:
        """Lint: report what is wrong with the test's words."""

    @abstractmethod
    def needs(self, trigger: str) -> tuple[Need, ...]:
        """The hand-ins that decide; `trigger` is the trigger's record type or ''."""

    @classmethod
    @abstractmethod
    def plan_all(cls, asked: Sequence[Ask], planner: Planner, suffix: str) -> list[str]:
        """Add steps `ID/suffix` with the columns of `RESULT`, one row per duty; returns their names.

        `asked` are tests of this kind. Obligations for which the SQL is the same share a step.
        """

    @abstractmethod
    def evidence_of(self, trigger: str) -> str:
        """The record type whose rows stand in `evidence`."""


_PERCENT = re.compile(r"(?P<number>\d+(\.\d+)?)\s*%(\s+of\s+(?P<base>\S.*))?")


@dataclass(frozen=True)
class Amount:
    """`at_least`: a plain number, a percentage of targets, or a percentage of a bearer's field (`base`)."""

    number: Decimal | None = None
    percent: Decimal | None = None
    base: str = ""
    expression: str = ""

    @classmethod
    def read(cls, value: int | float | str) -> Amount:
        """Read 2, "2", "30%", "100% of bearer.roster_total" or "param.needed"; raises ConditionError."""
        if not isinstance(value, str):
            return cls(number=Decimal(str(value)))
        text = value.strip()
        if re.fullmatch(r"\d+(\.\d+)?", text):
            return cls(number=Decimal(text))
        match = _PERCENT.fullmatch(text)
        if match:
            return cls(percent=Decimal(match["number"]), base=(match["base"] or "").strip())
        if "%" in text:
            raise ConditionError(
                f"cannot read the amount `{value}`", "write 2, 30%, 100% of bearer.FIELD or param.NAME"
            )
        return cls(expression=text)

    def of(self, base: str, exact: bool = False) -> str:
        """SQL of the percentage of `base` (an SQL number): rounded up to a whole number unless `exact`."""
        assert self.percent is not None
        exponent = self.percent.as_tuple().exponent
        assert isinstance(exponent, int)
        scale = 10 ** max(-exponent, 0)
        percent = int(self.percent * scale)
        if exact:
            return f"(({base}) * {percent} / {100 * scale}.0)"
        return f"CAST(ceil(({base}) * {percent} / {100 * scale}.0) AS DOUBLE)"


def period_start(unit: str, moment: str) -> str:
    """SQL: the first day of the calendar period that holds a moment."""
    if unit == "half_year":
        return f"make_date(year({moment}), CASE WHEN month({moment}) <= 6 THEN 1 ELSE 7 END, 1)"
    return f"CAST(date_trunc('{unit}', {moment}) AS DATE)"


def step_interval(unit: str) -> str:
    """SQL interval from one period's start to the next's."""
    months = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}
    return f"INTERVAL {months[unit]} MONTH" if unit in months else f"INTERVAL {7 if unit == 'week' else 1} DAY"


def exists_by(moment: str, bare: str, boundary: str) -> str:
    """SQL: the event is there by the boundary (semantics.md §1); also “on time for due”."""
    if bare == "TRUE":
        return f"({moment} < {boundary})"
    if bare == "FALSE":
        return f"({moment} <= {boundary})"
    return f"(CASE WHEN {bare} THEN {moment} < {boundary} ELSE {moment} <= {boundary} END)"


def boolean(text: str, names: Names) -> Checked:
    """A condition's SQL in a scope; an empty text is true."""
    return compile_boolean(parse(text), names) if text else Checked("TRUE", "bool", "FALSE")


def as_one(condition: str, schema: Schema, record: str, alias: str) -> str:
    """SQL of a condition on rows of a type; unknown where nobody knows whether the row is a record of its own."""
    return f'({condition} AND {alias}."$one")' if schema.records[record].identity is not None else condition


def required_sql(amount: Amount, names: Names, exact: bool) -> str:
    """SQL of the number required, as DOUBLE, for an amount that is not a percentage of targets."""
    if amount.number is not None:
        return f"CAST({amount.number} AS DOUBLE)"
    if amount.percent is not None:
        base = compile_number(parse(amount.base), names).sql
        return f"CAST({amount.of(base, exact)} AS DOUBLE)"
    return f"CAST({compile_number(parse(amount.expression), names).sql} AS DOUBLE)"


def split(where: str) -> tuple[str, str]:
    """A condition cut in two: what the record alone decides (pure), and what needs its duty (residual)."""
    if not where:
        return "", ""
    pure: list[str] = []
    residual: list[str] = []
    for part in parse(where).conjuncts():
        (residual if part.mentions("bearer", "trigger", "period") else pure).append(part.text)
    return " AND ".join(f"({text})" for text in pure), " AND ".join(f"({text})" for text in residual)


def prefixed(columns: str, alias: str) -> Iterator[str]:
    """`a, b` → `x.a`, `x.b`."""
    return (f"{alias}.{column.strip()}" for column in columns.split(","))
