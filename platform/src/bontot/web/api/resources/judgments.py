"""Judgments: listed, a subject's sheet of a year, and what is concluded at a stage, by the hands the pages allow."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import fields

from bontot.access import Permission, Scope
from bontot.errors import InvalidFields, NotFound, Stale
from bontot.policy.terms import Stage
from bontot.services import judgment_lists
from bontot.services.audit import note_view
from bontot.services.judgment_rules import (
    REMARK,
    VERDICTS,
    EvidenceEntry,
    JudgedSubject,
    JudgmentEntry,
    Recorded,
    stages_open_to,
)
from bontot.services.judgments import Sheet, judge, sheet_of
from bontot.services.listing.years import JUDGMENTS
from bontot.services.proceedings.amending import version_of
from bontot.web import words
from bontot.web.api.asking import PeopleQuery, YearQuery, binds_of, check_criteria, seen, year_of
from bontot.web.api.blueprint import api
from bontot.web.api.fields import (
    Choice,
    Day,
    Flag,
    Form,
    Id,
    Part,
    Points,
    Several,
    Told,
    Words,
    asked,
    maybe,
    optional,
    said,
)
from bontot.web.api.resource import Answer, Resource, listed, lists, page, resource, version_to_correct
from bontot.web.database import session
from bontot.web.judgment_links import of_person, of_place
from bontot.web.judgment_sheet import VERDICT_OUTCOMES
from bontot.web.request import Person, Place, actor, registry, this_day

NOUN = "judgments"
STAGES = tuple(one.value for one in Stage)
VERDICT_WORDS = {verdict: words.OUTCOMES[outcome] for verdict, outcome in VERDICT_OUTCOMES.items()}
MOST_CRITERIA, MOST_EVIDENCE = 200, 20


class JudgmentsQuery(PeopleQuery, YearQuery):
    """Which judgments."""

    criterion = Words(**asked("Mã tiêu chí"))
    stage = Choice(*STAGES, words=words.JUDGMENT_STAGES, **asked("Bước nào"))


class JudgmentSchema(Form):
    """What somebody concluded on one criterion at one stage."""

    member = Id(**maybe("Đảng viên; null là của tổ chức"))
    organisation = Id(**said("Tổ chức, hoặc chi bộ của đảng viên"))
    about_member = Flag(**said("Của một đảng viên"))
    year = fields.Integer(**said("Năm được xét"))
    criterion = Told(**said("Mã tiêu chí"))
    stage = Choice(*STAGES, words=words.JUDGMENT_STAGES, **said("Tự đánh giá, chi bộ, thẩm định"))
    verdict = Choice(*VERDICTS, words=VERDICT_WORDS, **maybe("Kết luận; null khi chấm điểm"))
    points = Told(**maybe("Điểm, dạng chữ; null khi kết luận"))
    remark = Told(**maybe("Nhận xét"))
    judged_on = Day(**said("Ngày kết luận"))
    judged_by = Told(**said("Ai xét"))
    version = fields.Integer(**said("Bản thứ mấy"))


class EvidenceSchema(Form):
    """What a conclusion rests on: a paper by its title, or a meeting or task by its id too."""

    title = Words(**said("Minh chứng gì"))
    record = Id(**optional("Buổi sinh hoạt hoặc nhiệm vụ"))


class AtStageSchema(Form):
    """What is concluded at a stage."""

    stage = Choice(*STAGES, words=words.JUDGMENT_STAGES, **said("Bước"))
    verdict = Choice(*VERDICTS, words=VERDICT_WORDS, **maybe("Kết luận"))
    points = Told(**maybe("Điểm"))
    remark = Told(**said("Nhận xét"))
    judged_on = Day(**said("Ngày kết luận"))
    judged_by = Told(**said("Ai xét"))
    evidence = fields.List(fields.Nested(EvidenceSchema), **said("Minh chứng"))


class AskedCriterionSchema(Form):
    """A criterion that people decide."""

    criterion = Told(**said("Mã tiêu chí"))
    label = Told(**said("Tiêu chí"))
    by_points = Flag(**said("Chấm điểm"))
    maximum = Told(**maybe("Điểm tối đa"))
    may_be_not_applicable = Flag(**said("Có thể không áp dụng"))
    stages = fields.List(Choice(*STAGES, words=words.JUDGMENT_STAGES), **said("Các bước được xét"))
    recorded = fields.List(fields.Nested(AtStageSchema), **said("Đã kết luận"))


class JudgmentSheetSchema(Form):
    """Everything people decide of a subject in a year."""

    year = fields.Integer(**said("Năm được xét"))
    may_judge = fields.List(
        Choice(*STAGES, words=words.JUDGMENT_STAGES), **said("Các bước mã truy cập này được ghi")
    )
    criteria = fields.List(fields.Nested(AskedCriterionSchema), **said("Từng tiêu chí"))


class ConclusionSchema(Form):
    """A verdict or points on a criterion; neither takes back what was concluded. Evidence left out stays as it is."""

    criterion = Words(**said("Mã tiêu chí"))
    verdict = Choice(*VERDICTS, words=VERDICT_WORDS, **optional("Kết luận"))
    points = Points(**optional("Điểm"))
    remark = Words(longest=REMARK, lines=True, **optional("Nhận xét", ""))
    evidence = Several(Part(EvidenceSchema), MOST_EVIDENCE, **optional("Minh chứng; null là giữ nguyên"))


class ConclusionsSchema(Form):
    """What is concluded at a stage, of some criteria, all or nothing."""

    judged_on = Day(**optional("Ngày kết luận; null là hôm nay"))
    reason = Words(**optional("Lý do; cần khi bước sau đã xét", ""))
    conclusions = Several(Part(ConclusionSchema), MOST_CRITERIA, **said("Từng tiêu chí"))


@lists(
    "/judgments",
    permission=Permission.JUDGE,
    noun=NOUN,
    summary="Kết luận của các bước xét, theo năm",
    row=JudgmentSchema,
    query=JudgmentsQuery,
)
def judgments(query: dict[str, Any]) -> Answer:
    """What was concluded of whoever is within reach."""
    seen("judgments")
    return page(listed(JUDGMENTS, binds_of(query), query))


@resource(
    api,
    "/organisations/<uuid:organisation>/judgments/<year>",
    permission=Permission.JUDGE,
    scope=Scope.ORGANISATION,
    says=Resource(
        noun=NOUN,
        method="GET",
        summary="Phiếu xét một năm của một tổ chức",
        answer=JudgmentSheetSchema,
        versioned=True,
    ),
)
def sheet_of_organisation(organisation: Place, year: str) -> Answer:
    """An organisation's sheet."""
    return _answer(of_place(organisation), year_of(year))


