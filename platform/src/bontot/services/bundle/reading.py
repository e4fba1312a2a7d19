"""An archive as it is found: every file, line and sum of it is looked at before anything is written anywhere.

Nothing is unpacked to disk, so that a name in the archive can lead nowhere; an archive that holds other files than ours is
refused all the same.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, Any
from uuid import UUID

from sqlalchemy import Table

from bontot.db import migrate
from bontot.errors import BundleRefused
from bontot.policy.words import figure
from bontot.services.bundle.contents import (
    ACCOUNT_FIELDS,
    ACCOUNTS,
    EDITION,
    FORMAT,
    MANIFEST,
    Manifest,
    accounts_of,
    columns_of,
    member_of,
    names,
    tables,
)

MOST_BYTES = 8 << 30
"""Of the whole archive, unpacked."""
LONGEST_LINE = 64 << 20
"""A workbook of 20 MiB as hexadecimal figures, and room."""
LONGEST_MANIFEST = 1 << 20
HIGHEST_ID = 1 << 53
"""Ids stay as they were, and later ones follow the highest: none may use the numbers up."""
BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError)
"""What reading a file that is no archive, a damaged or an encrypted one raises."""
NOT_JSON = (ValueError, RecursionError)


@dataclass(frozen=True, slots=True)
class Login:
    """A log-in that travels with a committee; `admitted` where it may open it."""

    public_id: UUID
    login: str
    display_name: str
    email: str | None
    admitted: bool


class Bundle:
    """A checked archive: its manifest, log-ins, the highest id of each table, and the lines of each."""

    def __init__(self, file: IO[bytes], *, most_bytes: int = MOST_BYTES) -> None:
        """Raises BundleRefused with what is wrong with the archive."""
        self._most = most_bytes
        with _whole():
            self._zip = zipfile.ZipFile(file)
        self.manifest = self._manifest()
        self._check_names()
        self.logins = tuple(self._logins())
        self._known = {str(login.public_id) for login in self.logins}
        self.highest = {table.name: self._check_rows(table) for table in tables()}

    def lines(self, name: str) -> Iterator[bytes]:
        """The lines of one file."""
        with _whole(), self._zip.open(name) as member:
            while line := member.readline(LONGEST_LINE + 1):
                if len(line) > LONGEST_LINE or not line.endswith(b"\n"):
                    raise BundleRefused(f"Gói có dòng quá dài hoặc bị cắt cụt trong {name}.")
                yield line

    def _check_names(self) -> None:
        entries = Counter(entry.filename for entry in self._zip.infolist())
        wanted = set(names())
        if sum(entry.file_size for entry in self._zip.infolist()) > self._most:
            raise BundleRefused(f"Gói mở ra lớn hơn {figure(self._most)} byte nên không nhận.")
        strange = sorted(name for name in entries if name not in wanted or entries[name] > 1)
        if strange:
            raise BundleRefused(f"Gói có thành phần lạ hoặc trùng: {', '.join(strange[:5])}.")
        if missing := sorted(wanted - set(entries)):
            raise BundleRefused(f"Gói thiếu thành phần: {', '.join(missing[:5])}.")

    def _manifest(self) -> Manifest:
        """Read first: of another revision, that is what there is to say."""
        if MANIFEST not in self._zip.namelist():
            raise BundleRefused("Tệp này không phải gói của một đảng bộ: thiếu manifest.json.")
        with _whole(), self._zip.open(MANIFEST) as file:
            written = file.read(LONGEST_MANIFEST + 1)
        try:
            given = json.loads(written[:LONGEST_MANIFEST])
            if (given["format"], given["edition"]) != (FORMAT, EDITION):
                raise ValueError
            manifest = Manifest.of(given)
        except (*NOT_JSON, KeyError, TypeError):
            raise BundleRefused(
                "Tệp này không phải gói của một đảng bộ: manifest.json không đọc được."
            ) from None
        ours = migrate.newest()
        if manifest.revision != ours:
            raise BundleRefused(
                f"Gói thuộc phiên bản bảng {manifest.revision}, hệ thống này ở phiên bản {ours}. "
                "Nâng cấp nơi cũ hơn rồi xuất hoặc nhập lại."
            )
        return manifest

    def _logins(self) -> Iterator[Login]:
        for number, line in self._checked(ACCOUNTS):
            row = _object(line, ACCOUNTS, number, ACCOUNT_FIELDS)
            texts = [row["login"], row["display_name"], row["email"] or ""]
            if not all(isinstance(value, str) for value in texts) or not isinstance(row["admitted"], bool):
                raise _wrong(ACCOUNTS, number)
            try:
                public_id = UUID(row["public_id"])
            except (ValueError, AttributeError, TypeError):
                raise _wrong(ACCOUNTS, number) from None
            yield Login(public_id, row["login"], row["display_name"], row["email"], row["admitted"])

    def _check_rows(self, table: Table) -> int:
        name, columns, highest = member_of(table), columns_of(table), 0
        accounts = accounts_of(table)
        for number, line in self._checked(name):
            row = _object(line, name, number, columns)
            row_id = row.get("id", 0)
            if "id" in row and (type(row_id) is not int or not 0 < row_id < HIGHEST_ID):
                raise _wrong(name, number)
            named = [row[one] for one in accounts if row.get(one) is not None]
            if not all(isinstance(one, str) and one in self._known for one in named):
                raise BundleRefused(f"{name}, dòng {number}: nhắc tới một tài khoản không có trong gói.")
            highest = max(highest, row_id)
        return highest

    def _checked(self, name: str) -> Iterator[tuple[int, bytes]]:
        """The lines with their numbers; raises at the end where they are not what the manifest says."""
        said = [member for member in self.manifest.members if member.name == name]
        digest, rows = hashlib.sha256(), 0
        for rows, line in enumerate(self.lines(name), 1):
            digest.update(line)
            yield rows, line
        if len(said) != 1 or (said[0].rows, said[0].sha256) != (rows, digest.hexdigest()):
            raise BundleRefused(f"Gói đã hỏng hoặc bị sửa: {name} không khớp manifest.json.")


@contextmanager
def _whole() -> Iterator[None]:
    try:
        yield
    except BROKEN as error:
        raise BundleRefused("Tệp này không phải gói của một đảng bộ, hoặc đã hỏng khi chép.") from error


def _object(line: bytes, name: str, number: int, fields: list[str] | tuple[str, ...]) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except NOT_JSON:
        raise _wrong(name, number) from None
    if not isinstance(row, dict) or set(row) != set(fields):
        raise _wrong(name, number)
    return row


def _wrong(name: str, number: int) -> BundleRefused:
    return BundleRefused(f"{name}, dòng {number}: không đúng dạng của phiên bản này.")
