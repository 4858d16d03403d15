"""核实: findings handed out as a sheet to people, and read back as results of the record type `verification`."""

from __future__ import annotations

from duban.verifying.handing_out import Wanted, hand_out
from duban.verifying.reading import Reading, Result, read_results
from duban.verifying.sheet import Sheet, open_sheet
from duban.verifying.taking_in import REGISTER, Moment, Taken, moment_of, take_in

__all__ = [
    "REGISTER",
    "Moment",
    "Reading",
    "Result",
    "Sheet",
    "Taken",
    "Wanted",
    "hand_out",
    "moment_of",
    "open_sheet",
    "read_results",
    "take_in",
]
