"""What happens to a member is a dated event with its document, which can be taken back."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from bontot.db import roles
from bontot.db.tenancy import protect

revision = "0008"
down_revision = "0007"

KINDS = (
    "admission",
    "recognition",
    "official_transfer",
    "temporary_transfer",
    "return",
    "exempt",
    "suspended",
    "special_duty",
    "seconded_abroad",
    "resumption",
    "post",
    "end_of_post",
    "residence_link",
    "residence_remark",
    "party_badge",
    "transferred_out",
    "removed",
    "expelled",
    "resigned",
    "deceased",
)


def upgrade() -> None:
    known = ", ".join(f"'{kind}'" for kind in KINDS)
    op.create_table(
        "member_event",
        sa.Column("tenant_id", sa.Integer(), server_default=sa.text("app_tenant()"), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("organisation_id", sa.BigInteger()),
        sa.Column("document", sa.Text()),
        sa.Column("entry", JSONB(), nullable=False),
        sa.Column("changes", JSONB(), nullable=False),
        sa.Column("entered_by", sa.Text(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(f"kind IN ({known})", name=op.f("ck_member_event_kind_known")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_member_event_tenant_id")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "member_id"],
            ["member.tenant_id", "member.id"],
            name=op.f("fk_member_event_tenant_id_member_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "organisation_id"],
            ["organisation.tenant_id", "organisation.id"],
            name=op.f("fk_member_event_tenant_id_organisation_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_member_event")),
    )
    op.create_index("ix_member_event_member", "member_event", ["tenant_id", "member_id", "id"])
    for statement in protect("member_event"):
        op.execute(statement)
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE, MAINTAIN ON member_event TO {roles.APP}")
    op.execute(f"GRANT SELECT ON member_event TO {roles.BACKUP}")
