"""A secretary records a meeting in the browser's own way: opens the form, touches the absent, sends it."""

from __future__ import annotations

import re
from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from bontot.access import Role
from bontot.clock import today
from bontot.db.models import (
    Attendance,
    AuditEvent,
    LaterVerdict,
    Meeting,
    Member,
    Membership,
    PlannedMeeting,
)
from bontot.db.models.meeting import ABSENT_EXCUSED, ABSENT_UNEXCUSED, LATE, PRESENT
from bontot.db.tenancy import PLATFORM, scope
from bontot.errors import InvalidInput
from bontot.evaluation import runs
from bontot.evaluation.schedule import month_board
from bontot.evaluation.whole import evaluate
from bontot.policy.calendar import MonthStatus
from bontot.registry import Registry
from bontot.services.accounts import grant_role, open_session
from bontot.services.meetings import Mark, view
from bontot.settings import Settings
from bontot.text import collation_key, search_key
from bontot.web import create_app
from bontot.web.database import db
from bontot.web.fields import a_time
from bontot.web.request import SECRET_COOKIE
from tests.factories import Committee
from tests.web.reading import Page

HELD = {"held_on__day": "3", "held_on__month": "3", "held_on__year": "2023"}


@pytest.fixture
def client(app: Flask, committee: Committee) -> FlaskClient:
    return committee.client(app, Role.CELL_SECRETARY)


@pytest.fixture
def address(committee: Committee) -> str:
    return f"/chi-bo/{committee.cells[0].public_id}/ghi-nhan"


def absent(member: UUID, reason: str = "", why: str = "") -> dict[str, str]:
    return {f"mark-{member}": "absent", f"reason-{member}": reason, f"why-{member}": why}


def record(client: FlaskClient, address: str, **changes: str) -> str:
    """Records a meeting of 3 March 2023 and returns its address."""
    sent = Page(client.get(address)).form.sent(action="save", **{**HELD, **changes})
    return client.post(address, data=sent).headers["Location"]


def counted(committee: Committee, table: type[Meeting] | type[Attendance] | type[AuditEvent]) -> int:
    with scope(committee.engine, committee.tenant_id) as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def test_everyone_is_present_until_touched_on_a_day_of_this_month_that_has_come(
    committee: Committee, client: FlaskClient, address: str
) -> None:
    values = Page(client.get(address)).form.values
    with scope(committee.engine, committee.tenant_id) as session:
        day = today(session)
    marks = {name: value for name, value in values.items() if name.startswith("mark-")}
    assert marks == {f"mark-{public_id}": "present" for _, public_id in committee.cells[0].members}
    assert values["kind"] == "regular"
    assert (values["held_on-month"], values["held_on-year"]) == (str(day.month), str(day.year))
    with scope(committee.engine, committee.tenant_id) as session:
        month = month_board(session, Registry.load(), [committee.cells[0].id], day, day)
    overdue = month[committee.cells[0].id].standing.status is MonthStatus.OVERDUE
    given = str(values["held_on-day"])
    assert (given == "") if overdue else (1 <= int(given) <= day.day)


def test_of_a_month_that_is_overdue_the_day_is_asked_unless_an_invitation_says_it(
    committee: Committee, client: FlaskClient, address: str
) -> None:
    cell = committee.cells[0]
    strip = Page(client.get(f"/chi-bo/{cell.public_id}?nam=2024")).links
    asked = f"{address}?thang=2024-03"
    assert asked in strip.values()

    def offered() -> list[object]:
        page = Page(client.get(asked))
        assert "Thứ Hai 04/03/2024" in page.words or "Thứ Tư 06/03/2024" in page.words
        return [page.form.values[f"held_on-{part}"] for part in ("day", "month", "year")]

    assert offered() == ["", "3", "2024"]
    refused = Page(client.post(asked, data=Page(client.get(asked)).form.sent(action="save")))
    assert refused.mends == [("held_on", "Nhập đủ ngày, tháng, năm bằng số, ví dụ 3 11 2026.")]
    with scope(committee.engine, committee.tenant_id) as session:
        session.add(
            PlannedMeeting(
                organisation_id=cell.id,
                kind="regular",
                held_on=date(2024, 3, 6),
                place="Nhà văn hóa",
                prepared_by="thử",
            )
        )
    assert offered() == ["6", "3", "2024"]
    for none in ("2024-13", "1929-01", "2100-01", "03/2024"):
        assert client.get(f"{address}?thang={none}").status_code == 404


