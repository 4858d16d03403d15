"""ratio: how many of a group's records meet a condition: a rush at month's end, nothing found by oneself, all cured at once."""

from __future__ import annotations

from typing import ClassVar

from duban.kinds.base import period_start, step_interval
from duban.leads.base import (
    FOUND,
    Amount,
    Kind,
    LeadLint,
    LeadPlanner,
    Looked,
    Source,
    amount,
    as_text,
    members,
    period_columns,
    resolve,
    shown_share,
)
from duban.sqltext import literal, quote
from duban.vocabulary import Names, Unit, Word


class Beside(Word):
    """Other records of the same group and period that must be there."""

    where: str
    at_least: Amount = 1


class Ratio(Kind):
    """`{count | distinct, of, per, every, at_least | at_most, least, given}`: a share of a group's records, per period."""

    word: ClassVar[str] = "ratio"

    count: str = ""
    distinct: str = ""
    of: str = ""
    per: Names = ()
    every: Unit | None = None
    at_least: Amount | None = None
    at_most: Amount | None = None
    least: Amount = 1
    given: Beside | None = None

    @property
    def absent(self) -> bool:
        """Whether it is the lack of records that is looked at: then they must have been handed in."""
        return bool(self.count) and self.at_most is not None

    def problems(self, lint: LeadLint, record: str) -> None:
        if bool(self.count) == bool(self.distinct):
            lint.problem("count", "a ratio counts one thing", "write `count: CONDITION` or `distinct: FIELD`")
        if self.at_least is not None and self.at_most is not None:
            lint.problem("at_most", "at_least and at_most exclude each other")
        if self.per and self.at_least is None and self.at_most is None:
            lint.problem("per", "a share of what?", "write `at_least: 70%` or `at_most: 0`")
        if not self.per and (self.every or self.distinct or self.at_most is not None or self.given):
            lint.problem("per", "without `per` each record stands for itself: count is all there is to say")
        if self.absent and not self.every:
            lint.problem("at_most", "what is not there must have been handed in, for a period", "write `every: month`")
        period = self.every is not None
        for word, text in (("count", self.count), ("of", self.of)):
            lint.condition(word, text, record, period=period)
        lint.fields("per", self.per, record, personal=False)
        lint.fields("distinct", [self.distinct] if self.distinct else [], record)
        for word in ("at_least", "at_most"):
            if getattr(self, word) is not None:
                lint.amount(word, getattr(self, word), share=True)
        lint.amount("least", self.least)
        if self.given is not None:
            lint.condition("given.where", self.given.where, record, period=period)
            lint.amount("given.at_least", self.given.at_least)

    def plan(self, looked: Looked, planner: LeadPlanner, name: str) -> None:
        start, end = "CAST(NULL AS DATE)", "CAST(NULL AS DATE)"
        if self.every:
            start = period_start(self.every, 'r."$period"')
            end = f"CAST({start} + {step_interval(self.every)} - INTERVAL 1 DAY AS DATE)"
        source = Source(planner, looked, period_columns(start, end))
        rows = source.select(
            f"{source.together(self.per)} AS p" if self.per else '[CAST(r."$n" AS VARCHAR)] AS p',
            f"{start} AS a",
            f"{end} AS b",
            f"{source.condition(self.count) if self.count else 'TRUE'} AS hit",
            f"({source.condition(self.of)}) IS TRUE AS asked",
            f"({source.condition(self.given.where)}) IS TRUE AS beside" if self.given else "TRUE AS beside",
            f"{as_text(resolve(source.row, self.distinct))} AS value" if self.distinct else "'' AS value",
            f"{planner.owner(source.row)} AS who",
        )
        table = planner.add(f"{name}/rows", rows, "the records of each group")
        planner.add(name, self._judged(looked, planner, table), "groups with a striking share")

    def _judged(self, looked: Looked, planner: LeadPlanner, table: str) -> str:
        low = self.at_most is not None
        if low:
            counted, evidence = "asked AND hit IS NOT FALSE", "asked"  # unknown is in the bearer's favour
        else:
            counted, evidence = "asked AND hit", "asked" if self.distinct else "asked AND hit"
        many = f"count(DISTINCT value) FILTER ({counted})" if self.distinct else f"count(*) FILTER ({counted})"
        groups = (
            f"SELECT jurisdiction, p, a, b, {many} AS many, count(*) FILTER (asked) AS total, count(*) FILTER (beside) AS others,\n"
            f"  {members(looked.record)} FILTER ({evidence}) AS members, min(who) AS who\n"
            f"FROM {quote(table)} WHERE p IS NOT NULL GROUP BY jurisdiction, p, a, b"
        )
        written = self.at_most if low else self.at_least
        threshold = amount(planner.schema, 1 if written is None else written)
        least = amount(planner.schema, self.least)
        share = "(CAST(g.many AS DOUBLE) / g.total)"
        where = [
            f"g.total >= {max(least, 1)}",
            f"{share} {'<=' if low else '>='} {threshold} {'+' if low else '-'} 1e-9",
        ]
        if self.every:  # what the rest of a period brings is not known yet
            where.append(f"CAST(g.b AS TIMESTAMP) + INTERVAL 1 DAY <= {planner.as_of_sql}")
        if self.given is not None:
            where.append(f"g.others >= {amount(planner.schema, self.given.at_least)}")
        proven = planner.proven(looked.record) if self.absent else ""
        if proven:
            where.append(
                f"EXISTS (SELECT 1 FROM {proven} q WHERE q.jurisdiction = g.jurisdiction AND q.bearer_id = g.who\n"
                "  AND q.s <= CAST(g.a AS TIMESTAMP) AND q.e > CAST(g.b AS TIMESTAMP))"
            )
        key = (
            "array_to_string(g.p, '/') || '|' || coalesce(CAST(g.a AS VARCHAR), '')"
            if self.per
            else "CAST(NULL AS VARCHAR)"
        )
        return (
            f"SELECT {FOUND} FROM (SELECT g.jurisdiction, g.members, {key} AS key, {share} AS measured, CAST({threshold} AS DOUBLE) AS threshold,\n"
            f"  {self._numbers(share, threshold, least)} AS numbers, g.a, g.b\nFROM (\n{groups}\n) g WHERE {' AND '.join(where)})"
        )

    def _numbers(self, share: str, threshold: float, least: float) -> str:
        if not self.per:
            return "'本条符合'"
        limit = f"阈值{'不超过' if self.at_most is not None else '不低于'}{threshold * 100:g}%，至少{least:g}条"
        what = "'不同的" + self.distinct + "'" if self.distinct else "'符合的'"
        beside = " || '；另有' || g.others || '条'" if self.given else ""
        return f"{what} || g.many || '/' || g.total || '，' || {shown_share(share)} || {literal('（' + limit + '）')}{beside}"
