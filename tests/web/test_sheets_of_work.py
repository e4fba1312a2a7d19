"""What was done, sent in, sent out and given away can be taken as a workbook, by whom its page is open to, without a key."""

from __future__ import annotations

import hashlib
import io
import zipfile
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, select, text, update

from bontot.access import Role
from bontot.clock import today
from bontot.db.models import ApiToken, Job, Letter, Reminder, Webhook, WebhookDelivery
from bontot.db.tenancy import PLATFORM, scope
from bontot.evaluation.whole import evaluate
from bontot.imports.batch import preview
from bontot.jobs.outbox import enqueue
from bontot.registry import Registry
from bontot.services.feeds import open_feed
from bontot.services.tokens import issue
from bontot.services.webhooks.addresses import register
from tests.factories import Committee, make_committee, operator_client
from tests.web.reading import Page
from tests.web.tables import Table, table_of, tables_of
from tests.workbooks import workbook

AT = datetime(2026, 3, 1, 3, 0, tzinfo=UTC)
TEN = datetime(2026, 3, 1, 10, 0)  # noqa: DTZ001 - as a workbook holds it: the time of the place
"""The same moment in Viet Nam."""
NOBODY = Registry(policies={}, metrics={}, formats={})
PATH = "duong-dan-la-khoa"


@pytest.fixture
def admin(app: Flask, committee: Committee) -> FlaskClient:
    return committee.client(app, Role.TENANT_ADMIN)


@pytest.fixture
def other(engine: Engine, unique: str) -> Committee:
    return make_committee(engine, f"{unique}-khac", "mồi")


def taken(client: FlaskClient, address: str) -> Table:
    """The workbook to which a page shows the way."""
    return table_of(client.get(Page(client.get(address)).links["Tải Excel"]))


def trail(committee: Committee) -> list[object]:
    with scope(committee.engine, committee.tenant_id) as session:
        rows = text("SELECT detail FROM audit_event WHERE action = 'export_list' ORDER BY id")
        return list(session.scalars(rows))


def a_job(committee: Committee, kind: str, state: str, minute: int, **told: object) -> None:
    made = {"created_at": AT + timedelta(minutes=minute), "requested_by": committee.root.name}
    with scope(committee.engine, committee.tenant_id) as session:
        session.add(Job(kind=kind, state=state, arguments={"year": 2023}, **made, **told))


def test_work_done_comes_with_its_moments_and_how_long_it_took(
    admin: FlaskClient, committee: Committee, other: Committee
) -> None:
    ran = {"started_at": AT, "finished_at": AT + timedelta(seconds=125)}
    a_job(committee, "evaluation", "done", 0, **ran)
    a_job(committee, "reminders", "waiting", 1)
    a_job(other, "evaluation", "done", 2, **ran)
    above, head, rows = taken(admin, "/viec")
    assert above[0] == "Việc đang chạy"
    assert head[1:] == [
        "Việc",
        "Loại việc",
        "Tình trạng",
        "Người yêu cầu",
        "Yêu cầu lúc",
        "Bắt đầu lúc",
        "Kết thúc lúc",
        "Thời gian chạy (giây)",
    ]
    by, ended = committee.root.name, TEN + timedelta(seconds=125)
    done = ["Đánh giá năm 2023", "Đánh giá", "Đã xong", by, TEN, TEN, ended, 125.0]
    minute = TEN + timedelta(minutes=1)
    waiting = ["Nhắc lịch sinh hoạt", "Nhắc lịch sinh hoạt", "Đang chờ", by, minute]
    assert [row[1:] for row in rows] == [waiting, done]
    above, _, rows = taken(admin, "/viec?viec=evaluation&tinh-trang=done")
    assert (above[0], [row[1:] for row in rows]) == ("Việc đang chạy: Đánh giá, Đã xong", [done])
    assert trail(committee) == [{"list": "viec", "rows": 2}, {"list": "viec", "rows": 1}]


