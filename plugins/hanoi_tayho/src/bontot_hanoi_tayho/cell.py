"""What a cell must do to be “Chi bộ bốn tốt”."""

from __future__ import annotations

from dataclasses import replace

from bontot.plugin import (
    AllMet,
    Chosen,
    Criterion,
    Enrolment,
    Evidence,
    Group,
    Kind,
    Measure,
    Operator,
    Option,
    Origin,
    Points,
    Role,
    Roll,
    Scheme,
    Subject,
    Threshold,
    Unit,
    derived,
    judged,
    measured,
    none_allowed,
    option,
    threshold,
    zero,
)
from bontot_hanoi_tayho import documents as at

TITLE = "Chi bộ bốn tốt"
METHOD = "tayho.method"
PASSING = "tayho.pass_mark"
ON = at.SINCE

TASK = (
    judged(
        "tayho.cell.1.targets",
        "Tích cực triển khai thực hiện và hoàn thành tốt các chỉ tiêu, nhiệm vụ, chương trình, kế hoạch đề ra",
        (at.CELL_TASK,),
        Evidence(
            label="Nhiệm vụ hoàn thành đúng hạn",
            measure=Measure(metric="task_on_time"),
            operator=Operator.AT_LEAST,
            threshold="tayho.cell.1.targets",
        ),
        Evidence(
            label="Nhiệm vụ quá hạn chưa xong",
            measure=Measure(metric="task_overdue"),
            operator=Operator.AT_MOST,
            threshold="tayho.cell.1.targets.overdue",
        ),
    ),
    judged(
        "tayho.cell.1.superior_direction",
        "Thực hiện nghiêm túc chỉ đạo của cấp ủy cấp trên",
        (at.CELL_TASK,),
        Evidence(
            label="Văn bản chỉ đạo chưa báo cáo đúng hạn",
            measure=Measure(metric="directive_overdue"),
            operator=Operator.AT_MOST,
            threshold="tayho.cell.1.superior_direction",
        ),
    ),
    judged(
        "tayho.cell.1.close_leadership",
        "Cấp ủy, lãnh đạo đơn vị luôn sát sao trong thực hiện nhiệm vụ chính trị, giải quyết công tác chuyên môn",
        (at.CELL_TASK,),
    ),
    judged(
        "tayho.cell.1.mobilise",
        "Tập hợp, đoàn kết các đảng viên trong chi bộ để bảo đảm tiến độ, chất lượng công việc theo nghị quyết "
        "của chi bộ",
        (at.CELL_TASK,),
        Evidence(
            label="Việc theo nghị quyết hoàn thành đúng tiến độ",
            measure=Measure(metric="resolution_items_on_schedule"),
        ),
    ),
)

MEETING = (
    measured(
        "tayho.cell.2.regular_date",
        "Duy trì nề nếp sinh hoạt định kỳ vào ngày mồng 3 hàng tháng, chậm nhất vào ngày mồng 7 hàng tháng; nếu trùng "
        "vào ngày Lễ, thứ 7, Chủ nhật thì bố trí lịch sinh hoạt trước hoặc sau 01 ngày",
        (at.MEETING_DAY,),
        Measure(metric="regular_meeting_on_time"),
        Operator.AT_LEAST,
    ),
    measured(
        "tayho.cell.2.thematic",
        "Sinh hoạt chuyên đề một quý một lần",
        (at.MEETING_DAY,),
        Measure(metric="thematic_quarters", parameters={"per_quarter": "tayho.cell.2.thematic.per_quarter"}),
        Operator.AT_LEAST,
    ),
    measured(
        "tayho.cell.2.attendance",
        "Tỷ lệ đảng viên tham gia sinh hoạt chi bộ đạt từ 85% trở lên",
        (at.ATTENDANCE,),
        Measure(
            metric="attendance",
            parameters={"excused": "attendance.excused", "aggregation": "attendance.aggregation"},
        ),
        Operator.AT_LEAST,
    ),
    judged(
        "tayho.cell.2.discussion",
        "Không khí thảo luận sôi nổi, có tính xây dựng",
        (at.DISCUSSION,),
        Evidence(label="Đảng viên phát biểu", measure=Measure(metric="meeting_speakers")),
    ),
    judged(
        "tayho.cell.2.criticism",
        "Đấu tranh tự phê bình và phê bình tốt",
        (at.DISCUSSION,),
        Evidence(
            label="Buổi có ghi phần tự phê bình và phê bình", measure=Measure(metric="meeting_self_criticism")
        ),
    ),
    measured(
        "tayho.cell.2.resolution",
        "Ban hành được nghị quyết buổi sinh hoạt chi bộ",
        (at.RESOLUTION,),
        Measure(metric="meeting_resolution"),
        Operator.AT_LEAST,
    ),
    judged(
        "tayho.cell.2.resolution_fit",
        "Nghị quyết phù hợp với chương trình, nghị quyết của cấp ủy cấp trên và đặc điểm tình hình của địa phương, "
        "đơn vị",
        (at.RESOLUTION,),
        Evidence(
            label="Nghị quyết có viện dẫn văn bản cấp trên",
            measure=Measure(metric="resolution_cites_superior"),
        ),
    ),
)

