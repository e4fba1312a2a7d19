"""When each organisation's regular meeting is due, month by month, and how the months stand.

Each month follows the plan in force for the organisation when the month began, with what a superior ordered for it
and the day the cell prefers. Everything is read once for all organisations asked about.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from bontot.errors import DayRefused
from bontot.evaluation.period import Period, next_month
from bontot.evaluation.tree import Span, Tree, known_on, nearest, read_tree
from bontot.evaluation.values import Values, read_values
from bontot.policy.calendar import (
    CalendarRule,
    DayKind,
    DayOff,
    DaysOff,
    How,
    MonthException,
    MonthStanding,
    ScheduledMonth,
    month_status,
    scheduled_month,
)
from bontot.policy.counts import RequiredMonth
from bontot.registry import Registry

NOT_OFF = "not_off"

_DAYS_OFF = text("""
SELECT day, kind, name, source, projected FROM holiday
WHERE retired_at IS NULL AND day >= :since AND day < :to ORDER BY day, id
""")
_OWN_DAYS = text("""
SELECT organisation_id, day, kind, name, source FROM holiday_override WHERE day >= :since AND day < :to ORDER BY id
""")
_EXCEPTIONS = text("""
SELECT organisation_id, month, day, deadline, waived, document FROM month_exception
WHERE month >= :since AND month < :to
""")
_PREFERENCES = text("""
SELECT organisation_id, valid_from, valid_to, day FROM meeting_preference
WHERE valid_from < :to AND (valid_to IS NULL OR valid_to > :since)
""")
_FIRST_HELD = text("""
SELECT DISTINCT ON (organisation_id, extract(month FROM held_on))
       organisation_id, held_on - (extract(day FROM held_on)::integer - 1), held_on, public_id
FROM meeting
WHERE kind = 'regular' AND held_on >= :since AND held_on < :to AND organisation_id = ANY(:organisations)
ORDER BY organisation_id, extract(month FROM held_on), held_on, id
""")


@dataclass(frozen=True, slots=True)
class Planned:
    """A month as an organisation's plan asks for it; `required` when it existed through all of it."""

    month: date
    rule: CalendarRule
    days_off: DaysOff
    scheduled: ScheduledMonth
    required: bool

    @property
    def counts(self) -> bool:
        """Whether the month is in the denominator."""
        return self.required and self.scheduled.how is not How.WAIVED


@dataclass(frozen=True, slots=True)
class MonthView:
    """A month as a page shows it: what was planned, what was held, and how it stands."""

    planned: Planned
    standing: MonthStanding
    held_on: date | None
    meeting: UUID | None

    @property
    def month(self) -> date:
        """Its first day."""
        return self.planned.month


@dataclass(frozen=True)
class Calendar:
    """Everything that fixes a month's meeting, over one period. `policy_code` judges all months by one plan, or only those
    that another, `instead_of`, would judge."""

    tree: Tree
    values: Values
    days_off: Sequence[DayOff]
    own_days: Mapping[int | None, list[DayOff | date]]
    exceptions: Mapping[tuple[int, date], MonthException]
    preferences: Mapping[int, list[Span[int]]]
    policy_code: str | None = None
    instead_of: str | None = None
    _shared: dict[tuple[int | None, ...], DaysOff] = field(default_factory=dict, repr=False)
    _months: dict[tuple[object, ...], ScheduledMonth] = field(default_factory=dict, repr=False)

    def plan(self, organisation_id: int, month: date) -> str | None:
        """The code of the plan the month is judged by: in force when it began, or else the one that judges the year."""
        if self.policy_code is not None and self.instead_of is None:
            return self.policy_code
        found = self.tree.plan(organisation_id, month) or self.tree.governing(organisation_id)
        return self.policy_code if found == self.instead_of else found

    def planned(self, organisation_id: int, month: date) -> Planned:
        """What the organisation's plan asks of the month. Raises `PluginUnavailable`."""
        line = self.tree.line(organisation_id, month) or (organisation_id,)
        code = self.plan(organisation_id, month)
        rule = self.values.meeting_rule(code, month) if code else CalendarRule()
        exception = next(
            (self.exceptions[id_, month] for id_ in line if (id_, month) in self.exceptions), None
        )
        preferred = nearest(self.preferences, line, month)
        days_off = self._days_off(line)
        key = (rule, month, exception, preferred, id(days_off))
        if key not in self._months:
            self._months[key] = _scheduled(rule, month, days_off, exception, preferred)
        node = self.tree.nodes[organisation_id]
        required = node.existed_through(month, next_month(month))
        return Planned(month, rule, days_off, self._months[key], required)

    def required_months(self) -> list[RequiredMonth]:
        """The months of the period that count, of every organisation asked for."""
        asked = self.tree.nodes if self.tree.asked is None else self.tree.asked & self.tree.nodes.keys()
        months = ((id_, self.planned(id_, month)) for id_ in asked for month in self.tree.period.months)
        return [_required(id_, planned) for id_, planned in months if planned.counts]

    def _days_off(self, line: Iterable[int]) -> DaysOff:
        """The days off of an organisation: the platform's, changed by the committee and its superiors, nearest last."""
        changing = tuple(id_ for id_ in (None, *reversed(tuple(line))) if id_ in self.own_days)
        if changing not in self._shared:
            days: dict[date, list[DayOff]] = {}
            for record in self.days_off:
                days.setdefault(record.day, []).append(record)
            for id_ in changing:
                for own in self.own_days[id_]:
                    if isinstance(own, DayOff):
                        days[own.day] = [own]
                    else:
                        days.pop(own, None)
            self._shared[changing] = DaysOff(record for records in days.values() for record in records)
        return self._shared[changing]


