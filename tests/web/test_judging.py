"""The pages on which people judge: the list of a year, the sheet of one subject, and its form."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import Engine, select, text

from bontot.access import Role
from bontot.clock import today
from bontot.db.models import Judgment, Member, Membership, Post, RoleGrant, Task, ThresholdOverride
from bontot.db.tenancy import scope
from bontot.evaluation.whole import evaluate
from bontot.imports.reading import read
from bontot.registry import Registry
from bontot.services.accounts import grants_of
from bontot.services.meetings import Mark, MeetingEntry, record_meeting
from tests.factories import Committee, make_committee
from tests.isolation.golden.asking import form_key
from tests.web.counting import statements, statements_of
from tests.web.reading import Page

LINE, PEOPLE = "tayho.member.1.line", "tayho.member.4.people"
OF_MEMBER = 11
"""Criteria of a member that people judge in the plan."""
Judge = Callable[..., Page]


@pytest.fixture
def committee(engine: Engine, unique: str) -> Committee:
    """Two cells of three; the first member of the first is its secretary, the second has an account."""
    return make_committee(engine, unique, "nhà", members=3)


def address(committee: Committee, place: int = 1, cell: int = 0) -> str:
    return f"/xet-tieu-chi/dang-vien/{committee.cells[cell].members[place][1]}?nam=2023"


def of_one(committee: Committee, criterion: str, place: int = 1) -> str:
    """The page of one criterion of a member."""
    return address(committee, place).replace("?", f"/{criterion}?")


def shown(app: Flask, committee: Committee, role: Role, where: str) -> Page:
    return Page(committee.client(app, role).get(where))


def send(app: Flask, committee: Committee, role: Role, where: str, **changes: str | list[str]) -> Page:
    """Fills in the form of a page and sends it, as a browser without scripts would; `__` stands for `-`."""
    client = committee.client(app, role)
    form = Page(client.get(where)).form.sent(**changes)
    return Page(client.post(where, data=form, follow_redirects=True))


def verdict(criterion: str, value: str = "met", **more: str) -> dict[str, str | list[str]]:
    return {f"{part}__{criterion}": said for part, said in {"verdict": value, **more}.items()}


def recorded(committee: Committee) -> list[tuple[str, str, str | None, str | None]]:
    columns = (Judgment.criterion, Judgment.stage, Judgment.verdict, Judgment.remark)
    with scope(committee.engine, committee.tenant_id) as session:
        rows = session.execute(select(*columns).order_by(Judgment.id)).all()
    return [(row[0], row[1], row[2], row[3]) for row in rows]


def between(page: Page, first: str, last: str) -> str:
    return page.words[page.words.index(first) :].partition(last)[0].strip()


def test_a_member_assesses_oneself_and_the_sheet_says_so(app: Flask, committee: Committee) -> None:
    mine = shown_own = send(
        app, committee, Role.MEMBER, address(committee), **verdict(LINE), **verdict(PEOPLE, "")
    )
    assert "Đã ghi 1 kết luận ở bước Tự đánh giá của Nguyễn nhà Bình, năm 2023." in shown_own.words
    assert recorded(committee) == [(LINE, "self_assessment", "met", None)]
    day = f"{committee.today:%d/%m/%Y}"
    assert between(mine, "Tự đánh giá Đạt", "Đạt Chưa đạt") == (
        f"Tự đánh giá Đạt nhà member, ngày {day} Chưa xét Chi bộ, Thẩm định"
    )
    assert f"1 /{OF_MEMBER} đã xét" in mine.words


def test_how_far_everyone_is_judged_comes_as_a_sheet_of_numbers(app: Flask, committee: Committee) -> None:
    send(app, committee, Role.MEMBER, address(committee), **verdict(LINE))
    ward = committee.client(app, Role.COMMITTEE)
    page = Page(ward.get("/xet-tieu-chi?nam=2023&doi-tuong=dang-vien"))
    [sheet] = read(ward.get(page.links["Tải Excel"]).data)
    head, *rows = sheet.rows[3:]
    assert head[1:5] == ["Họ và tên", "Chi bộ", "Tự đánh giá: đã xét", "Tự đánh giá: phải xét"]
    [mine] = [row for row in rows if row[1] == "Nguyễn nhà Bình" and row[2] == committee.cells[0].name]
    assert mine[3:5] == [1.0, float(OF_MEMBER)]
    assert len(rows) == 6
    secretary = committee.client(app, Role.CELL_SECRETARY)
    tabs = read(secretary.get(Page(secretary.get("/xet-tieu-chi?nam=2023")).links["Tải Excel"]).data)
    assert [tab.name for tab in tabs] == ["Xét chi bộ", "Xét đảng viên"]


def test_a_member_without_other_right_comes_to_ones_own_sheet(app: Flask, committee: Committee) -> None:
    client = committee.client(app, Role.MEMBER)
    page = Page(client.get("/xet-tieu-chi?nam=2023", follow_redirects=True))
    assert (page.status, page.heading) == (200, "Nguyễn nhà Bình")
    assert client.get(address(committee, 2)).status_code == 404


def test_stages_that_differ_are_marked_in_words(app: Flask, committee: Committee) -> None:
    where = address(committee)
    send(app, committee, Role.MEMBER, where, **verdict(LINE))
    reason = "Vắng hai buổi học nghị quyết."
    send(app, committee, Role.CELL_SECRETARY, where, **verdict(LINE, "not_met", remark=reason))
    page = shown(app, committee, Role.COMMITTEE, where)
    assert "Các bước kết luận khác nhau ở 1 tiêu chí" in page.words
    assert "Chi bộ Chưa đạt Khác bước Tự đánh giá nhà cell_secretary, ngày" in page.words
    assert reason in page.words
    assert "Chưa đủ điều kiện danh hiệu “Đảng viên bốn tốt”: 1 tiêu chí chưa đạt" in page.words


def test_a_form_is_saved_whole_or_not_at_all_with_the_error_at_its_field(
    app: Flask, committee: Committee
) -> None:
    where = address(committee)
    send(app, committee, Role.MEMBER, where, **verdict(LINE))
    page = send(app, committee, Role.CELL_SECRETARY, where, **verdict(LINE, "not_met"), **verdict(PEOPLE))
    assert page.status == 422
    assert page.title.startswith("Cần sửa · ")
    assert page.mends == [
        (f"remark-{LINE}", "Kết luận này khác bước Tự đánh giá; hãy ghi nhận xét nêu lý do.")
    ]
    assert page.form.values[f"verdict-{LINE}"] == "not_met"
    assert page.form.values[f"verdict-{PEOPLE}"] == "met"
    assert recorded(committee) == [(LINE, "self_assessment", "met", None)]


def test_a_second_press_of_the_button_repeats_nothing(app: Flask, committee: Committee) -> None:
    client, where = committee.client(app, Role.MEMBER), address(committee)
    form = Page(client.get(where)).form.sent(**verdict(LINE))
    first, second = (client.post(where, data=form) for _ in range(2))
    assert (first.status_code, second.status_code) == (302, 302)
    assert first.headers["Location"] == second.headers["Location"]
    with scope(committee.engine, committee.tenant_id) as session:
        assert session.scalar(select(Judgment.version)) == 1


def test_the_same_hand_is_told_before_it_writes_anything(app: Flask, committee: Committee) -> None:
    """The secretary assessed himself: for the cell somebody else concludes on that, he on the rest."""
    where = address(committee, 0)
    send(app, committee, Role.CELL_SECRETARY, f"{where}&buoc=tu-danh-gia", **verdict(LINE))
    page = shown(app, committee, Role.CELL_SECRETARY, f"{where}&buoc=chi-bo")
    assert (
        "nhà cell_secretary đã xét tiêu chí này ở bước Tự đánh giá; kế hoạch không để một người xét ở hai bước. "
        "Cần người khác xét bước này."
    ) in page.words
    assert "Một người không xét cùng một tiêu chí ở hai bước: giá trị mặc định" in page.words
    of_plan = "/ke-hoach/hanoi_tayho/gia-tri/judging.same_hand"
    assert page.links["giá trị mặc định, kế hoạch không quy định"] == of_plan
    assert f"verdict-{LINE}" not in page.form.values
    forced = send(
        app,
        committee,
        Role.CELL_SECRETARY,
        f"{where}&buoc=chi-bo",
        **verdict(LINE, version="0"),
        **verdict(PEOPLE),
    )
    assert (forced.status, [field for field, _ in forced.mends]) == (422, [f"verdict-{LINE}"])
    assert recorded(committee) == [(LINE, "self_assessment", "met", None)]


def test_who_else_can_judge_is_named_and_does_so(app: Flask, committee: Committee) -> None:
    """The secretary assessed himself; the deputy, who so far logs in as a member, is given the cell's role and concludes."""
    cell, where = committee.cells[0], address(committee, 0)
    send(app, committee, Role.CELL_SECRETARY, f"{where}&buoc=tu-danh-gia", **verdict(LINE))
    waits = "1 tiêu chí ở bước Chi bộ cần người khác xét"

    def told() -> str:
        page = shown(app, committee, Role.CELL_SECRETARY, f"{where}&buoc=chi-bo")
        return between(page, waits, "“Đảng viên bốn tốt”").removeprefix(waits).strip()

    ask = "Chưa có ai khác được giao bước này. Quản trị đảng bộ giao vai trò “Bí thư, phó bí thư chi bộ” cho"
    assert told() == f"{ask} phó bí thư hoặc chi ủy viên ở trang Tài khoản."
    deputy = cell.members[1][0]
    with scope(committee.engine, committee.tenant_id) as session:
        session.add(
            Post(
                organisation_id=cell.id,
                member_id=deputy,
                kind="deputy_secretary",
                valid_from=date(2023, 1, 1),
            )
        )
        [of_member] = grants_of(session, committee.accounts[Role.MEMBER], date(2023, 6, 1))
        card = session.get_one(Member, (committee.tenant_id, deputy))
        card.card_number = "01.234567"
    assert told() == f"{ask} đồng chí Nguyễn nhà Bình (phó bí thư) ở trang Tài khoản."
    given = {"role": "cell_secretary", "organisation": str(cell.public_id), "card": "01.234567"}
    admin = committee.client(app, Role.TENANT_ADMIN)
    add = f"/tai-khoan/{of_member[0]}/them-vai-tro"
    assert admin.post(add, data=given | {"form_key": form_key()}).status_code == 302
    assert told() == "Xét được ở bước này: nhà member (phó bí thư)."
    member = committee.client(app, Role.MEMBER)
    with scope(committee.engine, committee.tenant_id) as session:
        held = grants_of(session, committee.accounts[Role.MEMBER], today(session))
        [as_deputy] = [one[0] for one in held if one[1] is Role.CELL_SECRETARY]
    member.post("/noi-lam-viec", data={"tenant": committee.code, "grant": str(as_deputy)})
    form = Page(member.get(where)).form.sent(**verdict(LINE))
    page = Page(member.post(where, data=form, follow_redirects=True))
    assert "Đã ghi 1 kết luận ở bước Chi bộ của Nguyễn nhà An, năm 2023." in page.words
    assert [one[:3] for one in recorded(committee)] == [
        (LINE, "self_assessment", "met"),
        (LINE, "cell", "met"),
    ]


