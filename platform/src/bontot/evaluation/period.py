"""The days an evaluation looks at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from bontot.errors import PeriodRefused

_DAY = timedelta(days=1)
YEARS = range(2000, 2101)
"""The years that can be evaluated: those the records have room for."""


@dataclass(frozen=True, slots=True)
class Period:
    """The year judged, on the records as of the end of a day: that year's, or the last one looked at while it runs; or a
    `part` of that year, `(first day, day after the last)`, which is then looked at as if it were all there is.

    Deadlines count once they have passed. On the last day of the year the whole year is judged, so everything due by
    then counts; on an earlier day what is due that very day may still be done.
    """

    year: int
    as_of: date
    part: tuple[date, date] | None = None

    def __post_init__(self) -> None:
        if self.as_of < self.start:
            raise PeriodRefused(f"Năm {self.year} chưa bắt đầu vào ngày {self.as_of:%d/%m/%Y}.")

    @property
    def start(self) -> date:
        """1 January, or the first day of the part."""
        return self.part[0] if self.part else date(self.year, 1, 1)

    @property
    def year_to(self) -> date:
        """The next 1 January, or the day after the part."""
        return self.part[1] if self.part else date(self.year + 1, 1, 1)

    @property
    def last_day(self) -> date:
        """The last day looked at."""
        return min(self.as_of, self.year_to - _DAY)

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
        """Whether the year is over, or on its last day."""
        return self.last_day == self.year_to - _DAY

    @property
    def months(self) -> tuple[date, ...]:
        """The first days of the months begun."""
        return tuple(date(self.year, month, 1) for month in range(self.start.month, self.last_day.month + 1))

    def over(self, months: int) -> tuple[Period, ...]:
        """Its stretches of so many months, counted from January, that are over."""
        firsts = [date(self.year, month, 1) for month in range(1, 13, months)]
        ends = [*firsts[1:], date(self.year + 1, 1, 1)]
        return tuple(
            Period(self.year, self.as_of, (first, end))
            for first, end in zip(firsts, ends, strict=True)
            if self.start <= first and end <= self.to
        )


def next_month(month: date) -> date:
    """The first day of the following month."""
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)