def test_a_ward_takes_no_work_that_its_page_hides(app: Flask, committee: Committee) -> None:
    a_job(committee, "evaluation", "done", 0)
    a_job(committee, "reminders", "waiting", 1)
    ward = committee.client(app, Role.COMMITTEE)
    assert [row[1] for row in taken(ward, "/viec")[2]] == ["Đánh giá năm 2023"]
    assert committee.client(app, Role.MEMBER).get("/viec?dang=xlsx").status_code == 403


def test_more_work_than_a_page_holds_comes_whole(admin: FlaskClient, committee: Committee) -> None:
    for minute in range(60):
        a_job(committee, "evaluation", "done", minute)
    assert len(taken(admin, "/viec?trang=2")[2]) == 60


def test_files_sent_in_come_with_what_became_of_them(
    admin: FlaskClient, committee: Committee, other: Committee
) -> None:
    head = ("Mã", "Tên", "Loại hình", "Lĩnh vực", "Mã cấp trên", "Ngày thành lập")
    row = ("C9", "Chi bộ 9", "Chi bộ trực thuộc", "Trường học", "KHÔNG", date(2015, 1, 1))
    for of in (committee, other):
        with scope(of.engine, of.tenant_id) as session:
            content = workbook({"Tổ chức": [head, row]})
            preview(session, content, f"{of.root.name}.xlsx", by="An", registry=NOBODY)
    page = Page(admin.get("/nhap-du-lieu"))
    name = f"{committee.root.name}.xlsx"
    [(tab, (_, head_of, rows))] = tables_of(admin.get(page.links["Tải Excel"])).items()
    assert (tab, head_of[1:]) == (
        "Tệp đã gửi",
        ["Tệp", "Kết quả", "Người gửi", "Gửi lúc", "Nhập lúc", "Lỗi", "Chỗ cần xem lại", "Bản ghi đã ghi"],
    )
    [[_, *said]] = rows
    assert isinstance(said.pop(3), datetime)
    assert said == [name, "Có lỗi, chưa nhập", "An", None, 1.0, 0.0, 0.0]
    one = tables_of(admin.get(Page(admin.get(page.links[name])).links["Tải Excel"]))
    assert list(one) == ["Vấn đề", "Trang tính"]
    assert [row[1:5] for row in one["Vấn đề"][2]] == [["Lỗi", "Tổ chức", 2.0, "Mã cấp trên"]]
    assert [row[1:] for row in one["Trang tính"][2]] == [["Tổ chức", "Tổ chức", 1.0, 1.0, 0.0]]


def test_a_way_stays_good_where_a_page_answers_a_form(admin: FlaskClient, committee: Committee) -> None:
    refused = Page(admin.post("/nhap-du-lieu/ten-goi/bo", data={"what": "x|y"}))
    assert refused.status == 422
    with scope(committee.engine, committee.tenant_id) as session:
        content = workbook({"Tổ chức": [("Mã", "Tên"), ("C9", "Chi bộ 9")]})
        batch = preview(session, content, "Có lỗi.xlsx", by="An", registry=NOBODY).public_id
    page = Page(admin.post("/nhap-du-lieu/ten-goi/bo", data={"what": "x|y"}))
    assert page.links["Tải Excel"] == "/nhap-du-lieu?dang=xlsx"
    unsound = Page(admin.post(f"/nhap-du-lieu/{batch}/nhap", data={"form_key": str(uuid4())}))
    assert (unsound.status, unsound.links["Tải Excel"]) == (422, f"/nhap-du-lieu/{batch}?dang=xlsx")


def test_where_a_list_only_answers_a_form_no_way_leads_astray(
    admin: FlaskClient, committee: Committee
) -> None:
    """The last administrator cannot give up the role; the list is shown with why, at an address that cannot be read."""
    [own] = [form for form in Page(admin.get("/tai-khoan?tim=tenant_admin")).forms if "/thoi" in form.action]
    refused = Page(admin.post(own.action, data=own.sent()))
    assert (refused.status, "nhà tenant_admin" in refused.words) == (422, True)
    assert "Tải Excel" not in refused.links


