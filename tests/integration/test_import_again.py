"""A workbook sent again says nothing new; and no cell that says otherwise than the records is passed over in silence."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select

from bontot.db.models import FrameAdoption, OrganisationPeriod, PolicyAssignment, Task, Tenant
from bontot.db.tenancy import PLATFORM, scope
from bontot.imports import batch
from bontot.imports.book import Book
from bontot.imports.columns import Choice, Column
from bontot.imports.kinds.roll_calls import ROLL_CALLS
from bontot.imports.layout import heading
from bontot.imports.on_record import DIFFERENT, OTHERWISE, UNSAID
from bontot.imports.outgoing import outgoing
from bontot.imports.problems import KNOWN
from bontot.imports.sheets import SHEETS, kind_of
from bontot.registry import Registry
from bontot.text import search_key
from tests.integration.test_import_scores import FRAME, scored
from tests.integration.test_import_scores import HEADERS as SCORE_HEADERS
from tests.integration.test_import_scores import SHEET as SCORES
from tests.integration.test_imports import MEMBERS, ORGANISATIONS, Office, office
from tests.workbooks import Sheet

__all__ = ["office"]

ANH, CUONG = "Trần Thị Ánh", "Lê Đức Cường"
BOOK: dict[str, Sheet] = {
    "Tổ chức": [[*row, "Số quyết định", "Địa danh"] if "Mã" in row else row for row in ORGANISATIONS[3:]],
    "Điều chỉnh lịch": [
        ["Chi bộ", "Tháng", "Ngày họp mới", "Hạn mới", "Không phải họp", "Số văn bản"],
        ["C1", "05/2023", "10/05/2023", "12/05/2023", None, "7-CV/ĐU"],
        ["C1", "06/2023", None, None, "x", "8-CV/ĐU"],
    ],
    "Ngày họp hằng tháng": [["Chi bộ", "Ngày trong tháng", "Từ ngày"], ["C1", 5, "01/01/2023"]],
    "Ngày nghỉ riêng": [
        ["Tổ chức", "Ngày", "Loại ngày", "Tên ngày", "Số văn bản"],
        ["C1", "03/03/2098", "Nghỉ hoán đổi", "Nghỉ của doanh nghiệp", "9-TB/CTy"],
        [None, "04/03/2098", "Không nghỉ", "Làm việc", "10-TB/CTy"],
    ],
    "Đảng viên": MEMBERS,
    "Biến động": [
        ["Chi bộ", "Đảng viên", "Hình thức", "Ngày", "Đến hết ngày", "Chi bộ mới", "Số văn bản"],
        ["C1", CUONG, "Chuyển tạm thời", "01/08/2023", "30/09/2023", "C2", "2-QĐ/ĐU"],
    ],
    "Chức vụ": [
        ["Tổ chức", "Đảng viên", "Chi bộ sinh hoạt", "Chức vụ đảng", "Từ ngày", "Đến hết ngày", "Nhiệm kỳ"],
        ["P", ANH, "C1", "Cấp ủy viên", "01/01/2023", "31/12/2024", "2020-2025"],
    ],
    "Tình trạng": [
        ["Chi bộ", "Đảng viên", "Tình trạng", "Từ ngày", "Đến hết ngày", "Số văn bản"],
        ["C2", "Phạm Thu Dung", "Miễn sinh hoạt", "01/01/2025", "30/06/2098", "5-QĐ/ĐU"],
    ],
    "Buổi sinh hoạt": [
        ["Chi bộ", "Loại", "Ngày họp", "Giờ", "Địa điểm", "Nội dung", "Chuyên đề", "Chủ trì", "Thư ký", "Chương trình",
         "Các bước", "Tài liệu", "Ngày gửi tài liệu", "Số nghị quyết", "Trích yếu nghị quyết", "Căn cứ văn bản cấp trên",
         "Tự phê bình", "Chất lượng"],
        ["C1", "Thường kỳ", "03/01/2026", "19h30", "Nhà văn hóa", "Tháng 12", None, ANH, CUONG,
         "Báo cáo; Thảo luận", "1; 2", "Dự thảo; Thông tin", "30/12/2025", "1-NQ/CB", "Lãnh đạo tháng 1", "x", "x", None],
        ["C1", "Chuyên đề", "20/01/2026", None, None, None, "Nêu gương", ANH, None, None, None, None, None, None, None, None,
         None, "Tốt"],
    ],
    "Điểm danh": [
        ["Chi bộ", "Ngày họp", "Loại", "Đảng viên", "Điểm danh", "Lý do"],
        ["C1", "03/01/2026", "Thường kỳ", ANH, "Có phép", "Ốm"],
        ["C1", "03/01/2026", "Thường kỳ", CUONG, "Đến muộn", None],
    ],
    "Phát biểu": [["Chi bộ", "Ngày họp", "Đảng viên", "Nội dung"], ["C1", "03/01/2026", CUONG, "Về đèn đường"]],
    SCORES: [SCORE_HEADERS, *scored(on="03/01/2026")],
    "Chỉ đạo của cấp trên": [
        ["Chi bộ", "Số văn bản", "Trích yếu", "Hạn trả lời", "Ngày trả lời"],
        ["C1", "90-NQ/ĐU", "Đô thị văn minh", "30/06/2023", "28/06/2023"],
    ],
    "Nhiệm vụ": [
        ["Chi bộ", "Nội dung", "Nguồn", "Ngày họp", "Loại", "Người thực hiện", "Hạn", "Ngày xong", "Nhiệm vụ khó",
         "Ngày kiểm tra"],
        ["C1", "Gắn biển số nhà", "Nghị quyết", "03/01/2026", "Thường kỳ", f"{ANH}; {CUONG}", "31/03/2026", "30/03/2026",
         "x", "10/03/2026; 20/03/2026"],
    ],
    "Đảng phí": [
        ["Chi bộ", "Đảng viên", "Số thẻ", "Tháng", "Phải đóng", "Đã đóng", "Ngày đóng", "Miễn"],
        ["C1", ANH, "01.234567", "01/2023", 12000, "12.000 đồng", "03/01/2023", None],
        ["C1", "Nguyễn Văn Bình", None, "01/2023", 0, 0, None, "x"],
    ],
    "Bồi dưỡng": [["Đảng viên", "Loại", "Ngày", "Tên lớp"], [ANH, "Nghiệp vụ", "20/05/2023", "Kỹ năng bí thư"]],
    "Quy chế": [
        ["Tổ chức", "Số", "Tên quy chế", "Từ ngày", "Đến hết ngày"],
        ["C1", "1-QC/CB", "Quy chế làm việc", "01/01/2021", "31/12/2025"],
    ],
    "Kỷ luật": [
        ["Chi bộ", "Đảng viên", "Hình thức", "Số quyết định", "Ngày phát hiện", "Ngày quyết định"],
        ["C1", CUONG, "Khiển trách", "3-QĐ/CB", "01/10/2023", "10/10/2023"],
        ["C2", None, "Cảnh cáo", "4-QĐ/ĐU", None, "11/10/2023"],
    ],
    "Đơn thư": [["Chi bộ", "Ngày nhận", "Kết luận"], ["C1", "01/04/2023", "Sai"]],
    "Khen thưởng": [["Chi bộ", "Đảng viên", "Lý do", "Ngày"], ["C1", ANH, "Thi đua", "19/05/2023"]],
    "Kiểm tra, giám sát": [["Tổ chức", "Loại", "Ngày"], ["P", "Giám sát", "01/06/2023"]],
    "Kiến nghị": [["Chi bộ", "Nội dung", "Ngày nêu", "Ngày trả lời"], ["C1", "Đèn đường", "03/03/2023", "09/03/2023"]],
    "Đăng ký phấn đấu": [
        ["Chi bộ", "Đảng viên", "Năm", "Ngày ký", "Người ký", "Ngày xác nhận"],
        ["C1", None, 2023, "27/02/2023", ANH, "28/02/2023"],
        ["C1", CUONG, "2023", "27/02/2023", None, None],
    ],
    "Chọn thí điểm": [
        ["Chi bộ", "Kế hoạch", "Ngày chọn", "Cơ quan chọn", "Văn bản chọn", "Ngày kết thúc", "Văn bản kết thúc"],
        ["C1", "provincial_pilot", "20/04/2023", "Đảng ủy phường", "1-QĐ/ĐU", "20/04/2024", "2-QĐ/ĐU"],
    ],
    "Nhận xét nơi cư trú": [["Chi bộ", "Đảng viên", "Năm", "Ngày nhận"], ["C1", CUONG, 2023, "30/11/2023"]],
    "Xếp loại năm": [
        ["Tổ chức", "Đảng viên", "Năm", "Mức", "Số phiếu", "Số người được biểu quyết", "Ngày quyết định", "Số văn bản"],
        ["C1", None, 2022, "HTXSNV", 20, 22, "20/12/2022", "9-QĐ/ĐU"],
        ["C1", ANH, 2022, "Hoàn thành tốt nhiệm vụ", None, None, None, None],
    ],
    "Đánh giá": [
        ["Tiêu chí", "Chi bộ", "Đảng viên", "Năm", "Bước", "Kết luận", "Nhận xét", "Minh chứng", "Người đánh giá", "Ngày"],
        ["tayho.cell.1.targets", "C1", None, 2023, "Chi bộ", "Đạt", "Đủ chỉ tiêu", "Kế hoạch; Báo cáo", "Chi bộ",
         "01/12/2023"],
    ],
}  # fmt: skip
"""A row or two of every kind of sheet, with every column that a row may say something in."""
STILL_TRUE = [
    ("Đảng viên", 3, "Tình trạng", "Chính thức"),
    *(
        (name, row, "Chi bộ", "C2")
        for name, row in (
            ("Biến động", 2),
            ("Kỷ luật", 2),
            ("Đăng ký phấn đấu", 3),
            ("Nhận xét nơi cư trú", 2),
        )
    ),
]
"""Who is exempt is an official member all the same, and a guest may be named in either of two cells."""
PEOPLE = {name: BOOK[name] for name in list(BOOK)[: list(BOOK).index("Buổi sinh hoạt")]}
YEAR = {name: rows for name, rows in BOOK.items() if name not in PEOPLE}
"""The same as two workbooks: one has no more than twenty sheets."""
DAY = re.compile(r"\d{2}/\d{2}/\d{4}")
TICKS = ("x",)
"""A tick says that something is so, and a blank cell nothing: there is no other way to say it."""
OTHERS = {
    "C1": "C2",
    "C2": "C1",
    "P": "Q",
    "Q": "P",
    ANH: CUONG,
    CUONG: ANH,
    "Phạm Thu Dung": ANH,
    f"{ANH}; {CUONG}": f"{ANH}; Nguyễn Văn Bình",
    "01/2023": "02/2023",
    "05/2023": "04/2023",
    "06/2023": "07/2023",
    "19h30": "20h",
    "1; 2": "1; 3",
    "10/03/2026; 20/03/2026": "11/03/2026; 20/03/2026",
    "30/03/2026": "29/03/2026",
    "12.000 đồng": "11.000 đồng",
    "0912345678": "0912345679",
    "+84 912 345 670": "0912345671",
    "01.234567": "01.234599",
    "01.234568": "01.234598",
    "1980": "1979",
    "1950": "1951",
    "05/1975": "06/1975",
    "2023": "2022",
    "tayho.cell.1.targets": "tayho.cell.3.solidarity",
    "provincial_pilot": "hanoi_tayho",
}


def put_under_plan(office: Office) -> None:
    """The whole committee is under Tây Hồ's plan and the frame."""
    with office.read() as session:
        top = select(OrganisationPeriod.organisation_id).where(OrganisationPeriod.parent_id.is_(None))
        since = {"valid_from": date(2023, 1, 1)}
        session.add(PolicyAssignment(organisation_id=session.scalar(top), policy_code="hanoi_tayho", **since))
        session.add(FrameAdoption(policy_code=FRAME, document="NQ", entered_by="thử", **since))


