"""A small plan with a frame beside it and a ward's refinement over it, for tests that need no real place.

Attendance: the frame asks 90 %, the plan 85 %, the ward nothing of its own. The member title feeds the cell's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal

from bontot.evaluation.metrics import bontot_metrics
from bontot.plugin import (
    AttendanceRule,
    Authority,
    Clause,
    Criterion,
    Dated,
    Direction,
    Evidence,
    Group,
    Kind,
    Measure,
    Operator,
    Option,
    Origin,
    Policy,
    Recognition,
    Reference,
    Role,
    Roll,
    Scheme,
    Step,
    Subject,
    Threshold,
    Unit,
)
from bontot.policy.compose import compose
from bontot.policy.digest import digest
from bontot.registry import Failure, Offer, Registry

ISSUED = date(2023, 1, 27)
AMENDED = date(2024, 1, 1)
FRAME_ISSUED = date(2021, 12, 6)
PLAN, FRAME, WARD, BROKEN = "vidu", "vidu_khung", "vidu_phuong", "vidu_hong"


def _reference(key: str, kind: str, number: str, issuer: str, on: date) -> Reference:
    return Reference(
        key=key,
        kind=kind,
        number=number,
        issuer=issuer,
        issued_on=on,
        subject="xây dựng “Chi bộ bốn tốt”",
        in_force_from=on,
    )


def _dated(value: int, on: date, clause: Clause | None) -> tuple[Dated[Decimal], ...]:
    origin = Origin.PLAN if clause else Origin.DEFAULT
    return (Dated(value=Decimal(value), valid_from=on, origin=origin, clause=clause),)


FRAME_TEXT = _reference("frame", "Đề án", "11-ĐA/VD", "Thành ủy Ví Dụ", FRAME_ISSUED)
PLAN_TEXT = _reference("plan", "Kế hoạch", "01-KH/VD", "Quận ủy Ví Dụ", ISSUED)
WARD_TEXT = _reference("ward", "Kế hoạch", "02-KH/VD", "Đảng ủy phường Ví Dụ", AMENDED)
ON_ATTENDANCE = Clause("plan", "mục 2, khoản 2")
ON_MEMBERS = Clause("plan", "mục 4")
ON_CONDUCT = Clause("plan", "mục 3")
READINGS = {"excused": "attendance.excused", "aggregation": "attendance.aggregation"}


def _readings(on: date) -> tuple[Option, ...]:
    """How attendance is read: what an excused absence counts for, and how the year's share is made."""
    return (
        Option(
            key="attendance.excused",
            label="Vắng có lý do",
            choices=(("counted", "vẫn tính là phải dự"), ("excused_removed", "không tính là phải dự")),
            values=(Dated(value="counted", valid_from=on, origin=Origin.DEFAULT),),
        ),
        Option(
            key="attendance.aggregation",
            label="Cách tính tỷ lệ của năm",
            choices=(("pooled", "cộng cả năm"), ("each_meeting", "từng buổi")),
            values=(Dated(value="pooled", valid_from=on, origin=Origin.DEFAULT),),
        ),
    )


frame = Policy(
    code=FRAME,
    label="Đề án khung ví dụ",
    issuer=FRAME_TEXT.issuer,
    version="1",
    references=(FRAME_TEXT,),
    in_force_from=FRAME_ISSUED,
    thresholds=(
        Threshold(
            key="frame.attendance",
            label="Tỷ lệ đảng viên dự sinh hoạt định kỳ",
            unit=Unit.PERCENT,
            values=_dated(90, FRAME_ISSUED, Clause("frame", "phần II")),
        ),
    ),
    options=_readings(FRAME_ISSUED),
    criteria=(
        Criterion(
            key="frame.attendance",
            label="Tỷ lệ đảng viên dự sinh hoạt định kỳ hằng tháng",
            kind=Kind.MEASURED,
            clauses=(Clause("frame", "phần II"),),
            role=Role.OBJECTIVE,
            measure=Measure(metric="attendance", parameters=READINGS),
            operator=Operator.AT_LEAST,
            threshold="frame.attendance",
        ),
    ),
    schemes=(
        Scheme(
            key="frame.cell",
            subject=Subject.CELL,
            groups=(
                Group(
                    key="frame.cell.1",
                    label="Chỉ tiêu của đề án",
                    criteria=("frame.attendance",),
                    clauses=(Clause("frame", "phần II"),),
                ),
            ),
        ),
    ),
)

