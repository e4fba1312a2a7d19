"""A piece of work may leave a file for who asked for it."""

import sqlalchemy as sa
from alembic import op

from bontot.db import roles
from bontot.db.tenancy import protect

revision = "0025"
down_revision = "0024"

KINDS = "'evaluation', 'import', 'trial', 'reminders', 'letters', 'papers', 'sheet'"


def upgrade() -> None:
    op.add_column("job", sa.Column("account_id", sa.BigInteger()))
    op.execute("ALTER TABLE job DROP CONSTRAINT ck_job_kind_known")
    op.execute(f"ALTER TABLE job ADD CONSTRAINT ck_job_kind_known CHECK (kind IN ({KINDS})) NOT VALID")
    op.execute("ALTER TABLE job VALIDATE CONSTRAINT ck_job_kind_known")
    op.create_table(
        "job_file",
        sa.Column("tenant_id", sa.Integer(), server_default=sa.text("app_tenant()"), nullable=False),
        sa.Column("job_id", sa.BigInteger(), nullable=False),
        sa.Column("organisation_id", sa.BigInteger()),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("media", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("kept_until", sa.Date(), nullable=False),
        sa.CheckConstraint("sha256(content) = sha256", name=op.f("ck_job_file_sha256_of_content")),
        sa.CheckConstraint("octet_length(content) <= 67108864", name=op.f("ck_job_file_not_too_large")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_job_file_tenant_id")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "job_id"], ["job.tenant_id", "job.id"], name=op.f("fk_job_file_tenant_id_job_id")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "organisation_id"],
            ["organisation.tenant_id", "organisation.id"],
            name=op.f("fk_job_file_tenant_id_organisation_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "job_id", name=op.f("pk_job_file")),
    )
    for statement in protect("job_file"):
        op.execute(statement)
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE, MAINTAIN ON job_file TO {roles.APP}")
    op.execute(f"GRANT SELECT ON job_file TO {roles.BACKUP}")
