"""The rest of a year played through the records of a case: as well as can be, or with so many misses on each criterion.

The months that ask for a meeting, and whom each requires, are worked out by hand, as in `naive`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import strategies as st

from bontot.evaluation.slack import Slack
from bontot.plugin import Group, Measure, Operator, Policy, Roll, Unit, derived, measured, threshold
from bontot.policy.calendar import DaysOff, How, MonthException, ScheduledMonth, scheduled_month
from bontot.policy.model import Criterion, Threshold
from bontot.policy.terms import Dated, Kind, Origin, Outcome
from bontot.testing import case_records as said
from tests.evaluation.conftest import YEAR
from tests.evaluation.naive import Plain, Readings, first_of
from tests.evaluation.plans import AT, READ_ATTENDANCE, SINCE
from tests.evaluation.worlds_drawn import CELLS

END = date(YEAR, 12, 31)
ONE_DAY = timedelta(days=1)
SHARES = (
    "c.date",
    "c.monthly",
    "c.thematic",
    "c.attendance",
    "c.resolution",
    "c.steps",
    "c.regulated",
    "c.trained",
    "c.on_time",
    "c.committee",
    "c.each_scored",
    "c.fair",
    "c.members",
)
METRICS = {
    "c.date": "regular_meeting_on_time",
    "c.monthly": "regular_meeting_monthly",
    "c.scored": "meeting_self_score_good",
    "c.thematic": "thematic_quarters",
    "c.attendance": "attendance",
    "c.resolution": "meeting_resolution",
    "c.steps": "meeting_steps",
    "c.absences": "unexcused_absences",
    "c.regulated": "regulation_days",
    "c.tasks": "task_overdue",
    "c.trained": "officer_training",
    "c.initiatives": "initiatives",
    "c.on_time": "task_on_time",
    "c.committee": "committee_meeting_monthly",
    "c.each_scored": "meeting_scored",
    "c.fair": "meeting_self_score_fair",
}
PARAMETERS = {"c.attendance": READ_ATTENDANCE, "c.thematic": {"per_quarter": "c.per_quarter"}}
CRITERIA = (*METRICS, "c.members")
AT_MOST = ("c.absences", "c.tasks")


@dataclass(frozen=True)
class Asked:
    """What the plan asks: the operator and the figure of each criterion; `scored` is a number of months or a share; people
    judge the members, or (not `judged`) only what is recorded of them counts."""

    operators: Mapping[str, Operator]
    values: Mapping[str, Decimal]
    scored: Unit
    per_quarter: int
    judged: bool

    def policy(self, plan: Policy) -> Policy:
        """The plan with these criteria of a cell in place of its own."""
        kept = [one for one in plan.thresholds if one.key not in (*CRITERIA, "c.per_quarter")]
        criteria = [self._criterion(key) for key in CRITERIA]
        own = next(one for one in plan.criteria if one.key == "c.attendance")
        criteria = [replace(one, at=own.at) if one.key == own.key else one for one in criteria]
        cell = replace(
            plan.schemes[1],
            groups=(Group(key="c.1", label="Chi bộ", criteria=CRITERIA, clauses=(AT,)),),
            blockers=(),
        )
        later = next(one for one in plan.thresholds if one.key == "c.attendance").values[1:]
        thresholds = [
            *map(self._threshold, CRITERIA),
            _number("c.per_quarter", Unit.COUNT, Decimal(self.per_quarter)),
        ]
        return replace(
            plan,
            thresholds=(
                *kept,
                *(
                    replace(one, values=(*one.values, *later)) if one.key == "c.attendance" else one
                    for one in thresholds
                ),
            ),
            criteria=(*map(self._of_member, plan.criteria[:3]), *criteria),
            schemes=(plan.schemes[0], cell),
        )

    def _of_member(self, criterion: Criterion) -> Criterion:
        if self.judged:
            return criterion
        judged = criterion.kind is Kind.JUDGED
        return replace(criterion, met_unless_judged=judged, also_judged=False)

    def _criterion(self, key: str) -> Criterion:
        if key == "c.members":
            return derived(
                key,
                key,
                (AT,),
                Roll(scheme="m", parameters={"members": "c.counted"}),
                self.operators[key],
            )
        return measured(
            key,
            key,
            (AT,),
            Measure(metric=METRICS[key], parameters=PARAMETERS.get(key, {})),
            self.operators[key],
        )

    def _threshold(self, key: str) -> Threshold:
        unit = Unit.PERCENT if key in SHARES else self.scored if key == "c.scored" else Unit.COUNT
        return _number(key, unit, self.values[key])


def _number(key: str, unit: Unit, value: Decimal) -> Threshold:
    asked = threshold(key, key, unit, 1, SINCE, AT)
    return replace(asked, values=(Dated(value=value, valid_from=SINCE, origin=Origin.DEFAULT),))


@st.composite
def demands(draw: st.DrawFn) -> Asked:
    """Shares of every size, "at least" and "more than"; small numbers of things."""
    share = st.sampled_from(["50", "66.67", "75", "80", "85", "90", "100"]).map(Decimal)
    few = st.integers(0, 3).map(Decimal)
    scored = draw(st.sampled_from([Unit.PERCENT, Unit.MONTHS]))
    values = {key: draw(share if key in SHARES else few) for key in CRITERIA}
    values["c.scored"] = draw(share if scored is Unit.PERCENT else st.integers(1, 9).map(Decimal))
    operators = {
        key: Operator.AT_MOST
        if key in AT_MOST
        else draw(st.sampled_from([Operator.AT_LEAST, Operator.MORE_THAN]))
        for key in CRITERIA
    }
    return Asked(operators, values, scored, draw(st.integers(1, 2)), draw(st.booleans()))


@st.composite
def running(draw: st.DrawFn, case: said.Case, today: date) -> said.Case:
    """The case as it is known on a day of its year: what happened by then, more of what is counted, months waived and moved;
    who comes and goes later is known already."""
    scores = st.sampled_from([None, "good", "fair", "average"])
    meetings = tuple(
        replace(
            one,
            self_score=draw(scores) if one.kind == "regular" else None,
            resolution=draw(st.booleans()) and one.kind == "regular",
            steps=draw(st.booleans()),
        )
        for one in case.meeting
        if one.on[0] <= today
    )
    case = replace(
        case,
        organisation=tuple(
            replace(one, members=draw(st.integers(0, 5))) if one.code == "A" else one
            for one in case.organisation
        ),
    )
    codes = [member.code for member in case.members()]
    usual = [one for code in CELLS for one in draw(_usual(code, codes, today))]
    return replace(
        case,
        meeting=(
            *meetings,
            *(one for one in usual if not _is_held(one, meetings)),
            *(one for code in CELLS for one in draw(_committee(code, today))),
        ),
        discipline=tuple(one for one in case.discipline if one.on <= today),
        judgment=(),
        task=tuple(draw(st.lists(_tasks(today), max_size=9))),
        regulation=tuple(one for one in draw(st.lists(_regulations(today), max_size=2))),
        post=tuple(
            said.Post(member=code, organisation="A", kind="committee_member")
            for code in codes
            if draw(st.booleans())
        ),
        training=tuple(
            said.Training(members=(code,), kind="skills", on=date(YEAR, 1, 1))
            for code in codes
            if draw(st.booleans())
        ),
        exception=tuple(
            draw(st.lists(_exceptions(), max_size=3, unique_by=lambda one: (one.organisation, one.month)))
        ),
    )


@st.composite
def _usual(draw: st.DrawFn, cell: str, codes: list[str], today: date) -> list[said.Meeting]:
    """A cell's regular meetings by now, in most months or in none, with few away."""
    missed = draw(st.just(range(1, 13)) | st.lists(st.integers(1, 12), max_size=1))
    away = st.lists(st.sampled_from(codes), unique=True, max_size=1).map(tuple) if codes else st.just(())
    return [
        said.Meeting(
            organisation=cell,
            on=(date(YEAR, month, day),),
            unexcused=draw(away),
            resolution=draw(st.booleans()),
            steps=draw(st.booleans()),
            thematic_part=month % 3 == 0,
            self_score=draw(st.sampled_from([None, "good", "good", "fair"])),
        )
        for month in range(1, today.month + 1)
        if month not in missed and date(YEAR, month, day := draw(st.integers(3, 6))) <= today
    ]


