"""On which basis a member pays, and what relieves him or her: set from a month on, never for months already written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from uuid import UUID

from sqlalchemy import or_, select

from bontot.access import Actor, Permission
from bontot.db.models import FeeBasis, FeeRelief, Member
from bontot.db.tenancy import TenantSession
from bontot.errors import InvalidInput, NotFound, Stale, noting, refuse_noted
from bontot.evaluation.period import next_month
from bontot.policy.fees import FeeGroup, FeeRules
from bontot.policy.words import figure as number
from bontot.services.audit import note
from bontot.services.fees.recording import HIGHEST
from bontot.services.fees.settings import current_rules
from bontot.text import clean

HIGHEST_FIGURE = 1_000_000_000
"""A salary above this is a slip of the hand, in đồng a month."""


@dataclass(frozen=True, slots=True)
class Span:
    """A basis or a relief over months `[valid_from, valid_to)`: the group and its figure, or the ground (None for a
    reduction), its percentage and document."""

    id: int
    valid_from: date
    valid_to: date | None
    key: str | None
    figure: int | None
    document: str
    entered_by: str
    public_id: UUID | None = None
    """The name a relief has in an address."""

    def holds_on(self, day: date) -> bool:
        """Whether it holds on a day."""
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)


def bases_of(session: TenantSession, member_id: int) -> list[Span]:
    """The bases of a member, the latest first."""
    rows = session.scalars(
        select(FeeBasis).where(FeeBasis.member_id == member_id).order_by(FeeBasis.valid_from.desc())
    )
    return [
        Span(row.id, row.valid_from, row.valid_to, row.group_key, row.figure, "", row.entered_by)
        for row in rows
    ]


def reliefs_of(session: TenantSession, member_id: int) -> list[Span]:
    """The exemptions and reductions of a member, the latest first."""
    rows = session.scalars(
        select(FeeRelief).where(FeeRelief.member_id == member_id).order_by(FeeRelief.valid_from.desc())
    )
    return [
        Span(
            row.id,
            row.valid_from,
            row.valid_to,
            row.ground,
            row.percent,
            row.document,
            row.entered_by,
            row.public_id,
        )
        for row in rows
    ]


def version_of(spans: Sequence[Span]) -> str:
    """The version of a member's bases, or reliefs, as they stand."""
    known = [(one.id, one.valid_from, one.valid_to, one.key, one.figure, one.entered_by) for one in spans]
    return sha256(repr(known).encode()).hexdigest()[:16]


def _held(session: TenantSession, member_id: int) -> None:
    """Nobody else sets how a member pays until this transaction ends."""
    session.execute(select(Member.id).where(Member.id == member_id).with_for_update(key_share=True))


def set_basis(
    session: TenantSession,
    actor: Actor,
    member_id: int,
    group_key: str,
    figure: int | None,
    since: date,
    version: str,
) -> None:
    """Sets how a member pays from a month on (its first day); the basis before ends there, one set from the same month is
    replaced. Raises Stale when the bases are not those `version` stood on, InvalidFields for a group the regulation of
    that month does not know, a figure it needs and has not, or a basis already set from a later month."""
    actor.require(Permission.RECORD_FEE)
    _held(session, member_id)
    if version_of(bases_of(session, member_id)) != version:
        raise Stale
    errors: dict[str, str] = {}
    with noting(errors, "group"):
        group = _group(_rules(since), group_key)
        with noting(errors, "figure"):
            figure = checked_figure(group, figure)
    latest = session.scalars(
        select(FeeBasis)
        .where(FeeBasis.member_id == member_id)
        .order_by(FeeBasis.valid_from.desc())
        .limit(1)
        .with_for_update()
    ).first()
    if latest is not None and latest.valid_from > since:
        errors["since"] = (
            f"Đã có mức đóng từ tháng {latest.valid_from:%m/%Y}. Mức mới phải từ tháng ấy trở đi."
        )
    refuse_noted(errors)
    if latest is not None and latest.valid_from == since:
        latest.group_key, latest.figure, latest.entered_by = group_key, figure, actor.name
    else:
        if latest is not None and (latest.valid_to is None or latest.valid_to > since):
            latest.valid_to = since
            session.flush()
        session.add(
            FeeBasis(
                member_id=member_id,
                group_key=group_key,
                figure=figure,
                valid_from=since,
                entered_by=actor.name,
            )
        )
    session.flush()
    note(
        session,
        "set_fee_basis",
        "member",
        member_id,
        actor.account_id,
        group=group_key,
        valid_from=str(since),
    )


def checked_figure(group: FeeGroup, figure: int | None) -> int | None:
    """The figure a group asks for, None where it asks for none. Raises InvalidInput."""
    if not group.asks_figure:
        return None
    if figure is None:
        asked = group.base.lower() if group.asks_base else "số tiền đóng mỗi tháng"
        raise InvalidInput(f"Nhập {asked}, tính bằng đồng.", "figure")
    lowest = group.lowest if group.asks_amount else 1
    highest = (group.highest or HIGHEST) if group.asks_amount else HIGHEST_FIGURE
    if not lowest <= figure <= highest:
        raise InvalidInput(f"Nhập số tiền từ {number(lowest)} đến {number(highest)} đồng.", "figure")
    return figure


