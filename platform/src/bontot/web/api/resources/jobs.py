"""Work in the background: how far, and what came of it."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

from marshmallow import fields

from bontot.access import Permission, Scope
from bontot.errors import NotFound
from bontot.jobs import ending
from bontot.jobs.reading import KINDS, kinds_seen
from bontot.services.listing.jobs import JOBS
from bontot.web import words
from bontot.web.api.blueprint import api
from bontot.web.api.fields import Choice, Form, Id, NothingSchema, Told, asked, maybe, said
from bontot.web.api.resource import Answer, PageQuery, Resource, listed, once, page, resource
from bontot.web.database import session
from bontot.web.request import actor, afterwards, wake_worker

STATES = ("waiting", "running", "done", "failed")


class JobSchema(Form):
    """A piece of work; `progress` of `total`, `doing` what is done now, `message` why it failed or waits."""

    id = Id(**said("Mã của việc"))
    kind = Choice(*KINDS, words=words.JOB_KINDS, **said("Việc gì"))
    state = Choice(*STATES, **said("Đến đâu"))
    progress = fields.Integer(**said("Đã làm"))
    total = fields.Integer(**said("Trên tổng số"))
    doing = Told(**maybe("Đang làm gì"))
    message = Told(**maybe("Vì sao không xong, hoặc đang chờ gì"))
    requested_by = Told(**said("Ai yêu cầu"))
    created_at = fields.DateTime(**said("Yêu cầu lúc"))
    started_at = fields.DateTime(**maybe("Bắt đầu lúc"))
    finished_at = fields.DateTime(**maybe("Kết thúc lúc"))
    year = fields.Integer(**maybe("Năm được đánh giá"))
    evaluations = fields.List(Id(), **said("Các lần đánh giá đã làm ra"))


class JobsQuery(PageQuery):
    """Which work."""

    kind = Choice(*KINDS, words=words.JOB_KINDS, **asked("Việc gì"))
    state = Choice(*STATES, **asked("Đến đâu"))


@resource(
    api,
    "/jobs",
    permission=Permission.VIEW_JOB,
    scope=Scope.TENANT,
    says=Resource(
        noun="jobs",
        method="GET",
        summary="Việc chạy nền, mới nhất trước",
        answer=JobSchema,
        many=True,
        query=JobsQuery,
    ),
)
def jobs(query: dict[str, Any]) -> Answer:
    """The committee's work in the background."""
    return page(listed(JOBS, _binds() | {"kind": query["kind"], "state": query["state"]}, query))


@resource(
    api,
    "/jobs/<uuid:job>",
    permission=Permission.VIEW_JOB,
    scope=Scope.TENANT,
    says=Resource(noun="jobs", method="GET", summary="Một việc chạy nền", answer=JobSchema),
)
def job(job: UUID) -> Answer:
    """One piece of work."""
    return answer_of(job)


@resource(
    api,
    "/jobs/<uuid:job>/stop",
    permission=Permission.EVALUATE,
    scope=Scope.TENANT,
    says=Resource(
        noun="jobs",
        method="POST",
        summary="Dừng một việc chưa xong",
        answer=JobSchema,
        body=NothingSchema,
        keyed=True,
    ),
)
def stop_job(job: UUID, body: dict[str, Any]) -> Answer:  # noqa: ARG001 - what is sent is empty
    """Ends work that has not ended; nothing it did is kept."""

    def act() -> str:
        answer_of(job)
        ending.stop(session(), actor(), job)
        return str(job)

    once(act)
    session().flush()
    return answer_of(job)


@resource(
    api,
    "/jobs/<uuid:job>/repetition",
    permission=Permission.EVALUATE,
    scope=Scope.TENANT,
    says=Resource(
        noun="jobs",
        method="POST",
        summary="Làm lại một việc không xong",
        answer=JobSchema,
        body=NothingSchema,
        status=202,
        keyed=True,
    ),
)
def repeat_job(job: UUID, body: dict[str, Any]) -> Answer:  # noqa: ARG001 - what is sent is empty
    """Has work that failed begun anew, with what it was asked."""

    def act() -> str:
        answer_of(job)
        afterwards(partial(wake_worker, ending.repeat(session(), actor(), job)))
        return str(job)

    once(act)
    session().flush()
    return answer_of(job, f"/api/v1/jobs/{job}")


def answer_of(public_id: UUID, location: str = "") -> Answer:
    """A piece of work as it stands. Raises NotFound, also for work the program may not see."""
    rows = JOBS.read(session(), _binds() | {"one": public_id}, after=None, size=1).rows
    if not rows:
        raise NotFound
    return Answer(rows[0], location=location)


def _binds() -> dict[str, Any]:
    """A program follows what its role sees: the account is that of whoever gave the token, whose own work is not its own."""
    return {"kinds": list(kinds_seen(actor())), "kind": None, "state": None, "one": None}
