"""A committee's admin gives and ends roles; the holder feels it at the next click."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, func, select

from bontot.access import Role
from bontot.db.models import Account, RoleGrant
from bontot.db.tenancy import PLATFORM, scope
from tests.factories import Committee, make_committee
from tests.isolation.golden import form_key
from tests.web.reading import Page

PASSWORD = "trời hôm nay rất đẹp"


@pytest.fixture
def committee(engine: Engine, unique: str) -> Committee:
    return make_committee(engine, unique, "nhà")


@pytest.fixture
def admin(app: Flask, committee: Committee) -> FlaskClient:
    return committee.client(app, Role.TENANT_ADMIN)


def entry(committee: Committee, **changes: str) -> dict[str, str]:
    """A good form for a new secretary of the second cell."""
    good = {
        "form_key": form_key(),
        "name": "Trần Thị Mới",
        "login": f"bithu2.{committee.code}",
        "password": PASSWORD,
        "role": "cell_secretary",
        "organisation": str(committee.cells[1].public_id),
        "card": "",
    }
    return good | changes


def test_a_new_secretary_logs_in_and_sees_the_own_cell_only(
    app: Flask, committee: Committee, admin: FlaskClient
) -> None:
    assert admin.post("/tai-khoan", data=entry(committee)).status_code == 302
    page = admin.get("/tai-khoan").get_data(as_text=True)
    assert "Trần Thị Mới" in page
    assert "Chi bộ nhà số 2" in page
    newcomer = app.test_client()
    sent = {"login": f"bithu2.{committee.code}", "password": PASSWORD}
    assert newcomer.post("/dang-nhap", data=sent).headers["Location"] == "/"
    statuses = [newcomer.get(f"/chi-bo/{cell.public_id}").status_code for cell in committee.cells]
    assert statuses == [404, 200]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"name": " "}, "Cần ghi họ tên người dùng."),
        ({"password": "ngắn"}, "Mật khẩu cần ít nhất 15 ký tự."),
        ({"role": ""}, "Xin chọn vai trò."),
        ({"role": "operator"}, "Xin chọn vai trò."),
        ({"organisation": ""}, "Xin chọn tổ chức cho vai trò này."),
        ({"organisation": "00000000-0000-4000-8000-000000000000"}, "Xin chọn tổ chức trong danh sách."),
        ({"role": "member", "card": "99.999999"}, "Không có đảng viên nào mang số thẻ này."),
    ],
)
def test_what_does_not_fit_is_said_and_nothing_is_made(
    committee: Committee, admin: FlaskClient, changes: dict[str, str], sentence: str
) -> None:
    response = admin.post("/tai-khoan", data=entry(committee, **changes))
    assert response.status_code == 422
    assert sentence in response.get_data(as_text=True)
    with scope(committee.engine, PLATFORM) as session:
        made = session.scalar(
            select(func.count()).select_from(Account).where(Account.login == f"bithu2.{committee.code}")
        )
    assert made == 0


def test_a_ward_is_no_place_for_a_secretary(committee: Committee, admin: FlaskClient) -> None:
    response = admin.post("/tai-khoan", data=entry(committee, organisation=str(committee.ward.public_id)))
    assert "Vai trò bí thư, phó bí thư cần chọn một chi bộ." in response.get_data(as_text=True)


def test_a_login_somebody_has_is_refused_without_saying_whose(
    committee: Committee, admin: FlaskClient, engine: Engine, unique: str
) -> None:
    other = make_committee(engine, f"{unique}-khac", "MỒI")
    response = admin.post("/tai-khoan", data=entry(committee, login=f"member.{other.code}"))
    page = response.get_data(as_text=True)
    assert response.status_code == 422
    assert f"Tên đăng nhập member.{other.code} đã có người dùng. Xin chọn tên khác." in page
    assert "MỒI" not in page


def test_an_ended_role_bites_at_the_next_click_but_never_ones_own(
    app: Flask, committee: Committee, admin: FlaskClient
) -> None:
    secretary = committee.client(app, Role.CELL_SECRETARY)
    assert secretary.get("/").status_code == 200
    with scope(committee.engine, committee.tenant_id) as session:
        ids = dict(session.execute(select(RoleGrant.role, RoleGrant.id)).all())
    assert admin.post(f"/tai-khoan/{ids['cell_secretary']}/thoi").status_code == 302
    assert secretary.get("/").headers["Location"] == "/noi-lam-viec"
    own = admin.post(f"/tai-khoan/{ids['tenant_admin']}/thoi")
    assert own.status_code == 422
    assert "Không tự thôi vai trò của chính mình." in own.get_data(as_text=True)


def further(committee: Committee, **changes: str) -> dict[str, str]:
    """A good form for one more role, of the second cell's secretary."""
    organisation = str(committee.cells[1].public_id)
    good = {"form_key": form_key(), "role": "cell_secretary", "organisation": organisation, "card": ""}
    return good | changes


