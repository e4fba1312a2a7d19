"""Judging: recording, changing and withdrawing what people conclude on the criteria that no count decides."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from sqlalchemy import delete, func, select, text
from sqlalchemy.dialects.postgresql import insert

from bontot.access import Actor, organisations_in_reach
from bontot.clock import today
from bontot.db.models import Judgment, JudgmentEvidence, Member, Organisation
from bontot.db.tenancy import TenantSession
from bontot.errors import InvalidInput, NotAllowed, NotFound, Stale, noting, refuse_noted
from bontot.evaluation.asked import AskedCriterion, asked_of
from bontot.evaluation.incremental import mark, mark_member
from bontot.evaluation.judgments import STAGES
from bontot.policy.terms import Stage
from bontot.policy.words import STAGE_WORDS
from bontot.registry import Registry
from bontot.services.audit import note
from bontot.services.judgment_rules import (
    REMARK,
    ByStage,
    EvidenceEntry,
    Hand,
    JudgedSubject,
    JudgmentEntry,
    Recorded,
    day_refused,
    refusals,
    stages_open_to,
)
from bontot.text import clean

ACTION = "judge"
"""What the trail calls it."""
KEY = ("criterion", "year", "stage", "organisation_id", "member_id")
"""By what a judgment is the only one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """Everything judged of one subject in a year: what is asked, and what is recorded, by criterion and stage."""

    subject: JudgedSubject
    year: int
    asked: tuple[AskedCriterion, ...]
    recorded: Mapping[str, ByStage] = field(repr=False)

    def stages(self, criterion: str) -> ByStage:
        """What is recorded of a criterion."""
        return self.recorded.get(criterion, {})

    def later(self, criterion: str, stage: Stage) -> bool:
        """Whether a later stage than `stage` is recorded already."""
        return any(one in self.stages(criterion) for one in STAGES[STAGES.index(stage) + 1 :])


_RECORDED = """
SELECT criterion, stage, verdict, points, coalesce(remark, ''), account_id, judge_id, judged_by, judged_on, id, version
FROM judgment WHERE year = :year AND {whose} = :subject
"""
_OF_MEMBER, _OF_ORGANISATION = (
    text(_RECORDED.format(whose=whose)) for whose in ("member_id", "organisation_id")
)
_EVIDENCE = text("""
SELECT e.judgment_id, e.title, e.meeting_id, e.task_id, e.id, coalesce(m.public_id, t.public_id)
FROM judgment_evidence AS e
LEFT JOIN meeting AS m ON m.tenant_id = e.tenant_id AND m.id = e.meeting_id
LEFT JOIN task AS t ON t.tenant_id = e.tenant_id AND t.id = e.task_id
WHERE e.judgment_id = ANY(CAST(:judgments AS bigint[])) ORDER BY e.id
""")


def sheet_of(
    session: TenantSession, registry: Registry, subject: JudgedSubject, year: int, day: date
) -> Sheet:
    """What is asked and recorded of a subject in a year. Raises `PluginUnavailable`, `PeriodRefused` for a year to come."""
    asked = asked_of(session, registry, subject.id, of_member=subject.of_member, year=year, today=day)
    return Sheet(subject=subject, year=year, asked=asked, recorded=_recorded(session, subject, year))


def _recorded(session: TenantSession, subject: JudgedSubject, year: int) -> dict[str, dict[Stage, Recorded]]:
    statement = _OF_MEMBER if subject.of_member else _OF_ORGANISATION
    rows = session.execute(statement, {"year": year, "subject": subject.id}).all()
    evidence: dict[int, list[EvidenceEntry]] = {}
    for judgment_id, *parts in session.execute(_EVIDENCE, {"judgments": [row.id for row in rows]}):
        evidence.setdefault(judgment_id, []).append(EvidenceEntry(*parts))
    found: dict[str, dict[Stage, Recorded]] = {}
    for criterion, stage, verdict, points, remark, account, judge, name, judged_on, id_, version in rows:
        entry = JudgmentEntry(
            verdict=verdict, points=points, remark=remark, evidence=tuple(evidence.get(id_, ()))
        )
        found.setdefault(criterion, {})[Stage(stage)] = Recorded(
            entry=entry, hand=Hand(account, judge, name), judged_on=judged_on, id=id_, version=version
        )
    return found


Entries = Mapping[str, JudgmentEntry | None]
"""By criterion what is concluded; None takes back what was."""


