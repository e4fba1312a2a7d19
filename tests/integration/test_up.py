"""`bontot up`: one process to start and stop, which keeps the others alive."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen
from zoneinfo import ZoneInfo

import psycopg
import pytest

from bontot import demo, embedded, processes
from bontot.db import migrate
from bontot.embedded import Addresses
from tests.integration.observe import free_port, processes_of, running, until

COMMAND = [sys.executable, "-m", "bontot", "up"]
die_with_tests = processes.dying_with_parent(signal.SIGTERM)
ADDRESS = "Bốn Tốt đang chạy tại"
VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")


@dataclass
class Instance:
    """A product started by `up`, seen from outside."""

    data_dir: Path
    port: int
    process: subprocess.Popen[bytes]
    said: Path

    def status(self) -> int:
        """What the site answers to a reader whose session it must look up in the database; 0 when it does not."""
        request = Request(f"http://127.0.0.1:{self.port}/", headers={"Cookie": "bontot_session=0"})
        try:
            with urlopen(request, timeout=10) as answer:  # noqa: S310 - an address of our own
                return int(answer.status)
        except HTTPError as error:
            return error.code
        except (URLError, OSError):
            return 0

    def serves(self) -> bool:
        return self.status() == 200

    def words(self) -> str:
        """All it has said so far."""
        return self.said.read_text()

    def wait_until_ready(self) -> None:
        """Return when it has said that it runs; fail when it ended instead."""
        until(lambda: ADDRESS in self.words() or self.process.poll() is not None, 90)
        assert ADDRESS in self.words(), self.words()
        assert self.serves()

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Ask it to stop; its exit status, once nothing of it is left."""
        self.process.send_signal(number)
        status = self.process.wait(60)
        until(lambda: processes_of(self.data_dir) == {}, 10)
        return status

    def kill(self, words: str) -> int:
        until(lambda: any(words in command for command in processes_of(self.data_dir).values()))
        pid = running(self.data_dir, words)
        os.kill(pid, signal.SIGKILL)
        until(lambda: pid not in processes_of(self.data_dir))
        return pid


