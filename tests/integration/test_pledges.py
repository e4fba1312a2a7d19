"""The start of a year: opened, pledged, confirmed; cells chosen for a pilot; targets set."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import Engine, select

from bontot.access import Role
from bontot.clock import today
from bontot.db.models import (
    AnnualRating,
    AuditEvent,
    Directive,
    Member,
    Organisation,
    PledgeLine,
    Registration,
    Task,
)
from bontot.db.tenancy import TenantSession, scope
from bontot.errors import InvalidInput, NotAllowed, NotFound, Stale
from bontot.evaluation import runs
from bontot.evaluation.period import Period
from bontot.evaluation.pledges import unpledged
from bontot.evaluation.whole import evaluate
from bontot.policy.terms import Subject
from bontot.registry import Registry
from bontot.services import pilots, pledges, targets, year_start
from bontot.services.judgment_rules import JudgedSubject
from bontot.services.pledges import AskedPledge, PledgeEntry, Promise
from tests.factories import Committee, make_committee

REGISTRY = Registry.load()


@pytest.fixture
def committee(engine: Engine, unique: str) -> Committee:
    """Two cells of four under Tây Hồ's plan."""
    return make_committee(engine, unique, "nhà", members=4)


def cell_of(committee: Committee, place: int = 0) -> JudgedSubject:
    unit = committee.cells[place]
    return JudgedSubject(id=unit.id, of_member=False, place_id=unit.id, is_cell=True)


def member_of(committee: Committee, place: int) -> JudgedSubject:
    cell = committee.cells[0]
    return JudgedSubject(id=cell.members[place][0], of_member=True, place_id=cell.id)


def asked(session: TenantSession, subject: JudgedSubject, year: int) -> AskedPledge:
    kind = Subject.MEMBER if subject.of_member else Subject.CELL
    found = pledges.asked_pledge(session, REGISTRY, subject.place_id or 0, year, kind)
    assert found
    return found


def sign(
    session: TenantSession,
    committee: Committee,
    subject: JudgedSubject,
    role: Role,
    *,
    version: int = 0,
    reason: str = "",
) -> None:
    day = today(session)
    what = asked(session, subject, day.year)
    entry = PledgeEntry(
        signed_on=day, promises={line.criterion: line.offered for line in what.lines}, reason=reason
    )
    pledges.sign(session, committee.actor(role), subject, day.year, what, entry, version)


def test_a_pledge_is_offered_criterion_by_criterion_with_the_figures_of_the_plan(
    committee: Committee,
) -> None:
    with scope(committee.engine, committee.tenant_id) as session:
        of_cell = asked(session, cell_of(committee), 2026)
        of_member = asked(session, member_of(committee, 1), 2026)
        next_year = asked(session, cell_of(committee), today(session).year + 1)
    assert (of_cell.title, [len(lines) for _, lines in of_cell.groups]) == ("Chi bộ bốn tốt", [4, 7, 4, 1])
    offered = {line.criterion: line.offered for line in of_cell.lines}
    assert offered["tayho.cell.2.attendance"] == Promise(
        content=next(line.label for line in of_cell.lines if line.criterion == "tayho.cell.2.attendance"),
        target="Tỷ lệ đảng viên tham gia sinh hoạt: từ 85 % trở lên",
        due="Năm 2026",
        carrier="Chi ủy",
    )
    assert offered["tayho.cell.3.solidarity"].target == "Đạt"
    assert of_member.title == "Đảng viên bốn tốt"
    assert {line.offered.carrier for line in of_member.lines} == {"Bản thân"}
    assert [line.criterion for line in next_year.lines] == [line.criterion for line in of_cell.lines]


