"""Work is taken up in turns among committees, what people wait for first; and what a day, a night and a month brings is kept
with the work that was asked for it."""

import sqlalchemy as sa
from alembic import op

from bontot.db import roles

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    op.add_column(
        "outbox", sa.Column("background", sa.Boolean(), server_default=sa.text("false"), nullable=False)
    )
    op.add_column("outbox", sa.Column("not_before", sa.DateTime(timezone=True)))
    op.add_column("outbox", sa.Column("claims", sa.Integer(), server_default=sa.text("0"), nullable=False))
    op.create_index(
        op.f("ix_outbox_open"),
        "outbox",
        ["tenant_id", "id"],
        postgresql_where=sa.text("done_at IS NULL AND failed_at IS NULL"),
    )
    op.create_table(
        "work_turn",
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("served_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_work_turn_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", name=op.f("pk_work_turn")),
    )
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE, MAINTAIN ON work_turn TO {roles.APP}")
    op.execute(f"GRANT SELECT ON work_turn TO {roles.BACKUP}")
    op.add_column(
        "daily_round", sa.Column("work", sa.Text(), server_default=sa.text("'morning'"), nullable=False)
    )
    op.add_column("daily_round", sa.Column("outbox_id", sa.BigInteger()))
    op.execute(f"GRANT UPDATE ON daily_round TO {roles.APP}")
    op.drop_constraint(op.f("pk_daily_round"), "daily_round")
    op.create_primary_key(op.f("pk_daily_round"), "daily_round", ["tenant_id", "day", "work"])
    op.create_check_constraint(
        op.f("ck_daily_round_work_known"), "daily_round", "work IN ('morning', 'night', 'month')"
    )
    op.create_index(op.f("ix_daily_round_at"), "daily_round", ["at"])
