"""A superior's order for one month: another day and deadline, or no meeting, by a document.

It holds for the organisation it names and all below it, unless a nearer order says otherwise (dossier: calendar §1, "moved
by a superior's order"). What an order changes is found by giving it, looking, and undoing it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
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
from bontot.errors import InvalidInput, NotFound, Stale, noting, refuse_noted
from bontot.evaluation.incremental import mark, mark_whole
from bontot.evaluation.schedule import MonthView, month_board
from bontot.registry import Registry
from bontot.services.agenda import cells_of
from bontot.services.audit import note
from bontot.services.organisations import Node, subtree
from bontot.services.planning import month_of
from bontot.text import clean

AT_ONCE = 60
"""Cells judged again with the order itself; of more the year is evaluated in the background."""
LIMIT = 100
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
    """An order given, for which organisation; `entered_by` is None where a workbook brought it."""

    organisation_id: int
    public_id: UUID
    name: str
    is_cell: bool
    order: Order
    version: int
    entered_by: str | None
    entered_at: datetime


@dataclass(frozen=True, slots=True)
class Turn:
    """Cells whose month turns from one state into another alike, each with the body above it; the states are the first's."""

    cells: Sequence[tuple[Node, Node | None]]
    before: MonthView
    after: MonthView


@dataclass(frozen=True, slots=True)
class Consequences:
    """What an order changes: alike cells together, in the order of the tree; and how many below keep their month."""

    turns: Sequence[Turn]
    unchanged: int

    @property
    def changed(self) -> int:
        """How many cells' month changes."""
        return sum(len(turn.cells) for turn in self.turns)


_GIVEN = text("""
SELECT e.organisation_id, o.public_id, p.name, p.type IN ('grassroots_cell', 'subordinate_cell'),
       e.month, e.document, e.day, e.deadline, e.waived, e.version, e.entered_by, e.entered_at
FROM month_exception e
JOIN organisation o ON o.id = e.organisation_id
JOIN LATERAL (SELECT * FROM organisation_period p WHERE p.organisation_id = o.id AND p.valid_from <= :day
              ORDER BY p.valid_from DESC LIMIT 1) p ON true
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


def consider(
    session: TenantSession, registry: Registry, actor: Actor, organisation_id: int, order: Order
) -> Consequences:
    """What an order would change; nothing is written. Raises as `give`."""
    row = _held(session, actor, organisation_id, order.month)
    order = _checked(session, organisation_id, order)
    return _tried(
        session,
        registry,
        actor,
        organisation_id,
        order.month,
        lambda: _write(session, row, organisation_id, order),
    )


def consider_taking_back(
    session: TenantSession, registry: Registry, actor: Actor, organisation_id: int, month: date
) -> Consequences:
    """What taking an order back would change. Raises NotFound."""
    row = _held(session, actor, organisation_id, month)
    if row is None:
        raise NotFound
    return _tried(session, registry, actor, organisation_id, month, lambda: session.delete(row))


def give(
    session: TenantSession, actor: Actor, organisation_id: int, order: Order, version: int, by: str
) -> None:
    """Orders a month otherwise for an organisation and all below it, in place of the order of `version` (0 for none).

    Raises NotFound for an organisation out of reach, Stale when another order was given meanwhile, and InvalidFields for
    days that are not in the month or not in order, or without a document.
    """
    row = _held(session, actor, organisation_id, order.month)
    if (row.version if row else 0) != version:
        raise Stale
    order = _checked(session, organisation_id, order)
    before = _as_json(row) if row else None
    written = _write(session, row, organisation_id, order)
    written.entered_by, written.version = by, version + 1
    written.entered_at = session.scalar(text("SELECT now()"))
    session.flush()
    _follow(session, organisation_id, order.month)
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

    Raises NotFound, Stale, and InvalidInput without a reason.
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
    _follow(session, organisation_id, month)
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
    """The order there is, held until the transaction ends; only within reach."""
    actor.require(Permission.ORDER_MONTH)
    if organisation_id not in organisations_in_reach(session, actor, today(session)):
        raise NotFound
    found = select(MonthException).where(
        MonthException.organisation_id == organisation_id, MonthException.month == month
    )
    return session.scalars(found.with_for_update()).one_or_none()


def _checked(session: TenantSession, organisation_id: int, order: Order) -> Order:
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


def _write(
    session: TenantSession, row: MonthException | None, organisation_id: int, order: Order
) -> MonthException:
    if row is None:
        row = MonthException(organisation_id=organisation_id, month=order.month)
        session.add(row)
    row.document, row.day, row.deadline, row.waived = order.document, order.day, order.deadline, order.waived
    session.flush()
    return row


def _tried(
    session: TenantSession,
    registry: Registry,
    actor: Actor,
    organisation_id: int,
    month: date,
    act: Callable[[], object],
) -> Consequences:
    """The month of every cell concerned before and after `act`, which is then undone."""
    day = today(session)
    cells = _cells(session, organisation_id, organisations_in_reach(session, actor, day), month, day)
    ids = [cell.id for cell, _ in cells]
    before = month_board(session, registry, ids, month, day)
    savepoint = session.begin_nested()
    try:
        act()
        session.flush()
        after = month_board(session, registry, ids, month, day)
    finally:
        savepoint.rollback()
        session.expire_all()
    turned: dict[object, list[tuple[Node, Node | None]]] = {}
    for cell, above in cells:
        if cell.id in before and _state(before[cell.id]) != _state(after[cell.id]):
            key = _state(before[cell.id]), _state(after[cell.id])
            turned.setdefault(key, []).append((cell, above))
    turns = [Turn(alike, before[alike[0][0].id], after[alike[0][0].id]) for alike in turned.values()]
    return Consequences(turns, len(before) - sum(map(len, turned.values())))


def _state(month: MonthView) -> tuple[object, object]:
    return month.planned.scheduled, month.standing


def _follow(session: TenantSession, organisation_id: int, month: date) -> None:
    """Has the cells below judged again; of a year to come nothing is judged yet."""
    day = today(session)
    if month.year > day.year:
        return
    within = frozenset(session.scalars(select(Organisation.id)))
    cells = _cells(session, organisation_id, within, month, day)
    if len(cells) > AT_ONCE:
        mark_whole(session)
        return
    for cell, _ in cells:
        mark(session, cell.id, month.year)


def _cells(
    session: TenantSession, organisation_id: int, within: frozenset[int], month: date, day: date
) -> list[tuple[Node, Node | None]]:
    """The cells an order holds for: of a month that is over those that were below when it ended."""
    at = min(day, month_of(month)[1])
    return list(cells_of((subtree(session, organisation_id, within, at),)))


def _as_json(row: MonthException) -> dict[str, Any]:
    return {
        "month": f"{row.month:%Y-%m}",
        "day": row.day.isoformat() if row.day else None,
        "deadline": row.deadline.isoformat() if row.deadline else None,
        "waived": row.waived,
        "document": row.document,
    }
