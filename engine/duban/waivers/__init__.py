"""Waivers (经批准不计入): dated, signed decisions that a duty is excused. A malformed one is loud and never excuses."""

from __future__ import annotations

from duban.waivers.loading import granted_digest, load_waivers, sheet_waivers
from duban.waivers.reading import FILE, Granted, Waiver, Waivers, check_waivers, legal, read_waivers
from duban.waivers.use import EXPIRED, uses, warnings

__all__ = [
    "EXPIRED",
    "FILE",
    "Granted",
    "Waiver",
    "Waivers",
    "check_waivers",
    "granted_digest",
    "legal",
    "load_waivers",
    "read_waivers",
    "sheet_waivers",
    "uses",
    "warnings",
]