def test_the_list_says_what_waits_for_another_hand(app: Flask, committee: Committee) -> None:
    where = f"{address(committee, 0)}&buoc=tu-danh-gia"
    keys = [
        name.removeprefix("version-")
        for name in shown(app, committee, Role.CELL_SECRETARY, where).form.values
        if name.startswith("version-")
    ]

    def stands() -> str:
        rows = shown(app, committee, Role.CELL_SECRETARY, "/xet-tieu-chi?nam=2023").rows
        return next(row[-1] for row in rows if row[0] == "Nguyễn nhà An")

    send(app, committee, Role.CELL_SECRETARY, where, **verdict(keys[0]))
    assert stands() == f"Còn {OF_MEMBER} tiêu chí"
    every = {name: said for key in keys[1:] for name, said in verdict(key).items()}
    send(app, committee, Role.CELL_SECRETARY, where, **every)
    assert stands() == "Chờ người khác xét"


def test_where_the_plan_lets_one_hand_judge_twice_the_secretary_simply_does(
    app: Flask, committee: Committee
) -> None:
    with scope(committee.engine, committee.tenant_id) as session:
        session.add(
            ThresholdOverride(
                policy_code="hanoi_tayho",
                key="judging.same_hand",
                value="allowed",
                valid_from=date(2023, 1, 1),
                document="05-NQ/ĐU",
                entered_by="thử",
            )
        )
    where = address(committee, 0)
    for stage in ("tu-danh-gia", "chi-bo"):
        page = send(app, committee, Role.CELL_SECRETARY, f"{where}&buoc={stage}", **verdict(LINE))
        assert "cần người khác xét" not in page.words
    assert [one[:3] for one in recorded(committee)] == [
        (LINE, "self_assessment", "met"),
        (LINE, "cell", "met"),
    ]


