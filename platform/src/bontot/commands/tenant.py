"""`bontot tenant`: the committees of this instance."""

from __future__ import annotations

import os
from contextlib import closing, suppress
from datetime import datetime
from pathlib import Path

import click
from redis import Redis
from redis.exceptions import RedisError

from bontot.clock import today
from bontot.commands.attach import PATIENCE, attached, changing, database, owned
from bontot.db.tenancy import PLATFORM, scope
from bontot.errors import BrokerUnreachable
from bontot.jobs.outbox import forget
from bontot.policy.words import figure
from bontot.registry import Registry
from bontot.services.bundle.loading import load_bundle
from bontot.services.bundle.reading import Bundle
from bontot.services.bundle.removing import remove_tenant
from bontot.services.bundle.writing import write_bundle
from bontot.services.frames import adopt_frame, end_adoption
from bontot.services.grants import assign_plan, organisation_by_code
from bontot.services.tenants import all_tenants, create_tenant, find_tenant
from bontot.settings import Settings

BY = "dòng lệnh"
"""Who acts here, in the platform's trail: whoever may use this machine."""


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


@tenant.command(
    help="Xuất toàn bộ hồ sơ của một đảng bộ thành một gói, để chuyển sang hệ thống khác hoặc giao lại cho đảng bộ. "
    "Gói chứa dữ liệu cá nhân: giữ kín như chính cơ sở dữ liệu."
)
@click.argument("code")
@click.option(
    "--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="Tệp mới để ghi gói."
)
@attached
def export(settings: Settings, code: str, out: Path) -> None:
    """Writes a committee to a file that only its owner can read, whole or not at all."""
    if out.exists():
        raise click.BadParameter(f"Tệp {out} đã có; chọn tên khác.", param_hint="--out")
    draft, registry = out.with_name(f"{out.name}.part"), Registry.load(settings.plugins_off)
    try:
        with (
            os.fdopen(os.open(draft, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600), "w+b") as file,
            database(settings) as engine,
        ):
            manifest = write_bundle(engine, registry, code, file, by=BY)
        draft.rename(out)
    finally:
        draft.unlink(missing_ok=True)
    click.echo(f"Đã xuất {code}: {figure(manifest.rows)} dòng, {figure(out.stat().st_size)} byte, vào {out}.")


@tenant.command(
    "import",
    help="Nhập một gói do “tenant export” ghi, thành một đảng bộ mới; gói được kiểm tra hết trước khi ghi.",
)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--code", metavar="MÃ", help="Mã khác, khi mã trong gói đã có đảng bộ dùng.")
@attached
def import_tenant(settings: Settings, file: Path, code: str | None) -> None:
    """Takes a committee in."""
    registry = Registry.load(settings.plugins_off)
    with file.open("rb") as archive, database(settings) as engine, owned(settings) as owner:
        bundle = Bundle(archive)
        code, _ = load_bundle(engine, owner, bundle, code=code, by=BY)
    click.echo(
        f"Đã nhập {code}: {figure(bundle.manifest.rows)} dòng, {figure(len(bundle.logins))} tài khoản."
    )
    for plan in bundle.manifest.plans:
        if plan.code not in registry.policies:
            click.echo(f"Chú ý: kế hoạch {plan.code} ({plan.plugin} {plan.version}) chưa dùng được ở đây.")
    click.echo(
        "Mật khẩu, mã truy cập và địa chỉ lịch không đi theo gói. Đặt mật khẩu cho từng người: "
        "bontot account password TÊN-ĐĂNG-NHẬP"
    )


@tenant.command(help="Xóa hẳn một đảng bộ với mọi hồ sơ, không lấy lại được; nên xuất gói trước.")
@click.argument("code")
@click.option("--confirm", required=True, metavar="MÃ", help="Gõ lại mã đảng bộ để chắc chắn.")
@attached
def delete(settings: Settings, code: str, confirm: str) -> None:
    """Takes a committee away for good."""
    if confirm != code:
        raise click.BadParameter("Mã gõ lại không khớp; chưa xóa gì.", param_hint="--confirm")
    with database(settings) as engine, scope(engine, PLATFORM) as session:
        tenant_id = find_tenant(session, code).id
    redis = Redis.from_url(settings.redis_url, socket_timeout=PATIENCE)
    with owned(settings) as owner, closing(redis):
        try:
            deleted = remove_tenant(owner, tenant_id, by=BY, elsewhere=lambda: forget(redis, tenant_id))
        except RedisError as error:
            raise BrokerUnreachable from error
        with suppress(RedisError):
            forget(redis, tenant_id)  # what requests under way left since; it is short-lived
    click.echo(f"Đã xóa {code}: {figure(sum(deleted.values()))} dòng trong {len(deleted)} bảng.")
