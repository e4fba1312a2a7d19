"""Titles are granted step by step, by counted votes and by documents, and taken back by a document; yearly ratings keep the
document and the vote."""

import sqlalchemy as sa
from alembic import op

from bontot.db import roles
from bontot.db.tenancy import protect

revision = "0014"
down_revision = "0013"

TABLES = ("recognition_ballot", "recognition_decision", "recognition_case", "recognition_step")


def upgrade() -> None:
    op.create_table(
        "recognition_ballot",
        sa.Column("tenant_id", sa.Integer(), server_default=sa.text("app_tenant()"), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("entitled", sa.Integer(), nullable=False),
        sa.Column("present", sa.Integer(), nullable=False),
        sa.Column("issued", sa.Integer()),
        sa.Column("returned", sa.Integer()),
        sa.Column("valid", sa.Integer()),
        sa.Column("invalid", sa.Integer()),
        sa.CheckConstraint("issued <= present", name=op.f("ck_recognition_ballot_issued_of_present")),
        sa.CheckConstraint(
            "method IN ('secret_ballot', 'show_of_hands')", name=op.f("ck_recognition_ballot_method_known")
        ),
        sa.CheckConstraint(
            "num_nonnulls(issued, returned, valid, invalid) = CASE method WHEN 'secret_ballot' THEN 4 ELSE 0 END",
            name=op.f("ck_recognition_ballot_papers_of_secret_ballot"),
        ),
        sa.CheckConstraint("present <= entitled", name=op.f("ck_recognition_ballot_present_of_entitled")),
        sa.CheckConstraint("returned <= issued", name=op.f("ck_recognition_ballot_returned_of_issued")),
        sa.CheckConstraint(
            "valid + invalid = returned", name=op.f("ck_recognition_ballot_valid_and_invalid")
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_recognition_ballot_tenant_id")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "organisation_id"],
            ["organisation.tenant_id", "organisation.id"],
            name=op.f("fk_recognition_ballot_tenant_id_organisation_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_recognition_ballot")),
    )
    op.create_table(
        "recognition_decision",
        sa.Column("tenant_id", sa.Integer(), server_default=sa.text("app_tenant()"), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("year", sa.SmallInteger(), nullable=False),
        sa.Column("policy_code", sa.Text(), nullable=False),
        sa.Column("scheme", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("signer", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('grant', 'refusal', 'revocation')", name=op.f("ck_recognition_decision_kind_known")
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_recognition_decision_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_recognition_decision")),
    )
    op.create_index("ix_recognition_decision_year", "recognition_decision", ["tenant_id", "year", "scheme"])
    op.create_table(
        "recognition_case",
        sa.Column("tenant_id", sa.Integer(), server_default=sa.text("app_tenant()"), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("public_id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("organisation_id", sa.BigInteger()),
        sa.Column("member_id", sa.BigInteger()),
        sa.Column("year", sa.SmallInteger(), nullable=False),
        sa.Column("policy_code", sa.Text(), nullable=False),
        sa.Column("scheme", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("decision_id", sa.BigInteger()),
        sa.Column("recognised_on", sa.Date()),
        sa.Column("holds_until", sa.Date()),
        sa.Column("revocation_id", sa.BigInteger()),
        sa.Column("revoked_on", sa.Date()),
        sa.Column("revoked_for", sa.Text()),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.CheckConstraint(
            "num_nonnulls(organisation_id, member_id) = 1",
            name=op.f("ck_recognition_case_organisation_id_or_member_id"),
        ),
        sa.CheckConstraint(
            "num_nonnulls(decision_id, recognised_on, holds_until) IN (0, 3)",
            name=op.f("ck_recognition_case_recognised"),
        ),
        sa.CheckConstraint(
            "num_nonnulls(revocation_id, revoked_on) IN (0, 2)", name=op.f("ck_recognition_case_revoked")
        ),
        sa.CheckConstraint(
            "revoked_on IS NULL OR revoked_on >= recognised_on",
            name=op.f("ck_recognition_case_revoked_after"),
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_recognition_case_tenant_id")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "decision_id"],
            ["recognition_decision.tenant_id", "recognition_decision.id"],
            name=op.f("fk_recognition_case_tenant_id_decision_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "member_id"],
            ["member.tenant_id", "member.id"],
            name=op.f("fk_recognition_case_tenant_id_member_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "organisation_id"],
            ["organisation.tenant_id", "organisation.id"],
            name=op.f("fk_recognition_case_tenant_id_organisation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "revocation_id"],
            ["recognition_decision.tenant_id", "recognition_decision.id"],
            name=op.f("fk_recognition_case_tenant_id_revocation_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_recognition_case")),
        sa.UniqueConstraint("tenant_id", "public_id", name=op.f("uq_recognition_case_tenant_id_public_id")),
        sa.UniqueConstraint(
            "tenant_id",
            "year",
            "scheme",
            "organisation_id",
            "member_id",
            name=op.f("uq_recognition_case_tenant_id_year_scheme_organisation_id_member_id"),
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_index("ix_recognition_case_member", "recognition_case", ["tenant_id", "member_id", "year"])
    op.create_index(
        "ix_recognition_case_organisation", "recognition_case", ["tenant_id", "organisation_id", "year"]
    )
    op.create_table(
        "recognition_step",
        sa.Column("tenant_id", sa.Integer(), server_default=sa.text("app_tenant()"), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("document", sa.Text()),
        sa.Column("remark", sa.Text()),
        sa.Column("ballot_id", sa.BigInteger()),
        sa.Column("votes", sa.Integer()),
        sa.Column("decision_id", sa.BigInteger()),
        sa.Column("standing", sa.SmallInteger()),
        sa.Column("run_id", sa.BigInteger()),
        sa.Column("exception", sa.Text()),
        sa.Column("entered_by", sa.Text(), nullable=False),
        sa.Column("account_id", sa.BigInteger()),
        sa.Column("entered_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "outcome IN ('done', 'agreed', 'disagreed', 'carried', 'lost', 'recognised', 'not_recognised')",
            name=op.f("ck_recognition_step_outcome_known"),
        ),
        sa.CheckConstraint(
            "(ballot_id IS NULL) = (votes IS NULL)", name=op.f("ck_recognition_step_votes_of_ballot")
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_recognition_step_tenant_id")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "ballot_id"],
            ["recognition_ballot.tenant_id", "recognition_ballot.id"],
            name=op.f("fk_recognition_step_tenant_id_ballot_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "case_id"],
            ["recognition_case.tenant_id", "recognition_case.id"],
            name=op.f("fk_recognition_step_tenant_id_case_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "decision_id"],
            ["recognition_decision.tenant_id", "recognition_decision.id"],
            name=op.f("fk_recognition_step_tenant_id_decision_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "run_id"],
            ["evaluation_run.tenant_id", "evaluation_run.id"],
            name=op.f("fk_recognition_step_tenant_id_run_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_recognition_step")),
        sa.UniqueConstraint(
            "tenant_id", "case_id", "step", name=op.f("uq_recognition_step_tenant_id_case_id_step")
        ),
    )
    op.create_index("ix_recognition_step_ballot", "recognition_step", ["tenant_id", "ballot_id"])
    op.create_index("ix_recognition_step_decision", "recognition_step", ["tenant_id", "decision_id"])
    for table in TABLES:
        for statement in protect(table):
            op.execute(statement)
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE, MAINTAIN ON {table} TO {roles.APP}")
        op.execute(f"GRANT SELECT ON {table} TO {roles.BACKUP}")
    op.add_column("annual_rating", sa.Column("document", sa.Text()))
    op.add_column("annual_rating", sa.Column("entitled", sa.Integer()))
    op.add_column("annual_rating", sa.Column("votes", sa.Integer()))
    op.add_column(
        "annual_rating", sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False)
    )
    op.execute(
        "ALTER TABLE annual_rating ADD CONSTRAINT ck_annual_rating_votes_of_entitled"
        " CHECK (votes <= entitled AND num_nonnulls(votes, entitled) IN (0, 2)) NOT VALID"
    )
    op.execute("ALTER TABLE annual_rating VALIDATE CONSTRAINT ck_annual_rating_votes_of_entitled")
