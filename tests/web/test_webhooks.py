"""An administrator registers an address, sees what it was told and what it answered, and does something about it."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text

from bontot.access import Role
from bontot.client import verify
from bontot.db.models import AuditEvent, Webhook
from bontot.db.tenancy import PLATFORM, scope
from bontot.jobs.tasks import Desk
from bontot.jobs.webhooks import Signing, begin_due
from bontot.registry import Registry
from bontot.services.webhooks.addresses import MOST, register
from bontot.services.webhooks.kinds import KINDS
from bontot.settings import Settings
from tests.factories import Committee
from tests.isolation.golden.asking import form_key
from tests.receiver import HOST, Receiver
from tests.web.reading import Page

REGISTRY = Registry.load()
FORM = {
    "name": "Kho dữ liệu",
    "url": f"https://{HOST}/tin",
    "kinds": ["meeting.recorded"],
    "role": "tenant_admin",
    "organisation": "",
}


@pytest.fixture
def admin(app: Flask, committee: Committee) -> FlaskClient:
    return committee.client(app, Role.TENANT_ADMIN)


def secret_of(answer: str) -> str:
    """The secret that a page shows."""
    [found] = re.findall(r"whsec_[A-Za-z0-9+/=]{44}", answer)
    return str(found)


def registered(admin: FlaskClient, **changes: str) -> tuple[str, str]:
    """An address registered by the form: where its page is, and its secret."""
    answer = admin.post("/ket-noi/dia-chi", data={**FORM, "form_key": form_key(), **changes})
    page = answer.get_data(as_text=True)
    found = re.search(r"/ket-noi/dia-chi/[0-9a-f-]{36}", page)
    assert (answer.status_code, found is not None) == (200, True)
    return found[0] if found else "", secret_of(page)


def pressed(admin: FlaskClient, address: str, button: str) -> Page:
    """What a button leads to."""
    answer = admin.post(f"{address}/{button}", data={"form_key": form_key()}, follow_redirects=True)
    return Page(answer)


def work(committee: Committee, settings: Settings, receiver: Receiver) -> None:
    """What a worker does with what is due of a committee."""
    for one in [one for one in begin_due(committee.engine) if one.tenant_id == committee.tenant_id]:
        signing = Signing(settings.secret_key, receiver.client())
        Desk(committee.engine, REGISTRY, pause=0, signing=signing).do(one.outbox_id)


def test_an_address_is_registered_tried_and_seen_to_answer(
    admin: FlaskClient, committee: Committee, settings: Settings, receiver: Receiver
) -> None:
    receiver.answers = [500, 204]
    address, secret = registered(admin)
    assert secret not in admin.get(address).get_data(as_text=True)
    assert "Tin thử đang được gửi" in pressed(admin, address, "gui-thu").words
    work(committee, settings, receiver)
    refused = Page(admin.get(address))
    assert "Chưa nhận, sẽ gửi lại Máy nhận trả lời 500." in refused.words
    assert "Máy nhận không lấy tin từ" in refused.words
    assert "Đang gửi lại cho “Kho dữ liệu”" in pressed(admin, address, "gui-lai").words
    work(committee, settings, receiver)
    taken = Page(admin.get(address))
    assert ("Đang nhận" in taken.words, "Tin gửi thử test" in taken.words) == (True, True)
    assert [row[4] for row in taken.rows if row[0].startswith("Tin gửi thử")] == ["204"]
    first, again = receiver.received
    assert first.headers["webhook-id"] == again.headers["webhook-id"]
    assert verify(again.headers, again.body, secret)["type"] == "test"
    listed = Page(admin.get("/ket-noi/dia-chi"))
    assert "Kho dữ liệu Quản trị đảng bộ, toàn đảng bộ Đang nhận" in listed.words


def test_the_form_says_what_is_missing_at_each_field(admin: FlaskClient) -> None:
    answer = admin.post("/ket-noi/dia-chi", data={"form_key": form_key(), "url": "http://127.0.0.1/"})
    assert (answer.status_code, Page(answer).mends) == (
        422,
        [
            ("name", "Ghi tên phần mềm nhận tin."),
            ("url", "Địa chỉ phải bắt đầu bằng https://."),
            ("role", "Xin chọn vai trò."),
            ("kinds", "Chọn ít nhất một loại tin trong danh sách."),
        ],
    )
    assert 'value="http://127.0.0.1/"' in answer.get_data(as_text=True)
    cell = admin.post("/ket-noi/dia-chi", data={**FORM, "form_key": form_key(), "role": "cell_secretary"})
    assert Page(cell).mends == [("organisation", "Xin chọn tổ chức cho vai trò này.")]


def test_a_second_press_registers_nothing_more(admin: FlaskClient, committee: Committee) -> None:
    form = {**FORM, "form_key": form_key()}
    first, second = (admin.post("/ket-noi/dia-chi", data=form) for _ in range(2))
    assert (first.status_code, second.status_code) == (200, 302)
    assert second.headers["Location"] in first.get_data(as_text=True)
    with scope(committee.engine, committee.tenant_id) as session:
        assert len(session.scalars(select(Webhook.id)).all()) == 1


def test_there_is_an_end_to_how_many_there_may_be(admin: FlaskClient, committee: Committee) -> None:
    with scope(committee.engine, committee.tenant_id) as session:
        for _ in range(MOST):
            register(
                session,
                committee.actor(Role.TENANT_ADMIN),
                "bí mật của hệ thống thử, dài hơn 32 ký tự",
                name="Kho dữ liệu",
                url=FORM["url"],  # type: ignore[arg-type]
                kinds=KINDS,
                role=Role.TENANT_ADMIN,
                organisation_id=None,
            )
    answer = admin.post("/ket-noi/dia-chi", data={**FORM, "form_key": form_key()})
    sentence = "Mỗi đảng bộ có tối đa 10 địa chỉ nhận tin; hãy thôi bớt một địa chỉ cũ."
    assert (answer.status_code, sentence in Page(answer).words) == (422, True)


def test_another_key_is_shown_once_and_both_are_good_for_a_day(
    admin: FlaskClient, committee: Committee, settings: Settings, receiver: Receiver
) -> None:
    address, before = registered(admin)
    form = {"form_key": form_key()}
    after = secret_of(admin.post(f"{address}/doi-khoa", data=form).get_data(as_text=True))
    again = admin.post(f"{address}/doi-khoa", data=form)
    assert (again.status_code, again.headers["Location"]) == (302, address)
    assert "Khóa mới và khóa cũ cùng ký đến" in Page(admin.get(address)).words
    pressed(admin, address, "gui-thu")
    work(committee, settings, receiver)
    [message] = receiver.received
    assert [verify(message.headers, message.body, one)["type"] for one in (before, after)] == ["test"] * 2


def test_who_looks_after_the_committee_is_told_of_an_address_that_was_paused(
    app: Flask, admin: FlaskClient, committee: Committee, settings: Settings, receiver: Receiver
) -> None:
    receiver.answers = [410, 204]
    address, _ = registered(admin)
    assert "Không báo được tin" not in Page(admin.get("/")).words
    pressed(admin, address, "gui-thu")
    work(committee, settings, receiver)
    home = Page(admin.get("/"))
    assert "Không báo được tin cho “Kho dữ liệu”" in home.words
    assert address in home.links.values()
    ward = Page(committee.client(app, Role.COMMITTEE).get("/"))
    assert "Không báo được tin" not in ward.words
    paused = Page(admin.get(address))
    assert "Máy nhận trả lời 410: không nhận tin nữa." in paused.words
    refused = pressed(admin, address, "gui-thu")
    assert (refused.status, "Địa chỉ đang tạm dừng" in refused.words) == (422, True)
    pressed(admin, address, "gui-lai")
    [again] = [form.action for form in Page(admin.get(address)).forms if "/tin/" in form.action]
    assert "Tin đang được gửi lại, vẫn mang mã cũ." in Page(admin.post(again, follow_redirects=True)).words
    work(committee, settings, receiver)
    assert "Không báo được tin" not in Page(admin.get("/")).words
    first, second = receiver.received
    assert first.headers["webhook-id"] == second.headers["webhook-id"]


def test_an_address_that_came_from_another_instance_rests_until_it_has_a_new_key(
    admin: FlaskClient, committee: Committee, settings: Settings, receiver: Receiver
) -> None:
    address, _ = registered(admin)
    pressed(admin, address, "gui-thu")  # and one message waits
    with scope(committee.engine, committee.tenant_id) as session:  # as a bundle leaves it
        session.execute(text("UPDATE webhook SET salt = NULL, former_salt = NULL"))
    assert "Tạm dừng" in Page(admin.get("/ket-noi/dia-chi")).words
    assert "Không báo được tin cho “Kho dữ liệu”" in Page(admin.get("/")).words
    shown = Page(admin.get(address))
    assert (
        "Tạm dừng: chưa có khóa ký Khóa ký đã cấp không còn dùng được ở hệ thống này. Bấm “Đổi khóa ký” rồi ghi khóa mới "
        "vào phần mềm nhận. Tin đang chờ được gửi sau đó." in shown.words
    )
    refused = pressed(admin, address, "gui-thu")
    assert (refused.status, "Khóa ký đã cấp không còn dùng được" in refused.words) == (422, True)
    [change] = [form.action for form in shown.forms if form.action.endswith("/doi-khoa")]
    secret = secret_of(admin.post(change, data={"form_key": form_key()}).get_data(as_text=True))
    work(committee, settings, receiver)
    [message] = receiver.received
    assert verify(message.headers, message.body, secret)["type"] == "test"
    assert "Không báo được tin" not in Page(admin.get("/")).words


def test_an_address_ended_is_no_more(
    admin: FlaskClient, committee: Committee, settings: Settings, receiver: Receiver
) -> None:
    address, _ = registered(admin)
    pressed(admin, address, "gui-thu")
    assert "Đã thôi gửi tin cho “Kho dữ liệu”." in pressed(admin, address, "thoi").words
    work(committee, settings, receiver)
    assert (receiver.received, admin.get(address).status_code) == ([], 404)
    for button in ("gui-thu", "gui-lai", "doi-khoa", "thoi"):
        assert admin.post(f"{address}/{button}", data={"form_key": form_key()}).status_code == 404


def test_the_trail_names_who_did_what(admin: FlaskClient, committee: Committee) -> None:
    address, secret = registered(admin)
    for button in ("gui-thu", "doi-khoa", "gui-lai", "thoi"):
        pressed(admin, address, button)
    with scope(committee.engine, committee.tenant_id) as session:
        rows = session.execute(
            select(AuditEvent.action, AuditEvent.account_id)
            .where(AuditEvent.subject == "webhook")
            .order_by(AuditEvent.id)
        )
        acts = [tuple(row) for row in rows]
        said = session.execute(text("SELECT string_agg(detail::text, ' ') FROM audit_event")).scalar_one()
    who = committee.accounts[Role.TENANT_ADMIN]
    names = ("register", "test", "change_key", "resume", "end")
    assert acts == [("change_webhook_key" if one == "change_key" else f"{one}_webhook", who) for one in names]
    assert secret not in said


def test_only_administrators_see_them(app: Flask, committee: Committee) -> None:
    for role in (Role.COMMITTEE, Role.CELL_SECRETARY, Role.MEMBER):
        assert committee.client(app, role).get("/ket-noi/dia-chi").status_code == 403


def test_rounds_of_sending_are_not_among_the_committees_work(
    admin: FlaskClient, committee: Committee, settings: Settings, receiver: Receiver
) -> None:
    address, _ = registered(admin)
    pressed(admin, address, "gui-thu")
    work(committee, settings, receiver)
    assert receiver.received
    assert "Báo tin cho phần mềm khác" not in Page(admin.get("/viec")).words


@pytest.fixture(autouse=True)
def nothing_left_due(committee: Committee) -> object:
    """What a test leaves due is no other's business."""
    yield
    with scope(committee.engine, PLATFORM) as session:
        session.execute(text("DELETE FROM webhook_due"))
