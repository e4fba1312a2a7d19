"""The end of a year through its pages: what waits, a step seen and recorded once, a dossier, what is taken back, lists."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, func, select, update

from bontot.access import Role
from bontot.clock import today
from bontot.db.models import AnnualRating, Judgment, OrganisationPeriod, RecognitionCase, RecognitionStep
from bontot.db.tenancy import PLATFORM, scope
from bontot.evaluation.whole import evaluate
from bontot.imports.reading import read
from bontot.settings import Settings
from bontot.web import create_app
from bontot.web.database import db
from tests.factories import Committee
from tests.isolation.golden.asking import form_key
from tests.recognised import CELL, MEMBER, dissolved, recognising, taken, taking, until, year_ended
from tests.web.counting import statements
from tests.web.reading import Page

REGISTRY = recognising()
HOME = f"/cong-nhan?nam=2023&danh-hieu={CELL}"


@pytest.fixture(scope="module")
def app(settings: Settings) -> Iterator[Flask]:
    made = create_app(settings, REGISTRY)
    made.config["WTF_CSRF_ENABLED"] = False
    yield made
    with made.app_context():
        db.engine.dispose()


@pytest.fixture
def committee(engine: Engine, unique: str) -> Committee:
    return year_ended(engine, unique, REGISTRY)


def step_address(key: str, title: str = CELL) -> str:
    return f"/cong-nhan/{title}/buoc/{key}?nam=2023"


def steps_recorded(committee: Committee) -> int:
    with scope(committee.engine, committee.tenant_id) as session:
        return session.scalar(select(func.count()).select_from(RecognitionStep)) or 0


def case_of(committee: Committee) -> RecognitionCase:
    with scope(committee.engine, committee.tenant_id) as session:
        found = session.scalars(select(RecognitionCase).order_by(RecognitionCase.id)).first()
        assert found is not None
        session.expunge(found)
    return found


@pytest.fixture
def ward(app: Flask, committee: Committee) -> FlaskClient:
    return committee.client(app, Role.COMMITTEE)


def test_the_page_says_what_waits_and_for_whom(app: Flask, committee: Committee, ward: FlaskClient) -> None:
    """What the reader's own body does comes first; what those below do can be opened, what those above do cannot."""
    until(committee, REGISTRY, "publish", committee.cells[0].id)
    page = Page(ward.get(HOME))
    assert page.heading == "Công nhận năm 2023"
    assert "Không có bước nào chờ đồng chí." in page.words
    cells, people = "“Chi bộ bốn tốt” năm 2023", "“Đảng viên bốn tốt” năm 2023"
    assert [row[:4] for row in page.rows if row[1] in (cells, people)] == [
        ["Chi bộ tự đánh giá", cells, "30/11/2023", "1 chi bộ"],
        ["Chi bộ biểu quyết từng đảng viên", people, "30/11/2023", "20 đảng viên"],
        ["Tổng hợp toàn quận", cells, "không ấn định", "1 chi bộ"],
    ]
    passed = {row[0].partition(".")[0]: row[2:] for row in page.rows if row[0][1:2] == "."}
    assert passed == {
        "1": ["1", "1"],
        "2": ["0", "1"],
        "3": ["0", "1"],
        "4": ["0", "1"],
        "5": ["0", "1"],
        "6": ["1", "0"],
        "7": ["0", "0"],
    }
    assert "Chi bộ tự đánh giá" in page.links
    assert "Tổng hợp toàn quận" not in page.links
    assert "Tổng hợp toàn quận" in Page(committee.client(app, Role.TENANT_ADMIN).get(HOME)).links
    own = Page(committee.client(app, Role.CELL_SECRETARY).get(HOME))
    assert ("Chi bộ nhà số 1" in own.links, "Chi bộ nhà số 2" in own.links) == (True, False)


