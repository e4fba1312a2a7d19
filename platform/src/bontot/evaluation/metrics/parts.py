"""Pieces of SQL that several metrics are made of."""

from __future__ import annotations

from bontot.db.models.organisation import CELL_TYPES
from bontot.db.rolls import headcount, holds_on
from bontot.evaluation.narrowing import wanted


def in_period(day: str) -> str:
    """The condition that a day lies in the evaluated period."""
    return f"({day} >= :period_from AND {day} < :period_to)"


LIFE = f"""
SELECT o.id AS organisation_id, o.founded_on, o.ended_on,
       greatest(o.founded_on, :period_from) AS since, least(o.ended_on, :period_to) AS until
FROM organisation AS o
WHERE o.founded_on < :period_to AND (o.ended_on IS NULL OR o.ended_on > :period_from) AND {wanted("o.id")}
"""
"""Organisations that existed in the period, with the half-open days `since` to `until` in which they did."""

HELD = f"""
SELECT m.* FROM meeting AS m WHERE {in_period("m.held_on")} AND {wanted("m.organisation_id")}
"""
"""Meetings held in the period."""

REQUIRED_MONTHS = f"""
SELECT * FROM unnest(CAST(:organisations AS bigint[]), CAST(:months AS date[]), CAST(:planned AS date[]),
                     CAST(:earliest AS date[]), CAST(:deadlines AS date[]))
         AS required (organisation_id, month, planned, earliest, deadline)
WHERE {wanted("organisation_id")}
"""
"""The months of `Facts.required_months`."""

FIRST_REGULAR = f"""
SELECT DISTINCT ON (organisation_id, held_on - (extract(day FROM held_on)::integer - 1))
       organisation_id, held_on - (extract(day FROM held_on)::integer - 1) AS month, id, held_on, self_score_band
FROM ({HELD}) AS held WHERE kind = 'regular'
ORDER BY organisation_id, held_on - (extract(day FROM held_on)::integer - 1), held_on, id
"""
"""The first regular meeting held in each month of each cell: the one the calendar looks at."""

THEMATIC = f"""
SELECT life.organisation_id, opens, closes, count(m.id) AS held, min(m.id) AS id
FROM ({LIFE}) AS life
JOIN (SELECT CAST(q AS date) AS opens, CAST(q + interval '3 months' AS date) AS closes
      FROM generate_series(date_trunc('quarter', CAST(:period_from AS timestamp)), CAST(:last_day AS timestamp),
                           interval '3 months') AS q
     ) AS quarter ON opens >= :period_from AND founded_on <= opens AND (ended_on IS NULL OR closes <= ended_on)
LEFT JOIN meeting AS m ON m.organisation_id = life.organisation_id AND m.held_on >= opens AND m.held_on < closes
     AND m.held_on < :period_to AND (m.kind = 'thematic' OR (m.kind = 'regular' AND m.thematic_topic IS NOT NULL))
GROUP BY life.organisation_id, opens, closes
"""
"""The quarters begun by `:last_day` through all of which each cell exists, with how many thematic meetings it held in them,
and one of these; a regular meeting with a thematic part of its own topic is one."""

MONTH_OVER = "CAST(month + interval '1 month' AS date) <= :due_before"

ON_ROLL = f"""
SELECT * FROM ({headcount(":last_day")}) AS roll WHERE {wanted("roll.organisation_id")}
"""
"""Members on the roll of their home cell on the last day of the period."""


def home_that_day(member: str, day: str) -> str:
    """A join to the home membership of `member` on `day`, as `home`."""
    return f"JOIN membership AS home ON home.member_id = {member} AND home.kind = 'home' AND {holds_on('home', day)}"


CELLS_BELOW = f"""
WITH RECURSIVE below AS (
    SELECT op.parent_id AS top, op.organisation_id, op.type FROM organisation_period AS op
    WHERE op.parent_id IS NOT NULL AND {holds_on("op", ":last_day")} AND {wanted("op.parent_id")}
    UNION
    SELECT below.top, op.organisation_id, op.type FROM below
    JOIN organisation_period AS op ON op.parent_id = below.organisation_id AND {holds_on("op", ":last_day")}
)
SELECT below.top, below.organisation_id FROM below
JOIN organisation AS o ON o.id = below.organisation_id AND (o.ended_on IS NULL OR o.ended_on > :last_day)
WHERE below.type IN ({", ".join(f"'{cell}'" for cell in CELL_TYPES)})
"""
"""`(top, cell)` for every cell below an organisation asked for that exists on the last day of the period."""
