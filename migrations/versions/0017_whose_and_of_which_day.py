"""A reminder is of a day, an order of a body, a day off of somebody's own; and what a calendar address showed is counted."""

import sqlalchemy as sa
from alembic import op

from bontot.db import roles
from bontot.db.tenancy import protect

revision = "0017"
down_revision = "0016"

KEY = ["tenant_id", "account_id", "organisation_id", "month", "kind"]


def upgrade() -> None:
    op.create_unique_constraint(op.f("uq_reminder_once"), "reminder", [*KEY, "about"])
    op.drop_constraint(op.f("uq_reminder_tenant_id_account_id_organisation_id_month_kind"), "reminder")
    op.add_column("month_exception", sa.Column("ordered_by_id", sa.BigInteger()))
    op.create_foreign_key(
        op.f("fk_month_exception_tenant_id_ordered_by_id"),
        "month_exception",
        "organisation",
        ["tenant_id", "ordered_by_id"],
        ["tenant_id", "id"],
        postgresql_not_valid=True,
    )
    op.execute("ALTER TABLE month_exception VALIDATE CONSTRAINT fk_month_exception_tenant_id_ordered_by_id")
    _own_days_off()
    _feed_entries()


def _own_days_off() -> None:
    op.add_column(
        "holiday_override",
        sa.Column("public_id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
    )
    op.add_column("holiday_override", sa.Column("entered_by", sa.Text()))
    op.add_column(
        "holiday_override",
        sa.Column("entered_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
    )
    # Of two of a day the later one has always been the one that counts.
    op.execute(
        "DELETE FROM holiday_override AS former USING holiday_override AS later"
        " WHERE former.tenant_id = later.tenant_id AND former.day = later.day AND former.id < later.id"
        " AND former.organisation_id IS NOT DISTINCT FROM later.organisation_id"
    )
    op.create_unique_constraint(
        op.f("uq_holiday_override_tenant_id_public_id"), "holiday_override", ["tenant_id", "public_id"]
    )
    op.create_unique_constraint(
        op.f("uq_holiday_override_tenant_id_organisation_id_day"),
        "holiday_override",
        ["tenant_id", "organisation_id", "day"],
        postgresql_nulls_not_distinct=True,
    )


def _feed_entries() -> None:
    op.create_table(
        "calendar_feed_entry",
        sa.Column("tenant_id", sa.Integer(), server_default=sa.text("app_tenant()"), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("feed_id", sa.BigInteger(), nullable=False),
        sa.Column("uid", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("starts_at", sa.Time()),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("passive", sa.Boolean(), nullable=False),
        sa.Column("withdrawn", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("sequence", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_calendar_feed_entry_tenant_id")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "feed_id"],
            ["calendar_feed.tenant_id", "calendar_feed.id"],
            name=op.f("fk_calendar_feed_entry_tenant_id_feed_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_calendar_feed_entry")),
        sa.UniqueConstraint(
            "tenant_id", "feed_id", "uid", name=op.f("uq_calendar_feed_entry_tenant_id_feed_id_uid")
        ),
    )
    for statement in protect("calendar_feed_entry"):
        op.execute(statement)
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE, MAINTAIN ON calendar_feed_entry TO {roles.APP}")
    op.execute(f"GRANT SELECT ON calendar_feed_entry TO {roles.BACKUP}")