def test_the_dossier_of_a_cell_that_ended_says_so(committee: Committee, ward: FlaskClient) -> None:
    """On the list, in the dossier, and beside the figures."""
    one, two = committee.cells
    until(committee, REGISTRY, "decide", one.id, two.id)
    dissolved(committee, REGISTRY, 1, 0, date(2023, 12, 20))
    page = Page(ward.get(HOME))
    said = "Chi bộ đã kết thúc từ ngày 20/12/2023, không còn thuộc diện xét năm 2023"
    assert [row[4] for row in page.rows if row[0] == two.name] == [
        f"Hết thời hạn đề nghị khi chưa đủ điều kiện {said}"
    ]
    assert "Ngoài các số trên còn 1 hồ sơ của chi bộ không còn thuộc diện xét" in page.words
    found = Page(ward.get(page.links[two.name]))
    assert (said in found.words, "Thu hồi danh hiệu" in found.links) == (True, True)
    listed = Page(ward.get("/cong-nhan/danh-sach?nam=2023"))
    assert [row[4] for row in listed.rows if row[1:2] == [two.name]] == [
        "Hết thời hạn đến hết 13/12/2024 đề nghị khi chưa đủ điều kiện đã kết thúc từ ngày 20/12/2023"
    ]


def test_a_step_is_filled_in_seen_and_recorded_once(committee: Committee, ward: FlaskClient) -> None:
    address = step_address("assess")
    form = Page(ward.get(address)).form
    ids = [str(cell.public_id) for cell in committee.cells]
    assert form.values["subject"] == ids
    data = form.sent(done_on__day="20", done_on__month="11", done_on__year="2023")
    assert ward.post(address, data=data | {"khác": "1"}).status_code == 422
    seen = Page(ward.post(address, data=data))
    assert (seen.status, seen.heading, steps_recorded(committee)) == (
        200,
        "Chi bộ tự đánh giá, ngày 20/11/2023",
        0,
    )
    written = seen.form.sent(action="record")
    for _ in range(2):
        answer = ward.post(address, data=written)
        assert (answer.status_code, steps_recorded(committee)) == (302, 2)
    stale = Page(ward.post(address, data=written | {"form_key": form_key()}))
    assert (stale.status, steps_recorded(committee)) == (422, 2)


def test_what_is_typed_is_kept_and_told_where_it_is_wrong(committee: Committee, ward: FlaskClient) -> None:
    until(committee, REGISTRY, "assess", committee.cells[0].id)
    address = f"{step_address('file')}&noi={committee.cells[0].public_id}"
    votes = f"votes-{committee.cells[0].public_id}"
    data = Page(ward.get(address)).form.sent(
        done_on__day="31", done_on__month="2", done_on__year="2023", present="chín", issued="9"
    )
    page = Page(ward.post(address, data=data | {votes: "8"}))
    assert (page.status, page.form.values["present"], page.form.values[votes]) == (422, "chín", "8")
    assert page.mends == [
        ("done_on", "Không có ngày 31/2/2023."),
        ("present", "Có mặt: ghi một số, ví dụ 28."),
        ("returned", "Phiếu thu về: ghi một số, ví dụ 28."),
        ("valid", "Phiếu hợp lệ: ghi một số, ví dụ 28."),
        ("invalid", "Phiếu không hợp lệ: ghi một số, ví dụ 28."),
    ]
    elsewhere = Page(ward.get(f"{step_address('file')}&noi={committee.cells[1].public_id}"))
    assert "Không ai chờ đồng chí ở bước này" in elsewhere.words
    for place in (committee.root.public_id, "x"):
        assert ward.get(f"{step_address('file')}&noi={place}").status_code == 404


def test_members_are_voted_cell_by_cell(committee: Committee, ward: FlaskClient) -> None:
    page = Page(ward.get(step_address("vote", MEMBER)))
    assert [name for name in page.links if name.startswith("Chi bộ nhà")] == [
        cell.name for cell in committee.cells
    ]
    listed = Page(ward.get(page.links[committee.cells[0].name]))
    assert len([row for row in listed.rows if row[0].startswith("Nguyễn")]) == 10


