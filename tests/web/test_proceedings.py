"""What happens in a meeting is written part by part, closed, sent, answered by the superior, and printed."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from bontot.access import Role
from bontot.db.models import Fee, FollowUp, Post, RoleGrant, Task
from bontot.db.models.meeting import ABSENT_EXCUSED, PRESENT
from bontot.db.tenancy import scope
from bontot.services.meetings import Mark, MeetingEntry, record_meeting
from tests.factories import Committee
from tests.isolation.golden.asking import form_key
from tests.web.reading import Page

HELD, BEFORE = date(2026, 4, 3), date(2026, 3, 3)


@pytest.fixture
def secretary(app: Flask, committee: Committee) -> FlaskClient:
    return committee.client(app, Role.CELL_SECRETARY)


@pytest.fixture
def ward(app: Flask, committee: Committee) -> FlaskClient:
    return committee.client(app, Role.COMMITTEE)


def held(committee: Committee, day: date = HELD, away: int = 2) -> str:
    """The address of a meeting of the first cell with everyone present but the last few, who had a reason."""
    ids = [member_id for member_id, _ in committee.cells[0].members]
    marks = {member: Mark(PRESENT) for member in ids[:-away]} | {
        member: Mark(ABSENT_EXCUSED, "ốm") for member in ids[-away:]
    }
    with scope(committee.engine, committee.tenant_id) as session:
        said = MeetingEntry(kind="regular", held_on=day, marks=marks)
        made = record_meeting(session, committee.actor(Role.CELL_SECRETARY), committee.cells[0].id, said)
        return f"/chi-bo/{committee.cells[0].public_id}/sinh-hoat/{made.public_id}"


def person(committee: Committee, place: int) -> str:
    return str(committee.cells[0].members[place][1])


def fill(client: FlaskClient, address: str, **given: str | list[str]) -> Page:
    """Fills in the form of a page, sends it by its first button, and reads where it leads."""
    pressed = {"action": "save"} if "/phan/" in address or "/viec-thang-truoc" in address else {}
    sent = Page(client.get(address)).form.sent(**(pressed | given))
    response = client.post(address, data=sent)
    return Page(client.get(response.headers["Location"])) if response.status_code == 302 else Page(response)


def boxes(name: str, day: date) -> dict[str, str]:
    return {f"{name}-day": str(day.day), f"{name}-month": str(day.month), f"{name}-year": str(day.year)}


def an_item(committee: Committee, title: str, due_on: date) -> dict[str, str | list[str]]:
    """The form of a task that the second member carries."""
    return {"title": title, "carriers": [person(committee, 1)], **boxes("due_on", due_on)}


def led(client: FlaskClient, committee: Committee, address: str) -> None:
    """Names who chaired and who took the minutes."""
    fill(
        client,
        f"{address}/phan/chu-tri",
        chair_id=person(committee, 0),
        minute_taker_id=person(committee, 1),
        ends_at="20h45",
    )


def closed(client: FlaskClient, committee: Committee, address: str) -> None:
    led(client, committee, address)
    fill(client, f"{address}/khoa")


def paper_at(address: str, kind: str) -> str:
    """A paper of the meeting at an address."""
    _, _, cell, _, meeting = address.split("/")
    return f"/to-chuc/{cell}/van-ban/{kind}/{meeting}"


def test_every_part_is_written_on_its_own_page_and_told_on_the_meetings(
    committee: Committee, secretary: FlaskClient
) -> None:
    address = held(committee)
    parts: dict[str, dict[str, str | list[str]]] = {
        "khach-moi": {"name": "Phạm Thị Khách", "post": "Phó Bí thư Đảng ủy phường", "assigned": "yes"},
        "dien-bien": {"fees": "Đã đóng đủ", "conclusion": "Thống nhất\ncác việc đã bàn"},
        "y-kien": {"member_id": person(committee, 3), "summary": "Cần thêm đèn ngõ 5", "answer": "Ghi nhận"},
        "bieu-quyet": {"about": "resolution", "votes_for": "27", "votes_other": "1"},
        "nghi-quyet": {"number": "04-NQ/CB", "subject": "Lãnh đạo nhiệm vụ tháng 4"},
        "nhiem-vu": {
            "title": "Tổng vệ sinh",
            "carriers": [person(committee, 4), person(committee, 5)],
            **boxes("due_on", date(2026, 4, 28)),
        },
    }
    led(secretary, committee, address)
    for name, given in parts.items():
        fill(secretary, f"{address}/phan/{name}", **given)
    shown = Page(secretary.get(address)).words
    for said in (
        "Nguyễn nhà An chủ trì; Nguyễn nhà Bình thư ký",
        "Phạm Thị Khách (cấp ủy viên phụ trách)",
        "Đã ghi 2/6 mục",
        "1 ý kiến",
        "Thông qua nghị quyết: 27/30 đồng chí tán thành (90,0 %), 1 ý kiến khác",
        "04-NQ/CB · Lãnh đạo nhiệm vụ tháng 4",
        "Tổng vệ sinh (hạn 28/04/2026)",
    ):
        assert said in shown
    paper = Page(secretary.get(paper_at(address, "bien-ban"))).words
    assert "DỰ THẢO" in paper
    assert "Cần thêm đèn ngõ 5 Chủ trì trả lời: Ghi nhận" in paper
    assert (
        "27/30 đồng chí tán thành (90,0 %), 1 ý kiến khác."
        in Page(secretary.get(paper_at(address, "nghi-quyet"))).words
    )


def test_bad_input_names_each_field_and_loses_nothing(committee: Committee, secretary: FlaskClient) -> None:
    page = fill(
        secretary,
        f"{held(committee)}/phan/nhiem-vu",
        title="",
        carriers=[],
        **boxes("due_on", date(2026, 4, 1)),
        report_to="Chi ủy",
    )
    assert page.status == 422
    assert page.mends == [
        ("title", "Cần ghi việc phải làm."),
        ("due_on", "Hạn phải từ ngày họp 03/04/2026 trở đi."),
        ("carriers", "Xin chọn ít nhất một người làm."),
    ]
    assert page.form.values["report_to"] == "Chi ủy"
    unreadable = fill(
        secretary,
        f"{held(committee, BEFORE)}/phan/bieu-quyet",
        about="resolution",
        votes_for="hai mươi",
    )
    assert unreadable.mends == [("votes_for", "Ghi bằng số, ví dụ 28.")]


def test_a_second_press_of_the_button_writes_nothing_more(
    committee: Committee, secretary: FlaskClient
) -> None:
    address = f"{held(committee)}/phan/khach-moi"
    sent = Page(secretary.get(address)).form.sent(action="save", name="Khách")
    assert [secretary.post(address, data=sent).status_code for _ in range(2)] == [302, 302]
    assert Page(secretary.get(address)).words.count("Họ và tên: Khách") == 1


def test_a_row_is_corrected_and_taken_away_on_its_own_page(
    committee: Committee, secretary: FlaskClient
) -> None:
    address = f"{held(committee)}/phan/khach-moi"
    row = fill(secretary, address, name="Khách").links["Sửa"]
    assert "Họ và tên: Khách một" in fill(secretary, row, name="Khách một").words
    assert "Đã bỏ khách mời." in fill(secretary, row, action="remove").words
    assert secretary.get(row).status_code == 404


def test_a_row_changed_meanwhile_shows_both_texts_and_can_be_written_on(
    committee: Committee, secretary: FlaskClient, ward: FlaskClient
) -> None:
    address = f"{held(committee)}/phan/khach-moi"
    row = fill(secretary, address, name="Khách").links["Sửa"]
    mine = Page(secretary.get(row)).form.sent(action="save", name="Bản của tôi")
    fill(ward, row, name="Bản của phường")
    both = Page(secretary.post(row, data=mine))
    assert (both.status, both.rows[-1]) == (412, ["Họ và tên", "Bản của phường", "Bản của tôi"])
    again = Page(secretary.post(row, data=both.form.sent(action="review")))
    assert again.form.values["name"] == "Bản của tôi"
    secretary.post(row, data=again.form.sent(action="save"))
    assert Page(secretary.get(row)).form.values["name"] == "Bản của tôi"
    assert secretary.post(row, data={"form_key": form_key(), "name": "không có bản"}).status_code == 428


def test_a_closed_record_asks_why_and_shows_what_it_said_before(
    committee: Committee, secretary: FlaskClient
) -> None:
    address = held(committee)
    fill(secretary, f"{address}/phan/y-kien", member_id=person(committee, 3), summary="Ý cũ")
    closed(secretary, committee, address)
    row = Page(secretary.get(f"{address}/phan/y-kien")).links["Sửa"]
    refused = fill(secretary, row, summary="Ý mới")
    assert refused.mends == [("reason", "Buổi này đã khóa hồ sơ, nên cần ghi lý do sửa.")]
    assert refused.form.values["summary"] == "Ý mới"
    fill(secretary, row, summary="Ý mới", reason="ghi thiếu")
    shown = Page(secretary.get(address)).words
    assert "Đã sửa ghi thiếu" in shown
    assert "Người phát biểu: Nguyễn nhà Dung Nội dung: Ý cũ" in shown


def test_last_months_items_are_looked_at_on_one_page(committee: Committee, secretary: FlaskClient) -> None:
    given = an_item(committee, "Việc một", date(2026, 3, 20))
    fill(secretary, f"{held(committee, BEFORE)}/phan/nhiem-vu", **given)
    with scope(committee.engine, committee.tenant_id) as session:
        (task,) = session.scalars(select(Task.public_id)).all()
    address = held(committee)
    unsaid = fill(secretary, f"{address}/viec-thang-truoc", **{f"state-{task}": "done"})
    assert unsaid.mends == [(f"done_on-{task}", "Việc một: ghi ngày làm xong.")]
    said = {f"state-{task}": "done", f"result-{task}": "đủ", **boxes(f"done_on-{task}", date(2026, 3, 19))}
    assert "Đã xem 1/1 việc, 1 việc xong" in fill(secretary, f"{address}/viec-thang-truoc", **said).words
    with scope(committee.engine, committee.tenant_id) as session:
        assert session.execute(select(Task.done_on, Task.result)).one() == (date(2026, 3, 19), "đủ")
        assert session.execute(select(FollowUp.checked_on, FollowUp.remark)).one() == (HELD, "đủ")


def test_results_written_meanwhile_are_shown_beside_ones_own(
    committee: Committee, secretary: FlaskClient, ward: FlaskClient
) -> None:
    given: dict[str, str | list[str]] = {
        "title": "Việc",
        "carriers": [person(committee, 1)],
        **boxes("due_on", date(2026, 3, 20)),
    }
    fill(secretary, f"{held(committee, BEFORE)}/phan/nhiem-vu", **given)
    with scope(committee.engine, committee.tenant_id) as session:
        (task,) = session.scalars(select(Task.public_id)).all()
    address = f"{held(committee)}/viec-thang-truoc"
    mine = Page(secretary.get(address)).form.sent(**{f"state-{task}": "open", f"result-{task}": "của tôi"})
    fill(ward, address, **{f"state-{task}": "open", f"result-{task}": "của phường"})
    both = Page(secretary.post(address, data=mine))
    assert both.status == 412
    assert "đã ghi: chưa xong, quá hạn, “của phường”" in both.words
    assert both.form.values[f"result-{task}"] == "của tôi"
    secretary.post(address, data=both.form.sent())
    with scope(committee.engine, committee.tenant_id) as session:
        assert session.scalars(select(FollowUp.remark)).one() == "của tôi"


def test_a_record_is_closed_sent_sent_back_mended_and_taken(
    committee: Committee, secretary: FlaskClient, ward: FlaskClient
) -> None:
    address = held(committee)
    assert "Còn thiếu người chủ trì, thư ký." in Page(secretary.get(f"{address}/khoa")).words
    led(secretary, committee, address)
    assert "DỰ THẢO" in Page(secretary.get(paper_at(address, "bien-ban"))).words
    assert "Hồ sơ đã khóa, chưa gửi" in fill(secretary, f"{address}/khoa").words
    assert "DỰ THẢO" not in Page(secretary.get(paper_at(address, "bien-ban"))).words
    assert "Chi bộ đã gửi hồ sơ" in fill(secretary, f"{address}/gui").words
    home = Page(ward.get("/"))
    assert "1 hồ sơ sinh hoạt mới gửi lên" in home.words
    sent = Page(ward.get(home.links["Xem hồ sơ mới gửi lên"]))
    assert sent.links["Chi bộ nhà số 1, thường kỳ 03/04/2026"] == address
    assert fill(ward, f"{address}/tiep-nhan", act="returned").mends == [
        ("remark", "Cần ghi rõ điều chi bộ phải sửa.")
    ]
    fill(ward, f"{address}/tiep-nhan", act="returned", remark="Thiếu ý kiến")
    errand = Page(secretary.get("/"))
    assert "Sửa hồ sơ bị trả lại" in errand.words
    assert "Cần sửa: Thiếu ý kiến" in Page(secretary.get(address)).words
    fill(secretary, f"{address}/phan/y-kien", member_id=person(committee, 3), summary="a", reason="bổ sung")
    fill(secretary, f"{address}/gui")
    stale = Page(ward.get(f"{address}/tiep-nhan")).form.sent(act="received")
    fill(secretary, f"{address}/phan/y-kien", member_id=person(committee, 4), summary="b", reason="bổ sung")
    late = Page(ward.post(f"{address}/tiep-nhan", data=stale))
    assert (late.status, "Hồ sơ vừa được ghi thêm hoặc sửa" in late.words) == (412, True)
    fill(secretary, f"{address}/gui")
    taken = fill(ward, f"{address}/tiep-nhan", act="received", remark="Rõ ràng", voice="assigned")
    assert "Cấp trên đã tiếp nhận" in taken.words
    assert "nhận xét của cấp ủy viên được phân công theo dõi chi bộ" in taken.words
    assert "Không có hồ sơ nào ở mục này" in Page(ward.get("/sinh-hoat/gui-len")).words


def test_only_the_superior_answers_and_only_of_cells_within_reach(
    app: Flask, committee: Committee, secretary: FlaskClient
) -> None:
    address, member = held(committee), committee.client(app, Role.MEMBER)
    assert secretary.get(f"{address}/tiep-nhan").status_code == 403
    assert secretary.get("/sinh-hoat/gui-len").status_code == 403
    for path in ("/phan/y-kien", "/viec-thang-truoc", "/khoa", "/gui"):
        assert member.get(f"{address}{path}").status_code == 403
    assert member.get(paper_at(address, "bien-ban")).status_code == 403
    other = address.replace(str(committee.cells[0].public_id), str(committee.cells[1].public_id))
    for path in (f"{other}/phan/y-kien", f"{other}/khoa", paper_at(other, "bien-ban")):
        assert secretary.get(path).status_code == 404


def test_who_carries_a_task_finds_it_at_home_until_it_is_done(
    app: Flask, committee: Committee, secretary: FlaskClient
) -> None:
    member, where = committee.client(app, Role.MEMBER), f"/chi-bo/{committee.cells[0].public_id}/nhiem-vu"
    given: dict[str, str | list[str]] = {
        "title": "Tổng vệ sinh",
        "carriers": [person(committee, 1)],
        **boxes("due_on", HELD),
    }
    fill(secretary, f"{held(committee)}/phan/nhiem-vu", **given)
    mine = Page(member.get(Page(member.get("/")).links["Xem nhiệm vụ"]))
    assert (mine.heading, "Giao tại Buổi ngày 03/04/2026" in mine.words) == ("Tổng vệ sinh", True)
    task = Page(secretary.get(where)).links["Tổng vệ sinh"]
    shown = Page(secretary.get(task))
    assert shown.links["Ghi đã xong"] == "?viec=xong"
    chosen = Page(secretary.get(f"{task}?viec=xong")).form
    done = Page(
        secretary.post(chosen.action, data=chosen.sent(action="finish", words="gọn", **boxes("day", HELD)))
    )
    assert done.status == 302
    assert "Không còn việc nào đang chờ đồng chí" in Page(member.get("/")).words
    assert "Xong ngày 03/04/2026 Kết quả gọn" in Page(secretary.get(task)).words
    stale = Page(secretary.post(chosen.action, data=chosen.sent(action="finish", form_key=form_key())))
    assert (stale.status, "Việc này vừa được người khác ghi" in stale.words) == (412, True)
    again = Page(secretary.get(f"{task}?viec=mo-lai")).form
    refused = Page(secretary.post(again.action, data=again.sent(action="reopen")))
    assert refused.mends == [("words", "Cần ghi lý do mở lại việc này.")]
    assert secretary.post(again.action, data=again.sent(action="reopen", words="nhầm")).status_code == 302
    assert "Tổng vệ sinh" in Page(member.get("/")).words


def test_before_it_is_closed_every_empty_part_is_named_with_the_way_to_it(
    committee: Committee, secretary: FlaskClient
) -> None:
    address = held(committee)
    led(secretary, committee, address)
    page = Page(secretary.get(f"{address}/khoa"))
    assert (
        "Còn trống trong hồ sơ Diễn biến : tình hình đóng đảng phí, thông tin thời sự, văn bản đã phổ biến, "
        "tình hình tư tưởng, tự phê bình và phê bình, nội dung khác, kết luận của chủ trì "
        "Ý kiến thảo luận : chưa ghi Biểu quyết : chưa ghi "
        "Nghị quyết, kết luận : chưa ghi Nhiệm vụ giao từ buổi này : chưa ghi "
        "Nội dung, tài liệu : giờ bắt đầu, địa điểm, nội dung chính, chương trình, tài liệu, các bước đã làm"
    ) in page.words
    assert page.links["Diễn biến"] == f"{address}/phan/dien-bien"
    assert page.links["Nội dung, tài liệu"] == f"{address}/sua"
    assert page.links["khách mời, cấp ủy viên phụ trách"] == f"{address}/phan/khach-moi"
    course = dict.fromkeys(("fees", "news", "ideology", "other", "conclusion"), "có")
    fill(secretary, f"{address}/phan/dien-bien", **course)
    fill(secretary, f"{address}/phan/nghi-quyet", subject="Nhiệm vụ tháng 4", number="")
    fill(secretary, f"{address}/phan/bieu-quyet", about="agenda", votes_for="28")
    after = Page(secretary.get(f"{address}/khoa")).words
    assert "Biểu quyết : biểu quyết thông qua nghị quyết Nghị quyết, kết luận : chưa có số" in after
    assert "Diễn biến" not in after


def test_the_next_number_of_the_series_is_offered_and_a_bare_one_completed(
    committee: Committee, secretary: FlaskClient
) -> None:
    first, second = held(committee, BEFORE), held(committee)
    fill(secretary, f"{first}/phan/nghi-quyet", number="9", subject="Việc")
    assert Page(secretary.get(f"{first}/phan/nghi-quyet")).form.values["number"] == "09-NQ/CB"
    offered = Page(secretary.get(f"{second}/phan/nghi-quyet"))
    assert offered.form.values["number"] == "10-NQ/CB"
    assert offered.form.values["subject"] == "Lãnh đạo thực hiện nhiệm vụ tháng 04 năm 2026"
    assert "Số tiếp theo của chi bộ: 10-NQ/CB." in Page(secretary.get(f"{second}/sua")).words
    told = fill(secretary, f"{second}/phan/nghi-quyet", number="9")
    assert "Số 09-NQ/CB đã dùng cho nghị quyết ngày 03/03/2026; xin xem lại." in told.words


def test_what_was_sent_is_the_cells_to_mend_and_the_wards_to_answer(
    committee: Committee, secretary: FlaskClient, ward: FlaskClient
) -> None:
    address = held(committee)
    closed(secretary, committee, address)
    fill(secretary, f"{address}/gui")
    mending = {"Sửa điểm danh, nội dung", "Sửa", "Ghi", "Thêm ý kiến"}
    assert mending & Page(ward.get(address)).links.keys() == set()
    assert "Tiếp nhận hoặc trả lại" in Page(ward.get(address)).links
    fill(ward, f"{address}/tiep-nhan", act="returned", remark="Thiếu ý kiến")
    shown = Page(ward.get(address))
    assert "Cấp trên trả lại hồ sơ Cần sửa: Thiếu ý kiến Đang chờ chi bộ sửa và gửi lại." in shown.words
    assert (mending | {"Gửi lại Phường nhà"}) & shown.links.keys() == set()
    assert "Gửi lại Phường nhà" in Page(secretary.get(address)).links


def test_the_member_assigned_to_the_cell_is_asked_for_a_remark_which_cell_and_ward_read(
    committee: Committee, secretary: FlaskClient, ward: FlaskClient
) -> None:
    day = committee.today
    guest = committee.cells[1].members[0][0]
    with scope(committee.engine, committee.tenant_id) as session:
        post = {"organisation_id": committee.cells[0].id, "member_id": guest, "kind": "assigned_superior"}
        session.add(Post(**post, valid_from=date(2024, 1, 1)))
        session.execute(update(RoleGrant).where(RoleGrant.role == Role.COMMITTEE).values(member_id=guest))
    address = held(committee, day)
    link = f"Nhận xét buổi ngày {day:%d/%m/%Y}"
    form = Page(ward.get(Page(ward.get("/")).links[link]))
    assert form.heading == f"Nhận xét buổi ngày {day:%d/%m/%Y}"
    assert form.form.values["voice"] == "assigned"
    fill(ward, f"{address}/tiep-nhan", remark="Họp nghiêm túc,\ncần bàn sâu hơn")
    assert link not in Page(ward.get("/")).links
    assert "Nhận xét: Họp nghiêm túc, cần bàn sâu hơn" in Page(secretary.get(address)).words
    board = Page(ward.get("/sinh-hoat/gui-len?loai=nhan-xet")).words
    assert f"Chi bộ nhà số 1, thường kỳ {day:%d/%m/%Y} Họp nghiêm túc, cần bàn sâu hơn" in board


def test_who_carries_a_task_says_that_it_is_done_and_the_secretary_records_it(
    app: Flask, committee: Committee, secretary: FlaskClient
) -> None:
    member = committee.client(app, Role.MEMBER)
    fill(secretary, f"{held(committee)}/phan/nhiem-vu", **an_item(committee, "Tổng vệ sinh", HELD))
    page = Page(member.get(Page(member.get("/")).links["Tổng vệ sinh"]))
    unsaid = Page(member.post(page.form.action, data=page.form.sent(words=" ")))
    assert unsaid.mends == [("words", "Ghi vắn tắt kết quả: đã làm gì, đến đâu.")]
    sent = unsaid.form.sent(words="Sạch cả ba ngõ", **boxes("day", HELD))
    assert member.post(unsaid.form.action, data=sent).status_code == 302
    waiting = "Đã báo xong Tổng vệ sinh Nghị quyết chi bộ · hạn "
    assert waiting in Page(member.get("/")).words
    task = Page(secretary.get("/")).links["Tổng vệ sinh"]
    chosen = Page(secretary.get(task))
    assert "Nguyễn nhà Bình báo Sạch cả ba ngõ (làm xong 03/04/2026; chờ chi bộ xem)" in chosen.words
    assert chosen.form.values["words"] == "Sạch cả ba ngõ"
    secretary.post(chosen.form.action, data=chosen.form.sent(action="finish"))
    after = Page(member.get(page.form.action.removesuffix("/bao-xong")))
    assert "Xong ngày 03/04/2026 Kết quả Sạch cả ba ngõ" in after.words
    assert secretary.post(page.form.action, data={**sent, "form_key": form_key()}).status_code == 403


def test_a_task_of_no_meeting_is_changed_on_its_page_and_one_of_a_meeting_there(
    committee: Committee, secretary: FlaskClient
) -> None:
    cell = committee.cells[0]
    with scope(committee.engine, committee.tenant_id) as session:
        row = Task(organisation_id=cell.id, origin="initiative", title="Trồng cây", due_on=HELD)
        session.add(row)
        session.flush()
        own = f"/chi-bo/{cell.public_id}/nhiem-vu/{row.public_id}"
    assert [field for field, _ in fill(secretary, f"{own}/sua", title=" ").mends] == ["title", "reason"]
    given = {**an_item(committee, "Trồng hoa", date(2026, 5, 1)), "reason": "đổi theo mùa"}
    stale = Page(secretary.get(f"{own}/sua")).form.sent(**given)
    shown = fill(secretary, f"{own}/sua", **given).words
    assert "Hạn 01/05/2026" in shown
    assert "Sửa nhiệm vụ: đổi theo mùa" in shown
    assert "Bản trước khi sửa Việc phải làm: Trồng cây Hạn hoàn thành: 03/04/2026" in shown
    late = Page(secretary.post(f"{own}/sua", data={**stale, "form_key": form_key(), "title": "Của tôi"}))
    assert (late.status, late.form.values["title"]) == (412, "Của tôi")
    address = held(committee)
    fill(secretary, f"{address}/phan/nhiem-vu", **an_item(committee, "Việc của buổi", HELD))
    task = Page(secretary.get(f"/chi-bo/{cell.public_id}/nhiem-vu?loai=qua-han")).links["Việc của buổi"]
    assert f"{address}/phan/nhiem-vu/" in secretary.get(f"{task}/sua").headers["Location"]


def test_the_page_of_a_meeting_leads_to_its_next_empty_part_with_what_is_known_filled_in(
    committee: Committee, secretary: FlaskClient
) -> None:
    address, cell = held(committee), committee.cells[0]
    assert Page(secretary.get(address)).links["Ghi tiếp: chủ trì, thư ký"] == f"{address}/phan/chu-tri"
    led(secretary, committee, address)
    assert Page(secretary.get(address)).links["Ghi tiếp: diễn biến"] == f"{address}/phan/dien-bien"
    assert Page(secretary.get(f"{address}/phan/dien-bien")).form.values["fees"] == ""
    april = HELD.replace(day=1)
    with scope(committee.engine, committee.tenant_id) as session:
        session.add_all(
            Fee(member_id=member, month=april, due=30_000, paid=0 if place == 4 else 30_000)
            for place, (member, _) in enumerate(cell.members)
        )
    offered = Page(secretary.get(f"{address}/phan/dien-bien")).form.values["fees"]
    assert offered == "Đã thu 870.000 đồng của 29/30 đồng chí; 1 đồng chí chưa nộp đủ."
    votes = f"{address}/phan/bieu-quyet"
    assert Page(secretary.get(votes)).form.values["about"] == "agenda"
    assert fill(secretary, votes, votes_for="28").form.values["about"] == "resolution"
