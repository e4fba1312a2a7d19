"""What is prepared before a meeting, the calendars given out, and what reminds people."""

import sqlalchemy as sa
from alembic import op

from bontot.db import roles
from bontot.db.tenancy import protect

revision = "0011"
down_revision = "0009"

KINDS = ("regular", "thematic", "extraordinary", "congress", "cell_committee_meeting")
PARTS = ("item", "document", "guest")
LETTER_STATES = ("waiting", "sending", "sent", "failed", "unknown")
REMINDERS = ("before", "on_day", "overdue")
JOBS = ("evaluation", "import", "trial", "reminders", "letters")
TABLES = ("planned_meeting", "planned_line", "calendar_feed", "reminder_setting", "letter", "reminder")


def upgrade() -> None:
    op.drop_constraint(op.f("ck_job_kind_known"), "job")
    listed = ", ".join(f"'{kind}'" for kind in JOBS)
    op.create_check_constraint(op.f("ck_job_kind_known"), "job", f"kind IN ({listed})")
    _orders()
    _planned_meetings()
    _feeds()
    _reminders()
    for table in TABLES:
        for statement in protect(table):
            op.execute(statement)
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE, MAINTAIN ON {table} TO {roles.APP}")
        op.execute(f"GRANT SELECT ON {table} TO {roles.BACKUP}")
    op.execute(f"GRANT SELECT, INSERT, DELETE, MAINTAIN ON daily_round TO {roles.APP}")
    op.execute(f"GRANT SELECT ON daily_round TO {roles.BACKUP}")


def _orders() -> None:
    op.add_column(
        "month_exception", sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False)
    )
    op.add_column("month_exception", sa.Column("entered_by", sa.Text()))
    op.add_column("month_exception", _moment("entered_at"))
    op.add_column("account", sa.Column("email", sa.Text()))


def _planned_meetings() -> None:
    op.create_table(
        "planned_meeting",
        *_key(),
        _public_id(),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("starts_at", sa.Time()),
        sa.Column("place", sa.Text()),
        sa.Column("thematic_topic", sa.Text()),
        sa.Column("notified_on", sa.Date()),
        sa.Column("meeting_id", sa.BigInteger()),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("prepared_by", sa.Text(), nullable=False),
        _moment("prepared_at"),
        *_tenant("planned_meeting"),
        _refers("planned_meeting", "organisation_id", "organisation"),
        _refers("planned_meeting", "meeting_id", "meeting"),
        _one_of("planned_meeting", "kind", KINDS),
        sa.UniqueConstraint("tenant_id", "public_id", name=op.f("uq_planned_meeting_tenant_id_public_id")),
        sa.UniqueConstraint(
            "tenant_id",
            "organisation_id",
            "kind",
            "held_on",
            name=op.f("uq_planned_meeting_tenant_id_organisation_id_kind_held_on"),
        ),
    )
    op.create_index("ix_planned_meeting_held_on", "planned_meeting", ["tenant_id", "held_on"])
    op.create_index("ix_planned_meeting_meeting", "planned_meeting", ["tenant_id", "meeting_id"])
    op.create_table(
        "planned_line",
        *_key(),
        sa.Column("planned_id", sa.BigInteger(), nullable=False),
        sa.Column("part", sa.Text(), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("document_number", sa.Text()),
        *_tenant("planned_line"),
        _refers("planned_line", "planned_id", "planned_meeting", cascade=True),
        _one_of("planned_line", "part", PARTS),
        sa.UniqueConstraint(
            "tenant_id",
            "planned_id",
            "part",
            "position",
            name=op.f("uq_planned_line_tenant_id_planned_id_part_position"),
        ),
    )


def _feeds() -> None:
    op.create_table(
        "calendar_feed",
        *_key(),
        _public_id(),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("organisation_id", sa.BigInteger()),
        sa.Column("member_id", sa.BigInteger()),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        _moment("made_at"),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True)),
        sa.Column("revoked_at", sa.DateTime(timezone=True)),
        *_tenant("calendar_feed"),
        _of_account("calendar_feed"),
        _refers("calendar_feed", "organisation_id", "organisation"),
        _refers("calendar_feed", "member_id", "member"),
        sa.CheckConstraint(
            "num_nonnulls(organisation_id, member_id) = 1",
            name=op.f("ck_calendar_feed_organisation_id_or_member_id"),
        ),
        sa.UniqueConstraint("tenant_id", "public_id", name=op.f("uq_calendar_feed_tenant_id_public_id")),
        sa.UniqueConstraint("tenant_id", "token_hash", name=op.f("uq_calendar_feed_tenant_id_token_hash")),
    )
    op.create_index("ix_calendar_feed_account", "calendar_feed", ["tenant_id", "account_id"])


