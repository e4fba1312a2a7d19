"""Workbooks as offices really make them: each is taken in as a reader of the sheet understands it, what was passed over or
taken from elsewhere is said, and what cannot be known for certain is refused at its place, with nothing written."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from datetime import date, datetime

import pytest
from sqlalchemy import select, text, update

from bontot.db.base import Base
from bontot.db.models import Member, Membership, OrganisationPeriod, Training
from bontot.db.tenancy import scope
from bontot.errors import ImportRefused, InvalidInput, NotFound
from bontot.imports import batch
from bontot.imports.naming import remember
from bontot.text import search_key
from tests.integration.test_imports import EMPTY, ORGANISATIONS, Office, office
from tests.workbooks import Sheet, Span, workbook

__all__ = ["office"]

HEAD = ["TT", "Họ và tên", "Ngày sinh", "Ngày vào Đảng", "Số thẻ", "Chi bộ"]
ANH = [1, "Trần Thị Ánh", "03/02/1956", "03/02/1980", "01.234567", "C1"]
BINH = [2, "Nguyễn Văn Bình", "19/05/1950", "19/05/1976", "01.234568", "C1"]
DUNG = [3, "Phạm Thu Dung", "20/10/1985", "03/02/2010", "01.234569", "C2"]
PEOPLE = [
    ("Trần Thị Ánh", "C1", "1956-02-03 day"),
    ("Nguyễn Văn Bình", "C1", "1950-05-19 day"),
    ("Phạm Thu Dung", "C2", "1985-10-20 day"),
]
FEMALE = [(*PEOPLE[0], True), (*PEOPLE[1], False), (*PEOPLE[2], True)]
NOT_DATA = "Dòng này là tổng, ghi chú hoặc chữ ký, không phải dữ liệu; được bỏ qua."
SAME = "Các ô gộp trong cột này được hiểu là cùng giá trị cho mọi dòng được gộp."
NO_OFFICIAL = "Không có ngày chính thức nên được coi là đảng viên dự bị."
Said = tuple[int | None, str, str]


@dataclass(frozen=True)
class Messy:
    """A sheet of members and what comes of it: who is taken in (name, cell, birth, and whether a woman where the sheet says
    it), and every sentence said of it (row, column, sentence); people None for a workbook that is refused."""

    rows: Sheet
    people: Sequence[tuple[object, ...]] | None = field(default_factory=lambda: PEOPLE)
    said: Sequence[Said] = ()
    merged: Sequence[Span] = ()
    tab: str = "Đảng viên"


def one(day: object, birth: str) -> Messy:
    """One person born on a day written somehow."""
    row = [1, "Trần Thị Ánh", day, "03/02/1980", None, "C1"]
    return Messy([HEAD, row], [("Trần Thị Ánh", "C1", birth)])


def refused(day: object, sentence: str) -> Messy:
    row = [1, "Trần Thị Ánh", day, "03/02/1980", None, "C1"]
    return Messy([HEAD, row], None, [(2, "Ngày sinh", sentence)])


def decomposed(rows: Sheet) -> Sheet:
    return [
        [unicodedata.normalize("NFD", cell) if isinstance(cell, str) else cell for cell in row]
        for row in rows
    ]


UNKNOWN_DAY = (
    "“{}” không phải ngày; hãy ghi ngày/tháng/năm; nếu chỉ biết tháng hoặc năm thì ghi 02/1956 hoặc 1956."
)

MESSY: dict[str, Messy] = {
    "titles, the committee's name and blank rows above": Messy(
        [
            ["ĐẢNG BỘ PHƯỜNG VÍ DỤ"],
            ["DANH SÁCH ĐẢNG VIÊN"],
            ["(đến ngày 01/01/2024)"],
            [],
            HEAD,
            ANH,
            BINH,
            DUNG,
        ]
    ),
    "a table that begins in the third column": Messy([[None, None, *row] for row in (HEAD, ANH, BINH, DUNG)]),
    "headers in capitals, with line breaks and colons": Messy(
        [
            ["STT", "HỌ VÀ TÊN:", "NGÀY,\nTHÁNG,\nNĂM SINH", "Ngày\nvào Đảng", "SỐ THẺ ĐV", "CHI BỘ "],
            ANH,
            BINH,
            DUNG,
        ]
    ),
    "headers without accents": Messy(
        [["tt", "Ho va ten", "Ngay sinh", "Ngay vao Dang", "So the", "Chi bo"], ANH, BINH, DUNG]
    ),
    "everything decomposed (NFD)": Messy(decomposed([HEAD, ANH, BINH, DUNG])),
    "a header in two rows with merged titles": Messy(
        [
            ["TT", "Họ và tên", "Ngày", None, "Số thẻ", "Chi bộ"],
            [None, None, "sinh", "vào Đảng", None, None],
            ANH,
            BINH,
            DUNG,
        ],
        merged=[(0, 0, 1, 0), (0, 1, 1, 1), (0, 2, 0, 3), (0, 4, 1, 4), (0, 5, 1, 5)],
    ),
    "a header in two rows without merging": Messy(
        [
            [None, None, "Ngày tháng năm", None, None, None],
            ["TT", "Họ và tên", "Ngày sinh", "Ngày vào Đảng", "Số thẻ", "Chi bộ"],
            ANH,
            BINH,
            DUNG,
        ]
    ),
    "the day of admission over the two it has": Messy(
        [
            ["TT", "Họ và tên", "Ngày sinh", "Ngày vào Đảng", None, "Số thẻ", "Chi bộ"],
            [None, None, None, "Kết nạp", "Chính thức", None, None],
            [*ANH[:4], "03/02/1981", *ANH[4:]],
            [*BINH[:4], "19/05/1977", *BINH[4:]],
            [*DUNG[:4], "03/02/2011", *DUNG[4:]],
        ],
        merged=[(0, 3, 0, 4)],
    ),
    "a day over admission and confirmation": Messy(
        [
            ["TT", "Họ và tên", "Ngày sinh", "Ngày, tháng, năm", None, "Số thẻ", "Chi bộ"],
            [None, None, None, "Vào Đảng", "Chính thức", None, None],
            [*ANH[:4], "03/02/1981", *ANH[4:]],
            [*BINH[:4], "19/05/1977", *BINH[4:]],
            [*DUNG[:4], "03/02/2011", *DUNG[4:]],
        ],
        merged=[(0, 3, 0, 4)],
    ),
    "the day of birth in the column of the person's sex": Messy(
        [
            ["TT", "Họ và tên", "Ngày, tháng, năm sinh", None, "Ngày, tháng, năm vào Đảng", None, "Chi bộ"],
            [None, None, "Nam", "Nữ", "Dự bị", "Chính thức", None],
            [1, "Trần Thị Ánh", None, "3.2.1956", "03/02/1980", "03/02/1981", "C1"],
            [2, "Nguyễn Văn Bình", "19/05/1950", None, "19/05/1976", "19/05/1977", "C1"],
            [3, "Phạm Thu Dung", "-", 1985, "03/02/2010", "03/02/2011", "C2"],
        ],
        [*FEMALE[:2], ("Phạm Thu Dung", "C2", "1985-01-01 year", True)],
        merged=[(0, 0, 1, 0), (0, 1, 1, 1), (0, 2, 0, 3), (0, 4, 0, 5), (0, 6, 1, 6)],
    ),
    "the year of birth by sex, in one row of titles": Messy(
        [
            ["Họ tên", "Năm sinh (nam)", "Năm sinh (nữ)", "Chi bộ"],
            ["Trần Thị Ánh", None, 1956, "C1"],
            ["Nguyễn Văn Bình", "1950", None, "C1"],
        ],
        [
            ("Trần Thị Ánh", "C1", "1956-01-01 year", True),
            ("Nguyễn Văn Bình", "C1", "1950-01-01 year", False),
        ],
    ),
    "a day of birth in the column of both sexes": Messy(
        [
            ["TT", "Họ và tên", "Ngày sinh", None, "Chi bộ"],
            [None, None, "Nam", "Nữ", None],
            [1, "Trần Thị Ánh", "03/02/1956", "03/02/1956", "C1"],
            [2, "Nguyễn Văn Bình", "30/02/1950", None, "C1"],
        ],
        None,
        [
            (
                3,
                "Ngày sinh Nữ",
                "Cột này và cột “Ngày sinh Nam” đều có nội dung; mỗi dòng chỉ ghi ở một trong hai cột.",
            ),
            (4, "Ngày sinh Nam", "“30/02/1950” không có trong lịch; hãy kiểm tra lại ngày, tháng, năm."),
        ],
    ),
    "a mark in the column of the person's sex": Messy(
        [
            ["TT", "Họ và tên", "Giới tính", None, "Ngày sinh", "Chi bộ"],
            [None, None, "Nam", "Nữ", None, None],
            [1, "Trần Thị Ánh", None, "x", "03/02/1956", "C1"],
            [2, "Nguyễn Văn Bình", "X", None, "19/05/1950", "C1"],
            [3, "Phạm Thu Dung", 0, 1, "20/10/1985", "C2"],
        ],
        FEMALE,
    ),
    "a mark in a column “Nam” or “Nữ” without more": Messy(
        [
            ["TT", "Họ và tên", "NAM", "NỮ", "Ngày sinh", "Chi bộ"],
            [1, "Trần Thị Ánh", None, "x", "03/02/1956", "C1"],
            [2, "Nguyễn Văn Bình", "x", None, "19/05/1950", "C1"],
            [3, "Phạm Thu Dung", None, "x", "20/10/1985", "C2"],
        ],
        FEMALE,
    ),
    "women marked, and nobody else": Messy(
        [
            ["TT", "Họ và tên", "Nữ", "Ngày sinh", "Chi bộ"],
            [1, "Trần Thị Ánh", "x", "03/02/1956", "C1"],
            [2, "Nguyễn Văn Bình", None, "19/05/1950", "C1"],
        ],
        [("Trần Thị Ánh", "C1", "1956-02-03 day", True), ("Nguyễn Văn Bình", "C1", "1950-05-19 day", None)],
    ),
    "women marked, beside a column of the sex": Messy(
        [
            ["TT", "Họ và tên", "Nữ", "Giới tính", "Ngày sinh", "Chi bộ"],
            [1, "Trần Thị Ánh", "x", "Nữ", "03/02/1956", "C1"],
            [2, "Nguyễn Văn Bình", None, "Nam", "19/05/1950", "C1"],
        ],
        FEMALE[:2],
    ),
    "a mark for both sexes, and a mark against the column of sex": Messy(
        [
            ["TT", "Họ và tên", "Nam", "Nữ", "Ngày sinh", None, "Chi bộ"],
            [None, None, None, None, "Nam", "Nữ", None],
            [1, "Trần Thị Ánh", "x", "x", None, None, "C1"],
            [2, "Nguyễn Văn Bình", "x", None, None, "19/05/1950", "C1"],
        ],
        None,
        [
            (3, "Nữ", "Cột này và cột “Nam” đều có nội dung; mỗi dòng chỉ ghi ở một trong hai cột."),
            (4, "Ngày sinh Nữ", "Ô này nói khác với cột “Nam”; hãy sửa một trong hai."),
        ],
    ),
    "a year, which is written almost as men are": Messy(
        [
            ["TT", "Họ và tên", "Năm", "Nữ", "Ngày sinh", "Chi bộ"],
            [1, "Trần Thị Ánh", 2024, "x", "03/02/1956", "C1"],
        ],
        FEMALE[:1],
        [(1, "Năm", "Cột này bị bỏ qua: không nhận ra tiêu đề này.")],
    ),
    "a row of column numbers under the header": Messy(
        [HEAD, ["(1)", "(2)", "(3)", "(4)", "(5)", "(6)"], ANH, BINH, DUNG]
    ),
    "column numbers as numbers": Messy([HEAD, [1, 2, 3, 4, 5, 6], ANH, BINH, DUNG]),
    "the cell's name merged over its people": Messy(
        [HEAD, ANH, [*BINH[:5], None], DUNG],
        said=[(2, "Chi bộ", SAME)],
        merged=[(1, 5, 2, 5)],
    ),
    "the cells' names on rows of their own": Messy(
        [
            HEAD[:5],
            [None, "I. Chi bộ Tổ dân phố số 1"],
            ANH[:5],
            BINH[:5],
            ["II", "Chi bộ Trường Mầm non"],
            DUNG[:5],
        ],
        said=[
            (2, "", "Dòng này được hiểu là tên nhóm: các dòng dưới thuộc “Chi bộ Tổ dân phố số 1”."),
            (5, "", "Dòng này được hiểu là tên nhóm: các dòng dưới thuộc “Chi bộ Trường Mầm non”."),
        ],
    ),
    "one cell's list, named in the title only": Messy(
        [["CHI BỘ TRƯỜNG MẦM NON"], ["DANH SÁCH ĐẢNG VIÊN"], HEAD[:5], DUNG[:5]],
        PEOPLE[2:],
        [(1, "", "Danh sách không có cột “Chi bộ”; được hiểu là của “CHI BỘ TRƯỜNG MẦM NON”, ghi ở dòng 1.")],
    ),
    "one cell's list, signed by name": Messy(
        [
            ["CHI BỘ TRƯỜNG MẦM NON"],
            HEAD[:5],
            DUNG[:5],
            [None, "Tổng cộng: 01 đồng chí", None, None, 1],
            [None, "Ghi chú: đồng chí Dung nghỉ hưu"],
            [],
            [None, "Người lập biểu", None, None, "BÍ THƯ"],
            [],
            [None, "Lê Thị Lập", None, None, "Phạm Thu Dung"],
        ],
        PEOPLE[2:],
        [
            (
                1,
                "",
                "Danh sách không có cột “Chi bộ”; được hiểu là của “CHI BỘ TRƯỜNG MẦM NON”, ghi ở dòng 1.",
            ),
            *((row, "", NOT_DATA) for row in (4, 5, 7, 9)),
        ],
    ),
    "one cell's list, signed beside the names": Messy(
        [
            ["CHI BỘ TRƯỜNG MẦM NON"],
            HEAD[:5],
            DUNG[:5],
            [],
            [None, None, None, None, "BÍ THƯ"],
            [],
            [None, None, None, None, "Lê Thị Lập"],
        ],
        PEOPLE[2:],
        [
            (
                1,
                "",
                "Danh sách không có cột “Chi bộ”; được hiểu là của “CHI BỘ TRƯỜNG MẦM NON”, ghi ở dòng 1.",
            ),
            *((row, "", NOT_DATA) for row in (5, 7)),
        ],
    ),
    "one cell's list of somebody called as a sum is, and of names alone": Messy(
        [
            ["CHI BỘ TRƯỜNG MẦM NON"],
            HEAD[:3],
            [1, "Tống Hợp", "1956"],
            [2, "Phạm Thu Dung"],
            [],
            [3, "Trần Thị Ánh"],
            [None, "Nguyễn Văn Bình"],
        ],
        [
            ("Trần Thị Ánh", "C2", "None day"),
            ("Nguyễn Văn Bình", "C2", "None day"),
            ("Phạm Thu Dung", "C2", "None day"),
            ("Tống Hợp", "C2", "1956-01-01 year"),
        ],
        [(1, "", "Danh sách không có cột “Chi bộ”; được hiểu là của “CHI BỘ TRƯỜNG MẦM NON”, ghi ở dòng 1.")],
    ),
    "a list without a cell anywhere": Messy(
        [["DANH SÁCH ĐẢNG VIÊN"], HEAD[:5], ANH[:5]],
        None,
        [(2, "Chi bộ", "Thiếu cột “Chi bộ” (dòng 2); hãy thêm cột này vào dòng tiêu đề.")],
    ),
    "a sum below the table": Messy(
        [HEAD, ANH, BINH, DUNG, [None, "Tổng cộng: 03 đồng chí"]], said=[(5, "", NOT_DATA)]
    ),
    "sums between the groups": Messy(
        [HEAD, ANH, BINH, [None, "Cộng", None, None, 2], DUNG, [None, "Cộng", None, None, 1]],
        said=[(4, "", NOT_DATA), (6, "", NOT_DATA)],
    ),
    "place, day and signatures below": Messy(
        [
            HEAD,
            ANH,
            BINH,
            DUNG,
            [],
            [None, "Ghi chú: đồng chí Ánh nghỉ hưu"],
            [None, None, None, None, "Ví Dụ, ngày 02 tháng 01 năm 2024"],
            [None, "Người lập biểu", None, None, "T/M CHI BỘ"],
            [None, "(Ký, ghi rõ họ tên)", None, None, "BÍ THƯ"],
            [],
            [None, "Lê Thị Lập", None, None, "Trần Thị Ánh"],
        ],
        said=[(row, "", NOT_DATA) for row in (6, 7, 8, 9, 11)],
    ),
    "blank rows between people": Messy([HEAD, ANH, [], BINH, [], [], DUNG]),
    "the header repeated on a second page": Messy(
        [HEAD, ANH, BINH, HEAD, DUNG], said=[(4, "", "Dòng này lặp lại tiêu đề; được bỏ qua.")]
    ),
    "columns the product does not keep": Messy(
        [[*HEAD, "Dân tộc", "Tôn giáo", "Quê quán"], [*ANH, "Kinh", "Không", "Hà Nội"], BINH, DUNG],
        said=[
            (1, "Dân tộc", "Cột này bị bỏ qua: hệ thống không lưu dân tộc."),
            (1, "Quê quán", "Cột này bị bỏ qua: hệ thống không lưu quê quán."),
            (1, "Tôn giáo", "Cột này bị bỏ qua: hệ thống không lưu tôn giáo."),
        ],
    ),
    "a column nobody knows": Messy(
        [[*HEAD, "Mã hồ sơ"], [*ANH, "HS01"], BINH, DUNG],
        said=[(1, "Mã hồ sơ", "Cột này bị bỏ qua: không nhận ra tiêu đề này.")],
    ),
    "the same column twice": Messy(
        [[*HEAD, "Họ tên"], [*ANH, "Trần Thị Ánh"]],
        None,
        [(1, "Họ tên", "Cột này trùng với cột “Họ và tên”; chỉ giữ một cột.")],
    ),
    "a card as a number": Messy(
        [HEAD, [1, "Trần Thị Ánh", "03/02/1956", "03/02/1980", 12345678, "C1"]], PEOPLE[:1]
    ),
    "a card as a number that lost its first 0": Messy(
        [HEAD, [1, "Trần Thị Ánh", "03/02/1956", "03/02/1980", 1234567, "C1"]],
        None,
        [
            (
                2,
                "Số thẻ",
                "“1234567” không phải số thẻ đảng viên 8 chữ số; ô đang là số nên mất số 0 ở đầu: "
                "hãy định dạng là Văn bản.",
            ),
        ],
    ),
    "dashes where there is nothing": Messy(
        [HEAD, [1, "Trần Thị Ánh", "03/02/1956", "–", "-", "C1"]], PEOPLE[:1]
    ),
    "ditto marks": Messy(
        [HEAD, ANH, [2, "Nguyễn Văn Bình", "19/05/1950", "19/05/1976", None, "-nt-"]],
        None,
        [(3, "Chi bộ", "“-nt-” là dấu “như trên”; hãy ghi đủ nội dung vào ô này.")],
    ),
    "a name typed in an old font": Messy(
        [HEAD, [1, "NguyÔn V¨n B×nh", "1950", "1976", None, "C1"]],
        None,
        [(2, "Họ và tên", "Chữ gõ bằng phông cũ (TCVN3 hoặc VNI); hãy chuyển sang Unicode.")],
    ),
    "a failed formula": Messy(
        [HEAD, [1, "Trần Thị Ánh", "03/02/1956", "03/02/1980", "#N/A", "C1"]],
        None,
        [(2, "Số thẻ", "Công thức trong ô bị lỗi (#N/A); hãy sửa công thức hoặc gõ giá trị.")],
    ),
    "a tab named otherwise": Messy([HEAD, ANH, BINH, DUNG], tab="DS ĐẢNG VIÊN"),
    "a list typed in an old font": Messy(
        [["TT", "Hä vµ tªn", "Ngµy sinh", "Chi bé"], [1, "TrÇn ThÞ ¸nh", "03/02/1956", "C1"]],
        None,
        [
            (
                None,
                "",
                "Chữ gõ bằng phông cũ (TCVN3 hoặc VNI) nên không đọc được dòng tiêu đề; "
                "hãy chuyển cả tệp sang Unicode rồi gửi lại.",
            )
        ],
    ),
    "something under no title": Messy(
        [HEAD, [*ANH, None, "Nữ"], [*BINH, " ", None], [*DUNG, None, "Nữ"]],
        said=[
            (
                1,
                "Cột H",
                "Cột này có nội dung mà không có tiêu đề nên bị bỏ qua; nếu cần dùng thì ghi tiêu đề.",
            )
        ],
    ),
    "amounts under no title": Messy(
        [HEAD, [*ANH, 5_000], [*BINH, 12_000], [*DUNG, 5_000]],
        said=[
            (
                1,
                "Cột G",
                "Cột này có nội dung mà không có tiêu đề nên bị bỏ qua; nếu cần dùng thì ghi tiêu đề.",
            )
        ],
    ),
    "rows numbered under no title": Messy([["", *HEAD[1:]], ANH, BINH, DUNG]),
    "a day with dots": one("3.2.1956", "1956-02-03 day"),
    "a day with hyphens": one("03-02-1956", "1956-02-03 day"),
    "a day with blanks": one(" 3 / 2 / 1956 ", "1956-02-03 day"),
    "a day in words": one("ngày 3 tháng 2 năm 1956", "1956-02-03 day"),
    "a day in words without the word": one("03 tháng 02 năm 1956", "1956-02-03 day"),
    "a day as computers write it": one("1956-02-03", "1956-02-03 day"),
    "a day with a midnight": one("03/02/1956 00:00:00", "1956-02-03 day"),
    "a day with a full stop": one("03/02/1956.", "1956-02-03 day"),
    "a date cell": one(date(1956, 2, 3), "1956-02-03 day"),
    "a date cell at midnight": one(datetime(1956, 2, 3), "1956-02-03 day"),  # noqa: DTZ001 - a cell has no zone
    "only the month": one("02/1956", "1956-02-01 month"),
    "only the month, in words": one("tháng 2 năm 1956", "1956-02-01 month"),
    "only the month, shortened": one("T2/1956", "1956-02-01 month"),
    "only the year": one("1956", "1956-01-01 year"),
    "only the year, as a number": one(1956, "1956-01-01 year"),
    "only the year, in words": one("năm 1956", "1956-01-01 year"),
    "a year of two digits": refused(
        "03/02/56",
        "“03/02/56” ghi năm bằng hai chữ số nên không rõ là năm nào; hãy ghi đủ bốn chữ số, ví dụ 03/02/1956.",
    ),
    "a day that lost its format": refused(
        20488,
        "“20488” không phải ngày; nếu đây là ngày 03/02/1956 bị mất định dạng, hãy định dạng ô là Ngày (Date).",
    ),
    "digits run together": refused("03021956", UNKNOWN_DAY.format("03021956")),
    "a day of the American kind": refused(
        "02/13/1956", "“02/13/1956” không có trong lịch; hãy kiểm tra lại ngày, tháng, năm."
    ),
    "a day that never was": refused(
        "30/02/1956", "“30/02/1956” không có trong lịch; hãy kiểm tra lại ngày, tháng, năm."
    ),
    "people addressed as they are spoken to": Messy(
        [HEAD, [1, "Đ/c Trần Thị Ánh", *ANH[2:]], [2, "đồng chí: Nguyễn Văn Bình", *BINH[2:]], DUNG],
        said=[
            (2, "Họ và tên", "“Đ/c” là cách xưng hô nên không ghi vào họ tên."),
            (3, "Họ và tên", "“đồng chí:” là cách xưng hô nên không ghi vào họ tên."),
        ],
    ),
    "a guess": refused("khoảng 1956", UNKNOWN_DAY.format("khoảng 1956")),
}


@pytest.fixture
def cells(office: Office) -> Office:
    office.apply({"Tổ chức": ORGANISATIONS})
    return office


@pytest.mark.parametrize("name", MESSY)
def test_a_messy_workbook_is_understood_as_its_reader_would(cells: Office, name: str) -> None:
    messy = MESSY[name]
    content = workbook({messy.tab: messy.rows}, merged={messy.tab: messy.merged})
    made = cells.preview_bytes(content)
    said = sorted(
        ((p["row"], p["column"], p["message"]) for p in made.problems if p["message"] != NO_OFFICIAL),
        key=lambda problem: (problem[0] or 0, search_key(problem[1])),
    )
    assert said == list(messy.said)
    assert (made.counts["errors"] == 0) == (messy.people is not None)
    with cells.read() as session:
        if messy.people is not None:
            batch.apply(session, made.id, by="Người nhập", registry=EMPTY)
        found = session.execute(
            select(
                Member.full_name,
                OrganisationPeriod.code,
                Member.birth_date,
                Member.birth_precision,
                Member.female,
            )
            .join(Membership, Membership.member_id == Member.id)
            .join(OrganisationPeriod, OrganisationPeriod.organisation_id == Membership.organisation_id)
            .order_by(Member.sort_key)
        )
        people = [
            (name, cell, f"{birth} {precision}", female) for name, cell, birth, precision, female in found
        ]
    assert people == [(*person, None)[:4] for person in messy.people or ()]


def test_what_is_wrong_with_a_day_of_birth_is_said_at_the_column_it_stands_in(cells: Office) -> None:
    head = [["Họ và tên", "Ngày sinh", None, "Chi bộ"], [None, "Nam", "Nữ", None]]
    made = cells.preview({"Đảng viên": [*head, ["Trần Thị Ánh", None, "03/02/2096", "C1"]]})
    [problem] = made.problems
    assert (problem["row"], problem["column"]) == (3, "Ngày sinh Nữ")
    assert problem["message"].startswith("Ngày này chưa đến")


def test_what_a_committee_says_of_its_own_names_is_understood_from_then_on(cells: Office) -> None:
    head = ["Thứ tự", "Tên đồng chí", "Ngày sinh", "Ngày vào Đảng", "Số thẻ", "Chi bộ"]
    sheets: dict[str, Sheet] = {"Trích ngang 2024": [head, ANH, BINH, DUNG]}
    made = cells.preview(sheets)
    assert [(p["sheet"], p["row"], p["severity"]) for p in made.problems] == [
        ("Trích ngang 2024", None, "error")
    ]
    with cells.read() as session:
        remember(session, "", "Trích ngang 2024", "member", by="Người nhập")
        batch.recheck(session, made.id, EMPTY)
    with cells.read() as session:
        again = batch.find(session, made.public_id)
        assert again.counts["sheets"][0]["unknown"] == ["Thứ tự", "Tên đồng chí"]
        remember(session, "member", "Tên đồng chí", "full_name", by="Người nhập")
        remember(session, "member", "Thứ tự", "", by="Người nhập")
    assert {p["message"] for p in cells.preview(sheets).problems} == {NO_OFFICIAL}
    with cells.read() as session, pytest.raises(InvalidInput):
        remember(session, "member", "Quê", "không có cột này", by="Người nhập")


def test_a_column_of_its_own_name_can_be_one_of_those_that_hold_a_field(cells: Office) -> None:
    head = ["Họ tên", "Sinh của các ông", "Sinh của các bà", "Chi bộ"]
    sheets: dict[str, Sheet] = {
        "Đảng viên": [head, ["Trần Thị Ánh", None, "1956", "C1"], ["Nguyễn Văn Bình", 1950, None, "C1"]]
    }
    with cells.read() as session:
        remember(session, "member", "Sinh của các ông", "birth/Nam", by="Người nhập")
        remember(session, "member", "Sinh của các bà", "birth/Nữ", by="Người nhập")
    applied(cells, sheets)
    with cells.read() as session:
        born = session.execute(select(Member.birth_date, Member.female).order_by(Member.birth_date))
        assert [tuple(row) for row in born] == [(date(1950, 1, 1), False), (date(1956, 1, 1), True)]


def members_of(office: Office) -> list[str]:
    with office.read() as session:
        return list(session.scalars(select(Member.full_name).order_by(Member.sort_key)))


def undo(office: Office, batch_id: int) -> dict[str, int]:
    with office.read() as session:
        return batch.undo(session, batch_id, by="Người nhập", reason="nhập nhầm")


def applied(office: Office, sheets: dict[str, Sheet]) -> int:
    made = office.preview(sheets)
    with office.read() as session:
        batch.apply(session, made.id, by="Người nhập", registry=EMPTY)
    return made.id


def every_row(office: Office) -> dict[str, list[str]]:
    """All rows of the committee but its trail and batches, as text."""
    names = sorted(set(Base.metadata.tables) - {"import_batch", "audit_event", "outbox", "job"})
    with office.read() as session:
        return {
            name: sorted(session.scalars(text(f"SELECT t::text FROM {name} AS t")))
            for name in names
            if "tenant_id" in Base.metadata.tables[name].c
        }


MOVE: Sheet = [
    ["Đảng viên", "Số thẻ", "Hình thức", "Ngày", "Chi bộ mới"],
    ["Trần Thị Ánh", "01234567", "Chuyển chính thức", "01/02/2024", "C2"],
]
MET: Sheet = [["Chi bộ", "Loại", "Ngày họp"], ["C1", "Thường kỳ", "03/02/2024"]]
ABSENT: Sheet = [
    ["Chi bộ", "Ngày họp", "Đảng viên", "Điểm danh"],
    ["C1", "03/02/2024", "Nguyễn Văn Bình", "Vắng có lý do"],
]


def test_the_last_workbook_is_taken_back_whole_and_everything_is_as_before(cells: Office) -> None:
    applied(cells, {"Đảng viên": [HEAD, ANH, BINH, DUNG]})
    before = every_row(cells)
    last = applied(cells, {"Biến động": MOVE, "Buổi sinh hoạt": MET, "Điểm danh": ABSENT})
    assert every_row(cells) != before
    undone = undo(cells, last)
    assert undone == {"meeting": 1, "attendance": 1, "membership": 2}
    assert every_row(cells) == before
    with cells.read() as session, pytest.raises(ImportRefused) as caught:
        batch.undo(session, last, by="Người nhập", reason="lần nữa")
    assert str(caught.value) == "Tệp thử.xlsx đã được hoàn tác nên không có gì để hoàn tác."


def test_only_the_last_workbook_can_be_taken_back(cells: Office) -> None:
    first = applied(cells, {"Đảng viên": [HEAD, ANH, BINH]})
    second = applied(cells, {"Đảng viên": [HEAD, DUNG]})
    with pytest.raises(ImportRefused) as caught:
        undo(cells, first)
    assert str(caught.value) == "Chỉ hoàn tác được tệp nhập sau cùng; sau tệp này đã nhập tệp thử.xlsx."
    undo(cells, second)
    undo(cells, first)
    assert members_of(cells) == []


def test_a_workbook_whose_records_somebody_changed_since_stays(cells: Office) -> None:
    last = applied(cells, {"Đảng viên": [HEAD, ANH, BINH, DUNG]})
    with cells.read() as session:
        session.execute(update(Member).where(Member.full_name == "Trần Thị Ánh").values(phone="+84912345678"))
    before = every_row(cells)
    with pytest.raises(ImportRefused) as caught:
        undo(cells, last)
    assert str(caught.value) == (
        "Từ khi nhập đã có người sửa nội dung lấy từ tệp (đảng viên), nên không hoàn tác được cả tệp. "
        "Hãy sửa từng chỗ ở trang hồ sơ."
    )
    assert every_row(cells) == before


def test_a_workbook_whose_records_others_refer_to_stays(cells: Office) -> None:
    last = applied(cells, {"Đảng viên": [HEAD, ANH, BINH, DUNG]})
    with cells.read() as session:
        member = session.scalars(select(Member).where(Member.full_name == "Nguyễn Văn Bình")).one()
        session.add(Training(member_id=member.id, kind="skills", completed_on=date(2024, 3, 1), title="Lớp"))
    before = every_row(cells)
    with pytest.raises(ImportRefused) as caught:
        undo(cells, last)
    assert str(caught.value) == (
        "Từ khi nhập đã có thêm 1 bản ghi (hồ sơ khác) gắn với nội dung của tệp, nên không hoàn tác được cả tệp. "
        "Hãy sửa từng chỗ ở trang hồ sơ."
    )
    assert every_row(cells) == before


def test_what_somebody_is_writing_while_a_workbook_is_taken_back_is_not_lost(cells: Office) -> None:
    last = applied(cells, {"Đảng viên": [HEAD, ANH, BINH, DUNG]})
    with ThreadPoolExecutor(1) as other:
        with cells.read() as session:
            session.execute(update(Member).where(Member.full_name == ANH[1]).values(phone="+84912345678"))
            waiting = other.submit(undo, cells, last)
            assert not wait([waiting], 0.5).done
        with pytest.raises(ImportRefused, match="đã có người sửa nội dung"):
            waiting.result()
    assert members_of(cells) == ["Trần Thị Ánh", "Nguyễn Văn Bình", "Phạm Thu Dung"]


def test_what_somebody_is_adding_while_a_workbook_is_taken_back_is_not_lost(cells: Office) -> None:
    last = applied(cells, {"Đảng viên": [HEAD, ANH, BINH, DUNG]})
    with ThreadPoolExecutor(1) as other:
        with cells.read() as session:
            member = session.scalars(select(Member.id).where(Member.full_name == BINH[1])).one()
            session.add(Training(member_id=member, kind="skills", completed_on=date(2024, 3, 1), title="Lớp"))
            session.flush()
            waiting = other.submit(undo, cells, last)
            assert not wait([waiting], 0.5).done
        with pytest.raises(ImportRefused, match="đã có thêm 1 bản ghi"):
            waiting.result()


def test_who_looked_at_a_workbook_before_another_took_it_in_is_told(cells: Office) -> None:
    made = cells.preview({"Buổi sinh hoạt": MET})
    with cells.read() as session:
        looked_at = batch.find(session, made.public_id)
        with cells.read() as other:
            batch.apply(other, made.id, by="Người khác", registry=EMPTY)
        with pytest.raises(ImportRefused, match=r"^Tệp thử\.xlsx đã được nhập nên không bỏ được\.$"):
            batch.discard(session, looked_at.id)


def test_another_committees_workbook_is_not_taken_back(cells: Office) -> None:
    last = applied(cells, {"Đảng viên": [HEAD, ANH]})
    with scope(cells.engine, cells.tenant_id + 1) as session, pytest.raises(NotFound):
        batch.undo(session, last, by="Người lạ", reason="thử")
    assert members_of(cells) == ["Trần Thị Ánh"]


def test_there_are_as_many_messy_workbooks_as_were_promised() -> None:
    assert len(MESSY) >= 40
