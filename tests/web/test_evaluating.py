"""A year is evaluated in the background and read by each role as far as it reaches, down to the record and the clause."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient
from redis import Redis
from rq import Queue
from rq.serializers import JSONSerializer
from sqlalchemy import Engine, delete, func, select

from bontot.access import Role
from bontot.db.models import (
    AuditEvent,
    EvaluationRun,
    Job,
    Member,
    Membership,
    Organisation,
    OrganisationPeriod,
    Outbox,
    PolicyAssignment,
    RoleGrant,
    Verdict,
)
from bontot.db.models.meeting import ABSENT_UNEXCUSED
from bontot.db.tenancy import PLATFORM, scope
from bontot.evaluation.incremental import rejudge
from bontot.evaluation.whole import evaluate
from bontot.jobs.outbox import QUEUE
from bontot.jobs.tasks import Desk
from bontot.services.thresholds import set_value
from bontot.settings import Settings
from bontot.text import collation_key, natural_key, search_key
from bontot.web import create_app
from bontot.web.database import db
from tests.factories import FOUNDED, Committee
from tests.sample_plans import PLAN, WARD
from tests.web.counting import statements
from tests.web.evaluated import AS_OF, REGISTRY, YEAR, evaluated, hold, judged, names
from tests.web.reading import Page

CLAUSE = "Kế hoạch số 01-KH/VD ngày 27/01/2023"


@pytest.fixture(scope="module")
def app(settings: Settings) -> Iterator[Flask]:
    """The site with the example plans and the platform's counts."""
    made = create_app(settings, REGISTRY)
    made.config["WTF_CSRF_ENABLED"] = False
    yield made
    with made.app_context():
        db.engine.dispose()


@pytest.fixture
def committee(engine: Engine, unique: str) -> Committee:
    return evaluated(engine, unique)


@pytest.fixture
def client(app: Flask, committee: Committee) -> FlaskClient:
    return committee.client(app, Role.TENANT_ADMIN)


@pytest.fixture
def queue(redis_url: str) -> Iterator[Queue]:
    """The queue workers are woken by, empty."""
    redis = Redis.from_url(redis_url)
    redis.flushdb()
    yield Queue(QUEUE, connection=redis, serializer=JSONSerializer)
    redis.close()


def ask(client: FlaskClient, year: int = YEAR) -> str:
    """Presses the button of a year; where that leads."""
    forms = Page(client.get("/danh-gia")).forms
    form = next((form for form in forms if form.values.get("year") == str(year)), forms[-1])
    return client.post("/danh-gia", data=form.sent(year=str(year))).headers.get("Location", "")


def outbox(committee: Committee) -> list[int]:
    with scope(committee.engine, PLATFORM) as session:
        return list(session.scalars(select(Outbox.id).where(Outbox.tenant_id == committee.tenant_id)))


def counted(committee: Committee, table: type[Job] | type[EvaluationRun]) -> int:
    with scope(committee.engine, committee.tenant_id) as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def between(page: Page, start: str, end: str) -> str:
    """The words of a page from `start` on, up to `end`."""
    return page.words[page.words.index(start) : page.words.index(end)].strip()


def test_a_year_is_asked_for_waited_for_and_read(
    app: Flask, committee: Committee, client: FlaskClient, queue: Queue
) -> None:
    address = ask(client)
    [row] = outbox(committee)
    assert [tuple(job.args) for job in queue.jobs] == [(row,)]
    waits = Page(client.get(address))
    assert (waits.heading, "Đang chờ Việc sẽ bắt đầu trong giây lát." in waits.words) == (
        "Đánh giá năm 2023",
        True,
    )
    assert b'http-equiv="refresh"' in client.get(address).get_data()
    assert Desk(committee.engine, REGISTRY).do(row)
    done = Page(client.get(address))
    assert "Đã xong Xong lúc" in done.words
    assert b'http-equiv="refresh"' not in client.get(address).get_data()
    result = Page(client.get(done.links["Xem kết quả: Kế hoạch ví dụ"]))
    assert (result.status, result.heading) == (200, "Đánh giá năm 2023")
    index = Page(client.get("/danh-gia"))
    assert "Năm 2023 Kế hoạch ví dụ Theo hồ sơ đến ngày" in index.words
    assert [line[:2] for line in Page(client.get("/viec")).rows[1:]] == [["Đánh giá năm 2023", "Đã xong"]]


