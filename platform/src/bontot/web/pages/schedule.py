"""The calendar of a month, and a superior's order for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from bontot.access import Permission, Scope
from bontot.errors import InvalidInput, NotFound, PluginUnavailable, Stale
from bontot.services import month_calendar, month_orders, organisations
from bontot.services.month_calendar import CalendarLine, MonthCalendar, Part
from bontot.services.month_orders import Order, OrderView
from bontot.services.organisations import Node
from bontot.services.paging import Page
from bontot.web import schedule_form, trail
from bontot.web.database import session
from bontot.web.fields import box_names
from bontot.web.forms import new_key, once, sent_again, sent_version
from bontot.web.months import mark_of
from bontot.web.places import offered
from bontot.web.query import a_public_id, asked_lines, asked_month, asked_sheet, day_within
from bontot.web.request import Place, actor, place_by_public_id, reach, registry, this_day
from bontot.web.routing import page
from bontot.web.sheets import Column, sheet

schedule = Blueprint("schedule", __name__)
PARTS = {
    Part.ALL: ("", "Tất cả"),
    Part.TODAY: ("hom-nay", "Họp hoặc hết hạn hôm nay"),
    Part.WEEK: ("tuan-nay", "Trong tuần này"),
    Part.WAITING: ("con-han", "Chưa họp, còn hạn"),
    Part.OVERDUE: ("qua-han", "Chưa họp, quá hạn"),
    Part.HELD: ("trong-han", "Đã họp trong hạn"),
    Part.LATE: ("ngoai-han", "Đã họp ngoài hạn"),
    Part.OUTSIDE: ("khong-tinh", "Được nghỉ hoặc không tính"),
}
"""How an address and a reader call each part of a month's cells."""
COLUMNS = (
    Column[CalendarLine]("Chi bộ", lambda line: line.cell_month.cell.name),
    Column[CalendarLine](
        "Trực thuộc", lambda line: line.cell_month.above.name if line.cell_month.above else None
    ),
    Column[CalendarLine]("Lịch", lambda line: line.cell_month.month.planned.scheduled.day),
    Column[CalendarLine]("Ngày mời", lambda line: line.invited.held_on if line.invited else None),
    Column[CalendarLine]("Giờ mời", lambda line: line.invited.starts_at if line.invited else None),
    Column[CalendarLine]("Hạn", lambda line: line.cell_month.month.planned.scheduled.deadline),
    Column[CalendarLine]("Đã họp", lambda line: line.cell_month.month.held_on),
    Column[CalendarLine]("Tình trạng", lambda line: mark_of(line.cell_month.month).words),
)
ORDER_FIELDS = (
    "version",
    "action",
    "waived",
    "document",
    *box_names("day", "deadline"),
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for: a month, one body (or all within reach), a part."""

    month: date
    place: Place | None
    part: Part

    def address(self, **other: Any) -> str:
        """The page's address with something else asked for."""
        month, place, part = (
            other.get("month", self.month),
            other.get("place", self.place),
            other.get("part", self.part),
        )
        given = {
            "thang": f"{month:%Y-%m}" if month != this_day().replace(day=1) else "",
            "noi": str(place.public_id) if place else "",
            "xem": PARTS[part][0],
            "trang": str(other.get("number", "")),
        }
        query = urlencode({name: value for name, value in given.items() if value})
        return url_for("schedule.index") + (f"?{query}" if query else "")


@page(schedule, "/lich", permission=Permission.VIEW_ORGANISATION, scope=Scope.TENANT)
def index() -> str | Response:
    """All cells within reach in a month: counts as filters, then the cells."""
    asked, day = _asked(), this_day()
    roots = _roots(asked, day)
    problem, found = "", MonthCalendar(Page([], 1, 0), dict.fromkeys(Part, 0))
    try:
        found = month_calendar.calendar(
            session(), registry(), roots, asked.month, day, asked.part, asked_lines()
        )
    except PluginUnavailable as refusal:
        problem = str(refusal)
    if asked_sheet() and not problem:
        title = f"Lịch sinh hoạt tháng {asked.month:%m/%Y}: {PARTS[asked.part][1]}"
        place_id = asked.place.id if asked.place else None
        return sheet(
            "lich-sinh-hoat", title, COLUMNS, found.page.lines, subject="organisation", subject_id=place_id
        )
    bodies = [(depth, node) for depth, node in offered() if not node.is_cell]
    orders = month_orders.orders_for(session(), reach(), asked.month, day)
    changeable = month_orders.changeable(session(), actor(), orders)
    place = _place_to_order(asked, roots)
    order_for = place.id if place else None
    return render_template(
        "schedule/index.html",
        asked=asked,
        problem=problem,
        found=found.page,
        total=found.counts[Part.ALL],
        parts=_parts(asked, found, day),
        part_words=PARTS[asked.part][1],
        turns=[
            (f"Tháng {month:%m/%Y}", asked.address(month=month, part=Part.ALL))
            for month in (_shifted(asked.month, -1), _shifted(asked.month, 1))
        ],
        turned=lambda number: asked.address(number=number),
        bodies=bodies if len(bodies) > 1 else [],
        several=any(not child.is_cell for root in roots for child in root.below) or len(roots) > 1,
        orders=orders,
        changeable=changeable,
        order_place=place,
        theirs=next(
            (one for one in orders if one.organisation_id == order_for and order_for not in changeable), None
        ),
        may_set_days_off=actor().may(Permission.SET_DAYS_OFF),
        may_order=actor().may(Permission.ORDER_MONTH),
        today=day,
        this_month=day.replace(day=1),
    )


@page(
    schedule,
    "/to-chuc/<uuid:organisation>/dieu-chinh-lich/<month>",
    permission=Permission.ORDER_MONTH,
    scope=Scope.ORGANISATION,
    methods=("GET", "POST"),
    fields=ORDER_FIELDS,
)
def order(organisation: Place, month: str) -> tuple[str, int] | Response:
    """The form of an order for a month; before it is written, the cells it moves are shown."""
    first = asked_month(month, ahead=True)
    given = month_orders.order_of(session(), organisation.id, first, this_day())
    if given is not None:
        month_orders.require_changeable(session(), actor(), given)
    if request.method == "GET":
        return _order_form(organisation, first, schedule_form.of_order(given.order if given else None))
    values = schedule_form.typed_order(request.form)
    if request.form.get("action") == "edit":
        return _order_form(organisation, first, values)
    try:
        wanted = schedule_form.read_order(first, values)
        if request.form.get("action") != "record":
            return _confirm(organisation, wanted, given)
        return redirect(once(session(), lambda: _give(organisation, wanted)))
    except InvalidInput as refusal:
        session().rollback()
        return _order_form(organisation, first, values, refusal.errors, refusal.status)
    except Stale as stale:
        session().rollback()
        return _order_form(organisation, first, values, status=stale.status, stale=True)


@page(
    schedule,
    "/to-chuc/<uuid:organisation>/dieu-chinh-lich/<month>/bo",
    permission=Permission.ORDER_MONTH,
    scope=Scope.ORGANISATION,
    methods=("GET", "POST"),
    fields=("version", "reason"),
)
def take_back(organisation: Place, month: str) -> tuple[str, int] | Response:
    """Takes an order back, with a reason; shows first which cells go back to the plan."""
    first = asked_month(month, ahead=True)
    if request.method == "GET":
        return _taking_back(organisation, first)

    def act() -> str:
        month_orders.take_back(
            session(), actor(), organisation.id, first, sent_version(), request.form.get("reason", "")
        )
        flash(f"Đã bỏ điều chỉnh tháng {first:%m/%Y} của {organisation.name}.", "good")
        return _back(organisation, first)

    try:
        return redirect(once(session(), act))
    except InvalidInput as refusal:
        session().rollback()
        return _taking_back(organisation, first, refusal.errors, refusal.status)
    except Stale as stale:
        session().rollback()
        return _taking_back(organisation, first, {"": schedule_form.BEFORE_YOU}, stale.status)


def _asked() -> Asked:
    part = next((one for one, (name, _) in PARTS.items() if name == request.args.get("xem", "")), None)
    if part is None:
        raise NotFound
    place = a_public_id(request.args.get("noi", ""))
    return Asked(asked_month(ahead=True), place_by_public_id(session(), place) if place else None, part)


def _shifted(month: date, by: int) -> date:
    years, place = divmod(month.month - 1 + by, 12)
    return date(month.year + years, place + 1, 1)


def _roots(asked: Asked, day: date) -> tuple[Node, ...]:
    """The tree as it was when a month that is over ended, otherwise as it is."""
    at = min(day, _shifted(asked.month, 1) - timedelta(days=1))
    if asked.place is not None:
        day = day_within(asked.place.id, at)
        return (
            organisations.standing_below(session(), asked.place.id, reach(), day)
            if day >= asked.month
            else ()
        )
    return organisations.tree(session(), reach(), at)


def _parts(asked: Asked, found: MonthCalendar, day: date) -> list[tuple[str, str, bool]]:
    """The parts that have cells, as filters in words; those of days only in the month that runs."""
    of_days = (Part.TODAY, Part.WEEK)
    running = asked.month == day.replace(day=1)
    return [
        (f"{said} ({found.counts[part]})", asked.address(part=part), part is asked.part)
        for part, (_, said) in PARTS.items()
        if part in (Part.ALL, asked.part) or (found.counts[part] and (running or part not in of_days))
    ]


def _place_to_order(asked: Asked, roots: tuple[Node, ...]) -> Any:  # noqa: ANN401 - a place or a node
    """Whom an order begun here would be for: the body looked at, or the only one at the top."""
    if asked.place is not None:
        return asked.place
    return roots[0] if len(roots) == 1 else None


def _order_form(
    organisation: Place,
    month: date,
    values: dict[str, Any],
    errors: dict[str, str] | None = None,
    status: int = 200,
    *,
    stale: bool = False,
) -> tuple[str, int]:
    given = month_orders.order_of(session(), organisation.id, month, this_day())
    told = render_template(
        "schedule/order.html",
        place=organisation,
        month=month,
        values=values,
        errors={
            name: said for name in schedule_form.ORDERED if (said := (errors or {}).get(name)) is not None
        },
        given=given,
        stale=stale,
        differences=schedule_form.order_differences(given.order if given else None, values) if stale else [],
        version=given.version if given else 0,
        form_key=new_key(),
        back=_back(organisation, month),
        trail=_trail(month),
    )
    return told, status


def _confirm(organisation: Place, wanted: Order, given: OrderView | None) -> tuple[str, int]:
    found = month_orders.consider(session(), registry(), actor(), organisation.id, wanted)
    told = render_template(
        "schedule/confirm.html",
        place=organisation,
        wanted=wanted,
        said=schedule_form.order_words(wanted),
        given=given,
        found=found,
        sent=sent_again(),
        form_key=new_key(),
        trail=_trail(wanted.month),
    )
    return told, 200


def _give(organisation: Place, wanted: Order) -> str:
    unfit = month_orders.consider(session(), registry(), actor(), organisation.id, wanted).unfit
    month_orders.give(session(), actor(), organisation.id, wanted, sent_version(), actor().name)
    said = f"Đã ghi điều chỉnh tháng {wanted.month:%m/%Y} của {organisation.name}."
    if unfit:
        said += f" {len(unfit)} giấy mời đã gửi không còn đúng lịch; bí thư các chi bộ ấy thấy ở trang đầu."
    flash(said, "good")
    return _back(organisation, wanted.month)


def _taking_back(
    organisation: Place, month: date, errors: dict[str, str] | None = None, status: int = 200
) -> tuple[str, int]:
    given = month_orders.order_of(session(), organisation.id, month, this_day())
    if given is None:
        raise NotFound
    found = month_orders.consider_taking_back(session(), registry(), actor(), organisation.id, month)
    told = render_template(
        "schedule/take_back.html",
        place=organisation,
        month=month,
        given=given,
        said=schedule_form.order_words(given.order),
        found=found,
        reason=request.form.get("reason", ""),
        errors=errors or {},
        form_key=new_key(),
        back=_back(organisation, month),
        trail=_trail(month),
    )
    return told, status


def _back(organisation: Place, month: date) -> str:
    """The calendar of the month, of that body."""
    place = None if organisation.is_cell else organisation
    return Asked(month, place, Part.ALL).address()


def _trail(month: date) -> list[trail.Step]:
    return [(f"Lịch tháng {month:%m/%Y}", Asked(month, None, Part.ALL).address())]
