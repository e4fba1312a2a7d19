"""What papers of a period are made from: who tells, on which day, and the numbers as papers print them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from functools import cached_property

from bontot.documents.asking import Together
from bontot.documents.office import Office, offices_of
from bontot.documents.paper import Grid
from bontot.documents.phrases import people
from bontot.errors import NotFound
from bontot.evaluation.words import percent
from bontot.policy.words import figure
from bontot.services import members, organisations
from bontot.services.agenda import cells_of
from bontot.services.fees.reports import Period
from bontot.services.organisations import Node
from bontot.services.period_figures import Figures, figures_of

NOT_THEN = "Tổ chức này chưa có hoặc không còn vào ngày đã chọn."


class Told:
    """What organisations tell of a period; each thing is read of all of them at once, when it is first asked for. Raises
    NotFound for what one that did not exist then would tell."""

    def __init__(self, asked: Together) -> None:
        self._asked = asked

    @cached_property
    def offices(self) -> dict[int, Office]:
        """Each on the day of its paper: today, of one that is no more its last; without an entry for one that did not exist
        then."""
        today, ends = self._asked.today, organisations.ends_of(self._asked.session, self._asked.subjects)
        days = [
            (id_, today if end is None or today < end else end - timedelta(days=1))
            for id_, end in ends.items()
        ]
        return {id_: office for (id_, _), office in offices_of(self._asked.session, days).items()}

    @cached_property
    def at_the_end(self) -> dict[int, Node]:
        """Each with those below it on the last day told of; without an entry for one that did not exist then."""
        return self._trees({id_: self.last_day(id_) for id_ in self.offices})

    def office(self, id_: int) -> Office:
        """Who tells."""
        if id_ not in self.offices:
            raise NotFound(NOT_THEN)
        return self.offices[id_]

    def last_day(self, id_: int) -> date:
        """The last day told of: of a period that runs today, of an organisation that is no more its own."""
        return min(self._asked.period.last, self.office(id_).day)

    def counts(self, id_: int) -> tuple[int, int]:
        """How many members and cells there are on the day of the paper."""
        if id_ not in self._now:
            raise NotFound(NOT_THEN)
        top, day = self._now[id_], self.office(id_).day
        return sum(self._headcounts[one, day].members for one in top.ids), top.cells

    def grid(self, id_: int) -> Grid:
        """The numbers of the period, of a cell or a body with its cells."""
        if id_ not in self.at_the_end:
            raise NotFound(NOT_THEN)
        numbers = _numbers(self._figures[id_], len(self._cells[id_]), len(self._ended[id_]))
        rows = [line for line in numbers if line[1]]
        return Grid(
            ("TT", "Nội dung", "Số liệu"),
            tuple((str(place), label, said) for place, (label, said) in enumerate(rows, 1)),
            shares=(5, 58, 30),
        )

    @cached_property
    def _now(self) -> dict[int, Node]:
        return self._trees({id_: office.day for id_, office in self.offices.items()})

    @cached_property
    def _headcounts(self) -> dict[organisations.OnDay, members.Headcount]:
        asked = {(one, self.offices[id_].day) for id_, top in self._now.items() for one in top.ids}
        return members.headcounts(self._asked.session, asked)

    @cached_property
    def _cells(self) -> dict[int, list[int]]:
        return {id_: [cell.id for cell, _ in cells_of([top])] for id_, top in self.at_the_end.items()}

    @cached_property
    def _ended(self) -> dict[int, list[int]]:
        """The cells of each that ended in the period."""
        session, within, first = self._asked.session, self._asked.reach, self._asked.period.first
        found: dict[int, list[int]] = {}
        for day, tops in _by_day({id_: self.last_day(id_) for id_ in self.at_the_end}).items():
            found |= organisations.ended_below(session, tops, within, first, day)
        return found

    @cached_property
    def _figures(self) -> dict[int, Figures]:
        asked = self._asked
        groups = {id_: [*cells, *self._ended[id_]] for id_, cells in self._cells.items()}
        return figures_of(asked.session, asked.registry, groups, asked.period, asked.today)

    def _trees(self, days: Mapping[int, date]) -> dict[int, Node]:
        found: dict[int, Node] = {}
        for day, tops in _by_day(days).items():
            found |= organisations.subtrees(self._asked.session, tops, self._asked.reach, day)
        return found


def _by_day(days: Mapping[int, date]) -> dict[date, list[int]]:
    found: dict[date, list[int]] = defaultdict(list)
    for id_, day in days.items():
        found[day].append(id_)
    return found


def _numbers(found: Figures, cells: int, ended: int) -> Iterator[tuple[str, str]]:
    if ended:
        yield "Số chi bộ cuối kỳ; kết thúc hoạt động trong kỳ", f"{figure(cells)}; {figure(ended)}"
    elif cells > 1:
        yield "Số chi bộ", figure(cells)
    yield "Số đảng viên đến cuối kỳ", people(found.members)
    yield "Trong đó: dự bị; miễn sinh hoạt", f"{found.probationary}; {found.exempt}"
    yield "Đảng viên chuyển đến, kết nạp; chuyển đi, ra khỏi danh sách", f"{found.came}; {found.left}"
    yield (
        "Tháng sinh hoạt đúng kỳ hạn; muộn; không sinh hoạt",
        f"{found.in_time}; {found.late}; {found.missed}",
    )
    yield (
        "Số buổi sinh hoạt: thường kỳ; chuyên đề; khác",
        f"{found.regular}; {found.thematic}; {found.other}",
    )
    if found.required:
        yield (
            "Lượt đảng viên dự họp trên lượt phải dự",
            f"{figure(found.present)}/{figure(found.required)} ({percent(found.present, found.required)})",
        )
    yield "Số nghị quyết, kết luận đã ban hành", figure(found.resolutions)
    yield (
        "Nhiệm vụ đến hạn: xong đúng hạn; xong trễ; quá hạn chưa xong",
        f"{found.tasks_in_time}; {found.tasks_late}; {found.tasks_overdue} (trên {found.tasks})",
    )
    yield "Đảng phí đã thu trên phải thu (đồng)", f"{figure(found.fees_paid)}/{figure(found.fees_due)}"


def begun(period: Period, today: date) -> None:
    """Raises NotFound for a period that is still to come."""
    if period.first > today:
        raise NotFound("Kỳ báo cáo này chưa đến.")
