"""Recording what happens to a member through the pages: choose, fill in, see what changes, record; correct; take back."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from bontot.access import Role
from bontot.clock import today
from bontot.db.models import EvaluationRun, Job, LaterVerdict, Member, MemberEvent, Membership
from bontot.db.tenancy import scope
from bontot.evaluation.whole import evaluate
from bontot.imports.reading import read
from bontot.registry import Registry
from bontot.services.people.due import occasions
from bontot.services.people.rules import years_later
from tests.factories import Committee
from tests.isolation.golden.asking import form_key
from tests.web.reading import Page


@pytest.fixture
def ward(app: Flask, committee: Committee) -> FlaskClient:
    """The ward's committee at the keyboard."""
    return committee.client(app, Role.COMMITTEE)


def member_page(committee: Committee, place: int = 3) -> str:
    return f"/dang-vien/{committee.cells[0].members[place][1]}"


def transfer(committee: Committee, **changes: str) -> dict[str, str | list[str]]:
    """What a good form of a transfer to the second cell holds."""
    good: dict[str, str | list[str]] = {
        "organisation": str(committee.cells[1].public_id),
        "day-day": "1",
        "day-month": "7",
        "day-year": "2026",
        "document": "12-GT/ĐU",
        "document_day-day": "20",
        "document_day-month": "6",
        "document_day-year": "2026",
    }
    return good | {name.replace("__", "-"): value for name, value in changes.items()}


def events(committee: Committee) -> int:
    with scope(committee.engine, committee.tenant_id) as session:
        return session.scalar(select(func.count()).select_from(MemberEvent)) or 0


def test_a_transfer_is_chosen_filled_in_seen_and_recorded_once(
    committee: Committee, ward: FlaskClient
) -> None:
    where = member_page(committee)
    shown = Page(ward.get(where))
    assert shown.links["Ghi việc mới"] == f"{where}/viec-moi"
    listed = Page(ward.get(f"{where}/viec-moi"))
    assert listed.heading == "Ghi việc mới"
    form = Page(ward.get(listed.links["Chuyển sinh hoạt chính thức"])).form
    address = f"{where}/viec-moi/chuyen-chinh-thuc"
    seen = Page(ward.post(address, data=form.values | transfer(committee)))
    assert (seen.status, seen.heading) == (
        200,
        "Từ 01/07/2026 đồng chí Nguyễn nhà Dung sinh hoạt tại Chi bộ nhà số 2.",
    )
    for line in (
        "Chi bộ nhà số 1: đồng chí ấy không còn được tính Danh sách đảng viên 30 → thành 29 "
        "Phải dự họp (mẫu số điểm danh) 30 → thành 29 Được biểu quyết 30 → thành 29",
        "Chi bộ nhà số 2: đồng chí ấy được tính thêm Danh sách đảng viên 30 → thành 31 "
        "Phải dự họp (mẫu số điểm danh) 30 → thành 31 Được biểu quyết 30 → thành 31",
        "Chưa có gì được ghi.",
        "12-GT/ĐU ngày 20/06/2026",
    ):
        assert line in seen.words
    assert events(committee) == 0
    sent = seen.form.values | {"action": "record"}
    first, second = (ward.post(address, data=sent) for _ in range(2))
    assert [(one.status_code, one.headers["Location"]) for one in (first, second)] == [(302, where)] * 2
    assert events(committee) == 1
    after = Page(ward.get(where))
    assert "Đã ghi: Từ 01/07/2026 đồng chí Nguyễn nhà Dung sinh hoạt tại Chi bộ nhà số 2." in after.words
    assert "Chuyển sinh hoạt chính thức: Chi bộ nhà số 2 01/07/2026 · 12-GT/ĐU ngày 20/06/2026" in after.words


