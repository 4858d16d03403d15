"""The condition language over Python values, three-valued (semantics §3).

sqlglot only parses; this module interprets its tree. Values: None (empty, unknown), bool, int, Decimal, str, list,
`date` (a date, a month, a bare datetime) and `datetime` (a moment). Names are resolved by the caller.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from typing import Any

import sqlglot
from sqlglot import exp

from reference.temporal import day_of, is_bare, order_key, to_temporal

Resolve = Callable[[tuple[str, ...]], Any]


@cache
def parse(text: str) -> exp.Expression:
    return sqlglot.parse_one(text, dialect="duckdb")


def truth(text: str | None, resolve: Resolve) -> bool | None:
    """A condition: True, False or None (unknown). No condition is true."""
    if text is None:
        return True
    return value_of(parse(str(text)), resolve)


def value(text: str, resolve: Resolve) -> Any:
    """An expression."""
    return value_of(parse(str(text)), resolve)


ISO = re.compile(r"\d{4}-\d{2}-\d{2}([ T][\d:.]+)?")


def date_value(text: Any, resolve: Resolve) -> Any:
    """A date expression; a literal by itself may be written without quotes."""
    return to_temporal(text) if ISO.fullmatch(str(text)) else value(text, resolve)


def heads(text: str) -> set[str]:
    """The first part of every name in a date expression: `param`, `bearer`, a field, …"""
    if ISO.fullmatch(text):
        return set()
    return {column.parts[0].name for column in parse(text).find_all(exp.Column)}


def mentions_bearer(text: str | None) -> bool:
    """Whether a condition uses `bearer.`."""
    if text is None:
        return False
    return any(column.parts[0].name == "bearer" for column in parse(str(text)).find_all(exp.Column))


def value_of(node: exp.Expression, resolve: Resolve) -> Any:
    """The value of a tree, by the class of its root."""
    for kind, interpret in INTERPRETERS.items():
        if isinstance(node, kind):
            return interpret(node, resolve)
    raise ValueError(f"not in the condition language: {node.sql(dialect='duckdb')} ({type(node).__name__})")


def _and(node: exp.Expression, resolve: Resolve) -> bool | None:
    return all_of([value_of(node.this, resolve), value_of(node.expression, resolve)])


def _or(node: exp.Expression, resolve: Resolve) -> bool | None:
    return any_of([value_of(node.this, resolve), value_of(node.expression, resolve)])


def _not(node: exp.Expression, resolve: Resolve) -> bool | None:
    return negate(value_of(node.this, resolve))


def all_of(values: list[bool | None]) -> bool | None:
    """SQL's AND."""
    if any(v is False for v in values):
        return False
    return None if any(v is None for v in values) else True


def any_of(values: list[bool | None]) -> bool | None:
    """SQL's OR."""
    if any(v is True for v in values):
        return True
    return None if any(v is None for v in values) else False


def negate(value: bool | None) -> bool | None:
    return None if value is None else not value


def compare(left: Any, right: Any) -> int | None:
    """-1, 0, 1, or None if one side is empty. Two temporal values: at the coarser of their precisions."""
    if left is None or right is None:
        return None
    if isinstance(left, date) and isinstance(right, date) and (is_bare(left) or is_bare(right)):
        left, right = day_of(left), day_of(right)
    if isinstance(left, float) or isinstance(right, float):
        left, right = float(left), float(right)
    return (left > right) - (left < right)


COMPARISONS: dict[type, Callable[[int], bool]] = {
    exp.EQ: lambda c: c == 0,
    exp.NEQ: lambda c: c != 0,
    exp.LT: lambda c: c < 0,
    exp.LTE: lambda c: c <= 0,
    exp.GT: lambda c: c > 0,
    exp.GTE: lambda c: c >= 0,
}


def _comparison(node: exp.Expression, resolve: Resolve) -> bool | None:
    order = compare(value_of(node.this, resolve), value_of(node.expression, resolve))
    return None if order is None else COMPARISONS[type(node)](order)


def _between(node: exp.Expression, resolve: Resolve) -> bool | None:
    subject = value_of(node.this, resolve)
    low = compare(subject, value_of(node.args["low"], resolve))
    high = compare(subject, value_of(node.args["high"], resolve))
    return all_of([None if low is None else low >= 0, None if high is None else high <= 0])


def _in(node: exp.Expression, resolve: Resolve) -> bool | None:
    subject = value_of(node.this, resolve)
    orders = [compare(subject, value_of(item, resolve)) for item in node.expressions]
    return any_of([None if order is None else order == 0 for order in orders])


