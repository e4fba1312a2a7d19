"""An attendance table on its pages: marks are asked once, what changes is told by meeting, and a cell's year is taken away
in the form it comes back in; a large workbook is followed at its work."""

from __future__ import annotations

import io
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, select
from werkzeug.test import TestResponse

from bontot.access import Role
from bontot.db.models import Attendance, ImportBatch, Outbox
from bontot.db.tenancy import scope
from bontot.imports.reading import read
from bontot.jobs.tasks import Desk
from bontot.registry import Registry
from bontot.services.meetings import Mark, MeetingEntry, record_meeting
from bontot.workbook import Sheet, workbook
from tests.factories import Committee, make_committee
from tests.isolation.world import DECOY
from tests.web.reading import Page
from tests.web.test_importing import press, send
from tests.workbooks import workbook as written

HELD = date(2026, 4, 3)
NAME = "điểm danh.xlsx"


@pytest.fixture
def committee(engine: Engine, unique: str) -> Committee:
    make_committee(engine, f"{unique}-khac", DECOY, members=2)
    made = make_committee(engine, unique, "nhà", members=3)
    cell = made.cells[0]
    with scope(engine, made.tenant_id) as session:
        marks = {member: Mark(1) for member, _ in cell.members}
        entry = MeetingEntry(kind="regular", held_on=HELD, marks=marks)
        record_meeting(session, made.actor(Role.TENANT_ADMIN), cell.id, entry)
    return made


@pytest.fixture
def client(app: Flask, committee: Committee) -> FlaskClient:
    return committee.client(app, Role.TENANT_ADMIN)


def year_of(client: FlaskClient, committee: Committee) -> bytes:
    response = client.get(f"/chi-bo/{committee.cells[0].public_id}?nam=2026&dang=xlsx")
    assert response.headers["Content-Disposition"] == "attachment; filename=diem-danh-2026.xlsx"
    return response.get_data()


def marks(committee: Committee) -> list[int]:
    with scope(committee.engine, committee.tenant_id) as session:
        return sorted(session.scalars(select(Attendance.mark)))


def test_the_year_of_a_cell_is_taken_away_and_says_nothing_new_when_it_is_sent(
    committee: Committee, client: FlaskClient
) -> None:
    cell = committee.cells[0]
    shown = client.get(f"/chi-bo/{cell.public_id}?nam=2026").text
    assert f"/chi-bo/{cell.public_id}?nam=2026&amp;dang=xlsx" in shown
    [table] = read(year_of(client, committee))
    assert [row[0] for row in table.rows[:3]] == [
        "ĐẢNG BỘ NHÀ",
        "CHI BỘ NHÀ SỐ 1",
        "BẢNG ĐIỂM DANH NĂM 2026",
    ]
    assert table.rows[4] == [
        "TT", "Chi bộ", "Đảng viên", "Số thẻ", "03/04/2026", "Có mặt", "Vắng có lý do", "Vắng không lý do",
    ]  # fmt: skip
    assert [row[4:] for row in table.rows[5:8]] == [["x", 1.0, 0.0, 0.0]] * 3
    page = send(client, year_of(client, committee), NAME)
    assert "Tệp này không đổi gì Mọi nội dung trong tệp đã có trong hồ sơ, nên không cần nhập." in page.words
    assert [form.action.rpartition("/")[2] for form in page.forms if "nhap-du-lieu" in form.action] == ["bo"]


def test_marks_are_asked_once_and_what_changes_is_told_by_meeting(
    committee: Committee, client: FlaskClient
) -> None:
    rows = [
        row for row in read(year_of(client, committee))[0].rows if not str(row[:1]).startswith("['Ghi chú")
    ]
    rows[5][4] = "P"
    content = written({"Theo dõi sinh hoạt": rows})
    asked = send(client, content, NAME)
    assert "Có 2 lỗi phải sửa Chọn nghĩa các ký hiệu điểm danh" in asked.words
    assert "Từng buổi sinh hoạt trong tệp" not in asked.words
    answer = said(client, asked, {"roll_call.mark|x": "present", "roll_call.mark|P": "excused"})
    page = Page(client.get(answer.headers["Location"]))
    assert "x: Có mặt; P: Vắng có lý do" in page.words
    assert [row for row in page.rows if row[0].startswith("03/04/2026")] == [
        ["03/04/2026 Thường kỳ", committee.cells[0].name, "2", "1", "0", "0", "Đổi 1 người"]
    ]
    assert "Đang ghi “Có mặt”; sẽ đổi thành “Vắng có lý do”." in page.words
    press(client, page, "nhap")
    assert marks(committee) == [1, 1, 2]
    assert "Tệp này không đổi gì" in send(client, content, NAME).words


