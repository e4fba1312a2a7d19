"""Nhiệm vụ: what was asked of cells and people, and what they did."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Any

from bontot.db.models import (
    Commendation,
    Complaint,
    Concern,
    Directive,
    Discipline,
    Fee,
    FeePayment,
    FollowUp,
    Inspection,
    Regulation,
    Task,
    TaskAssignment,
    Training,
)
from bontot.imports.columns import Column, choice, day, days, last_day, mark, money, month, several, words
from bontot.imports.intake import Check, Intake, Many, SheetKind, Taken, fact
from bontot.imports.kinds.common import (
    CARD,
    CELL,
    CELL_IF_NEEDED,
    MEMBER,
    MEMBER_IF_ANY,
    ORGANISATION,
    meeting_kind,
)
from bontot.imports.on_record import Said
from bontot.imports.plan import Entity
from bontot.imports.register import Gathering, Org, Person, Unknown
from bontot.imports.table import Row

ORIGINS = {
    "Nghị quyết": "resolution",
    "Chỉ đạo": "directive",
    "Chương trình": "programme",
    "Sáng kiến": "initiative",
}
TRAININGS = {"Kỹ năng, nghiệp vụ": "skills", "Cập nhật kiến thức": "update"}
FORMS = {
    "Khiển trách": "reprimand",
    "Cảnh cáo": "warning",
    "Cách chức": "dismissal",
    "Khai trừ": "expulsion",
    "Giải tán": "dissolution",
}
FINDINGS = {"Đúng": True, "Sai": False, "Chưa kết luận": None}
REASONS = {
    "Học tập và làm theo Bác": "hcm_study",
    "Sáng kiến": "initiative",
    "Hoàn thành nhiệm vụ": "task",
    "Thi đua": "emulation",
    "Khác": "other",
}
_ASSIGNED = Many("assignees", TaskAssignment, "task_id", "member_id")
_CHECKED = Many("checked_on", FollowUp, "task_id", "checked_on")
INSPECTIONS = {"Kiểm tra": "inspection", "Giám sát": "supervision"}


def take_tasks(rows: list[Row], intake: Intake) -> None:
    """Enters each task with where it came from, who carries it and when it was checked."""
    taken = Taken(intake, Task, ("organisation_id", "title", "due_on", "meeting_id"), ("meeting_id",))
    for row in rows:
        org = intake.organisation(row)
        people = _assignees(row, org, intake) if org is not None else None
        if org is None or people is None:
            continue
        meeting = intake.gathering(row, org, "held_on") if "held_on" in row.values else None
        if meeting is None and "held_on" in row.values:
            continue
        values = row.values
        record = {
            "organisation_id": org,
            "meeting_id": meeting,
            "origin": values["origin"],
            "title": values["title"],
            "due_on": values["due_on"],
            "done_on": values.get("done_on"),
            "hard": values.get("hard", False),
        }
        known = taken.held(row, record, intake, partial(_said_of_task, row, meeting, people))
        if not known and intake.living(row, org, "due_on") and taken.free(row, record):
            task = Entity()
            intake.plan.add(Task, record, task)
            _ASSIGNED.add(people, task, intake.plan)
            _CHECKED.add(values.get("checked_on"), task, intake.plan)


def _said_of_task(
    row: Row, meeting: Gathering | None, people: tuple[Person, ...], task_id: int
) -> list[Said]:
    """What a row says of a task beside its own columns."""
    return [
        Said("held_on", meeting, Task, {"id": task_id}, ("meeting_id",)),
        _ASSIGNED.said(people, task_id),
        _CHECKED.said(row.get("checked_on"), task_id),
    ]


def _assignees(row: Row, org: Org, intake: Intake) -> tuple[Person, ...] | None:
    """Who carries the task, each once; None after reporting a name that leads nowhere."""
    people: dict[Person, None] = {}
    for written in row.get("assignees", ()):
        try:
            people[intake.register.person(written, org)] = None
        except Unknown as unknown:
            row.error("assignees", str(unknown))
            return None
    return tuple(people)


def _answered_in_order(first: str, last: str, sentence: str) -> Check:
    def check(row: Row, record: dict[str, Any], _: Intake) -> bool:
        if record.get(last) is None or record.get(first) is None or record[first] <= record[last]:
            return True
        row.error(last, sentence)
        return False

    return check


def _lasting(row: Row, record: dict[str, Any], _: Intake) -> bool:
    until = record.get("valid_to")
    if until is None or record["valid_from"] < until:
        return True
    row.error("valid_to", "Ngày hết hiệu lực trước ngày có hiệu lực.")
    return False


def _asked_or_exempt(row: Row, record: dict[str, Any], _: Intake) -> bool:
    """Who is exempt pays nothing."""
    if record.setdefault("exempt", False) and record["paid"]:
        row.error("exempt", "Đã ghi là được miễn thì không có số đã đóng; hãy sửa một trong hai.")
        return False
    return True


_FEE_LINES = fact(Fee, key=("member_id", "month"), check=_asked_or_exempt)


def take_fees(rows: list[Row], intake: Intake) -> None:
    """Enters each line of the ledger, and what was paid of it as a payment taken by the member's cell of that day."""
    before = len(intake.plan.rows.get(Fee, ()))
    _FEE_LINES(rows, intake)
    for line in intake.plan.rows.get(Fee, [])[before:]:
        home = _collecting(line["member_id"], line.get("paid_on") or line["month"])
        if line["paid"] and home is not None:
            intake.plan.add(
                FeePayment,
                {
                    "member_id": line["member_id"],
                    "month": line["month"],
                    "organisation_id": home,
                    "amount": line["paid"],
                    "paid_on": line.get("paid_on") or line["month"],
                    "entered_by": "sổ đã nhập",
                },
            )


