"""Score sheets of meetings come in by workbook, by the rules of the page."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select

from bontot.access import Actor, Role
from bontot.db.models import (
    FrameAdoption,
    Meeting,
    MeetingScore,
    OrganisationPeriod,
    PolicyAssignment,
)
from bontot.imports.on_record import OTHERWISE
from bontot.policy.scoring import items_of
from bontot.policy.sheets import SheetItem
from bontot.registry import Registry
from bontot.services import scores
from bontot.services.meetings import change_meeting, view
from tests.integration.test_imports import MEMBERS, ORGANISATIONS, Office, office
from tests.workbooks import Sheet

__all__ = ["office"]

FRAME, SHEET = "national_meetings_2025", "Chấm điểm"
(PAPER,) = Registry.load().policy(FRAME).sheets
PLAIN, WHOLE = (items_of(PAPER, thematic=thematic) for thematic in (False, True))
HEADERS = ["Chi bộ", "Ngày họp", "Bước", "Mục", "Điểm", "Người ghi"]
MEETING_HEADERS = ["Chi bộ", "Loại", "Ngày họp", "Chuyên đề", "Điểm tự chấm", "Chất lượng"]
DAY = "05/01/2026"
Points = dict[str, object]


@pytest.fixture
def scoring(office: Office) -> Office:
    """Two cells under Tây Hồ's plan, with the frame of 2025 switched on from the autumn of that year."""
    office.registry = Registry.load()
    office.apply({"Tổ chức": ORGANISATIONS, "Đảng viên": MEMBERS})
    with office.read() as session:
        top = session.scalar(
            select(OrganisationPeriod.organisation_id).where(OrganisationPeriod.parent_id.is_(None))
        )
        session.add(
            PolicyAssignment(organisation_id=top, policy_code="hanoi_tayho", valid_from=date(2023, 1, 1))
        )
        session.add(
            FrameAdoption(policy_code=FRAME, valid_from=date(2025, 9, 1), document="NQ", entered_by="thử")
        )
    return office


def held(*rows: list[object]) -> Sheet:
    """Regular meetings of the first cell; without rows one, on the day."""
    return [MEETING_HEADERS, *(rows or (["C1", "Thường kỳ", DAY, None, None, None],))]


def scored(
    stage: str = "Chi bộ biểu quyết",
    *,
    items: Iterable[SheetItem] = PLAIN,
    by: str = "Trần Thị Ánh",
    on: str = DAY,
    **changes: object,
) -> list[list[object]]:
    """The rows of a stage, full points but for `changes` by the end of an item's key."""
    return [
        ["C1", on, stage, item.key, changes.get(item.key.rpartition(".")[2], item.maximum), by]
        for item in items
    ]


def errors(office: Office, sheets: dict[str, Sheet]) -> list[tuple[object, ...]]:
    """What is wrong with the scores, without the word that the meetings come without a roll call."""
    return [one for one in office.problems(sheets) if one[3] == "error"]


def stands(office: Office) -> list[tuple[Decimal | None, str | None, int]]:
    with office.read() as session:
        columns = select(Meeting.self_score, Meeting.self_score_band, Meeting.version)
        return [(row[0], row[1], row[2]) for row in session.execute(columns.order_by(Meeting.held_on))]


def test_a_meeting_comes_with_its_sheet_and_the_band_that_it_gives(scoring: Office) -> None:
    """Named by key or by its words; the total of 95 is brought to 100."""
    rows = scored(results="20,5")
    rows[0][3] = PLAIN[0].label.upper()
    written = scoring.apply(
        {"Buổi sinh hoạt": held(), SHEET: [HEADERS, *scored("Đề xuất", results=1), *rows]}
    )
    assert written["meeting_score"] == 2 * len(PLAIN)
    assert stands(scoring) == [(Decimal("90.00"), "good", 1)]
    with scoring.read() as session:
        found = {
            one.stage: (one.policy, one.sheet, one.hand.name, one.points["hd42.results"])
            for one in scores.recorded(session, session.scalars(select(Meeting.id)).one())
        }
    assert found == {
        "proposed": (FRAME, PAPER.key, "Trần Thị Ánh", Decimal(1)),
        "voted": (FRAME, PAPER.key, "Trần Thị Ánh", Decimal("20.50")),
    }


