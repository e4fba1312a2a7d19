"""(2) Đoàn kết, kỷ luật tốt."""

from __future__ import annotations

from bontot.plugin import Criterion, Evidence, Measure, Operator, judged, zero
from bontot_provincial_pilot import documents as at

CRITERIA: tuple[Criterion, ...] = (
    judged(
        "prov.2.solidarity",
        "Lãnh đạo, chỉ đạo thực hiện tốt việc chăm lo xây dựng và tăng cường đoàn kết nội bộ",
        (at.UNITY_1,),
    ),
    judged(
        "prov.2.welfare",
        "Quan tâm chăm lo đời sống vật chất, tinh thần của cán bộ, đảng viên, quần chúng, người lao động trong cơ quan, "
        "đơn vị",
        (at.UNITY_1,),
    ),
    judged(
        "prov.2.fair_management",
        "Công tâm, dân chủ, khách quan, minh bạch trong chỉ đạo điều hành",
        (at.UNITY_1,),
    ),
    judged(
        "prov.2.cooperation",
        "Cán bộ, đảng viên phối hợp công tác tốt với đồng chí, đồng nghiệp để trau dồi học hỏi kinh nghiệm, kỹ năng công "
        "tác, không ngừng tiến bộ",
        (at.UNITY_1,),
    ),
    judged(
        "prov.2.regulation",
        "Thực hiện nghiêm quy chế làm việc của cấp ủy, chi bộ",
        (at.UNITY_2,),
        Evidence(
            label="Số ngày trong năm có quy chế làm việc còn hiệu lực",
            measure=Measure(metric="regulation_days"),
            operator=Operator.AT_LEAST,
            threshold="prov.2.regulation",
        ),
    ),
    judged(
        "prov.2.principles",
        "Thực hiện các nguyên tắc tổ chức và sinh hoạt Đảng, nhất là nguyên tắc tập trung dân chủ, tự phê bình và phê "
        "bình; phát huy dân chủ đi đôi với giữ nghiêm kỷ luật, kỷ cương; tạo sự thống nhất về chính trị, tư tưởng, về ý "
        "chí và hành động; thực hiện tốt chế độ tập thể lãnh đạo, cá nhân phụ trách",
        (at.UNITY_2,),
    ),
    judged(
        "prov.2.member_conduct",
        "Cán bộ, đảng viên, nhất là người đứng đầu nêu cao tinh thần gương mẫu, trách nhiệm trong công tác, tham gia xây "
        "dựng Đảng, xây dựng khối đoàn kết nội bộ và bảo vệ chính trị nội bộ; gương mẫu chấp hành nghị quyết, chỉ thị, "
        "quyết định, sự phân công, điều động của tổ chức; thực hiện nền nếp chế độ sinh hoạt đảng, các nội quy, quy chế, "
        "quy định của tổ chức, cơ quan, đơn vị",
        (at.UNITY_2,),
    ),
    zero(
        "prov.2.no_complaints",
        "Tổ chức đảng, cơ quan, đơn vị và cá nhân không có đơn thư khiếu nại, tố cáo",
        (at.UNITY_3,),
        Measure(metric="complaints", parameters={"complaints_mode": "prov.2.no_complaints.mode"}),
    ),
    zero(
        "prov.2.no_violations",
        "Tổ chức đảng, cơ quan, đơn vị và cá nhân không vi phạm pháp luật, vi phạm quy chế, quy định bị xử lý kỷ luật",
        (at.UNITY_3,),
        Measure(metric="organisation_or_members_disciplined"),
    ),
)
