"""Worked cases: little sets of records with the outcome a reader reached by hand.

The format is described in `plugins/README.md`. Reading is strict: an unknown key, a wrong type or a code
nobody declared is an error that names the file, the case and the record.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated, TypeVar

T = TypeVar("T")

OrganisationCode = Annotated[str, "organisation"]
MemberCode = Annotated[str, "member"]
SubjectCode = Annotated[str, "subject"]
"""An organisation's or a member's code."""

ALWAYS = date(2010, 1, 1)
"""Where a case says nothing of a beginning, everything has been there since."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisation:
    """An organisation; `members` makes so many official members A1, A2 … of an organisation A, there since
    its founding, with the employment given."""

    code: OrganisationCode
    type: str = "subordinate_cell"
    sector: str = "residential"
    parent: OrganisationCode | None = None
    name: str | None = None
    founded: date = ALWAYS
    ended: date | None = None
    members: int = 0
    employment: str = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A member written out. Belongs to `cell` over `[since, until)`; official since `official`, on probation
    before, or when `official` is missing from the record and `probationary` is true, all along."""

    code: MemberCode
    cell: OrganisationCode
    since: date = ALWAYS
    until: date | None = None
    end: str | None = None
    admitted: date = ALWAYS
    probationary: bool = False
    employment: str = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer:
    """From `on` the member belongs to `to`."""

    member: MemberCode
    to: OrganisationCode
    on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Guest:
    """A temporary membership over `[since, until)`."""

    member: MemberCode
    cell: OrganisationCode
    since: date
    until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """Exempt, suspended, temporarily out, on special duty or abroad over `[since, until)`."""

    members: tuple[MemberCode, ...]
    kind: str
    since: date
    until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """A post held over `[since, until)`."""

    member: MemberCode
    organisation: OrganisationCode
    kind: str
    since: date = ALWAYS
    until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Meeting:
    """Meetings alike in everything but the day. Whoever is required and not listed was present; `also_present` came
    without being required."""

    organisation: OrganisationCode
    on: tuple[date, ...]
    kind: str = "regular"
    excused: tuple[MemberCode, ...] = ()
    unexcused: tuple[MemberCode, ...] = ()
    late: tuple[MemberCode, ...] = ()
    unmarked: tuple[MemberCode, ...] = ()
    also_present: tuple[MemberCode, ...] = ()
    thematic_part: bool = False
    resolution: bool = False
    cites_superior: bool = False
    materials: int = 0
    sent_before: int | None = None
    steps: bool = False
    self_criticism: bool = False
    self_score: str | None = None
    speakers: tuple[MemberCode, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """`count` tasks alike; `checks` is how often progress was checked."""

    organisation: OrganisationCode
    due: date
    done: date | None = None
    origin: str = "resolution"
    assignees: tuple[MemberCode, ...] = ()
    hard: bool = False
    checks: int = 0
    count: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Directive:
    """A superior's document to answer."""

    organisation: OrganisationCode
    due: date
    answered: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fee:
    """Ledger lines of these members and months of the year, in đồng a month."""

    members: tuple[MemberCode, ...]
    months: tuple[int, ...]
    due: int
    paid: int
    exempt: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Regulation:
    """A working regulation in force over `[since, until)`."""

    organisation: OrganisationCode
    since: date
    until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Discipline:
    """A decided case, of an organisation or a member."""

    on: date
    organisation: OrganisationCode | None = None
    member: MemberCode | None = None
    form: str = "reprimand"
    found: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Complaint:
    """A complaint file, about an organisation or a member; `founded` is missing until it is concluded."""

    on: date
    organisation: OrganisationCode | None = None
    member: MemberCode | None = None
    founded: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Training:
    """Completed trainings: "skills" or "update"."""

    members: tuple[MemberCode, ...]
    kind: str
    on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Commendation:
    """Praise given to an organisation or a member."""

    on: date
    organisation: OrganisationCode | None = None
    member: MemberCode | None = None
    reason: str = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspection:
    """An inspection or supervision carried out."""

    organisation: OrganisationCode
    on: date
    kind: str = "supervision"


