"""A superior's order for one month: another day and deadline, or no meeting, by a document.

It holds for the organisation it names and all below it, unless a nearer order says otherwise (dossier: calendar §1, "moved
by a superior's order"). It is the body's that gave it: only that body or one above may change it, and what one below orders
stays within it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from bontot.access import Actor, Permission, organisations_in_reach
from bontot.clock import today
from bontot.db.models import MonthException, Organisation
from bontot.db.tenancy import TenantSession
from bontot.errors import InvalidInput, NotAllowed, NotFound, Stale, noting, refuse_noted
from bontot.registry import Registry
from bontot.services.audit import note
from bontot.services.month_turns import Consequences, cells_in, follow, turned_by
from bontot.services.organisations import Node, superiors
from bontot.text import clean

LIMIT = 100
THE_WHOLE = "quản trị đảng bộ"
"""Who gave an order that no one body gave."""
AHEAD = 2
"""Calendar years from this one for which an order may be given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is ordered for a month (its first day): `waived` and nothing else, or a deadline, with the day where one is
    fixed; by which document."""

    month: date
    document: str
    day: date | None = None
    deadline: date | None = None
    waived: bool = False


@dataclass(frozen=True, slots=True)
class OrderView:
    """An order given, for which organisation, and by which: `ordered_by` is None for the committee as a whole. `entered_by`
    is None where a workbook brought it."""

    organisation_id: int
    public_id: UUID
    name: str
    is_cell: bool
    order: Order
    version: int
    entered_by: str | None
    entered_at: datetime
    ordered_by_id: int | None
    ordered_by: str | None


_GIVEN = text("""
SELECT e.organisation_id, o.public_id, p.name, p.type IN ('grassroots_cell', 'subordinate_cell'),
       e.month, e.document, e.day, e.deadline, e.waived, e.version, e.entered_by, e.entered_at,
       e.ordered_by_id, giver.name
FROM month_exception e
JOIN organisation o ON o.id = e.organisation_id
JOIN LATERAL (SELECT * FROM organisation_period p WHERE p.organisation_id = o.id AND p.valid_from <= :day
              ORDER BY p.valid_from DESC LIMIT 1) p ON true
LEFT JOIN LATERAL (SELECT * FROM organisation_period p WHERE p.organisation_id = e.ordered_by_id
              AND p.valid_from <= :day ORDER BY p.valid_from DESC LIMIT 1) giver ON true
WHERE e.organisation_id = ANY(:within) AND e.month = :month
ORDER BY p.type IN ('grassroots_cell', 'subordinate_cell'), p.sort_key COLLATE "C", e.id LIMIT :limit
""")


def orders_for(session: Session, within: frozenset[int], month: date, day: date) -> list[OrderView]:
    """The orders for a month given to some organisations, bodies before cells; at most a hundred."""
    binds = {"within": sorted(within), "month": month, "day": day, "limit": LIMIT}
    return [_view(row) for row in session.execute(_GIVEN, binds)]


def _view(row: Any) -> OrderView:  # noqa: ANN401 - a row of `_GIVEN`
    organisation_id, public_id, name, is_cell, month, document, day, deadline, waived, *entered = row
    order = Order(month=month, document=document, day=day, deadline=deadline, waived=waived)
    return OrderView(organisation_id, public_id, name, is_cell, order, *entered)


def order_of(session: Session, organisation_id: int, month: date, day: date) -> OrderView | None:
    """The order for a month given to this very organisation."""
    return next(iter(orders_for(session, frozenset({organisation_id}), month, day)), None)


def changeable(session: TenantSession, actor: Actor, orders: Iterable[OrderView]) -> frozenset[int]:
    """The organisations whose orders, among these, the actor may change or take back."""
    giver = _Giver.of(session, actor)
    return frozenset(one.organisation_id for one in orders if giver.may_change(one.ordered_by_id))


def require_changeable(session: TenantSession, actor: Actor, order: OrderView) -> None:
    """Raises NotAllowed for an order that a body above the actor's gave."""
    if not _Giver.of(session, actor).may_change(order.ordered_by_id):
        raise NotAllowed(
            f"Điều chỉnh tháng {order.order.month:%m/%Y} của {order.name} do {order.ordered_by or THE_WHOLE} ghi theo "
            f"{order.order.document}. Chỉ nơi đã ghi hoặc cấp trên của nơi ấy mới sửa, bỏ được; xin báo nơi ấy."
        )


