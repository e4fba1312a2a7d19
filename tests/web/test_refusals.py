"""Every way the site says no is a page that says what to do."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask
from psycopg.errors import ForeignKeyViolation, UniqueViolation
from redis.exceptions import RedisError
from sqlalchemy import select
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from bontot.access import Permission, Role, Scope
from bontot.db.models import Tenant
from bontot.db.tenancy import PLATFORM, scope
from bontot.errors import Stale, TooManyAttempts
from bontot.settings import Settings
from bontot.web import create_app
from bontot.web.database import db, session
from bontot.web.refusals import PAGES
from bontot.web.routing import declare
from tests.factories import Committee
from tests.web.reading import Page


def said_by_database(
    error: type[DBAPIError], cause: type[Exception] = ValueError
) -> Callable[[str], Exception]:
    """A fault of the database whose words repeat what was sent."""
    return lambda words: error("SELECT", None, cause(words))


def test_every_refusal_has_a_heading_and_a_way_on() -> None:
    assert sorted(PAGES) == [400, 401, 403, 404, 405, 412, 413, 422, 428, 429, 500, 503]
    assert all(page.title and all(step.endswith(".") for step in page.advice) for page in PAGES.values())


def test_an_unknown_address_says_what_to_try(app: Flask) -> None:
    page = Page(app.test_client().get("/khong-co-trang-nay"))
    assert (page.status, page.heading) == (404, "Không tìm thấy")
    assert all(step in page.words for step in PAGES[404].advice)
    assert page.links["Về trang đầu"] == "/"


def test_a_wrong_method_is_refused_with_the_methods_allowed(app: Flask) -> None:
    response = app.test_client().delete("/dang-nhap")
    assert Page(response).heading == "Trang này không nhận thao tác vừa gửi"
    assert response.status_code == 405


def test_an_act_without_logging_in_is_refused_and_a_page_leads_to_the_log_in(
    app: Flask, committee: Committee
) -> None:
    address = f"/chi-bo/{committee.cells[0].public_id}/ghi-nhan"
    anyone = app.test_client()
    assert anyone.get(address).headers["Location"] == f"/dang-nhap?den={address}"
    assert Page(anyone.post(address)).heading == "Cần đăng nhập"


def test_too_large_a_body_is_refused(app: Flask, committee: Committee) -> None:
    client = committee.client(app, Role.CELL_SECRETARY)
    address = f"/chi-bo/{committee.cells[0].public_id}/ghi-nhan"
    response = client.post(address, data={"place": "x" * (22 * 1024 * 1024)})
    assert (response.status_code, Page(response).heading) == (413, "Tệp quá lớn")


@pytest.mark.parametrize(
    ("error", "status", "heading"),
    [
        (Stale, 412, "Hồ sơ vừa được người khác sửa"),
        (TooManyAttempts, 429, "Xin chờ một chút"),
        (RuntimeError, 500, "Có lỗi trong hệ thống"),
        (said_by_database(DataError), 422, "Chưa mở được trang này"),
        (said_by_database(IntegrityError, UniqueViolation), 412, "Hồ sơ vừa được người khác sửa"),
        (said_by_database(IntegrityError, ForeignKeyViolation), 500, "Có lỗi trong hệ thống"),
        (said_by_database(OperationalError), 503, "Tạm thời chưa dùng được"),
        (PoolTimeout, 503, "Tạm thời chưa dùng được"),
        (RedisError, 503, "Tạm thời chưa dùng được"),
    ],
)
def test_a_failure_inside_is_a_page_too(
    settings: Settings, error: Callable[[str], Exception], status: int, heading: str
) -> None:
    app = create_app(settings)
    app.config["PROPAGATE_EXCEPTIONS"] = False

    def fail() -> str:
        raise error("Nguyễn Văn Bí Mật")

    declare(fail, Permission.LOG_IN, Scope.PUBLIC)
    app.add_url_rule("/hong", "fail", fail)
    page = Page(app.test_client().get("/hong"))
    with app.app_context():
        db.engine.dispose()
    assert (page.status, page.heading) == (status, heading)
    assert ("Nguyễn Văn Bí Mật" in page.words) == (error in (Stale, TooManyAttempts))
    if status >= 500:
        assert re.search("báo người vận hành kèm mã [0-9a-f]{8}[.]", page.words)


@pytest.mark.parametrize(("cause", "levels"), [(UniqueViolation, set()), (ForeignKeyViolation, {"ERROR"})])
def test_that_two_wrote_the_same_at_once_is_no_error_in_the_log(
    settings: Settings, cause: type[Exception], levels: set[str], caplog: pytest.LogCaptureFixture
) -> None:
    app = create_app(settings)
    app.config["PROPAGATE_EXCEPTIONS"] = False

    def fail() -> str:
        raise said_by_database(IntegrityError, cause)("trùng")

    declare(fail, Permission.LOG_IN, Scope.PUBLIC)
    app.add_url_rule("/trung", "fail", fail)
    app.logger.addHandler(caplog.handler)
    app.test_client().get("/trung")
    app.logger.removeHandler(caplog.handler)
    with app.app_context():
        db.engine.dispose()
    assert {one.levelname for one in caplog.records if one.levelname == "ERROR"} == levels


@pytest.mark.parametrize(("status", "kept"), [(200, True), (422, False)])
def test_what_a_refused_request_wrote_is_not_kept(
    settings: Settings, unique: str, status: int, kept: bool
) -> None:
    app = create_app(settings)

    def write() -> tuple[str, int]:
        session().enter(PLATFORM)
        session().add(Tenant(code=unique, name="Đảng bộ viết dở"))
        session().flush()
        return "", status

    declare(write, Permission.LOG_IN, Scope.PUBLIC)
    app.add_url_rule("/viet", "write", write)
    assert app.test_client().get("/viet").status_code == status
    with app.app_context():
        with scope(db.engine, PLATFORM) as found:
            assert (found.scalar(select(Tenant.id).where(Tenant.code == unique)) is not None) == kept
        db.engine.dispose()
