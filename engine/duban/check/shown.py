"""A value as a clerk reads it, in SQL: days without a clock, lists with 、, blank cells named, people left out."""

from __future__ import annotations

from duban.conditions import Column, ConditionError
from duban.scope import Names, Row
from duban.sqltext import literal

EMPTY, PERSONAL = "（空）", "（个人信息，略）"


def shown_sql(names: Names, word: str) -> str:
    """SQL of the text that stands for a name in a message."""
    parts = tuple(word.split("."))
    column = names.resolve(parts)
    if column is None:
        raise ConditionError(f"unknown name `{word}`")
    if names.own is not None and _personal(names.own, parts):
        return literal(PERSONAL)
    return f"coalesce({_text(column)}, {literal(EMPTY)})"


def _text(column: Column) -> str:
    sql = column.sql
    if column.type == "date":
        return f"strftime({sql}, '%Y-%m-%d')"
    if column.type == "month":
        return f"strftime({sql}, '%Y-%m')"
    if column.type == "datetime":
        full, day = f"strftime({sql}, '%Y-%m-%d %H:%M')", f"strftime({sql}, '%Y-%m-%d')"
        return f"CASE WHEN coalesce({column.bare}, FALSE) THEN {day} ELSE {full} END"
    if column.type == "decimal":
        return _number(sql)
    if column.type == "bool":
        return f"CASE WHEN {sql} THEN '是' WHEN NOT {sql} THEN '否' END"
    if column.type == "list":
        return f"array_to_string({sql}, '、')"
    return f"CAST({sql} AS VARCHAR)"


def _number(sql: str) -> str:
    """A whole number has no zeros to drop but those that count: 10 stays 10."""
    text = f"CAST({sql} AS VARCHAR)"
    return f"CASE WHEN contains({text}, '.') THEN regexp_replace({text}, '\\.?0+$', '') ELSE {text} END"


def _personal(row: Row, parts: tuple[str, ...]) -> bool:
    """Whether a name leads to a person's name."""
    current: Row | None = row
    for name in parts[:-1]:
        current = current.follow(name) if current is not None else None
    spec = current.type.field(parts[-1]) if current is not None else None
    return spec is not None and spec.personal