def _is(node: exp.Expression, resolve: Resolve) -> bool:
    subject = value_of(node.this, resolve)
    return subject is None if isinstance(node.expression, exp.Null) else subject is node.expression.this


def _column(node: exp.Expression, resolve: Resolve) -> Any:
    return resolve(tuple(part.name for part in node.parts))


def _dotted(node: exp.Expression) -> tuple[str, ...]:
    if isinstance(node, exp.Dot):
        return (*_dotted(node.this), node.expression.name)
    return tuple(part.name for part in node.parts)


def _literal(node: exp.Expression, _: Resolve) -> Any:
    if node.is_string:
        return node.this
    return Decimal(node.this) if "." in node.this else int(node.this)


def _cast(node: exp.Expression, resolve: Resolve) -> date | datetime:
    """`date '…'` is a day, `timestamp '…'` a moment."""
    text = value_of(node.this, resolve)
    return date.fromisoformat(text) if node.to.this == exp.DataType.Type.DATE else datetime.fromisoformat(text)


def _arithmetic(node: exp.Expression, resolve: Resolve) -> Any:
    left, right = value_of(node.this, resolve), value_of(node.expression, resolve)
    if left is None or right is None:
        return None
    if isinstance(node, exp.Add):
        return left + right
    if isinstance(node, exp.Sub):
        return left - right
    if isinstance(node, exp.Mul):
        return left * right
    return Decimal(left) / Decimal(right) if right else None


def has(items: list[str] | None, item: str | None) -> bool | None:
    """`has(list, x)`; of an empty cell (or an empty x) unknown."""
    return None if items is None or item is None else item in items


def latest(*values: Any) -> Any:
    """The greatest; empty if any is. Decided: bare and moment mixed are ordered by order key (§1)."""
    return None if any(v is None for v in values) else max(values, key=order_key)


def earliest(*values: Any) -> Any:
    """The smallest; empty if any is."""
    return None if any(v is None for v in values) else min(values, key=order_key)


def rounded(number: Any, digits: Any = 0) -> Decimal:
    """Half away from zero, as DuckDB does for decimals."""
    return Decimal(number).quantize(Decimal(1).scaleb(-int(digits)), rounding=ROUND_HALF_UP)


def coalesce(*values: Any) -> Any:
    return next((v for v in values if v is not None), None)


def strict(function: Callable[..., Any]) -> Callable[..., Any]:
    """Empty in, empty out."""
    return lambda *values: None if any(v is None for v in values) else function(*values)


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "has": has,
    "latest": latest,
    "earliest": earliest,
    "coalesce": coalesce,
    "len": strict(len),
    "length": strict(len),
    "abs": strict(abs),
    "round": strict(rounded),
    "lower": strict(str.lower),
    "trim": strict(str.strip),
    "contains": strict(lambda text, part: part in text),
    "starts_with": strict(str.startswith),
    "year": strict(lambda v: v.year),
    "month": strict(lambda v: v.month),
    "day": strict(lambda v: v.day),
    "days_between": strict(lambda a, b: (day_of(b) - day_of(a)).days),
}


def _call(node: exp.Expression, resolve: Resolve) -> Any:
    """A function: sqlglot knows some by class, the others are anonymous."""
    if isinstance(node, exp.Anonymous):
        name, arguments = node.name.lower(), node.expressions
    else:
        name = node.sql_names()[0].lower()
        arguments = [node.this, node.args.get("expression"), node.args.get("decimals"), *(node.expressions or [])]
    return FUNCTIONS[name](*[value_of(argument, resolve) for argument in arguments if argument is not None])


INTERPRETERS: dict[type, Callable[[Any, Resolve], Any]] = {
    exp.Paren: lambda node, resolve: value_of(node.this, resolve),
    exp.And: _and,
    exp.Or: _or,
    exp.Not: _not,
    **dict.fromkeys(COMPARISONS, _comparison),
    exp.Between: _between,
    exp.In: _in,
    exp.Is: _is,
    exp.Column: _column,
    exp.Dot: lambda node, resolve: resolve(_dotted(node)),
    exp.Literal: _literal,
    exp.Boolean: lambda node, _: node.this,
    exp.Null: lambda *_: None,
    exp.Cast: _cast,
    exp.Neg: lambda node, resolve: strict(lambda v: -v)(value_of(node.this, resolve)),
    **dict.fromkeys((exp.Add, exp.Sub, exp.Mul, exp.Div), _arithmetic),
    exp.Func: _call,
}
