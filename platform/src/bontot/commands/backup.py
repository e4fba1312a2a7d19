"""`bontot backup`: a copy of the whole database, while the site goes on."""

from __future__ import annotations

from pathlib import Path

import click

from bontot.commands.attach import attached
from bontot.db.backup import make_backup
from bontot.errors import SettingsError
from bontot.policy.words import figure
from bontot.settings import Settings


@click.command(
    help="Sao lưu toàn bộ cơ sở dữ liệu vào một thư mục mới, không phải dừng trang web. "
    "Bản sao chứa dữ liệu cá nhân của mọi đảng bộ: mã hóa trước khi mang đi."
)
@click.option("--out", required=True, type=click.Path(path_type=Path), help="Thư mục mới để ghi bản sao.")
@attached
def backup(settings: Settings, out: Path) -> None:
    """Copies the database."""
    if settings.backup_url is None:
        raise SettingsError(("thiếu DATABASE_BACKUP_URL: việc này cần vai trò sao lưu (bontot_backup)",))
    made = make_backup(settings.backup_url, out)
    click.echo(
        f"Đã sao lưu {figure(sum(made.rows.values()))} dòng của {len(made.rows)} bảng vào {out} ({figure(made.bytes)} byte)."
    )
