"""Further sittings of a meeting: who comes to one is present at the meeting, which counts on the day it opened.

The roll keeps one mark a member, that of the whole meeting. A sitting keeps whose mark it turned, and what that was, so that
it can be taken back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from sqlalchemy import delete, select, text, update
from sqlalchemy.dialects.postgresql import insert

from bontot.clock import today
from bontot.db.models import Attendance, Meeting, Sitting, SittingPresence
from bontot.db.models.meeting import LATE, PRESENT
from bontot.db.rolls import required_at
from bontot.db.tenancy import TenantSession
from bontot.errors import InvalidInput, noting, refuse_noted
from bontot.evaluation.incremental import mark
from bontot.services.proceedings.entries import FurtherSitting
from bontot.services.proceedings.parts import ListPart, line


class SittingPart(ListPart[FurtherSitting]):
    """The further sittings, by day."""

    key = "sitting"
    table = Sitting
    order = (Sitting.held_on, Sitting.id)

    def read_all(
        self, session: TenantSession, meeting_ids: Sequence[int]
    ) -> dict[int, dict[int, FurtherSitting]]:
        """Each with who came to it first."""
        came: dict[int, set[int]] = {}
        for sitting, member in session.execute(
            select(SittingPresence.sitting_id, SittingPresence.member_id).where(
                SittingPresence.meeting_id.in_(meeting_ids)
            )
        ):
            came.setdefault(sitting, set()).add(member)
        return {
            meeting_id: {
                number: replace(row, came=frozenset(came.get(number, ()))) for number, row in rows.items()
            }
            for meeting_id, rows in super().read_all(session, meeting_ids).items()
        }

    def entry(self, row: Sitting) -> FurtherSitting:
        return FurtherSitting(held_on=row.held_on, place=row.place or "")

    def fill(self, row: Sitting, entry: FurtherSitting) -> None:
        row.held_on, row.place = entry.held_on, entry.place or None

    def checked(
        self, session: TenantSession, meeting: Meeting, entry: FurtherSitting, number: int | None
    ) -> FurtherSitting:
        errors: dict[str, str] = {}
        if not meeting.held_on <= entry.held_on <= today(session):
            opened = meeting.held_on.strftime("%d/%m/%Y")
            errors["held_on"] = f"Buổi họp thêm diễn ra từ ngày {opened} đến hôm nay."
        with noting(errors):
            entry = replace(entry, place=line(entry.place, "place"))
        if not entry.came <= awaited(session, meeting, number):
            errors["came"] = "Xin chọn trong những người chưa dự phần trước. Hãy tải lại trang."
        refuse_noted(errors)
        return entry

    def write(
        self, session: TenantSession, meeting: Meeting, entry: FurtherSitting, number: int | None
    ) -> int:
        """Writes the sitting, and turns the marks of those who came to it."""
        written = super().write(session, meeting, entry, number)
        before = _came(session, written)
        _turn_back(session, meeting, before - entry.came)
        _turn(session, meeting, written, entry.came - before)
        return written

    def remove(self, session: TenantSession, meeting: Meeting, number: int) -> None:
        """Takes the sitting away; the marks are again what they were."""
        _turn_back(session, meeting, _came(session, number))
        super().remove(session, meeting, number)

    def stale(self, session: TenantSession, meeting: Meeting, *changed: FurtherSitting) -> None:
        members = frozenset[int]().union(*(entry.came for entry in changed))
        mark(session, meeting.organisation_id, meeting.year, Attendance, members=members)


def awaited(session: TenantSession, meeting: Meeting, number: int | None) -> frozenset[int]:
    """Who is required and had not come before a new sitting, or sitting `number`."""
    rows = session.execute(
        select(Attendance.member_id).where(
            Attendance.year == meeting.year,
            Attendance.meeting_id == meeting.id,
            Attendance.mark.in_((PRESENT, LATE)),
        )
    )
    came = {member for (member,) in rows} - (_came(session, number) if number is not None else set())
    return required_at(session, [meeting.id])[meeting.id] - came


def _came(session: TenantSession, sitting_id: int) -> set[int]:
    of_sitting = SittingPresence.sitting_id == sitting_id
    return set(session.scalars(select(SittingPresence.member_id).where(of_sitting)))


_KEEP = text("""
INSERT INTO sitting_presence (meeting_id, member_id, sitting_id, mark, reason)
SELECT :meeting, came.member, :sitting, a.mark, a.reason
FROM unnest(CAST(:members AS bigint[])) AS came (member)
LEFT JOIN attendance AS a ON a.year = :year AND a.meeting_id = :meeting AND a.member_id = came.member
""")


def _turn(
    session: TenantSession, meeting: Meeting, sitting_id: int, members: set[int] | frozenset[int]
) -> None:
    if not members:
        return
    binds = {"meeting": meeting.id, "sitting": sitting_id, "year": meeting.year, "members": sorted(members)}
    session.execute(_KEEP, binds)
    rows = [
        {"year": meeting.year, "meeting_id": meeting.id, "member_id": member, "mark": PRESENT}
        for member in sorted(members)
    ]
    session.execute(
        insert(Attendance)
        .values(rows)
        .on_conflict_do_update(
            index_elements=["tenant_id", "year", "meeting_id", "member_id"],
            set_={"mark": PRESENT, "reason": None},
        )
    )


def _turn_back(session: TenantSession, meeting: Meeting, members: set[int] | frozenset[int]) -> None:
    own = (SittingPresence.meeting_id == meeting.id, SittingPresence.member_id.in_(members))
    of_meeting = (Attendance.year == meeting.year, Attendance.meeting_id == meeting.id)
    for row in session.scalars(select(SittingPresence).where(*own)):
        aimed = (*of_meeting, Attendance.member_id == row.member_id)
        if row.mark is None:
            session.execute(delete(Attendance).where(*aimed))
        else:
            session.execute(update(Attendance).where(*aimed).values(mark=row.mark, reason=row.reason))
    session.execute(delete(SittingPresence).where(*own))


_NO_LONGER_PRESENT = text(f"""
DELETE FROM sitting_presence AS p WHERE p.meeting_id = :meeting AND NOT EXISTS (
    SELECT FROM attendance AS a
    WHERE a.year = :year AND a.meeting_id = p.meeting_id AND a.member_id = p.member_id AND a.mark = {PRESENT})
""")


def follow_roll(session: TenantSession, meeting: Meeting) -> None:
    """After the roll of a meeting was corrected: who is no longer marked present came to no sitting."""
    session.execute(_NO_LONGER_PRESENT, {"meeting": meeting.id, "year": meeting.year})


def refuse_before(session: TenantSession, meeting_id: int, held_on: date) -> None:
    """Raises InvalidInput where a meeting would open after one of its further sittings."""
    first = session.scalar(
        select(Sitting.held_on).where(Sitting.meeting_id == meeting_id).order_by(Sitting.held_on).limit(1)
    )
    if first is not None and held_on > first:
        raise InvalidInput(
            f"Buổi này có phần họp thêm ngày {first:%d/%m/%Y}, nên không thể mở sau ngày ấy.", "held_on"
        )
