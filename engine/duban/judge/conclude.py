"""From firings to conclusions, layer after layer, one bearer after the other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Protocol

from duban.judge.facts import Case, Fact, Firing
from duban.judge.program import Program
from duban.model import Conclusion, Tier
from duban.pack.measures import Rule

_BEST = [tier.value for tier in Tier]


class Judge(Protocol):
    """Says which rules of a layer hold for a bearer; both judges say the same."""

    name: str
    program: Program

    def fire(self, case: Case, layer: int) -> list[Firing]: ...
    def close(self, case: Case) -> None: ...


def judge_all(judge: Judge, cases: Iterable[Case]) -> Iterator[tuple[Case, list[Conclusion]]]:
    """The conclusions of each bearer that has any facts, in the order given; nothing is kept between two bearers."""
    for case in cases:
        yield case, conclusions_of(judge, case)


def conclusions_of(judge: Judge, case: Case) -> list[Conclusion]:
    """What follows for one bearer."""
    rules = {clause.rule.id: clause.rule for layer in judge.program.strata for clause in layer}
    found: list[Conclusion] = []
    try:
        for layer in range(len(judge.program.strata)):
            grown = replace(case, facts={**case.facts, "conclusion": [_as_fact(item) for item in found]})
            fired = judge.fire(grown, layer)
            found += [item for firing in fired for item in _conclude(rules[firing.rule], firing, grown, found)]
    finally:
        judge.close(case)
    return found


def _as_fact(conclusion: Conclusion) -> Fact:
    return {
        "id": f"{conclusion.rule} {conclusion.ground}",
        "rule": conclusion.rule,
        "measure": conclusion.measure,
        "tier": conclusion.tier,
        "ground": conclusion.ground,
    }


def _conclude(rule: Rule, firing: Firing, case: Case, before: list[Conclusion]) -> Iterator[Conclusion]:
    """The conclusions of a rule that holds: one, or one for each ground of its findings (`ground: same`)."""
    met: Mapping[str, frozenset[str]] = firing.met
    upon = [item for item in before if _as_fact(item)["id"] in met.get("conclusion", ())]
    facts = [fact for kind in ("finding", "about") for fact in case.of(kind) if fact["id"] in met.get(kind, ())]
    base = Conclusion(
        rule.id,
        rule.title,
        case.jurisdiction,
        case.bearer_kind,
        case.bearer_id,
        measure=rule.then.measure,
        tier=min((item.tier for item in upon if item.tier), key=_BEST.index, default="")
        if rule.then.tier == "same"
        else rule.then.tier,
        rests_on=tuple(sorted({item.rule for item in upon})),
    )
    if rule.then.ground != "same":
        prints = {fact["fingerprint"] for fact in facts}.union(*(item.findings for item in upon))
        left = prints - _dealt_with(case, rule.then.measure)
        if left or not prints:
            yield replace(base, ground=rule.then.ground, findings=tuple(sorted(left)))
        return
    grounds = dict.fromkeys(fact["ground"] for fact in facts if fact.get("ground"))
    for ground in grounds:
        prints = {fact["fingerprint"] for fact in facts if fact.get("ground") == ground}
        yield replace(base, ground=ground, findings=tuple(sorted(prints)))


def _dealt_with(case: Case, measure: str) -> set[str]:
    """The findings on which a measure was taken, or turned down: it is proposed once, not every week."""
    facts = (fact for kind in ("finding", "about") for fact in case.of(kind))
    return {fact["fingerprint"] for fact in facts if measure and measure in fact.get("taken", ())}
