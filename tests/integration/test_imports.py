"""A workbook is previewed with every problem at its place, and taken in whole or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, func, select, text

from bontot.db.base import Base
from bontot.db.models import (
    Attendance,
    AuditEvent,
    ImportBatch,
    Meeting,
    Member,
    Membership,
    MemberState,
    Organisation,
    OrganisationPeriod,
    Post,
    Tenant,
)
from bontot.db.rolls import required_at
from bontot.db.tenancy import PLATFORM, TenantSession, scope
from bontot.errors import ImportRefused, NotFound
from bontot.imports import batch
from bontot.imports.outgoing import outgoing
from bontot.imports.problems import KNOWN
from bontot.registry import Registry
from tests.factories import make_committee
from tests.workbooks import Sheet, workbook

DECOY = "KHÔNG-ĐƯỢC-THẤY"
EMPTY = Registry(policies={}, metrics={}, formats={})

ORGANISATIONS: Sheet = [
    ["ĐẢNG BỘ PHƯỜNG VÍ DỤ"],
    ["DANH SÁCH TỔ CHỨC ĐẢNG"],
    [],
    ["TT", "Mã", "Tên", "Loại hình", "Lĩnh vực", "Mã cấp trên", "Ngày thành lập"],
    [1, "Q", "Đảng bộ quận Ví Dụ", "Đảng bộ cấp trên trực tiếp cơ sở", None, None, date(1996, 1, 1)],
    [3, "C1", "Chi bộ Tổ dân phố số 1", "Chi bộ trực thuộc", "Tổ dân phố", "P", date(2001, 3, 3)],
    [4, "C2", "Chi bộ Trường Mầm non", "Chi bộ trực thuộc", "Trường học", "P", "01/07/2023"],
    [2, "P", "Đảng bộ phường Ví Dụ", "Đảng bộ cơ sở", None, "Q", date(1996, 5, 1)],
]
MEMBER_HEADERS = [
    "TT",
    "Họ và tên",
    "Ngày sinh",
    "Giới tính",
    "Dân tộc",
    "Ngày vào Đảng",
    "Ngày chính thức",
    "Số thẻ",
    "Chi bộ",
    "Chức vụ đảng",
    "Tình trạng",
    "Từ ngày",
    "Đến hết ngày",
    "Tình trạng công tác",
    "Điện thoại",
]
MEMBERS: Sheet = [
    MEMBER_HEADERS,
    [1, "Trần Thị Ánh", "03/02/1956", "Nữ", "Kinh", "1980", "03/02/1981", "01.234567", "C1", "Bí thư",
     None, None, None, "Nghỉ hưu", "0912345678"],
    [2, "Nguyễn Văn Bình", "1950", "Nam", "Kinh", "05/1975", "19/05/1976", "01.234568", "C1", None,
     "Miễn sinh hoạt", "01/01/2023", "30/06/2023", "Nghỉ hưu", None],
    [3, "Lê Đức Cường", date(1990, 4, 30), "Nam", "Kinh", date(2022, 9, 2), None, None, "C1", None,
     "Dự bị", None, None, "Đang công tác", 912345679],
    [4, "Phạm Thu Dung", "20/10/1985", "Nữ", "Tày", "03/02/2010", "03/02/2011", 12345678, "C2", "Bí thư",
     "Chính thức", None, None, "Đang công tác", "+84 912 345 670"],
]  # fmt: skip


@dataclass
class Office:
    """A committee with nothing in it, beside a decoy full of marked look-alikes."""

    engine: Engine
    tenant_id: int
    registry: Registry = EMPTY

    def preview(self, sheets: dict[str, Sheet], **options: Any) -> ImportBatch:
        return self.preview_bytes(workbook(sheets, **options))

    def preview_bytes(self, content: bytes) -> ImportBatch:
        with scope(self.engine, self.tenant_id) as session:
            made = batch.preview(session, content, "thử.xlsx", by="Người nhập", registry=self.registry)
            session.expunge(made)
        return made

    def problems(
        self, sheets: dict[str, Sheet], **options: Any
    ) -> list[tuple[str, int | None, str, str, str]]:
        """What is wrong with a workbook, as (sheet, row, column, severity, sentence)."""
        return [
            (p["sheet"], p["row"], p["column"], p["severity"], p["message"])
            for p in self.preview(sheets, **options).problems
        ]

    def apply(self, sheets: dict[str, Sheet]) -> dict[str, int]:
        made = self.preview(sheets)
        assert [problem for problem in made.problems if problem["severity"] == "error"] == []
        with scope(self.engine, self.tenant_id) as session:
            return batch.apply(session, made.id, by="Người nhập", registry=self.registry)

    def read(self) -> AbstractContextManager[TenantSession]:
        return scope(self.engine, self.tenant_id)


@pytest.fixture
def office(database_url: str) -> Iterator[Office]:
    engine = create_engine(database_url)
    with scope(engine, PLATFORM) as session:
        number = session.scalar(select(func.count()).select_from(Tenant)) or 0
        tenant = Tenant(code=f"nhap{number}", name="Đảng bộ thử nhập")
        session.add(tenant)
        session.flush()
        tenant_id = tenant.id
    make_committee(engine, f"moi{number}", DECOY)
    yield Office(engine, tenant_id)
    with scope(engine, tenant_id) as session:
        assert DECOY not in str([(b.problems, b.counts) for b in session.scalars(select(ImportBatch))])
    engine.dispose()


@pytest.fixture
def peopled(office: Office) -> Office:
    office.apply({"Tổ chức": ORGANISATIONS, "Đảng viên": MEMBERS})
    return office


def test_the_place_at_which_papers_are_dated_comes_with_a_body_and_goes_out_with_it(office: Office) -> None:
    head, first, *others = ORGANISATIONS[3:]
    placed = [[*head, "Địa danh"], [*first, "An Bình"], *([*row, None] for row in others)]
    office.apply({"Tổ chức": placed})
    with office.read() as session:
        told = outgoing(session, "to-chuc-dang-vien", 2026, "Đảng bộ").rows["organisation"]
    assert [(one["code"], one["paper_place"]) for one in told] == [
        ("C1", None),
        ("C2", None),
        ("P", None),
        ("Q", "An Bình"),
    ]


BEFORE = "id, public_id, founded_on, ended_on, founding_document"
"""Of an organisation's row, in the order of the table, before bodies had a place at which their papers are dated."""


