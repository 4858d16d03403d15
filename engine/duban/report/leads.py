"""leads.csv: 数据异常待核对, for the section's own check. One row for each lead and group of records; never a finding, never a person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from duban.report.cells import as_cell, moment_text, number_text
from duban.sqltext import literal

if TYPE_CHECKING:
    from duban.auditing import Audit

FILE = "leads.csv"
TITLE = "数据异常待核对"
LABEL = f"{TITLE}（只供股室内部核对，不是结论）"
MOST = 50  # records and places that one cell names
# The columns of leads.csv, in order. `label` stands in every row: it goes with a row that is copied elsewhere.
COLUMNS = (
    "label", "fingerprint", "lead", "title", "pattern", "clause", "bearer_kind", "bearer_id", "bearer_name", "town",
    "period_start", "period_end", "records", "places", "many", "measured", "threshold", "numbers", "reasons", "check",
    "as_of", "known_by",
)  # fmt: skip


def leads_sql(audit: Audit) -> str:
    """SQL of leads.csv."""
    shown = {
        "label": literal(LABEL),
        "bearer_id": _joined("l.bearer_ids"),
        "bearer_name": _joined("l.bearer_names"),
        "town": _joined("l.towns"),
        "records": _joined("l.records"),
        "places": _joined("l.places"),
        "measured": number_text("round(l.measured, 3)"),
        "threshold": number_text("l.threshold"),
        "reasons": _joined("l.reasons"),
        "as_of": moment_text(literal(audit.as_of)),
        "known_by": moment_text(literal(audit.known_by)),
    }
    texts = {"bearer_id", "bearer_name", "town", "records", "places", "numbers"}
    columns = []
    for name in COLUMNS:
        sql = shown.get(name, f'l."{name}"')
        columns.append(f'{as_cell(sql) if name in texts else sql} AS "{name}"')
    order = "l.lead, l.jurisdiction, l.period_start, l.bearer_ids, l.records"
    return f"SELECT {', '.join(columns)} FROM {audit.find_leads()} l ORDER BY {order}"


def lead_line(audit: Audit) -> str:
    """What the screen says of leads; '' for a pack that has none."""
    if not audit.pack.leads:
        return ""
    (count,) = audit.connection.execute(f"SELECT count(*) FROM {audit.find_leads()}").fetchone() or (0,)
    return f"{TITLE}{count}条，见 {FILE}（只供股室内部核对，不是结论）" if count else f"{TITLE}：无"


def _joined(sql: str) -> str:
    """SQL of a list as one cell."""
    return (
        f"array_to_string(list_slice({sql}, 1, {MOST}), '；')"
        f" || CASE WHEN len({sql}) > {MOST} THEN '……共' || len({sql}) || '条' ELSE '' END"
    )
