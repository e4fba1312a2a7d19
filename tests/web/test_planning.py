"""Preparing a meeting through pages, and recording it from its invitation."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from bontot.access import Role
from bontot.clock import today
from bontot.db.models import MeetingMaterial, PlannedMeeting
from bontot.db.tenancy import scope
from bontot.evaluation.schedule import cell_year
from bontot.registry import Registry
from bontot.services import agenda
from bontot.services.planning import Document, Plan, prepare
from bontot.web.filters import weekday
from tests.factories import Committee
from tests.web.reading import Page


@pytest.fixture
def secretary(app: Flask, committee: Committee) -> FlaskClient:
    return committee.client(app, Role.CELL_SECRETARY)


def tomorrow(committee: Committee) -> date:
    with scope(committee.engine, committee.tenant_id) as session:
        return today(session) + timedelta(days=1)


def boxes(name: str, day: date) -> dict[str, str]:
    return {f"{name}-{part}": str(getattr(day, part)) for part in ("day", "month", "year")}


def test_a_meeting_is_prepared_from_home_and_shown_to_the_member(
    app: Flask, committee: Committee, secretary: FlaskClient
) -> None:
    where = f"/chi-bo/{committee.cells[0].public_id}/chuan-bi"
    day = tomorrow(committee)
    form = Page(secretary.get(where)).form
    refused = Page(
        secretary.post(
            where, data=form.sent(place="", starts_at="25h", held_on__day="31", held_on__month="2")
        )
    )
    assert refused.mends == [
        ("held_on", f"Không có ngày 31/2/{form.values['held_on-year']}."),
        ("starts_at", "Giờ viết như 19:30 hoặc 19 giờ 30."),
    ]
    sent = form.sent(
        **boxes("held_on", day),
        starts_at="19h30",
        place="Nhà văn hóa",
        agenda="Thời sự\n\nNghị quyết",
        documents="Hướng dẫn sinh hoạt, số 15-HD/BTG\nDự thảo",
        guests="Đồng chí Phạm Thị Mẫu",
    )
    answers = [secretary.post(where, data=sent) for _ in range(2)]
    assert {answer.status_code for answer in answers} == {302}
    assert len({answer.headers["Location"] for answer in answers}) == 1
    shown = Page(secretary.get(answers[0].headers["Location"]))
    assert shown.heading == f"Giấy mời ngày {day:%d/%m/%Y}"
    for part in (
        "19:30",
        "Nhà văn hóa",
        "Hướng dẫn sinh hoạt, số 15-HD/BTG",
        "Đồng chí Phạm Thị Mẫu",
        "Giấy mời",
    ):
        assert part in shown.words
    member = Page(committee.client(app, Role.MEMBER).get("/"))
    assert "Thời sự Nghị quyết Tài liệu: Hướng dẫn sinh hoạt, số 15-HD/BTG; Dự thảo." in member.words
    assert "Giấy mời gần nhất: 19:30" in Page(secretary.get("/")).words
    assert f"Đã có giấy mời họp {weekday(day)} {day:%d/%m/%Y}" in Page(secretary.get(where)).words


def prepared(committee: Committee, held_on: date) -> str:
    """The address of an invitation of a day, which may be over."""
    cell = committee.cells[0]
    with scope(committee.engine, committee.tenant_id) as session:
        made = prepare(
            session,
            committee.actor(Role.CELL_SECRETARY),
            cell.id,
            Plan(
                kind="regular",
                held_on=today(session) + timedelta(days=40),
                starts_at=time(18, 0),
                place="Trường học",
                agenda=("Thời sự", "Nghị quyết"),
                documents=(Document("Hướng dẫn", "15-HD/BTG"),),
                notified_on=today(session) - timedelta(days=9),
            ),
        )
        session.execute(update(PlannedMeeting).values(held_on=held_on))
    return f"/chi-bo/{cell.public_id}/giay-moi/{made.public_id}"


def test_what_is_offered_to_be_prepared_is_never_a_month_that_is_over(
    committee: Committee, secretary: FlaskClient
) -> None:
    """Whatever day it is: the cell has met in no month of the year."""
    day, cell = committee.today, committee.cells[0]
    with scope(committee.engine, committee.tenant_id) as session:
        months = cell_year(session, Registry.load(), cell.id, day.year, day)
        to_come = agenda.next_meeting(session, Registry.load(), cell.id, months, day, ahead=True)
    planned = to_come.planned.scheduled if to_come else None
    wanted = max((planned.day or planned.deadline) if planned else day, day)
    form = Page(secretary.get(f"/chi-bo/{cell.public_id}/chuan-bi")).form
    assert {name: form.values[name] for name in boxes("held_on", wanted)} == boxes("held_on", wanted)


def test_the_recording_form_is_filled_in_from_the_invitation(
    committee: Committee, secretary: FlaskClient
) -> None:
    day = tomorrow(committee) - timedelta(days=2)
    address = prepared(committee, day)
    form = Page(secretary.get(Page(secretary.get(address)).links["Ghi nhận buổi này"])).form
    filled = {
        name: form.values[name] for name in ("starts_at", "place", "agenda", "materials", "steps", "kind")
    }
    assert filled == {
        "starts_at": "18:00",
        "place": "Trường học",
        "agenda": "Thời sự\nNghị quyết",
        "materials": "Hướng dẫn, số 15-HD/BTG",
        "steps": "preparation",
        "kind": "regular",
    }
    assert {name: form.values[name] for name in boxes("held_on", day)} == boxes("held_on", day)
    done = secretary.post(f"/chi-bo/{committee.cells[0].public_id}/ghi-nhan", data=form.sent(action="save"))
    assert done.status_code == 302
    assert "Thời sự" in Page(secretary.get(done.headers["Location"])).words
    held = Page(secretary.get(address))
    assert held.links["Xem buổi đã ghi"] == done.headers["Location"]
    assert "Sửa giấy mời" not in held.links
    with scope(committee.engine, committee.tenant_id) as session:
        assert session.scalars(select(MeetingMaterial.document_number)).all() == ["15-HD/BTG"]


def test_an_invitation_to_come_does_not_fill_in_what_is_recorded_today(
    committee: Committee, secretary: FlaskClient
) -> None:
    prepared(committee, tomorrow(committee))
    form = Page(secretary.get(f"/chi-bo/{committee.cells[0].public_id}/ghi-nhan")).form
    assert (form.values["agenda"], form.values["materials"]) == ("", "")


def test_who_read_an_invitation_before_it_changed_sees_both(
    committee: Committee, secretary: FlaskClient
) -> None:
    address = prepared(committee, tomorrow(committee))
    form = Page(secretary.get(f"{address}/sua")).form
    fresh = Page(secretary.get(f"{address}/sua")).form
    assert secretary.post(f"{address}/sua", data=fresh.sent(place="Đình làng")).status_code == 302
    late = Page(secretary.post(f"{address}/sua", data=form.sent(place="Sân bóng")))
    assert late.status == 412
    assert late.rows == [
        ["Chỗ khác nhau", "Bản đã ghi", "Bản của đồng chí"],
        ["Địa điểm", "Đình làng", "Sân bóng"],
    ]
    assert (late.form.values["place"], late.form.values["version"]) == ("Sân bóng", "2")
    assert secretary.post(f"{address}/sua", data=late.form.sent()).status_code == 302
    bare = Page(secretary.get(f"{address}/bo")).form
    assert bare.values["version"] == "3"
    stale = Page(secretary.post(f"{address}/bo", data=bare.sent(version="1")))
    assert (stale.status, "vừa được người khác sửa" in stale.words) == (412, True)
    assert (
        secretary.post(f"{address}/bo", data=Page(secretary.get(f"{address}/bo")).form.sent()).status_code
        == 302
    )
    assert secretary.get(address).status_code == 404
