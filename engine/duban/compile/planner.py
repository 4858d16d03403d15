"""The compiler's workbench: collects named steps, and fuses what several duties ask of the same records into one scan."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime

from duban.compile.sql import BEGIN, END, day_end, day_start
from duban.conditions import Column
from duban.kinds.acts import event_day
from duban.kinds.base import DutyTable, ScanColumns, as_one, boolean
from duban.model import Step
from duban.pack.names import frame_columns
from duban.pack.obligation import Obligation
from duban.pack.pack import Pack
from duban.pack.timing import By, Duration, parse_by, parse_duration
from duban.scope import Chain, Names, Row
from duban.sqltext import literal, quote


@dataclass
class Scan:
    """One pass over a record type: whose each row is, and a column for every condition or value asked for."""

    record: str
    chain: Chain | None
    who: str = "''"  # SQL of the owner's key
    nobody: str = "FALSE"  # SQL: belongs to nobody we judge
    conditions: dict[str, str] = field(default_factory=dict)  # SQL -> column
    values: dict[str, str] = field(default_factory=dict)  # SQL -> column
    joins: dict[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return f"scan/{self.record}/{self.chain or 'anyone'}"

    def steps(self) -> list[Step]:
        """The scan's table, and that of its loose rows: nobody's, or at no known time."""
        who = self.who
        columns = ['r."$n"', "r.jurisdiction", f"{who} AS who", 'r."$t"', 'r."$tb"']
        columns += [f"{sql} AS {column}" for sql, column in (*self.conditions.items(), *self.values.items())]
        some = " OR ".join(f"{sql} IS DISTINCT FROM FALSE" for sql in self.conditions)
        source = f"FROM {quote('seen/' + self.record)} r\n" + "\n".join(self.joins.values())
        mine = "" if self.nobody == "FALSE" else f" AND NOT ({self.nobody})"
        body = "SELECT " + ",\n  ".join(columns) + f"\n{source}\nWHERE ({some}){mine}"
        loose = f'({who} IS NULL OR r."$t" IS NULL)'
        why = f"{self.record}: one pass for {len(self.conditions)} condition(s)"
        return [
            Step(self.name, f"{body} AND NOT {loose}", why),
            Step(f"{self.name}/loose", f"{body} AND {loose}", f"{self.record}: rows that might be anybody's"),
        ]


@dataclass
class Compiler:
    """Implements what tests may ask (kinds.base.Planner) for one pack at one (as_of, known_by)."""

    pack: Pack
    as_of: datetime
    known_by: datetime
    steps: list[Step] = field(default_factory=list)
    scans: dict[tuple[str, str], Scan] = field(default_factory=dict)
    fixed: dict[str, dict[str, int]] = field(default_factory=dict)  # obligation -> more columns of the table `rules`
    proven: dict[str, list[str]] = field(default_factory=dict)  # step of proven days -> the types that it has

    def __post_init__(self) -> None:
        self.schema = self.pack.schema
        self.as_of_sql, self.known_by_sql = literal(self.as_of), literal(self.known_by)
        self.obligations = {obligation.id: obligation for obligation in self.pack.obligations}

    def add(self, name: str, sql: str, why: str = "") -> str:
        """Add a step that creates the table `name`; returns the name."""
        self.steps.append(Step(name, sql, why))
        return name

    def add_once(self, name: str, sql: Callable[[], str], why: str = "") -> str:
        """Add a step that several obligations share, unless it is there; returns the name."""
        if not any(step.name == name for step in self.steps):
            self.add(name, sql(), why)
        return name

    def window(self, obligation: Obligation) -> tuple[str, str]:
        """First and last day of an obligation's window as SQL dates; NULL without one."""
        start, end = self.pack.window(obligation)
        return literal(start), literal(end)

    def rolls(self, obligation: Obligation) -> bool:
        """Whether its dues move to the next workday."""
        roll = obligation.roll
        return bool(roll) and self.pack.values.get(roll.removeprefix("param."), roll) == "workday"

    def by(self, text: str) -> By:
        """A `by` of the pack, with the parameters in force."""
        return parse_by(text, self.schema.parameters)

    def duration(self, text: str) -> Duration:
        """A duration of the pack, with the parameters in force."""
        return parse_duration(text, self.schema.parameters)

    def names(self, duty: DutyTable, own: Row | None, moment: str = "") -> Names:
        """The scope of a condition on a duty: alias d, its bearer b, its trigger g."""
        record = self.schema.bearers[duty.bearer].record
        rows = {"bearer": Row(self.schema, record, "b", moment or "d.due")}
        if duty.trigger:
            rows["trigger"] = own if own is not None and own.alias == "g" else Row(self.schema, duty.trigger, "tr")
        return Names(self.schema, own, rows, self._frame_columns(duty))

    def _frame_columns(self, duty: DutyTable) -> dict[str, Column]:
        return frame_columns(*self.window(self.obligations[duty.obligation]))

    def bearer_join(self, duty: DutyTable, moment: str = "") -> str:
        """Joins the bearer's row as b (at due, or at `moment`), and the trigger's as tr where there is one."""
        table = quote("bearer/" + duty.bearer)
        if moment:
            join = (
                f"LEFT JOIN {table} b ON b.jurisdiction = d.jurisdiction AND b.bearer_id = d.bearer_id\n"
                f'  AND b."$s" <= {moment} AND {moment} < b."$e"'
            )
        else:
            join = f"LEFT JOIN {table} b ON b.piece = d.piece"
        if duty.trigger:
            join += f'\nLEFT JOIN {quote("seen/" + duty.trigger)} tr ON tr."$n" = d.trig'
        return join

    def scan(
        self, duty: DutyTable, record: str, chain: Chain | None, where: str, values: tuple[str, ...]
    ) -> ScanColumns:
        """A share in the scan of a record type by one chain; conditions that are the same SQL share a column."""
        key = (record, str(chain or ""))
        scan = self.scans.setdefault(key, Scan(record, chain))
        row = Row(self.schema, record, "r")
        names = Names(self.schema, row, {}, self._frame_columns(duty))
        if chain is not None:
            scan.who, scan.nobody = chain.sql(row), chain.nobody(row)
        condition = as_one(boolean(where, names).sql, self.schema, record, "r")
        column = scan.conditions.setdefault(condition, f"c{len(scan.conditions)}")
        found = []
        for value in values:
            resolved = event_day(row, value)
            assert resolved is not None, value
            found.append(scan.values.setdefault(resolved.sql, f"x{len(scan.values)}"))
        scan.joins.update(row.joins)
        return ScanColumns(scan.name, f"{scan.name}/loose", column, tuple(found))

    def day_span(self, obligation: Obligation) -> tuple[str, str]:
        """Its window as moments [start, end) in SQL; far past and future without one."""
        start, end = self.pack.window(obligation)
        return (day_start(start) if start else BEGIN), (day_end(end) if end else END)


def in_order(steps: Iterable[Step], wanted: Iterable[str]) -> tuple[Step, ...]:
    """The steps that the wanted tables need, each after those that it reads; the first wanted first."""
    by_name = {step.name: step for step in steps}
    reads = {name: _reads(step.sql, by_name) for name, step in by_name.items()}
    done: dict[str, Step] = {}
    stack = list(wanted)[::-1]
    while stack:
        name = stack[-1]
        missing = [other for other in reads[name] if other not in done]
        if missing:
            stack += missing
        else:
            done.setdefault(name, replace(by_name[name], reads=tuple(reads[name])))
            stack.pop()
    return tuple(done.values())


def _reads(sql: str, names: dict[str, Step]) -> list[str]:
    """The steps named in a SQL text: quoted names, and the one plain name `calendar`."""
    quoted = re.findall(r'"([^"]+)"', sql)
    plain = ["calendar"] if re.search(r"(FROM|JOIN) calendar\b", sql) else []
    return [name for name in dict.fromkeys(quoted + plain) if name in names]
