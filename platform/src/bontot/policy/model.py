"""The vocabulary in which a plan is declared.

Everything here is frozen data. A plan states documents and clauses, dated values, criteria, groups, schemes,
a meeting rule and a recognition procedure; the platform decides when and for whom they are evaluated.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from bontot.policy.sheets import ScoreSheet
from bontot.policy.terms import (
    Act,
    At,
    Clause,
    Dated,
    Direction,
    Holder,
    Kind,
    Operator,
    Origin,
    Reference,
    Role,
    Stage,
    Subject,
    Unit,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    """A number a plan fixes or leaves to the committee, dated and bounded.

    `lowest` and `highest` bound what a committee may set instead (both included). `frame` names the threshold
    of a frame that a weaker value should be warned against; `stricter` says which way is stricter. Without
    `values` nothing is in force until a committee sets it, and `suggestion` is the figure it is offered; a
    criterion whose threshold has no value in force is counted and shown, and its outcome is not applicable.
    """

    key: str
    label: str
    unit: Unit
    values: tuple[Dated[Decimal], ...]
    lowest: Decimal | None = None
    highest: Decimal | None = None
    stricter: Direction = Direction.HIGHER
    frame: str | None = None
    suggestion: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """A reading a plan fixes or leaves to the committee, one of `choices`: `(value, Vietnamese words)`."""

    key: str
    label: str
    choices: tuple[tuple[str, str], ...]
    values: tuple[Dated[str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """A metric with the plan's values it depends on: `{metric's parameter name: Threshold or Option key}`."""

    metric: str
    parameters: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Roll:
    """What a derived criterion counts: the verdicts of `scheme`, or the findings of `criterion`, of the
    subjects below.

    `how` is "share" (those met ÷ those counted) or "pool" (Σ part ÷ Σ whole of the findings).
    """

    scheme: str | None = None
    criterion: str | None = None
    how: str = "share"
    parameters: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What is shown to whoever judges: a count, with the figure suggested as sufficient, if any; or, without
    a measure, the records to look at. It never decides."""

    label: str
    measure: Measure | None = None
    operator: Operator | None = None
    threshold: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion:
    """One line of a plan.

    A measured or zero criterion has `measure`, `operator` and `threshold`; a derived one has `roll` instead
    of `measure`; a judged one is decided by a recorded judgment, with `evidence` shown beside. `also_judged`
    asks for both: the count must pass and a person must agree. `met_unless_judged`: met as long as nobody has
    recorded otherwise. `least_stage` is the lowest stage whose judgment decides. `points` names the threshold
    holding the maximum of a criterion judged in points. `at` says whether what is measured is held against the value of
    the period's last day or, month by month, against each month's own. `organisation_types` and `sectors` restrict to which
    subjects it applies; empty means all. `when` is an option and a value: the criterion belongs to the plan
    only while that option has that value.
    """

    key: str
    label: str
    kind: Kind
    clauses: tuple[Clause, ...]
    role: Role = Role.DECIDES
    measure: Measure | None = None
    roll: Roll | None = None
    operator: Operator | None = None
    threshold: str | None = None
    at: At = At.END
    also_judged: bool = False
    met_unless_judged: bool = False
    may_be_not_applicable: bool = False
    least_stage: Stage = Stage.CELL
    points: str | None = None
    evidence: tuple[Evidence, ...] = ()
    organisation_types: frozenset[str] = frozenset()
    sectors: frozenset[str] = frozenset()
    when: tuple[str, str] | None = None
    origin: Origin = Origin.PLAN
    """DEFAULT when the criterion itself is ours; the threshold carries its own origin."""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A heading of a plan with the keys of its criteria in order. `points` names the threshold with its
    maximum."""

    key: str
    label: str
    criteria: tuple[str, ...]
    clauses: tuple[Clause, ...]
    points: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AllMet:
    """The title needs every deciding criterion of every group: "Any AND" of the dossier's readings."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Points:
    """The title needs a total of at least `pass_mark` and `group_floor` percent of every group's maximum.

    A group's points are the sum of those recorded for its criteria that name `points`; its other criteria are
    shown beside and add nothing. All three are threshold keys (bands: lower limits, highest first, with their
    names; a band without a value in force is not used).
    """

    pass_mark: str
    group_floor: str
    bands: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """The combination is the committee's choice: `option` names the option, `of` what each of its values
    means."""

    option: str
    of: tuple[tuple[str, AllMet | Points], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolment:
    """Who is considered: `all`, those with a `registration`, or those chosen by `selection`.

    `registration_expected` flags a subject without a pledge, yet evaluates it.
    """

    mode: str = "all"
    registration_expected: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Scheme:
    """How one kind of subject is judged. A frame's scheme has no title. `blockers` are criterion keys, in a
    group or not, that the title also needs: one not met refuses it whatever the groups say, one without data
    leaves it open. `organisation_types` restricts it to those types; empty means every type of the
    subject. `same_hand` names the option that says whether one person may judge a subject on one criterion at
    two stages (`SameHand`); without it one may."""

    key: str
    subject: Subject
    groups: tuple[Group, ...]
    title: str | None = None
    combination: AllMet | Points | Chosen = AllMet()
    blockers: tuple[str, ...] = ()
    enrolment: Enrolment = Enrolment()
    organisation_types: frozenset[str] = frozenset()
    clauses: tuple[Clause, ...] = ()
    same_hand: str | None = None

    @property
    def criterion_keys(self) -> tuple[str, ...]:
        """Every criterion once, in order: those of the groups, then blockers of their own."""
        grouped = [key for group in self.groups for key in group.criteria]
        return tuple(dict.fromkeys([*grouped, *self.blockers]))


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingRule:
    """When the monthly regular meeting is due. Every field names a `Threshold` or `Option` of the policy, so
    that each is dated, bounded, and the committee's to set. `day=None`, or a threshold without a value in
    force, fixes no day; the same for `deadline` means within the month. Instead of a day a plan may fix a `weekday` with
    the `week` it falls in ("thứ Hai đầu tiên"; without a week the first); where both have a value the weekday goes.

    The readings are: which days block (`holiday_scope`), whether a Saturday worked as make-up blocks, where a
    blocked day moves (`prefer_shift`, `fallback`), whether the last day moves with it (`shift_deadline`).
    """

    clauses: tuple[Clause, ...]
    day: str | None = None
    deadline: str | None = None
    weekday: str | None = None
    week: str | None = None
    weekday_blocked: str | None = None
    """The option of what a blocked weekday gives way to; without one, the next such weekday that is free."""
    earliest_day: str = "meeting.earliest_day"
    holiday_scope: str = "meeting.holiday_scope"
    makeup_saturday_is_working: str = "meeting.makeup_saturday_is_working"
    prefer_shift: str = "meeting.prefer_shift"
    fallback: str = "meeting.fallback"
    shift_deadline: str = "meeting.shift_deadline"


@dataclass(frozen=True, slots=True, kw_only=True)
class AttendanceRule:
    """How presence is counted, by option key, and the criterion whose threshold stands beside a roll call."""

    excused: str = "attendance.excused"
    aggregation: str = "attendance.aggregation"
    required: str | None = None
    """The option of who belongs in the denominator; None: official and probationary members alike."""
    late: str | None = None
    """The option of whether who came late was present; None: present."""
    criterion: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RatingRule:
    """What a frame asks of the yearly ratings below one body, by the keys of its values: the most, in percent, that may be
    excellent of cells and of members, the option of whom that is a share (`good`, `good_or_better`, `all`), the option
    (`Leave`) of whether more may be, and how many months from admission until somebody is rated."""

    cap_cells: str
    cap_members: str
    base: str
    over_cap: str
    newcomers: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Authority:
    """Who decides a step for an organisation type, from a day on."""

    body: str
    valid_from: date
    organisation_types: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of the yearly recognition; `due` names a threshold of unit `MONTH_DAY`, in the year judged. `authorities`
    says in words whose the step is on a day, `holder` where that body stands to the subject; `acts` are what it lays down,
    none for a step of which only the day is kept."""

    key: str
    label: str
    authorities: tuple[Authority, ...]
    due: str | None = None
    holder: Holder = Holder.SUPERIOR
    acts: frozenset[Act] = frozenset()
    origin: Origin = Origin.DEFAULT
    clause: Clause | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Recognition:
    """How the title of `scheme` is granted: steps in order and the vote rule in words; `ballot` names the
    option of how to vote, `majority` the threshold a vote must exceed, `quota` the most that may be recognised among
    those with the same direct superior (a number, or a percentage of those judged), `validity` how many months a
    recognition holds, `revocation` in words when and how it is taken back. `exception` and `over_quota` name the options
    (`Leave`) of whether a subject that does not meet the conditions may be put forward for a stated reason, and whether more
    than the quota may be recognised; without an option both may, with a warning."""

    scheme: str
    steps: tuple[Step, ...]
    vote_rule: str
    ballot: str | None = None
    majority: str | None = None
    quota: str | None = None
    validity: str | None = None
    exception: str | None = None
    over_quota: str | None = None
    revocation: str = ""
    clauses: tuple[Clause, ...] = ()
    origin: Origin = Origin.DEFAULT


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportFormat:
    """A form the jurisdiction uses: its key in the document model, printed title, type symbol (`TTr`), who
    signs (authority line and post, left to right) and, for a report, its headings as `(key, words)`.

    Read when papers are made: `commitment_registration`, `score_sheet` (of a base organisation `score_sheet_base`),
    `vote_minutes`, `recognition_proposal` (`recognition_proposal_base`), `recognition_decision`, `report`, `scheme_report`
    (its headings stand in reports of a quarter or a year), `consolidated_table`, `residence_remark`. A title begins with the
    name of its type, after which comes what the paper is about.

    A `layout`, line by line (`bontot.policy.layouts`), takes the place of a report's body, and under any other key makes a
    kind of paper of the plan's own: `about` a "period" or a "year", made `by` a "cell", a "committee" or "both", `landscape`
    where its tables are wide. The plugin may keep it in a file of its package."""

    key: str
    title: str
    symbol: str = ""
    signers: tuple[str, ...] = ()
    sections: tuple[tuple[str, str], ...] = ()
    clause: Clause | None = None
    layout: tuple[str, ...] = ()
    about: str = ""
    by: str = "both"
    landscape: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """One plan, whole. `frames` are evaluated beside it; `refines` names the policy this one is laid over. `adoptable`: a
    frame that any committee may switch on beside its plan. `whole_period`: a frame in force at the end of a period judges
    all of it, as a yearly rating does; any other only the days on which it was. `sheets` are those meetings are scored by.

    In a refinement, same key replaces, `drop` removes by key, and a key that is not in the plan below is an
    error unless listed in `adds`; only its references need no listing.
    """

    code: str
    label: str
    issuer: str
    version: str
    references: tuple[Reference, ...]
    in_force_from: date
    in_force_until: date | None = None
    thresholds: tuple[Threshold, ...] = ()
    options: tuple[Option, ...] = ()
    criteria: tuple[Criterion, ...] = ()
    schemes: tuple[Scheme, ...] = ()
    meeting_rule: MeetingRule | None = None
    attendance_rule: AttendanceRule | None = None
    recognitions: tuple[Recognition, ...] = ()
    report_formats: tuple[ReportFormat, ...] = ()
    sheets: tuple[ScoreSheet, ...] = ()
    rating: RatingRule | None = None
    frames: tuple[str, ...] = ()
    adoptable: bool = False
    whole_period: bool = False
    refines: str | None = None
    adds: frozenset[str] = frozenset()
    drop: frozenset[str] = frozenset()
