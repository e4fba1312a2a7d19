"""The national documents. Nobody has held what is declared from them against the texts themselves; each clause says so."""

from __future__ import annotations

from datetime import date

from bontot.plugin import Reference

DEPARTMENT = "Ban Tổ chức Trung ương"

MEETINGS_2018 = Reference(
    key="hd12",
    kind="Hướng dẫn",
    number="12-HD/BTCTW",
    issuer=DEPARTMENT,
    issued_on=date(2018, 7, 6),
    subject="đánh giá chất lượng sinh hoạt chi bộ",
    in_force_from=date(2018, 7, 6),
    in_force_until=date(2025, 10, 28),
)
DIRECTIVE_2025 = Reference(
    key="ct50",
    kind="Chỉ thị",
    number="50-CT/TW",
    issuer="Ban Bí thư Trung ương Đảng",
    issued_on=date(2025, 7, 23),
    subject="tiếp tục nâng cao chất lượng sinh hoạt chi bộ",
    in_force_from=date(2025, 7, 23),
)
MEETINGS_2025 = Reference(
    key="hd42",
    kind="Hướng dẫn",
    number="42-HD/BTCTW",
    issuer=DEPARTMENT,
    issued_on=date(2025, 10, 28),
    subject="sinh hoạt chi bộ và chấm điểm chất lượng sinh hoạt chi bộ",
    in_force_from=date(2025, 10, 28),
)
RATING_2025 = Reference(
    key="qd366",
    kind="Quy định",
    number="366-QĐ/TW",
    issuer="Bộ Chính trị",
    issued_on=date(2025, 8, 30),
    subject="kiểm điểm, đánh giá, xếp loại chất lượng tập thể, cá nhân",
    in_force_from=date(2025, 8, 30),
)
RATING_GUIDANCE_2025 = Reference(
    key="hd43",
    kind="Hướng dẫn",
    number="43-HD/BTCTW",
    issuer=DEPARTMENT,
    issued_on=date(2025, 10, 31),
    subject="kiểm điểm, đánh giá, xếp loại chất lượng hằng năm",
    in_force_from=date(2025, 10, 31),
)
