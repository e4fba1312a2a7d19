"""How the judged year ended: ratings, remarks, selection, and people's judgments on the criteria of each plan."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from random import Random

from bontot.imports.book import Book
from bontot.imports.kinds.year import LEVELS
from bontot.policy.model import Criterion, Policy, Scheme
from bontot.policy.terms import Kind, Role, Subject
from bontot.registry import Registry
from bontot.samples.people import Cell, Resident
from bontot.samples.places import TenantPlan, WardPlan

EXCELLENT, GOOD, COMPLETED, NOT_COMPLETED = LEVELS
FULL = 100
SELF_ASSESSMENT, CELL, APPRAISAL = "Tự đánh giá", "Chi bộ", "Thẩm định"


def judged_by_people(policy: Policy, scheme: Scheme) -> Iterator[Criterion]:
    """The criteria of a scheme that wait for somebody's judgment."""
    criteria = {criterion.key: criterion for criterion in policy.criteria}
    for key in dict.fromkeys([*(key for group in scheme.groups for key in group.criteria), *scheme.blockers]):
        criterion = criteria[key]
        asked = criterion.kind is Kind.JUDGED or criterion.also_judged
        if (
            asked
            and criterion.role is not Role.INFORMS
            and criterion.when is None
            and not criterion.met_unless_judged
        ):
            yield criterion


class Judging:
    """Writes the end of one year of a committee."""

    def __init__(self, random: Random, book: Book, tenant: TenantPlan, year: int, registry: Registry) -> None:
        self._random, self._book, self._tenant, self._year = random, book, tenant, year
        self._policies = {code: offer.policy for code, offer in registry.policies.items()}
        self._last = date(year, 12, 31)

    def rate(self, cell: Cell) -> None:
        """The cell's rating and those of its members, who are neither exempt nor newly admitted."""
        decided = date(self._year, 12, 20)
        row = {"year": self._year, "decided_on": decided}
        self._book.add("annual_rating", organisation=cell.code, level=cell.manner.rating, **row)
        for person in cell.required(self._last):
            if person.admission_date and person.admission_date < date(self._year, 7, 1):
                level = self._level(person)
                self._book.add(
                    "annual_rating", organisation=cell.code, member=cell.written(person), level=level, **row
                )

    def _level(self, person: Resident) -> str:
        if person.careless:
            return NOT_COMPLETED if self._random.random() < 0.3 else COMPLETED
        if person.weak:
            return COMPLETED if self._random.random() < 0.5 else GOOD
        return EXCELLENT if self._random.random() < 0.18 else GOOD

    def remark(self, cell: Cell) -> None:
        """The residence cell's yearly remark on those who work."""
        for person in cell.required(self._last):
            if person.working and (not person.weak or self._random.random() < 0.5):
                row = {"organisation": cell.code, "member": cell.written(person), "year": self._year}
                self._book.add("residence_remark", **row, received_on=date(self._year, 12, 5))

    def select(self, ward: WardPlan, cells: list[Cell]) -> None:
        """The cells a base organisation chose for a pilot, with the ratings of the two years before."""
        for cell in cells:
            if cell.plan.name in ward.selects:
                chosen = {"selected_on": date(self._year, 4, 20), "selected_by": self._tenant.sent_by}
                self._book.add("pilot_selection", organisation=cell.code, policy_code=ward.policy, **chosen)
                for earlier in (self._year - 2, self._year - 1):
                    row = {"organisation": cell.code, "year": earlier, "decided_on": date(earlier, 12, 20)}
                    self._book.add("annual_rating", **row, level=EXCELLENT)

    def judge(self, ward: WardPlan, ward_code: str, cells: list[Cell]) -> None:
        """Everybody's judgment on cells, members and the base organisation, under the ward's plan and its frame."""
        for code in (ward.policy, self._tenant.frame):
            policy = self._policies.get(code)
            for scheme in policy.schemes if policy else ():
                asked = list(judged_by_people(policy, scheme)) if policy else []
                if scheme.subject is Subject.BASE_ORGANISATION:
                    self._judge_ward(policy, asked, ward, ward_code)
                    continue
                for cell in cells:
                    enrolled = scheme.enrolment.mode != "selection" or cell.plan.name in ward.selects
                    if cell.manner.judged and enrolled:
                        self._judge_in(policy, scheme.subject, asked, cell)

    def _judge_in(self, policy: Policy | None, subject: Subject, asked: list[Criterion], cell: Cell) -> None:
        if subject is Subject.CELL:
            for criterion in asked:
                self._judge_cell(policy, criterion, cell)
            return
        for person in cell.required(self._last):
            for place, criterion in enumerate(asked):
                short = person.weak and place == len(person.full_name) % len(asked)
                verdict = "Chưa đạt" if short else "Đạt"
                row = {"criterion": criterion.key, "organisation": cell.code, "member": cell.written(person)}
                self._add(row, CELL, cell.plan.name, date(self._year, 12, 3), verdict=verdict)

    def _judge_cell(self, policy: Policy | None, criterion: Criterion, cell: Cell) -> None:
        row = {"criterion": criterion.key, "organisation": cell.code}
        if criterion.points is not None:
            self._score(policy, criterion, row, cell.manner.points, cell.plan.name)
            return
        verdict = "Đạt"
        if criterion.may_be_not_applicable:
            verdict = "Không áp dụng"
        elif cell.manner.fails and criterion.key.endswith(cell.manner.fails):
            verdict = "Chưa đạt"
        self._add(row, APPRAISAL, self._tenant.sent_by, date(self._year, 12, 12), verdict=verdict)

    def _judge_ward(
        self, policy: Policy | None, asked: list[Criterion], ward: WardPlan, ward_code: str
    ) -> None:
        for criterion in asked:
            row = {"criterion": criterion.key, "organisation": ward_code}
            if criterion.points is not None:
                self._score(policy, criterion, row, ward.points, ward.name)
            else:
                self._add(row, APPRAISAL, self._tenant.name, date(self._year, 12, 15), verdict="Đạt")

    def _score(
        self, policy: Policy | None, criterion: Criterion, row: Mapping[str, object], percent: int, name: str
    ) -> None:
        """A self-score, and the superior's, who takes off up to half a point; together about `percent` of the most."""
        thresholds = policy.thresholds if policy else ()
        most = next(t.values[-1].value for t in thresholds if t.key == criterion.points and t.values)
        points = (most * percent / FULL).quantize(Decimal("0.5"))
        own = min(points + 1, most)
        remark = "Có phần việc hoàn thành chậm so với kế hoạch." if own != points else None
        self._add(row, SELF_ASSESSMENT, name, date(self._year, 11, 25), points=_points(own))
        appraised = {"points": _points(points), "remark": remark}
        self._add(row, APPRAISAL, self._tenant.sent_by, date(self._year, 12, 8), **appraised)

    def _add(
        self, row: Mapping[str, object], stage: str, judged_by: str, judged_on: date, **more: object
    ) -> None:
        self._book.add(
            "judgment", **row, year=self._year, stage=stage, judged_by=judged_by, judged_on=judged_on, **more
        )


def _points(value: Decimal) -> str:
    return f"{value.normalize():f}".replace(".", ",")
