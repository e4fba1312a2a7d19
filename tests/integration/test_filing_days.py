"""The days of the recognition are told of before the year is evaluated, and to whom they are of."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import Engine

from bontot.access import Role
from bontot.db.models import PolicyAssignment
from bontot.db.tenancy import scope
from bontot.evaluation.whole import evaluate
from bontot.registry import Registry
from bontot.services.recognition.filing import Filing, filing_days
from tests.factories import Committee, make_committee
from tests.web.reading import Page

REGISTRY = Registry.load()
YEAR = 2026
CELLS = "Chi bộ tự đánh giá, biểu quyết và nộp hồ sơ"
MEMBERS = "Chi bộ xét, biểu quyết từng đảng viên"


@pytest.fixture
def committee(engine: Engine, unique: str) -> Committee:
    return make_committee(engine, unique, "nhà")


def told(committee: Committee, place: int | None, today: date) -> list[Filing]:
    with scope(committee.engine, committee.tenant_id) as session:
        return filing_days(session, REGISTRY, place, YEAR, today)


def test_the_next_day_of_each_title_is_told_until_it_is_over(committee: Committee) -> None:
    cell, last = committee.cells[0].id, date(YEAR, 11, 30)
    wanted = [Filing(last, CELLS, ("Chi bộ bốn tốt",)), Filing(last, MEMBERS, ("Đảng viên bốn tốt",))]
    assert told(committee, cell, date(YEAR, 3, 1)) == wanted
    assert told(committee, cell, last) == wanted
    assert {one.due for one in told(committee, cell, last + timedelta(days=1))} == {date(YEAR, 12, 15)}
    assert told(committee, None, last) == wanted


def test_a_place_hears_of_the_plan_that_governs_it_and_the_whole_committee_of_all(
    committee: Committee,
) -> None:
    with scope(committee.engine, committee.tenant_id) as session:
        session.add(
            PolicyAssignment(
                organisation_id=committee.ward.id,
                policy_code="hanoi_longbien",
                valid_from=date(YEAR, 1, 1),
            )
        )
    below, whole = (
        {one.label for one in told(committee, place, date(YEAR, 11, 1))}
        for place in (committee.cells[0].id, None)
    )
    assert CELLS not in below
    assert below
    assert whole == below | {CELLS, MEMBERS}


def test_once_the_year_is_evaluated_the_recognition_itself_tells(committee: Committee) -> None:
    with scope(committee.engine, committee.tenant_id) as session:
        evaluate(session, REGISTRY, year=YEAR, as_of=date(YEAR, 6, 30), by="thử")
    assert told(committee, committee.cells[0].id, date(YEAR, 11, 1)) == []


def test_the_first_page_tells_of_a_day_within_a_month_and_who_may_evaluate_is_led_there(
    app: Flask, committee: Committee
) -> None:
    """Whatever day it is."""
    today = committee.today
    with scope(committee.engine, committee.tenant_id) as session:
        found = filing_days(session, REGISTRY, committee.cells[0].id, today.year, today)
    near = [one.label for one in found if one.due <= today + timedelta(days=30)]
    secretary, admin = (
        Page(committee.client(app, role).get("/")) for role in (Role.CELL_SECRETARY, Role.TENANT_ADMIN)
    )
    shown = [label for label in (CELLS, MEMBERS) if f"{label}: “" in secretary.words]
    assert shown == [label for label in (CELLS, MEMBERS) if label in near]
    assert (f"Đánh giá năm {today.year}" in admin.links) == bool(near)
    assert f"Đánh giá năm {today.year}" not in secretary.links
