"""Where the embedded servers of a data folder are found: a pure function of the folder's path."""

from __future__ import annotations

import hashlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

SOCKET_PATH_LIMIT = 107  # bytes in sockaddr_un.sun_path, without its final NUL
POSTGRES_SOCKET = ".s.PGSQL.5432"
VALKEY_SOCKET = "valkey.sock"
DATABASE = "bontot"


@dataclass(frozen=True, slots=True)
class Addresses:
    """URLs of the embedded servers, one a role, and the folder their sockets are reached through."""

    sockets: Path
    database_url: str
    owner_url: str
    backup_url: str
    superuser_url: str
    server_url: str
    redis_url: str

    @classmethod
    def of(cls, data_dir: Path) -> Addresses:
        """The addresses under `data_dir`, whether or not the servers run.

        A folder too deep for a socket's path is reached through a link with a short name, see `linked`.
        """
        sockets = run_dir(data_dir)
        if len(os.fsencode(sockets / POSTGRES_SOCKET)) > SOCKET_PATH_LIMIT:
            digest = hashlib.sha256(os.fsencode(sockets)).hexdigest()[:16]
            sockets = Path(tempfile.gettempdir()) / f"bontot-{os.getuid()}-{digest}"
        return cls(
            sockets=sockets,
            database_url=postgres_url("bontot_app", sockets),
            owner_url=postgres_url("bontot_owner", sockets),
            backup_url=postgres_url("bontot_backup", sockets),
            superuser_url=postgres_url("postgres", sockets),
            server_url=postgres_url("postgres", sockets, database="postgres"),
            redis_url=f"unix://{quote(os.fsencode(sockets / VALKEY_SOCKET))}",
        )


def run_dir(data_dir: Path) -> Path:
    """The 0700 folder in which the servers make their sockets."""
    return data_dir / "servers" / "run"


def postgres_url(role: str, sockets: Path, database: str = DATABASE) -> str:
    """An address that both libpq and SQLAlchemy read."""
    return f"postgresql://{role}@/{quote(database)}?host={quote(os.fsencode(sockets))}"
