"""A finding in one Vietnamese sentence: the outcome, the numbers, what was asked, and on what ground.

Everything comes from the stored rules and integers, so a run is explained years later without its plugin.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from bontot.evaluation import words
from bontot.evaluation.judgments import HUNDREDTHS
from bontot.evaluation.metrics.attendance import EACH_MEETING, MEAN
from bontot.evaluation.records import RecordView
from bontot.evaluation.rules import Figure, FrameFigure, GroupRules, Line, RuleSet, SchemeRules
from bontot.evaluation.runs import VerdictRow
from bontot.policy.compare import decide
from bontot.policy.resolve import Layer
from bontot.policy.terms import At, Kind, Operator, Origin, Outcome, Role, Unit
from bontot.policy.words import RATINGS
from bontot.policy.words import figure as number_words

LAYERS = {
    Layer.FRAME: "theo khung",
    Layer.PLAN: "theo kế hoạch",
    Layer.REFINEMENT: "theo kế hoạch bổ sung",
    Layer.TENANT: "theo quyết định của đảng bộ",
    Layer.WHAT_IF: "mức đang thử",
}
NAMED = 3
"""Criteria without data named one by one in the sentence of a title; those not met are named all."""
DEFAULT = "mặc định (kế hoạch không quy định)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One criterion of one subject, explained.

    `conclusion`, `numbers` and `ground` are the three lines of a verdict, `sentence` the same as one; `beside` is what the
    frame asks. `evidence` are the counts shown to whoever judges. A part of no data is None; points are in hundredths.
    """

    criterion: str
    label: str
    group: str
    kind: Kind
    role: Role
    blocks: bool
    outcome: Outcome
    part: int | None
    whole: int
    operator: Operator | None
    threshold: Decimal | None
    unit: Unit | None
    layer: Layer | None
    origin: Origin
    clause: str
    in_force_from: date | None
    decision: str
    conclusion: str
    numbers: str
    ground: str
    beside: str
    sentence: str
    line: int
    evidence: tuple[Finding, ...] = ()
    records: tuple[RecordView, ...] = field(default=())


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupFinding:
    """A heading with its criteria; `points` of `maximum`, in points, where the plan adds them up."""

    group: GroupRules
    outcome: Outcome
    findings: tuple[Finding, ...]
    points: Decimal | None = None
    maximum: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """A subject's verdict whole: the title in a sentence, the headings with their criteria, and what else the title
    needs. `flag` says what the plan expects and does not make a condition."""

    scheme: SchemeRules
    outcome: Outcome
    sentence: str
    groups: tuple[GroupFinding, ...]
    blockers: tuple[Finding, ...]
    flag: str = ""

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Every criterion once, in order."""
        return (*(finding for group in self.groups for finding in group.findings), *self.blockers)


def explain(
    rules: RuleSet,
    scheme: int,
    row: VerdictRow,
    records: dict[int, tuple[RecordView, ...]] | None = None,
    *,
    pledged: bool = True,
) -> Explained:
    """The verdict of one subject. `records` are those behind a line, by its number; `pledged` whether the yearly pledge,
    where the plan expects one, is on record."""
    asked = rules.schemes[scheme]
    made = _Explaining(rules, asked, row, records or {})
    groups = tuple(made.group(group) for group in asked.groups)
    grouped = {number for group in asked.groups for number in group.lines}
    blockers = tuple(made.finding(number, "") for number in asked.blockers if number not in grouped)
    return Explained(
        scheme=asked,
        outcome=row.outcome,
        sentence=_title(asked, row, groups, blockers),
        groups=groups,
        blockers=blockers,
        flag="" if pledged else f"Chưa có bản đăng ký phấn đấu năm {rules.year}; kết quả vẫn được tính.",
    )


class _Explaining:
    """One subject's row being put into words."""

    def __init__(
        self, rules: RuleSet, scheme: SchemeRules, row: VerdictRow, records: dict[int, tuple[RecordView, ...]]
    ) -> None:
        self.rules, self.scheme, self.row, self.records = rules, scheme, row, records

    def group(self, group: GroupRules) -> GroupFinding:
        findings = tuple(self.finding(number, group.label) for number in group.lines)
        scored = [number for number in group.lines if self.scheme.lines[number].points]
        if not self.scheme.by_points:
            return GroupFinding(group=group, outcome=_and(findings), findings=findings)
        parts = [self._points(number) for number in scored]
        known = [part for part in parts if part is not None]
        points = Decimal(sum(known)) / HUNDREDTHS
        maximum = group.points.value if group.points else None
        outcome = Outcome.NO_DATA if len(known) < len(parts) else self._reaches(points, maximum)
        return GroupFinding(group=group, outcome=outcome, findings=findings, points=points, maximum=maximum)

    def _points(self, number: int) -> int | None:
        """The points of a line in hundredths; none when they are more than there can be."""
        return self.row.parts[number] if self.row.outcomes[number] is not Outcome.ERROR else None

    def _reaches(self, points: Decimal, maximum: Decimal | None) -> Outcome:
        floor = self.scheme.group_floor.value if self.scheme.group_floor else None
        if floor is None or maximum is None:
            return Outcome.NOT_APPLICABLE
        return Outcome.MET if points * 100 >= floor * maximum else Outcome.NOT_MET

    def finding(self, number: int, group: str) -> Finding:
        line = self.scheme.lines[number]
        outcome, part, whole = self.row.outcomes[number], self.row.parts[number], self.row.wholes[number]
        evidence = tuple(
            self.finding(at, group)
            for at, other in enumerate(self.scheme.lines)
            if other.evidence_of == number
        )
        figure = line.figure
        conclusion, numbers = _conclusion(line, outcome), _numbers(line, outcome, part, whole)
        grounds = ground(line)
        counts = (part, whole) if line.at is At.END else (None, 0)
        beside = _beside(figure.frame, figure.unit, *counts) if figure and figure.frame else ""
        said = "; ".join(filter(None, (numbers, grounds, beside)))
        return Finding(
            criterion=line.key,
            label=line.label,
            group=group,
            kind=line.kind,
            role=line.role,
            blocks=number in self.scheme.blockers,
            outcome=outcome,
            part=part,
            whole=whole,
            operator=line.operator,
            threshold=figure.value if figure else None,
            unit=figure.unit if figure else None,
            layer=figure.layer if figure else None,
            origin=(figure.origin if figure else None) or line.origin,
            clause=(figure.clause if figure else "") or next(iter(line.clauses), ""),
            in_force_from=figure.in_force_from if figure else None,
            decision=figure.decision if figure else "",
            conclusion=conclusion,
            numbers=numbers,
            ground=grounds,
            beside=beside,
            sentence=f"{conclusion}: {said}.",
            line=number,
            evidence=evidence,
            records=self.records.get(number, ()),
        )


