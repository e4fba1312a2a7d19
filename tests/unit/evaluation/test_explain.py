"""Every kind of finding, with every outcome, in its whole sentence."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from bontot.evaluation.explain import explain
from bontot.evaluation.plain import from_plain, to_plain
from bontot.evaluation.rules import (
    Figure,
    FrameFigure,
    GroupRules,
    Line,
    Parameter,
    RuleSet,
    SchemeRules,
)
from bontot.evaluation.runs import VerdictRow
from bontot.policy.resolve import Layer
from bontot.policy.terms import Kind, Operator, Origin, Outcome, Role, Subject, Unit

CLAUSE = "mục 2 khoản 2, Kế hoạch số 118-KH/QU ngày 27/01/2023"
SINCE = date(2023, 1, 27)
EIGHTY_FIVE = Figure(
    key="attendance",
    label="Tỷ lệ",
    unit=Unit.PERCENT,
    value=Decimal(85),
    layer=Layer.PLAN,
    origin=Origin.PLAN,
    clause=CLAUSE,
    in_force_from=SINCE,
)
FRAME = FrameFigure(
    policy="Đề án 11-ĐA/TU, Thành ủy Hà Nội",
    value=Decimal(90),
    operator=Operator.AT_LEAST,
    clause="mục tiêu, Đề án số 11-ĐA/TU ngày 06/12/2021",
    weaker=True,
)
ATTENDANCE = Line(
    key="attendance",
    label="Tỷ lệ đảng viên tham gia sinh hoạt",
    kind=Kind.MEASURED,
    role=Role.DECIDES,
    origin=Origin.PLAN,
    clauses=(CLAUSE,),
    metric="attendance",
    part_words="lượt có mặt",
    whole_words="lượt phải dự",
    operator=Operator.AT_LEAST,
    figure=EIGHTY_FIVE,
)
DEFAULT = replace(EIGHTY_FIVE, origin=Origin.DEFAULT, clause="")
NONE = replace(DEFAULT, unit=Unit.COUNT, value=Decimal(0))
DISCIPLINE = replace(
    ATTENDANCE,
    key="discipline",
    kind=Kind.ZERO,
    metric="own_discipline",
    part_words="quyết định kỷ luật trong năm",
    whole_words="",
    operator=Operator.EQUAL,
    figure=NONE,
    also_judged=True,
)
JUDGED = replace(ATTENDANCE, key="unity", kind=Kind.JUDGED, metric=None, operator=None, figure=None)
MEMBERS = replace(
    ATTENDANCE,
    key="members",
    kind=Kind.DERIVED,
    metric=None,
    part_words="đảng viên đạt “Đảng viên bốn tốt”",
    whole_words="đảng viên được tính",
    figure=replace(EIGHTY_FIVE, value=Decimal(50), layer=Layer.REFINEMENT),
)
RATING = replace(
    ATTENDANCE,
    key="rating",
    metric="annual_rating",
    part_words="mức xếp loại",
    whole_words="",
    figure=replace(DEFAULT, unit=Unit.RATING, value=Decimal(3)),
)
POINTS = replace(JUDGED, key="score", points=replace(DEFAULT, unit=Unit.POINTS, value=Decimal(30)))
THEIRS = "theo kế hoạch: mục 2 khoản 2, Kế hoạch số 118-KH/QU ngày 27/01/2023, áp dụng từ 27/01/2023"
OURS = (
    "mức mặc định (kế hoạch không quy định), áp dụng từ 27/01/2023; tiêu chí theo mục 2 khoản 2, Kế hoạch số "
    "118-KH/QU ngày 27/01/2023"
)


def sentence(line: Line, outcome: Outcome, part: int | None, whole: int) -> str:
    """The one line of a scheme, explained from rules that were stored and read back."""
    scheme = SchemeRules(
        key="cell",
        policy="hanoi_tayho",
        policy_label="Kế hoạch 118-KH/QU",
        subject=Subject.CELL,
        title="Chi bộ bốn tốt",
        lines=(line,),
        groups=(GroupRules(key="1", label="Nhóm", clauses=(), lines=(0,)),),
        blockers=(),
        enrolment="all",
        registration_expected=False,
    )
    rules = RuleSet(
        policy="hanoi_tayho",
        label="Kế hoạch 118-KH/QU",
        version="1",
        digest="",
        plugin="hanoi_tayho",
        plugin_version="1",
        year=2023,
        as_of=date(2023, 12, 31),
        schemes=(scheme,),
    )
    kept = from_plain(RuleSet, to_plain(rules))
    assert kept == rules
    row = VerdictRow(subject_id=1, outcome=outcome, outcomes=(outcome,), parts=(part,), wholes=(whole,))
    return explain(kept, 0, row).findings[0].sentence


@pytest.mark.parametrize(
    ("line", "outcome", "part", "whole", "words"),
    [
        (
            ATTENDANCE,
            Outcome.MET,
            1234,
            1440,
            f"Đạt: 1.234 lượt có mặt trong 1.440 lượt phải dự, bằng 85,7 %; yêu cầu từ 85 % trở lên; {THEIRS}.",
        ),
        (
            ATTENDANCE,
            Outcome.NOT_MET,
            2124,
            2500,
            f"Chưa đạt: 2.124 lượt có mặt trong 2.500 lượt phải dự, bằng 84,96 %; yêu cầu từ 85 % trở lên; {THEIRS}.",
        ),
        (ATTENDANCE, Outcome.NOT_APPLICABLE, 0, 0, f"Không áp dụng: không có lượt phải dự nào; {THEIRS}."),
        (ATTENDANCE, Outcome.NO_DATA, None, 0, f"Chưa có dữ liệu: chưa ghi nhận lượt phải dự nào; {THEIRS}."),
        (
            ATTENDANCE,
            Outcome.ERROR,
            None,
            0,
            "Lỗi khi tính: gặp lỗi khi đếm nên chưa tính được; các tiêu chí khác không bị ảnh hưởng; "
            f"{THEIRS}.",
        ),
        (
            replace(ATTENDANCE, missing=True),
            Outcome.ERROR,
            None,
            0,
            "Lỗi khi tính: phần mềm chưa đếm được số liệu mà kế hoạch cần; các tiêu chí khác không bị ảnh hưởng; "
            f"{THEIRS}.",
        ),
        (
            replace(ATTENDANCE, organisation_types=frozenset({"grassroots_cell"})),
            Outcome.NOT_APPLICABLE,
            17,
            20,
            "Không áp dụng: 17 lượt có mặt trong 20 lượt phải dự, bằng 85,0 %; yêu cầu từ 85 % trở lên; tiêu chí không dành "
            f"cho loại hình này; {THEIRS}.",
        ),
        (
            replace(ATTENDANCE, figure=replace(EIGHTY_FIVE, frame=FRAME)),
            Outcome.MET,
            17,
            20,
            f"Đạt: 17 lượt có mặt trong 20 lượt phải dự, bằng 85,0 %; yêu cầu từ 85 % trở lên; {THEIRS}; Đề án 11-ĐA/TU, "
            "Thành ủy Hà Nội yêu cầu từ 90 % trở lên, chặt hơn mức đang dùng: chưa đạt.",
        ),
        (
            replace(ATTENDANCE, figure=replace(EIGHTY_FIVE, layer=Layer.FRAME)),
            Outcome.MET,
            17,
            20,
            "Đạt: 17 lượt có mặt trong 20 lượt phải dự, bằng 85,0 %; yêu cầu từ 85 % trở lên; "
            f"{THEIRS.replace('kế hoạch:', 'khung:')}.",
        ),
        (
            replace(
                ATTENDANCE,
                figure=replace(
                    DEFAULT,
                    layer=Layer.TENANT,
                    origin=None,
                    value=Decimal("87.5"),
                    decision="Quyết định 12-QĐ/ĐU ngày 05/03/2023",
                    in_force_from=date(2023, 4, 1),
                ),
            ),
            Outcome.NOT_MET,
            87,
            100,
            "Chưa đạt: 87 lượt có mặt trong 100 lượt phải dự, bằng 87,0 %; yêu cầu từ 87,5 % trở lên; theo quyết định của "
            "đảng bộ: Quyết định 12-QĐ/ĐU ngày 05/03/2023, áp dụng từ 01/04/2023; tiêu chí theo mục 2 khoản 2, Kế hoạch số "
            "118-KH/QU ngày 27/01/2023.",
        ),
        (
            replace(ATTENDANCE, figure=replace(DEFAULT, layer=Layer.WHAT_IF, origin=None)),
            Outcome.MET,
            17,
            20,
            "Đạt: 17 lượt có mặt trong 20 lượt phải dự, bằng 85,0 %; yêu cầu từ 85 % trở lên; mức đang thử, áp dụng từ "
            "27/01/2023; tiêu chí theo mục 2 khoản 2, Kế hoạch số 118-KH/QU ngày 27/01/2023.",
        ),
        (
            replace(
                ATTENDANCE,
                parameters=(Parameter(name="aggregation", key="a", label="", choice="each_meeting"),),
            ),
            Outcome.NOT_MET,
            7,
            10,
            "Chưa đạt: buổi thấp nhất có 7 lượt có mặt trong 10 lượt phải dự, bằng 70,0 %; yêu cầu từ 85 % trở lên; "
            f"{THEIRS}.",
        ),
        (
            replace(
                ATTENDANCE,
                parameters=(Parameter(name="aggregation", key="a", label="", choice="mean_of_meetings"),),
            ),
            Outcome.MET,
            343,
            400,
            f"Đạt: trung bình tỷ lệ của các buổi bằng 85,8 %; yêu cầu từ 85 % trở lên; {THEIRS}.",
        ),
        (
            replace(ATTENDANCE, figure=Figure(key="a", label="", unit=Unit.PERCENT)),
            Outcome.NOT_APPLICABLE,
            17,
            20,
            "Không áp dụng: 17 lượt có mặt trong 20 lượt phải dự, bằng 85,0 %; chưa đặt mức nên không xét đạt hay chưa đạt; "
            "tiêu chí theo mục 2 khoản 2, Kế hoạch số 118-KH/QU ngày 27/01/2023.",
        ),
        (
            DISCIPLINE,
            Outcome.MET,
            0,
            1,
            "Đạt: 0 quyết định kỷ luật trong năm; yêu cầu không được có trường hợp nào; đã có người có thẩm quyền xét; "
            + OURS
            + ".",
        ),
        (
            DISCIPLINE,
            Outcome.NOT_MET,
            1,
            1,
            "Chưa đạt: 1 quyết định kỷ luật trong năm; yêu cầu không được có trường hợp nào; " + OURS + ".",
        ),
        (
            DISCIPLINE,
            Outcome.NOT_MET,
            0,
            1,
            "Chưa đạt: 0 quyết định kỷ luật trong năm; yêu cầu không được có trường hợp nào; người có thẩm quyền kết luận "
            "chưa đạt; " + OURS + ".",
        ),
        (
            DISCIPLINE,
            Outcome.NO_DATA,
            0,
            1,
            "Chưa có dữ liệu: 0 quyết định kỷ luật trong năm; yêu cầu không được có trường hợp nào; còn chờ người có thẩm "
            "quyền xét; " + OURS + ".",
        ),
        (
            JUDGED,
            Outcome.MET,
            None,
            0,
            f"Đạt: theo kết luận của người có thẩm quyền xét; tiêu chí theo {CLAUSE}.",
        ),
        (
            JUDGED,
            Outcome.NOT_MET,
            None,
            0,
            f"Chưa đạt: theo kết luận của người có thẩm quyền xét; tiêu chí theo {CLAUSE}.",
        ),
        (
            JUDGED,
            Outcome.NOT_APPLICABLE,
            None,
            0,
            f"Không áp dụng: theo kết luận của người có thẩm quyền xét; tiêu chí theo {CLAUSE}.",
        ),
        (
            JUDGED,
            Outcome.NO_DATA,
            None,
            0,
            f"Chưa có dữ liệu: người có thẩm quyền chưa xét tiêu chí này; tiêu chí theo {CLAUSE}.",
        ),
        (
            replace(JUDGED, met_unless_judged=True, clauses=(), origin=Origin.DEFAULT),
            Outcome.MET,
            None,
            0,
            "Đạt: không có kết luận nào khác của người có thẩm quyền; tiêu chí mặc định (kế hoạch không quy định).",
        ),
        (
            MEMBERS,
            Outcome.NO_DATA,
            9,
            20,
            "Chưa có dữ liệu: 9 đảng viên đạt “Đảng viên bốn tốt” trong 20 đảng viên được tính, bằng 45,0 %; yêu cầu từ 50 "
            "% trở lên; những trường hợp chưa có kết quả còn có thể làm thay đổi kết luận; "
            f"{THEIRS.replace('kế hoạch:', 'kế hoạch bổ sung:', 1)}.",
        ),
        (
            RATING,
            Outcome.MET,
            3,
            1,
            f"Đạt: mức xếp loại “Hoàn thành tốt nhiệm vụ”; yêu cầu từ “Hoàn thành tốt nhiệm vụ” trở lên; {OURS}.",
        ),
        (RATING, Outcome.NO_DATA, None, 0, f"Chưa có dữ liệu: chưa có kết quả xếp loại năm; {OURS}."),
        (
            POINTS,
            Outcome.NOT_APPLICABLE,
            2750,
            3000,
            f"Đã chấm điểm: 27,5 trên 30 điểm, cộng vào điểm của nội dung; tiêu chí theo {CLAUSE}.",
        ),
        (
            POINTS,
            Outcome.NO_DATA,
            None,
            3000,
            f"Chưa chấm điểm: chưa chấm điểm, tối đa 30 điểm; tiêu chí theo {CLAUSE}.",
        ),
    ],
)
def test_a_finding_is_one_sentence(
    line: Line, outcome: Outcome, part: int | None, whole: int, words: str
) -> None:
    assert sentence(line, outcome, part, whole) == words


def points(label: str, line: int, maximum: int) -> GroupRules:
    figure = replace(DEFAULT, unit=Unit.POINTS, value=Decimal(maximum))
    return GroupRules(key=label, label=label, clauses=(), lines=(line,), points=figure)


def by_points(outcome: Outcome, first: int | None, second: int | None, rating: Outcome, *limits: int) -> str:
    """The title of a scheme of two contents, 30 and 20 points, that a rating may refuse; `limits` are bands in force."""
    scores = [replace(POINTS, key=key, role=Role.DECIDES) for key in ("a", "b")]
    scheme = SchemeRules(
        key="cell",
        policy="hanoi_longbien",
        policy_label="Kế hoạch 185-KH/QU",
        subject=Subject.CELL,
        title="Chi bộ bốn tốt",
        lines=(*scores, replace(RATING, label="Xếp loại từ tốt trở lên")),
        groups=(points("Nhiệm vụ", 0, 30), points("Sinh hoạt", 1, 20)),
        blockers=(2,),
        enrolment="all",
        registration_expected=False,
        pass_mark=replace(DEFAULT, unit=Unit.POINTS, value=Decimal(45)),
        group_floor=replace(DEFAULT, value=Decimal(60)),
        bands=tuple(
            (replace(DEFAULT, unit=Unit.POINTS, value=Decimal(limit)), name)
            for limit, name in zip(limits, ("Đạt", "Khá", "Trung bình"), strict=False)
        ),
    )
    rules = RuleSet(
        policy="hanoi_longbien",
        label="Kế hoạch 185-KH/QU",
        version="1",
        digest="",
        plugin="hanoi_longbien",
        plugin_version="1",
        year=2023,
        as_of=date(2023, 12, 31),
        schemes=(scheme,),
    )
    scored = [Outcome.NO_DATA if part is None else Outcome.NOT_APPLICABLE for part in (first, second)]
    row = VerdictRow(
        subject_id=1,
        outcome=outcome,
        outcomes=(*scored, rating),
        parts=(first, second, 3),
        wholes=(3000, 2000, 1),
    )
    return explain(rules, 0, row).sentence


@pytest.mark.parametrize(
    ("outcome", "first", "second", "rating", "words"),
    [
        (
            Outcome.MET,
            2750,
            1800,
            Outcome.MET,
            "Đủ điều kiện danh hiệu “Chi bộ bốn tốt”; tổng 45,5 điểm, yêu cầu từ 45 điểm trở lên.",
        ),
        (
            Outcome.NOT_MET,
            2700,
            1199,
            Outcome.NOT_MET,
            "Chưa đủ điều kiện danh hiệu “Chi bộ bốn tốt”: 1 tiêu chí chưa đạt: “Xếp loại từ tốt trở lên”; tổng 38,99 "
            "điểm, yêu cầu từ 45 điểm trở lên; “Sinh hoạt” được 11,99 trên 20 điểm, yêu cầu từ 60 % trở lên.",
        ),
        (
            Outcome.NOT_MET,
            1000,
            None,
            Outcome.MET,
            "Chưa đủ điều kiện danh hiệu “Chi bộ bốn tốt”: chưa chấm đủ điểm; “Nhiệm vụ” được 10 trên 30 điểm, yêu cầu "
            "từ 60 % trở lên.",
        ),
        (
            Outcome.NO_DATA,
            None,
            1800,
            Outcome.NO_DATA,
            "Chưa kết luận được danh hiệu “Chi bộ bốn tốt”: 1 tiêu chí chưa có dữ liệu: “Xếp loại từ tốt trở lên”; chưa "
            "chấm đủ điểm.",
        ),
        (
            Outcome.NOT_APPLICABLE,
            2750,
            1800,
            Outcome.MET,
            "Không xét danh hiệu “Chi bộ bốn tốt”: đến cuối kỳ không còn thuộc diện xét, hoặc không có tiêu chí nào áp "
            "dụng.",
        ),
    ],
)
def test_a_title_in_points_is_one_sentence(
    outcome: Outcome, first: int | None, second: int | None, rating: Outcome, words: str
) -> None:
    assert by_points(outcome, first, second, rating) == words


@pytest.mark.parametrize(
    ("second", "limits", "said"),
    [
        (1800, (45, 35, 25), "tổng 45,5 điểm, mức “Đạt”"),
        (800, (45, 35, 25), "tổng 35,5 điểm, mức “Khá”"),
        (700, (45, 35, 25), "tổng 34,5 điểm, mức “Trung bình”"),
        (700, (45, 35), "tổng 34,5 điểm, dưới mức “Khá”"),
        (700, (45,), "tổng 34,5 điểm, yêu cầu từ 45 điểm trở lên"),
    ],
)
def test_a_total_is_given_its_band_where_the_committee_has_set_some(
    second: int, limits: tuple[int, ...], said: str
) -> None:
    outcome = Outcome.MET if second == 1800 else Outcome.NOT_MET
    assert said in by_points(outcome, 2750, second, Outcome.MET, *limits)
