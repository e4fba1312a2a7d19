"""Fees by group with their payments, reliefs and what is passed on; what a pledge says of each criterion; years opened."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.sql.schema import SchemaItem

from bontot.db import roles
from bontot.db.tenancy import protect

revision = "0013"
down_revision = "0012"

BACKFILL = """
INSERT INTO fee_payment (tenant_id, member_id, month, organisation_id, amount, paid_on, entered_by)
SELECT f.tenant_id, f.member_id, f.month, home.organisation_id, f.paid, coalesce(f.paid_on, f.month), 'sổ đã nhập'
FROM fee AS f
JOIN LATERAL (
    SELECT ms.organisation_id FROM membership AS ms
    WHERE ms.tenant_id = f.tenant_id AND ms.member_id = f.member_id AND ms.kind = 'home'
    ORDER BY ms.valid_from <= f.month AND (ms.valid_to IS NULL OR f.month < ms.valid_to) DESC, ms.valid_from DESC LIMIT 1
) AS home ON true
WHERE f.paid > 0
"""


def upgrade() -> None:
    op.add_column("fee", sa.Column("group_key", sa.Text(), nullable=True))
    op.add_column("fee", sa.Column("reduction", sa.Integer(), server_default=sa.text("0"), nullable=False))
    op.add_column("fee", sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False))
    op.create_check_constraint(
        op.f("ck_fee_reduction_is_percent"),
        "fee",
        "reduction >= 0 AND reduction <= 100",
        postgresql_not_valid=True,
    )
    op.execute("ALTER TABLE fee VALIDATE CONSTRAINT ck_fee_reduction_is_percent")
    _payments()
    _bases()
    _settings()
    op.execute(BACKFILL)
    _pledges()


def _payments() -> None:
    _create(
        "fee_payment",
        *_record(),
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=False),
        sa.Column("channel", sa.Text(), server_default="cash", nullable=False),
        *_entered(),
        sa.ForeignKeyConstraint(
            ["tenant_id", "member_id", "month"],
            ["fee.tenant_id", "fee.member_id", "fee.month"],
            name=op.f("fk_fee_payment_tenant_id_member_id_month"),
            ondelete="CASCADE",
        ),
        _refers("fee_payment", "organisation"),
        sa.CheckConstraint("channel IN ('cash', 'portal')", name=op.f("ck_fee_payment_channel_known")),
        sa.CheckConstraint("amount <> 0", name=op.f("ck_fee_payment_of_something")),
    )
    op.create_index("ix_fee_payment_organisation", "fee_payment", ["tenant_id", "organisation_id", "paid_on"])
    op.create_index("ix_fee_payment_line", "fee_payment", ["tenant_id", "member_id", "month"])


def _bases() -> None:
    _create(
        "fee_basis",
        *_record(),
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("group_key", sa.Text(), nullable=False),
        sa.Column("figure", sa.BigInteger(), nullable=True),
        *_period("fee_basis"),
        *_entered(),
        _refers("fee_basis", "member", cascade=True),
        sa.CheckConstraint("figure >= 0", name=op.f("ck_fee_basis_not_negative")),
    )
    _create(
        "fee_relief",
        *_record(),
        sa.Column("public_id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("ground", sa.Text(), nullable=True),
        sa.Column("percent", sa.Integer(), nullable=False),
        *_period("fee_relief"),
        sa.Column("document", sa.Text(), nullable=False),
        *_entered(),
        _refers("fee_relief", "member", cascade=True),
        sa.UniqueConstraint("tenant_id", "public_id", name=op.f("uq_fee_relief_tenant_id_public_id")),
        sa.CheckConstraint("percent > 0 AND percent <= 100", name=op.f("ck_fee_relief_percent_of_due")),
    )


def _settings() -> None:
    _create(
        "fee_setting",
        *_record(),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        *_entered(),
    )
    op.create_index("ix_fee_setting_key", "fee_setting", ["tenant_id", "key", "valid_from"])
    _create(
        "fee_remittance",
        *_record(),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("remitted_on", sa.Date(), nullable=False),
        sa.Column("document", sa.Text(), nullable=True),
        *_entered(),
        _refers("fee_remittance", "organisation"),
        sa.CheckConstraint("amount <> 0", name=op.f("ck_fee_remittance_of_something")),
    )
    op.create_index(
        "ix_fee_remittance_organisation", "fee_remittance", ["tenant_id", "organisation_id", "remitted_on"]
    )


def _pledges() -> None:
    op.add_column("registration", sa.Column("confirmed_by", sa.Text(), nullable=True))
    op.add_column(
        "registration", sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False)
    )
    op.add_column("pilot_selection", sa.Column("document", sa.Text(), nullable=True))
    op.add_column("pilot_selection", sa.Column("end_document", sa.Text(), nullable=True))
    _create(
        "pledge_line",
        *_record(),
        sa.Column("registration_id", sa.BigInteger(), nullable=False),
        *(
            sa.Column(name, sa.Text(), nullable=False)
            for name in ("criterion", "content", "target", "due", "carrier")
        ),
        _refers("pledge_line", "registration", cascade=True),
        sa.UniqueConstraint(
            "tenant_id",
            "registration_id",
            "criterion",
            name=op.f("uq_pledge_line_tenant_id_registration_id_criterion"),
        ),
    )
    _create(
        "year_opening",
        _tenant(),
        sa.Column("year", sa.SmallInteger(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        *_entered(),
        key=("tenant_id", "year"),
    )


def _create(table: str, *parts: SchemaItem, key: tuple[str, ...] = ("tenant_id", "id")) -> None:
    op.create_table(
        table,
        *parts,
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f(f"fk_{table}_tenant_id")),
        sa.PrimaryKeyConstraint(*key, name=op.f(f"pk_{table}")),
    )
    for statement in protect(table):
        op.execute(statement)
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE, MAINTAIN ON {table} TO {roles.APP}")
    op.execute(f"GRANT SELECT ON {table} TO {roles.BACKUP}")


def _tenant() -> sa.Column[int]:
    return sa.Column("tenant_id", sa.Integer(), server_default=sa.text("app_tenant()"), nullable=False)


def _record() -> tuple[SchemaItem, ...]:
    return _tenant(), sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False)


def _entered() -> tuple[SchemaItem, ...]:
    return (
        sa.Column("entered_by", sa.Text(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
    )


def _refers(table: str, target: str, *, cascade: bool = False) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["tenant_id", f"{target}_id"],
        [f"{target}.tenant_id", f"{target}.id"],
        name=op.f(f"fk_{table}_tenant_id_{target}_id"),
        ondelete="CASCADE" if cascade else None,
    )


def _period(table: str) -> tuple[SchemaItem, ...]:
    """An interval, of which no two of a member share a day."""
    return (
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "valid_to IS NULL OR valid_to > valid_from", name=op.f(f"ck_{table}_period_in_order")
        ),
        ExcludeConstraint(
            ("tenant_id", "="),
            ("member_id", "="),
            (sa.func.daterange(sa.text("valid_from"), sa.text("valid_to")), "&&"),
            name=f"ex_{table}",
            using="gist",
        ),
    )
