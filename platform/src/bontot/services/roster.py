"""How states and employments of members are called."""

from __future__ import annotations

MEMBER_STATES = {
    "exempt": "Miễn công tác và sinh hoạt đảng",
    "suspended": "Đình chỉ sinh hoạt",
    "temporarily_out": "Chuyển sinh hoạt tạm thời",
    "special_duty": "Làm nhiệm vụ đặc biệt",
    "seconded_abroad": "Công tác nước ngoài",
}
EMPLOYMENT = {
    "working": "Đang công tác",
    "retired": "Nghỉ hưu",
    "studying": "Đang học",
    "other": "Khác",
}
