"""The plain judge: the same rules without durable-rules. The reference in tests; runs where there is no compiler."""

from __future__ import annotations

from collections.abc import Sequence

from duban.judge.facts import Case, Firing
from duban.judge.program import Clause, Program


class PlainJudge:
    """Looks each pattern up in the facts of the bearer: slow to read nothing into, and obviously right."""

    name = "plain"

    def __init__(self, program: Program) -> None:
        self.program = program

    def fire(self, case: Case, layer: int) -> list[Firing]:
        """The rules of a layer that hold for a bearer, in their order."""
        clauses: Sequence[Clause] = self.program.strata[layer]
        return [firing for clause in clauses if (firing := _firing(clause, case)) is not None]

    def close(self, case: Case) -> None:
        """Nothing is kept of a bearer."""


def _firing(clause: Clause, case: Case) -> Firing | None:
    if case.bearer_kind not in clause.rule.bearers or any(ask.met_by(case) for ask in clause.unless):
        return None
    met: dict[str, set[str]] = {}
    for ask in clause.when:
        found = ask.met_by(case)
        if not found:
            return None
        met.setdefault(ask.kind, set()).update(fact["id"] for fact in found)
    return Firing(clause.rule.id, {kind: frozenset(ids) for kind, ids in met.items()})
