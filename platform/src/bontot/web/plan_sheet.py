"""A plan as a workbook: its values with who decided each and on what ground, and its criteria as a jurist reads them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from flask import Response

from bontot.policy.grounds import ground, source
from bontot.policy.model import Criterion, Evidence, Option, Policy, Recognition, Threshold
from bontot.policy.recognition_table import StepRow
from bontot.policy.resolve import Layer, Rung, Value
from bontot.policy.sheet_table import SheetRow
from bontot.policy.sheets import ScoreSheet
from bontot.policy.terms import Clause, Operator, Origin, Unit
from bontot.policy.words import NAMED, SECTORS, SUBJECTS, bounds, clause, requirement, value_words
from bontot.services.plans import SchemeReading, Section
from bontot.services.thresholds import OwnValue, ValueLine
from bontot.web.plan_words import KINDS, LAYERS, ROLES, asked
from bontot.web.sheets import Column, several, tab
from bontot.workbook import Value as Cell

BACK, NOBODY = "trở về kế hoạch", "chưa có văn bản nào quy định"
WIDE = 26
"""Characters of the widest column: there are many, and their texts are sentences."""
NO_NUMBERS = frozenset({*NAMED, Unit.MONTH_DAY})
"""Units whose numbers are the names of something, or two in one."""
Declaration = Threshold | Option


@dataclass(frozen=True, slots=True)
class RungLine:
    """A layer's word on a value, and whether it is the one that holds."""

    declaration: Declaration
    rung: Rung
    holds: bool


@dataclass(frozen=True, slots=True)
class CriterionLine:
    """A criterion in its place in a plan; `demand`, `points` and what is looked at beside it with the value of the day."""

    title: str
    subject: str
    group: str
    criterion: Criterion
    demand: str
    decided: str
    points: str
    evidence: tuple[str, ...]
    clauses: str


@dataclass(frozen=True, slots=True)
class ItemLine:
    """An item of a score sheet."""

    sheet: str
    row: SheetRow
    clauses: str


RUNGS = (
    Column[RungLine]("Giá trị", lambda line: line.declaration.label),
    Column[RungLine]("Cấp quy định", lambda line: LAYERS[line.rung.layer]),
    Column[RungLine]("Mức", lambda line: _set(line.declaration, line.rung.value)),
    Column[RungLine]("Số", lambda line: number(line.declaration, line.rung.value)),
    Column[RungLine]("Từ ngày", lambda line: line.rung.valid_from),
    Column[RungLine]("Nguồn", lambda line: source(line.rung)),
    Column[RungLine]("Căn cứ", lambda line: ground(line.rung)),
    Column[RungLine]("Người ghi", lambda line: line.rung.who),
    Column[RungLine]("Đang áp dụng", lambda line: line.holds),
)
DECISIONS = (
    Column[tuple[Declaration, OwnValue]]("Giá trị", lambda own: own[0].label),
    Column[tuple[Declaration, OwnValue]]("Áp dụng từ", lambda own: own[1].valid_from),
    Column[tuple[Declaration, OwnValue]]("Mức", lambda own: _set(own[0], own[1].value)),
    Column[tuple[Declaration, OwnValue]]("Số", lambda own: number(own[0], own[1].value)),
    Column[tuple[Declaration, OwnValue]]("Văn bản", lambda own: own[1].document),
    Column[tuple[Declaration, OwnValue]]("Lưu ý", lambda own: own[1].warning),
    Column[tuple[Declaration, OwnValue]]("Người ghi", lambda own: own[1].entered_by),
    Column[tuple[Declaration, OwnValue]]("Ghi lúc", lambda own: own[1].entered_at),
)
CRITERIA = (
    Column[CriterionLine]("Danh hiệu, khung", lambda line: line.title),
    Column[CriterionLine]("Xét", lambda line: line.subject),
    Column[CriterionLine]("Nhóm", lambda line: line.group),
    Column[CriterionLine]("Tiêu chí", lambda line: line.criterion.label),
    Column[CriterionLine]("Cách xét", lambda line: KINDS[line.criterion.kind]),
    Column[CriterionLine]("Cấp có thẩm quyền xác nhận", lambda line: line.criterion.also_judged),
    Column[CriterionLine]("Vai trò", lambda line: ROLES[line.criterion.role]),
    Column[CriterionLine]("Mức", lambda line: line.demand),
    Column[CriterionLine]("Ai quy định mức", lambda line: line.decided),
    Column[CriterionLine]("Điểm tối đa", lambda line: line.points),
    Column[CriterionLine]("Xem khi xét", lambda line: line.evidence),
    Column[CriterionLine](
        "Chỉ với", lambda line: tuple(SECTORS[one] for one in sorted(line.criterion.sectors))
    ),
    Column[CriterionLine]("Căn cứ", lambda line: line.clauses),
    Column[CriterionLine]("Tiêu chí mặc định", lambda line: line.criterion.origin is Origin.DEFAULT),
    Column[CriterionLine]("Ghi chú", lambda line: line.criterion.note),
)
ITEMS = (
    Column[ItemLine]("Phiếu", lambda line: line.sheet),
    Column[ItemLine]("Nhóm", lambda line: line.row.group),
    Column[ItemLine]("Mục", lambda line: line.row.label),
    Column[ItemLine]("Tối đa", lambda line: line.row.maximum),
    Column[ItemLine]("Gợi ý điểm", lambda line: line.row.suggests),
    Column[ItemLine]("Nguồn", lambda line: line.clauses or "mặc định"),
)
STEPS = (
    Column[tuple[str, StepRow]]("Danh hiệu", lambda step: step[0]),
    Column[tuple[str, StepRow]]("Bước", lambda step: step[1].label),
    Column[tuple[str, StepRow]]("Ai làm", lambda step: step[1].bodies),
    Column[tuple[str, StepRow]]("Hạn trong năm", lambda step: step[1].due),
)


