"""What a judgment may be, and whose: one text for those who judge on a page and for those who send a workbook."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from bontot.access import Actor, Permission, Role
from bontot.evaluation.asked import AskedCriterion
from bontot.evaluation.judgments import STAGES
from bontot.policy.terms import Stage
from bontot.policy.words import STAGE_WORDS, figure
from bontot.text import name_key

VERDICTS = ("met", "not_met", "not_applicable")
REMARK = 2_000
"""The longest remark, in characters."""
MOST_POINTS = Decimal(1000)
"""No maximum is as high; where none is in force points stay below it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedSubject:
    """Whom a judgment is about: a member, or a cell or base organisation. `place_id` is the organisation itself, or the
    member's home cell on the last day of the year judged (None: nowhere), as an evaluation takes it; `is_cell` whether the
    organisation meets as a cell."""

    id: int
    of_member: bool
    place_id: int | None
    is_cell: bool = False

    @property
    def table(self) -> str:
        """The kind of record, as the trail names it."""
        return "member" if self.of_member else "organisation"


@dataclass(frozen=True, slots=True)
class Hand:
    """Who judged: the account and the member, as far as known, and the name as written."""

    account_id: int | None
    member_id: int | None
    name: str

    @classmethod
    def of(cls, actor: Actor) -> Hand:
        """The hand of who is acting."""
        return cls(actor.account_id, actor.member_id, actor.name)

    def same(self, other: Hand) -> bool:
        """Whether both are one person. Accounts and members tell people apart; names only where nothing else does."""
        mine, theirs = (self.account_id, self.member_id), (other.account_id, other.member_id)
        known = [(a, b) for a, b in zip(mine, theirs, strict=True) if a is not None and b is not None]
        if known:
            return any(a == b for a, b in known)
        return name_key(self.name) == name_key(other.name)


@dataclass(frozen=True, slots=True)
class EvidenceEntry:
    """A paper or record a judgment rests on: its title, and the meeting or task it is, if it is one."""

    title: str
    meeting_id: int | None = None
    task_id: int | None = None
    id: int | None = None
    record: UUID | None = None
    """The public id of the meeting or task."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgmentEntry:
    """What somebody concludes on one criterion: a verdict, or points where the plan gives points."""

    verdict: str | None = None
    points: Decimal | None = None
    remark: str = ""
    evidence: tuple[EvidenceEntry, ...] = ()

    @property
    def said(self) -> tuple[str | None, Decimal | None]:
        """The conclusion alone, by which two stages are held against each other."""
        return self.verdict, self.points


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """A judgment on record; `id` and `version` are None of one that is only about to be written."""

    entry: JudgmentEntry
    hand: Hand
    judged_on: date
    id: int = 0
    version: int = 0


ByStage = Mapping[Stage, Recorded]


def refusals(
    asked: AskedCriterion, stage: Stage, entry: JudgmentEntry, hand: Hand, others: ByStage
) -> Iterator[tuple[str, str]]:
    """Everything that forbids `hand` to conclude `entry` at `stage`, as `(field, sentence)`; `others` is what stands at the
    other stages. Fields are "stage", "verdict", "points", "remark", "judged_by"."""
    yield from _conclusion(asked, entry)
    if stage not in asked.stages:
        yield "stage", f"Kế hoạch không xét tiêu chí này ở bước {STAGE_WORDS[stage]}."
    if earlier := judged_before(asked, stage, hand, others):
        yield "judged_by", earlier
    below = stage_below(stage, others)
    if below is not None and others[below].entry.said != entry.said and not entry.remark:
        yield "remark", f"Kết luận này khác bước {STAGE_WORDS[below]}; hãy ghi nhận xét nêu lý do."


def judged_before(asked: AskedCriterion, stage: Stage, hand: Hand, others: ByStage) -> str:
    """Why `hand` may not judge at `stage`: it judged at another, where the plan forbids that; empty where it may."""
    judged = [other for other, recorded in others.items() if other is not stage and recorded.hand.same(hand)]
    if not judged or not asked.one_hand_only_once:
        return ""
    where = f"{hand.name} đã xét tiêu chí này ở bước {STAGE_WORDS[judged[0]]}"
    return f"{where}; kế hoạch không để một người xét ở hai bước. Cần người khác xét bước này."


def day_refused(judged_on: date, year: int, today: date) -> str:
    """Why a judgment on a year cannot be of a day; empty where it can."""
    if judged_on > today:
        return f"Ngày kết luận chưa đến (hôm nay là {today:%d/%m/%Y})."
    if judged_on < date(year, 1, 1):
        return f"Ngày kết luận phải từ 01/01/{year}, khi năm được xét bắt đầu."
    return ""


def _conclusion(asked: AskedCriterion, entry: JudgmentEntry) -> Iterator[tuple[str, str]]:
    if (entry.verdict is None) == (entry.points is None):
        yield "verdict", "Hãy ghi kết luận hoặc điểm, chỉ một trong hai."
    elif entry.points is not None and not asked.by_points:
        yield "points", "Tiêu chí này không chấm điểm; hãy ghi kết luận."
    elif entry.verdict is not None and asked.by_points:
        yield "verdict", "Tiêu chí này chấm điểm; hãy ghi điểm."
    elif entry.verdict == "not_applicable" and not asked.may_be_not_applicable:
        yield "verdict", "Tiêu chí này luôn áp dụng; hãy ghi Đạt hoặc Chưa đạt."
    elif entry.verdict is not None and entry.verdict not in VERDICTS:
        yield "verdict", "Chọn kết luận trong danh sách."
    elif entry.points is not None:
        yield from _points(asked, entry.points)


def _points(asked: AskedCriterion, points: Decimal) -> Iterator[tuple[str, str]]:
    if not 0 <= points < MOST_POINTS or points != round(points, 2):
        yield "points", "Điểm là số từ 0 trở lên, có tối đa hai chữ số thập phân, ví dụ 8,5."
    elif asked.maximum is not None and points > asked.maximum:
        yield "points", f"Tiêu chí này có tối đa {figure(asked.maximum)} điểm."


def stage_below(stage: Stage, others: ByStage) -> Stage | None:
    """The nearest stage below that something is recorded at."""
    recorded = [one for one in STAGES[: STAGES.index(stage)] if one in others]
    return recorded[-1] if recorded else None


def stages_open_to(actor: Actor, subject: JudgedSubject) -> tuple[Stage, ...]:
    """The stages at which the actor judges a subject within reach, lowest first.

    Oneself: the self-assessment. The secretary: the cell's stage for its members and itself, and its self-assessment. The
    committee of a base organisation: its self-assessment. The committees above, and the administrator: the appraisal.
    """
    place, here = subject.place_id, actor.organisation_id
    itself = not subject.of_member and place == here
    secretary = actor.role is Role.CELL_SECRETARY and place is not None and place == here
    committee = actor.role is Role.COMMITTEE
    stages = {
        Stage.SELF_ASSESSMENT: (subject.of_member and actor.member_id == subject.id)
        or (itself and (secretary or (committee and not subject.is_cell))),
        Stage.CELL: secretary,
        Stage.APPRAISAL: actor.role is Role.TENANT_ADMIN
        or (committee and place is not None and place != here),
    }
    return tuple(stage for stage, open_ in stages.items() if open_ and actor.may(Permission.JUDGE))
