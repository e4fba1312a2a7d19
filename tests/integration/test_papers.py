"""The minutes and the resolution of a meeting, whole: what stands in them, in order, free of any format."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, time
from typing import Any

import pytest
from sqlalchemy import Engine

from bontot.access import Role
from bontot.db.models import AgendaItem
from bontot.db.models.meeting import ABSENT_EXCUSED, ABSENT_UNEXCUSED, LATE, PRESENT
from bontot.db.tenancy import scope
from bontot.documents.kinds.minutes import minutes, subject_of
from bontot.documents.kinds.resolution import resolution
from bontot.documents.office import Office, office_of
from bontot.documents.paper import Grid, Header, Heading, Paper, Points, Signer, Text
from bontot.documents.phrases import UNWRITTEN, place_of, written_day
from bontot.errors import NotFound
from bontot.services.meetings import Mark, MeetingEntry, record_meeting
from bontot.services.proceedings import handing_over
from bontot.services.proceedings.amending import Part, put, version_of
from bontot.services.proceedings.entries import (
    Course,
    FurtherSitting,
    Guest,
    Head,
    Item,
    Opinion,
    ResolutionText,
    Vote,
)
from bontot.services.proceedings.items import Reviewed, earlier_items, review, review_version
from bontot.services.proceedings.reading import (
    COURSE,
    GUESTS,
    HEAD,
    ITEMS,
    OPINIONS,
    RESOLUTION,
    SITTINGS,
    VOTES,
    Record,
    record_of,
)
from tests.factories import make_committee

HELD = date(2026, 4, 3)
NEWS = "- Quy định số 1-QĐ/TW, ngày 02/3/2026\n\nKế hoạch số 2-KH/ĐU, ngày 03/3/2026"
BARE = date(2026, 5, 4)


@pytest.fixture(scope="module")
def records(engine: Engine, worker_id: str) -> Iterator[tuple[Record, Record, Office]]:
    """A meeting with everything written and closed, one with nothing, and who signs."""
    committee = make_committee(engine, f"van-ban-{worker_id}", "nhà")
    cell, ids = committee.cells[0], [member_id for member_id, _ in committee.cells[0].members]
    secretary = committee.actor(Role.CELL_SECRETARY)
    with scope(committee.engine, committee.tenant_id) as session:
        special = {
            6: Mark(ABSENT_EXCUSED, "ốm"),
            7: Mark(ABSENT_UNEXCUSED),
            8: Mark(LATE),
            9: Mark(ABSENT_EXCUSED),
        }
        marks = {member: special.get(place, Mark(PRESENT)) for place, member in enumerate(ids)}
        said = MeetingEntry(kind="regular", held_on=date(2026, 3, 3), marks=marks)
        before = record_meeting(session, secretary, cell.id, said)
        for title, due in (("Thăm hộ chính sách", date(2026, 3, 25)), ("Sửa đèn ngõ", date(2026, 3, 28))):
            put(
                session,
                secretary,
                before.id,
                ITEMS,
                Item(title=title, due_on=due, carriers=frozenset(ids[:2])),
            )
        whole = replace(
            said,
            held_on=HELD,
            starts_at=time(19, 30),
            place="Nhà văn hóa",
            materials=("Hướng dẫn số 1",),
            self_score_band="good",
        )
        meeting = record_meeting(session, secretary, cell.id, whole)
        session.add(AgendaItem(meeting_id=meeting.id, position=1, title="Kết quả tháng 3"))
        parts: list[tuple[Part[Any], object]] = [
            (GUESTS, Guest(name="Phạm Thị Khách", post="Phó Bí thư Đảng ủy", assigned=True, remark="Chuẩn bị kỹ")),
            (SITTINGS, FurtherSitting(held_on=date(2026, 4, 5), place="Tổ 2", came=frozenset(ids[9:]))),
            (OPINIONS, Opinion(member_id=ids[2], summary="Thêm đèn ngõ 5", answer="Sẽ kiến nghị")),
            (VOTES, Vote(about="agenda", votes_for=8)),
            (VOTES, Vote(about="resolution", votes_for=7, votes_against=1)),
            (VOTES, Vote(about="admission", subject="Trần Mới", votes_for=6, votes_other=2)),
            (RESOLUTION, ResolutionText(number="04-NQ/CB", subject="Lãnh đạo nhiệm vụ tháng 4", praise="Đồng chí An")),
            (ITEMS, Item(title="Tổng vệ sinh", due_on=date(2026, 4, 28), carriers=frozenset(ids[3:5]), report_to="Chi ủy")),
        ]  # fmt: skip
        for part, entry in parts:
            put(session, secretary, meeting.id, part, entry)
        singles: list[tuple[Part[Any], object]] = [
            (HEAD, Head(chair_id=ids[0], minute_taker_id=ids[1], ends_at=time(21, 5))),
            (
                COURSE,
                Course(
                    platform="Zoom", news=NEWS, fees="Đã đóng đủ", ideology="Ổn định", conclusion="Thống nhất"
                ),
            ),
        ]
        for single, told in singles:
            version = version_of(single.read(session, meeting)[0])
            put(session, secretary, meeting.id, single, told, number=0, version=version)
        earlier = earlier_items(session, meeting)
        found = {
            earlier[0].id: Reviewed(done_on=date(2026, 3, 26), result="đủ 5 hộ"),
            earlier[1].id: Reviewed(result="chờ vật tư"),
        }
        review(session, secretary, meeting.id, found, version=review_version(earlier))
        handing_over.close(session, secretary, meeting.id, meeting.version)
        bare = record_meeting(
            session, secretary, cell.id, MeetingEntry(kind="regular", held_on=BARE, marks={})
        )
        session.flush()
        office = office_of(session, cell.id, HELD)
        yield record_of(session, meeting.id), record_of(session, bare.id), office


def test_the_minutes_tell_the_meeting_in_the_order_of_the_form(
    records: tuple[Record, Record, Office],
) -> None:
    assert minutes(records[0], records[2]) == Paper(
        kind="meeting_minutes",
        day=HELD,
        header=Header(superior="PHƯỜNG NHÀ", issuer="CHI BỘ NHÀ SỐ 1"),
        title="BIÊN BẢN",
        subject="sinh hoạt chi bộ thường kỳ tháng 04 năm 2026",
        body=(
            Text("19 giờ 30, ngày 03 tháng 4 năm 2026.", "Thời gian:"),
            Text("ngày 05 tháng 4 năm 2026, tại Tổ 2; dự thêm 1 đồng chí.", "Họp thêm:"),
            Text("Nhà văn hóa.", "Địa điểm:"),
            Text("Zoom.", "Họp trực tuyến qua:"),
            Text(
                "10 đồng chí; chính thức 10, dự bị 0, sinh hoạt tạm thời đến 0.",
                "Tổng số đảng viên của chi bộ:",
            ),
            Text("miễn sinh hoạt 0; chuyển sinh hoạt tạm thời đi 0.", "Trong đó:"),
            Text(
                "8/10 đồng chí phải dự; chính thức 8, dự bị 0, sinh hoạt tạm thời đến 0; đến muộn 1.",
                "Có mặt:",
            ),
            Text("1: Nguyễn nhà Hà (ốm).", "Vắng có lý do:"),
            Text("1: Nguyễn nhà Khôi.", "Vắng không lý do:"),
            Text("đồng chí Phạm Thị Khách, Phó Bí thư Đảng ủy.", "Cấp ủy viên được phân công dự:"),
            Text("Nguyễn nhà An.", "Chủ trì:"),
            Text("Nguyễn nhà Bình.", "Thư ký:"),
            Heading("I- PHẦN MỞ ĐẦU"),
            Text("Chủ trì nêu lý do, giới thiệu thành phần; thư ký điểm danh như trên."),
            Text("Đã đóng đủ", "Tình hình đóng đảng phí:"),
            Text("", "Chương trình:"),
            Points(("Kết quả tháng 3",)),
            Text("8/10 đồng chí tán thành (80,0 %).", "Biểu quyết – Thông qua chương trình:"),
            Heading("II- NỘI DUNG"),
            Heading("1. Thông tin, phổ biến văn bản", 2),
            Points(("Quy định số 1-QĐ/TW, ngày 02/3/2026", "Kế hoạch số 2-KH/ĐU, ngày 03/3/2026")),
            Points(("Hướng dẫn số 1",)),
            Heading("2. Kết quả thực hiện nhiệm vụ tháng trước", 2),
            Grid(
                ("Nhiệm vụ", "Người thực hiện", "Hạn", "Kết quả"),
                (
                    (
                        "Thăm hộ chính sách",
                        "Nguyễn nhà An; Nguyễn nhà Bình",
                        "25/03/2026",
                        "Xong ngày 26/03/2026, trễ hạn. đủ 5 hộ",
                    ),
                    (
                        "Sửa đèn ngõ",
                        "Nguyễn nhà An; Nguyễn nhà Bình",
                        "28/03/2026",
                        "Chưa xong. chờ vật tư",
                    ),
                ),
            ),
            Heading("3. Tình hình tư tưởng, tự phê bình và phê bình", 2),
            Text("Ổn định"),
            Heading("4. Nhiệm vụ thời gian tới", 2),
            Grid(
                ("Nhiệm vụ", "Người thực hiện", "Hạn"),
                (("Tổng vệ sinh", "Nguyễn nhà Dung; Nguyễn nhà Đạt", "28/04/2026"),),
            ),
            Heading("5. Nội dung khác", 2),
            Text(
                "6/10 đồng chí tán thành (60,0 %), 2 ý kiến khác, chưa đủ ít nhất hai phần ba số đảng viên chính thức.",
                "Biểu quyết – Kết nạp đảng viên: Trần Mới:",
            ),
            Text("", "Ý kiến thảo luận:"),
            Text("Thêm đèn ngõ 5", "- Đồng chí Nguyễn nhà Cường:"),
            Text("Sẽ kiến nghị", "Chủ trì trả lời:"),
            Text("Chuẩn bị kỹ", "- Đồng chí Phạm Thị Khách, Phó Bí thư Đảng ủy:"),
            Heading("III- PHẦN KẾT THÚC"),
            Text("Thống nhất", "Kết luận của chủ trì:"),
            Text(
                "7/10 đồng chí tán thành (70,0 %), 1 không tán thành.",
                "Biểu quyết – Thông qua nghị quyết:",
            ),
            Text("Tốt.", "Chi bộ tự chấm chất lượng buổi sinh hoạt:"),
            Text("Biên bản đã được đọc lại trước chi bộ."),
            Text("Cuộc họp kết thúc lúc 21 giờ 05 cùng ngày."),
        ),
        signers=(
            Signer(lines=("THƯ KÝ",), name="Nguyễn nhà Bình"),
            Signer(lines=("CHỦ TRÌ",), name="Nguyễn nhà An"),
        ),
    )


def test_the_resolution_holds_its_items_and_how_it_was_adopted(
    records: tuple[Record, Record, Office],
) -> None:
    record, _, office = records
    assert resolution(record, office) == Paper(
        kind="cell_resolution",
        day=HELD,
        header=Header(
            superior="PHƯỜNG NHÀ",
            issuer="CHI BỘ NHÀ SỐ 1",
            number="Số 04-NQ/CB",
            place_and_day="nhà, ngày 03 tháng 4 năm 2026",
        ),
        title="NGHỊ QUYẾT",
        subject="lãnh đạo nhiệm vụ tháng 4",
        body=(
            Text(
                "Ngày 03 tháng 4 năm 2026, từ 19 giờ 30 đến 21 giờ 05, tại Nhà văn hóa, Chi bộ nhà số 1 họp; "
                "tổng số 10 đồng chí, có mặt 8/10 phải dự, "
                "vắng có lý do 1, vắng không lý do 1, miễn sinh hoạt 0; chủ trì: đồng chí Nguyễn nhà An; "
                "thư ký: đồng chí Nguyễn nhà Bình. Sau khi thảo luận, chi bộ quyết nghị:"
            ),
            Heading("I- ĐÁNH GIÁ KẾT QUẢ THÁNG 03"),
            Heading("1. Công tác chính trị, tư tưởng", 2),
            Text(UNWRITTEN),
            Heading("2. Kết quả thực hiện nhiệm vụ chính trị", 2),
            Text(UNWRITTEN),
            Heading("3. Kết quả thực hiện nghị quyết tháng trước", 2),
            Grid(
                ("TT", "Nhiệm vụ", "Tình trạng đầu kỳ", "Kết quả"),
                (
                    ("1", "Thăm hộ chính sách", "Hạn 25/03/2026", "Xong. đủ 5 hộ"),
                    ("2", "Sửa đèn ngõ", "Hạn 28/03/2026", "Chưa xong. chờ vật tư"),
                ),
            ),
            Heading("4. Biểu dương, nhắc nhở", 2),
            Text("Đồng chí An"),
            Heading("5. Hạn chế, nguyên nhân", 2),
            Text(UNWRITTEN),
            Heading("II- PHƯƠNG HƯỚNG, NHIỆM VỤ THÁNG 04"),
            Grid(
                ("TT", "Nhiệm vụ", "Người thực hiện", "Thời hạn", "Báo cáo tại"),
                (("1", "Tổng vệ sinh", "Nguyễn nhà Dung; Nguyễn nhà Đạt", "28/04/2026", "Chi ủy"),),
            ),
            Heading("III- TỔ CHỨC THỰC HIỆN"),
            Text(
                "Chi ủy, các đồng chí đảng viên được phân công thực hiện và báo cáo kết quả tại buổi sinh hoạt kế tiếp."
            ),
            Heading("IV- TỰ ĐÁNH GIÁ CHẤT LƯỢNG KỲ SINH HOẠT"),
            Text("loại Tốt."),
            Text(
                "Nghị quyết được chi bộ thông qua ngày 03 tháng 4 năm 2026 với 7/10 đồng chí tán thành (70,0 %), "
                "1 không tán thành."
            ),
        ),
        recipients=("Phường nhà (để báo cáo),", "Các đồng chí đảng viên,", "Lưu Chi bộ."),
        signers=(Signer(lines=("T/M CHI BỘ", "BÍ THƯ"), name="Nguyễn nhà An"),),
    )


def test_what_was_not_recorded_is_left_to_be_filled_in_and_the_paper_is_a_draft(
    records: tuple[Record, Record, Office],
) -> None:
    _, bare, office = records
    paper = minutes(bare, office)
    assert paper.draft
    assert [block.label for block in paper.body if isinstance(block, Text) and UNWRITTEN in block.words] == [
        "Tình hình đóng đảng phí:", "", "", "", "", "Ý kiến thảo luận:", "Kết luận của chủ trì:",
    ]  # fmt: skip
    with pytest.raises(NotFound):
        resolution(bare, office)


@pytest.mark.parametrize(
    ("recorded", "printed"),
    [
        ("Nghị quyết tháng 4/2026", "tháng 4/2026"),
        ("NGHỊ QUYẾT Lãnh đạo nhiệm vụ", "lãnh đạo nhiệm vụ"),
        ("Nghị quyết", "nghị quyết"),
        ("Thực hiện nghị quyết Đại hội", "thực hiện nghị quyết Đại hội"),
    ],
)
def test_a_resolution_does_not_say_its_title_again(
    records: tuple[Record, Record, Office], recorded: str, printed: str
) -> None:
    record, _, office = records
    assert record.resolution is not None
    said = replace(record, resolution=replace(record.resolution, subject=recorded))
    assert resolution(said, office).subject == printed


def test_a_resolution_without_its_number_or_its_majority_is_a_draft(
    records: tuple[Record, Record, Office],
) -> None:
    record, _, office = records
    assert record.resolution is not None
    unnumbered = replace(record, resolution=replace(record.resolution, number=""))
    assert resolution(unnumbered, office).draft
    assert resolution(unnumbered, office).header.number == "Số ……-NQ/CB"
    fell = replace(record, votes={1: Vote(about="resolution", votes_for=5, votes_against=5, entitled=10)})
    assert resolution(fell, office).draft
    assert resolution(fell, office).body[-1] == Text(
        "Nghị quyết chưa được chi bộ thông qua ngày 03 tháng 4 năm 2026 với 5/10 đồng chí tán thành (50,0 %), "
        "5 không tán thành, chưa đủ quá nửa số đảng viên được biểu quyết."
    )


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (date(2018, 4, 3), "ngày 03 tháng 4 năm 2018"),
        (date(2026, 2, 10), "ngày 10 tháng 02 năm 2026"),
        (date(2026, 12, 31), "ngày 31 tháng 12 năm 2026"),
    ],
)
def test_days_are_written_with_zeros_where_offices_write_them(day: date, said: str) -> None:
    assert written_day(day) == said


def test_a_roll_that_was_not_called_is_not_told_as_nobody_there(
    records: tuple[Record, Record, Office],
) -> None:
    record, _, office = records
    uncalled = replace(record, meeting=replace(record.meeting, entry=replace(record.meeting.entry, marks={})))
    told = {one.label: one.words for one in minutes(uncalled, office).body if isinstance(one, Text)}
    assert [told[label] for label in ("Có mặt:", "Vắng có lý do:", "Vắng không lý do:")] == [
        "……/10 đồng chí phải dự.",
        "…….",
        "…….",
    ]
    opening = resolution(uncalled, office).body[0]
    assert isinstance(opening, Text)
    assert "có mặt ……/10 phải dự, vắng có lý do ……, vắng không lý do ……, miễn sinh hoạt 0" in opening.words


def test_places_and_subjects_follow_the_names_of_bodies_and_kinds_of_meetings() -> None:
    assert [place_of(name) for name in ("Đảng bộ phường Bưởi", "Đảng bộ xã Kim Lan", "Đảng bộ Sở Y tế")] == [
        "Bưởi",
        "Kim Lan",
        "………………",
    ]
    assert [subject_of(kind, HELD) for kind in ("thematic", "extraordinary")] == [
        "sinh hoạt chuyên đề quý II năm 2026",
        "sinh hoạt chi bộ bất thường ngày 03 tháng 4 năm 2026",
    ]


def test_an_item_of_the_agenda_that_is_not_written_here_is_printed_as_such(
    records: tuple[Record, Record, Office],
) -> None:
    record, _, office = records
    hidden = replace(record, agenda=("Kết quả tháng 3", "nội dung không ghi trên hệ thống"))
    paper = minutes(hidden, office)
    place = paper.body.index(Heading("5. nội dung không ghi trên hệ thống", 2))
    assert paper.body[place + 1] == Text(
        "Ghi ở sổ riêng theo quy định về bảo vệ bí mật, không ghi trong biên bản này."
    )