@st.composite
def _committee(draw: st.DrawFn, cell: str, today: date) -> list[said.Meeting]:
    """The meetings of a cell's committee by now, in most months or in none; some months have two."""
    missed = draw(st.just(range(1, 13)) | st.lists(st.integers(1, 12), max_size=1))
    days = [
        date(YEAR, month, day)
        for month in range(1, today.month + 1)
        for day in draw(st.sampled_from([(1,), (9,), (1, 9)]))
        if month not in missed
    ]
    return [_of_committee(cell, day) for day in days if day <= today]


def _of_committee(cell: str, day: date) -> said.Meeting:
    return said.Meeting(organisation=cell, on=(day,), kind="cell_committee_meeting")


def _is_held(meeting: said.Meeting, held: tuple[said.Meeting, ...]) -> bool:
    return (meeting.organisation, meeting.on[0].month) in [
        (one.organisation, one.on[0].month) for one in held if one.kind == "regular"
    ]


@st.composite
def _tasks(draw: st.DrawFn, today: date) -> said.Task:
    due = draw(st.dates(date(YEAR, 1, 1), END))
    done = draw(st.none() | st.dates(date(YEAR, 1, 1), today))
    return said.Task(
        organisation=draw(st.sampled_from(("A", "B"))),
        due=due,
        done=done,
        origin=draw(st.sampled_from(["resolution", "initiative"])),
    )


