"""Conditions of measures.yaml: the condition language over the fields of one fact, as a small tree of tests.

The tree is what both judges read: `holds` walks it, judge/durable.py writes it as a definition for durable-rules.
Negation is pushed down to the tests, so an empty field makes a test neither true nor false; a condition holds only if
it is true.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlglot import exp

from duban.conditions import Column, Condition, ConditionError, compile_boolean, parse

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
_OPPOSITE = {
    "=": "<>", "<>": "=", "<": ">=", ">=": "<", ">": "<=", "<=": ">", "has": "lacks", "lacks": "has", "empty": "given",
    "given": "empty",
}  # fmt: skip
_MIRRORED = {"=": "=", "<>": "<>", "<": ">", ">": "<", "<=": ">=", ">=": "<="}
_SIGNS: dict[type[exp.Expr], str] = {
    exp.EQ: "=", exp.NEQ: "<>", exp.LT: "<", exp.LTE: "<=", exp.GT: ">", exp.GTE: ">=",
}  # fmt: skip


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


def read_condition(text: str, scope: FactScope) -> Tree:
    """A condition over one fact; an empty text is always true. Raises ConditionError."""
    if not text.strip():
        return ALWAYS
    condition = parse(text)
    compile_boolean(condition, scope)
    return _Reader(condition, scope).tree(condition.tree, wanted=True)


@dataclass(frozen=True)
class _Reader:
    condition: Condition
    scope: FactScope

    def tree(self, node: Any, *, wanted: bool) -> Tree:
        """The node, or its negation where it is not `wanted`."""
        if isinstance(node, exp.Paren):
            return self.tree(node.this, wanted=wanted)
        if isinstance(node, exp.Not):
            return self.tree(node.this, wanted=not wanted)
        if isinstance(node, (exp.And, exp.Or)):
            sides = (self.tree(node.left, wanted=wanted), self.tree(node.right, wanted=wanted))
            return Every(sides) if isinstance(node, exp.And) == wanted else Some(sides)
        if isinstance(node, exp.In):
            hits = tuple(self._test(node.this, "=", item, wanted) for item in node.expressions)
            return Some(hits) if wanted else Every(hits)
        if isinstance(node, exp.Between):
            low = self._test(node.this, ">=", node.args["low"], wanted)
            high = self._test(node.this, "<=", node.args["high"], wanted)
            return Every((low, high)) if wanted else Some((low, high))
        if isinstance(node, exp.Boolean):
            return ALWAYS if bool(node.this) == wanted else Some()
        if isinstance(node, exp.Column):
            return self._flag(node, wanted)
        if isinstance(node, exp.Is):
            return Test(self._field(node.this), "empty" if wanted else "given")
        if isinstance(node, exp.Anonymous) and node.name.lower() == "has":
            listed, item = node.expressions
            return Test(self._field(listed), "has" if wanted else "lacks", self._value(item))
        if type(node) in _SIGNS:
            return self._comparison(node, wanted)
        raise self._refused(node)

    def _comparison(self, node: Any, wanted: bool) -> Tree:
        sign = _SIGNS[type(node)]
        if isinstance(node.left, exp.Column) and not self._is_parameter(node.left):
            return self._test(node.left, sign, node.right, wanted)
        return self._test(node.right, _MIRRORED[sign], node.left, wanted)

    def _test(self, field: Any, sign: str, value: Any, wanted: bool) -> Test:
        return Test(self._field(field), sign if wanted else _OPPOSITE[sign], self._value(value))

    def _flag(self, node: exp.Column, wanted: bool) -> Tree:
        if self._is_parameter(node):
            return ALWAYS if bool(self._value(node)) == wanted else Some()
        return Test(self._field(node), "=", wanted)

    def _is_parameter(self, node: exp.Column) -> bool:
        return len(node.parts) == 2 and node.parts[0].name == "param"

    def _field(self, node: Any) -> str:
        if isinstance(node, exp.Paren):
            return self._field(node.this)
        if not isinstance(node, exp.Column) or self._is_parameter(node):
            raise self._refused(node)
        return ".".join(part.name for part in node.parts)

    def _value(self, node: Any) -> Any:
        """What a field is compared with: a literal or a parameter; days as ISO text, as facts hold them."""
        if isinstance(node, exp.Paren):
            return self._value(node.this)
        if isinstance(node, exp.Column) and self._is_parameter(node):
            value = self.scope.parameters[node.parts[1].name][1]
            return value.isoformat() if isinstance(value, date) else value
        if isinstance(node, exp.Literal):
            text = str(node.this)
            return text if node.is_string else float(text) if "." in text else int(text)
        if isinstance(node, exp.Neg):
            return -self._value(node.this)
        if isinstance(node, exp.Boolean):
            return bool(node.this)
        if isinstance(node, exp.Cast) and isinstance(node.this, exp.Literal):
            return str(node.this.this)
        raise self._refused(node)

    def _refused(self, node: Any) -> ConditionError:
        shown = node.sql(dialect="duckdb") if isinstance(node, exp.Expr) else str(node)
        return ConditionError(
            f"`{shown}` cannot be asked of a fact",
            "compare a field with a literal or param.NAME: and or not = in has is null",
        )


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
