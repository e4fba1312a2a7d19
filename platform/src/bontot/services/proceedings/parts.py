"""The parts that are lists: guests, opinions, votes."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, ClassVar, Generic, TypeVar

from sqlalchemy import delete, select

from bontot.db.base import TenantTable
from bontot.db.models import Attendance, Meeting, MeetingGuest, MeetingVote, Statement
from bontot.db.models.meeting import LATE, PRESENT, VOTES
from bontot.db.rolls import required_at, voting_at
from bontot.db.tenancy import TenantSession
from bontot.errors import InvalidInput, noting, refuse_noted
from bontot.evaluation.incremental import mark
from bontot.services.proceedings.entries import Guest, Opinion, Vote
from bontot.text import PARAGRAPH, clean

E = TypeVar("E")
MOST = 200
"""Rows a list of one meeting may have (safety rule 24)."""


def line(value: str, field: str, demanded: str = "") -> str:
    """One line as it is kept; `demanded` is what is said where nothing was written. Raises InvalidInput."""
    return _demanded(clean(value, field=field), field, demanded)


def paragraph(value: str, field: str, demanded: str = "") -> str:
    """Several lines as they are kept. Raises InvalidInput."""
    return _demanded(clean(value, longest=PARAGRAPH, lines=True, field=field), field, demanded)


def _demanded(text: str, field: str, sentence: str) -> str:
    if not text and sentence:
        raise InvalidInput(sentence, field)
    return text


class ListPart(ABC, Generic[E]):
    """A part whose rows are those of one table with a `meeting_id`."""

    key: ClassVar[str]
    table: ClassVar[type[Any]]
    order: ClassVar[tuple[Any, ...]]
    counted: ClassVar[tuple[type[TenantTable], ...]] = ()
    """The tables a count of the plans reads."""

    @abstractmethod
    def entry(self, row: Any) -> E:  # noqa: ANN401 - a row of `table`
        """What a row says."""

    @abstractmethod
    def fill(self, row: Any, entry: E) -> None:  # noqa: ANN401
        """Writes what an entry says into a row."""

    def known(self, _: Meeting) -> dict[str, Any]:
        """What a new row says besides its entry."""
        return {}

    def read(self, session: TenantSession, meeting: Meeting) -> dict[int, E]:
        """The rows in their order."""
        return self.read_all(session, [meeting.id])[meeting.id]

    def read_all(self, session: TenantSession, meeting_ids: Sequence[int]) -> dict[int, dict[int, E]]:
        """The rows of several meetings, each in their order; in a fixed number of statements."""
        found: dict[int, dict[int, E]] = {id_: {} for id_ in meeting_ids}
        rows = select(self.table).where(self.table.meeting_id.in_(meeting_ids)).order_by(*self.order)
        for row in session.scalars(rows):
            found[row.meeting_id][row.id] = self.entry(row)
        return found

    def write(self, session: TenantSession, meeting: Meeting, entry: E, number: int | None) -> int:
        """Writes a row; a list has at most two hundred."""
        if number is None:
            if len(self.read(session, meeting)) >= MOST:
                raise InvalidInput(f"Mỗi buổi ghi tối đa {MOST} mục.")
            row = self.table(meeting_id=meeting.id, **self.known(meeting))
            self.fill(row, entry)
            session.add(row)
        else:
            row = session.get_one(self.table, (session.tenant_id, number))
            self.fill(row, entry)
        session.flush()
        written: int = row.id
        return written

    def remove(self, session: TenantSession, _: Meeting, number: int) -> None:
        """Takes a row away."""
        session.execute(delete(self.table).where(self.table.id == number))

    def stale(self, session: TenantSession, meeting: Meeting, *_: E) -> None:
        """Marks the cell where a count reads the table."""
        if self.counted:
            mark(session, meeting.organisation_id, meeting.year, *self.counted)


class GuestPart(ListPart[Guest]):
    """Guests, the superior's member charged with the cell first."""

    key = "guest"
    table = MeetingGuest
    order = (MeetingGuest.assigned.desc(), MeetingGuest.id)

    def entry(self, row: MeetingGuest) -> Guest:
        return Guest(name=row.name, post=row.post or "", assigned=row.assigned, remark=row.remark or "")

    def fill(self, row: MeetingGuest, entry: Guest) -> None:
        row.name, row.post = entry.name, entry.post or None
        row.assigned, row.remark = entry.assigned, entry.remark or None

    def checked(self, _: TenantSession, __: Meeting, entry: Guest, ___: int | None) -> Guest:
        errors: dict[str, str] = {}
        with noting(errors):
            entry = replace(entry, name=line(entry.name, "name", "Cần ghi họ tên."))
        with noting(errors):
            entry = replace(entry, post=line(entry.post, "post"))
        with noting(errors):
            entry = replace(entry, remark=paragraph(entry.remark, "remark"))
        refuse_noted(errors)
        return entry


