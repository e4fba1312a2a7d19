"""`bontot db`: from an administrator's address to a database with every table, and clear refusals on the way."""

from __future__ import annotations

import base64
import hashlib
import hmac
import unicodedata
from urllib.parse import quote

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


def test_roles_get_the_passwords_of_their_addresses_and_the_server_never_sees_them(
    servers: embedded.Servers,
) -> None:
    passwords = {roles.APP: "của ứng dụng", roles.OWNER: "của chủ sở hữu"}
    addresses = {
        name: f"postgresql://{role}:{quote(passwords[role])}@may-chu/bontot"
        for name, role in (("DATABASE_URL", roles.APP), ("DATABASE_OWNER_URL", roles.OWNER))
    }
    assert run("db", "provision", servers.addresses.server_url, **addresses).exit_code == 0
    with psycopg.connect(servers.addresses.server_url) as connection:
        kept: dict[str, str | None] = dict(
            connection.execute(
                "SELECT rolname, rolpassword FROM pg_authid WHERE rolname = ANY(%s)", [list(roles.ATTRIBUTES)]
            ).fetchall()
        )
    assert kept.pop(roles.BACKUP) is None
    assert {role: opens(kept[role], passwords[role]) for role in kept} == dict.fromkeys(passwords, True)
    assert not opens(kept[roles.APP], passwords[roles.OWNER])


def opens(kept: str | None, password: str) -> bool:
    """Whether a password is the one of a verifier that PostgreSQL keeps (RFC 5803)."""
    mechanism, turns, keys = (kept or "").split("$")
    count, salt = turns.split(":")
    salted = hashlib.pbkdf2_hmac("sha256", saslprep(password), base64.b64decode(salt), int(count))
    stored = hashlib.sha256(hmac.digest(salted, b"Client Key", "sha256")).digest()
    return mechanism == "SCRAM-SHA-256" and keys.split(":")[0] == base64.b64encode(stored).decode()


def saslprep(password: str) -> bytes:
    return unicodedata.normalize("NFKC", password).encode()


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