def test_a_meeting_of_thirty_with_three_absent_is_recorded(
    committee: Committee, client: FlaskClient, address: str
) -> None:
    ids = committee.cells[0].members
    form = Page(client.get(address)).form
    sent = form.sent(
        action="save",
        **HELD,
        starts_at="19h30",
        place="Nhà văn hóa",
        steps=["opening", "closing"],
        materials="Thông báo thời sự\n\nHướng dẫn số 1",
        resolution_number="03-NQ/CB",
        **absent(ids[2][1], "excused", "đi công tác"),
        **absent(ids[5][1], "unexcused"),
        **absent(ids[9][1], "late"),
    )
    response = client.post(address, data=sent)
    assert response.status_code == 302
    page = Page(client.get(response.headers["Location"]))
    assert "Đã ghi nhận buổi sinh hoạt thường kỳ ngày 03/03/2023: 28/30 có mặt." in page.words
    assert page.heading == "Sinh hoạt thường kỳ ngày 03/03/2023"
    with scope(committee.engine, committee.tenant_id) as session:
        entry = view(session, session.scalars(select(Meeting.id)).one()).entry
    special = {
        ids[2][0]: Mark(ABSENT_EXCUSED, "đi công tác"),
        ids[5][0]: Mark(ABSENT_UNEXCUSED),
        ids[9][0]: Mark(LATE),
    }
    assert entry.marks == {member_id: Mark(PRESENT) for member_id, _ in ids} | special
    assert (entry.held_on, str(entry.starts_at), entry.place) == (date(2023, 3, 3), "19:30:00", "Nhà văn hóa")
    assert (entry.steps, entry.materials) == (
        frozenset({"opening", "closing"}),
        ("Thông báo thời sự", "Hướng dẫn số 1"),
    )


def test_a_roll_call_changes_the_standing_of_its_cell_before_it_is_kept(
    committee: Committee, client: FlaskClient, address: str
) -> None:
    registry = Registry.load()
    with scope(committee.engine, committee.tenant_id) as session:
        (header,) = evaluate(session, registry, year=2023, as_of=date(2023, 12, 31), by="thử")
    record(client, address)
    with scope(committee.engine, committee.tenant_id) as session:
        stands = [runs.verdicts(session, header.now, at) for at in range(len(header.rules.schemes))]
        (whole,) = runs.judge(session, registry, year=2023, as_of=today(session))
        fresh = [runs.verdict_rows(findings) for findings in whole.findings]
        assert stands[:3] == fresh[:3]
        above = {
            row.subject_id: row for row in fresh[3]
        }  # the ward's at once, the district's with the next evaluation
        assert [row for row in stands[3] if row == above[row.subject_id]] == [above[committee.ward.id]]
        assert stands[1] != runs.every_verdict(session, header, 1)
        changed = set(session.scalars(select(LaterVerdict.subject_id).where(LaterVerdict.scheme == 1)))
    assert changed == {committee.cells[0].id}


def test_bad_input_names_each_field_and_loses_nothing(
    committee: Committee, client: FlaskClient, address: str
) -> None:
    name, public_id = "Nguyễn nhà Cường", committee.cells[0].members[2][1]
    sent = Page(client.get(address)).form.sent(
        action="save", held_on__day="31", held_on__month="2", held_on__year="2023", starts_at="khuya",
        place="Nhà văn hóa", resolution_number="03-NQ/CB", sent_on__day="mai", **absent(public_id),
    )  # fmt: skip
    page = Page(client.post(address, data=sent))
    assert page.status == 422
    assert page.mends == [
        ("held_on", "Không có ngày 31/2/2023."),
        ("starts_at", "Giờ viết như 19:30 hoặc 19 giờ 30."),
        ("sent_on", "Nhập đủ ngày, tháng, năm bằng số, ví dụ 3 11 2026."),
        (f"roll-{public_id}", f"{name} vắng: chọn có lý do, không lý do hay đến muộn."),
    ]
    renewed = {"csrf_token", "form_key", "roll_day", "action", f"reason-{public_id}"}
    kept = {key: value for key, value in page.form.values.items() if key not in renewed}
    assert kept == {key: value for key, value in sent.items() if key not in renewed}
    assert counted(committee, Meeting) == 0


