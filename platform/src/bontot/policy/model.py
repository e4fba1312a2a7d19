"""The vocabulary in which a plan is declared.

Everything here is frozen data. A plan states documents and clauses, dated values, criteria, groups, schemes,
a meeting rule and a recognition procedure; the platform decides when and for whom they are evaluated.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import IntEnum, StrEnum
from typing import Any, Generic, Protocol, TypeVar

V = TypeVar("V")


class Origin(StrEnum):
    """Whether the plan itself says a thing, or the platform fills what the plan leaves open."""

    PLAN = "plan"
    DEFAULT = "default"


class Certainty(StrEnum):
    """How sure it is that a document says what a clause cites: the line of a seed, the text itself, a page published about
    it, a source that quotes it, or nobody checked."""

    SEED = "seed"
    TEXT = "text"
    FOUND = "found"
    SECONDARY = "secondary"
    UNVERIFIED = "unverified"


class Subject(StrEnum):
    """What a scheme judges."""

    MEMBER = "member"
    CELL = "cell"
    BASE_ORGANISATION = "base_organisation"


class Kind(StrEnum):
    """How a criterion is decided: from counts, from a count that must be zero, from other verdicts, or by
    people."""

    MEASURED = "measured"
    ZERO = "zero"
    DERIVED = "derived"
    JUDGED = "judged"


class Role(StrEnum):
    """What a criterion's outcome does to the verdict: decide it, inform the judges, or only be reported (a
    frame's target)."""

    DECIDES = "decides"
    INFORMS = "informs"
    OBJECTIVE = "objective"


class Stage(StrEnum):
    """Who judges, lowest first: oneself, the cell by vote, the superior. A self-assessment is kept and never decides."""

    SELF_ASSESSMENT = "self_assessment"
    CELL = "cell"
    APPRAISAL = "appraisal"


class SameHand(StrEnum):
    """Whether whoever judged a subject at one stage may judge it at another, on the same criterion."""

    ALLOWED = "allowed"
    FORBIDDEN = "forbidden"


class Operator(StrEnum):
    """The comparison as the clause words it; "từ 85 % trở lên" and "trên 85 %" are different operators."""

    AT_LEAST = ">="
    MORE_THAN = ">"
    EQUAL = "="
    AT_MOST = "<="
    LESS_THAN = "<"


class Outcome(IntEnum):
    """The five outcomes of a finding. Stored as small integers; the order carries no rank."""

    MET = 1
    NOT_MET = 2
    NOT_APPLICABLE = 3
    NO_DATA = 4
    ERROR = 5


class Unit(StrEnum):
    """What a threshold counts. `PERCENT` compares part/whole with value/100; the others compare part with the
    value. `RATING` is a rank (4 excellent … 1 not completed); `MONTH_DAY` a day of any year, month·100 +
    day; `WEEKDAY` as it is counted in Vietnamese, 2 thứ Hai … 7 thứ Bảy, 8 Chủ nhật; `WEEK_OF_MONTH` 1 to 4, and 5 for
    the last."""

    PERCENT = "percent"
    COUNT = "count"
    POINTS = "points"
    MONTHS = "months"
    DAY_OF_MONTH = "day_of_month"
    RATING = "rating"
    MONTH_DAY = "month_day"
    WEEKDAY = "weekday"
    WEEK_OF_MONTH = "week_of_month"


class Direction(StrEnum):
    """Which way of moving a threshold asks more of those judged."""

    HIGHER = "higher"
    LOWER = "lower"


class At(StrEnum):
    """Which value a count is held against: of the whole period that of its last day, or of every month (quarter) by itself
    that of the day it began. Every month that counts must then be met."""

    END = "end"
    EACH_MONTH = "each_month"
    EACH_QUARTER = "each_quarter"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """A document a plan stands on, e.g. Kế hoạch 118-KH/QU, ngày 27/01/2023."""

    key: str
    kind: str
    number: str
    issuer: str
    issued_on: date
    subject: str
    in_force_from: date
    in_force_until: date | None = None
    """First day no longer in force; None while open."""


