"""An administrator takes a workbook in: file, preview with problems first, one confirmation, receipt."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, func, select

from bontot.access import Role
from bontot.db.models import AuditEvent, ImportBatch, ImportName, Member, Organisation
from bontot.db.tenancy import scope
from bontot.imports.kinds.roll_calls import ROLL_CALLS
from bontot.imports.naming import remember
from bontot.imports.reading import read
from bontot.imports.sheets import SHEETS
from bontot.imports.template import GUIDE
from tests.factories import Committee, make_committee
from tests.web.counting import statements
from tests.web.reading import Page
from tests.workbooks import workbook

HEAD = ("Mã", "Tên", "Loại hình", "Lĩnh vực", "Mã cấp trên", "Ngày thành lập")
PEOPLE = ("Họ và tên", "Ngày sinh", "Ngày vào Đảng", "Ngày chính thức", "Chi bộ")
NAME = "Danh sách 2023.xlsx"


@pytest.fixture
def committee(engine: Engine, unique: str) -> Committee:
    return make_committee(engine, unique, "nhà", members=2)


@pytest.fixture
def client(app: Flask, committee: Committee) -> FlaskClient:
    return committee.client(app, Role.TENANT_ADMIN)


def cell(code: str, superior: str = "P") -> Sequence[object]:
    return (code, f"Chi bộ {code}", "Chi bộ trực thuộc", "Trường học", superior, date(2015, 1, 1))


GOOD = workbook({"Tổ chức": [HEAD, cell("C8"), cell("C9")]})
BAD = workbook(
    {
        "Tổ chức": [HEAD, cell("C8", "KHÔNG"), cell("C9"), cell("C9")],
        "Đảng viên": [
            ("Họ và tên", "Ngày sinh", "Chi bộ"),
            *((f"Lê Văn Thử {number}", "31/02/1960", "C1") for number in range(3)),
        ],
        "Lung tung": [("một", "hai")],
    }
)


def send(client: FlaskClient, content: bytes, name: str = NAME, **changes: str) -> Page:
    """Chooses a file, ticks that it holds no secrets, sends the form, and reads where that leads."""
    form = Page(client.get("/nhap-du-lieu")).form
    values = {name: str(value) for name, value in form.sent(no_secrets="yes", **changes).items()}
    data = {**values, "file": (io.BytesIO(content), name)}
    return Page(client.post("/nhap-du-lieu", data=data, follow_redirects=True))


def press(client: FlaskClient, page: Page, act: str) -> Page:
    """Presses a button of the preview: "nhap" or "bo"."""
    [form] = [form for form in page.forms if form.action.endswith(f"/{act}")]
    return Page(client.post(form.action, data=form.values, follow_redirects=True))


def recorded(committee: Committee) -> tuple[int, int]:
    """How many organisations and members there are."""
    with scope(committee.engine, committee.tenant_id) as session:
        return (
            session.scalar(select(func.count()).select_from(Organisation)) or 0,
            session.scalar(select(func.count()).select_from(Member)) or 0,
        )


def test_a_sound_workbook_is_previewed_confirmed_and_receipted(
    committee: Committee, client: FlaskClient
) -> None:
    before = recorded(committee)
    preview = send(client, GOOD)
    assert preview.heading == NAME
    assert preview.rows == [
        ["Trang tính", "Loại danh sách", "Dòng đọc được", "Vấn đề"],
        ["Tổ chức", "Tổ chức", "2", "Không có"],
    ]
    assert "Tệp không có lỗi Xem bảng dưới đây; nếu đúng, bấm nút để nhập cả 2 dòng." in preview.words
    assert recorded(committee) == before
    receipt = press(client, preview, "nhap")
    assert "Đã nhập xong 2 dòng 4 bản ghi được ghi vào hồ sơ lúc" in receipt.words
    assert [form.action for form in receipt.forms if form.action.endswith("/nhap")] == []
    assert recorded(committee) == (before[0] + 2, before[1])


def told(page: Page) -> str:
    """What the preview says it understood of the rows."""
    assert "Hệ thống hiểu như sau" in page.words
    return page.words.partition("Hệ thống hiểu như sau")[2].partition("Các vấn đề")[0]


def test_the_first_rows_are_told_as_they_were_understood(client: FlaskClient) -> None:
    rows: Sequence[Sequence[object]] = [
        ("Họ tên", "Ngày sinh", None, "Ngày vào Đảng", "Số thẻ ĐV", "Chi bộ", "Chức vụ", "Đến hết ngày"),
        (None, "Nam", "Nữ", None, None, None, None, None),
        ("Lê Thị Một", None, "3.2.1985", "5/2010", "01.234567", "C1", None, None),
        ("Lê Văn Hai", 1956, None, date(1980, 2, 3), None, "C1", "Ủy viên", "31/12/2023"),
        *((f"Lê Thử {number}", "1/1/1960", None, None, None, "C99", None, None) for number in range(3, 9)),
    ]
    shown = send(client, workbook({"Đảng viên": rows}))
    said = told(shown)
    assert "Trang “Đảng viên”: 5 dòng đầu trong 8 dòng" in said
    one = (
        "Lê Thị Một Dòng 3 · Ngày sinh: 03/02/1985 · Giới tính: Nữ · Ngày vào Đảng: 05/2010 · Số thẻ: 01234567 · "
        "Chi bộ: Chi bộ nhà số 1"
    )
    assert one in said
    two = (
        "Lê Văn Hai Dòng 4 · Ngày sinh: 1956 · Giới tính: Nam · Ngày vào Đảng: 03/02/1980 · Chi bộ: Chi bộ nhà số 1 · "
        "Chức vụ đảng: Chi ủy viên · Đến hết ngày: 31/12/2023"
    )
    assert two in said
    assert "Lê Thử 3 Dòng 5 · Ngày sinh: 01/01/1960 · Giới tính: Nam · Chi bộ: chưa rõ “C99”" in said
    assert ("Lê Thử 5" in said, "Lê Thử 6" in said) == (True, False)


def test_what_was_told_of_rows_is_not_kept_when_they_are_taken_in_or_set_aside(
    committee: Committee, client: FlaskClient
) -> None:
    assert "Chi bộ C8" in told(send(client, GOOD))
    receipt = press(client, send(client, GOOD), "nhap")
    assert "Hệ thống hiểu như sau" not in receipt.words
    press(client, send(client, workbook({"Tổ chức": [HEAD, cell("C10")]})), "bo")
    with scope(committee.engine, committee.tenant_id) as session:
        found = session.execute(select(ImportBatch.state, ImportBatch.counts).order_by(ImportBatch.id))
        kept = [(state, "Chi bộ C" in str(counts)) for state, counts in found]
    assert kept == [("previewed", True), ("applied", False), ("discarded", False)]


def test_a_meetings_steps_and_a_sum_are_told_in_words(client: FlaskClient) -> None:
    held = [
        ("Chi bộ", "Loại", "Ngày họp", "Giờ", "Các bước"),
        ("C1", "Định kỳ", "2024-02-03", "19h30", "1; 3"),
    ]
    paid = [
        ("Chi bộ", "Đảng viên", "Tháng", "Phải đóng", "Đã đóng"),
        ("C1", "Không có ai", "T2/2024", 12000, 0),
    ]
    said = told(send(client, workbook({"Buổi sinh hoạt": held, "Đảng phí": paid})))
    assert "Loại: Thường kỳ" in said
    assert "Ngày họp: 03/02/2024" in said
    assert "Các bước: Chuẩn bị; Tiến hành" in said
    assert "Tháng: 02/2024" in said
    assert "Phải đóng: 12.000 đồng" in said


def test_a_workbook_sent_again_changes_nothing_and_takes_further_rows(
    committee: Committee, client: FlaskClient
) -> None:
    press(client, send(client, GOOD), "nhap")
    before = recorded(committee)
    again = send(client, GOOD)
    assert "Tệp này không đổi gì Cả 2 dòng đã có trong hồ sơ, như tệp ghi, nên không cần nhập." in again.words
    assert "lỗi phải sửa" not in again.words
    assert [form.action.rpartition("/")[2] for form in again.forms if "/nhap-du-lieu/" in form.action] == [
        "bo"
    ]
    wrong = send(client, workbook({"Tổ chức": [HEAD, cell("C8"), cell("C10", "KHÔNG")]}))
    assert "Có 1 lỗi phải sửa" in wrong.words
    assert recorded(committee) == before
    more = send(client, workbook({"Tổ chức": [HEAD, cell("C8"), cell("C10")]}))
    assert "bấm nút để nhập 1 dòng mới; 1 dòng đã có trong hồ sơ thì giữ nguyên." in more.words
    assert "Đã nhập xong 1 dòng" in press(client, more, "nhap").words
    assert recorded(committee) == (before[0] + 1, before[1])


def test_problems_stand_first_with_their_place_and_the_way_to_mend_them(
    committee: Committee, client: FlaskClient
) -> None:
    before = recorded(committee)
    page = send(client, BAD)
    listed = ", ".join(kind.title for kind in SHEETS)
    assert "Có 6 lỗi phải sửa Chọn nghĩa các tên gọi chưa nhận ra" in page.words
    assert page.rows[4:] == [
        ["Mức", "Trang tính", "Dòng", "Cột", "Vấn đề và cách sửa"],
        [
            "Lỗi",
            "Tổ chức",
            "2",
            "Mã cấp trên",
            "Không có tổ chức nào mang mã hoặc tên “KHÔNG”; hãy kiểm tra lại hoặc thêm vào trang Tổ chức.",
        ],
        ["Lỗi", "Tổ chức", "4", "Mã", "Mã C9 trùng với dòng 3."],
        [
            "Lỗi",
            "Đảng viên",
            "2–4",
            "Ngày sinh",
            "“31/02/1960” không có trong lịch; hãy kiểm tra lại ngày, tháng, năm.",
        ],
        [
            "Lỗi",
            "Lung tung",
            "",
            "",
            f"Không nhận ra trang tính này; hãy đặt tên trang là một trong: {listed}.",
        ],
    ]
    assert [form.action for form in page.forms if form.action.endswith("/nhap")] == []
    assert recorded(committee) == before


def test_confirming_a_workbook_with_errors_is_refused_and_writes_nothing(
    committee: Committee, client: FlaskClient
) -> None:
    before = recorded(committee)
    send(client, BAD)
    with scope(committee.engine, committee.tenant_id) as session:
        batch = session.scalars(select(ImportBatch.public_id)).one()
    form = Page(client.get("/nhap-du-lieu")).form
    refused = Page(
        client.post(f"/nhap-du-lieu/{batch}/nhap", data={"form_key": str(form.values["form_key"])})
    )
    assert refused.status == 422
    sentence = f"Chưa nhập được Tệp {NAME} còn 6 lỗi; hãy sửa rồi tải lên lại. Chưa có gì được ghi."
    assert sentence in refused.words
    assert recorded(committee) == before


@pytest.mark.parametrize(
    ("content", "name", "sentence"),
    [
        (b"", NAME, "Tệp rỗng, không có nội dung."),
        (
            b"a,b\n1,2\n",
            "danh-sach.csv",
            "Đây không phải tệp Excel .xlsx (loại tệp xét theo nội dung, không theo tên)."
            " Hãy mở bằng Excel hoặc LibreOffice rồi lưu lại thành .xlsx.",
        ),
        (
            GOOD,
            "Danh sách Mật.xlsx",
            "Tệp mang dấu chỉ mức độ mật. Hệ thống không nhận tài liệu bí mật nhà nước.",
        ),
    ],
    ids=["empty", "not a workbook", "secret"],
)
def test_a_file_that_cannot_be_taken_is_refused_at_its_field(
    committee: Committee, client: FlaskClient, content: bytes, name: str, sentence: str
) -> None:
    page = send(client, content, name)
    assert (page.status, page.mends) == (422, [("file", sentence)])
    with scope(committee.engine, committee.tenant_id) as session:
        assert session.scalar(select(func.count()).select_from(ImportBatch)) == 0


def test_a_form_without_a_file_and_without_the_tick_names_both(client: FlaskClient) -> None:
    page = Page(client.post("/nhap-du-lieu", data=Page(client.get("/nhap-du-lieu")).form.values))
    assert (page.status, page.mends) == (
        422,
        [
            ("file", "Chọn tệp Excel (.xlsx) cần nhập."),
            ("no_secrets", "Xác nhận tệp không chứa bí mật nhà nước thì mới gửi được."),
        ],
    )


def test_a_file_beyond_the_limit_is_answered_with_a_page(client: FlaskClient) -> None:
    sent = client.post(
        "/nhap-du-lieu", data=b"x" * (22 * 1024 * 1024), content_type="multipart/form-data; boundary=x"
    )
    page = Page(sent)
    assert (page.status, page.heading) == (413, "Tệp quá lớn")
    assert "Mỗi tệp tối đa 20 MB." in page.words


def test_thousands_of_problems_are_counted_and_turned_page_by_page(client: FlaskClient) -> None:
    rows = [(f"Lê Thử {n}", f"{n}/13/1960", date(2000, 1, 1), date(2001, 1, 1), "C1") for n in range(1500)]
    first = send(client, workbook({"Đảng viên": [PEOPLE, *rows]}))
    assert "Có 1.500 lỗi phải sửa" in first.words
    assert "Hiện 1.000 chỗ đầu trong 1.500; sửa xong gửi lại sẽ thấy phần còn lại." in first.words
    shown = first.rows[3:]
    assert (len(shown), shown[0][2], shown[-1][2]) == (50, "2", "51")
    second = Page(client.get(first.links["Trang sau"].partition("#")[0]))
    assert (second.rows[3][2], second.rows[-1][2]) == ("52", "101")


def test_sending_and_confirming_twice_take_effect_once(committee: Committee, client: FlaskClient) -> None:
    before = recorded(committee)
    key = str(Page(client.get("/nhap-du-lieu")).form.values["form_key"])
    preview, same = (send(client, GOOD, form_key=key) for _ in range(2))
    assert [form.action for form in preview.forms] == [form.action for form in same.forms]
    for _ in range(2):
        receipt = press(client, preview, "nhap")
        assert (receipt.status, "Đã nhập xong 2 dòng" in receipt.words) == (200, True)
    assert recorded(committee) == (before[0] + 2, before[1])
    again = Page(client.get("/nhap-du-lieu")).form.values["form_key"]
    [form] = [form for form in preview.forms if form.action.endswith("/nhap")]
    refused = Page(client.post(form.action, data={"form_key": str(again)}))
    assert f"Tệp {NAME} đã được nhập trước đó; không có gì được ghi thêm." in refused.words
    assert recorded(committee) == (before[0] + 2, before[1])


def test_a_workbook_can_be_set_aside(committee: Committee, client: FlaskClient) -> None:
    before = recorded(committee)
    index = press(client, send(client, GOOD), "bo")
    assert f"Đã bỏ tệp {NAME}; không có gì được nhập từ tệp này." in index.words
    assert [row[:2] for row in index.rows if row[0] == NAME] == [[NAME, "Đã bỏ"]]
    assert recorded(committee) == before


def test_a_committees_own_names_are_asked_once_and_remembered(client: FlaskClient) -> None:
    head = ["Mã", "Tên gọi tổ chức", "Loại hình", "Mã cấp trên", "Ngày thành lập", "Số quyết định lập"]
    row = ["C7", "Chi bộ 7", "Chi bộ trực thuộc", "P", "01/01/2020", "01-QĐ"]
    content = workbook({"Các chi bộ": [head, row]})
    shown = send(client, content)
    assert "Có 1 lỗi phải sửa" in shown.words
    [form] = [form for form in shown.forms if form.action.endswith("/ten-goi")]
    data = {"form_key": form.values["form_key"], "what": ["|Các chi bộ"], "means": ["organisation"]}
    named = Page(client.post(form.action, data=data, follow_redirects=True))
    assert "Thiếu cột “Tên” (dòng 1)" in named.words
    whats = ["organisation|Tên gọi tổ chức", "organisation|Số quyết định lập"]
    [form] = [form for form in named.forms if form.action.endswith("/ten-goi")]
    data = {"form_key": form.values["form_key"], "what": whats, "means": ["name", "-"]}
    settled = Page(client.post(form.action, data=data, follow_redirects=True))
    assert "Tệp không có lỗi" in settled.words
    assert [one.action for one in settled.forms if one.action.endswith("/ten-goi")] == []
    assert "Tệp không có lỗi" in send(client, content).words


def test_a_name_that_many_files_have_can_be_given_another_meaning(client: FlaskClient) -> None:
    def meaning(shown: Page, means: str) -> Page:
        [form] = [form for form in shown.forms if form.action.endswith("/ten-goi")]
        data = {"form_key": form.values["form_key"], "what": ["|Sheet1"], "means": [means]}
        return Page(client.post(form.action, data=data, follow_redirects=True))

    people = [["Họ và tên", "Chi bộ"], ["Lê Thị Thử", "C1"]]
    assert "đang hiểu là" not in meaning(send(client, workbook({"Sheet1": people})), "member").words
    bodies = [
        ["Mã", "Tên", "Loại hình", "Mã cấp trên", "Ngày thành lập"],
        ["C7", "Chi bộ 7", "Chi bộ trực thuộc", "P", "01/01/2020"],
    ]
    shown = send(client, workbook({"Sheet1": bodies}))
    assert "cần có các cột: Họ và tên, Chi bộ." in shown.words
    assert "Trang “Sheet1”, đang hiểu là “Đảng viên”" in shown.words
    assert "Tệp không có lỗi" in meaning(shown, "organisation").words


def test_what_a_name_stands_for_is_listed_and_taken_back(committee: Committee, client: FlaskClient) -> None:
    content = workbook({"Tổ chức": [(*HEAD, "Phường cũ"), (*cell("C7"), "Bưởi")]})
    shown = send(client, content)
    assert "Tên gọi đã ghi nhớ" not in Page(client.get("/nhap-du-lieu")).words
    [form] = [form for form in shown.forms if form.action.endswith("/ten-goi")]
    data = {"form_key": form.values["form_key"], "what": ["organisation|Phường cũ"], "means": ["-"]}
    assert "chỗ cần xem lại" not in Page(client.post(form.action, data=data, follow_redirects=True)).words
    listed = Page(client.get("/nhap-du-lieu"))
    assert [row[:3] for row in listed.rows if row[0] == "phuong cu"] == [
        ["phuong cu", "Cột của trang “Tổ chức”", "Bỏ qua, không dùng"]
    ]
    [taking_back] = [form for form in listed.forms if form.action.endswith("/ten-goi/bo")]
    after = Page(client.post(taking_back.action, data=taking_back.values, follow_redirects=True))
    assert "Đã bỏ ghi nhớ" in after.words
    assert "Tên gọi đã ghi nhớ" not in after.words
    assert "Cột “Phường cũ”, trang “Tổ chức”" in send(client, content).words
    with scope(committee.engine, committee.tenant_id) as session:
        trail = select(AuditEvent.account_id, AuditEvent.detail)
        [(who, detail)] = session.execute(trail.where(AuditEvent.action == "forget_import_name"))
    assert who == committee.accounts[Role.TENANT_ADMIN]
    assert detail == {"kind": "organisation", "heading": "phuong cu", "stands_for": ""}
    refused = Page(client.post(taking_back.action, data=taking_back.values))
    assert (refused.status, "Tên gọi này không còn được ghi nhớ." in refused.words) == (422, True)


def test_a_name_that_another_committee_gave_stays(
    app: Flask, engine: Engine, unique: str, client: FlaskClient, committee: Committee
) -> None:
    other = make_committee(engine, f"{unique}b", "khác")
    with scope(engine, other.tenant_id) as session:
        remember(session, "", "Trích ngang", "member", by="Người khác")
    data = {"what": "|trich ngang"}
    assert client.post("/nhap-du-lieu/ten-goi/bo", data=data).status_code == 422
    own = Page(other.client(app, Role.TENANT_ADMIN).get("/nhap-du-lieu"))
    assert [row[:3] for row in own.rows if row[0] == "trich ngang"] == [
        ["trich ngang", "Tên trang tính", "Đảng viên"]
    ]
    asked = committee.client(app, Role.CELL_SECRETARY).post("/nhap-du-lieu/ten-goi/bo", data=data)
    assert asked.status_code == 403


@pytest.mark.parametrize(
    ("what", "means"),
    [
        ("organisation|Tên", "-"),
        ("member|Họ và tên", "card"),
        ("organisation|" + "x" * 5000, "name"),
        ("|Trang không có", "member"),
        ("organisation|\0", "name"),
        ("|Các chi bộ", "không có loại này"),
        ("", "member"),
    ],
)
def test_only_what_a_workbook_asks_about_is_given_a_meaning(
    committee: Committee, client: FlaskClient, what: str, means: str
) -> None:
    shown = send(client, workbook({"Các chi bộ": [["Mã", "Tên gọi tổ chức"], ["C7", "Chi bộ 7"]]}))
    [form] = [form for form in shown.forms if form.action.endswith("/ten-goi")]
    data = {"form_key": form.values["form_key"], "what": [what], "means": [means]}
    refused = Page(client.post(form.action, data=data))
    assert (refused.status, "Phần này không có trong danh sách; hãy chọn lại." in refused.words) == (
        422,
        True,
    )
    with scope(committee.engine, committee.tenant_id) as session:
        assert session.scalar(select(func.count()).select_from(ImportName)) == 0


def test_the_last_workbook_is_taken_back_with_a_reason(committee: Committee, client: FlaskClient) -> None:
    before = recorded(committee)
    press(client, send(client, GOOD), "nhap")
    assert recorded(committee) != before
    with scope(committee.engine, committee.tenant_id) as session:
        address = f"/nhap-du-lieu/{session.scalars(select(ImportBatch.public_id)).one()}/hoan-tac"
    values = {"form_key": Page(client.get(address)).form.values["form_key"]}
    unsaid = Page(client.post(address, data=values))
    assert (unsaid.status, unsaid.mends) == (422, [("reason", "Cần ghi lý do hoàn tác.")])
    said = client.post(address, data={**values, "reason": "nhầm tệp"}, follow_redirects=True)
    assert "Tệp này đã được hoàn tác" in Page(said).words
    assert recorded(committee) == before
    again = Page(client.get(address))
    assert f"Tệp {NAME} đã được hoàn tác nên không có gì để hoàn tác." in again.words


def test_earlier_workbooks_are_listed_with_what_came_of_them(client: FlaskClient) -> None:
    press(client, send(client, GOOD), "nhap")
    send(client, BAD, "Có lỗi.xlsx")
    send(client, workbook({"Tổ chức": [HEAD, cell("C7")]}), "Chờ.xlsx")
    page = Page(client.get("/nhap-du-lieu"))
    names = {NAME, "Có lỗi.xlsx", "Chờ.xlsx"}
    assert [row[:2] for row in page.rows if row[0] in names] == [
        ["Chờ.xlsx", "Chờ xác nhận"],
        ["Có lỗi.xlsx", "Có lỗi, chưa nhập"],
        [NAME, "Đã nhập"],
    ]


def test_the_workbooks_to_begin_from_hold_every_sheet_and_are_read_back(client: FlaskClient) -> None:
    titles: list[str] = []
    for name in ("to-chuc-dang-vien", "hoat-dong-trong-nam"):
        response = client.get(f"/nhap-du-lieu/tep-mau/{name}.xlsx")
        assert response.headers["Content-Disposition"] == f"attachment; filename=tep-mau-{name}.xlsx"
        guide, *sheets = read(response.get_data())
        assert (guide.name, guide.rows[0][:2]) == (GUIDE, ["Trang", "Cột"])
        titles += [sheet.name for sheet in sheets]
        preview = send(client, response.get_data(), f"{name}.xlsx")
        assert "Lỗi Tệp chưa có dòng dữ liệu nào dưới tiêu đề." in preview.words
    assert titles == [kind.title for kind in SHEETS if kind is not ROLL_CALLS]
    assert client.get("/nhap-du-lieu/tep-mau/khong-co.xlsx").status_code == 404


def test_the_guide_says_how_each_column_is_written(client: FlaskClient) -> None:
    page = Page(client.get("/nhap-du-lieu"))
    assert ["Số thẻ", "Ví dụ 12.345678.", "Số thẻ đảng viên, Số thẻ ĐV, Số thẻ đảng"] in page.rows
    assert [
        "Ngày thành lập bắt buộc",
        "Ghi dạng ngày/tháng/năm, ví dụ 03/02/2023.",
        "",
    ] in page.rows


@pytest.mark.parametrize("role", [Role.COMMITTEE, Role.CELL_SECRETARY, Role.MEMBER])
def test_only_the_administrator_imports(app: Flask, committee: Committee, role: Role) -> None:
    client = committee.client(app, role)
    assert client.get("/nhap-du-lieu").status_code == 403
    assert client.post("/nhap-du-lieu", data={}).status_code == 403


def test_more_workbooks_and_problems_cost_no_more_statements(app: Flask, client: FlaskClient) -> None:
    few = send(client, GOOD)
    address = few.forms[-1].action.removesuffix("/bo").removesuffix("/nhap")
    counted = [statements(app, client, page) for page in ("/nhap-du-lieu", address)]
    for _ in range(5):
        many = send(client, BAD)
    press(client, few, "bo")
    assert "Có 6 lỗi" in many.words
    assert [statements(app, client, page) for page in ("/nhap-du-lieu", address)] == counted
