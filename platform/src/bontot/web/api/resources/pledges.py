"""Yearly pledges: listed, read whole, signed and confirmed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import fields

from bontot.access import Permission, Scope
from bontot.errors import InvalidFields, NotFound
from bontot.policy.terms import Subject
from bontot.services import organisations, year_start
from bontot.services import pledges as records
from bontot.services.audit import note_view
from bontot.services.judgment_rules import JudgedSubject
from bontot.services.listing.years import OPENINGS, PLEDGES
from bontot.services.pledges import AskedPledge, Pledge, Promise
from bontot.web.api.asking import PeopleQuery, YearQuery, binds_of, check_criteria, seen, year_of
from bontot.web.api.blueprint import api
from bontot.web.api.fields import (
    AskedFlag,
    Day,
    Flag,
    Form,
    Id,
    NothingSchema,
    Number,
    Part,
    Several,
    Told,
    Words,
    asked,
    maybe,
    optional,
    said,
)
from bontot.web.api.resource import (
    Answer,
    PageQuery,
    Resource,
    listed,
    lists,
    number_to_correct,
    once,
    page,
    resource,
)
from bontot.web.database import session
from bontot.web.judgment_links import of_place
from bontot.web.query import EARLIEST_YEAR, LATEST_YEAR
from bontot.web.request import Person, Place, actor, place_by_id, registry, this_day

NOUN = "pledges"
MOST_LINES = 200


class PledgesQuery(PeopleQuery, YearQuery):
    """Which pledges."""

    confirmed = AskedFlag(**asked("Đã được xác nhận hay chưa"))


class PledgeSummarySchema(Form):
    """A pledge in a list."""

    member = Id(**maybe("Đảng viên; null là của chi bộ"))
    organisation = Id(**said("Chi bộ, hoặc chi bộ của đảng viên"))
    about_member = Flag(**said("Của một đảng viên"))
    year = fields.Integer(**said("Năm"))
    signed_on = Day(**said("Ngày ký"))
    signed_by = Id(**maybe("Đảng viên đã ký"))
    confirmed_on = Day(**maybe("Ngày xác nhận"))
    confirmed_by = Told(**maybe("Nơi xác nhận"))
    version = fields.Integer(**said("Bản thứ mấy"))


class OpeningSchema(Form):
    """That a year was opened for pledges."""

    year = fields.Integer(**said("Năm"))
    due_on = Day(**said("Hạn đăng ký"))
    document = Told(**said("Văn bản"))
    entered_by = Told(**said("Ai mở"))
    entered_at = fields.DateTime(**said("Mở lúc"))


class OpeningEntrySchema(Form):
    """A year to be opened."""

    year = Number(EARLIEST_YEAR, LATEST_YEAR, **said("Năm nay hoặc năm sau"))
    due_on = Day(**said("Hạn đăng ký"))
    document = Words(**said("Số, ngày của văn bản triển khai"))


class PromiseSchema(Form):
    """What is undertaken on a criterion."""

    criterion = Words(**said("Mã tiêu chí"))
    content = Words(**said("Nội dung đăng ký"))
    target = Words(**optional("Chỉ tiêu", ""))
    due = Words(**optional("Thời gian", ""))
    carrier = Words(**optional("Người phụ trách", ""))


class AskedSchema(Form):
    """A criterion of the plan to pledge on, with what is offered to say."""

    criterion = Told(**said("Mã tiêu chí"))
    label = Told(**said("Tiêu chí"))
    content = Told(**said("Nội dung gợi ý"))
    target = Told(**said("Chỉ tiêu gợi ý"))


class PledgeSchema(Form):
    """A pledge of a cell or member for a year, with what the plan asks; not signed while `signed_on` is null."""

    year = fields.Integer(**said("Năm"))
    title = Told(**maybe("Danh hiệu phấn đấu; null là kế hoạch không cho đăng ký"))
    signed_on = Day(**maybe("Ngày ký"))
    signed_by = Told(**maybe("Người ký"))
    confirmed_on = Day(**maybe("Ngày xác nhận"))
    confirmed_by = Told(**maybe("Nơi xác nhận"))
    promises = fields.List(fields.Nested(PromiseSchema), **said("Từng tiêu chí đã đăng ký"))
    asked = fields.List(fields.Nested(AskedSchema), **said("Các tiêu chí phải đăng ký"))


class PledgeEntrySchema(Form):
    """What is signed: every criterion the plan asks, and the day."""

    signed_on = Day(**said("Ngày ký"))
    promises = Several(Part(PromiseSchema), MOST_LINES, **said("Từng tiêu chí"))
    reason = Words(**optional("Lý do, khi sửa bản đã ký", ""))


@lists(
    "/pledges",
    permission=Permission.VIEW_ORGANISATION,
    noun=NOUN,
    summary="Các bản đăng ký phấn đấu, theo năm",
    row=PledgeSummarySchema,
    query=PledgesQuery,
)
def pledges(query: dict[str, Any]) -> Answer:
    """The pledges of whoever is within reach."""
    seen("pledges")
    return page(listed(PLEDGES, binds_of(query), query))


@lists(
    "/year-openings",
    permission=Permission.VIEW_ORGANISATION,
    noun=NOUN,
    summary="Các năm đã mở đăng ký",
    row=OpeningSchema,
    query=PageQuery,
)
def year_openings(query: dict[str, Any]) -> Answer:
    """The years opened for pledges."""
    return page(listed(OPENINGS, {}, query))


@resource(
    api,
    "/year-openings",
    permission=Permission.OPEN_YEAR,
    scope=Scope.TENANT,
    says=Resource(
        noun=NOUN,
        method="POST",
        summary="Mở đăng ký cho năm nay hoặc năm sau",
        answer=OpeningSchema,
        body=OpeningEntrySchema,
        status=201,
        keyed=True,
    ),
)
def open_year(body: dict[str, Any]) -> Answer:
    """Opens a year for pledges, once."""

    def act() -> str:
        year_start.open_year(session(), actor(), **body)
        return str(body["year"])

    year = int(once(act))
    session().flush()
    found = year_start.opening(session(), year)
    if found is None:
        raise NotFound
    return Answer({name: getattr(found, name) for name in OpeningSchema().fields})


@resource(
    api,
    "/organisations/<uuid:organisation>/pledges/<year>",
    permission=Permission.VIEW_ORGANISATION,
    scope=Scope.ORGANISATION,
    says=Resource(
        noun=NOUN, method="GET", summary="Bản đăng ký của một chi bộ", answer=PledgeSchema, versioned=True
    ),
)
def cell_pledge(organisation: Place, year: str) -> Answer:
    """A cell's pledge of a year, or what it would pledge."""
    return _answer(_cell(organisation), year_of(year))


