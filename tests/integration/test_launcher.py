"""`./bontot`: from a bare Python to the product, and no more work than is needed the next time."""

from __future__ import annotations

import ast
import os
import pwd
import runpy
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TypedDict

import pytest

from bontot import processes
from tests.integration.observe import free_port, processes_of, until

HERE = Path(__file__).resolve().parents[2]
LAUNCHER = HERE / "bontot"


class Identity(TypedDict, total=False):
    """Who runs the launcher; empty: whoever runs the tests."""

    user: int
    group: int
    extra_groups: list[int]


class Checkout:
    """A clean copy of the project in the hands of an ordinary user, with an empty pip cache."""

    def __init__(self, folder: Path) -> None:
        ignored = shutil.ignore_patterns(".venv", ".git", "var", "__pycache__", ".*_cache", ".hypothesis")
        self.folder = Path(shutil.copytree(HERE, folder / "bản sao", ignore=ignored))
        self.python, self.identity = ordinary()
        self.environment = os.environ | {"HOME": str(folder), "PIP_CACHE_DIR": str(folder / "pip")}
        self.environment["PYTHONDONTWRITEBYTECODE"] = "1"  # as some containers have it
        self.environment.pop("VIRTUAL_ENV", None)
        if self.identity:
            for path in (folder, *folder.rglob("*")):
                os.lchown(path, self.identity["user"], self.identity["group"])

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [self.python, str(self.folder / "bontot"), *arguments],
            cwd="/",
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
            preexec_fn=processes.dying_with_parent(signal.SIGTERM),
            **self.identity,
        )

    def run(self, *arguments: str, status: int = 0) -> str:
        process = self.start(*arguments)
        said, _ = process.communicate(timeout=600)
        assert process.returncode == status, said
        return said


@pytest.fixture
def checkout() -> Iterator[Checkout]:
    """Outside pytest's own folders, which only the user of the tests may enter."""
    with tempfile.TemporaryDirectory(prefix="bontest-") as folder:
        yield Checkout(Path(folder))


def ordinary() -> tuple[str, Identity]:
    """A Python and a user to try the launcher with: not root where that can be helped."""
    if os.geteuid() != 0:
        return sys.executable, {}
    nobody = pwd.getpwnam("nobody")
    identity = Identity(user=nobody.pw_uid, group=nobody.pw_gid, extra_groups=[])
    question = "import pip, sys; sys.exit(sys.version_info < (3, 11))"
    for python in ("/usr/bin/python3", "/usr/local/bin/python3", sys.executable):
        try:
            if subprocess.run([python, "-c", question], cwd="/", **identity).returncode == 0:
                return python, identity
        except OSError:
            continue
    return sys.executable, {}


def test_a_clean_copy_runs_the_product_for_an_ordinary_user_and_installs_only_once(
    checkout: Checkout,
) -> None:
    port = free_port()
    started = checkout.start("up", "--no-demo", "--port", str(port))
    assert started.stdout is not None
    said: list[str] = []
    while "đang chạy tại" not in "".join(said[-1:]):
        said.append(started.stdout.readline())
        assert said[-1], "".join(said)
    assert said[0] == "Tạo môi trường Python riêng trong .venv …\n"
    assert f"http://127.0.0.1:{port}" in said[-1]
    owner = (checkout.folder / "var" / "servers" / "postgres").stat().st_uid
    assert owner == checkout.identity.get("user", os.geteuid())
    started.terminate()
    assert started.wait(60) == 0
    started.stdout.close()
    until(lambda: processes_of(checkout.folder) == {})

    compiled = checkout.folder / "platform" / "src" / "bontot" / "__pycache__"
    assert list(compiled.glob("cli.*.pyc"))  # or each start would compile everything anew
    installed = (checkout.folder / ".venv" / "install.log").stat().st_mtime_ns
    assert checkout.run("--version") == "Bốn Tốt 0.1.0\n"
    assert (checkout.folder / ".venv" / "install.log").stat().st_mtime_ns == installed

    checkout.python = str(checkout.folder / ".venv" / "bin" / "python")  # as in an activated environment
    assert checkout.run("--version") == "Bốn Tốt 0.1.0\n"


def test_a_change_of_the_locks_of_the_projects_or_of_python_asks_for_an_installation(
    checkout: Checkout,
) -> None:
    digest = runpy.run_path(str(checkout.folder / "bontot"))["digest"]
    first = digest("product")
    assert digest("product") == first
    changed = {first}
    for name in ("locks/product.txt", "pyproject.toml", "plugins/hanoi_city/pyproject.toml"):
        with (checkout.folder / name).open("a") as file:
            file.write("\n")
        changed.add(digest("product"))
    assert len(changed) == 4
    assert digest("test") not in changed


def test_a_lock_that_was_tampered_with_installs_nothing(checkout: Checkout) -> None:
    lock = checkout.folder / "locks" / "product.txt"
    lock.write_text(f"blinker==1.9.0 --hash=sha256:{'0' * 64}\n")
    said = checkout.run("--version", status=1)
    assert said.splitlines()[0] == "Tạo môi trường Python riêng trong .venv …"
    assert "THESE PACKAGES DO NOT MATCH THE HASHES" in said
    assert said.splitlines()[-1] == f"Không cài được. Nhật ký đầy đủ: {checkout.folder}/.venv/install.log"
    assert not list((checkout.folder / ".venv").glob("installed-*"))


def test_an_environment_whose_python_is_gone_is_made_again(checkout: Checkout) -> None:
    (checkout.folder / "locks" / "product.txt").write_text("")
    python = checkout.folder / ".venv" / "bin" / "python"
    checkout.run("--version", status=1)
    assert checkout.run("--version", status=1).splitlines()[0] == "Cài 0 thư viện đúng bản đã khoá …"
    python.unlink()  # as when the system's Python was replaced
    assert checkout.run("--version", status=1).splitlines()[0] == "Tạo môi trường Python riêng trong .venv …"
    assert python.exists()


def test_a_python_too_old_is_told_so(tmp_path: Path) -> None:
    ast.parse(LAUNCHER.read_text(), feature_version=(3, 8))
    pretend = (
        "import runpy, sys; sys.version_info = (3, 10, 0); sys.version = '3.10.0 (cũ)';"
        f"runpy.run_path({str(LAUNCHER)!r}, run_name='__main__')"
    )
    refused = subprocess.run([sys.executable, "-c", pretend], capture_output=True, text=True, cwd=tmp_path)
    assert (refused.returncode, refused.stderr) == (
        1,
        "Cần Python 3.11 trở lên; đây là 3.10.0. Nếu máy có bản mới hơn: python3.11 ./bontot …\n",
    )


@pytest.mark.parametrize("verb", ["up", "serve", "worker", "db"])
def test_each_verb_explains_itself_without_starting_anything(verb: str, tmp_path: Path) -> None:
    environment = os.environ | {"BONTOT_DATA_DIR": str(tmp_path / "var"), "BONTOT_NOT_A_SETTING": "1"}
    command = [sys.executable, "-m", "bontot", verb, "--help"]
    explained = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert explained.returncode == 0
    assert f"bontot {verb}" in explained.stdout
    assert not (tmp_path / "var").exists()