def _reminders() -> None:
    op.create_table(
        "reminder_setting",
        sa.Column("tenant_id", sa.Integer(), server_default=sa.text("app_tenant()"), nullable=False),
        sa.Column("days_before", sa.SmallInteger()),
        sa.Column("on_day", sa.Boolean(), nullable=False),
        sa.Column("overdue", sa.Boolean(), nullable=False),
        sa.Column("by_mail", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_reminder_setting_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", name=op.f("pk_reminder_setting")),
        sa.CheckConstraint(
            "days_before BETWEEN 1 AND 14", name=op.f("ck_reminder_setting_days_before_within")
        ),
    )
    op.create_table(
        "letter",
        *_key(),
        _public_id(),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), server_default=sa.text("'waiting'"), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("problem", sa.Text()),
        _moment("made_at"),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        *_tenant("letter"),
        _of_account("letter"),
        _one_of("letter", "state", LETTER_STATES),
        sa.UniqueConstraint("tenant_id", "public_id", name=op.f("uq_letter_tenant_id_public_id")),
        sa.UniqueConstraint(
            "tenant_id", "account_id", "day", name=op.f("uq_letter_tenant_id_account_id_day")
        ),
    )
    op.create_index("ix_letter_day", "letter", ["tenant_id", "day"])
    op.create_table(
        "reminder",
        *_key(),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("about", sa.Date(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("letter_id", sa.BigInteger()),
        *_tenant("reminder"),
        _of_account("reminder"),
        _refers("reminder", "organisation_id", "organisation"),
        _refers("reminder", "letter_id", "letter"),
        _one_of("reminder", "kind", REMINDERS),
        sa.UniqueConstraint(
            "tenant_id",
            "account_id",
            "organisation_id",
            "month",
            "kind",
            name=op.f("uq_reminder_tenant_id_account_id_organisation_id_month_kind"),
        ),
    )
    op.create_index("ix_reminder_day", "reminder", ["tenant_id", "day"])
    op.create_table(
        "daily_round",
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        _moment("at"),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_daily_round_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "day", name=op.f("pk_daily_round")),
    )


def _key() -> list[sa.Column[int]]:
    return [
        sa.Column("tenant_id", sa.Integer(), server_default=sa.text("app_tenant()"), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
    ]


def _tenant(table: str) -> list[sa.Constraint]:
    return [
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f(f"fk_{table}_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f(f"pk_{table}")),
    ]


def _public_id() -> sa.Column:
    return sa.Column("public_id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False)


def _moment(name: str) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False)


def _refers(table: str, column: str, target: str, *, cascade: bool = False) -> sa.Constraint:
    return sa.ForeignKeyConstraint(
        ["tenant_id", column],
        [f"{target}.tenant_id", f"{target}.id"],
        name=op.f(f"fk_{table}_tenant_id_{column}"),
        ondelete="CASCADE" if cascade else None,
    )


def _of_account(table: str) -> sa.Constraint:
    return sa.ForeignKeyConstraint(
        ["tenant_id", "account_id"],
        ["account_tenant.tenant_id", "account_tenant.account_id"],
        name=op.f(f"fk_{table}_tenant_id_account_id"),
    )


def _one_of(table: str, column: str, values: tuple[str, ...]) -> sa.Constraint:
    listed = ", ".join(f"'{value}'" for value in values)
    return sa.CheckConstraint(f"{column} IN ({listed})", name=op.f(f"ck_{table}_{column}_known"))
