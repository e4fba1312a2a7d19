"""The pages of national frames, and of a meeting's score sheet, as those who use them go through them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from bontot.access import Role
from bontot.db.models import AnnualRating, FrameAdoption, MeetingScore
from bontot.db.tenancy import scope
from bontot.policy.words import figure
from bontot.registry import Registry
from bontot.services.meetings import Mark, MeetingEntry, record_meeting
from bontot.settings import Settings
from bontot.web import create_app
from bontot.web.database import db
from tests.factories import Committee
from tests.web.counting import statements
from tests.web.reading import Page

NEW = "national_meetings_2025"
FIRST_DAY = {"valid_from__day": "28", "valid_from__month": "10", "valid_from__year": "2025"}
DECISION = "Nghị quyết 05-NQ/ĐU ngày 01/11/2025"


@pytest.fixture(scope="module")
def app(settings: Settings) -> Iterator[Flask]:
    made = create_app(settings, Registry.load())
    made.config["WTF_CSRF_ENABLED"] = False
    yield made
    with made.app_context():
        db.engine.dispose()


@pytest.fixture
def client(app: Flask, committee: Committee) -> FlaskClient:
    return committee.client(app, Role.TENANT_ADMIN)


def switched_on(committee: Committee) -> None:
    with scope(committee.engine, committee.tenant_id) as session:
        session.add(
            FrameAdoption(
                policy_code=NEW, valid_from=date(2025, 10, 28), document=DECISION, entered_by="Quản trị"
            )
        )


def met(committee: Committee, *, away: int = 0, day: date = date(2026, 1, 5)) -> str:
    """The address of a regular meeting's page; so many members were excused."""
    cell = committee.cells[0]
    marks = {member: Mark(2 if place < away else 1) for place, (member, _) in enumerate(cell.members)}
    with scope(committee.engine, committee.tenant_id) as session:
        entry = MeetingEntry(kind="regular", held_on=day, marks=marks)
        meeting = record_meeting(session, committee.actor(Role.CELL_SECRETARY), cell.id, entry)
        return f"/chi-bo/{cell.public_id}/sinh-hoat/{meeting.public_id}"


def test_an_admin_switches_a_frame_on_and_off_and_the_page_says_since_when_and_by_which_paper(
    client: FlaskClient,
) -> None:
    before = Page(client.get("/ke-hoach/khung"))
    assert (before.heading, before.words.count("Chưa bật")) == ("Khung quốc gia", 3)
    assert "Nguồn thứ cấp, chưa đối chiếu văn bản gốc" in before.lines
    form = Page(client.get(f"/ke-hoach/khung/{NEW}/bat"))
    sent = client.post(f"/ke-hoach/khung/{NEW}/bat", data=form.form.sent(document=DECISION, **FIRST_DAY))
    assert (sent.status_code, sent.headers["Location"]) == (302, "/ke-hoach/khung")
    after = Page(client.get("/ke-hoach/khung"))
    assert (after.words.count("Đang bật"), after.words.count("Chưa bật")) == (1, 2)
    assert "từ 28/10/2025" in after.lines
    assert any(line.startswith(f"{DECISION} · ") for line in after.lines)
    assert after.links["Thôi khung này"] == f"/ke-hoach/khung/{NEW}/thoi"
    assert (
        "Chỉ thị 50-CT/TW và Hướng dẫn 42-HD/BTCTW (2025), chất lượng sinh hoạt chi bộ"
        in Page(client.get("/ke-hoach")).links
    )
    form = Page(client.get(f"/ke-hoach/khung/{NEW}/thoi"))
    ended = FIRST_DAY | {"valid_from__year": "2026"}
    client.post(f"/ke-hoach/khung/{NEW}/thoi", data=form.form.sent(document="Nghị quyết 09", **ended))
    assert "từ 28/10/2025 đến 27/10/2026" in Page(client.get("/ke-hoach/khung")).words


def test_a_decision_without_its_paper_or_day_is_refused_and_nothing_typed_is_lost(
    client: FlaskClient, committee: Committee
) -> None:
    form = Page(client.get(f"/ke-hoach/khung/{NEW}/bat"))
    refused = Page(
        client.post(
            f"/ke-hoach/khung/{NEW}/bat", data=form.form.sent(**FIRST_DAY | {"valid_from__day": "31x"})
        )
    )
    assert refused.status == 422
    assert refused.mends == [
        ("valid_from", "Nhập đủ ngày, tháng, năm bằng số, ví dụ 3 11 2026."),
        ("document", "Cần ghi số, ngày của văn bản quyết định."),
    ]
    assert (refused.form.values["valid_from-day"], refused.form.values["valid_from-year"]) == ("31x", "2025")
    with scope(committee.engine, committee.tenant_id) as session:
        assert session.scalar(select(func.count()).select_from(FrameAdoption)) == 0