def test_a_day_to_come_is_refused_beside_the_day(
    committee: Committee, client: FlaskClient, address: str
) -> None:
    with scope(committee.engine, committee.tenant_id) as session:
        later = today(session) + timedelta(days=1)
    sent = Page(client.get(address)).form.sent(
        action="save",
        held_on__day=str(later.day),
        held_on__month=str(later.month),
        held_on__year=str(later.year),
    )
    page = Page(client.post(address, data=sent))
    assert (page.status, page.mends) == (
        422,
        [("held_on", "Ngày họp chưa đến. Chỉ ghi nhận buổi đã họp.")],
    )
    assert counted(committee, Meeting) == 0


def test_everything_to_mend_is_said_in_one_round(
    committee: Committee, client: FlaskClient, address: str
) -> None:
    with scope(committee.engine, committee.tenant_id) as session:
        later = today(session) + timedelta(days=1)
    (_, first), (_, second) = committee.cells[0].members[:2]
    sent = Page(client.get(address)).form.sent(
        action="save", held_on__day=str(later.day), held_on__month=str(later.month),
        held_on__year=str(later.year), starts_at="tối", place="x" * 501, materials="x\n" * 12_000,
        sent_on__day=str(later.day), sent_on__month=str(later.month), sent_on__year=str(later.year + 1),
        **absent(first), **absent(second),
    )  # fmt: skip
    page = Page(client.post(address, data=sent))
    said = "vắng: chọn có lý do, không lý do hay đến muộn."
    assert page.mends == [
        ("held_on", "Ngày họp chưa đến. Chỉ ghi nhận buổi đã họp."),
        ("starts_at", "Giờ viết như 19:30 hoặc 19 giờ 30."),
        ("place", "Địa điểm: nội dung dài 501 ký tự; chỉ nhận tối đa 500 ký tự."),
        ("materials", "Tài liệu: nội dung dài 23.999 ký tự; chỉ nhận tối đa 10.000 ký tự."),
        ("sent_on", "Ngày gửi tài liệu phải trước hoặc trong ngày họp."),
        (f"roll-{first}", f"Nguyễn nhà An {said}"),
        (f"roll-{second}", f"Nguyễn nhà Bình {said}"),
    ]
    assert counted(committee, Meeting) == 0


def test_a_correction_says_at_once_that_its_reason_is_missing_and_what_else(
    client: FlaskClient, address: str
) -> None:
    meeting = record(client, address)
    sent = Page(client.get(f"{meeting}/sua")).form.sent(action="save", starts_at="tối", reason="x" * 501)
    assert Page(client.post(f"{meeting}/sua", data=sent)).mends == [
        ("starts_at", "Giờ viết như 19:30 hoặc 19 giờ 30."),
        ("reason", "Lý do sửa: nội dung dài 501 ký tự; chỉ nhận tối đa 500 ký tự."),
    ]


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("19:30", "19:30"),
        ("19h30", "19:30"),
        ("19H 30", "19:30"),
        ("1930", "19:30"),
        ("19h", "19:00"),
        ("19 giờ 30", "19:30"),
        ("19 gio\u031b\u0300 30 phút", "19:30"),
        ("19 Giờ", "19:00"),
        ("7:05", "07:05"),
        ("24:00", None),
        ("19:60", None),
        ("19 giờ kém 5", None),
    ],
)
def test_a_time_is_read_as_people_write_it(typed: str, read: str | None) -> None:
    try:
        found = a_time(typed)
    except InvalidInput:
        found = None
    assert (found.strftime("%H:%M") if found else None) == read


@pytest.mark.parametrize(
    ("kind", "day", "warned"), [("regular", 7, False), ("regular", 20, True), ("thematic", 20, False)]
)
def test_a_day_past_the_deadline_is_warned_of_and_recorded_all_the_same(
    client: FlaskClient, address: str, kind: str, day: int, warned: bool
) -> None:
    sent = Page(client.get(address)).form.sent(kind=kind, **HELD, **{"held_on-day": str(day)})
    answer = client.post(address, data={**sent, "action": "reload"})
    caution = re.search('<p class="caution"[^>]*?( hidden)?>(.*?)</p>', answer.get_data(as_text=True))
    assert caution is not None
    words = re.sub("<[^>]+>", "", caution[2])
    assert (not caution[1], words) == (
        warned,
        "Ngày này đã quá hạn 07/03/2023; buổi họp sẽ được tính là quá hạn.",
    )
    assert client.post(address, data={**sent, "action": "save"}).status_code == 302


