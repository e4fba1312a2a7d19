"""Of fees: money taken and passed on, on which basis members pay, what relieves them, the committee's own figures."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from bontot.access import Permission
from bontot.db.models.fee import CHANNELS
from bontot.services.listing.fees import BASES, PAYMENTS, RELIEFS, REMITTANCES, SETTINGS
from bontot.web import words
from bontot.web.api.asking import HeldQuery, PeopleQuery, PlacesQuery, SinceQuery, binds_of, seen
from bontot.web.api.fields import Choice, Day, Form, Id, Told, maybe, said
from bontot.web.api.resource import Answer, PageQuery, listed, lists, page


class PaymentsQuery(PeopleQuery, SinceQuery):
    """Which payments, by the day they were made."""


class RemittancesQuery(PlacesQuery, SinceQuery):
    """Which money passed on."""


class BasesQuery(PeopleQuery, HeldQuery):
    """Which bases or reliefs."""


class PaymentSchema(Form):
    """Money taken for a month of a member; less than nothing where an earlier entry is set right."""

    member = Id(**said("Đảng viên"))
    organisation = Id(**said("Chi bộ đã thu"))
    month = Day(**said("Ngày đầu của tháng được đóng"))
    amount = fields.Integer(**said("Số tiền, đồng"))
    paid_on = Day(**said("Ngày thu"))
    channel = Choice(*CHANNELS, words=words.FEE_CHANNELS, **said("Tiền mặt hay trực tuyến"))
    entered_by = Told(**said("Ai ghi"))
    entered_at = fields.DateTime(**said("Ghi lúc"))


class BasisSchema(Form):
    """In which group a member pays, and from what figure, from `valid_from` until before `valid_to`."""

    member = Id(**said("Đảng viên"))
    organisation = Id(**said("Chi bộ"))
    group = Told(**said("Nhóm đối tượng"))
    figure = fields.Integer(**maybe("Lương, phụ cấp hoặc mức, đồng một tháng"))
    valid_from = Day(**said("Từ tháng"))
    valid_to = Day(**maybe("Đến trước tháng"))
    entered_by = Told(**said("Ai ghi"))


class ReliefSchema(Form):
    """That a member pays less, or nothing."""

    id = Id(**said("Mã của lần miễn, giảm"))
    member = Id(**said("Đảng viên"))
    organisation = Id(**said("Chi bộ"))
    ground = Told(**maybe("Căn cứ miễn; null là giảm"))
    percent = fields.Integer(**said("Miễn, giảm bao nhiêu phần trăm"))
    valid_from = Day(**said("Từ tháng"))
    valid_to = Day(**maybe("Đến trước tháng"))
    document = Told(**said("Văn bản"))
    entered_by = Told(**said("Ai ghi"))


class RemittanceSchema(Form):
    """Money passed on to the body above."""

    organisation = Id(**said("Tổ chức đã nộp"))
    amount = fields.Integer(**said("Số tiền, đồng"))
    remitted_on = Day(**said("Ngày nộp"))
    document = Told(**maybe("Chứng từ"))
    entered_by = Told(**said("Ai ghi"))
    entered_at = fields.DateTime(**said("Ghi lúc"))


class FeeSettingSchema(Form):
    """A figure of the committee's own for its fees."""

    key = Told(**said("Mã"))
    value = fields.Integer(**said("Giá trị"))
    valid_from = Day(**said("Từ ngày"))
    document = Told(**said("Văn bản"))
    entered_by = Told(**said("Ai ghi"))
    entered_at = fields.DateTime(**said("Ghi lúc"))


@lists(
    "/fee-payments",
    permission=Permission.RECORD_FEE,
    noun="fees",
    summary="Từng lần thu đảng phí, theo ngày thu",
    row=PaymentSchema,
    query=PaymentsQuery,
)
def payments(query: dict[str, Any]) -> Answer:
    """Money taken by cells within reach."""
    seen("fee-payments")
    return page(listed(PAYMENTS, binds_of(query), query))


@lists(
    "/fee-bases",
    permission=Permission.RECORD_FEE,
    noun="fees",
    summary="Ai đóng theo nhóm nào, từ mức nào",
    row=BasisSchema,
    query=BasesQuery,
)
def bases(query: dict[str, Any]) -> Answer:
    """The bases of members within reach."""
    seen("fee-bases")
    return page(listed(BASES, binds_of(query), query))


@lists(
    "/fee-reliefs",
    permission=Permission.RECORD_FEE,
    noun="fees",
    summary="Ai được miễn, giảm đảng phí",
    row=ReliefSchema,
    query=BasesQuery,
)
def reliefs(query: dict[str, Any]) -> Answer:
    """What relieves members within reach."""
    seen("fee-reliefs")
    return page(listed(RELIEFS, binds_of(query), query))


@lists(
    "/fee-remittances",
    permission=Permission.RECORD_FEE,
    noun="fees",
    summary="Tiền đã nộp lên cấp trên, theo ngày nộp",
    row=RemittanceSchema,
    query=RemittancesQuery,
)
def remittances(query: dict[str, Any]) -> Answer:
    """Money passed on by organisations within reach."""
    seen("fee-remittances")
    return page(listed(REMITTANCES, binds_of(query), query))


@lists(
    "/fee-settings",
    permission=Permission.VIEW_ORGANISATION,
    noun="fees",
    summary="Mức riêng của đảng bộ về đảng phí",
    row=FeeSettingSchema,
    query=PageQuery,
)
def fee_settings(query: dict[str, Any]) -> Answer:
    """The committee's own figures through time."""
    return page(listed(SETTINGS, {}, query))
