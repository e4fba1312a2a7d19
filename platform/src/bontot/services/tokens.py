"""Access tokens: the right of a program to act for who gave it, in one role and place, for the nouns it names.

Like a calendar address, the secret names its committee, so that it is looked for nowhere else, and is kept as a hash (safety
rules 9 and 15). Only administrators give tokens; one works for as long as its giver is one.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import func, text, update

from bontot.access import PERMISSIONS, Actor, Permission, Role
from bontot.clock import DAY, today
from bontot.db.models import ApiToken
from bontot.db.rolls import holds_on
from bontot.db.tenancy import TenantSession
from bontot.errors import InvalidInput, NotFound, TokenRefused, noting, refuse_noted
from bontot.services.audit import act_by_token, note
from bontot.services.grants import place_of_role
from bontot.text import clean

ROLES = (Role.TENANT_ADMIN, Role.COMMITTEE, Role.CELL_SECRETARY)
"""What a program may act as."""
LIVES = (30, 90, 365)
"""For how many days a token may be given."""
MOST = 20
"""Tokens a committee may have at a time."""
READ, WRITE = "read", "write"
READABLE = (
    "organisations",
    "members",
    "meetings",
    "calendar",
    "tasks",
    "directives",
    "conduct",
    "fees",
    "pledges",
    "judgments",
    "recognition",
    "papers",
    "evaluations",
    "thresholds",
    "jobs",
    "audit",
)
WRITABLE = frozenset(READABLE) - {"conduct", "audit"}
SCOPES = tuple(
    f"{noun}:{deed}" for noun in READABLE for deed in ((READ, WRITE) if noun in WRITABLE else (READ,))
)
_SECRET = re.compile(r"btk([1-9][0-9]{0,8})_[A-Za-z0-9_-]{43}")


@dataclass(frozen=True, slots=True)
class TokenLine:
    """A token as administrators see it: by whom it was given, to act as what and where (None: the whole committee)."""

    public_id: UUID
    name: str
    giver: str
    role: Role
    place: str | None
    scopes: frozenset[str]
    issued_at: datetime
    expires_on: date
    used_at: datetime | None


@dataclass(frozen=True, slots=True)
class Bearer:
    """Who brought a token, what it was given for, and the day it was brought."""

    actor: Actor
    token_id: int
    public_id: UUID
    name: str
    scopes: frozenset[str]
    expires_on: date
    day: date


_LINES = text(f"""
SELECT t.public_id, t.name, a.display_name, t.role, p.name, t.scopes, t.issued_at, t.expires_on, t.used_at
FROM api_token t
JOIN account a ON a.id = t.account_id
LEFT JOIN organisation_period p ON p.organisation_id = t.organisation_id AND {holds_on("p", ":day")}
WHERE t.secret_hash IS NOT NULL AND t.revoked_at IS NULL AND t.expires_on > :day
ORDER BY t.id
""")


def tokens_of(session: TenantSession, day: date) -> list[TokenLine]:
    """The committee's tokens that still work, the oldest first."""
    return [
        TokenLine(public_id, name, giver, Role(role), place, frozenset(scopes), *moments)
        for public_id, name, giver, role, place, scopes, *moments in session.execute(_LINES, {"day": day})
    ]


