"""`bontot worker`: does the work that waits in the queue."""

from __future__ import annotations

import click

from bontot.commands.attach import attached
from bontot.jobs import worker as jobs
from bontot.settings import Settings


@click.command(help="Chạy tiến trình làm các việc chờ sẵn (đánh giá, nhập dữ liệu).")
@attached
def worker(settings: Settings) -> None:
    """Work until told to stop."""
    jobs.run(settings)
