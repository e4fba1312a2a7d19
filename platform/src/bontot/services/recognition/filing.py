"""The days of the recognition before the year is evaluated: no title stands yet, but its days run."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import text

from bontot.db.rolls import holds_on
from bontot.db.tenancy import TenantSession
from bontot.evaluation.runs import current_runs
from bontot.evaluation.values import read_values
from bontot.registry import Registry
from bontot.services.recognition.titles import steps_of

_PLANS = text(f"""
WITH RECURSIVE up AS (
    SELECT CAST(:place AS bigint) AS id, 0 AS height
    UNION ALL
    SELECT p.parent_id, up.height + 1 FROM up
    JOIN organisation_period p ON p.organisation_id = up.id AND {holds_on("p", ":day")}
    WHERE p.parent_id IS NOT NULL AND up.height < 12
)
SELECT a.policy_code FROM policy_assignment a LEFT JOIN up ON up.id = a.organisation_id
WHERE {holds_on("a", ":day")} AND (up.id IS NOT NULL OR CAST(:place AS bigint) IS NULL)
ORDER BY up.height, a.policy_code
""")


@dataclass(frozen=True, slots=True)
class Filing:
    """The next day of a plan's recognition: what is due then, for which titles."""

    due: date
    label: str
    titles: tuple[str, ...]


def filing_days(
    session: TenantSession, registry: Registry, place: int | None, year: int, today: date
) -> list[Filing]:
    """Of the plan that governs a place (without one, of every plan in force) the next step of a year that it has not been
    evaluated for, by day. A plan whose plugin is missing has none."""
    assigned = list(dict.fromkeys(session.scalars(_PLANS, {"place": place, "day": today})))
    codes = assigned[:1] if place is not None else assigned
    evaluated = {header.now.rules.policy for header in current_runs(session, year)}
    values = read_values(session, registry)
    found: dict[tuple[date, str], list[str]] = {}
    for code in codes:
        if code in evaluated or code not in registry.policies:
            continue
        policy = registry.policy(code)
        held = values.on(code, max(today, policy.in_force_from))
        names = {scheme.key: scheme.title for scheme in policy.schemes if scheme.title}
        for one in policy.recognitions:
            coming = [term for term in steps_of(one, held, year) if term.due and term.due >= today]
            if coming and one.scheme in names:
                first = min(coming, key=lambda term: (term.due or date.max, term.number))
                found.setdefault((first.due or date.max, first.step.label), []).append(names[one.scheme])
    return [Filing(due, label, tuple(titles)) for (due, label), titles in sorted(found.items())]