UNITY = (
    judged(
        "tayho.cell.3.regulation",
        "Ban hành và thực hiện tốt quy chế làm việc",
        (at.CELL_UNITY,),
        Evidence(
            label="Số ngày trong năm có quy chế làm việc còn hiệu lực",
            measure=Measure(metric="regulation_days"),
            operator=Operator.AT_LEAST,
            threshold="tayho.cell.3.regulation",
        ),
    ),
    judged(
        "tayho.cell.3.solidarity",
        "Xây dựng nội bộ chi bộ, cơ quan luôn đoàn kết dựa trên cơ sở công khai, minh bạch, bình đẳng, hiểu biết và "
        "tôn trọng lẫn nhau",
        (at.CELL_UNITY,),
    ),
    judged(
        "tayho.cell.3.reward_discipline",
        "Thưởng, phạt công minh, chính xác",
        (at.CELL_UNITY,),
        Evidence(label="Khen thưởng trong năm", measure=Measure(metric="commendations")),
        Evidence(label="Đảng viên bị kỷ luật trong năm", measure=Measure(metric="members_disciplined")),
    ),
    judged(
        "tayho.cell.3.cooperation",
        "Tinh thần phối hợp và chia sẻ chân thành, cầu thị",
        (at.CELL_UNITY,),
    ),
)

MEMBERS = (
    derived(
        "tayho.cell.4.member_share",
        "Có ít nhất 50% đảng viên tại chi bộ đạt tiêu chí Đảng viên tốt",
        (at.CELL_MEMBERS,),
        Roll(scheme="tayho.member", parameters={"members": "tayho.cell.4.members"}),
        Operator.AT_LEAST,
    ),
)

REFUSALS = (
    measured(
        "tayho.cell.existence",
        "Chi bộ hoạt động đủ thời gian tối thiểu trong năm",
        (),
        Measure(metric="months_of_existence"),
        Operator.AT_LEAST,
    ),
    zero(
        "tayho.cell.discipline",
        "Chi bộ, bí thư chi bộ không bị kỷ luật trong năm",
        (),
        Measure(metric="organisation_or_secretary_disciplined"),
    ),
    measured(
        "tayho.cell.annual_rating",
        "Chi bộ được xếp loại từ “Hoàn thành tốt nhiệm vụ” trở lên",
        (at.IMPLEMENTATION,),
        Measure(metric="annual_rating"),
        Operator.AT_LEAST,
    ),
)


def _score(number: int, heading: str) -> Criterion:
    key = f"tayho.cell.{number}.score"
    return Criterion(
        key=key,
        label=f"Điểm: {heading}",
        kind=Kind.JUDGED,
        clauses=(),
        role=Role.INFORMS,
        points=f"tayho.cell.{number}.points",
        when=(METHOD, "points"),
        origin=Origin.DEFAULT,
    )


HEADINGS = (
    (1, "Lãnh đạo hoàn thành tốt các nhiệm vụ chính trị được giao", TASK, at.CELL_TASK),
    (2, "Chất lượng sinh hoạt chi bộ tốt", MEETING, at.CELL_MEETING),
    (3, "Dân chủ, đoàn kết, kỷ luật tốt", UNITY, at.CELL_UNITY),
    (4, "Đảng viên bốn tốt", MEMBERS, at.CELL_MEMBERS),
)
SCORES = {number: _score(number, heading) for number, heading, _, _ in HEADINGS}
CRITERIA: tuple[Criterion, ...] = (
    *(item for number, _, items, _ in HEADINGS for item in (*items, SCORES[number])),
    *(replace(item, origin=Origin.DEFAULT) for item in REFUSALS),
)