def test_only_oneself_assesses_oneself(app: Flask, committee: Committee) -> None:
    where = address(committee, 0)
    send(app, committee, Role.CELL_SECRETARY, f"{where}&buoc=chi-bo", **verdict(LINE))
    page = shown(app, committee, Role.CELL_SECRETARY, f"{where}&buoc=tu-danh-gia")
    assert (
        "1 tiêu chí ở bước Tự đánh giá cần người khác xét Chỉ đồng chí Nguyễn nhà An tự đánh giá được. Muốn tự đánh giá, "
        "hãy bỏ kết luận của mình ở bước khác."
    ) in page.words


@pytest.fixture
def moved(committee: Committee) -> Committee:
    """The third member of the first cell belongs to the second from the first of January 2024."""
    first, second = committee.cells
    with scope(committee.engine, committee.tenant_id) as session:
        home = session.scalars(select(Membership).where(Membership.member_id == first.members[2][0])).one()
        home.valid_to = date(2024, 1, 1)
        session.flush()
        session.add(
            Membership(member_id=first.members[2][0], organisation_id=second.id, valid_from=date(2024, 1, 1))
        )
    return committee


def test_who_moved_in_january_is_judged_for_the_year_before_where_it_was_spent(
    app: Flask, moved: Committee
) -> None:
    def listed(year: int) -> list[str]:
        rows = shown(app, moved, Role.CELL_SECRETARY, f"/xet-tieu-chi?nam={year}").rows
        return [row[0] for row in rows if row and row[0].startswith("Nguyễn")]

    assert listed(2023) == ["Nguyễn nhà An", "Nguyễn nhà Bình", "Nguyễn nhà Cường"]
    assert listed(2024) == ["Nguyễn nhà An", "Nguyễn nhà Bình"]
    where = address(moved, 2)
    page = send(app, moved, Role.CELL_SECRETARY, where, **verdict(LINE))
    assert "Đã ghi 1 kết luận ở bước Chi bộ của Nguyễn nhà Cường, năm 2023." in page.words
    assert "Xem hồ sơ đảng viên" not in page.links
    assert shown(app, moved, Role.CELL_SECRETARY, where.replace("2023", "2024")).status == 404
    assert shown(app, moved, Role.CELL_SECRETARY, where.removesuffix("?nam=2023")).status == 404
    superior = shown(app, moved, Role.COMMITTEE, "/xet-tieu-chi?nam=2023&doi-tuong=dang-vien")
    places = [row[0].removeprefix("Nguyễn nhà Cường ") for row in superior.rows if "Cường" in row[0]]
    assert places == ["Chi bộ nhà số 1", "Chi bộ nhà số 2"]


