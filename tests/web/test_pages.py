"""Who sees which page, and what it shows them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import Engine, select, update

from bontot.access import Role
from bontot.clock import today
from bontot.db.models import (
    AuditEvent,
    Directive,
    Fee,
    MemberState,
    OrganisationPeriod,
    PolicyAssignment,
    Task,
    TaskAssignment,
)
from bontot.db.tenancy import scope
from bontot.evaluation.schedule import cell_year
from bontot.registry import Registry
from bontot.services.meetings import Mark, MeetingEntry, record_meeting
from bontot.web.months import mark_of, plan_words
from tests.factories import Committee, make_committee, operator_client
from tests.web.reading import Page

ADMIN, COMMITTEE, SECRETARY, MEMBER = (
    Role.TENANT_ADMIN,
    Role.COMMITTEE,
    Role.CELL_SECRETARY,
    Role.MEMBER,
)


def addresses(committee: Committee) -> dict[str, str]:
    """The pages by a short name."""
    first, second = committee.cells
    return {
        "home": "/",
        "tree": "/to-chuc",
        "ward": f"/to-chuc/{committee.ward.public_id}",
        "district": f"/to-chuc/{committee.root.public_id}",
        "own cell": f"/chi-bo/{first.public_id}",
        "other cell": f"/chi-bo/{second.public_id}",
        "record": f"/chi-bo/{first.public_id}/ghi-nhan",
        "members": "/dang-vien",
        "cell's members": f"/to-chuc/{first.public_id}/dang-vien",
        "own record": f"/dang-vien/{first.members[1][1]}",
        "other's record": f"/dang-vien/{first.members[2][1]}",
        "stranger's record": f"/dang-vien/{second.members[0][1]}",
        "operator": "/van-hanh",
    }


SEEN: dict[Role, dict[str, int]] = {
    ADMIN: {"operator": 403},
    COMMITTEE: {"operator": 403, "district": 404},
    SECRETARY: {"operator": 403, "district": 404, "ward": 404, "other cell": 404, "stranger's record": 404},
    MEMBER: {
        "operator": 403,
        **dict.fromkeys(
            ["tree", "ward", "district", "own cell", "other cell", "record", "members", "cell's members"], 403
        ),
        "other's record": 404,
        "stranger's record": 404,
    },
}
"""What is not simply shown; everything else answers 200."""


@pytest.mark.parametrize("role", SEEN, ids=str)
def test_each_role_sees_its_pages_and_no_others(app: Flask, committee: Committee, role: Role) -> None:
    client, pages = committee.client(app, role), addresses(committee)
    statuses = {name: client.get(address).status_code for name, address in pages.items()}
    assert statuses == {name: SEEN[role].get(name, 200) for name in pages}


@pytest.mark.parametrize(
    ("role", "links"),
    [
        (ADMIN, ["Việc hôm nay", "Tổ chức", "Đảng viên"]),
        (COMMITTEE, ["Việc hôm nay", "Tổ chức", "Đảng viên"]),
        (SECRETARY, ["Việc hôm nay", "Chi bộ", "Đảng viên"]),
        (MEMBER, ["Việc hôm nay", "Hồ sơ của tôi"]),
    ],
)
def test_each_role_is_led_to_its_own_pages(
    app: Flask, committee: Committee, role: Role, links: list[str]
) -> None:
    shown = Page(committee.client(app, role).get("/")).links
    known = ["Việc hôm nay", "Tổ chức", "Chi bộ", "Đảng viên", "Hồ sơ của tôi", "Vận hành"]
    assert [words for words in known if words in shown] == links


def test_the_operator_sees_committees_by_name_and_nothing_they_hold(
    app: Flask, engine: Engine, committee: Committee
) -> None:
    page = Page(operator_client(app, engine).get("/van-hanh"))
    assert page.heading == "Vận hành hệ thống"
    assert "Đảng bộ nhà" in page.words
    assert "Chi bộ nhà" not in page.words
    assert operator_client(app, engine).get("/to-chuc").status_code == 302


def test_a_day_off_is_refused_with_everything_to_mend(app: Flask, engine: Engine) -> None:
    operator = operator_client(app, engine)
    readable = {"day-day": "3", "day-month": "3", "day-year": "2023"}
    texts = [
        ("kind", "Xin chọn loại ngày."),
        ("name", "Cần ghi tên ngày nghỉ."),
        ("source", "Cần ghi văn bản thông báo ngày nghỉ."),
    ]
    assert Page(operator.post("/van-hanh/ngay-nghi")).mends == [
        ("day", "Nhập đủ ngày, tháng, năm bằng số, ví dụ 3 11 2026."),
        *texts,
    ]
    assert Page(operator.post("/van-hanh/ngay-nghi", data=readable)).mends == [
        ("day", "Tháng đã qua: lịch sinh hoạt của tháng ấy đã chốt, không sửa ngày nghỉ nữa."),
        *texts,
    ]


def test_a_plugin_that_failed_is_named_to_the_operator(
    engine: Engine, committee: Committee, app: Flask
) -> None:
    whole = app.extensions["bontot.registry"]
    app.extensions["bontot.registry"] = Registry.load(frozenset({"hanoi_tayho"}))
    try:
        page = Page(operator_client(app, engine).get("/van-hanh"))
        cell = Page(committee.client(app, SECRETARY).get(addresses(committee)["own cell"]))
        home = Page(committee.client(app, ADMIN).get("/"))
    finally:
        app.extensions["bontot.registry"] = whole
    assert "hanoi_tayho đang tắt bằng BONTOT_PLUGINS_OFF Không dùng được" in page.words
    assert "Chưa tính được lịch Kế hoạch “hanoi_tayho” chưa dùng được" in cell.words
    assert (cell.status, home.status) == (200, 200)
    assert "Hồ sơ vẫn xem và ghi được bình thường." in home.words
    assert "Hồ sơ sinh hoạt gửi lên" in home.words


def held(committee: Committee, day: date, cell: int = 0) -> None:
    with scope(committee.engine, committee.tenant_id) as session:
        marks = {member_id: Mark(1) for member_id, _ in committee.cells[cell].members}
        record_meeting(
            session,
            committee.actor(SECRETARY),
            committee.cells[cell].id,
            MeetingEntry(kind="regular", held_on=day, marks=marks),
        )


def this_day(committee: Committee) -> date:
    with scope(committee.engine, committee.tenant_id) as session:
        return today(session)


def test_a_year_shows_each_month_with_its_state(app: Flask, committee: Committee) -> None:
    held(committee, date(2023, 3, 3))
    held(committee, date(2023, 4, 6))
    held(committee, date(2023, 5, 20))
    page = Page(committee.client(app, SECRETARY).get(addresses(committee)["own cell"] + "?nam=2023"))
    assert "Tháng 3 3/3 Đúng lịch" in page.words
    assert "Tháng 4 6/4 lịch 3/4 Trong hạn" in page.words
    assert "Tháng 5 20/5 lịch 4/5 Họp quá hạn, ngoài lịch" in page.words
    assert "Tháng 6 2/6 hạn 7/6 Không họp" in page.words
    assert "Thứ Sáu 03/03/2023 Thường kỳ 30/30 · 100,0 %" in page.words


def test_a_plan_without_a_fixed_day_shows_the_last_one(app: Flask, engine: Engine, unique: str) -> None:
    committee = make_committee(engine, unique, "nhà", policy="hanoi_longbien")
    held(committee, date(2023, 9, 20))
    page = Page(committee.client(app, SECRETARY).get(addresses(committee)["own cell"] + "?nam=2023"))
    assert "Tháng 9 20/9 Trong hạn" in page.words
    assert "Tháng 10 đến 31/10 Không họp" in page.words


def test_a_secretary_is_told_the_one_thing_to_do(app: Flask, committee: Committee) -> None:
    day, cell = this_day(committee), committee.cells[0]
    with scope(committee.engine, committee.tenant_id) as session:
        registry = app.extensions["bontot.registry"]
        month = cell_year(session, registry, cell.id, day.year, day)[day.month - 1]
        session.add(
            Directive(
                organisation_id=cell.id,
                number="12-CV/ĐU",
                subject="Báo cáo quý",
                due_on=day - timedelta(days=2),
            )
        )
        session.add(
            Task(
                organisation_id=cell.id,
                origin="directive",
                title="Rà soát danh sách",
                due_on=day + timedelta(days=3),
            )
        )
    client = committee.client(app, SECRETARY)
    page = Page(client.get("/"))
    assert f"Ghi nhận buổi sinh hoạt tháng {day.month}" in page.links
    assert plan_words(month.planned.scheduled) in page.words
    assert "Quá hạn 2 ngày 12-CV/ĐU: Báo cáo quý Chỉ đạo cần trả lời" in page.words
    assert "Còn 3 ngày Rà soát danh sách Nhiệm vụ của chi bộ Xem nhiệm vụ" in page.words
    held(committee, day)
    after = Page(client.get("/"))
    assert f"Tháng {day.month} đã họp" in after.words
    assert f"Ghi nhận buổi sinh hoạt tháng {day.month}" not in after.links


def test_a_committee_sees_which_cells_met_this_month(app: Flask, committee: Committee) -> None:
    day = this_day(committee)
    held(committee, day, cell=1)
    with scope(committee.engine, committee.tenant_id) as session:
        months = cell_year(session, app.extensions["bontot.registry"], committee.cells[1].id, day.year, day)
    page = Page(committee.client(app, COMMITTEE).get("/"))
    state = mark_of(months[day.month - 1]).words
    assert (page.heading, f"Sinh hoạt tháng {day.month}" in page.words) == ("Việc hôm nay", True)
    assert f"{day:%d/%m/%Y} {state}" in page.words
    ward = Page(committee.client(app, COMMITTEE).get(addresses(committee)["ward"]))
    assert f"Chi bộ nhà số 2 Chi bộ trực thuộc Tổ dân phố, thôn 30 {state}" in ward.words


def test_a_member_sees_the_own_year_and_the_next_meeting(app: Flask, committee: Committee) -> None:
    day, mine = this_day(committee), committee.cells[0].members[1][0]
    held(committee, day)
    with scope(committee.engine, committee.tenant_id) as session:
        months = [date(day.year - 1, 12, 1), date(day.year, day.month, 1)]
        session.add_all(Fee(member_id=mine, month=month, due=50_000, paid=0) for month in months)
    page = Page(committee.client(app, MEMBER).get("/"))
    assert page.heading == "Đồng chí nhà member"
    assert "1/1 buổi có mặt" in page.words
    assert "Buổi sinh hoạt tới" in page.words
    assert "Không nợ tháng nào trước tháng này" in page.words


def test_a_member_s_record_is_shown_through_time(app: Flask, committee: Committee) -> None:
    member_id, public_id = committee.cells[0].members[2]
    held(committee, date(2023, 3, 3))
    with scope(committee.engine, committee.tenant_id) as session:
        session.add(
            MemberState(
                member_id=member_id,
                kind="exempt",
                valid_from=date(2019, 5, 1),
                valid_to=date(2020, 5, 1),
                document="NQ 02-NQ/CB",
            )
        )
        session.add(Fee(member_id=member_id, month=date(2023, 2, 1), due=50_000, paid=20_000))
        task = Task(
            organisation_id=committee.cells[0].id,
            origin="resolution",
            title="Vận động nhân dân",
            due_on=date(2023, 6, 30),
            done_on=date(2023, 7, 2),
        )
        session.add(task)
        session.flush()
        session.add(TaskAssignment(task_id=task.id, member_id=member_id))
    page = Page(committee.client(app, SECRETARY).get(f"/dang-vien/{public_id}?nam=2023"))
    assert page.heading == "Nguyễn nhà Cường"
    assert "03/03/2023 Thường kỳ Có mặt" in page.words
    assert "02/2023 50.000 20.000" in page.words
    assert "Còn nợ 30.000 đồng" in page.words
    assert "Vận động nhân dân Nghị quyết chi bộ 30/06/2023 Xong, trễ hạn" in page.words
    assert "Miễn công tác và sinh hoạt đảng 01/05/2019 – 30/04/2020 · NQ 02-NQ/CB" in page.words


def test_looking_at_a_member_leaves_a_trace(app: Flask, committee: Committee) -> None:
    member_id, public_id = committee.cells[0].members[2]
    committee.client(app, SECRETARY).get(f"/dang-vien/{public_id}")
    with scope(committee.engine, committee.tenant_id) as session:
        seen = session.execute(
            select(AuditEvent.account_id, AuditEvent.subject_id).where(AuditEvent.action == "view_member")
        ).all()
    assert seen == [(committee.accounts[SECRETARY], member_id)]


def renamed(committee: Committee) -> None:
    """The ward had another name until 2020."""
    with scope(committee.engine, committee.tenant_id) as session:
        session.execute(
            update(OrganisationPeriod)
            .where(OrganisationPeriod.organisation_id == committee.ward.id)
            .values(valid_from=date(2020, 1, 1))
        )
        session.add(
            OrganisationPeriod(
                organisation_id=committee.ward.id,
                parent_id=committee.root.id,
                name="Phường tên cũ",
                code="P",
                type="grassroots_committee",
                sector="residential",
                sort_key="p",
                valid_from=date(2015, 1, 1),
                valid_to=date(2020, 1, 1),
            )
        )


def test_the_tree_of_another_day_says_so_and_shows_the_names_of_that_day(
    app: Flask, committee: Committee
) -> None:
    renamed(committee)
    client = committee.client(app, ADMIN)
    past, now = Page(client.get("/to-chuc?ngay=2019-12-31")), Page(client.get("/to-chuc?ngay=2020-01-01"))
    assert "Đang xem tại ngày 31/12/2019" in past.words
    assert past.links["Trở về hôm nay"] == "/to-chuc"
    assert ("Phường tên cũ" in past.links, "Phường nhà" in past.links) == (True, False)
    assert ("Phường tên cũ" in now.links, "Phường nhà" in now.links) == (False, True)
    ward = Page(client.get(past.links["Phường tên cũ"]))
    assert (ward.heading, "Đang xem tại ngày 31/12/2019" in ward.words) == ("Phường tên cũ", True)
    assert "01/01/2015 Phường tên cũ Quận nhà" in ward.words  # its end was not known yet


def test_a_members_page_calls_the_cell_as_it_is_called_that_day(app: Flask, committee: Committee) -> None:
    cell = committee.cells[0]
    with scope(committee.engine, committee.tenant_id) as session:
        since = today(session) - timedelta(days=10)
        session.execute(
            update(OrganisationPeriod)
            .where(OrganisationPeriod.organisation_id == cell.id)
            .values(valid_to=since)
        )
        session.add(
            OrganisationPeriod(
                organisation_id=cell.id,
                parent_id=committee.ward.id,
                name="Chi bộ tên mới",
                code="M",
                type="subordinate_cell",
                sector="residential",
                sort_key="m",
                valid_from=since,
            )
        )
    client, at = committee.client(app, ADMIN), f"/dang-vien/{cell.members[0][1]}"
    now, past = Page(client.get(at)), Page(client.get(f"{at}?ngay={since - timedelta(days=1)}"))
    assert ["Chi bộ tên mới" in page.links for page in (now, past)] == [True, False]


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ("hôm qua", "Không đọc được ngày muốn xem. Hãy chọn lại ngày trên trang."),
        ("2026-02-31", "Ngày 31/02/2026 không có trong lịch."),
        ("2999-01-01", "Chỉ xem được các ngày đã qua, từ năm 1930."),
    ],
)
def test_a_day_that_cannot_be_seen_is_refused_in_words(
    app: Flask, committee: Committee, asked: str, sentence: str
) -> None:
    page = Page(committee.client(app, ADMIN).get("/to-chuc", query_string={"ngay": asked}))
    assert (page.status, page.heading, sentence in page.lines) == (422, "Chưa mở được trang này", True)


def test_a_printed_page_of_a_list_says_which_it_is(app: Flask, committee: Committee) -> None:
    client = committee.client(app, ADMIN)
    said = [
        [line for line in Page(client.get(address)).lines if line.startswith("Danh sách trang")]
        for address in ("/dang-vien", "/dang-vien?trang=2", "/dang-vien?tim=dat")
    ]
    assert said == [["Danh sách trang 1/2."], ["Danh sách trang 2/2."], []]


def test_words_too_long_to_look_for_are_refused_beside_the_box(app: Flask, committee: Committee) -> None:
    asked = {"tim": "a" * 300}
    page = Page(committee.client(app, SECRETARY).get("/dang-vien", query_string=asked))
    assert (page.status, page.heading, page.forms[-1].values) == (422, "Đảng viên", asked)
    assert "Tìm theo tên: nội dung dài 300 ký tự; chỉ nhận tối đa 100 ký tự." in page.lines


def test_before_anything_existed_the_tree_says_so(app: Flask, committee: Committee) -> None:
    page = Page(committee.client(app, ADMIN).get("/to-chuc?ngay=1990-01-01"))
    assert "Ngày này chưa có tổ chức nào" in page.words


def test_names_are_found_without_accents_and_from_any_word(app: Flask, committee: Committee) -> None:
    client = committee.client(app, SECRETARY)
    page = Page(client.get("/dang-vien?tim=ĐẠT"))
    assert [name for name in page.links if name.startswith("Nguyễn")] == [
        "Nguyễn nhà Đạt",
        "Nguyễn nhà 1 Đạt",
        "Nguyễn nhà 2 Đạt",
    ]
    assert "Không có ai tên như vậy" in Page(client.get("/dang-vien?tim=zzz")).words
    assert Page(client.get("/dang-vien?tim=nha da")).status == 200


def test_a_long_list_is_turned_page_by_page(app: Flask, engine: Engine, unique: str) -> None:
    committee = make_committee(engine, unique, "nhà", cells=1, members=103)
    client = committee.client(app, SECRETARY)
    first, last = Page(client.get("/dang-vien")), Page(client.get("/dang-vien?trang=3"))
    assert "103 người, xếp theo tên gọi" in first.words
    assert first.links["Trang sau"] == "/dang-vien?trang=2"
    assert last.links["Trang trước"] == "/dang-vien?trang=2"
    assert len([name for name in last.links if name.startswith("Nguyễn")]) == 3
    assert [client.get(f"/dang-vien?trang={asked}").status_code for asked in ("4", "0", "-1", "hai")] == [
        404
    ] * 4


def test_an_empty_committee_is_told_what_to_do_first(app: Flask, engine: Engine, unique: str) -> None:
    committee = make_committee(engine, unique, "nhà", cells=1, members=2)
    with scope(engine, committee.tenant_id) as session:
        session.execute(update(OrganisationPeriod).values(valid_to=date(2016, 1, 1)))
        session.execute(update(PolicyAssignment).values(valid_to=date(2023, 6, 1)))
    client = committee.client(app, ADMIN)
    assert "Việc đầu tiên: nhập danh sách tổ chức và đảng viên." in Page(client.get("/")).words
    assert "Chưa có tổ chức nào" in Page(client.get("/to-chuc")).words
    assert "Chưa có đảng viên nào" in Page(client.get("/dang-vien")).words


def test_a_cell_has_a_page_for_a_year_before_it_was_founded(app: Flask, committee: Committee) -> None:
    client, cell = committee.client(app, SECRETARY), addresses(committee)["own cell"]
    assert client.get(f"{cell}?nam=1930").status_code == 200
    assert client.get(f"{cell}/ghi-nhan?ngay=1930-01-01").status_code == 200
