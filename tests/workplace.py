"""A cell at work in one transaction that is never kept: what tests of a meeting's record begin from."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time
from typing import Any

from bontot.access import Role
from bontot.db.models import Meeting
from bontot.db.models.meeting import ABSENT_EXCUSED, ABSENT_UNEXCUSED, LATE, PRESENT
from bontot.db.tenancy import TenantSession
from bontot.registry import Registry
from bontot.services.meetings import (
    Mark,
    MeetingEntry,
    change_meeting,
    record_meeting,
    view,
)
from bontot.services.proceedings import handing_over
from bontot.services.proceedings.amending import Part, put, remove, version_of
from bontot.services.proceedings.entries import (
    Head,
)
from bontot.services.proceedings.reading import (
    HEAD,
)
from tests.factories import Committee

HELD, BEFORE = date(2026, 4, 3), date(2026, 3, 3)
REGISTRY = Registry.load()


class Workplace:
    """One transaction in a committee, with its secretary, its ward and the first cell's members."""

    def __init__(self, committee: Committee, session: TenantSession) -> None:
        self.committee, self.session = committee, session
        self.secretary = committee.actor(Role.CELL_SECRETARY)
        self.ward = committee.actor(Role.COMMITTEE)
        self.ids = [member_id for member_id, _ in committee.cells[0].members]

    def meeting(self, day: date = HELD) -> Meeting:
        """A meeting with everyone present but the seventh excused, the eighth not, the ninth late, the tenth unmarked."""
        special = {6: Mark(ABSENT_EXCUSED, "ốm"), 7: Mark(ABSENT_UNEXCUSED), 8: Mark(LATE)}
        given = {member: special.get(place, Mark(PRESENT)) for place, member in enumerate(self.ids[:9])}
        said = MeetingEntry(
            kind="regular", held_on=day, marks=given, starts_at=time(19, 30), place="Nhà văn hóa"
        )
        return record_meeting(self.session, self.secretary, self.committee.cells[0].id, said)

    def put(self, meeting: Meeting, part: Part[Any], entry: object, **given: Any) -> int:
        return put(self.session, self.secretary, meeting.id, part, entry, **given)

    def change(self, meeting: Meeting, part: Part[Any], number: int, entry: object, **given: Any) -> int:
        """Over what stands now."""
        version = version_of(part.read(self.session, meeting)[number])
        return self.put(meeting, part, entry, number=number, version=version, **given)

    def remove(self, meeting: Meeting, part: Part[Any], number: int, **given: Any) -> None:
        version = version_of(part.read(self.session, meeting)[number])
        remove(self.session, self.secretary, meeting.id, part, number, version=version, **given)

    def marks(self, meeting: Meeting) -> dict[int, Mark]:
        return dict(view(self.session, meeting.id).entry.marks)

    def lead(self, meeting: Meeting) -> None:
        head = Head(chair_id=self.ids[0], minute_taker_id=self.ids[1], ends_at=time(21, 5))
        self.change(meeting, HEAD, 0, head)

    def close(self, meeting: Meeting) -> None:
        self.lead(meeting)
        handing_over.close(self.session, self.secretary, meeting.id, meeting.version)


def correct(work: Workplace, meeting: Meeting, **changes: Any) -> None:
    entry = replace(view(work.session, meeting.id).entry, **changes)
    change_meeting(work.session, work.secretary, REGISTRY, meeting.id, meeting.version, entry, "ghi nhầm")