@st.composite
def _regulations(draw: st.DrawFn, today: date) -> said.Regulation:
    since = draw(st.dates(date(YEAR - 1, 6, 1), today))
    return said.Regulation(
        organisation=draw(st.sampled_from(("A", "B"))),
        since=since,
        until=draw(st.none() | st.dates(since + ONE_DAY, END + ONE_DAY)),
    )


@st.composite
def _exceptions(draw: st.DrawFn) -> said.MonthException:
    month, waived = draw(st.integers(1, 12)), draw(st.booleans())
    day = draw(st.integers(1, 28))
    return said.MonthException(
        organisation=draw(st.sampled_from(("W", "A", "B"))),
        month=month,
        document="01-CV/QU",
        day=None if waived else date(YEAR, month, day),
        deadline=None if waived else date(YEAR, month, draw(st.integers(day, 28))),
        waived=waived,
    )


@dataclass(frozen=True)
class Ahead:
    """A regular meeting a cell still has to hold."""

    month: date
    day: date
    deadline: date
    required: tuple[str, ...]
    """Whom an attendance criterion counts there."""


@dataclass(frozen=True)
class Rest:
    """What lies ahead of one cell on a day."""

    case: said.Case
    cell: said.Organisation
    today: date
    plain: Plain
    asked: Asked

    @property
    def code(self) -> str:
        return self.cell.code

    def existed(self, first: date, to: date) -> bool:
        return self.cell.founded <= first and (not self.cell.ended or self.cell.ended >= to)

    def meetings(self) -> list[Ahead]:
        return [one for month in range(1, 13) for one in self._meeting(date(YEAR, month, 1))]

    def _meeting(self, month: date) -> Iterator[Ahead]:
        to = first_of(YEAR, month.month + 1)
        held = any(
            one.organisation == self.code and one.kind == "regular" and month <= one.on[0] < to
            for one in self.case.meeting
        )
        planned = self._planned(month)
        if held or to <= self.today or not self.existed(month, to) or planned.how is How.WAIVED:
            return
        day = max(self.today, planned.day or planned.deadline)
        yield Ahead(month, day, planned.deadline, tuple(self._counted(day)))

    def _planned(self, month: date) -> ScheduledMonth:
        orders = {one.organisation: one for one in self.case.exception if one.month == month.month}
        order, exception = orders.get(self.code) or orders.get("W"), None
        if order:
            exception = MonthException(
                document=order.document, day=order.day, deadline=order.deadline, waived=order.waived
            )
        rule = self.plain.readings.rule(month)
        return scheduled_month(rule, YEAR, month.month, self.plain.days_off, exception)

    def _counted(self, day: date) -> Iterator[str]:
        for member in self.case.members():
            official = self.plain.readings.required == "all" or not member.probationary
            if official and self.plain.required(member, self.code, day):
                yield member.code

    def committee(self) -> list[date]:
        """The last day of each month that asks for a meeting of the committee and has none."""
        months = [first_of(YEAR, month) for month in range(1, 13)]
        return [
            to - ONE_DAY
            for first, to in zip(months, [*months[1:], first_of(YEAR, 13)], strict=True)
            if to > self.today
            and self.existed(first, to)
            and self._planned(first).how is not How.WAIVED
            and not any(
                one.organisation == self.code
                and one.kind == "cell_committee_meeting"
                and first <= one.on[0] < to
                for one in self.case.meeting
            )
        ]

    def thematic(self) -> dict[date, list[date]]:
        """The thematic meetings lacking in each quarter not over, on its last days."""
        found = {}
        for quarter in range(4):
            opens, closes = first_of(YEAR, quarter * 3 + 1), first_of(YEAR, quarter * 3 + 4)
            held = sum(
                one.organisation == self.code
                and opens <= one.on[0] < closes
                and (one.kind == "thematic" or (one.kind == "regular" and one.thematic_part))
                for one in self.case.meeting
            )
            lacking = max(self.asked.per_quarter - held, 0)
            if closes > self.today and self.existed(opens, closes) and lacking:
                found[opens] = [closes - ONE_DAY * (number + 1) for number in range(lacking)]
        return found

    def each_unscored(self) -> list[int]:
        """The places, in the case, of all regular meetings held and not scored yet."""
        return [
            place
            for place, one in enumerate(self.case.meeting)
            if one.organisation == self.code and one.kind == "regular" and one.self_score is None
        ]

    def unscored(self) -> list[int]:
        """The places, in the case, of the first meetings of months that count, not scored yet."""
        firsts: dict[date, tuple[date, int]] = {}
        for place, one in enumerate(self.case.meeting):
            if one.organisation == self.code and one.kind == "regular":
                month = one.on[0].replace(day=1)
                firsts[month] = min(firsts.get(month, (END, place)), (one.on[0], place))
        return [
            place
            for month, (_, place) in firsts.items()
            if self.existed(month, first_of(YEAR, month.month + 1))
            and self._planned(month).how is not How.WAIVED
            and self.case.meeting[place].self_score is None
        ]

    def within_reach(self) -> list[str]:
        """Of the members counted on the year's last day those who have missed no meeting without reason and were not
        disciplined."""
        end = replace(self.plain, case=self.case, as_of=END)
        return [
            member.code
            for member in self.case.members()
            if end.counts(member, self.code) and _is_spotless(end, member.code)
        ]

    def tasks(self) -> list[int]:
        return [
            at for at, one in enumerate(self.case.task) if one.organisation == self.code and one.done is None
        ]


