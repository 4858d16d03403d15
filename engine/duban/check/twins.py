"""One hazard under two keys: equal in owner, day, place and text once normalised, or nearly so.

A serial number is never an identity, and a hazard that a joint check found is told by two senders. Equal pairs are told
to the clerk; nearly equal ones go to a person, who says 是 or 否 in a sheet (`confirm`). Nothing is merged here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from duban.check.views import Views
from duban.records.twins import Said, likeness
from duban.sqltext import quote
from duban.vocabulary import Identity


@dataclass(frozen=True)
class Member:
    """One of two records, as it was handed in last."""

    n: int
    key: str
    file: str
    sheet: str
    row: int
    sender: str
    day: date
    place: str
    text: str

    @cached_property
    def said(self) -> Said:
        return Said(self.place, self.text)

    def shown(self, file: str) -> str:
        """How the other's message names it."""
        at = f"第{self.row}行" if self.file == file else f"“{self.file}”第{self.row}行"
        return f"{at}“{self.key}”"


@dataclass(frozen=True)
class Pair:
    """Two records that are, or may be, one. `certain`: equal once normalised."""

    earlier: Member
    later: Member
    owner: str
    similarity: float
    certain: bool
    record: str  # title of the record type

    @property
    def keys(self) -> tuple[str, str]:
        first, second = sorted((self.earlier.key, self.later.key))
        return first, second


def pairs(views: Views, name: str, rule: Identity) -> Iterator[Pair]:
    """The pairs among the newest versions, within one owner and a few days; each record is told of once."""
    yield from _nearest(_all(views, name, rule))


def _all(views: Views, name: str, rule: Identity) -> Iterator[Pair]:
    title = views.schema.records[name].title
    for owner, members in _groups(views, name, rule):
        for index, later in enumerate(members):
            for earlier in reversed(members[:index]):
                if (later.day - earlier.day).days > rule.days:
                    break
                if earlier.key != later.key and (pair := _compared(title, owner, earlier, later, rule)) is not None:
                    yield pair


def _nearest(found: Iterator[Pair]) -> list[Pair]:
    best: dict[int, Pair] = {}
    for pair in found:
        known = best.get(pair.later.n)
        if known is None or (pair.certain, pair.similarity) > (known.certain, known.similarity):
            best[pair.later.n] = pair
    return list(best.values())


def _compared(title: str, owner: str, earlier: Member, later: Member, rule: Identity) -> Pair | None:
    found = likeness(earlier.said, later.said, (later.day - earlier.day).days, rule)
    return Pair(earlier, later, owner, *found, title) if found is not None else None


def _groups(views: Views, name: str, rule: Identity) -> Iterator[tuple[str, list[Member]]]:
    """The records of one owner in the order of their days; those without owner, day or text are nobody's twins."""
    owner = " || '/' || ".join(f"CAST({quote(part)} AS VARCHAR)" for part in rule.owner)
    key = " || '/' || ".join(f"CAST({quote(part)} AS VARCHAR)" for part in views.schema.records[name].key)
    place = quote(rule.place) if rule.place else "''"
    day, text = f"CAST({quote(rule.day)} AS DATE)", quote(rule.text)
    rows = views.rows(
        f"SELECT jurisdiction || '/' || {owner}, \"$n\", {key}, _file, _sheet, _row, coalesce(submitted_by, ''), {day},"
        f" coalesce({place}, ''), {text} FROM {views.seen(name)}"
        f" WHERE {owner} IS NOT NULL AND {key} IS NOT NULL AND {day} IS NOT NULL AND {text} IS NOT NULL"
        f" ORDER BY 1, 8, submitted_at NULLS FIRST, 2"
    )
    group: list[Member] = []
    before: Any = None
    for named, *cells in rows:
        if named != before and group:
            yield before, group
            group = []
        before = named
        group.append(Member(*cells))
    if group:
        yield before, group
