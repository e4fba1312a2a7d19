"""What cells and members did in a year besides meeting: tasks, fees, training, papers, praise and discipline."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta
from random import Random

from bontot.imports.book import Book
from bontot.samples.meetings import REGULAR, Held
from bontot.samples.people import Cell, Resident
from bontot.samples.places import AGENCY, SCHOOL, TenantPlan

TASKS = (
    "Vận động nhân dân phân loại rác tại nguồn",
    "Tổng vệ sinh khu dân cư",
    "Rà soát hộ khó khăn, thăm gia đình chính sách",
    "Vận động cài đặt định danh điện tử",
    "Tuyên truyền phòng cháy, chữa cháy",
    "Giữ gìn trật tự vỉa hè, lòng đường",
    "Bồi dưỡng quần chúng ưu tú",
)
SCHOOL_TASKS = (
    "Dự giờ, góp ý chuyên môn",
    "Phụ đạo học sinh yếu",
    "Xây dựng góc đọc sách",
    "Kiểm tra bếp ăn bán trú",
    "Bồi dưỡng giáo viên trẻ",
)
AGENCY_TASKS = (
    "Rà soát văn bản đến, xử lý đúng hạn",
    "Tham mưu chương trình công tác quý",
    "Số hóa hồ sơ lưu trữ",
    "Sắp xếp phòng làm việc, phòng họp",
    "Bồi dưỡng quần chúng ưu tú",
)
OF_SECTOR = {SCHOOL: SCHOOL_TASKS, AGENCY: AGENCY_TASKS}
DIRECTIVES = ("Công tác dân vận", "Phòng, chống thiên tai", "Bảo đảm an ninh trật tự", "Kiểm điểm cuối năm")
WAGE, PENSION = 90_000, 30_000  # đồng a month, before differences
FEE_FREE_AGE = 50


class Work:
    """Writes one year's records up to and including `today`."""

    def __init__(self, random: Random, book: Book, tenant: TenantPlan, year: int, today: date) -> None:
        self._random, self._book, self._tenant, self._year, self._today = random, book, tenant, year, today

    def _past(self, day: date) -> date | None:
        return day if day <= self._today else None

    def tasks(self, cell: Cell, meetings: list[Held]) -> None:
        """Two tasks of each regular meeting, carried in turn by everyone, the working first; some late, few undone."""
        titles = OF_SECTOR.get(cell.plan.sector, TASKS)
        turn = 0
        for meeting in (meeting for meeting in meetings if meeting.kind == REGULAR):
            people = sorted(cell.required(meeting.day), key=lambda person: not person.working)
            last = date(
                meeting.day.year, meeting.day.month, monthrange(meeting.day.year, meeting.day.month)[1]
            )
            share = max(1, len(people) // 10)
            for number in range(2):
                chosen = [people[(turn + step) % len(people)] for step in range(share)]
                turn += share
                self._task(
                    cell, meeting, titles[(meeting.day.month * 2 + number) % len(titles)], last, chosen
                )
        programme = date(self._year, 11, 30)
        if cell.org.exists(programme):
            title = "Hoàn thành chương trình công tác năm"
            done = self._past(programme - timedelta(days=10))
            self._book.add(
                "task",
                organisation=cell.code,
                title=title,
                origin="Chương trình",
                due_on=programme,
                done_on=done,
            )

    def _task(self, cell: Cell, meeting: Held, title: str, due: date, people: list[Resident]) -> None:
        faithful = cell.plan.name in cell.ward.selects
        weak = any(person.weak for person in people) and not faithful
        delay = (
            self._random.randint(3, 12)
            if weak and self._random.random() < 0.3
            else -self._random.randint(0, 9)
        )
        undone = cell.manner.absent > 15 and self._random.random() < 0.1
        checked = due - timedelta(days=10)
        self._book.add(
            "task",
            organisation=cell.code,
            title=f"{title} tháng {meeting.day.month}",
            origin="Nghị quyết",
            held_on=meeting.day,
            kind=meeting.kind,
            assignees=tuple(cell.written(person) for person in people),
            due_on=due,
            done_on=None if undone else self._past(max(due + timedelta(days=delay), meeting.day)),
            hard=self._random.random() < 0.1,
            checked_on=checked if checked <= self._today and checked >= meeting.day else None,
        )

    def fees(self, cell: Cell) -> None:
        """A line a member and month up to last month; debtors stop paying in autumn, the oldest owe nothing."""
        for month in range(1, 13):
            first = date(self._year, month, 1)
            if first.replace(day=28) > self._today or cell.org.founded_on > first:
                continue
            paid_on = first + timedelta(days=self._random.randint(2, 6))
            for person in cell.at_home(first):
                since = person.admission_date or first
                free = self._year - since.year >= FEE_FREE_AGE
                due = 0 if free else self._due(person)
                paid = 0 if person.debtor and month >= 9 else due
                self._book.add(
                    "fee",
                    organisation=cell.code,
                    member=cell.written(person),
                    month=f"{month:02}/{self._year}",
                    due=due,
                    paid=paid,
                    paid_on=paid_on if paid and paid_on <= self._today else None,
                    exempt=free,
                )

    def _due(self, person: Resident) -> int:
        born = person.birth_date.year if person.birth_date else 1970
        return (WAGE if person.working else PENSION) + born % 10 * 2_000

    def papers(self, cell: Cell) -> None:
        """What the superior asked, what members raised, who supervised whom, and the cell's training."""
        for number, subject in enumerate(DIRECTIVES, 1):
            due = date(self._year, number * 3, 20)
            if cell.org.exists(due) and due - timedelta(days=30) <= self._today:
                late = cell.manner.absent > 15 and number == 2
                answered = self._past(due + timedelta(days=4 if late else -self._random.randint(1, 8)))
                row = {"organisation": cell.code, "number": f"{number * 11}-CV/ĐU", "subject": subject}
                self._book.add("directive", **row, due_on=due, answered_on=answered)
        for month, subject in ((4, "Đèn chiếu sáng công cộng"), (9, "Chỗ để xe và thoát nước")):
            raised = date(self._year, month, 8)
            if cell.org.exists(raised) and raised <= self._today:
                answered = self._past(raised + timedelta(days=self._random.randint(5, 20)))
                row = {"organisation": cell.code, "subject": subject}
                self._book.add("concern", **row, raised_on=raised, answered_on=answered)
        supervised = date(self._year, 6, 15)
        if cell.org.exists(supervised) and supervised <= self._today:
            self._book.add("inspection", organisation=cell.code, kind="Giám sát", held_on=supervised)
        self._train(cell)

    def _train(self, cell: Cell) -> None:
        """The holders of posts learn twice a year; where attendance is thin, one of them missed the first course."""
        courses = (
            (5, "Kỹ năng, nghiệp vụ", "Nghiệp vụ công tác đảng"),
            (7, "Cập nhật kiến thức", "Nghị quyết mới"),
        )
        for month, kind, title in courses:
            day = date(self._year, month, 22)
            missed = 1 if cell.manner.absent > 15 and month == 5 else 0
            for person in cell.officers[missed:] if day <= self._today else ():
                row = {"organisation": cell.code, "member": cell.written(person)}
                self._book.add("training", **row, kind=kind, completed_on=day, title=title)

    def conduct(self, cell: Cell) -> None:
        """Praise, discipline and complaints; the judged year's alone."""
        praised = cell.people[len(cell.people) // 2]
        if praised.required(cell.org, date(self._year, 5, 19)):
            row = {"organisation": cell.code, "member": cell.written(praised)}
            self._book.add(
                "commendation", **row, reason="Học tập và làm theo Bác", awarded_on=date(self._year, 5, 19)
            )
        if cell.manner.rating.startswith("Hoàn thành xuất sắc"):
            self._book.add(
                "commendation", organisation=cell.code, reason="Thi đua", awarded_on=date(self._year, 9, 2)
            )
        if cell.manner.secretary_disciplined:
            self._book.add(
                "discipline",
                organisation=cell.code,
                member=cell.written(cell.secretary),
                form="Khiển trách",
                number="07-QĐ/UBKT",
                found_on=date(self._year, 8, 10),
                decided_on=date(self._year, 10, 5),
            )
        if cell.manner.complaint:
            self._book.add(
                "complaint", organisation=cell.code, received_on=date(self._year, 9, 12), founded="Sai"
            )

    def regulation(self, cell: Cell) -> None:
        """The cell's working regulation: from before the judged year, or its founding; one cell let its own lapse."""
        since = max(date(self._year - 2, 1, 15), cell.org.founded_on)
        row = {"organisation": cell.code, "number": "01-QC/CB", "title": "Quy chế làm việc của chi bộ"}
        until = None if cell.manner.regulated else date(self._year, 6, 30)
        self._book.add("regulation", **row, valid_from=since, valid_to=until)

    def pledge(self, cell: Cell) -> None:
        """The yearly pledge, signed by the secretary on the committee's common day."""
        if self._tenant.pledged is not None:
            signed = date(self._year, *self._tenant.pledged)
            if cell.org.exists(signed) and signed <= self._today:
                row = {"organisation": cell.code, "year": self._year, "signed_on": signed}
                self._book.add("registration", **row, signed_by=cell.written(cell.secretary))