def background() -> None:
    """Deaf to Ctrl-C as a shell makes what it starts with `&`; and gone with these tests, however they end."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if die_with_tests is not None:
        die_with_tests()


def start(data_dir: Path, port: int, *arguments: str, **environment: str) -> Instance:
    """Start `up` and return at once."""
    said = data_dir.with_name(f"{data_dir.name}-{port}.out")
    with said.open("wb") as words:
        process = subprocess.Popen(
            [*COMMAND, "--port", str(port), "--data-dir", str(data_dir), *arguments],
            env=os.environ | environment,
            stdout=words,
            stderr=words,
            start_new_session=True,
            preexec_fn=background,
        )
    return Instance(data_dir, port, process, said)


def ready(data_dir: Path, port: int | None = None) -> Instance:
    """Start `up` without demonstration and return when it runs."""
    started = start(data_dir, port or free_port(), "--no-demo")
    started.wait_until_ready()
    return started


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("up") / "var"


@pytest.fixture(scope="module")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Instance]:
    """A running product, which the tests kill piece by piece."""
    started = ready(tmp_path_factory.mktemp("instance") / "var")
    yield started
    assert started.stop() == 0


def test_it_serves_the_site_says_where_and_stops_whole(folder: Path) -> None:
    started = ready(folder)
    workers = [command for command in processes_of(folder).values() if "bontot worker" in command]
    assert len(workers) == 1
    assert started.stop(signal.SIGINT) == 0
    assert f"{ADDRESS} http://127.0.0.1:{started.port} " in started.words()
    assert started.words().splitlines()[-1] == "Đã dừng."


@pytest.mark.parametrize(
    "victim", ["bin/postgres", "valkey-server", "bontot serve", "bontot worker", "embedded.keeper"]
)
def test_what_is_killed_under_it_comes_back(instance: Instance, victim: str) -> None:
    pid = instance.kill(victim)
    until(lambda: any(victim in command for command in processes_of(instance.data_dir).values()))
    until(instance.serves)
    assert pid not in processes_of(instance.data_dir)
    assert instance.process.poll() is None


def test_a_start_after_everything_was_killed_at_once_finds_its_data(folder: Path) -> None:
    first = ready(folder)
    owner_url = Addresses.of(folder).owner_url
    with psycopg.connect(owner_url) as connection:
        connection.execute("CREATE TABLE survivor (words text)")
    for pid in processes_of(folder):
        with suppress(ProcessLookupError):  # one that ends with another may be gone by now
            os.kill(pid, signal.SIGKILL)
    first.process.wait()
    second = ready(folder, first.port)
    with psycopg.connect(owner_url) as connection:
        connection.execute("DROP TABLE survivor")
    assert second.stop() == 0


def test_a_killed_up_takes_its_processes_along(folder: Path) -> None:
    started = ready(folder)
    started.process.kill()
    started.process.wait()
    until(lambda: processes_of(folder) == {})


def test_a_killed_up_can_be_started_again_at_once_on_the_same_port(folder: Path) -> None:
    first = ready(folder)
    first.process.kill()
    first.process.wait()
    assert ready(folder, first.port).stop() == 0


def test_a_second_one_on_the_same_folder_says_where_the_first_is(instance: Instance) -> None:
    second = start(instance.data_dir, free_port())
    assert second.process.wait(30) == 1
    assert second.words() == (
        f"Lỗi: Bốn Tốt đang chạy với thư mục {instance.data_dir} tại http://127.0.0.1:{instance.port}.\n"
    )
    assert instance.serves()


def test_a_busy_port_is_named_with_the_way_out(folder: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = int(taken.getsockname()[1])
        refused = start(folder, port)
        assert refused.process.wait(30) == 1
    words = f"Lỗi: Cổng {port} đang có chương trình khác dùng. Chọn cổng khác: --port {port + 1}\n"
    assert refused.words() == words
    assert processes_of(folder) == {}


def test_an_address_this_machine_does_not_have_is_named(folder: Path) -> None:
    refused = start(folder, free_port(), "--host", "192.0.2.1")
    assert refused.process.wait(30) == 1
    assert refused.words() == (
        "Lỗi: Máy này không lắng nghe được ở địa chỉ 192.0.2.1. Chọn địa chỉ khác bằng --host.\n"
    )


@pytest.mark.parametrize(
    ("missing", "words"),
    [
        ("DATABASE_URL", "Không kết nối được cơ sở dữ liệu."),
        ("REDIS_URL", "Không kết nối được Valkey hay Redis. Kiểm tra REDIS_URL và máy chủ ấy."),
    ],
)
def test_hosted_servers_that_do_not_answer_are_named_before_anything_starts(
    tmp_path: Path, missing: str, words: str
) -> None:
    nowhere = {"DATABASE_URL": "postgresql://bontot_app@127.0.0.1:1/x", "REDIS_URL": "redis://127.0.0.1:1/0"}
    with embedded.start(tmp_path / "elsewhere", durable=False) as servers:
        migrate.upgrade(servers.owner_url)
        given = {"DATABASE_URL": servers.database_url, "REDIS_URL": servers.redis_url}
        hosted = start(
            tmp_path / "here",
            free_port(),
            BONTOT_SECRET_KEY="k" * 32,
            **(given | {missing: nowhere[missing]}),
        )
        assert hosted.process.wait(60) == 1
    assert f"Lỗi: {words}" in hosted.words()
    assert ADDRESS not in hosted.words()


def test_a_site_that_cannot_start_is_said_and_everything_stops(folder: Path, tmp_path: Path) -> None:
    fault = "import sys\nif 'serve' in sys.orig_argv:\n    sys.stderr.write('trang web hỏng'), sys.exit(1)\n"
    (tmp_path / "sitecustomize.py").write_text(fault)
    broken = start(folder, free_port(), "--no-demo", PYTHONPATH=str(tmp_path))
    assert broken.process.wait(60) == 1
    assert f"Lỗi: Trang web không trả lời. Xem nhật ký: {folder}/log/serve.log" in broken.words()
    assert "trang web hỏng" in (folder / "log" / "serve.log").read_text()
    until(lambda: processes_of(folder) == {}, 10)


def test_a_demonstration_whose_loading_was_killed_is_whole_after_the_next_start(tmp_path: Path) -> None:
    first = start(tmp_path / "var", free_port())
    until(lambda: "nhập tayho-3" in first.words() or first.process.poll() is not None, 300)
    first.process.kill()
    first.process.wait()
    second = start(tmp_path / "var", first.port)
    until(lambda: demo.OPERATOR in second.words() or second.process.poll() is not None, 300)
    assert [
        line.split()[0] for line in second.words().splitlines() if line.startswith("  ") and "…" not in line
    ] == [login.login for login in demo.LOGINS]
    assert second.serves()
    with psycopg.connect(Addresses.of(tmp_path / "var").superuser_url) as connection:
        taken = connection.execute(
            "SELECT filename FROM import_batch WHERE state = 'applied' ORDER BY filename"
        )
        assert [row[0] for row in taken] == [
            f"{committee}-{part}.xlsx"
            for committee in ("longbien", "tayho", "vanphong")
            for part in ("1-to-chuc", "2-dang-vien", "3-nam-2023", f"4-nam-{datetime.now(VIETNAM).year}")
        ]
    assert second.stop() == 0


def test_with_servers_of_its_own_it_starts_none_and_makes_no_committee(tmp_path: Path) -> None:
    with embedded.start(tmp_path / "elsewhere", durable=False) as servers:
        hosted = start(
            tmp_path / "here",
            free_port(),
            DATABASE_URL=servers.database_url,
            DATABASE_OWNER_URL=servers.owner_url,
            REDIS_URL=servers.redis_url,
            BONTOT_SECRET_KEY="k" * 32,
        )
        hosted.wait_until_ready()
        assert not [c for c in processes_of(tmp_path / "here").values() if "postgres" in c or "valkey" in c]
        with psycopg.connect(servers.superuser_url) as connection:
            counts = connection.execute(
                "SELECT (SELECT count(*) FROM tenant), (SELECT count(*) FROM account)"
            )
            assert counts.fetchone() == (0, 0)
        assert hosted.stop() == 0
        with psycopg.connect(servers.database_url) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