def judge(
    session: TenantSession,
    actor: Actor,
    registry: Registry,
    subject: JudgedSubject,
    year: int,
    stage: Stage,
    entries: Entries,
    versions: Mapping[str, int],
    *,
    judged_on: date | None = None,
    redate: bool = False,
    reason: str = "",
) -> int:
    """Records what the actor concludes of a subject at one stage, all of it or nothing; how many judgments changed.

    `judged_on` is the day it was concluded, of the meeting that did (None: today); what is said again as it stands keeps the
    day it has, unless `redate`. `versions` is what the actor saw of each criterion at this stage, 0 where nothing was
    recorded. What stood before is kept in the trail. Raises NotFound for a subject out of reach, NotAllowed for a stage that
    is not the actor's, Stale when one of the judgments to be changed was changed meanwhile, and InvalidFields, by
    `field-criterion`, for what a plan does not take, or "judged_on" for a day to come or before the year; a change to what a
    later stage has already judged needs a `reason`.
    """
    day = today(session)
    _admit(session, actor, subject, stage, day)
    _take_turns(session, subject)
    sheet = sheet_of(session, registry, subject, year, day)
    judged_on = judged_on or day
    changed = _changed(sheet, stage, _cleaned(entries), judged_on if redate else None)
    for criterion in changed:
        mine = sheet.stages(criterion).get(stage)
        if versions.get(criterion, 0) != (mine.version if mine else 0):
            raise Stale
    hand = Hand.of(actor)
    reason = clean(reason, field="reason")
    refuse_noted(_wrong(session, sheet, stage, changed, hand, judged_on, day, reason))
    if changed:
        _write(session, sheet, stage, changed, hand, judged_on)
        before = {key: _plain(sheet.stages(key).get(stage)) for key in changed}
        trail = {
            "year": year,
            "stage": stage.value,
            "judged_on": str(judged_on),
            "reason": reason,
            "before": before,
        }
        note(session, ACTION, subject.table, subject.id, actor.account_id, **trail)
        if subject.of_member:
            mark_member(session, subject.id, year, day, Judgment, JudgmentEvidence)
        else:
            mark(session, subject.id, year, Judgment, JudgmentEvidence)
    session.flush()
    return len(changed)


def _admit(session: TenantSession, actor: Actor, subject: JudgedSubject, stage: Stage, day: date) -> None:
    own = subject.of_member and actor.member_id == subject.id
    if not own and subject.place_id not in organisations_in_reach(session, actor, day):
        raise NotFound
    if stage not in stages_open_to(actor, subject):
        raise NotAllowed(f"Bước {STAGE_WORDS[stage]} của hồ sơ này không do đồng chí xét.")


def _take_turns(session: TenantSession, subject: JudgedSubject) -> None:
    """Two who judge the same subject wait for each other, so that the second sees what the first wrote."""
    table = Member if subject.of_member else Organisation
    session.execute(select(table.id).where(table.id == subject.id).with_for_update(key_share=True))


def _cleaned(entries: Entries) -> Entries:
    """The same with texts as they are kept. Raises InvalidFields."""
    errors: dict[str, str] = {}
    found: dict[str, JudgmentEntry | None] = {}
    for criterion, entry in entries.items():
        found[criterion] = entry
        if entry is not None:
            with noting(errors, f"remark-{criterion}"):
                remark = clean(entry.remark, longest=REMARK, lines=True)
                found[criterion] = replace(entry, remark=remark)
            with noting(errors, f"title-{criterion}"):
                evidence = tuple(replace(one, title=clean(one.title)) for one in entry.evidence)
                found[criterion] = replace(found[criterion] or entry, evidence=evidence)
    refuse_noted(errors)
    return found


def _changed(
    sheet: Sheet, stage: Stage, entries: Entries, redated: date | None
) -> dict[str, JudgmentEntry | None]:
    """What would be different afterwards, in what is said or, where days are put right, in its day. Raises InvalidInput for
    a criterion nobody asks."""
    if not entries.keys() <= {asked.criterion for asked in sheet.asked}:
        raise InvalidInput("Kế hoạch năm này không có tiêu chí vừa gửi. Xin tải lại trang.")
    found: dict[str, JudgmentEntry | None] = {}
    for criterion, entry in entries.items():
        mine = sheet.stages(criterion).get(stage)
        moved = entry is not None and mine is not None and redated not in (None, mine.judged_on)
        if moved or _meant(entry) != _meant(mine.entry if mine else None):
            found[criterion] = entry
    return found


def _meant(entry: JudgmentEntry | None) -> object:
    if entry is None:
        return None
    return entry.said, entry.remark, [(one.title, one.meeting_id, one.task_id) for one in entry.evidence]


def _wrong(
    session: TenantSession,
    sheet: Sheet,
    stage: Stage,
    changed: Entries,
    hand: Hand,
    judged_on: date,
    day: date,
    reason: str,
) -> dict[str, str]:
    """What forbids the changes, by field."""
    errors: dict[str, str] = {}
    asked = {one.criterion: one for one in sheet.asked}
    for criterion, entry in changed.items():
        if entry is None:
            continue
        for name, sentence in refusals(asked[criterion], stage, entry, hand, sheet.stages(criterion)):
            errors.setdefault(f"{name}-{criterion}", sentence)
    mending = [key for key in changed if stage in sheet.stages(key) and sheet.later(key, stage)]
    if mending and not reason:
        errors["reason"] = "Bước sau đã xét rồi; cần ghi lý do sửa."
    if refused := day_refused(judged_on, sheet.year, day):
        errors["judged_on"] = refused
    _check_records(session, sheet, changed, errors)
    return errors


