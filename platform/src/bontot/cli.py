"""The `bontot` command: the list of its verbs. Each verb is a module of `bontot.commands`."""

from __future__ import annotations

from pkgutil import resolve_name
from typing import Any

import click

from bontot.commands.data_dir import data_dir_option
from bontot.errors import BontotError

# Where each verb is; only the one that runs is imported, so that a process holds no more than it needs.
VERBS = {
    "up": "bontot.commands.up:up",
    "serve": "bontot.commands.serve:serve",
    "worker": "bontot.commands.worker:worker",
    "db": "bontot.commands.db:db",
    "backup": "bontot.commands.backup:backup",
    "restore": "bontot.commands.restore:restore",
    "account": "bontot.commands.account:account",
    "tenant": "bontot.commands.tenant:tenant",
    "import": "bontot.commands.imports:import_workbooks",
    "evaluate": "bontot.commands.evaluate:evaluate",
    "samples": "bontot.commands.samples:write_samples",
    "papers": "bontot.commands.papers:write_papers",
    "plugin": "bontot.commands.plugin:plugin",
    "routes": "bontot.commands.routes:routes",
    "bench": "bontot.commands.bench:bench",
}


class Refusal(click.ClickException):
    """An error of ours as the command line shows it: one sentence, no traceback."""

    def show(self, file: Any = None) -> None:  # noqa: ANN401 - as click declares it
        click.echo(f"Lỗi: {self.format_message()}", file=file, err=file is None)


class Program(click.Group):
    """The group of the verbs, which says our errors in words."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - as click declares it
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        verb: click.Command | None = resolve_name(VERBS[cmd_name]) if cmd_name in VERBS else None
        return verb

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 - as click declares it
        try:
            return super().invoke(ctx)
        except BontotError as error:
            raise Refusal(str(error)) from error


@click.group(
    cls=Program, help="Bốn Tốt: hồ sơ, lịch sinh hoạt và đánh giá danh hiệu bốn tốt cho các đảng bộ."
)
@click.version_option(package_name="bontot", message="Bốn Tốt %(version)s")
@data_dir_option
def main() -> None:
    """Run a verb."""