def test_a_second_press_and_a_year_still_waiting_ask_once(
    committee: Committee, client: FlaskClient, queue: Queue
) -> None:
    form = next(form for form in Page(client.get("/danh-gia")).forms if form.values.get("year"))
    first, second = (client.post("/danh-gia", data=form.values).headers["Location"] for _ in range(2))
    year = int(str(form.values["year"]))
    assert (first == second, ask(client, year)) == (True, first)
    sentence = f"Đã có một lần đánh giá năm {year} đang chờ; không cần yêu cầu thêm."
    assert sentence in Page(client.get(first)).words
    assert (counted(committee, Job), len(queue.jobs)) == (1, 1)
    [row] = outbox(committee)
    assert Desk(committee.engine, REGISTRY).do(row)
    assert client.post("/danh-gia", data=form.values).headers["Location"] == first
    assert (counted(committee, Job), len(queue.jobs)) == (1, 1)


def test_waiting_work_leads_nobody_who_may_not_ask(
    app: Flask, committee: Committee, client: FlaskClient, queue: Queue
) -> None:
    ask(client)
    form_key = "8f1de1b2-0000-4000-8000-000000000001"
    sent = {"year": str(YEAR), "form_key": form_key}
    assert committee.client(app, Role.MEMBER).post("/danh-gia", data=sent).status_code == 403


@pytest.mark.parametrize(
    ("year", "sentence"),
    [
        ("2090", "Năm 2090 chưa bắt đầu vào ngày"),
        ("", "Chọn năm cần đánh giá trong danh sách."),
        ("hai nghìn", "Chọn năm cần đánh giá trong danh sách."),
    ],
)
def test_a_year_that_cannot_be_judged_is_refused_and_wakes_nobody(
    committee: Committee, client: FlaskClient, queue: Queue, year: str, sentence: str
) -> None:
    form = next(form for form in Page(client.get("/danh-gia")).forms if form.values.get("year"))
    page = Page(client.post("/danh-gia", data=form.sent(year=year)))
    assert (page.status, f"Chưa đánh giá được {sentence}" in page.words) == (422, True)
    assert (counted(committee, Job), len(queue.jobs), outbox(committee)) == (0, 0, [])


def test_work_that_failed_says_why_and_offers_another_try(
    committee: Committee, client: FlaskClient, queue: Queue
) -> None:
    address = ask(client)
    empty = Desk(committee.engine, REGISTRY)
    with scope(committee.engine, committee.tenant_id) as session:
        session.connection().exec_driver_sql("UPDATE policy_assignment SET policy_code = 'vidu_hong'")
    [row] = outbox(committee)
    assert empty.do(row)
    page = Page(client.get(address))
    reason = "Kế hoạch “vidu_hong” chưa dùng được: ImportError: thiếu tệp."
    assert f"Không xong {reason} Hồ sơ và các kết quả trước đó vẫn nguyên vẹn." in page.words
    assert [form.values["year"] for form in page.forms if "year" in form.values] == ["2023"]
    assert counted(committee, EvaluationRun) == 0


def test_progress_is_told_in_criteria(committee: Committee, client: FlaskClient) -> None:
    with scope(committee.engine, committee.tenant_id) as session:
        job = Job(
            kind="evaluation",
            arguments={"year": 2023},
            requested_by="An",
            state="running",
            progress=3,
            total=12,
            doing="Tỷ lệ đảng viên dự sinh hoạt",
        )
        session.add(job)
        session.flush()
        public_id = job.public_id
    page = Page(client.get(f"/viec/{public_id}"))
    assert "Đang chạy Đã xét 3/12 tiêu chí Đang tính: Tỷ lệ đảng viên dự sinh hoạt" in page.words


