"""Titles: dossiers with their steps, the documents that decided, those who hold one; and the yearly ratings."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from marshmallow import fields
from sqlalchemy import text

from bontot.access import Permission, Scope
from bontot.db.models.member import RATINGS
from bontot.errors import InvalidFields, Stale
from bontot.services.audit import note_view
from bontot.services.listing import years as lists_of
from bontot.services.proceedings.amending import version_of
from bontot.services.ratings.reading import RatedLine, lines_of
from bontot.services.ratings.recording import Entry, rate
from bontot.services.ratings.rules import rules_of
from bontot.web import words
from bontot.web.api.asking import PeopleQuery, YearQuery, binds_of, row_of, seen, year_of
from bontot.web.api.blueprint import api
from bontot.web.api.fields import (
    AskedFlag,
    Choice,
    Day,
    Flag,
    Form,
    Id,
    Number,
    Part,
    Several,
    Told,
    Words,
    asked,
    maybe,
    optional,
    said,
)
from bontot.web.api.resource import (
    Answer,
    Resource,
    listed,
    lists,
    page,
    renamed,
    resource,
    version_to_correct,
)
from bontot.web.database import session
from bontot.web.request import Place, actor, registry, this_day

NOUN = "recognition"
KINDS = ("grant", "refusal", "revocation")
OUTCOMES = ("done", "agreed", "disagreed", "carried", "lost", "recognised", "not_recognised")
MOST_VOTES, MOST_RATED = 100_000, 1_000


class DossiersQuery(PeopleQuery, YearQuery):
    """Which dossiers."""

    title = Words(**asked("Danh hiệu"))
    recognised = AskedFlag(**asked("Đã được công nhận và chưa thu hồi"))


class DecisionsQuery(PeopleQuery, YearQuery):
    """Which documents."""


class RatingsQuery(PeopleQuery, YearQuery):
    """Which ratings."""

    level = Choice(*RATINGS, words=words.LEVELS, **asked("Mức"))


class DossierSummarySchema(Form):
    """The dossier of one subject for one title and year."""

    id = Id(**said("Mã của hồ sơ"))
    member = Id(**maybe("Đảng viên; null là của tổ chức"))
    organisation = Id(**said("Tổ chức, hoặc chi bộ của đảng viên"))
    about_member = Flag(**said("Của một đảng viên"))
    year = fields.Integer(**said("Năm"))
    plan = Told(**said("Mã kế hoạch"))
    scheme = Told(**said("Mã bảng xét"))
    title = Told(**said("Danh hiệu"))
    decision = Id(**maybe("Quyết định công nhận"))
    recognised_on = Day(**maybe("Ngày được công nhận"))
    holds_until = Day(**maybe("Giữ đến trước ngày"))
    revocation = Id(**maybe("Quyết định thu hồi"))
    revoked_on = Day(**maybe("Ngày thu hồi"))
    revoked_for = Told(**maybe("Lý do thu hồi"))
    version = fields.Integer(**said("Bản thứ mấy"))


class StepSchema(Form):
    """A step that was taken. Votes are totals."""

    step = Told(**said("Mã bước"))
    label = Told(**said("Bước"))
    outcome = Choice(*OUTCOMES, **said("Kết quả"))
    done_on = Day(**said("Ngày"))
    body = Told(**said("Nơi thực hiện"))
    document = Told(**maybe("Văn bản"))
    remark = Told(**maybe("Ý kiến"))
    votes = fields.Integer(**maybe("Số phiếu"))
    entitled = fields.Integer(**maybe("Số được bỏ phiếu"))
    decision = Id(**maybe("Quyết định"))
    evaluation = Id(**maybe("Theo lần đánh giá"))
    exception = Told(**maybe("Lý do đi tiếp dù chưa đủ điều kiện"))
    entered_by = Told(**said("Ai ghi"))
    entered_at = fields.DateTime(**said("Ghi lúc"))


class DossierSchema(DossierSummarySchema):
    """A dossier with its steps."""

    steps = fields.List(fields.Nested(StepSchema), **said("Các bước đã làm, theo ngày"))


class DecisionSummarySchema(Form):
    """A document that decided."""

    id = Id(**said("Mã của quyết định"))
    kind = Choice(*KINDS, **said("Công nhận, không công nhận, thu hồi"))
    year = fields.Integer(**said("Năm của danh hiệu"))
    plan = Told(**said("Mã kế hoạch"))
    scheme = Told(**said("Mã bảng xét"))
    number = Told(**said("Số, ký hiệu"))
    decided_on = Day(**said("Ngày"))
    issuer = Told(**said("Cơ quan ban hành"))
    signer = Told(**said("Người ký"))


class RatingSchema(Form):
    """A year's quality rating."""

    member = Id(**maybe("Đảng viên; null là của tổ chức"))
    organisation = Id(**said("Tổ chức, hoặc chi bộ của đảng viên"))
    about_member = Flag(**said("Của một đảng viên"))
    year = fields.Integer(**said("Năm"))
    level = Choice(*RATINGS, words=words.LEVELS, **said("Mức xếp loại"))
    decided_on = Day(**maybe("Ngày quyết định"))
    document = Told(**maybe("Văn bản"))
    votes = fields.Integer(**maybe("Số phiếu"))
    entitled = fields.Integer(**maybe("Số được bỏ phiếu"))
    version = fields.Integer(**said("Bản thứ mấy"))