@pytest.fixture(params=["which named its columns", "which took the rows whole"])
def of_before(request: pytest.FixtureRequest, office: Office) -> tuple[Office, int]:
    """A workbook as a version took it in, which knew a column less."""
    office.apply({"Tổ chức": ORGANISATIONS})
    named = request.param == "which named its columns"
    with office.read() as session:
        made = session.scalars(select(ImportBatch)).one()

        def digest(table: str, row: str) -> str:
            """Of all rows of a table, which here the workbook wrote."""
            content = f"md5(string_agg(md5(CAST({row} AS text)), '' ORDER BY id))"
            found: str = session.scalar(text(f"SELECT count(*) || ':' || {content} FROM {table} t"))
            return found

        footprint = dict(made.footprint or {})
        digests = {table: digest(table, "t") for table in footprint["new"]} if not named else {}
        row = f"ROW({BEFORE})" if named else f"ROW(tenant_id, {BEFORE})"
        digests = footprint["new_digests"] | digests | {"organisation": digest("organisation", row)}
        columns = footprint.pop("columns", {}) | {"organisation": BEFORE.split(", ")}
        made.footprint = footprint | {"new_digests": digests} | ({"columns": columns} if named else {})
        return office, made.id


def test_a_workbook_taken_in_before_a_column_came_is_still_taken_back(of_before: tuple[Office, int]) -> None:
    office, number = of_before
    with office.read() as session:
        undone = batch.undo(session, number, by="Người nhập", reason="nhầm tệp")
        assert (undone["organisation"], session.scalar(select(func.count(Organisation.id)))) == (4, 0)


@pytest.mark.parametrize("change", ["paper_place = 'An Bình'", "founding_document = '7-QĐ'"])
def test_what_somebody_wrote_since_keeps_it_from_being_taken_back_in_any_column(
    of_before: tuple[Office, int], change: str
) -> None:
    office, number = of_before
    with office.read() as session:
        session.execute(
            text(f"UPDATE organisation SET {change} WHERE id = (SELECT min(id) FROM organisation)")
        )
        with pytest.raises(ImportRefused) as refusal:
            batch.undo(session, number, by="Người nhập", reason="nhầm tệp")
    assert str(refusal.value) == (
        "Từ khi nhập đã có người sửa nội dung lấy từ tệp (tổ chức), nên không hoàn tác được cả tệp. Hãy sửa từng chỗ ở "
        "trang hồ sơ."
    )


def rows_of_all_tables(session: TenantSession) -> dict[str, int]:
    """Rows of every table but those that keep the batches and their trail."""
    tables = sorted(set(Base.metadata.tables) - {"import_batch", "audit_event"})
    return {table: session.execute(text(f"SELECT count(*) FROM {table}")).scalar_one() for table in tables}


def test_organisations_and_members_are_taken_in_as_they_are_written(office: Office) -> None:
    made = office.preview({"Tổ chức": ORGANISATIONS, "Danh sách Đảng viên": MEMBERS})
    bodies, people = (sheet.pop("first") for sheet in made.counts["sheets"])
    assert [line["row"] for line in bodies] == [5, 6, 7, 8]
    assert people[0]["values"][:4] == [
        ["Họ và tên", "Trần Thị Ánh"],
        ["Ngày sinh", "03/02/1956"],
        ["Giới tính", "Nữ"],
        ["Ngày vào Đảng", "1980"],
    ]
    assert ["Đến hết ngày", "30/06/2023"] in people[1]["values"]
    assert made.counts == {
        "sheets": [
            {
                "sheet": "Tổ chức",
                "kind": "organisation",
                "title": "Tổ chức",
                "rows": 4,
                "unknown": [],
                "errors": 0,
                "warnings": 0,
            },
            {
                "sheet": "Danh sách Đảng viên",
                "kind": "member",
                "title": "Đảng viên",
                "rows": 4,
                "unknown": [],
                "errors": 0,
                "warnings": 1,
            },
        ],
        "errors": 0,
        "warnings": 1,
    }
    assert made.problems == [
        {
            "sheet": "Danh sách Đảng viên",
            "row": 1,
            "column": "Dân tộc",
            "message": "Cột này bị bỏ qua: hệ thống không lưu dân tộc.",
            "severity": "warning",
        }
    ]
    with office.read() as session:
        written = batch.apply(session, made.id, by="Người nhập", registry=EMPTY)
    assert written == {
        "organisation": 4,
        "organisation_period": 4,
        "member": 4,
        "membership": 4,
        "member_state": 1,
        "post": 2,
    }
    with office.read() as session:
        periods = session.execute(
            select(
                OrganisationPeriod.code,
                OrganisationPeriod.type,
                OrganisationPeriod.sector,
                Organisation.founded_on,
            )
            .join(Organisation, Organisation.id == OrganisationPeriod.organisation_id)
            .order_by(OrganisationPeriod.code)
        )
        assert [tuple(row) for row in periods] == [
            ("C1", "subordinate_cell", "residential", date(2001, 3, 3)),
            ("C2", "subordinate_cell", "school", date(2023, 7, 1)),
            ("P", "grassroots_committee", "other", date(1996, 5, 1)),
            ("Q", "upper_committee", "other", date(1996, 1, 1)),
        ]
        people = session.execute(
            select(
                Member.full_name, Member.birth_date, Member.birth_precision, Member.female, Member.admission_date,
                Member.admission_precision, Member.official_date, Member.card_number, Member.employment, Member.phone,
            ).order_by(Member.sort_key)
        )  # fmt: skip
        assert [tuple(row) for row in people] == [
            ("Trần Thị Ánh", date(1956, 2, 3), "day", True, date(1980, 1, 1), "year", date(1981, 2, 3), "01234567",
             "retired", "+84912345678"),
            ("Nguyễn Văn Bình", date(1950, 1, 1), "year", False, date(1975, 5, 1), "month", date(1976, 5, 19),
             "01234568", "retired", None),
            ("Lê Đức Cường", date(1990, 4, 30), "day", False, date(2022, 9, 2), "day", None, None, "working",
             "+84912345679"),
            ("Phạm Thu Dung", date(1985, 10, 20), "day", True, date(2010, 2, 3), "day", date(2011, 2, 3), "12345678",
             "working", "+84912345670"),
        ]  # fmt: skip
        homes = session.execute(
            select(Member.full_name, OrganisationPeriod.code, Membership.valid_from, Membership.valid_to)
            .join(Membership, Membership.member_id == Member.id)
            .join(OrganisationPeriod, OrganisationPeriod.organisation_id == Membership.organisation_id)
            .order_by(Member.sort_key)
        )
        assert [tuple(row) for row in homes] == [
            ("Trần Thị Ánh", "C1", date(2001, 3, 3), None),
            ("Nguyễn Văn Bình", "C1", date(2001, 3, 3), None),
            ("Lê Đức Cường", "C1", date(2022, 9, 2), None),
            ("Phạm Thu Dung", "C2", date(2023, 7, 1), None),
        ]
        state = session.execute(select(MemberState.kind, MemberState.valid_from, MemberState.valid_to)).one()
        assert tuple(state) == ("exempt", date(2023, 1, 1), date(2023, 7, 1))
        assert session.scalars(select(Post.kind)).all() == ["secretary", "secretary"]


