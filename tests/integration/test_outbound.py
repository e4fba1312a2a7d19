"""What is sent to an address that somebody entered goes there or nowhere: over TLS, to the public internet, briefly."""

from __future__ import annotations

import ssl
import time
from collections.abc import Sequence
from dataclasses import replace
from http.server import BaseHTTPRequestHandler

import pytest

from bontot.errors import InvalidInput
from bontot.outbound import (
    BY_NAME,
    MOST,
    Address,
    NotReached,
    Outbound,
    addresses_of,
    is_public,
    read_address,
)
from tests.receiver import HOST, PUBLIC, Answer, Receiver

URL = f"https://{HOST}/tin?ma=1"


def test_a_message_arrives_whole_and_the_status_comes_back(receiver: Receiver) -> None:
    receiver.answers = [202]
    assert receiver.client().post(URL, {"X-Thu": "1"}, b"{}") == 202
    [message] = receiver.received
    assert (message.path, message.body, message.headers["host"], message.headers["x-thu"]) == (
        "/tin?ma=1",
        b"{}",
        HOST,
        "1",
    )
    assert receiver.dialled == [(PUBLIC, 443)]


CREDENTIALS = "Địa chỉ không được chứa tên đăng nhập, mật khẩu hay dấu #."
SCHEME = "Địa chỉ phải bắt đầu bằng https://."
PORT = "Chỉ gửi đến cổng 443 hoặc 8443."
LETTERS = "Địa chỉ chỉ gồm chữ không dấu, không có khoảng trắng, dài nhất 500 ký tự."
REFUSED = {
    "http://nhan.vi-du.vn/": SCHEME,
    "ftp://nhan.vi-du.vn/": SCHEME,
    "//nhan.vi-du.vn/": SCHEME,
    "nhan.vi-du.vn": SCHEME,
    "": SCHEME,
    "https://": BY_NAME,
    "https://127.0.0.1/": BY_NAME,
    "https://10.0.0.1:8443/": BY_NAME,
    "https://2130706433/": BY_NAME,
    "https://0x7f000001/": BY_NAME,
    "https://0x7f.1/": BY_NAME,
    "https://127.1/": BY_NAME,
    "https://0177.0.0.1/": BY_NAME,
    "https://[::1]/": BY_NAME,
    "https://[::1/": BY_NAME,
    "https://[::ffff:127.0.0.1]/": BY_NAME,
    "https://[fe80::1%25eth0]/": BY_NAME,
    "https://localhost/": BY_NAME,
    "https://nhan.vi-du.vn./": BY_NAME,
    "https://-nhan.vi-du.vn/": BY_NAME,
    f"https://{'a.' * 127}vn/": BY_NAME,
    "https://ai:mat-khau@nhan.vi-du.vn/": CREDENTIALS,
    "https://nhan.vi-du.vn@127.0.0.1/": CREDENTIALS,
    "https://@nhan.vi-du.vn/": CREDENTIALS,
    "https://nhan.vi-du.vn/#x": CREDENTIALS,
    "https://nhan.vi-du.vn:80/": PORT,
    "https://nhan.vi-du.vn:22/": PORT,
    "https://nhan.vi-du.vn:0/": PORT,
    "https://nhan.vi-du.vn:70000/": PORT,
    "https://nhan.vi-du.vn/a b": LETTERS,
    "https://nhan.vi-du.vn/\r\nHost: x": LETTERS,
    "https://nhận.vi-du.vn/": LETTERS,
    f"https://nhan.vi-du.vn/{'a' * 500}": LETTERS,
}


