"""The 100-point sheet of Hướng dẫn 42-HD/BTCTW.

Two sources agree on the total and the bands. How the points are split, and which share earns how many, is taken from a
ward's form and stands as a default until somebody holds it against the text.
"""

from __future__ import annotations

from decimal import Decimal

from bontot.plugin import (
    Certainty,
    Clause,
    Dated,
    MeetingCount,
    Origin,
    Scale,
    ScoreSheet,
    SheetGroup,
    SheetItem,
    Tier,
    Unit,
)
from bontot_national.documents import MEETINGS_2025
from bontot_national.stating import fixed

ON = MEETINGS_2025.in_force_from
SHEET_CLAUSE = Clause(MEETINGS_2025.key, "phiếu chấm điểm", certainty=Certainty.SECONDARY)


def _scale(*tiers: tuple[int, int], lowest_if_unexcused: bool = False) -> tuple[Dated[Scale], ...]:
    """`(least percent, points)`, highest first, since the guidance."""
    listed = tuple(Tier(Decimal(least), Decimal(points)) for least, points in tiers)
    scale = Scale(tiers=listed, lowest_if_unexcused=lowest_if_unexcused)
    return (Dated(value=scale, valid_from=ON, origin=Origin.DEFAULT),)


def _item(
    key: str,
    label: str,
    maximum: int,
    *,
    count: MeetingCount | None = None,
    scales: tuple[Dated[Scale], ...] = (),
    thematic_only: bool = False,
    hint: str = "",
) -> SheetItem:
    return SheetItem(
        key=f"hd42.{key}",
        label=label,
        maximum=Decimal(maximum),
        clauses=(),
        count=count,
        scales=scales,
        thematic_only=thematic_only,
        hint=hint,
    )


TIME = SheetGroup(
    key="hd42.1",
    label="Thời gian, thời lượng",
    items=(
        _item(
            "time",
            "Đúng ngày, đủ thời lượng",
            5,
            hint="Từ 90 phút; từ 120 phút khi có phần chuyên đề",
        ),
    ),
)
ATTENDANCE = SheetGroup(
    key="hd42.2",
    label="Tham dự",
    items=(
        _item(
            "attendance",
            "Tỷ lệ đảng viên dự",
            4,
            count=MeetingCount.ATTENDANCE,
            scales=_scale((90, 4), (75, 3), (65, 2), (0, 1), lowest_if_unexcused=True),
            hint="Từ 90 %: 4; từ 75 %: 3; từ 65 %: 2; thấp hơn, hoặc có người vắng không lý do: 1",
        ),
        _item("in_a_row", "Không ai vắng có lý do quá 3 buổi liên tiếp", 1),
    ),
)
PREPARATION = SheetGroup(
    key="hd42.3",
    label="Chuẩn bị",
    items=(
        _item("prepared_content", "Nội dung được chuẩn bị đầy đủ", 3),
        _item("draft", "Có gợi ý thảo luận và dự thảo kết luận, nghị quyết", 2),
        _item("committee", "Chi ủy họp trước, có biên bản", 2),
        _item("notice", "Báo trước cho đảng viên và cấp ủy viên được phân công theo dõi", 1),
        _item("posted_before", "Gửi tài liệu trước ít nhất 1 ngày", 2),
    ),
)
CONDUCT = SheetGroup(
    key="hd42.4",
    label="Tiến hành",
    items=(
        _item("steps", "Đúng trình tự các bước", 5),
        _item("regular_content", "Nội dung thường kỳ", 10),
        _item(
            "thematic_content",
            "Nội dung chuyên đề",
            5,
            thematic_only=True,
            hint="Chỉ chấm ở buổi có phần chuyên đề",
        ),
        _item("praise", "Biểu dương, nhắc nhở", 2),
        _item("speakers", "Tỷ lệ đảng viên phát biểu", 5),
        _item("minutes", "Biên bản", 1),
        _item("ideology", "Dành 15 đến 30 phút cho công tác tư tưởng", 1),
        _item("posted_during", "Đưa tài liệu lên hệ thống", 1),
        _item("chairing", "Điều hành của người chủ trì", 10),
    ),
)
PRINCIPLES = SheetGroup(
    key="hd42.5",
    label="Nguyên tắc",
    items=(_item("principles", "Thực hiện các nguyên tắc tổ chức và sinh hoạt đảng", 5),),
)
RESULTS = SheetGroup(
    key="hd42.6",
    label="Kết quả",
    items=(
        _item(
            "results",
            "Kết quả thực hiện nghị quyết, kết luận buổi trước",
            30,
            count=MeetingCount.TASKS,
            scales=_scale((90, 30), (80, 27), (70, 24), (60, 20), (50, 15), (0, 10)),
            hint="Từ 90 % chỉ tiêu: 30; 80 %: 27; 70 %: 24; 60 %: 20; 50 %: 15; thấp hơn: 10",
        ),
    ),
)
CLOSING = SheetGroup(
    key="hd42.7",
    label="Kết thúc",
    items=(
        _item("conclusion", "Thông qua kết luận hoặc nghị quyết", 2),
        _item("assigned", "Đọc lại biên bản, giao việc", 2),
        _item("posted_after", "Đưa văn bản hoàn chỉnh lên hệ thống chậm nhất 2 ngày", 1),
    ),
)

LIMITS = tuple(
    fixed(f"hd42.band.{name}", f"Loại {words}: từ", Unit.POINTS, points, ON, SHEET_CLAUSE)
    for name, words, points in (("good", "tốt", 90), ("fair", "khá", 70), ("average", "trung bình", 50))
)
SHEET = ScoreSheet(
    key="hd42.sheet",
    label="Phiếu chấm điểm chất lượng sinh hoạt chi bộ, 100 điểm",
    groups=(TIME, ATTENDANCE, PREPARATION, CONDUCT, PRINCIPLES, RESULTS, CLOSING),
    bands=tuple((limit.key, limit.key.rpartition(".")[2]) for limit in LIMITS),
    lowest="poor",
    clauses=(SHEET_CLAUSE,),
)