def test_a_batch_is_taken_in_once_and_leaves_a_trail(office: Office) -> None:
    made = office.preview({"Tổ chức": ORGANISATIONS})
    with office.read() as session:
        batch.apply(session, made.id, by="Người nhập", registry=EMPTY)
    with office.read() as session:
        before = rows_of_all_tables(session)
    with pytest.raises(ImportRefused) as caught, office.read() as session:
        batch.apply(session, made.id, by="Người nhập", registry=EMPTY)
    assert str(caught.value) == "Tệp thử.xlsx đã được nhập trước đó; không có gì được ghi thêm."
    with office.read() as session:
        assert rows_of_all_tables(session) == before
        assert session.scalars(select(AuditEvent.action).order_by(AuditEvent.id)).all() == [
            "preview_import",
            "apply_import",
        ]


def test_what_was_recorded_otherwise_meanwhile_is_refused_and_nothing_is_half_written(office: Office) -> None:
    first = office.preview({"Tổ chức": ORGANISATIONS})
    otherwise: Sheet = [
        [*row[:2], "Đảng bộ khác", *row[3:]] if "P" in row[1:2] else row for row in ORGANISATIONS
    ]
    second = office.preview({"Tổ chức": otherwise, "Đảng viên": MEMBERS})
    with office.read() as session:
        batch.apply(session, first.id, by="Người nhập", registry=EMPTY)
    with office.read() as session:
        before = rows_of_all_tables(session)
    with pytest.raises(ImportRefused) as caught, office.read() as session:
        batch.apply(session, second.id, by="Người nhập", registry=EMPTY)
    assert str(caught.value) == "Tệp thử.xlsx còn 1 lỗi; hãy sửa rồi tải lên lại. Chưa có gì được ghi."
    with office.read() as session:
        assert rows_of_all_tables(session) == before


def test_what_was_taken_in_meanwhile_is_passed_over_and_a_workbook_with_nothing_left_is_refused(
    office: Office,
) -> None:
    first = office.preview({"Tổ chức": ORGANISATIONS})
    second = office.preview({"Tổ chức": ORGANISATIONS, "Đảng viên": MEMBERS})
    third = office.preview({"Tổ chức": ORGANISATIONS})
    with office.read() as session:
        batch.apply(session, first.id, by="Người nhập", registry=EMPTY)
        written = batch.apply(session, second.id, by="Người nhập", registry=EMPTY)
    assert ("organisation" in written, written["member"]) == (False, 4)
    with pytest.raises(ImportRefused) as caught, office.read() as session:
        batch.apply(session, third.id, by="Người nhập", registry=EMPTY)
    said = "Mọi nội dung của tệp thử.xlsx đã có trong hồ sơ, không còn gì để nhập."
    assert str(caught.value) == said


def test_another_committees_batch_is_not_found(office: Office, database_url: str) -> None:
    made = office.preview({"Tổ chức": ORGANISATIONS})
    with scope(office.engine, office.tenant_id + 1) as session:
        with pytest.raises(NotFound):
            batch.apply(session, made.id, by="Người lạ", registry=EMPTY)
        with pytest.raises(NotFound):
            batch.find(session, made.public_id)
        with pytest.raises(NotFound):
            batch.discard(session, made.id)