def test_ones_own_reminders_and_the_committees_letters(app: Flask, committee: Committee) -> None:
    cell, account = committee.cells[0], committee.accounts[Role.CELL_SECRETARY]
    with scope(committee.engine, committee.tenant_id) as session:
        day = today(session)
        sent = {"address": "bithu@vi-du.vn", "subject": "Nhắc", "body": "Nhắc", "day": day}
        letter = Letter(account_id=account, state="failed", problem="Hộp thư đầy", attempts=2, **sent)
        letter.ended_at = AT
        session.add(letter)
        session.flush()
        of = {"organisation_id": cell.id, "month": date(2023, 3, 1), "kind": "overdue"}
        for whose in (account, committee.accounts[Role.TENANT_ADMIN]):
            told = {
                "about": date(2023, 3, 7),
                "day": day,
                "letter_id": letter.id if whose == account else None,
            }
            session.add(Reminder(account_id=whose, **of, **told))
    mine = taken(committee.client(app, Role.CELL_SECRETARY), "/nhac-viec")
    assert mine[0][0] == "Đã nhắc nhà cell_secretary"
    assert mine[1][1:] == [
        "Ngày nhắc",
        "Chi bộ",
        "Sinh hoạt tháng",
        "Nhắc về",
        "Ngày được nhắc đến",
        "Nay",
        "Ngày họp, ngày mới",
        "Thư",
    ]
    about = ["03/2023", "Hạn cuối đã qua", date(2023, 3, 7)]
    assert [row[1:] for row in mine[2]] == [
        [day, cell.name, *about, "Chưa ghi nhận, quá hạn", None, "Không gửi được"]
    ]
    _, head, rows = taken(committee.client(app, Role.TENANT_ADMIN), "/nhac-viec/thiet-dat")
    assert head[1:] == ["Ngày", "Người nhận", "Địa chỉ", "Tình trạng", "Vì sao", "Số lần thử", "Lúc"]
    said = [day, "nhà cell_secretary", "bi…@vi-du.vn", "Không gửi được", "Hộp thư đầy", 2.0, TEN]
    assert [row[1:] for row in rows] == [said]
    secretary = committee.client(app, Role.CELL_SECRETARY)
    assert secretary.get("/nhac-viec/thiet-dat?dang=xlsx").status_code == 403


def a_webhook(committee: Committee, instance: str) -> tuple[Webhook, str]:
    with scope(committee.engine, committee.tenant_id) as session:
        public_id, secret = register(
            session,
            committee.actor(Role.TENANT_ADMIN),
            instance,
            name=committee.root.name,
            url=f"https://may-nhan.vi-du.vn/{PATH}",
            kinds=["meeting.recorded"],
            role=Role.TENANT_ADMIN,
            organisation_id=None,
        )
        row = session.scalars(select(Webhook).where(Webhook.public_id == public_id)).one()
        dead = WebhookDelivery(webhook_id=row.id, effect="thử", kind="meeting.recorded", state="dead")
        dead.data = {"id": None, "href": None}
        dead.made_at = dead.tried_at = AT
        dead.attempts, dead.answer, dead.problem = 3, 503, "Máy nhận báo lỗi."
        session.add(dead)
        session.flush()
        session.expunge(row)
    return row, secret