def test_the_new_cells_secretary_judges_only_from_the_move_on(
    app: Flask, engine: Engine, moved: Committee
) -> None:
    with scope(engine, moved.tenant_id) as session:
        grant = session.scalars(select(RoleGrant).where(RoleGrant.role == Role.CELL_SECRETARY)).one()
        grant.organisation_id = moved.cells[1].id
    for year, may in ((2023, False), (2024, True)):
        page = shown(app, moved, Role.CELL_SECRETARY, address(moved, 2).replace("2023", str(year)))
        assert (page.status, "đồng chí xét ở bước" in page.words) == (200, may)
    forced = moved.client(app, Role.CELL_SECRETARY).post(
        address(moved, 2),
        data={"form_key": form_key(), "stage": "cell", f"verdict-{LINE}": "met", f"version-{LINE}": "0"},
    )
    assert (forced.status_code, recorded(moved)) == (403, [])


def dated(day: int, month: int, year: int) -> dict[str, str | list[str]]:
    return {"judged_on__day": str(day), "judged_on__month": str(month), "judged_on__year": str(year)}


def days(committee: Committee) -> dict[str, date]:
    with scope(committee.engine, committee.tenant_id) as session:
        return dict(session.execute(select(Judgment.criterion, Judgment.judged_on)).all())


