"""A verdict's findings in one packed value; rows in three arrays stay as they are, and may still be written."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0001"

ARRAYS = ("outcomes", "parts", "wholes")


def upgrade() -> None:
    op.add_column("verdict", sa.Column("findings", sa.LargeBinary(), nullable=True))
    for name in ARRAYS:
        op.alter_column("verdict", name, nullable=True)
    op.create_check_constraint(
        op.f("ck_verdict_findings_or_outcomes"), "verdict", "num_nonnulls(findings, outcomes) = 1"
    )
