"""Every row of the dossier's tables for Tây Hồ and ward Bưởi is declared, with its kind, figure and
clause."""

from __future__ import annotations

import pytest

from bontot.plugin import Origin, Policy
from bontot.policy.compose import compose
from bontot.testing.rows import Row, rows
from bontot_hanoi_tayho import bontot_policies

PLAN, REFINEMENT = bontot_policies()
WARD = compose(PLAN, REFINEMENT)

CELL: list[tuple[Row, str]] = [
    (
        ("tayho.cell.1.targets", "judged", "gợi ý >= 80 percent (mặc định), <= 0 count (mặc định)", "000:33"),
        "002:22",
    ),
    (("tayho.cell.1.superior_direction", "judged", "gợi ý <= 0 count (mặc định)", "000:33"), "002:22"),
    (("tayho.cell.1.close_leadership", "judged", "", "000:33"), "002:22"),
    (("tayho.cell.1.mobilise", "judged", "", "000:33"), ""),
    (("tayho.cell.2.regular_date", "measured", ">= 100 percent (mặc định)", "000:39(1)"), "002:22"),
    (("tayho.cell.2.thematic", "measured", ">= 100 percent", "000:39(1)"), "002:22"),
    (("tayho.cell.2.attendance", "measured", ">= 85 percent", "000:39(2)"), "002:22"),
    (("tayho.cell.2.discussion", "judged", "", "000:39(3)"), ""),
    (("tayho.cell.2.criticism", "judged", "", "000:39(3)"), ""),
    (("tayho.cell.2.resolution", "measured", ">= 100 percent (mặc định)", "000:39(4)"), ""),
    (("tayho.cell.2.resolution_fit", "judged", "", "000:39(4)"), ""),
    (("tayho.cell.3.regulation", "judged", "gợi ý >= 100 percent (mặc định)", "000:45"), "002:22"),
    (("tayho.cell.3.solidarity", "judged", "", "000:45"), "002:22"),
    (("tayho.cell.3.reward_discipline", "judged", "", "000:45"), ""),
    (("tayho.cell.3.cooperation", "judged", "", "000:45"), ""),
    (("tayho.cell.4.member_share", "derived", ">= 50 percent", "000:51"), "002:22"),
]
"""A row of the district's table, and the ward's clause where its plan says the same; empty where the ward
leaves it out."""

MEMBER: list[tuple[Row, str]] = [
    (("tayho.member.1.line", "judged", "", "000:63"), "002:24"),
    (("tayho.member.1.prohibitions", "zero+judged", "= 0 count (mặc định)", "000:63"), ""),
    (("tayho.member.2.exemplary", "judged", "", "000:69"), "002:24"),
    (("tayho.member.2.hard_tasks", "judged", "", "000:69"), ""),
    (("tayho.member.2.completion", "judged", "gợi ý <= 0 count (mặc định)", "000:69"), ""),
    (("tayho.member.2.hcm", "judged", "", "000:69"), "002:24"),
    (("tayho.member.2.emulation", "judged", "", "000:69"), "002:24"),
    (("tayho.member.3.attendance", "measured", "= 0 count (mặc định)", "000:75"), "002:24"),
    (("tayho.member.3.opinions", "judged", "", "000:75"), ""),
    (("tayho.member.3.unity", "judged", "", "000:75"), "002:24"),
    (("tayho.member.3.fee", "measured", "= 0 count (mặc định)", "000:75"), "002:24"),
    (("tayho.member.4.propagate", "judged", "", "000:81"), "002:24"),
    (("tayho.member.4.people", "judged", "", "000:81"), "002:24"),
]
PREPARATION: Row = ("tayho.cell.2.preparation", "judged", "", "002:22")

DEFAULTS: list[Row] = [
    ("tayho.member.annual_rating", "measured", ">= chưa đặt", "000:87"),
    ("tayho.cell.1.score", "judged informs", "", ""),
    ("tayho.cell.2.score", "judged informs", "", ""),
    ("tayho.cell.3.score", "judged informs", "", ""),
    ("tayho.cell.4.score", "judged informs", "", ""),
    ("tayho.cell.existence", "measured", ">= 6 months (mặc định)", ""),
    ("tayho.cell.discipline", "zero", "= 0 count (mặc định)", ""),
    ("tayho.cell.annual_rating", "measured", ">= 3 rating (mặc định)", "000:87"),
]
"""Lines of ours: what blocks recognition, and the points table that is switched off."""


def as_ward(listed: list[tuple[Row, str]]) -> set[Row]:
    return {(key, kind, required, f"{seed}; {ward}") for (key, kind, required, seed), ward in listed if ward}


