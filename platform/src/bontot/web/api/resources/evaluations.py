"""Evaluations: which there are, who stands how, one subject's verdict with the ground of every line, and asking for one."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

from marshmallow import fields

from bontot.access import Permission, Role, Scope
from bontot.errors import InvalidInput, NotFound
from bontot.evaluation import runs
from bontot.evaluation.explain import Explained, Finding
from bontot.evaluation.runs import RunHeader
from bontot.evaluation.standing import opened
from bontot.jobs.evaluation import already_asked, request_evaluation
from bontot.policy.resolve import Layer
from bontot.policy.terms import Kind, Operator, Origin, Outcome, Subject, Unit
from bontot.policy.terms import Role as CriterionRole
from bontot.services import evaluations as records
from bontot.services.audit import note_view
from bontot.services.listing.evaluations import EVALUATIONS, VERDICTS
from bontot.web import plan_words, words
from bontot.web.api.blueprint import api
from bontot.web.api.fields import (
    AskedFlag,
    AskedNumber,
    Choice,
    Day,
    Flag,
    Form,
    Id,
    Number,
    Told,
    asked,
    maybe,
    said,
)
from bontot.web.api.resource import Answer, PageQuery, Resource, listed, once, page, resource
from bontot.web.api.resources.jobs import JobSchema, answer_of
from bontot.web.database import session
from bontot.web.query import EARLIEST_YEAR, LATEST_YEAR
from bontot.web.request import Person, Place, actor, afterwards, reach, registry, this_day, wake_worker

OUTCOMES = {one.name.lower(): one for one in Outcome}
OUTCOME_WORDS = {name: words.OUTCOMES[one] for name, one in OUTCOMES.items()}
LAYERS = {one: one.name.lower() for one in Layer}
LAYER_WORDS = {name: plan_words.LAYERS[layer] for layer, name in LAYERS.items()}
AMOUNT = {"pattern": "^-?[0-9]+(\\.[0-9]+)?$"}


class EvaluationSchema(Form):
    """One plan's evaluation of one year, on the records of a day."""

    id = Id(**said("Mã của lần đánh giá"))
    year = fields.Integer(**said("Năm được đánh giá"))
    plan = Told(**said("Mã kế hoạch"))
    label = Told(**said("Tên kế hoạch"))
    as_of = Day(**said("Theo hồ sơ của ngày này"))
    evaluated_at = fields.DateTime(**said("Đánh giá lúc"))
    superseded = Flag(**said("Đã có lần đánh giá sau thay thế"))


class SchemeSchema(Form):
    """How one kind of subject is judged."""

    key = Told(**said("Mã"))
    plan = Told(**said("Kế hoạch hoặc khung"))
    subject = Choice(*(one.value for one in Subject), **said("Ai được xét"))
    title = Told(**maybe("Danh hiệu; null là khung chỉ đối chiếu"))
    counts = fields.Dict(keys=fields.String(), values=fields.Integer(), **said("Bao nhiêu theo từng kết quả"))


class EvaluationWithSchemesSchema(EvaluationSchema):
    """An evaluation with its schemes, in order: their numbers name them elsewhere."""

    schemes = fields.List(fields.Nested(SchemeSchema), **said("Các bảng xét, đánh số từ 0"))


class VerdictSchema(Form):
    """How one subject came out."""

    subject = Id(**said("Đảng viên hoặc tổ chức được xét"))
    outcome = Choice(*OUTCOMES, words=OUTCOME_WORDS, **said("Kết quả"))


class RecordSchema(Form):
    """One record that was counted."""

    words = Told(**said("Hồ sơ nào"))
    part = fields.Integer(**said("Tính vào phần đạt"))
    whole = fields.Integer(**said("Tính vào tổng"))


class FindingSchema(Form):
    """One criterion of one subject, explained: the outcome, the numbers, what was asked, and on what ground."""

    criterion = Told(**said("Mã tiêu chí"))
    label = Told(**said("Tiêu chí"))
    group = Told(**said("Nhóm"))
    kind = Choice(*(one.value for one in Kind), **said("Cách quyết định"))
    role = Choice(*(one.value for one in CriterionRole), **said("Quyết định, tham khảo hay theo dõi"))
    blocks = Flag(**said("Không đạt thì không xét danh hiệu"))
    outcome = Choice(*OUTCOMES, words=OUTCOME_WORDS, **said("Kết quả"))
    part = fields.Integer(**maybe("Phần"))
    whole = fields.Integer(**said("Tổng"))
    operator = Choice(*(one.value for one in Operator), **maybe("So sánh"))
    threshold = fields.String(required=True, allow_none=True, metadata={"description": "Mức", **AMOUNT})
    unit = Choice(*(one.value for one in Unit), **maybe("Đơn vị của mức"))
    layer = Choice(
        *LAYERS.values(), words=LAYER_WORDS, **maybe("Mức do đâu: khung, kế hoạch, kế hoạch bổ sung, đảng bộ")
    )
    origin = Choice(
        *(one.value for one in Origin), words=words.ORIGINS, **said("Kế hoạch nói, hay mặc định của hệ thống")
    )
    clause = Told(**said("Điều khoản"))
    in_force_from = Day(**maybe("Mức có hiệu lực từ"))
    decision = Told(**said("Văn bản của đảng bộ, nếu đảng bộ đặt"))
    sentence = Told(**said("Giải thích trong một câu"))
    records = fields.List(fields.Nested(RecordSchema), **said("Các hồ sơ đã tính"))