def test_problems_of_organisations_are_each_named_at_their_place(office: Office) -> None:
    head = ["Mã", "Tên", "Loại hình", "Mã cấp trên", "Ngày thành lập"]
    found = office.problems(
        {
            "Tổ chức": [
                head,
                ["Q", "Đảng bộ quận", "Quận ủy", None, "01/01/1996"],
                ["Q2", "Đảng bộ quận khác", "Quận ủy", None, "01/01/1996"],
                ["A", "Chi bộ A", "Chi bộ trực thuộc", "Q", "31/02/2001"],
                ["B", "Chi bộ B", "Chi đoàn", "Q", "01/01/2001"],
                ["C", "Chi bộ C", "Chi bộ trực thuộc", "KHÔNG", "01/01/2001"],
                ["D", "Chi bộ D", "Chi bộ trực thuộc", "Q", "01/01/1990"],
                ["E", "Chi bộ E", "Chi bộ trực thuộc", "Q", "01/01/2001"],
                ["e", "Chi bộ E nữa", "Chi bộ trực thuộc", "Q", "01/01/2001"],
                ["F", "Chi bộ F", "Chi bộ trực thuộc", "E", "01/01/2001"],
                ["G", "Chi bộ G", "Chi bộ trực thuộc", "H", "01/01/2001"],
                ["H", "Chi bộ H", "Chi bộ trực thuộc", "G", "01/01/2001"],
                ["I", "CHI BỘ E", "Chi bộ trực thuộc", "Q", "01/01/2001"],
                ["K", "Chi bộ K", "Chi bộ trực thuộc", "Q", "01/01/2099"],
                [None, "Chi bộ L", "Chi bộ trực thuộc", "Q", "01/01/2001"],
                ["M", "Chi bộ\u202eM", "Chi bộ trực thuộc", "Q", "01/01/2001"],
                ["N", "=HYPERLINK(1)", "Chi bộ trực thuộc", "N", "01/01/01"],
            ]
        }
    )
    types = (
        "Thành ủy, tỉnh ủy; Đảng bộ cấp trên trực tiếp cơ sở; Đảng bộ cơ sở; Chi bộ cơ sở; Đảng bộ bộ phận; "
        "Đảng bộ trực thuộc cơ sở; Chi bộ trực thuộc; Tổ đảng"
    )
    sheet = "Tổ chức"
    with office.read() as session:
        day = session.execute(
            text("SELECT to_char(now() AT TIME ZONE 'Asia/Ho_Chi_Minh', 'DD/MM/YYYY')")
        ).scalar_one()
    assert found == [
        (sheet, 3, "Mã cấp trên", "error",
         "Chỉ một tổ chức không có cấp trên (Đảng bộ quận); hãy ghi mã cấp trên trực tiếp."),
        (sheet, 4, "Ngày thành lập", "error", "“31/02/2001” không có trong lịch; hãy kiểm tra lại ngày, tháng, năm."),
        (sheet, 5, "Loại hình", "error", f"“Chi đoàn” không có trong danh sách; hãy ghi một trong: {types}."),
        (sheet, 6, "Mã cấp trên", "error",
         "Không có tổ chức nào mang mã hoặc tên “KHÔNG”; hãy kiểm tra lại hoặc thêm vào trang Tổ chức."),
        (sheet, 7, "Ngày thành lập", "error", "Ngày thành lập trước ngày thành lập của cấp trên (01/01/1996)."),
        (sheet, 9, "Mã", "error", "Mã e trùng với dòng 8."),
        (sheet, 10, "Mã cấp trên", "error", "Chi bộ E là chi bộ nên không thể là cấp trên trực tiếp."),
        (sheet, 11, "Mã cấp trên", "error", "Cấp trên H ở dòng 12 chưa nhập được."),
        (sheet, 12, "Mã cấp trên", "error",
         "Cấp trên G chưa nhập được, hoặc hai tổ chức là cấp trên của nhau."),
        (sheet, 13, "Tên", "error", "Cấp trên này đã có tổ chức tên “CHI BỘ E”."),
        (sheet, 14, "Ngày thành lập", "error", f"Ngày này chưa đến (hôm nay là {day})."),
        (sheet, 15, "Mã", "error", "Ô này không được để trống."),
        (sheet, 16, "Tên", "error", "Có ký tự không đọc được (U+202E) ở vị trí 7; hãy xóa và gõ lại chỗ đó."),
        (sheet, 17, "Ngày thành lập", "error",
         "“01/01/01” ghi năm bằng hai chữ số nên không rõ là năm nào; hãy ghi đủ bốn chữ số, ví dụ 03/02/1956."),
        (sheet, 17, "Tên", "error", "Nội dung bắt đầu bằng “=” giống công thức; hãy bỏ ký tự này."),
    ]  # fmt: skip


