"""A superior's document is answered on its page, and the answer taken or sent back."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from bontot.access import Role
from bontot.db.models import Directive
from bontot.db.tenancy import scope
from tests.factories import Committee
from tests.isolation.golden.asking import boxes, form_key
from tests.web.reading import Page


@pytest.fixture
def secretary(app: Flask, committee: Committee) -> FlaskClient:
    return committee.client(app, Role.CELL_SECRETARY)


@pytest.fixture
def ward(app: Flask, committee: Committee) -> FlaskClient:
    return committee.client(app, Role.COMMITTEE)


@pytest.fixture
def due(committee: Committee) -> date:
    """Ten days from today, by when both cells are to answer 45-CV/ĐU."""
    day = committee.today + timedelta(days=10)
    with scope(committee.engine, committee.tenant_id) as session:
        session.add_all(
            Directive(organisation_id=cell.id, number="45-CV/ĐU", subject="Phòng dịch", due_on=day)
            for cell in committee.cells
        )
    return day


def stored(committee: Committee) -> list[tuple[date | None, str | None, str | None]]:
    """The day, result and state of each document, by cell."""
    with scope(committee.engine, committee.tenant_id) as session:
        rows = select(Directive.answered_on, Directive.result, Directive.submission)
        found = session.execute(rows.order_by(Directive.organisation_id))
        return [(day, result, state) for day, result, state in found]


def send(client: FlaskClient, page: Page, **given: str) -> Page:
    """Sends the form of a page, and reads where it leads."""
    response = client.post(page.form.action, data=page.form.sent(**given))
    return Page(client.get(response.headers["Location"])) if response.status_code == 302 else Page(response)


def test_the_secretary_comes_from_home_and_says_what_was_done(
    committee: Committee, secretary: FlaskClient, due: date
) -> None:
    page = Page(secretary.get(Page(secretary.get("/")).links["45-CV/ĐU: Phòng dịch"]))
    assert (page.heading, "Tình trạng Chưa trả lời" in page.words) == ("Phòng dịch", True)
    refused = send(secretary, page, document="12-BC/CB", answered_on__day="31", answered_on__month="2")
    assert [field for field, _ in refused.mends] == ["answered_on", "result"]
    assert refused.form.values["document"] == "12-BC/CB"
    assert stored(committee) == [(None, None, None), (None, None, None)]
    day = committee.today
    done = send(secretary, refused, result="Đã phun cả ba ngõ", **boxes("answered_on", day))
    assert "Tình trạng Đã trả lời, chờ cấp trên xem" in done.words
    assert f"Chi bộ trả lời ngày {day:%d/%m/%Y}, văn bản 12-BC/CB: Đã phun cả ba ngõ" in done.words
    assert stored(committee) == [(day, "Đã phun cả ba ngõ", "submitted"), (None, None, None)]
    assert "45-CV/ĐU" not in Page(secretary.get("/")).words


def test_the_ward_sees_the_answer_sends_it_back_and_takes_the_next(
    committee: Committee, secretary: FlaskClient, ward: FlaskClient, due: date
) -> None:
    send(
        secretary, Page(secretary.get(Page(secretary.get("/")).links["45-CV/ĐU: Phòng dịch"])), result="Xong"
    )
    waiting = Page(ward.get(Page(ward.get("/")).links["Xem văn bản trả lời"]))
    assert waiting.rows[1][:2] == ["Phòng dịch 45-CV/ĐU", "Chi bộ nhà số 1"]
    page = Page(ward.get(waiting.links["Phòng dịch"]))
    unsaid = send(ward, page, act="returned")
    assert unsaid.mends == [("remark", "Cần ghi rõ điều chi bộ phải làm thêm hay sửa.")]
    back = send(ward, unsaid, remark="Ghi rõ từng ngõ")
    assert "Cấp trên trả lại Ghi rõ từng ngõ" in back.words
    assert stored(committee)[0] == (None, "Xong", "returned")
    again = Page(secretary.get(Page(secretary.get("/")).links["45-CV/ĐU: Phòng dịch"]))
    assert again.form.values["result"] == "Xong"
    send(secretary, again, result="Ngõ 1, ngõ 2 và ngõ 5")
    taken = send(ward, Page(ward.get(page.form.action.removesuffix("/xem"))), act="received")
    assert "Tình trạng Cấp trên đã nhận" in taken.words
    assert stored(committee)[0][1:] == ("Ngõ 1, ngõ 2 và ngõ 5", "received")
    closed = Page(secretary.get(page.form.action.removesuffix("/xem")))
    assert "Sửa trả lời" not in closed.links


def test_what_was_written_meanwhile_is_shown_with_what_was_typed(
    committee: Committee, secretary: FlaskClient, ward: FlaskClient, due: date
) -> None:
    address = Page(secretary.get("/")).links["45-CV/ĐU: Phòng dịch"]
    mine, theirs = Page(secretary.get(address)), Page(ward.get(f"{address}?viec=tra-loi"))
    send(ward, theirs, result="Phường ghi thay")
    late = send(secretary, mine, result="Chi bộ ghi")
    assert late.status == 412
    assert "Văn bản này vừa được người khác ghi" in late.words
    assert "Kết quả chi bộ báo Phường ghi thay" in late.words
    assert late.form.values["result"] == "Chi bộ ghi"
    send(secretary, late)
    assert stored(committee)[0][1] == "Chi bộ ghi"


def test_a_cell_does_not_judge_and_who_answered_for_it_does_not_either(
    committee: Committee, secretary: FlaskClient, ward: FlaskClient, due: date
) -> None:
    address = Page(secretary.get("/")).links["45-CV/ĐU: Phòng dịch"]
    send(ward, Page(ward.get(f"{address}?viec=tra-loi")), result="Phường ghi thay")
    sent = {"form_key": form_key(), "version": "2", "act": "received"}
    assert secretary.post(f"{address}/xem", data=sent).status_code == 403
    refused = Page(ward.post(f"{address}/xem", data=sent))
    assert (refused.status, "Đồng chí đã ghi trả lời này thay chi bộ" in refused.words) == (403, True)
    assert stored(committee)[0][2] == "submitted"


def test_the_list_of_one_document_shows_every_cell(
    committee: Committee, ward: FlaskClient, due: date
) -> None:
    year = Page(ward.get(f"/to-chuc/{committee.ward.public_id}/chi-tieu?nam={due.year}"))
    page = Page(ward.get(year.links["Phòng dịch"]))
    assert [row[:2] for row in page.rows[1:]] == [
        ["Phòng dịch 45-CV/ĐU", "Chi bộ nhà số 1"],
        ["Phòng dịch 45-CV/ĐU", "Chi bộ nhà số 2"],
    ]
