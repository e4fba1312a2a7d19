"""Whether a plan holds together: every key leads somewhere, values stand in order and in bounds, nothing
turns in a circle."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from decimal import Decimal
from itertools import pairwise

from bontot.policy.calendar import Fallback, HolidayScope, PreferShift, ShiftDeadline, WeekdayBlocked
from bontot.policy.layouts import layout_problems
from bontot.policy.model import (
    AllMet,
    Chosen,
    Criterion,
    Measure,
    MeetingRule,
    Option,
    Points,
    Policy,
    RatingRule,
    Recognition,
    Roll,
    Scheme,
    Threshold,
)
from bontot.policy.scoring import BANDS, sheet_clauses
from bontot.policy.shape import misshapen
from bontot.policy.sheets import ScoreSheet, SheetItem
from bontot.policy.terms import Act, At, Clause, Dated, Kind, Leave, Operator, Origin, SameHand, Subject, Unit

KEY = re.compile(r"[a-z][a-z0-9_]*(\.[a-z0-9_]+)*")
ENROLMENTS = ("all", "registration", "selection")
ROLLS = ("share", "pool")
BELOW = {Subject.CELL: Subject.MEMBER, Subject.BASE_ORGANISATION: Subject.CELL}
RATED = frozenset({"good", "good_or_better", "all"})
"""Of whom a cap may be a share: the choices of `RatingRule.base`."""
MEETING_CHOICES = {
    "holiday_scope": frozenset(HolidayScope),
    "makeup_saturday_is_working": frozenset({"true", "false"}),
    "prefer_shift": frozenset(PreferShift),
    "fallback": frozenset(Fallback),
    "shift_deadline": frozenset(ShiftDeadline),
    "weekday_blocked": frozenset(WeekdayBlocked),
}
UNIT_WORDS = {
    Unit.PERCENT: "phần trăm",
    Unit.COUNT: "số lượng",
    Unit.POINTS: "điểm",
    Unit.MONTHS: "tháng",
    Unit.RATING: "mức xếp loại",
    Unit.DAY_OF_MONTH: "ngày trong tháng",
    Unit.MONTH_DAY: "ngày trong năm",
    Unit.WEEKDAY: "ngày trong tuần",
    Unit.WEEK_OF_MONTH: "tuần trong tháng",
}
COMPARED = (Unit.PERCENT, Unit.COUNT, Unit.POINTS, Unit.MONTHS, Unit.RATING)
"""What a count can be held against."""
MEETING_UNITS = {
    "day": Unit.DAY_OF_MONTH,
    "deadline": Unit.DAY_OF_MONTH,
    "earliest_day": Unit.DAY_OF_MONTH,
    "weekday": Unit.WEEKDAY,
    "week": Unit.WEEK_OF_MONTH,
}


def problems(policy: Policy) -> tuple[str, ...]:
    """One sentence for everything that is wrong with a whole (composed) policy; empty when it holds
    together."""
    shape = tuple(misshapen(policy, Policy, "Policy"))
    return shape or tuple(dict.fromkeys(_Check(policy).all()))


class _Check:
    """One policy under examination, with its parts by key."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self.references = {item.key for item in policy.references}
        self.thresholds = {item.key: item for item in policy.thresholds}
        self.options = {item.key: item for item in policy.options}
        self.criteria = {item.key: item for item in policy.criteria}
        self.schemes = {item.key: item for item in policy.schemes}
        self.subjects: dict[str, set[Subject]] = {}
        for scheme in policy.schemes:
            for key in scheme.criterion_keys:
                self.subjects.setdefault(key, set()).add(scheme.subject)

    def all(self) -> Iterator[str]:
        yield from self.identity()
        yield from self.uniqueness()
        for threshold in self.policy.thresholds:
            yield from self.threshold(threshold)
        for option in self.policy.options:
            yield from self.option(option)
        for criterion in self.policy.criteria:
            yield from self.criterion(criterion)
        for scheme in self.policy.schemes:
            yield from self.scheme(scheme)
        yield from self.rules()
        for recognition in self.policy.recognitions:
            yield from self.recognition(recognition)
        for sheet in self.policy.sheets:
            yield from sheet_problems(sheet)
            yield from self.number(sheet.key, (key for key, _ in sheet.bands), Unit.POINTS)
            yield from self.clauses(sheet.key, sheet_clauses(sheet))
        yield from self.clauses(
            "report_formats", (form.clause for form in self.policy.report_formats if form.clause)
        )
        for form in self.policy.report_formats:
            yield from layout_problems(form)
        yield from self.circles()

    def identity(self) -> Iterator[str]:
        policy = self.policy
        if policy.in_force_until and policy.in_force_until <= policy.in_force_from:
            yield f"{policy.code}: hết hiệu lực không sau ngày có hiệu lực"
        for reference in policy.references:
            if reference.in_force_until and reference.in_force_until <= reference.in_force_from:
                yield f"{reference.key}: hết hiệu lực không sau ngày có hiệu lực"

    def uniqueness(self) -> Iterator[str]:
        policy = self.policy
        values = [*(item.key for item in policy.thresholds), *(item.key for item in policy.options)]
        kinds = {
            "references": [item.key for item in policy.references],
            "thresholds, options": values,
            "criteria": [item.key for item in policy.criteria],
            "schemes": [item.key for item in policy.schemes],
            "recognitions": [item.scheme for item in policy.recognitions],
            "report_formats": [item.key for item in policy.report_formats],
            "sheets": [item.key for item in policy.sheets],
        }
        for kind, keys in kinds.items():
            yield from (f"{kind}: khóa “{key}” lặp lại" for key in _repeated(keys))
            yield from (f"{kind}: khóa “{key}” viết sai dạng" for key in keys if not KEY.fullmatch(key))

    def threshold(self, threshold: Threshold) -> Iterator[str]:
        key, lowest, highest = threshold.key, threshold.lowest, threshold.highest
        if lowest is not None and highest is not None and lowest > highest:
            yield f"{key}: cận dưới lớn hơn cận trên"
        offered = [] if threshold.suggestion is None else [threshold.suggestion]
        for value in [*(dated.value for dated in threshold.values), *offered]:
            if (lowest is not None and value < lowest) or (highest is not None and value > highest):
                within = " ".join(filter(None, (_end("từ", lowest), _end("đến", highest))))
                yield f"{key}: giá trị {value} nằm ngoài khoảng {within}"
            if threshold.unit is Unit.MONTH_DAY and not _is_month_day(value):
                yield f"{key}: {value} không phải là ngày dạng tháng·100 + ngày"
        yield from self.dated(key, threshold.values)

    def option(self, option: Option) -> Iterator[str]:
        choices = [choice for choice, _ in option.choices]
        yield from (f"{option.key}: lựa chọn “{choice}” lặp lại" for choice in _repeated(choices))
        if not option.values:
            yield f"{option.key}: chưa có giá trị nào"
        for dated in option.values:
            if dated.value not in choices:
                yield f"{option.key}: “{dated.value}” không phải là một lựa chọn"
        yield from self.dated(option.key, option.values)

    def dated(self, key: str, values: Iterable[Dated[Decimal]] | Iterable[Dated[str]]) -> Iterator[str]:
        listed: list[Dated[Decimal] | Dated[str]] = [*values]
        if any(earlier.valid_from >= later.valid_from for earlier, later in pairwise(listed)):
            yield f"{key}: các ngày hiệu lực không tăng dần"
        for value in listed:
            if value.origin is Origin.PLAN and value.clause is None:
                yield f"{key}: giá trị của kế hoạch thiếu căn cứ"
        yield from self.clauses(key, (value.clause for value in listed if value.clause))

    def clauses(self, place: str, clauses: Iterable[Clause]) -> Iterator[str]:
        for clause in clauses:
            if clause.reference not in self.references:
                yield f"{place}: không có văn bản “{clause.reference}”"

    def criterion(self, criterion: Criterion) -> Iterator[str]:
        key = criterion.key
        if criterion.origin is Origin.PLAN and not criterion.clauses:
            yield f"{key}: tiêu chí của kế hoạch thiếu căn cứ"
        yield from self.clauses(key, criterion.clauses)
        yield from self.kind(criterion)
        yield from self.number(key, [criterion.threshold], *COMPARED)
        yield from self.number(key, [criterion.points], Unit.POINTS)
        if criterion.measure:
            yield from self.measure(key, criterion.measure)
        if criterion.roll:
            yield from self.roll(criterion, criterion.roll)
        for evidence in criterion.evidence:
            yield from self.measure(key, evidence.measure) if evidence.measure else ()
            yield from self.number(key, [evidence.threshold], *COMPARED)
            if (evidence.operator is None) != (evidence.threshold is None):
                yield f"{key}: minh chứng “{evidence.label}” phải nêu cả phép so và mức, hoặc không nêu"
        if criterion.when:
            yield from self.choice(key, *criterion.when)
        subjects = self.subjects.get(key, set())
        if len(subjects) != 1:
            yield f"{key}: tiêu chí phải thuộc đúng một loại đối tượng, đang thuộc {len(subjects)}"

    def kind(self, criterion: Criterion) -> Iterator[str]:
        """Each kind states what decides it and nothing else."""
        key, counted = criterion.key, criterion.operator is not None and criterion.threshold is not None
        stated = (criterion.measure is not None, criterion.roll is not None, counted)
        expected = {
            Kind.MEASURED: (True, False, True),
            Kind.ZERO: (True, False, True),
            Kind.DERIVED: (False, True, True),
            Kind.JUDGED: (False, False, False),
        }[criterion.kind]
        if stated != expected:
            yield f"{key}: tiêu chí loại {criterion.kind} khai thừa hoặc thiếu phép đo, phép so, mức"
        if criterion.at is not At.END and criterion.measure is None:
            yield f"{key}: chỉ tiêu chí tính từ hồ sơ mới xét riêng từng tháng, từng quý được"
        if criterion.kind is Kind.ZERO and criterion.threshold in self.thresholds:
            values = self.thresholds[criterion.threshold].values
            if criterion.operator is not Operator.EQUAL or any(dated.value for dated in values):
                yield f"{key}: tiêu chí loại zero phải so bằng 0"

    def number(self, place: str, keys: Iterable[str | None], *units: Unit) -> Iterator[str]:
        """The thresholds that some part of the plan names are there, and count what that part counts in."""
        for key in filter(None, keys):
            if key not in self.thresholds:
                yield f"{place}: không có mức “{key}”"
            elif self.thresholds[key].unit not in units:
                *others, last = (UNIT_WORDS[unit] for unit in units)
                words = " hoặc ".join(filter(None, (", ".join(others), last)))
                yield f"{place}: “{key}” không phải là mức tính bằng {words}"

    def choice(self, place: str, key: str, value: str) -> Iterator[str]:
        option = self.options.get(key)
        if option is None:
            yield f"{place}: không có lựa chọn “{key}”"
        elif value not in [choice for choice, _ in option.choices]:
            yield f"{place}: “{key}” không có giá trị “{value}”"

    def value(self, place: str, *keys: str) -> Iterator[str]:
        known = self.thresholds.keys() | self.options.keys()
        yield from (f"{place}: không có giá trị “{key}”" for key in keys if key not in known)

    def measure(self, place: str, measure: Measure) -> Iterator[str]:
        yield from self.value(place, *measure.parameters.values())

    def roll(self, criterion: Criterion, roll: Roll) -> Iterator[str]:
        key = criterion.key
        yield from self.value(key, *roll.parameters.values())
        if roll.how not in ROLLS or (roll.how == "pool" and roll.criterion is None):
            yield f"{key}: không tổng hợp được theo cách “{roll.how}”"
        rolled = self.criteria.get(roll.criterion or "")
        if roll.how == "pool" and rolled is not None and rolled.at is not At.END:
            yield f"{key}: không cộng gộp được “{rolled.key}”, tiêu chí xét riêng từng tháng, từng quý"
        if (roll.scheme is None) == (roll.criterion is None):
            yield f"{key}: phải tổng hợp đúng một trong hai: một bảng xét hoặc một tiêu chí"
            return
        below = self._rolled_subjects(roll)
        if not below:
            yield f"{key}: không có “{roll.scheme or roll.criterion}” để tổng hợp"
        for subject in self.subjects.get(key, set()):
            if below and BELOW.get(subject) not in below:
                yield f"{key}: “{roll.scheme or roll.criterion}” không ở cấp dưới trực tiếp"

    def _rolled_subjects(self, roll: Roll) -> set[Subject]:
        if roll.scheme is not None:
            return {self.schemes[roll.scheme].subject} if roll.scheme in self.schemes else set()
        return self.subjects.get(roll.criterion or "", set())

    def scheme(self, scheme: Scheme) -> Iterator[str]:
        yield from self.clauses(scheme.key, scheme.clauses)
        groups = [group.key for group in scheme.groups]
        yield from (f"{scheme.key}: nhóm “{key}” lặp lại" for key in _repeated(groups))
        placed = [key for group in scheme.groups for key in group.criteria]
        yield from (f"{scheme.key}: tiêu chí “{key}” nằm ở hai nhóm" for key in _repeated(placed))
        yield from (
            f"{scheme.key}: không có tiêu chí “{key}”"
            for key in scheme.criterion_keys
            if key not in self.criteria
        )
        for group in scheme.groups:
            yield from self.clauses(group.key, group.clauses)
            yield from self.number(group.key, [group.points], Unit.POINTS)
            if not group.criteria:
                yield f"{group.key}: nhóm không có tiêu chí"
        if scheme.enrolment.mode not in ENROLMENTS:
            yield f"{scheme.key}: không có cách ghi danh “{scheme.enrolment.mode}”"
        if scheme.same_hand is not None:
            option = self.options.get(scheme.same_hand)
            if option is None or not {choice for choice, _ in option.choices} <= frozenset(SameHand):
                yield f"{scheme.key}: “{scheme.same_hand}” không nói một người có được xét ở hai bước không"
        yield from self.combination(scheme, scheme.combination)

    def combination(self, scheme: Scheme, combination: AllMet | Points | Chosen) -> Iterator[str]:
        if isinstance(combination, Chosen):
            option = self.options.get(combination.option)
            stated = [choice for choice, _ in combination.of]
            if option is None or sorted(stated) != sorted(choice for choice, _ in option.choices):
                yield f"{scheme.key}: “{combination.option}” và các cách xét không khớp nhau"
            for _, chosen in combination.of:
                yield from self.combination(scheme, chosen)
        elif isinstance(combination, Points):
            bands = (key for key, _ in combination.bands)
            marks = dict.fromkeys((combination.pass_mark, *bands))
            yield from self.number(scheme.key, marks, Unit.POINTS)
            yield from self.number(scheme.key, [combination.group_floor], Unit.PERCENT)
            for group in scheme.groups:
                scored = any(self.criteria[key].points for key in group.criteria if key in self.criteria)
                if group.points is None or not scored:
                    yield f"{group.key}: nhóm chấm điểm phải có điểm tối đa và tiêu chí được chấm"

    def rules(self) -> Iterator[str]:
        if self.policy.meeting_rule:
            yield from self.meeting_rule(self.policy.meeting_rule)
        if self.policy.rating:
            yield from self.rating(self.policy.rating)
        if rule := self.policy.attendance_rule:
            for key in filter(None, (rule.excused, rule.aggregation, rule.required, rule.late)):
                if key not in self.options:
                    yield f"attendance_rule: không có lựa chọn “{key}”"
            if rule.criterion is not None and rule.criterion not in self.criteria:
                yield f"attendance_rule: không có tiêu chí “{rule.criterion}”"

    def rating(self, rule: RatingRule) -> Iterator[str]:
        yield from self.number("rating", [rule.cap_cells, rule.cap_members], Unit.PERCENT)
        yield from self.number("rating", [rule.newcomers], Unit.MONTHS)
        for key, choices in ((rule.base, RATED), (rule.over_cap, frozenset(Leave))):
            option = self.options.get(key)
            if option is None or not {choice for choice, _ in option.choices} <= choices:
                yield f"rating: “{key}” không cho các lựa chọn của nó"

    def meeting_rule(self, rule: MeetingRule) -> Iterator[str]:
        yield from self.clauses("meeting_rule", rule.clauses)
        for name, unit in MEETING_UNITS.items():
            yield from self.number("meeting_rule", [getattr(rule, name)], unit)
        if rule.weekday is None and (rule.week or rule.weekday_blocked):
            yield "meeting_rule: nêu tuần hoặc cách chuyển mà không nêu ngày trong tuần"
        for name, choices in MEETING_CHOICES.items():
            if name == "weekday_blocked" and rule.weekday_blocked is None:
                continue
            option = self.options.get(getattr(rule, name))
            if option is None or not {choice for choice, _ in option.choices} <= choices:
                yield f"meeting_rule: “{getattr(rule, name)}” không cho các lựa chọn của {name}"

    def recognition(self, recognition: Recognition) -> Iterator[str]:
        place = f"recognition {recognition.scheme}"
        if recognition.scheme not in self.schemes:
            yield f"{place}: không có bảng xét này"
        if recognition.ballot is not None and recognition.ballot not in self.options:
            yield f"{place}: không có lựa chọn “{recognition.ballot}”"
        for key in filter(None, (recognition.exception, recognition.over_quota)):
            option = self.options.get(key)
            if option is None or not {choice for choice, _ in option.choices} <= frozenset(Leave):
                yield f"{place}: “{key}” không cho các lựa chọn được hay không được vượt"
        balloting = any(Act.BALLOT in step.acts for step in recognition.steps)
        if balloting and (recognition.majority is None or recognition.ballot is None):
            yield f"{place}: có bước biểu quyết mà không nêu cách biểu quyết và tỷ lệ tán thành"
        if sum(Act.DECISION in step.acts for step in recognition.steps) > 1:
            yield f"{place}: chỉ một bước được ra quyết định"
        yield from self.number(place, [recognition.majority], Unit.PERCENT)
        yield from self.number(place, [recognition.quota], Unit.PERCENT, Unit.COUNT)
        yield from self.number(place, [recognition.validity], Unit.MONTHS)
        yield from self.clauses(place, recognition.clauses)
        yield from (
            f"{place}: bước “{key}” lặp lại" for key in _repeated(step.key for step in recognition.steps)
        )
        for step in recognition.steps:
            yield from self.clauses(step.key, [step.clause] if step.clause else [])
            if not step.authorities:
                yield f"{step.key}: bước chưa có cấp thẩm quyền"
            yield from self.number(step.key, [step.due], Unit.MONTH_DAY)

    def circles(self) -> Iterator[str]:
        """Derived criteria that, through what they roll up, come back to themselves."""
        edges = {criterion.key: set(self._feeds(criterion)) for criterion in self.policy.criteria}
        for key in edges:
            reached, frontier = set[str](), set(edges[key])
            while frontier:
                reached |= frontier
                frontier = {to for at in frontier for to in edges.get(at, ())} - reached
            if key in reached:
                yield f"{key}: tiêu chí dẫn xuất quay vòng về chính nó"

    def _feeds(self, criterion: Criterion) -> Iterable[str]:
        if criterion.roll is None:
            return ()
        if criterion.roll.scheme in self.schemes:
            return self.schemes[criterion.roll.scheme].criterion_keys
        return [criterion.roll.criterion] if criterion.roll.criterion else []


