"""A meeting's record whole, in a fixed number of statements: for its page, its minutes and its resolution."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from bontot.db.models import AgendaItem, Meeting, Member
from bontot.db.models.meeting import LATE, PRESENT
from bontot.db.rolls import headcount, holds_on, in_state
from bontot.db.tenancy import TenantSession
from bontot.errors import NotFound
from bontot.services import organisations, tasks
from bontot.services.meetings import MeetingView, RollLine, roll, view
from bontot.services.proceedings.entries import (
    Course,
    FurtherSitting,
    Guest,
    Head,
    Opinion,
    ResolutionText,
    Vote,
)
from bontot.services.proceedings.handing_over import Act, acts_of
from bontot.services.proceedings.items import Earlier, ItemPart, earlier_items
from bontot.services.proceedings.parts import GuestPart, OpinionPart, VotePart
from bontot.services.proceedings.sittings import SittingPart
from bontot.services.proceedings.texts import CoursePart, HeadPart, ResolutionPart
from bontot.services.tasks import TaskLine

HEAD, GUESTS, SITTINGS, OPINIONS = HeadPart(), GuestPart(), SittingPart(), OpinionPart()
VOTES, COURSE, RESOLUTION, ITEMS = VotePart(), CoursePart(), ResolutionPart(), ItemPart()


@dataclass(frozen=True, slots=True)
class Composition:
    """How many belong to a cell on a day, and how many of them in which state."""

    members: int
    official: int
    probationary: int
    temporarily_in: int
    exempt: int
    temporarily_out: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """Everything recorded of a meeting; rows by number, names by member id. The cell and its superior under the names they
    had on the day."""

    meeting: MeetingView
    state: str
    submission: str | None
    self_score: Decimal | None
    cell: str
    superior: str
    superior_type: str
    composition: Composition
    roll: Sequence[RollLine]
    head: Head
    guests: Mapping[int, Guest]
    sittings: Mapping[int, FurtherSitting]
    agenda: Sequence[str]
    earlier: Sequence[Earlier]
    course: Course
    opinions: Mapping[int, Opinion]
    votes: Mapping[int, Vote]
    resolution: ResolutionText | None
    items: Sequence[TaskLine]
    acts: Sequence[Act]
    names: Mapping[int, str]

    @property
    def closed(self) -> bool:
        """Whether it is corrected with a reason only."""
        return self.state == "closed"

    @property
    def present(self) -> Sequence[RollLine]:
        """Who came, by given name."""
        return [line for line in self.roll if self.mark(line) in (PRESENT, LATE)]

    def mark(self, line: RollLine) -> int | None:
        """The mark of somebody on the roll."""
        given = self.meeting.entry.marks.get(line.member_id)
        return given.value if given else None

    @property
    def passed(self) -> Vote | None:
        """The vote on the resolution, the last one taken."""
        return next((vote for vote in [*self.votes.values()][::-1] if vote.about == "resolution"), None)


_COMPOSITION = text(f"""
SELECT count(*) FILTER (WHERE home), count(*) FILTER (WHERE home AND official),
       count(*) FILTER (WHERE home AND NOT official), count(*) FILTER (WHERE NOT home),
       count(*) FILTER (WHERE home AND exempt), count(*) FILTER (WHERE home AND out)
FROM (
    SELECT true AS home, member_id, official, exempt, {in_state("member_id", ":day", "temporarily_out")} AS out
    FROM ({headcount()}) AS roll WHERE organisation_id = :cell
    UNION ALL
    SELECT false, ms.member_id, false, false, false FROM membership AS ms
    WHERE ms.organisation_id = :cell AND ms.kind = 'temporary' AND {holds_on("ms", ":day")}
) AS belonging
""")


def record_of(session: TenantSession, meeting_id: int) -> Record:
    """Everything recorded of a meeting. Raises NotFound."""
    found = view(session, meeting_id)
    meeting = session.get_one(Meeting, (session.tenant_id, meeting_id))
    cell, day = found.organisation_id, found.entry.held_on
    name, superior, kind = _names_on(session, cell, day)
    head = HEAD.read(session, meeting)[0]
    sittings, opinions = SITTINGS.read(session, meeting), OPINIONS.read(session, meeting)
    lines = roll(session, cell, day, found.entry.kind)
    named = {
        head.chair_id,
        head.minute_taker_id,
        *(line.member_id for line in lines),
        *(one.member_id for one in opinions.values()),
        *(member for one in sittings.values() for member in one.came),
    }
    return Record(
        meeting=found,
        state=meeting.state,
        submission=meeting.submission,
        self_score=meeting.self_score,
        cell=name,
        superior=superior,
        superior_type=kind,
        composition=Composition(*session.execute(_COMPOSITION, {"cell": cell, "day": day}).one()),
        roll=lines,
        head=head,
        guests=GUESTS.read(session, meeting),
        sittings=sittings,
        agenda=session.scalars(
            select(AgendaItem.title).where(AgendaItem.meeting_id == meeting_id).order_by(AgendaItem.position)
        ).all(),
        earlier=earlier_items(session, meeting),
        course=COURSE.read(session, meeting)[0],
        opinions=opinions,
        votes=VOTES.read(session, meeting),
        resolution=next(iter(RESOLUTION.read(session, meeting).values()), None),
        items=tasks.of_meeting(session, meeting_id),
        acts=acts_of(session, meeting_id),
        names=names_of(session, named),
    )


def _names_on(session: Session, cell: int, day: date) -> tuple[str, str, str]:
    """The cell's name on a day, and its superior's name and type; empty where unknown."""
    try:
        name = organisations.details(session, cell, day).name
    except NotFound:
        name = ""
    above = organisations.superiors(session, cell, day)
    if not above:
        return name, "", ""
    found = organisations.details(session, above[-1][0], day)
    return name, found.name, found.type


def names_of(session: Session, member_ids: set[int | None]) -> dict[int, str]:
    """The names of members by id."""
    rows = session.execute(select(Member.id, Member.full_name).where(Member.id.in_(member_ids - {None})))
    return dict(rows.all())
