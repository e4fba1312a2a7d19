"""The list of members as a workbook: its columns, and the words in them."""

from __future__ import annotations

from bontot.services.members import MemberLine
from bontot.workbook import Column

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
COLUMNS = (
    Column[MemberLine]("Họ và tên", lambda line: line.full_name),
    Column[MemberLine]("Năm sinh", lambda line: line.birth_year),
    Column[MemberLine]("Chi bộ", lambda line: line.cell_name),
    Column[MemberLine]("Trực thuộc", lambda line: line.above),
    Column[MemberLine]("Công việc", lambda line: EMPLOYMENT[line.employment]),
    Column[MemberLine]("Đảng viên", lambda line: "Chính thức" if line.official else "Dự bị"),
    Column[MemberLine]("Tình trạng", lambda line: tuple(MEMBER_STATES[state] for state in line.states)),
)
