"""Logging in and out, choosing where to work, and what is refused on the way."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from redis import Redis
from sqlalchemy import Engine, select, update

from bontot.access import Role
from bontot.db.models import Account, AuditEvent, LoginSession
from bontot.db.tenancy import PLATFORM, scope
from bontot.services.accounts import grant_role, set_password
from bontot.settings import Settings
from bontot.web import create_app
from bontot.web.database import db
from bontot.web.request import SECRET_COOKIE
from tests.factories import Committee, make_committee, operator_client
from tests.web.reading import Page

PASSWORD = "mật khẩu chỉ để kiểm thử"
ELSEWHERE = (
    "https://vi-du.test/",
    "//vi-du.test/",
    "/\\vi-du.test/",
    "/\t/vi-du.test/",
    "/\r\nSet-Cookie: a=b",
    "//[",
    "//\u2100.vi-du.test",
    "javascript:alert(1)",
)
REFUSED = "Tên đăng nhập hoặc mật khẩu chưa đúng."


@pytest.fixture
def committee(engine: Engine, unique: str) -> Committee:
    return make_committee(engine, unique, "nhà")


def log_in(client: FlaskClient, login: str, password: str = PASSWORD, onward: str = "") -> tuple[int, str]:
    """Status, and where the browser is sent or what it reads."""
    response = client.post("/dang-nhap", data={"login": login, "password": password, "den": onward})
    return response.status_code, response.headers.get("Location") or response.get_data(as_text=True)


def test_a_person_with_one_role_goes_straight_to_work(app: Flask, committee: Committee) -> None:
    client = app.test_client()
    assert log_in(client, f"cell_secretary.{committee.code}") == (302, "/")
    assert client.get("/").status_code == 200


def test_logging_in_leads_on_to_the_page_asked_for_but_never_off_the_site(
    app: Flask, committee: Committee
) -> None:
    login = f"member.{committee.code}"
    assert log_in(app.test_client(), login, onward="/?nam=2023") == (302, "/?nam=2023")
    for elsewhere in ELSEWHERE:
        assert log_in(app.test_client(), login, onward=elsewhere) == (302, "/")
        assert app.test_client().get("/dang-nhap", query_string={"den": elsewhere}).status_code == 200


@pytest.mark.parametrize(
    ("login", "password"),
    [("member", "sai"), ("không có ai", PASSWORD), ("\0", "\0"), ("x" * 100_000, PASSWORD)],
)
def test_a_wrong_login_and_a_wrong_password_are_answered_alike(
    app: Flask, committee: Committee, login: str, password: str
) -> None:
    status, page = log_in(
        app.test_client(), f"{login}.{committee.code}" if login == "member" else login, password
    )
    assert status == 422
    assert REFUSED in page


def test_guessing_is_slowed_down_for_that_login_only(app: Flask, committee: Committee) -> None:
    client, login = app.test_client(), f"member.{committee.code}"
    answers = [log_in(client, login, "sai")[0] for _ in range(11)]
    assert answers == [422] * 10 + [429]
    assert log_in(client, login)[0] == 429
    assert log_in(client, f"committee.{committee.code}") == (302, "/")


def test_many_guesses_at_once_are_slowed_down_alike(app: Flask, committee: Committee) -> None:
    login = f"member.{committee.code}"
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda _: log_in(app.test_client(), login, "sai")[0], range(20)))
    assert sorted(answers) == [422] * 10 + [429] * 10


def test_guesses_are_forgotten_after_a_minute_and_successes_never_counted(
    app: Flask, committee: Committee, redis_url: str
) -> None:
    login = f"member.{committee.code}"
    with Redis.from_url(redis_url) as redis:
        redis.flushdb()
        assert [log_in(app.test_client(), login)[0] for _ in range(11)] == [302] * 11
        log_in(app.test_client(), login, "sai")
        counted = {name: (int(redis.get(name) or 0), redis.ttl(name)) for name in redis.scan_iter()}
    assert [(count, 0 < left <= 60) for count, left in counted.values()] == [(1, True)]


def test_logging_in_anew_ends_the_session_before(app: Flask, committee: Committee) -> None:
    client, login = app.test_client(), f"member.{committee.code}"
    log_in(client, login)
    before = client.get_cookie(SECRET_COOKIE)
    log_in(client, login)
    assert before is not None
    assert client.get("/").status_code == 200
    client.set_cookie(SECRET_COOKIE, before.value)
    assert client.get("/").status_code == 302


def test_the_session_is_kept_from_scripts_and_from_other_sites(app: Flask, committee: Committee) -> None:
    answer = app.test_client().post(
        "/dang-nhap",
        data={"login": f"member.{committee.code}", "password": PASSWORD},
        base_url="https://vi-du.test",
    )
    cookie = next(line for line in answer.headers.getlist("Set-Cookie") if line.startswith(SECRET_COOKIE))
    assert {"Secure", "HttpOnly", "SameSite=Lax"} <= set(cookie.split("; "))


@pytest.mark.parametrize("address", ["/", "/dang-nhap", "/khong-co", "/static/bontot.css"])
def test_every_answer_says_what_a_browser_may_do_with_it(
    app: Flask, committee: Committee, address: str
) -> None:
    with committee.client(app, Role.MEMBER).get(address) as answer:
        headers = answer.headers
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert "script-src" not in headers["Content-Security-Policy"]
    assert (headers["X-Content-Type-Options"], headers["Referrer-Policy"]) == ("nosniff", "same-origin")
    assert "no-store" in headers["Cache-Control"] or address.startswith("/static/")


def test_logging_out_ends_the_session_for_good(app: Flask, committee: Committee) -> None:
    client = committee.client(app, Role.MEMBER)
    secret = client.get_cookie(SECRET_COOKIE)
    client.post("/dang-xuat")
    assert secret is not None
    client.set_cookie(SECRET_COOKIE, secret.value)
    assert client.get("/").headers["Location"] == "/dang-nhap?den=/"


@pytest.mark.parametrize(
    ("column", "ago"), [("seen_at", timedelta(minutes=61)), ("created_at", timedelta(hours=24, minutes=1))]
)
def test_a_session_ends_when_idle_and_after_a_day(
    app: Flask, committee: Committee, column: str, ago: timedelta
) -> None:
    client = committee.client(app, Role.MEMBER)
    with scope(committee.engine, PLATFORM) as session:
        session.execute(
            update(LoginSession)
            .where(LoginSession.account_id == committee.accounts[Role.MEMBER])
            .values({column: datetime.now(UTC) - ago})
        )
    assert client.get("/").status_code == 302


@pytest.mark.parametrize(
    ("ago", "noted"),
    [(timedelta(minutes=59), True), (timedelta(minutes=2), True), (timedelta(seconds=20), False)],
)
def test_that_a_session_is_in_use_is_noted_once_a_minute(
    app: Flask, committee: Committee, ago: timedelta, noted: bool
) -> None:
    client = committee.client(app, Role.MEMBER)
    before = datetime.now(UTC) - ago
    mine = LoginSession.account_id == committee.accounts[Role.MEMBER]
    with scope(committee.engine, PLATFORM) as session:
        session.execute(update(LoginSession).where(mine).values(seen_at=before))
    assert client.get("/lich-dien-tu").status_code == 200
    with scope(committee.engine, PLATFORM) as session:
        seen = session.scalars(select(LoginSession.seen_at).where(mine)).one()
    assert (seen > before) == noted


NEW = "ngựa sắt đồng xanh cửa sổ"


def change(client: FlaskClient, old: str, new: str) -> tuple[int, Page]:
    """Status, and the page the browser ends at."""
    response = client.post("/mat-khau", data={"old": old, "password": new}, follow_redirects=True)
    return response.status_code, Page(response)


def test_a_new_password_by_an_administrator_ends_every_session(app: Flask, committee: Committee) -> None:
    client = committee.client(app, Role.MEMBER)
    with scope(committee.engine, PLATFORM) as session:
        set_password(session, f"member.{committee.code}", NEW)
    assert client.get("/").status_code == 302
    assert log_in(app.test_client(), f"member.{committee.code}", NEW) == (302, "/")


def test_one_changes_ones_own_password_and_every_other_session_ends(app: Flask, committee: Committee) -> None:
    here, elsewhere = (committee.client(app, Role.MEMBER) for _ in range(2))
    other = committee.client(app, Role.CELL_SECRETARY)
    status, page = change(here, PASSWORD, NEW)
    assert status == 200
    assert "Đã đổi mật khẩu. Những nơi khác đang đăng nhập bằng tài khoản này đã bị đăng xuất." in page.lines
    assert [client.get("/mat-khau").status_code for client in (here, elsewhere, other)] == [200, 302, 200]
    login = f"member.{committee.code}"
    assert (log_in(app.test_client(), login)[0], log_in(app.test_client(), login, NEW)[0]) == (422, 302)
    with scope(committee.engine, committee.tenant_id) as session:
        trail = session.execute(
            select(AuditEvent.account_id, AuditEvent.detail).where(AuditEvent.action == "change_password")
        ).all()
    assert [tuple(row) for row in trail] == [(committee.accounts[Role.MEMBER], {})]


def test_pressing_twice_changes_a_password_once(app: Flask, committee: Committee) -> None:
    client = committee.client(app, Role.MEMBER)
    assert [change(client, PASSWORD, NEW)[0] for _ in range(2)] == [200, 200]
    with scope(committee.engine, committee.tenant_id) as session:
        trail = session.scalars(select(AuditEvent.id).where(AuditEvent.action == "change_password")).all()
    assert len(trail) == 1


@pytest.mark.parametrize(
    ("old", "new", "sentences"),
    [
        ("sai mật khẩu cũ", NEW, {"old": "Mật khẩu đang dùng chưa đúng."}),
        ("", "", {"old": "Mật khẩu đang dùng chưa đúng.", "password": "Mật khẩu cần ít nhất 15 ký tự."}),
        (PASSWORD, PASSWORD, {"password": "Mật khẩu mới phải khác mật khẩu đang dùng."}),
        (PASSWORD, "ngắn quá", {"password": "Mật khẩu cần ít nhất 15 ký tự."}),
        (
            PASSWORD,
            "aaaaaaaaaaaaaaaaaaaa",
            {
                "password": "Mật khẩu này dễ đoán. Hãy ghép bốn, năm từ không liên quan nhau, "
                "ví dụ tên vài đồ vật quanh mình."
            },
        ),
    ],
)
def test_a_password_that_cannot_be_is_refused_at_its_place_and_nothing_changes(
    app: Flask, committee: Committee, old: str, new: str, sentences: dict[str, str]
) -> None:
    client, elsewhere = (committee.client(app, Role.MEMBER) for _ in range(2))
    status, page = change(client, old, new)
    assert (status, dict(page.mends)) == (422, sentences)
    assert elsewhere.get("/").status_code == 200
    assert log_in(app.test_client(), f"member.{committee.code}") == (302, "/")


def test_guessing_the_old_password_is_slowed_down_as_at_the_log_in(app: Flask, committee: Committee) -> None:
    client = committee.client(app, Role.MEMBER)
    assert [change(client, "sai mật khẩu cũ", NEW)[0] for _ in range(11)] == [422] * 10 + [429]
    assert log_in(app.test_client(), f"member.{committee.code}")[0] == 429


def test_behind_a_proxy_that_ends_tls_the_session_is_sent_over_tls_only(
    settings: Settings, committee: Committee
) -> None:
    site = create_app(replace(settings, site="https://vi-du.test"))
    site.config["WTF_CSRF_ENABLED"] = False
    client = site.test_client()
    answers = [
        client.get("/dang-nhap"),
        client.post("/dang-nhap", data={"login": f"member.{committee.code}", "password": PASSWORD}),
    ]
    with site.app_context():
        db.engine.dispose()
    cookies = [line for answer in answers for line in answer.headers.getlist("Set-Cookie")]
    assert cookies
    assert [line for line in cookies if "Secure" not in line.split("; ")] == []


def test_the_secret_is_stored_only_as_a_hash(app: Flask, committee: Committee) -> None:
    cookie = committee.client(app, Role.MEMBER).get_cookie(SECRET_COOKIE)
    assert cookie is not None
    with scope(committee.engine, PLATFORM) as session:
        hashes = session.scalars(select(LoginSession.secret_hash)).all()
    assert cookie.value.encode() not in hashes


def test_changing_place_renews_the_session(app: Flask, committee: Committee) -> None:
    client = committee.client(app, Role.TENANT_ADMIN)
    before = client.get_cookie(SECRET_COOKIE)
    grant = re.findall(r'name="grant" value="(\d+)"', client.get("/noi-lam-viec").get_data(as_text=True))
    client.post("/noi-lam-viec", data={"tenant": committee.code, "grant": grant[0]})
    after = client.get_cookie(SECRET_COOKIE)
    assert before is not None
    assert after is not None
    assert before.value != after.value
    client.set_cookie(SECRET_COOKIE, before.value)
    assert client.get("/").status_code == 302


def test_an_account_of_two_committees_switches_between_them(
    app: Flask, committee: Committee, engine: Engine, unique: str
) -> None:
    other = make_committee(engine, f"{unique}-hai", "khác")
    account = committee.accounts[Role.TENANT_ADMIN]
    with scope(engine, other.tenant_id) as session:
        grant_role(session, account, Role.TENANT_ADMIN, valid_from=date(2023, 1, 1))
    client = app.test_client()
    assert log_in(client, f"tenant_admin.{committee.code}") == (302, "/noi-lam-viec")
    page = client.get("/noi-lam-viec").get_data(as_text=True)
    assert "Đảng bộ nhà" in page
    assert "Đảng bộ khác" in page


def test_an_operator_has_no_standing_access_to_a_committee(app: Flask, engine: Engine) -> None:
    client = operator_client(app, engine)
    assert client.get("/").status_code in (302, 401)


@pytest.mark.parametrize("sent", [{}, {"login": "bithu.tdp01"}, {"login": " ", "password": "gì đó"}])
def test_an_empty_log_in_says_to_fill_in_both(app: Flask, sent: dict[str, str]) -> None:
    answer = app.test_client().post("/dang-nhap", data=sent)
    page = Page(answer)
    assert (page.status, "Nhập cả tên đăng nhập và mật khẩu." in page.lines) == (422, True)


def test_an_operator_without_a_committee_goes_straight_to_the_operators_page(
    app: Flask, engine: Engine
) -> None:
    operator_client(app, engine)
    assert log_in(app.test_client(), "van-hanh") == (302, "/van-hanh")


def test_a_disabled_account_is_out_at_once(app: Flask, committee: Committee) -> None:
    client = committee.client(app, Role.MEMBER)
    with scope(committee.engine, PLATFORM) as session:
        session.execute(
            update(Account)
            .where(Account.id == committee.accounts[Role.MEMBER])
            .values(disabled_at=datetime.now(UTC))
        )
    assert client.get("/").status_code == 302
    assert log_in(app.test_client(), f"member.{committee.code}")[0] == 422


def test_a_form_without_its_guard_is_refused(settings: Settings, committee: Committee) -> None:
    guarded = create_app(settings)
    status, page = log_in(guarded.test_client(), f"member.{committee.code}")
    with guarded.app_context():
        db.engine.dispose()
    assert status == 400
    assert "Trang đã mở quá lâu" in page


def test_an_unknown_login_is_worked_on_as_long_as_a_known_one(
    app: Flask, committee: Committee, monkeypatch: pytest.MonkeyPatch
) -> None:
    worked: list[bool] = []
    verify = PasswordHasher.verify

    def counted(hasher: PasswordHasher, known: str, password: str) -> bool:
        worked.append(known.startswith("$argon2id$v=19$m=19456,t=2,p=1$"))
        return verify(hasher, known, password)

    monkeypatch.setattr(PasswordHasher, "verify", counted)
    for login in (f"member.{committee.code}", f"không có ai ở {committee.code}", "\0"):
        assert log_in(app.test_client(), login, "sai")[0] == 422
    assert worked == [True] * 3