@pytest.mark.parametrize("role", [Role.COMMITTEE, Role.CELL_SECRETARY, Role.MEMBER])
def test_others_read_the_frames_and_decide_nothing(app: Flask, committee: Committee, role: Role) -> None:
    reader = committee.client(app, role)
    shown = Page(reader.get("/ke-hoach/khung"))
    assert (shown.status, "Bật khung này" in shown.links) == (200, False)
    assert reader.get(f"/ke-hoach/khung/{NEW}/bat").status_code == 403


def test_a_frame_can_be_read_whole_before_it_is_switched_on(client: FlaskClient) -> None:
    shown = Page(client.get(f"/ke-hoach/{NEW}/tieu-chi"))
    assert shown.status == 200
    split = "mặc định"
    cited = "phiếu chấm điểm Hướng dẫn 42-HD/BTCTW nguồn thứ cấp, chưa đối chiếu văn bản gốc"
    assert ["Nội dung chuyên đề Tiến hành", "5", "chỉ ở buổi có phần chuyên đề", split] in shown.rows
    tiers = "theo tỷ lệ có mặt; từ 90 %: 4; từ 75 %: 3; từ 65 %: 2; còn lại hoặc có người vắng không lý do: 1"
    assert ["Tỷ lệ đảng viên dự Tham dự", "4", tiers, split] in shown.rows
    assert ["Cộng", "100", "", cited] in shown.rows
    bands = "tốt từ 90 điểm trở lên; khá từ 70 điểm trở lên; trung bình từ 50 điểm trở lên; dưới nữa là kém"
    assert bands in shown.words
    assert client.get("/ke-hoach/provincial_pilot").status_code == 404


def test_who_comes_out_otherwise_by_a_frames_value_is_named_before_it_is_decided(
    client: FlaskClient, committee: Committee
) -> None:
    """Two of ten rated are excellent: as many as 20 % allow, more than 15 % do."""
    met(committee)
    with scope(committee.engine, committee.tenant_id) as session:
        session.add(
            FrameAdoption(
                policy_code="national_rating_2025",
                valid_from=date(2025, 9, 1),
                document=DECISION,
                entered_by="Quản trị",
            )
        )
        for place, (member, _) in enumerate(committee.cells[0].members[:10]):
            level = "excellent" if place < 2 else "good"
            session.add(AnnualRating(member_id=member, year=2026, level=level))
    address = "/ke-hoach/national_rating_2025/gia-tri/qd366.base.members/dat"
    first_day = FIRST_DAY | {"valid_from__day": "1", "valid_from__month": "1", "valid_from__year": "2026"}
    form = Page(client.get(address)).form
    page = Page(client.post(address, data=form.sent(document=DECISION, value="15", **first_day)))
    assert page.rows == [
        ["Tổ chức", "Tiêu chí đổi kết quả"],
        [
            committee.ward.name,
            "Tỷ lệ đảng viên hoàn thành xuất sắc nhiệm vụ không vượt mức khống chế: Đạt → thành Chưa đạt Yêu cầu "
            "không quá 20 % → thành không quá 15 %",
        ],
    ]
    assert "1 trong 1 tổ chức cơ sở đảng đổi kết quả ở tiêu chí; khung này không xét danh hiệu." in page.words
    page = Page(client.post(address, data=form.sent(document=DECISION, value="20", **first_day)))
    assert (page.rows, "Không ai đổi kết quả." in page.words) == ([], True)


def test_a_committee_may_set_what_a_frame_it_switched_on_leaves_open(
    client: FlaskClient, committee: Committee
) -> None:
    address = "/ke-hoach/national_rating_2025/gia-tri/qd366.cap_base/dat"
    assert client.get(address).status_code == 404
    with scope(committee.engine, committee.tenant_id) as session:
        session.add(
            FrameAdoption(
                policy_code="national_rating_2025",
                valid_from=date(2025, 9, 1),
                document=DECISION,
                entered_by="Quản trị",
            )
        )
    assert client.get(address).status_code == 200
    assert client.get("/ke-hoach/national_rating_2025/gia-tri/qd366.months/dat").status_code == 404


