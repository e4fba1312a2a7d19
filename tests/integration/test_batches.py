"""Papers printed together say what each says alone, and cost the same statements for many bodies as for few."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta

import pytest
from sqlalchemy import Engine, event

from bontot.access import Role, organisations_below
from bontot.clock import today
from bontot.db.models import FrameAdoption, MeetingScore, PledgeLine, PolicyAssignment, Registration
from bontot.db.models.meeting import PRESENT
from bontot.db.tenancy import TenantSession, scope
from bontot.documents import batches
from bontot.documents.asking import Asked, Papers, Together
from bontot.documents.batches import BATCHES, Batch, Bound, batch_of, look
from bontot.documents.kinds import KINDS, MEMBER_KINDS, kind_of, member_kind_of
from bontot.documents.kinds.sheets import score_sheet_of
from bontot.documents.paper import Paper
from bontot.errors import InvalidInput, NotFound
from bontot.evaluation.whole import evaluate
from bontot.registry import Registry
from bontot.services.meetings import Mark, MeetingEntry, record_meeting
from bontot.services.planning import Plan, prepare
from tests.factories import Committee, make_committee

YEAR, QUARTER, MONTH = "2026", "2026-Q1", "2026-03"
HELD = date(2026, 3, 3)
REGISTRY = Registry.load()
OF_THE_WARD = "bang-tu-danh-gia-dang-bo"
ALONE = {
    OF_THE_WARD: "bang-tu-danh-gia",
    "bang-tu-danh-gia-dang-vien": "bang-tu-danh-gia",
    "dang-ky-dang-vien": "dang-ky",
}


def at_work(engine: Engine, code: str, cells: int, members: int) -> Committee:
    """A committee judged in the year, of which each cell met, is invited, scored itself and pledged, with its members."""
    committee = make_committee(
        engine, code, f"của {code}", cells=cells, members=members, policy="hanoi_longbien"
    )
    with scope(engine, committee.tenant_id) as session:
        first = committee.cells[0].id  # under a plan that gives members a title
        session.add(
            PolicyAssignment(organisation_id=first, policy_code="hanoi_tayho", valid_from=date(2023, 1, 1))
        )
        admin, day = committee.actor(Role.TENANT_ADMIN), today(session)
        for cell in committee.cells:
            ids = [member_id for member_id, _ in cell.members]
            entry = MeetingEntry(
                kind="regular",
                held_on=HELD,
                marks={id_: Mark(PRESENT) for id_ in ids},
                resolution_number="03-NQ/CB",
                resolution_subject=f"tháng 3 của {cell.name}",
                agenda=("Thời sự", "Nhiệm vụ"),
            )
            meeting = record_meeting(session, admin, cell.id, entry)
            session.add(
                MeetingScore(
                    meeting_id=meeting.id,
                    stage="proposed",
                    item="preparation",
                    policy_code="hanoi_longbien",
                    sheet="meeting",
                    points=8,
                    maximum=10,
                    account_id=admin.account_id,
                    recorded_by="thử",
                )
            )
            prepare(
                session,
                admin,
                cell.id,
                Plan(kind="regular", held_on=day + timedelta(days=9), place="Nhà văn hóa"),
            )
            for whose in ({"organisation_id": cell.id}, *({"member_id": id_} for id_ in ids)):
                row = Registration(year=2026, signed_on=date(2026, 1, 9), signed_by_id=ids[0], **whose)
                session.add(row)
                session.flush()
                session.add(
                    PledgeLine(
                        registration_id=row.id,
                        criterion="x",
                        content=f"Giữ nền nếp {whose}",
                        target="Đạt",
                        due="",
                        carrier="",
                    )
                )
        session.add(
            FrameAdoption(
                policy_code="national_meetings_2025",
                valid_from=date(2025, 1, 1),
                document="thử",
                entered_by="thử",
            )
        )
        session.flush()
        evaluate(session, REGISTRY, year=2026, as_of=day, by="thử")
    return committee


@pytest.fixture(scope="module")
def few(engine: Engine, worker_id: str) -> Committee:
    return at_work(engine, f"in-it-{worker_id}", 5, 5)


@pytest.fixture(scope="module")
def many(engine: Engine, worker_id: str) -> Committee:
    return at_work(engine, f"in-nhieu-{worker_id}", 25, 25)


@contextmanager
def heard(engine: Engine) -> Iterator[list[str]]:
    """The statements run meanwhile."""
    seen: list[str] = []

    def hear(*given: object) -> None:
        seen.append(str(given[2]))

    event.listen(engine, "before_cursor_execute", hear)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", hear)


def looked(session: TenantSession, committee: Committee, batch: Batch) -> Bound:
    place = committee.cells[0] if batch.about == "members" else committee.ward
    return look(session, REGISTRY, today(session), batch, place.id, of_batch(batch))


def of_batch(batch: Batch) -> str:
    """A time that a batch may be of."""
    return {"year": YEAR, "members": YEAR, "month": MONTH, "period": QUARTER, "coming": ""}[batch.about]


def cost(committee: Committee, batch: Batch) -> tuple[int, int]:
    """How many statements a batch takes, and how many papers come of it."""
    with scope(committee.engine, committee.tenant_id) as session:
        session.connection()
        with heard(committee.engine) as seen:
            papers = list(looked(session, committee, batch).whose())
    return len(seen), len(papers)


@pytest.mark.parametrize("batch", BATCHES, ids=lambda batch: batch.slug)
def test_a_batch_of_many_is_read_in_as_many_statements_as_one_of_few(
    few: Committee, many: Committee, batch: Batch
) -> None:
    of_few, of_many = cost(few, batch), cost(many, batch)
    assert of_few[0] == of_many[0] > 0
    assert (of_few[1], of_many[1]) == ((1, 1) if batch.slug == OF_THE_WARD else (5, 25))


def test_a_batch_that_reads_for_each_body_costs_more_for_many(few: Committee, many: Committee) -> None:
    def one_by_one(asked: Together) -> Papers:
        for id_ in asked.subjects:
            yield id_, asked_alone(asked, id_)

    def asked_alone(asked: Together, id_: int) -> Paper:
        return score_sheet_of(
            Asked(
                session=asked.session,
                registry=asked.registry,
                actor=few.actor(Role.TENANT_ADMIN),
                reach=frozenset(),
                today=asked.today,
                organisation_id=id_,
                of=asked.of,
            )
        )

    planted = Batch(key="x", slug="x", label="x", about="year", find=batches._cells, papers=one_by_one)
    assert cost(few, planted)[0] < cost(many, planted)[0]


@pytest.mark.parametrize("batch", BATCHES, ids=lambda batch: batch.slug)
def test_each_paper_of_a_batch_is_the_one_made_alone(few: Committee, batch: Batch) -> None:
    with scope(few.engine, few.tenant_id) as session:
        together = {subject_id: paper for _, subject_id, paper in looked(session, few, batch).whose()}
        for subject_id, paper in together.items():
            assert paper == alone(session, few, batch)(subject_id)
    assert len(set(together.values())) == len(together) == (1 if batch.slug == OF_THE_WARD else 5)


def alone(session: TenantSession, committee: Committee, batch: Batch) -> Callable[[int], object]:
    """What makes the paper of one subject of a batch by itself."""

    def asked(organisation_id: int, of: str) -> Asked:
        return Asked(
            session=session,
            registry=REGISTRY,
            actor=committee.actor(Role.TENANT_ADMIN),
            reach=organisations_below(session, organisation_id, today(session)),
            today=today(session),
            organisation_id=organisation_id,
            of=of,
        )

    def of_record(table: str) -> Callable[[int], object]:
        def make(subject_id: int) -> object:
            found = session.connection().exec_driver_sql(
                f"SELECT organisation_id, public_id FROM {table} WHERE id = {subject_id}"
            )
            [(organisation_id, public_id)] = found
            return kind_of(batch.slug).build(asked(organisation_id, str(public_id)))

        return make

    if batch.about == "members":
        kind = member_kind_of(ALONE[batch.slug])
        return lambda subject_id: kind.build(asked(committee.cells[0].id, YEAR), subject_id)
    if batch.about in ("year", "period"):
        kind_of_bodies, of = kind_of(ALONE.get(batch.slug, batch.slug)), of_batch(batch)
        return lambda subject_id: kind_of_bodies.build(asked(subject_id, of))
    return of_record("meeting" if batch.about == "month" else "planned_meeting")


def test_a_body_without_records_has_no_paper_and_is_named(few: Committee) -> None:
    with scope(few.engine, few.tenant_id) as session:
        found = look(session, REGISTRY, today(session), batch_of("dang-ky"), few.ward.id, "2025")
        assert [whose for _, whose in found.subjects] == [cell.name for cell in few.cells]
        assert list(found.whose()) == []


def test_a_batch_is_of_what_stands_below_and_of_no_other_committee(few: Committee, many: Committee) -> None:
    with scope(few.engine, few.tenant_id) as session:
        day = today(session)
        found = look(session, REGISTRY, day, batch_of("bien-ban"), few.cells[1].id, MONTH)
        assert [whose for _, whose in found.subjects] == [f"{few.cells[1].name}, ngày 03/03/2026"]
        for stranger in (many.ward.id, many.cells[0].id, 10**9):
            with pytest.raises(NotFound):
                look(session, REGISTRY, day, batch_of("bien-ban"), stranger, MONTH)
        for of in ("2026-13", "2026", "x", "", "2999-01"):
            with pytest.raises(InvalidInput):
                look(session, REGISTRY, day, batch_of("bien-ban"), few.ward.id, of)
        with pytest.raises(NotFound):
            look(session, REGISTRY, day, batch_of("dang-ky-dang-vien"), few.ward.id, YEAR)
        with pytest.raises(NotFound):
            batch_of("khong-co")


def test_more_papers_than_a_batch_may_hold_are_refused(
    few: Committee, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches, "MOST", 4)
    with scope(few.engine, few.tenant_id) as session, pytest.raises(InvalidInput) as refusal:
        look(session, REGISTRY, today(session), batch_of("dang-ky"), few.ward.id, YEAR)
    said = "Mỗi lần in tối đa 4 văn bản, ở đây có 5. Xin chọn một tổ chức cấp dưới."
    assert refusal.value.errors == {"": said}


def test_every_kind_that_can_be_printed_together_is_a_kind_of_paper() -> None:
    known = {kind.slug for kind in KINDS} | {kind.slug for kind in MEMBER_KINDS}
    assert {ALONE.get(batch.slug, batch.slug) for batch in BATCHES} <= known
