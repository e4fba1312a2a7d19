"""What happened to members and what follows from it: events, states, posts, trainings, remarks of where they live."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from bontot.access import Permission
from bontot.db.models.member import EVENTS, POSTS, STATES
from bontot.services.listing import people as lists_of
from bontot.web import words
from bontot.web.api.asking import HeldQuery, PeopleQuery, SinceQuery, YearQuery, binds_of, seen
from bontot.web.api.fields import Choice, Day, Form, Id, Told, asked, maybe, said
from bontot.web.api.resource import Answer, listed, lists, page

NOUN = "members"


class EventsQuery(PeopleQuery, SinceQuery):
    """Which events."""

    kind = Choice(*EVENTS, words=words.EVENTS, **asked("Việc gì"))


class StatesQuery(PeopleQuery, HeldQuery):
    """Which states."""

    kind = Choice(*STATES, words=words.MEMBER_STATES, **asked("Tình trạng nào"))


class PostsQuery(PeopleQuery, HeldQuery):
    """Which posts."""

    kind = Choice(*POSTS, words=words.POSTS, **asked("Chức vụ nào"))


class TrainingsQuery(PeopleQuery, SinceQuery):
    """Which trainings."""


class RemarksQuery(PeopleQuery, YearQuery):
    """Which remarks."""


class RecordedEventSchema(Form):
    """Something that happened to a member."""

    member = Id(**said("Đảng viên"))
    kind = Choice(*EVENTS, words=words.EVENTS, **said("Việc gì"))
    day = Day(**said("Có hiệu lực từ ngày"))
    until = Day(**maybe("Ngày cuối cùng, nếu có thời hạn"))
    organisation = Id(**maybe("Nơi chuyển đến, hoặc tổ chức của chức vụ"))
    document = Told(**maybe("Văn bản"))
    entered_by = Told(**said("Ai ghi"))
    entered_at = fields.DateTime(**said("Ghi lúc"))


class StateSchema(Form):
    """That a member is exempt, suspended or away, from `valid_from` until before `valid_to`."""

    member = Id(**said("Đảng viên"))
    organisation = Id(**said("Chi bộ"))
    kind = Choice(*STATES, words=words.MEMBER_STATES, **said("Tình trạng"))
    valid_from = Day(**said("Từ ngày"))
    valid_to = Day(**maybe("Đến trước ngày"))
    document = Told(**maybe("Văn bản"))


class PostSchema(Form):
    """That a member holds a post, from `valid_from` until before `valid_to`."""

    member = Id(**said("Đảng viên"))
    organisation = Id(**said("Tổ chức của chức vụ"))
    kind = Choice(*POSTS, words=words.POSTS, **said("Chức vụ"))
    valid_from = Day(**said("Từ ngày"))
    valid_to = Day(**maybe("Đến trước ngày"))
    term = Told(**maybe("Nhiệm kỳ"))


class TrainingSchema(Form):
    """A completed training."""

    member = Id(**said("Đảng viên"))
    organisation = Id(**said("Chi bộ"))
    kind = Choice("skills", "update", **said("Nghiệp vụ hay cập nhật kiến thức mới"))
    completed_on = Day(**said("Ngày hoàn thành"))
    title = Told(**said("Lớp gì"))


class RemarkSchema(Form):
    """That the yearly remark of the place of residence was received."""

    member = Id(**said("Đảng viên"))
    organisation = Id(**said("Chi bộ"))
    year = fields.Integer(**said("Năm được nhận xét"))
    received_on = Day(**said("Ngày nhận"))


@lists(
    "/member-events",
    permission=Permission.VIEW_ORGANISATION,
    noun=NOUN,
    summary="Các việc đã ghi của đảng viên, mới nhất trước",
    row=RecordedEventSchema,
    query=EventsQuery,
)
def member_events(query: dict[str, Any]) -> Answer:
    """What was recorded of members within reach."""
    seen("member-events")
    return page(listed(lists_of.EVENTS, binds_of(query), query))


@lists(
    "/member-states",
    permission=Permission.VIEW_ORGANISATION,
    noun=NOUN,
    summary="Ai được miễn, tạm đình chỉ, vắng mặt từ ngày nào",
    row=StateSchema,
    query=StatesQuery,
)
def member_states(query: dict[str, Any]) -> Answer:
    """States of members within reach."""
    seen("member-states")
    return page(listed(lists_of.STATES, binds_of(query), query))


@lists(
    "/posts",
    permission=Permission.VIEW_ORGANISATION,
    noun=NOUN,
    summary="Ai giữ chức vụ gì từ ngày nào",
    row=PostSchema,
    query=PostsQuery,
)
def posts(query: dict[str, Any]) -> Answer:
    """Posts of organisations within reach."""
    seen("posts")
    return page(listed(lists_of.POSTS, binds_of(query), query))


@lists(
    "/trainings",
    permission=Permission.VIEW_ORGANISATION,
    noun=NOUN,
    summary="Bồi dưỡng đã hoàn thành, theo ngày",
    row=TrainingSchema,
    query=TrainingsQuery,
)
def trainings(query: dict[str, Any]) -> Answer:
    """Trainings of members within reach."""
    seen("trainings")
    return page(listed(lists_of.TRAININGS, binds_of(query), query))


@lists(
    "/residence-remarks",
    permission=Permission.VIEW_ORGANISATION,
    noun=NOUN,
    summary="Nhận xét nơi cư trú đã nhận",
    row=RemarkSchema,
    query=RemarksQuery,
)
def residence_remarks(query: dict[str, Any]) -> Answer:
    """Remarks received of members within reach."""
    seen("residence-remarks")
    return page(listed(lists_of.RESIDENCE_REMARKS, binds_of(query), query))
