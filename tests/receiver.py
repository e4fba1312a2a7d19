"""A program that takes messages, behind a real certificate of a private authority; and the client that believes it."""

from __future__ import annotations

import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from bontot.outbound import Outbound

HOST = "nhan.vi-du.vn"
PUBLIC = "93.184.215.14"
"""An address of the public internet; the connection to it is led to the receiver."""


Answer = int | Callable[[BaseHTTPRequestHandler], None]


@dataclass(frozen=True)
class Certificate:
    """A certificate for `HOST` with its key, and the authority that signed it."""

    chain: Path
    key: Path
    authority: Path


def make_certificate(folder: Path) -> Certificate:
    """Makes an authority and a certificate by it."""
    if shutil.which("openssl") is None:
        pytest.skip("cần lệnh openssl để tạo chứng thư thử")

    def openssl(*arguments: str) -> None:
        subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)

    new_key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
    openssl(
        "req", "-x509", *new_key, "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=thu", "-days", "30"
    )
    openssl("req", *new_key, "-keyout", "host.key", "-out", "host.csr", "-subj", f"/CN={HOST}")
    (folder / "names").write_text(f"subjectAltName=DNS:{HOST}", encoding="ascii")
    signed = ("-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "30", "-extfile", "names")
    openssl("x509", "-req", "-in", "host.csr", *signed, "-out", "host.pem")
    return Certificate(folder / "host.pem", folder / "host.key", folder / "ca.pem")


@dataclass(frozen=True)
class Message:
    """What the receiver was sent."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Receiver:
    """A server on the machine itself. It answers with `answers`, one after another and the last for ever: a status, or what
    writes the answer itself."""

    certificate: Certificate
    port: int = 0
    answers: list[Answer] = field(default_factory=lambda: [204])
    received: list[Message] = field(default_factory=list)
    dialled: list[tuple[str, int]] = field(default_factory=list)

    def client(
        self, resolve: Callable[[str, int], Sequence[str]] = lambda *_: [PUBLIC], patience: float = 5
    ) -> Outbound:
        """The product's client, which believes the authority and is led here whatever address it goes to."""
        context = ssl.create_default_context(cafile=str(self.certificate.authority))

        def dial(address: str, port: int, patience: float) -> socket.socket:
            self.dialled.append((address, port))
            return socket.create_connection(("127.0.0.1", self.port), timeout=patience)

        return Outbound(context=context, resolve=resolve, dial=dial, patience=patience)


@contextmanager
def receiving(certificate: Certificate) -> Iterator[Receiver]:
    """A receiver that listens."""
    found = Receiver(certificate)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            headers = {name.lower(): value for name, value in self.headers.items()}
            found.received.append(Message(self.path, headers, self.rfile.read(length)))
            answer = found.answers.pop(0) if len(found.answers) > 1 else found.answers[0]
            if callable(answer):
                answer(self)
                return
            self.send_response(answer)
            if 300 <= answer < 400:
                self.send_header("Location", f"https://{HOST}/noi-khac")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Nobody reads it."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: object) -> None:
            """A client that hangs up is what some tests are about."""

    server = Server(("127.0.0.1", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate.chain, certificate.key)
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    found.port = server.server_port
    serving = threading.Thread(target=server.serve_forever)
    serving.start()
    try:
        yield found
    finally:
        server.shutdown()
        serving.join()
        server.server_close()
