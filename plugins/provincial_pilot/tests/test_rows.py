"""Every row of the dossier's table for the provincial pilot is declared, in the list's own order."""

from __future__ import annotations

from bontot.plugin import Enrolment, Origin
from bontot.testing.rows import Row, rows
from bontot_provincial_pilot import bontot_policies

(PLAN,) = bontot_policies()
(CELL,) = PLAN.schemes
ROWS: list[Row] = [
    ("prov.1.party_building", "judged", "", "001:17"),
    ("prov.1.political_system", "judged", "", "001:17"),
    ("prov.1.professional", "judged", "", "001:17"),
    ("prov.1.defence_security", "judged", "", "001:17"),
    ("prov.1.jobs_income", "judged", "", "001:17"),
    ("prov.1.tax", "judged", "", "001:17"),
    ("prov.1.innovation", "judged", "", "001:19"),
    ("prov.1.exemplary_head", "judged", "", "001:21"),
    ("prov.1.assignment", "judged", "", "001:21"),
    ("prov.1.follow_up", "judged", "", "001:21"),
    ("prov.1.no_backlog", "zero", "= 0 count", "001:21"),
    ("prov.1.degradation_hcm", "judged", "", "001:23"),
    ("prov.1.anticorruption", "judged", "", "001:23"),
    ("prov.2.solidarity", "judged", "", "001:33"),
    ("prov.2.welfare", "judged", "", "001:33"),
    ("prov.2.fair_management", "judged", "", "001:33"),
    ("prov.2.cooperation", "judged", "", "001:33"),
    ("prov.2.regulation", "judged", "gợi ý >= 100 percent (mặc định)", "001:35"),
    ("prov.2.principles", "judged", "", "001:35"),
    ("prov.2.member_conduct", "judged", "", "001:35"),
    ("prov.2.no_complaints", "zero", "= 0 count", "001:37"),
    ("prov.2.no_violations", "zero", "= 0 count", "001:37"),
    (
        "prov.3.regular_thematic",
        "judged",
        "gợi ý >= 100 percent (mặc định), >= 100 percent (mặc định), >= 100 percent (mặc định)",
        "001:27",
    ),
    ("prov.3.ideology", "judged", "", "001:27"),
    ("prov.3.aspirations", "judged", "", "001:27"),
    ("prov.3.supervision", "judged", "", "001:27"),
    ("prov.3.hd08", "judged", "", "001:29"),
    ("prov.3.review_quality", "judged", "", "001:29"),
    ("prov.3.commend", "judged", "", "001:29"),
    ("prov.3.handle_violations", "judged", "", "001:29"),
    ("prov.4.duties", "judged", "", "001:41"),
    ("prov.4.no_discipline", "zero", "= 0 count", "001:41"),
    ("prov.4.exemplary_tasks", "judged", "", "001:43"),
    ("prov.4.unity_line", "judged", "", "001:43"),
    ("prov.4.residence", "judged", "gợi ý >= 100 percent (mặc định)", "001:43"),
]


def test_every_row_is_declared_and_only_attendance_is_ours() -> None:
    assert rows(PLAN, Origin.PLAN) == ROWS
    assert rows(PLAN, Origin.DEFAULT) == [("prov.3.attendance", "measured", ">= chưa đặt", "")]


def test_groups_follow_the_numbers_of_the_list() -> None:
    assert [(group.key, group.label) for group in CELL.groups] == [
        ("prov.1", "Lãnh đạo thực hiện nhiệm vụ chính trị tốt"),
        ("prov.2", "Đoàn kết, kỷ luật tốt"),
        ("prov.3", "Chất lượng sinh hoạt tốt"),
        ("prov.4", "Đảng viên tốt"),
    ]


def test_only_selected_cells_are_enrolled_and_zero_lines_block() -> None:
    assert CELL.enrolment == Enrolment(mode="selection")
    assert CELL.blockers == (
        "prov.1.no_backlog",
        "prov.2.no_complaints",
        "prov.2.no_violations",
        "prov.4.no_discipline",
    )


def test_what_the_plan_leaves_open_is_a_setting() -> None:
    choices = {item.key: [choice for choice, _ in item.choices] for item in PLAN.options}
    assert choices["prov.2.no_complaints.mode"] == ["any", "founded_only"]
    assert choices["prov.period"] == ["calendar_year"]
    offered = {item.key: item.suggestion for item in PLAN.thresholds if not item.values}
    assert offered == {"meeting.day": None, "meeting.deadline": None, "prov.3.attendance": 85}


def test_two_lines_may_be_judged_not_applicable() -> None:
    assert [criterion.key for criterion in PLAN.criteria if criterion.may_be_not_applicable] == [
        "prov.1.jobs_income",
        "prov.1.tax",
    ]


def test_whose_each_step_is_and_what_it_lays_down() -> None:
    """The cell chosen votes on itself; the base committee that chose it decides and reports."""
    [recognition] = PLAN.recognitions
    assert [(step.key, str(step.holder), sorted(step.acts)) for step in recognition.steps] == [
        ("self_assessment", "subject", ["ballot", "proposal"]),
        ("decide", "superior", ["decision"]),
        ("report", "superior", []),
    ]
