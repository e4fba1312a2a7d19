"""A year of meetings of one committee's cells: when they met, on what, who was away, who spoke."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from bontot.imports.book import Book
from bontot.policy.calendar import CalendarRule, DaysOff, scheduled_month
from bontot.samples.people import Cell, Resident
from bontot.samples.places import SCHOOL, TenantPlan

REGULAR, THEMATIC, COMMITTEE = "Thường kỳ", "Chuyên đề", "Họp chi ủy"
EXCUSES = ("ốm", "việc gia đình", "đi công tác", "về quê", "chăm người thân")
TOPICS = (
    "Kết quả lãnh đạo tháng trước, nhiệm vụ tháng này",
    "Rà soát việc thực hiện nghị quyết chi bộ",
    "Công tác phát triển đảng viên và đảng phí",
    "Giữ gìn vệ sinh môi trường, trật tự đô thị",
    "Chuẩn bị các ngày lễ lớn trong tháng",
    "Phòng cháy, chữa cháy tại địa bàn",
)
SCHOOL_TOPICS = (
    "Chất lượng dạy và học trong tháng",
    "Xây dựng trường học hạnh phúc",
    "Công tác bán trú và an toàn trường học",
    "Chuẩn bị thi và tổng kết học kỳ",
)
THEMES = (
    "Học tập và làm theo tư tưởng, đạo đức, phong cách Hồ Chí Minh",
    "Nâng cao chất lượng sinh hoạt chi bộ",
    "Trách nhiệm nêu gương của cán bộ, đảng viên",
    "Chuyển đổi số trong công tác đảng",
)
MATERIALS = ("Dự thảo báo cáo và nghị quyết tháng", "Thông tin nội bộ", "Hướng dẫn của Ban Tuyên giáo")
SUMMARIES = (
    "Góp ý dự thảo nghị quyết",
    "Phản ánh ý kiến nhân dân",
    "Đề xuất cách làm",
    "Tự phê bình và phê bình",
)
FREE_RULE = CalendarRule(day=None, deadline=None)


@dataclass(frozen=True, slots=True)
class Held:
    """A meeting that took place, for the records that follow from it."""

    cell: Cell
    day: date
    kind: str
    number: str


class Meetings:
    """Writes the meetings of one year up to and including `today`."""

    def __init__(
        self, random: Random, book: Book, tenant: TenantPlan, year: int, today: date, days_off: DaysOff
    ) -> None:
        self._random, self._book, self._tenant = random, book, tenant
        self._year, self._today, self._days_off = year, today, days_off

    def hold(self, cell: Cell, *, judged_year: bool, left_to_record: bool) -> list[Held]:
        """A cell's year. Its lapses are those of the judged year; `left_to_record` leaves the current month open."""
        held: list[Held] = []
        for month in range(1, 13):
            day = self._regular_day(cell, month, judged_year=judged_year)
            if day is None or day > self._today or not self._existed(cell, month):
                continue
            if left_to_record and (day.year, day.month) == (self._today.year, self._today.month):
                continue
            held.append(self._meet(cell, REGULAR, day, self._theme(cell, month, judged_year=judged_year)))
            if self._tenant.committees_meet:
                before = max(day - timedelta(days=2), day.replace(day=1))
                self._book.add(
                    "meeting",
                    organisation=cell.code,
                    kind=COMMITTEE,
                    held_on=before,
                    topic="Chuẩn bị nội dung",
                )
        if not cell.manner.combined_themes:
            held += self._thematic(cell, judged_year=judged_year)
        return sorted(held, key=lambda meeting: meeting.day)

    def _existed(self, cell: Cell, month: int) -> bool:
        return cell.org.founded_on <= date(self._year, month, 1)

    def _regular_day(self, cell: Cell, month: int, *, judged_year: bool) -> date | None:
        manner = cell.manner
        if judged_year and month in manner.missing_months:
            return None
        if judged_year and month in manner.late_months:
            return date(self._year, month, 9)
        rule = CalendarRule(day=self._tenant.day, deadline=self._tenant.deadline)
        planned = scheduled_month(rule, self._year, month, self._days_off)
        if planned.day is not None and self._random.random() < 0.7:
            return planned.day
        first = date(self._year, month, 3 if self._tenant.deadline else 5)
        last = date(self._year, month, self._tenant.deadline or 25)
        free = self._days_off.free_days(rule, first, last)
        return self._random.choice(free or (last,))

    def _theme(self, cell: Cell, month: int, *, judged_year: bool) -> str | None:
        """The thematic part of the quarter's middle month, in cells that hold it together with the regular meeting."""
        quarter = (month + 2) // 3
        lapsed = judged_year and quarter in cell.manner.no_theme_in
        return THEMES[quarter - 1] if cell.manner.combined_themes and month % 3 == 2 and not lapsed else None

    def _thematic(self, cell: Cell, *, judged_year: bool) -> Iterator[Held]:
        for quarter, theme in enumerate(THEMES, 1):
            lapsed = judged_year and quarter in cell.manner.no_theme_in
            month = quarter * 3 - 1
            first = date(self._year, month, 14)
            last = date(self._year, month, monthrange(self._year, month)[1])
            free = self._days_off.free_days(FREE_RULE, first, last)
            day = self._random.choice(free or (last,))
            if (
                not lapsed
                and day <= self._today
                and cell.org.founded_on <= date(self._year, quarter * 3 - 2, 1)
            ):
                yield self._meet(cell, THEMATIC, day, theme)

    def _meet(self, cell: Cell, kind: str, day: date, theme: str | None) -> Held:
        random = self._random
        topics = SCHOOL_TOPICS if cell.plan.sector == SCHOOL else TOPICS
        number = f"{day.month:02}-NQ/CB" if kind == REGULAR else ""
        good = random.random() < 0.85
        self._book.add(
            "meeting",
            organisation=cell.code,
            kind=kind,
            held_on=day,
            starts_at="15:30" if cell.plan.sector == SCHOOL else "19:30",
            place="Phòng họp nhà trường" if cell.plan.sector == SCHOOL else "Nhà sinh hoạt cộng đồng",
            topic=theme if kind == THEMATIC else topics[(day.month + len(cell.people)) % len(topics)],
            thematic_topic=theme if kind == REGULAR else None,
            chair=cell.written(cell.secretary),
            minute_taker=cell.written(cell.officers[-1]),
            steps="đủ" if random.random() < 0.97 else "1; 2; 3; 4",
            materials=MATERIALS[: random.randint(1, len(MATERIALS))],
            sent_on=day - timedelta(days=random.randint(1, 3)),
            resolution_number=number or None,
            resolution_subject=f"Nghị quyết tháng {day.month}/{day.year}" if number else None,
            cites_superior=bool(number) and day.month % 2 == 0,
            self_criticism=kind == REGULAR,
            self_score=str(random.randint(90, 97) if good else random.randint(72, 88))
            if kind == REGULAR
            else None,
            self_score_band=("Tốt" if good else "Khá") if kind == REGULAR else None,
        )
        required = cell.required(day)
        away = self._mark_absent(cell, kind, day, required)
        self._let_speak(cell, kind, day, [person for person in required if person not in away])
        return Held(cell, day, kind, number)

    def _mark_absent(self, cell: Cell, kind: str, day: date, required: list[Resident]) -> set[Resident]:
        away: set[Resident] = set()
        for person, excused in self._absent(cell, required):
            away.add(person)
            self._book.add(
                "attendance",
                organisation=cell.code,
                held_on=day,
                kind=kind,
                member=cell.written(person),
                mark="Vắng có lý do" if excused else "Vắng không lý do",
                reason=self._random.choice(EXCUSES) if excused else None,
            )
        return away

    def _absent(self, cell: Cell, required: list[Resident]) -> Iterator[tuple[Resident, bool]]:
        random, manner = self._random, cell.manner
        officers = set(cell.officers[:2])
        others = [person for person in required if person not in officers]
        if manner.exactly is not None:
            for person in random.sample(others, len(required) * manner.exactly // 100):
                yield person, True
            return
        for person in others:
            if person.careless and random.random() < 0.3:
                yield person, False
            elif random.random() * 100 < manner.absent:
                yield person, True

    def _let_speak(self, cell: Cell, kind: str, day: date, present: list[Resident]) -> None:
        for person in self._random.sample(present, min(len(present), self._random.randint(3, 6))):
            row = {"organisation": cell.code, "held_on": day, "kind": kind, "member": cell.written(person)}
            self._book.add("statement", **row, summary=self._random.choice(SUMMARIES))
