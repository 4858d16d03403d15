"""Verifications (核实结果): which of them count, and what is wrong with the others. docs/semantics.md §9."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from duban.errors import Issue, Place, Severity
from duban.model import Status, Verification, Verified
from duban.sqltext import literal, quote
from duban.vocabulary import VERIFICATION, VERIFICATION_TYPE

if TYPE_CHECKING:
    import duckdb

SEEN = f"seen/{VERIFICATION}"
# What a duty says of its verification: column → field of the record type.
COLUMNS = {
    "verification": "state",
    "verified_by": "verified_by",
    "verified_on": "verified_on",
    "verified_how": "how",
    "verified_evidence": "evidence",
    "statement": "statement",
}
# What a person can clear: by the records it is a finding still. SQL conditions on a duty `d`.
IS_CLEARED = f"(d.verification = {literal(Verification.CLEARED.value)} AND d.status IN ('breached', 'late', 'manual'))"
IS_OPEN = f"NOT {IS_CLEARED}"
# The statuses that a person may be asked to look into; elsewhere an empty `verification` says that nobody is.
_ASKED = literal([status.value for status in (Status.BREACHED, Status.LATE, Status.MANUAL, Status.UNPROVEN)])
_MOST = 10  # rows that one issue names

# Why the newest version of a verification does not count: SQL conditions on `v`, in the words of the sheet.
_FAULTS = {
    **{
        f"缺“{VERIFICATION_TYPE.fields[name].title}”": f"v.{name} IS NULL"
        for name, spec in VERIFICATION_TYPE.fields.items()
        if spec.required and name not in VERIFICATION_TYPE.key
    },
    "“已澄清”须有“佐证”或“情况说明”": f"v.state = {literal(Verification.CLEARED.value)} AND v.evidence IS NULL AND v.statement IS NULL",
    "与同一时间报送的另一行结果不同": (
        f"EXISTS (SELECT 1 FROM {quote('raw_' + VERIFICATION)} o WHERE o.jurisdiction = v.jurisdiction AND o.finding = v.finding"
        " AND o.submitted_at = v.submitted_at AND o.state IS DISTINCT FROM v.state)"
    ),
}


def verified_duties(body: str) -> str:
    """SQL of duties with what was found about each: `body` is that of the duties, without the columns of `COLUMNS`."""
    sound = " AND ".join(f"NOT ({fault})" for fault in _FAULTS.values())
    shown = f"coalesce(v.state, CASE WHEN list_contains({_ASKED}, d.status) THEN {literal(Verification.OPEN.value)} ELSE '' END)"
    columns = [f"{shown} AS verification", *(f"v.{field} AS {name}" for name, field in list(COLUMNS.items())[1:])]
    return (
        f"SELECT d.*, {', '.join(columns)} FROM (\n{body}\n) d\n"
        f"LEFT JOIN (SELECT * FROM {quote(SEEN)} v WHERE {sound}) v\n"
        "  ON v.jurisdiction = d.jurisdiction AND v.finding = d.fingerprint"
    )


def verified_of(duty: Mapping[str, Any]) -> Verified:
    """What a row of `duties` says of its verification, as the database gives it."""
    return Verified(
        Verification(duty["verification"] or Verification.OPEN.value),
        duty["verified_by"] or "",
        duty["verified_on"],
        duty["verified_how"] or "",
        duty["verified_evidence"] or "",
        duty["statement"] or "",
    )


def told(found: Verified) -> str:
    """`已澄清（张三，2024-01-10，调阅原件）。佐证：…。情况说明：…`; 待核实 alone where nobody has looked."""
    who = "，".join(filter(None, (found.by, found.on.isoformat() if found.on else "", found.how)))
    texts = [f"{label}：{text}" for label, text in (("佐证", found.evidence), ("情况说明", found.statement)) if text]
    return "。".join([found.state.value + (f"（{who}）" if who else ""), *texts])


def check(con: duckdb.DuckDBPyConnection, *, whole: bool) -> Iterator[Issue]:
    """After a run: a result that does not count is an error, one about no duty a warning.

    `whole`: every obligation was judged, so that a fingerprint that is not there is one of another week, or wrong.
    """
    faults_of = ", ".join(f"CASE WHEN {fault} THEN {literal(text)} END" for text, fault in _FAULTS.items())
    found = f"SELECT v._file, v._sheet, v._row, list_filter([{faults_of}], lambda x: x IS NOT NULL) AS faults FROM {quote(SEEN)} v"
    for file, sheet, row, faults in con.execute(
        f"SELECT * FROM ({found}) WHERE len(faults) > 0 ORDER BY ALL"
    ).fetchall():
        text = f"第{row}行核实结果不计，该事项仍为待核实：{'；'.join(faults)}"
        yield Issue("D602", text, Place(file or VERIFICATION, 0, sheet, row), "请补全后重新报送")
    if whole:
        yield from _about_nothing(con)


def _about_nothing(con: duckdb.DuckDBPyConnection) -> Iterator[Issue]:
    """One warning for each file with rows about a duty that is not there: it may be one of an earlier week."""
    for file, sheet, rows in con.execute(
        f"SELECT v._file, v._sheet, list('第' || v._row || '行 ' || v.finding ORDER BY v._row) FROM {quote(SEEN)} v"
        " WHERE v.finding IS NOT NULL AND NOT EXISTS (SELECT 1 FROM duties d WHERE d.jurisdiction = v.jurisdiction"
        " AND d.fingerprint = v.finding) GROUP BY ALL ORDER BY ALL"
    ).fetchall():
        shown = "、".join(rows[:_MOST]) + (f"等{len(rows)}行" if len(rows) > _MOST else "")
        text = f"核实结果有{len(rows)}行的指纹不在本次履责项中：{shown}"
        hint = "以往各周的事项现在可能已不存在，可不处理；如是笔误，请改正指纹"
        yield Issue("D603", text, Place(file or VERIFICATION, 0, sheet), hint, Severity.WARNING)
