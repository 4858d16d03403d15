"""Conditions of measures.yaml: the condition language over the fields of one fact, as a small tree of tests.

The tree is what both judges read: `holds` walks it, judge/durable.py writes it as a definition for durable-rules.
Negation is pushed down to the tests, so an empty field makes a test neither true nor false; a condition holds only if
it is true.
"""

from __future__ import annotations

from duban.pack.fact_tree import ALWAYS, Every, Fact, FactScope, Some, Test, Tree, holds, value_of


def read_condition(text: str, scope: FactScope) -> Tree:
    """A condition over one fact; an empty text is always true. Raises ConditionError."""
    if not text.strip():
        return ALWAYS
    from duban.pack.fact_reader import read  # with sqlglot, which takes longer to load than a judge who knows his trees

    return read(text, scope)


__all__ = [
    "ALWAYS",
    "Every",
    "Fact",
    "FactScope",
    "Some",
    "Test",
    "Tree",
    "holds",
    "read_condition",
    "value_of",
]
