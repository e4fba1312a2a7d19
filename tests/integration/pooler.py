"""A real PgBouncer in transaction mode, in front of the embedded PostgreSQL."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from socketserver import BaseRequestHandler, ThreadingTCPServer
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.integration.observe import free_port, until

PROGRAM = shutil.which("pgbouncer")
SESSIONS = 2
"""Server sessions it shares among all who come, so that two transactions in a row often find another one."""
CONFIGURATION = """
[databases]
* = host=127.0.0.1 port={server}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = trust
auth_file = {folder}/users.txt
pool_mode = transaction
default_pool_size = {sessions}
max_client_conn = 100
"""


@contextmanager
def pooled(database_url: str) -> Iterator[str]:
    """The address of a database through a pooler of its own, as the application reaches it."""
    assert PROGRAM
    parts = urlsplit(database_url)
    with TemporaryDirectory(prefix="pooler-") as made, _over_tcp(parse_qs(parts.query)["host"][0]) as server:
        folder, port = Path(made), free_port()
        (folder / "users.txt").write_text('"bontot_app" ""\n')
        (folder / "pgbouncer.ini").write_text(
            CONFIGURATION.format(server=server, port=port, folder=folder, sessions=SESSIONS)
        )
        process = subprocess.Popen([PROGRAM, "-q", folder / "pgbouncer.ini"], cwd=folder, **_owner(folder))
        try:
            until(lambda: process.poll() is not None or _listens(port), 10)
            yield f"postgresql://bontot_app@127.0.0.1:{port}{parts.path}"
        finally:
            process.terminate()
            process.wait(10)


def _owner(folder: Path) -> dict[str, Any]:
    """It refuses to run as root."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    for path in (folder, *folder.iterdir()):
        os.chown(path, nobody.pw_uid, nobody.pw_gid)
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _listens(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
        return True
    return False


@contextmanager
def _over_tcp(sockets: str) -> Iterator[int]:
    """The port at which PostgreSQL's socket is reached by one who may not open its folder."""

    class Handler(BaseRequestHandler):
        def handle(self) -> None:
            with socket.socket(socket.AF_UNIX) as server:
                server.connect(f"{sockets}/.s.PGSQL.5432")
                back = threading.Thread(target=_pass_on, args=(server, self.request), daemon=True)
                back.start()
                _pass_on(self.request, server)
                back.join()

    class Server(ThreadingTCPServer):
        daemon_threads = True

    with Server(("127.0.0.1", 0), Handler) as listening:
        threading.Thread(target=listening.serve_forever, daemon=True).start()
        yield int(listening.server_address[1])
        listening.shutdown()


def _pass_on(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while portion := source.recv(1 << 16):
            target.sendall(portion)
    with suppress(OSError):
        target.shutdown(socket.SHUT_WR)
