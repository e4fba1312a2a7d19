"""The papers of a month, a quarter or a year: the report to the body above, and the report on fees (dossier documents §5.3,
§5.9)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bontot.documents.asking import Asked, Part, is_month, named_period
from bontot.documents.forms import authority_in, form_of, subject_in
from bontot.documents.kinds.declared import laid_out, parts_in
from bontot.documents.kinds.figures import begun, dated, figures_grid, last_day
from bontot.documents.office import Office, office_of
from bontot.documents.paper import Block, Centred, Grid, Heading, Paper, Signer, Text
from bontot.documents.phrases import written_day
from bontot.documents.writing import written
from bontot.errors import NotFound
from bontot.policy.national_fees import NATIONAL
from bontot.policy.words import figure
from bontot.services import organisations
from bontot.services.fees import reports
from bontot.services.fees.reports import Period, Row

FEE_COLUMNS = ("Mã", "Nội dung", "Xã, phường", "Doanh nghiệp", "Khác", "Cộng")
SUMMED = frozenset({"02", "03", "04", "08", "12", "13", "14"})
"""Lines of the fee report that others are parts of."""


def report_of(asked: Asked) -> Paper:
    """The report of a cell, or of a body with its cells: the numbers from the records, the words as they were written."""
    period = asked.period
    begun(period, asked.today)
    office = office_of(asked.session, asked.organisation_id, dated(asked))
    form = form_of(asked, "report")
    named = named_period(period)
    body, annexes = tuple(_told(asked, office)), tuple[Block, ...]()
    if form and form.layout:
        body, annexes = laid_out(asked, form, office, named)
    subject = (subject_in(form, "Báo cáo") if form else "") or "kết quả sinh hoạt và thực hiện nhiệm vụ"
    return Paper(
        kind="report",
        day=office.day,
        header=office.header("BC", office.day),
        title="BÁO CÁO",
        subject=f"{subject} {named}",
        body=body,
        annexes=annexes,
        recipients=office.recipients(),
        signers=(office.signer(authority_in(form, is_cell=office.is_cell)),),
    )


def parts_of(asked: Asked) -> list[Part]:
    """What people write into a report: its results, under the headings of the plan's own form where it covers more than a
    month, and what follows from them."""
    form = form_of(asked, "report")
    if form and form.layout:
        return parts_in(form)
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


def _told(asked: Asked, office: Office) -> Iterator[Block]:
    """The report: its numbers from the records, and what was written beside them."""
    words = written(asked, "report")
    if office.above:
        yield Centred(f"Kính gửi: {office.above}")
    yield Heading("I- KẾT QUẢ THỰC HIỆN")
    yield Heading("1. Số liệu", 2)
    yield figures_grid(asked)
    for place, part in enumerate(_results(asked), 2):
        yield Heading(f"{place}. {part.label}", 2)
        yield from words.blocks(part.key)
    for key, heading, _ in CONCLUSIONS:
        yield Heading(heading)
        yield from words.blocks(key)
    yield Text(f"Trên đây là báo cáo {named_period(asked.period)} của {office.author}.")


def fee_report_of(asked: Asked) -> Paper:
    """The report on fees of a month or a quarter. Raises NotFound for a year: it adds up from month to month."""
    period = asked.period
    if "-" not in asked.of:
        raise NotFound
    begun(period, asked.today)
    office = office_of(asked.session, asked.organisation_id, dated(asked))
    top = organisations.subtree(asked.session, asked.organisation_id, asked.reach, last_day(asked))
    rows = reports.report(asked.session, top.id, is_cell=office.is_cell, period=period)
    return _fee_report(asked, office, rows)


def fee_report(asked: Asked, rows: Sequence[Row]) -> Paper:
    """The same of rows that were read already."""
    return _fee_report(asked, office_of(asked.session, asked.organisation_id, dated(asked)), rows)


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
                f"Đơn vị tính: đồng, riêng dòng 01 là người. Số liệu đến hết {written_day(last_day(asked))}."
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


def _rules(period: Period) -> list[str]:
    return [
        f"{rules.reference.kind} số {rules.reference.number}, ngày {rules.reference.issued_on:%d/%m/%Y}"
        for rules in NATIONAL
        if rules.holds_on(period.first) or rules.holds_on(period.last)
    ]


def _amount(value: int | None) -> str:
    return "–" if value is None else figure(value)
