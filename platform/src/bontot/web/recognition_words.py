"""The end of the year in words: how a subject stands, what a step came to, where a dossier is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from bontot.policy.recognition import SECRET
from bontot.policy.terms import Outcome, Subject
from bontot.services.recognition.dossiers import StepLine, state_of
from bontot.services.recognition.lines import Line
from bontot.services.recognition.titles import StepTerm, Title
from bontot.web.words import Mark

CONDITIONS = {
    Outcome.MET: Mark("good", "Đủ điều kiện"),
    Outcome.NOT_MET: Mark("bad", "Chưa đủ"),
    Outcome.NOT_APPLICABLE: Mark("off", "Không xét"),
    Outcome.NO_DATA: Mark("none", "Thiếu dữ liệu"),
    Outcome.ERROR: Mark("warn", "Lỗi khi tính"),
}
"""How a subject stands by the evaluation, seen from the title."""
CAME = {
    "done": Mark("good", "Đã làm"),
    "agreed": Mark("good", "Đồng ý"),
    "disagreed": Mark("warn", "Không đồng ý"),
    "carried": Mark("good", "Đủ phiếu tán thành"),
    "lost": Mark("bad", "Không đủ phiếu"),
    "recognised": Mark("good", "Công nhận"),
    "not_recognised": Mark("bad", "Không công nhận"),
}
"""What a step came to."""
STATES = {
    "open": Mark("now", "Đang xét"),
    "stopped": Mark("bad", "Không được công nhận"),
    "gone": Mark("off", "Không xét nữa"),
    "holding": Mark("good", "Đang giữ danh hiệu"),
    "expired": Mark("none", "Hết thời hạn"),
    "revoked": Mark("bad", "Đã thu hồi"),
}
"""Where a dossier is."""
STEPS = {
    "next": Mark("now", "Đến lượt"),
    "overdue": Mark("bad", "Quá hạn"),
    "later": Mark("off", "Chưa đến lượt"),
    "off": Mark("off", "Không làm nữa"),
}
"""Where a step is that was not taken."""
LACKING = Mark("warn", "Còn thiếu")
"""What a step came to that did not lay down all it should."""
METHODS = {SECRET: "bỏ phiếu kín", "show_of_hands": "giơ tay"}
CHANGES = {
    "gained": Mark("good", "Mới được công nhận"),
    "lost": Mark("bad", "Không còn"),
    "kept": Mark("now", "Giữ được"),
}
"""A year against the one before."""
UNDECIDED = Mark("off", "Chưa quyết định")
"""Of a year in which nobody holds the title yet."""
SUBJECTS = {
    Subject.MEMBER: "đảng viên",
    Subject.CELL: "chi bộ",
    Subject.BASE_ORGANISATION: "đảng bộ cơ sở",
}


def called(title: Title, titles: Sequence[Title], words: str = "") -> str:
    """A title, or `words` for it; with its plan where several plans grant one of that name in the year."""
    several = sum((one.name, one.year) == (title.name, title.year) for one in titles) > 1
    return (
        f"{words or title.name} · {title.header.rules.label.partition(',')[0]}"
        if several
        else words or title.name
    )


def came(step: StepLine) -> Mark:
    """What a step came to, or where it is; "done" only once all is there that it lays down."""
    if step.taken is None:
        return STEPS[step.state]
    return LACKING if step.lacking and step.taken.outcome == "done" else CAME[step.taken.outcome]


def happened(title: Title, line: Line, today: date) -> str:
    """That a subject is no more, or is not considered any more; empty where it goes on."""
    said = []
    if line.ended_on and line.ended_on <= today:
        whose = SUBJECTS[title.scheme.subject]
        over = "không còn trong danh sách đảng viên" if title.of_members else f"{whose} đã kết thúc"
        said.append(f"{over} từ ngày {line.ended_on:%d/%m/%Y}")
    if not line.considered:
        said.append(f"không còn thuộc diện xét năm {title.year}")
    words = ", ".join(said)
    return words[:1].upper() + words[1:]


def progress(title: Title, line: Line, today: date) -> Mark:
    """Where the dossier of a line is, by the step it waits for."""
    if line.to_revoke:
        return Mark("warn", "Cần xét thu hồi")
    state = state_of(line, today)
    if state != "open":
        return STATES[state]
    awaited = line.awaits(title)
    if awaited and awaited.due and awaited.due < today:
        return Mark("bad", f"Quá hạn bước {awaited.number}")
    return Mark("now" if line.taken else "off", f"Chờ bước {awaited.number}" if awaited else "Đã xong")


def due_mark(term: StepTerm, waiting: int, today: date) -> Mark:
    """How a step stands when so many wait for it."""
    if not waiting:
        return Mark("off", "Không ai chờ")
    if term.due is None:
        return Mark("now", "Đang chờ")
    if term.due < today:
        return Mark("bad", "Quá hạn")
    return Mark("warn" if (term.due - today).days <= 7 else "now", f"Còn {(term.due - today).days} ngày")
