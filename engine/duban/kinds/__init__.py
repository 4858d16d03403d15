"""The six tests of the language, one file each, and their registry."""

from duban.kinds.base import Amount, DutyTable, Need, Planner, Test
from duban.kinds.cover import Cover
from duban.kinds.done import Done
from duban.kinds.forbid import Forbid
from duban.kinds.perform import Perform, Respond
from duban.kinds.reconcile import Reconcile

KINDS: dict[str, type[Test]] = {kind.word: kind for kind in (Perform, Cover, Done, Respond, Forbid, Reconcile)}

__all__ = [
    "KINDS",
    "Amount",
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
]
