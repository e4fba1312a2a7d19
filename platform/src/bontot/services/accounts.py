"""Log-ins, sessions and roles.

A session is a row found by the hash of an opaque secret; it is renewed at log-in and whenever the committee or role
changes, ends after an hour idle or a day at most, and its account's grants are read anew on every request, so that a
revocation bites at once (safety rules 13 and 14).
"""

from __future__ import annotations

import hashlib
import re
import secrets
import unicodedata
from dataclasses import dataclass
from datetime import date
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from sqlalchemy import delete, select, text
from sqlalchemy.orm import Session

from bontot.access import PERMISSIONS, Actor, Permission, Role
from bontot.clock import DAY
from bontot.db.models import Account, AccountTenant, LoginSession, RoleGrant, Tenant
from bontot.db.tenancy import TenantSession
from bontot.errors import (
    InvalidInput,
    LoginRefused,
    LoginTaken,
    NotFound,
    NotLoggedIn,
    noting,
    refuse_noted,
)
from bontot.text import clean

_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
SHORTEST_PASSWORD = 15
LONGEST_WEIGHED = 72
"""How much of a password is weighed; a longer one is none the worse."""
HARD_TO_GUESS = 3
"""Of 0 to 4: more than ten thousand million guesses."""
LOGIN = re.compile(r"[a-z0-9][a-z0-9._@-]*")
IDLE = "60 minutes"
NOTED = "1 minute"
"""How exactly it is known when a session was last seen: so that not every page writes."""
ABSOLUTE = "24 hours"


def _plain(password: str) -> str:
    return unicodedata.normalize("NFC", password)


def create_account(
    session: Session, login: str, display_name: str, password: str, *, operator: bool = False
) -> Account:
    """A new log-in. Raises InvalidInput for a login that cannot be or is taken, and for a password that is short or easily
    guessed (safety rule 14)."""
    login = free_login(session, login)
    display_name = clean(display_name, longest=100, field="name")
    check_new_password(password, login, display_name)
    account = Account(
        login=login,
        display_name=display_name,
        password_hash=_HASHER.hash(_plain(password)),
        is_operator=operator,
    )
    session.add(account)
    session.flush()
    return account


def sealed_password() -> str:
    """The hash of a password nobody knows: of a log-in that waits for `set_password`."""
    return _HASHER.hash(secrets.token_urlsafe(32))


def set_password(session: Session, login: str, password: str) -> None:
    """A new password for a log-in; every session of it ends. Raises NotFound, InvalidInput."""
    account = session.scalar(select(Account).where(Account.login == login.strip().lower()))
    if account is None:
        raise NotFound(f"Không có tài khoản {login}.")
    check_new_password(password, account.login, account.display_name)
    account.password_hash = _HASHER.hash(_plain(password))
    session.execute(delete(LoginSession).where(LoginSession.account_id == account.id))


def free_login(session: Session, login: str) -> str:
    """The login as it is kept. Raises InvalidInput for an empty one or one of other letters, LoginTaken."""
    login = clean(login, longest=60, field="login").lower()
    if not login:
        raise InvalidInput("Cần có tên đăng nhập.", "login")
    if not LOGIN.fullmatch(login):
        raise InvalidInput("Tên đăng nhập chỉ gồm chữ không dấu, chữ số và các dấu . - _ @", "login")
    if session.scalar(select(Account.id).where(Account.login == login)):
        raise LoginTaken(f"Tên đăng nhập {login} đã có người dùng. Xin chọn tên khác.", "login")
    return login


def check_new_password(password: str, *known: str) -> None:
    """Raises InvalidInput for a password that is short or easily guessed, by one who knows what is `known` of its owner."""
    from zxcvbn import zxcvbn  # here: its word lists take their time, and few processes make accounts

    plain = _plain(password)
    if len(plain) < SHORTEST_PASSWORD:
        raise InvalidInput(f"Mật khẩu cần ít nhất {SHORTEST_PASSWORD} ký tự.", "password")
    if zxcvbn(plain[:LONGEST_WEIGHED], user_inputs=list(known))["score"] < HARD_TO_GUESS:
        raise InvalidInput(
            "Mật khẩu này dễ đoán. Hãy ghép bốn, năm từ không liên quan nhau, ví dụ tên vài đồ vật quanh mình.",
            "password",
        )


def grant_role(
    session: TenantSession,
    account_id: int,
    role: Role,
    *,
    organisation_id: int | None = None,
    member_id: int | None = None,
    valid_from: date,
) -> RoleGrant:
    """Gives an account a role in the session's committee from a day on."""
    session.merge(AccountTenant(account_id=account_id, tenant_id=session.tenant_id))
    session.flush()
    grant = RoleGrant(
        account_id=account_id,
        role=role.value,
        organisation_id=organisation_id,
        member_id=member_id,
        valid_from=valid_from,
    )
    session.add(grant)
    session.flush()
    return grant


def check_password(session: Session, login: str, password: str) -> Account:
    """The account of a correct login and password; raises LoginRefused, in the same time and words for any fault."""
    known = "\0" not in login  # a database holds no such text, so nobody has such a login
    account = session.scalar(select(Account).where(Account.login == login.strip().lower())) if known else None
    try:
        _HASHER.verify(account.password_hash if account else _nobody(), _plain(password))
    except VerificationError:
        raise LoginRefused from None
    if account is None or account.disabled_at is not None:
        raise LoginRefused
    return account


@cache
def _nobody() -> str:
    """What an unknown log-in's password is held against, so that refusing it takes as long."""
    return _HASHER.hash("nobody has this password")


