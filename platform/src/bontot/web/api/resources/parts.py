"""The parts of a meeting's record, each row by itself and upon the version that was read; what is done with the record, and
its scores."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from dataclasses import fields as fields_of
from typing import Any, cast
from uuid import UUID

from marshmallow import fields

from bontot.access import Actor, Permission, Scope
from bontot.db.models import Meeting, Member
from bontot.db.models.meeting import VOTES as VOTED_ON
from bontot.errors import InvalidFields
from bontot.services import meetings as records
from bontot.services.audit import note_view
from bontot.services.proceedings import amending
from bontot.services.proceedings.amending import row_of, version_of
from bontot.text import PARAGRAPH
from bontot.web.api.asking import public_ids
from bontot.web.api.blueprint import api
from bontot.web.api.fields import (
    Choice,
    Clock,
    Day,
    Flag,
    Form,
    Id,
    Number,
    Several,
    Words,
    optional,
    said,
)
from bontot.web.api.resource import Answer, Resource, once, renamed, resource, version_to_correct
from bontot.web.database import WebSession, session
from bontot.web.part_form import BY_KEY, PartForm
from bontot.web.request import actor, reach

MOST_PEOPLE, MOST_VOTES = 500, 10_000
NOUN = "meetings"
WHOLE = 0
"""The row of a part that is written whole."""
NAMES = {
    "chair_id": "chair",
    "minute_taker_id": "minute_taker",
    "member_id": "member",
}
"""Fields of entries that hold a member's id of ours, as programs name them."""


def _text(words: str) -> Words:
    return Words(longest=PARAGRAPH, lines=True, **optional(words, ""))


class HeadSchema(Form):
    """Who chaired, who took the minutes, when it ended."""

    chair = Id(**optional("Chủ trì"))
    minute_taker = Id(**optional("Thư ký"))
    ends_at = Clock(**optional("Giờ kết thúc"))


class GuestSchema(Form):
    """Somebody who attended without belonging to the cell."""

    name = Words(**said("Họ và tên"))
    post = Words(**optional("Chức vụ, đơn vị", ""))
    assigned = Flag(**optional("Là cấp ủy viên được phân công theo dõi chi bộ", default=False))
    remark = _text("Ý kiến phát biểu")


class SittingSchema(Form):
    """A further sitting, with who had not come before."""

    held_on = Day(**said("Ngày"))
    place = Words(**optional("Địa điểm", ""))
    came = Several(Id(), MOST_PEOPLE, **optional("Ai dự phần này", default=()))


class CourseSchema(Form):
    """The course of the meeting as its minutes tell it."""

    platform = Words(**optional("Nền tảng họp trực tuyến; trống khi họp trực tiếp", ""))
    fees = _text("Tình hình đóng đảng phí")
    news = _text("Thông tin thời sự, văn bản đã phổ biến")
    ideology = _text("Tình hình tư tưởng, tự phê bình và phê bình")
    thematic = _text("Phần chuyên đề")
    other = _text("Nội dung khác")
    conclusion = _text("Kết luận của chủ trì")


class OpinionSchema(Form):
    """What a member said, and what the chair answered."""

    member = Id(**said("Người phát biểu"))
    summary = Words(longest=PARAGRAPH, lines=True, **said("Nội dung"))
    answer = _text("Chủ trì trả lời")
    position = Number(0, 200, **optional("Thứ tự; 0 là xếp cuối", default=0))


class VoteSchema(Form):
    """A vote in totals; `entitled` is counted from the roll and need not be sent."""

    about = Choice(*VOTED_ON, **said("Về việc gì"))
    subject = Words(**optional("Nói rõ thêm", ""))
    votes_for = Number(0, MOST_VOTES, **said("Tán thành"))
    votes_against = Number(0, MOST_VOTES, **optional("Không tán thành", default=0))
    votes_other = Number(0, MOST_VOTES, **optional("Ý kiến khác", default=0))
    entitled = Number(0, MOST_VOTES, **optional("Số được biểu quyết; hệ thống đếm", default=0))


class ResolutionSchema(Form):
    """A resolution or conclusion besides its items."""

    number = Words(**optional("Số, ký hiệu; trống khi chưa cấp", ""))
    subject = Words(**said("Trích yếu"))
    cites_superior = Flag(**optional("Có dẫn văn bản của cấp trên", default=False))
    politics = _text("Công tác chính trị, tư tưởng")
    results = _text("Kết quả thực hiện nhiệm vụ chính trị")
    praise = _text("Biểu dương, nhắc nhở")
    shortcomings = _text("Hạn chế, nguyên nhân")
    execution = _text("Tổ chức thực hiện")


