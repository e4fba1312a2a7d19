"""Who recognises the titles, when, and on which forms. The plan ties them to the annual rating and leaves the
rest open: all of it is default."""

from __future__ import annotations

from datetime import date

from bontot.plugin import (
    Act,
    Authority,
    Holder,
    Option,
    Recognition,
    ReportFormat,
    Step,
    Threshold,
    Unit,
    ballot_option,
    leave_options,
    same_hand_option,
    threshold,
)
from bontot_hanoi_tayho import cell, member
from bontot_hanoi_tayho import documents as at

ON = at.SINCE
WITHOUT_DISTRICT = date(2025, 7, 1)
"""The district committee ended on 30/6/2025."""

UNDER_COMMITTEE = frozenset({"subordinate_cell"})
BASE_CELL = frozenset({"grassroots_cell"})

CELL_ITSELF = Authority(body="Chi bộ", valid_from=ON)
DECIDING = (
    Authority(
        body="Ban Thường vụ đảng ủy phường (đảng ủy cơ sở)", valid_from=ON, organisation_types=UNDER_COMMITTEE
    ),
    Authority(body="Ban Thường vụ Quận ủy Tây Hồ", valid_from=ON, organisation_types=BASE_CELL),
    Authority(
        body="Ban Thường vụ đảng ủy cấp trên trực tiếp",
        valid_from=WITHOUT_DISTRICT,
        organisation_types=BASE_CELL,
    ),
)
COLLECTING = (
    Authority(body="Ban Thường vụ Quận ủy Tây Hồ", valid_from=ON),
    Authority(
        body="Ban Thường vụ đảng ủy cấp trên trực tiếp của tổ chức cơ sở đảng", valid_from=WITHOUT_DISTRICT
    ),
)

FILE = Step(
    key="file",
    label="Chi bộ tự đánh giá, biểu quyết và nộp hồ sơ",
    authorities=(CELL_ITSELF,),
    due="tayho.recognition.file",
    holder=Holder.SUBJECT,
    acts=frozenset({Act.BALLOT, Act.PROPOSAL}),
    clause=at.IMPLEMENTATION,
)
DECIDE = Step(
    key="decide",
    label="Cấp ủy cấp trên trực tiếp xét, quyết định công nhận trên hồ sơ đến ngày quyết định",
    authorities=DECIDING,
    due="tayho.recognition.decide",
    acts=frozenset({Act.DECISION}),
)
COLLECT = Step(
    key="collect",
    label="Tổng hợp danh sách toàn quận",
    authorities=COLLECTING,
    due="tayho.recognition.collect",
    holder=Holder.ABOVE,
)
REVIEW = Step(
    key="review",
    label="Xét lại cả năm; tiêu chí không còn đạt thì đề nghị thu hồi",
    authorities=DECIDING,
    due="tayho.recognition.review",
    acts=frozenset({Act.REVIEW}),
)

VOTE = "Quá nửa số đảng viên chính thức được triệu tập tán thành"
REVOCATION = (
    "Xét lại cả năm mà tiêu chí không còn đạt thì cấp quyết định thu hồi bằng quyết định có nêu lý do"
)
RECOGNITIONS = (
    Recognition(
        scheme=cell.SCHEME.key,
        steps=(FILE, DECIDE, COLLECT, REVIEW),
        vote_rule=VOTE,
        ballot="tayho.recognition.ballot",
        majority="tayho.recognition.majority",
        quota="tayho.recognition.quota",
        validity="tayho.recognition.validity",
        exception="tayho.recognition.exception",
        over_quota="tayho.recognition.over_quota",
        revocation=REVOCATION,
        clauses=(at.IMPLEMENTATION,),
    ),
    Recognition(
        scheme=member.SCHEME.key,
        steps=(
            Step(
                key="vote",
                label="Chi bộ xét, biểu quyết từng đảng viên",
                authorities=(CELL_ITSELF,),
                due="tayho.recognition.file",
                holder=Holder.SUBJECT,
                acts=frozenset({Act.BALLOT, Act.PROPOSAL}),
            ),
            Step(
                key="confirm",
                label="Cấp ủy cấp trên trực tiếp xác nhận",
                authorities=DECIDING,
                due="tayho.recognition.decide",
                acts=frozenset({Act.DECISION}),
            ),
            REVIEW,
        ),
        vote_rule=VOTE,
        ballot="tayho.recognition.ballot",
        majority="tayho.recognition.majority",
        validity="tayho.recognition.validity",
        exception="tayho.recognition.exception",
        over_quota="tayho.recognition.over_quota",
        revocation=REVOCATION,
        clauses=(at.IMPLEMENTATION,),
    ),
)

