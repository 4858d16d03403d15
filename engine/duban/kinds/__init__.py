"""The six tests of the language, one file each, and their registry."""

from collections.abc import Sequence

from duban.kinds.base import Amount, Ask, DutyTable, Need, Planner, Test
from duban.kinds.cover import Cover
from duban.kinds.done import Done
from duban.kinds.forbid import Forbid
from duban.kinds.perform import Perform, Respond
from duban.kinds.reconcile import Reconcile

KINDS: dict[str, type[Test]] = {kind.word: kind for kind in (Perform, Cover, Done, Respond, Forbid, Reconcile)}


def plan_tests(asked: Sequence[Ask], planner: Planner, suffix: str) -> list[str]:
    """Add the steps of all these tests; returns the tables that have the columns of `base.RESULT`.

    A `respond` is counted like a `perform`, and together with them.
    """
    plain = [(test.counted() if isinstance(test, Respond) else test, duty) for test, duty in asked]
    groups: dict[type[Test], list[Ask]] = {}
    for test, duty in plain:
        groups.setdefault(type(test), []).append((test, duty))
    return [name for kind, group in groups.items() for name in kind.plan_all(group, planner, suffix)]


__all__ = [
    "KINDS",
    "Amount",
    "Ask",
    "Cover",
    "Done",
    "DutyTable",
    "Forbid",
    "Need",
    "Perform",
    "Planner",
    "Reconcile",
    "Respond",
    "Test",
    "plan_tests",
]