def test_what_must_be_mended_is_led_to_and_nothing_typed_is_lost(
    committee: Committee, ward: FlaskClient
) -> None:
    address = f"{member_page(committee)}/viec-moi/chuyen-chinh-thuc"
    form = Page(ward.get(address)).form
    bad = transfer(committee, organisation="", day__month="13", document_day__day="")
    page = Page(ward.post(address, data=form.values | bad))
    assert (page.status, page.mends) == (
        422,
        [
            ("day", "Không có ngày 1/13/2026."),
            ("document_day", "Nhập đủ ngày, tháng, năm bằng số, ví dụ 3 11 2026."),
        ],
    )
    assert page.form.values["document"] == "12-GT/ĐU"
    bad = transfer(committee, organisation="", document=" ")
    page = Page(ward.post(address, data=form.values | bad))
    assert page.mends == [("document", "Cần ghi số, ký hiệu của văn bản.")]
    page = Page(ward.post(address, data=form.values | transfer(committee, organisation="")))
    assert page.mends == [("organisation", "Xin chọn chi bộ mới.")]
    assert events(committee) == 0


def test_from_what_will_change_one_goes_back_with_everything_as_typed(
    committee: Committee, ward: FlaskClient
) -> None:
    address = f"{member_page(committee)}/viec-moi/chuyen-chinh-thuc"
    seen = Page(ward.post(address, data=Page(ward.get(address)).form.values | transfer(committee)))
    page = Page(ward.post(address, data=seen.form.values | {"action": "edit"}))
    assert {name: page.form.values[name] for name in transfer(committee)} == transfer(committee)


def test_who_records_on_what_another_has_changed_sees_that_first(
    app: Flask, committee: Committee, ward: FlaskClient
) -> None:
    admin, where = committee.client(app, Role.TENANT_ADMIN), member_page(committee)
    seen = Page(
        ward.post(
            f"{where}/viec-moi/chuyen-chinh-thuc",
            data=Page(ward.get(f"{where}/viec-moi/chuyen-chinh-thuc")).form.values | transfer(committee),
        )
    )
    exempt = transfer(committee)
    del exempt["organisation"]
    other = Page(
        admin.post(f"{where}/viec-moi/mien-sinh-hoat", data=exempt | {"form_key": form_key(), "version": "0"})
    )
    assert (
        admin.post(
            f"{where}/viec-moi/mien-sinh-hoat", data=other.form.values | {"action": "record"}
        ).status_code
        == 302
    )
    late = Page(
        ward.post(f"{where}/viec-moi/chuyen-chinh-thuc", data=seen.form.values | {"action": "record"})
    )
    assert late.status == 412
    assert "Vừa có việc khác của đồng chí này được ghi." in late.words
    assert late.form.values["document"] == "12-GT/ĐU"
    assert events(committee) == 1


def recorded(
    committee: Committee, client: FlaskClient, slug: str = "chuyen-chinh-thuc", **changes: str
) -> None:
    address = f"{member_page(committee)}/viec-moi/{slug}"
    seen = Page(
        client.post(address, data=Page(client.get(address)).form.values | transfer(committee, **changes))
    )
    assert client.post(address, data=seen.form.values | {"action": "record"}).status_code == 302


def test_the_last_event_is_corrected_with_a_reason(committee: Committee, ward: FlaskClient) -> None:
    recorded(committee, ward)
    where = member_page(committee)
    address = Page(ward.get(where)).links["Sửa việc này"]
    form = Page(ward.get(address)).form
    assert {name: form.values[name] for name in transfer(committee)} == transfer(committee)
    page = Page(ward.post(address, data=form.values | {"day-day": "15"}))
    assert page.mends == [("reason", "Cần ghi lý do.")]
    seen = Page(ward.post(address, data=form.values | {"day-day": "15", "reason": "ghi nhầm ngày"}))
    assert seen.heading == "Từ 15/07/2026 đồng chí Nguyễn nhà Dung sinh hoạt tại Chi bộ nhà số 2."
    assert ward.post(address, data=seen.form.values | {"action": "record"}).status_code == 302
    with scope(committee.engine, committee.tenant_id) as session:
        who = committee.cells[0].members[3][0]
        found = session.execute(
            select(Membership.valid_from).where(Membership.member_id == who).order_by(Membership.valid_from)
        ).scalars()
        assert [f"{day:%d/%m/%Y}" for day in found] == ["01/01/2015", "15/07/2026"]
    assert events(committee) == 1


