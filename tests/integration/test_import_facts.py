"""Work, money, praise, pledges and judgments come in by the same way, each about the member or organisation it names."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select

from bontot.db.models import (
    AnnualRating,
    Commendation,
    Complaint,
    Directive,
    Discipline,
    Fee,
    FeePayment,
    FollowUp,
    Judgment,
    Meeting,
    MonthException,
    OrganisationPeriod,
    PilotSelection,
    PolicyAssignment,
    Registration,
    Regulation,
    Task,
    TaskAssignment,
    ThresholdOverride,
    Training,
)
from bontot.imports.on_record import OTHERWISE
from bontot.imports.problems import KNOWN
from bontot.registry import Registry
from tests.integration.test_imports import MEMBERS, ORGANISATIONS, Office, office
from tests.workbooks import Sheet

__all__ = ["office"]


@pytest.fixture
def peopled(office: Office) -> Office:
    office.registry = Registry.load()
    office.apply({"Tổ chức": ORGANISATIONS, "Đảng viên": MEMBERS})
    return office


def test_tasks_come_with_their_meeting_their_people_and_their_checks(peopled: Office) -> None:
    peopled.apply(
        {
            "Buổi sinh hoạt": [["Chi bộ", "Loại", "Ngày họp"], ["C1", "Thường kỳ", "03/03/2023"]],
            "Nhiệm vụ": [
                ["Chi bộ", "Nội dung", "Nguồn", "Ngày họp", "Người thực hiện", "Hạn", "Ngày xong", "Nhiệm vụ khó",
                 "Ngày kiểm tra"],
                ["C1", "Vận động gắn biển số nhà", "Nghị quyết", "03/03/2023", "Trần Thị Ánh; Lê Đức Cường", "31/03/2023",
                 "30/03/2023", "x", "10/03/2023; 20/03/2023"],
                ["C2", "Tu bổ vườn trường", "Chương trình", None, None, "30/11/2023", None, None, None],
            ],
        }
    )  # fmt: skip
    with peopled.read() as session:
        tasks = session.scalars(select(Task).order_by(Task.id)).all()
        meeting_id = session.scalar(select(Meeting.id))
        assert [(t.title, t.origin, t.meeting_id, t.due_on, t.done_on, t.hard) for t in tasks] == [
            (
                "Vận động gắn biển số nhà",
                "resolution",
                meeting_id,
                date(2023, 3, 31),
                date(2023, 3, 30),
                True,
            ),
            ("Tu bổ vườn trường", "programme", None, date(2023, 11, 30), None, False),
        ]
        assert [a.task_id for a in session.scalars(select(TaskAssignment))] == [tasks[0].id] * 2
        assert session.scalars(select(FollowUp.checked_on).order_by(FollowUp.checked_on)).all() == [
            date(2023, 3, 10),
            date(2023, 3, 20),
        ]


def test_records_about_members_and_organisations_are_taken_in(peopled: Office) -> None:
    written = peopled.apply(
        {
            "Đảng phí": [
                ["Chi bộ", "Đảng viên", "Tháng", "Phải đóng", "Đã đóng", "Ngày đóng", "Miễn"],
                ["C1", "Trần Thị Ánh", "01/2023", 12000, "12.000 đồng", "03/01/2023", None],
                ["C1", "Trần Thị Ánh", date(2023, 2, 1), "12.000", 0, None, None],
                ["C1", "Nguyễn Văn Bình", "01/2023", 0, 0, None, "x"],
            ],
            "Bồi dưỡng": [
                ["Số thẻ", "Đảng viên", "Loại", "Ngày", "Tên lớp"],
                ["01.234567", "Trần Thị Ánh", "Nghiệp vụ", "20/05/2023", "Kỹ năng bí thư chi bộ"],
            ],
            "Quy chế": [
                ["Tổ chức", "Số", "Tên quy chế", "Từ ngày", "Đến hết ngày"],
                ["C1", "1-QC/CB", "Quy chế làm việc", "01/01/2021", "31/12/2025"],
            ],
            "Kỷ luật": [
                ["Chi bộ", "Đảng viên", "Hình thức", "Số quyết định", "Ngày quyết định"],
                ["C1", "Lê Đức Cường", "Khiển trách", "3-QĐ/CB", "10/10/2023"],
                ["C2", None, "Cảnh cáo", "4-QĐ/ĐU", "11/10/2023"],
            ],
            "Đơn thư": [["Chi bộ", "Đảng viên", "Ngày nhận", "Kết luận"], ["C1", None, "01/04/2023", "Sai"]],
            "Khen thưởng": [["Chi bộ", "Đảng viên", "Lý do", "Ngày"], ["C1", "Trần Thị Ánh", "Thi đua", "19/05/2023"]],
            "Kiểm tra, giám sát": [["Tổ chức", "Loại", "Ngày"], ["P", "Giám sát", "01/06/2023"]],
            "Kiến nghị": [
                ["Chi bộ", "Nội dung", "Ngày nêu", "Ngày trả lời"],
                ["C1", "Đèn đường", "03/03/2023", "09/03/2023"],
            ],
            "Chỉ đạo của cấp trên": [
                ["Chi bộ", "Số văn bản", "Trích yếu", "Hạn trả lời", "Ngày trả lời"],
                ["C1", "90-NQ/ĐU", "Đô thị văn minh", "30/06/2023", "28/06/2023"],
            ],
            "Đăng ký phấn đấu": [
                ["Chi bộ", "Đảng viên", "Năm", "Ngày ký", "Người ký"],
                ["C1", None, 2023, "27/02/2023", "Trần Thị Ánh"],
                ["C1", "Lê Đức Cường", "2023", "27/02/2023", None],
            ],
            "Xếp loại năm": [
                ["Tổ chức", "Đảng viên", "Năm", "Mức"],
                ["C1", None, 2022, "HTXSNV"],
                ["C1", "Trần Thị Ánh", 2022, "Hoàn thành tốt nhiệm vụ"],
            ],
            "Nhận xét nơi cư trú": [
                ["Chi bộ", "Đảng viên", "Năm", "Ngày nhận"],
                ["C2", "Phạm Thu Dung", 2023, "30/11/2023"],
            ],
            "Chọn thí điểm": [
                ["Chi bộ", "Kế hoạch", "Ngày chọn", "Cơ quan chọn"],
                ["C1", "provincial_pilot", "20/04/2023", "Đảng ủy phường"],
            ],
            "Điều chỉnh lịch": [
                ["Chi bộ", "Tháng", "Ngày họp mới", "Hạn mới", "Không phải họp", "Số văn bản"],
                ["C1", "05/2023", "10/05/2023", "12/05/2023", None, "7-CV/ĐU"],
                ["C1", "06/2023", None, None, "x", "8-CV/ĐU"],
            ],
            "Ngày họp hằng tháng": [["Chi bộ", "Ngày trong tháng", "Từ ngày"], ["C1", 5, "01/01/2023"]],
            "Ngày nghỉ riêng": [
                ["Tổ chức", "Ngày", "Loại ngày", "Tên ngày", "Số văn bản"],
                ["C1", "03/03/2098", "Nghỉ hoán đổi", "Nghỉ của doanh nghiệp", "9-TB/CTy"],
            ],
            "Phát biểu": [["Chi bộ", "Ngày họp", "Đảng viên"]],
        }
    )  # fmt: skip
    assert written == {
        "annual_rating": 2, "commendation": 1, "complaint": 1, "concern": 1, "directive": 1, "discipline": 2, "fee": 3,
        "fee_payment": 1, "holiday_override": 1, "inspection": 1, "meeting_preference": 1, "month_exception": 2,
        "pilot_selection": 1, "registration": 2, "regulation": 1, "residence_remark": 1, "training": 1,
    }  # fmt: skip
    with peopled.read() as session:
        fees = session.execute(
            select(Fee.month, Fee.due, Fee.paid, Fee.paid_on, Fee.exempt).order_by(Fee.month, Fee.due)
        )
        assert [tuple(row) for row in fees] == [
            (date(2023, 1, 1), 0, 0, None, True),
            (date(2023, 1, 1), 12000, 12000, date(2023, 1, 3), False),
            (date(2023, 2, 1), 12000, 0, None, False),
        ]
        payments = select(FeePayment.month, FeePayment.amount, FeePayment.paid_on)
        assert session.execute(payments).one() == (date(2023, 1, 1), 12000, date(2023, 1, 3))
        assert session.execute(select(Regulation.valid_from, Regulation.valid_to)).one() == (
            date(2021, 1, 1),
            date(2026, 1, 1),
        )
        cases = session.scalars(select(Discipline).order_by(Discipline.decided_on)).all()
        assert [(c.form, c.member_id is None, c.organisation_id is None) for c in cases] == [
            ("reprimand", False, True),
            ("warning", True, False),
        ]
        assert session.execute(select(Complaint.received_on, Complaint.founded)).one() == (
            date(2023, 4, 1),
            False,
        )
        assert session.scalars(select(Commendation.reason)).all() == ["emulation"]
        assert session.scalars(select(Training.kind)).all() == ["skills"]
        assert session.scalars(select(Directive.answered_on)).all() == [date(2023, 6, 28)]
        ratings = session.scalars(select(AnnualRating).order_by(AnnualRating.level)).all()
        assert [(r.level, r.member_id is None) for r in ratings] == [("excellent", True), ("good", False)]
        pledges = session.scalars(select(Registration).order_by(Registration.id)).all()
        assert [(p.member_id is None, p.signed_by_id is None) for p in pledges] == [
            (True, False),
            (False, True),
        ]
        assert session.execute(select(PilotSelection.policy_code, PilotSelection.selected_by)).one() == (
            "provincial_pilot",
            "Đảng ủy phường",
        )
        months = session.scalars(select(MonthException).order_by(MonthException.month)).all()
        assert [(m.month, m.day, m.deadline, m.waived) for m in months] == [
            (date(2023, 5, 1), date(2023, 5, 10), date(2023, 5, 12), False),
            (date(2023, 6, 1), None, None, True),
        ]


def test_a_second_import_of_the_same_records_is_passed_over_and_one_that_says_otherwise_refused(
    peopled: Office,
) -> None:
    fees: list[list[object]] = [
        ["Chi bộ", "Đảng viên", "Tháng", "Phải đóng", "Đã đóng"],
        ["C1", "Trần Thị Ánh", "01/2023", 1, 1],
    ]
    peopled.apply({"Đảng phí": fees})
    assert peopled.problems(
        {"Đảng phí": [*fees, fees[1], ["C1", "Trần Thị Ánh", "02/2023", 1, 1], fees[1]]}
    ) == [("Đảng phí", None, "", "warning", KNOWN.format(3, "2–3, 5"))]
    otherwise = ["C1", "Trần Thị Ánh", "01/2023", 2, 1]
    assert peopled.problems({"Đảng phí": [fees[0], otherwise]}) == [
        ("Đảng phí", 2, "Phải đóng", "error", OTHERWISE.format("1 đồng")),
    ]
    fees[1] = ["C1", "Trần Thị Ánh", "03/2023", 1, 1]
    assert peopled.problems({"Đảng phí": [*fees, fees[1]]}) == [
        ("Đảng phí", 3, "", "error", "Dòng này trùng với dòng 2."),
    ]


def test_problems_of_these_records_are_each_named_at_their_place(peopled: Office) -> None:
    assert peopled.problems(
        {
            "Đảng phí": [
                ["Chi bộ", "Đảng viên", "Số thẻ", "Tháng", "Phải đóng", "Đã đóng"],
                ["C1", "Trần Thị Ánh", None, "13/2023", "mười nghìn", -5],
                ["C1", "Trần Thị Ánh", None, "01/2023", 10.0**30, "1" * 40],
                ["C1", "Trần Thị Ánh", "01.234568", "01/2023", 1, 1],
                ["C1", "Trần Thị Anh", None, "01/2023", 1, 1],
                [None, "Trần Thị Ánh", None, date(2023, 1, 2), 1, 1],
            ],
            "Kỷ luật": [
                ["Chi bộ", "Đảng viên", "Hình thức", "Số quyết định", "Ngày phát hiện", "Ngày quyết định"],
                [None, None, "Khiển trách", "1", None, "10/10/2023"],
                ["C2", None, "Khiển trách", "1", None, "10/10/2022"],
                ["C1", None, "Khiển trách", "1", "11/10/2023", "10/10/2023"],
            ],
            "Chọn thí điểm": [
                ["Chi bộ", "Kế hoạch", "Ngày chọn", "Cơ quan chọn"],
                ["C1", "khong_co", "20/04/2023", "Đảng ủy phường"],
            ],
            "Điều chỉnh lịch": [
                ["Chi bộ", "Tháng", "Ngày họp mới", "Không phải họp", "Số văn bản"],
                ["C1", "05/2023", "10/05/2023", "x", "7-CV/ĐU"],
                ["C1", "06/2023", "10/07/2023", None, "8-CV/ĐU"],
            ],
            "Quy chế": [
                ["Tổ chức", "Số", "Tên", "Từ ngày", "Đến hết ngày"],
                ["C1", "1-QC/CB", "Quy chế", "02/01/2023", "01/01/2023"],
                ["C1", "2-QC/CB", "Quy chế", "02/01/2023", "02/01/2023"],
            ],
            "Ngày họp hằng tháng": [["Chi bộ", "Ngày trong tháng", "Từ ngày"], ["C1", 32, "01/01/2023"]],
            "Ngày nghỉ riêng": [
                ["Tổ chức", "Ngày", "Loại ngày", "Tên ngày", "Số văn bản"],
                ["C1", "03/03/2023", "Không nghỉ", "Làm bình thường", "9-TB/CTy"],
            ],
            "Đăng ký phấn đấu": [
                ["Chi bộ", "Năm", "Ngày ký", "Người ký"],
                ["C1", 23, "27/02/2023", "Trần Thị Ánh"],
                ["C1", 2023, "27/02/2023", "Phạm Thu Dung"],
            ],
        }
    ) == [
        ("Đảng phí", 2, "Phải đóng", "error", "“mười nghìn” không phải số tiền; hãy ghi số đồng, ví dụ 12.000."),
        ("Đảng phí", 2, "Tháng", "error", "“13/2023” không có trong lịch; hãy kiểm tra lại ngày, tháng, năm."),
        ("Đảng phí", 2, "Đã đóng", "error", "“-5” không phải số tiền; hãy ghi số đồng, ví dụ 12.000."),
        ("Đảng phí", 3, "Phải đóng", "error", "“1e+30” không phải số tiền; hãy ghi số đồng, ví dụ 12.000."),
        ("Đảng phí", 3, "Đã đóng", "error",
         f"“{'1' * 40}” không phải số tiền; hãy ghi số đồng, ví dụ 12.000."),
        ("Đảng phí", 4, "Số thẻ", "error",
         "Số thẻ 01234568 là của đồng chí Nguyễn Văn Bình, không phải “Trần Thị Ánh”."),
        ("Đảng phí", 5, "Đảng viên", "error",
         "Không có đồng chí nào tên “Trần Thị Anh” trong Chi bộ Tổ dân phố số 1."),
        ("Đảng phí", 6, "Tháng", "error", "“02/01/2023” không phải tháng; hãy ghi dạng tháng/năm, ví dụ 02/2023."),
        ("Kỷ luật", 2, "Chi bộ", "error", "Hãy ghi chi bộ, hoặc họ tên hay số thẻ của đảng viên."),
        ("Kỷ luật", 3, "Ngày quyết định", "error",
         "Ngày 10/10/2022 nằm ngoài thời gian hoạt động của Chi bộ Trường Mầm non (thành lập ngày 01/07/2023)."),
        ("Kỷ luật", 4, "Ngày quyết định", "error", "Ngày quyết định trước ngày phát hiện."),
        ("Chọn thí điểm", 2, "Kế hoạch", "error",
         "Không có kế hoạch mang mã “khong_co”; các mã đang dùng: hanoi_city, hanoi_longbien, hanoi_tayho, "
         "hanoi_tayho_buoi, national_meetings_2018, national_meetings_2025, national_rating_2025, provincial_pilot."),
        ("Điều chỉnh lịch", 2, "Ngày họp mới", "error",
         "Hãy ghi ngày họp và hạn mới, hoặc đánh dấu “Không phải họp”; không ghi cả hai."),
        ("Điều chỉnh lịch", 3, "Ngày họp mới", "error",
         "Ngày họp và hạn mới phải nằm trong tháng này, ngày họp không sau hạn."),
        ("Quy chế", 2, "Đến hết ngày", "error", "Ngày hết hiệu lực trước ngày có hiệu lực."),
        ("Ngày họp hằng tháng", 2, "Ngày trong tháng", "error", "Ngày trong tháng phải từ 1 đến 31."),
        ("Ngày nghỉ riêng", 2, "Ngày", "error", "Tháng này đã qua: lịch sinh hoạt của tháng ấy đã chốt."),
        ("Đăng ký phấn đấu", 2, "Năm", "error", "“23” không phải năm; hãy ghi bốn chữ số, ví dụ 2023."),
        ("Đăng ký phấn đấu", 3, "Người ký", "error",
         "Không có đồng chí nào tên “Phạm Thu Dung” trong Chi bộ Tổ dân phố số 1."),
    ]  # fmt: skip


JUDGMENT_HEADERS = [
    "Tiêu chí",
    "Chi bộ",
    "Đảng viên",
    "Năm",
    "Bước",
    "Kết luận",
    "Điểm",
    "Người đánh giá",
    "Ngày",
]


def test_judgments_are_recorded_by_key_or_by_the_criterions_words(peopled: Office) -> None:
    criteria = peopled.registry.policy("hanoi_tayho").criteria
    in_words = next(c.label for c in criteria if c.key == "tayho.cell.3.solidarity")
    peopled.apply(
        {
            "Đánh giá": [
                JUDGMENT_HEADERS,
                [
                    "tayho.cell.1.targets",
                    "C1",
                    None,
                    2023,
                    "Chi bộ",
                    "Đạt",
                    None,
                    "Chi bộ TDP 1",
                    "01/12/2023",
                ],
                [
                    "tayho.member.1.line",
                    "C1",
                    "Lê Đức Cường",
                    2023,
                    "Chi bộ",
                    "Không đạt",
                    None,
                    "Chi bộ",
                    "01/12/2023",
                ],
                [in_words.upper(), "C1", None, 2023, "Chi bộ", "Đạt", None, "Chi bộ", "01/12/2023"],
                [
                    "longbien.cell.1.score",
                    "C1",
                    None,
                    2023,
                    "Thẩm định",
                    None,
                    "27,5",
                    "Đảng ủy",
                    "05/12/2023",
                ],
                [
                    "prov.1.tax",
                    "C1",
                    None,
                    2023,
                    "Tự đánh giá",
                    "Không áp dụng",
                    None,
                    "Chi bộ",
                    "05/12/2023",
                ],
            ]
        }
    )
    with peopled.read() as session:
        rows = session.execute(
            select(Judgment.criterion, Judgment.stage, Judgment.verdict, Judgment.points).order_by(
                Judgment.criterion
            )
        )
        assert [tuple(row) for row in rows] == [
            ("longbien.cell.1.score", "appraisal", None, Decimal("27.50")),
            ("prov.1.tax", "self_assessment", "not_applicable", None),
            ("tayho.cell.1.targets", "cell", "met", None),
            ("tayho.cell.3.solidarity", "cell", "met", None),
            ("tayho.member.1.line", "cell", "not_met", None),
        ]


def test_problems_of_judgments_are_each_named_at_their_place(peopled: Office) -> None:
    sheet = "Đánh giá"
    assert peopled.problems(
        {
            sheet: [
                JUDGMENT_HEADERS,
                ["khong.co", "C1", None, 2023, "Chi bộ", "Đạt", None, "Ai", "01/12/2023"],
                ["tayho.member.1.line", "C1", None, 2023, "Chi bộ", "Đạt", None, "Ai", "01/12/2023"],
                ["tayho.cell.1.targets", "C1", None, 2023, "Chi bộ", "Đạt", 5, "Ai", "01/12/2023"],
                ["tayho.cell.1.targets", "C1", None, 2023, "Chi bộ", None, 5, "Ai", "01/12/2023"],
                ["longbien.cell.1.score", "C1", None, 2023, "Chi bộ", "Đạt", None, "Ai", "01/12/2023"],
                [
                    "tayho.cell.1.targets",
                    "C1",
                    None,
                    2023,
                    "Chi bộ",
                    "Không áp dụng",
                    None,
                    "Ai",
                    "01/12/2023",
                ],
                ["tayho.cell.1.targets", "C1", None, 2023, "Chi bộ", "Đạt", None, "Ai", "01/12/2023"],
                ["tayho.cell.1.targets", "C1", None, 2023, "Chi bộ", "Chưa đạt", None, "Ai", "01/12/2023"],
                ["longbien.cell.1.score", "C1", None, 2023, "Thẩm định", None, "30,01", "Ai", "01/12/2023"],
                ["tayho.cell.1.targets", "C1", None, 2024, "Chi bộ", "Đạt", None, "Ai", "31/12/2023"],
            ]
        }
    ) == [
        (sheet, 2, "Tiêu chí", "error", "Không có tiêu chí “khong.co” trong các kế hoạch đang dùng."),
        (sheet, 3, "Tiêu chí", "error", "Tiêu chí “tayho.member.1.line” không dùng để đánh giá chi bộ."),
        (sheet, 4, "Kết luận", "error", "Hãy ghi kết luận hoặc điểm, chỉ một trong hai."),
        (sheet, 5, "Điểm", "error", "Tiêu chí này không chấm điểm; hãy ghi kết luận."),
        (sheet, 6, "Bước", "error", "Kế hoạch không xét tiêu chí này ở bước Chi bộ."),
        (sheet, 6, "Kết luận", "error", "Tiêu chí này chấm điểm; hãy ghi điểm."),
        (sheet, 7, "Kết luận", "error", "Tiêu chí này luôn áp dụng; hãy ghi Đạt hoặc Chưa đạt."),
        (sheet, 9, "", "error", "Dòng này trùng với dòng 8."),
        (sheet, 10, "Điểm", "error", "Tiêu chí này có tối đa 30 điểm."),
        (sheet, 11, "Ngày", "error", "Ngày kết luận phải từ 01/01/2024, khi năm được xét bắt đầu."),
    ]


def judgment(stage: str, verdict: str | None, who: str, **more: object) -> list[object]:
    """A row on the solidarity of the first cell, or on what `more` names."""
    row = {"criterion": "tayho.cell.3.solidarity", "member": None, "points": None, "remark": None, **more}
    on = "10/12/2023" if stage == "Thẩm định" else "01/12/2023"
    return [
        row["criterion"],
        "C1",
        row["member"],
        2023,
        stage,
        verdict,
        row["points"],
        who,
        on,
        row["remark"],
    ]


def test_a_workbook_is_held_to_the_rules_of_the_page(peopled: Office) -> None:
    """The later stage stands above the earlier here: rows are held against each other whatever their order."""
    sheet, score = "Đánh giá", {"criterion": "longbien.cell.1.score"}
    assert peopled.problems(
        {
            sheet: [
                [*JUDGMENT_HEADERS, "Nhận xét"],
                judgment("Chi bộ", "Đạt", "NGUYỄN VĂN  Hoà"),
                judgment("Tự đánh giá", "Đạt", "Nguyễn Văn Hòa"),
                judgment("Thẩm định", "Chưa đạt", "Đảng ủy"),
                judgment("Tự đánh giá", None, "Chi bộ 1", points=20, **score),
                judgment("Thẩm định", None, "Đảng ủy", points=19, **score),
            ]
        }
    ) == [
        (sheet, 2, "Người đánh giá", "error",
         "NGUYỄN VĂN Hoà đã xét tiêu chí này ở bước Tự đánh giá; kế hoạch không để một người xét ở hai bước. "
         "Cần người khác xét bước này."),
        (sheet, 4, "Nhận xét", "error",
         "Kết luận này khác bước Tự đánh giá; hãy ghi nhận xét nêu lý do."),
        (sheet, 6, "Nhận xét", "error", "Kết luận này khác bước Tự đánh giá; hãy ghi nhận xét nêu lý do."),
    ]  # fmt: skip


def test_a_workbook_is_held_to_what_the_committee_decided_for_its_own_plan(peopled: Office) -> None:
    """Where the plan lets one hand judge twice a workbook may, and the lowered maximum holds."""
    with peopled.read() as session:
        top = session.scalar(
            select(OrganisationPeriod.organisation_id).where(OrganisationPeriod.parent_id.is_(None))
        )
        session.add(
            PolicyAssignment(organisation_id=top, policy_code="hanoi_longbien", valid_from=date(2023, 8, 8))
        )
        for key, value in (("judging.same_hand", "allowed"), ("longbien.1.points", "25")):
            session.add(
                ThresholdOverride(
                    policy_code="hanoi_longbien",
                    key=key,
                    value=value,
                    valid_from=date(2023, 9, 1),
                    document="1-NQ/ĐU",
                    entered_by="thử",
                )
            )
    sheet, score = "Đánh giá", {"criterion": "longbien.cell.1.score"}
    rows = [
        judgment("Tự đánh giá", None, "Chi bộ 1", points=25, **score),
        judgment("Thẩm định", None, "Chi bộ 1", points=26, remark="thêm điểm", **score),
    ]
    book: dict[str, Sheet] = {sheet: [[*JUDGMENT_HEADERS, "Nhận xét"], *rows]}
    assert peopled.problems(book) == [(sheet, 3, "Điểm", "error", "Tiêu chí này có tối đa 25 điểm.")]
