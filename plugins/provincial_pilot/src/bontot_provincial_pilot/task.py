"""(1) Lãnh đạo thực hiện nhiệm vụ chính trị tốt."""

from __future__ import annotations

from bontot.plugin import Criterion, Evidence, Measure, judged, zero
from bontot_provincial_pilot import documents as at

RESULT = "Kết quả lãnh đạo thực hiện chương trình, kế hoạch công tác (nghị quyết) năm"

CRITERIA: tuple[Criterion, ...] = (
    judged(
        "prov.1.party_building",
        f"{RESULT} về công tác xây dựng Đảng",
        (at.TASK_1,),
        Evidence(
            label="Chương trình công tác năm đã hoàn thành", measure=Measure(metric="programme_items_done")
        ),
    ),
    judged("prov.1.political_system", f"{RESULT} về xây dựng hệ thống chính trị", (at.TASK_1,)),
    judged("prov.1.professional", f"{RESULT} về thực hiện nhiệm vụ chuyên môn", (at.TASK_1,)),
    judged("prov.1.defence_security", f"{RESULT} về bảo đảm quốc phòng - an ninh", (at.TASK_1,)),
    judged(
        "prov.1.jobs_income",
        f"{RESULT} về việc làm, thu nhập cho người lao động",
        (at.TASK_1,),
        may_be_not_applicable=True,
    ),
    judged(
        "prov.1.tax",
        f"{RESULT} về hoàn thành nghĩa vụ nộp thuế đối với Nhà nước",
        (at.TASK_1,),
        may_be_not_applicable=True,
    ),
    judged(
        "prov.1.innovation",
        "Phát huy tính chủ động, sáng tạo, đổi mới lề lối, tác phong, phương pháp làm việc khoa học, nâng cao hiệu quả "
        "công tác, năng suất lao động",
        (at.TASK_2,),
        Evidence(label="Sáng kiến trong năm", measure=Measure(metric="initiatives")),
    ),
    judged(
        "prov.1.exemplary_head",
        "Tập thể cấp ủy, người đứng đầu cấp ủy nghiêm túc thực hiện các quy định về trách nhiệm nêu gương, đề cao vai "
        "trò lãnh đạo, chỉ đạo và phối hợp thực hiện hoàn thành tốt nhiệm vụ chính trị",
        (at.TASK_3,),
    ),
    judged(
        "prov.1.assignment",
        "Phân công nhiệm vụ cho tổ đảng, cán bộ, đảng viên",
        (at.TASK_3,),
        Evidence(label="Nhiệm vụ có người được phân công", measure=Measure(metric="task_assigned")),
    ),
    judged(
        "prov.1.follow_up",
        "Thường xuyên kiểm tra, đôn đốc việc thực hiện nhiệm vụ được giao",
        (at.TASK_3,),
        Evidence(label="Nhiệm vụ được kiểm tra, đôn đốc", measure=Measure(metric="task_followed_up")),
    ),
    zero(
        "prov.1.no_backlog",
        "Đảm bảo không bỏ sót, tồn đọng công việc",
        (at.TASK_3,),
        Measure(metric="task_overdue"),
    ),
    judged(
        "prov.1.degradation_hcm",
        "Lãnh đạo, chỉ đạo thực hiện đấu tranh ngăn chặn, đẩy lùi những biểu hiện suy thoái về tư tưởng chính trị, đạo "
        "đức, lối sống, “tự diễn biến”, “tự chuyển hóa” trong nội bộ gắn với đẩy mạnh học tập và làm theo tư tưởng, đạo "
        "đức, phong cách Hồ Chí Minh",
        (at.TASK_4,),
    ),
    judged(
        "prov.1.anticorruption",
        "Công tác đấu tranh phòng, chống tham nhũng, tiêu cực, lãng phí",
        (at.TASK_4,),
    ),
)
