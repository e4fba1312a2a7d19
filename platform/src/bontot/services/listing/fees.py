"""Lines of the fee ledger."""

from __future__ import annotations

from bontot.db.rolls import holds_on
from bontot.services.listing import Key, Listing

FEES = Listing(
    columns="""m.public_id AS member, o.public_id AS organisation, f.month, f.due, f.paid, f.paid_on, f.exempt,
       f.group_key AS "group", f.reduction""",
    source=f"""
FROM fee f
JOIN member m ON m.id = f.member_id
JOIN membership s ON s.member_id = m.id AND s.kind = 'home' AND {holds_on("s", "f.month")}
JOIN organisation o ON o.id = s.organisation_id
WHERE s.organisation_id = ANY(CAST(:within AS bigint[]))
  AND (CAST(:since AS date) IS NULL OR f.month >= :since)
  AND (CAST(:until AS date) IS NULL OR f.month <= :until)
  AND (CAST(:member AS bigint) IS NULL OR f.member_id = :member)""",
    keys=(Key("f.month", "date"), Key("m.public_id", "uuid")),
)
"""The written months of who was at home in the organisations `within` on the month's first day. Binds: `within`, and
`since`, `until` and `member` or None."""