def test_a_decision_is_of_the_body_by_its_own_name(committee: Committee, ward: FlaskClient) -> None:
    until(committee, REGISTRY, "appraise", committee.cells[0].id)
    assert Page(ward.get(step_address("decide"))).form.values["issuer"] == "Đảng ủy phường"
    with scope(committee.engine, committee.tenant_id) as session:
        named = update(OrganisationPeriod).values(name="Đảng bộ phường Ví Dụ")
        session.execute(named.where(OrganisationPeriod.organisation_id == committee.ward.id))
        session.commit()
    page = Page(ward.get(step_address("decide")))
    assert page.form.values["issuer"] == "Đảng ủy phường Ví Dụ"
    assert "Theo kế hoạch: Đảng ủy phường" in page.words


def test_a_dossier_tells_its_steps_to_its_reader_only(
    app: Flask, committee: Committee, engine: Engine, unique: str
) -> None:
    one, two = committee.cells
    until(committee, REGISTRY, "decide", one.id)
    address = f"/cong-nhan/to-chuc/{one.public_id}?nam=2023"
    page = Page(committee.client(app, Role.CELL_SECRETARY).get(address))
    for said in (
        "Công nhận ngày 14/12/2023, có giá trị đến hết ngày 13/12/2024.",
        "8/10 tán thành, cần từ 6; bỏ phiếu kín, 9 người có mặt, phát 9 phiếu, thu 9, hợp lệ 8.",
        "Quyết định 12-QĐ/ĐU, Ban Thường vụ Đảng ủy phường; Nguyễn Văn Ký ký.",
        "Tổng hợp toàn quận Chưa đến lượt Đảng ủy cấp trên trực tiếp",
    ):
        assert said in page.words
    assert not any(name.startswith("Bỏ “") for name in page.links)
    secretary = committee.client(app, Role.CELL_SECRETARY)
    assert secretary.get(f"/cong-nhan/to-chuc/{two.public_id}?nam=2023").status_code == 404
    other = year_ended(engine, f"{unique}-khac", REGISTRY, "lạ")
    assert other.client(app, Role.TENANT_ADMIN).get(address).status_code == 404
    member = committee.client(app, Role.MEMBER)
    own, colleague = (one.members[place][1] for place in (1, 2))
    mine = Page(member.get(f"/cong-nhan/dang-vien/{own}?nam=2023"))
    assert (mine.status, mine.heading) == (200, "Nguyễn nhà Bình")
    assert member.get(f"/cong-nhan/dang-vien/{colleague}?nam=2023").status_code == 404
    assert member.get("/cong-nhan").status_code == 403


def test_what_was_written_by_mistake_is_taken_back(committee: Committee, ward: FlaskClient) -> None:
    one = committee.cells[0]
    until(committee, REGISTRY, "decide", one.id)
    address = f"/cong-nhan/{CELL}/ho-so/{case_of(committee).public_id}/bo?nam=2023"
    shown = Page(ward.get(address))
    assert shown.heading == "Bỏ: Quyết định công nhận"
    assert Page(ward.post(address, data=shown.form.values)).mends == [("reason", "Ghi lý do bỏ bước này.")]
    stale = Page(ward.post(address, data=shown.form.sent(reason="nhầm", version="1")))
    assert (stale.status, "Vừa có người khác ghi hồ sơ này." in stale.words) == (412, True)
    assert ward.post(address, data=shown.form.sent(reason="nhầm")).status_code == 302
    assert steps_recorded(committee) == 3