def test_a_second_press_records_once_and_shows_the_same_meeting(
    committee: Committee, client: FlaskClient, address: str
) -> None:
    sent = Page(client.get(address)).form.sent(action="save", **HELD)
    first, second = client.post(address, data=sent), client.post(address, data=sent)
    assert (first.status_code, second.status_code) == (302, 302)
    assert first.headers["Location"] == second.headers["Location"]
    assert (counted(committee, Meeting), counted(committee, Attendance)) == (1, 30)


def newcomer(committee: Committee, since: date) -> UUID:
    """Someone who joins the first cell."""
    name = "Nguyễn nhà Xuân"
    with scope(committee.engine, committee.tenant_id) as session:
        member = Member(full_name=name, sort_key=collation_key(name), search_key=search_key(name))
        session.add(member)
        session.flush()
        session.add(Membership(member_id=member.id, organisation_id=committee.cells[0].id, valid_from=since))
        session.flush()
        return member.public_id


def test_another_day_brings_the_roll_of_that_day_with_the_marks_already_made(
    committee: Committee, client: FlaskClient, address: str
) -> None:
    late_comer, kept = newcomer(committee, date(2023, 3, 4)), committee.cells[0].members[1][1]
    form = Page(client.get(address)).form
    assert f"mark-{late_comer}" in form.values
    page = Page(client.post(address, data=form.sent(action="reload", **HELD, **absent(kept, "excused"))))
    assert (page.status, page.mends) == (200, [])
    assert f"mark-{late_comer}" not in page.form.values
    assert (page.form.values[f"mark-{kept}"], page.form.values[f"reason-{kept}"]) == ("absent", "excused")
    assert page.form.values["roll_day"] == "2023-03-03"


def test_a_roll_that_was_not_shown_is_not_recorded_unseen(
    committee: Committee, client: FlaskClient, address: str
) -> None:
    newcomer(committee, date(2023, 3, 4))
    page = Page(client.post(address, data=Page(client.get(address)).form.sent(action="save", **HELD)))
    assert (page.status, page.mends) == (
        422,
        [
            (
                "marks",
                "Danh sách phải dự ngày 03/03/2023 khác danh sách vừa hiện. Xin xem lại điểm danh bên dưới rồi ghi.",
            )
        ],
    )
    again = client.post(address, data=page.form.sent(action="save"))
    assert (again.status_code, counted(committee, Attendance)) == (302, 30)


def test_someone_of_another_cell_cannot_be_marked(
    committee: Committee, client: FlaskClient, address: str
) -> None:
    stranger = committee.cells[1].members[0][1]
    sent = Page(client.get(address)).form.sent(action="save", **HELD, **{f"mark-{stranger}": "present"})
    assert Page(client.post(address, data=sent)).mends[0][0] == "marks"
    assert counted(committee, Meeting) == 0


@pytest.mark.parametrize("mark", ["zzz", ""])
def test_a_mark_that_is_none_is_refused_and_nothing_is_recorded(
    client: FlaskClient, address: str, committee: Committee, mark: str
) -> None:
    someone = committee.cells[0].members[0][1]
    sent = Page(client.get(address)).form.sent(action="save", **HELD, **{f"mark-{someone}": mark})
    answer = client.post(address, data=sent)
    assert (answer.status_code, ": chọn có mặt hay vắng." in Page(answer).words) == (422, True)
    assert counted(committee, Meeting) == 0


def test_a_form_with_more_than_its_fields_is_refused(
    committee: Committee, client: FlaskClient, address: str
) -> None:
    sent = Page(client.get(address)).form.sent(action="save", **HELD, tenant_id="1")
    page = Page(client.post(address, data=sent))
    assert page.status == 422
    assert "Biểu mẫu có phần không hiểu được. Xin tải lại trang rồi nhập lại." in page.words
    assert counted(committee, Meeting) == 0


def test_a_correction_keeps_its_reason_for_all_to_see(client: FlaskClient, address: str) -> None:
    meeting = record(client, address)
    form = Page(client.get(f"{meeting}/sua")).form
    refused = Page(client.post(f"{meeting}/sua", data=form.sent(action="save", place="Trường học")))
    assert (refused.status, refused.mends) == (422, [("reason", "Cần ghi lý do sửa.")])
    sent = refused.form.sent(action="save", reason="ghi nhầm địa điểm")
    page = Page(client.get(client.post(f"{meeting}/sua", data=sent).headers["Location"]))
    assert "Đã sửa buổi sinh hoạt thường kỳ ngày 03/03/2023: 30/30 có mặt." in page.words
    assert "ghi nhầm địa điểm" in page.words
    assert "Trường học" in page.words


