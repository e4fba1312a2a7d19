"""Pledges in the browser's own way: offered by the plan, signed on a page, shown to who confirms, and printed."""

from __future__ import annotations

from flask import Flask

from bontot.access import Role
from bontot.clock import today
from bontot.db.tenancy import scope
from tests.factories import Committee
from tests.web.reading import Page


def year_of(committee: Committee) -> int:
    with scope(committee.engine, committee.tenant_id) as session:
        return today(session).year


def test_a_cell_signs_what_the_plan_offers_and_the_ward_confirms_it(app: Flask, committee: Committee) -> None:
    year, cell = year_of(committee), committee.cells[0]
    secretary, ward = (committee.client(app, role) for role in (Role.CELL_SECRETARY, Role.COMMITTEE))
    at = f"/chi-bo/{cell.public_id}/dang-ky?nam={year}"
    form = Page(secretary.get(at)).form
    key = "tayho.cell.2.attendance"
    assert form.values[f"target-{key}"] == "Tỷ lệ đảng viên tham gia sinh hoạt: từ 85 % trở lên"
    emptied = Page(secretary.post(at, data=form.sent(**{f"content-{key}": " "})))
    assert [field for field, _ in emptied.mends] == [f"content-{key}"]
    signed = secretary.post(at, data=form.sent(**{f"target-{key}": "từ 95 % trở lên"}))
    assert signed.status_code == 302
    page = Page(secretary.get(at))
    assert "Đã ký, chờ xác nhận" in page.words
    assert any("từ 95 % trở lên" in row for row in page.rows)
    assert "Xác nhận bản đăng ký" not in page.words
    board = Page(ward.get(f"/dang-ky?nam={year}"))
    assert board.rows[1][:2] == ["Chi bộ nhà số 1 Phường nhà", "Đã ký, chờ xác nhận"]
    confirming = min(Page(ward.get(at)).forms, key=lambda one: "xac-nhan" not in one.action)
    assert ward.post(confirming.action, data=confirming.values).status_code == 302
    assert "Phường nhà xác nhận ngày" in Page(secretary.get(at)).words


def test_a_changed_pledge_met_by_another_shows_both_texts(app: Flask, committee: Committee) -> None:
    year = year_of(committee)
    at = f"/chi-bo/{committee.cells[0].public_id}/dang-ky?nam={year}"
    secretary, ward = (committee.client(app, role) for role in (Role.CELL_SECRETARY, Role.COMMITTEE))
    mine, theirs = (Page(one.get(at)).form for one in (secretary, ward))
    key = "tayho.cell.3.solidarity"
    ward.post(at, data=theirs.sent(**{f"target-{key}": "Không có đơn thư"}))
    late = Page(secretary.post(at, data=mine.sent(**{f"target-{key}": "Đoàn kết tốt"})))
    assert late.status == 412
    assert late.rows[1][1:] == ["Không có đơn thư", "Đoàn kết tốt"]
    again = late.form.sent(reason="thống nhất lại")
    assert secretary.post(at, data=again).status_code == 302


def test_a_member_signs_on_a_phone_what_only_he_or_she_may(app: Flask, committee: Committee) -> None:
    year = year_of(committee)
    member = committee.client(app, Role.MEMBER)
    at = member.get(f"/dang-ky?nam={year}").headers["Location"]
    assert at.endswith(f"/dang-vien/{committee.cells[0].members[1][1]}/dang-ky?nam={year}")
    assert member.post(at, data=Page(member.get(at)).form.sent()).status_code == 302
    page = Page(member.get(at))
    assert "Bản thân" in page.words
    assert "Đã ký, chờ xác nhận" in page.words
    cell = f"/chi-bo/{committee.cells[0].public_id}/dang-ky"
    comrade = f"/dang-vien/{committee.cells[0].members[2][1]}/dang-ky"
    assert [member.get(where).status_code for where in (comrade, cell)] == [404, 403]
    secretary = committee.client(app, Role.CELL_SECRETARY)
    assert "1/30" in Page(committee.client(app, Role.COMMITTEE).get(f"/dang-ky?nam={year}")).words
    secretary.post(f"{cell}?nam={year}", data=Page(secretary.get(f"{cell}?nam={year}")).form.sent())
    confirming = [
        one for one in Page(secretary.get(f"{cell}?nam={year}")).forms if "xac-nhan-dang-vien" in one.action
    ]
    assert secretary.post(confirming[0].action, data=confirming[0].values).status_code == 302
    assert "Đã xác nhận" in Page(member.get(at)).words


def test_a_year_opened_asks_its_pledges_of_everyone_at_home(app: Flask, committee: Committee) -> None:
    year = year_of(committee) + 1
    admin = committee.client(app, Role.TENANT_ADMIN)
    at = f"/dang-ky/mo-nam?nam={year}"
    page = Page(admin.get(at))
    assert "2 chi bộ và 60 đảng viên sẽ thấy bản đăng ký" in page.words
    due = {"due_on__day": "28", "due_on__month": "2", "due_on__year": str(year)}
    assert admin.post(at, data=page.form.sent(**due, document="12-KH/QU")).status_code == 302
    homes = {
        role: f"Ký bản đăng ký phấn đấu năm {year}" in Page(committee.client(app, role).get("/")).words
        for role in (Role.CELL_SECRETARY, Role.MEMBER, Role.COMMITTEE)
    }
    assert homes == {Role.CELL_SECRETARY: True, Role.MEMBER: True, Role.COMMITTEE: False}
    for role in (Role.CELL_SECRETARY, Role.MEMBER):
        assert committee.client(app, role).get("/dang-ky").headers["Location"].endswith(f"nam={year}")


def test_ones_own_pledge_is_not_among_those_one_is_asked_to_confirm(app: Flask, committee: Committee) -> None:
    year = year_of(committee) + 1
    admin, secretary, member = (
        committee.client(app, role) for role in (Role.TENANT_ADMIN, Role.CELL_SECRETARY, Role.MEMBER)
    )
    due = {"due_on__day": "28", "due_on__month": "2", "due_on__year": str(year)}
    opening = f"/dang-ky/mo-nam?nam={year}"
    admin.post(opening, data=Page(admin.get(opening)).form.sent(**due, document="12-KH/QU"))
    asked = []
    for whose, client in ((0, secretary), (1, member)):
        at = f"/dang-vien/{committee.cells[0].members[whose][1]}/dang-ky?nam={year}"
        assert client.post(at, data=Page(client.get(at)).form.sent()).status_code == 302
        asked.append("Xác nhận 1 bản đăng ký của đảng viên" in Page(secretary.get("/")).words)
    assert asked == [False, True]


def test_members_are_confirmed_before_the_cell_has_signed_its_own(app: Flask, committee: Committee) -> None:
    year = year_of(committee)
    member, secretary = (committee.client(app, role) for role in (Role.MEMBER, Role.CELL_SECRETARY))
    own = f"/dang-vien/{committee.cells[0].members[1][1]}/dang-ky?nam={year}"
    assert member.post(own, data=Page(member.get(own)).form.sent()).status_code == 302
    at = f"/chi-bo/{committee.cells[0].public_id}/dang-ky?nam={year}"
    page = Page(secretary.get(at))
    assert ["Ký bản đăng ký" in page.words, "Đảng viên đăng ký: 1/30" in page.words] == [True, True]
    confirming = next(one for one in page.forms if "xac-nhan-dang-vien" in one.action)
    assert secretary.post(confirming.action, data=confirming.values).status_code == 302
    assert "Đã xác nhận" in Page(member.get(own)).words
