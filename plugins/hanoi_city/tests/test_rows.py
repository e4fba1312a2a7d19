"""Every objective of the city's scheme is declared, for a cell and summed."""

from __future__ import annotations

from bontot.plugin import Origin, Subject
from bontot.testing.rows import Row, rows
from bontot_hanoi_city import bontot_policies

(FRAME,) = bontot_policies()
OBJECTIVES: list[Row] = [
    ("city.regular_monthly", "measured objective", "= 100 percent", "003:6"),
    ("city.thematic", "measured objective", "= 100 percent", "003:6"),
    ("city.principles", "judged objective", "", "003:6"),
    ("city.materials", "measured objective", "= 100 percent", "003:6"),
    ("city.full_content_steps", "measured objective", "= 100 percent", "003:6"),
    ("city.attendance", "measured objective", ">= 90 percent", "003:6"),
    ("city.task_assignment", "measured objective", "= 100 percent", "003:6"),
    ("city.officer_training", "measured objective", "= 100 percent", "003:6"),
    ("city.officer_update", "measured objective", "= 100 percent (mặc định)", "003:6"),
]
SUMMED: list[Row] = [
    ("city.regular_monthly.share", "derived objective", "= 100 percent", "003:6"),
    ("city.thematic.share", "derived objective", "= 100 percent", "003:6"),
    ("city.principles.share", "derived objective", "= 100 percent", "003:6"),
    ("city.materials.share", "derived objective", "= 100 percent", "003:6"),
    ("city.full_content_steps.share", "derived objective", "= 100 percent", "003:6"),
    ("city.attendance.pool", "derived objective", ">= 90 percent", "003:6"),
    ("city.task_assignment.pool", "derived objective", "= 100 percent", "003:6"),
    ("city.officer_training.pool", "derived objective", "= 100 percent", "003:6"),
    ("city.officer_update.pool", "derived objective", "= 100 percent (mặc định)", "003:6"),
]


def test_every_objective_is_declared_for_a_cell_and_summed() -> None:
    assert rows(FRAME, Origin.PLAN) == [*OBJECTIVES, *SUMMED]
    assert rows(FRAME, Origin.DEFAULT) == []


def test_a_frame_grants_no_title() -> None:
    assert [(scheme.subject, scheme.title) for scheme in FRAME.schemes] == [
        (Subject.CELL, None),
        (Subject.BASE_ORGANISATION, None),
    ]
    assert FRAME.recognitions == ()


def test_the_report_has_the_seven_duties_as_headings() -> None:
    report = next(form for form in FRAME.report_formats if form.key == "scheme_report")
    assert [key for key, _ in report.sections] == [
        "awareness",
        "principles_routine",
        "chairing",
        "content_form",
        "resolution_quality",
        "officers",
        "supervision",
    ]
