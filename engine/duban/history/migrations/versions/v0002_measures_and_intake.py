"""What was done about findings, and what was handed in when."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "measures_taken",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("jurisdiction", sa.Text, nullable=False),
        sa.Column("pack", sa.Text, nullable=False),
        sa.Column("reference", sa.Text, nullable=False),
        sa.Column("measure", sa.Text, nullable=False),
        sa.Column("bearer_kind", sa.Text, nullable=False),
        sa.Column("bearer_id", sa.Text, nullable=False),
        sa.Column("bearer_name", sa.Text, nullable=False),
        sa.Column("taken_on", sa.Date),
        sa.Column("feedback_due", sa.Date),
        sa.Column("feedback_on", sa.Date),
        sa.Column("recheck_on", sa.Date),
        sa.Column("recheck_result", sa.Text, nullable=False),
        sa.Column("findings", sa.JSON, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("entered_by", sa.Text, nullable=False),
        sa.Column("entered_at", sa.DateTime, nullable=False),
    )
    op.create_index("measures_taken_reference", "measures_taken", ["jurisdiction", "pack", "reference"], unique=True)
    op.create_table(
        "intake",
        sa.Column("jurisdiction", sa.Text, primary_key=True),
        sa.Column("line", sa.String(64), primary_key=True),
        sa.Column("received_at", sa.Text, nullable=False),
        sa.Column("sender", sa.Text, nullable=False),
        sa.Column("period", sa.Text, nullable=False),
        sa.Column("file", sa.Text, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("kinds", sa.JSON, nullable=False),
        sa.Column("rows", sa.Integer, nullable=False),
        sa.Column("verdict", sa.Text, nullable=False),
        sa.Column("errors", sa.Integer, nullable=False),
        sa.Column("warnings", sa.Integer, nullable=False),
    )
