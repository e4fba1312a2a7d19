"""The fee ledger: what each member owes and paid month by month, on which basis, and what a cell passed on. Amounts are
integers in đồng."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKeyConstraint, Index, PrimaryKeyConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from bontot.db.base import (
    TenantRecord,
    TenantTable,
    no_overlap,
    now,
    one_of,
    period_in_order,
    public_id,
    refers,
    unique,
)

CHANNELS = ("cash", "portal")


class Fee(TenantTable):
    """One line of the fee ledger: a member and a month (its first day), amounts in đồng.

    `paid` is the sum of the line's payments, `paid_on` the day of the last. `due` stays what it was when the line was
    written; `group_key` and `reduction` (percent) say how it came about, where a page wrote it. `version` is 1, and one
    more with each change.
    """

    __tablename__ = "fee"
    __table_args__ = (
        PrimaryKeyConstraint("tenant_id", "member_id", "month"),
        refers("member_id", "member", cascade=True),
        CheckConstraint("due >= 0 AND paid >= 0", name="not_negative"),
        CheckConstraint("extract(day FROM month) = 1", name="first_of_month"),
        CheckConstraint("reduction >= 0 AND reduction <= 100", name="reduction_is_percent"),
    )

    member_id: Mapped[int] = mapped_column(BigInteger)
    month: Mapped[date]
    due: Mapped[int] = mapped_column(BigInteger)
    paid: Mapped[int] = mapped_column(BigInteger)
    paid_on: Mapped[date | None]
    exempt: Mapped[bool] = mapped_column(server_default=text("false"))
    group_key: Mapped[str | None]
    reduction: Mapped[int] = mapped_column(server_default=text("0"))
    version: Mapped[int] = mapped_column(server_default=text("1"))


class FeePayment(TenantRecord):
    """Money taken for a line of the ledger on a day, by which cell; less than nothing where an earlier entry is set right.
    Only added, so that what was reported of a period stays what it was."""

    __tablename__ = "fee_payment"
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "member_id", "month"],
            ["fee.tenant_id", "fee.member_id", "fee.month"],
            ondelete="CASCADE",
        ),
        refers("organisation_id", "organisation"),
        one_of("channel", *CHANNELS),
        CheckConstraint("amount <> 0", name="of_something"),
        Index("ix_fee_payment_organisation", "tenant_id", "organisation_id", "paid_on"),
        Index("ix_fee_payment_line", "tenant_id", "member_id", "month"),
    )

    member_id: Mapped[int] = mapped_column(BigInteger)
    month: Mapped[date]
    organisation_id: Mapped[int] = mapped_column(BigInteger)
    amount: Mapped[int] = mapped_column(BigInteger)
    paid_on: Mapped[date]
    channel: Mapped[str] = mapped_column(server_default="cash")
    entered_by: Mapped[str]
    entered_at: Mapped[datetime] = now()


class FeeBasis(TenantRecord):
    """In which group a member pays from a month on, and the figure it is reckoned from: a salary, a pension, or the amount
    itself. Shown to the cell's fee keeper and the member alone."""

    __tablename__ = "fee_basis"
    __table_args__ = (
        refers("member_id", "member", cascade=True),
        no_overlap("fee_basis", "member_id"),
        period_in_order(),
        CheckConstraint("figure >= 0", name="not_negative"),
    )

    member_id: Mapped[int] = mapped_column(BigInteger)
    group_key: Mapped[str]
    figure: Mapped[int | None] = mapped_column(BigInteger)
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    entered_by: Mapped[str]
    entered_at: Mapped[datetime] = now()


class FeeRelief(TenantRecord):
    """That a member need not pay, or pays less, over months, by which document: `ground` is a key of the regulation's
    exemptions, or null where `percent` is a reduction."""

    __tablename__ = "fee_relief"
    __table_args__ = (
        refers("member_id", "member", cascade=True),
        no_overlap("fee_relief", "member_id"),
        unique("public_id"),
        period_in_order(),
        CheckConstraint("percent > 0 AND percent <= 100", name="percent_of_due"),
    )

    public_id: Mapped[UUID] = public_id()
    member_id: Mapped[int] = mapped_column(BigInteger)
    ground: Mapped[str | None]
    percent: Mapped[int]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    document: Mapped[str]
    entered_by: Mapped[str]
    entered_at: Mapped[datetime] = now()


class FeeSetting(TenantRecord):
    """A figure of the committee's own for its fees from a day on, by decision: what a type of organisation keeps of a
    hundred đồng, the minimum wage of the region. Only added; of equal days the later entry holds."""

    __tablename__ = "fee_setting"
    __table_args__ = (Index("ix_fee_setting_key", "tenant_id", "key", "valid_from"),)

    key: Mapped[str]
    value: Mapped[int] = mapped_column(BigInteger)
    valid_from: Mapped[date]
    document: Mapped[str]
    entered_by: Mapped[str]
    entered_at: Mapped[datetime] = now()


class FeeRemittance(TenantRecord):
    """Money an organisation passed on to the body above it; less than nothing where an earlier entry is set right."""

    __tablename__ = "fee_remittance"
    __table_args__ = (
        refers("organisation_id", "organisation"),
        CheckConstraint("amount <> 0", name="of_something"),
        Index("ix_fee_remittance_organisation", "tenant_id", "organisation_id", "remitted_on"),
    )

    organisation_id: Mapped[int] = mapped_column(BigInteger)
    amount: Mapped[int] = mapped_column(BigInteger)
    remitted_on: Mapped[date]
    document: Mapped[str | None]
    entered_by: Mapped[str]
    entered_at: Mapped[datetime] = now()