@pytest.fixture
def full(office: Office) -> Office:
    """A committee under Tây Hồ's plan in which the whole workbook is on record."""
    office.registry = Registry.load()
    office.apply({"Tổ chức": BOOK["Tổ chức"]})
    put_under_plan(office)
    office.apply(PEOPLE)
    office.apply(YEAR)
    return office


def rows_in(book: dict[str, Sheet]) -> int:
    return sum(len(rows) - 1 for rows in book.values())


def test_every_kind_of_sheet_sent_again_says_nothing_new(full: Office) -> None:
    kinds = {kind for name in BOOK if (kind := kind_of(name)) is not None}
    assert kinds == {*SHEETS} - {ROLL_CALLS}
    for book in (PEOPLE, YEAR):
        again = full.preview(book)
        assert [problem["message"] for problem in again.problems if problem["severity"] == "error"] == []
        assert (again.counts["nothing"], again.counts["recorded"]) == (True, rows_in(book))


def otherwise(book: dict[str, Sheet]) -> Iterator[tuple[str, int, str, object]]:
    """Every cell that says something, as it might say something else: sheet, row, header, what it would say."""
    for name, (head, *rows) in book.items():
        kind = kind_of(name)
        assert kind is not None
        columns = {heading(said): column for column in kind.columns for said in column.headers}
        for number, row in enumerate(rows, 2):
            for header, value in zip(head, row, strict=False):
                column = columns.get(heading(str(header)))
                if column is not None and value not in (None, *TICKS):
                    yield name, number, str(header), _other(value, column)


