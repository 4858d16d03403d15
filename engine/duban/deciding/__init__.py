"""What the bureau decides, written down: measures taken (处理决定) and waivers, into registers among the records."""

from __future__ import annotations

from duban.deciding.handed_back import read_list
from duban.deciding.known import Known, read_known
from duban.deciding.measures import Measure, change, progress, take, taken
from duban.deciding.register import Moment, moment_of
from duban.deciding.waivers import add_waiver, check_file

__all__ = [
    "Known",
    "Measure",
    "Moment",
    "add_waiver",
    "change",
    "check_file",
    "moment_of",
    "progress",
    "read_known",
    "read_list",
    "take",
    "taken",
]