def grant_of(committee: Committee, role: Role) -> int:
    with scope(committee.engine, committee.tenant_id) as session:
        return session.scalars(select(RoleGrant.id).where(RoleGrant.role == role)).one()


def test_who_has_a_role_is_given_another_under_the_same_log_in(
    app: Flask, committee: Committee, admin: FlaskClient
) -> None:
    where = f"/tai-khoan/{grant_of(committee, Role.MEMBER)}/them-vai-tro"
    page = Page(admin.get("/tai-khoan"))
    assert page.links["Thêm vai trò"].endswith("/them-vai-tro")
    assert Page(admin.get(where)).heading == "Thêm vai trò cho nhà member"
    said = Page(admin.post(where, data=further(committee), follow_redirects=True)).words
    assert (
        "nhà member có thêm vai trò Bí thư, phó bí thư chi bộ, chọn khi đăng nhập hoặc ở Đổi nơi làm việc."
        in said
    )
    with scope(committee.engine, committee.tenant_id) as session:
        account = committee.accounts[Role.MEMBER]
        held = session.execute(
            select(RoleGrant.role, RoleGrant.organisation_id)
            .where(RoleGrant.account_id == account)
            .order_by(RoleGrant.id)
        ).all()
    assert [tuple(one) for one in held] == [("member", None), ("cell_secretary", committee.cells[1].id)]


@pytest.mark.parametrize(
    ("changes", "mended"),
    [
        ({"role": ""}, [("role", "Xin chọn vai trò.")]),
        (
            {"role": "", "organisation": "nơi khác"},
            [("role", "Xin chọn vai trò."), ("organisation", "Xin chọn tổ chức trong danh sách.")],
        ),
        ({"role": "committee", "organisation": ""}, [("organisation", "Xin chọn tổ chức cho vai trò này.")]),
        (
            {"role": "member", "card": "99.999999"},
            [("card", "Không có đảng viên nào mang số thẻ này.")],
        ),
    ],
)
def test_a_further_role_that_does_not_fit_is_said_and_nothing_is_given(
    committee: Committee, admin: FlaskClient, changes: dict[str, str], mended: list[tuple[str, str]]
) -> None:
    where = f"/tai-khoan/{grant_of(committee, Role.CELL_SECRETARY)}/them-vai-tro"
    page = Page(admin.post(where, data=further(committee, **changes)))
    assert (page.status, page.mends) == (422, mended)
    assert grant_of(committee, Role.CELL_SECRETARY)


def test_a_role_held_already_is_not_given_twice(committee: Committee, admin: FlaskClient) -> None:
    where = f"/tai-khoan/{grant_of(committee, Role.CELL_SECRETARY)}/them-vai-tro"
    here = str(committee.cells[0].public_id)
    page = Page(admin.post(where, data=further(committee, organisation=here)))
    assert page.mends == [("role", "nhà cell_secretary đang giữ vai trò này rồi.")]
    assert admin.get("/tai-khoan/9000000/them-vai-tro").status_code == 404


def test_only_an_admin_manages_accounts(app: Flask, committee: Committee) -> None:
    for role in (Role.COMMITTEE, Role.CELL_SECRETARY, Role.MEMBER):
        assert committee.client(app, role).get("/tai-khoan").status_code == 403


def test_everything_that_does_not_fit_is_said_in_one_round(committee: Committee, admin: FlaskClient) -> None:
    sent = entry(committee, name=" ", login="", password="ngắn", role="", organisation="nơi khác")
    assert Page(admin.post("/tai-khoan", data=sent)).mends == [
        ("name", "Cần ghi họ tên người dùng."),
        ("login", "Cần có tên đăng nhập."),
        ("password", "Mật khẩu cần ít nhất 15 ký tự."),
        ("role", "Xin chọn vai trò."),
        ("organisation", "Xin chọn tổ chức trong danh sách."),
    ]


def test_ending_a_role_is_asked_about_once_with_its_effect(committee: Committee, admin: FlaskClient) -> None:
    text = admin.get("/tai-khoan").get_data(as_text=True)
    asked = [
        re.sub(r"\s+", " ", re.sub("<[^>]+>", " ", part)).strip()
        for part in re.findall('<details class="ask">(.*?)</details>', text, re.DOTALL)
    ]
    assert asked[2] == (
        "Thôi vai trò của nhà cell_secretary nhà cell_secretary sẽ không làm việc được nữa với vai trò Bí thư, phó bí "
        "thư chi bộ tại Chi bộ nhà số 1, ngay từ lần bấm tiếp theo. Thôi vai trò này"
    )