def test_a_title_is_revoked_after_its_effect_was_seen(committee: Committee, ward: FlaskClient) -> None:
    one = committee.cells[0]
    until(committee, REGISTRY, "decide", one.id)
    address = f"/cong-nhan/{CELL}/ho-so/{case_of(committee).public_id}/thu-hoi?nam=2023"
    form = Page(ward.get(address)).form
    assert Page(ward.post(address, data=form.sent(day__day="1", day__month="1", day__year="2023"))).mends == [
        ("number", "Ghi số, ký hiệu văn bản."),
        ("day", "Danh hiệu được công nhận ngày 14/12/2023; không thể thu hồi trước ngày ấy."),
        ("issuer", "Ghi cơ quan ban hành."),
        ("signer", "Ghi người ký."),
        ("reason", "Ghi lý do thu hồi."),
    ]
    filled = form.sent(
        day__day="5",
        day__month="5",
        day__year="2024",
        number="15-QĐ/ĐU",
        issuer="BTV",
        signer="Ký",
        reason="vi phạm",
    )
    seen = Page(ward.post(address, data=filled))
    assert (seen.heading, case_of(committee).revoked_on) == (
        "Chi bộ nhà số 1 thôi giữ danh hiệu “Chi bộ bốn tốt”",
        None,
    )
    assert ward.post(address, data=seen.form.sent(action="record")).status_code == 302
    assert case_of(committee).revoked_on == date(2024, 5, 5)
    assert ward.get(address).status_code == 404


def test_the_list_is_an_appendix_and_years_are_compared(committee: Committee, ward: FlaskClient) -> None:
    one, two = committee.cells
    until(committee, REGISTRY, "decide", one.id, two.id)
    page = Page(ward.get("/cong-nhan/danh-sach?nam=2023"))
    listed = Page(ward.get(page.links["12-QĐ/ĐU, 14/12/2023"]))
    assert "Kèm theo Quyết định số 12-QĐ/ĐU, ngày 14/12/2023 của Ban Thường vụ Đảng ủy phường" in listed.words
    assert [row[:3] for row in listed.rows[1:]] == [
        ["1", one.name, committee.ward.name],
        ["2", two.name, committee.ward.name],
    ]
    assert "đề nghị khi chưa đủ điều kiện" in listed.rows[2][3]
    compared = Page(ward.get("/cong-nhan/so-voi-nam-truoc?nam=2024"))
    assert [(row[0], row[4]) for row in compared.rows[1:]] == [
        (one.name, "Chưa quyết định"),
        (two.name, "Chưa quyết định"),
    ]
    assert "Năm 2024 chưa có quyết định công nhận nào còn giá trị" in compared.words
    for wrong in ("danh-sach?nam=2023&quyet-dinh=0", "danh-sach?danh-hieu=x", "so-voi-nam-truoc?danh-hieu=x"):
        assert ward.get(f"/cong-nhan/{wrong}").status_code == 404
    for wrong in ("/cong-nhan?danh-hieu=x", step_address("x"), step_address("vote", "x:y")):
        assert ward.get(wrong).status_code == 404


def test_the_board_of_a_title_comes_as_a_sheet_with_its_days(committee: Committee, ward: FlaskClient) -> None:
    one, two = committee.cells
    until(committee, REGISTRY, "decide", one.id, two.id)
    [sheet] = read(ward.get(Page(ward.get(HOME)).links["Tải Excel"]).data)
    head, *rows = sheet.rows[3:]
    assert [head[place] for place in (1, 2, 3, 8, 9)] == [
        "Tổ chức",
        "Trực thuộc",
        "Theo đánh giá đến nay",
        "Công nhận từ ngày",
        "Giữ đến hết ngày",
    ]
    assert [[row[place] for place in (1, 2, 8)] for row in rows] == [
        [one.name, committee.ward.name, date(2023, 12, 14)],
        [two.name, committee.ward.name, date(2023, 12, 14)],
    ]


def test_a_rating_somebody_changed_meanwhile_is_shown_beside(committee: Committee, ward: FlaskClient) -> None:
    cell, (member_id, public_id) = committee.cells[0], committee.cells[0].members[0]
    address = f"/xep-loai/{cell.public_id}?nam=2023"
    form = Page(ward.get(address)).form
    changes = {"decided_on__day": "20", "decided_on__month": "12", "decided_on__year": "2023"}
    with scope(committee.engine, committee.tenant_id) as session:
        session.add(
            AnnualRating(member_id=member_id, year=2023, level="completed", decided_on=date(2023, 12, 19))
        )
    data = form.sent(**changes) | {f"level-{public_id}": "good"}
    stale = Page(ward.post(address, data=data))
    assert (stale.status, stale.form.values[f"level-{public_id}"]) == (412, "good")
    assert "Đang ghi: Hoàn thành nhiệm vụ" in stale.words
    assert ward.post(address, data=stale.form.values).status_code == 302
    with scope(committee.engine, committee.tenant_id) as session:
        assert session.scalars(select(AnnualRating.level)).all() == ["good"]


