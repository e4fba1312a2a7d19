"""Every row of the dossier's table for Long Biên is declared, and every default it lists, marked as such."""

from __future__ import annotations

from decimal import Decimal

import pytest

from bontot.plugin import Origin, Points, Subject
from bontot.testing.rows import Row, rows
from bontot_hanoi_longbien import bontot_policies

(PLAN,) = bontot_policies()
CELL, BASE = PLAN.schemes

CONTENTS = [
    (
        "longbien.1",
        "Lãnh đạo hoàn thành tốt nhiệm vụ chính trị, xây dựng Đảng, xây dựng hệ thống chính trị",
        "004:10",
    ),
    ("longbien.2", "Chất lượng sinh hoạt tốt", "004:10"),
    ("longbien.3", "Đoàn kết, kỷ luật tốt", "004:10"),
    ("longbien.4", "Cán bộ, đảng viên tốt", "004:10"),
]
OF_THE_PLAN: list[Row] = [
    *((f"longbien.cell.{number}.score", "judged", "", "004:10") for number in range(1, 5)),
    ("longbien.exemplar", "judged", "", "004:10"),
    *((f"longbien.base.{number}.score", "judged", "", "004:10") for number in range(1, 5)),
]
DEFAULTS: list[Row] = [
    ("longbien.cell.2.regular_monthly", "measured informs", ">= 100 percent (mặc định)", ""),
    ("longbien.cell.2.thematic", "measured informs", ">= 100 percent (mặc định)", ""),
    ("longbien.cell.2.attendance", "measured informs", ">= 90 percent (mặc định)", ""),
    ("longbien.cell.2.self_score_good", "measured informs", ">= 7 months (mặc định)", ""),
    ("longbien.cell.2.self_score_poor", "zero informs", "= 0 count (mặc định)", ""),
    ("longbien.cell.3.regulation", "measured informs", ">= 100 percent (mặc định)", ""),
    ("longbien.cell.3.discipline", "zero informs", "= 0 count (mặc định)", ""),
    ("longbien.cell.3.complaints", "zero informs", "= 0 count (mặc định)", ""),
    ("longbien.cell.4.members_rated_good", "measured informs", ">= 80 percent (mặc định)", ""),
    ("longbien.cell.4.officers_rated_good", "measured informs", ">= 80 percent (mặc định)", ""),
    ("longbien.cell.4.members_disciplined", "zero informs", "= 0 count (mặc định)", ""),
    ("longbien.cell.disciplined", "zero", "= 0 count (mặc định)", ""),
    ("longbien.cell.annual_rating", "measured", ">= 3 rating (mặc định)", ""),
    ("longbien.cell.disunity", "judged", "", ""),
    ("longbien.base.2.committee_monthly", "measured informs", ">= 100 percent (mặc định)", ""),
    ("longbien.base.2.regular_monthly", "derived informs", ">= 100 percent (mặc định)", ""),
    ("longbien.base.2.thematic", "derived informs", ">= 100 percent (mặc định)", ""),
    ("longbien.base.2.attendance", "derived informs", ">= 90 percent (mặc định)", ""),
    ("longbien.base.3.regulation", "measured informs", ">= 100 percent (mặc định)", ""),
    ("longbien.base.3.discipline", "zero informs", "= 0 count (mặc định)", ""),
    ("longbien.base.3.complaints", "zero informs", "= 0 count (mặc định)", ""),
    ("longbien.base.4.members_rated_good", "derived informs", ">= 80 percent (mặc định)", ""),
    ("longbien.base.4.officers_rated_good", "derived informs", ">= 80 percent (mặc định)", ""),
    ("longbien.base.4.committee_rated_good", "measured informs", ">= 80 percent (mặc định)", ""),
    ("longbien.base.4.cells_recognised", "derived informs", ">= 50 percent (mặc định)", ""),
    ("longbien.base.4.cells_not_completed", "zero informs", "= 0 count (mặc định)", ""),
    ("longbien.base.disciplined", "zero", "= 0 count (mặc định)", ""),
    ("longbien.base.annual_rating", "measured", ">= 3 rating (mặc định)", ""),
    ("longbien.base.disunity", "judged", "", ""),
]


def test_the_four_contents_are_the_same_for_a_cell_and_for_a_base_organisation() -> None:
    for scheme in (CELL, BASE):
        assert [(group.key, group.label, group.clauses[0].seed) for group in scheme.groups] == CONTENTS


def test_every_row_is_declared_and_nothing_of_ours_passes_for_the_plans() -> None:
    assert rows(PLAN, Origin.PLAN) == OF_THE_PLAN
    assert rows(PLAN, Origin.DEFAULT) == DEFAULTS


def test_criteria_follow_the_type_of_organisation() -> None:
    """Row `longbien.by_type`."""
    assert {scheme.subject: scheme.organisation_types for scheme in PLAN.schemes} == {
        Subject.CELL: frozenset({"subordinate_cell", "grassroots_cell"}),
        Subject.BASE_ORGANISATION: frozenset({"grassroots_committee"}),
    }
    assert [clause.place for clause in CELL.clauses] == [
        "đối tượng áp dụng",
        "căn cứ Điều lệ Đảng và chức năng, nhiệm vụ của từng loại hình tổ chức đảng",
    ]


def test_the_method_is_a_hundred_points_by_default() -> None:
    figures = {item.key: item.values[0].value if item.values else item.suggestion for item in PLAN.thresholds}
    assert [figures[f"longbien.{number}.points"] for number in range(1, 5)] == [30, 20, 20, 30]
    combination = CELL.combination
    assert isinstance(combination, Points)
    assert BASE.combination == combination
    assert (figures[combination.pass_mark], figures[combination.group_floor]) == (Decimal(90), Decimal(60))
    assert [(figures[key], words) for key, words in combination.bands] == [
        (Decimal(90), "Đạt"),
        (Decimal(70), "Khá"),
        (Decimal(50), "Trung bình"),
    ]


def test_no_meeting_day_is_fixed() -> None:
    figures = {item.key: item.values for item in PLAN.thresholds}
    assert PLAN.meeting_rule
    assert (figures[PLAN.meeting_rule.day or ""], figures[PLAN.meeting_rule.deadline or ""]) == ((), ())


@pytest.mark.parametrize(
    ("scheme", "bodies"),
    [
        ("longbien.cell", {"Đảng ủy phường (đảng ủy cơ sở)": "2023-08-08"}),
        (
            "longbien.base_organisation",
            {
                "Ban Thường vụ Quận ủy Long Biên": "2023-08-08",
                "Ban Thường vụ đảng ủy cấp trên trực tiếp của đảng bộ cơ sở": "2025-07-01",
            },
        ),
    ],
)
def test_who_decides_follows_the_type_and_the_day(scheme: str, bodies: dict[str, str]) -> None:
    recognition = next(item for item in PLAN.recognitions if item.scheme == scheme)
    decide = next(step for step in recognition.steps if step.key == "decide")
    assert {authority.body: str(authority.valid_from) for authority in decide.authorities} == bodies


def test_whose_each_step_is_and_what_it_lays_down() -> None:
    """The cell assesses itself and files; the committee above appraises, votes, decides and publishes."""
    for recognition in PLAN.recognitions:
        assert [(step.key, str(step.holder), sorted(step.acts)) for step in recognition.steps] == [
            ("self_assessment", "subject", ["sheet"]),
            ("file", "subject", ["proposal", "sheet"]),
            ("appraisal", "superior", ["opinion"]),
            ("vote", "superior", ["ballot"]),
            ("decide", "superior", ["decision"]),
            ("publish", "superior", ["publication"]),
        ]
