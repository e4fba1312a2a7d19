"""Meetings with their roll calls: read, recorded, corrected."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from marshmallow import fields

from bontot.access import Permission, Scope
from bontot.db.models import Meeting
from bontot.db.models.meeting import ABSENT_EXCUSED, KINDS, STEPS, SUBMISSIONS
from bontot.errors import InvalidFields, NotFound
from bontot.services import meetings as records
from bontot.services.audit import note_view
from bontot.services.listing.meetings import MEETINGS, NAMED_MARKS
from bontot.services.meetings import BANDS, Mark, MeetingEntry, RollLine
from bontot.web import words
from bontot.web.api.asking import within
from bontot.web.api.blueprint import api
from bontot.web.api.fields import (
    Choice,
    Clock,
    Day,
    Flag,
    Form,
    Id,
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
    number_to_correct,
    once,
    page,
    resource,
)
from bontot.web.database import session
from bontot.web.request import Place, actor, place_by_id, reach, registry

MARKS = NAMED_MARKS
MARK_WORDS = {name: words.ATTENDANCE[number] for name, number in NAMED_MARKS.items()}
NAMES = {number: name for name, number in MARKS.items()}
MOST_MARKED, MOST_LINES = 2_000, 20


class MarkSchema(Form):
    """How one member was present or absent."""

    member = Id(**said("Đảng viên"))
    mark = Choice(*MARKS, words=MARK_WORDS, **said("Có mặt, muộn, vắng có lý do, vắng không lý do"))
    reason = Words(longest=100, **optional("Lý do, chỉ khi vắng có lý do"))


class RollSchema(Form):
    """Somebody who had to attend, and how it was; without a mark nobody was called."""

    member = Id(**said("Đảng viên"))
    full_name = Told(**said("Họ và tên"))
    mark = Choice(
        *MARKS,
        words=MARK_WORDS,
        **maybe("Có mặt, muộn, vắng có lý do, vắng không lý do; null là chưa điểm danh"),
    )
    reason = Told(**maybe("Lý do vắng"))


class MeetingSummarySchema(Form):
    """A meeting in a list. `version` is what its ETag begins with."""

    id = Id(**said("Mã của buổi sinh hoạt"))
    organisation = Id(**said("Chi bộ"))
    kind = Choice(*KINDS, words=words.MEETING_KINDS, **said("Loại buổi"))
    held_on = Day(**said("Ngày họp"))
    starts_at = Clock(**maybe("Giờ bắt đầu"))
    place = Told(**maybe("Địa điểm"))
    topic = Told(**maybe("Nội dung"))
    thematic_topic = Told(**maybe("Chuyên đề"))
    state = Choice("open", "closed", **said("Hồ sơ đang mở hay đã khóa"))
    submission = Choice(*SUBMISSIONS, words=words.SUBMISSIONS, **maybe("Đã gửi cấp trên đến đâu"))
    self_score_band = Choice(*BANDS, words=words.BAND_MARKS, **maybe("Mức tự đánh giá buổi"))
    version = fields.Integer(**said("Bản thứ mấy"))
    required = fields.Integer(**said("Số người phải dự"))
    present = fields.Integer(**said("Số người có mặt"))


class MeetingEntrySchema(Form):
    """What is recorded of a meeting. Who is not among `marks` was not called."""

    kind = Choice(*KINDS, words=words.MEETING_KINDS, **said("Loại buổi"))
    held_on = Day(**said("Ngày họp"))
    starts_at = Clock(**optional("Giờ bắt đầu"))
    place = Words(**optional("Địa điểm", ""))
    topic = Words(**optional("Nội dung", ""))
    thematic_topic = Words(**optional("Chuyên đề", ""))
    steps = Several(Choice(*STEPS, words=words.MEETING_STEPS), len(STEPS), **optional("Các bước đã làm", ()))
    agenda = Several(Words(), MOST_LINES, **optional("Chương trình, mỗi mục một dòng", ()))
    materials = Several(Words(), MOST_LINES, **optional("Tài liệu gửi trước", ()))
    sent_on = Day(**optional("Ngày gửi tài liệu"))
    self_criticism = Flag(**optional("Có tự phê bình và phê bình", False))
    self_score_band = Choice(*BANDS, words=words.BAND_MARKS, **optional("Mức tự đánh giá buổi"))
    resolution_number = Words(**optional("Số nghị quyết", ""))
    resolution_subject = Words(**optional("Trích yếu nghị quyết", ""))
    marks = Several(Part(MarkSchema), MOST_MARKED, **said("Điểm danh"))


class MeetingCorrectionSchema(MeetingEntrySchema):
    """A meeting as it should read, whole, and why."""

    reason = Words(shortest=1, **said("Lý do sửa"))


class MeetingSchema(Form):
    """A meeting with everything recorded of it, and the roll of who had to attend."""

    id = Id(**said("Mã của buổi sinh hoạt"))
    organisation = Id(**said("Chi bộ"))
    kind = Choice(*KINDS, words=words.MEETING_KINDS, **said("Loại buổi"))
    held_on = Day(**said("Ngày họp"))
    starts_at = Clock(**maybe("Giờ bắt đầu"))
    place = Told(**said("Địa điểm"))
    topic = Told(**said("Nội dung"))
    thematic_topic = Told(**said("Chuyên đề"))
    steps = fields.List(Choice(*STEPS, words=words.MEETING_STEPS), **said("Các bước đã làm"))
    agenda = fields.List(Told(), **said("Chương trình"))
    materials = fields.List(Told(), **said("Tài liệu gửi trước"))
    sent_on = Day(**maybe("Ngày gửi tài liệu"))
    self_criticism = Flag(**said("Có tự phê bình và phê bình"))
    self_score_band = Choice(*BANDS, words=words.BAND_MARKS, **maybe("Mức tự đánh giá buổi"))
    resolution_number = Told(**said("Số nghị quyết"))
    resolution_subject = Told(**said("Trích yếu nghị quyết"))
    state = Choice("open", "closed", **said("Hồ sơ đang mở hay đã khóa"))
    submission = Choice(*SUBMISSIONS, words=words.SUBMISSIONS, **maybe("Đã gửi cấp trên đến đâu"))
    roll = fields.List(fields.Nested(RollSchema), **said("Người phải dự và điểm danh"))


class MeetingsQuery(PageQuery):
    """Which meetings."""

    organisation = Id(**asked("Chỉ tổ chức này và cấp dưới"))
    since = Day(**asked("Họp từ ngày"))
    until = Day(**asked("Họp đến hết ngày"))
    kind = Choice(*KINDS, words=words.MEETING_KINDS, **asked("Loại buổi"))


@resource(
    api,
    "/meetings",
    permission=Permission.VIEW_ORGANISATION,
    scope=Scope.TENANT,
    says=Resource(
        noun="meetings",
        method="GET",
        summary="Các buổi sinh hoạt, theo ngày",
        answer=MeetingSummarySchema,
        many=True,
        query=MeetingsQuery,
    ),
)
def meetings(query: dict[str, Any]) -> Answer:
    """The meetings of the cells within reach."""
    binds = {name: query[name] for name in ("since", "until", "kind")} | {"within": within(query)}
    return page(listed(MEETINGS, binds, query))


@resource(
    api,
    "/meetings/<uuid:meeting>",
    permission=Permission.VIEW_ORGANISATION,
    scope=Scope.TENANT,
    says=Resource(
        noun="meetings",
        method="GET",
        summary="Một buổi sinh hoạt với điểm danh",
        answer=MeetingSchema,
        versioned=True,
    ),
)
def meeting(meeting: UUID) -> Answer:
    """One meeting whole."""
    found = records.meeting_of(session(), meeting, reach())
    note_view(session(), "view_meeting", "meeting", found, actor().account_id)
    return answer_of(found)


@resource(
    api,
    "/organisations/<uuid:organisation>/meetings",
    permission=Permission.RECORD_MEETING,
    scope=Scope.ORGANISATION,
    says=Resource(
        noun="meetings",
        method="POST",
        summary="Ghi nhận một buổi sinh hoạt với điểm danh",
        answer=MeetingSchema,
        body=MeetingEntrySchema,
        status=201,
        keyed=True,
    ),
)
def record_meeting(organisation: Place, body: dict[str, Any]) -> Answer:
    """Records a meeting of a cell."""
    if not organisation.is_cell:
        raise NotFound

    def act() -> str:
        entry = _entry(organisation.id, body)
        return str(records.record_meeting(session(), actor(), organisation.id, entry).public_id)

    made = UUID(once(act))
    return answer_of(records.meeting_of(session(), made, reach()), f"/api/v1/meetings/{made}")


@resource(
    api,
    "/meetings/<uuid:meeting>",
    permission=Permission.RECORD_MEETING,
    scope=Scope.TENANT,
    says=Resource(
        noun="meetings",
        method="PUT",
        summary="Sửa một buổi sinh hoạt; bản trước được giữ lại cùng lý do",
        answer=MeetingSchema,
        body=MeetingCorrectionSchema,
        versioned=True,
    ),
)
def correct_meeting(meeting: UUID, body: dict[str, Any]) -> Answer:
    """Puts a meeting as it should read in place of the version that the program has seen."""
    found = records.view(session(), records.meeting_of(session(), meeting, reach()))
    version, reason = number_to_correct(), body.pop("reason")
    entry = _entry(found.organisation_id, body)
    records.change_meeting(session(), actor(), registry(), found.id, version, entry, reason)
    return answer_of(found.id)


def _entry(organisation_id: int, body: dict[str, Any]) -> MeetingEntry:
    """What was sent as it is recorded. Raises InvalidFields for marks of somebody twice or not on the roll, and for reasons
    where there is none to give."""
    known = {line.public_id: line.member_id for line in _roll(organisation_id, body)}
    errors: dict[str, str] = {}
    marks: dict[int, Mark] = {}
    for place, line in enumerate(body["marks"]):
        who, mark = known.get(line["member"]), MARKS[line["mark"]]
        if who is None:
            errors[f"marks.{place}.member"] = "Không thuộc diện phải dự họp ngày này."
        elif who in marks:
            errors[f"marks.{place}.member"] = "Đã có điểm danh của đồng chí này."
        elif line["reason"] and mark != ABSENT_EXCUSED:
            errors[f"marks.{place}.reason"] = "Chỉ ghi lý do khi vắng có lý do."
        else:
            marks[who] = Mark(mark, line["reason"])
    if errors:
        raise InvalidFields(errors)
    rest = {
        name: value for name, value in body.items() if name not in ("marks", "steps", "agenda", "materials")
    }
    return MeetingEntry(
        **rest,
        marks=marks,
        steps=frozenset(body["steps"]),
        agenda=tuple(body["agenda"]),
        materials=tuple(body["materials"]),
    )


def _roll(organisation_id: int, body: dict[str, Any]) -> Sequence[RollLine]:
    return records.roll(session(), organisation_id, body["held_on"], body["kind"])


def answer_of(meeting_id: int, location: str = "") -> Answer:
    """A meeting whole, as it stands."""
    session().flush()
    found = records.view(session(), meeting_id)
    entry = found.entry
    lines = records.roll(session(), found.organisation_id, entry.held_on, entry.kind)
    nobody, row = Mark(0), session().get_one(Meeting, (session().tenant_id, meeting_id))
    content = {
        "id": found.public_id,
        "organisation": place_by_id(session(), found.organisation_id).public_id,
        **{name: getattr(entry, name) for name in MeetingSchema().fields if name not in _MADE},
        "state": row.state,
        "submission": row.submission,
        "roll": [
            {
                "member": line.public_id,
                "full_name": line.full_name,
                "mark": NAMES.get(entry.marks.get(line.member_id, nobody).value),
                "reason": entry.marks.get(line.member_id, nobody).reason,
            }
            for line in lines
        ],
    }
    return Answer(content, found.version, location)


_MADE = frozenset({"id", "organisation", "roll", "state", "submission"})
