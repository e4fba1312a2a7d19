"""`bontot db`: the database's tables and roles."""

from __future__ import annotations

import click
import psycopg
from psycopg.conninfo import conninfo_to_dict

from bontot.commands.attach import attached, prepare
from bontot.db import roles
from bontot.errors import DatabaseUnreachable
from bontot.settings import Settings, database_addresses


@click.group(help="Cơ sở dữ liệu.")
def db() -> None:
    """The group."""


@db.command(help="Nâng cấp các bảng lên phiên bản này của chương trình.")
@attached
def upgrade(settings: Settings) -> None:
    """Run the migrations as the owner."""
    prepare(settings)
    click.echo("Các bảng đã ở phiên bản mới nhất.")


@db.command(
    help="Tạo cơ sở dữ liệu và các vai trò trên một máy chủ PostgreSQL; ADDRESS là địa chỉ của quản trị viên. "
    "Mật khẩu của các vai trò lấy từ DATABASE_URL, DATABASE_OWNER_URL và DATABASE_BACKUP_URL, nếu có."
)
@click.argument("address")
@click.option("--database", default="bontot", show_default=True, help="Tên cơ sở dữ liệu.")
def provision(address: str, database: str) -> None:
    """Prepare a hosted server; roles get the passwords of their addresses where the environment has those."""
    known = [conninfo_to_dict(one) for one in database_addresses()]
    passwords = {str(one["user"]): str(one["password"]) for one in known if "password" in one}
    try:
        with psycopg.connect(address, autocommit=True) as connection:
            roles.provision(connection, database, passwords)
    except psycopg.OperationalError as error:
        raise DatabaseUnreachable from error
    click.echo(f"Đã có cơ sở dữ liệu {database} và các vai trò {', '.join(roles.ATTRIBUTES)}.")
