"""Papers are issued: numbered in series that never go back, their files kept as they went out."""

import sqlalchemy as sa
from alembic import op

from bontot.db import roles
from bontot.db.tenancy import protect

revision = "0020"
down_revision = "0019"

GRANTS = {
    "issued_paper": "SELECT, INSERT, UPDATE (cancelled_on, cancelled_for, cancelled_by)",
    "issued_file": "SELECT, INSERT",
}


def upgrade() -> None:
    _papers()
    _files()
    for table, granted in GRANTS.items():
        for statement in protect(table):
            op.execute(statement)
        op.execute(f"GRANT {granted}, MAINTAIN ON {table} TO {roles.APP}")
        op.execute(f"GRANT SELECT ON {table} TO {roles.BACKUP}")
    op.add_column(
        "recognition_decision",
        sa.Column("public_id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
    )
    op.create_unique_constraint(
        op.f("uq_recognition_decision_tenant_id_public_id"),
        "recognition_decision",
        ["tenant_id", "public_id"],
    )


def _papers() -> None:
    op.create_table(
        "issued_paper",
        _tenant(),
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("public_id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("symbol", sa.Text(), nullable=False),
        sa.Column("sign", sa.Text(), nullable=False),
        sa.Column("term", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer()),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("dated_on", sa.Date(), nullable=False),
        sa.Column("signer", sa.Text(), nullable=False),
        sa.Column("corrects_id", sa.BigInteger()),
        sa.Column("issued_by", sa.Text(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("cancelled_on", sa.Date()),
        sa.Column("cancelled_for", sa.Text()),
        sa.Column("cancelled_by", sa.Text()),
        sa.CheckConstraint("number > 0", name=op.f("ck_issued_paper_number_from_one")),
        sa.CheckConstraint(
            "num_nonnulls(cancelled_on, cancelled_for, cancelled_by) IN (0, 3)",
            name=op.f("ck_issued_paper_cancelled_for_a_reason"),
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_issued_paper_tenant_id")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "organisation_id"],
            ["organisation.tenant_id", "organisation.id"],
            name=op.f("fk_issued_paper_tenant_id_organisation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "corrects_id"],
            ["issued_paper.tenant_id", "issued_paper.id"],
            name=op.f("fk_issued_paper_tenant_id_corrects_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_issued_paper")),
        sa.UniqueConstraint("tenant_id", "public_id", name=op.f("uq_issued_paper_tenant_id_public_id")),
        sa.UniqueConstraint(
            "tenant_id",
            "organisation_id",
            "symbol",
            "term",
            "number",
            name=op.f("uq_issued_paper_tenant_id_organisation_id_symbol_term_number"),
        ),
    )
    op.create_index(
        "ix_issued_paper_about", "issued_paper", ["tenant_id", "organisation_id", "kind", "about"]
    )


def _files() -> None:
    op.create_table(
        "issued_file",
        _tenant(),
        sa.Column("paper_id", sa.BigInteger(), nullable=False),
        sa.Column("form", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("form IN ('pdf', 'docx')", name=op.f("ck_issued_file_form_known")),
        sa.CheckConstraint("octet_length(sha256) = 32", name=op.f("ck_issued_file_sha256_is_whole")),
        sa.CheckConstraint("sha256(content) = sha256", name=op.f("ck_issued_file_sha256_of_content")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_issued_file_tenant_id")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "paper_id"],
            ["issued_paper.tenant_id", "issued_paper.id"],
            name=op.f("fk_issued_file_tenant_id_paper_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "paper_id", "form", name=op.f("pk_issued_file")),
    )


def _tenant() -> sa.Column[int]:
    return sa.Column("tenant_id", sa.Integer(), server_default=sa.text("app_tenant()"), nullable=False)