@resource(
    api,
    "/members/<uuid:member>/pledges/<year>",
    permission=Permission.PLEDGE,
    scope=Scope.MEMBER,
    says=Resource(
        noun=NOUN, method="GET", summary="Bản đăng ký của một đảng viên", answer=PledgeSchema, versioned=True
    ),
)
def member_pledge(member: Person, year: str) -> Answer:
    """A member's pledge of a year, or what he or she would pledge."""
    return _answer(_member(member), year_of(year))


@resource(
    api,
    "/organisations/<uuid:organisation>/pledges/<year>",
    permission=Permission.PLEDGE,
    scope=Scope.ORGANISATION,
    says=Resource(
        noun=NOUN,
        method="PUT",
        summary="Ghi bản đăng ký đã ký của một chi bộ",
        answer=PledgeSchema,
        body=PledgeEntrySchema,
        versioned=True,
    ),
)
def sign_cell_pledge(organisation: Place, year: str, body: dict[str, Any]) -> Answer:
    """Signs a cell's pledge, or signs it anew."""
    return _sign(_cell(organisation), year_of(year), body)


@resource(
    api,
    "/members/<uuid:member>/pledges/<year>",
    permission=Permission.PLEDGE,
    scope=Scope.MEMBER,
    says=Resource(
        noun=NOUN,
        method="PUT",
        summary="Ghi bản đăng ký đã ký của một đảng viên",
        answer=PledgeSchema,
        body=PledgeEntrySchema,
        versioned=True,
    ),
)
def sign_member_pledge(member: Person, year: str, body: dict[str, Any]) -> Answer:
    """Signs a member's pledge, or signs it anew."""
    return _sign(_member(member), year_of(year), body)