def test_addresses_and_what_they_were_told_come_without_a_key(
    app: Flask, admin: FlaskClient, committee: Committee, other: Committee
) -> None:
    row, secret = a_webhook(committee, "khóa của nơi này")
    a_webhook(other, "khóa của nơi này")
    listed = admin.get("/ket-noi/dia-chi?dang=xlsx")
    above, head, rows = table_of(listed)
    assert above[0] == "Địa chỉ nhận tin"
    assert head[1:] == [
        "Phần mềm",
        "Máy nhận",
        "Vai trò",
        "Phạm vi",
        "Báo khi",
        "Nay",
        "Nhận tin lần cuối",
        "Không nhận được từ",
        "Tạm dừng từ",
        "Tin đang chờ",
        "Người đăng ký",
        "Đăng ký lúc",
    ]
    [[_, *said, made_at]] = rows
    assert isinstance(made_at, datetime)
    assert said == [
        committee.root.name,
        "may-nhan.vi-du.vn",
        "Quản trị đảng bộ",
        "Toàn đảng bộ",
        "Ghi nhận một buổi sinh hoạt",
        "Chưa có tin nào",
        None,
        None,
        None,
        0.0,
        "nhà tenant_admin",
    ]
    told = admin.get(Page(admin.get(f"/ket-noi/dia-chi/{row.public_id}")).links["Tải Excel"])
    above, head, rows = table_of(told)
    assert above[0] == f"Tin đã gửi: {committee.root.name}"
    assert head[2:] == [
        "Tên tin",
        "Xảy ra lúc",
        "Nay",
        "Vì sao",
        "Số lần gửi",
        "Gửi lần cuối",
        "Trả lời (mã HTTP)",
    ]
    assert [one[2:] for one in rows] == [
        ["meeting.recorded", TEN, "Không nhận", "Máy nhận báo lỗi.", 3.0, TEN, 503.0]
    ]
    for content in (listed.data, told.data):
        for key in (secret, secret.removeprefix("whsec_"), PATH, str(row.key_check)):
            assert key.encode() not in inside(content)
    assert committee.client(app, Role.COMMITTEE).get("/ket-noi/dia-chi?dang=xlsx").status_code == 403
    assert (
        other.client(app, Role.TENANT_ADMIN).get(f"/ket-noi/dia-chi/{row.public_id}?dang=xlsx").status_code
        == 404
    )