def values_sheet(
    policy: Policy,
    day: date,
    sections: Iterable[Section],
    comparisons: Mapping[str, Operator],
    decisions: Sequence[tuple[Declaration, OwnValue]],
) -> Response:
    """Every value of a plan on a day, what each layer says of it, and what the committee decided when."""
    lines = [(section.title, line) for section in sections for line in section.lines]
    rungs = [
        RungLine(line.declaration, rung, holds=rung == line.resolved.rung)
        for _, line in lines
        for rung in reversed(line.rungs)
    ]
    title = f"{policy.label}, ngày {day:%d/%m/%Y}"
    tabs = [
        tab("Giá trị", title, _value_columns(comparisons), lines, widest=WIDE),
        tab("Ai quy định", f"{title}: ai quy định, từ khi nào", RUNGS, rungs, widest=WIDE),
    ]
    if decisions:
        tabs.append(
            tab(
                "Đảng bộ quyết định", f"{policy.label}: đảng bộ quyết định", DECISIONS, decisions, widest=WIDE
            )
        )
    return several("ke-hoach", tabs)


def criteria_sheet(
    policy: Policy,
    day: date,
    values: Mapping[str, ValueLine],
    readings: Iterable[SchemeReading],
    sheets: Iterable[tuple[ScoreSheet, str, list[SheetRow]]],
    procedures: Iterable[tuple[str, Recognition, list[StepRow]]],
) -> Response:
    """Every criterion of a plan on a day, the items of its score sheets, and the steps of its recognition."""
    title = f"{policy.label}, ngày {day:%d/%m/%Y}"
    criteria = [line for reading in readings for line in _criteria(policy, values, reading)]
    items = [
        ItemLine(sheet.label, row, _cited(policy, row.clauses)) for sheet, _, rows in sheets for row in rows
    ]
    steps = [(named, row) for named, _, rows in procedures for row in rows]
    tabs = [tab("Tiêu chí", f"{title}: tiêu chí", CRITERIA, criteria, widest=WIDE)]
    if items:
        tabs.append(tab("Phiếu chấm điểm", f"{title}: phiếu chấm điểm", ITEMS, items, widest=WIDE))
    if steps:
        tabs.append(tab("Trình tự công nhận", f"{title}: trình tự công nhận", STEPS, steps, widest=WIDE))
    return several("tieu-chi", tabs)