def test_an_evaluation_lists_everyone_by_name_with_what_is_missing(
    committee: Committee, client: FlaskClient
) -> None:
    run = f"/danh-gia/{judged(committee).public_id}"
    page = Page(client.get(run))
    missing = "Chưa đạt: Sinh hoạt chi bộ đầy đủ, đúng quy định"
    expected = [
        [
            str(2 * place + cell),
            name,
            f"Chi bộ nhà số {cell}",
            *(("Chưa đạt", missing) if short else ("Đạt", "")),
        ]
        for place, name in enumerate(names(range(10)))
        for cell, short in ((1, False), (2, place < 4))
    ]
    assert page.rows[1:21] == expected
    assert "Tất cả 20 Đạt 16 Chưa đạt 4" in page.words
    short = Page(client.get(page.links["Chưa đạt 4"]))
    assert [row[1:3] for row in short.rows[1:5]] == [[name, "Chi bộ nhà số 2"] for name in names(range(4))]
    cells = Page(client.get(page.links["Chi bộ bốn tốt"]))
    assert cells.rows == [
        ["STT", "Tổ chức", "Kết quả", "Còn thiếu"],
        ["1", "Chi bộ nhà số 1", "Đạt", ""],
        [
            "2",
            "Chi bộ nhà số 2",
            "Chưa đạt",
            "Chưa đạt: Tỷ lệ đảng viên tham gia sinh hoạt 1 tiêu chí chưa có dữ liệu",
        ],
        ["Tiêu chí", "Đạt", "Chưa đạt", "Chưa có dữ liệu"],
        [
            "Tỷ lệ đảng viên tham gia sinh hoạt",
            "1 đạt, Tỷ lệ đảng viên tham gia sinh hoạt",
            "1 chưa đạt, Tỷ lệ đảng viên tham gia sinh hoạt",
            "",
        ],
        [
            "Không khí thảo luận sôi nổi, xây dựng",
            "1 đạt, Không khí thảo luận sôi nổi, xây dựng",
            "",
            "1 chưa có dữ liệu, Không khí thảo luận sôi nổi, xây dựng",
        ],
        [
            "Có ít nhất một nửa đảng viên đạt danh hiệu",
            "2 đạt, Có ít nhất một nửa đảng viên đạt danh hiệu",
            "",
            "",
        ],
    ]
    frame = Page(client.get(page.links["Đối chiếu Đề án khung ví dụ: chi bộ"]))
    target = "Chưa đạt: Tỷ lệ đảng viên dự sinh hoạt định kỳ hằng tháng"
    assert frame.rows[:3] == [
        ["STT", "Tổ chức", "Mục tiêu đạt", "Còn thiếu"],
        ["1", "Chi bộ nhà số 1", "0/1", target],
        ["2", "Chi bộ nhà số 2", "0/1", target],
    ]


def test_a_criterion_leads_to_those_it_decided(committee: Committee, client: FlaskClient) -> None:
    run = f"/danh-gia/{judged(committee).public_id}"
    page = Page(client.get(f"{run}?bang=1&tieu-chi=0&ket-qua=chua-dat"))
    said = "Chỉ những nơi có kết quả này ở tiêu chí Tỷ lệ đảng viên tham gia sinh hoạt : Chưa đạt ."
    assert said in page.words
    assert [row[1] for row in page.rows if row[0].isdigit()] == ["Chi bộ nhà số 2"]
    unjudged = Page(client.get(f"{run}?bang=1&tieu-chi=1&ket-qua=chua-co-du-lieu"))
    assert [row[1] for row in unjudged.rows if row[0].isdigit()] == ["Chi bộ nhà số 2"]
    for wrong in ("bang=9", "bang=x", "ket-qua=tot", "tieu-chi=99&ket-qua=dat", "tieu-chi=0"):
        assert client.get(f"{run}?{wrong}").status_code == 404


