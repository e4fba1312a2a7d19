"""A small plan for the engine's tests, counted by the platform's own metrics.

A member must miss no meeting without reason, not be disciplined, and be judged well. A cell must meet by day 7, reach 85 %,
hold a thematic meeting a quarter, and have half its members with the title; it must have existed six months and not be
disciplined.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from bontot.plugin import (
    Clause,
    Enrolment,
    Group,
    Measure,
    MeetingRule,
    Metric,
    Operator,
    Policy,
    Reference,
    Roll,
    Scheme,
    Subject,
    Unit,
    attendance_options,
    derived,
    judged,
    measured,
    meeting_options,
    meeting_thresholds,
    none_allowed,
    option,
    roll_options,
    threshold,
    zero,
)
from bontot.policy.digest import digest
from bontot.registry import Offer, Registry

SINCE = date(2023, 1, 27)
CODE = "thu"
OTHERS = frozenset({"hanoi_city", "hanoi_tayho", "hanoi_longbien", "national", "provincial_pilot"})
TEXT = Reference(
    key="kh01",
    kind="Kế hoạch",
    number="01-KH/QU",
    issuer="Quận ủy Thử",
    issued_on=SINCE,
    subject="xây dựng “Chi bộ bốn tốt”",
    in_force_from=SINCE,
)
AT = Clause(TEXT.key, "mục 2", "000:1")
READ_ATTENDANCE = {
    "excused": "attendance.excused",
    "aggregation": "attendance.aggregation",
    "required": "attendance.required",
    "late": "attendance.late",
}

MEMBER = (
    measured(
        "m.attendance", "Sinh hoạt đầy đủ", (AT,), Measure(metric="own_unexcused_absence"), Operator.EQUAL
    ),
    zero("m.discipline", "Không bị kỷ luật", (AT,), Measure(metric="own_discipline"), also_judged=True),
    judged("m.line", "Chấp hành đường lối", (AT,)),
)
CELL = (
    measured("c.date", "Đúng ngày", (AT,), Measure(metric="regular_meeting_on_time"), Operator.AT_LEAST),
    measured(
        "c.thematic",
        "Chuyên đề mỗi quý",
        (AT,),
        Measure(metric="thematic_quarters", parameters={"per_quarter": "c.per_quarter"}),
        Operator.AT_LEAST,
    ),
    measured(
        "c.attendance",
        "Tỷ lệ tham gia",
        (AT,),
        Measure(metric="attendance", parameters=READ_ATTENDANCE),
        Operator.AT_LEAST,
    ),
    derived(
        "c.members",
        "Một nửa đảng viên đạt",
        (AT,),
        Roll(scheme="m", parameters={"members": "c.counted"}),
        Operator.AT_LEAST,
    ),
    judged("c.unity", "Đoàn kết", (AT,), may_be_not_applicable=True),
)
REFUSALS = (
    measured("c.existence", "Đủ sáu tháng", (AT,), Measure(metric="months_of_existence"), Operator.AT_LEAST),
    zero("c.disciplined", "Chi bộ không bị kỷ luật", (AT,), Measure(metric="organisation_disciplined")),
)

POLICY = Policy(
    code=CODE,
    label="Kế hoạch thử",
    issuer=TEXT.issuer,
    version="1",
    references=(TEXT,),
    in_force_from=SINCE,
    thresholds=(
        threshold("meeting.day", "Ngày", Unit.DAY_OF_MONTH, 3, SINCE, AT),
        threshold("meeting.deadline", "Hạn", Unit.DAY_OF_MONTH, 7, SINCE, AT),
        *meeting_thresholds(SINCE),
        none_allowed("m.attendance", "Số buổi vắng", SINCE),
        none_allowed("m.discipline", "Quyết định kỷ luật", SINCE),
        threshold("c.date", "Số tháng đúng hạn", Unit.PERCENT, 100, SINCE),
        threshold("c.thematic", "Số quý", Unit.PERCENT, 100, SINCE, AT),
        threshold("c.per_quarter", "Số buổi mỗi quý", Unit.COUNT, 1, SINCE, AT),
        threshold("c.attendance", "Tỷ lệ, từ", Unit.PERCENT, 85, SINCE, AT),
        threshold("c.members", "Tỷ lệ đạt, từ", Unit.PERCENT, 50, SINCE, AT),
        threshold("c.existence", "Số tháng, từ", Unit.MONTHS, 6, SINCE),
        none_allowed("c.disciplined", "Quyết định kỷ luật", SINCE),
    ),
    options=(
        *meeting_options(SINCE),
        *attendance_options(SINCE),
        *roll_options(SINCE),
        option(
            "c.counted", "Ai được tính", (("all", "tất cả"), ("official_only", "chính thức")), "all", SINCE
        ),
    ),
    criteria=(*MEMBER, *CELL, *REFUSALS),
    schemes=(
        Scheme(
            key="m",
            subject=Subject.MEMBER,
            title="Đảng viên bốn tốt",
            groups=(
                Group(key="m.1", label="Đảng viên", criteria=tuple(one.key for one in MEMBER), clauses=(AT,)),
            ),
        ),
        Scheme(
            key="c",
            subject=Subject.CELL,
            title="Chi bộ bốn tốt",
            groups=(
                Group(key="c.1", label="Chi bộ", criteria=tuple(one.key for one in CELL), clauses=(AT,)),
            ),
            blockers=tuple(one.key for one in REFUSALS),
            enrolment=Enrolment(),
        ),
    ),
    meeting_rule=MeetingRule(clauses=(AT,), day="meeting.day", deadline="meeting.deadline"),
)


def registry_of(policies: Iterable[Policy], *metrics: Metric) -> Registry:
    """The platform's metrics, these and no other policies."""
    platform = Registry.load(OTHERS)
    offers = {
        policy.code: Offer(
            policy=policy, stack=(policy,), plugin="thu", plugin_version="1", digest=digest(policy)
        )
        for policy in policies
    }
    added = {(metric.subject, metric.key): metric for metric in metrics}
    return replace(platform, policies=offers, metrics={**platform.metrics, **added}, failures=())
