"""Praise and discipline (outcomes alone), complaints (whom they are about is not said), inspections, rules, what people
asked for. All of it comes in by workbook."""

from __future__ import annotations

from typing import Any

from bontot.access import Permission
from bontot.services.listing import conduct as lists_of
from bontot.web.api.asking import HeldQuery, PeopleQuery, PlacesQuery, SinceQuery, binds_of, seen
from bontot.web.api.fields import Choice, Day, Flag, Form, Id, Told, maybe, said
from bontot.web.api.resource import Answer, listed, lists, page

NOUN = "conduct"


class OfPeopleQuery(PeopleQuery, SinceQuery):
    """Which records of members and organisations."""


class OfPlacesQuery(PlacesQuery, SinceQuery):
    """Which records of organisations."""


class RegulationsQuery(PlacesQuery, HeldQuery):
    """Which rules."""


class WhomSchema(Form):
    """Whom a record is about: a member, with the cell that is or was last his or her home, or an organisation."""

    member = Id(**maybe("Đảng viên; null là của tổ chức"))
    organisation = Id(**said("Tổ chức, hoặc chi bộ của đảng viên"))


class CommendationSchema(WhomSchema):
    """Praise given."""

    reason = Choice("hcm_study", "initiative", "task", "emulation", "other", **said("Khen thưởng về việc gì"))
    awarded_on = Day(**said("Ngày khen thưởng"))


class DisciplineSchema(WhomSchema):
    """The outcome of a case."""

    form = Choice(
        "reprimand", "warning", "dismissal", "expulsion", "dissolution", **said("Hình thức kỷ luật")
    )
    number = Told(**said("Số quyết định"))
    found_on = Day(**maybe("Ngày phát hiện vi phạm"))
    decided_on = Day(**said("Ngày quyết định"))


class ComplaintSchema(Form):
    """That there is a complaint or denunciation."""

    organisation = Id(**said("Tổ chức, hoặc chi bộ của đảng viên"))
    about_member = Flag(**said("Về một đảng viên; không nói là ai"))
    received_on = Day(**said("Ngày nhận đơn"))
    founded = Flag(**maybe("Đúng hay không; null là chưa kết luận"))


class InspectionSchema(Form):
    """An inspection or supervision carried out."""

    organisation = Id(**said("Tổ chức tiến hành"))
    kind = Choice("inspection", "supervision", **said("Kiểm tra hay giám sát"))
    held_on = Day(**said("Ngày"))


class ConcernSchema(Form):
    """What members or people asked for."""

    organisation = Id(**said("Chi bộ"))
    subject = Told(**said("Kiến nghị gì"))
    raised_on = Day(**said("Ngày nêu"))
    answered_on = Day(**maybe("Ngày trả lời"))


class RegulationSchema(Form):
    """A working regulation, in force from `valid_from` until before `valid_to`."""

    organisation = Id(**said("Tổ chức"))
    kind = Told(**said("Loại"))
    number = Told(**said("Số, ký hiệu"))
    title = Told(**said("Trích yếu"))
    valid_from = Day(**said("Từ ngày"))
    valid_to = Day(**maybe("Đến trước ngày"))


@lists(
    "/commendations",
    permission=Permission.VIEW_ORGANISATION,
    noun=NOUN,
    summary="Khen thưởng, theo ngày",
    row=CommendationSchema,
    query=OfPeopleQuery,
)
def commendations(query: dict[str, Any]) -> Answer:
    """Praise given to whoever is within reach."""
    seen("commendations")
    return page(listed(lists_of.COMMENDATIONS, binds_of(query), query))


@lists(
    "/disciplines",
    permission=Permission.VIEW_ORGANISATION,
    noun=NOUN,
    summary="Kết quả thi hành kỷ luật, theo ngày",
    row=DisciplineSchema,
    query=OfPeopleQuery,
)
def disciplines(query: dict[str, Any]) -> Answer:
    """Outcomes of cases of whoever is within reach."""
    seen("disciplines")
    return page(listed(lists_of.DISCIPLINES, binds_of(query), query))


@lists(
    "/complaints",
    permission=Permission.VIEW_ORGANISATION,
    noun=NOUN,
    summary="Đơn thư, theo ngày nhận",
    row=ComplaintSchema,
    query=OfPlacesQuery,
)
def complaints(query: dict[str, Any]) -> Answer:
    """Complaints about whoever is within reach, without whom."""
    seen("complaints")
    return page(listed(lists_of.COMPLAINTS, binds_of(query) | {"member": None}, query))


@lists(
    "/inspections",
    permission=Permission.VIEW_ORGANISATION,
    noun=NOUN,
    summary="Các cuộc kiểm tra, giám sát, theo ngày",
    row=InspectionSchema,
    query=OfPlacesQuery,
)
def inspections(query: dict[str, Any]) -> Answer:
    """Inspections by organisations within reach."""
    return page(listed(lists_of.INSPECTIONS, binds_of(query), query))


@lists(
    "/concerns",
    permission=Permission.VIEW_ORGANISATION,
    noun=NOUN,
    summary="Kiến nghị của đảng viên, quần chúng, theo ngày nêu",
    row=ConcernSchema,
    query=OfPlacesQuery,
)
def concerns(query: dict[str, Any]) -> Answer:
    """What was asked for in cells within reach."""
    return page(listed(lists_of.CONCERNS, binds_of(query), query))


@lists(
    "/regulations",
    permission=Permission.VIEW_ORGANISATION,
    noun=NOUN,
    summary="Quy chế làm việc",
    row=RegulationSchema,
    query=RegulationsQuery,
)
def regulations(query: dict[str, Any]) -> Answer:
    """Rules of organisations within reach."""
    return page(listed(lists_of.REGULATIONS, binds_of(query), query))