def test_a_secretary_fills_in_the_sheet_tries_it_and_records_the_vote(
    app: Flask, committee: Committee
) -> None:
    switched_on(committee)
    address, secretary = met(committee, away=5), committee.client(app, Role.CELL_SECRETARY)
    assert "Chấm điểm buổi này" in Page(secretary.get(address)).links
    sheet = Page(secretary.get(f"{address}/cham-diem"))
    assert "Gợi ý từ hồ sơ: 3 (25/30 có mặt)." in sheet.words
    typed = {name for name, value in sheet.form.values.items() if name.startswith("points-") and value}
    assert typed == {"points-hd42.attendance"}
    refused = Page(secretary.post(f"{address}/cham-diem", data=sheet.form.sent(action="save")))
    assert (refused.status, len(refused.mends)) == (422, 20)
    begun = Page(secretary.post(f"{address}/cham-diem", data=sheet.form.sent(action="try")))
    assert (begun.status, begun.mends) == (200, [])
    (frame_sheet,) = Registry.load().policy(NEW).sheets
    (attendance,) = [figure(item.maximum) for item in frame_sheet.items if item.key == "hd42.attendance"]
    assert (
        f"Tính thử: 3/{attendance} điểm ở 1 mục đã điền Còn 20 mục chưa điền, nên chưa biết loại."
        in begun.words
    )
    wrong = sheet.form.sent(**{"points-hd42.attendance": "x", "action": "try"})
    assert len(Page(secretary.post(f"{address}/cham-diem", data=wrong)).mends) == 1
    empty = sheet.form.sent(**{"points-hd42.attendance": "", "action": "try"})
    assert (
        "Tính thử: chưa điền mục nào Còn 21 mục"
        in Page(secretary.post(f"{address}/cham-diem", data=empty)).words
    )
    full = {
        f"points-{item.key}": str(item.maximum).replace(".", ",")
        for item in frame_sheet.items
        if not item.thematic_only
    }
    values = (
        sheet.form.values
        | full
        | {"points-hd42.attendance": "3", "points-hd42.chairing": "9,5", "stage": "voted"}
    )
    tried = Page(secretary.post(f"{address}/cham-diem", data=values | {"action": "try"}))
    assert "Tính thử: 98,42/100 điểm, loại tốt" in tried.words
    with scope(committee.engine, committee.tenant_id) as session:
        assert session.scalar(select(func.count()).select_from(MeetingScore)) == 0
    done = secretary.post(f"{address}/cham-diem", data=tried.form.values | {"action": "save"})
    assert (done.status_code, done.headers["Location"]) == (302, address)
    shown = Page(secretary.get(address))
    assert "98,42 /100 điểm Tốt · chi bộ biểu quyết" in shown.words
    assert "Tốt , theo phiếu chấm điểm đã biểu quyết." in Page(secretary.get(f"{address}/sua")).words


def voted(committee: Committee, secretary: FlaskClient, address: str) -> None:
    """The cell votes full points by the form."""
    (sheet,) = Registry.load().policy(NEW).sheets
    points = {
        f"points-{item.key}": str(item.maximum).replace(".", ",")
        for item in sheet.items
        if not item.thematic_only
    }
    shown = Page(secretary.get(f"{address}/cham-diem")).form.values
    sent = shown | points | {"stage": "voted", "action": "save"}
    assert secretary.post(f"{address}/cham-diem", data=sent).status_code == 302


def test_who_voted_is_told_who_confirms_and_is_offered_no_confirmation(
    app: Flask, committee: Committee, client: FlaskClient
) -> None:
    switched_on(committee)
    address = met(committee)
    voted(committee, client, address)
    page = Page(client.get(f"{address}/cham-diem"))
    assert (
        "Đồng chí không xác nhận điểm buổi này nhà tenant_admin đã ghi điểm buổi này ở bước “Chi bộ biểu quyết”, nên không "
        "xác nhận điểm ấy. Cần cấp ủy cấp trên hoặc quản trị đảng bộ khác xác nhận. Xác nhận được: nhà committee (cấp ủy)."
    ) in page.words
    assert page.form.values["stage"] == "voted"
    assert "Cấp trên dự xác nhận" not in page.lines
    forced = client.post(f"{address}/cham-diem", data=page.form.sent(stage="confirmed", action="save"))
    assert forced.status_code == 403
    assert "Xác nhận được: nhà committee (cấp ủy)." in Page(forced).words
    superior = committee.client(app, Role.COMMITTEE)
    page = Page(superior.get(f"{address}/cham-diem"))
    assert page.form.values["stage"] == "confirmed"
    assert "không xác nhận điểm" not in page.words
    done = superior.post(f"{address}/cham-diem", data=page.form.sent(action="save"))
    assert done.status_code == 302
    assert "cấp trên dự xác nhận, nhà committee ghi" in Page(superior.get(address)).words


