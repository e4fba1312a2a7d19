"""Who is due for something that follows from the days of a Party life: official recognition, and badges of Party age."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import text

from bontot.db.rolls import headcount, holds_on
from bontot.db.tenancy import TenantSession
from bontot.evaluation.schedule import read_days_off
from bontot.policy.calendar import DaysOff
from bontot.services.people.events import BADGES

OCCASIONS = ((2, 3), (5, 19), (9, 2), (11, 7))
"""Months and days around which badges are awarded (dossier, rules §4)."""
AHEAD = "2 months"
"""How long before the end of probation somebody is listed."""
TO_REVIEW = 30
"""Working days after the twelve months in which the cell reviews (dossier, rules §4)."""
FAR_ENOUGH = timedelta(days=120)
"""In which that many working days are found, whatever is off."""
LIMIT = 500


@dataclass(frozen=True, slots=True)
class Probationer:
    """A member on probation since `begun`, whose twelve months end on `due` and who is to be reviewed by `limit`; counted
    from the ceremony, or from the admission where no ceremony was recorded."""

    public_id: UUID
    full_name: str
    cell_id: UUID
    cell: str
    begun: date
    due: date
    from_ceremony: bool
    limit: date


@dataclass(frozen=True, slots=True)
class Badge:
    """A member who reaches so many years of Party age on `reached`; `precision` says how well that day is known."""

    public_id: UUID
    full_name: str
    cell_id: UUID
    cell: str
    years: int
    reached: date
    precision: str


_AT_HOME = f"""
({headcount()}) AS roll
JOIN member AS m ON m.id = roll.member_id
JOIN organisation AS o ON o.id = roll.organisation_id
JOIN organisation_period AS p ON p.organisation_id = o.id AND {holds_on("p", ":day")}
"""
_PROBATION = text(f"""
SELECT m.public_id, m.full_name, o.public_id AS cell_id, p.name AS cell, begun, due, from_ceremony
FROM {_AT_HOME}
JOIN LATERAL (
    SELECT coalesce(e.day, m.admission_date) AS begun, e.day IS NOT NULL AS from_ceremony,
           CAST(coalesce(e.day, m.admission_date) + interval '1 year' AS date) AS due
    FROM (SELECT 1) AS one LEFT JOIN member_event AS e ON e.member_id = m.id AND e.kind = 'admission'
) AS probation ON begun IS NOT NULL
WHERE roll.organisation_id = ANY(:within) AND m.official_date IS NULL
  AND due <= CAST(:day AS date) + interval '{AHEAD}'
ORDER BY due, m.sort_key LIMIT {LIMIT}
""")


def probation_due(session: TenantSession, within: frozenset[int], day: date) -> list[Probationer]:
    """Members at home in the organisations whose twelve months are over by two months from `day`, the longest due first,
    at most five hundred."""
    rows = session.execute(_PROBATION, {"within": list(within), "day": day}).all()
    if not rows:
        return []
    last = rows[-1].due + FAR_ENOUGH
    days_off = DaysOff(read_days_off(session, rows[0].due, last))
    return [Probationer(**row._asdict(), limit=days_off.working_day(row.due, TO_REVIEW)) for row in rows]


def occasions(day: date) -> tuple[date, ...]:
    """The next four days around which badges are awarded, the first on or after `day`, after the one before them."""
    days = [
        date(year, month, of) for year in (day.year - 1, day.year, day.year + 1) for month, of in OCCASIONS
    ]
    first = next(place for place, one in enumerate(days) if one >= day)
    return tuple(days[first - 1 : first + 4])


_BADGES = text(f"""
SELECT m.public_id, m.full_name, o.public_id, p.name, badge, reached, m.admission_precision
FROM {_AT_HOME}
CROSS JOIN unnest(CAST(:badges AS integer[])) AS badge
CROSS JOIN LATERAL (SELECT CAST(m.admission_date + make_interval(years => badge) AS date) AS reached) AS age
WHERE roll.organisation_id = ANY(:within) AND reached > :since AND reached <= :until
  AND NOT EXISTS (
    SELECT FROM member_event AS e
    WHERE e.member_id = m.id AND e.kind = 'party_badge' AND e.entry ->> 'chosen' = CAST(badge AS text))
ORDER BY reached, m.sort_key LIMIT {LIMIT}
""")


def badges_due(
    session: TenantSession, within: frozenset[int], day: date, since: date, until: date
) -> list[Badge]:
    """The members at home in the organisations on `day` who reach a badge after `since` and by `until`, those recorded as
    awarded left out, at most five hundred; Party age counts from the admission decision."""
    binds = {"within": list(within), "day": day, "badges": list(BADGES), "since": since, "until": until}
    return [Badge(*row) for row in session.execute(_BADGES, binds)]


def party_age(admission: date, day: date) -> int:
    """Whole years from the admission decision to a day."""
    return day.year - admission.year - ((day.month, day.day) < (admission.month, admission.day))