class RatedSchema(Form):
    """One subject of a place's ratings."""

    subject = Id(**said("Đảng viên hoặc tổ chức"))
    name = Told(**said("Tên"))
    level = Choice(*RATINGS, words=words.LEVELS, **maybe("Mức; null là chưa xếp"))
    decided_on = Day(**maybe("Ngày quyết định"))
    document = Told(**said("Văn bản"))
    votes = fields.Integer(**maybe("Số phiếu"))
    entitled = fields.Integer(**maybe("Số được bỏ phiếu"))
    left_out = Told(**said("Vì sao không xếp loại; trống là có xếp"))


class PlaceRatingsSchema(Form):
    """The ratings of a cell's members, or of the organisations directly below a body."""

    year = fields.Integer(**said("Năm"))
    of_members = Flag(**said("Của đảng viên trong chi bộ, hay của các tổ chức trực thuộc"))
    items = fields.List(fields.Nested(RatedSchema), **said("Từng người, từng nơi"))
    warning = Told(**said("Điều cần biết về tỷ lệ tối đa; trống là không vượt"))


class RatedEntrySchema(Form):
    """A level for one subject; null takes it back."""

    subject = Id(**said("Đảng viên hoặc tổ chức"))
    level = Choice(*RATINGS, words=words.LEVELS, **optional("Mức; null là không xếp"))
    votes = Number(0, MOST_VOTES, **optional("Số phiếu"))


class RatingsEntrySchema(Form):
    """The ratings of some of a place, all or none."""

    decided_on = Day(**said("Ngày quyết định"))
    document = Words(**optional("Văn bản", ""))
    entitled = Number(0, MOST_VOTES, **optional("Số được bỏ phiếu; cần khi có số phiếu"))
    levels = Several(Part(RatedEntrySchema), MOST_RATED, **said("Từng người, từng nơi"))


@lists(
    "/recognitions",
    permission=Permission.VIEW_EVALUATION,
    noun=NOUN,
    summary="Hồ sơ xét danh hiệu, theo năm; lọc được những nơi đang giữ danh hiệu",
    row=DossierSummarySchema,
    query=DossiersQuery,
)
def recognitions(query: dict[str, Any]) -> Answer:
    """The dossiers of whoever is within reach."""
    seen("recognitions")
    return page(listed(lists_of.DOSSIERS, binds_of(query) | {"one": None}, query))


@resource(
    api,
    "/recognitions/<uuid:dossier>",
    permission=Permission.VIEW_EVALUATION,
    scope=Scope.TENANT,
    says=Resource(
        noun=NOUN,
        method="GET",
        summary="Một hồ sơ xét danh hiệu với các bước",
        answer=DossierSchema,
        versioned=True,
    ),
)
def recognition(dossier: UUID) -> Answer:
    """One dossier with every step that was taken."""
    row = row_of(lists_of.DOSSIERS, dossier, "member", "year", "title", "recognised")
    note_view(session(), "view_recognition", "recognition_case", None, actor().account_id, case=str(dossier))
    steps = [dict(row._mapping) for row in session().execute(_STEPS, {"case": dossier})]
    return Answer({**row, "steps": steps}, row["version"])


_STEPS = text("""
SELECT s.step, s.label, s.outcome, s.done_on, s.body, s.document, s.remark, s.votes, b.entitled,
       d.public_id AS decision, r.public_id AS evaluation, s.exception, s.entered_by, s.entered_at
FROM recognition_step s
JOIN recognition_case c ON c.id = s.case_id
LEFT JOIN recognition_ballot b ON b.id = s.ballot_id
LEFT JOIN recognition_decision d ON d.id = s.decision_id
LEFT JOIN evaluation_run r ON r.id = s.run_id
WHERE c.public_id = :case ORDER BY s.done_on, s.id
""")


