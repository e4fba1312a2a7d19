"""`bontot db`: from an administrator's address to a database with every table, and clear refusals on the way."""

from __future__ import annotations

import psycopg
import pytest
from click.testing import CliRunner, Result

from bontot import embedded
from bontot.cli import main
from bontot.db import migrate, roles
from bontot.embedded.addresses import postgres_url
from bontot.errors import DatabaseUnreachable


def run(*arguments: str, **environment: str) -> Result:
    return CliRunner().invoke(main, arguments, env=environment)


def hosted(servers: embedded.Servers, database: str) -> dict[str, str]:
    app, owner = (
        postgres_url(role, servers.addresses.sockets, database) for role in (roles.APP, roles.OWNER)
    )
    return {
        "DATABASE_URL": app,
        "DATABASE_OWNER_URL": owner,
        "REDIS_URL": servers.redis_url,
        "BONTOT_SECRET_KEY": "k" * 32,
    }


def test_a_hosted_database_is_provisioned_and_upgraded_from_the_command_line(
    servers: embedded.Servers,
) -> None:
    environment = hosted(servers, "tỉnh")
    for _ in range(2):
        made = run("db", "provision", servers.addresses.server_url, "--database", "tỉnh")
        assert (made.exit_code, made.output) == (
            0,
            "Đã có cơ sở dữ liệu tỉnh và các vai trò bontot_owner, bontot_app, bontot_backup.\n",
        )
    assert not migrate.is_current(environment["DATABASE_OWNER_URL"])
    for _ in range(2):
        upgraded = run("db", "upgrade", **environment)
        assert (upgraded.exit_code, upgraded.output) == (0, "Các bảng đã ở phiên bản mới nhất.\n")
    assert migrate.is_current(environment["DATABASE_OWNER_URL"])
    with psycopg.connect(environment["DATABASE_URL"]) as connection:
        assert connection.execute("SELECT count(*) FROM tenant").fetchone() == (0,)


def test_the_application_alone_cannot_upgrade(servers: embedded.Servers) -> None:
    refused = run("db", "upgrade", **(hosted(servers, "bontot") | {"DATABASE_OWNER_URL": ""}))
    assert (refused.exit_code, refused.output) == (
        1,
        "Lỗi: Thiết đặt chưa đúng.\n  • thiếu DATABASE_OWNER_URL: việc này cần vai trò sở hữu cơ sở dữ liệu\n",
    )


@pytest.mark.parametrize(
    "verb", [("provision", "postgresql://postgres@/postgres?host=/khong/co"), ("upgrade",)]
)
def test_a_server_that_cannot_be_reached_is_said_in_words(
    servers: embedded.Servers, verb: tuple[str, ...]
) -> None:
    nowhere = {"DATABASE_OWNER_URL": "postgresql://bontot_owner@/bontot?host=/khong/co"}
    refused = run("db", *verb, **(hosted(servers, "bontot") | nowhere))
    assert (refused.exit_code, refused.output) == (1, f"Lỗi: {DatabaseUnreachable.sentence}\n")


def test_an_environment_that_makes_no_sense_is_refused_before_anything_is_done() -> None:
    refused = run("db", "upgrade", DATABASE_URL="postgresql://bontot_app@db/bontot")
    assert (refused.exit_code, refused.output.splitlines()) == (
        1,
        [
            "Lỗi: Thiết đặt chưa đúng.",
            "  • thiếu REDIS_URL: DATABASE_URL và REDIS_URL phải có cùng nhau",
            "  • thiếu BONTOT_SECRET_KEY: một chuỗi ngẫu nhiên từ 32 ký tự trở lên",
        ],
    )