def test_a_year_is_opened_once_by_the_administrator_and_the_next_one_can_then_be_signed(
    committee: Committee,
) -> None:
    admin = committee.actor(Role.TENANT_ADMIN)
    with scope(committee.engine, committee.tenant_id) as session:
        year = today(session).year
        due_on = date(year + 1, 2, 28)
        assert [year_start.is_open(session, at) for at in (year - 1, year, year + 1)] == [False, True, False]
        with pytest.raises(NotAllowed):
            year_start.open_year(session, committee.actor(Role.COMMITTEE), year + 1, due_on, "12-KH/QU")
        with pytest.raises(InvalidInput) as refused:
            year_start.open_year(session, admin, year + 2, due_on, " ")
        assert refused.value.errors == {
            "year": f"Chỉ mở được năm {year} hoặc {year + 1}.",
            "due_on": f"Hạn đăng ký phải từ 01/10/{year + 1} đến 31/12/{year + 2}.",
            "document": "Cần ghi số, ngày của văn bản triển khai.",
        }
        year_start.open_year(session, admin, year + 1, due_on, "12-KH/QU")
        assert year_start.is_open(session, year + 1)
        with pytest.raises(InvalidInput, match=f"Năm {year + 1} đã được mở"):
            year_start.open_year(session, admin, year + 1, due_on, "13-KH/QU")


def test_a_cell_pledges_nothing_for_a_year_it_did_not_live_to_see(committee: Committee) -> None:
    subject = cell_of(committee)
    with scope(committee.engine, committee.tenant_id) as session:
        day = today(session)
        what = asked(session, subject, day.year)
        session.get_one(Organisation, (session.tenant_id, subject.id)).ended_on = date(day.year, 1, 1)
        session.flush()
        entry = PledgeEntry(signed_on=day, promises={line.criterion: line.offered for line in what.lines})
        with pytest.raises(InvalidInput, match=f"đã kết thúc trước năm {day.year}"):
            pledges.sign(session, committee.actor(Role.COMMITTEE), subject, day.year, what, entry, 0)


def test_a_cell_signs_by_its_secretary_and_its_superior_confirms(committee: Committee) -> None:
    subject = cell_of(committee)
    with scope(committee.engine, committee.tenant_id) as session:
        year, day = today(session).year, today(session)
        sign(session, committee, subject, Role.TENANT_ADMIN)
        found = pledges.pledge_of(session, subject, year)
        assert found
        assert (found.signer_id, found.signed_on, found.confirmed_on) == (
            committee.cells[0].members[0][0],
            day,
            None,
        )
        assert [line.criterion for line in asked(session, subject, year).lines] == list(found.promises)
        with pytest.raises(NotAllowed):
            pledges.confirm(session, committee.actor(Role.CELL_SECRETARY), subject, year, 1, "chi bộ")
        with pytest.raises(Stale):
            pledges.confirm(session, committee.actor(Role.COMMITTEE), subject, year, 2, "Đảng bộ phường")
        pledges.confirm(session, committee.actor(Role.COMMITTEE), subject, year, 1, "Đảng bộ phường")
        cells = [cell.id for cell in committee.cells]
        signer = session.get_one(Member, (session.tenant_id, committee.cells[0].members[0][0])).full_name
        assert year_start.of_cells(session, cells, year, day) == {
            cells[0]: year_start.CellPledges(cells[0], signer, day, day, 4, 0, 0),
            cells[1]: year_start.CellPledges(cells[1], None, None, None, 4, 0, 0),
        }
        with pytest.raises(InvalidInput, match="chi bộ chưa có bí thư"):
            sign(session, committee, cell_of(committee, 1), Role.COMMITTEE)