_STRANGE = text("""
SELECT count(*) FROM unnest(CAST(:meetings AS bigint[])) AS w (id)
WHERE NOT EXISTS (SELECT FROM meeting AS m WHERE m.id = w.id AND m.organisation_id = :place)
UNION ALL
SELECT count(*) FROM unnest(CAST(:tasks AS bigint[])) AS w (id)
WHERE NOT EXISTS (SELECT FROM task AS t WHERE t.id = w.id AND t.organisation_id = :place)
""")


def _check_records(session: TenantSession, sheet: Sheet, changed: Entries, errors: dict[str, str]) -> None:
    """Evidence newly linked must be of the subject's own place."""
    fresh = {
        (criterion, one)
        for criterion, entry in changed.items()
        for one in (entry.evidence if entry else ())
        if one.id is None and (one.meeting_id is not None or one.task_id is not None)
    }
    if not fresh:
        return
    meetings = [one.meeting_id for _, one in fresh if one.meeting_id is not None]
    tasks = [one.task_id for _, one in fresh if one.task_id is not None]
    binds = {"meetings": meetings, "tasks": tasks, "place": sheet.subject.place_id}
    if any(session.scalars(_STRANGE, binds)):
        for criterion, _ in fresh:
            errors.setdefault(f"record-{criterion}", "Chọn buổi họp hoặc nhiệm vụ trong danh sách.")


def _write(
    session: TenantSession, sheet: Sheet, stage: Stage, changed: Entries, hand: Hand, judged_on: date
) -> None:
    """In four statements, however many criteria: what is taken back, what is concluded, and its evidence."""
    kept = {key: entry for key, entry in changed.items() if entry is not None}
    gone = [sheet.stages(key)[stage].id for key in changed.keys() - kept.keys()]
    if gone:
        session.execute(delete(Judgment).where(Judgment.id.in_(gone)))
    if not kept:
        return
    rows = [_row(sheet, key, stage, entry, hand, judged_on) for key, entry in kept.items()]
    statement = insert(Judgment).values(rows)
    fresh = {name: statement.excluded[name] for name in rows[0] if name not in KEY}
    ids = {
        criterion: id_
        for id_, criterion in session.execute(
            statement.on_conflict_do_update(
                index_elements=["tenant_id", *KEY],
                set_={**fresh, "version": Judgment.version + 1, "recorded_at": func.now()},
            ).returning(Judgment.id, Judgment.criterion)
        )
    }
    _write_evidence(session, {ids[key]: entry for key, entry in kept.items()})


def _row(
    sheet: Sheet, criterion: str, stage: Stage, entry: JudgmentEntry, hand: Hand, judged_on: date
) -> dict[str, Any]:
    subject = sheet.subject
    return {
        "criterion": criterion,
        "year": sheet.year,
        "stage": stage.value,
        "member_id": subject.id if subject.of_member else None,
        "organisation_id": None if subject.of_member else subject.id,
        "verdict": entry.verdict,
        "points": entry.points,
        "remark": entry.remark or None,
        "judged_on": judged_on,
        "judged_by": hand.name,
        "account_id": hand.account_id,
        "judge_id": hand.member_id,
    }


def _write_evidence(session: TenantSession, entries: Mapping[int, JudgmentEntry]) -> None:
    """What each judgment, by its id, rests on now: what stays keeps its row."""
    kept = [one.id for entry in entries.values() for one in entry.evidence if one.id is not None]
    of_them = JudgmentEvidence.judgment_id.in_(entries)
    session.execute(delete(JudgmentEvidence).where(of_them, JudgmentEvidence.id.not_in(kept)))
    fresh = [
        {
            "judgment_id": judgment_id,
            "title": one.title,
            "meeting_id": one.meeting_id,
            "task_id": one.task_id,
        }
        for judgment_id, entry in entries.items()
        for one in entry.evidence
        if one.id is None
    ]
    if fresh:
        session.execute(insert(JudgmentEvidence).values(fresh))


def _plain(recorded: Recorded | None) -> dict[str, Any] | None:
    """A judgment as the trail keeps it."""
    if recorded is None:
        return None
    entry = recorded.entry
    return {
        "verdict": entry.verdict,
        "points": None if entry.points is None else f"{entry.points:f}",
        "remark": entry.remark,
        "evidence": [one.title for one in entry.evidence],
        "judged_by": recorded.hand.name,
        "judged_on": str(recorded.judged_on),
    }
