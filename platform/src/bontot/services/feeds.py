"""Calendar addresses: of one's own meetings or of a cell's, read by calendar programs that cannot log in.

The address is the only key, so it says nothing but when and where a cell meets, ends with the right of who made it, or after
a year. The secret is kept as a hash; it names its committee, so that it is looked for nowhere else (safety rules 9 and 15).
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session

from bontot.access import Actor, Permission, organisations_in_reach
from bontot.clock import today
from bontot.db.models import Account, CalendarFeed
from bontot.db.rolls import holds_on
from bontot.db.tenancy import TenantSession
from bontot.errors import InvalidInput, NotFound
from bontot.evaluation.schedule import MonthView, board
from bontot.registry import Registry
from bontot.services.accounts import grants_of
from bontot.services.audit import note
from bontot.services.members import cells_of
from bontot.services.planning import Invited, invitations_since

LIVES = timedelta(days=365)
MOST = 10
"""Addresses one account may have at a time in a committee."""
BACK = timedelta(days=62)
_TOKEN = re.compile(r"bt([1-9][0-9]{0,8})-[A-Za-z0-9_-]{32}")


@dataclass(frozen=True, slots=True)
class FeedLine:
    """An address given out, as its owner sees it: of a cell by its name, or of one's own meetings."""

    public_id: UUID
    cell: str | None
    made_at: datetime
    expires_on: date
    read_at: datetime | None


@dataclass(frozen=True, slots=True)
class CellCalendar:
    """The months of a cell from two months back to the end of next year, and what it is invited to."""

    public_id: UUID
    name: str
    months: Sequence[MonthView]
    invited: Sequence[Invited]


@dataclass(frozen=True, slots=True)
class Feed:
    """What an address shows: the cells it is about; `own` when they are where its owner must attend."""

    id: int
    own: bool
    cells: Sequence[CellCalendar]
    today: date


_LINES = text(f"""
SELECT f.public_id, p.name, f.made_at, f.expires_on, f.read_at
FROM calendar_feed f
LEFT JOIN organisation_period p ON p.organisation_id = f.organisation_id AND {holds_on("p", ":day")}
WHERE f.account_id = :account AND f.token_hash IS NOT NULL AND f.revoked_at IS NULL AND f.expires_on > :day
ORDER BY f.id
""")


def feeds_of(session: Session, account_id: int, day: date) -> list[FeedLine]:
    """The addresses of an account that still work, the oldest first."""
    rows = session.execute(_LINES, {"account": account_id, "day": day})
    return [FeedLine(*row) for row in rows]


def open_feed(session: TenantSession, actor: Actor, organisation_id: int | None) -> str:
    """A new address, of a cell within reach or (None) of one's own meetings; answers its secret, which is kept nowhere.

    Raises NotFound for a cell out of reach, InvalidInput for someone who is nobody's member or has too many already.
    """
    day = today(session)
    if organisation_id is None and actor.member_id is None:
        raise InvalidInput("Tài khoản này chưa gắn với đảng viên nào.", "what")
    if organisation_id is not None and not _sees(session, actor, organisation_id, day):
        raise NotFound
    if len(feeds_of(session, actor.account_id, day)) >= MOST:
        raise InvalidInput(f"Mỗi người có tối đa {MOST} địa chỉ lịch; hãy thôi bớt một địa chỉ cũ.", "what")
    secret = f"bt{session.tenant_id}-{secrets.token_urlsafe(24)}"
    feed = CalendarFeed(
        account_id=actor.account_id,
        organisation_id=organisation_id,
        member_id=None if organisation_id is not None else actor.member_id,
        token_hash=_hash(secret),
        expires_on=day + LIVES,
    )
    session.add(feed)
    session.flush()
    note(session, "open_feed", "calendar_feed", feed.id, actor.account_id, organisation=organisation_id)
    return secret


def close_feed(session: TenantSession, actor: Actor, public_id: UUID) -> None:
    """Ends an address of one's own at once. Raises NotFound for any other."""
    ended = session.execute(
        update(CalendarFeed)
        .where(
            CalendarFeed.public_id == public_id,
            CalendarFeed.account_id == actor.account_id,
            CalendarFeed.revoked_at.is_(None),
        )
        .values(revoked_at=func.now())
        .returning(CalendarFeed.id)
    ).first()
    if ended is None:
        raise NotFound
    note(session, "close_feed", "calendar_feed", ended.id, actor.account_id)


def tenant_of(secret: str) -> int:
    """The committee a secret is of. Raises NotFound for what is none."""
    found = _TOKEN.fullmatch(secret)
    if found is None:
        raise NotFound
    return int(found[1])


_FOUND = select(CalendarFeed).join(Account, Account.id == CalendarFeed.account_id)
_READ = text("""
UPDATE calendar_feed SET read_at = now()
WHERE id = :feed AND (read_at IS NULL OR read_at < now() - interval '1 hour')
""")


def read_feed(session: TenantSession, registry: Registry, secret: str) -> Feed:
    """What an address shows today. Raises NotFound for one that is unknown, ended, or whose owner no longer has the right;
    PluginUnavailable."""
    day = today(session)
    feed = session.scalar(
        _FOUND.where(
            CalendarFeed.token_hash == _hash(secret),
            CalendarFeed.revoked_at.is_(None),
            CalendarFeed.expires_on > day,
            Account.disabled_at.is_(None),
        )
    )
    if feed is None or not _still(session, feed, day):
        raise NotFound
    session.execute(_READ, {"feed": feed.id})
    if feed.organisation_id is not None:
        cells = [feed.organisation_id]
    else:
        spans = cells_of(session, feed.member_id or 0, day)
        cells = [span.place_id for span in spans if span.holds_on(day) and span.place_id]
    return Feed(feed.id, feed.member_id is not None, _calendars(session, registry, cells, day), day)


def _calendars(
    session: TenantSession, registry: Registry, cells: Sequence[int], day: date
) -> list[CellCalendar]:
    since = day - BACK
    years = [board(session, registry, cells, year, day) for year in range(since.year, day.year + 2)]
    invited = invitations_since(session, cells, since)
    return [
        CellCalendar(
            public_id,
            name,
            [month for year in years for month in year.get(cell, ()) if month.month >= since.replace(day=1)],
            [one for one in invited if one.organisation_id == cell],
        )
        for cell, public_id, name in session.execute(_NAMES, {"cells": list(cells), "day": day})
    ]


_NAMES = text(f"""
SELECT o.id, o.public_id, p.name FROM organisation o
JOIN organisation_period p ON p.organisation_id = o.id AND {holds_on("p", ":day")}
WHERE o.id = ANY(:cells) ORDER BY p.sort_key COLLATE "C", o.id
""")


def _still(session: TenantSession, feed: CalendarFeed, day: date) -> bool:
    """Whether a role of the account still shows it what the address is about."""
    for _, role, organisation_id, member_id, _ in grants_of(session, feed.account_id, day):
        if feed.member_id is not None:
            if member_id == feed.member_id:
                return True
            continue
        actor = Actor(account_id=feed.account_id, name="", role=role, organisation_id=organisation_id)
        if feed.organisation_id is not None and _sees(session, actor, feed.organisation_id, day):
            return True
    return False


def _sees(session: TenantSession, actor: Actor, organisation_id: int, day: date) -> bool:
    return actor.may(Permission.VIEW_ORGANISATION) and organisation_id in organisations_in_reach(
        session, actor, day
    )


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
