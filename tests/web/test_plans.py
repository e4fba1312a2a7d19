"""What a committee's plans ask, who decided each value, and how the committee decides its own."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, func, select

from bontot.access import Role
from bontot.db.models import PolicyAssignment, ThresholdOverride
from bontot.db.tenancy import scope
from bontot.services.thresholds import set_value
from bontot.settings import Settings
from bontot.web import create_app
from bontot.web.database import db
from tests.factories import Committee, make_committee
from tests.sample_plans import BROKEN, FRAME, PLAN, WARD, sample_registry
from tests.web.counting import statements
from tests.web.reading import Page
from tests.web.tables import tables_of

KEY = "vidu.cell.attendance"
VALUE = f"/ke-hoach/{PLAN}/gia-tri/{KEY}"
DECISION = "Nghị quyết 05-NQ/ĐU ngày 01/3/2023"
FIRST_DAY = {"valid_from__day": "1", "valid_from__month": "4", "valid_from__year": "2023"}
REGISTRY = sample_registry()


@pytest.fixture(scope="module")
def app(settings: Settings) -> Iterator[Flask]:
    """The site with the example plans."""
    made = create_app(settings, REGISTRY)
    made.config["WTF_CSRF_ENABLED"] = False
    yield made
    with made.app_context():
        db.engine.dispose()


@pytest.fixture
def committee(engine: Engine, unique: str) -> Committee:
    return make_committee(engine, unique, "nhà", members=3, policy=PLAN)


@pytest.fixture
def client(app: Flask, committee: Committee) -> FlaskClient:
    return committee.client(app, Role.TENANT_ADMIN)


def assign(committee: Committee, organisation_id: int, code: str) -> None:
    with scope(committee.engine, committee.tenant_id) as session:
        session.add(
            PolicyAssignment(organisation_id=organisation_id, policy_code=code, valid_from=date(2024, 1, 1))
        )


def decide(committee: Committee, value: str, times: int = 1) -> None:
    with scope(committee.engine, committee.tenant_id) as session:
        for _ in range(times):
            set_value(
                session,
                committee.actor(Role.TENANT_ADMIN),
                REGISTRY,
                policy_code=PLAN,
                key=KEY,
                value=value,
                valid_from=date(2023, 4, 1),
                document=DECISION,
            )


def rows(committee: Committee) -> int:
    with scope(committee.engine, committee.tenant_id) as session:
        return session.scalar(select(func.count()).select_from(ThresholdOverride)) or 0


def confirm(client: FlaskClient, address: str, **changes: str) -> Page:
    """Fills a decision in, reads who would come out otherwise, and writes it."""
    return Page(
        client.post(address, data=send(client, address, **changes).form.sent(), follow_redirects=True)
    )


def send(client: FlaskClient, address: str, **changes: str) -> Page:
    """Fills the form of a page in, sends it, and reads where that leads."""
    sent = Page(client.get(address)).form.sent(**changes)
    return Page(client.post(address, data=sent, follow_redirects=True))


def test_every_value_stands_under_its_purpose_with_who_decided_it(
    committee: Committee, client: FlaskClient
) -> None:
    decide(committee, "80")
    page = Page(client.get(f"/ke-hoach/{PLAN}"))
    head = ["Giá trị", "Hôm nay", "Ai quy định", "Khung"]
    default = "Giá trị mặc định, kế hoạch không quy định từ ngày 27/01/2023"
    on_members = "Theo kế hoạch mục 4, Kế hoạch số 01-KH/VD ngày 27/01/2023 từ ngày 27/01/2023"
    assert page.heading == "Kế hoạch ví dụ"
    assert page.rows == [
        head,
        [
            "Tỷ lệ đảng viên tham gia sinh hoạt",
            "từ 80 % trở lên",
            f"Đảng bộ quyết định {DECISION} từ ngày 01/04/2023",
            "90 % Thấp hơn khung",
        ],
        ["Vắng có lý do", "vẫn tính là phải dự", default, ""],
        ["Cách tính tỷ lệ của năm", "cộng cả năm", default, ""],
        head,
        ["Số lần vắng không lý do", "không được có trường hợp nào", default, ""],
        head,
        ["Tỷ lệ đảng viên đạt danh hiệu", "từ 50 % trở lên", on_members, ""],
        head,
        ["Chi bộ gửi hồ sơ đề nghị trước ngày", "30/11", default, ""],
        head,
        ["Số người phát biểu mỗi buổi", "chưa đặt", "Chưa có văn bản nào quy định mức gợi ý: 3", ""],
    ]


def test_every_criterion_is_read_with_its_way_of_deciding_and_its_clause(client: FlaskClient) -> None:
    page = Page(client.get(f"/ke-hoach/{PLAN}/tieu-chi"))
    head = ["Tiêu chí", "Cách xét", "Mức", "Căn cứ"]
    assert page.rows == [
        head,
        [
            "Sinh hoạt chi bộ đầy đủ, đúng quy định",
            "Tính từ hồ sơ; một trường hợp cũng là chưa đạt",
            "không được có trường hợp nào giá trị mặc định, kế hoạch không quy định",
            "mục 3 Kế hoạch 01-KH/VD",
        ],
        head,
        [
            "Tỷ lệ đảng viên tham gia sinh hoạt",
            "Tính từ hồ sơ",
            "từ 85 % trở lên theo kế hoạch",
            "mục 2, khoản 2 Kế hoạch 01-KH/VD",
        ],
        [
            "Không khí thảo luận sôi nổi, xây dựng",
            "Cấp có thẩm quyền xét Xem khi xét: số ý kiến phát biểu",
            "",
            "mục 2, khoản 2 Kế hoạch 01-KH/VD",
        ],
        head,
        [
            "Có ít nhất một nửa đảng viên đạt danh hiệu",
            "Tính từ kết quả của cấp dưới trực tiếp",
            "từ 50 % trở lên theo kế hoạch",
            "mục 4 Kế hoạch 01-KH/VD",
        ],
        ["Bước", "Ai làm", "Hạn trong năm"],
        ["Chi bộ gửi hồ sơ đề nghị", "Chi bộ", "30/11"],
    ]
    assert "“Chi bộ bốn tốt” xét chi bộ Đạt khi mọi tiêu chí quyết định đều đạt." in page.words


def test_values_come_as_a_workbook_with_what_each_layer_says_and_who_decided_when(
    app: Flask, committee: Committee, client: FlaskClient, engine: Engine, unique: str
) -> None:
    decide(committee, "80")
    decide(make_committee(engine, f"{unique}-khac", "mồi", members=3, policy=PLAN), "75")
    tabs = tables_of(client.get(Page(client.get(f"/ke-hoach/{PLAN}")).links["Tải Excel"]))
    assert list(tabs) == ["Giá trị", "Ai quy định", "Đảng bộ quyết định"]
    above, head, values = tabs["Giá trị"]
    assert above[0] == f"Kế hoạch ví dụ, ngày {committee.today:%d/%m/%Y}"
    assert head[1:] == [
        "Dùng cho",
        "Giá trị",
        "Mức đang áp dụng",
        "Số",
        "Ai quy định",
        "Từ ngày",
        "Căn cứ",
        "Mức gợi ý",
        "Đảng bộ được đặt",
        "Khung",
        "Căn cứ của khung",
        "Thấp hơn khung",
        "Lớp dưới đã đổi sau đó",
    ]
    default, since = "giá trị mặc định, kế hoạch không quy định", date(2023, 1, 27)
    frame = ["90 %", "phần II, Đề án số 11-ĐA/VD ngày 06/12/2021", "x"]
    ours = ["đảng bộ quyết định", date(2023, 4, 1), DECISION]
    attendance, ending = "Tỷ lệ đảng viên tham gia sinh hoạt", "Chi bộ gửi hồ sơ đề nghị trước ngày"
    on_members = "mục 4, Kế hoạch số 01-KH/VD ngày 27/01/2023"
    of_titles, never = "Tỷ lệ đảng viên đạt danh hiệu", "không được có trường hợp nào"
    absences = "Số lần vắng không lý do"
    assert [row[1:] for row in values] == [
        ["Điểm danh", attendance, "từ 80 % trở lên", "80%", *ours, None, "từ 50 % đến 100 %", *frame],
        ["Điểm danh", "Vắng có lý do", "vẫn tính là phải dự", None, default, since],
        ["Điểm danh", "Cách tính tỷ lệ của năm", "cộng cả năm", None, default, since],
        ["Xét “Đảng viên bốn tốt”", absences, never, 0.0, default, since, None, None, "từ 0 đến 3"],
        [
            "Xét “Chi bộ bốn tốt”",
            of_titles,
            "từ 50 % trở lên",
            "50%",
            "theo kế hoạch",
            since,
            on_members,
            None,
            "từ 0 % đến 100 %",
        ],
        ["Xét công nhận", ending, "30/11", None, default, since],
        [
            "Khác",
            "Số người phát biểu mỗi buổi",
            "chưa đặt",
            None,
            "chưa có văn bản nào quy định",
            None,
            None,
            "3",
            "từ 1",
        ],
    ]
    _, head, rungs = tabs["Ai quy định"]
    assert head[2:] == [
        "Cấp quy định",
        "Mức",
        "Số",
        "Từ ngày",
        "Nguồn",
        "Căn cứ",
        "Người ghi",
        "Đang áp dụng",
    ]
    clause = "mục 2, khoản 2, Kế hoạch số 01-KH/VD ngày 27/01/2023"
    assert [row[2:] for row in rungs if row[1] == attendance] == [
        ["Đảng bộ", "80 %", "80%", date(2023, 4, 1), "đảng bộ quyết định", DECISION, None, "x"],
        ["Kế hoạch", "85 %", "85%", since, "theo kế hoạch", clause],
        ["Khung", "90 %", "90%", date(2021, 12, 6), "theo khung", frame[1]],
    ]
    _, head, decided = tabs["Đảng bộ quyết định"]
    assert head[1:] == ["Giá trị", "Áp dụng từ", "Mức", "Số", "Văn bản", "Lưu ý", "Người ghi", "Ghi lúc"]
    weaker = "Yêu cầu thấp hơn mức của khung (90 %)"
    assert [row[1:8] for row in decided] == [
        [attendance, date(2023, 4, 1), "80 %", "80%", DECISION, weaker, None]
    ]
    assert isinstance(decided[0][8], datetime)
    secretary = committee.client(app, Role.CELL_SECRETARY)
    assert len(tables_of(secretary.get(f"/ke-hoach/{PLAN}?dang=xlsx"))) == 3


def test_criteria_come_as_a_workbook_with_their_clauses(client: FlaskClient) -> None:
    tabs = tables_of(client.get(Page(client.get(f"/ke-hoach/{PLAN}/tieu-chi")).links["Tải Excel"]))
    assert list(tabs) == ["Tiêu chí", "Trình tự công nhận"]
    _, head, criteria = tabs["Tiêu chí"]
    assert head[1:] == [
        "Danh hiệu, khung",
        "Xét",
        "Nhóm",
        "Tiêu chí",
        "Cách xét",
        "Cấp có thẩm quyền xác nhận",
        "Vai trò",
        "Mức",
        "Ai quy định mức",
        "Điểm tối đa",
        "Xem khi xét",
        "Chỉ với",
        "Căn cứ",
        "Tiêu chí mặc định",
        "Ghi chú",
    ]
    plan_of, good = "Kế hoạch số 01-KH/VD ngày 27/01/2023", "Chất lượng sinh hoạt chi bộ tốt"
    never, default = "không được có trường hợp nào", "giá trị mặc định, kế hoạch không quy định"
    assert [[cell for cell in row[1:] if cell is not None] for row in criteria] == [
        [
            "Đảng viên bốn tốt",
            "đảng viên",
            "Kỷ luật tốt",
            "Sinh hoạt chi bộ đầy đủ, đúng quy định",
            "Tính từ hồ sơ; một trường hợp cũng là chưa đạt",
            never,
            default,
            f"mục 3, {plan_of}",
        ],
        [
            "Chi bộ bốn tốt",
            "chi bộ",
            good,
            "Tỷ lệ đảng viên tham gia sinh hoạt",
            "Tính từ hồ sơ",
            "từ 85 % trở lên",
            "theo kế hoạch",
            f"mục 2, khoản 2, {plan_of}",
        ],
        [
            "Chi bộ bốn tốt",
            "chi bộ",
            good,
            "Không khí thảo luận sôi nổi, xây dựng",
            "Cấp có thẩm quyền xét",
            "Số ý kiến phát biểu",
            f"mục 2, khoản 2, {plan_of}",
        ],
        [
            "Chi bộ bốn tốt",
            "chi bộ",
            "Đảng viên bốn tốt",
            "Có ít nhất một nửa đảng viên đạt danh hiệu",
            "Tính từ kết quả của cấp dưới trực tiếp",
            "từ 50 % trở lên",
            "theo kế hoạch",
            f"mục 4, {plan_of}",
        ],
    ]
    steps = tabs["Trình tự công nhận"][2]
    assert [row[1:] for row in steps] == [["Chi bộ bốn tốt", "Chi bộ gửi hồ sơ đề nghị", "Chi bộ", "30/11"]]


def test_the_plans_of_a_day_are_listed_with_where_they_hold(
    committee: Committee, client: FlaskClient
) -> None:
    assign(committee, committee.ward.id, WARD)
    now, before = Page(client.get("/ke-hoach")), Page(client.get("/ke-hoach?ngay=2023-12-31"))
    assert "Kế hoạch của phường ví dụ" in now.links
    assert (
        "Cơ quan ban hành Đảng ủy phường Ví Dụ Có hiệu lực từ 01/01/2024 Áp dụng cho Phường nhà" in now.words
    )
    assert "Khung xem bên cạnh Đề án khung ví dụ" in now.words
    assert "; trừ Phường nhà, theo Kế hoạch của phường ví dụ" in now.words
    assert "Không áp dụng cho Phường nhà: nơi ấy theo Kế hoạch của phường ví dụ." in (
        Page(client.get(f"{VALUE}/dat")).words
    )
    assert "trừ Phường" not in before.words
    assert "Kế hoạch của phường ví dụ" not in before.links
    assert "Đang xem tại ngày 31/12/2023" in before.words


def test_as_of_a_day_before_the_plan_nothing_is_in_force(client: FlaskClient) -> None:
    for address in (f"/ke-hoach/{PLAN}", f"/ke-hoach/{PLAN}/tieu-chi"):
        page = Page(client.get(f"{address}?ngay=2023-01-26"))
        assert (page.status, page.rows) == (200, [])
        sentence = "Kế hoạch chưa có hiệu lực vào ngày này Kế hoạch có hiệu lực từ 27/01/2023."
        assert sentence in page.words


@pytest.mark.parametrize("page", ["", "/tieu-chi", f"/gia-tri/{KEY}"])
def test_as_of_a_day_on_which_nobody_was_under_the_plan_it_is_said_when_somebody_is(
    committee: Committee, client: FlaskClient, page: str
) -> None:
    """The plan is in force from 27/01/2023 and leaves the committee on 01/05/2024; its frame comes and goes with it."""
    with scope(committee.engine, committee.tenant_id) as session:
        session.scalars(select(PolicyAssignment)).one().valid_to = date(2024, 5, 1)
    address, title = f"/ke-hoach/{PLAN}{page}", "Kế hoạch không áp dụng vào ngày này"
    before, after = (Page(client.get(f"{address}?ngay={day}")) for day in ("2022-01-01", "2024-05-01"))
    label = "Kế hoạch ví dụ"
    assert (before.status, before.heading) == (after.status, after.heading) == (404, title)
    assert f"{label}: áp dụng ở đảng bộ này từ 27/01/2023." in before.lines
    assert f"{label}: áp dụng ở đảng bộ này đến hết ngày 30/04/2024." in after.lines
    assert before.links["Xem tại ngày 27/01/2023"] == f"{address}?ngay=2023-01-27"
    assert after.links["Xem tại ngày 30/04/2024"] == f"{address}?ngay=2024-04-30"
    assert [client.get(f"{address}?ngay={day}").status_code for day in ("2023-01-27", "2024-04-30")] == [
        200,
        200,
    ]


def test_a_frame_is_there_with_its_plan(committee: Committee, client: FlaskClient) -> None:
    page = Page(client.get(f"/ke-hoach/{FRAME}?ngay=2022-01-01"))
    assert (page.status, page.links["Xem tại ngày 01/01/2023"]) == (404, f"/ke-hoach/{FRAME}?ngay=2023-01-01")
    assert client.get(f"/ke-hoach/{FRAME}?ngay=2023-01-01").status_code == 200


def test_a_plan_to_come_has_no_day_to_look_at_yet(committee: Committee, client: FlaskClient) -> None:
    with scope(committee.engine, committee.tenant_id) as session:
        session.scalars(select(PolicyAssignment)).one().valid_from = date(2099, 1, 1)
    page = Page(client.get(f"/ke-hoach/{PLAN}"))
    assert (page.status, [words for words in page.links if words.startswith("Xem tại ngày")]) == (404, [])
    assert "Kế hoạch ví dụ: áp dụng ở đảng bộ này từ 01/01/2099." in page.lines


def test_a_value_as_of_a_day_before_the_decision_is_the_plans(
    committee: Committee, client: FlaskClient
) -> None:
    decide(committee, "80")
    page = Page(client.get(f"{VALUE}?ngay=2023-03-31"))
    assert "Áp dụng ngày 31/03/2023: từ 85 % trở lên Ai quy định Theo kế hoạch" in page.words
    assert "Đặt giá trị của đảng bộ" not in page.links


def test_a_frame_is_read_for_itself_and_decided_by_nobody_here(client: FlaskClient) -> None:
    page = Page(client.get("/ke-hoach/vidu_khung"))
    default = "Giá trị mặc định, khung không quy định từ ngày 06/12/2021"
    assert page.rows[1:] == [
        [
            "Tỷ lệ đảng viên dự sinh hoạt định kỳ",
            "từ 90 % trở lên",
            "Theo khung phần II, Đề án số 11-ĐA/VD ngày 06/12/2021 từ ngày 06/12/2021",
            "",
        ],
        ["Vắng có lý do", "vẫn tính là phải dự", default, ""],
        ["Cách tính tỷ lệ của năm", "cộng cả năm", default, ""],
    ]
    assert client.get("/ke-hoach/vidu_khung/gia-tri/frame.attendance/dat").status_code == 404


def test_a_value_of_ones_own_is_set_and_shown_with_its_ladder(
    committee: Committee, client: FlaskClient
) -> None:
    page = confirm(client, f"{VALUE}/dat", value="95", document=DECISION, **FIRST_DAY)
    assert page.heading == "Tỷ lệ đảng viên tham gia sinh hoạt"
    assert "Đã ghi quyết định: 95 % từ ngày 01/04/2023." in page.words
    assert "Đang áp dụng: từ 95 % trở lên Ai quy định Đảng bộ quyết định" in page.words
    who = "nhà tenant_admin"
    assert page.rows[:4] == [
        ["Ai quy định", "Giá trị", "Từ ngày", "Căn cứ", "Áp dụng"],
        ["Đảng bộ", "95 %", "01/04/2023", f"{DECISION} {who} ghi", "Đang áp dụng"],
        ["Kế hoạch", "85 %", "27/01/2023", "mục 2, khoản 2, Kế hoạch số 01-KH/VD ngày 27/01/2023", ""],
        ["Khung", "90 %", "06/12/2021", "phần II, Đề án số 11-ĐA/VD ngày 06/12/2021", "Xem bên cạnh"],
    ]
    assert [row[:3] for row in page.rows[5:]] == [["01/04/2023", "95 %", DECISION]]


def test_a_value_weaker_than_the_frame_is_asked_about_before_it_is_written(
    committee: Committee, client: FlaskClient
) -> None:
    form = Page(client.get(f"{VALUE}/dat")).form
    asked = Page(client.post(f"{VALUE}/dat", data=form.sent(value="70", document=DECISION, **FIRST_DAY)))
    warning = (
        "Giá trị này yêu cầu thấp hơn khung Khung đặt 90 % (phần II, Đề án số 11-ĐA/VD ngày 06/12/2021)."
        " Đảng bộ vẫn được đặt; mọi báo cáo sẽ ghi rõ điều đó. Chưa có gì được ghi."
    )
    assert (asked.status, rows(committee)) == (200, 0)
    assert warning in asked.words
    other = Page(client.post(f"{VALUE}/dat", data=asked.form.sent(value="60")))
    assert warning in other.words
    assert rows(committee) == 0
    done = Page(client.post(f"{VALUE}/dat", data=asked.form.sent(), follow_redirects=True))
    assert "Đang áp dụng: từ 70 % trở lên" in done.words
    assert "Khung đặt 90 % (phần II, Đề án số 11-ĐA/VD ngày 06/12/2021). Mọi báo cáo" in done.words
    assert "Thấp hơn khung Yêu cầu thấp hơn mức của khung (90 %)" in done.words
    assert rows(committee) == 1


def test_every_wrong_field_is_named_at_once_and_nothing_typed_is_lost(
    committee: Committee, client: FlaskClient
) -> None:
    wrong = {**FIRST_DAY, "valid_from__day": "31"}
    sent = Page(client.get(f"{VALUE}/dat")).form.sent(value="40", **wrong)
    page = Page(client.post(f"{VALUE}/dat", data=sent))
    assert page.status == 422
    assert page.mends == [
        ("value", "“Tỷ lệ đảng viên tham gia sinh hoạt” không được dưới 50 %."),
        ("valid_from", "Không có ngày 31/4/2023."),
        ("document", "Cần ghi số, ngày của văn bản quyết định."),
    ]
    assert (page.form.values["value"], page.form.values["valid_from-day"]) == ("40", "31")
    assert rows(committee) == 0


@pytest.mark.parametrize(
    ("changes", "mends"),
    [
        ({"value": ""}, [("value", "Nhập hoặc chọn giá trị.")]),
        (
            {"valid_from__year": "2022"},
            [("valid_from", "Kế hoạch có hiệu lực từ 27/01/2023; chọn ngày từ đó trở đi.")],
        ),
        (
            {"valid_from__year": ""},
            [("valid_from", "Nhập đủ ngày, tháng, năm bằng số, ví dụ 3 11 2026.")],
        ),
    ],
)
def test_a_refusal_stands_at_its_field(
    committee: Committee, client: FlaskClient, changes: dict[str, str], mends: list[tuple[str, str]]
) -> None:
    typed = {"value": "95", "document": DECISION, **FIRST_DAY, **changes}
    page = send(client, f"{VALUE}/dat", **typed)
    assert (page.status, page.mends, rows(committee)) == (422, mends, 0)


def test_a_part_the_form_does_not_have_is_refused(committee: Committee, client: FlaskClient) -> None:
    page = send(client, f"{VALUE}/dat", value="95", document=DECISION, layer="3", **FIRST_DAY)
    assert page.status == 422
    assert "Biểu mẫu có phần không hiểu được. Xin tải lại trang rồi nhập lại." in page.words
    assert rows(committee) == 0


def test_pressing_the_button_twice_decides_once(committee: Committee, client: FlaskClient) -> None:
    sent = send(client, f"{VALUE}/dat", value="95", document=DECISION, **FIRST_DAY).form.sent()
    answers = [client.post(f"{VALUE}/dat", data=sent).headers["Location"] for _ in range(2)]
    assert (answers, rows(committee)) == ([VALUE, VALUE], 1)


def test_a_choice_is_made_among_the_plans_readings(committee: Committee, client: FlaskClient) -> None:
    decide(committee, "95")
    address = f"/ke-hoach/{PLAN}/gia-tri/attendance.excused"
    page = confirm(client, f"{address}/dat", value="excused_removed", document=DECISION, **FIRST_DAY)
    assert "Đã ghi quyết định: không tính là phải dự từ ngày 01/04/2023." in page.words
    assert "Đang áp dụng: không tính là phải dự" in page.words
    history = page.rows[page.rows.index(["Áp dụng từ", "Giá trị", "Văn bản", "Người ghi"]) + 1 :]
    assert [row[:3] for row in history] == [["01/04/2023", "không tính là phải dự", DECISION]]


def test_returning_to_the_plan_takes_effect_from_its_day(committee: Committee, client: FlaskClient) -> None:
    decide(committee, "80")
    page = confirm(client, f"{VALUE}/thoi-dat", document=DECISION, **{**FIRST_DAY, "valid_from__month": "6"})
    assert "Đã ghi quyết định: trở về kế hoạch từ ngày 01/06/2023." in page.words
    assert "Đang áp dụng: từ 85 % trở lên Ai quy định Theo kế hoạch" in page.words
    assert page.rows[1][:3] == ["Đảng bộ", "trở về kế hoạch", "01/06/2023"]
    still = Page(client.get(f"{VALUE}?ngay=2023-05-31"))
    assert "Áp dụng ngày 31/05/2023: từ 80 % trở lên" in still.words


def test_what_changed_beneath_an_own_value_is_told(committee: Committee, client: FlaskClient) -> None:
    assign(committee, committee.ward.id, WARD)
    key = "vidu.cell.members"
    with scope(committee.engine, committee.tenant_id) as session:
        session.add(
            ThresholdOverride(
                policy_code=WARD,
                key=key,
                value="55",
                valid_from=date(2023, 4, 1),
                document=DECISION,
                entered_by="An",
            )
        )
    page = Page(client.get(f"/ke-hoach/{WARD}/gia-tri/{key}"))
    assert (
        "Sau khi đảng bộ quyết định, kế hoạch đã đổi Kế hoạch bổ sung: 60 % từ ngày 01/01/2024" in page.words
    )


def test_a_plan_without_its_plugin_says_why_and_leaves_the_others_alone(
    committee: Committee, client: FlaskClient
) -> None:
    assign(committee, committee.ward.id, BROKEN)
    reason = (
        "Kế hoạch “vidu_hong” tạm thời chưa dùng được"
        " Kế hoạch “vidu_hong” chưa dùng được: ImportError: thiếu tệp."
        " Hồ sơ vẫn an toàn, vẫn xem và ghi được bình thường."
    )
    index = Page(client.get("/ke-hoach"))
    assert (index.status, reason in index.words, "Kế hoạch ví dụ" in index.links) == (200, True, True)
    for address in (f"/ke-hoach/{BROKEN}", f"/ke-hoach/{BROKEN}/tieu-chi"):
        closed = Page(client.get(address))
        assert (closed.status, reason in closed.words) == (503, True)
    assert client.get(f"/ke-hoach/{PLAN}").status_code == 200


@pytest.mark.parametrize("role", [Role.COMMITTEE, Role.CELL_SECRETARY, Role.MEMBER])
def test_everyone_reads_the_plan_and_only_the_administrator_decides(
    app: Flask, committee: Committee, role: Role
) -> None:
    client = committee.client(app, role)
    assert [client.get(f"/ke-hoach/{PLAN}{page}").status_code for page in ("", "/tieu-chi")] == [200, 200]
    page = Page(client.get(VALUE))
    assert (page.status, "Đặt giá trị của đảng bộ" in page.links) == (200, False)
    for act in ("dat", "thoi-dat"):
        assert client.get(f"{VALUE}/{act}").status_code == 403
        assert client.post(f"{VALUE}/{act}", data={}).status_code == 403


def test_another_committees_plan_is_not_found(client: FlaskClient) -> None:
    for address in (
        WARD,
        f"{WARD}/tieu-chi",
        f"{WARD}/gia-tri/{KEY}",
        f"{WARD}/gia-tri/{KEY}/dat",
        "khong-co",
    ):
        assert client.get(f"/ke-hoach/{address}").status_code == 404


def test_many_decisions_cost_no_more_statements_than_one(
    app: Flask, committee: Committee, client: FlaskClient
) -> None:
    decide(committee, "80")
    addresses = ("/ke-hoach", f"/ke-hoach/{PLAN}", f"/ke-hoach/{PLAN}/tieu-chi", VALUE)
    few = [statements(app, client, address) for address in addresses]
    decide(committee, "95", times=60)
    assert [statements(app, client, address) for address in addresses] == few
