"""Recording what happens to organisations through the pages: choose, fill in, see what changes, record; correct; take back;
and every page as of a day gone by."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from bontot.access import Role
from bontot.db.models import Organisation, OrganisationEvent, OrganisationPeriod
from bontot.db.tenancy import scope
from tests.factories import Committee
from tests.web.reading import Page

PAPER = {
    "day-day": "1",
    "day-month": "7",
    "day-year": "2025",
    "document": "12-QĐ/QU",
    "document_day-day": "18",
    "document_day-month": "6",
    "document_day-year": "2025",
    "issued_by": "Ban Thường vụ Quận ủy",
}


@pytest.fixture
def admin(app: Flask, committee: Committee) -> FlaskClient:
    """The committee's admin at the keyboard."""
    return committee.client(app, Role.TENANT_ADMIN)


def acts(committee: Committee) -> int:
    with scope(committee.engine, committee.tenant_id) as session:
        return session.scalar(select(func.count()).select_from(OrganisationEvent)) or 0


def seen(admin: FlaskClient, address: str, **typed: str | list[str]) -> Page:
    """What an act would change, once its form is filled in."""
    form = Page(admin.get(address)).form
    return Page(
        admin.post(address, data=form.values | PAPER | {k.replace("__", "-"): v for k, v in typed.items()})
    )


def recorded(admin: FlaskClient, address: str, page: Page) -> str:
    answer = admin.post(address, data=page.form.values | {"action": "record"})
    assert answer.status_code == 302
    return answer.headers["Location"]


def test_a_merger_is_chosen_filled_in_seen_and_recorded_once(
    committee: Committee, admin: FlaskClient
) -> None:
    first, second = committee.cells
    where = f"/chi-bo/{first.public_id}"
    listed = Page(admin.get(Page(admin.get(where)).links["Ghi việc của tổ chức"]))
    assert listed.heading == "Ghi việc của tổ chức"
    address = listed.links["Sáp nhập, hợp nhất"]
    page = seen(
        admin, address, others=[str(second.public_id)], way="new", name__1="Chi bộ Hồ Tây", code__1="HT"
    )
    assert (page.status, page.heading) == (
        200,
        "Từ 01/07/2025 Chi bộ nhà số 1 và Chi bộ nhà số 2 hợp nhất thành Chi bộ Hồ Tây.",
    )
    assert page.rows[1:] == [
        [name, "Chi bộ Hồ Tây", "1", "30", "0", "0", "0"] for name in ("Chi bộ nhà số 1", "Chi bộ nhà số 2")
    ]
    for line in (
        "Chưa có gì được ghi.",
        "Chi bộ Hồ Tây: 2 chi bộ theo Kế hoạch 118-KH/QU",
        "1 chức vụ kết thúc Nguyễn nhà An Bí thư, Chi bộ nhà số 1",
        "1 vai trò trên hệ thống kết thúc",
        "12-QĐ/QU ngày 18/06/2025 của Ban Thường vụ Quận ủy",
    ):
        assert line in page.words
    assert acts(committee) == 0
    sent = page.form.values | {"action": "record"}
    answers = [admin.post(address, data=sent) for _ in range(2)]
    assert [(one.status_code, one.headers["Location"]) for one in answers] == [(302, where)] * 2
    assert acts(committee) == 1
    ended = Page(admin.get(where))
    for line in (
        "Tổ chức này đã kết thúc từ 01/07/2025; đang xem tại ngày cuối, 30/06/2025",
        "30 đảng viên",
    ):
        assert line in ended.words
    assert "Ghi nhận buổi sinh hoạt" not in ended.words
    tree = Page(admin.get("/to-chuc"))
    new = Page(admin.get(tree.links["Chi bộ Hồ Tây"]))
    assert "Sáp nhập, hợp nhất: tiếp nhận từ Chi bộ nhà số 1 , Chi bộ nhà số 2 01/07/2025" in new.words
    assert "60 đảng viên" in new.words
    before = Page(admin.get("/to-chuc?ngay=2025-06-30"))
    assert "Chi bộ Hồ Tây" not in before.words
    assert before.links["Chi bộ nhà số 2"] == f"/chi-bo/{second.public_id}?ngay=2025-06-30"


SAID: tuple[tuple[str, dict[str, str], str], ...] = (
    (
        "doi-ten",
        {"name-1": "Chi bộ Hồ Tây"},
        "Từ 01/07/2025 Chi bộ nhà số 1 đổi tên thành Chi bộ Hồ Tây.",
    ),
    (
        "doi-loai-hinh",
        {"type-1": "grassroots_cell", "sector-1": "school"},
        "Từ 01/07/2025 Chi bộ nhà số 1 là chi bộ cơ sở, trường học.",
    ),
    ("chuyen-cap-tren", {"parent-1": "root"}, "Từ 01/07/2025 Chi bộ nhà số 1 trực thuộc Quận nhà."),
    (
        "sap-nhap",
        {"others": "second", "way": "here"},
        "Từ 01/07/2025 Chi bộ nhà số 2 sáp nhập vào Chi bộ nhà số 1.",
    ),
    (
        "chia-tach",
        {"moving": "member", "way": "off", "name-1": "Chi bộ Hồ Tây", "code-1": "HT"},
        "Từ 01/07/2025 tách Chi bộ Hồ Tây ra thành tổ chức mới.",
    ),
    (
        "giai-the",
        {"heir": "second"},
        "Từ 01/07/2025 Chi bộ nhà số 1 giải thể; Chi bộ nhà số 2 tiếp nhận.",
    ),
    (
        "thanh-lap",
        {"name-1": "Chi bộ Hồ Tây", "code-1": "HT", "type-1": "subordinate_cell", "sector-1": "school"},
        "Từ 01/07/2025 lập Chi bộ Hồ Tây, trực thuộc Phường nhà.",
    ),
)


