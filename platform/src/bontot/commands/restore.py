"""`bontot restore`: a copy of the database brought back into an empty one."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path

import click

from bontot import embedded, log
from bontot.commands.attach import owner_url
from bontot.db.backup import restore_backup
from bontot.policy.words import figure
from bontot.settings import Settings


@click.command(
    help="Khôi phục bản sao do “backup” ghi vào một cơ sở dữ liệu trống: một thư mục dữ liệu mới (--data-dir), "
    "hoặc máy chủ riêng vừa chuẩn bị bằng “db provision”."
)
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
def restore(folder: Path) -> None:
    """Brings a copy back; its tables are brought up to this version by whatever runs next."""
    settings = Settings.from_environment()
    log.configure()
    with nullcontext() if settings.hosted else embedded.start(settings.data_dir):
        brought = restore_backup(owner_url(settings), folder)
    click.echo(
        f"Đã khôi phục {figure(sum(brought.rows.values()))} dòng của {len(brought.rows)} bảng, đủ như lúc sao lưu."
    )
    click.echo("Bước tiếp theo: bontot db upgrade, rồi chạy trang web và xem thử.")
