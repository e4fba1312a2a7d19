"""Names of things outside the database, each beginning with whose it is (safety rule 10)."""

from __future__ import annotations


def key(tenant_id: int, *parts: object) -> str:
    """A Valkey key, cache key, lock or file name of one committee; `PLATFORM` (0) for the platform's own.

    >>> key(7, "lock", "evaluate", 2023)
    'bontot:7:lock:evaluate:2023'
    """
    return ":".join(["bontot", str(tenant_id), *map(str, parts)])
