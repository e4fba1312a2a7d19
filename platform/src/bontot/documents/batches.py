"""Papers of a kind printed together: of all bodies below one, of a month's meetings, of a cell's members, of what all cells
report on a period.

Whatever is printed is read in a fixed number of statements, however many papers there are; each is then made in turn.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from sqlalchemy import text

from bontot.access import organisations_below
from bontot.db.tenancy import TenantSession
from bontot.documents.asking import Papers, PapersOf, Span, Together, period_of, span_of
from bontot.documents.kinds import meetings, periods, planned, pledges, sheets
from bontot.documents.paper import Paper
from bontot.errors import InvalidInput, NotFound
from bontot.registry import Registry
from bontot.services import members, organisations
from bontot.services.agenda import cells_of

MOST = 500
"""Papers in one batch."""
TOO_MANY = "Mỗi lần in tối đa {most} văn bản, ở đây có {count}. Xin chọn một tổ chức cấp dưới."
NOTHING = "Không có gì để in: {place} không có {label} trong thời gian này."
NOT_ITS_TIME = "{label} lập theo {spans} đã bắt đầu; xin ghi như {examples}."
NO_TIME = "{label} lập cho các buổi sắp họp nên không ghi thời gian."
_SAID: Mapping[Span, tuple[str, str]] = {
    "month": ("tháng", "2026-03"),
    "quarter": ("quý", "2026-Q1"),
    "year": ("năm", "2026"),
}
EVALUATED_FIRST = "Bảng lập từ kết quả đánh giá: đánh giá năm ấy xong thì in được."
PREPARED_FIRST = "Chi bộ soạn giấy mời cho buổi họp sắp tới thì in được."

About = Literal["year", "period", "month", "coming", "members"]
_SPANS: Mapping[About, Sequence[Span]] = {
    "year": ("year",),
    "period": ("month", "quarter", "year"),
    "month": ("month",),
    "coming": (),
    "members": ("year",),
}
Subject = tuple[int, str]
"""The id of what a paper is about, and whose paper it is, in words."""


@dataclass(frozen=True, slots=True)
class Below:
    """A body with all below it today: what a batch looks at, in the order of the tree."""

    session: TenantSession
    place_id: int
    today: date
    of: str
    cells: Sequence[Subject]
    base_committees: Sequence[Subject]


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Papers that can be printed together: `key` for programs, `slug` in addresses, `label` for people; what they are
    `about` besides the body (a year; a month, a quarter or a year; the meetings of a month; those to come; or each member of
    one cell for a year), `over` which of those spans where not over all; whether cells or committees print them, `find` what
    there may be papers of, `papers` which makes them, `first` what has to be done before there are any, and whether those of
    the year to come are made `ahead`."""

    key: str
    slug: str
    label: str
    about: About
    find: Callable[[Below], list[Subject]]
    papers: PapersOf
    by: Literal["cell", "committee", "both"] = "both"
    over: Sequence[Span] = ()
    first: str = ""
    ahead: bool = False

    @property
    def spans(self) -> Sequence[Span]:
        """What it may be of; nothing where it names no time."""
        return self.over or _SPANS[self.about]

    def offered(self, *, is_cell: bool) -> bool:
        """Whether it can be printed for a cell, or a committee."""
        return self.by in ("both", "cell" if is_cell else "committee")

    def check(self, of: str, today: date) -> None:
        """Raises InvalidInput for a time it is not about, or that is still to come."""
        if not self.spans:
            if of:
                raise InvalidInput(NO_TIME.format(label=self.label), "of")
            return
        try:
            period = period_of(of)
        except NotFound:
            period = None
        if period is None or span_of(period) not in self.spans or (period.first > today and not self.ahead):
            names, examples = zip(*(_SAID[span] for span in self.spans), strict=True)
            said = NOT_ITS_TIME.format(label=self.label, spans=_either(names), examples=_either(examples))
            raise InvalidInput(said, "of")


def _either(words: Sequence[str]) -> str:
    """`tháng, quý hoặc năm`."""
    return " hoặc ".join(filter(None, (", ".join(words[:-1]), words[-1])))


@dataclass(frozen=True, slots=True)
class Bound:
    """A batch that was looked for: the subjects, and the papers made in turn of those that have one."""

    batch: Batch
    name: str
    subjects: Sequence[Subject]
    papers: Papers

    def whose(self) -> Iterator[tuple[str, int, Paper]]:
        """Each paper with whose it is and the subject's id."""
        named = dict(self.subjects)
        for subject_id, paper in self.papers:
            yield named[subject_id], subject_id, paper


def _base_committees(below: Below) -> list[Subject]:
    return list(below.base_committees)


def _cells(below: Below) -> list[Subject]:
    return list(below.cells)


def _members(below: Below) -> list[Subject]:
    return [(one.id, one.full_name) for one in members.at_home(below.session, below.place_id, below.today)]


_HELD = text("""
SELECT m.id, m.organisation_id, m.held_on FROM meeting AS m
WHERE m.organisation_id = ANY(:cells) AND m.held_on >= :first AND m.held_on < :end ORDER BY m.held_on, m.id
""")
_PLANNED = text("""
SELECT id, organisation_id, held_on FROM planned_meeting
WHERE organisation_id = ANY(:cells) AND held_on >= :first AND held_on < :end AND meeting_id IS NULL ORDER BY held_on, id
""")
BASE = "grassroots_committee"
AHEAD = timedelta(days=60)
"""How far ahead the meetings to come are looked for."""


def _held(below: Below) -> list[Subject]:
    period = period_of(below.of)
    rows = below.session.execute(_HELD, _when(below, period.first, period.end)).all()
    return _by_cell(below, [(row[0], row[1], row[2]) for row in rows])


