"""Drawings where people look rather than read: what they show is what the records hold."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine

from bontot.access import Role
from bontot.db.models.meeting import ABSENT_EXCUSED, ABSENT_UNEXCUSED, LATE, PRESENT
from bontot.db.tenancy import scope
from bontot.policy.terms import Outcome
from bontot.services.meetings import Mark, MeetingEntry, record_meeting
from bontot.web.charts import outcome_shares
from bontot.web.evaluation_choice import NAMES
from tests.factories import Committee
from tests.web.evaluated import evaluated, judged

COLUMN = re.compile(
    r'<rect class="fill (\w+)"[^>]* y="(\d+)" height="(\d+)"/><text[^>]*>(\d+)</text>'
    r'.*?<text class="month-name"[^>]*>T(\d+)<',
    re.S,
)

PART = re.compile(r'<rect class="fill (\w+)" x="([\d.]+)%" width="([\d.]+)%"')


def record(committee: Committee, day: date, away: int, *, kind: str = "regular", late: int = 0) -> None:
    """A meeting of the thirty of the first cell: the first of them late, the last away."""
    members = [member_id for member_id, _ in committee.cells[0].members]
    marks = [LATE] * late + [PRESENT] * (30 - away - late) + [ABSENT_EXCUSED, ABSENT_UNEXCUSED] * away
    with scope(committee.engine, committee.tenant_id) as session:
        entry = MeetingEntry(
            kind=kind,
            held_on=day,
            marks={member: Mark(mark) for member, mark in zip(members, marks, strict=False)},
        )
        record_meeting(session, committee.actor(Role.CELL_SECRETARY), committee.cells[0].id, entry)


def drawn(app: Flask, committee: Committee) -> str:
    address = f"/chi-bo/{committee.cells[0].public_id}?nam=2023"
    page = committee.client(app, Role.CELL_SECRETARY).get(address).get_data(as_text=True)
    return page.partition('<figure class="chart">')[2].partition("</figure>")[0]


def test_a_months_column_is_its_first_regular_meeting(app: Flask, committee: Committee) -> None:
    record(committee, date(2023, 3, 3), away=4, late=2)
    record(committee, date(2023, 3, 20), away=30)
    record(committee, date(2023, 2, 10), away=30, kind="thematic")
    record(committee, date(2023, 4, 3), away=5)
    chart = drawn(app, committee)
    assert COLUMN.findall(chart) == [("good", "39", "121", "86", "3"), ("warn", "44", "116", "83", "4")]
    assert "<title>tháng 3: 26/30; tháng 4: 25/30</title>" in chart
    assert 'y1="41" y2="41"' in chart
    assert "vạch ngang là mức 85\u00a0%" in chart


def test_a_month_just_below_is_not_drawn_as_reaching(app: Flask, committee: Committee) -> None:
    """25 of 30 is 83 %; 85 % of 30 is 25,5: nobody can be at the line itself."""
    record(committee, date(2023, 5, 4), away=5)
    ((tone, _, height, percent, month),) = COLUMN.findall(drawn(app, committee))
    assert (tone, percent, month) == ("warn", "83", "5")
    assert int(height) < 140 * 85 // 100


def test_a_year_without_a_roll_call_has_no_drawing(app: Flask, committee: Committee) -> None:
    record(committee, date(2022, 3, 3), away=0)
    assert drawn(app, committee) == ""


def test_a_bar_parts_the_judged_by_outcome(app: Flask, engine: Engine, unique: str) -> None:
    committee = evaluated(engine, unique)
    header = judged(committee)
    address = f"/danh-gia/{header.public_id}"
    page = committee.client(app, Role.TENANT_ADMIN).get(address).get_data(as_text=True)
    bar = page.partition('<figure class="chart shares">')[2].partition("</figure>")[0]
    assert PART.findall(bar) == [("good", "0.000", "80.000"), ("bad", "80.000", "20.000")]
    assert 'aria-label="16 đạt, 4 chưa đạt"' in bar


@given(
    st.dictionaries(st.sampled_from(sorted(NAMES.values(), key=list(Outcome).index)), st.integers(0, 10**6))
)
def test_the_parts_of_a_bar_fill_it_one_after_another(counts: dict[Outcome, int]) -> None:
    shares = outcome_shares(counts, NAMES.values())
    assert [share.count for share in shares] == [counts[one] for one in NAMES.values() if counts.get(one)]
    ends = [share.start + share.width for share in shares]
    for end, following in zip(ends, [share.start for share in shares[1:]] + [Decimal(100)], strict=False):
        assert abs(end - following) <= Decimal("0.001")
