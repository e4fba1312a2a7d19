"""Files made in the background, through pages: papers of a ward in one file, and workbooks too large to wait for."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from bontot.access import Role
from bontot.db.models import Job, Outbox
from bontot.db.tenancy import PLATFORM, scope
from bontot.imports.reading import Cell, read
from bontot.jobs import sheets
from bontot.jobs.tasks import Desk
from bontot.registry import Registry
from bontot.services.meetings import MeetingEntry, record_meeting
from tests.factories import Committee, operator_client
from tests.web.reading import Page

REGISTRY = Registry.load()


@pytest.fixture
def ward(app: Flask, committee: Committee) -> FlaskClient:
    return committee.client(app, Role.COMMITTEE)


def work_off(committee: Committee) -> None:
    """Does all work of the committee that waits."""
    with scope(committee.engine, PLATFORM) as session:
        waiting = session.scalars(
            select(Outbox.id).where(Outbox.tenant_id == committee.tenant_id, Outbox.done_at.is_(None))
        ).all()
    for outbox_id in waiting:
        Desk(committee.engine, REGISTRY).do(outbox_id)


def last_job(committee: Committee) -> Job:
    with scope(committee.engine, committee.tenant_id) as session:
        found = session.scalars(select(Job).order_by(Job.id.desc()).limit(1)).one()
        session.expunge(found)
        return found


def test_the_minutes_of_a_month_are_asked_for_made_and_taken(
    app: Flask, committee: Committee, ward: FlaskClient
) -> None:
    day = committee.today.replace(day=1)
    with scope(committee.engine, committee.tenant_id) as session:
        entry = MeetingEntry(kind="regular", held_on=day, marks={})
        record_meeting(session, committee.actor(Role.TENANT_ADMIN), committee.cells[0].id, entry)
    place = f"/to-chuc/{committee.ward.public_id}"
    assert f"{place}/in-tap" in ward.get(place).get_data(as_text=True)
    assert f"{place}/in-tap/bien-ban" in ward.get(f"{place}/in-tap").get_data(as_text=True)
    asked = Page(ward.get(f"{place}/in-tap/bien-ban")).form.sent(of=f"{day:%Y-%m}", both_sides="1")
    sent = ward.post(f"{place}/in-tap/bien-ban", data=asked)
    address = sent.headers["Location"]
    waiting = Page(ward.get(address)).words
    assert f"In biên bản sinh hoạt tháng {day:%m} năm {day.year}, {committee.ward.name}" in waiting
    assert "Tải về" not in waiting
    assert ward.get(f"{address}/tep").status_code == 404
    work_off(committee)
    done = Page(ward.get(address)).words
    assert f"Tệp bien-ban-{day:%Y-%m}.pdf, giữ đến hết ngày" in done
    assert Page(ward.get("/viec")).links["Tải PDF"] == f"{address}/tep"
    assert "Tải PDF" not in Page(committee.client(app, Role.CELL_SECRETARY).get("/viec")).links
    file = ward.get(f"{address}/tep")
    assert file.data.startswith(b"%PDF")
    assert file.headers["Content-Disposition"] == f"attachment; filename=bien-ban-{day:%Y-%m}.pdf"
    assert file.headers["X-Content-Type-Options"] == "nosniff"
    assert file.headers["Cache-Control"] == "no-store"
    assert file.headers["Content-Type"] == "application/pdf"
    assert committee.client(app, Role.CELL_SECRETARY).get(f"{address}/tep").status_code == 404


def test_reports_are_asked_for_by_month_quarter_or_year_and_those_on_fees_not_by_year(
    committee: Committee, ward: FlaskClient
) -> None:
    place, day = f"/to-chuc/{committee.ward.public_id}/in-tap", committee.today
    quarter = f"{day.year}-Q{(day.month + 2) // 3}"
    for kind, label, refused in (
        ("bao-cao", "Báo cáo", []),
        ("bao-cao-dang-phi", "Báo cáo thu, nộp đảng phí", [str(day.year)]),
    ):
        assert Page(ward.get(place)).links[label] == f"{place}/{kind}"
        for of in (str(day.year), f"{day:%Y-%m}", quarter):
            sent = ward.post(f"{place}/{kind}", data=Page(ward.get(f"{place}/{kind}")).form.sent(of=of))
            assert (sent.status_code == 422) == (of in refused)
    work_off(committee)
    job = last_job(committee)
    assert (job.state, job.result) == ("done", {"papers": 2, "without": []})
    shown = Page(ward.get(f"/viec/{job.public_id}"))
    roman = ("I", "II", "III", "IV")[(day.month + 2) // 3 - 1]
    said = f"In báo cáo thu, nộp đảng phí quý {roman} năm {day.year}, {committee.ward.name}"
    assert (said in shown.words, f"Tệp bao-cao-dang-phi-{quarter}.pdf" in shown.words) == (True, True)


def test_work_that_found_nothing_to_print_says_so_and_is_no_failure(
    app: Flask, committee: Committee, ward: FlaskClient
) -> None:
    day = committee.today.replace(day=1)
    with scope(committee.engine, committee.tenant_id) as session:
        entry = MeetingEntry(kind="regular", held_on=day, marks={})
        record_meeting(session, committee.actor(Role.TENANT_ADMIN), committee.cells[0].id, entry)
    address = f"/to-chuc/{committee.ward.public_id}/in-tap/tu-cham-diem"
    sent = ward.post(address, data=Page(ward.get(address)).form.sent(of=f"{day:%Y-%m}"))
    work_off(committee)
    shown = Page(ward.get(sent.headers["Location"]))
    label = "bảng tự chấm điểm buổi sinh hoạt"
    assert f"Không có gì để in: {committee.ward.name} không có {label} trong thời gian này." in shown.words
    assert [words in shown.words for words in ("Không xong", "Tải về", "Tệp không còn lưu")] == [False] * 3
    assert shown.links["Chọn loại hoặc thời gian khác"] == f"/to-chuc/{committee.ward.public_id}/in-tap"
    assert committee.code not in Page(operator_client(app, committee.engine).get("/van-hanh/viec")).words


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"of": "2020-01"}, "Xin chọn thời gian trong danh sách."),
        ({"of": ""}, "Xin chọn thời gian trong danh sách."),
        ({"form": "exe"}, "Xin chọn dạng tệp."),
    ],
)
def test_a_form_filled_in_wrongly_says_what_to_mend(
    committee: Committee, ward: FlaskClient, given: dict[str, str], said: str
) -> None:
    address = f"/to-chuc/{committee.ward.public_id}/in-tap/bien-ban"
    refused = ward.post(address, data=Page(ward.get(address)).form.sent(**given))
    assert (refused.status_code, said in Page(refused).words) == (422, True)


def test_pledges_are_printed_of_the_year_to_come_and_results_are_not(
    committee: Committee, ward: FlaskClient
) -> None:
    year, place = committee.today.year, f"/to-chuc/{committee.ward.public_id}/in-tap"
    for kind, ahead in (("dang-ky", True), ("bang-tu-danh-gia", False)):
        form = Page(ward.get(f"{place}/{kind}")).form
        assert form.values["of"] == str(year)
        sent = Page(ward.post(f"{place}/{kind}", data=form.sent(of=str(year + 1))))
        assert ("Xin chọn thời gian trong danh sách." not in sent.words) == ahead
    own = f"/to-chuc/{committee.cells[0].public_id}/in-tap/dang-ky-dang-vien"
    assert Page(ward.get(own)).form.values["of"] == str(year)


def test_a_month_without_records_says_so_and_begins_no_work(committee: Committee, ward: FlaskClient) -> None:
    address = f"/to-chuc/{committee.cells[1].public_id}/in-tap/nghi-quyet"
    refused = Page(ward.post(address, data=Page(ward.get(address)).form.sent()))
    said = f"Không có gì để in: {committee.cells[1].name} không có nghị quyết chi bộ trong thời gian này."
    assert said in refused.words


def test_what_is_not_offered_for_a_body_is_not_found(committee: Committee, ward: FlaskClient) -> None:
    of_ward, of_cell = committee.ward.public_id, committee.cells[0].public_id
    for place, kind in (
        (of_ward, "dang-ky-dang-vien"),
        (of_cell, "bang-tu-danh-gia-dang-bo"),
        (of_ward, "thu"),
    ):
        assert ward.get(f"/to-chuc/{place}/in-tap/{kind}").status_code == 404


def rows_of(content: bytes) -> list[list[Cell]]:
    """The header and rows of a list, without the lines above it that say when it was taken."""
    [sheet] = read(content)
    return sheet.rows[3:]


def test_a_list_within_the_bound_comes_at_once_and_a_larger_one_as_work_with_the_same_rows(
    committee: Committee, ward: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = f"/to-chuc/{committee.cells[0].public_id}/dang-vien"
    at_once = ward.get(f"{place}?dang=xlsx")
    assert at_once.status_code == 200
    monkeypatch.setattr(sheets, "BOUND", 5)
    sent_on = ward.get(f"{place}?dang=xlsx")
    assert sent_on.status_code == 302
    address = sent_on.headers["Location"]
    asked = Page(ward.get(address))
    assert "30 dòng, nên bảng tính được lập ở phía sau." in asked.words
    job = ward.post(address, data=asked.form.sent()).headers["Location"]
    work_off(committee)
    assert last_job(committee).result == {"rows": 30}
    file = ward.get(f"{job}/tep")
    assert rows_of(file.data) == rows_of(at_once.data)
    assert len(rows_of(file.data)) == 31
    assert [read(one)[0].name for one in (file.data, at_once.data)] == ["Đảng viên", "Đảng viên"]
    assert file.headers["Content-Disposition"].startswith("attachment; filename=dang-vien-")


def test_the_records_of_a_committee_come_as_work_where_they_are_many(
    app: Flask, committee: Committee, monkeypatch: pytest.MonkeyPatch
) -> None:
    admin, year = committee.client(app, Role.TENANT_ADMIN), date(2026, 1, 1).year
    address = f"/nhap-du-lieu/ho-so/to-chuc-dang-vien.xlsx?nam={year}"
    at_once = admin.get(address)
    monkeypatch.setattr(sheets, "BOUND", 5)
    sent_on = admin.get(address)
    assert (at_once.status_code, sent_on.status_code) == (200, 302)
    form = Page(admin.get(sent_on.headers["Location"])).form
    job = admin.post(sent_on.headers["Location"], data=form.sent()).headers["Location"]
    work_off(committee)
    assert read(admin.get(f"{job}/tep").data) == read(at_once.data)
    assert committee.client(app, Role.COMMITTEE).get(f"{job}/tep").status_code == 404


def test_a_workbook_is_not_made_for_who_may_not_take_it(
    app: Flask, committee: Committee, ward: FlaskClient
) -> None:
    assert ward.get("/bang-tinh/ho-so-to-chuc-dang-vien").status_code == 403
    assert ward.get("/bang-tinh/khong-co").status_code == 404
    secretary = committee.client(app, Role.CELL_SECRETARY)
    other = committee.cells[1].public_id
    assert secretary.get(f"/bang-tinh/dang-vien?noi={other}").status_code == 404
    assert committee.client(app, Role.MEMBER).get("/bang-tinh/dang-vien").status_code == 403
