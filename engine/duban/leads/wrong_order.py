"""wrong_order: dates of one record that cannot lie so: corrected before it was found, approved after it began."""

from __future__ import annotations

from typing import ClassVar

from duban.conditions import Checked, compile_boolean, compile_moment, parse_moment
from duban.leads.base import FOUND, NO_PERIOD, Amount, Kind, LeadLint, LeadPlanner, Looked, Source, amount
from duban.sqltext import literal
from duban.vocabulary import Word


class Pair(Word):
    """Two date expressions: `then` must not lie before `first`, or not within `apart` minutes after it."""

    first: str
    then: str
    apart: Amount | None = None


class WrongOrder(Kind):
    """`{pairs: [{first, then, apart}]}`: a record in which a pair is reversed. One day is no reversal."""

    word: ClassVar[str] = "wrong_order"

    pairs: tuple[Pair, ...] | list[Pair]

    def problems(self, lint: LeadLint, record: str) -> None:
        if not self.pairs:
            lint.problem("pairs", "no pair of dates")
        for index, pair in enumerate(self.pairs):
            lint.moment(f"pairs.{index}.first", pair.first, record)
            lint.moment(f"pairs.{index}.then", pair.then, record)
            if pair.apart is not None:
                lint.amount(f"pairs.{index}.apart", pair.apart)

    def plan(self, looked: Looked, planner: LeadPlanner, name: str) -> None:
        source = Source(planner, looked)
        checks = [_check(source, pair) for pair in self.pairs]
        wrong = " OR ".join(f"coalesce({check.wrong}, FALSE)" for check in checks)
        cases = [(f"CASE WHEN {check.wrong} THEN ", check) for check in checks]
        texts = ", ".join(f"{when}{check.text} END" for when, check in cases)
        found = source.select(
            f"list_filter([{texts}], lambda x: x IS NOT NULL) AS texts",
            "coalesce(" + ", ".join(f"{when}{check.measured} END" for when, check in cases) + ") AS measured",
            "coalesce(" + ", ".join(f"{when}{check.threshold} END" for when, check in cases) + ") AS threshold",
            where=wrong,
        )
        planner.add(
            name,
            f"SELECT {FOUND} FROM (SELECT jurisdiction, [{{'record': {literal(looked.record)}, 'n': n}}] AS members,\n"
            "  CAST(NULL AS VARCHAR) AS key, CAST(measured AS DOUBLE) AS measured, CAST(threshold AS DOUBLE) AS threshold,\n"
            f"  array_to_string(texts, '；') AS numbers, {NO_PERIOD}\nFROM (\n{found}\n))",
            "records with reversed dates",
        )


class _Check(Word):
    wrong: str
    text: str
    measured: str
    threshold: str


def _check(source: Source, pair: Pair) -> _Check:
    """SQL of one pair: whether it is wrong, in words, and by how much (days; minutes with `apart`)."""
    first, then = (compile_moment(parse_moment(text), source.names) for text in (pair.first, pair.then))
    shown = [
        f"{literal(_title(side, text))} || {_shown(side)}" for side, text in ((first, pair.first), (then, pair.then))
    ]
    if pair.apart is None:
        wrong = compile_boolean(parse_moment(f"({pair.then}) < ({pair.first})"), source.names).sql
        days = f"date_diff('day', CAST({then.sql} AS DATE), CAST({first.sql} AS DATE))"
        return _Check(wrong=wrong, text=f"{shown[1]} || '早于' || {shown[0]}", measured=days, threshold="0")
    apart = amount(source.planner.schema, pair.apart)
    minutes = f"((epoch(CAST({then.sql} AS TIMESTAMP)) - epoch(CAST({first.sql} AS TIMESTAMP))) / 60)"
    wrong = f"({minutes} < {apart} AND NOT coalesce({first.bare}, FALSE) AND NOT coalesce({then.bare}, FALSE))"
    text = (
        f"{shown[0]} || '至' || {shown[1]} || '只有' || CAST(floor({minutes}) AS BIGINT) || '分钟，阈值{apart:g}分钟'"
    )
    return _Check(wrong=wrong, text=text, measured=minutes, threshold=str(apart))


def _title(checked: Checked, text: str) -> str:
    labels = [column.label for column in checked.columns if column.label]
    return f"“{labels[0] if len(labels) == 1 else text}”"


def _shown(checked: Checked) -> str:
    """SQL of a date as people write it."""
    day = f"strftime({checked.sql}, '%Y-%m-%d')"
    if checked.bare == "TRUE":
        return day
    return f"CASE WHEN coalesce({checked.bare}, FALSE) THEN {day} ELSE strftime({checked.sql}, '%Y-%m-%d %H:%M') END"
