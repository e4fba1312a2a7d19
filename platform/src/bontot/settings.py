"""What an instance is told from outside: environment variables, read once into one checked value."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple
from urllib.parse import SplitResult, unquote, urlsplit

from bontot.embedded.addresses import Addresses
from bontot.embedded.locks import Lock
from bontot.errors import SettingsError
from bontot.text import ADDRESS

PREFIX = "BONTOT_"
KNOWN = frozenset(
    {
        "BONTOT_DATA_DIR",
        "BONTOT_SECRET_KEY",
        "BONTOT_PLUGINS_OFF",
        "BONTOT_SMTP_URL",
        "BONTOT_MAIL_FROM",
        "BONTOT_SITE_URL",
        "BONTOT_METRICS_TOKEN",
    }
)
SECRET_LENGTH = 32
DRIVERS = {"postgres": "postgresql", "postgresql": "postgresql", "postgresql+psycopg": "postgresql"}
MAIL_PORTS = {"smtp": 587, "smtps": 465}
DATABASES = ("DATABASE_URL", "DATABASE_OWNER_URL", "DATABASE_BACKUP_URL")
"""One database, as the application, its owner and who copies it reach it."""
BROKERS = frozenset({"redis", "rediss", "unix"})


@dataclass(frozen=True, slots=True, kw_only=True)
class MailServer:
    """Where e-mail is handed over, and what stands in it. `implicit_tls` from the first byte; otherwise TLS is begun when
    the server offers it, and a password is never sent without."""

    host: str
    port: int
    implicit_tls: bool
    sender: str
    user: str = ""
    password: str = field(default="", repr=False)
    site: str = ""
    """The site's address, for links; none stands in letters without it."""


@dataclass(frozen=True, slots=True)
class Settings:
    """A runnable instance.

    `hosted` is true when the environment names its servers; otherwise they are the embedded ones under `data_dir`,
    whose addresses follow from the folder alone. `owner_url` is `None` where only the application's role is known: such a
    process serves and works but cannot migrate.
    """

    hosted: bool
    data_dir: Path
    database_url: str
    owner_url: str | None
    redis_url: str
    secret_key: str = field(repr=False)
    plugins_off: frozenset[str] = frozenset()
    mail: MailServer | None = None
    site: str = ""
    """The site's address as people know it, where a proxy stands in front; "" for the one they asked."""
    backup_url: str | None = None
    """The database as who copies it reaches it; None where that is not known."""
    metrics_token: str | None = field(default=None, repr=False)
    """What `/metrics` answers to; nobody is answered without."""

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Settings:
        """Read and check `environment` (the process's own by default).

        An embedded instance makes its secret key on the first call and finds it again afterwards.
        Raises `SettingsError` with every problem at once.
        """
        reader = _Reader(os.environ if environment is None else environment)
        data_dir = reader.folder("BONTOT_DATA_DIR", "var")
        hosted = reader.hosted()
        servers = reader.servers() if hosted else Addresses.of(data_dir)
        secret_key = reader.secret("BONTOT_SECRET_KEY", required=hosted)
        metrics_token = reader.secret("BONTOT_METRICS_TOKEN", required=False)
        plugins_off = reader.names("BONTOT_PLUGINS_OFF")
        site = reader.web("BONTOT_SITE_URL")
        mail = reader.mail(site)
        reader.finish()
        return cls(
            hosted=hosted,
            data_dir=data_dir,
            database_url=servers.database_url,
            owner_url=servers.owner_url,
            redis_url=servers.redis_url,
            secret_key=secret_key or _kept_secret(data_dir),
            plugins_off=plugins_off,
            mail=mail,
            site=site,
            backup_url=servers.backup_url,
            metrics_token=metrics_token,
        )


def plugins_off(environment: Mapping[str, str] | None = None) -> frozenset[str]:
    """The plugins switched off, for who needs no instance: nothing is made in its folder."""
    return _Reader(os.environ if environment is None else environment).names("BONTOT_PLUGINS_OFF")


def database_addresses(environment: Mapping[str, str] | None = None) -> tuple[str, ...]:
    """The addresses of the database that are set, for who has no instance yet. Raises `SettingsError`."""
    reader = _Reader(os.environ if environment is None else environment)
    found = tuple(filter(None, map(reader.database, DATABASES)))
    reader.finish()
    return found


class _Servers(NamedTuple):
    database_url: str
    owner_url: str | None
    backup_url: str | None
    redis_url: str


