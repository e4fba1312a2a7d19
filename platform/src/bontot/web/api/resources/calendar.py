"""What shapes the calendar: invitations, orders for a month, days off, days preferred."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from marshmallow import fields

from bontot.access import Permission, Scope
from bontot.policy.calendar import DayKind
from bontot.services import month_orders, own_days_off
from bontot.services.listing import calendar as lists_of
from bontot.services.month_orders import Order
from bontot.services.own_days_off import OwnDay
from bontot.web import words
from bontot.web.api.asking import HeldQuery, PlacesQuery, SinceQuery, binds_of, row_of
from bontot.web.api.blueprint import api
from bontot.web.api.fields import (
    Choice,
    Day,
    Flag,
    Form,
    Id,
    Told,
    Words,
    maybe,
    optional,
    said,
)
from bontot.web.api.fields import Month as AMonth
from bontot.web.api.resource import Answer, Resource, listed, lists, number_to_correct, once, page, resource
from bontot.web.database import session
from bontot.web.query import asked_month
from bontot.web.request import Place, actor, narrowed, place_by_public_id, this_day

NOUN = "calendar"


class CalendarQuery(PlacesQuery, SinceQuery):
    """Which days."""


class PreferencesQuery(PlacesQuery, HeldQuery):
    """Which preferences."""


class OrderSchema(Form):
    """A superior's order for a month: another day and deadline, or no meeting."""

    organisation = Id(**said("Của tổ chức này và cấp dưới"))
    month = Day(**said("Ngày đầu của tháng"))
    day = Day(**maybe("Ngày họp ấn định"))
    deadline = Day(**maybe("Hạn cuối"))
    waived = Flag(**said("Được nghỉ tháng này"))
    document = Told(**said("Văn bản"))
    ordered_by = Id(**maybe("Tổ chức đã ra; null là toàn đảng bộ"))
    entered_by = Told(**maybe("Ai ghi"))
    entered_at = fields.DateTime(**said("Ghi lúc"))
    version = fields.Integer(**said("Bản thứ mấy"))


class MonthOrderSchema(Form):
    """The order there is for a month of an organisation itself, or none."""

    month = AMonth(**said("Tháng"))
    day = Day(**maybe("Ngày họp ấn định"))
    deadline = Day(**maybe("Hạn cuối"))
    waived = Flag(**said("Được nghỉ tháng này"))
    document = Told(**maybe("Văn bản; null là không có điều chỉnh"))


class OrderEntrySchema(Form):
    """What is ordered: `waived` and nothing else, or a deadline, with the day where one is fixed."""

    day = Day(**optional("Ngày họp ấn định"))
    deadline = Day(**optional("Hạn cuối"))
    waived = Flag(**optional("Cho nghỉ tháng này", default=False))
    document = Words(**said("Số, ngày của văn bản"))


class TakingBackSchema(Form):
    """Why something is taken back."""

    reason = Words(**said("Lý do"))


class OwnDaySchema(Form):
    """A day treated otherwise than the platform's calendar has it."""

    id = Id(**said("Mã của ngày"))
    organisation = Id(**maybe("Của tổ chức này và cấp dưới; null là toàn đảng bộ"))
    day = Day(**said("Ngày"))
    kind = Choice(*own_days_off.KINDS, words=words.OWN_DAY_KINDS, **said("Loại ngày"))
    name = Told(**said("Tên ngày"))
    source = Told(**said("Văn bản"))
    entered_by = Told(**maybe("Ai ghi"))
    entered_at = fields.DateTime(**said("Ghi lúc"))


class OwnDayEntrySchema(Form):
    """A day to be treated otherwise."""

    organisation = Id(**optional("Của tổ chức này và cấp dưới; null là toàn đảng bộ"))
    day = Day(**said("Ngày"))
    kind = Choice(*own_days_off.KINDS, words=words.OWN_DAY_KINDS, **said("Loại ngày"))
    name = Words(**said("Tên ngày"))
    source = Words(**said("Văn bản"))


class HolidaySchema(Form):
    """A day of the platform's calendar."""

    day = Day(**said("Ngày"))
    kind = Choice(*(kind.value for kind in DayKind), words=words.DAY_KINDS, **said("Loại ngày"))
    name = Told(**said("Tên ngày"))


class PreferenceSchema(Form):
    """The day of the month a cell prefers."""

    organisation = Id(**said("Chi bộ"))
    day = fields.Integer(**said("Ngày trong tháng"))
    valid_from = Day(**said("Từ ngày"))
    valid_to = Day(**maybe("Đến trước ngày"))


@lists(
    "/month-orders",
    permission=Permission.VIEW_ORGANISATION,
    noun=NOUN,
    summary="Điều chỉnh tháng do cấp trên ra, theo tháng",
    row=OrderSchema,
    query=CalendarQuery,
)
def orders(query: dict[str, Any]) -> Answer:
    """The orders given to organisations within reach."""
    return page(listed(lists_of.ORDERS, binds_of(query), query))


@resource(
    api,
    "/organisations/<uuid:organisation>/month-orders/<month>",
    permission=Permission.ORDER_MONTH,
    scope=Scope.ORGANISATION,
    says=Resource(
        noun=NOUN,
        method="GET",
        summary="Điều chỉnh một tháng của chính tổ chức này",
        answer=MonthOrderSchema,
        versioned=True,
    ),
)
def order(organisation: Place, month: str) -> Answer:
    """The order for a month given to this very organisation, with the version to order upon."""
    return _order(organisation, asked_month(month, ahead=True))


