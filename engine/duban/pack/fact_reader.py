"""From the words of a condition over one fact to its tree: what sqlglot parsed, node by node."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlglot import exp

from duban.conditions import Condition, ConditionError, compile_boolean, parse
from duban.pack.fact_tree import ALWAYS, Every, FactScope, Some, Test, Tree

_OPPOSITE = {
    "=": "<>", "<>": "=", "<": ">=", ">=": "<", ">": "<=", "<=": ">", "has": "lacks", "lacks": "has", "empty": "given",
    "given": "empty",
}  # fmt: skip
_MIRRORED = {"=": "=", "<>": "<>", "<": ">", ">": "<", "<=": ">=", ">=": "<="}
_SIGNS: dict[type[exp.Expr], str] = {
    exp.EQ: "=", exp.NEQ: "<>", exp.LT: "<", exp.LTE: "<=", exp.GT: ">", exp.GTE: ">=",
}  # fmt: skip


def read(text: str, scope: FactScope) -> Tree:
    """The tree of a condition that is not empty. Raises ConditionError."""
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
