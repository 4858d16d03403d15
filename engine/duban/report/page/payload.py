"""What the script of the page works on: findings, obligations, what numbers rest on, charts. As JSON that ends no element."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from duban.model import Status, Verification
from duban.report.layout import period
from duban.report.papers.words import moment_text
from duban.report.week import Piece, Shown, Week
from duban.verification import told

MOST = 100  # records of one finding that the page lists
# The columns of a finding, in order: rows are lists, since twenty thousand objects would repeat every key.
COLUMNS = (
    "id", "obligation", "bearer", "kind", "town", "period", "due", "dueKey", "status", "advisory", "required", "observed", "overdue",
    "alert", "message", "speaks", "evidence", "source", "many", "verification", "verified", "course", "weeks", "first", "late",
    "contested", "settled", "leads",
)  # fmt: skip
_UNSAFE = {
    "<": "\\u003c",
    ">": "\\u003e",
    "&": "\\u0026",
    "\u2028": "\\u2028",
    "\u2029": "\\u2029",
}


def payload(week: Week, bases: Sequence[Piece]) -> dict[str, Any]:
    """`columns` and `findings` row by row; `obligations` by id; `bases` as the buttons number them; `trend`, `funnels`."""
    return {
        "columns": COLUMNS,
        "findings": [_row(one) for one in week.findings],
        "statuses": [status.chinese for status in Status],
        "obligations": {
            one.id: [one.clause, one.title, one.quote, one.reading, one.cannot_see, one.basis, one.law]
            for one in week.clauses
        },
        "bases": [[one.text, one.fingerprints, one.places] for one in bases],
        "trend": [
            [moment_text(one.as_of), one.breached, one.late, one.manual, one.unproven, one.candidates]
            for one in week.trend
        ],
        "funnels": [
            [one.title, [[stage.title, stage.count] for stage in one.stages]]
            for one in week.funnels
            if one.town == week.head.town
        ],
    }


def as_json(value: Any) -> str:
    """JSON for a script element: no text of a record can end it, and none is a line end to old browsers."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    for char, escaped in _UNSAFE.items():
        text = text.replace(char, escaped)
    return text


def _row(one: Shown) -> list[Any]:
    finding = one.finding
    due = finding.due
    return [
        finding.fingerprint,
        finding.obligation,
        finding.bearer_name or finding.bearer_id,
        one.kind,
        finding.town or "",
        period(finding.period_start, finding.period_end),
        moment_text(due) if due is not None else "",
        due.isoformat() if due is not None else "",
        list(Status).index(finding.status),
        int(not finding.enforceable),
        finding.required,
        finding.observed,
        finding.days_overdue,
        finding.alert or "",
        finding.message,
        finding.speaks_for,
        finding.evidence[:MOST],
        finding.source[:MOST],
        len(finding.evidence),
        finding.verified.state.value,
        told(finding.verified) if finding.verified.state is not Verification.OPEN else "",
        one.course,
        one.weeks,
        one.first_seen.isoformat() if one.first_seen is not None else "",
        int(one.late_data),
        finding.contested,
        finding.settled,
        one.leads_to,
    ]
