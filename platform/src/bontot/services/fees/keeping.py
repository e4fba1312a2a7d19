"""In whose ledger a member's month stands, once the cell it began in has ended (decision 0030).

A month is of the cell where the member was at home on its first day. Of a cell that is no more, what was not written, or not
paid in full, stands with the member's next home that still is, and stays there once that cell has taken money for it. So a
month of a member stands in one ledger, whoever asks.
"""

from __future__ import annotations

HEIR = """
LEFT JOIN LATERAL (
    SELECT later.organisation_id, later.valid_from AS since
    FROM organisation AS past
    JOIN membership AS later ON later.member_id = s.member_id AND later.kind = 'home' AND later.valid_from > s.valid_from
    JOIN organisation AS place ON place.id = later.organisation_id AND place.ended_on IS NULL
    WHERE past.id = s.organisation_id AND past.ended_on IS NOT NULL
      AND (f.member_id IS NULL OR (f.paid < f.due AND NOT f.exempt) OR EXISTS (
          SELECT FROM fee_payment AS taken WHERE taken.member_id = f.member_id AND taken.month = f.month
            AND taken.organisation_id = later.organisation_id))
    ORDER BY later.valid_from LIMIT 1
) AS heir ON true
"""
"""A join from `s`, the home membership on a month's first day, and `f`, the line of that month or nulls: the cell the month
was handed on to, and since when; nulls where it stands with the home of its first day."""
KEEPER = "coalesce(heir.organisation_id, s.organisation_id)"
"""In whose ledger a month stands, after `HEIR`."""
EVER_THERE = (
    "s.member_id IN (SELECT member_id FROM membership WHERE organisation_id = :cell AND kind = 'home')"
)
"""The condition that narrows `s` to whoever may stand in a ledger of `:cell`, by the index of its memberships."""
