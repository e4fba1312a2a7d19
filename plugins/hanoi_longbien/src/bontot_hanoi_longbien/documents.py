"""The plan, as far as it is known: from a ward's conference of 16/8/2023."""

from __future__ import annotations

from datetime import date

from bontot.plugin import Clause, Reference

SINCE = date(2023, 8, 8)
"""The day of the plan; it names no other day of effect."""

PLAN = Reference(
    key="kh185",
    kind="Kế hoạch",
    number="185-KH/QU",
    issuer="Quận ủy Long Biên",
    issued_on=SINCE,
    subject="triển khai thực hiện mô hình “Chi bộ bốn tốt”, “Đảng bộ cơ sở bốn tốt”",
    in_force_from=SINCE,
)
CORE = Clause(PLAN.key, "nội dung trọng tâm của mô hình", "004:10")
SUBJECTS = Clause(PLAN.key, "đối tượng áp dụng", "004:10")
BY_TYPE = Clause(
    PLAN.key, "căn cứ Điều lệ Đảng và chức năng, nhiệm vụ của từng loại hình tổ chức đảng", "004:10"
)
EXEMPLAR = Clause(PLAN.key, "yêu cầu đối với mô hình", "004:10")
METHOD = Clause(
    PLAN.key, "phương pháp đánh giá, xếp loại; thẩm quyền, quy trình, thời gian xét, công nhận", "004:10"
)
PURPOSE = Clause(PLAN.key, "mục đích", "004:14")

CONTENTS = (
    (1, "Lãnh đạo hoàn thành tốt nhiệm vụ chính trị, xây dựng Đảng, xây dựng hệ thống chính trị"),
    (2, "Chất lượng sinh hoạt tốt"),
    (3, "Đoàn kết, kỷ luật tốt"),
    (4, "Cán bộ, đảng viên tốt"),
)
"""The four contents, the same for a cell and for a base organisation."""
