"""The words every declaration is made of: kinds, operators, units, outcomes; documents with their clauses; dated values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import IntEnum, StrEnum
from typing import Generic, TypeVar

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


class Holder(StrEnum):
    """Whose a step of the recognition is: the subject's own (of a member: his or her cell's), its direct superior's, or that
    of a body further above."""

    SUBJECT = "subject"
    SUPERIOR = "superior"
    ABOVE = "above"


class Act(StrEnum):
    """What a step of the recognition lays down besides its day: the sheet on which the subject judged itself, that it is put
    forward, a count of votes, an opinion, the decision by a document, its publication, or how the whole year came out
    afterwards."""

    SHEET = "sheet"
    PROPOSAL = "proposal"
    BALLOT = "ballot"
    OPINION = "opinion"
    DECISION = "decision"
    PUBLICATION = "publication"
    REVIEW = "review"


class Leave(StrEnum):
    """Whether the recognition may go beyond what its plan asks, with a warning that the record repeats."""

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

    @property
    def months(self) -> int:
        """How long a stretch is that is judged by itself: at the end, the year."""
        return {At.END: 12, At.EACH_MONTH: 1, At.EACH_QUARTER: 3}[self]


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
