"""What is counted: a metric, what it is given to count with, and what it says of each subject."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, Protocol

from bontot.policy.terms import At, Subject

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
    with each of the `DAYS`; `PRESENCE` with everyone each regular meeting requires. `SCORES` are given to regular meetings,
    to those held already too. `MONTHS_ON_TIME` are lost with their deadline, `QUARTERS` and what goes `MONTH_BY_MONTH` with
    their last day, what falls `DUE` (tasks) with a day of its own. `YEARLY` is decided once, at the end; `SETTLED` counts
    the whole year already.
    """

    GROWS = "grows"
    MENDS = "mends"
    PEOPLE = "people"
    PRESENCE = "presence"
    REGULAR = "regular"
    MEETINGS = "meetings"
    MONTHS = "months"
    MONTHS_ON_TIME = "months_on_time"
    MONTH_BY_MONTH = "month_by_month"
    QUARTERS = "quarters"
    SCORES = "scores"
    DUE = "due"
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
    choices: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """`(parameter, what it may be)` of each that is a reading: a plan binds it to an option that offers nothing else."""
    shortest: At = At.EACH_MONTH
    """The shortest stretch in which it can be seen, and so be judged by itself: a month unless it says otherwise; a quarter
    for what happens once in each; END for what only the whole year shows."""