def test_signing_anew_needs_a_reason_keeps_the_old_text_and_asks_to_be_confirmed_again(
    committee: Committee,
) -> None:
    subject = cell_of(committee)
    with scope(committee.engine, committee.tenant_id) as session:
        year = today(session).year
        sign(session, committee, subject, Role.CELL_SECRETARY)
        pledges.confirm(session, committee.actor(Role.COMMITTEE), subject, year, 1, "Đảng bộ phường")
        with pytest.raises(InvalidInput) as refused:
            sign(session, committee, subject, Role.CELL_SECRETARY, version=2)
        assert refused.value.errors == {"reason": "Cần ghi lý do sửa."}
        with pytest.raises(Stale):
            sign(session, committee, subject, Role.CELL_SECRETARY, version=1, reason="bổ sung")
        sign(session, committee, subject, Role.CELL_SECRETARY, version=2, reason="bổ sung chỉ tiêu")
        found = pledges.pledge_of(session, subject, year)
        assert found
        assert (found.version, found.confirmed_on, found.confirmed_by) == (3, None, None)
        [*_, event] = session.scalars(
            select(AuditEvent).where(AuditEvent.action == "sign_pledge").order_by(AuditEvent.id)
        )
        assert (event.detail["reason"], event.detail["before"]["confirmed_on"]) == (
            "bổ sung chỉ tiêu",
            str(today(session)),
        )
        assert event.detail["before"]["lines"].keys() == found.promises.keys()


def test_members_sign_for_themselves_and_the_cell_confirms_all_but_the_confirmers_own(
    committee: Committee,
) -> None:
    secretary, other = member_of(committee, 0), member_of(committee, 1)
    with scope(committee.engine, committee.tenant_id) as session:
        year = today(session).year
        with pytest.raises(NotAllowed):
            sign(session, committee, member_of(committee, 2), Role.MEMBER)
        sign(session, committee, other, Role.MEMBER)
        sign(session, committee, secretary, Role.CELL_SECRETARY)
        sign(session, committee, member_of(committee, 2), Role.CELL_SECRETARY)
        keeper = committee.actor(Role.CELL_SECRETARY)
        with pytest.raises(NotAllowed):
            pledges.confirm(session, keeper, secretary, year, 1, "Chi bộ")
        sign(session, committee, member_of(committee, 3), Role.TENANT_ADMIN)
        pledges.confirm(session, keeper, other, year, 1, "Chi bộ")
        assert pledges.confirm_members(session, keeper, committee.cells[0].id, year, "Chi bộ") == 2
        states = {
            one.member_id: one.confirmed_on is not None
            for one in year_start.of_members(session, committee.cells[0].id, year, today(session))
            if one.signed_on
        }
    first, second, third, fourth = (member for member, _ in committee.cells[0].members)
    assert states == {first: False, second: True, third: True, fourth: True}


def test_whoever_signed_a_cells_pledge_does_not_confirm_it(committee: Committee) -> None:
    subject = cell_of(committee)
    with scope(committee.engine, committee.tenant_id) as session:
        year = today(session).year
        sign(session, committee, subject, Role.COMMITTEE)
        with pytest.raises(InvalidInput) as refused:
            pledges.confirm(session, committee.actor(Role.COMMITTEE), subject, year, 1, "Đảng bộ phường")
        assert str(refused.value) == (
            "Bản này do chính đồng chí ký, nên đồng chí khác ở đảng ủy cấp trên xác nhận."
        )
        pledges.confirm(session, committee.actor(Role.TENANT_ADMIN), subject, year, 1, "Đảng bộ phường")
        found = pledges.pledge_of(session, subject, year)
        assert found
        assert found.confirmed_by == "Đảng bộ phường"


def test_of_two_who_sign_a_first_pledge_at_once_the_second_is_told(committee: Committee) -> None:
    subject = cell_of(committee)

    def late() -> None:
        with scope(committee.engine, committee.tenant_id) as session:
            sign(session, committee, subject, Role.COMMITTEE)

    with ThreadPoolExecutor(1) as others:
        with scope(committee.engine, committee.tenant_id) as session:
            sign(session, committee, subject, Role.CELL_SECRETARY)
            session.flush()
            waiting = others.submit(late)
            wait([waiting], timeout=1)
            assert not waiting.done()
        with pytest.raises(Stale):
            waiting.result()


