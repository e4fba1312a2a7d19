"""Who may do what, what was done, and which acts changed the tree: for administrators."""

from __future__ import annotations

from bontot.db.statements import within
from bontot.services.listing import Key, Listing, between, held, same

EVENTS = Listing(
    columns="""e.at, a.display_name AS account, t.public_id AS token, e.action, e.subject, e.subject_id, e.detail""",
    source=f"""
FROM audit_event e
LEFT JOIN account a ON a.id = e.account_id
LEFT JOIN api_token t ON t.id = e.token_id
WHERE (CAST(:since AS date) IS NULL OR e.at >= CAST(:since AS timestamp) AT TIME ZONE 'Asia/Ho_Chi_Minh')
  AND (CAST(:until AS date) IS NULL OR e.at < CAST(:until AS timestamp) AT TIME ZONE 'Asia/Ho_Chi_Minh' + interval '1 day')
{same("e.action", "action")}{same("e.subject", "subject")}""",
    keys=(Key("e.id", "bigint"),),
    descending=True,
)
"""The latest first. Binds: `since`, `until` (days), `action` and `subject` or None."""

GRANTS = Listing(
    columns="a.display_name AS name, g.role, o.public_id AS organisation, m.public_id AS member, g.valid_from, g.valid_to",
    source=f"""
FROM role_grant g
JOIN account a ON a.id = g.account_id
LEFT JOIN organisation o ON o.id = g.organisation_id
LEFT JOIN member m ON m.id = g.member_id
WHERE true{held("g")}""",
    keys=(Key("g.id", "bigint"),),
)
"""Binds: `as_of` or None."""

ACTS = Listing(
    columns="""e.public_id AS id, e.kind, e.day, e.document, e.entered_by, e.entered_at,
       ARRAY(SELECT DISTINCT o.public_id FROM organisation_event_part p JOIN organisation o ON o.id = p.organisation_id
             WHERE p.event_id = e.id AND p.part <> 'above' ORDER BY 1) AS organisations""",
    source=f"""
FROM organisation_event e
WHERE EXISTS (SELECT FROM organisation_event_part p WHERE p.event_id = e.id
              AND ({within("p.organisation_id")} OR {within("p.successor_id")}))
{between("e.day")}{same("e.kind", "kind")}{same("e.public_id", "one", "uuid")}""",
    keys=(Key("e.day", "date"), Key("e.id", "bigint")),
    descending=True,
)
"""Acts on organisations, the latest first. Binds: `within`, and `since`, `until`, `kind` and `one` (a public id)
or None."""

IMPORTS = Listing(
    columns="b.public_id AS id, b.filename, b.state, b.uploaded_by, b.uploaded_at, b.applied_at, b.undone_at, b.undone_by",
    source=f"FROM import_batch b WHERE true{same('b.state', 'state')}",
    keys=(Key("b.uploaded_at", "timestamptz"), Key("b.public_id", "uuid")),
    descending=True,
)
"""Workbooks taken in, the latest first. Binds: `state` or None."""