def deputy(app: Flask, committee: Committee) -> FlaskClient:
    """A browser of somebody else who keeps the first cell's records."""
    account = committee.accounts[Role.COMMITTEE]
    with scope(committee.engine, committee.tenant_id) as session:
        grant_id = grant_role(
            session,
            account,
            Role.CELL_SECRETARY,
            organisation_id=committee.cells[0].id,
            valid_from=date(2023, 1, 1),
        ).id
    with scope(committee.engine, PLATFORM) as session:
        secret = open_session(session, account, tenant_id=committee.tenant_id, grant_id=grant_id)
    client = app.test_client()
    client.set_cookie(SECRET_COOKIE, secret)
    return client


@pytest.mark.parametrize(
    ("own", "heading", "said"),
    [
        (
            False,
            "Hồ sơ này vừa được người khác sửa",
            "nhà committee đã ghi bản sửa lúc LÚC: “sửa địa điểm”. Bản của đồng chí chưa được ghi. "
            "Xin so hai bản rồi chọn. Chỗ khác nhau Bản đã ghi Bản của đồng chí",
        ),
        (
            True,
            "Hồ sơ này đã được chính đồng chí sửa ở cửa sổ khác",
            "Ở cửa sổ kia, đồng chí đã ghi bản sửa lúc LÚC: “sửa địa điểm”. Bản ở cửa sổ này chưa được ghi. "
            "Xin so hai bản rồi chọn. Chỗ khác nhau Bản đã ghi Bản ở cửa sổ này",
        ),
    ],
)
def test_the_slower_of_two_corrections_sees_both_texts_and_may_go_on(
    app: Flask, committee: Committee, client: FlaskClient, address: str, own: bool, heading: str, said: str
) -> None:
    meeting, someone = record(client, address), committee.cells[0].members[4][1]
    mine = Page(client.get(f"{meeting}/sua")).form
    theirs = mine.sent(action="save", place="Trường học", reason="sửa địa điểm", form_key=str(uuid4()))
    other = client if own else deputy(app, committee)
    assert other.post(f"{meeting}/sua", data=theirs).status_code == 302
    sent = mine.sent(action="save", place="Đình làng", reason="sai chỗ họp", **absent(someone, "unexcused"))
    page = Page(client.post(f"{meeting}/sua", data=sent))
    assert (page.status, page.heading) == (412, heading)
    assert said in re.sub(r"\d\d:\d\d ngày [\d/]+", "LÚC", page.words).replace(" .", ".")
    assert "Địa điểm Trường học Đình làng" in page.words
    assert "Nguyễn nhà Đạt (1954) Có mặt Vắng không lý do" in page.words
    again = Page(client.post(f"{meeting}/sua", data=page.form.sent(action="review")))
    assert (again.status, again.form.values["place"], again.form.values["version"]) == (200, "Đình làng", "2")
    assert client.post(f"{meeting}/sua", data=again.form.sent(action="save")).status_code == 302
    assert "Đình làng" in Page(client.get(meeting)).words


def test_texts_that_differ_in_blanks_and_line_breaks_alone_are_the_same(
    client: FlaskClient, address: str
) -> None:
    meeting = record(client, address, materials="Một\nHai", place="Nhà văn hóa")
    form = Page(client.get(f"{meeting}/sua")).form
    first = form.sent(action="save", reason="xem lại", form_key=str(uuid4()))
    assert client.post(f"{meeting}/sua", data=first).status_code == 302
    sent = form.sent(action="save", reason="xem lại", materials="Một\r\n\r\nHai ", place=" Nhà  văn hóa")
    page = Page(client.post(f"{meeting}/sua", data=sent))
    assert (page.status, page.rows, "Hai bản giống nhau." in page.lines) == (412, [], True)


def test_who_was_never_marked_is_said_to_be_unmarked_and_stays_so(
    committee: Committee, client: FlaskClient, address: str
) -> None:
    meeting = record(client, address)
    someone = newcomer(committee, date(2023, 3, 1))
    page = Page(client.get(meeting))
    assert "30/31 có mặt" in page.words
    assert "Nguyễn nhà Xuân Chưa điểm danh" in page.words
    form = Page(client.get(f"{meeting}/sua")).form
    assert f"mark-{someone}" not in form.values
    answer = client.post(
        f"{meeting}/sua", data=form.sent(action="save", place="Đình", reason="thêm địa điểm")
    )
    assert "30/31 có mặt" in Page(client.get(answer.headers["Location"])).words
    marked = form.sent(action="save", version="2", reason="sót", **{f"mark-{someone}": "present"})
    marked["form_key"] = str(UUID(int=9))
    assert (
        "31/31 có mặt"
        in Page(client.get(client.post(f"{meeting}/sua", data=marked).headers["Location"])).words
    )


