"""A large workbook is checked and written in the background: with progress, once however often it is asked for, and stopped
without a trace; what may not be kept is not kept."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest
from sqlalchemy import Engine, func, select, text

from bontot.access import Role
from bontot.db.models import EvaluationRun, ImportBatch, Job, Member, Outbox
from bontot.db.tenancy import TenantSession, scope
from bontot.errors import ImportRefused, SecrecyRefused, WorkbookRefused
from bontot.evaluation.runs import Progress
from bontot.evaluation.whole import evaluate
from bontot.imports import batch
from bontot.jobs import ending, importing
from bontot.jobs.importing import large, many, request_apply, request_check
from bontot.jobs.outbox import Enqueued
from bontot.jobs.tasks import Desk
from bontot.registry import Registry
from bontot.workbook import Sheet, workbook
from tests.factories import Committee, make_committee
from tests.isolation.world import DECOY

REGISTRY = Registry.load()
PEOPLE = 1_200
HEADERS = ("Họ và tên", "Ngày sinh", "Ngày vào Đảng", "Ngày chính thức", "Chi bộ")
ROWS = [(f"Lê Văn {n}", date(1960, 1, 1), date(2016, 5, 19), date(2017, 5, 19), "C1") for n in range(PEOPLE)]
CONTENT = workbook([Sheet("Đảng viên", (), HEADERS, ROWS)])
NAME = "đảng viên.xlsx"


@pytest.fixture
def committee(engine: Engine, unique: str) -> Committee:
    make_committee(engine, f"{unique}-khac", DECOY, members=2)
    return make_committee(engine, unique, "nhà", members=2)


def read(committee: Committee) -> AbstractContextManager[TenantSession]:
    return scope(committee.engine, committee.tenant_id)


def sent(committee: Committee, content: bytes = CONTENT) -> tuple[int, Enqueued]:
    """A workbook kept to be checked, and the work that will."""
    actor = committee.actor(Role.TENANT_ADMIN)
    with read(committee) as session:
        kept = batch.receive(session, content, NAME, by="Người nhập")
        asked = request_check(session, actor, kept)
        assert isinstance(asked, Enqueued)
        return kept.id, asked


def to_apply(committee: Committee, batch_id: int) -> object:
    with read(committee) as session:
        kept = session.scalars(select(ImportBatch).where(ImportBatch.id == batch_id)).one()
        return request_apply(session, committee.actor(Role.TENANT_ADMIN), kept)


def job(committee: Committee, work: Enqueued) -> tuple[str, str | None, dict[str, Any] | None]:
    with read(committee) as session:
        found = session.scalars(select(Job).where(Job.public_id == work.public_id)).one()
        return found.state, found.message, found.result


def members(committee: Committee) -> int:
    with read(committee) as session:
        return session.scalar(select(func.count()).select_from(Member)) or 0


def state(committee: Committee, batch_id: int) -> str | None:
    with read(committee) as session:
        return session.scalar(select(ImportBatch.state).where(ImportBatch.id == batch_id))


def test_a_large_workbook_is_checked_and_then_taken_in_with_progress(committee: Committee) -> None:
    told: list[tuple[int, int, str]] = []

    def telling(session: TenantSession, registry: Registry, work: Job, progress: Progress) -> dict[str, Any]:
        def tell(done: int, total: int, doing: str) -> None:
            told.append((done, total, doing))
            progress(done, total, doing)

        return importing.perform(session, registry, work, tell)

    desk = Desk(committee.engine, REGISTRY, doing={importing.KIND: telling})
    before = members(committee)
    batch_id, work = sent(committee)
    assert state(committee, batch_id) == "checking"
    assert desk.do(work.outbox_id)
    with read(committee) as session:
        public_id = session.scalars(select(ImportBatch.public_id).where(ImportBatch.id == batch_id)).one()
    assert job(committee, work) == ("done", None, {"batch": str(public_id)})
    assert (state(committee, batch_id), members(committee)) == ("previewed", before)
    assert told == [
        (0, 0, ""),
        *((PEOPLE + number, 2 * PEOPLE, "kiểm tra Đảng viên") for number in (0, 500, 1_000)),
    ]
    told.clear()
    asked = to_apply(committee, batch_id)
    assert isinstance(asked, Enqueued)
    assert desk.do(asked.outbox_id)
    assert (state(committee, batch_id), members(committee)) == ("applied", before + PEOPLE)
    assert told[-2:] == [
        (2 * 2 * PEOPLE, 3 * 2 * PEOPLE, "ghi vào hồ sơ"),
        (2 * 2 * PEOPLE + PEOPLE, 3 * 2 * PEOPLE, "ghi vào hồ sơ"),
    ]


def test_how_long_work_took_counts_until_its_end(committee: Committee) -> None:
    done_at: list[datetime] = []

    def telling(session: TenantSession, registry: Registry, work: Job, progress: Progress) -> dict[str, Any]:
        result = importing.perform(session, registry, work, progress)
        done_at.append(session.scalars(select(func.clock_timestamp())).one())
        return result

    _, work = sent(committee)
    assert Desk(committee.engine, REGISTRY, doing={importing.KIND: telling}).do(work.outbox_id)
    with read(committee) as session:
        ended = session.scalars(select(Job.finished_at).where(Job.public_id == work.public_id)).one()
    assert ended is not None
    assert ended >= done_at[0]


def test_work_asked_for_twice_is_one_piece_of_work_and_writes_once(committee: Committee) -> None:
    desk = Desk(committee.engine, REGISTRY)
    batch_id, work = sent(committee)
    with read(committee) as session:
        kept = session.scalars(select(ImportBatch).where(ImportBatch.id == batch_id)).one()
        assert request_check(session, committee.actor(Role.TENANT_ADMIN), kept) == work.public_id
    assert [desk.do(work.outbox_id), desk.do(work.outbox_id)] == [True, False]
    before = members(committee)
    first = to_apply(committee, batch_id)
    assert isinstance(first, Enqueued)
    assert to_apply(committee, batch_id) == first.public_id
    assert [desk.do(first.outbox_id), desk.do(first.outbox_id)] == [True, False]
    assert members(committee) == before + PEOPLE
    with pytest.raises(ImportRefused):
        to_apply(committee, batch_id)


def test_a_worker_that_does_it_a_second_time_after_all_writes_nothing(committee: Committee) -> None:
    desk = Desk(committee.engine, REGISTRY)
    batch_id, work = sent(committee)
    desk.do(work.outbox_id)
    first = to_apply(committee, batch_id)
    assert isinstance(first, Enqueued)
    desk.do(first.outbox_id)
    before = members(committee)
    with read(committee) as session:
        again = ending.repeat  # the work is done, and may not be begun again
        with pytest.raises(Exception, match="không cần làm lại"):
            again(session, committee.actor(Role.TENANT_ADMIN), first.public_id)
    with read(committee) as session:
        session.execute(text("UPDATE outbox SET done_at = NULL WHERE id = :id"), {"id": first.outbox_id})
        session.execute(text("UPDATE outbox SET leased_until = NULL WHERE id = :id"), {"id": first.outbox_id})
    assert desk.do(first.outbox_id)
    sentence = f"Tệp {NAME} đã được nhập trước đó; không có gì được ghi thêm."
    assert job(committee, first)[:2] == ("failed", sentence)
    assert members(committee) == before


def test_work_that_is_stopped_midway_leaves_nothing(committee: Committee) -> None:
    actor = committee.actor(Role.TENANT_ADMIN)
    batch_id, work = sent(committee)
    Desk(committee.engine, REGISTRY).do(work.outbox_id)
    asked = to_apply(committee, batch_id)
    assert isinstance(asked, Enqueued)
    before = members(committee)

    def stopped(session: TenantSession, registry: Registry, work: Job, progress: Progress) -> dict[str, Any]:
        def tell(done: int, total: int, doing: str) -> None:
            if (
                doing == "ghi vào hồ sơ" and done > 2 * 2 * PEOPLE
            ):  # members are written, their places are not
                with read(committee) as other:
                    ending.stop(other, actor, asked.public_id)
            progress(done, total, doing)

        return importing.perform(session, registry, work, tell)

    desk = replace(Desk(committee.engine, REGISTRY, doing={importing.KIND: stopped}), told_every=0)
    assert desk.do(asked.outbox_id)
    assert (state(committee, batch_id), members(committee)) == ("previewed", before)
    assert job(committee, asked)[0] == "failed"
    again = to_apply(committee, batch_id)
    assert isinstance(again, Enqueued)
    assert Desk(committee.engine, REGISTRY).do(again.outbox_id)
    assert members(committee) == before + PEOPLE


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (
            workbook([Sheet("Đảng viên", ("TUYỆT MẬT",), HEADERS, ROWS[:1])]),
            "Tệp mang dấu chỉ mức độ mật. Hệ thống không nhận tài liệu bí mật nhà nước.",
        ),
        (
            b"PK\x03\x04" + bytes(1_000),
            "Tệp bị hỏng nên không đọc được. Hãy mở bằng Excel, lưu lại thành .xlsx rồi thử lại.",
        ),
    ],
    ids=["secret", "damaged"],
)
def test_what_may_not_be_kept_is_not_kept(committee: Committee, content: bytes, sentence: str) -> None:
    batch_id, work = sent(committee, content)
    assert Desk(committee.engine, REGISTRY).do(work.outbox_id)
    assert job(committee, work) == ("done", None, {"refused": sentence})
    assert state(committee, batch_id) is None


def test_what_can_be_seen_at_once_is_refused_before_it_is_kept(committee: Committee) -> None:
    with read(committee) as session, pytest.raises(SecrecyRefused):
        batch.receive(session, CONTENT, "Danh sách (MẬT).xlsx", by="Ai đó")
    with read(committee) as session, pytest.raises(WorkbookRefused):
        batch.receive(session, b"", NAME, by="Ai đó")
    with read(committee) as session:
        assert session.scalar(select(func.count()).select_from(ImportBatch)) == 0


def test_a_workbook_that_waits_to_be_checked_is_not_taken_in(committee: Committee) -> None:
    batch_id, _ = sent(committee)
    sentence = f"Tệp {NAME} đang chờ được kiểm tra trước đó; không có gì được ghi thêm."
    with read(committee) as session, pytest.raises(ImportRefused, match=sentence):
        batch.apply(session, batch_id, by="Ai đó", registry=REGISTRY)


def test_a_workbook_set_aside_meanwhile_is_not_checked(committee: Committee) -> None:
    batch_id, work = sent(committee)
    with read(committee) as session:
        batch.discard(session, batch_id)
    assert Desk(committee.engine, REGISTRY).do(work.outbox_id)
    assert (job(committee, work)[0], state(committee, batch_id)) == ("failed", "discarded")


def test_what_was_judged_is_judged_again_after_it(committee: Committee) -> None:
    with read(committee) as session:
        evaluate(session, REGISTRY, year=committee.today.year, as_of=committee.today, by="kiểm thử")
        assert session.scalar(select(func.count()).select_from(EvaluationRun))
    desk = Desk(committee.engine, REGISTRY)
    batch_id, work = sent(committee)
    desk.do(work.outbox_id)
    asked = to_apply(committee, batch_id)
    assert isinstance(asked, Enqueued)
    desk.do(asked.outbox_id)
    with read(committee) as session:
        open_work = (Outbox.tenant_id == committee.tenant_id, Outbox.done_at.is_(None))
        waiting = session.scalars(select(Outbox.kind).where(*open_work)).all()
    assert waiting == ["evaluation"]


def test_small_workbooks_stay_immediate() -> None:
    few = ImportBatch(counts={"sheets": [{"rows": 2_000}, {"rows": 1_000}]})
    more = ImportBatch(counts={"sheets": [{"rows": 2_000}, {"rows": 1_001}]})
    assert [many(few), many(more)] == [False, True]
    assert [large(b"x" * importing.LARGE_FILE), large(b"x" * (importing.LARGE_FILE + 1))] == [False, True]
