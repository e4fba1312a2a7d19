"""Work in the background."""

from __future__ import annotations

from bontot.services.listing import Key, Listing

JOBS = Listing(
    columns="""j.public_id AS id, j.kind, j.state, j.progress, j.total, j.doing, j.message, j.requested_by, j.created_at,
       j.started_at, j.finished_at,
       CASE WHEN j.kind = 'evaluation' THEN CAST(j.arguments ->> 'year' AS integer) END AS year,
       CASE WHEN j.kind = 'evaluation' AND j.result IS NOT NULL
            THEN ARRAY(SELECT CAST(value AS uuid) FROM jsonb_each_text(j.result -> 'runs') ORDER BY key)
            ELSE '{}' END AS evaluations""",
    source="""
FROM job j
WHERE j.kind = ANY(CAST(:kinds AS text[]))
  AND (CAST(:kind AS text) IS NULL OR j.kind = :kind)
  AND (CAST(:state AS text) IS NULL OR j.state = :state)
  AND (CAST(:one AS uuid) IS NULL OR j.public_id = :one)""",
    keys=(Key("j.created_at", "timestamptz"), Key("j.public_id", "uuid")),
    descending=True,
)
"""The latest first. Binds: the `kinds` the reader sees, and `kind`, `state` and `one` (a public id) or None."""