def test_a_proposal_alone_gives_no_band(scoring: Office) -> None:
    scoring.apply({"Buổi sinh hoạt": held(), SHEET: [HEADERS, *scored("Đề xuất")]})
    assert stands(scoring) == [(None, None, 1)]


def test_a_thematic_part_asks_for_its_item(scoring: Office) -> None:
    thematic = held(["C1", "Thường kỳ", DAY, "Nêu gương", None, None])
    missing = "Bước Chi bộ biểu quyết còn thiếu 1 mục: “Nội dung chuyên đề”."
    book: dict[str, Sheet] = {"Buổi sinh hoạt": thematic, SHEET: [HEADERS, *scored()]}
    assert errors(scoring, book) == [(SHEET, 2, "Mục", "error", missing)]
    scoring.apply({"Buổi sinh hoạt": thematic, SHEET: [HEADERS, *scored(items=WHOLE, thematic_content=0)]})
    assert stands(scoring) == [(Decimal("95.00"), "good", 1)]
    assert errors(scoring,
        {"Buổi sinh hoạt": held(["C1", "Thường kỳ", "03/02/2026", None, None, None]),
         SHEET: [HEADERS, *scored(items=WHOLE, on="03/02/2026")]}
    )[0][2:] == (
        "Mục", "error", "Buổi này không có phần chuyên đề nên không chấm mục “Nội dung chuyên đề”."
    )  # fmt: skip


def test_a_meeting_on_record_is_scored_afterwards_and_an_open_page_of_it_is_told(scoring: Office) -> None:
    scoring.apply({"Buổi sinh hoạt": held()})
    scoring.apply({SHEET: [HEADERS, *scored()]})
    assert stands(scoring) == [(Decimal("100.00"), "good", 2)]
    assert {problem[3] for problem in scoring.problems({SHEET: [HEADERS, *scored()]})} == {"warning"}
    otherwise = errors(scoring, {SHEET: [HEADERS, *scored(results=10)]})
    assert {problem[2:] for problem in otherwise} == {("Điểm", "error", OTHERWISE.format("30"))}
    back = [(SHEET, 2, "Bước", "error", "Đã có bước sau: không ghi lại bước trước.")]
    assert errors(scoring, {SHEET: [HEADERS, *scored("Đề xuất")]}) == back
    scoring.apply({SHEET: [HEADERS, *scored("Xác nhận", by="Đảng ủy phường", results=10)]})
    assert stands(scoring) == [(Decimal("78.95"), "fair", 3)]


def test_what_was_corrected_after_its_score_is_left_to_the_page(scoring: Office) -> None:
    scoring.apply({"Buổi sinh hoạt": held(), SHEET: [HEADERS, *scored()]})
    with scoring.read() as session:
        found = view(session, session.scalars(select(Meeting.id)).one())
        entry = replace(found.entry, thematic_topic="Nêu gương")
        admin = Actor(account_id=1, name="thử", role=Role.TENANT_ADMIN)
        change_meeting(session, admin, scoring.registry, found.id, found.version, entry, "ghi thiếu")
    said = "Buổi này đã được sửa sau khi chấm; hãy chấm lại ở trang của buổi."
    sent: dict[str, Sheet] = {SHEET: [HEADERS, *scored("Xác nhận", items=WHOLE, by="Đảng ủy phường")]}
    assert errors(scoring, sent) == [(SHEET, 2, "Ngày họp", "error", said)]


