"""The words of a condition: parsed, not yet checked. sqlglot only parses; what it read means nothing by itself.

It is loaded with the first condition that is parsed: an audit whose pack and plan come from the cache parses none.
"""

from __future__ import annotations

import difflib
import functools
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from sqlglot import exp


class ConditionError(ValueError):
    """A condition that does not parse, names something unknown, or compares what cannot be compared."""

    def __init__(self, message: str, hint: str = "") -> None:
        self.hint = hint
        super().__init__(message)


@dataclass(frozen=True)
class Column:
    """A name resolved: its SQL, its type, and what a reader may be told about it.

    `bare` is the SQL of “this datetime held a bare date”. `values` are the allowed values, if any are declared.
    """

    sql: str
    type: str
    bare: str = "FALSE"
    values: tuple[str, ...] = ()
    label: str = ""
    unit: str = ""


def unknown_name(name: str, names: Iterable[str]) -> ConditionError:
    """The error for a name that is not there, with what is near."""
    known = list(dict.fromkeys(names))
    close = difflib.get_close_matches(name, known, n=3, cutoff=0.6)
    nearest = difflib.get_close_matches(name, known, n=12, cutoff=0.0)
    more = f" … and {len(known) - len(nearest)} more" if len(known) > len(nearest) else ""
    hint = "did you mean " + " or ".join(close) + "?" if close else "known here: " + ", ".join(nearest) + more
    return ConditionError(f"unknown name `{name}`", hint)


class Scope(Protocol):
    """Where names are looked up. `resolve` returns None for an unknown name; `names` feeds “did you mean”."""

    def resolve(self, parts: tuple[str, ...]) -> Column | None: ...
    def names(self) -> Iterable[str]: ...


@dataclass(frozen=True)
class Condition:
    """A parsed condition (or date expression). `text` is what the author wrote."""

    text: str
    tree: exp.Expr

    def conjuncts(self) -> list[Condition]:
        """The parts that top-level `and`s join; all must hold."""
        return [Condition(_as_written(part), part) for part in _conjuncts(self.tree)]

    def names(self) -> list[tuple[str, ...]]:
        """Every name in it, as its parts: ('bearer', 'town')."""
        from sqlglot import exp

        return [parts_of(column) for column in self.tree.find_all(exp.Column)]

    def mentions(self, *roots: str) -> bool:
        """Whether a name starts with one of these words (`bearer`, `trigger`, …)."""
        return any(len(parts) > 1 and parts[0] in roots for parts in self.names())


@dataclass
class Checked:
    """A condition that passed the checker: its SQL and the columns it reads."""

    sql: str
    type: str
    bare: str
    columns: list[Column] = field(default_factory=list)


@functools.lru_cache(maxsize=4096)  # lint, the plans and the other readings parse the same texts
def parse(text: str) -> Condition:
    """Parse one expression, whose tree nobody changes; raises ConditionError in the parser's words."""
    if not text.strip():
        raise ConditionError("an empty condition")
    import sqlglot
    from sqlglot.errors import SqlglotError

    try:
        trees = sqlglot.parse(text, dialect="duckdb")
    except RecursionError:
        raise ConditionError("the condition is nested too deeply") from None
    except SqlglotError as error:
        first = re.sub(r"\x1b\[\d*m", "", str(error)).splitlines()[0]
        raise ConditionError(f"cannot read `{text}`: {first}") from None
    if len(trees) != 1 or trees[0] is None:
        raise ConditionError(f"`{text}` must be one expression")
    return Condition(text, trees[0])


_ISO = re.compile(
    r"'[^']*'|(?<![\w.-])(?P<day>\d{4}-\d{2}-\d{2})([ T](?P<time>\d{2}:\d{2}(:\d{2}(\.\d+)?)?))?(?![\w.-])"
)


def parse_moment(text: str) -> Condition:
    """Parse a date expression, in which `2023-12-31` and `2023-12-31 09:30` are literals; raises ConditionError."""
    return Condition(text, parse(_ISO.sub(_dated, text)).tree)


def _dated(found: re.Match[str]) -> str:
    """An ISO day or moment as SQL writes it; what stands in quotes already stays as it is."""
    if found["day"] is None:
        return found[0]
    try:
        datetime.fromisoformat(found[0])
    except ValueError:
        raise ConditionError(f"`{found[0]}` is no date") from None
    return f"timestamp '{found['day']} {found['time']}'" if found["time"] else f"date '{found['day']}'"


def _as_written(tree: exp.Expr) -> str:
    """A part of a condition in the words of the language (sqlglot writes HAS(…) and CAST('…' AS DATE))."""
    text = re.sub(r"CAST\(('[^']*') AS (DATE|TIMESTAMP)\)", r"\2 \1", tree.sql(dialect="duckdb"))
    words = r"\b(AND|OR|NOT|IS|NULL|IN|BETWEEN|TRUE|FALSE|DATE|TIMESTAMP|[A-Z_]+(?=\())\b"
    return re.sub(
        r"NOT (\S+) IS NULL",
        r"\1 is not null",
        re.sub(words, lambda found: found[0].lower(), text).replace("not ", "NOT "),
    ).replace("NOT ", "not ")


def _conjuncts(tree: exp.Expr) -> Iterator[exp.Expr]:
    from sqlglot import exp

    tree = tree.unnest() if isinstance(tree, exp.Paren) else tree
    if isinstance(tree, exp.And):
        yield from _conjuncts(tree.left)
        yield from _conjuncts(tree.right)
    else:
        yield tree


def parts_of(column: exp.Column) -> tuple[str, ...]:
    """`bearer.town` as ('bearer', 'town')."""
    return tuple(part.name for part in column.parts)
