"""What waits for the reader, for the home page: one list by day, each line with the one thing to do about it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from flask import url_for

from bontot.access import Permission
from bontot.db.rolls import home_on
from bontot.errors import PluginUnavailable
from bontot.policy.calendar import MonthStatus
from bontot.policy.terms import Subject
from bontot.policy.words import figure
from bontot.services import agenda, directives, pledges, reminded, reminders, tasks, year_start
from bontot.services.agenda import CellMonth, Errand
from bontot.services.fees.ledger import last_day, month_before, unwritten
from bontot.services.members import address_of
from bontot.services.month_turns import unfit_invitations
from bontot.services.planning import PlanView
from bontot.services.proceedings.handover_lists import unremarked
from bontot.services.recognition.filing import filing_days
from bontot.services.webhooks.addresses import paused
from bontot.services.year_start import Opening
from bontot.web.cell_year import CellYear
from bontot.web.database import session
from bontot.web.filters import clock, weekday
from bontot.web.filters import day as day_words
from bontot.web.months import misfit_words, plan_words
from bontot.web.pledge_states import to_confirm
from bontot.web.request import Place, actor, registry, this_day
from bontot.web.trail import place_address
from bontot.web.words import RECORDS, TASK_ORIGINS, Mark
from bontot.web.year_end import AHEAD, due_steps

NAMED = 3
"""Cells named in a line about several."""
REPORTED = Mark("now", "Đã báo xong")
"""Of a task whose report the cell has not looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Todo:
    """Something that waits: what, a word on it, and what to do about it, where. `due_on` is by when, where it has a day;
    `mark` how it stands, where the day does not say it; `spoken` what a screen reader adds to the action."""

    words: str
    hint: str = ""
    action: str = ""
    address: str = ""
    due_on: date | None = None
    mark: Mark | None = None
    spoken: str = ""


def by_day(items: Iterable[Todo]) -> list[Todo]:
    """What is overdue first, then what is for today or has no day, then what is to come."""
    today = this_day()
    return sorted(items, key=lambda item: item.due_on or today)


def of_cell(place: Place, year: CellYear, invited: PlanView | None) -> list[Todo]:
    """What waits for a cell's secretary: its meetings, what comes of them, the month's fees, pledges, the year's end."""
    errands = agenda.errands(session(), place.id, this_day())
    return by_day(
        [
            *_meetings(place, year, invited),
            *_invitations(place),
            *(_errand(one, place.public_id) for one in errands),
            *_fees(place.id, place.public_id),
            *_pledges(place.id, place.public_id),
            *_steps(),
            *_filing(),
        ]
    )


def of_committee(
    cells: list[int], lines: Sequence[CellMonth], sent: int, within: frozenset[int] | None
) -> list[Todo]:
    """What waits for a body above cells: those that have not met in time, the records they `sent`, their answers to its
    documents, their pledges to confirm, the year's end; and a remark on meetings `within` reach that the reader is assigned
    to."""
    return by_day(
        [
            *_late(lines),
            *_reminded(),
            *_sent(sent),
            *_answered(cells),
            *_attended(within),
            *_pledged(cells),
            *_steps(),
            *_filing(),
            *_unheard(),
        ]
    )


def of_member(member_id: int, owed: int) -> list[Todo]:
    """What waits for a member: the tasks given to the member, the own pledge, the fees `owed`, in đồng."""
    return by_day([*_tasks(member_id), *_own_pledges(member_id), *_owed(owed)])


def _meetings(place: Place, year: CellYear, invited: PlanView | None) -> Iterator[Todo]:
    """The meeting to record, the one to prepare, and months that passed lately without a record."""
    yield from _reminded()
    month, today = year.coming, this_day()
    if month is None:
        return
    number, scheduled, status = month.month.month, month.planned.scheduled, month.standing.status
    words = f"Sinh hoạt thường kỳ tháng {number}" + (
        f"/{month.month.year}" if month.month.year != today.year else ""
    )
    if month.month <= today:
        waits = status in agenda.PENDING
        yield Todo(
            words=words,
            hint=f"{plan_words(scheduled)}.",
            action=f"Ghi nhận buổi sinh hoạt tháng {number}",
            address=url_for("meeting.record", organisation=place.public_id),
            due_on=scheduled.deadline if waits else scheduled.day or scheduled.deadline,
        )
    if invited is not None:
        yield _invited(place, invited)
    elif status is MonthStatus.UPCOMING:
        yield Todo(
            words=f"Chuẩn bị buổi tháng {number}" if month.month <= today else words,
            hint="Ngày, giờ, địa điểm, nội dung; in giấy mời."
            if month.month <= today
            else plan_words(scheduled),
            action="Chuẩn bị buổi này" if month.month <= today else f"Chuẩn bị buổi tháng {number}",
            address=url_for("planning.prepare", organisation=place.public_id),
            due_on=scheduled.day or scheduled.deadline,
        )