def test_problems_of_members_are_each_named_at_their_place(peopled: Office) -> None:
    head = [
        "Họ và tên",
        "Ngày sinh",
        "Ngày vào Đảng",
        "Ngày chính thức",
        "Số thẻ",
        "Chi bộ",
        "Tình trạng",
        "Điện thoại",
    ]
    rows: Sheet = [
        head,
        ["Hoàng Văn Giang", "01/01/1960", "01/01/1990", "01/01/1991", "01.234567", "C1"],
        ["Trần Thị Ánh", "03/02/1956", "01/01/1990", "01/01/1991", None, "C1"],
        ["TRẦN THỊ ÁNH", "03/02/1956", "01/01/1990", "01/01/1991", None, "C2"],
        ["Hoàng Văn Hải", "01/01/1960", "01/01/1950", None, None, "C1"],
        ["Hoàng Văn Khoa", "01/01/1960", "01/01/1990", "01/01/1989", None, "C1"],
        ["Hoàng Văn Lâm", "01/01/1960", "01/01/1990", "01/01/1991", 1234567, "C1"],
        ["Hoàng Văn Minh", "01/01/1960", "01/01/1990", "01/01/1991", "01.999999", "C9"],
        ["Hoàng Văn Nam", "01/01/1960", "01/01/1990", "01/01/1991", "01.888888", "P"],
        ["Hoàng Văn Oanh", "01/01/1960", "01/01/1990", None, None, "C1"],
        ["Hoàng Văn Phúc", "01/01/1960", "01/01/1990", "01/01/1991", None, "C1", "Miễn sinh hoạt"],
        ["Hoàng Văn Quang", "01/01/1960", "01/01/1990", "01/01/1991", None, "C1", "Dự bị"],
        ["Hoàng Văn Sơn", "01/01/1960", "01/01/1990", "01/01/1991", "01.777777", "C1", None, "12345"],
        ["Hoàng Văn Tân", "01/01/1960", "01/01/1990", "01/01/1991", "01.777777", "C1"],
        ["Hoàng Văn Uy", "13/1960", "01/01/1990", "01/01/1991", "#N/A", "C1"],
        ["Nguyễn V¨n Vinh", "1960", "01/01/2199", None, None, None],
        ["Trần Thị Ánh", "03/02/1956", "01/01/1990", "01/01/1991", "01.666666", "C1"],
        ["Hoàng Văn Xuân", "01/01/1960", "31/12/1977", "31/12/1978", "01.555555", "C1"],
        ["Hoàng Văn Yên", "1960", "01/01/1978", "01/01/1979", "01.444444", "C1"],
    ]
    sheet = "Đảng viên"
    assert peopled.problems({"Đảng viên": rows}) == [
        (sheet, 2, "Số thẻ", "error", "Số thẻ 01234567 đã là của đồng chí Trần Thị Ánh."),
        (sheet, 3, "Ngày chính thức", "error",
         "Hồ sơ này đã có trong hệ thống và đang ghi “03/02/1981”; muốn sửa thì sửa ở trang của hồ sơ đó."),
        (sheet, 3, "Ngày vào Đảng", "error",
         "Hồ sơ này đã có trong hệ thống và đang ghi “1980”; muốn sửa thì sửa ở trang của hồ sơ đó."),
        (sheet, 5, "Ngày vào Đảng", "error", "Ngày vào Đảng phải sau ngày sinh."),
        (sheet, 6, "Ngày chính thức", "error", "Ngày chính thức phải sau ngày vào Đảng."),
        (sheet, 7, "Số thẻ", "error",
         "“1234567” không phải số thẻ đảng viên 8 chữ số; ô đang là số nên mất số 0 ở đầu: hãy định dạng là Văn bản."),
        (sheet, 8, "Chi bộ", "error",
         "Không có tổ chức nào mang mã hoặc tên “C9”; hãy kiểm tra lại hoặc thêm vào trang Tổ chức."),
        (sheet, 9, "Chi bộ", "error", "Đảng bộ phường Ví Dụ không phải chi bộ; đảng viên sinh hoạt tại chi bộ."),
        (sheet, 11, "Từ ngày", "error", "Có tình trạng thì phải ghi từ ngày nào."),
        (sheet, 12, "Tình trạng", "error", "Ghi là dự bị nhưng có ngày chính thức; hãy sửa một trong hai."),
        (sheet, 13, "Điện thoại", "error",
         "“12345” không phải số điện thoại; hãy ghi 10 chữ số bắt đầu bằng 0."),
        (sheet, 15, "Ngày sinh", "error", "“13/1960” không có trong lịch; hãy kiểm tra lại ngày, tháng, năm."),
        (sheet, 15, "Số thẻ", "error", "Công thức trong ô bị lỗi (#N/A); hãy sửa công thức hoặc gõ giá trị."),
        (sheet, 16, "Chi bộ", "error", "Ô này không được để trống."),
        (sheet, 16, "Họ và tên", "error", "Chữ gõ bằng phông cũ (TCVN3 hoặc VNI); hãy chuyển sang Unicode."),
        (sheet, 16, "Ngày vào Đảng", "error", "Năm 2199 không hợp lý; hãy kiểm tra lại ngày, tháng, năm."),
        (sheet, 17, "Số thẻ", "error",
         "Chi bộ Tổ dân phố số 1 đã có đồng chí cùng họ tên và ngày sinh, mang số thẻ 01234567; hãy kiểm tra số thẻ."),
        (sheet, 18, "Ngày vào Đảng", "error",
         "Vào Đảng khi chưa đủ 18 tuổi; hãy kiểm tra ngày sinh và ngày vào Đảng."),
        (sheet, 4, "Họ và tên", "warning",
         "Trùng họ tên và ngày sinh với đồng chí ở Chi bộ Tổ dân phố số 1; được nhập như hai người. "
         "Nếu là một người, hãy bỏ dòng này và dùng trang Biến động."),
        (sheet, 10, "Ngày chính thức", "warning", "Không có ngày chính thức nên được coi là đảng viên dự bị."),
    ]  # fmt: skip


def test_sheets_and_columns_that_are_not_understood_are_named(office: Office) -> None:
    assert office.problems({"Tổ chức": [["Mã", "Tên", "Ghi chú", "Tên"], ["Q", "Quận", "gì đó"]]}) == [
        ("Tổ chức", 1, "Loại hình", "error",
         "Thiếu cột “Loại hình” (dòng 1); hãy thêm cột này vào dòng tiêu đề."),
        ("Tổ chức", 1, "Ngày thành lập", "error",
         "Thiếu cột “Ngày thành lập” (dòng 1); hãy thêm cột này vào dòng tiêu đề."),
        ("Tổ chức", 1, "Tên", "error", "Cột này trùng với cột “Tên”; chỉ giữ một cột."),
        ("Tổ chức", 1, "Ghi chú", "warning", "Cột này bị bỏ qua: không nhận ra tiêu đề này."),
    ]  # fmt: skip
    assert office.problems(
        {
            "Đảng viên": [["Danh sách này không có tiêu đề"], ["Trần Văn A", "C1"]],
            "Ghi chú": [["đọc kỹ"]],
            "Sheet1": [["?"]],
            "Tổ chức đảng": ORGANISATIONS,
            "Danh sách chi bộ": ORGANISATIONS,
            "Ẩn": [["x"]],
        },
        hidden=frozenset({"Ẩn"}),
    ) == [
        ("Đảng viên", None, "", "error",
         "Không tìm thấy dòng tiêu đề trong 20 dòng đầu; cần có các cột: Họ và tên, Chi bộ."),
        ("Sheet1", None, "", "error",
         "Không nhận ra trang tính này; hãy đặt tên trang là một trong: Tổ chức, Điều chỉnh lịch, Ngày họp hằng tháng, "
         "Ngày nghỉ riêng, Đảng viên, Biến động, Chức vụ, Tình trạng, Buổi sinh hoạt, Bảng điểm danh, Điểm danh, "
         "Phát biểu, Chấm điểm, "
         "Chỉ đạo của cấp trên, Nhiệm vụ, Đảng phí, Bồi dưỡng, Quy chế, Kỷ luật, Đơn thư, Khen thưởng, Kiểm tra, giám sát, "
         "Kiến nghị, Đăng ký phấn đấu, Chọn thí điểm, Nhận xét nơi cư trú, Xếp loại năm, Đánh giá."),
        ("Danh sách chi bộ", None, "", "error", "Trang này cùng loại với trang “Tổ chức đảng”; hãy gộp làm một."),
        ("Ẩn", None, "", "warning", "Trang tính ẩn không được đọc; bỏ ẩn nếu muốn nhập."),
    ]  # fmt: skip


