"""The one client by which anything is sent to an address that somebody entered (safety rule 29).

Only https, to a host by its name, at a few ports. The name is resolved once; every address it has must be of the public
internet, and the connection goes to the one that was looked at, so that a name which answers otherwise the next time leads
nowhere else. The certificate is still held against the name. No redirection is followed, the whole takes five seconds at
most, and of the answer no more than 64 KiB is read.
"""

from __future__ import annotations

import ipaddress
import re
import socket
import ssl
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import SplitResult, urlsplit

from bontot.errors import InvalidInput

PORTS = frozenset({443, 8443})
PATIENCE = 5.0
"""Seconds for the whole of it: finding, connecting, sending, and the answer."""
MOST = 64 * 1024
"""Bytes of an answer that are read."""
LONGEST = 500
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_HOST = re.compile(rf"(?:{_LABEL}\.)+[a-z](?:[a-z0-9-]{{0,61}}[a-z0-9])?")
"""A name with a dot whose last part is no number: `127.0.0.1`, `0x7f.1`, `2130706433` and `localhost` are none."""
_TARGET = re.compile(r"[!-~]*")
_STATUS = re.compile(rb"HTTP/1\.[01] ([1-5][0-9]{2})(?: [^\r\n]*)?\r?\n")
_TRANSLATED = tuple(map(ipaddress.ip_network, ("64:ff9b::/96", "64:ff9b:1::/48", "::/96")))
"""IPv6 addresses that stand for IPv4 ones elsewhere."""

BY_NAME = "Ghi tên miền của máy nhận, ví dụ https://phan-mem.vi-du.vn/tin; không ghi địa chỉ IP."


class NotReached(Exception):
    """The message did not arrive, or nothing readable came back; the sentence says why."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where a message goes: a host by its name, a port, and the path with its query."""

    host: str
    port: int
    target: str


def read_address(url: str) -> Address:
    """An address as it was entered. Raises InvalidInput for one that nothing is sent to."""
    try:
        parts = urlsplit(url)
    except ValueError:
        raise InvalidInput(BY_NAME) from None
    if len(url) > LONGEST or not _TARGET.fullmatch(url):
        raise InvalidInput(f"Địa chỉ chỉ gồm chữ không dấu, không có khoảng trắng, dài nhất {LONGEST} ký tự.")
    if parts.scheme != "https":
        raise InvalidInput("Địa chỉ phải bắt đầu bằng https://.")
    if "@" in parts.netloc or parts.fragment:
        raise InvalidInput("Địa chỉ không được chứa tên đăng nhập, mật khẩu hay dấu #.")
    if not _HOST.fullmatch(parts.hostname or "") or len(parts.hostname or "") > 253:
        raise InvalidInput(BY_NAME)
    port = _port(parts)
    if port not in PORTS:
        raise InvalidInput(f"Chỉ gửi đến cổng {' hoặc '.join(map(str, sorted(PORTS)))}.")
    query = f"?{parts.query}" if parts.query else ""
    return Address(parts.hostname or "", port, f"{parts.path or '/'}{query}")


def _port(parts: SplitResult) -> int:
    try:
        return parts.port or (443 if parts.port is None else 0)
    except ValueError:
        return 0


def is_public(address: str) -> bool:
    """Whether an IP address is one of the public internet, and stands for no other."""
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped is not None:
            return is_public(str(found.ipv4_mapped))
        if found.sixtofour or found.teredo or found.is_site_local or any(found in net for net in _TRANSLATED):
            return False
    return found.is_global and not (found.is_multicast or found.is_reserved or found.is_unspecified)


def addresses_of(host: str, port: int) -> Sequence[str]:
    """The IP addresses a name has. Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(one[4][0]) for one in found))


def dial(address: str, port: int, patience: float) -> socket.socket:
    """A connection to an IP address. Raises OSError."""
    return socket.create_connection((address, port), timeout=patience)


@dataclass(frozen=True, slots=True)
class Outbound:
    """The client; its parts are there to be changed in tests."""

    context: ssl.SSLContext = field(default_factory=ssl.create_default_context)
    resolve: Callable[[str, int], Sequence[str]] = addresses_of
    dial: Callable[[str, int, float], socket.socket] = dial
    patience: float = PATIENCE

    def post(self, url: str, headers: Mapping[str, str], body: bytes) -> int:
        """Sends a body; the HTTP status of the answer, whatever it is. Raises NotReached; InvalidInput as `read_address`."""
        address = read_address(url)
        clock = _Clock(time.monotonic() + self.patience)
        found = self._looked_at(address, clock)
        try:
            with self.dial(found, address.port, clock.left()) as plain:
                plain.settimeout(clock.left())
                with self.context.wrap_socket(plain, server_hostname=address.host) as line:
                    line.settimeout(clock.left())
                    line.sendall(_request(address, headers, body))
                    return _status(line, clock)
        except ssl.SSLCertVerificationError as error:
            raise NotReached("Chứng thư của máy nhận không hợp lệ với tên miền này.") from error
        except TimeoutError as error:
            raise NotReached(f"Máy nhận không trả lời trong {self.patience:g} giây.") from error
        except OSError as error:
            raise NotReached("Không liên lạc được với máy nhận.") from error

    def _looked_at(self, address: Address, clock: _Clock) -> str:
        """The one IP address to go to, all that the name has having been looked at."""
        found = self._resolved(address, clock)
        if not found:
            raise NotReached("Không tìm thấy máy nhận theo tên miền này.")
        if not all(map(is_public, found)):
            raise NotReached("Tên miền này dẫn vào mạng nội bộ; hệ thống không gửi đến đó.")
        return found[0]

    def _resolved(self, address: Address, clock: _Clock) -> Sequence[str]:
        """In a thread of its own: the system's resolver knows no patience."""
        found: list[Sequence[str]] = []

        def ask() -> None:
            try:
                found.append(self.resolve(address.host, address.port))
            except (OSError, UnicodeError):
                found.append(())

        asking = threading.Thread(target=ask, daemon=True)
        asking.start()
        asking.join(clock.left())
        return found[0] if found else ()


@dataclass(frozen=True, slots=True)
class _Clock:
    """Until when it may take."""

    end: float

    def left(self) -> float:
        """Seconds left. Raises TimeoutError when there are none."""
        seconds = self.end - time.monotonic()
        if seconds <= 0:
            raise TimeoutError
        return seconds


def _request(address: Address, headers: Mapping[str, str], body: bytes) -> bytes:
    host = address.host if address.port == 443 else f"{address.host}:{address.port}"
    own = {"Host": host, "User-Agent": "bontot", "Connection": "close", "Content-Length": str(len(body))}
    lines = [f"{name}: {value}" for name, value in {**own, **headers}.items()]
    return "\r\n".join([f"POST {address.target} HTTP/1.1", *lines, "", ""]).encode("ascii") + body


def _status(line: ssl.SSLSocket, clock: _Clock) -> int:
    """The status that stands at the head of the answer; what follows the head is of no interest, and is not read."""
    received, read = b"", 0
    while True:
        head, ended, rest = received.partition(b"\r\n\r\n")
        if ended:
            found = _STATUS.match(head + b"\r\n")
            if found is None:
                break
            if (status := int(found[1])) >= 200:
                return status
            received = rest  # word of what is still to come
            continue
        line.settimeout(clock.left())
        piece = line.recv(4096)
        read += len(piece)
        if not piece or read > MOST:
            break
        received += piece
    raise NotReached("Máy nhận trả lời bằng nội dung không đọc được.")