def _rules(month: date) -> FeeRules:
    rules = current_rules(month)
    if rules is None:
        raise InvalidInput(f"Chưa có quy định về đảng phí cho tháng {month:%m/%Y}.", "since")
    return rules


def _group(rules: FeeRules, key: str) -> FeeGroup:
    group = rules.group(key)
    if group is None:
        raise InvalidInput("Chọn nhóm đối tượng trong danh sách.", "group")
    return group


@dataclass(frozen=True, slots=True, kw_only=True)
class Relief:
    """What is granted: an exemption on a `ground`, or a reduction of `percent`; `until` is the first month again in full,
    None while nobody knows (exemptions alone)."""

    ground: str | None
    percent: int
    since: date
    until: date | None
    document: str


def grant_relief(session: TenantSession, actor: Actor, member_id: int, relief: Relief, version: str) -> None:
    """Grants an exemption or a reduction over months, by document. Raises Stale when the reliefs are not those `version`
    stood on, InvalidFields for what the regulation of the first month does not know, months out of order, a reduction
    over its longest time, or months already relieved."""
    actor.require(Permission.RECORD_FEE)
    _held(session, member_id)
    if version_of(reliefs_of(session, member_id)) != version:
        raise Stale
    errors: dict[str, str] = {}
    with noting(errors, "kind"):
        _check_relief(_rules(relief.since), relief)
    with noting(errors, "document"):
        document = clean(relief.document, field="document")
        if not document:
            raise InvalidInput("Cần ghi số, ngày của văn bản cho miễn hoặc giảm.", "document")
    taken = session.scalars(
        select(FeeRelief).where(
            FeeRelief.member_id == member_id,
            or_(FeeRelief.valid_to.is_(None), FeeRelief.valid_to > relief.since),
        )
    )
    for one in taken:
        if relief.until is None or one.valid_from < relief.until:
            errors.setdefault("since", f"Đã có miễn hoặc giảm từ tháng {one.valid_from:%m/%Y}.")
    refuse_noted(errors)
    session.add(
        FeeRelief(
            member_id=member_id,
            ground=relief.ground,
            percent=relief.percent,
            valid_from=relief.since,
            valid_to=relief.until,
            document=document,
            entered_by=actor.name,
        )
    )
    session.flush()
    note(
        session,
        "grant_fee_relief",
        "member",
        member_id,
        actor.account_id,
        ground=relief.ground,
        percent=relief.percent,
        valid_from=str(relief.since),
    )


def _check_relief(rules: FeeRules, relief: Relief) -> None:
    if relief.until is not None and relief.until <= relief.since:
        raise InvalidInput("Tháng cuối phải từ tháng đầu trở đi.", "until")
    if relief.ground is not None:
        ground = rules.exemption(relief.ground)
        if ground is None or ground.party_age is not None:
            raise InvalidInput("Chọn trường hợp miễn hoặc mức giảm trong danh sách.", "kind")
        return
    if relief.percent not in rules.reductions:
        raise InvalidInput("Chọn trường hợp miễn hoặc mức giảm trong danh sách.", "kind")
    longest = relief.since
    for _ in range(rules.reduction_months):
        longest = next_month(longest)
    if relief.until is None or relief.until > longest:
        raise InvalidInput(
            f"Mỗi lần giảm không quá {rules.reduction_months} tháng: chọn tháng cuối trước tháng {longest:%m/%Y}.",
            "until",
        )


def end_relief(
    session: TenantSession,
    actor: Actor,
    member_id: int,
    relief_id: int,
    since: date,
    reason: str,
    version: str,
) -> None:
    """Lets a relief end: from a month on the due is whole again; from its own first month, as though it had never been.
    Raises Stale when the reliefs are not those `version` stood on, NotFound, InvalidFields."""
    actor.require(Permission.RECORD_FEE)
    _held(session, member_id)
    if version_of(reliefs_of(session, member_id)) != version:
        raise Stale
    row = session.get(FeeRelief, (session.tenant_id, relief_id), with_for_update=True)
    if row is None or row.member_id != member_id:
        raise NotFound
    errors: dict[str, str] = {}
    with noting(errors, "reason"):
        reason = clean(reason, field="reason")
        if not reason:
            raise InvalidInput("Cần ghi lý do.", "reason")
    if row.valid_to is not None and since >= row.valid_to:
        errors["since"] = "Miễn, giảm này đã hết trước tháng ấy."
    refuse_noted(errors)
    kept = {"ground": row.ground, "percent": row.percent, "document": row.document}
    if since <= row.valid_from:
        session.delete(row)
    else:
        row.valid_to = since
    session.flush()
    note(
        session,
        "end_fee_relief",
        "member",
        member_id,
        actor.account_id,
        reason=reason,
        since=str(since),
        before=kept,
    )
