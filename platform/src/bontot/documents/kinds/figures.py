"""The numbers of a period as papers print them, and the days of a paper about one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from bontot.documents.asking import Asked
from bontot.documents.paper import Grid
from bontot.documents.phrases import people
from bontot.errors import NotFound
from bontot.evaluation.words import percent
from bontot.policy.words import figure
from bontot.services import organisations
from bontot.services.agenda import cells_of
from bontot.services.fees.reports import Period
from bontot.services.organisations import ended_on
from bontot.services.period_figures import Figures, figures_of


def figures_grid(asked: Asked) -> Grid:
    """The numbers of the period asked for, of a cell or a body with its cells."""
    top = organisations.subtree(asked.session, asked.organisation_id, asked.reach, last_day(asked))
    cells = [cell.id for cell, _ in cells_of([top])]
    ended = organisations.ended_below(
        asked.session, asked.organisation_id, asked.reach, asked.period.first, last_day(asked)
    )
    found = figures_of(asked.session, asked.registry, cells, asked.period, asked.today, ended=ended)
    rows = [line for line in _numbers(found, len(cells), len(ended)) if line[1]]
    return Grid(
        ("TT", "Nội dung", "Số liệu"),
        tuple((str(place), label, said) for place, (label, said) in enumerate(rows, 1)),
        shares=(5, 58, 30),
    )


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


def last_day(asked: Asked) -> date:
    """The last day reported on: of a period that runs today, of an organisation that is no more its own."""
    return min(asked.period.last, dated(asked))


def dated(asked: Asked) -> date:
    """The day of the report: today, of an organisation that is no more its last."""
    ended = ended_on(asked.session, asked.organisation_id)
    return asked.today if ended is None or asked.today < ended else ended - timedelta(days=1)


def begun(period: Period, today: date) -> None:
    """Raises NotFound for a period that is still to come."""
    if period.first > today:
        raise NotFound("Kỳ báo cáo này chưa đến.")