def _coming(below: Below) -> list[Subject]:
    rows = below.session.execute(_PLANNED, _when(below, below.today, below.today + AHEAD)).all()
    return _by_cell(below, [(row[0], row[1], row[2]) for row in rows])


def _when(below: Below, first: date, end: date) -> dict[str, object]:
    return {"cells": [id_ for id_, _ in below.cells], "first": first, "end": end}


def _by_cell(below: Below, rows: Sequence[tuple[int, int, date]]) -> list[Subject]:
    """Meetings in the order of their cells, named by cell and day."""
    return [
        (id_, f"{name}, ngày {held_on:%d/%m/%Y}")
        for cell, name in below.cells
        for id_, of_cell, held_on in rows
        if of_cell == cell
    ]


BATCHES: tuple[Batch, ...] = (
    Batch(
        key="score_sheet",
        slug="bang-tu-danh-gia",
        label="Bảng tự đánh giá của chi bộ",
        about="year",
        find=_cells,
        papers=sheets.score_sheets,
        first=EVALUATED_FIRST,
    ),
    Batch(
        key="score_sheet_base",
        slug="bang-tu-danh-gia-dang-bo",
        label="Bảng tự đánh giá của các đảng bộ cơ sở",
        about="year",
        by="committee",
        find=_base_committees,
        papers=sheets.score_sheets,
        first=EVALUATED_FIRST,
    ),
    Batch(
        key="commitment_registration",
        slug="dang-ky",
        label="Bản đăng ký phấn đấu",
        about="year",
        find=_cells,
        papers=pledges.of_cells,
        ahead=True,
    ),
    Batch(
        key="member_score_sheet",
        slug="bang-tu-danh-gia-dang-vien",
        label="Bảng tự đánh giá của đảng viên",
        about="members",
        by="cell",
        find=_members,
        papers=sheets.member_score_sheets,
        first=EVALUATED_FIRST,
    ),
    Batch(
        key="member_commitment_registration",
        slug="dang-ky-dang-vien",
        label="Bản đăng ký của đảng viên",
        about="members",
        by="cell",
        find=_members,
        papers=pledges.of_members,
        ahead=True,
    ),
    Batch(
        key="report", slug="bao-cao", label="Báo cáo", about="period", find=_cells, papers=periods.all_reports
    ),
    Batch(
        key="fee_report",
        slug="bao-cao-dang-phi",
        label="Báo cáo thu, nộp đảng phí",
        about="period",
        over=periods.FEE_SPANS,
        find=_cells,
        papers=periods.fee_reports,
    ),
    Batch(
        key="meeting_minutes",
        slug="bien-ban",
        label="Biên bản sinh hoạt",
        about="month",
        find=_held,
        papers=meetings.all_minutes,
    ),
    Batch(
        key="cell_resolution",
        slug="nghi-quyet",
        label="Nghị quyết chi bộ",
        about="month",
        find=_held,
        papers=meetings.resolutions,
    ),
    Batch(
        key="attendance_list",
        slug="diem-danh",
        label="Danh sách điểm danh",
        about="month",
        find=_held,
        papers=meetings.attendance_lists,
    ),
    Batch(
        key="meeting_self_score",
        slug="tu-cham-diem",
        label="Bảng tự chấm điểm buổi sinh hoạt",
        about="month",
        find=_held,
        papers=meetings.self_scores,
    ),
    Batch(
        key="meeting_invitation",
        slug="giay-moi",
        label="Giấy mời",
        about="coming",
        find=_coming,
        papers=planned.invitations,
        first=PREPARED_FIRST,
    ),
    Batch(
        key="sign_in_list",
        slug="ky-ten",
        label="Danh sách ký tên dự họp",
        about="coming",
        find=_coming,
        papers=planned.sign_in_lists,
        first=PREPARED_FIRST,
    ),
    Batch(
        key="agenda",
        slug="chuong-trinh",
        label="Chương trình sinh hoạt",
        about="coming",
        find=_coming,
        papers=planned.agendas,
        first=PREPARED_FIRST,
    ),
)
_BY_SLUG = {batch.slug: batch for batch in BATCHES}
_BY_KEY = {batch.key: batch for batch in BATCHES}


def batch_of(slug: str) -> Batch:
    """The batch of a name. Raises NotFound."""
    if slug not in _BY_SLUG:
        raise NotFound
    return _BY_SLUG[slug]


def batch_called(key: str) -> Batch:
    """The batch of a key. Raises NotFound."""
    if key not in _BY_KEY:
        raise NotFound
    return _BY_KEY[key]


def look(
    session: TenantSession, registry: Registry, today: date, batch: Batch, place_id: int, of: str
) -> Bound:
    """Finds what a batch of a body holds; the papers are read and made when they are asked for. Raises NotFound for a body
    that is no more, InvalidInput for a time the batch is not about and for more than `MOST`."""
    batch.check(of, today)
    within = organisations_below(session, place_id, today)
    top = organisations.subtree(session, place_id, within, today)
    if not batch.offered(is_cell=top.is_cell):
        raise NotFound
    below = Below(
        session=session,
        place_id=place_id,
        today=today,
        of=of,
        cells=[(cell.id, cell.name) for cell, _ in cells_of((top,))],
        base_committees=[(one.id, one.name) for one in organisations.walked([top]) if one.type == BASE],
    )
    subjects = batch.find(below)
    if len(subjects) > MOST:
        raise InvalidInput(TOO_MANY.format(most=MOST, count=len(subjects)))
    asked = Together(
        session=session,
        registry=registry,
        reach=within,
        today=today,
        subjects=[id_ for id_, _ in subjects],
        place_id=place_id,
        of=of,
    )
    return Bound(batch, top.name, subjects, batch.papers(asked))
