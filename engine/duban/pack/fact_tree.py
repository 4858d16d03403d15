"""A condition over one fact as a small tree of tests, and what it says of a fact."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from duban.conditions import Column

Fact = Mapping[str, Any]


@dataclass(frozen=True)
class Test:
    """A field against a value: = <> < <= > >=, `has` and `lacks` of a list, `empty` and `given`."""

    __test__ = False  # not a pytest class
    field: str
    sign: str
    value: Any = None


@dataclass(frozen=True)
class Every:
    """All of the parts; none: always true."""

    parts: tuple[Tree, ...] = ()


@dataclass(frozen=True)
class Some:
    """At least one of the parts; none: never true."""

    parts: tuple[Tree, ...] = ()


Tree = Test | Every | Some
ALWAYS = Every()


@dataclass(frozen=True)
class FactScope:
    """The fields of a kind of fact, with types and allowed values; and the pack's parameters, as literals."""

    fields: Mapping[str, Column]
    parameters: Mapping[str, tuple[str, Any]]

    def resolve(self, parts: tuple[str, ...]) -> Column | None:
        if len(parts) == 2 and parts[0] == "param" and parts[1] in self.parameters:
            return Column("NULL", self.parameters[parts[1]][0])
        return self.fields.get(".".join(parts))

    def names(self) -> Iterable[str]:
        yield from self.fields
        yield from (f"param.{name}" for name in self.parameters)


def holds(tree: Tree, fact: Fact) -> bool:
    """Whether a condition is true of a fact; a field that is not there makes its test untrue."""
    return value_of(tree, fact) is True


def value_of(tree: Tree, fact: Fact, unknown: frozenset[str] = frozenset()) -> bool | None:
    """True, false or unknown. Fields in `unknown` may have any value: then the answer is unknown unless it is sure."""
    if isinstance(tree, Test):
        return None if tree.field in unknown else _tested(tree, fact.get(tree.field))
    decisive, unsure = isinstance(tree, Some), False
    for part in tree.parts:  # the first that decides is enough: this is asked millions of times
        value = value_of(part, fact, unknown)
        if value is decisive:
            return decisive
        unsure = unsure or value is None
    return None if unsure else not decisive


def _tested(test: Test, value: Any) -> bool | None:
    if test.sign in ("empty", "given"):
        return (value is None) == (test.sign == "empty")
    if value is None:
        return None
    if test.sign in ("has", "lacks"):
        return (test.value in value) == (test.sign == "has")
    if test.sign in ("=", "<>"):
        return bool(value == test.value) == (test.sign == "=")
    if test.sign in ("<", "<="):
        return bool(value < test.value or (test.sign == "<=" and value == test.value))
    return bool(value > test.value or (test.sign == ">=" and value == test.value))
