"""Papers together: asked for of a body and those below it, followed, and taken as one file."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

from marshmallow import fields

from bontot.access import Permission, Scope
from bontot.db.models import Job
from bontot.documents.batches import BATCHES, batch_called, batch_of
from bontot.jobs.papers import FORMS, PapersAsked, asked_of, of_program, request_papers
from bontot.services import job_files
from bontot.web.api.blueprint import api
from bontot.web.api.fields import Choice, Day, Flag, Form, Id, Told, Words, maybe, optional, said
from bontot.web.api.resource import Answer, File, Resource, once, resource
from bontot.web.api.resources.jobs import STATES
from bontot.web.api.resources.papers import NOUN
from bontot.web.database import session
from bontot.web.request import Place, actor, afterwards, bearer, place_by_id, reach, registry, wake_worker

BATCH_KINDS = {batch.key: batch.label for batch in BATCHES}
OF = "Của tháng, quý, năm nào: 2026-03, 2026-Q1, 2026; trống với văn bản của các buổi sắp họp"


class BatchFileSchema(Form):
    """The file that can be taken."""

    name = Told(**said("Tên tệp"))
    size = fields.Integer(**said("Số byte"))
    sha256 = Told(**said("SHA-256; cũng là ETag khi tải về"))
    kept_until = Day(**said("Giữ đến hết ngày này; sau đó yêu cầu lập lại"))


class PaperBatchSchema(Form):
    """Papers asked for together, how far they are, and what came of it."""

    id = Id(**said("Mã của việc lập văn bản"))
    organisation = Id(**said("Tổ chức có các đơn vị được lập văn bản"))
    kind = Choice(*BATCH_KINDS, words=BATCH_KINDS, **said("Loại văn bản"))
    of = Told(**said(OF))
    form = Choice(*FORMS, **said("pdf là một tệp để in, docx là tệp nén ZIP gồm các tệp DOCX"))
    both_sides = Flag(**said("Để in hai mặt"))
    state = Choice(*STATES, **said("Đến đâu"))
    progress = fields.Integer(**said("Đã lập"))
    total = fields.Integer(**said("Trên tổng số"))
    message = Told(**maybe("Vì sao không xong, hoặc đang chờ gì"))
    papers = fields.Integer(**maybe("Số văn bản đã lập; null khi chưa xong"))
    without = fields.List(Told(), **said("Những nơi chưa có hồ sơ để lập"))
    nothing = Told(**maybe("Câu nói rằng xong mà không có gì để in; khi ấy không có tệp"))
    file = fields.Nested(BatchFileSchema, **maybe("Tệp đang chờ tải về"))


class BatchAskedSchema(Form):
    """Which papers, and in which form."""

    kind = Choice(*BATCH_KINDS, words=BATCH_KINDS, **said("Loại văn bản"))
    of = Words(**optional(OF, default=""))
    form = Choice(*FORMS, **optional("pdf là một tệp để in, docx là tệp nén ZIP", default="pdf"))
    both_sides = Flag(**optional("Để in hai mặt: mỗi văn bản bắt đầu ở một tờ mới", default=False))


@resource(
    api,
    "/organisations/<uuid:organisation>/paper-batches",
    permission=Permission.VIEW_JOB,
    scope=Scope.ORGANISATION,
    says=Resource(
        noun=NOUN,
        method="POST",
        summary="Lập cả tập một loại văn bản của một tổ chức và cấp dưới; chạy nền, theo dõi ở địa chỉ được trả về",
        answer=PaperBatchSchema,
        body=BatchAskedSchema,
        status=202,
        keyed=True,
    ),
)
def ask_paper_batch(organisation: Place, body: dict[str, Any]) -> Answer:
    """Asks for papers of a kind to be made together, as one file that is kept for a week."""

    def act() -> str:
        wanted = PapersAsked(
            batch=batch_called(body["kind"]).slug,
            place=organisation.id,
            of=body["of"],
            form=body["form"],
            both_sides=body["both_sides"],
            program=str(bearer().public_id),
        )
        work = request_papers(session(), actor(), registry(), wanted, reach=reach())
        afterwards(partial(wake_worker, work))
        return str(work.public_id)

    job = UUID(once(act))
    session().flush()
    return _answer(job, f"/api/v1/paper-batches/{job}")


@resource(
    api,
    "/paper-batches/<uuid:job>",
    permission=Permission.VIEW_JOB,
    scope=Scope.TENANT,
    says=Resource(
        noun=NOUN,
        method="GET",
        summary="Một tập văn bản đã yêu cầu bằng mã truy cập này: đến đâu, thiếu của nơi nào",
        answer=PaperBatchSchema,
    ),
)
def paper_batch(job: UUID) -> Answer:
    """Papers that this very token asked for."""
    return _answer(job)


@resource(
    api,
    "/paper-batches/<uuid:job>/file",
    permission=Permission.VIEW_JOB,
    scope=Scope.TENANT,
    says=Resource(
        noun=NOUN,
        method="GET",
        summary="Tệp của một tập văn bản đã yêu cầu bằng mã truy cập này: PDF, hoặc ZIP gồm các tệp DOCX",
        answer=PaperBatchSchema,
        media=tuple(FORMS.values()),
    ),
)
def paper_batch_file(job: UUID) -> File:
    """The file, for the very token that asked for it."""
    _asked(job)
    found = job_files.fetch(session(), actor(), reach(), job)
    return File(found.content, found.media, found.name)


def _asked(public_id: UUID) -> tuple[Job, PapersAsked, Place]:
    """What this token asked for, of a body within reach. Raises NotFound."""
    job = of_program(session(), str(bearer().public_id), public_id)
    asked = asked_of(job.arguments)
    return job, asked, place_by_id(session(), asked.place)


def _answer(public_id: UUID, location: str = "") -> Answer:
    job, asked, place = _asked(public_id)
    came = job.result or {}
    file = job_files.waiting(session(), actor(), reach(), public_id)
    content = {
        "id": public_id,
        "organisation": place.public_id,
        "kind": batch_of(asked.batch).key,
        "of": asked.of,
        "form": asked.form,
        "both_sides": asked.both_sides,
        "state": job.state,
        "progress": job.progress,
        "total": job.total,
        "message": job.message,
        "papers": came.get("papers"),
        "without": came.get("without", []),
        "nothing": came.get("nothing"),
        "file": file and {name: getattr(file, name) for name in BatchFileSchema().fields},
    }
    return Answer(content, location=location)