def test_a_scored_meeting_that_gets_a_thematic_part_is_asked_for_again_wherever_one_looks(
    app: Flask, committee: Committee
) -> None:
    switched_on(committee)
    address, secretary = met(committee), committee.client(app, Role.CELL_SECRETARY)
    voted(committee, secretary, address)

    def corrected(**changes: str) -> Page:
        form = Page(secretary.get(f"{address}/sua")).form.sent(reason="ghi thiếu", action="save", **changes)
        return Page(secretary.post(f"{address}/sua", data=form, follow_redirects=True))

    page = corrected(thematic_topic="Nêu gương")
    assert "Điểm đã chấm không còn khớp với buổi này; cần chấm lại theo phiếu." in page.words
    assert "Cần chấm lại buổi này" in page.words
    assert "Chi bộ tự đánh giá" not in page.words
    assert "Chấm lại điểm buổi sinh hoạt" in Page(secretary.get("/")).links
    form = Page(secretary.get(f"{address}/sua"))
    assert "Điểm đã chấm không còn khớp với buổi này; chấm lại theo phiếu ở trang của buổi." in form.words
    again = Page(secretary.get(f"{address}/cham-diem")).form.values
    assert (again["stage"], again["points-hd42.time"]) == ("proposed", "5")
    assert again["points-hd42.thematic_content"] == ""
    page = corrected(kind="thematic")
    assert "Điểm đã chấm không dùng cho loại buổi này" in page.words
    page = corrected(kind="regular", thematic_topic="")
    assert "100 /100 điểm Tốt · chi bộ biểu quyết" in page.words
    assert "Chấm lại điểm buổi sinh hoạt" not in Page(secretary.get("/")).links


def test_only_a_superior_is_offered_the_confirmation(app: Flask, committee: Committee) -> None:
    switched_on(committee)
    address = met(committee)
    said = [
        "Cấp trên dự xác nhận" in Page(committee.client(app, role).get(f"{address}/cham-diem")).lines
        for role in (Role.CELL_SECRETARY, Role.COMMITTEE, Role.TENANT_ADMIN)
    ]
    assert said == [False, True, True]


def test_without_a_frame_on_that_day_a_meeting_has_no_sheet(app: Flask, committee: Committee) -> None:
    secretary = committee.client(app, Role.CELL_SECRETARY)
    unscored = met(committee)
    switched_on(committee)
    early = met(committee, day=date(2025, 10, 27))
    assert secretary.get(f"{early}/cham-diem").status_code == 404
    assert "Chấm điểm buổi này" not in Page(secretary.get(early)).links
    assert "Chấm điểm buổi này" in Page(secretary.get(unscored)).links


def test_the_sheet_takes_a_fixed_number_of_statements(app: Flask, committee: Committee) -> None:
    switched_on(committee)
    secretary = committee.client(app, Role.CELL_SECRETARY)
    few, many = met(committee, day=date(2026, 2, 3)), met(committee, day=date(2026, 1, 5), away=20)
    counts = [statements(app, secretary, f"{address}/cham-diem") for address in (few, many)]
    assert counts[0] == counts[1] <= 30


def test_a_frame_switched_on_that_this_instance_no_longer_has_is_named(
    client: FlaskClient, committee: Committee
) -> None:
    with scope(committee.engine, committee.tenant_id) as session:
        session.add(
            FrameAdoption(
                policy_code="national_lost",
                valid_from=date(2025, 1, 1),
                document=DECISION,
                entered_by="Quản trị",
            )
        )
    assert "thiếu khung “national_lost” mà đảng bộ đã bật" in Page(client.get("/ke-hoach")).lines
    assert client.get("/ke-hoach/national_lost").status_code == 404
