"""`bontot plugin`: which plans this instance can judge by, and what each says."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import click
from rich.console import Console
from rich.table import Table

from bontot.errors import NotFound
from bontot.policy.model import Criterion, Origin, Policy, Role, Scheme
from bontot.policy.resolve import Layer, Resolved, declared, resolve_all
from bontot.policy.words import clause, document, requirement, value_words
from bontot.registry import Offer, Registry, plugin_entry_points
from bontot.settings import Settings
from bontot.testing.conformance import check as examine

KINDS = {"measured": "đo", "zero": "không được có", "derived": "tổng hợp", "judged": "người xét"}
ROLES = {Role.DECIDES: "", Role.INFORMS: ", tham khảo", Role.OBJECTIVE: ", mục tiêu"}
LAYERS = {Layer.FRAME: "khung", Layer.PLAN: "kế hoạch", Layer.REFINEMENT: "kế hoạch bổ sung"}
ORIGINS = {Origin.PLAN: "kế hoạch", Origin.DEFAULT: "mặc định"}


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
def show(code: str, on: datetime | None) -> None:
    """Prints what a jurist compares with the paper."""
    offer = _registry().offer(code)
    policy = offer.policy
    day = (on or datetime.now(ZoneInfo("Asia/Ho_Chi_Minh"))).date()
    base = Layer.PLAN if any(scheme.title for scheme in policy.schemes) else Layer.FRAME
    values = resolve_all(offer.stack, (), day, base=base)
    click.echo(f"{policy.label} · {code} · {offer.digest[:12]} · giá trị ngày {day:%d/%m/%Y}")
    for reference in policy.references:
        click.echo(f"  {document(reference)}, {reference.issuer}: {reference.subject}")
    for scheme in policy.schemes:
        click.echo(f"\n{scheme.title or 'Mục tiêu (không trao danh hiệu)'} · {scheme.key}")
        _print(_criteria(policy, scheme, values))
    click.echo("\nGiá trị")
    _print(_values(offer, values))
    click.echo("\nNguồn “mặc định”: giá trị mặc định, kế hoạch không quy định.")


@plugin.command("check", help="Kiểm tra khai báo của các thành phần NAME (mặc định: tất cả).")
@click.argument("names", nargs=-1)
def check_plugins(names: tuple[str, ...]) -> None:
    """Prints what was looked at and every problem; exits 1 when there is one."""
    installed = [entry.name for entry in plugin_entry_points()]
    if unknown := [name for name in names if name not in installed]:
        raise NotFound(f"Không có thành phần nào tên là {', '.join(unknown)}.")
    registry = _registry()
    reports = [examine(registry, name) for name in names or installed]
    for report in reports:
        looked_at = ", ".join(f"{count} {kind}" for kind, count in report.counts.items() if count)
        verdict = f"{len(report.problems)} chỗ chưa đạt" if report.problems else "đạt"
        click.echo(f"{report.plugin}: {verdict} ({looked_at or 'không đọc được gì'})")
        for problem in report.problems:
            click.echo(f"  • {problem}")
    click.echo(f"Đã kiểm tra {len(reports)} thành phần.")
    if any(report.problems for report in reports):
        raise SystemExit(1)


def _criteria(policy: Policy, scheme: Scheme, values: dict[str, Resolved]) -> Table:
    table = _table("Nhóm", "Khóa", "Tiêu chí", "Loại", "Mức", "Nguồn", "Căn cứ")
    criteria = {criterion.key: criterion for criterion in policy.criteria}
    headings = {group.criteria[0]: group.label for group in scheme.groups if group.criteria}
    conditions = [key for key in scheme.blockers if not any(key in group.criteria for group in scheme.groups)]
    headings |= dict.fromkeys(conditions[:1], "Điều kiện")
    for key in scheme.criterion_keys:
        criterion = criteria[key]
        table.add_row(
            headings.get(key, ""),
            key,
            criterion.label,
            _kind(criterion),
            _required(policy, criterion, values),
            _origin(criterion, values),
            "\n".join(clause(place, policy.references) for place in criterion.clauses),
        )
    return table


def _kind(criterion: Criterion) -> str:
    judged = " và người xét" if criterion.also_judged else ""
    return f"{KINDS[criterion.kind]}{judged}{ROLES[criterion.role]}"


def _required(policy: Policy, criterion: Criterion, values: dict[str, Resolved]) -> str:
    if criterion.points:
        return f"tối đa {value_words(declared((policy,), criterion.points), values[criterion.points].value)}"
    if criterion.threshold is None or criterion.operator is None:
        return ""
    key = criterion.threshold
    return requirement(criterion.operator, declared((policy,), key), values[key].value)


def _origin(criterion: Criterion, values: dict[str, Resolved]) -> str:
    """The origin of the number where there is one, else of the line itself."""
    key = criterion.points or criterion.threshold
    rung = values[key].rung if key else None
    return ORIGINS[(rung.origin if rung else None) or criterion.origin]


def _values(offer: Offer, values: dict[str, Resolved]) -> Table:
    table = Table(
        "Khóa", "Nội dung", "Giá trị", "Từ ngày", "Lớp", "Nguồn", "Căn cứ", box=None, pad_edge=False
    )
    for key, resolved in values.items():
        declaration, rung = declared(offer.stack, key), resolved.rung
        table.add_row(
            key,
            declaration.label,
            value_words(declaration, resolved.value),
            f"{rung.valid_from:%d/%m/%Y}" if rung else "",
            LAYERS[rung.layer] if rung else "",
            ORIGINS[rung.origin] if rung and rung.origin else "",
            clause(rung.clause, offer.policy.references) if rung and rung.clause else "",
        )
    return table


def _registry() -> Registry:
    return Registry.load(Settings.from_environment().plugins_off)


def _table(*columns: str) -> Table:
    """Codes and keys are never cut; words wrap."""
    table = Table(box=None, pad_edge=False)
    for column in columns:
        table.add_column(column, no_wrap=column in ("Mã", "Khóa"))
    return table


def _print(table: Table) -> None:
    Console(width=200).print(table)