def test_every_act_on_one_organisation_says_what_it_does(committee: Committee, admin: FlaskClient) -> None:
    first, second = committee.cells
    names = {
        "root": str(committee.root.public_id),
        "second": str(second.public_id),
        "member": str(first.members[3][1]),
    }
    for slug, typed, heading in SAID:
        where = committee.ward if slug == "thanh-lap" else first
        address = f"/to-chuc/{where.public_id}/viec-moi/{slug}"
        page = seen(admin, address, **{name: names.get(value, value) for name, value in typed.items()})
        assert (slug, page.status, page.heading) == (slug, 200, heading)
    assert acts(committee) == 0


def test_what_must_be_mended_is_led_to_and_nothing_typed_is_lost(
    committee: Committee, admin: FlaskClient
) -> None:
    address = f"/to-chuc/{committee.cells[0].public_id}/viec-moi/sap-nhap"
    page = seen(admin, address, way="new", day__month="13", issued_by="")
    assert (page.status, page.mends) == (
        422,
        [("others", "Xin chọn ít nhất một tổ chức cùng sáp nhập."), ("day", "Không có ngày 1/13/2025.")],
    )
    assert page.form.values["document"] == "12-QĐ/QU"
    page = seen(admin, address, way="new", others=[str(committee.cells[1].public_id)], issued_by=" ")
    assert page.mends == [
        ("name-1", "Cần ghi tên tổ chức."),
        ("code-1", "Cần ghi mã tổ chức."),
        ("issued_by", "Cần ghi cơ quan ban hành văn bản."),
    ]
    back = Page(admin.post(address, data=page.form.values | {"action": "edit"}))
    assert back.form.values["others"] == str(committee.cells[1].public_id)
    assert acts(committee) == 0


def test_who_records_on_what_another_has_changed_sees_that_first(
    committee: Committee, admin: FlaskClient
) -> None:
    address = f"/to-chuc/{committee.cells[0].public_id}/viec-moi/doi-ten"
    page = seen(admin, address, name__1="Chi bộ Hồ Tây")
    other = f"/to-chuc/{committee.cells[1].public_id}/viec-moi/doi-ten"
    recorded(admin, other, seen(admin, other, name__1="Chi bộ Quảng An"))
    stale = Page(admin.post(address, data=page.form.values | {"action": "record"}))
    assert (stale.status, stale.form.values["name-1"]) == (412, "Chi bộ Hồ Tây")
    assert "Vừa có việc khác về tổ chức được ghi." in stale.words
    assert acts(committee) == 1


def test_an_act_is_corrected_and_taken_back_with_a_reason(committee: Committee, admin: FlaskClient) -> None:
    where = f"/chi-bo/{committee.cells[0].public_id}"
    address = f"/to-chuc/{committee.cells[0].public_id}/viec-moi/doi-ten"
    recorded(admin, address, seen(admin, address, name__1="Chi bộ Hồ Tây"))
    mend = Page(admin.get(where)).links["Sửa ngày, văn bản"]
    form = Page(admin.get(mend)).form
    assert form.values["document"] == "12-QĐ/QU"
    page = Page(admin.post(mend, data=form.values | {"day-month": "8"}))
    assert page.mends == [("reason", "Cần ghi lý do.")]
    page = Page(admin.post(mend, data=form.values | {"day-month": "8", "reason": "ghi nhầm tháng"}))
    assert page.heading == "Từ 01/08/2025 Chi bộ Hồ Tây đổi tên thành Chi bộ Hồ Tây."
    recorded(admin, mend, page)
    with scope(committee.engine, committee.tenant_id) as session:
        periods = session.execute(
            select(OrganisationPeriod.name, OrganisationPeriod.valid_from)
            .where(OrganisationPeriod.organisation_id == committee.cells[0].id)
            .order_by(OrganisationPeriod.valid_from)
        ).all()
    assert [tuple(row) for row in periods] == [
        ("Chi bộ nhà số 1", date(2015, 1, 1)),
        ("Chi bộ Hồ Tây", date(2025, 8, 1)),
    ]
    drop = Page(admin.get(where)).links["Bỏ việc này"]
    form = Page(admin.get(drop)).form
    refused = Page(admin.post(drop, data=form.values))
    assert (refused.status, refused.mends) == (422, [("reason", "Cần ghi lý do.")])
    answer = admin.post(drop, data=refused.form.values | {"reason": "ghi nhầm"})
    assert (answer.status_code, answer.headers["Location"]) == (302, where)
    assert (Page(admin.get(where)).heading, acts(committee)) == ("Chi bộ nhà số 1", 0)