def test_bad_words_days_and_foreign_criteria_are_refused_and_nothing_is_written(committee: Committee) -> None:
    subject, actor = cell_of(committee), committee.actor(Role.CELL_SECRETARY)
    with scope(committee.engine, committee.tenant_id) as session:
        day = today(session)
        what = asked(session, subject, day.year)
        promises = {line.criterion: line.offered for line in what.lines}
        first = what.lines[0]
        good = PledgeEntry(signed_on=day, promises=promises)
        wrong = [
            (replace(good, signed_on=day + timedelta(days=1)), day.year, {"signed_on": "Ngày ký chưa đến."}),
            (
                replace(good, signed_on=date(day.year - 1, 9, 30)),
                day.year,
                {"signed_on": f"Ngày ký phải từ 01/10/{day.year - 1} đến 31/12/{day.year}."},
            ),
            (good, day.year + 1, {"": f"Năm {day.year + 1} chưa mở đăng ký."}),
            (
                replace(good, promises={**promises, first.criterion: Promise(" ", "x" * 501)}),
                day.year,
                {
                    f"content-{first.criterion}": f"Ghi nội dung đăng ký cho “{first.label}”.",
                    f"target-{first.criterion}": "Nội dung dài 501 ký tự; chỉ nhận tối đa 500 ký tự.",
                },
            ),
            (
                replace(good, promises={**promises, "prov.1.tax": Promise("nộp thuế")}),
                day.year,
                {"": "Biểu mẫu có phần không hiểu được. Xin tải lại trang rồi nhập lại."},
            ),
        ]
        for entry, year, expected in wrong:
            with pytest.raises(InvalidInput) as refused:
                pledges.sign(session, actor, subject, year, what, entry, 0)
            assert refused.value.errors == expected
        assert session.scalars(select(Registration.id)).all() == []
        assert session.scalars(select(PledgeLine.id)).all() == []


def test_a_signed_pledge_is_what_an_evaluation_expects(committee: Committee) -> None:
    with scope(committee.engine, committee.tenant_id) as session:
        day = today(session)
        [header] = evaluate(session, REGISTRY, year=day.year, as_of=day, by="thử")
        cell, member = (
            next(scheme for scheme in header.rules.schemes if scheme.subject is kind and scheme.title)
            for kind in (Subject.CELL, Subject.MEMBER)
        )
        cells = [unit.id for unit in committee.cells]
        people = [one for unit in committee.cells for one, _ in unit.members]
        period = Period(day.year, day)
        assert unpledged(session, cell, cells, period) == set(cells)
        sign(session, committee, cell_of(committee), Role.CELL_SECRETARY)
        assert unpledged(session, cell, cells, period) == {cells[1]}
        assert unpledged(session, member, people, period) == {one for one, _ in committee.cells[1].members}


def test_a_cell_is_chosen_for_a_pilot_once_and_judged_while_it_runs(engine: Engine, unique: str) -> None:
    made = make_committee(engine, unique, "nhà", members=3, policy="provincial_pilot")
    cell, actor = made.cells[0].id, made.actor(Role.COMMITTEE)

    def judged(session: TenantSession) -> list[int]:
        [header] = evaluate(session, REGISTRY, year=2026, as_of=today(session), by="thử")
        return [row.subject_id for row in runs.every_verdict(session, header, 0)]

    with scope(engine, made.tenant_id) as session:
        day = today(session)
        assert judged(session) == []
        chosen = ("provincial_pilot", cell, date(2026, 4, 20), "Đảng ủy Văn phòng", "08-QĐ/ĐU")
        with pytest.raises(NotAllowed):
            pilots.choose(session, made.actor(Role.CELL_SECRETARY), *chosen)
        session.add_all(
            AnnualRating(organisation_id=cell, year=day.year - back, level=level)
            for back, level in ((1, "excellent"), (2, "good"), (3, "completed"))
        )
        session.flush()
        assert pilots.ratings(session, [cell], day.year) == {cell: ["excellent", "good"]}
        pilots.choose(session, actor, *chosen)
        assert judged(session) == [cell]
        with pytest.raises(InvalidInput) as refused:
            pilots.choose(session, actor, "provincial_pilot", cell, day + timedelta(days=1), "", "")
        assert refused.value.errors == {
            "selected_on": "Ngày chọn chưa đến.",
            "organisation": "Chi bộ này đã được chọn từ ngày 20/04/2026.",
            "selected_by": "Cần ghi cấp ủy đã chọn.",
            "document": "Cần ghi số, ngày của văn bản chọn.",
        }
        pilots.end(session, actor, "provincial_pilot", cell, date(2026, 6, 1), "15-QĐ/ĐU")
        assert judged(session) == []
        with pytest.raises(NotFound):
            pilots.end(session, actor, "provincial_pilot", cell, date(2026, 6, 1), "15-QĐ/ĐU")
        pilots.choose(
            session, actor, "provincial_pilot", cell, date(2026, 6, 1), "Đảng ủy Văn phòng", "16-QĐ/ĐU"
        )
        pilots.end(session, actor, "provincial_pilot", cell, date(2026, 6, 1), "chọn nhầm")
        [one] = pilots.selected(session, "provincial_pilot", frozenset({cell}), day)
        assert (one.selected_on, one.ended_on, one.document, one.end_document) == (
            date(2026, 4, 20),
            date(2026, 6, 1),
            "08-QĐ/ĐU",
            "15-QĐ/ĐU",
        )


