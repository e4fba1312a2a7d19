"""Who may do what, and what was done: for administrators alone."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from bontot.access import Permission, Role
from bontot.services.listing import trail as lists_of
from bontot.web import words
from bontot.web.api.asking import HeldQuery, SinceQuery, binds_of, seen
from bontot.web.api.fields import Choice, Day, Form, Id, Told, Words, asked, maybe, said
from bontot.web.api.resource import Answer, PageQuery, listed, lists, page

NOUN = "audit"


class TrailQuery(SinceQuery):
    """Which events."""

    action = Words(**asked("Việc gì, ví dụ record_meeting"))
    subject = Words(**asked("Loại hồ sơ, ví dụ meeting"))


class TraceSchema(Form):
    """Something that was done, or looked at."""

    at = fields.DateTime(**said("Lúc"))
    account = Told(**maybe("Tài khoản; null là hệ thống"))
    token = Id(**maybe("Mã truy cập, khi phần mềm làm thay"))
    action = Told(**said("Việc gì"))
    subject = Told(**said("Loại hồ sơ"))
    subject_id = fields.Integer(**maybe("Số trong hệ thống của hồ sơ"))
    detail = fields.Dict(keys=fields.String(), **said("Chi tiết, bản trước khi sửa"))


class GrantSchema(Form):
    """A role somebody has, from `valid_from` until before `valid_to`."""

    name = Told(**said("Ai"))
    role = Choice(
        *(one.value for one in Role if one is not Role.OPERATOR), words=words.ROLES, **said("Vai trò")
    )
    organisation = Id(**maybe("Nơi làm việc; null là toàn đảng bộ hoặc chính mình"))
    member = Id(**maybe("Đảng viên"))
    valid_from = Day(**said("Từ ngày"))
    valid_to = Day(**maybe("Đến trước ngày"))


class BatchesQuery(PageQuery):
    """Which workbooks."""

    state = Choice("previewed", "applied", "discarded", "undone", **asked("Đến đâu"))


class BatchSchema(Form):
    """A workbook that was sent."""

    id = Id(**said("Mã của lần nhập"))
    filename = Told(**said("Tên tệp"))
    state = Choice("previewed", "applied", "discarded", "undone", **said("Đến đâu"))
    uploaded_by = Told(**said("Ai gửi"))
    uploaded_at = fields.DateTime(**said("Gửi lúc"))
    applied_at = fields.DateTime(**maybe("Nhập lúc"))
    undone_at = fields.DateTime(**maybe("Hoàn tác lúc"))
    undone_by = Told(**maybe("Ai hoàn tác"))


@lists(
    "/audit-events",
    permission=Permission.MANAGE_ACCOUNTS,
    noun=NOUN,
    summary="Nhật ký, mới nhất trước",
    row=TraceSchema,
    query=TrailQuery,
)
def audit_events(query: dict[str, Any]) -> Answer:
    """The committee's trail."""
    seen("audit-events")
    return page(listed(lists_of.EVENTS, query, query))


@lists(
    "/grants",
    permission=Permission.MANAGE_ACCOUNTS,
    noun=NOUN,
    summary="Ai giữ vai trò gì",
    row=GrantSchema,
    query=HeldQuery,
)
def grants(query: dict[str, Any]) -> Answer:
    """The roles given in the committee."""
    seen("grants")
    return page(listed(lists_of.GRANTS, binds_of(query), query))


@lists(
    "/imports",
    permission=Permission.IMPORT,
    noun=NOUN,
    summary="Các lần nhập dữ liệu, mới nhất trước",
    row=BatchSchema,
    query=BatchesQuery,
)
def imports(query: dict[str, Any]) -> Answer:
    """Workbooks that were sent."""
    return page(listed(lists_of.IMPORTS, query, query))
