"""A committee's own days off, through their pages."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask
from sqlalchemy import select

from bontot.access import Role
from bontot.db.models import HolidayOverride
from bontot.db.tenancy import scope
from bontot.evaluation.schedule import month_board
from bontot.registry import Registry
from bontot.services.planning import month_of
from tests.factories import Committee
from tests.web.reading import Page

WHERE = "/ngay-nghi/them"


def test_a_day_is_typed_seen_entered_and_taken_back(app: Flask, committee: Committee) -> None:
    client, cell = committee.client(app, Role.TENANT_ADMIN), committee.cells[0]
    month = month_of(committee.today)[1] + timedelta(days=1)
    with scope(committee.engine, committee.tenant_id) as session:
        board = month_board(session, Registry.load(), [cell.id], month, committee.today)
        day = board[cell.id].planned.scheduled.day
    assert day is not None
    assert Page(client.get("/lich")).links["Ngày nghỉ riêng"] == "/ngay-nghi"
    form = Page(client.get(WHERE)).form
    refused = Page(client.post(WHERE, data=form.sent(organisation="khac")))
    assert (refused.status, refused.mends) == (
        422,
        [
            ("organisation", "Xin chọn tổ chức trong danh sách."),
            ("day", "Nhập đủ ngày, tháng, năm bằng số, ví dụ 3 11 2026."),
            ("kind", "Xin chọn loại ngày."),
            ("name", "Cần ghi tên ngày."),
            ("source", "Cần ghi văn bản quyết định ngày này."),
        ],
    )
    typed = form.sent(
        organisation=str(cell.public_id),
        kind="swapped_off",
        name="Nghỉ hoán đổi của công ty",
        source="12-TB/CT",
        **{f"day-{part}": str(getattr(day, part)) for part in ("day", "month", "year")},
    )
    seen = Page(client.post(WHERE, data=typed))
    assert "1 chi bộ đổi lịch." in seen.words
    assert [row[0] for row in seen.rows[1:]] == [cell.name]
    with scope(committee.engine, committee.tenant_id) as session:
        assert session.scalars(select(HolidayOverride)).all() == []
    again = Page(client.post(WHERE, data=seen.form.sent(action="edit")))
    assert again.form.values["name"] == "Nghỉ hoán đổi của công ty"
    agreed = seen.form.sent(action="record")
    assert [client.post(WHERE, data=agreed).headers["Location"] for _ in range(2)] == [
        f"/ngay-nghi?nam={day.year}"
    ] * 2
    listed = Page(client.get(f"/ngay-nghi?nam={day.year}"))
    assert [row[1:4] for row in listed.rows[1:]] == [
        [cell.name, "Nghỉ hoán đổi", "Nghỉ hoán đổi của công ty"]
    ]
    back = listed.links["Bỏ"]
    page = Page(client.get(back))
    assert "1 chi bộ đổi lịch." in page.words
    refused = Page(client.post(back, data=page.form.sent()))
    assert refused.mends == [("reason", "Cần ghi lý do bỏ ngày này.")]
    assert client.post(back, data=page.form.sent(reason="nhầm")).status_code == 302
    assert client.get(back).status_code == 404
    for role in (Role.COMMITTEE, Role.CELL_SECRETARY):
        assert committee.client(app, role).get("/ngay-nghi").status_code == 403