def ground(line: Line) -> str:
    """Where the figure comes from and since when; for what people judge, where the criterion does."""
    figure, clause = line.figure, next(iter(line.clauses), "")
    if figure is None or figure.value is None:
        return _criterion(line, clause)
    since = f"áp dụng từ {figure.in_force_from:%d/%m/%Y}" if figure.in_force_from else ""
    if figure.layer in (Layer.TENANT, Layer.WHAT_IF):
        stated = f"{LAYERS[figure.layer]}: {figure.decision}" if figure.decision else LAYERS[figure.layer]
        return "; ".join(filter(None, (", ".join(filter(None, (stated, since))), _criterion(line, clause))))
    if figure.origin is Origin.DEFAULT or figure.layer is None:
        return "; ".join(filter(None, (f"mức {DEFAULT}, {since}", _criterion(line, clause))))
    return f"{LAYERS[figure.layer]}: {figure.clause}, {since}"


def _criterion(line: Line, clause: str) -> str:
    if line.evidence_of is not None:
        return ""
    if line.origin is Origin.DEFAULT or not clause:
        return f"tiêu chí {DEFAULT}"
    return f"tiêu chí theo {clause}"


def _beside(frame: FrameFigure, unit: Unit, part: int | None, whole: int) -> str:
    """What the frame asks, and whether the same count meets it."""
    asked = words.requirement(frame.operator, frame.value, unit)
    weaker = ", chặt hơn mức đang dùng" if frame.weaker else ""
    if part is None or not whole:
        return f"{frame.policy} yêu cầu {asked}{weaker}"
    met = decide(frame.operator, part, whole, frame.value, unit)
    return f"{frame.policy} yêu cầu {asked}{weaker}: {words.OUTCOMES[met].lower()}"


