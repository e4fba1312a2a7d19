"""Who has signed the yearly pledge (bản đăng ký phấn đấu); a cell's covers both titles, so its members' too."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import text
from sqlalchemy.orm import Session

from bontot.db.rolls import holds_on
from bontot.evaluation.period import Period
from bontot.evaluation.rules import SchemeRules
from bontot.policy.terms import Subject

_ORGANISATIONS = text("""
SELECT organisation_id FROM registration WHERE year = :year AND organisation_id = ANY(:ids)
""")
_MEMBERS = text(f"""
SELECT member_id FROM registration WHERE year = :year AND member_id = ANY(:ids)
UNION
SELECT ms.member_id FROM membership AS ms
JOIN registration AS r ON r.organisation_id = ms.organisation_id AND r.year = :year
WHERE ms.member_id = ANY(:ids) AND ms.kind = 'home' AND {holds_on("ms", ":day")}
""")


def unpledged(session: Session, scheme: SchemeRules, ids: Iterable[int], period: Period) -> frozenset[int]:
    """Those of `ids` whose pledge the plan expects and nobody has recorded; nobody where it expects none."""
    asked = frozenset(ids)
    if not scheme.registration_expected or not asked:
        return frozenset()
    binds: dict[str, object] = {"year": period.year, "ids": sorted(asked)}
    if scheme.subject is Subject.MEMBER:
        return asked - frozenset(session.scalars(_MEMBERS, binds | {"day": period.last_day}))
    return asked - frozenset(session.scalars(_ORGANISATIONS, binds))
