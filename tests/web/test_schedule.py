"""The calendar of a month, an order for it and a cell's own day, through their pages."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, select

from bontot.access import Role
from bontot.clock import today
from bontot.db.models import MeetingPreference, MonthException
from bontot.db.tenancy import scope
from bontot.services.meetings import MeetingEntry, record_meeting
from bontot.services.planning import Plan, month_of, prepare
from bontot.web.filters import weekday
from tests.factories import Committee, make_committee
from tests.web.reading import Form, Page

MARCH = "2024-03"


@pytest.fixture
def committee(engine: Engine, unique: str) -> Committee:
    """Three cells: the first met in March 2024 in time, the second too late, the third not at all."""
    made = make_committee(engine, unique, "nhà", cells=3)
    with scope(engine, made.tenant_id) as session:
        for place, day in ((0, date(2024, 3, 4)), (1, date(2024, 3, 11))):
            record_meeting(
                session,
                made.actor(Role.TENANT_ADMIN),
                made.cells[place].id,
                MeetingEntry(kind="regular", held_on=day, marks={}),
            )
    return made


@pytest.fixture
def ward(app: Flask, committee: Committee) -> FlaskClient:
    return committee.client(app, Role.COMMITTEE)


def filters(page: Page) -> list[str]:
    return [words for words in page.links if words.endswith(")") and "(" in words]


def cells(page: Page) -> dict[str, list[str]]:
    return {row[0]: row[1:] for row in page.rows if row[0].startswith("Chi bộ ")}


def test_a_month_counts_first_and_each_count_is_a_list(committee: Committee, ward: FlaskClient) -> None:
    page = Page(ward.get(f"/lich?thang={MARCH}"))
    assert page.heading == "Lịch sinh hoạt tháng 03/2024"
    assert filters(page) == [
        "Tất cả (3)",
        "Chưa họp, quá hạn (1)",
        "Đã họp trong hạn (1)",
        "Đã họp ngoài hạn (1)",
    ]
    one, two, three = (cell.name for cell in committee.cells)
    assert cells(page) == {
        three: ["04/03/2024", "07/03/2024", "", "Không họp"],
        one: ["04/03/2024", "07/03/2024", "04/03/2024", "Đúng lịch"],
        two: ["04/03/2024", "07/03/2024", "11/03/2024", "Họp quá hạn"],
    }
    shown = {words: list(cells(Page(ward.get(page.links[words])))) for words in filters(page)[1:]}
    assert shown == {
        "Chưa họp, quá hạn (1)": [three],
        "Đã họp trong hạn (1)": [one],
        "Đã họp ngoài hạn (1)": [two],
    }
    assert Page(ward.get(page.links["Tháng 04/2024"])).heading == "Lịch sinh hoạt tháng 04/2024"


def test_an_invitation_for_today_is_due_today(committee: Committee, ward: FlaskClient) -> None:
    with scope(committee.engine, committee.tenant_id) as session:
        now = today(session)
        plan = Plan(kind="regular", held_on=now, place="Nhà văn hóa")
        prepare(session, committee.actor(Role.COMMITTEE), committee.cells[2].id, plan)
    page = Page(ward.get("/lich"))
    open_still = [words for words in filters(page) if words.startswith("Chưa họp, còn hạn")]
    due = [words for words in filters(page) if words.startswith("Họp hoặc hết hạn hôm nay")]
    assert bool(due) == bool(open_still)  # nothing is due once the deadline is over
    if due:
        assert committee.cells[2].name in cells(Page(ward.get(page.links[due[0]])))


def test_addresses_that_ask_for_nothing_there_is_are_not_found(
    committee: Committee, ward: FlaskClient, engine: Engine, unique: str
) -> None:
    other = make_committee(engine, f"{unique}-khac", "MỒI")
    for address in (
        "/lich?thang=2024-13",
        "/lich?thang=24-1",
        "/lich?thang=2100-01",
        "/lich?xem=khac",
        "/lich?noi=khac",
        "/lich?trang=2",
        f"/lich?noi={committee.root.public_id}",
        f"/lich?noi={other.ward.public_id}",
    ):
        assert (address, ward.get(address).status_code) == (address, 404)


def boxes(name: str, day: date | None) -> dict[str, str]:
    return {f"{name}-{part}": str(getattr(day, part)) if day else "" for part in ("day", "month", "year")}


def test_an_order_is_filled_in_seen_given_and_taken_back(committee: Committee, ward: FlaskClient) -> None:
    calendar = Page(ward.get(f"/lich?thang={MARCH}"))
    where = calendar.links["Điều chỉnh lịch tháng 03/2024"]
    form = Page(ward.get(where)).form
    refused = Page(ward.post(where, data=form.sent()))
    assert (refused.status, refused.mends) == (
        422,
        [
            ("waived", "Chọn chuyển ngày họp hay cho nghỉ tháng này."),
            ("document", "Cần ghi số, ký hiệu và ngày của văn bản."),
        ],
    )
    typed = form.sent(
        waived="khong",
        document="15-CV/ĐU ngày 20/02/2024",
        **boxes("day", date(2024, 3, 12)),
        **boxes("deadline", date(2024, 3, 15)),
    )
    seen = Page(ward.post(where, data=typed))
    assert seen.heading == "Tháng 03/2024: họp Thứ Ba 12/03/2024, hạn cuối Thứ Sáu 15/03/2024"
    assert "3 chi bộ đổi lịch." in seen.words
    with scope(committee.engine, committee.tenant_id) as session:
        assert session.scalars(select(MonthException)).all() == []
    agreed = seen.form.sent(action="record")
    answers = [ward.post(where, data=agreed) for _ in range(2)]
    assert {(answer.status_code, answer.headers["Location"]) for answer in answers} == {
        (302, f"/lich?thang={MARCH}&noi={committee.ward.public_id}")
    }
    given = Page(ward.get(answers[0].headers["Location"]))
    assert f"Đã ghi điều chỉnh tháng 03/2024 của {committee.ward.name}." in given.words
    assert [row[1:4] for row in given.rows if row[0].startswith("Phường")] == [
        ["12/03/2024", "15/03/2024", "15-CV/ĐU ngày 20/02/2024"]
    ]
    back = Page(ward.get(f"{where}/bo"))
    assert "3 chi bộ đổi lịch." in back.words
    gone = ward.post(f"{where}/bo", data=back.form.sent(reason="văn bản thu hồi"))
    assert gone.status_code == 302
    assert ward.get(f"{where}/bo").status_code == 404


def test_who_read_an_order_before_it_changed_sees_both_and_decides(
    committee: Committee, ward: FlaskClient
) -> None:
    where = f"/to-chuc/{committee.ward.public_id}/dieu-chinh-lich/{MARCH}"
    form = Page(ward.get(where)).form

    def agreed(document: str, version: str) -> dict[str, str | list[str]]:
        key = Page(ward.get(where)).form.values["form_key"]
        return form.sent(waived="co", document=document, action="record", version=version, form_key=key)

    assert ward.post(where, data=agreed("một", "0")).status_code == 302
    late = Page(ward.post(where, data=agreed("hai", "0")))
    assert late.status == 412
    assert late.rows == [["Chỗ khác nhau", "Bản đã ghi", "Bản của đồng chí"], ["Văn bản", "một", "hai"]]
    assert (late.form.values["document"], late.form.values["version"]) == ("hai", "1")
    assert ward.post(where, data=agreed("hai", "1")).status_code == 302
    assert ward.post(where, data=agreed("ba", "")).status_code == 428


def test_what_the_district_ordered_is_not_the_wards_to_change(
    app: Flask, committee: Committee, ward: FlaskClient
) -> None:
    where = f"/to-chuc/{committee.ward.public_id}/dieu-chinh-lich/{MARCH}"
    admin = committee.client(app, Role.TENANT_ADMIN)
    own = Page(ward.get(where)).form.sent(waived="co", document="hai", action="record")
    typed = Page(admin.get(where)).form.sent(waived="co", document="một", action="record")
    assert admin.post(where, data=typed).status_code == 302
    said = "do quản trị đảng bộ ghi theo một. Chỉ nơi đã ghi hoặc cấp trên của nơi ấy mới sửa, bỏ được"
    for answer in (
        ward.get(where),
        ward.post(where, data=own),
        ward.post(where, data={**own, "version": "1"}),
        ward.get(f"{where}/bo"),
        ward.post(f"{where}/bo", data={"form_key": own["form_key"], "version": "1", "reason": "nhầm"}),
    ):
        page = Page(answer)
        assert (page.status, said in page.words) == (403, True)
    calendar = Page(ward.get(f"/lich?thang={MARCH}"))
    assert not [address for address in calendar.links.values() if "dieu-chinh-lich" in address]
    assert "chỉ nơi ấy hoặc cấp trên sửa được" in calendar.words
    assert Page(admin.get(f"{where}/bo")).status == 200
    with scope(committee.engine, committee.tenant_id) as session:
        assert session.scalars(select(MonthException.document)).all() == ["một"]


def test_an_order_names_the_invitations_it_upsets_and_their_secretaries_see_them(
    app: Flask, committee: Committee, ward: FlaskClient
) -> None:
    cell, secretary = committee.cells[0], committee.client(app, Role.CELL_SECRETARY)
    with scope(committee.engine, committee.tenant_id) as session:
        month = month_of(today(session))[1] + timedelta(days=1)
        day = month + timedelta(days=19)
        planned = prepare(
            session,
            committee.actor(Role.CELL_SECRETARY),
            cell.id,
            Plan(kind="regular", held_on=month + timedelta(days=4), place="Nhà văn hóa"),
        )
    where = f"/to-chuc/{committee.ward.public_id}/dieu-chinh-lich/{month:%Y-%m}"
    typed = Page(ward.get(where)).form.sent(
        waived="khong", document="15-CV/ĐU", **boxes("day", day), **boxes("deadline", day)
    )
    seen = Page(ward.post(where, data=typed))
    named = f"{cell.name}: mời {weekday(planned.plan.held_on)} {planned.plan.held_on:%d/%m/%Y}"
    assert seen.links[named] == f"/chi-bo/{cell.public_id}/giay-moi/{planned.public_id}"
    assert "1 giấy mời đã gửi không còn đúng lịch" in seen.words
    assert "Sửa giấy mời" not in Page(secretary.get("/")).words
    done = ward.post(where, data=seen.form.sent(action="record"), follow_redirects=True)
    assert "1 giấy mời đã gửi không còn đúng lịch; bí thư các chi bộ ấy thấy ở trang đầu." in Page(done).words
    home = Page(secretary.get("/"))
    assert home.links[f"Sửa giấy mời ngày {planned.plan.held_on:%d/%m/%Y}"] == seen.links[named]
    why = f"khác ngày ấn định {weekday(day)} {day:%d/%m/%Y} theo 15-CV/ĐU"
    assert f"K{why[1:]}" in home.words
    assert "Mời khác ngày ấn định" in Page(ward.get(f"/lich?thang={month:%Y-%m}")).words


def test_a_cell_chooses_its_day_after_seeing_the_months_ahead(app: Flask, committee: Committee) -> None:
    client, cell = committee.client(app, Role.CELL_SECRETARY), committee.cells[0]
    where = f"/chi-bo/{cell.public_id}/ngay-hop"
    form = Page(client.get(where)).form
    refused = Page(client.post(where, data=form.sent(choice="rieng", day="9", month__month="13")))
    assert refused.mends == [("month", "Nhập tháng và năm bằng số, ví dụ 3 2026.")]
    outside = Page(client.post(where, data=form.sent(choice="rieng", day="9")))
    assert outside.mends == [
        ("day", "Ngày 9 nằm ngoài khoảng kế hoạch cho phép (từ ngày 1 đến ngày 7 hằng tháng).")
    ]
    seen = Page(client.post(where, data=form.sent(choice="rieng", day="6")))
    assert [row[0] for row in seen.rows[1:]] == [
        f"{month:%m/%Y}" for month in months_from(date.fromisoformat(f"{seen_month(form)}-01"))
    ]
    done = client.post(where, data=seen.form.sent(action="record"))
    assert (done.status_code, done.headers["Location"]) == (302, f"/chi-bo/{cell.public_id}")
    with scope(committee.engine, committee.tenant_id) as session:
        assert session.scalars(select(MeetingPreference.day)).all() == [6]
    late = Page(client.get(where)).form.sent(action="record", version="0", day="5")
    stale = Page(client.post(where, data=late))
    assert (stale.status, stale.rows) == (
        412,
        [
            ["Chỗ khác nhau", "Bản đã ghi", "Bản của đồng chí"],
            ["Chi bộ họp vào", "ngày 6 hằng tháng", "ngày 5 hằng tháng"],
        ],
    )
    again = Page(client.post(where, data=stale.form.sent()))
    assert client.post(where, data=again.form.sent(action="record")).status_code == 302
    with scope(committee.engine, committee.tenant_id) as session:
        assert session.scalars(select(MeetingPreference.day)).all() == [5]


def seen_month(form: Form) -> str:
    """The month a form offers, as `2026-12`."""
    return f"{form.values['month-year']}-{int(str(form.values['month-month'])):02}"


def months_from(first: date) -> list[date]:
    found = [first]
    while len(found) < 6:
        found.append(month_of(found[-1])[1] + timedelta(days=1))
    return found