def _conclusion(line: Line, outcome: Outcome) -> str:
    if line.points and line.kind is Kind.JUDGED and outcome is not Outcome.ERROR:
        return "Chưa chấm điểm" if outcome is Outcome.NO_DATA else "Đã chấm điểm"
    if line.evidence_of is not None and outcome in (Outcome.MET, Outcome.NOT_MET):
        return f"{words.OUTCOMES[outcome]} mức gợi ý"
    if line.evidence_of is not None and line.operator is None and outcome is Outcome.NOT_APPLICABLE:
        return "Minh chứng"
    return words.OUTCOMES[outcome]


def _numbers(line: Line, outcome: Outcome, part: int | None, whole: int) -> str:
    """The numbers and what was asked of them, or why there are none."""
    if line.points and line.kind is Kind.JUDGED:
        return _points(line, outcome, part)
    if outcome is Outcome.ERROR:
        return _error(line)
    if line.kind is Kind.JUDGED:
        return _judged(line, outcome)
    if line.at is not At.END:
        return _stretches(line, outcome, part, whole)
    if outcome is Outcome.NOT_APPLICABLE and whole == 0 and part is not None:
        return f"không có {line.whole_words} nào" if line.whole_words else "không có gì để xét"
    if part is None:
        return _silent(line, outcome)
    asked = _asked(line.operator, line.figure)
    said = f"{_counted(line, part, whole)}; {asked}" if asked else _counted(line, part, whole)
    return f"{said}{_remark(line, outcome, part, whole)}"


STRETCHES = {At.EACH_MONTH: "tháng", At.EACH_QUARTER: "quý"}


def _stretches(line: Line, outcome: Outcome, part: int | None, whole: int) -> str:
    """How many months or quarters were met, and what was asked of them: one figure after another, each since when."""
    name = STRETCHES[line.at]
    if part is None:
        return f"chưa hết một {name} trọn vẹn nào để xét"
    if not whole:
        return f"không có {name} trọn vẹn nào được xét"
    if outcome is Outcome.NOT_APPLICABLE:
        return "tiêu chí không dành cho loại hình này"
    asked = list[str]()
    for one, before in zip(line.stretches, (None, *line.stretches), strict=False):
        if before is None or before.figure.value != one.figure.value:
            since = f" kể từ {one.first:%m/%Y}" if before else ""
            asked.append(f"{_asked(line.operator, one.figure).removeprefix('yêu cầu ')}{since}")
    return f"{part} {name} đạt trong {whole} {name} được xét; {name} nào cũng phải đạt: {', '.join(asked)}"


def _counted(line: Line, part: int, whole: int) -> str:
    """The two integers with their names; as a percentage too where that is what is compared."""
    figure = line.figure
    if figure is not None and figure.unit is Unit.RATING:
        return f"{line.part_words} “{RATINGS.get(part, part)}”"
    if line.metric in ("annual_rating", "own_annual_rating"):
        return f"{line.part_words} “{RATINGS.get(part, part)}”"
    aggregation = next((item.choice for item in line.parameters if item.name == "aggregation"), None)
    ratio = ""
    if whole and (figure is None or figure.unit is Unit.PERCENT) and line.whole_words:
        ratio = words.percent(part, whole, figure.value if figure else None)
    if aggregation == MEAN:
        return f"trung bình tỷ lệ của các buổi bằng {ratio}"
    counted = f"{number_words(part)} {line.part_words}"
    if line.whole_words:
        counted += f" trong {number_words(whole)} {line.whole_words}"
    if aggregation == EACH_MEETING:
        counted = f"buổi thấp nhất có {counted}"
    return f"{counted}, bằng {ratio}" if ratio else counted


