"""What a paper is asked for with, and what every kind of paper says of itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal
from uuid import UUID

from bontot.access import Actor
from bontot.db.tenancy import TenantSession
from bontot.documents.paper import Paper
from bontot.documents.phrases import QUARTERS
from bontot.errors import NotFound
from bontot.registry import Registry
from bontot.services.fees import reports
from bontot.services.fees.reports import Period

Span = Literal["month", "quarter", "year"]
_SPANS: Mapping[int, Span] = {1: "month", 3: "quarter", 12: "year"}
FIRST_YEAR, LAST_YEAR = 1930, 2999


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Which paper: of the organisation, about what `of` names in the way of the kind; who asks, on which day, and what is
    open to them."""

    session: TenantSession
    registry: Registry
    actor: Actor
    reach: frozenset[int]
    today: date
    organisation_id: int
    of: str

    @property
    def record(self) -> UUID:
        """The record it is about. Raises NotFound for what names none."""
        try:
            return UUID(self.of)
        except ValueError:
            raise NotFound from None

    @property
    def year(self) -> int:
        """The year it is about. Raises NotFound."""
        return _year(self.of)

    def alone(self, make: PapersOf, subject_id: int, missing: str = "") -> Paper:
        """The one paper of a subject by what makes those of many. Raises NotFound, saying `missing`, where there is none."""
        for _, paper in make(self.together([subject_id])):
            return paper
        raise NotFound(missing)

    def together(self, subjects: Sequence[int]) -> Together:
        """The same asked of many subjects at once."""
        return Together(
            session=self.session,
            registry=self.registry,
            reach=self.reach,
            today=self.today,
            subjects=subjects,
            place_id=self.organisation_id,
            of=self.of,
        )

    @property
    def period(self) -> Period:
        """The month, quarter or year it is about: `2026-03`, `2026-Q1`, `2026`. Raises NotFound."""
        return period_of(self.of)


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a paper that people write: its key, how it is called, and whether it is one line only."""

    key: str
    label: str
    line: bool = False


def no_parts(_: Asked) -> Sequence[Part]:
    """Of a paper made from the records alone."""
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Together:
    """Which papers of a kind at once: of `subjects` (organisations, meetings or members, as the kind is about), of members
    of the cell `place_id`; read in as many statements as one. `of` and `reach` as in `Asked`."""

    session: TenantSession
    registry: Registry
    reach: frozenset[int]
    today: date
    subjects: Sequence[int]
    place_id: int
    of: str

    @property
    def year(self) -> int:
        """The year they are about. Raises NotFound."""
        return _year(self.of)

    @property
    def period(self) -> Period:
        """The month, quarter or year they are about. Raises NotFound."""
        return period_of(self.of)


Papers = Iterator[tuple[int, Paper]]
"""The papers of those subjects that have one, in their order, each made when it is asked for."""
PapersOf = Callable[[Together], Papers]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of paper: `key` in the document model (as a plan's `ReportFormat` names it), `slug` in addresses, `label` for
    people, `symbol` of its number series (empty: not numbered), what it is about, whether cells or committees make it, and
    what people write into it."""

    key: str
    slug: str
    label: str
    about: Literal["meeting", "planned", "period", "year", "decision"]
    build: Callable[[Asked], Paper]
    symbol: str = ""
    by: Literal["cell", "committee", "both"] = "both"
    parts: Callable[[Asked], Sequence[Part]] = no_parts

    def made_by(self, *, is_cell: bool) -> bool:
        """Whether a cell, or a committee, makes papers of the kind."""
        return self.by in ("both", "cell" if is_cell else "committee")


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberKind:
    """A kind of paper about one member and a year; `build` is given the member's id."""

    key: str
    slug: str
    label: str
    build: Callable[[Asked, int], Paper]


def period_of(words: str) -> Period:
    """A period by its name. Raises NotFound."""
    year, _, part = words.partition("-")
    if not part:
        return Period(date(_year(year), 1, 1), date(_year(year) + 1, 1, 1))
    if part in ("Q1", "Q2", "Q3", "Q4"):
        return reports.quarter(_year(year), int(part[1]))
    if len(part) == 2 and part.isascii() and part.isdigit() and 1 <= int(part) <= 12:
        return reports.one_month(date(_year(year), int(part), 1))
    raise NotFound


def span_of(period: Period) -> Span:
    """Whether a period is a month, a quarter or a year."""
    months = (period.end.year - period.first.year) * 12 + period.end.month - period.first.month
    return _SPANS[months]


def is_month(period: Period) -> bool:
    """Whether a period is one month."""
    return span_of(period) == "month"


def named_period(period: Period) -> str:
    """`tháng 3 năm 2026`, `quý I năm 2026`, `năm 2026`."""
    if is_month(period):
        return f"tháng {period.first:%m} năm {period.year}"
    if span_of(period) == "quarter":
        return f"quý {QUARTERS[(period.first.month - 1) // 3]} năm {period.year}"
    return f"năm {period.year}"


def _year(words: str) -> int:
    if not (
        len(words) == 4 and words.isascii() and words.isdigit() and FIRST_YEAR <= int(words) <= LAST_YEAR
    ):
        raise NotFound
    return int(words)
