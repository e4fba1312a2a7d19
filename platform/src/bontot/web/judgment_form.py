"""The form in which somebody judges a subject at one stage: what was typed, and what it means.

It holds all criteria at once, or one with its evidence. A criterion's fields end in its key: `verdict-…` or `points-…`,
`remark-…`, `version-…` (what was on record when the form was shown); of one alone also `keep-…` (evidence that stays),
`title-…` (a paper more) and `record-…` (meetings and tasks more). What was typed is kept as it was typed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from werkzeug.datastructures import MultiDict

from bontot.errors import FormNotUnderstood, noting
from bontot.evaluation.asked import AskedCriterion
from bontot.imports.columns import Misread, points
from bontot.policy.terms import Stage
from bontot.policy.words import figure
from bontot.services.judgment_lists import RecordChoice
from bontot.services.judgment_rules import EvidenceEntry, Hand, JudgmentEntry, judged_before
from bontot.services.judgments import Sheet
from bontot.text import PARAGRAPH, clean
from bontot.web.fields import a_day, box_names, day_boxes, typed_boxes, version_number
from bontot.web.words import MEETING_KINDS

OURS = frozenset({"csrf_token", "form_key", "stage", "reason", "redate", *box_names("judged_on")})
PARTS = ("verdict", "points", "remark", "version")
EVIDENCE = ("keep", "title", "record")
WHOLE = frozenset({"judged_by", "stage"})
"""What is wrong with a judgment as a whole stands beside its conclusion."""


@dataclass(slots=True, kw_only=True)
class Box:
    """One criterion as the form shows it; `closed` says why it is not this reader's to judge at this stage."""

    asked: AskedCriterion
    version: int
    closed: str = ""
    verdict: str = ""
    points: str = ""
    remark: str = ""
    title: str = ""
    records: frozenset[str] = frozenset()
    keep: frozenset[str] = frozenset()
    evidence: tuple[EvidenceEntry, ...] = ()
    sent: bool = True

    @property
    def main(self) -> str:
        """The name of the field with the conclusion."""
        return f"{'points' if self.asked.by_points else 'verdict'}-{self.asked.criterion}"

    @property
    def opened(self) -> bool:
        """Whether anything stands in it."""
        return bool(self.verdict or self.points)


@dataclass(slots=True)
class JudgmentForm:
    """The form of one stage: its boxes by criterion, the day of what is concluded, whether what stands takes that day too,
    the reason of a change, errors by field; `alone` where it is of one criterion, with its evidence."""

    stage: Stage
    boxes: Mapping[str, Box]
    judged_on: dict[str, str]
    alone: bool = False
    redate: bool = False
    reason: str = ""
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def open_boxes(self) -> list[Box]:
        """The criteria that may be judged."""
        return [box for box in self.boxes.values() if not box.closed]

    @property
    def filled(self) -> int:
        """How many criteria are judged."""
        return sum(box.opened for box in self.boxes.values())

    def refuse(self, errors: Mapping[str, str]) -> None:
        """Notes what a service refused, each beside its field."""
        for name, sentence in errors.items():
            part, _, criterion = name.partition("-")
            at = self.boxes[criterion].main if part in WHOLE and criterion in self.boxes else name
            self.errors.setdefault(at, sentence)
        order = {name: place for place, name in enumerate(self._fields())}
        self.errors = dict(sorted(self.errors.items(), key=lambda item: order.get(item[0], -1)))

    def _fields(self) -> Iterable[str]:
        yield from (f"{part}-{criterion}" for criterion in self.boxes for part in (*PARTS, *EVIDENCE))
        yield from ("judged_on", "reason")


def offered(sheet: Sheet, stage: Stage, hand: Hand, day: date, criterion: str | None = None) -> JudgmentForm:
    """The form with what is on record at the stage, of all criteria or one, to be dated `day`."""
    asked = [one for one in sheet.asked if stage in one.stages and criterion in (None, one.criterion)]
    boxes = {one.criterion: _box(sheet, one, stage, hand) for one in asked}
    return JudgmentForm(stage, boxes, day_boxes(day), alone=criterion is not None)


def _box(sheet: Sheet, asked: AskedCriterion, stage: Stage, hand: Hand) -> Box:
    others = sheet.stages(asked.criterion)
    mine = others.get(stage)
    closed = judged_before(asked, stage, hand, others)
    if mine is None:
        return Box(asked=asked, version=0, closed=closed)
    entry = mine.entry
    return Box(
        asked=asked,
        version=mine.version,
        closed=closed,
        verdict=entry.verdict or "",
        points="" if entry.points is None else figure(entry.points),
        remark=entry.remark,
        keep=frozenset(str(one.id) for one in entry.evidence),
        evidence=entry.evidence,
    )