def read_calendar(session: Session, tree: Tree, values: Values, policy_code: str | None = None) -> Calendar:
    """The calendar over the tree's year, in four statements."""
    days = {"since": tree.period.start, "to": tree.period.year_to}
    own: dict[int | None, list[DayOff | date]] = {}
    for id_, day, kind, name, source in session.execute(_OWN_DAYS, days):
        record = day if kind == NOT_OFF else DayOff(day=day, kind=DayKind(kind), name=name, source=source)
        own.setdefault(id_, []).append(record)
    exceptions = {
        (id_, month): MonthException(document=document, day=day, deadline=deadline, waived=waived)
        for id_, month, day, deadline, waived, document in session.execute(_EXCEPTIONS, days)
    }
    preferences: dict[int, list[Span[int]]] = {}
    for id_, since, until, preferred in session.execute(_PREFERENCES, days):
        preferences.setdefault(id_, []).append(Span(since, until, preferred))
    return Calendar(
        tree=tree,
        values=values,
        days_off=read_days_off(session, tree.period.start, tree.period.year_to),
        own_days=own,
        exceptions=exceptions,
        preferences=preferences,
        policy_code=policy_code,
    )


def read_days_off(session: Session, since: date, to: date) -> list[DayOff]:
    """The platform's days off from `since` until `to`, which is not in it."""
    rows = session.execute(_DAYS_OFF, {"since": since, "to": to})
    return [
        DayOff(day=day, kind=DayKind(kind), name=name, source=source, projected=projected)
        for day, kind, name, source, projected in rows
    ]


def cell_year(
    session: Session, registry: Registry, organisation_id: int, year: int, today: date, *, past: bool = False
) -> list[MonthView]:
    """The twelve months of a cell's year as they stand today; none of a year it did not exist in. `past` as in `board`.
    Raises `PluginUnavailable`."""
    return board(session, registry, [organisation_id], year, today, past=past).get(organisation_id, [])


def board(
    session: Session,
    registry: Registry,
    organisations: Sequence[int],
    year: int,
    today: date,
    *,
    past: bool = False,
) -> dict[int, list[MonthView]]:
    """The year of each of these organisations, in a fixed number of statements. Raises `PluginUnavailable`.

    An organisation that did not exist in the year has no entry. With `past` the year as it stood at the end of `today`, a
    day gone by: what came about later is left out.
    """
    return _views(session, registry, organisations, year, range(1, 13), today, past=past)


def month_board(
    session: Session, registry: Registry, organisations: Sequence[int], month: date, today: date
) -> dict[int, MonthView]:
    """One month of each of these organisations, as `board` has it."""
    found = _views(session, registry, organisations, month.year, [month.month], today)
    return {id_: view for id_, [view] in found.items()}


def months_board(
    session: Session, registry: Registry, organisations: Sequence[int], months: Iterable[date], today: date
) -> dict[tuple[int, date], MonthView]:
    """`{(organisation, month): view}` for some months by their first days, as `board` has them; in as many statements for
    the months of one year as for one month."""
    years: dict[int, list[int]] = {}
    for month in sorted(set(months)):
        years.setdefault(month.year, []).append(month.month)
    return {
        (id_, view.month): view
        for year, numbers in years.items()
        for id_, views in _views(session, registry, organisations, year, numbers, today).items()
        for view in views
    }


def _views(
    session: Session,
    registry: Registry,
    organisations: Sequence[int],
    year: int,
    months: Sequence[int],
    today: date,
    *,
    past: bool = False,
) -> dict[int, list[MonthView]]:
    whole = Period(year, date(year, 12, 31))
    tree = read_tree(session, whole, organisations)
    calendar = read_calendar(session, tree, read_values(session, registry))
    held = _first_held(session, whole, organisations)
    if past:
        tree = tree.known_on(today)
        preferences = {id_: known_on(spans, today) for id_, spans in calendar.preferences.items()}
        calendar = replace(calendar, tree=tree, preferences=preferences)
        held = {key: meeting for key, meeting in held.items() if meeting[0] <= today}
    firsts = [date(year, month, 1) for month in months]
    return {
        id_: [_view(calendar.planned(id_, month), held.get((id_, month)), today) for month in firsts]
        for id_ in organisations
        if id_ in tree.nodes
    }


def _first_held(
    session: Session, period: Period, organisations: Sequence[int]
) -> dict[tuple[int, date], tuple[date, UUID]]:
    binds = {"since": period.start, "to": period.to, "organisations": list(organisations)}
    rows = session.execute(_FIRST_HELD, binds)
    return {(id_, month): (held_on, public_id) for id_, month, held_on, public_id in rows}


def _view(planned: Planned, held: tuple[date, UUID] | None, today: date) -> MonthView:
    held_on, meeting = held or (None, None)
    standing = month_status(
        planned.rule, planned.scheduled, planned.days_off, held_on, today, required=planned.required
    )
    return MonthView(planned, standing, held_on, meeting)


def _scheduled(
    rule: CalendarRule,
    month: date,
    days_off: DaysOff,
    exception: MonthException | None,
    preferred: int | None,
) -> ScheduledMonth:
    """A preference or exception the plan does not allow, taken when it did, is passed over."""
    for kept in ((exception, preferred), (exception, None), (None, preferred)):
        try:
            return scheduled_month(rule, month.year, month.month, days_off, *kept)
        except DayRefused:
            continue
    return scheduled_month(rule, month.year, month.month, days_off)


def _required(organisation_id: int, planned: Planned) -> RequiredMonth:
    scheduled = planned.scheduled
    return RequiredMonth(
        organisation_id=organisation_id,
        month=planned.month,
        day=scheduled.day,
        earliest=scheduled.earliest,
        deadline=scheduled.deadline,
    )