def test_a_heading_row_found_in_part_says_which_columns_it_lacks(office: Office) -> None:
    rows: Sheet = [
        ["ĐẢNG BỘ PHƯỜNG VÍ DỤ"],
        ["Chi bộ"],
        [],
        ["Họ tên", "Đơn vị công tác"],
        ["Trần Văn A", "C1"],
    ]
    assert office.problems({"Đảng viên": rows}) == [
        ("Đảng viên", 4, "Chi bộ", "error",
         "Thiếu cột “Chi bộ” (dòng 4); hãy thêm cột này vào dòng tiêu đề."),
        ("Đảng viên", 4, "Đơn vị công tác", "warning", "Cột này bị bỏ qua: không nhận ra tiêu đề này."),
    ]  # fmt: skip


def test_a_workbook_sent_again_is_said_to_be_in_the_system_sheet_by_sheet_and_may_bring_further_rows(
    office: Office,
) -> None:
    people: Sheet = [
        ["Họ và tên", "Ngày sinh", "Chi bộ"],
        *([f"Trần Văn {n}", "1950", "C1"] for n in range(30)),
    ]
    meetings: Sheet = [["Chi bộ", "Loại", "Ngày họp"], ["C1", "Thường kỳ", date(2023, 3, 3)]]
    sheets = {"Tổ chức": ORGANISATIONS, "Đảng viên": people, "Buổi sinh hoạt": meetings}
    office.apply(sheets)
    again = office.preview(sheets)
    assert [(one["sheet"], one["message"]) for one in again.problems] == [
        ("Tổ chức", KNOWN.format(4, "5–8")),
        ("Đảng viên", KNOWN.format(30, "2–31")),
        ("Buổi sinh hoạt", KNOWN.format(1, "2")),
    ]
    assert (again.counts["errors"], again.counts["recorded"], again.counts["nothing"]) == (0, 35, True)
    more = sheets | {"Đảng viên": [*people, ["Trần Văn Mới", "1950", "C1"]]}
    assert {one[3] for one in office.problems(more)} == {"warning"}
    assert {name: rows for name, rows in office.apply(more).items() if rows} == {"member": 1, "membership": 1}


MEETING_HEADERS = ["Chi bộ", "Loại", "Ngày họp", "Giờ", "Nội dung", "Các bước", "Tài liệu", "Ngày gửi tài liệu",
                   "Số nghị quyết", "Tự phê bình", "Chất lượng", "Chủ trì"]  # fmt: skip
ATTENDANCE_HEADERS = ["Chi bộ", "Ngày họp", "Loại", "Họ và tên", "Điểm danh", "Lý do"]


def test_a_meeting_is_recorded_with_everyone_required_present_but_those_named(peopled: Office) -> None:
    written = peopled.apply(
        {
            "Buổi sinh hoạt": [
                MEETING_HEADERS,
                ["C1", "Thường kỳ", "05/09/2023", "19h30", "Kết quả tháng 8", "đủ", "Dự thảo nghị quyết; Thông tin nội bộ",
                 "03/09/2023", "9-NQ/CB", "x", "Tốt", "Trần Thị Ánh"],
                ["C1", "Thường kỳ", date(2023, 3, 3), None, None, "1, 2; kết thúc", None, None, None, None, None, None],
                ["C1", "Họp chi ủy", date(2023, 3, 1), None, None, None, None, None, None, None, None, None],
            ],
            "Vắng mặt": [
                ATTENDANCE_HEADERS,
                ["Chi bộ Tổ dân phố số 1", "05/09/2023", None, "NGUYỄN VĂN BÌNH (1950)", "Vắng có lý do", "ốm"],
                ["C1", "03/03/2023", "Thường kỳ", "Lê Đức Cường", "K", None],
            ],
        }
    )  # fmt: skip
    assert written == {
        "meeting": 3,
        "attendance": 5,
        "meeting_material": 2,
        "meeting_step": 8,
        "resolution": 1,
    }
    with peopled.read() as session:
        marks = session.execute(
            select(Meeting.held_on, Member.full_name, Attendance.mark, Attendance.reason)
            .join(Meeting, Meeting.id == Attendance.meeting_id)
            .join(Member, Member.id == Attendance.member_id)
            .order_by(Meeting.held_on, Member.sort_key)
        )
        assert [tuple(row) for row in marks] == [
            (date(2023, 3, 3), "Trần Thị Ánh", 1, None),
            (date(2023, 3, 3), "Lê Đức Cường", 3, None),
            (date(2023, 9, 5), "Trần Thị Ánh", 1, None),
            (date(2023, 9, 5), "Nguyễn Văn Bình", 2, "ốm"),
            (date(2023, 9, 5), "Lê Đức Cường", 1, None),
        ]
        meetings = session.scalars(select(Meeting).order_by(Meeting.held_on)).all()
        assert [(m.kind, m.held_on.day, m.state, m.self_criticism, m.self_score_band) for m in meetings] == [
            ("cell_committee_meeting", 1, "closed", False, None),
            ("regular", 3, "closed", False, None),
            ("regular", 5, "closed", True, "good"),
        ]
        marked = {
            m.id: frozenset(
                session.scalars(select(Attendance.member_id).where(Attendance.meeting_id == m.id))
            )
            for m in meetings[1:]
        }
        assert marked == required_at(session, [m.id for m in meetings[1:]])


