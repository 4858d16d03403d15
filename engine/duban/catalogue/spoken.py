"""Conditions and dates of the rule language in Chinese words, for readers who do not read code.

Whoever is asked to say a condition also learns which fields it reads: `Speech.reads`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from sqlglot import exp

from duban.catalogue.markdown import anchored, breaks, code, text
from duban.conditions import Column, parse, parse_moment
from duban.conditions.check import called
from duban.pack import Pack
from duban.pack.timing import duration_parameter, parse_by, parse_duration
from duban.scope import Row
from duban.vocabulary import TEMPORAL_TYPES

Reads = dict[str, dict[str, None]]  # record type → fields, in the order in which they are met

_FIXED = {
    ("window", "start"): "时段首日",
    ("window", "end"): "时段末日",
    ("period", "start"): "本期首日",
    ("period", "end"): "本期末日",
}
_SIGNS = {exp.EQ: "=", exp.NEQ: "<>", exp.LT: "<", exp.LTE: "<=", exp.GT: ">", exp.GTE: ">="}
_NUMBERS = {"=": "等于", "<>": "不等于", "<": "小于", "<=": "不超过", ">": "大于", ">=": "不少于"}
_DATES = {"=": "为", "<>": "不是", "<": "早于", "<=": "不晚于", ">": "晚于", ">=": "不早于"}
_TEXTS = {**_NUMBERS, "=": "为", "<>": "不是"}
_ARITHMETIC = {exp.Add: "＋", exp.Sub: "－", exp.Mul: "×", exp.Div: "÷"}
_UNITS = {"hours": "小时", "days": "日", "workdays": "个工作日", "months": "个月"}
_CALLS: dict[str, Callable[..., str]] = {
    "has": lambda a, b: f"{a}含{b}",
    "contains": lambda a, b: f"{a}写到{b}",
    "starts_with": lambda a, b: f"{a}以{b}开头",
    "len": lambda a: f"{a}的个数",
    "abs": lambda a: f"{a}的绝对值",
    "round": lambda a: f"{a}四舍五入",
    "lower": lambda a: f"{a}（不分大小写）",
    "trim": lambda a: a,
    "year": lambda a: f"{a}的年份",
    "month": lambda a: f"{a}的月份",
    "day": lambda a: f"{a}的日",
    "days_between": lambda a, b: f"{a}到{b}的天数",
}
_DENIED: dict[str, Callable[..., str]] = {
    "has": lambda a, b: f"{a}不含{b}",
    "contains": lambda a, b: f"{a}没有写到{b}",
    "starts_with": lambda a, b: f"{a}不以{b}开头",
}


@dataclass(frozen=True)
class Speech:
    """Says what stands in one place: `own` is the record type whose fields are named bare; `sides` are a reconcile's."""

    pack: Pack
    own: str = ""
    bearer: str = ""
    trigger: str = ""
    sides: Mapping[str, str] = field(default_factory=dict)
    reads: Reads = field(default_factory=dict)

    def of(self, record: str) -> Speech:
        """The same with another record's fields named bare."""
        return replace(self, own=record)

    def field(self, name: str, record: str = "") -> str:
        """A field by its title, and noted as read; `date` is the day of the event unless there is such a field."""
        record = record or self.own
        spec = self.pack.records[record].field(name)
        if spec is None:
            return {"date": "日期", "month": "月份"}.get(name, code(name))
        self.note(record, name)
        return f"“{text(spec.title)}”"

    def names(self, fields: Iterable[str]) -> str:
        """Several fields, also such as are read through references."""
        return "、".join(self._named(tuple(name.split(".")))[1] for name in fields)

    def note(self, record: str, *names: str) -> None:
        """Fields that are read though no condition names them."""
        self.reads.setdefault(record, {}).update(dict.fromkeys(name for name in names if name))

    def condition(self, words: str) -> str:
        return self._said(parse(words).tree)

    def parts(self, words: str) -> str:
        """A condition with each part that must hold in a line of its own."""
        conjuncts = parse(words).conjuncts()
        said = [self._said(part.tree) for part in conjuncts]
        return breaks([said[0], *(f"且 {part}" for part in said[1:])])

    def moment(self, words: str) -> str:
        return self._value(parse_moment(words).tree)

    def number(self, words: str) -> str:
        return self._value(parse(words).tree)

    def due(self, words: str) -> str:
        """A `by`: “县局限期之后10日”, “当月25日”."""
        by = parse_by(words, self.pack.schema.parameters)
        head = f"当月{by.day}日" if by.expression is None else self._value(by.expression.tree)
        if by.offset is None:
            return head
        side = "之后" if by.offset.n > 0 else "之前"
        name = duration_parameter(words)
        if not by.offset.n:
            return f"{head}（{self._chosen(name)}）"
        return f"{head}{side}{self._long(abs(by.offset.n), by.offset.unit, name)}"

    def duration(self, words: str) -> str:
        found = parse_duration(words, self.pack.schema.parameters)
        return self._long(found.n, found.unit, duration_parameter(words))

    def _long(self, number: int, unit: str, name: str) -> str:
        return f"{number}{_UNITS[unit]}" + (f"（{self._chosen(name)}）" if name else "")

    def _chosen(self, name: str) -> str:
        return f"{self.parameter(name)}现取{text(self.pack.values[name])}"

    def parameter(self, name: str) -> str:
        spec = self.pack.header.parameters[name]
        return f"口径“{anchored(text(spec.title or name), f'param-{name}')}”"

    # --- what is true or false
    def _said(self, node: Any) -> str:
        node = node.unnest()
        if isinstance(node, (exp.And, exp.Or)):
            return self._joined(node)
        if isinstance(node, exp.Not):
            return self._denied(node.this.unnest())
        if isinstance(node, exp.Is):
            return f"{self._value(node.this)}空着"
        if isinstance(node, exp.Between):
            low, high = self._value(node.args["low"]), self._value(node.args["high"])
            return f"{self._value(node.this)}在{low}至{high}之间（含两端）"
        if isinstance(node, exp.In):
            return (
                f"{self._value(node.this)}是{self._listed(node)}之一" if len(node.expressions) > 1 else self._one(node)
            )
        if type(node) in _SIGNS:
            return self._compared(node)
        if isinstance(node, exp.Boolean):
            return "一律成立" if node.this else "一律不成立"
        name, arguments = called(node) if isinstance(node, exp.Func) else ("", [])
        if name == "coalesce" and not isinstance(arguments[0], exp.Column) and isinstance(arguments[1], exp.Boolean):
            return f"{self._said(arguments[0])}（空着的{'也算' if arguments[1].this else '不算'}）"
        return self._value(node) if name in _DENIED else f"{self._value(node)}为“是”"

    def _joined(self, node: Any) -> str:
        """Parts of the other connective stand in brackets."""
        word, other = ("，且", exp.Or) if isinstance(node, exp.And) else ("，或", exp.And)
        parts = [part.unnest() for part in node.flatten()]
        said = (self._said(part) for part in parts)
        return word.join(
            f"（{words}）" if isinstance(part, other) else words for part, words in zip(parts, said, strict=True)
        )

    def _denied(self, node: Any) -> str:
        if isinstance(node, exp.Is):
            return f"{self._value(node.this)}已填"
        if isinstance(node, exp.In):
            return f"{self._value(node.this)}不是{self._listed(node)}中的任何一个"
        if isinstance(node, exp.Func):
            name, arguments = called(node)
            if name in _DENIED:
                return _DENIED[name](*map(self._value, arguments))
        if isinstance(node, exp.Column) or (isinstance(node, exp.Coalesce) and isinstance(node.this, exp.Column)):
            return f"{self._value(node)}为“否”"
        return f"并非（{self._said(node)}）"

    def _listed(self, node: Any) -> str:
        return "、".join(self._value(item) for item in node.expressions)

    def _one(self, node: Any) -> str:
        return f"{self._value(node.this)}为{self._value(node.expressions[0])}"

    def _compared(self, node: Any) -> str:
        sides = (node.left, node.right)
        temporal = any(self._temporal(side) for side in sides)
        worded = any(self._worded(side) for side in sides)
        words = _DATES if temporal else _TEXTS if worded else _NUMBERS
        return f"{self._value(node.left)}{words[_SIGNS[type(node)]]}{self._value(node.right)}"

    def _temporal(self, node: Any) -> bool:
        node = node.unnest()
        if isinstance(node, exp.Column):
            return self._column(node)[0].type in TEMPORAL_TYPES
        if isinstance(node, exp.Func) and not isinstance(node, exp.Cast):
            name, arguments = called(node)
            return name in ("latest", "earliest", "coalesce") and any(map(self._temporal, arguments))
        return isinstance(node, exp.Cast)

    def _worded(self, node: Any) -> bool:
        node = node.unnest()
        if isinstance(node, exp.Column):
            return self._column(node)[0].type in ("text", "bool")
        return isinstance(node, exp.Boolean) or (isinstance(node, exp.Literal) and bool(node.is_string))

    # --- values
    def _value(self, node: Any) -> str:
        if isinstance(node, exp.Paren):
            return f"（{self._value(node.this)}）"
        if isinstance(node, exp.Column):
            return self._column(node)[1]
        if isinstance(node, exp.Literal):
            return text(node.this) if not node.is_string else f"“{text(node.this)}”" if node.this else "空白"
        if isinstance(node, exp.Cast):
            return text(node.this.this)
        if isinstance(node, exp.Boolean):
            return "“是”" if node.this else "“否”"
        if isinstance(node, exp.Neg):
            return f"－{self._value(node.this)}"
        if type(node) in _ARITHMETIC:
            return f"{self._value(node.left)}{_ARITHMETIC[type(node)]}{self._value(node.right)}"
        if isinstance(node, exp.Func):
            return self._called(node)
        return self._said(node)

    def _called(self, node: Any) -> str:
        name, arguments = called(node)
        said = [self._value(item) for item in arguments]
        if name == "coalesce":
            return f"{said[0]}（空着的按{'、'.join(said[1:])}）"
        if name in ("latest", "earliest"):
            return f"{'、'.join(said)}中最{'晚' if name == 'latest' else '早'}的"
        return _CALLS[name](*said)

    def _column(self, node: Any) -> tuple[Column, str]:
        return self._named(tuple(part.name for part in node.parts))

    def _named(self, parts: tuple[str, ...]) -> tuple[Column, str]:
        """A name: what it is, and how it is called."""
        if parts in _FIXED:
            return Column("", "date"), _FIXED[parts]
        if parts[0] == "param":
            return Column("", self.pack.header.parameters[parts[1]].type), self.parameter(parts[1])
        for prefix, record in (("bearer", self._roster()), ("trigger", self.trigger)):
            if parts[0] == prefix and len(parts) > 1:
                return self._read(record, parts[1:], "责任主体的" if prefix == "bearer" else "触发记录的")
        if parts[0] in self.sides:
            if len(parts) == 1:
                return Column("", "decimal"), f"〔{text(parts[0])}〕"
            return self._read(self.sides[parts[0]], parts[1:], f"〔{text(parts[0])}〕的")
        if parts in (("date",), ("month",)) and self.pack.records[self.own].field(parts[0]) is None:
            return Column("", "date"), self.field(parts[0])  # of the event
        return self._read(self.own, parts, "")

    def _roster(self) -> str:
        return self.pack.header.bearers[self.bearer].record if self.bearer else ""

    def _read(self, record: str, parts: tuple[str, ...], whose: str) -> tuple[Column, str]:
        """A field, through references where there are any: all of them are read."""
        row = Row(self.pack.schema, record, "r")
        for part in parts[:-1]:
            following = row.follow(part)
            assert following is not None  # lint has seen to it
            self.note(row.record, following.alias.removeprefix(f"{row.alias}_"))  # the field that refers
            row = following
        column = row.column(parts[-1])
        assert column is not None
        self.note(row.record, parts[-1])
        through = text(row.type.title) if len(parts) > 1 else ""
        return column, f"{whose}{through}“{text(column.label)}”"
