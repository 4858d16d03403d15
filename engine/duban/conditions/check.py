"""The checker: walks the tree of a condition against an allow-list of nodes, and writes the SQL itself."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlglot import exp

from duban.conditions.language import Checked, Column, Condition, ConditionError, Scope, parts_of, unknown_name
from duban.sqltext import literal
from duban.vocabulary import NUMERIC_TYPES, TEMPORAL_TYPES


@dataclass(frozen=True)
class Term:
    """A checked sub-expression."""

    sql: str
    type: str  # text | number | bool | date | datetime | list | null
    bare: str = "FALSE"
    values: tuple[str, ...] = ()
    constant: str | None = None  # the value of a text literal


def compile_boolean(condition: Condition, scope: Scope) -> Checked:
    """Check a condition and write its SQL; the whole must be true or false."""
    checked = _compile(condition, scope)
    if checked.type != "bool":
        raise ConditionError(f"`{condition.text}` is {_NAMES[checked.type]}, a condition must be true or false")
    return checked


def compile_moment(condition: Condition, scope: Scope) -> Checked:
    """Check a date expression; `.bare` says in SQL whether the value is a whole day."""
    checked = _compile(condition, scope)
    if checked.type not in TEMPORAL_TYPES:
        raise ConditionError(f"`{condition.text}` is {_NAMES[checked.type]}, a date is needed")
    return checked


def compile_number(condition: Condition, scope: Scope) -> Checked:
    """Check a number expression."""
    checked = _compile(condition, scope)
    if checked.type != "number":
        raise ConditionError(f"`{condition.text}` is {_NAMES[checked.type]}, a number is needed")
    return checked


def _compile(condition: Condition, scope: Scope) -> Checked:
    checker = _Checker(scope, condition.text)
    try:
        term = checker.term(condition.tree)
    except RecursionError:
        raise ConditionError("the condition is nested too deeply") from None
    return Checked(term.sql, term.type, term.bare, checker.columns)


_NAMES = {
    "text": "a text",
    "number": "a number",
    "bool": "true or false",
    "date": "a date",
    "datetime": "a moment",
    "list": "a list",
    "null": "null",
}
_COMPARE = {exp.EQ: "=", exp.NEQ: "<>", exp.LT: "<", exp.LTE: "<=", exp.GT: ">", exp.GTE: ">="}
_ARITHMETIC = {exp.Add: "+", exp.Sub: "-", exp.Mul: "*"}
_FUNCTIONS = {
    exp.Length: "len",
    exp.Coalesce: "coalesce",
    exp.Abs: "abs",
    exp.Round: "round",
    exp.Lower: "lower",
    exp.Trim: "trim",
    exp.Contains: "contains",
    exp.StartsWith: "starts_with",
    exp.Year: "year",
    exp.Month: "month",
    exp.Day: "day",
}
# name -> (parameter types, result type); handled one by one where the rule is not that simple
_SIMPLE: dict[str, tuple[tuple[str, ...], str, Callable[..., str]]] = {
    "has": (("list", "text"), "bool", lambda a, b: f"list_contains({a}, {b})"),
    "len": (("list",), "number", lambda a: f"len({a})"),
    "abs": (("number",), "number", lambda a: f"abs({a})"),
    "round": (("number",), "number", lambda a: f"round({a})"),
    "lower": (("text",), "text", lambda a: f"lower({a})"),
    "trim": (("text",), "text", lambda a: f"trim({a})"),
    "contains": (("text", "text"), "bool", lambda a, b: f"contains({a}, {b})"),
    "starts_with": (("text", "text"), "bool", lambda a, b: f"starts_with({a}, {b})"),
    "year": (("temporal",), "number", lambda a: f"year({a})"),
    "month": (("temporal",), "number", lambda a: f"month({a})"),
    "day": (("temporal",), "number", lambda a: f"day({a})"),
    "days_between": (
        ("temporal", "temporal"),
        "number",
        lambda a, b: f"date_diff('day', CAST({a} AS DATE), CAST({b} AS DATE))",
    ),
}
FUNCTIONS = sorted([*_SIMPLE, "coalesce", "latest", "earliest"])


class _Checker:
    """One walk over one tree. Collects the columns it meets."""

    def __init__(self, scope: Scope, text: str) -> None:
        self.scope, self.text = scope, text
        self.columns: list[Column] = []

    def term(self, node: Any) -> Term:
        for kinds, handler in _HANDLERS:
            if isinstance(node, kinds):
                return handler(self, node)
        raise ConditionError(
            f"`{self._show(node)}` is not part of the language",
            "allowed: and or not = <> < <= > >= between in is null + - * /, " + ", ".join(FUNCTIONS),
        )

    def _show(self, node: Any) -> str:
        text = node.sql(dialect="duckdb") if isinstance(node, exp.Expr) else str(node)
        return text if len(text) <= 60 else text[:57] + "…"

    # --- names and literals -------------------------------------------------------------------------------------
    def name(self, node: exp.Column) -> Term:
        parts = parts_of(node)
        column = self.scope.resolve(parts)
        if column is None:
            raise unknown_name(".".join(parts), self.scope.names())
        self.columns.append(column)
        kind = "number" if column.type in NUMERIC_TYPES else column.type
        if kind == "month":
            return Term(column.sql, "date", "TRUE")
        bare = "TRUE" if kind == "date" else column.bare
        return Term(column.sql, kind, bare, column.values)

    def literal(self, node: exp.Literal) -> Term:
        if node.is_string:
            return Term(literal(node.this), "text", constant=node.this)
        if not re.fullmatch(r"\d+(\.\d+)?", node.this):
            raise ConditionError(f"`{node.this}` is not a plain number")
        return Term(node.this, "number")

    def dated(self, node: exp.Cast) -> Term:
        kind = node.to.sql(dialect="duckdb")
        if not isinstance(node.this, exp.Literal) or not node.this.is_string or kind not in ("DATE", "TIMESTAMP"):
            raise ConditionError(
                f"`{self._show(node)}`: only date '2023-12-31' and timestamp '2023-12-31 09:30' are allowed"
            )
        text = node.this.this
        pattern = r"\d{4}-\d{2}-\d{2}" + ("" if kind == "DATE" else r"[ T]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?")
        try:
            if not re.fullmatch(pattern, text):
                raise ValueError
            if kind == "DATE":
                return Term(literal(date.fromisoformat(text)), "date", "TRUE")
            return Term(literal(datetime.fromisoformat(text)), "datetime", "FALSE")
        except ValueError:
            hint = "write date '2023-12-31' or timestamp '2023-12-31 09:30', without an offset"
            raise ConditionError(f"'{text}' is no {kind.lower()}", hint) from None

    def boolean(self, node: exp.Boolean) -> Term:
        return Term("TRUE" if node.this else "FALSE", "bool")

    # --- logic ----------------------------------------------------------------------------------------------------
    def paren(self, node: exp.Paren) -> Term:
        inner = self.term(node.this)
        return Term(f"({inner.sql})", inner.type, inner.bare, inner.values, inner.constant)

    def logic(self, node: exp.Connector) -> Term:
        word = "AND" if isinstance(node, exp.And) else "OR"
        sides = [self._typed(side, "bool").sql for side in (node.left, node.right)]
        return Term(f"({sides[0]} {word} {sides[1]})", "bool")

    def negation(self, node: exp.Not) -> Term:
        return Term(f"(NOT {self._typed(node.this, 'bool').sql})", "bool")

    def is_null(self, node: exp.Is) -> Term:
        if not isinstance(node.expression, exp.Null):
            raise ConditionError(f"`{self._show(node)}`: only `is null` and `is not null` are allowed")
        return Term(f"({self.term(node.this).sql} IS NULL)", "bool")

    def compare(self, node: exp.Binary) -> Term:
        return self._comparison(self.term(node.left), _COMPARE[type(node)], self.term(node.right), node)

    def between(self, node: exp.Between) -> Term:
        subject = self.term(node.this)
        low = self._comparison(subject, ">=", self.term(node.args["low"]), node)
        high = self._comparison(subject, "<=", self.term(node.args["high"]), node)
        return Term(f"({low.sql} AND {high.sql})", "bool")

    def within(self, node: exp.In) -> Term:
        if node.args.get("query") or node.args.get("unnest") or not node.expressions:
            raise ConditionError(f"`{self._show(node)}`: `in` needs a list of values")
        subject = self.term(node.this)
        hits = [self._comparison(subject, "=", self.term(item), node).sql for item in node.expressions]
        return Term("(" + " OR ".join(hits) + ")", "bool")

    def _comparison(self, left: Term, sign: str, right: Term, node: exp.Expr) -> Term:
        if "null" in (left.type, right.type):
            raise ConditionError(f"`{self._show(node)}`: compare with null by `is null`")
        for value, other in ((left, right), (right, left)):
            self._allowed(value, other)
        families = {_family(left.type), _family(right.type)}
        if len(families) > 1:
            hint = "write date '2023-12-31'" if families == {"temporal", "text"} else ""
            raise ConditionError(f"`{self._show(node)}` compares {_NAMES[left.type]} with {_NAMES[right.type]}", hint)
        if families & {"list"} or (families & {"text", "bool"} and sign not in ("=", "<>")):
            raise ConditionError(f"`{self._show(node)}`: {sign} does not work on {_NAMES[left.type]}")
        if families == {"temporal"}:
            return Term(_compare_moments(left, sign, right), "bool")
        return Term(f"({left.sql} {sign} {right.sql})", "bool")

    def _allowed(self, value: Term, other: Term) -> None:
        if value.constant is None or not other.values or value.constant in other.values:
            return
        close = difflib.get_close_matches(value.constant, other.values, n=1, cutoff=0.3)
        raise ConditionError(
            f"'{value.constant}' is none of the allowed values: {'、'.join(other.values)}",
            f"did you mean '{close[0]}'?" if close else "",
        )

    # --- arithmetic and functions ---------------------------------------------------------------------------------
    def arithmetic(self, node: exp.Binary) -> Term:
        left, right = self._typed(node.left, "number").sql, self._typed(node.right, "number").sql
        if isinstance(node, exp.Div):
            return Term(f"({left} / nullif({right}, 0))", "number")
        return Term(f"({left} {_ARITHMETIC[type(node)]} {right})", "number")

    def negative(self, node: exp.Neg) -> Term:
        return Term(f"(-{self._typed(node.this, 'number').sql})", "number")

    def function(self, node: exp.Func) -> Term:
        name, arguments = called(node)
        if name in ("latest", "earliest") and arguments:
            return self._extreme(name, [self._typed(item, "temporal") for item in arguments])
        if name == "coalesce" and arguments:
            return self._coalesce([self.term(item) for item in arguments], node)
        if name not in _SIMPLE:
            shown = name or self._show(node).split("(")[0].lower()
            close = difflib.get_close_matches(shown, FUNCTIONS, n=1)
            raise ConditionError(
                f"unknown function `{shown}`",
                f"did you mean {close[0]}?" if close else "allowed: " + ", ".join(FUNCTIONS),
            )
        wanted, result, write = _SIMPLE[name]
        if len(arguments) != len(wanted):
            raise ConditionError(f"{name} takes {len(wanted)} value(s), got {len(arguments)}")
        terms = [self._typed(item, kind) for item, kind in zip(arguments, wanted, strict=True)]
        if name == "has":
            self._allowed(terms[1], terms[0])
        return Term(write(*(term.sql for term in terms)), result)

    def _coalesce(self, terms: list[Term], node: exp.Expr) -> Term:
        if len({_family(term.type) for term in terms}) > 1:
            raise ConditionError(f"`{self._show(node)}` mixes types")
        result = terms[-1]
        for term in reversed(terms[:-1]):
            kind = term.type if term.type == result.type else "datetime"
            bare = f"CASE WHEN {term.sql} IS NULL THEN {result.bare} ELSE {term.bare} END"
            result = Term(f"coalesce({term.sql}, {result.sql})", kind, term.bare if term.bare == result.bare else bare)
        return result

    def _extreme(self, name: str, terms: list[Term]) -> Term:
        sign, result = (">=" if name == "latest" else "<="), terms[0]
        for term in terms[1:]:
            a, b = (f"CAST({side.sql} AS TIMESTAMP)" for side in (result, term))
            known = f"{result.sql} IS NULL OR {term.sql} IS NULL"
            same_kind = result.type == term.type and result.bare == term.bare
            pick = f"CASE WHEN {known} THEN NULL WHEN {a} {sign} {b} THEN {{}} ELSE {{}} END"
            if same_kind:
                result = Term(pick.format(result.sql, term.sql), result.type, result.bare)
            else:
                bare = pick.format(result.bare, term.bare)
                result = Term(pick.format(a, b), "datetime", f"coalesce({bare}, FALSE)")
        return result

    def _typed(self, node: exp.Expr, wanted: str) -> Term:
        term = self.term(node)
        if wanted not in (term.type, _family(term.type)):
            needed = "a date or moment" if wanted == "temporal" else _NAMES[wanted]
            raise ConditionError(f"`{self._show(node)}` is {_NAMES[term.type]}, {needed} is needed")
        return term

    def null(self, node: exp.Null) -> Term:
        raise ConditionError("compare with null by `is null` or `is not null`")


def _family(kind: str) -> str:
    return "temporal" if kind in TEMPORAL_TYPES else kind


def called(node: exp.Func) -> tuple[str, list[exp.Expr]]:
    """A call: the function's name in the language ('' for one that it does not know), and its arguments."""
    if isinstance(node, exp.Anonymous):
        return node.name.lower(), list(node.expressions)
    return _FUNCTIONS.get(type(node), ""), _arguments(node)


