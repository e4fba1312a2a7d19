"""Members on a day, and where they belonged through time."""

from __future__ import annotations

from bontot.db.rolls import holds_on
from bontot.db.statements import within
from bontot.services.listing import Key, Listing

MEMBERS = Listing(
    columns=f"""m.public_id AS id, m.full_name, CAST(extract(year FROM m.birth_date) AS integer) AS birth_year,
       coalesce(m.official_date <= :day, false) AS official, m.employment, o.public_id AS organisation,
       ARRAY(SELECT st.kind FROM member_state st WHERE st.member_id = m.id AND {holds_on("st", ":day")}
             ORDER BY 1) AS states""",
    source=f"""
FROM membership s
JOIN member m ON m.id = s.member_id AND (m.ended_on IS NULL OR :day < m.ended_on)
JOIN organisation o ON o.id = s.organisation_id
WHERE s.kind = 'home' AND {holds_on("s", ":day")} AND {within("s.organisation_id")}
  AND (:words = '' OR strpos(' ' || m.search_key, ' ' || :words) > 0)""",
    keys=(Key("m.public_id", "uuid"),),
)
"""Who is at home in the organisations `within` on `day`; `words` without accents, or "". Not by name: a place in the list
stands in addresses, which are written into logs."""

MEMBERSHIPS = Listing(
    columns="""m.public_id AS member, o.public_id AS organisation, s.kind, s.valid_from,
       CASE WHEN s.valid_to <= :day THEN s.valid_to END AS valid_to, s.document""",
    source=f"""
FROM membership s
JOIN member m ON m.id = s.member_id
JOIN organisation o ON o.id = s.organisation_id
WHERE {within("s.organisation_id")} AND s.valid_from <= :day
  AND (CAST(:member AS bigint) IS NULL OR s.member_id = :member)""",
    keys=(
        Key("s.valid_from", "date"),
        Key("m.public_id", "uuid"),
        Key("o.public_id", "uuid"),
        Key("s.kind", "text"),
    ),
)
"""What had begun by `day` in the organisations `within`, as it was known then; of one `member`, or of all (None)."""