def _is_spotless(plain: Plain, code: str) -> bool:
    _, told = plain.member(code)
    return told["m.attendance"][0] is not Outcome.NOT_MET and told["m.discipline"][1] == 0


@dataclass(frozen=True)
class Misses:
    """On how many occasions each criterion is missed; of the others nothing is."""

    slack: Mapping[str, Slack]
    more: int
    of: frozenset[str]

    def of_key(self, key: str) -> int:
        left = self.slack[key].left if key in self.slack and key in self.of else None
        return 0 if left is None else left + self.more

    def needed(self, key: str) -> int | None:
        """How many are done of what is still needed, where that is what was said; None: all."""
        said = self.slack.get(key)
        if said is None or key not in self.of or said.left is not None or not said.needed:
            return None
        return said.needed - self.more


def played(rest: Rest, misses: Misses) -> said.Case:
    """The case with the rest of one cell's year."""
    case = _scored(rest, misses)
    meetings = [
        *case.meeting,
        *_regular(rest, misses),
        *_thematic(rest, misses),
        *(_of_committee(rest.code, day) for day in rest.committee()[misses.of_key("c.committee") :]),
    ]
    return replace(
        case,
        meeting=tuple(meetings),
        task=tuple(_tasks_done(rest, misses)),
        regulation=tuple(_regulated(rest, misses)),
        training=(*case.training, *_trained(rest)),
        judgment=(*case.judgment, *_judged(rest, misses)),
        discipline=(*case.discipline, *_disciplined(rest, misses)),
    )


