"""repeated_value: the same value stands in records in which it should differ: one photo on two days, equal figures."""

from __future__ import annotations

from typing import ClassVar

from duban.leads.base import FOUND, NO_PERIOD, Amount, Kind, LeadLint, LeadPlanner, Looked, Source, amount, members
from duban.sqltext import literal
from duban.vocabulary import Names


class RepeatedValue(Kind):
    """`{shared, same, differ, at_least}`: records with one value, and at least so many different values of `differ`."""

    word: ClassVar[str] = "repeated_value"

    shared: Names = ()
    same: Names = ()
    differ: Names
    at_least: Amount = 2

    def problems(self, lint: LeadLint, record: str) -> None:
        if not self.shared and not self.same:
            hint = "write `shared: FIELD` (a value that stands in several) or `same: FIELD` (equal in several)"
            lint.problem("", "which value is repeated?", hint)
        for word in ("shared", "same", "differ"):
            lint.fields(word, getattr(self, word), record)
        if not self.differ:
            lint.problem("differ", "`differ` is empty", "name what differs between the records")
        lint.amount("at_least", self.at_least)

    def plan(self, looked: Looked, planner: LeadPlanner, name: str) -> None:
        least = amount(planner.schema, self.at_least)
        source = Source(planner, looked)
        columns = [
            f"{source.each(self.shared)} AS vs",
            f"{source.together(self.same)} AS k",
            f"{source.together(self.differ)} AS d",
        ]
        values = (
            "SELECT n, jurisdiction, unnest(vs) AS v, k, d\n"
            f"FROM (\n{source.select(*columns)}\n) WHERE k IS NOT NULL AND d IS NOT NULL"
        )
        groups = (
            f"SELECT jurisdiction, list_sort({members(looked.record)}) AS members, count(DISTINCT d) AS many\n"
            f"FROM (\n{values}\n) GROUP BY jurisdiction, v, k HAVING count(DISTINCT d) >= {least}"
        )
        same = literal(source.titles((*self.shared, *self.same)) + "相同，")
        numbers = f"{same} || len(members) || '条；不同的' || {literal(source.titles(self.differ))} || many || '个，阈值{least:g}个'"
        # two values (two people, say) in the same records are one thing to look at
        planner.add(
            name,
            f"SELECT {FOUND} FROM (SELECT jurisdiction, members, CAST(NULL AS VARCHAR) AS key, CAST(many AS DOUBLE) AS measured,\n"
            f"  CAST({least} AS DOUBLE) AS threshold, {numbers} AS numbers, {NO_PERIOD}\n"
            f"FROM (SELECT jurisdiction, members, max(many) AS many FROM (\n{groups}\n) GROUP BY ALL))",
            "records with one value",
        )
