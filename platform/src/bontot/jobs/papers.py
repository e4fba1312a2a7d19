"""Printing many papers at once, as a piece of background work that leaves one file."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import select

from bontot.access import Actor, Permission
from bontot.clock import today
from bontot.db.models import Job
from bontot.db.tenancy import TenantSession
from bontot.documents.batches import NOTHING, Bound, batch_of, look
from bontot.documents.docx import docx
from bontot.documents.paper import Paper
from bontot.documents.pdf import as_told, bound_apart
from bontot.errors import InvalidInput, JobOver, NotFound
from bontot.evaluation.runs import Progress
from bontot.jobs.outbox import Enqueued, enqueue
from bontot.registry import Registry
from bontot.services import job_files
from bontot.services.audit import note
from bontot.text import search_key

KIND = "papers"
FORMS = {"pdf": "application/pdf", "docx": "application/zip"}
"""One PDF to be printed, or an archive of DOCX to be worked on."""
_NOT_PLAIN = re.compile("[^a-z0-9]+")
BINDING = "Đang dàn trang cả tập"


@dataclass(frozen=True, slots=True, kw_only=True)
class PapersAsked:
    """Which papers: of a batch (`documents.batches`), of the body `place` and what is below it, of the time `of`
    (empty for meetings to come), in which form, and whether to be printed on both sides; `program` is the public id of the
    access token it is asked under, empty for a person's."""

    batch: str
    place: int
    of: str
    form: str = "pdf"
    both_sides: bool = False
    program: str = ""


def request_papers(
    session: TenantSession, actor: Actor, registry: Registry, asked: PapersAsked, *, reach: frozenset[int]
) -> Enqueued:
    """Asks for papers to be printed together. Raises NotFound for a body out of reach or a batch there is none
    of, InvalidInput for a time it is not about and where there is nothing to be printed or too much."""
    actor.require(Permission.VIEW_JOB)
    if asked.place not in reach or asked.form not in FORMS:
        raise NotFound
    found = _look(session, registry, asked)
    if not found.subjects:
        raise InvalidInput(_nothing(found))
    arguments = asdict(asked) | {"place_name": found.name}
    work = enqueue(session, KIND, arguments, actor.name, account_id=actor.account_id)
    note(
        session,
        "print_papers",
        "organisation",
        asked.place,
        actor.account_id,
        batch=asked.batch,
        of=asked.of,
        papers=len(found.subjects),
    )
    return work


def asked_of(arguments: Mapping[str, Any]) -> PapersAsked:
    """What work was asked for, by its arguments."""
    return PapersAsked(**{name: value for name, value in arguments.items() if name != "place_name"})


def of_program(session: TenantSession, program: str, public_id: UUID) -> Job:
    """Papers that were asked for under an access token. Raises NotFound for all other work."""
    job = session.scalar(
        select(Job).where(
            Job.public_id == public_id, Job.kind == KIND, Job.arguments["program"].as_string() == program
        )
    )
    if job is None:
        raise NotFound
    return job


def perform(session: TenantSession, registry: Registry, job: Job, progress: Progress) -> dict[str, Any]:
    """Makes the papers a job names into one file; answers how many, and of whom there are none, or in a sentence that there
    is `nothing` at all: then there is no file, and nothing failed. Raises JobOver when it was stopped meanwhile."""
    asked = asked_of(job.arguments)
    found = _look(session, registry, asked)
    made: set[int] = set()
    papers = _in_turn(session, job, found, made, progress)
    if asked.form == "docx":
        content = _archive(papers)
    else:
        content = _one_file(papers, found, asked, progress, partial(_go_on, session, job))
    progress(len(found.subjects), len(found.subjects), "")
    without = [whose for subject_id, whose in found.subjects if subject_id not in made]
    if not made:
        return {"papers": 0, "without": without, "nothing": _nothing(found)}
    name = "-".join(filter(None, (asked.batch, asked.of or f"{today(session):%Y-%m-%d}")))
    ending = "zip" if asked.form == "docx" else asked.form
    job_files.keep(session, job, asked.place, f"{name}.{ending}", FORMS[asked.form], content)
    return {"papers": len(made), "without": without}


def _look(session: TenantSession, registry: Registry, asked: PapersAsked) -> Bound:
    return look(session, registry, today(session), batch_of(asked.batch), asked.place, asked.of)


def _in_turn(
    session: TenantSession, job: Job, found: Bound, made: set[int], progress: Progress
) -> Iterator[tuple[str, Paper]]:
    """Each paper with whose it is; between two of them it is seen whether the work was stopped."""
    for whose, subject_id, paper in found.whose():
        _go_on(session, job)
        progress(len(made), len(found.subjects), whose)
        yield whose, paper
        made.add(subject_id)


def _go_on(session: TenantSession, job: Job) -> None:
    """Raises JobOver when the work was stopped meanwhile."""
    if session.scalar(select(Job.state).where(Job.id == job.id)) != "running":
        raise JobOver


def _archive(papers: Iterator[tuple[str, Paper]]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:  # each is compressed already
        for number, (whose, paper) in enumerate(papers, 1):
            name = _NOT_PLAIN.sub("-", search_key(whose)).strip("-")
            archive.writestr(f"{number:03}-{name[:80]}.docx", docx(paper))
    return out.getvalue()


def _one_file(
    papers: Iterator[tuple[str, Paper]],
    found: Bound,
    asked: PapersAsked,
    progress: Progress,
    going_on: Callable[[], None],
) -> bytes:
    made = [paper for _, paper in papers]
    if not made:
        return b""
    progress(len(made), len(found.subjects), BINDING)
    title = f"{found.batch.label}, {found.name}"
    return bound_apart(as_told(made, title=title, both_sides=asked.both_sides), going_on)


def _nothing(found: Bound) -> str:
    label = found.batch.label[:1].lower() + found.batch.label[1:]
    said = NOTHING.format(place=found.name, label=label)
    return f"{said} {found.batch.first}".strip()