def issue(
    session: TenantSession,
    actor: Actor,
    *,
    name: str,
    role: Role,
    organisation_id: int | None,
    scopes: Iterable[str],
    days: int,
) -> str:
    """A new token; answers its secret, which is kept nowhere.

    Raises InvalidFields for what is missing or does not fit, and when there are too many already.
    """
    actor.require(Permission.MANAGE_ACCOUNTS)
    day, wanted, errors = today(session), sorted(set(scopes)), dict[str, str]()
    place = None
    with noting(errors):
        name = clean(name, longest=100, field="name")
        if not name:
            raise InvalidInput("Ghi tên phần mềm hoặc việc dùng mã này.", "name")
    with noting(errors):
        if role not in ROLES:
            raise InvalidInput("Xin chọn vai trò.", "role")
        place = place_of_role(session, role, organisation_id, day)
    if not wanted or not set(wanted) <= set(SCOPES):
        errors["scopes"] = "Chọn ít nhất một quyền trong danh sách."
    if days not in LIVES:
        errors["days"] = "Chọn thời hạn trong danh sách."
    if len(tokens_of(session, day)) >= MOST:
        errors[""] = f"Mỗi đảng bộ có tối đa {MOST} mã truy cập; hãy thu hồi bớt một mã cũ."
    refuse_noted(errors)
    secret = f"btk{session.tenant_id}_{secrets.token_urlsafe(32)}"
    row = ApiToken(
        account_id=actor.account_id,
        name=name,
        role=role.value,
        organisation_id=place,
        scopes=wanted,
        secret_hash=_hash(secret),
        expires_on=day + timedelta(days=days),
    )
    session.add(row)
    session.flush()
    note(session, "issue_token", "api_token", row.id, actor.account_id, role=role.value, scopes=wanted)
    return secret


def revoke(session: TenantSession, actor: Actor, public_id: UUID) -> str:
    """Ends a token of the committee at once; its name. Raises NotFound."""
    actor.require(Permission.MANAGE_ACCOUNTS)
    ended = session.execute(
        update(ApiToken)
        .where(ApiToken.public_id == public_id, ApiToken.revoked_at.is_(None))
        .values(revoked_at=func.now())
        .returning(ApiToken.id, ApiToken.name)
    ).first()
    if ended is None:
        raise NotFound
    note(session, "revoke_token", "api_token", ended.id, actor.account_id)
    name: str = ended.name
    return name


def tenant_of(secret: str) -> int:
    """The committee a secret is of. Raises TokenRefused for what is none."""
    found = _SECRET.fullmatch(secret)
    if found is None:
        raise TokenRefused
    return int(found[1])


def digest_of(secret: str) -> str:
    """What a secret may be called where it must not be known."""
    return _hash(secret).hex()[:32]


_USED = text("""
UPDATE api_token SET used_at = now()
WHERE id = :token AND (used_at IS NULL OR used_at < now() - interval '1 hour')
""")
_GIVING = sorted(role.value for role, may in PERMISSIONS.items() if Permission.MANAGE_ACCOUNTS in may)
_FOUND = text(f"""
SELECT t.id, t.public_id, t.name, t.account_id, t.role, t.organisation_id, t.scopes, t.expires_on,
       a.display_name AS giver, {DAY} AS day,
       t.used_at IS NULL OR t.used_at < now() - interval '1 hour' AS unnoted
FROM api_token t JOIN account a ON a.id = t.account_id AND a.disabled_at IS NULL
WHERE t.secret_hash = :hash AND t.revoked_at IS NULL AND t.expires_on > {DAY}
  AND EXISTS (SELECT FROM role_grant g WHERE g.account_id = t.account_id AND g.role = ANY(:giving)
              AND {holds_on("g", DAY)})
""")
"""One statement, since it stands before everything that a program asks."""


def recognise(session: TenantSession, secret: str) -> Bearer:
    """The bearer of a token, under which the session acts from now on. Raises TokenRefused for one that is unknown, ended or
    revoked, or whose giver is no administrator any more."""
    row = session.execute(_FOUND, {"hash": _hash(secret), "giving": _GIVING}).first()
    if row is None:
        raise TokenRefused
    if row.unnoted:
        session.execute(_USED, {"token": row.id})
    act_by_token(session, row.id)
    actor = Actor(
        account_id=row.account_id,
        name=f"{row.giver} (mã truy cập “{row.name}”)",
        role=Role(row.role),
        tenant_id=session.tenant_id,
        organisation_id=row.organisation_id,
    )
    return Bearer(actor, row.id, row.public_id, row.name, frozenset(row.scopes), row.expires_on, row.day)


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