def inside(content: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return b"".join(archive.read(name) for name in archive.namelist())


def test_another_key_leaves_the_way_to_the_messages_good(admin: FlaskClient, committee: Committee) -> None:
    row, _ = a_webhook(committee, "khóa của nơi này")
    page = Page(admin.post(f"/ket-noi/dia-chi/{row.public_id}/doi-khoa", data={"form_key": str(uuid4())}))
    assert page.links["Tải Excel"] == f"/ket-noi/dia-chi/{row.public_id}?dang=xlsx"


def test_tokens_come_with_their_rights_and_days_and_without_a_key(
    app: Flask, admin: FlaskClient, committee: Committee, other: Committee
) -> None:
    secrets = []
    for of in (committee, other):
        with scope(of.engine, of.tenant_id) as session:
            secret = issue(
                session,
                of.actor(Role.TENANT_ADMIN),
                name=of.root.name,
                role=Role.CELL_SECRETARY,
                organisation_id=of.cells[0].id,
                scopes=["members:read", "meetings:write"],
                days=30,
            )
            secrets.append(secret)
            session.execute(update(ApiToken).values(issued_at=AT))
            until = session.scalars(select(ApiToken.expires_on)).one()
    response = admin.get(Page(admin.get("/ket-noi")).links["Tải Excel"])
    _, head, rows = table_of(response)
    assert head[1:] == [
        "Phần mềm",
        "Vai trò",
        "Phạm vi",
        "Làm được gì",
        "Người cấp",
        "Cấp lúc",
        "Dùng lần cuối",
        "Dùng đến",
    ]
    assert [row[1:] for row in rows] == [
        [
            committee.root.name,
            "Bí thư, phó bí thư chi bộ",
            committee.cells[0].name,
            "Sinh hoạt và điểm danh: ghi; Đảng viên: đọc",
            "nhà tenant_admin",
            TEN,
            None,
            until - timedelta(days=1),
        ]
    ]
    for key in (secrets[0], hashlib.sha256(secrets[0].encode()).hexdigest()):
        assert key.encode() not in inside(response.data)
    assert committee.client(app, Role.COMMITTEE).get("/ket-noi?dang=xlsx").status_code == 403


def test_calendar_addresses_are_ones_own_and_hold_no_key(app: Flask, committee: Committee) -> None:
    with scope(committee.engine, committee.tenant_id) as session:
        key = open_feed(session, committee.actor(Role.CELL_SECRETARY), committee.cells[0].id)
        open_feed(session, committee.actor(Role.TENANT_ADMIN), committee.cells[1].id)
    client = committee.client(app, Role.CELL_SECRETARY)
    response = client.get("/lich-dien-tu?dang=xlsx")
    assert [row[1] for row in table_of(response)[2]] == [committee.cells[0].name]
    assert key.encode() not in inside(response.data)


def test_evaluations_of_all_years_come_with_their_days(
    app: Flask, admin: FlaskClient, committee: Committee
) -> None:
    with scope(committee.engine, committee.tenant_id) as session:
        for year in (2023, 2024):
            evaluate(session, Registry.load(), year=year, as_of=date(year, 12, 31), by="thử")
    _, head, rows = taken(admin, "/danh-gia")
    assert head[1:] == ["Năm", "Kế hoạch", "Theo hồ sơ đến ngày", "Đánh giá lúc", "Người đánh giá"]
    assert [(row[1], row[3], row[5]) for row in rows] == [
        (2024.0, date(2024, 12, 31), "thử"),
        (2023.0, date(2023, 12, 31), "thử"),
    ]


def test_the_operator_takes_committees_days_off_and_plugins(app: Flask, committee: Committee) -> None:
    operator = operator_client(app, committee.engine)
    tabs = tables_of(operator.get(Page(operator.get("/van-hanh?nam=2026")).links["Tải Excel"]))
    assert list(tabs) == ["Đảng bộ", "Ngày nghỉ", "Thành phần"]
    [line] = [row for row in tabs["Đảng bộ"][2] if row[2] == committee.code]
    assert (line[1], type(line[3])) == ("Đảng bộ nhà", datetime)
    assert tabs["Ngày nghỉ"][0][0] == "Ngày nghỉ năm 2026"
    assert {type(row[1]) for row in tabs["Ngày nghỉ"][2]} == {date}
    assert committee.client(app, Role.TENANT_ADMIN).get("/van-hanh?dang=xlsx").status_code == 403
    with scope(committee.engine, PLATFORM) as session:
        last = text(
            "SELECT action, tenant_code, by, detail->>'list' FROM platform_event ORDER BY id DESC LIMIT 1"
        )
        assert tuple(session.execute(last).one()) == ("export_list", "", "Người vận hành", "van-hanh")


def test_the_operator_takes_late_work_without_what_it_is_about(app: Flask, committee: Committee) -> None:
    with scope(committee.engine, committee.tenant_id) as session:
        work = enqueue(session, "reminders", {"day": "2026-01-01", "what": "điều kín"}, "Ai đó")
    with scope(committee.engine, PLATFORM) as session:
        failed = "UPDATE outbox SET failed_at = :at, created_at = :at, attempts = 3 WHERE id = :id"
        session.execute(text(failed), {"id": work.outbox_id, "at": AT})
    operator = operator_client(app, committee.engine)
    response = operator.get(Page(operator.get("/van-hanh/viec")).links["Tải Excel"])
    _, head, rows = table_of(response)
    assert head[1:] == ["Đảng bộ", "Mã", "Việc", "Tình trạng", "Số lần thử", "Yêu cầu lúc", "Dừng lúc"]
    [line] = [row[3:] for row in rows if row[2] == committee.code]
    assert line == ["Nhắc lịch sinh hoạt", "Dừng vì lỗi", 3.0, TEN, TEN]
    assert "điều kín".encode() not in inside(response.data)


def test_the_operator_takes_what_nights_and_mornings_brought(app: Flask, committee: Committee) -> None:
    with scope(committee.engine, committee.tenant_id) as session:
        work = enqueue(session, "reminders", {"day": "2026-01-01"}, "Ai đó")
    with scope(committee.engine, PLATFORM) as session:
        row = "INSERT INTO daily_round (tenant_id, day, work, outbox_id) VALUES (:t, :day, 'morning', :id)"
        session.execute(text(row), {"t": committee.tenant_id, "day": committee.today, "id": work.outbox_id})
    operator = operator_client(app, committee.engine)
    tabs = tables_of(operator.get(Page(operator.get("/van-hanh/viec/theo-lich")).links["Tải Excel"]))
    assert list(tabs) == ["Các ngày", "Một ngày"]
    assert tabs["Các ngày"][1][1:] == [
        "Ngày",
        "Việc",
        "Đảng bộ",
        "Không có gì để làm",
        "Đã xong",
        "Chưa xong",
        "Lỗi",
    ]
    assert ["Đảng bộ nhà", "Nhắc lịch buổi sáng", "Đang chờ"] in [row[1:4] for row in tabs["Một ngày"][2]]