@dataclass(frozen=True, slots=True)
class _Giver:
    """Whose orders an actor may change: of the own body and those below; at the top of the committee, of all."""

    top: bool
    reach: frozenset[int]

    @classmethod
    def of(cls, session: TenantSession, actor: Actor) -> _Giver:
        day = today(session)
        body = actor.organisation_id
        return cls(
            body is None or not superiors(session, body, day), organisations_in_reach(session, actor, day)
        )

    def may_change(self, ordered_by: int | None) -> bool:
        return self.top or ordered_by in self.reach


def consider(
    session: TenantSession, registry: Registry, actor: Actor, organisation_id: int, order: Order
) -> Consequences:
    """What an order would change; nothing is written. Raises as `give`."""
    row = _held(session, actor, organisation_id, order.month)
    order = _checked(session, actor, organisation_id, order)
    cells = _cells(session, actor, organisation_id, order.month)
    return turned_by(
        session, registry, cells, order.month, lambda: _write(session, row, organisation_id, order)
    )


def consider_taking_back(
    session: TenantSession, registry: Registry, actor: Actor, organisation_id: int, month: date
) -> Consequences:
    """What taking an order back would change. Raises NotFound."""
    row = _held(session, actor, organisation_id, month)
    if row is None:
        raise NotFound
    cells = _cells(session, actor, organisation_id, month)
    return turned_by(session, registry, cells, month, lambda: session.delete(row))


def give(
    session: TenantSession, actor: Actor, organisation_id: int, order: Order, version: int, by: str
) -> None:
    """Orders a month otherwise for an organisation and all below it, in place of the order of `version` (0 for none).

    Raises NotFound for an organisation out of reach, NotAllowed where a body above gave the order there is, Stale when
    another was given meanwhile, and InvalidFields for days that are not in the month, not in order or not within what a body
    above ordered, or without a document.
    """
    row = _held(session, actor, organisation_id, order.month)
    if (row.version if row else 0) != version:
        raise Stale
    order = _checked(session, actor, organisation_id, order)
    before = _as_json(row) if row else None
    written = _write(session, row, organisation_id, order)
    written.entered_by, written.version = by, version + 1
    written.ordered_by_id = actor.organisation_id
    written.entered_at = session.scalar(text("SELECT now()"))
    session.flush()
    follow(session, organisation_id, order.month)
    note(
        session,
        "order_month",
        "organisation",
        organisation_id,
        actor.account_id,
        now=_as_json(written),
        before=before,
    )


def take_back(
    session: TenantSession, actor: Actor, organisation_id: int, month: date, version: int, reason: str
) -> None:
    """Takes an order back: the month follows the plan again. What was ordered is kept in the trail with the reason.

    Raises NotFound, NotAllowed where a body above gave it, Stale, and InvalidInput without a reason.
    """
    row = _held(session, actor, organisation_id, month)
    if row is None:
        raise NotFound
    if row.version != version:
        raise Stale
    reason = clean(reason, field="reason")
    if not reason:
        raise InvalidInput("Cần ghi lý do bỏ điều chỉnh này.", "reason")
    before = _as_json(row)
    session.delete(row)
    session.flush()
    follow(session, organisation_id, month)
    note(
        session,
        "take_back_order",
        "organisation",
        organisation_id,
        actor.account_id,
        reason=reason,
        before=before,
    )


