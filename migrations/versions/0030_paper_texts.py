"""What people write into a paper is kept beside what the records say; minutes say where a meeting was held online."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from bontot.db import roles
from bontot.db.tenancy import protect

revision = "0030"
down_revision = "0029"


def upgrade() -> None:
    op.create_table(
        "paper_text",
        sa.Column("tenant_id", sa.Integer(), server_default=sa.text("app_tenant()"), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("words", JSONB(), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("written_by", sa.Text(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_paper_text_tenant_id")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "organisation_id"],
            ["organisation.tenant_id", "organisation.id"],
            name=op.f("fk_paper_text_tenant_id_organisation_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_paper_text")),
        sa.UniqueConstraint(
            "tenant_id",
            "organisation_id",
            "kind",
            "about",
            name=op.f("uq_paper_text_tenant_id_organisation_id_kind_about"),
        ),
    )
    # a meeting held online says where
    op.execute("ALTER TABLE meeting_section DROP CONSTRAINT ck_meeting_section_section_known")
    op.execute(
        "ALTER TABLE meeting_section ADD CONSTRAINT ck_meeting_section_section_known CHECK (section IN ("
        "'platform', 'fees', 'news', 'ideology', 'thematic', 'other', 'conclusion', 'politics', 'results', 'praise',"
        " 'shortcomings', 'execution')) NOT VALID"
    )
    op.execute("ALTER TABLE meeting_section VALIDATE CONSTRAINT ck_meeting_section_section_known")
    for statement in protect("paper_text"):
        op.execute(statement)
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE, MAINTAIN ON paper_text TO {roles.APP}")
    op.execute(f"GRANT SELECT ON paper_text TO {roles.BACKUP}")