def open_session(
    session: Session, account_id: int, *, tenant_id: int | None = None, grant_id: int | None = None
) -> str:
    """Starts a log-in session and returns its secret, which is stored only as a hash."""
    secret = secrets.token_urlsafe(32)
    session.add(
        LoginSession(secret_hash=_hash(secret), account_id=account_id, tenant_id=tenant_id, grant_id=grant_id)
    )
    session.flush()
    return secret


def close_session(session: Session, secret: str) -> None:
    """Ends a session; unknown secrets are no error."""
    session.execute(delete(LoginSession).where(LoginSession.secret_hash == _hash(secret)))


@dataclass(frozen=True, slots=True)
class Visit:
    """A live session: whose, and the committee and grant it works under, if chosen."""

    account_id: int
    name: str
    login: str
    is_operator: bool
    tenant_id: int | None
    grant_id: int | None
    committee: str
    """The committee's name; empty where none is chosen."""
    day: date
    """The day it is."""


_VISIT = text(f"""
SELECT a.id, a.display_name, a.login, a.is_operator, s.tenant_id, s.grant_id, coalesce(t.name, ''), {DAY},
       s.seen_at < now() - interval '{NOTED}'
FROM login_session s
JOIN account a ON a.id = s.account_id AND a.disabled_at IS NULL
LEFT JOIN tenant t ON t.id = s.tenant_id
WHERE s.secret_hash = :hash
  AND s.seen_at > now() - interval '{IDLE}' AND s.created_at > now() - interval '{ABSOLUTE}'
""")
"""One statement, since it stands before every page."""
_SEEN = text("UPDATE login_session SET seen_at = now() WHERE secret_hash = :hash")


def visit(session: Session, secret: str) -> Visit | None:
    """The live session of a cookie's secret, marked as seen where the last mark is a minute old; None when there is none."""
    binds = {"hash": _hash(secret)}
    row = session.execute(_VISIT, binds).first()
    if row is None:
        return None
    *told, unnoted = row
    if unnoted:
        session.execute(_SEEN, binds)
    return Visit(*told)


@dataclass(frozen=True, slots=True)
class Choice:
    """A committee and role an account may work in."""

    tenant_id: int
    tenant_code: str
    tenant_name: str
    grant_id: int
    role: Role
    place: str


def tenants_of(session: Session, account_id: int) -> list[tuple[int, str, str]]:
    """`(id, code, name)` of the committees an account may open, by name."""
    rows = session.execute(
        select(Tenant.id, Tenant.code, Tenant.name)
        .join(AccountTenant, AccountTenant.tenant_id == Tenant.id)
        .where(AccountTenant.account_id == account_id)
        .order_by(Tenant.name)
    )
    return [(row[0], row[1], row[2]) for row in rows]


_GRANTS = text("""
SELECT g.id, g.role, g.organisation_id, g.member_id, coalesce(p.name, '')
FROM role_grant g
LEFT JOIN organisation_period p ON p.organisation_id = g.organisation_id
     AND p.valid_from <= :day AND (p.valid_to IS NULL OR :day < p.valid_to)
WHERE g.account_id = :account AND g.valid_from <= :day AND (g.valid_to IS NULL OR :day < g.valid_to)
ORDER BY g.id
""")


def grants_of(
    session: TenantSession, account_id: int, day: date
) -> list[tuple[int, Role, int | None, int | None, str]]:
    """`(grant, role, organisation, member, organisation's name)` in force in the session's committee on `day`."""
    rows = session.execute(_GRANTS, {"account": account_id, "day": day})
    return [(row[0], Role(row[1]), row[2], row[3], row[4]) for row in rows]


def is_administrator(session: TenantSession, account_id: int, day: date) -> bool:
    """Whether an account may still administer the session's committee, so that what it gave to programs holds."""
    enabled = select(Account.id).where(Account.id == account_id, Account.disabled_at.is_(None))
    roles = [role for _, role, *_ in grants_of(session, account_id, day)]
    holds = any(Permission.MANAGE_ACCOUNTS in PERMISSIONS[role] for role in roles)
    return holds and session.scalar(enabled) is not None


def actor_of(session: TenantSession, visit: Visit, day: date) -> Actor:
    """The actor of a visit in its committee. Raises NotLoggedIn when its grant has ended: it may choose another place."""
    for grant_id, role, organisation_id, member_id, place in grants_of(session, visit.account_id, day):
        if grant_id == visit.grant_id:
            return Actor(
                account_id=visit.account_id,
                name=visit.name,
                role=role,
                tenant_id=session.tenant_id,
                organisation_id=organisation_id,
                member_id=member_id,
                place=place,
            )
    raise NotLoggedIn


def change_password(session: Session, account_id: int, old: str, new: str, *, keep: str) -> bool:
    """A new password by who knows the old one; every session but the one with the secret `keep` ends. False where it was
    changed so already, as by a second press. Raises InvalidFields for `old` and for `password`."""
    account = session.get_one(Account, account_id, with_for_update=True)
    if _is_password(account, new) and not _is_password(account, old):
        return False
    errors: dict[str, str] = {}
    if not _is_password(account, old):
        errors["old"] = "Mật khẩu đang dùng chưa đúng."
    with noting(errors):
        check_new_password(new, account.login, account.display_name)
    refuse_noted(errors)
    if _plain(old) == _plain(new):
        raise InvalidInput("Mật khẩu mới phải khác mật khẩu đang dùng.", "password")
    account.password_hash = _HASHER.hash(_plain(new))
    others = LoginSession.account_id == account_id, LoginSession.secret_hash != _hash(keep)
    session.execute(delete(LoginSession).where(*others))
    return True


def _is_password(account: Account, password: str) -> bool:
    try:
        return _HASHER.verify(account.password_hash, _plain(password))
    except VerificationError:
        return False


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
