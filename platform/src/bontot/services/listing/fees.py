"""Lines of the fee ledger."""

from __future__ import annotations

from bontot.db.rolls import holds_on
from bontot.db.statements import within
from bontot.services.listing import Key, Listing, between, held, of_member, of_place

FEES = Listing(
    columns="""m.public_id AS member, o.public_id AS organisation, f.month, f.due, f.paid, f.paid_on, f.exempt,
       f.group_key AS "group", f.reduction""",
    source=f"""
FROM fee f
JOIN member m ON m.id = f.member_id
JOIN membership s ON s.member_id = m.id AND s.kind = 'home' AND {holds_on("s", "f.month")}
JOIN organisation o ON o.id = s.organisation_id
WHERE {within("s.organisation_id")}
  AND (CAST(:since AS date) IS NULL OR f.month >= :since)
  AND (CAST(:until AS date) IS NULL OR f.month <= :until)
  AND (CAST(:member AS bigint) IS NULL OR f.member_id = :member)""",
    keys=(Key("f.month", "date"), Key("m.public_id", "uuid")),
)
"""The written months of who was at home in the organisations `within` on the month's first day. Binds: `within`, and
`since`, `until` and `member` or None."""

PAYMENTS = Listing(
    columns="""m.public_id AS member, o.public_id AS organisation, p.month, p.amount, p.paid_on, p.channel, p.entered_by,
       p.entered_at""",
    source=f"""
FROM fee_payment p
JOIN member m ON m.id = p.member_id {of_place("p", between("p.paid_on"))}
  AND (CAST(:member AS bigint) IS NULL OR m.id = :member)""",
    keys=(Key("p.paid_on", "date"), Key("p.id", "bigint")),
)
"""By day, as all below. Binds: `within`, `since`, `until`, `member`."""

BASES = Listing(
    columns="""m.public_id AS member, o.public_id AS organisation, b.group_key AS "group", b.figure, b.valid_from,
       b.valid_to, b.entered_by""",
    source=f"FROM fee_basis b {of_member('b', held('b'))}",
    keys=(Key("b.valid_from", "date"), Key("b.id", "bigint")),
)
"""Binds: `within`, `today`, `member`, `as_of`; of `RELIEFS` the same."""

RELIEFS = Listing(
    columns="""r.public_id AS id, m.public_id AS member, o.public_id AS organisation, r.ground, r.percent, r.valid_from,
       r.valid_to, r.document, r.entered_by""",
    source=f"FROM fee_relief r {of_member('r', held('r'))}",
    keys=(Key("r.valid_from", "date"), Key("r.public_id", "uuid")),
)

REMITTANCES = Listing(
    columns="o.public_id AS organisation, r.amount, r.remitted_on, r.document, r.entered_by, r.entered_at",
    source=f"FROM fee_remittance r {of_place('r', between('r.remitted_on'))}",
    keys=(Key("r.remitted_on", "date"), Key("r.id", "bigint")),
)
"""Binds: `within`, `since`, `until`."""

SETTINGS = Listing(
    columns="s.key, s.value, s.valid_from, s.document, s.entered_by, s.entered_at",
    source="FROM fee_setting s WHERE true",
    keys=(Key("s.valid_from", "date"), Key("s.id", "bigint")),
)
"""Figures of the committee's own. No binds."""