def number(declaration: Declaration, value: Value | None) -> Decimal | Fraction | None:
    """The figure of a value that is one, a percentage as a share; None for what is chosen by name, and where nothing is
    in force."""
    if value is None or isinstance(declaration, Option) or declaration.unit in NO_NUMBERS:
        return None
    held = Decimal(value)
    return Fraction(held) / 100 if declaration.unit is Unit.PERCENT else held


def _set(declaration: Declaration, value: Value | None) -> str:
    return BACK if value is None else value_words(declaration, value)


def _value_columns(comparisons: Mapping[str, Operator]) -> list[Column[tuple[str, ValueLine]]]:
    def held(line: ValueLine) -> Rung | None:
        return line.resolved.rung

    def frame(line: ValueLine) -> Rung | None:
        """What the frame beside it says; of a frame read for itself that is the value."""
        rungs = (rung for rung in line.rungs if rung.layer is Layer.FRAME and rung != held(line))
        return next(rungs, None)

    def of(header: str, said: Callable[[ValueLine], Cell]) -> Column[tuple[str, ValueLine]]:
        return Column(header, lambda placed: said(placed[1]))

    return [
        Column("Dùng cho", lambda placed: placed[0]),
        of("Giá trị", lambda line: line.declaration.label),
        of("Mức đang áp dụng", lambda line: asked(line.declaration, line.resolved.value, comparisons)),
        of("Số", lambda line: number(line.declaration, line.resolved.value)),
        of("Ai quy định", lambda line: source(rung) if (rung := held(line)) else NOBODY),
        of("Từ ngày", lambda line: rung.valid_from if (rung := held(line)) else None),
        of("Căn cứ", lambda line: ground(rung) if (rung := held(line)) else None),
        of("Mức gợi ý", lambda line: _suggested(line.declaration) if not held(line) else None),
        of("Đảng bộ được đặt", lambda line: bounds(line.declaration)),
        of("Khung", lambda line: _set(line.declaration, rung.value) if (rung := frame(line)) else None),
        of("Căn cứ của khung", lambda line: ground(rung) if (rung := frame(line)) else None),
        of("Thấp hơn khung", lambda line: line.weaker_than is not None),
        of("Lớp dưới đã đổi sau đó", lambda line: bool(line.resolved.lower_changed)),
    ]


def _suggested(declaration: Declaration) -> str | None:
    if isinstance(declaration, Option) or declaration.suggestion is None:
        return None
    return value_words(declaration, declaration.suggestion)


def _criteria(policy: Policy, values: Mapping[str, ValueLine], reading: SchemeReading) -> list[CriterionLine]:
    scheme = reading.scheme
    parts = [(part.group.label, part.criteria) for part in reading.groups]
    parts.append(("Không xét danh hiệu nếu chưa đạt", reading.blockers))

    def demanded(of: Criterion | Evidence) -> str:
        if not (of.threshold and of.operator):
            return ""
        level = values[of.threshold]
        return requirement(of.operator, level.declaration, level.resolved.value)

    def beside(evidence: Evidence) -> str:
        hint = demanded(evidence)
        return f"{evidence.label} (gợi ý {hint})" if hint else evidence.label

    def line(group: str, criterion: Criterion) -> CriterionLine:
        level = values[criterion.threshold] if criterion.threshold else None
        most = values[criterion.points] if criterion.points else None
        return CriterionLine(
            title=scheme.title or "Chỉ tiêu của khung",
            subject=SUBJECTS[scheme.subject],
            group=group,
            criterion=criterion,
            demand=demanded(criterion),
            decided=source(level.resolved.rung) if level and level.resolved.rung else "",
            points=value_words(most.declaration, most.resolved.value) if most else "",
            evidence=tuple(map(beside, criterion.evidence)),
            clauses=_cited(policy, criterion.clauses),
        )

    return [line(group, criterion) for group, criteria in parts for criterion in criteria]


def _cited(policy: Policy, places: Iterable[Clause]) -> str:
    return "; ".join(clause(place, policy.references) for place in places)
