"""What changed while a year was being evaluated is kept until it has been judged again."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

from bontot.db import roles
from bontot.db.tenancy import protect

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_table(
        "unseen_change",
        sa.Column("tenant_id", sa.Integer(), server_default=sa.text("app_tenant()"), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("year", sa.SmallInteger(), nullable=False),
        sa.Column("cells", ARRAY(sa.BigInteger()), nullable=False),
        sa.Column("everyone", ARRAY(sa.BigInteger()), nullable=False),
        sa.Column("members", ARRAY(sa.BigInteger()), nullable=False),
        sa.Column("tables", ARRAY(sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_unseen_change_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_unseen_change")),
    )
    op.create_index("ix_unseen_change_year", "unseen_change", ["tenant_id", "year"])
    for statement in protect("unseen_change"):
        op.execute(statement)
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON unseen_change TO {roles.APP}")
    op.execute(f"GRANT SELECT ON unseen_change TO {roles.BACKUP}")
