"""Recorded meetings with how many came."""

from __future__ import annotations

from bontot.db.models.meeting import LATE, PRESENT
from bontot.db.rolls import ATTENDANCE_ROLL
from bontot.services.listing import Key, Listing

MEETINGS = Listing(
    columns=f"""m.public_id AS id, o.public_id AS organisation, m.kind, m.held_on, m.starts_at, m.place, m.topic,
       m.thematic_topic, m.state, m.submission, m.self_score_band, m.version,
       (SELECT count(*) FROM ({ATTENDANCE_ROLL}) AS roll WHERE roll.meeting_id = m.id) AS required,
       (SELECT count(*) FROM attendance a WHERE a.year = m.year AND a.meeting_id = m.id
        AND a.mark IN ({PRESENT}, {LATE})) AS present""",
    source="""
FROM meeting m
JOIN organisation o ON o.id = m.organisation_id
WHERE m.organisation_id = ANY(CAST(:within AS bigint[]))
  AND (CAST(:since AS date) IS NULL OR m.held_on >= :since)
  AND (CAST(:until AS date) IS NULL OR m.held_on <= :until)
  AND (CAST(:kind AS text) IS NULL OR m.kind = :kind)""",
    keys=(Key("m.held_on", "date"), Key("m.public_id", "uuid")),
)
"""By day. Binds: `within`, and `since`, `until` and `kind` or None."""
