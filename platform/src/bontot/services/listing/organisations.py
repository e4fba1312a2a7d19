"""Organisations on a day."""

from __future__ import annotations

from bontot.db.rolls import holds_on
from bontot.db.statements import within
from bontot.services.listing import Key, Listing

ORGANISATIONS = Listing(
    columns=f"""o.public_id AS id, p.name, p.code, p.type, p.sector,
       CASE WHEN {within("p.parent_id")} THEN above.public_id END AS parent,
       o.founded_on, CASE WHEN o.ended_on <= :today THEN o.ended_on END AS ended_on, o.paper_place""",
    source=f"""
FROM organisation o
JOIN organisation_period p ON p.organisation_id = o.id AND {holds_on("p", ":day")}
     AND o.founded_on <= :day AND (o.ended_on IS NULL OR :day < o.ended_on)
LEFT JOIN organisation above ON above.id = p.parent_id
WHERE {within("o.id")}
  AND (CAST(:type AS text) IS NULL OR p.type = :type)
  AND (CAST(:parent AS bigint) IS NULL OR p.parent_id = :parent)
  AND (CAST(:only AS bigint) IS NULL OR o.id = :only)""",
    keys=(Key('p.sort_key COLLATE "C"', "text"), Key("o.public_id", "uuid")),
)
"""Binds: `within`, `day`, `today`, and `type`, `parent` and `only` (the ids of one) or None."""
