"""Kế hoạch số 55 of ward Bưởi, laid over the district's plan: its own list replaces the district's.

The ward keeps the four headings, drops what it does not list, fixes no meeting day, asks for careful
preparation, and groups the member's criteria anew.
"""

from __future__ import annotations

from dataclasses import replace

from bontot.plugin import (
    Clause,
    Criterion,
    Dated,
    Direction,
    Evidence,
    Group,
    Measure,
    Origin,
    Policy,
    Threshold,
    Unit,
    judged,
    threshold,
)
from bontot_hanoi_tayho import cell, meeting, member, recognition
from bontot_hanoi_tayho import documents as at
from bontot_hanoi_tayho.plan import TAYHO

ON = at.SINCE
COMMON_DAY = "meeting.common_day"

DROPPED = frozenset(
    {
        "meeting.day",
        "tayho.cell.1.mobilise",
        "tayho.cell.2.discussion",
        "tayho.cell.2.criticism",
        "tayho.cell.2.resolution",
        "tayho.cell.2.resolution_fit",
        "tayho.cell.3.reward_discipline",
        "tayho.cell.3.cooperation",
        "tayho.member.1.prohibitions",
        "tayho.member.2.hard_tasks",
        "tayho.member.2.completion",
        "tayho.member.3.opinions",
    }
)

PREPARATION = judged(
    "tayho.cell.2.preparation",
    "Chuẩn bị kỹ nội dung sinh hoạt",
    (at.WARD_CELL,),
    Evidence(
        label="Buổi gửi chương trình, tài liệu trước ít nhất một ngày",
        measure=Measure(metric="meeting_materials_sent_before"),
    ),
)
LABELS = {
    "tayho.cell.1.superior_direction": "Thực hiện nghiêm túc chỉ đạo của Đảng ủy phường",
    "tayho.cell.1.close_leadership": "Sát sao trong thực hiện nhiệm vụ chính trị, giải quyết công việc",
    "tayho.cell.2.regular_date": "Duy trì nền nếp sinh hoạt định kỳ hàng tháng, chậm nhất vào ngày mồng 7",
    "tayho.cell.2.thematic": "Tổ chức sinh hoạt chuyên đề 01 quý/lần",
    "tayho.cell.3.regulation": "Thực hiện tốt quy chế làm việc",
    "tayho.cell.3.solidarity": "Xây dựng chi bộ đoàn kết",
    "tayho.member.2.emulation": "Tham gia các phong trào thi đua của đơn vị, địa phương",
    "tayho.member.3.unity": "Xây dựng đoàn kết nội bộ",
    "tayho.member.3.fee": "Nộp đảng phí đầy đủ",
}
"""Where the ward words a criterion differently."""


def _restated(criterion: Criterion, clause: Clause) -> Criterion:
    """The plan's criterion as the ward also states it."""
    label = LABELS.get(criterion.key, criterion.label)
    return replace(criterion, label=label, clauses=(*criterion.clauses, clause))


def _by_ward(value: Threshold, clause: Clause) -> Threshold:
    """The plan's figure, stated again by the ward."""
    figure = Dated(value=value.values[0].value, valid_from=ON, origin=Origin.PLAN, clause=clause)
    return replace(value, values=(figure,))


def _listed(criteria: tuple[Criterion, ...], clause: Clause) -> tuple[Criterion, ...]:
    own = (criterion for criterion in criteria if criterion.clauses and criterion.origin is Origin.PLAN)
    return tuple(_restated(criterion, clause) for criterion in own if criterion.key not in DROPPED)


FIGURES = frozenset(
    {
        "meeting.deadline",
        "tayho.cell.2.thematic",
        "tayho.cell.2.thematic.per_quarter",
        "tayho.cell.2.attendance",
        "tayho.cell.4.member_share",
    }
)
MEETING_QUALITY = Group(
    key="tayho.cell.2",
    label="Chất lượng sinh hoạt chi bộ tốt",
    criteria=(
        "tayho.cell.2.regular_date",
        "tayho.cell.2.thematic",
        "tayho.cell.2.attendance",
        PREPARATION.key,
        "tayho.cell.2.score",
    ),
    clauses=(at.CELL_MEETING, at.WARD_HEADINGS),
    points="tayho.cell.2.points",
)
CELL = replace(
    cell.SCHEME,
    clauses=(*cell.SCHEME.clauses, at.WARD_HEADINGS),
    groups=tuple(
        MEETING_QUALITY
        if group.key == MEETING_QUALITY.key
        else replace(group, clauses=(*group.clauses, at.WARD_HEADINGS))
        for group in cell.SCHEME.groups
    ),
)
MEMBER = replace(
    member.SCHEME,
    clauses=(*member.SCHEME.clauses, at.WARD_MEMBER),
    groups=(
        member.group(
            1,
            "Chấp hành và tuyên truyền, vận động thực hiện đường lối, chính sách, pháp luật",
            at.WARD_MEMBER,
            member.LINE,
            member.PROPAGATE,
        ),
        member.group(
            2,
            "Gương mẫu, học tập và làm theo Bác, thi đua",
            at.WARD_MEMBER,
            member.EXEMPLARY,
            member.HCM,
            member.EMULATION,
        ),
        member.group(
            3, "Sinh hoạt, đoàn kết, đảng phí", at.WARD_MEMBER, member.ATTENDANCE, member.UNITY, member.FEE
        ),
        member.group(4, "Gắn bó với nhân dân", at.WARD_MEMBER, member.PEOPLE),
    ),
)

BUOI = Policy(
    code="hanoi_tayho_buoi",
    label="Kế hoạch số 55, Đảng ủy phường Bưởi",
    issuer=at.WARD.issuer,
    version="2023-01-27",
    references=(at.WARD,),
    in_force_from=ON,
    thresholds=(
        *(_by_ward(value, at.WARD_CELL) for value in TAYHO.thresholds if value.key in FIGURES),
        threshold(
            COMMON_DAY,
            "Ngày sinh hoạt chung của các chi bộ",
            Unit.DAY_OF_MONTH,
            None,
            ON,
            highest=7,
            stricter=Direction.LOWER,
        ),
    ),
    criteria=(*_listed(cell.CRITERIA, at.WARD_CELL), *_listed(member.CRITERIA, at.WARD_MEMBER), PREPARATION),
    schemes=(CELL, MEMBER),
    meeting_rule=replace(meeting.RULE, clauses=(at.WARD_CELL,), day=COMMON_DAY),
    report_formats=tuple(
        replace(form, clause=at.WARD_PLEDGE if form.key == "commitment_registration" else at.WARD_FOLLOW_UP)
        for form in recognition.FORMATS
        if form.key in ("commitment_registration", "report")
    ),
    refines=TAYHO.code,
    adds=frozenset({PREPARATION.key, COMMON_DAY}),
    drop=DROPPED,
)