THRESHOLDS: tuple[Threshold, ...] = (
    threshold("tayho.recognition.file", "Hạn chi bộ nộp hồ sơ", Unit.MONTH_DAY, 1130, ON),
    threshold("tayho.recognition.decide", "Hạn cấp trên trực tiếp quyết định", Unit.MONTH_DAY, 1215, ON),
    threshold("tayho.recognition.collect", "Hạn tổng hợp danh sách toàn quận", Unit.MONTH_DAY, 1225, ON),
    threshold("tayho.recognition.review", "Ngày xét lại cả năm", Unit.MONTH_DAY, 1231, ON),
    threshold(
        "tayho.recognition.majority",
        "Tỷ lệ tán thành phải vượt, trên số đảng viên chính thức được triệu tập",
        Unit.PERCENT,
        50,
        ON,
    ),
    threshold("tayho.recognition.quota", "Tỷ lệ chi bộ được công nhận nhiều nhất", Unit.PERCENT, None, ON),
    threshold("tayho.recognition.validity", "Số tháng danh hiệu có giá trị", Unit.MONTHS, 12, ON, lowest=1),
)
OPTIONS: tuple[Option, ...] = (
    ballot_option("tayho.recognition.ballot", "Cách biểu quyết ở chi bộ", ON),
    same_hand_option(ON),
    *leave_options("tayho.recognition", ON),
)

CELL_SIGNS = "T/M CHI BỘ – BÍ THƯ"
COMMITTEE_SIGNS = "T/M BAN THƯỜNG VỤ – BÍ THƯ"
TITLES = f"“{cell.TITLE}”, “{member.TITLE}”"
FORMATS = (
    ReportFormat(
        key="commitment_registration",
        title=f"Bản đăng ký phấn đấu xây dựng {TITLES}",
        signers=("XÁC NHẬN CỦA ĐẢNG ỦY", CELL_SIGNS),
    ),
    ReportFormat(
        key="score_sheet", title=f"Bảng tự đánh giá “{cell.TITLE}”", signers=(CELL_SIGNS, "NGƯỜI THẨM ĐỊNH")
    ),
    ReportFormat(
        key="vote_minutes", title="Biên bản xét, kiểm phiếu", symbol="BB", signers=("THƯ KÝ", "CHỦ TRÌ")
    ),
    ReportFormat(
        key="recognition_proposal",
        title=f"Tờ trình đề nghị công nhận {TITLES}",
        symbol="TTr",
        signers=(CELL_SIGNS,),
    ),
    ReportFormat(
        key="recognition_decision",
        title=f"Quyết định công nhận danh hiệu “{cell.TITLE}”",
        symbol="QĐ",
        signers=(COMMITTEE_SIGNS,),
    ),
    ReportFormat(
        key="report",
        title=f"Báo cáo kết quả xây dựng {TITLES}",
        symbol="BC",
        signers=(CELL_SIGNS,),
        clause=at.IMPLEMENTATION,
    ),
    ReportFormat(key="consolidated_table", title=f"Biểu tổng hợp {TITLES}", signers=(COMMITTEE_SIGNS,)),
)