def _asked(operator: Operator | None, figure: Figure | None) -> str:
    if operator is None or figure is None:
        return ""
    if figure.value is None:
        return _unset(figure)
    return f"yêu cầu {words.requirement(operator, figure.value, figure.unit)}"


def _unset(figure: Figure) -> str:
    if figure.beyond:
        return "số tháng được tính trong năm ít hơn mức đòi hỏi nên không xét đạt hay chưa đạt"
    return "chưa đặt mức nên không xét đạt hay chưa đạt"


def _remark(line: Line, outcome: Outcome, part: int, whole: int) -> str:
    """What the numbers alone do not say."""
    if line.also_judged and outcome is Outcome.NO_DATA:
        return "; còn chờ người có thẩm quyền xét"
    if line.also_judged and outcome is Outcome.MET:
        return "; đã có người có thẩm quyền xét"
    if line.also_judged and outcome is Outcome.NOT_MET and _count_alone(line, part, whole) is Outcome.MET:
        return "; người có thẩm quyền kết luận chưa đạt"
    if line.kind is Kind.DERIVED and outcome is Outcome.NO_DATA:
        return "; những trường hợp chưa có kết quả còn có thể làm thay đổi kết luận"
    if outcome is Outcome.NOT_APPLICABLE and line.figure is not None and line.figure.value is not None:
        return "; tiêu chí không dành cho loại hình này"
    return ""


def _count_alone(line: Line, part: int, whole: int) -> Outcome:
    """What the count would decide without the people."""
    if line.operator is None or line.figure is None:
        return Outcome.NOT_APPLICABLE
    return decide(line.operator, part, whole, line.figure.value, line.figure.unit)


def _silent(line: Line, outcome: Outcome) -> str:
    if outcome is Outcome.NOT_APPLICABLE and line.figure is not None and line.figure.value is None:
        return _unset(line.figure)
    if outcome is Outcome.NOT_APPLICABLE and line.figure is not None:
        return "tiêu chí không dành cho loại hình này"
    if line.metric in ("annual_rating", "own_annual_rating"):
        return "chưa có kết quả xếp loại năm"
    return f"chưa ghi nhận {line.whole_words or line.part_words} nào"


def _judged(line: Line, outcome: Outcome) -> str:
    if outcome is Outcome.NO_DATA:
        return "người có thẩm quyền chưa xét tiêu chí này"
    if outcome is Outcome.MET and line.met_unless_judged:
        return "không có kết luận nào khác của người có thẩm quyền"
    return "theo kết luận của người có thẩm quyền xét"


def _points(line: Line, outcome: Outcome, part: int | None) -> str:
    maximum = number_words(line.points.value) if line.points and line.points.value is not None else ""
    if part is None:
        return f"chưa chấm điểm, tối đa {maximum} điểm"
    if outcome is Outcome.ERROR:
        return f"đã ghi {number_words(Decimal(part) / HUNDREDTHS)} điểm, quá mức tối đa {maximum} điểm nên chưa tính"
    return f"{number_words(Decimal(part) / HUNDREDTHS)} trên {maximum} điểm, cộng vào điểm của nội dung"


def _error(line: Line) -> str:
    if line.missing:
        return "phần mềm chưa đếm được số liệu mà kế hoạch cần; các tiêu chí khác không bị ảnh hưởng"
    return "gặp lỗi khi đếm nên chưa tính được; các tiêu chí khác không bị ảnh hưởng"


def _and(findings: tuple[Finding, ...]) -> Outcome:
    """ "Any AND" of a group's deciding criteria."""
    outcomes = {finding.outcome for finding in findings if finding.role is Role.DECIDES}
    if Outcome.NOT_MET in outcomes:
        return Outcome.NOT_MET
    if outcomes & {Outcome.NO_DATA, Outcome.ERROR}:
        return Outcome.NO_DATA
    return Outcome.MET if Outcome.MET in outcomes else Outcome.NOT_APPLICABLE


