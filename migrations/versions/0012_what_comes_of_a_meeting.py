"""What happens in a meeting and comes out of it: guests, sittings, opinions, votes, texts, tasks, and the way to the superior."""

import sqlalchemy as sa
from alembic import op

from bontot.db import roles
from bontot.db.tenancy import protect

revision = "0012"
down_revision = "0011"

TENANT = sa.text("app_tenant()")
SECTIONS = (
    "fees",
    "news",
    "ideology",
    "thematic",
    "other",
    "conclusion",
    "politics",
    "results",
    "praise",
    "shortcomings",
    "execution",
)
VOTES = ("agenda", "resolution", "minutes", "admission", "recognition", "discipline", "rating", "other")
SUBMISSIONS = ("due", "submitted", "returned", "changed", "received")
ACTS = ("closed", "submitted", "returned", "received", "remarked")
VOICES = ("superior", "assigned")


def upgrade() -> None:
    op.add_column("meeting", sa.Column("ends_at", sa.Time(), nullable=True))
    op.add_column("meeting", sa.Column("submission", sa.Text(), nullable=True))
    listed = ", ".join(f"'{value}'" for value in SUBMISSIONS)
    check = f"ck_meeting_submission_known CHECK (submission IN ({listed}))"
    op.execute(f"ALTER TABLE meeting ADD CONSTRAINT {check} NOT VALID")
    op.execute("ALTER TABLE meeting VALIDATE CONSTRAINT ck_meeting_submission_known")
    op.add_column("statement", sa.Column("answer", sa.Text(), nullable=True))
    op.add_column(
        "statement", sa.Column("position", sa.SmallInteger(), server_default=sa.text("0"), nullable=False)
    )
    op.add_column("task", sa.Column("result", sa.Text(), nullable=True))
    op.add_column("task", sa.Column("report_to", sa.Text(), nullable=True))
    reviews()
    presences()
    made(
        "meeting_guest",
        identity(),
        of("meeting_id"),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("post", sa.Text()),
        sa.Column("assigned", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("remark", sa.Text()),
        foreign("meeting_guest", "meeting_id", "meeting", cascade=True),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_meeting_guest")),
        index=("meeting_id",),
    )
    made(
        "meeting_vote",
        identity(),
        of("meeting_id"),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text()),
        sa.Column("entitled", sa.SmallInteger(), nullable=False),
        sa.Column("votes_for", sa.SmallInteger(), nullable=False),
        sa.Column("votes_against", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("votes_other", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        foreign("meeting_vote", "meeting_id", "meeting", cascade=True),
        known("meeting_vote", "about", VOTES),
        sa.CheckConstraint(
            "votes_for >= 0 AND votes_against >= 0 AND votes_other >= 0"
            " AND votes_for + votes_against + votes_other BETWEEN 1 AND entitled",
            name=op.f("ck_meeting_vote_votes_within"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_meeting_vote")),
        index=("meeting_id",),
    )
    made(
        "meeting_section",
        of("meeting_id"),
        sa.Column("section", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        foreign("meeting_section", "meeting_id", "meeting", cascade=True),
        known("meeting_section", "section", SECTIONS),
        sa.PrimaryKeyConstraint("tenant_id", "meeting_id", "section", name=op.f("pk_meeting_section")),
    )
    made(
        "meeting_act",
        identity(),
        of("meeting_id"),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("voice", sa.Text()),
        sa.Column("remark", sa.Text()),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("done_by", sa.Text(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        foreign("meeting_act", "meeting_id", "meeting", cascade=True),
        known("meeting_act", "act", ACTS),
        known("meeting_act", "voice", VOICES),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_meeting_act")),
        index=("meeting_id", "id"),
    )
    op.create_index(
        "ix_meeting_awaited",
        "meeting",
        ["tenant_id", "organisation_id"],
        postgresql_where=sa.text("submission <> 'received'"),
    )


def reviews() -> None:
    op.add_column("follow_up", sa.Column("meeting_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(
        op.f("fk_follow_up_tenant_id_meeting_id"),
        "follow_up",
        "meeting",
        ["tenant_id", "meeting_id"],
        ["tenant_id", "id"],
        ondelete="CASCADE",
        postgresql_not_valid=True,
    )
    op.execute("ALTER TABLE follow_up VALIDATE CONSTRAINT fk_follow_up_tenant_id_meeting_id")
    op.create_unique_constraint(
        op.f("uq_follow_up_tenant_id_meeting_id_task_id"), "follow_up", ["tenant_id", "meeting_id", "task_id"]
    )


def presences() -> None:
    made(
        "sitting_presence",
        of("meeting_id"),
        of("member_id"),
        of("sitting_id"),
        sa.Column("mark", sa.SmallInteger()),
        sa.Column("reason", sa.Text()),
        foreign("sitting_presence", "meeting_id", "meeting", cascade=True),
        foreign("sitting_presence", "sitting_id", "sitting", cascade=True),
        foreign("sitting_presence", "member_id", "member"),
        sa.CheckConstraint("mark BETWEEN 1 AND 4", name=op.f("ck_sitting_presence_mark_known")),
        sa.PrimaryKeyConstraint("tenant_id", "meeting_id", "member_id", name=op.f("pk_sitting_presence")),
    )
    op.create_index("ix_sitting_presence_sitting", "sitting_presence", ["tenant_id", "sitting_id"])


def made(table: str, *parts: sa.schema.SchemaItem, index: tuple[str, ...] = ()) -> None:
    op.create_table(
        table,
        sa.Column("tenant_id", sa.Integer(), server_default=TENANT, nullable=False),
        *parts,
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f(f"fk_{table}_tenant_id")),
    )
    if index:
        op.create_index(f"ix_{table}_meeting", table, ["tenant_id", *index])
    for statement in protect(table):
        op.execute(statement)
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE, MAINTAIN ON {table} TO {roles.APP}")
    op.execute(f"GRANT SELECT ON {table} TO {roles.BACKUP}")


def identity() -> sa.Column[int]:
    return sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False)


def of(column: str) -> sa.Column[int]:
    return sa.Column(column, sa.BigInteger(), nullable=False)


def foreign(table: str, column: str, target: str, *, cascade: bool = False) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["tenant_id", column],
        [f"{target}.tenant_id", f"{target}.id"],
        name=op.f(f"fk_{table}_tenant_id_{column}"),
        ondelete="CASCADE" if cascade else None,
    )


def known(table: str, column: str, values: tuple[str, ...]) -> sa.CheckConstraint:
    listed = ", ".join(f"'{value}'" for value in values)
    return sa.CheckConstraint(f"{column} IN ({listed})", name=op.f(f"ck_{table}_{column}_known"))
