"""How a cell or member stands today, as rows of a page: each count with its gauge and what is left of the year."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
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


@dataclass(frozen=True, slots=True)
class Gauge:
    """A share in percent with the threshold as a tick, as attributes of a drawing."""

    filled: Decimal
    tick: Decimal
    tick_words: str


@dataclass(frozen=True, slots=True)
class Row:
    """A criterion that is counted."""

    finding: Finding
    mark: Mark
    gauge: Gauge | None
    left: str
    records: tuple[tuple[str, str | None], ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """What a page shows of a standing: the plan's counts, what people judge, and the frames beside it; or the reason there
    is none."""

    title: str = ""
    mark: Mark | None = None
    rows: tuple[Row, ...] = ()
    judged: tuple[tuple[Finding, Mark], ...] = ()
    frames: tuple[tuple[str, tuple[Row, ...]], ...] = ()
    problem: str = ""
    flag: str = ""


def shown(find: Callable[[], Standing]) -> Shown:
    """The rows of a standing; why there is none when its plan cannot be used; nothing when no plan judges."""
    try:
        found = find()
    except PluginUnavailable as refusal:
        return Shown(problem=str(refusal))
    except NotFound:
        return Shown()
    frames = tuple(
        (each.scheme.policy_label, tuple(_rows(each, found.slack)))
        for each in found.explained
        if each.scheme.title is None
    )
    own = next((each for each in found.explained if each.scheme.title is not None), None)
    if own is None:
        return Shown(frames=frames)
    return Shown(
        title=_title(own),
        mark=OUTCOMES[own.outcome],
        rows=tuple(_rows(own, found.slack)),
        judged=tuple((item, OUTCOMES[item.outcome]) for item in own.findings if item.kind is Kind.JUDGED),
        frames=frames,
        flag=own.flag,
    )


def _title(explained: Explained) -> str:
    """How far the title is, in one line: the criteria by outcome, those not met by name."""
    deciding = [item for item in explained.findings if item.role is Role.DECIDES or item.blocks]
    counts = Counter(item.outcome for item in deciding)
    said = [f"{counts[outcome]} {OUTCOMES[outcome].words.lower()}" for outcome in Outcome if counts[outcome]]
    failed = [f"“{item.label}”" for item in deciding if item.outcome is Outcome.NOT_MET]
    names = f". Chưa đạt: {'; '.join(failed)}" if failed else ""
    title = (
        f"Danh hiệu “{explained.scheme.title}”" if explained.scheme.title else explained.scheme.policy_label
    )
    return f"{title}: {len(deciding)} tiêu chí, {', '.join(said)}{names}."


def _rows(explained: Explained, slack: Mapping[str, Slack]) -> Iterator[Row]:
    for finding in explained.findings:
        if finding.kind is not Kind.JUDGED:
            left = slack.get(finding.criterion)
            yield Row(
                finding=finding,
                mark=_mark(finding, left),
                gauge=_gauge(finding),
                left=left.sentence if left else "",
                records=tuple((item.words, record_address(item)) for item in finding.records),
            )


def _mark(finding: Finding, left: Slack | None) -> Mark:
    if left is None or left.left is None:
        return OUTCOMES[finding.outcome]
    if left.lost:
        return LOST
    if finding.outcome is Outcome.NOT_MET:
        return SHORT
    if (
        finding.outcome is Outcome.MET
        and left.left == 0
        and finding.unit is Unit.PERCENT
        and finding.threshold != 100
    ):
        return LAST
    return OUTCOMES[finding.outcome]


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
