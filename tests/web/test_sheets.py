"""Every list can be taken away as a workbook: whole, with numbers and days as such, by whom the page is open to."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import UTC, date, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, text, update

from bontot.access import Role
from bontot.db.models import (
    AnnualRating,
    Directive,
    Fee,
    FeePayment,
    HolidayOverride,
    Member,
    MemberState,
    PilotSelection,
    Registration,
    Task,
    TaskAssignment,
)
from bontot.db.models.meeting import PRESENT
from bontot.db.tenancy import TenantSession, scope
from bontot.evaluation.whole import evaluate
from bontot.imports.reading import read
from bontot.registry import Registry
from bontot.services.meetings import Mark, MeetingEntry, record_meeting
from bontot.workbook import Sheet, Value, workbook
from tests.factories import Committee, make_committee
from tests.isolation.golden.asking import boxes
from tests.web.reading import Page
from tests.web.tables import table_of


@pytest.fixture
def committee(engine: Engine, unique: str) -> Committee:
    return make_committee(engine, unique, "nhà", members=60)


def trail(committee: Committee, action: str) -> list[dict[str, object]]:
    with scope(committee.engine, committee.tenant_id) as session:
        rows = text("SELECT detail FROM audit_event WHERE action = :action ORDER BY id")
        return list(session.scalars(rows, {"action": action}))


def test_a_list_of_several_pages_comes_whole(app: Flask, committee: Committee) -> None:
    client = committee.client(app, Role.TENANT_ADMIN)
    assert "/dang-vien?dang=xlsx" in client.get("/dang-vien?trang=2").text
    response = client.get("/dang-vien?dang=xlsx")
    above, head, rows = table_of(response)
    assert above[0] == "Đảng viên"
    assert above[1].startswith("nhà tenant_admin xuất lúc ")
    assert head == [
        "TT",
        "Họ và tên",
        "Ngày sinh",
        "Mã chi bộ",
        "Nơi sinh hoạt",
        "Trực thuộc",
        "Ngày vào Đảng",
        "Ngày chính thức",
        "Số thẻ",
        "Tình trạng công tác",
        "Tình trạng",
        "Đang miễn, đình chỉ, tạm vắng",
    ]
    assert [row[0] for row in rows] == list(range(1, 121))
    assert {type(row[2]) for row in rows} == {date}
    assert {row[5] for row in rows} == {committee.ward.name}
    assert f"filename=dang-vien-{committee.today:%Y-%m-%d}.xlsx" in response.headers["Content-Disposition"]
    assert trail(committee, "export_list") == [{"list": "dang-vien", "rows": 120}]


def test_the_pledges_of_a_year_come_as_a_sheet(app: Flask, committee: Committee) -> None:
    year, day, cell = committee.today.year, committee.today, committee.cells[0]
    secretary, ward = (committee.client(app, role) for role in (Role.CELL_SECRETARY, Role.COMMITTEE))
    own = f"/chi-bo/{cell.public_id}/dang-ky?nam={year}"
    secretary.post(own, data=Page(secretary.get(own)).form.sent())
    address = Page(ward.get(f"/dang-ky?nam={year}")).links["Tải Excel"]
    above, head, rows = table_of(ward.get(address))
    assert above[0] == f"Đăng ký phấn đấu năm {year}"
    assert head[1:] == [
        "Mã chi bộ",
        "Nơi sinh hoạt",
        "Trực thuộc",
        "Năm",
        "Tình trạng",
        "Ngày ký",
        "Người ký",
        "Ngày xác nhận",
        "Đảng viên đã ký",
        "Đảng viên đã được xác nhận",
        "Số đảng viên",
    ]
    ward_name = committee.ward.name
    assert [row[1:] for row in rows] == [
        ["C1", cell.name, ward_name, year, "Đã ký, chờ xác nhận", day, "Nguyễn nhà An", None, 0.0, 0.0, 60.0],
        ["C2", committee.cells[1].name, ward_name, year, "Chưa đăng ký", None, None, None, 0.0, 0.0, 60.0],
    ]
    assert trail(committee, "export_list") == [{"list": "dang-ky", "rows": 2}]


def test_a_sheet_holds_what_was_looked_for_and_nothing_out_of_reach(app: Flask, committee: Committee) -> None:
    found = committee.client(app, Role.TENANT_ADMIN).get("/dang-vien?tim=giang&dang=xlsx")
    assert {str(row[1]).split()[-1] for row in table_of(found)[2]} == {"Giang"}
    own = committee.client(app, Role.CELL_SECRETARY).get("/dang-vien?dang=xlsx")
    assert {row[4] for row in table_of(own)[2]} == {committee.cells[0].name}
    assert committee.client(app, Role.MEMBER).get("/dang-vien?dang=xlsx").status_code == 403


def test_another_form_than_the_one_there_is_is_not_found(app: Flask, committee: Committee) -> None:
    assert committee.client(app, Role.TENANT_ADMIN).get("/dang-vien?dang=ods").status_code == 404


def test_months_are_days_where_a_cell_met_and_words_where_it_did_not(
    app: Flask, committee: Committee
) -> None:
    cell = committee.cells[0]
    with scope(committee.engine, committee.tenant_id) as session:
        record_meeting(
            session,
            committee.actor(Role.CELL_SECRETARY),
            cell.id,
            MeetingEntry(
                kind="regular",
                held_on=date(2026, 4, 3),
                marks={member: Mark(PRESENT) for member, _ in cell.members},
                place="Nhà văn hóa",
            ),
        )
    client = committee.client(app, Role.TENANT_ADMIN)
    address = f"/to-chuc/{committee.ward.public_id}/theo-thang?nam=2026&dang=xlsx"
    _, head, rows = table_of(client.get(address))
    assert head[:4] == ["TT", "Chi bộ", "Trực thuộc", "Tháng 1"]
    [line] = [row for row in rows if row[1] == cell.name]
    assert line[6] == date(2026, 4, 3)
    assert isinstance(line[5], str)


LISTS = {
    "organisations": "/to-chuc",
    "members of a cell": "/to-chuc/{cell}/dang-vien",
    "months": "/to-chuc/{ward}/theo-thang",
    "criteria": "/to-chuc/{ward}/theo-tieu-chi?nam=2023",
    "calendar": "/lich",
    "fees of a month": "/chi-bo/{cell}/dang-phi",
    "fees of a year": "/to-chuc/{ward}/dang-phi",
    "report on fees": "/to-chuc/{ward}/dang-phi/bao-cao",
    "fees passed on": "/to-chuc/{cell}/dang-phi/nop",
    "tasks": "/chi-bo/{cell}/nhiem-vu",
    "recognised": "/cong-nhan/danh-sach",
    "evaluation": "/danh-gia/{run}",
    "records handed over": "/sinh-hoat/gui-len",
    "records sent back": "/sinh-hoat/gui-len?loai=cho-sua",
    "remarks": "/sinh-hoat/gui-len?loai=nhan-xet",
    "directives": "/van-ban-chi-dao",
    "targets": "/to-chuc/{ward}/chi-tieu",
    "judging": "/xet-tieu-chi?nam=2023",
    "judging of members": "/xet-tieu-chi/trong/{ward}?nam=2023&doi-tuong=dang-vien",
    "papers issued": "/to-chuc/{cell}/van-ban",
    "titles against the year before": "/cong-nhan/so-voi-nam-truoc?nam=2023",
    "ratings": "/xep-loai?nam=2023",
    "ratings of a cell": "/xep-loai/{cell}?nam=2023",
    "own days off": "/ngay-nghi?nam=2026",
    "accounts": "/tai-khoan",
}


@pytest.mark.parametrize("which", LISTS)
def test_every_list_answers_with_a_workbook(app: Flask, committee: Committee, which: str) -> None:
    with scope(committee.engine, committee.tenant_id) as session:
        [run] = evaluate(session, Registry.load(), year=2023, as_of=date(2023, 12, 31), by="thử")
        address = LISTS[which].format(
            cell=committee.cells[0].public_id, ward=committee.ward.public_id, run=run.public_id
        )
    client = committee.client(app, Role.TENANT_ADMIN)
    response = client.get(f"{address}{'&' if '?' in address else '?'}dang=xlsx")
    above, head, _ = table_of(response)
    assert (len(above), head[0]) == (2, "TT")
    assert len(trail(committee, "export_list")) == 1


def test_documents_of_a_superior_come_with_their_days(app: Flask, committee: Committee) -> None:
    due, done = date(2026, 3, 20), date(2026, 3, 18)
    first, second = (cell.id for cell in committee.cells)
    with scope(committee.engine, committee.tenant_id) as session:
        set_by_the_ward = {"number": "45-CV/ĐU", "subject": "Phòng dịch", "due_on": due}
        session.add(Directive(organisation_id=first, **set_by_the_ward))
        answered = {"answered_on": done, "result": "Đã làm", "submission": "submitted"}
        session.add(Directive(organisation_id=second, **set_by_the_ward, **answered))
    ward = committee.client(app, Role.COMMITTEE)
    _, head, rows = table_of(ward.get(Page(ward.get("/van-ban-chi-dao")).links["Tải Excel"]))
    assert head[2:7] == ["Nơi nhận", "Số văn bản", "Trích yếu", "Hạn trả lời", "Ngày trả lời"]
    name = committee.cells[1].name
    assert [row[2:] for row in rows] == [
        [name, "45-CV/ĐU", "Phòng dịch", due, done, "Đã trả lời, chờ cấp trên xem"]
    ]
    page = Page(ward.get("/van-ban-chi-dao?loai=chua-tra-loi"))
    assert [row[2:7] for row in table_of(ward.get(page.links["Tải Excel"]))[2]] == [
        [committee.cells[0].name, "45-CV/ĐU", "Phòng dịch", due, None]
    ]


def test_records_handed_over_come_with_the_day_of_each_meeting(app: Flask, committee: Committee) -> None:
    cell, day = committee.cells[0], date(2026, 4, 3)
    secretary, ward = (committee.client(app, role) for role in (Role.CELL_SECRETARY, Role.COMMITTEE))
    with scope(committee.engine, committee.tenant_id) as session:
        marks = {member: Mark(PRESENT) for member, _ in cell.members}
        entry = MeetingEntry(kind="regular", held_on=day, marks=marks)
        made = record_meeting(session, committee.actor(Role.CELL_SECRETARY), cell.id, entry)
        address = f"/chi-bo/{cell.public_id}/sinh-hoat/{made.public_id}"
    (_, chair), (_, writer) = cell.members[:2]
    led = {"chair_id": str(chair), "minute_taker_id": str(writer), "ends_at": "20h45", "action": "save"}
    for step, given in ((f"{address}/phan/chu-tri", led), (f"{address}/khoa", {})):
        secretary.post(step, data=Page(secretary.get(step)).form.sent(**given))
    page = Page(ward.get("/sinh-hoat/gui-len?loai=chua-gui"))
    above, head, rows = table_of(ward.get(page.links["Tải Excel"]))
    assert above[0] == "Hồ sơ sinh hoạt gửi lên: đã khóa, chưa gửi"
    assert head == [
        "TT",
        "Chi bộ",
        "Trực thuộc",
        "Loại sinh hoạt",
        "Ngày họp",
        "Tình trạng",
        "Từ lúc",
        "Người ghi",
    ]
    [line] = rows
    assert line[1:6] == [cell.name, committee.ward.name, "Thường kỳ", day, "Đã khóa, chưa gửi"]
    assert isinstance(line[6], datetime)


def test_the_register_of_issued_papers_comes_with_numbers_and_days(app: Flask, committee: Committee) -> None:
    client = committee.client(app, Role.CELL_SECRETARY)
    place, day = f"/to-chuc/{committee.cells[0].public_id}/van-ban", date(2026, 4, 2)
    issue = f"{place}/bao-cao/2026-03/ban-hanh"
    client.post(issue, data=Page(client.get(issue)).form.sent(**boxes("day", day)))
    _, head, rows = table_of(client.get(Page(client.get(place)).links["Tải Excel"]))
    assert head[1:6] == ["Loại", "Số", "Số, ký hiệu", "Ngày văn bản", "Văn bản"]
    assert [row[2:5] for row in rows] == [[1.0, "01-BC/CB", day]]


def test_the_cells_of_a_pilot_come_with_their_days(app: Flask, engine: Engine, unique: str) -> None:
    made = make_committee(engine, unique, "điểm", policy="provincial_pilot")
    cell, chosen, ended = made.cells[0], date(2024, 3, 1), date(2025, 3, 1)
    with scope(engine, made.tenant_id) as session:
        by = {"selected_by": "Ban Thường vụ", "selected_on": chosen, "ended_on": ended}
        session.add(PilotSelection(organisation_id=cell.id, policy_code="provincial_pilot", **by))
    admin = made.client(app, Role.TENANT_ADMIN)
    page = Page(admin.get("/ke-hoach/provincial_pilot/thi-diem"))
    _, head, rows = table_of(admin.get(page.links["Tải Excel"]))
    assert head[2:6] == ["Nơi thí điểm", "Kế hoạch", "Ngày chọn", "Cơ quan chọn"]
    assert [row[2:6] for row in rows] == [[cell.name, "provincial_pilot", chosen, "Ban Thường vụ"]]
    assert (head[7], rows[0][7]) == ("Ngày kết thúc", ended)


SENT_BACK = {
    "organisations": "/to-chuc",
    "members": "/dang-vien",
    "members found by name": "/dang-vien?tim=giang",
    "members of a cell": "/to-chuc/{cell}/dang-vien",
    "directives": "/van-ban-chi-dao",
    "tasks to be done": "/chi-bo/{cell}/nhiem-vu?loai=dang-lam",
    "tasks done": "/chi-bo/{cell}/nhiem-vu?loai=da-xong",
    "fees of a month": "/chi-bo/{cell}/dang-phi?thang=2026-03",
    "ratings": "/xep-loai?nam=2025",
    "ratings of a cell": "/xep-loai/{cell}?nam=2025",
    "ratings below a ward": "/xep-loai/{ward}?nam=2025",
    "pledges": "/dang-ky?nam=2026",
    "pledges of a cell's members": "/chi-bo/{cell}/dang-ky?nam=2026",
    "own days off": "/ngay-nghi?nam=2026",
    "cells of a pilot": "/ke-hoach/provincial_pilot/thi-diem",
}
"""Lists whose records come in as they went out."""


def give_records(session: TenantSession, committee: Committee) -> None:
    """Something of every list, beside which others have nothing: fees, ratings, pledges, days off, a cell of a pilot."""
    cell, day = committee.cells[0].id, date(2026, 3, 3)
    (first, _), (second, _) = committee.cells[0].members[:2]
    session.add_all(
        [
            Fee(member_id=first, month=date(2026, 3, 1), due=50_000, paid=20_000, paid_on=day),
            Fee(member_id=second, month=date(2026, 3, 1), due=0, paid=0, exempt=True),
            FeePayment(
                member_id=first,
                month=date(2026, 3, 1),
                organisation_id=cell,
                amount=20_000,
                paid_on=day,
                entered_by="thử",
            ),
            AnnualRating(
                member_id=first, year=2025, level="good", decided_on=date(2025, 12, 5), votes=3, entitled=9
            ),
            AnnualRating(organisation_id=cell, year=2025, level="excellent", document="9-QĐ/ĐU"),
            AnnualRating(organisation_id=committee.ward.id, year=2025, level="completed"),
            Registration(
                organisation_id=cell, year=2026, signed_on=day, signed_by_id=first, confirmed_on=day
            ),
            Registration(member_id=second, year=2026, signed_on=day),
            HolidayOverride(day=date(2026, 5, 4), kind="swapped_off", name="Nghỉ đổi", source="1-CV"),
            HolidayOverride(
                organisation_id=cell,
                day=date(2026, 1, 2),
                kind="not_off",
                name="Làm bù",
                source="2-CV",
                entered_by="thử",
            ),
            PilotSelection(
                organisation_id=cell,
                policy_code="provincial_pilot",
                selected_on=date(2025, 1, 2),
                selected_by="Ban Thường vụ",
                document="5-QĐ/TU",
                ended_on=date(2026, 1, 2),
                end_document="6-QĐ/TU",
            ),
        ]
    )


@pytest.mark.parametrize("which", SENT_BACK)
def test_a_list_of_records_sent_back_as_it_is_says_nothing_new(
    app: Flask, engine: Engine, unique: str, which: str
) -> None:
    committee = make_committee(engine, unique, "nhà", members=60, policy="provincial_pilot")
    with scope(committee.engine, committee.tenant_id) as session:
        give_tasks(session, committee)
        give_records(session, committee)
        first, second = committee.cells[0].members[:2]
        known_by_year = {"birth_date": date(1957, 1, 1), "birth_precision": "year"}
        session.execute(update(Member).where(Member.id == first[0]).values(**known_by_year))
        away = {"kind": "exempt", "valid_from": date(2024, 1, 1)}
        session.add(MemberState(member_id=second[0], **away))
        due = {"number": "45-CV/ĐU", "subject": "Phòng dịch", "due_on": committee.today}
        session.add_all(Directive(organisation_id=cell.id, **due) for cell in committee.cells)
    client = committee.client(app, Role.TENANT_ADMIN)
    address = SENT_BACK[which].format(cell=committee.cells[0].public_id, ward=committee.ward.public_id)
    content = client.get(f"{address}{'&' if '?' in address else '?'}dang=xlsx").data
    [sheet] = read(content)
    [head, *rows] = sheet.rows[3:]
    gist = next((head.index(name) for name in GISTS if name in head), 0)
    told = [row for row in rows if row[gist : gist + 1] not in ([], [None])]
    page = sent_back(client, content)
    assert len(told) > 0
    assert f"Tệp này không đổi gì Cả {len(told)} dòng đã có trong hồ sơ, như tệp ghi" in page.words
    for asked in ("Không nhận ra", "không nhận ra", "Cột này trùng"):
        assert asked not in page.words
    assert [form.action for form in page.forms if form.action.endswith("/nhap")] == []


GISTS = ("Đã đóng", "Mức", "Ngày ký")
"""Where a line of a list that has nothing there yet is blank."""


def give_tasks(session: TenantSession, committee: Committee) -> None:
    """A task of a meeting that two carry, and one of the ward's that is done."""
    cell, day = committee.cells[0], committee.today
    entry = MeetingEntry(kind="thematic", held_on=day, marks={id_: Mark(PRESENT) for id_, _ in cell.members})
    meeting = record_meeting(session, committee.actor(Role.CELL_SECRETARY), cell.id, entry)
    given = {"organisation_id": cell.id, "due_on": day}
    of_meeting = Task(**given, title="Tổng vệ sinh", origin="resolution", meeting_id=meeting.id)
    session.add_all([of_meeting, Task(**given, title="Kết nạp", origin="directive", done_on=day)])
    session.flush()
    carriers = [id_ for id_, _ in cell.members[:2]]
    session.add_all(TaskAssignment(task_id=of_meeting.id, member_id=id_) for id_ in carriers)


