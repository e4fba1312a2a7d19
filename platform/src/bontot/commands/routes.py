"""`bontot routes`: every address of the site with who may use it."""

from __future__ import annotations

import click
from rich.console import Console
from rich.table import Table

from bontot.access import PERMISSIONS, Scope
from bontot.settings import Settings
from bontot.web import create_app
from bontot.web.routing import route_table


@click.command(help="Liệt kê mọi địa chỉ của trang web cùng quyền và phạm vi.")
def routes() -> None:
    """Prints the route table; nothing is connected to."""
    table = Table("Địa chỉ", "Cách gửi", "Quyền", "Phạm vi", "Vai trò", box=None, pad_edge=False)
    for rule, access in route_table(create_app(Settings.from_environment())):
        methods = ", ".join(sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}))
        roles = [role.value for role, held in PERMISSIONS.items() if access.permission in held]
        who = "mọi người" if access.scope is Scope.PUBLIC else ", ".join(roles)
        table.add_row(rule.rule, methods, access.permission.value, access.scope.value, who)
    Console(width=160, soft_wrap=True).print(table)