def _invited(place: Place, invited: PlanView) -> Todo:
    plan = invited.plan
    hour = f"{clock(plan.starts_at)} " if plan.starts_at else ""
    when = f"{hour}{weekday(plan.held_on)} {day_words(plan.held_on)}"
    return Todo(
        words="Đã có giấy mời",
        hint=f"Giấy mời gần nhất: {when}, {plan.place}.",
        action="Xem, in giấy mời",
        address=url_for("planning.show", organisation=place.public_id, planned=invited.public_id),
        due_on=plan.held_on,
    )


def _invitations(place: Place) -> Iterator[Todo]:
    """Invitations that no longer fit their month."""
    try:
        unfit = unfit_invitations(session(), registry(), [place.id])
    except PluginUnavailable:
        return
    for one in unfit:
        why, held_on = misfit_words(one), one.invited.held_on
        yield Todo(
            words=f"Giấy mời ngày {day_words(held_on)} không còn hợp",
            hint=f"{why[:1].upper()}{why[1:]}",
            action=f"Sửa giấy mời ngày {day_words(held_on)}",
            address=url_for("planning.show", organisation=place.public_id, planned=one.invited.public_id),
            due_on=held_on,
        )


def _reminded() -> Iterator[Todo]:
    """Months before this one that passed lately without a record, as the reader was reminded of them."""
    today = this_day()
    for line in reminded.standing(session(), registry(), actor().account_id, today):
        if line.kind == reminders.OVERDUE and line.month < today.replace(day=1):
            yield Todo(
                words=f"{line.cell} chưa ghi nhận buổi tháng {line.month:%m/%Y}",
                hint="Đã họp thì ghi nhận ngay; ghi muộn vẫn được tính theo ngày họp.",
                action=f"Xem {line.cell}",
                address=place_address(line.cell_id, is_cell=True),
                due_on=line.about,
            )


def _errand(errand: Errand, cell: UUID) -> Todo:
    if errand.kind == "record":
        action, mark = RECORDS[errand.title]
        return Todo(
            words=f"Hồ sơ buổi {day_words(errand.due_on)}",
            action=action,
            address=url_for("meeting.find", meeting=errand.about),
            mark=mark,
        )
    if errand.kind == "score":
        return Todo(
            words=f"Điểm buổi {day_words(errand.due_on)}",
            hint="Buổi đã được sửa sau khi chấm",
            action="Chấm lại điểm buổi sinh hoạt",
            address=url_for("meeting.find", meeting=errand.about),
            mark=Mark("warn", "Cần chấm lại"),
        )
    if errand.kind == "task":
        return Todo(
            words=errand.title,
            hint="Nhiệm vụ của chi bộ",
            action="Xem nhiệm vụ",
            address=url_for("task.show", organisation=cell, task=errand.about),
            due_on=errand.due_on,
            spoken=errand.title,
        )
    if errand.kind == "reported":
        return Todo(
            words=errand.title,
            hint="Người làm báo đã xong, chờ chi bộ xem",
            action="Xem báo cáo",
            address=url_for("task.show", organisation=cell, task=errand.about, viec="xong"),
            mark=REPORTED,
            spoken=errand.title,
        )
    returned = errand.kind == "returned"
    return Todo(
        words=errand.title,
        hint="Cấp trên trả lại, cần trả lời lại" if returned else "Chỉ đạo cần trả lời",
        action="Trả lời lại" if returned else "Trả lời",
        address=url_for("directive.show", organisation=cell, directive=errand.about),
        due_on=errand.due_on,
        spoken=errand.title,
    )