def _held(session: TenantSession, actor: Actor, organisation_id: int, month: date) -> MonthException | None:
    """The order there is, held until the transaction ends; only within reach, and none of a body above."""
    actor.require(Permission.ORDER_MONTH)
    if organisation_id not in organisations_in_reach(session, actor, today(session)):
        raise NotFound
    found = select(MonthException).where(
        MonthException.organisation_id == organisation_id, MonthException.month == month
    )
    row = session.scalars(found.with_for_update()).one_or_none()
    if row is not None:
        given = order_of(session, organisation_id, month, today(session))
        if given is not None:
            require_changeable(session, actor, given)
    return row


def _cells(
    session: TenantSession, actor: Actor, organisation_id: int, month: date
) -> list[tuple[Node, Node | None]]:
    return cells_in(session, organisation_id, organisations_in_reach(session, actor, today(session)), month)


def _checked(session: TenantSession, actor: Actor, organisation_id: int, order: Order) -> Order:
    errors: dict[str, str] = {}
    document = ""
    with noting(errors):
        document = clean(order.document, field="document")
        if not document:
            raise InvalidInput("Cần ghi số, ký hiệu và ngày của văn bản.", "document")
    founded_on, ended_on = session.execute(
        select(Organisation.founded_on, Organisation.ended_on).where(Organisation.id == organisation_id)
    ).one()
    month = f"{order.month:%m/%Y}"
    if order.month < founded_on.replace(day=1) or (ended_on and order.month >= ended_on):
        errors["month"] = f"Tháng {month} nằm ngoài thời gian tổ chức này hoạt động."
    elif order.month.year >= today(session).year + AHEAD:
        errors["month"] = "Chỉ điều chỉnh được đến hết năm sau."
    if order.waived:
        order = Order(month=order.month, document=document, waived=True)
    else:
        _check_days(order, month, errors)
    if not errors:
        _check_above(session, actor, organisation_id, order, errors)
    refuse_noted(errors)
    return Order(
        month=order.month, document=document, day=order.day, deadline=order.deadline, waived=order.waived
    )


def _check_days(order: Order, month: str, errors: dict[str, str]) -> None:
    if order.deadline is None:
        errors["deadline"] = "Cần ghi hạn cuối mới."
    for name, day in (("day", order.day), ("deadline", order.deadline)):
        if day is not None and day.replace(day=1) != order.month:
            errors[name] = f"Ngày {day:%d/%m/%Y} không thuộc tháng {month}."
    if not errors and order.day and order.deadline and order.day > order.deadline:
        errors["day"] = f"Ngày họp {order.day:%d/%m/%Y} sau hạn cuối {order.deadline:%d/%m/%Y}."


def _check_above(
    session: TenantSession, actor: Actor, organisation_id: int, order: Order, errors: dict[str, str]
) -> None:
    """What a body above the actor's ordered of the month is only narrowed: the same waiver, no later last day."""
    day = today(session)
    line = [organisation_id, *(above for above, *_ in superiors(session, organisation_id, day))]
    giver = _Giver.of(session, actor)
    for above in orders_for(session, frozenset(line), order.month, day):
        if giver.may_change(above.ordered_by_id):
            continue
        theirs = above.order
        said = f"{above.ordered_by or THE_WHOLE} đã điều chỉnh tháng này theo {theirs.document}"
        if order.waived != theirs.waived:
            what = "cho nghỉ" if theirs.waived else "chuyển ngày họp, không cho nghỉ"
            errors["waived"] = f"{said}: {what}."
        elif theirs.deadline and order.deadline and order.deadline > theirs.deadline:
            errors["deadline"] = f"{said}: hạn cuối không được sau {theirs.deadline:%d/%m/%Y}."


def _write(
    session: TenantSession, row: MonthException | None, organisation_id: int, order: Order
) -> MonthException:
    if row is None:
        row = MonthException(organisation_id=organisation_id, month=order.month)
        session.add(row)
    row.document, row.day, row.deadline, row.waived = order.document, order.day, order.deadline, order.waived
    session.flush()
    return row


def _as_json(row: MonthException) -> dict[str, Any]:
    return {
        "month": f"{row.month:%Y-%m}",
        "day": row.day.isoformat() if row.day else None,
        "deadline": row.deadline.isoformat() if row.deadline else None,
        "waived": row.waived,
        "document": row.document,
    }
