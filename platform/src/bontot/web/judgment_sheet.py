"""The judging sheet as a page shows it: the plan's headings, what is counted, the stages side by side, one's own form."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby

from flask import url_for

from bontot.errors import NotFound
from bontot.evaluation.asked import AskedCriterion
from bontot.evaluation.explain import Explained, Finding, GroupFinding
from bontot.evaluation.standing import Standing, member_standing, standing
from bontot.policy.grounds import ground, source
from bontot.policy.terms import Outcome, Stage
from bontot.policy.words import STAGE_WORDS, figure
from bontot.services.judgment_rules import (
    ByStage,
    JudgedSubject,
    JudgmentEntry,
    Recorded,
    stage_below,
)
from bontot.services.judgments import Sheet
from bontot.web.database import session
from bontot.web.judgment_form import Box, JudgmentForm
from bontot.web.request import registry
from bontot.web.standing import conclusion, meeting_address, record_address
from bontot.web.words import OUTCOMES, Mark

VERDICT_OUTCOMES = {
    "met": Outcome.MET,
    "not_met": Outcome.NOT_MET,
    "not_applicable": Outcome.NOT_APPLICABLE,
}
DIFFERENT = "Khác bước {}"

Link = tuple[str, str | None]


@dataclass(frozen=True, slots=True)
class StageRow:
    """What one stage says of a criterion, or that it says nothing (`recorded` None); `differs` names the stage below that
    says otherwise."""

    stage: str
    said: Mark | None = None
    recorded: Recorded | None = None
    evidence: tuple[Link, ...] = ()
    differs: str = ""


@dataclass(frozen=True, slots=True)
class Count:
    """Something counted from the records, beside what people judge."""

    label: str
    numbers: str
    mark: Mark | None
    records: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class Item:
    """A criterion people judge: how it stands, what each stage says, what is counted beside it, and the reader's own box."""

    asked: AskedCriterion
    mark: Mark
    ground: str
    stages: tuple[StageRow, ...]
    evidence: tuple[Count, ...]
    box: Box | None

    @property
    def has_more(self) -> bool:
        """Whether its own page shows more: records that are counted, or evidence to be linked."""
        may_link = self.box is not None and not self.box.closed
        return may_link or any(count.records for count in self.evidence)

    @property
    def differs(self) -> bool:
        """Whether two stages say otherwise."""
        return any(row.differs for row in self.stages)


@dataclass(frozen=True, slots=True)
class Part:
    """A heading of the plan with its judged criteria, and what else of it is counted."""

    label: str
    items: tuple[Item, ...]
    counted: tuple[Count, ...]

    @property
    def by_ground(self) -> list[tuple[str, list[Item]]]:
        """Its judged criteria in order, those that follow each other on one ground together."""
        return [(ground, list(items)) for ground, items in groupby(self.items, lambda item: item.ground)]


@dataclass(frozen=True, slots=True)
class SheetView:
    """Everything of a sheet but its form's frame: by scheme its headings; `title` is what the title's outcome is today."""

    schemes: tuple[tuple[str, Mark | None, str, tuple[Part, ...]], ...]
    one_hand: Link | None

    def item(self, criterion: str) -> Item:
        """One criterion. Raises NotFound."""
        items = (item for _, _, _, parts in self.schemes for part in parts for item in part.items)
        found = next((item for item in items if item.asked.criterion == criterion), None)
        if found is None:
            raise NotFound
        return found

    @property
    def differing(self) -> int:
        """On how many criteria the stages differ."""
        return sum(item.differs for _, _, _, parts in self.schemes for part in parts for item in part.items)