@pytest.mark.parametrize("url", REFUSED)
def test_an_address_that_nothing_is_sent_to_is_refused_in_words(receiver: Receiver, url: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        receiver.client().post(url, {}, b"")
    assert (str(refused.value), receiver.dialled) == (REFUSED[url], [])


def test_an_address_is_understood_as_its_name_port_and_path() -> None:
    assert read_address("https://Nhan.Vi-Du.VN:8443/a/b?c=d") == Address("nhan.vi-du.vn", 8443, "/a/b?c=d")
    assert read_address("https://xn--nhn-lra.vn") == Address("xn--nhn-lra.vn", 443, "/")


INSIDE = (
    "0.0.0.0",  # noqa: S104 - nothing listens on it
    "10.1.2.3",
    "100.64.0.1",
    "127.0.0.1",
    "169.254.169.254",
    "172.16.0.1",
    "192.0.2.1",
    "192.168.1.1",
    "198.18.0.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b:1::1",
    "100::1",
    "2001:db8::1",
    "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    "2002:7f00:1::1",
    "fc00::1",
    "fd12:3456::1",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
)
OUTSIDE = (PUBLIC, "1.1.1.1", "::ffff:1.1.1.1", "2606:4700:4700::1111")


def test_the_public_internet_is_known_from_everything_else() -> None:
    assert [one for one in INSIDE if is_public(one)] == []
    assert [one for one in OUTSIDE if not is_public(one)] == []


@pytest.mark.parametrize("inside", ["127.0.0.1", "169.254.169.254", "::1", "::ffff:192.168.0.1", "fd00::1"])
@pytest.mark.parametrize("beside", [[], [PUBLIC]])
def test_a_name_that_leads_inside_by_any_of_its_addresses_is_not_gone_to(
    receiver: Receiver, inside: str, beside: list[str]
) -> None:
    with pytest.raises(NotReached, match="dẫn vào mạng nội bộ"):
        receiver.client(lambda *_: [*beside, inside]).post(URL, {}, b"")
    assert (receiver.dialled, receiver.received) == ([], [])


def test_a_name_is_resolved_once_and_the_address_looked_at_is_the_one_gone_to(receiver: Receiver) -> None:
    answers = [[PUBLIC], ["127.0.0.1"]]

    def rebinding(_: str, __: int) -> Sequence[str]:
        return answers.pop(0)

    assert receiver.client(rebinding).post(URL, {}, b"") == 204
    assert (receiver.dialled, answers) == ([(PUBLIC, 443)], [["127.0.0.1"]])


def test_the_systems_own_names_lead_inside_and_nowhere(receiver: Receiver) -> None:
    assert [one for one in addresses_of("localhost", 443) if is_public(one)] == []

    def as_the_system(_: str, port: int) -> Sequence[str]:
        return addresses_of("localhost", port)

    with pytest.raises(NotReached, match="dẫn vào mạng nội bộ"):
        receiver.client(as_the_system).post(URL, {}, b"")


def test_a_name_nobody_has_is_said_in_words(receiver: Receiver) -> None:
    def unknown(_: str, __: int) -> Sequence[str]:
        raise OSError

    with pytest.raises(NotReached, match="Không tìm thấy máy nhận theo tên miền này"):
        receiver.client(unknown).post(URL, {}, b"")


def test_a_resolver_that_does_not_answer_is_not_waited_for(receiver: Receiver) -> None:
    def silent(_: str, __: int) -> Sequence[str]:
        time.sleep(1)
        return [PUBLIC]

    with pytest.raises(NotReached, match="Không tìm thấy máy nhận"):
        receiver.client(silent, patience=0.1).post(URL, {}, b"")
    assert receiver.dialled == []


def test_a_redirection_is_an_answer_and_is_not_followed(receiver: Receiver) -> None:
    receiver.answers = [307]
    assert receiver.client().post(URL, {}, b"") == 307
    assert [message.path for message in receiver.received] == ["/tin?ma=1"]


def test_a_certificate_nobody_vouches_for_is_not_believed(receiver: Receiver) -> None:
    trusting = replace(receiver.client(), context=ssl.create_default_context())
    with pytest.raises(NotReached, match="Chứng thư của máy nhận không hợp lệ"):
        trusting.post(URL, {}, b"")
    with pytest.raises(NotReached, match="Chứng thư của máy nhận không hợp lệ"):
        receiver.client().post("https://ten-khac.vi-du.vn/", {}, b"")
    assert receiver.received == []


def slowly(handler: BaseHTTPRequestHandler) -> None:
    """A letter every so often, so that no single wait is long."""
    for letter in b"HTTP/1.1 200 OK\r\n" * 50:
        handler.wfile.write(bytes([letter]))
        time.sleep(0.05)


def silently(handler: BaseHTTPRequestHandler) -> None:
    time.sleep(2)


@pytest.mark.parametrize("answer", [slowly, silently])
def test_a_server_that_takes_its_time_is_left(receiver: Receiver, answer: Answer) -> None:
    receiver.answers = [answer]
    with pytest.raises(NotReached, match=r"Máy nhận không trả lời trong 0\.5 giây"):
        receiver.client(patience=0.5).post(URL, {}, b"")


def endless_head(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * (2 * MOST // 6))


def nonsense(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"SSH-2.0-x\r\n\r\n")


def nothing(handler: BaseHTTPRequestHandler) -> None:
    handler.close_connection = True


@pytest.mark.parametrize("answer", [endless_head, nonsense, nothing])
def test_an_answer_without_an_end_or_a_meaning_is_none(receiver: Receiver, answer: Answer) -> None:
    receiver.answers = [answer]
    with pytest.raises(
        NotReached, match=r"Máy nhận trả lời bằng nội dung không đọc được|Không liên lạc được"
    ):
        receiver.client().post(URL, {}, b"")


def long_body(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * (20 * MOST))


def first_a_word(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 201 Created\r\n\r\n")


@pytest.mark.parametrize(("answer", "status"), [(long_body, 200), (first_a_word, 201)])
def test_only_the_head_of_an_answer_counts(receiver: Receiver, answer: Answer, status: int) -> None:
    receiver.answers = [answer]
    assert receiver.client().post(URL, {}, b"") == status


def test_nobody_there_is_said_in_words(receiver: Receiver) -> None:
    def refused(*_: object) -> object:
        raise ConnectionRefusedError

    with pytest.raises(NotReached, match="Không liên lạc được với máy nhận"):
        replace(receiver.client(), dial=refused).post(URL, {}, b"")  # type: ignore[arg-type]


def test_the_product_itself_looks_at_real_names_and_believes_real_authorities() -> None:
    own = Outbound()
    assert (own.resolve, own.context.verify_mode, own.context.check_hostname) == (
        addresses_of,
        ssl.CERT_REQUIRED,
        True,
    )
