"""Whose turn it is: one committee that asks for much makes no other wait longer than a round.

What people wait for comes before what nobody does; then comes the committee of which the fewest pieces are in hand, of those
the one that had its turn longest ago, and of its work the oldest. Claims are made one after another, so that two workers do
not both find the same committee next; each takes as long as its one statement.
"""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import Engine, text

from bontot.db.tenancy import PLATFORM, scope
from bontot.failpoints import reach
from bontot.jobs.outbox import HELD, LEASE, WAITS

_ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(:tenant, hashtext('claim'))")
_CLAIM = text(f"""
WITH hands AS MATERIALIZED (
    SELECT tenant_id, count(*) AS pieces FROM outbox WHERE {HELD} GROUP BY tenant_id
), next AS (
    SELECT w.id FROM outbox w
    LEFT JOIN work_turn t ON t.tenant_id = w.tenant_id LEFT JOIN hands h ON h.tenant_id = w.tenant_id
    WHERE {WAITS} AND (CAST(:outbox AS bigint) IS NULL OR w.id = :outbox)
    ORDER BY w.background, coalesce(h.pieces, 0), t.served_at NULLS FIRST, w.id
    LIMIT 1 FOR UPDATE OF w SKIP LOCKED
), claimed AS (
    UPDATE outbox SET leased_until = now() + make_interval(secs => :lease), attempts = attempts + 1, claims = claims + 1
    WHERE id = (SELECT id FROM next) RETURNING id, tenant_id, job_id, attempts, claims
), served AS (
    INSERT INTO work_turn (tenant_id, served_at) SELECT tenant_id, clock_timestamp() FROM claimed
    ON CONFLICT (tenant_id) DO UPDATE SET served_at = excluded.served_at
)
SELECT id, tenant_id, job_id, attempts, claims FROM claimed
""")


class Claim(NamedTuple):
    """A piece of work taken up: its row, whose and which job it is, the how many-th attempt this is, and the `number` that
    no other taking up of it has."""

    outbox_id: int
    tenant_id: int
    job_id: int
    attempts: int
    number: int


def claim_next(engine: Engine) -> Claim | None:
    """Takes up the work whose turn it is; None when nothing waits."""
    return _claim(engine, None)


def claim(engine: Engine, outbox_id: int) -> Claim | None:
    """Takes up one piece whosever turn it is; None when it is in hand, ended, or to rest."""
    return _claim(engine, outbox_id)


def _claim(engine: Engine, outbox_id: int | None) -> Claim | None:
    with scope(engine, PLATFORM) as session:
        session.execute(_ONE_AT_A_TIME, {"tenant": PLATFORM})
        row = session.execute(_CLAIM, {"outbox": outbox_id, "lease": LEASE}).first()
        reach("claim.before_commit")
    reach("claim.after_commit")
    return None if row is None else Claim(*row)
