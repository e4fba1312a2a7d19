"""`bontot plugin`: which plans this instance can judge by, and what each says."""

from __future__ import annotations

import sys
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import click
from rich.console import Console
from rich.table import Table

from bontot.errors import NotFound
from bontot.policy.resolve import Layer, Resolved, resolve_all
from bontot.policy.table import (
    CriterionRow,
    SheetRow,
    StepRow,
    ValueRow,
    band_words,
    criterion_rows,
    differences,
    sheet_rows,
    step_rows,
    value_rows,
)
from bontot.policy.words import document
from bontot.registry import Offer, Registry, plugin_entry_points
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
    table = _table("Mã", "Kế hoạch", "Từ ngày", "Thành phần", "Nội dung")
    for code, offer in registry.policies.items():
        since = f"{offer.policy.in_force_from:%d/%m/%Y}"
        table.add_row(
            code, offer.policy.label, since, f"{offer.plugin} {offer.plugin_version}", offer.digest[:12]
        )
    _print(table)
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
        _show(registry.offer(code), day)
    else:
        _show_differences(registry.offer(code), registry.offer(other), day)


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


def _show(offer: Offer, day: date) -> None:
    policy, values = offer.policy, _resolved(offer, day)
    click.echo(f"{policy.label} · {policy.code} · {offer.digest[:12]} · giá trị ngày {day:%d/%m/%Y}")
    click.echo(_in_force(policy.in_force_from, policy.in_force_until, day).capitalize())
    for reference in policy.references:
        ended = reference.in_force_until is not None and reference.in_force_until <= day
        stands = f" ({_in_force(reference.in_force_from, reference.in_force_until, day)})" if ended else ""
        click.echo(f"  {document(reference)}, {reference.issuer}: {reference.subject}{stands}")
    rows = criterion_rows(policy, values)
    for scheme in policy.schemes:
        click.echo(f"\n{scheme.title or 'Mục tiêu (không trao danh hiệu)'} · {scheme.key}")
        _print(_criteria([row for row in rows if row.scheme == scheme.key]))
    click.echo("\nGiá trị")
    _print(_values(value_rows(offer.stack, values)))
    for sheet in policy.sheets:
        click.echo(f"\n{sheet.label} · {band_words(policy, sheet, values)}")
        _print(_sheet(sheet_rows(policy, sheet, day)))
    titles = {scheme.key: scheme.title for scheme in policy.schemes}
    for recognition in policy.recognitions:
        click.echo(f"\nXét công nhận “{titles[recognition.scheme]}” · {recognition.vote_rule}")
        if recognition.revocation:
            click.echo(f"Thu hồi: {recognition.revocation}")
        _print(_steps(step_rows(policy, recognition, values, day)))
    if policy.report_formats:
        click.echo("\nBiểu mẫu")
        for form in policy.report_formats:
            click.echo(f"  {form.title}")
    click.echo("\nNguồn “mặc định”: giá trị mặc định, kế hoạch không quy định.")


def _show_differences(one: Offer, other: Offer, day: date) -> None:
    click.echo(f"{one.policy.label} · {one.policy.code}")
    click.echo(f"{other.policy.label} · {other.policy.code}")
    click.echo(f"So giá trị ngày {day:%d/%m/%Y}")
    values = [_resolved(offer, day) for offer in (one, other)]
    criteria = [
        criterion_rows(offer.policy, found) for offer, found in zip((one, other), values, strict=True)
    ]
    stated = [value_rows(offer.stack, found) for offer, found in zip((one, other), values, strict=True)]
    for heading, (rows, same) in (
        ("Tiêu chí", differences(*criteria)),
        ("Giá trị", differences(*stated)),
    ):
        click.echo(f"\n{heading}: khác {len(rows)}, giống {same}")
        table = _table("Khóa", "Nội dung", one.policy.code, other.policy.code)
        for left, right in rows:
            row = left or right
            if row:
                table.add_row(row.key, row.label, _side(left), _side(right))
        if rows:
            _print(table)


def _side(row: CriterionRow | ValueRow | None) -> str:
    return " · ".join(filter(None, row.asks)) if row else "—"


def _resolved(offer: Offer, day: date) -> dict[str, Resolved]:
    base = Layer.PLAN if any(scheme.title for scheme in offer.policy.schemes) else Layer.FRAME
    return resolve_all(offer.stack, (), day, base=base)


def _criteria(rows: list[CriterionRow]) -> Table:
    table = _table("Nhóm", "Khóa", "Tiêu chí", "Loại", "Mức", "Nguồn", "Căn cứ")
    above = ""
    for row in rows:
        group = row.group if row.group != above else ""
        clauses = "\n".join(row.clauses)
        table.add_row(group, row.key, row.label, row.kind, row.required, row.origin, clauses)
        above = row.group
    return table


def _values(rows: list[ValueRow]) -> Table:
    table = Table(
        "Khóa", "Nội dung", "Giá trị", "Từ ngày", "Lớp", "Nguồn", "Căn cứ", box=None, pad_edge=False
    )
    for row in rows:
        since = f"{row.since:%d/%m/%Y}" if row.since else ""
        table.add_row(row.key, row.label, row.value, since, row.layer, row.origin, row.clause)
    return table


def _sheet(rows: list[SheetRow]) -> Table:
    table, above = _table("Nhóm", "Mục", "Tối đa", "Gợi ý điểm", "Nguồn"), ""
    for row in rows:
        table.add_row(
            row.group if row.group != above else "", row.label, row.maximum, row.suggests, row.origin
        )
        above = row.group
    return table


def _steps(rows: list[StepRow]) -> Table:
    table = Table("Bước", "Ai làm", "Hạn", "Nguồn", box=None, pad_edge=False)
    for row in rows:
        table.add_row(row.label, row.bodies, row.due, row.origin)
    return table


def _in_force(since: date, until: date | None, day: date) -> str:
    """`có hiệu lực từ 06/07/2018 đến hết 27/10/2025, đã hết hiệu lực`."""
    end = f" đến hết {until - timedelta(days=1):%d/%m/%Y}" if until else ""
    gone = ", đã hết hiệu lực" if until and until <= day else ""
    return f"có hiệu lực từ {since:%d/%m/%Y}{end}{gone}"


def _registry() -> Registry:
    return Registry.load(plugins_off())


def _table(*columns: str) -> Table:
    """Codes and keys are never cut; words wrap."""
    table = Table(box=None, pad_edge=False)
    for column in columns:
        table.add_column(column, no_wrap=column in ("Mã", "Khóa"))
    return table


def _print(table: Table) -> None:
    Console(width=200).print(table)
