"""`bontot up`: the whole product on this machine, from nothing to a log-in page."""

from __future__ import annotations

import errno
import http.client
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import click
from rich.console import Console

from bontot import demo as demonstration
from bontot import embedded
from bontot.commands.attach import database, prepare, reach
from bontot.commands.data_dir import data_dir_option
from bontot.commands.supervise import Child, Stopped, stoppable
from bontot.db.tenancy import PLATFORM, scope
from bontot.embedded.locks import Lock
from bontot.errors import AlreadyRunning, HostUnusable, PortBusy, SiteSilent
from bontot.registry import Registry
from bontot.settings import Settings

PATIENCE = 120.0  # seconds for the site to answer
PORT_PATIENCE = 3.0  # seconds for the processes of a killed predecessor to let go of the port
LOOK = 0.3


@click.command(
    help="Chạy Bốn Tốt trên máy này: cơ sở dữ liệu, trang web và tiến trình làm việc. Ctrl-C để dừng."
)
@click.option("--host", default="127.0.0.1", show_default=True, help="Địa chỉ mạng để lắng nghe.")
@click.option(
    "--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help="Cổng của trang web."
)
@click.option("--no-demo", is_flag=True, help="Không nạp các đảng bộ minh hoạ.")
@data_dir_option
def up(host: str, port: int, no_demo: bool) -> None:
    """Start everything, wait, stop everything."""
    settings = Settings.from_environment()
    console = Console(highlight=False)
    with suppress(Stopped), stoppable(), ExitStack() as stack:
        stack.enter_context(_alone(settings.data_dir, f"http://{host}:{port}"))
        _free(host, port)
        stack.callback(console.print, "Đã dừng.")
        _run(settings, console, stack, host=host, port=port, demo=not (no_demo or settings.hosted))


def _run(settings: Settings, console: Console, stack: ExitStack, *, host: str, port: int, demo: bool) -> None:
    servers = None
    if not settings.hosted:
        with _step(console, "Khởi động PostgreSQL và Valkey"):
            servers = stack.enter_context(embedded.start(settings.data_dir))
    if settings.owner_url is not None:
        with _step(console, "Nâng cấp cơ sở dữ liệu"):
            prepare(settings)
    if settings.hosted:
        reach(settings)
    if demo:
        with _step(console, "Nạp dữ liệu minh hoạ") as say, database(settings) as engine:
            demonstration.load(engine, Registry.load(settings.plugins_off), say)
    with _step(console, "Khởi động trang web"):
        web = Child("Trang web", "serve", "--host", host, "--port", str(port), data_dir=settings.data_dir)
        children = [web]
        stack.callback(_stop, children)
        _wait_for(web, host, port)
        children.append(Child("Tiến trình làm việc", "worker", data_dir=settings.data_dir))
    console.print(f"\nBốn Tốt đang chạy tại [bold]http://{host}:{port}[/bold]   (Ctrl-C để dừng)")
    if demo:
        _show_logins(settings, console)
    stack.callback(console.print, "\nĐang dừng …")
    while True:
        time.sleep(LOOK)
        for child in children:
            child.look(console.print)
        if servers is not None:
            servers.ensure()


def _stop(children: list[Child]) -> None:
    """First the site, so that no new work comes, then who does the work."""
    for child in children:
        child.stop()


def _show_logins(settings: Settings, console: Console) -> None:
    """The demonstration's log-ins, as long as it is there."""
    with database(settings) as engine, scope(engine, PLATFORM) as session:
        if not demonstration.is_loaded(session):
            return
    console.print(f"\nTài khoản minh hoạ, mật khẩu chung là [bold]{demonstration.PASSWORD}[/bold]:")
    width = max(len(login.login) for login in demonstration.LOGINS)
    for login in demonstration.LOGINS:
        console.print(f"  [bold]{login.login.ljust(width)}[/bold]  {login.who}")


@contextmanager
def _step(console: Console, words: str) -> Iterator[Callable[[str], None]]:
    """Show a step while it works, and how long it took; what it yields tells which part is being done."""
    started = time.monotonic()

    def say(part: str) -> None:
        status.update(f"{words}: {part} …")
        if not console.is_terminal:
            console.print(f"  {part} …")

    with console.status(f"{words} …") as status:
        yield say
    seconds = f"{time.monotonic() - started:.1f}".replace(".", ",")
    console.print(f"[green]✓[/green] {words} ({seconds} giây)")


@contextmanager
def _alone(data_dir: Path, address: str) -> Iterator[None]:
    """Hold the data folder for this instance. Raises `AlreadyRunning` with the other's address."""
    path, told = data_dir / "lock" / "up", data_dir / "lock" / "address"
    with Lock(path) as lock:
        if not lock.take(wait=False):
            raise AlreadyRunning(f"Bốn Tốt đang chạy với thư mục {data_dir} tại {told.read_text()}.")
        told.write_text(address)
        yield


def _free(host: str, port: int) -> None:
    """Return when the port can be listened on. Raises `PortBusy`, `HostUnusable`."""
    deadline = time.monotonic() + PORT_PATIENCE
    while True:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError as error:
                if error.errno != errno.EADDRINUSE:
                    detail = f"Máy này không lắng nghe được ở địa chỉ {host}. Chọn địa chỉ khác bằng --host."
                    raise HostUnusable(detail) from error
                if time.monotonic() > deadline:
                    detail = f"Cổng {port} đang có chương trình khác dùng. Chọn cổng khác: --port {port + 1}"
                    raise PortBusy(detail) from error
            else:
                return
        time.sleep(0.1)


def _wait_for(web: Child, host: str, port: int) -> None:
    """Return when the site answers. Raises `SiteSilent`."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and web.alive:
        connection = http.client.HTTPConnection(host, port, timeout=PATIENCE)
        with suppress(OSError):
            connection.request("GET", "/")
            if connection.getresponse().status < http.client.INTERNAL_SERVER_ERROR:
                return
        connection.close()
        time.sleep(0.05)
    raise SiteSilent(f"Trang web không trả lời. Xem nhật ký: {web.log}")