def sheet_problems(sheet: ScoreSheet) -> Iterator[str]:
    """What is wrong with a score sheet beside its clauses and the limits of its bands."""
    keys = [sheet.key, *(group.key for group in sheet.groups), *(item.key for item in sheet.items)]
    yield from (f"{sheet.key}: khóa “{key}” lặp lại" for key in _repeated(keys))
    yield from (f"{sheet.key}: khóa “{key}” viết sai dạng" for key in keys if not KEY.fullmatch(key))
    yield from (f"{group.key}: nhóm không có mục chấm" for group in sheet.groups if not group.items)
    if all(item.thematic_only for item in sheet.items):
        yield f"{sheet.key}: không có mục nào chấm được mọi buổi"
    named = [*(name for _, name in sheet.bands), sheet.lowest]
    if len(set(named)) != len(named) or not set(named) <= set(BANDS):
        yield f"{sheet.key}: các mức phải khác nhau và thuộc {', '.join(BANDS)}"
    for item in sheet.items:
        yield from _item_problems(item)


def _item_problems(item: SheetItem) -> Iterator[str]:
    if item.maximum <= 0 or item.maximum != round(item.maximum, 2):
        yield f"{item.key}: điểm tối đa phải lớn hơn 0, nhiều nhất hai chữ số thập phân"
    if (item.count is None) != (not item.scales):
        yield f"{item.key}: thang điểm gợi ý phải đi cùng số đếm của buổi họp"
    if any(earlier.valid_from >= later.valid_from for earlier, later in pairwise(item.scales)):
        yield f"{item.key}: các ngày hiệu lực không tăng dần"
    for tiers in (scale.value.tiers for scale in item.scales):
        falling = all(one.least > other.least and one.points > other.points for one, other in pairwise(tiers))
        if not tiers or not falling or tiers[-1].least != 0:
            yield f"{item.key}: thang điểm phải giảm dần, bậc cuối từ 0 %"
        if any(not 0 <= tier.points <= item.maximum for tier in tiers):
            yield f"{item.key}: điểm gợi ý vượt điểm tối đa"


def _end(word: str, bound: Decimal | None) -> str:
    return "" if bound is None else f"{word} {bound}"


def _repeated(keys: Iterable[str]) -> list[str]:
    return [key for key, times in Counter(keys).items() if times > 1]


def _is_month_day(value: Decimal) -> bool:
    month, day = divmod(value, 100)
    return value == value.to_integral_value() and 1 <= month <= 12 and 1 <= day <= 31