def test_a_cells_verdict_is_explained_down_to_clause_and_record(
    committee: Committee, client: FlaskClient
) -> None:
    header = judged(committee)
    page = Page(client.get(f"/danh-gia/{header.public_id}/to-chuc/{committee.cells[1].public_id}"))
    members = [f"{name} (chưa đạt)" for name in names(range(4))] + names(range(4, 10))
    attended = "Từ các hồ sơ Buổi ngày 03/03/2023 (6/10) · Buổi ngày 03/02/2023 (10/10)"
    counts = "16 lượt có mặt trong 20 lượt phải dự, bằng 80,0 %; yêu cầu"
    assert between(page, "“Chi bộ bốn tốt”", "1 tiêu chí do người có thẩm quyền") == " ".join(
        [
            "“Chi bộ bốn tốt” Chưa đạt Chưa đủ điều kiện danh hiệu “Chi bộ bốn tốt”:",
            "1 tiêu chí chưa đạt: “Tỷ lệ đảng viên tham gia sinh hoạt”.",
            "Chất lượng sinh hoạt chi bộ tốt Chưa đạt Đảng viên bốn tốt Đạt",
            "Chưa đạt (1) Chất lượng sinh hoạt chi bộ tốt",
            f"Chưa đạt Tỷ lệ đảng viên tham gia sinh hoạt Con số {counts} từ 85 % trở lên",
            f"Căn cứ theo kế hoạch: mục 2, khoản 2, {CLAUSE}, áp dụng từ 27/01/2023",
            "Bên cạnh Khung: Đề án khung ví dụ yêu cầu từ 90 % trở lên, chặt hơn mức đang dùng: chưa đạt",
            attended,
            "1 tiêu chí chưa có dữ liệu Chất lượng sinh hoạt chi bộ tốt",
            "Chưa có dữ liệu Không khí thảo luận sôi nổi, xây dựng",
            "Kết luận người có thẩm quyền chưa xét tiêu chí này",
            f"Căn cứ tiêu chí theo mục 2, khoản 2, {CLAUSE}",
            "1 tiêu chí đã đạt Đảng viên bốn tốt Đạt Có ít nhất một nửa đảng viên đạt danh hiệu",
            "Con số 6 đảng viên đạt “Đảng viên bốn tốt” trong 10 đảng viên được tính, bằng 60,0 %;",
            "yêu cầu từ 50 % trở lên",
            f"Căn cứ theo kế hoạch: mục 4, {CLAUSE}, áp dụng từ 27/01/2023",
            f"Từ các hồ sơ {' · '.join(members)}",
            "Đối chiếu với khung Khung không đặt danh hiệu; các mục tiêu được tính để đối chiếu.",
            "Đề án khung ví dụ: 0/1 mục tiêu đạt Chỉ tiêu của đề án",
            "Chưa đạt Tỷ lệ đảng viên dự sinh hoạt định kỳ hằng tháng",
            f"Con số {counts} từ 90 % trở lên",
            "Căn cứ theo khung: phần II, Đề án số 11-ĐA/VD ngày 06/12/2021, áp dụng từ 06/12/2021",
            attended,
        ]
    )
    assert "Kế hoạch Kế hoạch ví dụ Theo hồ sơ đến ngày 31/12/2023 Đánh giá lúc" in page.words
    meeting = client.get(page.links["Buổi ngày 03/03/2023 (6/10)"], follow_redirects=True)
    assert Page(meeting).heading == "Sinh hoạt thường kỳ ngày 03/03/2023"


def test_a_criterion_nobody_judged_leads_to_where_it_is_judged(app: Flask, committee: Committee) -> None:
    """The sheet, for those who judge; and the workbook, for those who may send one."""
    run = f"/danh-gia/{judged(committee).public_id}"
    waits = "1 tiêu chí do người có thẩm quyền xét chưa có dữ liệu"
    on_page = "Xét các tiêu chí này ; kết luận được tính ngay vào kết quả đến nay."
    in_workbook = (
        "Hoặc ghi kết luận vào trang tính “Đánh giá” của tệp Excel rồi gửi ở trang Nhập dữ liệu ; năm nay và năm "
        "trước được đánh giá lại ngay sau đó."
    )
    first, second = (f"/danh-gia/{run.rsplit('/', 1)[-1]}/to-chuc/{one.public_id}" for one in committee.cells)
    told = {}
    for role in (Role.TENANT_ADMIN, Role.COMMITTEE):
        for number, address in enumerate((f"{run}?bang=1", first, second)):
            page = Page(committee.client(app, role).get(address))
            said = tuple(sentence in page.words for sentence in (waits, on_page, in_workbook))
            told[role, number] = said, page.links.get("Xét các tiêu chí này")
    everyone = f"/xet-tieu-chi?nam={YEAR}"
    sheet = f"/xet-tieu-chi/to-chuc/{committee.cells[1].public_id}?nam={YEAR}"
    nothing = ((False, False, False), None)
    assert told == {
        (Role.TENANT_ADMIN, 0): ((True, True, True), everyone),
        (Role.TENANT_ADMIN, 1): nothing,
        (Role.TENANT_ADMIN, 2): ((True, True, True), sheet),
        (Role.COMMITTEE, 0): ((True, True, False), everyone),
        (Role.COMMITTEE, 1): nothing,
        (Role.COMMITTEE, 2): ((True, True, False), sheet),
    }


