"""A workbook taken in can be taken back, and a committee's own headers are remembered."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from bontot.db import roles
from bontot.db.tenancy import protect

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    op.add_column("import_batch", sa.Column("footprint", JSONB()))
    op.add_column("import_batch", sa.Column("undone_at", sa.DateTime(timezone=True)))
    op.add_column("import_batch", sa.Column("undone_by", sa.Text()))
    op.execute("ALTER TABLE import_batch DROP CONSTRAINT ck_import_batch_state_known")
    op.execute(
        "ALTER TABLE import_batch ADD CONSTRAINT ck_import_batch_state_known"
        " CHECK (state IN ('previewed', 'applied', 'discarded', 'undone')) NOT VALID"
    )
    op.execute("ALTER TABLE import_batch VALIDATE CONSTRAINT ck_import_batch_state_known")
    op.create_table(
        "import_name",
        sa.Column("tenant_id", sa.Integer(), server_default=sa.text("app_tenant()"), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("heading", sa.Text(), nullable=False),
        sa.Column("stands_for", sa.Text(), nullable=False),
        sa.Column("entered_by", sa.Text(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_import_name_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_import_name")),
        sa.UniqueConstraint(
            "tenant_id", "kind", "heading", name=op.f("uq_import_name_tenant_id_kind_heading")
        ),
    )
    for statement in protect("import_name"):
        op.execute(statement)
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE, MAINTAIN ON import_name TO {roles.APP}")
    op.execute(f"GRANT SELECT ON import_name TO {roles.BACKUP}")