def test_many_become_others_in_one_act(committee: Committee, admin: FlaskClient) -> None:
    address = "/to-chuc/sap-xep"
    form = Page(admin.get(address)).form
    one = form.values | PAPER | {"rows": "1", "name-1": "Đảng bộ phường Tây Hồ", "code-1": "TH"}
    del one["name-2"], one["code-2"], one["plan-2"]
    page = Page(admin.post(address, data=form.values | {"action": "next"}))
    assert ("name-1", "Cần ghi tên tổ chức.") in page.mends
    more = Page(admin.post(address, data=one | {"action": "more"}))
    assert more.form.values["rows"] == "2"
    second = Page(admin.post(address, data=one | {"action": "next", "plan-1": "hanoi_tayho"}))
    assert second.heading == "Nơi nào về đâu"
    to = {f"to-{committee.root.public_id}": "end", f"to-{committee.ward.public_id}": "1"}
    nothing = Page(admin.post(address, data=second.form.values | {"action": "see"}))
    assert (nothing.status, "Chưa có nơi nào được sắp xếp." in nothing.words) == (422, True)
    shown = Page(admin.post(address, data=second.form.values | to | {"action": "see"}))
    assert (shown.status, shown.heading) == (
        200,
        "Từ 01/07/2025 sắp xếp 2 tổ chức thành 1: Đảng bộ phường Tây Hồ.",
    )
    assert shown.rows[1:] == [["Phường nhà", "Đảng bộ phường Tây Hồ", "2", "60", "0", "0", "0"]]
    back = Page(admin.post(address, data=shown.form.values | {"action": "edit"}))
    assert {name: back.form.values[name] for name in to} == to
    assert recorded(admin, address, shown) == "/to-chuc"
    tree = Page(admin.get("/to-chuc"))
    assert "Đảng bộ phường Tây Hồ 2 chi bộ · 60 đảng viên" in tree.words
    assert "Quận nhà" not in tree.words
    with scope(committee.engine, committee.tenant_id) as session:
        ended = session.scalars(
            select(Organisation.id).where(Organisation.ended_on == date(2025, 7, 1)).order_by(Organisation.id)
        ).all()
    assert list(ended) == [committee.root.id, committee.ward.id]


def test_every_page_of_people_and_places_is_there_as_of_a_day_gone_by(
    committee: Committee, admin: FlaskClient
) -> None:
    first, second = committee.cells
    address, eve = f"/to-chuc/{first.public_id}/viec-moi/sap-nhap", "?ngay=2025-06-30"
    typed: dict[str, str | list[str]] = {
        "others": [str(second.public_id)],
        "way": "new",
        "name-1": "Chi bộ Hồ Tây",
        "code-1": "HT",
    }
    admin.get(recorded(admin, address, seen(admin, address, **typed)))  # which shows what was recorded, once
    member = f"/dang-vien/{first.members[3][1]}"
    band, found = "Đang xem tại ngày 30/06/2025", {}
    for where, inside, outside in (
        ("/to-chuc", "Chi bộ nhà số 1", "Chi bộ Hồ Tây"),
        (f"/to-chuc/{committee.ward.public_id}", "Chi bộ nhà số 1", "Chi bộ Hồ Tây"),
        (f"/to-chuc/{first.public_id}/dang-vien", "30 người", "Chi bộ Hồ Tây"),
        ("/dang-vien", "60 người", "Chi bộ Hồ Tây"),
        (f"/chi-bo/{first.public_id}", "30 đảng viên", "Ghi nhận buổi sinh hoạt"),
        (member, "Chi bộ nhà số 1 01/01/2015 – nay", "Ghi việc mới"),
    ):
        words = Page(admin.get(where + eve)).words
        found[where] = (band in words, inside in words, outside in words)
    assert found == dict.fromkeys(found, (True, True, False))
    assert len(found) == 6
    listed = Page(admin.get(f"/to-chuc/{first.public_id}/dang-vien{eve}"))
    assert listed.links["Nguyễn nhà Dung"] == member + eve
    assert "Chi bộ Hồ Tây 01/07/2025 – nay" in Page(admin.get(member)).words


def test_only_the_admin_is_offered_and_let_into_acts_on_organisations(
    app: Flask, committee: Committee
) -> None:
    ward = committee.client(app, Role.COMMITTEE)
    where = f"/chi-bo/{committee.cells[0].public_id}"
    assert "Ghi việc của tổ chức" not in Page(ward.get(where)).links
    assert "Sắp xếp nhiều tổ chức" not in Page(ward.get("/to-chuc")).links
    for address in (f"/to-chuc/{committee.cells[0].public_id}/viec-moi", "/to-chuc/sap-xep"):
        assert ward.get(address).status_code == 403