def test_a_members_verdict_names_what_decided_it(committee: Committee, client: FlaskClient) -> None:
    header = judged(committee)
    short = committee.cells[1].members[0][1]
    page = Page(client.get(f"/danh-gia/{header.public_id}/dang-vien/{short}"))
    assert between(page, "“Đảng viên bốn tốt”", "Lần đánh giá này") == " ".join(
        [
            "“Đảng viên bốn tốt” Chưa đạt Chưa đủ điều kiện danh hiệu “Đảng viên bốn tốt”:",
            "1 tiêu chí chưa đạt: “Sinh hoạt chi bộ đầy đủ, đúng quy định”.",
            "Kỷ luật tốt Chưa đạt Chưa đạt (1) Kỷ luật tốt Chưa đạt Sinh hoạt chi bộ đầy đủ, đúng quy định",
            "Con số 1 buổi vắng không lý do trong 2 buổi phải dự; yêu cầu không được có trường hợp nào",
            "Căn cứ mức mặc định (kế hoạch không quy định), áp dụng từ 27/01/2023;",
            f"tiêu chí theo mục 3, {CLAUSE}",
            "Từ các hồ sơ Buổi ngày 03/03/2023",
        ]
    )


def test_a_stored_run_stays_as_it_was_and_points_to_the_newer_one(
    committee: Committee, client: FlaskClient
) -> None:
    old = judged(committee)
    with scope(committee.engine, committee.tenant_id) as session:
        hold(session, committee, 0, date(2023, 4, 3), dict.fromkeys(range(6), ABSENT_UNEXCUSED))
    new = judged(committee)
    cell = committee.cells[0].public_id
    before = Page(client.get(f"/danh-gia/{old.public_id}/to-chuc/{cell}"))
    after = Page(client.get(f"/danh-gia/{new.public_id}/to-chuc/{cell}"))
    assert "Con số 17 lượt có mặt trong 20 lượt phải dự, bằng 85,0 %" in before.words
    assert "Con số 21 lượt có mặt trong 30 lượt phải dự, bằng 70,0 %" in after.words
    run = Page(client.get(f"/danh-gia/{old.public_id}"))
    assert run.links["Xem lần mới nhất"] == f"/danh-gia/{new.public_id}"
    assert "Đã có lần đánh giá mới hơn" in before.words
    assert "Đã có lần đánh giá mới hơn" not in after.words
    assert f"/danh-gia/{old.public_id}" not in Page(client.get("/danh-gia")).links.values()


def test_a_run_whose_plan_says_otherwise_by_now_says_so(app: Flask, committee: Committee) -> None:
    client, address = committee.client(app, Role.TENANT_ADMIN), f"/danh-gia/{judged(committee).public_id}"
    said = "Quy định đã khác từ lần đánh giá này"
    assert said not in Page(client.get(address)).words
    with scope(committee.engine, committee.tenant_id) as session:
        set_value(
            session,
            committee.actor(Role.TENANT_ADMIN),
            REGISTRY,
            policy_code=PLAN,
            key="vidu.cell.attendance",
            value="95",
            valid_from=date(2023, 6, 1),
            document="Quyết định số 9-QĐ/ĐU",
        )
    assert said in Page(client.get(address)).words
    judged(committee)
    words = Page(client.get(address)).words
    assert said not in words
    assert "Đã có lần đánh giá mới hơn" in words


@pytest.fixture
def apart(committee: Committee) -> Committee:
    """The committee with one more cell, outside the ward, and a member there."""
    with scope(committee.engine, committee.tenant_id) as session:
        cell = Organisation(founded_on=FOUNDED)
        name = "Lê Ngoài Phạm Vi"
        member = Member(
            full_name=name,
            sort_key=collation_key(name),
            search_key=search_key(name),
            employment="retired",
            official_date=FOUNDED,
        )
        session.add_all([cell, member])
        session.flush()
        session.add(
            OrganisationPeriod(
                organisation_id=cell.id,
                parent_id=committee.root.id,
                name="Chi bộ ngoài phường",
                code="C9",
                type="subordinate_cell",
                sector="residential",
                sort_key=natural_key("Chi bộ ngoài phường"),
                valid_from=FOUNDED,
            )
        )
        session.add(Membership(organisation_id=cell.id, member_id=member.id, valid_from=FOUNDED))
    return committee


def seen_by(app: Flask, committee: Committee, role: Role, address: str) -> list[str]:
    """Whom a role sees in a list of an evaluation."""
    page = Page(committee.client(app, role).get(address))
    return [row[1] for row in page.rows if row[0].isdigit()]


