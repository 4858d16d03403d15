"""What a judge knows of one bearer, and what follows for it: plain dictionaries in, firings out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Fact = Mapping[str, Any]


@dataclass(frozen=True)
class Case:
    """The facts of one bearer by kind (`pack.measures.PATTERNS`); each has an `id` of its own within the bearer.

    Facts are flat: text, numbers, true or false, days as ISO text, and lists of text; what is not known is left out.
    """

    jurisdiction: str
    bearer_kind: str
    bearer_id: str
    facts: Mapping[str, Sequence[Fact]] = field(default_factory=dict)

    def of(self, kind: str) -> Sequence[Fact]:
        return self.facts.get(kind, ())


@dataclass(frozen=True)
class Firing:
    """A rule that holds for a bearer, with the ids of all facts that its patterns met, by kind."""

    rule: str
    met: Mapping[str, frozenset[str]]