@resource(
    api,
    "/members/<uuid:member>/judgments/<year>",
    permission=Permission.JUDGE,
    scope=Scope.MEMBER,
    says=Resource(
        noun=NOUN,
        method="GET",
        summary="Phiếu xét một năm của một đảng viên",
        answer=JudgmentSheetSchema,
        versioned=True,
    ),
)
def sheet_of_member(member: Person, year: str) -> Answer:
    """A member's sheet."""
    return _answer(of_person(member, year_of(year)), year_of(year))


@resource(
    api,
    "/organisations/<uuid:organisation>/judgments/<year>/<stage>",
    permission=Permission.JUDGE,
    scope=Scope.ORGANISATION,
    says=Resource(
        noun=NOUN,
        method="PUT",
        summary="Ghi kết luận một bước của một tổ chức",
        answer=JudgmentSheetSchema,
        body=ConclusionsSchema,
        versioned=True,
    ),
)
def judge_organisation(organisation: Place, year: str, stage: str, body: dict[str, Any]) -> Answer:
    """Records what the token's role concludes of an organisation."""
    return _judge(of_place(organisation), year_of(year), stage, body)


@resource(
    api,
    "/members/<uuid:member>/judgments/<year>/<stage>",
    permission=Permission.JUDGE,
    scope=Scope.MEMBER,
    says=Resource(
        noun=NOUN,
        method="PUT",
        summary="Ghi kết luận một bước của một đảng viên",
        answer=JudgmentSheetSchema,
        body=ConclusionsSchema,
        versioned=True,
    ),
)
def judge_member(member: Person, year: str, stage: str, body: dict[str, Any]) -> Answer:
    """Records what the token's role concludes of a member."""
    return _judge(of_person(member, year_of(year)), year_of(year), stage, body)