def test_a_judgment_is_of_the_day_that_is_said(app: Flask, committee: Committee) -> None:
    """Offered is today; what stands keeps its day, unless days are to be put right."""
    where, today = address(committee), committee.today
    offered = shown(app, committee, Role.MEMBER, where).form.values
    assert [offered[f"judged_on-{part}"] for part in ("day", "month", "year")] == [
        str(today.day),
        str(today.month),
        str(today.year),
    ]
    assert "Ghi lại cả ngày" not in shown(app, committee, Role.MEMBER, where).words
    page = send(app, committee, Role.MEMBER, where, **verdict(LINE), **dated(12, 12, 2023))
    assert "Tự đánh giá Đạt nhà member, ngày 12/12/2023" in page.words
    assert "Ghi lại cả ngày của kết luận đã có ở bước này" in page.words
    send(app, committee, Role.MEMBER, where, **verdict(PEOPLE), **dated(13, 12, 2023))
    assert days(committee) == {LINE: date(2023, 12, 12), PEOPLE: date(2023, 12, 13)}
    send(app, committee, Role.MEMBER, where, **dated(14, 12, 2023))
    assert days(committee) == {LINE: date(2023, 12, 12), PEOPLE: date(2023, 12, 13)}
    page = send(app, committee, Role.MEMBER, where, redate="1", **dated(14, 12, 2023))
    assert "Đã ghi 2 kết luận" in page.words
    assert days(committee) == {LINE: date(2023, 12, 14), PEOPLE: date(2023, 12, 14)}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ((31, 12, 2022), "Ngày kết luận phải từ 01/01/2023, khi năm được xét bắt đầu."),
        ((1, 1, 2099), "Ngày kết luận chưa đến (hôm nay là {today:%d/%m/%Y})."),
        ((31, 2, 2023), "Không có ngày 31/2/2023."),
    ],
)
def test_a_day_no_judgment_can_be_of_is_refused_at_its_field(
    app: Flask, committee: Committee, given: tuple[int, int, int], said: str
) -> None:
    page = send(app, committee, Role.MEMBER, address(committee), **verdict(LINE), **dated(*given))
    today = committee.today
    assert (page.status, page.mends) == (422, [("judged_on", said.format(today=today))])
    assert page.form.values["judged_on-day"] == str(given[0])
    assert recorded(committee) == []
    first = send(app, committee, Role.MEMBER, address(committee), **verdict(LINE), **dated(1, 1, 2023))
    assert (first.status, days(committee)) == (200, {LINE: date(2023, 1, 1)})


def test_what_somebody_else_judged_meanwhile_is_shown_beside_ones_own(
    app: Flask, committee: Committee
) -> None:
    where = address(committee)
    late = committee.client(app, Role.TENANT_ADMIN)
    mine = Page(late.get(where)).form.sent(**verdict(LINE), **verdict(PEOPLE))
    remark = "Có đơn phản ánh."
    send(app, committee, Role.COMMITTEE, where, **verdict(LINE, "not_met", remark=remark))
    page = Page(late.post(where, data=mine))
    label = "Chấp hành tốt đường lối của Đảng, chính sách, pháp luật của Nhà nước"
    assert (page.status, page.mends) == (
        412,
        [
            (
                f"verdict-{LINE}",
                f"“{label}” vừa được nhà committee ghi: chưa đạt, “{remark}”. Xem lại rồi ghi lần nữa để thay bằng "
                "bản ở đây.",
            )
        ],
    )
    assert recorded(committee) == [(LINE, "appraisal", "not_met", remark)]
    again = Page(late.post(where, data=page.form.sent(), follow_redirects=True))
    assert "Đã ghi 2 kết luận ở bước Thẩm định" in again.words


@pytest.mark.parametrize(
    ("role", "changes", "status"),
    [
        (Role.MEMBER, {"stage": "appraisal"}, 403),
        (Role.CELL_SECRETARY, {"stage": "self_assessment"}, 403),
        (Role.COMMITTEE, {"stage": "cell"}, 403),
        (Role.COMMITTEE, {"stage": "vô nghĩa"}, 403),
        (Role.MEMBER, {f"version__{LINE}": ""}, 428),
        (Role.MEMBER, {"verdict__tayho.cell.3.solidarity": "met"}, 422),
        (
            Role.MEMBER,
            {f"record__{LINE}": "00000000-0000-4000-8000-000000000000", f"verdict__{LINE}": "met"},
            422,
        ),
        (Role.MEMBER, {f"remark__{LINE}": "Tốt"}, 422),
    ],
)
def test_what_may_not_be_sent_is_refused_and_writes_nothing(
    app: Flask, committee: Committee, role: Role, changes: dict[str, str], status: int
) -> None:
    assert send(app, committee, role, address(committee), **changes).status == status
    assert recorded(committee) == []


def test_points_are_read_as_offices_write_them(app: Flask, engine: Engine, unique: str) -> None:
    committee = make_committee(engine, unique, "nhà", members=2, policy="hanoi_longbien")
    where = f"/xet-tieu-chi/to-chuc/{committee.cells[0].public_id}?nam=2023"
    score = "points__longbien.cell.1.score"
    wrong = send(app, committee, Role.COMMITTEE, where, **{score: "30,5"})
    assert wrong.mends == [("points-longbien.cell.1.score", "Tiêu chí này có tối đa 30 điểm.")]
    unread = send(app, committee, Role.COMMITTEE, where, **{score: "ba mươi"})
    assert unread.mends == [
        (
            "points-longbien.cell.1.score",
            "“ba mươi” không phải điểm; hãy ghi số có tối đa hai chữ số thập phân, ví dụ 85,5.",
        )
    ]
    assert unread.form.values["points-longbien.cell.1.score"] == "ba mươi"
    saved = send(app, committee, Role.COMMITTEE, where, **{score: "28,5"})
    assert "Thẩm định 28,5 điểm nhà committee" in saved.words
    assert "Từ 0 đến 30" in saved.words