def _fees(cell_id: int, public_id: UUID) -> Iterator[Todo]:
    """The month that runs; of the one before, what a cell that has ended handed on."""
    month = this_day().replace(day=1)
    before = month_before(month)
    _, handed_on = unwritten(session(), cell_id, before)
    waiting, _ = unwritten(session(), cell_id, month)
    for at, many, where in ((before, handed_on, ", nhận từ chi bộ đã kết thúc"), (month, waiting, "")):
        if many:
            yield Todo(
                words=f"Đảng phí tháng {at.month}",
                hint=f"Còn {many} người chưa ghi sổ{where}",
                action=f"Thu đảng phí tháng {at.month}",
                address=url_for("fee.month", organisation=public_id, thang=f"{at:%Y-%m}"),
                due_on=last_day(at),
            )


def _pledges(cell_id: int, public_id: UUID) -> Iterator[Todo]:
    for opened in _opened():
        line = year_start.of_cells(session(), [cell_id], opened.year, this_day())[cell_id]
        address = url_for("pledge.of_cell", organisation=public_id, nam=opened.year)
        if line.signed_on is None and _has_title(cell_id, opened.year, Subject.CELL):
            yield _pledge(opened, "Của chi bộ", address)
        people = year_start.of_members(session(), cell_id, opened.year, this_day())
        if waiting := to_confirm(people, actor()):
            yield Todo(
                words=f"Đảng viên đăng ký phấn đấu năm {opened.year}",
                hint=f"{waiting} người đã ký",
                action=f"Xác nhận {waiting} bản đăng ký của đảng viên",
                address=f"{address}#dang-vien",
            )


def _pledged(cells: list[int]) -> Iterator[Todo]:
    for opened in _opened():
        lines = year_start.of_cells(session(), cells, opened.year, this_day()).values()
        waiting = sum(line.signed_on is not None and line.confirmed_on is None for line in lines)
        if waiting:
            yield Todo(
                words=f"Chi bộ đăng ký phấn đấu năm {opened.year}",
                hint=f"{waiting} chi bộ đã ký",
                action=f"Xác nhận bản đăng ký của {waiting} chi bộ",
                address=url_for("first_days.index", nam=opened.year),
            )


def _own_pledges(member_id: int) -> Iterator[Todo]:
    cell_id = home_on(session(), member_id, this_day())
    for opened in _opened():
        signed = year_start.has_signed(session(), member_id, opened.year)
        if not signed and cell_id is not None and _has_title(cell_id, opened.year, Subject.MEMBER):
            member = address_of(session(), member_id)
            yield _pledge(opened, "Của đồng chí", url_for("pledge.of_member", member=member, nam=opened.year))


def _pledge(opened: Opening, whose: str, address: str) -> Todo:
    return Todo(
        words=f"Bản đăng ký phấn đấu năm {opened.year}",
        hint=whose,
        action=f"Ký bản đăng ký phấn đấu năm {opened.year}",
        address=address,
        due_on=opened.due_on,
    )


def _tasks(member_id: int) -> Iterator[Todo]:
    undone = tasks.undone_of_member(session(), member_id)
    member = address_of(session(), member_id) if undone else None
    for task in undone:
        report = f" · báo cáo tại {task.report_to}" if task.report_to else ""
        waits = f" · hạn {day_words(task.due_on)}, chờ chi bộ xem" if task.reported else ""
        yield Todo(
            words=task.title,
            hint=f"{TASK_ORIGINS[task.origin]}{report}{waits}",
            action="Xem nhiệm vụ",
            address=url_for("task.of_member", member=member, task=task.public_id),
            due_on=None if task.reported else task.due_on,
            mark=REPORTED if task.reported else None,
            spoken=task.title,
        )


def _owed(owed: int) -> Iterator[Todo]:
    if owed > 0:
        yield Todo(
            words=f"Đảng phí còn nợ {figure(owed)} đồng",
            hint="Các tháng trước tháng này",
            action="Xem sổ đảng phí của tôi",
            address=url_for("member.own"),
            mark=Mark("bad", "Còn nợ"),
        )


