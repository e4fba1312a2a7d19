"""What an operator does to a whole committee leaves a line that outlives it; the operator sees
work that failed by its kind; the site can tell whether its tables are new enough."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from bontot.db import roles

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    op.create_table(
        "platform_event",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("tenant_code", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("detail", JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_platform_event")),
    )
    op.execute(f"GRANT SELECT, INSERT, MAINTAIN ON platform_event TO {roles.APP}")
    op.execute(f"GRANT SELECT ON platform_event TO {roles.BACKUP}")
    op.add_column("outbox", sa.Column("kind", sa.Text()))
    op.execute(
        "UPDATE outbox o SET kind = j.kind FROM job j WHERE j.tenant_id = o.tenant_id AND j.id = o.job_id"
    )
    op.execute(f"GRANT SELECT ON alembic_version TO {roles.APP}, {roles.BACKUP}")