def _other(value: object, column: Column) -> object:
    if isinstance(column.parse, Choice):
        said = column.parse(str(value))
        return next(
            one
            for one in column.parse.options
            if column.parse.understood[search_key(one)] not in (said, None, "")
        )
    if isinstance(value, date):
        return value + timedelta(days=1)
    if isinstance(value, int | float):
        return value + 1
    text_ = str(value)
    if DAY.fullmatch(text_):
        return f"{datetime.strptime(text_, '%d/%m/%Y') + timedelta(days=1):%d/%m/%Y}"  # noqa: DTZ007
    return OTHERS.get(text_, f"{text_} khác")


def test_no_cell_that_says_otherwise_is_passed_over_in_silence(full: Office) -> None:
    silent, said = [], set()
    for name, number, header, value in otherwise(BOOK):
        rows = [list(row) for row in BOOK[name]]
        rows[number - 1][rows[0].index(header)] = value
        made = full.preview({name: rows})
        said |= {problem["message"] for problem in made.problems if problem["severity"] == "error"}
        if made.counts.get("nothing"):
            silent.append((name, number, header, value))
    assert silent == STILL_TRUE
    assert any(sentence.startswith(OTHERWISE.partition("“")[0]) for sentence in said)
    assert DIFFERENT in said


def test_what_is_not_on_record_yet_of_a_record_is_left_to_its_page(full: Office) -> None:
    head, first, second = BOOK["Xếp loại năm"]
    more: dict[str, Sheet] = {"Xếp loại năm": [head, first, [*second[:7], "10-QĐ/ĐU"]]}
    assert full.problems(more) == [
        ("Xếp loại năm", 3, "Số văn bản", "error", UNSAID),
        ("Xếp loại năm", None, "", "warning", KNOWN.format(1, "2")),
    ]