def _judged(rest: Rest, misses: Misses) -> Iterator[said.Judgment]:
    """As many as are needed of those who can still hold the title are judged well, the others not."""
    within = rest.within_reach() if rest.asked.judged else []
    done = _done(misses, "c.members", len(within))
    for verdict, subjects in (("met", within[:done]), ("not_met", within[done:])):
        if subjects:
            criteria = ("m.line", "m.discipline")
            yield said.Judgment(subjects=tuple(subjects), criteria=criteria, verdict=verdict)


def _disciplined(rest: Rest, misses: Misses) -> Iterator[said.Discipline]:
    if not rest.asked.judged:
        for code in rest.within_reach()[: misses.of_key("c.members")]:
            yield said.Discipline(on=END, member=code)


def _held(rest: Rest, misses: Misses) -> list[Ahead]:
    ahead = rest.meetings()
    late = [one for one in ahead if one.deadline < rest.today]
    on_time = [one for one in ahead if one.deadline >= rest.today]
    held = sorted([*late, *on_time[misses.of_key("c.date") :]], key=lambda one: one.month)
    return held[misses.of_key("c.monthly") :]


def _regular(rest: Rest, misses: Misses) -> Iterator[said.Meeting]:
    held = _held(rest, misses)
    away = _away(rest, held, misses)
    open_ = len(held) + len(rest.unscored())
    scored = _done(misses, "c.scored", open_)
    steps = len(held) - max(misses.of_key("c.steps") - _thematic_count(rest), 0)
    marks = _marks(len(rest.each_unscored()) + len(held), misses)[len(rest.each_unscored()) :]
    for number, one in enumerate(held):
        yield said.Meeting(
            organisation=rest.code,
            on=(one.day,),
            unexcused=tuple(away.get(one.month, ())),
            resolution=number >= misses.of_key("c.resolution"),
            steps=number < steps,
            self_score=marks[number] if number < scored else None,
        )


def _done(misses: Misses, key: str, open_: int) -> int:
    """How many of those open are done."""
    needed = misses.needed(key)
    return open_ - misses.of_key(key) if needed is None else needed


def _marks(open_: int, misses: Misses) -> list[str | None]:
    """What so many meetings are scored: those missed first, not at all or too low."""
    unscored, low = misses.of_key("c.each_scored"), misses.of_key("c.fair")
    return [None if at < unscored else "average" if at < low else "good" for at in range(open_)]


def _scored(rest: Rest, misses: Misses) -> said.Case:
    """Those held before are scored; of those that begin a month, after those ahead."""
    ahead, firsts, each = len(_held(rest, misses)), rest.unscored(), rest.each_unscored()
    more = _done(misses, "c.scored", ahead + len(firsts)) - ahead
    not_now = set(firsts[max(more, 0) :])
    marks = dict(zip(each, _marks(len(each), misses), strict=True))
    meetings = [
        replace(one, self_score=marks[place]) if place in marks and place not in not_now else one
        for place, one in enumerate(rest.case.meeting)
    ]
    return replace(rest.case, meeting=tuple(meetings))


def _away(rest: Rest, held: list[Ahead], misses: Misses) -> dict[date, list[str]]:
    """Who stays away: at the smallest meetings first, or where each is judged by itself at the next."""
    ordered = [one for one in held if one.required]
    left = misses.of_key("c.attendance") + misses.of_key("c.absences")
    if rest.plain.readings.aggregation == "each_meeting" and "c.attendance" in misses.of:
        ordered = ordered[:1]
    else:
        ordered.sort(key=lambda one: len(one.required))
    away = {}
    for one in ordered:
        away[one.month] = list(one.required[:left])
        left -= len(away[one.month])
    return away


def _thematic_count(rest: Rest) -> int:
    return sum(map(len, rest.thematic().values()))