def test_the_last_event_is_taken_back_with_a_reason(committee: Committee, ward: FlaskClient) -> None:
    recorded(committee, ward)
    address = Page(ward.get(member_page(committee))).links["Bỏ việc này"]
    page = Page(ward.get(address))
    assert page.heading == "Bỏ việc: Chuyển sinh hoạt chính thức"
    assert Page(ward.post(address, data=page.form.values)).mends == [("reason", "Cần ghi lý do.")]
    done = ward.post(address, data=page.form.values | {"reason": "ghi nhầm người"}, follow_redirects=True)
    assert "Đã bỏ việc “Chuyển sinh hoạt chính thức”." in Page(done).words
    assert events(committee) == 0
    assert ward.get(address).status_code == 404


NEW = {
    "full_name": "Trần Thị Mới",
    "birth-day": "26",
    "birth-month": "3",
    "birth-year": "2001",
    "female": "nu",
    "employment": "working",
    "day-day": "2",
    "day-month": "6",
    "day-year": "2026",
    "document": "07-QĐ/ĐU",
    "document_day-day": "26",
    "document_day-month": "5",
    "document_day-year": "2026",
}


def test_somebody_is_admitted_from_the_cells_page(committee: Committee, ward: FlaskClient) -> None:
    cell = committee.cells[0]
    address = Page(ward.get(f"/chi-bo/{cell.public_id}")).links["Kết nạp đảng viên mới"]
    form = Page(ward.get(address)).form
    page = Page(ward.post(address, data=form.values))
    assert [name for name, _ in page.mends] == ["birth", "day", "document_day"]
    seen = Page(ward.post(address, data=form.values | NEW))
    assert seen.heading == "Từ 02/06/2026 đồng chí Trần Thị Mới là đảng viên dự bị của Chi bộ nhà số 1."
    assert "Phải dự họp (mẫu số điểm danh) 30 → thành 31" in seen.words
    assert "Được biểu quyết" not in seen.words
    sent = seen.form.values | {"action": "record"}
    places = {ward.post(address, data=sent).headers["Location"] for _ in range(2)}
    assert len(places) == 1
    shown = Page(ward.get(places.pop()))
    assert "Đảng viên dự bị" in shown.words
    assert "Kết nạp đảng viên: Chi bộ nhà số 1 02/06/2026 · 07-QĐ/ĐU ngày 26/05/2026" in shown.words
    with scope(committee.engine, committee.tenant_id) as session:
        assert session.scalar(select(func.count()).where(Member.full_name == "Trần Thị Mới")) == 1


def test_a_member_who_has_left_has_nothing_more_to_record(committee: Committee, ward: FlaskClient) -> None:
    recorded(committee, ward, "xoa-ten", organisation="")
    page = Page(ward.get(f"{member_page(committee)}/viec-moi"))
    assert "Không còn việc nào để ghi" in page.words
    assert "Ghi việc mới" not in Page(ward.get(member_page(committee))).links


@pytest.mark.parametrize("role", [Role.CELL_SECRETARY, Role.MEMBER])
def test_others_read_and_do_not_record(app: Flask, committee: Committee, role: Role) -> None:
    client = committee.client(app, role)
    where = member_page(committee, 1)
    assert "Ghi việc mới" not in Page(client.get(where)).links
    for address in (
        f"{where}/viec-moi",
        f"{where}/viec-moi/xoa-ten",
        f"/chi-bo/{committee.cells[0].public_id}/ket-nap",
    ):
        assert client.get(address).status_code == 403