@lists(
    "/recognition-decisions",
    permission=Permission.RECOGNISE,
    noun=NOUN,
    summary="Quyết định công nhận, không công nhận, thu hồi, theo ngày",
    row=DecisionSummarySchema,
    query=DecisionsQuery,
)
def decisions(query: dict[str, Any]) -> Answer:
    """The documents that decided of somebody within reach."""
    return page(listed(lists_of.DECISIONS, binds_of(query), query))


@lists(
    "/ratings",
    permission=Permission.RECOGNISE,
    noun=NOUN,
    summary="Xếp loại hằng năm",
    row=RatingSchema,
    query=RatingsQuery,
)
def ratings(query: dict[str, Any]) -> Answer:
    """The ratings of whoever is within reach."""
    seen("ratings")
    return page(listed(lists_of.RATINGS, binds_of(query), query))


@resource(
    api,
    "/organisations/<uuid:organisation>/ratings/<year>",
    permission=Permission.RECOGNISE,
    scope=Scope.ORGANISATION,
    says=Resource(
        noun=NOUN,
        method="GET",
        summary="Xếp loại một năm: đảng viên của chi bộ, hoặc các tổ chức trực thuộc",
        answer=PlaceRatingsSchema,
        versioned=True,
    ),
)
def ratings_of_place(organisation: Place, year: str) -> Answer:
    """The ratings of a cell's members, or of the organisations directly below a body."""
    return _ratings(organisation, year_of(year))


@resource(
    api,
    "/organisations/<uuid:organisation>/ratings/<year>",
    permission=Permission.RECOGNISE,
    scope=Scope.ORGANISATION,
    says=Resource(
        noun=NOUN,
        method="PUT",
        summary="Ghi xếp loại một năm của chi bộ, hoặc của các tổ chức trực thuộc",
        answer=PlaceRatingsSchema,
        body=RatingsEntrySchema,
        versioned=True,
    ),
)
def put_ratings(organisation: Place, year: str, body: dict[str, Any]) -> Answer:
    """Records levels over what the program has seen."""
    at = year_of(year)
    lines = {one.public_id: one for one in _lines(organisation, at)}
    if version_to_correct() != _version(lines.values()):
        raise Stale
    places = {one["subject"]: place for place, one in enumerate(body["levels"])}
    wrong = {
        f"levels.{place}.subject": "Không thuộc nơi này." for who, place in places.items() if who not in lines
    }
    if len(places) != len(body["levels"]):
        wrong["levels"] = "Mỗi người, mỗi nơi chỉ ghi một lần."
    if wrong:
        raise InvalidFields(wrong)
    sent = {lines[one["subject"]].id: one for one in body["levels"]}
    entry = Entry(
        levels={id_: one["level"] for id_, one in sent.items()},
        votes={id_: one["votes"] for id_, one in sent.items() if one["votes"] is not None},
        versions={one.id: one.version for one in lines.values()},
        decided_on=body["decided_on"],
        document=body["document"],
        entitled=body["entitled"],
    )
    named = {
        f"{part}-{who}": f"levels.{place}.{part}"
        for who, place in places.items()
        for part in ("level", "votes")
    }
    with renamed(named):
        _, warning = rate(
            session(), actor(), registry(), organisation.id, at, entry, of_members=organisation.is_cell
        )
    return _ratings(organisation, at, warning)


def _lines(organisation: Place, year: int) -> list[RatedLine]:
    rules = rules_of(session(), registry(), year, this_day())
    of_members = organisation.is_cell
    return lines_of(session(), organisation.id, year, this_day(), rules, of_members=of_members)


def _version(lines: Any) -> str:  # noqa: ANN401 - any lines
    """The version of a place's ratings."""
    return version_of(sorted((one.id, one.version) for one in lines))


def _ratings(organisation: Place, year: int, warning: str = "") -> Answer:
    session().flush()
    session().expire_all()
    note_view(session(), "view_ratings", "organisation", organisation.id, actor().account_id, year=year)
    lines = _lines(organisation, year)
    content = {
        "year": year,
        "of_members": organisation.is_cell,
        "items": [
            {
                "subject": one.public_id,
                "name": one.name,
                "level": one.level or None,
                "decided_on": one.decided_on,
                "document": one.document,
                "votes": one.votes,
                "entitled": one.entitled,
                "left_out": one.left_out,
            }
            for one in lines
        ],
        "warning": warning,
    }
    return Answer(content, _version(lines))
