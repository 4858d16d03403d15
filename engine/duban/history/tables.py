"""The tables of the store. A change here needs a migration in `migrations/versions`; a test compares the two.

An audit is written once and never changed. Rows of the other tables belong to one audit (`audit` is its number), except
measures taken and the intake, which belong to a jurisdiction.
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    DateTime,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
)

METADATA = MetaData()


def _audit() -> Column[int]:
    return Column("audit", Integer, ForeignKey("audits.number", ondelete="CASCADE"), primary_key=True)


# One audit: what it follows from (`manifest`), what came out (`results`: a hash for each file), where its inputs lay.
AUDITS = Table(
    "audits",
    METADATA,
    Column("number", Integer, primary_key=True),
    Column("id", String(64), nullable=False, unique=True),
    Column("jurisdiction", Text, nullable=False),
    Column("pack", Text, nullable=False),
    Column("pack_digest", String(64), nullable=False),
    Column("as_of", DateTime, nullable=False),
    Column("known_by", DateTime, nullable=False),
    Column("recorded_at", DateTime, nullable=False),
    Column("judge", Text, nullable=False),
    Column("version", Text, nullable=False),
    Column("counts", JSON, nullable=False),
    Column("manifest", JSON, nullable=False),
    Column("results", JSON, nullable=False),
    Column("places", JSON, nullable=False),
    Index("audits_series", "jurisdiction", "pack", "as_of"),
)

# Every duty that an audit judged, short: what its life is read from. `received`: the last hand-in behind its number.
DUTIES = Table(
    "duties",
    METADATA,
    _audit(),
    Column("fingerprint", String(32), primary_key=True),
    Column("obligation", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("status", String(16), nullable=False),
    Column("verification", Text, nullable=False),
    Column("due", DateTime),
    Column("done_at", DateTime),
    Column("last_act", DateTime),
    Column("received", DateTime),
    Index("duties_fingerprint", "fingerprint"),
)

# The duties that a person must look at, and those that are excused, as the results tell them.
FINDINGS = Table(
    "findings",
    METADATA,
    _audit(),
    Column("fingerprint", String(32), primary_key=True),
    Column("title", Text, nullable=False),
    Column("clause", Text, nullable=False),
    Column("jurisdiction", Text, nullable=False),
    Column("bearer_kind", Text, nullable=False),
    Column("bearer_id", Text, nullable=False),
    Column("bearer_name", Text, nullable=False),
    Column("town", Text, nullable=False),
    Column("trigger_id", Text, nullable=False),
    Column("period_start", Date),
    Column("period_end", Date),
    Column("enforceable", Boolean, nullable=False),
    Column("required", Float),
    Column("observed", Float),
    Column("shortfall", Float),
    Column("days_overdue", Integer),
    Column("ground", Text, nullable=False),
    Column("basis", Text, nullable=False),
    Column("alert", Text, nullable=False),
    Column("message", Text, nullable=False),
    Column("speaks_for", Text, nullable=False),
    Column("verified_by", Text, nullable=False),
    Column("verified_on", Date),
    Column("verified_how", Text, nullable=False),
    Column("verified_evidence", Text, nullable=False),
    Column("statement", Text, nullable=False),
    Column("evidence", JSON, nullable=False),
    Column("source", JSON, nullable=False),
)

# The measures that were proposed, in the order of the list.
CANDIDATES = Table(
    "candidates",
    METADATA,
    _audit(),
    Column("position", Integer, primary_key=True),
    Column("jurisdiction", Text, nullable=False),
    Column("bearer_kind", Text, nullable=False),
    Column("bearer_id", Text, nullable=False),
    Column("bearer_name", Text, nullable=False),
    Column("town", Text, nullable=False),
    Column("measure", Text, nullable=False),
    Column("tier", Text, nullable=False),
    Column("convener", Text, nullable=False),
    Column("grounds", JSON, nullable=False),
    Column("findings", JSON, nullable=False),
    Column("verified", Boolean, nullable=False),
    Column("red", Boolean, nullable=False),
)

# The decisions that excuse a duty, as an audit met them; `state` is used, unused or expired.
WAIVERS = Table(
    "waivers",
    METADATA,
    _audit(),
    Column("position", Integer, primary_key=True),
    Column("obligation", Text, nullable=False),
    Column("bearer", Text, nullable=False),
    Column("fingerprint", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("approved_by", Text, nullable=False),
    Column("approved_on", Date, nullable=False),
    Column("day_from", Date, nullable=False),
    Column("day_until", Date, nullable=False),
    Column("state", String(16), nullable=False),
)

# What was done: a talk that was held, feedback that is due by its minutes, feedback that came, a check again.
MEASURES_TAKEN = Table(
    "measures_taken",
    METADATA,
    Column("number", Integer, primary_key=True),
    Column("jurisdiction", Text, nullable=False),
    Column("pack", Text, nullable=False),
    Column("reference", Text, nullable=False),
    Column("measure", Text, nullable=False),
    Column("bearer_kind", Text, nullable=False),
    Column("bearer_id", Text, nullable=False),
    Column("bearer_name", Text, nullable=False),
    Column("taken_on", Date),
    Column("feedback_due", Date),
    Column("feedback_on", Date),
    Column("recheck_on", Date),
    Column("recheck_result", Text, nullable=False),
    Column("findings", JSON, nullable=False),
    Column("note", Text, nullable=False),
    Column("entered_by", Text, nullable=False),
    Column("entered_at", DateTime, nullable=False),
    Index("measures_taken_reference", "jurisdiction", "pack", "reference", unique=True),
)

# The lines of the intake log (收件日志) that an audit could see; `line` is the hash of what it says.
INTAKE = Table(
    "intake",
    METADATA,
    Column("jurisdiction", Text, primary_key=True),
    Column("line", String(64), primary_key=True),
    Column("received_at", Text, nullable=False),
    Column("sender", Text, nullable=False),
    Column("period", Text, nullable=False),
    Column("file", Text, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("kinds", JSON, nullable=False),
    Column("rows", Integer, nullable=False),
    Column("verdict", Text, nullable=False),
    Column("errors", Integer, nullable=False),
    Column("warnings", Integer, nullable=False),
)
