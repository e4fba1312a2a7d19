"""What an evaluation says, on paper: the score sheet of a cell or base organisation, and the table of the cells below
(dossier documents §5.5, §5.9)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from bontot.documents.asking import Asked, Papers, Together
from bontot.documents.forms import Forms, authority_in, form_of, signers_in, subject_in
from bontot.documents.office import Office, office_of, offices_of
from bontot.documents.paper import Block, Grid, Paper, Signer, Text
from bontot.documents.phrases import header as page_header
from bontot.errors import NotFound
from bontot.evaluation.explain import Explained, Finding, GroupFinding
from bontot.evaluation.runs import RunHeader, current_runs
from bontot.evaluation.standing import explained_of
from bontot.evaluation.words import percent
from bontot.policy.model import ReportFormat
from bontot.policy.terms import Operator, Origin, Outcome, Subject
from bontot.policy.words import figure, quantity
from bontot.services import boards, evaluations, organisations
from bontot.services.agenda import cells_of
from bontot.services.evaluations import SubjectLine
from bontot.services.paging import SIZE
from bontot.services.proceedings.reading import names_of
from bontot.services.recognition.lists import Counted, counted

OUTCOMES = {
    Outcome.MET: "Đạt",
    Outcome.NOT_MET: "Chưa đạt",
    Outcome.NOT_APPLICABLE: "Không áp dụng",
    Outcome.NO_DATA: "Chưa có dữ liệu",
    Outcome.ERROR: "Lỗi khi tính",
}
SIGNS = {Outcome.MET: "Đ", Outcome.NOT_MET: "C", Outcome.NOT_APPLICABLE: "–"}
"""In the table of many cells; of what has no data nothing is written."""
SIGNS_OF = {
    Operator.AT_LEAST: "≥",
    Operator.MORE_THAN: ">",
    Operator.EQUAL: "=",
    Operator.AT_MOST: "≤",
    Operator.LESS_THAN: "<",
}
TITLE = "BẢNG TỰ ĐÁNH GIÁ"


def score_sheet_of(asked: Asked) -> Paper:
    """How a cell or base organisation stands for its title of a year, criterion by criterion, as it stands today. Raises
    NotFound where no evaluation judges it."""
    missing = f"Năm {asked.year} chưa có kết quả đánh giá của đơn vị này."
    return asked.alone(score_sheets, asked.organisation_id, missing)


def score_sheets(asked: Together) -> Papers:
    """The score sheets of those cells and base organisations that an evaluation judges."""
    judged = _judged(asked, of_members=False)
    if not judged:
        return
    offices = offices_of(asked.session, ((id_, asked.today) for id_ in judged))
    counts = counted(asked.session, list(judged), asked.year)
    forms = Forms(asked.session, asked.registry, asked.today, judged)
    for id_ in asked.subjects:
        if id_ in judged and (office := offices.get((id_, asked.today))):
            key = "score_sheet" if office.is_cell else "score_sheet_base"
            form = forms.of(id_, key) or forms.of(id_, "score_sheet")
            yield id_, _score_sheet(office, form, *judged[id_], counts.get(id_, []))


def _score_sheet(
    office: Office,
    form: ReportFormat | None,
    header: RunHeader,
    explained: Explained,
    counts: Sequence[Counted],
) -> Paper:
    begins = "Bảng chấm điểm" if form and form.title.startswith("Bảng chấm điểm") else TITLE.capitalize()
    said = subject_in(form, begins) if form and office.is_cell else f"“{explained.scheme.title}”"
    right = signers_in(form)[1:]
    return Paper(
        kind="score_sheet",
        day=office.day,
        header=office.header(day=office.day),
        title=begins.upper(),
        subject=f"{said} năm {header.rules.year}",
        body=(*_sheet(header, explained), *_voted(explained, counts)),
        signers=(office.signer(), Signer(lines=right[0] if right else ("NGƯỜI THẨM ĐỊNH",))),
        landscape=True,
    )


def _voted(explained: Explained, counts: Sequence[Counted]) -> Iterator[Block]:
    """What came of the vote on the title, where one was counted."""
    for count in counts:
        for one in count.named:
            if one.title == explained.scheme.title and not one.of_member:
                yield Text(f"{one.told(count.ballot)}, ngày {count.held_on:%d/%m/%Y}.", "Biểu quyết:")


def judged(asked: Asked) -> tuple[RunHeader, Explained]:
    """How an organisation stands for its title of a year. Raises NotFound where no evaluation judges it."""
    found = _judged(asked.together([asked.organisation_id]), of_members=False)
    if asked.organisation_id not in found:
        raise NotFound(f"Năm {asked.year} chưa có kết quả đánh giá của đơn vị này.")
    return found[asked.organisation_id]


def member_score_sheet_of(asked: Asked, member_id: int) -> Paper:
    """How a member stands for the title of a year, to be gone through with the cell. Raises NotFound where no evaluation
    judges the member."""
    missing = f"Năm {asked.year} chưa có kết quả đánh giá của đảng viên này."
    return asked.alone(member_score_sheets, member_id, missing)


def member_score_sheets(asked: Together) -> Papers:
    """The score sheets of those members of a cell whom an evaluation judges."""
    judged = _judged(asked, of_members=True)
    if not judged:
        return
    office = office_of(asked.session, asked.place_id, asked.today)
    names = names_of(asked.session, set(judged))
    for id_ in asked.subjects:
        if id_ in judged:
            yield id_, _member_score_sheet(office, names[id_], *judged[id_])


def _member_score_sheet(office: Office, full_name: str, header: RunHeader, explained: Explained) -> Paper:
    return Paper(
        kind="member_score_sheet",
        day=office.day,
        header=page_header(office.superior, office.name, day=office.day, place=office.place),
        title=TITLE,
        subject=f"“{explained.scheme.title}” năm {header.rules.year}",
        body=(
            Text(f"{full_name}, đảng viên {office.name}.", "Họ và tên:"),
            *_sheet(header, explained, above="Chi bộ đánh giá"),
        ),
        signers=(Signer(lines=("NGƯỜI TỰ ĐÁNH GIÁ",), name=full_name), office.signer()),
        landscape=True,
    )


def _judged(asked: Together, *, of_members: bool) -> dict[int, tuple[RunHeader, Explained]]:
    """How each subject stands that a current evaluation of the year judges for a title, by the first scheme that does."""
    found: dict[int, tuple[RunHeader, Explained]] = {}
    for header in current_runs(asked.session, asked.year):
        now = header.now
        for number, scheme in enumerate(now.rules.schemes):
            left = [id_ for id_ in asked.subjects if id_ not in found]
            if left and scheme.title and (scheme.subject is Subject.MEMBER) is of_members:
                stand = explained_of(asked.session, now, number, left)
                found |= {id_: (now, one) for id_, one in stand.items()}
    return found


def _sheet(header: RunHeader, explained: Explained, above: str = "Cấp trên thẩm định") -> Iterator[Block]:
    points = explained.scheme.by_points
    columns = [
        "TT",
        "Nội dung, tiêu chí",
        "Yêu cầu",
        "Số liệu, minh chứng",
        "Tự đánh giá",
        above,
        "Ghi chú",
    ]
    shares = [4, 36, 17, 30, 12, 12, 14]
    if points:
        columns.insert(2, "Điểm tối đa")
        shares.insert(2, 8)
    rows: list[tuple[str, ...]] = []
    strong = set[int]()
    for number, group in enumerate(explained.groups, 1):
        strong.add(len(rows))
        rows.append(_group_row(str(number), group, points=points))
        rows += [
            _row(f"{number}.{place}", explained, finding) for place, finding in enumerate(group.findings, 1)
        ]
    grouped = {finding.criterion for group in explained.groups for finding in group.findings}
    rest = [one for one in explained.blockers if one.criterion not in grouped]
    rows += [_row("", explained, finding) for finding in rest]
    yield Text(f"{header.rules.label}; theo hồ sơ đến ngày {header.rules.as_of:%d/%m/%Y}.", "Theo:")
    yield Grid(tuple(columns), tuple(rows), strong=frozenset(strong), shares=tuple(shares))
    yield Text(explained.sentence, "Kết quả:")
    if explained.flag:
        yield Text(explained.flag)


def _group_row(number: str, group: GroupFinding, *, points: bool) -> tuple[str, ...]:
    most = [figure(group.maximum) if group.maximum is not None else ""] if points else []
    return (number, group.group.label, *most, "", "", came_of(group), "", "")


def came_of(group: GroupFinding) -> str:
    """How a heading came out: its points, or whether it is met."""
    return f"{figure(group.points)} điểm" if group.points is not None else OUTCOMES[group.outcome]


def _row(number: str, explained: Explained, finding: Finding) -> tuple[str, ...]:
    scored = explained.scheme.lines[finding.line].points
    most = [figure(scored.value) if scored and scored.value is not None else ""]
    remark = (
        "Mức mặc định" if finding.origin is Origin.DEFAULT and finding.layer is not None else finding.decision
    )
    counted = "; ".join(filter(None, (finding.numbers, *(one.numbers for one in finding.evidence))))
    came = OUTCOMES[finding.outcome]
    if scored and finding.part is not None and finding.outcome is not Outcome.ERROR:
        came = f"{figure(Decimal(finding.part) / 100)} điểm"
    return (
        number,
        finding.label,
        *(most if explained.scheme.by_points else []),
        _asked(finding),
        counted,
        came,
        "",
        remark,
    )


def _asked(finding: Finding) -> str:
    """What is asked, as a number with its operator."""
    if finding.operator is None or finding.threshold is None or finding.unit is None:
        return ""
    return f"{SIGNS_OF[finding.operator]} {quantity(finding.unit, finding.threshold)}"


def consolidated_table_of(asked: Asked) -> Paper:
    """How the cells below a body stand, cell by criterion, with totals and percentages. Raises NotFound for a cell, or while
    nothing is evaluated."""
    office = office_of(asked.session, asked.organisation_id, asked.today)
    if office.is_cell:
        raise NotFound
    table = tuple(table_of_cells(asked))
    form = form_of(asked, "consolidated_table")
    named = subject_in(form, "Biểu tổng hợp") if form else "kết quả đánh giá các chi bộ"
    return Paper(
        kind="consolidated_table",
        day=asked.today,
        header=office.header(day=asked.today),
        title="BIỂU TỔNG HỢP",
        subject=f"{named} năm {asked.year}",
        body=table,
        signers=(office.signer(authority_in(form, is_cell=office.is_cell)),),
        landscape=True,
    )


def table_of_cells(asked: Asked, scheme: str = "") -> Iterator[Block]:
    """The cells below a body by the criteria of a scheme, or of the one by which their title is judged. Raises NotFound
    where none of them is judged by it."""
    top = organisations.subtree(asked.session, asked.organisation_id, asked.reach, asked.today)
    cells = sorted(cell.id for cell, _ in cells_of(top.below, top))
    tables = [
        table
        for table in boards.year_by_criterion(asked.session, asked.year, cells)
        if scheme in ("", table.header.rules.schemes[table.scheme].key)
    ]
    if not tables:
        raise NotFound(f"Năm {asked.year} chưa có kết quả đánh giá của các chi bộ.")
    yield from _consolidated(asked, tables[0], cells)


def group_rows(explained: Explained) -> tuple[tuple[str, ...], ...]:
    """How each heading came out, a row each."""
    return tuple(
        (str(place), group.group.label, came_of(group)) for place, group in enumerate(explained.groups, 1)
    )


def _consolidated(asked: Asked, table: boards.Table, among: Sequence[int]) -> Iterator[Block]:
    """The table with its totals, of a scheme that gives a title how it came out, and what its numbers stand for."""
    scheme = table.header.rules.schemes[table.scheme]
    lines = _every(asked, table, among)
    tallies = evaluations.tallies(asked.session, table.header, table.scheme, among)
    titled = bool(scheme.title)
    columns = ["TT", "Chi bộ", *(str(place) for place, _ in enumerate(tallies, 1)), "Đạt"]
    rows = [
        [
            str(place),
            line.name,
            *(
                SIGNS.get(outcome, "") if points is None else figure(points)
                for outcome, points in zip(line.came, line.points, strict=True)
            ),
            f"{line.met}/{line.applying}",
        ]
        for place, line in enumerate(lines, 1)
    ]
    met = [sum(line.came[at] is Outcome.MET for line in lines) for at in range(len(tallies))]
    applying = [
        sum(line.came[at] is not Outcome.NOT_APPLICABLE for line in lines) for at in range(len(tallies))
    ]
    scored = [one.most is not None for one in tallies]
    sums = [
        ("", "") if of_points else (str(one), _share(one, of))
        for one, of, of_points in zip(met, applying, scored, strict=True)
    ]
    rows.append(["", "Số chi bộ đạt", *(count for count, _ in sums), ""])
    rows.append(["", "Tỷ lệ (%)", *(share for _, share in sums), ""])
    if titled:
        earned = sum(line.outcome is Outcome.MET for line in lines)
        came = [OUTCOMES[line.outcome] for line in lines]
        last = [*came, f"{earned}/{len(lines)}", _share(earned, len(lines))]
        columns.append("Danh hiệu")
        rows = [[*row, cell] for row, cell in zip(rows, last, strict=True)]
    yield Text(
        f"{table.header.rules.label}; theo hồ sơ đến ngày {table.header.rules.as_of:%d/%m/%Y}.", "Theo:"
    )
    yield Grid(
        tuple(columns),
        tuple(map(tuple, rows)),
        ticks=frozenset(range(2, len(columns))),
        strong=frozenset({len(rows) - 2, len(rows) - 1}),
        shares=(5, 24, *([5] * len(tallies)), 7, *([11] if titled else [])),
    )
    number = "số: điểm; " if any(scored) else ""
    yield Text(f"Đ: đạt; C: chưa đạt; –: không áp dụng; {number}để trống: chưa có dữ liệu.", "Ghi chú:")
    labels = "; ".join(f"({place}) {line.label}" for place, line in enumerate(tallies, 1))
    yield Text(f"{labels}.", f"Các tiêu chí của “{scheme.title}”:" if titled else "Các tiêu chí:")


def _every(asked: Asked, table: boards.Table, among: Sequence[int]) -> list[SubjectLine]:
    found: list[SubjectLine] = []
    for number in range(1, len(among) // SIZE + 2):
        page = evaluations.subjects(asked.session, table.header, table.scheme, number, among=among)
        found += page.lines
        if len(found) >= page.total:
            break
    return found


def _share(part: int, whole: int) -> str:
    """A share as the table has room for it: `95,5`, and of all `100`."""
    return percent(part, whole).removesuffix(" %").replace("100,0", "100") if whole else ""