plan = Policy(
    code=PLAN,
    label="Kế hoạch ví dụ",
    issuer=PLAN_TEXT.issuer,
    version="1",
    references=(PLAN_TEXT,),
    in_force_from=ISSUED,
    thresholds=(
        Threshold(
            key="vidu.cell.attendance",
            label="Tỷ lệ đảng viên tham gia sinh hoạt",
            unit=Unit.PERCENT,
            values=_dated(85, ISSUED, ON_ATTENDANCE),
            lowest=Decimal(50),
            highest=Decimal(100),
            frame="frame.attendance",
        ),
        Threshold(
            key="vidu.cell.members",
            label="Tỷ lệ đảng viên đạt danh hiệu",
            unit=Unit.PERCENT,
            values=_dated(50, ISSUED, ON_MEMBERS),
            lowest=Decimal(0),
            highest=Decimal(100),
        ),
        Threshold(
            key="vidu.member.absences",
            label="Số lần vắng không lý do",
            unit=Unit.COUNT,
            values=_dated(0, ISSUED, None),
            lowest=Decimal(0),
            highest=Decimal(3),
            stricter=Direction.LOWER,
        ),
        Threshold(
            key="vidu.file_by",
            label="Chi bộ gửi hồ sơ đề nghị trước ngày",
            unit=Unit.MONTH_DAY,
            values=_dated(1130, ISSUED, None),
            stricter=Direction.LOWER,
        ),
        Threshold(
            key="vidu.speakers",
            label="Số người phát biểu mỗi buổi",
            unit=Unit.COUNT,
            values=(),
            lowest=Decimal(1),
            suggestion=Decimal(3),
        ),
    ),
    options=_readings(ISSUED),
    criteria=(
        Criterion(
            key="vidu.cell.attendance",
            label="Tỷ lệ đảng viên tham gia sinh hoạt",
            kind=Kind.MEASURED,
            clauses=(ON_ATTENDANCE,),
            measure=Measure(metric="attendance", parameters=READINGS),
            operator=Operator.AT_LEAST,
            threshold="vidu.cell.attendance",
        ),
        Criterion(
            key="vidu.cell.discussion",
            label="Không khí thảo luận sôi nổi, xây dựng",
            kind=Kind.JUDGED,
            clauses=(ON_ATTENDANCE,),
            evidence=(Evidence(label="Số ý kiến phát biểu"),),
        ),
        Criterion(
            key="vidu.cell.members",
            label="Có ít nhất một nửa đảng viên đạt danh hiệu",
            kind=Kind.DERIVED,
            clauses=(ON_MEMBERS,),
            roll=Roll(scheme="vidu.member"),
            operator=Operator.AT_LEAST,
            threshold="vidu.cell.members",
        ),
        Criterion(
            key="vidu.member.absences",
            label="Sinh hoạt chi bộ đầy đủ, đúng quy định",
            kind=Kind.ZERO,
            clauses=(ON_CONDUCT,),
            measure=Measure(metric="own_unexcused_absence"),
            operator=Operator.EQUAL,
            threshold="vidu.member.absences",
        ),
    ),
    schemes=(
        Scheme(
            key="vidu.member",
            subject=Subject.MEMBER,
            title="Đảng viên bốn tốt",
            groups=(
                Group(
                    key="vidu.member.1",
                    label="Kỷ luật tốt",
                    criteria=("vidu.member.absences",),
                    clauses=(ON_CONDUCT,),
                ),
            ),
        ),
        Scheme(
            key="vidu.cell",
            subject=Subject.CELL,
            title="Chi bộ bốn tốt",
            groups=(
                Group(
                    key="vidu.cell.2",
                    label="Chất lượng sinh hoạt chi bộ tốt",
                    criteria=("vidu.cell.attendance", "vidu.cell.discussion"),
                    clauses=(ON_ATTENDANCE,),
                ),
                Group(
                    key="vidu.cell.4",
                    label="Đảng viên bốn tốt",
                    criteria=("vidu.cell.members",),
                    clauses=(ON_MEMBERS,),
                ),
            ),
        ),
    ),
    attendance_rule=AttendanceRule(criterion="vidu.cell.attendance"),
    recognitions=(
        Recognition(
            scheme="vidu.cell",
            vote_rule="Quá nửa số đảng viên chính thức được triệu tập",
            steps=(
                Step(
                    key="file",
                    label="Chi bộ gửi hồ sơ đề nghị",
                    authorities=(Authority(body="Chi bộ", valid_from=ISSUED),),
                    due="vidu.file_by",
                ),
            ),
        ),
    ),
    frames=(FRAME,),
)

ward = Policy(
    code=WARD,
    label="Kế hoạch của phường ví dụ",
    issuer=WARD_TEXT.issuer,
    version="1",
    references=(WARD_TEXT,),
    in_force_from=AMENDED,
    refines=PLAN,
    thresholds=(replace(plan.thresholds[1], values=_dated(60, AMENDED, Clause("ward", "mục 4"))),),
)


def judging_registry() -> Registry:
    """The example plans with the platform's own counts."""
    metrics = {(metric.subject, metric.key): metric for metric in bontot_metrics()}
    return replace(sample_registry(), metrics=metrics)


def sample_registry(**more: Policy) -> Registry:
    """The plan, its frame, the ward's refinement, and one plan whose plugin failed; `more` by code."""
    stacks: dict[str, tuple[Policy, ...]] = {FRAME: (frame,), PLAN: (plan,), WARD: (plan, ward)}
    stacks |= {code: (policy,) for code, policy in more.items()}
    failed = Failure(plugin=BROKEN, reasons=("ImportError: thiếu tệp",), policy=BROKEN)
    return Registry(policies=_offers(stacks), metrics={}, formats={}, failures=(failed,))


def _offers(stacks: Mapping[str, tuple[Policy, ...]]) -> dict[str, Offer]:
    offers = {}
    for code, stack in stacks.items():
        whole = stack[0]
        for refinement in stack[1:]:
            whole = compose(whole, refinement)
        offers[code] = Offer(
            policy=whole, stack=stack, plugin="vidu", plugin_version="1", digest=digest(whole)
        )
    return offers
