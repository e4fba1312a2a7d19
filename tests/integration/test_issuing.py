"""Issuing papers: numbers are given once and for good, files are kept as they went out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from hashlib import sha256
from threading import Barrier, Thread

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import IntegrityError, ProgrammingError

from bontot.access import Role
from bontot.clock import today
from bontot.db.tenancy import TenantSession, scope
from bontot.documents import issuing
from bontot.documents.kinds import Asked, kind_of
from bontot.documents.types import CELL, COMMITTEE, may_be_issued
from bontot.errors import BontotError, InvalidFields, InvalidInput, NotAllowed, NotFound, Stale
from bontot.registry import Registry
from bontot.services.meetings import Mark, MeetingEntry, record_meeting
from tests.factories import Committee, make_committee
from tests.unit.documents.papers import text_of_docx
from tests.workplace import Workplace

REPORT, MINUTES = kind_of("bao-cao"), kind_of("bien-ban")
REGISTRY = Registry.load()


@dataclass(frozen=True)
class Desk:
    """A committee at whose first cell papers are issued."""

    committee: Committee
    session: TenantSession

    def asked(self, of: str, role: Role = Role.CELL_SECRETARY) -> Asked:
        """A paper of the first cell, asked for by somebody."""
        return Asked(
            session=self.session,
            registry=REGISTRY,
            actor=self.committee.actor(role),
            reach=frozenset({self.committee.cells[0].id}),
            today=today(self.session),
            organisation_id=self.committee.cells[0].id,
            of=of,
        )

    def issue(self, of: str, number: int | None, version: int = 0) -> str:
        """Issues the report of a month; gives how it is cited."""
        asked = self.asked(of)
        return issuing.called(
            issuing.issue(asked, REPORT, number=number, day=date(2026, 4, 2), version=version)
        )


@pytest.fixture
def desk(engine: Engine, worker_id: str) -> Iterator[Desk]:
    committee = make_committee(engine, f"cap-so-{worker_id}-{next(COUNTER)}", "nhà")
    with scope(committee.engine, committee.tenant_id) as session:
        yield Desk(committee, session)
        session.rollback()


COUNTER = iter(range(1000))


def test_numbers_run_on_in_the_series_of_their_type(desk: Desk) -> None:
    assert desk.issue("2026-01", 1) == "số 01-BC/CB, ngày 02/04/2026"
    assert issuing.prepare(desk.asked("2026-02"), REPORT).number == 2
    assert desk.issue("2026-02", 7) == "số 07-BC/CB, ngày 02/04/2026"
    assert issuing.prepare(desk.asked("2026-03"), REPORT).number == 8
    fees = kind_of("bao-cao-dang-phi")
    assert issuing.prepare(desk.asked("2026-01"), fees).number == 8  # reports of both kinds are one series


def test_a_number_recorded_of_another_meeting_is_not_given_again(desk: Desk) -> None:
    """A cell that numbered its resolutions by hand goes on from there, and none gets the number of another."""
    work, resolution = Workplace(desk.committee, desk.session), kind_of("nghi-quyet")

    def meeting(day: date, number: str) -> Asked:
        entry = MeetingEntry(
            kind="regular",
            held_on=day,
            marks={member: Mark(1) for member in work.ids},
            resolution_number=number,
            resolution_subject="Việc",
        )
        made = record_meeting(desk.session, work.secretary, desk.committee.cells[0].id, entry)
        desk.session.flush()
        work.close(made)
        return desk.asked(str(made.public_id))

    by_hand, unnumbered = meeting(date(2026, 2, 3), "05-NQ/CB"), meeting(date(2026, 3, 3), "")
    assert issuing.prepare(unnumbered, resolution).number == 6
    with pytest.raises(InvalidFields) as refusal:
        issuing.issue(unnumbered, resolution, number=5, day=date(2026, 3, 4), version=0)
    assert refusal.value.errors == {
        "number": "Số 05-NQ/CB đã ghi cho nghị quyết của buổi họp ngày 03/02/2026; số tiếp theo là 06."
    }
    for asked, number in ((unnumbered, 6), (by_hand, 5)):
        row = issuing.issue(asked, resolution, number=number, day=date(2026, 3, 4), version=0)
        assert row.number == number


def test_a_number_once_given_is_never_given_again_also_when_its_paper_is_cancelled(desk: Desk) -> None:
    desk.issue("2026-01", 1)
    row = issuing.living(desk.session, desk.committee.cells[0].id, "report", "2026-01")
    assert row is not None
    issuing.cancel(
        desk.session, desk.committee.actor(Role.CELL_SECRETARY), row, "sai số liệu", date(2026, 4, 3)
    )
    desk.session.flush()
    with pytest.raises(InvalidFields) as refusal:
        desk.issue("2026-01", 1, version=1)
    assert refusal.value.errors == {
        "number": "Số 01-BC/CB đã cấp cho báo cáo kết quả xây dựng “Chi bộ bốn tốt”, “Đảng viên bốn tốt” "
        "tháng 01 năm 2026 (đã hủy); số tiếp theo là 02."
    }
    with pytest.raises(Stale):
        issuing.cancel(
            desk.session, desk.committee.actor(Role.CELL_SECRETARY), row, "lần nữa", date(2026, 4, 3)
        )
    with pytest.raises(IntegrityError):
        desk.session.execute(
            text(
                "INSERT INTO issued_paper (organisation_id, kind, about, symbol, sign, term, number, name, dated_on,"
                " signer, issued_by, account_id) SELECT organisation_id, kind, about, symbol, sign, term, number, name,"
                " dated_on, signer, issued_by, account_id FROM issued_paper"
            )
        )


def test_a_new_term_of_office_begins_its_series_anew(desk: Desk) -> None:
    desk.session.execute(text("UPDATE post SET term = '2022-2025'"))
    desk.issue("2026-01", 4)
    desk.session.execute(text("UPDATE post SET term = '2025-2030'"))
    desk.session.expire_all()
    found = issuing.prepare(desk.asked("2026-02"), REPORT)
    assert (found.term, found.number) == ("2025-2030", 1)


@pytest.mark.parametrize("spelt", ["2025–2030", "2025 - 2030", "2025—2030"])
def test_a_series_runs_on_however_the_years_of_its_term_are_joined(desk: Desk, spelt: str) -> None:
    desk.session.execute(text("UPDATE post SET term = '2025-2030'"))
    desk.issue("2026-01", 4)
    desk.session.execute(text("UPDATE post SET term = :spelt"), {"spelt": spelt})
    desk.session.expire_all()
    assert issuing.prepare(desk.asked("2026-02"), REPORT).number == 5
    with pytest.raises(InvalidFields) as refusal:
        desk.issue("2026-02", 4)
    assert list(refusal.value.errors) == ["number"]


def test_a_term_recorded_after_papers_went_out_goes_on_with_their_numbers(desk: Desk) -> None:
    desk.issue("2026-01", 4)
    desk.session.execute(text("UPDATE post SET term = '2025-2030'"))
    assert issuing.prepare(desk.asked("2026-02"), REPORT).number == 5
    with pytest.raises(InvalidFields) as refusal:
        desk.issue("2026-02", 4)
    assert list(refusal.value.errors) == ["number"]
    assert desk.issue("2026-02", 5) == "số 05-BC/CB, ngày 02/04/2026"
    desk.session.execute(text("UPDATE post SET term = '2026-2031'"))
    assert (
        issuing.prepare(desk.asked("2026-03"), REPORT).number == 5
    )  # but not with those of a term that had a name
    desk.session.execute(text("UPDATE post SET term = '2027-2032'"))
    assert issuing.prepare(desk.asked("2026-03"), REPORT).number == 1


def test_a_term_goes_on_when_its_secretary_is_followed_by_one_of_whom_no_term_is_recorded(desk: Desk) -> None:
    desk.session.execute(text("UPDATE post SET term = '2025-2030', valid_to = '2026-03-01'"))
    row = desk.issue("2026-01", 4)
    assert row == "số 04-BC/CB, ngày 02/04/2026"
    found = issuing.prepare(desk.asked("2026-02"), REPORT)
    assert (found.term, found.number) == ("2025-2030", 5)


def test_papers_and_resolutions_begin_anew_after_a_congress_whatever_the_post_still_says(desk: Desk) -> None:
    work = Workplace(desk.committee, desk.session)
    desk.session.execute(text("UPDATE post SET term = '2022-2025'"))
    before = desk.asked("2026-01")
    issuing.issue(before, REPORT, number=4, day=date(2026, 2, 9), version=0)
    entry = MeetingEntry(
        kind="congress", held_on=date(2026, 2, 10), marks={member: Mark(1) for member in work.ids}
    )
    record_meeting(desk.session, work.secretary, desk.committee.cells[0].id, entry)
    desk.session.flush()
    found = issuing.prepare(desk.asked("2026-02"), REPORT)
    assert (found.term, found.number) == ("từ 10/02/2026", 1)
    assert desk.issue("2026-02", 1) == "số 01-BC/CB, ngày 02/04/2026"
    desk.session.execute(text("UPDATE post SET term = '2026-2031'"))  # filled in late
    found = issuing.prepare(desk.asked("2026-03"), REPORT)
    assert (found.term, found.number) == ("2026-2031", 2)
    with pytest.raises(InvalidFields):  # dated on the day of the congress it is of the term before
        issuing.issue(desk.asked("2026-03"), REPORT, number=4, day=date(2026, 2, 10), version=0)


def test_the_files_are_kept_as_they_went_out_and_say_the_number(desk: Desk) -> None:
    desk.issue("2026-01", 3)
    row = issuing.living(desk.session, desk.committee.cells[0].id, "report", "2026-01")
    assert row is not None
    kept = issuing.kept(desk.session, row)
    assert [(one.form, one.whole) for one in kept] == [("pdf", True), ("docx", True)]
    content = issuing.file_of(desk.session, row, "docx")
    assert sha256(content).hexdigest() == kept[1].sha256
    told = text_of_docx(content)
    assert ("Số 03-BC/CB" in told, "DỰ THẢO" in told, "ngày 02 tháng 4 năm 2026" in told) == (
        True,
        False,
        True,
    )
    with pytest.raises(NotFound):
        issuing.file_of(desk.session, row, "odt")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE issued_file SET content = 'x'",
        "DELETE FROM issued_file",
        "UPDATE issued_paper SET number = 9",
        "DELETE FROM issued_paper",
    ],
)
def test_nobody_who_works_in_the_product_can_change_what_was_issued(desk: Desk, statement: str) -> None:
    desk.issue("2026-01", 3)
    with pytest.raises(ProgrammingError, match="permission denied"):
        desk.session.execute(text(statement))


def test_what_was_wrong_is_put_right_by_another_paper_that_stands_in_its_place(desk: Desk) -> None:
    desk.issue("2026-01", 1)
    with pytest.raises(Stale):
        desk.issue("2026-01", 2)
    desk.issue("2026-01", 2, version=1)
    row = issuing.living(desk.session, desk.committee.cells[0].id, "report", "2026-01")
    assert row is not None
    assert [issuing.called(one) for one in issuing.beside(desk.session, row, before=True)] == [
        "số 01-BC/CB, ngày 02/04/2026"
    ]


def test_a_paper_is_issued_by_its_own_body_of_what_is_ready_on_a_day_that_has_come(desk: Desk) -> None:
    for role in (Role.COMMITTEE, Role.MEMBER):
        with pytest.raises(NotAllowed):
            issuing.issue(desk.asked("2026-01", role), REPORT, number=1, day=date(2026, 4, 2), version=0)
    with pytest.raises(InvalidFields) as refusal:
        issuing.issue(desk.asked("2026-01"), REPORT, number=0, day=date(2099, 1, 1), version=0)
    assert refusal.value.errors == {
        "day": "Ngày ban hành chưa đến.",
        "number": "Nhập số văn bản từ 1 đến 9999.",
    }
    cell = desk.committee.cells[0]
    said = MeetingEntry(kind="regular", held_on=date(2026, 3, 3), marks={cell.members[0][0]: Mark(1)})
    meeting = record_meeting(desk.session, desk.committee.actor(Role.CELL_SECRETARY), cell.id, said)
    desk.session.flush()
    asked = desk.asked(str(meeting.public_id))
    with pytest.raises(InvalidInput, match="Khóa hồ sơ buổi họp thì biên bản thôi là dự thảo"):
        issuing.issue(asked, MINUTES, number=None, day=date(2026, 3, 4), version=0)
    with pytest.raises(NotFound):
        MINUTES.build(replace(asked, organisation_id=desk.committee.cells[1].id))


def test_two_who_issue_at_once_take_turns_and_get_two_numbers(engine: Engine, worker_id: str) -> None:
    committee = make_committee(engine, f"hai-nguoi-{worker_id}", "nhà")
    start, came = Barrier(2), list[str]()

    def work(of: str) -> None:
        with scope(committee.engine, committee.tenant_id) as session:
            desk = Desk(committee, session)
            start.wait(10)
            try:
                came.append(desk.issue(of, 1))
            except BontotError as refusal:
                came.append(str(refusal))

    both = [Thread(target=work, args=(of,)) for of in ("2026-01", "2026-02")]
    for one in both:
        one.start()
    for one in both:
        one.join(30)
    assert sorted(said.startswith("số 01-BC/CB") for said in came) == [False, True]


def test_who_records_something_of_a_body_does_not_wait_for_its_papers(desk: Desk) -> None:
    """The files of a paper take their time; a row that refers to the body is checked against it meanwhile."""
    desk.issue("2026-01", 1)
    referring = text("SELECT FROM organisation WHERE id = :id FOR KEY SHARE")
    with scope(desk.committee.engine, desk.committee.tenant_id) as other:
        other.execute(text("SET LOCAL lock_timeout = '1s'"))
        other.execute(referring, {"id": desk.committee.cells[0].id})


def test_which_types_a_cell_may_issue_follows_the_regulation_of_the_day() -> None:
    days = (date(2026, 1, 8), date(2026, 1, 9))
    assert [may_be_issued("TB", CELL, day) for day in days] == [False, True]
    for symbol in ("NQ", "QĐ", "BC", "KH", "CTr", "TTr", "CV", "BB"):
        assert [may_be_issued(symbol, by, day) for by in (CELL, COMMITTEE) for day in days] == [True] * 4
    assert [may_be_issued("HD", CELL, day) for day in days] == [False, False]
    assert may_be_issued("TB", COMMITTEE, days[0])
