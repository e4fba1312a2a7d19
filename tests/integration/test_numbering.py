"""The numbers of a cell's resolutions: completed to their form, and the next of the term offered."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from sqlalchemy import Engine

from bontot.db.models import Meeting, Resolution
from bontot.db.tenancy import scope
from bontot.services.proceedings.entries import ResolutionText
from bontot.services.proceedings.numbering import also_of, completed, next_number
from bontot.services.proceedings.reading import RESOLUTION
from tests.factories import Committee, make_committee
from tests.workplace import HELD, Workplace


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("5", "05-NQ/CB"),
        ("012", "12-NQ/CB"),
        ("số 7", "07-NQ/CB"),
        ("5 – nq / cb", "05-NQ/CB"),
        ("118-NQ/CB", "118-NQ/CB"),
        ("03b - NQ/CB", "03b-NQ/CB"),
        ("4 – KL/ CB", "4-KL/CB"),
        ("", ""),
    ],
)
def test_a_number_is_completed_to_the_form_of_the_cells_resolutions(typed: str, number: str) -> None:
    assert completed(typed) == number


@pytest.fixture(scope="module")
def committee(engine: Engine, worker_id: str) -> Committee:
    return make_committee(engine, f"danh-so-{worker_id}", "nhà")


@pytest.fixture
def work(committee: Committee) -> Iterator[Workplace]:
    """A transaction that is never kept."""
    with scope(committee.engine, committee.tenant_id) as session:
        yield Workplace(committee, session)
        session.rollback()


def issued(work: Workplace, number: str, day: date, cell: int = 0, kind: str = "regular") -> Meeting:
    """A meeting with a resolution of a number, as a workbook brings it."""
    meeting = Meeting(organisation_id=work.committee.cells[cell].id, year=day.year, kind=kind, held_on=day)
    work.session.add(meeting)
    work.session.flush()
    work.session.add(Resolution(meeting_id=meeting.id, number=number or None, subject="Việc"))
    work.session.flush()
    return meeting


def following(work: Workplace, day: date = HELD) -> str:
    return next_number(work.session, work.committee.cells[0].id, day)


def test_the_next_number_follows_the_highest_of_the_cells_own_series(work: Workplace) -> None:
    assert following(work) == ""
    for place, number in enumerate(("9-NQ/CB", "11 – NQ/ CB", "40-KL/CB", "12b-NQ/CB", ""), 1):
        issued(work, number, date(2026, 1, place))
    issued(work, "77-NQ/CB", date(2026, 1, 1), cell=1)
    assert following(work) == "12-NQ/CB"


def test_a_series_runs_over_the_years_and_begins_anew_after_a_congress(work: Workplace) -> None:
    issued(work, "30-NQ/CB", date(2024, 12, 3))
    assert following(work, date(2025, 1, 3)) == "31-NQ/CB"
    issued(work, "31-NQ/CB", date(2025, 2, 10), kind="congress")
    assert following(work, date(2025, 2, 10)) == "32-NQ/CB"
    assert following(work) == ""
    issued(work, "02-NQ/CB", date(2025, 3, 3))
    assert (following(work), following(work, date(2025, 1, 3))) == ("03-NQ/CB", "32-NQ/CB")


def test_a_number_is_kept_in_its_form_and_one_given_twice_is_found(work: Workplace) -> None:
    first, meeting = issued(work, "4 - NQ/CB", date(2026, 3, 3)), work.meeting()
    work.put(meeting, RESOLUTION, ResolutionText(number="4", subject="Việc"))
    [said] = RESOLUTION.read(work.session, meeting).values()
    assert said.number == "04-NQ/CB"
    at = (work.session, meeting.organisation_id, meeting.id, meeting.held_on)
    assert [also_of(*at, number) for number in ("04-NQ/CB", "05-NQ/CB", "04-KL/CB")] == [
        first.held_on,
        None,
        None,
    ]
