"""After an act on organisations, and when two keep the same record: what the pages of fees show, and who is told."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from bontot.access import Role
from bontot.db.models import Fee, Organisation
from bontot.db.tenancy import PLATFORM, scope
from bontot.registry import Registry
from bontot.services.accounts import create_account, grant_role, grants_of, open_session
from bontot.services.reorganising.acts import Changed, Ended, Founded, Reform
from bontot.services.reorganising.recording import record, version_of
from bontot.web.request import SECRET_COOKIE
from tests.factories import Committee
from tests.fee_keeping import set_basis
from tests.web.reading import Page

MARCH, DAY = date(2026, 3, 1), date(2026, 5, 15)
REGISTRY = Registry.load()


@pytest.fixture
def committee(committee: Committee) -> Committee:
    """Pensioners all."""
    with scope(committee.engine, committee.tenant_id) as session:
        for cell in committee.cells:
            for member, _ in cell.members:
                set_basis(session, committee.actor(Role.TENANT_ADMIN), member, "pension", 6_000_000, MARCH)
    return committee


def acted(committee: Committee, **what: object) -> list[int]:
    """An act of the day; whom it founded."""
    given = {"kind": "merge", "day": DAY, "document": "12-QĐ/QU", "document_day": DAY, "issued_by": "Quận ủy"}
    with scope(committee.engine, committee.tenant_id) as session:
        reform = Reform(**(given | what))  # type: ignore[arg-type]
        admin = committee.actor(Role.TENANT_ADMIN)
        return record(session, REGISTRY, admin, reform, version_of(session))[1].founded


def secretary_of(app: Flask, committee: Committee, cell: int, name: str) -> FlaskClient:
    """A browser logged in as the secretary of a cell that has just begun."""
    with scope(committee.engine, PLATFORM) as session:
        account = create_account(session, f"{name}.{committee.code}", name, "mật khẩu chỉ để kiểm thử").id
    with scope(committee.engine, committee.tenant_id) as session:
        grant_role(session, account, Role.CELL_SECRETARY, organisation_id=cell, valid_from=DAY)
        grant = grants_of(session, account, committee.today)[0][0]
    with scope(committee.engine, PLATFORM) as session:
        secret = open_session(session, account, tenant_id=committee.tenant_id, grant_id=grant)
    client = app.test_client()
    client.set_cookie(SECRET_COOKIE, secret)
    return client


def test_the_keeper_of_the_new_cell_finishes_the_month_and_the_old_page_says_who_does(
    app: Flask, committee: Committee
) -> None:
    first, second = committee.cells
    old = committee.client(app, Role.CELL_SECRETARY)
    at = f"/chi-bo/{first.public_id}/dang-phi?thang=2026-05"
    unpaid = first.members[0][1]
    sent = Page(old.get(at)).form.sent(**{f"fee-{unpaid}": "other", f"how-{unpaid}": "nothing"})
    assert old.post(at, data=sent).status_code == 302
    founded = Founded(
        name="Chi bộ mới",
        code="M1",
        type="subordinate_cell",
        sector="residential",
        parent=committee.ward.id,
    )
    ended = tuple(Ended(organisation_id=cell.id, heirs=(-1,)) for cell in committee.cells)
    [new] = acted(committee, founded=(founded,), ended=ended)
    keeper = secretary_of(app, committee, new, "giu-so")
    with scope(committee.engine, committee.tenant_id) as session:
        public = session.get_one(Organisation, (committee.tenant_id, new)).public_id
    there = f"/chi-bo/{public}/dang-phi?thang=2026-05"
    page = Page(keeper.get(there))
    assert f"nhận từ {first.name}" in page.words
    assert "Có 31 người nhận từ chi bộ đã kết thúc" in page.words
    pays = page.form.sent(**{f"fee-{unpaid}": "month"})
    taken = keeper.post(there, data=pays, follow_redirects=True)
    assert "Đã ghi sổ đảng phí tháng 05/2026: thu 930.000 đồng." in Page(taken).words
    with scope(committee.engine, committee.tenant_id) as session:
        lines = session.execute(select(Fee.due, Fee.paid).where(Fee.month == date(2026, 5, 1))).all()
        assert [tuple(line) for line in lines] == [(30_000, 30_000)] * 60
    ward = committee.client(app, Role.COMMITTEE)
    left = Page(ward.get(at))
    assert "Chi bộ khác thu tiếp" in left.words
    assert [row[1:] for row in left.rows if row[-1] == "Chi bộ mới"] == [
        ["30.000", "Đã nộp 30.000 đồng", "Chi bộ mới"]
    ]
    board = Page(ward.get(f"/to-chuc/{committee.ward.public_id}/dang-phi?nam=2026"))
    assert [row[0] for row in board.rows[1:]] == [
        "Chi bộ mới",
        f"{first.name} kết thúc từ 15/05/2026",
        f"{second.name} kết thúc từ 15/05/2026",
    ]
    refused = ward.get(f"/chi-bo/{first.public_id}/chuan-bi")
    assert refused.status_code == 422
    assert f"{first.name} đã kết thúc từ ngày 15/05/2026" in Page(refused).words


def test_a_cell_that_moved_is_shown_where_it_stood_in_each_year_and_month(
    app: Flask, committee: Committee
) -> None:
    moving, staying = committee.cells
    other = Founded(
        name="Phường khác",
        code="P2",
        type="grassroots_committee",
        sector="residential",
        parent=committee.root.id,
    )
    acted(
        committee,
        founded=(other,),
        changed=(Changed(organisation_id=moving.id, parent=-1),),
        kind="reorganise",
    )
    ward = committee.client(app, Role.COMMITTEE)
    fees = Page(ward.get(f"/to-chuc/{committee.ward.public_id}/dang-phi?nam=2026"))
    assert [row[0] for row in fees.rows[1:]] == [f"{moving.name} nay thuộc nơi khác", staying.name]
    admin = committee.client(app, Role.TENANT_ADMIN)
    before, now = (
        [
            row[0]
            for row in Page(admin.get(f"/to-chuc/{committee.ward.public_id}/theo-thang?nam={year}")).rows[1:]
        ]
        for year in (2025, 2026)
    )
    assert (before, now) == ([moving.name, staying.name], [staying.name])
    assert admin.get(f"/to-chuc/{committee.ward.public_id}/theo-thang?nam=2010").status_code == 200
    sheet = f"/xet-tieu-chi/to-chuc/{moving.public_id}"
    answers = [ward.get(f"{sheet}?nam={year}").status_code for year in (2025, 2026)]
    assert answers == [200, 404]
    work = [moving.name in Page(ward.get(f"/xet-tieu-chi?nam={year}")).words for year in (2025, 2026)]
    assert work == [True, False]
    stranger = secretary_of(app, committee, staying.id, "nguoi-khac")
    assert stranger.get(f"{sheet}?nam=2025").status_code == 404


def test_of_two_who_set_how_somebody_pays_the_second_sees_both_texts(
    app: Flask, committee: Committee
) -> None:
    member = committee.cells[0].members[0][1]
    secretary, ward = (committee.client(app, role) for role in (Role.CELL_SECRETARY, Role.COMMITTEE))
    basis = f"/dang-vien/{member}/muc-dong"
    mine, theirs = (Page(one.get(basis)).form for one in (secretary, ward))
    assert ward.post(basis, data=theirs.sent(group="student")).status_code == 302
    late = Page(secretary.post(basis, data=mine.sent(group="pension", figure="7.000.000")))
    assert late.status == 412
    assert "Mức đóng của đồng chí này vừa được người khác ghi" in late.words
    assert [row[1:] for row in late.rows[1:3]] == [
        ["Học sinh, sinh viên", "Hưởng lương hưu"],
        ["(trống)", "7.000.000"],
    ]
    assert secretary.post(basis, data=late.form.sent()).status_code == 302
    assert "7.000.000 đồng" in Page(secretary.get(basis)).words


def test_of_two_who_relieve_somebody_the_second_sees_both_texts(app: Flask, committee: Committee) -> None:
    member = committee.cells[0].members[0][1]
    secretary, ward = (committee.client(app, role) for role in (Role.CELL_SECRETARY, Role.COMMITTEE))
    relief = f"/dang-vien/{member}/mien-giam"
    mine, theirs = (Page(one.get(relief)).form for one in (secretary, ward))
    assert ward.post(relief, data=theirs.sent(kind="poor", document="05-QĐ/ĐU")).status_code == 302
    late = Page(secretary.post(relief, data=mine.sent(kind="giam-50", document="06-QĐ/ĐU")))
    assert late.status == 412
    assert late.rows[1][1].startswith("Miễn: ")
    assert late.rows[1][2] == "Giảm 50 %"
    assert late.rows[-1][1:] == ["05-QĐ/ĐU", "06-QĐ/ĐU"]
    page = Page(secretary.get(f"/dang-vien/{member}/muc-dong"))
    end = page.links["Thôi miễn, giảm này"]
    mine, theirs = (Page(one.get(end)).form for one in (secretary, ward))
    later = {"since__month": "12", "since__year": str(committee.today.year + 1), "reason": "hết khó khăn"}
    assert ward.post(end, data=theirs.sent(**later)).status_code == 302
    met = Page(secretary.post(end, data=mine.sent(**later)))
    assert met.status == 412
    assert f"Bản đã ghi: hết 11/{committee.today.year + 1}" in met.words