def test_each_role_sees_as_far_as_it_reaches(app: Flask, apart: Committee) -> None:
    run = f"/danh-gia/{judged(apart).public_id}"
    ward = [name for name in names(range(10)) for _ in range(2)]
    cells = ["Chi bộ nhà số 1", "Chi bộ nhà số 2"]
    assert seen_by(app, apart, Role.COMMITTEE, run) == ward
    assert seen_by(app, apart, Role.COMMITTEE, f"{run}?bang=1") == cells
    assert "Tất cả 20 Đạt 16 Chưa đạt 4" in Page(apart.client(app, Role.COMMITTEE).get(run)).words
    assert seen_by(app, apart, Role.CELL_SECRETARY, run) == names(range(10))
    assert seen_by(app, apart, Role.CELL_SECRETARY, f"{run}?bang=1") == cells[:1]
    assert seen_by(app, apart, Role.TENANT_ADMIN, f"{run}?bang=1") == [
        "Chi bộ ngoài phường Quận nhà",
        *(f"{cell} Phường nhà" for cell in cells),
    ]
    own = apart.cells[0].members[1][1]
    answer = apart.client(app, Role.MEMBER).get(run)
    assert answer.headers["Location"] == f"{run}/dang-vien/{own}"


@pytest.mark.parametrize("address", ["/dang-vien", "run"])
def test_a_list_across_wards_names_the_ward_after_the_cell(
    app: Flask, apart: Committee, address: str
) -> None:
    address = f"/danh-gia/{judged(apart).public_id}" if address == "run" else address
    cells = {
        role: {
            cell
            for row in Page(apart.client(app, role).get(address)).rows
            for cell in row
            if "Chi bộ " in cell
        }
        for role in (Role.TENANT_ADMIN, Role.COMMITTEE)
    }
    assert cells == {
        Role.TENANT_ADMIN: {
            "Chi bộ nhà số 1 Phường nhà",
            "Chi bộ nhà số 2 Phường nhà",
            "Chi bộ ngoài phường Quận nhà",
        },
        Role.COMMITTEE: {"Chi bộ nhà số 1", "Chi bộ nhà số 2"},
    }


def test_a_verdict_out_of_reach_is_not_found(app: Flask, apart: Committee) -> None:
    run = f"/danh-gia/{judged(apart).public_id}"
    with scope(apart.engine, apart.tenant_id) as session:
        outside = session.scalars(
            select(Member.public_id).where(Member.full_name == "Lê Ngoài Phạm Vi")
        ).one()
        beyond = session.scalars(
            select(Organisation.public_id)
            .join(OrganisationPeriod, OrganisationPeriod.organisation_id == Organisation.id)
            .where(OrganisationPeriod.code == "C9")
        ).one()
    own_cell, other_cell = apart.cells
    addresses = {
        f"{run}/to-chuc/{beyond}": (404, 404, 404),
        f"{run}/dang-vien/{outside}": (404, 404, 404),
        f"{run}/to-chuc/{other_cell.public_id}": (200, 404, 404),
        f"{run}/to-chuc/{own_cell.public_id}": (200, 200, 404),
        f"{run}/dang-vien/{other_cell.members[0][1]}": (200, 404, 404),
        f"{run}/dang-vien/{own_cell.members[0][1]}": (200, 200, 404),
        f"{run}/dang-vien/{own_cell.members[1][1]}": (200, 200, 200),
    }
    roles = (Role.COMMITTEE, Role.CELL_SECRETARY, Role.MEMBER)
    clients = [apart.client(app, role) for role in roles]
    assert {
        address: tuple(client.get(address).status_code for client in clients) for address in addresses
    } == addresses


def secretary_of(app: Flask, committee: Committee, cell: int) -> FlaskClient:
    """The log-in of a cell's secretary whose own record is nowhere in the committee."""
    with scope(committee.engine, committee.tenant_id) as session:
        grant = session.scalars(select(RoleGrant).where(RoleGrant.role == Role.CELL_SECRETARY)).one()
        grant.organisation_id, grant.member_id = cell, None
    return committee.client(app, Role.CELL_SECRETARY)


def listed(client: FlaskClient, address: str) -> list[str]:
    return [row[1] for row in Page(client.get(address)).rows if row[0].isdigit()]