@dataclass(frozen=True, slots=True)
class Clause:
    """A place in a document: `reference` is a `Reference.key`, `place` as a reader would cite it, `seed` the
    source line ("000:39(1)") that proves it, if there is one; `certainty` is said wherever the clause is shown."""

    reference: str
    place: str
    seed: str = ""
    certainty: Certainty = Certainty.SEED


@dataclass(frozen=True, slots=True, kw_only=True)
class Dated(Generic[V]):
    """A value in force from a day on, until the next one of the same key begins."""

    value: V
    valid_from: date
    origin: Origin
    clause: Clause | None = None


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
class Authority:
    """Who decides a step for an organisation type, from a day on."""

    body: str
    valid_from: date
    organisation_types: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of the yearly recognition; `due` names a threshold of unit `MONTH_DAY`, in the year judged."""

    key: str
    label: str
    authorities: tuple[Authority, ...]
    due: str | None = None
    origin: Origin = Origin.DEFAULT
    clause: Clause | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Recognition:
    """How the title of `scheme` is granted: steps in order and the vote rule in words; `ballot` names the
    option of how to vote, `majority` the threshold a vote must exceed, `quota` the most that may be recognised among
    those with the same direct superior (a number, or a percentage of those judged), `validity` how many months a
    recognition holds, `revocation` in words when and how it is taken back."""

    scheme: str
    steps: tuple[Step, ...]
    vote_rule: str
    ballot: str | None = None
    majority: str | None = None
    quota: str | None = None
    validity: str | None = None
    revocation: str = ""
    clauses: tuple[Clause, ...] = ()
    origin: Origin = Origin.DEFAULT


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportFormat:
    """A form the jurisdiction uses: its key in the document model, printed title, type symbol (`TTr`), who
    signs (authority line and post, left to right) and, for a report, its headings as `(key, words)`."""

    key: str
    title: str
    symbol: str = ""
    signers: tuple[str, ...] = ()
    sections: tuple[tuple[str, str], ...] = ()
    clause: Clause | None = None


class MeetingCount(StrEnum):
    """A share that the records of one meeting give: those present of those required, speakers of those present, tasks done
    on time of those due since the meeting before."""

    ATTENDANCE = "attendance"
    SPEAKERS = "speakers"
    TASKS = "tasks"


@dataclass(frozen=True, slots=True)
class Tier:
    """From a share of `least` percent on, `points`."""

    least: Decimal
    points: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """The points a share suggests: `tiers` highest first, the last for any share. `lowest_if_unexcused`: one absence without
    reason leaves only the last."""

    tiers: tuple[Tier, ...]
    lowest_if_unexcused: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetItem:
    """A line of a score sheet with its most points; without a clause these are a default. With `count` and `scales` points
    are suggested from the meeting's own records, and whoever scores decides. `thematic_only`: only in a meeting with a
    thematic part."""

    key: str
    label: str
    maximum: Decimal
    clauses: tuple[Clause, ...]
    count: MeetingCount | None = None
    scales: tuple[Dated[Scale], ...] = ()
    thematic_only: bool = False
    hint: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetGroup:
    """A heading of a score sheet with its items in order; its maximum is their sum."""

    key: str
    label: str
    items: tuple[SheetItem, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreSheet:
    """The sheet by which regular meetings are scored. The total of the items that apply is brought, exactly, to the total of
    all items; `bands` are thresholds with the band reached from each on, highest first, `lowest` the band below them all."""

    key: str
    label: str
    groups: tuple[SheetGroup, ...]
    bands: tuple[tuple[str, str], ...]
    lowest: str
    clauses: tuple[Clause, ...] = ()

    @property
    def items(self) -> tuple[SheetItem, ...]:
        """Every item in order."""
        return tuple(item for group in self.groups for item in group.items)


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
    frames: tuple[str, ...] = ()
    adoptable: bool = False
    whole_period: bool = False
    refines: str | None = None
    adds: frozenset[str] = frozenset()
    drop: frozenset[str] = frozenset()


Count = tuple[int, int | None, int]
"""What a metric says of one subject: `(subject_id, part, whole)`. `part is None` means the records hold nothing to
count (no data); `whole == 0` means nobody or nothing was required (not applicable)."""

NO_DATA, NOTHING_REQUIRED, NONE_OF_ONE = (None, 0), (0, 0), (0, 1)
"""What a subject has that a metric does not mention, see `Metric.empty`."""


@dataclass(frozen=True, slots=True)
class Record:
    """One thing a metric counted: `kind` and `id` name it ("meeting", "member", "task" …), `day` is when it happened or
    was due (of a month or quarter: its first day), `part` of `whole` is what it added; `said` what to say of it where
    that is not all."""

    kind: str
    id: int | None
    day: date | None
    part: int
    whole: int
    said: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RequiredMonth:
    """A month in which an organisation must hold its regular meeting: `day` is the planned day (None: not fixed), a
    meeting from `earliest` to `deadline` is on time too."""

    organisation_id: int
    month: date
    day: date | None
    earliest: date
    deadline: date


class Facts(Protocol):
    """Read-only records of one tenant and period, as a metric function sees them."""

    @property
    def period(self) -> tuple[date, date]:
        """Half-open days of the evaluated period: from 1 January to the day after the last one looked at."""

    def value(self, parameter: str) -> Decimal | str:
        """The resolved value of one of the measure's parameters, on the last day of the period."""

    def select(self, statement: str, /, **binds: object) -> Iterable[tuple[Any, ...]]:
        """Rows of one SELECT over the tenant's records.

        Always bound: `:period_from` and `:period_to`, half-open days; `:last_day`, the last one of the period;
        `:due_before`, before which deadlines have passed; `:year_to`, the next 1 January, or the end of a rule that
        ended before; `:as_of`, the day of the evaluation; `:year`, a number; `:subjects`, the list of subjects asked
        for, null for all (counting others is allowed and wasted).
        """

    def required_months(self) -> Sequence[RequiredMonth]:
        """Months of the period, by the meeting rule in force in each, through all of which an organisation existed and
        which no superior waived."""