@dataclass(frozen=True, slots=True, kw_only=True)
class Concern:
    """A concern raised, and when it was answered."""

    organisation: OrganisationCode
    raised: date
    answered: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ResidenceRemark:
    """The year's residence remark was received for these members."""

    members: tuple[MemberCode, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rating:
    """The year's quality rating of these subjects."""

    subjects: tuple[SubjectCode, ...]
    level: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgment:
    """A verdict or points on these criteria; without `criteria`, on every judged criterion of the subjects'
    schemes. A later record replaces an earlier one for the same subject, criterion and stage."""

    subjects: tuple[SubjectCode, ...]
    criteria: tuple[str, ...] = ()
    verdict: str | None = None
    points: Decimal | None = None
    stage: str = "appraisal"


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """A pledge signed."""

    subjects: tuple[SubjectCode, ...]
    on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """A cell chosen for a pilot."""

    organisation: OrganisationCode
    on: date
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthException:
    """A superior's order for one month of the year."""

    organisation: OrganisationCode
    month: int
    document: str
    day: date | None = None
    deadline: date | None = None
    waived: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PreferredDay:
    """The day of the month a cell prefers."""

    organisation: OrganisationCode
    day: int
    since: date = ALWAYS


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """The committee's own value; written as text, as a person would type it."""

    key: str
    value: str
    since: date
    decision: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Adoption:
    """A frame switched on over `[since, until)`."""

    policy: str
    since: date
    until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What a reader works out: the outcome of a criterion, or of a scheme's title, of one subject. A figure shown
    beside a criterion is named `criterion#metric`. `part` is left out where there is no data; `because` spells
    the arithmetic. `policy` names a frame evaluated beside."""

    subject: SubjectCode
    outcome: str
    because: str
    criterion: str | None = None
    scheme: str | None = None
    part: int | None = None
    whole: int | None = None
    policy: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedMonth:
    """How one month of a cell stands at the year's end; `day` is the planned day, if there is one."""

    organisation: OrganisationCode
    month: int
    status: str
    because: str
    day: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One set of records of one committee, judged for the file's year, with what must come out."""

    name: str
    why: str
    organisation: tuple[Organisation, ...] = ()
    member: tuple[Member, ...] = ()
    transfer: tuple[Transfer, ...] = ()
    guest: tuple[Guest, ...] = ()
    state: tuple[State, ...] = ()
    post: tuple[Post, ...] = ()
    meeting: tuple[Meeting, ...] = ()
    task: tuple[Task, ...] = ()
    directive: tuple[Directive, ...] = ()
    fee: tuple[Fee, ...] = ()
    regulation: tuple[Regulation, ...] = ()
    discipline: tuple[Discipline, ...] = ()
    complaint: tuple[Complaint, ...] = ()
    training: tuple[Training, ...] = ()
    commendation: tuple[Commendation, ...] = ()
    inspection: tuple[Inspection, ...] = ()
    concern: tuple[Concern, ...] = ()
    residence_remark: tuple[ResidenceRemark, ...] = ()
    rating: tuple[Rating, ...] = ()
    judgment: tuple[Judgment, ...] = ()
    registration: tuple[Registration, ...] = ()
    selection: tuple[Selection, ...] = ()
    exception: tuple[MonthException, ...] = ()
    preferred_day: tuple[PreferredDay, ...] = ()
    override: tuple[Override, ...] = ()
    adoption: tuple[Adoption, ...] = ()
    expect: tuple[Expected, ...] = ()
    expect_month: tuple[ExpectedMonth, ...] = ()

    def members(self) -> tuple[Member, ...]:
        """Every member: those an organisation counts off, then those written out."""
        counted = (
            Member(
                code=f"{cell.code}{number}",
                cell=cell.code,
                since=cell.founded,
                admitted=min(cell.founded, ALWAYS),
                employment=cell.employment,
            )
            for cell in self.organisation
            for number in range(1, cell.members + 1)
        )
        return (*counted, *self.member)


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFile:
    """The cases of one policy and year."""

    policy: str
    year: int
    about: str
    case: tuple[Case, ...]