class OpinionPart(ListPart[Opinion]):
    """Who spoke, on what, and the chair's answer."""

    key = "opinion"
    table = Statement
    order = (Statement.position, Statement.id)
    counted = (Statement,)

    def entry(self, row: Statement) -> Opinion:
        return Opinion(
            member_id=row.member_id,
            summary=row.summary or "",
            answer=row.answer or "",
            position=row.position,
        )

    def fill(self, row: Statement, entry: Opinion) -> None:
        row.member_id, row.summary = entry.member_id, entry.summary
        row.answer, row.position = entry.answer or None, entry.position

    def checked(self, session: TenantSession, meeting: Meeting, entry: Opinion, _: int | None) -> Opinion:
        errors: dict[str, str] = {}
        if entry.member_id not in present_at(session, meeting):
            errors["member_id"] = "Xin chọn người phát biểu trong những người có mặt."
        with noting(errors):
            entry = replace(entry, summary=paragraph(entry.summary, "summary", "Cần ghi nội dung ý kiến."))
        with noting(errors):
            entry = replace(entry, answer=paragraph(entry.answer, "answer"))
        if not 0 <= entry.position <= MOST:
            errors["position"] = f"Thứ tự là số từ 1 đến {MOST}."
        refuse_noted(errors)
        if entry.position:
            return entry
        last = max((row.position for row in self.read(session, meeting).values()), default=0)
        return replace(entry, position=min(last + 1, MOST))


def present_at(session: TenantSession, meeting: Meeting) -> frozenset[int]:
    """Who was marked present or late at the meeting; everyone required while nobody is marked."""
    rows = session.execute(
        select(Attendance.member_id, Attendance.mark).where(
            Attendance.year == meeting.year, Attendance.meeting_id == meeting.id
        )
    ).all()
    if not rows:
        return required_at(session, [meeting.id])[meeting.id]
    return frozenset(member for member, given in rows if given in (PRESENT, LATE))


class VotePart(ListPart[Vote]):
    """Votes, in totals only."""

    key = "vote"
    table = MeetingVote
    order = (MeetingVote.id,)

    def entry(self, row: MeetingVote) -> Vote:
        return Vote(
            about=row.about,
            subject=row.subject or "",
            votes_for=row.votes_for,
            votes_against=row.votes_against,
            votes_other=row.votes_other,
            entitled=row.entitled,
        )

    def fill(self, row: MeetingVote, entry: Vote) -> None:
        row.about, row.subject, row.entitled = entry.about, entry.subject or None, entry.entitled
        row.votes_for, row.votes_against = entry.votes_for, entry.votes_against
        row.votes_other = entry.votes_other

    def checked(self, session: TenantSession, meeting: Meeting, entry: Vote, _: int | None) -> Vote:
        voting = voting_at(session, [meeting.id])[meeting.id]
        entitled, present = len(voting), len(voting & present_at(session, meeting))
        errors: dict[str, str] = {}
        if entry.about not in VOTES:
            errors["about"] = "Xin chọn việc được biểu quyết."
        asked = "Cần ghi biểu quyết về việc gì." if entry.about == "other" else ""
        with noting(errors):
            entry = replace(entry, subject=line(entry.subject, "subject", asked), entitled=entitled)
        if said := _totals_refused((entry.votes_for, entry.votes_against, entry.votes_other), present):
            errors["votes_for"] = said
        refuse_noted(errors)
        return entry


def _totals_refused(cast: tuple[int, int, int], present: int) -> str:
    """Why the totals of a vote cannot be; empty where they can."""
    if min(cast) < 0:
        return "Số người không thể âm."
    if not sum(cast):
        return "Cần ghi số người tán thành, không tán thành hoặc có ý kiến khác."
    if sum(cast) > present:
        return (
            f"Cộng lại là {sum(cast)} người, nhiều hơn {present} đảng viên được biểu quyết có mặt ở buổi này."
        )
    return ""
