"""(3) Chất lượng sinh hoạt tốt. The body of the guidance treats it second."""

from __future__ import annotations

from bontot.plugin import Criterion, Evidence, Measure, Operator, judged, measured
from bontot_provincial_pilot import documents as at

ATTENDANCE = measured(
    "prov.3.attendance",
    "Tỷ lệ đảng viên dự sinh hoạt thường kỳ",
    (),
    Measure(
        metric="attendance",
        parameters={"excused": "attendance.excused", "aggregation": "attendance.aggregation"},
    ),
    Operator.AT_LEAST,
)
"""The plan gives no percentage: shown, and tested only where a committee sets one."""

CRITERIA: tuple[Criterion, ...] = (
    judged(
        "prov.3.regular_thematic",
        "Duy trì nền nếp sinh hoạt cấp ủy, chi bộ thường kỳ và chuyên đề đảm bảo tính lãnh đạo, tính giáo dục và tính "
        "chiến đấu",
        (at.MEETING_1,),
        Evidence(
            label="Số tháng chi bộ sinh hoạt thường kỳ",
            measure=Measure(metric="regular_meeting_monthly"),
            operator=Operator.AT_LEAST,
            threshold="prov.3.regular",
        ),
        Evidence(
            label="Số tháng cấp ủy họp",
            measure=Measure(metric="committee_meeting_monthly"),
            operator=Operator.AT_LEAST,
            threshold="prov.3.committee",
        ),
        Evidence(
            label="Số quý có sinh hoạt chuyên đề",
            measure=Measure(
                metric="thematic_quarters", parameters={"per_quarter": "prov.3.thematic.per_quarter"}
            ),
            operator=Operator.AT_LEAST,
            threshold="prov.3.thematic",
        ),
    ),
    judged(
        "prov.3.ideology",
        "Lãnh đạo, chỉ đạo thực hiện công tác tư tưởng, đề cao lý tưởng, mục tiêu cách mạng, ý thức tự phê bình và phê "
        "bình, đạo đức công vụ, trách nhiệm nêu gương của cán bộ, đảng viên",
        (at.MEETING_1,),
    ),
    judged(
        "prov.3.aspirations",
        "Kịp thời nắm bắt tâm tư, nguyện vọng của cán bộ, đảng viên",
        (at.MEETING_1,),
        Evidence(label="Tâm tư, nguyện vọng đã được trả lời", measure=Measure(metric="concerns_answered")),
    ),
    judged(
        "prov.3.supervision",
        "Tăng cường kiểm tra, giám sát hoạt động của cán bộ, đảng viên trong thực hiện nhiệm vụ được giao và thực hiện "
        "quy định thi hành Điều lệ Đảng",
        (at.MEETING_1,),
        Evidence(label="Kiểm tra, giám sát trong năm", measure=Measure(metric="inspections")),
    ),
    judged(
        "prov.3.hd08",
        "Thực hiện tốt Hướng dẫn số 08-HD/ĐU, ngày 23/8/2018 về một số vấn đề về nâng cao chất lượng sinh hoạt chi bộ",
        (at.MEETING_2,),
        Evidence(label="Hướng dẫn số 08-HD/ĐU, ngày 23/8/2018"),
    ),
    judged(
        "prov.3.review_quality",
        "Nâng cao chất lượng kiểm điểm, tự phê bình và phê bình, nhận diện biểu hiện suy thoái về tư tưởng, chính trị, "
        "đạo đức, lối sống, “tự diễn biến”, “tự chuyển hóa” trong sinh hoạt cấp ủy, chi bộ",
        (at.MEETING_2,),
    ),
    judged(
        "prov.3.commend",
        "Kịp thời biểu dương, khen thưởng đảng viên tiêu biểu trong học tập và làm theo tư tưởng, đạo đức, phong cách Hồ "
        "Chí Minh; đảng viên có ý tưởng, sáng kiến đổi mới, dám nghĩ, dám làm, tích cực tham gia đóng góp xây dựng chi bộ "
        "trong sạch, vững mạnh",
        (at.MEETING_2,),
        Evidence(label="Biểu dương, khen thưởng trong năm", measure=Measure(metric="commendations")),
    ),
    judged(
        "prov.3.handle_violations",
        "Xử lý nghiêm, kịp thời những cán bộ, đảng viên vi phạm Điều lệ Đảng, pháp luật của Nhà nước",
        (at.MEETING_2,),
        Evidence(label="Vi phạm đã được xử lý", measure=Measure(metric="violations_handled")),
    ),
    ATTENDANCE,
)