def sent_back(client: FlaskClient, content: bytes) -> Page:
    form = Page(client.get("/nhap-du-lieu")).form
    values = {name: str(value) for name, value in form.sent(no_secrets="yes").items()}
    data = {**values, "file": (io.BytesIO(content), "danh-sach.xlsx")}
    return Page(client.post("/nhap-du-lieu", data=data, follow_redirects=True))


def test_a_list_takes_a_further_row_and_asks_nothing_of_what_is_worked_out(
    app: Flask, committee: Committee
) -> None:
    client = committee.client(app, Role.TENANT_ADMIN)
    [sheet] = read(client.get("/to-chuc?dang=xlsx").data)
    [*_, superior] = [row for row in sheet.rows[4:] if row[2] == committee.ward.name]
    new: list[Value] = ["C9", "Chi bộ 9", "Chi bộ trực thuộc", "Khác", str(superior[1]), "x"]
    new += [date(2025, 1, 1), None, 7]
    page = sent_back(
        client, workbook([Sheet(sheet.name, (), [str(one) for one in sheet.rows[3][1:]], [new])])
    )
    assert [form.action for form in page.forms if form.action.endswith("/nhap")] != []
    assert page.words.count("Cột này bị bỏ qua: hệ thống tự tính từ hồ sơ.") == 3
    assert "không nhận ra" not in page.words


