"""Making a failing world small enough to read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

Row = dict[str, Any]


def shrink(world: Row, fails: Callable[[Row], bool]) -> Row:
    """Leave out obligations, rows, hand-ins and waivers one by one while the world still fails."""
    smaller = True
    while smaller:
        smaller = False
        for candidate in _smaller(world):
            if fails(candidate):
                world, smaller = candidate, True
                break
    return world


def _smaller(world: Row) -> Iterator[Row]:
    rules = world["pack"]["obligations"]
    for index in range(len(rules) if len(rules) > 1 else 0):
        yield {**world, "pack": {**world["pack"], "obligations": rules[:index] + rules[index + 1 :]}}
    for index in range(len(world["waivers"])):
        yield {**world, "waivers": world["waivers"][:index] + world["waivers"][index + 1 :]}
    for name, rows in world["rows"].items():
        size = max(len(rows) // 2, 1)
        while size:
            for start in range(0, len(rows), size):
                yield {**world, "rows": {**world["rows"], name: rows[:start] + rows[start + size :]}}
            size //= 2
