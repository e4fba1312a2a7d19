"""The days an evaluation looks at."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

from bontot.errors import PeriodRefused

_DAY = timedelta(days=1)
YEARS = range(2000, 2101)
"""The years that can be evaluated: those the records have room for."""


@dataclass(frozen=True, slots=True)
class Period:
    """The year judged, on the records as of the end of a day: that year's, or the last one looked at while it runs.

    Deadlines count once they have passed. On the last day of the year the whole year is judged, so everything due by
    then counts; on an earlier day what is due that very day may still be done.

    A rule not in force all year, or a month judged by itself, looks at the days from `since` until `until` only
    (half-open), as if they were the year.
    """

    year: int
    as_of: date
    since: date | None = None
    until: date | None = None

    def __post_init__(self) -> None:
        if self.as_of < self.start:
            raise PeriodRefused(f"Năm {self.year} chưa bắt đầu vào ngày {self.as_of:%d/%m/%Y}.")

    @property
    def start(self) -> date:
        """1 January, or the first day looked at."""
        first = date(self.year, 1, 1)
        return max(first, self.since) if self.since else first

    @property
    def year_to(self) -> date:
        """The next 1 January."""
        return date(self.year + 1, 1, 1)

    @property
    def closes(self) -> date:
        """The day after the last one there is to look at: the next 1 January, or `until`."""
        return min(self.year_to, self.until) if self.until else self.year_to

    @property
    def last_day(self) -> date:
        """The last day looked at."""
        return min(self.as_of, self.closes - _DAY)

    @property
    def to(self) -> date:
        """The day after the last one looked at."""
        return self.last_day + _DAY

    @property
    def due_before(self) -> date:
        """Deadlines before this day have passed."""
        return self.to if self.whole else self.last_day

    @property
    def whole(self) -> bool:
        """Whether the year, or what is looked at of it, is over or on its last day."""
        return self.last_day == self.closes - _DAY

    @property
    def months(self) -> tuple[date, ...]:
        """The first days of the months begun."""
        return tuple(date(self.year, month, 1) for month in range(self.start.month, self.last_day.month + 1))

    @property
    def full_months(self) -> tuple[date, ...]:
        """The first days of the months all of whose days are among those there are to look at, over or not."""
        firsts = [date(self.year, month, 1) for month in range(1, 13)]
        return tuple(first for first in firsts if self.start <= first and next_month(first) <= self.closes)

    def over(self, months: int) -> tuple[Period, ...]:
        """Its stretches of so many months, counted from January, that are over."""
        firsts = [date(self.year, month, 1) for month in range(1, 13, months)]
        ends = [*firsts[1:], date(self.year + 1, 1, 1)]
        return tuple(
            replace(self, since=first, until=end)
            for first, end in zip(firsts, ends, strict=True)
            if self.start <= first and end <= self.to
        )

    def within(self, since: date | None, until: date | None) -> Period | None:
        """The days of the period that also lie in `[since, until)`; None when there are none. An end that cuts nothing off
        is left out, so that equal days are equal periods."""
        if max(self.start, since or self.start) >= min(self.to, until or self.to):
            return None
        since = since if since and since > self.start else self.since
        until = until if until and until < self.closes else self.until
        return replace(self, since=since, until=until)


def next_month(month: date) -> date:
    """The first day of the following month."""
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)
