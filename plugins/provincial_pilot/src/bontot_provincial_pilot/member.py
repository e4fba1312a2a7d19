"""(4) Đảng viên tốt: judged of the cell as a whole; there is no title for a member."""

from __future__ import annotations

from dataclasses import replace

from bontot.plugin import Criterion, Evidence, Measure, Operator, judged, zero
from bontot_provincial_pilot import documents as at

EXEMPLARY = replace(
    judged(
        "prov.4.exemplary_tasks",
        "Mỗi đảng viên trong chi bộ gương mẫu, ý thức trách nhiệm cao, sẵn sàng nhận và hoàn thành tốt mọi nhiệm vụ được "
        "giao",
        (at.MEMBERS_2,),
        Evidence(label="Đảng viên không có nhiệm vụ quá hạn", measure=Measure(metric="exemplary_members")),
    ),
    note="Xét với từng đảng viên: chỉ một người chưa đạt cũng được nêu tên để chi bộ biết.",
)

CRITERIA: tuple[Criterion, ...] = (
    judged(
        "prov.4.duties",
        "Đảng viên thực hiện nghiêm túc quyền hạn, trách nhiệm của người đảng viên, thực hiện nghiêm các quy định về "
        "những điều đảng viên không được làm, quy định về trách nhiệm nêu gương của cán bộ, đảng viên",
        (at.MEMBERS_1,),
    ),
    zero(
        "prov.4.no_discipline",
        "Không có đảng viên vi phạm đến mức xử lý kỷ luật",
        (at.MEMBERS_1,),
        Measure(metric="members_disciplined"),
    ),
    EXEMPLARY,
    judged(
        "prov.4.unity_line",
        "Giữ gìn đoàn kết nội bộ; tin tưởng và thực hiện tốt các chủ trương, đường lối, chính sách, pháp luật của Đảng và "
        "Nhà nước; tích cực tham gia xây dựng Đảng",
        (at.MEMBERS_2,),
    ),
    judged(
        "prov.4.residence",
        "Thường xuyên giữ mối liên hệ nơi cư trú",
        (at.MEMBERS_2,),
        Evidence(
            label="Đảng viên đang công tác đã có phiếu nhận xét nơi cư trú",
            measure=Measure(metric="residence_remarks"),
            operator=Operator.AT_LEAST,
            threshold="prov.4.residence",
        ),
    ),
)