def _judge(subject: JudgedSubject, year: int, stage: str, body: Mapping[str, Any]) -> Answer:
    if stage not in STAGES:
        raise NotFound
    at, sheet = Stage(stage), _sheet(subject, year)
    if version_to_correct() != _version(sheet):
        raise Stale
    places = check_criteria(
        body,
        "conclusions",
        {one.criterion for one in sheet.asked},
        unknown="Kế hoạch năm này không có tiêu chí ấy để xét.",
        twice="Mỗi tiêu chí chỉ ghi một lần.",
    )
    before = {key: found for key in places if (found := sheet.stages(key).get(at))}
    entries = _entries(sheet, body["conclusions"], before)
    versions = {key: found.version for key, found in before.items()}
    judged_on = body["judged_on"]
    try:
        judge(
            session(),
            actor(),
            registry(),
            subject,
            year,
            at,
            entries,
            versions,
            judged_on=judged_on,
            redate=judged_on is not None,
            reason=body["reason"],
        )
    except InvalidFields as refusal:
        raise InvalidFields(
            {_place_of(field, places): sentence for field, sentence in refusal.errors.items()}
        ) from None
    return _answer(subject, year)


def _entries(
    sheet: Sheet, sent: list[dict[str, Any]], before: Mapping[str, Recorded]
) -> dict[str, JudgmentEntry | None]:
    """What was sent as it is recorded. Raises InvalidFields for records that cannot be evidence."""
    records: dict[Any, judgment_lists.RecordChoice] = {}
    if any(one["evidence"] for one in sent):
        found = judgment_lists.records_of(session(), sheet.subject.place_id, sheet.year, this_day())
        records = {one.public_id: one for one in found}
    entries: dict[str, JudgmentEntry | None] = {}
    errors: dict[str, str] = {}
    for place, one in enumerate(sent):
        mine = before.get(one["criterion"])
        evidence = mine.entry.evidence if mine and one["evidence"] is None else ()
        for number, given in enumerate(one["evidence"] or ()):
            record = records.get(given["record"])
            if given["record"] is not None and record is None:
                errors[f"conclusions.{place}.evidence.{number}.record"] = (
                    "Không phải buổi sinh hoạt hay nhiệm vụ của năm này."
                )
            evidence += (_evidence(given["title"], record),)
        nothing = one["verdict"] is None and one["points"] is None
        entries[one["criterion"]] = (
            None
            if nothing
            else JudgmentEntry(
                verdict=one["verdict"], points=one["points"], remark=one["remark"], evidence=evidence
            )
        )
    if errors:
        raise InvalidFields(errors)
    return entries


def _evidence(title: str, record: judgment_lists.RecordChoice | None) -> EvidenceEntry:
    if record is None:
        return EvidenceEntry(title)
    of_meeting = record.kind == "meeting"
    return EvidenceEntry(
        title,
        meeting_id=record.id if of_meeting else None,
        task_id=None if of_meeting else record.id,
        record=record.public_id,
    )


def _place_of(field: str, places: Mapping[str, int]) -> str:
    """`verdict-tayho.cell.1` as programs name it: `conclusions.0.verdict`."""
    part, _, criterion = field.partition("-")
    return f"conclusions.{places[criterion]}.{part}" if criterion in places else field


def _sheet(subject: JudgedSubject, year: int) -> Sheet:
    return sheet_of(session(), registry(), subject, year, this_day())


def _version(sheet: Sheet) -> str:
    """The version of everything concluded."""
    return version_of(
        sorted(
            (criterion, stage.value, one.id, one.version)
            for criterion, stages in sheet.recorded.items()
            for stage, one in stages.items()
        )
    )


def _answer(subject: JudgedSubject, year: int) -> Answer:
    session().flush()
    note_view(session(), "view_judgments", subject.table, subject.id, actor().account_id, year=year)
    sheet = _sheet(subject, year)
    criteria = [
        {
            "criterion": one.criterion,
            "label": one.label,
            "by_points": one.by_points,
            "maximum": None if one.maximum is None else f"{one.maximum:f}",
            "may_be_not_applicable": one.may_be_not_applicable,
            "stages": [stage.value for stage in one.stages],
            "recorded": [
                _recorded(stage, found) for stage, found in sorted(sheet.stages(one.criterion).items())
            ],
        }
        for one in sheet.asked
    ]
    open_ = [stage.value for stage in stages_open_to(actor(), subject)]
    return Answer({"year": year, "may_judge": open_, "criteria": criteria}, _version(sheet))


def _recorded(stage: Stage, found: Recorded) -> dict[str, Any]:
    entry = found.entry
    return {
        "stage": stage.value,
        "verdict": entry.verdict,
        "points": None if entry.points is None else f"{entry.points:f}",
        "remark": entry.remark,
        "judged_on": found.judged_on,
        "judged_by": found.hand.name,
        "evidence": [{"title": one.title, "record": one.record} for one in entry.evidence],
    }
