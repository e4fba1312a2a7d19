"""`bontot bench`: the recipes beside the sources, each against its floor in the same run."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table

CHECKOUT = Path(__file__).parents[4]
RECIPES = (
    "security",
    "storage",
    "engine",
    "evaluation",
    "incremental",
    "sheet",
    "scale",
    "queue",
    "papers",
    "imports",
    "api",
    "pages",
)


@click.command(help="Đo tốc độ so với mức sàn trong cùng lần chạy. Không nêu tên thì chạy mọi phép đo.")
@click.argument("names", nargs=-1, type=click.Choice(RECIPES))
@click.option("--quick", is_flag=True, help="Dữ liệu nhỏ, để thử phép đo.")
def bench(names: tuple[str, ...], quick: bool) -> None:
    """Runs recipes and prints goal, ratio, floor, figures, machine."""
    if not (CHECKOUT / "benchmarks").is_dir():
        raise click.ClickException("Các phép đo chỉ có trong bản mã nguồn.")
    sys.path.insert(0, str(CHECKOUT))
    measuring: Any = importlib.import_module("benchmarks.measuring")
    console = Console()
    for name in names or RECIPES:
        recipe = importlib.import_module(f"benchmarks.{name}").RECIPE
        console.print(f"\n[bold]{recipe.name}[/bold] · {recipe.shows} · {measuring.machine()}")
        table = Table("Phép đo", "Mục tiêu", "Tỷ lệ", "Sản phẩm", "Mức sàn", "", box=None)
        results = list(recipe.run(quick))
        for result in results:
            table.add_row(
                result.what,
                _goal(result),
                f"{result.ratio:n}{result.scale}",
                f"{result.product:n} {result.unit}",
                f"{result.floor:n} {result.unit}",
                "" if result.goal is None else "đạt" if result.reached else "[red]chưa đạt[/red]",
            )
        console.print(table)
        measuring.keep(recipe, results, quick=quick)


def _goal(result: Any) -> str:  # noqa: ANN401 - the recipes are outside the package
    if result.goal is None:
        return ""
    return f"{'≥' if result.at_least else '≤'} {result.goal:n}{result.scale}"
