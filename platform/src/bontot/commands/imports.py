"""`bontot import`: workbooks from the command line, by the same way as on the page."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
from sqlalchemy import Engine

from bontot.commands.attach import attached, changing, database
from bontot.db.tenancy import PLATFORM, scope
from bontot.errors import InvalidInput
from bontot.imports import batch
from bontot.imports.problems import ERROR
from bontot.registry import Registry
from bontot.services.tenants import find_tenant
from bontot.settings import Settings

BY = "dòng lệnh"
SEVERITIES = {"error": "Lỗi", "warning": "Lưu ý"}


@click.command(
    "import",
    help="Kiểm tra các tệp Excel và, với --apply, nhập vào hồ sơ của một đảng bộ: mỗi tệp được nhập trọn vẹn hoặc "
    "không nhập gì. Các tệp được xử lý lần lượt và dừng ở tệp đầu tiên có lỗi.",
)
@click.option("--tenant", "code", required=True, help="Mã đảng bộ.")
@click.option("--apply", "applied", is_flag=True, help="Nhập nếu không có lỗi; nếu không thì chỉ kiểm tra.")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.pass_context
@attached
def import_workbooks(
    settings: Settings, context: click.Context, code: str, applied: bool, files: tuple[Path, ...]
) -> None:
    """Exit status 1 when a file has errors."""
    registry = Registry.load(settings.plugins_off)
    with database(settings) as engine:
        with scope(engine, PLATFORM) as session:
            tenant_id = find_tenant(session, code).id
        if not all(_take(engine, tenant_id, file, registry, applied=applied) for file in files):
            context.exit(1)


def _take(engine: Engine, tenant_id: int, file: Path, registry: Registry, *, applied: bool) -> bool:
    """Checks one file and shows what was found; applies it if asked. Whether it is free of errors."""
    content = _content(file)
    with scope(engine, tenant_id) as session:
        made = batch.preview(session, content, file.name, by=BY, registry=registry)
        counts, problems, batch_id = made.counts, made.problems, made.id
    for line in _report(file.name, counts, problems):
        click.echo(line)
    if counts["errors"] or not applied:
        return not counts["errors"]
    with changing(engine, tenant_id, registry) as session:
        written = batch.apply(session, batch_id, by=BY, registry=registry)
    click.echo(f"  Đã nhập {sum(written.values())} bản ghi.")
    return True


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise InvalidInput(f"Không đọc được tệp {file}; hãy kiểm tra lại đường dẫn.") from error


def _report(filename: str, counts: dict[str, Any], problems: list[dict[str, Any]]) -> Iterator[str]:
    yield filename
    for sheet in counts["sheets"]:
        yield f"  {sheet['sheet']}: {sheet['rows']} dòng, {sheet['errors']} lỗi, {sheet['warnings']} lưu ý"
    if problems:
        yield from _table(problems)
    if counts["errors"]:
        shown = sum(problem["severity"] == ERROR for problem in problems)
        rest = f" (hiện {shown} lỗi đầu)" if shown < counts["errors"] else ""
        yield f"  Tệp có {counts['errors']} lỗi{rest}; chưa có gì được ghi."


def _table(problems: list[dict[str, Any]]) -> Iterator[str]:
    rows = [("Mức", "Trang", "Dòng", "Cột", "Cách sửa")] + [
        (SEVERITIES[p["severity"]], p["sheet"], str(p["row"] or ""), p["column"], p["message"])
        for p in problems
    ]
    widths = [max(len(row[place]) for row in rows) for place in range(4)]
    for row in rows:
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=False)]
        yield "  " + "  ".join([*cells, row[4]])
