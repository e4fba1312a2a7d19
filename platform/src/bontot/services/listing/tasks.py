"""Tasks of cells with who carries them."""

from __future__ import annotations

from bontot.db.statements import within
from bontot.services.listing import Key, Listing

TASKS = Listing(
    columns="""t.public_id AS id, o.public_id AS organisation, g.public_id AS meeting, t.title, t.origin, t.hard, t.due_on,
       t.done_on, t.result, t.report_to,
       ARRAY(SELECT m.public_id FROM task_assignment b JOIN member m ON m.id = b.member_id
             WHERE b.task_id = t.id ORDER BY m.sort_key COLLATE "C") AS carriers""",
    source=f"""
FROM task t
JOIN organisation o ON o.id = t.organisation_id
LEFT JOIN meeting g ON g.id = t.meeting_id
WHERE {within("t.organisation_id")} AND t.handed_on IS NULL
  AND (CAST(:since AS date) IS NULL OR t.due_on >= :since)
  AND (CAST(:until AS date) IS NULL OR t.due_on <= :until)
  AND (CAST(:done AS boolean) IS NULL OR (t.done_on IS NOT NULL) = :done)
  AND (CAST(:one AS uuid) IS NULL OR t.public_id = :one)""",
    keys=(Key("t.due_on", "date"), Key("t.public_id", "uuid")),
)
"""By the day they are due, without those handed to another cell. Binds: `within`, and `since`, `until`, `done` and `one` (a
public id) or None."""

CHECKS = Listing(
    columns="f.checked_on, f.remark, g.public_id AS meeting",
    source=f"""
FROM follow_up f
JOIN task t ON t.id = f.task_id
LEFT JOIN meeting g ON g.id = f.meeting_id
WHERE t.public_id = :one AND {within("t.organisation_id")}""",
    keys=(Key("f.checked_on", "date"), Key("f.id", "bigint")),
)
"""The checks on the progress of a task, by day. Binds: `within` and `one` (its public id)."""
