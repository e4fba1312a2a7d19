"""`bontot db`: the database's tables and roles."""

from __future__ import annotations

import click
import psycopg

from bontot.commands.attach import attached, prepare
from bontot.db import roles
from bontot.errors import DatabaseUnreachable
from bontot.settings import Settings


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
    help="Tạo cơ sở dữ liệu và các vai trò trên một máy chủ PostgreSQL; ADDRESS là địa chỉ của quản trị viên."
)
@click.argument("address")
@click.option("--database", default="bontot", show_default=True, help="Tên cơ sở dữ liệu.")
def provision(address: str, database: str) -> None:
    """Prepare a hosted server; passwords are set by its administrator."""
    try:
        with psycopg.connect(address, autocommit=True) as connection:
            roles.provision(connection, database)
    except psycopg.OperationalError as error:
        raise DatabaseUnreachable from error
    click.echo(f"Đã có cơ sở dữ liệu {database} và các vai trò {', '.join(roles.ATTRIBUTES)}.")
