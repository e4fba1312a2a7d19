"""The reader's words for stored values, and the state each of them shows."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from bontot.access import ROLE_WORDS
from bontot.db.models.member import RATINGS as RATING_LEVELS
from bontot.evaluation.words import OUTCOMES as OUTCOME_WORDS
from bontot.policy import words as policy_words
from bontot.policy.calendar import Misfit, MonthStatus
from bontot.policy.terms import Outcome
from bontot.policy.words import ORGANISATION_TYPES as ORGANISATION_TYPES
from bontot.policy.words import RATINGS
from bontot.policy.words import SECTORS as SECTORS
from bontot.services.directives import DirectiveLine, DirectiveView
from bontot.services.meetings import BAND_WORDS
from bontot.services.roster import EMPLOYMENT as EMPLOYMENT
from bontot.services.roster import MEMBER_STATES as MEMBER_STATES
from bontot.services.scores import STAGE_WORDS


class Mark(NamedTuple):
    """A state as it is shown: `tone` chooses colour and icon (good, warn, bad, none, off, now), `words` say it."""

    tone: str
    words: str


_TONES = {
    Outcome.MET: "good",
    Outcome.NOT_MET: "bad",
    Outcome.NOT_APPLICABLE: "off",
    Outcome.NO_DATA: "none",
    Outcome.ERROR: "warn",
}
OUTCOMES = {outcome: Mark(_TONES[outcome], words) for outcome, words in OUTCOME_WORDS.items()}

MONTHS = {
    MonthStatus.ON_SCHEDULE: Mark("good", "Đúng lịch"),
    MonthStatus.WITHIN_DEADLINE: Mark("good", "Trong hạn"),
    MonthStatus.TOO_EARLY: Mark("warn", "Họp sớm quá"),
    MonthStatus.LATE: Mark("bad", "Họp quá hạn"),
    MonthStatus.MISSING: Mark("bad", "Không họp"),
    MonthStatus.EXCUSED_BY_SUPERIOR: Mark("off", "Được hoãn"),
    MonthStatus.NOT_REQUIRED: Mark("off", "Không tính"),
    MonthStatus.UPCOMING: Mark("none", "Sắp tới"),
    MonthStatus.DUE: Mark("now", "Đến kỳ họp"),
    MonthStatus.OVERDUE: Mark("bad", "Chưa họp, quá hạn"),
}

MEETING_KINDS = {
    "regular": "Thường kỳ",
    "thematic": "Chuyên đề",
    "extraordinary": "Bất thường",
    "congress": "Đại hội",
    "cell_committee_meeting": "Họp chi ủy",
}

MEETING_STEPS = {
    "preparation": "Chuẩn bị: phân công, họp chi ủy, thông báo, gửi tài liệu",
    "opening": "Mở đầu: lý do, thư ký, điểm danh, đảng phí, chương trình",
    "conduct": "Tiến hành: kiểm điểm tháng trước, thông tin, thảo luận, phê bình",
    "closing": "Kết thúc: tổng hợp, giao việc, biểu quyết, thông qua biên bản",
    "after": "Sau buổi họp: ký, lưu, báo cáo cấp trên",
}

BAND_MARKS = {
    "good": Mark("good", "Tốt"),
    "fair": Mark("good", "Khá"),
    "average": Mark("warn", "Trung bình"),
    "poor": Mark("bad", "Kém"),
}

ATTENDANCE = {
    1: Mark("good", "Có mặt"),
    2: Mark("warn", "Vắng có lý do"),
    3: Mark("bad", "Vắng không lý do"),
    4: Mark("good", "Đến muộn"),
}

UNMARKED = Mark("none", "Chưa điểm danh")

POSTS = {
    "secretary": "Bí thư",
    "deputy_secretary": "Phó bí thư",
    "committee_member": "Ủy viên",
    "assigned_superior": "Cấp ủy viên được phân công theo dõi",
}

ENDS = {
    "transferred_out": "Đã chuyển sinh hoạt đi",
    "removed": "Đã xóa tên",
    "expelled": "Đã khai trừ",
    "resigned": "Đã xin ra khỏi Đảng",
    "deceased": "Đã từ trần",
}

EVENTS = {
    "admission": "Kết nạp đảng viên",
    "recognition": "Công nhận đảng viên chính thức",
    "official_transfer": "Chuyển sinh hoạt chính thức",
    "temporary_transfer": "Chuyển sinh hoạt tạm thời",
    "return": "Trở về sau chuyển sinh hoạt tạm thời",
    "exempt": "Miễn công tác và sinh hoạt đảng",
    "suspended": "Đình chỉ sinh hoạt",
    "special_duty": "Làm nhiệm vụ đặc biệt",
    "seconded_abroad": "Công tác nước ngoài",
    "resumption": "Trở lại sinh hoạt",
    "post": "Nhận chức vụ",
    "end_of_post": "Thôi chức vụ",
    "residence_link": "Giới thiệu về nơi cư trú",
    "residence_remark": "Nhận xét của nơi cư trú",
    "party_badge": "Tặng Huy hiệu Đảng",
    "transferred_out": "Chuyển ra ngoài đảng bộ",
    "removed": "Xóa tên",
    "expelled": "Khai trừ",
    "resigned": "Xin ra khỏi Đảng",
    "deceased": "Từ trần",
}

ORIGINS = {origin.value: said for origin, said in policy_words.ORIGINS.items()}

JUDGMENT_STAGES = {stage.value: said for stage, said in policy_words.STAGE_WORDS.items()}

ROLES = {role.value: said for role, said in ROLE_WORDS.items()}

ORGANISATION_EVENTS = {
    "establish": "Thành lập tổ chức mới",
    "rename": "Đổi tên, đổi mã",
    "retype": "Đổi loại hình, lĩnh vực",
    "reparent": "Chuyển cấp trên trực tiếp",
    "merge": "Sáp nhập, hợp nhất",
    "split": "Chia, tách",
    "dissolve": "Giải thể",
    "reorganise": "Sắp xếp nhiều tổ chức",
}

ORGANISATION_FIELDS = {
    "name": "Tên",
    "code": "Mã",
    "type": "Loại hình",
    "sector": "Lĩnh vực",
    "parent": "Trực thuộc",
}

COUNTS = {
    "headcount": "Danh sách đảng viên",
    "attendance": "Phải dự họp (mẫu số điểm danh)",
    "voting": "Được biểu quyết",
}

TASK_ORIGINS = {
    "resolution": "Nghị quyết chi bộ",
    "directive": "Chỉ đạo của cấp trên",
    "programme": "Chương trình công tác",
    "initiative": "Chi bộ đề ra",
}

JOB_KINDS = {
    "evaluation": "Đánh giá",
    "import": "Nhập dữ liệu",
    "trial": "Thử thay đổi",
    "reminders": "Nhắc lịch sinh hoạt",
    "letters": "Gửi thư nhắc",
    "papers": "In văn bản",
    "sheet": "Xuất bảng tính",
    "webhooks": "Báo tin cho phần mềm khác",
}

DAY_KINDS = {
    "statutory": "Ngày lễ",
    "compensatory": "Nghỉ bù",
    "swapped_off": "Nghỉ hoán đổi",
    "worked_saturday": "Làm bù",
}
MISFITS = {
    Misfit.WAIVED: "Mời vào tháng được nghỉ",
    Misfit.EARLY: "Mời quá sớm",
    Misfit.LATE: "Mời sau hạn",
    Misfit.OTHER_DAY: "Mời khác ngày ấn định",
}
"""What is wrong with an invitation, beside the month it does not fit."""
OWN_DAY_KINDS = {**DAY_KINDS, "not_off": "Không nghỉ, làm việc như thường"}

FEE_CHANNELS = {
    "cash": "Tiền mặt tại chi bộ",
    "portal": "Cổng Dịch vụ công quốc gia",
}

SCORE_STAGES = STAGE_WORDS

SUBMISSIONS = {
    "due": Mark("now", "Đã khóa, chưa gửi"),
    "submitted": Mark("now", "Đã gửi, chờ tiếp nhận"),
    "returned": Mark("bad", "Cấp trên trả lại"),
    "changed": Mark("warn", "Đã sửa, cần gửi lại"),
    "received": Mark("good", "Cấp trên đã tiếp nhận"),
}

RECORDS = {
    "open": ("Ghi tiếp và khóa hồ sơ", Mark("none", "Đang mở")),
    "due": ("Gửi hồ sơ lên cấp trên", Mark("now", "Đã khóa")),
    "returned": ("Sửa hồ sơ bị trả lại", Mark("bad", "Trả lại")),
    "changed": ("Gửi lại hồ sơ đã sửa", Mark("warn", "Cần gửi lại")),
}

WAYS = {"moi-gui": "Mới gửi lên", "cho-sua": "Chờ chi bộ sửa", "chua-gui": "Đã khóa, chưa gửi"}

ANSWERS = {
    "received": "Tiếp nhận hồ sơ",
    "returned": "Trả lại để chi bộ sửa",
    "remarked": "Chỉ ghi nhận xét",
}
ANSWERED = {
    "received": "Đã tiếp nhận hồ sơ buổi họp.",
    "returned": "Đã trả lại hồ sơ để chi bộ sửa.",
    "remarked": "Đã ghi nhận xét.",
}
VOICES = {"superior": "Cấp ủy cấp trên", "assigned": "Cấp ủy viên được phân công theo dõi chi bộ"}
ACTS = {
    "closed": "Khóa hồ sơ",
    "submitted": "Gửi cấp trên",
    "returned": "Cấp trên trả lại",
    "received": "Cấp trên tiếp nhận",
    "remarked": "Nhận xét",
}

DIRECTIVE_LISTS = {"cho-xem": "Chờ cấp trên xem", "chua-tra-loi": "Chưa trả lời", "da-xong": "Đã xong"}
DIRECTIVE_ACTS = {
    "answer_directive": "Chi bộ trả lời",
    "received_directive": "Cấp trên nhận trả lời",
    "returned_directive": "Cấp trên trả lại",
}


def directive_mark(found: DirectiveView | DirectiveLine, today: date) -> Mark:
    """How a superior's document stands."""
    late = found.overdue(today)
    if found.answered_on is None:
        if found.submission == "returned":
            return Mark("bad", "Cấp trên trả lại")
        return Mark("bad", "Quá hạn, chưa trả lời") if late else Mark("none", "Chưa trả lời")
    if found.submission == "submitted":
        return Mark("now", "Đã trả lời, chờ cấp trên xem")
    said = "Cấp trên đã nhận" if found.submission == "received" else "Đã trả lời"
    return Mark("warn", f"{said}, trễ hạn") if late else Mark("good", said)


TASK_ACTS = {
    "finish_task": "Ghi đã xong",
    "reopen_task": "Mở lại",
    "follow_up_task": "Đôn đốc",
    "change_task": "Sửa nhiệm vụ",
    "report_task": "Người làm báo đã xong",
}
TASK_LISTS = {"open": "Đang làm", "overdue": "Quá hạn", "done": "Đã xong"}

MEETING_BANDS = BAND_WORDS

LEVELS = {level: RATINGS[rank] for rank, level in enumerate(RATING_LEVELS, 1)}
"""The levels of the yearly rating, the lowest first."""
SHORT_LEVELS = {
    "excellent": "Xuất sắc",
    "good": "Tốt",
    "completed": "Hoàn thành",
    "not_completed": "Không hoàn thành",
}
LEVEL_MARKS = {
    "excellent": Mark("good", LEVELS["excellent"]),
    "good": Mark("good", LEVELS["good"]),
    "completed": Mark("warn", LEVELS["completed"]),
    "not_completed": Mark("bad", LEVELS["not_completed"]),
    "": Mark("none", "Chưa xếp loại"),
}