def test_a_correction_must_say_which_version_it_corrects(client: FlaskClient, address: str) -> None:
    meeting = record(client, address)
    form = Page(client.get(f"{meeting}/sua")).form
    page = Page(client.post(f"{meeting}/sua", data=form.sent(action="save", reason="thử", version="")))
    assert page.status == 428
    assert page.heading == "Chưa rõ đang sửa bản nào"


def test_a_meeting_is_found_only_under_its_own_cell(
    app: Flask, committee: Committee, client: FlaskClient, address: str
) -> None:
    meeting = record(client, address)
    admin = committee.client(app, Role.TENANT_ADMIN)
    assert admin.get(meeting).status_code == 200
    moved = meeting.replace(str(committee.cells[0].public_id), str(committee.cells[1].public_id))
    assert admin.get(moved).status_code == 404


def test_a_committee_has_no_roll_of_its_own(app: Flask, committee: Committee) -> None:
    admin = committee.client(app, Role.TENANT_ADMIN)
    assert admin.get(f"/chi-bo/{committee.ward.public_id}/ghi-nhan").status_code == 404


def test_a_member_may_not_record(app: Flask, committee: Committee, address: str) -> None:
    page = Page(committee.client(app, Role.MEMBER).get(address))
    assert (page.status, page.heading) == (403, "Vai trò này không làm được việc này")


def test_a_form_without_its_guard_records_nothing(
    settings: Settings, committee: Committee, address: str
) -> None:
    guarded = create_app(settings)
    client = committee.client(guarded, Role.CELL_SECRETARY)
    form = Page(client.get(address)).form
    refused = Page(client.post(address, data=form.sent(action="save", csrf_token="giả", **HELD)))
    accepted = client.post(address, data=form.sent(action="save", **HELD))
    with guarded.app_context():
        db.engine.dispose()
    assert (refused.status, refused.heading) == (400, "Chưa ghi được")
    assert (accepted.status_code, counted(committee, Meeting)) == (302, 1)


def test_the_next_form_offers_the_usual_time_and_place(client: FlaskClient, address: str) -> None:
    record(client, address, starts_at="19:30", place="Nhà văn hóa")
    values = Page(client.get(address)).form.values
    assert (values["starts_at"], values["place"]) == ("19:30", "Nhà văn hóa")


@pytest.mark.parametrize("day", [(1, 1, 1), (31, 12, 9999), (1, 1, 206), (1, 1, 1900), (1, 1, 2100)])
def test_a_day_far_from_any_meeting_is_refused_on_the_form(
    client: FlaskClient, address: str, day: tuple[int, int, int]
) -> None:
    boxes = {f"held_on-{part}": str(value) for part, value in zip(("day", "month", "year"), day, strict=True)}
    sent = Page(client.get(address)).form.values | boxes
    assert [client.post(address, data=sent | {"action": way}).status_code for way in ("save", "reload")] == [
        422,
        200,
    ]


@pytest.mark.parametrize("roll_day", ["0001-01-01", "9999-12-31", "1899-12-31", "hôm nay", ""])
def test_the_day_of_a_roll_that_cannot_be_read_is_taken_as_today(
    committee: Committee, client: FlaskClient, address: str, roll_day: str
) -> None:
    sent = Page(client.get(address)).form.values | {"held_on-day": "x", "roll_day": roll_day}
    answer = client.post(address, data=sent)
    assert answer.status_code == 422
    with scope(committee.engine, committee.tenant_id) as session:
        assert Page(answer).form.values["roll_day"] == str(today(session))


def test_a_form_sent_by_another_account_tells_it_nothing(
    app: Flask, committee: Committee, client: FlaskClient, address: str
) -> None:
    sent = Page(client.get(address)).form.sent(action="save", **HELD)
    meeting = client.post(address, data=sent).headers["Location"]
    answer = committee.client(app, Role.COMMITTEE).post(address, data=sent)
    assert (answer.status_code, answer.headers.get("Location")) == (422, None)
    assert meeting not in answer.get_data(as_text=True)
