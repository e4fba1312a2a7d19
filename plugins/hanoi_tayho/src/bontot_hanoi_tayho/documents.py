"""The documents the plans stand on, and the places in them."""

from __future__ import annotations

from datetime import date

from bontot.plugin import Clause, Reference

SINCE = date(2023, 1, 27)
"""Both plans are of this day; neither names another day of effect."""

PLAN = Reference(
    key="kh118",
    kind="Kế hoạch",
    number="118-KH/QU",
    issuer="Ban Thường vụ Quận ủy Tây Hồ",
    issued_on=SINCE,
    subject="xây dựng “Chi bộ bốn tốt”, “Đảng viên bốn tốt”",
    in_force_from=SINCE,
)
CITY = Reference(
    key="da11",
    kind="Đề án",
    number="11-ĐA/TU",
    issuer="Ban Thường vụ Thành ủy Hà Nội",
    issued_on=date(2021, 12, 6),
    subject="nâng cao chất lượng sinh hoạt chi bộ thuộc Đảng bộ thành phố Hà Nội trong tình hình mới",
    in_force_from=date(2021, 12, 6),
)
DISTRICT = Reference(
    key="da06",
    kind="Đề án",
    number="06-ĐA/QU",
    issuer="Quận ủy Tây Hồ",
    issued_on=date(2021, 3, 22),
    subject="nâng cao chất lượng sinh hoạt cấp ủy và sinh hoạt chi bộ đảng giai đoạn 2021 - 2025",
    in_force_from=date(2021, 3, 22),
    in_force_until=date(2026, 1, 1),
)
WARD = Reference(
    key="kh55",
    kind="Kế hoạch",
    number="55",
    issuer="Đảng ủy phường Bưởi",
    issued_on=SINCE,
    subject="xây dựng “Chi bộ bốn tốt”, “Đảng viên bốn tốt”",
    in_force_from=SINCE,
)

PURPOSE = Clause(PLAN.key, "mục đích", "000:21")
CELL = Clause(PLAN.key, "các tiêu chí cơ bản xây dựng “Chi bộ bốn tốt”", "000:27")
CELL_TASK = Clause(
    PLAN.key, "Chi bộ bốn tốt, tiêu chí Lãnh đạo hoàn thành tốt các nhiệm vụ chính trị", "000:33"
)
CELL_MEETING = Clause(PLAN.key, "Chi bộ bốn tốt, tiêu chí Chất lượng sinh hoạt chi bộ tốt", "000:39")
MEETING_DAY = Clause(PLAN.key, "Chi bộ bốn tốt, tiêu chí Chất lượng sinh hoạt, điểm (1)", "000:39(1)")
ATTENDANCE = Clause(PLAN.key, "Chi bộ bốn tốt, tiêu chí Chất lượng sinh hoạt, điểm (2)", "000:39(2)")
DISCUSSION = Clause(PLAN.key, "Chi bộ bốn tốt, tiêu chí Chất lượng sinh hoạt, điểm (3)", "000:39(3)")
RESOLUTION = Clause(PLAN.key, "Chi bộ bốn tốt, tiêu chí Chất lượng sinh hoạt, điểm (4)", "000:39(4)")
CELL_UNITY = Clause(PLAN.key, "Chi bộ bốn tốt, tiêu chí Dân chủ, đoàn kết, kỷ luật tốt", "000:45")
CELL_MEMBERS = Clause(PLAN.key, "Chi bộ bốn tốt, tiêu chí Đảng viên bốn tốt", "000:51")
MEMBER = Clause(PLAN.key, "các tiêu chí cơ bản xây dựng “Đảng viên bốn tốt”", "000:57")
MEMBER_1 = Clause(PLAN.key, "Đảng viên bốn tốt, đoạn 1", "000:63")
MEMBER_2 = Clause(PLAN.key, "Đảng viên bốn tốt, đoạn 2", "000:69")
MEMBER_3 = Clause(PLAN.key, "Đảng viên bốn tốt, đoạn 3", "000:75")
MEMBER_4 = Clause(PLAN.key, "Đảng viên bốn tốt, đoạn 4", "000:81")
IMPLEMENTATION = Clause(PLAN.key, "tổ chức thực hiện", "000:87")

WARD_HEADINGS = Clause(WARD.key, "bốn tiêu chí cơ bản xây dựng “Chi bộ bốn tốt”", "002:20")
WARD_CELL = Clause(WARD.key, "nội dung cụ thể của “Chi bộ bốn tốt”", "002:22")
WARD_MEMBER = Clause(WARD.key, "các tiêu chí cơ bản xây dựng “Đảng viên bốn tốt”", "002:24")
WARD_FOLLOW_UP = Clause(WARD.key, "phân công dự sinh hoạt, báo cáo và lưu hồ sơ", "002:40")
WARD_PLEDGE = Clause(WARD.key, "ký kết bản đăng ký phấn đấu", "002:44")
