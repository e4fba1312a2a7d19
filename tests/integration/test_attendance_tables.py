"""Attendance tables as offices keep them: what a mark means is said by the table or by its committee, never guessed; a
meeting is found or entered, a recorded mark is changed only where it is said, and it is all taken in or nothing is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import pytest
from sqlalchemy import select, update

from bontot.clock import today
from bontot.db.models import (
    Attendance,
    AuditEvent,
    ImportBatch,
    Meeting,
    Member,
    OrganisationPeriod,
    Sitting,
    SittingPresence,
)
from bontot.errors import ImportRefused, InvalidInput
from bontot.imports import batch
from bontot.imports.naming import MARKS, remember
from bontot.imports.problems import ERROR
from bontot.imports.roll_sheet import roll_sheet
from bontot.workbook import workbook as written
from tests.integration.test_imports import EMPTY, MEMBERS, ORGANISATIONS, Office, office
from tests.workbooks import Sheet, Span, workbook

__all__ = ["office"]

ANH, BINH, CUONG, DUNG = "Trần Thị Ánh", "Nguyễn Văn Bình", "Lê Đức Cường", "Phạm Thu Dung"
TITLE = ["BẢNG ĐIỂM DANH NĂM 2023"]
CELL = ["CHI BỘ TỔ DÂN PHỐ SỐ 1"]
HEAD = ["TT", "Họ và tên", "05/01/2023", "03/02/2023"]
LEGEND = ["Ghi chú: x: có mặt; P: vắng có phép; K: vắng không phép; M: miễn"]
BODY = [[1, ANH, "x", "P"], [2, BINH, "M", None], [3, CUONG, "K", "x"]]
HELD = [
    ["Chi bộ", "Loại", "Ngày họp"],
    ["C1", "Thường kỳ", "05/01/2023"],
    ["C1", "Thường kỳ", "03/02/2023"],
    ["C1", "Chuyên đề", "20/02/2023"],
    ["C2", "Thường kỳ", "05/07/2023"],
]  # fmt: skip
BELOW = "Dòng này là tổng, ghi chú hoặc chữ ký, không phải dữ liệu; được bỏ qua."
OF_TITLE = "Danh sách không có cột “Chi bộ”; được hiểu là của “CHI BỘ TỔ DÂN PHỐ SỐ 1”, ghi ở dòng {}."
TOTAL = "Cột cộng hoặc ghi chú; được bỏ qua."
AS_USUAL = {
    "C1 05/01 regular": {ANH: 1, CUONG: 3},
    "C1 03/02 regular": {ANH: 2, CUONG: 1},
}
Found = Mapping[str, Mapping[str, int]]


@dataclass(frozen=True)
class Table:
    """A workbook with an attendance table and what comes of it: every mark there is then, by meeting and name, None for one
    that is refused; and every sentence said, with its row and column."""

    sheets: Mapping[str, Sheet]
    found: Found | None = field(default_factory=lambda: AS_USUAL)
    said: Sequence[str] = ()
    own: Mapping[str, str] = field(default_factory=dict)
    merged: Sequence[Span] = ()


def table(*rows: Sequence[object], **more: object) -> Table:
    return Table({"Bảng điểm danh": rows}, **more)  # type: ignore[arg-type]


@pytest.fixture
def cell(office: Office) -> Office:
    """A cell with three people, one of them exempt, and meetings whose roll was not called."""
    office.apply({"Tổ chức": ORGANISATIONS, "Đảng viên": MEMBERS})
    office.apply({"Buổi sinh hoạt": HELD})
    return office


def marks_of(office: Office) -> dict[str, dict[str, int]]:
    with office.read() as session:
        rows = session.execute(
            select(OrganisationPeriod.code, Meeting.held_on, Meeting.kind, Member.full_name, Attendance.mark)
            .join(Meeting, Meeting.id == Attendance.meeting_id)
            .join(Member, Member.id == Attendance.member_id)
            .join(OrganisationPeriod, OrganisationPeriod.organisation_id == Meeting.organisation_id)
        )
        found: dict[str, dict[str, int]] = {}
        for code, day, kind, name, mark in rows:
            found.setdefault(f"{code} {day:%d/%m} {kind}", {})[name] = mark
    return found


def sentences(made: ImportBatch) -> list[str]:
    return [f"{p['row'] or ''} {p['column']}: {p['message']}" for p in made.problems]


def taken(office: Office, made: ImportBatch) -> None:
    with office.read() as session:
        batch.apply(session, made.id, by="Người nhập", registry=EMPTY)


def plain(*rows: Sequence[object], **more: object) -> Table:
    """A table of the first cell, named in its title."""
    return table(CELL, TITLE, *rows, **more)


def asked(shown: str, cells: int) -> str:
    return f" : {shown} ({cells} ô) chưa rõ nghĩa; hãy chọn nghĩa một lần ở phần “Ký hiệu điểm danh”."


def new(day: str, kind: str, row: int, title: str, cell: str = "Chi bộ Tổ dân phố số 1") -> str:
    return f"{row} {title}: {cell} chưa có buổi họp ngày {day}; sẽ ghi một buổi {kind}."


T1 = "1 : " + OF_TITLE.format(1)
MESSY: dict[str, Table] = {
    "titles, a legend, a sum and a signature": table(
        ["ĐẢNG BỘ PHƯỜNG VÍ DỤ"], CELL, TITLE, [], HEAD, *BODY,
        ["", "Tổng số có mặt", 1, 1], [], LEGEND, [None, None, "BÍ THƯ"], [None, None, ANH],
        said=["2 : " + OF_TITLE.format(2), *(f"{row} : {BELOW}" for row in (9, 12, 13))],
    ),
    "a sum called otherwise": plain(
        HEAD, *BODY, [None, "Cộng có mặt", 1, 1], [None, "Cộng số vắng", 1, 1], [], LEGEND,
        said=[T1, *(f"{row} : {BELOW}" for row in (7, 8))],
    ),
    "a legend whose mark and words stand in two cells": plain(
        HEAD, *BODY, [None, "x", "Có mặt"], [None, "P", "Có phép"], [None, "K", "Không phép"], [None, "M", "Miễn"],
        said=[T1],
    ),
    "a legend above the table, with equals signs": table(
        CELL, TITLE, ["Ký hiệu: x = có mặt, P = nghỉ có phép, K = nghỉ không phép, M = được miễn"], HEAD, *BODY,
        said=[T1],
    ),
    "words in the cells": plain(
        HEAD, [1, ANH, "Có mặt", "Có phép"], [2, BINH, "Miễn SH", None], [3, CUONG, "KP", "có mặt"], said=[T1]
    ),
    "marks nobody has explained": plain(
        HEAD, *BODY,
        found=None,
        said=[asked("Ký hiệu “K”", 1), asked("Ký hiệu “M”", 1), asked("Ký hiệu “P”", 1), asked("Ký hiệu “x”", 2), T1],
    ),
    "marks the committee has explained": plain(
        HEAD, *BODY, own={"x": "present", "P": "excused", "K": "unexcused", "M": "exempt"}, said=[T1]
    ),
    "v present and V absent": plain(
        HEAD, [1, ANH, "v", "V"], [2, BINH], [3, CUONG, "0", "v"],
        own={"v": "present", "V": "excused", "0": "unexcused"}, said=[T1],
    ),
    "ticks, plus signs and noughts": plain(
        HEAD, [1, ANH, "✓", "-"], [2, BINH], [3, CUONG, 0, "+"],
        own={"✓": "present", "-": "excused", "0": "unexcused", "+": "present"}, said=[T1],
    ),
    "a legend that says otherwise than the committee": plain(
        HEAD, *BODY, LEGEND,
        own={"x": "unexcused"},
        said=[
            " : Ký hiệu “x” được hiểu theo chú thích của bảng là “Có mặt”, khác với nghĩa đã ghi nhớ là “Vắng không lý do”.",
            T1,
        ],
    ),
    "blanks that nobody has explained": plain(
        HEAD, [1, ANH, None, "P"], [2, BINH], [3, CUONG, "K"], LEGEND,
        found=None, said=[asked("Ô để trống", 2), T1],
    ),
    "blanks that mean present": plain(
        HEAD, [1, ANH, None, "P"], [2, BINH], [3, CUONG, "K"], LEGEND, own={"": "present"}, said=[T1]
    ),
    "blanks that mean nothing was written": plain(
        HEAD, [1, ANH, None, "P"], [2, BINH], [3, CUONG, "K"], LEGEND,
        own={"": "none"}, found={"C1 05/01 regular": {CUONG: 3}, "C1 03/02 regular": {ANH: 2}}, said=[T1],
    ),
    "a blank explained by the legend": plain(
        HEAD, [1, ANH, None, "P"], [2, BINH], [3, CUONG, "K"], ["P: có phép; K: không phép; để trống: có mặt"],
        said=[T1],
    ),
    "months over days": plain(
        ["TT", "Họ và tên", "Tháng 1", "Tháng 2"], [None, None, "05", "03"], *BODY, LEGEND,
        merged=[(2, 0, 3, 0), (2, 1, 3, 1)], said=[T1],
    ),
    "a month over two days and their kinds": plain(
        ["TT", "Họ và tên", "Tháng 2", None], [None, None, 3, 20], [None, None, "TK", "CĐ"],
        [1, ANH, "P", "x"], [2, BINH], [3, CUONG, "x", "x"], LEGEND,
        merged=[(2, 0, 4, 0), (2, 1, 4, 1), (2, 2, 2, 3)],
        found={"C1 03/02 regular": {ANH: 2, CUONG: 1}, "C1 20/02 thematic": {ANH: 1, CUONG: 1}},
        said=[T1],
    ),
    "only months, each with one meeting": plain(
        ["TT", "Họ và tên", "Tháng 1", "T2 (thường kỳ)"], *BODY, LEGEND, said=[T1]
    ),
    "numbers of months under their word": plain(
        ["TT", "Họ và tên", "Tháng", None], [None, None, 1, "2 "], *BODY, LEGEND,
        merged=[(2, 0, 3, 0), (2, 1, 3, 1), (2, 2, 2, 3)],
        found=None,
        said=[
            "4 Tháng 2: Chi bộ Tổ dân phố số 1 có 2 buổi họp tháng 02/2023; "
            "hãy ghi ngày họp (03/02, 20/02) vào tiêu đề cột.",
            T1,
        ],
    ),
    "numbers of months under the words for a year's months": plain(
        ["STT", "Họ và tên đảng viên", "Các tháng trong năm", None, "Tổng số buổi"], [None, None, "1", "2"],
        *([*line, 2] for line in BODY), LEGEND,
        merged=[(2, 0, 3, 0), (2, 1, 3, 1), (2, 2, 2, 3), (2, 4, 3, 4)],
        found=None,
        said=[
            "4 Các tháng trong năm 2: Chi bộ Tổ dân phố số 1 có 2 buổi họp tháng 02/2023; "
            "hãy ghi ngày họp (03/02, 20/02) vào tiêu đề cột.",
            T1,
            f"4 Tổng số buổi: {TOTAL}",
        ],
    ),
    "the year after the cell's name in a title": table(
        ["Chi bộ Tổ dân phố số 1 - năm 2023"], ["BẢNG ĐIỂM DANH"], HEAD, *BODY, LEGEND,
        said=[
            "1 : Danh sách không có cột “Chi bộ”; được hiểu là của “Chi bộ Tổ dân phố số 1”, ghi ở dòng 1.",
        ],
    ),
    "people addressed before their names": plain(
        HEAD, *([number, f"{by}{name}", *marks] for by, (number, name, *marks) in zip(
            ("Đ/c ", "đ/c: ", "Đồng chí "), BODY, strict=True
        )), LEGEND,
        said=[T1],
    ),
    "date cells, and a day without its year": plain(
        ["TT", "Họ và tên", date(2023, 1, 5), "Ngày 3/2"], *BODY, LEGEND, said=[T1]
    ),
    "days as offices say them": plain(
        ["STT", "Họ tên", "Buổi 1\n(05/01/2023)", "Thứ sáu 3.2.2023"], *BODY, LEGEND, said=[T1]
    ),
    "sums and remarks at the right": plain(
        [*HEAD, "Tổng số", None, "Ghi chú"], [None, None, None, None, "Có mặt", "Vắng", None],
        *([*row, 1, 1, None] for row in BODY), LEGEND,
        merged=[(2, 0, 3, 0), (2, 1, 3, 1), (2, 4, 2, 5), (2, 6, 3, 6)],
        said=[T1, *(f"4 {title}: {TOTAL}" for title in ("Ghi chú", "Tổng số Có mặt", "Tổng số Vắng"))],
    ),
    "a meeting that is not recorded": plain(
        [*HEAD, "09/03/2023"], *([*row, "x"] for row in (BODY[0], BODY[2])), LEGEND,
        found={**AS_USUAL, "C1 09/03 regular": {ANH: 1, CUONG: 1}},
        said=[T1, new("09/03/2023", "thường kỳ", 3, "09/03/2023")],
    ),
    "a meeting that is not recorded, of a kind": plain(
        [*HEAD, "15/02/2023 Bất thường"], *([*row, "x"] for row in (BODY[0], BODY[2])), LEGEND,
        found={**AS_USUAL, "C1 15/02 extraordinary": {ANH: 1, CUONG: 1}},
        said=[T1, new("15/02/2023", "bất thường", 3, "15/02/2023 Bất thường")],
    ),
    "months to come, left blank": plain(
        [*HEAD, "12/10/2099"], *BODY, LEGEND,
        said=[T1, "3 12/10/2099: Cột này của Chi bộ Tổ dân phố số 1 để trống cả và chưa có buổi họp; không ghi gì."],
    ),
    "somebody missing from the table": plain(
        HEAD, BODY[0], LEGEND,
        found={"C1 05/01 regular": {ANH: 1}, "C1 03/02 regular": {ANH: 2}},
        said=[
            T1,
            *(
                f"3 {day}: Chi bộ Tổ dân phố số 1: 1 đồng chí phải dự không có trong bảng nên chưa điểm danh: {CUONG}."
                for day in ("03/02/2023", "05/01/2023")
            ),
        ],
    ),
    "a sheet a month": Table(
        {
            "Tháng 1": [CELL, TITLE, ["TT", "Họ và tên", "05"], *(row[:3] for row in BODY), LEGEND],
            "Tháng 2": [CELL, TITLE, ["TT", "Họ và tên", 3], *([*row[:2], row[3]] for row in BODY), LEGEND],
        },
        said=[T1, T1],
    ),
    "a sheet a cell, named by its tab": Table(
        {
            "C1": [TITLE, HEAD, *BODY, LEGEND],
            "Chi bộ Trường Mầm non": [TITLE, ["TT", "Họ và tên", "05/07/2023"], [1, DUNG, "K"], LEGEND],
        },
        found={**AS_USUAL, "C2 05/07 regular": {DUNG: 3}},
        said=[],
    ),
    "several cells in one sheet": table(
        TITLE, [*HEAD, "05/07/2023"],
        ["I", "Chi bộ Tổ dân phố số 1"], *BODY,
        ["II", "Chi bộ Trường Mầm non"], [1, DUNG, None, None, "x"], LEGEND,
        found={**AS_USUAL, "C2 05/07 regular": {DUNG: 1}},
        said=[
            "2 03/02/2023: Cột này của Chi bộ Trường Mầm non để trống cả và chưa có buổi họp; không ghi gì.",
            "2 05/01/2023: Cột này của Chi bộ Trường Mầm non để trống cả và chưa có buổi họp; không ghi gì.",
            "2 05/07/2023: Cột này của Chi bộ Tổ dân phố số 1 để trống cả và chưa có buổi họp; không ghi gì.",
            "3 : Dòng này được hiểu là tên nhóm: các dòng dưới thuộc “Chi bộ Tổ dân phố số 1”.",
            "7 : Dòng này được hiểu là tên nhóm: các dòng dưới thuộc “Chi bộ Trường Mầm non”.",
        ],
    ),
    "a column for the cell, in a sheet called as the list of absences is": Table(
        {"Điểm danh": [["Chi bộ", "Họ và tên", "05/01/2023", "03/02/2023"],
                       *(["C1", *row[1:]] for row in BODY), LEGEND]},
        said=[],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", MESSY)
def test_an_attendance_table_is_understood_as_its_reader_would(cell: Office, name: str) -> None:
    messy = MESSY[name]
    with cell.read() as session:
        for written, means in messy.own.items():
            remember(session, MARKS, written, means, by="Người nhập")
    made = cell.preview_bytes(workbook(messy.sheets, merged=dict.fromkeys(messy.sheets, messy.merged)))
    assert sentences(made) == list(messy.said)
    assert (made.counts["errors"] == 0) == (messy.found is not None)
    if messy.found is not None:
        taken(cell, made)
    assert marks_of(cell) == (messy.found or {})


HOSTILE: dict[str, Table] = {
    "a day without a year": table(
        CELL, ["BẢNG ĐIỂM DANH"], ["TT", "Họ và tên", "05/01", "03/02"], *BODY, LEGEND,
        said=[" : Tiêu đề ghi ngày mà không rõ năm; hãy ghi năm ở tên bảng, ví dụ “Năm 2023”, hoặc ghi đủ ngày/tháng/năm."],
    ),
    "a table of no cell": table(
        TITLE, HEAD, *BODY, LEGEND,
        said=[
            " : Không rõ bảng này của chi bộ nào; hãy ghi tên chi bộ ở đầu bảng, hoặc thêm cột “Chi bộ”.",
        ],
    ),
    "two columns of one meeting": plain(
        [*HEAD, "5/1/2023"], *([*row, "K"] for row in BODY), LEGEND,
        said=["3 5/1/2023: Cột này trùng buổi với cột “05/01/2023”; chỉ giữ một cột."],
    ),
    "somebody twice": plain(
        HEAD, *BODY, [4, ANH, "K", "K"], LEGEND,
        said=[
            "7 03/02/2023: Đồng chí này đã có ở dòng 4 của bảng.", "7 05/01/2023: Đồng chí này đã có ở dòng 4 của bảng.",
        ],
    ),
    "somebody unknown": plain(
        HEAD, *BODY, [4, "Ngô Văn Lạ", "x", "x"], LEGEND,
        said=["7 Họ và tên: Không có đồng chí nào tên “Ngô Văn Lạ” trong Chi bộ Tổ dân phố số 1."],
    ),
    "a mark of somebody who is exempt": plain(
        HEAD, BODY[0], [2, BINH, "x", None], BODY[2], LEGEND,
        said=[
            "5 05/01/2023: Ngày 05/01/2023 đồng chí Nguyễn Văn Bình được miễn hoặc tạm vắng mặt theo quyết định, "
            "không phải điểm danh; hãy để trống ô này.",
        ],
    ),
    "an exemption the records do not know": plain(
        HEAD, [1, ANH, "M", "P"], *BODY[1:], LEGEND,
        said=[
            "4 05/01/2023: Bảng ghi đồng chí Trần Thị Ánh không phải dự, nhưng theo hồ sơ thì phải dự ngày 05/01/2023; "
            "hãy ghi ở trang Tình trạng, hoặc sửa dấu này.",
        ],
    ),
    "marks on a day to come": plain(
        [*HEAD, "12/10/2099"], *([*row, "x"] for row in BODY), LEGEND,
        said=["3 12/10/2099: Ngày này chưa đến (hôm nay là {today}) mà đã có dấu."],
    ),
    "a second meeting in a month, of no kind": plain(
        [*HEAD, "15/02/2023"], *([*row, "x"] for row in (BODY[0], BODY[2])), LEGEND,
        said=[
            "3 15/02/2023: Chi bộ Tổ dân phố số 1 chưa có buổi họp ngày 15/02/2023 và đã họp thường kỳ ngày 03/02; "
            "hãy ghi loại buổi họp (chuyên đề, bất thường …) dưới ngày.",
        ],
    ),
    "a month without a meeting": plain(
        [*HEAD, "Tháng 3"], *([*row, "x"] for row in (BODY[0], BODY[2])), LEGEND,
        said=[
            "3 Tháng 3: Chi bộ Tổ dân phố số 1 chưa có buổi họp nào tháng 03/2023; "
            "hãy ghi ngày họp thay cho tháng để ghi buổi mới.",
        ],
    ),
    "a formula that failed": plain(
        HEAD, [1, ANH, "#REF!", "P"], *BODY[1:], LEGEND,
        said=["4 05/01/2023: Công thức trong ô bị lỗi (#REF!); hãy sửa công thức hoặc gõ giá trị."],
    ),
    "a remark instead of a mark": plain(
        HEAD, [1, ANH, "đi công tác ở Huế", "P"], *BODY[1:], LEGEND,
        said=[
            "4 05/01/2023: “đi công tác ở Huế” dài quá, không phải ký hiệu điểm danh; hãy chỉ để ký hiệu trong ô này.",
        ],
    ),
    "a mark with a letter nobody sees": plain(
        HEAD, [1, ANH, "x\u200b", "P"], *BODY[1:], LEGEND,
        said=[
            "4 05/01/2023: Có ký tự không đọc được (U+200B) ở vị trí 2; hãy xóa và gõ lại chỗ đó.",
        ],
    ),
    "a legend that explains a mark in two ways": plain(
        HEAD, *BODY, LEGEND, ["x: vắng không phép"],
        said=[asked("Ký hiệu “x”", 2)],
    ),
    "every cell another mark": plain(
        ["TT", "Họ và tên", *(f"{day:02}/01/2023" for day in range(1, 25))],
        [1, ANH, *(f"q{n}" for n in range(24))],
        said=[" : Trang này có 24 ký hiệu khác nhau nên không giống bảng điểm danh; hãy kiểm tra lại trang."],
    ),
    "the same meeting in two sheets": Table(
        {"Tháng 1": [CELL, TITLE, HEAD, *BODY, LEGEND],
         "Điểm danh T1": [CELL, TITLE, HEAD[:3], *(r[:3] for r in BODY), LEGEND]},
        said=[
            "3 05/01/2023: Chi bộ Tổ dân phố số 1: buổi này đã có ở cột “05/01/2023” của trang “Tháng 1”; chỉ giữ một cột.",
        ],
    ),
    "a wall of days": plain(
        ["TT", "Họ và tên", *(f"{1 + n % 28:02}/{1 + n // 28:02}/2022" for n in range(196))],
        [1, ANH, *(["x"] * 196)], LEGEND,
        said=None,
    ),
}  # fmt: skip


def a_table(*rows: Sequence[object]) -> dict[str, Sheet]:
    return {"Bảng điểm danh": [CELL, TITLE, *rows, LEGEND]}


def test_a_recorded_mark_is_changed_where_it_is_said_and_put_back_when_the_table_is_taken_back(
    cell: Office,
) -> None:
    taken(cell, cell.preview(a_table(HEAD, *BODY)))
    corrected = [[1, ANH, "x", "x"], BODY[1], [3, CUONG, "P", "x"]]
    made = cell.preview(a_table(HEAD, *corrected))
    assert sentences(made)[1:] == [
        "4 03/02/2023: Đang ghi “Vắng có lý do”; sẽ đổi thành “Có mặt”.",
        "6 05/01/2023: Đang ghi “Vắng không lý do”; sẽ đổi thành “Vắng có lý do”.",
    ]
    assert [
        {
            name: meeting[name]
            for name in ("day", "present", "excused", "unexcused", "exempt", "added", "changed")
        }
        for meeting in made.counts["meetings"]
    ] == [
        {
            "day": "2023-01-05",
            "present": 1,
            "excused": 1,
            "unexcused": 0,
            "exempt": 1,
            "added": 0,
            "changed": 1,
        },
        {
            "day": "2023-02-03",
            "present": 2,
            "excused": 0,
            "unexcused": 0,
            "exempt": 1,
            "added": 0,
            "changed": 1,
        },
    ]
    taken(cell, made)
    changed = {"C1 05/01 regular": {ANH: 1, CUONG: 2}, "C1 03/02 regular": {ANH: 1, CUONG: 1}}
    assert marks_of(cell) == changed
    with cell.read() as session:
        trail = session.execute(
            select(Meeting.held_on, Meeting.version, AuditEvent.detail)
            .join(AuditEvent, AuditEvent.subject_id == Meeting.id)
            .where(AuditEvent.action == "change_meeting")
            .order_by(Meeting.held_on)
        ).all()
        people = {name: str(id_) for id_, name in session.execute(select(Member.id, Member.full_name))}
    assert [tuple(row) for row in trail] == [
        (date(2023, 1, 5), 3, {"reason": "Nhập từ tệp thử.xlsx", "before": {"marks": {people[CUONG]: 3}}}),
        (date(2023, 2, 3), 3, {"reason": "Nhập từ tệp thử.xlsx", "before": {"marks": {people[ANH]: 2}}}),
    ]
    with cell.read() as session:
        undone = batch.undo(session, made.id, by="Người nhập", reason="nhập nhầm")
    assert undone == {"meeting": 2, "attendance": 2}
    assert marks_of(cell) == AS_USUAL


def test_a_mark_corrected_since_keeps_the_table_from_being_taken_back(cell: Office) -> None:
    taken(cell, cell.preview(a_table(HEAD, *BODY)))
    made = cell.preview(a_table(HEAD, [1, ANH, "x", "x"], *BODY[1:]))
    taken(cell, made)
    with cell.read() as session:
        session.execute(update(Attendance).where(Attendance.mark == 3).values(mark=2))  # not of the table
    with cell.read() as session:
        session.execute(
            update(Meeting).where(Meeting.held_on == date(2023, 2, 3)).values(place="Nhà văn hóa")
        )
    with cell.read() as session, pytest.raises(ImportRefused, match="đã có người sửa"):
        batch.undo(session, made.id, by="Người nhập", reason="nhập nhầm")


def test_a_table_sent_again_changes_nothing(cell: Office) -> None:
    taken(cell, cell.preview(a_table(HEAD, *BODY)))
    made = cell.preview(a_table(HEAD, *BODY))
    assert (made.counts["errors"], made.counts.get("nothing")) == (0, True)
    assert sentences(made) == [T1]


@pytest.mark.parametrize("change", ["submission", "sitting"])
def test_a_meeting_that_is_handed_over_or_held_in_parts_is_not_changed_from_a_table(
    cell: Office, change: str
) -> None:
    taken(cell, cell.preview(a_table(HEAD, *BODY)))
    with cell.read() as session:
        meeting = session.scalars(select(Meeting).where(Meeting.held_on == date(2023, 2, 3))).one()
        if change == "submission":
            meeting.submission = "submitted"
        else:
            part = Sitting(meeting_id=meeting.id, held_on=date(2023, 2, 4))
            session.add(part)
            session.flush()
            who = session.scalars(select(Member.id).where(Member.full_name == CUONG)).one()
            session.add(SittingPresence(meeting_id=meeting.id, member_id=who, sitting_id=part.id, mark=2))
    same = cell.preview(a_table(HEAD, *BODY))
    assert same.counts["errors"] == 0
    made = cell.preview(a_table(HEAD, [1, ANH, "x", "x"], *BODY[1:]))
    sentence = {
        "submission": "Hồ sơ buổi này đã gửi cấp trên; hãy sửa điểm danh ở trang buổi họp.",
        "sitting": "Buổi này họp nhiều đợt; hãy sửa điểm danh ở trang buổi họp.",
    }[change]
    assert sentences(made)[0] == f"3 03/02/2023: {sentence}"
    with pytest.raises(ImportRefused):
        taken(cell, made)
    assert marks_of(cell) == AS_USUAL


def test_the_year_of_a_cell_taken_out_says_nothing_new_when_it_comes_back(cell: Office) -> None:
    rows = [[1, ANH, "x", "P", "K"], BODY[1], [3, CUONG, "K", "x", None]]
    with cell.read() as session:
        remember(session, MARKS, "", "none", by="Người nhập")
    taken(cell, cell.preview(a_table([*HEAD, "20/02/2023"], *rows)))
    with cell.read() as session:
        code = OrganisationPeriod.code
        found = session.scalars(select(OrganisationPeriod.organisation_id).where(code == "C1")).one()
        made = roll_sheet(session, found, 2023, date(2023, 12, 31), above=("ĐẢNG BỘ THỬ",), code="C1")
    assert made.headers == (
        "Chi bộ",
        "Đảng viên",
        "Số thẻ",
        "05/01/2023",
        "03/02/2023",
        "20/02/2023 Chuyên đề",
        "Có mặt",
        "Vắng có lý do",
        "Vắng không lý do",
    )
    assert made.rows == [
        ("C1", ANH, "01234567", "x", "P", "K", 1, 1, 1),
        ("C1", f"{CUONG} (1990)", None, "K", "x", "", 1, 0, 1),
    ]
    back = cell.preview_bytes(written([made]))
    assert (back.counts["errors"], back.counts.get("nothing")) == (0, True)


def test_a_meaning_that_is_none_is_not_remembered(cell: Office) -> None:
    with cell.read() as session, pytest.raises(InvalidInput):
        remember(session, MARKS, "x", "có lẽ có mặt", by="Người nhập")


@pytest.mark.parametrize("name", HOSTILE)
def test_what_cannot_be_told_for_certain_keeps_the_table_out(cell: Office, name: str) -> None:
    hostile = HOSTILE[name]
    made = cell.preview_bytes(workbook(hostile.sheets))
    with cell.read() as session:
        day = f"{today(session):%d/%m/%Y}"
    said = [s for s, p in zip(sentences(made), made.problems, strict=True) if p["severity"] == ERROR]
    if hostile.said is not None:
        assert said == [sentence.format(today=day) for sentence in hostile.said]
    with pytest.raises(ImportRefused):
        taken(cell, made)
    assert marks_of(cell) == {}
