"""The judge on durable-rules: measures.yaml as a definition of that engine. The only module that imports it.

How it is driven, as measured on 2.0.28 (its last release):
- no joins and no negated patterns. A rule with either may crash the process when the state of a bearer is deleted
  (found by drawing rules), and a negation is not taken back when the negated fact comes later. So each pattern is a
  rule of one fact, which says that it was met; and each rule of measures.yaml is a rule over one summary, a fact that
  is asserted when all others are there and has a field for each pattern that was met: what must not be there is a
  field that is not there. The order in which facts are told cannot matter;
- one `sid` per bearer, deleted when the bearer is done: bearers cannot influence each other, and memory stays flat;
- counts and runs are ours, over the facts that met the pattern;
- an empty field is left out of the fact: a test of it is not met, as in the plain judge.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from duban.errors import EvaluationError
from duban.judge.facts import Case, Fact, Firing
from duban.judge.program import Ask, Clause, Program
from duban.pack.fact_condition import Every, Some, Test, Tree

RULESET = "duban"
_SIGNS = {"<": "$lt", "<=": "$lte", ">": "$gt", ">=": "$gte", "<>": "$neq"}
_NEVER = {"fact": "nothing"}
_OWN_ID = "own id"  # a fact's field `id`: the engine takes `id` for its own, to tell facts apart


class DurableJudge:
    """Tells the engine the facts of one bearer, then what was met of each layer, and collects which rules fire."""

    name = "durable-rules"

    def __init__(self, program: Program) -> None:
        from durable import engine  # optional, and it starts threads: only where it is used

        self.program = program
        self.engine = engine
        self.asks: dict[Ask, str] = {}
        for layer in program.strata:
            for clause in layer:
                for ask in (*clause.when, *clause.unless):
                    self.asks.setdefault(ask, f"ask {len(self.asks)}")
        self.met: dict[str, list[str]] = {}
        self.holding: set[str] = set()
        self.told: set[str] = set()
        self.cases = 0
        definition = {name: {"all": [{"m": _pattern(ask)}], "run": self._meet(name)} for ask, name in self.asks.items()}
        for number, layer in enumerate(program.strata):
            for clause in layer:
                summary = {"all": [{"m": self._summary(clause, number)}], "run": self._hold(clause.rule.id)}
                definition[f"rule {clause.rule.id}"] = summary
        self.host = engine.Host({RULESET: definition}) if definition else None

    def fire(self, case: Case, layer: int) -> list[Firing]:
        """The rules of a layer that hold for a bearer, in their order."""
        if self.host is None:
            return []
        if layer == 0:
            self.told, self.met, self.holding = set(), {}, set()
        for kind, facts in case.facts.items():
            for fact in facts:
                if (name := f"{kind} {fact['id']}") not in self.told:
                    self.told.add(name)
                    self._assert(_flat(kind, name, fact))
        clauses = self.program.strata[layer]
        wanted = {ask for clause in clauses for ask in (*clause.when, *clause.unless)}
        met = {ask: found for ask in wanted if (found := ask.enough(self._facts(ask, case)))}
        fields = {self.asks[ask]: True for ask in met}
        self._assert({"id": f"summary {layer}", "summary": layer, "bearer": case.bearer_kind, **fields})
        return [_firing(clause, met) for clause in clauses if clause.rule.id in self.holding]

    def close(self, case: Case) -> None:
        """Forget the bearer. Where no rule asked for anything of it the engine would crash if told to. It kept nothing,
        but has made a place for the bearer, and it has a thousand of them: the next bearer takes that one.
        """
        if self.host is not None and (self.met or self.holding):
            self.host.delete_state(RULESET, str(self.cases))
            self.cases += 1

    def _facts(self, ask: Ask, case: Case) -> list[Fact]:
        """The facts that met a pattern, in the order of the bearer's facts."""
        ids = set(self.met.get(self.asks[ask], ()))
        return [fact for fact in case.of(ask.kind) if f"{ask.kind} {fact['id']}" in ids]

    def _assert(self, fact: dict[str, Any]) -> None:
        assert self.host is not None
        try:
            self.host.assert_fact(RULESET, {**fact, "sid": str(self.cases)})
        except self.engine.MessageNotHandledException:
            pass  # no rule asks for such a fact
        except self.engine.MessageObservedException as error:
            raise EvaluationError(f"判定器重复收到同一事实：{error}") from error

    def _meet(self, name: str) -> Callable[[Any], None]:
        return lambda closure: self.met.setdefault(name, []).append(closure._m["m"]["id"])

    def _hold(self, rule: str) -> Callable[[Any], None]:
        return lambda closure: self.holding.add(rule)

    def _summary(self, clause: Clause, layer: int) -> dict[str, Any]:
        """What a rule asks of the summary of its layer."""
        bearers = [{"bearer": name} for name in clause.rule.bearers]
        there = [{self.asks[ask]: True} for ask in clause.when]
        absent = [{"$nex": {self.asks[ask]: 1}} for ask in clause.unless]
        return {"$and": [{"summary": layer}, {"$or": bearers}, *there, *absent]}


def _firing(clause: Clause, met: dict[Ask, list[Fact]]) -> Firing:
    found: dict[str, set[str]] = {}
    for ask in clause.when:
        found.setdefault(ask.kind, set()).update(fact["id"] for fact in met[ask])
    return Firing(clause.rule.id, {kind: frozenset(ids) for kind, ids in found.items()})


def _pattern(ask: Ask) -> dict[str, Any]:
    return {"$and": [{"fact": ask.kind}, *_conditions(ask.tree)]}


def _conditions(tree: Tree) -> list[dict[str, Any]]:
    """A condition as definitions that must all hold."""
    if isinstance(tree, Every):
        return [item for part in tree.parts for item in _conditions(part)]
    return [_definition(tree)]


def _definition(tree: Tree) -> dict[str, Any]:
    if isinstance(tree, Test):
        return _test(tree)
    if isinstance(tree, Some):
        return {"$or": [_definition(part) for part in tree.parts]} if tree.parts else _NEVER
    parts = _conditions(tree)
    return {"$and": parts} if parts else {"$ex": {"id": 1}}


def _test(test: Test) -> dict[str, Any]:
    if test.field == "id":
        test = Test(_OWN_ID, test.sign, test.value)
    if test.sign in ("has", "lacks"):
        name = _item(test.field, test.value)
        return {name: True} if test.sign == "has" else {"$nex": {name: 1}}
    if test.sign in ("empty", "given"):
        return {"$nex" if test.sign == "empty" else "$ex": {test.field: 1}}
    return {test.field: test.value} if test.sign == "=" else {_SIGNS[test.sign]: {test.field: test.value}}


def _flat(kind: str, name: str, fact: Fact) -> dict[str, Any]:
    """A fact as the engine takes it: a list is a field for each of its items."""
    found: dict[str, Any] = {}
    for field, value in fact.items():
        if isinstance(value, (list, tuple)):
            found.update({_item(field, item): True for item in value})
        elif value is not None:
            found[_OWN_ID if field == "id" else field] = value
    return {**found, "id": name, "fact": kind}


def _item(field: str, value: Any) -> str:
    """The field that stands for an item of a list."""
    return f"{field}: {value}"