def test_a_list_of_some_of_those_who_carry_a_task_contradicts_nothing(full: Office) -> None:
    head, row = (list(line) for line in BOOK["Nhiệm vụ"])
    row[head.index("Người thực hiện")] = ANH
    assert full.preview({"Nhiệm vụ": [head, row]}).counts["nothing"]
    row[head.index("Người thực hiện")] = f"{ANH}; Nguyễn Văn Bình"
    assert full.problems({"Nhiệm vụ": [head, row]}) == [
        ("Nhiệm vụ", 2, "Người thực hiện", "error", DIFFERENT)
    ]


def test_moves_and_ends_sent_again_say_nothing_new_and_otherwise_are_refused(full: Office) -> None:
    head = BOOK["Biến động"][0]
    moved = ["C2", "Phạm Thu Dung", "Chuyển chính thức", "01/10/2024", None, "C1", "3-QĐ/ĐU"]
    ended = ["C1", "Nguyễn Văn Bình", "Từ trần", "05/11/2024", None, None, None]
    full.apply({"Biến động": [head, moved, ended]})
    again = full.preview({"Biến động": [head, moved, ended]})
    assert (again.counts["nothing"], again.counts["recorded"]) == (True, 2)
    otherwise = [[*moved[:5], "P", moved[6]], [*ended[:2], "Xóa tên", *ended[3:]]]
    assert full.problems({"Biến động": [head, *otherwise]}) == [
        ("Biến động", 2, "Chi bộ mới", "error", DIFFERENT),
        ("Biến động", 3, "Hình thức", "error", OTHERWISE.format("Từ trần")),
    ]
    gone = next(row for row in MEMBERS if "Nguyễn Văn Bình" in row)
    assert full.problems({"Đảng viên": [MEMBERS[0], gone]})[0][2:] == (
        "Họ và tên",
        "error",
        "Đồng chí Nguyễn Văn Bình đã thôi sinh hoạt tại đảng bộ này từ ngày 05/11/2024; hãy bỏ dòng này.",
    )
    stays = next(row for row in MEMBERS if "Phạm Thu Dung" in row)
    assert full.problems({"Đảng viên": [MEMBERS[0], stays]})[:1] == [
        ("Đảng viên", 2, "Chi bộ", "error", OTHERWISE.format("Chi bộ Tổ dân phố số 1 (C1)")),
    ]


