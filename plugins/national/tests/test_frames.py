"""The three national frames state what is known of the documents, each with the certainty of its source."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from bontot.plugin import Certainty, Clause, Origin, Policy
from bontot.testing.rows import Row, rows
from bontot_national import bontot_policies
from bontot_national.sheet_2025 import SHEET

FRAMES = {frame.code: frame for frame in bontot_policies()}
ROWS: dict[str, list[Row]] = {
    "national_meetings_2018": [
        ("hd12.attendance", "measured objective", "> 85 percent", ""),
        ("hd12.unexcused", "zero objective", "= 0 count", ""),
        ("hd12.in_a_row", "zero objective", "= 0 count", ""),
        ("hd12.preparation", "judged objective", "", ""),
        ("hd12.conduct", "judged objective", "", ""),
        ("hd12.principles", "judged objective", "", ""),
        ("hd12.results", "judged objective", "", ""),
    ],
    "national_meetings_2025": [],
    "national_rating_2025": [
        ("qd366.cell.on_time", "measured objective", "= 100 percent", ""),
        ("qd366.cell.on_schedule", "measured objective", ">= 80 percent", ""),
        ("qd366.cell.above", "judged objective", "", ""),
        ("qd366.cell.mended", "judged objective", "", ""),
        ("qd366.cell.discipline", "zero objective", "= 0 count", ""),
        ("qd366.base.discipline", "zero objective", "= 0 count", ""),
        ("qd366.base.subordinates", "derived objective", "= 100 percent", ""),
        ("qd366.base.cells", "measured objective", "<= 20 percent", ""),
        ("qd366.base.members", "measured objective", "<= 20 percent", ""),
        ("qd366.base.outside", "zero objective", "= 0 count", ""),
    ],
}
DEFAULTS: dict[str, list[Row]] = {
    "national_meetings_2018": [
        ("hd12.year.fair", "measured objective", "= 100 percent (mặc định)", ""),
        ("hd12.year.good", "measured objective", ">= 7 months (mặc định)", ""),
    ],
    "national_meetings_2025": [
        ("hd42.scored", "measured objective", "= 100 percent (mặc định)", ""),
        ("hd42.year.fair", "measured objective", "= 100 percent (mặc định)", ""),
        ("hd42.year.good", "measured objective", ">= 7 months (mặc định)", ""),
        ("hd42.year.poor", "zero objective", "= 0 count (mặc định)", ""),
    ],
    "national_rating_2025": [],
}


def test_every_line_is_declared_and_what_no_source_states_is_a_default() -> None:
    assert {code: rows(frame, Origin.PLAN) for code, frame in FRAMES.items()} == ROWS
    assert {code: rows(frame, Origin.DEFAULT) for code, frame in FRAMES.items()} == DEFAULTS


def test_each_is_in_force_by_date_and_open_to_every_committee() -> None:
    said = {
        code: (frame.in_force_from, frame.in_force_until, frame.adoptable, frame.whole_period)
        for code, frame in FRAMES.items()
    }
    assert said == {
        "national_meetings_2018": (date(2018, 7, 6), date(2025, 10, 28), True, False),
        "national_meetings_2025": (date(2025, 10, 28), None, True, False),
        "national_rating_2025": (date(2025, 8, 30), None, True, True),
    }


def clauses_of(frame: Policy) -> set[Clause]:
    stated = {clause for criterion in frame.criteria for clause in criterion.clauses}
    stated |= {dated.clause for item in frame.thresholds for dated in item.values if dated.clause}
    return stated | {clause for scheme in frame.schemes for clause in scheme.clauses}


def test_nothing_passes_for_the_text_itself() -> None:
    found = {code: {clause.certainty for clause in clauses_of(frame)} for code, frame in FRAMES.items()}
    assert found == {
        "national_meetings_2018": {Certainty.FOUND},
        "national_meetings_2025": {Certainty.FOUND, Certainty.SECONDARY},
        "national_rating_2025": {Certainty.FOUND, Certainty.UNVERIFIED},
    }


def test_the_sheet_of_2025_splits_its_hundred_points_as_known() -> None:
    maxima = [(group.label, sum(item.maximum for item in group.items)) for group in SHEET.groups]
    assert maxima == [
        ("Thời gian, thời lượng", 5),
        ("Tham dự", 5),
        ("Chuẩn bị", 10),
        ("Tiến hành", 40),
        ("Nguyên tắc", 5),
        ("Kết quả", 30),
        ("Kết thúc", 5),
    ]
    assert sum((item.maximum for item in SHEET.items), Decimal()) == 100
    assert [item.key for item in SHEET.items if item.thematic_only] == ["hd42.thematic_content"]
    assert all(item.clauses == () for item in SHEET.items)


def test_the_frames_grant_no_title() -> None:
    assert [scheme.title for frame in FRAMES.values() for scheme in frame.schemes] == [None] * 4