def typed(form: MultiDict[str, str], shown: JudgmentForm) -> JudgmentForm:
    """The form as it was sent, over the one offered. Raises InvalidInput for a field it does not have."""
    parts = (*PARTS, *EVIDENCE) if shown.alone else PARTS
    known = OURS | {f"{part}-{criterion}" for criterion in shown.boxes for part in parts}
    if not known.issuperset(form):
        raise FormNotUnderstood
    for criterion, box in shown.boxes.items():
        box.sent = any(f"{part}-{criterion}" in form for part in parts)
        if box.sent:
            _read(box, form, alone=shown.alone)
    if "judged_on-day" in form:
        shown.judged_on = typed_boxes(form, "judged_on")
    shown.redate = "redate" in form
    shown.reason = form.get("reason", "")
    return shown


def _read(box: Box, form: MultiDict[str, str], *, alone: bool) -> None:
    """Takes up what was typed of one criterion; its evidence stays as it is where the form does not hold it."""
    key = box.asked.criterion
    box.version = version_number(form.get(f"version-{key}", ""))
    for part in ("verdict", "points", "remark", "title"):
        setattr(box, part, form.get(f"{part}-{key}", "").strip())
    if alone:
        box.keep = frozenset(form.getlist(f"keep-{key}"))
        box.records = frozenset(form.getlist(f"record-{key}"))


def versions_of(shown: JudgmentForm) -> dict[str, int]:
    """What the sender saw on record, by criterion."""
    return {criterion: box.version for criterion, box in shown.boxes.items() if box.sent}


def day_of(shown: JudgmentForm) -> date | None:
    """The day the form names; None, with the error noted, for what is no day."""
    with noting(shown.errors, "judged_on"):
        return a_day(shown.judged_on)
    return None


def entries_of(shown: JudgmentForm, records: Iterable[RecordChoice] = ()) -> dict[str, JudgmentEntry | None]:
    """What the form means, by criterion; `shown.errors` says everything that cannot be read. `records` are those that may
    be evidence, read only of one criterion alone."""
    by_name = {str(record.public_id): record for record in records}
    found = {
        criterion: _entry(box, shown.errors, by_name) for criterion, box in shown.boxes.items() if box.sent
    }
    shown.refuse({})
    return found


def _entry(box: Box, errors: dict[str, str], records: Mapping[str, RecordChoice]) -> JudgmentEntry | None:
    key, given = box.asked.criterion, None
    if box.points:
        try:
            given = points(box.points)
        except Misread as misread:
            errors[f"points-{key}"] = str(misread)
            return None
    if not box.verdict and given is None:
        if not box.version and (box.remark or box.title or box.records):
            errors[box.main] = (
                f"Hãy ghi {'điểm' if box.asked.by_points else 'kết luận'}, hoặc bỏ nhận xét, minh chứng."
            )
        return None
    evidence = [one for one in box.evidence if str(one.id) in box.keep]
    evidence += _more(box, errors, records)
    remark = box.remark
    with noting(errors, f"remark-{key}"):
        remark = clean(box.remark, longest=PARAGRAPH, lines=True)
    return JudgmentEntry(verdict=box.verdict or None, points=given, remark=remark, evidence=tuple(evidence))


def _more(box: Box, errors: dict[str, str], records: Mapping[str, RecordChoice]) -> list[EvidenceEntry]:
    """The paper and the records added, these in the order of the list."""
    if not box.records <= records.keys():
        errors[f"record-{box.asked.criterion}"] = "Chọn buổi họp hoặc nhiệm vụ trong danh sách."
        return []
    added = [_record_entry(record) for name, record in records.items() if name in box.records]
    return [EvidenceEntry(box.title), *added] if box.title else added


def _record_entry(record: RecordChoice) -> EvidenceEntry:
    is_meeting = record.kind == "meeting"
    ids = (record.id, None) if is_meeting else (None, record.id)
    return EvidenceEntry(record_words(record), *ids)


def record_words(record: RecordChoice) -> str:
    """`Buổi thường kỳ ngày 03/03/2023`, or a task's title."""
    if record.kind == "meeting":
        return f"Buổi {MEETING_KINDS[record.title].lower()} ngày {record.day:%d/%m/%Y}"
    return record.title


def renewed(shown: JudgmentForm, sheet: Sheet) -> list[str]:
    """Takes up what is on record now; the criteria that were judged since the form was shown."""
    changed = []
    for criterion, box in shown.boxes.items():
        mine = sheet.stages(criterion).get(shown.stage)
        version = mine.version if mine else 0
        if box.sent and version != box.version:
            changed.append(criterion)
            box.version, box.evidence = version, mine.entry.evidence if mine else ()
            if not shown.alone:
                box.keep = frozenset(str(one.id) for one in box.evidence)
    return changed
