"""Tables that hold what somebody reads: of forty columns of a record type a plan names five, and there are millions of rows."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace

from duban.model import Step
from duban.pack.pack import Pack
from duban.sqltext import quote

_STAR = re.compile(r"(?:\b(?:SELECT|DISTINCT)|,)\s*\*")


def lean(steps: Iterable[Step], pack: Pack, whole: Collection[str]) -> tuple[Step, ...]:
    """The steps of a plan, in which each `seen/T` but the `whole` ones is without the fields that no step names."""
    plan = tuple(steps)
    return tuple(_without(step, _unread(step, plan, pack)) if step.name not in whole else step for step in plan)


def _without(step: Step, columns: Collection[str]) -> Step:
    if not columns:
        return step
    return replace(step, sql=f"SELECT * EXCLUDE ({', '.join(map(quote, columns))}) FROM (\n{step.sql}\n)")


def _unread(step: Step, plan: Iterable[Step], pack: Pack) -> list[str]:
    """The columns of the fields of `seen/T` that no other step names; none if one takes them all."""
    kind, _, record = step.name.partition("/")
    if kind != "seen":
        return []
    readers = [other.sql for other in plan if step.name in other.reads]
    if any(_takes_all(sql, quote(step.name)) for sql in readers):
        return []
    named = {word for sql in readers for word in re.findall(r"\w+", sql)}
    spared = {name: spec for name, spec in pack.records[record].fields.items() if name not in named}
    return [column for name, spec in spared.items() for column in _columns(name, spec.type)]


def _columns(name: str, kind: str) -> tuple[str, ...]:
    return (name, f"{name}$bare") if kind == "datetime" else (name,)


def _takes_all(sql: str, table: str) -> bool:
    """Whether a `*` of a statement is, or may be, that of a table."""
    aliases = re.findall(rf"{re.escape(table)} (?:AS )?(\w+)", sql)
    if any(f"{alias}.*" in sql for alias in aliases):
        return True
    return any(table in _level(sql, star.end()) for star in _STAR.finditer(sql))


def _level(sql: str, start: int) -> str:
    """The rest of a SELECT from a place in it on, without what stands in parentheses."""
    return "".join(_outside(sql, start))


def _outside(sql: str, start: int) -> Iterator[str]:
    depth = 0
    for char in sql[start:]:
        depth += (char == "(") - (char == ")")
        if depth < 0:
            return
        if not depth:
            yield char
