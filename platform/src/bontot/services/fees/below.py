"""Which cells stood below a body, and when: what is taken, owed and passed on belongs to whoever was above on its day
(decision 0030)."""

from __future__ import annotations

from bontot.db.models.organisation import CELL_TYPES

_DEEPEST = 20
_SINCE = """CASE WHEN EXISTS (
    SELECT FROM organisation_period AS q WHERE q.organisation_id = p.organisation_id AND q.valid_from < p.valid_from
) THEN p.valid_from ELSE '-infinity' END"""
_UNTIL = """CASE WHEN EXISTS (
    SELECT FROM organisation_period AS q WHERE q.organisation_id = p.organisation_id AND q.valid_from > p.valid_from
) THEN p.valid_to ELSE 'infinity' END"""

BELOW = f"""
WITH RECURSIVE below AS (
    SELECT p.organisation_id AS top_id, p.organisation_id AS id, CAST(NULL AS bigint) AS above_id, p.name, p.type,
           p.sector, p.valid_from, p.valid_to, {_SINCE} AS since, {_UNTIL} AS until, CAST(ARRAY[] AS text[]) AS place
    FROM organisation_period AS p WHERE p.organisation_id = ANY(:tops)
    UNION ALL
    SELECT below.top_id, p.organisation_id, below.id, p.name, p.type, p.sector, p.valid_from, p.valid_to,
           greatest(below.since, {_SINCE}), least(below.until, {_UNTIL}), below.place || p.sort_key
    FROM below JOIN organisation_period AS p ON p.parent_id = below.id
    WHERE {_SINCE} < least(below.until, :until) AND {_UNTIL} > greatest(below.since, :since)
      AND cardinality(below.place) < {_DEEPEST}
), cells AS (
    SELECT * FROM below WHERE type IN ({", ".join(f"'{kind}'" for kind in CELL_TYPES)})
)
"""
"""The table `cells`: of each of `:tops` (as `top_id`) the cell itself, or the cells that stood below the body, a row for
each stretch `[since, until)` that reaches into `[:since, :until)`, with its own name, type and sector of that time, the body
directly above and its `place` in the order of the tree. What an organisation was first counts for the days before it, and
what it was last for those after: money of a cell that has ended counts with the body it ended below."""
