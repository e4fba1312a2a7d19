"""How a cell or member stands today, as rows of a page: each count with its gauge and what is left of the year."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from flask import url_for

from bontot.access import Permission
from bontot.errors import NotFound, PluginUnavailable
from bontot.evaluation.explain import Explained, Finding
from bontot.evaluation.records import RecordView
from bontot.evaluation.slack import Slack
from bontot.evaluation.standing import Standing
from bontot.policy.terms import Kind, Outcome, Role, Unit
from bontot.policy.words import figure
from bontot.web.request import actor
from bontot.web.words import OUTCOMES, Mark

LAST = Mark("warn", "Đạt, không còn dư")
SHORT = Mark("warn", "Chưa đủ")
LOST = Mark("bad", "Không còn đạt được")
CONDITIONS = "Điều kiện để được xét danh hiệu"
"""The heading of what a title needs besides its criteria."""
NEAR = 1
"""How little may still be missed of what is said to be met just so."""


class Part(StrEnum):
    """The part of the list a criterion stands in, in the order a reader needs them."""

    FAILING = "failing"
    NEAR = "near"
    WAITING = "waiting"
    JUDGED = "judged"
    MET = "met"
    SCORED = "scored"
    OFF = "off"


ORDER = tuple(Part)


@dataclass(frozen=True, slots=True)
class Gauge:
    """A share in percent with the threshold as a tick, as attributes of a drawing."""

    filled: Decimal
    tick: Decimal
    tick_words: str


@dataclass(frozen=True, slots=True)
class Row:
    """A criterion with its state: of what is counted the gauge, and what is left of the year."""

    finding: Finding
    mark: Mark
    part: Part
    gauge: Gauge | None
    slack: Slack | None
    records: tuple[tuple[str, str | None], ...]

    @property
    def left(self) -> str:
        """What is left, in a sentence."""
        return self.slack.sentence if self.slack else ""


@dataclass(frozen=True, slots=True)
class Framed:
    """A frame beside the plan: its rows, those not met first, and how many of those that apply are met."""

    label: str
    rows: tuple[Row, ...]

    @property
    def met(self) -> int:
        """How many are met."""
        return sum(row.finding.outcome is Outcome.MET for row in self.rows)

    @property
    def applying(self) -> int:
        """How many apply."""
        return sum(row.finding.outcome is not Outcome.NOT_APPLICABLE for row in self.rows)


@dataclass(frozen=True, slots=True)
class Shown:
    """What a page shows of a standing: the plan's criteria, those that need the reader first, and the frames beside it; or
    the reason there is none. `said` is how far the title is, in a sentence; `judged` how many criteria people judge."""

    said: str = ""
    mark: Mark | None = None
    rows: tuple[Row, ...] = ()
    frames: tuple[Framed, ...] = ()
    problem: str = ""
    flag: str = ""

    @property
    def judged(self) -> int:
        """How many criteria people judge."""
        return sum(row.finding.kind is Kind.JUDGED for row in self.rows)

    def of(self, part: str) -> list[Row]:
        """The rows of one part of the list, by its name."""
        return [row for row in self.rows if row.part == part]

    @property
    def first(self) -> Row | None:
        """Of what is not met the one to mend first: it still can be, by the nearest day."""
        mendable = [row for row in self.of(Part.FAILING) if row.slack and not row.slack.lost]
        return min(mendable, key=lambda row: (row.slack and row.slack.by) or date.max, default=None)

    @property
    def lost(self) -> int:
        """How many no rest of the year can bring back."""
        return sum(row.mark is LOST for row in self.of(Part.FAILING))


def shown(find: Callable[[], Standing]) -> Shown:
    """The rows of a standing; why there is none when its plan cannot be used; nothing when no plan judges."""
    try:
        found = find()
    except PluginUnavailable as refusal:
        return Shown(problem=str(refusal))
    except NotFound:
        return Shown()
    frames = tuple(
        Framed(each.scheme.policy_label, tuple(row for row in _rows(each, found.slack) if not _judged(row)))
        for each in found.explained
        if each.scheme.title is None
    )
    own = next((each for each in found.explained if each.scheme.title is not None), None)
    if own is None:
        return Shown(frames=frames)
    return Shown(
        said=_said(own),
        mark=OUTCOMES[own.outcome],
        rows=tuple(_rows(own, found.slack)),
        frames=frames,
        flag=own.flag,
    )


def _judged(row: Row) -> bool:
    return row.finding.kind is Kind.JUDGED


def _said(explained: Explained) -> str:
    """How far the title is, in one line: the criteria that decide, by outcome."""
    deciding = [item for item in explained.findings if item.role is Role.DECIDES or item.blocks]
    counts = Counter(conclusion(item) for item in sorted(deciding, key=lambda item: item.outcome))
    said = ", ".join(f"{count} {mark.words.lower()}" for mark, count in counts.items())
    title = (
        f"Danh hiệu “{explained.scheme.title}”" if explained.scheme.title else explained.scheme.policy_label
    )
    return f"{title}: {len(deciding)} tiêu chí quyết định, gồm {said}."


def _rows(explained: Explained, slack: Mapping[str, Slack]) -> list[Row]:
    """The criteria, those that need the reader first: what can be mended before what is lost."""
    rows = [_row(finding, slack.get(finding.criterion)) for finding in explained.findings]
    return sorted(rows, key=lambda row: (ORDER.index(row.part), row.mark is LOST))


def _row(finding: Finding, left: Slack | None) -> Row:
    return Row(
        finding=finding,
        mark=_mark(finding, left),
        part=part_of(finding, left),
        gauge=_gauge(finding),
        slack=left,
        records=tuple((item.words, record_address(item)) for item in finding.records),
    )


def part_of(finding: Finding, left: Slack | None = None) -> Part:
    """Where in the list a criterion stands, by its outcome and what is left of the year."""
    if finding.outcome in (Outcome.NOT_MET, Outcome.ERROR) or (left and left.lost):
        return Part.FAILING
    if conclusion(finding).tone == "now":
        return Part.SCORED
    if finding.outcome is Outcome.NO_DATA:
        return Part.JUDGED if finding.kind is Kind.JUDGED else Part.WAITING
    if finding.outcome is Outcome.NOT_APPLICABLE:
        return Part.OFF
    near = left is not None and left.left is not None and left.left <= NEAR
    return Part.NEAR if near and _has_leeway(finding) else Part.MET


def _has_leeway(finding: Finding) -> bool:
    """Whether the criterion leaves anything to miss at all: not where all, or none, is asked for."""
    return finding.unit is Unit.PERCENT and finding.threshold not in (0, 100)


def _mark(finding: Finding, left: Slack | None) -> Mark:
    if left is None or left.left is None:
        return conclusion(finding)
    if left.lost:
        return LOST
    if finding.outcome is Outcome.NOT_MET:
        return SHORT
    if finding.outcome is Outcome.MET and left.left == 0 and _has_leeway(finding):
        return LAST
    return conclusion(finding)


def _gauge(finding: Finding) -> Gauge | None:
    if (
        finding.unit is not Unit.PERCENT
        or finding.threshold is None
        or finding.part is None
        or not finding.whole
    ):
        return None
    share = (Decimal(finding.part) * 100 / finding.whole).quantize(Decimal("0.01"))
    return Gauge(min(share, Decimal(100)), finding.threshold, f"{figure(finding.threshold)} %")


class Sorted:
    """A verdict with its criteria by the part of the list each stands in, under the headings of the plan."""

    def __init__(self, explained: Explained) -> None:
        self.explained = explained
        grouped = [(group.group.label, group.findings) for group in explained.groups]
        if explained.blockers:
            grouped.append((CONDITIONS, explained.blockers))
        self._grouped = grouped

    def count(self, parts: Sequence[str]) -> int:
        """How many stand in some parts."""
        return sum(len(findings) for _, findings in self.grouped(parts))

    def grouped(self, parts: Sequence[str]) -> list[tuple[str, list[Finding]]]:
        """Those in some parts, in the order of the parts, under their headings."""
        found = []
        for heading, findings in self._grouped:
            some = [one for one in findings if part_of(one) in parts]
            if some:
                found.append((heading, sorted(some, key=lambda one: ORDER.index(part_of(one)))))
        return found

    @property
    def applying(self) -> int:
        """How many apply."""
        return self.count([part for part in ORDER if part is not Part.OFF])

    @property
    def blocked(self) -> Mark:
        """How the conditions stand that are under no heading of the plan."""
        outcomes = {one.outcome for one in self.explained.blockers}
        worst = next(
            (one for one in (Outcome.NOT_MET, Outcome.NO_DATA, Outcome.ERROR) if one in outcomes), None
        )
        return OUTCOMES[worst or Outcome.MET]


def conclusion(finding: Finding) -> Mark:
    """The conclusion of a finding as a mark; points given are no outcome of their own."""
    mark = OUTCOMES[finding.outcome]
    scored = finding.conclusion != mark.words and finding.outcome is Outcome.NOT_APPLICABLE
    return Mark("now" if scored else mark.tone, finding.conclusion)


def record_address(record: RecordView) -> str | None:
    """Where a record is opened, for a reader who may."""
    if not actor().may(Permission.VIEW_ORGANISATION):
        return None
    if record.link == "meeting":
        return meeting_address(record.public_id)
    if record.link == "member":
        return url_for("member.show", member=record.public_id)
    return url_for("cell.show", organisation=record.public_id) if record.link == "cell" else None


def meeting_address(public_id: UUID | None) -> str | None:
    """Where a meeting is opened, for a reader who may."""
    may = public_id is not None and actor().may(Permission.VIEW_ORGANISATION)
    return url_for("meeting.find", meeting=public_id) if may else None
