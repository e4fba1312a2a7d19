"""An empty hosted instance, from the command line: an operator, a committee under its plan, and its first admin."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import psycopg
import pytest
from flask import Flask
from sqlalchemy import create_engine

from bontot.clock import today
from bontot.db.tenancy import PLATFORM, scope
from bontot.evaluation.period import Period
from bontot.evaluation.tree import read_tree
from bontot.services.accounts import check_password
from bontot.services.grants import grant_lines, organisation_by_code
from bontot.services.tenants import find_tenant
from tests.conftest import Database
from tests.integration.test_import_command import Run, run
from tests.integration.test_imports import ORGANISATIONS
from tests.workbooks import workbook

__all__ = ["run"]
PASSWORD = "một câu dài dễ nhớ"
TOP, DAY = "Q", date(2024, 5, 5)


def test_an_operator_is_made_with_a_password_that_is_asked_for(run: Run, fresh_database: Database) -> None:
    asked = run("account", "create-operator", "van-hanh", "Người vận hành", "--password", PASSWORD)
    assert (asked.exit_code, asked.output) == (0, "Đã tạo tài khoản người vận hành van-hanh.\n")
    short = run("account", "create-operator", "khac", "Người khác", "--password", "ngắn")
    assert (short.exit_code, short.output) == (1, "Lỗi: Mật khẩu cần ít nhất 15 ký tự.\n")
    for easy in (
        "123456789012345",
        "password12345678",
        "qwertyuiopasdfgh",
        "a" * 80,
    ):
        guessed = run("account", "create-operator", "khac", "Người khác", "--password", easy)
        assert (guessed.exit_code, guessed.output[:30]) == (1, "Lỗi: Mật khẩu này dễ đoán. Hãy")
    for login in ("a b", "<b>x</b>", "Bí thư", ".an", "an\u202e"):
        odd = run("account", "create-operator", login, "Người khác", "--password", PASSWORD)
        assert (odd.exit_code, odd.output.count("\n")) == (1, 1)
    engine = create_engine(fresh_database.database_url)
    with scope(engine, PLATFORM) as session:
        assert check_password(session, "van-hanh", PASSWORD).is_operator
    engine.dispose()


def test_a_committee_is_put_under_its_plan_and_gets_its_first_admin(
    run: Run, fresh_database: Database, tmp_path: Path
) -> None:
    run("tenant", "create", "vidu", "Đảng bộ quận Ví Dụ")
    organisations = tmp_path / "to-chuc.xlsx"
    organisations.write_bytes(workbook({"Tổ chức": ORGANISATIONS}))
    run("import", "--tenant", "vidu", organisations, "--apply")
    plan = ("tenant", "plan", "vidu")
    since = ("--organisation", TOP, "--from", "2023-01-27")
    assert run(*plan, "hanoi_tayho", *since).output == ("Q theo kế hoạch hanoi_tayho từ 27/01/2023.\n")
    assert run(*plan, "hanoi_longbien", *since).output == (
        "Lỗi: Tổ chức này đã theo kế hoạch hanoi_tayho từ 27/01/2023.\n"
    )
    assert run(*plan, "khong_co", *since).output == (
        "Lỗi: Kế hoạch “khong_co” chưa dùng được: chưa cài thành phần nào khai kế hoạch này.\n"
    )
    later = ("--organisation", TOP, "--from", "2025-07-01")
    assert run(*plan, "hanoi_longbien", *later).exit_code == 0
    run("account", "create", "quan-tri", "Trần Thị A", "--password", PASSWORD)
    granted = run("account", "grant", "quan-tri", "--tenant", "vidu", "--role", "tenant_admin")
    assert granted.output == "quan-tri nay có vai trò tenant_admin ở đảng bộ vidu.\n"
    engine = create_engine(fresh_database.database_url)
    with scope(engine, PLATFORM) as session:
        tenant_id = find_tenant(session, "vidu").id
    with scope(engine, tenant_id) as session:
        top = organisation_by_code(session, TOP, DAY)
        before, after = (
            read_tree(session, Period(day.year, day)).plan(top, day)
            for day in (date(2025, 6, 30), date(2025, 7, 1))
        )
        people = [
            (line.login, line.name, line.role, line.place)
            for line in grant_lines(session, today(session)).lines
        ]
    engine.dispose()
    assert (before, after) == ("hanoi_tayho", "hanoi_longbien")
    assert people == [("quan-tri", "Trần Thị A", "tenant_admin", "")]


def test_what_is_unknown_is_named(run: Run) -> None:
    run("tenant", "create", "vidu", "Đảng bộ quận Ví Dụ")
    run("account", "create", "ai-do", "Người nào đó", "--password", PASSWORD)
    grant = ("account", "grant")
    role = ("--role", "cell_secretary")
    assert run(*grant, "la", "--tenant", "vidu", *role).output == "Lỗi: Không có tài khoản la.\n"
    assert run(*grant, "ai-do", "--tenant", "vidu", *role).output == (
        "Lỗi: Xin chọn tổ chức cho vai trò này.\n"
    )
    assert run(*grant, "ai-do", "--tenant", "vidu", *role, "--organisation", "99").output == (
        "Lỗi: Không có tổ chức nào mang mã 99.\n"
    )


def test_the_new_instance_shows_only_the_log_in(run: Run, app: Flask) -> None:
    assert run("tenant", "list").output.startswith("Chưa có đảng bộ nào.")
    assert app.test_client().get("/").headers["Location"] == "/dang-nhap?den=/"


def test_what_a_hosted_instance_lacks_is_said_in_a_sentence(
    run: Run, make_database: Callable[[], Database], monkeypatch: pytest.MonkeyPatch
) -> None:
    empty = make_database()
    with psycopg.connect(empty.owner_url, autocommit=True) as connection:
        connection.execute("DROP SCHEMA public CASCADE")
    monkeypatch.setenv("DATABASE_URL", empty.database_url)
    bare = run("tenant", "list")
    assert (bare.exit_code, bare.output) == (
        1,
        "Lỗi: Cơ sở dữ liệu chưa có các bảng của phiên bản này. Hãy chạy: ./bontot db upgrade\n",
    )
    monkeypatch.setenv("DATABASE_URL", "postgresql://bontot_app@127.0.0.1:1/bontot")
    gone = run("tenant", "list")
    assert (gone.exit_code, gone.output) == (
        1,
        "Lỗi: Không kết nối được cơ sở dữ liệu. Kiểm tra địa chỉ, tài khoản và máy chủ PostgreSQL.\n",
    )
