"""`bontot serve`: the site, under gunicorn."""

from __future__ import annotations

from typing import Any

import click
from gunicorn.app.base import BaseApplication

from bontot import log
from bontot.commands.attach import attached
from bontot.settings import Settings
from bontot.web import (  # here, before the workers are forked: they share what was imported
    create_app,
    measuring,
)

REQUEST_LIMIT = 60  # seconds a worker may be silent before it is replaced
FAREWELL = 10  # seconds a request may still take when the site stops


class Site(BaseApplication):  # type: ignore[misc]  # gunicorn is not typed
    """One instance's site as gunicorn wants it; every worker makes its own application."""

    def __init__(self, settings: Settings, options: dict[str, Any]) -> None:
        self._settings, self._options = settings, options
        super().__init__()

    def load_config(self) -> None:
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> Any:  # noqa: ANN401 - a WSGI callable
        log.configure()
        return create_app(self._settings)


@click.command(help="Chạy trang web.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Địa chỉ mạng để lắng nghe.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help="Cổng.")
@click.option("--workers", default=2, show_default=True, type=click.IntRange(1, 64), help="Số tiến trình.")
@click.option(
    "--threads", default=8, show_default=True, type=click.IntRange(1, 64), help="Số luồng mỗi tiến trình."
)
@attached
def serve(settings: Settings, host: str, port: int, workers: int, threads: int) -> None:
    """Serve until told to stop."""
    options = {
        "bind": f"{host}:{port}",
        "workers": workers,
        "worker_class": "gthread",
        "threads": threads,
        "timeout": REQUEST_LIMIT,
        "graceful_timeout": FAREWELL,
        "loglevel": "warning",
        "control_socket_disable": True,
        "proc_name": "bontot",
    }
    if settings.metrics_token:
        measuring.share(settings.data_dir / "metrics")
        options["child_exit"] = lambda _, worker: measuring.forget_process(worker.pid)
    Site(settings, options).run()