def _arguments(node: exp.Func) -> list[exp.Expr]:
    """The arguments of a function that sqlglot knows, in order; unexpected extras are refused."""
    extras = {key for key, value in node.args.items() if value and key not in ("this", "expression", "expressions")}
    if extras - {"ignore_nulls", "is_null", "decimals"}:
        raise ConditionError(f"`{node.sql(dialect='duckdb')}` has arguments that the language does not know")
    found = [node.this, node.args.get("expression"), *(node.args.get("expressions") or []), node.args.get("decimals")]
    return [item for item in found if isinstance(item, exp.Expr)]


def _compare_moments(left: Term, sign: str, right: Term) -> str:
    """Two moments at the coarser of their precisions (semantics.md §1)."""
    exact = f"(CAST({left.sql} AS TIMESTAMP) {sign} CAST({right.sql} AS TIMESTAMP))"
    daily = f"(CAST({left.sql} AS DATE) {sign} CAST({right.sql} AS DATE))"
    bares = {left.bare, right.bare}
    if "TRUE" in bares:
        return daily
    if bares == {"FALSE"}:
        return exact
    either = " OR ".join(f"coalesce({bare}, FALSE)" for bare in sorted(bares - {"FALSE"}))
    return f"(CASE WHEN {either} THEN {daily} ELSE {exact} END)"


_HANDLERS: list[tuple[Any, Callable[[_Checker, Any], Term]]] = [
    (exp.Column, _Checker.name),
    (exp.Literal, _Checker.literal),
    (exp.Cast, _Checker.dated),
    (exp.Boolean, _Checker.boolean),
    (exp.Null, _Checker.null),
    (exp.Paren, _Checker.paren),
    ((exp.And, exp.Or), _Checker.logic),
    (exp.Not, _Checker.negation),
    (exp.Is, _Checker.is_null),
    (tuple(_COMPARE), _Checker.compare),
    (exp.Between, _Checker.between),
    (exp.In, _Checker.within),
    ((exp.Add, exp.Sub, exp.Mul, exp.Div), _Checker.arithmetic),
    (exp.Neg, _Checker.negative),
    (exp.Func, _Checker.function),
]