def test_who_moved_after_the_year_is_read_where_it_was_spent_and_where_she_is_now(
    app: Flask, apart: Committee
) -> None:
    """The third member of cell 1 belongs to cell 2 from the first of January 2024; a third cell sees nothing of it."""
    (old, new), (mover, address) = apart.cells, apart.cells[0].members[2]
    with scope(apart.engine, apart.tenant_id) as session:
        session.scalars(select(Membership).where(Membership.member_id == mover)).one().valid_to = date(
            2024, 1, 1
        )
        session.flush()
        session.add(Membership(member_id=mover, organisation_id=new.id, valid_from=date(2024, 1, 1)))
        beyond = session.scalars(
            select(OrganisationPeriod.organisation_id).where(OrganisationPeriod.code == "C9")
        ).one()
        [later] = evaluate(session, REGISTRY, year=2024, as_of=date(2024, 12, 31), by="Quản trị")
    runs = [f"/danh-gia/{header.public_id}" for header in (judged(apart), later)]
    ten, eleven = names(range(10)), names([0, 1, 2, *range(2, 10)])
    without, outside = names([0, 1, *range(3, 10)]), ["Lê Ngoài Phạm Vi"]
    found = {}
    for cell in (old.id, new.id, beyond):
        client = secretary_of(app, apart, cell)
        pages = [client.get(f"{run}/dang-vien/{address}") for run in runs]
        found[cell] = [
            (listed(client, run), page.status_code, "Xem hồ sơ đảng viên" in Page(page).links)
            for run, page in zip(runs, pages, strict=True)
        ]
    assert found == {
        old.id: [(ten, 200, False), (without, 404, False)],
        new.id: [(eleven, 200, True), (eleven, 200, True)],
        beyond: [(outside, 404, False), (outside, 404, False)],
    }


def test_a_secretary_is_offered_only_the_evaluations_that_judged_somebody_within_reach(
    app: Flask, apart: Committee
) -> None:
    """The ward follows a plan of its own, and the cell outside it the district's."""
    with scope(apart.engine, apart.tenant_id) as session:
        session.add(
            PolicyAssignment(organisation_id=apart.ward.id, policy_code=WARD, valid_from=date(2023, 1, 1))
        )
        session.flush()
        headers = evaluate(session, REGISTRY, year=YEAR, as_of=AS_OF, by="Quản trị")
        beyond = session.scalars(
            select(OrganisationPeriod.organisation_id).where(OrganisationPeriod.code == "C9")
        ).one()
    runs = {header.rules.policy: f"/danh-gia/{header.public_id}" for header in headers}
    readers: dict[str, Callable[[], FlaskClient]] = {
        "cell": lambda: secretary_of(app, apart, apart.cells[0].id),
        "cell beyond the ward": lambda: secretary_of(app, apart, beyond),
        "ward": lambda: apart.client(app, Role.COMMITTEE),
        "everyone": lambda: apart.client(app, Role.TENANT_ADMIN),
    }
    offered = {}
    for name, client in readers.items():
        links = Page(client().get("/danh-gia")).links.values()
        offered[name] = {code for code, run in runs.items() if run in links}
    assert offered == {
        "cell": {WARD},
        "cell beyond the ward": {PLAN},
        "ward": {WARD},
        "everyone": {PLAN, WARD},
    }


@pytest.mark.parametrize(
    ("role", "evaluates"), [(Role.COMMITTEE, True), (Role.CELL_SECRETARY, False), (Role.MEMBER, False)]
)
def test_who_may_ask_for_an_evaluation_and_follow_it(
    app: Flask, committee: Committee, queue: Queue, role: Role, evaluates: bool
) -> None:
    client = committee.client(app, role)
    page = Page(client.get("/danh-gia"))
    assert (page.status, any("year" in form.values for form in page.forms)) == (200, evaluates)
    form_key = "8f1de1b2-0000-4000-8000-000000000000"
    answer = client.post("/danh-gia", data={"year": "2023", "form_key": form_key})
    follows = 403 if role is Role.MEMBER else 200  # of a secretary, the own work alone
    assert (answer.status_code, client.get("/viec").status_code) == (302 if evaluates else 403, follows)
    assert counted(committee, Job) == int(evaluates)


def test_a_member_is_offered_only_the_evaluations_that_judged_him(app: Flask, committee: Committee) -> None:
    header = judged(committee)
    mine = committee.client(app, Role.MEMBER)
    assert f"/danh-gia/{header.public_id}" in Page(mine.get("/danh-gia")).links.values()
    with scope(committee.engine, committee.tenant_id) as session:
        own = session.scalar(select(RoleGrant.member_id).where(RoleGrant.role == Role.MEMBER))
        session.execute(delete(Verdict).where(Verdict.subject_id == own))
    assert f"/danh-gia/{header.public_id}" not in Page(mine.get("/danh-gia")).links.values()