class ItemSchema(Form):
    """A task given by the resolution."""

    title = Words(**said("Việc phải làm"))
    due_on = Day(**said("Hạn hoàn thành"))
    carriers = Several(Id(), MOST_PEOPLE, **said("Người làm"))
    report_to = Words(**optional("Báo cáo ở đâu; trống là chi bộ", ""))
    hard = Flag(**optional("Là việc khó đã đăng ký", default=False))


@dataclass(frozen=True, slots=True)
class Offered:
    """A part as programs see it: where, how one row is called in the names of operations, in words, and its shape."""

    path: str
    one: str
    words: str
    key: str
    schema: type[Form]

    @property
    def form(self) -> PartForm:
        """What its page knows of it."""
        return BY_KEY[self.key]

    @property
    def grows(self) -> bool:
        """Whether rows can be added: all but what is written whole."""
        return self.form.removable

    def shape(self, name: str, **more: fields.Field[Any]) -> type[Form]:
        """The shape with further fields."""
        return cast(type[Form], self.schema.from_dict(more, name=name))


PARTS = (
    Offered("head", "head", "chủ trì, thư ký", "head", HeadSchema),
    Offered("guests", "guest", "khách mời", "guest", GuestSchema),
    Offered("sittings", "sitting", "phần họp thêm", "sitting", SittingSchema),
    Offered("course", "course", "diễn biến", "course", CourseSchema),
    Offered("opinions", "opinion", "ý kiến thảo luận", "opinion", OpinionSchema),
    Offered("votes", "vote", "lần biểu quyết", "vote", VoteSchema),
    Offered("resolutions", "resolution", "nghị quyết, kết luận", "resolution", ResolutionSchema),
    Offered("items", "item", "nhiệm vụ của nghị quyết", "item", ItemSchema),
)


def _open_all() -> None:
    for part in PARTS:
        _open(part)


class ReasonSchema(Form):
    """Why something is taken away."""

    reason = Words(**optional("Lý do; cần khi hồ sơ buổi họp đã khóa", ""))


def _open(part: Offered) -> None:
    """Registers the operations on a part: its rows, one row, another row, a row otherwise, a row no more; of one that is
    written whole what it says, and that otherwise."""
    name = part.schema.__name__.removesuffix("Schema")
    number: Any = fields.Integer(**said("Số của dòng, để đọc lại và sửa"))
    reason: Any = Words(**optional("Lý do sửa; cần khi hồ sơ buổi họp đã khóa", ""))
    row_schema = part.shape(f"Meeting{name}Schema", row=number)
    entry = part.shape(f"Meeting{name}EntrySchema", reason=reason)
    path = f"/meetings/<uuid:meeting>/{part.path}"
    one = f"{path}/<int:{part.one}>" if part.grows else path

    def says(method: str, summary: str, **more: Any) -> Resource:
        return Resource(noun=NOUN, method=method, summary=summary, answer=row_schema, **more)

    def rows(meeting: UUID) -> Answer:
        return _all(part, _meeting(meeting))

    def row(meeting: UUID, **named: int) -> Answer:
        return _one(part, _meeting(meeting), named.get(part.one, WHOLE))

    def add(meeting: UUID, body: dict[str, Any]) -> Answer:
        found = _meeting(meeting)

        def act() -> str:
            why = body.pop("reason")
            new = _entry(part, found, body, None)
            with renamed(NAMES):
                return str(amending.put(*_at(part, found), new, reason=why))

        made = int(once(act))
        return _one(part, found, made, f"/api/v1/meetings/{meeting}/{part.path}/{made}")

    def put(meeting: UUID, body: dict[str, Any], **named: int) -> Answer:
        found, why, at = _meeting(meeting), body.pop("reason"), named.get(part.one, WHOLE)
        row_of(part.form.part.read(session(), found), at)
        new = _entry(part, found, body, at)
        with renamed(NAMES):
            amending.put(*_at(part, found), new, number=at, version=version_to_correct(), reason=why)
        return _one(part, found, at)

    def remove(meeting: UUID, body: dict[str, Any], **named: int) -> Answer:
        found = _meeting(meeting)
        at, version = named[part.one], version_to_correct()
        amending.remove(*_at(part, found), at, version=version, reason=body["reason"])
        session().flush()
        return _all(part, found)

    def register(
        view: Callable[..., Answer], called: str, about: str, rule: str, permission: Permission, to: Resource
    ) -> None:
        view.__name__, view.__doc__ = called, about
        resource(api, rule, permission=permission, scope=Scope.TENANT, says=to)(view)

    see, write = Permission.VIEW_ORGANISATION, Permission.RECORD_MEETING
    read = f"meeting_{part.one}_row" if part.grows else f"meeting_{part.path}"
    register(
        row,
        read,
        "What is written, with its version.",
        one,
        see,
        says("GET", f"Của một buổi họp: {part.words}", versioned=True),
    )
    register(
        put,
        f"put_meeting_{part.one}",
        "Puts it as it should read over the version that was seen.",
        one,
        write,
        says("PUT", f"Sửa {part.words}", body=entry, versioned=True),
    )
    if not part.grows:
        return
    register(
        rows,
        f"meeting_{part.path}",
        "The rows of the part, whole.",
        path,
        see,
        says("GET", f"Của một buổi họp: mọi {part.words}", many=True),
    )
    register(
        add,
        f"add_meeting_{part.one}",
        "Adds a row.",
        path,
        write,
        says("POST", f"Ghi thêm {part.words}", body=entry, status=201, keyed=True),
    )
    register(
        remove,
        f"remove_meeting_{part.one}",
        "Takes a row away; answers those that stay.",
        f"{one}/removal",
        write,
        says("POST", f"Bỏ {part.words}", body=ReasonSchema, many=True, versioned=True),
    )


