"""Calendars given out and reminders, through their pages."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask
from sqlalchemy import select

from bontot.access import Role
from bontot.clock import today
from bontot.db.models import Account, Letter, Outbox, PlannedMeeting, Reminder
from bontot.db.tenancy import PLATFORM, scope
from bontot.services.reminders import Setting, setting
from tests.factories import Committee
from tests.web.reading import Page


def test_an_address_is_shown_once_read_without_logging_in_and_ended(app: Flask, committee: Committee) -> None:
    client = committee.client(app, Role.CELL_SECRETARY)
    page = Page(client.get("/lich-dien-tu"))
    sent = page.form.sent(what=str(committee.cells[0].public_id))
    made = client.post("/lich-dien-tu", data=sent)
    address = made.get_data(as_text=True).partition('id="address" value="')[2].partition('"')[0]
    path = address.partition("localhost")[2]
    assert path.startswith(f"/lich/bt{committee.tenant_id}-")
    again = client.post("/lich-dien-tu", data=sent)
    assert (again.status_code, again.headers["Location"]) == (302, "/lich-dien-tu")
    listed = client.get("/lich-dien-tu").get_data(as_text=True)
    assert path not in listed
    assert "Chưa đọc lần nào" in listed
    anyone = app.test_client()
    read = anyone.get(path)
    assert (read.status_code, read.content_type) == (200, "text/calendar; charset=utf-8")
    assert f"X-WR-CALNAME:Sinh hoạt {committee.cells[0].name}" in read.get_data(as_text=True)
    assert "Set-Cookie" not in read.headers
    assert "Chưa đọc lần nào" not in client.get("/lich-dien-tu").get_data(as_text=True)
    [end] = [form for form in Page(client.get("/lich-dien-tu")).forms if form.action.endswith("/thoi")]
    assert committee.client(app, Role.MEMBER).post(end.action).status_code == 404
    assert client.post(end.action).status_code == 302
    assert anyone.get(path).status_code == 404
    assert anyone.get("/lich/bt999999999-" + "a" * 32 + ".ics").status_code == 404


def test_ones_own_address_is_kept_and_taken_away(app: Flask, committee: Committee) -> None:
    client = committee.client(app, Role.MEMBER)
    form = Page(client.get("/nhac-viec")).form
    refused = Page(client.post("/nhac-viec", data=form.sent(email="không phải")))
    assert refused.mends == [
        ("email", "Địa chỉ thư viết như ten@vi-du.vn, không dấu, không có khoảng trắng.")
    ]
    assert refused.form.values["email"] == "không phải"
    for given, kept in (("toi@vi-du.vn", "toi@vi-du.vn"), ("", None)):
        form = Page(client.get("/nhac-viec")).form
        assert client.post("/nhac-viec", data=form.sent(email=given)).status_code == 302
        with scope(committee.engine, PLATFORM) as session:
            stored = select(Account.email).where(Account.id == committee.accounts[Role.MEMBER])
            assert session.scalars(stored).one() == kept


def test_the_admin_decides_when_to_remind(app: Flask, committee: Committee) -> None:
    client = committee.client(app, Role.TENANT_ADMIN)
    where = "/nhac-viec/thiet-dat"
    form = Page(client.get(where)).form
    shown = {
        name: form.values.get(name) for name in ("days_before", "on_day", "overdue", "by_mail", "version")
    }
    assert shown == {"days_before": "3", "on_day": "co", "overdue": "co", "by_mail": "co", "version": "0"}
    refused = Page(client.post(where, data=form.sent(days_before="ba")))
    assert refused.mends == [("days_before", "Ghi số ngày bằng số, hoặc để trống nếu không nhắc trước.")]
    sent = form.sent(days_before="")
    del sent["overdue"]
    assert client.post(where, data=sent).status_code == 302
    with scope(committee.engine, committee.tenant_id) as session:
        assert setting(session) == Setting(None, True, False, True, 1)
    stale = Page(client.post(where, data=Page(client.get(where)).form.sent(version="0")))
    assert (stale.status, "Vừa có người khác sửa chỗ này." in stale.words) == (412, True)
    assert committee.client(app, Role.COMMITTEE).get(where).status_code == 403


def test_what_was_sent_is_listed_without_whole_addresses_and_sent_again(
    app: Flask, committee: Committee
) -> None:
    account, cell = committee.accounts[Role.CELL_SECRETARY], committee.cells[0]
    with scope(committee.engine, committee.tenant_id) as session:
        day = today(session)
        about = day + timedelta(days=2)
        plan = {"held_on": about, "place": "Nhà văn hóa", "prepared_by": "thử"}
        session.add(PlannedMeeting(organisation_id=cell.id, kind="regular", **plan))
        letter = Letter(
            account_id=account,
            day=day,
            address="bithu@vi-du.vn",
            subject="Nhắc",
            body="Nhắc",
            state="unknown",
            problem="Mất liên lạc",
        )
        session.add(letter)
        session.flush()
        session.add(
            Reminder(
                account_id=account,
                organisation_id=cell.id,
                month=about.replace(day=1),
                kind="before",
                about=about,
                day=day,
                letter_id=letter.id,
            )
        )
    client = committee.client(app, Role.TENANT_ADMIN)
    page = Page(client.get("/nhac-viec/thiet-dat"))
    assert [row[1:4] for row in page.rows[1:]] == [
        ["nhà cell_secretary", "bi…@vi-du.vn", "Không rõ đã đi hay chưa Mất liên lạc"]
    ]
    [again] = [form for form in page.forms if form.action.endswith("/gui-lai")]
    assert committee.client(app, Role.CELL_SECRETARY).post(again.action).status_code == 403
    assert client.post(again.action).status_code == 302
    assert client.post(again.action).status_code == 404
    with scope(committee.engine, committee.tenant_id) as session:
        assert session.scalars(select(Letter.state)).all() == ["waiting"]
    with scope(committee.engine, PLATFORM) as session:
        waiting = select(Outbox.id).where(Outbox.tenant_id == committee.tenant_id)
        assert len(session.scalars(waiting).all()) == 1
    mine = Page(committee.client(app, Role.CELL_SECRETARY).get("/nhac-viec"))
    assert [row[1] for row in mine.rows[1:]] == [cell.name]
    assert f"Sinh hoạt tháng {about:%m/%Y} vào" in " ".join(" ".join(row) for row in mine.rows)