class Course(StrEnum):
    """How a count can still move before the year ends: what "còn được vắng", "cần thêm" rest on.

    `GROWS`: what was counted stays and more may come (discipline, absences). `MENDS`: what was counted can be put right
    (overdue tasks, unpaid months). `PEOPLE`: people on the roll, each of whom may still be counted. One more of the whole
    comes with each `REGULAR` meeting, each regular or thematic of the `MEETINGS`, each of the `MONTHS` to hold one in, and
    with each of the `DAYS`; `PRESENCE` with everyone each regular meeting requires. `MONTHS_ON_TIME` are lost with their
    deadline, `QUARTERS` with their last day. `YEARLY` is decided once, at the end; `SETTLED` counts the whole year already.
    """

    GROWS = "grows"
    MENDS = "mends"
    PEOPLE = "people"
    PRESENCE = "presence"
    REGULAR = "regular"
    MEETINGS = "meetings"
    MONTHS = "months"
    MONTHS_ON_TIME = "months_on_time"
    QUARTERS = "quarters"
    DAYS = "days"
    YEARLY = "yearly"
    SETTLED = "settled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """Counts for all subjects of a tenant at once. `part_words` and `whole_words` name the two integers in a
    sentence ("lượt có mặt", "lượt phải dự")."""

    key: str
    subject: Subject
    label: str
    part_words: str
    whole_words: str
    count: Callable[[Facts], Iterable[Count]]
    parameters: tuple[str, ...] = ()
    defaults: tuple[tuple[str, str], ...] = ()
    """`(parameter, choice)`: what a parameter is where a measure does not bind it; one without a default must be bound."""
    empty: tuple[int | None, int] = NO_DATA
    """`(part, whole)` of a subject that `count` leaves out."""
    pooled: Callable[[Facts], Iterable[Count]] | None = None
    """The same counts as plain sums, where `count` gives something else (a mean, the worst): what a roll of many subjects
    adds up. None: `count` itself."""
    course: Course | None = None
    """How it can still move in a running year; None says nothing of what is left."""
    sums_at: tuple[str, str] | None = None
    """The parameter, and its choice, under which `count` gives the plain sums itself."""
    records: Callable[[Facts], Iterable[Record]] | None = None
    """The things counted for the one subject in `:subjects`, those that decided first; the platform takes a few."""
