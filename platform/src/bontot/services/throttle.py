"""Slows down guessing at log-in, and programs that ask too often: counted in Valkey, forgotten by itself, nobody is locked
out (safety rule 14)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from redis import Redis

from bontot.db.tenancy import PLATFORM
from bontot.errors import TooManyAttempts, TooManyGuesses, TooManyRequests
from bontot.keys import key

ATTEMPTS = 10
SECONDS = 60
REQUESTS = 600
"""Requests an access token may make in as many seconds."""
GUESSES = 30
"""Unknown access tokens an address may send in as many seconds."""
KNOWN = 400 * 24 * 3600
"""Seconds for which a token that was good is known without being looked for: longer than any lives."""


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
    """What is left of the requests a token may make, or of the unknown ones an address may send, for how many more
    seconds; whether the token was good before."""

    most: int
    left: int
    seconds: int
    known: bool = True


def count_request(redis: Redis, tenant_id: int, token: str, address: str, most: int = REQUESTS) -> Allowance:
    """Counts a request of a token, called by its digest. Raises TooManyRequests beyond `most` within a minute, and
    TooManyGuesses for a token never known good from an address that sent too many of them; one known is let through from
    everywhere."""
    name = key(tenant_id, "requests", token)
    with redis.pipeline(transaction=False) as pipe:
        pipe.incr(name)
        pipe.expire(name, SECONDS, nx=True)
        pipe.ttl(name)
        pipe.exists(_known(tenant_id, token))
        pipe.get(_guesses(address))
        pipe.ttl(_guesses(address))
        count, _, seconds, known, guesses, wait = pipe.execute()
    if not known and int(guesses or 0) >= GUESSES:
        raise TooManyGuesses(max(wait, 1))
    if count > most:
        raise TooManyRequests(max(seconds, 1))
    return Allowance(most, most - count, max(seconds, 1), bool(known))


def count_guess(redis: Redis, address: str) -> Allowance:
    """Counts a token that nobody has; what is left of such for the address."""
    name = _guesses(address)
    with redis.pipeline(transaction=False) as pipe:
        pipe.incr(name)
        pipe.expire(name, SECONDS, nx=True)
        pipe.ttl(name)
        count, _, seconds = pipe.execute()
    return Allowance(GUESSES, max(GUESSES - count, 0), max(seconds, 1), known=False)


def used_up(refusal: TooManyRequests) -> Allowance:
    """What is left to whom was refused: nothing, until the seconds are over."""
    return Allowance(GUESSES if isinstance(refusal, TooManyGuesses) else REQUESTS, 0, refusal.seconds)


def remember(redis: Redis, tenant_id: int, token: str) -> None:
    """The token, called by its digest, is a good one: it is looked for from now on wherever it comes from."""
    redis.set(_known(tenant_id, token), 1, ex=KNOWN)


def _known(tenant_id: int, token: str) -> str:
    return key(tenant_id, "known", token)


def _guesses(address: str) -> str:
    return key(PLATFORM, "guesses", hashlib.sha256(address.encode()).hexdigest())


def _name(login: str) -> str:
    return key(PLATFORM, "login", hashlib.sha256(login.strip().lower().encode()).hexdigest())
