"""Papers: what a body issued with its kept files, and what it would issue, as a draft and for good."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from marshmallow import fields

from bontot.access import Permission, Scope
from bontot.db.models import IssuedPaper
from bontot.documents import issuing
from bontot.documents.kinds import KINDS, Asked, Kind, kind_called
from bontot.errors import NotFound
from bontot.services.audit import note_view
from bontot.services.listing.papers import PAPERS
from bontot.web.api.asking import PlacesQuery, SinceQuery, binds_of, row_of, seen
from bontot.web.api.blueprint import api
from bontot.web.api.fields import (
    Choice,
    Day,
    Flag,
    Form,
    Id,
    Number,
    Told,
    Words,
    asked,
    maybe,
    optional,
    said,
)
from bontot.web.api.resource import (
    Answer,
    File,
    Resource,
    listed,
    lists,
    number_to_correct,
    once,
    page,
    resource,
)
from bontot.web.database import session
from bontot.web.papers import asked_paper
from bontot.web.request import Place, actor, place_by_public_id, registry, this_day

NOUN = "papers"
A_KIND = f"Loại văn bản: {', '.join(kind.key for kind in KINDS)}; hoặc một loại theo mẫu riêng của kế hoạch"
MEDIA = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}


class PapersQuery(PlacesQuery, SinceQuery):
    """Which papers, by the day they bear."""

    kind = Words(**asked(A_KIND))


class PaperSummarySchema(Form):
    """An issued paper in a list."""

    id = Id(**said("Mã của văn bản"))
    organisation = Id(**said("Nơi ban hành"))
    kind = Told(**said(A_KIND))
    about = Told(**said("Về hồ sơ nào: mã buổi họp, tháng, quý, năm"))
    number = fields.Integer(**maybe("Số; null là loại không đánh số"))
    symbol = Told(**said("Ký hiệu loại"))
    sign = Told(**said("Ký hiệu nơi ban hành"))
    term = Told(**said("Nhiệm kỳ của dãy số"))
    name = Told(**said("Tên văn bản"))
    dated_on = Day(**said("Ngày của văn bản"))
    signer = Told(**said("Người ký"))
    corrects = Id(**maybe("Văn bản mà bản này thay"))
    issued_by = Told(**said("Ai ban hành trên hệ thống"))
    issued_at = fields.DateTime(**said("Ban hành lúc"))
    cancelled_on = Day(**maybe("Ngày hủy"))
    cancelled_for = Told(**maybe("Lý do hủy"))
    cancelled_by = Told(**maybe("Ai hủy"))


class KeptFileSchema(Form):
    """A kept file, read again and held against its SHA-256."""

    form = Choice(*MEDIA, **said("Định dạng"))
    size = fields.Integer(**said("Số byte"))
    sha256 = Told(**said("SHA-256; cũng là ETag khi tải về"))
    whole = Flag(**said("Nội dung còn đúng SHA-256"))


class PaperSchema(PaperSummarySchema):
    """An issued paper with its files."""

    files = fields.List(fields.Nested(KeptFileSchema), **said("Các tệp đã phát hành"))


class DraftSchema(Form):
    """What would be issued of a record."""

    organisation = Id(**said("Nơi ban hành"))
    kind = Told(**said(A_KIND))
    about = Told(**said("Về hồ sơ nào"))
    name = Told(**said("Tên văn bản"))
    number = fields.Integer(**maybe("Số tiếp theo của dãy; null là loại không đánh số"))
    symbol = Told(**said("Ký hiệu loại"))
    day = Day(**said("Ngày sẽ ghi"))
    lacks = Told(**said("Còn thiếu gì để ban hành; trống là đủ"))
    replaces = Id(**maybe("Văn bản đang có hiệu lực của hồ sơ này, sẽ được thay"))


class IssueSchema(Form):
    """Under which number and day a paper is issued."""

    number = Number(1, issuing.HIGHEST, **optional("Số; null khi loại không đánh số"))
    day = Day(**said("Ngày ban hành"))


class CancellationSchema(Form):
    """Why a paper is cancelled."""

    reason = Words(**said("Lý do hủy"))


@lists(
    "/papers",
    permission=Permission.VIEW_ORGANISATION,
    noun=NOUN,
    summary="Văn bản đã ban hành, mới nhất trước",
    row=PaperSummarySchema,
    query=PapersQuery,
)
def papers(query: dict[str, Any]) -> Answer:
    """The papers issued within reach."""
    seen("papers")
    return page(listed(PAPERS, binds_of(query) | {"one": None}, query))


@resource(
    api,
    "/papers/<uuid:paper>",
    permission=Permission.VIEW_ORGANISATION,
    scope=Scope.TENANT,
    says=Resource(noun=NOUN, method="GET", summary="Một văn bản đã ban hành", answer=PaperSchema),
)
def paper(paper: UUID) -> Answer:
    """One issued paper with its files."""
    return _answer(paper)


@resource(
    api,
    "/papers/<uuid:paper>/files/<form>",
    permission=Permission.VIEW_ORGANISATION,
    scope=Scope.TENANT,
    says=Resource(
        noun=NOUN,
        method="GET",
        summary="Tệp đã phát hành của một văn bản: pdf, docx",
        answer=PaperSchema,
        media=tuple(MEDIA.values()),
    ),
)
def paper_file(paper: UUID, form: str) -> File:
    """The very bytes that went out; their entity tag is their SHA-256."""
    row = _row(paper)
    if form not in MEDIA:
        raise NotFound
    note_view(session(), "view_paper", "issued_paper", row.id, actor().account_id, form=form)
    return File(issuing.file_of(session(), row, form), MEDIA[form], f"{row.kind}-{row.dated_on}.{form}")


@resource(
    api,
    "/papers/<uuid:paper>/cancellation",
    permission=Permission.ISSUE_PAPER,
    scope=Scope.TENANT,
    says=Resource(
        noun=NOUN,
        method="POST",
        summary="Hủy một văn bản; số đã cấp không dùng lại",
        answer=PaperSchema,
        body=CancellationSchema,
        keyed=True,
    ),
)
def cancel_paper(paper: UUID, body: dict[str, Any]) -> Answer:
    """Cancels a paper: its number stays used, its files stay."""
    row = _row(paper)

    def act() -> str:
        issuing.cancel(session(), actor(), row, body["reason"], this_day())
        return str(paper)

    once(act)
    session().flush()
    return _answer(paper)


@resource(
    api,
    "/organisations/<uuid:organisation>/drafts/<kind>/<of>",
    permission=Permission.VIEW_ORGANISATION,
    scope=Scope.ORGANISATION,
    says=Resource(
        noun=NOUN,
        method="GET",
        summary="Văn bản sẽ ban hành từ một hồ sơ: số tiếp theo, còn thiếu gì",
        answer=DraftSchema,
        versioned=True,
    ),
)
def draft(organisation: Place, kind: str, of: str) -> Answer:
    """What would be issued of a record, with the version to issue upon."""
    return _draft(organisation, kind_called(kind, registry()), of)


@resource(
    api,
    "/organisations/<uuid:organisation>/drafts/<kind>/<of>/files/<form>",
    permission=Permission.VIEW_ORGANISATION,
    scope=Scope.ORGANISATION,
    says=Resource(
        noun=NOUN,
        method="GET",
        summary="Bản dự thảo: pdf, docx",
        answer=DraftSchema,
        media=tuple(MEDIA.values()),
    ),
)
def draft_file(organisation: Place, kind: str, of: str, form: str) -> File:
    """A paper of the records as they stand, not issued."""
    found = kind_called(kind, registry())
    if form not in MEDIA:
        raise NotFound
    content = issuing.SETTERS[form](found.build(_asked(organisation, found, of)))
    return File(content, MEDIA[form], f"{found.slug}.{form}")


@resource(
    api,
    "/organisations/<uuid:organisation>/drafts/<kind>/<of>/issue",
    permission=Permission.ISSUE_PAPER,
    scope=Scope.ORGANISATION,
    says=Resource(
        noun=NOUN,
        method="POST",
        summary="Ban hành: cấp số và giữ lại tệp",
        answer=PaperSchema,
        body=IssueSchema,
        status=201,
        versioned=True,
        keyed=True,
    ),
)
def issue_paper(organisation: Place, kind: str, of: str, body: dict[str, Any]) -> Answer:
    """Issues a paper of one's own body, upon the draft that was read."""
    found = kind_called(kind, registry())

    def act() -> str:
        wanted = _asked(organisation, found, of)
        row = issuing.issue(
            wanted, found, number=body["number"], day=body["day"], version=number_to_correct()
        )
        return str(row.public_id)

    made = UUID(once(act))
    session().flush()
    return _answer(made, f"/api/v1/papers/{made}")