def test_a_meeting_of_the_cell_is_linked_as_evidence(app: Flask, committee: Committee) -> None:
    with scope(committee.engine, committee.tenant_id) as session:
        entry = MeetingEntry(
            kind="regular",
            held_on=date(2023, 3, 3),
            marks={member_id: Mark(1) for member_id, _ in committee.cells[0].members},
        )
        actor = committee.actor(Role.CELL_SECRETARY)
        meeting = record_meeting(session, actor, committee.cells[0].id, entry).public_id
    where, alone = address(committee), of_one(committee, LINE)
    assert shown(app, committee, Role.MEMBER, where).links["Hồ sơ, minh chứng"].endswith("?nam=2023")
    linked = verdict(LINE, record=str(meeting), title="Giấy khen số 5")
    page = send(app, committee, Role.MEMBER, alone, **linked)
    assert "Minh chứng: Giấy khen số 5 · Buổi thường kỳ ngày 03/03/2023" in page.words
    superior = shown(app, committee, Role.COMMITTEE, where)
    assert superior.links["Buổi thường kỳ ngày 03/03/2023"] == f"/sinh-hoat/{meeting}"
    again = shown(app, committee, Role.MEMBER, alone)
    assert "Gắn buổi sinh hoạt" not in again.words
    kept = again.form.values[f"keep-{LINE}"]
    left = send(app, committee, Role.MEMBER, alone, **{f"keep__{LINE}": kept[1:]})
    assert "Minh chứng: Buổi thường kỳ ngày 03/03/2023" in left.words
    whole = send(app, committee, Role.MEMBER, where, **verdict(LINE, remark="Đã nêu trong kiểm điểm."))
    assert "Minh chứng: Buổi thường kỳ ngày 03/03/2023" in whole.words


def test_what_one_criterion_does_not_take_stands_at_its_field(app: Flask, committee: Committee) -> None:
    alone = of_one(committee, LINE)
    stranger = "00000000-0000-4000-8000-000000000000"
    page = send(app, committee, Role.MEMBER, alone, **verdict(LINE, record=stranger))
    chosen = (f"record-{LINE}", "Chọn buổi họp hoặc nhiệm vụ trong danh sách.")
    assert (page.status, page.mends) == (422, [chosen])
    page = send(app, committee, Role.MEMBER, alone, **verdict(LINE, "", title="Giấy khen"))
    wanted = (f"verdict-{LINE}", "Hãy ghi kết luận, hoặc bỏ nhận xét, minh chứng.")
    assert (page.status, page.mends, page.form.values[f"title-{LINE}"]) == (422, [wanted], "Giấy khen")
    assert send(app, committee, Role.MEMBER, alone, **verdict(PEOPLE, "met")).status == 422
    for nothing in ("tayho.cell.3.solidarity", "không-có"):
        assert shown(app, committee, Role.MEMBER, of_one(committee, nothing)).status == 404
    assert recorded(committee) == []


def test_one_criterion_somebody_else_judged_meanwhile_keeps_what_was_typed(
    app: Flask, committee: Committee
) -> None:
    late, alone = committee.client(app, Role.TENANT_ADMIN), of_one(committee, LINE)
    mine = Page(late.get(alone)).form.sent(**verdict(LINE, title="Giấy khen số 5"))
    send(app, committee, Role.COMMITTEE, alone, **verdict(LINE, "not_met", title="Đơn phản ánh"))
    page = Page(late.post(alone, data=mine))
    assert (page.status, [field for field, _ in page.mends]) == (412, [f"verdict-{LINE}"])
    assert page.form.values[f"title-{LINE}"] == "Giấy khen số 5"
    again = Page(late.post(alone, data=page.form.sent(), follow_redirects=True))
    assert "Thẩm định Đạt nhà tenant_admin" in again.words
    assert "Minh chứng: Giấy khen số 5" in again.words