SCHEME = Scheme(
    key="tayho.cell",
    subject=Subject.CELL,
    title=TITLE,
    clauses=(at.CELL,),
    groups=tuple(
        Group(
            key=f"tayho.cell.{number}",
            label=heading,
            criteria=(*(item.key for item in items), SCORES[number].key),
            clauses=(clause,),
            points=f"tayho.cell.{number}.points",
        )
        for number, heading, items, clause in HEADINGS
    ),
    combination=Chosen(
        option=METHOD,
        of=(
            ("all_met", AllMet()),
            ("points", Points(pass_mark=PASSING, group_floor="tayho.group_floor")),
        ),
    ),
    blockers=tuple(item.key for item in REFUSALS),
    enrolment=Enrolment(registration_expected=True),
    same_hand="judging.same_hand",
)

THRESHOLDS: tuple[Threshold, ...] = (
    threshold("tayho.cell.1.targets", "Nhiệm vụ hoàn thành đúng hạn", Unit.PERCENT, 80, ON),
    none_allowed("tayho.cell.1.targets.overdue", "Nhiệm vụ quá hạn chưa xong", ON),
    none_allowed("tayho.cell.1.superior_direction", "Văn bản chỉ đạo chưa báo cáo đúng hạn", ON),
    threshold("tayho.cell.2.regular_date", "Số tháng sinh hoạt đúng hạn", Unit.PERCENT, 100, ON),
    threshold(
        "tayho.cell.2.thematic",
        "Số quý có sinh hoạt chuyên đề",
        Unit.PERCENT,
        100,
        ON,
        at.MEETING_DAY,
        lowest=100,
    ),
    threshold(
        "tayho.cell.2.thematic.per_quarter",
        "Số buổi sinh hoạt chuyên đề mỗi quý",
        Unit.COUNT,
        1,
        ON,
        at.MEETING_DAY,
        lowest=1,
        highest=3,
    ),
    threshold(
        "tayho.cell.2.attendance",
        "Tỷ lệ đảng viên tham gia sinh hoạt",
        Unit.PERCENT,
        85,
        ON,
        at.ATTENDANCE,
        lowest=85,
        frame="city.attendance",
    ),
    threshold("tayho.cell.2.resolution", "Số buổi thường kỳ ra nghị quyết", Unit.PERCENT, 100, ON),
    threshold("tayho.cell.3.regulation", "Số ngày có quy chế làm việc", Unit.PERCENT, 100, ON),
    threshold(
        "tayho.cell.4.member_share",
        "Tỷ lệ đảng viên đạt “Đảng viên bốn tốt”",
        Unit.PERCENT,
        50,
        ON,
        at.CELL_MEMBERS,
        lowest=50,
    ),
    threshold("tayho.cell.existence", "Số tháng hoạt động trong năm", Unit.MONTHS, 6, ON, highest=12),
    none_allowed("tayho.cell.discipline", "Quyết định kỷ luật chi bộ hoặc bí thư", ON),
    threshold("tayho.cell.annual_rating", "Mức xếp loại chi bộ", Unit.RATING, 3, ON),
    *(
        threshold(f"tayho.cell.{number}.points", f"Điểm tối đa: {heading}", Unit.POINTS, 25, ON, highest=100)
        for number, heading, _, _ in HEADINGS
    ),
    threshold(PASSING, "Tổng điểm đạt", Unit.POINTS, 90, ON, highest=100),
    threshold("tayho.group_floor", "Điểm mỗi nhóm so với điểm tối đa", Unit.PERCENT, 60, ON),
)

OPTIONS: tuple[Option, ...] = (
    option(
        "tayho.cell.4.members",
        "Đảng viên được tính khi xét tỷ lệ 50%",
        (
            ("all", "đảng viên chính thức và dự bị trong danh sách ngày 31/12, trừ người được miễn"),
            ("official_only", "chỉ đảng viên chính thức trong danh sách ngày 31/12, trừ người được miễn"),
        ),
        "all",
        ON,
    ),
    option(
        METHOD,
        "Cách xét danh hiệu “Chi bộ bốn tốt”",
        (("all_met", "đạt mọi tiêu chí của cả bốn nhóm"), ("points", "chấm điểm theo nhóm")),
        "all_met",
        ON,
    ),
)
