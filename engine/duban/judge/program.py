"""measures.yaml, made ready for a judge: rules in strata, conditions as trees, counts as tallies."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from duban import cache
from duban.judge.facts import Case, Fact
from duban.model import Verification
from duban.pack.fact_condition import Every, Test, Tree, holds, read_condition
from duban.pack.lint_measures import GROUND_STATUS, number
from duban.pack.measures import Pattern, Rule, scopes
from duban.pack.pack import Pack
from duban.pack.strata import strata

_KIND = "program"  # in the cache
# What a person has cleared meets no pattern, whatever a rule says: it is taken off everywhere.
NOT_CLEARED = Test("verification", "<>", Verification.CLEARED.value)
# A ground rests on nothing else, whatever its rule says: not on what is late, unproven, manual or advisory.
SOUND = Every((Test("status", "=", GROUND_STATUS), Test("enforceable", "=", True)))


@dataclass(frozen=True)
class Ask:
    """One pattern: facts of a kind that meet a condition, at least so many, or in so many periods in a row."""

    kind: str
    tree: Tree
    at_least: int = 1
    in_a_row: int = 0

    def met_by(self, case: Case) -> list[Fact]:
        """The facts of a bearer that count; none if they are too few."""
        return self.enough([fact for fact in case.of(self.kind) if holds(self.tree, fact)])

    def enough(self, found: list[Fact]) -> list[Fact]:
        """Of the facts that meet the condition those that count; none if they are too few."""
        if self.in_a_row:
            found = list(_in_a_row(found, self.in_a_row))
        return found if len(found) >= max(self.at_least, 1) else []


@dataclass(frozen=True)
class Clause:
    """A rule with its patterns read."""

    rule: Rule
    when: tuple[Ask, ...]
    unless: tuple[Ask, ...]


@dataclass(frozen=True)
class Program:
    """What a judge runs: layer after layer; the conclusions of one are facts of the next."""

    strata: tuple[tuple[Clause, ...], ...]


def compile_program(pack: Pack) -> Program:
    """The rules of a linted pack, with the parameters in force; that of a pack that knows its stamp is kept."""
    name = cache.key(_KIND, pack.stamp) if pack.stamp else ""
    kept = cache.recall(_KIND, name) if name else None
    if isinstance(kept, Program):
        return kept
    program = _compiled(pack)
    if name:
        cache.remember(_KIND, name, program)
    return program


def _compiled(pack: Pack) -> Program:
    scope = scopes(pack)

    def ask(rule: Rule, pattern: Pattern, *, guarded: bool = False) -> Ask:
        tree = read_condition(pattern.where, scope[pattern.kind])
        if pattern.kind in ("finding", "about"):
            tree = Every((tree, NOT_CLEARED))
        if guarded and rule.then.ground and pattern.kind == "finding":
            tree = Every((tree, SOUND))
        at_least = number(pattern.at_least, scope[pattern.kind])
        in_a_row = number(pattern.in_a_row, scope[pattern.kind])
        return Ask(pattern.kind, tree, at_least, in_a_row)

    return Program(
        tuple(
            tuple(
                Clause(
                    rule,
                    tuple(ask(rule, pattern, guarded=True) for pattern in rule.when),
                    tuple(ask(rule, pattern) for pattern in rule.unless),
                )
                for rule in layer
            )
            for layer in strata(list(pack.measures.rules), scope)
        )
    )


def _in_a_row(found: Sequence[Fact], wanted: int) -> Iterator[Fact]:
    """The findings of one obligation (and trigger) that lie in so many periods one after the other."""
    series: dict[tuple[str, str], dict[tuple[str, str], list[Fact]]] = {}
    for fact in found:
        if fact.get("period_start"):
            periods = series.setdefault((fact["obligation"], fact.get("trigger", "")), {})
            periods.setdefault((fact["period_start"], fact["period_end"]), []).append(fact)
    for periods in series.values():
        run: list[tuple[str, str]] = []
        for start, end in [*sorted(periods), ("", "")]:  # the last is no period: it ends the run
            if run and _after(run[-1][1]) != start:
                yield from (fact for period in run if len(run) >= wanted for fact in periods[period])
                run = []
            run.append((start, end))


def _after(day: str) -> str:
    return (date.fromisoformat(day) + timedelta(days=1)).isoformat()
