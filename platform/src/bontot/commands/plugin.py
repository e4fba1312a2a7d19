"""`bontot plugin`: which plans this instance can judge by, and what each says."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from bontot.commands.plan_table import grid, print_differences, print_plan, write
from bontot.errors import NotFound
from bontot.registry import Registry, plugin_entry_points
from bontot.settings import plugins_off
from bontot.testing import reference as written
from bontot.testing.conformance import check as examine
from bontot.testing.scaffold import new_plugin

BASE: str = getattr(sys, "_base_executable", "python3")
"""The interpreter this environment was made from: that one has pip."""


@click.group(help="Các thành phần khai kế hoạch của từng nơi.")
def plugin() -> None:
    """The group."""


@plugin.command("list", help="Liệt kê các kế hoạch dùng được và những gì không dùng được.")
def list_plugins() -> None:
    """Prints every policy with its plugin, version and digest, then every failure."""
    registry = _registry()
    table = grid("Mã", "Kế hoạch", "Từ ngày", "Thành phần", "Nội dung")
    for code, offer in registry.policies.items():
        since = f"{offer.policy.in_force_from:%d/%m/%Y}"
        table.add_row(
            code, offer.policy.label, since, f"{offer.plugin} {offer.plugin_version}", offer.digest[:12]
        )
    write(table)
    for failure in registry.failures:
        state = "Không dùng được" if failure.left_out else "Còn thiếu"
        click.echo(f"{state}: {failure.policy or failure.plugin}: {failure.reason}")


@plugin.command(help="In bảng tiêu chí, giá trị và căn cứ của kế hoạch mang mã CODE.")
@click.argument("code")
@click.option(
    "--on",
    "on",
    type=click.DateTime(["%Y-%m-%d", "%d/%m/%Y"]),
    help="Giá trị vào ngày này (mặc định: hôm nay).",
)
@click.option("--diff", "other", metavar="CODE", help="Chỉ in chỗ khác với kế hoạch này.")
def show(code: str, on: datetime | None, other: str | None) -> None:
    """Prints what a jurist compares with the paper."""
    registry = _registry()
    day = (on or datetime.now(ZoneInfo("Asia/Ho_Chi_Minh"))).date()
    if other is None:
        print_plan(registry, registry.offer(code), day)
    else:
        print_differences(registry, registry.offer(code), registry.offer(other), day)


@plugin.command("check", help="Kiểm tra khai báo của các thành phần NAME (mặc định: tất cả).")
@click.argument("names", nargs=-1)
def check_plugins(names: tuple[str, ...]) -> None:
    """Prints what was looked at and every problem; exits 1 when there is one."""
    installed = [entry.name for entry in plugin_entry_points()]
    if unknown := [name for name in names if name not in installed]:
        raise NotFound(f"Không có thành phần nào tên là {', '.join(unknown)}.")
    registry = _registry()
    reports = examine(registry, *(names or installed))
    for report in reports:
        looked_at = ", ".join(f"{count} {kind}" for kind, count in report.counts.items() if count)
        verdict = f"{len(report.problems)} chỗ chưa đạt" if report.problems else "đạt"
        click.echo(f"{report.plugin}: {verdict} ({looked_at or 'không đọc được gì'})")
        for problem in report.problems:
            click.echo(f"  • {problem}")
        for note in report.notes:
            click.echo(f"  ○ {note}")
    click.echo(f"Đã kiểm tra {len(reports)} thành phần.")
    if any(report.problems for report in reports):
        raise SystemExit(1)


@plugin.command(help="Viết một thành phần mới, chạy được ngay, tên là NAME.")
@click.argument("name")
@click.option("--extends", metavar="CODE", help="Bổ sung lên trên kế hoạch này thay vì kế hoạch riêng.")
@click.option(
    "--to",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path(),
    help="Thư mục chứa thành phần mới (mặc định: thư mục hiện tại).",
)
def new(name: str, extends: str | None, to: Path) -> None:
    """Writes a distribution and says what to do next."""
    folder = new_plugin(_registry(), name, to, datetime.now(ZoneInfo("Asia/Ho_Chi_Minh")).year, extends)
    click.echo(f"Đã viết {folder}. Tiếp theo:")
    click.echo(
        f"  {BASE} -m pip --python {sys.executable} install --no-deps --no-build-isolation -e {folder}"
    )
    click.echo(f"  bontot plugin check {name}")


@plugin.command(help="In (hoặc ghi vào tệp) bảng tra cứu dành cho người viết thành phần.")
@click.option("--signatures", is_flag=True, help="Chỉ tên, trường và tham số, mỗi thứ một dòng.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Tệp để ghi.")
def reference(signatures: bool, out: Path | None) -> None:
    """Prints what `bontot.plugin` offers, from its docstrings."""
    text = written.signatures() if signatures else written.reference()
    if out:
        out.write_text(text, encoding="utf-8")
    else:
        click.echo(text, nl=False)


def _registry() -> Registry:
    return Registry.load(plugins_off())