def _all(part: Offered, meeting: Meeting) -> Answer:
    note_view(session(), "view_meeting", "meeting", meeting.id, actor().account_id)
    known = part.form.part.read(session(), meeting)
    return Answer({"items": list(_told(part, known)), "next": None})


def _at(part: Offered, meeting: Meeting) -> tuple[WebSession, Actor, int, amending.Part[Any]]:
    return session(), actor(), meeting.id, part.form.part


def _meeting(public_id: UUID) -> Meeting:
    """A meeting within reach. Raises NotFound."""
    found = records.meeting_of(session(), public_id, reach())
    return session().get_one(Meeting, (session().tenant_id, found))


def _one(part: Offered, meeting: Meeting, number: int, location: str = "") -> Answer:
    session().flush()
    entry = row_of(part.form.part.read(session(), meeting), number)
    [told] = _told(part, {number: entry})
    return Answer(told, version_of(entry), location)


def _told(part: Offered, rows: Mapping[int, Any]) -> Iterator[dict[str, Any]]:
    """Rows as they are answered: whom they name by public id."""
    called = public_ids(Member, {who for entry in rows.values() for who in part.form.named(entry)})

    def plain(value: object, *, person: bool) -> object:
        if isinstance(value, frozenset):
            return sorted(str(called[who]) for who in value)
        return called.get(cast(int, value)) if person else value

    for number, entry in rows.items():
        yield {"row": number} | {
            NAMES.get(one.name, one.name): plain(getattr(entry, one.name), person=one.name in NAMES)
            for one in fields_of(entry)
        }


def _entry(part: Offered, meeting: Meeting, body: dict[str, Any], row: int | None) -> Any:  # noqa: ANN401 - each part its own
    """What was sent as it is recorded. Raises InvalidFields for whom the part cannot name."""
    before = part.form.part.read(session(), meeting).get(row) if row is not None else None
    could = part.form.candidates(session(), meeting, row) | (part.form.named(before) if before else set())
    ids = {public_id: member for member, public_id in public_ids(Member, could).items()}
    values: dict[str, Any] = {}
    errors: dict[str, str] = {}
    for one in fields_of(part.form.entry):
        name = NAMES.get(one.name, one.name)
        value = body[name]
        if isinstance(value, list | tuple):
            errors |= {f"{name}.{place}": NOBODY for place, who in enumerate(value) if who not in ids}
            value = frozenset(ids[who] for who in value if who in ids)
        elif name != one.name and value is not None:
            if value not in ids:
                errors[name] = NOBODY
            value = ids.get(value)
        values[one.name] = value
    if errors:
        raise InvalidFields(errors)
    return part.form.entry(**values)


NOBODY = "Không có trong những người có thể chọn ở phần này."
_open_all()
