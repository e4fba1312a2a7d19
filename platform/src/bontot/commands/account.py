"""`bontot account`: log-ins made from the command line, the first operator above all."""

from __future__ import annotations

import click
from sqlalchemy import select

from bontot.access import Role
from bontot.clock import today
from bontot.commands.attach import attached, database
from bontot.db.models import Account
from bontot.db.tenancy import PLATFORM, scope
from bontot.errors import NotFound
from bontot.services.accounts import create_account, set_password
from bontot.services.grants import GRANTABLE, Appointment, admit, organisation_by_code
from bontot.services.tenants import find_tenant
from bontot.settings import Settings

_password = click.password_option("--password", prompt="Mật khẩu", confirmation_prompt="Gõ lại mật khẩu")


@click.group(help="Tài khoản đăng nhập. Mật khẩu được hỏi, không cần ghi trên dòng lệnh.")
def account() -> None:
    """The group."""


@account.command("create-operator", help="Tạo tài khoản người vận hành.")
@click.argument("login")
@click.argument("name")
@_password
@attached
def create_operator(settings: Settings, login: str, name: str, password: str) -> None:
    """Makes an operator."""
    with database(settings) as engine, scope(engine, PLATFORM) as session:
        create_account(session, login, name, password, operator=True)
    click.echo(f"Đã tạo tài khoản người vận hành {login}.")


@account.command(help="Tạo tài khoản thường; giao vai trò bằng: bontot account grant.")
@click.argument("login")
@click.argument("name")
@_password
@attached
def create(settings: Settings, login: str, name: str, password: str) -> None:
    """Makes an account with no role yet."""
    with database(settings) as engine, scope(engine, PLATFORM) as session:
        create_account(session, login, name, password)
    click.echo(f"Đã tạo tài khoản {login}.")


@account.command(
    help="Đặt mật khẩu mới cho một tài khoản, chẳng hạn tài khoản đến cùng một đảng bộ được nhập; mọi phiên của nó kết thúc."
)
@click.argument("login")
@_password
@attached
def password(settings: Settings, login: str, password: str) -> None:
    """Sets a password."""
    with database(settings) as engine, scope(engine, PLATFORM) as session:
        set_password(session, login, password)
    click.echo(f"Đã đặt mật khẩu mới cho {login}.")


@account.command(help="Giao cho một tài khoản một vai trò ở một đảng bộ, từ hôm nay.")
@click.argument("login")
@click.option("--tenant", "code", required=True, metavar="MÃ", help="Mã đảng bộ.")
@click.option("--role", required=True, type=click.Choice([role.value for role in GRANTABLE]), help="Vai trò.")
@click.option("--organisation", metavar="MÃ", help="Mã tổ chức: nơi của cấp ủy, chi bộ của bí thư.")
@click.option("--card", default="", metavar="SỐ", help="Số thẻ đảng viên của người dùng.")
@attached
def grant(settings: Settings, login: str, code: str, role: str, organisation: str | None, card: str) -> None:
    """Admits an account to a committee."""
    with database(settings) as engine:
        with scope(engine, PLATFORM) as session:
            tenant_id = find_tenant(session, code).id
            account_id = session.scalar(select(Account.id).where(Account.login == login.lower()))
        if account_id is None:
            raise NotFound(f"Không có tài khoản {login}.")
        with scope(engine, tenant_id) as session:
            day = today(session)
            place = organisation_by_code(session, organisation, day) if organisation else None
            admit(session, account_id, Appointment(role=Role(role), organisation_id=place, card=card), day)
    click.echo(f"{login} nay có vai trò {role} ở đảng bộ {code}.")