def test_problems_of_scores_are_each_named_at_their_place(scoring: Office) -> None:
    strange: list[object] = ["C1", DAY, "Biểu quyết", "Mục lạ", 1, "Ai"]
    over = scored(time="5,01")
    assert errors(scoring,
        {
            "Buổi sinh hoạt": held(
                ["C1", "Thường kỳ", DAY, None, None, None],
                ["C1", "Chuyên đề", "06/01/2026", None, None, None],
                ["C1", "Thường kỳ", "27/10/2025", None, None, None],
            ),
            SHEET: [
                HEADERS,
                *over,
                strange,
                over[1],
                ["C1", "06/01/2026", "Biểu quyết", "hd42.time", 1, "Ai"],
                ["C1", "27/10/2025", "Biểu quyết", "hd42.time", 1, "Ai"],
                ["C1", "07/01/2026", "Biểu quyết", "hd42.time", 1, "Ai"],
                ["C1", DAY, "Chấm thử", "hd42.time", 1, "Ai"],
                ["C1", DAY, "Biểu quyết", "hd42.time", "năm", "Ai"],
            ],
        }
    ) == [
        (SHEET, 2, "Điểm", "error",
         "“Đúng ngày, đủ thời lượng”: điểm từ 0 đến 5, nhiều nhất hai chữ số thập phân."),
        (SHEET, 23, "Mục", "error", f"{PAPER.label} không có mục “Mục lạ”."),
        (SHEET, 24, "", "error", "Dòng này trùng với dòng 3."),
        (SHEET, 25, "Ngày họp", "error", "Chỉ buổi thường kỳ được chấm theo phiếu."),
        (SHEET, 26, "Ngày họp", "error",
         "Ngày 27/10/2025 Chi bộ Tổ dân phố số 1 không có phiếu chấm điểm nào đang áp dụng."),
        (SHEET, 27, "Ngày họp", "error",
         "Không có buổi họp nào của Chi bộ Tổ dân phố số 1 ngày 07/01/2026."),
        (SHEET, 28, "Bước", "error",
         "“Chấm thử” không có trong danh sách; hãy ghi một trong: Chi ủy đề xuất; Chi bộ biểu quyết; Cấp trên dự xác nhận."),
        (SHEET, 29, "Điểm", "error",
         "“năm” không phải điểm; hãy ghi số có tối đa hai chữ số thập phân, ví dụ 85,5."),
    ]  # fmt: skip


def test_the_superior_confirms_what_the_cell_voted_and_never_the_cell_itself(scoring: Office) -> None:
    alone: dict[str, Sheet] = {"Buổi sinh hoạt": held(), SHEET: [HEADERS, *scored("Xác nhận", by="Đảng ủy")]}
    early = "Chi bộ chưa biểu quyết điểm, nên chưa xác nhận được."
    assert errors(scoring, alone) == [(SHEET, 2, "Bước", "error", early)]
    by_itself = "Điểm buổi sinh hoạt do cấp trên xác nhận, không do chi bộ tự chấm."
    place = len(PLAIN) + 2
    same_hand = (
        "TRẦN THỊ ánh đã ghi điểm buổi này ở bước “Chi bộ biểu quyết”, nên không xác nhận điểm ấy. "
        "Cần cấp ủy cấp trên hoặc quản trị đảng bộ khác xác nhận."
    )
    for by, said in (("TRẦN THỊ ánh", same_hand), ("Chi bộ Tổ dân phố số 1", by_itself)):
        rows = [*scored(), *scored("Xác nhận", by=by)]
        sent: dict[str, Sheet] = {"Buổi sinh hoạt": held(), SHEET: [HEADERS, *rows]}
        assert errors(scoring, sent) == [(SHEET, place, "Người ghi", "error", said)]


def test_who_voted_on_a_page_is_known_by_name_in_a_workbook(scoring: Office) -> None:
    scoring.apply({"Buổi sinh hoạt": held()})
    with scoring.read() as session:
        found = view(session, session.scalars(select(Meeting.id)).one())
        admin = Actor(account_id=1, name="Trần Thị Ánh", role=Role.TENANT_ADMIN)
        scores.record_score(
            session,
            admin,
            scoring.registry,
            found,
            version=found.version,
            stage="voted",
            points={item.key: item.maximum for item in PLAIN},
        )
    sent: dict[str, Sheet] = {SHEET: [HEADERS, *scored("Xác nhận", by="Trần thị ÁNH")]}
    [(_, row, column, _, said)] = errors(scoring, sent)
    assert (row, column) == (2, "Người ghi")
    assert str(said).startswith("Trần thị ÁNH đã ghi điểm buổi này ở bước “Chi bộ biểu quyết”")
    scoring.apply({SHEET: [HEADERS, *scored("Xác nhận", by="Đảng ủy phường")]})
    assert [one[:2] for one in stands(scoring)] == [(Decimal("100.00"), "good")]