def test_who_holds_a_post_of_a_cell_may_be_at_home_in_another(full: Office) -> None:
    head = ["Tổ chức", "Đảng viên", "Số thẻ", "Chức vụ đảng", "Từ ngày"]
    full.apply({"Chức vụ": [head, ["C2", ANH, "01.234567", "Cấp ủy viên phụ trách", "01/01/2024"]]})
    again = full.preview({"Chức vụ": [head, ["C2", ANH, "01.234567", "Cấp ủy viên phụ trách", "01/01/2024"]]})
    assert again.counts["nothing"]


def test_a_card_of_somebody_of_another_cell_is_refused(full: Office) -> None:
    head, row, _ = BOOK["Đảng phí"]
    assert full.problems({"Đảng phí": [head, ["C2", *row[1:]]]}) == [
        (
            "Đảng phí",
            2,
            "Số thẻ",
            "error",
            "Số thẻ 01234567 là của đồng chí Trần Thị Ánh, không thuộc Chi bộ Trường Mầm non.",
        ),
    ]


GOING_OUT = [("to-chuc-dang-vien", 2026), *(("hoat-dong-trong-nam", year) for year in (2022, 2023, 2026))]


def gone_out(office: Office) -> list[Book]:
    with office.read() as session:
        return [outgoing(session, name, year, "Đảng bộ") for name, year in GOING_OUT]


def test_every_kind_of_record_goes_out_and_says_nothing_new_when_it_comes_back(full: Office) -> None:
    books = gone_out(full)
    told = {key for book in books for key in book.rows}
    assert told == {kind.key for kind in SHEETS} - {ROLL_CALLS.key, "member_change"}
    for book in books:
        again = full.preview_bytes(book.content())
        assert [problem["message"] for problem in again.problems if problem["severity"] == "error"] == []
        rows = sum(map(len, book.rows.values()))
        assert (again.counts["nothing"], again.counts["recorded"]) == (True, rows)


def test_what_goes_out_of_one_committee_is_the_same_in_another_that_takes_it_in(full: Office) -> None:
    with scope(full.engine, PLATFORM) as session:
        tenant = Tenant(code=f"ban-sao-{full.tenant_id}", name="Đảng bộ khác")
        session.add(tenant)
        session.flush()
        other = Office(full.engine, tenant.id, full.registry)
    books = gone_out(full)
    for number, book in enumerate(books):
        made = other.preview_bytes(book.content())
        assert [problem["message"] for problem in made.problems if problem["severity"] == "error"] == []
        with other.read() as session:
            batch.apply(session, made.id, by="Người nhập", registry=other.registry)
        if number == 0:
            put_under_plan(other)
    assert [book.rows for book in gone_out(other)] == [book.rows for book in books]


