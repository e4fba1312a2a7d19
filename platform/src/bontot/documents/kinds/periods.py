"""The papers of a month, a quarter or a year: the report to the body above, and the report on fees (dossier documents §5.3,
§5.9)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from bontot.documents.asking import Asked, Part, is_month, named_period
from bontot.documents.forms import authority_in, form_of, subject_in
from bontot.documents.office import Office, office_of
from bontot.documents.paper import Block, Centred, Grid, Heading, Paper, Signer, Text
from bontot.documents.phrases import people, written_day
from bontot.documents.writing import written
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
    """The report of a cell, or of a body with its cells: the numbers from the records, the words as they were written."""
    period = asked.period
    office, top = _whole(asked, period)
    cells = [cell.id for cell, _ in cells_of([top])]
    found = figures_of(asked.session, asked.registry, cells, period, asked.today)
    form = form_of(asked, "report")
    named = named_period(period)
    subject = (subject_in(form, "Báo cáo") if form else "") or "kết quả sinh hoạt và thực hiện nhiệm vụ"
    return Paper(
        kind="report",
        day=office.day,
        header=office.header("BC", office.day),
        title="BÁO CÁO",
        subject=f"{subject} {named}",
        body=tuple(_told(asked, office, found, len(cells))),
        recipients=office.recipients(),
        signers=(office.signer(authority_in(form, is_cell=office.is_cell)),),
    )


def parts_of(asked: Asked) -> list[Part]:
    """What people write into a report: its results, under the headings of the plan's own form where it covers more than a
    month, and what follows from them."""
    return [*_results(asked), *(Part(key, label) for key, _, label in CONCLUSIONS)]


CONCLUSIONS = (
    ("shortcomings", "II- HẠN CHẾ, NGUYÊN NHÂN", "Hạn chế, nguyên nhân"),
    ("next", "III- NHIỆM VỤ KỲ TỚI", "Nhiệm vụ kỳ tới"),
    ("requests", "IV- KIẾN NGHỊ", "Kiến nghị"),
)


def _results(asked: Asked) -> list[Part]:
    form = form_of(asked, "report")
    outline = form if form and form.sections else form_of(asked, "scheme_report")
    if outline and outline.sections and not is_month(asked.period):
        return [Part(f"results.{key}", words) for key, words in outline.sections]
    return [Part("results", "Đánh giá chung")]


def _told(asked: Asked, office: Office, found: Figures, cells: int) -> Iterator[Block]:
    """The report: its numbers from the records, and what was written beside them."""
    words = written(asked, "report")
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
    for place, part in enumerate(_results(asked), 2):
        yield Heading(f"{place}. {part.label}", 2)
        yield from words.blocks(part.key)
    for key, heading, _ in CONCLUSIONS:
        yield Heading(heading)
        yield from words.blocks(key)
    yield Text(f"Trên đây là báo cáo {named_period(asked.period)} của {office.author}.")


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
    return _fee_report(asked, office_of(asked.session, asked.organisation_id, _dated(asked)), rows)


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
            Text(
                f"Đơn vị tính: đồng, riêng dòng 01 là người. Số liệu đến hết {written_day(_last_day(asked))}."
            ),
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
    """The office on the day of the report, and the organisation with its cells of the period's last."""
    _begun(period, asked.today)
    day = _last_day(asked)
    top = organisations.subtree(asked.session, asked.organisation_id, asked.reach, day)
    return office_of(asked.session, asked.organisation_id, _dated(asked)), top


def _last_day(asked: Asked) -> date:
    """The last day reported on: of a period that runs today, of an organisation that is no more its own."""
    return min(asked.period.last, _dated(asked))


def _dated(asked: Asked) -> date:
    """The day of the report: today, of an organisation that is no more its last."""
    ended = ended_on(asked.session, asked.organisation_id)
    return asked.today if ended is None or asked.today < ended else ended - timedelta(days=1)


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
