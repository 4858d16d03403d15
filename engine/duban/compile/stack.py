"""Obligations that go through the plan together.

To plan a statement costs DuckDB more than to run it on a county, and a notice has a hundred obligations. So those of a stack
share one step wherever their SQL is the same but for what can stand in a column: the table `rules` has what is fixed for
each of them, and no two duties of a stack have the same number. A stack of one obligation is the plan of that obligation.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from duban.kinds.base import Ask, DutyTable, alike, stack_name
from duban.pack.obligation import LEGAL, Obligation
from duban.sqltext import literal, quote


@dataclass(frozen=True)
class Stack:
    """Some obligations, and the names of the steps that they share."""

    obligations: tuple[Obligation, ...]

    @property
    def name(self) -> str:
        return stack_name([item.id for item in self.obligations])

    def step(self, suffix: str) -> str:
        return f"{self.name}/{suffix}"

    def duties(self, suffix: str = "duty", among: Iterable[Obligation] | None = None) -> list[DutyTable]:
        """The duty table of each obligation: a share in the step `suffix`."""
        shared = len(self.obligations) > 1
        return [_table(item, self.step(suffix), shared) for item in (self.obligations if among is None else among)]

    def tests(self, duties: Sequence[DutyTable]) -> list[Ask]:
        """The tests of obligations, with the duties that they are asked of."""
        by_id = self.by_id()
        return [(by_id[duty.obligation].test, duty) for duty in duties]

    def by_id(self) -> dict[str, Obligation]:
        return {item.id: item for item in self.obligations}


def _table(obligation: Obligation, name: str, shared: bool) -> DutyTable:
    return DutyTable(
        name=name,
        obligation=obligation.id,
        bearer=obligation.bearer,
        trigger=trigger_of(obligation),
        unit=obligation.unit or ("month" if obligation.reconcile is not None else ""),
        has_by=bool(obligation.by),
        before=obligation.before,
        waivable=obligation.basis != LEGAL,
        shared=shared,
    )


def trigger_of(obligation: Obligation) -> str:
    """The record type that calls for its duties, or none."""
    return obligation.each.record if obligation.each is not None else ""


def stacks(obligations: Sequence[Obligation], most: int) -> list[Stack]:
    """The obligations in order, at most so many in a stack."""
    return [Stack(tuple(obligations[start : start + most])) for start in range(0, len(obligations), most)]


def union(tables: Iterable[str]) -> str:
    """SQL: the rows of tables with the same columns."""
    found = list(tables)
    return quote(found[0]) if len(found) == 1 else f"({' UNION ALL '.join(f'FROM {quote(name)}' for name in found)})"


def union_alike(duties: Sequence[DutyTable], build: Callable[[DutyTable], str]) -> str:
    """SQL of what `build` says of each obligation; texts that are the same are written once."""
    return "\nUNION ALL\n".join(alike(duties, build))


def listed(rows: Iterable[Sequence[Any]], name: str, *columns: str) -> str:
    """SQL of a small table."""
    values = ", ".join(f"({', '.join(literal(value) for value in row)})" for row in rows)
    return f"(VALUES {values}) {name}({', '.join(columns)})"
