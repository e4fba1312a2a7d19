"""What a plan must be to hold together, and the sentence for each way it does not."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

import pytest

from bontot.plugin import (
    Act,
    Authority,
    Chosen,
    Clause,
    Dated,
    Enrolment,
    Evidence,
    Kind,
    Measure,
    MeetingRule,
    Operator,
    Origin,
    Points,
    Policy,
    RatingRule,
    Recognition,
    Roll,
    ScoreSheet,
    SheetGroup,
    SheetItem,
    Step,
    Unit,
    attendance_options,
    judged,
    meeting_options,
    meeting_thresholds,
    none_allowed,
    option,
    threshold,
    zero,
)
from bontot.policy.model import AttendanceRule
from bontot.policy.validate import problems
from tests.unit.policy.samples import (
    ATTENDANCE,
    CELL,
    CLAUSE,
    FIRST,
    LINE,
    MEMBER,
    MODE,
    PLAN,
    RATE,
    SHARE,
    UNITY,
)


def test_a_sound_plan_has_no_problems() -> None:
    assert problems(PLAN) == ()


def plan(**changes: object) -> Policy:
    return replace(PLAN, **changes)  # type: ignore[arg-type]


def rated(**changes: object) -> Policy:
    return replace(PLAN, thresholds=(replace(RATE, **changes), *PLAN.thresholds[1:]))  # type: ignore[arg-type]


def judging(**changes: object) -> Policy:
    changed = replace(ATTENDANCE, **changes)  # type: ignore[arg-type]
    return replace(PLAN, criteria=(LINE, changed, UNITY, SHARE))


def rolling(roll: Roll) -> Policy:
    return replace(PLAN, criteria=(LINE, ATTENDANCE, UNITY, replace(SHARE, roll=roll)))


def cell(**changes: object) -> Policy:
    return replace(PLAN, schemes=(MEMBER, replace(CELL, **changes)))  # type: ignore[arg-type]


UNITS = (
    threshold("sample.days", "Số ngày", Unit.COUNT, 30, FIRST),
    threshold("sample.months", "Số tháng", Unit.MONTHS, 12, FIRST),
    threshold("sample.weekday", "Ngày", Unit.WEEKDAY, 2, FIRST),
)
SHEET = ScoreSheet(
    key="sheet",
    label="Phiếu",
    groups=(
        SheetGroup(
            key="sheet.1",
            label="Nhóm",
            items=(SheetItem(key="sheet.2", label="Mục", maximum=Decimal(10), clauses=()),),
        ),
    ),
    bands=(("sample.none", "good"), ("sample.share", "fair")),
    lowest="poor",
)


def with_units(policy: Policy) -> Policy:
    return replace(policy, thresholds=(*policy.thresholds, *UNITS))


RULE = MeetingRule(clauses=(CLAUSE,))
READINGS = replace(
    PLAN, thresholds=(*PLAN.thresholds, *meeting_thresholds(FIRST)), options=meeting_options(FIRST)
)
STEP = Step(key="decide", label="Quyết định", authorities=(Authority(body="BTV", valid_from=FIRST),))


def granting(**changes: object) -> Policy:
    recognition = Recognition(scheme="sample.cell", steps=(STEP,), vote_rule="Quá nửa")
    return replace(PLAN, recognitions=(replace(recognition, **changes),))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("policy", "sentences"),
    [
        (
            replace(PLAN, in_force_until=FIRST),
            ("sample: hết hiệu lực không sau ngày có hiệu lực",),
        ),
        (
            replace(PLAN, references=(replace(PLAN.references[0], in_force_until=FIRST),)),
            ("plan: hết hiệu lực không sau ngày có hiệu lực",),
        ),
        (
            replace(PLAN, options=(MODE, MODE)),
            ("thresholds, options: khóa “sample.mode” lặp lại",),
        ),
        (
            replace(PLAN, options=(replace(MODE, key="Sample mode"),)),
            ("thresholds, options: khóa “Sample mode” viết sai dạng",),
        ),
        (
            rated(lowest=Decimal(101)),
            (
                "sample.attendance: cận dưới lớn hơn cận trên",
                "sample.attendance: giá trị 85 nằm ngoài khoảng từ 101 đến 100",
                "sample.attendance: giá trị 88 nằm ngoài khoảng từ 101 đến 100",
            ),
        ),
        (rated(lowest=Decimal(86)), ("sample.attendance: giá trị 85 nằm ngoài khoảng từ 86 đến 100",)),
        (rated(suggestion=Decimal(120)), ("sample.attendance: giá trị 120 nằm ngoài khoảng từ 80 đến 100",)),
        (rated(values=RATE.values[::-1]), ("sample.attendance: các ngày hiệu lực không tăng dần",)),
        (
            rated(values=(Dated(value=Decimal(85), valid_from=FIRST, origin=Origin.PLAN),)),
            ("sample.attendance: giá trị của kế hoạch thiếu căn cứ",),
        ),
        (
            rated(
                values=(
                    Dated(value=Decimal(85), valid_from=FIRST, origin=Origin.PLAN, clause=Clause("x", "mục")),
                )
            ),
            ("sample.attendance: không có văn bản “x”",),
        ),
        (
            rated(unit=Unit.MONTH_DAY, highest=None, values=(replace(RATE.values[0], value=Decimal(1332)),)),
            (
                "sample.attendance: 1332 không phải là ngày dạng tháng·100 + ngày",
                "sample.attendance: “sample.attendance” không phải là mức tính bằng phần trăm, số lượng, điểm, tháng "
                "hoặc mức xếp loại",
            ),
        ),
        (replace(PLAN, options=(replace(MODE, values=()),)), ("sample.mode: chưa có giá trị nào",)),
        (
            replace(PLAN, options=(option("sample.mode", "Cách", (("a", "gộp"), ("a", "hai")), "c", FIRST),)),
            ("sample.mode: lựa chọn “a” lặp lại", "sample.mode: “c” không phải là một lựa chọn"),
        ),
        (judging(clauses=()), ("sample.attendance: tiêu chí của kế hoạch thiếu căn cứ",)),
        (judging(clauses=(Clause("x", "mục"),)), ("sample.attendance: không có văn bản “x”",)),
        (
            judging(operator=None),
            ("sample.attendance: tiêu chí loại measured khai thừa hoặc thiếu phép đo, phép so, mức",),
        ),
        (judging(threshold="sample.nothing"), ("sample.attendance: không có mức “sample.nothing”",)),
        (judging(points="sample.mode"), ("sample.attendance: không có mức “sample.mode”",)),
        (
            judging(measure=Measure(metric="m", parameters={"how": "sample.nothing"})),
            ("sample.attendance: không có giá trị “sample.nothing”",),
        ),
        (
            judging(evidence=(Evidence(label="Số", operator=Operator.AT_LEAST),)),
            ("sample.attendance: minh chứng “Số” phải nêu cả phép so và mức, hoặc không nêu",),
        ),
        (judging(when=("sample.mode", "c")), ("sample.attendance: “sample.mode” không có giá trị “c”",)),
        (judging(when=("sample.none", "a")), ("sample.attendance: không có lựa chọn “sample.none”",)),
        (judging(kind=Kind.ZERO), ("sample.attendance: tiêu chí loại zero phải so bằng 0",)),
        (
            replace(PLAN, criteria=(*PLAN.criteria, judged("sample.orphan", "Lạc", (CLAUSE,)))),
            ("sample.orphan: tiêu chí phải thuộc đúng một loại đối tượng, đang thuộc 0",),
        ),
        (
            cell(blockers=(LINE.key,)),
            ("sample.line: tiêu chí phải thuộc đúng một loại đối tượng, đang thuộc 2",),
        ),
        (rolling(Roll(scheme="sample.none")), ("sample.share: không có “sample.none” để tổng hợp",)),
        (
            rolling(Roll(scheme="sample.member", how="pool")),
            ("sample.share: không tổng hợp được theo cách “pool”",),
        ),
        (
            rolling(Roll()),
            ("sample.share: phải tổng hợp đúng một trong hai: một bảng xét hoặc một tiêu chí",),
        ),
        (
            rolling(Roll(criterion=ATTENDANCE.key)),
            ("sample.share: “sample.attendance” không ở cấp dưới trực tiếp",),
        ),
        (
            rolling(Roll(scheme="sample.cell")),
            (
                "sample.share: “sample.cell” không ở cấp dưới trực tiếp",
                "sample.share: tiêu chí dẫn xuất quay vòng về chính nó",
            ),
        ),
        (
            cell(groups=(*CELL.groups, replace(CELL.groups[1], criteria=(UNITY.key,)))),
            (
                "sample.cell: nhóm “sample.2” lặp lại",
                "sample.cell: tiêu chí “sample.unity” nằm ở hai nhóm",
            ),
        ),
        (
            cell(blockers=("sample.nothing",)),
            ("sample.cell: không có tiêu chí “sample.nothing”",),
        ),
        (
            cell(groups=(*CELL.groups, replace(CELL.groups[0], key="sample.3", criteria=()))),
            ("sample.3: nhóm không có tiêu chí",),
        ),
        (cell(enrolment=Enrolment(mode="lottery")), ("sample.cell: không có cách ghi danh “lottery”",)),
        (
            cell(same_hand="judging.same_hand"),
            ("sample.cell: “judging.same_hand” không nói một người có được xét ở hai bước không",),
        ),
        (
            cell(same_hand=MODE.key),
            ("sample.cell: “sample.mode” không nói một người có được xét ở hai bước không",),
        ),
        (
            cell(combination=Points(pass_mark="sample.pass", group_floor="sample.share")),
            (
                "sample.cell: không có mức “sample.pass”",
                "sample.1: nhóm chấm điểm phải có điểm tối đa và tiêu chí được chấm",
                "sample.2: nhóm chấm điểm phải có điểm tối đa và tiêu chí được chấm",
            ),
        ),
        (
            cell(combination=Chosen(option="sample.mode", of=())),
            ("sample.cell: “sample.mode” và các cách xét không khớp nhau",),
        ),
        (
            replace(READINGS, meeting_rule=replace(RULE, day="sample.share", clauses=(Clause("x", "mục"),))),
            (
                "meeting_rule: không có văn bản “x”",
                "meeting_rule: “sample.share” không phải là mức tính bằng ngày trong tháng",
            ),
        ),
        (
            replace(
                READINGS, meeting_rule=replace(RULE, weekday="sample.share", week="meeting.earliest_day")
            ),
            (
                "meeting_rule: “sample.share” không phải là mức tính bằng ngày trong tuần",
                "meeting_rule: “meeting.earliest_day” không phải là mức tính bằng tuần trong tháng",
            ),
        ),
        (
            replace(READINGS, meeting_rule=replace(RULE, week="sample.share")),
            (
                "meeting_rule: “sample.share” không phải là mức tính bằng tuần trong tháng",
                "meeting_rule: nêu tuần hoặc cách chuyển mà không nêu ngày trong tuần",
            ),
        ),
        (
            replace(READINGS, meeting_rule=RULE, options=READINGS.options[1:]),
            ("meeting_rule: “meeting.holiday_scope” không cho các lựa chọn của holiday_scope",),
        ),
        (
            replace(
                PLAN,
                attendance_rule=AttendanceRule(criterion="sample.none"),
                options=attendance_options(FIRST),
            ),
            ("attendance_rule: không có tiêu chí “sample.none”",),
        ),
        (
            replace(PLAN, attendance_rule=AttendanceRule(excused="sample.share", aggregation="sample.mode")),
            ("attendance_rule: không có lựa chọn “sample.share”",),
        ),
        (
            with_units(
                cell(
                    combination=Points(
                        pass_mark="sample.attendance",
                        group_floor="sample.days",
                        bands=(("sample.share", "Tốt"),),
                    ),
                    groups=(replace(CELL.groups[0], points="sample.days"),),
                )
            ),
            (
                "sample.share: tiêu chí phải thuộc đúng một loại đối tượng, đang thuộc 0",
                "sample.1: “sample.days” không phải là mức tính bằng điểm",
                "sample.cell: “sample.attendance” không phải là mức tính bằng điểm",
                "sample.cell: “sample.share” không phải là mức tính bằng điểm",
                "sample.cell: “sample.days” không phải là mức tính bằng phần trăm",
                "sample.1: nhóm chấm điểm phải có điểm tối đa và tiêu chí được chấm",
            ),
        ),
        (
            with_units(granting(majority="sample.days", quota="sample.months", validity="sample.share")),
            (
                "recognition sample.cell: “sample.days” không phải là mức tính bằng phần trăm",
                "recognition sample.cell: “sample.months” không phải là mức tính bằng phần trăm hoặc số lượng",
                "recognition sample.cell: “sample.share” không phải là mức tính bằng tháng",
            ),
        ),
        (with_units(granting(majority="sample.share", quota="sample.days", validity="sample.months")), ()),
        (
            with_units(
                judging(
                    evidence=(Evidence(label="Hạn", operator=Operator.AT_LEAST, threshold="sample.weekday"),)
                )
            ),
            (
                "sample.attendance: “sample.weekday” không phải là mức tính bằng phần trăm, số lượng, điểm, tháng "
                "hoặc mức xếp loại",
            ),
        ),
        (
            with_units(judging(points="sample.days")),
            ("sample.attendance: “sample.days” không phải là mức tính bằng điểm",),
        ),
        (
            replace(PLAN, sheets=(SHEET,)),
            ("sheet: không có mức “sample.none”", "sheet: “sample.share” không phải là mức tính bằng điểm"),
        ),
        (granting(scheme="sample.none"), ("recognition sample.none: không có bảng xét này",)),
        (
            granting(ballot="sample.share", quota="sample.none"),
            (
                "recognition sample.cell: không có lựa chọn “sample.share”",
                "recognition sample.cell: không có mức “sample.none”",
            ),
        ),
        (granting(steps=(STEP, STEP)), ("recognition sample.cell: bước “decide” lặp lại",)),
        (
            granting(exception="sample.mode"),
            ("recognition sample.cell: “sample.mode” không cho các lựa chọn được hay không được vượt",),
        ),
        (
            granting(steps=(replace(STEP, acts=frozenset({Act.BALLOT})),)),
            ("recognition sample.cell: có bước biểu quyết mà không nêu cách biểu quyết và tỷ lệ tán thành",),
        ),
        (
            granting(
                steps=tuple(replace(STEP, key=key, acts=frozenset({Act.DECISION})) for key in ("one", "two"))
            ),
            ("recognition sample.cell: chỉ một bước được ra quyết định",),
        ),
        (
            replace(
                PLAN,
                rating=RatingRule(
                    cap_cells="sample.none",
                    cap_members="sample.share",
                    base="sample.mode",
                    over_cap="sample.none",
                    newcomers="sample.share",
                ),
            ),
            (
                "rating: không có mức “sample.none”",
                "rating: “sample.share” không phải là mức tính bằng tháng",
                "rating: “sample.mode” không cho các lựa chọn của nó",
                "rating: “sample.none” không cho các lựa chọn của nó",
            ),
        ),
        (
            granting(steps=(replace(STEP, authorities=(), due="sample.share"),)),
            (
                "decide: bước chưa có cấp thẩm quyền",
                "decide: “sample.share” không phải là mức tính bằng ngày trong năm",
            ),
        ),
    ],
)
def test_each_way_not_to_hold_together_has_its_sentence(policy: Policy, sentences: tuple[str, ...]) -> None:
    assert problems(policy) == sentences


def test_a_zero_criterion_takes_only_zero() -> None:
    count = zero("sample.none", "Không có", (CLAUSE,), Measure(metric="m"))
    policy = replace(
        PLAN,
        criteria=(*PLAN.criteria, count),
        schemes=(MEMBER, replace(CELL, blockers=(count.key,))),
        thresholds=(*PLAN.thresholds, none_allowed("sample.none", "Số", FIRST)),
    )
    assert problems(policy) == ()
    one = threshold("sample.none", "Số", Unit.COUNT, 1, FIRST)
    assert problems(replace(policy, thresholds=(*PLAN.thresholds, one))) == (
        "sample.none: tiêu chí loại zero phải so bằng 0",
    )


def test_a_circle_of_derived_criteria_is_found_however_long() -> None:
    """Cells rest on members, members on cells: the same through two schemes."""
    back = replace(SHARE, key="sample.back", roll=Roll(scheme="sample.cell"))
    group = replace(MEMBER.groups[0], criteria=(LINE.key, back.key))
    policy = replace(PLAN, criteria=(*PLAN.criteria, back), schemes=(replace(MEMBER, groups=(group,)), CELL))
    assert problems(policy) == (
        "sample.back: “sample.cell” không ở cấp dưới trực tiếp",
        "sample.share: tiêu chí dẫn xuất quay vòng về chính nó",
        "sample.back: tiêu chí dẫn xuất quay vòng về chính nó",
    )


@pytest.mark.parametrize(
    ("policy", "sentence"),
    [
        (plan(label=7), "Policy.label: cần str, nhận được 7"),
        (replace(PLAN, label="Kế hoạch\u202e"), "Policy.label: có ký tự điều khiển"),
        (replace(PLAN, label=" Kế hoạch"), "Policy.label: thừa khoảng trắng ở đầu hoặc cuối"),
        (
            replace(PLAN, label=unicodedata.normalize("NFD", "Kế hoạch")),
            "Policy.label: chữ không ở dạng NFC",
        ),
        (
            replace(PLAN, in_force_from=datetime(2023, 1, 27)),  # noqa: DTZ001 - a mistake on purpose
            "Policy.in_force_from: cần date, nhận được datetime.datetime(2023, 1, 27, 0, 0)",
        ),
        (plan(criteria=[LINE]), f"Policy.criteria: cần tuple, nhận được {[LINE]!r}"),
        (plan(frames=("frame", 3)), "Policy.frames[1]: cần str, nhận được 3"),
        (
            rated(lowest=80.0),
            "Policy.thresholds[sample.attendance].lowest: cần Decimal, nhận được 80.0",
        ),
        (
            rated(lowest=Decimal("NaN")),
            "Policy.thresholds[sample.attendance].lowest: NaN không phải là một số",
        ),
        (
            rated(values=(Dated(value="85", valid_from=FIRST, origin=Origin.DEFAULT),)),
            "Policy.thresholds[sample.attendance].values[0].value: cần Decimal, nhận được '85'",
        ),
        (
            judging(measure=Measure(metric="m", parameters=("a", "b"))),  # type: ignore[arg-type]
            "Policy.criteria[sample.attendance].measure: cần một bảng khóa và giá trị, nhận được ('a', 'b')".replace(
                ".measure:", ".measure.parameters:"
            ),
        ),
        (
            judging(when=("sample.mode",)),
            "Policy.criteria[sample.attendance].when: cần một bộ 2 phần tử, nhận được ('sample.mode',)",
        ),
        (plan(schemes=(MEMBER, "cell")), "Policy.schemes[1]: cần Scheme, nhận được 'cell'"),
        (cell(subject="hamlet"), "Policy.schemes[sample.cell].subject: cần Subject, nhận được 'hamlet'"),
    ],
)
def test_a_declaration_of_the_wrong_shape_is_named_by_its_place(policy: Policy, sentence: str) -> None:
    assert problems(policy) == (sentence,)
