"""What a secretary writes into each part of a meeting's record."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date, time


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """Who chaired, who took the minutes, and when the meeting ended."""

    chair_id: int | None = None
    minute_taker_id: int | None = None
    ends_at: time | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Guest:
    """Somebody who attended without belonging to the cell; `assigned` is the superior's member charged with it."""

    name: str
    post: str = ""
    assigned: bool = False
    remark: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FurtherSitting:
    """A further sitting; `came` are those who had not come to an earlier one."""

    held_on: date
    place: str = ""
    came: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinion:
    """What a member said, and what the chair answered; `position` orders those of one meeting."""

    member_id: int
    summary: str
    answer: str = ""
    position: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Vote:
    """A vote in totals; `entitled` is counted from the roll when it is written."""

    about: str
    subject: str = ""
    votes_for: int
    votes_against: int = 0
    votes_other: int = 0
    entitled: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """The course of a meeting as its minutes tell it; `platform` is where it was held online, if it was."""

    platform: str = ""
    fees: str = ""
    news: str = ""
    ideology: str = ""
    thematic: str = ""
    other: str = ""
    conclusion: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolutionText:
    """A resolution besides its items, which are tasks."""

    number: str = ""
    subject: str
    cites_superior: bool = False
    politics: str = ""
    results: str = ""
    praise: str = ""
    shortcomings: str = ""
    execution: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """An item of the resolution: what, who, by when, and where it is reported."""

    title: str
    due_on: date
    carriers: frozenset[int]
    report_to: str = ""
    hard: bool = False


COURSE = tuple(one.name for one in fields(Course))
RESOLUTION_TEXTS = ("politics", "results", "praise", "shortcomings", "execution")
