"""Members: lists as on pages, one member's record, where somebody belonged, and what happens to a member."""

from __future__ import annotations

from datetime import date
from typing import Any

from marshmallow import fields
from sqlalchemy import or_, select

from bontot.access import Permission, Scope
from bontot.db.models import Post
from bontot.db.models.member import STATES
from bontot.services import members as records
from bontot.services.audit import note_view
from bontot.services.listing.members import MEMBERS, MEMBERSHIPS
from bontot.services.people.events import APPLY, Entry
from bontot.services.people.history import version_of
from bontot.services.people.recording import record
from bontot.text import search_key
from bontot.web import words
from bontot.web.api.asking import day_of, member_id, within
from bontot.web.api.blueprint import api
from bontot.web.api.fields import (
    AsOfQuery,
    Choice,
    Day,
    Flag,
    Form,
    Id,
    Number,
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
    number_to_correct,
    once,
    page,
    resource,
)
from bontot.web.database import session
from bontot.web.places import chosen
from bontot.web.query import LATEST_YEAR
from bontot.web.request import Person, actor, place_by_id, reach, this_day

EMPLOYMENT = ("working", "retired", "studying", "other")
PRECISION = ("day", "month", "year")
EVENTS = tuple(APPLY)
END_OF_POST = "end_of_post"


class MemberSummarySchema(Form):
    """A member in a list, on the day asked about."""

    id = Id(**said("Mã của đảng viên"))
    full_name = Told(**said("Họ và tên"))
    birth_year = fields.Integer(**maybe("Năm sinh"))
    official = Flag(**said("Đảng viên chính thức"))
    employment = Choice(*EMPLOYMENT, words=words.EMPLOYMENT, **said("Tình trạng công tác"))
    organisation = Id(**said("Chi bộ sinh hoạt chính"))
    states = fields.List(
        Choice(*STATES, words=words.MEMBER_STATES), **said("Tình trạng trong ngày: miễn, tạm đình chỉ, …")
    )


class MemberSchema(Form):
    """A member's record. Days are known to their precision; one known only to its month or year stands at its beginning."""

    id = Id(**said("Mã của đảng viên"))
    full_name = Told(**said("Họ và tên"))
    birth_date = Day(**maybe("Ngày sinh"))
    birth_precision = Choice(*PRECISION, **said("Ngày sinh biết đến ngày, tháng hay năm"))
    female = Flag(**maybe("Nữ"))
    card_number = Told(**maybe("Số thẻ đảng viên"))
    admission_date = Day(**maybe("Ngày kết nạp"))
    admission_precision = Choice(*PRECISION, **said("Ngày kết nạp biết đến ngày, tháng hay năm"))
    official_date = Day(**maybe("Ngày chính thức"))
    employment = Choice(*EMPLOYMENT, words=words.EMPLOYMENT, **said("Tình trạng công tác"))
    ended_on = Day(**maybe("Ngày thôi sinh hoạt ở đảng bộ"))
    end_kind = Told(**maybe("Vì sao thôi sinh hoạt"))
    organisation = Id(**maybe("Chi bộ sinh hoạt chính hiện nay"))


class MembershipSchema(Form):
    """That somebody belonged to a cell from `valid_from` until before `valid_to`."""

    member = Id(**said("Đảng viên"))
    organisation = Id(**said("Chi bộ"))
    kind = Choice("home", "temporary", **said("Sinh hoạt chính hay tạm thời"))
    valid_from = Day(**said("Từ ngày"))
    valid_to = Day(**maybe("Đến trước ngày; null là đang sinh hoạt"))
    document = Told(**maybe("Văn bản"))


class MembersQuery(PageQuery, AsOfQuery):
    """Which members."""

    organisation = Id(**asked("Chỉ tổ chức này và cấp dưới"))
    name = Words(longest=100, load_default="", metadata={"description": "Chữ trong tên, không dấu cũng được"})


class MembershipsQuery(PageQuery, AsOfQuery):
    """Which memberships."""

    organisation = Id(**asked("Chỉ tổ chức này và cấp dưới"))
    member = Id(**asked("Chỉ đảng viên này"))


class MemberEventSchema(Form):
    """Something that happened to a member, with its document."""

    kind = Choice(*EVENTS, words=words.EVENTS, **said("Việc gì"))
    day = Day(**said("Có hiệu lực từ ngày"))
    until = Day(**optional("Ngày cuối cùng, nếu có thời hạn"))
    organisation = Id(**optional("Tổ chức chuyển đến, hoặc tổ chức của chức vụ nhận hay thôi"))
    document = Words(longest=200, **optional("Số, ký hiệu văn bản", ""))
    document_day = Day(**optional("Ngày của văn bản"))
    chosen = Words(
        longest=50, **optional("Chức vụ nhận hay thôi, tình trạng kết thúc, hoặc số năm của huy hiệu", "")
    )
    term = Words(longest=200, **optional("Nhiệm kỳ của chức vụ", ""))
    place = Words(longest=200, **optional("Nơi ngoài đảng bộ", ""))
    year = Number(1900, LATEST_YEAR, **optional("Năm của nhận xét nơi cư trú"))


