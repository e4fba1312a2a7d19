"""The file a piece of work leaves: for who asked for it, for some days, and never half of one."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Engine, func, select, update

from bontot.access import Actor, Role, organisations_in_reach
from bontot.clock import today
from bontot.db.models import AuditEvent, Job, JobFile, Outbox
from bontot.db.tenancy import PLATFORM, TenantSession, scope
from bontot.documents.batches import NOTHING
from bontot.errors import FileTooLarge, InvalidInput, NotAllowed, NotFound
from bontot.evaluation.runs import Progress
from bontot.jobs import ending, papers
from bontot.jobs.daily import begin_rounds
from bontot.jobs.outbox import Enqueued
from bontot.jobs.papers import KIND, PapersAsked, request_papers
from bontot.jobs.reading import job_of, jobs
from bontot.jobs.tasks import Desk
from bontot.registry import Registry
from bontot.services import job_files
from bontot.services.meetings import MeetingEntry, record_meeting
from tests.factories import Committee, make_committee
from tests.integration.test_batches import HELD, MONTH
from tests.isolation.world import DECOY
from tests.unit.documents.papers import text_of_docx
from tests.unit.documents.test_settings import pages_of

REGISTRY = Registry.load()
CELLS = 3


@pytest.fixture(scope="module")
def committee(engine: Engine, worker_id: str) -> Committee:
    return met(make_committee(engine, f"in-tap-{worker_id}", "nhà", cells=CELLS, members=2))


@pytest.fixture(scope="module")
def decoy(engine: Engine, worker_id: str) -> Committee:
    return met(make_committee(engine, f"in-tap-khac-{worker_id}", DECOY, cells=CELLS, members=2))


def met(committee: Committee) -> Committee:
    with scope(committee.engine, committee.tenant_id) as session:
        for cell in committee.cells[:2]:
            entry = MeetingEntry(kind="regular", held_on=HELD, marks={})
            record_meeting(session, committee.actor(Role.TENANT_ADMIN), cell.id, entry)
    return committee


def asked(committee: Committee, role: Role = Role.COMMITTEE, **given: Any) -> Enqueued:
    """The minutes of a month of the ward, asked for in a role."""
    actor = committee.actor(role)
    minutes: dict[str, Any] = {"batch": "bien-ban", "place": committee.ward.id, "of": MONTH}
    wanted = PapersAsked(**(minutes | given))
    with scope(committee.engine, committee.tenant_id) as session:
        return request_papers(session, actor, REGISTRY, wanted, reach=reach(session, actor))


def reach(session: TenantSession, actor: Actor) -> frozenset[int]:
    return organisations_in_reach(session, actor, today(session))


def done(committee: Committee, work: Enqueued) -> Job:
    """The work after it was done."""
    assert Desk(committee.engine, REGISTRY).do(work.outbox_id)
    return job(committee, work)


def job(committee: Committee, work: Enqueued) -> Job:
    with scope(committee.engine, committee.tenant_id) as session:
        found = session.scalars(select(Job).where(Job.public_id == work.public_id)).one()
        session.expunge(found)
        return found


def fetched(committee: Committee, actor: Actor, public_id: UUID) -> job_files.Fetched | None:
    """The file as an actor of the committee gets it; None where it is not found."""
    with scope(committee.engine, committee.tenant_id) as session:
        try:
            return job_files.fetch(session, actor, reach(session, actor), public_id)
        except NotFound:
            return None


def files(committee: Committee) -> int:
    with scope(committee.engine, committee.tenant_id) as session:
        return session.scalar(select(func.count()).select_from(JobFile)) or 0


def test_the_papers_of_a_ward_come_in_one_pdf_each_on_a_page_of_its_own(committee: Committee) -> None:
    work = asked(committee)
    ended = done(committee, work)
    assert (ended.state, ended.progress, ended.total, ended.message) == ("done", 2, 2, None)
    assert ended.result == {"papers": 2, "without": []}
    file = fetched(committee, committee.actor(Role.COMMITTEE), work.public_id)
    assert file is not None
    assert (file.name, file.media) == (f"bien-ban-{MONTH}.pdf", "application/pdf")
    pages = pages_of(file.content)
    begun = [page for page in pages if "BIÊN BẢN" in page]
    assert ["CHI BỘ NHÀ SỐ 1" in begun[0], "CHI BỘ NHÀ SỐ 2" in begun[1], len(begun)] == [True, True, 2]


def test_printed_on_both_sides_every_paper_begins_on_a_sheet_of_its_own(committee: Committee) -> None:
    work = asked(committee, both_sides=True)
    done(committee, work)
    file = fetched(committee, committee.actor(Role.COMMITTEE), work.public_id)
    assert file is not None
    pages = pages_of(file.content)
    assert [number % 2 for number, page in enumerate(pages, 1) if "BIÊN BẢN" in page] == [1, 1]


def test_the_same_come_as_an_archive_of_office_files(committee: Committee) -> None:
    work = asked(committee, form="docx")
    done(committee, work)
    file = fetched(committee, committee.actor(Role.COMMITTEE), work.public_id)
    assert file is not None
    assert (file.name, file.media) == (f"bien-ban-{MONTH}.zip", "application/zip")
    with zipfile.ZipFile(io.BytesIO(file.content)) as archive:
        assert archive.namelist() == [
            "001-chi-bo-nha-so-1-ngay-03-03-2026.docx",
            "002-chi-bo-nha-so-2-ngay-03-03-2026.docx",
        ]
        told = [text_of_docx(archive.read(name)) for name in archive.namelist()]
    assert ["CHI BỘ NHÀ SỐ 1" in told[0], "CHI BỘ NHÀ SỐ 2" in told[1]] == [True, True]
    assert DECOY not in "".join(told)


def test_a_batch_that_turns_out_empty_is_done_and_says_so_and_the_operator_sees_no_failure(
    committee: Committee,
) -> None:
    work = asked(committee, batch="tu-cham-diem")
    ended = done(committee, work)
    label = "bảng tự chấm điểm buổi sinh hoạt"
    assert (ended.state, ended.message, ended.result) == (
        "done",
        None,
        {
            "papers": 0,
            "without": [f"Chi bộ nhà số {number}, ngày 03/03/2026" for number in (1, 2)],
            "nothing": NOTHING.format(place=committee.ward.name, label=label),
        },
    )
    assert fetched(committee, committee.actor(Role.COMMITTEE), work.public_id) is None
    with scope(committee.engine, PLATFORM) as session:
        row = session.execute(
            select(Outbox.done_at, Outbox.failed_at).where(Outbox.id == work.outbox_id)
        ).one()
    assert (row.done_at is not None, row.failed_at) == (True, None)


def test_only_who_asked_and_the_administrator_get_the_file(committee: Committee, decoy: Committee) -> None:
    place = committee.cells[0].id
    work = asked(committee, Role.CELL_SECRETARY, place=place)
    done(committee, work)
    secretary, ward = committee.actor(Role.CELL_SECRETARY), committee.actor(Role.COMMITTEE)
    found = {
        "who asked": fetched(committee, secretary, work.public_id),
        "the administrator": fetched(committee, committee.actor(Role.TENANT_ADMIN), work.public_id),
        "the ward": fetched(committee, ward, work.public_id),
        "who asked, now of another cell": fetched(
            committee, replace(secretary, organisation_id=committee.cells[1].id), work.public_id
        ),
        "who asked, now a member": fetched(
            committee, replace(secretary, role=Role.MEMBER, organisation_id=None), work.public_id
        ),
        "another committee": fetched(decoy, decoy.actor(Role.TENANT_ADMIN), work.public_id),
    }
    assert {who for who, file in found.items() if file} == {"who asked", "the administrator"}
    with scope(committee.engine, committee.tenant_id) as session:
        noted = session.execute(
            select(AuditEvent.action, AuditEvent.account_id, AuditEvent.detail)
            .where(AuditEvent.action.in_(("print_papers", "fetch_file")))
            .order_by(AuditEvent.id.desc())
            .limit(3)
        ).all()
    admin = committee.accounts[Role.TENANT_ADMIN]
    assert [tuple(row) for row in reversed(noted)] == [
        ("print_papers", secretary.account_id, {"batch": "bien-ban", "of": MONTH, "papers": 1}),
        ("fetch_file", secretary.account_id, {"name": f"bien-ban-{MONTH}.pdf"}),
        ("fetch_file", admin, {"name": f"bien-ban-{MONTH}.pdf"}),
    ]


def test_a_secretary_sees_the_own_work_and_no_other(committee: Committee) -> None:
    of_the_ward = asked(committee)
    own = asked(committee, Role.CELL_SECRETARY, place=committee.cells[0].id)
    secretary = committee.actor(Role.CELL_SECRETARY)
    with scope(committee.engine, committee.tenant_id) as session:
        assert job_of(session, secretary, own.public_id).requested_by == secretary.name
        with pytest.raises(NotFound):
            job_of(session, secretary, of_the_ward.public_id)
        with pytest.raises(NotFound):
            ending.stop(session, secretary, of_the_ward.public_id)
        seen = {one.public_id for one in jobs(session, secretary, 1).lines}
        assert (own.public_id in seen, of_the_ward.public_id in seen) == (True, False)
        ending.stop(session, secretary, own.public_id)
    assert job(committee, own).state == "failed"
    assert not Desk(committee.engine, REGISTRY).do(own.outbox_id)
    done(committee, of_the_ward)


def test_work_that_is_stopped_ends_between_two_papers_and_leaves_nothing(committee: Committee) -> None:
    before, work, told = files(committee), asked(committee), list[int]()

    def stopping(session: TenantSession, registry: Registry, row: Job, progress: Progress) -> dict[str, Any]:
        def tell(count: int, total: int, doing: str) -> None:
            told.append(count)
            with scope(committee.engine, committee.tenant_id) as other:
                ending.stop(other, committee.actor(Role.COMMITTEE), work.public_id)
            progress(count, total, doing)

        return papers.perform(session, registry, row, tell)

    assert Desk(committee.engine, REGISTRY, {KIND: stopping}).do(work.outbox_id)
    stopped = job(committee, work)
    assert (told, stopped.state, files(committee)) == ([0], "failed", before)
    assert (
        stopped.message == f"{committee.actor(Role.COMMITTEE).name} đã dừng việc này. Hồ sơ chưa bị thay đổi."
    )


def test_a_file_is_kept_for_seven_days_and_then_swept_away(committee: Committee) -> None:
    work = asked(committee)
    done(committee, work)
    ward = committee.actor(Role.COMMITTEE)

    def last_day(back: int) -> None:
        with scope(committee.engine, committee.tenant_id) as session:
            day = today(session) - timedelta(days=back)
            session.execute(update(JobFile).values(kept_until=day))

    with scope(committee.engine, committee.tenant_id) as session:
        waits = job_files.waiting(session, ward, reach(session, ward), work.public_id)
        assert waits is not None
        assert waits.kept_until == today(session) + timedelta(days=7)
    last_day(0)
    assert fetched(committee, ward, work.public_id) is not None
    begin_rounds(committee.engine, by_mail=False, at=datetime.combine(date(2026, 1, 1), time(6, 30)))
    assert files(committee) > 0
    last_day(1)
    assert fetched(committee, ward, work.public_id) is None
    with scope(committee.engine, committee.tenant_id) as session:
        assert job_files.sweep(session) > 0
    assert files(committee) == 0


def test_a_file_larger_than_allowed_is_not_kept(
    committee: Committee, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(job_files, "LARGEST", 1000)
    work, before = asked(committee), files(committee)
    ended = done(committee, work)
    assert (ended.state, ended.message, files(committee)) == ("failed", FileTooLarge.sentence, before)


@pytest.mark.parametrize(
    ("given", "refusal"),
    [
        ({"place": 10**9}, NotFound),
        ({"form": "exe"}, NotFound),
        ({"batch": "khong-co"}, NotFound),
        ({"of": "2026"}, InvalidInput),
        ({"of": "2020-01"}, InvalidInput),
    ],
)
def test_what_cannot_be_printed_is_refused_before_any_work_is_written_down(
    committee: Committee, given: dict[str, Any], refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        asked(committee, **given)


def test_who_may_not_see_work_asks_for_none_and_nobody_beyond_their_reach(
    committee: Committee, decoy: Committee
) -> None:
    with pytest.raises(NotAllowed):
        asked(committee, Role.MEMBER)
    for place in (committee.cells[1].id, committee.ward.id, decoy.cells[0].id):
        with pytest.raises(NotFound):
            asked(committee, Role.CELL_SECRETARY, place=place)
