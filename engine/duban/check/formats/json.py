"""For programs: everything that the report knows."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date, datetime
from enum import Enum
from typing import Any

from duban.check.model import Report
from duban.errors import Severity


def write(report: Report) -> str:
    """The report as one JSON object; open faults and accepted ones apart."""
    faults = [asdict(fault) for fault in report.faults]
    value = {
        "pack": report.pack,
        "rules": report.rules,
        "checked_at": report.checked_at,
        "sender": report.sender,
        "period": report.period,
        "errors": report.number(Severity.ERROR),
        "warnings": report.number(Severity.WARNING),
        "faults": [fault for fault in faults if fault["accepted"] is None],
        "accepted": [fault for fault in faults if fault["accepted"] is not None],
        "receipt": [asdict(receipt) for receipt in report.receipts],
        "unchecked": report.unchecked,
        "notes": report.notes,
    }
    return json.dumps(value, ensure_ascii=False, indent=1, default=_plain) + "\n"


def _plain(value: Any) -> Any:
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if isinstance(value, Enum):
        return value.value
    return str(value)