@resource(
    api,
    "/members",
    permission=Permission.VIEW_ORGANISATION,
    scope=Scope.TENANT,
    says=Resource(
        noun="members",
        method="GET",
        summary="Đảng viên",
        answer=MemberSummarySchema,
        many=True,
        query=MembersQuery,
    ),
)
def members(query: dict[str, Any]) -> Answer:
    """Who is at home within reach on the day."""
    day = day_of(query)
    binds = {"within": within(query, day), "day": day, "words": search_key(query["name"])}
    note_view(session(), "view_members", "organisation", None, actor().account_id)
    return page(listed(MEMBERS, binds, query))


@resource(
    api,
    "/members/<uuid:member>",
    permission=Permission.VIEW_MEMBER,
    scope=Scope.MEMBER,
    says=Resource(
        noun="members",
        method="GET",
        summary="Hồ sơ một đảng viên",
        answer=MemberSchema,
        query=AsOfQuery,
        versioned=True,
    ),
)
def member(member: Person, query: dict[str, Any]) -> Answer:
    """One member's record, as it was known on the day."""
    note_view(session(), "view_member", "member", member.id, actor().account_id)
    found = records.profile(session(), member.id)
    day = day_of(query)
    known = records.as_of(found, day) if day != this_day() else found
    return Answer(_content(member, known), version_of(session(), member.id))


@resource(
    api,
    "/members/<uuid:member>/events",
    permission=Permission.RECORD_MEMBER,
    scope=Scope.MEMBER,
    says=Resource(
        noun="members",
        method="POST",
        summary="Ghi một việc của đảng viên: chuyển sinh hoạt, công nhận chính thức, miễn, chức vụ, …",
        answer=MemberSchema,
        body=MemberEventSchema,
        status=201,
        versioned=True,
        keyed=True,
    ),
)
def record_event(member: Person, body: dict[str, Any]) -> Answer:
    """Records an event upon the last one that the program has seen; answers the record as it is then."""

    def act() -> str:
        place = body.pop("organisation")
        organisation_id = None if place is None else chosen(str(place))
        if body["kind"] == END_OF_POST:
            body["chosen"] = _post(member, organisation_id, body["chosen"], body["day"])
            organisation_id = None
        entry = Entry(**body, organisation_id=organisation_id)
        return str(record(session(), actor(), member.id, entry, number_to_correct()))

    once(act)
    session().flush()
    found = records.profile(session(), member.id)
    homes = records.cells_of(session(), member.id, this_day())
    home = next((one.place_id for one in homes if one.kind == "home" and one.holds_on(this_day())), None)
    moved = Person(member.id, member.public_id, member.full_name, home)
    return Answer(
        _content(moved, found), version_of(session(), member.id), f"/api/v1/members/{member.public_id}"
    )


@resource(
    api,
    "/memberships",
    permission=Permission.VIEW_ORGANISATION,
    scope=Scope.TENANT,
    says=Resource(
        noun="members",
        method="GET",
        summary="Ai sinh hoạt ở chi bộ nào, từ ngày nào",
        answer=MembershipSchema,
        many=True,
        query=MembershipsQuery,
    ),
)
def memberships(query: dict[str, Any]) -> Answer:
    """The memberships begun by the day, in organisations within reach."""
    day = day_of(query)
    binds = {"within": within(query), "day": day, "member": member_id(query)}
    note_view(session(), "view_members", "organisation", None, actor().account_id)
    return page(listed(MEMBERSHIPS, binds, query))


def _post(member: Person, organisation_id: int | None, kind: str, day: date) -> str:
    """The number of the post that ends, by which pages name it; empty for none, which is refused there."""
    held = select(Post.id).where(
        Post.member_id == member.id,
        Post.organisation_id == organisation_id,
        Post.kind == kind,
        Post.valid_from < day,
        or_(Post.valid_to.is_(None), Post.valid_to > day),
    )
    found = session().scalar(held.order_by(Post.id).limit(1))
    return "" if found is None else str(found)


def _content(member: Person, known: records.Profile) -> dict[str, Any]:
    names = (name for name in MemberSchema().fields if name not in ("id", "organisation"))
    seen = member.cell_id is not None and member.cell_id in reach()
    home = place_by_id(session(), member.cell_id).public_id if seen and member.cell_id is not None else None
    return {"id": member.public_id, **{name: getattr(known, name) for name in names}, "organisation": home}
