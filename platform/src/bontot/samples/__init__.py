"""Honest sample workbooks: three invented committees with a judged year and the current one.

Equal arguments give equal bytes. All people are invented (`names`), nothing in them is anybody's data.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from random import Random

from bontot.imports.book import Book
from bontot.imports.register import Org
from bontot.policy.calendar import DaysOff
from bontot.registry import Registry
from bontot.samples.judging import GOOD, Judging
from bontot.samples.meetings import COMMITTEE, Meetings
from bontot.samples.people import Cell, Changes, Maker, write_members
from bontot.samples.places import BASE, CELL, TENANTS, UPPER, TenantPlan, WardPlan
from bontot.samples.work import Work

__all__ = ["OPEN_CELL", "SEED", "TENANTS", "Sample", "samples"]

SEED = 2023
OPEN_CELL = ("tayho", "phường Bưởi", "Chi bộ Tổ dân phố số 3")
"""The cell whose meeting of the current month is left to be recorded: committee, ward, cell."""


@dataclass(frozen=True, slots=True)
class Sample:
    """A workbook of one committee; those of a committee are to be taken in in order."""

    tenant: str
    filename: str
    content: bytes


def samples(
    year: int,
    today: date,
    registry: Registry,
    seed: int = SEED,
    tenants: tuple[TenantPlan, ...] = TENANTS,
) -> Iterator[Sample]:
    """The workbooks of the three committees, or of those given: organisations, members, the year judged, and the current
    year so far.

    `registry` gives the days off and the criteria that people judge; a plan that is not installed leaves its
    judgments out.
    """
    for tenant in tenants:
        yield from _Committee(tenant, year, today, registry, seed).samples()


class _Committee:
    def __init__(self, tenant: TenantPlan, year: int, today: date, registry: Registry, seed: int) -> None:
        self._tenant, self._year, self._today, self._registry = tenant, year, today, registry
        self._random = Random(f"{seed} {tenant.code}")  # noqa: S311 - invented, not secret
        self._years = tuple(dict.fromkeys((year, today.year)))
        self._wards = [(ward, f"{tenant.digits}.{number:03}") for number, ward in enumerate(tenant.wards, 1)]
        maker = Maker(self._random, tenant, self._years, today)
        self._cells = [cell for ward, code in self._wards for cell in self._found(ward, code)]
        for cell in self._cells:
            maker.fill(cell)

    def _found(self, ward: WardPlan, code: str) -> Iterator[Cell]:
        for number, plan in enumerate(ward.cells, 1):
            founded = (
                date(self._year, *plan.founded) if plan.founded else self._tenant.founded.replace(month=9)
            )
            org = Org(
                code=f"{code}.000.{number:03}", name=plan.name, type="subordinate_cell", founded_on=founded
            )
            yield Cell(plan, ward, org)

    def samples(self) -> Iterator[Sample]:
        judged = Book(self._tenant.name)
        changes = Changes(self._random, judged, self._cells, self._year, self._today)
        for place, cell in enumerate(self._cells):
            if cell.plan.founded:
                changes.split(cell, self._cells[place - 1])
        members = Book(self._tenant.name)
        write_members(members, self._cells)
        yield self._sample("1-to-chuc", self._organisations())
        yield self._sample("2-dang-vien", members)
        changes.usual()
        self._fill(judged, self._year, judged_year=True)
        yield self._sample(f"3-nam-{self._year}", judged)
        for number, current in enumerate(self._years[1:], 4):
            book = Book(self._tenant.name)
            Changes(self._random, book, self._cells, current, self._today).usual()
            self._fill(book, current, judged_year=False)
            yield self._sample(f"{number}-nam-{current}", book)

    def _sample(self, name: str, book: Book) -> Sample:
        return Sample(self._tenant.code, f"{self._tenant.code}-{name}.xlsx", book.content())

    def _organisations(self) -> Book:
        tenant, book = self._tenant, Book(self._tenant.name)
        top = f"{tenant.digits}.000.000.000"
        first = {"code": top, "name": tenant.name, "type": UPPER, "paper_place": tenant.paper_place}
        book.add("organisation", **first, founded_on=tenant.founded)
        for ward, code in self._wards:
            founded = tenant.founded.replace(month=6)
            row = {"code": f"{code}.000.000", "name": ward.name, "type": BASE, "parent": top}
            book.add("organisation", **row, founded_on=founded)
            for cell in (cell for cell in self._cells if cell.ward is ward):
                row = {"code": cell.code, "name": cell.plan.name, "type": CELL, "parent": f"{code}.000.000"}
                book.add("organisation", **row, sector=cell.plan.sector, founded_on=cell.org.founded_on)
        return book

    def _fill(self, book: Book, year: int, *, judged_year: bool) -> None:
        """Everything that happened in a year up to today."""
        meetings = Meetings(
            self._random, book, self._tenant, year, self._today, DaysOff(self._registry.days_off(year))
        )
        work = Work(self._random, book, self._tenant, year, self._today)
        ended = self._today >= date(year, 12, 31)
        for cell in self._cells:
            left = (self._tenant.code, cell.ward.short, cell.plan.name) == OPEN_CELL
            held = meetings.hold(cell, judged_year=judged_year, left_to_record=left)
            work.tasks(cell, held)
            work.fees(cell)
            work.papers(cell)
            work.pledge(cell)
            if judged_year:
                work.regulation(cell)
            if judged_year and ended:
                work.conduct(cell)
        for ward, code in self._wards:
            self._lead(book, ward, f"{code}.000.000", year, judged_year=judged_year, ended=ended)

    def _lead(
        self, book: Book, ward: WardPlan, code: str, year: int, *, judged_year: bool, ended: bool
    ) -> None:
        """What the ward's committee did itself: its meetings, its holders of posts, and how it ended the year."""
        cells = [cell for cell in self._cells if cell.ward is ward]
        if judged_year:
            head = cells[0].people[len(cells[0].officers)]
            row = {"organisation": code, "member": head.full_name, "home": cells[0].code}
            book.add(
                "post", **row, kind="Bí thư", valid_from=date(year - 2, 5, 20), term=f"{year - 3}–{year + 2}"
            )
        for month in range(1, 13):
            day = date(year, month, 28)
            if self._tenant.committees_meet and day <= self._today:
                book.add(
                    "meeting", organisation=code, kind=COMMITTEE, held_on=day, topic="Lãnh đạo nhiệm vụ tháng"
                )
        judging = Judging(self._random, book, self._tenant, year, self._registry)
        if judged_year:
            judging.select(ward, cells)
        if judged_year and ended:
            for cell in cells:
                judging.rate(cell)
                judging.remark(cell)
            rating = {"year": year, "level": GOOD, "decided_on": date(year, 12, 28)}
            book.add("annual_rating", organisation=code, **rating)
            judging.judge(ward, code, cells)
