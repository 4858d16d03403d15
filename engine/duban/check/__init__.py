"""Check: what is wrong with a hand-in, cell by cell, before it is handed in; and the receipt of what was."""

from __future__ import annotations

from duban.check.model import Accepted, Fault, Receipt, Report, Table, Verdict, Where
from duban.check.run import Asked, check

__all__ = ["Accepted", "Asked", "Fault", "Receipt", "Report", "Table", "Verdict", "Where", "check"]