class ExplainedSchema(Form):
    """A subject's verdict in one scheme, whole."""

    scheme = Told(**said("Mã bảng xét"))
    plan = Told(**said("Kế hoạch hoặc khung"))
    title = Told(**maybe("Danh hiệu"))
    outcome = Choice(*OUTCOMES, words=OUTCOME_WORDS, **said("Kết quả"))
    sentence = Told(**said("Kết luận trong một câu"))
    flag = Told(**said("Điều kế hoạch chờ mà chưa có, không phải điều kiện"))
    findings = fields.List(fields.Nested(FindingSchema), **said("Từng tiêu chí"))


class ExplanationSchema(Form):
    """A subject's verdicts in an evaluation: the plan's own first, then what frames say."""

    evaluation = Id(**said("Lần đánh giá"))
    subject = Id(**said("Đảng viên hoặc tổ chức"))
    as_of = Day(**said("Theo hồ sơ của ngày này"))
    schemes = fields.List(fields.Nested(ExplainedSchema), **said("Từng bảng xét"))


class EvaluationsQuery(PageQuery):
    """Which evaluations."""

    year = AskedNumber(EARLIEST_YEAR, LATEST_YEAR, **asked("Năm được đánh giá"))
    superseded = AskedFlag(load_default=False, metadata={"description": "Cả những lần đã bị thay thế"})


class StandingQuery(Form):
    """Whether what was judged since counts."""

    standing = AskedFlag(
        load_default=False, metadata={"description": "Tính cả những gì thay đổi sau lần đánh giá"}
    )


class VerdictsQuery(PageQuery, StandingQuery):
    """Which verdicts."""

    scheme = AskedNumber(0, 99, load_default=0, metadata={"description": "Số của bảng xét"})
    outcome = Choice(*OUTCOMES, words=OUTCOME_WORDS, **asked("Chỉ kết quả này"))


class YearSchema(Form):
    """The year to evaluate."""

    year = Number(EARLIEST_YEAR, LATEST_YEAR, **said("Năm cần đánh giá"))


@resource(
    api,
    "/evaluations",
    permission=Permission.VIEW_EVALUATION,
    scope=Scope.TENANT,
    says=Resource(
        noun="evaluations",
        method="GET",
        summary="Các lần đánh giá, năm mới nhất trước",
        answer=EvaluationSchema,
        many=True,
        query=EvaluationsQuery,
    ),
)
def evaluations(query: dict[str, Any]) -> Answer:
    """The evaluations that judged somebody within reach."""
    binds = records.reader(actor(), reach(), this_day()) | {
        "year": query["year"],
        "superseded": query["superseded"],
        "whole": actor().role is Role.TENANT_ADMIN,
    }
    return page(listed(EVALUATIONS, binds, query))


@resource(
    api,
    "/evaluations",
    permission=Permission.EVALUATE,
    scope=Scope.TENANT,
    says=Resource(
        noun="evaluations",
        method="POST",
        summary="Yêu cầu đánh giá một năm; chạy nền, theo dõi ở việc được trả về",
        answer=JobSchema,
        body=YearSchema,
        status=202,
        keyed=True,
    ),
)
def evaluate(body: dict[str, Any]) -> Answer:
    """Asks for a year to be judged on the records of today; work still waiting to do so serves as well."""

    def act() -> str:
        before = already_asked(session(), actor(), body["year"])
        if before is not None:
            return str(before.public_id)
        work = request_evaluation(session(), actor(), body["year"])
        afterwards(partial(wake_worker, work))
        return str(work.public_id)

    job = UUID(once(act))
    session().flush()
    return answer_of(job, f"/api/v1/jobs/{job}")


@resource(
    api,
    "/evaluations/<uuid:run>",
    permission=Permission.VIEW_EVALUATION,
    scope=Scope.TENANT,
    says=Resource(
        noun="evaluations",
        method="GET",
        summary="Một lần đánh giá, các bảng xét và tổng hợp",
        answer=EvaluationWithSchemesSchema,
        query=StandingQuery,
    ),
)
def evaluation(run: UUID, query: dict[str, Any]) -> Answer:
    """One evaluation, with how many within reach came out how."""
    header = _header(run, query)
    of_people = runs.counts(session(), header, _among(header, Subject.MEMBER))
    of_places = runs.counts(session(), header, _among(header, Subject.CELL))
    rules = header.rules
    return Answer(
        {
            "id": header.public_id,
            "year": rules.year,
            "plan": rules.policy,
            "label": rules.label,
            "as_of": rules.as_of,
            "evaluated_at": header.evaluated_at,
            "superseded": header.superseded,
            "schemes": [
                {
                    "key": scheme.key,
                    "plan": scheme.policy,
                    "subject": scheme.subject.value,
                    "title": scheme.title,
                    "counts": {
                        outcome.name.lower(): number
                        for outcome, number in sorted(
                            (of_people if scheme.subject is Subject.MEMBER else of_places)[place].items()
                        )
                    },
                }
                for place, scheme in enumerate(rules.schemes)
            ],
        }
    )