@resource(
    api,
    "/organisations/<uuid:organisation>/month-orders/<month>",
    permission=Permission.ORDER_MONTH,
    scope=Scope.ORGANISATION,
    says=Resource(
        noun=NOUN,
        method="PUT",
        summary="Chuyển ngày họp, hạn cuối của một tháng, hoặc cho nghỉ",
        answer=MonthOrderSchema,
        body=OrderEntrySchema,
        versioned=True,
    ),
)
def put_order(organisation: Place, month: str, body: dict[str, Any]) -> Answer:
    """Orders a month otherwise for an organisation and all below it."""
    wanted = Order(month=asked_month(month, ahead=True), **body)
    month_orders.give(session(), actor(), organisation.id, wanted, number_to_correct(), actor().name)
    return _order(organisation, wanted.month)


@resource(
    api,
    "/organisations/<uuid:organisation>/month-orders/<month>/removal",
    permission=Permission.ORDER_MONTH,
    scope=Scope.ORGANISATION,
    says=Resource(
        noun=NOUN,
        method="POST",
        summary="Bỏ điều chỉnh của một tháng",
        answer=MonthOrderSchema,
        body=TakingBackSchema,
        versioned=True,
    ),
)
def remove_order(organisation: Place, month: str, body: dict[str, Any]) -> Answer:
    """Takes an order back: the month follows the plan again."""
    first = asked_month(month, ahead=True)
    month_orders.take_back(session(), actor(), organisation.id, first, number_to_correct(), body["reason"])
    return _order(organisation, first)


@lists(
    "/days-off",
    permission=Permission.SET_DAYS_OFF,
    noun=NOUN,
    summary="Ngày nghỉ, ngày làm bù riêng của đảng bộ, theo ngày",
    row=OwnDaySchema,
    query=CalendarQuery,
)
def days_off(query: dict[str, Any]) -> Answer:
    """The committee's own days."""
    return page(listed(lists_of.OWN_DAYS, binds_of(query) | {"one": None}, query))


@resource(
    api,
    "/days-off",
    permission=Permission.SET_DAYS_OFF,
    scope=Scope.TENANT,
    says=Resource(
        noun=NOUN,
        method="POST",
        summary="Ghi một ngày nghỉ hoặc làm bù riêng",
        answer=OwnDaySchema,
        body=OwnDayEntrySchema,
        status=201,
        keyed=True,
    ),
)
def add_day_off(body: dict[str, Any]) -> Answer:
    """Enters a day, in a month that is not over."""

    def act() -> str:
        place = body.pop("organisation")
        organisation_id = None if place is None else place_by_public_id(session(), place).id
        own_days_off.enter(session(), actor(), OwnDay(**body, organisation_id=organisation_id))
        binds = {"within": narrowed(), "since": body["day"], "until": body["day"], "one": None}
        rows = lists_of.OWN_DAYS.read(session(), binds, after=None, size=200).rows
        return str(next(row["id"] for row in rows if row["organisation"] == place))

    return _own_day(UUID(once(act)))


@resource(
    api,
    "/days-off/<uuid:day_off>/removal",
    permission=Permission.SET_DAYS_OFF,
    scope=Scope.TENANT,
    says=Resource(
        noun=NOUN,
        method="POST",
        summary="Bỏ một ngày đã ghi; trả về ngày ấy",
        answer=OwnDaySchema,
        body=TakingBackSchema,
    ),
)
def remove_day_off(day_off: UUID, body: dict[str, Any]) -> Answer:
    """Takes a day back; what was entered is answered once more and kept in the trail."""
    before = _own_day(day_off)
    own_days_off.take_back(session(), actor(), day_off, body["reason"])
    return Answer(before.content)


@lists(
    "/holidays",
    permission=Permission.VIEW_ORGANISATION,
    noun=NOUN,
    summary="Ngày nghỉ của lịch chung, theo ngày",
    row=HolidaySchema,
    query=SinceQuery,
)
def holidays(query: dict[str, Any]) -> Answer:
    """The platform's calendar."""
    return page(listed(lists_of.HOLIDAYS, query, query))


@lists(
    "/meeting-preferences",
    permission=Permission.VIEW_ORGANISATION,
    noun=NOUN,
    summary="Ngày họp các chi bộ chọn",
    row=PreferenceSchema,
    query=PreferencesQuery,
)
def preferences(query: dict[str, Any]) -> Answer:
    """The days cells within reach prefer."""
    return page(listed(lists_of.PREFERENCES, binds_of(query), query))


def _order(organisation: Place, month: date) -> Answer:
    session().flush()
    found = month_orders.order_of(session(), organisation.id, month, this_day())
    given = found.order if found else None
    content = {
        "month": f"{month:%Y-%m}",
        "day": given.day if given else None,
        "deadline": given.deadline if given else None,
        "waived": given.waived if given else False,
        "document": given.document if given else None,
    }
    return Answer(content, found.version if found else 0)


def _own_day(public_id: UUID) -> Answer:
    session().flush()
    return Answer(row_of(lists_of.OWN_DAYS, public_id, "since", "until"))
