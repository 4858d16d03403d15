"""Audits, their duties and findings, what was proposed, the waivers."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def _audit() -> sa.Column[int]:
    return sa.Column("audit", sa.Integer, sa.ForeignKey("audits.number", ondelete="CASCADE"), primary_key=True)


def upgrade() -> None:
    op.create_table(
        "audits",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("id", sa.String(64), nullable=False, unique=True),
        sa.Column("jurisdiction", sa.Text, nullable=False),
        sa.Column("pack", sa.Text, nullable=False),
        sa.Column("pack_digest", sa.String(64), nullable=False),
        sa.Column("as_of", sa.DateTime, nullable=False),
        sa.Column("known_by", sa.DateTime, nullable=False),
        sa.Column("recorded_at", sa.DateTime, nullable=False),
        sa.Column("judge", sa.Text, nullable=False),
        sa.Column("version", sa.Text, nullable=False),
        sa.Column("counts", sa.JSON, nullable=False),
        sa.Column("manifest", sa.JSON, nullable=False),
        sa.Column("results", sa.JSON, nullable=False),
        sa.Column("places", sa.JSON, nullable=False),
    )
    op.create_index("audits_series", "audits", ["jurisdiction", "pack", "as_of"])
    op.create_table(
        "duties",
        _audit(),
        sa.Column("fingerprint", sa.String(32), primary_key=True),
        sa.Column("obligation", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("verification", sa.Text, nullable=False),
        sa.Column("due", sa.DateTime),
        sa.Column("done_at", sa.DateTime),
        sa.Column("last_act", sa.DateTime),
        sa.Column("received", sa.DateTime),
    )
    op.create_index("duties_fingerprint", "duties", ["fingerprint"])
    op.create_table(
        "findings",
        _audit(),
        sa.Column("fingerprint", sa.String(32), primary_key=True),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("clause", sa.Text, nullable=False),
        sa.Column("jurisdiction", sa.Text, nullable=False),
        sa.Column("bearer_kind", sa.Text, nullable=False),
        sa.Column("bearer_id", sa.Text, nullable=False),
        sa.Column("bearer_name", sa.Text, nullable=False),
        sa.Column("town", sa.Text, nullable=False),
        sa.Column("trigger_id", sa.Text, nullable=False),
        sa.Column("period_start", sa.Date),
        sa.Column("period_end", sa.Date),
        sa.Column("enforceable", sa.Boolean, nullable=False),
        sa.Column("required", sa.Float),
        sa.Column("observed", sa.Float),
        sa.Column("shortfall", sa.Float),
        sa.Column("days_overdue", sa.Integer),
        sa.Column("ground", sa.Text, nullable=False),
        sa.Column("basis", sa.Text, nullable=False),
        sa.Column("alert", sa.Text, nullable=False),
        sa.Column("message", sa.Text, nullable=False),
        sa.Column("speaks_for", sa.Text, nullable=False),
        sa.Column("verified_by", sa.Text, nullable=False),
        sa.Column("verified_on", sa.Date),
        sa.Column("verified_how", sa.Text, nullable=False),
        sa.Column("verified_evidence", sa.Text, nullable=False),
        sa.Column("statement", sa.Text, nullable=False),
        sa.Column("evidence", sa.JSON, nullable=False),
        sa.Column("source", sa.JSON, nullable=False),
    )
    op.create_table(
        "candidates",
        _audit(),
        sa.Column("position", sa.Integer, primary_key=True),
        sa.Column("jurisdiction", sa.Text, nullable=False),
        sa.Column("bearer_kind", sa.Text, nullable=False),
        sa.Column("bearer_id", sa.Text, nullable=False),
        sa.Column("bearer_name", sa.Text, nullable=False),
        sa.Column("town", sa.Text, nullable=False),
        sa.Column("measure", sa.Text, nullable=False),
        sa.Column("tier", sa.Text, nullable=False),
        sa.Column("convener", sa.Text, nullable=False),
        sa.Column("grounds", sa.JSON, nullable=False),
        sa.Column("findings", sa.JSON, nullable=False),
        sa.Column("verified", sa.Boolean, nullable=False),
        sa.Column("red", sa.Boolean, nullable=False),
    )
    op.create_table(
        "waivers",
        _audit(),
        sa.Column("position", sa.Integer, primary_key=True),
        sa.Column("obligation", sa.Text, nullable=False),
        sa.Column("bearer", sa.Text, nullable=False),
        sa.Column("fingerprint", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("approved_by", sa.Text, nullable=False),
        sa.Column("approved_on", sa.Date, nullable=False),
        sa.Column("day_from", sa.Date, nullable=False),
        sa.Column("day_until", sa.Date, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
    )
