"""Records under two keys: one, two, or nobody knows (semantics §2.7)."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime
from itertools import combinations
from typing import Any

from reference.schema import RecordType
from reference.temporal import START, exists_by, order_key

Row = dict[str, Any]
Pair = tuple[str, str]
Verdicts = dict[Pair, bool | None]


def plain(text: str | None) -> str:
    """Without blanks, punctuation and a number in front."""
    return re.sub(r"\W", "", re.sub(r"^\d+、", "", text or ""))


def similarity(one: str, other: str) -> float:
    """Twice the longest common subsequence, as a share of both lengths."""
    longest = [[0] * (len(other) + 1) for _ in range(len(one) + 1)]
    for i, a in enumerate(one):
        for j, b in enumerate(other):
            longest[i + 1][j + 1] = longest[i][j] + 1 if a == b else max(longest[i][j + 1], longest[i + 1][j])
    return 2 * longest[-1][-1] / (len(one) + len(other)) if one or other else 1.0


def hand_in(row: Row) -> Any:
    """By whom and when; where nobody says when: of which file."""
    return row.get("submitted_by"), row.get("submitted_at"), None if row.get("submitted_at") else row.get("file")


def wording(record_type: RecordType, row: Row) -> tuple[Any, ...] | None:
    """(owner, day, place, text); None if something needed is empty."""
    identity = record_type.identity
    owner, day, text = row.get(identity["owner"]), row.get(identity["day"]), row.get(identity["text"])
    if None in (owner, day, text, row.get(record_type.key[0])):
        return None
    return owner, day, plain(row.get(identity["place"])), plain(text)


def compare(identity: Row, one: tuple[Any, ...], other: tuple[Any, ...]) -> bool | None:
    """True: equal. None: alike. False: two."""
    if one == other:
        return True
    (owner, day, place, text), (other_owner, other_day, other_place, other_text) = one, other
    if owner != other_owner or abs((day - other_day).days) > identity["days"]:
        return False
    if place and other_place and place not in other_place and other_place not in place:
        return False
    return None if similarity(text, other_text) >= identity["alike"] else False


class Sameness:
    """What is known of one record type in one jurisdiction."""

    def __init__(self, record_type: RecordType, rows: list[Row], newest: list[Row], answers: Verdicts) -> None:
        """`rows`: all that were known; `newest`: the newest known version of each key; `answers`: as they are known."""
        self.type, self.key = record_type, record_type.key[0]
        known = {row[self.key] for row in newest}
        self.verdicts: Verdicts = {pair: None for pair in answers if known.issuperset(pair)}
        for pair, equal in self._found(rows, newest).items():
            self.verdicts[pair] = True if equal else None
        for pair in self.verdicts:
            if answers.get(pair) is not None:
                self.verdicts[pair] = answers[pair]
        self.one = self._groups()

    def _found(self, rows: list[Row], newest: list[Row]) -> Verdicts:
        """Pairs of the newest rows that are equal (True) or alike (False), told apart by no hand-in at all."""
        came: dict[str, set[Any]] = defaultdict(set)
        for row in rows:
            if row.get(self.key) is not None:
                came[row[self.key]].add(hand_in(row))
        said = {(row[self.key], w) for row in rows if (w := wording(self.type, row)) is not None}
        equal = [
            frozenset({one, other})
            for one, other in combinations(said, 2)
            if one[0] != other[0] and one[1] == other[1] and not came[one[0]] & came[other[0]]
        ]
        sound: set[frozenset[Any]] = set()
        for group in connected(equal):
            keys = {key for key, _ in group}
            if not any(came[a] & came[b] for a, b in combinations(keys, 2)):
                sound |= {pair for pair in equal if pair <= group}
        found: Verdicts = {}
        for one, other in combinations([row for row in newest if wording(self.type, row) is not None], 2):
            if came[one[self.key]] & came[other[self.key]]:
                continue
            first, second = wording(self.type, one), wording(self.type, other)
            assert first is not None
            assert second is not None
            alike = compare(self.type.identity, first, second)
            if alike is not False:
                both = frozenset({(one[self.key], first), (other[self.key], second)})
                found[_pair(one[self.key], other[self.key])] = both in sound
        return found

    def _groups(self) -> dict[str, str]:
        """key → the first key of its group; groups with a contradiction are none."""
        one = {}
        for group in connected(frozenset(pair) for pair, same in self.verdicts.items() if same):
            if not any(same is False and group.issuperset(pair) for pair, same in self.verdicts.items()):
                one |= dict.fromkeys(group, min(group))
        return one

    def open_pairs(self) -> set[Pair]:
        """Pairs, by their one key, that nobody has decided."""
        found: dict[Pair, set[bool | None]] = defaultdict(set)
        for (first, second), same in self.verdicts.items():
            found[_pair(self.one.get(first, first), self.one.get(second, second))].add(same)
        return {pair for pair, said in found.items() if pair[0] != pair[1] and False not in said}


def _pair(one: str, other: str) -> Pair:
    first, second = sorted((one, other))
    return first, second


def connected(edges: Iterable[frozenset[Any]]) -> list[set[Any]]:
    groups: list[set[Any]] = []
    for edge in edges:
        touching = [group for group in groups if group & edge]
        groups = [group for group in groups if not group & edge] + [set(edge).union(*touching)]
    return groups


def answers_of(rows: list[Row], names: tuple[str, str], jurisdiction: str, home: str, known_by: datetime) -> Verdicts:
    """The last known answer to each pair; unsigned: none."""
    found: dict[Pair, tuple[datetime, bool | None]] = {}
    for row in rows:
        handed = row.get("submitted_at") or row.get("confirmed_on")
        mine = row["record"] in names and (row.get("jurisdiction") or home) == jurisdiction
        if not mine or row["first"] == row["second"]:
            continue
        if handed is not None and not exists_by(handed, known_by):
            continue
        signed = row.get("confirmed_by") is not None and isinstance(row.get("confirmed_on"), date)
        when = START if handed is None else order_key(handed)
        pair = _pair(row["first"], row["second"])
        if pair not in found or when > found[pair][0]:
            found[pair] = when, row["same"] if signed else None
    return {pair: same for pair, (_, same) in found.items()}
