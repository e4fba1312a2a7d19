"""How many may be recognised, where a plan sets a quota, and under whom more are eligible than that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import text

from bontot.db.rolls import holds_on
from bontot.db.tenancy import TenantSession
from bontot.evaluation.period import Period
from bontot.evaluation.rules import Figure
from bontot.evaluation.runs import STANDING, RunHeader
from bontot.policy.terms import Outcome, Subject, Unit


@dataclass(frozen=True, slots=True)
class Overfull:
    """A superior under whom more subjects earn the title than the plan lets it recognise."""

    superior: str
    eligible: int
    judged: int
    most: int


_BELOW = {
    Subject.MEMBER: f"""
        SELECT v.subject_id, v.outcome, p.parent_id FROM {{verdicts}} AS v
        JOIN membership AS h ON h.member_id = v.subject_id AND h.kind = 'home' AND {holds_on("h", ":day")}
        JOIN organisation_period AS p ON p.organisation_id = h.organisation_id AND {holds_on("p", ":day")}""",
    Subject.CELL: f"""
        SELECT v.subject_id, v.outcome, p.parent_id FROM {{verdicts}} AS v
        JOIN organisation_period AS p ON p.organisation_id = v.subject_id AND {holds_on("p", ":day")}""",
}


def over_quota(
    session: TenantSession, header: RunHeader, scheme: int, among: Sequence[int] | None
) -> list[Overfull]:
    """The superiors over the plan's quota in a stored run, by name; of the subjects `among` where given. Empty without a
    quota in force. Whoever is not considered any more counts on neither side."""
    rules = header.rules.schemes[scheme]
    quota = rules.quota
    if quota is None or quota.value is None:
        return []
    below = _BELOW.get(rules.subject, _BELOW[Subject.CELL])
    below = below.replace("{verdicts}", STANDING if header.standing else "verdict")
    rows = session.execute(
        text(f"""
SELECT place.name, count(*) FILTER (WHERE one.outcome = {Outcome.MET:d}), count(*)
FROM ({below}
      WHERE v.run_id = :run AND v.scheme = :scheme AND v.outcome <> {Outcome.NOT_APPLICABLE:d}
        AND (CAST(:among AS bigint[]) IS NULL OR v.subject_id = ANY(CAST(:among AS bigint[])))) AS one
JOIN organisation_period AS place ON place.organisation_id = one.parent_id AND {holds_on("place", ":day")}
GROUP BY place.organisation_id, place.name, place.sort_key ORDER BY place.sort_key"""),
        {
            "run": header.id,
            "scheme": scheme,
            "among": None if among is None else list(among),
            "day": Period(header.rules.year, header.rules.as_of).last_day,
        },
    )
    found = [Overfull(name, eligible, judged, most_of(quota, judged)) for name, eligible, judged in rows]
    return [one for one in found if one.eligible > one.most]


def most_of(quota: Figure, judged: int) -> int:
    """The most a quota allows of so many judged: a number, or a percentage of them; a part of a subject does not count."""
    value = quota.value or 0
    return int(value * judged / 100) if quota.unit is Unit.PERCENT else int(value)
