"""GitLab's Code Quality report: a JSON list that a merge request shows beside the files."""

from __future__ import annotations

import json

from duban.check.formats.text import sentence
from duban.check.model import Report, by_place
from duban.errors import Severity


def write(report: Report) -> str:
    """One entry for each open fault; the lines of a spreadsheet are its rows."""
    entries = [
        {
            "description": sentence(fault),
            "check_name": fault.code,
            "fingerprint": fault.fingerprint,
            "severity": "major" if fault.severity is Severity.ERROR else "minor",
            "location": {"path": report.path(fault.where.file), "lines": {"begin": max(fault.where.row, 1)}},
        }
        for fault in by_place(report.open)
    ]
    return json.dumps(entries, ensure_ascii=False, indent=1) + "\n"
