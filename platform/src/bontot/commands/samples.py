"""`bontot samples`: the sample workbooks as files, to look at and to try the import with."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from bontot.registry import Registry
from bontot.samples import SEED, samples
from bontot.settings import Settings

HERE = ZoneInfo("Asia/Ho_Chi_Minh")
FIRST = 2023


@click.command(
    "samples",
    help="Ghi các tệp Excel mẫu của ba đảng bộ minh hoạ: tổ chức, đảng viên, một năm đã xong và năm nay đến ngày chọn.",
)
@click.option(
    "--out", required=True, type=click.Path(file_okay=False, path_type=Path), help="Thư mục ghi tệp."
)
@click.option("--seed", default=SEED, show_default=True, help="Cùng số này thì ra cùng các tệp.")
@click.option(
    "--year", default=FIRST, show_default=True, type=click.IntRange(2019, 2100), help="Năm được đánh giá."
)
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="Ngày coi là hôm nay (mặc định: hôm nay).")
def write_samples(out: Path, seed: int, year: int, until: datetime | None) -> None:
    """Writes twelve workbooks, or nine when the year judged is the current one."""
    today = (until or datetime.now(HERE)).date()
    if today.year < year:
        raise click.BadParameter("Năm được đánh giá chưa đến.", param_hint="--year")
    registry = Registry.load(Settings.from_environment().plugins_off)
    out.mkdir(parents=True, exist_ok=True)
    for sample in samples(year, today, registry, seed):
        (out / sample.filename).write_bytes(sample.content)
        click.echo(out / sample.filename)
