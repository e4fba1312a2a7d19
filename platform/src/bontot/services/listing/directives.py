"""Superiors' documents to be answered."""

from __future__ import annotations

from bontot.services.listing import Key, Listing, between, of_place, same

DIRECTIVES = Listing(
    columns="""d.public_id AS id, o.public_id AS organisation, d.number, d.subject, d.due_on, d.answered_on, d.result,
       d.document, d.submission, d.handed_on, d.version""",
    source=f"""
FROM directive d {of_place("d", between("d.due_on") + same("d.public_id", "one", "uuid"))}
  AND (CAST(:answered AS boolean) IS NULL OR (d.answered_on IS NOT NULL) = :answered)""",
    keys=(Key("d.due_on", "date"), Key("d.public_id", "uuid")),
)
"""By the day they are due. Binds: `within`, and `since`, `until`, `answered` and `one` (a public id) or None."""