def _collecting(person: Person, day: date) -> Org | None:
    """The cell where a member was at home on a day, else where he or she is now."""
    homes = [span for span in person.memberships if span.kind == "home" and span.holds(day)]
    span = homes[0] if homes else person.home
    return span.organisation if span else None


TASKS = SheetKind(
    "task",
    "Nhiệm vụ",
    (
        CELL,
        Column(
            "title",
            "Nội dung",
            words,
            required=True,
            also=("Nhiệm vụ", "Nội dung nhiệm vụ", "Chỉ tiêu, nhiệm vụ"),
        ),
        Column(
            "origin",
            "Nguồn",
            choice(ORIGINS, ("Kế hoạch", "programme")),
            required=True,
            also=("Xuất phát từ",),
        ),
        Column("held_on", "Ngày họp", day, past=True, also=("Từ buổi họp ngày",)),
        Column("kind", "Loại buổi họp", meeting_kind, also=("Loại", "Loại sinh hoạt")),
        Column("assignees", "Người thực hiện", several, also=("Phân công", "Đảng viên")),
        Column("due_on", "Hạn", day, required=True, also=("Hạn hoàn thành", "Thời hạn")),
        Column("done_on", "Ngày xong", day, past=True, also=("Ngày hoàn thành",)),
        Column("hard", "Nhiệm vụ khó", mark),
        Column("checked_on", "Ngày kiểm tra", days, past=True, also=("Kiểm tra tiến độ", "Đôn đốc")),
    ),
    take_tasks,
    beside=("Báo cáo cho",),
)
DIRECTIVES = SheetKind(
    "directive",
    "Chỉ đạo của cấp trên",
    (
        CELL,
        Column("number", "Số văn bản", words, required=True, also=("Số, ký hiệu",)),
        Column("subject", "Trích yếu", words, required=True, also=("Nội dung",)),
        Column("due_on", "Hạn trả lời", day, required=True, also=("Hạn", "Hạn báo cáo")),
        Column("answered_on", "Ngày trả lời", day, past=True, also=("Ngày báo cáo",)),
    ),
    fact(Directive, key=("organisation_id", "number", "due_on"), on="due_on"),
    ("Văn bản chỉ đạo",),
    beside=("Nơi nhận", "Tình trạng"),
)
FEES = SheetKind(
    "fee",
    "Đảng phí",
    (
        CELL_IF_NEEDED,
        MEMBER,
        CARD,
        Column("month", "Tháng", month, required=True, past=True),
        Column("due", "Phải đóng", money, required=True, also=("Số tiền phải đóng", "Mức đóng")),
        Column("paid", "Đã đóng", money, required=True, gist=True, also=("Số tiền đã đóng", "Đã nộp")),
        Column("paid_on", "Ngày đóng", day, past=True, also=("Ngày nộp",)),
        Column("exempt", "Miễn", mark, also=("Được miễn",)),
    ),
    take_fees,
    ("Thu đảng phí",),
    beside=("Năm sinh", "Còn thiếu", "Nợ các tháng trước"),
)
TRAININGS_TAKEN = SheetKind(
    "training",
    "Bồi dưỡng",
    (
        CELL_IF_NEEDED,
        MEMBER,
        CARD,
        Column(
            "kind",
            "Loại",
            choice(TRAININGS, ("Kỹ năng", "skills"), ("Nghiệp vụ", "skills"), ("Cập nhật", "update")),
            required=True,
            also=("Loại bồi dưỡng",),
        ),
        Column("completed_on", "Ngày", day, required=True, past=True, also=("Ngày hoàn thành",)),
        Column("title", "Tên lớp", words, required=True, also=("Nội dung", "Lớp bồi dưỡng")),
    ),
    fact(Training, key=("member_id", "kind", "completed_on", "title")),
    ("Bồi dưỡng nghiệp vụ",),
)
REGULATIONS = SheetKind(
    "regulation",
    "Quy chế",
    (
        ORGANISATION,
        Column("number", "Số văn bản", words, required=True, also=("Số", "Số quy chế")),
        Column("title", "Tên", words, required=True, also=("Tên quy chế", "Trích yếu")),
        Column("valid_from", "Hiệu lực từ ngày", day, required=True, also=("Từ ngày",)),
        Column("valid_to", "Đến hết ngày", last_day, also=("Đến ngày", "Hết hiệu lực")),
    ),
    fact(
        Regulation,
        key=("organisation_id", "number", "valid_from"),
        on="valid_from",
        check=_lasting,
    ),
    ("Quy chế làm việc",),
)
DISCIPLINES = SheetKind(
    "discipline",
    "Kỷ luật",
    (
        CELL_IF_NEEDED,
        MEMBER_IF_ANY,
        CARD,
        Column("form", "Hình thức", choice(FORMS), required=True, also=("Hình thức kỷ luật",)),
        Column("number", "Số quyết định", words, required=True, also=("Số văn bản",)),
        Column("found_on", "Ngày phát hiện", day, past=True),
        Column("decided_on", "Ngày quyết định", day, required=True, past=True, also=("Ngày",)),
    ),
    fact(
        Discipline,
        key=("organisation_id", "member_id", "number", "decided_on"),
        on="decided_on",
        check=_answered_in_order("found_on", "decided_on", "Ngày quyết định trước ngày phát hiện."),
    ),
)
COMPLAINTS = SheetKind(
    "complaint",
    "Đơn thư",
    (
        CELL_IF_NEEDED,
        MEMBER_IF_ANY,
        CARD,
        Column("received_on", "Ngày nhận", day, required=True, past=True, also=("Ngày",)),
        Column("founded", "Kết luận", choice(FINDINGS)),
    ),
    fact(
        Complaint,
        key=("organisation_id", "member_id", "received_on", "founded"),
        on="received_on",
        loose=("founded",),
    ),
    ("Đơn thư khiếu nại, tố cáo",),
)
COMMENDATIONS = SheetKind(
    "commendation",
    "Khen thưởng",
    (
        CELL_IF_NEEDED,
        MEMBER_IF_ANY,
        CARD,
        Column("reason", "Lý do", choice(REASONS), required=True, also=("Nội dung khen",)),
        Column("awarded_on", "Ngày", day, required=True, past=True, also=("Ngày khen thưởng",)),
    ),
    fact(Commendation, key=("organisation_id", "member_id", "reason", "awarded_on"), on="awarded_on"),
    ("Biểu dương, khen thưởng",),
)
INSPECTIONS_HELD = SheetKind(
    "inspection",
    "Kiểm tra, giám sát",
    (
        ORGANISATION,
        Column("kind", "Loại", choice(INSPECTIONS), required=True),
        Column("held_on", "Ngày", day, required=True, past=True),
    ),
    fact(Inspection, key=("organisation_id", "kind", "held_on"), on="held_on"),
)
CONCERNS = SheetKind(
    "concern",
    "Kiến nghị",
    (
        CELL,
        Column("subject", "Nội dung", words, required=True),
        Column("raised_on", "Ngày nêu", day, required=True, past=True, also=("Ngày",)),
        Column("answered_on", "Ngày trả lời", day, past=True),
    ),
    fact(
        Concern,
        key=("organisation_id", "subject", "raised_on"),
        on="raised_on",
        check=_answered_in_order("raised_on", "answered_on", "Ngày trả lời trước ngày nêu."),
    ),
    ("Tâm tư, kiến nghị",),
)
