"""`bontot tenant`: the committees of this instance."""

from __future__ import annotations

from datetime import datetime

import click

from bontot.clock import today
from bontot.commands.attach import attached, changing, database
from bontot.db.tenancy import PLATFORM, scope
from bontot.registry import Registry
from bontot.services.frames import adopt_frame, end_adoption
from bontot.services.grants import assign_plan, organisation_by_code
from bontot.services.tenants import all_tenants, create_tenant, find_tenant
from bontot.settings import Settings


@click.group(help="Các đảng bộ dùng hệ thống này.")
def tenant() -> None:
    """The group."""


@tenant.command(help="Thêm một đảng bộ; CODE là mã không dấu, NAME là tên đầy đủ.")
@click.argument("code")
@click.argument("name")
@attached
def create(settings: Settings, code: str, name: str) -> None:
    """Makes a committee."""
    with database(settings) as engine, scope(engine, PLATFORM) as session:
        create_tenant(session, code, name)
    click.echo(f"Đã thêm đảng bộ {code}. Nhập hồ sơ bằng: bontot import --tenant {code} TỆP.xlsx --apply")


@tenant.command(help="Đặt một tổ chức và mọi tổ chức bên dưới theo một kế hoạch, từ một ngày.")
@click.argument("code")
@click.argument("policy")
@click.option("--organisation", required=True, metavar="MÃ", help="Mã tổ chức đứng đầu.")
@click.option("--from", "since", required=True, type=click.DateTime(["%Y-%m-%d"]), help="Ngày bắt đầu.")
@attached
def plan(settings: Settings, code: str, policy: str, organisation: str, since: datetime) -> None:
    """Assigns a plan."""
    registry, day = Registry.load(settings.plugins_off), since.date()
    with database(settings) as engine:
        with scope(engine, PLATFORM) as session:
            tenant_id = find_tenant(session, code).id
        with changing(engine, tenant_id, registry) as session:
            top = organisation_by_code(session, organisation, today(session))
            assign_plan(session, registry, policy_code=policy, organisation_id=top, valid_from=day)
    click.echo(f"{organisation} theo kế hoạch {policy} từ {day.strftime('%d/%m/%Y')}.")


@tenant.command(
    help="Bật một khung bên cạnh kế hoạch của đảng bộ từ một ngày, hoặc thôi khung ấy từ một ngày."
)
@click.argument("code")
@click.argument("policy")
@click.option("--from", "since", type=click.DateTime(["%Y-%m-%d"]), help="Ngày bắt đầu.")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="Ngày thôi: từ ngày này không còn áp dụng.")
@click.option(
    "--document", required=True, metavar="VĂN BẢN", help="Số, ký hiệu và ngày của văn bản quyết định."
)
@attached
def frame(
    settings: Settings, code: str, policy: str, since: datetime | None, until: datetime | None, document: str
) -> None:
    """Switches a frame on, or ends it."""
    if (since is None) == (until is None):
        raise click.UsageError("Cần đúng một trong hai: --from để bật, --until để thôi.")
    registry = Registry.load(settings.plugins_off)
    with database(settings) as engine:
        with scope(engine, PLATFORM) as session:
            tenant_id = find_tenant(session, code).id
        with changing(engine, tenant_id, registry) as session:
            if since:
                adopt_frame(
                    session, registry, code=policy, valid_from=since.date(), document=document, by=None
                )
            elif until:
                end_adoption(
                    session, registry, code=policy, valid_to=until.date(), document=document, by=None
                )
    day = since or until
    click.echo(f"{code}: {'bật' if since else 'thôi'} khung {policy} từ {day:%d/%m/%Y}.")


@tenant.command("list", help="Liệt kê các đảng bộ.")
@attached
def list_tenants(settings: Settings) -> None:
    """Shows code and name of each."""
    with database(settings) as engine, scope(engine, PLATFORM) as session:
        tenants = all_tenants(session)
    width = max((len(code) for code, _ in tenants), default=0)
    for code, name in tenants:
        click.echo(f"{code.ljust(width)}  {name}")
    if not tenants:
        click.echo("Chưa có đảng bộ nào. Thêm bằng: bontot tenant create MÃ TÊN")