def test_a_target_goes_to_every_cell_alike_and_a_document_asks_for_an_answer(committee: Committee) -> None:
    cells, actor = [cell.id for cell in committee.cells], committee.actor(Role.COMMITTEE)
    with scope(committee.engine, committee.tenant_id) as session:
        due_on = today(session) + timedelta(days=30)
        target = targets.TargetEntry(kind="target", title="Kết nạp 02 đảng viên", due_on=due_on)
        targets.assign(session, actor, cells, target)
        targets.assign(
            session, actor, cells[:1], replace(target, kind="directive", number="45-CV/ĐU", title="Dân vận")
        )
        with pytest.raises(InvalidInput) as refused:
            targets.assign(
                session, actor, [], replace(target, kind="directive", title="", due_on=date(2026, 1, 1))
            )
        assert refused.value.errors == {
            "cells": "Chọn ít nhất một chi bộ.",
            "title": "Ghi nội dung chỉ tiêu hoặc trích yếu văn bản.",
            "number": "Ghi số, ký hiệu văn bản.",
            "due_on": "Hạn phải từ hôm nay trở đi.",
        }
        with pytest.raises(NotAllowed):
            targets.assign(session, committee.actor(Role.CELL_SECRETARY), cells, target)
        [first, second] = session.scalars(select(Task).order_by(Task.id))
        first.done_on = today(session)
        session.flush()
        lines = targets.set_in(session, cells, due_on.year)
        assert [(line.kind, line.number, line.title, line.cells, line.done) for line in lines] == [
            ("directive", "45-CV/ĐU", "Dân vận", 1, 0),
            ("target", "", "Kết nạp 02 đảng viên", 2, 1),
        ]
        assert session.scalars(select(Directive.organisation_id)).all() == cells[:1]
        second.handed_on = today(session)
        session.flush()
        handed = targets.set_in(session, cells, due_on.year)[1]
        assert (handed.cells, handed.done) == (1, 1)


def test_each_plan_asks_for_its_own_titles(engine: Engine, unique: str) -> None:
    titles = {}
    for policy in ("hanoi_tayho", "hanoi_longbien", "provincial_pilot"):
        made = make_committee(engine, f"{unique}-{policy[-4:]}", "nhà", members=3, policy=policy)
        with scope(engine, made.tenant_id) as session:
            of_cell = asked(session, cell_of(made), 2026)
            kind, cell = Subject.MEMBER, made.cells[0].id
            of_member = pledges.asked_pledge(session, REGISTRY, cell, 2026, kind)
        titles[policy] = (of_cell.title, of_cell.member_title, of_member and of_member.title)
    assert titles == {
        "hanoi_tayho": ("Chi bộ bốn tốt", "Đảng viên bốn tốt", "Đảng viên bốn tốt"),
        "hanoi_longbien": ("Chi bộ bốn tốt", None, None),
        "provincial_pilot": ("Chi bộ bốn tốt", None, None),
    }
