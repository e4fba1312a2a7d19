"""The events other programs may be told of, and which entry of the trail is which event.

The list is closed and documented. An event names its record by its public id and by the address at which the API answers of
it; what the record says is read there, under an access token.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from bontot.services.people.events import ENDS

ROOT = "/api/v1"


class Audience(StrEnum):
    """Who of a committee's addresses hears of an event: those whose reach covers the record's place, those that reach the
    committee whole, or all."""

    PLACE = "place"
    WHOLE = "whole"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of event: its words; which table's record it is about; where the API answers of it, "" where it does not. In an
    address `{id}` is the record's public id."""

    words: str
    subject: str
    path: str = ""
    audience: Audience = Audience.PLACE

    @property
    def href(self) -> str:
        """The address in the API, or ""."""
        return f"{ROOT}{self.path}" if self.path else ""


MEMBER, MEETING, TASK = "/members/{id}", "/meetings/{id}", "/tasks/{id}"
PAPER, DOSSIER = "/papers/{id}", "/recognitions/{id}"
VERDICT, TEST = "verdict.changed", "test"
OVERDUE = "task.overdue"
KINDS: Mapping[str, Kind] = {
    "member.recorded": Kind("Kết nạp, ghi đảng viên mới", "member", MEMBER),
    "member.changed": Kind("Hồ sơ đảng viên thay đổi", "member", MEMBER),
    "member.ended": Kind("Đảng viên thôi sinh hoạt ở đảng bộ", "member", MEMBER),
    "member.withdrawn": Kind("Bỏ một đảng viên ghi nhầm", "member"),
    "organisations.changed": Kind(
        "Tổ chức đảng được lập, đổi hoặc kết thúc", "organisation_event", "/organisations", Audience.WHOLE
    ),
    "meeting.recorded": Kind("Ghi nhận một buổi sinh hoạt", "meeting", MEETING),
    "meeting.corrected": Kind("Sửa hồ sơ một buổi sinh hoạt", "meeting", MEETING),
    "meeting.handed_over": Kind("Khóa, gửi, nhận hoặc trả lại hồ sơ buổi", "meeting", MEETING),
    "meeting.withdrawn": Kind("Bỏ một buổi ghi nhầm", "meeting"),
    "task.changed": Kind("Nhiệm vụ được báo, xong, sửa hoặc mở lại", "task", TASK),
    OVERDUE: Kind("Nhiệm vụ quá hạn", "task", TASK),
    "fees.changed": Kind(
        "Ghi, sửa hoặc bỏ lần thu đảng phí của chi bộ", "organisation", "/fees?organisation={id}"
    ),
    "fee.corrected": Kind("Sửa đảng phí của một đảng viên", "member", "/fees?member={id}"),
    "evaluation.finished": Kind("Đánh giá xong một năm", "evaluation_run", "/evaluations/{id}", Audience.ALL),
    VERDICT: Kind(
        "Kết quả của một đảng viên hoặc tổ chức đổi khác",
        "verdict",
        "/evaluations/{run}/{nouns}/{id}?standing=true",
    ),
    "threshold.changed": Kind("Đảng bộ đổi một mức", "threshold_override", "/plans", Audience.ALL),
    "paper.issued": Kind("Ban hành một văn bản", "issued_paper", PAPER),
    "paper.cancelled": Kind("Hủy một văn bản đã ban hành", "issued_paper", PAPER),
    "recognition.decided": Kind(
        "Quyết định công nhận hoặc không công nhận danh hiệu", "recognition_case", DOSSIER
    ),
    "recognition.revoked": Kind("Thu hồi danh hiệu", "recognition_case", DOSSIER),
    "recognition.corrected": Kind("Bỏ một bước xét danh hiệu ghi nhầm", "recognition_case", DOSSIER),
    "import.applied": Kind("Nhập xong một tệp Excel", "import_batch", audience=Audience.WHOLE),
    "import.undone": Kind("Bỏ một lần nhập tệp Excel", "import_batch", audience=Audience.WHOLE),
}
"""By name, in the order in which they are shown. A workbook taken in is one event, whatever it holds."""
TRY = Kind("Tin gửi thử", "", audience=Audience.ALL)
"""What is sent when an administrator tries an address; nobody asks for it."""

_OF_ACTIONS: Mapping[str, str] = {
    "record_organisation_event": "organisations.changed",
    "take_back_organisation_event": "organisations.changed",
    "record_meeting": "meeting.recorded",
    "change_meeting": "meeting.corrected",
    "amend_meeting": "meeting.corrected",
    "score_meeting": "meeting.corrected",
    "closed_meeting": "meeting.handed_over",
    "submitted_meeting": "meeting.handed_over",
    "received_meeting": "meeting.handed_over",
    "returned_meeting": "meeting.handed_over",
    "remarked_meeting": "meeting.handed_over",
    "withdraw_meeting": "meeting.withdrawn",
    "finish_task": "task.changed",
    "reopen_task": "task.changed",
    "follow_up_task": "task.changed",
    "change_task": "task.changed",
    "report_task": "task.changed",
    "record_fees": "fees.changed",
    "take_back_fees": "fees.changed",
    "receive_fees": "fees.changed",
    "correct_fee": "fee.corrected",
    "finish_evaluation": "evaluation.finished",
    "set_threshold": "threshold.changed",
    "issue_paper": "paper.issued",
    "cancel_paper": "paper.cancelled",
    "revoke_recognition": "recognition.revoked",
    "take_back_recognition_step": "recognition.corrected",
    "apply_import": "import.applied",
    "undo_import": "import.undone",
}
GONE = "gone"
"""In the detail of an entry of the trail: the `public_id` and `place` of a record that is no more."""
DECIDED = ("recognised", "not_recognised")
"""What a step of the recognition comes to when it is the one that decides."""


def kind_of(action: str, detail: Mapping[str, Any]) -> str | None:
    """Which event an entry of the trail is; None for one that nobody is told of."""
    if action == "record_member_event":
        if detail["kind"] == "admission":
            return "member.recorded"
        return "member.ended" if detail["kind"] in ENDS else "member.changed"
    if action == "take_back_member_event":
        return "member.withdrawn" if GONE in detail else "member.changed"
    if action == "take_recognition_step":
        return "recognition.decided" if detail["outcome"] in DECIDED else None
    return _OF_ACTIONS.get(action)