PEOPLE_HEAD = ["Họ và tên", "Ngày sinh", "Số thẻ", "Chi bộ"]


def of_people(office: Office, *rows: Sequence[object]) -> list[tuple[str, str, str]]:
    """What is said of members who are listed by little, and that nothing else is."""
    told = office.problems({"Đảng viên": [PEOPLE_HEAD, *rows]})
    return [(column, severity, sentence) for _, _, column, severity, sentence in told]


def test_who_is_listed_by_less_than_is_on_record_is_not_entered_again(full: Office) -> None:
    known = [("", "warning", KNOWN.format(4, "2–5"))]
    rows = [
        [ANH, None, None, "C1"],
        [ANH, "1956", None, "C1"],
        [ANH, "02/1956", None, "C1"],
        ["Nguyễn Văn Bình", "1950", None, "C1"],
    ]
    assert of_people(full, *rows) == known


def test_who_is_listed_by_something_else_than_is_on_record_is_asked_about(full: Office) -> None:
    assert of_people(full, [ANH, "03/02/1956", "01.234599", "C1"]) == [
        (
            "Số thẻ",
            "error",
            "Chi bộ Tổ dân phố số 1 đã có đồng chí cùng họ tên và ngày sinh, mang số thẻ 01234567; hãy kiểm tra số thẻ.",
        )
    ]
    assert of_people(full, [ANH, "03/02/1957", None, "C1"]) == [
        (
            "Họ và tên",
            "warning",
            "Chi bộ Tổ dân phố số 1 đã có đồng chí cùng họ tên, sinh năm 1956; được nhập như người khác. "
            "Nếu là một người, hãy sửa ngày sinh hoặc bỏ dòng này.",
        )
    ]
    finer = of_people(full, ["Nguyễn Văn Bình", "05/06/1950", None, "C1"])
    assert finer == [("Ngày sinh", "error", OTHERWISE.format("1950"))]


def test_of_two_of_one_name_the_one_without_a_card_is_meant_by_a_row_without_one(full: Office) -> None:
    head = [*PEOPLE_HEAD, "Ngày vào Đảng"]
    twins: list[Sequence[object]] = [
        ["Vũ Văn Đôi", "01/02/1960", "01.555001", "C1", "03/02/1985"],
        ["Vũ Văn Đôi", "07/08/1960", None, "C1", "03/02/1990"],
    ]
    full.apply({"Đảng viên": [head, *twins]})
    again = full.preview({"Đảng viên": [head, *twins]})
    assert (again.counts["nothing"], again.counts["recorded"]) == (True, 2)
    assert of_people(full, ["Vũ Văn Đôi", "1960", None, "C1"]) == [("", "warning", KNOWN.format(1, "2"))]
    full.apply({"Đảng viên": [head, ["Vũ Văn Đôi", "09/09/1960", None, "C1", "03/02/1991"]]})
    assert of_people(full, ["Vũ Văn Đôi", "1960", None, "C1"]) == [
        (
            "Họ và tên",
            "error",
            "Chi bộ Tổ dân phố số 1 có 2 đồng chí tên Vũ Văn Đôi; hãy ghi số thẻ hoặc đủ ngày sinh.",
        )
    ]


def test_a_cell_of_the_same_name_is_another_cell(full: Office) -> None:
    ward = ["P2", "Đảng bộ phường Khác", "Đảng bộ cơ sở", None, "Q", "01/01/2001"]
    alike = ["C9", "Chi bộ Tổ dân phố số 1", "Chi bộ trực thuộc", "Khu dân cư", "P2", "01/01/2001"]
    full.apply(
        {"Tổ chức": [["Mã", "Tên", "Loại hình", "Lĩnh vực", "Mã cấp trên", "Ngày thành lập"], ward, alike]}
    )
    assert of_people(full, [ANH, "03/02/1956", "01.234567", "C9"]) == [
        ("Chi bộ", "error", OTHERWISE.format("Chi bộ Tổ dân phố số 1 (C1)"))
    ]


