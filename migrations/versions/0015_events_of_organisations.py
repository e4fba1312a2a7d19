"""What happens to organisations is a dated act with its document, which can be taken back; work undone is handed on."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from bontot.db import roles
from bontot.db.tenancy import protect

revision = "0015"
down_revision = "0014"

KINDS = ("establish", "rename", "retype", "reparent", "merge", "split", "dissolve", "reorganise")
PARTS = ("founded", "changed", "ended", "received", "above")


def upgrade() -> None:
    op.create_table(
        "organisation_event",
        sa.Column("tenant_id", sa.Integer(), server_default=sa.text("app_tenant()"), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("public_id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("entry", JSONB(), nullable=False),
        sa.Column("changes", JSONB(), nullable=False),
        sa.Column("entered_by", sa.Text(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(_one_of("kind", KINDS), name=op.f("ck_organisation_event_kind_known")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_organisation_event_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_organisation_event")),
        sa.UniqueConstraint("tenant_id", "public_id", name=op.f("uq_organisation_event_tenant_id_public_id")),
    )
    op.create_table(
        "organisation_event_part",
        sa.Column("tenant_id", sa.Integer(), server_default=sa.text("app_tenant()"), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("event_id", sa.BigInteger(), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("part", sa.Text(), nullable=False),
        sa.Column("successor_id", sa.BigInteger()),
        sa.CheckConstraint(_one_of("part", PARTS), name=op.f("ck_organisation_event_part_part_known")),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenant.id"], name=op.f("fk_organisation_event_part_tenant_id")
        ),
        _refers("organisation_event_part", "event_id", "organisation_event", ondelete="CASCADE"),
        _refers("organisation_event_part", "organisation_id", "organisation"),
        _refers("organisation_event_part", "successor_id", "organisation"),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_organisation_event_part")),
    )
    for column in ("event", "organisation", "successor"):
        op.create_index(
            f"ix_organisation_event_part_{column}", "organisation_event_part", ["tenant_id", f"{column}_id"]
        )
    for table in ("organisation_event", "organisation_event_part"):
        for statement in protect(table):
            op.execute(statement)
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE, MAINTAIN ON {table} TO {roles.APP}")
        op.execute(f"GRANT SELECT ON {table} TO {roles.BACKUP}")
    for table in ("task", "directive"):
        op.add_column(table, sa.Column("handed_on", sa.Date()))
        op.add_column(table, sa.Column("received_on", sa.Date()))
    op.add_column("task", sa.Column("continues_id", sa.BigInteger()))
    op.create_foreign_key(
        op.f("fk_task_tenant_id_continues_id"),
        "task",
        "task",
        ["tenant_id", "continues_id"],
        ["tenant_id", "id"],
        postgresql_not_valid=True,
    )
    op.execute("ALTER TABLE task VALIDATE CONSTRAINT fk_task_tenant_id_continues_id")


def _one_of(column: str, values: tuple[str, ...]) -> str:
    known = ", ".join(f"'{value}'" for value in values)
    return f"{column} IN ({known})"


def _refers(table: str, column: str, to: str, ondelete: str | None = None) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["tenant_id", column],
        [f"{to}.tenant_id", f"{to}.id"],
        name=op.f(f"fk_{table}_tenant_id_{column}"),
        ondelete=ondelete,
    )