@pytest.mark.parametrize("year", ["0000", "1999", "2101", "99999", "hai nghìn", ""])
def test_a_year_that_cannot_be_is_refused_and_nothing_is_asked_for(
    committee: Committee, client: FlaskClient, year: str
) -> None:
    key = "8f1de1b2-0000-4000-8000-000000000001"
    assert client.post("/danh-gia", data={"year": year, "form_key": key}).status_code == 422
    assert counted(committee, Job) == 0


def test_a_committee_not_yet_evaluated_says_what_the_page_will_show(app: Flask, committee: Committee) -> None:
    page = Page(committee.client(app, Role.CELL_SECRETARY).get("/danh-gia"))
    assert (
        "Chưa có lần đánh giá nào Khi cấp ủy đánh giá một năm, kết quả của đồng chí hiện ở đây" in page.words
    )


def test_reading_a_verdict_leaves_its_trace(committee: Committee, client: FlaskClient) -> None:
    header, (member_id, public_id) = judged(committee), committee.cells[0].members[0]
    client.get(f"/danh-gia/{header.public_id}/dang-vien/{public_id}")
    with scope(committee.engine, committee.tenant_id) as session:
        event = session.scalars(select(AuditEvent).where(AuditEvent.action == "view_verdict")).one()
        assert (event.subject, event.subject_id) == ("member", member_id)
        assert event.detail == {"run": str(header.public_id)}


def test_more_people_cost_no_more_statements(app: Flask, engine: Engine, unique: str) -> None:
    counts = []
    for size in (10, 45):
        made = evaluated(engine, f"{unique}-{size}", members=size)
        run, client = f"/danh-gia/{judged(made).public_id}", made.client(app, Role.TENANT_ADMIN)
        addresses = ("/danh-gia", run, f"{run}?bang=1", f"{run}/to-chuc/{made.cells[0].public_id}", "/viec")
        counts.append([statements(app, client, address) for address in addresses])
    assert counts[0] == counts[1]
    assert "Trang 1/2" in Page(client.get(run)).words


def test_a_run_is_read_as_it_was_judged_or_as_it_stands_since(app: Flask, committee: Committee) -> None:
    """A third meeting at which two of ten are away takes cell 1 from 17 of 20 to 25 of 30."""
    client, header = committee.client(app, Role.TENANT_ADMIN), judged(committee)
    address = f"/danh-gia/{header.public_id}?bang=1"
    assert "Đến nay, tính cả hồ sơ ghi sau đó" not in Page(client.get(address)).words
    with scope(committee.engine, committee.tenant_id) as session:
        hold(session, committee, 0, date(2023, 4, 3), dict.fromkeys(range(2), ABSENT_UNEXCUSED))
        rejudge(session, REGISTRY, date(2024, 1, 9))
    stored, now = Page(client.get(address)), Page(client.get(f"{address}&den-nay=1"))
    assert "Khi đánh giá, 31/12/2023" in stored.words
    outcomes = [[row[2] for row in page.rows[1:3]] for page in (stored, now)]
    assert outcomes == [["Đạt", "Chưa đạt"], ["Chưa đạt", "Chưa đạt"]]
    cell = f"/danh-gia/{header.public_id}/to-chuc/{committee.cells[0].public_id}"
    assert "17 lượt có mặt trong 20 lượt phải dự, bằng 85,0 %" in Page(client.get(cell)).words
    since = Page(client.get(f"{cell}?den-nay=1")).words
    assert "25 lượt có mặt trong 30 lượt phải dự, bằng 83,3 %" in since
    assert "Đánh giá năm 2023, tính đến nay" in since
    days = [
        f"{cell}?den-nay=1",
        f"/danh-gia/{header.public_id}/to-chuc/{committee.cells[1].public_id}?den-nay=1",
    ]
    assert [
        Page(client.get(one)).words.partition("Theo hồ sơ đến ngày ")[2].partition(" Đánh giá ")[0]
        for one in days
    ] == [
        "09/01/2024",
        "31/12/2023; từ đó hồ sơ không đổi",
    ]
    judged(committee)
    assert Page(client.get(f"{address}&den-nay=1")).words == Page(client.get(address)).words