def test_what_a_row_leaves_blank_of_what_tells_records_apart_makes_no_second_record(full: Office) -> None:
    sheets: dict[str, Sheet] = {
        "Nhiệm vụ": [
            ["Chi bộ", "Nội dung", "Nguồn", "Hạn"],
            ["C1", "Gắn biển số nhà", "Nghị quyết", "31/03/2026"],
        ],
        "Phát biểu": [["Chi bộ", "Ngày họp", "Đảng viên"], ["C1", "03/01/2026", CUONG]],
        "Đơn thư": [["Chi bộ", "Ngày nhận"], ["C1", "01/04/2023"]],
    }
    again = full.preview(sheets)
    assert (again.counts["nothing"], again.counts["recorded"]) == (True, 3)


def test_of_two_records_alike_each_row_finds_its_own(full: Office) -> None:
    with full.read() as session:
        task = session.scalars(select(Task)).one()
        session.add(
            Task(
                organisation_id=task.organisation_id,
                meeting_id=task.meeting_id,
                title=task.title,
                due_on=task.due_on,
                origin="initiative",
            )
        )
    head, row = BOOK["Nhiệm vụ"]
    other = [
        "C1",
        "Gắn biển số nhà",
        "Sáng kiến",
        "03/01/2026",
        "Thường kỳ",
        None,
        "31/03/2026",
        None,
        None,
        None,
    ]
    assert full.preview({"Nhiệm vụ": [head, row, other]}).counts["recorded"] == 2
    wrong = ["C1", "Gắn biển số nhà", "Chỉ đạo", *other[3:]]
    assert [one[2:4] for one in full.problems({"Nhiệm vụ": [head, wrong]})] == [("Nguồn", "error")]


def test_nobody_is_rated_for_a_year_a_cell_did_not_live_to_see(full: Office) -> None:
    head = ["Tổ chức", "Năm", "Mức"]
    assert full.problems({"Xếp loại năm": [head, ["C2", 2021, "Hoàn thành tốt nhiệm vụ"]]}) == [
        (
            "Xếp loại năm",
            2,
            "Năm",
            "error",
            "Năm 2021 nằm ngoài thời gian hoạt động của Chi bộ Trường Mầm non (thành lập ngày 01/07/2023).",
        )
    ]


def test_a_day_off_of_somebody_is_not_taken_for_everybody_s(full: Office) -> None:
    head = ["Mã tổ chức", "Áp dụng cho", "Ngày", "Loại ngày", "Tên ngày", "Số văn bản"]
    day = ["05/03/2098", "Nghỉ hoán đổi", "Nghỉ", "1-TB"]
    assert full.problems({"Ngày nghỉ riêng": [head, [None, "Chi bộ Tổ dân phố số 1", *day]]}) == [
        (
            "Ngày nghỉ riêng",
            2,
            "Áp dụng cho",
            "error",
            "Hãy ghi mã hoặc tên của “Chi bộ Tổ dân phố số 1” ở cột Tổ chức; để trống là ngày của cả đảng bộ.",
        )
    ]
    assert full.problems({"Ngày nghỉ riêng": [head, [None, "Cả đảng bộ", *day]]}) == []


def test_a_fee_is_of_a_month_that_has_come_and_of_who_pays(full: Office) -> None:
    head = ["Chi bộ", "Đảng viên", "Tháng", "Phải đóng", "Đã đóng", "Miễn"]
    ahead = ["C1", ANH, "12/2098", 1000, 1000, None]
    both = ["C1", ANH, "02/2023", 1000, 1000, "x"]
    assert [one[1:4] for one in full.problems({"Đảng phí": [head, ahead, both]})] == [
        (2, "Tháng", "error"),
        (3, "Miễn", "error"),
    ]
