"""The order of the rules: a rule that reads conclusions comes after all that may lead to them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from duban.pack.fact_condition import FactScope, Tree, read_condition, value_of
from duban.pack.measures import Rule


class CycleError(ValueError):
    """Rules that wait for each other: none of them can ever come first."""

    def __init__(self, rules: Sequence[str]) -> None:
        self.rules = tuple(rules)
        super().__init__("these rules wait for each other's conclusions: " + " → ".join((*rules, rules[0])))


def may_follow(tree: Tree, rule: Rule) -> bool:
    """Whether a condition over conclusions could be true of what a rule concludes."""
    fixed = {"rule": rule.id, "measure": rule.then.measure}
    unknown = {"tier"} if rule.then.tier == "same" else set()
    if rule.then.tier != "same":
        fixed["tier"] = rule.then.tier
    if rule.then.ground == "same":
        unknown.add("ground")
    else:
        fixed["ground"] = rule.then.ground
    return value_of(tree, fixed, frozenset(unknown)) is not False


def strata(rules: Sequence[Rule], scope: Mapping[str, FactScope]) -> list[list[Rule]]:
    """The rules in layers; within one, nothing waits for anything. Raises CycleError."""
    needs = {rule.id: _needs(rule, rules, scope) for rule in rules}
    left = {rule.id: rule for rule in rules}
    found: list[list[Rule]] = []
    while left:
        free = [rule for name, rule in left.items() if not needs[name] & left.keys()]
        if not free:
            raise CycleError(_cycle(next(iter(left)), {name: sorted(needs[name] & left.keys()) for name in left}))
        found.append(free)
        for rule in free:
            del left[rule.id]
    return found


def _needs(rule: Rule, rules: Sequence[Rule], scope: Mapping[str, FactScope]) -> set[str]:
    """The rules whose conclusions it reads."""
    trees = [
        read_condition(pattern.where, scope["conclusion"])
        for pattern in (*rule.when, *rule.unless)
        if pattern.kind == "conclusion"
    ]
    return {other.id for other in rules for tree in trees if may_follow(tree, other)}


def _cycle(start: str, needs: Mapping[str, list[str]]) -> list[str]:
    """One way round, from a rule that cannot come first."""
    path = [start]
    while needs[path[-1]][0] not in path:
        path.append(needs[path[-1]][0])
    return path[path.index(needs[path[-1]][0]) :]