@resource(
    api,
    "/organisations/<uuid:organisation>/pledges/<year>/confirmation",
    permission=Permission.CONFIRM_PLEDGE,
    scope=Scope.ORGANISATION,
    says=Resource(
        noun=NOUN,
        method="POST",
        summary="Cấp trên xác nhận bản đăng ký của một chi bộ",
        answer=PledgeSchema,
        body=NothingSchema,
        versioned=True,
    ),
)
def confirm_cell_pledge(organisation: Place, year: str, body: dict[str, Any]) -> Answer:
    """The superior confirms a cell's pledge; by another hand than signed it."""
    return _confirm(_cell(organisation), year_of(year), body)


@resource(
    api,
    "/members/<uuid:member>/pledges/<year>/confirmation",
    permission=Permission.CONFIRM_PLEDGE,
    scope=Scope.MEMBER,
    says=Resource(
        noun=NOUN,
        method="POST",
        summary="Chi bộ xác nhận bản đăng ký của một đảng viên",
        answer=PledgeSchema,
        body=NothingSchema,
        versioned=True,
    ),
)
def confirm_member_pledge(member: Person, year: str, body: dict[str, Any]) -> Answer:
    """The cell confirms a member's pledge; by another hand than signed it."""
    return _confirm(_member(member), year_of(year), body)


def _cell(organisation: Place) -> JudgedSubject:
    """A cell as one who pledges. Raises NotFound for any other organisation."""
    if not organisation.is_cell:
        raise NotFound
    return of_place(organisation)


def _member(member: Person) -> JudgedSubject:
    return JudgedSubject(id=member.id, of_member=True, place_id=member.cell_id)


def _asked(subject: JudgedSubject, year: int) -> AskedPledge | None:
    """What the plan asks. Raises PluginUnavailable."""
    if subject.place_id is None:
        return None
    kind = Subject.MEMBER if subject.of_member else Subject.CELL
    return records.asked_pledge(session(), registry(), subject.place_id, year, kind)


def _sign(subject: JudgedSubject, year: int, body: Mapping[str, Any]) -> Answer:
    wanted = _asked(subject, year)
    if wanted is None:
        raise NotFound
    places = check_criteria(
        body,
        "promises",
        {line.criterion for line in wanted.lines},
        unknown="Kế hoạch không có tiêu chí này để đăng ký.",
        twice="Mỗi tiêu chí chỉ đăng ký một lần.",
    )
    promises = {
        one["criterion"]: Promise(one["content"], one["target"], one["due"], one["carrier"])
        for one in body["promises"]
    }
    entry = records.PledgeEntry(signed_on=body["signed_on"], promises=promises, reason=body["reason"])
    try:
        records.sign(session(), actor(), subject, year, wanted, entry, number_to_correct())
    except InvalidFields as refusal:
        raise InvalidFields(
            {_place_of(field, places): sentence for field, sentence in refusal.errors.items()}
        ) from None
    return _answer(subject, year)


def _place_of(field: str, places: Mapping[str, int]) -> str:
    """`content-tayho.cell.1` as programs name it: `promises.0.content`."""
    part, _, criterion = field.partition("-")
    if part not in records.PARTS:
        return field
    return f"promises.{places[criterion]}.{part}" if criterion in places else f"promises.{criterion}"


def _confirm(subject: JudgedSubject, year: int, _: Mapping[str, Any]) -> Answer:
    place = subject.place_id or 0
    above = organisations.superiors(session(), place, this_day())
    by = place_by_id(session(), place).name if subject.of_member else above[-1][2] if above else actor().name
    records.confirm(session(), actor(), subject, year, number_to_correct(), by)
    return _answer(subject, year)


def _answer(subject: JudgedSubject, year: int) -> Answer:
    session().flush()
    session().expire_all()
    note_view(session(), "view_pledge", subject.table, subject.id, actor().account_id, year=year)
    found, wanted = records.pledge_of(session(), subject, year), _asked(subject, year)
    return Answer(_content(year, found, wanted), found.version if found else 0)


def _content(year: int, found: Pledge | None, wanted: AskedPledge | None) -> dict[str, Any]:
    promises = found.promises if found else {}
    return {
        "year": year,
        "title": wanted.title if wanted else None,
        **{
            name: getattr(found, name) if found else None
            for name in ("signed_on", "signed_by", "confirmed_on", "confirmed_by")
        },
        "promises": [
            {"criterion": key, **{part: getattr(one, part) for part in records.PARTS}}
            for key, one in promises.items()
        ],
        "asked": [
            {
                "criterion": line.criterion,
                "label": line.label,
                "content": line.offered.content,
                "target": line.offered.target,
            }
            for line in (wanted.lines if wanted else ())
        ],
    }