def test_the_sheet_does_not_grow_with_the_records_of_the_year(app: Flask, committee: Committee) -> None:
    """Meetings and tasks to choose from are on the page of one criterion."""
    where = f"/xet-tieu-chi/to-chuc/{committee.cells[0].public_id}"

    def size(address: str) -> int:
        return len(committee.client(app, Role.COMMITTEE).get(address).get_data())

    key = "tayho.cell.3.solidarity"
    before, alone_before = size(f"{where}?nam=2023"), size(f"{where}/{key}?nam=2023")
    with scope(committee.engine, committee.tenant_id) as session:
        session.add_all(
            Task(
                organisation_id=committee.cells[0].id,
                origin="initiative",
                title=f"Việc số {number}",
                due_on=date(2023, 6, 1),
            )
            for number in range(60)
        )
    assert size(f"{where}?nam=2023") - before < 500 < size(f"{where}/{key}?nam=2023") - alone_before


def test_the_list_shows_differences_first_and_who_waits(app: Flask, committee: Committee) -> None:
    send(app, committee, Role.MEMBER, address(committee), **verdict(LINE))
    second = address(committee, 2)
    send(app, committee, Role.CELL_SECRETARY, second, **verdict(LINE))
    send(app, committee, Role.COMMITTEE, second, **verdict(LINE, "not_met", remark="chưa đủ"))
    page = shown(app, committee, Role.COMMITTEE, "/xet-tieu-chi?nam=2023&doi-tuong=dang-vien")
    everyone = f"{OF_MEMBER}"
    here, there = ("Chi bộ nhà số 1", "Chi bộ nhà số 2")

    def row(name: str, place: str, done: tuple[int, int, int], state: str) -> list[str]:
        return [f"{name} {place}", *(f"{one}/{everyone}" for one in done), state]

    assert page.rows[1:] == [
        row("Nguyễn nhà Cường", here, (0, 1, 1), "Khác nhau ở 1 tiêu chí"),
        row("Nguyễn nhà Bình", here, (1, 0, 0), f"Còn {OF_MEMBER} tiêu chí"),
        row("Nguyễn nhà An", here, (0, 0, 0), "Chưa bước nào xét"),
        row("Nguyễn nhà An", there, (0, 0, 0), "Chưa bước nào xét"),
        row("Nguyễn nhà Bình", there, (0, 0, 0), "Chưa bước nào xét"),
        row("Nguyễn nhà Cường", there, (0, 0, 0), "Chưa bước nào xét"),
    ]
    own = shown(app, committee, Role.CELL_SECRETARY, "/xet-tieu-chi?nam=2023")
    names = [line[0] for line in own.rows if line[0].startswith(("Nguyễn", "Chi bộ"))]
    assert names == ["Chi bộ nhà số 1 Phường nhà", "Nguyễn nhà Cường", "Nguyễn nhà Bình", "Nguyễn nhà An"]
    assert own.links["Nguyễn nhà Bình"] == address(committee)


def test_a_year_without_a_plan_says_what_would_be_here(app: Flask, committee: Committee) -> None:
    for where in ("/xet-tieu-chi?nam=2022", address(committee).replace("2023", "2022")):
        page = shown(app, committee, Role.COMMITTEE, where)
        assert (page.status, "Năm 2022" in page.words) == (200, True)
        assert page.forms[-1].values.keys() == {"csrf_token"}


def test_every_page_of_a_subject_leads_to_its_sheet_for_who_judges(app: Flask, committee: Committee) -> None:
    cell, person = committee.cells[0].public_id, committee.cells[0].members[1][1]
    of_cell, of_person = f"/xet-tieu-chi/to-chuc/{cell}", f"/xet-tieu-chi/dang-vien/{person}"

    def leads(role: Role, where: str) -> list[str]:
        links = shown(app, committee, role, where).links.items()
        act = "Tự đánh giá " if role is Role.MEMBER else "Xét "
        return [to for words, to in links if words.startswith(act) and words.endswith("tiêu chí này")]

    this_year = committee.today.year
    assert leads(Role.COMMITTEE, f"/chi-bo/{cell}?nam=2023") == [f"{of_cell}?nam=2023"]
    assert leads(Role.CELL_SECRETARY, f"/dang-vien/{person}?nam=2023") == [f"{of_person}?nam=2023"]
    assert leads(Role.CELL_SECRETARY, "/") == [f"{of_cell}?nam={this_year}"]
    assert leads(Role.MEMBER, "/") == [f"/xet-tieu-chi/toi?nam={this_year}"]


