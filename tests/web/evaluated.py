"""A small committee with a year of records and its evaluation under the example plan.

Cell 1: two meetings, 17 of 20 present (three excused at the second): exactly 85 %. Cell 2: 16 of 20, four without a reason.
The discussion is judged well in cell 1 and not at all in cell 2.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from uuid import UUID

from sqlalchemy import Engine

from bontot.access import Role
from bontot.db.models import Judgment
from bontot.db.models.meeting import ABSENT_EXCUSED, ABSENT_UNEXCUSED, PRESENT
from bontot.db.tenancy import TenantSession, scope
from bontot.evaluation.runs import RunHeader
from bontot.evaluation.whole import evaluate
from bontot.services.meetings import Mark, MeetingEntry, record_meeting, roll
from tests.factories import GIVEN, Committee, make_committee
from tests.sample_plans import PLAN, judging_registry

YEAR = 2023
AS_OF = date(2023, 12, 31)
REGISTRY = judging_registry()


def evaluated(engine: Engine, code: str, marker: str = "nhà", *, members: int = 10) -> Committee:
    """The committee with its records; not yet judged."""
    committee = make_committee(engine, code, marker, members=members, policy=PLAN)
    with scope(engine, committee.tenant_id) as session:
        hold(session, committee, 0, date(2023, 2, 3), {})
        hold(session, committee, 0, date(2023, 3, 3), dict.fromkeys(range(3), ABSENT_EXCUSED))
        hold(session, committee, 1, date(2023, 2, 3), {})
        hold(session, committee, 1, date(2023, 3, 3), dict.fromkeys(range(4), ABSENT_UNEXCUSED))
        session.add(
            Judgment(
                criterion="vidu.cell.discussion",
                organisation_id=committee.cells[0].id,
                year=YEAR,
                stage="appraisal",
                verdict="met",
                judged_by=f"Đảng ủy {marker}",
                judged_on=date(2023, 12, 10),
            )
        )
    return committee


def hold(
    session: TenantSession, committee: Committee, cell: int, day: date, absent: Mapping[int, int]
) -> UUID:
    """Records a regular meeting; `absent` is `{place in the cell: mark}`."""
    ids = [member_id for member_id, _ in committee.cells[cell].members]
    marks = {line.member_id: Mark(PRESENT) for line in roll(session, committee.cells[cell].id, day)}
    marks |= {
        ids[place]: Mark(mark, "bận" if mark == ABSENT_EXCUSED else None) for place, mark in absent.items()
    }
    entry = MeetingEntry(kind="regular", held_on=day, marks=marks)
    return record_meeting(
        session, committee.actor(Role.TENANT_ADMIN), committee.cells[cell].id, entry
    ).public_id


def judged(committee: Committee, by: str = "Quản trị") -> RunHeader:
    """Evaluates the year and stores it."""
    with scope(committee.engine, committee.tenant_id) as session:
        [header] = evaluate(session, REGISTRY, year=YEAR, as_of=AS_OF, by=by)
    return header


def names(places: Iterable[int], marker: str = "nhà") -> list[str]:
    """Full names of members by place in a cell."""
    return [f"Nguyễn {marker} {GIVEN[place]}" for place in places]
