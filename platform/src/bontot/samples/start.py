"""The start of the next year as a committee would find it: opened, one cell's pledge confirmed, another's waiting, and two
members of a third."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import text

from bontot.access import Actor
from bontot.clock import today
from bontot.db.rolls import headcount
from bontot.db.tenancy import TenantSession
from bontot.errors import PluginUnavailable
from bontot.policy.terms import Subject
from bontot.registry import Registry
from bontot.services import pledges, year_start
from bontot.services.judgment_rules import JudgedSubject

DOCUMENT = "Kế hoạch minh hoạ 21-KH/{}"
FIRST_MONTH = 10
"""Before October nobody pledges for the next year."""
_ROLL = text(f"SELECT member_id FROM ({headcount()}) AS h WHERE organisation_id = :cell ORDER BY 1 LIMIT 2")


def begin_next_year(
    session: TenantSession,
    registry: Registry,
    actor: Actor,
    symbol: str,
    members_of: int,
    cells: Sequence[int],
    confirming: tuple[Actor, str] | None = None,
) -> None:
    """Opens the next year, once, by a plan of the committee that signs with `symbol`, and signs for the `cells` and for two
    members of the cell `members_of`; a superior and the organisation it speaks for confirm the first cell's."""
    day = today(session)
    year = day.year + 1
    if day.month < FIRST_MONTH or year_start.opening(session, year) is not None:
        return
    year_start.open_year(session, actor, year, date(year, 2, 28), DOCUMENT.format(symbol))
    members = session.scalars(_ROLL, {"cell": members_of, "day": day}).all()
    subjects = [JudgedSubject(id=cell, of_member=False, place_id=cell, is_cell=True) for cell in cells]
    subjects += [JudgedSubject(id=member, of_member=True, place_id=members_of) for member in members]
    for subject in subjects:
        _sign(session, registry, actor, subject, year)
    if confirming and pledges.pledge_of(session, subjects[0], year) is not None:
        superior, called = confirming
        pledges.confirm(session, superior, subjects[0], year, 1, called)


def _sign(
    session: TenantSession, registry: Registry, actor: Actor, subject: JudgedSubject, year: int
) -> None:
    """As the plan offers it."""
    kind = Subject.MEMBER if subject.of_member else Subject.CELL
    try:
        asked = pledges.asked_pledge(session, registry, subject.place_id or 0, year, kind)
    except PluginUnavailable:
        return
    if asked is not None:
        promises = {line.criterion: line.offered for line in asked.lines}
        entry = pledges.PledgeEntry(signed_on=today(session), promises=promises)
        pledges.sign(session, actor, subject, year, asked, entry, 0)