def test_problems_of_meetings_and_attendance_are_each_named_at_their_place(peopled: Office) -> None:
    found = peopled.problems(
        {
            "Buổi sinh hoạt": [
                ["Chi bộ", "Loại", "Ngày họp", "Ngày gửi tài liệu", "Các bước", "Chủ trì", "Chưa điểm danh"],
                ["C1", "Thường kỳ", "03/03/2023", None, None, None, None],
                ["C1", "Định kỳ", "03/03/2023", None, None, None, None],
                ["C1", "Thường kỳ", "03/03/2099", None, None, None, None],
                ["C2", "Thường kỳ", "03/06/2023", None, None, None, None],
                ["P", "Thường kỳ", "03/03/2023", None, None, None, None],
                ["C1", "Chuyên đề", "10/03/2023", "11/03/2023", None, None, None],
                ["C1", "Chuyên đề", "11/03/2023", None, "mở bài", None, None],
                ["C1", "Chuyên đề", "12/03/2023", None, None, "Phạm Thu Dung", None],
                ["C1", "Thường kỳ", "04/04/2023", None, None, None, "x"],
                ["C1", "Thường kỳ", "05/09/2023", None, None, None, None],
                ["C1", "Chuyên đề", "05/09/2023", None, None, None, None],
            ],
            "Điểm danh": [
                ATTENDANCE_HEADERS,
                ["C1", "03/03/2023", None, "Phạm Thu Dung", "P", None],
                ["C1", "03/03/2023", None, "Nguyễn Văn Bình", "P", None],
                ["C1", "03/03/2023", None, "Lê Đức Cường", "P", None],
                ["C1", "03/03/2023", None, "Lê Đức Cường", "K", None],
                ["C1", "03/04/2023", None, "Lê Đức Cường", "K", None],
                ["C1", "04/04/2023", None, "Lê Đức Cường", "K", None],
                ["C1", "05/09/2023", None, "Lê Đức Cường", "K", None],
                ["C1", "05/09/2023", "Thường kỳ", "Lê Đức Cường", "nghỉ", None],
            ],
        }
    )
    meetings, attendance = "Buổi sinh hoạt", "Điểm danh"
    with peopled.read() as session:
        day = session.execute(
            text("SELECT to_char(now() AT TIME ZONE 'Asia/Ho_Chi_Minh', 'DD/MM/YYYY')")
        ).scalar_one()
    assert found == [
        (meetings, 3, "Ngày họp", "error", "Chi bộ Tổ dân phố số 1 đã có buổi họp loại này ngày 03/03/2023."),
        (meetings, 4, "Ngày họp", "error", f"Ngày này chưa đến (hôm nay là {day})."),
        (meetings, 5, "Ngày họp", "error",
         "Ngày 03/06/2023 nằm ngoài thời gian hoạt động của Chi bộ Trường Mầm non (thành lập ngày 01/07/2023)."),
        (meetings, 6, "Loại", "error", "Đảng bộ phường Ví Dụ không phải chi bộ; chỉ ghi được loại “Họp chi ủy”."),
        (meetings, 7, "Ngày gửi tài liệu", "error", "Ngày gửi tài liệu phải trước hoặc trong ngày họp."),
        (meetings, 8, "Các bước", "error",
         "“mở bài” không rõ bước nào; hãy ghi “đủ”, số từ 1 đến 5, hoặc tên bước: Chuẩn bị; Mở đầu; Tiến hành; "
         "Kết thúc; Sau buổi họp."),
        (meetings, 9, "Chủ trì", "error", "Không có đồng chí nào tên “Phạm Thu Dung” trong Chi bộ Tổ dân phố số 1."),
        (attendance, 2, "Họ và tên", "error",
         "Không có đồng chí nào tên “Phạm Thu Dung” trong Chi bộ Tổ dân phố số 1."),
        (attendance, 3, "Họ và tên", "error",
         "Ngày 03/03/2023 đồng chí Nguyễn Văn Bình được miễn hoặc tạm vắng mặt theo quyết định, không phải điểm danh; "
         "hãy bỏ dòng này."),
        (attendance, 5, "Họ và tên", "error", "Đồng chí này đã có ở dòng 4 cho cùng buổi họp."),
        (attendance, 6, "Ngày họp", "error", "Không có buổi họp nào của Chi bộ Tổ dân phố số 1 ngày 03/04/2023."),
        (attendance, 7, "Ngày họp", "error", "Buổi họp này không có điểm danh toàn chi bộ."),
        (attendance, 8, "Ngày họp", "error",
         "Ngày 05/09/2023 Chi bộ Tổ dân phố số 1 có 2 buổi họp; hãy ghi thêm loại buổi họp."),
        (attendance, 9, "Điểm danh", "error",
         "“nghỉ” không có trong danh sách; hãy ghi một trong: Có mặt; Vắng có lý do; Vắng không lý do; Đến muộn."),
    ]  # fmt: skip


def test_attendance_for_someone_not_on_the_roll_that_day_is_refused(peopled: Office) -> None:
    peopled.apply(
        {
            "Biến động": [
                ["Chi bộ", "Đảng viên", "Hình thức", "Ngày", "Chi bộ mới", "Số văn bản"],
                ["C1", "Lê Đức Cường", "Chuyển chính thức", "15/08/2023", "C2", "12-QĐ/ĐU"],
            ]
        }
    )
    assert peopled.problems(
        {
            "Buổi sinh hoạt": [
                ["Chi bộ", "Loại", "Ngày họp"],
                ["C1", "Thường kỳ", "15/08/2023"],
                ["C2", "Thường kỳ", "15/08/2023"],
            ],
            "Điểm danh": [
                ATTENDANCE_HEADERS,
                ["C1", "15/08/2023", None, "Lê Đức Cường", "P", None],
                ["C2", "15/08/2023", None, "Lê Đức Cường", "P", None],
            ],
        }
    ) == [
        ("Điểm danh", 2, "Họ và tên", "error",
         "Ngày 15/08/2023 đồng chí Lê Đức Cường không sinh hoạt tại Chi bộ Tổ dân phố số 1."),
    ]  # fmt: skip


