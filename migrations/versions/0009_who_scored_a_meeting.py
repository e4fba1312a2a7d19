"""Who recorded a stage of a meeting's score on a page, so that nobody confirms what he or she voted."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.add_column("meeting_score", sa.Column("account_id", sa.BigInteger(), nullable=True))
    op.add_column("meeting_score", sa.Column("recorder_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(
        op.f("fk_meeting_score_tenant_id_recorder_id"),
        "meeting_score",
        "member",
        ["tenant_id", "recorder_id"],
        ["tenant_id", "id"],
        postgresql_not_valid=True,
    )
    op.execute("ALTER TABLE meeting_score VALIDATE CONSTRAINT fk_meeting_score_tenant_id_recorder_id")