def test_more_subjects_cost_no_more_statements(app: Flask, committee: Committee) -> None:
    """The secretary's one cell and the administrator's two; ten members and twenty."""
    taken(committee, REGISTRY, taking("assess", committee.cells[0].id))
    for title in (CELL, MEMBER):
        few, many = (
            statements(app, committee.client(app, role), f"/cong-nhan?nam=2023&danh-hieu={title}")
            for role in (Role.COMMITTEE, Role.TENANT_ADMIN)
        )
        assert few >= many


def test_the_first_page_says_what_is_due_soon_to_whom_it_waits_for(
    settings: Settings, engine: Engine, unique: str
) -> None:
    """A step due in ten days is on the page of the secretary, whose it is, with the one subject of the cell."""
    with scope(engine, PLATFORM) as session:
        day = today(session)
    due = day + timedelta(days=10)
    registry = recognising(file_by=due.month * 100 + due.day)
    committee = year_ended(engine, unique, registry)
    with scope(committee.engine, committee.tenant_id) as session:
        evaluate(session, registry, year=day.year, as_of=day, by="Quản trị")
    app = create_app(settings, registry)
    said = {
        role: "Chi bộ tự đánh giá “Chi bộ bốn tốt” năm" in Page(committee.client(app, role).get("/")).words
        for role in (Role.CELL_SECRETARY, Role.COMMITTEE, Role.TENANT_ADMIN, Role.MEMBER)
    }
    assert said == {
        Role.CELL_SECRETARY: True,
        Role.COMMITTEE: False,
        Role.TENANT_ADMIN: False,
        Role.MEMBER: False,
    }
    with app.app_context():
        db.engine.dispose()


def test_who_has_no_sheet_is_not_ticked_for_the_step_that_lays_it_down(
    settings: Settings, engine: Engine, unique: str
) -> None:
    registry = recognising(sheet=True)
    committee = year_ended(engine, unique, registry)
    app = create_app(settings, registry)
    app.config["WTF_CSRF_ENABLED"] = False
    ward, (one, two) = committee.client(app, Role.COMMITTEE), committee.cells
    with scope(committee.engine, committee.tenant_id) as session:
        session.add(
            Judgment(
                criterion="vidu.cell.discussion",
                organisation_id=two.id,
                year=2023,
                stage="self_assessment",
                verdict="met",
                judged_by="Chi bộ",
                judged_on=date(2023, 11, 20),
            )
        )
    page = Page(ward.get(step_address("assess")))
    assert page.form.values["subject"] == str(two.public_id)
    assert [(row[0], row[2]) for row in page.rows[1:]] == [(one.name, "0/1 tiêu chí"), (two.name, "Đủ")]
    taken(committee, registry, taking("assess", one.id))
    said = Page(ward.get(f"/cong-nhan/to-chuc/{one.public_id}?nam=2023")).words
    assert "Chi bộ tự đánh giá Còn thiếu 20/11/2023" in said
    with app.app_context():
        db.engine.dispose()


def test_before_the_years_evaluation_only_who_may_start_it_is_sent_to_it(
    app: Flask, committee: Committee
) -> None:
    said = {
        role: Page(committee.client(app, role).get("/cong-nhan?nam=2022")).words
        for role in (Role.COMMITTEE, Role.CELL_SECRETARY)
    }
    assert "Việc đầu tiên: đánh giá năm 2022" in said[Role.COMMITTEE]
    assert "Hồ sơ năm 2022 mở khi cấp ủy cấp trên đã đánh giá năm ấy." in said[Role.CELL_SECRETARY]