def test_changes_of_members_end_and_begin_memberships(peopled: Office) -> None:
    written = peopled.apply(
        {
            "Biến động": [
                ["Chi bộ", "Đảng viên", "Số thẻ", "Hình thức", "Ngày", "Đến hết ngày", "Chi bộ mới"],
                ["C1", "Nguyễn Văn Bình", None, "Từ trần", "20/10/2023", None, None],
                ["C1", "Lê Đức Cường", None, "Chuyển sinh hoạt tạm thời", "01/08/2023", "31/10/2023", "C2"],
                [None, "Trần Thị Ánh", "01.234567", "Chuyển chính thức", "01/09/2023", None, "C2"],
            ]
        }
    )
    assert written == {"member_state": 1, "membership": 2}
    with peopled.read() as session:
        spans = session.execute(
            select(
                Member.full_name,
                OrganisationPeriod.code,
                Membership.kind,
                Membership.valid_from,
                Membership.valid_to,
            )
            .join(Membership, Membership.member_id == Member.id)
            .join(OrganisationPeriod, OrganisationPeriod.organisation_id == Membership.organisation_id)
            .order_by(Member.sort_key, Membership.valid_from)
        )
        assert [tuple(row) for row in spans] == [
            ("Trần Thị Ánh", "C1", "home", date(2001, 3, 3), date(2023, 9, 1)),
            ("Trần Thị Ánh", "C2", "home", date(2023, 9, 1), None),
            ("Nguyễn Văn Bình", "C1", "home", date(2001, 3, 3), date(2023, 10, 20)),
            ("Lê Đức Cường", "C1", "home", date(2022, 9, 2), None),
            ("Lê Đức Cường", "C2", "temporary", date(2023, 8, 1), date(2023, 11, 1)),
            ("Phạm Thu Dung", "C2", "home", date(2023, 7, 1), None),
        ]
        ended = session.execute(
            select(Member.full_name, Member.ended_on, Member.end_kind).where(Member.ended_on.isnot(None))
        )
        assert [tuple(row) for row in ended] == [("Nguyễn Văn Bình", date(2023, 10, 20), "deceased")]


def test_posts_of_the_old_cell_end_with_a_transfer_and_everything_with_the_end(peopled: Office) -> None:
    peopled.apply(
        {
            "Chức vụ": [
                ["Tổ chức", "Đảng viên", "Chức vụ", "Từ ngày"],
                ["C1", "Lê Đức Cường", "Phó bí thư", "01/01/2023"],
            ],
            "Tình trạng": [
                ["Chi bộ", "Đảng viên", "Tình trạng", "Từ ngày"],
                ["C1", "Trần Thị Ánh", "Nhiệm vụ đặc biệt", "01/02/2023"],
            ],
        }
    )
    peopled.apply(
        {
            "Biến động": [
                ["Chi bộ", "Đảng viên", "Hình thức", "Ngày", "Chi bộ mới"],
                ["C1", "Lê Đức Cường", "Chuyển chính thức", "01/08/2023", "C2"],
                ["C1", "Trần Thị Ánh", "Từ trần", "20/10/2023", None],
            ],
        }
    )
    with peopled.read() as session:
        posts = session.execute(
            select(Member.full_name, Post.valid_to)
            .join(Post, Post.member_id == Member.id)
            .where(Member.full_name.in_(["Lê Đức Cường", "Trần Thị Ánh"]))
            .order_by(Member.sort_key)
        ).all()
        states = session.execute(
            select(MemberState.kind, MemberState.valid_to)
            .join(Member, MemberState.member_id == Member.id)
            .where(Member.full_name == "Trần Thị Ánh")
        ).all()
    assert ("Lê Đức Cường", date(2023, 8, 1)) in [tuple(row) for row in posts]
    assert all(until is not None for _, until in posts)
    assert [tuple(row) for row in states] == [("special_duty", date(2023, 10, 20))]


def test_overlapping_intervals_and_impossible_changes_are_refused(peopled: Office) -> None:
    assert peopled.problems(
        {
            "Tình trạng": [
                ["Chi bộ", "Đảng viên", "Tình trạng", "Từ ngày", "Đến hết ngày"],
                ["C1", "Nguyễn Văn Bình", "Miễn sinh hoạt", "01/06/2023", None],
                ["C1", "Nguyễn Văn Bình", "Miễn sinh hoạt", "01/07/2023", "31/07/2023"],
                ["C1", "Nguyễn Văn Bình", "Miễn sinh hoạt", "31/07/2023", None],
                ["C1", "Lê Đức Cường", "Đình chỉ sinh hoạt", "02/07/2023", "30/06/2023"],
            ],
            "Biến động": [
                ["Chi bộ", "Đảng viên", "Hình thức", "Ngày", "Chi bộ mới"],
                ["C1", "Lê Đức Cường", "Chuyển chính thức", "01/01/2020", "C2"],
                ["C1", "Lê Đức Cường", "Chuyển chính thức", "01/06/2023", "C2"],
                ["C1", "Lê Đức Cường", "Chuyển chính thức", "01/08/2023", "C1"],
                ["C1", "Lê Đức Cường", "Chuyển chính thức", "02/08/2023", None],
                ["C1", "Lê Đức Cường", "Chuyển tạm thời", "03/08/2023", "C2"],
                ["C1", "Lê Đức Cường", "Chuyển chính thức", "04/08/2023", "C2"],
            ],
        }
    ) == [
        ("Tình trạng", 2, "Từ ngày", "error",
         "Khoảng thời gian này chồng lên khoảng đã có, bắt đầu ngày 01/01/2023."),
        ("Tình trạng", 4, "Từ ngày", "error",
         "Khoảng thời gian này chồng lên khoảng đã có, bắt đầu ngày 01/07/2023."),
        ("Tình trạng", 5, "Từ ngày", "error", "Ngày kết thúc trước ngày bắt đầu."),
        ("Biến động", 2, "Ngày", "error", "Trước ngày 01/01/2020 đồng chí Lê Đức Cường chưa thuộc chi bộ nào."),
        ("Biến động", 3, "Chi bộ mới", "error",
         "Chi bộ Trường Mầm non chưa thành lập hoặc đã kết thúc vào ngày 01/06/2023."),
        ("Biến động", 4, "Chi bộ mới", "error", "Chi bộ mới phải là một chi bộ khác."),
        ("Biến động", 5, "Chi bộ mới", "error", "Chuyển sinh hoạt trong đảng bộ thì phải ghi chi bộ mới."),
        ("Biến động", 7, "Chi bộ mới", "error",
         "Đồng chí Lê Đức Cường đã sinh hoạt tại Chi bộ Trường Mầm non trong thời gian này."),
    ]  # fmt: skip
