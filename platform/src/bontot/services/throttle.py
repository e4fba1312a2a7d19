"""Slows down guessing at log-in: counted in Valkey, forgotten by itself, nobody is locked out (safety rule 14)."""

from __future__ import annotations

import hashlib

from redis import Redis

from bontot.db.tenancy import PLATFORM
from bontot.errors import TooManyAttempts
from bontot.keys import key

ATTEMPTS = 10
SECONDS = 60


def count_attempt(redis: Redis, login: str) -> None:
    """Notes an attempt before it is looked at, so that many at once are counted too. Raises TooManyAttempts after ten
    failures of one login within a minute."""
    name = _name(login)
    with redis.pipeline() as pipe:
        pipe.incr(name)
        pipe.expire(name, SECONDS, nx=True)
        count, _ = pipe.execute()
    if count > ATTEMPTS:
        raise TooManyAttempts


def forgive(redis: Redis, login: str) -> None:
    """The attempt noted last was no failure."""
    redis.decr(_name(login))


def _name(login: str) -> str:
    return key(PLATFORM, "login", hashlib.sha256(login.strip().lower().encode()).hexdigest())