def _title(
    scheme: SchemeRules, row: VerdictRow, groups: tuple[GroupFinding, ...], blockers: tuple[Finding, ...]
) -> str:
    """The title in a sentence: held, or what stands in its way."""
    if scheme.title is None:
        return f"{scheme.policy_label} không đặt danh hiệu; các mục tiêu được tính để đối chiếu."
    name = f"danh hiệu “{scheme.title}”"
    if row.outcome is Outcome.NOT_APPLICABLE:
        return f"Không xét {name}: đến cuối kỳ không còn thuộc diện xét, hoặc không có tiêu chí nào áp dụng."
    if row.outcome is Outcome.MET:
        return f"Đủ điều kiện {'; '.join([name, *_total(scheme, groups)])}."
    failed = row.outcome is Outcome.NOT_MET
    reasons = [*_criteria(scheme, groups, blockers, failed=failed), *_scores(scheme, groups, failed=failed)]
    verdict = "Chưa đủ điều kiện" if failed else "Chưa kết luận được"
    return f"{verdict} {': '.join(filter(None, (name, '; '.join(reasons))))}."


def _criteria(
    scheme: SchemeRules, groups: tuple[GroupFinding, ...], blockers: tuple[Finding, ...], *, failed: bool
) -> Iterator[str]:
    """The criteria that stand in the way; where points are added up only those that refuse by themselves."""
    inside = [finding for group in groups for finding in group.findings]
    deciding = [one for one in inside if one.blocks or (one.role is Role.DECIDES and not scheme.by_points)]
    wanted = (Outcome.NOT_MET,) if failed else (Outcome.NO_DATA, Outcome.ERROR)
    standing = [f"“{one.label}”" for one in (*deciding, *blockers) if one.outcome in wanted]
    if standing:
        state = "chưa đạt" if failed else "chưa có dữ liệu"
        named = standing if failed else standing[:NAMED]
        more = f" và {len(standing) - NAMED} tiêu chí khác" if len(standing) > len(named) else ""
        yield f"{len(standing)} tiêu chí {state}: {'; '.join(named)}{more}"


def _scores(scheme: SchemeRules, groups: tuple[GroupFinding, ...], *, failed: bool) -> Iterator[str]:
    """What the points say, where they are added up."""
    if not scheme.by_points:
        return
    if any(group.outcome is Outcome.NO_DATA for group in groups):
        yield "chưa chấm đủ điểm"
    elif failed:
        yield from _total(scheme, groups)
    for group in groups:
        if group.outcome is Outcome.NOT_MET and group.points is not None and group.maximum is not None:
            points = f"{number_words(group.points)} trên {number_words(group.maximum)} điểm"
            yield f"“{group.group.label}” được {points}, {_floor(scheme)}"


def _floor(scheme: SchemeRules) -> str:
    floor = scheme.group_floor.value if scheme.group_floor else None
    return f"yêu cầu {words.requirement(Operator.AT_LEAST, floor or Decimal(), Unit.PERCENT)}"


def _total(scheme: SchemeRules, groups: tuple[GroupFinding, ...]) -> Iterator[str]:
    if scheme.pass_mark is not None and scheme.pass_mark.value is not None:
        points = sum((group.points or Decimal() for group in groups), Decimal())
        asked = words.requirement(Operator.AT_LEAST, scheme.pass_mark.value, Unit.POINTS)
        yield f"tổng {number_words(points)} điểm{_band(scheme, points)}, yêu cầu {asked}"


def _band(scheme: SchemeRules, points: Decimal) -> str:
    """The band of a total, where the plan has more of them in force than the pass mark: `, mức “Khá”`."""
    limits = [(figure.value, name) for figure, name in scheme.bands if figure.value is not None]
    if len(limits) < 2:
        return ""
    reached = next((name for limit, name in limits if points >= limit), None)
    return f", mức “{reached}”" if reached else f", dưới mức “{limits[-1][1]}”"
