"""Check: what is wrong with a hand-in, cell by cell, before it is handed in; and the receipt of what was."""

from __future__ import annotations

from duban.check.model import Accepted, Fault, Receipt, Report, Table, Verdict, Where
from duban.check.run import Asked, Compare, check, check_loaded

__all__ = [
    "Accepted",
    "Asked",
    "Compare",
    "Fault",
    "Receipt",
    "Report",
    "Table",
    "Verdict",
    "Where",
    "check",
    "check_loaded",
]
