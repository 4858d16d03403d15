"""overlap: one value stands in two records whose times overlap: a person at two mines at once, a blast during a stop."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from duban.leads.base import (
    FOUND,
    NO_PERIOD,
    Amount,
    Kind,
    LeadLint,
    LeadPlanner,
    Looked,
    Source,
    amount,
    shown_number,
)
from duban.sqltext import literal, quote
from duban.vocabulary import Names, Word

# The bound: a value that stands in more records of one month than this is no person and no mine, and is left aside.
MOST = 1000


class Other(Word):
    """The other side of the overlap, where it is another record type (or other rows of the same)."""

    record: str
    where: str = ""
    shared: Names = ()
    same: Names = ()
    start: str = Field(alias="from")
    end: str = Field(default="", alias="to")


class Overlap(Kind):
    """`{shared, same, differ, from, to, gap, with}`: two records at one time that cannot both be."""

    word: ClassVar[str] = "overlap"

    shared: Names = ()
    same: Names = ()
    differ: Names = ()
    start: str = Field(alias="from")
    end: str = Field(default="", alias="to")
    gap: Amount = 0
    other: Other | None = Field(default=None, alias="with")

    def others(self) -> tuple[str, ...]:
        return (self.other.record,) if self.other is not None else ()

    def problems(self, lint: LeadLint, record: str) -> None:
        if not self.shared and not self.same:
            lint.problem(
                "", "overlap of what?", "write `shared: FIELD` (a value in both) or `same: FIELD` (equal in both)"
            )
        sides: list[tuple[str, str, Overlap | Other]] = [("", record, self)]
        if self.other is not None:
            other = self.other
            if not lint.record("with.record", other.record):
                return
            lint.condition("with.where", other.where, other.record)
            lint.fields("differ", self.differ, other.record)
            for word in ("shared", "same"):
                mine, theirs = getattr(self, word), getattr(other, word)
                if bool(mine) < bool(theirs) or (word == "same" and theirs and len(mine) != len(theirs)):
                    lint.problem(
                        f"with.{word}", f"`{word}` does not match that of the lead: {', '.join(mine) or 'none'}"
                    )
                elif mine and not theirs:
                    lint.fields(word, mine, other.record)
            sides.append(("with.", other.record, other))
        for prefix, name, side in sides:
            lint.fields(f"{prefix}shared", side.shared, name)
            lint.fields(f"{prefix}same", side.same, name)
            lint.moment(f"{prefix}from", side.start, name)
            lint.moment(f"{prefix}to", side.end, name)
        lint.fields("differ", self.differ, record)
        lint.amount("gap", self.gap)

    def plan(self, looked: Looked, planner: LeadPlanner, name: str) -> None:
        gap = amount(planner.schema, self.gap)
        source = Source(planner, looked)
        sides = [planner.add(f"{name}/a", self._spans(source, self, gap), "when, and of whom or what")]
        order, record = "a.n < b.n", looked.record
        if self.other is not None:
            there = Source(planner, Looked(looked.lead, self.other.record, self.other.where))
            sides.append(planner.add(f"{name}/b", self._spans(there, self.other, gap), "the other side of it"))
            order, record = ("a.n <> b.n" if self.other.record == looked.record else "TRUE"), self.other.record
        differ = "a.d <> b.d" if self.differ else "TRUE"
        pairs = (
            "SELECT a.jurisdiction, a.n AS an, b.n AS bn, count(DISTINCT a.v) AS many,\n"
            "  max((epoch(least(a.e, b.e)) - epoch(greatest(a.s, b.s))) / 60) AS minutes\n"
            f"FROM {quote(sides[0])} a JOIN {quote(sides[-1])} b\n"
            "  ON a.jurisdiction = b.jurisdiction AND a.v = b.v AND a.k = b.k AND a.bucket = b.bucket\n"
            f"WHERE {order} AND {differ} AND a.s < b.until AND b.s < a.until\nGROUP BY ALL"
        )
        shared = (
            f" || '；' || {literal(source.titles(self.shared))} || '中有' || many || '个相同'" if self.shared else ""
        )
        minutes = "floor(abs(minutes))"
        minutes = f"CASE WHEN {minutes} < 1440 THEN {shown_number(minutes)} || '分钟' ELSE {shown_number('floor(minutes / 1440)')} || '天' END"
        numbers = (
            f"CASE WHEN minutes > 0 THEN '时间重叠' || {minutes} WHEN minutes = 0 THEN '时点落在另一记录的时间内'\n"
            f"  ELSE '前后间隔' || {minutes} || '，少于{gap:g}分钟' END{shared}"
        )
        both = f"[{{'record': {literal(looked.record)}, 'n': an}}, {{'record': {literal(record)}, 'n': bn}}]"
        planner.add(
            name,
            f"SELECT {FOUND} FROM (SELECT jurisdiction, {both} AS members, CAST(NULL AS VARCHAR) AS key,\n"
            f"  minutes AS measured, CAST({-gap if gap else 0} AS DOUBLE) AS threshold, {numbers} AS numbers, {NO_PERIOD}\nFROM (\n{pairs}\n))",
            "pairs of records at one time",
        )

    def _spans(self, source: Source, side: Overlap | Other, gap: float) -> str:
        """(n, jurisdiction, v, k, d, s, e, until, bucket): a record for each value and each month that it touches."""
        start, _ = source.planner.moment(side.start, source.names)
        _, end = source.planner.moment(side.end or side.start, source.names)
        columns = (
            f"{source.each(side.shared or self.shared)} AS vs",
            f"{source.together(side.same or self.same)} AS k",
            f"{source.together(self.differ)} AS d",
            # greatest and least of DuckDB pass over NULL: an empty time stays empty
            f"CASE WHEN {start} IS NOT NULL THEN greatest({start}, TIMESTAMP '2000-01-01 00:00:00') END AS s",
            f"CASE WHEN {end} IS NOT NULL THEN least({end}, {source.planner.as_of_sql}) END AS e",
        )
        until = f"CASE WHEN e > s THEN e ELSE s + INTERVAL 1 MICROSECOND END + INTERVAL ({round(gap * 60)}) SECOND"
        lasting = "s < e" if side.end else "s <= e"  # a time that shrank to nothing is no moment
        return (
            "SELECT * FROM (SELECT *, unnest(range(date_trunc('month', s), until, INTERVAL 1 MONTH)) AS bucket\n"
            f"FROM (SELECT n, jurisdiction, unnest(vs) AS v, k, d, s, e, {until} AS until\nFROM (\n{source.select(*columns)}\n)\n"
            f"WHERE k IS NOT NULL AND d IS NOT NULL AND {lasting}))\n"
            f"QUALIFY count(*) OVER (PARTITION BY jurisdiction, v, k, bucket) <= {MOST}"
        )
