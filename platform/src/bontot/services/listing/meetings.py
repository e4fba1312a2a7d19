"""Recorded meetings with how many came."""

from __future__ import annotations

from bontot.db.models.meeting import ABSENT_EXCUSED, ABSENT_UNEXCUSED, LATE, PRESENT
from bontot.db.rolls import ATTENDANCE_ROLL
from bontot.db.statements import within
from bontot.services.listing import Key, Listing, between, of_place

NAMED_MARKS = {
    "present": PRESENT,
    "late": LATE,
    "absent_excused": ABSENT_EXCUSED,
    "absent_unexcused": ABSENT_UNEXCUSED,
}

MEETINGS = Listing(
    columns=f"""m.public_id AS id, o.public_id AS organisation, m.kind, m.held_on, m.starts_at, m.place, m.topic,
       m.thematic_topic, m.state, m.submission, m.self_score_band, m.version,
       (SELECT count(*) FROM ({ATTENDANCE_ROLL}) AS roll WHERE roll.meeting_id = m.id) AS required,
       (SELECT count(*) FROM attendance a WHERE a.year = m.year AND a.meeting_id = m.id
        AND a.mark IN ({PRESENT}, {LATE})) AS present""",
    source=f"""
FROM meeting m
JOIN organisation o ON o.id = m.organisation_id
WHERE {within("m.organisation_id")}
  AND (CAST(:since AS date) IS NULL OR m.held_on >= :since)
  AND (CAST(:until AS date) IS NULL OR m.held_on <= :until)
  AND (CAST(:kind AS text) IS NULL OR m.kind = :kind)""",
    keys=(Key("m.held_on", "date"), Key("m.public_id", "uuid")),
)
"""By day. Binds: `within`, and `since`, `until` and `kind` or None."""

MARKS = " ".join(f"WHEN {number} THEN '{name}'" for name, number in NAMED_MARKS.items())
ATTENDANCES = Listing(
    columns=f"""g.public_id AS meeting, o.public_id AS organisation, g.kind, g.held_on, m.public_id AS member,
       CASE a.mark {MARKS} END AS mark, a.reason""",
    source=f"""
FROM attendance a
JOIN meeting g ON g.year = a.year AND g.id = a.meeting_id
JOIN member m ON m.id = a.member_id {of_place("g", between("g.held_on"))}
  AND (CAST(:member AS bigint) IS NULL OR m.id = :member)""",
    keys=(Key("g.held_on", "date"), Key("g.public_id", "uuid"), Key("m.public_id", "uuid")),
)
"""Every mark given, by day. Binds: `within`, and `since`, `until` and `member` or None."""

RESOLUTIONS = Listing(
    columns="""g.public_id AS meeting, o.public_id AS organisation, g.held_on, r.number, r.subject, r.issued_on,
       r.cites_superior""",
    source=f"""
FROM resolution r
JOIN meeting g ON g.id = r.meeting_id {of_place("g", between("g.held_on"))}""",
    keys=(Key("g.held_on", "date"), Key("r.id", "bigint")),
)
"""By the day of the meeting. Binds: `within`, and `since` and `until` or None."""
