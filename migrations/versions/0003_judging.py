"""Who made a judgment on a page, and how often it was changed."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.add_column("judgment", sa.Column("account_id", sa.BigInteger(), nullable=True))
    op.add_column("judgment", sa.Column("judge_id", sa.BigInteger(), nullable=True))
    op.add_column("judgment", sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False))
    op.create_foreign_key(
        op.f("fk_judgment_tenant_id_judge_id"),
        "judgment",
        "member",
        ["tenant_id", "judge_id"],
        ["tenant_id", "id"],
        postgresql_not_valid=True,
    )
    op.execute("ALTER TABLE judgment VALIDATE CONSTRAINT fk_judgment_tenant_id_judge_id")
