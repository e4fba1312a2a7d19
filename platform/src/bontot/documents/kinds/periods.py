"""The papers of a month, a quarter or a year: the report to the body above, and the report on fees (dossier documents §5.3,
§5.9)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from bontot.documents.asking import Asked, is_month, named_period
from bontot.documents.forms import authority_in, form_of, subject_in
from bontot.documents.office import Office, office_of
from bontot.documents.paper import Block, Centred, Grid, Heading, Paper, Signer, Text
from bontot.documents.phrases import UNWRITTEN, people, written_day
from bontot.errors import NotFound
from bontot.evaluation.words import percent
from bontot.policy.national_fees import NATIONAL
from bontot.policy.words import figure
from bontot.services import organisations
from bontot.services.agenda import cells_of
from bontot.services.fees import reports
from bontot.services.fees.reports import Period, Row
from bontot.services.organisations import Node, ended_on
from bontot.services.period_figures import Figures, figures_of

FEE_COLUMNS = ("Mã", "Nội dung", "Xã, phường", "Doanh nghiệp", "Khác", "Cộng")
SUMMED = frozenset({"02", "03", "04", "08", "12", "13", "14"})
"""Lines of the fee report that others are parts of."""


def report_of(asked: Asked) -> Paper:
    """The report of a cell, or of a body with its cells: the numbers from the records, the words left to be written."""
    period = asked.period
    office, top = _whole(asked, period)
    cells = [cell.id for cell, _ in cells_of([top])]
    found = figures_of(asked.session, asked.registry, cells, period, asked.today)
    form = form_of(asked, "report")
    outline = form_of(asked, "scheme_report") if not form or not form.sections else form
    sections = [words for _, words in outline.sections] if outline and not is_month(period) else []
    named = named_period(period)
    subject = (subject_in(form, "Báo cáo") if form else "") or "kết quả sinh hoạt và thực hiện nhiệm vụ"
    return Paper(
        kind="report",
        day=office.day,
        header=office.header("BC", office.day),
        title="BÁO CÁO",
        subject=f"{subject} {named}",
        body=tuple(_told(office, found, named, len(cells), sections)),
        recipients=office.recipients(),
        signers=(office.signer(authority_in(form, is_cell=office.is_cell)),),
    )


def _told(office: Office, found: Figures, named: str, cells: int, sections: Sequence[str]) -> Iterator[Block]:
    """The report; `sections` are the headings of the plan's own form, under which its results are told."""
    if office.above:
        yield Centred(f"Kính gửi: {office.above}")
    yield Heading("I- KẾT QUẢ THỰC HIỆN")
    yield Heading("1. Số liệu", 2)
    rows = [line for line in _numbers(found, cells) if line[1]]
    yield Grid(
        ("TT", "Nội dung", "Số liệu"),
        tuple((str(place), label, said) for place, (label, said) in enumerate(rows, 1)),
        shares=(5, 58, 30),
    )
    for place, words in enumerate(sections or ["Đánh giá chung"], 2):
        yield Heading(f"{place}. {words}", 2)
        yield Text(UNWRITTEN)
    yield Heading("II- HẠN CHẾ, NGUYÊN NHÂN")
    yield Text(UNWRITTEN)
    yield Heading("III- NHIỆM VỤ KỲ TỚI")
    yield Text(UNWRITTEN)
    yield Heading("IV- KIẾN NGHỊ")
    yield Text(UNWRITTEN)
    yield Text(f"Trên đây là báo cáo {named} của {office.author}.")


def _numbers(found: Figures, cells: int) -> Iterator[tuple[str, str]]:
    if cells > 1:
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


def fee_report_of(asked: Asked) -> Paper:
    """The report on fees of a month or a quarter. Raises NotFound for a year: it adds up from month to month."""
    period = asked.period
    if "-" not in asked.of:
        raise NotFound
    office, top = _whole(asked, period)
    rows = reports.report(asked.session, top.id, is_cell=office.is_cell, period=period)
    return _fee_report(asked, office, rows)


def fee_report(asked: Asked, rows: Sequence[Row]) -> Paper:
    """The same of rows that were read already."""
    return _fee_report(asked, office_of(asked.session, asked.organisation_id, _last_day(asked)), rows)


def _fee_report(asked: Asked, office: Office, rows: Sequence[Row]) -> Paper:
    period = asked.period
    undecided = any(row.figures[-1] is None for row in rows)
    return Paper(
        kind="fee_report",
        day=office.day,
        header=office.header("BC", office.day),
        title="BÁO CÁO",
        subject=f"tình hình thu, nộp đảng phí {named_period(period)}",
        body=(
            Text(f"Đơn vị tính: đồng, riêng dòng 01 là người. Số liệu đến hết {written_day(office.day)}."),
            Grid(
                FEE_COLUMNS,
                tuple((row.code, row.label, *map(_amount, row.figures)) for row in rows),
                figures=frozenset({2, 3, 4, 5}),
                ticks=frozenset({0}),
                strong=frozenset(place for place, row in enumerate(rows) if row.code in SUMMED),
                shares=(5, 36, 14, 14, 14, 15),
            ),
            Text(f"{'; '.join(_rules(period))}. Phần giữ lại tính theo từng tháng, làm tròn đến đồng."),
        ),
        recipients=office.recipients(),
        signers=(Signer(lines=("NGƯỜI LẬP",)), office.signer()),
        lacks="Quản trị đảng bộ đặt tỷ lệ giữ lại ở trang Quy định đảng phí rồi mới lập được báo cáo."
        if undecided
        else "",
    )


def _whole(asked: Asked, period: Period) -> tuple[Office, Node]:
    """The office on the report's last day, and the organisation with its cells of that day."""
    _begun(period, asked.today)
    day = _last_day(asked)
    top = organisations.subtree(asked.session, asked.organisation_id, asked.reach, day)
    return office_of(asked.session, asked.organisation_id, day), top


def _last_day(asked: Asked) -> date:
    """The report's last day: of a period that runs today, of an organisation that is no more its own."""
    day = min(asked.period.last, asked.today)
    ended = ended_on(asked.session, asked.organisation_id)
    return day if ended is None or day < ended else ended - timedelta(days=1)


def _begun(period: Period, today: date) -> None:
    if period.first > today:
        raise NotFound("Kỳ báo cáo này chưa đến.")


def _rules(period: Period) -> list[str]:
    return [
        f"{rules.reference.kind} số {rules.reference.number}, ngày {rules.reference.issued_on:%d/%m/%Y}"
        for rules in NATIONAL
        if rules.holds_on(period.first) or rules.holds_on(period.last)
    ]


def _amount(value: int | None) -> str:
    return "–" if value is None else figure(value)
