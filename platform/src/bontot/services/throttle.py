"""Slows down guessing at log-in, and programs that ask too often: counted in Valkey, forgotten by itself, nobody is locked
out (safety rule 14)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from redis import Redis

from bontot.db.tenancy import PLATFORM
from bontot.errors import TooManyAttempts, TooManyRequests
from bontot.keys import key

ATTEMPTS = 10
SECONDS = 60
REQUESTS = 600
"""Requests an access token may make in as many seconds."""


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


@dataclass(frozen=True, slots=True)
class Allowance:
    """What is left of the requests a token may make, for how many more seconds."""

    most: int
    left: int
    seconds: int


def count_request(redis: Redis, tenant_id: int, token: str, most: int = REQUESTS) -> Allowance:
    """Counts a request of a token, called by its digest. Raises TooManyRequests beyond `most` within a minute."""
    name = key(tenant_id, "requests", token)
    with redis.pipeline() as pipe:
        pipe.incr(name)
        pipe.expire(name, SECONDS, nx=True)
        pipe.ttl(name)
        count, _, seconds = pipe.execute()
    if count > most:
        raise TooManyRequests(max(seconds, 1))
    return Allowance(most, most - count, max(seconds, 1))


def _name(login: str) -> str:
    return key(PLATFORM, "login", hashlib.sha256(login.strip().lower().encode()).hexdigest())