def test_every_row_of_the_district_is_declared() -> None:
    assert sorted(rows(PLAN, Origin.PLAN)) == sorted(row for row, _ in (*CELL, *MEMBER))


def test_every_row_of_the_ward_is_declared_and_what_it_leaves_out_is_gone() -> None:
    assert set(rows(WARD, Origin.PLAN)) == as_ward(CELL) | as_ward(MEMBER) | {PREPARATION}


@pytest.mark.parametrize("policy", [PLAN, WARD])
def test_nothing_of_ours_passes_for_the_plans(policy: Policy) -> None:
    assert sorted(rows(policy, Origin.DEFAULT)) == sorted(DEFAULTS)


def test_the_groups_are_the_plans_four_and_the_wards_own_four_for_members() -> None:
    headings = {
        policy.code: {scheme.title: [group.label for group in scheme.groups] for scheme in policy.schemes}
        for policy in (PLAN, WARD)
    }
    four = [
        "Lãnh đạo hoàn thành tốt các nhiệm vụ chính trị được giao",
        "Chất lượng sinh hoạt chi bộ tốt",
        "Dân chủ, đoàn kết, kỷ luật tốt",
        "Đảng viên bốn tốt",
    ]
    assert {code: titles["Chi bộ bốn tốt"] for code, titles in headings.items()} == {
        "hanoi_tayho": four,
        "hanoi_tayho_buoi": four,
    }
    regrouped = {
        policy.code: [group.criteria for group in policy.schemes[0].groups] for policy in (PLAN, WARD)
    }
    assert regrouped["hanoi_tayho_buoi"] == [
        ("tayho.member.1.line", "tayho.member.4.propagate"),
        ("tayho.member.2.exemplary", "tayho.member.2.hcm", "tayho.member.2.emulation"),
        ("tayho.member.3.attendance", "tayho.member.3.unity", "tayho.member.3.fee"),
        ("tayho.member.4.people",),
    ]
    assert [len(criteria) for criteria in regrouped["hanoi_tayho"]] == [2, 5, 4, 2]


def test_the_meeting_rule_is_day_3_at_the_latest_day_7_and_the_ward_fixes_no_day() -> None:
    assert PLAN.meeting_rule
    assert WARD.meeting_rule
    figures = {
        policy.code: {item.key: item.values[0].value for item in policy.thresholds if item.values}
        for policy in (PLAN, WARD)
    }
    assert figures["hanoi_tayho"]["meeting.day"] == 3
    assert figures["hanoi_tayho"]["meeting.deadline"] == 7
    assert PLAN.meeting_rule.day == "meeting.day"
    assert WARD.meeting_rule.day not in figures["hanoi_tayho_buoi"]
    assert figures["hanoi_tayho_buoi"]["meeting.deadline"] == 7


def test_every_open_point_is_a_setting() -> None:
    """The settings the dossier lists for what the plan leaves open."""
    assert sorted(item.key for item in PLAN.options) == [
        "attendance.aggregation",
        "attendance.excused",
        "judging.same_hand",
        "meeting.fallback",
        "meeting.holiday_scope",
        "meeting.makeup_saturday_is_working",
        "meeting.prefer_shift",
        "meeting.shift_deadline",
        "tayho.cell.4.members",
        "tayho.method",
        "tayho.recognition.ballot",
        "tayho.recognition.exception",
        "tayho.recognition.over_quota",
    ]
    choices = {item.key: [choice for choice, _ in item.choices] for item in PLAN.options}
    assert choices["attendance.aggregation"] == ["pooled", "each_meeting", "mean_of_meetings"]
    assert choices["attendance.excused"] == ["excused_counted", "excused_removed"]
    assert choices["tayho.cell.4.members"] == ["all", "official_only"]
    dues = {
        step.key: next(item.values[0].value for item in PLAN.thresholds if item.key == step.due)
        for step in PLAN.recognitions[0].steps
    }
    assert dues == {"file": 1130, "decide": 1215, "collect": 1225, "review": 1231}


def test_whose_each_step_is_and_what_it_lays_down() -> None:
    """The cell votes and files, the direct superior decides and reviews, the district makes the list."""
    assert {
        recognition.scheme: [(step.key, str(step.holder), sorted(step.acts)) for step in recognition.steps]
        for recognition in PLAN.recognitions
    } == {
        "tayho.cell": [
            ("file", "subject", ["ballot", "proposal"]),
            ("decide", "superior", ["decision"]),
            ("collect", "above", []),
            ("review", "superior", ["review"]),
        ],
        "tayho.member": [
            ("vote", "subject", ["ballot", "proposal"]),
            ("confirm", "superior", ["decision"]),
            ("review", "superior", ["review"]),
        ],
    }