def test_a_stored_evaluation_says_when_something_was_judged_after_it(
    app: Flask, committee: Committee
) -> None:
    where, said = address(committee), "Có kết luận được ghi sau lần đánh giá này"
    send(app, committee, Role.COMMITTEE, where, **verdict(LINE))
    with scope(committee.engine, committee.tenant_id) as session:
        today = session.execute(text("SELECT max(judged_on) FROM judgment")).scalar_one()
        [run] = evaluate(session, Registry.load(), year=2023, as_of=today, by="thử")
    stored, other = (
        f"/danh-gia/{run.public_id}/dang-vien/{committee.cells[0].members[place][1]}" for place in (1, 2)
    )
    assert said not in shown(app, committee, Role.COMMITTEE, stored).words
    send(app, committee, Role.COMMITTEE, where, **verdict(LINE, ""))
    assert recorded(committee) == []
    assert said in shown(app, committee, Role.COMMITTEE, stored).words
    assert said not in shown(app, committee, Role.COMMITTEE, other).words


@pytest.fixture(scope="module")
def crowds(engine: Engine, worker_id: str) -> tuple[Committee, Committee]:
    """Ten members of whom one is judged, and three hundred who all are, at two stages and with records behind."""
    few = make_committee(engine, f"it-{worker_id}", "nhà", members=10)
    many = make_committee(engine, f"nhieu-{worker_id}", "nhà", cells=20, members=40)
    for made, last in ((few, 1), (many, 40)):
        with scope(engine, made.tenant_id) as session:
            session.add_all(
                Judgment(
                    criterion=LINE,
                    member_id=member_id,
                    year=2023,
                    stage=stage,
                    verdict=said,
                    judged_by=f"ai {stage}",
                    judged_on=date(2023, 12, 1),
                    remark="x",
                )
                for cell in made.cells
                for member_id, _ in cell.members[:last]
                for stage, said in (("self_assessment", "met"), ("cell", "not_met"))
            )
    return few, many


@pytest.mark.parametrize(
    ("role", "pattern"),
    [
        (Role.TENANT_ADMIN, "/xet-tieu-chi?nam=2023"),
        (Role.TENANT_ADMIN, "/xet-tieu-chi?nam=2023&doi-tuong=dang-vien"),
        (Role.CELL_SECRETARY, "/xet-tieu-chi?nam=2023"),
        (Role.CELL_SECRETARY, "/xet-tieu-chi/to-chuc/{cell}?nam=2023"),
        (Role.CELL_SECRETARY, "/xet-tieu-chi/dang-vien/{member}?nam=2023"),
    ],
)
def test_statements_do_not_grow_with_rows(
    app: Flask, crowds: tuple[Committee, Committee], role: Role, pattern: str
) -> None:
    counted = []
    for made in crowds:
        where = pattern.format(cell=made.cells[0].public_id, member=made.cells[0].members[0][1])
        client = made.client(app, role)
        client.get(where)
        counted.append(statements(app, client, where))
    assert counted[0] == counted[1]
    assert counted[0] <= (300 if "{" in pattern else 40)


def test_a_long_list_comes_a_page_at_a_time(app: Flask, crowds: tuple[Committee, Committee]) -> None:
    where = "/xet-tieu-chi?nam=2023&doi-tuong=dang-vien"
    page = shown(app, crowds[1], Role.TENANT_ADMIN, where)
    assert (len(page.rows), "Trang 1/16" in page.words) == (51, True)
    assert shown(app, crowds[1], Role.TENANT_ADMIN, f"{where}&trang=16").status == 200
    assert shown(app, crowds[1], Role.TENANT_ADMIN, f"{where}&trang=17").status == 404


def test_a_form_of_many_criteria_takes_as_many_statements_as_one(app: Flask, committee: Committee) -> None:
    client, where = committee.client(app, Role.COMMITTEE), address(committee)
    keys = [
        name.removeprefix("version-")
        for name in Page(client.get(where)).form.values
        if name.startswith("version-")
    ]
    assert len(keys) == OF_MEMBER

    def asked(some: list[str], value: str) -> int:
        said = {f"verdict__{key}": value for key in some} | {
            f"remark__{key}": f"Theo hồ sơ {value}" for key in some
        }
        form = Page(client.get(where)).form.sent(**said)

        def save() -> None:
            assert client.post(where, data=form).status_code == 302

        return statements_of(app, save)

    assert asked(keys[:1], "met") == asked(keys[1:], "met")
    assert asked(keys[:1], "not_met") == asked(keys[1:], "not_met")
    assert len(recorded(committee)) == OF_MEMBER