def test_what_is_only_looked_at_asks_for_no_evaluation(committee: Committee, ward: FlaskClient) -> None:
    recorded(committee, ward)
    address = f"{member_page(committee)}/viec-cuoi/sua"
    form = Page(ward.get(address)).form
    ward.post(address, data=form.values | {"day-day": "15", "reason": "ghi nhầm ngày"})
    with scope(committee.engine, committee.tenant_id) as session:
        assert session.scalar(select(func.count()).select_from(Job)) == 0


def test_an_unknown_event_is_not_found(committee: Committee, ward: FlaskClient) -> None:
    assert ward.get(f"{member_page(committee)}/viec-moi/phong-than").status_code == 404
    assert ward.get(f"{member_page(committee)}/viec-cuoi/sua").status_code == 404


def test_who_is_due_is_listed_within_reach_and_led_to_from_the_members_list(
    committee: Committee, ward: FlaskClient
) -> None:
    with scope(committee.engine, committee.tenant_id) as session:
        _, occasion, *_ = occasions(today(session))
        for place, admission in enumerate((date(2025, 1, 6), years_later(occasion, -30))):
            member = session.get(Member, (committee.tenant_id, committee.cells[0].members[place][0]))
            assert member is not None
            member.admission_date = admission
            member.official_date = years_later(admission, 1) if place else None
    page = Page(ward.get(Page(ward.get("/dang-vien")).links["Đến hạn công nhận và Huy hiệu Đảng"]))
    assert page.heading == "Đến hạn công nhận và Huy hiệu Đảng"
    assert [row for row in page.rows if row[0].startswith("Nguyễn")] == [
        [
            "Nguyễn nhà An",
            "Chi bộ nhà số 1",
            "06/01/2025 chưa ghi ngày làm lễ",
            "06/01/2026",
            "23/02/2026",
            "Quá hạn xét",
        ],
        ["Nguyễn nhà Bình", "Chi bộ nhà số 1", "30 năm", f"{occasion:%d/%m/%Y}"],
    ]
    probation, badges = read(ward.get(page.links["Tải Excel"]).data)
    assert (probation.name, badges.name) == ("Hết dự bị", "Huy hiệu Đảng")
    days = date(2025, 1, 6), date(2026, 1, 6), date(2026, 2, 23)
    assert probation.rows[4:] == [[1.0, "Nguyễn nhà An", "Chi bộ nhà số 1", *days]]
    assert badges.rows[0][0] == f"Huy hiệu Đảng dịp {occasion:%d/%m/%Y}"
    assert badges.rows[4:] == [[1.0, "Nguyễn nhà Bình", "Chi bộ nhà số 1", 30.0, occasion]]


def judged(committee: Committee) -> None:
    """The running year evaluated, as of today."""
    with scope(committee.engine, committee.tenant_id) as session:
        day = today(session)
        evaluate(session, Registry.load(), year=day.year, as_of=day, by="thử")


def waiting(committee: Committee) -> list[tuple[str, str]]:
    with scope(committee.engine, committee.tenant_id) as session:
        return [(kind, state) for kind, state in session.execute(select(Job.kind, Job.state))]


def test_where_others_are_counted_the_year_is_evaluated_again(
    committee: Committee, ward: FlaskClient
) -> None:
    judged(committee)
    recorded(committee, ward)
    assert waiting(committee) == [("evaluation", "waiting")]


def test_what_concerns_the_member_alone_is_judged_at_once(committee: Committee, ward: FlaskClient) -> None:
    with scope(committee.engine, committee.tenant_id) as session:
        year = today(session).year
        member = session.get(Member, (committee.tenant_id, committee.cells[0].members[3][0]))
        assert member is not None
        member.employment = "working"
    judged(committee)
    recorded(committee, ward, "nhan-xet-noi-cu-tru", year="2026")
    assert waiting(committee) == []
    with scope(committee.engine, committee.tenant_id) as session:
        looked_at = set(session.scalars(select(LaterVerdict.subject_id)))
        assert [int(found) for found in session.scalars(select(EvaluationRun.year))] == [year]
    assert looked_at <= {committee.cells[0].id, committee.ward.id, committee.cells[0].members[3][0]}