def _thematic(rest: Rest, misses: Misses) -> Iterator[said.Meeting]:
    quarters = list(rest.thematic().values())[misses.of_key("c.thematic") :]
    days = [day for each in quarters for day in each]
    for number, day in enumerate(days):
        yield said.Meeting(
            organisation=rest.code, on=(day,), kind="thematic", steps=number >= misses.of_key("c.steps")
        )


def _tasks_done(rest: Rest, misses: Misses) -> list[said.Task]:
    """What is overdue is done as far as it is needed; of what falls due, all but so many."""
    tasks, undone = list(rest.case.task), rest.tasks()
    overdue = [at for at in undone if tasks[at].due < rest.today]
    coming = [at for at in undone if tasks[at].due >= rest.today]
    needed = misses.needed("c.tasks")
    keep_overdue = "c.tasks" in misses.of and needed is None
    late = max(misses.of_key("c.tasks"), misses.of_key("c.on_time"))
    done = [*coming[late:], *([] if keep_overdue else overdue[:needed])]
    for at in done:
        tasks[at] = replace(tasks[at], done=max(rest.today, tasks[at].due))
    return [*tasks, *_initiatives(rest, misses)]


def _initiatives(rest: Rest, misses: Misses) -> list[said.Task]:
    """As many as are needed; none where it is looked at tasks in time, of which they would be more."""
    more = said.Task(organisation=rest.code, due=END, done=END, origin="initiative")
    needed = misses.slack["c.initiatives"].needed or 0 if "c.initiatives" in misses.slack else 0
    if "c.on_time" in misses.of:
        return []
    return [more] * (needed - (misses.more if "c.initiatives" in misses.of else 0))


def _regulated(rest: Rest, misses: Misses) -> Iterator[said.Regulation]:
    """What is in force ends today, and begins again after so many days."""
    tomorrow = rest.today + ONE_DAY
    for one in rest.case.regulation:
        if one.organisation != rest.code or (one.until and one.until <= tomorrow):
            yield one
        else:
            yield replace(one, until=tomorrow)
    yield said.Regulation(organisation=rest.code, since=tomorrow + ONE_DAY * misses.of_key("c.regulated"))


def _trained(rest: Rest) -> Iterator[said.Training]:
    posts = tuple(sorted({post.member for post in rest.case.post if post.organisation == rest.code}))
    if posts:
        yield said.Training(members=posts, kind="skills", on=rest.today)


def rests(case: said.Case, today: date, days_off: DaysOff, chosen: Readings, asked: Asked) -> Iterator[Rest]:
    """What lies ahead of each cell that is there on the day."""
    plain = Plain(case, YEAR, today, days_off, chosen)
    for cell in plain.cells():
        if cell.code in CELLS:
            yield Rest(case, cell, today, plain, asked)


def _absences(rest: Rest, key: str) -> int:
    required = [len(one.required) for one in rest.meetings() if one.required]
    each = key == "c.attendance" and rest.plain.readings.aggregation == "each_meeting"
    return next(iter(required), 0) if each else sum(required)


def occasions(rest: Rest, key: str) -> int:
    """On how many occasions ahead a criterion can be missed."""
    ahead = rest.meetings()
    due = sum(rest.case.task[at].due >= rest.today for at in rest.tasks())
    ends = min(rest.cell.ended or END + ONE_DAY, END + ONE_DAY)
    match key:
        case "c.attendance" | "c.absences":
            return _absences(rest, key)
        case "c.regulated":
            return max((ends - rest.today).days - 1, 0)
    numbers = {
        "c.date": sum(one.deadline >= rest.today for one in ahead),
        "c.monthly": len(ahead),
        "c.resolution": len(ahead),
        "c.steps": len(ahead) + _thematic_count(rest),
        "c.scored": len(ahead) + len(rest.unscored()),
        "c.each_scored": len(ahead) + len(rest.each_unscored()),
        "c.fair": len(ahead) + len(rest.each_unscored()),
        "c.committee": len(rest.committee()),
        "c.thematic": len(rest.thematic()),
        "c.members": len(rest.within_reach()),
        "c.tasks": due,
        "c.on_time": due,
    }
    return numbers.get(key, 0)