def test_a_list_of_a_day_gone_by_is_not_taken_for_the_roll_of_today(app: Flask, committee: Committee) -> None:
    client = committee.client(app, Role.TENANT_ADMIN)
    for address in ("/dang-vien", "/to-chuc"):
        [sheet] = read(client.get(f"{address}?ngay=2026-01-15&dang=xlsx").data)
        assert sheet.name == "Danh sách"


@pytest.mark.parametrize(
    "where",
    ["/to-chuc/{ward}/dang-phi", "/to-chuc/{ward}/theo-thang", "/lich"],
)
def test_a_list_that_does_not_come_back_says_where_the_one_is_that_does(
    app: Flask, committee: Committee, where: str
) -> None:
    address = where.format(cell=committee.cells[0].public_id, ward=committee.ward.public_id)
    said = "Tệp này để xem và in. Muốn gửi lại, lấy tệp ở mục Hồ sơ đang có của trang"
    assert said in Page(committee.client(app, Role.TENANT_ADMIN).get(address)).words
    assert said not in Page(committee.client(app, Role.COMMITTEE).get(address)).words


def test_no_text_of_ours_runs_as_a_formula() -> None:
    hazards = ["=1+1", "+84", "-1", "@SUM(A1)", '=HYPERLINK("http://vi-du.vn")']
    content = workbook([Sheet("Thử", (), ("Chữ",), [[one] for one in hazards])])
    [sheet] = read(content)
    assert [row[0] for row in sheet.rows] == ["Chữ", *hazards]
    assert b"<f>" not in inside(content)
    assert b'quotePrefix="1"' in inside(content)


