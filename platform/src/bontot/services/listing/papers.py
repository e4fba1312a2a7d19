"""Papers that were issued."""

from __future__ import annotations

from bontot.services.listing import Key, Listing, between, of_place, same

PAPERS = Listing(
    columns="""i.public_id AS id, o.public_id AS organisation, i.kind, i.about, i.number, i.symbol, i.sign, i.term, i.name,
       i.dated_on, i.signer, before.public_id AS corrects, i.issued_by, i.issued_at, i.cancelled_on, i.cancelled_for,
       i.cancelled_by""",
    source=f"""
FROM issued_paper i
LEFT JOIN issued_paper before ON before.id = i.corrects_id
{of_place("i", between("i.dated_on") + same("i.kind", "kind") + same("i.public_id", "one", "uuid"))}""",
    keys=(Key("i.dated_on", "date"), Key("i.public_id", "uuid")),
    descending=True,
)
"""The latest first. Binds: `within`, and `since`, `until`, `kind` and `one` (a public id) or None."""
