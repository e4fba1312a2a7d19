"""A superior's document is answered on a page, and the answer taken or sent back; who carries a task reports what was done."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0017"

ANSWERS = ("submitted", "returned", "received")


def upgrade() -> None:
    op.add_column(
        "directive",
        sa.Column("public_id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
    )
    op.create_unique_constraint(
        op.f("uq_directive_tenant_id_public_id"), "directive", ["tenant_id", "public_id"]
    )
    for name in ("result", "document", "submission"):
        op.add_column("directive", sa.Column(name, sa.Text()))
    listed = ", ".join(f"'{value}'" for value in ANSWERS)
    check = f"ck_directive_submission_known CHECK (submission IN ({listed}))"
    op.execute(f"ALTER TABLE directive ADD CONSTRAINT {check} NOT VALID")
    op.execute("ALTER TABLE directive VALIDATE CONSTRAINT ck_directive_submission_known")
    op.add_column(
        "directive", sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False)
    )
    op.add_column("task_assignment", sa.Column("reported_on", sa.Date()))
    op.add_column("task_assignment", sa.Column("report", sa.Text()))
