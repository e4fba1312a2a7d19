"""Programs act by access tokens of a committee; the trail names them, and a request sent again is known as the same."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

from bontot.db import roles
from bontot.db.tenancy import protect

revision = "0021"
down_revision = "0020"

ROLES = ("tenant_admin", "committee", "cell_secretary")


def upgrade() -> None:
    known = ", ".join(f"'{role}'" for role in ROLES)
    op.create_table(
        "api_token",
        sa.Column("tenant_id", sa.Integer(), server_default=sa.text("app_tenant()"), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("public_id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.BigInteger()),
        sa.Column("scopes", ARRAY(sa.Text()), nullable=False),
        sa.Column("secret_hash", sa.LargeBinary(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True)),
        sa.Column("revoked_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint(f"role IN ({known})", name=op.f("ck_api_token_role_known")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_api_token_tenant_id")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "account_id"],
            ["account_tenant.tenant_id", "account_tenant.account_id"],
            name=op.f("fk_api_token_tenant_id_account_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "organisation_id"],
            ["organisation.tenant_id", "organisation.id"],
            name=op.f("fk_api_token_tenant_id_organisation_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_api_token")),
        sa.UniqueConstraint("tenant_id", "public_id", name=op.f("uq_api_token_tenant_id_public_id")),
        sa.UniqueConstraint("tenant_id", "secret_hash", name=op.f("uq_api_token_tenant_id_secret_hash")),
    )
    for statement in protect("api_token"):
        op.execute(statement)
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE, MAINTAIN ON api_token TO {roles.APP}")
    op.execute(f"GRANT SELECT ON api_token TO {roles.BACKUP}")
    op.add_column("audit_event", sa.Column("token_id", sa.BigInteger()))
    op.add_column("submitted_form", sa.Column("content", sa.Text()))
