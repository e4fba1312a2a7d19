"""The trail of one record is found without reading everybody's."""

from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_index("ix_audit_event_subject", "audit_event", ["tenant_id", "subject", "subject_id", "id"])