def viewed(sheet: Sheet, form: JudgmentForm | None, day: date) -> SheetView:
    """The sheet with what is counted today."""
    try:
        found = _standing(sheet.subject, sheet.year, day)
    except NotFound:
        return SheetView((), None)
    building = _Building(sheet, form)
    schemes = tuple(
        (
            f"“{one.scheme.title}”" if one.scheme.title else f"Đối chiếu với {one.scheme.policy_label}",
            OUTCOMES[one.outcome] if one.scheme.title else None,
            one.sentence,
            parts,
        )
        for one in found.explained
        if (parts := tuple(building.parts(one)))
    )
    return SheetView(schemes, _one_hand(sheet))


def _standing(subject: JudgedSubject, year: int, day: date) -> Standing:
    find = member_standing if subject.of_member else standing
    return find(session(), registry(), subject.id, year, day)


def _one_hand(sheet: Sheet) -> Link | None:
    """On what ground the plan forbids one hand at two stages, with the page of that value; None where it allows it."""
    for asked in sheet.asked:
        if asked.one_hand_only_once and asked.same_hand and asked.same_hand.rung:
            rung = asked.same_hand.rung
            address = url_for("plan.value", code=asked.policy, key=asked.same_hand.key)
            return "; ".join(filter(None, (source(rung), ground(rung)))), address
    return None


class _Building:
    """One sheet being put together."""

    def __init__(self, sheet: Sheet, form: JudgmentForm | None) -> None:
        self.sheet, self.boxes = sheet, form.boxes if form else {}
        self.asked: Mapping[str, AskedCriterion] = {one.criterion: one for one in sheet.asked}

    def parts(self, explained: Explained) -> Iterator[Part]:
        for group in explained.groups:
            part = self._part(_heading(group), group.findings)
            if part.items:
                yield part
        conditions = self._part("Điều kiện để được xét danh hiệu", explained.blockers)
        if conditions.items:
            yield conditions

    def _part(self, label: str, findings: tuple[Finding, ...]) -> Part:
        items = tuple(self._item(one) for one in findings if one.criterion in self.asked)
        counted = tuple(_count(one) for one in findings if one.criterion not in self.asked)
        return Part(label, items, counted)

    def _item(self, finding: Finding) -> Item:
        asked, recorded = self.asked[finding.criterion], self.sheet.stages(finding.criterion)
        counts = [_count(one) for one in finding.evidence]
        if finding.part is not None and not asked.by_points:
            counts.insert(0, replace(_count(finding), label="Theo hồ sơ"))
        shown = [stage for stage in Stage if stage in asked.stages or stage in recorded]
        return Item(
            asked=asked,
            mark=conclusion(finding),
            ground=finding.ground,
            stages=tuple(_row(stage, recorded) for stage in shown),
            evidence=tuple(counts),
            box=self.boxes.get(finding.criterion),
        )


def _heading(group: GroupFinding) -> str:
    if group.maximum is None:
        return group.group.label
    return f"{group.group.label} (tối đa {figure(group.maximum)} điểm)"


def _row(stage: Stage, recorded: ByStage) -> StageRow:
    mine = recorded.get(stage)
    if mine is None:
        return StageRow(STAGE_WORDS[stage])
    below = stage_below(stage, recorded)
    other = below is not None and recorded[below].entry.said != mine.entry.said
    return StageRow(
        STAGE_WORDS[stage],
        said(mine.entry),
        mine,
        tuple(
            (one.title, meeting_address(one.record) if one.meeting_id else None)
            for one in mine.entry.evidence
        ),
        DIFFERENT.format(STAGE_WORDS[below]) if below is not None and other else "",
    )


def said(entry: JudgmentEntry) -> Mark:
    """A conclusion as a mark."""
    if entry.points is not None:
        return Mark("now", f"{figure(entry.points)} điểm")
    return OUTCOMES[VERDICT_OUTCOMES[entry.verdict or ""]]


def _count(finding: Finding) -> Count:
    mark = None if finding.outcome is Outcome.NOT_APPLICABLE else conclusion(finding)
    records = tuple(
        (record.words, record_address(record)) for record in finding.records if record.kind != "judgment"
    )
    return Count(finding.label, finding.numbers, mark, records)
