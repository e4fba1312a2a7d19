"""A copy of the whole database, and the way back from it.

The copy is PostgreSQL's own (`pg_dump`), made by the role that may only read, of one moment: beside it stands what was there
at that very moment, counted in the same snapshot, so that bringing it back can be proved and not only believed.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
from dataclasses import asdict, dataclass
from pathlib import Path

from psycopg.conninfo import conninfo_to_dict, make_conninfo
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

from bontot.db import migrate
from bontot.embedded.programs import postgres_program
from bontot.errors import BackupRefused, DatabaseUnreachable

FORMAT, EDITION = "bontot-backup", 1
DUMP, MANIFEST = "bontot.dump", "manifest.json"
PORTION = 1 << 20

_TABLES = text("""
SELECT c.relname FROM pg_class c
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition ORDER BY 1
""")
_SEEING_ALL = text("SELECT set_config('app.migrating', 'on', true)")


@dataclass(frozen=True, slots=True)
class Backup:
    """What a copy says of itself: the revision of its tables, the dump's bytes and what they hash to, rows by table."""

    revision: str
    bytes: int
    sha256: str
    rows: dict[str, int]


def make_backup(backup_url: str, folder: Path) -> Backup:
    """Copies the database into `folder`, which must not be there; whole or not at all. What is written meanwhile is neither
    waited for nor half copied. Raises BackupRefused, DatabaseUnreachable."""
    if folder.exists():
        raise BackupRefused(f"Thư mục {folder} đã có; chọn nơi khác.")
    draft = folder.with_name(f"{folder.name}.part")
    if draft.exists():
        raise BackupRefused(f"Thư mục {draft} còn lại từ lần trước; xem rồi xóa nó đi.")
    draft.mkdir(mode=0o700, parents=True)
    try:
        backup = _copy(backup_url, draft)
        draft.rename(folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return backup


def _copy(backup_url: str, draft: Path) -> Backup:
    engine = create_engine(backup_url, poolclass=NullPool, isolation_level="REPEATABLE READ")
    try:
        with engine.connect() as connection:
            snapshot = connection.execute(text("SELECT pg_export_snapshot()")).scalar_one()
            revision = connection.execute(
                text("SELECT string_agg(version_num, ',') FROM alembic_version")
            ).scalar_one()
            _run(
                "pg_dump",
                backup_url,
                "--format=custom",
                f"--snapshot={snapshot}",
                "--lock-wait-timeout=60s",
                f"--file={draft / DUMP}",
            )
            rows = _count(connection)
    except OperationalError as error:
        raise DatabaseUnreachable from error
    finally:
        engine.dispose()
    backup = Backup(revision or "", (draft / DUMP).stat().st_size, _digest(draft / DUMP), rows)
    (draft / DUMP).chmod(0o600)
    said = {"format": FORMAT, "edition": EDITION, **asdict(backup)}
    (draft / MANIFEST).write_text(json.dumps(said, indent=1) + "\n", encoding="utf-8")
    return backup


def read_backup(folder: Path) -> Backup:
    """A copy, found whole. Raises BackupRefused for what is none, is damaged, or is of a later version of the program."""
    try:
        said = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        if (said.pop("format"), said.pop("edition")) != (FORMAT, EDITION):
            raise ValueError
        backup = Backup(**said)
        found = (folder / DUMP).stat().st_size, _digest(folder / DUMP)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise BackupRefused(f"{folder} không phải thư mục do “bontot backup” ghi.") from None
    if found != (backup.bytes, backup.sha256):
        raise BackupRefused(f"Bản sao trong {folder} đã hỏng hoặc bị sửa: {DUMP} không khớp {MANIFEST}.")
    if backup.revision != migrate.newest() and backup.revision not in migrate.older():
        raise BackupRefused(
            f"Bản sao ở phiên bản bảng {backup.revision}, mới hơn chương trình này ({migrate.newest()}); "
            "cài đúng phiên bản rồi khôi phục."
        )
    return backup


def restore_backup(owner_url: str, folder: Path) -> Backup:
    """Brings a copy back into an empty database, in one transaction, and proves that every table has the rows it had.

    The database keeps the copy's revision: an older one is brought up afterwards as on any upgrade. Raises BackupRefused,
    DatabaseUnreachable.
    """
    backup = read_backup(folder)
    engine = create_engine(owner_url, poolclass=NullPool)
    try:
        with engine.connect() as connection:
            if connection.execute(_TABLES).first() is not None:
                raise BackupRefused("Cơ sở dữ liệu này đã có bảng; chỉ khôi phục vào cơ sở dữ liệu trống.")
        _run(
            "pg_restore",
            owner_url,
            "--single-transaction",
            "--exit-on-error",
            "--no-owner",
            str(folder / DUMP),
        )
        with engine.begin() as connection:
            connection.execute(_SEEING_ALL)
            rows = _count(connection)
            connection.execute(text("ANALYZE"))
    except OperationalError as error:
        raise DatabaseUnreachable from error
    finally:
        engine.dispose()
    if rows != backup.rows:
        differing = sorted({*rows.items()} ^ {*backup.rows.items()})
        raise BackupRefused(
            f"Khôi phục xong nhưng số dòng không khớp ở bảng {differing[0][0]}; đừng dùng bản này."
        )
    return backup


def _count(connection: Connection) -> dict[str, int]:
    return {
        name: connection.execute(text(f"SELECT count(*) FROM {name}")).scalar_one()
        for name in connection.scalars(_TABLES).all()
    }


def _run(program: str, url: str, *arguments: str) -> None:
    """Runs one of PostgreSQL's programs on the database; a password goes by the environment, where no list of processes
    shows it."""
    parts = conninfo_to_dict(url)
    password = parts.pop("password", None)
    environment = {**os.environ, **({"PGPASSWORD": str(password)} if password else {})}
    command = [
        str(postgres_program(program)),
        "--no-password",
        f"--dbname={make_conninfo('', **parts)}",
        *arguments,
    ]
    done = subprocess.run(
        command,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    if done.returncode:
        last = done.stderr.strip().splitlines()[-1:] or [f"mã {done.returncode}"]
        raise BackupRefused(f"{program} không xong: {last[0]}")


def _digest(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while portion := file.read(PORTION):
            digest.update(portion)
    return digest.hexdigest()