def test_a_moment_finds_room_in_its_column() -> None:
    """A spreadsheet shows ### where a number does not fit; `01/03/2026 10:00` has sixteen characters."""
    content = workbook([Sheet("Thử", (), ("Lúc",), [[datetime(2026, 3, 1, 3, tzinfo=UTC)]])])
    [width] = re.findall(rb'<col [^>]*width="([0-9.]+)"', inside(content))
    assert float(width) >= 16


def test_a_text_longer_than_its_column_goes_on_below_in_a_row_high_enough() -> None:
    rows = [["một hai ba bốn năm sáu bảy tám"], ["ngắn"]]
    content = inside(workbook([Sheet("Thử", (), ("Chữ",), rows, wrapped=True, widest=12)]))
    heights = re.findall(rb'<row r="([0-9]+)"(?: ht="([0-9]+)")?', content)
    assert heights == [(b"1", b""), (b"2", b"60"), (b"3", b"")]
    [width] = re.findall(rb'<col [^>]*width="([0-9.]+)"', content)
    assert float(width) < 13


def inside(content: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return b"".join(archive.read(name) for name in archive.namelist())


@pytest.mark.parametrize(
    "asked", ["_scheme=javascript&_external=1", "_anchor=x", "_method=PUT", "endpoint=x", "_scheme=x"]
)
def test_an_address_cannot_say_where_the_way_to_the_workbook_leads(
    app: Flask, committee: Committee, asked: str
) -> None:
    page = committee.client(app, Role.TENANT_ADMIN).get(f"/dang-vien?tim=giang&{asked}")
    assert page.status_code == 200
    [way] = re.findall(r'href="([^"]*dang=xlsx[^"]*)"', page.text)
    assert way == f"/dang-vien?tim=giang&amp;{asked.replace('&', '&amp;')}&amp;dang=xlsx"
