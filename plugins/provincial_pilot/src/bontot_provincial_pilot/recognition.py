"""Who recognises, and on which forms; the plan does not say, so all of it is default."""

from __future__ import annotations

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
from bontot_provincial_pilot import documents as at

ON = at.SINCE
SCHEME = "prov.cell"
CELL = (Authority(body="Chi bộ được chọn thí điểm", valid_from=ON),)
BASE = (Authority(body="Đảng ủy cơ sở đã chọn chi bộ thí điểm", valid_from=ON),)

RECOGNITIONS = (
    Recognition(
        scheme=SCHEME,
        steps=(
            Step(
                key="self_assessment",
                label="Chi bộ tự đánh giá, biểu quyết",
                authorities=CELL,
                due="prov.recognition.file",
                holder=Holder.SUBJECT,
                acts=frozenset({Act.BALLOT, Act.PROPOSAL}),
            ),
            Step(
                key="decide",
                label="Đảng ủy cơ sở xét, quyết định công nhận",
                authorities=BASE,
                due="prov.recognition.decide",
                acts=frozenset({Act.DECISION}),
            ),
            Step(
                key="report",
                label="Báo cáo kết quả thí điểm với Đảng ủy Các cơ quan tỉnh",
                authorities=BASE,
                due="prov.recognition.report",
            ),
        ),
        vote_rule="Quá nửa số đảng viên chính thức được triệu tập tán thành",
        ballot="prov.recognition.ballot",
        majority="prov.recognition.majority",
        validity="prov.recognition.validity",
        exception="prov.recognition.exception",
        over_quota="prov.recognition.over_quota",
    ),
)
THRESHOLDS: tuple[Threshold, ...] = (
    threshold("prov.recognition.file", "Hạn chi bộ tự đánh giá", Unit.MONTH_DAY, 1130, ON),
    threshold("prov.recognition.decide", "Hạn đảng ủy cơ sở quyết định", Unit.MONTH_DAY, 1215, ON),
    threshold("prov.recognition.report", "Hạn báo cáo kết quả thí điểm", Unit.MONTH_DAY, 1231, ON),
    threshold(
        "prov.recognition.majority",
        "Tỷ lệ tán thành phải vượt, trên số đảng viên chính thức được triệu tập",
        Unit.PERCENT,
        50,
        ON,
    ),
    threshold("prov.recognition.validity", "Số tháng danh hiệu có giá trị", Unit.MONTHS, 12, ON, lowest=1),
)
OPTIONS: tuple[Option, ...] = (
    ballot_option("prov.recognition.ballot", "Cách biểu quyết ở chi bộ", ON),
    same_hand_option(ON),
    *leave_options("prov.recognition", ON),
)

CELL_SIGNS = "T/M CHI BỘ – BÍ THƯ"
COMMITTEE_SIGNS = "T/M ĐẢNG ỦY – BÍ THƯ"
FORMATS = (
    ReportFormat(
        key="score_sheet",
        title="Bảng tự đánh giá thí điểm “Chi bộ bốn tốt”",
        signers=(CELL_SIGNS, "NGƯỜI THẨM ĐỊNH"),
    ),
    ReportFormat(
        key="vote_minutes", title="Biên bản xét, kiểm phiếu", symbol="BB", signers=("THƯ KÝ", "CHỦ TRÌ")
    ),
    ReportFormat(
        key="recognition_proposal",
        title="Tờ trình đề nghị công nhận “Chi bộ bốn tốt”",
        symbol="TTr",
        signers=(CELL_SIGNS,),
    ),
    ReportFormat(
        key="recognition_decision",
        title="Quyết định công nhận danh hiệu “Chi bộ bốn tốt”",
        symbol="QĐ",
        signers=(COMMITTEE_SIGNS,),
    ),
    ReportFormat(
        key="report",
        title="Báo cáo kết quả thực hiện thí điểm mô hình “Chi bộ bốn tốt”",
        symbol="BC",
        signers=(COMMITTEE_SIGNS,),
        clause=at.SELECTION,
    ),
)
