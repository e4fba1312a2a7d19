"""A verdict's findings in one packed value, and the table of those judged again since their run.

Rows in three arrays stay as they are, and may still be written.
"""

import sqlalchemy as sa
from alembic import op

from bontot.db import roles
from bontot.db.tenancy import protect

revision = "0004"
down_revision = "0003"

ARRAYS = ("outcomes", "parts", "wholes")


def upgrade() -> None:
    op.add_column("verdict", sa.Column("findings", sa.LargeBinary(), nullable=True))
    for name in ARRAYS:
        op.alter_column("verdict", name, nullable=True)
    op.create_check_constraint(
        op.f("ck_verdict_findings_or_outcomes"), "verdict", "num_nonnulls(findings, outcomes) = 1"
    )
    op.create_table(
        "later_verdict",
        sa.Column("tenant_id", sa.Integer(), server_default=sa.text("app_tenant()"), nullable=False),
        sa.Column("run_id", sa.BigInteger(), nullable=False),
        sa.Column("subject_id", sa.BigInteger(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("scheme", sa.SmallInteger(), nullable=False),
        sa.Column("outcome", sa.SmallInteger(), nullable=False),
        sa.Column("findings", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "run_id"],
            ["evaluation_run.tenant_id", "evaluation_run.id"],
            name=op.f("fk_later_verdict_tenant_id_run_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_later_verdict_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "run_id", "scheme", "subject_id", name=op.f("pk_later_verdict")),
    )
    for statement in protect("later_verdict"):
        op.execute(statement)
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON later_verdict TO {roles.APP}")
    op.execute(f"GRANT SELECT ON later_verdict TO {roles.BACKUP}")