def _asked(organisation: Place, kind: Kind, of: str) -> Asked:
    """What a paper is asked for with; that it was looked at is kept in the trail."""
    note_view(
        session(), "view_paper", "organisation", organisation.id, actor().account_id, paper=kind.key, of=of
    )
    return asked_paper(organisation, of)


def _draft(organisation: Place, kind: Kind, of: str) -> Answer:
    found = issuing.prepare(_asked(organisation, kind, of), kind)
    content = {
        "organisation": organisation.public_id,
        "kind": kind.key,
        "about": of,
        "name": found.paper.name,
        "number": found.number,
        "symbol": found.symbol,
        "day": found.day,
        "lacks": found.paper.lacks,
        "replaces": found.replaces.public_id if found.replaces else None,
    }
    return Answer(content, found.version)


def _listed(public_id: UUID) -> dict[str, Any]:
    return row_of(PAPERS, public_id, "since", "until", "kind")


def _row(public_id: UUID) -> IssuedPaper:
    """A paper issued within reach. Raises NotFound."""
    place = place_by_public_id(session(), _listed(public_id)["organisation"])
    return issuing.issued(session(), place.id, public_id)


def _answer(public_id: UUID, location: str = "") -> Answer:
    row = _row(public_id)
    note_view(session(), "view_paper", "issued_paper", row.id, actor().account_id)
    names = KeptFileSchema().fields
    files = [{name: getattr(one, name) for name in names} for one in issuing.kept(session(), row)]
    return Answer({**_listed(public_id), "files": files}, location=location)
