"""The papers of a month, a quarter or a year: the report to the body above, and the report on fees (dossier documents §5.3,
§5.9)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from bontot.documents.asking import (
    Asked,
    Papers,
    Part,
    Span,
    Together,
    is_month,
    named_period,
    span_of,
)
from bontot.documents.forms import Forms, authority_in, form_of, subject_in
from bontot.documents.kinds.declared import fields_of, laid_out, parts_in
from bontot.documents.kinds.figures import NOT_THEN, Told, begun
from bontot.documents.office import Office
from bontot.documents.paper import Block, Centred, Grid, Heading, Paper, Signer, Text
from bontot.documents.phrases import written_day
from bontot.documents.writing import Written, written_of
from bontot.errors import NotFound
from bontot.policy.model import ReportFormat
from bontot.policy.national_fees import NATIONAL
from bontot.policy.words import figure
from bontot.services.fees import reports
from bontot.services.fees.reports import Period, Row

FEE_COLUMNS = ("Mã", "Nội dung", "Xã, phường", "Doanh nghiệp", "Khác", "Cộng")
FEE_SPANS: tuple[Span, ...] = ("month", "quarter")
"""Over what fees are reported."""
SUMMED = frozenset({"02", "03", "04", "08", "12", "13", "14"})
"""Lines of the fee report that others are parts of."""


def report_of(asked: Asked) -> Paper:
    """The report of a cell, or of a body with its cells: the numbers from the records, the words as they were written."""
    return asked.alone(all_reports, asked.organisation_id, NOT_THEN)


def all_reports(asked: Together) -> Papers:
    """The reports of those organisations that existed at the end of the period. Raises NotFound for one still to come."""
    begun(asked.period, asked.today)
    told = Told(asked)
    if not told.at_the_end:
        return
    forms = Forms(asked.session, asked.registry, asked.today, told.at_the_end)
    words = written_of(asked, "report")
    for id_ in asked.subjects:
        if id_ in told.at_the_end:
            yield id_, _report(asked, told, forms, id_, words[id_])


def _report(asked: Together, told: Told, forms: Forms, id_: int, words: Written) -> Paper:
    office, form, named = told.offices[id_], forms.of(id_, "report"), named_period(asked.period)
    if form and form.layout:
        fields = fields_of(told, office, named)
        body, annexes = laid_out(form, fields, words, lambda _: [told.grid(id_)])
    else:
        parts = _results(asked, form, forms.of(id_, "scheme_report"))
        body, annexes = tuple(_told(office, told.grid(id_), parts, words, named)), ()
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
    return [
        *_results(asked, form, form_of(asked, "scheme_report")),
        *(Part(key, label) for key, _, label in CONCLUSIONS),
    ]


CONCLUSIONS = (
    ("shortcomings", "II- HẠN CHẾ, NGUYÊN NHÂN", "Hạn chế, nguyên nhân"),
    ("next", "III- NHIỆM VỤ KỲ TỚI", "Nhiệm vụ kỳ tới"),
    ("requests", "IV- KIẾN NGHỊ", "Kiến nghị"),
)


def _results(asked: Asked | Together, form: ReportFormat | None, beside: ReportFormat | None) -> list[Part]:
    """Under which headings results are written: those of the plan's form of a report, or of the one `beside` it."""
    outline = form if form and form.sections else beside
    if outline and outline.sections and not is_month(asked.period):
        return [Part(f"results.{key}", words) for key, words in outline.sections]
    return [Part("results", "Đánh giá chung")]


def _told(
    office: Office, numbers: Grid, results: Sequence[Part], words: Written, named: str
) -> Iterator[Block]:
    """The report: its numbers from the records, and what was written beside them."""
    if office.above:
        yield Centred(f"Kính gửi: {office.above}")
    yield Heading("I- KẾT QUẢ THỰC HIỆN")
    yield Heading("1. Số liệu", 2)
    yield numbers
    for place, part in enumerate(results, 2):
        yield Heading(f"{place}. {part.label}", 2)
        yield from words.blocks(part.key)
    for key, heading, _ in CONCLUSIONS:
        yield Heading(heading)
        yield from words.blocks(key)
    yield Text(f"Trên đây là báo cáo {named} của {office.author}.")


def fee_report_of(asked: Asked) -> Paper:
    """The report on fees of a month or a quarter. Raises NotFound for a year: it adds up from month to month."""
    return asked.alone(fee_reports, asked.organisation_id, NOT_THEN)


def fee_reports(asked: Together) -> Papers:
    """The same of those organisations that existed at the end of the period."""
    period = asked.period
    if span_of(period) not in FEE_SPANS:
        raise NotFound
    begun(period, asked.today)
    told = Told(asked)
    there = {id_: told.offices[id_].is_cell for id_ in asked.subjects if id_ in told.at_the_end}
    if not there:
        return
    rows = reports.reports_of(asked.session, there, period)
    for id_ in there:
        yield id_, _fee_report(period, told.last_day(id_), told.offices[id_], rows[id_])


def fee_report(asked: Asked, rows: Sequence[Row]) -> Paper:
    """The same of rows that were read already."""
    told = Told(asked.together([asked.organisation_id]))
    office = told.office(asked.organisation_id)
    return _fee_report(asked.period, told.last_day(asked.organisation_id), office, rows)


def _fee_report(period: Period, last_day: date, office: Office, rows: Sequence[Row]) -> Paper:
    undecided = any(row.figures[-1] is None for row in rows)
    return Paper(
        kind="fee_report",
        day=office.day,
        header=office.header("BC", office.day),
        title="BÁO CÁO",
        subject=f"tình hình thu, nộp đảng phí {named_period(period)}",
        body=(
            Text(f"Đơn vị tính: đồng, riêng dòng 01 là người. Số liệu đến hết {written_day(last_day)}."),
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
