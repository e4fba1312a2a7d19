"""Addresses of other programs are told what happened, signed, and again until they take it."""

import re

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from bontot.db import roles
from bontot.db.tenancy import protect

revision = "0026"
down_revision = "0025"

ROLES = ("tenant_admin", "committee", "cell_secretary")


def _moment(name: str, *, default: bool = False) -> sa.Column:
    return sa.Column(
        name,
        sa.DateTime(timezone=True),
        server_default=sa.text("now()") if default else None,
        nullable=not default,
    )


def _key() -> list[sa.Column]:
    return [
        sa.Column("tenant_id", sa.Integer(), server_default=sa.text("app_tenant()"), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("public_id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
    ]


def _let_work_be_of_kind(kind: str) -> None:
    """One more kind of work, whichever there are."""
    said = sa.text("SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = 'ck_job_kind_known'")
    known = [*re.findall(r"'(\w+)'", op.get_bind().execute(said).scalar_one()), kind]
    listed = ", ".join(f"'{one}'" for one in known)
    op.execute("ALTER TABLE job DROP CONSTRAINT ck_job_kind_known")
    op.execute(f"ALTER TABLE job ADD CONSTRAINT ck_job_kind_known CHECK (kind IN ({listed})) NOT VALID")
    op.execute("ALTER TABLE job VALIDATE CONSTRAINT ck_job_kind_known")


def upgrade() -> None:
    _let_work_be_of_kind("webhooks")
    known = ", ".join(f"'{role}'" for role in ROLES)
    op.create_table(
        "webhook",
        *_key(),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("kinds", ARRAY(sa.Text()), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.BigInteger()),
        sa.Column("salt", sa.LargeBinary()),
        sa.Column("key_check", sa.LargeBinary()),
        sa.Column("former_salt", sa.LargeBinary()),
        _moment("former_until"),
        _moment("made_at", default=True),
        sa.Column("failures", sa.Integer(), server_default=sa.text("0"), nullable=False),
        _moment("failing_since"),
        _moment("retry_at"),
        _moment("leased_until"),
        _moment("paused_at"),
        sa.Column("paused_for", sa.Text()),
        _moment("ended_at"),
        sa.CheckConstraint(f"role IN ({known})", name=op.f("ck_webhook_role_known")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_webhook_tenant_id")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "account_id"],
            ["account_tenant.tenant_id", "account_tenant.account_id"],
            name=op.f("fk_webhook_tenant_id_account_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "organisation_id"],
            ["organisation.tenant_id", "organisation.id"],
            name=op.f("fk_webhook_tenant_id_organisation_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_webhook")),
        sa.UniqueConstraint("tenant_id", "public_id", name=op.f("uq_webhook_tenant_id_public_id")),
    )
    op.create_table(
        "webhook_delivery",
        *_key(),
        sa.Column("webhook_id", sa.BigInteger(), nullable=False),
        sa.Column("effect", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("data", JSONB(), nullable=False),
        _moment("made_at", default=True),
        sa.Column("state", sa.Text(), server_default=sa.text("'waiting'"), nullable=False),
        sa.Column("attempts", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        _moment("first_tried_at"),
        _moment("tried_at"),
        sa.Column("answer", sa.SmallInteger()),
        sa.Column("problem", sa.Text()),
        sa.CheckConstraint(
            "state IN ('waiting', 'sent', 'dead')", name=op.f("ck_webhook_delivery_state_known")
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_webhook_delivery_tenant_id")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "webhook_id"],
            ["webhook.tenant_id", "webhook.id"],
            name=op.f("fk_webhook_delivery_tenant_id_webhook_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_webhook_delivery")),
        sa.UniqueConstraint("tenant_id", "public_id", name=op.f("uq_webhook_delivery_tenant_id_public_id")),
        sa.UniqueConstraint(
            "tenant_id", "webhook_id", "effect", name=op.f("uq_webhook_delivery_tenant_id_webhook_id_effect")
        ),
    )
    op.create_index(
        "ix_webhook_delivery_waiting",
        "webhook_delivery",
        ["tenant_id", "webhook_id", "id"],
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_index("ix_webhook_delivery_history", "webhook_delivery", ["tenant_id", "webhook_id", "id"])
    op.create_table(
        "webhook_due",
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        _moment("due_at", default=True),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_webhook_due_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", name=op.f("pk_webhook_due")),
    )
    for table in ("webhook", "webhook_delivery"):
        for statement in protect(table):
            op.execute(statement)
    for table in ("webhook", "webhook_delivery", "webhook_due"):
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE, MAINTAIN ON {table} TO {roles.APP}")
        op.execute(f"GRANT SELECT ON {table} TO {roles.BACKUP}")
