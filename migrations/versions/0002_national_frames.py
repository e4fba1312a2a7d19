"""Frames a committee switches on beside its plans, and the score sheets of its meetings."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from bontot.db import roles
from bontot.db.tenancy import protect

revision = "0002"
down_revision = "0001"

RIGHTS = {
    "frame_adoption": "SELECT, INSERT, UPDATE (valid_to, end_document, ended_by)",
    "meeting_score": "SELECT, INSERT, UPDATE, DELETE",
}


def upgrade() -> None:
    create_frame_adoption()
    create_meeting_score()
    for table, rights in RIGHTS.items():
        for statement in protect(table):
            op.execute(statement)
        op.execute(f"GRANT {rights} ON {table} TO {roles.APP}")
        op.execute(f"GRANT SELECT ON {table} TO {roles.BACKUP}")


def create_frame_adoption() -> None:
    op.create_table(
        "frame_adoption",
        sa.Column("tenant_id", sa.Integer(), server_default=sa.text("app_tenant()"), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("policy_code", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("entered_by", sa.Text(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("end_document", sa.Text(), nullable=True),
        sa.Column("ended_by", sa.Text(), nullable=True),
        postgresql.ExcludeConstraint(
            (sa.column("tenant_id"), "="),
            (sa.column("policy_code"), "="),
            (sa.text("daterange(valid_from, valid_to)"), "&&"),
            using="gist",
            name="ex_frame_adoption",
        ),
        sa.CheckConstraint(
            "valid_to IS NULL OR valid_to > valid_from", name=op.f("ck_frame_adoption_period_in_order")
        ),
        sa.CheckConstraint(
            "(valid_to IS NULL) = (end_document IS NULL)", name=op.f("ck_frame_adoption_ended_by_document")
        ),
        sa.CheckConstraint(
            "(valid_to IS NULL) = (ended_by IS NULL)", name=op.f("ck_frame_adoption_ended_by_somebody")
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_frame_adoption_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_frame_adoption")),
    )


def create_meeting_score() -> None:
    op.create_table(
        "meeting_score",
        sa.Column("tenant_id", sa.Integer(), server_default=sa.text("app_tenant()"), nullable=False),
        sa.Column("meeting_id", sa.BigInteger(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("policy_code", sa.Text(), nullable=False),
        sa.Column("sheet", sa.Text(), nullable=False),
        sa.Column("points", sa.Numeric(precision=5, scale=2), nullable=False),
        sa.Column("maximum", sa.Numeric(precision=5, scale=2), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "stage IN ('proposed', 'voted', 'confirmed')", name=op.f("ck_meeting_score_stage_known")
        ),
        sa.CheckConstraint("points BETWEEN 0 AND maximum", name=op.f("ck_meeting_score_points_within")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "meeting_id"],
            ["meeting.tenant_id", "meeting.id"],
            name=op.f("fk_meeting_score_tenant_id_meeting_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_meeting_score_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "meeting_id", "stage", "item", name=op.f("pk_meeting_score")),
    )