def test_a_meeting_that_says_otherwise_of_its_score_is_refused(scoring: Office) -> None:
    said = "Phiếu cho buổi này 100 điểm, loại tốt, khác trang Buổi sinh hoạt; hãy bỏ trống điểm và chất lượng ở trang ấy."
    for own in ([None, "Khá"], [90, None]):
        meeting: list[object] = ["C1", "Thường kỳ", DAY, None, *own]
        sent: dict[str, Sheet] = {"Buổi sinh hoạt": held(meeting), SHEET: [HEADERS, *scored()]}
        assert errors(scoring, sent) == [(SHEET, 2, "Ngày họp", "error", said)]
    agreed: list[object] = ["C1", "Thường kỳ", DAY, None, 100, "Tốt"]
    scoring.apply({"Buổi sinh hoạt": held(agreed), SHEET: [HEADERS, *scored()]})
    assert stands(scoring) == [(Decimal("100.00"), "good", 1)]
    with scoring.read() as session:
        assert len(session.scalars(select(MeetingScore.item)).all()) == len(PLAIN)


def test_a_cell_that_moved_is_scored_by_the_plan_it_had_on_the_day(scoring: Office) -> None:
    """C1 goes on the first of February from a ward with a plan to one without; the page and the workbook see it alike."""
    ward: list[object] = [5, "P2", "Đảng bộ phường Thứ Hai", "Đảng bộ cơ sở", None, "Q", "01/01/2000"]
    scoring.apply({"Tổ chức": [*ORGANISATIONS[:4], ward]})
    before, after = DAY, "05/02/2026"
    first: list[object] = ["C1", "Thường kỳ", before, None, None, None]
    second: list[object] = ["C1", "Thường kỳ", after, None, None, None]
    scoring.apply({"Buổi sinh hoạt": held(first, second)})
    with scoring.read() as session:
        periods = {one.code: one for one in session.scalars(select(OrganisationPeriod))}
        was, moved_on = periods["C1"], date(2026, 2, 1)
        session.scalars(select(PolicyAssignment)).one().organisation_id = periods["P"].organisation_id
        was.valid_to = moved_on
        session.flush()
        session.add(
            OrganisationPeriod(
                organisation_id=was.organisation_id,
                parent_id=periods["P2"].organisation_id,
                name=was.name,
                code=was.code,
                type=was.type,
                sector=was.sector,
                sort_key=was.sort_key,
                valid_from=moved_on,
            )
        )
    said = f"Ngày {after} Chi bộ Tổ dân phố số 1 không có phiếu chấm điểm nào đang áp dụng."
    sent: dict[str, Sheet] = {SHEET: [HEADERS, *scored(on=before), *scored(on=after)]}
    assert errors(scoring, sent) == [(SHEET, 2 + len(PLAIN), "Ngày họp", "error", said)]
    scoring.apply({SHEET: [HEADERS, *scored(on=before)]})
    with scoring.read() as session:
        meetings = session.scalars(select(Meeting.id).order_by(Meeting.held_on)).all()
        sheets = [scores.sheet_of(session, scoring.registry, view(session, one)) for one in meetings]
        found = [sheet and sheet.policy.code for sheet in sheets]
    assert found == [FRAME, None]
    assert [one[:2] for one in stands(scoring)] == [(Decimal("100.00"), "good"), (None, None)]


def test_a_cell_that_comes_with_its_scores_is_scored_by_the_plan_above_it(scoring: Office) -> None:
    cell: list[object] = [
        5,
        "C3",
        "Chi bộ Tổ dân phố số 3",
        "Chi bộ trực thuộc",
        "Tổ dân phố",
        "P",
        "01/01/2025",
    ]
    rows = [["C3", *row[1:]] for row in scored()]
    meeting: list[object] = ["C3", "Thường kỳ", DAY, None, None, None]
    scoring.apply(
        {"Tổ chức": [*ORGANISATIONS[:4], cell], "Buổi sinh hoạt": held(meeting), SHEET: [HEADERS, *rows]}
    )
    assert stands(scoring) == [(Decimal("100.00"), "good", 1)]