class _Reader:
    """Takes values out of an environment and gathers what is wrong with them."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment
        unknown = sorted(name for name in environment if name.startswith(PREFIX) and name not in KNOWN)
        self._problems = [f"không có thiết đặt nào tên là {name}" for name in unknown]

    def _value(self, name: str) -> str | None:
        return self._environment.get(name, "").strip() or None

    def hosted(self) -> bool:
        given = {name: self._value(name) is not None for name in ("DATABASE_URL", "REDIS_URL")}
        if not any(given.values()) and self._value("DATABASE_OWNER_URL"):
            self._problems.append("có DATABASE_OWNER_URL thì phải có cả DATABASE_URL và REDIS_URL")
        if any(given.values()) and not all(given.values()):
            missing = next(name for name, present in given.items() if not present)
            self._problems.append(f"thiếu {missing}: DATABASE_URL và REDIS_URL phải có cùng nhau")
        return any(given.values())

    def servers(self) -> _Servers:
        """The hosted servers; an address that cannot be read leaves a problem and an empty string."""
        app, owner, backup = map(self.database, DATABASES)
        return _Servers(app or "", owner, backup, self.broker("REDIS_URL") or "")

    def folder(self, name: str, default: str) -> Path:
        path = Path(self._value(name) or default).expanduser().resolve()
        if path.exists() and not path.is_dir():
            self._problems.append(f"{name} phải là một thư mục, nhưng {path} là tệp")
        return path

    def database(self, name: str) -> str | None:
        """A PostgreSQL address in the one form that libpq and SQLAlchemy both read."""
        value = self._value(name)
        if value is None:
            return None
        scheme, separator, rest = value.partition("://")
        if scheme not in DRIVERS or not separator or not urlsplit(f"postgresql://{rest}").path.strip("/"):
            self._problems.append(
                f"{name} phải có dạng postgresql://người_dùng:mật_khẩu@máy_chủ/cơ_sở_dữ_liệu"
            )
            return None
        return f"{DRIVERS[scheme]}://{rest}"

    def broker(self, name: str) -> str | None:
        value = self._value(name)
        if value is not None and urlsplit(value).scheme not in BROKERS:
            self._problems.append(f"{name} phải có dạng redis://máy_chủ:cổng/số, rediss://… hoặc unix://…")
            return None
        return value

    def mail(self, site: str) -> MailServer | None:
        """The mail server, where one is named; then who writes must be named too."""
        given, sender = self._value("BONTOT_SMTP_URL"), self._value("BONTOT_MAIL_FROM")
        if given is None:
            return None
        parts = urlsplit(given)
        if parts.scheme not in MAIL_PORTS or not parts.hostname or not _port_readable(parts):
            self._problems.append(
                "BONTOT_SMTP_URL phải có dạng smtp://người_dùng:mật_khẩu@máy_chủ:587 hoặc smtps://…:465"
            )
            return None
        if sender is None or not ADDRESS.fullmatch(sender):
            self._problems.append("có BONTOT_SMTP_URL thì phải có BONTOT_MAIL_FROM, một địa chỉ thư")
            return None
        return MailServer(
            host=parts.hostname,
            port=parts.port or MAIL_PORTS[parts.scheme],
            implicit_tls=parts.scheme == "smtps",
            sender=sender,
            user=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
            site=site,
        )

    def web(self, name: str) -> str:
        value = self._value(name) or ""
        if value and urlsplit(value).scheme not in ("http", "https"):
            self._problems.append(f"{name} phải có dạng https://địa_chỉ_trang")
        return value.rstrip("/")

    def secret(self, name: str, *, required: bool) -> str | None:
        value = self._value(name)
        if value is None and required:
            self._problems.append(f"thiếu {name}: một chuỗi ngẫu nhiên từ {SECRET_LENGTH} ký tự trở lên")
        if value is not None and len(value) < SECRET_LENGTH:
            self._problems.append(f"{name} phải dài từ {SECRET_LENGTH} ký tự trở lên")
        return value

    def names(self, name: str) -> frozenset[str]:
        parts = (part.strip() for part in (self._value(name) or "").split(","))
        return frozenset(part for part in parts if part)

    def finish(self) -> None:
        if self._problems:
            raise SettingsError(tuple(self._problems))


def _port_readable(parts: SplitResult) -> bool:
    try:
        return parts.port is None or parts.port > 0
    except ValueError:
        return False


def _kept_secret(data_dir: Path) -> str:
    """The embedded instance's own key, made once and found again; several starters at once find the same."""
    path = data_dir / "secret.key"
    try:
        if not path.exists():
            _make_secret(path)
        return path.read_text(encoding="ascii")
    except OSError as error:
        problem = (
            f"không dùng được thư mục dữ liệu {data_dir} ({error.strerror}); chọn nơi khác bằng --data-dir"
        )
        raise SettingsError((problem,)) from error


def _make_secret(path: Path) -> None:
    draft = path.with_suffix(".new")
    with Lock(path.parent / "lock" / "secret") as lock:
        lock.take()
        if not path.exists():
            draft.touch(mode=0o600)
            draft.write_text(secrets.token_urlsafe(48), encoding="ascii")
            draft.replace(path)
