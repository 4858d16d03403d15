"""The findings of a notice that attaches no measures: straight from the duties. With measures, `judging.findings_of` has more."""

from __future__ import annotations

from collections.abc import Iterator

from duban.auditing import Audit
from duban.model import Finding, Status
from duban.verification import IS_OPEN, verified_of
from duban.weekly.facts import rows

_COPIED = (
    "fingerprint", "obligation", "jurisdiction", "bearer_kind", "bearer_id", "bearer_name", "trigger_id", "period_start", "period_end",
    "due", "enforceable", "required", "observed", "shortfall", "days_overdue", "ground", "basis", "alert", "message", "speaks_for",
)  # fmt: skip


def plain_findings(audit: Audit) -> Iterator[Finding]:
    """Every breached, late, manual and unproven duty that no person has cleared."""
    texts = {item.id: item for item in audit.pack.obligations}
    where = f"d.status IN ('breached', 'late', 'manual', 'unproven') AND {IS_OPEN}"
    for row in rows(
        audit.connection, f"SELECT * FROM duties d WHERE {where} ORDER BY obligation, bearer_id, fingerprint"
    ):
        item = texts[row["obligation"]]
        yield Finding(
            **{name: row[name] for name in _COPIED},
            title=item.title,
            clause=item.clause,
            quote=item.quote,
            town=row["town"] or "",
            status=Status(row["status"]),
            evidence=tuple(row["evidence"]),
            source=tuple(row["source"]),
            marks=tuple(row["marks"]),
            verified=verified_of(row),
        )
