"""A meeting's record whole, in a fixed number of statements: for its page, its minutes and its resolution."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from bontot.db.models import Meeting, Member
from bontot.db.models.meeting import LATE, PRESENT
from bontot.db.rolls import headcount, holds_on, in_state
from bontot.db.tenancy import TenantSession
from bontot.errors import NotFound
from bontot.services import organisations, tasks
from bontot.services.meeting_rows import issued_of
from bontot.services.meetings import MeetingView, RollLine, rolls, views
from bontot.services.organisations import Body
from bontot.services.proceedings.entries import (
    Course,
    FurtherSitting,
    Guest,
    Head,
    Opinion,
    ResolutionText,
    Vote,
)
from bontot.services.proceedings.handing_over import Act, acts_of_all
from bontot.services.proceedings.items import Earlier, ItemPart, earlier_items_of
from bontot.services.proceedings.parts import GuestPart, OpinionPart, VotePart
from bontot.services.proceedings.sittings import SittingPart
from bontot.services.proceedings.texts import (
    CoursePart,
    HeadPart,
    ResolutionPart,
    course_in,
    resolution_in,
    sections_of,
)
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

    @property
    def called(self) -> bool:
        """Whether the roll was called: nobody marked is not the same as nobody there."""
        return any(self.mark(line) is not None for line in self.roll)

    def mark(self, line: RollLine) -> int | None:
        """The mark of somebody on the roll."""
        given = self.meeting.entry.marks.get(line.member_id)
        return given.value if given else None

    @property
    def passed(self) -> Vote | None:
        """The vote on the resolution, the last one taken."""
        return next((vote for vote in [*self.votes.values()][::-1] if vote.about == "resolution"), None)


_COMPOSITION = text(f"""
SELECT m.id, belonging.* FROM meeting AS m, LATERAL (
    SELECT count(*) FILTER (WHERE home), count(*) FILTER (WHERE home AND official),
           count(*) FILTER (WHERE home AND NOT official), count(*) FILTER (WHERE NOT home),
           count(*) FILTER (WHERE home AND exempt), count(*) FILTER (WHERE home AND out)
    FROM (
        SELECT true AS home, official, exempt, {in_state("member_id", "m.held_on", "temporarily_out")} AS out
        FROM ({headcount("m.held_on")}) AS roll WHERE organisation_id = m.organisation_id
        UNION ALL
        SELECT false, false, false, false FROM membership AS ms
        WHERE ms.organisation_id = m.organisation_id AND ms.kind = 'temporary' AND {holds_on("ms", "m.held_on")}
    ) AS each
) AS belonging
WHERE m.id = ANY(:meetings)
""")
UNKNOWN = Body("", "", "", "")


def record_of(session: TenantSession, meeting_id: int) -> Record:
    """Everything recorded of a meeting. Raises NotFound."""
    found = records_of(session, [meeting_id])
    if not found:
        raise NotFound
    return found[meeting_id]


def records_of(session: TenantSession, meeting_ids: Sequence[int]) -> dict[int, Record]:
    """Everything recorded of several meetings, in as many statements as of one; without an entry for one there is not."""
    meetings = session.scalars(select(Meeting).where(Meeting.id.in_(meeting_ids))).all()
    ids = [meeting.id for meeting in meetings]
    found, lines = views(session, meetings), rolls(session, ids)
    called = organisations.bodies(session, [(one.organisation_id, one.held_on) for one in meetings])
    compositions = {id_: Composition(*of) for id_, *of in session.execute(_COMPOSITION, {"meetings": ids})}
    heads = {meeting.id: HEAD.read(session, meeting)[0] for meeting in meetings}
    guests, votes = GUESTS.read_all(session, ids), VOTES.read_all(session, ids)
    sittings, opinions = SITTINGS.read_all(session, ids), OPINIONS.read_all(session, ids)
    sections, resolutions = sections_of(session, ids), issued_of(session, ids)
    earlier, items, acts = (
        earlier_items_of(session, ids),
        tasks.of_meetings(session, ids),
        acts_of_all(session, ids),
    )
    named = {id_: _named(heads[id_], lines[id_], opinions[id_], sittings[id_]) for id_ in ids}
    names = names_of(session, set().union(*named.values()))
    made = {}
    for meeting in meetings:
        id_ = meeting.id
        body = called.get((meeting.organisation_id, meeting.held_on), UNKNOWN)
        issued = resolutions.get(id_)
        made[id_] = Record(
            meeting=found[id_],
            state=meeting.state,
            submission=meeting.submission,
            self_score=meeting.self_score,
            cell=body.name,
            superior=body.superior,
            superior_type=body.superior_type,
            composition=compositions[id_],
            roll=lines[id_],
            head=heads[id_],
            guests=guests[id_],
            sittings=sittings[id_],
            agenda=found[id_].entry.agenda,
            earlier=earlier[id_],
            course=course_in(sections[id_]),
            opinions=opinions[id_],
            votes=votes[id_],
            resolution=resolution_in(issued, sections[id_]) if issued else None,
            items=items[id_],
            acts=acts[id_],
            names={one: names[one] for one in named[id_] if one in names},
        )
    return made


def _named(
    head: Head,
    lines: Sequence[RollLine],
    opinions: Mapping[int, Opinion],
    sittings: Mapping[int, FurtherSitting],
) -> set[int]:
    """Whose names a record needs."""
    of_sittings = (member for one in sittings.values() for member in one.came)
    named = {line.member_id for line in lines} | {one.member_id for one in opinions.values()}
    return named.union(of_sittings, filter(None, (head.chair_id, head.minute_taker_id)))


def names_of(session: Session, member_ids: set[int]) -> dict[int, str]:
    """The names of members by id."""
    rows = session.execute(select(Member.id, Member.full_name).where(Member.id.in_(member_ids)))
    return dict(rows.all())