def _late(lines: Sequence[CellMonth]) -> Iterator[Todo]:
    """The cells whose meeting of this month is overdue: one by its name, more as one line."""
    late = [line for line in lines if line.month.standing.status is MonthStatus.OVERDUE]
    if not late:
        return
    first, month = late[0].cell, this_day().month
    due_on = min(line.month.planned.scheduled.deadline for line in late)
    if len(late) == 1:
        yield Todo(
            words=f"{first.name} quá hạn chưa họp tháng {month}",
            action=f"Xem {first.name}",
            address=place_address(first.public_id, is_cell=True),
            due_on=due_on,
        )
        return
    more = f" và {len(late) - NAMED} chi bộ khác" if len(late) > NAMED else ""
    yield Todo(
        words=f"{len(late)} chi bộ quá hạn chưa họp tháng {month}",
        hint=f"{', '.join(line.cell.name for line in late[:NAMED])}{more}",
        action="Xem từng chi bộ",
        address="#chi-bo",
        due_on=due_on,
    )


def _sent(count: int) -> Iterator[Todo]:
    if count:
        yield Todo(
            words=f"{count} hồ sơ sinh hoạt mới gửi lên",
            hint="Biên bản, nghị quyết chi bộ đã khóa và gửi, chờ tiếp nhận",
            action="Xem hồ sơ mới gửi lên",
            address=url_for("handover.index"),
        )


def _answered(cells: list[int]) -> Iterator[Todo]:
    """Answers of cells to a superior's documents."""
    waiting = directives.counts(session(), cells)[directives.TO_BE_SEEN]
    if waiting:
        yield Todo(
            words=f"{waiting} văn bản chi bộ đã trả lời",
            hint="Trả lời văn bản chỉ đạo, chờ cấp trên xem",
            action="Xem văn bản trả lời",
            address=url_for("directive.index", loai=directives.TO_BE_SEEN),
        )


def _attended(within: frozenset[int] | None) -> Iterator[Todo]:
    """Meetings of the cells a superior's member is assigned to, without a remark."""
    mine = actor().member_id
    if mine is None or within is None or not actor().may(Permission.RECEIVE_MEETING):
        return
    for one in unremarked(session(), mine, within, this_day()):
        yield Todo(
            words=f"Buổi sinh hoạt ngày {day_words(one.held_on)} của {one.cell_name}",
            hint="Đồng chí theo dõi chi bộ này",
            action=f"Nhận xét buổi ngày {day_words(one.held_on)}",
            address=url_for("handover.answer", organisation=one.cell, meeting=one.meeting),
        )


def _steps() -> Iterator[Todo]:
    """Steps of the yearly recognition."""
    for step in due_steps():
        whom = f"{step.waiting} {step.subjects} đang chờ"
        yield Todo(
            words=f"{step.label} {step.title}",
            hint=whom,
            action=f"Xem {whom}",
            address=step.address,
            due_on=step.due,
        )


def _filing() -> Iterator[Todo]:
    """What is due within thirty days in the recognition of a year that nobody has evaluated yet."""
    today = this_day()
    if not actor().may(Permission.RECOGNISE):
        return
    try:
        found = filing_days(session(), registry(), actor().organisation_id, today.year, today)
    except PluginUnavailable:
        return
    evaluates = actor().may(Permission.EVALUATE)
    for one in found:
        if one.due <= today + AHEAD:
            titles = ", ".join(f"“{title}”" for title in one.titles)
            yield Todo(
                words=f"{one.label}: {titles} năm {today.year}",
                hint=f"Chưa đánh giá năm {today.year} nên chưa có danh sách xét",
                action=f"Đánh giá năm {today.year}" if evaluates else "",
                address=url_for("evaluation.index") if evaluates else "",
                due_on=one.due,
            )


def _unheard() -> Iterator[Todo]:
    """Addresses of other programs to which nothing is sent any more."""
    if not actor().may(Permission.MANAGE_ACCOUNTS):
        return
    for public_id, name in paused(session()):
        yield Todo(
            words=f"Không báo được tin cho “{name}”",
            hint="Phần mềm này không được báo gì nữa cho đến khi bật lại",
            action="Xem địa chỉ nhận tin",
            address=url_for("webhook.show", webhook=public_id),
            mark=Mark("bad", "Tạm dừng"),
            spoken=name,
        )


def _has_title(cell_id: int, year: int, subject: Subject) -> bool:
    """Whether the plan of a cell has a title to pledge for."""
    try:
        return pledges.asked_pledge(session(), registry(), cell_id, year, subject) is not None
    except PluginUnavailable:
        return False


def _opened() -> list[Opening]:
    """The years opened of this one and the next."""
    year = this_day().year
    return year_start.openings(session(), (year, year + 1))
