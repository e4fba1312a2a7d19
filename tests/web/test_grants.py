"""A committee's admin gives and ends roles; the holder feels it at the next click."""

from __future__ import annotations

import re
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, func, select

from bontot.access import Role
from bontot.db.models import Account, AccountTenant, RoleGrant
from bontot.db.tenancy import PLATFORM, scope
from tests.factories import Committee, make_committee
from tests.isolation.golden.asking import form_key
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


def crowd(committee: Committee, size: int) -> int:
    """So many more who hold a member's role; the last of them, whom the list names last."""
    with scope(committee.engine, PLATFORM) as session:
        made = [
            Account(login=f"{place:04}.{committee.code}", display_name="Đỗ Hữu Ước", password_hash="-")
            for place in range(size)
        ]
        session.add_all(made)
        session.flush()
        ids = [one.id for one in made]
        session.add_all(AccountTenant(account_id=one, tenant_id=committee.tenant_id) for one in ids)
    with scope(committee.engine, committee.tenant_id) as session:
        person = committee.cells[1].members[-1][0]
        held = [
            RoleGrant(account_id=one, role=Role.MEMBER, member_id=person, valid_from=date(2023, 1, 1))
            for one in ids
        ]
        session.add_all(held)
        session.flush()
        return held[-1].id


def people(page: Page) -> list[str]:
    return [row[0] for row in page.rows[1:]]


def test_a_role_behind_a_thousand_others_is_found_extended_and_ended(
    committee: Committee, admin: FlaskClient
) -> None:
    last = crowd(committee, 1_000)
    first = Page(admin.get("/tai-khoan"))
    assert "1.004 vai trò đang giữ" in first.words
    assert (len(people(first)), first.links["Trang sau"]) == (50, "/tai-khoan?trang=2")
    code = committee.code
    assert people(Page(admin.get("/tai-khoan?trang=21")))[-1] == f"Đỗ Hữu Ước 0999.{code}"
    assert admin.get("/tai-khoan?trang=22").status_code == 404
    assert Page(admin.get(f"/tai-khoan/{last}/them-vai-tro")).heading == "Thêm vai trò cho Đỗ Hữu Ước"
    assert admin.post(f"/tai-khoan/{last}/them-vai-tro", data=further(committee)).status_code == 302
    assert people(Page(admin.get("/tai-khoan?tim=0999"))) == [f"Đỗ Hữu Ước 0999.{code}"] * 2
    ended = Page(admin.post(f"/tai-khoan/{last}/thoi", follow_redirects=True))
    assert "Đỗ Hữu Ước không còn vai trò Đảng viên ở đảng bộ này." in ended.words
    assert admin.get(f"/tai-khoan/{last}/them-vai-tro").status_code == 404


def test_a_role_of_another_committee_is_not_there(
    committee: Committee, admin: FlaskClient, engine: Engine, unique: str
) -> None:
    other = make_committee(engine, f"{unique}-khac", "MỒI")
    theirs = grant_of(other, Role.MEMBER)
    answers = [admin.get(f"/tai-khoan/{theirs}/them-vai-tro"), admin.post(f"/tai-khoan/{theirs}/thoi")]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert people(Page(admin.get("/tai-khoan?tim=moi"))) == []
    assert grant_of(other, Role.MEMBER) == theirs


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("do huu", 2),
        ("ĐỖ HỮU", 2),
        ("ước", 2),
        ("uu", 0),
        ("0001", 1),
        ("", 6),
        ("%", 0),
        ("khong co ai", 0),
    ],
)
def test_roles_are_found_by_name_without_accents_or_by_log_in(
    committee: Committee, admin: FlaskClient, words: str, found: int
) -> None:
    crowd(committee, 2)
    page = Page(admin.get("/tai-khoan", query_string={"tim": words}))
    assert (page.status, len(people(page))) == (200, found)
    assert ("Không có ai tên như vậy" in page.words) == (found == 0)


def test_words_that_cannot_be_looked_for_are_said_at_their_field(admin: FlaskClient) -> None:
    page = Page(admin.get("/tai-khoan", query_string={"tim": "a\u202eb"}))
    assert (page.status, people(page)) == (422, [])
    assert "Cần sửa: Tìm theo tên: " in page.words