def test_a_meaning_that_nobody_offered_is_not_taken(committee: Committee, client: FlaskClient) -> None:
    rows = [
        row for row in read(year_of(client, committee))[0].rows if not str(row[:1]).startswith("['Ghi chú")
    ]
    asked = send(client, written({"Theo dõi sinh hoạt": rows}), NAME)
    for what, means in (("roll_call.mark|x", "khong-co"), ("roll_call.mark|lạ", "present")):
        assert said(client, asked, {what: means}).status_code == 422


def said(client: FlaskClient, page: Page, meanings: dict[str, str]) -> TestResponse:
    """Sends the form of marks with these meanings chosen."""
    [form] = [form for form in page.forms if form.action.endswith("/ten-goi")]
    kept = {name: value for name, value in form.values.items() if name not in ("what", "means")}
    return client.post(form.action, data={**kept, "what": list(meanings), "means": list(meanings.values())})


def test_a_large_workbook_is_followed_at_its_work(committee: Committee, client: FlaskClient) -> None:
    headers = ("Họ và tên", "Ngày sinh", "Ngày vào Đảng", "Ngày chính thức", "Chi bộ")
    born, joined = date(1960, 1, 1), date(2016, 5, 19)
    rows = [
        (f"Lê {n * 7919 % 10_007} Văn {n * 104_729 % 99_991}", born, joined, date(2017, 5, 19), "C1")
        for n in range(10_000)
    ]
    content = workbook([Sheet("Đảng viên", (), headers, rows)])
    page = send(client, content, NAME)
    assert page.heading == f"Kiểm tra tệp {NAME}"
    with scope(committee.engine, committee.tenant_id) as session:
        public_id = session.scalars(select(ImportBatch.public_id)).one()
    waiting = Page(client.get(f"/nhap-du-lieu/{public_id}"))
    assert "Tệp đang được xử lý Tệp lớn nên được làm dần" in waiting.words
    assert do_all(committee) == 1
    page = Page(client.get(f"/nhap-du-lieu/{public_id}"))
    assert "bấm nút để nhập cả 10.000 dòng" in page.words
    following = press(client, page, "nhap")
    assert following.heading == f"Nhập tệp {NAME}"
    assert do_all(committee) == 1
    done = Page(client.get(f"/nhap-du-lieu/{public_id}"))
    assert "Đã nhập xong 10.000 dòng" in done.words


def test_a_check_that_was_stopped_can_be_asked_for_again_or_the_file_set_aside(
    committee: Committee, client: FlaskClient
) -> None:
    content = b"PK\x03\x04" + io.BytesIO(bytes(400 * 1024)).getvalue()
    page = send(client, content, NAME)
    [form] = [form for form in page.forms if form.action.endswith("/dung")]
    client.post(form.action, data=form.values, follow_redirects=True)
    with scope(committee.engine, committee.tenant_id) as session:
        public_id = session.scalars(select(ImportBatch.public_id)).one()
    page = Page(client.get(f"/nhap-du-lieu/{public_id}"))
    assert "Tệp chưa được kiểm tra Việc kiểm tra đã dừng giữa chừng." in page.words
    following = press(client, page, "kiem-tra")
    assert following.heading == f"Kiểm tra tệp {NAME}"
    assert do_all(committee) == 1
    [job] = [line for line in Page(client.get("/viec")).rows if line[1] == "Đã xong"]
    assert job[0] == f"Kiểm tra tệp {NAME}"
    assert client.get(f"/nhap-du-lieu/{public_id}").status_code == 404  # what cannot be read is not kept


def do_all(committee: Committee) -> int:
    """Does the committee's work that waits; how many pieces."""
    with scope(committee.engine, committee.tenant_id) as session:
        mine = (Outbox.tenant_id == committee.tenant_id, Outbox.done_at.is_(None), Outbox.failed_at.is_(None))
        waiting = session.scalars(select(Outbox.id).where(*mine)).all()
    desk = Desk(committee.engine, Registry.load())
    return sum(desk.do(outbox_id) for outbox_id in waiting)
