"""The option that chooses an instance: the folder of its data."""

from __future__ import annotations

import os
from pathlib import Path

import click


def _choose(_context: click.Context, _option: click.Parameter, value: Path | None) -> None:
    if value is not None:
        os.environ["BONTOT_DATA_DIR"] = str(value.resolve())  # inherited by the processes of this instance


data_dir_option = click.option(
    "--data-dir",
    type=click.Path(file_okay=False, path_type=Path),
    expose_value=False,
    callback=_choose,
    is_eager=True,
    help="Thư mục dữ liệu của máy này (mặc định: var).",
)
