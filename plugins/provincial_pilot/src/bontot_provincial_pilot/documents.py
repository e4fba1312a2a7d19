"""The documents the pilot stands on, and the places in them."""

from __future__ import annotations

from datetime import date

from bontot.plugin import Clause, Reference

SINCE = date(2023, 4, 7)
"""The day of the plan; it names no other day of effect."""

ISSUER = "Đảng ủy Các cơ quan tỉnh"
PLAN = Reference(
    key="kh104",
    kind="Kế hoạch",
    number="104-KH/ĐU",
    issuer=ISSUER,
    issued_on=SINCE,
    subject="thực hiện thí điểm mô hình “Chi bộ bốn tốt”",
    in_force_from=SINCE,
)
MEETING_GUIDANCE = Reference(
    key="hd08",
    kind="Hướng dẫn",
    number="08-HD/ĐU",
    issuer=ISSUER,
    issued_on=date(2018, 8, 23),
    subject="một số vấn đề về nâng cao chất lượng sinh hoạt chi bộ",
    in_force_from=date(2018, 8, 23),
)
PROGRAMME = Reference(
    key="ctr17",
    kind="Chương trình hành động",
    number="17-CTr/TU",
    issuer="Tỉnh ủy",
    issued_on=date(2022, 8, 30),
    subject="thực hiện Nghị quyết số 21-NQ/TW",
    in_force_from=date(2022, 8, 30),
)
RESOLUTION = Reference(
    key="nq21",
    kind="Nghị quyết",
    number="21-NQ/TW",
    issuer="Ban Chấp hành Trung ương (khóa XIII)",
    issued_on=date(2022, 6, 16),
    subject="tăng cường củng cố, xây dựng tổ chức cơ sở đảng và nâng cao chất lượng đội ngũ đảng viên trong giai đoạn mới",
    in_force_from=date(2022, 6, 16),
)

SELECTION = Clause(PLAN.key, "lựa chọn chi bộ thí điểm", "001:3")
FOUR = Clause(PLAN.key, "hướng dẫn thực hiện, bốn nội dung của “Chi bộ bốn tốt”", "001:11")


def _place(content: str, paragraph: int, line: int) -> Clause:
    return Clause(PLAN.key, f"hướng dẫn thực hiện, {content}, đoạn {paragraph}", f"001:{line}")


TASK = Clause(PLAN.key, "hướng dẫn thực hiện, Hoàn thành tốt nhiệm vụ chính trị", "001:15")
TASK_1, TASK_2, TASK_3, TASK_4 = (
    _place("Hoàn thành tốt nhiệm vụ chính trị", paragraph, line)
    for paragraph, line in enumerate((17, 19, 21, 23), 1)
)
MEETING = Clause(PLAN.key, "hướng dẫn thực hiện, Chất lượng sinh hoạt tốt", "001:25")
MEETING_1, MEETING_2 = (
    _place("Chất lượng sinh hoạt tốt", paragraph, line) for paragraph, line in enumerate((27, 29), 1)
)
UNITY = Clause(PLAN.key, "hướng dẫn thực hiện, Đoàn kết, kỷ luật tốt", "001:31")
UNITY_1, UNITY_2, UNITY_3 = (
    _place("Đoàn kết, kỷ luật tốt", paragraph, line) for paragraph, line in enumerate((33, 35, 37), 1)
)
MEMBERS = Clause(PLAN.key, "hướng dẫn thực hiện, Đảng viên tốt", "001:39")
MEMBERS_1, MEMBERS_2 = (
    _place("Đảng viên tốt", paragraph, line) for paragraph, line in enumerate((41, 43), 1)
)
