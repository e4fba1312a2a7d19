"""The records of one committee and period as a metric sees them: read-only, and only by SELECT."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection

from bontot.errors import MetricRefused
from bontot.evaluation.narrowing import narrowed
from bontot.evaluation.period import Period
from bontot.policy.counts import RequiredMonth

_READS = re.compile(r"\s*(SELECT|WITH)\b", re.IGNORECASE)
_FORBIDDEN = re.compile(r";|set_config|app\.tenant_id", re.IGNORECASE)


class RecordedFacts:
    """What the engine hands to a metric; see `bontot.policy.counts.Facts`.

    The connection is inside the committee's scope. `months` is asked only by a metric that needs the calendar.
    """

    def __init__(
        self,
        connection: Connection,
        period: Period,
        parameters: Mapping[str, Decimal | str],
        months: Callable[[], Sequence[RequiredMonth]],
        subjects: Sequence[int] | None = None,
    ) -> None:
        self._connection = connection
        self._period = period
        self._parameters = parameters
        self._months = months
        self._subjects = None if subjects is None else list(subjects)

    @property
    def period(self) -> tuple[date, date]:
        """Half-open days of the evaluated period."""
        return self._period.start, self._period.to

    def value(self, parameter: str) -> Decimal | str:
        """The resolved value of one of the measure's parameters. Raises MetricRefused for one it does not have."""
        if parameter not in self._parameters:
            raise MetricRefused(f"Phép đo hỏi tham số “{parameter}” mà kế hoạch không cho.")
        return self._parameters[parameter]

    def select(self, statement: str, /, **binds: object) -> Iterable[tuple[Any, ...]]:
        """Rows of one SELECT. Raises MetricRefused for anything else."""
        if not _READS.match(statement) or _FORBIDDEN.search(statement):
            raise MetricRefused("Phép đo chỉ được đọc, bằng một câu SELECT.")
        return self._rows(statement, {**self._always(), **binds})

    def _rows(self, statement: str, bound: Mapping[str, object]) -> Sequence[tuple[Any, ...]]:
        result = self._connection.execute(narrowed(statement, bound), bound)
        # as the driver gives them: there may be millions
        rows: Sequence[tuple[Any, ...]] = result.cursor.fetchall()
        result.close()
        return rows

    def required_months(self) -> Sequence[RequiredMonth]:
        """See `bontot.policy.counts.Facts`."""
        first, to = self.period
        return [one for one in self._months() if first <= one.month < to]

    def _always(self) -> dict[str, object]:
        period = self._period
        return {
            "period_from": period.start,
            "period_to": period.to,
            "last_day": period.last_day,
            "due_before": period.due_before,
            "year_to": period.closes,
            "year": period.year,
            "as_of": period.as_of,
            "subjects": self._subjects,
        }