@resource(
    api,
    "/evaluations/<uuid:run>/verdicts",
    permission=Permission.VIEW_EVALUATION,
    scope=Scope.TENANT,
    says=Resource(
        noun="evaluations",
        method="GET",
        summary="Kết quả của từng đảng viên hoặc tổ chức trong một bảng xét",
        answer=VerdictSchema,
        many=True,
        query=VerdictsQuery,
    ),
)
def verdicts(run: UUID, query: dict[str, Any]) -> Answer:
    """How everyone within reach came out in one scheme."""
    header, number = _header(run, query), query["scheme"]
    if number >= len(header.rules.schemes):
        raise InvalidInput("Lần đánh giá này không có bảng xét mang số ấy.", "scheme")
    subject = header.rules.schemes[number].subject
    note_view(session(), "view_verdicts", "evaluation_run", header.id, actor().account_id, scheme=number)
    outcome = query["outcome"]
    binds = {
        "run": header.id,
        "scheme": number,
        "among": _among(header, subject),
        "outcome": None if outcome is None else int(OUTCOMES[outcome]),
    }
    table = "member" if subject is Subject.MEMBER else "organisation"
    return page(listed(VERDICTS[header.standing, table], binds, query))


@resource(
    api,
    "/evaluations/<uuid:run>/organisations/<uuid:organisation>",
    permission=Permission.VIEW_EVALUATION,
    scope=Scope.ORGANISATION,
    says=Resource(
        noun="evaluations",
        method="GET",
        summary="Kết quả của một tổ chức, giải thích từng tiêu chí",
        answer=ExplanationSchema,
        query=StandingQuery,
    ),
)
def of_organisation(run: UUID, organisation: Place, query: dict[str, Any]) -> Answer:
    """An organisation's verdict explained."""
    header = _header(run, query)
    note_view(session(), "view_verdict", "organisation", organisation.id, actor().account_id, run=str(run))
    return _explanation(header, organisation)


@resource(
    api,
    "/evaluations/<uuid:run>/members/<uuid:member>",
    permission=Permission.VIEW_EVALUATION,
    scope=Scope.JUDGED,
    says=Resource(
        noun="evaluations",
        method="GET",
        summary="Kết quả của một đảng viên, giải thích từng tiêu chí",
        answer=ExplanationSchema,
        query=StandingQuery,
    ),
)
def of_member(run: UUID, member: Person, query: dict[str, Any]) -> Answer:
    """A member's verdict explained."""
    header = _header(run, query)
    note_view(session(), "view_verdict", "member", member.id, actor().account_id, run=str(run))
    return _explanation(header, member)


def _header(run: UUID, query: dict[str, Any]) -> RunHeader:
    """The run asked for, as it was stored, or as it stands since where that is asked and none came after it."""
    header = runs.run(session(), run)
    return header.now if query["standing"] and not header.superseded else header


def _among(header: RunHeader, subject: Subject) -> list[int] | None:
    return records.seen(session(), actor(), reach(), header, subject, this_day())


def _explanation(header: RunHeader, whom: Place | Person) -> Answer:
    """Every scheme that judges the subject. Raises NotFound where none does."""
    of_person = isinstance(whom, Person)
    explained = []
    for number, scheme in enumerate(header.rules.schemes):
        if (scheme.subject is Subject.MEMBER) == of_person:
            try:
                explained.append(_explained(opened(session(), registry(), header, number, whom.id)))
            except NotFound:
                continue
    if not explained:
        raise NotFound
    return Answer(
        {
            "evaluation": header.public_id,
            "subject": whom.public_id,
            "as_of": runs.day_of(session(), header, whom.id),
            "schemes": explained,
        }
    )


def _explained(found: Explained) -> dict[str, Any]:
    return {
        "scheme": found.scheme.key,
        "plan": found.scheme.policy,
        "title": found.scheme.title,
        "outcome": found.outcome.name.lower(),
        "sentence": found.sentence,
        "flag": found.flag,
        "findings": [_finding(one) for one in found.findings],
    }


def _finding(one: Finding) -> dict[str, Any]:
    plain = (name for name in FindingSchema().fields if name not in _SPOKEN)
    return {
        **{name: getattr(one, name) for name in plain},
        "outcome": one.outcome.name.lower(),
        "layer": None if one.layer is None else LAYERS[one.layer],
        "threshold": one.threshold,
        "records": [
            {"words": record.words, "part": record.part, "whole": record.whole} for record in one.records
        ],
    }


_SPOKEN = frozenset({"outcome", "layer", "threshold", "records"})
